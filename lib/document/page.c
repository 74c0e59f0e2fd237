#include "document/page.h"

#include <cairo/cairo-pdf.h>
#include <string.h>

static cairo_status_t bytes_write(void *context, const unsigned char *p, unsigned n)
{
	buf_add(context, p, n);
	return buf_status(context) == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

cairo_t *page_open(struct buf *out, double width, double height, const char *title, const char *subject)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(bytes_write, out, width, height);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title ? title : "");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, subject ? subject : "");
	cairo_t *c = cairo_create(surface);
	cairo_surface_destroy(surface); /* c has it */
	return c;
}

bool page_close(cairo_t *c)
{
	cairo_surface_t *surface = cairo_surface_reference(cairo_get_target(c));
	bool good = cairo_status(c) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(c);
	cairo_surface_finish(surface);
	good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	return good;
}

PangoLayout *page_text(cairo_t *c, const char *text, double width, double size, bool bold, PangoAlignment align)
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

double page_height(PangoLayout *l)
{
	int w, h;
	pango_layout_get_size(l, &w, &h);
	return (double)h / PANGO_SCALE;
}

double page_put(cairo_t *c, PangoLayout *l, double x, double y)
{
	double h = page_height(l);
	cairo_move_to(c, x, y);
	pango_cairo_show_layout(c, l);
	g_object_unref(l);
	return h;
}

void page_rule(cairo_t *c, double x0, double x1, double y, double width)
{
	cairo_set_line_width(c, width);
	cairo_move_to(c, x0, y);
	cairo_line_to(c, x1, y);
	cairo_stroke(c);
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

bool page_logo(cairo_t *c, struct span png, double x, double y, double side)
{
	struct bytes b = { png, 0 };
	if (b.s.n == 0)
		return false;
	cairo_surface_t *image = cairo_image_surface_create_from_png_stream(png_read, &b);
	bool good = cairo_surface_status(image) == CAIRO_STATUS_SUCCESS;
	double w = cairo_image_surface_get_width(image), h = cairo_image_surface_get_height(image);
	if (good && w > 0 && h > 0) {
		double scale = side / (w > h ? w : h);
		cairo_save(c);
		cairo_translate(c, x + (side - w * scale) / 2, y + (side - h * scale) / 2);
		cairo_scale(c, scale, scale);
		cairo_set_source_surface(c, image, 0, 0);
		cairo_paint(c);
		cairo_restore(c);
	}
	cairo_surface_destroy(image);
	return good;
}
