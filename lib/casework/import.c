/* A list of certificates against the register: what it would add, change, or may not. */
#include "casework/casework_private.h"

#include "base/cell.h"
#include "request/likeness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

WORD_TABLE(import_what,
	   import_what, [IMPORT_ADD] = "add", [IMPORT_CHANGE] = "change", [IMPORT_SAME] = "same", [IMPORT_REFUSE] = "refuse")

enum {
	NEAR_DAYS = 45, /* two ends of a person that lie so near are of one certificate: it lives for two years */
	YEARS_AHEAD = CASEWORK_VALID_YEARS,
	ROWS_SHOWN = 150, /* of each kind, in words */
};

struct import {
	const struct casework_rules *rules;
	const struct roster *roster;
	const struct known *known;
	struct import_plan *plan;
	int64_t *end; /* of each row, as a day */
	struct civil_date today;
	struct arena *a;
};

static void refuse(struct import_row *r, const char *why)
{
	r->what = IMPORT_REFUSE;
	r->why = why;
}

/* --- rows that stand twice -------------------------------------------------------------------------- */

static const char *person_of(const struct roster_row *r)
{
	return r->value[FIELD_NIK] ? r->value[FIELD_NIK] : r->value[FIELD_NIP];
}

static int text_order(const char *a, const char *b)
{
	return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int by_person(const void *a, const void *b, void *context)
{
	const struct import *m = context;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int r = text_order(person_of(&m->roster->rows[i]), person_of(&m->roster->rows[k]));
	if (r == 0)
		r = (m->end[i] > m->end[k]) - (m->end[i] < m->end[k]);
	return r ? r : (i > k) - (i < k);
}

static int by_serial(const void *a, const void *b, void *context)
{
	const struct import *m = context;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int r = text_order(m->roster->rows[i].serial, m->roster->rows[k].serial);
	return r ? r : (i > k) - (i < k);
}

static bool twin(const struct import *m, size_t i, size_t k, bool serial)
{
	const struct roster_row *x = &m->roster->rows[i], *y = &m->roster->rows[k];
	if (x->problem || y->problem)
		return false;
	if (serial)
		return x->serial && str_eq(x->serial, y->serial);
	bool other = x->serial && y->serial && !str_eq(x->serial, y->serial);
	return str_eq(person_of(x), person_of(y)) && !other && llabs(m->end[i] - m->end[k]) <= NEAR_DAYS;
}

static int refuse_twins(struct import *m)
{
	size_t n = m->roster->n_rows, *order = arena_array(m->a, n ? n : 1, sizeof(*order));
	if (!order)
		return arena_status(m->a);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++)
			order[i] = i;
		qsort_r(order, n, sizeof(*order), pass == 0 ? by_person : by_serial, m);
		for (size_t i = 1; i < n; i++) {
			if (!twin(m, order[i - 1], order[i], pass == 1))
				continue;
			size_t first = order[i - 1] < order[i] ? order[i - 1] : order[i],
			       second = order[i - 1] + order[i] - first;
			const char *why = arena_printf(m->a, "sama dengan baris %u", m->roster->rows[first].line);
			if (!why)
				return arena_status(m->a);
			refuse(&m->plan->rows[second], why);
		}
	}
	return 0;
}

/* --- one row ------------------------------------------------------------------------------------------ */

static const struct certificate *match(const struct import *m, size_t i)
{
	const struct roster_row *r = &m->roster->rows[i];
	const struct certificate *best = NULL;
	int64_t nearest = NEAR_DAYS + 1;
	for (size_t k = 0; k < m->known[i].n; k++) {
		const struct certificate *c = &m->known[i].list[k];
		if (r->serial && str_eq(r->serial, c->serial))
			return c;
		int64_t far = llabs(civil_days(phrase_local_date(c->not_after, m->rules->calendar)) - m->end[i]);
		if ((r->serial && c->serial) || far >= nearest)
			continue;
		nearest = far;
		best = c;
	}
	return best;
}

static void differs(struct buf *b, const char *what)
{
	buf_addf(b, "%s%s", b->n ? ", " : "", what);
}

static bool conflicts(const struct certificate *c, const struct roster_row *r, enum applicant_field f)
{
	return c->value[f] && r->value[f] && !str_eq(c->value[f], r->value[f]);
}

