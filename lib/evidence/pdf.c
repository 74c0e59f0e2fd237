/* Every signature of a PDF, judged in the revision that it closes. */
#include "evidence/pdf_private.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct judged {     /* beside a signature: what compares it with the others */
	size_t end; /* of the bytes that it covers */
};

static int hex_value(int c)
{
	return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Is what the range leaves out "<hex>" and nothing but this signature's own value?  All else would be unsigned and unseen:
 * the ways of signature wrapping and of forged ranges end here. */
static bool gap_is_contents(struct span bytes, const struct pdf_field *f)
{
	struct span gap = span_of(bytes.p + f->range[1], f->range[2] - f->range[1]);
	size_t nibbles = 0;
	if (gap.n < 2 || gap.p[0] != '<' || gap.p[gap.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < gap.n; i++) {
		int v = hex_value(gap.p[i]);
		if (ascii_is_space(gap.p[i]))
			continue;
		if (v < 0 || nibbles / 2 >= f->contents.n ||
		    (nibbles % 2 ? f->contents.p[nibbles / 2] & 15 : f->contents.p[nibbles / 2] >> 4) != v)
			return false;
		nibbles++;
	}
	return nibbles / 2 == f->contents.n || (nibbles + 1) / 2 == f->contents.n;
}

static const struct pdf_field *same_field(const struct pdf *p, const struct pdf_field *f)
{
	for (size_t i = 0; i < p->n_fields; i++)
		if (p->field[i].id == f->id && p->field[i].has_range &&
		    memcmp(p->field[i].range, f->range, sizeof(f->range)) == 0 && span_eq(p->field[i].contents, f->contents))
			return &p->field[i];
	return NULL;
}

static bool has_field(const struct pdf *p, int id)
{
	for (size_t i = 0; i < p->n_fields; i++)
		if (p->field[i].id == id)
			return true;
	return false;
}

static bool is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]) && s.p[i] != 0)
			return false;
	return true;
}

/* Does the whole show the same as the revision, but for signatures that came later? */
static bool shows_the_same(struct pdf *whole, struct pdf *revision)
{
	int later[LIMIT_SIGNATURES];
	size_t n = 0;
	struct digest then, now;
	for (size_t i = 0; i < whole->n_fields; i++)
		if (whole->field[i].id > 0 && !has_field(revision, whole->field[i].id))
			later[n++] = whole->field[i].id;
	return pdf_content(revision, later, n, &then) && pdf_content(whole, later, n, &now) && digest_eq(&then, &now);
}

/* The field as it stands in the revision that its range closes, which alone is what was signed. */
static void judge_coverage(struct pdf *whole, const struct pdf_field *f, struct arena *a, struct evidence_signature *s)
{
	size_t end = f->range[2] + f->range[3];
	struct pdf revision = { 0 };
	s->coverage = EVIDENCE_COVERS_ALL;
	if (is_blank(span_of(whole->bytes.p + end, whole->bytes.n - end)))
		return;
	s->coverage = EVIDENCE_COVERS_NOTHING;
	if (pdf_open(span_of(whole->bytes.p, end), a, &revision) != EVIDENCE_EXAMINED)
		signature_fault(s, EVIDENCE_MALFORMED, "the signed bytes are no whole revision of the document");
	else if (!same_field(&revision, f))
		signature_fault(s, EVIDENCE_MALFORMED, "the signature does not stand in the bytes that it covers");
	else
		s->coverage = shows_the_same(whole, &revision) ? EVIDENCE_COVERS_REVISION : EVIDENCE_COVERS_PART;
	if (s->coverage == EVIDENCE_COVERS_PART)
		signature_fault(s, EVIDENCE_REWRITTEN, "the document was changed after this signature");
	pdf_close(&revision);
}

static void judge_bytes(const struct examination *x, struct span bytes, const struct pdf_field *f,
			const struct certificate_list *others, struct evidence_signature *s)
{
	size_t n = f->range[1] + f->range[3];
	unsigned char *data = malloc(n);
	if (!data) {
		signature_fault(s, EVIDENCE_MALFORMED, "no memory for the signed bytes");
		return;
	}
	memcpy(data, bytes.p, f->range[1]);
	memcpy(data + f->range[1], bytes.p + f->range[2], f->range[3]);
	s->stamp_only = str_eq(f->format, "ETSI.RFC3161");
	if (s->stamp_only)
		cms_judge_stamp(x, f->contents, span_of(data, n), others, s);
	else if (str_eq(f->format, "adbe.pkcs7.detached") || str_eq(f->format, "ETSI.CAdES.detached"))
		cms_judge(x, f->contents, span_of(data, n), others, s);
	else if (str_eq(f->format, "adbe.pkcs7.sha1") || str_eq(f->format, "adbe.x509.rsa_sha1"))
		signature_fault(s, EVIDENCE_WEAK, "an old kind of signature, made with SHA-1");
	else
		signature_fault(s, EVIDENCE_MALFORMED, "a kind of signature that is not known here");
	free(data);
}

