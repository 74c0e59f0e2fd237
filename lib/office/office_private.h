/* Shared by the files of office/ only. */
#ifndef SITANTE_OFFICE_PRIVATE_H
#define SITANTE_OFFICE_PRIVATE_H

#include "base/program.h"
#include "document/document.h"
#include "office/office.h"
#include "office/register.h"
#include "port/examiner.h"
#include "store/keep.h"

#include <errno.h>

#include <stdlib.h>

enum { DUE_CHECK_MS = 15 * 60 * 1000 };

#define OFFICE_DECISION_BYTES (64u * 1024 * 1024) /* arena of one mail: reading and facts */

#define FACT_GUESS_ALARM "alarm:guesses" /* when staff were last told (T13), ISO */

struct office_waiting { /* listed on the server, not in the ledger yet */
	uint32_t uid, size;
	struct instant internaldate;
};

struct office_missing { /* listed, but not given; missing.c */
	struct office_waiting mail;
	uint32_t tries;
	int64_t again_ms; /* monotonic */
	bool listed;      /* by the listing that is under way */
};

enum office_ask { ASK_NOTHING, ASK_LIST, ASK_FETCH, ASK_MOVE, ASK_RECONCILE };

struct office_reading { /* a mail at the reader, or read and not decided yet */
	struct ledger_row row;
	unsigned slot; /* the reader's */
	enum {
		READING_UNASKED,
		READING_ASKED,
		READING_WAITS,    /* read; its files wait for the examiner */
		READING_EXAMINED, /* they are at it */
		READING_READ,
		READING_DIED
	} state;
	struct office_evidence {
		struct arena *arena; /* NULL: nothing to examine */
		struct examiner_request request;
		struct evidence_file *files;
		size_t n;
	} evidence;
	int64_t since_ms;                            /* monotonic, of the state */
	char why[sizeof(((struct error *)0)->text)]; /* it died */
};

struct raw_place {   /* where a raw mail lies in the store */
	uint64_t id; /* of the ledger */
	uint32_t uidvalidity, uid;
};

struct office_job { /* an outgoing mail at the relay */
	struct relay_job job;
	struct office *office;
	struct arena *arena;
	struct outbox_row row;
	struct compose_stream *stream;
	struct raw_place *raws;
	size_t n_raws;
	bool used, given, done;     /* given: the relay has it; done: it has ended, and the store could not be told yet */
	struct relay_result result; /* where done */
	int64_t given_ms;           /* monotonic */
};

struct office {
	struct store *store;
	struct office_plan plan;
	struct office_ports ports;
	struct instant now; /* of the running turn */
	struct instant since;

	/* mailbox */
	bool connected, want_list, listed;
	struct instant connected_since;
	uint32_t uidvalidity;
	uint32_t list_from, listing_from; /* wanted; of the running one */
	enum office_ask asked;
	struct office_waiting *waiting;
	size_t n_waiting, cap_waiting;
	struct office_waiting fetching[LIMIT_FETCH_BATCH_MAILS];
	int fetch_fds[LIMIT_FETCH_BATCH_MAILS];
	size_t n_fetching;
	uint32_t fetch_alone;           /* so many mails are fetched one by one: one of them ended a session */
	struct office_missing *missing; /* sorted by UID, of this UIDVALIDITY */
	size_t n_missing, cap_missing;
	uint32_t missing_uidvalidity;
	int64_t answer_until_ms; /* monotonic: when the mailbox process must have spoken; -1: it need not */
	uint64_t fetched_bytes;  /* at the last look, of the running fetch */
	bool maybe_unmoved;
	bool move_alone;             /* a batch was refused: one by one */
	int64_t move_after;          /* ledger id: those up to it were refused in this round */
	int64_t moving_id;           /* the first of the running order */
	uint32_t move_refused;       /* one after the other */
	int64_t move_pause_until_ms; /* monotonic; after refused moves */
	struct reconcile *reconcile; /* under way; NULL: not */
	struct instant reconciled;   /* the last time */
	bool restored;               /* from a backup: the other folders are read before anything is taken in */
	bool catching_up;            /* the next listing is taken in by age */

