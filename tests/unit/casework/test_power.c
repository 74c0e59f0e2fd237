/* Who may do what by mail: the design's table cell by cell, and the tricks around it. */
#include "desk.h"

enum content { ASSISTANCE, ACT, NOTE, READ, WRONG };
enum whose { NOBODYS, OWN, COLLEAGUES, EXPIRED, REVOKED };

struct cell {
	const char *name;
	enum mail_proof proof;
	enum whose token;
	enum content content;
	enum disposition want;
	enum letter_kind answer; /* the one letter to the sender's registered address; N_LETTERS: none */
};

#define PASS MAIL_PROOF_PASS
#define NONE MAIL_PROOF_NONE
#define FAIL MAIL_PROOF_FAIL
#define ALL_CONTENTS(name, proof, token, want, answer)                                                                           \
	{ name "_assistance", proof, token, ASSISTANCE, want, answer }, { name "_act", proof, token, ACT, want, answer },        \
		{ name "_note", proof, token, NOTE, want, answer }, { name "_read", proof, token, READ, want, answer },          \
	{                                                                                                                        \
		name "_wrong", proof, token, WRONG, want, answer                                                                 \
	}
#define LITTLE(name, token)                                                                                                      \
	{ name "_assistance", PASS, token, ASSISTANCE, DISPOSITION_CONFIRM, LETTER_CONFIRMATION },                               \
		{ name "_act", PASS, token, ACT, DISPOSITION_CONFIRM, LETTER_CONFIRMATION },                                     \
		{ name "_note", PASS, token, NOTE, DISPOSITION_COMMAND, LETTER_RECEIPT },                                        \
		{ name "_read", PASS, token, READ, DISPOSITION_COMMAND, LETTER_RECEIPT },                                        \
	{                                                                                                                        \
		name "_wrong", PASS, token, WRONG, DISPOSITION_REFUSED, LETTER_RECEIPT                                           \
	}

static const struct cell cells[] = {
	{ "pass_own_assistance", PASS, OWN, ASSISTANCE, DISPOSITION_COMMAND, LETTER_RECEIPT },
	{ "pass_own_act", PASS, OWN, ACT, DISPOSITION_COMMAND, LETTER_RECEIPT },
	{ "pass_own_note", PASS, OWN, NOTE, DISPOSITION_COMMAND, LETTER_RECEIPT },
	{ "pass_own_read", PASS, OWN, READ, DISPOSITION_COMMAND, LETTER_RECEIPT },
	{ "pass_own_wrong", PASS, OWN, WRONG, DISPOSITION_REFUSED, LETTER_RECEIPT },
	LITTLE("pass_without", NOBODYS),
	LITTLE("pass_colleagues", COLLEAGUES),
	LITTLE("pass_expired", EXPIRED),
	LITTLE("pass_revoked", REVOKED),
	ALL_CONTENTS("none_own", NONE, OWN, DISPOSITION_CONFIRM, LETTER_CONFIRMATION),
	ALL_CONTENTS("none_without", NONE, NOBODYS, DISPOSITION_UNPROVEN, LETTER_WARNING),
	ALL_CONTENTS("none_colleagues", NONE, COLLEAGUES, DISPOSITION_UNPROVEN, LETTER_WARNING),
	ALL_CONTENTS("none_expired", NONE, EXPIRED, DISPOSITION_UNPROVEN, LETTER_WARNING),
	ALL_CONTENTS("none_revoked", NONE, REVOKED, DISPOSITION_UNPROVEN, LETTER_WARNING),
	ALL_CONTENTS("fail_own", FAIL, OWN, DISPOSITION_FORGED, LETTER_WARNING),
	ALL_CONTENTS("fail_without", FAIL, NOBODYS, DISPOSITION_FORGED, LETTER_WARNING),
	ALL_CONTENTS("fail_colleagues", FAIL, COLLEAGUES, DISPOSITION_FORGED, LETTER_WARNING),
	ALL_CONTENTS("fail_expired", FAIL, EXPIRED, DISPOSITION_FORGED, LETTER_WARNING),
};

static void fill_content(struct desk *d, enum content c)
{
	switch (c) {
	case ASSISTANCE:
		break;
	case ACT:
		(void)desk_command(d, COMMAND_TERBIT, "");
		break;
	case NOTE:
		(void)desk_command(d, COMMAND_CATAT, "Sudah ditelepon.");
		break;
	case READ:
		(void)desk_command(d, COMMAND_STATUS, "");
		break;
	case WRONG:
		(void)desk_command(d, COMMAND_CATAT, "Catatan.");
		(void)desk_command(d, COMMAND_UNKNOWN, "");
		break;
	}
}

