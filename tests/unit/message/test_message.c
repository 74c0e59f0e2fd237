#include "unit.h"

#include "message/newtext.h"
#include "message/parse.h"
#include "rule_rows.h"

static const char *const ids[] = { "mail.natunakab.go.id" };
static const char *const own[] = { "sitante@natunakab.go.id" };

static struct message_policy policy(void)
{
	return (struct message_policy){ .authserv_ids = (const char **)(uintptr_t)ids,
					.n_authserv_ids = 1,
					.own_addresses = (const char **)(uintptr_t)own,
					.n_own_addresses = 1,
					.own_id_domain = "natunakab.go.id" };
}

static struct message parse_with(const struct message_policy *p, const char *head, const char *body, struct arena *a)
{
	static char raw[200000];
	struct message m = { 0 };
	struct error err = { 0 };
	int n = snprintf(raw, sizeof(raw), "%s\n%s", head, body);
	assert_true(n > 0 && (size_t)n < sizeof(raw));
	assert_int_equal(message_parse(span_of(raw, (size_t)n), p, a, &m, &err), 0);
	return m;
}

#define TOP "Return-Path: <satu@natunakab.go.id>\nReceived: from x by y with LMTP; Mon, 5 Jan 2026 09:12:56 +0700\n"
#define FROM "From: Satu <satu@natunakab.go.id>\nTo: sitante@natunakab.go.id\nSubject: x\n"
#define AR "Authentication-Results: mail.natunakab.go.id; "
#define PASS "dmarc=pass header.from=natunakab.go.id\n"

struct proof_row {
	const char *name, *head;
	enum mail_proof want;
};

