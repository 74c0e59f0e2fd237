#include "message/newtext.h"

#include "message/lines.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { TEXT_CAP = 4 * 1024 * 1024 };

bool line_blank(struct span s)
{
	struct span t = span_trim(s);
	while (t.n >= 2 && t.p[0] == 0xc2 && t.p[1] == 0xa0)
		t = span_trim(span_of(t.p + 2, t.n - 2));
	return t.n == 0;
}

static int split(const char *text, struct arena *a, struct lines *out)
{
	struct span rest = span_str(text), s;
	size_t n = 1;
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == '\n';
	out->v = arena_array(a, n, sizeof(*out->v));
	out->n = 0;
	if (!out->v)
		return -ENOMEM;
	while (span_next_line(&rest, &s) && out->n < n) {
		struct line *l = &out->v[out->n++];
		l->s = s;
		l->quoted = span_trim(s).n > 0 && span_trim(s).p[0] == '>';
	}
	return 0;
}

bool line_has(struct span s, const char *word)
{
	return span_find_nocase(s, 0, word) < s.n;
}

bool line_ends(struct span s, const char *word)
{
	struct span t = span_trim(s);
	size_t n = strlen(word);
	return t.n >= n && span_eq_nocase(span_of(t.p + t.n - n, n), span_str(word));
}

bool line_is_rule(struct span s)
{
	struct span t = span_trim(s);
	size_t i = 0;
	while (i < t.n && (t.p[i] == '_' || t.p[i] == '-' || t.p[i] == '='))
		i++;
	return t.n >= 5 && i == t.n;
}

struct cut {
	struct lines l;
	size_t end;       /* new text stops before this line */
	size_t signature; /* first line of the signature block; end: none */
	size_t inner;     /* a forward: where the earlier mail begins */
	bool quoted, forwarded;
	bool announced; /* "my answers are in red below": the quote is part of what is said */
};

/* Do the new lines above i say that the answers stand in the quote below? */
static bool announces(const struct cut *c, size_t i)
{
	static const char *const words[] = { "warna merah",     "warna biru",       "warna hijau",
					     "tulisan merah",   "jawaban di bawah", "jawaban saya di bawah",
					     "jawab di bawah",  "isi di bawah",     "jawab langsung di",
					     "isi langsung di", "in red",           "in blue",
					     "inline",          "answers below",    "cetak tebal",
					     "huruf tebal",     "di sela-sela",     "jawaban dibawah",
					     "jawab dibawah",   "isi dibawah" };
	for (size_t k = 0; k < i; k++)
		for (size_t w = 0; !c->l.v[k].quoted && w < sizeof(words) / sizeof(*words); w++)
			if (line_has(c->l.v[k].s, words[w]))
				return true;
	return false;
}

/* The quote stays as text; only its head of fields goes. */
static void keep_quote(struct cut *c, size_t i)
{
	size_t lines = 0;
	c->quoted = c->announced = true;
	if (i > 0 && line_is_rule(c->l.v[i - 1].s))
		c->l.v[i - 1].dropped = true;
	while (i < c->end && lines++ < 8 && (lines == 1 || !line_blank(c->l.v[i].s)) &&
	       memchr(c->l.v[i].s.p, ':', c->l.v[i].s.n) && !line_has(c->l.v[i].s, "yth"))
		c->l.v[i++].dropped = true;
}

/* Finds where an unprefixed quote begins, and drops attributions above prefixed ones. */
static void find_quote(struct cut *c, bool forward)
{
	for (size_t i = 0; i < c->end; i++) {
		struct line *l = &c->l.v[i];
		if (l->quoted)
			continue;
		if (quote_forward_mark(l->s)) {
			c->forwarded = true;
			c->inner = i;
			return; /* what follows is content */
		}
		size_t n = quote_attribution(&c->l, i);
		if (n > 0) {
			size_t next = i + n;
			while (next < c->end && line_blank(c->l.v[next].s))
				next++;
			c->quoted = true;
			for (size_t k = i; k < i + n; k++)
				c->l.v[k].dropped = true;
			if (announces(c, i)) {
				c->announced = true;
				return;
			}
			if (next >= c->end || !c->l.v[next].quoted) {
				c->end = i; /* nothing marks the quoted lines: all the rest is quote */
				return;
			}
			i = next;
			continue;
		}
		if (quote_original_mark(l->s) || (quote_head(&c->l, i) && !(forward && i < 3))) {
			if (forward) {
				c->forwarded = true;
				c->inner = i;
				return;
			}
			if (announces(c, i)) {
				keep_quote(c, i);
				return;
			}
			c->quoted = true;
			c->end = i;
			if (i > 0 && line_is_rule(c->l.v[i - 1].s))
				c->end = i - 1;
			return;
		}
	}
}

