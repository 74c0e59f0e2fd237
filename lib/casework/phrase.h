/* Dates, times, durations and the procedure's words in Indonesian, as they stand in mails.
 * Pure; results live in the arena, NULL: no memory. */
#ifndef SITANTE_CASEWORK_PHRASE_H
#define SITANTE_CASEWORK_PHRASE_H

#include "calendar/calendar.h"
#include "casework/ticket.h"

/* "Senin, 5 Januari 2026" */
const char *phrase_date(struct civil_date d, struct arena *a) MUST_USE;
const char *phrase_month(int month); /* 1-12: "Januari" */
/* "Senin, 5 Januari 2026 pukul 09.12 WIB", in the calendar's zone */
const char *phrase_instant(struct instant t, const struct calendar *c, struct arena *a) MUST_USE;
/* "kurang dari 1 menit", "12 menit", "3 jam 5 menit" (minutes alone up to 3 hours; rounded down) */
const char *phrase_duration(struct duration d, struct arena *a) MUST_USE;
/* Local date of an instant. */
struct civil_date phrase_local_date(struct instant t, const struct calendar *c);

const char *phrase_serial(const char *serial);     /* its last eight digits */
const char *phrase_kind(enum request_kind k);      /* "pembaharuan sertifikat elektronik" */
const char *phrase_kind_word(enum request_kind k); /* "pembaharuan": as /jenis takes it */
const char *phrase_state(enum ticket_state s);     /* "menunggu jawaban pemohon" */
const char *phrase_applicant_state(enum applicant_state s);
const char *phrase_field(enum applicant_field f); /* "NIK" */
const char *phrase_shape(enum applicant_field f); /* how the datum should look */

#endif
