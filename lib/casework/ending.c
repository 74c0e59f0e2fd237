/* What ends soon, in words for staff; and what holders answer to their reminders. */
#include "casework/casework_private.h"

#include "base/num.h"

#include <string.h>

enum { MONTH_DAYS = 30, DAYS_MAX = 3650 };

static const char *source_phrase(enum certificate_source s)
{
	static const char *const words[N_CERTIFICATE_SOURCES] = {
		[CERTIFICATE_ASSUMED] = "diasumsikan",        [CERTIFICATE_STAFF] = "menurut petugas",
		[CERTIFICATE_IMPORTED] = "menurut daftar",    [CERTIFICATE_EXAMINED] = "terbukti",
		[CERTIFICATE_SEEN] = "terlihat pada kiriman",
	};
	return (size_t)s < N_CERTIFICATE_SOURCES ? words[s] : "?";
}

static void line(const struct casework_rules *rules, const struct ending *e, int64_t left, struct arena *a, struct buf *out)
{
	const struct certificate *c = &e->certificate;
	const char *until = phrase_date(phrase_local_date(c->not_after, rules->calendar), a);
	buf_addf(out, "- %s (", until ? until : "?");
	if (left < 0)
		buf_addf(out, "%lld hari yang lalu", (long long)-left);
	else
		buf_addf(out, left > 0 ? "%lld hari lagi" : "hari ini", (long long)left);
	buf_addf(out, ", %s): %s, %s", source_phrase(c->source), c->value[FIELD_NAME] ? c->value[FIELD_NAME] : "tanpa nama",
		 c->value[FIELD_AGENCY] ? c->value[FIELD_AGENCY] : "instansi belum diketahui");
	if (e->ticket)
		buf_addf(out, "; pembaharuan sedang berjalan: tiket %s", e->ticket);
	else if (!casework_expiry_to(rules, c))
		buf_add_str(out, "; TIDAK DAPAT DIINGATKAN: alamat email belum diketahui");
	else if (e->dead)
		buf_add_str(out, "; TIDAK DAPAT DIINGATKAN: suratnya kembali");
	else if (e->silent)
		buf_add_str(out, "; tidak ingin diingatkan");
	else if (c->reminded != REMINDED_NEVER)
		buf_add_str(out, "; sudah diingatkan");
	buf_add_char(out, '\n');
}

void casework_ending(const struct casework_rules *rules, const struct ending *list, size_t n, int days, struct instant now,
		     struct arena *a, struct buf *out)
{
	size_t ended = 0;
	for (size_t i = 0; i < n; i++)
		ended += certificate_days_left(rules->calendar, &list[i].certificate, now) < 0;
	buf_addf(out, "Berakhir dalam %d hari\t%zu%s\n", days, n - ended, n == LIMIT_ENDING_SHOWN ? " atau lebih" : "");
	buf_addf(out, "Sudah berakhir dalam %d hari terakhir\t%zu\n", MONTH_DAYS, ended);
	for (size_t i = 0; i < n && buf_status(out) == 0; i++) {
		int64_t left = certificate_days_left(rules->calendar, &list[i].certificate, now);
		if (i == 0 || i == ended)
			buf_add_char(out, '\n');
		line(rules, &list[i], left, a, out);
	}
}

int casework_ending_month(const struct casework_rules *rules, const struct ending *list, size_t n, struct instant now,
			  struct arena *a, struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	AUTO_BUF b = BUF_INIT(CASEWORK_LIST_BYTES);
	if (n == 0)
		return work_close(&w);
	casework_ending(rules, list, n, MONTH_DAYS, now, a, &b);
	struct letter proto = { .kind = LETTER_NOTICE_OTHER };
	letter_say(&w, &proto, "what", "Sertifikat yang berakhir dalam 30 hari");
	letter_say(&w, &proto, "why",
		   "Bersama rekapitulasi bulanan, berikut sertifikat elektronik yang segera berakhir atau baru saja berakhir dan "
		   "belum diperbaharui. Daftar terbaru selalu dapat diminta dengan: /kedaluwarsa");
	letter_say(&w, &proto, "shown", say_buf(&w, &b));
	letter_to_staff(&w, &proto, NULL, TO_ALL_STAFF, NULL);
	return work_close(&w);
}

int ending_days(const struct command *c)
{
	uint32_t days = MONTH_DAYS;
	if (c->value && num_parse_u32(span_str(c->value), DAYS_MAX, &days) != 0)
		return 0;
	return (int)days;
}

