#include "message/html.h"

#include "base/text.h"
#include "message/weight.h"

#include <gumbo.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 400, QUOTE_DEPTH_MAX = 20, POOL_MAX = 40 * 1024 * 1024 };

/* Memory of one tree: dropped at once, so that no recursive destructor runs. */
struct pool {
	struct pool_block {
		struct pool_block *next;
	} * blocks;
	size_t used;
	jmp_buf full;
};

static void *pool_take(void *context, size_t n)
{
	struct pool *p = context;
	size_t all = (n + 2 * 16 + 15) / 16 * 16; /* with what malloc takes for itself: most are a few bytes */
	struct pool_block *b = p->used + all > POOL_MAX ? NULL : malloc(16 + n);
	if (!b)
		longjmp(p->full, 1); /* gumbo has no way to hear of it, and nothing but this pool to be tidied */
	b->next = p->blocks;
	p->blocks = b;
	p->used += all;
	return (char *)b + 16;
}

static void pool_drop(void *context, void *memory)
{
	(void)context;
	(void)memory;
}

static void pool_done(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *next = p->blocks->next;
		free(p->blocks);
		p->blocks = next;
	}
}

struct writer {
	struct buf *out;
	struct html_facts *facts;
	unsigned quote, pre, row_cells;
	bool blank_pending; /* one space between words */
	bool line_pending;  /* a line end before the next word */
	bool gap_pending;   /* an empty line as well */
	bool cell_pending;
	bool at_start; /* of a line */
};

static void line_end(struct writer *w)
{
	buf_add_char(w->out, '\n');
	w->at_start = true;
}

static void settle(struct writer *w)
{
	if (w->cell_pending && !w->at_start) {
		buf_add_str(w->out, " | ");
		w->line_pending = w->gap_pending = w->blank_pending = false;
	}
	w->cell_pending = false;
	if (w->line_pending && !w->at_start)
		line_end(w);
	if (w->gap_pending && w->out->n > 0)
		line_end(w);
	w->line_pending = w->gap_pending = false;
	if (w->at_start) {
		for (unsigned i = 0; i < w->quote; i++)
			buf_add_str(w->out, "> ");
		w->blank_pending = false;
	}
	if (w->blank_pending)
		buf_add_char(w->out, ' ');
	w->blank_pending = false;
	w->at_start = false;
}

static void words(struct writer *w, const char *s)
{
	struct span t = span_str(s);
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		if (len == 0 || (text_is_unsafe(cp) && cp != '\r'))
			len = len ? len : 1; /* character references bring what charset_to_text() took away */
		else if (cp == '\n' && w->pre > 0) {
			settle(w);
			line_end(w);
		} else if (cp == 0xa0 || cp == 0x2028 || cp == 0x2029 || ascii_is_space((int)(cp < 128 ? cp : 'x')))
			w->blank_pending = !w->at_start || w->blank_pending;
		else if (!text_is_unsafe(cp)) { /* "&#8203;" and its like come out of the parser only now */
			settle(w);
			buf_add(w->out, t.p + i, len);
		}
		i += len;
	}
}

static const char *attribute(const GumboNode *n, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&n->v.element.attributes, name);
	return a ? a->value : "";
}

static bool contains(const char *s, const char *word)
{
	struct span t = span_str(s);
	return span_find_nocase(t, 0, word) < t.n;
}

static bool invisible(const GumboNode *n)
{
	AUTO_BUF style = BUF_INIT(4096);
	for (const char *p = attribute(n, "style"); *p && style.n < 2000; p++)
		if (!ascii_is_space((unsigned char)*p))
			buf_add_char(&style, (char)ascii_lower((unsigned char)*p));
	const char *s = buf_cstr(&style);
	return strstr(s, "display:none") || strstr(s, "visibility:hidden") || strstr(s, "font-size:0;") ||
	       strstr(s, "font-size:0px") || strstr(s, "mso-hide:all") || strstr(s, "max-height:0") ||
	       gumbo_get_attribute(&n->v.element.attributes, "hidden") != NULL;
}

enum act { ACT_INLINE, ACT_BLOCK, ACT_PARAGRAPH, ACT_SKIP, ACT_BREAK, ACT_RULE, ACT_ITEM, ACT_CELL, ACT_ROW, ACT_QUOTE, ACT_PRE };

