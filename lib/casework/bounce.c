/* Mail made by machines: filed, powerless, never answered.  Bounces of our own mails are told to
 * people who can do something.  M01-M09, M27; issue 5 "Bounces and loops". */
#include "casework/casework_private.h"

#include <string.h>

void mail_automatic(struct work *w)
{
	decide(w, DISPOSITION_AUTOMATIC, "automatic", w->m->nature_rule ? w->m->nature_rule : "automatic mail: filed");
	const struct ticket *t = w->in->ticket;
	if (!t || w->in->how == MATCH_TAG || !(ticket_is_party(t, w->from) || w->staff >= 0))
		return;
	(void)work_ticket(w, t);
	(void)work_event(w, EVENT_FILED, w->in->received, "daemon", "automatic mail, moves nothing");
}

struct bounce_facts {
	const char *status; /* "5.1.1", or NULL */
	bool hard;          /* failed for good: the address is not to be written to again */
	bool soft;          /* a full box, or a server that gave up: may pass */
};

enum { SOFT_MAX = 3 }; /* M07: the third soft failure of an address within a week counts as a hard one */

/* Which recipient of the report is meant: the one that we wrote to, else (the mail was passed on) any that failed. */
static const struct mail_delivery *delivery_meant(const struct work *w)
{
	const struct mail_delivery *failed = NULL;
	for (size_t i = 0; i < w->m->n_deliveries; i++) {
		const struct mail_delivery *d = &w->m->deliveries[i];
		if (d->recipient && w->in->bounced_to && mail_address_eq(d->recipient, w->in->bounced_to))
			return d;
		if (!failed && (!d->action || str_eq(d->action, "failed")))
			failed = d;
	}
	return failed;
}

/* M07: 5.2.x is a full or disabled box, 5.3.x and 5.6.x the other server's or the mail's own trouble, 5.7.x somebody's policy:
 * people look, no mark. */
static struct bounce_facts bounce_read(const struct work *w)
{
	struct bounce_facts f = { 0 };
	const struct mail_delivery *d = delivery_meant(w);
	if (!d || !d->status)
		return f;
	f.status = d->status;
	f.soft = str_starts(d->status, "4.") || str_starts(d->status, "5.2.");
	f.hard = str_starts(d->status, "5.") && !strchr("2367", d->status[2]) && (!d->action || str_eq(d->action, "failed"));
	return f;
}

static bool is_team(const struct casework_rules *rules, const char *address)
{
	return casework_staff(rules, address) >= 0 ||
	       (address && rules->head.address && mail_address_eq(rules->head.address, address));
}

static void tell_of_bounce(struct work *w, const struct bounce_facts *f)
{
	const struct incoming *in = w->in;
	bool complaint = w->m->nature == MAIL_COMPLAINT;
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .make_token = in->ticket != NULL };
	letter_say(w, &proto, "what", complaint ? "Penerima mengadukan surat kita" : "Surat kita tidak sampai");
	letter_say(w, &proto, "why",
		   say(w, "Surat kepada %s kembali%s%s.%s", in->bounced_to ? in->bounced_to : "penerima",
		       f->status ? " dengan status " : "", f->status ? f->status : "",
		       w->out->mark_address_dead ? " Alamat ini tidak akan ditulisi lagi sampai "
						   "diperbaiki. Bila ada alamat lain, balas surat "
						   "ini dengan: /isi EMAIL alamat@contoh.go.id"
						 : ""));
	letter_say(w, &proto, "hide_mail", "ya");
	letter_to_staff(w, &proto, in->ticket, TO_ALL_STAFF, in->bounced_to);
}

static bool bounce_known(const struct ticket *t, const char *detail)
{
	for (size_t i = 0; t && i < t->n_events; i++)
		if (t->events[i].what == EVENT_BOUNCED && str_eq(t->events[i].detail, detail))
			return true;
	return false;
}

void mail_bounce(struct work *w)
{
	const struct incoming *in = w->in;
	if (!in->bounced_kind) {
		bool bounce = w->m->nature == MAIL_BOUNCE;
		decide(w, bounce ? DISPOSITION_BOUNCE : DISPOSITION_AUTOMATIC, bounce ? "bounce" : "automatic",
		       "M06: about no mail of ours: counted only");
		return;
	}
	if (in->ticket)
		(void)work_ticket(w, in->ticket);
	if (w->m->nature == MAIL_DELAY) {
		decide(w, DISPOSITION_AUTOMATIC, "automatic", "delivery status that is not final: information");
		(void)work_event(w, EVENT_FILED, in->received, "daemon", say(w, "%s is delayed", in->bounced_kind));
		return;
	}
	struct bounce_facts f = bounce_read(w);
	bool complaint = w->m->nature == MAIL_COMPLAINT;
	bool team = is_team(w->rules, in->bounced_to);
	const char *detail = say(w, "%s%s%s", in->bounced_kind, f.status ? " " : "", f.status ? f.status : "");
	bool known = bounce_known(in->ticket, detail);
	decide(w, DISPOSITION_BOUNCE, complaint ? "automatic" : "bounce",
	       complaint ? "M09: complaint about a mail of ours" : "M04/M05: a mail of ours came back");
	(void)work_event(w, EVENT_BOUNCED, in->received, "daemon", detail);
	if (str_eq(in->bounced_kind, letter_message_kind(LETTER_NOTIFICATION)) && !complaint)
		(void)work_event(w, EVENT_NOTIFY_FAILED, in->received, "daemon",
				 say(w, "bounce%s%s", f.status ? " " : "", f.status ? f.status : ""));
	if (f.soft)
		w->out->soft_address = in->bounced_to;
	if ((f.hard || complaint || (f.soft && in->soft_bounces + 1 >= SOFT_MAX)) && !team && in->bounced_to) {
		w->out->mark_address_dead = true;
		w->out->dead_address = in->bounced_to;
	}
	/* A staff member's own box bounces: the others got their notices; told once a ticket, and
	 * never about a notice without ticket, or two dead boxes would write to each other for
	 * ever. */
	if (team && (known || !in->ticket))
		return;
	if (!in->ticket && str_eq(in->bounced_kind, letter_message_kind(LETTER_EXPIRY)))
		return; /* one of thousands of reminders: the list of what ends tells of it */
	tell_of_bounce(w, &f);
}
