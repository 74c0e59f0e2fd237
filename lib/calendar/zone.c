/* TZif (RFC 8536): transitions of version 1 or 2+, and the footer's rule for later years. */
#include "calendar/calendar.h"

#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { TRANSITIONS_MAX = 4000, TYPES_MAX = 256, DAY_S = 86400 };

struct transition {
	int64_t at_s;
	int32_t offset_s;
};

struct rule { /* POSIX "Mm.w.d/time" */
	bool used;
	int month, week, weekday;
	int32_t time_s;
};

struct zone {
	int32_t first_offset_s;
	struct transition *transitions;
	size_t n;
	bool has_footer, has_dst;
	int32_t std_offset_s, dst_offset_s;
	struct rule start, end;
};

int zone_fixed(int32_t offset_s, struct arena *a, struct zone **out)
{
	struct zone *z = arena_alloc(a, sizeof(*z));
	if (!z)
		return -ENOMEM;
	z->first_offset_s = offset_s;
	*out = z;
	return 0;
}

static int64_t be(const unsigned char *p, size_t n)
{
	uint64_t v = p[0] & 0x80 ? ~0ull : 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

struct header {
	uint32_t isutc, isstd, leap, times, types, chars;
};

static bool header_read(struct span s, struct header *h)
{
	if (s.n < 44 || memcmp(s.p, "TZif", 4) != 0)
		return false;
	uint32_t *fields[] = { &h->isutc, &h->isstd, &h->leap, &h->times, &h->types, &h->chars };
	for (size_t i = 0; i < 6; i++)
		*fields[i] = (uint32_t)be(s.p + 20 + 4 * i, 4);
	return h->times <= TRANSITIONS_MAX && h->types > 0 && h->types <= TYPES_MAX && h->chars < 1000 && h->leap < 1000 &&
	       h->isutc <= TYPES_MAX && h->isstd <= TYPES_MAX;
}

static size_t body_size(const struct header *h, size_t time_size)
{
	return h->times * (time_size + 1) + h->types * 6 + h->chars + h->leap * (time_size + 4) + h->isstd + h->isutc;
}

static int body_read(struct span s, const struct header *h, size_t time_size, struct arena *a, struct zone *z)
{
	const unsigned char *times = s.p, *index = times + h->times * time_size, *types = index + h->times;
	z->transitions = arena_array(a, h->times ? h->times : 1, sizeof(*z->transitions));
	if (!z->transitions)
		return -ENOMEM;
	z->first_offset_s = (int32_t)be(types, 4);
	for (size_t i = 0; i < h->times; i++) {
		if (index[i] >= h->types)
			return 1;
		z->transitions[i].at_s = be(times + i * time_size, time_size);
		z->transitions[i].offset_s = (int32_t)be(types + 6 * index[i], 4);
		if (i > 0 && z->transitions[i].at_s < z->transitions[i - 1].at_s)
			return 1;
	}
	z->n = h->times;
	return 0;
}

/* --- the footer: "EST5EDT,M3.2.0,M11.1.0" ------------------------------------------- */

struct reader {
	const unsigned char *p, *end;
	bool bad;
};

static int peek(const struct reader *r)
{
	return r->p < r->end ? *r->p : -1;
}

static int number(struct reader *r)
{
	int v = 0, n = 0;
	while (ascii_is_digit(peek(r)) && n++ < 4)
		v = v * 10 + (*r->p++ - '0');
	r->bad = r->bad || n == 0;
	return v;
}

static void name(struct reader *r)
{
	bool quoted = peek(r) == '<';
	while (r->p < r->end && (quoted ? *r->p != '>' : ascii_is_alpha(*r->p)))
		r->p++;
	if (quoted)
		r->p += r->p < r->end;
}

static int32_t clock_s(struct reader *r)
{
	int sign = 1;
	if (peek(r) == '-' || peek(r) == '+')
		sign = *r->p++ == '-' ? -1 : 1;
	int32_t v = number(r) * 3600;
	if (peek(r) == ':') {
		r->p++;
		v += number(r) * 60;
	}
	if (peek(r) == ':') {
		r->p++;
		v += number(r);
	}
	return sign * v;
}

static void expect(struct reader *r, int c)
{
	if (peek(r) == c)
		r->p++;
	else
		r->bad = true;
}

static struct rule rule_read(struct reader *r)
{
	struct rule x = { .used = true, .time_s = 7200 };
	expect(r, ',');
	expect(r, 'M');
	x.month = number(r);
	expect(r, '.');
	x.week = number(r);
	expect(r, '.');
	x.weekday = number(r);
	if (peek(r) == '/') {
		r->p++;
		x.time_s = clock_s(r);
	}
	r->bad = r->bad || x.month < 1 || x.month > 12 || x.week < 1 || x.week > 5 || x.weekday > 6;
	return x;
}

static void footer_read(struct span s, struct zone *z)
{
	struct reader r = { s.p, s.p + s.n, false };
	name(&r);
	int32_t std = -clock_s(&r);
	if (r.bad)
		return;
	z->std_offset_s = std;
	if (r.p == r.end) {
		z->has_footer = true;
		return;
	}
	name(&r);
	z->dst_offset_s = std + 3600;
	if (peek(&r) != ',')
		z->dst_offset_s = -clock_s(&r);
	z->start = rule_read(&r);
	z->end = rule_read(&r);
	z->has_footer = z->has_dst = !r.bad;
}

int zone_read(struct span tzif, struct arena *a, struct zone **out)
{
	struct header h;
	size_t time_size = 4;
	if (!header_read(tzif, &h))
		return 1;
	bool second = tzif.p[4] >= '2';
	struct span s = span_of(tzif.p + 44, tzif.n - 44);
	if (s.n < body_size(&h, 4))
		return 1;
	if (second) {
		size_t skip = body_size(&h, 4);
		s = span_of(s.p + skip, s.n - skip);
		if (!header_read(s, &h))
			return 1;
		s = span_of(s.p + 44, s.n - 44);
		time_size = 8;
		if (s.n < body_size(&h, 8))
			return 1;
	}
	struct zone *z = arena_alloc(a, sizeof(*z));
	if (!z)
		return -ENOMEM;
	int r = body_read(s, &h, time_size, a, z);
	if (r != 0)
		return r;
	if (second) {
		size_t skip = body_size(&h, 8);
		s = span_trim(span_of(s.p + skip, s.n - skip));
		footer_read(s, z);
	}
	*out = z;
	return 0;
}

/* Second of the year's rule day, as local wall time since 1970. */
static int64_t rule_local_s(const struct rule *x, int year)
{
	struct civil_date first = { year, x->month, 1 };
	int sunday_based = (civil_weekday(first) + 1) % 7;
	int day = 1 + (x->weekday - sunday_based + 7) % 7 + (x->week - 1) * 7;
	struct civil_date d = { year, x->month, day };
	while (!civil_date_valid(d))
		d.day -= 7;
	return civil_days(d) * DAY_S + x->time_s;
}

static int32_t footer_offset(const struct zone *z, int64_t s)
{
	if (!z->has_dst)
		return z->std_offset_s;
	int year = instant_civil((struct instant){ s * 1000 }, z->std_offset_s).year;
	int64_t start = rule_local_s(&z->start, year) - z->std_offset_s;
	int64_t end = rule_local_s(&z->end, year) - z->dst_offset_s;
	bool dst = start < end ? s >= start && s < end : s >= start || s < end;
	return dst ? z->dst_offset_s : z->std_offset_s;
}

int32_t zone_offset(const struct zone *z, struct instant t)
{
	int64_t s = t.ms >= 0 ? t.ms / 1000 : (t.ms - 999) / 1000;
	if (z->n == 0 || s < z->transitions[0].at_s)
		return z->n == 0 && z->has_footer ? footer_offset(z, s) : z->first_offset_s;
	if (s >= z->transitions[z->n - 1].at_s && z->has_footer)
		return footer_offset(z, s);
	size_t low = 0, high = z->n;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (z->transitions[mid].at_s <= s)
			low = mid;
		else
			high = mid;
	}
	return z->transitions[low].offset_s;
}

struct instant zone_instant(const struct zone *z, struct civil_time local)
{
	struct instant guess = instant_from_civil(local, 0);
	int32_t before = zone_offset(z, (struct instant){ guess.ms - (int64_t)DAY_S * 1000 });
	int32_t after = zone_offset(z, (struct instant){ guess.ms + (int64_t)DAY_S * 1000 });
	struct instant a = { guess.ms - before * 1000ll }, b = { guess.ms - after * 1000ll };
	if (zone_offset(z, a) == before)
		return a; /* also the earlier one of an overlap: before is the offset that still holds */
	if (zone_offset(z, b) == after)
		return b;
	return a; /* in a gap: old offset gives the later instant */
}
