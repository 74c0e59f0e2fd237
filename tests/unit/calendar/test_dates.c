/* Holidays from the shipped file, Ramadan, single days, other zones with daylight saving: rows worked out
 * by hand, and an independent minute-by-minute count on random weeks. */
#include "unit.h"

#include "calendar/calendar.h"

#define MIN 60000LL

static char *slurp(const char *path, size_t *n)
{
	static char bytes[1 << 18];
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	*n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	return bytes;
}

static struct zone *zone_named(struct arena *a, const char *name)
{
	char path[200];
	size_t n = 0;
	struct zone *z = NULL;
	(void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	const char *p = slurp(path, &n);
	if (p)
		assert_int_equal(zone_read(span_of(p, n), a, &z), 0);
	else
		skip(); /* tzdata is not installed */
	return z;
}

static const char *const week[] = { "Mon-Thu 07:30-12:00 13:00-16:00", "Fri 07:30-11:30 13:00-16:30" };
static const char *const ramadan[] = { "2026-02-19..2026-03-17 Mon-Thu 08:00-12:00 12:30-15:00",
				       "2026-02-19..2026-03-17 Fri 08:00-11:30 12:30-15:30" };
static const char *const single[] = { "2026-03-28 08:00-12:00", "2026-04-06", "2026-03-20 09:00-10:00" };

static struct calendar *natuna(struct arena *a, const char *zone)
{
	struct calendar_plan plan = { .zone = zone_named(a, zone) };
	struct calendar_day_rule *file = NULL, *rules;
	struct calendar *c = NULL;
	struct error err = { 0 };
	size_t n = 0;
	const char *text = slurp(HOLIDAYS, &n);
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(week); i++)
		assert_int_equal(calendar_read_hours(span_str(week[i]), a, plan.week, plan.n_week, &err), 0);
	if (calendar_read_holidays(span_of(text, n), a, &file, &n, &err) != 0)
		fail_msg("%s", err.text);
	rules = arena_array(a, n + 8, sizeof(*rules));
	for (size_t i = 0; i < COUNT(ramadan); i++)
		assert_int_equal(calendar_read_range(span_str(ramadan[i]), a, &rules[plan.n_rules++], &err), 0);
	for (size_t i = 0; i < n; i++)
		rules[plan.n_rules++] = file[i];
	for (size_t i = 0; i < COUNT(single); i++)
		assert_int_equal(calendar_read_day(span_str(single[i]), a, &rules[plan.n_rules++], &err), 0);
	plan.rules = rules;
	assert_int_equal(calendar_new(&plan, a, &c, &err), 0);
	return c;
}

static struct instant at(const char *s, const char *offset)
{
	struct instant t;
	char iso[40];
	(void)snprintf(iso, sizeof(iso), "%s:00%s", s, offset);
	assert_int_equal(instant_parse_iso(span_str(iso), &t), 0);
	return t;
}

static void between_rows(void **state)
{
	static const struct {
		const char *name, *from, *to;
		long long minutes;
	} rows[] = {
		{ "whole_march_1_to_8_in_ramadan", "2026-03-02T00:00", "2026-03-07T00:00", 4 * 390 + 390 },
		{ "first_day_of_ramadan_is_a_thursday", "2026-02-19T00:00", "2026-02-20T00:00", 390 },
		{ "the_day_before_has_the_usual_hours", "2026-02-18T00:00", "2026-02-19T00:00", 450 },
		{ "ramadan_friday", "2026-02-20T00:00", "2026-02-21T00:00", 390 },
		{ "ramadan_break", "2026-02-23T11:50", "2026-02-23T12:40", 20 },
		{ "lunar_new_year_with_joint_leave", "2026-02-14T00:00", "2026-02-18T00:00", 0 },
		{ "idulfitri_long_weekend", "2026-03-17T14:50", "2026-03-25T07:40", 10 + 60 + 10 },
		{ "single_opening_wins_over_joint_leave", "2026-03-20T00:00", "2026-03-21T00:00", 60 },
		{ "opened_saturday", "2026-03-28T00:00", "2026-03-29T00:00", 240 },
		{ "single_day_closed", "2026-04-06T00:00", "2026-04-07T00:00", 0 },
		{ "good_friday", "2026-04-02T15:50", "2026-04-07T07:40", 20 },
		{ "ascension_with_joint_leave", "2026-05-13T15:00", "2026-05-18T08:30", 120 },
		{ "august_17_is_a_monday", "2026-08-14T16:20", "2026-08-18T07:40", 20 },
		{ "christmas_2026", "2026-12-23T15:50", "2026-12-28T07:40", 20 },
		{ "joint_leave_2025_08_18", "2025-08-15T16:20", "2025-08-19T07:40", 20 },
		{ "labour_day_2027_is_a_saturday", "2027-04-30T16:20", "2027-05-03T07:40", 20 },
	};
	(void)state;
	AUTO_ARENA a = arena_new(4 << 20);
	struct calendar *c = natuna(a, "Asia/Jakarta");
	for (size_t i = 0; i < COUNT(rows); i++) {
		long long got = calendar_between(c, at(rows[i].from, "+07:00"), at(rows[i].to, "+07:00")).ms / MIN;
		if (got != rows[i].minutes)
			fail_msg("%s: %lld", rows[i].name, got);
	}
}

