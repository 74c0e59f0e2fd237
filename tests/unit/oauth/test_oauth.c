#include "unit.h"

#include "oauth/oauth.h"

#include "base/transfer.h"

/* --- log-in ------------------------------------------------------------------------------------- */

struct first_row {
	const char *name;
	enum oauth_mechanism mechanism;
	const char *user, *want;
};

static const struct first_row firsts[] = {
	{ "xoauth2", OAUTH_XOAUTH2, "a@b.id", "user=a@b.id\1auth=Bearer ya29.t0k-en\1\1" },
	{ "oauthbearer", OAUTH_OAUTHBEARER, "a@b.id", "n,a=a@b.id,\1host=imap.b.id\1port=993\1auth=Bearer ya29.t0k-en\1\1" },
	{ "names_with_signs", OAUTH_OAUTHBEARER, "a,b=c",
	  "n,a=a=2Cb=3Dc,\1host=imap.b.id\1port=993\1auth=Bearer ya29.t0k-en\1\1" },
};

static void said(void **state)
{
	const struct first_row *r = *state;
	AUTO_BUF b = BUF_INIT(4096), plain = BUF_INIT(4096);
	oauth_sasl_first(&b, &(struct oauth_login){ r->mechanism, r->user, "imap.b.id", 993, "ya29.t0k-en" });
	assert_null(strpbrk(buf_cstr(&b), "\r\n "));
	base64_decode(&plain, buf_span(&b));
	assert_string_equal(buf_cstr(&plain), r->want);
}

static void longest_token_is_said_whole(void **state)
{
	(void)state;
	static char token[LIMIT_TOKEN_BYTES + 2];
	AUTO_BUF b = BUF_INIT(4 * LIMIT_TOKEN_BYTES), plain = BUF_INIT(4 * LIMIT_TOKEN_BYTES);
	memset(token, 'x', LIMIT_TOKEN_BYTES);
	assert_true(oauth_token_valid(token));
	oauth_sasl_first(&b, &(struct oauth_login){ OAUTH_XOAUTH2, "a@b.id", "h", 1, token });
	base64_decode(&plain, buf_span(&b));
	assert_int_equal(plain.n, strlen("user=a@b.id\1auth=Bearer \1\1") + LIMIT_TOKEN_BYTES);
	token[LIMIT_TOKEN_BYTES] = 'x';
	assert_false(oauth_token_valid(token));
}

static void odd_tokens_are_none(void **state)
{
	(void)state;
	static const char *const bad[] = { NULL, "", "a b", "a\r\nb", "a\1b", "caf\xc3\xa9", "a\tb", "a\x7f" };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(oauth_token_valid(bad[i]));
	assert_true(oauth_token_valid("EwB4A8l6BAAU/+=.~_-!\"\\"));
}

struct words_row {
	const char *name, *plain, *want;
};

static const char secret[] = "ya29.a0AfH6SMBx-geheim-geheim";
static const struct words_row challenges[] = {
	{ "google", "{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}",
	  "{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}" },
	{ "rfc7628", "{\"status\":\"invalid_token\"}", "{\"status\":\"invalid_token\"}" },
	{ "empty", "", "" },
	{ "controls", "a\r\nA1 OK\x1b[2J", "a A1 OK[2J" },
	{ "echo_of_the_token", "no: ya29.a0AfH6SMBx-geheim-geheim!", "no: ***!" },
	{ "echo_of_its_end", "no: Bx-geheim-geheim!", "no: ***!" },
	{ "twice", "ya29.a0AfH6SMBx-geheim-geheim ya29.a0AfH6SMBx-geheim-geheim", "*** ***" },
	{ "short_pieces_stay", "ya29. is fine", "ya29. is fine" },
};

static void refusal_in_words(void **state)
{
	const struct words_row *r = *state;
	const char *const secrets[] = { secret };
	AUTO_BUF b = BUF_INIT(4096), out = BUF_INIT(4096);
	base64_add(&b, span_str(r->plain), false);
	oauth_sasl_words(&out, buf_span(&b), secrets, 1);
	assert_string_equal(buf_cstr(&out), r->want);
}

static void huge_refusal_is_cut(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(1024 * 1024), out = BUF_INIT(4096);
	const char *const secrets[] = { secret };
	for (size_t i = 0; i < 900000; i++)
		buf_add_char(&b, 'A');
	oauth_sasl_words(&out, buf_span(&b), secrets, 1);
	assert_int_equal(buf_status(&out), 0);
	assert_true(out.n < 1000);
	buf_reset(&out);
	oauth_sasl_words(&out, span_str("=not base64!\xff"), secrets, 1);
	assert_int_equal(buf_status(&out), 0);
}

