/* What leaves towards people's tools: spreadsheets, terminals, JSON, the journal.  T24, T34-T36. */
#include "../unit.h"

#include "base/cell.h"
#include "base/json.h"
#include "base/text.h"
#include "base/transfer.h"

struct cell_row {
	const char *name, *given, *csv;
};

static const struct cell_row cells[] = {
	{ "T24_plain", "Budi Santoso", "\"Budi Santoso\"" },
	{ "T24_quotes", "a \"b\", c", "\"a \"\"b\"\", c\"" },
	{ "T24_equals", "=1+1", "\"'=1+1\"" },
	{ "T24_plus", "+628123", "\"'+628123\"" },
	{ "T24_minus", "-1", "\"'-1\"" },
	{ "T24_at", "@SUM(A1)", "\"'@SUM(A1)\"" },
	{ "T24_tab", "\t=1", "\"'=1\"" },
	{ "T24_cr", "\r=1", "\"'=1\"" },
	{ "T24_line_feed", "\n=1", "\"'=1\"" },
	{ "T24_tab_alone", "\tx", "\"'x\"" },
	{ "T24_after_blank", "  =1", "\"'=1\"" },
	{ "T24_after_quote", "\"=1", "\"'\"\"=1\"" },
	{ "T24_after_apostrophe", "'=1", "\"''=1\"" },
	{ "T24_after_bom", "\xef\xbb\xbf=1", "\"'=1\"" },
	{ "T24_after_zero_width", "\xe2\x80\x8b=1", "\"'=1\"" },
	{ "T24_full_width",
	  "\xef\xbc\x9d"
	  "1",
	  "\"'\xef\xbc\x9d"
	  "1\"" },
	{ "T24_minus_sign",
	  "\xe2\x88\x92"
	  "1",
	  "\"'\xe2\x88\x92"
	  "1\"" },
	{ "T24_dde", "=cmd|'/c calc'!A0", "\"'=cmd|'/c calc'!A0\"" },
	{ "T24_hyperlink", "=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"" },
	{ "T24_inner_signs_stay", "a=b", "\"a=b\"" },
	{ "T24_empty", "", "\"\"" },
	{ "T24_lines_fold", "a\r\nb", "\"a b\"" },
};

static void cell_row(void **state)
{
	const struct cell_row *row = *state;
	AUTO_BUF b = BUF_INIT(1000);
	cell_add_csv(&b, row->given);
	assert_string_equal(buf_cstr(&b), row->csv);
}

/* T24: whatever byte stands first, no spreadsheet reads a formula: the field's first character is no sign. */
static void T24_no_first_byte_makes_a_formula(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char s[] = "x=1";
		AUTO_BUF b = BUF_INIT(100);
		s[0] = (char)c;
		cell_add_csv(&b, s);
		assert_int_equal(b.p[0], '"');
		assert_int_equal(b.p[b.n - 1], '"');
		assert_null(strchr("=+-@\t\r", b.p[1]));
	}
	AUTO_BUF b = BUF_INIT(100);
	cell_add_csv(&b, NULL);
	assert_string_equal(buf_cstr(&b), "\"\"");
}

static void T24_a_long_cell_is_cut_at_a_character(void **state)
{
	(void)state;
	AUTO_BUF in = BUF_INIT(100000);
	AUTO_BUF out = BUF_INIT(100000);
	for (int i = 0; i < 20000; i++)
		buf_add_str(&in, "é");
	buf_add_str(&in, "é");
	cell_add_text(&out, buf_cstr(&in));
	assert_int_equal(out.n, 32000);
	assert_true(utf8_valid(buf_span(&out)));
}

/* All code points that a screen obeys rather than shows. */
static bool is_command(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0xfeff;
}

static void assert_printable(struct span s)
{
	uint32_t cp;
	for (size_t i = 0, len; i < s.n; i += len) {
		len = utf8_decode(s.p + i, s.n - i, &cp);
		assert_true(len > 0);
		assert_false(is_command(cp));
	}
}

