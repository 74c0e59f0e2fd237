/* The text file for Prometheus' node_exporter: sitante.conf(5) "monitor.prometheus".  No sample of it belongs to a person.
 * Written whole under a temporary name, and only in turns that happen anyway or soon after a change: it wakes nobody up on an
 * idle day. */
#ifndef SITANTE_DAEMON_METRICS_H
#define SITANTE_DAEMON_METRICS_H

#include "office/office.h"

struct metrics_writer {
	const char *path;    /* absolute; NULL: none */
	const char *mailbox; /* label of every sample: several agencies may be on one server */
	struct store *store;
	struct instant started;
	bool any, changed;
	int64_t written_ms;
};

/* At the end of a turn, outside a unit of work.  changed: something happened in it.  Returns ms until it should be called again;
 * -1: no need. */
int64_t metrics_write(struct metrics_writer *w, const struct office_health *h, struct instant now, bool changed);
void metrics_remove(const struct metrics_writer *w);

#endif
