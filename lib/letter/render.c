/* A template and values to a finished letter.  Values go in once, line by line, and are never
 * looked at for keys. */
#include "letter/letter_private.h"

#include <errno.h>
#include <string.h>

static bool is_verbatim(const struct template_line *l)
{
	for (size_t i = 0; i < l->n_pieces; i++)
		if (l->pieces[i].key && (l->pieces[i].key->flags & KEY_VERBATIM))
			return true;
	return false;
}

static void expand(const struct template_line *l, struct values *v, struct buf *out)
{
	for (size_t i = 0; i < l->n_pieces; i++)
		buf_add_str(out, l->pieces[i].key ? letter_key_value(v, l->pieces[i].key) : l->pieces[i].literal);
}

/* The next line of *rest in place; NULL at the end. */
static char *cut_line(char **rest)
{
	char *line = *rest;
	if (!line)
		return NULL;
	char *end = strchr(line, '\n');
	if (end)
		*end = '\0';
	*rest = end ? end + 1 : NULL;
	return line;
}

/* Our own lists: rows, items, lines. */
static void emit_block(struct page *p, char *text)
{
	for (char *line; (line = cut_line(&text));) {
		char *tab = strchr(line, '\t');
		if (!*line) {
			page_gap(p);
		} else if (tab) {
			*tab = '\0';
			page_block(p, LINE_ROW, line, tab + 1, false);
		} else if (line[0] == '-' && line[1] == ' ') {
			page_block(p, LINE_ITEM, NULL, line + 2, false);
		} else {
			page_block(p, LINE_TEXT, NULL, line, false);
		}
	}
}

static void emit_lines(struct page *p, const struct template_line *l, char *text)
{
	bool verbatim = is_verbatim(l), first = true;
	for (char *line; (line = cut_line(&text)); first = false) {
		if (!*line && (l->kind == LINE_TEXT || l->kind == LINE_ITEM))
			page_gap(p);
		else
			page_block(p, l->kind, first ? l->label : "", line, verbatim);
	}
}

static int emit(struct page *p, const struct template_line *l, struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES);
	expand(l, v, &b);
	if (buf_status(&b) == -ENOMEM)
		return -ENOMEM;
	if (b.n == 0)
		return 0; /* nothing but keys without value */
	while (b.n > 0 && b.p[b.n - 1] == '\n')
		b.p[--b.n] = '\0';
	bool block = l->kind == LINE_TEXT && l->n_pieces == 1 && l->pieces[0].key && (l->pieces[0].key->flags & KEY_BLOCK);
	if (block)
		emit_block(p, b.p);
	else
		emit_lines(p, l, b.p);
	return 0;
}

static int render_lines(const struct template *t, struct values *v, struct page *p)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->n_lines; i++) {
		const struct template_line *l = &t->lines[i];
		switch (l->kind) {
		case LINE_IF:
			i = letter_key_value(v, l->key) ? i : l->skip;
			break;
		case LINE_UNLESS:
			i = letter_key_value(v, l->key) ? l->skip : i;
			break;
		case LINE_END:
			break;
		case LINE_BLANK:
			page_gap(p);
			break;
		case LINE_TEXT:
		case LINE_HEADING:
		case LINE_ITEM:
		case LINE_QUOTE:
		case LINE_ROW:
			r = emit(p, l, v);
			break;
		}
	}
	return r;
}

static const char *render_subject(const struct template *t, struct values *v)
{
	AUTO_BUF raw = BUF_INIT(4096), line = BUF_INIT(8192);
	if (v->ticket && v->ticket->number && !v->letter->no_tag)
		buf_addf(&raw, "[SITANTE-%s] ", v->ticket->number);
	expand(&t->subject, v, &raw);
	text_clean_line(&line, buf_span(&raw));
	if (buf_status(&raw) == -ENOMEM || buf_status(&line) == -ENOMEM) {
		v->status = -ENOMEM;
		return NULL;
	}
	return arena_strdup(v->a, buf_cstr(&line));
}

int template_render(const struct template *t, struct values *v, bool want_html, struct letter_text *out)
{
	struct page p = { .text = BUF_INIT(LETTER_TEXT_BYTES),
			  .html = BUF_INIT(LETTER_TEXT_BYTES * 4),
			  .columns = letter_kind_is_sms(v->letter->kind) ? 0 : LETTER_COLUMNS };
	struct letter_text done = { .subject = render_subject(t, v) };
	page_begin(&p);
	int r = render_lines(t, v, &p);
	page_end(&p);
	if (buf_status(&p.text) == -ENOMEM || buf_status(&p.html) == -ENOMEM)
		r = -ENOMEM;
	want_html = want_html && buf_status(&p.html) == 0 && buf_status(&p.text) == 0;
	if (r == 0) {
		done.text = arena_strdup(v->a, buf_cstr(&p.text));
		done.html = want_html ? arena_strdup(v->a, buf_cstr(&p.html)) : NULL;
		if (v->status < 0 || !done.subject || !done.text || (want_html && !done.html))
			r = -ENOMEM;
	}
	buf_done(&p.text);
	buf_done(&p.html);
	if (r == 0)
		*out = done;
	return r;
}
