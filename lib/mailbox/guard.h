/* A look at a server's bytes before libetpan parses them: its parser follows parentheses without limit and reads through NULL
 * where one is left open.  Pure; one guard a connection.  RFC 3501 7, 9. */
#ifndef SITANTE_MAILBOX_GUARD_H
#define SITANTE_MAILBOX_GUARD_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

struct guard { /* zeroed: at the start of a line */
	int where, word;
	char status[8]; /* the second word of the line, as far as it matters */
	unsigned n_status, depth;
	bool quoted, escaped;
	uint64_t literal; /* bytes of one that are still to come */
	uint64_t announced;
	int brace; /* how much of "{n}" was seen */
};

/* false: from here on the bytes are not to be parsed. */
bool guard_take(struct guard *g, struct span bytes) MUST_USE;

#endif
