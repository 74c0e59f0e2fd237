#include "casework/certificate.h"

#include "casework/phrase.h"

#include <errno.h>
#include <string.h>

WORD_TABLE(certificate_source, certificate_source, [CERTIFICATE_ASSUMED] = "assumed", [CERTIFICATE_STAFF] = "staff",
	   [CERTIFICATE_IMPORTED] = "imported", [CERTIFICATE_EXAMINED] = "examined")

struct instant certificate_day_end(const struct calendar *c, struct civil_date d)
{
	return zone_instant(calendar_zone(c), (struct civil_time){ d.year, d.month, d.day, 23, 59, 59 });
}

int64_t certificate_days_left(const struct calendar *c, const struct certificate *x, struct instant now)
{
	return civil_days(phrase_local_date(x->not_after, c)) - civil_days(phrase_local_date(now, c));
}

int certificates_of_ticket(const struct calendar *c, const struct ticket *t, struct arena *a, struct certificate **out, size_t *n)
{
	struct certificate *list = arena_array(a, t->n_applicants ? t->n_applicants : 1, sizeof(*list));
	size_t k = 0;
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_applicants; i++) {
		const struct applicant *p = &t->applicants[i];
		if (p->state != APPLICANT_RENEWED || p->renewed_until.year == 0)
			continue;
		bool proven = p->renewed_serial != NULL;
		list[k] = (struct certificate){ .serial = p->renewed_serial,
						.not_before = p->renewed_from,
						.not_after = proven ? p->renewed_to : certificate_day_end(c, p->renewed_until),
						.source = proven                     ? CERTIFICATE_EXAMINED
							  : p->renewed_until_assumed ? CERTIFICATE_ASSUMED
										     : CERTIFICATE_STAFF,
						.ticket_id = t->id,
						.applicant_id = p->id,
						.reminded = REMINDED_NEVER };
		memcpy(list[k].value, p->value, sizeof(list[k].value));
		list[k].value[FIELD_VALID_UNTIL] = NULL;
		/* who writes for one person alone is that person, as far as is known */
		if (!list[k].value[FIELD_EMAIL] && t->n_applicants == 1)
			list[k].value[FIELD_EMAIL] = t->requester_address;
		k++;
	}
	*out = list;
	*n = k;
	return 0;
}
