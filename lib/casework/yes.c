/* Short answers that carry something out: the first paragraph of the new text, and nothing below it. */
#include "casework/casework_private.h"

static bool is_one_of(struct span word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(word, span_str(words[i])))
			return true;
	return false;
}

static struct span word_at(struct span s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && ascii_is_alpha(s.p[at + n]))
		n++;
	return span_of(s.p + at, n);
}

/* The first paragraph of an answer: below it our own letter may stand, which says all these words too. */
static struct span first_paragraph(const char *text)
{
	struct span rest = span_str(text), line;
	const unsigned char *from = NULL, *to = NULL;
	while (span_next_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n == 0 && from)
			break;
		if (line.n == 0 || line.p[0] == '>')
			continue;
		from = from ? from : line.p;
		to = line.p + line.n;
	}
	return span_of(from ? from : (const unsigned char *)"", (size_t)(to - from));
}

/* "Bukan saya", "batal", "jangan": an answer, but no yes. */
static bool says_no(struct span s)
{
	static const char *const words[] = { "tidak", "bukan", "batal", "jangan", "tdk", "gak", "nggak", "no", "not", "cancel" };
	for (size_t at = 0; at < s.n;) {
		struct span word = word_at(s, at);
		if (word.n > 0 && is_one_of(word, words, sizeof(words) / sizeof(*words)))
			return true;
		at += word.n ? word.n : 1;
	}
	return false;
}

static bool says_yes(struct span s)
{
	static const char *const words[] = { "ya", "iya", "y", "benar", "betul", "setuju", "ok", "oke", "yes" };
	while (s.n > 0 && (ascii_is_space(s.p[0]) || s.p[0] == '"' || s.p[0] == '\''))
		s = span_of(s.p + 1, s.n - 1);
	return is_one_of(word_at(s, 0), words, sizeof(words) / sizeof(*words));
}

/* M27: an absence notice whose headers do not say so is nobody's yes. */
static bool says_absent(const struct message *m, struct span s)
{
	static const char *const words[] = { "cuti",    "di luar kantor", "dinas luar", "tidak di tempat", "otomatis",
					     "liburan", "out of office",  "automatic",  "on leave",        "vacation" };
	if (m->automatic_subject)
		return true;
	if (says_yes(s))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}

static bool says_stop(struct span s)
{
	static const char *const words[] = { "berhenti", "hentikan", "stop", "unsubscribe" };
	return is_one_of(word_at(s, 0), words, sizeof(words) / sizeof(*words));
}

enum answer answer_read(const struct message *m)
{
	struct span said = first_paragraph(m->text);
	if (says_absent(m, said))
		return ANSWER_ABSENT;
	if (says_stop(said))
		return ANSWER_STOP;
	if (says_no(said))
		return ANSWER_NO;
	return says_yes(said) ? ANSWER_YES : ANSWER_OTHER;
}
