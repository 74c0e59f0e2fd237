/* One ticket: sitantectl show, and its JSON for all who give one. */
#include "ctl.h"
#include "term.h"

#include <stdio.h>
#include <string.h>

enum { OUT_MAX = 512 * 1024 * 1024 };

static const char *masked(struct ctl *c, const char *v)
{
	const char *out = v;
	return v && mask_digits(v, c->arena, &out) == 0 ? out : v;
}

const char *ctl_masked(struct ctl *c, const char *text)
{
	AUTO_BUF b = BUF_INIT(64 * 1024);
	if (!text)
		return NULL;
	text_mask_numbers(&b, span_str(text));
	return arena_strdup(c->arena, buf_cstr(&b));
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
				    !mask      ? p->value[f]
				    : personal ? masked(c, p->value[f])
					       : ctl_masked(c, p->value[f]));
		}
		json_kv_str(j, "state", applicant_state_word(p->state));
		char date[16];
		(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", p->renewed_until.year % 10000, p->renewed_until.month % 100,
			       p->renewed_until.day % 100);
		json_kv_str(j, "renewed_until", p->renewed_until.year ? date : NULL);
		json_kv_str(j, "renewed_basis",
			    !p->renewed_until.year     ? NULL
			    : p->renewed_serial        ? "examined"
			    : p->renewed_until_assumed ? "assumed"
						       : "staff");
		json_kv_str(j, "renewed_serial", p->renewed_serial);
		json_kv_str(j, "renewed_from", p->renewed_serial ? ctl_time(c, p->renewed_from) : NULL);
		json_kv_str(j, "renewed_to", p->renewed_serial ? ctl_time(c, p->renewed_to) : NULL);
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

