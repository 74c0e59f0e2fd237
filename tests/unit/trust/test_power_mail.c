/* Design "Who may do what by mail", cell by cell, on raw mails: proof x token x what the mail wants.  Every cell
 * is named; the expectation is the design's table, not the code's. */
#include "mailroom.h"

enum proof { PASS, NONE, FAIL, N_PROOFS };
enum token { OWN, NO_TOKEN, EXPIRED, REVOKED, COLLEAGUES, GUESSED, OTHER_CASE, APPLICANTS, OTHER_TICKET, N_TOKENS };
enum wish { ACT, ANSWER, NOTE, READ, WRONG, N_WISHES };
enum want { ALL, LITTLE, CONFIRM, UNPROVEN, FORGED, OTHER };

static const char *const proof_names[] = { "pass", "none", "fail" };
static const char *const token_names[] = { "own",     "without",    "expired",    "revoked",     "colleagues",
					   "guessed", "other_case", "applicants", "other_ticket" };
static const char *const wish_names[] = { "act", "answer", "note", "read", "wrong" };

static const char *const proofs[] = { "Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=natunakab.go.id\n",
				      "",
				      "Authentication-Results: mail.natunakab.go.id; dmarc=fail header.from=natunakab.go.id\n" };
static const char *const bodies[] = { "/tolak Data tidak sesuai.", "Mohon kirim foto KTP.", "/catat Sudah ditelepon.", "/status",
				      "/catat x\n/terbitkan" };

/* Rows of the design; OTHER: a valid token, but its subject names another ticket. */
static const enum want table[N_PROOFS][N_TOKENS] = {
	[PASS] = { [OWN] = ALL,
		   [NO_TOKEN] = LITTLE,
		   [EXPIRED] = LITTLE,
		   [REVOKED] = LITTLE,
		   [COLLEAGUES] = LITTLE,
		   [GUESSED] = LITTLE,
		   [OTHER_CASE] = LITTLE,
		   [APPLICANTS] = LITTLE,
		   [OTHER_TICKET] = OTHER },
	[NONE] = { [OWN] = CONFIRM,
		   [NO_TOKEN] = UNPROVEN,
		   [EXPIRED] = UNPROVEN,
		   [REVOKED] = UNPROVEN,
		   [COLLEAGUES] = UNPROVEN,
		   [GUESSED] = UNPROVEN,
		   [OTHER_CASE] = UNPROVEN,
		   [APPLICANTS] = UNPROVEN,
		   [OTHER_TICKET] = CONFIRM },
	[FAIL] = { FORGED, FORGED, FORGED, FORGED, FORGED, FORGED, FORGED, FORGED, FORGED },
};

static struct mailroom room;

static const char *reference(enum token t, char upper[80])
{
	const char *const ids[N_TOKENS] = { [OWN] = room.own,
					    [EXPIRED] = room.expired,
					    [REVOKED] = room.revoked,
					    [COLLEAGUES] = room.own_dua,
					    [GUESSED] = "abcdefghijklmnopqrstuvwxyz234567@natunakab.go.id",
					    [APPLICANTS] = room.ack,
					    [OTHER_TICKET] = room.other };
	(void)snprintf(upper, 80, "%s", room.own);
	for (char *p = upper; *p && *p != '@'; p++)
		*p = (char)ascii_upper((unsigned char)*p);
	return t == OTHER_CASE ? upper : ids[t];
}

static void write_mail(enum proof p, enum token t, enum wish w, char raw[4000])
{
	char upper[80], refs[200] = "";
	const char *id = reference(t, upper);
	if (id)
		(void)snprintf(refs, sizeof(refs), "In-Reply-To: <%s>\nReferences: <%s>\n", id, id);
	(void)snprintf(raw, 4000,
		       "Return-Path: <%s>\n%sReceived: from x by mail.natunakab.go.id with ESMTP; x\n"
		       "From: Petugas Satu <%s>\nTo: sitante@natunakab.go.id\nDate: Mon, 5 Jan 2026 08:55:00 +0700\n"
		       "Message-ID: <x%d%d%d@natunakab.go.id>\n%sSubject: Re: [SITANTE-2026-0001] Permohonan baru\n\n%s\n",
		       SATU, proofs[p], SATU, p, t, w, refs, bodies[w]);
}

