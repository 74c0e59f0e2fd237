#include "unit.h"

#include "sms/sms.h"

struct size_row {
	const char *name, *unit; /* repeated n times */
	size_t n;
	bool wide;
	size_t units, parts;
};

static const struct size_row sizes[] = {
	{ "empty", "", 1, false, 0, 0 },
	{ "one", "a", 1, false, 1, 1 },
	{ "gsm_159", "a", 159, false, 159, 1 },
	{ "gsm_160", "a", 160, false, 160, 1 },
	{ "gsm_161", "a", 161, false, 161, 2 },
	{ "gsm_two_full_parts", "a", 306, false, 306, 2 },
	{ "gsm_one_over_two", "a", 307, false, 307, 3 },
	{ "escape_counts_two", "[", 80, false, 160, 1 },
	{ "escape_is_not_cut", "€", 81, false, 162, 2 },
	{ "escape_leaves_a_gap", "€", 153, false, 306, 3 }, /* 76 of two septets fit into 153 */
	{ "accents_of_the_alphabet", "éèùìòÇØøÅåÆæßÉ¤ÄÖÑÜ§¿äöñüà@£$¥", 1, false, 30, 1 },
	{ "backquote_is_not_in_it", "`", 1, true, 1, 1 },
	{ "small_c_cedilla_is_not", "ç", 1, true, 1, 1 },
	{ "curly_quotes_make_it_wide", "“a”", 1, true, 3, 1 },
	{ "wide_70", "ş", 70, true, 70, 1 },
	{ "wide_71", "ş", 71, true, 71, 2 },
	{ "wide_134", "ş", 134, true, 134, 2 },
	{ "wide_135", "ş", 135, true, 135, 3 },
	{ "emoji_is_two_units", "🙏", 35, true, 70, 1 },
	{ "emoji_is_not_cut", "🙏", 67, true, 134, 3 }, /* 33 fit into 67 */
	{ "line_ends", "a\n", 80, false, 160, 1 },
	{ "tab_is_not_in_it", "\t", 1, true, 1, 1 },
};

static void measured(void **state)
{
	const struct size_row *r = *state;
	struct buf b = BUF_INIT(4096);
	for (size_t i = 0; i < r->n; i++)
		buf_add_str(&b, r->unit);
	struct sms_size got = sms_measure(buf_cstr(&b));
	assert_int_equal(got.wide, r->wide);
	assert_int_equal(got.units, r->units);
	assert_int_equal(got.parts, r->parts);
	buf_done(&b);
}

struct expand_row {
	const char *name, *template;
	enum sms_context context;
	const char *want;
};

static const struct sms_values values = {
	.to = "+6281234567890", .text = "a&b \"c\"\n\\d=é", .reference = "r1", .user = "u&x", .password = "p/w"
};

static const struct expand_row expands[] = {
	{ "url", "http://x/s?to={to}&text={text}", SMS_IN_URL,
	  "http://x/s?to=6281234567890&text=a%26b%20%22c%22%0A%5Cd%3D%C3%A9" },
	{ "form", "to={to_local}&user={user}&pass={password}", SMS_IN_FORM, "to=081234567890&user=u%26x&pass=p%2Fw" },
	{ "plus_is_escaped", "{to_plus}", SMS_IN_URL, "%2B6281234567890" },
	{ "json_braces_stay", "{\"to\":\"{to_plus}\",\"m\":{\"t\":\"{text}\"}}", SMS_IN_JSON,
	  "{\"to\":\"+6281234567890\",\"m\":{\"t\":\"a&b \\\"c\\\"\\u000a\\\\d=é\"}}" },
	{ "header", "Authorization: Bearer {password}", SMS_IN_HEADER, "Authorization: Bearer p/w" },
	{ "header_takes_no_line_end", "X: {text}", SMS_IN_HEADER, "X: " },
	{ "coding", "{coding} {wide} {reference}", SMS_IN_FORM, "0 false r1" },
	{ "unknown_stays", "{tetx} {", SMS_IN_URL, "{tetx} {" },
	{ "a_value_is_never_expanded_again", "{text}", SMS_IN_JSON, "a&b \\\"c\\\"\\u000a\\\\d=é" },
};

