/* DIR/status.json: what the running daemon says of itself, for sitantectl and monitors.
 * A courtesy, never read by the daemon: written whole under a temporary name, not synced. */
#ifndef SITANTE_DAEMON_STATUS_H
#define SITANTE_DAEMON_STATUS_H

#include "office/office.h"

struct status_writer {
	const char *directory;
	int32_t offset_s;
	struct instant started;
	struct office_health last;
	bool any;
	int64_t written_ms;
};

/* Writes where something changed; returns ms until it should be called again, -1: no need. */
int64_t status_write(struct status_writer *w, const struct office_health *h, struct instant now);
void status_remove(const struct status_writer *w);

#endif
