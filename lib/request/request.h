/* New text of a mail to its meaning: what is asked, for whom, what is missing or malformed;
 * and a staff member's commands.  Pure; runs inside the reader process.
 * Keys and meanings as in tests/corpus/README.md; words and formats: docs in this folder.
 */
#ifndef SITANTE_REQUEST_REQUEST_H
#define SITANTE_REQUEST_REQUEST_H

#include "message/message.h"

enum request_kind {
	REQUEST_RENEWAL,
	REQUEST_ISSUANCE,
	REQUEST_REVOCATION,
	REQUEST_PASSPHRASE,
	REQUEST_DATA_CHANGE,
	REQUEST_QUESTION,
	REQUEST_OTHER,
	REQUEST_AUTOMATIC,
};
WORD_DECLARE(request_kind, request_kind); /* "renewal", "data-change", ... */

enum applicant_field {
	FIELD_NAME,
	FIELD_NIK,
	FIELD_NIP,
	FIELD_POSITION,
	FIELD_AGENCY,
	FIELD_EMAIL,
	FIELD_PHONE,
	FIELD_VALID_UNTIL,
	N_FIELDS,
};
WORD_DECLARE(applicant_field, applicant_field); /* "name", ..., "valid_until" */

struct applicant_data {
	/* FIELD_VALID_UNTIL as "2026-01-19", FIELD_PHONE as E.164, FIELD_NIK 16 and FIELD_NIP 18
	 * digits; NULL: not given, or malformed (then given[] holds what was written) */
	const char *value[N_FIELDS];
	const char *given[N_FIELDS]; /* malformed value as written, else NULL */
	const char *rule[N_FIELDS];  /* which rule took it, for --explain; NULL where no value */
	const char *words[N_FIELDS]; /* the words it was taken from */
};

struct request {
	enum request_kind kind;
	const char *kind_rule;  /* never NULL */
	const char *kind_words; /* never NULL */
	struct applicant_data *applicants;
	size_t n_applicants;
	bool problem[N_FIELDS]; /* present but malformed, in any applicant */
	bool has_letter;
	bool secret_found;    /* a passphrase, password or OTP stood in the mail: text and
			       * text_full of the message hold "[dihapus: rahasia]" in its place */
	bool thanks_only;     /* nothing but thanks / "sudah bisa" */
	bool early_end;       /* "berhenti", opt-out */
	const char **remarks; /* to staff, Indonesian: NIK and NIP disagree on birth date, ... */
	size_t n_remarks;
};

/* Reads m (its text may be redacted in place: m->text, m->text_full are replaced).
 * 0; -ENOMEM, -ENOBUFS. */
int request_read(struct message *m, struct arena *a, struct request *out, struct error *err) MUST_USE;

void request_encode(const struct request *r, struct buf *out);
int request_decode(struct wire *w, struct arena *a, struct request *out) MUST_USE; /* 0, 1, -ENOMEM */

/* Is v a normal form of this datum? */
bool applicant_form_right(enum applicant_field field, const char *v);

/* Structural checks (domain facts 3.1-3.3), shared with /isi and imports.
 * s: as people write it (separators allowed).  0: *out holds the normal form in a;
 * 1: malformed, *out untouched; -ENOMEM. */
int nik_read(const char *s, struct arena *a, const char **out) MUST_USE;
int nip_read(const char *s, struct arena *a, const char **out) MUST_USE;
int phone_read(const char *s, struct arena *a, const char **out) MUST_USE;
/* Indonesian and ISO dates, day first.  0, or 1. */
int date_read(const char *s, struct civil_date *out) MUST_USE;

#endif
