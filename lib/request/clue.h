/* Words that tell which of the office's services a mail speaks of. */
#ifndef SITANTE_REQUEST_CLUE_H
#define SITANTE_REQUEST_CLUE_H

#include "request/pattern.h"
#include "request/request.h"

struct clue {
	const char *pattern;
	enum request_kind kind;
	int weight;
};

enum { CLUES_MAX = 200 };

/* The table; *n rows, at most CLUES_MAX. */
const struct clue *clue_table(size_t *n);

#endif
