/* Shared by the files of casework/ only. */
#ifndef SITANTE_CASEWORK_PRIVATE_H
#define SITANTE_CASEWORK_PRIVATE_H

#include "base/limits.h"
#include "casework/casework.h"
#include "casework/move.h"
#include "casework/phrase.h"

enum {
	CASEWORK_LIST_BYTES = 128 * 1024,     /* each list of a receipt */
	CASEWORK_TEXT_BYTES = 64 * 1024,      /* a staff member's words to an applicant */
	CASEWORK_STALE_MS = 72 * 3600 * 1000, /* T08: an older Date needs a confirmation */
	CASEWORK_FLOOD_TICKETS = 20,          /* M29: opened by one address within an hour */
	CASEWORK_GUESSES_HOUR = 20,           /* T13: wrong tokens within an hour that give an alarm */
	CASEWORK_VALID_YEARS = 5,             /* no certificate is stated to be valid for longer */
	CASEWORK_ASSUMED_DAYS = 730,          /* less a second: domain facts 1.2 */
};

/* One decision in the making.  Failures of memory are remembered in status; every helper does
 * nothing after one, so that rules need not look. */
struct work {
	const struct casework_rules *rules;
	const struct incoming *in; /* NULL: no incoming mail */
	const struct message *m;
	const struct request *q;
	const char *from; /* the one mailbox of the one From field; NULL: not such a mail */
	const char *from_name;
	int staff; /* index of the sender in rules->staff; -1 */
	struct instant now;
	struct arena *a;
	struct decision *out;
	struct letter *letters;
	size_t n_letters, cap_letters;
	struct event *loose;
	size_t n_loose;
	int64_t outbox_id; /* the outgoing mail that this is about; 0: none */
	int status;
};

struct work work_open(const struct casework_rules *rules, const struct incoming *in, struct instant now, struct arena *a,
		      struct decision *out);
