#include "request/state.h"

#include "request/likeness.h"
#include "request/name.h"
#include "base/buf.h"
#include "base/text.h"

#include <string.h>

const char *reading_keep(struct reading_state *s, struct span t, size_t max)
{
	AUTO_BUF b = BUF_INIT(8192);
	text_clean_line(&b, span_sub(t, 0, t.n < 2000 ? t.n : 2000));
	size_t n = b.n < max ? b.n : max;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	const char *c = arena_strndup(s->a, buf_cstr(&b), n);
	s->memory = s->memory || !c;
	return c ? c : "";
}

struct applicant_data *reading_applicant(struct reading_state *s)
{
	if (s->out->n_applicants >= LIMIT_APPLICANTS)
		return s->now;
	size_t n = s->out->n_applicants;
	if ((n & (n - 1)) == 0) { /* room doubles at powers of two */
		size_t at = s->now ? (size_t)(s->now - s->out->applicants) : 0;
		void *p = arena_grow(s->a, s->out->applicants, n, n ? n * 2 : 1, sizeof(*s->now));
		if (!p) {
			s->memory = true;
			return s->now;
		}
		s->out->applicants = p;
		s->now = s->now ? s->out->applicants + at : NULL;
	}
	s->out->n_applicants++;
	s->out->applicants[n] = (struct applicant_data){ 0 };
	s->how[n] = HOW_NONE;
	s->now = &s->out->applicants[n];
	return s->now;
}

bool applicant_has(const struct applicant_data *p, enum applicant_field f)
{
	return p->value[f] || p->given[f];
}

unsigned char *reading_how(struct reading_state *s, const struct applicant_data *p)
{
	return &s->how[p - s->out->applicants];
}

static void name_put(struct reading_state *s, struct span v, const char *rule, enum how how)
{
	struct applicant_data *p = s->now ? s->now : reading_applicant(s);
	if (!p)
		return;
	p->value[FIELD_NAME] = reading_keep(s, v, LIMIT_FIELD_BYTES);
	p->rule[FIELD_NAME] = rule;
	p->words[FIELD_NAME] = reading_keep(s, v, 200);
	*reading_how(s, p) = (unsigned char)how;
}

void reading_set(struct reading_state *s, enum applicant_field f, const char *value, struct span given, const char *rule)
{
	if (value && !*value)
		return; /* nothing visible */
	struct applicant_data *p = s->now ? s->now : reading_applicant(s);
	bool person = f == FIELD_NIK || f == FIELD_NIP;
	if (!p)
		return;
	bool guessed = !person && p->value[f] && str_eq(p->rule[f], "words") && value && !str_eq(rule, "words");
	if (value && person && p->value[f] && !str_eq(p->value[f], value))
		p = reading_applicant(s);
	else if ((p->value[f] && !guessed) || (p->given[f] && !value))
		return; /* the first one said counts, but a label counts more than a sentence */
	if (value && person && s->again.n > 0 && p == s->now && !p->value[FIELD_NAME])
		name_put(s, s->again, "before-number", HOW_LABEL); /* two of one name, or nearly */
	p->value[f] = value;
	p->given[f] = value ? NULL : reading_keep(s, given, LIMIT_FIELD_BYTES);
	p->rule[f] = rule;
	p->words[f] = reading_keep(s, given, 200);
	if (value && person)
		s->n_numbers++;
}

static struct applicant_data *find_named(struct reading_state *s, struct span name)
{
	for (size_t i = s->out->n_applicants; i > 0; i--) {
		struct applicant_data *p = &s->out->applicants[i - 1];
		if (p->value[FIELD_NAME] && name_compare(span_str(p->value[FIELD_NAME]), name) >= NAME_PART)
			return p;
		if (s->out->n_applicants - i > 20)
			break; /* a long list: only the last ones are compared */
	}
	return NULL;
}

bool applicant_has_number(const struct applicant_data *p)
{
	return applicant_has(p, FIELD_NIK) || applicant_has(p, FIELD_NIP);
}

/* "NIP: 2 ... Nama: Ali Imran" below "NIP: 1 ... Nama: Ali": another number came before the name. */
static bool record_of_another(const struct reading_state *s, const struct applicant_data *known)
{
	return s->now && s->now != known && !s->now->value[FIELD_NAME] && applicant_has_number(s->now) &&
	       applicant_has_number(known);
}

