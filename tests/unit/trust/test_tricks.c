/* Tricks to move a ticket, write to an applicant or see data without being the staff member: each a raw mail.  The
 * invariant of all: nothing moves, nothing leaves to outsiders; beside them the rightful mail always does. */
#include "mailroom.h"

#define PASS_AR "Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=natunakab.go.id\n"
#define PASS_OF(domain) "Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=" domain "\n"
#define BORDER "Received: from x by mail.natunakab.go.id with ESMTP; x\n"
#define SATU_FROM "From: Petugas Satu <satu@natunakab.go.id>\n"
#define OWN "In-Reply-To: <{own}>\nReferences: <{own}>\n"
#define DATE "Date: Mon, 5 Jan 2026 08:55:00 +0700\n"
#define ACT "/tolak Data tidak sesuai.\n"

struct trick {
	const char *name;
	const char *top;  /* our servers' part of the header */
	const char *from; /* the sender's part; NULL: SATU_FROM */
	const char *refs; /* NULL: OWN */
	const char *body; /* after the empty line, or after further header lines and that */
	enum disposition want;
	bool acts; /* the rightful ones: the ticket moves, the applicant is written to */
};

#define D(x) DISPOSITION_##x
static const struct trick tricks[] = {
	/* the rightful mail */
	{ "rightful_command", PASS_AR BORDER, NULL, NULL, "\n" ACT, D(COMMAND), true },
	{ "rightful_answer", PASS_AR BORDER, NULL, NULL, "\nMohon kirim foto KTP.\n", D(COMMAND), true },
	{ "rightful_above_a_quote", PASS_AR BORDER, NULL, NULL,
	  "\n" ACT "\nPada Sen, 5 Jan 2026 SITANTE <sitante@natunakab.go.id> menulis:\n> /terbit\n", D(COMMAND), true },
	{ "rightful_html_only", PASS_AR BORDER, NULL, NULL,
	  "Content-Type: text/html\n\n<html><body><div>/tolak Data tidak sesuai.</div></body></html>\n", D(COMMAND), true },
	{ "rightful_odd_case", "AUTHENTICATION-RESULTS: Mail.Natunakab.GO.ID; DMARC=PASS Header.From=NATUNAKAB.go.id\n" BORDER,
	  "FROM: SATU@Natunakab.GO.ID\n", NULL, "\n" ACT, D(COMMAND), true },
	{ "rightful_folded",
	  "Authentication-Results:\n (c) mail.natunakab.go.id (x);\n\tdmarc (y) = pass\n header.from=natunakab.go.id\n" BORDER,
	  NULL, NULL, "\n" ACT, D(COMMAND), true },
	{ "rightful_over_lmtp", "Received: from a by b with LMTP; x\n" PASS_AR BORDER, NULL, NULL, "\n" ACT, D(COMMAND), true },
	{ "rightful_reply_to_elsewhere", PASS_AR BORDER, SATU_FROM "Reply-To: satu@rumah.example\n", NULL, "\n" ACT, D(COMMAND),
	  true },
	{ "rightful_deep_thread", PASS_AR BORDER, NULL,
	  "In-Reply-To: <x@y.example>\nReferences: <{own}> <a@b.example> <x@y.example>\n", "\n" ACT, D(COMMAND), true },

	/* T01, T02: who says pass */
	{ "T01_no_verdict", BORDER, NULL, "", "\n" ACT, D(UNPROVEN), false },
	{ "T01_no_verdict_own_token", BORDER, NULL, NULL, "\n" ACT, D(CONFIRM), false },
	{ "T01_fail", "Authentication-Results: mail.natunakab.go.id; dmarc=fail header.from=natunakab.go.id\n" BORDER, NULL, NULL,
	  "\n" ACT, D(FORGED), false },
	{ "T02_other_server", "Authentication-Results: mx.evil.example; dmarc=pass header.from=natunakab.go.id\n" BORDER, NULL,
	  "", "\n" ACT, D(UNPROVEN), false },
	{ "T02_below_the_border", BORDER PASS_AR, NULL, "", "\n" ACT, D(UNPROVEN), false },
	{ "T02_no_border", PASS_AR, NULL, "", "\n" ACT, D(UNPROVEN), false },
	{ "T02_lmtp_in_helo",
	  "Received: from a by b with LMTP id 1 (evil.example [192.0.2.1]) by mail.natunakab.go.id with ESMTP; x\n" PASS_AR, NULL,
	  "", "\n" ACT, D(UNPROVEN), false },
	{ "T02_forged_received_on_top", BORDER "Received: from a by b with LMTP; x\n" PASS_AR BORDER, NULL, "", "\n" ACT,
	  D(UNPROVEN), false },
	{ "T03_repeated_pass_and_fail", PASS_AR "Authentication-Results: mail.natunakab.go.id; dmarc=fail\n" BORDER, NULL, NULL,
	  "\n" ACT, D(FORGED), false },
	{ "T03_repeated_pass_and_none",
	  PASS_AR "Authentication-Results: mail.natunakab.go.id; dmarc=none header.from=natunakab.go.id\n" BORDER, NULL, "",
	  "\n" ACT, D(UNPROVEN), false },
	{ "T04_without_id", "Authentication-Results: dmarc=pass header.from=natunakab.go.id\n" BORDER, NULL, "", "\n" ACT,
	  D(UNPROVEN), false },
	{ "T05_in_a_comment",
	  "Authentication-Results: mail.natunakab.go.id; none (dmarc=pass header.from=natunakab.go.id)\n" BORDER, NULL, "",
	  "\n" ACT, D(UNPROVEN), false },
	{ "T06_pass_for_another", PASS_OF("evil.example") BORDER, NULL, "", "\n" ACT, D(UNPROVEN), false },
	{ "T06_pass_for_a_sub_domain", PASS_OF("sub.natunakab.go.id") BORDER, NULL, "", "\n" ACT, D(UNPROVEN), false },
	{ "T07_dkim_alone", "Authentication-Results: mail.natunakab.go.id; dkim=pass header.d=natunakab.go.id\n" BORDER, NULL, "",
	  "\n" ACT, D(UNPROVEN), false },
	{ "T15_arc_pass", "Authentication-Results: mail.natunakab.go.id; arc=pass\nARC-Seal: i=1\n" BORDER, NULL, "", "\n" ACT,
	  D(UNPROVEN), false },

	/* T09 - T12: who the sender says to be.  evil.example passes DMARC for itself. */
	{ "T09_display_name", PASS_OF("evil.example") BORDER, "From: \"satu@natunakab.go.id\" <x@evil.example>\n", "", "\n" ACT,
	  D(PARKED), false },
	{ "T09_encoded_display_name", PASS_OF("evil.example") BORDER,
	  "From: =?utf-8?q?Satu_=3Csatu=40natunakab=2Ego=2Eid=3E?= <x@evil.example>\n", "", "\n" ACT, D(PARKED), false },
	{ "T09_comment", PASS_OF("evil.example") BORDER, "From: x@evil.example (satu@natunakab.go.id)\n", "", "\n" ACT, D(PARKED),
	  false },
	{ "T09_bidi_name", PASS_OF("evil.example") BORDER, "From: =?utf-8?q?=E2=80=AEsatu?= <x@evil.example>\n", "", "\n" ACT,
	  D(PARKED), false },
	{ "T10_look_alike", PASS_OF("natunakab.go.ld") BORDER, "From: satu@natunakab.go.ld\n", "", "\n" ACT, D(PARKED), false },
	{ "T10_sub_domain", PASS_OF("mail.natunakab.go.id") BORDER, "From: satu@mail.natunakab.go.id\n", "", "\n" ACT, D(PARKED),
	  false },
	{ "T10_parent_as_label", PASS_OF("natunakab.go.id.evil.example") BORDER, "From: satu@natunakab.go.id.evil.example\n", "",
	  "\n" ACT, D(PARKED), false },
	{ "T10_a_label", PASS_OF("xn--ntunakab-4fg.go.id") BORDER, "From: satu@xn--ntunakab-4fg.go.id\n", "", "\n" ACT, D(PARKED),
	  false },
	{ "T10_u_label", PASS_OF("n\xd0\xb0tunakab.go.id") BORDER, "From: satu@n\xd0\xb0tunakab.go.id\n", "", "\n" ACT, D(PARKED),
	  false },
	{ "T10_full_width_at", PASS_AR BORDER, "From: satu\xef\xbc\xa0natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T10_cyrillic_local", PASS_AR BORDER, "From: s\xd0\xb0tu@natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T10_trailing_dot", PASS_AR BORDER, "From: satu@natunakab.go.id.\n", "", "\n" ACT, D(PARKED), false },
	{ "T10_plus_detail", PASS_AR BORDER, "From: satu+x@natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_two_fields", PASS_AR BORDER, SATU_FROM "From: x@evil.example\n", NULL, "\n" ACT, D(UNPROVEN), false },
	{ "T11_two_fields_the_same", PASS_AR BORDER, SATU_FROM SATU_FROM, NULL, "\n" ACT, D(UNPROVEN), false },
	{ "T11_two_mailboxes", PASS_AR BORDER, "From: satu@natunakab.go.id, x@evil.example\n", NULL, "\n" ACT, D(UNPROVEN),
	  false },
	{ "T11_group", PASS_AR BORDER, "From: g: satu@natunakab.go.id;\n", "", "\n" ACT, D(UNPROVEN), false },
	{ "T11_route", PASS_AR BORDER, "From: <@evil.example:satu@natunakab.go.id>\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_quoted_local", PASS_AR BORDER, "From: \"satu\"@natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_two_ats", PASS_AR BORDER, "From: \"satu@natunakab.go.id\"@evil.example\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_comment_inside", PASS_AR BORDER, "From: sa(x)tu@natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_bare_cr", PASS_AR BORDER, "From: sa\rtu@natunakab.go.id\n", "", "\n" ACT, D(PARKED), false },
	{ "T11_encoded_address", PASS_AR BORDER, "From: =?utf-8?q?satu=40natunakab=2Ego=2Eid?=\n", "", "\n" ACT, D(PARKED),
	  false },
	{ "T11_encoded_line_end", PASS_OF("evil.example") BORDER,
	  "From: =?utf-8?q?x=0D=0AFrom:_satu=40natunakab=2Ego=2Eid?= <x@evil.example>\n", "", "\n" ACT, D(PARKED), false },
	{ "T12_sender", PASS_OF("evil.example") BORDER, "From: x@evil.example\nSender: satu@natunakab.go.id\n", "", "\n" ACT,
	  D(PARKED), false },
	{ "T12_reply_to", PASS_OF("evil.example") BORDER, "From: x@evil.example\nReply-To: satu@natunakab.go.id\n", "", "\n" ACT,
	  D(PARKED), false },
	{ "T12_resent", PASS_OF("evil.example") BORDER,
	  "From: x@evil.example\nResent-From: satu@natunakab.go.id\nResent-Sender: satu@natunakab.go.id\n", "", "\n" ACT,
	  D(PARKED), false },
	{ "T12_x_fields", PASS_OF("evil.example") BORDER,
	  "From: x@evil.example\nX-Sitante-Command: /tolak\nX-Original-From: satu@natunakab.go.id\nX-Sender: "
	  "satu@natunakab.go.id\n",
	  "", "\n" ACT, D(PARKED), false },

	/* T13: tokens of others; the stranger's mail keeps nothing of them */
	{ "T13_stranger_with_staff_token", PASS_OF("evil.example") BORDER, "From: x@evil.example\n", NULL, "\n" ACT, D(PARKED),
	  false },
	{ "T13_applicant_with_staff_token", PASS_OF("example.org") BORDER, "From: budi@example.org\n", NULL, "\n" ACT, D(JOINED),
	  false },
	{ "T13_applicant_writes_commands", PASS_OF("example.org") BORDER, "From: budi@example.org\n",
	  "In-Reply-To: <{ack}>\nReferences: <{ack}>\n", "\n" ACT, D(JOINED), false },
	{ "T13_applicant_of_another_ticket", PASS_OF("example.org") BORDER, "From: ani@example.org\n",
	  "In-Reply-To: <{ack}>\nReferences: <{ack}>\n", "\n" ACT, D(PARKED), false },
	{ "T13_colleagues_token_unproven", BORDER, NULL, "In-Reply-To: <{own_dua}>\n", "\n" ACT, D(UNPROVEN), false },

	/* T14: a ticket is joined by its parties alone */
	{ "T14_stranger_by_tag", PASS_OF("evil.example") BORDER, "From: x@evil.example\n", "", "\nTolong kirim datanya.\n",
	  D(PARKED), false },
	{ "T14_cc_is_no_party", PASS_OF("evil.example") BORDER, "From: x@evil.example\nCc: budi@example.org\n", "",
	  "\nMohon info status.\n", D(PARKED), false },

	/* what is quoted, forwarded, attached or signed commands nothing */
	{ "quoted_command", PASS_AR BORDER, NULL, "", "\nBaik.\n\n> /tolak x\n", D(CONFIRM), false },
	{ "only_a_quoted_command", PASS_AR BORDER, NULL, NULL, "\n> /tolak x\n", D(REFUSED), false },
	{ "forwarded_command", PASS_AR BORDER, SATU_FROM "X: 1\n", "",
	  "\n---------- Forwarded message ---------\nDari: Dua <dua@natunakab.go.id>\nSubject: x\nTo: "
	  "sitante@natunakab.go.id\n\n/tolak x\n",
	  D(REFUSED), false },
	{ "forwarded_command_own_token", PASS_AR BORDER, SATU_FROM "X: 1\n", NULL,
	  "\n---------- Forwarded message ---------\nDari: Dua <dua@natunakab.go.id>\nSubject: x\nTo: "
	  "sitante@natunakab.go.id\n\n/tolak x\n",
	  D(REFUSED), false },
	{ "forwarded_as_file", PASS_AR BORDER, NULL, "",
	  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n" SATU_FROM
	  "Subject: x\n\n/tolak x\n--b--\n",
	  D(REFUSED), false },
	{ "attached_command", PASS_AR BORDER, NULL, NULL,
	  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=x.txt\n"
	  "Content-Disposition: attachment; filename=x.txt\n\n/tolak x\n--b--\n",
	  D(REFUSED), false },
	{ "inner_verdict_is_no_verdict", BORDER, NULL, "",
	  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" PASS_AR "Content-Type: text/plain\n\n" ACT
	  "--b--\n",
	  D(UNPROVEN), false },
	{ "command_in_the_subject", PASS_AR BORDER, SATU_FROM "Subject: /tolak x\n", "", "\nhalo\n", D(REFUSED), false },

	/* T08: what came before */
	{ "T08_older_than_three_days", PASS_AR BORDER, SATU_FROM "Date: Fri, 2 Jan 2026 08:55:00 +0700\n", NULL, "\n" ACT,
	  D(CONFIRM), false },

	/* M27, M01: machines */
	{ "M27_vacation_quotes_a_command", PASS_AR BORDER, SATU_FROM "Auto-Submitted: auto-replied\n", NULL, "\n" ACT,
	  D(AUTOMATIC), false },
	{ "M27_exchange_absence", PASS_AR BORDER, SATU_FROM "X-MS-Exchange-Inbox-Rules-Loop: satu@natunakab.go.id\n", NULL,
	  "\n" ACT, D(AUTOMATIC), false },
	{ "M27_null_sender", "Return-Path: <>\n" PASS_AR BORDER, NULL, NULL, "\n" ACT, D(AUTOMATIC), false },
	{ "M27_headerless_absence", PASS_AR BORDER, SATU_FROM "X-Subject-Is: automatic\n", NULL, "\nSaya sedang cuti.\n",
	  D(CONFIRM), false },
	{ "M10_over_a_list", PASS_AR BORDER, SATU_FROM "List-Id: <x.example>\n", NULL, "\n" ACT, D(AUTOMATIC), false },
	{ "M30_two_message_ids", PASS_AR BORDER, SATU_FROM "Message-ID: <zwei@natunakab.go.id>\n", NULL, "\n" ACT, D(CONFIRM),
	  false },
};

