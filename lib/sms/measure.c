#include "sms/sms.h"

#include "base/text.h"

#include <string.h>

enum { ONE_GSM = 160, MANY_GSM = 153, ONE_UCS2 = 70, MANY_UCS2 = 67 };

/* TS 23.038 6.2.1: the basic table beyond ASCII, and where ASCII is not in it. */
static const uint16_t basic[] = { 0x00a3, 0x00a5, 0x00e8, 0x00e9, 0x00f9, 0x00ec, 0x00f2, 0x00c7, 0x00d8, 0x00f8,
				  0x00c5, 0x00e5, 0x0394, 0x03a6, 0x0393, 0x039b, 0x03a9, 0x03a0, 0x03a8, 0x03a3,
				  0x0398, 0x039e, 0x00c6, 0x00e6, 0x00df, 0x00c9, 0x00a4, 0x00a1, 0x00c4, 0x00d6,
				  0x00d1, 0x00dc, 0x00a7, 0x00bf, 0x00e4, 0x00f6, 0x00f1, 0x00fc, 0x00e0 };

/* Septets of a character: 2 by the escape table, 0: not in the alphabet. */
static size_t septets(uint32_t c)
{
	if (c == 0x20ac || (c < 0x80 && c != 0 && strchr("^{}\\[~]|\f", (int)c)))
		return 2;
	if (c == '\n' || c == '\r' || (c >= ' ' && c < 0x7f && c != '`'))
		return 1;
	for (size_t i = 0; i < sizeof(basic) / sizeof(*basic); i++)
		if (basic[i] == c)
			return 1;
	return 0;
}

static size_t next(struct span s, size_t at, uint32_t *c)
{
	size_t n = utf8_decode(s.p + at, s.n - at, c);
	if (n > 0)
		return n;
	*c = 0xfffd;
	return 1;
}

/* A character of two units is never cut in the middle. */
static size_t parts_of(struct span s, bool wide, size_t each)
{
	size_t parts = 1, used = 0;
	uint32_t c;
	for (size_t at = 0; at < s.n;) {
		at += next(s, at, &c);
		size_t need = wide ? (c > 0xffff ? 2 : 1) : septets(c);
		if (used + need > each) {
			parts++;
			used = 0;
		}
		used += need;
	}
	return parts;
}

struct sms_size sms_measure(const char *text)
{
	struct span s = span_str(text);
	struct sms_size out = { 0 };
	size_t gsm = 0, ucs2 = 0;
	uint32_t c;
	for (size_t at = 0; at < s.n;) {
		at += next(s, at, &c);
		out.wide = out.wide || septets(c) == 0;
		gsm += septets(c);
		ucs2 += c > 0xffff ? 2 : 1;
	}
	out.units = out.wide ? ucs2 : gsm;
	if (out.units > 0)
		out.parts =
			out.units <= (out.wide ? ONE_UCS2 : ONE_GSM) ? 1 : parts_of(s, out.wide, out.wide ? MANY_UCS2 : MANY_GSM);
	return out;
}

bool sms_number_is_mobile(const char *e164)
{
	size_t n = e164 ? strlen(e164) : 0;
	if (n < 11 || n > 15 || !str_starts(e164, "+628"))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!ascii_is_digit((unsigned char)e164[i]))
			return false;
	return true;
}
