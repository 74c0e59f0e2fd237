/* Modified UTF-7 of folder names (RFC 3501 5.1.3). */
#include "mailbox/session.h"

#include "base/text.h"

#include <errno.h>

static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

struct run { /* a stretch of UTF-16 in base64 */
	uint32_t bits;
	int have;
	bool open;
};

static void unit(struct buf *out, struct run *r, uint32_t u)
{
	if (!r->open) {
		buf_add_char(out, '&');
		*r = (struct run){ .open = true };
	}
	r->bits = r->bits << 16 | u;
	r->have += 16;
	while (r->have >= 6) {
		r->have -= 6;
		buf_add_char(out, set[r->bits >> r->have & 63]);
		r->bits &= (1u << r->have) - 1;
	}
}

static void run_end(struct buf *out, struct run *r)
{
	if (!r->open)
		return;
	if (r->have > 0)
		buf_add_char(out, set[r->bits << (6 - r->have) & 63]);
	buf_add_char(out, '-');
	r->open = false;
}

int mailbox_name_encode(const char *utf8, struct buf *out)
{
	struct span s = span_str(utf8);
	struct run r = { 0 };
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0 || cp < 32 || cp == 127)
			return -EINVAL;
		if (cp < 127) {
			run_end(out, &r);
			buf_add_str(out, cp == '&' ? "&-" : (char[]){ (char)cp, '\0' });
		} else if (cp < 0x10000) {
			unit(out, &r, cp);
		} else {
			unit(out, &r, 0xd800 + ((cp - 0x10000) >> 10));
			unit(out, &r, 0xdc00 + ((cp - 0x10000) & 0x3ff));
		}
		i += len;
	}
	run_end(out, &r);
	return buf_status(out);
}
