#include "sheet/sheet_private.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { SNIFFED = 4096 };

void sheet_cell_put(struct sheet_builder *b, size_t column, struct span text, enum sheet_cell_kind kind)
{
	if (b->status != 0)
		return;
	if (column >= LIMIT_SHEET_COLUMNS) {
		b->sheet.cut = true;
		return;
	}
	if (column >= b->cap_cells) {
		size_t cap = column + 8;
		struct sheet_cell *grown = arena_grow(b->a, b->cells, b->cap_cells, cap, sizeof(*grown));
		if (!grown) {
			b->status = arena_status(b->a);
			return;
		}
		b->cells = grown;
		b->cap_cells = cap;
	}
	AUTO_BUF clean = BUF_INIT(LIMIT_SHEET_CELL_BYTES);
	text_clean_line(&clean, text);
	if (buf_status(&clean) == -ENOBUFS) {
		b->sheet.cut = true;
		return;
	}
	const char *kept = arena_strndup(b->a, buf_cstr(&clean), clean.n);
	if (!kept || buf_status(&clean) < 0) {
		b->status = -ENOMEM;
		return;
	}
	b->cells[column] = (struct sheet_cell){ kept, kind };
	b->n_cells = column >= b->n_cells ? column + 1 : b->n_cells;
}

bool sheet_row_end(struct sheet_builder *b, uint32_t line)
{
	bool any = false;
	for (size_t i = 0; i < b->n_cells; i++) {
		b->cells[i].text = b->cells[i].text ? b->cells[i].text : "";
		any = any || *b->cells[i].text;
	}
	if (any && b->sheet.n_rows == LIMIT_SHEET_ROWS)
		b->sheet.cut = true;
	if (any && b->status == 0 && !b->sheet.cut) {
		if (b->sheet.n_rows == b->cap_rows) {
			size_t cap = b->cap_rows ? b->cap_rows * 2 : 32;
			struct sheet_row *grown = arena_grow(b->a, b->sheet.rows, b->cap_rows, cap, sizeof(*grown));
			if (!grown) {
				b->status = arena_status(b->a);
				return false;
			}
			b->sheet.rows = grown;
			b->cap_rows = cap;
		}
		b->sheet.rows[b->sheet.n_rows++] = (struct sheet_row){ b->cells, b->n_cells, line };
		b->cells = NULL;
		b->cap_cells = 0;
	} else if (b->cells) {
		memset(b->cells, 0, b->cap_cells * sizeof(*b->cells));
	}
	b->n_cells = 0;
	return b->status == 0 && !b->sheet.cut;
}

static bool ends_nocase(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && str_eq_nocase(s + n - k, end);
}

bool sheet_is_likely(const char *name, struct span bytes)
{
	if (xlsx_is(bytes))
		return ends_nocase(name, ".xlsx");
	if (!ends_nocase(name, ".csv") && !ends_nocase(name, ".tsv"))
		return false;
	bool wide = bytes.n > 1 && ((bytes.p[0] == 0xff && bytes.p[1] == 0xfe) || (bytes.p[0] == 0xfe && bytes.p[1] == 0xff));
	return wide || !memchr(bytes.p, '\0', bytes.n < SNIFFED ? bytes.n : SNIFFED);
}

int sheet_read(struct span bytes, struct arena *a, struct sheet *out, struct error *err)
{
	struct sheet_builder b = { .a = a };
	int r = xlsx_is(bytes) ? xlsx_read(bytes, &b, err) : csv_read(bytes, &b);
	if (r == 0)
		r = b.status;
	if (r == 0)
		*out = b.sheet;
	return r;
}
