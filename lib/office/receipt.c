/* The printable receipt of a paper letter (tanda terima), for whoever brought it.  SOP step 1. */
#include "office/office_private.h"

#include "casework/phrase.h"
#include "sms/sms.h"

#include <string.h>

static void row(struct slip *s, const char *label, const char *value)
{
	if (value && *value && s->n_rows < SLIP_ROWS)
		s->rows[s->n_rows++] = (struct slip_line){ label, value };
}

static void persons(struct slip *s, const struct ticket *t, struct arena *a)
{
	s->n_persons_all = t->n_applicants;
	for (size_t i = 0; i < t->n_applicants && s->n_persons < SLIP_PERSONS; i++) {
		const char *const *v = t->applicants[i].value;
		const char *masked = NULL, *digits = v[FIELD_NIK] ? v[FIELD_NIK] : v[FIELD_NIP];
		if (digits && mask_digits(digits, a, &masked) == 0)
			masked = arena_printf(a, "%s %s", v[FIELD_NIK] ? "NIK" : "NIP", masked);
		s->persons[s->n_persons++] =
			(struct slip_line){ v[FIELD_NAME] ? v[FIELD_NAME] : "(nama belum tercatat)", masked };
	}
}

/* By which road the result is told. */
static const char *road(const struct office *o, const struct ticket *t)
{
	if (t->requester_address)
		return "surat elektronik (email)";
	for (size_t i = 0; o->plan.rules->sms.gateway && i < t->n_applicants; i++)
		if (t->applicants[i].value[FIELD_PHONE] && sms_number_is_mobile(t->applicants[i].value[FIELD_PHONE]))
			return "pesan singkat (SMS)";
	return "telepon";
}

static const char *next(const struct office *o, const struct ticket *t, struct arena *a)
{
	const char *day = t->is_held ? phrase_date(phrase_local_date(t->held_until, o->plan.rules->calendar), a) : NULL;
	if (day)
		return arena_printf(
			a,
			"Selanjutnya: menurut masa berlaku sertifikatnya, permohonan ini kami proses dengan sendirinya "
			"mulai %s. Hasilnya dikabarkan kepada pemohon lewat %s.",
			day, road(o, t));
	return arena_printf(
		a,
		"Selanjutnya: petugas memeriksa permohonan ini dan menghubungi pemohon bila ada yang perlu dilengkapi. "
		"Hasilnya dikabarkan kepada pemohon lewat %s.",
		road(o, t));
}

static const char *times(const struct office *o, struct arena *a)
{
	static const char *const names[4] = { "penerimaan", "pemeriksaan", "penerbitan", "pemberitahuan" };
	AUTO_BUF b = BUF_INIT(1000);
	buf_add_str(&b, "Waktu standar pelayanan (jam kerja): ");
	for (int i = 0; i < 4; i++) {
		const char *d = phrase_duration(o->plan.rules->standard[i], a);
		buf_addf(&b, "%s%s %s", i ? ", " : "", names[i], d ? d : "?");
	}
	buf_add_char(&b, '.');
	return arena_strdup(a, buf_cstr(&b));
}

int receipt_of_ticket(const struct office *o, const struct ticket *t, const char *officer, struct arena *a, struct slip *out)
{
	const struct calendar *c = o->plan.rules->calendar;
	const char *place = o->plan.report.place, *today = phrase_date(phrase_local_date(o->now, c), a);
	const char *day = today ? strchr(today, ' ') : NULL; /* without the weekday */
	bool signs = officer && *officer;
	struct slip s = { .logo = o->plan.report.logo,
			  .title = "TANDA TERIMA SURAT PERMOHONAN",
			  .code = arena_printf(a, "SITANTE-%s", t->number ? t->number : "?"),
			  .next = next(o, t, a),
			  .times = times(o, a),
			  .place_date = arena_printf(a, "%s%s%s", place ? place : "", place ? ", " : "", day ? day + 1 : "?"),
			  .role = signs ? "Yang menerima," : NULL,
			  .name = signs ? officer : NULL,
			  .foot = arena_printf(
				  a,
				  "Simpan tanda terima ini. Untuk menanyakan kelanjutannya, sebutkan nomor tiketnya di loket "
				  "atau lewat %s. Petugas kami tidak pernah meminta passphrase, kata sandi, atau kode OTP.",
				  o->plan.rules->mailbox_address) };
	s.n_letterhead = letterhead_of(o, s.letterhead);
	row(&s, "Nomor tiket", s.code);
	row(&s, "Tanggal masuk", phrase_instant(t->opened_at, c, a));
	row(&s, "Nomor surat", t->letter_number);
	row(&s, "Pengirim surat", t->letter_from);
	row(&s, "Permohonan", phrase_kind(t->kind));
	persons(&s, t, a);
	*out = s;
	return arena_status(a) == 0 ? 0 : -ENOMEM;
}
