#include "request/value.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

static bool confusable(int c)
{
	return c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == 'S' || c == 'B';
}

static size_t group_at(struct span t, size_t at)
{
	size_t n = 0;
	while (at + n < t.n && ascii_is_digit(t.p[at + n]))
		n++;
	return n;
}

/* Would the group of n digits more belong to the number so far? */
static bool goes_on(const struct run *r, size_t n)
{
	bool phone = r->n >= 10 && r->n <= 13 && (r->s.p[0] == '0' || r->s.p[0] == '+' || (r->s.p[0] == '6' && r->s.p[1] == '2'));
	return r->n != 18 && !(r->n == 16 && n >= 4) && !(phone && n >= 5) && r->n < 24;
}

struct run digits_at(struct span t, size_t at)
{
	struct run r = { .s = span_of(t.p + at, 0) };
	size_t i = at;
	if (i < t.n && (t.p[i] == '+' || t.p[i] == '('))
		i++;
	while (i < t.n) {
		size_t n = group_at(t, i), k = i + n;
		if (n == 0)
			break;
		r.n += n;
		r.s.n = k - at;
		while (k < t.n && confusable(t.p[k]) && (k + 1 < t.n && ascii_is_digit(t.p[k + 1])) &&
		       r.n + group_at(t, k + 1) >= 8) {
			r.letters = true;
			k++;
		}
		size_t gap = 0;
		while (k + gap < t.n && gap < 3 && t.p[k + gap] && strchr(" .-'()", t.p[k + gap]))
			gap++;
		bool one_blank = !(gap >= 2 && t.p[k] == ' ' && t.p[k + 1] == ' ');
		size_t more = group_at(t, k + gap);
		if (more == 0 || !one_blank || (!r.letters && gap > 0 && !goes_on(&r, more)))
			break;
		i = k + gap;
	}
	return r;
}

static bool nik_likely(const char *d)
{
	int province = (d[0] - '0') * 10 + d[1] - '0', day = (d[6] - '0') * 10 + d[7] - '0',
	    month = (d[8] - '0') * 10 + d[9] - '0';
	return province >= 11 && province <= 97 && day >= 1 && (day <= 31 || (day >= 41 && day <= 71)) && month >= 1 &&
	       month <= 12;
}

bool nip_likely(const char *d)
{
	int month = (d[4] - '0') * 10 + d[5] - '0', day = (d[6] - '0') * 10 + d[7] - '0';
	return ((d[0] == '1' && d[1] == '9') || (d[0] == '2' && d[1] == '0')) && month >= 1 && month <= 12 && day >= 1 &&
	       day <= 31;
}

/* The digits of t alone, as many as fit; the rest of p is zeros. */
static void first_digits(struct span t, char *p, size_t n)
{
	size_t k = 0;
	for (size_t i = 0; i < t.n && k + 1 < n; i++)
		if (ascii_is_digit(t.p[i]))
			p[k++] = (char)t.p[i];
	memset(p + k, 0, n - k);
}

static void take_run(struct reading_state *s, const struct run *r, int label, const char *rule)
{
	const char *text = reading_keep(s, r->s, 60), *out = NULL;
	char digits[17];
	bool named = label == FIELD_NIK || label == FIELD_NIP;
	first_digits(r->s, digits, sizeof(digits));
	if (label == FOREIGN || s->memory)
		return;
	if (r->letters && named && r->n >= 8) {
		reading_set(s, (enum applicant_field)label, NULL, r->s, rule);
	} else if (r->n == 16 && label == FIELD_NIP && nip_likely(digits) && !nik_likely(digits)) {
		reading_set(s, FIELD_NIP, NULL, r->s, rule); /* two digits of it are missing */
	} else if (r->n == 16 && nik_read(text, s->a, &out) == 0 && (named || nik_likely(out))) {
		reading_set(s, FIELD_NIK, out, r->s, rule); /* told apart by shape, whatever the label */
	} else if (r->n == 18 && nip_read(text, s->a, &out) == 0 && (named || nip_likely(out))) {
		reading_set(s, FIELD_NIP, out, r->s, rule);
	} else if (named && r->n >= 6) {
		reading_set(s, (enum applicant_field)label, NULL, r->s, rule);
	} else if (!named && phone_read(text, s->a, &out) == 0) {
		if (label == FIELD_PHONE || s->out->n_applicants < 2 || s->block)
			reading_set(s, FIELD_PHONE, out, r->s, rule);
	} else if (label == FIELD_PHONE && r->n >= 6 &&
		   !(r->s.n > 1 && (r->s.p[0] == '0' || r->s.p[0] == '(') && !memchr(r->s.p, '8', 3))) {
		reading_set(s, FIELD_PHONE, NULL, r->s, rule);
	}
}

