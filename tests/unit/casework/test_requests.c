/* Mail of applicants and strangers: what opens, joins or parks, and when an answer may go. */
#include "desk.h"

/* --- may an acknowledgement go? ------------------------------------------------------------- */
enum ack_fate { WITHHELD, GOES, HELD }; /* HELD: queued, but the operator decides */
struct ack_case {
	const char *name;
	void (*change)(struct desk *d);
	enum ack_fate fate;
	enum disposition want;
};

static void as_it_is(struct desk *d)
{
	(void)d;
}
static void unproven(struct desk *d)
{
	d->reading.message.proof = MAIL_PROOF_NONE;
}
static void forged(struct desk *d)
{
	d->reading.message.proof = MAIL_PROOF_FAIL;
}
static void forbidden(struct desk *d)
{
	d->reading.message.may_answer = false;
	d->reading.message.no_answer_rule = "M10";
}
static void no_sender(struct desk *d)
{
	d->reading.message.n_from = d->reading.message.n_from_fields = 0;
}
static void two_senders(struct desk *d)
{
	d->reading.message.n_from = 2;
	d->from[1].spec = STRANGER;
}
static void own_address(struct desk *d)
{
	d->from[0].spec = "TTE@natunakab.go.id";
	d->reading.message.return_path = NULL;
}
static void other_return_unproven(struct desk *d)
{
	d->reading.message.proof = MAIL_PROOF_NONE;
	d->reading.message.return_path = STRANGER;
}
static void other_return_proven(struct desk *d)
{
	d->reading.message.return_path = STRANGER;
}
static void second_this_hour(struct desk *d)
{
	d->in.traffic.address_hour = 1;
}
static void third_this_hour(struct desk *d)
{
	d->in.traffic.address_hour = 2;
}
static void sixth_today(struct desk *d)
{
	d->in.traffic.address_day = 5;
}
static void domain_full(struct desk *d)
{
	d->in.traffic.domain_hour = 30;
}
static void all_full(struct desk *d)
{
	d->in.traffic.all_hour = 200;
}
static void home(struct desk *d)
{
	d->from[0].spec = d->reading.message.return_path = "admin@bkpsdm.natunakab.go.id";
	d->in.traffic = (struct traffic){ .address_hour = 29, .address_day = 29, .domain_hour = 90, .all_hour = 199 };
}
static void home_unproven(struct desk *d)
{
	home(d);
	d->reading.message.proof = MAIL_PROOF_NONE;
}
static void home_full(struct desk *d)
{
	home(d);
	d->in.traffic.address_hour = 30;
}
static void home_lookalike(struct desk *d)
{
	home(d);
	d->from[0].spec = d->reading.message.return_path = "admin@evilnatunakab.go.id";
}
static void no_caps(struct desk *d)
{
	memset(&d->rules.caps, 0, sizeof(d->rules.caps));
	d->in.traffic = (struct traffic){ 9999, 9999, 9999, 9999, 9999, 0 };
}
static void question(struct desk *d)
{
	d->reading.request.kind = REQUEST_QUESTION;
}
static void other(struct desk *d)
{
	d->reading.request.kind = REQUEST_OTHER;
}
static void automatic_kind(struct desk *d)
{
	d->reading.request.kind = REQUEST_AUTOMATIC;
}
static void automatic(struct desk *d)
{
	d->reading.message.nature = MAIL_AUTOMATIC;
}
static void list(struct desk *d)
{
	d->reading.message.nature = MAIL_LIST;
}
static void receipt_mail(struct desk *d)
{
	d->reading.message.nature = MAIL_RECEIPT;
}
static void own_mail(struct desk *d)
{
	d->reading.message.nature = MAIL_OWN;
}
static void strange_bounce(struct desk *d)
{
	d->reading.message.nature = MAIL_BOUNCE;
}
static void circles(struct desk *d)
{
	d->reading.message.n_received = 51;
}
static void fifty_hops(struct desk *d)
{
	d->reading.message.n_received = 50;
}
static void again(struct desk *d)
{
	d->in.duplicate = true;
}
static void resent(struct desk *d)
{
	d->in.resent = true;
}
static void flood(struct desk *d)
{
	d->in.traffic.opened_hour = 20;
}
static void released(struct desk *d)
{
	flood(d);
	d->in.released = true;
}
static void home_crowd(struct desk *d)
{
	home(d);
	d->in.traffic.opened_hour = 29;
}
static void empty(struct desk *d)
{
	struct message *m = &d->reading.message;
	m->text = m->text_full = "";
	m->subject = m->message_id = NULL;
	d->reading.request.n_applicants = 0;
}

