/* What is too much for a library is seen before it, and no more than that: at each limit, one below and one above. */
#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "message/weight.h"

#include <string.h>

static void repeat(struct buf *b, const char *words, size_t n)
{
	while (n-- > 0)
		buf_add_str(b, words);
}

static void T28_limits_of_a_mail(void **state)
{
	static const struct {
		const char *head, *again;
		size_t fits;
	} rows[] = {
		{ "", "Content-Type: text/plain\n\n", LIMIT_MIME_TYPES },
		{ "\n", "--b\n\nx\n", LIMIT_MIME_DELIMITERS },
		{ "\n", "-- \n", LIMIT_MIME_DELIMITERS },
		{ "", "0123456\n", LIMIT_HEADER_BYTES / 7 },
		{ "Subject: x\n\n--b\n", "0123456\n", LIMIT_HEADER_BYTES / 7 },
		{ "Content-Type: message/rfc822\n\n", "0123456\n", LIMIT_HEADER_BYTES / 7 - 4 },
		{ "Content-Type: multipart/digest\n\nx\n\ny\n\n", "0123456\n", LIMIT_HEADER_BYTES / 7 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t more = 0; more < 2; more++) {
			AUTO_BUF b = BUF_INIT(1024 * 1024);
			buf_add_str(&b, rows[i].head);
			repeat(&b, rows[i].again, rows[i].fits + more * 10);
			if (weight_of_mail(buf_span(&b)) != (more ? WEIGHT_TOO_MUCH : WEIGHT_FITS))
				fail_msg("row %zu, %s", i, more ? "above" : "below");
		}
}

static void T28_many_small_headers_add_up(void **state)
{
	AUTO_BUF b = BUF_INIT(4 * 1024 * 1024);
	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		buf_add_str(&b, "--b\n");
		repeat(&b, "0123456789\n", 110);
		buf_add_str(&b, "\n");
	}
	assert_int_equal(weight_of_mail(buf_span(&b)), WEIGHT_TOO_MUCH);
}

static void T32_words_without_end_in_one_header(void **state)
{
	AUTO_BUF b = BUF_INIT(1024 * 1024);
	(void)state;
	repeat(&b, "=?utf-8?q?a", 5000);
	assert_int_equal(weight_of_mail(buf_span(&b)), WEIGHT_TOO_MUCH);
}

static void ordinary_text_weighs_nothing(void **state)
{
	AUTO_BUF b = BUF_INIT(64 * 1024 * 1024);
	(void)state;
	buf_add_str(&b, "Subject: x\n\n");
	repeat(&b, "a line of a long text, with =? and <b> in it\n", 300000);
	assert_int_equal(weight_of_mail(buf_span(&b)), WEIGHT_FITS);
	assert_int_equal(weight_of_mail(span_of("", 0)), WEIGHT_FITS);
}

static enum weight html(const char *head, const char *again, size_t n)
{
	AUTO_BUF b = BUF_INIT(4 * 1024 * 1024);
	buf_add_str(&b, head);
	repeat(&b, again, n);
	return weight_of_html(buf_span(&b));
}

static void T30_limits_of_html(void **state)
{
	(void)state;
	assert_int_equal(html("", "<br>", LIMIT_HTML_TAGS), WEIGHT_FITS);
	assert_int_equal(html("", "<br>", LIMIT_HTML_TAGS + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("", "<div>", LIMIT_HTML_DEPTH), WEIGHT_FITS);
	assert_int_equal(html("", "<div>", LIMIT_HTML_DEPTH + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("", "<DIV></div>", LIMIT_HTML_TAGS / 2), WEIGHT_FITS);
	assert_int_equal(html("", "<div></x>", LIMIT_HTML_DEPTH + 1), WEIGHT_TOO_MUCH); /* the wrong end ends nothing */
	assert_int_equal(html("", "<p>a<li>b<td>c", LIMIT_HTML_TAGS / 3), WEIGHT_FITS);
	assert_int_equal(html("<i ", "a=b ", LIMIT_HTML_ATTRIBUTES), WEIGHT_FITS);
	assert_int_equal(html("<i ", "a=b ", LIMIT_HTML_ATTRIBUTES + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("<i", "/a", LIMIT_HTML_ATTRIBUTES + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("<i ", "a='b c'", LIMIT_HTML_ATTRIBUTES + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("<i a='", "b c ", 10000), WEIGHT_FITS); /* words of one value */
	assert_int_equal(html("<i a=\"", "b > c ", 10000), WEIGHT_FITS);
	assert_int_equal(html("<!-- ", "a b c ", 10000), WEIGHT_FITS);
	assert_int_equal(html("", "<!-- a b -->", LIMIT_HTML_TAGS + 1), WEIGHT_TOO_MUCH);
	assert_int_equal(html("", "a < b ", 1000), WEIGHT_FITS);
	assert_int_equal(html("", "<", 10), WEIGHT_FITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(T28_limits_of_a_mail),
					    cmocka_unit_test(T28_many_small_headers_add_up),
					    cmocka_unit_test(T32_words_without_end_in_one_header),
					    cmocka_unit_test(ordinary_text_weighs_nothing),
					    cmocka_unit_test(T30_limits_of_html) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
