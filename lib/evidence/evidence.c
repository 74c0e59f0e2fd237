#include "evidence/evidence.h"

#include <errno.h>
#include <string.h>

WORD_TABLE(evidence_kind,
	   evidence_kind, [EVIDENCE_PDF] = "pdf", [EVIDENCE_CERTIFICATES] = "certificates", [EVIDENCE_KEYS] = "keys")
WORD_TABLE(evidence_state, evidence_state, [EVIDENCE_EXAMINED] = "examined", [EVIDENCE_UNSIGNED] = "unsigned",
	   [EVIDENCE_DAMAGED] = "damaged", [EVIDENCE_ENCRYPTED] = "encrypted", [EVIDENCE_TOO_LARGE] = "too-large",
	   [EVIDENCE_REFUSED] = "refused", [EVIDENCE_FAILED] = "failed")
WORD_TABLE(evidence_chain, evidence_chain, [EVIDENCE_CHAIN_TRUSTED] = "trusted", [EVIDENCE_CHAIN_UNKNOWN] = "unknown",
	   [EVIDENCE_CHAIN_BROKEN] = "broken")
WORD_TABLE(evidence_coverage, evidence_coverage, [EVIDENCE_COVERS_ALL] = "all", [EVIDENCE_COVERS_REVISION] = "revision",
	   [EVIDENCE_COVERS_PART] = "part", [EVIDENCE_COVERS_NOTHING] = "nothing")
WORD_TABLE(evidence_stamp, evidence_stamp, [EVIDENCE_STAMP_NONE] = "none", [EVIDENCE_STAMP_PROVEN] = "proven",
	   [EVIDENCE_STAMP_UNTRUSTED] = "untrusted", [EVIDENCE_STAMP_WRONG] = "wrong")
WORD_TABLE(evidence_verdict, evidence_verdict, [EVIDENCE_VALID] = "valid", [EVIDENCE_MALFORMED] = "malformed",
	   [EVIDENCE_ALTERED] = "altered", [EVIDENCE_WEAK] = "weak", [EVIDENCE_REWRITTEN] = "rewritten",
	   [EVIDENCE_UNTRUSTED] = "untrusted", [EVIDENCE_NOT_YET] = "not-yet", [EVIDENCE_EXPIRED] = "expired",
	   [EVIDENCE_WRONG_KIND] = "wrong-kind", [EVIDENCE_REVOKED] = "revoked")
WORD_TABLE(evidence_revocation,
	   evidence_revocation, [EVIDENCE_REVOCATION_UNKNOWN] = "unknown", [EVIDENCE_REVOCATION_UNJUDGED] = "unjudged",
	   [EVIDENCE_REVOCATION_GOOD] = "good", [EVIDENCE_REVOCATION_REVOKED] = "revoked")

static bool ends_in(const char *name, const char *const *ends, size_t n)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(ends[i]);
		if (len > k && str_eq_nocase(name + len - k, ends[i]))
			return true;
	}
	return false;
}

static bool is_one_of(const char *type, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(type, types[i]))
			return true;
	return false;
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

bool evidence_is_likely(const char *name, const char *type, enum evidence_kind *out)
{
	static const char *const keys[] = { ".p12", ".pfx" };
	static const char *const key_types[] = { "application/x-pkcs12", "application/pkcs12" };
	static const char *const files[] = { ".cer", ".crt", ".der", ".pem", ".p7b", ".p7c" };
	static const char *const file_types[] = { "application/pkix-cert", "application/x-x509-ca-cert",
						  "application/x-x509-user-cert", "application/x-pkcs7-certificates",
						  "application/x-pem-file" };
	if (ends_in(name, keys, COUNT(keys)) || is_one_of(type, key_types, COUNT(key_types)))
		*out = EVIDENCE_KEYS;
	else if (ends_in(name, (const char *const[]){ ".pdf" }, 1) || str_eq_nocase(type, "application/pdf"))
		*out = EVIDENCE_PDF;
	else if (ends_in(name, files, COUNT(files)) || is_one_of(type, file_types, COUNT(file_types)))
		*out = EVIDENCE_CERTIFICATES;
	else
		return false;
	return true;
}

