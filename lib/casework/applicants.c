/* Persons of a mail and persons of a ticket: which is which, and which gaps a mail fills.
 * A value that is right already is never overwritten by mail of the applicant: staff do that. */
#include "casework/casework_private.h"

#include <errno.h>
#include <string.h>

static bool same_name(const char *a, const char *b)
{
	return a && b && str_eq_nocase(a, b);
}

/* Both have the number and the numbers differ. */
static bool differs(const struct applicant *x, const struct applicant_data *d, enum applicant_field f)
{
	return x->value[f] && d->value[f] && !str_eq(x->value[f], d->value[f]);
}

/* Titles and short forms: one name may be part of the other. */
static bool names_agree(const struct applicant *x, const struct applicant_data *d)
{
	const char *a = x->value[FIELD_NAME], *b = d->value[FIELD_NAME];
	if (!a || !b)
		return true;
	struct span s = span_str(a), t = span_str(b);
	return span_find_nocase(s, 0, b) < s.n || span_find_nocase(t, 0, a) < t.n;
}

static bool same_number(const struct applicant *x, const struct applicant_data *d, enum applicant_field f)
{
	return x->value[f] && d->value[f] && str_eq(x->value[f], d->value[f]);
}

static bool conflicts(const struct applicant *x, const struct applicant_data *d)
{
	return differs(x, d, FIELD_NIK) || differs(x, d, FIELD_NIP);
}

/* Would d fill anything in x? */
static bool lacks(const struct applicant *x, const struct applicant_data *d)
{
	for (int f = 0; f < N_FIELDS; f++)
		if (d->value[f] && !x->value[f])
			return true;
	return false;
}

static struct applicant *find(struct ticket *t, const struct applicant_data *d)
{
	struct applicant *only = NULL;
	size_t n = 0;
	for (size_t i = 0; i < t->n_applicants; i++)
		if (same_number(&t->applicants[i], d, FIELD_NIK) || same_number(&t->applicants[i], d, FIELD_NIP))
			return &t->applicants[i];
	for (size_t i = 0; i < t->n_applicants; i++)
		if (same_name(t->applicants[i].value[FIELD_NAME], d->value[FIELD_NAME]))
			return &t->applicants[i];
	if (d->value[FIELD_NAME] && t->n_applicants > 1)
		return NULL;
	for (size_t i = 0; i < t->n_applicants; i++)
		if (!conflicts(&t->applicants[i], d) && names_agree(&t->applicants[i], d) && lacks(&t->applicants[i], d)) {
			only = &t->applicants[i];
			n++;
		}
	if (n == 1)
		return only;
	return t->n_applicants == 1 && names_agree(&t->applicants[0], d) ? &t->applicants[0] : NULL;
}

static void add_word(struct buf *b, const char *word)
{
	if (!strstr(buf_cstr(b), word))
		buf_addf(b, "%s%s", b->n ? ", " : "", word);
}

static void fill_one(struct applicant *x, const struct applicant_data *d, size_t at, struct filled *out)
{
	for (int i = 0; i < N_FIELDS; i++) {
		enum applicant_field f = (enum applicant_field)i;
		if (d->value[f] && !x->value[f]) {
			x->value[f] = d->value[f];
			x->given[f] = NULL;
			add_word(&out->names, phrase_field(f));
		} else if (d->value[f] && !same_name(x->value[f], d->value[f])) {
			buf_addf(&out->remarks,
				 "%s orang ke-%zu dalam surat ini berbeda dengan data tiket: tidak "
				 "diubah. "
				 "Bila surat ini yang benar, perbaiki dengan /isi.\n",
				 phrase_field(f), at + 1);
		} else if (!d->value[f] && d->given[f] && !x->value[f]) {
			x->given[f] = d->given[f];
			buf_addf(&out->remarks, "%s yang disebut dalam surat ini tidak sesuai format.\n", phrase_field(f));
		}
	}
}

static bool is_new_person(const struct ticket *t, const struct applicant_data *d)
{
	if (!d->value[FIELD_NAME] || !(d->value[FIELD_NIK] || d->value[FIELD_NIP]))
		return false;
	for (size_t i = 0; i < t->n_applicants; i++) {
		const struct applicant *x = &t->applicants[i];
		if (!x->value[FIELD_NAME] || same_name(x->value[FIELD_NAME], d->value[FIELD_NAME]))
			return false;
	}
	return t->state != TICKET_RENEWED;
}

static void take_person(struct work *w, struct ticket *t, const struct applicant_data *d, struct filled *out)
{
	struct applicant *x = find(t, d);
	if (x && !conflicts(x, d)) {
		fill_one(x, d, (size_t)(x - t->applicants), out);
		return;
	}
	if (t->n_applicants > 0 && !is_new_person(t, d)) {
		buf_addf(&out->remarks, "Surat ini memuat data yang tidak cocok dengan pemohon mana pun dalam "
					"tiket: "
					"tidak dimasukkan. Periksa, lalu gunakan /isi bila perlu.\n");
		return;
	}
	x = ticket_add_applicant(w, t);
	if (!x)
		return;
	memcpy(x->value, d->value, sizeof(x->value));
	memcpy(x->given, d->given, sizeof(x->given));
	if (t->n_applicants > 1)
		buf_addf(&out->remarks, "Ditambahkan: pemohon ke-%zu.\n", t->n_applicants);
	for (int i = 0; i < N_FIELDS; i++)
		if (x->value[i])
			add_word(&out->names, phrase_field((enum applicant_field)i));
}

void applicants_fill(struct work *w, struct ticket *t, struct filled *out)
{
	for (size_t i = 0; i < w->q->n_applicants; i++)
		take_person(w, t, &w->q->applicants[i], out);
	/* A list that is cut short is no fault: the mail itself is there to read. */
	if (buf_status(&out->names) == -ENOMEM || buf_status(&out->remarks) == -ENOMEM)
		work_fail(w, -ENOMEM);
}
