/* What casework wants to know about one mail, looked up by index only. */
#include "office/office_private.h"

#include "base/num.h"
#include "office/reconcile.h"
#include "sms/sms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	REFERENCES_LOOKED_AT = 30,
	RESENT_WINDOW_MS = 10 * 60 * 1000,
	MERGE_CHAIN_MAX = 5,
	OPEN_LISTED_MAX = 200,
	HOUR_MS = 3600 * 1000,
	ID_LOCAL_CHARS = 32, /* 160 bits in base32 */
	SOFT_BOUNCE_DAYS = 7,
};

struct gather {
	struct office *o;
	const struct message *message;
	struct arena *a;
	struct incoming *in;
	struct error *err;
};

static struct digest content_digest(const struct message *m)
{
	struct digest_sum s;
	digest_sum_begin(&s);
	digest_sum_add(&s, span_str(m->subject));
	digest_sum_add(&s, span_of("", 1));
	digest_sum_add(&s, span_str(m->text_full));
	for (size_t i = 0; i < m->n_attachments; i++)
		digest_sum_add(&s, span_of(m->attachments[i].sha256.b, DIGEST_SIZE));
	return digest_sum_done(&s);
}

static const char *sender(const struct message *m)
{
	return m->n_from_fields == 1 && m->n_from == 1 ? m->from[0].spec : NULL;
}

static int load_ticket(struct gather *g, int64_t id, const struct ticket **out)
{
	struct ticket *t = arena_alloc(g->a, sizeof(*t));
	if (!t)
		return error_set(g->err, -ENOMEM, "no memory");
	for (int hop = 0; hop < MERGE_CHAIN_MAX; hop++) {
		int r = store_ticket_load(g->o->store, id, g->a, t, g->err);
		if (r != 0)
			return r < 0 ? r : 0;
		if (t->state != TICKET_MERGED || !t->merged_into)
			break;
		r = store_ticket_id(g->o->store, t->merged_into, &id, g->err);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	*out = t;
	return 0;
}

/* All tokens that stand in the mail, and the one that says most: a valid one of this sender, else the
 * first. */
static int find_tokens(struct gather *g)
{
	const char *from = sender(g->message);
	size_t n = g->message->n_references < REFERENCES_LOOKED_AT ? g->message->n_references : REFERENCES_LOOKED_AT;
	struct token_facts *list = arena_array(g->a, n ? n : 1, sizeof(*list));
	bool found_own = false;
	if (!list)
		return error_set(g->err, -ENOMEM, "no memory");
	g->in->tokens = list;
	for (size_t i = 0; i < n; i++) {
		struct digest hash = digest_sha256(span_str(g->message->references[i]));
		struct token_facts *t = &list[g->in->n_tokens];
		int r = store_token_find(g->o->store, &hash, g->o->now, g->a, t, g->err);
		if (r < 0)
			return r;
		if (r != 0)
			continue;
		bool own = from && mail_address_eq(from, t->owner) && t->state == TOKEN_VALID;
		if (g->in->n_tokens++ == 0 || (own && !found_own))
			g->in->token = *t;
		found_own = found_own || own;
	}
	return 0;
}

/* 32 letters of base32 before our domain: nobody else writes Message-IDs like that. */
static bool looks_like_ours(const struct gather *g, const char *id)
{
	size_t n = strcspn(id, "@");
	if (n != ID_LOCAL_CHARS || !id[n] || !str_eq_nocase(id + n + 1, g->o->plan.id_domain))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_alpha((unsigned char)id[i]) && !(id[i] >= '2' && id[i] <= '7'))
			return false;
	return true;
}

/* Did we ever make this Message-ID? */
static int ever_made(struct gather *g, const char *id, bool *out)
{
	AUTO_ARENA a = arena_new(64 * 1024);
	struct outbox_row row = { 0 };
	struct digest hash = digest_sha256(span_str(id));
	int64_t ticket, outbox;
	*out = false;
	for (size_t i = 0; i < g->in->n_tokens; i++)
		*out = *out || digest_eq(&g->in->tokens[i].hash, &hash);
	if (*out || !a)
		return a ? 0 : error_set(g->err, -ENOMEM, "no memory");
	int r = store_outbox_by_message_id(g->o->store, id, a, &row, g->err);
	if (r == STORE_NOT_FOUND)
		r = store_message_find(g->o->store, id, &ticket, &outbox, g->err);
	*out = r == 0;
	return r < 0 ? r : 0;
}

