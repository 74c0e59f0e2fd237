/* Bounces (M04-M09), mail that a person lets go, and mail from before a restore: the decisions. */
#include "desk.h"

struct bounce_row {
	const char *name;
	enum mail_nature nature;
	const char *kind, *to;       /* of the mail of ours that came back; kind NULL: none of ours */
	const char *action, *status; /* of the delivery; status NULL: none */
	const char *recipient;       /* NULL: the one that we wrote to */
	uint32_t soft_before;
	bool dead, soft, reopens;
	size_t letters;
};

static const struct bounce_row rows[] = {
	{ "M06_not_ours", MAIL_BOUNCE, NULL, NULL, "failed", "5.1.1", NULL, 0, false, false, false, 0 },
	{ "M07_hard", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.1.1", NULL, 0, true, false, false, 2 },
	{ "M07_hard_without_detail", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.0.0", NULL, 0, true, false, false, 2 },
	{ "M07_full_box", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.2.2", NULL, 0, false, true, false, 2 },
	{ "M07_full_box_4", MAIL_BOUNCE, "assistance", BUDI, "failed", "4.2.2", NULL, 1, false, true, false, 2 },
	{ "M07_third_soft_in_a_week", MAIL_BOUNCE, "assistance", BUDI, "failed", "4.2.2", NULL, 2, true, true, false, 2 },
	{ "M07_policy", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.7.1", NULL, 5, false, false, false, 2 },
	{ "M07_content", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.6.0", NULL, 5, false, false, false, 2 },
	{ "M07_without_status", MAIL_BOUNCE, "assistance", BUDI, "failed", NULL, NULL, 5, false, false, false, 2 },
	{ "M07_passed_on_elsewhere", MAIL_BOUNCE, "assistance", BUDI, "failed", "5.1.1", STRANGER, 0, true, false, false, 2 },
	{ "M04_notification_reopens_step_4", MAIL_BOUNCE, "notification", BUDI, "failed", "5.1.1", NULL, 0, true, false, true,
	  2 },
	{ "M04_delay_is_information", MAIL_DELAY, "notification", BUDI, "delayed", "4.4.1", NULL, 0, false, false, false, 0 },
	{ "M09_complaint", MAIL_COMPLAINT, "notification", BUDI, "failed", NULL, NULL, 0, true, false, false, 2 },
	{ "staff_box_is_told_to_the_other", MAIL_BOUNCE, "staff-notice", SATU, "failed", "5.1.1", NULL, 0, false, false, false,
	  1 },
};

static void bounce(void **state)
{
	const struct bounce_row *row = *state;
	struct desk d;
	desk_open(&d);
	struct mail_delivery delivery = { .recipient = row->recipient ? row->recipient : row->to,
					  .action = row->action,
					  .status = row->status };
	d.reading.message.nature = row->nature;
	d.reading.message.nature_rule = "M04";
	d.reading.message.deliveries = &delivery;
	d.reading.message.n_deliveries = 1;
	d.reading.request.kind = REQUEST_AUTOMATIC;
	d.in.bounced_kind = row->kind;
	d.in.bounced_to = row->to;
	d.in.soft_bounces = row->soft_before;
	d.in.ticket = &d.ticket;
	d.in.how = MATCH_REFERENCE;
	d.ticket.state = TICKET_RENEWED;
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	desk_decide(&d);
	assert_int_equal(d.out.mark_address_dead, row->dead);
	assert_int_equal(d.out.soft_address != NULL, row->soft);
	assert_int_equal(n_events(&d, EVENT_NOTIFY_FAILED), row->reopens);
	assert_int_equal(d.out.n_letters, row->letters);
	assert_int_equal(n_outside(&d), 0);
	for (size_t i = 0; i < d.out.n_letters; i++)
		assert_true(!row->to || strcmp(d.out.letters[i].to.address, row->to) != 0);
	desk_close(&d);
}

static void lepas_needs_a_kept_mail_and_full_power(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) { /* right, unknown, not kept, without the own token */
		struct desk d;
		desk_open(&d);
		desk_staff(&d, SATU, MAIL_PROOF_PASS, i == 3 ? TOKEN_NONE : TOKEN_VALID, SATU);
		desk_command(&d, COMMAND_LEPAS, NULL)->value = "41";
		d.in.release = (struct release_facts){ .known = i != 1, .kept = i != 2 };
		desk_decide(&d);
		assert_int_equal(d.out.release_ledger_id, i == 0 ? 41 : 0);
		assert_int_equal(d.out.disposition, i == 0   ? DISPOSITION_COMMAND
						    : i == 3 ? DISPOSITION_CONFIRM
							     : DISPOSITION_REFUSED);
		assert_int_equal(n_events(&d, EVENT_RELEASED), i == 0);
		desk_close(&d);
	}
}

static void own_mail_goes_before_staff_only_when_let_go(void **state)
{
	(void)state;
	for (int released = 0; released < 2; released++) {
		struct desk d;
		desk_open(&d);
		d.reading.message.nature = MAIL_OWN;
		d.in.released = released;
		desk_decide(&d);
		assert_int_equal(d.out.disposition, released ? DISPOSITION_PARKED : DISPOSITION_QUARANTINED);
		assert_int_equal(d.out.n_letters, released ? 2 : 0);
		assert_int_equal(n_outside(&d), 0);
		desk_close(&d);
	}
}

static void replayed_mail_is_answered_by_nobody(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.in.replayed = true;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	assert_int_equal(n_outside(&d), 0);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_REQUEST), 2); /* for the tokens */
	assert_int_equal(n_events(&d, EVENT_ACKNOWLEDGED), 1);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	desk_close(&d);
	desk_open(&d);
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_NONE, NULL);
	desk_command(&d, COMMAND_TERBIT, NULL);
	d.in.replayed = true;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(d.out.n_letters, 1);
	assert_string_equal(d.out.letters[0].to.address, SATU);
	assert_true(d.out.letters[0].make_token);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lepas_needs_a_kept_mail_and_full_power),
		cmocka_unit_test(own_mail_goes_before_staff_only_when_let_go),
		cmocka_unit_test(replayed_mail_is_answered_by_nobody),
	};
	ADD_ROWS(rows, bounce)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: bounces and second chances");
}
