/* What is due to be destroyed, by class, time, hold and state. */
#include "desk.h"

#define DAY (INT64_C(86400000))
#define NOW (INT64_C(2000) * DAY)

static const struct keep_rules usual = { { [KEEP_SCANS] = { 30 * DAY },
					   [KEEP_ATTACHMENTS] = { 365 * DAY },
					   [KEEP_RAW] = { 365 * DAY },
					   [KEEP_TICKETS] = { 1825 * DAY },
					   [KEEP_REGISTER] = { 1825 * DAY } } };
static const struct keep_rules forever = { { { 0 } } };

enum {
	S = KEEP_BIT(KEEP_SCANS),
	A = KEEP_BIT(KEEP_ATTACHMENTS),
	R = KEEP_BIT(KEEP_RAW),
	T = KEEP_BIT(KEEP_TICKETS),
	G = KEEP_BIT(KEEP_REGISTER)
};

struct keep_case {
	const char *name;
	const struct keep_rules *rules;
	bool open, held;
	int64_t ago; /* ms since the last word */
	uint32_t gone, due;
};
static const struct keep_case rows[] = {
	{ "just_ended", &usual, false, false, 0, 0, 0 },
	{ "a_millisecond_before", &usual, false, false, 30 * DAY - 1, 0, 0 },
	{ "scans", &usual, false, false, 30 * DAY, 0, S },
	{ "scans_are_gone", &usual, false, false, 31 * DAY, S, 0 },
	{ "a_year", &usual, false, false, 365 * DAY, S, A | R },
	{ "a_year_all_at_once", &usual, false, false, 365 * DAY, 0, S | A | R },
	{ "five_years", &usual, false, false, 1825 * DAY, S | A | R, T | G },
	{ "everything_is_gone", &usual, false, false, 1999 * DAY, KEEP_ALL, 0 },
	{ "open_never", &usual, true, false, 1999 * DAY, 0, 0 },
	{ "hold_wins", &usual, false, true, 1999 * DAY, 0, 0 },
	{ "hold_and_open", &usual, true, true, 1999 * DAY, 0, 0 },
	{ "for_ever", &forever, false, false, NOW, 0, 0 },
	{ "clock_went_back", &usual, false, false, -40 * DAY, 0, 0 },
};

static void keep_row(void **state)
{
	const struct keep_case *row = *state;
	struct keep_facts f = { .open = row->open, .held = row->held, .last = { NOW - row->ago }, .gone = row->gone };
	assert_int_equal(keep_due(row->rules, &f, (struct instant){ NOW }), row->due);
}

static void lines_agree_with_the_decision(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (int c = 0; c < N_KEEP; c++) {
			struct instant line = keep_line(rows[i].rules, (enum keep_class)c, (struct instant){ NOW });
			struct keep_facts f = { .last = { NOW - rows[i].ago } };
			bool due = (keep_due(rows[i].rules, &f, (struct instant){ NOW }) & KEEP_BIT(c)) != 0;
			assert_int_equal(due, NOW - rows[i].ago <= line.ms);
		}
}

static void certificates_are_counted_from_their_issue(void **state)
{
	struct keep_rules brief = { { [KEEP_REGISTER] = { 10 * DAY } } };
	struct instant now = { NOW };
	(void)state;
	assert_int_equal(keep_certificate_line(&usual, now).ms, NOW - 1095 * DAY); /* 2 years valid, 3 years after */
	assert_int_equal(keep_certificate_line(&brief, now).ms, NOW);              /* never while it is valid */
	assert_int_equal(keep_certificate_line(&forever, now).ms, INT64_MIN);
}

static void scans_are_told_by_type_and_name(void **state)
{
	static const struct {
		const char *type, *name;
		bool is;
	} scans[] = {
		{ "image/jpeg", "IMG_0001.jpg", true },
		{ "IMAGE/PNG", NULL, true },
		{ "application/pdf", "KTP Budi.pdf", true },
		{ "application/pdf", "scan-e-ktp.pdf", true },
		{ "application/pdf", "ktp_2103.pdf", true },
		{ "application/pdf", "kartu_identitas.pdf", true },
		{ "application/pdf", "surat permohonan.pdf", false },
		{ "application/pdf", "praktptk.pdf", false }, /* the letters inside a word */
		{ "application/pdf", "praktptk ktp.pdf", true },
		{ "application/pdf", "", false },
		{ NULL, NULL, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++)
		assert_int_equal(keep_is_scan(scans[i].type, scans[i].name), scans[i].is);
}

static void nothing_on_the_first_day_or_after_a_leap(void **state)
{
	(void)state;
	assert_false(keep_clock_right((struct instant){ 0 }, (struct instant){ NOW }));
	assert_true(keep_clock_right((struct instant){ NOW - DAY }, (struct instant){ NOW }));
	assert_true(keep_clock_right((struct instant){ NOW - 60 * DAY }, (struct instant){ NOW }));
	assert_false(keep_clock_right((struct instant){ NOW - 61 * DAY }, (struct instant){ NOW }));
}

/* A hold is set, told and released; what is emptied is neither held nor opened again. */
static void hold_and_release(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(&d, COMMAND_TAHAN, "Perkara 12.");
	desk_decide(&d);
	assert_string_equal(d.out.ticket.hold, "Perkara 12.");
	desk_close(&d);
	desk_open(&d);
	desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	d.ticket.hold = "Perkara 12.";
	(void)desk_command(&d, COMMAND_LEPAS_TAHAN, "");
	desk_decide(&d);
	assert_null(d.out.ticket.hold);
	desk_close(&d);
	static const enum command_verb barred[] = { COMMAND_TAHAN, COMMAND_BUKA };
	for (size_t i = 0; i < 2; i++) {
		desk_open(&d);
		desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
		d.ticket.state = TICKET_CLOSED;
		d.ticket.is_emptied = true;
		(void)desk_command(&d, barred[i], barred[i] == COMMAND_TAHAN ? "Perkara 12." : "");
		desk_decide(&d);
		assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines_agree_with_the_decision),
					    cmocka_unit_test(certificates_are_counted_from_their_issue),
					    cmocka_unit_test(scans_are_told_by_type_and_name),
					    cmocka_unit_test(nothing_on_the_first_day_or_after_a_leap),
					    cmocka_unit_test(hold_and_release) };
	ADD_ROWS(rows, keep_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: what is destroyed, and when");
}
