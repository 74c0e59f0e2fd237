#include "base/instant.h"

#include "base/num.h"
#include "base/text.h"

#include <stdio.h>
#include <time.h>

enum { DAY_S = 86400 };

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool civil_date_valid(struct civil_date d)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (d.year < 1900 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	return d.day <= days[d.month - 1] + (d.month == 2 && leap(d.year));
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days of the proleptic Gregorian calendar, counted in eras of 400 years from 1 March. */
int64_t civil_days(struct civil_date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct civil_date civil_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);
	return (struct civil_date){ .year = (int)(yoe + era * 400 + (month <= 2)),
				    .month = month,
				    .day = (int)(doy - (153 * mp + 2) / 5 + 1) };
}

int civil_weekday(struct civil_date d)
{
	int64_t n = (civil_days(d) + 3) % 7; /* 1970-01-01 was a Thursday */
	return (int)(n < 0 ? n + 7 : n);
}

int civil_compare(struct civil_date a, struct civil_date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

struct civil_time instant_civil(struct instant t, int32_t offset_s)
{
	int64_t s = floor_div(t.ms, 1000) + offset_s;
	int64_t days = floor_div(s, DAY_S);
	int rest = (int)(s - days * DAY_S);
	struct civil_date d = civil_from_days(days);
	return (struct civil_time){ d.year, d.month, d.day, rest / 3600, rest / 60 % 60, rest % 60 };
}

struct instant instant_from_civil(struct civil_time c, int32_t offset_s)
{
	int64_t s = civil_days((struct civil_date){ c.year, c.month, c.day }) * DAY_S + c.hour * 3600 + c.minute * 60 + c.second;
	return (struct instant){ (s - offset_s) * 1000 };
}

struct instant instant_add(struct instant t, struct duration d)
{
	return (struct instant){ t.ms + d.ms };
}

struct duration instant_since(struct instant from, struct instant to)
{
	return (struct duration){ to.ms - from.ms };
}

void instant_format_iso(struct instant t, int32_t offset_s, char out[INSTANT_ISO_SIZE])
{
	struct civil_time c = instant_civil(t, offset_s);
	unsigned off = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60 % 6000;
	if (c.year < 0 || c.year > 9999) /* no such moment is shown: keep the form */
		c = (struct civil_time){ 9999, 12, 31, 23, 59, 59 };
	(void)snprintf(out, INSTANT_ISO_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%c%02u:%02u", c.year % 10000, c.month % 100,
		       c.day % 100, c.hour % 100, c.minute % 100, c.second % 100, offset_s < 0 ? '-' : '+', off / 60 % 100,
		       off % 60);
}

struct cursor {
	struct span s;
	bool bad;
};

static int digits(struct cursor *c, size_t n, int max)
{
	uint32_t v = 0;
	if (c->s.n < n || num_parse_u32(span_of(c->s.p, n), (uint32_t)max, &v) != 0) {
		c->bad = true;
		return 0;
	}
	c->s = span_of(c->s.p + n, c->s.n - n);
	return (int)v;
}

static char letter(struct cursor *c, const char *allowed)
{
	for (const char *p = allowed; c->s.n > 0 && *p; p++)
		if (c->s.p[0] == (unsigned char)*p) {
			c->s = span_of(c->s.p + 1, c->s.n - 1);
			return *p;
		}
	c->bad = true;
	return 0;
}

static int32_t zone(struct cursor *c)
{
	char sign = letter(c, "Zz+-");
	if (sign == 'Z' || sign == 'z')
		return 0;
	int hour = digits(c, 2, 15);
	if (c->s.n > 0 && c->s.p[0] == ':')
		(void)letter(c, ":");
	int minute = digits(c, 2, 59);
	return (sign == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
}

int instant_parse_iso(struct span s, struct instant *out)
{
	struct cursor c = { .s = s };
	struct civil_time t = { 0 };
	t.year = digits(&c, 4, 9999);
	(void)letter(&c, "-");
	t.month = digits(&c, 2, 12);
	(void)letter(&c, "-");
	t.day = digits(&c, 2, 31);
	(void)letter(&c, "Tt ");
	t.hour = digits(&c, 2, 23);
	(void)letter(&c, ":");
	t.minute = digits(&c, 2, 59);
	(void)letter(&c, ":");
	t.second = digits(&c, 2, 59);
	if (!c.bad && c.s.n > 0 && c.s.p[0] == '.') {
		(void)letter(&c, ".");
		(void)digits(&c, 1, 9);
		while (c.s.n > 0 && ascii_is_digit(c.s.p[0]))
			c.s = span_of(c.s.p + 1, c.s.n - 1);
	}
	int32_t offset = c.bad ? 0 : zone(&c);
	if (c.bad || c.s.n > 0 || !civil_date_valid((struct civil_date){ t.year, t.month, t.day }))
		return 1;
	*out = instant_from_civil(t, offset);
	return 0;
}

static int64_t clock_ms(clockid_t id)
{
	struct timespec ts = { 0 };
	(void)clock_gettime(id, &ts); /* cannot fail for these clocks */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct instant clock_wall(void)
{
	return (struct instant){ clock_ms(CLOCK_REALTIME) };
}

int64_t clock_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}
