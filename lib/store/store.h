/* The only SQL: ledger of incoming mail, tickets, conversation, outbox, tokens, audit chain.
 *
 * One SQLite file DIR/sitante.db (WAL, synchronous FULL, STRICT tables, foreign keys) and the raw
 * mails beside it: DIR/raw/UIDVALIDITY/UID-div-1000/UID.eml.  Directory 0700, files 0600.
 * Results: 0; negative errno (-EIO for any SQLite failure, err has SQLite's words and the statement's
 * name; -ENOSPC full; -EBUSY locked; -EROFS); positive outcomes as listed.  Every function but open,
 * backup and the readers for sitantectl needs an open unit of work (store_begin).
 * Values read live in the arena given.
 */
#ifndef SITANTE_STORE_STORE_H
#define SITANTE_STORE_STORE_H

#include "casework/casework.h"
#include "compose/compose.h"
#include "port/relay.h" /* enum relay_channel */

struct store;

enum store_open_mode {
	STORE_OFFICE, /* creates, migrates, takes the instance lock (flock on DIR/lock, kept) */
	STORE_TOOL,   /* existing store, read and write, no lock: sitantectl */
};
enum {
	STORE_IN_USE = 1, /* another daemon holds the lock */
	STORE_TOO_NEW,    /* written by a newer version */
	STORE_MISSING,    /* STORE_TOOL: no store there */
	STORE_NOT_FOUND,  /* no such row */
	STORE_EXISTS,     /* the unique key is there already */
};

int store_open(const char *directory, enum store_open_mode mode, struct store **out, struct error *err) MUST_USE;
void store_close(struct store *s);             /* NULL allowed */
const char *store_path(const struct store *s); /* its folder */

/* One unit of work at a time; where names it in errors.  Roll-back is the default:
 * store_end() after a commit does nothing. */
int store_begin(struct store *s, const char *where, struct error *err) MUST_USE;
int store_commit(struct store *s, struct error *err) MUST_USE;
void store_end(struct store *s);
/* A mark inside the unit of work: what came after it is kept or undone for itself. */
int store_mark(struct store *s, struct error *err) MUST_USE;
int store_mark_keep(struct store *s, struct error *err) MUST_USE;
int store_mark_undo(struct store *s, struct error *err) MUST_USE;

/* --- ledger ------------------------------------------------------------------------- */
enum ledger_state {
	LEDGER_STORED, /* raw bytes durable, not decided yet */
	LEDGER_DONE,   /* has its one final disposition */
};
struct ledger_row {
	int64_t id;
	uint32_t uidvalidity, uid;
	uint64_t size;
	struct instant internaldate;
	struct digest sha256; /* of the raw bytes; zero where none are kept */
	enum ledger_state state;
	uint32_t reader_deaths;
	bool has_disposition;
	enum disposition disposition;
	const char *reason; /* why; NULL */
	int64_t ticket_id;  /* 0: none */
	bool has_raw;       /* raw file is there */
	bool moved;         /* on the server: already in archive or quarantine */
	struct instant handled_at;
	bool is_entered;        /* a letter that sitantectl entered: uidvalidity LEDGER_ENTERED */
	const char *entered_by; /* "operator NAME"; NULL: came by mail, or no arena was given */
};
enum { LEDGER_ENTERED = 0 }; /* no server gives this uidvalidity (RFC 3501 9: nz-number) */
/* New row.  0 and *out_id; STORE_EXISTS: (uidvalidity, uid) is known, *out_id is its id. */
int store_ledger_add(struct store *s, const struct ledger_row *row, int64_t *out_id, struct error *err) MUST_USE;
/* Is (uidvalidity, uid) known?  For a listing: removes known UIDs from uids, keeps order; *n updated. */
int store_ledger_unknown(struct store *s, uint32_t uidvalidity, uint32_t *uids, size_t *n, struct error *err) MUST_USE;
int store_ledger_get(struct store *s, int64_t id, struct arena *a, struct ledger_row *out, struct error *err) MUST_USE;
/* Oldest row in state STORED with id > after.  0, STORE_NOT_FOUND. */
int store_ledger_next(struct store *s, int64_t after, struct arena *a, struct ledger_row *out, struct error *err) MUST_USE;
/* Any row with id > after, lowest first.  0, STORE_NOT_FOUND. */
int store_ledger_after(struct store *s, int64_t after, struct arena *a, struct ledger_row *out, struct error *err) MUST_USE;
int store_ledger_death(struct store *s, int64_t id, uint32_t *out_deaths, struct error *err) MUST_USE;
int store_ledger_done(struct store *s, int64_t id, enum disposition d, const char *reason, int64_t ticket_id, struct instant now,
		      struct error *err) MUST_USE;