static const struct ack_case acks[] = {
	{ "plain_request", as_it_is, GOES, DISPOSITION_OPENED },
	{ "unproven", unproven, GOES, DISPOSITION_OPENED },
	{ "M17_forged", forged, WITHHELD, DISPOSITION_OPENED },
	{ "M10_headers_forbid", forbidden, WITHHELD, DISPOSITION_OPENED },
	{ "no_sender_at_all", no_sender, WITHHELD, DISPOSITION_OPENED },
	{ "two_senders", two_senders, WITHHELD, DISPOSITION_OPENED },
	{ "M03_own_address", own_address, WITHHELD, DISPOSITION_OPENED },
	{ "M20_other_return_path_unproven", other_return_unproven, WITHHELD, DISPOSITION_OPENED },
	{ "M20_other_return_path_proven", other_return_proven, GOES, DISPOSITION_OPENED },
	{ "M22_second_of_two", second_this_hour, GOES, DISPOSITION_OPENED },
	{ "M22_third_of_two", third_this_hour, HELD, DISPOSITION_OPENED },
	{ "M22_sixth_today", sixth_today, HELD, DISPOSITION_OPENED },
	{ "M22_domain_full", domain_full, HELD, DISPOSITION_OPENED },
	{ "M22_all_full", all_full, HELD, DISPOSITION_OPENED },
	{ "home_domain_has_wider_caps", home, GOES, DISPOSITION_OPENED },
	{ "home_domain_unproven_has_not", home_unproven, HELD, DISPOSITION_OPENED },
	{ "home_domain_full", home_full, HELD, DISPOSITION_OPENED },
	{ "home_domain_lookalike", home_lookalike, HELD, DISPOSITION_OPENED },
	{ "zero_means_no_cap", no_caps, GOES, DISPOSITION_OPENED },
	{ "question", question, GOES, DISPOSITION_OPENED },
	{ "empty_mail", empty, GOES, DISPOSITION_OPENED },
	{ "M18_fifty_hops", fifty_hops, GOES, DISPOSITION_OPENED },
	{ "other", other, WITHHELD, DISPOSITION_OTHER },
	{ "automatic_kind", automatic_kind, WITHHELD, DISPOSITION_AUTOMATIC },
	{ "M01_automatic", automatic, WITHHELD, DISPOSITION_AUTOMATIC },
	{ "M10_list", list, WITHHELD, DISPOSITION_AUTOMATIC },
	{ "M08_receipt", receipt_mail, WITHHELD, DISPOSITION_AUTOMATIC },
	{ "M19_own_mail", own_mail, WITHHELD, DISPOSITION_QUARANTINED },
	{ "M06_bounce_of_nothing_of_ours", strange_bounce, WITHHELD, DISPOSITION_BOUNCE },
	{ "M18_in_circles", circles, WITHHELD, DISPOSITION_QUARANTINED },
	{ "M25_same_mail_again", again, WITHHELD, DISPOSITION_DUPLICATE },
	{ "M29_flood", flood, WITHHELD, DISPOSITION_HELD },
	{ "M29_released_by_the_operator", released, GOES, DISPOSITION_OPENED },
	{ "M29_home_admin_for_many", home_crowd, GOES, DISPOSITION_OPENED },
	{ "M24_resent_within_minutes", resent, WITHHELD, DISPOSITION_DUPLICATE },
};

