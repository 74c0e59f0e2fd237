#include "unit.h"

#include "calendar/calendar.h"

#define MIN 60000LL

static struct calendar *office(struct arena *a, const char *const *hours, size_t n, const char *const *closed, size_t n_closed)
{
	struct calendar_plan plan = { 0 };
	struct calendar_day_rule *rules = arena_array(a, n_closed + 1, sizeof(*rules));
	struct calendar *c = NULL;
	struct zone *z = NULL;
	struct error err;
	assert_int_equal(zone_fixed(7 * 3600, a, &z), 0);
	plan.zone = z;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(calendar_read_hours(span_str(hours[i]), a, plan.week, plan.n_week, &err), 0);
	for (size_t i = 0; i < n_closed; i++) {
		struct instant t;
		char iso[40];
		(void)snprintf(iso, sizeof(iso), "%sT00:00:00Z", closed[i]);
		assert_int_equal(instant_parse_iso(span_str(iso), &t), 0);
		struct civil_time d = instant_civil(t, 0);
		rules[i] = (struct calendar_day_rule){ .from = { d.year, d.month, d.day },
						       .to = { d.year, d.month, d.day },
						       .closed = true };
	}
	plan.rules = rules;
	plan.n_rules = n_closed;
	assert_int_equal(calendar_new(&plan, a, &c, &err), 0);
	return c;
}

static const char *const plain[] = { "Mon-Thu 07:30-16:00", "Fri 07:30-16:30" };
static const char *const breaks[] = { "Mon-Thu 07:30-12:00 13:00-16:00", "Fri 07:30-11:30 13:00-16:30" };
static const char *const round_the_clock[] = { "Mon-Sun 00:00-24:00" };
static const char *const holidays[] = { "2026-01-01", "2026-08-17", "2026-12-25" };

static struct instant at(const char *s)
{
	struct instant t;
	char iso[40];
	(void)snprintf(iso, sizeof(iso), "%s:00+07:00", s);
	assert_int_equal(instant_parse_iso(span_str(iso), &t), 0);
	return t;
}

struct row {
	const char *name, *from, *to;
	long long minutes, with_breaks;
};

/* 2026-01-05 is a Monday, 2026-01-09 a Friday; worked out by hand */
static const struct row rows[] = {
	{ "nothing", "2026-01-05T09:00", "2026-01-05T09:00", 0, 0 },
	{ "backwards", "2026-01-05T10:00", "2026-01-05T09:00", 0, 0 },
	{ "inside_a_morning", "2026-01-05T09:00", "2026-01-05T09:10", 10, 10 },
	{ "before_opening", "2026-01-05T05:00", "2026-01-05T07:40", 10, 10 },
	{ "after_closing", "2026-01-05T15:50", "2026-01-05T20:00", 10, 10 },
	{ "whole_night", "2026-01-05T16:00", "2026-01-06T07:30", 0, 0 },
	{ "over_night", "2026-01-05T15:59", "2026-01-06T07:31", 2, 2 },
	{ "a_monday", "2026-01-05T00:00", "2026-01-06T00:00", 510, 450 },
	{ "a_friday", "2026-01-09T00:00", "2026-01-10T00:00", 540, 450 },
	{ "a_weekend", "2026-01-10T00:00", "2026-01-12T00:00", 0, 0 },
	{ "friday_over_weekend", "2026-01-09T16:20", "2026-01-12T07:40", 20, 20 },
	{ "a_week", "2026-01-05T00:00", "2026-01-12T00:00", 2580, 2250 },
	{ "over_lunch", "2026-01-05T11:50", "2026-01-05T13:10", 80, 20 },
	{ "in_the_break", "2026-01-05T12:10", "2026-01-05T12:50", 40, 0 },
	{ "friday_prayer", "2026-01-09T11:20", "2026-01-09T13:10", 110, 20 },
	{ "new_year", "2026-01-01T00:00", "2026-01-02T00:00", 0, 0 },
	{ "over_new_year", "2025-12-31T15:00", "2026-01-02T08:30", 120, 120 },
	{ "independence_day_is_a_monday", "2026-08-14T16:29", "2026-08-18T07:31", 2, 2 },
	{ "closing_minute", "2026-01-05T15:59", "2026-01-05T16:00", 1, 1 },
	{ "opening_minute", "2026-01-05T07:30", "2026-01-05T07:31", 1, 1 },
};

static void between_rows(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(1 << 20);
	struct calendar *p = office(a, plain, 2, holidays, 3), *b = office(a, breaks, 2, holidays, 3);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (calendar_between(p, at(rows[i].from), at(rows[i].to)).ms != rows[i].minutes * MIN)
			fail_msg("%s: %lld", rows[i].name,
				 (long long)calendar_between(p, at(rows[i].from), at(rows[i].to)).ms / MIN);
		if (calendar_between(b, at(rows[i].from), at(rows[i].to)).ms != rows[i].with_breaks * MIN)
			fail_msg("%s with breaks", rows[i].name);
	}
}