static void set_up(struct desk *d, const struct cell *c)
{
	static const enum token_state states[] = { TOKEN_NONE, TOKEN_VALID, TOKEN_VALID, TOKEN_EXPIRED, TOKEN_REVOKED };
	desk_open(d);
	desk_staff(d, SATU, c->proof, states[c->token], c->token == COLLEAGUES ? DUA : SATU);
	fill_content(d, c->content);
}

/* What an outsider or a doubtful mail may never cause. */
static void assert_nothing_moved(const struct desk *d)
{
	assert_int_equal(n_outside(d), 0);
	assert_false(d->out.has_other);
	assert_null(d->out.note);
	assert_null(d->out.sms_text);
	assert_false(d->out.use_token);
	assert_int_equal(n_letters(d, LETTER_REPORT), 0);
	if (!d->out.has_ticket)
		return;
	const struct ticket *t = &d->out.ticket, *before = &d->ticket;
	assert_int_equal(t->state, before->state);
	assert_int_equal(t->kind, before->kind);
	assert_ptr_equal(t->assigned_to, before->assigned_to);
	assert_ptr_equal(t->requester_address, before->requester_address);
	assert_int_equal(t->n_parties, before->n_parties);
	assert_int_equal(t->n_applicants, before->n_applicants);
	assert_memory_equal(t->applicants, before->applicants, t->n_applicants * sizeof(*t->applicants));
}

static void power_cell(void **state)
{
	const struct cell *c = *state;
	struct desk d;
	set_up(&d, c);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, c->want);
	assert_non_null(d.out.reason);
	assert_int_equal(n_letters(&d, c->answer), 1);
	assert_string_equal(the_letter(&d, c->answer)->to.address, SATU);
	bool done = c->want == DISPOSITION_COMMAND;
	if (!done)
		assert_nothing_moved(&d);
	if (done && c->content == ASSISTANCE) {
		assert_int_equal(d.out.ticket.state, TICKET_WAITING);
		assert_string_equal(said(the_letter(&d, LETTER_ASSISTANCE), "text"), "Mohon kirim foto KTP.");
		assert_string_equal(the_letter(&d, LETTER_ASSISTANCE)->to.address, BUDI);
	}
	if (done && c->content == ACT)
		assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	if (done && c->content == NOTE)
		assert_string_equal(d.out.note, "Sudah ditelepon.");
	if (done)
		assert_int_equal(d.out.use_token, c->token == OWN && c->content != READ);
	/* the same, told again within the hour: confirmations and warnings are capped */
	d.in.confirmations_hour = d.in.warnings_hour = 1;
	desk_decide(&d);
	if (!done)
		assert_nothing_moved(&d);
	assert_int_equal(n_letters(&d, LETTER_CONFIRMATION) + n_letters(&d, LETTER_WARNING), 0);
	/* confirmed by the registered address: carried out, unless it was forged */
	d.in.confirmations_hour = d.in.warnings_hour = 0;
	d.in.confirmed = true;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, c->proof == FAIL      ? DISPOSITION_FORGED
					    : c->content == WRONG ? DISPOSITION_REFUSED
								  : DISPOSITION_COMMAND);
	desk_close(&d);
}

/* --- tricks ---------------------------------------------------------------------------------- */
static void T08_old_mail_needs_a_confirmation(void **state) /* T08 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, PASS, TOKEN_VALID, SATU);
	d.reading.message.has_date = true;
	d.reading.message.date = at("2026-01-02T08:00");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_CONFIRM);
	assert_nothing_moved(&d);
	d.reading.message.date = at("2026-01-03T09:00");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	desk_close(&d);
}

static void T08_replay_does_nothing_twice(void **state) /* T08 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, PASS, TOKEN_VALID, SATU);
	d.in.token.used = true;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_DUPLICATE);
	assert_nothing_moved(&d);
	assert_string_equal(said(the_letter(&d, LETTER_RECEIPT), "repeated"), "ya");
	d.in.duplicate = true; /* M25: the very same mail */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_DUPLICATE);
	assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

static void trick_replay_without_proof_is_silent(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, NONE, TOKEN_VALID, SATU);
	d.in.token.used = true;
	d.in.warnings_hour = 1;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_UNPROVEN);
	assert_int_equal(d.out.n_letters, 0);
	assert_nothing_moved(&d);
	desk_close(&d);
}

