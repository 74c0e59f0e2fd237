#include "message/charset.h"

#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

struct alias {
	const char *name, *use;
};

/* Supersets stand for what mailers really mean; UTF-7 is refused (it hides markup). */
static const struct alias aliases[] = {
	{ "us-ascii", "windows-1252" },
	{ "ascii", "windows-1252" },
	{ "iso-8859-1", "windows-1252" },
	{ "latin1", "windows-1252" },
	{ "iso8859-1", "windows-1252" },
	{ "gb2312", "gb18030" },
	{ "gbk", "gb18030" },
	{ "gb_2312-80", "gb18030" },
	{ "ks_c_5601-1987", "cp949" },
	{ "euc-kr", "cp949" },
	{ "iso-8859-9", "windows-1254" },
	{ "iso-8859-11", "windows-874" },
	{ "tis-620", "windows-874" },
	{ "shift_jis", "cp932" },
	{ "shift-jis", "cp932" },
	{ "iso-8859-8-i", "iso-8859-8" },
	{ "x-mac-roman", "macintosh" },
	{ "cp1252", "windows-1252" },
	{ "utf-16", "utf-16le" },
	{ "unicode", "utf-16le" },
};

static const char *const converters[] = { "windows-1252", "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",
					  "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-10",  "iso-8859-13",
					  "iso-8859-14",  "iso-8859-15",  "iso-8859-16",  "windows-1250", "windows-1251",
					  "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257",
					  "windows-1258", "windows-874",  "koi8-r",       "koi8-u",       "gb18030",
					  "big5",         "cp932",        "euc-jp",       "iso-2022-jp",  "cp949",
					  "utf-16le",     "utf-16be",     "macintosh" };
enum { N_CONVERTERS = sizeof(converters) / sizeof(*converters) };

static iconv_t opened[N_CONVERTERS]; /* the one table that is filled at start: open() is forbidden later */
static bool prepared;

void charset_prepare(void)
{
	if (prepared)
		return;
	for (size_t i = 0; i < N_CONVERTERS; i++)
		opened[i] = iconv_open("UTF-8", converters[i]);
	prepared = true;
}

static iconv_t converter(const char *name)
{
	for (size_t i = 0; i < N_CONVERTERS; i++)
		if (str_eq_nocase(converters[i], name))
			return opened[i];
	return (iconv_t)-1;
}

/* True where every byte had a meaning. */
static bool convert(struct span in, const char *name, struct buf *out)
{
	iconv_t cd = converter(name);
	char *p = (char *)(uintptr_t)in.p;
	size_t left = in.n;
	bool clean = true;
	if (cd == (iconv_t)-1)
		return false;
	(void)iconv(cd, NULL, NULL, NULL, NULL);
	while (left > 0) {
		char piece[4096], *q = piece;
		size_t room = sizeof(piece);
		size_t r = iconv(cd, &p, &left, &q, &room);
		buf_add(out, piece, sizeof(piece) - room);
		if (buf_status(out) != 0)
			return clean;
		if (r == (size_t)-1 && errno != E2BIG && left > 0) {
			clean = false;
			buf_add_utf8(out, 0xfffd);
			p++;
			left--;
		}
	}
	return clean;
}

static const char *meant(const char *declared)
{
	for (size_t i = 0; declared && i < sizeof(aliases) / sizeof(*aliases); i++)
		if (str_eq_nocase(aliases[i].name, declared))
			return aliases[i].use;
	return declared;
}

static bool looks_utf16(struct span s, bool *big)
{
	size_t zero[2] = { 0 }, n = s.n < 400 ? s.n : 400;
	if (s.n >= 2 && ((s.p[0] == 0xff && s.p[1] == 0xfe) || (s.p[0] == 0xfe && s.p[1] == 0xff))) {
		*big = s.p[0] == 0xfe;
		return true;
	}
	for (size_t i = 0; i < n; i++)
		zero[i & 1] += s.p[i] == 0;
	*big = zero[0] > zero[1];
	return n >= 8 && (zero[0] > n / 4 || zero[1] > n / 4);
}

void charset_to_text(struct span bytes, const char *declared, struct buf *out)
{
	AUTO_BUF b = BUF_INIT(out->max);
	bool big = false;
	const char *name = meant(declared);
	bool utf8 = utf8_valid(bytes);
	if (looks_utf16(bytes, &big)) {
		(void)convert(bytes, big ? "utf-16be" : "utf-16le", &b);
	} else if (utf8 && (!name || !strstr(name, "2022"))) {
		buf_add_span(&b, bytes); /* valid UTF-8 is hardly ever anything else */
	} else if (name && !str_eq_nocase(name, "utf-8") && converter(name) != (iconv_t)-1) {
		(void)convert(bytes, name, &b);
	} else if (name && (str_eq_nocase(name, "utf-8") || str_eq_nocase(name, "utf8")) && bytes.n > 0) {
		size_t bad = 0, high = 0;
		uint32_t cp;
		for (size_t i = 0; i < bytes.n;) {
			size_t n = utf8_decode(bytes.p + i, bytes.n - i, &cp);
			bad += n == 0;
			high += n > 1;
			i += n ? n : 1;
		}
		if (high >= bad)
			buf_add_span(&b, bytes); /* a damaged byte or two: text_clean marks them */
		else
			(void)convert(bytes, "windows-1252", &b);
	} else {
		(void)convert(bytes, "windows-1252", &b);
	}
	text_clean(out, buf_span(&b));
}
