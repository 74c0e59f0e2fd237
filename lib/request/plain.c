#include "request/plain.h"

#include "request/name.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { LINES_MAX = 20000, READ_MAX = 512 * 1024, GROWTH = 3 }; /* a character becomes at most three */

static bool is_blank_char(uint32_t cp)
{
	return cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool is_dash(uint32_t cp)
{
	return (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
}

static bool is_arrow(uint32_t cp)
{
	return cp == 0x2192 || cp == 0x21d2 || cp == 0x279c || cp == 0x27a1;
}

static bool is_bullet(uint32_t cp)
{
	return cp == 0x2022 || cp == 0x25cf || cp == 0x25cb || cp == 0x25e6 || cp == 0x25aa || cp == 0x25ab || cp == 0x25a0 ||
	       cp == 0x2043 || cp == 0x27a2 || cp == 0x27a4 || cp == 0xb7 || cp == 0x2713 || cp == 0x2714 || cp == 0xf0b7;
}

/* Drawn marks that people set before a label: they say nothing. */
static bool is_picture(uint32_t cp)
{
	return (cp >= 0x1f000 && cp <= 0x1faff) || (cp >= 0x2600 && cp <= 0x27bf) || (cp >= 0x2b00 && cp <= 0x2bff) ||
	       (cp >= 0x231a && cp <= 0x23ff) || (cp >= 0x2500 && cp <= 0x259f) || cp == 0xfe0f || cp == 0x20e3;
}

/* "RENEW#NAME#NUMBER#OFFICE": a record whose cells a hash parts, as in short messages to a service. */
static bool hash_record(struct span line)
{
	size_t hashes = 0;
	for (size_t i = 0; i < line.n; i++)
		hashes += line.p[i] == '#';
	return hashes >= 2 && digit_count(line) >= 14;
}

/* One kind of blank, digit and colon; no marks of WhatsApp's bold and italic. */
static void plain(struct span t, struct buf *b)
{
	size_t line_end = 0;
	bool record = false;
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		if (i >= line_end) {
			const unsigned char *nl = memchr(t.p + i, '\n', t.n - i);
			line_end = nl ? (size_t)(nl - t.p) + 1 : t.n;
			record = hash_record(span_sub(t, i, line_end));
		}
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		int before = b->n > 0 ? (unsigned char)b->p[b->n - 1] : '\n', after = i + len < t.n ? t.p[i + len] : '\n';
		i += len ? len : 1;
		if ((record && cp == '#') || (cp == '*' && ascii_is_alnum(before) && ascii_is_alnum(after))) {
			buf_add_str(b, " | ");
			continue;
		}
		if (len == 0 || (cp != '\n' && cp != '\t' && text_is_unsafe(cp)) || cp == '*')
			continue;
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (cp == '>' && b->n > 1 && (before == '-' || before == '=') && ascii_is_space((unsigned char)b->p[b->n - 2])) {
			b->p[b->n - 1] = ':'; /* "Nama -> Budi" */
			continue;
		}
		if (is_arrow(cp))
			buf_add_char(b, ':');
		else if (is_blank_char(cp))
			buf_add_char(b, ' ');
		else if (is_dash(cp) &&
			 ((ascii_is_digit(before) && ascii_is_digit(after)) || (ascii_is_blank(before) && ascii_is_blank(after))))
			buf_add_char(b, '-');
		else if (cp >= 0x201c && cp <= 0x201f)
			buf_add_char(b, '"');
		else if (is_bullet(cp) && (before == '\n' || before == ' '))
			buf_add_str(b, "- ");
		else if (is_picture(cp))
			continue;
		else if (cp == '_' && (!ascii_is_alnum(before) || !ascii_is_alnum(after)))
			continue;
		else
			buf_add_utf8(b, cp);
	}
}

static bool begins_item(struct span t)
{
	t = span_trim(t);
	size_t n = 0;
	if (t.n == 0 || strchr("-[>|#", t.p[0]))
		return true;
	while (n < t.n && n < 3 && ascii_is_alnum(t.p[n]))
		n++;
	return n > 0 && n < t.n && (t.p[n] == ')' || (t.p[n] == '.' && n + 1 < t.n && t.p[n + 1] == ' ')) &&
	       (n == 1 || ascii_is_digit(t.p[0]));
}

/* Has the line the look of "label : value", or of a row? */
static bool fixed_line(struct span t)
{
	size_t colon = 0;
	while (colon < t.n && t.p[colon] != ':')
		colon++;
	const unsigned char *first = memchr(t.p, ';', t.n);
	bool cells = first && !memchr(t.p, '=', t.n) && memchr(first + 1, ';', t.n - (size_t)(first - t.p) - 1);
	return (colon > 0 && colon < t.n && colon < 32) || cells || memchr(t.p, '\t', t.n) || memchr(t.p, '|', t.n) ||
	       span_find_nocase(span_trim(t), 0, "   ") < span_trim(t).n;
}

static size_t first_word(struct span t)
{
	size_t at = 0;
	struct span w;
	return next_token(t, &at, &w) ? w.n : 0;
}

static size_t wrap_width(struct span rest)
{
	struct span line;
	size_t width = 0;
	while (span_next_line(&rest, &line))
		if (line.n <= 80 && line.n > width)
			width = line.n;
	return width;
}

static size_t indent(struct span t)
{
	size_t n = 0;
	while (n < t.n && ascii_is_blank(t.p[n]))
		n++;
	return n;
}

/* Does next go on with the value of the "label : value" above it: indented like a value, or after "dan"? */
static bool value_goes_on(struct span line, struct span next)
{
	const unsigned char *colon = memchr(line.p, ':', line.n < 40 ? line.n : 40);
	struct span value = colon ? span_trim(span_sub(line, (size_t)(colon - line.p) + 1, line.n)) : span_of("", 0);
	if (value.n < 3 || value.n > 120 || span_trim(next).n == 0 || next.n > 120 || memchr(next.p, ':', next.n) ||
	    memchr(next.p, '|', next.n) || begins_item(next))
		return false;
	bool open = value.p[value.n - 1] == ',' || value.p[value.n - 1] == '&' || value.p[value.n - 1] == '/' ||
		    (value.n > 4 && span_eq_nocase(span_sub(value, value.n - 4, value.n), span_str(" dan")));
	return open || (indent(next) >= 6 && indent(next) > indent(line) + 4);
}

static void unwrap_values(char *text, size_t n)
{
	struct span rest = span_of(text, n), line, next;
	bool have = span_next_line(&rest, &line);
	while (have && span_next_line(&rest, &next)) {
		if (value_goes_on(line, next)) {
			size_t from = (size_t)(line.p - (const unsigned char *)text);
			text[(const char *)next.p - text - 1] = ' ';
			memset(text + ((const char *)next.p - text), ' ', indent(next));
			line = span_of(text + from, (size_t)(next.p + next.n - line.p));
		} else {
			line = next;
		}
	}
}

/* Nobody ends a sentence with these. */
static bool goes_on(struct span line)
{
	static const char *const words[] = { "tanggal", "tgl",  "pada", "sampai", "hingga", "dan",  "dengan",
					     "untuk",   "yang", "atas", "dari",   "nama",   "oleh", "serta" };
	line = span_trim(line);
	size_t from = line.n;
	while (from > 0 && !ascii_is_space(line.p[from - 1]))
		from--;
	return word_in(span_sub(line, from, line.n), words, COUNT(words));
}

/* Lines that the sender's program wrapped become one again. */
static void unwrap(char *text, size_t n)
{
	struct span rest = span_of(text, n), line, next;
	size_t width = wrap_width(rest);
	bool have = width >= 60 && span_next_line(&rest, &line);
	while (have && span_next_line(&rest, &next)) {
		bool full = line.n >= 40 && line.n <= 80 && (line.n + 1 + first_word(next) > width || goes_on(line));
		bool stop = line.n > 0 && line.p[line.n - 1] && strchr(".?!:", line.p[line.n - 1]) && next.n < 40;
		struct name name = name_at(span_trim(next));
		stop = stop || (name.degree && name.end == span_trim(next).n); /* a person on a line of his own */
		full = full && !stop; /* a short line below a whole sentence stands for itself */
		if (full && !begins_item(next) && !fixed_line(next) && !memchr(line.p, '|', line.n) &&
		    !memchr(line.p, '\t', line.n))
			text[(const char *)next.p - text - 1] = ' ';
		line = next;
	}
}

static size_t bars(struct span t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += t.p[i] == '|';
	return n;
}

/* A row of a table whose cells have line breaks in them becomes one line; the head above tells how many bars it has. */
static void unwrap_rows(char *text, size_t n)
{
	struct span rest = span_of(text, n), line, next;
	size_t whole = 0;
	bool have = span_next_line(&rest, &line);
	while (have && span_next_line(&rest, &next)) {
		size_t here = bars(line), both = here + bars(next);
		bool part = here > 0 && here < whole && both <= whole && span_trim(next).n > 0 && whole >= 2;
		if (part) {
			size_t from = (size_t)(line.p - (const unsigned char *)text);
			text[(const char *)next.p - text - 1] = ' ';
			line = span_of(text + from, (size_t)(next.p + next.n - line.p));
			continue;
		}
		whole = here > 0 ? here : whole;
		whole = span_trim(line).n == 0 ? 0 : whole;
		line = next;
	}
}

struct span plain_strip_bullet(struct span t, bool *item)
{
	t = span_trim(t);
	*item = false;
	while (t.n > 0 && (strchr("->#+|", t.p[0]) && t.p[0]) && !(t.p[0] == '+' && t.n > 1 && ascii_is_digit(t.p[1]))) {
		*item = true;
		t = span_trim(span_sub(t, 1, t.n));
	}
	size_t n = 0;
	if (t.n > 3 && t.p[0] == '(' && ascii_is_alnum(t.p[1]) && (t.p[2] == ')' || (t.p[3] == ')' && ascii_is_digit(t.p[2])))) {
		*item = true;
		return span_trim(span_sub(t, t.p[2] == ')' ? 3 : 4, t.n));
	}
	while (n < t.n && n < 3 && ascii_is_alnum(t.p[n]))
		n++;
	bool digits = n > 0 && ascii_is_digit(t.p[0]) && ascii_is_digit(t.p[n - 1]);
	bool letter = n == 1 && (ascii_is_lower(t.p[0]) || (n < t.n && t.p[n] == ')') || (n + 1 < t.n && t.p[0] <= 'G'));
	if (n < t.n && (digits || letter) && (t.p[n] == '.' || t.p[n] == ')') &&
	    (n + 1 == t.n || ascii_is_space(t.p[n + 1]) || (t.p[n] == ')' && ascii_is_alpha(t.p[n + 1])))) {
		*item = true;
		t = span_trim(span_sub(t, n + 1, t.n));
		while (t.n > 0 && t.p[0] == '|') /* the item's number has a cell of its own */
			t = span_trim(span_sub(t, 1, t.n));
	}
	return t;
}

/* "[08.51, 30/1/2026] Name: words", "30/01/26 08.51 - Name: words" -> words. */
struct span plain_strip_chat_stamp(struct span t)
{
	size_t i = 0, digits = 0;
	if (t.n < 14 || (t.p[0] != '[' && !ascii_is_digit(t.p[0])))
		return t;
	while (i < t.n && i < 30 && (ascii_is_digit(t.p[i]) || strchr("[]/.:, -PAMam", t.p[i])))
		digits += ascii_is_digit(t.p[i++]);
	if (digits < 7 || i == t.n || !(memchr(t.p, ']', i) || (memchr(t.p, '/', i) && memchr(t.p, '-', i))))
		return t;
	while (i < t.n && i < 90 && t.p[i] != ':')
		i++;
	return i < t.n && t.p[i] == ':' ? span_trim(span_sub(t, i + 1, t.n)) : t;
}

struct span plain_line_after(const struct lines *l, size_t i)
{
	for (size_t k = i + 1; k < l->n && k < i + 3; k++)
		if (span_trim(l->v[k]).n > 0)
			return span_trim(l->v[k]);
	return span_of("", 0);
}

int plain_lines(struct arena *a, const char *text, struct lines *out)
{
	struct span t = span_str(text);
	t.n = t.n < READ_MAX ? t.n : READ_MAX;
	AUTO_BUF b = BUF_INIT(READ_MAX * GROWTH);
	plain(t, &b);
	char *copy = buf_status(&b) == 0 ? arena_strndup(a, buf_cstr(&b), b.n) : NULL;
	if (!copy)
		return -ENOMEM;
	unwrap_rows(copy, b.n);
	unwrap(copy, b.n);
	unwrap_values(copy, b.n);
	struct span rest = span_of(copy, b.n), line;
	size_t n = 1;
	for (size_t i = 0; i < b.n; i++)
		n += copy[i] == '\n';
	n = n < LINES_MAX ? n : LINES_MAX;
	out->v = arena_array(a, n, sizeof(*out->v));
	out->n = 0;
	while (out->v && out->n < n && span_next_line(&rest, &line))
		out->v[out->n++] = line;
	return out->v ? 0 : -ENOMEM;
}
