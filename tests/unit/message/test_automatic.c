/* Person or machine: issue 5, rules M01-M19 and M30, on whole mails. */
#include "unit.h"

#include "automatic_rows.h"
#include "message/parse.h"

static struct message parse_text(const char *raw, size_t n, struct arena *a)
{
	static const char *ids[] = { "mail.natunakab.go.id" }, *own[] = { "sitante@natunakab.go.id" };
	struct message_policy p = { .authserv_ids = ids,
				    .n_authserv_ids = 1,
				    .own_addresses = own,
				    .n_own_addresses = 1,
				    .own_id_domain = "natunakab.go.id" };
	struct message m = { 0 };
	struct error err = { 0 };
	assert_int_equal(message_parse(span_of(raw, n), &p, a, &m, &err), 0);
	return m;
}

static struct message parse_row(const char *head, const char *body, struct arena *a)
{
	static char raw[20000];
	if (strcmp(head, "CR") == 0) { /* an old Macintosh's line ends */
		static const char mac[] = "Return-Path: <>\rFrom: MAILER-DAEMON@opd.example\rTo: sitante@natunakab.go.id\r"
					  "Subject: failure notice\r\r<tujuan@opd.example>: user unknown (#5.1.1)\r";
		return parse_text(mac, sizeof(mac) - 1, a);
	}
	int n = snprintf(raw, sizeof(raw), "%s\n%s", head, body);
	assert_true(n > 0 && (size_t)n < sizeof(raw));
	return parse_text(raw, (size_t)n, a);
}

static void automatic_row(void **state)
{
	const struct automatic_row *row = *state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message m = parse_row(row->head, row->body, a);
	const char *status = m.n_deliveries > 0 ? m.deliveries[0].status : NULL;
	bool found = false;
	for (size_t i = 0; i < m.n_returned_ids; i++)
		found = found || strcmp(m.returned_ids[i], OUR_ID) == 0;
	if (m.nature != row->want || m.may_answer)
		fail_msg("%s by %s, may_answer %d", mail_nature_word(m.nature), m.nature_rule ? m.nature_rule : "-",
			 m.may_answer);
	if ((status == NULL) != (row->status == NULL) || (status && strcmp(status, row->status) != 0))
		fail_msg("status %s, wanted %s", status ? status : "none", row->status ? row->status : "none");
	if (found != row->ours)
		fail_msg("our Message-ID %s", found ? "found" : "not found");
	assert_non_null(m.nature_rule);
	assert_non_null(m.no_answer_rule);
}

static void human_row(void **state)
{
	const struct human_row *row = *state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message m = parse_row(row->head, row->body, a);
	if (m.nature != MAIL_HUMAN || m.may_answer != row->may_answer)
		fail_msg("%s by %s, may_answer %d (%s)", mail_nature_word(m.nature), m.nature_rule ? m.nature_rule : "-",
			 m.may_answer, m.no_answer_rule ? m.no_answer_rule : "-");
}

static void M18_fifty_hops_pass(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(32 << 20);
	AUTO_BUF b = BUF_INIT(100000);
	buf_add_str(&b, HUMAN_HEAD); /* has two */
	for (int i = 2; i < 50; i++)
		buf_add_str(&b, "Received: from a by b; x\n");
	buf_add_str(&b, "Subject: x\n");
	assert_true(parse_row(buf_cstr(&b), "x\n", a).may_answer);
	buf_add_str(&b, "Received: from a by b; x\n");
	struct message m = parse_row(buf_cstr(&b), "x\n", a);
	assert_int_equal(m.n_received, 51);
	assert_false(m.may_answer);
}

int main(void)
{
	message_parse_prepare();
	const struct CMUnitTest tests[] = { cmocka_unit_test(M18_fifty_hops_pass) };
	ADD_ROWS(automatic_rows, automatic_row)
	ADD_ROWS(human_rows, human_row)
	ADD_TESTS(tests)
	return RUN_SUITE("message: person or machine");
}
