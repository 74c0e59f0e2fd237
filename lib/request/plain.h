/* A mail's text as lines that rules can rely on: one kind of blank, dash and digit, no marks of
 * WhatsApp's bold, lines joined that the sender's program wrapped. */
#ifndef SITANTE_REQUEST_PLAIN_H
#define SITANTE_REQUEST_PLAIN_H

#include "request/words.h"
#include "base/arena.h"

struct lines {
	struct span *v;
	size_t n;
};

/* Without bullet or item number; *item: there was one. */
struct span plain_strip_bullet(struct span t, bool *item);
/* "[08.51, 30/1/2026] Name: words", "30/01/26 08.51 - Name: words" -> words. */
struct span plain_strip_chat_stamp(struct span t);
/* The next line with words within two lines; else empty. */
struct span plain_line_after(const struct lines *l, size_t i);
/* Lines and their bytes live in a; at most 512 KiB and 20 000 lines are read.  0; -ENOMEM. */
int plain_lines(struct arena *a, const char *text, struct lines *out) MUST_USE;

#endif