static void T13_stranger_with_a_staff_token(void **state) /* T13 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, STRANGER, PASS, TOKEN_VALID, SATU);
	(void)desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_int_equal(d.out.n_revoked, 1);
	assert_int_equal(n_letters(&d, LETTER_WARNING), 1);
	assert_string_equal(the_letter(&d, LETTER_WARNING)->to.address, SATU);
	assert_int_equal(n_events(&d, EVENT_TOKEN_REVOKED), 1);
	assert_nothing_moved(&d);
	d.in.token.state = TOKEN_REVOKED; /* the next one: nothing more to revoke, no second warning */
	desk_decide(&d);
	assert_int_equal(d.out.n_revoked, 0);
	assert_int_equal(n_letters(&d, LETTER_WARNING), 0);
	desk_close(&d);
}

static void trick_applicant_writes_commands_with_a_staff_token(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, BUDI, PASS, TOKEN_VALID, SATU);
	(void)desk_command(&d, COMMAND_TERBIT, "");
	d.ticket.state = TICKET_WAITING;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_JOINED);
	assert_int_equal(d.out.n_revoked, 1);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING); /* answered, nothing more */
	assert_int_equal(n_events(&d, EVENT_RENEWED), 0);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

static void T11_several_from_mailboxes(void **state) /* T11 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, PASS, TOKEN_VALID, SATU);
	d.from[1] = (struct mail_address){ NULL, STRANGER };
	d.reading.message.n_from = 2;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_UNPROVEN);
	assert_nothing_moved(&d);
	d.reading.message.n_from = 1;
	d.reading.message.n_from_fields = 2;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_UNPROVEN);
	assert_nothing_moved(&d);
	d.reading.message.n_from_fields = 1;
	d.reading.message.duplicate_fields = true; /* M30: two subjects: readable, no authority */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_CONFIRM);
	assert_nothing_moved(&d);
	desk_close(&d);
}

static void M27_vacation_reply_quotes_a_command(void **state) /* M27 */
{
	(void)state;
	struct desk d;
	for (int n = MAIL_AUTOMATIC; n <= MAIL_OWN; n++) {
		desk_open(&d);
		desk_staff(&d, SATU, PASS, TOKEN_VALID, SATU);
		(void)desk_command(&d, COMMAND_TERBIT, "");
		d.reading.message.nature = (enum mail_nature)n;
		desk_decide(&d);
		assert_nothing_moved(&d);
		assert_int_equal(d.out.n_letters, 0);
		desk_close(&d);
	}
}

static void trick_subject_names_another_ticket(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, PASS, TOKEN_VALID, SATU);
	d.reading.message.subject = "Re: [SITANTE-2026-0002] Jawaban";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_nothing_moved(&d);
	d.reading.message.subject = "Re: [sitante-2026-0001] Jawaban";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	d.reading.message.subject = "Re: [SITANTE-2026-0009] Jawaban"; /* merged into ticket 5 since */
	d.in.token.ticket_id = 9;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	desk_close(&d);
}

static void T10_lookalike_is_a_stranger(void **state) /* T10 */
{
	(void)state;
	static const char *const fakes[] = { "satu@natunakab.go.ld",        "satu@natunakab.go.id.example",
					     "sat\xd1\x83@natunakab.go.id", "satu.@natunakab.go.id",
					     "satu@mail.natunakab.go.id",   "satu+x@natunakab.go.id" };
	for (size_t i = 0; i < sizeof(fakes) / sizeof(*fakes); i++) {
		struct desk d;
		desk_open(&d);
		desk_staff(&d, fakes[i], PASS, TOKEN_NONE, NULL);
		(void)desk_command(&d, COMMAND_TERBIT, "");
		desk_decide(&d);
		assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
		assert_nothing_moved(&d);
		desk_close(&d);
	}
}

static void T14_stranger_joins_by_tag(void **state) /* T14 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.from[0].spec = STRANGER;
	d.reading.message.return_path = STRANGER;
	d.in.ticket = &d.ticket;
	d.in.how = MATCH_TAG;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_nothing_moved(&d);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	d.in.how = MATCH_REFERENCE;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	d.from[0].spec = BUDI; /* the party, but with dmarc=fail */
	d.reading.message.proof = FAIL;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_nothing_moved(&d);
	desk_close(&d);
}

/* --- confirmations ------------------------------------------------------------------------------
 */
struct confirmation_case {
	const char *name, *from, *text;
	enum mail_proof proof;
	bool used, expired;
	enum mail_nature nature;
	bool carries_out;
	enum disposition want;
};

