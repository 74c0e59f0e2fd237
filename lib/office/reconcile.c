#include "office/reconcile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED_MAX = 500, MOVE_MAX = 500, MAILS_MAX = 1000000 };
enum stage { STAGE_SURVEY, STAGE_HASH, STAGE_RETURN };

struct reconcile {
	struct store *store;
	bool adopt, waits; /* for an answer */
	struct instant now;
	enum stage stage;
	enum mailbox_place place;
	struct reconcile_mail *mails; /* of the place: first all of it, then what is in doubt */
	size_t n, cap, at;            /* at: hashed or returned so far */
	size_t asked;                 /* mails of the open question, from at on */
	uint32_t uidvalidity;
	struct reconcile_result result;
};

int reconcile_new(struct store *store, bool adopt, struct instant now, struct reconcile **out)
{
	struct reconcile *r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->store = store;
	r->adopt = adopt;
	r->now = now;
	r->result.unknown = calloc(RECONCILE_UNKNOWN_MAX, sizeof(*r->result.unknown));
	if (!r->result.unknown) {
		free(r);
		return -ENOMEM;
	}
	*out = r;
	return 0;
}

void reconcile_free(struct reconcile *r)
{
	if (!r)
		return;
	free(r->mails);
	free(r->result.unknown);
	free(r);
}

bool reconcile_waits(const struct reconcile *r)
{
	return r->waits;
}

const struct reconcile_result *reconcile_result(const struct reconcile *r)
{
	return &r->result;
}

void reconcile_replay_key(const struct digest *sha256, char out[RECONCILE_KEY_SIZE])
{
	char hex[DIGEST_HEX_SIZE];
	digest_hex(sha256, hex);
	(void)snprintf(out, RECONCILE_KEY_SIZE, "replay:%s", hex);
}

/* --- what is in doubt ------------------------------------------------------------------------- */

static int by_listing(const void *a, const void *b)
{
	const struct reconcile_mail *x = a, *y = b;
	if (x->internaldate.ms != y->internaldate.ms)
		return x->internaldate.ms < y->internaldate.ms ? -1 : 1;
	return x->size != y->size ? (x->size < y->size ? -1 : 1) : 0;
}

/* Keeps the groups of which the server has more mails than the ledger. */
static int doubt_by_listing(struct reconcile *r, struct error *err)
{
	size_t kept = 0, end;
	if (r->n > 1)
		qsort(r->mails, r->n, sizeof(*r->mails), by_listing);
	for (size_t i = 0; i < r->n; i = end) {
		uint64_t known = 0;
		end = i + 1;
		while (end < r->n && by_listing(&r->mails[i], &r->mails[end]) == 0)
			end++;
		int q = store_ledger_listed(r->store, r->mails[i].internaldate, r->mails[i].size, &known, err);
		if (q < 0)
			return q;
		if (known >= end - i)
			continue;
		memmove(&r->mails[kept], &r->mails[i], (end - i) * sizeof(*r->mails));
		kept += end - i;
	}
	r->n = kept;
	return 0;
}

/* The inbox: by UID.  What has just come is no riddle. */
static int doubt_by_uid(struct reconcile *r, struct error *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n; i++) {
		size_t one = 1;
		uint32_t uid = r->mails[i].uid;
		int q = store_ledger_unknown(r->store, r->uidvalidity, &uid, &one, err);
		if (q < 0)
			return q;
		if (one == 0)
			continue;
		if (r->now.ms - r->mails[i].internaldate.ms < MINUTES(RECONCILE_NEW_MINUTES).ms)
			r->result.n_new++;
		else
			r->mails[kept++] = r->mails[i];
	}
	r->n = kept;
	return 0;
}

static int survey_end(struct reconcile *r, struct error *err)
{
	r->result.on_server[r->place] = (uint32_t)r->n;
	r->result.closed[r->place] = r->uidvalidity == 0;
	int q = store_begin(r->store, __func__, err);
	if (q == 0)
		q = r->place == MAILBOX_INBOX ? doubt_by_uid(r, err) : doubt_by_listing(r, err);
	store_end(r->store);
	r->stage = STAGE_HASH;
	r->at = 0;
	return q;
}

/* --- answers ------------------------------------------------------------------------------------ */

static int room_for(struct reconcile *r, size_t more)
{
	if (r->n + more > MAILS_MAX)
		return -ENOBUFS;
	if (r->n + more <= r->cap)
		return 0;
	size_t cap = (r->n + more) * 2;
	struct reconcile_mail *p = reallocarray(r->mails, cap, sizeof(*p));
	if (!p)
		return -ENOMEM;
	r->mails = p;
	r->cap = cap;
	return 0;
}

static int take_survey(struct reconcile *r, struct wire *w, struct error *err)
{
	enum mailbox_place place = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1);
	r->uidvalidity = wire_u32(w);
	uint32_t n = wire_count(w, LISTED_MAX);
	int q = room_for(r, n);
	if (q < 0)
		return error_set(err, q, "reconciling: %s", q == -ENOBUFS ? "too many mails in a folder" : "no memory");
	for (uint32_t i = 0; i < n; i++) {
		struct reconcile_mail *m = &r->mails[r->n++];
		*m = (struct reconcile_mail){ .place = place, .uid = wire_u32(w), .size = wire_u32(w) };
		m->internaldate.ms = wire_i64(w);
	}
	bool more = wire_u8(w) != 0;
	if (!wire_done(w) || place != r->place || r->stage != STAGE_SURVEY)
		return 1;
	if (more)
		return 0;
	r->waits = false;
	return survey_end(r, err);
}

