#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "sheet/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

/* Rows as "a|b|c\n" with # before a number and @ before a date. */
static const char *shown(const struct sheet *s, struct arena *a)
{
	struct buf b = BUF_INIT(1 << 20);
	for (size_t i = 0; i < s->n_rows; i++)
		for (size_t k = 0; k < s->rows[i].n; k++) {
			const struct sheet_cell *c = &s->rows[i].cells[k];
			buf_addf(&b, "%s%s%s",
				 c->kind == SHEET_NUMBER ? "#"
				 : c->kind == SHEET_DATE ? "@"
							 : "",
				 c->text, k + 1 < s->rows[i].n ? "|" : "\n");
		}
	const char *out = arena_strdup(a, buf_cstr(&b));
	buf_done(&b);
	return out;
}

struct csv_row {
	const char *name, *bytes, *want;
	size_t n; /* 0: a string */
};

static const struct csv_row csv_rows[] = {
	{ "empty", "", "", 0 },
	{ "only_line_ends", "\r\n\n\r\n", "", 0 },
	{ "comma", "Nama,NIK\r\nBudi,1\r\n", "Nama|NIK\nBudi|1\n", 0 },
	{ "semicolon", "Nama;NIK\nBudi, S.Kom;1\n", "Nama|NIK\nBudi, S.Kom|1\n", 0 },
	{ "tab", "Nama\tNIK\nBudi\t1", "Nama|NIK\nBudi|1\n", 0 },
	{ "quotes", "\"Budi, \"\"Bud\"\"\",2\n", "Budi, \"Bud\"|2\n", 0 },
	{ "line_end_in_quotes", "\"Dinas\nSosial\",2\nx,y\n", "Dinas Sosial|2\nx|y\n", 0 },
	{ "quote_never_closed", "\"abc,d\ne,f", "abc,d e,f\n", 0 },
	{ "separator_in_quotes_counts_not", "\"a;b;c;d\",e\nf,g", "a;b;c;d|e\nf|g\n", 0 },
	{ "bom", "\xef\xbb\xbfNama,NIK\n", "Nama|NIK\n", 0 },
	{ "windows_1252", "Ren\xe9,\x93x\x94\n", "Ren\xc3\xa9|\xe2\x80\x9cx\xe2\x80\x9d\n", 0 },
	{ "utf16_little", "\xff\xfeN\0;\0\x31\0\n\0", "N|1\n", 10 },
	{ "utf16_big", "\xfe\xff\0N\0;\0\x31\0\n", "N|1\n", 10 },
	{ "utf16_pair", "\xff\xfe\x3d\xd8\x4f\xde;\0\x31\0\n\0", "\xf0\x9f\x99\x8f|1\n", 12 },
	{ "utf16_pair_big", "\xfe\xff\xd8\x3d\xde\x4f\0;\0\x31\0\n", "\xf0\x9f\x99\x8f|1\n", 12 },
	{ "utf16_half_a_pair", "\xff\xfe\x3d\xd8;\0\x31\0\n\0", "\xef\xbf\xbd|1\n", 10 },
	{ "utf16_other_half", "\xff\xfe\x4f\xde;\0\x31\0\n\0", "\xef\xbf\xbd|1\n", 10 },
	{ "empty_cells_stay_in_place", "a,,c\n,,\n,x,\n", "a||c\n|x|\n", 0 },
	{ "mangled_number_stays_text", "2,10305E+15;x\n", "2,10305E+15|x\n", 0 },
	{ "controls_are_dropped", "a\x01\x1b[31m,b\n", "a[31m|b\n", 0 },
};

static void csv_reads(void **state)
{
	const struct csv_row *r = *state;
	struct arena *a = arena_new(1 << 22);
	struct sheet s = { 0 };
	struct error err = { 0 };
	assert_int_equal(sheet_read(span_of(r->bytes, r->n ? r->n : strlen(r->bytes)), a, &s, &err), 0);
	assert_string_equal(shown(&s, a), r->want);
	assert_false(s.cut);
	arena_free(a);
}

static void csv_with_nul_is_none(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 20);
	struct sheet s = { 0 };
	struct error err = { 0 };
	assert_int_equal(sheet_read(span_of("a,b\0c\n", 6), a, &s, &err), SHEET_NO_LIST);
	arena_free(a);
}

