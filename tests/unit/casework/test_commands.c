/* Staff commands: what each does, and that a wrong one means that nothing is done. */
#include "desk.h"

static void staff(struct desk *d)
{
	desk_open(d);
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
}

/* --- one command alone: outcome in every state --------------------------------------------------
 */
struct state_case {
	const char *name;
	enum command_verb verb;
	const char *text;
	const char *good;
};
/* good: in which states (R E W N C F X of the ticket) it is carried out */
static const struct state_case states[] = {
	{ "terbit", COMMAND_TERBIT, "", "REW" },
	{ "tolak", COMMAND_TOLAK, "Maaf.", "REW" },
	{ "batal", COMMAND_BATAL, "Maaf.", "REW" },
	{ "catat", COMMAND_CATAT, "Catatan", "REWNCFX" },
	{ "ambil", COMMAND_AMBIL, "", "REWN" },
	{ "alih", COMMAND_ALIH, "", "REWN" },
	{ "isi", COMMAND_ISI, "", "REWN" },
	{ "gabung", COMMAND_GABUNG, "", "REW" },
	{ "buka", COMMAND_BUKA, "", "CFX" },
	{ "sms", COMMAND_SMS, "Halo", "REWNCFX" },
	{ "status", COMMAND_STATUS, "", "REWNCFX" },
	{ "daftar", COMMAND_DAFTAR, "", "REWNCFX" },
	{ "laporan", COMMAND_LAPORAN, "", "REWNCFX" },
	{ "bantuan", COMMAND_BANTUAN, "", "REWNCFX" },
	{ "jenis", COMMAND_JENIS, "", "REW" },
	{ "surat", COMMAND_SURAT, "data", "" },
	{ "tahan", COMMAND_TAHAN, "Pemeriksaan", "REWNCFX" },
	{ "tahan_without_a_reason", COMMAND_TAHAN, "", "" },
	{ "lepas_tahan_without_a_hold", COMMAND_LEPAS_TAHAN, "", "" },
	{ "lepas", COMMAND_LEPAS, "", "" },
	{ "unknown", COMMAND_UNKNOWN, "", "" },
};

static void arm(struct desk *d, struct command *c)
{
	static const struct ticket *named[1];
	named[0] = &d->second;
	c->address = DUA;
	c->field = FIELD_NIP;
	c->value = c->verb == COMMAND_ISI ? NIP_1 : NULL;
	c->kind = REQUEST_ISSUANCE;
	if (c->verb == COMMAND_GABUNG) {
		c->number = "2026-0002";
		d->in.named = named;
		d->in.n_named = 1;
	}
}

static void state_row(void **state)
{
	const struct state_case *row = *state;
	for (size_t i = 0; i < 7; i++) {
		struct desk d;
		staff(&d);
		d.ticket.state = (enum ticket_state)i;
		if (d.ticket.state == TICKET_RENEWED || d.ticket.state == TICKET_CLOSED)
			d.ticket.applicants[0].state = APPLICANT_RENEWED;
		arm(&d, desk_command(&d, row->verb, row->text));
		desk_decide(&d);
		bool good = strchr(row->good, "REWNCFX"[i]) != NULL;
		if (row->verb == COMMAND_TERBIT && d.ticket.state == TICKET_RENEWED)
			good = true; /* sends the notification once more */
		assert_int_equal(d.out.disposition, good ? DISPOSITION_COMMAND : DISPOSITION_REFUSED);
		assert_int_equal(n_letters(&d, LETTER_RECEIPT), 1);
		const struct letter *receipt = the_letter(&d, LETTER_RECEIPT);
		assert_non_null(said(receipt, good ? "done" : "refused"));
		assert_null(said(receipt, good ? "refused" : "done"));
		assert_non_null(said(receipt, "proof_level"));
		assert_true(receipt->make_token);
		if (!good)
			assert_int_equal(d.out.ticket.state, d.ticket.state);
		desk_close(&d);
	}
}

/* --- /terbit
 * --------------------------------------------------------------------------------------- */
