/* An office desk for tests of casework and letter: rules, a ticket, a mail, all made up. */
#ifndef SITANTE_TESTS_DESK_H
#define SITANTE_TESTS_DESK_H

#include "../unit.h"

#include "casework/casework.h"
#include "casework/move.h"

#define SATU "satu@natunakab.go.id"
#define DUA "dua@natunakab.go.id"
#define HEAD "kepala@natunakab.go.id"
#define BUDI "budi@example.org"
#define STRANGER "asing@example.net"
#define NIK_1 "2103070101800001"
#define NIK_2 "2103074202850002"
#define NIP_1 "198001012005011001"

struct desk {
	struct arena *a;
	struct casework_rules rules;
	struct person staff[2];
	struct reading reading;
	struct mail_address from[2];
	struct applicant_data persons[4];
	struct command commands[6];
	struct incoming in;
	struct ticket ticket, second;
	struct decision out;
	struct instant now;
};

static UNUSED struct instant at(const char *iso)
{
	struct instant t = { 0 };
	char full[40];
	(void)snprintf(full, sizeof(full), strlen(iso) == 16 ? "%s:00+07:00" : "%s", iso);
	if (instant_parse_iso(span_str(full), &t) != 0)
		abort();
	return t;
}

static UNUSED struct calendar *desk_calendar(struct arena *a)
{
	static const struct work_span mon_thu[] = { { 450, 960 } }, fri[] = { { 450, 990 } };
	struct calendar_day_rule *rules = arena_array(a, 1, sizeof(*rules));
	struct calendar_plan plan = { 0 };
	struct zone *zone = NULL;
	struct calendar *c = NULL;
	struct error err = { 0 };
	assert_int_equal(zone_fixed(7 * 3600, a, &zone), 0);
	plan.zone = zone;
	for (int d = 0; d < 4; d++) {
		plan.week[d] = mon_thu;
		plan.n_week[d] = 1;
	}
	plan.week[4] = fri;
	plan.n_week[4] = 1;
	rules[0] = (struct calendar_day_rule){ .from = { 2026, 1, 1 }, .to = { 2026, 1, 1 }, .closed = true };
	plan.rules = rules;
	plan.n_rules = 1;
	assert_int_equal(calendar_new(&plan, a, &c, &err), 0);
	return c;
}

static UNUSED void desk_ticket(struct desk *d, struct ticket *t, int64_t id, const char *number)
{
	struct applicant *x = arena_array(d->a, 1, sizeof(*x));
	const char **parties = arena_array(d->a, 1, sizeof(*parties));
	struct event *events = arena_array(d->a, 2, sizeof(*events));
	x->id = 7;
	x->value[FIELD_NAME] = "Budi Santoso";
	x->value[FIELD_NIK] = NIK_1;
	x->value[FIELD_AGENCY] = "Dinas Kesehatan";
	x->value[FIELD_PHONE] = "+6281234567890";
	parties[0] = BUDI;
	events[0] = (struct event){ .id = 1, .at = at("2026-01-05T08:00"), .who = "applicant", .what = EVENT_RECEIVED };
	events[1] = (struct event){ .id = 2, .at = at("2026-01-05T08:05"), .who = "daemon", .what = EVENT_ACKNOWLEDGED };
	*t = (struct ticket){ .id = id,
			      .number = number,
			      .state = TICKET_EXAMINING,
			      .kind = REQUEST_RENEWAL,
			      .requester_name = "Budi",
			      .requester_address = BUDI,
			      .opened_at = at("2026-01-05T08:00"),
			      .request_id = "req-1@example.org",
			      .last_id = "req-1@example.org",
			      .applicants = x,
			      .n_applicants = 1,
			      .parties = parties,
			      .n_parties = 1,
			      .events = events,
			      .n_events = 2 };
}

