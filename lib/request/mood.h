/* Does a sentence ask for a deed, ask to know, or state? */
#ifndef SITANTE_REQUEST_MOOD_H
#define SITANTE_REQUEST_MOOD_H

#include "request/pattern.h"

enum mood { MOOD_STATEMENT, MOOD_QUESTION, MOOD_NEWS, MOOD_DEED }; /* NEWS: asks for news, papers or proof, even as a plea */

enum { MOOD_PATTERNS = 48 };

struct moods {
	struct pattern pattern[MOOD_PATTERNS];
};

void moods_add(struct lexicon *x, struct moods *out);
enum mood mood_of(const struct moods *m, const struct sentence *s);
/* A text's next sentence: up to ".", "?", "!" before a blank, or an empty line.  Bytes. */
size_t sentence_end(struct span text);

#endif
