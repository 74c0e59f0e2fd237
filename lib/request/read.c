/* Applicants and their data out of the new text. */
#include "request/kind.h"
#include "request/request.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { LINES_MAX = 20000, CELLS_MAX = 24, REMARKS = 20 };

struct label {
	const char *word;
	enum applicant_field field;
	bool strong; /* may stand without ':' when a fitting value follows at once */
};

/* Longer before shorter: the first that fits wins. */
static const struct label labels[] = {
	{ "nama lengkap dan gelar", FIELD_NAME, false },
	{ "nama lengkap", FIELD_NAME, false },
	{ "nama pemohon", FIELD_NAME, false },
	{ "nama pegawai", FIELD_NAME, false },
	{ "nama pejabat", FIELD_NAME, false },
	{ "nama pemilik", FIELD_NAME, false },
	{ "nama", FIELD_NAME, false },
	{ "name", FIELD_NAME, false },
	{ "nomor induk kependudukan", FIELD_NIK, true },
	{ "no. induk kependudukan", FIELD_NIK, true },
	{ "nomor ktp", FIELD_NIK, true },
	{ "no. ktp", FIELD_NIK, true },
	{ "no ktp", FIELD_NIK, true },
	{ "nomor nik", FIELD_NIK, true },
	{ "no. nik", FIELD_NIK, true },
	{ "no nik", FIELD_NIK, true },
	{ "n i k", FIELD_NIK, true },
	{ "nik", FIELD_NIK, true },
	{ "ktp", FIELD_NIK, true },
	{ "nip/nipppk", FIELD_NIP, true },
	{ "nomor induk pegawai", FIELD_NIP, true },
	{ "ni pppk", FIELD_NIP, true },
	{ "nipppk", FIELD_NIP, true },
	{ "nip pppk", FIELD_NIP, true },
	{ "no. nip", FIELD_NIP, true },
	{ "no nip", FIELD_NIP, true },
	{ "n i p", FIELD_NIP, true },
	{ "nip", FIELD_NIP, true },
	{ "jabatan", FIELD_POSITION, false },
	{ "jab", FIELD_POSITION, false },
	{ "position", FIELD_POSITION, false },
	{ "unit kerja/instansi", FIELD_AGENCY, false },
	{ "instansi/unit kerja", FIELD_AGENCY, false },
	{ "opd/unit kerja", FIELD_AGENCY, false },
	{ "unit kerja/opd", FIELD_AGENCY, false },
	{ "perangkat daerah", FIELD_AGENCY, false },
	{ "unit organisasi", FIELD_AGENCY, false },
	{ "unit kerja", FIELD_AGENCY, false },
	{ "instansi", FIELD_AGENCY, false },
	{ "agency", FIELD_AGENCY, false },
	{ "unker", FIELD_AGENCY, false },
	{ "skpd", FIELD_AGENCY, false },
	{ "opd", FIELD_AGENCY, false },
	{ "alamat email", FIELD_EMAIL, true },
	{ "email dinas", FIELD_EMAIL, true },
	{ "alamat e-mail", FIELD_EMAIL, true },
	{ "e-mail", FIELD_EMAIL, true },
	{ "email", FIELD_EMAIL, true },
	{ "surel", FIELD_EMAIL, true },
	{ "nomor hp/wa", FIELD_PHONE, true },
	{ "no. hp/wa", FIELD_PHONE, true },
	{ "no hp/wa", FIELD_PHONE, true },
	{ "nomor handphone", FIELD_PHONE, true },
	{ "nomor telepon", FIELD_PHONE, true },
	{ "no. telepon", FIELD_PHONE, true },
	{ "no telepon", FIELD_PHONE, true },
	{ "no. telp", FIELD_PHONE, true },
	{ "no telp", FIELD_PHONE, true },
	{ "nomor hp", FIELD_PHONE, true },
	{ "no. hp", FIELD_PHONE, true },
	{ "no hp", FIELD_PHONE, true },
	{ "no. wa", FIELD_PHONE, true },
	{ "no wa", FIELD_PHONE, true },
	{ "nomor wa", FIELD_PHONE, true },
	{ "whatsapp", FIELD_PHONE, true },
	{ "telepon", FIELD_PHONE, true },
	{ "telp", FIELD_PHONE, true },
	{ "phone", FIELD_PHONE, true },
	{ "hp/wa", FIELD_PHONE, true },
	{ "wa", FIELD_PHONE, true },
	{ "hp", FIELD_PHONE, true },
	{ "masa berlaku sampai dengan", FIELD_VALID_UNTIL, true },
	{ "masa berlaku sampai", FIELD_VALID_UNTIL, true },
	{ "masa berlaku s.d.", FIELD_VALID_UNTIL, true },
	{ "berlaku sampai dengan", FIELD_VALID_UNTIL, true },
	{ "berlaku sampai", FIELD_VALID_UNTIL, true },
	{ "berlaku hingga", FIELD_VALID_UNTIL, true },
	{ "berlaku s.d.", FIELD_VALID_UNTIL, true },
	{ "berlaku s.d", FIELD_VALID_UNTIL, true },
	{ "berlaku s/d", FIELD_VALID_UNTIL, true },
	{ "masa berlaku", FIELD_VALID_UNTIL, true },
	{ "masa aktif", FIELD_VALID_UNTIL, true },
	{ "tanggal berakhir", FIELD_VALID_UNTIL, true },
	{ "berakhir", FIELD_VALID_UNTIL, true },
	{ "tanggal expired", FIELD_VALID_UNTIL, true },
	{ "expired", FIELD_VALID_UNTIL, true },
	{ "valid until", FIELD_VALID_UNTIL, true },
	{ "expires", FIELD_VALID_UNTIL, true },
};
enum { N_LABELS = sizeof(labels) / sizeof(*labels) };

