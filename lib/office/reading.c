/* Stored mails through the reader, several at a time, then decided in the ledger's order, many in one commit. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	ZYGOTE_PAUSE_MS = 2000,
	ZYGOTE_DEATHS_MAX = 2,
	COMMIT_MAILS = 8, /* read mails that are committed while others are still being read */
	COMMIT_WAIT_MS = 20,
	ROUND_MAILS = 64, /* then the ledger is looked at from its start: a mail may have come back */
};

struct handled { /* what is told of a mail once its commit is durable */
	enum { HANDLED_DECIDED, HANDLED_DIED, HANDLED_QUARANTINED } what;
	int64_t ledger_id;
	uint32_t deaths;
	bool released; /* by the operator: staff have its original */
	enum disposition disposition;
	char number[32], text[160];
};

int decision_keep(struct office *o, const struct ledger_row *row, const struct incoming *in, struct decision *d, struct arena *a,
		  struct error *err)
{
	int r = perform_decision(o, row, in, d, a, err);
	for (size_t i = 0; r >= 0 && in && row->has_raw && i < in->reading->message.n_attachments; i++) {
		const struct mail_attachment *f = &in->reading->message.attachments[i];
		r = store_attachment_add(o->store, row->id, f->raw_offset, f->raw_length, keep_is_scan(f->type, f->name), err);
	}
	if (r >= 0 && in && in->reading->message.n_from > 0)
		r = store_mail_remember(o->store, row->id, in->reading->message.message_id, in->reading->message.from[0].spec,
					&in->content, row->internaldate, err);
	if (r >= 0)
		r = store_ledger_done(o->store, row->id, d->disposition, d->reason,
				      d->has_ticket      ? d->ticket.id
				      : in && in->ticket ? in->ticket->id
							 : 0,
				      o->now, err);
	return r;
}

/* A letter that sitantectl entered is decided as it was then (when a store is rebuilt). */
static int decide_entered(struct office *o, const struct ledger_row *row, const struct incoming *in, struct arena *a,
			  struct decision *out, struct error *err)
{
	struct ledger_row whole;
	struct order_answer answer;
	int r = store_ledger_get(o->store, row->id, a, &whole, err);
	if (r == 0)
		r = casework_order(o->plan.rules, in, whole.entered_by, o->now, a, out, &answer);
	return r > 0 ? error_set(err, -EIO, "a letter that is not in the ledger") : r;
}

int reading_decide(struct office *o, const struct ledger_row *row, const struct reading *reading,
		   const struct office_evidence *evidence, struct arena *a, struct decision *out, struct error *err)
{
	struct incoming in = { 0 };
	int r = facts_gather(o, row, reading, evidence, a, &in, err);
	if (r >= 0) {
		r = row->is_entered ? decide_entered(o, row, &in, a, out, err)
				    : casework_mail(o->plan.rules, &in, o->now, a, out);
		if (r < 0)
			error_set(err, r, "deciding");
	}
	return r < 0 ? r : decision_keep(o, row, &in, out, a, err);
}

/* --- deciding -------------------------------------------------------------------------------- */

static int decide(struct office *o, struct office_reading *e, struct handled *told, struct error *err)
{
	struct reading reading = { 0 };
	struct decision d = { 0 };
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = reader_result(o->reader, e->slot, a, &reading, err);
	if (r != READER_READ)
		return r;
	uint64_t before = buf_failures();
	r = reading_decide(o, &e->row, &reading, &e->evidence, a, &d, err);
	if (r >= 0 && (arena_status(a) == -ENOMEM || buf_failures() != before))
		r = error_set(err, -ENOMEM, "no memory: a text with a hole is none");
	if (r < 0)
		return r;
	*told = (struct handled){ .what = HANDLED_DECIDED, .ledger_id = e->row.id, .disposition = d.disposition };
	(void)snprintf(told->number, sizeof(told->number), "%s", d.has_ticket ? d.ticket.number : "");
	(void)snprintf(told->text, sizeof(told->text), "%s", d.reason ? d.reason : "");
	return 0;
}

static int quarantine(struct office *o, const struct ledger_row *row, bool *released, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct decision d = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	char key[40];
	const char *mark = NULL;
	(void)snprintf(key, sizeof(key), STORE_FACT_RELEASED ":%lld", (long long)row->id);
	int r = store_fact_get(o->store, key, a, &mark, err);
	*released = mark != NULL;
	if (r >= 0)
		r = casework_unreadable(o->plan.rules, row->id, mark ? UNREADABLE_RELEASED : UNREADABLE_DIED, row->internaldate,
					o->now, a, &d);
	return r < 0 ? r : decision_keep(o, row, NULL, &d, a, err);
}