static void expanded(void **state)
{
	const struct expand_row *r = *state;
	struct buf b = BUF_INIT(4096);
	sms_expand(r->template, r->context, &values, &b);
	assert_string_equal(buf_cstr(&b), r->want);
	buf_done(&b);
}

static void values_are_data(void **state)
{
	(void)state;
	struct sms_values v = { .to = "+6281", .text = "{password}{to}", .reference = "", .password = "geheim" };
	struct buf b = BUF_INIT(4096);
	sms_expand("{text}", SMS_IN_JSON, &v, &b);
	assert_string_equal(buf_cstr(&b), "{password}{to}");
	buf_done(&b);
}

struct incoming_row {
	const char *name, *pattern, *subject, *text, *number, *message; /* number NULL: not found */
};

static const struct incoming_row incomings[] = {
	{ "subject", "SMS dari {number}", "SMS dari +6281234567890", "Sudah bisa\n", "+6281234567890", "Sudah bisa\n" },
	{ "subject_with_more", "SMS from {number} at", "SMS from 0812-3456-7890 at 10:00", "ok\n", "081234567890", "ok\n" },
	{ "line_of_the_text", "Pengirim: {number}", "Pesan masuk", "Pengirim: 0812 3456 7890\n\nSudah\n", "081234567890",
	  "\nSudah\n" },
	{ "case_ignored", "SMS DARI {number}", "sms dari 081234567890", "x\n", "081234567890", "x\n" },
	{ "not_there", "SMS dari {number}", "Halo", "SMS 0812\n", NULL, NULL },
	{ "words_in_the_middle_do_not_count", "SMS dari {number}", "x", "saya dapat SMS dari 081234567890\n", NULL, NULL },
	{ "a_name_is_no_number", "SMS dari {number}", "SMS dari INFO", "x\n", NULL, NULL },
	{ "too_many_digits", "SMS dari {number}", "SMS dari 2103010101900001", "x\n", NULL, NULL },
	{ "what_must_follow", "SMS from {number} at", "SMS from 081234567890", "x\n", NULL, NULL },
};

static void came_in(void **state)
{
	const struct incoming_row *r = *state;
	struct buf number = BUF_INIT(100), message = BUF_INIT(4096);
	assert_int_equal(sms_incoming(r->pattern, r->subject, r->text, &number, &message), r->number ? 0 : 1);
	if (r->number) {
		assert_string_equal(buf_cstr(&number), r->number);
		assert_string_equal(buf_cstr(&message), r->message);
	}
	buf_done(&number);
	buf_done(&message);
}

static void patterns(void **state)
{
	(void)state;
	assert_true(sms_pattern_valid("SMS dari {number}"));
	assert_false(sms_pattern_valid("{number}"));
	assert_false(sms_pattern_valid("SMS dari"));
	assert_false(sms_pattern_valid("SMS {number} {number}"));
	assert_false(sms_pattern_valid(NULL));
}

static void mobiles(void **state)
{
	static const char *const yes[] = { "+6281234567890", "+628119876543", "+62895123456789" };
	static const char *const no[] = {
		"+62773123456", "+62213456789", "+6581234567", "14017", "+62112", "+62812345x7890", "", NULL
	};
	(void)state;
	for (size_t i = 0; i < COUNT(yes); i++)
		assert_true(sms_number_is_mobile(yes[i]));
	for (size_t i = 0; i < COUNT(no); i++)
		assert_false(sms_number_is_mobile(no[i]));
}

int main(void)
{
	struct CMUnitTest tests[80];
	size_t n = 0;
	for (size_t i = 0; i < COUNT(sizes); i++)
		tests[n++] = (struct CMUnitTest){ sizes[i].name, measured, NULL, NULL, (void *)(uintptr_t)&sizes[i] };
	for (size_t i = 0; i < COUNT(expands); i++)
		tests[n++] = (struct CMUnitTest){ expands[i].name, expanded, NULL, NULL, (void *)(uintptr_t)&expands[i] };
	for (size_t i = 0; i < COUNT(incomings); i++)
		tests[n++] = (struct CMUnitTest){ incomings[i].name, came_in, NULL, NULL, (void *)(uintptr_t)&incomings[i] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(values_are_data);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(patterns);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(mobiles);
	return _cmocka_run_group_tests("sms", tests, n, NULL, NULL);
}
