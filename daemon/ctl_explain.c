/* sitantectl explain: where the time of a ticket went. */
#include "ctl.h"

enum { OUT_MAX = 8 * 1024 * 1024 };

static void put_cause(struct json *j, const char *key, const struct event *e, const struct ctl_ticket *t)
{
	json_key(j, key);
	if (!e) {
		json_null(j);
		return;
	}
	json_object(j);
	json_kv_str(j, "what", event_what_word(e->what));
	json_kv_str(j, "who", e->who);
	for (size_t i = 0; i < t->n_messages; i++) {
		const struct message_row *m = &t->messages[i];
		bool is = e->outbox_id ? m->outbox_id == e->outbox_id : e->ledger_id && m->ledger_id == e->ledger_id;
		if (!is || !m->message_id)
			continue;
		json_kv_str(j, "mail", m->message_id);
		json_kv_str(j, "direction", m->direction);
		json_kv_str(j, "kind", m->kind);
		break;
	}
	json_object_end(j);
}

static void put_json(struct ctl *c, struct buf *out, const struct ctl_ticket *t, const struct step_span *s, size_t n)
{
	struct json j = json_open(out, true);
	json_object(&j);
	json_kv_str(&j, "number", t->ticket.number);
	json_key(&j, "spans");
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		json_kv_int(&j, "step", s[i].step);
		json_kv_str(&j, "counts_as", span_kind_word(s[i].kind));
		json_kv_str(&j, "from", ctl_time(c, s[i].from));
		json_kv_str(&j, "to", ctl_time(c, s[i].to));
		json_kv_int(&j, "working_seconds", s[i].working.ms / 1000);
		put_cause(&j, "begin", s[i].begin, t);
		put_cause(&j, "end", s[i].end, t);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

int ctl_explain(struct ctl *c)
{
	struct ctl_ticket t = { 0 };
	struct step_span *spans = NULL;
	size_t n = 0;
	AUTO_BUF b = BUF_INIT(OUT_MAX);
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "explain wants one ticket NUMBER, for example 2026-0001");
	int r = ctl_ticket_read(c, "explain", ctl_number(c->argv[0]), NULL, NULL, &t);
	if (r != 0)
		return r;
	struct instant now = clock_wall();
	if (!c->json)
		casework_explain(&c->plan->rules, &t.ticket, now, c->arena, &b);
	else if (casework_spans(&c->plan->rules, &t.ticket, now, c->arena, &spans, &n) == 0)
		put_json(c, &b, &t, spans, n);
	else
		return ctl_fail(CTL_REFUSED, "no memory");
	return ctl_print(&b);
}
