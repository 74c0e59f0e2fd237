/* Short messages (pesan singkat): what staff send or note, what goes where there is no mail, what comes back.
 * SOP step 2; contract "/sms". */
#include "casework/casework_private.h"

#include "sms/sms.h"

#include <string.h>

enum { PARTS_MAX = 10, NUMBERS_MAX = 20 };

/* The only phone of the ticket; NULL: none or several. */
static const char *only_phone(const struct ticket *t)
{
	const char *phone = NULL;
	for (size_t i = 0; i < t->n_applicants; i++) {
		const char *p = t->applicants[i].value[FIELD_PHONE];
		if (p && phone && !str_eq(p, phone))
			return NULL;
		phone = p ? p : phone;
	}
	return phone;
}

struct letter *sms_add(struct work *w, enum letter_kind kind, const char *number)
{
	uint32_t sent = 0, cap = w->rules->sms.number_day;
	for (size_t i = 0; w->in && i < w->in->n_sms_sent; i++)
		if (str_eq(w->in->sms_sent[i].number, number))
			sent = w->in->sms_sent[i].day;
	for (size_t i = 0; i < w->n_letters; i++)
		sent += letter_kind_is_sms(w->letters[i].kind) && !w->letters[i].held && str_eq(w->letters[i].to.address, number);
	struct letter *l = letter_add(w, kind, (struct person){ NULL, number });
	if (l)
		l->held = cap > 0 && sent >= cap;
	return l;
}

#define HELD_WORDS                                                                                                               \
	"DITAHAN, karena batas jumlah pesan singkat sehari ke satu nomor tercapai; operator dapat melepasnya (sitantectl "       \
	"outbox)"

static void note_by_hand(struct errand *e, const struct command *c, const char *to)
{
	if (!errand_event(e, EVENT_SMS, "sent by hand")) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	e->w->out->sms_to = to;
	e->w->out->sms_text = c->text;
	errand_done(e, c,
		    "dicatat sebagai pesan singkat yang Bapak/Ibu kirim sendiri. SITANTE di sini tidak terhubung dengan layanan "
		    "pesan singkat.");
}

static void send_it(struct errand *e, const struct command *c, const char *to)
{
	struct work *w = e->w;
	struct sms_size size = sms_measure(c->text);
	const char *how = say(w, "%zu bagian, %zu karakter%s", size.parts, size.units,
			      size.wide ? " (ada huruf atau lambang di luar abjad SMS, sehingga satu bagian hanya 70)" : "");
	if (!sms_number_is_mobile(to)) {
		errand_refuse(e, c, "%s bukan nomor HP Indonesia, sehingga tidak dapat dikirimi pesan singkat.", to);
		return;
	}
	if (size.parts > PARTS_MAX) {
		errand_refuse(e, c, "Pesannya terlalu panjang: %s. Paling banyak %d bagian.", how, PARTS_MAX);
		return;
	}
	if (!errand_event(e, EVENT_SMS, "sent through the gateway")) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	if (size.parts > 1 && !w->in->confirmed)
		e->sms_ask = how;
	struct letter *l = sms_add(w, LETTER_SMS, to);
	letter_say(w, l, "text", c->text);
	if (l && l->held) {
		errand_done(e, c, "pesan singkat ke %s (%s) " HELD_WORDS ".", to, how);
		return;
	}
	if (w->rules->sms.from) /* an answer can come: the team waits for it */
		(void)errand_event(e, EVENT_ASSISTED, "short message");
	errand_done(e, c, "pesan singkat dikirim ke %s (%s).", to, how);
}

static bool has_sms(const struct work *w)
{
	for (size_t i = 0; i < w->n_letters; i++)
		if (w->letters[i].kind == LETTER_SMS)
			return true;
	return w->out->sms_text != NULL;
}

void run_sms(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	const char *to = c->value ? c->value : only_phone(e->t), *unfit = text_unfit(w, c->text);
	if (text_is_blank(c->text))
		errand_refuse(e, c, "Tulislah isi pesan singkat di bawah perintah.");
	else if (unfit)
		errand_refuse(e, c, "%s", unfit);
	else if (!to)
		errand_refuse(e, c, "Nomor HP-nya belum jelas. Tulislah nomornya: /sms 0812… lalu pesannya di bawahnya.");
	else if (has_sms(w))
		errand_refuse(e, c, "Satu surat hanya dapat memuat satu /sms.");
	else if (w->rules->sms.gateway)
		send_it(e, c, to);
	else
		note_by_hand(e, c, to);
}

