/* A paper on A4: letterhead, title, rows, tables, signature block.  Every text is wrapped in its own column
 * and measured before it is drawn, so nothing is cut or overlaps; a block that does not fit begins a page. */
#include "document/draw.h"

#include <cairo/cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#define PAGE_W 595.28
#define PAGE_H 841.89
#define LEFT 62.0
#define RIGHT (PAGE_W - 56.0)
#define TOP 48.0
#define BOTTOM (PAGE_H - 58.0)
#define LABEL_W 138.0
#define SIGN_W 230.0
#define SIGN_H 74.0

struct sheet {
	cairo_t *c;
	const struct printout *p;
	double y;
	int page, pages; /* pages 0: counting pass */
	bool in_table;
	struct field_place *field;
};

static PangoLayout *layout(cairo_t *c, const char *text, double width, double size, bool bold, PangoAlignment align)
{
	PangoLayout *l = pango_cairo_create_layout(c);
	PangoFontDescription *f = pango_font_description_from_string("Noto Sans, DejaVu Sans, Sans");
	pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
	pango_font_description_set_weight(f, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(l, f);
	pango_font_description_free(f);
	pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR); /* a word longer than its column is broken, not cut */
	pango_layout_set_alignment(l, align);
	pango_layout_set_spacing(l, PANGO_SCALE);
	PangoAttrList *attributes = pango_attr_list_new();
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE)); /* an address must stay what it is */
	pango_layout_set_attributes(l, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_text(l, text ? text : "", -1);
	return l;
}

static double height(PangoLayout *l)
{
	int w, h;
	pango_layout_get_size(l, &w, &h);
	return (double)h / PANGO_SCALE;
}

/* Draws and frees. */
static double put(struct sheet *s, PangoLayout *l, double x, double y)
{
	double h = height(l);
	cairo_move_to(s->c, x, y);
	pango_cairo_show_layout(s->c, l);
	g_object_unref(l);
	return h;
}

static void rule(struct sheet *s, double x0, double x1, double y, double width)
{
	cairo_set_line_width(s->c, width);
	cairo_move_to(s->c, x0, y);
	cairo_line_to(s->c, x1, y);
	cairo_stroke(s->c);
}

static void footer(struct sheet *s)
{
	char text[40];
	(void)g_snprintf(text, sizeof(text), "Halaman %d dari %d", s->page + 1, s->pages);
	rule(s, LEFT, RIGHT, PAGE_H - 48, 0.4);
	(void)put(s, layout(s->c, s->p->number, RIGHT - LEFT - 120, 7.5, false, PANGO_ALIGN_LEFT), LEFT, PAGE_H - 43);
	(void)put(s, layout(s->c, text, 120, 7.5, false, PANGO_ALIGN_RIGHT), RIGHT - 120, PAGE_H - 43);
}

static void page_next(struct sheet *s)
{
	footer(s);
	cairo_show_page(s->c);
	s->page++;
	s->y = TOP;
}

static void room(struct sheet *s, double h)
{
	if (s->y + h > BOTTOM && s->y > TOP)
		page_next(s);
}

struct bytes {
	struct span s;
	size_t at;
};

static cairo_status_t png_read(void *context, unsigned char *out, unsigned n)
{
	struct bytes *b = context;
	if (b->s.n - b->at < n)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(out, b->s.p + b->at, n);
	b->at += n;
	return CAIRO_STATUS_SUCCESS;
}

/* The logo in a square of 62 points; a file that is no PNG is left out. */
static bool logo(struct sheet *s)
{
	struct bytes b = { s->p->logo, 0 };
	if (b.s.n == 0)
		return false;
	cairo_surface_t *image = cairo_image_surface_create_from_png_stream(png_read, &b);
	bool good = cairo_surface_status(image) == CAIRO_STATUS_SUCCESS;
	double w = cairo_image_surface_get_width(image), h = cairo_image_surface_get_height(image);
	if (good && w > 0 && h > 0) {
		double scale = 62.0 / (w > h ? w : h);
		cairo_save(s->c);
		cairo_translate(s->c, LEFT + (62 - w * scale) / 2, s->y + (62 - h * scale) / 2);
		cairo_scale(s->c, scale, scale);
		cairo_set_source_surface(s->c, image, 0, 0);
		cairo_paint(s->c);
		cairo_restore(s->c);
	}
	cairo_surface_destroy(image);
	return good;
}

static void letterhead(struct sheet *s)
{
	static const double sizes[PRINT_LETTERHEAD] = { 12, 13.5, 8.5, 8.5, 8.5, 8.5 };
	double top = s->y, inset = logo(s) ? 72 : 0;
	for (size_t i = 0; i < s->p->n_letterhead; i++)
		s->y += put(s, layout(s->c, s->p->letterhead[i], RIGHT - LEFT - 2 * inset, sizes[i], i < 2, PANGO_ALIGN_CENTER),
			    LEFT + inset, s->y) +
			1.5;
	if (inset > 0 && s->y < top + 64)
		s->y = top + 64;
	s->y += 5;
	rule(s, LEFT, RIGHT, s->y, 1.8);
	rule(s, LEFT, RIGHT, s->y + 2.6, 0.5);
	s->y += 18;
	s->y += put(s, layout(s->c, s->p->title, RIGHT - LEFT, 12, true, PANGO_ALIGN_CENTER), LEFT, s->y) + 3;
	s->y += put(s, layout(s->c, s->p->number, RIGHT - LEFT, 10, false, PANGO_ALIGN_CENTER), LEFT, s->y) + 8;
}

