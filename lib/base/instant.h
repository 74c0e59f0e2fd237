/* Instants (ms since 1970, UTC), durations and civil dates.  Pure but for clock_*(). */
#ifndef SITANTE_BASE_INSTANT_H
#define SITANTE_BASE_INSTANT_H

#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct instant {
	int64_t ms;
}; /* wall clock, UTC */
struct duration {
	int64_t ms;
};

#define SECONDS(n) ((struct duration){ (int64_t)(n)*1000 })
#define MINUTES(n) ((struct duration){ (int64_t)(n)*60000 })
#define HOURS(n) ((struct duration){ (int64_t)(n)*3600000 })
#define DAYS(n) ((struct duration){ (int64_t)(n)*86400000 })

struct civil_date {
	int year, month, day;
}; /* month 1-12; year 0: "none" */
struct civil_time {
	int year, month, day, hour, minute, second;
};

bool civil_date_valid(struct civil_date d); /* real day of the Gregorian calendar, 1900-9999 */
int64_t civil_days(struct civil_date d);    /* days since 1970-01-01 */
struct civil_date civil_from_days(int64_t days);
int civil_weekday(struct civil_date d); /* 0 Monday .. 6 Sunday */
int civil_compare(struct civil_date a, struct civil_date b);

/* Local wall time at a given offset (seconds east of UTC). */
struct civil_time instant_civil(struct instant t, int32_t offset_s);
struct instant instant_from_civil(struct civil_time c, int32_t offset_s);
struct instant instant_add(struct instant t, struct duration d);
struct duration instant_since(struct instant from, struct instant to); /* to - from */

#define INSTANT_ISO_SIZE 32
/* "2026-01-05T09:12:56+07:00" */
void instant_format_iso(struct instant t, int32_t offset_s, char out[INSTANT_ISO_SIZE]);
/* Reads that form (offset or Z required; fraction allowed, dropped).  0, or 1: not a time. */
int instant_parse_iso(struct span s, struct instant *out) MUST_USE;

/* The only places in lib that ask the system. */
struct instant clock_wall(void);
int64_t clock_monotonic_ms(void);

#endif
