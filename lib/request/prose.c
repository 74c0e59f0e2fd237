#include "request/prose.h"

#include "request/plain.h"
#include "request/value.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

struct trigger {
	const char *words;
	enum how how;
};

static const struct trigger triggers[] = {
	{ "atas nama", HOW_PROSE }, { "a.n.", HOW_PROSE },      { "a.n", HOW_PROSE },     { "an.", HOW_PROSE },
	{ "a/n", HOW_PROSE },       { "an", HOW_PROSE },        { "bernama", HOW_PROSE }, { "nama saya", HOW_SELF },
	{ "nama sy", HOW_SELF },    { "my name is", HOW_SELF }, { "i am", HOW_SELF },     { "saya", HOW_SELF },
	{ "sy", HOW_SELF },         { "saye", HOW_SELF },       { "aku", HOW_SELF },      { "beliau", HOW_PROSE },
	{ "nama", HOW_PROSE },
};

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

/* "menjabat sebagai X pada Y" -> X, Y. */
static void piece(struct reading_state *s, struct span t)
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
					     "sekarang",     "merupakan" };
	bool more = true;
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
	if (t.n < 2 || digit_count(t) > 6)
		return;
	if (starts_agency(t)) {
		put_text(s, FIELD_AGENCY, t);
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
	put_text(s, FIELD_POSITION, span_sub(t, 0, cut));
	if (cut < t.n)
		put_text(s, FIELD_AGENCY, span_sub(t, cut + skip, t.n));
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
	bool stop = t.p[i] == '.' && t.p[i + 1] == ' ' && i > 3 && ascii_is_lower(t.p[i - 1]) && ascii_is_lower(t.p[i - 2]) &&
		    ascii_is_lower(t.p[i - 3]) && ascii_is_lower(t.p[i - 4 < i ? i - 4 : 0]);
	return gap || slash || dash || stop;
}

void prose_pieces(struct reading_state *s, struct span t)
{
	size_t from = 0, n = 0;
	for (size_t i = 0; i <= t.n && n < 60; i++)
		if (i == t.n || piece_end(t, i)) {
			piece(s, span_sub(t, from, i));
			from = i + 1;
			n++;
		}
}

/* "a.n. Nama", "saya Nama": true where one was taken; *end: behind it. */
static bool triggered_name(struct reading_state *s, struct span t, size_t *end)
{
	for (size_t k = 0; k < COUNT(triggers); k++) {
		for (size_t at = 0; (at = find_phrase(t, at, triggers[k].words)) < t.n; at++) {
			size_t from = at + strlen(triggers[k].words);
			struct span rest = span_sub(t, from, t.n);
			if (rest.n == 0 || !strchr(" :.", rest.p[0]))
				continue;
			rest = strip_marks(rest);
			size_t skipped = (size_t)(rest.p - t.p);
			struct name n = rest.n > 0 && (ascii_is_upper(rest.p[0]) || span_starts_nocase(rest, "d") ||
						       span_starts_nocase(rest, "bapak") || span_starts_nocase(rest, "ibu") ||
						       span_starts_nocase(rest, "pak") || span_starts_nocase(rest, "bu"))
						? name_at(rest)
						: (struct name){ 0 };
			bool shout = n.words > 0 && triggers[k].how == HOW_SELF && !n.degree && !ascii_is_lower(n.s.p[n.s.n - 1]);
			if (n.words == 0 || shout)
				continue;
			if (reading_name(s, n.s, "words-before", triggers[k].how)) {
				*end = skipped + n.end;
				return true;
			}
		}
	}
	return false;
}

static bool number_line(struct span t)
{
	static const char *const labels[] = { "nip", "nik", "nipppk", "nip.", "nik.", "ni pppk", "n i p", "n i k", "nrp" };
	bool item;
	t = plain_strip_bullet(t, &item);
	return starts_with_one(t, labels, COUNT(labels)) || (t.n > 14 && digit_count(t) >= 15 && ascii_is_digit(t.p[0]));
}

/* The line is a name and nothing else, and numbers or a list around it tell that it is one. */
static bool name_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed)
{
	struct name n = name_at(t);
	bool whole = n.words > 0 && span_trim(span_sub(t, n.end, t.n)).n == 0;
	if (!whole || n.s.n < 3)
		return false;
	bool sure = n.degree || n.title || number_line(below) || (item && listed);
	return sure && reading_name(s, n.s, "name-line", HOW_BLOCK);
}

bool prose_self(const struct message *m)
{
	static const char *const words[] = { "saya", "sy", "saye", "my", "i", "aku", "ulun" };
	return any_phrase(span_str(m->text), words, COUNT(words));
}

bool prose_closing(struct span t)
{
	static const char *const words[] = {
		"demikian",        "hormat kami",    "hormat saya", "wassalam",     "wassalamu'alaikum", "mengetahui",
		"atas perhatian",  "terima kasih",   "terimakasih", "an. kepala",   "a.n. kepala",       "salam hormat",
		"a.n. sekretaris", "an. sekretaris", "regards",     "best regards", "atas kerja",        "atas bantuan",
		"atas perkenan",   "makasih",        "trims",       "tembusan",     "a.n. bupati",       "plt. kepala",
		"thank",           "salam"
	};
	return starts_with_one(t, words, COUNT(words)) && t.n < 200;
}

