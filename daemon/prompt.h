/* Questions at a terminal. */
#ifndef SITANTE_DAEMON_PROMPT_H
#define SITANTE_DAEMON_PROMPT_H

#include "base/arena.h"

/* Once, before the first question: from here on Ctrl-C ends the question that is open, or the next one. */
void prompt_begin(void);
/* Asks on standard output, reads a line of standard input; an empty one gives fallback (NULL: "").  *out lives in a, without
 * control characters, trimmed.  0; -ECANCELED: the end of input, Ctrl-C; -ENOMEM. */
int prompt_line(const char *question, const char *fallback, struct arena *a, const char **out) MUST_USE;
/* The same without echo, into p, to be wiped by the caller.  0; -ECANCELED: end, Ctrl-C, or no terminal; -E2BIG. */
int prompt_secret(const char *question, char *p, size_t n) MUST_USE;

#endif
