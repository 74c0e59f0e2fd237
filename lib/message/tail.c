/* What stands below a mail's new text and is not meant for us: signature marks, phones' tails, disclaimers. */
#include "message/lines.h"

#include "base/text.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { TAIL_BYTES = 120, SIGNATURE_LINES = 10, SIGNATURE_WIDTH = 75, PARAGRAPH_LINES = 20, TAIL_PARAGRAPHS = 6 };

static bool starts_with(struct span t, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts_nocase(t, words[i]))
			return true;
	return false;
}

bool tail_of_phone(struct span s)
{
	static const char *const sent[] = { "dikirim ", "terkirim ", "kirim ", "sent ", "diketik ", "dibuat ", "powered " };
	static const char *const by[] = { "dari ", "dengan ",  "lewat ", "melalui ", "menggunakan ", "via ",
					  "oleh ", "memakai ", "from ",  "with ",    "using ",       "by " };
	static const char *const whole[] = { "dapatkan outlook", "get outlook", "get bluemail", "yahoo mail:", "download yahoo" };
	struct span t = span_trim(s);
	while (t.n > 0 && (t.p[0] == '>' || t.p[0] == ' '))
		t = span_of(t.p + 1, t.n - 1);
	if (t.n > TAIL_BYTES)
		return false;
	if (starts_with(t, whole, COUNT(whole)))
		return true;
	for (size_t i = 0; i < COUNT(sent); i++) {
		size_t n = strlen(sent[i]);
		if (span_starts_nocase(t, sent[i]) && starts_with(span_of(t.p + n, t.n - n), by, COUNT(by)))
			return true;
	}
	return false;
}

static bool dash_line(struct span s)
{
	struct span t = span_trim(s);
	bool long_dash = t.n == 3 && (memcmp(t.p, "\xe2\x80\x94", 3) == 0 || memcmp(t.p, "\xe2\x80\x93", 3) == 0);
	return long_dash || (t.n >= 2 && t.n <= 3 && (memcmp(t.p, "---", t.n) == 0 || memcmp(t.p, "___", t.n) == 0));
}

bool tail_signature_mark(const struct lines *l, size_t i, size_t end)
{
	struct span s = l->v[i].s;
	bool standard = (s.n == 2 || s.n == 3) && memcmp(s.p, "--", 2) == 0 && (s.n == 2 || s.p[2] == ' ');
	if (i == 0 || standard)
		return standard && i > 0;
	if (!dash_line(s))
		return false;
	size_t below = 0, labels = 0; /* another dash may only part the text: data below it are no signature */
	for (size_t k = i + 1; k < end && below <= SIGNATURE_LINES; k++) {
		struct span t = span_trim(l->v[k].s);
		below += t.n > 0;
		labels += memchr(t.p, ':', t.n < 20 ? t.n : 20) != NULL;
	}
	return below > 0 && below <= SIGNATURE_LINES && labels < 3;
}

static const char *const about[] = { "email ini",
				     "e-mail ini",
				     "surel ini",
				     "pesan ini",
				     "surat elektronik ini",
				     "this e-mail",
				     "this email",
				     "this message",
				     "this communication",
				     "this transmission",
				     "contained in this",
				     "the information contained",
				     "informasi yang terkandung",
				     "informasi yang terdapat",
				     "informasi dalam",
				     "informasi di dalam",
				     "disclaimer",
				     "penafian",
				     "confidentiality",
				     "any views" };
static const char *const strong[] = { "confidential",   "rahasia", "terbatas",         "privileged",
				      "intended",       "disclos", "dilarang",         "prohibited",
				      "unauthor",       "virus",   "in error",         "kekeliruan",
				      "tanggung jawab", "liab",    "not the intended", "bukan penerima" };
static const char *const weak[] = { "recipient", "addressee", "penerima", "ditujukan",  "pengirim",   "sender",
				    "hapus",     "delete",    "lampiran", "attachment", "beritahu",   "notify",
				    "menyebar",  "mencetak",  "printing", "lingkungan", "environment" };
static const char *const alone[] = { "pikirkan lingkungan", "consider the environment", "sebelum mencetak", "before printing" };
static const char *const headings[] = { "disclaimer", "penafian", "confidentiality notice", "peringatan", "notice" };

/* The paragraph's letters in one line. */
static struct span paragraph(const struct lines *l, size_t from, size_t to, char *text, size_t room)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		struct span s = span_trim(l->v[i].s);
		size_t k = s.n < room - 1 - n ? s.n : room - 1 - n;
		memcpy(text + n, s.p, k);
		n += k;
		if (n < room - 1)
			text[n++] = ' ';
	}
	struct span t = span_trim(span_of(text, n));
	while (t.n > 0 && !ascii_is_alnum(t.p[0]))
		t = span_of(t.p + 1, t.n - 1);
	return t;
}

