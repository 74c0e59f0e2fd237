/* One revision of a PDF as libqpdf reads it.  Shared by pdf.c, pdf_read.c and pdf_content.c only. */
#ifndef SITANTE_EVIDENCE_PDF_PRIVATE_H
#define SITANTE_EVIDENCE_PDF_PRIVATE_H

#include "base/digest.h"
#include "evidence/examine_private.h"

#include <qpdf/qpdf-c.h>

struct pdf_field { /* a signature field with a value */
	const char *name, *format;
	int id;         /* object number of the field; 0: it stands in no object of its own */
	bool has_range; /* four numbers that lie in the file, the first 0 */
	size_t range[4];
	struct span contents;
	bool has_date;
	struct instant date; /* /M */
};

struct pdf {
	qpdf_data q;
	struct span bytes;
	struct pdf_field field[LIMIT_SIGNATURES];
	size_t n_fields;
	bool too_many;  /* fields or signatures */
	bool has_empty; /* a signature field waits for its signature */
};

/* pdf_read.c: without repair.  EXAMINED: it may be looked at; pdf_close() in every case. */
enum evidence_state pdf_open(struct span bytes, struct arena *a, struct pdf *out);
void pdf_close(struct pdf *p);
/* Certificates of the document's security store (/DSS). */
void pdf_store_certificates(struct pdf *p, struct certificate_list *out);
/* Answers about revocation of it. */
void pdf_store_answers(struct pdf *p, struct answer_list *out);

/* pdf_content.c: a hash over all that a reader can see or follow from the catalogue, without what further signatures may
 * add: the fields (object numbers) of skip, the security store, extensions, metadata.
 * false: too complex. */
bool pdf_content(struct pdf *p, const int *skip, size_t n_skip, struct digest *out);

#endif