static void limits_cut_and_say_so(void **state)
{
	(void)state;
	struct arena *a = arena_new(64 << 20);
	struct buf b = BUF_INIT(8 << 20);
	struct error err = { 0 };
	for (int extra = -1; extra <= 1; extra++) {
		struct sheet s = { 0 };
		buf_reset(&b);
		for (int i = 0; i < LIMIT_SHEET_ROWS + extra; i++)
			buf_add_str(&b, "x,y\n");
		assert_int_equal(sheet_read(buf_span(&b), a, &s, &err), 0);
		assert_int_equal(s.cut, extra > 0);
		assert_int_equal(s.n_rows, LIMIT_SHEET_ROWS + (extra < 0 ? extra : 0));
	}
	for (int extra = -1; extra <= 1; extra++) {
		struct sheet s = { 0 };
		buf_reset(&b);
		for (int i = 0; i < LIMIT_SHEET_COLUMNS + extra; i++)
			buf_add_str(&b, i ? ",x" : "x");
		assert_int_equal(sheet_read(buf_span(&b), a, &s, &err), 0);
		assert_int_equal(s.cut, extra > 0);
	}
	for (int extra = -1; extra <= 1; extra++) {
		struct sheet s = { 0 };
		buf_reset(&b);
		for (int i = 0; i < LIMIT_SHEET_CELL_BYTES + extra; i++)
			buf_add_char(&b, 'x');
		buf_add_str(&b, ",y\n");
		assert_int_equal(sheet_read(buf_span(&b), a, &s, &err), 0);
		assert_int_equal(s.cut, extra > 0);
	}
	buf_done(&b);
	arena_free(a);
}

/* --- workbooks ------------------------------------------------------------------------------- */

static const char book_part[] = "<workbook xmlns='m' xmlns:r='r'><sheets><sheet name='H' sheetId='1' state='hidden' r:id='rId1'/>"
				"<sheet name='S' sheetId='2' r:id='rId2'/></sheets></workbook>";
static const char relations_part[] = "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/>"
				     "<Relationship Id='rId2' Target='worksheets/sheet2.xml'/><Relationship Id='rId4'/>"
				     "<Relationship Id='rId3' Target='/xl/worksheets/sheet2.xml'/></Relationships>";
static const char strings_part[] = "<sst><si><t>Nama</t></si><si><r><t>Bu</t></r><r><t>di</t></r><rPh><t>no</t></rPh></si></sst>";
static const char styles_part[] =
	"<styleSheet><numFmts><numFmt numFmtId='170' formatCode='dd/mm/yyyy'/><numFmt numFmtId='172'/>"
	"<numFmt numFmtId='173' formatCode='0\\d\\y'/><numFmt numFmtId='174' formatCode='yy'/>"
	"<numFmt numFmtId='171' formatCode='[Red]0.00\"d\"'/></numFmts><cellXfs><xf numFmtId='0'/>"
	"<xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='171'/>"
	"<xf numFmtId='173'/><xf numFmtId='174'/><xf numFmtId='22'/><xf numFmtId='27'/><xf numFmtId='36'/>"
	"<xf numFmtId='57'/><xf numFmtId='37'/><xf numFmtId='99'/></cellXfs></styleSheet>";

struct zipped {
	unsigned char *p;
	size_t n;
};

static struct zipped workbook(const char *book, const char *strings, const char *sheet)
{
	const char *parts[][2] = { { "xl/workbook.xml", book },
				   { "xl/_rels/workbook.xml.rels", relations_part },
				   { "xl/sharedStrings.xml", strings },
				   { "xl/styles.xml", styles_part },
				   { "xl/worksheets/sheet2.xml", sheet } };
	char path[] = "/tmp/sitante-test-sheet-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	zipFile z = zipOpen64(path, APPEND_STATUS_CREATE);
	assert_non_null(z);
	for (size_t i = 0; i < 5; i++) {
		if (!parts[i][1])
			continue;
		assert_int_equal(
			zipOpenNewFileInZip(z, parts[i][0], NULL, NULL, 0, NULL, 0, NULL, Z_DEFLATED, Z_DEFAULT_COMPRESSION),
			ZIP_OK);
		assert_int_equal(zipWriteInFileInZip(z, parts[i][1], (unsigned)strlen(parts[i][1])), ZIP_OK);
		assert_int_equal(zipCloseFileInZip(z), ZIP_OK);
	}
	assert_int_equal(zipClose(z, NULL), ZIP_OK);
	(void)close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	(void)unlink(path);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	struct zipped out = { malloc((size_t)st.st_size), (size_t)st.st_size };
	assert_int_equal(read(fd, out.p, out.n), (ssize_t)out.n);
	(void)close(fd);
	return out;
}