/* What the row says is put into c; what the row does not say stays.  b: what changes by it. */
static void merge(const struct import *m, size_t i, struct certificate *c, struct buf *b)
{
	const struct roster_row *r = &m->roster->rows[i];
	struct civil_date end = civil_from_days(m->end[i]), begin = { 0 };
	for (int f = 0; f < N_FIELDS; f++) {
		if (f == FIELD_VALID_UNTIL || !r->value[f] || str_eq(c->value[f], r->value[f]))
			continue;
		differs(b, phrase_field((enum applicant_field)f));
		c->value[f] = r->value[f];
	}
	if (r->serial && !str_eq(c->serial, r->serial)) {
		differs(b, "nomor seri");
		c->serial = r->serial;
	}
	if (civil_days(phrase_local_date(c->not_after, m->rules->calendar)) != m->end[i]) {
		differs(b, "tanggal berakhir");
		c->not_after = certificate_day_end(m->rules->calendar, end);
	}
	if (r->begins && date_read(r->begins, &begin) == 0 &&
	    (c->not_before.ms == 0 || civil_compare(phrase_local_date(c->not_before, m->rules->calendar), begin) != 0)) {
		differs(b, "tanggal mulai");
		c->not_before = zone_instant(calendar_zone(m->rules->calendar),
					     (struct civil_time){ begin.year, begin.month, begin.day, 0, 0, 0 });
	}
	if (c->id && c->source == CERTIFICATE_ASSUMED)
		differs(b, "masa berlaku yang tadinya diasumsikan");
	if (c->source == CERTIFICATE_SEEN) { /* its facts were proven, and now it is somebody's */
		differs(b, "pemilik");
		c->source = CERTIFICATE_EXAMINED;
	}
	if (c->source != CERTIFICATE_EXAMINED && (!c->id || b->n > 0))
		c->source = CERTIFICATE_IMPORTED;
}

static const char *barred(const struct import *m, size_t i, const struct certificate *known)
{
	const struct roster_row *r = &m->roster->rows[i];
	struct civil_date end = civil_from_days(m->end[i]);
	if (end.year > m->today.year + YEARS_AHEAD)
		return "tanggal berakhirnya lebih dari lima tahun lagi";
	if (!known)
		return NULL;
	if (conflicts(known, r, FIELD_NIK))
		return "NIK-nya berbeda dengan yang tercatat untuk sertifikat ini";
	bool other_end = civil_days(phrase_local_date(known->not_after, m->rules->calendar)) != m->end[i];
	bool other_serial = r->serial && known->serial && !str_eq(r->serial, known->serial);
	bool proven = known->source == CERTIFICATE_EXAMINED || known->source == CERTIFICATE_SEEN;
	if (known->source == CERTIFICATE_SEEN && r->value[FIELD_NAME] &&
	    name_compare(span_str(known->value[FIELD_NAME]), span_str(r->value[FIELD_NAME])) == NAME_DIFFERENT)
		return "sertifikat dengan nomor seri ini atas nama orang lain";
	if (proven && (other_end || other_serial))
		return "masa berlaku yang tercatat sudah terbukti dari sertifikatnya sendiri";
	return NULL;
}

static void look_at(struct import *m, size_t i)
{
	struct import_row *out = &m->plan->rows[i];
	const struct certificate *known = match(m, i), *newest = m->known[i].n ? &m->known[i].list[m->known[i].n - 1] : NULL;
	const char *why = barred(m, i, known);
	AUTO_BUF changes = BUF_INIT(2048);
	if (out->what == IMPORT_REFUSE)
		return;
	if (why) {
		refuse(out, why);
		return;
	}
	out->certificate = known ? *known : (struct certificate){ .source = CERTIFICATE_IMPORTED, .reminded = REMINDED_NEVER };
	merge(m, i, &out->certificate, &changes);
	out->what = !known ? IMPORT_ADD : changes.n > 0 ? IMPORT_CHANGE : IMPORT_SAME;
	if (known)
		out->why = arena_strdup(m->a, buf_cstr(&changes));
	for (int f = 0; !known && newest && f < N_FIELDS; f++) /* the list need not say again what is known */
		if (!out->certificate.value[f])
			out->certificate.value[f] = newest->value[f];
}