static void ack_row(void **state)
{
	const struct ack_case *c = *state;
	struct desk d;
	desk_open(&d);
	c->change(&d);
	desk_decide(&d);
	assert_int_equal(d.out.disposition, c->want);
	assert_int_equal(n_letters(&d, LETTER_ACKNOWLEDGEMENT), c->fate != WITHHELD);
	assert_int_equal(n_outside(&d), c->fate != WITHHELD);
	assert_false(d.out.mark_address_dead);
	bool opens = c->want == DISPOSITION_OPENED;
	assert_int_equal(d.out.has_ticket, opens);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_REQUEST), opens ? 2 : 0);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_OTHER), c->want == DISPOSITION_OTHER ? 2 : 0);
	if (opens) {
		const struct letter *notice = the_letter(&d, LETTER_NOTICE_REQUEST);
		assert_true(notice->make_token && notice->attach_files && !notice->counts);
		assert_int_equal(n_events(&d, EVENT_ACK_WITHHELD), c->fate != GOES);
		assert_int_equal(said(notice, "ack_withheld") != NULL, c->fate != GOES);
		assert_int_equal(d.out.ticket.state, TICKET_RECEIVED);
		assert_int_equal(d.out.ticket.opened_at.ms, d.in.received.ms);
	}
	if (c->fate != WITHHELD) {
		const struct letter *ack = the_letter(&d, LETTER_ACKNOWLEDGEMENT);
		assert_true(ack->automatic_reply && ack->counts);
		assert_int_equal(ack->held, c->fate == HELD);
		assert_null(ack->to.name); /* M21: the name is the sender's text too */
		assert_ptr_equal(ack->in_reply_to, d.reading.message.message_id);
		assert_false(ack->attach_files || ack->attach_original || ack->make_token);
	}
	desk_close(&d);
}

/* --- new requests ---------------------------------------------------------------------------- */
static void opens_with_all_data(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.persons[0].value[FIELD_EMAIL] = "budi.kantor@natunakab.go.id";
	d.persons[1].given[FIELD_NIK] = "12345";
	d.reading.request.n_applicants = 2;
	desk_decide(&d);
	const struct ticket *t = &d.out.ticket;
	assert_int_equal(t->id, 0);
	assert_int_equal(t->n_applicants, 2);
	assert_string_equal(t->applicants[0].value[FIELD_NIK], NIK_1);
	assert_string_equal(t->applicants[1].given[FIELD_NIK], "12345");
	assert_string_equal(t->requester_address, BUDI);
	assert_int_equal(t->n_parties, 2);
	assert_string_equal(t->request_id, "m1@example.org");
	assert_int_equal(n_events(&d, EVENT_RECEIVED), 1);
	assert_string_equal(d.out.message_kind, "request");
	desk_close(&d);
}

struct early_case {
	const char *name, *now, *until1, *until2, *held;
	enum request_kind kind;
};
static const struct early_case early[] = {
	{ "thirty_days_before", "2026-01-05T09:00", "2026-02-04", NULL, NULL, REQUEST_RENEWAL },
	{ "thirty_one_days_before", "2026-01-05T09:00", "2026-02-05", NULL, "2026-01-06", REQUEST_RENEWAL },
	{ "late_in_the_evening_local", "2026-01-05T23:30", "2026-02-05", NULL, "2026-01-06", REQUEST_RENEWAL },
	{ "expired_already", "2026-01-05T09:00", "2025-12-31", NULL, NULL, REQUEST_RENEWAL },
	{ "no_date_stated", "2026-01-05T09:00", NULL, NULL, NULL, REQUEST_RENEWAL },
	{ "one_of_two_is_due", "2026-01-05T09:00", "2026-06-01", "2026-01-20", NULL, REQUEST_RENEWAL },
	{ "both_early_the_first_counts", "2026-01-05T09:00", "2026-06-01", "2026-04-01", "2026-03-02", REQUEST_RENEWAL },
	{ "not_a_renewal", "2026-01-05T09:00", "2026-06-01", NULL, NULL, REQUEST_DATA_CHANGE },
	{ "no_date_at_all", "2026-01-05T09:00", "garbage", NULL, NULL, REQUEST_RENEWAL },
	{ "leap_day", "2028-01-05T09:00", "2028-03-30", NULL, "2028-02-29", REQUEST_RENEWAL },
};