static struct mailroom room;

/* {own} and so on to the Message-IDs of the room. */
static const char *fill(const struct mailroom *m, struct arena *a, const char *s)
{
	const struct {
		const char *word, *id;
	} ids[] = { { "{own}", m->own }, { "{own_dua}", m->own_dua }, { "{other}", m->other },
		    { "{ack}", m->ack }, { "{expired}", m->expired }, { "{revoked}", m->revoked } };
	AUTO_BUF b = BUF_INIT(20000);
	while (*s) {
		size_t k = 0;
		while (k < COUNT(ids) && !str_starts(s, ids[k].word))
			k++;
		if (k < COUNT(ids)) {
			buf_add_str(&b, ids[k].id);
			s += strlen(ids[k].word);
		} else {
			buf_add_char(&b, *s++);
		}
	}
	return arena_strdup(a, buf_cstr(&b));
}

static const char *subject_of(const struct trick *t)
{
	if (t->from && strstr(t->from, "\nSubject: "))
		return "";
	return t->from && strstr(t->from, "X-Subject-Is") ? "Subject: Balasan otomatis: [SITANTE-2026-0001]\n"
							  : "Subject: Re: [SITANTE-2026-0001] Permohonan baru\n";
}

static struct span write_mail(const struct mailroom *m, struct arena *a, const struct trick *t, const char *message_id)
{
	const char *from = t->from ? t->from : SATU_FROM;
	bool null_sender = str_starts(t->top, "Return-Path:");
	const char *mail = arena_printf(a, "%s%s%s%s%sMessage-ID: <%s>\n%sTo: sitante@natunakab.go.id\n%s",
					null_sender ? "" : "Return-Path: <satu@natunakab.go.id>\n", t->top, from,
					fill(m, a, t->refs ? t->refs : OWN), strstr(from, "Date:") ? "" : DATE, message_id,
					subject_of(t), t->body);
	return span_str(mail);
}

