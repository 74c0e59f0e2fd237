/* An operator's order: the commands of staff mail with full power, no receipt, and the operator's name in the chain. */
#include "desk.h"

#define WHO "operator budi as root"

static struct order_answer answer;

static void order(struct desk *d, enum command_verb v, const char *words, const char *text)
{
	assert_int_equal(command_make(v, words, text, d->a, &d->reading.commands), 0);
	d->reading.message = (struct message){ .n_from_fields = 1, .text = "", .text_full = "", .proof = MAIL_PROOF_PASS };
	d->reading.request = (struct request){ 0 };
	d->in = (struct incoming){
		.reading = &d->reading, .received = d->now, .ticket = &d->ticket, .confirmed = d->in.confirmed
	};
	if (v == COMMAND_GABUNG) {
		static const struct ticket *named[1];
		named[0] = &d->second;
		d->in.named = named;
		d->in.n_named = 1;
	}
	assert_int_equal(casework_order(&d->rules, &d->in, WHO, d->now, d->a, &d->out, &answer), 0);
}

struct order_case {
	const char *name;
	enum command_verb verb;
	const char *words, *text;
	const char *good; /* in which states of the ticket (R E W N C F X) it is carried out */
	enum event_what event;
	size_t outside; /* mails to the applicant */
};
static const struct order_case rows[] = {
	{ "renew", COMMAND_TERBIT, "berlaku 2027-01-04", "Selamat.", "REW", EVENT_RENEWED, 1 },
	{ "refuse", COMMAND_TOLAK, "", "Maaf.", "REW", EVENT_REFUSED, 1 },
	{ "reply", COMMAND_UNKNOWN, "", "Mohon kirim KTP.", "REWNCFX", EVENT_ASSISTED, 1 },
	{ "note", COMMAND_CATAT, "", "/srv penuh\nbaris kedua", "REWNCFX", EVENT_NOTED, 0 },
	{ "assign", COMMAND_ALIH, DUA, "", "REWN", EVENT_ASSIGNED, 0 },
	{ "set", COMMAND_ISI, "nip 198001012005011001", "", "REWN", EVENT_DATUM_SET, 0 },
	{ "kind", COMMAND_JENIS, "penerbitan", "", "REW", EVENT_KIND_SET, 0 },
	{ "merge", COMMAND_GABUNG, "2026-0002", "", "REW", EVENT_MERGED, 0 },
	{ "reopen", COMMAND_BUKA, "", "", "CFX", EVENT_REOPENED, 0 },
	{ "cancel", COMMAND_BATAL, "", "", "REW", EVENT_CANCELLED, 0 },
	{ "cancel_with_reason", COMMAND_BATAL, "", "Permohonan ganda.", "REW", EVENT_CANCELLED, 1 },
	{ "sms_noted", COMMAND_SMS, "", "Halo", "REWNCFX", EVENT_SMS, 0 },
	{ "hold", COMMAND_TAHAN, "", "pemeriksaan Inspektorat", "REWNCFX", EVENT_HOLD_SET, 0 },
	{ "wait", COMMAND_TUNGGU, "bsre", "", "REW", EVENT_PAUSED, 0 },
	{ "correct", COMMAND_KOREKSI, "1 selesai 2026-01-05 08.02", "jam server salah", "REWNCFX", EVENT_CORRECTED, 0 },
};

static const struct event *the_event(const struct desk *d, enum event_what what)
{
	for (size_t i = 0; d->out.has_ticket && i < d->out.ticket.n_events; i++)
		if (d->out.ticket.events[i].what == what && d->out.ticket.events[i].id == 0)
			return &d->out.ticket.events[i];
	return NULL;
}

static void order_row(void **state)
{
	const struct order_case *row = *state;
	for (size_t i = 0; i < 7; i++) {
		struct desk d;
		desk_open(&d);
		d.ticket.state = (enum ticket_state)i;
		order(&d, row->verb, row->words, row->text);
		assert_null(the_letter(&d, LETTER_RECEIPT));
		if (!strchr(row->good, "REWNCFX"[i])) {
			assert_true(*answer.refused && !*answer.done && !*answer.remarks);
			assert_false(d.out.has_ticket || d.out.has_other);
			assert_int_equal(d.out.n_letters + d.out.n_loose, 0);
			assert_null(d.out.note);
			assert_null(d.out.sms_text);
		} else {
			const struct event *e = the_event(&d, row->event);
			assert_string_equal(answer.refused, "");
			assert_true(*answer.done);
			assert_non_null(e);
			assert_string_equal(e->who, WHO);
			assert_int_equal(e->at.ms, d.now.ms);
			assert_int_equal(n_outside(&d), row->outside);
			assert_string_equal(d.out.author, WHO);
		}
		desk_close(&d);
	}
}

