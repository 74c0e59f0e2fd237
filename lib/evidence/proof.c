/* The structures that GnuTLS does not read, by the definitions of proof.asn. */
#include "evidence/examine_private.h"

#include <gnutls/crypto.h>
#include <libtasn1.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const asn1_static_node proof_asn1_tab[];

enum { OID_MAX = 128, HASH_MAX = 64, CERTS_MAX = 16 };

static asn1_node decoded(struct span der, const char *type, asn1_node *definitions)
{
	asn1_node n = NULL;
	int length = (int)der.n;
	if (der.n > LIMIT_EVIDENCE_BYTES || asn1_array2tree(proof_asn1_tab, definitions, NULL) != ASN1_SUCCESS)
		return NULL;
	if (asn1_create_element(*definitions, type, &n) != ASN1_SUCCESS)
		return NULL;
	if (asn1_der_decoding2(&n, der.p, &length, ASN1_DECODE_FLAG_STRICT_DER, NULL) != ASN1_SUCCESS)
		(void)asn1_delete_structure(&n);
	return n;
}

static bool value(asn1_node n, const char *path, void *out, int max, int *len)
{
	*len = max;
	return asn1_read_value(n, path, out, len) == ASN1_SUCCESS && *len <= max;
}

static gnutls_digest_algorithm_t hash_at(asn1_node n, const char *path)
{
	char oid[OID_MAX + 1] = "";
	int len;
	return value(n, path, oid, OID_MAX, &len) ? gnutls_oid_to_digest(oid) : GNUTLS_DIG_UNKNOWN;
}

static int two(const char *p)
{
	return ascii_is_digit(p[0]) && ascii_is_digit(p[1]) ? (p[0] - '0') * 10 + p[1] - '0' : -1;
}

/* "20261128101112Z", a fraction allowed (RFC 3161 2.4.2) */
static bool generalized(const char *s, struct instant *out)
{
	if (strlen(s) < 15 || s[strlen(s) - 1] != 'Z' || (s[14] != 'Z' && s[14] != '.'))
		return false;
	struct civil_time c = { two(s) * 100 + two(s + 2), two(s + 4), two(s + 6), two(s + 8), two(s + 10), two(s + 12) };
	for (int i = 0; i < 14; i += 2)
		if (two(s + i) < 0)
			return false;
	if (!civil_date_valid((struct civil_date){ c.year, c.month, c.day }) || c.hour > 23 || c.minute > 59 || c.second > 60)
		return false;
	*out = instant_from_civil(c, 0);
	return true;
}

bool stamp_content_read(struct arena *a, struct span der, struct stamp_content *out)
{
	asn1_node definitions = NULL, n = decoded(der, "PROOF.TSTInfo", &definitions);
	unsigned char hash[HASH_MAX];
	char time[40] = "";
	int hash_n = 0, len;
	bool ok = n && value(n, "messageImprint.hashedMessage", hash, sizeof(hash), &hash_n) &&
		  value(n, "genTime", time, sizeof(time) - 1, &len) && generalized(time, &out->time);
	if (ok) {
		out->hash = hash_at(n, "messageImprint.hashAlgorithm.algorithm");
		char *copy = arena_alloc(a, HASH_MAX);
		if (copy)
			memcpy(copy, hash, (size_t)hash_n);
		out->imprint = span_of(copy, copy ? (size_t)hash_n : 0);
		ok = copy && out->hash != GNUTLS_DIG_UNKNOWN && (unsigned)hash_n == gnutls_hash_get_len(out->hash);
	}
	(void)asn1_delete_structure(&n);
	(void)asn1_delete_structure(&definitions);
	return ok;
}

void revocation_attribute(struct span der, struct answer_list *out)
{
	asn1_node definitions = NULL, n = decoded(der, "PROOF.RevocationAnswers", &definitions);
	out->any = true;
	for (int ocsp = 0; n && ocsp < 2; ocsp++)
		for (int i = 1; i <= LIMIT_ANSWERS; i++) {
			char path[32];
			int len = 0;
			(void)snprintf(path, sizeof(path), "%s.?%d", ocsp ? "ocsp" : "crl", i);
			if (asn1_read_value(n, path, NULL, &len) != ASN1_MEM_ERROR || len <= 0)
				break;
			unsigned char *one = malloc((size_t)len);
			if (one && asn1_read_value(n, path, one, &len) == ASN1_SUCCESS)
				(ocsp ? answers_add_ocsp : answers_add_crl)(out, span_of(one, (size_t)len));
			free(one);
		}
	(void)asn1_delete_structure(&n);
	(void)asn1_delete_structure(&definitions);
}

bool signing_certificate_names(struct span attribute, bool old, struct span crt_der)
{
	asn1_node definitions = NULL, n = decoded(attribute, "PROOF.SigningCertificate", &definitions);
	unsigned char stated[HASH_MAX], made[HASH_MAX];
	int len;
	gnutls_digest_algorithm_t hash = old ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256;
	/* the first names the signer's, the others issuers' (RFC 5035 3) */
	bool right = n && value(n, "certs.?1.certHash", stated, sizeof(stated), &len);
	char oid[OID_MAX + 1];
	int oid_len;
	if (right && value(n, "certs.?1.hashAlgorithm.algorithm", oid, OID_MAX, &oid_len))
		hash = gnutls_oid_to_digest(oid);
	right = right && hash != GNUTLS_DIG_UNKNOWN && gnutls_hash_get_len(hash) == (unsigned)len &&
		gnutls_hash_fast(hash, crt_der.p, crt_der.n, made) == 0 && memcmp(made, stated, (size_t)len) == 0;
	(void)asn1_delete_structure(&n);
	(void)asn1_delete_structure(&definitions);
	return right;
}
