/* The workbook: sheet Register (a row a certificate), sheet Rekap (figures and charts). */
#include "document/draw.h"
#include "document/rows.h"

#include "base/cell.h"
#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { EPOCH_DAYS = 25569, DAY_S = 86400, MILLION = 1000000 }; /* 1970-01-01 in the spreadsheet's count of days */
#define REGISTER_ENTRY "xl/worksheets/sheet1.xml"

struct recap_book {
	const struct recap_request *q;
	lxw_workbook *book;
	lxw_worksheet *reg, *rekap;
	lxw_format *head, *title, *bold, *text, *time, *date, *span, *share, *number, *decimal;
	struct {
		int32_t text, time, date, span, number;
	} style; /* of the register's cells */
	struct rows *rows;
	char *around, *to; /* the workbook but for the register's rows; all of it */
	uint32_t row;
	struct buf cell;
};

static const struct column {
	const char *name;
	double width;
} columns[] = {
	{ "No", 5 },
	{ "Tiket", 10 },
	{ "No. laporan", 17 },
	{ "Masuk", 15 },
	{ "Selesai", 15 },
	{ "Keadaan", 10 },
	{ "Jenis", 12 },
	{ "Nama", 24 },
	{ "NIK", 17.5 },
	{ "NIP", 19.5 },
	{ "Jabatan", 22 },
	{ "Instansi", 24 },
	{ "Petugas", 14 },
	{ "Langkah 1", 9 },
	{ "Langkah 2", 9 },
	{ "Langkah 3", 9 },
	{ "Langkah 4", 9 },
	{ "Tunggu pemohon", 9 },
	{ "Tunggu BSrE", 9 },
	{ "Surat", 6.5 },
	{ "Pesan singkat", 8 },
	{ "Berlaku sampai", 11 },
	{ "Nilai", 6 },
};
enum { N_COLUMNS = sizeof(columns) / sizeof(*columns), COLUMN_MASUK = 3, REKAP_LABEL_W = 42 };

static lxw_format *format(struct recap_book *b, const char *number, bool bold)
{
	lxw_format *f = workbook_add_format(b->book);
	format_set_font_size(f, 10);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (number)
		format_set_num_format(f, number);
	if (bold)
		format_set_bold(f);
	return f;
}

static void formats(struct recap_book *b)
{
	b->head = format(b, NULL, true);
	format_set_bg_color(b->head, 0xDCE6F1);
	format_set_border(b->head, LXW_BORDER_THIN);
	format_set_text_wrap(b->head);
	format_set_align(b->head, LXW_ALIGN_VERTICAL_CENTER);
	b->title = format(b, NULL, true);
	format_set_font_size(b->title, 13);
	b->bold = format(b, NULL, true);
	b->text = format(b, NULL, false);
	format_set_text_wrap(b->text);
	format_set_align(b->text, LXW_ALIGN_VERTICAL_TOP);
	b->time = format(b, "dd/mm/yyyy hh:mm", false);
	b->date = format(b, "dd/mm/yyyy", false);
	b->span = format(b, "[h]:mm:ss", false);
	b->share = format(b, "0.0%", false);
	b->number = format(b, "#,##0", false);
	b->decimal = format(b, "0.00", false);
}

static void print_setup(lxw_worksheet *s, const char *footer, uint16_t wide)
{
	worksheet_set_landscape(s);
	worksheet_set_paper(s, 9); /* A4 */
	worksheet_fit_to_pages(s, wide, 0);
	worksheet_set_margins(s, 0.4, 0.4, 0.5, 0.6);
	worksheet_set_footer(s, footer);
}

/* The cells that the library does not write itself have formats all the same. */
static void styles(struct recap_book *b)
{
	b->style.text = lxw_format_get_xf_index(b->text);
	b->style.time = lxw_format_get_xf_index(b->time);
	b->style.date = lxw_format_get_xf_index(b->date);
	b->style.span = lxw_format_get_xf_index(b->span);
	b->style.number = lxw_format_get_xf_index(b->number);
}