static size_t hits(struct span t, const char *const *words, size_t n)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += line_has(t, words[i]);
	return found;
}

/* Words of confidentiality about "this mail": no part of a request. */
static bool paragraph_disclaims(const struct lines *l, size_t from, size_t to)
{
	char text[2000];
	struct span t = paragraph(l, from, to, text, sizeof(text));
	if (t.n < 25 || hits(t, alone, COUNT(alone)) > 0)
		return t.n >= 25;
	size_t sure = hits(t, strong, COUNT(strong));
	bool begins = hits(span_of(t.p, t.n < 50 ? t.n : 50), about, COUNT(about)) > 0;
	return (begins && sure > 0) || (hits(t, about, COUNT(about)) > 0 && sure > 0 && sure + hits(t, weak, COUNT(weak)) >= 2);
}

static bool paragraph_is_heading(const struct lines *l, size_t from, size_t to)
{
	char text[60];
	struct span t = paragraph(l, from, to, text, sizeof(text));
	while (t.n > 0 && !ascii_is_alnum(t.p[t.n - 1]))
		t.n--;
	for (size_t i = 0; i < COUNT(headings); i++)
		if (to - from == 1 && span_is_nocase(t, headings[i]))
			return true;
	return false;
}

/* What only an office's signature or a list's footer holds. */
static bool office_contact(struct span s)
{
	static const char *const marks[] = { "[cid:", "[image:",  "www.",    "http://",  "https://",  "kode pos", "fax",
					     "faks",  "telp. (0", "telp (0", "telp: (0", "phone: (0", "t. (0",    "tel. (0" };
	static const char *const starts[] = { "jl.", "jl ", "jalan ", "alamat:", "alamat :", "gedung " };
	struct span t = span_trim(s);
	return hits(t, marks, COUNT(marks)) > 0 || starts_with(t, starts, COUNT(starts));
}

static bool list_footer(struct span s)
{
	static const char *const words[] = { "mailing list", "berhenti berlangganan", "unsubscribe", "milis",
					     "berlangganan ke grup" };
	return hits(s, words, COUNT(words)) > 0;
}

/* Short lines with an office's address or picture and no long number of a person. */
static bool paragraph_signs(const struct lines *l, size_t from, size_t to)
{
	bool contact = false;
	for (size_t i = from; i < to; i++) {
		struct span t = span_trim(l->v[i].s);
		size_t digits = 0;
		for (size_t k = 0; k < t.n; k++)
			digits += ascii_is_digit(t.p[k]);
		if (t.n > SIGNATURE_WIDTH || digits >= 15 || l->v[i].quoted)
			return false;
		contact = contact || office_contact(t);
	}
	return contact && (to - from >= 2 || span_starts_nocase(span_trim(l->v[from].s), "[cid:"));
}

size_t tail_office(const struct lines *l, size_t end)
{
	size_t found = end, to = end;
	for (size_t paragraphs = 0; to > 0 && paragraphs < 2; paragraphs++) {
		while (to > 0 && line_blank(l->v[to - 1].s))
			to--;
		size_t from = to;
		while (from > 0 && !line_blank(l->v[from - 1].s) && !line_is_rule(l->v[from - 1].s) &&
		       to - from < SIGNATURE_LINES)
			from--;
		bool above = false; /* the first paragraph is what the mail says */
		for (size_t i = 0; i < from && !above; i++)
			above = !line_blank(l->v[i].s);
		bool footer = from > 0 && line_is_rule(l->v[from - 1].s) && from < to && list_footer(l->v[from].s);
		if (from == to || !above || !(footer || paragraph_signs(l, from, to)))
			break;
		found = footer ? from - 1 : from;
		to = from;
	}
	return found;
}

size_t tail_disclaimer(const struct lines *l, size_t end)
{
	size_t found = end, paragraphs = 0, to = end;
	while (to > 0 && paragraphs < TAIL_PARAGRAPHS) {
		while (to > 0 && line_blank(l->v[to - 1].s))
			to--;
		size_t from = to;
		while (from > 0 && !line_blank(l->v[from - 1].s) && !line_is_rule(l->v[from - 1].s) &&
		       to - from < PARAGRAPH_LINES)
			from--;
		if (from == to && (to == 0 || !line_is_rule(l->v[to - 1].s)))
			break;
		if (from < to && (paragraph_disclaims(l, from, to) || (found < end && paragraph_is_heading(l, from, to)))) {
			found = from;
			while (found > 0 && (line_is_rule(l->v[found - 1].s) || line_blank(l->v[found - 1].s)))
				found--;
		}
		to = from < to ? from : to - 1;
		paragraphs++;
	}
	return found;
}