struct book_row {
	const char *name, *sheet, *want;
	int result;
	const char *book, *strings;
};

#define CELLS(text) "<worksheet><sheetData>" text "</sheetData></worksheet>"

static const struct book_row book_rows[] = {
	{ "shared_and_rich_strings", CELLS("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"),
	  "Nama|Budi\n", 0, NULL, NULL },
	{ "inline_string", CELLS("<row><c t='inlineStr'><is><t>a</t></is></c></row>"), "a\n", 0, NULL, NULL },
	{ "gap_in_columns", CELLS("<row r='3'><c r='C3'><v>5</v></c></row>"), "||#5\n", 0, NULL, NULL },
	{ "builtin_date", CELLS("<row><c s='1'><v>46041</v></c></row>"), "@2026-01-19\n", 0, NULL, NULL },
	{ "own_date_with_time", CELLS("<row><c s='2'><v>46041.75</v></c></row>"), "@2026-01-19\n", 0, NULL, NULL },
	{ "quoted_d_is_no_date", CELLS("<row><c s='3'><v>46041</v></c></row>"), "#46041\n", 0, NULL, NULL },
	{ "escaped_d_is_no_date", CELLS("<row><c s='4'><v>46041</v></c></row>"), "#46041\n", 0, NULL, NULL },
	{ "year_is_a_date", CELLS("<row><c s='5'><v>46041</v></c></row>"), "@2026-01-19\n", 0, NULL, NULL },
	{ "other_builtin_dates",
	  CELLS("<row><c s='6'><v>46041</v></c><c s='7'><v>46041</v></c><c s='8'><v>46041</v></c><c "
		"s='9'><v>46041</v></c></row>"),
	  "@2026-01-19|@2026-01-19|@2026-01-19|@2026-01-19\n", 0, NULL, NULL },
	{ "no_builtin_dates", CELLS("<row><c s='10'><v>46041</v></c><c s='11'><v>46041</v></c><c s='999'><v>46041</v></c></row>"),
	  "#46041|#46041|#46041\n", 0, NULL, NULL },
	{ "no_serial_of_a_day", CELLS("<row><c s='1'><v>x</v></c><c s='1'><v>9999999</v></c><c s='1'><v>-1</v></c></row>"),
	  "#x|#9999999|#-1\n", 0, NULL, NULL },
	{ "number_by_its_name", CELLS("<row><c t='n'><v>5</v></c><c t='b'><v>1</v></c></row>"), "#5|1\n", 0, NULL, NULL },
	{ "column_far_out", CELLS("<row><c><v>1</v></c><c r='ZZZZZZZZ1'><v>5</v></c></row>"), "", 0, NULL, NULL },
	{ "empty_cells", CELLS("<row><c/><c><v></v></c></row><row/><row><c><v>1</v></c></row>"), "#1\n", 0, NULL, NULL },
	{ "no_relation", CELLS("<row><c><v>1</v></c></row>"), NULL, SHEET_DAMAGED,
	  "<workbook xmlns:r='r'><sheets><sheet r:id='rId9'/></sheets></workbook>", NULL },
	{ "all_hidden", CELLS("<row><c><v>1</v></c></row>"), NULL, SHEET_DAMAGED,
	  "<workbook xmlns:r='r'><sheets><sheet state='veryHidden' r:id='rId2'/></sheets></workbook>", NULL },
	{ "epoch_1904_true", CELLS("<row><c s='1'><v>44579</v></c></row>"), "@2026-01-19\n", 0,
	  "<workbook xmlns:r='r'><workbookPr date1904='true'/><sheets><sheet state='visible' r:id='rId2'/><sheet "
	  "r:id='rId1'/></sheets>"
	  "</workbook>",
	  NULL },
	{ "epoch_1900_said", CELLS("<row><c s='1'><v>46041</v></c></row>"), "@2026-01-19\n", 0,
	  "<workbook xmlns:r='r'><workbookPr date1904='0'/><workbookPr/><sheets><sheet name='x'/><sheet "
	  "r:id='rId2'/></sheets></workbook>",
	  NULL },
	{ "absolute_target", CELLS("<row><c><v>1</v></c></row>"), "#1\n", 0,
	  "<workbook xmlns:r='r'><sheets><sheet r:id='rId3'/></sheets></workbook>", NULL },
	{ "nik_as_number", CELLS("<row><c><v>2.10301010190000E+15</v></c></row>"), "#2.10301010190000E+15\n", 0, NULL, NULL },
	{ "before_1900s_gap", CELLS("<row><c s='1'><v>60</v></c></row>"), "#60\n", 0, NULL, NULL },
	{ "unknown_string", CELLS("<row><c t='s'><v>99</v></c><c><v>1</v></c></row>"), "|#1\n", 0, NULL, NULL },
	{ "formula_shows_its_value", CELLS("<row><c t='str'><f>1+1</f><v>=x</v></c></row>"), "=x\n", 0, NULL, NULL },
	{ "epoch_1904", CELLS("<row><c s='1'><v>44579</v></c></row>"), "@2026-01-19\n", 0,
	  "<workbook xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet r:id='rId2'/></sheets></workbook>", NULL },
	{ "broken_xml", "<worksheet><sheetData><row></sheetData>", NULL, SHEET_DAMAGED, NULL, NULL },
	{ "no_sheet", NULL, NULL, SHEET_DAMAGED, NULL, NULL },
	{ "entities_are_refused", CELLS("<row><c t='s'><v>0</v></c></row>"), NULL, SHEET_DAMAGED, NULL,
	  "<!DOCTYPE s [<!ENTITY a 'aaaa'>]><sst><si><t>&a;</t></si></sst>" },
};

