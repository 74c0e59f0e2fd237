/* Shared by keep.c, keep_empty.c and person*.c of store/. */
#ifndef SITANTE_STORE_KEEP_PRIVATE_H
#define SITANTE_STORE_KEEP_PRIVATE_H

#include "store/keep.h"
#include "store/store_private.h"

enum { KEEP_BATCH = 100 };

/* A statement with one number to bind, run to its end. */
int run_with(struct store *s, sqlite3_stmt *q, int64_t v, struct error *err) MUST_USE;
int keep_row_add(struct store *s, const char *class, int64_t ticket_id, int64_t n, bool gone, struct instant now,
		 struct error *err) MUST_USE;
/* All raw mails of a ticket go as this class; what left for it is emptied at once. */
int keep_mails_say(struct store *s, int64_t ticket_id, const char *class, struct instant now, struct error *err) MUST_USE;

/* keep_empty.c: out of the database, at once.  *any: there was something. */
int keep_sent_empty(struct store *s, int64_t ticket_id, int64_t *n, struct error *err) MUST_USE;
int keep_index_marked(struct store *s, struct error *err) MUST_USE;
int keep_texts_empty(struct store *s, int64_t ticket_id, bool *any, struct error *err) MUST_USE;
/* Words of one message out of the full-text index, then its subject, text, addresses and Message-ID. */
int keep_message_empty(struct store *s, int64_t message_id, struct error *err) MUST_USE;
/* Of whom the ticket was, its documents and its details; only: ids of applicants that go, NULL: all. */
int keep_persons_empty(struct store *s, int64_t ticket_id, const int64_t *only, size_t n_only, bool *any,
		       struct error *err) MUST_USE;
int keep_certificate_erase(struct store *s, int64_t id, struct error *err) MUST_USE;
/* erasure.c; a key without regard to case. */
struct digest erasure_hash(const struct store *s, const char *key);
int erasure_add(struct store *s, const struct digest *hash, const char *kind, struct instant at, bool applied,
		struct error *err) MUST_USE;
/* raw.c: what root makes belongs to whom the store belongs to. */
int raw_hand_over(struct store *s, int fd) MUST_USE;
/* raw.c: the file of a mail, durably; -ENOENT: there was none. */
int keep_raw_remove(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err) MUST_USE;
int keep_raw_blank(struct store *s, struct keep_file *f, struct error *err) MUST_USE;
/* ticket.c: what a ticket is found by, anew from its rows. */
int words_again(struct store *s, int64_t ticket_id, struct error *err) MUST_USE;

#endif