struct reading_state {
	struct arena *a;
	struct request *out;
	struct applicant_data *now;
	bool memory, closing; /* closing: below "demikian", "hormat kami": a signatory's block */
	size_t n_numbers;
};

static const char *keep(struct reading_state *s, struct span t, size_t max)
{
	AUTO_BUF b = BUF_INIT(8192);
	text_clean_line(&b, span_of(t.p, t.n < 2000 ? t.n : 2000));
	size_t n = b.n < max ? b.n : max;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	const char *c = arena_strndup(s->a, buf_cstr(&b), n);
	s->memory = s->memory || !c;
	return c ? c : "";
}

static struct applicant_data *applicant_new(struct reading_state *s)
{
	if (s->out->n_applicants >= LIMIT_APPLICANTS)
		return s->now;
	size_t n = s->out->n_applicants;
	if ((n & (n - 1)) == 0) { /* room doubles at powers of two */
		void *p = arena_grow(s->a, s->out->applicants, n, n ? n * 2 : 1, sizeof(*s->now));
		if (!p) {
			s->memory = true;
			return s->now;
		}
		s->out->applicants = p;
	}
	s->out->n_applicants++;
	s->now = &s->out->applicants[n];
	return s->now;
}

static bool has(const struct applicant_data *p, enum applicant_field f)
{
	return p->value[f] || p->given[f];
}

static struct span strip_marks(struct span t)
{
	for (;;) {
		t = span_trim(t);
		if (t.n > 0 && (strchr("*_:=|;,-", t.p[0]) != NULL))
			t = span_of(t.p + 1, t.n - 1);
		else if (t.n > 0 && strchr("*_|;,", t.p[t.n - 1]) != NULL)
			t.n--;
		else if (t.n >= 3 && memcmp(t.p, "\xef\xbc\x9a", 3) == 0)
			t = span_of(t.p + 3, t.n - 3); /* full-width colon */
		else if (t.n >= 2 && t.p[0] == 0xc2 && t.p[1] == 0xa0)
			t = span_of(t.p + 2, t.n - 2);
		else
			return t;
	}
}

/* Leading run of digits with separators. */
static struct span number_at_start(struct span t)
{
	size_t n = 0, end = 0;
	while (n < t.n && (ascii_is_digit(t.p[n]) || strchr(" .-/()+'", t.p[n]))) {
		if (ascii_is_digit(t.p[n]))
			end = n + 1;
		n++;
	}
	return span_of(t.p, end);
}

static size_t digit_count(struct span t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += ascii_is_digit(t.p[i]);
	return n;
}

static bool nothing(struct span t)
{
	static const char *const words[] = { "-", "--", "tidak ada", "belum ada", "n/a", "kosong", "nihil", "menyusul", "none" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(t, span_str(words[i])))
			return true;
	return t.n == 0;
}

