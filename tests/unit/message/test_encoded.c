/* Encoded words: what people's names and subjects need, what breaks decoders, and time that grows with the length only. */
#include "unit.h"

#include "message/charset.h"
#include "message/encoded.h"

#include <string.h>
#include <time.h>

struct row {
	const char *in, *out;
};

static const struct row rows[] = {
	{ "", "" },
	{ "perpanjangan TTE", "perpanjangan TTE" },
	{ "=?utf-8?q?a=C3=A9_b?=", "a\u00e9 b" },
	{ "=?UTF-8?B?w6k=?= lagi", "\u00e9 lagi" },
	{ "=?utf-8?q?a?= =?utf-8?q?b?=", "ab" },
	{ "=?utf-8?q?a?=  \t =?iso-8859-1?q?=E9?= c", "a\u00e9 c" },
	{ "=?utf-8?b?w6?= =?utf-8?b?k=?=", "\u00c3" },   /* cut inside a group of four: each word stands alone */
	{ "=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\u00e9" }, /* cut inside a character */
	{ "x=?utf-8?q?a?=y", "xay" },
	{ "=?utf-8*id?q?a?=", "a" },
	{ "=?gb2312?b?xOO6ww==?=", "\u4f60\u597d" },
	{ "=?iso-8859-9?q?=FD?=", "\u0131" },
	{ "=?x-none?q?a?=", "a" },
	{ "=?utf-7?q?+ADw-script?=", "+ADw-script" },
	{ "=?utf-8?q?=0D=0ABcc:_x?=", "\nBcc: x" }, /* one line only after text_clean_line() */
	{ "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
	{ "=?utf-8?q?a", "=?utf-8?q?a" },
	{ "=??q?a?=", "=??q?a?=" },
	{ "=?", "=?" },
	{ "=?utf-8?q?"
	  "?=",
	  "" },
	{ "=?utf-8?q?=?=", "" },
	{ "caf\xe9", "caf\u00e9" },
	{ "caf\xc3\xa9", "caf\u00e9" },
};

static void each_row(void **state)
{
	(void)state;
	charset_prepare();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		AUTO_BUF out = BUF_INIT(1000);
		encoded_words(span_str(rows[i].in), &out);
		if (strcmp(buf_cstr(&out), rows[i].out) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].in, buf_cstr(&out), rows[i].out);
	}
}

static double seconds(size_t words)
{
	AUTO_BUF in = BUF_INIT(64 * 1024 * 1024);
	AUTO_BUF out = BUF_INIT(64 * 1024 * 1024);
	for (size_t i = 0; i < words; i++)
		buf_add_str(&in, "=?utf-8?q?a");
	clock_t began = clock();
	encoded_words(buf_span(&in), &out);
	assert_int_equal(buf_status(&out), 0);
	assert_int_equal(out.n, in.n);
	return (double)(clock() - began) / CLOCKS_PER_SEC;
}

static void T32_words_without_end_are_searched_once(void **state)
{
	(void)state;
	assert_true(seconds(200000) < 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_row),
					    cmocka_unit_test(T32_words_without_end_are_searched_once) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
