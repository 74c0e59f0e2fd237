/* Reminders, the digest and the applicant's mark.  Office hours as in desk.h; 5 January 2026 is a Monday. */
#include "desk.h"

static void due(struct desk *d, const char *now)
{
	d->now = at(now);
	assert_int_equal(casework_due(&d->rules, &d->ticket, d->now, d->a, &d->out), 0);
	if (d->out.has_ticket)
		d->ticket = d->out.ticket;
}

static void open_desk(struct desk *d)
{
	desk_open(d); /* acknowledged Monday 08:05; step 2 has 1 h */
	d->rules.reminders = (struct reminder_rules){ 75, 3, 7, 14 };
}

static void next_is(const struct desk *d, const char *now, const char *want)
{
	struct instant got = { 0 };
	assert_true(casework_next_due(&d->rules, &d->ticket, at(now), &got));
	if (got.ms != at(want).ms)
		fail_msg("due %lld minutes from %s", (long long)(got.ms - at(want).ms) / 60000, want);
}

static void staff_are_reminded_by_level(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	next_is(&d, "2026-01-05T08:10", "2026-01-05T08:50"); /* three quarters of an hour */
	due(&d, "2026-01-05T08:49");
	assert_int_equal(d.out.n_letters, 0);
	due(&d, "2026-01-05T08:50");
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2); /* nobody has it: all */
	due(&d, "2026-01-05T08:51");
	assert_int_equal(d.out.n_letters, 0); /* once */
	d.ticket.assigned_to = DUA;
	next_is(&d, "2026-01-05T08:51", "2026-01-05T09:05");
	due(&d, "2026-01-05T09:05");
	assert_int_equal(d.out.n_letters, 1);
	assert_string_equal(d.out.letters[0].to.address, DUA);
	next_is(&d, "2026-01-05T09:06", "2026-01-06T09:05"); /* daily, to all and to the head */
	due(&d, "2026-01-06T09:05");
	assert_int_equal(d.out.n_letters, 3);
	next_is(&d, "2026-01-06T10:00", "2026-01-07T09:05");
	desk_close(&d);
}

/* A letter of last week, entered today: late at once, and staff read why. */
static void an_old_letter_says_since_when_it_counts(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	d.ticket.state = TICKET_RECEIVED;
	d.ticket.opened_at = d.ticket.events[0].at = at("2026-01-02T09:30");
	d.ticket.n_events = 1;
	due(&d, "2026-01-05T08:00");
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	assert_null(strstr(said(&d.out.letters[0], "why"), "surat kertas")); /* by mail: something hinders the receipt */
	assert_non_null(strstr(said(&d.out.letters[0], "why"), "Mohon diperiksa"));
	d.ticket.n_events = 1;
	d.ticket.events[0].detail = "paper letter 7/2026 of Dinas Sosial";
	due(&d, "2026-01-05T08:00");
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	const char *why = said(&d.out.letters[0], "why");
	assert_non_null(strstr(why, "surat kertas yang masuk Jumat, 2 Januari 2026 pukul 09.30 WIB"));
	assert_non_null(strstr(why, "tidak ada yang perlu dikerjakan"));
	assert_null(strstr(why, "Mohon diperiksa"));
	d.ticket.n_events = 1; /* then step 2 is like any other */
	assert_int_equal(ticket_apply(&d.ticket, EVENT_ACKNOWLEDGED, at("2026-01-05T08:01"), "daemon", NULL, d.a), 0);
	due(&d, "2026-01-05T08:30");
	assert_int_equal(d.out.n_letters, 0);
	due(&d, "2026-01-05T09:01");
	assert_non_null(strstr(said(&d.out.letters[0], "why"), "Mohon dilanjutkan"));
	desk_close(&d);
}

