#include "message/message.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>

WORD_TABLE(mail_proof, mail_proof, [MAIL_PROOF_NONE] = "none", [MAIL_PROOF_PASS] = "pass", [MAIL_PROOF_FAIL] = "fail")
WORD_TABLE(mail_nature,
	   mail_nature, [MAIL_HUMAN] = "human", [MAIL_AUTOMATIC] = "automatic", [MAIL_BOUNCE] = "bounce", [MAIL_DELAY] = "delay",
	   [MAIL_RECEIPT] = "receipt", [MAIL_COMPLAINT] = "complaint", [MAIL_LIST] = "list", [MAIL_OWN] = "own")
WORD_TABLE(mail_encoding, mail_encoding, [MAIL_ENCODING_IDENTITY] = "identity", [MAIL_ENCODING_BASE64] = "base64",
	   [MAIL_ENCODING_QUOTED_PRINTABLE] = "quoted-printable", [MAIL_ENCODING_OTHER] = "other")

enum { LINE_MAX_BYTES = 4000, NAME_MAX_BYTES = 2000 };

static void put_addresses(struct buf *b, const struct mail_address *list, size_t n)
{
	wire_put_u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		wire_put_str(b, list[i].name);
		wire_put_str(b, list[i].spec);
	}
}

static void put_strings(struct buf *b, const char *const *list, size_t n)
{
	wire_put_u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		wire_put_str(b, list[i]);
}

static void put_attachments(struct buf *b, const struct message *m)
{
	wire_put_u32(b, (uint32_t)m->n_attachments);
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct mail_attachment *t = &m->attachments[i];
		wire_put_str(b, t->name);
		wire_put_str(b, t->type);
		wire_put_u64(b, t->size);
		wire_put_bytes(b, span_of(t->sha256.b, DIGEST_SIZE));
		wire_put_u64(b, t->raw_offset);
		wire_put_u64(b, t->raw_length);
		wire_put_u8(b, (uint8_t)t->encoding);
		wire_put_u8(b, t->dangerous);
	}
}

static void put_deliveries(struct buf *b, const struct message *m)
{
	wire_put_u32(b, (uint32_t)m->n_deliveries);
	for (size_t i = 0; i < m->n_deliveries; i++) {
		wire_put_str(b, m->deliveries[i].recipient);
		wire_put_str(b, m->deliveries[i].action);
		wire_put_str(b, m->deliveries[i].status);
		wire_put_str(b, m->deliveries[i].diagnostic);
	}
}

void message_encode(const struct message *m, struct buf *out)
{
	wire_put_u32(out, m->n_from_fields);
	put_addresses(out, m->from, m->n_from);
	put_addresses(out, m->to, m->n_to);
	wire_put_u32(out, m->n_to_all);
	wire_put_str(out, m->return_path);
	wire_put_u8(out, m->reply_to_differs);
	wire_put_str(out, m->subject);
	wire_put_str(out, m->message_id);
	put_strings(out, m->references, m->n_references);
	wire_put_u8(out, m->has_date);
	wire_put_i64(out, m->date.ms);
	wire_put_u32(out, m->n_received);
	wire_put_u8(out, m->duplicate_fields);
	wire_put_u8(out, m->to_us);
	wire_put_u8(out, m->is_reply);
	wire_put_u8(out, m->is_forward);
	wire_put_u8(out, (uint8_t)m->proof);
	wire_put_str(out, m->proof_reason);
	wire_put_u8(out, (uint8_t)m->nature);
	wire_put_str(out, m->nature_rule);
	wire_put_str(out, m->nature_words);
	wire_put_u8(out, m->automatic_subject);
	wire_put_u8(out, m->may_answer);
	wire_put_str(out, m->no_answer_rule);
	put_deliveries(out, m);
	put_strings(out, m->returned_ids, m->n_returned_ids);
	wire_put_str(out, m->text);
	wire_put_str(out, m->text_full);
	wire_put_str(out, m->signature);
	wire_put_u8(out, m->text_cut);
	wire_put_u8(out, m->inline_answers);
	wire_put_u8(out, m->has_hidden_text);
	wire_put_u8(out, m->encrypted);
	put_attachments(out, m);
}

/* A string without control characters (LF and TAB allowed in texts). */
static const char *get_text(struct wire *w, struct arena *a, size_t max, bool lines)
{
	const char *s = wire_str(w, a, max);
	struct span t = span_str(s);
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		if (len == 0 || text_is_unsafe(cp) || (!lines && (cp == '\n' || cp == '\t'))) {
			w->bad = true;
			return NULL;
		}
		i += len;
	}
	return s;
}

static const char *get_line(struct wire *w, struct arena *a)
{
	return get_text(w, a, LINE_MAX_BYTES, false);
}

static const char *get_needed(struct wire *w, const char *s)
{
	if (!s)
		w->bad = true;
	return s ? s : "";
}

static const char *get_address(struct wire *w, struct arena *a)
{
	const char *s = get_line(w, a);
	if (s && !mail_address_valid(s))
		w->bad = true;
	return s;
}