/* T13: ids in our form that we never made. */
static int count_guesses(struct gather *g)
{
	for (size_t i = 0; i < g->message->n_references && i < REFERENCES_LOOKED_AT; i++) {
		bool made = true;
		int r = looks_like_ours(g, g->message->references[i]) ? ever_made(g, g->message->references[i], &made) : 0;
		if (r < 0)
			return r;
		g->in->wrong_tokens += !made;
	}
	return 0;
}

static int find_guesses(struct gather *g)
{
	const char *last = NULL;
	struct instant at, hour_ago = { g->o->now.ms - HOUR_MS };
	int r = count_guesses(g);
	if (r != 0 || g->in->wrong_tokens == 0)
		return r;
	r = store_guesses_since(g->o->store, hour_ago, g->in->ledger_id, &g->in->wrong_tokens_hour, g->err);
	if (r == 0)
		r = store_fact_get(g->o->store, FACT_GUESS_ALARM, g->a, &last, g->err);
	if (r == 0)
		g->in->guess_alarm_hour = instant_parse_iso(span_str(last), &at) == 0 && at.ms > hour_ago.ms;
	return r < 0 ? r : 0;
}

static int find_confirmation(struct gather *g)
{
	for (size_t i = 0; i < g->message->n_references && i < REFERENCES_LOOKED_AT; i++) {
		struct digest hash = digest_sha256(span_str(g->message->references[i]));
		int r = store_confirmation_find(g->o->store, &hash, g->o->now, g->a, &g->in->confirmation, g->err);
		if (r <= 0)
			return r;
	}
	return 0;
}

static int by_reference(struct gather *g, int64_t *out)
{
	for (size_t i = 0; i < g->message->n_references && i < REFERENCES_LOOKED_AT; i++) {
		int64_t ticket = 0, outbox = 0;
		int r = store_message_find(g->o->store, g->message->references[i], &ticket, &outbox, g->err);
		if (r < 0)
			return r;
		if (r == 0 && ticket != 0) {
			*out = ticket;
			return 0;
		}
	}
	return 0;
}

/* "[SITANTE-2026-0001]" anywhere in the subject. */
static int by_tag(struct gather *g, int64_t *out)
{
	static const char mark[] = "[SITANTE-";
	const char *subject = g->message->subject ? g->message->subject : "";
	struct span s = span_str(subject);
	size_t at = span_find_nocase(s, 0, mark);
	if (at >= s.n)
		return 0;
	const char *number = subject + at + strlen(mark);
	size_t n = strcspn(number, "]");
	if (n == 0 || n > 20)
		return 0;
	char *copy = arena_strndup(g->a, number, n);
	if (!copy)
		return error_set(g->err, -ENOMEM, "no memory");
	int r = store_ticket_id(g->o->store, copy, out, g->err);
	return r < 0 ? r : 0;
}

static int find_bounced(struct gather *g, int64_t *out_ticket)
{
	for (size_t i = 0; i < g->message->n_returned_ids; i++) {
		struct outbox_row row = { 0 };
		int r = store_outbox_by_message_id(g->o->store, g->message->returned_ids[i], g->a, &row, g->err);
		if (r < 0)
			return r;
		if (r != 0)
			continue;
		g->in->bounced_kind = letter_message_kind(row.kind);
		g->in->bounced_to = row.to_address;
		g->in->bounced_outbox_id = row.id;
		*out_ticket = row.ticket_id;
		struct instant since = { g->o->now.ms - DAYS(SOFT_BOUNCE_DAYS).ms };
		return store_soft_bounces(g->o->store, row.to_address, since, &g->in->soft_bounces, g->err);
	}
	return 0;
}

/* Where a renewal runs for each of them, the answer is about that. */
static int by_reminder(struct gather *g, int64_t *out)
{
	const struct reminder_facts *f = &g->in->reminder;
	const char *from = sender(g->message);
	for (size_t i = 0; i < f->n; i++)
		if (!f->running[i] || !from || !mail_address_eq(from, f->to))
			return 0;
	return f->n > 0 ? register_ticket(g->o->store, &f->certificates[0], out, g->err) : 0;
}