static void text_is_never_taken_for_a_command(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	order(&d, COMMAND_CATAT, "", "/terbit berlaku 2027-01-04");
	assert_string_equal(d.out.note, "/terbit berlaku 2027-01-04");
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	order(&d, COMMAND_UNKNOWN, "", "/tolak tidak");
	assert_string_equal(said(the_letter(&d, LETTER_ASSISTANCE), "text"), "/tolak tidak");
	order(&d, COMMAND_ISI, "nama Budi\n/terbit", "");
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_NAME], "Budi /terbit");
	desk_close(&d);
}

static void report_names_whose_ticket_it_is(void **state)
{
	struct desk d;
	struct tally tally;
	(void)state;
	desk_open(&d);
	d.ticket.assigned_to = DUA;
	order(&d, COMMAND_TERBIT, "", "");
	assert_int_equal(n_letters(&d, LETTER_REPORT), 2); /* head, and the ticket's officer */
	assert_string_equal(said(the_letter(&d, LETTER_REPORT), "officer"), "Petugas Dua");
	casework_tally(&d.rules, &d.out.ticket, d.now, &tally);
	assert_string_equal(tally.officer, "Petugas Dua");
	d.ticket.assigned_to = NULL;
	order(&d, COMMAND_TERBIT, "", "");
	assert_int_equal(n_letters(&d, LETTER_REPORT), 1);
	assert_string_equal(the_letter(&d, LETTER_REPORT)->to.address, HEAD);
	assert_string_equal(said(the_letter(&d, LETTER_REPORT), "officer"), WHO);
	casework_tally(&d.rules, &d.out.ticket, d.now, &tally);
	assert_null(tally.officer);
	desk_close(&d);
}

static void a_colleague_learns_of_an_assignment(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	order(&d, COMMAND_ALIH, DUA, "");
	const struct letter *l = the_letter(&d, LETTER_NOTICE_OTHER);
	assert_non_null(l);
	assert_string_equal(l->to.address, DUA);
	assert_true(l->make_token);
	assert_non_null(strstr(said(l, "why"), WHO));
	desk_close(&d);
}

static void a_long_short_message_wants_a_yes(void **state)
{
	char text[400];
	struct desk d;
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	desk_open(&d);
	d.rules.sms.gateway = true;
	order(&d, COMMAND_SMS, "", text);
	assert_non_null(strstr(answer.refused, "--yes"));
	assert_int_equal(d.out.n_letters, 0);
	d.in.confirmed = true;
	order(&d, COMMAND_SMS, "", text);
	assert_string_equal(answer.refused, "");
	assert_int_equal(n_letters(&d, LETTER_SMS), 1);
	desk_close(&d);
}

static void resume_needs_a_wait(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	order(&d, COMMAND_LANJUT, "", "");
	assert_true(*answer.refused);
	order(&d, COMMAND_TUNGGU, "bsre", "");
	d.ticket = d.out.ticket;
	d.now = at("2026-01-05T09:30");
	order(&d, COMMAND_LANJUT, "", "");
	assert_string_equal(answer.refused, "");
	assert_non_null(the_event(&d, EVENT_RESUMED));
	desk_close(&d);
}

static void wrong_words_change_nothing(void **state)
{
	static const struct {
		enum command_verb verb;
		const char *words, *text;
	} wrong[] = {
		{ COMMAND_TERBIT, "123", "" },
		{ COMMAND_TERBIT, "berlaku besok", "" },
		{ COMMAND_TERBIT, "berlaku 2208-01-01", "" },
		{ COMMAND_ALIH, "bukan-alamat", "" },
		{ COMMAND_ALIH, STRANGER, "" },
		{ COMMAND_ISI, "warna biru", "" },
		{ COMMAND_ISI, "nik 123", "" },
		{ COMMAND_ISI, "nama", "" },
		{ COMMAND_JENIS, "apa", "" },
		{ COMMAND_TOLAK, "", "  \n " },
		{ COMMAND_CATAT, "", "" },
		{ COMMAND_UNKNOWN, "", "" },
		{ COMMAND_UNKNOWN, "", "> kutipan\nya" },
		{ COMMAND_KOREKSI, "5 selesai 2026-01-05 08.02", "x" },
		{ COMMAND_KOREKSI, "1 selesai 2026-01-05 08.02", "" },
		{ COMMAND_GABUNG, "tidak ada", "" },
	};
	struct desk d;
	(void)state;
	desk_open(&d);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		order(&d, wrong[i].verb, wrong[i].words, wrong[i].text);
		if (!*answer.refused || d.out.has_ticket || d.out.n_letters)
			fail_msg("row %zu: %s", i, wrong[i].words);
	}
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(text_is_never_taken_for_a_command),
					    cmocka_unit_test(report_names_whose_ticket_it_is),
					    cmocka_unit_test(a_colleague_learns_of_an_assignment),
					    cmocka_unit_test(a_long_short_message_wants_a_yes),
					    cmocka_unit_test(resume_needs_a_wait),
					    cmocka_unit_test(wrong_words_change_nothing) };
	ADD_ROWS(rows, order_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: an operator's order");
}
