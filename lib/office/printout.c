/* The renewal report of a ticket, as blocks of a page.  SOP step 3. */
#include "office/office_private.h"

#include "casework/phrase.h"

#include <stdio.h>
#include <string.h>

enum { BLOCKS_MAX = 3900 };

struct made {
	const struct office *o;
	const struct ticket *t;
	struct arena *a;
	struct printout_block *blocks;
	size_t n;
};

static void add(struct made *m, enum printout_block_kind kind, const char *a, const char *b)
{
	if (m->n < BLOCKS_MAX)
		m->blocks[m->n++] = (struct printout_block){ .kind = kind, .cell = { a, b } };
}

static void row(struct made *m, const char *label, const char *value)
{
	if (value && *value)
		add(m, PRINT_ROW, label, value);
}

static const char *masked(struct made *m, const char *digits)
{
	const char *out = NULL;
	return digits && mask_digits(digits, m->a, &out) == 0 ? out : NULL;
}

static const char *date_words(struct made *m, const char *iso)
{
	struct civil_date d;
	return iso && date_read(iso, &d) == 0 ? phrase_date(d, m->a) : iso;
}

static void persons(struct made *m)
{
	for (size_t i = 0; i < m->t->n_applicants; i++) {
		const struct applicant *x = &m->t->applicants[i];
		if (x->state != APPLICANT_RENEWED)
			continue;
		if (m->t->n_applicants > 1)
			add(m, PRINT_HEADING, arena_printf(m->a, "Pemegang sertifikat %zu", i + 1), NULL);
		row(m, "Nama", x->value[FIELD_NAME] ? x->value[FIELD_NAME] : "belum tercatat");
		row(m, "NIK", masked(m, x->value[FIELD_NIK]));
		row(m, "NIP", masked(m, x->value[FIELD_NIP]));
		row(m, "Jabatan", x->value[FIELD_POSITION]);
		row(m, "Instansi", x->value[FIELD_AGENCY]);
		const char *old = date_words(m, x->value[FIELD_VALID_UNTIL]), *end = phrase_date(x->renewed_until, m->a);
		row(m, "Berlaku lama", old ? arena_printf(m->a, "sampai %s", old) : "tidak disebutkan");
		row(m, "Berlaku baru",
		    arena_printf(m->a, "sampai %s%s", end ? end : "?",
				 x->renewed_serial          ? " (terbukti dari berkas yang diperiksa)"
				 : x->renewed_until_assumed ? " (diperkirakan 730 hari; tanggal pastinya pada sertifikat)"
							    : " (menurut petugas)"));
		row(m, "Nomor seri",
		    x->renewed_serial ? arena_printf(m->a, "…%s", phrase_serial(x->renewed_serial)) : "belum tercatat");
	}
}

static size_t count(const struct ticket *t, enum event_what what)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_events; i++)
		n += t->events[i].what == what;
	return n;
}

static void steps(struct made *m)
{
	static const char *const names[4] = { "1 Penerimaan", "2 Pemeriksaan dan pendampingan", "3 Penerbitan dan laporan",
					      "4 Pemberitahuan" };
	struct step s[4];
	casework_steps(m->o->plan.rules, m->t, m->o->now, s);
	add(m, PRINT_HEAD, "Langkah", "Standar");
	struct printout_block *head = &m->blocks[m->n - 1];
	head->cell[2] = "Waktu nyata";
	head->cell[3] = "Menunggu (tidak dihitung)";
	head->cell[4] = "Hasil";
	for (int i = 0; i < 4; i++) {
		const char *took = phrase_duration(s[i].working, m->a), *waited = phrase_duration(s[i].waiting, m->a);
		const char *paused = phrase_duration(s[i].paused, m->a);
		add(m, PRINT_CELLS_ROW, names[i], phrase_duration(s[i].standard, m->a));
		struct printout_block *b = &m->blocks[m->n - 1];
		b->cell[2] = !s[i].started ? "belum dimulai" : s[i].finished ? took : "masih berjalan";
		b->cell[3] = s[i].waiting.ms > 0 && s[i].paused.ms > 0
				     ? arena_printf(m->a, "pemohon %s; BSrE %s", waited ? waited : "?", paused ? paused : "?")
			     : s[i].waiting.ms > 0 ? arena_printf(m->a, "pemohon %s", waited ? waited : "?")
			     : s[i].paused.ms > 0  ? arena_printf(m->a, "BSrE %s", paused ? paused : "?")
						   : "-";
		b->cell[4] = !s[i].finished ? "-" : s[i].met ? "sesuai standar" : "melewati standar";
	}
}

