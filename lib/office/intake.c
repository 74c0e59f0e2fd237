/* Mails from the server into the ledger. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WAITING_MAX = 200000, /* listed mails kept in memory; the rest is listed again later */
	LEDGER_CHUNK = 500,
	SIZE_SLACK = 64 * 1024, /* servers count line ends differently */
	ROOM_PAUSE_MS = 10000,
};

static void protocol_fault(struct office *o, const char *what)
{
	office_note(o, OFFICE_ERROR, "mailbox-protocol", 0, NULL, "%s", what);
}

/* The mailbox process must have spoken by then, or it hangs: its own deadlines are shorter. */
static void expect_answer(struct office *o, int64_t in_ms)
{
	o->answer_until_ms = clock_monotonic_ms() + in_ms + LIMIT_MAILBOX_SILENCE_MS;
	o->fetched_bytes = 0;
}

/* A fetch that ended the session: one of its mails may be why. */
static void fetch_lost(struct office *o)
{
	if (o->asked != ASK_FETCH)
		return;
	if (o->n_fetching == 1)
		missing_note(o, &o->fetching[0]);
	else
		o->fetch_alone = (uint32_t)o->n_fetching;
}

static void drop_session(struct office *o)
{
	fetch_lost(o);
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

void office_mailbox_started(struct office *o)
{
	expect_answer(o, 0);
}

void office_mailbox_lost(struct office *o)
{
	drop_session(o);
	o->answer_until_ms = -1;
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
		protocol_fault(o, "bad HELLO from the mailbox process");
		return;
	}
	if (uidvalidity != o->missing_uidvalidity)
		o->n_missing = 0;
	o->missing_uidvalidity = o->uidvalidity = uidvalidity;
	o->connected = true;
	o->connected_since = o->ports.now ? o->ports.now(o->ports.context) : clock_wall();
	o->health.trouble = false;
	o->want_list = true;
	o->list_from = 1;
	moving_reset(o);
	office_note(o, OFFICE_INFO, "mailbox-open", 0, NULL, "mailbox open: %u mails, uidvalidity %u", exists, uidvalidity);
}