static void row(struct sheet *s, const struct printout_block *b)
{
	PangoLayout *label = layout(s->c, b->cell[0], LABEL_W - 4, 9.5, false, PANGO_ALIGN_LEFT);
	PangoLayout *value = layout(s->c, b->cell[1], RIGHT - LEFT - LABEL_W - 10, 9.5, false, PANGO_ALIGN_LEFT);
	double h = height(label) > height(value) ? height(label) : height(value);
	room(s, h + 3);
	(void)put(s, label, LEFT, s->y);
	(void)put(s, layout(s->c, ":", 8, 9.5, false, PANGO_ALIGN_LEFT), LEFT + LABEL_W, s->y);
	(void)put(s, value, LEFT + LABEL_W + 10, s->y);
	s->y += h + 3;
}

static void table_row(struct sheet *s, const struct printout_block *b)
{
	static const double widths[PRINT_CELLS] = { 0.22, 0.15, 0.19, 0.25, 0.19 };
	PangoLayout *cells[PRINT_CELLS];
	double h = 0, x = LEFT, all = RIGHT - LEFT;
	for (int i = 0; i < PRINT_CELLS; i++) {
		cells[i] = layout(s->c, b->cell[i], widths[i] * all - 8, 8.5, b->kind == PRINT_HEAD, PANGO_ALIGN_LEFT);
		h = height(cells[i]) > h ? height(cells[i]) : h;
	}
	h += 7;
	room(s, h);
	for (int i = 0; i < PRINT_CELLS; i++) {
		cairo_set_line_width(s->c, 0.5);
		cairo_rectangle(s->c, x, s->y, widths[i] * all, h);
		if (b->kind == PRINT_HEAD) {
			cairo_set_source_rgb(s->c, 0.91, 0.93, 0.96);
			cairo_fill_preserve(s->c);
			cairo_set_source_rgb(s->c, 0, 0, 0);
		}
		cairo_stroke(s->c);
		(void)put(s, cells[i], x + 4, s->y + 3.5);
		x += widths[i] * all;
	}
	s->y += h;
}

static void block(struct sheet *s, const struct printout_block *b)
{
	bool table = b->kind == PRINT_HEAD || b->kind == PRINT_CELLS_ROW;
	if (s->in_table && !table)
		s->y += 8;
	s->in_table = table;
	if (b->kind == PRINT_HEADING) {
		PangoLayout *l = layout(s->c, b->cell[0], RIGHT - LEFT, 10.5, true, PANGO_ALIGN_LEFT);
		room(s, height(l) + 44); /* never alone at the foot of a page */
		s->y += 9;
		s->y += put(s, l, LEFT, s->y) + 4;
	} else if (b->kind == PRINT_ROW) {
		row(s, b);
	} else if (b->kind == PRINT_TEXT) {
		PangoLayout *l = layout(s->c, b->cell[0], RIGHT - LEFT, 9.5, false, PANGO_ALIGN_LEFT);
		room(s, height(l) + 4);
		s->y += put(s, l, LEFT, s->y) + 4;
	} else {
		table_row(s, b);
	}
}

/* Kept together on one page; the field lies in the space between role and name. */
static void signature(struct sheet *s)
{
	double x = RIGHT - SIGN_W;
	const struct printout *p = s->p;
	PangoLayout *lines[] = { layout(s->c, p->place_date, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT),
				 layout(s->c, p->role, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT),
				 layout(s->c, p->name, SIGN_W, 9.5, true, PANGO_ALIGN_LEFT),
				 layout(s->c, p->id, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT) };
	double h = SIGN_H + 26;
	for (size_t i = 0; i < 4; i++)
		h += height(lines[i]);
	room(s, h);
	s->y += 18;
	s->y += put(s, lines[0], x, s->y) + 2;
	s->y += put(s, lines[1], x, s->y) + 4;
	*s->field = (struct field_place){ s->page, x, PAGE_H - s->y - SIGN_H, x + SIGN_W, PAGE_H - s->y };
	s->y += SIGN_H + 4;
	s->y += put(s, lines[2], x, s->y);
	s->y += put(s, lines[3], x, s->y);
}

static cairo_status_t bytes_write(void *context, const unsigned char *p, unsigned n)
{
	buf_add(context, p, n);
	return buf_status(context) == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* One pass; how many pages it took, 0 where it failed. */
static int pass(const struct printout *p, int pages, struct buf *out, struct field_place *field)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(bytes_write, out, PAGE_W, PAGE_H);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, p->title ? p->title : "");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, p->number ? p->number : "");
	struct sheet s = { .c = cairo_create(surface), .p = p, .y = TOP, .pages = pages, .field = field };
	letterhead(&s);
	for (size_t i = 0; i < p->n_blocks; i++)
		block(&s, &p->blocks[i]);
	signature(&s);
	footer(&s);
	cairo_show_page(s.c);
	bool good = cairo_status(s.c) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(s.c);
	cairo_surface_finish(surface);
	good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	return good ? s.page + 1 : 0;
}

int printout_draw(const struct printout *p, struct buf *out, struct field_place *field, struct error *err)
{
	AUTO_BUF first = BUF_INIT(out->max);
	int pages = pass(p, 0, &first, field); /* to know their number */
	if (pages == 0 || pass(p, pages, out, field) != pages)
		return error_set(err, 1, "the paper cannot be drawn");
	return 0;
}
