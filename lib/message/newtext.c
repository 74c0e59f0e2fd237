#include "message/newtext.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { ATTRIBUTION_LINES = 4, ATTRIBUTION_BYTES = 400, TEXT_CAP = 4 * 1024 * 1024 };

struct line {
	struct span s; /* without the line end */
	bool quoted;   /* begins with '>' */
	bool dropped;  /* attribution or other mark around a quote */
};

struct lines {
	struct line *v;
	size_t n;
};

static bool blank(struct span s)
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

static bool has(struct span s, const char *word)
{
	return span_find_nocase(s, 0, word) < s.n;
}

static bool ends(struct span s, const char *word)
{
	struct span t = span_trim(s);
	size_t n = strlen(word);
	return t.n >= n && span_eq_nocase(span_of(t.p + t.n - n, n), span_str(word));
}

/* "Pada Sab, 15 Jun 2024 pukul 14.59 Nama <a@b> menulis:", also folded over some lines.
 * Returns how many lines it takes at i; 0: none. */
static size_t attribution(const struct lines *l, size_t i)
{
	static const char *const starts[] = { "pada ", "on ", "op ", "am ", "le ", "tanggal ", "dari ", "from " };
	static const char *const stops[] = { "menulis:", "wrote:", "menulis :", "wrote :", "menulis：", "tulis:" };
	struct span first = span_trim(l->v[i].s);
	bool starts_right = false;
	size_t bytes = 0;
	for (size_t k = 0; k < sizeof(starts) / sizeof(*starts); k++)
		starts_right = starts_right || span_starts_nocase(first, starts[k]);
	/* "2026-01-05 10:00 GMT+07:00 Nama <a@b>:" */
	bool dated = first.n > 12 && ascii_is_digit(first.p[0]) && has(first, "@") && first.p[first.n - 1] == ':';
	if (dated && first.n < ATTRIBUTION_BYTES)
		return 1;
	if (!starts_right)
		return 0;
	for (size_t n = 0; n < ATTRIBUTION_LINES && i + n < l->n; n++) {
		struct span s = l->v[i + n].s;
		bytes += s.n;
		if (bytes > ATTRIBUTION_BYTES || (n > 0 && blank(s)))
			return 0;
		for (size_t k = 0; k < sizeof(stops) / sizeof(*stops); k++)
			if (ends(s, stops[k]))
				return n + 1;
	}
	return 0;
}

static bool rule_line(struct span s)
{
	struct span t = span_trim(s);
	size_t i = 0;
	while (i < t.n && (t.p[i] == '_' || t.p[i] == '-' || t.p[i] == '='))
		i++;
	return t.n >= 5 && i == t.n;
}

static bool label(struct span s, const char *const *words)
{
	struct span t = span_trim(s);
	while (t.n > 0 && (t.p[0] == '*' || t.p[0] == '_'))
		t = span_of(t.p + 1, t.n - 1);
	for (; *words; words++) {
		size_t n = strlen(*words);
		if (!span_starts_nocase(t, *words))
			continue;
		struct span after = span_of(t.p + n, t.n - n);
		while (after.n > 0 && (ascii_is_blank(after.p[0]) || after.p[0] == '*'))
			after = span_of(after.p + 1, after.n - 1);
		if (after.n > 0 && after.p[0] == ':')
			return true;
	}
	return false;
}

/* "Dari: / Dikirim: / Kepada: / Perihal:" and its English twin: at least three of four kinds near. */
static bool header_block(const struct lines *l, size_t i)
{
	static const char *const from[] = { "dari", "from", "pengirim", NULL };
	static const char *const date[] = { "dikirim", "terkirim", "sent", "date", "tanggal", NULL };
	static const char *const to[] = { "kepada", "untuk", "to", "ke", NULL };
	static const char *const subject[] = { "perihal", "subjek", "subject", "judul", "hal", NULL };
	bool seen[4] = { label(l->v[i].s, from), false, false, false };
	if (!seen[0])
		return false;
	for (size_t k = i + 1; k < l->n && k < i + 9; k++) {
		if (blank(l->v[k].s) && k > i + 1 && seen[1] + seen[2] + seen[3] >= 2)
			break;
		seen[1] = seen[1] || label(l->v[k].s, date);
		seen[2] = seen[2] || label(l->v[k].s, to);
		seen[3] = seen[3] || label(l->v[k].s, subject);
	}
	return seen[1] + seen[2] + seen[3] >= 2;
}

static bool forward_mark(struct span s)
{
	static const char *const words[] = { "forwarded message",
					     "pesan terusan",
					     "pesan yang diteruskan",
					     "pesan diteruskan",
					     "begin forwarded message",
					     "mulai pesan yang diteruskan",
					     "pesan yang diteruskan:",
					     "diteruskan",
					     "forwarded by",
					     "mulai meneruskan pesan" };
	struct span t = span_trim(s);
	if (t.n == 0 || t.n > 120)
		return false;
	bool marked = t.p[0] == '-' || t.p[t.n - 1] == ':' || t.p[0] == '=';
	for (size_t i = 0; marked && i < sizeof(words) / sizeof(*words); i++)
		if (has(t, words[i]))
			return true;
	return false;
}

