/* A party's mail to its own ticket: it adds, fills gaps, and ends waiting; nothing more.
 * Design "Who may do what by mail", row applicant; pains P12, P22. */
#include "casework/casework_private.h"
#include "casework/finding.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, MARK_TEXT_MAX = 300 };

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

/* "4", "Nilai: 3", "4. Cepat sekali": one digit, then a sentence perhaps.  0: no mark. */
static char mark_read(const struct work *w)
{
	static const char *const words[] = { "nilai", "skor", "penilaian" };
	struct span s = span_trim(span_str(w->m->text));
	if (s.n > MARK_TEXT_MAX)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_nocase(s, words[i]))
			s = span_trim(span_of(s.p + strlen(words[i]), s.n - strlen(words[i])));
	if (s.n > 0 && s.p[0] == ':')
		s = span_trim(span_of(s.p + 1, s.n - 1));
	if (s.n == 0 || s.p[0] < '1' || s.p[0] > '4' || (s.n > 1 && ascii_is_alnum(s.p[1])))
		return 0;
	struct span next = span_trim(span_of(s.p + 1, s.n - 1));
	if (next.n > 0 && next.p[0] == '/' && next.n > 1 && next.p[1] == '4') /* "3/4": three of four */
		next = span_of(next.p + 2, next.n - 2);
	if ((next.n > 0 && ascii_is_digit(next.p[0])) || (s.n > 2 && s.p[1] == '.' && ascii_is_digit(s.p[2])))
		return 0;
	/* "2 orang mohon diperpanjang" is a request, "2. Lambat" is none, whatever the thread's subject makes of it */
	bool sentence = next.n > 0 && ascii_is_alnum(next.p[0]);
	bool request = kind_opens(w->q->kind) && w->q->kind != REQUEST_QUESTION && !w->q->thanks_only;
	return sentence && request ? 0 : (char)s.p[0];
}

static bool mark_taken(struct work *w, struct ticket *t)
{
	char mark = ticket_has_event(t, EVENT_NOTIFIED) && !ticket_has_event(t, EVENT_MARKED) ? mark_read(w) : 0;
	return mark != 0 && work_event(w, EVENT_MARKED, w->in->received, "applicant", say(w, "%c", mark));
}

/* Does the sender want to know whether it is right? */
static bool is_test(const struct work *w, const struct evidence_file *f)
{
	static const char *const words[] = { "uji", "ujicoba", "tes", "test", "testing", "coba", "percobaan", "verifikasi" };
	const char *texts[] = { f->name, w->m->subject, w->m->text };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
			struct span s = span_str(texts[i]);
			size_t n = strlen(words[k]);
			for (size_t at = 0; (at = span_find_nocase(s, at, words[k])) < s.n; at++)
				if ((at == 0 || !ascii_is_alpha(s.p[at - 1])) && (at + n == s.n || !ascii_is_alpha(s.p[at + n])))
					return true;
		}
	return false;
}

void answer_findings(struct work *w)
{
	const char *reason = NULL;
	AUTO_BUF b = BUF_INIT(CASEWORK_LIST_BYTES);
	for (size_t i = 0; i < w->in->n_evidence; i++) {
		const struct evidence_file *f = &w->in->evidence[i];
		const char *s = f->state == EVIDENCE_REFUSED || is_test(w, f)
					? finding_answer(f, w->rules->calendar, w->in->received, w->a)
					: NULL;
		if (s)
			buf_addf(&b, "%s%s", b.n ? "\n" : "", s);
	}
	if (b.n == 0 || ack_barred(w, &reason))
		return;
	struct letter *l = letter_add(w, LETTER_ANSWER_RECEIVED, (struct person){ NULL, w->from });
	if (!l)
		return;
	l->in_reply_to = w->m->message_id;
	l->automatic_reply = true;
	l->counts = true;
	l->held = over_caps(w);
	letter_say(w, l, "findings", say_buf(w, &b));
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
	if ((ended || t->state == TICKET_RENEWED) && mark_taken(w, t)) {
		w->out->message_kind = "mark";
		return;
	}
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
	answer_findings(w);
	buf_done(&f.names);
	buf_done(&f.remarks);
}