static void terbit_makes_report_and_notification(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	struct command *c = desk_command(&d, COMMAND_TERBIT, "Silakan dicoba.");
	c->date = (struct civil_date){ 2028, 2, 12 };
	desk_decide(&d);
	const struct ticket *t = &d.out.ticket;
	assert_int_equal(t->state, TICKET_RENEWED);
	assert_int_equal(t->applicants[0].state, APPLICANT_RENEWED);
	assert_int_equal(t->applicants[0].renewed_until.year, 2028);
	assert_false(t->applicants[0].renewed_until_assumed);
	assert_int_equal(n_letters(&d, LETTER_REPORT), 2);
	assert_string_equal(the_letter(&d, LETTER_REPORT)->to.address, HEAD);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 1);
	const struct letter *n = the_letter(&d, LETTER_NOTIFICATION);
	assert_string_equal(n->to.address, BUDI);
	assert_string_equal(said(n, "text"), "Silakan dicoba.");
	assert_string_equal(n->in_reply_to, "req-1@example.org");
	assert_non_null(the_letter(&d, LETTER_RECEIPT)->shows);
	assert_int_equal(the_letter(&d, LETTER_RECEIPT)->shows->kind, LETTER_NOTIFICATION);
	assert_int_equal(n_events(&d, EVENT_NOTIFYING), 1);
	for (size_t i = 0; i < t->n_events; i++)
		if (t->events[i].what == EVENT_RENEWED)
			assert_int_equal(t->events[i].at.ms, d.in.received.ms);
	assert_int_equal(d.ticket.applicants[0].state, APPLICANT_OPEN); /* the loaded ticket is left alone */
	desk_close(&d);
}

struct date_case {
	const char *name;
	struct civil_date date;
	bool good;
};
static const struct date_case dates[] = {
	{ "yesterday", { 2026, 1, 4 }, false },      { "today", { 2026, 1, 5 }, false },
	{ "tomorrow", { 2026, 1, 6 }, true },        { "two_years", { 2028, 1, 4 }, true },
	{ "five_years", { 2031, 1, 5 }, true },      { "five_years_and_a_day", { 2031, 1, 6 }, false },
	{ "the_year_2208", { 2208, 2, 12 }, false },
};

static void date_row(void **state)
{
	const struct date_case *row = *state;
	struct desk d;
	staff(&d);
	desk_command(&d, COMMAND_TERBIT, "")->date = row->date;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, row->good ? DISPOSITION_COMMAND : DISPOSITION_REFUSED);
	desk_close(&d);
}

static void terbit_assumes_730_days(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	(void)desk_command(&d, COMMAND_TERBIT, "");
	d.in.received = at("2027-03-07T10:41"); /* over 29 February 2028: one day earlier */
	d.now = at("2027-03-07T10:42");
	desk_decide(&d);
	const struct applicant *x = &d.out.ticket.applicants[0];
	assert_true(x->renewed_until_assumed);
	assert_int_equal(civil_compare(x->renewed_until, (struct civil_date){ 2029, 3, 6 }), 0);
	desk_close(&d);
}

static void two_people(struct desk *d)
{
	struct applicant *two;
	staff(d);
	two = arena_array(d->a, 2, sizeof(*two));
	two[0] = d->ticket.applicants[0];
	two[1] = (struct applicant){ .id = 8, .value = { [FIELD_NAME] = "Siti", [FIELD_NIK] = NIK_2 } };
	d->ticket.applicants = two;
	d->ticket.n_applicants = 2;
}

static void terbit_for_some(void **state)
{
	(void)state;
	struct desk d;
	static const char *second[] = { NIK_2 }, *wrong[] = { NIK_1, "2103070101800099" };
	two_people(&d);
	struct command *c = desk_command(&d, COMMAND_TERBIT, "");
	c->niks = second;
	c->n_niks = 1;
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(d.out.ticket.applicants[0].state, APPLICANT_OPEN);
	assert_int_equal(d.out.ticket.applicants[1].state, APPLICANT_RENEWED);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 1);
	d.ticket = d.out.ticket;
	desk_decide(&d); /* she is renewed already */
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	c->n_niks = 0;
	desk_decide(&d); /* the rest */
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	d.ticket = d.out.ticket;
	desk_accepted(&d, LETTER_REPORT, HEAD);
	desk_accepted(&d, LETTER_NOTIFICATION, BUDI);
	assert_int_equal(d.ticket.state, TICKET_RENEWED); /* the first of two notifications */
	desk_accepted(&d, LETTER_NOTIFICATION, BUDI);
	assert_int_equal(d.ticket.state, TICKET_CLOSED);
	desk_ticket(&d, &d.ticket, 5, "2026-0001");
	c->niks = wrong;
	c->n_niks = 2;
	desk_decide(&d); /* one of the two is unknown: neither is renewed */
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_int_equal(d.out.ticket.applicants[0].state, APPLICANT_OPEN);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), "2103070101800099"));
	desk_close(&d);
}