static void what_runs_is_late_after_its_standard(void **state)
{
	struct desk d;
	struct instant late[4];
	(void)state;
	open_desk(&d);
	casework_late(&d.rules, &d.ticket, at("2026-01-05T08:30"), late);
	assert_int_equal(late[1].ms, at("2026-01-05T09:05").ms + 1); /* one hour is met yet */
	assert_int_equal(late[0].ms + late[2].ms + late[3].ms, 0);
	struct step steps[4];
	for (int more = 0; more < 2; more++) { /* the same moment as the clock's own word */
		casework_steps(&d.rules, &d.ticket, (struct instant){ late[1].ms - 1 + more }, steps);
		assert_int_equal(steps[1].met, !more);
	}
	d.ticket.events[1].what = EVENT_ASSISTED; /* waits for the applicant: stands still within its standard */
	d.ticket.state = TICKET_WAITING;
	casework_late(&d.rules, &d.ticket, at("2026-01-05T15:00"), late);
	assert_int_equal(late[0].ms + late[1].ms + late[2].ms + late[3].ms, 0);
	d.ticket.events[1].what = EVENT_CANCELLED;
	d.ticket.state = TICKET_CANCELLED;
	casework_late(&d.rules, &d.ticket, at("2026-02-05T15:00"), late);
	assert_int_equal(late[0].ms + late[1].ms + late[2].ms + late[3].ms, 0);
	desk_close(&d);
	open_desk(&d);
	casework_late(&d.rules, &d.ticket, at("2026-01-06T10:00"), late); /* over already: from now on */
	assert_int_equal(late[1].ms, at("2026-01-06T10:00").ms);
	desk_close(&d);
}

static void never_at_night(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	d.ticket.events[0].at = d.ticket.events[1].at = at("2026-01-05T15:50");
	next_is(&d, "2026-01-05T15:55", "2026-01-06T08:05"); /* 10 minutes on Monday, 35 on Tuesday */
	due(&d, "2026-01-05T23:00");
	assert_int_equal(d.out.n_letters, 0);
	/* the daemon stood still over both levels: one mail, for the higher */
	next_is(&d, "2026-01-06T22:00", "2026-01-07T07:30");
	due(&d, "2026-01-07T07:30");
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	assert_string_equal(d.ticket.events[d.ticket.n_events - 1].detail, "step 2 level 2");
	desk_close(&d);
}

static void nobody_is_reminded_while_bsre_is_waited_on(void **state)
{
	struct desk d;
	struct instant next;
	(void)state;
	open_desk(&d);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_PAUSED, at("2026-01-05T08:10"), SATU, "bsre", d.a), 0);
	assert_false(casework_next_due(&d.rules, &d.ticket, at("2026-01-05T12:00"), &next));
	assert_int_equal(ticket_apply(&d.ticket, EVENT_RESUMED, at("2026-01-06T08:00"), SATU, "bsre", d.a), 0);
	next_is(&d, "2026-01-06T08:00", "2026-01-06T08:40");
	desk_close(&d);
}

static void silent_applicant(void **state)
{
	struct desk d;
	struct instant next;
	(void)state;
	open_desk(&d);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_ASSISTED, at("2026-01-05T09:00"), SATU, NULL, d.a), 0);
	next_is(&d, "2026-01-05T10:00", "2026-01-08T09:00");
	due(&d, "2026-01-08T09:00");
	assert_int_equal(d.out.n_letters, 1);
	assert_int_equal(d.out.letters[0].kind, LETTER_REMINDER);
	assert_string_equal(d.out.letters[0].to.address, BUDI);
	assert_null(said(&d.out.letters[0], "second"));
	next_is(&d, "2026-01-08T10:00", "2026-01-14T09:00");
	due(&d, "2026-01-14T09:00");
	assert_non_null(said(the_letter(&d, LETTER_REMINDER), "second"));
	next_is(&d, "2026-01-14T10:00", "2026-01-23T09:00");
	due(&d, "2026-01-23T09:00");
	assert_int_equal(d.ticket.state, TICKET_CANCELLED);
	assert_non_null(said(the_letter(&d, LETTER_REFUSAL), "unanswered"));
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	assert_false(casework_next_due(&d.rules, &d.ticket, d.now, &next));
	desk_close(&d);
}

static void an_answer_begins_anew(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_ASSISTED, at("2026-01-05T08:10"), SATU, NULL, d.a), 0);
	due(&d, "2026-01-08T09:00");
	assert_int_equal(ticket_apply(&d.ticket, EVENT_ANSWERED, at("2026-01-08T10:00"), "applicant", NULL, d.a), 0);
	next_is(&d, "2026-01-08T10:00", "2026-01-08T10:40"); /* 5 minutes of the clock are gone */
	assert_int_equal(ticket_apply(&d.ticket, EVENT_ASSISTED, at("2026-01-08T10:10"), SATU, NULL, d.a), 0);
	next_is(&d, "2026-01-08T10:10", "2026-01-13T10:10");
	d.rules.reminders = (struct reminder_rules){ 0 };
	struct instant next;
	assert_false(casework_next_due(&d.rules, &d.ticket, at("2026-01-08T10:10"), &next));
	desk_close(&d);
}

