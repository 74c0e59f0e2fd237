/* What all papers are drawn with: cairo and pango.  Lengths in points, y from the top of the page. */
#ifndef SITANTE_DOCUMENT_PAGE_H
#define SITANTE_DOCUMENT_PAGE_H

#include "document/draw.h"

#include <pango/pangocairo.h>

/* A page of a PDF that is written to out.  Closing tells whether all of it was drawn and written. */
cairo_t *page_open(struct buf *out, double width, double height, const char *title, const char *subject);
bool page_close(cairo_t *c) MUST_USE;

/* A text wrapped in its column; an over-long word is broken, never cut.  text NULL: empty. */
PangoLayout *page_text(cairo_t *c, const char *text, double width, double size, bool bold, PangoAlignment align);
double page_height(PangoLayout *l);
double page_put(cairo_t *c, PangoLayout *l, double x, double y); /* draws and frees; its height */
void page_rule(cairo_t *c, double x0, double x1, double y, double width);
/* A PNG in a square; one that is none is left out: false. */
bool page_logo(cairo_t *c, struct span png, double x, double y, double side);

#endif
