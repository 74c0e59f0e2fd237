#include "term.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CELL_BYTES = 1200, CELL_COLUMNS = 60, WIDTH_LEAST = 20, CELL_LEAST = 3, SHOWN_LEAST = 2, LINE_BYTES = 8000, GAP = 2 };

struct term term_of(int fd)
{
	struct winsize w = { 0 };
	const char *kind = getenv("TERM");
	if (!isatty(fd))
		return (struct term){ 0 };
	size_t width = ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
	return (struct term){ .width = width < WIDTH_LEAST ? WIDTH_LEAST : width,
			      .colours = !getenv("NO_COLOR") && kind && !str_eq(kind, "dumb") };
}

void term_tone(struct buf *b, const struct term *t, enum tone tone)
{
	static const char *const codes[N_TONES] = { "0", "2", "1", "32", "33", "31" };
	if (t->colours)
		buf_addf(b, "\x1b[%sm", codes[tone]);
}

void term_say(struct buf *b, const struct term *t, enum tone tone, const char *s)
{
	if (tone != TONE_PLAIN)
		term_tone(b, t, tone);
	text_escape(b, span_str(s), LINE_BYTES);
	if (tone != TONE_PLAIN)
		term_tone(b, t, TONE_PLAIN);
}

/* The first character of s, and the columns that it takes. */
static size_t first_char(const char *s, size_t *columns)
{
	char one[5] = "";
	uint32_t cp;
	size_t n = utf8_decode((const unsigned char *)s, strlen(s), &cp);
	n = n ? n : 1;
	memcpy(one, s, n < 5 ? n : 4);
	*columns = text_columns(one);
	return n;
}

/* As many bytes of s as fit into so many columns; where it must be cut, behind a blank if there is one. */
static size_t fitting(const char *s, size_t columns)
{
	size_t at = 0, used = 0, blank = 0, w = 0;
	while (s[at]) {
		size_t n = first_char(s + at, &w);
		if (used + w > columns)
			return blank ? blank : at ? at : n;
		used += w;
		at += n;
		if (s[at - 1] == ' ')
			blank = at;
	}
	return at;
}

void term_text(struct buf *b, const struct term *t, const char *margin, const char *s)
{
	struct span rest = span_str(s), line;
	size_t room = t->width > text_columns(margin) + WIDTH_LEAST ? t->width - text_columns(margin) : WIDTH_LEAST;
	while (span_next_line(&rest, &line)) {
		AUTO_BUF clean = BUF_INIT(LINE_BYTES * 8);
		text_escape(&clean, line, LINE_BYTES);
		const char *left = buf_cstr(&clean);
		do {
			size_t n = t->width ? fitting(left, room) : strlen(left);
			buf_add_str(b, margin);
			buf_add(b, left, n);
			buf_add_char(b, '\n');
			left += n;
		} while (*left);
	}
}

const char *term_span(struct arena *a, struct duration d)
{
	long long min = (long long)(d.ms > 0 ? d.ms : 0) / 60000;
	const char *s = min < 60        ? arena_printf(a, "%lld min", min)
			: min < 48 * 60 ? arena_printf(a, "%lld h", min / 60)
					: arena_printf(a, "%lld d", min / 60 / 24);
	return s ? s : "?";
}

/* --- tables -------------------------------------------------------------------------------------- */

struct cell {
	const char *text;
	enum tone tone;
	size_t columns;
};

struct table {
	struct arena *a;
	struct table_column columns[TABLE_COLUMNS];
	size_t n, column, shown, width[TABLE_COLUMNS]; /* shown: those that there is room for */
	struct cell *cells;
	size_t n_cells, cap;
	bool failed;
};

struct table *table_open(struct arena *a, const struct table_column *columns, size_t n)
{
	struct table *t = arena_alloc(a, sizeof(*t));
	if (!t || n == 0 || n > TABLE_COLUMNS)
		return NULL;
	*t = (struct table){ .a = a, .n = n, .shown = n };
	memcpy(t->columns, columns, n * sizeof(*columns));
	for (size_t i = 0; i < n; i++)
		t->width[i] = text_columns(columns[i].title);
	return t;
}

