/* Mails from the server into the ledger, and handled mails moved away on the server. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WAITING_MAX = 200000, /* listed mails kept in memory; the rest is listed again later */
	LEDGER_CHUNK = 500,
	MOVE_BATCH = 500,
	MOVE_PAUSE_MS = 60 * 1000,
	SIZE_SLACK = 64 * 1024, /* servers count line ends differently */
};

static void drop_session(struct office *o)
{
	o->connected = o->listed = false;
	o->asked = ASK_NOTHING;
	o->n_waiting = 0;
	intake_close_fetch(o);
	account_drop(o);
}

void intake_close_fetch(struct office *o)
{
	for (size_t i = 0; i < o->n_fetching; i++)
		if (o->fetch_fds[i] >= 0) {
			(void)close(o->fetch_fds[i]); /* unnamed file: nothing can be lost */
			o->fetch_fds[i] = -1;
		}
	o->n_fetching = 0;
}

void office_mailbox_lost(struct office *o)
{
	drop_session(o);
}

static void hello(struct office *o, struct wire *w)
{
	uint32_t uidvalidity = wire_u32(w);
	(void)wire_u32(w); /* uidnext: the listing tells */
	uint32_t exists = wire_u32(w);
	(void)wire_u8(w);
	(void)wire_u8(w);
	drop_session(o);
	if (!wire_done(w) || uidvalidity == 0) {
		office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "bad HELLO from the mailbox process");
		return;
	}
	o->uidvalidity = uidvalidity;
	o->connected = true;
	o->connected_since = o->ports.now ? o->ports.now(o->ports.context) : clock_wall();
	o->health.trouble = false;
	o->want_list = true;
	o->list_from = 1;
	o->maybe_unmoved = true;
	o->move_pause_until_ms = 0;
	office_note(o, OFFICE_INFO, "mailbox-open", 0, NULL, "mailbox open: %u mails, uidvalidity %u", exists, uidvalidity);
}

static void trouble(struct office *o, struct wire *w)
{
	AUTO_ARENA a = arena_new(8192);
	unsigned class = wire_u8_max(w, MAILBOX_TROUBLE_PROTOCOL);
	const char *text = a ? wire_str(w, a, 1000) : NULL;
	uint32_t retry = wire_u32(w);
	drop_session(o);
	o->health.trouble = true;
	(void)snprintf(o->health.trouble_text, sizeof(o->health.trouble_text), "%s: %s",
		       mailbox_trouble_word((enum mailbox_trouble) class), text ? text : "?");
	office_note(o, class == MAILBOX_TROUBLE_NETWORK ? OFFICE_WARNING : OFFICE_ERROR, "mailbox-trouble", 0, NULL,
		    "%s; next try in %u s", o->health.trouble_text, (retry + 999) / 1000);
}

