/* Labels as people write them ("No. HP/WA", "N I P", "Masa berlaku s.d.") and what they mean.
 * Pure. */
#ifndef SITANTE_REQUEST_LABEL_H
#define SITANTE_REQUEST_LABEL_H

#include "request/request.h"
#include "request/words.h"

/* Meanings beside the fields: somebody else's or another thing's; words that mean nothing alone. */
enum { FOREIGN = N_FIELDS, FILLER };

struct label {
	enum applicant_field field[3];
	size_t n;
	bool foreign;
};

/* Is t, as a whole, a label?  n 0: none of ours. */
struct label label_read(struct span t);
/* The colon (or "=", tab, bar) that ends a label; t.n where there is none. */
size_t label_end(struct span t);
/* The nearest word before the number at to that says what it is: a field, FOREIGN or FILLER. */
int label_before(struct span t, size_t from, size_t to);
/* Where the words end that stand before the label of the number at number: "Budi, S.Sos| (NIP. 19...". */
size_t label_start(struct span t, size_t number);
/* Where a second label begins inside a line ("NIP : 1 NIK : 2", "Nama: Budi. Jabatan: Kasi X"); t.n where none
 * does.  closed: only one with its colon. */
size_t label_next(struct span t, bool closed);

#endif
