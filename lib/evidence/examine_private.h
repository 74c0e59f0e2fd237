/* Shared by the files of evidence/ that examine. */
#ifndef SITANTE_EVIDENCE_EXAMINE_PRIVATE_H
#define SITANTE_EVIDENCE_EXAMINE_PRIVATE_H

#include "evidence/examine.h"

#include <gnutls/ocsp.h>
#include <gnutls/x509.h>

struct certificate_list {
	gnutls_x509_crt_t crt[LIMIT_CERTIFICATES];
	size_t n;
	bool cut; /* there were more */
};

struct answer_list { /* about revocation */
	gnutls_x509_crl_t crl[LIMIT_ANSWERS];
	gnutls_ocsp_resp_t ocsp[LIMIT_ANSWERS];
	size_t n_crl, n_ocsp;
	bool any; /* also one that could not be read */
};

struct examination {
	struct arena *a;
	struct instant at;
	const struct answer_list *answers; /* of the document; NULL: none */
	gnutls_x509_trust_list_t trust;
	struct certificate_list roots;
};

/* --- certificate.c */
/* PEM, DER, PKCS #7; what cannot be read adds nothing. */
void certificates_add(struct certificate_list *l, struct span bytes);
void certificates_add_der(struct certificate_list *l, struct span der);
void certificates_done(struct certificate_list *l);
/* Judged against the roots, by way of others. */
void certificate_read(const struct examination *x, gnutls_x509_crt_t crt, const struct certificate_list *others,
		      struct evidence_certificate *out);
bool certificate_is_weak(gnutls_x509_crt_t crt);
/* One clean line of at most LIMIT_EVIDENCE_TEXT_BYTES; "" where memory is short, which the arena remembers. */
const char *evidence_line(struct arena *a, struct span s);
struct span datum_span(const gnutls_datum_t *d);
gnutls_datum_t datum_of(struct span s); /* borrowed */
struct instant instant_of(time_t t);

/* --- cms.c */
/* A signature over data (RFC 5652, detached): algorithm, signer, signing time, stamp, and a verdict where it is not right;
 * others: more certificates, to find the way to a root.  s is VALID before. */
void cms_judge(const struct examination *x, struct span der, struct span data, const struct certificate_list *others,
	       struct evidence_signature *s);
/* The same of a time stamp over data (RFC 3161): the authority as signer, its time. */
void cms_judge_stamp(const struct examination *x, struct span der, struct span data, const struct certificate_list *others,
		     struct evidence_signature *s);
/* Made with a hash or key that proves nothing any more? */
bool signature_is_weak(gnutls_sign_algorithm_t a);
void signature_fault(struct evidence_signature *s, enum evidence_verdict v, const char *reason);

/* --- revocation.c */
void answers_add_crl(struct answer_list *l, struct span der);
void answers_add_ocsp(struct answer_list *l, struct span der);
void answers_done(struct answer_list *l);
/* Sets what is known of the signer's revocation; own: answers in the signature itself.  Its chain is judged before. */
void revocation_judge(const struct examination *x, gnutls_x509_crt_t crt, const struct certificate_list *others,
		      const struct answer_list *own, struct evidence_signature *s);

/* --- proof.c */
/* Answers that a signature holds itself (ISO 32000-1 12.8.3.3.2). */
void revocation_attribute(struct span der, struct answer_list *out);
struct stamp_content {
	gnutls_digest_algorithm_t hash;
	struct span imprint; /* in the arena */
	struct instant time;
};
bool stamp_content_read(struct arena *a, struct span der, struct stamp_content *out);
/* Does the signing-certificate attribute (RFC 5035; old: its first form, SHA-1) name this certificate? */
bool signing_certificate_names(struct span attribute, bool old, struct span crt_der);

/* --- pdf.c */
void pdf_examine(const struct examination *x, struct span bytes, struct evidence_file *f);

#endif
