/* Examined files in Indonesian words, and what they prove of a person's new certificate.  Pure. */
#ifndef SITANTE_CASEWORK_FINDING_H
#define SITANTE_CASEWORK_FINDING_H

#include "casework/casework.h"

/* For staff: a "- " line for each signature or certificate.  t: whose persons and day it is held against; NULL: nobody's. */
void finding_words(const struct evidence_file *f, const struct ticket *t, const struct calendar *c, struct instant at,
		   struct arena *a, struct buf *out);
/* For the applicant, without any word out of the file: what it is, and what to do; NULL: nothing to say. */
const char *finding_answer(const struct evidence_file *f, const struct calendar *c, struct instant at, struct arena *a);

/* The newest certificate of this person that an examined file of the ticket proves, and that is newer than the request;
 * others: certificates of that kind that are nobody's on the ticket. */
struct finding {
	const struct evidence_certificate *certificate; /* NULL: none */
	const char *file;
	const struct evidence_certificate *stranger; /* NULL: none */
	struct instant newest;                       /* when the last file came */
};
void finding_of(const struct incoming *in, const struct ticket *t, const struct applicant *x, struct finding *out);

#endif