static void trouble(struct office *o, struct wire *w)
{
	AUTO_ARENA a = arena_new(8192);
	unsigned class = wire_u8_max(w, N_MAILBOX_TROUBLES - 1);
	const char *text = a ? wire_str(w, a, 1000) : NULL;
	uint32_t retry = wire_u32(w);
	struct error disk = { 0 };
	if (class == MAILBOX_TROUBLE_DISK && o->asked == ASK_FETCH) { /* no fault of a mail, and none of the server */
		o->asked = ASK_NOTHING;
		error_set(&disk, -EIO, "%s", text ? text : "?");
		office_store_fault(o, "storing fetched mail", &disk);
	}
	drop_session(o);
	expect_answer(o, retry);
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

/* A mail that cannot be had: staff are told, but of one that somebody took away. */
static int ledger_without_bytes(struct office *o, const struct office_waiting *m, enum disposition d, struct error *err)
{
	static const char *const reasons[] = { [DISPOSITION_GONE] = "gone from the server before it was fetched",
					       [DISPOSITION_TOO_BIG] = "larger than the limit, not fetched",
					       [DISPOSITION_QUARANTINED] = "listed by the server, but never given" };
	struct ledger_row row = { .uidvalidity = o->uidvalidity,
				  .uid = m->uid,
				  .size = m->size,
				  .internaldate = m->internaldate,
				  .state = LEDGER_DONE,
				  .has_disposition = true,
				  .disposition = d,
				  .handled_at = o->now,
				  .reason = reasons[d] };
	row.moved = d == DISPOSITION_GONE;
	int r = store_ledger_add(o->store, &row, &row.id, err);
	if (r != 0 || d == DISPOSITION_GONE)
		return r < 0 ? r : 0;
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct decision decision = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	r = casework_unreadable(o->plan.rules, row.id, d == DISPOSITION_TOO_BIG ? UNREADABLE_TOO_BIG : UNREADABLE_NOT_GIVEN,
				m->internaldate, o->now, a, &decision);
	return r < 0 ? r : perform_decision(o, &row, NULL, &decision, a, err);
}

static int without_bytes_all(struct office *o, const struct office_waiting *m, size_t n, enum disposition d, struct error *err)
{
	int r = n > 0 ? store_begin(o->store, __func__, err) : 0;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = ledger_without_bytes(o, &m[i], d, err);
	if (r >= 0 && n > 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r >= 0 && n > 0)
		o->maybe_due = o->maybe_unmoved = true;
	for (size_t i = 0; r >= 0 && i < n; i++)
		missing_forget(o, m[i].uid);
	return r;
}

/* --- listings ---------------------------------------------------------------------------------- */

struct sorted { /* one piece of a listing */
	struct office_waiting fresh[LEDGER_CHUNK], old[LEDGER_CHUNK], given_up[LEDGER_CHUNK];
	size_t n_fresh, n_old, n_given_up;
};

static void sort_out(struct office *o, const struct office_waiting *m, size_t n, struct sorted *out)
{
	for (size_t i = 0; i < n; i++) {
		enum missing_listed missing = missing_listed(o, m[i].uid);
		if (m[i].internaldate.ms < o->since.ms)
			out->old[out->n_old++] = m[i];
		else if (missing == MISSING_GIVEN_UP)
			out->given_up[out->n_given_up++] = m[i];
		else if (missing != MISSING_LATER)
			out->fresh[out->n_fresh++] = m[i];
	}
}

/* What was missing and is not listed any more is gone. */
static int settle_gone(struct office *o, struct error *err)
{
	struct office_waiting gone[LEDGER_CHUNK];
	size_t n;
	int r = 0;
	while (r >= 0 && (n = missing_gone(o, o->listing_from, gone, LEDGER_CHUNK)) > 0)
		r = without_bytes_all(o, gone, n, DISPOSITION_GONE, err);
	return r;
}

static int take_listed(struct office *o, struct office_waiting *mails, size_t n, bool more, struct error *err)
{
	struct sorted s = { .n_fresh = 0 };
	int r = only_unknown(o, mails, &n, err);
	if (r == 0)
		sort_out(o, mails, n, &s);
	if (r == 0 && s.n_old > 0)
		r = add_baseline(o, s.old, s.n_old, err);
	if (r == 0 && s.n_fresh > 0)
		r = waiting_add(o, s.fresh, s.n_fresh);
	if (r == 0)
		r = without_bytes_all(o, s.given_up, s.n_given_up, DISPOSITION_QUARANTINED, err);
	if (r == 0 && !more)
		r = settle_gone(o, err);
	if (s.n_old > 0)
		office_note(o, OFFICE_NOTICE, "baseline", 0, NULL, "%zu mails older than the start left alone", s.n_old);
	o->health.quarantined += r == 0 ? s.n_given_up : 0;
	return r;
}

static void listed(struct office *o, struct wire *w)
{
	struct office_waiting mails[LEDGER_CHUNK];
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
		protocol_fault(o, "unexpected or broken listing");
		return;
	}
	struct error err = { 0 };
	int r = take_listed(o, mails, n, more, &err);
	if (r < 0)
		office_store_fault(o, "listing", &err);
	if (!more) {
		o->asked = ASK_NOTHING;
		o->listed = true;
		waiting_sort(o);
		o->health.last_list = o->now;
	}
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
		case MAILBOX_FETCH_TOO_BIG:
			r = ledger_without_bytes(o, &o->fetching[i], DISPOSITION_TOO_BIG, err);
			break;
		case MAILBOX_FETCH_GONE: /* listed once more first */
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
		protocol_fault(o, "unexpected or broken answer to a fetch");
		return;
	}
	struct error err = { 0 };
	int r = fetched_commit(o, results, &err);
	for (uint32_t i = 0; r >= 0 && i < n; i++) {
		if (results[i] == MAILBOX_FETCH_GONE)
			missing_note(o, &o->fetching[i]);
		else
			missing_forget(o, o->fetching[i].uid);
	}
	if (r < 0)
		office_store_fault(o, "storing fetched mail", &err);
	intake_close_fetch(o);
	o->asked = ASK_NOTHING;
	missing_list_from(o);
	o->maybe_stored = o->maybe_unmoved = o->maybe_due = true;
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
			moving_answer(o, &w);
		else if (!account_frame(o, MAILBOX_MOVED, &w))
			protocol_fault(o, "an answer to nothing that was asked");
		break;
	case MAILBOX_SURVEYED:
	case MAILBOX_HASHED:
		if (!account_frame(o, frame.p[0], &w))
			protocol_fault(o, "an answer to nothing that was asked");
		break;
	default:
		protocol_fault(o, "unknown frame from the mailbox process");
	}
	if (o->asked != ASK_NOTHING)
		expect_answer(o, 0);
	else if (o->connected)
		o->answer_until_ms = -1;
}

bool intake_send(struct office *o, const struct buf *b, const int *fds, size_t n)
{
	expect_answer(o, 0);
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
	o->listing_from = o->list_from ? o->list_from : top + 1;
	wire_put_u8(&b, MAILBOX_LIST);
	wire_put_u32(&b, o->listing_from);
	o->want_list = false;
	o->list_from = 0;
	missing_list_begin(o);
	if (intake_send(o, &b, NULL, 0))
		o->asked = ASK_LIST;
}

