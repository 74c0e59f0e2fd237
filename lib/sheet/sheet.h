/* Lists that people attach: CSV (comma, semicolon or tab; RFC 4180) and XLSX (ECMA-376) to rows of cells.
 *
 * Pure: bytes in, rows in the caller's arena out.  Every byte is hostile: cells, rows, columns and unpacked
 * bytes are capped (base/limits.h), entities and external parts are never followed.
 */
#ifndef SITANTE_SHEET_SHEET_H
#define SITANTE_SHEET_SHEET_H

#include "base/arena.h"
#include "base/span.h"

#include <stdint.h>

enum sheet_cell_kind {
	SHEET_TEXT,
	SHEET_NUMBER, /* a spreadsheet's number, as it is stored: more than 15 digits are not to be trusted */
	SHEET_DATE,   /* a spreadsheet's date: "2026-01-19" */
};

struct sheet_cell {
	const char *text; /* one clean line of UTF-8; "" where empty, never NULL */
	enum sheet_cell_kind kind;
};

struct sheet_row {
	struct sheet_cell *cells;
	size_t n;
	uint32_t line; /* as a person counts, from 1 */
};

struct sheet {
	struct sheet_row *rows; /* empty ones left out */
	size_t n_rows;
	bool cut; /* a limit was reached: the rest is missing */
};

enum sheet_outcome {
	SHEET_NO_LIST = 1, /* neither of them, by its first bytes */
	SHEET_DAMAGED,     /* begins like one, but cannot be read; err says where */
};

/* Could this be a list, by name and bytes? */
bool sheet_is_likely(const char *name, struct span bytes);
/* The first visible sheet of a workbook.  0; SHEET_*; -ENOMEM, -ENOBUFS.  *out is written on 0 only. */
int sheet_read(struct span bytes, struct arena *a, struct sheet *out, struct error *err) MUST_USE;

#endif
