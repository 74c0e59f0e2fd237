/* What the answers about revocation that lie in a file prove without a network.  RFC 5280 5 (lists), RFC 6960 (OCSP).
 *
 * An answer counts where the very key that issued the certificate made it, or a responder of that authority; only the signer's
 * own certificate is looked up.  "Revoked" stays true for ever, "not revoked" was true on the day of the answer. */
#include "evidence/examine_private.h"

#include <gnutls/ocsp.h>

enum { RESPONDERS_MAX = 8, SINGLES_MAX = 64, SERIAL_MAX = 128 };

/* Dates are held against the answer's own. */
static const unsigned FLAGS =
	GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);

static bool may_add(struct answer_list *l, struct span der)
{
	bool may = der.n > 0 && der.n <= LIMIT_ANSWER_BYTES && l->n_crl + l->n_ocsp < LIMIT_ANSWERS;
	l->any = true;
	return may;
}

void answers_add_crl(struct answer_list *l, struct span der)
{
	gnutls_datum_t d = datum_of(der);
	gnutls_x509_crl_t crl;
	if (!may_add(l, der) || gnutls_x509_crl_init(&crl) < 0)
		return;
	if (gnutls_x509_crl_import(crl, &d, GNUTLS_X509_FMT_DER) < 0)
		gnutls_x509_crl_deinit(crl);
	else
		l->crl[l->n_crl++] = crl;
}

void answers_add_ocsp(struct answer_list *l, struct span der)
{
	gnutls_datum_t d = datum_of(der);
	gnutls_ocsp_resp_t ocsp;
	if (!may_add(l, der) || gnutls_ocsp_resp_init(&ocsp) < 0)
		return;
	if (gnutls_ocsp_resp_import(ocsp, &d) < 0)
		gnutls_ocsp_resp_deinit(ocsp);
	else
		l->ocsp[l->n_ocsp++] = ocsp;
}

void answers_done(struct answer_list *l)
{
	for (size_t i = 0; i < l->n_crl; i++)
		gnutls_x509_crl_deinit(l->crl[i]);
	for (size_t i = 0; i < l->n_ocsp; i++)
		gnutls_ocsp_resp_deinit(l->ocsp[i]);
	*l = (struct answer_list){ 0 };
}

/* --- one answer ------------------------------------------------------------------------------------- */

/* Its issuer by its key, not by its name: a namesake's answers are nobody's. */
static gnutls_x509_crt_t issuer_of(gnutls_x509_crt_t crt, const struct certificate_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		unsigned status = 0;
		if (gnutls_x509_crt_check_issuer(crt, l->crt[i]) == 1 &&
		    gnutls_x509_crt_verify(crt, &l->crt[i], 1, FLAGS, &status) >= 0 && status == 0)
			return l->crt[i];
	}
	return NULL;
}

static void revoked(struct evidence_signature *s, struct instant at)
{
	if (s->revocation != EVIDENCE_REVOCATION_REVOKED || at.ms < s->revocation_at.ms)
		s->revocation_at = at;
	s->revocation = EVIDENCE_REVOCATION_REVOKED;
}

static void not_revoked(struct evidence_signature *s, struct instant as_of)
{
	if (s->revocation == EVIDENCE_REVOCATION_REVOKED ||
	    (s->revocation == EVIDENCE_REVOCATION_GOOD && as_of.ms < s->revocation_at.ms))
		return;
	s->revocation = EVIDENCE_REVOCATION_GOOD;
	s->revocation_at = as_of;
}

/* Lists of changes, of other issuers' certificates, of a part of them say so in critical extensions: they are not read. */
static bool is_plain(gnutls_x509_crl_t crl)
{
	char oid[SERIAL_MAX];
	unsigned critical;
	for (unsigned i = 0;; i++) {
		size_t n = sizeof(oid);
		int r = gnutls_x509_crl_get_extension_info(crl, i, oid, &n, &critical);
		if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return true;
		if (r < 0 || critical)
			return false;
	}
}

