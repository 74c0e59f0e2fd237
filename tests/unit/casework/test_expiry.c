/* Reminders of certificates that end, the list of what ends, and what holders answer.  Office hours as in desk.h: Monday to
 * Friday from 07:30; 5 January 2026 is a Monday. */
#include "desk.h"

#include "casework/certificate.h"

enum { MANY = 5000, MINUTE_MS = 60 * 1000 };

static struct certificate certificate(const struct desk *d, const char *end)
{
	struct certificate c = { .id = 9, .reminded = REMINDED_NEVER, .not_after = at(end), .source = CERTIFICATE_IMPORTED };
	(void)d;
	c.value[FIELD_NAME] = "Budi Santoso";
	c.value[FIELD_NIK] = NIK_1;
	c.value[FIELD_AGENCY] = "Dinas Kesehatan";
	c.value[FIELD_EMAIL] = BUDI;
	return c;
}

static void open_desk(struct desk *d)
{
	desk_open(d);
	d->rules.expiry = (struct expiry_rules){ .days = { 30, 14, 7, 1 }, .n_days = 4, .after = true, .per_hour = 700 };
}

static void days_of_reminders(void **state)
{
	static const struct {
		const char *end, *now;
		int reminded;
		const char *want; /* NULL: none any more */
		int days;
	} rows[] = {
		{ "2026-03-11T10:00", "2026-01-05T09:00", REMINDED_NEVER, "2026-02-09T07:30", 30 },
		{ "2026-03-11T10:00", "2026-02-09T09:00", REMINDED_NEVER, "2026-02-09T09:00", 30 },
		{ "2026-03-11T10:00", "2026-02-09T06:00", REMINDED_NEVER, "2026-02-09T07:30", 30 },
		{ "2026-03-11T10:00", "2026-02-09T09:01", 30, "2026-02-25T07:30", 14 },
		{ "2026-03-11T10:00", "2026-02-25T09:01", 14, "2026-03-04T07:30", 7 },
		{ "2026-03-11T10:00", "2026-03-04T09:01", 7, "2026-03-10T07:30", 1 },
		{ "2026-03-11T10:00", "2026-03-10T09:01", 1, "2026-03-12T07:30", REMINDED_AFTER },
		{ "2026-03-11T10:00", "2026-03-12T09:01", 1, "2026-03-12T09:01", REMINDED_AFTER },
		{ "2026-03-11T10:00", "2026-03-12T09:02", REMINDED_AFTER, NULL, 0 },
		/* 30 days before a Monday in March is a Saturday: the working day after it */
		{ "2026-03-09T10:00", "2026-01-05T09:00", REMINDED_NEVER, "2026-02-09T07:30", 30 },
		/* a day before a Monday: Friday, for Monday would be too late */
		{ "2026-03-09T10:00", "2026-03-03T09:00", 7, "2026-03-06T07:30", 1 },
		{ "2026-03-08T10:00", "2026-03-03T09:00", 7, "2026-03-06T07:30", 1 },              /* ends on a Sunday */
		{ "2026-03-06T10:00", "2026-03-06T09:00", 1, "2026-03-09T07:30", REMINDED_AFTER }, /* ended on a Friday */
		/* the daemon stood still, or the certificate came in late: one word, the newest */
		{ "2026-03-11T10:00", "2026-03-05T09:00", REMINDED_NEVER, "2026-03-05T09:00", 7 },
		{ "2026-03-11T10:00", "2026-03-11T09:00", REMINDED_NEVER, "2026-03-11T09:00", 1 },
		{ "2026-03-11T10:00", "2026-03-20T09:00", REMINDED_NEVER, "2026-03-20T09:00", REMINDED_AFTER },
		{ "2026-03-11T10:00", "2026-04-11T09:00", REMINDED_NEVER, NULL, 0 },   /* a month later it is no news */
		{ "2026-03-11T10:00", "2026-03-05T23:00", 14, "2026-03-06T07:30", 7 }, /* never at night */
		{ "2026-03-11T10:00", "2026-03-07T09:00", 14, "2026-03-09T07:30", 7 }, /* or on a Saturday */
		{ "2026-01-31T10:00", "2025-12-31T17:00", REMINDED_NEVER, "2026-01-02T07:30", 30 }, /* New Year is a holiday */
	};
	struct desk d;
	(void)state;
	open_desk(&d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct certificate c = certificate(&d, rows[i].end);
		struct instant next = { 0 };
		int days = 0;
		c.reminded = rows[i].reminded;
		bool has = casework_expiry_next(&d.rules, &c, at(rows[i].now), &next, &days);
		if (has != (rows[i].want != NULL) || (has && (next.ms != at(rows[i].want).ms || days != rows[i].days)))
			fail_msg("row %zu: %d, day %d, %lld minutes from %s", i, has, days,
				 has && rows[i].want ? (long long)(next.ms - at(rows[i].want).ms) / 60000 : 0, rows[i].want);
	}
	desk_close(&d);
}

