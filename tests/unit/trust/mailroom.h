/* A whole office in one process for tests of trust: raw bytes are parsed, go through the wall's codec,
 * and are decided and performed on a real store.  Only the network and the sandbox are missing. */
#ifndef SITANTE_TESTS_MAILROOM_H
#define SITANTE_TESTS_MAILROOM_H

#include "../casework/desk.h"

#include "message/parse.h"
#include "office/office_private.h"

#include <sys/stat.h>

#define ANI "ani@example.org"
#define ROOM_NOW "2026-01-05T09:00"

struct mailroom {
	char folder[100];
	struct desk desk; /* for its rules */
	struct arena *a;
	struct message_policy policy;
	struct office office;
	uint32_t uid;
	char own[80], own_dua[80], other[80], expired[80], revoked[80], ack[80]; /* Message-IDs */
	char notes[4000];                                                        /* ids of what was logged */
};

struct outcome {
	struct decision decision;
	struct arena *a;
	char before[8000], after[8000]; /* both tickets, all but their events */
	struct outbox_row mails[60];    /* queued by this mail, with content */
	size_t n_mails;
	size_t n_outside; /* of them to neither staff nor head */
};

static UNUSED void room_note(void *context, const struct office_note *n)
{
	struct mailroom *m = context;
	size_t have = strlen(m->notes);
	(void)snprintf(m->notes + have, sizeof(m->notes) - have, "%s;", n->id);
}

