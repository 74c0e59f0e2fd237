#include "request/inspect.h"

#include "base/json.h"

static void put_applicants(struct json *j, const struct request *r)
{
	json_key(j, "applicants");
	json_array(j);
	for (size_t i = 0; i < r->n_applicants; i++) {
		json_object(j);
		for (int f = 0; f < N_FIELDS; f++)
			json_kv_str(j, applicant_field_word((enum applicant_field)f), r->applicants[i].value[f]);
		json_object_end(j);
	}
	json_array_end(j);
	json_key(j, "problems");
	json_array(j);
	for (int f = 0; f < N_FIELDS; f++)
		if (r->problem[f])
			json_str(j, applicant_field_word((enum applicant_field)f));
	json_array_end(j);
}

static void put_attachments(struct json *j, const struct message *m)
{
	json_key(j, "attachments");
	json_array(j);
	for (size_t i = 0; i < m->n_attachments; i++) {
		char hex[DIGEST_HEX_SIZE];
		digest_hex(&m->attachments[i].sha256, hex);
		json_object(j);
		json_kv_str(j, "name", m->attachments[i].name);
		json_kv_str(j, "type", m->attachments[i].type);
		json_kv_int(j, "size", (int64_t)m->attachments[i].size);
		json_kv_str(j, "sha256", hex);
		json_kv_bool(j, "dangerous", m->attachments[i].dangerous);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_reason(struct json *j, const char *field, const char *rule, const char *words)
{
	json_object(j);
	json_kv_str(j, "field", field);
	json_kv_str(j, "rule", rule);
	json_kv_str(j, "words", words);
	json_object_end(j);
}

static void put_explain(struct json *j, const struct message *m, const struct request *r)
{
	json_key(j, "explain");
	json_array(j);
	put_reason(j, "kind", r->kind_rule, r->kind_words);
	put_reason(j, "proof", mail_proof_word(m->proof), m->proof_reason);
	if (!m->may_answer)
		put_reason(j, "no-answer", m->no_answer_rule, m->nature_words);
	for (size_t i = 0; i < r->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			if (r->applicants[i].rule[f])
				put_reason(j, applicant_field_word((enum applicant_field)f), r->applicants[i].rule[f],
					   r->applicants[i].words[f]);
	json_array_end(j);
}

void inspect_json(const struct message *m, const struct request *r, bool explain, struct buf *out, bool pretty)
{
	struct json j = json_open(out, pretty);
	json_object(&j);
	json_kv_str(&j, "kind", request_kind_word(r->kind));
	json_kv_str(&j, "from", m->n_from > 0 ? m->from[0].spec : NULL);
	json_kv_str(&j, "subject", m->subject);
	json_kv_str(&j, "message_id", m->message_id);
	put_applicants(&j, r);
	json_kv_str(&j, "text", m->text);
	put_attachments(&j, m);
	json_kv_bool(&j, "has_letter", r->has_letter);
	json_kv_bool(&j, "reply", m->is_reply);
	json_kv_str(&j, "nature", mail_nature_word(m->nature));
	json_kv_bool(&j, "may_answer", m->may_answer);
	json_kv_bool(&j, "secret_found", r->secret_found);
	if (explain)
		put_explain(&j, m, r);
	json_object_end(&j);
	buf_add_char(out, '\n');
}
