#include "base/text.h"

#include <string.h>

enum { NUMBER_GROUP = 3, NUMBER_LONG = 10, NUMBER_SHOWN = 4 };

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_eq_nocase(const char *a, const char *b)
{
	return a == b || (a && b && span_eq_nocase(span_str(a), span_str(b)));
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_starts_nocase(const char *s, const char *prefix)
{
	return span_starts_nocase(span_str(s), prefix);
}

static size_t sequence_length(unsigned char lead, uint32_t *bits, uint32_t *least)
{
	if (lead < 0x80) {
		*bits = lead;
		*least = 0;
		return 1;
	}
	if (lead >= 0xc2 && lead <= 0xdf) {
		*bits = lead & 0x1fu;
		*least = 0x80;
		return 2;
	}
	if (lead >= 0xe0 && lead <= 0xef) {
		*bits = lead & 0x0fu;
		*least = 0x800;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		*bits = lead & 0x07u;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *out)
{
	uint32_t cp, least;
	if (n == 0)
		return 0;
	size_t len = sequence_length(s[0], &cp, &least);
	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3fu);
	}
	if (cp < least || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*out = cp;
	return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool utf8_valid(struct span s)
{
	uint32_t cp;
	for (size_t i = 0; i < s.n;) {
		size_t len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

struct range {
	uint32_t from, to;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].from && cp <= r[i].to)
			return true;
	return false;
}

#define IN(cp, table) in_ranges(cp, table, sizeof(table) / sizeof(*(table)))

bool text_is_unsafe(uint32_t cp)
{
	static const struct range unsafe[] = {
		{ 0x00, 0x08 },     { 0x0b, 0x1f },     { 0x7f, 0x9f },       { 0xad, 0xad },     { 0x34f, 0x34f },
		{ 0x61c, 0x61c },   { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },   { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
	};
	if (cp >= 0x20 && cp < 0x7f) /* most of what is ever asked */
		return false;
	return (cp & 0xfffe) == 0xfffe || IN(cp, unsafe);
}

/* Bytes from s.p[at] on that are printable ASCII, TAB or LF. */
static size_t plain_run(struct span s, size_t at)
{
	size_t i = at;
	while (i < s.n && ((s.p[i] >= 0x20 && s.p[i] < 0x7f) || s.p[i] == '\n' || s.p[i] == '\t'))
		i++;
	return i - at;
}

void text_clean(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t run = plain_run(s, i);
		if (run > 0) {
			buf_add(out, s.p + i, run);
			i += run;
			continue;
		}
		size_t len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0) {
			buf_add_utf8(out, 0xfffd);
			i++;
			continue;
		}
		if (cp == '\r') {
			if (i + 1 >= s.n || s.p[i + 1] != '\n')
				buf_add_char(out, '\n');
		} else if (!text_is_unsafe(cp)) {
			buf_add(out, s.p + i, len);
		}
		i += len;
	}
}

/* Bytes from s.p[at] on that are ASCII to be seen. */
static size_t word_run(struct span s, size_t at)
{
	size_t i = at;
	while (i < s.n && s.p[i] > 0x20 && s.p[i] < 0x7f)
		i++;
	return i - at;
}

void text_clean_line(struct buf *out, struct span s)
{
	bool gap = false, any = false;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t run = word_run(s, i);
		if (run > 0) {
			if (gap && any)
				buf_add_char(out, ' ');
			gap = false;
			any = true;
			buf_add(out, s.p + i, run);
			i += run;
			continue;
		}
		size_t len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0)
			cp = 0xfffd;
		i += len ? len : 1;
		if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0xa0 || cp == 0x2028 || cp == 0x2029) {
			gap = true;
			continue;
		}
		if (text_is_unsafe(cp))
			continue;
		if (gap && any)
			buf_add_char(out, ' ');
		gap = false;
		any = true;
		buf_add_utf8(out, cp);
	}
}

void text_escape(struct buf *out, struct span s, size_t max_bytes)
{
	size_t start = out->n;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t len = utf8_decode(s.p + i, s.n - i, &cp);
		if (out->n - start + 12 > max_bytes) {
			buf_add_str(out, "…");
			return;
		}
		if (len == 0) {
			buf_addf(out, "\\x%02x", s.p[i]);
			i++;
			continue;
		}
		if (cp == '\n' || cp == '\t' || text_is_unsafe(cp))
			buf_addf(out, cp < 0x100 ? "\\x%02x" : "\\u{%x}", cp);
		else
			buf_add(out, s.p + i, len);
		i += len;
	}
}

/* Bytes of the number that begins at s, its digits counted; a group shorter than three ends it. */
static size_t number_length(struct span s, size_t *digits)
{
	size_t end = 0;
	*digits = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = 0;
		while (i + n < s.n && ascii_is_digit(s.p[i + n]))
			n++;
		if (n < NUMBER_GROUP)
			break;
		*digits += n;
		end = i + n;
		bool gap = end < s.n && (s.p[end] == ' ' || s.p[end] == '.' || s.p[end] == '-');
		i = end + gap;
		if (!gap)
			break;
	}
	return end;
}

void text_mask_numbers(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t digits = 0, n = number_length(span_of(s.p + i, s.n - i), &digits), seen = 0;
		for (size_t k = 0; k < n; k++) {
			bool digit = ascii_is_digit(s.p[i + k]);
			seen += digit;
			bool hide = digit && digits >= NUMBER_LONG && seen + NUMBER_SHOWN <= digits;
			buf_add_char(out, hide ? '*' : (char)s.p[i + k]);
		}
		i += n;
		if (n == 0)
			buf_add_char(out, (char)s.p[i++]);
	}
}

size_t text_columns(const char *s)
{
	static const struct range none[] = { { 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },
					     { 0x64b, 0x65f },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
					     { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f } };
	static const struct range wide[] = { { 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },  { 0xac00, 0xd7a3 },
					     { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },  { 0xffe0, 0xffe6 },
					     { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd } };
	struct span t = span_str(s);
	size_t columns = 0;
	for (size_t i = 0; i < t.n;) {
		uint32_t cp = 0;
		if (t.p[i] < 0x80) {
			columns++;
			i++;
			continue;
		}
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		i += len ? len : 1;
		columns += IN(cp, none) ? 0 : IN(cp, wide) ? 2 : 1;
	}
	return columns;
}
