#include "base/transfer.h"

#include "base/text.h"

static int base64_value(int c)
{
	if (ascii_is_upper(c))
		return c - 'A';
	if (ascii_is_lower(c))
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

void base64_decode(struct buf *out, struct span s)
{
	uint32_t bits = 0;
	unsigned n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int v = base64_value(s.p[i]);
		if (s.p[i] == '=')
			bits = n = 0; /* the end of a run; another may follow */
		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_char(out, (char)(bits >> n & 0xff));
		}
	}
}

static int hex_value(int c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of a soft line end at s: "=", blanks, line end; 0: none. */
static size_t soft_end(struct span s)
{
	size_t n = 1;
	while (n < s.n && ascii_is_blank(s.p[n]))
		n++;
	if (n < s.n && s.p[n] == '\r')
		n++;
	return n < s.n && s.p[n] == '\n' ? n + 1 : n == s.n ? n : 0;
}

void quoted_printable_decode(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t soft = s.p[i] == '=' ? soft_end(span_of(s.p + i, s.n - i)) : 0;
		int high = s.p[i] == '=' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
		if (soft > 0) {
			i += soft;
		} else if (low >= 0) {
			buf_add_char(out, (char)(high << 4 | low));
			i += 3;
		} else {
			buf_add_char(out, (char)s.p[i]);
			i++;
		}
	}
}
