#include "request/request.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

WORD_TABLE(request_kind, request_kind, [REQUEST_RENEWAL] = "renewal", [REQUEST_ISSUANCE] = "issuance",
	   [REQUEST_REVOCATION] = "revocation", [REQUEST_PASSPHRASE] = "passphrase", [REQUEST_DATA_CHANGE] = "data-change",
	   [REQUEST_QUESTION] = "question", [REQUEST_OTHER] = "other", [REQUEST_AUTOMATIC] = "automatic")
WORD_TABLE(applicant_field,
	   applicant_field, [FIELD_NAME] = "name", [FIELD_NIK] = "nik", [FIELD_NIP] = "nip", [FIELD_POSITION] = "position",
	   [FIELD_AGENCY] = "agency", [FIELD_EMAIL] = "email", [FIELD_PHONE] = "phone", [FIELD_VALID_UNTIL] = "valid_until")

enum { REMARKS_MAX = 50, WORDS_MAX = 400 };

void request_encode(const struct request *r, struct buf *out)
{
	wire_put_u8(out, (uint8_t)r->kind);
	wire_put_str(out, r->kind_rule);
	wire_put_str(out, r->kind_words);
	wire_put_u32(out, (uint32_t)r->n_applicants);
	for (size_t i = 0; i < r->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++) {
			wire_put_str(out, r->applicants[i].value[f]);
			wire_put_str(out, r->applicants[i].given[f]);
			wire_put_str(out, r->applicants[i].rule[f]);
			wire_put_str(out, r->applicants[i].words[f]);
		}
	for (int f = 0; f < N_FIELDS; f++)
		wire_put_u8(out, r->problem[f]);
	wire_put_u8(out, r->has_letter);
	wire_put_u8(out, r->secret_found);
	wire_put_u8(out, r->thanks_only);
	wire_put_u8(out, r->early_end);
	wire_put_u32(out, (uint32_t)r->n_remarks);
	for (size_t i = 0; i < r->n_remarks; i++)
		wire_put_str(out, r->remarks[i]);
}

static const char *needed(struct wire *w, const char *s)
{
	w->bad = w->bad || !s;
	return s ? s : "";
}

static bool digits_only(const char *s, size_t n)
{
	size_t i = 0;
	while (ascii_is_digit((unsigned char)s[i]))
		i++;
	return i == n && s[i] == '\0';
}

/* Normal forms hold on this side of the wall too. */
bool applicant_form_right(enum applicant_field field, const char *v)
{
	struct civil_date d;
	switch (field) {
	case FIELD_NIK:
		return digits_only(v, 16);
	case FIELD_NIP:
		return digits_only(v, 18);
	case FIELD_PHONE:
		return v[0] == '+' && digits_only(v + 1, strlen(v) - 1) && strlen(v) <= 20;
	case FIELD_EMAIL:
		return mail_address_valid(v);
	case FIELD_VALID_UNTIL:
		return date_read(v, &d) == 0;
	case FIELD_NAME:
	case FIELD_POSITION:
	case FIELD_AGENCY:
	case N_FIELDS:
		break;
	}
	return *v != '\0' && !strchr(v, '\n');
}

static void decode_applicant(struct wire *w, struct arena *a, struct applicant_data *p)
{
	for (int f = 0; f < N_FIELDS; f++) {
		p->value[f] = wire_str(w, a, LIMIT_FIELD_BYTES);
		p->given[f] = wire_str(w, a, LIMIT_FIELD_BYTES);
		p->rule[f] = wire_str(w, a, 100);
		p->words[f] = wire_str(w, a, WORDS_MAX);
		if (p->value[f] && !applicant_form_right((enum applicant_field)f, p->value[f]))
			w->bad = true;
	}
}

int request_decode(struct wire *w, struct arena *a, struct request *out)
{
	struct request r = { 0 };
	r.kind = (enum request_kind)wire_u8_max(w, REQUEST_AUTOMATIC);
	r.kind_rule = needed(w, wire_str(w, a, 200));
	r.kind_words = needed(w, wire_str(w, a, 2000));
	r.n_applicants = wire_count(w, LIMIT_APPLICANTS);
	r.applicants = arena_array(a, r.n_applicants ? r.n_applicants : 1, sizeof(*r.applicants));
	w->bad = w->bad || !r.applicants;
	for (size_t i = 0; i < r.n_applicants && !w->bad; i++)
		decode_applicant(w, a, &r.applicants[i]);
	for (int f = 0; f < N_FIELDS; f++)
		r.problem[f] = wire_u8_max(w, 1);
	r.has_letter = wire_u8_max(w, 1);
	r.secret_found = wire_u8_max(w, 1);
	r.thanks_only = wire_u8_max(w, 1);
	r.early_end = wire_u8_max(w, 1);
	r.n_remarks = wire_count(w, REMARKS_MAX);
	r.remarks = arena_array(a, r.n_remarks ? r.n_remarks : 1, sizeof(char *));
	w->bad = w->bad || !r.remarks;
	for (size_t i = 0; i < r.n_remarks && !w->bad; i++)
		r.remarks[i] = needed(w, wire_str(w, a, 1000));
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = r;
	return 0;
}
