#include "request/change.h"

#include "request/label.h"
#include "request/name.h"
#include "request/piece.h"
#include "request/plain.h"
#include "request/value.h"
#include "base/text.h"

#include <string.h>

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
