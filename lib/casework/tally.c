#include "casework/casework_private.h"

#include "casework/tally.h"

static int64_t local_s(const struct calendar *c, struct instant t)
{
	return t.ms / 1000 + zone_offset(calendar_zone(c), t);
}

static const char *who_has_it(const struct casework_rules *rules, const struct ticket *t)
{
	const char *who = t->assigned_to;
	for (size_t i = 0; i < t->n_events; i++) {
		enum event_what what = t->events[i].what;
		bool ends = what == EVENT_RENEWED || what == EVENT_REFUSED || what == EVENT_CANCELLED;
		if (ends && t->events[i].who &&
		    !str_starts(t->events[i].who, "operator ")) /* who did it for the officer is none */
			who = t->events[i].who;
	}
	int k = casework_staff(rules, who);
	return k < 0 ? NULL : rules->staff[k].name ? rules->staff[k].name : rules->staff[k].address;
}

void casework_tally(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct tally *out)
{
	struct step steps[4];
	*out = (struct tally){ .state = ticket_state_word(t->state), .kind = request_kind_word(t->kind) };
	out->agency = t->n_applicants > 0 ? t->applicants[0].value[FIELD_AGENCY] : NULL;
	out->officer = who_has_it(rules, t);
	out->opened_s = local_s(rules->calendar, t->opened_at);
	out->ended_s = t->is_closed ? local_s(rules->calendar, t->closed_at) : 0;
	casework_steps(rules, t, now, steps);
	for (int i = 0; i < 4; i++) {
		out->step_s[i] = steps[i].finished ? steps[i].working.ms / 1000 : -1;
		out->standard_s[i] = steps[i].standard.ms / 1000;
		out->waiting_s += steps[i].waiting.ms / 1000;
		out->paused_s += steps[i].paused.ms / 1000;
	}
	if (ticket_is_open(t))
		out->waits_for = t->state == TICKET_WAITING ? SPAN_APPLICANT : ticket_waits_bsre(t) ? SPAN_BSRE : SPAN_WORK;
	for (size_t i = 0; i < t->n_events; i++) {
		const struct event *e = &t->events[i];
		out->mails += e->what == EVENT_ASSISTED || e->what == EVENT_ANSWERED;
		out->sms += e->what == EVENT_SMS;
		if (e->what == EVENT_MARKED && e->detail)
			out->mark = (uint32_t)(e->detail[0] - '0');
	}
}
