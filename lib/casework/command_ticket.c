/* The commands that move a ticket.  Contract "Staff commands"; SOP steps 2-4. */
#include "casework/casework_private.h"
#include "casework/finding.h"

#include <stdio.h>
#include <string.h>

/* --- /terbit ------------------------------------------------------------------------------- */
static bool plausible_end(const struct errand *e, struct civil_date d)
{
	struct civil_date today = phrase_local_date(e->w->now, e->w->rules->calendar);
	struct civil_date last = { today.year + CASEWORK_VALID_YEARS, today.month, today.day };
	if (!civil_date_valid(last)) /* 29 February */
		last.day = 28;
	return civil_compare(d, today) > 0 && civil_compare(d, last) <= 0;
}

/* Nobody stated the end: 730 days less a second after the mail that says so. */
static struct civil_date assumed_end(const struct errand *e)
{
	struct instant end = instant_add(e->w->in->received, DAYS(CASEWORK_ASSUMED_DAYS));
	end.ms -= 1000;
	return phrase_local_date(end, e->w->rules->calendar);
}

static bool terbit_allowed(struct errand *e, const struct command *c)
{
	struct ticket *t = e->t;
	if (!kind_bears_certificate(t->kind)) {
		errand_refuse(e, c,
			      "Jenis permohonan tiket ini %s, bukan penerbitan atau pembaharuan "
			      "sertifikat. Bila memang "
			      "sertifikatnya terbit, kirim /jenis pembaharuan lalu /terbit.",
			      phrase_kind(t->kind));
		return false;
	}
	if (!ticket_is_open(t)) {
		errand_refuse(e, c, "Tiket ini sudah %s. Buka dahulu dengan /buka.", phrase_state(t->state));
		return false;
	}
	if (t->n_applicants == 0) {
		errand_refuse(e, c,
			      "Belum ada data pemohon pada tiket ini. Isilah dahulu, misalnya /isi "
			      "NAMA nama lengkap.");
		return false;
	}
	if (c->date.year != 0 && !plausible_end(e, c->date)) {
		errand_refuse(e, c, "Tanggal berlaku harus sesudah hari ini dan paling jauh lima tahun lagi.");
		return false;
	}
	return true;
}

static bool is_chosen(const struct command *c, const struct applicant *x)
{
	if (c->n_niks == 0)
		return true;
	for (size_t i = 0; i < c->n_niks; i++)
		if (str_eq(c->niks[i], x->value[FIELD_NIK]))
			return true;
	return false;
}

/* A contradiction is asked about once for each state of the files; the same command again is the answer. */
static bool asked_before(const struct errand *e, struct instant newest)
{
	for (size_t i = 0; i < e->t->n_events; i++)
		if (e->t->events[i].what == EVENT_COMMAND_REFUSED && str_eq(e->t->events[i].detail, EVIDENCE_ASKED) &&
		    e->t->events[i].at.ms >= newest.ms)
			return true;
	return false;
}

static void ask_about_date(struct errand *e, const struct command *c, const struct applicant *x, const struct finding *f)
{
	struct civil_date end = phrase_local_date(f->certificate->not_after, e->w->rules->calendar);
	const char *given = phrase_date(c->date, e->w->a), *proven = phrase_date(end, e->w->a);
	errand_refuse(
		e, c,
		"Tanggal yang Bapak/Ibu tulis (%s) berbeda dengan sertifikat %s dalam berkas %s, yang berlaku sampai %s. Mana "
		"yang "
		"benar? Untuk memakai tanggal berkas, kirim /terbit tanpa tanggal. Bila tanggal Bapak/Ibu yang benar, kirim lagi "
		"perintah yang sama.",
		given ? given : "?", x->value[FIELD_NAME] ? x->value[FIELD_NAME] : "pemohon", f->file, proven ? proven : "?");
}

/* Do the examined files and the command say the same of everybody who is chosen? */
static bool agrees_with_files(struct errand *e, const struct command *c)
{
	for (size_t i = 0; i < e->t->n_applicants; i++) {
		const struct applicant *x = &e->t->applicants[i];
		struct finding f;
		if (x->state != APPLICANT_OPEN || !is_chosen(c, x))
			continue;
		finding_of(e->w->in, e->t, x, &f);
		if (asked_before(e, f.newest))
			continue;
		bool other_date = f.certificate && c->date.year != 0 &&
				  civil_compare(phrase_local_date(f.certificate->not_after, e->w->rules->calendar), c->date) != 0;
		if (other_date)
			ask_about_date(e, c, x, &f);
		else if (!f.certificate && f.stranger)
			errand_refuse(e, c,
				      "Berkas yang diperiksa pada tiket ini memuat sertifikat baru atas nama %s, bukan %s. "
				      "Apakah itu orang "
				      "yang sama? Bila namanya yang keliru, perbaiki dengan /isi NAMA. Bila berkasnya milik "
				      "orang lain dan "
				      "sertifikat pemohon memang sudah terbit, kirim lagi perintah yang sama.",
				      f.stranger->holder,
				      x->value[FIELD_NAME] ? x->value[FIELD_NAME] : "pemohon yang belum bernama");
		else
			continue;
		e->asked_evidence = true;
		return false;
	}
	return true;
}

