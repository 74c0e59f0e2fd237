/* Values told by their shape and by the word before them: numbers, addresses, dates. */
#ifndef SITANTE_REQUEST_VALUE_H
#define SITANTE_REQUEST_VALUE_H

#include "request/label.h"
#include "request/state.h"

struct run {
	struct span s;
	size_t n;     /* digits */
	bool letters; /* O, l, I between the digits */
};

/* A number as people write it from at on: blanks, dots and dashes between its digits. */
struct run digits_at(struct span t, size_t at);
/* Has the number the build of a NIP (birth date first)? */
bool nip_likely(const char *d);
/* All numbers of a line.  hint: what they are where no word before says so.  Returns how many NIK and NIP were taken. */
size_t take_numbers(struct reading_state *s, struct span t, int hint, const char *rule);
/* The address in v; labelled: without one v is malformed. */
void take_email(struct reading_state *s, struct span v, const char *rule, bool labelled);
/* "email beliau x@y": an address with its word before it. */
void take_emails(struct reading_state *s, struct span t);
/* The first date in v as ISO text in the arena. */
bool date_find(struct reading_state *s, struct span v, struct span *used, const char **iso);
void take_date(struct reading_state *s, struct span v, const char *rule);
/* "habis tanggal 8 Februari 2026": a word of ending, then a date, nothing else between. */
void take_dates(struct reading_state *s, struct span t);
/* A value whose field is known. */
void take_value(struct reading_state *s, enum applicant_field f, struct span v, const char *rule, enum how how);

#endif