/* Strangers see nothing of tickets: not a number, a name or a NIK. */
static void assert_discreet(const struct outcome *o)
{
	static const char *const secrets[] = { "Budi Santoso", "Ani Lestari", NIK_1, NIK_2, "2026-0001", "2026-0002" };
	for (size_t i = 0; i < o->n_mails; i++) {
		const struct outbox_row *row = &o->mails[i];
		if (casework_staff(&room.desk.rules, row->to_address) >= 0 || mail_address_eq(row->to_address, HEAD) ||
		    mail_address_eq(row->to_address, BUDI))
			continue;
		const char *text = arena_strndup(o->a, row->content.p, row->content.n);
		for (size_t k = 0; k < COUNT(secrets); k++)
			assert_null(strstr(text, secrets[k]));
	}
}

static void trick_row(void **state)
{
	const struct trick *t = *state;
	AUTO_ARENA a = arena_new(1 << 20);
	struct outcome o;
	room_decide(&room, write_mail(&room, a, t, "trick@natunakab.go.id"), false, 0, NULL, &o);
	if (o.decision.disposition != t->want)
		fail_msg("%s instead of %s: %s", disposition_word(o.decision.disposition), disposition_word(t->want),
			 o.decision.reason);
	if ((strcmp(o.before, o.after) != 0) != t->acts)
		fail_msg("before %s\nafter  %s", o.before, o.after);
	assert_int_equal(o.n_outside, t->acts);
	assert_discreet(&o);
	outcome_done(&o);
}

