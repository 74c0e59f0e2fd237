/* One PKCS #7 signature (RFC 5652) as PDFs carry it, and time stamps (RFC 3161), which are signatures too. */
#include "evidence/examine_private.h"

#include <gnutls/crypto.h>
#include <gnutls/pkcs7.h>
#include <libtasn1.h>

#include <string.h>
#include <time.h>

#define OID_STAMP_TOKEN "1.2.840.113549.1.9.16.2.14"
#define OID_STAMP_CONTENT "1.2.840.113549.1.9.16.1.4"
#define OID_SIGNING_CERTIFICATE "1.2.840.113549.1.9.16.2.12"
#define OID_SIGNING_CERTIFICATE_V2 "1.2.840.113549.1.9.16.2.47"
#define OID_REVOCATION "1.2.840.113583.1.1.8"

struct cms {
	gnutls_pkcs7_t p;
	gnutls_pkcs7_signature_info_st info;
	bool has_info;
	struct certificate_list certificates;
	gnutls_x509_crt_t signer; /* one of them, or NULL */
};

void signature_fault(struct evidence_signature *s, enum evidence_verdict v, const char *reason)
{
	if (s->verdict == EVIDENCE_VALID || v < s->verdict) {
		s->verdict = v;
		s->reason = reason;
	}
}

static bool made_by(const gnutls_pkcs7_signature_info_st *i, gnutls_x509_crt_t crt)
{
	unsigned char raw[256];
	gnutls_datum_t issuer = { 0 };
	size_t n = sizeof(raw);
	if (i->issuer_dn.size == 0) {
		return i->issuer_keyid.size > 0 && gnutls_x509_crt_get_subject_key_id(crt, raw, &n, NULL) >= 0 &&
		       span_eq(datum_span(&i->issuer_keyid), span_of(raw, n));
	}
	bool same = gnutls_x509_crt_get_serial(crt, raw, &n) >= 0 && span_eq(datum_span(&i->signer_serial), span_of(raw, n)) &&
		    gnutls_x509_crt_get_raw_issuer_dn(crt, &issuer) >= 0 &&
		    span_eq(datum_span(&i->issuer_dn), datum_span(&issuer));
	gnutls_free(issuer.data);
	return same;
}

/* What is padded behind the value must go.  Where it has no length (NSS writes so), libtasn1 counts the marks of its end or
 * does not: both are tried. */
static bool import(struct span padded, gnutls_pkcs7_t *out)
{
	int head = 0;
	size_t max = padded.n <= LIMIT_EVIDENCE_BYTES ? padded.n : 0;
	long n = max > 2 && padded.p[0] == 0x30 ? asn1_get_length_ber(padded.p + 1, (int)max - 1, &head) : -1;
	size_t whole = n < 0 ? max + 1 : 1 + (size_t)head + (size_t)n;
	for (size_t marks = 0; marks <= (max > 2 && padded.p[1] == 0x80 ? 2 : 0) && whole + marks <= max; marks += 2) {
		gnutls_datum_t d = { .data = (unsigned char *)(uintptr_t)padded.p, .size = (unsigned)(whole + marks) };
		if (gnutls_pkcs7_init(out) < 0)
			return false;
		if (gnutls_pkcs7_import(*out, &d, GNUTLS_X509_FMT_DER) >= 0)
			return true;
		gnutls_pkcs7_deinit(*out);
		*out = NULL;
	}
	return false;
}

/* NULL: read; else why not. */
static const char *cms_open(struct span der, struct cms *c)
{
	if (!import(der, &c->p))
		return "the signature is no PKCS #7 value";
	if (gnutls_pkcs7_get_signature_count(c->p) != 1)
		return "the PKCS #7 value has not exactly one signer";
	c->has_info = gnutls_pkcs7_get_signature_info(c->p, 0, &c->info) >= 0;
	if (!c->has_info)
		return "the signer's information cannot be read";
	int n = gnutls_pkcs7_get_crt_count(c->p);
	for (int i = 0; i < n && !c->certificates.cut; i++) {
		gnutls_datum_t one = { 0 };
		if (gnutls_pkcs7_get_crt_raw2(c->p, (unsigned)i, &one) < 0)
			continue;
		certificates_add_der(&c->certificates, datum_span(&one));
		gnutls_free(one.data);
	}
	for (size_t i = 0; i < c->certificates.n && !c->signer; i++)
		if (made_by(&c->info, c->certificates.crt[i]))
			c->signer = c->certificates.crt[i];
	return c->signer ? NULL : "the signer's certificate is not in the signature";
}

static void cms_close(struct cms *c)
{
	if (c->has_info)
		gnutls_pkcs7_signature_info_deinit(&c->info);
	if (c->p)
		gnutls_pkcs7_deinit(c->p);
	certificates_done(&c->certificates);
}