/* T13: how many guessed tokens stood in this mail; their sum over the mails handled since. */
int store_ledger_guesses(struct store *s, int64_t id, uint32_t n, struct error *err) MUST_USE;
int store_guesses_since(struct store *s, struct instant since, int64_t except, uint32_t *out, struct error *err) MUST_USE;
/* Back to STORED (quarantine retry): deaths 0, disposition taken away. */
int store_ledger_reset(struct store *s, int64_t id, struct error *err) MUST_USE;
/* Up to max rows that are done but not moved on the server (baseline rows never are). */
int store_ledger_unmoved(struct store *s, uint32_t uidvalidity, struct ledger_row *rows, size_t max, size_t *n,
			 struct error *err) MUST_USE;
int store_ledger_moved(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err) MUST_USE;
/* Highest uid known; 0: none. */
int store_ledger_top(struct store *s, uint32_t uidvalidity, uint32_t *out, struct error *err) MUST_USE;
int store_ledger_size(struct store *s, uint64_t *out, struct error *err) MUST_USE; /* all its rows */
int store_ledger_counts(struct store *s, uint64_t *stored, uint64_t *unmoved, uint64_t *quarantined, struct error *err) MUST_USE;
/* Reconciling: how many mails with this date and size; is this content known, or erased? */
int store_ledger_listed(struct store *s, struct instant internaldate, uint64_t size, uint64_t *out, struct error *err) MUST_USE;
int store_ledger_has_content(struct store *s, const struct digest *sha256, bool *out, struct error *err) MUST_USE;
/* Quarantined, too big, or held (M29). */
int store_quarantine_list(struct store *s, struct arena *a, struct ledger_row **out, size_t *n, struct error *err) MUST_USE;

/* --- raw mails (no unit of work needed) ------------------------------------------------- */
/* Bytes that are free where the store lies, and of how many; what cannot be asked is not full.  (statvfs(3)) */
void store_room(const struct store *s, uint64_t *left, uint64_t *all);
/* A new unnamed file in the store, for the mailbox process to write into.  fd >= 0 or -errno. */
int store_raw_create(struct store *s, struct error *err) MUST_USE;
/* Makes n of them durable under their names: fsync of each file, link (replacing a stale file of the same name),
 * fsync of the folders.  The batch is durable on 0.  fds stay the caller's. */
int store_raw_keep(struct store *s, uint32_t uidvalidity, const uint32_t *uids, const int *fds, size_t n,
		   struct error *err) MUST_USE;
int store_raw_open(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err) MUST_USE; /* read-only fd or -errno */