static void set(struct reading_state *s, enum applicant_field f, const char *value, struct span given, const char *rule)
{
	struct applicant_data *p = s->now ? s->now : applicant_new(s);
	if (value && !*value)
		return; /* nothing visible */
	bool person = f == FIELD_NAME || f == FIELD_NIK || f == FIELD_NIP;
	if (!p)
		return;
	if (has(p, f) && person && value && p->value[f] && !str_eq(p->value[f], value))
		p = applicant_new(s);
	else if (has(p, f) && p->value[f])
		return; /* the first one said counts */
	p->value[f] = value;
	p->given[f] = value ? NULL : keep(s, given, LIMIT_FIELD_BYTES);
	p->rule[f] = rule;
	p->words[f] = keep(s, given, 200);
	if (value && (f == FIELD_NIK || f == FIELD_NIP))
		s->n_numbers++;
}

static void take_number(struct reading_state *s, enum applicant_field f, struct span v, const char *rule)
{
	struct span digits = number_at_start(v);
	size_t n = digit_count(digits);
	const char *text = keep(s, digits, 100), *out = NULL;
	int nik = nik_read(text, s->a, &out) == 0;
	if (nik) {
		set(s, FIELD_NIK, out, v, rule); /* told apart by shape, whatever the label */
	} else if (nip_read(text, s->a, &out) == 0) {
		if (!(s->closing && s->now && (has(s->now, FIELD_NIP) || has(s->now, FIELD_NIK))))
			set(s, FIELD_NIP, out, v, rule);
	} else if (n >= 6 || (n > 0 && digits.n == v.n)) {
		if (!s->closing)
			set(s, f, NULL, span_of(v.p, v.n < 60 ? v.n : 60), rule);
	}
}

static void take_phone(struct reading_state *s, struct span v, const char *rule)
{
	const char *out;
	struct span d = number_at_start(v);
	for (size_t i = 0; i < d.n; i++) /* "0812.../0813...": the first */
		if (d.p[i] == '/' && digit_count(span_of(d.p, i)) >= 9)
			d.n = i;
	if (phone_read(keep(s, d, 60), s->a, &out) == 0)
		set(s, FIELD_PHONE, out, d, rule);
	else if (digit_count(d) >= 6 && !(s->now && has(s->now, FIELD_PHONE)))
		set(s, FIELD_PHONE, NULL, d, rule);
}

static void take_email(struct reading_state *s, struct span v, const char *rule)
{
	size_t from = 0, at = 0;
	while (at < v.n && v.p[at] != '@')
		at++;
	from = at;
	while (from > 0 && !ascii_is_space(v.p[from - 1]) && !strchr("<(:;,|\"", v.p[from - 1]))
		from--;
	size_t to = at;
	while (to < v.n && !ascii_is_space(v.p[to]) && !strchr(">);,|\"", v.p[to]))
		to++;
	while (to > from && v.p[to - 1] == '.')
		to--;
	const char *text = keep(s, span_of(v.p + from, to - from), LIMIT_ADDRESS_BYTES);
	if (at < v.n && mail_address_valid(text) && strchr(mail_address_domain(text), '.'))
		set(s, FIELD_EMAIL, text, v, rule);
	else if (!nothing(v))
		set(s, FIELD_EMAIL, NULL, span_of(v.p, v.n < 80 ? v.n : 80), rule);
}

static void take_date(struct reading_state *s, struct span v, const char *rule)
{
	struct civil_date d;
	if (date_read(keep(s, v, 60), &d) != 0)
		return;
	const char *iso = arena_printf(s->a, "%04d-%02d-%02d", d.year, d.month, d.day);
	s->memory = s->memory || !iso;
	set(s, FIELD_VALID_UNTIL, iso, v, rule);
}

static void take(struct reading_state *s, enum applicant_field f, struct span v, const char *rule)
{
	v = strip_marks(v);
	if (nothing(v))
		return;
	switch (f) {
	case FIELD_NIK:
	case FIELD_NIP:
		take_number(s, f, v, rule);
		break;
	case FIELD_PHONE:
		take_phone(s, v, rule);
		break;
	case FIELD_EMAIL:
		take_email(s, v, rule);
		break;
	case FIELD_VALID_UNTIL:
		take_date(s, v, rule);
		break;
	case FIELD_NAME:
	case FIELD_POSITION:
	case FIELD_AGENCY:
		if (v.n <= LIMIT_FIELD_BYTES && digit_count(v) < 12)
			set(s, f, keep(s, v, LIMIT_FIELD_BYTES), v, rule);
		break;
	case N_FIELDS:
		break;
	}
}