/* The value of an attribute; NULL data: it is not there.  The caller frees data. */
static gnutls_datum_t attribute(gnutls_pkcs7_attrs_t list, const char *wanted)
{
	gnutls_datum_t d = { 0 };
	char *oid = NULL;
	for (unsigned i = 0; list && gnutls_pkcs7_get_attr(list, i, &oid, &d, 0) >= 0; i++) {
		if (str_eq(oid, wanted))
			return d;
		gnutls_free(d.data);
	}
	return (gnutls_datum_t){ 0 };
}

/* GnuTLS verifies only with certificates that are valid now; dates are judged later, with the time that is proven. */
static time_t signer_begin;

static time_t in_validity(time_t *t)
{
	if (t)
		*t = signer_begin;
	return signer_begin;
}

bool signature_is_weak(gnutls_sign_algorithm_t a)
{
	gnutls_digest_algorithm_t h = gnutls_sign_get_hash_algorithm(a);
	return h == GNUTLS_DIG_SHA1 || h == GNUTLS_DIG_MD5 || h == GNUTLS_DIG_MD2 || h == GNUTLS_DIG_RMD160 ||
	       !gnutls_sign_is_secure(a);
}

static void judge_signature(struct cms *c, struct span data, struct evidence_signature *s)
{
	gnutls_datum_t d = { .data = (unsigned char *)(uintptr_t)data.p, .size = (unsigned)data.n };
	signer_begin = gnutls_x509_crt_get_activation_time(c->signer);
	gnutls_global_set_time_function(in_validity);
	int r = gnutls_pkcs7_verify_direct(c->p, c->signer, 0, data.p ? &d : NULL, 0);
	gnutls_global_set_time_function(time);
	if (r == GNUTLS_E_INSUFFICIENT_SECURITY || certificate_is_weak(c->signer) || signature_is_weak(c->info.algo))
		signature_fault(s, EVIDENCE_WEAK, "made with a hash or key that proves nothing any more");
	else if (r == GNUTLS_E_UNKNOWN_HASH_ALGORITHM || r == GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM ||
		 r == GNUTLS_E_UNKNOWN_PK_ALGORITHM)
		signature_fault(s, EVIDENCE_MALFORMED, "made with an algorithm that is not known here");
	else if (r < 0)
		signature_fault(s, EVIDENCE_ALTERED, "the signed bytes or the signature were changed");
}

/* A certificate other than the one that the signer named, put in its place, is no signer. */
static void judge_named(struct cms *c, struct evidence_signature *s)
{
	static const char *const oids[2] = { OID_SIGNING_CERTIFICATE_V2, OID_SIGNING_CERTIFICATE };
	gnutls_datum_t der = { 0 };
	for (int old = 0; old < 2; old++) {
		gnutls_datum_t named = attribute(c->info.signed_attrs, oids[old]);
		if (!named.data || gnutls_x509_crt_export2(c->signer, GNUTLS_X509_FMT_DER, &der) < 0)
			continue;
		if (!signing_certificate_names(datum_span(&named), old, datum_span(&der)))
			signature_fault(s, EVIDENCE_ALTERED, "the signer named another certificate than the one that is given");
		gnutls_free(named.data);
		gnutls_free(der.data);
	}
}

static void judge_stamp_within(const struct examination *x, struct cms *c, const struct certificate_list *others,
			       struct evidence_signature *s)
{
	gnutls_datum_t token = attribute(c->info.unsigned_attrs, OID_STAMP_TOKEN);
	struct evidence_signature stamp = { .reason = "" };
	if (!token.data)
		return;
	cms_judge_stamp(x, datum_span(&token), datum_span(&c->info.sig), others, &stamp);
	s->stamped = stamp.stamped;
	s->stamp_by = stamp.has_signer ? stamp.signer.holder : NULL;
	s->stamp = stamp.verdict == EVIDENCE_VALID       ? EVIDENCE_STAMP_PROVEN
		   : stamp.verdict >= EVIDENCE_UNTRUSTED ? EVIDENCE_STAMP_UNTRUSTED
							 : EVIDENCE_STAMP_WRONG;
	gnutls_free(token.data);
}

static void judge_revocation(const struct examination *x, struct cms *c, const struct certificate_list *others,
			     struct evidence_signature *s)
{
	struct answer_list own = { 0 };
	gnutls_datum_t answers = attribute(c->info.signed_attrs, OID_REVOCATION);
	if (answers.data)
		revocation_attribute(datum_span(&answers), &own);
	gnutls_free(answers.data);
	revocation_judge(x, c->signer, others, &own, s);
	answers_done(&own);
}