static void ask_crl(gnutls_x509_crl_t crl, gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer, struct instant now,
		    struct evidence_signature *s)
{
	unsigned char own[SERIAL_MAX], listed[SERIAL_MAX];
	size_t n_own = sizeof(own), n = sizeof(listed);
	gnutls_x509_crl_iter_t i = NULL;
	unsigned status = 0;
	time_t made = gnutls_x509_crl_get_this_update(crl), when = 0;
	int algorithm = gnutls_x509_crl_get_signature_algorithm(crl);
	if (made < 0 || instant_of(made).ms > now.ms || !is_plain(crl) || algorithm < 0 ||
	    signature_is_weak((gnutls_sign_algorithm_t)algorithm) || gnutls_x509_crt_get_serial(crt, own, &n_own) < 0 ||
	    gnutls_x509_crl_check_issuer(crl, issuer) != 1 || gnutls_x509_crl_verify(crl, &issuer, 1, FLAGS, &status) < 0 ||
	    status)
		return;
	int r = 0;
	bool found = false;
	while (!found && (r = gnutls_x509_crl_iter_crt_serial(crl, &i, listed, &n, &when)) >= 0) {
		found = span_eq(span_of(own, n_own), span_of(listed, n));
		n = sizeof(listed);
	}
	if (i)
		gnutls_x509_crl_iter_deinit(i);
	if (found)
		revoked(s, instant_of(when));
	else if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		not_revoked(s, instant_of(made));
}

/* The responder's certificates were valid when it answered. */
static bool responder_was_valid(gnutls_ocsp_resp_t ocsp)
{
	gnutls_x509_crt_t *list = NULL;
	size_t n = 0;
	time_t made = gnutls_ocsp_resp_get_produced(ocsp);
	bool valid = made >= 0;
	if (gnutls_ocsp_resp_get_certs(ocsp, &list, &n) < 0)
		return valid; /* none: the issuer itself answered */
	for (size_t i = 0; i < n; i++) {
		valid = valid && n <= RESPONDERS_MAX && made >= gnutls_x509_crt_get_activation_time(list[i]) &&
			made <= gnutls_x509_crt_get_expiration_time(list[i]);
		gnutls_x509_crt_deinit(list[i]);
	}
	gnutls_free(list);
	return valid;
}

static void ask_ocsp(gnutls_ocsp_resp_t ocsp, gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer, struct instant now,
		     struct evidence_signature *s)
{
	unsigned wrong = 0, status = 0;
	time_t as_of, next, when;
	int algorithm = gnutls_ocsp_resp_get_signature_algorithm(ocsp);
	if (gnutls_ocsp_resp_get_status(ocsp) != GNUTLS_OCSP_RESP_SUCCESSFUL || algorithm < 0 ||
	    signature_is_weak((gnutls_sign_algorithm_t)algorithm) ||
	    gnutls_ocsp_resp_verify_direct(ocsp, issuer, &wrong, FLAGS) < 0 || wrong || !responder_was_valid(ocsp))
		return;
	for (unsigned i = 0; i < SINGLES_MAX; i++) {
		if (gnutls_ocsp_resp_get_single(ocsp, i, NULL, NULL, NULL, NULL, &status, &as_of, &next, &when, NULL) < 0)
			return;
		if (gnutls_ocsp_resp_check_crt(ocsp, i, crt) < 0 || as_of < 0 || instant_of(as_of).ms > now.ms)
			continue;
		if (status == GNUTLS_OCSP_CERT_REVOKED && when >= 0)
			revoked(s, instant_of(when));
		else if (status == GNUTLS_OCSP_CERT_GOOD)
			not_revoked(s, instant_of(as_of));
	}
}

static void ask(const struct answer_list *l, gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer, struct instant now,
		struct evidence_signature *s)
{
	for (size_t i = 0; i < l->n_crl; i++)
		ask_crl(l->crl[i], crt, issuer, now, s);
	for (size_t i = 0; i < l->n_ocsp; i++)
		ask_ocsp(l->ocsp[i], crt, issuer, now, s);
}

void revocation_judge(const struct examination *x, gnutls_x509_crt_t crt, const struct certificate_list *others,
		      const struct answer_list *own, struct evidence_signature *s)
{
	bool any = own->any || (x->answers && x->answers->any);
	s->revocation = any ? EVIDENCE_REVOCATION_UNJUDGED : EVIDENCE_REVOCATION_UNKNOWN;
	gnutls_x509_crt_t issuer = issuer_of(crt, &x->roots);
	if (!issuer)
		issuer = issuer_of(crt, others);
	if (!any || !issuer || s->signer.chain != EVIDENCE_CHAIN_TRUSTED)
		return;
	ask(own, crt, issuer, x->at, s);
	if (x->answers)
		ask(x->answers, crt, issuer, x->at, s);
}