static void terbit_needs_kind_and_person(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	(void)desk_command(&d, COMMAND_TERBIT, "");
	d.ticket.kind = REQUEST_PASSPHRASE;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), "/jenis pembaharuan"));
	d.ticket.kind = REQUEST_ISSUANCE;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	d.ticket.n_applicants = 0;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	desk_close(&d);
}

static void terbit_without_an_address_waits_for_one(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	(void)desk_command(&d, COMMAND_TERBIT, "");
	d.ticket.requester_address = NULL;
	d.ticket.n_parties = 0;
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 0);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "notes"), "/isi EMAIL"));
	d.ticket = d.out.ticket;
	struct command *c = &d.commands[0];
	*c = (struct command){
		.verb = COMMAND_ISI, .line = "/isi", .text = "", .field = FIELD_EMAIL, .value = "baru@example.org"
	};
	desk_decide(&d);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 1);
	assert_string_equal(the_letter(&d, LETTER_NOTIFICATION)->to.address, "baru@example.org");
	desk_close(&d);
}

static void bounced_notification_is_mended(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	d.ticket.state = TICKET_RENEWED;
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	assert_int_equal(ticket_apply(&d.ticket, EVENT_NOTIFY_FAILED, d.now, "daemon", "bounce 5.1.1", d.a), 0);
	struct command *c = desk_command(&d, COMMAND_ISI, "");
	c->field = FIELD_EMAIL;
	c->value = "baru@example.org";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.requester_address, "baru@example.org");
	assert_string_equal(the_letter(&d, LETTER_NOTIFICATION)->to.address, "baru@example.org");
	desk_close(&d);
}

static void dead_address_is_not_written_to(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	d.in.requester_dead = true;
	desk_decide(&d); /* assistance: said at once, not lost silently */
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	struct command *c = desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	assert_int_equal(n_outside(&d), 0);
	assert_int_equal(n_events(&d, EVENT_NOTIFYING), 0);
	d.ticket = d.out.ticket;
	*c = (struct command){ .verb = COMMAND_ISI, .line = "/isi", .text = "", .field = FIELD_EMAIL, .value = BUDI };
	desk_decide(&d); /* the same address, which staff vouch for */
	assert_string_equal(d.out.alive_address, BUDI);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 1);
	assert_int_equal(n_events(&d, EVENT_NOTIFYING), 1);
	d.ticket = d.out.ticket;
	desk_accepted(&d, LETTER_NOTIFICATION, BUDI);
	desk_accepted(&d, LETTER_REPORT, HEAD);
	assert_int_equal(d.ticket.state, TICKET_CLOSED);
	desk_close(&d);
}

static void isi_email_alone_redirects_nothing(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	struct command *c = desk_command(&d, COMMAND_ISI, "");
	c->field = FIELD_EMAIL;
	c->value = "baru@example.org";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.requester_address, BUDI);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_EMAIL], "baru@example.org");
	assert_int_equal(d.out.ticket.n_parties, 2);
	/* a staff member's own box that bounced is no reason to redirect the applicant's mail */
	assert_int_equal(ticket_apply(&d.ticket, EVENT_BOUNCED, d.now, "daemon", "staff-notice 5.1.1", d.a), 0);
	desk_decide(&d);
	assert_string_equal(d.out.ticket.requester_address, BUDI);
	assert_int_equal(ticket_apply(&d.ticket, EVENT_BOUNCED, d.now, "daemon", "assistance 5.1.1", d.a), 0);
	desk_decide(&d);
	assert_string_equal(d.out.ticket.requester_address, "baru@example.org");
	d.ticket = d.out.ticket; /* mended: the next one is a datum only */
	c->value = "lain@example.org";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.requester_address, "baru@example.org");
	desk_close(&d);
}

/* --- all or none
 * ----------------------------------------------------------------------------------- */
