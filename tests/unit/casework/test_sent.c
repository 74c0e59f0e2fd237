/* What the SMTP server's answers do to a ticket; unreadable mail; phrases. */
#include "desk.h"

#include "casework/phrase.h"

enum outcome { ACCEPTED, REFUSED, UNCERTAIN };

struct sent_case {
	const char *name;
	enum letter_kind kind;
	const char *to;
	enum outcome outcome;
	enum ticket_state before, after;
	int letters;
	enum event_what what; /* N_EVENTS: the ticket is not touched */
};

static const struct sent_case rows[] = {
	{ "ack_accepted", LETTER_ACKNOWLEDGEMENT, BUDI, ACCEPTED, TICKET_RECEIVED, TICKET_EXAMINING, 0, EVENT_ACKNOWLEDGED },
	{ "ack_refused", LETTER_ACKNOWLEDGEMENT, BUDI, REFUSED, TICKET_RECEIVED, TICKET_RECEIVED, 2, EVENT_ACK_WITHHELD },
	{ "ack_uncertain", LETTER_ACKNOWLEDGEMENT, BUDI, UNCERTAIN, TICKET_RECEIVED, TICKET_RECEIVED, 2, EVENT_MAIL_UNCERTAIN },
	{ "second_ack_accepted", LETTER_ACKNOWLEDGEMENT, BUDI, ACCEPTED, TICKET_WAITING, TICKET_WAITING, 0, N_EVENTS },
	{ "notice_accepted_after_an_ack", LETTER_NOTICE_REQUEST, SATU, ACCEPTED, TICKET_EXAMINING, TICKET_EXAMINING, 0,
	  N_EVENTS },
	{ "notice_refused_tells_the_other", LETTER_NOTICE_REQUEST, SATU, REFUSED, TICKET_EXAMINING, TICKET_EXAMINING, 1,
	  EVENT_MAIL_FAILED },
	{ "notice_about_trouble_refused", LETTER_NOTICE_OTHER, SATU, REFUSED, TICKET_EXAMINING, TICKET_EXAMINING, 0,
	  EVENT_MAIL_FAILED },
	{ "receipt_refused", LETTER_RECEIPT, SATU, REFUSED, TICKET_EXAMINING, TICKET_EXAMINING, 0, EVENT_MAIL_FAILED },
	{ "warning_refused", LETTER_WARNING, SATU, REFUSED, TICKET_EXAMINING, TICKET_EXAMINING, 0, EVENT_MAIL_FAILED },
	{ "notice_uncertain", LETTER_NOTICE_REQUEST, SATU, UNCERTAIN, TICKET_EXAMINING, TICKET_EXAMINING, 0,
	  EVENT_MAIL_UNCERTAIN },
	{ "assistance_accepted", LETTER_ASSISTANCE, BUDI, ACCEPTED, TICKET_WAITING, TICKET_WAITING, 0, N_EVENTS },
	{ "assistance_refused", LETTER_ASSISTANCE, BUDI, REFUSED, TICKET_WAITING, TICKET_EXAMINING, 2, EVENT_MAIL_FAILED },
	{ "assistance_uncertain", LETTER_ASSISTANCE, BUDI, UNCERTAIN, TICKET_WAITING, TICKET_WAITING, 2, EVENT_MAIL_UNCERTAIN },
	{ "report_to_head", LETTER_REPORT, HEAD, ACCEPTED, TICKET_RENEWED, TICKET_RENEWED, 0, EVENT_REPORTED },
	{ "report_to_head_after_closing", LETTER_REPORT, HEAD, ACCEPTED, TICKET_CLOSED, TICKET_CLOSED, 0, EVENT_REPORTED },
	{ "report_to_staff", LETTER_REPORT, SATU, ACCEPTED, TICKET_RENEWED, TICKET_RENEWED, 0, N_EVENTS },
	{ "report_refused", LETTER_REPORT, HEAD, REFUSED, TICKET_RENEWED, TICKET_RENEWED, 2, EVENT_MAIL_FAILED },
	{ "notification_accepted", LETTER_NOTIFICATION, BUDI, ACCEPTED, TICKET_RENEWED, TICKET_CLOSED, 0, EVENT_CLOSED },
	{ "notification_refused", LETTER_NOTIFICATION, BUDI, REFUSED, TICKET_RENEWED, TICKET_RENEWED, 2, EVENT_NOTIFY_FAILED },
	{ "notification_uncertain", LETTER_NOTIFICATION, BUDI, UNCERTAIN, TICKET_RENEWED, TICKET_RENEWED, 2,
	  EVENT_MAIL_UNCERTAIN },
	{ "refusal_accepted", LETTER_REFUSAL, BUDI, ACCEPTED, TICKET_REFUSED, TICKET_REFUSED, 0, N_EVENTS },
	{ "refusal_refused", LETTER_REFUSAL, BUDI, REFUSED, TICKET_REFUSED, TICKET_REFUSED, 2, EVENT_MAIL_FAILED },
};

