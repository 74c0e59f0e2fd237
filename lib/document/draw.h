/* The drawing half: linked by the document process alone. */
#ifndef SITANTE_DOCUMENT_DRAW_H
#define SITANTE_DOCUMENT_DRAW_H

#include "document/document.h"
#include "document/recap.h"

struct field_place { /* of the signature field; points, from the lower left corner */
	int page;    /* from 0 */
	double x0, y0, x1, y1;
};

/* The paper as PDF on A4.  0; 1 with err; -ENOMEM. */
int printout_draw(const struct printout *p, struct buf *out, struct field_place *field, struct error *err) MUST_USE;
/* Adds one empty signature field to a finished PDF. */
int printout_add_field(struct span pdf, const struct field_place *field, struct buf *out, struct error *err) MUST_USE;

/* The slip as PDF on A5 across: one page, whatever stands in it.  0; 1 with err; -ENOMEM. */
int slip_draw(const struct slip *s, struct buf *out, struct error *err) MUST_USE;

/* A recap written row by row: opened, fed with rows of the register, closed. */
struct recap_writer;
/* path: where the workbook goes; folder: for its temporary files; csv and json go to fd.  0; 1 with err. */
int recap_writer_open(const struct recap_request *q, const char *path, const char *folder, int fd, struct recap_writer **out,
		      struct error *err) MUST_USE;
void recap_writer_row(struct recap_writer *w, const struct tally *t);
/* Sheet Rekap with its charts, and the end of the file.  0; 1 with err. */
int recap_writer_close(struct recap_writer *w, struct error *err) MUST_USE;

/* the two forms of it (recap_xlsx.c, recap_text.c) */
struct recap_book;
struct recap_book *book_open(const struct recap_request *q, const char *path, const char *folder); /* NULL: failed */
void book_row(struct recap_book *b, const struct tally *t);
int book_close(struct recap_book *b, struct recap *r);
void text_begin(const struct recap_request *q, struct buf *out);
void text_row(const struct recap_request *q, const struct tally *t, bool first, struct buf *out);
void text_end(const struct recap_request *q, struct recap *r, struct buf *out);
/* Stars but for the last four digits, unless whole is wanted. */
const char *recap_masked(const struct recap_request *q, const char *digits, char out[40]);

#endif
