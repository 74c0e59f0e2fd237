/* Words, tokens and phrases of a line: what every rule of this folder is made of.
 * Pure; spans point into the text given; ASCII case is ignored. */
#ifndef SITANTE_REQUEST_WORDS_H
#define SITANTE_REQUEST_WORDS_H

#include "base/span.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* The part from from to to; empty where to <= from. */
struct span span_sub(struct span t, size_t from, size_t to);
/* Is w, as a whole, one of list? */
bool word_in(struct span w, const char *const *list, size_t n);
/* Letters, digits and every byte of a non-ASCII character. */
bool is_word_char(int c);
/* Next run of word characters at or after *at, which moves behind it; false at the end. */
bool next_word(struct span t, size_t *at, struct span *out);
/* The same for runs between blanks. */
bool next_token(struct span t, size_t *at, struct span *out);
/* Offset of phrase at words' boundaries at or after from; t.n where absent. */
size_t find_phrase(struct span t, size_t from, const char *phrase);
bool any_phrase(struct span t, const char *const *list, size_t n);
bool starts_with_one(struct span t, const char *const *list, size_t n);
size_t digit_count(struct span t);
/* Without blanks and the marks that lead or end a value (":", "|", ";"). */
struct span strip_marks(struct span t);
/* "-", "tidak ada", "menyusul": a value that is none. */
bool says_nothing(struct span t);
/* Is any of words inside s, at any place? */
bool has_any(struct span s, const char *const *words, size_t n);

#endif