static int fetch_fill(struct office *o, struct error *err)
{
	uint64_t bytes = 0;
	size_t n = 0;
	for (; n < o->n_waiting && n < LIMIT_FETCH_BATCH_MAILS; n++) {
		const struct office_waiting *m = &o->waiting[n];
		bool alone = o->fetch_alone > 0 || missing_alone(o, m->uid);
		if (n > 0 && (alone || bytes + m->size > LIMIT_FETCH_BATCH_BYTES))
			break;
		if (n > 0 && missing_alone(o, m[-1].uid))
			break;
		int fd = store_raw_create(o->store, err);
		if (fd < 0)
			return fd;
		o->fetching[o->n_fetching] = *m;
		o->fetch_fds[o->n_fetching++] = fd;
		bytes += m->size;
	}
	o->fetch_alone -= o->fetch_alone > 0;
	o->n_waiting -= n;
	memmove(o->waiting, o->waiting + n, o->n_waiting * sizeof(*o->waiting));
	return 0;
}

static int waiting_drop_too_big(struct office *o, struct error *err)
{
	size_t kept = 0;
	int r = 0;
	for (size_t i = 0; r >= 0 && i < o->n_waiting; i++) {
		if (o->waiting[i].size <= LIMIT_MAIL_BYTES)
			o->waiting[kept++] = o->waiting[i];
		else
			r = without_bytes_all(o, &o->waiting[i], 1, DISPOSITION_TOO_BIG, err);
	}
	o->n_waiting = kept;
	return r;
}

/* Is there room for more mail?  Asked before each fetch, and again after a while where there was none. */
static bool room_for_mail(struct office *o)
{
	uint64_t left, all;
	if (o->no_room && clock_monotonic_ms() < o->room_again_ms)
		return false;
	store_room(o->store, &left, &all);
	bool none = left < LIMIT_INTAKE_ROOM_BYTES && left < all / LIMIT_INTAKE_ROOM_PART;
	if (none && !o->no_room)
		office_note(o, OFFICE_ERROR, "intake-no-room", 0, NULL,
			    "%llu MiB are left on the disk of the store: mail stays on the server until there is more",
			    (unsigned long long)(left >> 20));
	else if (!none && o->no_room)
		office_note(o, OFFICE_NOTICE, "intake-again", 0, NULL, "the disk of the store has room again: mail is taken in");
	o->no_room = none;
	o->room_again_ms = clock_monotonic_ms() + ROOM_PAUSE_MS;
	return !none;
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
	if (intake_send(o, &b, o->fetch_fds, o->n_fetching))
		o->asked = ASK_FETCH;
}

/* true: the question is out. */
static bool ask_reconcile(struct office *o)
{
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	if (!account_ask(o, &b))
		return false;
	if (intake_send(o, &b, NULL, 0))
		o->asked = ASK_RECONCILE;
	return true;
}

void intake_ask_mailbox(struct office *o)
{
	if (!o->connected || o->asked != ASK_NOTHING)
		return;
	if (o->restored && (ask_reconcile(o) || o->restored))
		return;
	if (o->n_waiting == 0)
		missing_list_from(o);
	bool stands = o->n_waiting > 0 && !room_for_mail(o);
	if (o->n_waiting > 0 && !stands)
		ask_fetch(o);
	else if (o->want_list && !stands)
		ask_list(o);
	else if (o->maybe_unmoved && !o->maybe_stored && o->n_window == 0 && clock_monotonic_ms() >= o->move_pause_until_ms)
		moving_ask(o);
	if (o->asked == ASK_NOTHING && o->listed && !o->maybe_stored && o->n_window == 0)
		(void)ask_reconcile(o);
}

/* Bytes that have come of the running fetch: a large mail over a slow line is no hanging process. */
static uint64_t fetch_bytes(const struct office *o)
{
	uint64_t sum = 0;
	struct stat st;
	for (size_t i = 0; i < o->n_fetching; i++)
		if (o->fetch_fds[i] >= 0 && fstat(o->fetch_fds[i], &st) == 0)
			sum += (uint64_t)st.st_size;
	return sum;
}

void intake_watch(struct office *o)
{
	if (o->answer_until_ms < 0 || clock_monotonic_ms() < o->answer_until_ms)
		return;
	uint64_t bytes = o->asked == ASK_FETCH ? fetch_bytes(o) : 0;
	if (bytes > o->fetched_bytes) {
		expect_answer(o, 0);
		o->fetched_bytes = bytes;
		return;
	}
	o->health.trouble = true;
	(void)snprintf(o->health.trouble_text, sizeof(o->health.trouble_text), "the mailbox process hangs");
	office_note(o, OFFICE_ERROR, "mailbox-hangs", 0, NULL,
		    "the mailbox process said nothing for %d s: ended and started again", LIMIT_MAILBOX_SILENCE_MS / 1000);
	o->ports.mailbox_end(o->ports.context);
}
