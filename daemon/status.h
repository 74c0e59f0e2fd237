/* DIR/status.json: what the running daemon says of itself, for sitantectl and monitors.
 * A courtesy, never read by the daemon: written whole under a temporary name, not synced. */
#ifndef SITANTE_DAEMON_STATUS_H
#define SITANTE_DAEMON_STATUS_H

#include "office/office.h"

#include <sys/types.h>

struct status_writer {
	const char *directory;
	int32_t offset_s;
	struct instant started;
	const char *tokens, *ending; /* as alarm.h has them, but for any trouble; NULL: none */
	struct office_health last;
	char last_tokens[200], last_ending[200];
	bool any;
	int64_t written_ms;
};

/* Does this say the same, but for the time? */
bool status_same(const struct office_health *a, const struct office_health *b);
/* A file that others read while it is replaced: whole, or the one before it.  What fails is not told. */
void status_put(const char *path, mode_t mode, struct span bytes);
/* Writes where something changed; returns ms until it should be called again, -1: no need. */
int64_t status_write(struct status_writer *w, const struct office_health *h, struct instant now);
void status_remove(const struct status_writer *w);

#endif