static void early_row(void **state)
{
	const struct early_case *c = *state;
	struct desk d;
	desk_open(&d);
	d.now = at(c->now);
	d.reading.request.kind = c->kind;
	d.persons[0].value[FIELD_VALID_UNTIL] = c->until1;
	if (c->until2) {
		d.persons[1].value[FIELD_NAME] = "Siti";
		d.persons[1].value[FIELD_VALID_UNTIL] = c->until2;
		d.reading.request.n_applicants = 2;
	}
	desk_decide(&d);
	assert_int_equal(d.out.ticket.is_held, c->held != NULL);
	assert_int_equal(n_events(&d, EVENT_HELD), c->held != NULL);
	if (c->held) {
		char midnight[40];
		(void)snprintf(midnight, sizeof(midnight), "%sT00:00", c->held);
		assert_int_equal(d.out.ticket.held_until.ms, at(midnight).ms);
		struct decision due;
		struct instant before = { d.out.ticket.held_until.ms - 1 };
		assert_int_equal(casework_due(&d.rules, &d.out.ticket, before, d.a, &due), 0);
		assert_false(due.has_ticket);
		assert_int_equal(casework_due(&d.rules, &d.out.ticket, d.out.ticket.held_until, d.a, &due), 0);
		assert_true(due.has_ticket && !due.ticket.is_held);
		assert_int_equal(due.ticket.events[due.ticket.n_events - 1].what, EVENT_TAKEN_UP);
		assert_int_equal(due.n_letters, 2);
	}
	desk_close(&d);
}

static void second_request_joins(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.in.same_person = &d.ticket;
	d.ticket.assigned_to = DUA;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_JOINED);
	assert_int_equal(d.out.ticket.id, 5);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_ANSWER), 1);
	assert_string_equal(the_letter(&d, LETTER_NOTICE_ANSWER)->to.address, DUA);
	assert_string_equal(said(the_letter(&d, LETTER_ACKNOWLEDGEMENT), "joined"), "ya");
	desk_close(&d);
}

static void second_request_of_a_stranger_learns_nothing(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.in.same_person = &d.ticket;
	d.from[0].spec = d.reading.message.return_path = STRANGER;
	d.persons[0].value[FIELD_NIP] = NIP_1;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_JOINED);
	const struct letter *ack = the_letter(&d, LETTER_ACKNOWLEDGEMENT);
	assert_non_null(said(ack, "neutral"));
	assert_null(said(ack, "joined"));
	assert_true(ack->no_tag);
	assert_int_equal(d.out.ticket.n_parties, 1); /* no party by knowing a NIK (T14) */
	assert_null(d.out.ticket.applicants[0].value[FIELD_NIP]);
	assert_int_equal(n_events(&d, EVENT_ANSWERED), 0);
	desk_close(&d);
}

static void one_of_several_has_an_open_renewal(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.in.same_person = &d.second;
	d.persons[1].value[FIELD_NAME] = "Siti";
	d.persons[1].value[FIELD_NIK] = NIK_2;
	d.reading.request.n_applicants = 2;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	assert_int_equal(d.out.ticket.n_applicants, 1);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_NIK], NIK_2);
	assert_non_null(strstr(said(the_letter(&d, LETTER_NOTICE_REQUEST), "joined"), "2026-0002"));
	desk_close(&d);
}

