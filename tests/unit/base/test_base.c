#include "unit.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/num.h"
#include "base/text.h"
#include "base/wire.h"

#include <errno.h>

static void buf_holds_its_cap(void **state)
{
	(void)state;
	for (size_t max = 0; max < 70; max++) {
		AUTO_BUF b = BUF_INIT(max);
		for (size_t i = 0; i < max; i++)
			buf_add_char(&b, 'x');
		assert_int_equal(buf_status(&b), 0);
		assert_int_equal(b.n, max);
		buf_add_char(&b, 'y');
		assert_int_equal(buf_status(&b), -ENOBUFS);
		buf_add_str(&b, "");
		assert_string_equal(buf_cstr(&b), "");
		buf_reset(&b);
		assert_int_equal(buf_status(&b), 0);
	}
}

static void arena_holds_its_cap(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(1000);
	assert_non_null(arena_alloc(a, 900));
	assert_null(arena_alloc(a, 200));
	assert_int_equal(arena_status(a), -ENOBUFS);
	assert_null(arena_array(a, SIZE_MAX / 2, 4));
	assert_string_equal(arena_strdup(a, "ok"), "ok");
	assert_null(arena_strdup(a, NULL));
}

struct utf8_row {
	const char *name, *bytes;
	size_t n;
	bool valid;
};

static void utf8_rows(void **state)
{
	static const struct utf8_row rows[] = {
		{ "ascii", "a", 1, true },
		{ "two", "\xc3\xa9", 2, true },
		{ "three", "\xe2\x82\xac", 3, true },
		{ "four", "\xf0\x9f\x99\x8f", 4, true },
		{ "overlong_slash", "\xc0\xaf", 2, false },
		{ "overlong_three", "\xe0\x80\xaf", 3, false },
		{ "surrogate", "\xed\xa0\x80", 3, false },
		{ "too_high", "\xf4\x90\x80\x80", 4, false },
		{ "cut", "\xe2\x82", 2, false },
		{ "lone_tail", "\x80", 1, false },
		{ "ff", "\xff", 1, false },
		{ "nul_is_a_character", "\0", 1, true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (utf8_valid(span_of(rows[i].bytes, rows[i].n)) != rows[i].valid)
			fail_msg("%s", rows[i].name);
		AUTO_BUF b = BUF_INIT(100);
		text_clean(&b, span_of(rows[i].bytes, rows[i].n));
		assert_true(utf8_valid(buf_span(&b)));
	}
}

static void every_code_point_round_trips(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char c[4];
		uint32_t back;
		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		size_t n = utf8_encode(cp, c);
		assert_int_equal(utf8_decode((unsigned char *)c, n, &back), n);
		assert_int_equal(back, cp);
	}
}

static void clean_lines(void **state)
{
	static const char *const rows[][2] = {
		{ " a\t b\r\n  c ", "a b c" },
		{ "x\xe2\x80\xaey", "xy" },
		{ "\x1b[31mred", "[31mred" },
		{ "a\xc2\xa0"
		  "b",
		  "a b" },
		{ "\xe2\x80\x8b", "" },
		{ "", "" },
		{ "a\xff"
		  "b",
		  "a\xef\xbf\xbd"
		  "b" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_BUF b = BUF_INIT(100);
		text_clean_line(&b, span_str(rows[i][0]));
		assert_string_equal(buf_cstr(&b), rows[i][1]);
	}
}

static void escaped_text_is_printable(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		char in[] = { 'a', (char)c, 'b' };
		AUTO_BUF b = BUF_INIT(100);
		text_escape(&b, span_of(in, 3), 90);
		for (size_t i = 0; i < b.n; i++)
			assert_true((unsigned char)b.p[i] >= 32 && (unsigned char)b.p[i] != 127);
	}
}

static void numbers(void **state)
{
	static const struct {
		const char *s;
		uint64_t max, want;
		int r;
	} rows[] = { { "0", 9, 0, 0 },
		     { "9", 9, 9, 0 },
		     { "10", 9, 0, 1 },
		     { "", 9, 0, 1 },
		     { "+1", 9, 0, 1 },
		     { " 1", 9, 0, 1 },
		     { "1x", 9, 0, 1 },
		     { "18446744073709551615", UINT64_MAX, UINT64_MAX, 0 },
		     { "18446744073709551616", UINT64_MAX, 0, 1 } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t v = 77;
		assert_int_equal(num_parse_u64(span_str(rows[i].s), rows[i].max, &v), rows[i].r);
		assert_int_equal(v, rows[i].r == 0 ? rows[i].want : 77);
	}
}

static void days_round_trip(void **state)
{
	(void)state;
	for (int64_t d = -25567; d < 2932896; d += 13) {
		struct civil_date c = civil_from_days(d);
		assert_int_equal(civil_days(c), d);
		assert_true(d < -25567 || civil_date_valid(c));
	}
	assert_int_equal(civil_weekday((struct civil_date){ 2026, 11, 24 }), 1);
	assert_false(civil_date_valid((struct civil_date){ 2027, 2, 29 }));
	assert_true(civil_date_valid((struct civil_date){ 2028, 2, 29 }));
}

static void iso_times(void **state)
{
	static const struct {
		const char *s;
		int r;
	} rows[] = { { "2026-01-05T09:12:56+07:00", 0 },
		     { "2026-01-05T02:12:56Z", 0 },
		     { "2026-01-05T02:12:56.123Z", 0 },
		     { "2026-02-29T00:00:00Z", 1 },
		     { "2026-01-05T09:12:56", 1 },
		     { "2026-01-05", 1 },
		     { "", 1 },
		     { "2026-01-05T25:00:00Z", 1 },
		     { "2026-01-05T09:12:56+07:00x", 1 } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct instant t;
		if (instant_parse_iso(span_str(rows[i].s), &t) != rows[i].r)
			fail_msg("%s", rows[i].s);
	}
	struct instant t;
	char out[INSTANT_ISO_SIZE];
	assert_int_equal(instant_parse_iso(span_str(rows[0].s), &t), 0);
	instant_format_iso(t, 7 * 3600, out);
	assert_string_equal(out, rows[0].s);
	instant_format_iso(t, -(9 * 3600 + 1800), out);
	assert_string_equal(out, "2026-01-04T16:42:56-09:30");
}

