/* A mail's text as lines, and what a line is: a quote's begin, a tail, a disclaimer.  For newtext.c alone. */
#ifndef SITANTE_MESSAGE_LINES_H
#define SITANTE_MESSAGE_LINES_H

#include "base/arena.h"
#include "base/span.h"

struct line {
	struct span s; /* without the line end */
	bool quoted;   /* begins with '>' */
	bool dropped;  /* attribution or other mark around a quote */
};

struct lines {
	struct line *v;
	size_t n;
};

/* Nothing visible in it. */
bool line_blank(struct span s);
bool line_has(struct span s, const char *word);
bool line_ends(struct span s, const char *word);
/* "________", "-----": nothing else in it, five marks at least. */
bool line_is_rule(struct span s);

/* quote.c: lines that "Pada ... menulis:" takes at i; 0: none. */
size_t quote_attribution(const struct lines *l, size_t i);
/* "Dari: / Dikirim: / Kepada: / Perihal:" at i. */
bool quote_head(const struct lines *l, size_t i);
bool quote_forward_mark(struct span s);
bool quote_original_mark(struct span s);

/* tail.c: "Dikirim dari iPhone saya". */
bool tail_of_phone(struct span s);
/* "-- " and its like, with what a signature would be below it, up to end. */
bool tail_signature_mark(const struct lines *l, size_t i, size_t end);
/* First line of the disclaimer that ends before end; end: none. */
size_t tail_disclaimer(const struct lines *l, size_t end);

/* First line of an office's address block or a list's footer that ends before end; end: none. */
size_t tail_office(const struct lines *l, size_t end);

#endif
