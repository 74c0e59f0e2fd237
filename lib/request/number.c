/* NIK, NIP, phone numbers and dates as people write them.  Structural checks only: a number that
 * is merely odd is a remark to staff, never a refusal (domain facts 3.1-3.3). */
#include "request/request.h"

#include "request/words.h"

#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { DIGITS_MAX = 40, NIK_DIGITS = 16 };

/* Digits of s; blanks, dots, dashes and the like between them are separators.  n digits, or -1 where
 * something else stands in it. */
static int digits_of(const char *s, char out[DIGITS_MAX])
{
	int n = 0;
	struct span t = span_str(s);
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		if (len == 0)
			return -1;
		i += len;
		if (cp >= 0xff10 && cp <= 0xff19)
			cp = cp - 0xff10 + '0'; /* full-width digits */
		if (cp < 128 && ascii_is_digit((int)cp)) {
			if (n == DIGITS_MAX - 1)
				return -1;
			out[n++] = (char)cp;
		} else if (cp != ' ' && cp != '.' && cp != '-' && cp != '/' && cp != 0xa0 && cp != '\t' && cp != '\'' &&
			   cp != 0x2011 && cp != 0x2013 && cp != '_') {
			return -1;
		}
	}
	out[n] = '\0';
	return n;
}

static bool all_same(const char *s)
{
	return strspn(s, (char[]){ s[0], '\0' }) == strlen(s);
}

int nik_read(const char *s, struct arena *a, const char **out)
{
	char d[DIGITS_MAX];
	if (!s || digits_of(s, d) != NIK_DIGITS || all_same(d))
		return 1;
	*out = arena_strdup(a, d);
	return *out ? 0 : -ENOMEM;
}

int nip_read(const char *s, struct arena *a, const char **out)
{
	char d[DIGITS_MAX];
	if (!s || digits_of(s, d) != 18 || all_same(d))
		return 1;
	*out = arena_strdup(a, d);
	return *out ? 0 : -ENOMEM;
}

int phone_read(const char *s, struct arena *a, const char **out)
{
	char d[DIGITS_MAX] = "";
	if (!s)
		return 1;
	while (*s == ' ' || *s == '(')
		s++;
	bool plus = *s == '+';
	AUTO_BUF b = BUF_INIT(200);
	for (const char *p = s + plus; *p && b.n < 100; p++)
		if (*p != '(' && *p != ')')
			buf_add_char(&b, *p);
	int n = digits_of(buf_cstr(&b), d);
	const char *rest = d;
	if (n < 0 || n >= NIK_DIGITS)
		return 1;
	if (str_starts(rest, "0062")) /* as dialled from abroad */
		rest += 4;
	else if (str_starts(rest, "62"))
		rest += 2;
	else if (plus)
		return 1; /* a number of another country */
	while (*rest == '0')
		rest++;
	size_t len = strlen(rest);
	if (rest[0] != '8' || rest[1] == '0' || len < 9 || len > 13)
		return 1;
	*out = arena_printf(a, "+62%s", rest);
	return *out ? 0 : -ENOMEM;
}

static int month_word(struct span w)
{
	static const char *const names[12][5] = {
		{ "jan", NULL },        { "feb", "peb", NULL }, { "mar", NULL },        { "apr", NULL },
		{ "mei", "may", NULL }, { "jun", NULL },        { "jul", NULL },        { "agu", "agt", "ags", "aug", NULL },
		{ "sep", NULL },        { "okt", "oct", NULL }, { "nov", "nop", NULL }, { "des", "dec", NULL }
	};
	for (int m = 0; m < 12; m++)
		for (int k = 0; k < 5 && names[m][k]; k++)
			if (w.n >= 3 && w.n <= 10 && span_starts_nocase(w, names[m][k]))
				return m + 1;
	return 0;
}

/* "9 bulan 4 tahun 2026" */
static bool date_word(struct span w)
{
	static const char *const words[] = { "bulan", "bln", "tahun", "thn", "th" };
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is_nocase(w, words[i]))
			return true;
	return false;
}

int date_read(const char *s, struct civil_date *out)
{
	uint32_t v[3] = { 0 };
	size_t n = 0, len[3] = { 0 };
	int month = 0, month_at = -1;
	struct span t = span_str(s);
	for (size_t i = 0; i < t.n;) {
		if (ascii_is_digit(t.p[i])) {
			size_t k = i;
			while (k < t.n && ascii_is_digit(t.p[k]))
				k++;
			if (n == 3 || num_parse_u32(span_of(t.p + i, k - i), 9999, &v[n]) != 0)
				return 1;
			len[n++] = k - i;
			i = k;
		} else if (ascii_is_alpha(t.p[i])) {
			size_t k = i;
			while (k < t.n && ascii_is_alpha(t.p[k]))
				k++;
			int m = month_word(span_of(t.p + i, k - i));
			if (m) {
				month = m;
				month_at = (int)n;
			} else if (n > 0 && n < 3 && !month && !date_word(span_of(t.p + i, k - i))) {
				return 1;
			} else if (n + (month != 0) >= 3) {
				break; /* "... pukul", "WIB": the date is complete */
			}
			i = k;
		} else {
			i++;
		}
		if (n + (month != 0) == 3 && (month_at != (int)n || n == 2))
			break;
	}
	struct civil_date d = { 0 };
	if (month && n == 2)
		d = (struct civil_date){ (int)v[1], month, (int)v[0] };
	else if (!month && n == 3 && len[0] == 4)
		d = (struct civil_date){ (int)v[0], (int)v[1], (int)v[2] };
	else if (!month && n == 3)
		d = (struct civil_date){ (int)v[2], (int)v[1], (int)v[0] };
	else
		return 1;
	if (d.year < 100)
		d.year += 2000;
	if (!civil_date_valid(d) || d.year < 2000 || d.year > 2100)
		return 1;
	*out = d;
	return 0;
}