static void nobody_is_reminded_without_need(void **state)
{
	struct desk d;
	struct instant next;
	int days;
	(void)state;
	open_desk(&d);
	struct certificate c = certificate(&d, "2026-03-11T10:00");
	c.successor = 10;
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	c.successor = 0;
	c.source = CERTIFICATE_SEEN; /* nobody said whose it is */
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	c.source = CERTIFICATE_EXAMINED;
	assert_true(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	c.value[FIELD_EMAIL] = NULL;
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	c.value[FIELD_EMAIL] = "no address";
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	c.value[FIELD_EMAIL] = BUDI;
	d.rules.expiry.per_hour = 0;
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-05T09:00"), &next, &days));
	d.rules.expiry.per_hour = 700;
	d.rules.expiry.after = false;
	assert_false(casework_expiry_next(&d.rules, &c, at("2026-03-12T09:00"), &next, &days));
	desk_close(&d);
}

static void look(struct desk *d, struct expiry_facts *f, const char *now)
{
	assert_int_equal(casework_expiry(&d->rules, f, at(now), d->a, &d->out), 0);
	assert_int_equal(d->out.n_reminded, f->n);
}

static void what_bars_a_reminder_puts_it_off(void **state)
{
	struct desk d;
	bool running[1] = { false };
	(void)state;
	open_desk(&d);
	struct certificate c = certificate(&d, "2026-03-11T10:00");
	struct expiry_facts f = { .to = BUDI, .certificates = &c, .running = running, .n = 1 };
	for (int i = 0; i < 3; i++) {
		running[0] = i == 0;
		f.dead = i == 1;
		f.silent = i == 2;
		look(&d, &f, "2026-03-05T09:00");
		assert_int_equal(d.out.n_letters, 0);
		assert_int_equal(d.out.reminded[0].reminded, REMINDED_NEVER);
		assert_true(d.out.reminded[0].has_next && !d.out.reminded[0].said);
		assert_int_equal(d.out.reminded[0].next.ms, at("2026-03-06T09:00").ms);
	}
	running[0] = f.dead = f.silent = false;
	f.to = NULL; /* worked out, nothing more */
	look(&d, &f, "2026-03-05T09:00");
	assert_int_equal(d.out.n_letters, 0);
	assert_string_equal(d.out.reminded[0].to, BUDI);
	f.to = BUDI;
	look(&d, &f, "2026-03-05T09:00");
	assert_int_equal(d.out.n_letters, 1);
	assert_true(d.out.reminded[0].said && d.out.reminded[0].reminded == 7);
	assert_int_equal(d.out.reminded[0].next.ms, at("2026-03-10T07:30").ms);
	assert_false(d.out.letters[0].make_token);
	assert_string_equal(said(&d.out.letters[0], "headline"), "Sertifikat elektronik Bapak/Ibu berakhir 6 hari lagi");
	assert_null(strstr(said(&d.out.letters[0], "holder"), NIK_1));
	f.to = STRANGER; /* the address was changed meanwhile */
	look(&d, &f, "2026-03-05T09:00");
	assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

static void an_admin_gets_one_list(void **state)
{
	static const struct expiry_admin admin = { "dinas kesehatan", { NULL, "admin@natunakab.go.id" } };
	static const bool running[3] = { false, true, false };
	struct desk d;
	(void)state;
	open_desk(&d);
	d.rules.expiry.admins = &admin;
	d.rules.expiry.n_admins = 1;
	struct certificate list[] = { certificate(&d, "2026-03-06T10:00"), certificate(&d, "2026-03-07T10:00"),
				      certificate(&d, "2026-03-11T10:00") };
	list[2].value[FIELD_NAME] = "Ani";
	list[2].value[FIELD_EMAIL] = NULL;
	struct expiry_facts f = { .to = admin.to.address, .certificates = list, .running = running, .n = 3 };
	look(&d, &f, "2026-03-05T09:00");
	assert_int_equal(d.out.n_letters, 1);
	assert_string_equal(d.out.letters[0].to.address, "admin@natunakab.go.id");
	assert_non_null(strstr(said(&d.out.letters[0], "holders"), "Ani"));
	assert_string_equal(said(&d.out.letters[0], "headline"), "2 sertifikat elektronik perlu diperbaharui");
	assert_true(d.out.reminded[0].said && !d.out.reminded[1].said && d.out.reminded[2].said);
	desk_close(&d);
}

/* A restart each minute: nothing is known but what the store keeps, the marks and the times of what was queued. */
static void five_thousand_in_a_day_within_the_cap(void **state)
{
	static int64_t queued[MANY];
	static int reminded[MANY];
	struct desk d;
	size_t n = 0, in_hour = 0, most = 0;
	(void)state;
	open_desk(&d);
	d.rules.expiry.n_days = 1; /* 30 */
	d.rules.expiry.after = false;
	for (size_t i = 0; i < MANY; i++)
		reminded[i] = REMINDED_NEVER;
	struct certificate c = certificate(&d, "2026-03-11T10:00");
	for (int64_t now = at("2026-02-09T05:00").ms; now < at("2026-02-09T20:00").ms; now += MINUTE_MS) {
		uint32_t hour = 0, minute = 0;
		for (size_t k = n; k-- > 0 && queued[k] > now - 60 * MINUTE_MS;) {
			hour++;
			minute += queued[k] > now - MINUTE_MS;
		}
		uint32_t room = casework_expiry_room(&d.rules, hour, minute);
		in_hour = hour;
		most = in_hour > most ? in_hour : most;
		for (size_t i = 0; i < MANY && room > 0 && n < MANY; i++) {
			struct instant next = { 0 };
			int days = 0;
			c.reminded = reminded[i];
			if (!casework_expiry_next(&d.rules, &c, (struct instant){ now }, &next, &days) || next.ms > now)
				continue;
			assert_int_equal(reminded[i], REMINDED_NEVER);
			assert_true(calendar_is_open(d.rules.calendar, (struct instant){ now }));
			reminded[i] = days;
			queued[n++] = now;
			room--;
		}
	}
	assert_int_equal(n, MANY);
	assert_true(most <= 700);
	assert_true(queued[0] >= at("2026-02-09T07:30").ms);
	assert_true(queued[MANY - 1] < at("2026-02-09T16:00").ms); /* all on the one day, spread over it */
	assert_true(queued[MANY - 1] - queued[0] > 6 * 60 * (int64_t)MINUTE_MS);
	desk_close(&d);
}

static void room_of_an_hour(void **state)
{
	static const struct {
		uint32_t cap, hour, minute, want;
	} rows[] = { { 700, 0, 0, 12 },  { 700, 0, 12, 0 }, { 700, 0, 5, 7 }, { 700, 699, 0, 1 }, { 700, 700, 0, 0 },
		     { 700, 900, 0, 0 }, { 1, 0, 0, 1 },    { 1, 1, 0, 0 },   { 0, 0, 0, 0 },     { 60, 10, 0, 1 } };
	struct desk d;
	(void)state;
	open_desk(&d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		d.rules.expiry.per_hour = rows[i].cap;
		assert_int_equal(casework_expiry_room(&d.rules, rows[i].hour, rows[i].minute), rows[i].want);
	}
	desk_close(&d);
}

/* --- answers -------------------------------------------------------------------------------------- */

enum outcome { RENEWAL, QUESTION, SILENCE, NOTHING, USUAL };

static void what_holders_answer(void **state)
{
	static const struct {
		const char *text;
		enum mail_proof proof;
		const char *from;
		bool admin, running;
		enum outcome want;
	} rows[] = {
		{ "ya", MAIL_PROOF_PASS, BUDI, false, false, RENEWAL },
		{ "Iya, tolong ya", MAIL_PROOF_NONE, BUDI, false, false, RENEWAL },
		{ "\"ya\"", MAIL_PROOF_PASS, BUDI, false, false, RENEWAL },
		{ "Mohon diperpanjang Pak", MAIL_PROOF_PASS, BUDI, false, false, RENEWAL },
		{ "Bagaimana cara memperpanjangnya?", MAIL_PROOF_PASS, BUDI, false, false, QUESTION },
		{ "Tidak perlu, saya sudah pensiun", MAIL_PROOF_PASS, BUDI, false, false, QUESTION },
		{ "ya tidak", MAIL_PROOF_PASS, BUDI, false, false, QUESTION },
		{ "yakin?", MAIL_PROOF_PASS, BUDI, false, false, QUESTION },
		{ "berhenti", MAIL_PROOF_PASS, BUDI, false, false, SILENCE },
		{ "BERHENTI.", MAIL_PROOF_NONE, BUDI, false, false, SILENCE },
		{ "Saya sedang cuti sampai Senin", MAIL_PROOF_PASS, BUDI, false, false, NOTHING },
		{ "berhenti", MAIL_PROOF_PASS, BUDI, true, false, QUESTION }, /* an admin's list is configuration */
		{ "ya", MAIL_PROOF_PASS, BUDI, true, false, RENEWAL },
		{ "ya", MAIL_PROOF_FAIL, BUDI, false, false, USUAL },
		{ "ya", MAIL_PROOF_PASS, STRANGER, false, false, USUAL },
		{ "ya", MAIL_PROOF_PASS, BUDI, false, true, USUAL }, /* it runs already: the office names that ticket */
		{ "", MAIL_PROOF_PASS, BUDI, false, false, QUESTION },
	};
	static const struct expiry_admin admin = { "Dinas Kesehatan", { NULL, BUDI } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct desk d;
		open_desk(&d);
		struct certificate c = certificate(&d, "2026-01-19T10:00");
		d.rules.expiry.admins = &admin;
		d.rules.expiry.n_admins = rows[i].admin;
		d.from[0].spec = d.reading.message.return_path = rows[i].from;
		d.reading.message.proof = rows[i].proof;
		d.reading.message.text = d.reading.commands.reply = rows[i].text;
		d.reading.request = (struct request){ .kind = REQUEST_OTHER, .kind_rule = "", .kind_words = "" };
		d.in.reminder = (struct reminder_facts){ .to = BUDI, .certificates = &c, .running = &rows[i].running, .n = 1 };
		desk_decide(&d);
		const struct ticket *t = d.out.has_ticket ? &d.out.ticket : NULL;
		enum outcome got = d.out.silent_address                         ? SILENCE
				   : t && t->kind == REQUEST_RENEWAL            ? RENEWAL
				   : t                                          ? QUESTION
				   : d.out.disposition == DISPOSITION_AUTOMATIC ? NOTHING
										: USUAL;
		if (got != rows[i].want)
			fail_msg("row %zu (%s): %d, not %d", i, rows[i].text, got, rows[i].want);
		if (t) {
			assert_int_equal(t->n_applicants, 1);
			assert_string_equal(t->applicants[0].value[FIELD_NIK], NIK_1);
			assert_string_equal(t->applicants[0].value[FIELD_VALID_UNTIL], "2026-01-19");
			assert_int_equal(n_letters(&d, LETTER_NOTICE_REQUEST), 2);
		}
		desk_close(&d);
	}
}

static void a_yes_for_a_list_leaves_out_who_is_renewed(void **state)
{
	static const bool running[3] = { false, true, false };
	struct desk d;
	(void)state;
	open_desk(&d);
	struct certificate list[] = { certificate(&d, "2026-01-19T10:00"), certificate(&d, "2026-01-19T10:00"),
				      certificate(&d, "2026-01-19T10:00") };
	list[1].value[FIELD_NIK] = NIK_2;
	list[2].successor = 77;
	d.reading.message.text = "ya";
	d.reading.request = (struct request){ .kind = REQUEST_OTHER, .kind_rule = "", .kind_words = "" };
	d.in.reminder = (struct reminder_facts){ .to = BUDI, .certificates = list, .running = running, .n = 3 };
	desk_decide(&d);
	assert_true(d.out.has_ticket && d.out.ticket.n_applicants == 1);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_NIK], NIK_1);
	assert_string_equal(d.out.vocal_address, BUDI);
	desk_close(&d);
}

