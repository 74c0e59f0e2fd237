/* Commands about clocks, by mail. */
#include "desk.h"

static void staff(struct desk *d)
{
	desk_open(d);
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	d->in.received = d->now = at("2026-01-05T09:00");
}

static void carried_out(struct desk *d)
{
	desk_decide(d);
	if (d->out.disposition != DISPOSITION_COMMAND)
		fail_msg("%s", said(the_letter(d, LETTER_RECEIPT), "refused"));
	d->ticket = d->out.ticket;
	d->reading.commands.n_commands = 0;
}

static void bsre_is_waited_on_and_done(void **state)
{
	struct desk d;
	struct step steps[4];
	(void)state;
	staff(&d);
	desk_command(&d, COMMAND_TUNGGU, NULL)->value = "bsre";
	carried_out(&d);
	assert_int_equal(n_events(&d, EVENT_PAUSED), 1);
	assert_true(ticket_waits_bsre(&d.ticket));
	assert_int_equal(d.ticket.events[d.ticket.n_events - 1].ledger_id, 41);
	(void)desk_command(&d, COMMAND_TUNGGU, NULL);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED); /* already */
	d.reading.commands.n_commands = 0;
	d.in.received = d.now = at("2026-01-05T11:00");
	(void)desk_command(&d, COMMAND_LANJUT, NULL);
	carried_out(&d);
	assert_false(ticket_waits_bsre(&d.ticket));
	casework_steps(&d.rules, &d.ticket, d.now, steps);
	assert_int_equal(steps[1].working.ms, 55 * 60000);
	assert_int_equal(steps[1].paused.ms, 120 * 60000);
	(void)desk_command(&d, COMMAND_LANJUT, NULL);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	desk_close(&d);
}

static void correction_keeps_its_reason(void **state)
{
	struct desk d;
	struct command *c;
	(void)state;
	staff(&d);
	c = desk_command(&d, COMMAND_KOREKSI, "petugas menjawab lewat telepon");
	c->value = "1 end 2026-01-05 08:02";
	carried_out(&d);
	struct step steps[4];
	casework_steps(&d.rules, &d.ticket, d.now, steps);
	assert_int_equal(steps[0].working.ms, 2 * 60000);
	c = desk_command(&d, COMMAND_JELASKAN, NULL);
	carried_out(&d);
	const char *shown = said(the_letter(&d, LETTER_RECEIPT), "shown");
	assert_non_null(strstr(shown, "Alasan: petugas menjawab lewat telepon"));
	assert_non_null(strstr(shown, "Langkah 1"));
	assert_non_null(strstr(shown, "2 menit jam kerja"));
	desk_close(&d);
}

static void correction_must_make_sense(void **state)
{
	static const struct {
		const char *value, *text;
	} rows[] = { { "1 end 2026-01-05 09:30", "belum terjadi" },
		     { "3 begin 2026-01-05 08:30", "belum mulai" },
		     { "2 end 2026-01-05 08:30", "belum selesai" },
		     { "1 end 2026-01-05 08:02", "" } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk d;
		staff(&d);
		desk_command(&d, COMMAND_KOREKSI, rows[i].text)->value = rows[i].value;
		desk_decide(&d);
		if (d.out.disposition != DISPOSITION_REFUSED)
			fail_msg("%s", rows[i].value);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bsre_is_waited_on_and_done),
					    cmocka_unit_test(correction_keeps_its_reason),
					    cmocka_unit_test(correction_must_make_sense) };
	ADD_TESTS(tests)
	return RUN_SUITE("casework: clocks by command");
}
