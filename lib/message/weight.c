#include "message/weight.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum { LOOKED_AT_MAX = 200 * 1000 * 1000 };

/* --- a mail ----------------------------------------------------------------------------------- */

struct structure {
	size_t types, delimiters;
	size_t block;       /* bytes of the header block at hand */
	size_t words;       /* beginnings of encoded words in it */
	size_t headers;     /* bytes of all blocks */
	uint64_t looked_at; /* bytes that a search for the ends of all those words may touch */
	bool in_header;     /* as the parser may see it */
	bool message;       /* the block's content is a mail with a header of its own */
	bool digest;        /* all parts may be */
};

static bool holds(struct span line, const char *word)
{
	return span_find_nocase(line, 0, word) < line.n;
}

static bool is_delimiter(struct span line)
{
	return line.n >= 2 && line.p[0] == '-' && line.p[1] == '-';
}

static void block_end(struct structure *s, bool in_header)
{
	s->looked_at += (uint64_t)s->words * s->block;
	s->block = s->words = 0;
	s->in_header = in_header;
	s->message = false;
}

static void header_line(struct structure *s, struct span line)
{
	if (line.n == 0) {
		block_end(s, s->message || s->digest);
		return;
	}
	s->block += line.n;
	s->headers += line.n;
	for (size_t i = 0; i + 1 < line.n; i++)
		s->words += line.p[i] == '=' && line.p[i + 1] == '?';
	s->message = s->message || holds(line, "message/");
	s->digest = s->digest || holds(line, "multipart/digest");
}

static bool fits(const struct structure *s)
{
	return s->types <= LIMIT_MIME_TYPES && s->delimiters <= LIMIT_MIME_DELIMITERS && s->block <= LIMIT_HEADER_BYTES &&
	       s->headers <= LIMIT_MIME_HEADER_BYTES && s->looked_at + (uint64_t)s->words * s->block <= LOOKED_AT_MAX;
}

enum weight weight_of_mail(struct span raw)
{
	struct structure s = { .in_header = true };
	struct span rest = raw, line;
	while (fits(&s) && span_next_line(&rest, &line)) {
		if (line.n == 0 && !s.in_header)
			continue;
		s.types += span_starts_nocase(line, "content-type:");
		if (is_delimiter(line)) {
			s.delimiters++;
			block_end(&s, true);
		} else if (s.in_header) {
			header_line(&s, line);
		}
	}
	return fits(&s) ? WEIGHT_FITS : WEIGHT_TOO_MUCH;
}

/* --- HTML ------------------------------------------------------------------------------------- */

enum { KINDS = 256, NAME_MAX_BYTES = 20 };

struct markup {
	size_t tags, depth;
	unsigned open[KINDS]; /* tags not closed yet, by a hash of their names */
};

/* Elements that hold nothing, or that the next of their kind closes. */
static bool never_deep(struct span name)
{
	static const char *const names[] = { "br",   "img", "hr",    "meta",   "link", "input", "col", "area",
					     "base", "wbr", "embed", "source", "p",    "li",    "td",  "th",
					     "tr",   "dd",  "dt",    "html",   "body", "option" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

static unsigned kind_of(struct span name)
{
	unsigned h = 0;
	for (size_t i = 0; i < name.n; i++)
		h = h * 31 + (unsigned)ascii_lower(name.p[i]);
	return h % KINDS;
}

static void count_tag(struct markup *m, struct span name, bool closing)
{
	if (never_deep(name))
		return;
	unsigned *open = &m->open[kind_of(name)];
	if (!closing) {
		(*open)++;
		m->depth++;
	} else if (*open > 0) {
		(*open)--;
		m->depth--;
	}
}

/* From after the name to the end of the tag: how many attributes, at most. */
static size_t attributes(struct span h, size_t *at)
{
	size_t n = 0, i = *at;
	unsigned char quote = 0;
	bool value = false, gap = true;
	for (; i < h.n && (quote || h.p[i] != '>'); i++) {
		unsigned char c = h.p[i];
		if (quote) {
			quote = c == quote ? 0 : quote;
			gap = gap || !quote;
		} else if (value && (c == '"' || c == '\'')) {
			quote = c;
			value = false;
		} else if (ascii_is_space(c) || c == '/') {
			gap = true;
		} else if (c == '=') {
			value = true;
		} else {
			n += gap && !value;
			value = gap = false;
		}
	}
	*at = i;
	return n;
}

static size_t comment_end(struct span h, size_t at)
{
	for (; at + 2 < h.n; at++)
		if (h.p[at] == '-' && h.p[at + 1] == '-' && h.p[at + 2] == '>')
			return at + 3;
	return h.n;
}

enum weight weight_of_html(struct span h)
{
	struct markup m = { 0 };
	for (size_t i = 0; i + 1 < h.n;) {
		if (h.p[i] != '<') {
			i++;
			continue;
		}
		if (h.n - i > 4 && memcmp(h.p + i, "<!--", 4) == 0) {
			m.tags++;
			i = comment_end(h, i + 4);
			continue;
		}
		bool closing = h.p[i + 1] == '/';
		size_t from = i + 1 + closing, to = from;
		while (to < h.n && to - from < NAME_MAX_BYTES && ascii_is_alnum(h.p[to]))
			to++;
		m.tags++;
		i = to;
		if (to == from)
			continue; /* no tag to a parser either */
		count_tag(&m, span_of(h.p + from, to - from), closing);
		if (attributes(h, &i) > LIMIT_HTML_ATTRIBUTES || m.depth > LIMIT_HTML_DEPTH || m.tags > LIMIT_HTML_TAGS)
			return WEIGHT_TOO_MUCH;
	}
	return m.tags > LIMIT_HTML_TAGS ? WEIGHT_TOO_MUCH : WEIGHT_FITS;
}
