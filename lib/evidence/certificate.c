/* Certificates: reading files of them, their facts, their way to a trusted root. */
#include "evidence/examine_private.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs7.h>

#include <string.h>

enum { CHAIN_MAX = 8, RSA_BITS_MIN = 2048, EC_BITS_MIN = 256 };

/* Dates are judged by ourselves, at the time that counts. */
static const unsigned VERIFY_FLAGS =
	GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);

struct span datum_span(const gnutls_datum_t *d)
{
	return span_of(d->data, d->size);
}

gnutls_datum_t datum_of(struct span s)
{
	return (gnutls_datum_t){ .data = (unsigned char *)(uintptr_t)s.p, .size = (unsigned)s.n };
}

struct instant instant_of(time_t t)
{
	const struct instant last = { 253402300799000 }; /* of the year 9999 */
	return t < 0 ? (struct instant){ 0 } : t > last.ms / 1000 ? last : (struct instant){ (int64_t)t * 1000 };
}

const char *evidence_line(struct arena *a, struct span s)
{
	AUTO_BUF b = BUF_INIT(64 * 1024);
	text_clean_line(&b, s.n > 4096 ? span_of(s.p, 4096) : s);
	size_t n = b.n < LIMIT_EVIDENCE_TEXT_BYTES ? b.n : LIMIT_EVIDENCE_TEXT_BYTES - 1;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--; /* no half a character */
	const char *out = arena_strndup(a, buf_cstr(&b), n);
	return out ? out : "";
}

void certificates_add_der(struct certificate_list *l, struct span der)
{
	gnutls_datum_t d = datum_of(der);
	if (l->n == LIMIT_CERTIFICATES) {
		l->cut = true;
		return;
	}
	if (gnutls_x509_crt_init(&l->crt[l->n]) < 0)
		return;
	if (gnutls_x509_crt_import(l->crt[l->n], &d, GNUTLS_X509_FMT_DER) < 0)
		gnutls_x509_crt_deinit(l->crt[l->n]);
	else
		l->n++;
}

static void add_pem(struct certificate_list *l, const gnutls_datum_t *d)
{
	gnutls_x509_crt_t *list = NULL;
	unsigned n = 0;
	if (gnutls_x509_crt_list_import2(&list, &n, d, GNUTLS_X509_FMT_PEM, 0) < 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		l->cut = l->cut || l->n == LIMIT_CERTIFICATES;
		if (l->n < LIMIT_CERTIFICATES)
			l->crt[l->n++] = list[i];
		else
			gnutls_x509_crt_deinit(list[i]);
	}
	gnutls_free(list);
}

static void add_pkcs7(struct certificate_list *l, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t how)
{
	gnutls_pkcs7_t p;
	if (gnutls_pkcs7_init(&p) < 0)
		return;
	int n = gnutls_pkcs7_import(p, d, how) < 0 ? 0 : gnutls_pkcs7_get_crt_count(p);
	for (int i = 0; i < n && !l->cut; i++) {
		gnutls_datum_t der = { 0 };
		if (gnutls_pkcs7_get_crt_raw2(p, (unsigned)i, &der) < 0)
			continue;
		certificates_add_der(l, datum_span(&der));
		gnutls_free(der.data);
	}
	gnutls_pkcs7_deinit(p);
}

void certificates_add(struct certificate_list *l, struct span bytes)
{
	gnutls_datum_t d = datum_of(bytes);
	size_t before = l->n;
	if (span_find_nocase(bytes, 0, "-----BEGIN PKCS7-----") < bytes.n)
		add_pkcs7(l, &d, GNUTLS_X509_FMT_PEM);
	else if (span_find_nocase(bytes, 0, "-----BEGIN ") < bytes.n)
		add_pem(l, &d);
	else
		certificates_add_der(l, bytes);
	if (l->n == before && !l->cut)
		add_pkcs7(l, &d, GNUTLS_X509_FMT_DER);
}

void certificates_done(struct certificate_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		gnutls_x509_crt_deinit(l->crt[i]);
	l->n = 0;
}

/* --- facts --------------------------------------------------------------------------------------- */

static const char *name_part(struct arena *a, gnutls_x509_crt_t crt, bool issuer, const char *oid)
{
	char text[1024];
	size_t n = sizeof(text) - 1;
	int r = issuer ? gnutls_x509_crt_get_issuer_dn_by_oid(crt, oid, 0, 0, text, &n)
		       : gnutls_x509_crt_get_dn_by_oid(crt, oid, 0, 0, text, &n);
	return r < 0 ? "" : evidence_line(a, span_of(text, strnlen(text, n)));
}

static const char *name_of(struct arena *a, gnutls_x509_crt_t crt, bool issuer)
{
	const char *s = name_part(a, crt, issuer, GNUTLS_OID_X520_COMMON_NAME);
	return *s ? s : name_part(a, crt, issuer, GNUTLS_OID_X520_ORGANIZATION_NAME);
}