static enum act act_of(const GumboNode *n)
{
	GumboTag t = n->v.element.tag;
	if (t == GUMBO_TAG_SCRIPT || t == GUMBO_TAG_STYLE || t == GUMBO_TAG_HEAD || t == GUMBO_TAG_TITLE ||
	    t == GUMBO_TAG_TEMPLATE || t == GUMBO_TAG_NOSCRIPT || t == GUMBO_TAG_SVG || t == GUMBO_TAG_OBJECT)
		return ACT_SKIP;
	if (t == GUMBO_TAG_BR)
		return ACT_BREAK;
	if (t == GUMBO_TAG_HR)
		return ACT_RULE;
	if (t == GUMBO_TAG_LI)
		return ACT_ITEM;
	if (t == GUMBO_TAG_TD || t == GUMBO_TAG_TH)
		return ACT_CELL;
	if (t == GUMBO_TAG_TR)
		return ACT_ROW;
	if (t == GUMBO_TAG_BLOCKQUOTE)
		return ACT_QUOTE;
	if (t == GUMBO_TAG_PRE)
		return ACT_PRE;
	if (t == GUMBO_TAG_P)
		return contains(attribute(n, "class"), "MsoNormal") ? ACT_BLOCK : ACT_PARAGRAPH;
	if (t == GUMBO_TAG_H1 || t == GUMBO_TAG_H2 || t == GUMBO_TAG_H3 || t == GUMBO_TAG_H4 || t == GUMBO_TAG_TABLE ||
	    t == GUMBO_TAG_UL || t == GUMBO_TAG_OL)
		return ACT_PARAGRAPH;
	if (t == GUMBO_TAG_DIV || t == GUMBO_TAG_SECTION || t == GUMBO_TAG_ARTICLE || t == GUMBO_TAG_BODY ||
	    t == GUMBO_TAG_CENTER || t == GUMBO_TAG_ADDRESS || t == GUMBO_TAG_FORM || t == GUMBO_TAG_DL || t == GUMBO_TAG_DT ||
	    t == GUMBO_TAG_DD || t == GUMBO_TAG_HEADER || t == GUMBO_TAG_FOOTER)
		return ACT_BLOCK;
	return ACT_INLINE;
}

/* A block that the client itself marks as the writer's signature. */
static bool is_signature(const GumboNode *n)
{
	const char *class = attribute(n, "class"), *id = attribute(n, "id");
	return contains(class, "gmail_signature") || contains(class, "moz-signature") ||
	       str_eq(attribute(n, "data-marker"), "__SIG_PRE__") || str_eq_nocase(id, "signature") ||
	       contains(id, "mobile-signature");
}

/* The mark that text mails have above a signature. */
static void signature_mark(struct writer *w)
{
	struct span t = buf_span(w->out);
	t = span_trim(span_of(t.p + (t.n > 8 ? t.n - 8 : 0), t.n > 8 ? 8 : t.n));
	bool marked = t.n >= 2 && memcmp(t.p + t.n - 2, "--", 2) == 0;
	if (marked || w->out->n == 0)
		return;
	w->line_pending = true;
	settle(w);
	buf_add_str(w->out, "-- ");
	line_end(w);
}

static void enter(struct writer *w, const GumboNode *n, enum act act)
{
	if (act == ACT_BLOCK && is_signature(n))
		signature_mark(w);
	switch (act) {
	case ACT_BREAK:
		if (w->line_pending && !w->at_start)
			line_end(w);
		w->line_pending = w->cell_pending = false;
		if (w->at_start && w->out->n > 0 && w->quote == 0)
			line_end(w);
		else
			w->line_pending = true;
		break;
	case ACT_RULE:
		w->line_pending = true;
		settle(w);
		buf_add_str(w->out, "________________");
		w->line_pending = true;
		break;
	case ACT_ITEM:
		w->line_pending = true;
		settle(w);
		buf_add_str(w->out, "- ");
		break;
	case ACT_CELL:
		if (w->row_cells++ > 0)
			w->cell_pending = true;
		w->facts->cells++;
		break;
	case ACT_ROW:
		w->row_cells = 0;
		w->cell_pending = false;
		w->line_pending = true;
		break;
	case ACT_QUOTE:
		w->line_pending = true;
		if (w->quote < QUOTE_DEPTH_MAX && !contains(attribute(n, "style"), "margin:0 0 0 40px"))
			w->quote++;
		break;
	case ACT_PRE:
		w->pre++;
		w->line_pending = true;
		break;
	case ACT_PARAGRAPH:
		w->line_pending = w->gap_pending = true;
		break;
	case ACT_BLOCK:
		w->line_pending = true;
		break;
	case ACT_INLINE:
	case ACT_SKIP:
		break;
	}
	if (act == ACT_INLINE && n->v.element.tag == GUMBO_TAG_IMG && *attribute(n, "alt") && strlen(attribute(n, "alt")) < 80 &&
	    strchr("\xf0\xe2", attribute(n, "alt")[0]))
		words(w, attribute(n, "alt")); /* emoji sent as pictures */
}

