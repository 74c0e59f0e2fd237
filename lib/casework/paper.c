/* Paper letters (surat permohonan): entered by staff with /surat, or mailed by a scanner.  They are about whom they name,
 * not about who sent the mail.  SOP step 1; sop.md "What each step means". */
#include "casework/casework_private.h"

#include "sms/sms.h"

enum { AGE_MAX_DAYS = 366 };

static bool is_own_or_staff(const struct work *w, const char *address)
{
	for (size_t i = 0; i < w->rules->n_own_addresses; i++)
		if (mail_address_eq(w->rules->own_addresses[i], address))
			return true;
	return mail_address_eq(w->rules->mailbox_address, address) || casework_staff(w->rules, address) >= 0;
}

/* The first mail address that the letter gives for one of its persons. */
static const char *stated_address(const struct work *w)
{
	for (size_t i = 0; i < w->q->n_applicants; i++) {
		const char *a = w->q->applicants[i].value[FIELD_EMAIL];
		if (a && mail_address_valid(a) && !is_own_or_staff(w, a))
			return a;
	}
	return NULL;
}

#define PAPER "paper letter"

bool ticket_is_paper(const struct ticket *t)
{
	const struct event *e = t->events;
	return t->n_events > 0 && e->what == EVENT_RECEIVED && e->detail && str_starts(e->detail, PAPER);
}

static void acknowledge(struct work *w, const char *to)
{
	struct letter *l = letter_add(w, LETTER_ACKNOWLEDGEMENT, (struct person){ NULL, to });
	if (l)
		l->counts = true;
	letter_say(w, l, "opened", "ya");
	letter_say(w, l, "paper", "ya");
}

static const char *const over_the_cap = "the short message is held: over the cap of the day";
static const char *const no_road = "no mail address, and no short message can go";

enum told { TOLD_NOBODY, TOLD_HELD, TOLD_BY_SMS, TOLD_BY_MAIL };

/* By mail, else by short message; nobody, or held over the cap: somebody has to call.  office: the sender of the letter, NULL:
 * unknown. */
static enum told tell_applicant(struct work *w, const struct ticket *t, const char *office)
{
	enum told told = TOLD_NOBODY;
	if (t->requester_address)
		acknowledge(w, t->requester_address);
	if (office && !is_own_or_staff(w, office) && !(t->requester_address && mail_address_eq(office, t->requester_address)))
		acknowledge(w, office);
	if (t->requester_address)
		return TOLD_BY_MAIL;
	for (size_t i = 0; w->rules->sms.gateway && i < t->n_applicants; i++) {
		const char *phone = t->applicants[i].value[FIELD_PHONE];
		if (!phone || !sms_number_is_mobile(phone))
			continue;
		struct letter *l = sms_add(w, LETTER_SMS_RECEIVED, phone);
		if (!l)
			break;
		l->counts = true;
		told = !l->held ? TOLD_BY_SMS : told == TOLD_NOBODY ? TOLD_HELD : told;
	}
	return told;
}

static struct ticket *open_ticket(struct work *w, struct instant at, const char *who, const struct paper *p)
{
	bool one = w->q->n_applicants == 1;
	bool asked = kind_opens(w->q->kind) && w->q->kind != REQUEST_QUESTION;
	struct ticket fresh = { .state = TICKET_RECEIVED,
				.kind = asked ? w->q->kind : REQUEST_RENEWAL,
				.requester_name = one ? w->q->applicants[0].value[FIELD_NAME] : p->from,
				.requester_address = stated_address(w),
				.opened_at = at,
				.letter_number = p->number,
				.letter_from = p->from };
	struct ticket *t = work_ticket(w, &fresh);
	if (fresh.requester_address)
		ticket_add_party(w, t, fresh.requester_address);
	(void)work_event(w, EVENT_RECEIVED, at, who,
			 say(w, PAPER "%s%s%s%s", p->number ? " " : "", p->number ? p->number : "", p->from ? " of " : "",
			     p->from ? p->from : ""));
	(void)request_add_applicants(w, t);
	hold_if_early(w, t);
	return t;
}

static void tell_colleagues(struct work *w, const struct paper *p, const char *entered_by, const char *except)
{
	struct letter proto = { .kind = LETTER_NOTICE_REQUEST, .make_token = true, .attach_files = true };
	letter_say(w, &proto, "joined",
		   say(w, "Surat permohonan kertas%s%s%s%s, %s.", p->number ? " nomor " : "", p->number ? p->number : "",
		       p->from ? " dari " : "", p->from ? p->from : "", entered_by));
	letter_to_staff(w, &proto, NULL, TO_ALL_STAFF, except);
}

/* --- /surat ----------------------------------------------------------------------------------------- */

static bool came_in(struct errand *e, const struct command *c, struct instant *at)
{
	const struct work *w = e->w;
	*at = w->in->received;
	if (c->paper.at.year == 0)
		return true;
	*at = zone_instant(calendar_zone(w->rules->calendar), c->paper.at);
	if (at->ms > w->in->received.ms)
		errand_refuse(
			e, c,
			"Tanggal masuk surat ada di masa depan. Periksa tanggal dan jamnya, misalnya: tanggal 2026-01-05 09.30");
	else if (w->in->received.ms - at->ms > DAYS(AGE_MAX_DAYS).ms)
		errand_refuse(e, c, "Tanggal masuk surat lebih dari satu tahun yang lalu. Periksa tahunnya.");
	else
		return true;
	return false;
}