static void short_secrets_are_hidden_whole(void **state)
{
	(void)state;
	const char *const secrets[] = { "k4ta", NULL };
	AUTO_BUF out = BUF_INIT(4096);
	oauth_mask(&out, span_str("client k4ta, k4t"), secrets, 2);
	assert_string_equal(buf_cstr(&out), "client ***, k4t");
}

/* --- the token endpoint ----------------------------------------------------------------------------- */

static void form_is_encoded(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(4096);
	oauth_form(&b, &(struct oauth_client){ "id&1", "s=+ \r\n", "https://mail.google.com/ offline_access" }, "1//r");
	assert_string_equal(buf_cstr(&b),
			    "grant_type=refresh_token&client_id=id%261&client_secret=s%3D%2B%20%0D%0A&scope=https%3A%2F%2F"
			    "mail.google.com%2F%20offline_access&refresh_token=1%2F%2Fr");
	buf_reset(&b);
	oauth_form(&b, &(struct oauth_client){ "i", NULL, NULL }, "r");
	assert_string_equal(buf_cstr(&b), "grant_type=refresh_token&client_id=i&refresh_token=r");
}

struct answer_row {
	const char *name;
	long status;
	const char *body;
	enum oauth_outcome outcome;
	const char *access, *refresh; /* where granted */
	int64_t lasts_s, refresh_lasts_s;
	const char *words; /* where not */
};

#define GOOD "\"access_token\":\"at\",\"token_type\":\"Bearer\""
static const struct answer_row answers[] = {
	{ "google", 200, "{" GOOD ",\"expires_in\":3599,\"scope\":\"https://mail.google.com/\"}", OAUTH_GRANTED, "at", "", 3599,
	  0, "" },
	{ "microsoft", 200,
	  "{\"token_type\":\"Bearer\",\"scope\":\"x\",\"expires_in\":4567,\"ext_expires_in\":4567,\"access_token\":\"at\","
	  "\"refresh_token\":\"0.rt\"}",
	  OAUTH_GRANTED, "at", "0.rt", 4567, 0, "" },
	{ "numbers_in_quotes", 200, "{" GOOD ",\"expires_in\":\"3600\",\"refresh_token_expires_in\":\"604799\"}", OAUTH_GRANTED,
	  "at", "", 3600, 604799, "" },
	{ "no_type", 200, "{\"access_token\":\"at\"}", OAUTH_GRANTED, "at", "", 600, 0, "" },
	{ "type_in_small_letters", 200, "{\"access_token\":\"at\",\"token_type\":\"bearer\"}", OAUTH_GRANTED, "at", "", 600, 0,
	  "" },
	{ "odd_ends", 200, "{" GOOD ",\"expires_in\":-5,\"refresh_token_expires_in\":null}", OAUTH_GRANTED, "at", "", 600, 0,
	  "" },
	{ "end_of_all_times", 200, "{" GOOD ",\"expires_in\":9223372036854775807}", OAUTH_GRANTED, "at", "", 10 * 366 * 86400, 0,
	  "" },
	{ "fraction", 200, "{" GOOD ",\"expires_in\":3.5}", OAUTH_GRANTED, "at", "", 600, 0, "" },
	{ "another_type", 200, "{\"access_token\":\"at\",\"token_type\":\"DPoP\"}", OAUTH_REFUSED, NULL, NULL, 0, 0,
	  "the token is of another type than Bearer" },
	{ "no_token", 200, "{\"token_type\":\"Bearer\"}", OAUTH_LATER, NULL, NULL, 0, 0, "the answer holds no usable token" },
	{ "token_is_a_number", 200, "{\"access_token\":5}", OAUTH_LATER, NULL, NULL, 0, 0, "the answer holds no usable token" },
	{ "token_with_line_break", 200, "{\"access_token\":\"a\\r\\nb\"}", OAUTH_LATER, NULL, NULL, 0, 0,
	  "the answer holds no usable token" },
	{ "refresh_token_with_blank", 200, "{" GOOD ",\"refresh_token\":\"a b\"}", OAUTH_LATER, NULL, NULL, 0, 0,
	  "the answer holds no usable token" },
	{ "token_with_nul", 200, "{\"access_token\":\"a\\u0000b\"}", OAUTH_LATER, NULL, NULL, 0, 0,
	  "the answer is no JSON object" },
	{ "two_tokens", 200, "{" GOOD ",\"access_token\":\"bt\"}", OAUTH_LATER, NULL, NULL, 0, 0,
	  "the answer is no JSON object" },
	{ "list", 200, "[1]", OAUTH_LATER, NULL, NULL, 0, 0, "the answer is no JSON object" },
	{ "page_of_a_hotel", 200, "<html>Welcome</html>", OAUTH_LATER, NULL, NULL, 0, 0, "the answer is no JSON object" },
	{ "empty", 200, "", OAUTH_LATER, NULL, NULL, 0, 0, "the answer is no JSON object" },
	{ "cut", 200, "{" GOOD, OAUTH_LATER, NULL, NULL, 0, 0, "the answer is no JSON object" },
	{ "bad_utf8", 200, "{\"access_token\":\"a\xff\"}", OAUTH_LATER, NULL, NULL, 0, 0, "the answer is no JSON object" },
	{ "invalid_grant", 400, "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been expired or revoked.\"}",
	  OAUTH_REFUSED, NULL, NULL, 0, 0, "invalid_grant: Token has been expired or revoked." },
	{ "invalid_client", 401, "{\"error\":\"invalid_client\"}", OAUTH_REFUSED, NULL, NULL, 0, 0, "invalid_client" },
	{ "error_in_a_good_status", 200, "{\"error\":\"invalid_grant\"}", OAUTH_REFUSED, NULL, NULL, 0, 0, "invalid_grant" },
	{ "busy", 400, "{\"error\":\"temporarily_unavailable\"}", OAUTH_LATER, NULL, NULL, 0, 0, "temporarily_unavailable" },
	{ "fault_of_its_own", 500, "{\"error\":\"invalid_grant\"}", OAUTH_LATER, NULL, NULL, 0, 0, "invalid_grant" },
	{ "too_many", 429, "{\"error\":\"rate\"}", OAUTH_LATER, NULL, NULL, 0, 0, "rate" },
	{ "gateway", 502, "<html>", OAUTH_LATER, NULL, NULL, 0, 0, "HTTP status 502" },
	{ "wrong_page", 404, "", OAUTH_LATER, NULL, NULL, 0, 0, "HTTP status 404" },
	{ "elsewhere", 302, "", OAUTH_LATER, NULL, NULL, 0, 0, "HTTP status 302" },
	{ "forbidden_without_words", 403, "{}", OAUTH_LATER, NULL, NULL, 0, 0, "HTTP status 403" },
	{ "hostile_words", 400, "{\"error\":\"x\\u001b[2J\",\"error_description\":\"a\\nb\"}", OAUTH_REFUSED, NULL, NULL, 0, 0,
	  "x\\x1b[2J: a\\x0ab" },
};