static bool all_known(struct errand *e, const struct command *c)
{
	bool good = true;
	for (size_t i = 0; i < c->n_niks; i++) {
		const struct applicant *x = ticket_by_nik(e->t, c->niks[i]);
		if (!x)
			errand_refuse(e, c, "NIK %s tidak ada pada tiket ini.", c->niks[i]);
		else if (x->state != APPLICANT_OPEN)
			errand_refuse(e, c, "Pemohon dengan NIK %s sudah %s.", c->niks[i], phrase_applicant_state(x->state));
		good = good && x && x->state == APPLICANT_OPEN;
	}
	return good;
}

static struct civil_date proven_end(const struct errand *e, const struct finding *f)
{
	return phrase_local_date(f->certificate->not_after, e->w->rules->calendar);
}

/* What the new end rests on, person by person. */
static void tell_basis(struct errand *e, const struct command *c, const struct applicant *x)
{
	const char *until = phrase_date(x->renewed_until, e->w->a);
	errand_done(e, c, "%s berlaku sampai %s, %s.", x->value[FIELD_NAME] ? x->value[FIELD_NAME] : "pemohon",
		    until ? until : "?",
		    x->renewed_serial          ? "terbukti dari berkas yang diperiksa"
		    : x->renewed_until_assumed ? "diasumsikan (730 hari)"
					       : "menurut petugas");
}

static size_t mark_renewed(struct errand *e, const struct command *c, struct buf *who)
{
	size_t n = 0;
	for (size_t i = 0; i < e->t->n_applicants; i++) {
		struct applicant *x = &e->t->applicants[i];
		if (x->state != APPLICANT_OPEN || !is_chosen(c, x))
			continue;
		struct finding f;
		finding_of(e->w->in, e->t, x, &f);
		bool proven = f.certificate && (c->date.year == 0 || civil_compare(proven_end(e, &f), c->date) == 0);
		x->state = APPLICANT_RENEWED;
		x->renewed_until = c->date.year != 0 ? c->date : proven ? proven_end(e, &f) : assumed_end(e);
		x->renewed_until_assumed = c->date.year == 0 && !proven;
		x->renewed_serial = proven ? f.certificate->serial : NULL;
		x->renewed_from = proven ? f.certificate->not_before : (struct instant){ 0 };
		x->renewed_to = proven ? f.certificate->not_after : (struct instant){ 0 };
		tell_basis(e, c, x);
		buf_addf(who, "%s%zu", n ? ", " : "", i + 1);
		n++;
	}
	return n;
}

/* Everybody is renewed and the notification failed or is uncertain: /terbit sends it once more. */
static bool notify_again(struct errand *e, const struct command *c)
{
	if (e->t->state != TICKET_RENEWED || c->n_niks > 0 || c->date.year != 0)
		return false;
	if (!text_is_blank(c->text))
		buf_add_str(&e->to_applicant, c->text);
	e->notify_again = true;
	errand_done(e, c, "sertifikatnya sudah dicatat terbit; pemberitahuannya dikirim sekali lagi.");
	return true;
}

static bool take_text(struct errand *e, const struct command *c)
{
	if (text_is_blank(c->text))
		return true;
	const char *unfit = text_unfit(e->w, c->text);
	if (unfit) {
		errand_refuse(e, c, "%s", unfit);
		return false;
	}
	buf_addf(&e->to_applicant, "%s%s", e->to_applicant.n ? "\n\n" : "", c->text);
	return true;
}

void run_terbit(struct errand *e, const struct command *c)
{
	AUTO_BUF who = BUF_INIT(8192);
	if (!terbit_allowed(e, c) || !all_known(e, c) || notify_again(e, c) || !agrees_with_files(e, c) || !take_text(e, c))
		return;
	size_t n = mark_renewed(e, c, &who);
	bool all = ticket_all_renewed(e->t);
	if (n == 0 ||
	    !errand_event(e, EVENT_RENEWED, say(e->w, "%sapplicant %s", all ? "" : RENEWED_SOME, say_buf(e->w, &who)))) {
		errand_refuse(e, c, "Tidak ada pemohon yang masih dalam proses pada tiket ini.");
		return;
	}
	e->t->is_held = false;
	e->renewed = true;
	errand_done(e, c, "sertifikat %zu dari %zu pemohon dicatat terbit.", n, e->t->n_applicants);
}