void run_kedaluwarsa(struct errand *e, const struct command *c)
{
	const struct incoming *in = e->w->in;
	int days = ending_days(c);
	if (days == 0) {
		errand_refuse(e, c, "Tulislah jumlah hari dari 1 sampai %d, misalnya: /kedaluwarsa 60", DAYS_MAX);
		return;
	}
	casework_ending(e->w->rules, in->ending, in->n_ending, days, e->w->now, e->w->a, &e->shown);
	errand_done(e, c, "daftar sertifikat yang segera berakhir ada di bawah.");
}

/* --- answers of holders ---------------------------------------------------------------------- */

static bool all_settled(const struct reminder_facts *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (!r->certificates[i].successor && !r->running[i])
			return false;
	return true;
}

/* From the very address that was reminded, over the Message-ID that only it has got. */
bool mail_answers_reminder(const struct work *w)
{
	const struct reminder_facts *r = &w->in->reminder;
	return r->to && w->from && mail_address_eq(r->to, w->from) && work_proof(w) != MAIL_PROOF_FAIL && !w->in->ticket &&
	       !w->in->resent && w->in->reading->commands.n_commands == 0 && !all_settled(r);
}

static void stop_reminding(struct work *w)
{
	const char *reason = NULL;
	decide(w, DISPOSITION_COMMAND, "answer", "a holder wants no reminders of certificates");
	w->out->silent_address = w->from;
	(void)work_loose_event(w, EVENT_FILED, w->in->received, "applicant", "no reminders of certificates wanted");
	if (ack_barred(w, &reason) || over_caps(w))
		return;
	struct letter *l = letter_add(w, LETTER_EXPIRY, (struct person){ NULL, w->from });
	if (!l)
		return;
	l->in_reply_to = w->m->message_id;
	l->automatic_reply = true;
	l->counts = true;
	letter_say(w, l, "stopped", "ya");
	letter_say(w, l, "headline", "Pengingat masa berlaku dihentikan");
}

/* The request that the yes stands for: all that the register knows, and what the mail adds about a single person. */
static const struct request *request_of(struct work *w, enum request_kind kind)
{
	const struct reminder_facts *r = &w->in->reminder;
	struct request *q = arena_alloc(w->a, sizeof(*q));
	struct applicant_data *list = arena_array(w->a, r->n, sizeof(*list));
	if (!q || !list) {
		work_fail(w, arena_status(w->a));
		return w->q;
	}
	*q = *w->q;
	q->kind = kind;
	q->kind_rule = kind == REQUEST_RENEWAL ? "a yes to a reminder" : "an answer to a reminder, no yes";
	q->applicants = list;
	q->n_applicants = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct certificate *c = &r->certificates[i];
		if (c->successor || r->running[i])
			continue;
		struct applicant_data *d = &list[q->n_applicants++];
		struct civil_date end = phrase_local_date(c->not_after, w->rules->calendar);
		memcpy(d->value, c->value, sizeof(d->value));
		d->value[FIELD_VALID_UNTIL] = say(w, "%04d-%02d-%02d", end.year, end.month, end.day);
	}
	for (int f = 0; q->n_applicants == 1 && w->q->n_applicants == 1 && f < N_FIELDS; f++)
		if (!list[0].value[f])
			list[0].value[f] = w->q->applicants[0].value[f];
	return q;
}

/* "Mohon diperpanjang", "silakan diproses": a yes in other words. */
static bool asks_renewal(const struct message *m)
{
	static const char *const words[] = { "perpanjang", "perbaharui", "perbarui", "pembaharuan", "pembaruan", "diproses" };
	struct span s = span_str(m->text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && span_find_nocase(s, 0, "?") == s.n; i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}

/* Whatever is neither yes nor stop is a question: staff answer it, and see whom it is about. */
void mail_reminded(struct work *w)
{
	enum answer said = answer_read(w->m);
	bool admin = casework_expiry_admin(w->rules, &w->in->reminder.certificates[0]) != NULL;
	bool yes = said == ANSWER_YES || (said == ANSWER_OTHER && asks_renewal(w->m));
	if (said == ANSWER_ABSENT) {
		decide(w, DISPOSITION_AUTOMATIC, "automatic", "an absence notice answers no reminder");
		return;
	}
	if (said == ANSWER_STOP && !admin) { /* what an admin gets, the configuration says */
		stop_reminding(w);
		return;
	}
	w->q = request_of(w, yes ? REQUEST_RENEWAL : REQUEST_QUESTION);
	w->out->vocal_address = yes ? w->from : NULL;
	mail_request(w);
}