static void book_done(struct recap_book *b)
{
	if (b->rows)
		rows_done(b->rows);
	buf_done(&b->cell);
	free(b->around);
	free(b->to);
	free(b);
}

static char *path_in(const char *folder, const char *name)
{
	AUTO_BUF path = BUF_INIT(4096);
	buf_addf(&path, "%s/%s", folder, name);
	return buf_take(&path);
}

struct recap_book *book_open(const struct recap_request *q, const char *path, const char *folder)
{
	struct recap_book *b = calloc(1, sizeof(*b));
	char *rows = path_in(folder, "rows");
	lxw_workbook_options o = { .constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)folder };
	if (b) {
		b->q = q;
		b->cell = BUF_INIT(64 * 1024);
		b->around = path_in(folder, "around.xlsx");
		b->to = strdup(path);
		b->rows = rows ? rows_open(rows) : NULL;
		b->book = b->around && b->to && b->rows ? workbook_new_opt(b->around, &o) : NULL;
	}
	free(rows);
	if (!b || !b->book) {
		if (b)
			book_done(b);
		return NULL;
	}
	b->reg = workbook_add_worksheet(b->book, "Register");
	b->rekap = workbook_add_worksheet(b->book, "Rekap");
	formats(b);
	styles(b);
	for (int i = 0; i < N_COLUMNS; i++)
		worksheet_set_column(b->reg, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
	worksheet_set_row(b->reg, 0, 30, NULL);
	for (int i = 0; i < N_COLUMNS; i++)
		worksheet_write_string(b->reg, 0, (lxw_col_t)i, columns[i].name, b->head);
	worksheet_freeze_panes(b->reg, 1, 0);
	worksheet_repeat_rows(b->reg, 0, 0);
	worksheet_repeat_columns(b->reg, 0, 1);
	print_setup(b->reg, "&L&A&RHalaman &P dari &N", 2);
	return b;
}

static void put_text(struct recap_book *b, lxw_worksheet *s, uint32_t row, int column, const char *text)
{
	if (!text || !*text)
		return;
	buf_reset(&b->cell);
	cell_add_text(&b->cell, text);
	worksheet_write_string(s, row, (lxw_col_t)column, buf_cstr(&b->cell), b->text);
}

static void put(lxw_worksheet *s, uint32_t row, int column, double v, lxw_format *f)
{
	worksheet_write_number(s, row, (lxw_col_t)column, v, f);
}

/* Rows are as high as their longest wrapped text needs: not every spreadsheet measures them again. */
static double lines_of(const char *text, double width)
{
	double lines = text ? ceil((double)text_columns(text) * 1.12 / (width - 1)) : 1;
	return lines < 1 ? 1 : lines;
}

static double height_of(double lines)
{
	return 13 * lines + 2;
}

static void row_height(lxw_worksheet *s, uint32_t row, double lines)
{
	if (lines > 1)
		worksheet_set_row(s, row, height_of(lines), NULL);
}

static const char *state_name(const char *word)
{
	static const char *const names[][2] = { { "received", "baru masuk" },  { "examining", "diperiksa" },
						{ "waiting", "menunggu" },     { "renewed", "terbit" },
						{ "closed", "selesai" },       { "refused", "ditolak" },
						{ "cancelled", "dibatalkan" }, { "merged", "digabung" } };
	for (size_t i = 0; word && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i][0], word) == 0)
			return names[i][1];
	return word;
}

static const char *kind_name(const char *word)
{
	static const char *const words[RECAP_KINDS] = { "renewal",    "issuance",    "revocation",
							"passphrase", "data-change", "question" };
	for (int i = 0; word && i < RECAP_KINDS; i++)
		if (strcmp(words[i], word) == 0)
			return recap_kind_name(i);
	return word;
}

static bool days_of(const char *iso, int64_t *out)
{
	uint32_t y, m, d;
	struct span s = span_str(iso ? iso : "");
	if (s.n != 10 || num_parse_u32(span_of(s.p, 4), 9999, &y) != 0 || num_parse_u32(span_of(s.p + 5, 2), 12, &m) != 0 ||
	    num_parse_u32(span_of(s.p + 8, 2), 31, &d) != 0)
		return false;
	*out = civil_days((struct civil_date){ (int)y, (int)m, (int)d }) + EPOCH_DAYS;
	return true;
}