enum evidence_verdict evidence_worst(const struct evidence_file *f)
{
	enum evidence_verdict worst = EVIDENCE_VALID;
	for (size_t i = 0; i < f->n_signatures; i++) {
		enum evidence_verdict v = f->signatures[i].verdict;
		if (!f->signatures[i].stamp_only && v != EVIDENCE_VALID && (worst == EVIDENCE_VALID || v < worst))
			worst = v;
	}
	return worst;
}

enum evidence_verdict evidence_certificate_verdict(const struct evidence_certificate *c, struct instant at)
{
	if (c->authority || !c->for_signing)
		return EVIDENCE_WRONG_KIND;
	if (c->chain != EVIDENCE_CHAIN_TRUSTED)
		return EVIDENCE_UNTRUSTED;
	if (at.ms < c->not_before.ms)
		return EVIDENCE_NOT_YET;
	return at.ms > c->not_after.ms || at.ms > c->chain_until.ms ? EVIDENCE_EXPIRED : EVIDENCE_VALID;
}

/* --- through the wall -------------------------------------------------------------------------- */

static void put_certificate(struct buf *b, const struct evidence_certificate *c)
{
	wire_put_str(b, c->holder);
	wire_put_str(b, c->issuer);
	wire_put_str(b, c->email);
	wire_put_str(b, c->serial);
	wire_put_str(b, c->key);
	wire_put_i64(b, c->not_before.ms);
	wire_put_i64(b, c->not_after.ms);
	wire_put_u8(b, (uint8_t)c->chain);
	wire_put_i64(b, c->chain_until.ms);
	wire_put_u8(b, c->authority);
	wire_put_u8(b, c->for_signing);
}

static void put_signature(struct buf *b, const struct evidence_signature *s)
{
	wire_put_str(b, s->field);
	wire_put_str(b, s->format);
	wire_put_str(b, s->algorithm);
	wire_put_u8(b, s->has_signer);
	if (s->has_signer)
		put_certificate(b, &s->signer);
	wire_put_u8(b, s->has_time);
	wire_put_i64(b, s->time.ms);
	wire_put_u8(b, (uint8_t)s->stamp);
	wire_put_i64(b, s->stamped.ms);
	wire_put_str(b, s->stamp_by);
	wire_put_u8(b, s->stamp_only);
	wire_put_u8(b, (uint8_t)s->revocation);
	if (s->revocation >= EVIDENCE_REVOCATION_GOOD)
		wire_put_i64(b, s->revocation_at.ms);
	wire_put_u8(b, (uint8_t)s->coverage);
	wire_put_u8(b, (uint8_t)s->verdict);
	wire_put_str(b, s->reason);
}

void evidence_encode(const struct evidence_file *f, struct buf *out)
{
	wire_put_str(out, f->name);
	wire_put_u32(out, f->attachment);
	wire_put_u8(out, (uint8_t)f->kind);
	wire_put_u8(out, (uint8_t)f->state);
	wire_put_str(out, f->reason);
	wire_put_u32(out, (uint32_t)f->n_signatures);
	for (size_t i = 0; i < f->n_signatures; i++)
		put_signature(out, &f->signatures[i]);
	wire_put_u32(out, (uint32_t)f->n_certificates);
	for (size_t i = 0; i < f->n_certificates; i++)
		put_certificate(out, &f->certificates[i]);
}

/* One clean line as a person may be shown it; NULL only where it may be. */
static const char *get_line(struct wire *w, struct arena *a, bool may_be_null)
{
	char *s = wire_str(w, a, LIMIT_EVIDENCE_TEXT_BYTES);
	w->bad = w->bad || (!s && !may_be_null);
	for (size_t i = 0, n = s ? strlen(s) : 0; i < n && !w->bad;) {
		uint32_t cp;
		size_t k = utf8_decode((const unsigned char *)s + i, n - i, &cp);
		w->bad = k == 0 || text_is_unsafe(cp) || cp == '\n' || cp == '\t';
		i += k;
	}
	return s;
}