/* --- scenes of more than one mail ------------------------------------------------------------- */
static size_t n_to(const struct outcome *o, enum letter_kind k, const char *to)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_mails; i++)
		n += o->mails[i].kind == k && mail_address_eq(o->mails[i].to_address, to);
	return n;
}

static int64_t play(struct mailroom *m, struct arena *a, const struct trick *t, const char *id, enum disposition want,
		    struct outcome *o)
{
	int64_t ledger = 0;
	room_decide(m, write_mail(m, a, t, id), true, 0, &ledger, o);
	if (o->decision.disposition != want)
		fail_msg("%s instead of %s: %s", disposition_word(o->decision.disposition), disposition_word(want),
			 o->decision.reason);
	return ledger;
}

static void quiet(const struct outcome *o)
{
	assert_string_equal(o->before, o->after);
	assert_int_equal(o->n_outside, 0);
}

/* T08: the same mail again; other Message-ID, same token and words; to an envelope of others. */
static void T08_replay(void **state)
{
	static const struct trick command = { "", PASS_AR BORDER, NULL, NULL, "\nMohon kirim foto KTP.\n", D(COMMAND), true };
	struct mailroom m;
	struct outcome o;
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	room_open(&m);
	(void)play(&m, a, &command, "first@x.example", D(COMMAND), &o);
	assert_int_equal(o.n_outside, 1);
	outcome_done(&o);
	(void)play(&m, a, &command, "first@x.example", D(DUPLICATE), &o);
	quiet(&o);
	assert_int_equal(o.n_mails, 0);
	outcome_done(&o);
	(void)play(&m, a, &command, "second@x.example", D(DUPLICATE), &o);
	quiet(&o);
	assert_int_equal(n_to(&o, LETTER_RECEIPT, SATU), 1);
	outcome_done(&o);
	room_close(&m);
}