/* The reader's death on this mail, in an open unit of work; at the last one it is quarantined. */
static int death(struct office *o, const struct ledger_row *row, const char *why, struct handled *told, struct error *err)
{
	*told = (struct handled){ .what = HANDLED_DIED, .ledger_id = row->id };
	int r = store_ledger_death(o->store, row->id, &told->deaths, err);
	(void)snprintf(told->text, sizeof(told->text), "%s", why);
	if (r != 0 || told->deaths < LIMIT_READER_DEATHS)
		return r < 0 ? r : 0;
	told->what = HANDLED_QUARANTINED;
	return quarantine(o, row, &told->released, err);
}

/* One mail of the batch.  A mail that cannot be handled takes back its own effects only. */
static int settle_one(struct office *o, struct office_reading *e, struct handled *told, struct error *err)
{
	if (e->state == READING_DIED)
		return death(o, &e->row, e->why, told, err);
	int r = store_mark(o->store, err);
	if (r < 0)
		return r;
	r = decide(o, e, told, err);
	if (r == 0)
		return store_mark_keep(o->store, err);
	if (r != READER_DIED && r != -ENOBUFS && r != -ENOMEM)
		return r;
	struct error undone = { 0 };
	int back = store_mark_undo(o->store, &undone);
	if (back < 0)
		return error_set(err, back, "%s", undone.text);
	return death(o, &e->row, r == READER_DIED ? err->text : "too large to be handled", told, err);
}

static void tell(struct office *o, const struct handled *h)
{
	const char *number = h->number[0] ? h->number : NULL;
	if (h->what != HANDLED_DECIDED)
		office_note(o, OFFICE_WARNING, "reader-died", h->ledger_id, NULL, "reader died, time %u of %d: %s", h->deaths,
			    LIMIT_READER_DEATHS, h->text);
	o->health.quarantined += (h->what == HANDLED_QUARANTINED && !h->released) ||
				 (h->what == HANDLED_DECIDED && h->disposition == DISPOSITION_QUARANTINED);
	if (h->what == HANDLED_QUARANTINED)
		office_note(o, OFFICE_ERROR, "mail-quarantined", h->ledger_id, NULL,
			    "the reader died on this mail %d times: %s; see sitantectl quarantine", LIMIT_READER_DEATHS,
			    h->released ? "its original went to staff" : "quarantined");
	if (h->what != HANDLED_DECIDED)
		return;
	o->health.handled++;
	if (h->disposition == DISPOSITION_HELD)
		office_note(o, OFFICE_WARNING, "mail-held", h->ledger_id, NULL,
			    "its sender opened too many tickets within the hour: held; see sitantectl quarantine");
	office_note(o, OFFICE_INFO, "mail-handled", h->ledger_id, number, "%s: %s", disposition_word(h->disposition), h->text);
}

/* --- the window ------------------------------------------------------------------------------- */

static bool is_read(const struct office_reading *e)
{
	return e->state == READING_READ || e->state == READING_DIED;
}

/* Mails at the head that can be decided now. */
static size_t run_length(const struct office *o)
{
	size_t n = 0;
	while (n < o->n_window && is_read(&o->window[n]))
		n++;
	return n;
}

static size_t asked(const struct office *o)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_window; i++)
		n += o->window[i].state == READING_ASKED;
	return n;
}

/* A process is at work on a mail of the window, or will be. */
bool reading_asked(const struct office *o)
{
	for (size_t i = 0; i < o->n_window; i++)
		if (o->window[i].state == READING_WAITS || o->window[i].state == READING_EXAMINED)
			return true;
	return asked(o) > 0;
}

static void window_release(struct office *o, struct office_reading *e)
{
	if (o->reader && e->state != READING_UNASKED)
		reader_release(o->reader, e->slot);
	examining_drop(o, e);
	e->state = READING_UNASKED;
}

/* The first n have left, but one that died and is tried again stays at the head. */
static void window_leave(struct office *o, size_t n, bool last_again)
{
	for (size_t i = 0; i < n; i++)
		window_release(o, &o->window[i]);
	n -= last_again;
	o->n_window -= n;
	memmove(o->window, o->window + n, o->n_window * sizeof(*o->window));
	o->maybe_stored = o->maybe_due = o->maybe_unmoved = true;
}

