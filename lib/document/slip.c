/* Half an A4 page (A5 across) for whoever brought a letter.  Everything must stand on it: what is long is set smaller, then
 * fewer persons are named, then long values end in an ellipsis; nothing overlaps and nothing runs off the page. */
#include "document/page.h"

#include <errno.h>
#include <qrencode.h>

#define PAGE_W 595.28
#define PAGE_H 419.53
#define LEFT 40.0
#define RIGHT (PAGE_W - 40.0)
#define TOP 24.0
#define BOTTOM (PAGE_H - 22.0)
#define CODE_W 104.0
#define GAP 14.0

enum { PERSON_MAX = 9000 }; /* what comes through the wall is shorter */

struct attempt {
	double scale;  /* of all letters */
	int max_lines; /* of one value; 0: any */
	size_t n_persons;
};

struct form {
	cairo_t *c;
	const struct slip *s;
	const QRcode *qr;
	struct attempt as;
	bool drawing; /* else it is only measured */
	double y;
};

static PangoLayout *text(const struct form *f, const char *words, double width, double size, bool bold, PangoAlignment align)
{
	PangoLayout *l = page_text(f->c, words, width, size * f->as.scale, bold, align);
	if (f->as.max_lines > 0) {
		pango_layout_set_height(l, -f->as.max_lines);
		pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	}
	return l;
}

/* Frees; the height that it takes. */
static double put(const struct form *f, PangoLayout *l, double x, double y)
{
	if (f->drawing)
		return page_put(f->c, l, x, y);
	double h = page_height(l);
	g_object_unref(l);
	return h;
}

