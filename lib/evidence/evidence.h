/* What an attached file proves about a certificate: signed PDFs, certificate files.
 *
 * A plain value that the examiner's process makes and everybody else only reads.  It claims what the bytes prove
 * without a network: whether a certificate was revoked is known where the file itself holds its issuer's answer.
 * Times are UTC instants, to the second.  Values are stored: new ones of an enumeration go to its end.
 * ISO 32000-2 12.8 (signatures in PDF), ETSI EN 319 142-1 (PAdES), RFC 5652 (CMS), RFC 3161 (time stamps), RFC 5280.
 */
#ifndef SITANTE_EVIDENCE_EVIDENCE_H
#define SITANTE_EVIDENCE_EVIDENCE_H

#include "base/instant.h"
#include "base/limits.h"
#include "base/wire.h"
#include "base/word.h"

enum evidence_kind { EVIDENCE_PDF, EVIDENCE_CERTIFICATES, EVIDENCE_KEYS, N_EVIDENCE_KINDS };
WORD_DECLARE(evidence_kind, evidence_kind); /* "pdf", "certificates", "keys" */

enum evidence_state {
	EVIDENCE_EXAMINED,
	EVIDENCE_UNSIGNED,  /* a right PDF that nobody signed */
	EVIDENCE_DAMAGED,   /* no right PDF, no certificate in it */
	EVIDENCE_ENCRYPTED, /* a password is wanted */
	EVIDENCE_TOO_LARGE, /* over LIMIT_EVIDENCE_BYTES: not looked at */
	EVIDENCE_REFUSED,   /* private keys are or may be in it: not looked at */
	EVIDENCE_FAILED,    /* the examiner died on it, or it passed a limit of complexity */
	N_EVIDENCE_STATES
};
WORD_DECLARE(evidence_state, evidence_state);

enum evidence_chain {
	EVIDENCE_CHAIN_TRUSTED, /* leads to a root that the operator trusts, every signature on the way right */
	EVIDENCE_CHAIN_UNKNOWN, /* leads to no such root */
	EVIDENCE_CHAIN_BROKEN,  /* a wrong or weak signature, or an issuer that may not issue, on the way */
	N_EVIDENCE_CHAINS
};
WORD_DECLARE(evidence_chain, evidence_chain);

struct evidence_certificate {
	const char *holder, *issuer; /* common names; "" where there is none, never NULL */
	const char *email;           /* NULL: none */
	const char *serial;          /* upper-case hex without leading zeros */
	const char *key;             /* "RSA 2048" */
	struct instant not_before, not_after;
	enum evidence_chain chain;
	struct instant chain_until; /* the first of its issuers to end; not_after where there is none */
	bool authority;             /* may issue certificates itself */
	bool for_signing;           /* its key usage allows signatures */
};

enum evidence_coverage {
	EVIDENCE_COVERS_ALL,      /* the whole file */
	EVIDENCE_COVERS_REVISION, /* after it came further signatures or proofs of validity, nothing that is seen */
	EVIDENCE_COVERS_PART,     /* after it the document was changed */
	EVIDENCE_COVERS_NOTHING,  /* its byte range is none of this document */
	N_EVIDENCE_COVERAGES
};
WORD_DECLARE(evidence_coverage, evidence_coverage);

enum evidence_stamp {
	EVIDENCE_STAMP_NONE,
	EVIDENCE_STAMP_PROVEN,    /* of a trusted authority, over this very signature */
	EVIDENCE_STAMP_UNTRUSTED, /* right, but its authority leads to no trusted root */
	EVIDENCE_STAMP_WRONG,     /* does not fit this signature */
	N_EVIDENCE_STAMPS
};
WORD_DECLARE(evidence_stamp, evidence_stamp);

enum evidence_revocation {
	EVIDENCE_REVOCATION_UNKNOWN,  /* nothing about it is in the file */
	EVIDENCE_REVOCATION_UNJUDGED, /* answers are, but none that its issuer proves to be about this certificate */
	EVIDENCE_REVOCATION_GOOD,     /* not revoked when its issuer said so */
	EVIDENCE_REVOCATION_REVOKED,
	N_EVIDENCE_REVOCATIONS
};
WORD_DECLARE(evidence_revocation, evidence_revocation);

enum evidence_verdict { /* the first that applies, worst first; REVOKED comes before NOT_YET */
			EVIDENCE_VALID,
			EVIDENCE_MALFORMED,  /* no readable signature, or a byte range that hides something */
			EVIDENCE_ALTERED,    /* the signed bytes or the signature are not what was signed */
			EVIDENCE_WEAK,       /* made with a hash or key that proves nothing any more */
			EVIDENCE_REWRITTEN,  /* right, but the document was changed after it */
			EVIDENCE_UNTRUSTED,  /* right, but nobody knows whose it is */
			EVIDENCE_NOT_YET,    /* made before the certificate's validity, or it has not begun */
			EVIDENCE_EXPIRED,    /* made after it, or nothing proves that it was made before its end */
			EVIDENCE_WRONG_KIND, /* the certificate is none for signing */
			EVIDENCE_REVOKED,    /* made after its revocation, or nothing proves that it was made before */
			N_EVIDENCE_VERDICTS
};
WORD_DECLARE(evidence_verdict, evidence_verdict);

struct evidence_signature {
	const char *field;     /* full name of the form field */
	const char *format;    /* /SubFilter: "ETSI.CAdES.detached" */
	const char *algorithm; /* "RSA-SHA256"; NULL: not readable */
	bool has_signer;
	struct evidence_certificate signer;
	bool has_time; /* the signer's own clock: a claim */
	struct instant time;
	enum evidence_stamp stamp;
	struct instant stamped; /* where stamp is not NONE */
	const char *stamp_by;   /* the authority's name; NULL: not readable */
	bool stamp_only;        /* a time stamp of the document, nobody's signature */
	enum evidence_revocation revocation;
	struct instant revocation_at; /* GOOD: when that was true; REVOKED: since when */
	enum evidence_coverage coverage;
	enum evidence_verdict verdict;
	const char *reason; /* English, one line, never NULL */
};

struct evidence_file {
	const char *name;    /* as the attachment's, cleaned */
	uint32_t attachment; /* its place among the mail's */
	enum evidence_kind kind;
	enum evidence_state state;
	const char *reason; /* English, one line: why it was not examined; "" where it was */
	struct evidence_signature *signatures;
	size_t n_signatures;
	struct evidence_certificate *certificates; /* of a certificate file */
	size_t n_certificates;
};

/* What is examined, by name and declared type alone; false: nothing for us. */
bool evidence_is_likely(const char *name, const char *type, enum evidence_kind *out);

/* The worst verdict of its signatures that are somebody's; VALID where there is none. */
enum evidence_verdict evidence_worst(const struct evidence_file *f);

/* How a certificate stands at an instant: VALID, NOT_YET, EXPIRED, UNTRUSTED or WRONG_KIND (an authority's). */
enum evidence_verdict evidence_certificate_verdict(const struct evidence_certificate *c, struct instant at);

/* Adds the value.  Fails only as buf does. */
void evidence_encode(const struct evidence_file *f, struct buf *out);
/* Reads and checks everything again.  0; 1: no right value; -ENOMEM.  *out lives in a. */
int evidence_decode(struct wire *w, struct arena *a, struct evidence_file *out) MUST_USE;

#endif