static int match(struct gather *g)
{
	int64_t id = 0;
	enum match_how how = MATCH_NONE;
	int r = find_bounced(g, &id);
	if (r == 0 && id != 0)
		how = MATCH_REFERENCE;
	if (r == 0 && id == 0 && g->in->token.state != TOKEN_NONE && g->in->token.ticket_id != 0) {
		id = g->in->token.ticket_id;
		how = MATCH_TOKEN;
	}
	if (r == 0 && id == 0) {
		r = by_reference(g, &id);
		how = id ? MATCH_REFERENCE : MATCH_NONE;
	}
	if (r == 0 && id == 0) {
		r = by_reminder(g, &id);
		how = id ? MATCH_REFERENCE : MATCH_NONE;
	}
	if (r == 0 && id == 0) {
		r = by_tag(g, &id);
		how = id ? MATCH_TAG : MATCH_NONE;
	}
	if (r < 0 || id == 0)
		return r;
	r = load_ticket(g, id, &g->in->ticket);
	if (r == 0 && g->in->ticket)
		g->in->how = how;
	return r;
}

static int find_same_person(struct gather *g)
{
	const struct request *q = &g->in->reading->request;
	int64_t id = 0;
	if (q->n_applicants == 0)
		return 0;
	const char **niks = arena_array(g->a, q->n_applicants, sizeof(*niks));
	const char **nips = arena_array(g->a, q->n_applicants, sizeof(*nips));
	if (!niks || !nips)
		return error_set(g->err, -ENOMEM, "no memory");
	for (size_t i = 0; i < q->n_applicants; i++) {
		niks[i] = q->applicants[i].value[FIELD_NIK];
		nips[i] = q->applicants[i].value[FIELD_NIP];
	}
	int r = store_ticket_by_person(g->o->store, niks, nips, q->n_applicants, g->in->ticket ? g->in->ticket->id : 0, &id,
				       g->err);
	if (r != 0)
		return r < 0 ? r : 0;
	return load_ticket(g, id, &g->in->same_person);
}

/* The mail that the first /lepas names. */
static int find_release(struct gather *g)
{
	const struct command_block *block = &g->in->reading->commands;
	struct ledger_row row;
	uint64_t id;
	size_t i = 0;
	while (i < block->n_commands && block->commands[i].verb != COMMAND_LEPAS)
		i++;
	if (i == block->n_commands || num_parse_u64(span_str(block->commands[i].value), INT64_MAX, &id) != 0)
		return 0;
	int r = store_ledger_get(g->o->store, (int64_t)id, g->a, &row, g->err);
	if (r != 0)
		return r < 0 ? r : 0;
	g->in->release.known = row.has_disposition && disposition_is_kept_back(row.disposition);
	g->in->release.kept = row.has_raw;
	return 0;
}

/* Tickets that the commands name, and the open list where one asks for it. */
static int find_named(struct gather *g)
{
	const struct command_block *block = &g->in->reading->commands;
	bool list = false;
	int r = 0;
	g->in->named = arena_array(g->a, block->n_commands, sizeof(*g->in->named));
	if (block->n_commands > 0 && !g->in->named)
		return error_set(g->err, -ENOMEM, "no memory");
	for (size_t i = 0; i < block->n_commands; i++) {
		const struct command *c = &block->commands[i];
		int64_t id;
		list = list || c->verb == COMMAND_DAFTAR || c->verb == COMMAND_LAPORAN;
		if (!c->number)
			continue;
		r = store_ticket_id(g->o->store, c->number, &id, g->err);
		if (r == 0)
			r = load_ticket(g, id, &g->in->named[g->in->n_named]);
		if (r < 0)
			return r;
		g->in->n_named++;
	}
	r = find_release(g);
	if (r < 0 || !list)
		return r;
	struct ticket_filter f = { .open_only = true, .oldest_first = true, .limit = OPEN_LISTED_MAX };
	struct ticket **open = NULL;
	r = store_ticket_list(g->o->store, &f, g->a, &open, &g->in->n_open, g->err);
	g->in->open = (const struct ticket **)open;
	return r;
}