static void daylight_saving_rows(void **state)
{
	static const struct {
		const char *name, *zone, *from, *to;
		long long minutes;
	} rows[] = { /* round the clock, UTC instants */
		     { "spring_day_has_23_hours", "Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00", 23 * 60 },
		     { "autumn_day_has_25_hours", "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00", 25 * 60 },
		     { "half_hour_zone", "Australia/Lord_Howe", "2026-10-03T13:30", "2026-10-04T13:00", 23 * 60 + 30 },
		     { "no_daylight_saving", "Asia/Jayapura", "2026-03-28T15:00", "2026-03-29T15:00", 24 * 60 }
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_ARENA a = arena_new(4 << 20);
		struct calendar_plan plan = { .zone = zone_named(a, rows[i].zone) };
		struct calendar *c = NULL;
		struct error err;
		assert_int_equal(calendar_read_hours(span_str("Mon-Sun 00:00-24:00"), a, plan.week, plan.n_week, &err), 0);
		assert_int_equal(calendar_new(&plan, a, &c, &err), 0);
		long long got = calendar_between(c, at(rows[i].from, "+00:00"), at(rows[i].to, "+00:00")).ms / MIN;
		if (got != rows[i].minutes)
			fail_msg("%s: %lld", rows[i].name, got);
	}
}

static void day_after_rows(void **state)
{
	static const struct {
		const char *name, *from;
		int days;
		const char *want;
	} rows[] = {
		{ "three_days_in_a_week", "2026-01-05T09:00", 3, "2026-01-08T09:00" },
		{ "over_a_weekend", "2026-01-08T09:00", 3, "2026-01-13T09:00" },
		{ "over_new_year", "2025-12-30T10:00", 3, "2026-01-05T10:00" },
		{ "sent_at_night", "2026-01-05T22:00", 1, "2026-01-06T15:59" },
		{ "sent_before_opening", "2026-01-05T06:00", 1, "2026-01-06T07:30" },
		{ "sent_on_saturday", "2026-01-10T09:00", 1, "2026-01-12T09:00" },
		{ "in_the_break", "2026-01-05T12:30", 1, "2026-01-06T13:00" },
		{ "fourteen_over_idulfitri", "2026-03-11T09:00", 14, "2026-04-07T09:00" },
		{ "none_in_working_time", "2026-01-05T09:00", 0, "2026-01-05T09:00" },
		{ "none_at_night", "2026-01-05T20:00", 0, "2026-01-06T07:30" },
	};
	(void)state;
	AUTO_ARENA a = arena_new(4 << 20);
	struct calendar *c = natuna(a, "Asia/Jakarta");
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t got = calendar_day_after(c, at(rows[i].from, "+07:00"), rows[i].days).ms;
		if (got / MIN != at(rows[i].want, "+07:00").ms / MIN)
			fail_msg("%s: %lld", rows[i].name, (long long)(got - at(rows[i].want, "+07:00").ms) / MIN);
	}
}

static uint32_t seed = 7;
static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* Open at this minute?  Asked of the clock on the wall alone, without any code of the calendar. */
static bool open_by_hand(const struct zone *z, int64_t t, const int spans[7][4])
{
	struct civil_time l = instant_civil((struct instant){ t }, zone_offset(z, (struct instant){ t }));
	const int *s = spans[civil_weekday((struct civil_date){ l.year, l.month, l.day })];
	int m = l.hour * 60 + l.minute;
	return (m >= s[0] && m < s[1]) || (m >= s[2] && m < s[3]);
}

