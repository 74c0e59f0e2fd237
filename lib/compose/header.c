/* The one writer of header lines: whatever it is given, no CR, LF, NUL or over-long line leaves. */
#include "compose/compose.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum { FOLD_AT = 76, ENCODED_MAX = 45 }; /* 45 bytes give 60 of base64, 72 with the frame */

static bool plain_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 32 || s.p[i] > 126)
			return false;
	struct span t = s;
	return span_find_nocase(t, 0, "=?") >= t.n;
}

/* Encoded words of whole characters, a folded line each (RFC 2047). */
static void encoded(struct buf *out, struct span s, size_t column)
{
	bool first = true;
	while (s.n > 0) {
		size_t n = 0, room = first && column + 75 > FOLD_AT ? 24 : ENCODED_MAX;
		uint32_t cp;
		while (n < s.n) {
			size_t len = utf8_decode(s.p + n, s.n - n, &cp);
			if (len == 0)
				len = 1;
			if (n + len > room)
				break;
			n += len;
		}
		buf_add_str(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		base64_add(out, span_of(s.p, n), false);
		buf_add_str(out, "?=");
		s = span_of(s.p + n, s.n - n);
		first = false;
	}
}

/* ASCII words folded at blanks; a word that fits no line is cut. */
static void folded(struct buf *out, struct span s, size_t column)
{
	size_t i = 0;
	bool first = true;
	while (i < s.n) {
		size_t n = 0;
		while (i + n < s.n && s.p[i + n] != ' ' && n < LIMIT_LINE_OUT_BYTES - FOLD_AT - 4)
			n++;
		if (!first && column + 1 + n > FOLD_AT) {
			buf_add_str(out, "\r\n ");
			column = 1;
		} else if (!first) {
			buf_add_char(out, ' ');
			column++;
		}
		buf_add(out, s.p + i, n);
		column += n;
		i += n;
		while (i < s.n && s.p[i] == ' ')
			i++;
		first = false;
	}
}

void header_add(struct buf *out, const char *key, const char *value)
{
	AUTO_BUF clean = BUF_INIT(LIMIT_HEADER_FIELD_BYTES);
	text_clean_line(&clean, span_str(value));
	struct span s = buf_span(&clean);
	size_t column = strlen(key) + 2;
	buf_addf(out, "%s: ", key);
	if (plain_ascii(s))
		folded(out, s, column);
	else
		encoded(out, s, column);
	buf_add_str(out, "\r\n");
}
