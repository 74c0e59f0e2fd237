/* The workbook of a recap, read back by our own reader of lists: rows that went round libxlsxwriter. */
#include "unit.h"

#include "document/draw.h"
#include "sheet/sheet.h"

#include <unistd.h>

static const struct recap_request q = { .format = RECAP_XLSX, .agency = "Dinas <Satu> & \"Dua\"", .title = "Agustus 2026" };

static struct tally ticket(void)
{
	return (struct tally){ .number = "2026-0001",
			       .state = "closed",
			       .kind = "renewal",
			       .name = "Budi",
			       .nik = "2103070101800001",
			       .opened_s = 20000LL * 86400 + 34200, /* 09.30 */
			       .step_s = { 0, 1, 59, -1 },
			       .first = true };
}

struct made {
	char folder[32], path[64];
	struct recap_request q;
	struct recap_writer *w;
};

static void begin(struct made *m)
{
	struct error err;
	*m = (struct made){ .folder = "/tmp/sitante-rows-XXXXXX", .q = q };
	m->q.from_s = 19000LL * 86400;
	m->q.to_s = 21000LL * 86400;
	assert_non_null(mkdtemp(m->folder));
	(void)snprintf(m->path, sizeof(m->path), "%s/book.xlsx", m->folder);
	assert_int_equal(recap_writer_open(&m->q, m->path, m->folder, -1, &m->w, &err), 0);
}

/* Ends the book and reads its sheet back; what the writer left beside it goes. */
static void end(struct made *m, struct arena *a, struct sheet *out)
{
	static const char *const left[] = { "rows", "around.xlsx", "book.xlsx" };
	static unsigned char bytes[2 * 1024 * 1024];
	struct error err;
	assert_int_equal(recap_writer_close(m->w, &err), 0);
	FILE *f = fopen(m->path, "rb");
	assert_non_null(f);
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	assert_true(n < sizeof(bytes));
	assert_int_equal(sheet_read(span_of(bytes, n), a, out, &err), 0);
	assert_false(out->cut);
	for (size_t i = 0; i < COUNT(left); i++) {
		char path[64];
		(void)snprintf(path, sizeof(path), "%s/%s", m->folder, left[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(m->folder), 0); /* nothing else was left */
}

static const char *cell(const struct sheet *s, size_t row, size_t column)
{
	assert_true(row < s->n_rows);
	return column < s->rows[row].n ? s->rows[row].cells[column].text : "";
}

static void nothing_but_the_head(void **state)
{
	struct made m;
	struct sheet s;
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	begin(&m);
	end(&m, a, &s);
	assert_int_equal(s.n_rows, 1);
	assert_string_equal(cell(&s, 0, 1), "Tiket");
	assert_string_equal(cell(&s, 0, 22), "Nilai");
}

static void texts_stay_what_they_are(void **state)
{
	static const struct {
		const char *given, *read;
	} rows[] = { { "Budi", "Budi" },
		     { "A & B <c> \"d\" 'e'", "A & B <c> \"d\" 'e'" },
		     { "</t></is></c><c><v>1</v></c>", "</t></is></c><c><v>1</v></c>" },
		     { "</sheetData></worksheet>", "</sheetData></worksheet>" },
		     { "&amp;&#65;", "&amp;&#65;" },
		     { "]]>", "]]>" },
		     { "=HYPERLINK(\"http://x\")", "=HYPERLINK(\"http://x\")" },
		     { "  a \t b\n", "a b" },
		     { "\xe2\x80\xaegnp", "gnp" },
		     { "\xff\xfe\x01x", NULL },
		     { "Zoë 🙏 名", "Zoë 🙏 名" } };
	struct made m;
	struct sheet s;
	AUTO_ARENA a = arena_new(4 << 20);
	(void)state;
	begin(&m);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tally t = ticket();
		t.name = t.agency = rows[i].given;
		recap_writer_row(m.w, &t);
	}
	end(&m, a, &s);
	assert_int_equal(s.n_rows, COUNT(rows) + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].read)
			assert_string_equal(cell(&s, i + 1, 7), rows[i].read);
		assert_string_equal(cell(&s, i + 1, 7), cell(&s, i + 1, 11));
		assert_string_equal(cell(&s, i + 1, 8), "************0001");
		assert_int_equal(s.rows[i + 1].cells[7].kind, SHEET_TEXT);
	}
}

