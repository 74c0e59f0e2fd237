/* What has been read so far: the applicants, and whose data the next line would be.
 * Strings are copied into the arena; where it is full, memory is set and the reading fails as a whole. */
#ifndef SITANTE_REQUEST_STATE_H
#define SITANTE_REQUEST_STATE_H

#include "request/request.h"
#include "request/words.h"

#include "base/limits.h"

/* How an applicant came in; an unlabelled name below a labelled one is a signatory's. */
enum how { HOW_NONE, HOW_LABEL, HOW_TABLE, HOW_PROSE, HOW_SELF, HOW_BLOCK };

struct reading_state {
	struct arena *a;
	struct request *out;
	struct applicant_data *now; /* the current applicant; NULL: none */
	const struct message *m;
	bool memory;       /* the arena is full */
	bool closing;      /* below "demikian", "hormat kami": a signatory's block */
	bool block;        /* the lines just above belong to the current applicant */
	bool end_open;     /* the line above ended in "... berakhirnya:": a date in this one is the end */
	bool bystander;    /* data of a superior, an operator, a signatory under their own heading */
	bool office_above; /* an office stood alone above the first person */
	size_t n_numbers;
	struct span again; /* a name that a record said of one who was known: another number makes it another person's */
	const char *end;   /* a validity end said of all of them */
	struct span end_words;
	unsigned char how[LIMIT_APPLICANTS + 1];
};

/* One clean line of at most max bytes, cut between characters; "" where memory is out. */
const char *reading_keep(struct reading_state *s, struct span t, size_t max);
/* A new current applicant; over the limit the old one stays. */
struct applicant_data *reading_applicant(struct reading_state *s);
/* Given at all, right or malformed? */
bool applicant_has(const struct applicant_data *p, enum applicant_field f);
/* Where p came from: an enum how. */
unsigned char *reading_how(struct reading_state *s, const struct applicant_data *p);
/* The first value said counts; another NIK or NIP begins another applicant.  value NULL: malformed, given tells what was written.
 */
void reading_set(struct reading_state *s, enum applicant_field f, const char *value, struct span given, const char *rule);
bool applicant_has_number(const struct applicant_data *p);
/* A name was read: it becomes the current applicant.  false: somebody's who does not apply. */
bool reading_name(struct reading_state *s, struct span v, const char *rule, enum how how);
/* Applicants of one NIK or NIP are one person, unless the other number parts them. */
void reading_unite(struct reading_state *s);
/* "Instansi: Dinas Sosial" above a list names no person: it is said of all in the list who say nothing else. */
void reading_spread_office(struct reading_state *s);
/* Nothing of p is known but an office? */
bool reading_is_office(const struct request *q, const struct applicant_data *p);
/* Forgets the applicants from index from on. */
void reading_drop_since(struct reading_state *s, size_t from);

#endif
