/* The workbook of a recap, between the files that make its sheets. */
#ifndef SITANTE_DOCUMENT_BOOK_H
#define SITANTE_DOCUMENT_BOOK_H

#include "document/draw.h"
#include "document/rows.h"

#include <xlsxwriter.h>

struct recap_book {
	const struct recap_request *q;
	lxw_workbook *book;
	lxw_worksheet *reg, *rekap;
	lxw_format *head, *title, *bold, *text, *time, *date, *span, *share, *number, *decimal;
	struct {
		int32_t text, time, date, span, number;
	} style; /* of the register's cells */
	struct rows *rows;
	char *around, *to; /* the workbook but for the register's rows; all of it */
	uint32_t row;
	struct buf cell;
};

/* recap_register.c: the sheet's head and what is known of it at the end; rows come by book_row(). */
void register_begin(struct recap_book *b);
void register_end(struct recap_book *b);

/* Rows are as high as their longest wrapped text needs: not every spreadsheet measures them again.  Width in characters,
 * height in points. */
double book_lines(const char *text, double width);
double book_height(double lines);

#endif
