#include "request/likeness.h"

#include "base/text.h"
#include "request/name.h"

#include <string.h>

enum { WORDS_MAX = 12, WORD_MAX = 40, NAME_LETTERS_MIN = 3, CUT_LETTERS_MIN = 20, SHORT_MAX = 4 };

struct words {
	char s[WORDS_MAX][WORD_MAX]; /* small letters */
	size_t n;
	char all[WORDS_MAX * WORD_MAX]; /* one after another */
};

static void add_letter(struct words *w, char c)
{
	char *s = w->s[w->n];
	size_t n = strlen(s);
	if (n + 1 < WORD_MAX) {
		s[n] = c;
		s[n + 1] = '\0';
	}
}

/* One token may hold several words ("M.Nur", "Al-Amin"). */
static void add_token(struct words *w, struct span t)
{
	for (size_t i = 0; i <= t.n && w->n < WORDS_MAX; i++) {
		unsigned char c = i < t.n ? t.p[i] : ' ', before = i > 0 ? t.p[i - 1] : 0;
		bool apostrophe = c == '\'' || c == '`' || (c == 0xe2 && i + 2 < t.n && t.p[i + 1] == 0x80);
		if (apostrophe)
			i += c == 0xe2 ? 2 : 0;
		else if (before == 0xc3 && c >= 0x80 && c <= 0x9e)
			add_letter(w, (char)(c + 0x20)); /* capital letters with accents (Latin-1) */
		else if (ascii_is_alnum(c) || c >= 0x80)
			add_letter(w, (char)ascii_lower(c));
		else if (w->s[w->n][0])
			w->n++;
	}
}

static void words_of(struct span t, struct words *w)
{
	const unsigned char *comma = t.n > 0 ? memchr(t.p, ',', t.n) : NULL;
	size_t end = comma ? (size_t)(comma - t.p) : t.n, at = 0, all = 0;
	*w = (struct words){ 0 };
	while (at < end) {
		size_t from = at;
		while (at < end && !ascii_is_space(t.p[at]))
			at++;
		struct span token = span_of(t.p + from, at - from);
		at++;
		if (token.n > 0 && !(w->n == 0 ? name_is_title(token) : name_is_degree(token)))
			add_token(w, token);
	}
	for (size_t i = 0; i < w->n; i++) {
		size_t n = strlen(w->s[i]);
		memcpy(w->all + all, w->s[i], n);
		all += n;
	}
}

/* small is some words of large that stand side by side, or some in their order. */
static bool is_part(const struct words *small, const struct words *large)
{
	size_t k = 0, n = strlen(small->all);
	const char *from = large->all;
	if (n < NAME_LETTERS_MIN)
		return false;
	for (size_t i = 0; i < large->n; i++) {
		k += k < small->n && strcmp(small->s[k], large->s[i]) == 0;
		const char *at = from;
		for (size_t j = i; j < large->n && strncmp(from, small->all, n) == 0; j++) {
			at += strlen(large->s[j]);
			if (at == from + n)
				return true;
		}
		from += strlen(large->s[i]);
	}
	return k == small->n;
}

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

static bool is_muhammad(const char *s, bool short_too)
{
	static const char *const whole[] = { "muhammad", "mohammad",  "muhamad",  "mohamad",  "mochammad", "mochamad",
					     "muchamad", "muchammad", "mohammed", "muhammed", "muhamed" };
	static const char *const cut[] = { "m", "md", "mhd", "muh", "moh", "moch", "much", "mohd", "muhd", "mohamm" };
	return one_of(s, whole, sizeof(whole) / sizeof(*whole)) || (short_too && one_of(s, cut, sizeof(cut) / sizeof(*cut)));
}

static bool stands_for(const char *a, const char *b)
{
	const char *cut = strlen(a) < strlen(b) ? a : b, *whole = cut == a ? b : a;
	size_t n = strlen(cut);
	return strcmp(a, b) == 0 || (is_muhammad(whole, false) && is_muhammad(cut, true)) ||
	       (n <= SHORT_MAX && (n == 1 || n + 1 < strlen(whole)) && strncmp(cut, whole, n) == 0);
}

/* Each word of small stands for another one of large, and at least one is written out in both. */
static bool is_alike(const struct words *small, const struct words *large)
{
	bool taken[WORDS_MAX] = { false }, whole = false;
	for (size_t i = 0; i < small->n; i++) {
		size_t best = large->n;
		for (size_t k = 0; k < large->n; k++)
			if (!taken[k] && stands_for(small->s[i], large->s[k]) &&
			    (best == large->n || strcmp(small->s[i], large->s[k]) == 0))
				best = k;
		if (best == large->n)
			return false;
		taken[best] = true;
		whole = whole || (strcmp(small->s[i], large->s[best]) == 0 && strlen(small->s[i]) >= NAME_LETTERS_MIN);
	}
	return whole;
}

enum name_likeness name_compare(struct span a, struct span b)
{
	struct words x, y;
	words_of(a, &x);
	words_of(b, &y);
	if (x.n == 0 || y.n == 0)
		return NAME_DIFFERENT;
	if (strcmp(x.all, y.all) == 0)
		return NAME_SAME;
	bool shorter = x.n < y.n || (x.n == y.n && strlen(x.all) < strlen(y.all));
	const struct words *small = shorter ? &x : &y, *large = shorter ? &y : &x;
	if (is_part(&x, &y) || is_part(&y, &x))
		return NAME_PART;
	size_t n = strlen(small->all);
	bool cut = n >= CUT_LETTERS_MIN && strncmp(small->all, large->all, n) == 0;
	return cut || is_alike(small, large) ? NAME_ALIKE : NAME_DIFFERENT;
}
