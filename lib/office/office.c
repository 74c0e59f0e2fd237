#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	STORE_PAUSE_MS = 5000,
};

void office_note(struct office *o, enum office_level level, const char *id, int64_t ledger_id, const char *ticket,
		 const char *fmt, ...)
{
	char text[400];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(2048);
	text_escape(&clean, span_str(text), sizeof(text));
	struct office_note n = { .level = level, .id = id, .text = buf_cstr(&clean), .ledger_id = ledger_id, .ticket = ticket };
	o->ports.note(o->ports.context, &n);
}

void office_store_fault(struct office *o, const char *what, const struct error *err)
{
	o->store_fault = o->outbox_doubted = true;
	o->store_pause_until_ms = clock_monotonic_ms() + STORE_PAUSE_MS;
	office_note(o, OFFICE_ERROR, "store-fault", 0, NULL, "%s: %s; intake stops, next try in %d s", what, err->text,
		    STORE_PAUSE_MS / 1000);
}

/* The moment before which mail is baseline: from the configuration, else the first start's. */
static int since_settle(struct office *o, struct instant now, struct error *err)
{
	AUTO_ARENA a = arena_new(4096);
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	if (o->plan.has_since) {
		o->since = o->plan.since;
		return 0;
	}
	int r = store_begin(o->store, __func__, err);
	if (r < 0)
		return r;
	const char *text = NULL;
	r = store_fact_get(o->store, "since", a, &text, err);
	if (r == 0 && instant_parse_iso(span_str(text), &o->since) == 0) {
		store_end(o->store);
		return 0;
	}
	char iso[INSTANT_ISO_SIZE];
	o->since.ms = now.ms - now.ms % 1000; /* INTERNALDATE has whole seconds */
	instant_format_iso(o->since, 0, iso);
	if (r >= 0)
		r = store_fact_set(o->store, "since", iso, err);
	if (r >= 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0)
		office_note(o, OFFICE_NOTICE, "first-start", 0, NULL,
			    "first start: mail that arrived before %s is left alone and answered by nobody", iso);
	return r < 0 ? r : 0;
}

static int outbox_settle(struct office *o, struct instant now, struct error *err)
{
	uint64_t n = 0;
	int64_t lost[LIMIT_SENDING];
	size_t n_lost = 0;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_outbox_recover(o->store, now, &n, lost, &n_lost, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0 && n > 0)
		office_note(o, OFFICE_WARNING, "outbox-recovered", 0, NULL,
			    "%llu mails were perhaps sent when the daemon stopped: sent once more with the same Message-ID",
			    (unsigned long long)n);
	for (size_t i = 0; r == 0 && i < n_lost; i++)
		r = sending_lost(o, lost[i], err);
	return r;
}

/* After a store fault a mail may be marked as being sent that nobody sends: as after a start. */
static void outbox_again(struct office *o)
{
	struct error err = { 0 };
	int r = outbox_settle(o, o->now, &err);
	o->outbox_doubted = r < 0;
	o->maybe_due = true;
	if (r < 0)
		office_store_fault(o, "looking at the outbox again", &err);
}

int office_new(struct store *store, const struct office_plan *plan, const struct office_ports *ports, struct instant now,
	       struct office **out, struct error *err)
{
	struct office *o = calloc(1, sizeof(*o));
	if (!o)
		return error_set(err, -ENOMEM, "no memory");
	o->store = store;
	o->plan = *plan;
	o->ports = *ports;
	o->now = now;
	o->maybe_unmoved = o->maybe_stored = o->maybe_due = o->maybe_document = true;
	o->answer_until_ms = -1;
	o->document = PROGRAM_CHILD_NONE;
	o->examiner = PROGRAM_CHILD_NONE;
	for (size_t i = 0; i < LIMIT_FETCH_BATCH_MAILS; i++)
		o->fetch_fds[i] = -1;
	int r = since_settle(o, now, err);
	if (r == 0)
		r = account_start(o, err);
	if (r == 0)
		r = keep_start(o, err);
	if (r == 0)
		r = outbox_settle(o, now, err);
	if (r == 0)
		r = reader_start(&o->reader, err);
	if (r < 0) {
		office_free(o);
		return r;
	}
	*out = o;
	return 0;
}

static void job_release(struct office_job *j)
{
	compose_stream_close(j->stream);
	arena_free(j->arena);
	*j = (struct office_job){ 0 };
}

void office_free(struct office *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		if (o->jobs[i].used)
			job_release(&o->jobs[i]);
	intake_close_fetch(o);
	account_drop(o);
	for (size_t i = 0; i < o->n_window; i++)
		examining_drop(o, &o->window[i]);
	reader_stop(o->reader);
	program_kill(&o->document);
	free(o->waiting);
	free(o->missing);
	free(o);
}

void office_configure(struct office *o, const struct office_plan *plan)
{
	struct error err = { 0 };
	o->plan = *plan;
	o->expiry_checked = false;
	int r = store_begin(o->store, __func__, &err);
	if (r == 0)
		r = store_ticket_due_reset(o->store, &err);
	if (r == 0)
		r = store_commit(o->store, &err);
	store_end(o->store);
	if (r < 0)
		office_store_fault(o, "new hours for what is due", &err);
	o->next_due_check.ms = 0;
	if (plan->has_since)
		o->since = plan->since;
	for (size_t i = 0; i < N_RELAY_CHANNELS; i++) {
		o->channel[i].pause_until_ms = 0;
		o->channel[i].failures = 0;
	}
}

