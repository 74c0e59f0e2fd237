/* sitantectl tickets, show. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

enum { OUT_MAX = 512 * 1024 * 1024, SHOWN_WORD = 300 };

static const char *masked(struct ctl *c, const char *v)
{
	const char *out = v;
	return v && mask_digits(v, c->arena, &out) == 0 ? out : v;
}

static void put_applicants(struct ctl *c, struct json *j, const struct ticket *t, bool mask)
{
	json_key(j, "applicants");
	json_array(j);
	for (size_t i = 0; i < t->n_applicants; i++) {
		const struct applicant *p = &t->applicants[i];
		json_object(j);
		for (int f = 0; f < N_FIELDS; f++) {
			bool personal = f == FIELD_NIK || f == FIELD_NIP || f == FIELD_PHONE;
			json_kv_str(j, applicant_field_word((enum applicant_field)f),
				    personal && mask ? masked(c, p->value[f]) : p->value[f]);
		}
		json_kv_str(j, "state", applicant_state_word(p->state));
		char date[16];
		(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", p->renewed_until.year % 10000, p->renewed_until.month % 100,
			       p->renewed_until.day % 100);
		json_kv_str(j, "renewed_until", p->renewed_until.year ? date : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_steps(struct ctl *c, struct json *j, const struct ticket *t)
{
	struct step steps[4];
	casework_steps(&c->plan->rules, t, clock_wall(), steps);
	json_key(j, "steps");
	json_array(j);
	for (int i = 0; i < 4; i++) {
		const struct step *s = &steps[i];
		json_object(j);
		json_kv_int(j, "step", s->step);
		json_kv_str(j, "started_at", s->started ? ctl_time(c, s->started_at) : NULL);
		json_kv_str(j, "finished_at", s->finished ? ctl_time(c, s->finished_at) : NULL);
		json_kv_int(j, "working_seconds", s->working.ms / 1000);
		json_kv_int(j, "waiting_seconds", s->waiting.ms / 1000);
		json_kv_int(j, "paused_seconds", s->paused.ms / 1000);
		json_kv_int(j, "standard_seconds", s->standard.ms / 1000);
		json_key(j, "met");
		if (s->started)
			json_bool(j, s->met);
		else
			json_null(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_ticket(struct ctl *c, struct json *j, const struct ticket *t, bool mask)
{
	json_kv_str(j, "number", t->number);
	json_kv_str(j, "state", ticket_state_word(t->state));
	json_kv_str(j, "kind", request_kind_word(t->kind));
	json_key(j, "requester");
	json_object(j);
	json_kv_str(j, "name", t->requester_name);
	json_kv_str(j, "address", t->requester_address);
	json_object_end(j);
	put_applicants(c, j, t, mask);
	json_kv_str(j, "assigned_to", t->assigned_to);
	json_kv_str(j, "opened_at", ctl_time(c, t->opened_at));
	json_kv_str(j, "closed_at", t->is_closed ? ctl_time(c, t->closed_at) : NULL);
	json_kv_str(j, "held_until", t->is_held ? ctl_time(c, t->held_until) : NULL);
	json_kv_str(j, "merged_into", t->merged_into);
	put_steps(c, j, t);
}

static int load_list(struct ctl *c, struct ticket ***out, size_t *n)
{
	struct ticket_filter f = { .search = c->search };
	struct error err = { 0 };
	if (c->state) {
		f.has_state = ticket_state_from_word(c->state, &f.state) == 0;
		if (!f.has_state)
			return ctl_fail(
				CTL_USAGE,
				"%s is no state; use received, examining, waiting, renewed, closed, refused, cancelled or merged",
				c->state);
	}
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_ticket_list(c->store, &f, c->arena, out, n, &err);
	store_end(c->store);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

static void put_padded(struct buf *b, const char *s, size_t width)
{
	AUTO_BUF clean = BUF_INIT(4096);
	text_escape(&clean, span_str(s), width + 12);
	size_t columns = text_columns(buf_cstr(&clean));
	buf_add_str(b, buf_cstr(&clean));
	for (; columns < width; columns++)
		buf_add_char(b, ' ');
	buf_add_str(b, "  ");
}

int ctl_tickets(struct ctl *c)
{
	struct ticket **list = NULL;
	size_t n = 0;
	AUTO_BUF b = BUF_INIT(OUT_MAX);
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE, "tickets wants no further word");
	int r = load_list(c, &list, &n);
	if (r != 0)
		return r;
	if (c->json) {
		struct json j = json_open(&b, true);
		json_array(&j);
		for (size_t i = 0; i < n; i++) {
			json_object(&j);
			put_ticket(c, &j, list[i], true);
			json_object_end(&j);
		}
		json_array_end(&j);
		buf_add_char(&b, '\n');
		return ctl_print(&b);
	}
	for (size_t i = 0; i < n; i++) {
		const struct ticket *t = list[i];
		const char *name = t->n_applicants > 0 && t->applicants[0].value[FIELD_NAME] ? t->applicants[0].value[FIELD_NAME]
				   : t->requester_name                                       ? t->requester_name
											     : "-";
		put_padded(&b, t->number, 10);
		put_padded(&b, ticket_state_word(t->state), 10);
		put_padded(&b, request_kind_word(t->kind), 11);
		put_padded(&b, ctl_time(c, t->opened_at), 25);
		put_padded(&b, t->assigned_to ? t->assigned_to : "-", 26);
		put_padded(&b, name, 28);
		buf_add_char(&b, '\n');
	}
	if (n == 0)
		buf_add_str(&b, "no tickets\n");
	return ctl_print(&b);
}

/* --- show ------------------------------------------------------------------------------------- */