/* A confirmation: asked, answered by others, late, twice. */
static void confirmation(void **state)
{
	static const struct trick ask = { "", BORDER, NULL, NULL, "\n" ACT, D(CONFIRM), false };
	static char refs[200];
	struct trick yes = { "", PASS_AR BORDER, NULL, refs, "\nYa\n", D(CONFIRMATION), false };
	struct mailroom m;
	struct outcome o;
	char id[80];
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	room_open(&m);
	int64_t asked = play(&m, a, &ask, "ask@x.example", D(CONFIRM), &o);
	quiet(&o);
	room_id(&o, LETTER_CONFIRMATION, SATU, id);
	outcome_done(&o);
	(void)snprintf(refs, sizeof(refs), "In-Reply-To: <%s>\n", id);

	yes.from = "From: dua@natunakab.go.id\n"; /* a colleague */
	(void)play(&m, a, &yes, "c1@x.example", D(CONFIRMATION), &o);
	quiet(&o);
	assert_int_equal(o.decision.carry_out_ledger_id, 0);
	outcome_done(&o);
	yes.from = NULL; /* the owner's absence notice, which tells by no header what it is */
	yes.body = "\nSaya sedang cuti sampai Senin.\n";
	(void)play(&m, a, &yes, "c2@x.example", D(CONFIRMATION), &o);
	assert_int_equal(o.decision.carry_out_ledger_id, 0);
	outcome_done(&o);
	yes.body = "\nYa, benar saya\n";
	struct instant now = m.office.now;
	m.office.now.ms += 25LL * 3600 * 1000; /* late */
	(void)play(&m, a, &yes, "c3@x.example", D(CONFIRMATION), &o);
	assert_int_equal(o.decision.carry_out_ledger_id, 0);
	outcome_done(&o);
	m.office.now = now;
	(void)play(&m, a, &yes, "c4@x.example", D(CONFIRMATION), &o);
	assert_int_equal(o.decision.carry_out_ledger_id, asked);
	quiet(&o); /* the mail itself does it, in its own turn */
	outcome_done(&o);
	room_decide(&m, write_mail(&m, a, &ask, "ask@x.example"), true, asked, NULL, &o);
	assert_int_equal(o.decision.disposition, D(COMMAND));
	assert_int_equal(n_to(&o, LETTER_REFUSAL, BUDI), 1);
	outcome_done(&o);
	(void)play(&m, a, &yes, "c5@x.example", D(CONFIRMATION), &o); /* twice */
	assert_int_equal(o.decision.carry_out_ledger_id, 0);
	quiet(&o);
	outcome_done(&o);
	room_close(&m);
}