static void slow_version_agrees(void **state)
{
	static const char *const zones[] = { "Asia/Jakarta", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe" };
	(void)state;
	for (int round = 0; round < 60; round++) {
		AUTO_ARENA a = arena_new(4 << 20);
		struct calendar_plan plan = { .zone = zone_named(a, zones[round % 4]) };
		struct work_span table[7][2];
		int spans[7][4];
		struct calendar *c = NULL;
		struct error err;
		for (int d = 0; d < 7; d++) { /* two spans in order, from midnight to 24:00 at the most */
			int t = 0;
			for (int k = 0; k < 4; k++)
				spans[d][k] = t = t + 1 + (int)any(k == 0 && round % 3 == 0 ? 1 : 359);
			if (round % 5 == 0)
				spans[d][3] = 1440;
			table[d][0] = (struct work_span){ spans[d][0], spans[d][1] };
			table[d][1] = (struct work_span){ spans[d][2], spans[d][3] };
			plan.week[d] = table[d];
			plan.n_week[d] = 2;
		}
		assert_int_equal(calendar_new(&plan, a, &c, &err), 0);
		/* weeks in which the clocks change are among them */
		struct instant from = { at(round % 2 ? "2026-03-25T00:00" : "2026-10-01T00:00", "+00:00").ms + any(9000) * MIN };
		struct instant to = { from.ms + any(7 * 1440) * MIN }, mid = { from.ms + any(4000) * MIN };
		int64_t slow = 0;
		for (int64_t t = from.ms; t < to.ms; t += MIN)
			slow += open_by_hand(plan.zone, t, (const int(*)[4])spans) ? MIN : 0;
		int64_t whole = calendar_between(c, from, to).ms;
		if (whole != slow)
			fail_msg("%s: %lld, minute by minute %lld", zones[round % 4], (long long)whole / MIN,
				 (long long)slow / MIN);
		if (mid.ms <= to.ms)
			assert_int_equal(calendar_between(c, from, mid).ms + calendar_between(c, mid, to).ms, whole);
		assert_int_equal(calendar_between(c, from, calendar_due(c, from, (struct duration){ whole })).ms, whole);
	}
}

static void faults_are_named(void **state)
{
	static const struct {
		const char *text, *word;
	} files[] = {
		{ "2026-02-30\tX\tlibur-nasional\n", "line 1" },
		{ "# c\n2026-01-01 X libur-nasional\n", "line 2" },
		{ "2026-01-01\tX\n", "line 1" },
		{ "\n\n2026-01-01\tX\tlibur\n", "line 3" },
		{ "2026-01-01\tX\tcuti-bersama\tmore\n", "line 1" },
	};
	static const char *const ranges[] = { "2026-02-19 Mon 08:00-12:00", "2026-03-01..2026-02-01 Mon 08:00-12:00",
					      "2026-02-19..2026-03-17", "2026-02-19..2026-03-17 Mon 12:00-08:00" };
	(void)state;
	AUTO_ARENA a = arena_new(4 << 20);
	struct calendar_day_rule *out, one;
	size_t n;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct error err = { 0 };
		if (calendar_read_holidays(span_str(files[i].text), a, &out, &n, &err) != 1 || !strstr(err.text, files[i].word))
			fail_msg("file %zu: %s", i, err.text);
	}
	for (size_t i = 0; i < COUNT(ranges); i++) {
		struct error err = { 0 };
		if (calendar_read_range(span_str(ranges[i]), a, &one, &err) != 1 || !err.text[0])
			fail_msg("%s", ranges[i]);
	}
}

static void holidays_have_names(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(4 << 20);
	struct calendar *c = natuna(a, "Asia/Jakarta");
	assert_string_equal(calendar_closed_name(c, (struct civil_date){ 2026, 8, 17 }), "Hari Kemerdekaan Republik Indonesia");
	assert_null(calendar_closed_name(c, (struct civil_date){ 2026, 8, 18 }));
	assert_null(calendar_closed_name(c, (struct civil_date){ 2026, 3, 20 })); /* opened all the same */
	assert_false(calendar_date_is_open(c, (struct civil_date){ 2026, 8, 17 }));
	assert_true(calendar_date_is_open(c, (struct civil_date){ 2026, 3, 28 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(between_rows),     cmocka_unit_test(daylight_saving_rows),
					    cmocka_unit_test(day_after_rows),   cmocka_unit_test(slow_version_agrees),
					    cmocka_unit_test(faults_are_named), cmocka_unit_test(holidays_have_names) };
	return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