/* Older than `since`: in the ledger as baseline, never fetched, never moved. */
static int add_baseline(struct office *o, const struct office_waiting *m, size_t n, struct error *err)
{
	int r = store_begin(o->store, __func__, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct ledger_row row = { .uidvalidity = o->uidvalidity,
					  .uid = m[i].uid,
					  .size = m[i].size,
					  .internaldate = m[i].internaldate,
					  .state = LEDGER_DONE,
					  .has_disposition = true,
					  .disposition = DISPOSITION_BASELINE,
					  .reason = "older than the first start",
					  .handled_at = o->now };
		int64_t id;
		r = store_ledger_add(o->store, &row, &id, err);
	}
	if (r >= 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	return r;
}

static int waiting_add(struct office *o, const struct office_waiting *m, size_t n)
{
	if (o->n_waiting + n > WAITING_MAX)
		n = WAITING_MAX - o->n_waiting;
	if (o->n_waiting + n > o->cap_waiting) {
		size_t cap = (o->n_waiting + n) * 2;
		struct office_waiting *p = reallocarray(o->waiting, cap, sizeof(*p));
		if (!p)
			return -ENOMEM;
		o->waiting = p;
		o->cap_waiting = cap;
	}
	memcpy(o->waiting + o->n_waiting, m, n * sizeof(*m));
	o->n_waiting += n;
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct office_waiting *x = a, *y = b;
	if (x->internaldate.ms != y->internaldate.ms)
		return x->internaldate.ms < y->internaldate.ms ? -1 : 1;
	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* After a restore the mails that were handled before have the highest UIDs, but come first. */
static void waiting_sort(struct office *o)
{
	if (o->catching_up && o->n_waiting > 1)
		qsort(o->waiting, o->n_waiting, sizeof(*o->waiting), by_age);
	o->catching_up = false;
}

/* Keeps of `mails` those that the ledger does not know. */
static int only_unknown(struct office *o, struct office_waiting *mails, size_t *n, struct error *err)
{
	uint32_t uids[LEDGER_CHUNK];
	size_t n_uids = *n, kept = 0;
	for (size_t i = 0; i < *n; i++)
		uids[i] = mails[i].uid;
	int r = store_begin(o->store, __func__, err);
	if (r >= 0)
		r = store_ledger_unknown(o->store, o->uidvalidity, uids, &n_uids, err);
	store_end(o->store);
	if (r < 0)
		return r;
	for (size_t i = 0; i < *n && kept < n_uids; i++)
		if (mails[i].uid == uids[kept])
			mails[kept++] = mails[i];
	*n = kept;
	return 0;
}

static void listed(struct office *o, struct wire *w)
{
	struct office_waiting mails[LEDGER_CHUNK], old[LEDGER_CHUNK];
	size_t n_new = 0, n_old = 0;
	uint32_t n = wire_count(w, LEDGER_CHUNK);
	for (uint32_t i = 0; i < n; i++) {
		mails[i].uid = wire_u32(w);
		mails[i].size = wire_u32(w);
		mails[i].internaldate.ms = wire_i64(w);
		if (mails[i].uid == 0)
			w->bad = true;
	}
	bool more = wire_u8(w) != 0;
	if (!wire_done(w) || o->asked != ASK_LIST) {
		office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "unexpected or broken listing");
		return;
	}
	struct error err = { 0 };
	size_t count = n;
	int r = only_unknown(o, mails, &count, &err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (mails[i].internaldate.ms < o->since.ms)
			old[n_old++] = mails[i];
		else
			mails[n_new++] = mails[i];
	}
	if (r == 0 && n_old > 0)
		r = add_baseline(o, old, n_old, &err);
	if (r == 0 && n_new > 0)
		r = waiting_add(o, mails, n_new);
	if (n_old > 0)
		office_note(o, OFFICE_NOTICE, "baseline", 0, NULL, "%zu mails older than the start left alone", n_old);
	if (r < 0)
		office_store_fault(o, "listing", &err);
	if (!more) {
		o->asked = ASK_NOTHING;
		o->listed = true;
		waiting_sort(o);
		o->health.last_list = o->now;
	}
}

static int hash_file(int fd, uint64_t *out_size, struct digest *out)
{
	static const size_t piece = 64 * 1024;
	char *b = malloc(piece);
	struct digest_sum sum;
	uint64_t at = 0;
	ssize_t n = -1;
	digest_sum_begin(&sum);
	if (b)
		while ((n = pread(fd, b, piece, (off_t)at)) > 0) {
			digest_sum_add(&sum, span_of(b, (size_t)n));
			at += (uint64_t)n;
		}
	int r = n < 0 ? -(errno ? errno : EIO) : 0;
	*out = digest_sum_done(&sum);
	*out_size = at;
	free(b);
	return r;
}

static int ledger_stored(struct office *o, const struct office_waiting *m, int fd, struct error *err)
{
	struct ledger_row row = { .uidvalidity = o->uidvalidity,
				  .uid = m->uid,
				  .internaldate = m->internaldate,
				  .state = LEDGER_STORED,
				  .has_raw = true };
	int64_t id;
	int r = hash_file(fd, &row.size, &row.sha256);
	if (r < 0)
		return error_set(err, r, "reading back a fetched mail");
	return store_ledger_add(o->store, &row, &id, err);
}

/* A mail that cannot be had: decided at once, staff are told where it is too big. */
static int ledger_without_bytes(struct office *o, const struct office_waiting *m, enum disposition d, struct error *err)
{
	struct ledger_row row = { .uidvalidity = o->uidvalidity,
				  .uid = m->uid,
				  .size = m->size,
				  .internaldate = m->internaldate,
				  .state = LEDGER_DONE,
				  .has_disposition = true,
				  .disposition = d,
				  .handled_at = o->now,
				  .reason = d == DISPOSITION_GONE ? "gone from the server before it was fetched"
								  : "larger than the limit, not fetched" };
	row.moved = d == DISPOSITION_GONE;
	int r = store_ledger_add(o->store, &row, &row.id, err);
	if (r != 0 || d == DISPOSITION_GONE)
		return r < 0 ? r : 0;
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct decision decision = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	r = casework_unreadable(o->plan.rules, row.id, UNREADABLE_TOO_BIG, m->internaldate, o->now, a, &decision);
	return r < 0 ? r : perform_decision(o, &row, NULL, &decision, a, err);
}

static int fetched_commit(struct office *o, const enum mailbox_fetch *results, struct error *err)
{
	uint32_t uids[LIMIT_FETCH_BATCH_MAILS];
	int fds[LIMIT_FETCH_BATCH_MAILS];
	size_t n_ok = 0;
	for (size_t i = 0; i < o->n_fetching; i++)
		if (results[i] == MAILBOX_FETCH_OK) {
			uids[n_ok] = o->fetching[i].uid;
			fds[n_ok++] = o->fetch_fds[i];
		}
	int r = n_ok > 0 ? store_raw_keep(o->store, o->uidvalidity, uids, fds, n_ok, err) : 0;
	if (r >= 0)
		r = store_begin(o->store, __func__, err);
	for (size_t i = 0; r >= 0 && i < o->n_fetching; i++)
		switch (results[i]) {
		case MAILBOX_FETCH_OK:
			r = ledger_stored(o, &o->fetching[i], o->fetch_fds[i], err);
			break;
		case MAILBOX_FETCH_GONE:
			r = ledger_without_bytes(o, &o->fetching[i], DISPOSITION_GONE, err);
			break;
		case MAILBOX_FETCH_TOO_BIG:
			r = ledger_without_bytes(o, &o->fetching[i], DISPOSITION_TOO_BIG, err);
			break;
		case MAILBOX_FETCH_FAILED:
			break; /* listed again after the next HELLO */
		}
	if (r >= 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	return r;
}

static void fetched(struct office *o, struct wire *w)
{
	enum mailbox_fetch results[LIMIT_FETCH_BATCH_MAILS];
	uint32_t n = wire_count(w, LIMIT_FETCH_BATCH_MAILS);
	bool right = o->asked == ASK_FETCH && n == o->n_fetching;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t uid = wire_u32(w);
		results[i] = (enum mailbox_fetch)wire_u8_max(w, MAILBOX_FETCH_FAILED);
		right = right && uid == o->fetching[i].uid;
	}
	if (!wire_done(w) || !right) {
		office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "unexpected or broken answer to a fetch");
		return;
	}
	struct error err = { 0 };
	int r = fetched_commit(o, results, &err);
	intake_close_fetch(o);
	o->asked = ASK_NOTHING;
	if (r < 0)
		office_store_fault(o, "storing fetched mail", &err);
	o->maybe_stored = o->maybe_unmoved = o->maybe_due = true;
}

