/* A party's mail to its own ticket: it adds, fills gaps, and ends waiting; nothing more.
 * Design "Who may do what by mail", row applicant; pains P12, P22. */
#include "casework/casework_private.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* Mails of the applicant's side to this ticket in the last day, this one not counted: two robots,
 * or a person in a rage, must not fill the staff's boxes (M23, caps.ticket_day). */
static uint32_t mails_today(const struct work *w, const struct ticket *t)
{
	uint32_t n = 0;
	for (size_t i = 0; i < t->n_events; i++) {
		const struct event *e = &t->events[i];
		bool theirs = e->what == EVENT_ANSWERED || (e->what == EVENT_FILED && str_eq(e->who, "applicant"));
		n += theirs && e->at.ms > w->now.ms - DAY_MS;
	}
	return n;
}

static void tell_staff(struct work *w, const struct ticket *t, struct filled *f, uint32_t today)
{
	uint32_t cap = w->rules->caps.ticket_day;
	bool dangerous = false;
	if (cap > 0 && today >= cap)
		return;
	for (size_t i = 0; i < w->m->n_attachments; i++)
		dangerous = dangerous || w->m->attachments[i].dangerous;
	struct letter proto = { .kind = LETTER_NOTICE_ANSWER,
				.make_token = true,
				.attach_files = true,
				.attach_original = !w->q->secret_found && (dangerous || w->m->encrypted || w->m->text_cut) };
	letter_say(w, &proto, "filled", say_buf(w, &f->names));
	letter_say(w, &proto, "notes", say_buf(w, &f->remarks));
	if (!ticket_is_open(t))
		letter_say(w, &proto, "ended",
			   say(w,
			       "Tiket ini sudah %s dan tidak dibuka kembali dengan sendirinya. "
			       "Untuk membukanya, balas "
			       "dengan /buka.",
			       phrase_state(t->state)));
	if (cap > 0 && today + 1 >= cap)
		letter_say(w, &proto, "last_today",
			   "Ini pemberitahuan terakhir hari ini untuk tiket ini: suratnya terlalu "
			   "banyak. Surat berikutnya "
			   "tetap disimpan dalam tiket.");
	letter_to_staff(w, &proto, t, TO_ASSIGNED, NULL);
}

void mail_answer(struct work *w)
{
	const struct incoming *in = w->in;
	struct ticket *t = work_ticket(w, in->ticket);
	bool ended = !ticket_is_open(t);
	uint32_t today = mails_today(w, t);
	decide(w, DISPOSITION_JOINED, "answer", "a party's mail to its ticket");
	if (w->m->message_id && t->requester_address && mail_address_eq(t->requester_address, w->from))
		t->last_id = w->m->message_id;
	if (w->q->thanks_only && (ended || t->state == TICKET_RENEWED)) {
		(void)work_event(w, EVENT_FILED, in->received, "applicant", "thanks");
		return;
	}
	struct filled f = { BUF_INIT(4096), BUF_INIT(CASEWORK_LIST_BYTES) };
	if (!ended)
		applicants_fill(w, t, &f);
	const char *names = say_buf(w, &f.names);
	if (ended)
		(void)work_event(w, EVENT_FILED, in->received, "applicant", "mail to a finished ticket");
	else
		(void)work_event(w, EVENT_ANSWERED, in->received, "applicant", NULL);
	if (*names)
		(void)work_event(w, EVENT_DATUM_SET, in->received, "applicant", names);
	tell_staff(w, t, &f, today);
	buf_done(&f.names);
	buf_done(&f.remarks);
}