static int find_requester(struct gather *g)
{
	struct instant month_ago = { g->o->now.ms - 30ll * 24 * HOUR_MS };
	const char *requester = g->in->ticket ? g->in->ticket->requester_address : NULL;
	int r = requester ? store_address_dead(g->o->store, requester, &g->in->requester_dead, g->err) : 0;
	return r == 0 && requester ? store_asked_since(g->o->store, requester, month_ago, &g->in->requester_asked, g->err) : r;
}

static int find_history(struct gather *g)
{
	const char *from = g->message->n_from > 0 ? g->message->from[0].spec : NULL;
	struct store *s = g->o->store;
	const struct digest *content = &g->in->content;
	int r = 0;
	if (g->message->message_id)
		r = store_mail_seen(s, g->message->message_id, content, g->in->ledger_id, &g->in->duplicate, g->err);
	if (r == 0 && from) {
		struct instant since = { g->in->received.ms - RESENT_WINDOW_MS };
		r = store_mail_resent(s, from, content, since, g->in->ledger_id, &g->in->resent, g->err);
	}
	if (r == 0 && from)
		r = store_traffic(s, from, g->in->ticket ? g->in->ticket->id : 0, g->o->now, &g->in->traffic, g->err);
	struct instant hour_before = { g->in->received.ms - HOUR_MS };
	if (r == 0 && from)
		r = store_ticket_opened(s, from, hour_before, g->in->received, &g->in->traffic.opened_hour, g->err);
	if (r == 0 && g->in->token.state != TOKEN_NONE)
		r = store_token_used(s, &g->in->token.hash, content, &g->in->token.used, g->err);
	if (r == 0)
		r = find_requester(g);
	struct instant hour_ago = { g->o->now.ms - HOUR_MS };
	if (r == 0 && from)
		r = store_sent_count(s, LETTER_CONFIRMATION, from, hour_ago, &g->in->confirmations_hour, g->err);
	if (r == 0 && from)
		r = store_sent_count(s, LETTER_WARNING, from, hour_ago, &g->in->warnings_hour, g->err);
	return r;
}

/* A mail of the short-message gateway: whose number, what text, which ticket. */
static int find_sms(struct gather *g)
{
	const struct sms_rules *rules = &g->o->plan.rules->sms;
	const char *from = sender(g->message), *phone = NULL;
	AUTO_BUF number = BUF_INIT(100), text = BUF_INIT(LIMIT_TEXT_BYTES);
	int64_t id = 0;
	if (!rules->from || !from || !mail_address_eq(from, rules->from))
		return 0;
	g->in->sms.is_sms = true;
	int r = sms_incoming(rules->pattern, g->message->subject, g->message->text, &number, &text);
	if (r == 0)
		r = phone_read(buf_cstr(&number), g->a, &phone);
	if (r != 0)
		return r < 0 ? error_set(g->err, r, "no memory") : 0;
	g->in->sms.number = phone;
	struct span said = span_trim(buf_span(&text));
	g->in->sms.text = arena_strndup(g->a, said.n ? (const char *)said.p : "", said.n);
	if (!g->in->sms.text)
		return error_set(g->err, -ENOMEM, "no memory");
	r = store_ticket_by_phone(g->o->store, phone, &id, g->err);
	return r != 0 ? (r < 0 ? r : 0) : load_ticket(g, id, &g->in->sms.ticket);
}

struct numbers {
	struct sms_sent *list;
	size_t n;
};

static int number_add(struct gather *g, struct numbers *to, const char *number)
{
	struct instant day_ago = { g->o->now.ms - 24ll * HOUR_MS };
	if (!number || !sms_number_is_mobile(number))
		return 0;
	struct sms_sent *s = &to->list[to->n++];
	s->number = number;
	return store_sms_sent(g->o->store, number, day_ago, &s->day, g->err);
}