static void moved(struct office *o, struct wire *w)
{
	AUTO_ARENA a = arena_new(64 * 1024);
	(void)wire_u8_max(w, MAILBOX_INBOX);
	uint32_t n = wire_count(w, MOVE_BATCH), refused = 0;
	struct error err = { 0 };
	int r = store_begin(o->store, __func__, &err);
	for (uint32_t i = 0; r >= 0 && i < n; i++) {
		uint32_t uid = wire_u32(w);
		bool done = wire_u8(w) != 0;
		if (done)
			r = store_ledger_moved(o->store, o->uidvalidity, uid, &err);
		else
			refused++;
	}
	const char *why = a ? wire_str(w, a, 1000) : NULL;
	if (r >= 0)
		r = store_commit(o->store, &err);
	store_end(o->store);
	o->asked = ASK_NOTHING;
	if (r < 0)
		office_store_fault(o, "noting moved mail", &err);
	if (refused > 0) {
		o->move_pause_until_ms = clock_monotonic_ms() + MOVE_PAUSE_MS;
		office_note(o, OFFICE_WARNING, "move-refused", 0, NULL,
			    "%u handled mails could not be moved on the server (%s); next try in %d s", refused,
			    why ? why : "no reason given", MOVE_PAUSE_MS / 1000);
	}
}