static enum disposition wanted(enum want want, enum wish w)
{
	switch (want) {
	case ALL:
		return w == WRONG ? DISPOSITION_REFUSED : DISPOSITION_COMMAND;
	case LITTLE:
		return w == WRONG ? DISPOSITION_REFUSED : w == NOTE || w == READ ? DISPOSITION_COMMAND : DISPOSITION_CONFIRM;
	case OTHER: /* a note goes to a ticket: which one is not guessed */
		return w == READ ? DISPOSITION_COMMAND : DISPOSITION_REFUSED;
	case CONFIRM:
		return DISPOSITION_CONFIRM;
	case UNPROVEN:
		return DISPOSITION_UNPROVEN;
	case FORGED:
		break;
	}
	return DISPOSITION_FORGED;
}

static size_t count(const struct outcome *o, enum letter_kind k, const char *to)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_mails; i++)
		n += o->mails[i].kind == k && mail_address_eq(o->mails[i].to_address, to);
	return n;
}

static const char *sent_to(const struct outcome *o, enum letter_kind k)
{
	for (size_t i = 0; i < o->n_mails; i++)
		if (o->mails[i].kind == k)
			return arena_strndup(o->a, o->mails[i].content.p, o->mails[i].content.n);
	return NULL;
}

static void assert_receipt(const struct outcome *o, enum want want)
{
	const char *text = sent_to(o, LETTER_RECEIPT);
	assert_int_equal(count(o, LETTER_RECEIPT, SATU), 1);
	assert_non_null(strstr(text, want == LITTLE ? "Terbukti sebagian" : "Terbukti penuh")); /* states the proof level */
}

static void cell(void **state)
{
	size_t i = (size_t)(uintptr_t)*state;
	enum proof p = (enum proof)(i / N_WISHES / N_TOKENS);
	enum token t = (enum token)(i / N_WISHES % N_TOKENS);
	enum wish w = (enum wish)(i % N_WISHES);
	enum want want = table[p][t];
	enum disposition d = wanted(want, w);
	char raw[4000];
	struct outcome o;
	write_mail(p, t, w, raw);
	room_decide(&room, span_str(raw), false, 0, NULL, &o);
	if (o.decision.disposition != d)
		fail_msg("%s instead of %s: %s", disposition_word(o.decision.disposition), disposition_word(d),
			 o.decision.reason);
	bool acts = d == DISPOSITION_COMMAND && (w == ACT || w == ANSWER);
	assert_int_equal(strcmp(o.before, o.after) != 0, acts);
	assert_int_equal(o.n_outside, acts);
	if (acts)
		assert_int_equal(count(&o, w == ACT ? LETTER_REFUSAL : LETTER_ASSISTANCE, BUDI), 1);
	assert_int_equal(o.decision.note != NULL, d == DISPOSITION_COMMAND && w == NOTE);
	if (d == DISPOSITION_COMMAND || d == DISPOSITION_REFUSED)
		assert_receipt(&o, want);
	assert_int_equal(count(&o, LETTER_CONFIRMATION, SATU), d == DISPOSITION_CONFIRM);
	assert_int_equal(count(&o, LETTER_WARNING, SATU), d == DISPOSITION_UNPROVEN || d == DISPOSITION_FORGED);
	outcome_done(&o);
}

static void rows_of_cells(char names[][80])
{
	for (size_t i = 0; i < N_PROOFS * N_TOKENS * N_WISHES; i++) {
		(void)snprintf(names[i], 80, "power_%s_%s_%s", proof_names[i / N_WISHES / N_TOKENS],
			       token_names[i / N_WISHES % N_TOKENS], wish_names[i % N_WISHES]);
		suite[n_suite++] = (struct CMUnitTest){ names[i], cell, NULL, NULL, (void *)(uintptr_t)i };
	}
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
	static char names[N_PROOFS * N_TOKENS * N_WISHES][80];
	rows_of_cells(names);
	return _cmocka_run_group_tests("trust: power table", suite, n_suite, open_room, close_room);
}