/* The address in the subject's name, else the first of the alternative names. */
static const char *email_of(struct arena *a, gnutls_x509_crt_t crt)
{
	char text[512];
	size_t n = sizeof(text) - 1;
	const char *s = name_part(a, crt, false, GNUTLS_OID_PKCS9_EMAIL);
	if (*s)
		return s;
	for (unsigned i = 0; i < 8; i++, n = sizeof(text) - 1) {
		int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, text, &n, NULL);
		if (kind == GNUTLS_SAN_RFC822NAME)
			return evidence_line(a, span_of(text, strnlen(text, n)));
		if (kind < 0 && kind != GNUTLS_E_SHORT_MEMORY_BUFFER)
			break;
	}
	return NULL;
}

static const char *serial_of(struct arena *a, gnutls_x509_crt_t crt)
{
	unsigned char raw[128];
	size_t n = sizeof(raw), at = 0;
	AUTO_BUF hex = BUF_INIT(2 * sizeof(raw));
	if (gnutls_x509_crt_get_serial(crt, raw, &n) < 0)
		return "";
	for (size_t i = 0; i < n; i++)
		buf_addf(&hex, "%02X", raw[i]);
	while (at + 1 < hex.n && hex.p[at] == '0')
		at++;
	const char *out = arena_strdup(a, buf_cstr(&hex) + at);
	return out ? out : "";
}

bool certificate_is_weak(gnutls_x509_crt_t crt)
{
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(crt, &bits);
	bool rsa = algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS;
	return algorithm < 0 || bits < (rsa ? RSA_BITS_MIN : EC_BITS_MIN);
}

/* --- the way to a root -------------------------------------------------------------------------- */

static gnutls_x509_crt_t issuer_among(gnutls_x509_crt_t crt, const struct certificate_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->crt[i] != crt && gnutls_x509_crt_check_issuer(crt, l->crt[i]) == 1)
			return l->crt[i];
	return NULL;
}

static void end_no_later(struct instant *until, gnutls_x509_crt_t crt)
{
	struct instant end = instant_of(gnutls_x509_crt_get_expiration_time(crt));
	if (end.ms < until->ms)
		*until = end;
}

static void chain_judge(const struct examination *x, gnutls_x509_crt_t crt, const struct certificate_list *others,
			struct evidence_certificate *out)
{
	gnutls_x509_crt_t chain[CHAIN_MAX] = { crt }, last = crt;
	unsigned n = 1, status = 0;
	out->chain_until = out->not_after;
	while (n < CHAIN_MAX && !issuer_among(last, &x->roots)) {
		gnutls_x509_crt_t next = issuer_among(last, others);
		if (!next || gnutls_x509_crt_check_issuer(next, next) == 1)
			break;
		chain[n++] = last = next;
	}
	for (unsigned i = 1; i < n; i++)
		end_no_later(&out->chain_until, chain[i]);
	for (gnutls_x509_crt_t up = issuer_among(last, &x->roots); up && n < CHAIN_MAX; n++) {
		end_no_later(&out->chain_until, up);
		up = gnutls_x509_crt_check_issuer(up, up) == 1 ? NULL : issuer_among(up, &x->roots);
	}
	n = 1;
	while (n < CHAIN_MAX && chain[n])
		n++;
	int r = gnutls_x509_trust_list_verify_crt2(x->trust, chain, n, NULL, 0, VERIFY_FLAGS, &status, NULL);
	out->chain = r == 0 && status == 0                                                 ? EVIDENCE_CHAIN_TRUSTED
		     : r == 0 && (status & GNUTLS_CERT_SIGNER_NOT_FOUND) && x->roots.n > 0 ? EVIDENCE_CHAIN_UNKNOWN
		     : x->roots.n == 0                                                     ? EVIDENCE_CHAIN_UNKNOWN
											   : EVIDENCE_CHAIN_BROKEN;
}

void certificate_read(const struct examination *x, gnutls_x509_crt_t crt, const struct certificate_list *others,
		      struct evidence_certificate *out)
{
	unsigned critical, ca = 0, bits = 0, usage = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(crt, &bits);
	const char *word = gnutls_pk_get_name((gnutls_pk_algorithm_t)(algorithm < 0 ? 0 : algorithm));
	const char *key = arena_printf(x->a, "%s %u", word ? word : "unknown", bits);
	*out = (struct evidence_certificate){
		.holder = name_of(x->a, crt, false),
		.issuer = name_of(x->a, crt, true),
		.email = email_of(x->a, crt),
		.serial = serial_of(x->a, crt),
		.key = key ? key : "",
		.not_before = instant_of(gnutls_x509_crt_get_activation_time(crt)),
		.not_after = instant_of(gnutls_x509_crt_get_expiration_time(crt)),
	};
	out->authority = gnutls_x509_crt_get_basic_constraints(crt, &critical, &ca, NULL) >= 0 && ca;
	out->for_signing = gnutls_x509_crt_get_key_usage(crt, &usage, &critical) < 0 ||
			   (usage & (GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_NON_REPUDIATION));
	chain_judge(x, crt, others, out);
}