/* Puts letters and events into the decision.  0 or -ENOMEM. */
int work_close(struct work *w) MUST_USE;
void work_fail(struct work *w, int r);
void decide(struct work *w, enum disposition d, const char *message_kind, const char *reason);
/* Never NULL; "" after a failure. */
const char *say(struct work *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *say_buf(struct work *w, const struct buf *b);

/* Who does it, for people: a staff member's name, else the address or "operator NAME". */
const char *work_author(const struct work *w);

/* --- the ticket of the decision --- */
/* Copies t as the ticket to be stored; out->has_ticket becomes true. */
struct ticket *work_ticket(struct work *w, const struct ticket *t);
int ticket_copy(const struct ticket *from, struct arena *a, struct ticket *out) MUST_USE;
/* An event about no ticket, whatever ticket the decision has. */
bool work_loose_event(struct work *w, enum event_what what, struct instant at, const char *who, const char *detail);
/* An event on the decision's ticket; without one it becomes a loose event.  true: done; false:
 * the state machine bars it. */
bool work_event(struct work *w, enum event_what what, struct instant at, const char *who, const char *detail);
bool ticket_has_event(const struct ticket *t, enum event_what what);
bool ticket_is_party(const struct ticket *t, const char *address);
void ticket_add_party(struct work *w, struct ticket *t, const char *address);
struct applicant *ticket_add_applicant(struct work *w, struct ticket *t); /* NULL after a failure */
struct applicant *ticket_by_nik(struct ticket *t, const char *nik);
size_t ticket_pending_notifications(const struct ticket *t);
/* Renewals whose report has not left yet. */
size_t ticket_pending_reports(const struct ticket *t);
/* Closes it where all are renewed, the report has left and the applicant was told.  SOP steps 3 and 4. */
void ticket_close_if_done(struct work *w, struct instant at, const char *who);

/* --- letters --- */
/* NULL after a failure; valid until the next letter is added. */
struct letter *letter_add(struct work *w, enum letter_kind kind, struct person to);
void letter_say(struct work *w, struct letter *l, const char *key, const char *value); /* NULL, "": left out */
void letter_thread(struct letter *l, const struct ticket *t, struct work *w);
struct person requester(const struct ticket *t);
/* The same letter to all staff (or to the assigned one of t alone); nobody whose address is
 * `except` or dead in the sense of `except`.  values: as in proto. */
enum letter_to { TO_ALL_STAFF, TO_ASSIGNED };
void letter_to_staff(struct work *w, const struct letter *proto, const struct ticket *t, enum letter_to to, const char *except);
bool sender_is_home(const struct work *w); /* proven, and of a home domain: the wider caps */
bool over_caps(const struct work *w);      /* M22: one more automatic mail to the sender is held */
/* NULL: an acknowledgement may go to the sender.  Else why not, English in *reason and Indonesian
 * as result. */
const char *ack_barred(struct work *w, const char **reason);

/* --- clocks (steps.c, explain.c) --- */
typedef void span_sink(void *context, const struct step_span *s);
/* casework_steps(), telling each span as it ends. */
void steps_walk(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct step out[4],
		span_sink *sink, void *context);
enum { CORRECTION_ISO = 25 };
/* Detail of an EVENT_CORRECTED.  false: none. */
bool correction_read(const char *detail, int *step, bool *end, struct instant *at);

/* --- short answers (yes.c) --- */
enum answer { ANSWER_OTHER, ANSWER_YES, ANSWER_NO, ANSWER_STOP, ANSWER_ABSENT };
enum answer answer_read(const struct message *m);

/* --- kinds of mail (mail.c dispatches) --- */
/* A holder's answer to the reminder that was sent to that very address. */
bool mail_answers_reminder(const struct work *w);
void mail_reminded(struct work *w);
void mail_automatic(struct work *w);
void mail_bounce(struct work *w);
void mail_request(struct work *w); /* no ticket yet */
void mail_answer(struct work *w);  /* a party's mail to its ticket */
void mail_same_person(struct work *w);
void mail_staff(struct work *w);
/* A short plain answer about files that were sent as a test, or must not be sent at all. */
void answer_findings(struct work *w);
void mail_parked(struct work *w, const char *reason, const char *why);
void mail_forged(struct work *w);
void mail_unproven(struct work *w, const char *owner);
void mail_confirmation(struct work *w);
bool mail_is_from_applicant_side(const struct work *w);
enum mail_proof work_proof(const struct work *w);

bool kind_opens(enum request_kind k);
bool kind_bears_certificate(enum request_kind k);

/* Puts what q says about its persons into t; names of filled fields, and what staff should know. */
struct filled {
	struct buf names, remarks;
};
void applicants_fill(struct work *w, struct ticket *t, struct filled *out);

/* Are all persons of q on t already? */
bool request_all_on_ticket(const struct ticket *t, const struct request *q);
/* Puts the request's persons on t; how many were left out because they have an open renewal elsewhere. */
size_t request_add_applicants(struct work *w, struct ticket *t);
/* --- paper letters (paper.c) --- */
bool ticket_is_paper(const struct ticket *t); /* opened by one: its clock began when the letter came in */
bool mail_is_scan(const struct work *w);      /* from a configured scanner */
void mail_scan(struct work *w);

/* Too early?  Sets is_held, held_until and the event.  Issue 3; renewal.window_days. */
void hold_if_early(struct work *w, struct ticket *t);

/* --- commands (command.c) --- */
#define EVIDENCE_ASKED "evidence: asked" /* detail of the refusal */

struct errand { /* a staff mail being carried out on a copy of its ticket */
	struct work *w;
	struct ticket *t; /* NULL: none */
	size_t n_named;   /* of in->named used up */
	struct buf done, refused, remarks, shown;
	struct buf to_applicant; /* text under /terbit */
	const char *refusal;     /* reason for the applicant */
	bool cancel, renewed, notify_again;
	bool unreachable; /* the requester has no address, or a dead one */
	struct buf note;
	size_t n_refused;
	bool opened;         /* /surat made the ticket */
	const char *sms_ask; /* a long short message waits for a yes: how long it is; NULL: none */
	bool wants_register; /* /ekspor: the receipt brings it along */
	bool only_small;     /* nothing but reading, notes and papers so far */
	bool only_reading;
	bool asked_evidence; /* refused with a question: the files say otherwise */
};
struct errand errand_open(struct work *w);
void errand_free(struct errand *e);
/* Throws away whatever was tried: ticket, letters, notes, lists.  Every way but carrying out goes
 * through here. */
void errand_undo(struct errand *e);
void errand_run(struct errand *e, const struct command_block *c);
void errand_done(struct errand *e, const struct command *c, const char *fmt, ...) PRINTF_LIKE(3, 4);
void errand_refuse(struct errand *e, const struct command *c, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* true: the event was written; false: barred (nothing said yet) */
bool errand_event(struct errand *e, enum event_what what, const char *detail);

typedef void command_run(struct errand *e, const struct command *c);
command_run run_sms, run_surat;
command_run run_terbit, run_tolak, run_batal, run_isi, run_gabung, run_buka;
command_run run_daftar, run_status, run_laporan, run_bantuan, run_jelaskan;
command_run run_tunggu, run_lanjut, run_koreksi;
command_run run_kedaluwarsa, run_impor, run_ekspor;
command_run run_tahan, run_lepas_tahan;
/* --- short messages (short.c) --- */
/* A short message to this number: held where it would be over the day's cap (sms.number_day).  NULL after a failure. */
struct letter *sms_add(struct work *w, enum letter_kind kind, const char *number);
/* To each renewed applicant's mobile number; false: no gateway, or no number. */
bool notify_by_sms(struct errand *e);
/* "/catat telepon ..." where nobody could be written to: that was the notification. */
bool notified_by_telephone(struct errand *e, const char *note);
/* sms.notices: a word beside the mail to a proven sender. */
void sms_notice(struct work *w, const struct ticket *t, bool opened);
/* The gateway brings a short message. */
void mail_sms(struct work *w);
/* Text that may not go to an applicant as it is: why; NULL: it may. */
const char *text_unfit(const struct work *w, const char *text);
bool text_is_blank(const char *text);

#endif
