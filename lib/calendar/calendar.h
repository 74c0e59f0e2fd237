/* Office hours, holidays and the zone as plain data; working time between two instants,
 * and when a standard falls due.  Pure.  SOP "waktu"; RFC 8536 (TZif).
 */
#ifndef SITANTE_CALENDAR_CALENDAR_H
#define SITANTE_CALENDAR_CALENDAR_H

#include "base/arena.h"
#include "base/instant.h"

struct zone; /* offsets of one IANA zone */

/* Reads the bytes of a TZif file (version 1-4, footer rule included).  *out lives in a.
 * 0; 1 not TZif; -ENOMEM. */
int zone_read(struct span tzif, struct arena *a, struct zone **out) MUST_USE;
/* A zone of one offset (tests, UTC). */
int zone_fixed(int32_t offset_s, struct arena *a, struct zone **out) MUST_USE;
int32_t zone_offset(const struct zone *z, struct instant t); /* seconds east of UTC */
/* Instant of a local wall time; in a gap the later, in an overlap the earlier one. */
struct instant zone_instant(const struct zone *z, struct civil_time local);

struct work_span {
	int from_min, to_min;
}; /* minutes of the day, 0..1440, from < to */

struct calendar; /* week, exceptions, zone */

struct calendar_day_rule {                /* hours of one date or of a date range */
	struct civil_date from, to;       /* inclusive */
	uint8_t weekdays;                 /* bit 0 Monday: only these of the range; 0: all */
	bool closed;                      /* holiday, or a single day closed */
	const char *name;                 /* of the holiday; NULL: none */
	const struct work_span *spans[7]; /* per weekday, NULL: none; used where not closed */
	size_t n_spans[7];
};

struct calendar_plan {
	const struct zone *zone;
	const struct work_span *week[7]; /* 0 Monday; sorted, not overlapping */
	size_t n_week[7];
	const struct calendar_day_rule *rules; /* later rules win over earlier ones */
	size_t n_rules;
};

/* Copies the plan into a.  0; 1 where spans overlap or are out of range (err says which); -ENOMEM. */
int calendar_new(const struct calendar_plan *plan, struct arena *a, struct calendar **out, struct error *err) MUST_USE;
const struct zone *calendar_zone(const struct calendar *c);

/* "Mon-Thu 07:30-16:00", "Fri 07:30-11:30 13:00-16:30": sets the named weekdays' spans
 * (break-free or with several spans).  0; 1 with err: what is wrong. */
int calendar_read_hours(struct span text, struct arena *a, const struct work_span *week[7], size_t n_week[7],
			struct error *err) MUST_USE;

/* "2026-02-19..2026-03-17 Mon-Thu 08:00-12:00 12:30-15:00": other hours of these weekdays (Ramadan). */
int calendar_read_range(struct span text, struct arena *a, struct calendar_day_rule *out, struct error *err) MUST_USE;
/* "2026-08-18": a single day closed; "2026-03-28 08:00-12:00": opened, whatever day it is. */
int calendar_read_day(struct span text, struct arena *a, struct calendar_day_rule *out, struct error *err) MUST_USE;
/* A file of holidays: date TAB name TAB kind a line (libur-nasional, cuti-bersama, libur-daerah); '#'
 * begins a comment.  0; 1 with err: line and what is wrong; -ENOMEM. */
int calendar_read_holidays(struct span text, struct arena *a, struct calendar_day_rule **out, size_t *n,
			   struct error *err) MUST_USE;

/* Working time in [from, to); 0 where to <= from.  Open is when the clock on the wall shows an hour of a span:
 * an hour shown twice (end of daylight saving) counts twice, one leapt over not at all. */
struct duration calendar_between(const struct calendar *c, struct instant from, struct instant to);
/* The first instant at which `work` of working time has passed since from; from itself for 0 only
 * if that is working time, else the next opening.  INT64_MAX ms where the calendar never opens
 * again within 5 years. */
struct instant calendar_due(const struct calendar *c, struct instant from, struct duration work);
/* The same time of day on the days-th working day after from's: "after 3 working days".  Always in
 * working time: the next opening, or the last moment of that day.  INT64_MAX ms as calendar_due(). */
struct instant calendar_day_after(const struct calendar *c, struct instant from, int days);
bool calendar_date_is_open(const struct calendar *c, struct civil_date d);
/* Name of the holiday that closes this date; NULL: none. */
const char *calendar_closed_name(const struct calendar *c, struct civil_date d);
bool calendar_is_open(const struct calendar *c, struct instant t);

#endif
