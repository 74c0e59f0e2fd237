#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct person person(const struct settings_person *p)
{
	return (struct person){ .name = p->name, .address = p->address };
}

/* "nik|nip" to the bits of its fields. */
static uint32_t field_bits(const char *s)
{
	uint32_t bits = 0;
	while (*s) {
		size_t n = strcspn(s, "|");
		char word[24];
		enum applicant_field f;
		if (n < sizeof(word)) {
			memcpy(word, s, n);
			word[n] = '\0';
			if (applicant_field_from_word(word, &f) == 0)
				bits |= 1u << f;
		}
		s += n + (s[n] == '|');
	}
	return bits;
}

static int rules_make(struct plan *p)
{
	const struct settings *s = p->settings;
	struct person *staff = arena_array(p->arena, s->n_staff ? s->n_staff : 1, sizeof(*staff));
	uint32_t *required = arena_array(p->arena, s->request.n_required ? s->request.n_required : 1, sizeof(*required));
	const char **own = arena_array(p->arena, s->mailbox.n_aliases + 1, sizeof(*own));
	struct expiry_admin *admins = arena_array(p->arena, s->expiry.n_admins + 1, sizeof(*admins));
	if (!staff || !required || !own || !admins)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_staff; i++)
		staff[i] = person(&s->staff[i]);
	for (size_t i = 0; i < s->request.n_required; i++)
		required[i] = field_bits(s->request.required[i]);
	for (size_t i = 0; i < s->expiry.n_admins; i++)
		admins[i] = (struct expiry_admin){ s->expiry.admins[i].agency, { NULL, s->expiry.admins[i].address } };
	own[0] = s->mailbox.address;
	for (size_t i = 0; i < s->mailbox.n_aliases; i++)
		own[i + 1] = s->mailbox.aliases[i];
	p->rules = (struct casework_rules){
		.agency = s->agency,
		.mailbox_name = s->mailbox.name,
		.mailbox_address = s->mailbox.address,
		.own_addresses = own,
		.n_own_addresses = s->mailbox.n_aliases + 1,
		.home_domains = s->mailbox.home_domains,
		.n_home_domains = s->mailbox.n_home_domains,
		.staff = staff,
		.n_staff = s->n_staff,
		.head = person(&s->head),
		.standard = { s->standard[0], s->standard[1], s->standard[2], s->standard[3] },
		.calendar = s->calendar,
		.caps = { s->caps.address_hour, s->caps.address_day, s->caps.home_address_hour, s->caps.domain_hour,
			  s->caps.ticket_day, s->caps.hour },
		.required = required,
		.n_required = s->request.n_required,
		.window_days = (int)s->request.window_days,
		.token_life = DAYS(s->staff_mail.token_days),
		.confirmation_life = HOURS(s->staff_mail.confirmation_hours),
		.reminders = { s->reminders.share, s->reminders.first_days, s->reminders.second_days, s->reminders.cancel_days },
		.expiry = { .n_days = s->expiry.n_days,
			    .after = s->expiry.after != 0,
			    .per_hour = s->expiry.per_hour,
			    .admins = admins,
			    .n_admins = s->expiry.n_admins },
		.sms = { .gateway = s->sms.url != NULL,
			 .notices = s->sms.notices,
			 .number_day = s->sms.number_day,
			 .from = s->sms.from,
			 .pattern = s->sms.pattern },
		.keep = { { [KEEP_SCANS] = s->retention.scans,
			    [KEEP_ATTACHMENTS] = s->retention.attachments,
			    [KEEP_RAW] = s->retention.raw,
			    [KEEP_TICKETS] = s->retention.tickets,
			    [KEEP_REGISTER] = s->retention.of_register } },
		.keep_to = s->retention.to ? (struct person){ NULL, s->retention.to } : person(&s->head),
		.scanners = s->letters.scanners,
		.n_scanners = s->letters.n_scanners,
	};
	memcpy(p->rules.expiry.days, s->expiry.days, sizeof(p->rules.expiry.days));
	return 0;
}

/* What of a mail is believed; after rules_make(). */
static struct message_policy policy_of(const struct plan *p)
{
	const struct settings *s = p->settings;
	return (struct message_policy){
		.authserv_ids = s->authentication.authserv_ids,
		.n_authserv_ids = s->authentication.n_authserv_ids,
		.hops = s->authentication.hops,
		.below_border = s->authentication.below_border,
		.missing_id = s->authentication.missing_id,
		.allow_dkim = s->authentication.dkim,
		.allow_auth = s->authentication.auth,
		.own_addresses = p->rules.own_addresses,
		.n_own_addresses = p->rules.n_own_addresses,
		.own_id_domain = mail_address_domain(s->mailbox.address),
	};
}

static struct office_plan office_of(const struct plan *p)
{
	const struct settings *s = p->settings;
	return (struct office_plan){ .rules = &p->rules,
				     .letters = p->letters,
				     .policy = &p->policy,
				     .id_domain = mail_address_domain(s->mailbox.address),
				     .sms_gap = { 60000 / s->sms.per_minute },
				     .report = { .letterhead = s->report.letterhead,
						 .n_letterhead = s->report.n_letterhead,
						 .logo = s->report.logo,
						 .number = s->report.number,
						 .place = s->report.place,
						 .head_title = s->report.head_title,
						 .head_id = s->report.head_id },
				     .roots = s->certificates.roots,
				     .n_roots = s->certificates.n_roots,
				     .digest = s->reminders.digest != 0,
				     .has_since = s->has_since,
				     .since = s->since };
}

int plan_load(const char *config_path, struct plan **out, struct buf *faults)
{
	struct arena *arena = arena_new(8 * 1024 * 1024);
	struct plan *p = arena ? arena_alloc(arena, sizeof(*p)) : NULL;
	struct error err = { 0 };
	if (!p) {
		arena_free(arena);
		return -ENOMEM;
	}
	p->arena = arena;
	int r = settings_load(config_path, &p->settings, faults);
	if (r == 0)
		r = letter_set_load(letter_read_file, (void *)(uintptr_t)p->settings->templates, arena, &p->letters, faults,
				    &err);
	if (r != 0 && faults->n == 0)
		buf_addf(faults, "%s\n", err.text);
	if (r == 0)
		r = rules_make(p);
	if (r == 0) {
		p->policy = policy_of(p);
		p->office = office_of(p);
	}
	if (r != 0) {
		plan_free(p);
		return r;
	}
	*out = p;
	return 0;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	settings_free(p->settings);
	arena_free(p->arena);
}
