#include "calendar/calendar_private.h"

#include <errno.h>
#include <string.h>

enum { LOOK_AHEAD_DAYS = 5 * 366, MINUTE_MS = 60000, DAY_MS = 86400000 };

struct calendar {
	struct calendar_plan plan;
};

int spans_check(const struct work_span *s, size_t n, struct error *err)
{
	if (n > SPANS_MAX)
		return error_set(err, 1, "more than %d spans a day", SPANS_MAX);
	for (size_t i = 0; i < n; i++)
		if (s[i].from_min < 0 || s[i].to_min > DAY_MIN || s[i].from_min >= s[i].to_min ||
		    (i > 0 && s[i].from_min < s[i - 1].to_min))
			return error_set(err, 1, "hours %02d:%02d-%02d:%02d are out of order or overlap", s[i].from_min / 60,
					 s[i].from_min % 60, s[i].to_min / 60, s[i].to_min % 60);
	return 0;
}

static int week_copy(const struct work_span *const from[7], const size_t n[7], const struct work_span *to[7], struct arena *a,
		     struct error *err)
{
	for (int d = 0; d < 7; d++) {
		int r = spans_check(from[d], n[d], err);
		if (r != 0)
			return r;
		struct work_span *copy = arena_array(a, n[d] ? n[d] : 1, sizeof(*copy));
		if (!copy)
			return error_set(err, -ENOMEM, "no memory");
		if (n[d] > 0)
			memcpy(copy, from[d], n[d] * sizeof(*copy));
		to[d] = copy;
	}
	return 0;
}

int calendar_new(const struct calendar_plan *plan, struct arena *a, struct calendar **out, struct error *err)
{
	struct calendar *c = arena_alloc(a, sizeof(*c));
	struct calendar_day_rule *rules = arena_array(a, plan->n_rules ? plan->n_rules : 1, sizeof(*rules));
	if (!c || !rules)
		return error_set(err, -ENOMEM, "no memory");
	c->plan = *plan;
	int r = week_copy(plan->week, plan->n_week, c->plan.week, a, err);
	for (size_t i = 0; r == 0 && i < plan->n_rules; i++) {
		rules[i] = plan->rules[i];
		r = week_copy(plan->rules[i].spans, plan->rules[i].n_spans, rules[i].spans, a, err);
	}
	if (r != 0)
		return r;
	c->plan.rules = rules;
	*out = c;
	return 0;
}

const struct zone *calendar_zone(const struct calendar *c)
{
	return c->plan.zone;
}

/* --- computing -------------------------------------------------------------------------- */

static void day_spans(const struct calendar *c, struct civil_date d, const struct work_span **out, size_t *n)
{
	int w = civil_weekday(d);
	*out = c->plan.week[w];
	*n = c->plan.n_week[w];
	for (size_t i = c->plan.n_rules; i-- > 0;) {
		const struct calendar_day_rule *r = &c->plan.rules[i];
		if (civil_compare(d, r->from) < 0 || civil_compare(d, r->to) > 0 ||
		    (r->weekdays != 0 && (r->weekdays >> w & 1) == 0))
			continue;
		*out = r->spans[w];
		*n = r->closed ? 0 : r->n_spans[w];
		return;
	}
}

struct piece {
	int64_t from_ms, to_ms;
}; /* of UTC */

