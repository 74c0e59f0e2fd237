#include "casework/certificate.h"

#include "casework/phrase.h"
#include "message/message.h"

#include <errno.h>
#include <string.h>

WORD_TABLE(certificate_source, certificate_source, [CERTIFICATE_ASSUMED] = "assumed", [CERTIFICATE_STAFF] = "staff",
	   [CERTIFICATE_IMPORTED] = "imported", [CERTIFICATE_EXAMINED] = "examined", [CERTIFICATE_SEEN] = "seen")

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

struct seen {
	struct certificate *list;
	size_t n, cap;
	int64_t ticket_id;
};

static void see(struct seen *s, const struct evidence_certificate *c)
{
	bool proven = c->chain == EVIDENCE_CHAIN_TRUSTED && !c->authority && c->for_signing && *c->serial;
	for (size_t i = 0; i < s->n; i++)
		proven = proven && !str_eq(s->list[i].serial, c->serial);
	if (!proven || s->n == s->cap)
		return;
	struct certificate *x = &s->list[s->n++];
	*x = (struct certificate){ .serial = c->serial,
				   .not_before = c->not_before,
				   .not_after = c->not_after,
				   .source = CERTIFICATE_SEEN,
				   .ticket_id = s->ticket_id,
				   .reminded = REMINDED_NEVER };
	x->value[FIELD_NAME] = *c->holder ? c->holder : NULL;
	x->value[FIELD_EMAIL] = c->email && mail_address_valid(c->email) ? c->email : NULL;
}

int certificates_seen(const struct evidence_file *files, size_t n_files, int64_t ticket_id, struct arena *a,
		      struct certificate **out, size_t *n)
{
	struct seen s = { .ticket_id = ticket_id };
	for (size_t i = 0; i < n_files; i++)
		s.cap += files[i].n_signatures + files[i].n_certificates;
	s.list = arena_array(a, s.cap ? s.cap : 1, sizeof(*s.list));
	if (!s.list)
		return -ENOMEM;
	for (size_t i = 0; i < n_files; i++) {
		for (size_t k = 0; k < files[i].n_signatures; k++)
			if (files[i].signatures[k].has_signer && !files[i].signatures[k].stamp_only)
				see(&s, &files[i].signatures[k].signer);
		for (size_t k = 0; k < files[i].n_certificates; k++)
			see(&s, &files[i].certificates[k]);
	}
	*out = s.list;
	*n = s.n;
	return 0;
}