/* Seconds as millionths of a spreadsheet's days; never a hair below the minute: it would show the one before. */
static int64_t millionths(int64_t seconds)
{
	int64_t days = seconds / DAY_S, rest = seconds % DAY_S;
	return days * MILLION + (rest * MILLION + (rest > 0 ? DAY_S - 1 : 0)) / DAY_S;
}

static void put_duration(struct recap_book *b, int column, int64_t seconds)
{
	rows_number(b->rows, column, b->style.span, millionths(seconds));
}

static void put_instant(struct recap_book *b, int column, int64_t local_s)
{
	rows_number(b->rows, column, b->style.time, millionths(local_s) + (int64_t)EPOCH_DAYS * MILLION);
}

static void put_count(struct recap_book *b, int column, uint32_t n)
{
	if (n > 0)
		rows_number(b->rows, column, b->style.number, (int64_t)n * MILLION);
}

void book_row(struct recap_book *b, const struct tally *t)
{
	char nik[40], nip[40];
	int64_t days;
	const char *texts[] = { state_name(t->state),
				kind_name(t->kind),
				t->name,
				recap_masked(b->q, t->nik, nik),
				recap_masked(b->q, t->nip, nip),
				t->position,
				t->agency,
				t->officer };
	double lines = lines_of(t->report, columns[2].width);
	for (int i = 0; i < 8; i++) {
		double n = lines_of(texts[i], columns[5 + i].width);
		lines = n > lines ? n : lines;
	}
	rows_begin(b->rows, lines > 1 ? height_of(lines) : 0);
	put_count(b, 0, ++b->row);
	rows_text(b->rows, 1, b->style.text, t->number);
	rows_text(b->rows, 2, b->style.text, t->report);
	put_instant(b, COLUMN_MASUK, t->opened_s);
	if (t->ended_s)
		put_instant(b, 4, t->ended_s);
	for (int i = 0; i < 8; i++)
		rows_text(b->rows, 5 + i, b->style.text, texts[i]);
	for (int i = 0; i < 4; i++)
		if (t->step_s[i] >= 0)
			put_duration(b, 13 + i, t->step_s[i]);
	if (t->waiting_s)
		put_duration(b, 17, t->waiting_s);
	if (t->paused_s)
		put_duration(b, 18, t->paused_s);
	put_count(b, 19, t->mails);
	put_count(b, 20, t->sms);
	if (days_of(t->until, &days))
		rows_number(b->rows, 21, b->style.date, days * MILLION);
	put_count(b, 22, t->mark);
	rows_end(b->rows);
}

/* --- sheet Rekap -------------------------------------------------------------------------- */

struct at {
	uint32_t row;
};

static void heads(struct recap_book *b, uint32_t row, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		worksheet_write_string(b->rekap, row, (lxw_col_t)i, names[i], b->head);
}

static void heading(struct recap_book *b, struct at *at, const char *text)
{
	at->row++;
	worksheet_write_string(b->rekap, at->row++, 0, text, b->bold);
}

static void figure(struct recap_book *b, struct at *at, const char *label, double v, lxw_format *f)
{
	worksheet_write_string(b->rekap, at->row, 0, label, b->text);
	put(b->rekap, at->row++, 1, v, f);
}

