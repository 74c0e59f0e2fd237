/* What the document process makes, as plain values: a paper or a slip (PDF), or a recap (XLSX, CSV, JSON).
 *
 * The office and sitantectl write a request into a memory file, start sitante-document with it, and read
 * the finished bytes from another.  Only that process links cairo, pango, qpdf, libqrencode and libxlsxwriter.
 */
#ifndef SITANTE_DOCUMENT_DOCUMENT_H
#define SITANTE_DOCUMENT_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/wire.h"

enum document_kind { DOCUMENT_PRINTOUT = 1, DOCUMENT_RECAP, DOCUMENT_SLIP };

enum { PRINT_CELLS = 5, PRINT_LETTERHEAD = 6 };

enum printout_block_kind {
	PRINT_HEADING,
	PRINT_ROW,  /* cell 0: label, cell 1: value */
	PRINT_TEXT, /* cell 0 */
	PRINT_HEAD, /* a table's first row */
	PRINT_CELLS_ROW,
};

struct printout_block {
	enum printout_block_kind kind;
	const char *cell[PRINT_CELLS]; /* UTF-8; NULL: empty */
};

struct printout {
	const char *letterhead[PRINT_LETTERHEAD];
	size_t n_letterhead;
	struct span logo; /* PNG; empty: none */
	const char *title, *number;
	const struct printout_block *blocks;
	size_t n_blocks;
	/* signature block: one empty signature field between role and name */
	const char *place_date, *role, *name, *id; /* NULL: left out */
};

void printout_encode(const struct printout *p, struct buf *out);
/* 0; 1 not such a value; -ENOMEM.  logo is borrowed from the bytes. */
int printout_decode(struct wire *w, struct arena *a, struct printout *out) MUST_USE;

enum { SLIP_ROWS = 8, SLIP_PERSONS = 40 };

struct slip_line {
	const char *label, *value; /* UTF-8; NULL: empty */
};

/* Half a page that the bearer of a letter takes along. */
struct slip {
	const char *letterhead[PRINT_LETTERHEAD];
	size_t n_letterhead;
	struct span logo; /* PNG; empty: none */
	const char *title;
	const char *code; /* drawn as QR code, and in letters below it */
	struct slip_line rows[SLIP_ROWS];
	size_t n_rows;
	struct slip_line persons[SLIP_PERSONS]; /* name, masked number; as many are shown as have room */
	size_t n_persons, n_persons_all;
	const char *next, *times;             /* what happens next; the standard times */
	const char *place_date, *role, *name; /* who took the letter in; NULL: left out */
	const char *foot;
};

void slip_encode(const struct slip *s, struct buf *out);
/* 0; 1 not such a value; -ENOMEM.  logo is borrowed from the bytes. */
int slip_decode(struct wire *w, struct arena *a, struct slip *out) MUST_USE;

enum recap_format { RECAP_XLSX, RECAP_CSV, RECAP_JSON };

struct recap_request {
	enum recap_format format;
	bool full;                   /* NIK whole: sitantectl --full alone */
	const char *agency, *title;  /* "Agustus 2026" */
	int64_t from_s, to_s, now_s; /* local wall time, seconds since 1970; [from, to) */
};

void recap_encode(const struct recap_request *r, struct buf *out);
int recap_decode(struct wire *w, struct arena *a, struct recap_request *out) MUST_USE;

#define DOCUMENT_PROGRAM "sitante-document"

#endif
