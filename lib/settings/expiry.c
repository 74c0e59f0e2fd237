/* Reminders of certificates that end: on which days, and which OPD's admin gets a list instead. */
#include "settings/settings_private.h"

#include "base/num.h"
#include "base/text.h"
#include "message/message.h"

#include <string.h>

enum { DAYS_MAX = 365 };

static void days_read(struct job *j)
{
	struct settings *s = j->s;
	struct span rest = span_str(j->expiry_days);
	while (rest.n > 0) {
		size_t n = 0;
		uint32_t days;
		while (n < rest.n && rest.p[n] != ',')
			n++;
		struct span one = span_trim(span_of(rest.p, n));
		rest = n < rest.n ? span_of(rest.p + n + 1, rest.n - n - 1) : span_of(rest.p, 0);
		if (num_parse_u32(one, DAYS_MAX, &days) != 0 || s->expiry.n_days == LIMIT_EXPIRY_DAYS ||
		    (s->expiry.n_days > 0 && (int)days >= s->expiry.days[s->expiry.n_days - 1])) {
			settings_fault(j, NULL, "expiry.days", "must be at most %d falling numbers of days: \"30, 14, 7, 1\"",
				       LIMIT_EXPIRY_DAYS);
			return;
		}
		s->expiry.days[s->expiry.n_days++] = (int)days;
	}
}

static void admin_read(struct job *j, const char *text)
{
	struct settings *s = j->s;
	const char *colon = strrchr(text, ':');
	struct span agency = span_trim(span_of(text, colon ? (size_t)(colon - text) : 0));
	const char *address = colon ? colon + 1 + strspn(colon + 1, " ") : "";
	if (agency.n == 0 || !mail_address_valid(address)) {
		settings_fault(j, NULL, "expiry.admins", "\"%s\" must be an OPD, a colon and a mail address", text);
		return;
	}
	struct settings_admin *a = &s->expiry.admins[s->expiry.n_admins++];
	a->agency = arena_strndup(s->arena, agency.p, agency.n);
	a->address = address;
	j->memory = j->memory || !a->agency;
}

void settings_expiry_read(struct job *j)
{
	if (j->expiry_days)
		days_read(j);
	j->s->expiry.admins = arena_array(j->s->arena, j->n_expiry_admins + 1, sizeof(*j->s->expiry.admins));
	if (!j->s->expiry.admins) {
		j->memory = true;
		return;
	}
	for (size_t i = 0; i < j->n_expiry_admins; i++)
		admin_read(j, j->expiry_admins[i]);
}
