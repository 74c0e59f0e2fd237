/* The register of certificates: a certificate of a person, from whatever its facts are known, and what comes after it.
 * Values only; the store keeps them.  Pure.  Strings live in the arena of whoever made the value; NULL: not known. */
#ifndef SITANTE_CASEWORK_CERTIFICATE_H
#define SITANTE_CASEWORK_CERTIFICATE_H

#include "calendar/calendar.h"
#include "casework/ticket.h"
#include "evidence/evidence.h"

enum certificate_source {
	CERTIFICATE_ASSUMED,  /* nobody stated the end: 730 days less a second */
	CERTIFICATE_STAFF,    /* the date that staff gave with /terbit */
	CERTIFICATE_IMPORTED, /* a list that staff sent in */
	CERTIFICATE_EXAMINED, /* read from the certificate itself */
	CERTIFICATE_SEEN,     /* likewise, but nobody said whose it is: it came by with a mail */
	N_CERTIFICATE_SOURCES,
};
WORD_DECLARE(certificate_source, certificate_source); /* "assumed", "staff", "imported", "examined", "seen" */

enum { REMINDED_NEVER = 100000, REMINDED_AFTER = -1 };

struct certificate {
	int64_t id;                  /* 0: not stored yet */
	const char *value[N_FIELDS]; /* its holder, normal forms; FIELD_VALID_UNTIL stays NULL */
	const char *serial;          /* hexadecimal, upper case, without leading zeros */
	struct instant not_before;   /* ms 0: not known */
	struct instant not_after;    /* of a date alone: the last second of that local day */
	enum certificate_source source;
	int64_t ticket_id, applicant_id; /* it was issued there; 0: imported; SEEN: came with a mail of that ticket */
	const char *ticket;              /* its number, as loaded */
	int64_t successor;               /* id of the person's next one; 0: this is the newest */
	int reminded;                    /* days before the end of the last reminder; REMINDED_* */
};

/* The last second of a local day. */
struct instant certificate_day_end(const struct calendar *c, struct civil_date d);
/* Local days from now to the day of the end; negative: it has ended. */
int64_t certificate_days_left(const struct calendar *c, const struct certificate *x, struct instant now);

/* What the register holds of a ticket: one for each renewed person.  *out lives in a.  0; -ENOMEM. */
int certificates_of_ticket(const struct calendar *c, const struct ticket *t, struct arena *a, struct certificate **out,
			   size_t *n) MUST_USE;

/* Certificates of people that came by in examined files of a ticket's mail.  Only what leads to a trusted root: all else is
 * anyone's invention.  Their holders are names that an authority proved, but of nobody that the office knows: a superior who
 * signed a letter, a namesake.  So they carry no number, follow and replace none, and nobody is reminded of them, until a list or
 * a renewal says whose they are.  *out lives in a.  0; -ENOMEM. */
int certificates_seen(const struct evidence_file *files, size_t n_files, int64_t ticket_id, struct arena *a,
		      struct certificate **out, size_t *n) MUST_USE;

#endif