static void digest_where_anything_is_open(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	const struct ticket *open[] = { &d.ticket, &d.second };
	struct digest_facts f = { .open = open, .n_open = 2, .dead = 1 };
	assert_int_equal(casework_digest(&d.rules, &f, at("2026-01-06T07:30"), d.a, &d.out), 0);
	assert_int_equal(d.out.n_letters, 2);
	const char *shown = said(&d.out.letters[0], "shown");
	assert_non_null(strstr(shown, "Tiket terbuka\t2"));
	assert_non_null(strstr(shown, "Alamat yang suratnya kembali\t1"));
	assert_true(strstr(shown, "2026-0001") < strstr(shown, "2026-0002"));
	f = (struct digest_facts){ 0 };
	assert_int_equal(casework_digest(&d.rules, &f, at("2026-01-06T07:30"), d.a, &d.out), 0);
	assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

static const struct mark_case {
	const char *name, *text;
	enum request_kind kind;
	const char *mark; /* NULL: none */
} marks[] = {
	{ "digit", "4", REQUEST_OTHER, "4" },
	{ "digit_and_sentence", "3. Cepat dan ramah, terima kasih", REQUEST_OTHER, "3" },
	{ "subject_of_the_thread_names_a_kind", "3. Cepat sekali", REQUEST_RENEWAL, "3" },
	{ "word_in_front", "Nilai: 2", REQUEST_QUESTION, "2" },
	{ "of_four", "4/4 mantap", REQUEST_OTHER, "4" },
	{ "digit_blank_sentence", "1 lama sekali", REQUEST_OTHER, "1" },
	{ "five_is_none", "5", REQUEST_OTHER, NULL },
	{ "number", "45", REQUEST_OTHER, NULL },
	{ "decimal", "3.5", REQUEST_OTHER, NULL },
	{ "a_new_request_that_begins_with_a_digit", "2 orang pegawai mohon diperpanjang TTE-nya", REQUEST_RENEWAL, NULL },
	{ "words", "terima kasih, bagus", REQUEST_OTHER, NULL },
};

static void mark_row(void **state)
{
	const struct mark_case *m = *state;
	struct desk d;
	open_desk(&d);
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	assert_int_equal(ticket_apply(&d.ticket, EVENT_RENEWED, at("2026-01-05T08:30"), SATU, "applicant 1", d.a), 0);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_NOTIFIED, at("2026-01-05T08:31"), "daemon", NULL, d.a), 0);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_CLOSED, at("2026-01-05T08:31"), "daemon", NULL, d.a), 0);
	d.in.ticket = &d.ticket;
	d.in.how = MATCH_REFERENCE;
	d.reading.message.is_reply = true;
	d.reading.message.text = m->text;
	d.reading.request.kind = m->kind;
	d.reading.request.thanks_only = strstr(m->text, "terima kasih") != NULL;
	d.reading.request.n_applicants = 0;
	desk_decide(&d);
	assert_int_equal(n_events(&d, EVENT_MARKED), m->mark != NULL);
	if (m->mark) {
		assert_int_equal(d.out.n_letters, 0); /* quietly */
		assert_string_equal(d.out.ticket.events[d.out.ticket.n_events - 1].detail, m->mark);
		assert_int_equal(d.out.ticket.state, TICKET_CLOSED);
		d.ticket = d.out.ticket; /* a second mark changes nothing */
		desk_decide(&d);
		assert_int_equal(n_events(&d, EVENT_MARKED), 1);
	}
	desk_close(&d);
}

static void nobody_is_asked_twice_in_a_month(void **state)
{
	struct desk d;
	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		open_desk(&d);
		desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
		d.in.requester_asked = asked;
		(void)desk_command(&d, COMMAND_TERBIT, NULL);
		desk_decide(&d);
		assert_int_equal(said(the_letter(&d, LETTER_NOTIFICATION), "ask_mark") != NULL, !asked);
		assert_int_equal(d.out.asked_address != NULL, !asked);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(an_old_letter_says_since_when_it_counts),
					    cmocka_unit_test(staff_are_reminded_by_level),
					    cmocka_unit_test(never_at_night),
					    cmocka_unit_test(what_runs_is_late_after_its_standard),
					    cmocka_unit_test(nobody_is_reminded_while_bsre_is_waited_on),
					    cmocka_unit_test(silent_applicant),
					    cmocka_unit_test(an_answer_begins_anew),
					    cmocka_unit_test(digest_where_anything_is_open),
					    cmocka_unit_test(nobody_is_asked_twice_in_a_month) };
	ADD_ROWS(marks, mark_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: what time brings");
}