static void due_rows(void **state)
{
	static const struct {
		const char *name, *from;
		long long work;
		const char *due;
	} due[] = {
		{ "ten_minutes", "2026-01-05T09:00", 10, "2026-01-05T09:10" },
		{ "at_night", "2026-01-05T22:00", 10, "2026-01-06T07:40" },
		{ "over_closing", "2026-01-05T15:55", 10, "2026-01-06T07:35" },
		{ "just_fits", "2026-01-05T15:50", 10, "2026-01-05T16:00" },
		{ "friday_evening", "2026-01-09T16:20", 30, "2026-01-12T07:50" },
		{ "saturday", "2026-01-10T10:00", 60, "2026-01-12T08:30" },
		{ "before_a_holiday", "2025-12-31T15:30", 60, "2026-01-02T08:00" },
		{ "two_days", "2026-01-05T07:30", 1020, "2026-01-06T16:00" },
		{ "zero_in_working_time", "2026-01-05T09:00", 0, "2026-01-05T09:00" },
		{ "zero_at_night", "2026-01-05T20:00", 0, "2026-01-06T07:30" },
	};
	(void)state;
	AUTO_ARENA a = arena_new(1 << 20);
	struct calendar *c = office(a, plain, 2, holidays, 3);
	for (size_t i = 0; i < COUNT(due); i++)
		if (calendar_due(c, at(due[i].from), MINUTES(due[i].work)).ms != at(due[i].due).ms)
			fail_msg("%s", due[i].name);
}

static uint32_t seed = 20260105;
static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* split = sum, and a slow minute-by-minute version agrees */
static void properties(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(1 << 20);
	struct calendar *offices[] = { office(a, plain, 2, holidays, 3), office(a, breaks, 2, holidays, 3),
				       office(a, round_the_clock, 1, NULL, 0) };
	struct instant start = at("2025-12-26T00:00");
	for (int round = 0; round < 60; round++) {
		struct calendar *c = offices[round % 3];
		struct instant from = { start.ms + any(20 * 1440) * MIN }, to = { from.ms + any(7 * 1440) * MIN };
		struct instant mid = { from.ms + (to.ms - from.ms) / MIN / 3 * MIN };
		int64_t slow = 0;
		for (int64_t t = from.ms; t < to.ms; t += MIN)
			slow += calendar_is_open(c, (struct instant){ t }) ? MIN : 0;
		int64_t whole = calendar_between(c, from, to).ms;
		assert_int_equal(whole, slow);
		assert_int_equal(calendar_between(c, from, mid).ms + calendar_between(c, mid, to).ms, whole);
		if (whole > 0) { /* due is the inverse */
			struct instant due = calendar_due(c, from, (struct duration){ whole });
			assert_int_equal(calendar_between(c, from, due).ms, whole);
			assert_true(due.ms <= to.ms);
		}
	}
}

static void hours_refused(void **state)
{
	static const char *const bad[] = { "",
					   "Mon",
					   "Xyz 07:30-16:00",
					   "Mon 07:30",
					   "Mon 16:00-07:30",
					   "Mon 07:30-12:00 11:00-16:00",
					   "Mon 25:00-26:00",
					   "Thu-Mon 07:30-16:00",
					   "Mon 7:30-16:00",
					   "Mon 07:30-24:01" };
	(void)state;
	AUTO_ARENA a = arena_new(1 << 20);
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct work_span *week[7] = { 0 };
		size_t n[7] = { 0 };
		struct error err = { 0 };
		if (calendar_read_hours(span_str(bad[i]), a, week, n, &err) != 1 || !err.text[0])
			fail_msg("%s", bad[i]);
	}
}

static struct zone *system_zone(struct arena *a, const char *name)
{
	char path[200];
	static unsigned char bytes[65536];
	struct zone *z = NULL;
	(void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	assert_int_equal(zone_read(span_of(bytes, n), a, &z), 0);
	for (size_t cut = 0; cut < n; cut += 7) { /* never reads past its bytes */
		struct zone *part;
		unsigned char *copy = malloc(cut ? cut : 1);
		memcpy(copy, bytes, cut);
		(void)!zone_read(span_of(copy, cut), a, &part);
		free(copy);
	}
	return z;
}

static void zones(void **state)
{
	static const struct {
		const char *zone, *utc;
		int32_t offset;
	} rows_[] = {
		{ "Asia/Jakarta", "2026-06-01T00:00:00Z", 25200 },     { "Asia/Makassar", "2026-06-01T00:00:00Z", 28800 },
		{ "Asia/Jayapura", "2026-01-01T00:00:00Z", 32400 },    { "Europe/Berlin", "2026-01-01T00:00:00Z", 3600 },
		{ "Europe/Berlin", "2026-07-01T00:00:00Z", 7200 },     { "Europe/Berlin", "2026-03-29T00:59:59Z", 3600 },
		{ "Europe/Berlin", "2026-03-29T01:00:00Z", 7200 },     { "Europe/Berlin", "2050-07-01T00:00:00Z", 7200 },
		{ "Europe/Berlin", "2050-12-01T00:00:00Z", 3600 },     { "America/New_York", "2026-07-01T00:00:00Z", -14400 },
		{ "Australia/Sydney", "2060-01-01T00:00:00Z", 39600 }, { "Australia/Sydney", "2060-07-01T00:00:00Z", 36000 }
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows_); i++) {
		AUTO_ARENA a = arena_new(4 << 20);
		struct instant t;
		struct zone *z = system_zone(a, rows_[i].zone);
		if (!z)
			skip(); /* tzdata is not installed */
		assert_int_equal(instant_parse_iso(span_str(rows_[i].utc), &t), 0);
		if (zone_offset(z, t) != rows_[i].offset)
			fail_msg("%s %s: %d", rows_[i].zone, rows_[i].utc, (int)zone_offset(z, t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(between_rows), cmocka_unit_test(due_rows),
					    cmocka_unit_test(properties), cmocka_unit_test(hours_refused),
					    cmocka_unit_test(zones) };
	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