/* Label at the start of t: its index, and where it ends.  -1: none. */
static int label_at(struct span t, size_t *end)
{
	for (int i = 0; i < N_LABELS; i++) {
		size_t n = strlen(labels[i].word);
		if (!span_starts_nocase(t, labels[i].word))
			continue;
		if (n < t.n && (ascii_is_alnum(t.p[n])))
			continue;
		*end = n;
		return i;
	}
	return -1;
}

/* Blanks, dots, brackets ("NIP (bila ada)") and the separator after a label. */
static bool separator(struct span t, size_t *at)
{
	size_t i = *at;
	while (i < t.n && (ascii_is_blank(t.p[i]) || t.p[i] == '.' || t.p[i] == '*' || t.p[i] == '_' || t.p[i] == '/' ||
			   (t.p[i] == 0xc2 && i + 1 < t.n && t.p[i + 1] == 0xa0) || (t.p[i] == 0xa0)))
		i++;
	if (i < t.n && t.p[i] == '(') {
		size_t k = i;
		while (k < t.n && t.p[k] != ')')
			k++;
		i = k < t.n && k - i < 40 ? k + 1 : i;
		while (i < t.n && ascii_is_blank(t.p[i]))
			i++;
	}
	bool colon = i < t.n && (t.p[i] == ':' || t.p[i] == '=' || t.p[i] == '|' || t.p[i] == ';' ||
				 (t.n - i >= 3 && memcmp(t.p + i, "\xef\xbc\x9a", 3) == 0));
	*at = i;
	return colon;
}

static struct span strip_bullet(struct span t)
{
	t = span_trim(t);
	while (t.n > 0 && (strchr("-*>#+_", t.p[0]) || t.p[0] == '|'))
		t = span_trim(span_of(t.p + 1, t.n - 1));
	if (t.n >= 3 && t.p[0] == 0xe2)
		t = span_trim(span_of(t.p + 3, t.n - 3)); /* bullet characters of U+2xxx */
	size_t n = 0;
	while (n < t.n && n < 3 && ascii_is_alnum(t.p[n]))
		n++;
	bool digits = n > 0 && ascii_is_digit(t.p[0]);
	if (n > 0 && n < t.n && (digits || n == 1) && (t.p[n] == '.' || t.p[n] == ')') &&
	    (n + 1 == t.n || ascii_is_space(t.p[n + 1])))
		t = span_trim(span_of(t.p + n + 1, t.n - n - 1));
	return t;
}

/* Next label inside the line at or after from that is followed by a separator or a fitting value. */
static size_t next_label(struct span t, size_t from, int *which, size_t *value)
{
	for (size_t i = from; i < t.n; i++) {
		size_t end, at;
		if (i > 0 && (ascii_is_alnum(t.p[i - 1]) || t.p[i - 1] == '@' || t.p[i - 1] == '.'))
			continue;
		struct span rest = span_of(t.p + i, t.n - i);
		int l = label_at(rest, &end);
		if (l < 0)
			continue;
		at = end;
		bool colon = separator(rest, &at);
		struct span v = strip_marks(span_of(rest.p + at, rest.n - at));
		bool fits = labels[l].strong && v.n > 0 &&
			    (ascii_is_digit(v.p[0]) || v.p[0] == '+' ||
			     (labels[l].field == FIELD_EMAIL && memchr(v.p, '@', v.n < 60 ? v.n : 60)));
		if (colon || fits) {
			*which = l;
			*value = i + at;
			return i;
		}
	}
	return t.n;
}

static bool closing_line(struct span t)
{
	static const char *const words[] = { "demikian",   "hormat kami",    "hormat saya",  "wassalam",
					     "mengetahui", "atas perhatian", "terima kasih", "terimakasih",
					     "an. kepala", "a.n. kepala",    "salam hormat" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_nocase(t, words[i]))
			return true;
	return false;
}

