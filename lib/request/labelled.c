#include "request/labelled.h"

#include "request/name.h"
#include "request/piece.h"
#include "request/value.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

void labelled_parts(struct reading_state *s, const struct label *l, struct span v)
{
	size_t from = 0;
	if (l->n == 1) {
		take_value(s, l->field[0], v, "label", HOW_LABEL);
		if (l->field[0] == FIELD_NIK || l->field[0] == FIELD_NIP || l->field[0] == FIELD_PHONE)
			piece_take_all(s, v); /* "NIP: 19..., Dinas Sosial" */
		return;
	}
	for (size_t k = 0; k < l->n; k++) {
		size_t to = from;
		while (to < v.n && (v.p[to] != '/' || k + 1 == l->n))
			to++;
		take_value(s, l->field[k], span_sub(v, from, to), "label", HOW_LABEL);
		from = to < v.n ? to + 1 : v.n;
	}
}

static bool columns_of_values(struct reading_state *s, const struct label *l, struct span v)
{
	size_t cells = 1, base = 0, k = 0;
	for (size_t i = 0; i < v.n; i++)
		cells += v.p[i] == '|' || v.p[i] == '\t';
	if (cells < 2 || l->n != 1 || (l->field[0] != FIELD_NAME && s->out->n_applicants != cells))
		return false;
	if (l->field[0] == FIELD_NAME && s->out->n_applicants > 0)
		return false;
	for (size_t i = 0, from = 0; i <= v.n; i++) {
		if (i < v.n && v.p[i] != '|' && v.p[i] != '\t')
			continue;
		s->now = base + k < s->out->n_applicants ? &s->out->applicants[base + k] : NULL;
		take_value(s, l->field[0], span_sub(v, from, i), "label", HOW_LABEL);
		from = i + 1;
		k++;
	}
	return true;
}

static struct span from_label(struct span t, size_t at)
{
	while (at < t.n && (t.p[at] == '.' || t.p[at] == ' '))
		at++;
	return at < t.n ? strip_marks(span_sub(t, at, t.n)) : span_sub(t, t.n, t.n);
}

/* One label and its value at the start of *t, which moves behind it.  false: none stands there. */
static bool labelled_one(struct reading_state *s, struct span *t, struct open_label *open)
{
	size_t end = label_end(*t);
	struct label l = end < t->n ? label_read(span_sub(*t, 0, end)) : (struct label){ 0 };
	if (end == t->n || (l.n == 0 && !l.foreign))
		return false;
	struct span v = span_sub(*t, end + 1, t->n);
	size_t next = label_next(v, false);
	struct span own = strip_marks(span_sub(v, 0, next));
	*t = from_label(v, next);
	if (l.n == 0)
		return true; /* somebody else's, or another thing's */
	if (own.n == 0 && next >= v.n) {
		open->l = l;
		open->open = true;
		return true;
	}
	labelled_parts(s, &l, own);
	s->block = true;
	return true;
}

/* "label : value", "label value" at the start of a line, and those that follow in it. */
bool labelled_line(struct reading_state *s, struct span t, struct open_label *open)
{
	if (label_end(t) == t.n) {
		struct label l = label_read(t);
		bool all_caps_sentence = l.n > 0 && t.n > 30;
		if (l.n > 0 && !l.foreign && !all_caps_sentence) { /* "NIK" alone: the value stands below */
			open->l = l;
			open->open = true;
			return true;
		}
		return false;
	}
	struct label first = label_read(span_sub(t, 0, label_end(t)));
	if (first.n > 0 && columns_of_values(s, &first, span_sub(t, label_end(t) + 1, t.n)))
		return true;
	if (!labelled_one(s, &t, open))
		return false;
	while (t.n > 0 && !s->memory)
		if (!labelled_one(s, &t, open)) {
			size_t next = label_next(t, false);
			(void)take_numbers(s, span_sub(t, 0, next), FILLER, "label");
			piece_take_all(s, span_sub(t, 0, next));
			t = from_label(t, next);
		}
	return true;
}

/* "nama Budi", "jabatan Kasi X": a label without its colon. */
bool labelled_bare(struct reading_state *s, struct span t)
{
	static const struct {
		const char *word;
		enum applicant_field field;
	} words[] = { { "nama lengkap dan gelar ", FIELD_NAME },
		      { "nama lengkap & gelar ", FIELD_NAME },
		      { "nama lengkap ", FIELD_NAME },
		      { "nama saya ", FIELD_NAME },
		      { "nama ", FIELD_NAME },
		      { "jabatan ", FIELD_POSITION },
		      { "unit kerja ", FIELD_AGENCY },
		      { "instansi ", FIELD_AGENCY },
		      { "opd ", FIELD_AGENCY } };
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i].word);
		if (!span_starts_nocase(t, words[i].word) || t.n > 90 || n >= t.n)
			continue;
		struct span v = span_trim(span_sub(t, n, t.n));
		if (v.n == 0 || (!ascii_is_upper(v.p[0]) && words[i].field == FIELD_NAME))
			return false;
		struct name name = name_at(v);
		if (words[i].field != FIELD_NAME) {
			if (!starts_position(v) && !starts_agency(v))
				return false;
			take_value(s, words[i].field, span_sub(v, 0, label_next(v, false)), "label", HOW_LABEL);
		} else if (name.words == 0 || !reading_name(s, name.s, "label", HOW_LABEL)) {
			return false;
		} else if (name.end < v.n) {
			return false; /* the rest of the line is read as prose */
		}
		s->block = true;
		return true;
	}
	return false;
}
