/* A paper on A4: letterhead, title, rows, tables, signature block.  Every text is wrapped in its own column
 * and measured before it is drawn, so nothing is cut or overlaps; a block that does not fit begins a page. */
#include "document/page.h"

#define PAGE_W 595.28
#define PAGE_H 841.89
#define LEFT 62.0
#define RIGHT (PAGE_W - 56.0)
#define TOP 48.0
#define BOTTOM (PAGE_H - 58.0)
#define LABEL_W 138.0
#define SIGN_W 230.0
#define SIGN_H 74.0
#define LOGO 62.0

struct sheet {
	cairo_t *c;
	const struct printout *p;
	double y;
	int page, pages; /* pages 0: counting pass */
	bool in_table;
	struct field_place *field;
};

static void footer(struct sheet *s)
{
	char text[40];
	(void)g_snprintf(text, sizeof(text), "Halaman %d dari %d", s->page + 1, s->pages);
	page_rule(s->c, LEFT, RIGHT, PAGE_H - 48, 0.4);
	(void)page_put(s->c, page_text(s->c, s->p->number, RIGHT - LEFT - 120, 7.5, false, PANGO_ALIGN_LEFT), LEFT, PAGE_H - 43);
	(void)page_put(s->c, page_text(s->c, text, 120, 7.5, false, PANGO_ALIGN_RIGHT), RIGHT - 120, PAGE_H - 43);
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

static void letterhead(struct sheet *s)
{
	static const double sizes[PRINT_LETTERHEAD] = { 12, 13.5, 8.5, 8.5, 8.5, 8.5 };
	double top = s->y, inset = page_logo(s->c, s->p->logo, LEFT, s->y, LOGO) ? LOGO + 10 : 0;
	for (size_t i = 0; i < s->p->n_letterhead; i++)
		s->y += page_put(s->c,
				 page_text(s->c, s->p->letterhead[i], RIGHT - LEFT - 2 * inset, sizes[i], i < 2,
					   PANGO_ALIGN_CENTER),
				 LEFT + inset, s->y) +
			1.5;
	if (inset > 0 && s->y < top + LOGO + 2)
		s->y = top + LOGO + 2;
	s->y += 5;
	page_rule(s->c, LEFT, RIGHT, s->y, 1.8);
	page_rule(s->c, LEFT, RIGHT, s->y + 2.6, 0.5);
	s->y += 18;
	s->y += page_put(s->c, page_text(s->c, s->p->title, RIGHT - LEFT, 12, true, PANGO_ALIGN_CENTER), LEFT, s->y) + 3;
	s->y += page_put(s->c, page_text(s->c, s->p->number, RIGHT - LEFT, 10, false, PANGO_ALIGN_CENTER), LEFT, s->y) + 8;
}

static void row(struct sheet *s, const struct printout_block *b)
{
	PangoLayout *label = page_text(s->c, b->cell[0], LABEL_W - 4, 9.5, false, PANGO_ALIGN_LEFT);
	PangoLayout *value = page_text(s->c, b->cell[1], RIGHT - LEFT - LABEL_W - 10, 9.5, false, PANGO_ALIGN_LEFT);
	double h = page_height(label) > page_height(value) ? page_height(label) : page_height(value);
	room(s, h + 3);
	(void)page_put(s->c, label, LEFT, s->y);
	(void)page_put(s->c, page_text(s->c, ":", 8, 9.5, false, PANGO_ALIGN_LEFT), LEFT + LABEL_W, s->y);
	(void)page_put(s->c, value, LEFT + LABEL_W + 10, s->y);
	s->y += h + 3;
}

static void table_row(struct sheet *s, const struct printout_block *b)
{
	static const double widths[PRINT_CELLS] = { 0.22, 0.15, 0.19, 0.25, 0.19 };
	PangoLayout *cells[PRINT_CELLS];
	double h = 0, x = LEFT, all = RIGHT - LEFT;
	for (int i = 0; i < PRINT_CELLS; i++) {
		cells[i] = page_text(s->c, b->cell[i], widths[i] * all - 8, 8.5, b->kind == PRINT_HEAD, PANGO_ALIGN_LEFT);
		h = page_height(cells[i]) > h ? page_height(cells[i]) : h;
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
		(void)page_put(s->c, cells[i], x + 4, s->y + 3.5);
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
		PangoLayout *l = page_text(s->c, b->cell[0], RIGHT - LEFT, 10.5, true, PANGO_ALIGN_LEFT);
		room(s, page_height(l) + 44); /* never alone at the foot of a page */
		s->y += 9;
		s->y += page_put(s->c, l, LEFT, s->y) + 4;
	} else if (b->kind == PRINT_ROW) {
		row(s, b);
	} else if (b->kind == PRINT_TEXT) {
		PangoLayout *l = page_text(s->c, b->cell[0], RIGHT - LEFT, 9.5, false, PANGO_ALIGN_LEFT);
		room(s, page_height(l) + 4);
		s->y += page_put(s->c, l, LEFT, s->y) + 4;
	} else {
		table_row(s, b);
	}
}

/* Kept together on one page; the field lies in the space between role and name. */
static void signature(struct sheet *s)
{
	double x = RIGHT - SIGN_W;
	const struct printout *p = s->p;
	PangoLayout *lines[] = { page_text(s->c, p->place_date, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT),
				 page_text(s->c, p->role, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT),
				 page_text(s->c, p->name, SIGN_W, 9.5, true, PANGO_ALIGN_LEFT),
				 page_text(s->c, p->id, SIGN_W, 9.5, false, PANGO_ALIGN_LEFT) };
	double h = SIGN_H + 26;
	for (size_t i = 0; i < 4; i++)
		h += page_height(lines[i]);
	room(s, h);
	s->y += 18;
	s->y += page_put(s->c, lines[0], x, s->y) + 2;
	s->y += page_put(s->c, lines[1], x, s->y) + 4;
	*s->field = (struct field_place){ s->page, x, PAGE_H - s->y - SIGN_H, x + SIGN_W, PAGE_H - s->y };
	s->y += SIGN_H + 4;
	s->y += page_put(s->c, lines[2], x, s->y);
	s->y += page_put(s->c, lines[3], x, s->y);
}

/* One pass; how many pages it took, 0 where it failed. */
static int pass(const struct printout *p, int pages, struct buf *out, struct field_place *field)
{
	cairo_t *c = page_open(out, PAGE_W, PAGE_H, p->title, p->number);
	struct sheet s = { .c = c, .p = p, .y = TOP, .pages = pages, .field = field };
	letterhead(&s);
	for (size_t i = 0; i < p->n_blocks; i++)
		block(&s, &p->blocks[i]);
	signature(&s);
	footer(&s);
	cairo_show_page(c);
	return page_close(c) ? s.page + 1 : 0;
}

int printout_draw(const struct printout *p, struct buf *out, struct field_place *field, struct error *err)
{
	AUTO_BUF first = BUF_INIT(out->max);
	int pages = pass(p, 0, &first, field); /* to know their number */
	if (pages == 0 || pass(p, pages, out, field) != pages)
		return error_set(err, 1, "the paper cannot be drawn");
	return 0;
}