size_t letterhead_of(const struct office *o, const char *out[PRINT_LETTERHEAD])
{
	const struct report_plan *r = &o->plan.report;
	size_t n = 0;
	while (n < r->n_letterhead && n < PRINT_LETTERHEAD) {
		out[n] = r->letterhead[n];
		n++;
	}
	if (n == 0)
		out[n++] = o->plan.rules->agency;
	return n;
}

/* What is proven, and of how many it is only said. */
static const char *evaluation(struct made *m)
{
	size_t renewed = 0, proven = 0;
	for (size_t i = 0; i < m->t->n_applicants; i++) {
		renewed += m->t->applicants[i].state == APPLICANT_RENEWED;
		proven += m->t->applicants[i].state == APPLICANT_RENEWED && m->t->applicants[i].renewed_serial;
	}
	if (proven == 0)
		return "Sertifikat elektronik dinyatakan terbit oleh petugas; tidak ada berkas uji yang diperiksa.";
	return arena_printf(
		m->a,
		"Uji tanda tangan atau berkas sertifikat: sah dan lebih baru daripada permohonan untuk %zu dari %zu pemegang%s",
		proven, renewed, proven < renewed ? "; selebihnya dinyatakan terbit oleh petugas." : ".");
}

int printout_of_ticket(const struct office *o, const struct ticket *t, const char *number, const char *officer, struct arena *a,
		       struct printout *out)
{
	const struct report_plan *r = &o->plan.report;
	const struct calendar *c = o->plan.rules->calendar;
	struct made m = { .o = o, .t = t, .a = a, .blocks = arena_array(a, BLOCKS_MAX, sizeof(*m.blocks)) };
	if (!m.blocks)
		return -ENOMEM;
	const char *today = phrase_date(phrase_local_date(o->now, c), a), *comma = today ? strchr(today, ' ') : NULL;
	add(&m, PRINT_HEADING, "A. Permohonan", NULL);
	row(&m, "Nomor tiket", t->number);
	row(&m, "Diterima", phrase_instant(t->opened_at, c, a));
	row(&m, "Pengirim", t->requester_name ? t->requester_name : t->requester_address);
	row(&m, "Yang diminta", phrase_kind(t->kind));
	add(&m, PRINT_HEADING, "B. Pemegang sertifikat", NULL);
	persons(&m);
	add(&m, PRINT_HEADING, "C. Pemeriksaan dan pendampingan", NULL);
	row(&m, "Surat elektronik",
	    arena_printf(a, "%zu dari petugas, %zu jawaban pemohon", count(t, EVENT_ASSISTED), count(t, EVENT_ANSWERED)));
	row(&m, "Pesan singkat", arena_printf(a, "%zu", count(t, EVENT_SMS)));
	row(&m, "Hasil evaluasi", evaluation(&m));
	row(&m, "Petugas", officer);
	add(&m, PRINT_HEADING, "D. Waktu pelayanan (jam kerja)", NULL);
	steps(&m);
	add(&m, PRINT_TEXT,
	    "Langkah yang masih berjalan diselesaikan setelah laporan ini dibuat; waktunya tercatat dalam register.", NULL);
	*out = (struct printout){ .logo = r->logo,
				  .title = "LAPORAN PEMBAHARUAN SERTIFIKAT ELEKTRONIK",
				  .number = arena_printf(a, "Nomor %s", number ? number : "-"),
				  .blocks = m.blocks,
				  .n_blocks = m.n,
				  .place_date = arena_printf(a, "%s%s%s", r->place ? r->place : "", r->place ? ", " : "",
							     comma ? comma + 1 : "?"),
				  .role = r->head_title,
				  .name = o->plan.rules->head.name,
				  .id = r->head_id };
	out->n_letterhead = letterhead_of(o, out->letterhead);
	return arena_status(a) == 0 ? 0 : -ENOMEM;
}

/* "{number}/PSE/DISKOMINFO/{month}/{year}" */
const char *report_number_text(const char *pattern, uint32_t n, struct civil_date d, struct arena *a)
{
	static const char *const roman[] = { "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII" };
	AUTO_BUF b = BUF_INIT(400);
	for (const char *p = pattern; *p;) {
		if (str_starts(p, "{number}")) {
			buf_addf(&b, "%03u", n);
			p += 8;
		} else if (str_starts(p, "{month}")) {
			buf_add_str(&b, roman[d.month - 1]);
			p += 7;
		} else if (str_starts(p, "{year}")) {
			buf_addf(&b, "%d", d.year);
			p += 6;
		} else {
			buf_add_char(&b, *p++);
		}
	}
	return buf_status(&b) == 0 ? arena_strdup(a, buf_cstr(&b)) : NULL;
}
