/* What is destroyed when its time is over.  Once a day, in small steps between other work: the store says what will go, files
 * go one by one, each is recorded; in the end the list of it goes to the head, and its digest into the audit chain.  A stop at
 * any point leaves what was said and not done, which goes first the next time, and a day that is not finished. */
#include "office/office_private.h"

#include "office/person.h"

#include <errno.h>
#include <inttypes.h>

enum { BATCH = 20, LOOSE_BATCH = 100, LIST_ROWS = 500, ERASED_MAX = 100000, ROW_BYTES = 1024 * 1024 };

static struct instant midnight_of(const struct office *o, int32_t *offset)
{
	const struct calendar *c = o->plan.rules->calendar;
	*offset = zone_offset(calendar_zone(c), o->now);
	struct civil_time l = instant_civil(o->now, *offset);
	return zone_instant(calendar_zone(c), (struct civil_time){ l.year, l.month, l.day, 0, 0, 0 });
}

static int day_done(struct office *o, struct error *err)
{
	char iso[INSTANT_ISO_SIZE];
	int32_t offset;
	struct instant midnight = midnight_of(o, &offset);
	instant_format_iso(midnight, offset, iso);
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_fact_set(o->store, STORE_FACT_RETENTION, iso, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0)
		o->keep = (struct office_keep){ .day = midnight };
	return r;
}

static int last_day(struct office *o, struct instant *out, struct error *err)
{
	AUTO_ARENA a = arena_new(4096);
	const char *text = NULL;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_fact_get(o->store, STORE_FACT_RETENTION, a, &text, err);
	store_end(o->store);
	if (r == 0 && instant_parse_iso(span_str(text), out) != 0)
		out->ms = 0;
	return r < 0 ? r : 0;
}

/* Is there a day's work to begin? */
static int day_begin(struct office *o, struct error *err)
{
	int32_t offset;
	struct instant midnight = midnight_of(o, &offset), last = { 0 };
	if (o->keep.day.ms == midnight.ms)
		return 0;
	int r = last_day(o, &last, err);
	if (r < 0)
		return r;
	if (last.ms == midnight.ms) {
		o->keep = (struct office_keep){ .day = midnight, .stage = KEEP_MERGE_FIRST };
		return 0;
	}
	if (keep_clock_right(last, o->now)) {
		o->keep = (struct office_keep){ .walked = true, .stage = KEEP_WALK };
		return 0;
	}
	office_note(
		o, OFFICE_NOTICE, "retention-waits", 0, NULL,
		"nothing is destroyed today: the daemon did not run for long, or the clock leapt; tomorrow it is, see sitantectl "
		"retention");
	return day_done(o, err);
}

/* --- files ------------------------------------------------------------------------------------- */

