/* The outbox through the relay: queued -> sending -> sent | failed | uncertain. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	FIRST_DELAY_MS = 60 * 1000,
	LAST_DELAY_MS = 60 * 60 * 1000,
	UNCERTAIN_DELAY_MS = 5 * 60 * 1000,
	DOWN_FIRST_MS = 1000,
	DOWN_LAST_MS = 60 * 1000, /* as long as a poll: all leaves within one when the server is back */
};
#define GIVE_UP_AFTER DAYS(5)
#define NEVER ((struct instant){ INT64_MAX / 2 })

/* Opens a raw mail of an attachment.  Called by the stream while a mail goes out, in a thread of the relay:
 * asks no database. */
static int open_raw(void *context, uint64_t raw_id)
{
	const struct office_job *j = context;
	struct error err = { 0 };
	for (size_t i = 0; i < j->n_raws; i++)
		if (j->raws[i].id == raw_id) {
			int fd = store_raw_open(j->office->store, j->raws[i].uidvalidity, j->raws[i].uid, &err);
			return fd < 0 ? -1 : fd;
		}
	return -1;
}

static bool raw_known(const struct office_job *j, uint64_t id)
{
	for (size_t i = 0; i < j->n_raws; i++)
		if (j->raws[i].id == id)
			return true;
	return false;
}

/* Looks up where the raw mails of the attachments lie, inside the caller's unit of work. */
static int raws_find(struct office *o, struct office_job *j, struct error *err)
{
	struct ledger_row row;
	j->raws = arena_array(j->arena, j->row.n_segments + 1, sizeof(*j->raws));
	if (!j->raws)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < j->row.n_segments; i++) {
		uint64_t id = j->row.segments[i].raw_id;
		if (j->row.segments[i].kind == SEGMENT_BYTES || raw_known(j, id))
			continue;
		int r = store_ledger_get(o->store, (int64_t)id, j->arena, &row, err);
		if (r < 0)
			return r;
		if (r == 0) /* one that is gone shows when it is opened */
			j->raws[j->n_raws++] = (struct raw_place){ id, row.uidvalidity, row.uid };
	}
	return 0;
}

static ssize_t job_read(void *source, char *p, size_t n)
{
	const struct office_job *j = source;
	ssize_t got = compose_stream_read(j->stream, p, n);
	if (got == 0)
		store_flight_whole(j->office->store, (size_t)(j - j->office->jobs));
	return got;
}

static int job_rewind(void *source)
{
	return compose_stream_rewind(((struct office_job *)source)->stream);
}

static void job_end(struct office *o, struct office_job *j)
{
	compose_stream_close(j->stream);
	arena_free(j->arena);
	*j = (struct office_job){ 0 };
	o->n_jobs--;
}

/* Up to a quarter less, by chance: mails and servers that failed together do not come back together. */
static int64_t with_jitter(int64_t delay_ms)
{
	uint32_t chance = 0;
	if (random_bytes(&chance, sizeof(chance)) < 0)
		chance = 0;
	return delay_ms - chance % (delay_ms / 4);
}

static struct instant later(struct office *o, uint32_t tries)
{
	int64_t delay = FIRST_DELAY_MS;
	for (uint32_t i = 1; i < tries && delay < LAST_DELAY_MS; i++)
		delay *= 2;
	if (delay > LAST_DELAY_MS)
		delay = LAST_DELAY_MS;
	return (struct instant){ o->now.ms + with_jitter(delay) };
}

struct verdict {
	enum outbox_state state;
	struct instant next_at;
	uint32_t tries;
	bool final; /* casework hears of it */
};

static struct verdict judge(struct office *o, const struct outbox_row *row, const struct relay_result *res)
{
	struct verdict v = { .tries = row->tries + 1, .next_at = o->now };
	bool too_old = instant_since(row->queued_at, o->now).ms > GIVE_UP_AFTER.ms;
	switch (res->outcome) {
	case RELAY_ACCEPTED:
		v.state = OUTBOX_SENT;
		v.final = true;
		break;
	case RELAY_REFUSED:
		v.state = OUTBOX_FAILED;
		v.final = true;
		break;
	case RELAY_UNCERTAIN:
		v.state = OUTBOX_UNCERTAIN;
		v.final = row->state == OUTBOX_UNCERTAIN; /* tried again already: staff look */
		v.next_at = v.final ? NEVER : (struct instant){ o->now.ms + UNCERTAIN_DELAY_MS };
		break;
	case RELAY_LATER:
		v.state = too_old ? OUTBOX_FAILED : row->state == OUTBOX_UNCERTAIN ? OUTBOX_UNCERTAIN : OUTBOX_QUEUED;
		v.final = too_old;
		v.next_at = later(o, v.tries);
		break;
	case RELAY_DOWN: /* about the server: the mail's own count and place in the row stay */
		v.next_at = row->next_at;
		v.state = too_old ? OUTBOX_FAILED : row->state == OUTBOX_UNCERTAIN ? OUTBOX_UNCERTAIN : OUTBOX_QUEUED;
		v.final = too_old;
		v.tries = row->tries;
		break;
	}
	return v;
}