static void answer_is_read(void **state)
{
	const struct answer_row *r = *state;
	static struct oauth_grant g;
	oauth_answer_read(r->status, span_str(r->body), &g);
	assert_int_equal(g.outcome, r->outcome);
	assert_string_equal(g.words, r->words);
	assert_string_equal(g.access, r->access ? r->access : "");
	assert_string_equal(g.refresh, r->refresh ? r->refresh : "");
	assert_int_equal(g.lasts_s, r->lasts_s);
	assert_int_equal(g.refresh_lasts_s, r->refresh_lasts_s);
}

static void huge_answers_are_read(void **state)
{
	(void)state;
	static struct oauth_grant g;
	AUTO_BUF b = BUF_INIT(1024 * 1024);
	for (size_t i = 0; i < LIMIT_TOKEN_ANSWER_BYTES; i++)
		buf_add_char(&b, '[');
	oauth_answer_read(200, buf_span(&b), &g);
	assert_int_equal(g.outcome, OAUTH_LATER);
	buf_reset(&b);
	buf_add_str(&b, "{\"access_token\":\"");
	for (size_t i = 0; i <= LIMIT_TOKEN_BYTES; i++)
		buf_add_char(&b, 'a');
	buf_add_str(&b, "\"}");
	oauth_answer_read(200, buf_span(&b), &g);
	assert_int_equal(g.outcome, OAUTH_LATER);
	buf_reset(&b);
	buf_add_str(&b, "{\"error\":\"invalid_grant\",\"error_description\":\"");
	for (size_t i = 0; i < 20000; i++)
		buf_add_str(&b, "\xc3\xa9");
	buf_add_str(&b, "\"}");
	oauth_answer_read(400, buf_span(&b), &g);
	assert_int_equal(g.outcome, OAUTH_REFUSED);
	assert_true(utf8_valid(span_str(g.words)));
	assert_true(strlen(g.words) < sizeof(g.words));
}