/* A plain, proven mail of BUDI with one person's data; no ticket. */
static UNUSED void desk_open(struct desk *d)
{
	static const uint32_t required[] = { 1u << FIELD_NAME, 1u << FIELD_NIK | 1u << FIELD_NIP, 1u << FIELD_AGENCY };
	static const char *own[] = { "sitante@natunakab.go.id", "tte@natunakab.go.id" };
	static const char *home[] = { "natunakab.go.id" };
	memset(d, 0, sizeof(*d));
	d->a = arena_new(64u * 1024 * 1024);
	assert_non_null(d->a);
	d->staff[0] = (struct person){ "Petugas Satu", SATU };
	d->staff[1] = (struct person){ "Petugas Dua", DUA };
	d->rules = (struct casework_rules){
		.agency = "Dinas Komunikasi dan Informatika Kabupaten Natuna",
		.mailbox_name = "SITANTE Kabupaten Natuna",
		.mailbox_address = own[0],
		.own_addresses = own,
		.n_own_addresses = 2,
		.home_domains = home,
		.n_home_domains = 1,
		.staff = d->staff,
		.n_staff = 2,
		.head = { "Kepala Tim", HEAD },
		.standard = { MINUTES(10), MINUTES(60), MINUTES(15), MINUTES(5) },
		.calendar = desk_calendar(d->a),
		.caps = { .address_hour = 2,
			  .address_day = 5,
			  .home_address_hour = 30,
			  .domain_hour = 30,
			  .ticket_day = 20,
			  .hour = 200 },
		.required = required,
		.n_required = 3,
		.window_days = 30,
		.token_life = DAYS(30),
		.confirmation_life = HOURS(24),
	};
	d->now = at("2026-01-05T09:00");
	d->from[0] = (struct mail_address){ "Budi", BUDI };
	struct message *m = &d->reading.message;
	*m = (struct message){ .n_from_fields = 1,
			       .from = d->from,
			       .n_from = 1,
			       .subject = "Permohonan",
			       .message_id = "m1@example.org",
			       .return_path = BUDI,
			       .to_us = true,
			       .proof = MAIL_PROOF_PASS,
			       .proof_reason = "dmarc=pass",
			       .may_answer = true,
			       .text = "Mohon TTE saya diperpanjang.",
			       .text_full = "Mohon TTE saya diperpanjang.",
			       .signature = "",
			       .n_received = 3 };
	d->persons[0].value[FIELD_NAME] = "Budi Santoso";
	d->persons[0].value[FIELD_NIK] = NIK_1;
	d->persons[0].value[FIELD_AGENCY] = "Dinas Kesehatan";
	d->reading.request = (struct request){ .kind = REQUEST_RENEWAL,
					       .kind_rule = "words",
					       .kind_words = "diperpanjang",
					       .applicants = d->persons,
					       .n_applicants = 1 };
	d->reading.commands.reply = m->text;
	d->reading.commands.commands = d->commands;
	d->in = (struct incoming){ .reading = &d->reading, .ledger_id = 41, .received = at("2026-01-05T08:58") };
	desk_ticket(d, &d->ticket, 5, "2026-0001");
	desk_ticket(d, &d->second, 6, "2026-0002");
}

static UNUSED void desk_close(struct desk *d)
{
	arena_free(d->a);
	d->a = NULL;
}

/* The mail now comes from this staff member, with this proof, as an answer to the ticket. */
static UNUSED void desk_staff(struct desk *d, const char *address, enum mail_proof proof, enum token_state token,
			      const char *owner)
{
	d->from[0] = (struct mail_address){ "Petugas", address };
	d->reading.message.return_path = address;
	d->reading.message.proof = proof;
	d->reading.message.is_reply = true;
	d->reading.message.text = d->reading.commands.reply = "Mohon kirim foto KTP.";
	d->reading.request.n_applicants = 0;
	d->reading.request.kind = REQUEST_QUESTION;
	d->in.ticket = &d->ticket;
	d->in.how = token == TOKEN_NONE ? MATCH_TAG : MATCH_TOKEN;
	d->in.token = (struct token_facts){ .state = token, .owner = owner, .ticket_id = d->ticket.id };
	d->in.tokens = &d->in.token;
	d->in.n_tokens = token != TOKEN_NONE;
}

static UNUSED struct command *desk_command(struct desk *d, enum command_verb v, const char *text)
{
	struct command *c = &d->commands[d->reading.commands.n_commands++];
	*c = (struct command){ .verb = v, .line = v == COMMAND_UNKNOWN ? "/apa" : "/perintah", .text = text ? text : "" };
	if (v == COMMAND_UNKNOWN)
		c->error = "Perintah ini tidak dikenal.";
	d->reading.commands.reply = "";
	return c;
}

static UNUSED void desk_decide(struct desk *d)
{
	assert_int_equal(casework_mail(&d->rules, &d->in, d->now, d->a, &d->out), 0);
}

static UNUSED size_t n_letters(const struct desk *d, enum letter_kind k)
{
	size_t n = 0;
	for (size_t i = 0; i < d->out.n_letters; i++)
		n += d->out.letters[i].kind == k;
	return n;
}

static UNUSED const struct letter *the_letter(const struct desk *d, enum letter_kind k)
{
	for (size_t i = 0; i < d->out.n_letters; i++)
		if (d->out.letters[i].kind == k)
			return &d->out.letters[i];
	return NULL;
}

static UNUSED const char *said(const struct letter *l, const char *key)
{
	for (size_t i = 0; l && i < l->n_values; i++)
		if (strcmp(l->values[i].key, key) == 0)
			return l->values[i].value;
	return NULL;
}

static UNUSED size_t n_events(const struct desk *d, enum event_what what)
{
	size_t n = 0;
	for (size_t i = 0; d->out.has_ticket && i < d->out.ticket.n_events; i++)
		n += d->out.ticket.events[i].what == what && d->out.ticket.events[i].id == 0;
	for (size_t i = 0; i < d->out.n_loose; i++)
		n += d->out.loose[i].what == what;
	return n;
}

/* The server takes this mail of the ticket, which then is as decided. */
static UNUSED void desk_accepted(struct desk *d, enum letter_kind k, const char *to)
{
	struct sent_mail s = { .outbox_id = 9, .kind = k, .to = { NULL, to }, .accepted = true, .code = 250, .at = d->now };
	assert_int_equal(casework_sent(&d->rules, &d->ticket, &s, d->now, d->a, &d->out), 0);
	if (d->out.has_ticket)
		d->ticket = d->out.ticket;
}

/* Mails that go to somebody who is neither staff nor head. */
static UNUSED size_t n_outside(const struct desk *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->out.n_letters; i++) {
		const char *to = d->out.letters[i].to.address;
		n += casework_staff(&d->rules, to) < 0 && strcmp(to, HEAD) != 0;
	}
	return n;
}

#endif