/* Instant at which the offset of lo gives way to that of hi. */
static int64_t transition(const struct zone *z, int64_t lo, int64_t hi)
{
	int32_t before = zone_offset(z, (struct instant){ lo });
	while (hi - lo > 1000) {
		int64_t mid = lo + (hi - lo) / 2000 * 1000;
		if (zone_offset(z, (struct instant){ mid }) == before)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

/* The office is open when the clock on its wall says so: an hour that the wall shows twice counts twice, one
 * that it leaps over not at all.  In order of time; at most 2 * SPANS_MAX. */
static size_t day_pieces(const struct calendar *c, struct civil_date d, struct piece *out)
{
	const struct zone *z = c->plan.zone;
	const struct work_span *s;
	size_t n_spans, n = 0;
	day_spans(c, d, &s, &n_spans);
	if (n_spans == 0)
		return 0;
	int64_t midnight = civil_days(d) * DAY_MS, lo = midnight - DAY_MS, hi = midnight + 2 * DAY_MS;
	int32_t offsets[2] = { zone_offset(z, (struct instant){ lo }), zone_offset(z, (struct instant){ hi }) };
	bool changes = offsets[0] != offsets[1];
	int64_t change = changes ? transition(z, lo, hi) : 0;
	for (size_t k = 0; k < (changes ? 2u : 1u); k++)
		for (size_t i = 0; i < n_spans; i++) {
			struct piece p = { midnight + s[i].from_min * MINUTE_MS - offsets[k] * 1000ll,
					   midnight + s[i].to_min * MINUTE_MS - offsets[k] * 1000ll };
			if (changes && k == 0)
				p.to_ms = p.to_ms < change ? p.to_ms : change;
			if (changes && k == 1)
				p.from_ms = p.from_ms > change ? p.from_ms : change;
			if (p.from_ms < p.to_ms)
				out[n++] = p;
		}
	return n;
}

static struct civil_date local_date(const struct calendar *c, struct instant t)
{
	struct civil_time ct = instant_civil(t, zone_offset(c->plan.zone, t));
	return (struct civil_date){ ct.year, ct.month, ct.day };
}

struct duration calendar_between(const struct calendar *c, struct instant from, struct instant to)
{
	struct duration sum = { 0 };
	if (to.ms <= from.ms)
		return sum;
	int64_t last = civil_days(local_date(c, to));
	for (int64_t day = civil_days(local_date(c, from)); day <= last; day++) {
		struct piece p[2 * SPANS_MAX];
		size_t n = day_pieces(c, civil_from_days(day), p);
		for (size_t i = 0; i < n; i++) {
			int64_t a = p[i].from_ms, b = p[i].to_ms;
			a = a < from.ms ? from.ms : a;
			b = b > to.ms ? to.ms : b;
			if (b > a)
				sum.ms += b - a;
		}
	}
	return sum;
}

struct instant calendar_due(const struct calendar *c, struct instant from, struct duration work)
{
	int64_t first = civil_days(local_date(c, from)), left = work.ms;
	for (int64_t day = first; day < first + LOOK_AHEAD_DAYS; day++) {
		struct piece p[2 * SPANS_MAX];
		size_t n = day_pieces(c, civil_from_days(day), p);
		for (size_t i = 0; i < n; i++) {
			int64_t a = p[i].from_ms, b = p[i].to_ms;
			a = a < from.ms ? from.ms : a;
			if (b <= a)
				continue;
			if (left < b - a || (left == b - a && left > 0))
				return (struct instant){ a + left };
			left -= b - a;
		}
	}
	return (struct instant){ INT64_MAX };
}

bool calendar_is_open(const struct calendar *c, struct instant t)
{
	return calendar_between(c, t, (struct instant){ t.ms + 1 }).ms > 0;
}

struct instant calendar_day_after(const struct calendar *c, struct instant from, int days)
{
	struct civil_time at = instant_civil(from, zone_offset(c->plan.zone, from));
	int64_t first = civil_days((struct civil_date){ at.year, at.month, at.day });
	for (int64_t day = first + 1; days > 0 && day < first + LOOK_AHEAD_DAYS; day++) {
		struct civil_date d = civil_from_days(day);
		struct piece p[2 * SPANS_MAX];
		size_t n = day_pieces(c, d, p);
		if (n == 0 || --days > 0)
			continue;
		at.year = d.year;
		at.month = d.month;
		at.day = d.day;
		struct instant t = zone_instant(c->plan.zone, at), end = { p[n - 1].to_ms };
		return t.ms < end.ms ? calendar_due(c, t, (struct duration){ 0 }) : (struct instant){ end.ms - 1 };
	}
	return days <= 0 ? calendar_due(c, from, (struct duration){ 0 }) : (struct instant){ INT64_MAX };
}

bool calendar_date_is_open(const struct calendar *c, struct civil_date d)
{
	const struct work_span *s;
	size_t n;
	day_spans(c, d, &s, &n);
	return n > 0;
}

const char *calendar_closed_name(const struct calendar *c, struct civil_date d)
{
	for (size_t i = c->plan.n_rules; i-- > 0;) {
		const struct calendar_day_rule *r = &c->plan.rules[i];
		if (civil_compare(d, r->from) >= 0 && civil_compare(d, r->to) <= 0)
			return r->closed ? r->name : NULL;
	}
	return NULL;
}