/* A confirmation in a stranger's hands is used up, and its owner told. */
static void T13_stranger_answers_a_confirmation(void **state)
{
	static const struct trick ask = { "", BORDER, NULL, NULL, "\n" ACT, D(CONFIRM), false };
	static char refs[200];
	struct trick yes = { "", PASS_OF("evil.example") BORDER, "From: x@evil.example\n", refs, "\nYa\n", D(PARKED), false };
	struct mailroom m;
	struct outcome o;
	char id[80];
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	room_open(&m);
	(void)play(&m, a, &ask, "ask@x.example", D(CONFIRM), &o);
	room_id(&o, LETTER_CONFIRMATION, SATU, id);
	outcome_done(&o);
	(void)snprintf(refs, sizeof(refs), "In-Reply-To: <%s>\n", id);
	(void)play(&m, a, &yes, "y1@x.example", D(PARKED), &o);
	quiet(&o);
	assert_int_equal(n_to(&o, LETTER_WARNING, SATU), 1);
	outcome_done(&o);
	yes.top = PASS_AR BORDER;
	yes.from = NULL;
	(void)play(&m, a, &yes, "y2@x.example", D(CONFIRMATION), &o);
	assert_int_equal(o.decision.carry_out_ledger_id, 0);
	outcome_done(&o);
	room_close(&m);
}

