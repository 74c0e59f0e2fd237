#include "message/encoded.h"

#include "base/text.h"
#include "base/transfer.h"
#include "message/charset.h"

#include <string.h>

enum { CHARSET_MAX = 60, SHORTEST_WORD = 6 };

struct word {
	char charset[CHARSET_MAX];
	struct span text;
	bool base64;
	size_t n; /* bytes of all of it */
};

struct words {
	struct span s;
	size_t end; /* the "?=" found last, s.n: none is left: no stretch is searched twice */
	bool searched;
	struct buf plain; /* characters outside */
	struct buf bytes; /* of neighbours in one charset: a character may be cut between them */
	char charset[CHARSET_MAX];
	struct buf *out;
};

static size_t end_mark(struct words *w, size_t from)
{
	if (!w->searched || from > w->end)
		w->end = span_find_nocase(w->s, from, "?=");
	w->searched = true;
	return w->end;
}

/* "=?charset*language?Q?text?=" at `at`. */
static bool word_read(struct words *w, size_t at, struct word *out)
{
	const unsigned char *p = w->s.p;
	size_t i = at + 2, n = 0;
	if (w->s.n - at < SHORTEST_WORD || p[at] != '=' || p[at + 1] != '?')
		return false;
	for (; i < w->s.n && n < CHARSET_MAX - 1 && p[i] > ' ' && p[i] < 127 && !strchr("?*=", p[i]); i++)
		out->charset[n++] = (char)p[i];
	out->charset[n] = '\0';
	if (i < w->s.n && p[i] == '*')
		for (size_t k = 0; i < w->s.n && k < CHARSET_MAX && p[i] > ' ' && p[i] != '?'; k++)
			i++;
	if (n == 0 || w->s.n - i < 4 || p[i] != '?' || p[i + 2] != '?')
		return false;
	int encoding = ascii_lower(p[i + 1]);
	if (encoding != 'q' && encoding != 'b')
		return false;
	size_t from = i + 3, end = end_mark(w, from);
	if (end >= w->s.n)
		return false;
	out->base64 = encoding == 'b';
	out->text = span_of(p + from, end - from);
	out->n = end + 2 - at;
	return true;
}

static void word_bytes(const struct word *word, struct buf *out)
{
	if (word->base64) {
		base64_decode(out, word->text);
		return;
	}
	AUTO_BUF blanks = BUF_INIT(word->text.n + 1);
	for (size_t i = 0; i < word->text.n; i++)
		buf_add_char(&blanks, word->text.p[i] == '_' ? ' ' : (char)word->text.p[i]);
	quoted_printable_decode(out, buf_span(&blanks));
}

static void flush_plain(struct words *w)
{
	charset_to_text(buf_span(&w->plain), NULL, w->out);
	buf_reset(&w->plain);
}

static void flush_bytes(struct words *w)
{
	charset_to_text(buf_span(&w->bytes), w->charset, w->out);
	buf_reset(&w->bytes);
}

static bool only_blanks(const struct buf *b)
{
	return span_trim(buf_span(b)).n == 0;
}

void encoded_words(struct span s, struct buf *out)
{
	struct words w = { .s = s, .plain = BUF_INIT(s.n + 1), .bytes = BUF_INIT(s.n + 1), .out = out };
	struct word word;
	for (size_t i = 0; i < s.n;) {
		if (!word_read(&w, i, &word)) {
			buf_add_char(&w.plain, (char)s.p[i++]);
			continue;
		}
		bool neighbour = w.bytes.n > 0 && only_blanks(&w.plain);
		if (neighbour)
			buf_reset(&w.plain); /* blanks between encoded words are no text */
		if (!neighbour || !str_eq_nocase(word.charset, w.charset))
			flush_bytes(&w);
		flush_plain(&w);
		memcpy(w.charset, word.charset, sizeof(word.charset));
		word_bytes(&word, &w.bytes);
		i += word.n;
	}
	flush_bytes(&w);
	flush_plain(&w);
	buf_done(&w.plain);
	buf_done(&w.bytes);
}