static void book_reads(void **state)
{
	const struct book_row *r = *state;
	struct arena *a = arena_new(1 << 22);
	struct sheet s = { 0 };
	struct error err = { 0 };
	struct zipped z = workbook(r->book ? r->book : book_part, r->strings ? r->strings : strings_part, r->sheet);
	assert_true(sheet_is_likely("Daftar.XLSX", span_of(z.p, z.n)));
	assert_int_equal(sheet_read(span_of(z.p, z.n), a, &s, &err), r->result);
	if (r->want)
		assert_string_equal(shown(&s, a), r->want);
	else
		assert_true(err.text[0] != '\0');
	free(z.p);
	arena_free(a);
}

/* Cut at every length it says no, and never more than the caps are read. */
static void cut_anywhere(void **state)
{
	(void)state;
	struct zipped z = workbook(book_part, strings_part, book_rows[0].sheet);
	for (size_t n = 0; n < z.n; n++) {
		struct arena *a = arena_new(1 << 22);
		struct sheet s = { 0 };
		struct error err = { 0 };
		int r = sheet_read(span_of(z.p, n), a, &s, &err);
		assert_true(r != 0 || n < 5);
		arena_free(a);
	}
	free(z.p);
}

/* The checksums of the last part, in its local and its central header, say something else than its bytes do. */
static void wrong_checksum_is_damage(void **state)
{
	static const char local[] = { 'P', 'K', 3, 4 }, central[] = { 'P', 'K', 1, 2 };
	(void)state;
	struct zipped z = workbook(book_part, strings_part, book_rows[0].sheet);
	unsigned char *last_local = NULL, *last_central = NULL;
	for (size_t i = 0; i + 4 < z.n; i++) {
		if (memcmp(z.p + i, local, 4) == 0)
			last_local = z.p + i;
		if (memcmp(z.p + i, central, 4) == 0)
			last_central = z.p + i;
	}
	assert_true(last_local && last_central);
	last_local[14] ^= 1;
	last_central[16] ^= 1;
	struct arena *a = arena_new(1 << 22);
	struct sheet s = { 0 };
	struct error err = { 0 };
	assert_int_equal(sheet_read(span_of(z.p, z.n), a, &s, &err), SHEET_DAMAGED);
	assert_non_null(strstr(err.text, "checksum"));
	free(z.p);
	arena_free(a);
}

