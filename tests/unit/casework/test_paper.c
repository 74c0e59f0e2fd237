/* Paper letters: /surat, and scanners. */
#include "desk.h"

#define PHONE "+6281234567890"

static void surat(struct desk *d, enum mail_proof proof)
{
	desk_open(d);
	desk_staff(d, SATU, proof, TOKEN_NONE, NULL);
	d->in.ticket = NULL;
	d->in.how = MATCH_NONE;
	d->reading.request.kind = REQUEST_RENEWAL;
	d->reading.request.n_applicants = 1;
	desk_command(d, COMMAND_SURAT, "Nama: Budi Santoso");
}

static void opens_with_proof_alone(void **state)
{
	(void)state;
	struct desk d;
	surat(&d, MAIL_PROOF_PASS);
	d.persons[0].value[FIELD_EMAIL] = BUDI;
	d.commands[0].paper = (struct paper){
		.at = { 2026, 1, 5, 8, 10, 0 }, .number = "7/2026", .from = "Dinas Sosial", .address = "opd@example.org"
	};
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	assert_int_equal(d.out.ticket.opened_at.ms, at("2026-01-05T08:10").ms);
	assert_string_equal(d.out.ticket.requester_address, BUDI);
	assert_string_equal(d.out.ticket.requester_name, "Budi Santoso");
	assert_int_equal(n_letters(&d, LETTER_ACKNOWLEDGEMENT), 2); /* applicant and office */
	assert_int_equal(n_letters(&d, LETTER_NOTICE_REQUEST), 1);  /* the colleague */
	assert_int_equal(n_letters(&d, LETTER_RECEIPT), 1);
	assert_string_equal(d.out.ticket.events[0].detail, "paper letter 7/2026 of Dinas Sosial");
	desk_close(&d);
}

static void unproven_is_filed(void **state)
{
	(void)state;
	struct desk d;
	surat(&d, MAIL_PROOF_NONE);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_UNPROVEN);
	assert_false(d.out.has_ticket);
	desk_close(&d);
}

struct bad_row {
	const char *name;
	struct civil_time at;
	bool no_data, resent, has_ticket;
};

static const struct bad_row bad_rows[] = {
	{ "no_data", { 0 }, true, false, false },
	{ "in_the_future", { 2026, 1, 5, 9, 30, 0 }, false, false, false },
	{ "more_than_a_year_old", { 2024, 12, 1, 9, 0, 0 }, false, false, false },
	{ "twice_within_minutes", { 0 }, false, true, false },
	{ "as_an_answer_to_a_ticket", { 0 }, false, false, true },
};

static void refused(void **state)
{
	const struct bad_row *r = *state;
	struct desk d;
	surat(&d, MAIL_PROOF_PASS);
	d.commands[0].paper.at = r->at;
	d.in.resent = r->resent;
	if (r->no_data)
		d.reading.request.n_applicants = 0;
	if (r->has_ticket) {
		d.in.ticket = &d.ticket;
		d.in.how = MATCH_TAG;
	}
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_int_equal(n_outside(&d), 0);
	assert_int_equal(n_events(&d, EVENT_RECEIVED), 0);
	desk_close(&d);
}

static void same_person_joins(void **state)
{
	(void)state;
	struct desk d;
	surat(&d, MAIL_PROOF_PASS);
	d.in.same_person = &d.second;
	desk_decide(&d);
	assert_int_equal(d.out.ticket.id, d.second.id);
	assert_int_equal(n_events(&d, EVENT_RECEIVED), 0);
	assert_int_equal(n_events(&d, EVENT_FILED), 1);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

static void without_mail_a_short_message_ends_step_one(void **state)
{
	(void)state;
	struct desk d;
	surat(&d, MAIL_PROOF_PASS);
	d.rules.sms.gateway = true;
	d.persons[0].value[FIELD_PHONE] = PHONE;
	desk_decide(&d);
	assert_int_equal(n_letters(&d, LETTER_SMS_RECEIVED), 1);
	assert_int_equal(d.out.ticket.state, TICKET_RECEIVED);
	struct ticket t = d.out.ticket;
	struct sent_mail sent = {
		.outbox_id = 1, .kind = LETTER_SMS_RECEIVED, .to = { NULL, PHONE }, .accepted = true, .at = d.now
	};
	assert_int_equal(casework_sent(&d.rules, &t, &sent, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	desk_close(&d);
}

static void over_the_days_cap_staff_are_told(void **state)
{
	(void)state;
	struct desk d;
	struct sms_sent sent = { PHONE, 10 };
	surat(&d, MAIL_PROOF_PASS);
	d.rules.sms.gateway = true;
	d.rules.sms.number_day = 10;
	d.in.sms_sent = &sent;
	d.in.n_sms_sent = 1;
	d.persons[0].value[FIELD_PHONE] = PHONE;
	desk_decide(&d);
	assert_true(the_letter(&d, LETTER_SMS_RECEIVED)->held);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING); /* step 1 does not wait for the operator */
	assert_int_equal(n_events(&d, EVENT_ACK_WITHHELD), 1);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "notes"), "ditahan"));
	desk_close(&d);
}

static void without_any_road_staff_call(void **state)
{
	(void)state;
	struct desk d;
	struct step steps[4];
	surat(&d, MAIL_PROOF_PASS);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "notes"), "telepon"));
	casework_steps(&d.rules, &d.out.ticket, d.now, steps);
	assert_true(steps[0].finished);
	desk_close(&d);
}

static void scan(struct desk *d, enum mail_proof proof)
{
	static const char *scanners[] = { "scanner@natunakab.go.id" };
	desk_open(d);
	d->rules.scanners = scanners;
	d->rules.n_scanners = 1;
	d->from[0] = (struct mail_address){ NULL, "scanner@natunakab.go.id" };
	d->reading.message.proof = proof;
	d->reading.message.nature = MAIL_AUTOMATIC;
}

static void scan_is_about_whom_it_names(void **state)
{
	(void)state;
	struct desk d;
	scan(&d, MAIL_PROOF_PASS);
	d.persons[0].value[FIELD_EMAIL] = BUDI;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	assert_string_equal(d.out.ticket.requester_address, BUDI);
	for (size_t i = 0; i < d.out.n_letters; i++)
		assert_string_not_equal(d.out.letters[i].to.address, "scanner@natunakab.go.id");
	desk_close(&d);
}

static void scan_without_data_or_proof_waits_for_staff(void **state)
{
	(void)state;
	struct desk d;
	scan(&d, MAIL_PROOF_PASS);
	d.reading.request.n_applicants = 0;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
	scan(&d, MAIL_PROOF_NONE);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_PARKED);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_with_proof_alone),
		cmocka_unit_test(unproven_is_filed),
		cmocka_unit_test(same_person_joins),
		cmocka_unit_test(without_mail_a_short_message_ends_step_one),
		cmocka_unit_test(over_the_days_cap_staff_are_told),
		cmocka_unit_test(without_any_road_staff_call),
		cmocka_unit_test(scan_is_about_whom_it_names),
		cmocka_unit_test(scan_without_data_or_proof_waits_for_staff),
	};
	ADD_ROWS(bad_rows, refused);
	ADD_TESTS(tests);
	return RUN_SUITE("paper");
}