/* T13: all keys in a stranger's mail are revoked, each owner is told once, and they work no more. */
static void T13_leaked_tokens(void **state)
{
	static const struct trick leak = { "",
					   PASS_OF("evil.example") BORDER,
					   "From: x@evil.example\n",
					   "References: <{own}> <{own_dua}> <{other}>\n",
					   "\nHalo\n",
					   D(PARKED),
					   false };
	static const struct trick command = { "", PASS_AR BORDER, NULL, NULL, "\n" ACT, D(CONFIRM), false };
	struct mailroom m;
	struct outcome o;
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	room_open(&m);
	(void)play(&m, a, &leak, "leak@x.example", D(PARKED), &o);
	quiet(&o);
	assert_int_equal(o.decision.n_revoked, 3);
	assert_int_equal(n_to(&o, LETTER_WARNING, SATU), 1);
	assert_int_equal(n_to(&o, LETTER_WARNING, DUA), 1);
	outcome_done(&o);
	(void)play(&m, a, &command, "after@x.example", D(CONFIRM), &o);
	quiet(&o);
	outcome_done(&o);
	room_close(&m);
}

/* T13: twenty wrong keys within an hour give one alarm, to staff and operator; the twenty-first gives none. */
static void T13_twenty_guesses_an_hour(void **state)
{
	static char refs[400], id[60];
	static char body[40];
	struct trick guess = { "", PASS_OF("evil.example") BORDER, "From: x@evil.example\n", refs, body, D(PARKED), false };
	struct mailroom m;
	AUTO_ARENA a = arena_new(4 << 20);
	(void)state;
	room_open(&m);
	for (int i = 0; i < 14; i++) {
		struct outcome o;
		(void)snprintf(refs, sizeof(refs),
			       "References: <%032d@natunakab.go.id> <abcdefghijklmnopqrstuvwxyz23%c%c%c%c@natunakab.go.id>"
			       " <ABCDEFGHIJKLMNOPQRSTUVWXYZ23%c%c%c%c@NATUNAKAB.go.id>\n",
			       i, 'a' + i, 'b', 'c', 'd', 'a' + i, 'x', 'y', 'z');
		(void)snprintf(id, sizeof(id), "g%d@x.example", i);
		(void)snprintf(body, sizeof(body), "\nHalo %d\n", i);
		if (i == 12)
			m.office.now.ms += 3601 * 1000; /* an hour later counting begins anew */
		(void)play(&m, a, &guess, id, D(PARKED), &o);
		quiet(&o);
		assert_int_equal(o.decision.guess_alarm, i == 9);
		assert_int_equal(strstr(m.notes, "tokens-guessed") != NULL, i == 9);
		assert_int_equal(n_to(&o, LETTER_NOTICE_OTHER, DUA), i == 9 ? 2 : 1); /* one tells of the parked mail */
		outcome_done(&o);
	}
	room_close(&m);
}