static struct sent_mail sent_mail(const struct sent_case *c, struct instant when)
{
	return (struct sent_mail){ .outbox_id = 9,
				   .kind = c->kind,
				   .to = { "X", c->to },
				   .accepted = c->outcome == ACCEPTED,
				   .uncertain = c->outcome == UNCERTAIN,
				   .code = c->outcome == REFUSED ? 550 : 250,
				   .at = when };
}

static void sent_row(void **state)
{
	const struct sent_case *c = *state;
	struct desk d;
	desk_open(&d);
	d.ticket.state = c->before;
	if (c->before == TICKET_RECEIVED)
		d.ticket.n_events = 1;
	if (c->before == TICKET_RENEWED || c->before == TICKET_CLOSED) {
		d.ticket.applicants[0].state = APPLICANT_RENEWED;
		d.ticket.state = TICKET_RENEWED;
		assert_int_equal(ticket_apply(&d.ticket, EVENT_NOTIFYING, d.now, "daemon", NULL, d.a), 0);
		d.ticket.state = c->before;
	}
	for (size_t i = 0; i < d.ticket.n_events; i++)
		d.ticket.events[i].id = (int64_t)i + 1;
	struct sent_mail s = sent_mail(c, d.now);
	assert_int_equal(casework_sent(&d.rules, &d.ticket, &s, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.has_ticket, c->what != N_EVENTS);
	if (c->what != N_EVENTS) {
		assert_int_equal(d.out.ticket.state, c->after);
		assert_int_equal(n_events(&d, c->what), 1);
	}
	assert_int_equal(d.out.n_letters, c->letters);
	for (size_t i = 0; i < d.out.n_letters; i++)
		assert_string_not_equal(d.out.letters[i].to.address, c->to);
	if (c->after == TICKET_CLOSED && c->what == EVENT_CLOSED)
		assert_true(d.out.ticket.is_closed && d.out.ticket.closed_at.ms == d.now.ms);
	/* a mail about no ticket never invents one */
	assert_int_equal(casework_sent(&d.rules, NULL, &s, d.now, d.a, &d.out), 0);
	assert_false(d.out.has_ticket);
	desk_close(&d);
}

/* What leaves or fails after /terbit, in which order: 'r' the report, 'n' the notification, 'R' and 'N' are refused for good,
 * 'd' an operator drops the report, 's' a copy of it to staff,
 * 't' one more /terbit of another mail, 'o' reopened and renewed again.  Then whether the ticket is closed. */
static const struct close_case {
	const char *name, *what;
	bool closed;
} close_cases[] = {
	{ "nothing_yet", "", false },
	{ "report_alone", "r", false },
	{ "notification_alone", "n", false },
	{ "report_then_notification", "rn", true },
	{ "notification_then_report", "nr", true },
	{ "report_refused", "nR", false },
	{ "report_refused_then_sent_again", "nRr", true },
	{ "report_refused_then_dropped", "nRd", true },
	{ "report_dropped_while_it_waits", "nd", true },
	{ "report_dropped_before_the_notification", "Rdn", true },
	{ "report_dropped_no_notification", "Rd", false },
	{ "one_of_two_reports_dropped", "tRdnn", false },
	{ "one_of_two_reports_dropped_one_left", "tRdrnn", true },
	{ "dropped_then_sent_all_the_same", "nRdr", true },
	{ "a_copy_to_staff_dropped", "nRs", false },
	{ "notification_refused", "rN", false },
	{ "a_refusal_before_the_report", "Nr", false },
	{ "two_renewals_one_report", "trnn", false },
	{ "two_renewals_two_reports", "trrnn", true },
	{ "two_renewals_reports_last", "tnnrr", true },
	{ "reopened_one_report_of_before", "rno", false },
	{ "reopened_and_done_again", "rnorn", true },
	{ "reopened_and_not_reported", "rnon", false },
};

static void renew(struct desk *d, int64_t ledger_id)
{
	d->ticket.applicants[0].state = APPLICANT_RENEWED;
	d->ticket.state = TICKET_EXAMINING;
	assert_int_equal(ticket_apply(&d->ticket, EVENT_RENEWED, d->now, SATU, NULL, d->a), 0);
	d->ticket.events[d->ticket.n_events - 1].ledger_id = ledger_id;
	assert_int_equal(ticket_apply(&d->ticket, EVENT_NOTIFYING, d->now, "daemon", NULL, d->a), 0);
}

static void close_row(void **state)
{
	const struct close_case *c = *state;
	struct desk d;
	desk_open(&d);
	renew(&d, 1);
	for (const char *p = c->what; *p; p++) {
		struct sent_mail s = { .outbox_id = 9, .code = 550, .at = d.now };
		bool report = *p == 'r' || *p == 'R';
		if (*p == 'o')
			assert_int_equal(ticket_apply(&d.ticket, EVENT_REOPENED, d.now, SATU, NULL, d.a), 0);
		if (*p == 'd' || *p == 's') {
			s.kind = LETTER_REPORT;
			s.to.address = *p == 'd' ? HEAD : SATU;
			assert_int_equal(casework_dropped(&d.rules, &d.ticket, &s, false, "operator ani", d.now, d.a, &d.out), 0);
			assert_int_equal(d.out.n_letters, 0);
			d.ticket = d.out.ticket;
			continue;
		}
		if (*p == 't' || *p == 'o') {
			renew(&d, 2 + (p - c->what));
			continue;
		}
		s.kind = report ? LETTER_REPORT : LETTER_NOTIFICATION;
		s.to.address = report ? HEAD : BUDI;
		s.accepted = *p == 'r' || *p == 'n';
		assert_int_equal(casework_sent(&d.rules, &d.ticket, &s, d.now, d.a, &d.out), 0);
		d.ticket = d.out.ticket;
	}
	assert_int_equal(d.ticket.state, c->closed ? TICKET_CLOSED : TICKET_RENEWED);
	desk_close(&d);
}

/* What an operator drops is an event of the ticket under the operator's name: the first new one says what, the last what hangs
 * on it.  What had ended before moves nothing a second time. */
static const struct drop_case {
	const char *name;
	enum letter_kind kind;
	const char *to;
	bool ended;
	enum ticket_state before, after;
	enum event_what first, last;
	const char *detail;
} drop_cases[] = {
	{ "drop_queued_notification", LETTER_NOTIFICATION, BUDI, false, TICKET_RENEWED, TICKET_RENEWED, EVENT_MAIL_FAILED,
	  EVENT_NOTIFY_FAILED, "notification, dropped" },
	{ "drop_notification_after_the_end", LETTER_NOTIFICATION, BUDI, false, TICKET_CLOSED, TICKET_RENEWED, EVENT_MAIL_FAILED,
	  EVENT_NOTIFY_FAILED, "notification, dropped" },
	{ "drop_failed_notification", LETTER_NOTIFICATION, BUDI, true, TICKET_RENEWED, TICKET_RENEWED, EVENT_OPERATOR,
	  EVENT_OPERATOR, "notification, dropped" },
	{ "drop_queued_assistance", LETTER_ASSISTANCE, BUDI, false, TICKET_WAITING, TICKET_EXAMINING, EVENT_MAIL_FAILED,
	  EVENT_MAIL_FAILED, "assistance, dropped" },
	{ "drop_failed_assistance", LETTER_ASSISTANCE, BUDI, true, TICKET_WAITING, TICKET_WAITING, EVENT_OPERATOR, EVENT_OPERATOR,
	  "assistance, dropped" },
	{ "drop_queued_acknowledgement", LETTER_ACKNOWLEDGEMENT, BUDI, false, TICKET_RECEIVED, TICKET_RECEIVED, EVENT_MAIL_FAILED,
	  EVENT_ACK_WITHHELD, "acknowledgement, dropped" },
	{ "drop_second_acknowledgement", LETTER_ACKNOWLEDGEMENT, BUDI, false, TICKET_EXAMINING, TICKET_EXAMINING,
	  EVENT_MAIL_FAILED, EVENT_MAIL_FAILED, "acknowledgement, dropped" },
	{ "drop_staff_notice", LETTER_NOTICE_REQUEST, SATU, false, TICKET_EXAMINING, TICKET_EXAMINING, EVENT_MAIL_FAILED,
	  EVENT_MAIL_FAILED, "staff-notice, dropped" },
	{ "drop_copy_of_the_report", LETTER_REPORT, SATU, false, TICKET_RENEWED, TICKET_RENEWED, EVENT_OPERATOR, EVENT_OPERATOR,
	  "copy of the report, dropped" },
	{ "drop_short_message", LETTER_SMS_RENEWED, "081234567890", false, TICKET_RENEWED, TICKET_RENEWED, EVENT_MAIL_FAILED,
	  EVENT_NOTIFY_FAILED, "notification by short message, dropped" },
};

static void drop_row(void **state)
{
	const struct drop_case *c = *state;
	struct desk d;
	desk_open(&d);
	d.ticket.state = TICKET_EXAMINING;
	if (c->before == TICKET_EXAMINING)
		assert_int_equal(ticket_apply(&d.ticket, EVENT_ACKNOWLEDGED, d.now, "daemon", NULL, d.a), 0);
	if (c->before == TICKET_RECEIVED)
		d.ticket.n_events = 1;
	if (c->before == TICKET_RENEWED || c->before == TICKET_CLOSED)
		renew(&d, 1);
	d.ticket.state = c->before;
	size_t n = d.ticket.n_events;
	struct sent_mail s = { .outbox_id = 9, .kind = c->kind, .to = { "X", c->to }, .at = d.now };
	assert_int_equal(casework_dropped(&d.rules, &d.ticket, &s, c->ended, "operator ani", d.now, d.a, &d.out), 0);
	const struct ticket *t = &d.out.ticket;
	assert_true(d.out.has_ticket && t->n_events == n + 1 + (c->first != c->last));
	assert_int_equal(t->events[n].what, c->first);
	assert_string_equal(t->events[n].detail, c->detail);
	assert_int_equal(t->events[t->n_events - 1].what, c->last);
	assert_int_equal(t->state, c->after);
	for (size_t i = n; i < t->n_events; i++)
		assert_string_equal(t->events[i].who, "operator ani");
	assert_int_equal(t->events[n].outbox_id, 9);
	assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

/* Two dead staff boxes: every letter that fails must make fewer letters, down to none. */
static void dead_boxes_do_not_write_to_each_other(void **state)
{
	(void)state;
	struct desk d;
	struct letter queue[64];
	size_t n = 0, total = 0;
	desk_open(&d);
	queue[n++] = (struct letter){ .kind = LETTER_NOTIFICATION, .to = { "Budi", BUDI } };
	while (n > 0 && total < 100) {
		struct letter l = queue[--n];
		struct sent_mail s = { .kind = l.kind, .to = l.to, .code = 550, .at = d.now };
		assert_int_equal(casework_sent(&d.rules, &d.ticket, &s, d.now, d.a, &d.out), 0);
		d.ticket = d.out.ticket;
		for (size_t i = 0; i < d.out.n_letters && n < 64; i++)
			queue[n++] = d.out.letters[i];
		total += d.out.n_letters;
	}
	assert_int_equal(total, 2);
	desk_close(&d);
}

static void withheld_ack_ends_with_a_staff_notice(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.ticket.state = TICKET_RECEIVED;
	d.ticket.events[1].what = EVENT_ACK_WITHHELD;
	struct sent_mail s = { .kind = LETTER_NOTICE_REQUEST, .to = { "Satu", SATU }, .accepted = true, .at = d.now };
	assert_int_equal(casework_sent(&d.rules, &d.ticket, &s, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(n_events(&d, EVENT_STAFF_TOLD), 1);
	d.ticket = d.out.ticket;
	s.to.address = DUA;
	assert_int_equal(casework_sent(&d.rules, &d.ticket, &s, d.now, d.a, &d.out), 0);
	assert_false(d.out.has_ticket); /* once */
	desk_close(&d);
}

static void unreadable_mail_is_told_once_to_each(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	static const struct {
		enum unreadable what;
		enum disposition disposition;
	} kinds[] = { { UNREADABLE_DIED, DISPOSITION_QUARANTINED },
		      { UNREADABLE_TOO_BIG, DISPOSITION_TOO_BIG },
		      { UNREADABLE_NOT_GIVEN, DISPOSITION_QUARANTINED } };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		assert_int_equal(casework_unreadable(&d.rules, 77, kinds[i].what, d.now, d.now, d.a, &d.out), 0);
		assert_int_equal(d.out.disposition, kinds[i].disposition);
		assert_int_equal(d.out.n_letters, 2);
		assert_non_null(strstr(said(&d.out.letters[0], "why"), "77"));
		assert_int_equal(n_events(&d, EVENT_QUARANTINED), 1);
		assert_false(d.out.has_ticket);
	}
	desk_close(&d);
}

static void held_ticket_that_ended_is_left_alone(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.ticket.is_held = true;
	d.ticket.held_until = at("2026-01-01T00:00");
	d.ticket.state = TICKET_CANCELLED;
	assert_int_equal(casework_due(&d.rules, &d.ticket, d.now, d.a, &d.out), 0);
	assert_false(d.out.has_ticket);
	desk_close(&d);
}

struct phrase_case {
	const char *name;
	int64_t ms;
	const char *want;
};
static const struct phrase_case durations[] = {
	{ "none", 0, "0 menit" },
	{ "negative", -5, "0 menit" },
	{ "a_second", 1000, "kurang dari 1 menit" },
	{ "a_minute", 60000, "1 menit" },
	{ "twelve", 12 * 60000 + 59000, "12 menit" },
	{ "an_hour", 3600000, "60 menit" },
	{ "under_three_hours", 179 * 60000, "179 menit" },
	{ "three_hours", 180 * 60000, "3 jam" },
	{ "more", 185 * 60000, "3 jam 5 menit" },
};

static void duration_row(void **state)
{
	const struct phrase_case *c = *state;
	struct arena *a = arena_new(1000);
	assert_string_equal(phrase_duration((struct duration){ c->ms }, a), c->want);
	arena_free(a);
}

static void dates_in_words(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	assert_string_equal(phrase_instant(at("2026-01-05T02:12:56Z"), d.rules.calendar, d.a),
			    "Senin, 5 Januari 2026 pukul 09.12 WIB");
	assert_string_equal(phrase_instant(at("2026-08-16T17:00:00Z"), d.rules.calendar, d.a),
			    "Senin, 17 Agustus 2026 pukul 00.00 WIB");
	assert_string_equal(phrase_date((struct civil_date){ 2028, 2, 29 }, d.a), "Selasa, 29 Februari 2028");
	assert_string_equal(phrase_date((struct civil_date){ 2027, 2, 29 }, d.a), "tanggal tidak diketahui");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dead_boxes_do_not_write_to_each_other),
		cmocka_unit_test(withheld_ack_ends_with_a_staff_notice),
		cmocka_unit_test(unreadable_mail_is_told_once_to_each),
		cmocka_unit_test(held_ticket_that_ended_is_left_alone),
		cmocka_unit_test(dates_in_words),
	};
	ADD_ROWS(close_cases, close_row);
	ADD_ROWS(rows, sent_row)
	ADD_ROWS(drop_cases, drop_row)
	ADD_ROWS(durations, duration_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: what time and servers bring");
}