static struct mail_address *get_addresses(struct wire *w, struct arena *a, size_t *out_n)
{
	uint32_t n = wire_count(w, LIMIT_ADDRESSES);
	struct mail_address *list = arena_array(a, n ? n : 1, sizeof(*list));
	for (uint32_t i = 0; list && i < n && !w->bad; i++) {
		list[i].name = get_text(w, a, NAME_MAX_BYTES, false);
		list[i].spec = get_needed(w, get_address(w, a));
	}
	*out_n = list && !w->bad ? n : 0;
	w->bad = w->bad || !list;
	return list;
}

static const char **get_strings(struct wire *w, struct arena *a, uint32_t max, size_t *out_n)
{
	uint32_t n = wire_count(w, max);
	const char **list = arena_array(a, n ? n : 1, sizeof(*list));
	for (uint32_t i = 0; list && i < n && !w->bad; i++)
		list[i] = get_needed(w, get_line(w, a));
	*out_n = list && !w->bad ? n : 0;
	w->bad = w->bad || !list;
	return list;
}

static void get_attachments(struct wire *w, uint64_t raw_size, struct arena *a, struct message *m)
{
	uint32_t n = wire_count(w, LIMIT_ATTACHMENTS);
	m->attachments = arena_array(a, n ? n : 1, sizeof(*m->attachments));
	w->bad = w->bad || !m->attachments;
	for (uint32_t i = 0; i < n && !w->bad; i++) {
		struct mail_attachment *t = &m->attachments[i];
		t->name = get_needed(w, get_line(w, a));
		t->type = get_needed(w, get_line(w, a));
		t->size = wire_u64(w);
		struct span hash = wire_bytes(w, DIGEST_SIZE);
		if (hash.n != DIGEST_SIZE)
			w->bad = true;
		else
			__builtin_memcpy(t->sha256.b, hash.p, DIGEST_SIZE);
		t->raw_offset = wire_u64(w);
		t->raw_length = wire_u64(w);
		t->encoding = (enum mail_encoding)wire_u8_max(w, MAIL_ENCODING_OTHER);
		t->dangerous = wire_u8_max(w, 1);
		if (t->raw_offset > raw_size || t->raw_length > raw_size - t->raw_offset || *t->name == '\0')
			w->bad = true;
	}
	m->n_attachments = w->bad ? 0 : n;
}

static void get_deliveries(struct wire *w, struct arena *a, struct message *m)
{
	uint32_t n = wire_count(w, LIMIT_DSN_RECIPIENTS);
	m->deliveries = arena_array(a, n ? n : 1, sizeof(*m->deliveries));
	w->bad = w->bad || !m->deliveries;
	for (uint32_t i = 0; i < n && !w->bad; i++) {
		m->deliveries[i].recipient = get_address(w, a);
		m->deliveries[i].action = get_line(w, a);
		m->deliveries[i].status = get_line(w, a);
		m->deliveries[i].diagnostic = get_line(w, a);
	}
	m->n_deliveries = w->bad ? 0 : n;
}

int message_decode(struct wire *w, uint64_t raw_size, struct arena *a, struct message *out)
{
	struct message m = { 0 };
	m.n_from_fields = wire_u32(w);
	m.from = get_addresses(w, a, &m.n_from);
	m.to = get_addresses(w, a, &m.n_to);
	m.n_to_all = wire_u32(w);
	m.return_path = get_line(w, a);
	if (m.return_path && *m.return_path && !mail_address_valid(m.return_path))
		w->bad = true;
	m.reply_to_differs = wire_u8_max(w, 1);
	m.subject = get_line(w, a);
	m.message_id = get_line(w, a);
	m.references = get_strings(w, a, LIMIT_REFERENCES, &m.n_references);
	m.has_date = wire_u8_max(w, 1);
	m.date.ms = wire_i64(w);
	m.n_received = wire_u32(w);
	m.duplicate_fields = wire_u8_max(w, 1);
	m.to_us = wire_u8_max(w, 1);
	m.is_reply = wire_u8_max(w, 1);
	m.is_forward = wire_u8_max(w, 1);
	m.proof = (enum mail_proof)wire_u8_max(w, MAIL_PROOF_FAIL);
	m.proof_reason = get_needed(w, get_line(w, a));
	m.nature = (enum mail_nature)wire_u8_max(w, MAIL_OWN);
	m.nature_rule = get_line(w, a);
	m.nature_words = get_line(w, a);
	m.automatic_subject = wire_u8_max(w, 1);
	m.may_answer = wire_u8_max(w, 1);
	m.no_answer_rule = get_line(w, a);
	get_deliveries(w, a, &m);
	m.returned_ids = get_strings(w, a, LIMIT_REFERENCES, &m.n_returned_ids);
	m.text = get_needed(w, get_text(w, a, LIMIT_TEXT_BYTES * 2, true));
	m.text_full = get_needed(w, get_text(w, a, LIMIT_TEXT_BYTES * 2, true));
	m.signature = get_needed(w, get_text(w, a, LIMIT_TEXT_BYTES * 2, true));
	m.text_cut = wire_u8_max(w, 1);
	m.inline_answers = wire_u8_max(w, 1);
	m.has_hidden_text = wire_u8_max(w, 1);
	m.encrypted = wire_u8_max(w, 1);
	get_attachments(w, raw_size, a, &m);
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = m;
	return 0;
}
