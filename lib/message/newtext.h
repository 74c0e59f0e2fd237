/* The new words of a mail: quotes, signature, phone tail and disclaimer cut off. */
#ifndef SITANTE_MESSAGE_NEWTEXT_H
#define SITANTE_MESSAGE_NEWTEXT_H

#include "base/arena.h"

struct newtext {
	const char *text, *signature;
	bool quoted, forwarded, inline_answers;
};

/* full: checked UTF-8, LF; quoted parts of HTML are prefixed with "> " per level, forwarded parts
 * keep their header block.  Answers between quoted lines: all new lines are kept, in order.
 * A forward's content is kept.  0; -ENOMEM. */
int newtext_cut(const char *full, bool looks_reply, bool looks_forward, struct arena *a, struct newtext *out) MUST_USE;

#endif