/* All numbers of a line.  hint: what they are where no word before says so. */
size_t take_numbers(struct reading_state *s, struct span t, int hint, const char *rule)
{
	size_t taken = s->n_numbers, last = 0;
	for (size_t i = 0; i < t.n; i++) {
		bool start =
			ascii_is_digit(t.p[i]) || ((t.p[i] == '+' || t.p[i] == '(') && i + 1 < t.n && ascii_is_digit(t.p[i + 1]));
		if (!start || (i > 0 && (is_word_char(t.p[i - 1]) || t.p[i - 1] == '@')))
			continue;
		struct run r = digits_at(t, i);
		bool inside = i + r.s.n < t.n && (ascii_is_alpha(t.p[i + r.s.n]) || t.p[i + r.s.n] == '@');
		if (r.n >= 6 && !inside) {
			int label = label_before(t, last, i);
			take_run(s, &r, label == FILLER ? hint : label, rule);
		}
		if (r.n >= 6)
			last = i + r.s.n;
		i += r.s.n > 0 ? r.s.n - 1 : 0;
	}
	return s->n_numbers - taken;
}

void take_email(struct reading_state *s, struct span v, const char *rule, bool labelled)
{
	size_t at = 0;
	while (at < v.n && v.p[at] != '@')
		at++;
	size_t from = at, to = at;
	while (from > 0 && !ascii_is_space(v.p[from - 1]) && !strchr("<(:;,|\"/", v.p[from - 1]))
		from--;
	while (to < v.n && !ascii_is_space(v.p[to]) && !strchr(">);,|\"/", v.p[to]))
		to++;
	while (to > from && strchr(".?!'", v.p[to - 1]))
		to--;
	const char *text = reading_keep(s, span_sub(v, from, to), LIMIT_ADDRESS_BYTES);
	if (at < v.n && mail_address_valid(text) && strchr(mail_address_domain(text), '.'))
		reading_set(s, FIELD_EMAIL, text, span_sub(v, from, to), rule);
	else if (labelled && !says_nothing(v) && v.n < 80)
		reading_set(s, FIELD_EMAIL, NULL, v, rule);
}

/* "email beliau x@y": an address with its word before it. */
void take_emails(struct reading_state *s, struct span t)
{
	static const char *const words[] = { "email", "e-mail", "surel", "emailnya", "email barunya", "emel", "mail" };
	static const char *const turns[] = { "menjadi", "jadi", "diganti ke", "ke", "dengan", "yang baru", "baru", "barunya" };
	const unsigned char *at = memchr(t.p, '@', t.n);
	if (!at)
		return;
	struct span second = span_sub(t, (size_t)(at - t.p) + 1, t.n);
	const unsigned char *next = memchr(second.p, '@', second.n);
	struct span joint = next ? span_sub(second, 0, (size_t)(next - second.p)) : span_of("", 0);
	bool arrow = span_find_nocase(joint, 0, " : ") < joint.n;        /* plain.h: an arrow */
	if (next && (arrow || any_phrase(joint, turns, COUNT(turns)))) { /* "dari A menjadi B" */
		size_t from = (size_t)(next - t.p);
		while (from > 0 && !ascii_is_space(t.p[from - 1]))
			from--;
		take_email(s, span_sub(t, from, t.n), "changed-to", false);
		return;
	}
	struct span before = span_sub(t, 0, (size_t)(at - t.p));
	size_t k = before.n > 90 ? before.n - 90 : 0;
	bool bare = !memchr(t.p, ' ', t.n) && t.n < 100 && s->block;
	if (bare ||
	    (any_phrase(span_sub(before, k, before.n), words, COUNT(words)) && label_before(before, 0, before.n) != FOREIGN))
		take_email(s, t, "words", false);
}

