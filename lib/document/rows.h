/* The rows of a long sheet, compressed while they come, and put into the workbook that libxlsxwriter made around them.
 *
 * That library prints each cell through stdio, holds the sheet on disk twice and compresses at one level: three quarters of
 * a long recap's time.  It makes everything else: the package, styles, and of this sheet all but the rows after its first.
 * ECMA-376-1 18.3.1.4 (c), 18.3.1.73 (row); RFC 1951: a stream that ends on a byte may be followed by another one's blocks.
 */
#ifndef SITANTE_DOCUMENT_ROWS_H
#define SITANTE_DOCUMENT_ROWS_H

#include "base/buf.h"

enum { ROWS_COLUMNS = 26 }; /* one letter each */

struct rows;
/* path: of a file for the compressed rows, made anew.  NULL: failed. */
struct rows *rows_open(const char *path);
void rows_done(struct rows *r);
/* Rows count from 2, below the head; cells come from left to right; height in points, 0: the sheet's own; style: index
 * among the workbook's cell formats.  Failure is sticky, rows_pack() tells. */
void rows_begin(struct rows *r, double height);
void rows_text(struct rows *r, int column, int32_t style, const char *text); /* NULL, "": no cell */
void rows_number(struct rows *r, int column, int32_t style, int64_t millionths);
void rows_end(struct rows *r);
/* Copies the workbook from to the file to; entry is the sheet (xl/worksheets/sheet1.xml) that has nothing but its head.
 * 0; -1 failed. */
int rows_pack(struct rows *r, const char *from, const char *entry, const char *to) MUST_USE;

#endif