void cms_judge(const struct examination *x, struct span der, struct span data, const struct certificate_list *others,
	       struct evidence_signature *s)
{
	struct cms c = { 0 };
	struct certificate_list way = { 0 };
	const char *why = cms_open(der, &c);
	if (c.has_info) {
		const char *name = gnutls_sign_get_name(c.info.algo);
		s->algorithm = name ? name : NULL;
		if (c.info.signing_time != (time_t)-1) {
			s->has_time = true;
			s->time = instant_of(c.info.signing_time);
		}
	}
	if (why) {
		signature_fault(s, EVIDENCE_MALFORMED, why);
		cms_close(&c);
		return;
	}
	way = c.certificates; /* borrowed copies: closed with c and with the document */
	for (size_t i = 0; i < others->n && way.n < LIMIT_CERTIFICATES; i++)
		way.crt[way.n++] = others->crt[i];
	s->has_signer = true;
	certificate_read(x, c.signer, &way, &s->signer);
	judge_signature(&c, data, s);
	judge_named(&c, s);
	judge_stamp_within(x, &c, &way, s);
	judge_revocation(x, &c, &way, s);
	cms_close(&c);
}

/* --- time stamps --------------------------------------------------------------------------------- */

static bool stamps(const struct stamp_content *t, struct span data)
{
	unsigned char made[64];
	return gnutls_hash_get_len(t->hash) <= sizeof(made) && gnutls_hash_fast(t->hash, data.p, data.n, made) == 0 &&
	       span_eq(span_of(made, gnutls_hash_get_len(t->hash)), t->imprint);
}

static bool is_for_stamps(gnutls_x509_crt_t crt)
{
	char oid[128];
	for (unsigned i = 0; i < 16; i++) {
		size_t n = sizeof(oid);
		if (gnutls_x509_crt_get_key_purpose_oid(crt, i, oid, &n, NULL) < 0)
			return false;
		if (str_eq(oid, GNUTLS_KP_TIME_STAMPING))
			return true;
	}
	return false;
}

/* In an open token: the content, its hash, the authority at the time that it states. */
static void judge_content(struct cms *c, struct span data, const struct examination *x, struct evidence_signature *s)
{
	struct stamp_content t = { 0 };
	gnutls_datum_t content = { 0 };
	const char *oid = gnutls_pkcs7_get_embedded_data_oid(c->p);
	bool read = str_eq(oid, OID_STAMP_CONTENT) && gnutls_pkcs7_get_embedded_data(c->p, 0, &content) >= 0 &&
		    stamp_content_read(x->a, datum_span(&content), &t);
	gnutls_free(content.data);
	if (!read) {
		signature_fault(s, EVIDENCE_MALFORMED, "the time stamp cannot be read");
		return;
	}
	s->stamped = t.time;
	if (t.hash == GNUTLS_DIG_SHA1 || t.hash == GNUTLS_DIG_MD5)
		signature_fault(s, EVIDENCE_WEAK, "the time stamp is made over a hash that proves nothing any more");
	else if (!stamps(&t, data))
		signature_fault(s, EVIDENCE_ALTERED, "the time stamp is one of other bytes");
	if (!is_for_stamps(c->signer))
		signature_fault(s, EVIDENCE_WRONG_KIND, "its certificate is none for time stamps");
	if (s->signer.chain != EVIDENCE_CHAIN_TRUSTED)
		signature_fault(s, EVIDENCE_UNTRUSTED, "the time stamp's authority leads to no trusted root");
	else if (t.time.ms < s->signer.not_before.ms)
		signature_fault(s, EVIDENCE_NOT_YET, "the time stamp is older than its authority's certificate");
	else if (t.time.ms > s->signer.not_after.ms || t.time.ms > s->signer.chain_until.ms)
		signature_fault(s, EVIDENCE_EXPIRED, "the time stamp is younger than its authority's certificate");
}

void cms_judge_stamp(const struct examination *x, struct span der, struct span data, const struct certificate_list *others,
		     struct evidence_signature *s)
{
	struct cms c = { 0 };
	const char *why = cms_open(der, &c);
	if (why) {
		signature_fault(s, EVIDENCE_MALFORMED, why);
	} else {
		struct certificate_list way = c.certificates;
		for (size_t i = 0; i < others->n && way.n < LIMIT_CERTIFICATES; i++)
			way.crt[way.n++] = others->crt[i];
		s->algorithm = gnutls_sign_get_name(c.info.algo);
		s->has_signer = true;
		certificate_read(x, c.signer, &way, &s->signer);
		judge_signature(&c, span_of(NULL, 0), s);
		judge_named(&c, s);
		judge_content(&c, data, x, s);
	}
	cms_close(&c);
}
