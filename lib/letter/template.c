/* A template file to its lines; every fault is found here, before a mail needs it. */
#include "letter/letter_private.h"

#include <errno.h>
#include <string.h>

struct parser {
	const char *file;
	size_t number; /* of the line, from 1 */
	enum key_level level;
	struct arena *a;
	struct error *err;
	struct template_line *lines;
	size_t n_lines;
	size_t open[TEMPLATE_DEPTH]; /* lines that opened sections */
	size_t opened_at[TEMPLATE_DEPTH];
	size_t depth;
};

static int fault(struct parser *p, const char *what, struct span s)
{
	return error_set(p->err, 1, "%s:%zu: %s%s%.*s", p->file, p->number, what, s.n ? " " : "", (int)(s.n > 60 ? 60 : s.n),
			 s.p ? (const char *)s.p : "");
}

static int no_memory(struct parser *p)
{
	return error_set(p->err, -ENOMEM, "no memory");
}

static int find_key(struct parser *p, struct span name, const struct letter_key **out)
{
	const struct letter_key *k = letter_key_find(name);
	if (!k)
		return fault(p, "unknown key", name);
	if (k->level > p->level)
		return fault(p, "this letter must not hold the key", name);
	*out = k;
	return 0;
}

static int add_piece(struct parser *p, struct piece *list, size_t *n, struct piece piece)
{
	if (*n >= TEMPLATE_PIECES)
		return fault(p, "too many keys in one line", (struct span){ 0 });
	list[(*n)++] = piece;
	return 0;
}

/* Literal text and {{keys}} of one line. */
static int parse_pieces(struct parser *p, struct span s, struct template_line *out)
{
	struct piece *list = arena_array(p->a, TEMPLATE_PIECES, sizeof(*list));
	size_t n = 0;
	int r = 0;
	if (!list)
		return no_memory(p);
	while (r == 0 && s.n > 0) {
		size_t at = span_find_nocase(s, 0, "{{");
		if (at > 0) {
			const char *literal = arena_strndup(p->a, s.p, at);
			r = literal ? add_piece(p, list, &n, (struct piece){ .literal = literal }) : no_memory(p);
			s = span_of(s.p + at, s.n - at);
			continue;
		}
		size_t end = span_find_nocase(s, 2, "}}");
		const struct letter_key *k = NULL;
		if (end >= s.n)
			return fault(p, "{{ without }}", s);
		r = find_key(p, span_of(s.p + 2, end - 2), &k);
		if (r == 0)
			r = add_piece(p, list, &n, (struct piece){ .key = k });
		s = span_of(s.p + end + 2, s.n - end - 2);
	}
	out->pieces = list;
	out->n_pieces = n;
	return r;
}

static int open_section(struct parser *p, struct span name, enum line_kind kind, struct template_line *out)
{
	if (p->depth >= TEMPLATE_DEPTH)
		return fault(p, "sections too deep", name);
	p->open[p->depth] = p->n_lines;
	p->opened_at[p->depth++] = p->number;
	out->kind = kind;
	return find_key(p, name, &out->key);
}

static int close_section(struct parser *p, struct span name, struct template_line *out)
{
	if (p->depth == 0)
		return fault(p, "section closed but never opened:", name);
	struct template_line *from = &p->lines[p->open[--p->depth]];
	if (!span_eq(name, span_str(from->key->name)))
		return fault(p, "section closed in the wrong order:", name);
	from->skip = p->n_lines;
	out->kind = LINE_END;
	return 0;
}

/* {{?key}}, {{!key}}, {{/key}} on a line of their own.  -1: no such line. */
static int parse_section(struct parser *p, struct span s, struct template_line *out)
{
	if (s.n < 6 || s.p[0] != '{' || s.p[1] != '{' || !strchr("?!/", s.p[2]))
		return -1;
	size_t end = span_find_nocase(s, 3, "}}");
	if (end + 2 != s.n)
		return fault(p, "a section mark needs a line of its own:", s);
	struct span name = span_of(s.p + 3, end - 3);
	if (s.p[2] == '/')
		return close_section(p, name, out);
	return open_section(p, name, s.p[2] == '?' ? LINE_IF : LINE_UNLESS, out);
}