bool date_find(struct reading_state *s, struct span v, struct span *used, const char **iso)
{
	for (size_t i = 0; i < v.n; i++) {
		struct civil_date d;
		if (!ascii_is_digit(v.p[i]))
			continue;
		*used = span_sub(v, i, i + 26 < v.n ? i + 26 : v.n);
		if (date_read(reading_keep(s, *used, 40), &d) == 0) {
			*iso = arena_printf(s->a, "%04d-%02d-%02d", d.year, d.month, d.day);
			s->memory = s->memory || !*iso;
			return *iso != NULL;
		}
		while (i < v.n && ascii_is_digit(v.p[i]))
			i++;
	}
	return false;
}

/* The end of "15 Maret 2024 s.d. 15 Maret 2026": the date behind a word of range, else the first one. */
static bool end_date_find(struct reading_state *s, struct span v, struct span *used, const char **iso)
{
	static const char *const ranges[] = { "s.d.", "s.d", "s/d", "sd", "sampai", "hingga", "until", "to", "-" };
	if (!date_find(s, v, used, iso))
		return false;
	size_t from = (size_t)(used->p - v.p);
	while (from < v.n && (is_word_char(v.p[from]) || v.p[from] == '/' || v.p[from] == '-' || v.p[from] == '.'))
		from++;
	struct span rest = span_sub(v, from, v.n), second;
	const char *end;
	size_t range = rest.n;
	for (size_t i = 0; i < COUNT(ranges); i++) {
		size_t at = find_phrase(rest, 0, ranges[i]);
		range = at < range ? at : range;
	}
	bool near = range < rest.n && range < 20 && !memchr(rest.p, ',', range);
	if (near && date_find(s, span_sub(rest, range, rest.n), &second, &end) && (size_t)(second.p - rest.p) < range + 16) {
		*used = second;
		*iso = end;
	}
	return true;
}

/* Day, month and year, but no such day: "31 September 2026". */
static bool no_such_day(struct span v)
{
	size_t groups = 0, years = 0, short_groups = 0;
	for (size_t i = 0; i < v.n; i++) {
		size_t n = group_at(v, i);
		groups += n > 0;
		years += n == 4;
		short_groups += n == 1 || n == 2;
		i += n;
	}
	bool words = false;
	for (size_t i = 0; i + 2 < v.n; i++)
		words = words || (ascii_is_alpha(v.p[i]) && ascii_is_alpha(v.p[i + 1]) && ascii_is_alpha(v.p[i + 2]));
	return years == 1 && ((groups == 2 && short_groups == 1 && words) || (groups == 3 && short_groups == 2));
}

void take_date(struct reading_state *s, struct span v, const char *rule)
{
	struct span used, head = span_sub(v, 0, v.n < 80 ? v.n : 80);
	const char *iso;
	if (end_date_find(s, head, &used, &iso))
		reading_set(s, FIELD_VALID_UNTIL, iso, used, rule);
	else if (no_such_day(head))
		reading_set(s, FIELD_VALID_UNTIL, NULL, head, rule);
}

/* Behind the year of the date that begins at at; at itself where none stands near. */
static size_t date_end(struct span t, size_t at)
{
	for (size_t i = at; i < t.n && i < at + 26; i++) {
		size_t n = group_at(t, i);
		if (n == 4 && t.p[i] == '2')
			return i + 4;
		i += n;
	}
	return at;
}