static void dangerous_attachment_brings_the_original(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct mail_attachment f = { .name = "a.exe", .type = "application/x-msdownload", .dangerous = true };
	d.reading.message.attachments = &f;
	d.reading.message.n_attachments = 1;
	desk_decide(&d);
	assert_true(the_letter(&d, LETTER_NOTICE_REQUEST)->attach_original);
	d.reading.request.secret_found = true; /* the original would carry the passphrase on */
	desk_decide(&d);
	assert_false(the_letter(&d, LETTER_NOTICE_REQUEST)->attach_original);
	desk_close(&d);
}

static void staff_member_asks_for_an_own_certificate(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.from[0].spec = d.reading.message.return_path = SATU;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_OPENED);
	d.reading.message.proof = MAIL_PROOF_NONE;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, DISPOSITION_UNPROVEN);
	desk_close(&d);
}

/* --- answers -----------------------------------------------------------------------------------
 */
static void answering(struct desk *d, const char *text)
{
	d->in.ticket = &d->ticket;
	d->in.how = MATCH_REFERENCE;
	d->reading.message.text = text;
	d->reading.message.message_id = "m2@example.org";
	memset(d->persons, 0, sizeof(d->persons));
	d->reading.request.kind = REQUEST_QUESTION;
}

static void answer_fills_gaps(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	answering(&d, NIP_1);
	d.ticket.state = TICKET_WAITING;
	d.ticket.applicants[0].given[FIELD_NIP] = "1980";
	d.persons[0].value[FIELD_NIP] = NIP_1;
	d.persons[0].value[FIELD_AGENCY] = "Dinas Lain";
	desk_decide(&d);
	const struct applicant *x = &d.out.ticket.applicants[0];
	assert_int_equal(d.out.disposition, DISPOSITION_JOINED);
	assert_string_equal(x->value[FIELD_NIP], NIP_1);
	assert_null(x->given[FIELD_NIP]);
	assert_string_equal(x->value[FIELD_AGENCY], "Dinas Kesehatan"); /* never overwritten */
	assert_int_equal(d.out.ticket.state, TICKET_EXAMINING);
	assert_int_equal(n_events(&d, EVENT_ANSWERED), 1);
	assert_string_equal(d.out.ticket.last_id, "m2@example.org");
	const struct letter *l = the_letter(&d, LETTER_NOTICE_ANSWER);
	assert_string_equal(said(l, "filled"), "NIP");
	assert_non_null(strstr(said(l, "notes"), "Instansi"));
	assert_int_equal(n_letters(&d, LETTER_NOTICE_ANSWER), 2);
	assert_int_equal(n_outside(&d), 0); /* nothing goes back to the sender */
	desk_close(&d);
}

static void answer_finds_its_person(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct applicant two[2] = { { .value = { [FIELD_NAME] = "Budi Santoso", [FIELD_NIK] = NIK_1 } },
				    { .value = { [FIELD_NAME] = "Siti Aminah" } } };
	d.ticket.applicants = two;
	d.ticket.n_applicants = 2;
	answering(&d, "x");
	d.persons[0].value[FIELD_NIK] = NIK_2; /* the bare number: only one of them lacks it */
	desk_decide(&d);
	assert_string_equal(d.out.ticket.applicants[1].value[FIELD_NIK], NIK_2);
	assert_null(two[1].value[FIELD_NIK]); /* the loaded ticket is left alone */
	two[0].value[FIELD_NIK] = NULL;       /* both lack it: nobody can tell whose it is */
	desk_decide(&d);
	assert_null(d.out.ticket.applicants[0].value[FIELD_NIK]);
	assert_null(d.out.ticket.applicants[1].value[FIELD_NIK]);
	assert_non_null(said(the_letter(&d, LETTER_NOTICE_ANSWER), "notes"));
	d.persons[0].value[FIELD_NAME] = "SITI AMINAH";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.applicants[1].value[FIELD_NIK], NIK_2);
	d.persons[0].value[FIELD_NAME] = "Orang Ketiga"; /* a whole new person */
	desk_decide(&d);
	assert_int_equal(d.out.ticket.n_applicants, 3);
	desk_close(&d);
}