static bool original_mark(struct span s)
{
	static const char *const words[] = { "original message", "pesan asli",       "original appointment",
					     "pesan awal",       "pesan sebelumnya", "reply message" };
	struct span t = span_trim(s);
	if (t.n < 8 || t.n > 120 || (t.p[0] != '-' && t.p[0] != '_' && t.p[0] != '='))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (has(t, words[i]))
			return true;
	return false;
}

static bool phone_tail(struct span s)
{
	static const char *const starts[] = { "dikirim dari ",  "sent from ",       "terkirim dari ", "dapatkan outlook",
					      "get outlook",    "dikirim dengan ",  "sent with ",     "sent via ",
					      "dikirim lewat ", "dikirim melalui ", "powered by ",    "diketik dari ",
					      "yahoo mail:",    "sent using ",      "kirim dari " };
	struct span t = span_trim(s);
	if (t.n > 120)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (span_starts_nocase(t, starts[i]))
			return true;
	return false;
}

/* A long paragraph about confidentiality, at the end. */
static bool disclaimer(struct span s)
{
	static const char *const words[] = { "disclaimer",
					     "penafian",
					     "confidential",
					     "bersifat rahasia",
					     "privileged",
					     "peringatan:",
					     "email ini dan setiap lampiran",
					     "this e-mail and any",
					     "this email and any",
					     "this message contains",
					     "pesan ini beserta",
					     "intended solely",
					     "intended recipient",
					     "penerima yang dituju",
					     "pikirkan lingkungan",
					     "consider the environment",
					     "sebelum mencetak",
					     "ditujukan hanya untuk",
					     "hanya ditujukan",
					     "kerahasiaan" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (has(s, words[i]))
			return true;
	return false;
}

struct cut {
	struct lines l;
	size_t end;       /* new text stops before this line */
	size_t signature; /* first line of the signature block; end: none */
	bool quoted, forwarded;
};

/* Finds where an unprefixed quote begins, and drops attributions above prefixed ones. */
static void find_quote(struct cut *c, bool forward)
{
	for (size_t i = 0; i < c->end; i++) {
		struct line *l = &c->l.v[i];
		if (l->quoted)
			continue;
		if (forward_mark(l->s)) {
			c->forwarded = true;
			return; /* what follows is content */
		}
		size_t n = attribution(&c->l, i);
		if (n > 0) {
			size_t next = i + n;
			while (next < c->end && blank(c->l.v[next].s))
				next++;
			c->quoted = true;
			for (size_t k = i; k < i + n; k++)
				c->l.v[k].dropped = true;
			if (next >= c->end || !c->l.v[next].quoted) {
				c->end = i; /* nothing marks the quoted lines: all the rest is quote */
				return;
			}
			i = next;
			continue;
		}
		if (original_mark(l->s) || (header_block(&c->l, i) && !(forward && i < 3))) {
			if (forward) {
				c->forwarded = true;
				return;
			}
			c->quoted = true;
			c->end = i;
			if (i > 0 && rule_line(c->l.v[i - 1].s))
				c->end = i - 1;
			return;
		}
	}
}

static void find_signature(struct cut *c)
{
	size_t last = c->end;
	c->signature = c->end;
	if (c->forwarded)
		return;
	for (size_t i = 0; i < last; i++) {
		struct span s = c->l.v[i].s;
		if (c->l.v[i].quoted || c->l.v[i].dropped)
			continue;
		bool dashes = (s.n == 2 || s.n == 3) && memcmp(s.p, "--", 2) == 0 && (s.n == 2 || s.p[2] == ' ');
		if ((dashes && i > 0) || phone_tail(s) || (rule_line(s) && i + 1 < last && disclaimer(c->l.v[i + 1].s)) ||
		    (s.n > 60 && disclaimer(s) && i + 6 > last)) {
			size_t after = i; /* an answer below a quote below a signature is no signature */
			bool quote_below = false;
			for (; after < last; after++)
				quote_below = quote_below || c->l.v[after].quoted;
			if (quote_below && phone_tail(s)) {
				c->l.v[i].dropped = true;
				continue;
			}
			c->signature = i;
			return;
		}
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
		if (blank(l->s)) {
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
		} else if (quote_seen && !c->l.v[i].dropped && !blank(c->l.v[i].s)) {
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
				 .inline_answers = answers_inline(&c) };
	out->text = join(&c, 0, c.signature, keep || c.forwarded, a);
	out->signature = join(&c, c.signature, c.end, false, a);
	return out->text && out->signature ? 0 : -ENOMEM;
}
