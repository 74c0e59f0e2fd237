#include "evidence/show.h"

#include "base/json.h"

static void put_time(struct json *j, const char *key, struct instant t, int32_t offset_s)
{
	char iso[INSTANT_ISO_SIZE];
	instant_format_iso(t, offset_s, iso);
	json_kv_str(j, key, iso);
}

static void put_certificate(struct json *j, const struct evidence_certificate *c, int32_t offset_s)
{
	json_object(j);
	json_kv_str(j, "holder", c->holder);
	json_kv_str(j, "issuer", c->issuer);
	json_kv_str(j, "email", c->email);
	json_kv_str(j, "serial", c->serial);
	json_kv_str(j, "key", c->key);
	put_time(j, "not_before", c->not_before, offset_s);
	put_time(j, "not_after", c->not_after, offset_s);
	json_kv_str(j, "chain", evidence_chain_word(c->chain));
	json_kv_bool(j, "authority", c->authority);
	json_kv_bool(j, "for_signing", c->for_signing);
	json_object_end(j);
}

static void put_signature(struct json *j, const struct evidence_signature *s, int32_t offset_s)
{
	json_object(j);
	json_kv_str(j, "field", s->field);
	json_kv_str(j, "verdict", evidence_verdict_word(s->verdict));
	json_kv_str(j, "reason", s->reason);
	json_kv_str(j, "format", s->format);
	json_kv_str(j, "algorithm", s->algorithm);
	json_kv_bool(j, "intact", s->verdict == EVIDENCE_VALID || s->verdict >= EVIDENCE_REWRITTEN);
	json_kv_str(j, "covers", evidence_coverage_word(s->coverage));
	json_kv_bool(j, "stamp_only", s->stamp_only);
	json_key(j, "signer");
	if (s->has_signer)
		put_certificate(j, &s->signer, offset_s);
	else
		json_null(j);
	if (s->has_time)
		put_time(j, "signed_at_by_own_clock", s->time, offset_s);
	json_kv_str(j, "stamp", evidence_stamp_word(s->stamp));
	if (s->stamp != EVIDENCE_STAMP_NONE || (s->stamp_only && s->verdict != EVIDENCE_MALFORMED))
		put_time(j, "stamped_at", s->stamped, offset_s);
	json_kv_str(j, "stamped_by", s->stamp_by);
	json_kv_str(j, "revocation", evidence_revocation_word(s->revocation));
	if (s->revocation == EVIDENCE_REVOCATION_REVOKED)
		put_time(j, "revoked_at", s->revocation_at, offset_s);
	else if (s->revocation == EVIDENCE_REVOCATION_GOOD)
		put_time(j, "not_revoked_at", s->revocation_at, offset_s);
	json_object_end(j);
}

void evidence_json(const struct evidence_file *f, int32_t offset_s, struct buf *out)
{
	struct json j = json_open(out, true);
	json_object(&j);
	json_kv_str(&j, "name", f->name);
	json_kv_str(&j, "kind", evidence_kind_word(f->kind));
	json_kv_str(&j, "state", evidence_state_word(f->state));
	json_kv_str(&j, "reason", f->reason);
	json_key(&j, "signatures");
	json_array(&j);
	for (size_t i = 0; i < f->n_signatures; i++)
		put_signature(&j, &f->signatures[i], offset_s);
	json_array_end(&j);
	json_key(&j, "certificates");
	json_array(&j);
	for (size_t i = 0; i < f->n_certificates; i++)
		put_certificate(&j, &f->certificates[i], offset_s);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

/* --- for a terminal ------------------------------------------------------------------------------ */

static void line(struct buf *out, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(out, "  %-12s ", label);
	text_escape(out, span_str(value), LIMIT_EVIDENCE_TEXT_BYTES);
	buf_add_char(out, '\n');
}

static void time_line(struct buf *out, const char *label, struct instant t, int32_t offset_s)
{
	char iso[INSTANT_ISO_SIZE];
	instant_format_iso(t, offset_s, iso);
	line(out, label, iso);
}

static void certificate_lines(struct buf *out, const struct evidence_certificate *c, int32_t offset_s)
{
	line(out, "holder", c->holder);
	line(out, "mail", c->email);
	line(out, "issuer", c->issuer);
	line(out, "serial", c->serial);
	line(out, "key", c->key);
	time_line(out, "not before", c->not_before, offset_s);
	time_line(out, "not after", c->not_after, offset_s);
	line(out, "chain", evidence_chain_word(c->chain));
}

static void signature_lines(struct buf *out, const struct evidence_signature *s, int32_t offset_s)
{
	buf_addf(out, "%s ", s->stamp_only ? "time stamp" : "signature");
	text_escape(out, span_str(s->field), LIMIT_EVIDENCE_TEXT_BYTES);
	buf_addf(out, ": %s%s%s\n", evidence_verdict_word(s->verdict), *s->reason ? ", " : "", s->reason);
	line(out, "covers", evidence_coverage_word(s->coverage));
	if (s->has_signer)
		certificate_lines(out, &s->signer, offset_s);
	line(out, "format", s->format);
	line(out, "algorithm", s->algorithm);
	if (s->has_time)
		time_line(out, "own clock", s->time, offset_s);
	if (!s->stamp_only)
		line(out, "stamp", evidence_stamp_word(s->stamp));
	if (s->stamp != EVIDENCE_STAMP_NONE || (s->stamp_only && s->verdict != EVIDENCE_MALFORMED))
		time_line(out, "stamped", s->stamped, offset_s);
	line(out, "stamped by", s->stamp_by);
	if (s->revocation == EVIDENCE_REVOCATION_REVOKED)
		time_line(out, "revoked", s->revocation_at, offset_s);
	else if (s->revocation == EVIDENCE_REVOCATION_GOOD)
		time_line(out, "not revoked", s->revocation_at, offset_s);
	else
		line(out, "revocation",
		     s->revocation == EVIDENCE_REVOCATION_UNJUDGED
			     ? "could not be known: no answer in the file is of its issuer and about it"
			     : "could not be known: no answer is in the file");
}

void evidence_text(const struct evidence_file *f, struct instant at, int32_t offset_s, struct buf *out)
{
	text_escape(out, span_str(f->name), LIMIT_EVIDENCE_TEXT_BYTES);
	buf_addf(out, ": %s%s%s\n", evidence_state_word(f->state), *f->reason ? ", " : "", f->reason);
	for (size_t i = 0; i < f->n_signatures; i++)
		signature_lines(out, &f->signatures[i], offset_s);
	for (size_t i = 0; i < f->n_certificates; i++) {
		buf_addf(out, "certificate: %s\n", evidence_verdict_word(evidence_certificate_verdict(&f->certificates[i], at)));
		certificate_lines(out, &f->certificates[i], offset_s);
	}
}