/* T34, T35: the one escape for terminal and journal, over every byte and every code point of the BMP. */
static void T35_every_byte_is_escaped(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		unsigned char s[] = { 'a', (unsigned char)c, 'b' };
		AUTO_BUF b = BUF_INIT(100);
		text_escape(&b, span_of(s, 3), 100);
		assert_printable(buf_span(&b));
	}
	for (uint32_t cp = 1; cp <= 0xffff; cp++) {
		char s[4];
		AUTO_BUF b = BUF_INIT(100);
		text_escape(&b, span_of(s, utf8_encode(cp, s)), 100);
		assert_printable(buf_span(&b));
	}
}

static void T34_a_log_text_is_one_short_line(void **state)
{
	(void)state;
	char big[5000];
	memset(big, '\n', sizeof(big));
	AUTO_BUF b = BUF_INIT(10000);
	text_escape(&b, span_of(big, sizeof(big)), 200);
	assert_true(b.n <= 203); /* the three bytes of the mark that it goes on */
	assert_printable(buf_span(&b));
}

/* T36: whatever is given, a JSON string is pure: no raw control, no bidi mark, valid UTF-8. */
static void T36_every_byte_gives_valid_json(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++)
		for (int d = 1; d < 256; d += 7) {
			char s[] = { 'a', (char)c, (char)d, '"', '\\', 0 };
			AUTO_BUF b = BUF_INIT(200);
			struct json j = json_open(&b, false);
			json_str(&j, s);
			assert_printable(buf_span(&b));
			assert_int_equal(b.p[0], '"');
			assert_int_equal(b.p[b.n - 1], '"');
			for (size_t i = 1; i + 1 < b.n; i++) {
				assert_int_not_equal(b.p[i], '"');
				if (b.p[i] == '\\')
					i++;
			}
		}
}

struct mask_row {
	const char *name, *given, *want;
};

static const struct mask_row masks[] = {
	{ "masked_nik", "550 NIK 2103010101900001 refused", "550 NIK ************0001 refused" },
	{ "masked_in_groups", "2103 0101 0190 0001", "**** **** **** 0001" },
	{ "masked_phone", "call 0812-3456-7890 now", "call ****-****-7890 now" },
	{ "codes_stay", "550 5.1.1 user unknown (421)", "550 5.1.1 user unknown (421)" },
	{ "years_stay", "2026-01-05", "2026-01-05" },
	{ "nine_digits_stay", "123456789", "123456789" },
	{ "ten_digits_go", "1234567890", "******7890" },
};

static void mask_row(void **state)
{
	const struct mask_row *row = *state;
	AUTO_BUF b = BUF_INIT(200);
	text_mask_numbers(&b, span_str(row->given));
	assert_string_equal(buf_cstr(&b), row->want);
}

static void transfer_encodings_are_undone(void **state)
{
	static const struct {
		const char *given, *want;
		bool base64;
	} rows[] = { { "SGFsbyBkdW5pYQ==", "Halo dunia", true },
		     { "SGFs\r\nbyBk\ndW5pYQ", "Halo dunia", true },
		     { "SG!Fs b-yBkdW5pYQ==", "Halo dunia", true },
		     { "SGE=SGE=", "HaHa", true },
		     { "", "", true },
		     { "a=3Db=20c=\r\nd=\ne", "a=b cde", false },
		     { "a=  \r\nb", "ab", false },
		     { "100=25 =x =", "100% =x ", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_BUF b = BUF_INIT(100);
		if (rows[i].base64)
			base64_decode(&b, span_str(rows[i].given));
		else
			quoted_printable_decode(&b, span_str(rows[i].given));
		assert_string_equal(buf_cstr(&b), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(T24_no_first_byte_makes_a_formula), cmocka_unit_test(T24_a_long_cell_is_cut_at_a_character),
		cmocka_unit_test(T35_every_byte_is_escaped),         cmocka_unit_test(T34_a_log_text_is_one_short_line),
		cmocka_unit_test(T36_every_byte_gives_valid_json),   cmocka_unit_test(transfer_encodings_are_undone),
	};
	ADD_ROWS(cells, cell_row)
	ADD_ROWS(masks, mask_row)
	ADD_TESTS(tests)
	return RUN_SUITE("base: outward");
}