static void protocol_fault(struct office *o, const char *what)
{
	office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "%s", what);
}

void office_mailbox_frame(struct office *o, struct span frame)
{
	struct wire w = wire_open(frame);
	switch (wire_u8(&w)) {
	case MAILBOX_HELLO:
		hello(o, &w);
		break;
	case MAILBOX_NEWS:
		o->want_list = true;
		break;
	case MAILBOX_TROUBLE:
		trouble(o, &w);
		break;
	case MAILBOX_LISTED:
		listed(o, &w);
		break;
	case MAILBOX_FETCHED:
		fetched(o, &w);
		break;
	case MAILBOX_MOVED:
		if (o->asked != ASK_RECONCILE)
			moved(o, &w);
		else if (!account_frame(o, MAILBOX_MOVED, &w))
			protocol_fault(o, "an answer to nothing that was asked");
		break;
	case MAILBOX_SURVEYED:
	case MAILBOX_HASHED:
		if (!account_frame(o, frame.p[0], &w))
			protocol_fault(o, "an answer to nothing that was asked");
		break;
	default:
		office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "unknown frame from the mailbox process");
	}
}

static bool send_frame(struct office *o, const struct buf *b, const int *fds, size_t n)
{
	if (buf_status(b) == 0 && o->ports.mailbox_send(o->ports.context, buf_span(b), fds, n) == 0)
		return true;
	drop_session(o); /* the process is gone or stuck: its end will be seen */
	return false;
}

static void ask_list(struct office *o)
{
	struct error err = { 0 };
	uint32_t top = 0;
	if (o->list_from == 0) {
		int r = store_begin(o->store, __func__, &err);
		if (r >= 0)
			r = store_ledger_top(o->store, o->uidvalidity, &top, &err);
		store_end(o->store);
		if (r < 0) {
			office_store_fault(o, "listing", &err);
			return;
		}
	}
	AUTO_BUF b = BUF_INIT(64);
	wire_put_u8(&b, MAILBOX_LIST);
	wire_put_u32(&b, o->list_from ? o->list_from : top + 1);
	o->want_list = false;
	o->list_from = 0;
	if (send_frame(o, &b, NULL, 0))
		o->asked = ASK_LIST;
}

static int fetch_fill(struct office *o, struct error *err)
{
	uint64_t bytes = 0;
	size_t n = 0;
	for (; n < o->n_waiting && n < LIMIT_FETCH_BATCH_MAILS; n++) {
		const struct office_waiting *m = &o->waiting[n];
		if (n > 0 && bytes + m->size > LIMIT_FETCH_BATCH_BYTES)
			break;
		int fd = store_raw_create(o->store, err);
		if (fd < 0)
			return fd;
		o->fetching[o->n_fetching] = *m;
		o->fetch_fds[o->n_fetching++] = fd;
		bytes += m->size;
	}
	o->n_waiting -= n;
	memmove(o->waiting, o->waiting + n, o->n_waiting * sizeof(*o->waiting));
	return 0;
}