void table_cell(struct table *t, enum tone tone, const char *text)
{
	AUTO_BUF clean = BUF_INIT(CELL_BYTES * 2);
	if (t->n_cells == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		struct cell *grown = arena_grow(t->a, t->cells, t->n_cells, cap, sizeof(*grown));
		t->failed = t->failed || !grown;
		if (!grown)
			return;
		t->cells = grown;
		t->cap = cap;
	}
	text_escape(&clean, span_str(text ? text : "-"), CELL_BYTES);
	struct cell *c = &t->cells[t->n_cells];
	*c = (struct cell){ .text = arena_strdup(t->a, buf_cstr(&clean)),
			    .tone = tone,
			    .columns = text_columns(buf_cstr(&clean)) };
	t->failed = t->failed || !c->text;
	size_t *w = &t->width[t->column];
	*w = c->columns > *w ? c->columns : *w;
	t->column = t->column + 1 < t->n ? t->column + 1 : 0;
	t->n_cells++;
}

static size_t whole_width(const struct table *t)
{
	size_t sum = (t->shown - 1) * GAP;
	for (size_t i = 0; i < t->shown; i++)
		sum += t->width[i];
	return sum;
}

/* The widest that may shrink gives way, a column at a time.  false: none may any more. */
static bool shrink_one(struct table *t, bool all)
{
	size_t widest = t->n;
	for (size_t i = 0; i < t->shown; i++) {
		size_t least = all || !t->columns[i].least ? CELL_LEAST : t->columns[i].least;
		if ((all || t->columns[i].least) && t->width[i] > least && (widest == t->n || t->width[i] > t->width[widest]))
			widest = i;
	}
	if (widest < t->n)
		t->width[widest]--;
	return widest < t->n;
}

static void shrink(struct table *t, size_t width)
{
	for (size_t i = 0; width == 0 && i < t->n; i++) /* no terminal: no cell pushes all others aside */
		t->width[i] = t->columns[i].least && t->width[i] > CELL_COLUMNS ? CELL_COLUMNS : t->width[i];
	while (width != 0 && whole_width(t) > width && shrink_one(t, false))
		;
	while (width != 0 && whole_width(t) > width && t->shown > SHOWN_LEAST)
		t->shown--; /* the first columns say most */
	while (width != 0 && whole_width(t) > width && shrink_one(t, true))
		;
}

static void put_cell(struct table *t, const struct term *term, struct buf *out, size_t column, const struct cell *c)
{
	size_t width = t->width[column], used = c->columns;
	if (column >= t->shown)
		return;
	if (c->tone != TONE_PLAIN)
		term_tone(out, term, c->tone);
	if (term->width == 0 || used <= width) {
		buf_add_str(out, c->text);
	} else { /* cut, and said so */
		size_t at = 0, w = 0;
		used = 0;
		for (size_t n = first_char(c->text, &w); used + w < width; n = first_char(c->text + at, &w)) {
			buf_add(out, c->text + at, n);
			used += w;
			at += n;
		}
		buf_add_str(out, "…");
		used++;
	}
	if (c->tone != TONE_PLAIN)
		term_tone(out, term, TONE_PLAIN);
	for (; column + 1 < t->shown && used < width + GAP; used++)
		buf_add_char(out, ' ');
	if (column + 1 < t->shown && c->columns > width && term->width == 0)
		buf_add_str(out, "  ");
	if (column + 1 == t->shown)
		buf_add_char(out, '\n');
}

void table_put(struct table *t, const struct term *term, struct buf *out)
{
	if (t->n_cells == 0)
		return;
	shrink(t, term->width);
	for (size_t i = 0; i < t->n; i++) {
		struct cell title = { t->columns[i].title, TONE_BOLD, text_columns(t->columns[i].title) };
		put_cell(t, term, out, i, &title);
	}
	for (size_t i = 0, column = 0; !t->failed && i < t->n_cells; i++, column = column + 1 < t->n ? column + 1 : 0)
		put_cell(t, term, out, column, &t->cells[i]);
	if (t->failed)
		out->status = -ENOMEM;
}
