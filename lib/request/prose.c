#include "request/prose.h"

#include "request/persons.h"
#include "request/piece.h"
#include "request/plain.h"
#include "request/value.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

struct trigger {
	const char *words;
	enum how how;
	bool names; /* a name follows, even in small letters */
};

static const struct trigger triggers[] = {
	{ "atas nama", HOW_PROSE, true },  { "a.n.", HOW_PROSE, true },     { "a.n", HOW_PROSE, true },
	{ "an.", HOW_PROSE, true },        { "a/n", HOW_PROSE, true },      { "an", HOW_PROSE, false },
	{ "bernama", HOW_PROSE, true },    { "nama saya", HOW_SELF, true }, { "nama sy", HOW_SELF, true },
	{ "my name is", HOW_SELF, false }, { "i am", HOW_SELF, false },     { "saya", HOW_SELF, false },
	{ "sy", HOW_SELF, false },         { "saye", HOW_SELF, false },     { "aku", HOW_SELF, false },
	{ "beliau", HOW_PROSE, false },    { "nama", HOW_PROSE, true },
};

/* "hubungi saya Rudi": whom to call is not who applies. */
static bool contact_before(struct span t, size_t at)
{
	enum { NEAR = 30 };
	static const char *const words[] = {
		"hubungi", "menghubungi", "dihubungi", "hub", "kontak", "call", "contact", "telepon"
	};
	struct span before = span_sub(t, at > NEAR ? at - NEAR : 0, at);
	return any_phrase(before, words, COUNT(words));
}

/* "a.n. Nama", "saya Nama": true where one was taken; *end: behind it. */
static bool triggered_name(struct reading_state *s, struct span t, size_t *end)
{
	for (size_t k = 0; k < COUNT(triggers); k++) {
		for (size_t at = 0; (at = find_phrase(t, at, triggers[k].words)) < t.n; at++) {
			size_t from = at + strlen(triggers[k].words);
			struct span rest = span_sub(t, from, t.n);
			if (rest.n == 0 || !strchr(" :.", rest.p[0]) || (triggers[k].how == HOW_SELF && contact_before(t, at)))
				continue;
			rest = strip_marks(rest);
			size_t skipped = (size_t)(rest.p - t.p);
			struct name n = rest.n > 0 && (ascii_is_upper(rest.p[0]) || span_starts_nocase(rest, "d") ||
						       span_starts_nocase(rest, "bapak") || span_starts_nocase(rest, "ibu") ||
						       span_starts_nocase(rest, "pak") || span_starts_nocase(rest, "bu"))
						? name_at(rest)
						: (struct name){ 0 };
			bool says_name = triggers[k].names && n.words == 0;
			n = says_name ? name_small_at(rest) : n;
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

/* Who writes for another names himself first: "saya X, NIP 1, mewakili Bapak Y, NIP 2, ...". */
static struct span represented(struct span t)
{
	static const char *const words[] = { "mewakili",     "atas perintah",   "atas permintaan",
					     "diminta oleh", "ditugaskan oleh", "on behalf of" };
	static const char *const writers[] = { "saya", "sy", "kami", "i" };
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t at = find_phrase(t, 0, words[i]);
		struct span other = at < t.n ? span_sub(t, at + strlen(words[i]), t.n) : span_of("", 0);
		struct name n;
		if (other.n > 0 && any_phrase(span_sub(t, 0, at), writers, COUNT(writers)) &&
		    (name_with_degree(other, 0, &n) || name_with_title(other, &n) || name_at(strip_marks(other)).words > 0))
			return strip_marks(other);
	}
	return t;
}

/* "Budi;19...;21...", "Budi / 19...": one of several records, a line each. */
static bool record_line(struct span t)
{
	static const char *const marks[] = { " / ", " - ", " | ", "\t", ";" };
	struct name n = name_at(t);
	size_t end = n.end;
	while (end > 0 && end < t.n && t.p[end - 1] == ';')
		end--;
	struct span rest = n.words > 0 ? span_sub(t, end, t.n) : span_of("", 0);
	for (size_t i = 0; i < COUNT(marks); i++)
		if (span_starts_nocase(rest, marks[i]))
			return true;
	return false;
}

/* "hubungi saya saja di 0852 4190 7763 (Fitri, staf TU)": whom to call says who it is. */
static bool contact_line(struct span t)
{
	for (size_t i = 0; i < t.n; i++) {
		struct run r = ascii_is_digit(t.p[i]) ? digits_at(t, i) : (struct run){ 0 };
		struct span after = span_trim(span_sub(t, i + r.s.n, t.n));
		if (r.n >= 9 && after.n > 2 && after.p[0] == '(' && contact_before(t, i) &&
		    name_at(span_sub(after, 1, after.n)).words > 0)
			return true;
		i += r.s.n > 0 ? r.s.n - 1 : 0;
	}
	return false;
}

/* Names, numbers, posts, addresses and dates of a line without a label. */
void prose_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed)
{
	size_t end = 0;
	struct name n = { 0 };
	if (contact_line(t)) {
		take_dates(s, t);
		return;
	}
	t = represented(t);
	if (!s->closing && persons_numbered(s, t, false) > 1) {
		(void)persons_numbered(s, t, true);
		take_dates(s, t);
		return;
	}
	t = corrected(t);
	bool person = triggered_name(s, t, &end), shut = false;
	if (person)
		end = persons_more(s, t, end);
	person = person || (!s->closing && persons_honoured(s, t, &end));
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
	bool record = s->now && s->block && applicant_has_number(s->now) && s->how[0] == HOW_BLOCK && !s->closing;
	if (!person && !shut && (s->out->n_applicants == 0 || item || record)) { /* "Budi  NIP. 19...", "Budi (NIP 19...)" */
		n = name_at(t);
		struct span rest = n.words > 0 ? strip_marks(span_sub(t, n.end, t.n)) : span_of("", 0);
		if (rest.n > 0 && rest.p[0] == '(')
			rest = span_sub(rest, 1, rest.n);
		if (n.words > 0 && rest.n > 0 && number_line(rest)) {
			person = reading_name(s, n.s, "before-number", HOW_BLOCK);
			end = n.end;
		}
	}
	bool named = s->now && s->now->value[FIELD_NAME];
	if (!person && !shut && !s->closing && !(named && !record_line(t)) && persons_numbered(s, t, false) == 1) {
		person = persons_numbered(s, t, true) == 1;
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
		piece_take_all(s, span_sub(t, end, t.n));
	if (numbers > 0 || going || (s->now && s->m->inline_answers))
		piece_take_all(s, t);
	piece_take_said(s, t);
	if (person || numbers > 0)
		s->block = true;
	take_dates(s, t);
}