static void likely_by_name_and_bytes(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		bool likely;
	} rows[] = {
		{ "a.csv", "a,b", 3, true },
		{ "A.TSV", "a\tb", 3, true },
		{ "csv", "a,b", 3, false },
		{ "a.txt", "a,b", 3, false },
		{ "a.csv", "a\0b", 3, false },
		{ "a.csv", "", 0, true },
		{ "a.csv",
		  "\xff\xfe"
		  "a\0",
		  4, true },
		{ "a.csv", "\xfe\xff\0a", 4, true },
		{ "a.csv",
		  "\xff"
		  "a\0",
		  3, false },
		{ "a.xlsx", "x", 1, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (sheet_is_likely(rows[i].name, span_of(rows[i].bytes, rows[i].n)) != rows[i].likely)
			fail_msg("row %zu, %s", i, rows[i].name);
}

/* Deeper than any workbook is. */
static void deep_parts_are_damage(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(1 << 20);
	AUTO_ARENA a = arena_new(1 << 22);
	struct sheet s = { 0 };
	struct error err = { 0 };
	for (int i = 0; i < 5000; i++)
		buf_add_str(&b, "<a>");
	struct zipped z = workbook(book_part, strings_part, buf_cstr(&b));
	assert_int_equal(sheet_read(span_of(z.p, z.n), a, &s, &err), SHEET_DAMAGED);
	free(z.p);
}

/* Memory that ends anywhere: refused, or the whole list. */
static void memory_ends_anywhere(void **state)
{
	static const char csv[] = "No;Nama;NIK\n1;Budi;2103010101900001\n2;Siti;2103010101900002\n";
	struct zipped z = workbook(book_part, strings_part, book_rows[0].sheet);
	const struct span lists[] = { span_str(csv), span_of(z.p, z.n) };
	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		AUTO_ARENA whole = arena_new(1 << 22);
		struct sheet right = { 0 };
		struct error err = { 0 };
		assert_int_equal(sheet_read(lists[i], whole, &right, &err), 0);
		size_t used = arena_used(whole);
		for (size_t max = 0; max <= used + 64; max += max + 2048 < used ? 16 : 1) {
			AUTO_ARENA a = arena_new(max);
			struct sheet s = { 0 };
			int r = sheet_read(lists[i], a, &s, &err);
			if (r == 0)
				assert_string_equal(shown(&s, whole), shown(&right, whole));
			else if (r != -ENOMEM && r != -ENOBUFS)
				fail_msg("list %zu in %zu bytes: %d", i, max, r);
		}
	}
	free(z.p);
}

static void bomb_is_refused(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(64 << 20);
	buf_add_str(&b, "<worksheet><sheetData><row><c><v>");
	for (int i = 0; i < LIMIT_SHEET_UNPACKED_BYTES / 64 + 1; i++)
		buf_add_str(&b, "1111111111111111111111111111111111111111111111111111111111111111");
	struct zipped z = workbook(book_part, strings_part, buf_cstr(&b));
	struct arena *a = arena_new(1 << 22);
	struct sheet s = { 0 };
	struct error err = { 0 };
	assert_int_equal(sheet_read(span_of(z.p, z.n), a, &s, &err), SHEET_DAMAGED);
	buf_done(&b);
	free(z.p);
	arena_free(a);
}

int main(void)
{
	struct CMUnitTest tests[96];
	size_t n = 0;
	for (size_t i = 0; i < sizeof(csv_rows) / sizeof(*csv_rows); i++)
		tests[n++] = (struct CMUnitTest){ csv_rows[i].name, csv_reads, NULL, NULL, (void *)&csv_rows[i] };
	for (size_t i = 0; i < sizeof(book_rows) / sizeof(*book_rows); i++)
		tests[n++] = (struct CMUnitTest){ book_rows[i].name, book_reads, NULL, NULL, (void *)&book_rows[i] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(csv_with_nul_is_none);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(limits_cut_and_say_so);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(cut_anywhere);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(wrong_checksum_is_damage);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(likely_by_name_and_bytes);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(deep_parts_are_damage);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(memory_ends_anywhere);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(bomb_is_refused);
	return _cmocka_run_group_tests("sheet", tests, n, NULL, NULL);
}