static struct instant get_instant(struct wire *w)
{
	struct instant t = { wire_i64(w) };
	/* years 0001 to 9999: what every writer of dates can write */
	w->bad = w->bad || t.ms < -62135596800000 || t.ms > 253402300799999;
	return t;
}

static void get_certificate(struct wire *w, struct arena *a, struct evidence_certificate *c)
{
	c->holder = get_line(w, a, false);
	c->issuer = get_line(w, a, false);
	c->email = get_line(w, a, true);
	c->serial = get_line(w, a, false);
	c->key = get_line(w, a, false);
	c->not_before = get_instant(w);
	c->not_after = get_instant(w);
	c->chain = (enum evidence_chain)wire_u8_max(w, N_EVIDENCE_CHAINS - 1);
	c->chain_until = get_instant(w);
	c->authority = wire_u8_max(w, 1);
	c->for_signing = wire_u8_max(w, 1);
	for (const char *p = w->bad ? "" : c->serial; *p; p++)
		w->bad = w->bad || !(ascii_is_digit(*p) || (*p >= 'A' && *p <= 'F'));
}

static void get_signature(struct wire *w, struct arena *a, struct evidence_signature *s)
{
	s->field = get_line(w, a, false);
	s->format = get_line(w, a, false);
	s->algorithm = get_line(w, a, true);
	s->has_signer = wire_u8_max(w, 1);
	if (s->has_signer)
		get_certificate(w, a, &s->signer);
	s->has_time = wire_u8_max(w, 1);
	s->time = get_instant(w);
	s->stamp = (enum evidence_stamp)wire_u8_max(w, N_EVIDENCE_STAMPS - 1);
	s->stamped = get_instant(w);
	s->stamp_by = get_line(w, a, true);
	s->stamp_only = wire_u8_max(w, 1);
	s->revocation = (enum evidence_revocation)wire_u8_max(w, N_EVIDENCE_REVOCATIONS - 1);
	if (s->revocation >= EVIDENCE_REVOCATION_GOOD)
		s->revocation_at = get_instant(w);
	s->coverage = (enum evidence_coverage)wire_u8_max(w, N_EVIDENCE_COVERAGES - 1);
	s->verdict = (enum evidence_verdict)wire_u8_max(w, N_EVIDENCE_VERDICTS - 1);
	s->reason = get_line(w, a, false);
	w->bad = w->bad || (s->verdict == EVIDENCE_VALID && !s->has_signer);
}

int evidence_decode(struct wire *w, struct arena *a, struct evidence_file *out)
{
	struct evidence_file f = { 0 };
	f.name = get_line(w, a, false);
	f.attachment = wire_count(w, LIMIT_ATTACHMENTS);
	f.kind = (enum evidence_kind)wire_u8_max(w, N_EVIDENCE_KINDS - 1);
	f.state = (enum evidence_state)wire_u8_max(w, N_EVIDENCE_STATES - 1);
	f.reason = get_line(w, a, false);
	f.n_signatures = wire_count(w, LIMIT_SIGNATURES);
	f.signatures = arena_array(a, f.n_signatures + 1, sizeof(*f.signatures));
	for (size_t i = 0; i < f.n_signatures && f.signatures && !w->bad; i++)
		get_signature(w, a, &f.signatures[i]);
	f.n_certificates = wire_count(w, LIMIT_CERTIFICATES);
	f.certificates = arena_array(a, f.n_certificates + 1, sizeof(*f.certificates));
	for (size_t i = 0; i < f.n_certificates && f.certificates && !w->bad; i++)
		get_certificate(w, a, &f.certificates[i]);
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = f;
	return 0;
}