static UNUSED void room_dump_one(const struct ticket *t, char *out, size_t size)
{
	AUTO_BUF b = BUF_INIT(100000);
	buf_addf(&b, "%s %s %s by %s to %s merged %s closed %d held %d;", t->number, ticket_state_word(t->state),
		 request_kind_word(t->kind), t->requester_address, t->assigned_to ? t->assigned_to : "-",
		 t->merged_into ? t->merged_into : "-", t->is_closed, t->is_held);
	for (size_t i = 0; i < t->n_parties; i++)
		buf_addf(&b, " party %s", t->parties[i]);
	for (size_t i = 0; i < t->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			buf_addf(&b, " %s", t->applicants[i].value[f] ? t->applicants[i].value[f] : "-");
	(void)snprintf(out, size, "%s", buf_cstr(&b));
}

/* In an open unit of work. */
static UNUSED void room_dump(struct mailroom *m, struct arena *a, char out[8000])
{
	size_t have = 0;
	for (int64_t id = 1; id <= 2; id++) {
		struct ticket t;
		struct error err = { 0 };
		if (store_ticket_load(m->office.store, id, a, &t, &err) == 0)
			room_dump_one(&t, out + have, 8000 - have);
		have = strlen(out);
	}
}

static UNUSED void room_mails(struct mailroom *m, int64_t after, struct outcome *out)
{
	struct outbox_row *rows = NULL;
	size_t n = 0;
	struct error err = { 0 };
	assert_int_equal(store_outbox_list(m->office.store, false, out->a, &rows, &n, &err), 0);
	for (size_t i = n; i-- > 0;) {
		if (rows[i].id <= after)
			continue;
		assert_true(out->n_mails < COUNT(out->mails));
		struct outbox_row *to = &out->mails[out->n_mails++];
		assert_int_equal(store_outbox_get(m->office.store, rows[i].id, true, out->a, to, &err), 0);
		out->n_outside += casework_staff(&m->desk.rules, to->to_address) < 0 && strcmp(to->to_address, HEAD) != 0;
	}
}

static UNUSED int64_t room_last_mail(struct mailroom *m, struct arena *a)
{
	struct outbox_row *rows = NULL;
	size_t n = 0;
	struct error err = { 0 };
	assert_int_equal(store_outbox_list(m->office.store, false, a, &rows, &n, &err), 0);
	return n ? rows[0].id : 0;
}

static UNUSED void room_read(struct mailroom *m, struct span raw, struct arena *a, struct reading *out)
{
	struct reading r = { 0 };
	struct error err = { 0 };
	AUTO_BUF wall = BUF_INIT(LIMIT_READING_BYTES);
	assert_int_equal(message_parse(raw, &m->policy, a, &r.message, &err), 0);
	assert_int_equal(request_read(&r.message, a, &r.request, &err), 0);
	assert_int_equal(command_read(r.message.text, a, &r.commands), 0);
	reading_encode(&r, &wall);
	assert_int_equal(reading_decode(buf_span(&wall), raw.n, a, out), 0);
}

/* Decides about one raw mail; commit: it stays so, else all is rolled back.  ledger_id 0: a new mail; *out_ledger may
 * be NULL. */
static UNUSED void room_decide(struct mailroom *m, struct span raw, bool commit, int64_t ledger_id, int64_t *out_ledger,
			       struct outcome *out)
{
	struct reading reading;
	struct error err = { 0 };
	*out = (struct outcome){ .a = arena_new(64 << 20) };
	room_read(m, raw, out->a, &reading);
	assert_int_equal(store_begin(m->office.store, "mailroom", &err), 0);
	int64_t last = room_last_mail(m, out->a);
	room_dump(m, out->a, out->before);
	struct ledger_row row = {
		.uidvalidity = 1, .uid = ++m->uid, .size = raw.n, .internaldate = m->office.now, .has_raw = true
	};
	if (ledger_id == 0)
		assert_int_equal(store_ledger_add(m->office.store, &row, &row.id, &err), 0);
	else
		assert_int_equal(store_ledger_get(m->office.store, ledger_id, out->a, &row, &err), 0);
	m->notes[0] = '\0';
	int r = reading_decide(&m->office, &row, &reading, &(struct office_evidence){ 0 }, out->a, &out->decision, &err);
	if (r != 0)
		fail_msg("deciding: %d %s", r, err.text);
	room_dump(m, out->a, out->after);
	room_mails(m, last, out);
	if (commit)
		assert_int_equal(store_commit(m->office.store, &err), 0);
	store_end(m->office.store);
	if (out_ledger)
		*out_ledger = row.id;
}

static UNUSED void outcome_done(struct outcome *o)
{
	arena_free(o->a);
	o->a = NULL;
}

/* The Message-ID of the newest mail of this kind to this address. */
static UNUSED void room_id(const struct outcome *o, enum letter_kind kind, const char *to, char out[80])
{
	out[0] = '\0';
	for (size_t i = 0; i < o->n_mails; i++) {
		const struct outbox_row *row = &o->mails[i];
		if (row->kind != kind || !mail_address_eq(row->to_address, to))
			continue;
		const char *text = arena_strndup(o->a, row->content.p, row->content.n);
		const char *at = text ? strstr(text, "Message-ID: <") : NULL;
		assert_non_null(at);
		at += strlen("Message-ID: <");
		(void)snprintf(out, 80, "%.*s", (int)strcspn(at, ">"), at);
	}
	assert_true(out[0] != '\0');
}

static UNUSED void room_open_ticket(struct mailroom *m, const char *from, const char *name, const char *nik, char own[80])
{
	char raw[2000];
	struct outcome o;
	(void)snprintf(
		raw, sizeof(raw),
		"Return-Path: <%s>\nReceived: by mail.natunakab.go.id with ESMTP; x\nFrom: %s\nTo: sitante@natunakab.go.id\n"
		"Message-ID: <%s@example.org>\nSubject: Permohonan perpanjangan TTE\n\nMohon perpanjangan TTE.\nNama: %s\n"
		"NIK: %s\nInstansi: Dinas Kesehatan\n",
		from, from, nik, name, nik);
	room_decide(m, span_str(raw), true, 0, NULL, &o);
	assert_int_equal(o.decision.disposition, DISPOSITION_OPENED);
	room_id(&o, LETTER_NOTICE_REQUEST, SATU, own);
	if (m->ack[0] == '\0') {
		room_id(&o, LETTER_NOTICE_REQUEST, DUA, m->own_dua);
		room_id(&o, LETTER_ACKNOWLEDGEMENT, from, m->ack);
	}
	outcome_done(&o);
}

static UNUSED void room_token(struct mailroom *m, char out[80], const char *name, int64_t life_ms, bool revoke)
{
	struct error err = { 0 };
	(void)snprintf(out, 80, "%s@natunakab.go.id", name);
	struct digest hash = digest_sha256(span_str(out));
	struct instant until = { m->office.now.ms + life_ms };
	assert_int_equal(store_begin(m->office.store, "mailroom", &err), 0);
	assert_int_equal(store_token_add(m->office.store, &hash, SATU, 1, until, &err), 0);
	if (revoke)
		assert_int_equal(store_token_revoke(m->office.store, &hash, &err), 0);
	assert_int_equal(store_commit(m->office.store, &err), 0);
	store_end(m->office.store);
}

/* Ticket 1 of Budi, ticket 2 of Ani, tokens of all kinds. */
static UNUSED void room_open(struct mailroom *m)
{
	static const char *ids[] = { "mail.natunakab.go.id" };
	static char templates[] = TEMPLATES;
	struct letter_set *letters = NULL;
	struct error err = { 0 };
	memset(m, 0, sizeof(*m));
	message_parse_prepare();
	(void)snprintf(m->folder, sizeof(m->folder), "/tmp/sitante-room-XXXXXX");
	assert_non_null(mkdtemp(m->folder));
	desk_open(&m->desk);
	m->a = m->desk.a;
	assert_int_equal(letter_set_load(letter_read_file, templates, m->a, &letters, NULL, &err), 0);
	m->policy = (struct message_policy){ .authserv_ids = ids,
					     .n_authserv_ids = 1,
					     .own_addresses = m->desk.rules.own_addresses,
					     .n_own_addresses = m->desk.rules.n_own_addresses,
					     .own_id_domain = "natunakab.go.id" };
	m->office = (struct office){
		.plan = { .rules = &m->desk.rules, .letters = letters, .policy = &m->policy, .id_domain = "natunakab.go.id" },
		.ports = { .note = room_note, .context = m },
		.now = at(ROOM_NOW)
	};
	assert_int_equal(store_open(m->folder, STORE_OFFICE, &m->office.store, &err), 0);
	room_open_ticket(m, BUDI, "Budi Santoso", NIK_1, m->own);
	room_open_ticket(m, ANI, "Ani Lestari", NIK_2, m->other);
	room_token(m, m->expired, "expired2expired2expired2expired2", -1000, false);
	room_token(m, m->revoked, "revoked2revoked2revoked2revoked2", 1000000, true);
}

static UNUSED void room_close(struct mailroom *m)
{
	char command[200];
	store_close(m->office.store);
	desk_close(&m->desk);
	(void)snprintf(command, sizeof(command), "rm -rf %s", m->folder);
	assert_int_equal(system(command), 0);
}

#endif