/* T17: a thousand mails in a staff member's name: one confirmation, one warning an hour, the same bytes whatever they say. */
static void T17_confirmation_storm(void **state)
{
	struct mailroom m;
	char body[200], id[60];
	size_t asked = 0, warned = 0;
	(void)state;
	room_open(&m);
	for (int i = 0; i < 200; i++) {
		struct trick t = { "", BORDER, NULL, i % 2 ? "" : NULL, body, D(CONFIRM), false };
		struct outcome o;
		AUTO_ARENA a = arena_new(1 << 20);
		(void)snprintf(body, sizeof(body), "\n/tolak RACUN %d http://jahat.example\n", i);
		(void)snprintf(id, sizeof(id), "s%d@x.example", i);
		room_decide(&m, write_mail(&m, a, &t, id), true, 0, NULL, &o);
		quiet(&o);
		asked += n_to(&o, LETTER_CONFIRMATION, SATU);
		warned += n_to(&o, LETTER_WARNING, SATU);
		for (size_t k = 0; k < o.n_mails; k++) {
			const char *text = arena_strndup(o.a, o.mails[k].content.p, o.mails[k].content.n);
			assert_null(strstr(text, "RACUN"));
			assert_null(strstr(text, "jahat"));
		}
		outcome_done(&o);
	}
	assert_int_equal(asked, 1);
	assert_int_equal(warned, 1);
	room_close(&m);
}

/* M21, M22, M29: acknowledgements hold nothing of the sender; over the caps they are held; then the mail itself is. */
static void M22_acknowledgements_are_no_relay(void **state)
{
	struct mailroom m;
	size_t sent = 0, held = 0, mails_held = 0;
	(void)state;
	room_open(&m);
	for (int i = 0; i < 25; i++) {
		char raw[1500];
		struct outcome o;
		(void)snprintf(raw, sizeof(raw),
			       "Return-Path: <korban@example.com>\n" BORDER
			       "From: \"RACUN http://jahat.example\" <korban@example.com>\n"
			       "To: sitante@natunakab.go.id\nMessage-ID: <r%d@example.com>\nSubject: RACUN perpanjangan TTE\n\n"
			       "perpanjangan TTE RACUN\nNIK: 21030101019001%02d\n",
			       i, i);
		room_decide(&m, span_str(raw), true, 0, NULL, &o);
		for (size_t k = 0; k < o.n_mails; k++) {
			if (o.mails[k].kind != LETTER_ACKNOWLEDGEMENT)
				continue;
			const char *text = arena_strndup(o.a, o.mails[k].content.p, o.mails[k].content.n);
			assert_null(strstr(text, "RACUN"));
			assert_null(strstr(text, "jahat"));
			sent += o.mails[k].state == OUTBOX_QUEUED;
			held += o.mails[k].state == OUTBOX_HELD;
			assert_int_equal(strstr(m.notes, "acknowledgement-held") != NULL, o.mails[k].state == OUTBOX_HELD);
		}
		mails_held += o.decision.disposition == D(HELD);
		outcome_done(&o);
	}
	assert_int_equal(sent, 2);
	assert_int_equal(held, 18);
	assert_int_equal(mails_held, 5);
	room_close(&m);
}

static int open_room(void **state)
{
	(void)state;
	room_open(&room);
	return 0;
}

static int close_room(void **state)
{
	(void)state;
	room_close(&room);
	return 0;
}

int main(void)
{
	const struct CMUnitTest scenes[] = {
		cmocka_unit_test(T08_replay),
		cmocka_unit_test(confirmation),
		cmocka_unit_test(T13_stranger_answers_a_confirmation),
		cmocka_unit_test(T13_leaked_tokens),
		cmocka_unit_test(T13_twenty_guesses_an_hour),
		cmocka_unit_test(T17_confirmation_storm),
		cmocka_unit_test(M22_acknowledgements_are_no_relay),
	};
	ADD_ROWS(tricks, trick_row)
	ADD_TESTS(scenes)
	return _cmocka_run_group_tests("trust: tricks", suite, n_suite, open_room, close_room);
}