/* Who, and when: after bytes and coverage, for these are told first. */
static void judge_person(const struct examination *x, struct evidence_signature *s)
{
	const struct evidence_certificate *c = &s->signer;
	if (!s->has_signer || s->stamp_only)
		return;
	if (c->chain == EVIDENCE_CHAIN_UNKNOWN)
		signature_fault(s, EVIDENCE_UNTRUSTED,
				x->roots.n > 0 ? "the certificate leads to no trusted root" : "no trusted root is configured");
	else if (c->chain == EVIDENCE_CHAIN_BROKEN)
		signature_fault(s, EVIDENCE_UNTRUSTED, "a signature on the certificate's way to its root is wrong or weak");
	bool proven = s->stamp == EVIDENCE_STAMP_PROVEN;
	if (s->revocation == EVIDENCE_REVOCATION_REVOKED && (!proven || s->stamped.ms >= s->revocation_at.ms)) {
		signature_fault(s, EVIDENCE_REVOKED,
				proven ? "stamped after the certificate was revoked"
				       : "the certificate was revoked, and no time stamp proves an earlier signature");
		return;
	}
	struct instant until = c->chain_until.ms < c->not_after.ms ? c->chain_until : c->not_after;
	struct instant at = proven ? s->stamped : x->at;
	if (at.ms < c->not_before.ms || (!proven && s->has_time && s->time.ms < c->not_before.ms))
		signature_fault(s, EVIDENCE_NOT_YET, "signed before the certificate was valid");
	if (!proven && s->has_time && s->time.ms > until.ms)
		signature_fault(s, EVIDENCE_EXPIRED, "signed after the certificate's end");
	else if (proven && at.ms > until.ms)
		signature_fault(s, EVIDENCE_EXPIRED, "stamped after the certificate's end");
	else if (!proven && at.ms > until.ms)
		signature_fault(s, EVIDENCE_EXPIRED, "the certificate has ended, and no time stamp proves an earlier signature");
	if (c->authority || !c->for_signing)
		signature_fault(s, EVIDENCE_WRONG_KIND, "the certificate is none for signing documents");
}

static void judge(const struct examination *x, struct pdf *p, const struct pdf_field *f, const struct certificate_list *store,
		  struct evidence_signature *s, struct judged *j)
{
	*s = (struct evidence_signature){
		.field = f->name,
		.format = f->format,
		.has_time = f->has_date,
		.time = f->date,
		.reason = "",
	};
	s->coverage = EVIDENCE_COVERS_NOTHING;
	if (!f->has_range)
		signature_fault(s, EVIDENCE_MALFORMED, "its byte range is missing, or lies outside of the file");
	else if (!gap_is_contents(p->bytes, f))
		signature_fault(s, EVIDENCE_MALFORMED, "its byte range leaves out more than the signature itself");
	else {
		j->end = f->range[2] + f->range[3];
		judge_coverage(p, f, x->a, s);
		judge_bytes(x, p->bytes, f, store, s);
	}
}

/* A stamp of the whole document proves the time of the signatures that lie under it (PAdES 5.5). */
static void stamp_from_above(struct evidence_file *f, const struct judged *j)
{
	for (size_t i = 0; f->signatures && i < f->n_signatures; i++)
		for (size_t k = 0; k < f->n_signatures; k++) {
			struct evidence_signature *s = &f->signatures[i];
			const struct evidence_signature *above = &f->signatures[k];
			if (s->stamp_only || !above->stamp_only || above->verdict != EVIDENCE_VALID || j[k].end <= j[i].end ||
			    (s->stamp == EVIDENCE_STAMP_PROVEN && s->stamped.ms <= above->stamped.ms))
				continue;
			s->stamp = EVIDENCE_STAMP_PROVEN;
			s->stamped = above->stamped;
			s->stamp_by = above->signer.holder;
		}
}

/* In the order in which they were made: each covers more than the one before. */
static int by_end(const void *one, const void *other)
{
	const struct pdf_field *a = one, *b = other;
	size_t x = a->has_range ? a->range[2] + a->range[3] : SIZE_MAX, y = b->has_range ? b->range[2] + b->range[3] : SIZE_MAX;
	return x < y ? -1 : x > y;
}

void pdf_examine(const struct examination *x, struct span bytes, struct evidence_file *f)
{
	struct pdf p;
	struct judged j[LIMIT_SIGNATURES] = { 0 };
	struct certificate_list store = { 0 };
	struct answer_list answers = { 0 };
	struct examination within = *x;
	within.answers = &answers;
	f->state = pdf_open(bytes, x->a, &p);
	if (f->state == EVIDENCE_EXAMINED && p.n_fields == 0) {
		f->state = EVIDENCE_UNSIGNED;
		f->reason = p.has_empty ? "its signature field is empty" : "nobody signed it";
	} else if (f->state != EVIDENCE_EXAMINED) {
		f->reason = f->state == EVIDENCE_ENCRYPTED ? "a password is wanted"
			    : f->state == EVIDENCE_FAILED  ? "more fields or signatures than are looked at"
							   : "it is no whole PDF";
	} else {
		qsort(p.field, p.n_fields, sizeof(*p.field), by_end);
		pdf_store_certificates(&p, &store);
		pdf_store_answers(&p, &answers);
		f->signatures = arena_array(x->a, p.n_fields, sizeof(*f->signatures));
		for (size_t i = 0; f->signatures && i < p.n_fields; i++)
			judge(&within, &p, &p.field[i], &store, &f->signatures[f->n_signatures++], &j[i]);
		stamp_from_above(f, j);
		for (size_t i = 0; f->signatures && i < f->n_signatures; i++)
			judge_person(x, &f->signatures[i]);
	}
	certificates_done(&store);
	answers_done(&answers);
	pdf_close(&p);
}