/* "tgl 30 Juni 2026 sudah habis": a date, then the word of ending, only small words between. */
static bool date_then_end(struct reading_state *s, struct span t, struct span *used, const char **iso)
{
	static const char *const between[] = { "tanggal", "tgl",  "batas",      "batasnya", "adalah",     "sudah",  "sdh",
					       "udah",    "udh",  "akan",       "mau",      "bakal",      "ini",    "tte",
					       "wis",     "dah",  "sertifikat", "saya",     "sy",         "telah",  "baru",
					       "itu",     "masa", "nanti",      "juga",     "elektronik", "ttenya", "so",
					       "su",      "lah",  "pun",        "kami",     "sampun",     "bsre",   "sertel",
					       "the",     "my",   "already",    "has",      "will" };
	static const char *const ends[] = { "habis",      "berakhir",   "expired",  "entek",      "abis",        "kedaluwarsa",
					    "kadaluarsa", "mati",       "expire",   "telas",      "kadaluwarsa", "abih",
					    "expires",    "kedaluarsa", "habisnya", "berakhirnya" };
	static const char *const stops[] = { "surat", "lahir", "pelantikan", "dilantik", "tmt", "nomor", "rapat", "terbit" };
	for (size_t from = 0; from < t.n;) {
		if (!date_find(s, span_sub(t, from, t.n), used, iso))
			return false;
		size_t at = (size_t)(used->p - t.p), end = date_end(t, at), i = end, words = 0;
		struct span before = span_sub(t, at > 25 ? at - 25 : 0, at), w = span_of("", 0);
		while (next_token(t, &i, &w) && words < 6) {
			w = w.n > 1 && w.p[0] == '(' ? span_sub(w, 1, w.n) : w;
			if (!word_in(w, between, COUNT(between)))
				break;
			words++;
		}
		while (w.n > 0 && strchr(".,;!)", w.p[w.n - 1]))
			w.n--;
		if (end > at && word_in(w, ends, COUNT(ends)) && !any_phrase(before, stops, COUNT(stops)))
			return true;
		from = end > at ? end : at + 1;
	}
	return false;
}

/* "sisa 6 hari (20 September 2026)", "tinggal 5 hari lagi, 3 Mei 2026" */
static bool days_left(struct reading_state *s, struct span t, struct span *used, const char **iso)
{
	static const char *const words[] = { "sisa", "tinggal", "tersisa", "kurang" };
	for (size_t k = 0; k < COUNT(words); k++) {
		size_t at = find_phrase(t, 0, words[k]), from = at + strlen(words[k]);
		struct span rest = at < t.n ? span_sub(t, from, from + 60 < t.n ? from + 60 : t.n) : span_of("", 0);
		size_t days = find_phrase(rest, 0, "hari");
		if (days < 8 && digit_count(span_sub(rest, 0, days)) > 0 &&
		    date_find(s, span_sub(rest, days, rest.n), used, iso) && (size_t)(used->p - rest.p) < days + 16)
			return true;
	}
	return false;
}

static void put_end(struct reading_state *s, const char *iso, struct span words)
{
	if (s->now && s->block && s->out->n_applicants > 1) {
		reading_set(s, FIELD_VALID_UNTIL, iso, words, "words");
	} else if (!s->end) {
		s->end = iso;
		s->end_words = words;
	}
}

