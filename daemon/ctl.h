/* What the verbs of sitantectl share. */
#ifndef SITANTE_DAEMON_CTL_H
#define SITANTE_DAEMON_CTL_H

#include "plan.h"

#include "base/json.h"

enum { CTL_SCANS = 20 };
enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2 };

struct ctl {
	const char *config_path;
	bool json, explain;
	const char *verb;
	int argc; /* words after the verb */
	char **argv;
	struct arena *arena; /* of the whole call */
	/* options of `tickets` */
	const char *state, *search, *opd, *staff, *older, *newer, *limit, *step; /* step: of --overdue, NULL: any */
	bool overdue, open, oldest;
	const char *year, *format, *output; /* register, report */
	bool full;
	const char *until, *text, *to; /* renew; sms */
	bool yes;
	const char *date, *number, *sender, *scans[CTL_SCANS]; /* letter */
	size_t n_scans;
	const char *mail;                      /* check --mail FILE */
	const char *erasures;                  /* restore --erasures FILE */
	bool force;                            /* person ... --force */
	const char *encrypt, *keep, *identity; /* backup, restore */
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
int ctl_done(struct ctl *c);                            /* what has no other answer: CTL_DONE, and says so in JSON */
const char *ctl_time(struct ctl *c, struct instant t);  /* ISO 8601 with the configured zone's offset */
const char *ctl_local(struct ctl *c, struct instant t); /* for people: "2026-01-05 09:12" where the agency is */
/* b to --output FILE, which must not exist yet, else to standard output. */
int ctl_deliver(struct ctl *c, const struct buf *b);
/* One reading of a raw mail file through the sandboxed reader.  0; CTL_REFUSED. */
int ctl_read_mail(struct ctl *c, const char *path, const struct message_policy *policy, struct reading *out) MUST_USE;
/* The same for an open file, borrowed; what: its name in a fault. */
int ctl_read_fd(struct ctl *c, const char *what, int fd, const struct message_policy *policy, struct reading *out) MUST_USE;

struct ctl_ticket { /* one ticket whole */
	struct ticket ticket;
	struct message_row *messages;
	size_t n_messages;
	struct report_row report;  /* the newest; id 0: none */
	struct report_row receipt; /* of a paper letter; id 0: none */
};
const char *ctl_number(const char *given); /* "SITANTE-2026-0001" or "2026-0001" to the latter */
/* What is to be read besides, in the same unit of work.  0, STORE_NOT_FOUND, -errno. */
typedef int ctl_besides_fn(struct ctl *c, const struct ctl_ticket *t, void *context, struct error *err);
/* One ticket, and in the same commit the note of who reads it: "WHAT NUMBER".  Opens the store.  besides may be NULL.
 * 0; CTL_USAGE, CTL_REFUSED: said why. */
int ctl_ticket_read(struct ctl *c, const char *what, const char *number, ctl_besides_fn *besides, void *context,
		    struct ctl_ticket *out) MUST_USE;
/* Its keys into an open object; mask: numbers of persons are starred out. */
void ctl_ticket_brief(struct ctl *c, struct json *j, const struct ticket *t, bool mask);
const char *ctl_masked(struct ctl *c, const char *text); /* long numbers starred out; NULL for NULL */
void ctl_ticket_json(struct ctl *c, struct buf *out, const struct ctl_ticket *t);

/* Whoever uses the tool: "budi", "budi as root"; letters of user names only. */
const char *ctl_operator(struct ctl *c);
/* What the operator reads or does, into the audit chain; in an open unit of work. */
int ctl_audit(struct ctl *c, struct error *err, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_USE;
/* The same in a unit of work of its own. */
int ctl_audited(struct ctl *c, struct error *err, const char *what) MUST_USE;

bool ctl_daemon_runs(struct ctl *c);                  /* a sitanted works on this store */
void ctl_daemon_says(struct ctl *c, struct buf *out); /* its status.json; nothing where there is none */
struct ctl_figures {                                  /* of the store */
	uint64_t stored, unmoved, quarantined, states[N_TICKET_STATES];
	struct outbox_counts outbox;
	const struct ticket *oldest; /* open; NULL: none is */
	uint64_t due;                /* within a day */
	bool any_due;
	struct instant next_due;
};
int ctl_figures(struct ctl *c, struct ctl_figures *f, struct error *err) MUST_USE;
/* What became of an order: printed, and the daemon woken; or why nothing was changed. */
int ctl_ordered(struct ctl *c, const struct office_ordered *o);
/* A word of this tool as staff mail has it; itself where there is none. */
const char *ctl_translated(enum command_verb v, const char *word);
int ctl_order_refused(const char *reasons, const char *usage);
void ctl_say_note(void *context, const struct office_note *n); /* office_ports.note: on standard error */

enum { CTL_OUT_MAX = 256 * 1024 * 1024 };
bool ctl_id(const char *s, int64_t *out); /* a row's number */

int ctl_inspect(struct ctl *c);
int ctl_examine(struct ctl *c);
int ctl_check(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_health(struct ctl *c);
int ctl_tickets(struct ctl *c);
int ctl_show(struct ctl *c);
int ctl_explain(struct ctl *c);
int ctl_register(struct ctl *c);
int ctl_report(struct ctl *c);
int ctl_receipt(struct ctl *c);
int ctl_outbox(struct ctl *c);
int ctl_quarantine(struct ctl *c);
int ctl_attachment(struct ctl *c);
int ctl_export(struct ctl *c);
int ctl_order(struct ctl *c); /* by c->verb */
int ctl_retention(struct ctl *c);
int ctl_person(struct ctl *c);
int ctl_watch(struct ctl *c);
int ctl_letter(struct ctl *c);
int ctl_verify(struct ctl *c);
int ctl_backup(struct ctl *c);
int ctl_restore(struct ctl *c);
int ctl_reconcile(struct ctl *c);
int ctl_rebuild(struct ctl *c);
int ctl_setup(struct ctl *c);
int ctl_try(struct ctl *c);
int ctl_import(struct ctl *c);
int ctl_certificates(struct ctl *c);
int ctl_templates(struct ctl *c);

#endif