/* One file that was said to go.  *any: there was one. */
static int file_step(struct office *o, bool *any, struct error *err)
{
	AUTO_ARENA a = arena_new(ROW_BYTES);
	struct keep_file f;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_keep_next(o->store, a, &f, err);
	store_end(o->store);
	*any = r == 0;
	if (r != 0)
		return r < 0 ? r : 0;
	r = store_keep_file(o->store, &f, err);
	if (r == 0)
		r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_keep_gone(o->store, &f, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	return r;
}

/* --- what is due --------------------------------------------------------------------------------- */

static int walk_step(struct office *o, struct error *err)
{
	struct keep_ticket list[BATCH];
	struct office_keep *k = &o->keep;
	const struct keep_rules *rules = &o->plan.rules->keep;
	struct instant line = keep_line(rules, k->class, o->now);
	struct keep_place at = k->at;
	size_t n = 0;
	int r = line.ms == INT64_MIN ? 0 : store_begin(o->store, __func__, err);
	if (r == 0 && line.ms != INT64_MIN)
		r = store_keep_ended(o->store, k->class, line, &at, list, BATCH, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (keep_due(rules, &list[i].facts, o->now) & KEEP_BIT(k->class))
			r = store_keep_say(o->store, list[i].id, k->class, o->now, err);
	if (r == 0 && n > 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r != 0)
		return r;
	k->at = at;
	if (n < BATCH) {
		k->at = (struct keep_place){ 0 };
		k->class ++;
	}
	if (k->class == N_KEEP)
		k->stage = KEEP_LOOSE;
	return 0;
}

static int loose_step(struct office *o, struct error *err)
{
	const struct keep_rules *rules = &o->plan.rules->keep;
	bool certificates = o->keep.stage == KEEP_CERTIFICATES, more = false;
	struct instant line = certificates ? keep_certificate_line(rules, o->now) : keep_line(rules, KEEP_RAW, o->now);
	int r = line.ms == INT64_MIN ? 0 : store_begin(o->store, __func__, err);
	if (r == 0 && line.ms != INT64_MIN) {
		r = certificates ? store_keep_say_certificates(o->store, line, o->now, LOOSE_BATCH, &more, err)
				 : store_keep_say_loose(o->store, line, o->now, LOOSE_BATCH, &more, err);
		if (r == 0)
			r = store_commit(o->store, err);
	}
	store_end(o->store);
	if (r == 0 && !more)
		o->keep.stage++;
	return r;
}

/* --- the list --------------------------------------------------------------------------------------- */

/* Each ticket's own history tells of it too. */
static int histories(struct office *o, const struct keep_row *rows, size_t n, struct arena *a, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n;) {
		const struct keep_row *first = &rows[i];
		uint64_t sum = 0;
		for (; i < n && rows[i].ticket_id == first->ticket_id && str_eq(rows[i].class, first->class); i++)
			sum += rows[i].n;
		struct event e = { .at = o->now, .who = "daemon", .what = EVENT_DESTROYED };
		e.detail = arena_printf(a, "%s: %" PRIu64, first->class, sum);
		if (first->ticket_id)
			r = e.detail ? store_keep_event(o->store, first->ticket_id, &e, err) : -ENOMEM;
	}
	return r;
}

static int list_step(struct office *o, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct keep_row *rows = a ? arena_array(a, LIST_ROWS, sizeof(*rows)) : NULL;
	struct decision d = { 0 };
	size_t n = 0;
	if (!rows)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_keep_unlisted(o->store, a, rows, LIST_ROWS, &n, err);
	if (r == 0 && n > 0)
		r = casework_destruction(o->plan.rules, rows, n, o->now, a, &d);
	if (r == 0 && n > 0)
		r = perform_decision(o, NULL, NULL, &d, a, err);
	if (r == 0 && n > 0)
		r = histories(o, rows, n, a, err);
	if (r == 0 && n > 0)
		r = store_keep_listed(o->store, rows[n - 1].id, err);
	if (r == 0 && n > 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r != 0)
		return r;
	o->maybe_due = o->maybe_due || n > 0;
	if (n > 0)
		office_note(o, OFFICE_NOTICE, "destroyed", 0, NULL,
			    "%zu things whose time was over are destroyed; the list goes to the "
			    "head",
			    n);
	if (n < LIST_ROWS)
		o->keep.stage = KEEP_MERGE_FIRST;
	return 0;
}

/* What was taken out of the full-text index leaves its pieces; then the log of the database is emptied. */
static int merge_step(struct office *o, struct error *err)
{
	bool more = false, done = false;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_search_dirty(o->store, &more, err);
	if (r == 0 && more)
		r = store_search_merge(o->store, o->keep.stage == KEEP_MERGE_FIRST, &more, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->keep.stage = KEEP_MERGE;
	if (r != 0 || more)
		return r;
	r = o->keep.walked ? store_log_empty(o->store, &done, err) : 0; /* where somebody reads just now, in its own time */
	if (r == 0 && o->keep.walked)
		return day_done(o, err);
	o->keep.stage = KEEP_IDLE;
	return r;
}

int keep_run(struct office *o, struct instant *next, struct error *err)
{
	bool file = false;
	int r = file_step(o, &file, err);
	if (r != 0 || file) {
		next->ms = o->now.ms;
		return r;
	}
	switch (o->keep.stage) {
	case KEEP_IDLE:
		r = day_begin(o, err);
		break;
	case KEEP_WALK:
		r = walk_step(o, err);
		break;
	case KEEP_LOOSE:
	case KEEP_CERTIFICATES:
		r = loose_step(o, err);
		break;
	case KEEP_LIST:
		r = list_step(o, err);
		break;
	case KEEP_MERGE_FIRST:
	case KEEP_MERGE:
		r = merge_step(o, err);
		break;
	}
	if (o->keep.stage != KEEP_IDLE)
		next->ms = o->now.ms;
	return r;
}

/* --- after a restore --------------------------------------------------------------------------------- */

/* One person in one commit.  STORE_NOT_FOUND: there is none left. */
static int erased_again(struct office *o, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	const char *key = NULL;
	struct store_person p;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_erasures_next(o->store, a, &key, err);
	if (r == 0)
		r = office_person_find(o->store, o->plan.rules, key, a, &p, err);
	if (r == 0)
		r = store_person_erase(o->store, &p, o->now, err);
	if (key && (r == 0 || r == STORE_NOT_FOUND)) /* an address that several persons share tells none of them */
		r = store_erasures_settle(o->store, key, err);
	else if (r == STORE_NOT_FOUND)
		r = store_erasures_applied(o->store, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0 && key)
		office_note(o, OFFICE_WARNING, "erased-again", 0, NULL,
			    "a person who was erased after this backup was made is erased again");
	return r == 0 && !key ? STORE_NOT_FOUND : r;
}

int keep_start(struct office *o, struct error *err)
{
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_erasures_read(o->store, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	for (int i = 0; r == 0 && i < ERASED_MAX; i++)
		r = erased_again(o, err);
	if (r == STORE_NOT_FOUND)
		r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_erasures_write(o->store, err);
	store_end(o->store);
	return r;
}