/* Values in the line after "label:" with nothing behind it. */
static bool line_fields(struct reading_state *s, struct span t, int *open_label)
{
	int which = 0, next = 0;
	size_t value, at = next_label(t, 0, &which, &value);
	if (at >= t.n) {
		size_t end;
		int l = label_at(t, &end);
		if (l >= 0 && strip_marks(span_of(t.p + end, t.n - end)).n == 0) {
			*open_label = l; /* "NIK" alone: the value stands below */
			return true;
		}
		return false;
	}
	while (at < t.n) {
		size_t next_value = 0, stop = next_label(t, value, &next, &next_value);
		struct span v = strip_marks(span_of(t.p + value, stop - value));
		if (v.n == 0 && stop >= t.n)
			*open_label = which;
		else
			take(s, labels[which].field, v, "label");
		at = stop;
		which = next;
		value = next_value;
	}
	return true;
}

/* --- tables -------------------------------------------------------------------------------- */

static size_t cells_of(struct span t, struct span cells[CELLS_MAX])
{
	size_t n = 0, from = 0, i = 0;
	bool bars = memchr(t.p, '|', t.n) != NULL, tabs = memchr(t.p, '\t', t.n) != NULL;
	bool semicolons = !bars && !tabs && memchr(t.p, ';', t.n) != NULL;
	while (i <= t.n && n < CELLS_MAX) {
		size_t skip = 1;
		bool cut =
			i == t.n || (bars && t.p[i] == '|') || (!bars && tabs && t.p[i] == '\t') || (semicolons && t.p[i] == ';');
		if (!cut && !bars && !tabs && !semicolons && i + 1 < t.n && t.p[i] == ' ' && t.p[i + 1] == ' ') {
			cut = true;
			while (i + skip < t.n && t.p[i + skip] == ' ')
				skip++;
		}
		if (cut) {
			struct span c = span_trim(span_of(t.p + from, i - from));
			if (c.n > 0 || bars || tabs || semicolons)
				cells[n++] = c;
			from = i + skip;
			i += skip;
		} else {
			i++;
		}
	}
	return n;
}

static size_t header_row(struct span t, int columns[CELLS_MAX])
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells), known = 0;
	for (size_t i = 0; i < n; i++) {
		size_t end;
		struct span c = strip_marks(cells[i]);
		int l = c.n > 0 ? label_at(c, &end) : -1;
		columns[i] = l >= 0 && c.n - end < 25 && digit_count(c) == 0 ? (int)labels[l].field : -1;
		known += columns[i] >= 0;
	}
	return known >= 2 ? n : 0;
}

static bool table_row(struct reading_state *s, struct span t, const int *columns, size_t n_columns)
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells);
	bool number = false;
	if (n < 2 || n > n_columns + 1)
		return false;
	size_t shift = n == n_columns + 1 ? 1 : 0;
	for (size_t i = 0; i < n; i++)
		number = number || digit_count(cells[i]) >= 12;
	bool dash = true;
	for (size_t i = 0; i < t.n; i++)
		dash = dash && strchr("-|+= :", t.p[i]) && t.p[i];
	if (dash)
		return true;
	if (!number && n != n_columns)
		return false;
	s->now = NULL;
	(void)applicant_new(s);
	for (size_t i = shift; i < n; i++)
		if (columns[i - shift] >= 0)
			take(s, (enum applicant_field)columns[i - shift], cells[i], "table");
	return true;
}

/* --- prose ----------------------------------------------------------------------------------- */

/* Bare numbers: their shape tells what they are. */
static void loose_numbers(struct reading_state *s, struct span t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!(ascii_is_digit(t.p[i]) || t.p[i] == '+') || (i > 0 && (ascii_is_alnum(t.p[i - 1]) || t.p[i - 1] == '/')))
			continue;
		struct span d = number_at_start(span_of(t.p + i, t.n - i));
		size_t n = digit_count(d);
		const char *text = keep(s, d, 60), *out;
		if (n == 16 && nik_read(text, s->a, &out) == 0) {
			set(s, FIELD_NIK, out, d, "shape");
		} else if (n == 18 && nip_read(text, s->a, &out) == 0) {
			if (!s->closing)
				set(s, FIELD_NIP, out, d, "shape");
		} else if (n >= 10 && n <= 14 && phone_read(text, s->a, &out) == 0 && !s->closing) {
			if (!s->now || !has(s->now, FIELD_PHONE))
				set(s, FIELD_PHONE, out, d, "shape");
		}
		i += d.n;
	}
}