	/* reader */
	struct reader *reader;
	struct program_child examiner;
	struct office_reading window[LIMIT_READINGS]; /* in the ledger's order, which is the order of deciding */
	size_t n_window, n_round;
	uint32_t zygote_deaths;
	bool reader_doubted; /* a child died: the mail's next try is not left to the same zygote */
	int64_t reader_pause_until_ms;
	bool maybe_stored;

	/* outbox */
	struct office_job jobs[LIMIT_SENDING];
	size_t n_jobs;
	bool hold_sending, maybe_due;
	bool outbox_doubted; /* the store failed: marks may be wrong */
	struct office_channel {
		bool down;
		uint32_t failures;
		int64_t pause_until_ms; /* monotonic: the server is down, or the rate is used up */
		bool has_next;
		struct instant next; /* when the first waiting row is due */
	} channel[N_RELAY_CHANNELS];

	/* documents */
	struct program_child document;
	int64_t document_since_ms; /* monotonic */
	bool maybe_document;

	/* what is due by time */
	struct instant next_due_check;
	bool expiry_checked; /* the rules are those that the reminders were worked out by */
	struct office_keep {
		struct instant day; /* midnight of the day that was looked after */
		enum { KEEP_IDLE, KEEP_WALK, KEEP_LOOSE, KEEP_CERTIFICATES, KEEP_LIST, KEEP_MERGE_FIRST, KEEP_MERGE } stage;
		enum keep_class class; /* of the walk */
		struct keep_place at;
		bool walked; /* the day's walk is under way or done */
	} keep;
	struct instant morning; /* midnight of the day whose morning was looked after */

	/* a store fault stops intake for a while */
	bool store_fault;
	int64_t store_pause_until_ms;
	/* a disk that is nearly full stops intake alone: what is left is for answers and for people's work */
	bool no_room;
	int64_t room_again_ms;

	struct office_health health;
};

void office_note(struct office *o, enum office_level level, const char *id, int64_t ledger_id, const char *ticket,
		 const char *fmt, ...) PRINTF_LIKE(6, 7);
/* A store call failed: says so, stops intake for some seconds. */
void office_store_fault(struct office *o, const char *what, const struct error *err);

/* intake.c */
void intake_ask_mailbox(struct office *o);
void intake_close_fetch(struct office *o);
void intake_watch(struct office *o); /* ends a mailbox process that hangs */
/* moving.c */
void moving_reset(struct office *o); /* a new session: what was refused may go now */
void moving_ask(struct office *o);
void moving_answer(struct office *o, struct wire *w);
bool intake_send(struct office *o, const struct buf *frame, const int *fds, size_t n); /* to the mailbox process */
/* missing.c */
enum missing_listed { MISSING_NOT, MISSING_LATER, MISSING_AGAIN, MISSING_GIVEN_UP };
void missing_note(struct office *o, const struct office_waiting *m); /* not given, once more */
void missing_forget(struct office *o, uint32_t uid);
bool missing_alone(const struct office *o, uint32_t uid); /* must be fetched alone */
void missing_list_from(struct office *o);                 /* wants a listing where one is due */
void missing_list_begin(struct office *o);
enum missing_listed missing_listed(struct office *o, uint32_t uid); /* what to do with it */
/* After a complete listing from `from`: those that were not in it.  How many, at most max. */
size_t missing_gone(const struct office *o, uint32_t from, struct office_waiting *out, size_t max);
void missing_wake(struct office *o);
int64_t missing_wait_ms(const struct office *o); /* -1: nothing is missing */
/* account.c: reconciling */
int account_start(struct office *o, struct error *err) MUST_USE;
void account_drop(struct office *o);
bool account_ask(struct office *o, struct buf *frame);               /* true: send it */
bool account_frame(struct office *o, unsigned kind, struct wire *w); /* false: not asked for */
/* reading.c */
void reading_start(struct office *o);
void reading_watch(struct office *o);            /* wall-clock limit */
void reading_settle(struct office *o);           /* decides what was read, many mails in one commit */
int64_t reading_wait_ms(const struct office *o); /* until it has something to do; -1: only when something happens */
bool reading_asked(const struct office *o);      /* a child is at work */
/* One mail that was read: facts, decision, all its effects.  In an open unit of work, which the caller
 * commits. */
