/* The state machine: every state times every event. */
#include "desk.h"

/* Written apart from the table in move.c: what may move a ticket, and where to. */
static const struct {
	enum ticket_state from;
	enum event_what what;
	enum ticket_state to;
} moving[] = {
	{ TICKET_RECEIVED, EVENT_ACKNOWLEDGED, TICKET_EXAMINING }, { TICKET_RECEIVED, EVENT_STAFF_TOLD, TICKET_EXAMINING },
	{ TICKET_RECEIVED, EVENT_ASSISTED, TICKET_WAITING },       { TICKET_EXAMINING, EVENT_ASSISTED, TICKET_WAITING },
	{ TICKET_WAITING, EVENT_ANSWERED, TICKET_EXAMINING },      { TICKET_RECEIVED, EVENT_RENEWED, TICKET_RENEWED },
	{ TICKET_EXAMINING, EVENT_RENEWED, TICKET_RENEWED },       { TICKET_WAITING, EVENT_RENEWED, TICKET_RENEWED },
	{ TICKET_RENEWED, EVENT_CLOSED, TICKET_CLOSED },           { TICKET_CLOSED, EVENT_NOTIFY_FAILED, TICKET_RENEWED },
	{ TICKET_RECEIVED, EVENT_REFUSED, TICKET_REFUSED },        { TICKET_EXAMINING, EVENT_REFUSED, TICKET_REFUSED },
	{ TICKET_WAITING, EVENT_REFUSED, TICKET_REFUSED },         { TICKET_RECEIVED, EVENT_CANCELLED, TICKET_CANCELLED },
	{ TICKET_EXAMINING, EVENT_CANCELLED, TICKET_CANCELLED },   { TICKET_WAITING, EVENT_CANCELLED, TICKET_CANCELLED },
	{ TICKET_RECEIVED, EVENT_MERGED, TICKET_MERGED },          { TICKET_EXAMINING, EVENT_MERGED, TICKET_MERGED },
	{ TICKET_WAITING, EVENT_MERGED, TICKET_MERGED },           { TICKET_CLOSED, EVENT_REOPENED, TICKET_EXAMINING },
	{ TICKET_REFUSED, EVENT_REOPENED, TICKET_EXAMINING },      { TICKET_CANCELLED, EVENT_REOPENED, TICKET_EXAMINING },
	{ TICKET_WAITING, EVENT_MAIL_FAILED, TICKET_EXAMINING },   { TICKET_WAITING, EVENT_BOUNCED, TICKET_EXAMINING },
};

static enum ticket_state expected(enum ticket_state from, enum event_what what)
{
	for (size_t i = 0; i < sizeof(moving) / sizeof(*moving); i++)
		if (moving[i].from == from && moving[i].what == what)
			return moving[i].to;
	return from;
}

static void every_cell(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	for (int s = 0; s < N_TICKET_STATES; s++)
		for (int e = 0; e < N_EVENTS; e++) {
			enum ticket_state to = (enum ticket_state)s;
			enum move m = ticket_move((enum ticket_state)s, (enum event_what)e, &to);
			assert_int_not_equal(m, MOVE_UNDEFINED);
			assert_int_equal(to, expected((enum ticket_state)s, (enum event_what)e));
			struct ticket t;
			desk_ticket(&d, &t, 5, "2026-0001");
			t.applicants[0].state = APPLICANT_RENEWED;
			t.state = (enum ticket_state)s;
			size_t n = t.n_events;
			int r = ticket_apply(&t, (enum event_what)e, d.now, "daemon", FAILED_ASSISTANCE, d.a);
			assert_int_equal(r, m == MOVE_BAR ? TICKET_BARRED : 0);
			assert_int_equal(t.state, to);
			assert_int_equal(t.n_events, m == MOVE_BAR ? n : n + 1);
			assert_int_equal(t.is_closed && t.state == (enum ticket_state)s && m == MOVE_STAY, 0);
		}
	desk_close(&d);
}

static void guards(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_RENEWED, d.now, SATU, "some: applicant 1", d.a), 0);
	assert_int_equal(d.ticket.state, TICKET_EXAMINING); /* nobody is renewed */
	d.ticket.state = TICKET_WAITING;
	assert_int_equal(ticket_apply(&d.ticket, EVENT_BOUNCED, d.now, "daemon", "acknowledgement 5.1.1", d.a), 0);
	assert_int_equal(d.ticket.state, TICKET_WAITING);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_BOUNCED, d.now, "daemon", NULL, d.a), 0);
	assert_int_equal(d.ticket.state, TICKET_WAITING);
	enum ticket_state to;
	assert_int_equal(ticket_move((enum ticket_state)99, EVENT_CLOSED, &to), MOVE_UNDEFINED);
	assert_int_equal(ticket_move(TICKET_CLOSED, (enum event_what)99, &to), MOVE_UNDEFINED);
	desk_close(&d);
}

static void words_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < N_EVENTS; i++) {
		enum event_what e = N_EVENTS;
		assert_string_not_equal(event_what_word((enum event_what)i), "?");
		assert_int_equal(event_what_from_word(event_what_word((enum event_what)i), &e), 0);
		assert_int_equal(e, i);
	}
	for (int i = 0; i < N_TICKET_STATES; i++)
		assert_string_not_equal(ticket_state_word((enum ticket_state)i), "?");
	for (int i = 0; i < N_DISPOSITIONS; i++)
		assert_string_not_equal(disposition_word((enum disposition)i), "?");
	for (int i = 0; i < N_LETTERS; i++) {
		assert_string_not_equal(letter_kind_word((enum letter_kind)i), "?");
		assert_string_not_equal(letter_message_kind((enum letter_kind)i), "?");
	}
	assert_string_equal(letter_message_kind(N_LETTERS), "?");
}

static void masks(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ NIK_1, "************0001" },
		{ NIP_1, "**************1001" },
		{ "+6281234567890", "+6281*****7890" },
		{ "081234567890", "0812****7890" },
		{ "", "" },
		{ "123", "123" },
		{ "21030701018000", "**********8000" },
	};
	struct arena *a = arena_new(4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *s = NULL;
		assert_int_equal(mask_digits(rows[i].in, a, &s), 0);
		assert_string_equal(s, rows[i].out);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell),
		cmocka_unit_test(guards),
		cmocka_unit_test(words_round_trip),
		cmocka_unit_test(masks),
	};
	ADD_TESTS(tests)
	return RUN_SUITE("casework: moves and words");
}