static int parse_row(struct parser *p, struct span s, size_t colon, struct template_line *out)
{
	out->kind = LINE_ROW;
	struct span label = span_trim(span_of(s.p, colon));
	out->label = arena_strndup(p->a, label.p, label.n);
	if (!out->label)
		return no_memory(p);
	return parse_pieces(p, span_trim(span_of(s.p + colon + 3, s.n - colon - 3)), out);
}

static int parse_line(struct parser *p, struct span s, struct template_line *out)
{
	static const struct {
		const char *mark;
		enum line_kind kind;
	} marks[] = {
		{ "# ", LINE_HEADING },
		{ "- ", LINE_ITEM },
		{ "| ", LINE_QUOTE },
	};
	if (s.n == 0) {
		out->kind = LINE_BLANK;
		return 0;
	}
	int r = parse_section(p, s, out);
	if (r != -1)
		return r;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_starts_nocase(s, marks[i].mark)) {
			out->kind = marks[i].kind;
			return parse_pieces(p, span_trim(span_of(s.p + 2, s.n - 2)), out);
		}
	size_t colon = span_find_nocase(s, 0, " : ");
	if (colon < s.n && colon < span_find_nocase(s, 0, "{{"))
		return parse_row(p, s, colon, out);
	out->kind = LINE_TEXT;
	return parse_pieces(p, s, out);
}

static int parse_subject(struct parser *p, struct span *rest, struct template *out)
{
	static const char mark[] = "Subject: ";
	struct span line = { 0 };
	p->number = 1;
	if (!span_next_line(rest, &line) || !span_starts_nocase(line, mark) || line.n == strlen(mark))
		return fault(p, "the first line must be \"Subject: ...\"", (struct span){ 0 });
	out->subject.kind = LINE_TEXT;
	return parse_pieces(p, span_of(line.p + strlen(mark), line.n - strlen(mark)), &out->subject);
}

static int parse_body(struct parser *p, struct span rest, struct template *out)
{
	struct span line;
	bool any = false;
	int r = 0;
	while (r == 0 && span_next_line(&rest, &line)) {
		p->number++;
		if (p->n_lines >= TEMPLATE_LINES)
			return fault(p, "too many lines", (struct span){ 0 });
		line = span_trim(line);
		struct template_line l = { .kind = LINE_BLANK };
		r = parse_line(p, line, &l);
		any = any || (line.n > 0 && l.kind < LINE_IF);
		p->lines[p->n_lines++] = l;
	}
	if (r == 0 && p->depth > 0) {
		p->number = p->opened_at[p->depth - 1];
		return fault(p, "section never closed:", span_str(p->lines[p->open[p->depth - 1]].key->name));
	}
	if (r == 0 && !any)
		return fault(p, "the template has no text", (struct span){ 0 });
	out->lines = p->lines;
	out->n_lines = p->n_lines;
	return r;
}

int template_parse(struct span text, const char *file, enum key_level level, struct arena *a, struct template *out,
		   struct error *err)
{
	struct parser p = { .file = file, .level = level, .a = a, .err = err };
	struct template t = { 0 };
	if (text.n > TEMPLATE_BYTES)
		return error_set(err, 1, "%s: larger than %d bytes", file, TEMPLATE_BYTES);
	if (!utf8_valid(text) || (text.n > 0 && memchr(text.p, '\0', text.n)))
		return error_set(err, 1, "%s: not UTF-8 text", file);
	p.lines = arena_array(a, TEMPLATE_LINES, sizeof(*p.lines));
	if (!p.lines)
		return error_set(err, -ENOMEM, "no memory");
	int r = parse_subject(&p, &text, &t);
	if (r == 0)
		r = parse_body(&p, text, &t);
	if (r == 0)
		*out = t;
	return r;
}
