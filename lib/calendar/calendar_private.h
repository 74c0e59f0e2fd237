/* Shared by the files of calendar/ only. */
#ifndef SITANTE_CALENDAR_PRIVATE_H
#define SITANTE_CALENDAR_PRIVATE_H

#include "calendar/calendar.h"

enum { DAY_MIN = 1440, SPANS_MAX = 16 };

int spans_check(const struct work_span *s, size_t n, struct error *err) MUST_USE;

#endif