static void leave(struct writer *w, const GumboNode *n, enum act act)
{
	switch (act) {
	case ACT_QUOTE:
		settle(w);
		if (!w->at_start)
			line_end(w);
		if (w->quote > 0 && !contains(attribute(n, "style"), "margin:0 0 0 40px"))
			w->quote--;
		break;
	case ACT_PRE:
		w->pre--;
		w->line_pending = true;
		break;
	case ACT_PARAGRAPH:
		w->line_pending = w->gap_pending = true;
		break;
	case ACT_ROW:
	case ACT_BLOCK:
	case ACT_ITEM:
		w->line_pending = true;
		break;
	case ACT_INLINE:
	case ACT_SKIP:
	case ACT_BREAK:
	case ACT_RULE:
	case ACT_CELL:
		break;
	}
}

static const GumboVector *children(const GumboNode *n)
{
	return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE ? &n->v.element.children
	       : n->type == GUMBO_NODE_DOCUMENT                                ? &n->v.document.children
									       : NULL;
}

static void walk(struct writer *w, const GumboNode *root)
{
	const GumboNode *stack[DEPTH_MAX];
	unsigned next[DEPTH_MAX];
	size_t depth = 1;
	stack[0] = root;
	next[0] = 0;
	while (depth > 0) {
		const GumboNode *n = stack[depth - 1];
		const GumboVector *c = children(n);
		if (!c || next[depth - 1] >= c->length) {
			if (n->type == GUMBO_NODE_ELEMENT)
				leave(w, n, act_of(n));
			depth--;
			continue;
		}
		const GumboNode *k = c->data[next[depth - 1]++];
		if (k->type == GUMBO_NODE_TEXT || k->type == GUMBO_NODE_WHITESPACE || k->type == GUMBO_NODE_CDATA) {
			words(w, k->v.text.text);
		} else if (k->type == GUMBO_NODE_ELEMENT) {
			enum act act = act_of(k);
			if (act == ACT_SKIP)
				continue;
			if (invisible(k)) {
				w->facts->hidden = true;
				continue;
			}
			enter(w, k, act);
			if (depth < DEPTH_MAX) {
				stack[depth] = k;
				next[depth++] = 0;
			}
		}
	}
}

/* Markup dropped without understanding it: for input that is too complex to parse. */
static void strip(struct span h, struct buf *out)
{
	bool tag = false;
	for (size_t i = 0; i < h.n; i++) {
		if (h.p[i] == '<')
			tag = true;
		else if (h.p[i] == '>' && tag) {
			tag = false;
			buf_add_char(out, ' ');
		} else if (!tag)
			buf_add_char(out, (char)h.p[i]);
	}
}

/* In a function of its own, so that no local of the caller is in doubt after the jump. */
static bool parse(struct pool *pool, struct span html, GumboOutput **tree)
{
	GumboOptions options = kGumboDefaultOptions;
	options.allocator = pool_take;
	options.deallocator = pool_drop;
	options.userdata = pool;
	options.max_errors = 0;
	if (setjmp(pool->full) != 0)
		return false;
	*tree = gumbo_parse_with_options(&options, (const char *)html.p, html.n);
	return true;
}

void html_to_text(struct span html, struct buf *out, struct html_facts *facts)
{
	struct pool pool = { 0 };
	GumboOutput *tree = NULL;
	struct writer w = { .out = out, .facts = facts, .at_start = true };
	*facts = (struct html_facts){ 0 };
	if (weight_of_html(html) == WEIGHT_TOO_MUCH || !parse(&pool, html, &tree))
		strip(html, out);
	else if (tree)
		walk(&w, tree->document);
	pool_done(&pool);
}
