/* Patterns over the words of a sentence, compiled once for a mail: every word is looked up once, then a
 * pattern is a few bit tests at each place.
 *
 * A pattern is one or more steps between blanks; a step is alternatives between bars; "*" at an end of an
 * alternative stands for any letters; ".." before a step lets up to PATTERN_GAP words stand between.
 * Pure; ASCII case is ignored. */
#ifndef SITANTE_REQUEST_PATTERN_H
#define SITANTE_REQUEST_PATTERN_H

#include "base/arena.h"
#include "request/words.h"

#include <stdint.h>

enum { PATTERN_STEPS = 6, PATTERN_GAP = 4, PATTERN_SETS = 512, SENTENCE_WORDS = 400 };

struct pattern {
	uint16_t set[PATTERN_STEPS];
	bool gap[PATTERN_STEPS];
	size_t n;
};

struct word_bits {
	uint64_t b[PATTERN_SETS / 64];
};

struct sentence {
	struct span text;
	struct span word[SENTENCE_WORDS];
	struct word_bits is[SENTENCE_WORDS];
	size_t n;
};

struct lexicon;

/* Room for the patterns of one mail; NULL: no memory. */
struct lexicon *lexicon_new(struct arena *a);
/* text must outlive the lexicon; it is part of the program, and must keep the limits above. */
struct pattern pattern_add(struct lexicon *x, const char *text);
/* Words of t: letters, digits, and the hyphen inside a word. */
void sentence_read(const struct lexicon *x, struct span t, struct sentence *s);
/* Where in s the pattern first fits from from on: *n words; s->n where it does not. */
size_t pattern_find(const struct sentence *s, size_t from, const struct pattern *p, size_t *n);
bool pattern_any(const struct sentence *s, const struct pattern *list, size_t n);

#endif