bool prose_bystander(struct span t)
{
	static const char *const words[] = { "atasan langsung",  "data atasan",         "pejabat penandatangan", "penandatangan",
					     "narahubung",       "contact person",      "data operator",         "mengetahui",
					     "penanggung jawab", "pemberi rekomendasi", "kontak person" };
	return starts_with_one(t, words, COUNT(words)) && t.n < 60;
}

bool prose_applicant(struct span t)
{
	static const char *const words[] = { "data pemohon",
					     "pemohon",
					     "data pegawai",
					     "merekomendasikan",
					     "dengan ini merekomendasikan",
					     "dengan ini memberikan rekomendasi",
					     "memberikan rekomendasi",
					     "menerangkan bahwa",
					     "dengan ini menerangkan",
					     "penerima rekomendasi",
					     "dengan ini mengusulkan",
					     "dengan ini mengajukan",
					     "data pemilik",
					     "yang diusulkan" };
	return (starts_with_one(t, words, COUNT(words)) || span_find_nocase(t, 0, "merekomendasikan") < t.n) && t.n < 300;
}

/* Where the words end that stand before the number's own label: "Budi, S.Sos| (NIP. 19...". */
static size_t before_label(struct span t, size_t number)
{
	static const char *const words[] = { "nip",   "nik",     "nipppk", "nomor",  "no",  "ni",          "pppk",
					     "induk", "pegawai", "ktp",    "dengan", "dgn", "kependudukan" };
	size_t to = number;
	for (;;) {
		while (to > 0 && strchr(" .:(,;-/=", t.p[to - 1]))
			to--;
		size_t from = to;
		while (from > 0 && is_word_char(t.p[from - 1]))
			from--;
		if (from == to || !word_in(span_sub(t, from, to), words, COUNT(words)))
			return to;
		to = from;
	}
}

static size_t first_of(struct span t)
{
	size_t at = 0;
	struct span w;
	return next_token(t, &at, &w) ? at : t.n;
}

static bool has_honorific(struct span before)
{
	static const char *const words[] = { "pak",     "bu",      "bapak", "ibu",  "sdr",  "sdri",
					     "saudara", "saudari", "an",    "nama", "bang", "kak" };
	while (before.n > 0 && strchr(" .", before.p[before.n - 1]))
		before.n--;
	size_t from = before.n;
	while (from > 0 && is_word_char(before.p[from - 1]))
		from--;
	return word_in(span_sub(before, from, before.n), words, COUNT(words));
}

/* The name that ends at to, at or after from: two words, or one after "Pak", "Bu"; not the tail of an office. */
static struct span name_before(struct span t, size_t from, size_t to)
{
	struct span part = span_sub(t, from, to);
	struct name n = { 0 };
	if (name_with_degree(part, 0, &n) && n.end + 2 >= part.n)
		return n.s;
	size_t start = name_back(part, part.n), words = 0, at = 0;
	struct span s = span_trim(span_sub(part, start, part.n)), w;
	while (next_token(s, &at, &w))
		words++;
	size_t end = start;
	while (end > 0 && strchr(" .", part.p[end - 1]))
		end--;
	size_t begin = end;
	while (begin > 0 && is_word_char(part.p[begin - 1]))
		begin--;
	bool capital = begin < end && ascii_is_upper(part.p[begin]), honoured = has_honorific(span_sub(part, 0, start));
	return (honoured && words >= 1) || (words >= 2 && !capital) ? s : span_sub(part, start, start);
}

/* "Budi (NIP 1), Ani (NIP 2) dan Cici (NIP 3)": how many persons with a number each; take: also takes them. */
static size_t numbered_persons(struct reading_state *s, struct span t, bool take)
{
	size_t found = 0, last = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (!ascii_is_digit(t.p[i]) || (i > 0 && is_word_char(t.p[i - 1])))
			continue;
		struct run r = digits_at(t, i);
		if (r.n >= 14 && r.n <= 20) {
			struct span name = name_before(t, last, before_label(t, i));
			bool taken = name.n > 2 && (!take || reading_name(s, name, "before-number", HOW_PROSE));
			if (take && (taken || found > 0))
				(void)take_numbers(s, span_sub(t, last, i + r.s.n), FILLER, "before-number");
			found += taken;
			last = i + r.s.n;
		}
		i += r.s.n > 0 ? r.s.n - 1 : 0;
	}
	return found;
}