static const struct confirmation_case confirmations[] = {
	{ "yes_unproven", SATU, "Ya", NONE, false, false, MAIL_HUMAN, true, DISPOSITION_CONFIRMATION },
	{ "yes_proven", SATU, "ya, benar\n\nSurat ini bukan palsu", PASS, false, false, MAIL_HUMAN, true,
	  DISPOSITION_CONFIRMATION },
	{ "empty_answer", SATU, "", NONE, false, false, MAIL_HUMAN, true, DISPOSITION_CONFIRMATION },
	{ "says_no", SATU, "Tidak, itu bukan saya", NONE, false, false, MAIL_HUMAN, false, DISPOSITION_CONFIRMATION },
	{ "says_cancel", SATU, "mohon BATALkan, batal ya", PASS, false, false, MAIL_HUMAN, false, DISPOSITION_CONFIRMATION },
	{ "used", SATU, "Ya", PASS, true, false, MAIL_HUMAN, false, DISPOSITION_CONFIRMATION },
	{ "late", SATU, "Ya", PASS, false, true, MAIL_HUMAN, false, DISPOSITION_CONFIRMATION },
	{ "colleague", DUA, "Ya", PASS, false, false, MAIL_HUMAN, false, DISPOSITION_CONFIRMATION },
	{ "forged", SATU, "Ya", FAIL, false, false, MAIL_HUMAN, false, DISPOSITION_FORGED },
	{ "stranger", STRANGER, "Ya", PASS, false, false, MAIL_HUMAN, false, DISPOSITION_PARKED },
	{ "vacation", SATU, "Sedang cuti", NONE, false, false, MAIL_AUTOMATIC, false, DISPOSITION_AUTOMATIC },
	{ "bounce", SATU, "", NONE, false, false, MAIL_BOUNCE, false, DISPOSITION_BOUNCE },
};

static void confirmation_row(void **state)
{
	const struct confirmation_case *c = *state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, c->from, c->proof, TOKEN_NONE, NULL);
	d.reading.message.text = c->text;
	d.reading.message.nature = c->nature;
	d.in.how = MATCH_REFERENCE;
	d.in.confirmation = (struct confirmation_facts){
		.is_answer = true, .owner = SATU, .used = c->used, .expired = c->expired, .id = 3, .ledger_id = 40
	};
	desk_decide(&d);
	assert_int_equal(d.out.disposition, c->want);
	assert_int_equal(d.out.carry_out_ledger_id, c->carries_out ? 40 : 0);
	if (c->carries_out)
		assert_true(d.out.use_confirmation);
	if (c->want == DISPOSITION_PARKED) { /* leaked: used up, its owner is told */
		assert_true(d.out.use_confirmation);
		assert_int_equal(n_letters(&d, LETTER_WARNING), 1);
	}
	assert_nothing_moved(&d);
	desk_close(&d);
}

static void T17_confirmation_holds_no_text_of_the_mail(void **state) /* T17 */
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, NONE, TOKEN_VALID, SATU);
	struct command *c = desk_command(&d, COMMAND_TOLAK, "RACUN http://jahat.example");
	c->line = "/tolak RACUN";
	d.reading.message.subject = "RACUN";
	desk_decide(&d);
	const struct letter *l = the_letter(&d, LETTER_CONFIRMATION);
	assert_non_null(l);
	assert_true(l->make_confirmation);
	assert_false(l->attach_files || l->attach_original || l->make_token);
	for (size_t i = 0; i < l->n_values; i++)
		assert_null(strstr(l->values[i].value, "RACUN"));
	assert_string_equal(said(l, "commands"), "/tolak");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(T08_old_mail_needs_a_confirmation),
		cmocka_unit_test(T08_replay_does_nothing_twice),
		cmocka_unit_test(trick_replay_without_proof_is_silent),
		cmocka_unit_test(T13_stranger_with_a_staff_token),
		cmocka_unit_test(trick_applicant_writes_commands_with_a_staff_token),
		cmocka_unit_test(T11_several_from_mailboxes),
		cmocka_unit_test(M27_vacation_reply_quotes_a_command),
		cmocka_unit_test(trick_subject_names_another_ticket),
		cmocka_unit_test(T10_lookalike_is_a_stranger),
		cmocka_unit_test(T14_stranger_joins_by_tag),
		cmocka_unit_test(T17_confirmation_holds_no_text_of_the_mail),
	};
	ADD_ROWS(cells, power_cell)
	ADD_ROWS(confirmations, confirmation_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: tricks");
}
