/* Tables: a row a line with bars, tabs, semicolons or wide gaps, or a cell a line. */
#ifndef SITANTE_REQUEST_TABLE_H
#define SITANTE_REQUEST_TABLE_H

#include "request/label.h"
#include "request/state.h"

enum { CELLS_MAX = 24 };

struct table {
	int column[CELLS_MAX]; /* a field, FOREIGN, or -1 */
	size_t n, rows;        /* n 0: no table is open */
	bool shapes;           /* head and rows do not agree: cells are told by their shape */
	bool vertical;         /* one cell a line */
	size_t at;
	size_t turn; /* the column of the new value in "field | old | new"; 0: none */
};

/* Is t a head with at least two labels?  Opens the table. */
bool table_head(struct span t, struct table *table);
/* false: the table has ended above t. */
bool table_row(struct reading_state *s, struct span t, struct table *table);
/* A cell of a vertical table; false: it has ended. */
bool table_cell(struct reading_state *s, struct span t, struct table *table);
/* A head of one label a line (three at least): lines used; 0: none. */
size_t table_column_head(const struct span *lines, size_t n, struct table *table);

#endif