static int64_t commit_wait_ms(const struct office *o)
{
	int64_t left = o->window[0].since_ms + COMMIT_WAIT_MS - clock_monotonic_ms();
	size_t n = run_length(o);
	if (n == 0)
		return -1;
	return n >= COMMIT_MAILS || !reading_asked(o) || left < 0 ? 0 : left;
}

void reading_settle(struct office *o)
{
	struct handled told[LIMIT_READINGS] = { 0 };
	struct error err = { 0 };
	size_t n = 0;
	bool again = false;
	if (commit_wait_ms(o) != 0)
		return;
	int r = store_begin(o->store, __func__, &err);
	for (size_t run = run_length(o); r == 0 && n < run && !again; n++) {
		r = settle_one(o, &o->window[n], &told[n], &err);
		again = r == 0 && told[n].what == HANDLED_DIED;
	}
	if (r == 0)
		r = store_commit(o->store, &err);
	store_end(o->store);
	if (r < 0) {
		office_store_fault(o, "handling mails", &err);
		return;
	}
	for (size_t i = 0; i < n; i++)
		tell(o, &told[i]);
	window_leave(o, n, again);
}

/* --- the reader --------------------------------------------------------------------------------- */

/* The zygote itself is gone: a new one.  Afterwards mails go one at a time, until one is read: so the mail
 * that takes it down again is known. */
static void zygote_gone(struct office *o, const char *why)
{
	struct error err = { 0 };
	office_note(o, OFFICE_ERROR, "reader-gone", 0, NULL, "%s", why);
	reader_stop(o->reader);
	o->reader = NULL;
	o->reader_doubted = false;
	bool blame = ++o->zygote_deaths >= ZYGOTE_DEATHS_MAX;
	for (size_t i = 0; i < o->n_window; i++) {
		struct office_reading *e = &o->window[i];
		bool alone = blame && e->state == READING_ASKED;
		examining_drop(o, e);
		e->state = alone ? READING_DIED : READING_UNASKED;
		if (alone)
			(void)snprintf(e->why, sizeof(e->why), "took the whole reader with it");
	}
	if (blame)
		o->zygote_deaths = 0;
	if (reader_start(&o->reader, &err) < 0)
		office_note(o, OFFICE_ERROR, "reader-gone", 0, NULL, "%s", err.text);
	o->reader_pause_until_ms = clock_monotonic_ms() + ZYGOTE_PAUSE_MS;
}

static struct office_reading *asked_in(struct office *o, unsigned slot)
{
	for (size_t i = 0; i < o->n_window; i++)
		if (o->window[i].state == READING_ASKED && o->window[i].slot == slot)
			return &o->window[i];
	return NULL;
}

void office_reader_ready(struct office *o)
{
	struct error err = { 0 };
	unsigned slot = 0;
	int r = READER_BUSY;
	while (o->reader && asked(o) > 0 && (r = reader_take(o->reader, &slot, &err)) != READER_BUSY) {
		struct office_reading *e = asked_in(o, slot);
		if (r < 0 || !e) {
			zygote_gone(o, r < 0 ? err.text : "the reader answered what was not asked");
			return;
		}
		e->state = r != READER_READ ? READING_DIED : reader_saw_evidence(o->reader, slot) ? READING_WAITS : READING_READ;
		o->reader_doubted = o->reader_doubted || r != READER_READ;
		e->since_ms = clock_monotonic_ms();
		(void)snprintf(e->why, sizeof(e->why), "%s", err.text);
		o->zygote_deaths = 0;
	}
	examining_start(o);
	if (!o->store_fault)
		reading_settle(o);
}

void reading_watch(struct office *o)
{
	int64_t now = clock_monotonic_ms();
	examining_watch(o);
	for (size_t i = 0; i < o->n_window; i++) {
		struct office_reading *e = &o->window[i];
		if (e->state != READING_ASKED || now - e->since_ms < LIMIT_READER_WALL_MS)
			continue;
		if (!reader_abort(o->reader, e->slot)) {
			zygote_gone(o, "the reader process does not answer");
			return;
		}
		e->since_ms = now;
	}
}