void ctl_ticket_brief(struct ctl *c, struct json *j, const struct ticket *t, bool mask)
{
	json_kv_str(j, "number", t->number);
	json_kv_str(j, "state", ticket_state_word(t->state));
	json_kv_str(j, "kind", request_kind_word(t->kind));
	json_key(j, "requester");
	json_object(j);
	json_kv_str(j, "name", mask ? ctl_masked(c, t->requester_name) : t->requester_name);
	json_kv_str(j, "address", t->requester_address);
	json_object_end(j);
	put_applicants(c, j, t, mask);
	json_kv_str(j, "assigned_to", t->assigned_to);
	json_kv_str(j, "opened_at", ctl_time(c, t->opened_at));
	json_kv_str(j, "closed_at", t->is_closed ? ctl_time(c, t->closed_at) : NULL);
	json_kv_str(j, "held_until", t->is_held ? ctl_time(c, t->held_until) : NULL);
	json_kv_str(j, "merged_into", t->merged_into);
	json_kv_str(j, "hold", t->hold);
	json_kv_bool(j, "emptied", t->is_emptied);
	put_steps(c, j, t);
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

/* --- a conversation ----------------------------------------------------------------------------- */

struct talk {
	struct ctl *c;
	struct term term;
	struct buf *b;
	const struct ctl_ticket *t;
};

static void put_head(struct talk *k, struct instant at, enum tone tone, const char *what)
{
	buf_add_char(k->b, '\n');
	term_say(k->b, &k->term, TONE_DIM, ctl_local(k->c, at));
	buf_add_str(k->b, "  ");
	term_say(k->b, &k->term, tone, what);
	buf_add_char(k->b, '\n');
}

/* What only repeats the mail that it is about; --full shows it. */
static bool repeats(const struct message_row *m)
{
	return str_eq(m->kind, "staff-notice") || str_eq(m->kind, "command-result");
}

static void put_message(struct talk *k, const struct message_row *m)
{
	struct arena *a = k->c->arena;
	bool in = str_eq(m->direction, "in"), out = str_eq(m->direction, "out"), note = str_eq(m->direction, "note");
	const char *head = in     ? arena_printf(a, "<- %s (%s)", m->from ? m->from : "?", m->kind)
			   : out  ? arena_printf(a, "-> %s (%s, %s)", m->to ? m->to : "?", m->kind, m->state)
			   : note ? arena_printf(a, "note by %s", m->from ? m->from : "?")
				  : arena_printf(a, "%s %s -> %s (%s, %s)", m->direction, m->from ? m->from : "?",
						 m->to ? m->to : "?", m->kind, m->state);
	bool failed = str_eq(m->state, "failed") || str_eq(m->state, "uncertain");
	put_head(k, m->at, failed ? TONE_BAD : in ? TONE_GOOD : note ? TONE_WARN : TONE_BOLD, head);
	if (m->subject && *m->subject)
		term_text(k->b, &k->term, "  | ", arena_printf(a, "Subject: %s", m->subject));
	if (repeats(m) && !k->c->full && m->text)
		term_text(k->b, &k->term, "  | ", "(a notice of ours to staff; its text with --full)");
	else
		term_text(k->b, &k->term, "  | ", m->text);
}

/* What the mails do not say themselves. */
static bool is_told(enum event_what what)
{
	static const enum event_what told[] = { EVENT_ASSIGNED,  EVENT_DATUM_SET,   EVENT_KIND_SET,     EVENT_RENEWED,
						EVENT_REFUSED,   EVENT_CANCELLED,   EVENT_MERGED,       EVENT_REOPENED,
						EVENT_HELD,      EVENT_TAKEN_UP,    EVENT_PAUSED,       EVENT_RESUMED,
						EVENT_CORRECTED, EVENT_CLOSED,      EVENT_REMINDED,     EVENT_MARKED,
						EVENT_BOUNCED,   EVENT_MAIL_FAILED, EVENT_NOTIFY_FAILED };
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (told[i] == what)
			return true;
	return false;
}

static void put_event(struct talk *k, const struct event *e)
{
	if (is_told(e->what))
		put_head(k, e->at, TONE_DIM,
			 arena_printf(k->c->arena, "-- %s by %s%s%s", event_what_word(e->what), e->who ? e->who : "?",
				      e->detail ? ": " : "", e->detail ? e->detail : ""));
}

/* Texts and events by time, each in its own order. */
static void put_talk(struct talk *k)
{
	const struct ctl_ticket *t = k->t;
	size_t i = 0, n = 0;
	while (i < t->ticket.n_events || n < t->n_messages)
		if (n == t->n_messages || (i < t->ticket.n_events && t->ticket.events[i].at.ms < t->messages[n].at.ms))
			put_event(k, &t->ticket.events[i++]);
		else
			put_message(k, &t->messages[n++]);
}

static void put_field(struct talk *k, const char *key, const char *value)
{
	if (!value)
		return;
	buf_addf(k->b, "%-12s ", key);
	term_say(k->b, &k->term, TONE_PLAIN, value);
	buf_add_char(k->b, '\n');
}

static void put_clock(struct talk *k, const struct step *s)
{
	struct arena *a = k->c->arena;
	const char *took = term_span(a, s->working), *standard = term_span(a, s->standard);
	if (!s->started)
		return;
	buf_addf(k->b, "step %d       ", s->step);
	term_say(k->b, &k->term, s->met ? TONE_GOOD : TONE_BAD,
		 arena_printf(a, "%s of %s%s%s", took, standard, s->met ? "" : ", over its standard",
			      s->finished                       ? ""
			      : s->running_as == SPAN_APPLICANT ? ", waits for the applicant"
			      : s->running_as == SPAN_BSRE      ? ", waits for BSrE"
								: ", runs"));
	buf_add_char(k->b, '\n');
}

static void print_ticket(struct ctl *c, struct buf *b, const struct ctl_ticket *ticket)
{
	const struct ticket *t = &ticket->ticket;
	struct talk k = { .c = c, .term = term_of(1), .b = b, .t = ticket };
	struct step steps[4];
	casework_steps(&c->plan->rules, t, clock_wall(), steps);
	term_say(b, &k.term, TONE_BOLD,
		 arena_printf(c->arena, "%s  %s  %s", t->number, ticket_state_word(t->state), request_kind_word(t->kind)));
	buf_add_char(b, '\n');
	put_field(&k, "requester",
		  arena_printf(c->arena, "%s%s%s", t->requester_name ? t->requester_name : "", t->requester_name ? ", " : "",
			       t->requester_address ? t->requester_address : "no address"));
	put_field(&k, "opened", ctl_local(c, t->opened_at));
	put_field(&k, "closed", t->is_closed ? ctl_local(c, t->closed_at) : NULL);
	put_field(&k, "held until", t->is_held ? ctl_local(c, t->held_until) : NULL);
	put_field(&k, "merged into", t->merged_into);
	put_field(&k, "legal hold", t->hold);
	put_field(&k, "destroyed", t->is_emptied ? "its time was over, or its owner asked" : NULL);
	put_field(&k, "assigned to", t->assigned_to ? t->assigned_to : "nobody");
	for (size_t i = 0; i < t->n_applicants; i++) {
		buf_addf(b, "applicant %zu  %s\n", i + 1, applicant_state_word(t->applicants[i].state));
		for (int f = 0; f < N_FIELDS; f++)
			put_field(&k, arena_printf(c->arena, "  %s", applicant_field_word((enum applicant_field)f)),
				  t->applicants[i].value[f]);
	}
	for (int i = 0; i < 4; i++)
		put_clock(&k, &steps[i]);
	put_talk(&k);
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

static void put_letter(struct ctl *c, struct json *j, const struct ctl_ticket *t)
{
	json_key(j, "letter");
	if (t->receipt.id == 0) {
		json_null(j);
		return;
	}
	json_object(j);
	json_kv_str(j, "number", t->ticket.letter_number);
	json_kv_str(j, "from", t->ticket.letter_from);
	json_kv_str(j, "taken_in_by", t->receipt.officer);
	json_kv_str(j, "taken_in_at", ctl_time(c, t->receipt.made_at));
	json_kv_str(j, "receipt", t->receipt.state);
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
		r = store_report_of(c->store, id, KEPT_REPORT, c->arena, &out->report, err);
	if (r == 0 || r == STORE_NOT_FOUND)
		r = out->ticket.id ? store_report_of(c->store, id, KEPT_RECEIPT, c->arena, &out->receipt, err) : r;
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
		return ctl_fail(CTL_REFUSED, found ? "ticket %s has no %s" : "no ticket %s; sitantectl tickets lists them",
				number, what);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

void ctl_ticket_json(struct ctl *c, struct buf *out, const struct ctl_ticket *t)
{
	struct json j = json_open(out, true);
	json_object(&j);
	ctl_ticket_brief(c, &j, &t->ticket, false);
	put_messages(c, &j, t->messages, t->n_messages);
	put_events(c, &j, &t->ticket);
	put_report(c, &j, t);
	put_letter(c, &j, t);
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
		print_ticket(c, &b, &t);
	return ctl_print(&b);
}
