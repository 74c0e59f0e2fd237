/* An attached list of certificates, row by row: what each says, or why it is not to be believed.  Pure; made inside the
 * reader process, checked again on the other side.  Columns are known by their heads, in any order; domain facts 3. */
#ifndef SITANTE_REQUEST_ROSTER_H
#define SITANTE_REQUEST_ROSTER_H

#include "request/request.h"

struct roster_row {
	uint32_t line;               /* as a person counts, from 1 */
	const char *value[N_FIELDS]; /* normal forms, as in request.h; NULL: not said */
	const char *serial;          /* hexadecimal, upper case, without leading zeros; NULL */
	const char *begins;          /* ISO date; NULL */
	const char *problem;         /* Indonesian: why the row is refused; NULL: it is right */
};

struct roster {
	const char *name;    /* of the file; "" never NULL */
	const char *problem; /* Indonesian: why no row can be read; NULL: they can */
	struct roster_row *rows;
	size_t n_rows;
	bool cut; /* a limit was reached: the rest is missing */
};

struct roster_cell {
	const char *text;
	bool number; /* of a spreadsheet: more than 15 digits of it are not to be trusted */
};

struct roster_builder {
	struct arena *a;
	struct roster roster;
	size_t cap, bytes;
	int *column;
	size_t n_columns; /* 0: no head was found yet */
	int status;
};

/* One row of the list, the head among them.  false: full, add no more. */
bool roster_add(struct roster_builder *b, const struct roster_cell *cells, size_t n, uint32_t line);
/* 0; -ENOMEM.  The list is b->roster. */
int roster_end(struct roster_builder *b) MUST_USE;

void roster_encode(const struct roster *r, struct buf *out);
int roster_decode(struct wire *w, struct arena *a, struct roster *out) MUST_USE; /* 0, 1, -ENOMEM */

/* Hexadecimal digits with colons or blanks, or a long decimal number, as certificates' serial numbers are shown.
 * 0; 1 none; -ENOMEM. */
int serial_read(const char *s, struct arena *a, const char **out) MUST_USE;
bool serial_right(const char *s); /* in normal form */

#endif
