#include "request/words.h"

#include "base/text.h"

#include <string.h>

struct span span_sub(struct span t, size_t from, size_t to)
{
	return to > from ? span_of(t.p + from, to - from) : span_of(t.p + (from < t.n ? from : t.n), 0);
}

bool word_in(struct span w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_nocase(w, list[i]))
			return true;
	return false;
}

bool is_word_char(int c)
{
	return ascii_is_alnum(c) || c >= 0x80;
}

/* Next run of word characters at or after *at; false at the end. */
bool next_word(struct span t, size_t *at, struct span *out)
{
	size_t i = *at;
	while (i < t.n && !is_word_char(t.p[i]))
		i++;
	size_t k = i;
	while (k < t.n && is_word_char(t.p[k]))
		k++;
	*out = span_sub(t, i, k);
	*at = k;
	return k > i;
}

/* Next run between blanks. */
bool next_token(struct span t, size_t *at, struct span *out)
{
	size_t i = *at;
	while (i < t.n && ascii_is_space(t.p[i]))
		i++;
	size_t k = i;
	while (k < t.n && !ascii_is_space(t.p[k]))
		k++;
	*out = span_sub(t, i, k);
	*at = k;
	return k > i;
}

/* phrase at a word's boundaries in t; t.n where absent. */
size_t find_phrase(struct span t, size_t from, const char *phrase)
{
	size_t n = strlen(phrase);
	bool word_end = ascii_is_alnum((unsigned char)phrase[n - 1]);
	for (size_t at = from; (at = span_find_nocase(t, at, phrase)) < t.n; at++)
		if ((at == 0 || !is_word_char(t.p[at - 1])) && (!word_end || at + n == t.n || !is_word_char(t.p[at + n])))
			return at;
	return t.n;
}

bool any_phrase(struct span t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find_phrase(t, 0, list[i]) < t.n)
			return true;
	return false;
}

bool starts_with_one(struct span t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_starts_nocase(t, list[i]))
			continue;
		size_t k = strlen(list[i]);
		if (k == t.n || !is_word_char(t.p[k]))
			return true;
	}
	return false;
}

size_t digit_count(struct span t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += ascii_is_digit(t.p[i]);
	return n;
}

struct span strip_marks(struct span t)
{
	for (;;) {
		t = span_trim(t);
		if (t.n > 0 && t.p[0] && strchr(":=|;,-/>", t.p[0]))
			t = span_sub(t, 1, t.n);
		else if (t.n > 0 && t.p[t.n - 1] && strchr("|;,(/", t.p[t.n - 1]))
			t.n--;
		else
			return t;
	}
}

bool says_nothing(struct span t)
{
	static const char *const words[] = { "-",        "--",   "tidak ada", "belum ada",   "n/a",     "kosong",  "nihil",
					     "menyusul", "none", "terlampir", "tidak punya", "tdk ada", "blm ada", "ada" };
	return t.n == 0 || word_in(t, words, COUNT(words));
}

bool has_any(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}
