/* Text that people sent, on its way into a spreadsheet: never a formula (T24, CWE-1236). */
#ifndef SITANTE_BASE_CELL_H
#define SITANTE_BASE_CELL_H

#include "base/buf.h"

#include <stdbool.h>

/* Would a spreadsheet take this for a formula: '=', '+', '-', '@', TAB or CR first, also their
 * full-width forms, and also behind blanks, quotes or invisible characters? */
bool cell_is_formula(const char *s);
/* One field of a CSV line (RFC 4180), always in quotes; a formula gets an apostrophe in front.  NULL: "". */
void cell_add_csv(struct buf *out, const char *s);
/* The text of a cell in an XLSX file, for string cells alone: one clean line of at most 32,000 bytes.
 * It stays as written, for a string cell is never computed. */
void cell_add_text(struct buf *out, const char *s);

#endif