/* "a.n. Nama", "atas nama Nama": up to the next comma-less end. */
static void on_behalf(struct reading_state *s, struct span t)
{
	static const char *const marks[] = { "a.n. ", "a.n ", "an. ", "a/n ", "atas nama " };
	for (size_t k = 0; k < sizeof(marks) / sizeof(*marks); k++) {
		size_t at = span_find_nocase(t, 0, marks[k]);
		if (at >= t.n || (at > 0 && ascii_is_alnum(t.p[at - 1])))
			continue;
		size_t from = at + strlen(marks[k]), to = from;
		static const char *const ends[] = { " nik",    " nip",   " jabatan", " (",     " yang",  " dengan",
						    " selaku", " dari ", " karena",  " untuk", " mohon", " pada",
						    " sudah",  " telah", " akan",    " - ",    " di ",   ". " };
		struct span rest = span_of(t.p + from, t.n - from);
		to = rest.n;
		for (size_t e = 0; e < sizeof(ends) / sizeof(*ends); e++) {
			size_t x = span_find_nocase(rest, 2, ends[e]);
			to = x < to ? x : to;
		}
		struct span name = strip_marks(span_of(rest.p, to));
		if (name.n >= 3 && name.n <= 80 && digit_count(name) == 0 && !span_starts_nocase(name, "kepala") &&
		    !(s->now && has(s->now, FIELD_NAME)))
			set(s, FIELD_NAME, keep(s, name, LIMIT_FIELD_BYTES), name, "on-behalf");
		return;
	}
}

static int read_text(struct reading_state *s, const char *text)
{
	struct span rest = span_str(text), line;
	int columns[CELLS_MAX], open_label = -1;
	size_t n_columns = 0, lines = 0;
	while (span_next_line(&rest, &line) && lines++ < LINES_MAX && !s->memory) {
		struct span t = strip_bullet(line);
		if (t.n == 0)
			continue;
		size_t header = header_row(line, columns);
		if (header > 0) {
			n_columns = header;
			continue;
		}
		if (n_columns > 0) {
			if (table_row(s, span_trim(line), columns, n_columns))
				continue;
			n_columns = 0;
		}
		s->closing = s->closing || (closing_line(t) && s->out->n_applicants > 0);
		if (open_label >= 0) {
			int which = open_label;
			size_t end;
			open_label = -1;
			if (label_at(t, &end) < 0 || digit_count(t) >= 10) {
				take(s, labels[which].field, t, "label-above");
				continue;
			}
		}
		if (line_fields(s, t, &open_label))
			continue;
		on_behalf(s, t);
		loose_numbers(s, t);
	}
	return s->memory ? -ENOMEM : 0;
}

/* --- secrets ----------------------------------------------------------------------------------- */

static const char *const secret_words[] = { "passphrase", "password", "kata sandi", "frasa sandi", "pasphrase", "otp", "pin" };

/* "passphrase saya: Rahasia123" -> "passphrase saya: [dihapus: rahasia]". */
static const char *redact(struct reading_state *s, const char *text)
{
	struct span t = span_str(text);
	AUTO_BUF b = BUF_INIT(LIMIT_TEXT_BYTES * 3);
	size_t done = 0;
	for (size_t i = 0; i < t.n; i++) {
		size_t n = 0;
		for (size_t k = 0; n == 0 && k < sizeof(secret_words) / sizeof(*secret_words); k++)
			if (span_starts_nocase(span_of(t.p + i, t.n - i), secret_words[k]))
				n = strlen(secret_words[k]);
		if (n == 0 || (i > 0 && ascii_is_alnum(t.p[i - 1])) || (i + n < t.n && ascii_is_alpha(t.p[i + n])))
			continue;
		size_t p = i + n, stop = p + 40 < t.n ? p + 40 : t.n;
		while (p < stop && t.p[p] != ':' && t.p[p] != '=' && t.p[p] != '\n')
			p++;
		if (p >= stop || t.p[p] == '\n')
			continue;
		p++;
		while (p < t.n && (ascii_is_blank(t.p[p]) || t.p[p] == '*' || t.p[p] == '"'))
			p++;
		size_t q = p;
		bool mixed = false;
		while (q < t.n && !ascii_is_space(t.p[q])) {
			mixed = mixed || !ascii_is_lower(t.p[q]);
			q++;
		}
		if (q - p < 4 || !mixed)
			continue; /* "passphrase: lupa" is no secret */
		buf_add(&b, t.p + done, p - done);
		buf_add_str(&b, "[dihapus: rahasia]");
		done = q;
		i = q;
		s->out->secret_found = true;
	}
	if (done == 0)
		return text;
	buf_add(&b, t.p + done, t.n - done);
	const char *c = buf_status(&b) == 0 ? arena_strdup(s->a, buf_cstr(&b)) : NULL;
	s->memory = s->memory || !c;
	return c ? c : "";
}