/* A name was read: whose is it?  false: somebody's who does not apply. */
bool reading_name(struct reading_state *s, struct span v, const char *rule, enum how how)
{
	v = strip_marks(v);
	if (v.n < 2 || v.n > 120 || digit_count(v) > 3)
		return false;
	struct applicant_data *known = find_named(s, v);
	size_t n = s->out->n_applicants;
	bool record = how == HOW_LABEL || how == HOW_TABLE;
	if (known && record && record_of_another(s, known))
		known = NULL;
	s->again = known && record ? v : span_of("", 0);
	if (known) {
		s->now = known;
		const char *old = known->value[FIELD_NAME];
		bool fixed = *reading_how(s, known) == HOW_LABEL || *reading_how(s, known) == HOW_TABLE;
		if (!fixed && !strchr(old, ',') && v.n > strlen(old))
			name_put(s, v, rule, (enum how) * reading_how(s, known));
		return true;
	}
	enum how first = n > 0 ? (enum how)s->how[0] : HOW_NONE;
	if (how == HOW_BLOCK &&
	    (s->closing || first == HOW_LABEL || first == HOW_TABLE || first == HOW_PROSE || first == HOW_SELF))
		return false;
	if (how != HOW_LABEL && how != HOW_TABLE && s->closing && n > 0)
		return false;
	if (how == HOW_SELF && n > 0 && s->out->applicants[0].value[FIELD_NAME])
		return false;
	if ((how == HOW_LABEL || how == HOW_TABLE || how == HOW_PROSE) && n == 1 && first == HOW_SELF &&
	    !applicant_has_number(&s->out->applicants[0])) {
		s->out->applicants[0] = (struct applicant_data){ 0 }; /* the writer asks for another */
		s->now = &s->out->applicants[0];
	}
	if (how == HOW_LABEL)
		s->closing = false;
	if (!s->now || s->now->value[FIELD_NAME])
		s->now = NULL;
	name_put(s, v, rule, how);
	return true;
}

void reading_drop_since(struct reading_state *s, size_t from)
{
	s->out->n_applicants = from;
	memset(s->how + from, HOW_NONE, sizeof(s->how) - from);
	s->now = NULL;
	s->closing = false;
}

static bool same_person(const struct applicant_data *a, const struct applicant_data *b)
{
	bool nik = a->value[FIELD_NIK] && b->value[FIELD_NIK], nip = a->value[FIELD_NIP] && b->value[FIELD_NIP];
	bool same_nik = nik && str_eq(a->value[FIELD_NIK], b->value[FIELD_NIK]);
	bool same_nip = nip && str_eq(a->value[FIELD_NIP], b->value[FIELD_NIP]);
	return (same_nik && (same_nip || !nip)) || (same_nip && !nik);
}

void reading_unite(struct reading_state *s)
{
	struct request *q = s->out;
	size_t kept = 0;
	for (size_t i = 0; i < q->n_applicants; i++) {
		struct applicant_data *p = NULL;
		for (size_t k = 0; !p && k < kept; k++)
			p = same_person(&q->applicants[k], &q->applicants[i]) ? &q->applicants[k] : NULL;
		if (!p) {
			s->how[kept] = s->how[i];
			q->applicants[kept++] = q->applicants[i];
			continue;
		}
		for (int f = 0; f < N_FIELDS; f++) {
			if (p->value[f] || !applicant_has(&q->applicants[i], (enum applicant_field)f))
				continue;
			p->value[f] = q->applicants[i].value[f];
			p->given[f] = q->applicants[i].given[f];
			p->rule[f] = q->applicants[i].rule[f];
			p->words[f] = q->applicants[i].words[f];
		}
	}
	q->n_applicants = kept;
}

bool reading_is_office(const struct request *q, const struct applicant_data *p)
{
	return p && p == q->applicants && q->n_applicants == 1 && applicant_has(p, FIELD_AGENCY) &&
	       !applicant_has(p, FIELD_NAME) && !applicant_has_number(p);
}

/* What from says of the fields, for who does not say it himself. */
static void fill_in(struct applicant_data *p, const struct applicant_data *from, const enum applicant_field *fields, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		enum applicant_field f = fields[k];
		if (applicant_has(p, f))
			continue;
		p->value[f] = from->value[f];
		p->given[f] = from->given[f];
		p->rule[f] = from->rule[f];
		p->words[f] = from->words[f];
	}
}

void reading_spread_office(struct reading_state *s)
{
	static const enum applicant_field shared[] = { FIELD_AGENCY, FIELD_EMAIL, FIELD_PHONE, FIELD_VALID_UNTIL };
	struct request *q = s->out;
	struct applicant_data *office = q->applicants;
	if (q->n_applicants < 2 || !applicant_has(office, FIELD_AGENCY))
		return;
	bool person = applicant_has(office, FIELD_NAME) || applicant_has_number(office);
	if (person && !s->office_above)
		return;
	for (size_t i = 1; i < q->n_applicants; i++)
		if (!applicant_has(&q->applicants[i], FIELD_NAME) && !applicant_has_number(&q->applicants[i]))
			return;
	for (size_t i = 1; i < q->n_applicants; i++)
		fill_in(&q->applicants[i], office, shared, person ? 1 : COUNT(shared));
	if (!person)
		*office = (struct applicant_data){ 0 };
}
