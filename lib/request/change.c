#include "request/change.h"

#include "request/label.h"
#include "request/name.h"
#include "request/piece.h"
#include "request/plain.h"
#include "request/value.h"
#include "base/text.h"

#include <string.h>

enum { CORRECTION_BYTES = 120, JUST_BEFORE = 24, TEXT_MAX = 64 * 1024 };

static const char *const old_words[] = { "dari",      "semula",    "lama",       "sebelumnya", "sebelum", "tertulis",
					 "data lama", "yang lama", "yang salah", "salah",      "old" };
static const char *const new_words[] = { "jadi",      "menjadi",   "baru",       "seharusnya", "sesudah",   "setelah",
					 "data baru", "yang baru", "yang benar", "benar",      "perbaikan", "new" };

/* The words before the colon are one of the list; *value: what stands behind it. */
static bool begins(struct span t, const char *const *words, size_t n, struct span *value)
{
	size_t end = label_end(t), colon = 0;
	if (end == t.n) /* no label of ours: the colon itself */
		while (colon < t.n && colon < 16 && t.p[colon] != ':' && t.p[colon] != '=')
			colon++;
	end = end < t.n ? end : colon;
	if (end >= t.n || end > 16 || !word_in(span_trim(span_sub(t, 0, end)), words, n))
		return false;
	*value = strip_marks(span_sub(t, end + 1, t.n));
	return true;
}

static void take_new(struct reading_state *s, struct span v)
{
	struct name n = name_at(v);
	if (memchr(v.p, '@', v.n))
		take_email(s, v, "changed-to", false);
	else if (digit_count(v) >= 9)
		(void)take_numbers(s, v, FILLER, "changed-to");
	else if (starts_position(v) || starts_agency(v))
		piece_take_all(s, v);
	else if (n.words > 0 && n.end == v.n && (n.degree || n.title || n.words > 1))
		(void)reading_name(s, n.s, "changed-to", HOW_LABEL);
}

bool change_line(struct reading_state *s, struct span t, struct span below)
{
	struct span v;
	bool item;
	if (begins(t, new_words, COUNT(new_words), &v)) {
		if (!s->now && v.n > 0)
			(void)reading_applicant(s);
		take_new(s, v);
		s->block = true;
		return true;
	}
	return begins(t, old_words, COUNT(old_words), &v) &&
	       begins(plain_strip_bullet(below, &item), new_words, COUNT(new_words), &v);
}

/* Has b nothing but the other number f? */
static bool only_number(const struct applicant_data *b, enum applicant_field f)
{
	for (int k = 0; k < N_FIELDS; k++)
		if (k != (int)f && applicant_has(b, (enum applicant_field)k))
			return false;
	return b->value[f] != NULL;
}

/* What the text says between two numbers as they were written; where they stand far apart, right before the second. */
static struct span between(struct span text, const char *first, const char *second)
{
	size_t from = first && second ? find_phrase(text, 0, first) : text.n;
	size_t to = from < text.n ? find_phrase(text, from + strlen(first), second) : text.n;
	from += from < text.n ? strlen(first) : 0;
	size_t near = to < text.n && to - from < CORRECTION_BYTES ? from : to > JUST_BEFORE ? to - JUST_BEFORE : from;
	return to < text.n ? span_sub(text, near, to) : span_sub(text, to, to);
}

void change_correct(struct reading_state *s)
{
	static const char *const right[] = { "seharusnya", "harusnya", "semestinya", "sebenarnya",  "benar",   "betul", "menjadi",
					     "jadi",       "padahal",  "ktp",        "kepegawaian", "koreksi", "valid" };
	static const char *const wrong[] = { "bukan",     "salah",   "keliru", "lama",     "tertulis", "tercatat", "tercantum",
					     "terdaftar", "terekam", "portal", "aplikasi", "sistem",   "akun" };
	static const enum applicant_field numbers[] = { FIELD_NIK, FIELD_NIP };
	struct request *q = s->out;
	struct span text = span_str(s->m->text);
	text = span_sub(text, 0, text.n < TEXT_MAX ? text.n : TEXT_MAX);
	for (size_t i = 0; q->n_applicants > 1 && i + 1 < q->n_applicants; i++)
		for (size_t k = 0; k < COUNT(numbers) && i + 1 < q->n_applicants; k++) {
			enum applicant_field f = numbers[k];
			struct applicant_data *a = &q->applicants[i], *b = a + 1;
			if (!a->value[f] || !only_number(b, f))
				continue;
			struct span said = between(text, a->words[f], b->words[f]);
			bool second = any_phrase(said, right, COUNT(right));
			if (!second && !any_phrase(said, wrong, COUNT(wrong)))
				continue;
			if (second) {
				a->value[f] = b->value[f];
				a->rule[f] = "changed-to";
				a->words[f] = b->words[f];
			}
			q->n_applicants--;
			memmove(b, b + 1, (q->n_applicants - i - 1) * sizeof(*b));
			memmove(s->how + i + 1, s->how + i + 2, q->n_applicants - i - 1);
		}
}
