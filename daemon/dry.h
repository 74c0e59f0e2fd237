/* An office without servers, for `sitantectl rebuild` and `try`: what it would send stays with the caller, and its clock is the
 * caller's. */
#ifndef SITANTE_DAEMON_DRY_H
#define SITANTE_DAEMON_DRY_H

#include "office/office.h"

struct dry {
	struct office *office;
	struct instant now; /* set before each turn */
	/* Outgoing mail; jobs are settled by settle(), which says whether there were any. */
	struct relay_port relay;
	bool (*settle)(void *context);
	void *context;
};

/* store, plan and d are borrowed until dry_close().  0; -errno. */
int dry_open(struct dry *d, struct store *store, const struct office_plan *plan, struct error *err) MUST_USE;
void dry_close(struct dry *d); /* not opened: allowed */
/* Turns until nothing is read, no document is made and nothing leaves any more.  0; -EIO. */
int dry_drain(struct dry *d, struct error *err) MUST_USE;

#endif