static void totals(struct recap_book *b, struct at *at, struct recap *r)
{
	double index = recap_index(r);
	heading(b, at, "Permohonan");
	figure(b, at, "Masuk", r->received, b->number);
	figure(b, at, "Selesai", r->done, b->number);
	figure(b, at, "Ditolak", r->refused, b->number);
	figure(b, at, "Dibatalkan", r->cancelled, b->number);
	figure(b, at, "Masih dikerjakan tim", r->open_team, b->number);
	figure(b, at, "Menunggu pemohon", r->open_applicant, b->number);
	figure(b, at, "Menunggu BSrE", r->open_bsre, b->number);
	figure(b, at, "Waktu menunggu pemohon (tidak dihitung)", (double)r->waiting_s / 86400, b->span);
	figure(b, at, "Waktu menunggu BSrE (tidak dihitung)", (double)r->paused_s / 86400, b->span);
	figure(b, at, "Sertifikat berakhir dalam 30 hari", r->ending[0], b->number);
	figure(b, at, "Sertifikat berakhir dalam 60 hari", r->ending[1], b->number);
	figure(b, at, "Sertifikat berakhir dalam 90 hari", r->ending[2], b->number);
	heading(b, at, "Kepuasan (PermenPANRB 14/2017)");
	figure(b, at, "Jumlah penilaian", r->marks, b->number);
	if (r->marks == 0)
		return;
	figure(b, at, "Indeks (rata-rata x 25)", index, b->decimal);
	worksheet_write_string(b->rekap, at->row, 0, "Mutu", b->text);
	worksheet_write_string(b->rekap, at->row++, 1, recap_band(index), b->text);
}

/* First row of the steps' rows. */
static uint32_t steps(struct recap_book *b, struct at *at, struct recap *r)
{
	static const char *const names[] = { "1 Penerimaan", "2 Pemeriksaan", "3 Penerbitan", "4 Pemberitahuan",
					     "Keempat langkah" };
	static const char *const head[] = { "Langkah",      "Jumlah",  "Rata-rata",     "Median",
					    "Persentil 90", "Terlama", "Sesuai standar" };
	heading(b, at, "Waktu tiap langkah (jam kerja, tiket yang selesai)");
	heads(b, at->row++, head, 7);
	uint32_t first = at->row;
	for (int i = 0; i <= RECAP_TOTAL; i++) {
		struct recap_figures f;
		recap_figures(r, i, &f);
		worksheet_write_string(b->rekap, at->row, 0, names[i], b->text);
		put(b->rekap, at->row, 1, (double)f.n, b->number);
		const double v[] = { f.mean, f.median, f.p90, f.slowest };
		for (int k = 0; f.n > 0 && k < 4; k++)
			put(b->rekap, at->row, 2 + k, v[k] / 86400, b->span);
		if (f.n > 0)
			put(b->rekap, at->row, 6, f.share, b->share);
		at->row++;
	}
	struct recap_figures all;
	recap_figures(r, RECAP_TOTAL, &all);
	if (all.n > 0)
		figure(b, at, "Selesai dalam 90 menit", r->within_90 / (double)all.n, b->share);
	return first;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct recap_group *)a)->name, ((const struct recap_group *)b)->name);
}

static void groups(struct recap_book *b, struct at *at, const char *title, const char *label, struct recap_groups *g)
{
	const char *head[] = { label, "Masuk", "Selesai", "Ditolak", "Dibatalkan", "Menunggu" };
	heading(b, at, title);
	heads(b, at->row++, head, 6);
	if (g->n > 1)
		qsort(g->list, g->n, sizeof(*g->list), by_name);
	for (size_t i = 0; i < g->n; i++) {
		const uint32_t v[] = { g->list[i].received, g->list[i].done, g->list[i].refused, g->list[i].cancelled,
				       g->list[i].open };
		row_height(b->rekap, at->row, lines_of(g->list[i].name, REKAP_LABEL_W));
		put_text(b, b->rekap, at->row, 0, g->list[i].name);
		for (int k = 0; k < 5; k++)
			put(b->rekap, at->row, 1 + k, v[k], b->number);
		at->row++;
	}
}

static uint32_t months(struct recap_book *b, struct at *at, struct recap *r)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des" };
	const char *head[RECAP_KINDS + 1] = { "Bulan" };
	int64_t day = b->q->from_s / 86400;
	struct civil_date from = civil_from_days(day);
	heading(b, at, "Permohonan masuk per bulan dan jenis");
	for (int k = 0; k < RECAP_KINDS; k++)
		head[k + 1] = recap_kind_name(k);
	heads(b, at->row++, head, RECAP_KINDS + 1);
	uint32_t first = at->row;
	for (int m = 0; m < recap_n_months(b->q); m++) {
		char label[20];
		int n = from.month - 1 + m;
		(void)snprintf(label, sizeof(label), "%s %d", names[n % 12], from.year + n / 12);
		worksheet_write_string(b->rekap, at->row, 0, label, b->text);
		for (int k = 0; k < RECAP_KINDS; k++)
			put(b->rekap, at->row, k + 1, r->months[m][k], b->number);
		at->row++;
	}
	return first;
}