/* --- /tolak, /batal, /buka ------------------------------------------------------------------ */
static void close_applicants(struct ticket *t)
{
	for (size_t i = 0; i < t->n_applicants; i++)
		if (t->applicants[i].state == APPLICANT_OPEN)
			t->applicants[i].state = APPLICANT_REFUSED;
}

void run_tolak(struct errand *e, const struct command *c)
{
	const char *unfit = text_unfit(e->w, c->text);
	if (unfit) {
		errand_refuse(e, c, "Alasannya dikirim kepada pemohon. %s", unfit);
		return;
	}
	if (!errand_event(e, EVENT_REFUSED, NULL)) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	e->t->is_held = false;
	close_applicants(e->t);
	e->refusal = c->text;
	errand_done(e, c, "permohonan ditolak.");
}

void run_batal(struct errand *e, const struct command *c)
{
	bool silent = text_is_blank(c->text);
	const char *unfit = silent ? NULL : text_unfit(e->w, c->text);
	if (unfit) {
		errand_refuse(e, c, "Alasannya dikirim kepada pemohon. %s", unfit);
		return;
	}
	if (!errand_event(e, EVENT_CANCELLED, NULL)) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	e->t->is_held = false;
	e->cancel = true;
	e->refusal = silent ? NULL : c->text;
	errand_done(e, c,
		    silent ? "tiket dibatalkan; pemohon tidak diberi tahu karena tidak ada teks di "
			     "bawahnya."
			   : "tiket dibatalkan.");
}

void run_buka(struct errand *e, const struct command *c)
{
	if (e->t->is_emptied) {
		errand_refuse(e, c, "Isi tiket ini sudah dimusnahkan, sehingga tidak dapat dibuka lagi. Buatlah tiket baru.");
		return;
	}
	if (!errand_event(e, EVENT_REOPENED, NULL)) {
		errand_refuse(e, c, "Tiket ini masih terbuka (%s).", phrase_state(e->t->state));
		return;
	}
	for (size_t i = 0; i < e->t->n_applicants; i++) {
		e->t->applicants[i].state = APPLICANT_OPEN;
		e->t->applicants[i].renewed_until = (struct civil_date){ 0 };
		e->t->applicants[i].renewed_until_assumed = false;
		e->t->applicants[i].renewed_serial = NULL;
		e->t->applicants[i].renewed_from = e->t->applicants[i].renewed_to = (struct instant){ 0 };
	}
	errand_done(e, c, "tiket dibuka kembali dan sedang diperiksa.");
}

/* --- /isi ------------------------------------------------------------------------------------ */
static struct applicant *pick(struct errand *e, const struct command *c)
{
	struct ticket *t = e->t;
	if (c->nik) {
		struct applicant *x = ticket_by_nik(t, c->nik);
		if (!x)
			errand_refuse(e, c, "NIK %s tidak ada pada tiket ini.", c->nik);
		return x;
	}
	if (t->n_applicants == 0)
		return ticket_add_applicant(e->w, t);
	if (t->n_applicants == 1)
		return &t->applicants[0];
	errand_refuse(e, c,
		      "Tiket ini memuat %zu pemohon. Tulislah NIK-nya di depan, misalnya: /isi "
		      "2103… JABATAN Kepala Bidang.",
		      t->n_applicants);
	return NULL;
}

static bool is_failure(const struct event *e)
{
	if (e->what == EVENT_NOTIFY_FAILED)
		return true;
	if ((e->what != EVENT_BOUNCED && e->what != EVENT_MAIL_FAILED) || !e->detail)
		return false;
	return str_starts(e->detail, letter_message_kind(LETTER_ACKNOWLEDGEMENT)) ||
	       str_starts(e->detail, letter_message_kind(LETTER_ASSISTANCE)) ||
	       str_starts(e->detail, letter_message_kind(LETTER_NOTIFICATION)) ||
	       str_starts(e->detail, letter_message_kind(LETTER_REFUSAL));
}

/* Did a mail to the requester fail since the address was last set?  The newest event is the setting
 * that asks. */
static bool address_failed(const struct ticket *t)
{
	for (size_t i = t->n_events > 0 ? t->n_events - 1 : 0; i > 0; i--) {
		const struct event *e = &t->events[i - 1];
		if (is_failure(e))
			return true;
		if (e->what == EVENT_DATUM_SET && str_eq(e->detail, applicant_field_word(FIELD_EMAIL)))
			return false;
	}
	return false;
}

