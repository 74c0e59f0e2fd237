/* Short messages: sent, noted, asked first, brought in, and in the place of mail. */
#include "desk.h"

#define PHONE "+6281234567890"

static void gateway(struct desk *d)
{
	d->rules.sms = (struct sms_rules){ .gateway = true, .from = "sms@natunakab.go.id", .pattern = "SMS dari {number}" };
}

static void staff_says(struct desk *d, const char *number, const char *text)
{
	desk_open(d);
	gateway(d);
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	desk_command(d, COMMAND_SMS, text)->value = number;
}

struct sms_row {
	const char *name, *number, *text;
	enum disposition want;
	size_t messages; /* queued */
};

#define HUNDRED "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct sms_row sms_rows[] = {
	{ "to_the_only_number", NULL, "Mohon dibuka.", DISPOSITION_COMMAND, 1 },
	{ "to_a_number_given", "+6281399998888", "Mohon dibuka.", DISPOSITION_COMMAND, 1 },
	{ "no_text", NULL, "", DISPOSITION_REFUSED, 0 },
	{ "quote_in_it", NULL, "ya\n> kutipan", DISPOSITION_REFUSED, 0 },
	{ "fixed_line", "+6277331222", "halo", DISPOSITION_REFUSED, 0 },
	{ "other_country", "+6591234567", "halo", DISPOSITION_REFUSED, 0 },
	{ "long_is_asked_first", NULL, HUNDRED HUNDRED, DISPOSITION_CONFIRM, 0 },
	{ "wide_is_longer", NULL, "ş" HUNDRED, DISPOSITION_CONFIRM, 0 },
	{ "too_long_at_all", NULL,
	  HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
		  HUNDRED,
	  DISPOSITION_REFUSED, 0 },
};

static void sends(void **state)
{
	const struct sms_row *r = *state;
	struct desk d;
	staff_says(&d, r->number, r->text);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, r->want);
	assert_int_equal(n_letters(&d, LETTER_SMS), r->messages);
	if (r->messages) {
		assert_string_equal(the_letter(&d, LETTER_SMS)->to.address, r->number ? r->number : PHONE);
		assert_string_equal(said(the_letter(&d, LETTER_SMS), "text"), r->text);
		assert_int_equal(d.out.ticket.state, TICKET_WAITING);
	}
	desk_close(&d);
}

static void long_one_goes_after_yes(void **state)
{
	(void)state;
	struct desk d;
	staff_says(&d, NULL, HUNDRED HUNDRED);
	d.in.confirmed = true;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	assert_int_equal(n_letters(&d, LETTER_SMS), 1);
	desk_close(&d);
}

static void question_says_how_long(void **state)
{
	(void)state;
	struct desk d;
	staff_says(&d, NULL, HUNDRED HUNDRED);
	desk_decide(&d);
	assert_string_equal(said(the_letter(&d, LETTER_CONFIRMATION), "sms"), "2 bagian, 200 karakter");
	desk_close(&d);
}

static void nobody_else_may_send(void **state)
{
	(void)state;
	struct desk d;
	staff_says(&d, NULL, "halo");
	d.reading.message.proof = MAIL_PROOF_NONE;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_CONFIRM);
	assert_int_equal(n_letters(&d, LETTER_SMS), 0);
	desk_close(&d);
}

static void two_in_one_mail_are_one_too_many(void **state)
{
	(void)state;
	struct desk d;
	staff_says(&d, NULL, "halo");
	desk_command(&d, COMMAND_SMS, "lagi");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_int_equal(n_letters(&d, LETTER_SMS), 0);
	desk_close(&d);
}

static void without_a_gateway_it_is_noted(void **state)
{
	(void)state;
	struct desk d;
	staff_says(&d, NULL, "halo");
	d.rules.sms = (struct sms_rules){ 0 };
	desk_decide(&d);
	assert_int_equal(n_letters(&d, LETTER_SMS), 0);
	assert_string_equal(d.out.sms_text, "halo");
	assert_string_equal(d.out.sms_to, PHONE);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	desk_close(&d);
}

static void brought_in(struct desk *d, bool known, enum mail_proof proof)
{
	desk_open(d);
	gateway(d);
	d->from[0] = (struct mail_address){ "Gerbang", "sms@natunakab.go.id" };
	d->reading.message.proof = proof;
	d->reading.message.nature = MAIL_AUTOMATIC; /* gateways say so */
	d->in.sms = (struct sms_facts){ .is_sms = true, .number = PHONE, .text = "Sudah", .ticket = known ? &d->ticket : NULL };
	d->ticket.state = TICKET_WAITING;
}

static void answer_joins(void **state)
{
	(void)state;
	struct desk d;
	brought_in(&d, true, MAIL_PROOF_PASS);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_JOINED);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_ANSWER), 2);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

static void unknown_or_unproven_is_parked(void **state)
{
	(void)state;
	static const enum mail_proof proofs[] = { MAIL_PROOF_PASS, MAIL_PROOF_NONE, MAIL_PROOF_FAIL };
	for (size_t i = 0; i < 3; i++) {
		struct desk d;
		brought_in(&d, proofs[i] != MAIL_PROOF_PASS, proofs[i]);
		desk_decide(&d);
		assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
		assert_int_equal(n_events(&d, EVENT_ANSWERED), 0);
		assert_int_equal(n_outside(&d), 0);
		desk_close(&d);
	}
}