static void one_wrong_command_undoes_all(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	(void)desk_command(&d, COMMAND_CATAT, "Catatan");
	(void)desk_command(&d, COMMAND_AMBIL, "");
	(void)desk_command(&d, COMMAND_TERBIT, "Teks");
	struct command *c = desk_command(&d, COMMAND_ALIH, "");
	c->address = STRANGER;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_int_equal(d.out.n_letters, 1);
	assert_null(d.out.note);
	assert_null(d.out.ticket.assigned_to);
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(d.out.ticket.n_events, d.ticket.n_events + 1);
	assert_int_equal(n_events(&d, EVENT_COMMAND_REFUSED), 1);
	assert_false(d.out.use_token);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), STRANGER));
	desk_close(&d);
}

static void several_good_commands(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	struct command *c = desk_command(&d, COMMAND_ISI, "");
	c->field = FIELD_NIP;
	c->value = NIP_1;
	(void)desk_command(&d, COMMAND_AMBIL, "Ini teks yang tidak terkirim");
	(void)desk_command(&d, COMMAND_CATAT, "Satu");
	(void)desk_command(&d, COMMAND_CATAT, "Dua");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_COMMAND);
	assert_string_equal(d.out.note, "Satu\n\nDua");
	assert_string_equal(d.out.ticket.assigned_to, SATU);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_NIP], NIP_1);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "notes"), "/ambil"));
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

static void first_ends_the_ticket_second_is_wrong(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	(void)desk_command(&d, COMMAND_TOLAK, "Maaf.");
	(void)desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_int_equal(n_outside(&d), 0);
	desk_close(&d);
}

/* --- assistance
 * --------------------------------------------------------------------------------------- */
struct text_case {
	const char *name, *text;
	bool forward, cut, encrypted, good;
};
static const struct text_case texts[] = {
	{ "plain", "Mohon kirim NIK.", false, false, false, true },
	{ "empty", "", false, false, false, false },
	{ "blanks", " \n\t\n ", false, false, false, false },
	{ "with_quoted_lines", "Ya.\n> NIK : 2103070101800001\nBaik.", false, false, false, false },
	{ "forwarded", "Tolong diteruskan", true, false, false, false },
	{ "cut", "Panjang sekali", false, true, false, false },
	{ "encrypted", "", false, false, true, false },
	{ "arrow_inside_a_line", "Klik menu > Sertifikat", false, false, false, true },
};

static void text_row(void **state)
{
	const struct text_case *row = *state;
	struct desk d;
	staff(&d);
	d.reading.commands.reply = row->text;
	d.reading.message.is_forward = row->forward;
	d.reading.message.text_cut = row->cut;
	d.reading.message.encrypted = row->encrypted;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, row->good ? DISPOSITION_COMMAND : DISPOSITION_REFUSED);
	assert_int_equal(n_outside(&d), row->good);
	if (row->good) {
		const struct letter *l = the_letter(&d, LETTER_ASSISTANCE);
		assert_ptr_equal(said(l, "text"), row->text);
		assert_false(l->automatic_reply || l->attach_files || l->attach_original || l->make_token || l->counts);
		assert_int_equal(d.out.ticket.state, TICKET_WAITING);
		assert_string_equal(d.out.message_kind, "assistance");
	}
	/* the same text as a reason or under /terbit */
	(void)desk_command(&d, COMMAND_TOLAK, row->text);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, row->good ? DISPOSITION_COMMAND : DISPOSITION_REFUSED);
	desk_close(&d);
}

static void assistance_without_ticket_says_how(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	d.in.ticket = NULL;
	d.in.how = MATCH_NONE;
	d.in.token.ticket_id = 0;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_false(d.out.has_ticket);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), "[SITANTE-2026-0001]"));
	d.reading.message.subject = "Re: [SITANTE-2026-0777] x";
	desk_decide(&d);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), "2026-0777"));
	desk_close(&d);
}

static void assistance_on_a_closed_ticket_moves_nothing(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	d.ticket.state = TICKET_CLOSED;
	desk_decide(&d);
	assert_int_equal(n_letters(&d, LETTER_ASSISTANCE), 1);
	assert_int_equal(d.out.ticket.state, TICKET_CLOSED);
	desk_close(&d);
}

