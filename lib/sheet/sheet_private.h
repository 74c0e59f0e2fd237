/* Shared by the files of sheet/ only. */
#ifndef SITANTE_SHEET_PRIVATE_H
#define SITANTE_SHEET_PRIVATE_H

#include "sheet/sheet.h"

struct sheet_builder {
	struct arena *a;
	struct sheet sheet;
	size_t cap_rows, cap_cells;
	struct sheet_cell *cells; /* of the row in the making */
	size_t n_cells;
	int status;
};

/* Puts text into column (from 0) of the row in the making. */
void sheet_cell_put(struct sheet_builder *b, size_t column, struct span text, enum sheet_cell_kind kind);
/* Ends the row; one without content is forgotten.  false: full, read no further. */
bool sheet_row_end(struct sheet_builder *b, uint32_t line);

int csv_read(struct span bytes, struct sheet_builder *b) MUST_USE;
bool xlsx_is(struct span bytes);
int xlsx_read(struct span bytes, struct sheet_builder *b, struct error *err) MUST_USE;

#endif
