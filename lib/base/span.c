#include "base/span.h"

#include "base/text.h"

#include <string.h>

/* A search looks ahead in stretches that double: of two letters' cases the one that never comes must not cost the rest of a
 * text at every call that finds the other one near. */
enum { REACH_FIRST = 64, REACH_LAST = 4096 };

struct span span_of(const void *p, size_t n)
{
	return (struct span){ .p = p, .n = n };
}

struct span span_str(const char *s)
{
	return span_of(s, s ? strlen(s) : 0);
}

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool same_nocase(const unsigned char *a, const unsigned char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

bool span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && same_nocase(a.p, b.p, a.n);
}

/* Bytes of word if s starts with it, else s.n + 1; without a look at word's end first: long tables of words are compared. */
static size_t starts(struct span s, const char *word)
{
	size_t i = 0;
	for (; word[i]; i++)
		if (i == s.n || ascii_lower(s.p[i]) != ascii_lower((unsigned char)word[i]))
			return s.n + 1;
	return i;
}

bool span_starts_nocase_whole(struct span s, const char *prefix)
{
	return starts(s, prefix) <= s.n;
}

bool span_is_nocase(struct span s, const char *word)
{
	return starts(s, word) == s.n;
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && ascii_is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Index of c from `from` on; s.n: none. */
static size_t find_byte(struct span s, size_t from, int c)
{
	const unsigned char *at = from < s.n ? memchr(s.p + from, c, s.n - from) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

size_t span_find_nocase(struct span s, size_t from, const char *needle)
{
	size_t n = strlen(needle), reach = REACH_FIRST;
	if (n == 0)
		return from < s.n ? from : s.n;
	int lower = ascii_lower((unsigned char)*needle), upper = ascii_upper((unsigned char)*needle);
	while (from < s.n && n <= s.n - from) {
		struct span part = span_of(s.p, reach < s.n - from ? from + reach : s.n);
		size_t at_lower = find_byte(part, from, lower), at_upper = upper == lower ? part.n : find_byte(part, from, upper);
		for (size_t i; (i = at_lower < at_upper ? at_lower : at_upper) < part.n;) {
			if (n > s.n - i)
				return s.n;
			if (same_nocase(s.p + i, (const unsigned char *)needle, n))
				return i;
			if (i == at_lower)
				at_lower = find_byte(part, i + 1, lower);
			else
				at_upper = find_byte(part, i + 1, upper);
		}
		from = part.n;
		reach = reach < REACH_LAST ? reach * 2 : reach;
	}
	return s.n;
}

bool span_next_line(struct span *rest, struct span *out_line)
{
	if (rest->n == 0)
		return false;
	const unsigned char *nl = memchr(rest->p, '\n', rest->n);
	size_t line = nl ? (size_t)(nl - rest->p) : rest->n;
	size_t step = nl ? line + 1 : line;
	*out_line = span_of(rest->p, line);
	if (line > 0 && rest->p[line - 1] == '\r')
		out_line->n--;
	*rest = span_of(rest->p + step, rest->n - step);
	return true;
}
