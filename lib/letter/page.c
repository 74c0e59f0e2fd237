/* Blocks to plain text of 76 columns and to an HTML part that reads well on a phone: no images,
 * no links, styles inline, every value escaped. */
#include "letter/letter_private.h"

#include <string.h>

enum { LABEL_COLUMNS = 16, WORD_COLUMNS_MAX = 200 };

void html_escape(struct buf *out, const char *s)
{
	for (; s && *s; s++)
		switch (*s) {
		case '&':
			buf_add_str(out, "&amp;");
			break;
		case '<':
			buf_add_str(out, "&lt;");
			break;
		case '>':
			buf_add_str(out, "&gt;");
			break;
		case '"':
			buf_add_str(out, "&quot;");
			break;
		case '\'':
			buf_add_str(out, "&#39;");
			break;
		default:
			buf_add_char(out, *s);
		}
}

/* Columns of the UTF-8 bytes [p, p + n): words are short, so a copy is no matter. */
static size_t columns(const char *p, size_t n)
{
	char word[WORD_COLUMNS_MAX + 1];
	if (n > WORD_COLUMNS_MAX)
		return n;
	memcpy(word, p, n);
	word[n] = '\0';
	return text_columns(word);
}

static void pad(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(b, ' ');
}

/* Words of s, broken at width columns; first: already in the line, indent: of the next lines. */
static void wrap(struct buf *b, const char *s, size_t width, size_t first, size_t indent)
{
	size_t at = first;
	bool fresh = true;
	while (*s) {
		size_t n = strcspn(s, " ");
		if (n == 0) {
			s++;
			continue;
		}
		size_t w = columns(s, n);
		if (!fresh && width > 0 && at + 1 + w > width) {
			buf_add_char(b, '\n');
			pad(b, indent);
			at = indent;
		} else if (!fresh) {
			buf_add_char(b, ' ');
			at++;
		}
		buf_add(b, s, n);
		at += w;
		fresh = false;
		s += n;
	}
	buf_add_char(b, '\n');
}

static const char *const openings[] = {
	[LINE_TEXT] = "<p style=\"margin:0 0 1em\">",
	[LINE_HEADING] = "<h2 style=\"font-size:1.1em;margin:1.2em 0 .5em\">",
	[LINE_ITEM] = "<ul style=\"margin:0 0 1em;padding-left:1.3em\">",
	[LINE_QUOTE] = "<blockquote style=\"margin:0 0 1em;padding:.4em .8em;border-left:4px solid "
		       "#9ab;background:#f4f6f8;"
		       "white-space:pre-wrap;overflow-wrap:anywhere\">",
	[LINE_ROW] = "<table role=\"presentation\" style=\"border-collapse:collapse;margin:0 0 "
		     "1em;width:100%\">",
};
static const char *const closings[] = {
	[LINE_TEXT] = "</p>\n",           [LINE_HEADING] = "</h2>\n", [LINE_ITEM] = "</ul>\n",
	[LINE_QUOTE] = "</blockquote>\n", [LINE_ROW] = "</table>\n",
};

static void html_close(struct page *p)
{
	if (p->open != LINE_BLANK)
		buf_add_str(&p->html, closings[p->open]);
	p->open = LINE_BLANK;
}

/* True: the element was open already. */
static bool html_open(struct page *p, enum line_kind kind)
{
	if (p->open == kind && kind != LINE_HEADING)
		return true;
	html_close(p);
	buf_add_str(&p->html, openings[kind]);
	p->open = kind;
	return false;
}

static void html_block(struct page *p, enum line_kind kind, const char *label, const char *line)
{
	bool more = html_open(p, kind);
	if (kind == LINE_ITEM) {
		buf_add_str(&p->html, "<li>");
		html_escape(&p->html, line);
		buf_add_str(&p->html, "</li>\n");
	} else if (kind == LINE_ROW) {
		buf_add_str(&p->html, "<tr><td style=\"padding:.2em .8em .2em "
				      "0;vertical-align:top;color:#456;width:9em\">");
		html_escape(&p->html, label);
		buf_add_str(&p->html, "</td><td style=\"padding:.2em "
				      "0;vertical-align:top;overflow-wrap:anywhere\">");
		html_escape(&p->html, line);
		buf_add_str(&p->html, "</td></tr>\n");
	} else {
		if (more)
			buf_add_str(&p->html, kind == LINE_QUOTE ? "\n" : "<br>\n");
		html_escape(&p->html, line);
	}
}

static void text_block(struct page *p, enum line_kind kind, const char *label, const char *line, bool verbatim)
{
	struct buf *b = &p->text;
	size_t first = 0, indent = 0;
	if (kind == LINE_QUOTE) {
		buf_addf(b, "| %s\n", line);
		return;
	}
	if (kind == LINE_ITEM) {
		buf_add_str(b, "- ");
		first = indent = 2;
	}
	if (kind == LINE_ROW) {
		size_t w = text_columns(label);
		buf_add_str(b, label);
		pad(b, w < LABEL_COLUMNS ? LABEL_COLUMNS - w : 0);
		buf_add_str(b, *label ? " : " : "   ");
		first = (w < LABEL_COLUMNS ? LABEL_COLUMNS : w) + 3;
		indent = LABEL_COLUMNS + 3;
	}
	if (verbatim)
		buf_addf(b, "%s\n", line);
	else
		wrap(b, line, p->columns, first, indent);
	if (kind != LINE_HEADING)
		return;
	for (size_t i = text_columns(line); i > 0 && i <= LETTER_COLUMNS; i--)
		buf_add_char(b, '-');
	buf_add_char(b, '\n');
}

void page_begin(struct page *p)
{
	p->open = LINE_BLANK;
	buf_add_str(&p->html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\">"
			      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\n"
			      "<body style=\"margin:0;padding:0;background:#ffffff\">\n"
			      "<div style=\"max-width:38em;margin:0 "
			      "auto;padding:1em;font-family:Arial,Helvetica,sans-serif;"
			      "font-size:16px;line-height:1.5;color:#1a1a1a\">\n");
}

void page_gap(struct page *p)
{
	if (p->open != LINE_QUOTE)
		html_close(p);
	p->gap = p->begun;
}

void page_block(struct page *p, enum line_kind kind, const char *label, const char *line, bool verbatim)
{
	if (p->gap) {
		buf_add_char(&p->text, '\n');
		if (p->open == LINE_QUOTE && kind != LINE_QUOTE)
			html_close(p);
	}
	p->gap = false;
	p->begun = true;
	text_block(p, kind, label ? label : "", line, verbatim);
	html_block(p, kind, label ? label : "", line);
}

void page_end(struct page *p)
{
	html_close(p);
	buf_add_str(&p->html, "</div>\n</body></html>\n");
}