/* A forward's own words end in a signature too; phones' tails go wherever they stand. */
static void clean_forward(struct cut *c)
{
	for (size_t i = 0; i < c->inner; i++)
		if (tail_signature_mark(&c->l, i, c->inner)) {
			for (size_t k = i; k < c->inner; k++)
				c->l.v[k].dropped = !line_blank(c->l.v[k].s);
			break;
		}
	for (size_t i = 0; i < c->end; i++)
		c->l.v[i].dropped = c->l.v[i].dropped || tail_of_phone(c->l.v[i].s);
}

/* Is a phone's tail at i the end of what was written?  Little may follow that is not quoted. */
static bool ends_text(const struct cut *c, size_t i)
{
	size_t after = 0;
	for (size_t k = i + 1; k < c->end && after < 4; k++)
		after += !c->l.v[k].quoted && !c->l.v[k].dropped && !line_blank(c->l.v[k].s);
	return after < 3;
}

static void find_signature(struct cut *c)
{
	c->signature = c->end;
	if (c->forwarded) {
		clean_forward(c);
		return;
	}
	size_t disclaimer = tail_disclaimer(&c->l, c->end), last_quoted = 0;
	size_t office = tail_office(&c->l, disclaimer);
	for (size_t i = 0; i < c->end; i++)
		last_quoted = c->l.v[i].quoted ? i : last_quoted;
	for (size_t i = 0; i < c->end; i++) {
		if (c->l.v[i].quoted || c->l.v[i].dropped)
			continue;
		bool tail = tail_of_phone(c->l.v[i].s) && ends_text(c, i);
		if (!tail && i != disclaimer && i != office && !tail_signature_mark(&c->l, i, c->end))
			continue;
		bool quote_below = last_quoted > i; /* an answer below a quote below a tail is no signature */
		if (quote_below && tail) {
			c->l.v[i].dropped = true;
			continue;
		}
		c->signature = i;
		return;
	}
}

static const char *join(const struct cut *c, size_t from, size_t to, bool keep_quotes, struct arena *a)
{
	AUTO_BUF b = BUF_INIT(TEXT_CAP);
	size_t empty = 0;
	for (size_t i = from; i < to; i++) {
		const struct line *l = &c->l.v[i];
		if (l->dropped || (l->quoted && !keep_quotes))
			continue;
		if (line_blank(l->s)) {
			empty++;
			continue;
		}
		if (b.n > 0)
			buf_add_str(&b, empty ? "\n\n" : "\n");
		empty = 0;
		buf_add_span(&b, l->s);
	}
	return buf_status(&b) == 0 ? arena_strdup(a, buf_cstr(&b)) : NULL;
}

/* New lines between quoted ones? */
static bool answers_inline(const struct cut *c)
{
	bool quote_seen = false, answer = false;
	for (size_t i = 0; i < c->signature; i++) {
		if (c->l.v[i].quoted) {
			if (answer)
				return true;
			quote_seen = true;
		} else if (quote_seen && !c->l.v[i].dropped && !line_blank(c->l.v[i].s)) {
			answer = true;
		}
	}
	return false;
}

int newtext_cut(const char *full, bool looks_reply, bool looks_forward, struct arena *a, struct newtext *out)
{
	struct cut c = { 0 };
	int r = split(full, a, &c.l);
	if (r < 0)
		return r;
	c.end = c.l.n;
	find_quote(&c, looks_forward && !looks_reply);
	find_signature(&c);
	bool any_quoted = c.quoted;
	for (size_t i = 0; i < c.end; i++)
		any_quoted = any_quoted || c.l.v[i].quoted;
	bool keep = looks_forward && !looks_reply;
	*out = (struct newtext){ .quoted = any_quoted && !keep,
				 .forwarded = c.forwarded || keep,
				 .inline_answers = c.announced || answers_inline(&c) };
	out->text = join(&c, 0, c.signature, keep || c.forwarded || c.announced, a);
	out->signature = join(&c, c.signature, c.end, false, a);
	return out->text && out->signature ? 0 : -ENOMEM;
}