/* The day's cap of one number: what is over it is held, said so, and nobody waits for an answer to it. */
static const struct cap_row {
	const char *name;
	uint32_t cap, sent;
	bool other_number, held;
} cap_rows[] = {
	{ "below", 3, 2, false, false },           { "at_the_cap", 3, 3, false, true },        { "above", 3, 9, false, true },
	{ "none_configured", 0, 9, false, false }, { "of_another_number", 3, 9, true, false },
};

static void capped(void **state)
{
	const struct cap_row *r = *state;
	struct desk d;
	struct sms_sent sent = { r->other_number ? "+6281355557777" : PHONE, r->sent };
	desk_open(&d);
	gateway(&d);
	d.rules.sms.number_day = r->cap;
	d.in.sms_sent = &sent;
	d.in.n_sms_sent = 1;
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	desk_command(&d, COMMAND_SMS, "Mohon buka tautan BSrE.");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	assert_int_equal(the_letter(&d, LETTER_SMS)->held, r->held);
	assert_int_equal(n_events(&d, EVENT_ASSISTED), d.rules.sms.from && !r->held);
	assert_int_equal(strstr(said(the_letter(&d, LETTER_RECEIPT), "done"), "DITAHAN") != NULL, r->held);
	d.reading.commands.n_commands = 0; /* and so the notification of who has no mail */
	d.ticket.requester_address = NULL;
	desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(the_letter(&d, LETTER_SMS_RENEWED)->held, r->held);
	assert_int_equal(n_events(&d, EVENT_NOTIFYING), 1);
	desk_close(&d);
}

/* An applicant without mail: the short message is the notification; with the report it closes the ticket. */
static void notification_by_short_message(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	gateway(&d);
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	d.ticket.requester_address = NULL;
	desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(n_letters(&d, LETTER_SMS_RENEWED), 1);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 0);
	struct ticket renewed = d.out.ticket;
	struct sent_mail sent = {
		.outbox_id = 3, .kind = LETTER_SMS_RENEWED, .to = { NULL, PHONE }, .accepted = true, .code = 200, .at = d.now
	};
	assert_int_equal(casework_sent(&d.rules, &renewed, &sent, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED); /* the head has no report yet */
	d.ticket = d.out.ticket;
	desk_accepted(&d, LETTER_REPORT, HEAD);
	assert_int_equal(d.ticket.state, TICKET_CLOSED);
	sent.accepted = false;
	assert_int_equal(casework_sent(&d.rules, &renewed, &sent, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	assert_int_equal(n_events(&d, EVENT_NOTIFY_FAILED), 1);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	desk_close(&d);
}

static void without_gateway_staff_call_and_note_it(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	d.ticket.requester_address = NULL;
	desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "notes"), "/catat telepon"));
	d.ticket = d.out.ticket;
	d.reading.commands.n_commands = 0;
	desk_command(&d, COMMAND_CATAT, "telepon: sudah diberi tahu");
	struct ticket before_the_report = d.ticket;
	desk_accepted(&d, LETTER_REPORT, HEAD);
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_CLOSED);
	d.ticket = before_the_report; /* the call may come first */
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	d.ticket = d.out.ticket;
	desk_accepted(&d, LETTER_REPORT, HEAD);
	assert_int_equal(d.ticket.state, TICKET_CLOSED);
	desk_close(&d);
}

static void notices_only_where_asked_for_and_proven(void **state)
{
	(void)state;
	static const struct {
		bool notices;
		enum mail_proof proof;
		size_t want;
	} rows[] = { { true, MAIL_PROOF_PASS, 1 }, { true, MAIL_PROOF_NONE, 0 }, { false, MAIL_PROOF_PASS, 0 } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct desk d;
		desk_open(&d);
		gateway(&d);
		d.rules.sms.notices = rows[i].notices;
		d.reading.message.proof = rows[i].proof;
		d.persons[0].value[FIELD_PHONE] = PHONE;
		desk_decide(&d);
		assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
		assert_int_equal(n_letters(&d, LETTER_SMS_NOTICE), rows[i].want);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_one_goes_after_yes),
		cmocka_unit_test(question_says_how_long),
		cmocka_unit_test(nobody_else_may_send),
		cmocka_unit_test(two_in_one_mail_are_one_too_many),
		cmocka_unit_test(without_a_gateway_it_is_noted),
		cmocka_unit_test(answer_joins),
		cmocka_unit_test(unknown_or_unproven_is_parked),
		cmocka_unit_test(notification_by_short_message),
		cmocka_unit_test(without_gateway_staff_call_and_note_it),
		cmocka_unit_test(notices_only_where_asked_for_and_proven),
	};
	ADD_ROWS(cap_rows, capped);
	ADD_ROWS(sms_rows, sends);
	ADD_TESTS(tests);
	return RUN_SUITE("short");
}
