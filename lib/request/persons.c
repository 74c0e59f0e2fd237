/* Several people in one line: each with a number, or joined by commas and "dan". */
#include "request/persons.h"

#include "request/label.h"
#include "request/name.h"
#include "request/plain.h"
#include "request/value.h"
#include "base/text.h"

#include <string.h>

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
	while (end > 0 && part.p[end - 1] == ' ')
		end--;
	bool begins = end == 0 || strchr(".:;,)-/|", part.p[end - 1]) != NULL; /* a clause of its own */
	while (end > 0 && strchr(" .", part.p[end - 1]))
		end--;
	size_t begin = end;
	while (begin > 0 && is_word_char(part.p[begin - 1]))
		begin--;
	bool capital = begin < end && ascii_is_upper(part.p[begin]), honoured = has_honorific(span_sub(part, 0, start));
	if (words == 1 && begins && !capital && s.n > 3)
		return s;
	if (words == 0) {
		bool item;
		struct span bare = strip_marks(plain_strip_bullet(part, &item));
		struct name small = name_small_at(bare);
		if (small.words >= 2 && small.end == bare.n)
			return small.s;
	}
	return (honoured && words >= 1) || (words >= 2 && !capital) ? s : span_sub(part, start, start);
}

/* "Budi (NIP 1), Ani (NIP 2) dan Cici (NIP 3)": how many persons with a number each; take: also takes them. */
size_t persons_numbered(struct reading_state *s, struct span t, bool take)
{
	size_t found = 0, last = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (!ascii_is_digit(t.p[i]) || (i > 0 && is_word_char(t.p[i - 1])))
			continue;
		struct run r = digits_at(t, i);
		if (r.n >= 14 && r.n <= 20) {
			struct span name = name_before(t, last, label_start(t, i));
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
size_t persons_more(struct reading_state *s, struct span t, size_t end)
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
bool persons_honoured(struct reading_state *s, struct span t, size_t *end)
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
		*end = persons_more(s, t, at + n.end);
		return true;
	}
	return false;
}