static lxw_chart *chart(struct recap_book *b, uint8_t type, const char *title)
{
	lxw_chart *c = workbook_add_chart(b->book, type);
	chart_title_set_name(c, title);
	chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
	return c;
}

/* With its series: the library refuses a chart without any. */
static void insert(struct recap_book *b, lxw_chart *c, uint32_t row)
{
	lxw_chart_options o = { .x_offset = 12, .y_offset = 4, .x_scale = 1.1, .y_scale = 0.95 };
	worksheet_insert_chart_opt(b->rekap, row, 8, c, &o);
}

static void series(lxw_chart *c, uint32_t first, uint32_t last, int column, uint32_t head)
{
	lxw_chart_series *s = chart_add_series(c, NULL, NULL);
	chart_series_set_categories(s, "Rekap", first, 0, last, 0);
	chart_series_set_values(s, "Rekap", first, (lxw_col_t)column, last, (lxw_col_t)column);
	chart_series_set_name_range(s, "Rekap", head, (lxw_col_t)column);
}

static void charts(struct recap_book *b, uint32_t first_step, uint32_t first_month)
{
	lxw_chart *c = chart(b, LXW_CHART_COLUMN_STACKED, "Permohonan masuk per bulan dan jenis");
	uint32_t last = first_month + (uint32_t)recap_n_months(b->q) - 1;
	for (int k = 0; k < RECAP_KINDS; k++)
		series(c, first_month, last, k + 1, first_month - 1);
	insert(b, c, 1);
	c = chart(b, LXW_CHART_BAR, "Sesuai standar, per langkah");
	series(c, first_step, first_step + 4, 6, first_step - 1);
	chart_legend_set_position(c, LXW_CHART_LEGEND_NONE);
	chart_axis_set_max(c->x_axis, 1);
	chart_axis_set_min(c->x_axis, 0);
	chart_axis_set_num_format(c->x_axis, "0%");
	chart_axis_set_reverse(c->y_axis);
	insert(b, c, 16);
	c = chart(b, LXW_CHART_COLUMN, "Waktu per langkah (jam kerja)");
	for (int k = 2; k <= 4; k++)
		series(c, first_step, first_step + 4, k, first_step - 1);
	chart_axis_set_num_format(c->y_axis, "[h]:mm");
	insert(b, c, 31);
}

int book_close(struct recap_book *b, struct recap *r)
{
	struct at at = { 0 };
	if (b->row > 0)
		worksheet_autofilter(b->reg, 0, 0, b->row, N_COLUMNS - 1);
	worksheet_set_column(b->rekap, 0, 0, REKAP_LABEL_W, NULL);
	worksheet_set_column(b->rekap, 1, 7, 13, NULL);
	worksheet_write_string(b->rekap, at.row++, 0, "Rekapitulasi pelayanan sertifikat elektronik", b->title);
	put_text(b, b->rekap, at.row++, 0, b->q->agency);
	put_text(b, b->rekap, at.row++, 0, b->q->title);
	totals(b, &at, r);
	uint32_t first_step = steps(b, &at, r);
	uint32_t first_month = months(b, &at, r);
	groups(b, &at, "Per jenis", "Jenis", &r->kinds);
	groups(b, &at, "Per instansi (OPD)", "Instansi", &r->agencies);
	groups(b, &at, "Per petugas", "Petugas", &r->officers);
	charts(b, first_step, first_month);
	print_setup(b->rekap, "&L&A&RHalaman &P dari &N", 1);
	bool good = workbook_close(b->book) == LXW_NO_ERROR && rows_pack(b->rows, b->around, REGISTER_ENTRY, b->to) == 0;
	book_done(b);
	return good ? 0 : 1;
}