/* T01 - T16: each trick beside the rightful mail */
static const struct proof_row proofs[] = {
	{ "rightful", TOP AR PASS BORDER FROM, MAIL_PROOF_PASS },
	{ "rightful_folded",
	  TOP
	  "Authentication-Results:\n mail.natunakab.go.id;\n dmarc=pass (p=reject)\n header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_PASS },
	{ "odd_case", TOP "AUTHENTICATION-results: MAIL.natunakab.go.id; DMARC=PASS header.FROM=Natunakab.GO.id\n" BORDER FROM,
	  MAIL_PROOF_PASS },
	{ "version_one", TOP "Authentication-Results: mail.natunakab.go.id 1; " PASS BORDER FROM, MAIL_PROOF_PASS },
	{ "version_two_is_unknown", TOP "Authentication-Results: mail.natunakab.go.id 2; " PASS BORDER FROM, MAIL_PROOF_NONE },
	{ "T01_no_field", TOP BORDER FROM, MAIL_PROOF_NONE },
	{ "T01_fail", TOP AR "dmarc=fail header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_FAIL },
	{ "T02_below_the_border", TOP BORDER AR PASS FROM, MAIL_PROOF_NONE },
	{ "T02_other_server", TOP "Authentication-Results: mail.natunakab.go.id.evil.example; " PASS BORDER FROM,
	  MAIL_PROOF_NONE },
	{ "T02_id_in_a_comment", TOP "Authentication-Results: (mail.natunakab.go.id) evil; " PASS BORDER FROM, MAIL_PROOF_NONE },
	{ "T03_pass_and_fail", TOP AR PASS AR "dmarc=fail header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_FAIL },
	{ "T03_pass_for_another", TOP AR "dmarc=pass header.from=evil.example\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T04_without_id", TOP "Authentication-Results: dmarc=pass header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_pass_in_a_comment", TOP AR "dmarc=none (dmarc=pass header.from=natunakab.go.id)\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_pass_in_a_string", TOP AR "x-foo=\"dmarc=pass header.from=natunakab.go.id\"\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_dkim_first", TOP AR "dkim=pass header.d=evil.example; dmarc=fail header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_FAIL },
	{ "T05_blanks", TOP AR "dmarc = pass header.from = natunakab.go.id\n" BORDER FROM, MAIL_PROOF_PASS },
	{ "T05_open_comment", TOP AR "dmarc=pass header.from=natunakab.go.id (\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T06_no_header_from", TOP AR "dmarc=pass\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T06_bestguess", TOP AR "dmarc=bestguesspass header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T06_two_header_from", TOP AR "dmarc=pass header.from=evil.example header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_NONE },
	{ "T06_sub_domain", TOP AR "dmarc=pass header.from=x.natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T03_pass_and_temperror", TOP AR PASS AR "dmarc=temperror header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T03_pass_and_another", TOP AR PASS AR "dmarc=pass header.from=evil.example\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T03_pass_and_foreign_fail", TOP AR PASS BORDER "Authentication-Results: x; dmarc=fail\n" FROM, MAIL_PROOF_PASS },
	{ "T02_trailing_dot", TOP "Authentication-Results: mail.natunakab.go.id.; " PASS BORDER FROM, MAIL_PROOF_NONE },
	{ "T02_quoted_id", TOP "Authentication-Results: \"mail.natunakab.go.id\"; " PASS BORDER FROM, MAIL_PROOF_PASS },
	{ "T02_id_of_u_label", TOP "Authentication-Results: mail.natun\xc3\xa1kab.go.id; " PASS BORDER FROM, MAIL_PROOF_NONE },
	{ "T02_helo_says_lmtp",
	  TOP "Received: from x by y with LMTP id z (evil [192.0.2.1]) by mail.natunakab.go.id with ESMTP; x\n" AR PASS FROM,
	  MAIL_PROOF_NONE },
	{ "T02_helo_quotes_lmtp", TOP "Received: from \"x with lmtp\" by mail.natunakab.go.id with ESMTP; x\n" AR PASS FROM,
	  MAIL_PROOF_NONE },
	{ "T02_recipient_says_lmtp",
	  TOP "Received: from x by mail.natunakab.go.id with ESMTP for <\"a with lmtp\"@natunakab.go.id>; x\n" AR PASS FROM,
	  MAIL_PROOF_NONE },
	{ "T02_border_without_protocol", TOP "Received: by mail.natunakab.go.id; x\n" AR PASS FROM, MAIL_PROOF_NONE },
	{ "T02_bare_cr_field", TOP BORDER "X: y\rAuthentication-Results: mail.natunakab.go.id; " PASS FROM, MAIL_PROOF_NONE },
	{ "T16_tags_that_are_gone",
	  TOP AR "dmarc=pass (p=reject pct=50 rf=afrf ri=86400) policy.dmarc=reject header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_PASS },
	{ "T16_tags_that_are_new",
	  TOP AR "dmarc=pass (p=reject np=reject t=n psd=n) policy.dmarc=reject header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_PASS },
	{ "T16_fail_in_test_mode", TOP AR "dmarc=fail (p=reject t=y) policy.dmarc=none header.from=natunakab.go.id\n" BORDER FROM,
	  MAIL_PROOF_FAIL },
	{ "T16_where_the_walk_ended", TOP AR "dmarc=pass (psd=y) header.from=go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T15_arc", TOP "ARC-Authentication-Results: i=1; mail.natunakab.go.id; " PASS AR "arc=pass\n" BORDER FROM,
	  MAIL_PROOF_NONE },
	{ "T05_reason", TOP AR "dmarc=none reason=\"dmarc=pass header.from=natunakab.go.id\"\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_unknown_ptype", TOP AR "dmarc=pass x.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_other_method", TOP AR "x-dmarc=pass header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T05_nested_comments", TOP AR "dmarc(a(b)c)=(x)pass(\\))header.from=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_PASS },
	{ "T06_look_alike", TOP AR "dmarc=pass header.from=natunakab.go.ld\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T06_softfail_is_no_fail", TOP AR "dmarc=none; spf=softfail\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T07_dkim_alone", TOP AR "dkim=pass header.d=natunakab.go.id\n" BORDER FROM, MAIL_PROOF_NONE },
	{ "T11_two_from_fields", TOP AR PASS BORDER "From: x@evil.example\n" FROM, MAIL_PROOF_NONE },
	{ "T11_two_mailboxes", TOP AR PASS BORDER "From: satu@natunakab.go.id, x@evil.example\n", MAIL_PROOF_NONE },
	{ "T11_group", TOP AR PASS BORDER "From: g:satu@natunakab.go.id;\n", MAIL_PROOF_NONE },
	{ "T11_quoted_local", TOP AR PASS BORDER "From: \"satu@x\"@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_two_angles", TOP AR PASS BORDER "From: <satu@natunakab.go.id> <x@natunakab.go.id>\n", MAIL_PROOF_NONE },
	{ "T11_encoded_address", TOP AR PASS BORDER "From: =?utf-8?q?satu=40natunakab.go.id?=\n", MAIL_PROOF_NONE },
	{ "T11_group_empty", TOP AR PASS BORDER "From: g:;\n", MAIL_PROOF_NONE },
	{ "T11_route", TOP AR PASS BORDER "From: <@evil.example:satu@natunakab.go.id>\n", MAIL_PROOF_NONE },
	{ "T11_comment_is_no_harm", TOP AR PASS BORDER "From: satu@natunakab.go.id (x@evil.example)\n", MAIL_PROOF_PASS },
	{ "T11_comment_first", TOP AR PASS BORDER "From: (satu@natunakab.go.id) x@natunakab.go.id\n", MAIL_PROOF_PASS },
	{ "T11_comment_inside", TOP AR PASS BORDER "From: sa(x)tu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_comment_in_angle", TOP AR PASS BORDER "From: <satu(x)@natunakab.go.id>\n", MAIL_PROOF_NONE },
	{ "T11_open_comment", TOP AR PASS BORDER "From: satu@natunakab.go.id (\n", MAIL_PROOF_NONE },
	{ "T11_open_angle", TOP AR PASS BORDER "From: <satu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_after_angle", TOP AR PASS BORDER "From: <satu@natunakab.go.id> x@evil.example\n", MAIL_PROOF_NONE },
	{ "T11_string_after_angle", TOP AR PASS BORDER "From: <satu@natunakab.go.id> \"x\"\n", MAIL_PROOF_NONE },
	{ "T11_half_quoted", TOP AR PASS BORDER "From: \"sa\"tu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_backslash", TOP AR PASS BORDER "From: s\\atu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_bare_cr", TOP AR PASS BORDER "From: sa\rtu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_fold_inside", TOP AR PASS BORDER "From: satu@\n natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_eight_bit", TOP AR PASS BORDER "From: sat\xfc@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T11_encoded_local", TOP AR PASS BORDER "From: <=?utf-8?q?satu?=@evil.example>\n", MAIL_PROOF_NONE },
	{ "T11_empty", TOP AR PASS BORDER "From:\n", MAIL_PROOF_NONE },
	{ "T11_resent_from", TOP AR PASS BORDER "From: x@evil.example\nResent-From: satu@natunakab.go.id\n", MAIL_PROOF_NONE },
	{ "T12_other_fields",
	  TOP AR PASS BORDER "From: x@evil.example\nSender: satu@natunakab.go.id\nReply-To: satu@natunakab.go.id\n"
			     "X-From: satu@natunakab.go.id\nX-Original-From: satu@natunakab.go.id\n",
	  MAIL_PROOF_NONE },
	{ "T09_name_is_an_address", TOP AR PASS BORDER "From: \"satu@natunakab.go.id\" <x@evil.example>\n", MAIL_PROOF_NONE },
	{ "T09_bare_name_is_an_address", TOP AR PASS BORDER "From: x@evil.example <satu@natunakab.go.id>\n", MAIL_PROOF_NONE },
	{ "T09_name_is_the_same", TOP AR PASS BORDER "From: satu@natunakab.go.id <SATU@natunakab.go.id>\n", MAIL_PROOF_PASS },
	{ "T09_encoded_name_with_angles",
	  TOP AR PASS BORDER "From: =?utf-8?q?Satu_=3Csatu=40natunakab=2Ego=2Eid=3E?= <x@evil.example>\n", MAIL_PROOF_NONE },
	{ "no_received_at_all", AR PASS FROM, MAIL_PROOF_NONE },
	{ "forged_lmtp_word_in_comment", TOP "Received: from e (x with lmtp) by evil with ESMTP\n" AR PASS BORDER FROM,
	  MAIL_PROOF_NONE },
};

static void proof_row(void **state)
{
	const struct proof_row *row = *state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message_policy p = policy();
	struct message m = parse_with(&p, row->head, "halo\n", a);
	if (m.proof != row->want)
		fail_msg("%s: %s (%s)", row->name, mail_proof_word(m.proof), m.proof_reason);
}

static void configured_ways_of_proof(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message_policy p = policy();
	p.missing_id = true;
	p.n_authserv_ids = 0;
	assert_int_equal(
		parse_with(&p, TOP "Authentication-Results: dmarc=pass header.from=natunakab.go.id\n" BORDER FROM, "", a).proof,
		MAIL_PROOF_PASS);
	p = policy();
	p.allow_dkim = true;
	assert_int_equal(parse_with(&p, TOP AR "dkim=pass header.d=natunakab.go.id\n" BORDER FROM, "", a).proof, MAIL_PROOF_PASS);
	assert_int_equal(parse_with(&p, TOP AR "dkim=pass header.d=go.id\n" BORDER FROM, "", a).proof, MAIL_PROOF_NONE);
	assert_int_equal(
		parse_with(&p, TOP AR "dkim=pass header.d=natunakab.go.id; dmarc=fail header.from=natunakab.go.id\n" BORDER FROM,
			   "", a)
			.proof,
		MAIL_PROOF_FAIL);
	p = policy();
	p.allow_auth = true;
	assert_int_equal(parse_with(&p, TOP AR "auth=pass smtp.auth=satu@natunakab.go.id\n" BORDER FROM, "", a).proof,
			 MAIL_PROOF_PASS);
	assert_int_equal(parse_with(&p, TOP AR "auth=pass smtp.auth=dua@natunakab.go.id\n" BORDER FROM, "", a).proof,
			 MAIL_PROOF_NONE);
	assert_int_equal(
		parse_with(&p, TOP AR "auth=pass smtp.auth=dua smtp.mailfrom=satu@natunakab.go.id\n" BORDER FROM, "", a).proof,
		MAIL_PROOF_NONE); /* T01: what the client says of itself */
	assert_int_equal(
		parse_with(&p, TOP AR "auth=pass smtp.auth=satu@natunakab.go.id; auth=pass smtp.auth=dua\n" BORDER FROM, "", a)
			.proof,
		MAIL_PROOF_NONE);
	p = policy();
	p.hops = 1;
	assert_int_equal(parse_with(&p, TOP "Received: from amavis by mail with ESMTP\n" AR PASS BORDER FROM, "", a).proof,
			 MAIL_PROOF_PASS);
	p = policy();
	p.below_border = true; /* Gmail's order */
	static const struct proof_row below[] = {
		{ "right below", TOP BORDER AR PASS FROM, MAIL_PROOF_PASS },
		{ "spf between", TOP BORDER "Received-SPF: pass\n" AR PASS "DKIM-Signature: x\n" FROM, MAIL_PROOF_PASS },
		{ "another field ends it", TOP BORDER "X: y\n" AR PASS FROM, MAIL_PROOF_NONE },
		{ "the sender's own below", TOP BORDER AR "dmarc=fail\n" AR PASS FROM, MAIL_PROOF_FAIL },
		{ "no border at all", AR PASS FROM, MAIL_PROOF_NONE },
	};
	for (size_t i = 0; i < COUNT(below); i++)
		if (parse_with(&p, below[i].head, "", a).proof != below[i].want)
			fail_msg("below the border: %s", below[i].name);
}

static void nature_row(void **state)
{
	const struct nature_row *row = *state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message_policy p = policy();
	struct message m = parse_with(&p, row->head, "halo\n", a);
	if (m.nature != row->want || m.may_answer != row->may_answer)
		fail_msg("%s, may_answer %d (%s)", mail_nature_word(m.nature), m.may_answer,
			 m.no_answer_rule ? m.no_answer_rule : "");
}

static void bounces(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message_policy p = policy();
	struct message m =
		parse_with(&p,
			   "Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nTo: sitante@natunakab.go.id\nSubject: "
			   "Undelivered\nMIME-Version: 1.0\n"
			   "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
			   "--b\n\nmaaf\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: "
			   "rfc822; budi@gmail.example\n"
			   "Action: Failed\nStatus: 5.1.1 (x)\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: "
			   "<abcdefghijklmnopqrstuvwxyz234567@natunakab.go.id>\n--b--\n",
			   a);
	assert_int_equal(m.nature, MAIL_BOUNCE);
	assert_int_equal(m.n_deliveries, 1);
	assert_string_equal(m.deliveries[0].recipient, "budi@gmail.example");
	assert_string_equal(m.deliveries[0].action, "failed");
	assert_string_equal(m.deliveries[0].status, "5.1.1");
	assert_int_equal(m.n_returned_ids, 1);
	assert_string_equal(m.returned_ids[0], "abcdefghijklmnopqrstuvwxyz234567@natunakab.go.id");
}

struct text_row {
	const char *name, *full, *text;
	bool quoted;
};

static const struct text_row texts[] = {
	{ "plain", "Halo\nApa kabar", "Halo\nApa kabar", false },
	{ "gmail_id", "Ya\n\nPada Sab, 15 Jun 2024 pukul 14.59 SITANTE <a@b.id>\nmenulis:\n> dulu\n> lagi", "Ya", true },
	{ "gmail_en", "Yes\n\nOn Sat, Jun 15, 2024 at 2:59 PM X <a@b.id> wrote:\n> old", "Yes", true },
	{ "outlook",
	  "Siap\n________________________________\nDari: SITANTE <a@b.id>\nDikirim: Senin\nKepada: x\nSubjek: y\n\nlama", "Siap",
	  true },
	{ "samsung", "Oke\n-------- Pesan asli --------\nDari: x\nlama", "Oke", true },
	{ "signature", "Isi\n-- \nBudi\nKadis", "Isi", false },
	{ "phone_tail", "Isi\n\nDikirim dari iPhone saya", "Isi", false },
	{ "inline", "> NIK?\n2103\n> NIP?\n1990", "2103\n1990", true },
	{ "command_above_quote", "/terbit\n\nPada Sen SITANTE <a@b> menulis:\n> /tolak jangan", "/terbit", true },
	{ "empty", "", "", false },
	{ "only_quote", "> x\n> y", "", true },
};

static void new_text_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTO_ARENA a = arena_new(1 << 20);
		struct newtext t;
		assert_int_equal(newtext_cut(texts[i].full, true, false, a, &t), 0);
		if (strcmp(t.text, texts[i].text) != 0 || t.quoted != texts[i].quoted)
			fail_msg("%s: \"%s\", quoted %d", texts[i].name, t.text, t.quoted);
	}
}

static void attachment_range_is_the_content(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message_policy p = policy();
	static const char head[] = HUMAN "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
	static const char body[] =
		"--b\n\nisi\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"../../etc/x.pdf\"\n"
		"Content-Transfer-Encoding: base64\n\nSGFsbyBkdW5pYQ==\n--b--\n";
	struct message m = parse_with(&p, head, body, a);
	char raw[4000];
	(void)snprintf(raw, sizeof(raw), "%s\n%s", head, body);
	assert_int_equal(m.n_attachments, 1);
	assert_string_equal(m.attachments[0].name, "x.pdf");
	assert_int_equal(m.attachments[0].size, 10);
	assert_memory_equal(raw + m.attachments[0].raw_offset, "SGFsbyBkdW5pYQ==", 16);
	struct digest want = digest_sha256(span_str("Halo dunia"));
	assert_true(digest_eq(&want, &m.attachments[0].sha256));
}

static void addresses(void **state)
{
	static const struct {
		const char *s;
		bool valid;
	} rows[] = { { "a@b.id", true },
		     { "a.b-c_d+e@natunakab.go.id", true },
		     { "a@localhost", true },
		     { "", false },
		     { "a", false },
		     { "@b.id", false },
		     { "a@", false },
		     { "a..b@c.id", false },
		     { ".a@c.id", false },
		     { "a.@c.id", false },
		     { "a b@c.id", false },
		     { "a@b c.id", false },
		     { "a@-b.id", false },
		     { "a@b-.id", false },
		     { "a@b..id", false },
		     { "a@b.id\n", false },
		     { "a@b@c.id", false },
		     { "<a@b.id>", false },
		     { "\xc3\xa9@b.id", false },
		     { "a@b\xc3\xa9.id", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (mail_address_valid(rows[i].s) != rows[i].valid)
			fail_msg("%s", rows[i].s);
}

int main(void)
{
	message_parse_prepare();
	const struct CMUnitTest tests[] = { cmocka_unit_test(configured_ways_of_proof), cmocka_unit_test(bounces),
					    cmocka_unit_test(new_text_rows), cmocka_unit_test(attachment_range_is_the_content),
					    cmocka_unit_test(addresses) };
	ADD_ROWS(proofs, proof_row)
	ADD_ROWS(natures, nature_row)
	ADD_TESTS(tests)
	return RUN_SUITE("message");
}
