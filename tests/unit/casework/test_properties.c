/* Random facts against what must always hold, judged apart from the rules' own code. */
#include "desk.h"

enum { ROUNDS = 60000 };

static uint64_t seed = 20260105;

static uint32_t roll(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

static const char *one_of(const char *const *list, size_t n)
{
	return list[roll((uint32_t)n)];
}

static void random_command(struct desk *d)
{
	static const char *const texts[] = { "", "Teks biasa.", "> kutipan\nteks" };
	static const char *const addresses[] = { SATU, DUA, STRANGER, NULL };
	static const char *niks[] = { NIK_1, NIK_2 };
	static const struct ticket *named[2];
	struct command *c = desk_command(d, (enum command_verb)roll(N_COMMANDS), one_of(texts, 3));
	c->address = one_of(addresses, 4);
	c->field = (enum applicant_field)roll(N_FIELDS);
	c->value = roll(2) ? NIP_1 : NULL;
	c->kind = (enum request_kind)roll(8);
	c->niks = niks;
	c->n_niks = roll(3);
	if (roll(3) == 0)
		c->date = (struct civil_date){ 2025 + (int)roll(8), 1 + (int)roll(12), 15 };
	if (roll(4) == 0)
		c->number = "2026-0002";
	named[0] = roll(2) ? &d->second : NULL;
	named[1] = &d->ticket;
	d->in.named = named;
	d->in.n_named = roll(3);
}

static void random_mail(struct desk *d)
{
	static const char *const senders[] = { SATU, DUA, BUDI, STRANGER, HEAD, "admin@natunakab.go.id" };
	struct message *m = &d->reading.message;
	d->from[0].spec = one_of(senders, 6);
	d->from[1].spec = one_of(senders, 6);
	m->n_from = roll(12) ? 1 : roll(3);
	m->n_from_fields = roll(12) ? 1 : roll(3);
	m->proof = (enum mail_proof)roll(3);
	m->nature = roll(3) ? MAIL_HUMAN : (enum mail_nature)roll(8);
	m->may_answer = roll(4);
	m->return_path = roll(3) ? m->return_path : one_of(senders, 6);
	m->duplicate_fields = roll(12) == 0;
	m->is_forward = roll(10) == 0;
	m->has_date = roll(2);
	m->date.ms = d->in.received.ms - (int64_t)roll(100) * 3600000;
	m->n_received = roll(60);
	m->message_id = roll(8) ? m->message_id : NULL;
	d->reading.request.kind = (enum request_kind)roll(8);
	d->reading.request.n_applicants = roll(3);
	d->reading.request.thanks_only = roll(5) == 0;
	d->persons[1].value[FIELD_NIK] = roll(2) ? NIK_2 : NULL;
	d->reading.commands.reply = roll(4) ? "Mohon kirim KTP." : "";
	for (uint32_t n = roll(2) * roll(4); n > 0; n--)
		random_command(d);
}

static void random_facts(struct desk *d)
{
	struct incoming *in = &d->in;
	in->ticket = roll(4) ? &d->ticket : NULL;
	in->how = in->ticket ? (enum match_how)(1 + roll(3)) : MATCH_NONE;
	d->ticket.state = (enum ticket_state)roll(TICKET_MERGED);
	d->ticket.applicants[0].state =
		d->ticket.state == TICKET_CLOSED || d->ticket.state == TICKET_RENEWED ? APPLICANT_RENEWED : APPLICANT_OPEN;
	d->ticket.requester_address = roll(8) ? BUDI : NULL;
	in->token.state = (enum token_state)roll(4);
	in->token.owner = roll(2) ? SATU : DUA;
	in->token.ticket_id = 5;
	in->token.used = roll(6) == 0;
	in->confirmation.is_answer = roll(6) == 0;
	in->confirmation.owner = roll(2) ? SATU : DUA;
	in->confirmation.used = roll(4) == 0;
	in->confirmation.ledger_id = 40;
	in->confirmed = roll(8) == 0;
	in->duplicate = roll(10) == 0;
	in->resent = roll(10) == 0;
	in->same_person = roll(4) ? NULL : &d->second;
	in->traffic = (struct traffic){ roll(4), roll(7), roll(40), roll(30), roll(250), roll(30) };
	in->confirmations_hour = roll(3) == 0;
	in->warnings_hour = roll(3) == 0;
	in->bounced_kind = roll(2) ? "notification" : NULL;
	in->bounced_to = BUDI;
}

/* May this mail do more than read and note?  The design's table, in other words. */
static bool has_power(const struct desk *d)
{
	const struct message *m = &d->reading.message;
	const struct incoming *in = &d->in;
	if (m->nature != MAIL_HUMAN || m->n_from != 1 || m->n_from_fields != 1 || m->proof == MAIL_PROOF_FAIL ||
	    casework_staff(&d->rules, d->from[0].spec) < 0 || m->n_received > 50)
		return false;
	if (in->confirmed)
		return true;
	bool own = in->token.state == TOKEN_VALID && strcmp(in->token.owner, d->from[0].spec) == 0 &&
		   (!in->ticket || in->how == MATCH_TOKEN);
	bool fresh = !m->has_date || in->received.ms - m->date.ms <= 72 * 3600000LL;
	return m->proof == MAIL_PROOF_PASS && !m->duplicate_fields && own && fresh && !in->token.used && !in->duplicate;
}

static bool moved_by_staff(const struct desk *d)
{
	static const enum event_what acts[] = {
		EVENT_ASSISTED, EVENT_RENEWED,  EVENT_REFUSED,  EVENT_CANCELLED, EVENT_MERGED,
		EVENT_REOPENED, EVENT_ASSIGNED, EVENT_KIND_SET, EVENT_SMS,       EVENT_NOTIFYING
	};
	size_t before = d->in.ticket && d->out.ticket.id == 5 ? d->ticket.n_events
			: d->out.ticket.id == 6               ? d->second.n_events
							      : 0;
	if (d->out.has_other || d->out.sms_text)
		return true;
	for (size_t i = before; d->out.has_ticket && i < d->out.ticket.n_events; i++)
		for (size_t k = 0; k < sizeof(acts) / sizeof(*acts); k++)
			if (d->out.ticket.events[i].what == acts[k])
				return true;
	return false;
}

static void check_letters(const struct desk *d, bool power)
{
	const struct message *m = &d->reading.message;
	for (size_t i = 0; i < d->out.n_letters; i++) {
		const struct letter *l = &d->out.letters[i];
		assert_non_null(l->to.address);
		bool team = casework_staff(&d->rules, l->to.address) >= 0 || strcmp(l->to.address, HEAD) == 0;
		if (l->kind == LETTER_ACKNOWLEDGEMENT) {
			assert_true(m->nature == MAIL_HUMAN && m->may_answer && m->proof != MAIL_PROOF_FAIL);
			assert_string_equal(l->to.address, d->from[0].spec);
			assert_false(l->make_token || l->attach_files || l->attach_original || l->make_confirmation);
			continue;
		}
		if (l->kind == LETTER_ASSISTANCE || l->kind == LETTER_NOTIFICATION || l->kind == LETTER_REFUSAL) {
			assert_true(power);
			assert_false(l->make_token || l->attach_files || l->attach_original || l->make_confirmation);
			continue;
		}
		assert_true(team); /* everything else stays in the team */
		assert_true(l->kind != LETTER_REPORT || power);
	}
}

static void check(const struct desk *d)
{
	const struct decision *o = &d->out;
	bool power = has_power(d);
	assert_non_null(o->reason);
	assert_true((int)o->disposition < N_DISPOSITIONS);
	check_letters(d, power);
	if (!power)
		assert_false(moved_by_staff(d));
	if (d->reading.message.nature != MAIL_HUMAN) {
		assert_int_equal(n_outside(d), 0);
		assert_int_equal(o->carry_out_ledger_id, 0);
		assert_false(o->use_token);
	}
	if (o->carry_out_ledger_id) {
		assert_true(o->use_confirmation && !d->in.confirmation.used && !d->in.confirmation.expired);
		assert_string_equal(d->in.confirmation.owner, d->from[0].spec);
	}
	if (o->disposition == DISPOSITION_REFUSED || o->disposition == DISPOSITION_CONFIRM ||
	    o->disposition == DISPOSITION_UNPROVEN || o->disposition == DISPOSITION_FORGED ||
	    o->disposition == DISPOSITION_DUPLICATE) {
		assert_int_equal(n_outside(d), 0);
		assert_null(o->note);
		assert_false(o->has_other);
		if (o->has_ticket)
			assert_int_equal(o->ticket.state, d->ticket.state);
	}
	if (o->disposition == DISPOSITION_COMMAND || o->disposition == DISPOSITION_REFUSED)
		assert_int_equal(n_letters(d, LETTER_RECEIPT), 1);
}

static void what_must_always_hold(void **state)
{
	(void)state;
	struct desk base;
	size_t seen[N_DISPOSITIONS] = { 0 };
	desk_open(&base);
	for (int i = 0; i < ROUNDS; i++) {
		struct desk d = base;
		struct applicant one, other;
		d.a = arena_new(8u * 1024 * 1024);
		d.rules.staff = d.staff;
		d.reading.message.from = d.from;
		d.reading.request.applicants = d.persons;
		d.reading.commands.commands = d.commands;
		d.in.reading = &d.reading;
		desk_ticket(&d, &d.ticket, 5, "2026-0001");
		desk_ticket(&d, &d.second, 6, "2026-0002");
		random_mail(&d);
		random_facts(&d);
		one = d.ticket.applicants[0];
		other = d.second.applicants[0];
		struct ticket first = d.ticket, second = d.second;
		desk_decide(&d);
		check(&d);
		seen[d.out.disposition]++;
		/* what was given is left as it was */
		assert_memory_equal(&first, &d.ticket, sizeof(first));
		assert_memory_equal(&second, &d.second, sizeof(second));
		assert_memory_equal(&one, &d.ticket.applicants[0], sizeof(one));
		assert_memory_equal(&other, &d.second.applicants[0], sizeof(other));
		arena_free(d.a);
	}
	for (int k = 0; k < DISPOSITION_BASELINE; k++) /* the dice reach every way */
		assert_true(seen[k] > 50);
	desk_close(&base);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_must_always_hold) };
	ADD_TESTS(tests)
	return RUN_SUITE("casework: what must always hold");
}