/* --- what ends ------------------------------------------------------------------------------------ */

static void the_list_says_who_cannot_be_reminded(void **state)
{
	struct desk d;
	AUTO_BUF b = BUF_INIT(64 * 1024);
	(void)state;
	open_desk(&d);
	struct ending list[] = { { .certificate = certificate(&d, "2026-01-02T10:00") },
				 { .certificate = certificate(&d, "2026-01-05T10:00"), .ticket = "2026-0007" },
				 { .certificate = certificate(&d, "2026-01-06T10:00"), .dead = true },
				 { .certificate = certificate(&d, "2026-01-07T10:00"), .silent = true },
				 { .certificate = certificate(&d, "2026-01-08T10:00") } };
	list[4].certificate.value[FIELD_EMAIL] = NULL;
	casework_ending(&d.rules, list, 5, 30, d.now, d.a, &b);
	static const char *const words[] = {
		"Berakhir dalam 30 hari\t4\n",
		"Sudah berakhir dalam 30 hari terakhir\t1\n",
		"(3 hari yang lalu, menurut daftar)",
		"(hari ini, menurut daftar): Budi Santoso, Dinas Kesehatan; pembaharuan sedang berjalan: tiket "
		"2026-0007",
		"(1 hari lagi, menurut daftar): Budi Santoso, Dinas Kesehatan; TIDAK DAPAT DIINGATKAN: suratnya "
		"kembali",
		"tidak ingin diingatkan",
		"alamat email belum diketahui"
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strstr(buf_cstr(&b), words[i]))
			fail_msg("\"%s\" is not in\n%s", words[i], buf_cstr(&b));
	assert_int_equal(casework_ending_month(&d.rules, list, 5, d.now, d.a, &d.out), 0);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), 2);
	assert_int_equal(casework_ending_month(&d.rules, NULL, 0, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

static void refused_and_returned_reminders_are_told_to_nobody_singly(void **state)
{
	struct desk d;
	struct sent_mail s = { .outbox_id = 3, .kind = LETTER_EXPIRY, .to = { NULL, BUDI }, .code = 550 };
	(void)state;
	open_desk(&d);
	assert_int_equal(casework_sent(&d.rules, NULL, &s, d.now, d.a, &d.out), 0);
	assert_int_equal(d.out.n_letters, 0);
	assert_true(d.out.mark_address_dead);
	assert_string_equal(d.out.dead_address, BUDI);
	struct mail_delivery delivery = { .recipient = BUDI, .status = "5.1.1", .action = "failed" };
	d.reading.message.nature = MAIL_BOUNCE;
	d.reading.message.deliveries = &delivery;
	d.reading.message.n_deliveries = 1;
	d.in.bounced_kind = letter_message_kind(LETTER_EXPIRY);
	d.in.bounced_to = BUDI;
	desk_decide(&d);
	assert_int_equal(d.out.n_letters, 0);
	assert_true(d.out.mark_address_dead);
	desk_close(&d);
}

/* --- from tickets ------------------------------------------------------------------------------------ */

static void a_ticket_gives_its_renewed_persons(void **state)
{
	struct desk d;
	struct certificate *list = NULL;
	size_t n = 9;
	(void)state;
	open_desk(&d);
	assert_int_equal(certificates_of_ticket(d.rules.calendar, &d.ticket, d.a, &list, &n), 0);
	assert_int_equal(n, 0);
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	d.ticket.applicants[0].renewed_until = (struct civil_date){ 2028, 1, 4 };
	d.ticket.applicants[0].renewed_until_assumed = true;
	assert_int_equal(certificates_of_ticket(d.rules.calendar, &d.ticket, d.a, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].source, CERTIFICATE_ASSUMED);
	assert_int_equal(list[0].not_after.ms, at("2028-01-04T23:59:59+07:00").ms);
	assert_string_equal(list[0].value[FIELD_EMAIL], BUDI); /* the requester's: it is about one person */
	assert_int_equal(list[0].applicant_id, 7);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_of_reminders),
		cmocka_unit_test(nobody_is_reminded_without_need),
		cmocka_unit_test(what_bars_a_reminder_puts_it_off),
		cmocka_unit_test(an_admin_gets_one_list),
		cmocka_unit_test(five_thousand_in_a_day_within_the_cap),
		cmocka_unit_test(room_of_an_hour),
		cmocka_unit_test(what_holders_answer),
		cmocka_unit_test(a_yes_for_a_list_leaves_out_who_is_renewed),
		cmocka_unit_test(the_list_says_who_cannot_be_reminded),
		cmocka_unit_test(refused_and_returned_reminders_are_told_to_nobody_singly),
		cmocka_unit_test(a_ticket_gives_its_renewed_persons),
	};
	ADD_TESTS(tests)
	return RUN_SUITE("casework: certificates that end");
}
