#include "request/labelled.h"

#include "request/name.h"
#include "request/value.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

void labelled_parts(struct reading_state *s, const struct label *l, struct span v)
{
	size_t from = 0;
	if (l->n == 1) {
		take_value(s, l->field[0], v, "label", HOW_LABEL);
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

/* "label : value", "label value" at the start of a line, and those that follow in it. */
bool labelled_line(struct reading_state *s, struct span t, struct open_label *open)
{
	size_t end = label_end(t);
	struct label l = end < t.n ? label_read(span_sub(t, 0, end)) : (struct label){ 0 };
	if (end == t.n) {
		l = label_read(t);
		bool all_caps_sentence = l.n > 0 && t.n > 30;
		if (l.n > 0 && !l.foreign && !all_caps_sentence) { /* "NIK" alone: the value stands below */
			open->l = l;
			open->open = true;
			return true;
		}
		return false;
	}
	if (l.foreign && l.n == 0)
		return true;
	if (l.n == 0)
		return false;
	struct span v = span_sub(t, end + 1, t.n);
	if (columns_of_values(s, &l, v))
		return true;
	size_t next = label_next(v);
	struct span own = strip_marks(span_sub(v, 0, next));
	if (own.n == 0 && next >= v.n) {
		open->l = l;
		open->open = true;
		return true;
	}
	labelled_parts(s, &l, own);
	s->block = true;
	if (next < v.n) {
		struct span rest = strip_marks(span_sub(v, next, v.n));
		if (!labelled_line(s, rest, open))
			(void)take_numbers(s, rest, FILLER, "label");
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
			take_value(s, words[i].field, span_sub(v, 0, label_next(v)), "label", HOW_LABEL);
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
