/* The sheet Register: a row a certificate. */
#include "document/book.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

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
enum { N_COLUMNS = sizeof(columns) / sizeof(*columns), MILLION = 1000000, DAY_S = 86400 };
enum { EPOCH_DAYS = 25569 }; /* 1970-01-01 in the spreadsheet's count of days */

double book_lines(const char *text, double width)
{
	double lines = text ? ceil((double)text_columns(text) * 1.12 / (width - 1)) : 1;
	return lines < 1 ? 1 : lines;
}

double book_height(double lines)
{
	return 13 * lines + 2;
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

void register_begin(struct recap_book *b)
{
	styles(b);
	for (int i = 0; i < N_COLUMNS; i++)
		worksheet_set_column(b->reg, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
	worksheet_set_row(b->reg, 0, 30, NULL);
	for (int i = 0; i < N_COLUMNS; i++)
		worksheet_write_string(b->reg, 0, (lxw_col_t)i, columns[i].name, b->head);
	worksheet_freeze_panes(b->reg, 1, 0);
	worksheet_repeat_rows(b->reg, 0, 0);
	worksheet_repeat_columns(b->reg, 0, 1);
}

void register_end(struct recap_book *b)
{
	if (b->row > 0)
		worksheet_autofilter(b->reg, 0, 0, b->row, N_COLUMNS - 1);
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
	double lines = book_lines(t->report, columns[2].width);
	for (int i = 0; i < 8; i++) {
		double n = book_lines(texts[i], columns[5 + i].width);
		lines = n > lines ? n : lines;
	}
	rows_begin(b->rows, lines > 1 ? book_height(lines) : 0);
	put_count(b, 0, ++b->row);
	rows_text(b->rows, 1, b->style.text, t->number);
	rows_text(b->rows, 2, b->style.text, t->report);
	put_instant(b, 3, t->opened_s);
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
