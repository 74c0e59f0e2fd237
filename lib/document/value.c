/* Papers, slips and recap requests through the wall. */
#include "document/document.h"

#include <errno.h>

enum { CELL_MAX = 8192, BLOCKS_MAX = 4000, LOGO_MAX = 1024 * 1024 };

void printout_encode(const struct printout *p, struct buf *out)
{
	wire_put_u8(out, DOCUMENT_PRINTOUT);
	wire_put_u32(out, (uint32_t)p->n_letterhead);
	for (size_t i = 0; i < p->n_letterhead; i++)
		wire_put_str(out, p->letterhead[i]);
	wire_put_bytes(out, p->logo);
	wire_put_str(out, p->title);
	wire_put_str(out, p->number);
	wire_put_u32(out, (uint32_t)p->n_blocks);
	for (size_t i = 0; i < p->n_blocks; i++) {
		wire_put_u8(out, (uint8_t)p->blocks[i].kind);
		for (int k = 0; k < PRINT_CELLS; k++)
			wire_put_str(out, p->blocks[i].cell[k]);
	}
	wire_put_str(out, p->place_date);
	wire_put_str(out, p->role);
	wire_put_str(out, p->name);
	wire_put_str(out, p->id);
}

static int outcome(const struct wire *w, const struct arena *a)
{
	if (arena_status(a) != 0)
		return -ENOMEM;
	return wire_done(w) ? 0 : 1;
}

int printout_decode(struct wire *w, struct arena *a, struct printout *out)
{
	struct printout p = { 0 };
	p.n_letterhead = wire_count(w, PRINT_LETTERHEAD);
	for (size_t i = 0; i < p.n_letterhead; i++)
		p.letterhead[i] = wire_str(w, a, CELL_MAX);
	p.logo = wire_bytes(w, LOGO_MAX);
	p.title = wire_str(w, a, CELL_MAX);
	p.number = wire_str(w, a, CELL_MAX);
	p.n_blocks = wire_count(w, BLOCKS_MAX);
	struct printout_block *blocks = arena_array(a, p.n_blocks ? p.n_blocks : 1, sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	for (size_t i = 0; i < p.n_blocks; i++) {
		blocks[i].kind = (enum printout_block_kind)wire_u8_max(w, PRINT_CELLS_ROW);
		for (int k = 0; k < PRINT_CELLS; k++)
			blocks[i].cell[k] = wire_str(w, a, CELL_MAX);
	}
	p.blocks = blocks;
	p.place_date = wire_str(w, a, CELL_MAX);
	p.role = wire_str(w, a, CELL_MAX);
	p.name = wire_str(w, a, CELL_MAX);
	p.id = wire_str(w, a, CELL_MAX);
	*out = p;
	return outcome(w, a);
}

static void lines_encode(const struct slip_line *l, size_t n, struct buf *out)
{
	wire_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		wire_put_str(out, l[i].label);
		wire_put_str(out, l[i].value);
	}
}

void slip_encode(const struct slip *s, struct buf *out)
{
	const char *const texts[] = { s->title, s->code, s->next, s->times, s->place_date, s->role, s->name, s->foot };
	wire_put_u8(out, DOCUMENT_SLIP);
	wire_put_u32(out, (uint32_t)s->n_letterhead);
	for (size_t i = 0; i < s->n_letterhead; i++)
		wire_put_str(out, s->letterhead[i]);
	wire_put_bytes(out, s->logo);
	lines_encode(s->rows, s->n_rows, out);
	lines_encode(s->persons, s->n_persons, out);
	wire_put_u32(out, (uint32_t)s->n_persons_all);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		wire_put_str(out, texts[i]);
}

static size_t lines_decode(struct wire *w, struct arena *a, struct slip_line *l, uint32_t max)
{
	size_t n = wire_count(w, max);
	for (size_t i = 0; i < n; i++) {
		l[i].label = wire_str(w, a, CELL_MAX);
		l[i].value = wire_str(w, a, CELL_MAX);
	}
	return n;
}

int slip_decode(struct wire *w, struct arena *a, struct slip *out)
{
	struct slip s = { 0 };
	const char **const texts[] = { &s.title, &s.code, &s.next, &s.times, &s.place_date, &s.role, &s.name, &s.foot };
	s.n_letterhead = wire_count(w, PRINT_LETTERHEAD);
	for (size_t i = 0; i < s.n_letterhead; i++)
		s.letterhead[i] = wire_str(w, a, CELL_MAX);
	s.logo = wire_bytes(w, LOGO_MAX);
	s.n_rows = lines_decode(w, a, s.rows, SLIP_ROWS);
	s.n_persons = lines_decode(w, a, s.persons, SLIP_PERSONS);
	s.n_persons_all = wire_u32(w);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = wire_str(w, a, CELL_MAX);
	*out = s;
	return s.code ? outcome(w, a) : 1;
}

void recap_encode(const struct recap_request *r, struct buf *out)
{
	wire_put_u8(out, DOCUMENT_RECAP);
	wire_put_u8(out, (uint8_t)r->format);
	wire_put_u8(out, r->full);
	wire_put_str(out, r->agency);
	wire_put_str(out, r->title);
	wire_put_i64(out, r->from_s);
	wire_put_i64(out, r->to_s);
	wire_put_i64(out, r->now_s);
}

int recap_decode(struct wire *w, struct arena *a, struct recap_request *out)
{
	out->format = (enum recap_format)wire_u8_max(w, RECAP_JSON);
	out->full = wire_u8_max(w, 1);
	out->agency = wire_str(w, a, CELL_MAX);
	out->title = wire_str(w, a, CELL_MAX);
	out->from_s = wire_i64(w);
	out->to_s = wire_i64(w);
	out->now_s = wire_i64(w);
	return outcome(w, a);
}