static void another_name_fills_nothing(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	answering(&d, "x");
	d.persons[0].value[FIELD_NAME] = "Atasan Saya";
	d.persons[0].value[FIELD_POSITION] = "Kepala Dinas";
	desk_decide(&d);
	assert_null(d.out.ticket.applicants[0].value[FIELD_POSITION]);
	d.persons[0].value[FIELD_NAME] = "Budi Santoso, S.Kom";
	desk_decide(&d);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_POSITION], "Kepala Dinas");
	d.persons[0].value[FIELD_NIK] = NIK_2; /* another number: not silently changed */
	desk_decide(&d);
	assert_string_equal(d.out.ticket.applicants[0].value[FIELD_NIK], NIK_1);
	desk_close(&d);
}

struct ended_case {
	const char *name;
	enum ticket_state state;
	bool thanks;
	enum disposition want;
	int notices;
	enum event_what what;
};
static const struct ended_case ended[] = {
	{ "thanks_on_closed", TICKET_CLOSED, true, DISPOSITION_JOINED, 0, EVENT_FILED },
	{ "thanks_on_renewed", TICKET_RENEWED, true, DISPOSITION_JOINED, 0, EVENT_FILED },
	{ "thanks_on_waiting", TICKET_WAITING, true, DISPOSITION_JOINED, 2, EVENT_ANSWERED },
	{ "more_on_closed", TICKET_CLOSED, false, DISPOSITION_JOINED, 2, EVENT_FILED },
	{ "more_on_refused", TICKET_REFUSED, false, DISPOSITION_JOINED, 2, EVENT_FILED },
	{ "more_on_cancelled", TICKET_CANCELLED, false, DISPOSITION_JOINED, 2, EVENT_FILED },
	{ "more_on_renewed", TICKET_RENEWED, false, DISPOSITION_JOINED, 2, EVENT_ANSWERED },
	{ "more_on_received", TICKET_RECEIVED, false, DISPOSITION_JOINED, 2, EVENT_ANSWERED },
};

static void ended_row(void **state)
{
	const struct ended_case *c = *state;
	struct desk d;
	desk_open(&d);
	answering(&d, "Terima kasih");
	d.reading.request.n_applicants = 0;
	d.reading.request.thanks_only = c->thanks;
	d.ticket.state = c->state;
	desk_decide(&d);
	assert_int_equal(d.out.disposition, c->want);
	assert_int_equal(n_letters(&d, LETTER_NOTICE_ANSWER), c->notices);
	assert_int_equal(n_events(&d, c->what), 1);
	assert_int_equal(d.out.ticket.state, c->state == TICKET_WAITING ? TICKET_EXAMINING : c->state);
	desk_close(&d);
}

static void M23_two_robots_fall_silent(void **state)
{
	(void)state;
	struct desk d;
	size_t letters = 0, out = 0;
	desk_open(&d);
	for (int i = 0; i < 100; i++) {
		answering(&d, "Ticket Received");
		d.reading.request.n_applicants = 0;
		desk_decide(&d);
		assert_int_equal(d.out.ticket.id, 5);
		letters += d.out.n_letters;
		out += n_outside(&d);
		d.ticket = d.out.ticket;
	}
	assert_int_equal(out, 0);
	assert_int_equal(letters, 2 * 20); /* caps.ticket_day notices to each of two */
	desk_close(&d);
}

/* --- bounces
 * -------------------------------------------------------------------------------------- */