int reading_decide(struct office *o, const struct ledger_row *row, const struct reading *reading,
		   const struct office_evidence *evidence, struct arena *a, struct decision *out, struct error *err) MUST_USE;
/* A decision and what the ledger and the memory of mails keep of it.  In an open unit of work; in: NULL for a mail that was not
 * read. */
int decision_keep(struct office *o, const struct ledger_row *row, const struct incoming *in, struct decision *d, struct arena *a,
		  struct error *err) MUST_USE;
/* examining.c */
void examining_start(struct office *o);
void examining_watch(struct office *o);                          /* wall-clock limit */
void examining_drop(struct office *o, struct office_reading *e); /* kills what examines it */
/* facts.c: what casework wants to know about this mail.  In an open unit of work. */
int facts_gather(struct office *o, const struct ledger_row *row, const struct reading *reading,
		 const struct office_evidence *evidence, struct arena *a, struct incoming *out, struct error *err) MUST_USE;
/* The same for an operator's order about the ticket of this number.  0; STORE_NOT_FOUND: there is none. */
int facts_of_order(struct office *o, const struct reading *reading, const char *number, struct arena *a, struct incoming *out,
		   struct error *err) MUST_USE;
/* What the ticket is looked up by: what is due, what is late, its line in the register. */
int perform_reckoning(struct office *o, const struct ticket *k, struct error *err) MUST_USE;
/* facts_register.c: the same about certificates; the reminder is looked for first. */
int facts_reminder(struct office *o, struct incoming *in, struct arena *a, struct error *err) MUST_USE;
int facts_register(struct office *o, struct incoming *in, struct arena *a, struct error *err) MUST_USE;
/* perform.c: everything of one decision, inside the open unit of work.  in: NULL for a decision
 * about no incoming mail. */
int perform_decision(struct office *o, const struct ledger_row *row, const struct incoming *in, struct decision *d,
		     struct arena *a, struct error *err) MUST_USE;
/* sending.c */
void sending_start(struct office *o);
/* What ended while the store failed goes into it now; what was only marked is let go. */
void sending_after_fault(struct office *o);
/* The daemon was killed a second time when this mail may have been sent: for people to look at. */
int sending_lost(struct office *o, int64_t id, struct error *err) MUST_USE;
void sending_hold(struct office *o); /* what was not given to the relay yet waits in the outbox again */
/* documents.c */
void documents_start(struct office *o);
void documents_watch(struct office *o);
/* printout.c: the renewal report of a ticket; its number in the register. */
int printout_of_ticket(const struct office *o, const struct ticket *t, const char *number, const char *officer, struct arena *a,
		       struct printout *out) MUST_USE;
size_t letterhead_of(const struct office *o, const char *out[PRINT_LETTERHEAD]); /* how many lines */
/* receipt.c: the printable receipt of a paper letter.  officer: who took it in; "": a machine. */
int receipt_of_ticket(const struct office *o, const struct ticket *t, const char *officer, struct arena *a,
		      struct slip *out) MUST_USE;
const char *report_number_text(const char *pattern, uint32_t n, struct civil_date d, struct arena *a);
/* due.c */
void due_run(struct office *o);
/* expiry.c: reminders of certificates that end.  *next: when there will be more to do, where that is sooner. */
int expiry_run(struct office *o, struct instant *next, struct error *err) MUST_USE;
/* keep.c: what is destroyed when its time is over, a small step a call.  *next: as expiry_run(). */
int keep_run(struct office *o, struct instant *next, struct error *err) MUST_USE;
/* At the start: whoever was erased after the backup that this store comes from is erased again. */
int keep_start(struct office *o, struct error *err) MUST_USE;
/* register.c: what is known of certificates; in an open unit of work. */
int register_ending(struct office *o, int days, struct arena *a, const struct ending **out, size_t *n,
		    struct error *err) MUST_USE;
int register_csv(struct office *o, struct arena *a, struct span *out, struct error *err) MUST_USE;
/* Of each: has its holder an open renewal? */
int register_running(struct store *s, const struct certificate *list, size_t n, struct arena *a, const bool **out,
		     struct error *err) MUST_USE;
int register_ticket(struct store *s, const struct certificate *c, int64_t *out, struct error *err) MUST_USE; /* 0: none */

#endif
