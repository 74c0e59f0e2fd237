/* What time alone makes due: on a ticket, and each working morning. */
#include "office/office_private.h"

#include <errno.h>
#include <stdio.h>

enum { DUE_BATCH = 100, OPEN_LISTED_MAX = 200, ENDING_DAYS = 30, DAY_MS = 24 * 3600 * 1000 };

static int due_one(struct office *o, int64_t id, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct ticket ticket;
	struct decision d = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_ticket_load(o->store, id, a, &ticket, err);
	if (r == 0)
		r = casework_due(o->plan.rules, &ticket, o->now, a, &d);
	if (r == 0 && d.has_ticket) {
		r = perform_decision(o, NULL, NULL, &d, a, err);
		o->maybe_due = true;
	} else if (r == 0) {
		r = perform_reckoning(o, &ticket, err); /* of a ticket that an older version left, too */
		if (r == 0)
			r = register_of_ticket(o->store, o->plan.rules, &ticket, a, err);
	}
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	return r < 0 ? r : 0;
}

static int digest_gather(struct office *o, struct instant since, struct digest_facts *f, struct arena *a, struct error *err)
{
	struct ticket_filter filter = { .open_only = true, .oldest_first = true, .limit = OPEN_LISTED_MAX };
	struct ticket **open = NULL;
	int r = store_ticket_list(o->store, &filter, a, &open, &f->n_open, err);
	f->open = (const struct ticket **)open;
	f->more_open = f->n_open == OPEN_LISTED_MAX;
	return r < 0 ? r : store_trouble_counts(o->store, since, &f->parked, &f->dead, &f->quarantined, err);
}

/* What ends within 30 days goes to staff beside it. */
static int monthly_ending(struct office *o, struct decision *d, struct arena *a, struct error *err)
{
	const struct ending *list = NULL;
	struct decision own = { 0 };
	size_t n = 0;
	int r = register_ending(o, ENDING_DAYS, a, &list, &n, err);
	if (r == 0)
		r = casework_ending_month(o->plan.rules, list, n, o->now, a, &own);
	struct letter *letters = arena_array(a, d->n_letters + own.n_letters + 1, sizeof(*letters));
	if (r < 0 || !letters)
		return r < 0 ? r : error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < d->n_letters + own.n_letters; i++)
		letters[i] = i < d->n_letters ? d->letters[i] : own.letters[i - d->n_letters];
	d->letters = letters;
	d->n_letters += own.n_letters;
	return 0;
}

/* The month that ended goes to the head on the first working day after it; on a first start nothing has ended. */
static int monthly(struct office *o, struct decision *d, struct arena *a, struct error *err)
{
	const struct person *head = &o->plan.rules->head;
	struct civil_time l = instant_civil(o->now, zone_offset(calendar_zone(o->plan.rules->calendar), o->now));
	struct period p;
	const char *done = NULL;
	int r = store_fact_get(o->store, "recap", a, &done, err);
	period_month(l.year * 12 + l.month - 2, &p);
	if (r < 0 || (r == 0 && str_eq(done, p.id)))
		return r;
	struct letter *letters = arena_array(a, d->n_letters + 1, sizeof(*letters));
	if (!letters)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < d->n_letters; i++)
		letters[i] = d->letters[i];
	letters[d->n_letters] = (struct letter){ .kind = LETTER_RECAP, .to = *head, .wants_document = true };
	letters[d->n_letters].period = arena_strdup(a, p.id);
	d->letters = letters;
	d->n_letters += r == 0 && head->address;
	if (r == 0)
		r = monthly_ending(o, d, a, err);
	return r < 0 ? r : store_fact_set(o->store, "recap", p.id, err);
}

/* Once a working day, the first time that the office is open.  The mark goes with the letters. */
static int morning(struct office *o, const char *today, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct digest_facts facts = { 0 };
	struct decision d = { 0 };
	const char *done = NULL;
	struct instant since = { o->now.ms - DAY_MS };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_fact_get(o->store, "morning", a, &done, err);
	bool fresh = r == STORE_NOT_FOUND || (r == 0 && !str_eq(done, today));
	if (r == 0)
		(void)!instant_parse_iso(span_str(done), &since); /* else a day ago */
	if (r >= 0 && fresh && o->plan.digest)
		r = digest_gather(o, since, &facts, a, err);
	if (r >= 0 && fresh && o->plan.digest)
		r = casework_digest(o->plan.rules, &facts, o->now, a, &d);
	if (r >= 0 && fresh)
		r = monthly(o, &d, a, err);
	if (r >= 0 && fresh)
		r = perform_decision(o, NULL, NULL, &d, a, err);
	if (r >= 0 && fresh)
		r = store_fact_set(o->store, "morning", today, err);
	if (r >= 0 && fresh)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->maybe_due = o->maybe_due || d.n_letters > 0;
	return r < 0 ? r : 0;
}

static int morning_run(struct office *o, struct error *err)
{
	const struct calendar *c = o->plan.rules->calendar;
	char today[INSTANT_ISO_SIZE];
	if (!calendar_is_open(c, o->now))
		return 0;
	int32_t offset = zone_offset(calendar_zone(c), o->now);
	struct civil_time l = instant_civil(o->now, offset);
	struct instant midnight = zone_instant(calendar_zone(c), (struct civil_time){ l.year, l.month, l.day, 0, 0, 0 });
	if (o->morning.ms == midnight.ms)
		return 0;
	instant_format_iso(midnight, offset, today);
	int r = morning(o, today, err);
	if (r == 0)
		o->morning = midnight;
	return r;
}

/* When to look again: at the first thing due, at the next opening, in a quarter of an hour at the latest. */
static int next_look(struct office *o, struct error *err)
{
	struct instant next = { o->now.ms + DUE_CHECK_MS }, first = { 0 };
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_ticket_due_next(o->store, &first, err);
	store_end(o->store);
	if (r == 0 && first.ms < next.ms)
		next = first;
	if (!calendar_is_open(o->plan.rules->calendar, o->now)) {
		struct instant opening = calendar_due(o->plan.rules->calendar, o->now, (struct duration){ 0 });
		next = opening.ms < next.ms ? opening : next;
	}
	o->next_due_check = next;
	return r < 0 ? r : 0;
}

void due_run(struct office *o)
{
	int64_t ids[DUE_BATCH];
	size_t n = 0;
	struct error err = { 0 };
	o->next_due_check.ms = o->now.ms + DUE_CHECK_MS;
	int r = store_begin(o->store, __func__, &err);
	if (r == 0)
		r = store_ticket_due(o->store, o->now, ids, DUE_BATCH, &n, &err);
	store_end(o->store);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = due_one(o, ids[i], &err);
	if (r >= 0)
		r = morning_run(o, &err);
	struct instant more = { INT64_MAX };
	if (r >= 0)
		r = expiry_run(o, &more, &err);
	struct instant keep = { INT64_MAX };
	if (r >= 0)
		r = keep_run(o, &keep, &err);
	if (keep.ms < more.ms)
		more = keep;
	if (r >= 0)
		r = next_look(o, &err);
	if (r >= 0 && more.ms < o->next_due_check.ms)
		o->next_due_check = more;
	if (r < 0)
		office_store_fault(o, "looking for what is due", &err);
}