int casework_import(const struct casework_rules *rules, const struct roster *roster, const struct known *known,
		    struct instant now, struct arena *a, struct import_plan *out)
{
	struct import m = { rules, roster, known, out, NULL, phrase_local_date(now, rules->calendar), a };
	*out = (struct import_plan){ .roster = roster };
	out->rows = arena_array(a, roster->n_rows ? roster->n_rows : 1, sizeof(*out->rows));
	m.end = arena_array(a, roster->n_rows ? roster->n_rows : 1, sizeof(*m.end));
	if (!out->rows || !m.end)
		return arena_status(a);
	for (size_t i = 0; i < roster->n_rows; i++) {
		struct civil_date d = { 0 };
		if (roster->rows[i].problem)
			refuse(&out->rows[i], roster->rows[i].problem);
		else if (date_read(roster->rows[i].value[FIELD_VALID_UNTIL], &d) != 0)
			refuse(&out->rows[i], "tanggal berakhir tidak dikenali");
		m.end[i] = d.year ? civil_days(d) : 0;
	}
	int r = refuse_twins(&m);
	for (size_t i = 0; r == 0 && i < roster->n_rows; i++) {
		look_at(&m, i);
		out->n_of[out->rows[i].what]++;
	}
	return r < 0 ? r : arena_status(a);
}

/* --- in words --------------------------------------------------------------------------------------------- */

static void words_of(const struct import_plan *p, enum import_what what, const char *title, struct buf *out)
{
	size_t shown = 0;
	if (p->n_of[what] == 0)
		return;
	buf_addf(out, "\n%s\n", title);
	for (size_t i = 0; i < p->roster->n_rows && shown < ROWS_SHOWN; i++) {
		const struct import_row *r = &p->rows[i];
		const char *name = p->roster->rows[i].value[FIELD_NAME];
		if (r->what != what)
			continue;
		buf_addf(out, "- baris %u, %s", p->roster->rows[i].line, name ? name : "tanpa nama");
		if (r->why)
			buf_addf(out, ": %s", r->why);
		else
			buf_addf(out, ": berlaku sampai %s", p->roster->rows[i].value[FIELD_VALID_UNTIL]);
		buf_add_char(out, '\n');
		shown++;
	}
	if (p->n_of[what] > shown)
		buf_addf(out, "- dan %zu baris lagi\n", p->n_of[what] - shown);
}

void casework_import_words(const struct import_plan *p, struct buf *out)
{
	buf_addf(out, "Ditambahkan\t%zu\nDiubah\t%zu\nSudah sama\t%zu\nDitolak\t%zu\n", p->n_of[IMPORT_ADD],
		 p->n_of[IMPORT_CHANGE], p->n_of[IMPORT_SAME], p->n_of[IMPORT_REFUSE]);
	if (p->roster->cut)
		buf_addf(out,
			 "\nDaftarnya terlalu panjang: hanya %zu baris pertama yang dibaca. Kirimlah sisanya dalam surat lain.\n",
			 p->roster->n_rows);
	words_of(p, IMPORT_REFUSE, "Ditolak:", out);
	words_of(p, IMPORT_CHANGE, "Diubah:", out);
	words_of(p, IMPORT_ADD, "Ditambahkan:", out);
}

/* --- /impor, /ekspor ----------------------------------------------------------------------------------------- */

static bool no_list(struct errand *e, const struct command *c, const struct roster *r)
{
	const struct decision *d = e->w->out;
	if (d->keep_import || d->drop_import)
		errand_refuse(e, c, "Satu surat hanya dapat memuat satu /impor.");
	else if (!r && c->value)
		errand_refuse(
			e, c,
			"Tidak ada daftar yang menunggu. Kirim /impor dengan daftar (CSV atau XLSX) terlampir, periksa hasilnya, "
			"lalu balas hasil itu dengan: /impor ya");
	else if (!r)
		errand_refuse(e, c, "Lampirkan daftarnya sebagai berkas CSV atau XLSX.");
	else if (r->problem)
		errand_refuse(e, c, "%.200s: %s", r->name, r->problem);
	else
		return false;
	return true;
}