static void put_messages(struct ctl *c, struct json *j, const struct message_row *m, size_t n)
{
	json_key(j, "messages");
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_kv_str(j, "direction", m[i].direction);
		json_kv_str(j, "kind", m[i].kind);
		json_kv_str(j, "from", m[i].from);
		json_kv_str(j, "to", m[i].to);
		json_kv_str(j, "subject", m[i].subject);
		json_kv_str(j, "message_id", m[i].message_id);
		json_kv_str(j, "at", ctl_time(c, m[i].at));
		json_kv_str(j, "state", m[i].state);
		json_kv_str(j, "text", m[i].text);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_events(struct ctl *c, struct json *j, const struct ticket *t)
{
	json_key(j, "events");
	json_array(j);
	for (size_t i = 0; i < t->n_events; i++) {
		json_object(j);
		json_kv_str(j, "at", ctl_time(c, t->events[i].at));
		json_kv_str(j, "who", t->events[i].who);
		json_kv_str(j, "what", event_what_word(t->events[i].what));
		json_kv_str(j, "detail", t->events[i].detail);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Text of a mail for a terminal: control characters never get through, lines stay. */
static void put_text(struct buf *b, const char *text)
{
	struct span rest = span_str(text), line;
	while (span_next_line(&rest, &line)) {
		buf_add_str(b, "    ");
		text_escape(b, line, 2000);
		buf_add_char(b, '\n');
	}
}

static void print_ticket(struct ctl *c, struct buf *b, const struct ticket *t, const struct message_row *m, size_t n)
{
	struct step steps[4];
	casework_steps(&c->plan->rules, t, clock_wall(), steps);
	buf_addf(b, "%s  %s  %s\n", t->number, ticket_state_word(t->state), request_kind_word(t->kind));
	buf_addf(b, "opened %s%s%s, assigned to ", ctl_time(c, t->opened_at), t->is_closed ? ", closed " : "",
		 t->is_closed ? ctl_time(c, t->closed_at) : "");
	text_escape(b, span_str(t->assigned_to ? t->assigned_to : "nobody"), SHOWN_WORD);
	buf_add_char(b, '\n');
	for (size_t i = 0; i < t->n_applicants; i++) {
		buf_addf(b, "applicant %zu (%s)\n", i + 1, applicant_state_word(t->applicants[i].state));
		for (int f = 0; f < N_FIELDS; f++)
			if (t->applicants[i].value[f]) {
				buf_addf(b, "  %-12s ", applicant_field_word((enum applicant_field)f));
				text_escape(b, span_str(t->applicants[i].value[f]), 400);
				buf_add_char(b, '\n');
			}
	}
	for (int i = 0; i < 4; i++)
		if (steps[i].started)
			buf_addf(b, "step %d  %lld s of %lld s%s%s\n", i + 1, (long long)steps[i].working.ms / 1000,
				 (long long)steps[i].standard.ms / 1000, steps[i].met ? ", met" : ", not met",
				 steps[i].finished ? "" : " (running)");
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "\n%s  ", ctl_time(c, m[i].at));
		text_escape(b, span_str(arena_printf(c->arena, "%s %s (%s)", m[i].direction, m[i].kind, m[i].state)), SHOWN_WORD);
		buf_add_str(b, "  ");
		text_escape(b, span_str(m[i].from), 100);
		if (m[i].to) {
			buf_add_str(b, " -> ");
			text_escape(b, span_str(m[i].to), 100);
		}
		buf_add_str(b, "\n    ");
		text_escape(b, span_str(m[i].subject), 200);
		buf_add_str(b, "\n\n");
		put_text(b, m[i].text);
	}
}

const char *ctl_number(const char *given)
{
	return str_starts_nocase(given, "SITANTE-") ? given + strlen("SITANTE-") : given;
}

static void put_report(struct ctl *c, struct json *j, const struct ctl_ticket *t)
{
	struct tally y;
	json_key(j, "report");
	if (t->report.id == 0) {
		json_null(j);
		return;
	}
	casework_tally(&c->plan->rules, &t->ticket, clock_wall(), &y);
	json_object(j);
	json_kv_str(j, "number", t->report.number);
	json_kv_str(j, "asked_at", ctl_time(c, t->report.made_at));
	json_kv_str(j, "state", t->report.state);
	json_kv_str(j, "officer", y.officer);
	json_kv_int(j, "mails", y.mails);
	json_kv_int(j, "short_messages", y.sms);
	json_object_end(j);
}

static int ticket_load(struct ctl *c, const char *number, struct ctl_ticket *out, struct error *err)
{
	int64_t id = 0;
	int r = store_ticket_id(c->store, number, &id, err);
	if (r == 0)
		r = store_ticket_load(c->store, id, c->arena, &out->ticket, err);
	if (r == 0)
		r = store_message_list(c->store, id, c->arena, &out->messages, &out->n_messages, err);
	if (r == 0)
		r = store_report_of(c->store, id, c->arena, &out->report, err);
	return r == STORE_NOT_FOUND && out->ticket.id != 0 ? 0 : r;
}

int ctl_ticket_read(struct ctl *c, const char *what, const char *number, ctl_besides_fn *besides, void *context,
		    struct ctl_ticket *out)
{
	struct error err = { 0 };
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = ticket_load(c, number, out, &err);
	bool found = r == 0;
	if (r == 0 && besides)
		r = besides(c, out, context, &err);
	if (r == 0)
		r = ctl_audit(c, &err, "%s %s", what, number);
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r == STORE_NOT_FOUND)
		return ctl_fail(CTL_REFUSED, found ? "ticket %s has no %s" : "no ticket %s", number, what);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

void ctl_ticket_json(struct ctl *c, struct buf *out, const struct ctl_ticket *t)
{
	struct json j = json_open(out, true);
	json_object(&j);
	put_ticket(c, &j, &t->ticket, false);
	put_messages(c, &j, t->messages, t->n_messages);
	put_events(c, &j, &t->ticket);
	put_report(c, &j, t);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

int ctl_show(struct ctl *c)
{
	struct ctl_ticket t = { 0 };
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "show wants one ticket NUMBER, for example 2026-0001");
	int r = ctl_ticket_read(c, "show", ctl_number(c->argv[0]), NULL, NULL, &t);
	if (r != 0)
		return r;
	AUTO_BUF b = BUF_INIT(OUT_MAX);
	if (c->json)
		ctl_ticket_json(c, &b, &t);
	else
		print_ticket(c, &b, &t.ticket, t.messages, t.n_messages);
	return ctl_print(&b);
}
