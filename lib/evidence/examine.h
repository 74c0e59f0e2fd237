/* Signed PDFs and certificate files to evidence.  Only inside the examiner's process (libqpdf, GnuTLS, libtasn1).
 *
 * Pure: bytes in, a value in the caller's arena out; every byte is hostile.  Objects of a PDF come from libqpdf without
 * repair, PKCS #7 and X.509 from GnuTLS, what GnuTLS does not read from libtasn1 by proof.asn.
 */
#ifndef SITANTE_EVIDENCE_EXAMINE_H
#define SITANTE_EVIDENCE_EXAMINE_H

#include "evidence/evidence.h"

struct evidence_policy {
	struct instant at;        /* now: what no time stamp proves is judged at it */
	const struct span *roots; /* files with certificates that are trusted as issuers, PEM, DER or PKCS #7 */
	size_t n_roots;
};

/* name, kind: of the file; bytes: whole, or cut behind LIMIT_EVIDENCE_BYTES.  0; -ENOMEM. */
int evidence_examine(struct span bytes, const char *name, enum evidence_kind kind, const struct evidence_policy *p,
		     struct arena *a, struct evidence_file *out) MUST_USE;

#endif