/* A dead or missing address is mended by the new one; a notification that waits for it goes out. */
static void mend_address(struct errand *e, const struct command *c)
{
	struct ticket *t = e->t;
	bool same = t->requester_address && mail_address_eq(t->requester_address, c->value);
	ticket_add_party(e->w, t, c->value);
	e->w->out->alive_address = c->value;
	if (!e->unreachable && (same || !address_failed(t)))
		return;
	t->requester_address = c->value;
	e->unreachable = false;
	errand_done(e, c, "surat untuk pemohon sekarang dikirim ke alamat ini.");
	if (t->state == TICKET_RENEWED)
		e->notify_again = true;
}

void run_isi(struct errand *e, const struct command *c)
{
	struct ticket *t = e->t;
	if ((size_t)c->field >= N_FIELDS || !c->value) {
		errand_refuse(e, c, "Nilainya belum ditulis. Contoh: /isi NIP 18 angka.");
		return;
	}
	if (c->field == FIELD_EMAIL && !mail_address_valid(c->value)) {
		errand_refuse(e, c, "Alamat email itu tidak sesuai format.");
		return;
	}
	struct applicant *x = pick(e, c);
	if (!x)
		return;
	const struct applicant *twin = c->field == FIELD_NIK ? ticket_by_nik(t, c->value) : NULL;
	if (twin && twin != x) {
		errand_refuse(e, c, "NIK itu sudah dipakai pemohon lain pada tiket ini.");
		return;
	}
	if (!errand_event(e, EVENT_DATUM_SET, applicant_field_word(c->field))) {
		errand_refuse(e, c, "Tiket ini sudah %s. Buka dahulu dengan /buka.", phrase_state(t->state));
		return;
	}
	x->value[c->field] = c->value;
	x->given[c->field] = NULL;
	errand_done(e, c, "%s pemohon ke-%zu dicatat.", phrase_field(c->field), (size_t)(x - t->applicants) + 1);
	if (c->field == FIELD_EMAIL)
		mend_address(e, c);
}

/* --- /gabung ---------------------------------------------------------------------------------- */
static void move_applicants(struct errand *e, struct ticket *to)
{
	for (size_t i = 0; i < e->t->n_applicants; i++) {
		struct applicant x = e->t->applicants[i];
		bool known = ticket_by_nik(to, x.value[FIELD_NIK]) != NULL;
		for (size_t k = 0; k < to->n_applicants; k++)
			known = known || (x.value[FIELD_NIP] && str_eq(to->applicants[k].value[FIELD_NIP], x.value[FIELD_NIP]));
		bool empty = !x.value[FIELD_NIK] && !x.value[FIELD_NIP];
		if (known || (empty && to->n_applicants > 0))
			continue;
		struct applicant *slot = ticket_add_applicant(e->w, to);
		if (!slot)
			return;
		*slot = x;
		slot->id = 0;
	}
}

static const struct ticket *named_ticket(struct errand *e, const struct command *c)
{
	const struct incoming *in = e->w->in;
	size_t i = e->n_named;
	if (!c->number)
		return NULL;
	e->n_named++;
	return i < in->n_named ? in->named[i] : NULL;
}

static bool merge_allowed(struct errand *e, const struct command *c, const struct ticket *to)
{
	if (!to)
		errand_refuse(e, c, "Tidak ada tiket dengan nomor %s.", c->number ? c->number : "itu");
	else if (to->id == e->t->id)
		errand_refuse(e, c, "Itu tiket yang sama.");
	else if (!ticket_is_open(to) || to->state == TICKET_RENEWED)
		errand_refuse(e, c, "Tiket %s %s, sehingga tidak dapat menerima gabungan.", to->number ? to->number : "?",
			      phrase_state(to->state));
	else if (e->w->out->has_other)
		errand_refuse(e, c, "Satu surat hanya dapat memuat satu /gabung.");
	else
		return true;
	return false;
}

void run_gabung(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	const struct ticket *to = named_ticket(e, c);
	struct ticket *other = &w->out->other;
	if (!merge_allowed(e, c, to))
		return;
	if (!errand_event(e, EVENT_MERGED, to->number)) {
		errand_refuse(e, c, "Tiket ini %s, sehingga tidak dapat digabungkan.", phrase_state(e->t->state));
		return;
	}
	int r = ticket_copy(to, w->a, other);
	if (r == 0)
		r = ticket_apply(other, EVENT_FILED, w->in->received, w->from,
				 say(w, "ticket %s was merged into this one", e->t->number ? e->t->number : "?"), w->a);
	if (r < 0) {
		work_fail(w, r);
		return;
	}
	w->out->has_other = true;
	e->t->merged_into = to->number;
	e->t->is_held = false;
	move_applicants(e, other);
	for (size_t i = 0; i < e->t->n_parties; i++)
		ticket_add_party(w, other, e->t->parties[i]);
	errand_done(e, c, "tiket ini digabungkan ke tiket %s.", to->number ? to->number : "?");
}
