#include "base/cell.h"

#include "base/text.h"

#include <string.h>

enum { CELL_BYTES = 32000 };

static bool starts_formula(uint32_t cp)
{
	switch (cp) {
	case '=':
	case '+':
	case '-':
	case '@':
	case '\t':
	case '\r':
	case 0xff1d: /* their full-width forms */
	case 0xff0b:
	case 0xff0d:
	case 0xff20:
	case 0x2212: /* minus sign */
		return true;
	default:
		return false;
	}
}

bool cell_is_formula(const char *s)
{
	struct span t = span_str(s);
	uint32_t cp;
	for (size_t i = 0, len; i < t.n; i += len) {
		len = utf8_decode(t.p + i, t.n - i, &cp);
		if (len == 0)
			return false;
		if (starts_formula(cp))
			return true;
		if (cp != ' ' && cp != '\n' && cp != '"' && cp != '\'' && cp != 0xa0 && cp != 0x3000 && !text_is_unsafe(cp))
			return false;
	}
	return false;
}

void cell_add_text(struct buf *out, const char *s)
{
	AUTO_BUF clean = BUF_INIT(strlen(s ? s : "") * 3 + 16);
	text_clean_line(&clean, span_str(s));
	struct span t = buf_span(&clean);
	if (t.n > CELL_BYTES) {
		t.n = CELL_BYTES;
		while (t.n > 0 && (t.p[t.n] & 0xc0) == 0x80)
			t.n--;
	}
	buf_add_span(out, t);
	if (buf_status(&clean) != 0)
		out->status = buf_status(&clean);
}

void cell_add_csv(struct buf *out, const char *s)
{
	AUTO_BUF text = BUF_INIT(CELL_BYTES + 16);
	cell_add_text(&text, s);
	struct span t = buf_span(&text);
	buf_add_char(out, '"');
	if (cell_is_formula(s) || cell_is_formula(buf_cstr(&text)))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, (char)t.p[i]);
	}
	buf_add_char(out, '"');
	if (buf_status(&text) != 0)
		out->status = buf_status(&text);
}
