/* Keep and forget: what tickets left behind is destroyed class by class (casework/keep.h), in small units of work.
 *
 * The store first says what will go (a row of table destruction, state 0, in the commit that decides it); then files go; then
 * that is recorded.  A kill between any two leaves a row that is taken up again: removing a file twice is harmless.
 * Results as in store.h; all in an open unit of work but store_keep_file() and store_log_empty(). */
#ifndef SITANTE_STORE_KEEP_H
#define SITANTE_STORE_KEEP_H

#include "store/store.h"

/* Fact "retention": midnight of the last day that was finished, ISO. */
#define STORE_FACT_RETENTION "retention"

/* A mail joined the ticket, or a note: what is destroyed in its time is looked at again. */
int store_keep_again(struct store *s, int64_t ticket_id, struct error *err) MUST_USE;
/* Where an attached file lies in a kept mail's bytes. */
int store_attachment_add(struct store *s, int64_t ledger_id, uint64_t at, uint64_t length, bool scan, struct error *err) MUST_USE;

struct keep_place { /* how far a walk has come; all 0: the begin */
	int64_t ended_at, id;
};
struct keep_ticket {
	int64_t id;
	struct keep_facts facts;
};
/* Up to max tickets that ended at `line` or before, in that order, beyond *at (moved on), of which class c is not destroyed.
 * Their facts may say otherwise than the line: a hold on the survivor, or a later word. */
int store_keep_ended(struct store *s, enum keep_class c, struct instant line, struct keep_place *at, struct keep_ticket *out,
		     size_t max, size_t *n, struct error *err) MUST_USE;
/* Says that this class of the ticket goes; what lies in the database goes at once. */
int store_keep_say(struct store *s, int64_t ticket_id, enum keep_class c, struct instant now, struct error *err) MUST_USE;
/* The same for mails, in and out, that belong to no ticket and were handled at `line` or before, at most max of each; *more:
 * there may be others. */
int store_keep_say_loose(struct store *s, struct instant line, struct instant now, size_t max, bool *more,
			 struct error *err) MUST_USE;
/* And for certificates that ended at `line` or before, of tickets that are neither open nor held. */
int store_keep_say_certificates(struct store *s, struct instant line, struct instant now, size_t max, bool *more,
				struct error *err) MUST_USE;
/* How many tickets ended at `line` or before, of which class c is not destroyed, and no hold lies on. */
int store_keep_count(struct store *s, enum keep_class c, struct instant line, uint64_t *out, struct error *err) MUST_USE;
/* How many tickets are held. */
int store_keep_held(struct store *s, uint64_t *out, struct error *err) MUST_USE;

struct keep_range { /* bytes of a mail */
	uint64_t at, length;
};
struct keep_file { /* the next thing whose file is to go */
	int64_t id, ledger_id, ticket_id;
	const char *class;
	bool whole; /* the whole mail, else ranges of it */
	bool kept;  /* a hold was set, or the ticket reopened, since it was said: it stays */
	uint32_t uidvalidity, uid;
	struct keep_range *ranges;
	size_t n_ranges;
	bool missing;       /* there was no file */
	struct digest left; /* of the mail without its ranges; both are store_keep_file()'s */
};
/* 0, STORE_NOT_FOUND: no file waits to go. */
int store_keep_next(struct store *s, struct arena *a, struct keep_file *out, struct error *err) MUST_USE;
/* Takes the file, or the ranges of it, away, durably.  Outside any unit of work; may be done twice. */
int store_keep_file(struct store *s, struct keep_file *f, struct error *err) MUST_USE;
/* Records that it is gone; or, where it is kept, that it was never said. */
int store_keep_gone(struct store *s, const struct keep_file *f, struct error *err) MUST_USE;

/* Up to max rows that are gone and on no list yet, oldest first. */
int store_keep_unlisted(struct store *s, struct arena *a, struct keep_row *rows, size_t max, size_t *n,
			struct error *err) MUST_USE;
int store_keep_listed(struct store *s, int64_t up_to_id, struct error *err) MUST_USE;
/* An event on a ticket that is not loaded. */
int store_keep_event(struct store *s, int64_t ticket_id, const struct event *e, struct error *err) MUST_USE;

/* Words that were taken out stay in the full-text index until its pieces are merged: merges some pages of them.  *more: call it
 * again.  begin: the first call of a round. */
int store_search_dirty(struct store *s, bool *out, struct error *err) MUST_USE; /* is there any such word? */
int store_search_merge(struct store *s, bool begin, bool *more, struct error *err) MUST_USE;
/* What was deleted leaves the write-ahead log too.  *done false: somebody reads, or writes. */
int store_log_empty(struct store *s, bool *done, struct error *err) MUST_USE;

#endif