static void line(const struct form *f, double x0, double x1, double y, double width)
{
	if (f->drawing)
		page_rule(f->c, x0, x1, y, width);
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static void letterhead(struct form *f)
{
	static const double sizes[PRINT_LETTERHEAD] = { 10, 11, 7.5, 7.5, 7.5, 7.5 };
	const double side = 44 * f->as.scale, top = f->y;
	bool has_logo = f->s->logo.n > 0 && (!f->drawing || page_logo(f->c, f->s->logo, LEFT, top, side));
	double inset = has_logo ? side + 8 : 0;
	for (size_t i = 0; i < f->s->n_letterhead; i++)
		f->y += put(f, text(f, f->s->letterhead[i], RIGHT - LEFT - 2 * inset, sizes[i], i < 2, PANGO_ALIGN_CENTER),
			    LEFT + inset, f->y);
	f->y = larger(f->y, has_logo ? top + side : 0) + 4;
	line(f, LEFT, RIGHT, f->y, 1.4);
	line(f, LEFT, RIGHT, f->y + 2.2, 0.4);
	f->y += 9;
	f->y += put(f, text(f, f->s->title, RIGHT - LEFT, 11, true, PANGO_ALIGN_CENTER), LEFT, f->y) + 7;
}

static void code_draw(const struct form *f, double x, double y)
{
	double dot = CODE_W / (f->qr->width + 8); /* four quiet dots on each side */
	for (int r = 0; r < f->qr->width; r++)
		for (int k = 0; k < f->qr->width; k++)
			if (f->qr->data[r * f->qr->width + k] & 1)
				cairo_rectangle(f->c, x + (k + 4) * dot, y + (r + 4) * dot, dot, dot);
	cairo_fill(f->c);
}

/* At the right; returns where it ends. */
static double code(const struct form *f, double y)
{
	double x = RIGHT - CODE_W;
	if (f->drawing)
		code_draw(f, x, y);
	return y + CODE_W + put(f, page_text(f->c, f->s->code, CODE_W, 8.5, true, PANGO_ALIGN_CENTER), x, y + CODE_W);
}

static void row(struct form *f, const struct slip_line *r, double width)
{
	const double label_w = 92 * f->as.scale;
	double h = put(f, text(f, r->label, label_w - 2, 8.5, false, PANGO_ALIGN_LEFT), LEFT, f->y);
	(void)put(f, text(f, ":", 8, 8.5, false, PANGO_ALIGN_LEFT), LEFT + label_w, f->y);
	PangoLayout *value = text(f, r->value, width - label_w - 8, 8.5, false, PANGO_ALIGN_LEFT);
	f->y += larger(h, put(f, value, LEFT + label_w + 8, f->y)) + 2;
}

static const char *person_words(char out[PERSON_MAX], const struct slip_line *p)
{
	(void)g_snprintf(out, PERSON_MAX, "%s%s%s", p->label ? p->label : "?", p->value ? " \302\267 " : "",
			 p->value ? p->value : "");
	return out;
}

/* One person is a row; more are numbered, in two columns where there are many. */
static void persons(struct form *f, double width)
{
	char one[PERSON_MAX];
	if (f->s->n_persons_all <= 1) {
		if (f->s->n_persons == 1)
			row(f, &(struct slip_line){ "Pemohon", person_words(one, &f->s->persons[0]) }, width);
		return;
	}
	enum { ONE_COLUMN = 3 };
	int columns = f->as.n_persons > ONE_COLUMN ? 2 : 1;
	double w = width / columns, height = 0;
	for (size_t i = 0; i < f->as.n_persons && (f->drawing || f->y <= BOTTOM); i++) {
		char words[PERSON_MAX + 8];
		int column = (int)(i % (size_t)columns);
		(void)g_snprintf(words, sizeof(words), "%zu. %s", i + 1, person_words(one, &f->s->persons[i]));
		height = larger(column ? height : 0,
				put(f, text(f, words, w - 8, 8.5, false, PANGO_ALIGN_LEFT), LEFT + column * w, f->y));
		f->y += column == columns - 1 || i + 1 == f->as.n_persons ? height + 1.5 : 0;
	}
	if (f->s->n_persons_all > f->as.n_persons) {
		char words[100];
		(void)g_snprintf(words, sizeof(words), "dan %zu pemohon lain (daftar lengkapnya tercatat pada tiket)",
				 f->s->n_persons_all - f->as.n_persons);
		f->y += put(f, text(f, words, width, 8.5, false, PANGO_ALIGN_LEFT), LEFT, f->y) + 1.5;
	}
}

static void paragraph(struct form *f, const char *words, double size)
{
	if (words)
		f->y += put(f, text(f, words, RIGHT - LEFT, size, false, PANGO_ALIGN_LEFT), LEFT, f->y) + 3;
}

/* Foot at the left, signature at the right, side by side. */
static void closing(struct form *f)
{
	const double sign_w = 190, x = RIGHT - sign_w, top = f->y + 2;
	double h = put(f, text(f, f->s->foot, RIGHT - LEFT - sign_w - 20, 7.5, false, PANGO_ALIGN_LEFT), LEFT, top);
	double y = top;
	y += put(f, text(f, f->s->place_date, sign_w, 8.5, false, PANGO_ALIGN_LEFT), x, y);
	y += put(f, text(f, f->s->role, sign_w, 8.5, false, PANGO_ALIGN_LEFT), x, y) + 26;
	y += put(f, text(f, f->s->name, sign_w, 8.5, true, PANGO_ALIGN_LEFT), x, y);
	f->y = larger(top + h, y);
}

/* The whole form; true: it fits. */
static bool set(struct form *f)
{
	f->y = TOP;
	letterhead(f);
	const double width = RIGHT - LEFT - CODE_W - GAP, below_code = code(f, f->y - 2);
	for (size_t i = 0; i < f->s->n_rows; i++)
		row(f, &f->s->rows[i], width);
	if (f->s->n_persons_all > 1)
		f->y += put(f, text(f, "Pemohon:", width, 8.5, false, PANGO_ALIGN_LEFT), LEFT, f->y) + 1;
	persons(f, width);
	f->y = larger(f->y, below_code) + 5;
	paragraph(f, f->s->next, 8.5);
	paragraph(f, f->s->times, 8.5);
	closing(f);
	return f->y <= BOTTOM;
}

/* The best that fits: letters as large as they can be, then as many persons as there is room for. */
static void choose(struct form *f)
{
	static const double scales[] = { 1.14, 1.07, 1.0, 0.93, 0.86, 0.8 };
	static const int lines[] = { 0, 4, 2, 1 };
	const size_t n_scales = sizeof(scales) / sizeof(*scales);
	for (size_t i = 0; i < n_scales; i++) {
		f->as = (struct attempt){ scales[i], 0, f->s->n_persons };
		if (set(f))
			return;
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		size_t fits = 0, too_many = f->s->n_persons + 1;
		while (fits + 1 < too_many) {
			size_t n = fits + (too_many - fits) / 2;
			f->as = (struct attempt){ scales[n_scales - 1], lines[i], n };
			*(set(f) ? &fits : &too_many) = n;
		}
		f->as.n_persons = fits;
		if (fits > 0)
			return;
	}
}

int slip_draw(const struct slip *s, struct buf *out, struct error *err)
{
	QRcode *qr = QRcode_encodeString(s->code, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!qr)
		return error_set(err, errno == ENOMEM ? -ENOMEM : 1, "the number cannot be drawn as a code");
	struct form f = { .c = page_open(out, PAGE_W, PAGE_H, s->title, s->code), .s = s, .qr = qr };
	choose(&f);
	f.drawing = true;
	(void)set(&f);
	cairo_show_page(f.c);
	bool good = page_close(f.c);
	QRcode_free(qr);
	return good ? 0 : error_set(err, 1, "the slip cannot be drawn");
}
