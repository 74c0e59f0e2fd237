#include "calendar/calendar.h"

#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { DAY_MIN = 1440, LOOK_AHEAD_DAYS = 5 * 366, SPANS_MAX = 16 };

struct calendar {
	struct calendar_plan plan;
};

static int spans_check(const struct work_span *s, size_t n, struct error *err)
{
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

/* --- "Mon-Thu 07:30-12:00 13:00-16:00" ------------------------------------------------ */

static int weekday_read(struct span s)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	for (int i = 0; i < 7; i++)
		if (span_eq_nocase(s, span_str(days[i])))
			return i;
	return -1;
}

static int minute_read(struct span s)
{
	uint32_t hour, minute;
	if (s.n != 5 || (s.p[2] != ':' && s.p[2] != '.') || num_parse_u32(span_of(s.p, 2), 24, &hour) != 0 ||
	    num_parse_u32(span_of(s.p + 3, 2), 59, &minute) != 0 || hour * 60 + minute > DAY_MIN)
		return -1;
	return (int)(hour * 60 + minute);
}

static struct span word_next(struct span *rest)
{
	while (rest->n > 0 && ascii_is_blank(rest->p[0]))
		*rest = span_of(rest->p + 1, rest->n - 1);
	size_t n = 0;
	while (n < rest->n && !ascii_is_blank(rest->p[n]))
		n++;
	struct span w = span_of(rest->p, n);
	*rest = span_of(rest->p + n, rest->n - n);
	return w;
}

static bool dash_split(struct span s, struct span *a, struct span *b)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '-') {
			*a = span_of(s.p, i);
			*b = span_of(s.p + i + 1, s.n - i - 1);
			return true;
		}
	*a = *b = s;
	return false;
}

int calendar_read_hours(struct span text, struct arena *a, const struct work_span *week[7], size_t n_week[7], struct error *err)
{
	struct span rest = text, from, to, w = word_next(&rest);
	(void)dash_split(w, &from, &to);
	int first = weekday_read(from), last = weekday_read(to);
	if (first < 0 || last < 0 || first > last)
		return error_set(err, 1, "\"%.*s\" is no weekday or range of them (Mon, Mon-Thu)", (int)w.n, (const char *)w.p);
	struct work_span *spans = arena_array(a, SPANS_MAX, sizeof(*spans));
	size_t n = 0;
	if (!spans)
		return error_set(err, -ENOMEM, "no memory");
	while ((w = word_next(&rest)).n > 0) {
		if (n == SPANS_MAX || !dash_split(w, &from, &to))
			return error_set(err, 1, "\"%.*s\" are no hours (07:30-16:00)", (int)w.n, (const char *)w.p);
		spans[n] = (struct work_span){ minute_read(from), minute_read(to) };
		if (spans[n].from_min < 0 || spans[n].to_min < 0)
			return error_set(err, 1, "\"%.*s\" are no hours (07:30-16:00)", (int)w.n, (const char *)w.p);
		n++;
	}
	int r = n == 0 ? error_set(err, 1, "no hours after the weekday (07:30-16:00)") : spans_check(spans, n, err);
	for (int d = first; r == 0 && d <= last; d++) {
		week[d] = spans;
		n_week[d] = n;
	}
	return r;
}

/* --- computing -------------------------------------------------------------------------- */

static void day_spans(const struct calendar *c, struct civil_date d, const struct work_span **out, size_t *n)
{
	int w = civil_weekday(d);
	*out = c->plan.week[w];
	*n = c->plan.n_week[w];
	for (size_t i = c->plan.n_rules; i-- > 0;) {
		const struct calendar_day_rule *r = &c->plan.rules[i];
		if (civil_compare(d, r->from) < 0 || civil_compare(d, r->to) > 0)
			continue;
		*out = r->spans[w];
		*n = r->closed ? 0 : r->n_spans[w];
		return;
	}
}

static struct instant at_minute(const struct calendar *c, struct civil_date d, int minute)
{
	if (minute == DAY_MIN)
		return zone_instant(c->plan.zone, (struct civil_time){ .year = civil_from_days(civil_days(d) + 1).year,
								       .month = civil_from_days(civil_days(d) + 1).month,
								       .day = civil_from_days(civil_days(d) + 1).day });
	return zone_instant(c->plan.zone, (struct civil_time){ d.year, d.month, d.day, minute / 60, minute % 60, 0 });
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
		struct civil_date d = civil_from_days(day);
		const struct work_span *s;
		size_t n;
		day_spans(c, d, &s, &n);
		for (size_t i = 0; i < n; i++) {
			int64_t a = at_minute(c, d, s[i].from_min).ms, b = at_minute(c, d, s[i].to_min).ms;
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
		struct civil_date d = civil_from_days(day);
		const struct work_span *s;
		size_t n;
		day_spans(c, d, &s, &n);
		for (size_t i = 0; i < n; i++) {
			int64_t a = at_minute(c, d, s[i].from_min).ms, b = at_minute(c, d, s[i].to_min).ms;
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