static void wire_at_every_length(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(1000);
	wire_put_u8(&b, 7);
	wire_put_u32(&b, 1234567);
	wire_put_i64(&b, -5);
	wire_put_str(&b, NULL);
	wire_put_str(&b, "kata \xc3\xa9");
	for (size_t cut = 0; cut <= b.n; cut++) {
		AUTO_ARENA a = arena_new(1000);
		struct wire w = wire_open(span_of(b.p, cut));
		uint8_t u8 = wire_u8(&w);
		uint32_t u32 = wire_u32(&w);
		int64_t i64 = wire_i64(&w);
		const char *none = wire_str(&w, a, 100), *s = wire_str(&w, a, 100);
		assert_int_equal(wire_done(&w), cut == b.n);
		assert_null(none);
		if (cut < b.n)
			continue;
		assert_int_equal(u8, 7);
		assert_int_equal(u32, 1234567);
		assert_int_equal(i64, -5);
		assert_string_equal(s, "kata \xc3\xa9");
	}
}

static void wire_refuses_bad_strings(void **state)
{
	static const struct {
		const char *p;
		size_t n;
	} rows[] = { { "a\0b", 3 }, { "\xff", 1 }, { "abcdef", 6 } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_ARENA a = arena_new(1000);
		AUTO_BUF b = BUF_INIT(100);
		wire_put_bytes(&b, span_of(rows[i].p, rows[i].n));
		struct wire w = wire_open(buf_span(&b));
		assert_null(wire_str(&w, a, 5));
		assert_true(w.bad);
	}
}

static void json_is_valid(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(1000);
	struct json j = json_open(&b, false);
	json_object(&j);
	json_kv_str(&j, "a", "x\"\\\n\x1b\xff\xe2\x80\xae");
	json_key(&j, "b");
	json_array(&j);
	json_int(&j, -1);
	json_null(&j);
	json_bool(&j, true);
	json_array_end(&j);
	json_kv_str(&j, "c", NULL);
	json_object_end(&j);
	assert_string_equal(buf_cstr(&b), "{\"a\":\"x\\\"\\\\\\n\\u001b\xef\xbf\xbd\\u202e\",\"b\":[-1,null,true],\"c\":null}");
}

static void digests(void **state)
{
	(void)state;
	char hex[DIGEST_HEX_SIZE];
	struct digest d = digest_sha256(span_str("abc")), back;
	digest_hex(&d, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-2 */
	assert_int_equal(digest_from_hex(span_str(hex), &back), 0);
	assert_true(digest_eq(&d, &back));
	assert_int_equal(digest_from_hex(span_str("zz"), &back), 1);
	AUTO_BUF b = BUF_INIT(1000);
	base64_add(&b, span_str("any carnal pleas"), false);
	buf_add_char(&b, ' ');
	base32_add(&b, span_str("foobar"));
	assert_string_equal(buf_cstr(&b), "YW55IGNhcm5hbCBwbGVhcw== mzxw6ytboi"); /* RFC 4648 */
}

/* Against a look at every place, on texts of few letters. */
static void find_nocase_agrees_with_a_slow_look(void **state)
{
	static const char letters[] = "aAbB .";
	uint32_t seed = 7;
	(void)state;
	for (int k = 0; k < 20000; k++) {
		char text[100], needle[4];
		size_t before = k % 3 == 0 ? 56 + (size_t)k % 16 : 0, n_text = before, n_needle = 0; /* over a stretch's end */
		memset(text, '.', before);
		for (uint32_t n = (seed = seed * 1664525u + 1013904223u) >> 24 & 15; n_text < before + n && n_text < before + 12;
		     n_text++)
			text[n_text] = letters[((seed = seed * 1664525u + 1013904223u) >> 24) % 6];
		for (uint32_t n = (seed = seed * 1664525u + 1013904223u) >> 24 & 3; n_needle < n; n_needle++)
			needle[n_needle] = letters[((seed = seed * 1664525u + 1013904223u) >> 24) % 6];
		needle[n_needle] = '\0';
		struct span s = span_of(text, n_text);
		for (size_t from = 0; from <= n_text; from += from == 0 && before > 0 ? 50 : 1) {
			size_t want = n_text;
			for (size_t i = n_text + 1; i-- > from;)
				if (n_needle <= n_text - i && span_eq_nocase(span_of(text + i, n_needle), span_str(needle)))
					want = i;
			assert_int_equal(span_find_nocase(s, from, needle), want);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_holds_its_cap),
		cmocka_unit_test(arena_holds_its_cap),
		cmocka_unit_test(utf8_rows),
		cmocka_unit_test(every_code_point_round_trips),
		cmocka_unit_test(clean_lines),
		cmocka_unit_test(escaped_text_is_printable),
		cmocka_unit_test(numbers),
		cmocka_unit_test(days_round_trip),
		cmocka_unit_test(iso_times),
		cmocka_unit_test(wire_at_every_length),
		cmocka_unit_test(wire_refuses_bad_strings),
		cmocka_unit_test(json_is_valid),
		cmocka_unit_test(digests),
		cmocka_unit_test(find_nocase_agrees_with_a_slow_look),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