static int waiting_drop_too_big(struct office *o, struct error *err)
{
	size_t kept = 0;
	int r = 0;
	for (size_t i = 0; r >= 0 && i < o->n_waiting; i++) {
		if (o->waiting[i].size <= LIMIT_MAIL_BYTES) {
			o->waiting[kept++] = o->waiting[i];
			continue;
		}
		r = store_begin(o->store, __func__, err);
		if (r >= 0)
			r = ledger_without_bytes(o, &o->waiting[i], DISPOSITION_TOO_BIG, err);
		if (r >= 0)
			r = store_commit(o->store, err);
		store_end(o->store);
		o->maybe_due = o->maybe_unmoved = true;
	}
	o->n_waiting = kept;
	return r;
}

static void ask_fetch(struct office *o)
{
	struct error err = { 0 };
	int r = waiting_drop_too_big(o, &err);
	if (r >= 0)
		r = fetch_fill(o, &err);
	if (r < 0) {
		intake_close_fetch(o);
		o->n_waiting = 0; /* listed again when the store works */
		office_store_fault(o, "taking mail in", &err);
		return;
	}
	if (o->n_fetching == 0)
		return;
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	wire_put_u8(&b, MAILBOX_FETCH);
	wire_put_u32(&b, (uint32_t)o->n_fetching);
	for (size_t i = 0; i < o->n_fetching; i++) {
		wire_put_u32(&b, o->fetching[i].uid);
		wire_put_u32(&b, o->fetching[i].size + SIZE_SLACK);
	}
	if (send_frame(o, &b, o->fetch_fds, o->n_fetching))
		o->asked = ASK_FETCH;
}

static bool goes_to_quarantine(const struct ledger_row *r)
{
	return r->disposition == DISPOSITION_QUARANTINED || r->disposition == DISPOSITION_TOO_BIG;
}

static void ask_move(struct office *o)
{
	struct ledger_row rows[MOVE_BATCH];
	size_t n = 0, n_same = 0;
	struct error err = { 0 };
	int r = store_begin(o->store, __func__, &err);
	if (r >= 0)
		r = store_ledger_unmoved(o->store, o->uidvalidity, rows, MOVE_BATCH, &n, &err);
	store_end(o->store);
	if (r < 0) {
		office_store_fault(o, "looking for handled mail", &err);
		return;
	}
	if (n == 0) {
		o->maybe_unmoved = false;
		return;
	}
	bool quarantine = goes_to_quarantine(&rows[0]);
	uint32_t uids[MOVE_BATCH];
	for (size_t i = 0; i < n; i++)
		if (goes_to_quarantine(&rows[i]) == quarantine)
			uids[n_same++] = rows[i].uid;
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	wire_put_u8(&b, MAILBOX_MOVE);
	wire_put_u8(&b, MAILBOX_INBOX);
	wire_put_u8(&b, quarantine ? MAILBOX_QUARANTINE : MAILBOX_ARCHIVE);
	wire_put_u32(&b, (uint32_t)n_same);
	for (size_t i = 0; i < n_same; i++)
		wire_put_u32(&b, uids[i]);
	if (send_frame(o, &b, NULL, 0))
		o->asked = ASK_MOVE;
}

/* true: the question is out. */
static bool ask_reconcile(struct office *o)
{
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	if (!account_ask(o, &b))
		return false;
	if (send_frame(o, &b, NULL, 0))
		o->asked = ASK_RECONCILE;
	return true;
}

void intake_ask_mailbox(struct office *o)
{
	if (!o->connected || o->asked != ASK_NOTHING)
		return;
	if (o->restored && (ask_reconcile(o) || o->restored))
		return;
	if (o->n_waiting > 0)
		ask_fetch(o);
	else if (o->want_list)
		ask_list(o);
	else if (o->maybe_unmoved && !o->maybe_stored && o->n_window == 0 && clock_monotonic_ms() >= o->move_pause_until_ms)
		ask_move(o);
	if (o->asked == ASK_NOTHING && o->listed && !o->maybe_stored && o->n_window == 0)
		(void)ask_reconcile(o);
}
