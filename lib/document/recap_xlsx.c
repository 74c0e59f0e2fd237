/* The workbook, and its sheet Rekap: figures and charts. */
#include "document/book.h"

#include "base/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REKAP_LABEL_W = 42 };
#define REGISTER_ENTRY "xl/worksheets/sheet1.xml"

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
	register_begin(b);
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

static void row_height(lxw_worksheet *s, uint32_t row, double lines)
{
	if (lines > 1)
		worksheet_set_row(s, row, book_height(lines), NULL);
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
		row_height(b->rekap, at->row, book_lines(g->list[i].name, REKAP_LABEL_W));
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
	register_end(b);
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