static void take_rows(struct work *w, const struct import_plan *p)
{
	size_t n = 0;
	struct certificate *list = arena_array(w->a, p->roster->n_rows + 1, sizeof(*list));
	if (!list) {
		work_fail(w, arena_status(w->a));
		return;
	}
	for (size_t i = 0; i < p->roster->n_rows; i++)
		if (p->rows[i].what == IMPORT_ADD || p->rows[i].what == IMPORT_CHANGE)
			list[n++] = p->rows[i].certificate;
	w->out->certificates = list;
	w->out->n_certificates = n;
	w->out->drop_import = true;
}

void run_impor(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	const struct roster *roster = w->in->import.roster;
	struct import_plan p;
	if (no_list(e, c, roster))
		return;
	int r = casework_import(w->rules, roster, w->in->import.known, w->now, w->a, &p);
	if (r < 0) {
		work_fail(w, r);
		return;
	}
	casework_import_words(&p, &e->shown);
	if (c->value) {
		take_rows(w, &p);
		(void)work_loose_event(w, EVENT_IMPORTED, w->in->received, w->from,
				       say(w, "%zu added, %zu changed, %zu refused", p.n_of[IMPORT_ADD], p.n_of[IMPORT_CHANGE],
					   p.n_of[IMPORT_REFUSE]));
		errand_done(e, c, "%.200s dimasukkan: %zu ditambahkan, %zu diubah, %zu ditolak.", roster->name,
			    p.n_of[IMPORT_ADD], p.n_of[IMPORT_CHANGE], p.n_of[IMPORT_REFUSE]);
		return;
	}
	w->out->keep_import = true;
	if (p.n_of[IMPORT_ADD] + p.n_of[IMPORT_CHANGE] == 0)
		errand_done(e, c, "%.200s diperiksa: tidak ada yang perlu dimasukkan.", roster->name);
	else
		errand_done(e, c,
			    "%.200s diperiksa; BELUM ada yang diubah. Bila hasil di bawah sudah benar, balas surat ini dengan: "
			    "/impor ya",
			    roster->name);
}

void run_ekspor(struct errand *e, const struct command *c)
{
	if (e->w->in->register_csv.n == 0) {
		errand_refuse(e, c,
			      "Registernya terlalu besar untuk surat. Operator dapat membuatnya dengan: sitantectl certificates");
		return;
	}
	e->wants_register = true;
	errand_done(e, c, "register sertifikat terlampir. Isinya data pribadi; mohon disimpan dengan aman.");
}

/* Numbers get an apostrophe in front, or a spreadsheet makes them numbers and throws their last digits away. */
static void csv_number(struct buf *out, const char *s)
{
	buf_addf(out, "\"%s%s\"", s ? "'" : "", s ? s : "");
}

void casework_certificate_csv(const struct calendar *c, const struct certificate *x, struct buf *out)
{
	static const enum applicant_field texts[] = { FIELD_POSITION, FIELD_AGENCY, FIELD_EMAIL, FIELD_PHONE };
	if (!x) {
		buf_add_str(
			out,
			"\xef\xbb\xbfNama;NIK;NIP;Jabatan;Instansi;Email;No. HP;Nomor seri;Berlaku mulai;Berlaku sampai;Sumber;"
			"Diganti\r\n");
		return;
	}
	cell_add_csv(out, x->value[FIELD_NAME]);
	buf_add_char(out, ';');
	csv_number(out, x->value[FIELD_NIK]);
	buf_add_char(out, ';');
	csv_number(out, x->value[FIELD_NIP]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		buf_add_char(out, ';');
		cell_add_csv(out, x->value[texts[i]]);
	}
	buf_add_char(out, ';');
	csv_number(out, x->serial);
	struct civil_date begin = phrase_local_date(x->not_before, c), end = phrase_local_date(x->not_after, c);
	if (x->not_before.ms)
		buf_addf(out, ";%04d-%02d-%02d", begin.year, begin.month, begin.day);
	else
		buf_add_char(out, ';');
	buf_addf(out, ";%04d-%02d-%02d;%s;%s\r\n", end.year, end.month, end.day, certificate_source_word(x->source),
		 x->successor ? "ya" : "");
}
