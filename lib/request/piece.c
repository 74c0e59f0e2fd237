/* Posts and offices without a label: what stands between the commas, dashes and brackets of a record or a
 * sentence, up to where the sentence goes on. */
#include "request/piece.h"

#include "request/label.h"
#include "request/name.h"
#include "request/value.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* A post or an office ends where the sentence goes on. */
static struct span trim_title(struct span t)
{
	static const char *const inside[] = { "dan", "pada", "di", "of", "untuk", "bidang", "kecamatan", "kabupaten" };
	static const char *const stops[] = { "mohon", "bermaksud", "dengan",     "mau", "ingin", "yang",  "sudah", "telah",
					     "akan",  "tolong",    "minta",      "hp",  "wa",    "nik",   "nip",   "karena",
					     "ya",    "saya",      "sy",         "ini", "untuk", "atas",  "a.n.",  "an.",
					     "kami",  "terima",    "mengajukan", "tks", "trims", "email", "no",    "nomor",
					     "masa",  "berlaku",   "habis",      "bisa" };
	bool upper = t.n > 0 && ascii_is_upper(t.p[0]);
	size_t at = 0, end = 0;
	struct span w;
	while (next_token(t, &at, &w)) {
		bool lower = ascii_is_lower(w.p[0]) && !word_in(w, inside, COUNT(inside));
		struct span root = w;
		while (root.n > 1 && strchr(",.:;", root.p[root.n - 1]))
			root.n--;
		if (end > 0 && ((upper && lower) || word_in(root, stops, COUNT(stops))))
			break;
		end = (size_t)(w.p - t.p) + w.n;
	}
	t = span_trim(span_sub(t, 0, end));
	while (t.n > 0 && strchr(".,;:!?", t.p[t.n - 1]))
		t.n--;
	return t;
}

static void put_text(struct reading_state *s, enum applicant_field f, struct span v)
{
	v = trim_title(v);
	if (v.n >= 2 && v.n <= 120 && s->now && !applicant_has(s->now, f))
		reading_set(s, f, reading_keep(s, v, LIMIT_FIELD_BYTES), v, "words");
}

/* "Kasubag Keuangan| Dinas X": a post whose own field is named before the office; "Kepala Dinas X" is one post. */
static size_t post_end(struct span t)
{
	static const char *const offices[] = { "dinas",       "badan",       "kecamatan", "kelurahan", "rsud",    "puskesmas",
					       "inspektorat", "sekretariat", "setda",     "bkpsdm",    "bappeda", "diskominfo",
					       "dinkes",      "disdik",      "dinsos",    "dishub",    "bpbd",    "bkd" };
	static const char *const heads[] = { "kepala",     "ka",          "plt",   "plh",   "pj",        "wakil",
					     "sekretaris", "direktur",    "camat", "lurah", "bendahara", "sub",
					     "upt",        "uptd",        "di",    "pada",  "bagian",    "seksi",
					     "bidang",     "koordinator", "dan",   "ketua", "inspektur" };
	size_t at = 0, words = 0;
	bool head = true;
	struct span w;
	while (next_word(t, &at, &w)) {
		if (words > 1 && !head && word_in(w, offices, COUNT(offices)))
			return (size_t)(w.p - t.p) - 1;
		head = word_in(w, heads, COUNT(heads));
		words++;
	}
	return t.n;
}

/* "menjabat sebagai X pada Y" -> X, Y. */
static void post_or_office(struct reading_state *s, struct span t)
{
	static const char *const leads[] = { "saat ini",     "menjabat sebagai",
					     "menjabat",     "bekerja sebagai",
					     "bekerja di",   "bekerja pada",
					     "sebagai",      "selaku",
					     "jabatan saya", "jabatan",
					     "di",           "pada",
					     "dari",         "dan",
					     "instansi",     "unit kerja",
					     "opd",          "bertugas di",
					     "tugas di",     "pegawai di",
					     "pegawai",      "asal",
					     "adalah",       "kini",
					     "sekarang",     "merupakan",
					     "saya",         "sy",
					     "beliau",       "orang",
					     "kerja di",     "kerja",
					     "kat" };
	bool more = true;
	while (t.n > 0 && (t.p[0] == '.' || t.p[0] == ' '))
		t = span_sub(t, 1, t.n);
	t = strip_marks(t);
	while (more) {
		more = false;
		for (size_t i = 0; !more && i < COUNT(leads); i++) {
			size_t n = strlen(leads[i]);
			more = n + 1 < t.n && span_starts_nocase(t, leads[i]) && t.p[n] == ' ';
			t = more ? span_trim(span_sub(t, n, t.n)) : t;
		}
	}
	if (!starts_agency(t) && !starts_position(t)) { /* "pemilik NIP ... bekerja sebagai X" */
		static const char *const turns[] = { "sebagai", "selaku", "menjabat", "jabatan" };
		for (size_t i = 0; i < COUNT(turns); i++) {
			size_t at = find_phrase(t, 0, turns[i]), n = strlen(turns[i]);
			struct span after = at < t.n ? span_trim(span_sub(t, at + n, t.n)) : span_sub(t, t.n, t.n);
			if (starts_position(after)) {
				t = after;
				break;
			}
		}
	}
	if (t.n < 2)
		return;
	if (starts_agency(t)) {
		static const char *const turns[] = { " sebagai ", " selaku ", " jabatan " };
		put_text(s, FIELD_AGENCY, t);
		for (size_t i = 0; i < COUNT(turns); i++) { /* "Kelurahan X sebagai Y" */
			size_t at = span_find_nocase(t, 0, turns[i]);
			struct span post = span_sub(t, at < t.n ? at + strlen(turns[i]) : t.n, t.n);
			if (starts_position(post))
				put_text(s, FIELD_POSITION, post);
		}
		return;
	}
	if (!starts_position(t))
		return;
	static const char *const joints[] = { " pada ", " di " };
	size_t cut = t.n, skip = 0;
	for (size_t i = 0; i < COUNT(joints); i++) {
		size_t at = span_find_nocase(t, 0, joints[i]);
		if (at < cut && starts_agency(span_sub(t, at + strlen(joints[i]), t.n))) {
			cut = at;
			skip = strlen(joints[i]);
		}
	}
	static const char *const plain_posts[] = { "staf ", "staff ", "pegawai ", "operator ", "admin " };
	for (size_t i = 0; i < COUNT(plain_posts) && cut == t.n; i++) { /* "staf Dinas Sosial" */
		size_t n = strlen(plain_posts[i]);
		if (span_starts_nocase(t, plain_posts[i]) && starts_agency(span_sub(t, n, t.n))) {
			cut = n - 1;
			skip = 1;
		}
	}
	if (cut == t.n && (cut = post_end(t)) < t.n)
		skip = 1;
	put_text(s, FIELD_POSITION, span_sub(t, 0, cut));
	if (cut < t.n)
		put_text(s, FIELD_AGENCY, span_sub(t, cut + skip, t.n));
}

