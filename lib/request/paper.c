#include "request/paper.h"

#include "request/request.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum line_key { KEY_NONE, KEY_DATE, KEY_NUMBER, KEY_FROM };

/* "nomor HP ..." is a datum of the applicant, not the letter's number. */
static bool of_a_person(struct span rest)
{
	static const char *const words[] = {
		"hp", "wa", "telp", "telepon", "induk", "ktp", "identitas", "whatsapp", "handphone"
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_nocase(rest, words[i]))
			return true;
	return false;
}

static enum line_key key_of(struct span line, struct span *value)
{
	static const struct {
		const char *word;
		enum line_key key;
	} keys[] = { { "tanggal masuk", KEY_DATE }, { "tanggal", KEY_DATE }, { "tgl", KEY_DATE },   { "nomor surat", KEY_NUMBER },
		     { "no surat", KEY_NUMBER },    { "nomor", KEY_NUMBER }, { "no.", KEY_NUMBER }, { "dari", KEY_FROM } };
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		size_t n = strlen(keys[i].word);
		if (!span_starts_nocase(line, keys[i].word) || line.n <= n || !strchr(" :=.\t", line.p[n]))
			continue;
		while (n < line.n && strchr(" :=\t", line.p[n]) && line.p[n])
			n++;
		*value = span_trim(span_of(line.p + n, line.n - n));
		return keys[i].key == KEY_NUMBER && of_a_person(*value) ? KEY_NONE : keys[i].key;
	}
	return KEY_NONE;
}

/* "24.00", "9.3": meant as a time, and none. */
static bool like_a_time(struct span w)
{
	size_t separators = 0, digits = 0;
	for (size_t i = 0; i < w.n; i++) {
		digits += ascii_is_digit(w.p[i]);
		separators += (w.p[i] == '.' || w.p[i] == ':') && i + 1 < w.n;
	}
	return separators == 1 && digits + 1 == w.n;
}

/* "09.30", "9:30" at the end of s: taken off.  0; 1: none stands there; 2: one that is no time. */
static int time_off(struct span *s, struct civil_time *t)
{
	static const char *const leads[] = { "pukul", "jam", "pkl.", "pkl" };
	size_t from = s->n;
	uint32_t hour, minute;
	while (from > 0 && !ascii_is_space(s->p[from - 1]))
		from--;
	struct span w = span_of(s->p + from, s->n - from);
	size_t dot = 0;
	while (dot < w.n && w.p[dot] != '.' && w.p[dot] != ':')
		dot++;
	if (from == 0 || dot == 0 || dot > 2 || w.n - dot != 3 || num_parse_u32(span_of(w.p, dot), 23, &hour) != 0 ||
	    num_parse_u32(span_of(w.p + dot + 1, 2), 59, &minute) != 0)
		return from > 0 && like_a_time(w) ? 2 : 1;
	t->hour = (int)hour;
	t->minute = (int)minute;
	*s = span_trim(span_of(s->p, from));
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		size_t n = strlen(leads[i]);
		if (s->n > n && span_eq_nocase(span_of(s->p + s->n - n, n), span_str(leads[i]))) {
			*s = span_trim(span_of(s->p, s->n - n));
			break;
		}
	}
	while (s->n > 0 && (s->p[s->n - 1] == ',' || s->p[s->n - 1] == ' '))
		s->n--;
	return 0;
}

static int read_date(struct span v, struct arena *a, struct paper *out, const char **error)
{
	struct civil_date d;
	struct civil_time t = { 0 };
	const char *given = arena_strndup(a, v.p, v.n);
	int bad = time_off(&v, &t);
	const char *date = arena_strndup(a, v.n ? (const void *)v.p : "", v.n);
	if (!given || !date)
		return -ENOMEM;
	if (bad == 2 || date_read(date, &d) != 0) {
		*error = arena_printf(a, "tanggal \"%.40s\" tidak dikenali; tulis misalnya: tanggal 2026-01-05 09.30", given);
		return *error ? 1 : -ENOMEM;
	}
	out->at = (struct civil_time){ d.year, d.month, d.day, t.hour, t.minute, 0 };
	return 0;
}

/* "Dinas Sosial <umum@dinsos.go.id>" */
static int read_from(struct span v, struct arena *a, struct paper *out)
{
	const unsigned char *open = v.n ? memchr(v.p, '<', v.n) : NULL;
	if (open && v.p[v.n - 1] == '>') {
		size_t at = (size_t)(open - v.p);
		char *address = arena_strndup(a, open + 1, v.n - at - 2);
		if (!address)
			return -ENOMEM;
		out->address = mail_address_valid(address) ? address : NULL;
		v = span_trim(span_of(v.p, at));
	}
	AUTO_BUF clean = BUF_INIT(LIMIT_FIELD_BYTES * 4);
	text_clean_line(&clean, span_of(v.p, v.n < LIMIT_FIELD_BYTES ? v.n : LIMIT_FIELD_BYTES));
	out->from = clean.n ? arena_strdup(a, buf_cstr(&clean)) : NULL;
	return clean.n && !out->from ? -ENOMEM : 0;
}

static int read_number(struct span v, struct arena *a, struct paper *out)
{
	AUTO_BUF clean = BUF_INIT(LIMIT_FIELD_BYTES * 4);
	text_clean_line(&clean, span_of(v.p, v.n < LIMIT_FIELD_BYTES ? v.n : LIMIT_FIELD_BYTES));
	out->number = clean.n ? arena_strdup(a, buf_cstr(&clean)) : NULL;
	return clean.n && !out->number ? -ENOMEM : 0;
}

int paper_read(struct span *text, struct arena *a, struct paper *out, const char **error)
{
	struct span rest = *text, line;
	*out = (struct paper){ 0 };
	for (;;) {
		struct span before = rest, value;
		if (!span_next_line(&rest, &line))
			break;
		line = span_trim(line);
		enum line_key k = line.n > 0 ? key_of(line, &value) : KEY_NONE;
		int r = 0;
		if (k == KEY_DATE)
			r = read_date(value, a, out, error);
		else if (k == KEY_NUMBER)
			r = read_number(value, a, out);
		else if (k == KEY_FROM)
			r = read_from(value, a, out);
		else if (line.n > 0) {
			rest = before;
			break;
		}
		if (r != 0)
			return r;
	}
	*text = rest;
	return 0;
}

void paper_encode(const struct paper *p, struct buf *out)
{
	wire_put_u32(out, (uint32_t)(p->at.year * 10000 + p->at.month * 100 + p->at.day));
	wire_put_u32(out, (uint32_t)(p->at.hour * 100 + p->at.minute));
	wire_put_str(out, p->number);
	wire_put_str(out, p->from);
	wire_put_str(out, p->address);
}

int paper_decode(struct wire *w, struct arena *a, struct paper *out)
{
	uint32_t day = wire_u32(w), clock = wire_u32(w);
	struct civil_date d = { (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100) };
	*out = (struct paper){ .at = { d.year, d.month, d.day, (int)(clock / 100), (int)(clock % 100), 0 },
			       .number = wire_str(w, a, LIMIT_FIELD_BYTES * 4),
			       .from = wire_str(w, a, LIMIT_FIELD_BYTES * 4),
			       .address = wire_str(w, a, LIMIT_ADDRESS_BYTES) };
	if ((day && !civil_date_valid(d)) || clock / 100 > 23 || clock % 100 > 59 ||
	    (out->address && !mail_address_valid(out->address)))
		w->bad = true;
	return 0;
}