/* --- small facts ------------------------------------------------------------------------ */
int store_fact_get(struct store *s, const char *key, struct arena *a, const char **out,
		   struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
int store_fact_set(struct store *s, const char *key, const char *value, struct error *err) MUST_USE;

/* "released:LEDGER-ID": the operator let a held (M29) or quarantined mail go. */
#define STORE_FACT_RELEASED "released"

/* Fact "restored": what a restored copy has gone through. */
#define STORE_RESTORED_NEW "new"         /* just unpacked */
#define STORE_RESTORED_DOUBTED "doubted" /* outgoing mail is marked; the server's folders are not read yet */
#define STORE_RESTORED_DONE "done"

/* --- tickets ---------------------------------------------------------------------------- */
/* Stores the ticket: id 0 gets an id and the next number of `year` (both written back); applicants and
 * events with id 0 are inserted (ids written back), the others updated / left alone.  Keeps the look-up
 * indexes (parties, keyed hashes of NIK and NIP) right. */
int store_ticket_save(struct store *s, struct ticket *t, int year, struct arena *a, struct error *err) MUST_USE;
int store_ticket_load(struct store *s, int64_t id, struct arena *a, struct ticket *out,
		      struct error *err) MUST_USE; /* with events; 0, STORE_NOT_FOUND */
int store_ticket_id(struct store *s, const char *number, int64_t *out, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
/* Tickets that mail from this address opened after `after` and not after `until` (M29). */
int store_ticket_opened(struct store *s, const char *requester, struct instant after, struct instant until, uint32_t *out,
			struct error *err) MUST_USE;
/* Open renewal that has one of these (values in normal form; NULL entries skipped), not `except`. */
int store_ticket_by_person(struct store *s, const char *const *niks, const char *const *nips, size_t n, int64_t except,
			   int64_t *out, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
/* The one open ticket with this telephone number (E.164).  0; STORE_NOT_FOUND: none, or several. */
int store_ticket_by_phone(struct store *s, const char *phone, int64_t *out, struct error *err) MUST_USE;
struct ticket_filter { /* all that is set must hold */
	bool has_state;
	enum ticket_state state;
	bool open_only;
	const char *search; /* each of its words stands in some text of the ticket, or in its data but NIK, NIP, phone */
	const char *opd;    /* all of its words stand in an applicant's agency */
	const char *staff;  /* address that it is assigned to; "": open and assigned to nobody */
	bool has_older, has_newer;
	struct instant older, newer; /* opened then or before; then or after */
	bool overdue;                /* a step that runs is over its standard at now */
	int step;                    /* which, 1 to 4; 0: any */
	struct instant now;
	size_t limit; /* 0: 1000; of those that all the above holds for */
	bool oldest_first;
};
int store_ticket_list(struct store *s, const struct ticket_filter *f, struct arena *a, struct ticket ***out, size_t *n,
		      struct error *err) MUST_USE; /* with events */
/* Ids of tickets on which something is due, or must be worked out; by time.  No closed ticket is looked at. */
int store_ticket_due(struct store *s, struct instant now, int64_t *ids, size_t max, size_t *n, struct error *err) MUST_USE;
int store_ticket_due_set(struct store *s, int64_t id, bool has, struct instant at, struct error *err) MUST_USE;
/* When each running step passes its standard, as things stand; ms 0: it does not run. */
int store_ticket_late_set(struct store *s, int64_t id, const struct instant late[4], struct error *err) MUST_USE;
int store_ticket_due_next(struct store *s, struct instant *out, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
/* How many have something due by then. */
int store_ticket_due_count(struct store *s, struct instant until, uint64_t *out, struct error *err) MUST_USE;
/* Hours or rules have changed: works all open ones out anew. */
int store_ticket_due_reset(struct store *s, struct error *err) MUST_USE;
/* For the digest. */
int store_trouble_counts(struct store *s, struct instant since, uint32_t *parked, uint32_t *dead, uint32_t *quarantined,
			 struct error *err) MUST_USE;
/* Who was asked for a mark, and when. */
int store_asked_since(struct store *s, const char *address, struct instant since, bool *out, struct error *err) MUST_USE;
int store_asked_set(struct store *s, const char *address, struct instant at, struct error *err) MUST_USE;
int store_ticket_counts(struct store *s, uint64_t out[N_TICKET_STATES], struct error *err) MUST_USE;
/* Event that belongs to no ticket. */
int store_event_add(struct store *s, const struct event *e, struct error *err) MUST_USE;

struct event_row {
	const char *number; /* of the ticket; NULL: of none */
	struct event event;
};
/* Up to max events with id > after, oldest first; and the newest id.  Neither needs a unit of work, nor keeps others from
 * writing. */
int store_events_after(struct store *s, int64_t after, struct arena *a, struct event_row *rows, size_t max, size_t *n,
		       struct error *err) MUST_USE;
int store_event_top(struct store *s, int64_t *out, struct error *err) MUST_USE;

/* --- register and documents ---------------------------------------------------------------- */
int store_tally_save(struct store *s, int64_t ticket_id, const struct tally *t, struct error *err) MUST_USE;
/* Every ticket that was open in [from, to) (local seconds), and all with a certificate, by number; a row a
 * person.  What row gets is borrowed until it returns; not 0 ends the walk and is returned. */
int store_tally_each(struct store *s, int64_t from_s, int64_t to_s, int (*row)(void *context, const struct tally *t),
		     void *context, struct error *err) MUST_USE;

enum kept_kind {               /* a document that is made once and kept */
		 KEPT_REPORT,  /* of a renewal */
		 KEPT_RECAP,   /* of a period */
		 KEPT_RECEIPT, /* of a paper letter */
		 N_KEPT,
};
WORD_DECLARE(kept_kind, kept_kind);

struct report_row {
	int64_t id, ticket_id; /* ticket 0: a recap */
	enum kept_kind kind;
	const char *number;  /* in the register; NULL: no report */
	const char *period;  /* "2026-08"; NULL: no recap */
	const char *officer; /* who renewed, or took the letter in; NULL */
	struct instant made_at;
	const char *state; /* "waiting", "made", "failed" */
	uint32_t tries;
};
/* The next number of the year's register: given in this unit of work or not at all, so that none is missing. */
int store_report_number(struct store *s, int year, uint32_t *out, struct error *err) MUST_USE;
int store_report_add(struct store *s, struct report_row *r, struct error *err) MUST_USE; /* id written back */
/* A letter that goes when the document is made: recipient, thread, token, values. */
int store_report_letter_add(struct store *s, int64_t report_id, const struct letter *l, struct error *err) MUST_USE;
/* Oldest that waits to be made.  0, STORE_NOT_FOUND. */
int store_report_next(struct store *s, struct arena *a, struct report_row *out, struct error *err) MUST_USE;
/* Newest of this kind of a ticket.  0, STORE_NOT_FOUND. */
int store_report_of(struct store *s, int64_t ticket_id, enum kept_kind kind, struct arena *a, struct report_row *out,
		    struct error *err) MUST_USE;
/* kind of each is the caller's to set. */
int store_report_letters(struct store *s, int64_t report_id, struct arena *a, struct letter **out, size_t *n,
			 struct error *err) MUST_USE;
int store_report_try(struct store *s, int64_t id, struct error *err) MUST_USE;
/* bytes empty: it failed. */
int store_report_done(struct store *s, int64_t id, struct span bytes, struct error *err) MUST_USE;
/* The kept bytes.  0, STORE_NOT_FOUND. */
int store_report_bytes(struct store *s, int64_t id, struct buf *out, struct error *err) MUST_USE;

/* --- certificates ------------------------------------------------------------------------- */
/* Stores it: id 0 is added (id written back), else changed, ticket and applicant left alone.  Then the person's certificates
 * (by NIK or NIP) follow each other by their ends, and what is due on them is to be worked out anew. */
int store_certificate_save(struct store *s, struct certificate *c, struct error *err) MUST_USE;
/* A ticket's certificates are now these, by applicant: added, changed, or taken away where a ticket was reopened.  What the
 * ticket does not know of a person is taken over from the certificate before. */
int store_certificate_of_ticket(struct store *s, int64_t ticket_id, struct certificate *list, size_t n,
				struct error *err) MUST_USE;
/* All of a person (NIK, NIP) and the one with this serial number; each may be NULL; by end.  0 and *n, also where none is. */
/* One that came by with a mail (CERTIFICATE_SEEN): added where the register knows nothing of its serial yet.  It goes again
 * where a ticket says whose it is, and comes back where the ticket takes that back. */
int store_certificate_seen(struct store *s, struct certificate *c, struct error *err) MUST_USE;
int store_certificate_find(struct store *s, const char *nik, const char *nip, const char *serial, struct arena *a,
			   struct certificate **out, size_t *n, struct error *err) MUST_USE;
/* Newest ones of their persons that end in [from, to), by end. */
int store_certificate_ending(struct store *s, struct instant from, struct instant to, size_t max, struct arena *a,
			     struct certificate **out, size_t *n, struct error *err) MUST_USE;
/* All of them, by id; what row gets is borrowed until it returns; not 0 ends the walk and is returned. */
int store_certificate_each(struct store *s, int (*row)(void *context, const struct certificate *c), void *context,
			   struct error *err) MUST_USE;
/* What is due at now, of the recipient who has waited longest (to NULL: what must be worked out first), at most max. */
int store_certificate_due(struct store *s, struct instant now, size_t max, struct arena *a, const char **to,
			  struct certificate **out, size_t *n, struct error *err) MUST_USE;
int store_certificate_due_set(struct store *s, int64_t id, int reminded, bool has, struct instant at, const char *to,
			      struct error *err) MUST_USE;
int store_certificate_due_next(struct store *s, struct instant *out, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
int store_certificate_due_reset(struct store *s, struct error *err) MUST_USE;                     /* the rules have changed */
/* Which certificates a reminder, a row of the outbox, is about. */
int store_reminder_add(struct store *s, int64_t outbox_id, int64_t certificate_id, struct error *err) MUST_USE;
int store_reminder_of(struct store *s, int64_t outbox_id, struct arena *a, struct certificate **out, size_t *n,
		      struct error *err) MUST_USE;
int store_reminders_since(struct store *s, struct instant since, uint32_t *out, struct error *err) MUST_USE;
/* Who wants no reminders. */
int store_silent(struct store *s, const char *address, bool *out, struct error *err) MUST_USE;
int store_silent_set(struct store *s, const char *address, bool silent, struct instant now, struct error *err) MUST_USE;
/* A staff member's list that was looked through and waits for a yes: the newest replaces the one before. */
int store_import_keep(struct store *s, const char *owner, const char *name, struct span roster, struct instant now,
		      struct error *err) MUST_USE;
int store_import_get(struct store *s, const char *owner, struct instant since, struct arena *a, const char **name,
		     struct span *roster, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
int store_import_drop(struct store *s, const char *owner, struct error *err) MUST_USE;

/* --- conversation ------------------------------------------------------------------------- */
struct message_row {                                 /* an element of `messages` in show */
	int64_t id, ticket_id, ledger_id, outbox_id; /* 0: none */
	const char *direction;                       /* "in", "out", "note", "sms" */
	const char *kind, *from, *to, *subject;
	const char *message_id; /* "sha256:HEX" for token mails: a capability is kept hashed only */
	struct instant at;
	const char *state; /* "filed", "queued", "sending", "sent", "failed", "uncertain" */
	const char *text;  /* what a person reads; NULL */
};
/* An examined file of a ticket, with the mail that brought it. */
int store_evidence_add(struct store *s, int64_t ticket_id, int64_t ledger_id, struct instant received,
		       const struct evidence_file *f, struct error *err) MUST_USE;
/* All of a ticket, oldest first, in a.  0; -errno. */
int store_evidence_list(struct store *s, int64_t ticket_id, struct arena *a, struct examined **out, size_t *n,
			struct error *err) MUST_USE;
int store_message_add(struct store *s, struct message_row *m, struct error *err) MUST_USE; /* id written back */
int store_message_list(struct store *s, int64_t ticket_id, struct arena *a, struct message_row **out, size_t *n,
		       struct error *err) MUST_USE;
/* Ticket that a Message-ID (in or out, without <>) belongs to; follows hashes too.  0, STORE_NOT_FOUND.
 * *out_outbox: the outgoing mail with that id, 0: none. */
int store_message_find(struct store *s, const char *message_id, int64_t *out_ticket, int64_t *out_outbox,
		       struct error *err) MUST_USE;
/* Was a mail with this Message-ID and content already handled (ledger id other than `except`)? */
int store_mail_seen(struct store *s, const char *message_id, const struct digest *content, int64_t except, bool *out,
		    struct error *err) MUST_USE;
/* Same sender and same text digest since `since`? */
int store_mail_resent(struct store *s, const char *from, const struct digest *content, struct instant since, int64_t except,
		      bool *out, struct error *err) MUST_USE;
/* Remembers what the two above ask for. */
int store_mail_remember(struct store *s, int64_t ledger_id, const char *message_id, const char *from,
			const struct digest *content, struct instant at, struct error *err) MUST_USE;

/* --- tokens and confirmations ----------------------------------------------------------------- */
int store_token_add(struct store *s, const struct digest *hash, const char *owner, int64_t ticket_id, struct instant expires,
		    struct error *err) MUST_USE;
int store_token_find(struct store *s, const struct digest *hash, struct instant now, struct arena *a, struct token_facts *out,
		     struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
int store_token_revoke(struct store *s, const struct digest *hash, struct error *err) MUST_USE;
int store_token_used(struct store *s, const struct digest *hash, const struct digest *content, bool *out,
		     struct error *err) MUST_USE;
int store_token_use(struct store *s, const struct digest *hash, const struct digest *content, struct error *err) MUST_USE;
int store_confirmation_add(struct store *s, const struct digest *hash, const char *owner, int64_t ledger_id,
			   struct instant expires, struct error *err) MUST_USE;
int store_confirmation_find(struct store *s, const struct digest *hash, struct instant now, struct arena *a,
			    struct confirmation_facts *out, struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
int store_confirmation_use(struct store *s, int64_t id, struct error *err) MUST_USE;
/* Mails of one class (e.g. "confirmation", "warning") to this address since. */
int store_sent_count(struct store *s, enum letter_kind kind, const char *to, struct instant since, uint32_t *out,
		     struct error *err) MUST_USE;

/* --- outbox ------------------------------------------------------------------------------------ */
enum outbox_state {
	OUTBOX_QUEUED,
	OUTBOX_SENDING,
	OUTBOX_SENT,
	OUTBOX_FAILED,
	OUTBOX_UNCERTAIN,
	OUTBOX_HELD, /* over a cap (M22): waits for the operator, counts against no cap meanwhile */
};
WORD_DECLARE(outbox_state, outbox_state);
struct outbox_row {
	int64_t id, ticket_id; /* ticket 0: none */
	enum letter_kind kind;
	const char *to_name, *to_address, *envelope_from, *message_id, *subject;
	enum outbox_state state;
	uint32_t tries;
	struct instant queued_at, next_at;
	int last_code;
	const char *last_text;
	bool counts;         /* against the caps */
	bool is_token;       /* Message-ID is a capability: content is wiped once sent */
	struct span content; /* compose's bytes; only where asked for */
	struct segment *segments;
	size_t n_segments; /* raw_id: ledger id */
};
int store_outbox_add(struct store *s, struct outbox_row *row, struct error *err) MUST_USE; /* id written back */
int store_outbox_get(struct store *s, int64_t id, bool with_content, struct arena *a, struct outbox_row *out,
		     struct error *err) MUST_USE;
/* Up to max rows due at now (QUEUED or UNCERTAIN with next_at <= now, or so far off that the clock must have gone back), oldest
 * first, none to a recipient that has an earlier row that was put off and is not finished (order of mails to one recipient: the
 * caller keeps it among those it gets), none of the ids in busy. */
int store_outbox_due(struct store *s, enum relay_channel channel, struct instant now, const int64_t *busy, size_t n_busy,
		     int64_t *ids, size_t max, size_t *n, struct error *err) MUST_USE;
/* When the first row becomes due that is not due at now (one that is due and not given waits for an earlier one
 * to its recipient).  0, STORE_NOT_FOUND: none. */
int store_outbox_next_at(struct store *s, enum relay_channel channel, struct instant now, struct instant *out,
			 struct error *err) MUST_USE;
int store_outbox_set(struct store *s, int64_t id, enum outbox_state st, uint32_t tries, struct instant next_at, int code,
		     const char *text, struct instant now,
		     struct error *err) MUST_USE; /* also the message row's state; wipes token mails once sent */
/* A held mail goes out after all, and counts from now on.  0; STORE_NOT_FOUND: not held. */
int store_outbox_release(struct store *s, int64_t id, struct instant now, struct error *err) MUST_USE;
/* Marks of the mails at the relay that a kill leaves behind.  slot: below LIMIT_SENDING.  whole: called in a thread of the
 * relay before a mail's final dot can leave. */
void store_flight_begin(struct store *s, size_t slot, int64_t id, bool again);
void store_flight_whole(struct store *s, size_t slot);
/* After a start: what was being sent waits again; where it was perhaps sent it is uncertain (n_doubt), to be sent once
 * more; where that second time was reached too, its id is in lost: uncertain, for people. */
int store_outbox_recover(struct store *s, struct instant now, uint64_t *n_doubt, int64_t lost[LIMIT_SENDING], size_t *n_lost,
			 struct error *err) MUST_USE;
/* In a restored store nobody knows what has left since: unfinished rows become UNCERTAIN for good.  *n: how many. */
int store_outbox_doubt(struct store *s, uint64_t *n, struct error *err) MUST_USE;
int store_outbox_list(struct store *s, bool unfinished_only, struct arena *a, struct outbox_row **out, size_t *n,
		      struct error *err) MUST_USE;
struct outbox_counts {
	uint64_t waiting; /* to be sent, now or later */
	uint64_t held;
	uint64_t lost; /* failed, or uncertain for good: a person must look */
};
int store_outbox_counts(struct store *s, struct outbox_counts *out, struct error *err) MUST_USE;
/* What monitors are told; no number of them belongs to a person. */
enum { N_STEP_BUCKETS = 11 };
struct queue_figures {
	uint64_t n;
	struct instant oldest; /* 0: nothing waits */
};
struct step_figures {
	struct {
		int64_t up_to_s; /* working seconds; of the last: more than any step has */
		uint64_t n;      /* steps that took more than the bucket before has, and not more */
	} bucket[N_STEP_BUCKETS];
	uint64_t seconds, late; /* of all finished; those over the standard of their time */
	uint64_t overdue;       /* tickets that are over it now */
};
struct store_figures {
	uint64_t tickets[N_TICKET_STATES];
	struct instant oldest_open;           /* 0: none is open */
	struct queue_figures unread, unmoved; /* mails: not decided yet; decided, and still in the inbox */
	struct queue_figures outbox[OUTBOX_HELD + 1];
	struct queue_figures quarantined;
	struct step_figures step[4]; /* a step that is finished, opened again and finished counts twice: counts only rise */
};
int store_figures(struct store *s, struct instant now, struct store_figures *out, struct error *err) MUST_USE;
int store_outbox_by_message_id(struct store *s, const char *message_id, struct arena *a, struct outbox_row *out,
			       struct error *err) MUST_USE; /* 0, STORE_NOT_FOUND */
/* Counting automatic mails that count, for the caps. */
int store_traffic(struct store *s, const char *to, int64_t ticket_id, struct instant now, struct traffic *out,
		  struct error *err) MUST_USE;
/* Short messages to this number (E.164) since, but those held or failed. */
int store_sms_sent(struct store *s, const char *number, struct instant since, uint32_t *out, struct error *err) MUST_USE;
int store_address_dead(struct store *s, const char *address, bool *out, struct error *err) MUST_USE;
int store_address_mark(struct store *s, const char *address, bool dead, struct instant now, struct error *err) MUST_USE;
/* M07: soft failures (a full box) of an address. */
int store_soft_bounce_add(struct store *s, const char *address, struct instant at, struct error *err) MUST_USE;
int store_soft_bounces(struct store *s, const char *address, struct instant since, uint32_t *out, struct error *err) MUST_USE;

/* Tokens and confirmations of another store, for one that is rebuilt from raw mails; both in a unit of work. */
int store_capabilities_copy(struct store *fresh, struct store *old, struct error *err) MUST_USE;

/* --- audit chain and copies ------------------------------------------------------------------------- */
struct verify_result {
	uint64_t n_events;
	bool whole;
	int64_t broken_id;
	char why[120];
};
typedef void store_progress(void *context, int done, int total); /* NULL allowed where one is asked for */
int store_verify(struct store *s, store_progress *progress, void *context, struct verify_result *out, struct error *err) MUST_USE;
/* One file, an SQLite database: the store as it is while others write, the raw mails in table backup_raw, the file key in
 * backup_key.  path must not exist.  progress is told KiB, of the database and then of the raw mails. */
struct backup_result {
	uint64_t n_raw;
	uint64_t n_damaged; /* raw mails that are missing, or whose bytes are not those that came: not in the copy */
};
int store_backup(struct store *s, const char *path, store_progress *progress, void *context, struct backup_result *out,
		 struct error *err) MUST_USE;
/* The same into a file without a name in the store's own folder, gone when *fd (the caller's) is closed: what is encrypted from
 * there never lies anywhere else in the clear. */
int store_backup_nameless(struct store *s, store_progress *progress, void *context, struct backup_result *out, int *fd,
			  struct error *err) MUST_USE;
/* An empty nameless file of the same kind in a folder, made where missing, for what is decrypted.  fd >= 0 or -errno. */
int store_nameless(const char *directory, struct error *err) MUST_USE;
/* Unpacks such a file (path; or, where fd is not -1, the nameless fd, and path is its name in errors) into a folder without a
 * store; the next start catches up from the mailbox.  STORE_EXISTS: there is one; STORE_IN_USE, STORE_TOO_NEW. */
int store_restore(const char *path, int fd, const char *directory, store_progress *progress, void *context,
		  struct backup_result *out, struct error *err) MUST_USE;

#endif