/* "habis tanggal 8 Februari 2026": a word of ending, then a date, nothing else between. */
void take_dates(struct reading_state *s, struct span t)
{
	static const char *const ends[] = { "berlaku",
					    "berlakunya",
					    "berakhir",
					    "berakhirnya",
					    "habis",
					    "habisnya",
					    "expired",
					    "expirednya",
					    "expire",
					    "expires",
					    "kedaluwarsa",
					    "kadaluarsa",
					    "kadaluwarsa",
					    "kedaluarsa",
					    "valid until",
					    "masa aktif",
					    "tenggat",
					    "s.d.",
					    "s/d",
					    "jatuh tempo",
					    "mati",
					    "sampai dengan",
					    "ekspayer",
					    "valid through",
					    "expiry",
					    "aktifnya",
					    "entek",
					    "telas",
					    "abih",
					    "abis",
					    "lewat masa berlaku",
					    "lewat masa aktif",
					    "s\xc3\xa9\xc3\xa9p",
					    "seep",
					    "due date",
					    "b\xc3\xa9\x61k",
					    "beak" };
	static const char *const stops[] = { "surat", "lahir", "pelantikan", "dilantik", "tmt",
					     "mulai", "nomor", "rapat",      "terbit" };
	enum { BEGINS = 2, NEAR = 130 };
	struct span last = span_sub(t, t.n > 40 ? t.n - 40 : 0, t.n);
	const char *day = NULL;
	bool open = s->end_open;
	s->end_open = t.n > 0 && t.p[t.n - 1] == ':' && any_phrase(last, ends, COUNT(ends));
	for (size_t k = 0; k < COUNT(ends); k++) {
		for (size_t at = 0; (at = find_phrase(t, at, ends[k])) < t.n; at++) {
			size_t from = at + strlen(ends[k]), to = from + NEAR < t.n ? from + NEAR : t.n;
			struct span rest = span_sub(t, from, to), used;
			const char *iso = NULL;
			size_t stop = span_find_nocase(rest, 0, ". ");
			struct span near = span_sub(rest, 0, stop);
			if (!end_date_find(s, near, &used, &iso))
				continue;
			struct span between = span_sub(near, 0, (size_t)(used.p - near.p));
			bool begins =
				k < BEGINS && any_phrase(between, (const char *const[]){ "sejak" }, 1); /* "berlaku sejak" */
			if (begins || any_phrase(between, stops, COUNT(stops)))
				continue;
			put_end(s, iso, used);
			return;
		}
	}
	if (date_then_end(s, t, &last, &day) || days_left(s, t, &last, &day) || (open && date_find(s, t, &last, &day)))
		put_end(s, day, last);
}

/* A few digits and nothing else where a number should stand. */
static bool too_short(struct span v)
{
	size_t digits = digit_count(v);
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_digit(v.p[i]) && !(v.p[i] && strchr(" .-+/", v.p[i])))
			return false;
	return digits > 1 && digits < 6;
}

/* "610612XXXXXX0002": digits with others hidden. */
static bool masked(struct span v)
{
	size_t digits = 0, hidden = 0;
	while (digits + hidden < v.n && v.p[digits + hidden] &&
	       (ascii_is_digit(v.p[digits + hidden]) || strchr("xX#*", v.p[digits + hidden]))) {
		bool digit = ascii_is_digit(v.p[digits + hidden]);
		digits += digit;
		hidden += !digit;
	}
	return digits >= 4 && hidden >= 3;
}

void take_value(struct reading_state *s, enum applicant_field f, struct span v, const char *rule, enum how how)
{
	v = strip_marks(v);
	if (says_nothing(v))
		return;
	switch (f) {
	case FIELD_NIK:
	case FIELD_NIP:
	case FIELD_PHONE:
		(void)take_numbers(s, v, f, rule);
		if ((too_short(v) || masked(v)) && !(s->now && applicant_has(s->now, f)))
			reading_set(s, f, NULL, v, rule);
		break;
	case FIELD_EMAIL:
		take_email(s, v, rule, true);
		break;
	case FIELD_VALID_UNTIL:
		take_date(s, v, rule);
		break;
	case FIELD_NAME:
		if (!says_nothing(v))
			(void)reading_name(s, v, rule, how);
		break;
	case FIELD_POSITION:
	case FIELD_AGENCY:
		if (v.n <= LIMIT_FIELD_BYTES && digit_count(v) < 12)
			reading_set(s, f, reading_keep(s, v, LIMIT_FIELD_BYTES), v, rule);
		break;
	case N_FIELDS:
		break;
	}
}