static void numbers_are_days(void **state)
{
	static const struct {
		int64_t seconds;
		const char *days; /* never below: a minute would be shown as the one before */
	} rows[] = { { 0, "0" },     { 1, "0.000012" },     { 60, "0.000695" }, { 86399, "0.999989" },
		     { 86400, "1" }, { 90000, "1.041667" }, { 864000, "10" },   { 400LL * 86400 + 43200, "400.5" } };
	struct made m;
	struct sheet s;
	AUTO_ARENA a = arena_new(4 << 20);
	(void)state;
	begin(&m);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tally t = ticket();
		t.step_s[0] = rows[i].seconds;
		t.until = "2028-02-29";
		t.mark = 4;
		recap_writer_row(m.w, &t);
	}
	end(&m, a, &s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char count[8];
		(void)snprintf(count, sizeof(count), "%zu", i + 1);
		assert_string_equal(cell(&s, i + 1, 0), count);
		assert_string_equal(cell(&s, i + 1, 13), rows[i].days);
		assert_string_equal(cell(&s, i + 1, 16), ""); /* never begun */
		assert_string_equal(cell(&s, i + 1, 17), ""); /* never waited */
		assert_string_equal(cell(&s, i + 1, 21), "2028-02-29");
		assert_int_equal(s.rows[i + 1].cells[21].kind, SHEET_DATE);
		assert_int_equal(s.rows[i + 1].cells[3].kind, SHEET_DATE);
		assert_string_equal(cell(&s, i + 1, 22), "4");
	}
}

static void many_rows_in_order(void **state)
{
	enum { N = 1900 };
	struct made m;
	struct sheet s;
	AUTO_ARENA a = arena_new(32 << 20);
	(void)state;
	begin(&m);
	for (int i = 0; i < N; i++) {
		char number[32];
		struct tally t = ticket();
		(void)snprintf(number, sizeof(number), "2026-%04d", i + 1);
		t.number = number;
		t.position = i % 3 ? "Kepala Subbagian Perencanaan dan Keuangan" : NULL;
		recap_writer_row(m.w, &t);
	}
	end(&m, a, &s);
	assert_int_equal(s.n_rows, N + 1);
	for (int i = 0; i < N; i++) {
		char number[32];
		(void)snprintf(number, sizeof(number), "2026-%04d", i + 1);
		assert_string_equal(cell(&s, (size_t)i + 1, 1), number);
		assert_int_equal(s.rows[i + 1].line, i + 2);
	}
}

static void a_book_that_cannot_be_written_fails(void **state)
{
	struct recap_writer *w = NULL;
	struct error err;
	struct made m;
	(void)state;
	assert_int_equal(recap_writer_open(&q, "no/such/folder/book.xlsx", "no/such/folder", -1, &w, &err), 1);
	begin(&m);
	struct tally t = ticket();
	recap_writer_row(m.w, &t);
	(void)snprintf(m.path, sizeof(m.path), "%s/rows", m.folder);
	assert_int_equal(unlink(m.path), 0);
	assert_int_equal(rmdir(m.folder), 0); /* its folder goes before it is closed */
	assert_int_equal(recap_writer_close(m.w, &err), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_the_head),
		cmocka_unit_test(texts_stay_what_they_are),
		cmocka_unit_test(numbers_are_days),
		cmocka_unit_test(many_rows_in_order),
		cmocka_unit_test(a_book_that_cannot_be_written_fails),
	};
	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
