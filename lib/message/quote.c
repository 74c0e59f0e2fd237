/* Where an earlier mail begins inside a text: attributions and heads of the Indonesian and English clients. */
#include "message/lines.h"

#include "base/text.h"

#include <string.h>

enum { ATTRIBUTION_LINES = 4, ATTRIBUTION_BYTES = 400 };

static size_t digits(struct span s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ascii_is_digit(s.p[i]);
	return n;
}

/* "Pada Sab, 15 Jun 2024 pukul 14.59 Nama <a@b> menulis:", also folded over some lines.
 * Returns how many lines it takes at i; 0: none. */
size_t quote_attribution(const struct lines *l, size_t i)
{
	static const char *const starts[] = { "pada ", "on ", "op ", "am ", "le ", "tanggal ", "dari ", "from " };
	static const char *const stops[] = { "menulis:", "wrote:", "menulis :", "wrote :", "menulis：", "tulis:" };
	struct span first = span_trim(l->v[i].s);
	bool starts_right = false;
	size_t bytes = 0;
	for (size_t k = 0; k < sizeof(starts) / sizeof(*starts); k++)
		starts_right = starts_right || span_starts_nocase(first, starts[k]);
	/* "2026-01-05 10:00 GMT+07:00 Nama <a@b>:" */
	bool dated = first.n > 12 && ascii_is_digit(first.p[0]) && line_has(first, "@") && first.p[first.n - 1] == ':';
	/* "Nama menulis pada 05/01/26 10.15:", "Nama wrote on ...:" */
	bool name_first = first.n > 12 && first.p[first.n - 1] == ':' && digits(first) >= 4 &&
			  (line_has(first, " menulis pada ") || line_has(first, " wrote on ") || line_has(first, " schrieb am "));
	/* whatever it begins with: a time, an address or name, and the verb */
	bool whole = first.n > 20 && digits(first) >= 4 && (line_ends(first, " menulis:") || line_ends(first, " wrote:"));
	if ((dated || name_first || whole) && first.n < ATTRIBUTION_BYTES)
		return 1;
	if (!starts_right)
		return 0;
	for (size_t n = 0; n < ATTRIBUTION_LINES && i + n < l->n; n++) {
		struct span s = l->v[i + n].s;
		bytes += s.n;
		if (bytes > ATTRIBUTION_BYTES || (n > 0 && line_blank(s)))
			return 0;
		for (size_t k = 0; k < sizeof(stops) / sizeof(*stops); k++)
			if (line_ends(s, stops[k]))
				return n + 1;
		bool address = line_has(s, "@") && line_ends(s, ":") && digits(first) >= 4;
		if (address) /* a client that leaves the verb out */
			return n + 1;
	}
	return 0;
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
bool quote_head(const struct lines *l, size_t i)
{
	static const char *const from[] = { "dari", "from", "pengirim", NULL };
	static const char *const date[] = { "dikirim", "terkirim", "sent", "date", "tanggal", "waktu", NULL };
	static const char *const to[] = { "kepada", "untuk", "to", "ke", NULL };
	static const char *const subject[] = { "perihal", "subjek", "subject", "judul", "hal", "topik", "subyek", NULL };
	static const char *const office[] = { "nomor", "no", "sifat", "lampiran", NULL };
	bool memo = !memchr(l->v[i].s.p, '@', l->v[i].s.n); /* an office's memo has a number too, and no address */
	bool seen[4] = { label(l->v[i].s, from), false, false, false };
	if (!seen[0])
		return false;
	for (size_t k = i; memo && k > 0 && k + 4 > i && !line_blank(l->v[k - 1].s); k--)
		if (label(l->v[k - 1].s, office))
			return false;
	for (size_t k = i + 1; memo && k < l->n && k < i + 9 && !line_blank(l->v[k].s); k++)
		if (label(l->v[k].s, office))
			return false;
	for (size_t k = i + 1; k < l->n && k < i + 9; k++) {
		if (line_blank(l->v[k].s) && k > i + 1 && seen[1] + seen[2] + seen[3] >= 2)
			break;
		seen[1] = seen[1] || label(l->v[k].s, date);
		seen[2] = seen[2] || label(l->v[k].s, to);
		seen[3] = seen[3] || label(l->v[k].s, subject);
	}
	return seen[1] + seen[2] + seen[3] >= 2;
}

bool quote_forward_mark(struct span s)
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
		if (line_has(t, words[i]))
			return true;
	return false;
}

bool quote_original_mark(struct span s)
{
	static const char *const words[] = { "original message", "pesan asli",       "original appointment",
					     "pesan awal",       "pesan sebelumnya", "reply message" };
	struct span t = span_trim(s);
	if (t.n < 8 || t.n > 120 || (t.p[0] != '-' && t.p[0] != '_' && t.p[0] != '='))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (line_has(t, words[i]))
			return true;
	return false;
}
