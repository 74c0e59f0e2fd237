#include "evidence/examine_private.h"

#include <gnutls/pkcs12.h>

#include <errno.h>
#include <string.h>

static void open_trust(const struct evidence_policy *p, struct examination *x)
{
	for (size_t i = 0; i < p->n_roots; i++)
		certificates_add(&x->roots, p->roots[i]);
	if (gnutls_x509_trust_list_init(&x->trust, 0) >= 0 && x->roots.n > 0)
		(void)gnutls_x509_trust_list_add_cas(x->trust, x->roots.crt, (unsigned)x->roots.n, 0);
}

static bool holds_keys(struct span bytes)
{
	gnutls_datum_t d = { .data = (unsigned char *)(uintptr_t)bytes.p, .size = (unsigned)bytes.n };
	gnutls_pkcs12_t p;
	if (span_find_nocase(bytes, 0, "PRIVATE KEY-----") < bytes.n)
		return true;
	if (gnutls_pkcs12_init(&p) < 0)
		return false;
	bool right = gnutls_pkcs12_import(p, &d, GNUTLS_X509_FMT_DER, 0) >= 0; /* the outermost layer: no password, no content */
	gnutls_pkcs12_deinit(p);
	return right;
}

static void certificates_examine(const struct examination *x, struct span bytes, struct evidence_file *f)
{
	struct certificate_list l = { 0 };
	if (holds_keys(bytes)) {
		f->state = EVIDENCE_REFUSED;
		f->reason = "private keys are in it";
		return;
	}
	certificates_add(&l, bytes);
	if (l.n == 0 || l.cut) {
		f->state = l.cut ? EVIDENCE_FAILED : EVIDENCE_DAMAGED;
		f->reason = l.cut ? "more certificates than are looked at" : "no certificate can be read in it";
	}
	f->certificates = arena_array(x->a, l.n + 1, sizeof(*f->certificates));
	for (size_t i = 0; f->state == EVIDENCE_EXAMINED && i < l.n && f->certificates; i++)
		certificate_read(x, l.crt[i], &l, &f->certificates[f->n_certificates++]);
	certificates_done(&l);
}

int evidence_examine(struct span bytes, const char *name, enum evidence_kind kind, const struct evidence_policy *p,
		     struct arena *a, struct evidence_file *out)
{
	struct examination x = { .a = a, .at = p->at };
	struct evidence_file f = { .name = evidence_line(a, span_str(name)), .kind = kind, .reason = "" };
	if (kind == EVIDENCE_KEYS) {
		f.state = EVIDENCE_REFUSED;
		f.reason = "a file of this kind holds private keys";
	} else if (bytes.n > LIMIT_EVIDENCE_BYTES) {
		f.state = EVIDENCE_TOO_LARGE;
		f.reason = "larger than what is looked at";
	} else {
		open_trust(p, &x);
		if (kind == EVIDENCE_PDF)
			pdf_examine(&x, bytes, &f);
		else
			certificates_examine(&x, bytes, &f);
		gnutls_x509_trust_list_deinit(x.trust, 0);
		certificates_done(&x.roots);
	}
	if (arena_status(a) != 0)
		return -ENOMEM;
	*out = f;
	return 0;
}
