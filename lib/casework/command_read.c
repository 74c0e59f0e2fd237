/* The commands that only read.  Answers go to the registered staff address alone, so numbers may
 * stand whole where a staff member needs them. */
#include "casework/casework_private.h"

#include <stdio.h>

static const char *first_name(const struct ticket *t)
{
	for (size_t i = 0; i < t->n_applicants; i++)
		if (t->applicants[i].value[FIELD_NAME])
			return t->applicants[i].value[FIELD_NAME];
	return t->requester_name ? t->requester_name : t->requester_address ? t->requester_address : "tanpa nama";
}

static const char *officer(const struct errand *e, const struct ticket *t)
{
	int k = casework_staff(e->w->rules, t->assigned_to);
	if (k < 0)
		return t->assigned_to ? t->assigned_to : "belum ada";
	return e->w->rules->staff[k].name ? e->w->rules->staff[k].name : e->w->rules->staff[k].address;
}

void run_daftar(struct errand *e, const struct command *c)
{
	const struct incoming *in = e->w->in;
	buf_addf(&e->shown, "Tiket terbuka: %zu\n", in->n_open);
	for (size_t i = 0; i < in->n_open; i++) {
		const struct ticket *t = in->open[i];
		buf_addf(&e->shown, "%s  %s%s, %s, %s%s, petugas: %s\n", t->number ? t->number : "?", phrase_state(t->state),
			 t->is_held ? " (ditahan: belum waktunya)" : "", phrase_kind_word(t->kind), first_name(t),
			 t->n_applicants > 1 ? " dkk." : "", officer(e, t));
	}
	errand_done(e, c, "daftar tiket terbuka ada di bawah.");
}

static void show_person(struct errand *e, const struct applicant *x, size_t at)
{
	buf_addf(&e->shown, "Pemohon ke-%zu: %s\n", at + 1, phrase_applicant_state(x->state));
	for (int i = 0; i < N_FIELDS; i++)
		if (x->value[i])
			buf_addf(&e->shown, "- %s: %s\n", phrase_field((enum applicant_field)i), x->value[i]);
		else if (x->given[i])
			buf_addf(&e->shown, "- %s: %s (tidak sesuai format)\n", phrase_field((enum applicant_field)i),
				 x->given[i]);
	if (x->renewed_until.year) {
		const char *d = phrase_date(x->renewed_until, e->w->a);
		buf_addf(&e->shown, "- Berlaku sampai: %s%s\n", d ? d : "?", x->renewed_until_assumed ? " (diasumsikan)" : "");
	}
}

static void show_steps(struct errand *e, const struct ticket *t)
{
	struct step steps[4];
	casework_steps(e->w->rules, t, e->w->now, steps);
	for (int i = 0; i < 4; i++) {
		const char *took = phrase_duration(steps[i].working, e->w->a);
		const char *standard = phrase_duration(steps[i].standard, e->w->a);
		if (!steps[i].started)
			continue;
		buf_addf(&e->shown, "- Langkah %d: %s dari %s%s%s\n", i + 1, took ? took : "?", standard ? standard : "?",
			 steps[i].finished ? "" : ", masih berjalan", steps[i].met ? "" : ", MELEWATI STANDAR");
	}
}

void run_status(struct errand *e, const struct command *c)
{
	const struct incoming *in = e->w->in;
	const struct ticket *t = e->t;
	if (c->number) {
		size_t i = e->n_named++;
		t = i < in->n_named ? in->named[i] : NULL;
	}
	if (!t) {
		errand_refuse(e, c,
			      c->number ? "Tidak ada tiket dengan nomor itu."
					: "Tiketnya tidak diketahui. Tulislah nomornya, misalnya: "
					  "/status 2026-0001.");
		return;
	}
	const char *opened = phrase_instant(t->opened_at, e->w->rules->calendar, e->w->a);
	buf_addf(&e->shown, "Tiket %s: %s\nJenis: %s\nMasuk: %s\nPengirim: %s%s%s%s\nPetugas: %s\n", t->number ? t->number : "?",
		 phrase_state(t->state), phrase_kind(t->kind), opened ? opened : "?", t->requester_name ? t->requester_name : "",
		 t->requester_name ? " <" : "", t->requester_address ? t->requester_address : "tanpa alamat",
		 t->requester_name ? ">" : "", officer(e, t));
	if (t->is_held) {
		const char *d = phrase_date(phrase_local_date(t->held_until, e->w->rules->calendar), e->w->a);
		buf_addf(&e->shown, "Ditahan sampai: %s\n", d ? d : "?");
	}
	if (ticket_waits_bsre(t))
		buf_add_str(&e->shown, "Menunggu BSrE: waktunya tidak dihitung\n");
	if (t->merged_into)
		buf_addf(&e->shown, "Digabung ke: %s\n", t->merged_into);
	for (size_t i = 0; i < t->n_applicants; i++)
		show_person(e, &t->applicants[i], i);
	show_steps(e, t);
	errand_done(e, c, "keadaan tiket ada di bawah.");
}

static void recap_order(struct errand *e, const struct command *c)
{
	struct period p;
	if (period_read(c->value, &p) != 0) {
		errand_refuse(
			e, c,
			"Periodenya tidak dikenali. Tulislah: /laporan 2026-08, /laporan triwulan 2026-1, atau /laporan 2026.");
		return;
	}
	struct letter *l = letter_add(e->w, LETTER_RECAP, e->w->rules->staff[e->w->staff]);
	if (!l)
		return;
	l->wants_document = true;
	l->period = say(e->w, "%s", p.id);
	errand_done(e, c, "rekap %s sedang disusun dan segera dikirim kepada Bapak/Ibu dalam surat tersendiri.", p.title);
}

/* Without a period: what is open now. */
void run_laporan(struct errand *e, const struct command *c)
{
	const struct incoming *in = e->w->in;
	size_t n[N_TICKET_STATES] = { 0 }, held = 0;
	if (c->value) {
		recap_order(e, c);
		return;
	}
	for (size_t i = 0; i < in->n_open; i++) {
		n[(size_t)in->open[i]->state < N_TICKET_STATES ? in->open[i]->state : TICKET_RECEIVED]++;
		held += in->open[i]->is_held;
	}
	buf_addf(&e->shown, "Tiket terbuka: %zu\n", in->n_open);
	for (int s = 0; s < N_TICKET_STATES; s++)
		if (n[s] > 0)
			buf_addf(&e->shown, "- %s: %zu\n", phrase_state((enum ticket_state)s), n[s]);
	if (held > 0)
		buf_addf(&e->shown, "- di antaranya belum waktunya: %zu\n", held);
	if (in->n_open > 0) {
		const char *d = phrase_instant(in->open[0]->opened_at, e->w->rules->calendar, e->w->a);
		buf_addf(&e->shown, "Yang paling lama: %s, masuk %s\n", in->open[0]->number ? in->open[0]->number : "?",
			 d ? d : "?");
	}
	errand_done(e, c, "rekap tiket terbuka ada di bawah.");
}

void run_bantuan(struct errand *e, const struct command *c)
{
	casework_guide(&e->shown);
	errand_done(e, c, "daftar perintah ada di bawah.");
}
