/* What the verbs of sitantectl share. */
#ifndef SITANTE_DAEMON_CTL_H
#define SITANTE_DAEMON_CTL_H

#include "plan.h"

#include "base/json.h"

enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2 };

struct ctl {
	const char *config_path;
	bool json, explain;
	int argc; /* words after the verb */
	char **argv;
	struct arena *arena; /* of the whole call */
	/* options of `tickets` */
	const char *state, *search;
	const char *mail; /* check --mail FILE */
	/* opened on demand */
	struct plan *plan;
	struct store *store;
};

/* Says what is wrong on standard error: "sitantectl: ...".  Returns code. */
int ctl_fail(int code, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The configuration; faults are printed.  0; CTL_USAGE. */
int ctl_plan(struct ctl *c) MUST_USE;
/* Configuration and store.  0; CTL_USAGE; CTL_REFUSED. */
int ctl_store(struct ctl *c) MUST_USE;
/* Prints finished JSON or text; mails' words reach the terminal escaped. */
int ctl_print(const struct buf *b);
const char *ctl_time(struct ctl *c, struct instant t); /* ISO 8601 with the configured zone's offset */
/* One reading of a raw mail file through the sandboxed reader.  0; CTL_REFUSED. */
int ctl_read_mail(struct ctl *c, const char *path, const struct message_policy *policy, struct reading *out) MUST_USE;

int ctl_inspect(struct ctl *c);
int ctl_check(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_tickets(struct ctl *c);
int ctl_show(struct ctl *c);
int ctl_outbox(struct ctl *c);
int ctl_quarantine(struct ctl *c);
int ctl_verify(struct ctl *c);
int ctl_backup(struct ctl *c);

#endif
