/* RFC 4180, and what spreadsheets in Indonesia write instead: semicolons, tabs, Windows-1252, UTF-16. */
#include "sheet/sheet_private.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Windows-1252, 0x80 to 0x9f; the rest is Latin-1. */
static const uint16_t cp1252[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
				     0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
				     0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178 };

static void from_utf16(struct buf *out, struct span s, bool big)
{
	for (size_t i = 2; i + 1 < s.n; i += 2) {
		uint32_t u = big ? (uint32_t)s.p[i] << 8 | s.p[i + 1] : (uint32_t)s.p[i + 1] << 8 | s.p[i];
		if (u >= 0xd800 && u < 0xdc00 && i + 3 < s.n) {
			uint32_t low = big ? (uint32_t)s.p[i + 2] << 8 | s.p[i + 3] : (uint32_t)s.p[i + 3] << 8 | s.p[i + 2];
			if (low >= 0xdc00 && low < 0xe000) {
				u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		buf_add_utf8(out, u >= 0xd800 && u < 0xe000 ? 0xfffd : u);
	}
}

static void from_cp1252(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_add_utf8(out, s.p[i] >= 0x80 && s.p[i] < 0xa0 ? cp1252[s.p[i] - 0x80] : s.p[i]);
}

static struct span to_utf8(struct span s, struct buf *copy)
{
	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		return span_of(s.p + 3, s.n - 3);
	if (s.n >= 2 && ((s.p[0] == 0xff && s.p[1] == 0xfe) || (s.p[0] == 0xfe && s.p[1] == 0xff)))
		from_utf16(copy, s, s.p[0] == 0xfe);
	else if (!utf8_valid(s))
		from_cp1252(copy, s);
	else
		return s;
	return buf_span(copy);
}

/* The separator that the first lines hold most of outside quotes; a draw is for the semicolon, since a comma may be a
 * decimal one. */
static unsigned char separator(struct span s)
{
	static const unsigned char candidates[] = { ';', '\t', ',' };
	size_t count[3] = { 0 }, best = 0;
	bool quoted = false;
	for (size_t i = 0, lines = 0; i < s.n && lines < 5; i++) {
		quoted ^= s.p[i] == '"';
		lines += s.p[i] == '\n' && !quoted;
		for (size_t k = 0; k < 3 && !quoted; k++)
			count[k] += s.p[i] == candidates[k];
	}
	for (size_t k = 0; k < 3; k++)
		if (count[k] > count[best])
			best = k;
	return candidates[best];
}

/* One field from *at on; *at is left on the separator, the line's end, or s.n. */
static void field(struct span s, size_t *at, unsigned char sep, struct buf *out, uint32_t *lines)
{
	size_t i = *at;
	bool quoted = i < s.n && s.p[i] == '"';
	i += quoted;
	for (; i < s.n; i++) {
		unsigned char c = s.p[i];
		if (quoted && c == '"') {
			if (i + 1 < s.n && s.p[i + 1] == '"')
				i++; /* a doubled quote is one */
			else {
				quoted = false;
				continue;
			}
		} else if (!quoted && (c == sep || c == '\n' || c == '\r')) {
			break;
		}
		*lines += c == '\n';
		buf_add_char(out, (char)s.p[i]);
	}
	*at = i;
}

int csv_read(struct span bytes, struct sheet_builder *b)
{
	AUTO_BUF copy = BUF_INIT(LIMIT_SHEET_BYTES);
	if (bytes.n > LIMIT_SHEET_BYTES) {
		bytes.n = LIMIT_SHEET_BYTES;
		b->sheet.cut = true;
	}
	bool cut = b->sheet.cut;
	b->sheet.cut = false; /* what is there is read; told at the end */
	struct span s = to_utf8(bytes, &copy);
	if (buf_status(&copy) == -ENOMEM)
		return -ENOMEM;
	if (memchr(s.n ? s.p : (const unsigned char *)"", '\0', s.n))
		return SHEET_NO_LIST;
	unsigned char sep = separator(s);
	AUTO_BUF text = BUF_INIT(LIMIT_SHEET_CELL_BYTES);
	uint32_t line = 1;
	for (size_t i = 0, column = 0; i < s.n;) {
		uint32_t inner = 0;
		buf_reset(&text);
		field(s, &i, sep, &text, &inner);
		b->sheet.cut = b->sheet.cut || buf_status(&text) == -ENOBUFS;
		sheet_cell_put(b, column, buf_span(&text), SHEET_TEXT);
		if (i < s.n && s.p[i] == sep) {
			i++;
			column++;
			line += inner;
			continue;
		}
		if (i < s.n && s.p[i] == '\r')
			i++;
		if (i < s.n && s.p[i] == '\n')
			i++;
		column = 0;
		if (!sheet_row_end(b, line))
			break;
		line += 1 + inner;
	}
	if (b->status == 0 && !b->sheet.cut)
		(void)sheet_row_end(b, line);
	b->sheet.cut = b->sheet.cut || cut || buf_status(&copy) < 0;
	return 0;
}
