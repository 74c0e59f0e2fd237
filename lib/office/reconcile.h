/* Does every mail on the server have its disposition?  Compares the three folders with the ledger.
 *
 * A conversation with the mailbox process, one question at a time: the caller sends what reconcile_ask() gives, and hands
 * the answers to reconcile_take().  The office drives it in its loop, sitantectl with a mailbox process of its own.
 * A mail in the inbox is known by (UIDVALIDITY, UID); elsewhere by what the server lists of it, and where that leaves a
 * doubt by its content.  Issue 5 "Reconcile"; invariant I1.
 */
#ifndef SITANTE_OFFICE_RECONCILE_H
#define SITANTE_OFFICE_RECONCILE_H

#include "port/mailbox.h"
#include "store/store.h"

enum {
	RECONCILE_UNKNOWN_MAX = 1000, /* named one by one; the rest is counted */
	RECONCILE_NEW_MINUTES = 15,   /* a younger mail of the inbox is on its way into the ledger */
	RECONCILE_KEY_SIZE = 8 + DIGEST_HEX_SIZE,
};

struct reconcile_mail {
	enum mailbox_place place;
	uint32_t uid, size;
	struct instant internaldate;
	bool hashed; /* sha256 holds */
	struct digest sha256;
};

struct reconcile_result {
	uint32_t on_server[N_MAILBOX_PLACES];
	bool closed[N_MAILBOX_PLACES];  /* the folder could not be opened: nothing is known of it */
	uint32_t n_new;                 /* in the inbox, just arrived */
	uint32_t n_unknown;             /* without a disposition */
	uint32_t n_returned;            /* of these: put back into the inbox to be handled */
	struct reconcile_mail *unknown; /* the first RECONCILE_UNKNOWN_MAX */
};

struct reconcile;

/* adopt: unknown mails of the other folders go back into the inbox, marked as handled before (a restored store).
 * 0; -ENOMEM.  store: borrowed. */
int reconcile_new(struct store *store, bool adopt, struct instant now, struct reconcile **out) MUST_USE;
void reconcile_free(struct reconcile *r); /* NULL allowed */
/* 1: send this frame and wait for its answer; 0: finished; -errno (the store's). */
int reconcile_ask(struct reconcile *r, struct buf *frame, struct error *err) MUST_USE;
/* A SURVEYED, HASHED or MOVED frame, behind its kind.  1: that is no answer to the question; 0: taken; -errno. */
int reconcile_take(struct reconcile *r, unsigned kind, struct wire *w, struct error *err) MUST_USE;
bool reconcile_waits(const struct reconcile *r); /* for more of the answer */
const struct reconcile_result *reconcile_result(const struct reconcile *r);

/* The fact that marks a mail of this content as handled before the store was restored. */
void reconcile_replay_key(const struct digest *sha256, char out[RECONCILE_KEY_SIZE]);

#endif
