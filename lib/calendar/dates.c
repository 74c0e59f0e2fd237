/* Hours, ranges, single days and the file of holidays, as people write them. */
#include "calendar/calendar_private.h"

#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { RULES_FIRST = 64, RULES_MAX = 5000 };

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

/* "07:30-12:00 13:00-16:00" */
static int spans_read(struct span rest, struct arena *a, const struct work_span **out, size_t *out_n, struct error *err)
{
	struct span from, to, w;
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
	*out = spans;
	*out_n = n;
	return n == 0 ? error_set(err, 1, "no hours are given (07:30-16:00)") : spans_check(spans, n, err);
}

int calendar_read_hours(struct span text, struct arena *a, const struct work_span *week[7], size_t n_week[7], struct error *err)
{
	struct span rest = text, from, to, w = word_next(&rest);
	const struct work_span *spans = NULL;
	size_t n = 0;
	(void)dash_split(w, &from, &to);
	int first = weekday_read(from), last = weekday_read(to);
	if (first < 0 || last < 0 || first > last)
		return error_set(err, 1, "\"%.*s\" is no weekday or range of them (Mon, Mon-Thu)", (int)w.n, (const char *)w.p);
	int r = spans_read(rest, a, &spans, &n, err);
	for (int d = first; r == 0 && d <= last; d++) {
		week[d] = spans;
		n_week[d] = n;
	}
	return r;
}

static bool date_read_iso(struct span s, struct civil_date *out)
{
	uint32_t y, m, d;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || num_parse_u32(span_of(s.p, 4), 9999, &y) != 0 ||
	    num_parse_u32(span_of(s.p + 5, 2), 12, &m) != 0 || num_parse_u32(span_of(s.p + 8, 2), 31, &d) != 0)
		return false;
	*out = (struct civil_date){ (int)y, (int)m, (int)d };
	return civil_date_valid(*out);
}

int calendar_read_range(struct span text, struct arena *a, struct calendar_day_rule *out, struct error *err)
{
	struct span rest = text, w = word_next(&rest);
	*out = (struct calendar_day_rule){ 0 };
	if (w.n != 22 || memcmp(w.p + 10, "..", 2) != 0 || !date_read_iso(span_of(w.p, 10), &out->from) ||
	    !date_read_iso(span_of(w.p + 12, 10), &out->to) || civil_compare(out->from, out->to) > 0)
		return error_set(err, 1, "\"%.*s\" is no range of dates (2026-02-19..2026-03-17)", (int)w.n, (const char *)w.p);
	int r = calendar_read_hours(rest, a, out->spans, out->n_spans, err);
	for (int d = 0; r == 0 && d < 7; d++)
		out->weekdays |= (uint8_t)((out->n_spans[d] > 0) << d);
	return r;
}

int calendar_read_day(struct span text, struct arena *a, struct calendar_day_rule *out, struct error *err)
{
	struct span rest = text, w = word_next(&rest);
	const struct work_span *spans = NULL;
	size_t n = 0;
	*out = (struct calendar_day_rule){ 0 };
	if (!date_read_iso(w, &out->from))
		return error_set(err, 1, "\"%.*s\" is no date (2026-08-17)", (int)w.n, (const char *)w.p);
	out->to = out->from;
	out->closed = span_trim(rest).n == 0;
	int r = out->closed ? 0 : spans_read(rest, a, &spans, &n, err);
	for (int d = 0; r == 0 && d < 7; d++) {
		out->spans[d] = spans;
		out->n_spans[d] = n;
	}
	return r;
}

static bool field_next(struct span *rest, struct span *out)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '\t')
		n++;
	*out = span_trim(span_of(rest->p, n));
	*rest = n < rest->n ? span_of(rest->p + n + 1, rest->n - n - 1) : span_of(NULL, 0);
	return out->n > 0;
}

static int holiday_read(struct span line, int number, struct arena *a, struct calendar_day_rule *out, struct error *err)
{
	static const char *const kinds[] = { "libur-nasional", "cuti-bersama", "libur-daerah" };
	struct span rest = line, date, name, kind;
	bool known = false;
	*out = (struct calendar_day_rule){ .closed = true };
	if (!field_next(&rest, &date) || !date_read_iso(date, &out->from))
		return error_set(err, 1, "line %d: no date (2026-08-17) in front", number);
	if (!field_next(&rest, &name) || !field_next(&rest, &kind) || !utf8_valid(name))
		return error_set(err, 1, "line %d: date, name and kind must stand there, with a tab between", number);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		known = known || span_eq(kind, span_str(kinds[i]));
	if (!known || rest.n > 0)
		return error_set(err, 1, "line %d: the kind must be libur-nasional, cuti-bersama or libur-daerah", number);
	out->to = out->from;
	out->name = arena_strndup(a, name.p, name.n);
	return out->name ? 0 : error_set(err, -ENOMEM, "no memory");
}

int calendar_read_holidays(struct span text, struct arena *a, struct calendar_day_rule **out, size_t *n, struct error *err)
{
	struct span rest = text, line;
	size_t cap = RULES_FIRST;
	struct calendar_day_rule *rules = arena_array(a, cap, sizeof(*rules));
	*n = 0;
	for (int number = 1; rules && span_next_line(&rest, &line); number++) {
		if (span_trim(line).n == 0 || line.p[0] == '#')
			continue;
		if (*n == cap) {
			rules = cap < RULES_MAX ? arena_grow(a, rules, cap, cap * 2, sizeof(*rules)) : NULL;
			cap *= 2;
		}
		int r = rules ? holiday_read(line, number, a, &rules[*n], err) : -ENOMEM;
		if (r != 0)
			return r;
		(*n)++;
	}
	*out = rules;
	return rules ? 0 : error_set(err, -ENOMEM, "no memory");
}