/* --- where there is no mail address ------------------------------------------------------------- */

static size_t mobiles(const struct ticket *t, bool renewed_only, const char *out[NUMBERS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_applicants && n < NUMBERS_MAX; i++) {
		const char *p = t->applicants[i].value[FIELD_PHONE];
		bool known = !p || !sms_number_is_mobile(p) || (renewed_only && t->applicants[i].state != APPLICANT_RENEWED);
		for (size_t k = 0; !known && k < n; k++)
			known = str_eq(out[k], p);
		if (!known)
			out[n++] = p;
	}
	return n;
}

bool notify_by_sms(struct errand *e)
{
	const char *numbers[NUMBERS_MAX];
	size_t n = e->w->rules->sms.gateway ? mobiles(e->t, true, numbers) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct letter *l = sms_add(e->w, LETTER_SMS_RENEWED, numbers[i]);
		(void)work_event(e->w, EVENT_NOTIFYING, e->w->now, "daemon", "by short message");
		errand_done(e, NULL,
			    l && l->held ? "Pemberitahuan kepada pemohon lewat pesan singkat (%s) " HELD_WORDS "."
					 : "Pemberitahuan dikirim kepada pemohon lewat pesan singkat (%s).",
			    numbers[i]);
	}
	return n > 0;
}

bool notified_by_telephone(struct errand *e, const char *note)
{
	struct span s = span_trim(span_str(note));
	if (!e->unreachable || e->t->state != TICKET_RENEWED || !span_starts_nocase(s, "telepon"))
		return false;
	(void)errand_event(e, EVENT_NOTIFIED, "by telephone");
	ticket_close_if_done(e->w, e->w->in->received, e->w->from);
	return true;
}

void sms_notice(struct work *w, const struct ticket *t, bool opened)
{
	const char *numbers[NUMBERS_MAX];
	const char *reason = NULL;
	if (!w->rules->sms.gateway || !w->rules->sms.notices || work_proof(w) != MAIL_PROOF_PASS)
		return;
	if (opened && ack_barred(w, &reason))
		return;
	size_t n = mobiles(t, !opened, numbers);
	for (size_t i = 0; i < n; i++) {
		struct letter *l = sms_add(w, LETTER_SMS_NOTICE, numbers[i]);
		letter_say(w, l, "opened", opened ? "ya" : NULL);
		if (l)
			l->counts = true;
	}
}

/* --- what comes back ----------------------------------------------------------------------------- */

void mail_sms(struct work *w)
{
	const struct sms_facts *s = &w->in->sms;
	if (work_proof(w) != MAIL_PROOF_PASS) {
		mail_parked(w, "a short message whose mail is not proven to be the gateway's",
			    "Surat ini mengaku dari layanan pesan singkat, tetapi keaslian alamatnya tidak terbukti.");
		return;
	}
	if (!s->number || !s->ticket) {
		mail_parked(w, "a short message of a number that no open ticket has",
			    "Ada pesan singkat dari nomor yang tidak ada pada tiket yang terbuka. Bila perlu dijawab, hubungilah "
			    "pengirimnya.");
		return;
	}
	struct ticket *t = work_ticket(w, s->ticket);
	if (!work_event(w, EVENT_ANSWERED, w->in->received, "applicant", "short message"))
		(void)work_event(w, EVENT_FILED, w->in->received, "applicant", "short message");
	decide(w, DISPOSITION_JOINED, "sms", "a short message of an applicant's number");
	struct letter proto = { .kind = LETTER_NOTICE_ANSWER, .make_token = true };
	letter_say(w, &proto, "joined",
		   say(w, "Pesan singkat dari %s. Untuk menjawabnya dengan pesan singkat, tulis /sms lalu pesannya.", s->number));
	letter_to_staff(w, &proto, t, TO_ASSIGNED, NULL);
}