/* What went to the numbers of the ticket, of the mail's persons and of its commands. */
static int find_sms_sent(struct gather *g)
{
	const struct request *q = &g->in->reading->request;
	const struct command_block *b = &g->in->reading->commands;
	const struct ticket *t = g->in->ticket;
	size_t n = q->n_applicants + b->n_commands + (t ? t->n_applicants : 0);
	struct numbers to = { .list = arena_array(g->a, n ? n : 1, sizeof(*to.list)) };
	int r = 0;
	if (!to.list)
		return error_set(g->err, -ENOMEM, "no memory");
	if (!g->o->plan.rules->sms.gateway || g->o->plan.rules->sms.number_day == 0)
		return 0;
	for (size_t i = 0; r == 0 && i < q->n_applicants; i++)
		r = number_add(g, &to, q->applicants[i].value[FIELD_PHONE]);
	for (size_t i = 0; r == 0 && t && i < t->n_applicants; i++)
		r = number_add(g, &to, t->applicants[i].value[FIELD_PHONE]);
	for (size_t i = 0; r == 0 && i < b->n_commands; i++)
		r = b->commands[i].verb == COMMAND_SMS ? number_add(g, &to, b->commands[i].value) : 0;
	g->in->sms_sent = to.list;
	g->in->n_sms_sent = to.n;
	return r;
}

/* A durable mark on this mail, made in another commit: its confirmation was answered, or a person released it. */
static int find_mark(struct gather *g, const char *word, bool *out)
{
	char key[40];
	const char *value = NULL;
	(void)snprintf(key, sizeof(key), "%s:%lld", word, (long long)g->in->ledger_id);
	int r = store_fact_get(g->o->store, key, g->a, &value, g->err);
	*out = r == 0;
	return r < 0 ? r : 0;
}

/* It was in the archive of the server, but not in the ledger of a restored store. */
static int find_replayed(struct gather *g, const struct ledger_row *row)
{
	char key[RECONCILE_KEY_SIZE];
	const char *value = NULL;
	reconcile_replay_key(&row->sha256, key);
	int r = store_fact_get(g->o->store, key, g->a, &value, g->err);
	g->in->replayed = r == 0;
	return r < 0 ? r : 0;
}

static int find_proofs(struct gather *g, const struct office_evidence *evidence)
{
	struct examined *list = NULL;
	g->in->evidence = evidence->files;
	g->in->n_evidence = evidence->n;
	if (!g->in->ticket)
		return 0;
	int r = store_evidence_list(g->o->store, g->in->ticket->id, g->a, &list, &g->in->n_proofs, g->err);
	g->in->proofs = list;
	return r;
}

int facts_gather(struct office *o, const struct ledger_row *row, const struct reading *reading,
		 const struct office_evidence *evidence, struct arena *a, struct incoming *out, struct error *err)
{
	struct gather g = { .o = o, .message = &reading->message, .a = a, .in = out, .err = err };
	*out = (struct incoming){ .reading = reading, .ledger_id = row->id, .received = row->internaldate };
	out->content = content_digest(&reading->message);
	int r = find_tokens(&g);
	if (r == 0)
		r = find_guesses(&g);
	if (r == 0)
		r = find_confirmation(&g);
	if (r == 0)
		r = facts_reminder(o, out, a, err);
	if (r == 0)
		r = match(&g);
	if (r == 0)
		r = find_proofs(&g, evidence);
	if (r == 0)
		r = find_same_person(&g);
	if (r == 0)
		r = find_named(&g);
	if (r == 0)
		r = facts_register(o, out, a, err);
	if (r == 0)
		r = find_history(&g);
	if (r == 0)
		r = find_mark(&g, "confirmed", &out->confirmed);
	if (r == 0)
		r = find_mark(&g, STORE_FACT_RELEASED, &out->released);
	if (r == 0)
		r = find_sms(&g);
	if (r == 0)
		r = find_sms_sent(&g);
	if (r == 0)
		r = find_replayed(&g, row);
	return r;
}

int facts_of_order(struct office *o, const struct reading *reading, const char *number, struct arena *a, struct incoming *out,
		   struct error *err)
{
	struct gather g = { .o = o, .message = &reading->message, .a = a, .in = out, .err = err };
	int64_t id = 0;
	*out = (struct incoming){ .reading = reading, .received = o->now };
	int r = store_ticket_id(o->store, number, &id, err);
	if (r == 0)
		r = load_ticket(&g, id, &out->ticket);
	if (r == 0)
		r = find_proofs(&g, &(struct office_evidence){ 0 });
	if (r == 0)
		r = find_named(&g);
	if (r == 0)
		r = find_sms_sent(&g);
	return r == 0 ? find_requester(&g) : r;
}