struct bounce_case {
	const char *name, *kind, *to, *status;
	enum mail_nature nature;
	enum ticket_state before, after;
	bool dead;
	int notices;
};
static const struct bounce_case bounces[] = {
	{ "notification_reopens", "notification", BUDI, "5.1.1", MAIL_BOUNCE, TICKET_CLOSED, TICKET_RENEWED, true, 2 },
	{ "notification_full_box", "notification", BUDI, "5.2.2", MAIL_BOUNCE, TICKET_CLOSED, TICKET_RENEWED, false, 2 },
	{ "notification_policy", "notification", BUDI, "5.7.1", MAIL_BOUNCE, TICKET_RENEWED, TICKET_RENEWED, false, 2 },
	{ "acknowledgement", "acknowledgement", BUDI, "5.1.1", MAIL_BOUNCE, TICKET_EXAMINING, TICKET_EXAMINING, true, 2 },
	{ "assistance_ends_waiting", "assistance", BUDI, "5.1.1", MAIL_BOUNCE, TICKET_WAITING, TICKET_EXAMINING, true, 2 },
	{ "no_status", "assistance", BUDI, NULL, MAIL_BOUNCE, TICKET_WAITING, TICKET_EXAMINING, false, 2 },
	{ "delay_is_information", "notification", BUDI, "4.4.1", MAIL_DELAY, TICKET_CLOSED, TICKET_CLOSED, false, 0 },
	{ "complaint", "notification", BUDI, NULL, MAIL_COMPLAINT, TICKET_CLOSED, TICKET_CLOSED, true, 2 },
	{ "staff_box_tells_the_other", "staff-notice", SATU, "5.1.1", MAIL_BOUNCE, TICKET_EXAMINING, TICKET_EXAMINING, false, 1 },
	{ "report_to_the_head", "report", HEAD, "5.1.1", MAIL_BOUNCE, TICKET_CLOSED, TICKET_CLOSED, false, 2 },
};

static void bounce_row(void **state)
{
	const struct bounce_case *c = *state;
	struct desk d;
	desk_open(&d);
	struct mail_delivery delivery = { .recipient = c->to, .action = "failed", .status = c->status };
	d.reading.message.nature = c->nature;
	d.reading.message.deliveries = &delivery;
	d.reading.message.n_deliveries = c->status ? 1 : 0;
	d.from[0].spec = "mailer-daemon@example.org";
	d.in.ticket = &d.ticket;
	d.in.how = MATCH_REFERENCE;
	d.in.bounced_kind = c->kind;
	d.in.bounced_to = c->to;
	d.ticket.state = c->before;
	desk_decide(&d);
	assert_int_equal(d.out.ticket.state, c->after);
	assert_int_equal(d.out.mark_address_dead, c->dead);
	assert_int_equal(d.out.n_letters, c->notices);
	assert_int_equal(n_outside(&d), 0);
	for (size_t i = 0; i < d.out.n_letters; i++)
		assert_string_not_equal(d.out.letters[i].to.address, c->to);
	assert_int_equal(n_events(&d, EVENT_NOTIFY_FAILED), strcmp(c->kind, "notification") == 0 && c->nature == MAIL_BOUNCE);
	bool staff_box = casework_staff(&d.rules, c->to) >= 0 || strcmp(c->to, HEAD) == 0;
	d.ticket = d.out.ticket; /* once more: a team box is told of once, or two dead boxes would
				    talk for ever */
	desk_decide(&d);
	if (staff_box)
		assert_int_equal(d.out.n_letters, 0);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_with_all_data),
		cmocka_unit_test(second_request_joins),
		cmocka_unit_test(second_request_of_a_stranger_learns_nothing),
		cmocka_unit_test(one_of_several_has_an_open_renewal),
		cmocka_unit_test(dangerous_attachment_brings_the_original),
		cmocka_unit_test(staff_member_asks_for_an_own_certificate),
		cmocka_unit_test(answer_fills_gaps),
		cmocka_unit_test(answer_finds_its_person),
		cmocka_unit_test(another_name_fills_nothing),
		cmocka_unit_test(M23_two_robots_fall_silent),
	};
	ADD_ROWS(acks, ack_row)
	ADD_ROWS(early, early_row)
	ADD_ROWS(ended, ended_row)
	ADD_ROWS(bounces, bounce_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework: requests and answers");
}
