/* Values of report and notification: steps with standard and verdict, persons with their validity.
 */
#include "letter/letter_private.h"

#include "casework/phrase.h"

static const char *const step_names[4] = { "1. Penerimaan", "2. Pemeriksaan", "3. Penerbitan", "4. Pemberitahuan" };

static void add_step(struct values *v, struct buf *b, const struct step *s)
{
	const char *took = phrase_duration(s->working, v->a), *standard = phrase_duration(s->standard, v->a);
	const char *waited = phrase_duration(s->waiting, v->a);
	buf_addf(b, "%s\t", step_names[s->step - 1]);
	if (!s->started) {
		buf_addf(b, "belum dimulai (standar %s)\n", standard ? standard : "?");
		return;
	}
	buf_addf(b, "%s dari %s: %s%s", took ? took : "?", standard ? standard : "?",
		 s->met ? "sesuai standar" : "melewati standar", s->finished ? "" : ", masih berjalan");
	const char *paused = phrase_duration(s->paused, v->a);
	if (s->paused.ms > 0)
		buf_addf(b, "; menunggu BSrE %s (tidak dihitung)", paused ? paused : "?");
	if (s->waiting.ms > 0)
		buf_addf(b, "; menunggu pemohon %s (tidak dihitung)", waited ? waited : "?");
	buf_add_char(b, '\n');
}

const char *value_steps(struct values *v)
{
	AUTO_BUF b = BUF_INIT(8192);
	struct step steps[4];
	if (!v->ticket)
		return NULL;
	casework_steps(v->rules, v->ticket, v->now, steps);
	for (int i = 0; i < 4; i++)
		add_step(v, &b, &steps[i]);
	return value_buf(v, &b);
}

static size_t count(const struct ticket *t, enum event_what what)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_events; i++)
		n += t->events[i].what == what;
	return n;
}

const char *value_examined(struct values *v)
{
	if (!v->ticket)
		return NULL;
	return value_say(v, "%zu balasan petugas, %zu jawaban pemohon, %zu pesan singkat", count(v->ticket, EVENT_ASSISTED),
			 count(v->ticket, EVENT_ANSWERED), count(v->ticket, EVENT_SMS));
}

static size_t count_renewed(const struct ticket *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_applicants; i++)
		n += t->applicants[i].state == APPLICANT_RENEWED;
	return n;
}

const char *value_result(struct values *v)
{
	if (!v->ticket)
		return NULL;
	return value_say(v, "sertifikat elektronik terbit untuk %zu dari %zu pemohon", count_renewed(v->ticket),
			 v->ticket->n_applicants);
}

static void row(struct buf *b, const char *label, const char *value)
{
	if (!value)
		return;
	buf_addf(b, "%s\t", label);
	value_line(b, value);
	buf_add_char(b, '\n');
}

static const char *new_end(struct values *v, const struct applicant *x, const char *assumed)
{
	const char *d = phrase_date(x->renewed_until, v->a);
	return value_say(v, "%s%s", d ? d : "?",
			 x->renewed_serial          ? " (terbukti dari berkas yang diperiksa)"
			 : x->renewed_until_assumed ? assumed
						    : "");
}

/* The head's copy too: NIK and NIP masked. */
const char *value_report_persons(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 2);
	const struct ticket *t = v->ticket;
	for (size_t i = 0; t && i < t->n_applicants; i++) {
		const struct applicant *x = &t->applicants[i];
		if (value_enough(&b, t->n_applicants - i))
			break;
		const char *old = x->value[FIELD_VALID_UNTIL];
		if (t->n_applicants > 1)
			buf_addf(&b, "%sPemohon ke-%zu (%s)\n", i ? "\n" : "", i + 1, phrase_applicant_state(x->state));
		row(&b, "Nama", x->value[FIELD_NAME] ? x->value[FIELD_NAME] : "(belum diisi)");
		row(&b, "NIK", x->value[FIELD_NIK] ? value_masked(v, x->value[FIELD_NIK]) : NULL);
		row(&b, "NIP", x->value[FIELD_NIP] ? value_masked(v, x->value[FIELD_NIP]) : NULL);
		row(&b, "Jabatan", x->value[FIELD_POSITION]);
		row(&b, "Instansi", x->value[FIELD_AGENCY]);
		row(&b, "Berlaku lama", old ? value_say(v, "sampai %s", value_iso_date(v, old)) : "tidak disebutkan");
		if (x->state == APPLICANT_RENEWED)
			row(&b, "Berlaku baru",
			    value_say(v, "sampai %s", new_end(v, x, " (diasumsikan: 730 hari sejak terbit)")));
		if (x->state == APPLICANT_RENEWED && x->renewed_serial)
			row(&b, "Nomor seri", value_say(v, "…%s", phrase_serial(x->renewed_serial)));
	}
	return value_buf(v, &b);
}

const char *value_renewed(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 2);
	const struct ticket *t = v->ticket;
	for (size_t i = 0; t && i < t->n_applicants; i++) {
		const struct applicant *x = &t->applicants[i];
		if (value_enough(&b, t->n_applicants - i))
			break;
		if (x->state != APPLICANT_RENEWED)
			continue;
		if (b.n > 0)
			buf_add_char(&b, '\n');
		row(&b, "Nama", x->value[FIELD_NAME]);
		row(&b, "NIK", x->value[FIELD_NIK] ? value_masked(v, x->value[FIELD_NIK]) : NULL);
		row(&b, "NIP", x->value[FIELD_NIP] ? value_masked(v, x->value[FIELD_NIP]) : NULL);
		row(&b, "Berlaku sampai", new_end(v, x, " (perkiraan; tanggal pastinya tertera pada sertifikat)"));
	}
	return value_buf(v, &b);
}

const char *value_still_open(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 2);
	const struct ticket *t = v->ticket;
	for (size_t i = 0; t && i < t->n_applicants; i++) {
		const struct applicant *x = &t->applicants[i];
		if (value_enough(&b, t->n_applicants - i))
			break;
		if (x->state != APPLICANT_OPEN)
			continue;
		buf_add_str(&b, "- ");
		if (x->value[FIELD_NAME])
			value_line(&b, x->value[FIELD_NAME]);
		else
			buf_addf(&b, "pemohon ke-%zu", i + 1);
		buf_add_char(&b, '\n');
	}
	return value_buf(v, &b);
}
