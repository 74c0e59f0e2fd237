/* The next stored mail through the reader, then decided and committed. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ZYGOTE_PAUSE_MS = 2000, ZYGOTE_DEATHS_MAX = 2 };

/* A decision and what the ledger and the memory of mails keep of it. */
static int settle(struct office *o, const struct ledger_row *row, const struct incoming *in, struct decision *d, struct arena *a,
		  struct error *err)
{
	int r = perform_decision(o, row, in, d, a, err);
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

int reading_decide(struct office *o, const struct ledger_row *row, const struct reading *reading, struct arena *a,
		   struct decision *out, struct error *err)
{
	struct incoming in = { 0 };
	int r = facts_gather(o, row, reading, a, &in, err);
	if (r >= 0) {
		r = casework_mail(o->plan.rules, &in, o->now, a, out);
		if (r < 0)
			error_set(err, r, "deciding");
	}
	return r < 0 ? r : settle(o, row, &in, out, a, err);
}

static int handle(struct office *o, const struct ledger_row *row, const struct reading *reading, struct arena *a,
		  struct error *err)
{
	struct decision d = { 0 };
	int r = store_begin(o->store, __func__, err);
	if (r >= 0)
		r = reading_decide(o, row, reading, a, &d, err);
	if (r >= 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r < 0)
		return r;
	o->health.handled++;
	o->health.quarantined += d.disposition == DISPOSITION_QUARANTINED;
	if (d.disposition == DISPOSITION_HELD)
		office_note(o, OFFICE_WARNING, "mail-held", row->id, NULL,
			    "its sender opened too many tickets within the hour: held; see sitantectl quarantine");
	office_note(o, OFFICE_INFO, "mail-handled", row->id, d.has_ticket ? d.ticket.number : NULL, "%s: %s",
		    disposition_word(d.disposition), d.reason ? d.reason : "");
	return 0;
}

static int quarantine(struct office *o, const struct ledger_row *row, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct decision d = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	char key[40];
	const char *mark = NULL;
	(void)snprintf(key, sizeof(key), STORE_FACT_RELEASED ":%lld", (long long)row->id);
	int r = store_begin(o->store, __func__, err);
	if (r >= 0)
		r = store_fact_get(o->store, key, a, &mark, err);
	if (r >= 0)
		r = casework_unreadable(o->plan.rules, row->id, mark ? UNREADABLE_RELEASED : UNREADABLE_DIED, row->internaldate,
					o->now, a, &d);
	if (r >= 0)
		r = settle(o, row, NULL, &d, a, err);
	if (r >= 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->health.quarantined += r >= 0 && !mark;
	if (r >= 0)
		office_note(o, OFFICE_ERROR, "mail-quarantined", row->id, NULL,
			    "the reader died on this mail %d times: %s; see sitantectl quarantine", LIMIT_READER_DEATHS,
			    mark ? "its original went to staff" : "quarantined");
	return r;
}

static void death(struct office *o, const struct ledger_row *row, const char *why)
{
	struct error err = { 0 };
	uint32_t deaths = 0;
	int r = store_begin(o->store, __func__, &err);
	if (r >= 0)
		r = store_ledger_death(o->store, row->id, &deaths, &err);
	if (r >= 0)
		r = store_commit(o->store, &err);
	store_end(o->store);
	if (r >= 0) {
		office_note(o, OFFICE_WARNING, "reader-died", row->id, NULL, "reader died, time %u of %d: %s", deaths,
			    LIMIT_READER_DEATHS, why);
		if (deaths >= LIMIT_READER_DEATHS)
			r = quarantine(o, row, &err);
	}
	if (r < 0)
		office_store_fault(o, "noting a reader's death", &err);
}

static void reading_end(struct office *o)
{
	o->reading = false;
	arena_free(o->reading_arena);
	o->reading_arena = NULL;
	o->maybe_stored = o->maybe_due = o->maybe_unmoved = true;
}

/* The zygote itself is gone: a new one; the mail is to blame only when it happens again with it. */
static void zygote_gone(struct office *o, const struct error *why)
{
	struct error err = { 0 };
	office_note(o, OFFICE_ERROR, "reader-gone", o->reading_row.id, NULL, "%s", why->text);
	reader_stop(o->reader);
	o->reader = NULL;
	if (++o->zygote_deaths >= ZYGOTE_DEATHS_MAX) {
		o->zygote_deaths = 0;
		death(o, &o->reading_row, "took the whole reader with it");
	}
	if (reader_start(&o->reader, &err) < 0)
		office_note(o, OFFICE_ERROR, "reader-gone", 0, NULL, "%s", err.text);
	o->reader_pause_until_ms = clock_monotonic_ms() + ZYGOTE_PAUSE_MS;
}

void office_reader_ready(struct office *o)
{
	struct reading reading = { 0 };
	struct error err = { 0 };
	if (!o->reading || !o->reader)
		return;
	int r = reader_take(o->reader, o->reading_arena, &reading, &err);
	if (r == READER_BUSY)
		return;
	if (r == READER_READ) {
		o->zygote_deaths = 0;
		r = handle(o, &o->reading_row, &reading, o->reading_arena, &err);
		if (r == -ENOBUFS || r == -ENOMEM)
			death(o, &o->reading_row, "too large to be handled"); /* one mail never stops the rest */
		else if (r < 0)
			office_store_fault(o, "handling a mail", &err);
	} else if (r == READER_DIED) {
		death(o, &o->reading_row, err.text);
	} else {
		zygote_gone(o, &err);
	}
	reading_end(o);
}

void reading_watch(struct office *o)
{
	if (!o->reading || clock_monotonic_ms() - o->reading_since_ms < LIMIT_READER_WALL_MS)
		return;
	reader_abort(o->reader);
	o->reading_since_ms = clock_monotonic_ms();
}

static int open_next(struct office *o, int *out_fd, struct error *err)
{
	int r = store_begin(o->store, __func__, err);
	if (r >= 0)
		r = store_ledger_next(o->store, 0, o->reading_arena, &o->reading_row, err);
	store_end(o->store);
	if (r != 0)
		return r;
	int fd = store_raw_open(o->store, o->reading_row.uidvalidity, o->reading_row.uid, err);
	if (fd < 0)
		return fd;
	*out_fd = fd;
	return 0;
}

void reading_start(struct office *o)
{
	struct error err = { 0 };
	int fd = -1;
	if (o->reading || !o->maybe_stored || clock_monotonic_ms() < o->reader_pause_until_ms)
		return;
	if (!o->reader && reader_start(&o->reader, &err) < 0) {
		office_note(o, OFFICE_ERROR, "reader-gone", 0, NULL, "%s", err.text);
		o->reader_pause_until_ms = clock_monotonic_ms() + ZYGOTE_PAUSE_MS;
		return;
	}
	o->reading_arena = arena_new(OFFICE_DECISION_BYTES);
	if (!o->reading_arena)
		return;
	int r = open_next(o, &fd, &err);
	if (r == 0) {
		o->reading = true;
		o->reading_since_ms = clock_monotonic_ms();
		r = reader_ask(o->reader, fd, o->plan.policy, &err);
		(void)close(fd); /* read-only */
		if (r >= 0)
			return;
		zygote_gone(o, &err);
		reading_end(o);
		return;
	}
	if (r == STORE_NOT_FOUND)
		o->maybe_stored = false;
	else
		office_store_fault(o, "opening a stored mail", &err);
	arena_free(o->reading_arena);
	o->reading_arena = NULL;
}