static void unknown_add(struct reconcile *r, const struct reconcile_mail *m)
{
	if (r->result.n_unknown < RECONCILE_UNKNOWN_MAX)
		r->result.unknown[r->result.n_unknown] = *m;
	r->result.n_unknown++;
}

static int take_hashes(struct reconcile *r, struct wire *w, struct error *err)
{
	enum mailbox_place place = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1);
	uint32_t n = wire_count(w, LIMIT_FETCH_BATCH_MAILS);
	if (place != r->place || r->stage != STAGE_HASH || n != r->asked)
		return 1;
	int q = store_begin(r->store, __func__, err);
	size_t kept = 0; /* what stays unknown moves to the front: hashes are needed again for the return */
	for (uint32_t i = 0; q == 0 && i < n; i++) {
		struct reconcile_mail m = r->mails[r->at + i];
		bool known = false, same = wire_u32(w) == m.uid;
		enum mailbox_fetch result = (enum mailbox_fetch)wire_u8_max(w, MAILBOX_FETCH_FAILED);
		for (size_t k = 0; k < DIGEST_SIZE; k++)
			m.sha256.b[k] = wire_u8(w);
		m.hashed = result == MAILBOX_FETCH_OK;
		if (!same || w->bad)
			q = 1;
		else if (m.hashed)
			q = store_ledger_has_content(r->store, &m.sha256, &known, err);
		if (q == 0 && !known && result != MAILBOX_FETCH_GONE) {
			unknown_add(r, &m);
			r->mails[r->at + kept++] = m;
		}
	}
	store_end(r->store);
	if (q != 0)
		return q;
	memmove(&r->mails[r->at + kept], &r->mails[r->at + n], (r->n - r->at - n) * sizeof(*r->mails));
	r->n -= n - kept;
	r->at += kept;
	r->waits = false;
	return wire_done(w) ? 0 : 1;
}

static int take_moved(struct reconcile *r, struct wire *w)
{
	AUTO_ARENA a = arena_new(16 * 1024);
	enum mailbox_place place = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1);
	uint32_t n = wire_count(w, MOVE_MAX);
	if (!a)
		return -ENOMEM;
	if (place != r->place || r->stage != STAGE_RETURN || n != r->asked)
		return 1;
	for (uint32_t i = 0; i < n; i++) {
		(void)wire_u32(w);
		r->result.n_returned += wire_u8(w) != 0;
	}
	(void)wire_str(w, a, 1000);
	r->at += n;
	r->waits = false;
	return wire_done(w) ? 0 : 1;
}

int reconcile_take(struct reconcile *r, unsigned kind, struct wire *w, struct error *err)
{
	if (!r->waits)
		return 1;
	switch (kind) {
	case MAILBOX_SURVEYED:
		return take_survey(r, w, err);
	case MAILBOX_HASHED:
		return take_hashes(r, w, err);
	case MAILBOX_MOVED:
		return take_moved(r, w);
	default:
		return 1;
	}
}

/* --- questions ------------------------------------------------------------------------------------ */

static void put_uids(struct reconcile *r, struct buf *frame, size_t max)
{
	r->asked = r->n - r->at < max ? r->n - r->at : max;
	wire_put_u32(frame, (uint32_t)r->asked);
	for (size_t i = 0; i < r->asked; i++)
		wire_put_u32(frame, r->mails[r->at + i].uid);
}

/* The marks first, then the move: a mail that comes back must never be taken for a new one. */
static int mark_replayed(struct reconcile *r, struct error *err)
{
	size_t kept = r->at;
	int q = store_begin(r->store, __func__, err);
	for (size_t i = r->at; q == 0 && i < r->n; i++) {
		char key[RECONCILE_KEY_SIZE];
		if (!r->mails[i].hashed)
			continue; /* too big to be handled: named only */
		reconcile_replay_key(&r->mails[i].sha256, key);
		q = store_fact_set(r->store, key, "yes", err);
		r->mails[kept++] = r->mails[i];
	}
	if (q == 0)
		q = store_commit(r->store, err);
	store_end(r->store);
	r->n = kept;
	return q;
}

static int next_stage(struct reconcile *r, struct error *err)
{
	if (r->stage == STAGE_HASH && r->adopt && r->place != MAILBOX_INBOX && r->n > 0) {
		r->stage = STAGE_RETURN;
		r->at = 0;
		return mark_replayed(r, err);
	}
	r->stage = STAGE_SURVEY;
	r->n = r->at = 0;
	r->place = (enum mailbox_place)(r->place + 1);
	return 0;
}

int reconcile_ask(struct reconcile *r, struct buf *frame, struct error *err)
{
	while (r->stage != STAGE_SURVEY && r->at == r->n) {
		int q = next_stage(r, err);
		if (q < 0)
			return q;
	}
	if (r->place == N_MAILBOX_PLACES)
		return 0;
	wire_put_u8(frame, r->stage == STAGE_SURVEY ? MAILBOX_SURVEY : r->stage == STAGE_HASH ? MAILBOX_HASH : MAILBOX_MOVE);
	wire_put_u8(frame, (uint8_t)r->place);
	if (r->stage == STAGE_RETURN)
		wire_put_u8(frame, MAILBOX_INBOX);
	if (r->stage != STAGE_SURVEY)
		put_uids(r, frame, r->stage == STAGE_HASH ? LIMIT_FETCH_BATCH_MAILS : MOVE_MAX);
	r->waits = true;
	return 1;
}