/* The persons have a renewal under way: the letter is noted there. */
static bool joins(struct errand *e, const struct command *c, const struct ticket *same)
{
	struct work *w = e->w;
	if (!same || !ticket_is_open(same) || !request_all_on_ticket(same, w->q))
		return false;
	e->t = work_ticket(w, same);
	e->unreachable = !e->t->requester_address; /* for the commands that follow in the same mail */
	(void)errand_event(e, EVENT_FILED, "a paper letter for the same person");
	errand_done(e, c, "pembaharuan untuk orang yang sama sedang berjalan di tiket %s; surat ini dicatat di sana.",
		    same->number);
	return true;
}

void run_surat(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	struct instant at;
	if (e->t) {
		errand_refuse(e, c,
			      "Perintah ini membuka tiket baru. Kirimlah sebagai surat baru ke SITANTE, bukan sebagai balasan "
			      "tiket %s.",
			      e->t->number ? e->t->number : "?");
		return;
	}
	if (w->q->n_applicants == 0) {
		errand_refuse(
			e, c,
			"Belum ada data pemohon yang terbaca. Tulislah di bawah perintah, misalnya: Nama: …, NIK: …, Instansi: … "
			"(atau lampirkan daftarnya sebagai CSV atau XLSX).");
		return;
	}
	if (w->in->resent) {
		errand_refuse(e, c, "Surat dengan isi yang sama baru saja dicatat. Tidak ada yang dicatat dua kali.");
		return;
	}
	if (!came_in(e, c, &at) || joins(e, c, w->in->same_person))
		return;
	e->t = open_ticket(w, at, w->from, &c->paper);
	e->unreachable = !e->t->requester_address;
	e->opened = true;
	w->out->receipt_by = work_author(w);
	const char *when = phrase_instant(at, w->rules->calendar, w->a);
	errand_done(e, c, "surat dicatat sebagai tiket baru untuk %zu pemohon; masuk %s.", e->t->n_applicants, when ? when : "?");
	enum told told = tell_applicant(w, e->t, c->paper.address);
	if (told >= TOLD_BY_SMS) {
		errand_done(e, NULL, "Tanda terima dikirim kepada pemohon%s.", told == TOLD_BY_SMS ? " lewat pesan singkat" : "");
	} else {
		(void)errand_event(e, EVENT_ACK_WITHHELD, told == TOLD_HELD ? over_the_cap : no_road);
		(void)work_event(w, EVENT_STAFF_TOLD, w->now, "daemon", "entered by staff");
		buf_add_str(
			&e->remarks,
			told == TOLD_HELD
				? "Pesan singkat tanda terima ditahan, karena batas jumlah pesan singkat sehari ke nomor pemohon "
				  "tercapai (operator dapat melepasnya: sitantectl outbox).\n"
				: "Pemohon tidak mempunyai alamat email atau nomor HP yang dapat dikirimi. Hubungilah lewat "
				  "telepon, lalu catat dengan: /catat telepon (hasilnya).\n");
	}
	tell_colleagues(w, &c->paper, say(w, "dicatat oleh %s", work_author(w)), w->from);
}

/* --- scans by mail ----------------------------------------------------------------------------------- */

bool mail_is_scan(const struct work *w)
{
	for (size_t i = 0; w->from && i < w->rules->n_scanners; i++)
		if (mail_address_eq(w->rules->scanners[i], w->from))
			return true;
	return false;
}

/* A machine is never answered.  What it read itself opens a ticket of those it names; else staff enter it. */
void mail_scan(struct work *w)
{
	static const struct paper unsaid = { 0 };
	bool proven = work_proof(w) == MAIL_PROOF_PASS, numbers = false;
	for (size_t i = 0; i < w->q->n_applicants; i++)
		numbers = numbers || w->q->applicants[i].value[FIELD_NIK] || w->q->applicants[i].value[FIELD_NIP];
	if (!proven || !numbers || w->in->same_person) {
		mail_parked(w, "a scan without data that could be believed",
			    "Hasil pindai dari mesin pemindai. Untuk membuka tiket, kirim surat baru ke SITANTE: tulis /surat di "
			    "baris pertama, "
			    "data pemohon di bawahnya, dan lampirkan hasil pindai ini.");
		return;
	}
	struct ticket *t = open_ticket(w, w->in->received, "daemon", &unsaid);
	enum told told = tell_applicant(w, t, NULL);
	if (told < TOLD_BY_SMS)
		(void)work_event(w, EVENT_ACK_WITHHELD, w->now, "daemon", told == TOLD_HELD ? over_the_cap : no_road);
	w->out->receipt_by = "";
	tell_colleagues(w, &unsaid, "masuk dari mesin pemindai", NULL);
	decide(w, DISPOSITION_OPENED, "letter", "a scan with the applicant's data");
}