/* --- the others
 * ------------------------------------------------------------------------------------------ */
static void tolak_and_batal_tell_the_applicant(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	struct command *c = desk_command(&d, COMMAND_TOLAK, "Data tidak cocok.");
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_REFUSED);
	assert_int_equal(d.out.ticket.applicants[0].state, APPLICANT_REFUSED);
	assert_string_equal(said(the_letter(&d, LETTER_REFUSAL), "reason"), "Data tidak cocok.");
	assert_non_null(said(the_letter(&d, LETTER_REFUSAL), "declined"));
	*c = (struct command){ .verb = COMMAND_BATAL, .line = "/batal", .text = "" };
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_CANCELLED);
	assert_int_equal(n_outside(&d), 0); /* no reason, no mail */
	c->text = "Ternyata ganda.";
	desk_decide(&d);
	assert_non_null(said(the_letter(&d, LETTER_REFUSAL), "cancelled"));
	desk_close(&d);
}

static void alih_tells_the_colleague(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	desk_command(&d, COMMAND_ALIH, "")->address = "DUA@natunakab.go.id";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.assigned_to, DUA);
	assert_string_equal(the_letter(&d, LETTER_NOTICE_OTHER)->to.address, DUA);
	assert_true(the_letter(&d, LETTER_NOTICE_OTHER)->make_token);
	desk_close(&d);
}

static void isi_picks_its_person(void **state)
{
	(void)state;
	struct desk d;
	two_people(&d);
	struct command *c = desk_command(&d, COMMAND_ISI, "");
	c->field = FIELD_POSITION;
	c->value = "Camat";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED); /* whose? */
	c->nik = NIK_2;
	desk_decide(&d);
	assert_string_equal(d.out.ticket.applicants[1].value[FIELD_POSITION], "Camat");
	assert_null(d.out.ticket.applicants[0].value[FIELD_POSITION]);
	c->nik = "2103070101800099";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	c->nik = NIK_2;
	c->field = FIELD_NIK;
	c->value = NIK_1; /* the other one's */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	d.ticket.n_applicants = 0;
	c->nik = NULL;
	c->field = FIELD_NAME;
	c->value = "Rahmat";
	desk_decide(&d);
	assert_int_equal(d.out.ticket.n_applicants, 1);
	desk_close(&d);
}

static void gabung_moves_people_and_parties(void **state)
{
	(void)state;
	struct desk d;
	const struct ticket *named[1];
	staff(&d);
	desk_ticket(&d, &d.second, 6, "2026-0002");
	d.second.applicants[0].value[FIELD_NIK] = NIK_2;
	d.second.applicants[0].value[FIELD_NAME] = "Siti";
	d.second.requester_address = d.second.parties[0] = "siti@example.org";
	named[0] = &d.second;
	d.in.named = named;
	d.in.n_named = 1;
	struct command *c = desk_command(&d, COMMAND_GABUNG, "");
	c->number = "2026-0002";
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_MERGED);
	assert_string_equal(d.out.ticket.merged_into, "2026-0002");
	assert_true(d.out.has_other);
	assert_int_equal(d.out.other.n_applicants, 2);
	assert_int_equal(d.out.other.applicants[1].id, 0);
	assert_int_equal(d.out.other.n_parties, 2);
	assert_int_equal(d.second.n_applicants, 1);
	named[0] = NULL; /* no such ticket */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_false(d.out.has_other);
	named[0] = &d.ticket; /* itself */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	d.in.n_named = 0; /* less facts than commands */
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	desk_close(&d);
}

static void buka_lets_terbit_again(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	d.ticket.state = TICKET_CLOSED;
	d.ticket.is_closed = true;
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	(void)desk_command(&d, COMMAND_BUKA, "");
	(void)desk_command(&d, COMMAND_TERBIT, "");
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, TICKET_RENEWED);
	assert_false(d.out.ticket.is_closed);
	assert_int_equal(n_letters(&d, LETTER_NOTIFICATION), 1);
	desk_close(&d);
}