/* The words of a piece between its long numbers, the numbers' labels aside. */
static void piece(struct reading_state *s, struct span t)
{
	size_t from = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (!ascii_is_digit(t.p[i]) || (i > 0 && is_word_char(t.p[i - 1])))
			continue;
		struct run r = digits_at(t, i);
		if (r.n >= 6) {
			size_t to = label_start(t, i);
			if (to > from)
				post_or_office(s, span_sub(t, from, to));
			from = i + r.s.n;
		}
		i += r.s.n > 0 ? r.s.n - 1 : 0;
	}
	post_or_office(s, span_sub(t, from, t.n));
}

/* Where a piece of a record ends: comma, slash, bracket, wide gap, dash, or a number's label. */
static bool piece_end(struct span t, size_t i)
{
	if (strchr(",|;()\t", t.p[i]) && t.p[i])
		return true;
	if (i + 1 >= t.n)
		return false;
	bool gap = t.p[i] == ' ' && t.p[i + 1] == ' ', slash = t.p[i] == '/' && i > 0 && t.p[i - 1] == ' ';
	bool dash = t.p[i] == '-' && i > 0 && t.p[i - 1] == ' ' && t.p[i + 1] == ' ';
	static const char *const short_words[] = { "Prov", "Dept", "Kasi", "Subb" };
	bool stop = t.p[i] == '.' && t.p[i + 1] == ' ' && i > 3 && ascii_is_lower(t.p[i - 1]) && ascii_is_lower(t.p[i - 2]) &&
		    ascii_is_lower(t.p[i - 3]) && ascii_is_alpha(t.p[i - 4]) &&
		    !(ascii_is_upper(t.p[i - 4]) && word_in(span_sub(t, i - 4, i), short_words, COUNT(short_words)));
	return gap || slash || dash || stop;
}

void piece_take_all(struct reading_state *s, struct span t)
{
	size_t from = 0, n = 0;
	for (size_t i = 0; i <= t.n && n < 60; i++)
		if (i == t.n || piece_end(t, i)) {
			piece(s, span_sub(t, from, i));
			from = i + 1;
			n++;
		}
}

/* Does what stands behind the phrase's words begin a post (or office)?  Takes it. */
static bool said_after(struct reading_state *s, struct span t, const char *const *phrases, size_t n, enum applicant_field f)
{
	for (size_t k = 0; k < n; k++)
		for (size_t at = 0; (at = find_phrase(t, at, phrases[k])) < t.n; at++) {
			struct span v = strip_marks(span_sub(t, at + strlen(phrases[k]), t.n));
			size_t stop = 0;
			if (f == FIELD_POSITION ? !starts_position(v) : !starts_agency(v))
				continue;
			while (stop < v.n && !piece_end(v, stop))
				stop++;
			if (!s->now)
				(void)reading_applicant(s);
			post_or_office(s, span_sub(v, 0, stop));
			return true;
		}
	return false;
}

void piece_take_said(struct reading_state *s, struct span t)
{
	static const char *const posts[] = { "jabatan saya menjadi", "jabatan menjadi", "jabatan saya",
					     "jabatan beliau",       "jabatan barunya", "jabatan baru",
					     "jabatan sekarang",     "jabatannya",      "saat ini",
					     "menjabat sebagai" };
	static const char *const offices[] = { "kantor saya", "kantor",   "instansi saya", "unit kerja saya", "opd saya",
					       "bertugas di", "tugas di", "pindah ke",     "mutasi ke",       "instansinya" };
	bool known = s->now || (s->m->is_reply && s->out->n_applicants == 0);
	if (!known || s->out->n_applicants > 1 || s->closing)
		return;
	(void)said_after(s, t, posts, COUNT(posts), FIELD_POSITION);
	if (s->now)
		(void)said_after(s, t, offices, COUNT(offices), FIELD_AGENCY);
}
