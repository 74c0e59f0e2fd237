/* What a person's terminal gets: tables as wide as it is, colours where it has them, texts wrapped.  Everything is
 * escaped here, so that no byte of a mail reaches a terminal as it is. */
#ifndef SITANTE_DAEMON_TERM_H
#define SITANTE_DAEMON_TERM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/instant.h"

struct term {
	size_t width; /* columns; 0: no terminal, nothing is cut */
	bool colours; /* a terminal that has them, and NO_COLOR is not set */
};
struct term term_of(int fd);

enum tone { TONE_PLAIN, TONE_DIM, TONE_BOLD, TONE_GOOD, TONE_WARN, TONE_BAD, N_TONES };
void term_tone(struct buf *b, const struct term *t, enum tone tone); /* until TONE_PLAIN */
/* s escaped and in this tone. */
void term_say(struct buf *b, const struct term *t, enum tone tone, const char *s);
/* Lines of s, each behind margin and wrapped at blanks to the terminal's width. */
void term_text(struct buf *b, const struct term *t, const char *margin, const char *s);
/* "3 d", "2 h", "5 min": how long, roughly; lives in a. */
const char *term_span(struct arena *a, struct duration d);

enum { TABLE_COLUMNS = 10 };
struct table_column {
	const char *title;
	size_t least; /* columns it may shrink to; 0: it never does */
};
struct table; /* lives in the arena */
/* NULL: no memory. */
struct table *table_open(struct arena *a, const struct table_column *columns, size_t n);
/* The next cell, row by row; NULL is "-". */
void table_cell(struct table *t, enum tone tone, const char *text);
/* With a line of titles where there is a row. */
void table_put(struct table *t, const struct term *term, struct buf *out);

#endif