/* --- what follows ------------------------------------------------------------------------------- */

static void add_remark(struct reading_state *s, const char *fmt, size_t number)
{
	if (s->out->n_remarks >= REMARKS)
		return;
	const char *r =
		s->out->n_applicants > 1 ? arena_printf(s->a, "Pemohon ke-%zu: %s", number, fmt) : arena_strdup(s->a, fmt);
	s->memory = s->memory || !r;
	s->out->remarks[s->out->n_remarks++] = r ? r : "";
}

static void cross_check(struct reading_state *s)
{
	s->out->remarks = arena_array(s->a, REMARKS, sizeof(char *));
	if (!s->out->remarks) {
		s->memory = true;
		return;
	}
	for (size_t i = 0; i < s->out->n_applicants; i++) {
		const char *nik = s->out->applicants[i].value[FIELD_NIK], *nip = s->out->applicants[i].value[FIELD_NIP];
		if (!nik || !nip)
			continue;
		int day = (nik[6] - '0') * 10 + nik[7] - '0';
		bool woman = day > 40;
		day -= woman ? 40 : 0;
		int nip_day = (nip[6] - '0') * 10 + nip[7] - '0';
		if (day != nip_day || memcmp(nik + 8, nip + 4, 2) != 0 || memcmp(nik + 10, nip + 2, 2) != 0)
			add_remark(s, "tanggal lahir pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
		else if ((nip[14] == '2') != woman)
			add_remark(s, "jenis kelamin pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
	}
}

static void drop_empty(struct request *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n_applicants; i++) {
		bool any = false;
		for (int f = 0; f < N_FIELDS; f++)
			any = any || has(&r->applicants[i], (enum applicant_field)f);
		if (any)
			r->applicants[kept++] = r->applicants[i];
	}
	r->n_applicants = kept;
}

static void problems(struct request *r)
{
	for (size_t i = 0; i < r->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			r->problem[f] = r->problem[f] || (!r->applicants[i].value[f] && r->applicants[i].given[f]);
}

static bool letter_word(struct span s)
{
	return span_find_nocase(s, 0, "surat") < s.n || span_find_nocase(s, 0, "rekomendasi") < s.n ||
	       span_find_nocase(s, 0, "permohonan") < s.n || span_find_nocase(s, 0, "nota dinas") < s.n;
}

static bool find_letter(const struct message *m)
{
	for (size_t i = 0; i < m->n_attachments; i++)
		if (letter_word(span_str(m->attachments[i].name)))
			return true;
	struct span t = span_str(m->text);
	bool number = span_find_nocase(t, 0, "nomor") < t.n,
	     subject = span_find_nocase(t, 0, "perihal") < t.n || span_find_nocase(t, 0, "hal ") < t.n;
	return number && subject && span_find_nocase(t, 0, "kepada") < t.n && span_find_nocase(t, 0, "sifat") < t.n;
}

int request_read(struct message *m, struct arena *a, struct request *out, struct error *err)
{
	struct request q = { .kind = REQUEST_OTHER, .kind_rule = "", .kind_words = "" };
	struct reading_state s = { .a = a, .out = &q };
	int r = read_text(&s, m->text);
	if (r == 0 && q.n_applicants == 0 && m->subject) {
		on_behalf(&s, span_str(m->subject));
		loose_numbers(&s, span_str(m->subject));
	}
	drop_empty(&q);
	if (r == 0)
		r = kind_judge(m, s.n_numbers, a, &q);
	problems(&q);
	cross_check(&s);
	q.has_letter = find_letter(m);
	if (q.kind == REQUEST_OTHER || q.kind == REQUEST_AUTOMATIC) {
		q.n_applicants = 0;
		memset(q.problem, 0, sizeof(q.problem));
		q.n_remarks = 0;
	}
	m->text_full = redact(&s, m->text_full);
	m->text = redact(&s, m->text);
	if (r < 0 || s.memory)
		return error_set(err, -ENOMEM, "reading the request: out of memory or over its limit");
	*out = q;
	return 0;
}