static int window_fill(struct office *o, struct error *err)
{
	int r = 0;
	if (o->n_window == 0)
		o->n_round = 0;
	if (!o->maybe_stored || o->n_window == LIMIT_READINGS || o->n_round >= ROUND_MAILS)
		return 0;
	r = store_begin(o->store, __func__, err);
	while (r == 0 && o->n_window < LIMIT_READINGS && o->n_round < ROUND_MAILS) {
		int64_t after = o->n_window > 0 ? o->window[o->n_window - 1].row.id : 0;
		struct office_reading *e = &o->window[o->n_window];
		*e = (struct office_reading){ .state = READING_UNASKED };
		r = store_ledger_next(o->store, after, NULL, &e->row, err);
		o->n_window += r == 0;
		o->n_round += r == 0;
	}
	store_end(o->store);
	if (r == STORE_NOT_FOUND)
		o->maybe_stored = false;
	return r < 0 ? r : 0;
}

static unsigned free_slot(const struct office *o)
{
	for (unsigned slot = 0; slot < LIMIT_READINGS; slot++) {
		bool taken = false;
		for (size_t i = 0; i < o->n_window; i++)
			taken = taken || (o->window[i].state != READING_UNASKED && o->window[i].slot == slot);
		if (!taken)
			return slot;
	}
	return LIMIT_READINGS; /* never: as many slots as places in the window */
}

static int ask(struct office *o, struct office_reading *e, struct error *err)
{
	int fd = store_raw_open(o->store, e->row.uidvalidity, e->row.uid, err);
	if (fd < 0) {
		office_store_fault(o, "opening a stored mail", err);
		return 1;
	}
	e->slot = free_slot(o);
	int r = reader_ask(o->reader, e->slot, fd, o->plan.policy, err);
	(void)close(fd); /* read-only */
	if (r < 0)
		return r;
	e->state = READING_ASKED;
	e->since_ms = clock_monotonic_ms();
	return 0;
}

/* What killed a child may lie in the zygote that all later ones are forked from. */
static void zygote_renew(struct office *o)
{
	for (size_t i = 0; i < o->n_window; i++)
		if (o->window[i].state != READING_UNASKED)
			window_release(o, &o->window[i]);
	reader_stop(o->reader);
	o->reader = NULL;
	o->reader_doubted = false;
}

void reading_start(struct office *o)
{
	struct error err = { 0 };
	if (o->reader_doubted && o->n_window > 0 && o->window[0].state == READING_UNASKED) {
		if (asked(o) > 0)
			return;
		zygote_renew(o);
	}
	if ((o->n_window == 0 && !o->maybe_stored) || clock_monotonic_ms() < o->reader_pause_until_ms)
		return;
	if (!o->reader && reader_start(&o->reader, &err) < 0) {
		office_note(o, OFFICE_ERROR, "reader-gone", 0, NULL, "%s", err.text);
		o->reader_pause_until_ms = clock_monotonic_ms() + ZYGOTE_PAUSE_MS;
		return;
	}
	int r = window_fill(o, &err);
	if (r < 0) {
		office_store_fault(o, "looking for stored mail", &err);
		return;
	}
	size_t n = asked(o), max = o->zygote_deaths > 0 ? 1 : LIMIT_READERS;
	for (size_t i = 0; r == 0 && i < o->n_window && n < max; i++)
		if (o->window[i].state == READING_UNASKED) {
			r = ask(o, &o->window[i], &err);
			n++;
		}
	if (r < 0)
		zygote_gone(o, err.text);
}

int64_t reading_wait_ms(const struct office *o)
{
	int64_t now = clock_monotonic_ms(), wait = commit_wait_ms(o);
	bool unasked = o->n_window == 0 && o->maybe_stored;
	for (size_t i = 0; i < o->n_window; i++) {
		const struct office_reading *e = &o->window[i];
		int64_t left = e->since_ms + LIMIT_READER_WALL_MS - now;
		unasked = unasked || e->state == READING_UNASKED;
		if (e->state == READING_EXAMINED)
			left += LIMIT_EXAMINER_WALL_MS - LIMIT_READER_WALL_MS;
		if ((e->state == READING_ASKED || e->state == READING_EXAMINED) && (wait < 0 || left < wait))
			wait = left > 0 ? left : 0;
	}
	if (unasked && asked(o) == 0) {
		int64_t pause = o->reader_pause_until_ms > now ? o->reader_pause_until_ms - now : 0;
		wait = wait < 0 || pause < wait ? pause : wait;
	}
	return wait;
}