static void sms_needs_a_number_and_a_text(void **state)
{
	(void)state;
	struct desk d;
	staff(&d);
	struct command *c = desk_command(&d, COMMAND_SMS, "Mohon cek email.");
	desk_decide(&d);
	assert_string_equal(d.out.sms_to, "+6281234567890");
	assert_string_equal(d.out.sms_text, "Mohon cek email.");
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	c->value = "+628111111111";
	desk_decide(&d);
	assert_string_equal(d.out.sms_to, "+628111111111");
	c->text = "";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	assert_null(d.out.sms_text);
	c->text = "x";
	c->value = NULL;
	d.ticket.applicants[0].value[FIELD_PHONE] = NULL;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	desk_close(&d);
}

static void readers_show_things(void **state)
{
	(void)state;
	struct desk d;
	const struct ticket *open[2], *named[1] = { NULL };
	staff(&d);
	open[0] = &d.ticket;
	open[1] = &d.second;
	d.in.open = open;
	d.in.n_open = 2;
	struct command *c = desk_command(&d, COMMAND_DAFTAR, "");
	desk_decide(&d);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "shown"), "2026-0002"));
	assert_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "shown"), NIK_1));
	c->verb = COMMAND_STATUS;
	desk_decide(&d);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "shown"), NIK_1));
	c->number = "2026-0404";
	d.in.named = named;
	d.in.n_named = 1;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	c->number = NULL;
	d.in.ticket = NULL;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	c->verb = COMMAND_BANTUAN;
	desk_decide(&d);
	AUTO_BUF guide = BUF_INIT(64 * 1024);
	casework_guide(&guide);
	assert_string_equal(said(the_letter(&d, LETTER_RECEIPT), "shown"), buf_cstr(&guide));
	c->verb = COMMAND_LAPORAN;
	desk_decide(&d);
	assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "shown"), "Tiket terbuka: 2"));
	c->value = "2026-01";
	desk_decide(&d);
	assert_true(the_letter(&d, LETTER_RECAP)->wants_document);
	assert_string_equal(the_letter(&d, LETTER_RECAP)->period, "2026-01");
	c->value = "triwulan 2026-5";
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
	desk_close(&d);
}

/* Every allocation that a decision makes may fail: -ENOMEM, never a crash. */
static void small_memory_is_told(void **state)
{
	(void)state;
	for (size_t bytes = 16; bytes < 60000; bytes += 16 + bytes / 20) {
		struct desk d;
		struct decision out;
		staff(&d);
		(void)desk_command(&d, COMMAND_TERBIT, "Teks");
		struct arena *tight = arena_new(bytes);
		int r = casework_mail(&d.rules, &d.in, d.now, tight, &out);
		assert_true(r == 0 || r == -12);
		d.reading.commands.n_commands = 0;
		d.in.ticket = NULL;
		d.from[0].spec = BUDI;
		d.reading.request.n_applicants = 1;
		r = casework_mail(&d.rules, &d.in, d.now, tight, &out);
		assert_true(r == 0 || r == -12);
		arena_free(tight);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terbit_makes_report_and_notification),
		cmocka_unit_test(terbit_assumes_730_days),
		cmocka_unit_test(terbit_for_some),
		cmocka_unit_test(terbit_needs_kind_and_person),
		cmocka_unit_test(terbit_without_an_address_waits_for_one),
		cmocka_unit_test(bounced_notification_is_mended),
		cmocka_unit_test(dead_address_is_not_written_to),
		cmocka_unit_test(isi_email_alone_redirects_nothing),
		cmocka_unit_test(one_wrong_command_undoes_all),
		cmocka_unit_test(several_good_commands),
		cmocka_unit_test(first_ends_the_ticket_second_is_wrong),
		cmocka_unit_test(assistance_without_ticket_says_how),
		cmocka_unit_test(assistance_on_a_closed_ticket_moves_nothing),
		cmocka_unit_test(tolak_and_batal_tell_the_applicant),
		cmocka_unit_test(alih_tells_the_colleague),
		cmocka_unit_test(isi_picks_its_person),
		cmocka_unit_test(gabung_moves_people_and_parties),
		cmocka_unit_test(buka_lets_terbit_again),
		cmocka_unit_test(sms_needs_a_number_and_a_text),
		cmocka_unit_test(readers_show_things),
		cmocka_unit_test(small_memory_is_told),
	};
	ADD_ROWS(states, state_row)
	ADD_ROWS(dates, date_row)
	ADD_ROWS(texts, text_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: commands");
}
