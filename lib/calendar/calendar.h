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
	bool closed;                      /* holiday, or a single day closed */
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

/* Working time in [from, to); 0 where to <= from. */
struct duration calendar_between(const struct calendar *c, struct instant from, struct instant to);
/* The first instant at which `work` of working time has passed since from; from itself for 0 only
 * if that is working time, else the next opening.  INT64_MAX ms where the calendar never opens
 * again within 5 years. */
struct instant calendar_due(const struct calendar *c, struct instant from, struct duration work);
bool calendar_is_open(const struct calendar *c, struct instant t);

#endif