int office_reader_fd(const struct office *o)
{
	return o->n_window > 0 && o->reader ? reader_fd(o->reader) : -1;
}

void office_wake(struct office *o)
{
	o->maybe_stored = o->maybe_due = o->maybe_document = true;
	o->next_due_check.ms = 0;
	o->keep.day.ms = 0;
	missing_wake(o);
	moving_reset(o);
}

void office_hold_sending(struct office *o, bool hold)
{
	o->hold_sending = hold;
	o->maybe_due = true;
	if (hold)
		sending_hold(o);
}

size_t office_sending(const struct office *o)
{
	size_t n = 0;
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		n += o->jobs[i].used && o->jobs[i].given && !o->jobs[i].done;
	return n;
}

bool office_busy(const struct office *o)
{
	return reading_asked(o);
}

void office_health(const struct office *o, struct office_health *out)
{
	*out = o->health;
	out->connected = o->connected;
	out->connected_since = o->connected_since;
	out->listed = o->listed;
	out->store_fault = o->store_fault;
	out->no_room = o->no_room;
	out->relay_down = o->channel[RELAY_MAIL].down || o->channel[RELAY_SMS].down;
	out->done = o->connected && o->listed && !o->want_list && o->asked == ASK_NOTHING && o->n_waiting == 0 &&
		    o->n_missing == 0 && o->n_window == 0 && !o->maybe_stored && !o->maybe_unmoved && o->n_jobs == 0 &&
		    !o->maybe_due && !o->maybe_document && o->document.pid <= 0 && !o->store_fault && !o->restored &&
		    !o->reconcile && o->keep.stage == KEEP_IDLE;
	int64_t tick = clock_monotonic_ms();
	out->stuck = o->move_pause_until_ms > tick || o->reader_pause_until_ms > tick || missing_wait_ms(o) > 0;
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		out->stalled = out->stalled || (o->jobs[i].used && o->jobs[i].given && !o->jobs[i].done &&
						tick - o->jobs[i].given_ms > LIMIT_RELAY_SILENCE_MS);
	out->last_turn = o->now;
}

static int64_t sooner(int64_t a, int64_t b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

static int64_t until_ms(int64_t monotonic_ms)
{
	int64_t left = monotonic_ms - clock_monotonic_ms();
	return left > 0 ? left : 0;
}

static int64_t channel_wait_ms(const struct office *o, const struct office_channel *c)
{
	int64_t pause = until_ms(c->pause_until_ms), due = c->next.ms > o->now.ms ? c->next.ms - o->now.ms : 0;
	if (c->down)
		return pause;
	return c->has_next ? (due > pause ? due : pause) : -1;
}

static int64_t next_turn_ms(const struct office *o)
{
	int64_t wait = -1;
	if (o->answer_until_ms >= 0)
		wait = until_ms(o->answer_until_ms);
	if (o->store_fault)
		return sooner(wait, until_ms(o->store_pause_until_ms));
	if (o->connected && o->asked == ASK_NOTHING)
		wait = sooner(wait, missing_wait_ms(o));
	if (o->no_room)
		wait = sooner(wait, until_ms(o->room_again_ms));
	wait = sooner(wait, reading_wait_ms(o));
	if (o->document.pid > 0)
		wait = sooner(wait, until_ms(o->document_since_ms + LIMIT_DOCUMENT_WALL_MS));
	else if (o->maybe_document)
		wait = 0;
	if (o->maybe_unmoved && o->connected && o->asked == ASK_NOTHING && o->n_window == 0 && !o->maybe_stored)
		wait = sooner(wait, until_ms(o->move_pause_until_ms));
	for (size_t i = 0; i < N_RELAY_CHANNELS && !o->hold_sending; i++)
		wait = sooner(wait, channel_wait_ms(o, &o->channel[i]));
	wait = sooner(wait, o->next_due_check.ms > o->now.ms ? o->next_due_check.ms - o->now.ms : 0);
	return wait;
}

int64_t office_turn(struct office *o, struct instant now)
{
	if (now.ms < o->now.ms) /* the clock went back: what waits for a time waits for the wrong one */
		office_wake(o);
	o->now = now;
	if (o->store_fault && clock_monotonic_ms() >= o->store_pause_until_ms) {
		o->store_fault = false;
		o->maybe_unmoved = o->maybe_stored = o->maybe_due = true;
		o->want_list = true;
		o->list_from = 1;
		office_note(o, OFFICE_NOTICE, "store-again", 0, NULL, "trying the store again");
	}
	intake_watch(o);
	if (!o->store_fault && (now.ms >= o->next_due_check.ms || o->next_due_check.ms - now.ms > DUE_CHECK_MS)) {
		due_run(o); /* first of all: a clock that jumped back is caught by the second condition */
		/* nothing was heard of the mailbox for long: a question shows whether its process and the session live */
		o->want_list = o->want_list || now.ms - o->health.last_list.ms >= DUE_CHECK_MS;
	}
	if (!o->store_fault)
		reading_watch(o);
	if (!o->store_fault)
		reading_start(o);
	documents_watch(o);
	if (!o->store_fault)
		documents_start(o);
	if (!o->store_fault)
		reading_settle(o);
	if (!o->store_fault && o->outbox_doubted)
		sending_after_fault(o);
	if (!o->store_fault && o->outbox_doubted && o->n_jobs == 0)
		outbox_again(o);
	if (!o->store_fault && !o->outbox_doubted)
		sending_start(o);
	if (!o->store_fault)
		intake_ask_mailbox(o);
	return next_turn_ms(o);
}