/* --- when --------------------------------------------------------------------------------------------- */

static void renewed_before_its_end(void **state)
{
	(void)state;
	static const int64_t rows[][2] = { { 3600, 3300 }, { 600, 480 }, { 1500, 1200 },   { 60, 48 },          { 1, 8 },
					   { 0, 8 },       { -3, 8 },    { 86400, 86100 }, { INT64_MAX, 86100 } };
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(oauth_renew_after_ms(rows[i][0]), rows[i][1] * 1000);
}

static void nobody_is_hammered(void **state)
{
	(void)state;
	static const int64_t rows[][3] = { /* failures, wanted, seconds */
					   { 1, 0, 10 },   { 2, 0, 20 },    { 3, 0, 40 },           { 8, 0, 900 },
					   { 99, 0, 900 }, { 1, 120, 120 }, { 1, INT64_MAX, 3600 }, { 99, 1, 900 }
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(oauth_retry_after_ms((uint32_t)rows[i][0], OAUTH_LATER, rows[i][1]), rows[i][2] * 1000);
	assert_int_equal(oauth_retry_after_ms(1, OAUTH_REFUSED, 0), 6 * 3600 * 1000);
}

/* --- kept --------------------------------------------------------------------------------------------------- */

static void kept_comes_back(void **state)
{
	(void)state;
	static struct oauth_kept k = { .since_ms = 1767600000000, .ends_ms = 0, .token = "1//rotated" }, back;
	AUTO_BUF b = BUF_INIT(4096);
	k.origin = oauth_origin("https://t", "id", "credential");
	oauth_kept_write(&b, &k);
	assert_null(strstr(buf_cstr(&b), "credential"));
	assert_int_equal(oauth_kept_read(buf_span(&b), &back), 0);
	assert_true(digest_eq(&back.origin, &k.origin));
	assert_int_equal(back.since_ms, k.since_ms);
	assert_int_equal(back.ends_ms, 0);
	assert_string_equal(back.token, k.token);
	for (size_t n = 0; n < b.n; n++) /* cut anywhere */
		assert_int_equal(oauth_kept_read(span_of(b.p, n), &back), 1);
}

static void another_credential_is_another_origin(void **state)
{
	(void)state;
	struct digest a = oauth_origin("u", "i", "c");
	static const char *const others[][3] = { { "u2", "i", "c" }, { "u", "i2", "c" }, { "u", "i", "c2" }, { "ui", "", "c" } };
	for (size_t i = 0; i < COUNT(others); i++) {
		struct digest b = oauth_origin(others[i][0], others[i][1], others[i][2]);
		assert_false(digest_eq(&a, &b));
	}
}

static void broken_kept_is_told(void **state)
{
	(void)state;
	static struct oauth_kept back;
#define ORIGIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	static const char *const bad[] = { "",
					   "x",
					   "sitante refresh token 2\n" ORIGIN "\n1\n1\nt\n",
					   "sitante refresh token 1\n00\n1\n1\nt\n",
					   "sitante refresh token 1\n" ORIGIN "\n-1\n1\nt\n",
					   "sitante refresh token 1\n" ORIGIN "\n1\n1\n\n",
					   "sitante refresh token 1\n" ORIGIN "\n1\n1\na b\n",
					   "sitante refresh token 1\n" ORIGIN "\n1\n1\nt\nmore\n" };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(oauth_kept_read(span_str(bad[i]), &back), 1);
	assert_int_equal(oauth_kept_read(span_str("sitante refresh token 1\n" ORIGIN "\n1\n2\nt\n"), &back), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_token_is_said_whole),
		cmocka_unit_test(odd_tokens_are_none),
		cmocka_unit_test(huge_refusal_is_cut),
		cmocka_unit_test(short_secrets_are_hidden_whole),
		cmocka_unit_test(form_is_encoded),
		cmocka_unit_test(huge_answers_are_read),
		cmocka_unit_test(renewed_before_its_end),
		cmocka_unit_test(nobody_is_hammered),
		cmocka_unit_test(kept_comes_back),
		cmocka_unit_test(another_credential_is_another_origin),
		cmocka_unit_test(broken_kept_is_told),
	};
	ADD_ROWS(firsts, said);
	ADD_ROWS(challenges, refusal_in_words);
	ADD_ROWS(answers, answer_is_read);
	ADD_TESTS(tests);
	return RUN_SUITE("oauth");
}