/* Further names of a list: ", Dewi Sartika dan Pak Joko". */
static size_t more_names(struct reading_state *s, struct span t, size_t end)
{
	static const char *const joints[] = { "dan", "serta", "&", "dan juga" };
	for (;;) {
		struct span rest = span_trim(span_sub(t, end, t.n));
		bool comma = rest.n > 0 && rest.p[0] == ',';
		rest = comma ? span_trim(span_sub(rest, 1, rest.n)) : rest;
		bool joint = starts_with_one(rest, joints, COUNT(joints));
		if (!comma && !joint)
			return end;
		if (joint)
			rest = span_trim(span_sub(rest, first_of(rest), rest.n));
		struct name n = name_at(rest);
		bool honoured = n.words > 0 && n.s.p > rest.p && has_honorific(span_sub(rest, 0, (size_t)(n.s.p - rest.p)));
		if (n.words == 0 || (n.words < 2 && !honoured && !n.degree) || starts_position(rest) || starts_agency(rest) ||
		    !reading_name(s, n.s, "list", HOW_PROSE))
			return end;
		end = (size_t)(rest.p - t.p) + n.end;
	}
}

/* "TTE Pak Budi, Bu Ani dan Pak Cici ... diperpanjang": at least two of them. */
static bool honoured_list(struct reading_state *s, struct span t, size_t *end)
{
	static const char *const about[] = { "tte", "sertifikat", "perpanjangan", "diperpanjang", "perpanjang", "diperbarui" };
	static const char *const honorifics[] = { "pak", "bu", "bapak", "ibu", "sdr.", "sdri." };
	if (!any_phrase(t, about, COUNT(about)))
		return false;
	for (size_t k = 0; k < COUNT(honorifics); k++) {
		size_t at = find_phrase(t, 0, honorifics[k]);
		struct name n = at < t.n ? name_at(span_sub(t, at, t.n)) : (struct name){ 0 };
		struct span rest = n.words > 0 ? span_trim(span_sub(t, at + n.end, t.n)) : span_of("", 0);
		if (rest.n == 0 || !(rest.p[0] == ',' || span_starts_nocase(rest, "dan ")) ||
		    !any_phrase(rest, honorifics, COUNT(honorifics)))
			continue;
		if (!reading_name(s, n.s, "list", HOW_PROSE))
			continue;
		*end = more_names(s, t, at + n.end);
		return true;
	}
	return false;
}

/* What a correction puts in the place of the old: "tertulis X seharusnya Y". */
static struct span corrected(struct span t)
{
	static const char *const words[] = { "seharusnya", "yang benar", "yang betul", "semestinya" };
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t at = find_phrase(t, 0, words[i]);
		if (at < t.n && name_at(strip_marks(span_sub(t, at + strlen(words[i]), t.n))).words > 0)
			return span_sub(t, at + strlen(words[i]), t.n);
	}
	return t;
}

/* Names, numbers, posts, addresses and dates of a line without a label. */
void prose_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed)
{
	size_t end = 0;
	struct name n = { 0 };
	if (!s->closing && numbered_persons(s, t, false) > 1) {
		(void)numbered_persons(s, t, true);
		take_dates(s, t);
		return;
	}
	t = corrected(t);
	bool person = triggered_name(s, t, &end), shut = false;
	if (person)
		end = more_names(s, t, end);
	person = person || (!s->closing && honoured_list(s, t, &end));
	if (!person && name_line(s, t, item, below, listed)) {
		person = true;
		end = t.n;
	}
	if (!person && name_with_degree(t, 0, &n)) {
		bool starts = n.s.p - t.p < 3;
		person = reading_name(s, n.s, "degree", starts ? HOW_BLOCK : HOW_PROSE);
		shut = !person;
		end = n.end;
	}
	if (!person && !shut && name_with_title(t, &n)) {
		person = reading_name(s, n.s, "title", HOW_BLOCK);
		end = n.end;
	}
	if (!person && !shut && (s->out->n_applicants == 0 || item)) { /* "Budi  NIP. 19...", "Budi (NIP 19...)" */
		n = name_at(t);
		struct span rest = n.words > 0 ? strip_marks(span_sub(t, n.end, t.n)) : span_of("", 0);
		if (rest.n > 0 && rest.p[0] == '(')
			rest = span_sub(rest, 1, rest.n);
		if (n.words > 0 && rest.n > 0 && number_line(rest)) {
			person = reading_name(s, n.s, "before-number", HOW_BLOCK);
			end = n.end;
		}
	}
	if (!person && !shut && !s->closing && !(s->now && s->now->value[FIELD_NAME]) && numbered_persons(s, t, false) == 1) {
		person = numbered_persons(s, t, true) == 1;
		end = 0;
	}
	bool others = s->closing && s->out->n_applicants > 0 && !person;
	if (shut)
		s->closing = true;
	if (shut || others) {
		take_dates(s, t);
		return;
	}
	size_t numbers = take_numbers(s, t, FILLER, "shape");
	take_emails(s, t);
	bool going = s->block && s->now;
	if (person)
		prose_pieces(s, span_sub(t, end, t.n));
	if (numbers > 0 || going || (s->now && s->m->inline_answers))
		prose_pieces(s, t);
	if (person || numbers > 0)
		s->block = true;
	take_dates(s, t);
}