/* Steps 1, 3 and 4 hang on what the server accepted: in the same commit. */
static int tell_casework(struct office *o, const struct outbox_row *row, const struct verdict *v, const struct relay_result *res,
			 struct arena *a, struct error *err)
{
	struct ticket ticket;
	struct decision d = { 0 };
	struct sent_mail sent = { .outbox_id = row->id,
				  .kind = row->kind,
				  .to = { row->to_name, row->to_address },
				  .accepted = v->state == OUTBOX_SENT,
				  .uncertain = v->state == OUTBOX_UNCERTAIN,
				  .code = res->code,
				  .at = o->now };
	bool has = false;
	int r = 0;
	if (row->ticket_id != 0) {
		r = store_ticket_load(o->store, row->ticket_id, a, &ticket, err);
		has = r == 0;
	}
	if (r >= 0)
		r = casework_sent(o->plan.rules, has ? &ticket : NULL, &sent, o->now, a, &d);
	return r < 0 ? r : perform_decision(o, NULL, NULL, &d, a, err);
}

static int settle(struct office *o, const struct outbox_row *row, const struct relay_result *res, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct verdict v = judge(o, row, res);
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_outbox_set(o->store, row->id, v.state, v.tries, v.next_at, res->code, res->text, o->now, err);
	if (r == 0 && v.final)
		r = tell_casework(o, row, &v, res, a, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->health.unsent += r == 0 && v.final && v.state != OUTBOX_SENT;
	return r;
}

int sending_lost(struct office *o, int64_t id, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct outbox_row row;
	struct relay_result res = { .outcome = RELAY_UNCERTAIN };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	(void)snprintf(res.text, sizeof(res.text), "the daemon was killed twice while it was sent");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_outbox_get(o->store, id, false, a, &row, err);
	store_end(o->store);
	return r != 0 ? (r < 0 ? r : 0) : settle(o, &row, &res, err);
}

static enum relay_channel channel_of(const struct outbox_row *row)
{
	return letter_kind_is_sms(row->kind) ? RELAY_SMS : RELAY_MAIL;
}

static const char *server_word(enum relay_channel k)
{
	return k == RELAY_SMS ? "short-message gateway" : "SMTP server";
}

static void server_state(struct office *o, enum relay_channel k, const struct relay_result *res)
{
	struct office_channel *c = &o->channel[k];
	if (res->outcome != RELAY_DOWN) {
		if (c->down)
			office_note(o, OFFICE_NOTICE, "relay-again", 0, NULL, "the %s takes messages again", server_word(k));
		c->down = false;
		c->failures = 0;
		return;
	}
	int64_t pause = DOWN_FIRST_MS;
	for (uint32_t i = 0; i < c->failures && pause < DOWN_LAST_MS; i++)
		pause *= 2;
	if (pause > DOWN_LAST_MS)
		pause = DOWN_LAST_MS;
	c->failures++;
	if (!c->down)
		office_note(o, OFFICE_ERROR, "relay-down", 0, NULL, "the %s takes nothing: %s; it is tried again and again",
			    server_word(k), res->text);
	c->down = true;
	c->pause_until_ms = clock_monotonic_ms() + with_jitter(pause);
	(void)snprintf(o->health.relay_text, sizeof(o->health.relay_text), "%.190s", res->text);
}

static bool is_ungiven(const struct office_job *j, enum relay_channel k)
{
	return j->used && !j->given && channel_of(&j->row) == k;
}

/* Mails marked for sending that must not go now wait in the outbox again.  to: of this recipient alone; NULL: all of the
 * channel. */
static void release(struct office *o, enum relay_channel k, const char *to)
{
	struct error err = { 0 };
	int r = 0;
	for (size_t i = 0; i < LIMIT_SENDING; i++) {
		struct office_job *j = &o->jobs[i];
		if (!is_ungiven(j, k) || (to && !mail_address_eq(j->row.to_address, to)))
			continue;
		r = store_begin(o->store, __func__, &err);
		if (r == 0)
			r = store_outbox_set(o->store, j->row.id, j->row.state, j->row.tries, j->row.next_at, j->row.last_code,
					     j->row.last_text, o->now, &err);
		if (r == 0)
			r = store_commit(o->store, &err);
		store_end(o->store);
		job_end(o, j);
		if (r < 0) {
			office_store_fault(o, "putting a mail back", &err);
			return;
		}
	}
}

void sending_hold(struct office *o)
{
	for (int k = 0; k < N_RELAY_CHANNELS; k++)
		release(o, (enum relay_channel)k, NULL);
}

/* What the server said goes into the store; while that fails the job stays, since nobody else knows it. */
static void job_note(struct office *o, struct office_job *j)
{
	struct error err = { 0 };
	const struct relay_result *res = &j->result;
	int r = settle(o, &j->row, res, &err);
	if (r < 0) {
		office_store_fault(o, "noting a sent mail", &err);
		return;
	}
	if (res->outcome == RELAY_ACCEPTED)
		o->health.sent++;
	else if (res->outcome != RELAY_DOWN)
		office_note(o, res->outcome == RELAY_LATER ? OFFICE_WARNING : OFFICE_ERROR, "mail-not-sent", 0, NULL,
			    "outgoing mail %lld (%s): %s, code %d", (long long)j->row.id, letter_kind_word(j->row.kind),
			    res->outcome == RELAY_LATER       ? "later"
			    : res->outcome == RELAY_UNCERTAIN ? "uncertain whether it arrived"
							      : "refused for good",
			    res->code);
	bool behind_wait = res->outcome == RELAY_LATER || res->outcome == RELAY_UNCERTAIN, down = res->outcome == RELAY_DOWN;
	enum relay_channel k = channel_of(&j->row);
	AUTO_BUF address = BUF_INIT(LIMIT_ADDRESS_BYTES + 1);
	buf_add_str(&address, j->row.to_address);
	job_end(o, j);
	if (behind_wait || down)
		release(o, k, down ? NULL : buf_cstr(&address));
	o->maybe_due = true;
}

void office_relay_done(void *office, const struct relay_job *job, const struct relay_result *res)
{
	struct office *o = office;
	struct office_job *j = job->source;
	o->now = o->ports.now ? o->ports.now(o->ports.context) : clock_wall();
	server_state(o, channel_of(&j->row), res);
	j->result = *res;
	j->done = true;
	job_note(o, j);
}

void sending_after_fault(struct office *o)
{
	for (size_t i = 0; i < LIMIT_SENDING && !o->store_fault; i++) {
		struct office_job *j = &o->jobs[i];
		if (j->used && j->done)
			job_note(o, j);
		else if (j->used && !j->given)
			job_end(o, j);
	}
}

static struct office_job *free_job(struct office *o)
{
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		if (!o->jobs[i].used)
			return &o->jobs[i];
	return NULL;
}

/* Loads one row for sending and marks it, inside the caller's unit of work. */
static int job_load(struct office *o, int64_t id, struct error *err)
{
	struct office_job *j = free_job(o);
	struct arena *a = arena_new(OFFICE_DECISION_BYTES);
	if (!j || !a) {
		arena_free(a);
		return error_set(err, -ENOMEM, "no memory");
	}
	*j = (struct office_job){ .office = o, .arena = a, .used = true };
	o->n_jobs++;
	int r = store_outbox_get(o->store, id, true, a, &j->row, err);
	if (r == 0)
		r = raws_find(o, j, err);
	if (r == 0)
		store_flight_begin(o->store, (size_t)(j - o->jobs), id, j->row.state == OUTBOX_UNCERTAIN);
	if (r == 0)
		r = store_outbox_set(o->store, id, OUTBOX_SENDING, j->row.tries, j->row.next_at, j->row.last_code,
				     j->row.last_text, o->now, err);
	if (r == 0)
		r = compose_stream_open(j->row.content, j->row.segments, j->row.n_segments, open_raw, j, &j->stream);
	j->job = (struct relay_job){ .id = (uint64_t)id,
				     .envelope_from = j->row.envelope_from,
				     .recipient = j->row.to_address,
				     .reference = j->row.message_id,
				     .read = job_read,
				     .rewind = job_rewind,
				     .source = j };
	if (r != 0)
		job_end(o, j);
	return r;
}

static size_t jobs_of(const struct office *o, enum relay_channel k, bool ungiven_only)
{
	size_t n = 0;
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		n += ungiven_only ? is_ungiven(&o->jobs[i], k) : o->jobs[i].used && channel_of(&o->jobs[i].row) == k;
	return n;
}

/* Marks the next due rows as being sent.  *loaded: how many. */
static int load_due(struct office *o, enum relay_channel k, size_t max, size_t *loaded, struct error *err)
{
	struct office_channel *c = &o->channel[k];
	int64_t busy[LIMIT_SENDING], ids[LIMIT_SENDING];
	size_t n_busy = 0, n = 0;
	for (size_t i = 0; i < LIMIT_SENDING; i++)
		if (o->jobs[i].used)
			busy[n_busy++] = o->jobs[i].row.id;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_outbox_due(o->store, k, o->now, busy, n_busy, ids, max, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = job_load(o, ids[i], err);
	c->has_next = false; /* what is being sent asks again when it is done */
	if (r == 0 && n == 0) {
		int found = store_outbox_next_at(o->store, k, o->now, &c->next, err);
		c->has_next = found == 0;
		r = found < 0 ? found : 0;
	}
	if (r == 0 && n > 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	*loaded = n;
	return r;
}

/* The oldest mail that waits in memory and has no older one to the same recipient before it; NULL: none. */
static struct office_job *next_to_give(struct office *o, enum relay_channel k)
{
	struct office_job *best = NULL;
	for (size_t i = 0; i < LIMIT_SENDING; i++) {
		struct office_job *j = &o->jobs[i];
		bool blocked = !is_ungiven(j, k) || (best && best->row.id < j->row.id);
		for (size_t e = 0; !blocked && e < LIMIT_SENDING; e++)
			blocked = o->jobs[e].used && o->jobs[e].row.id < j->row.id &&
				  mail_address_eq(o->jobs[e].row.to_address, j->row.to_address);
		best = blocked ? best : j;
	}
	return best;
}

static void give(struct office *o, struct office_job *j, const struct relay_port *port)
{
	j->given = true;
	j->given_ms = clock_monotonic_ms();
	int r = port->submit ? port->submit(port->relay, &j->job) : -ENOTCONN;
	if (r >= 0)
		return;
	struct relay_result res = { .outcome = r == -EINVAL ? RELAY_REFUSED : RELAY_LATER };
	(void)snprintf(res.text, sizeof(res.text), "%s",
		       r == -ENOTCONN ? "no short-message gateway is configured"
		       : r == -EINVAL ? "no address or number that could be sent to"
				      : strerror(-r));
	office_relay_done(o, &j->job, &res);
}

static size_t room_of(const struct office *o, enum relay_channel k)
{
	const struct relay_port *port = &o->ports.relay[k];
	size_t room = port->room ? port->room(port->relay) : 1;
	if (!o->channel[k].down)
		return room;
	return room > 0 && jobs_of(o, k, false) == jobs_of(o, k, true) ? 1 : 0; /* one asks whether the server is back */
}

static bool paused(const struct office *o, enum relay_channel k)
{
	const struct office_channel *c = &o->channel[k];
	return (c->down || k == RELAY_SMS) && clock_monotonic_ms() < c->pause_until_ms; /* next_turn_ms() knows when */
}

static void give_all(struct office *o, enum relay_channel k)
{
	struct office_job *j;
	while (!o->store_fault && !paused(o, k) && room_of(o, k) > 0 && (j = next_to_give(o, k))) {
		if (k == RELAY_SMS)
			o->channel[k].pause_until_ms = clock_monotonic_ms() + o->plan.sms_gap.ms;
		give(o, j, &o->ports.relay[k]);
	}
}

/* true: looked and found no more that is due now. */
static bool channel_start(struct office *o, enum relay_channel k, struct error *err, int *status)
{
	struct office_channel *c = &o->channel[k];
	size_t max = c->down || k == RELAY_SMS ? 1 : LIMIT_SENDING - o->n_jobs, loaded = 0;
	if (paused(o, k))
		return true;
	if (jobs_of(o, k, true) > 0 || room_of(o, k) == 0 || o->n_jobs == LIMIT_SENDING)
		return false;
	*status = load_due(o, k, max, &loaded, err);
	if (*status < 0)
		return false;
	if (c->down && jobs_of(o, k, false) == 0)
		c->down = false; /* nothing waits any more: nothing to be down for */
	return loaded == 0;
}

static bool something_due(const struct office *o)
{
	bool due = o->maybe_due;
	for (size_t i = 0; i < N_RELAY_CHANNELS; i++)
		due = due || o->channel[i].down || (o->channel[i].has_next && o->channel[i].next.ms <= o->now.ms);
	return due;
}

void sending_start(struct office *o)
{
	struct error err = { 0 };
	int r = 0;
	bool quiet = true;
	if (o->hold_sending)
		return;
	if (!something_due(o)) {
		for (int k = 0; k < N_RELAY_CHANNELS; k++)
			give_all(o, (enum relay_channel)k);
		return;
	}
	for (int k = 0; k < N_RELAY_CHANNELS && r >= 0; k++)
		quiet = channel_start(o, (enum relay_channel)k, &err, &r) && quiet;
	if (r < 0) {
		for (size_t i = 0; i < LIMIT_SENDING; i++)
			if (o->jobs[i].used && !o->jobs[i].given)
				job_end(o, &o->jobs[i]);
		office_store_fault(o, "preparing mail to send", &err);
		return;
	}
	o->maybe_due = !quiet;
	for (int k = 0; k < N_RELAY_CHANNELS; k++)
		give_all(o, (enum relay_channel)k);
}
