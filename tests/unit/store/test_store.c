#include "raw_mail.h"

#include "store/schema.h"
#include "store/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[100];
static struct store *s;
static struct error err;
static struct arena *a;
static const struct instant now = { 1767579176000 };

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/sitante-store-XXXXXX");
	a = arena_new(32 << 20);
	return mkdtemp(folder) && a && store_open(folder, STORE_OFFICE, &s, &err) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	char command[200];
	store_close(s);
	arena_free(a);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

#define BEGIN() assert_int_equal(store_begin(s, __func__, &err), 0)
#define COMMIT() assert_int_equal(store_commit(s, &err), 0)

static struct ticket sample(void)
{
	struct ticket t = { .state = TICKET_RECEIVED,
			    .kind = REQUEST_RENEWAL,
			    .requester_name = "Budi",
			    .requester_address = "budi@x.id",
			    .opened_at = now,
			    .request_id = "m1@x.id" };
	t.applicants = arena_array(a, 1, sizeof(*t.applicants));
	t.n_applicants = 1;
	t.applicants[0].value[FIELD_NAME] = "Budi Santoso";
	t.applicants[0].value[FIELD_NIK] = "2103010101900001";
	t.applicants[0].given[FIELD_NIP] = "123";
	t.parties = arena_array(a, 1, sizeof(char *));
	t.parties[0] = "budi@x.id";
	t.n_parties = 1;
	t.events = arena_array(a, 2, sizeof(*t.events));
	t.events[0] = (struct event){ .at = now, .who = "applicant", .what = EVENT_RECEIVED };
	t.events[1] = (struct event){ .at = now, .who = "daemon", .what = EVENT_ACK_WITHHELD, .detail = "over the cap" };
	t.n_events = 2;
	return t;
}

static void ledger_knows_each_mail_once(void **state)
{
	(void)state;
	struct ledger_row row = { .uidvalidity = 7,
				  .uid = 3,
				  .size = 10,
				  .internaldate = now,
				  .state = LEDGER_STORED,
				  .has_raw = true },
			  back;
	int64_t id, again;
	uint32_t uids[] = { 2, 3, 4 }, top, deaths;
	size_t n = 3;
	BEGIN();
	assert_int_equal(store_ledger_add(s, &row, &id, &err), 0);
	assert_int_equal(store_ledger_add(s, &row, &again, &err), STORE_EXISTS);
	assert_int_equal(id, again);
	assert_int_equal(store_ledger_unknown(s, 7, uids, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(uids[1], 4);
	assert_int_equal(store_ledger_top(s, 7, &top, &err), 0);
	assert_int_equal(top, 3);
	assert_int_equal(store_ledger_next(s, 0, a, &back, &err), 0);
	assert_int_equal(back.id, id);
	assert_int_equal(store_ledger_death(s, id, &deaths, &err), 0);
	assert_int_equal(deaths, 1);
	assert_int_equal(store_ledger_done(s, id, DISPOSITION_OPENED, "why", 0, now, &err), 0);
	assert_int_equal(store_ledger_next(s, 0, a, &back, &err), STORE_NOT_FOUND);
	struct ledger_row rows[5];
	assert_int_equal(store_ledger_unmoved(s, 7, rows, 5, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_ledger_moved(s, 7, 3, &err), 0);
	assert_int_equal(store_ledger_unmoved(s, 7, rows, 5, &n, &err), 0);
	assert_int_equal(n, 0);
	COMMIT();
}

static void an_end_without_commit_is_a_roll_back(void **state)
{
	(void)state;
	const char *v;
	BEGIN();
	assert_int_equal(store_fact_set(s, "k", "v", &err), 0);
	assert_int_equal(store_begin(s, "inner", &err), -EDEADLK);
	assert_non_null(strstr(err.text, "an_end_without"));
	store_end(s);
	BEGIN();
	assert_int_equal(store_fact_get(s, "k", a, &v, &err), STORE_NOT_FOUND);
	store_end(s);
	store_end(s);
}

static void ticket_round_trip(void **state)
{
	(void)state;
	struct ticket t = sample(), back;
	int64_t id;
	BEGIN();
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	assert_string_equal(t.number, "2026-0001");
	t.applicants[0].state = APPLICANT_RENEWED;
	t.applicants[0].renewed_until = (struct civil_date){ 2028, 2, 12 };
	t.state = TICKET_RENEWED;
	assert_int_equal(store_ticket_save(s, &t, 0, a, &err), 0);
	COMMIT();
	BEGIN();
	assert_int_equal(store_ticket_id(s, "2026-0001", &id, &err), 0);
	assert_int_equal(store_ticket_load(s, id, a, &back, &err), 0);
	assert_int_equal(back.state, TICKET_RENEWED);
	assert_string_equal(back.applicants[0].value[FIELD_NIK], "2103010101900001");
	assert_string_equal(back.applicants[0].given[FIELD_NIP], "123");
	assert_int_equal(back.applicants[0].renewed_until.year, 2028);
	assert_int_equal(back.n_events, 2);
	assert_string_equal(back.events[1].detail, "over the cap");
	assert_string_equal(back.parties[0], "budi@x.id");
	struct ticket second = sample();
	assert_int_equal(store_ticket_save(s, &second, 2026, a, &err), 0);
	assert_string_equal(second.number, "2026-0002");
	const char *niks[] = { NULL, "2103010101900001" }, *nips[] = { NULL, NULL };
	int64_t found;
	assert_int_equal(store_ticket_by_person(s, niks, nips, 2, 0, &found, &err), 0);
	assert_int_equal(found, second.id); /* the first has no open applicant any more */
	assert_int_equal(store_ticket_by_person(s, niks, nips, 2, second.id, &found, &err), STORE_NOT_FOUND);
	COMMIT();
}

static void search_takes_words_not_syntax(void **state)
{
	(void)state;
	struct ticket t = sample(), **list;
	size_t n;
	BEGIN();
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	struct message_row m = { .ticket_id = t.id,
				 .direction = "in",
				 .kind = "request",
				 .subject = "perpanjangan",
				 .at = now,
				 .state = "filed",
				 .text = "mohon segera" };
	assert_int_equal(store_message_add(s, &m, &err), 0);
	COMMIT();
	static const struct {
		const char *words;
		size_t n;
	} rows[] = { { "santoso", 1 }, { "SEGERA", 1 }, { "santoso segera", 1 }, { "\"", 0 },
		     { "a OR b", 0 },  { "*", 0 },      { "2026-0001", 1 },      { "2103010101900001", 0 },
		     { "", 0 },        { "'; --", 0 },  { "NEAR(a b)", 0 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ticket_filter f = { .search = rows[i].words };
		BEGIN();
		int r = store_ticket_list(s, &f, a, &list, &n, &err);
		store_end(s);
		if (r != 0 || n != rows[i].n)
			fail_msg("%s: %d, %zu", rows[i].words, r, n);
	}
}

static void tokens_are_kept_hashed(void **state)
{
	(void)state;
	struct digest h = digest_sha256(span_str("secret@x.id"));
	struct token_facts f;
	bool used;
	struct outbox_row row = { .kind = LETTER_NOTICE_REQUEST,
				  .to_address = "satu@x.id",
				  .envelope_from = "",
				  .message_id = "secret@x.id",
				  .subject = "s",
				  .state = OUTBOX_QUEUED,
				  .queued_at = now,
				  .next_at = now,
				  .is_token = true,
				  .content = span_str("Message-ID: <secret@x.id>") };
	BEGIN();
	assert_int_equal(store_token_add(s, &h, "satu@x.id", 5, (struct instant){ now.ms + 1000 }, &err), 0);
	assert_int_equal(store_token_find(s, &h, now, a, &f, &err), 0);
	assert_int_equal(f.state, TOKEN_VALID);
	assert_int_equal(store_token_find(s, &h, (struct instant){ now.ms + 2000 }, a, &f, &err), 0);
	assert_int_equal(f.state, TOKEN_EXPIRED);
	assert_int_equal(store_token_use(s, &h, &h, &err), 0);
	assert_int_equal(store_token_used(s, &h, &h, &used, &err), 0);
	assert_true(used);
	assert_int_equal(store_token_revoke(s, &h, &err), 0);
	assert_int_equal(store_token_find(s, &h, now, a, &f, &err), 0);
	assert_int_equal(f.state, TOKEN_REVOKED);
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	assert_int_equal(store_outbox_set(s, row.id, OUTBOX_SENT, 1, now, 250, "ok", now, &err), 0);
	COMMIT();
	store_close(s);
	s = NULL;
	char command[300];
	(void)snprintf(command, sizeof(command), "cat %s/sitante.db* | grep -q secret@x.id", folder);
	assert_int_not_equal(system(command), 0); /* wiped: secure_delete */
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
}

static int64_t queue(const char *to, const char *id, int64_t at_ms)
{
	struct outbox_row row = { .kind = LETTER_ACKNOWLEDGEMENT,
				  .to_address = to,
				  .envelope_from = "",
				  .message_id = id,
				  .subject = "s",
				  .state = OUTBOX_QUEUED,
				  .queued_at = now,
				  .next_at = { at_ms },
				  .counts = true,
				  .content = span_str("x") };
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	return row.id;
}

/* What a kill leaves of a mail that was being sent, by how far it was and whether it was tried before. */
static void kill_leaves_no_more_doubt_than_there_is(void **state)
{
	(void)state;
	static const struct {
		bool known, again, whole;
		enum outbox_state then;
		uint64_t doubt;
		size_t lost;
	} rows[] = {
		{ false, false, false, OUTBOX_UNCERTAIN, 1, 0 }, { true, false, false, OUTBOX_QUEUED, 0, 0 },
		{ true, true, false, OUTBOX_UNCERTAIN, 1, 0 },   { true, false, true, OUTBOX_UNCERTAIN, 1, 0 },
		{ true, true, true, OUTBOX_UNCERTAIN, 0, 1 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char message_id[16];
		int64_t lost[LIMIT_SENDING];
		uint64_t doubt = 9;
		size_t n_lost = 9;
		struct outbox_row row;
		(void)snprintf(message_id, sizeof(message_id), "f%zu@x", i);
		BEGIN();
		int64_t id = queue("flug@x.id", message_id, now.ms);
		assert_int_equal(store_outbox_set(s, id, OUTBOX_SENDING, 0, now, 0, NULL, now, &err), 0);
		if (rows[i].known)
			store_flight_begin(s, i, id, rows[i].again);
		if (rows[i].whole)
			store_flight_whole(s, i);
		assert_int_equal(store_outbox_recover(s, now, &doubt, lost, &n_lost, &err), 0);
		assert_int_equal(doubt, rows[i].doubt);
		assert_int_equal(n_lost, rows[i].lost);
		if (n_lost > 0)
			assert_int_equal(lost[0], id);
		assert_int_equal(store_outbox_get(s, id, false, a, &row, &err), 0);
		assert_int_equal(row.state, rows[i].then);
		assert_int_equal(store_outbox_set(s, id, OUTBOX_FAILED, 1, now, 550, "no", now, &err), 0);
		COMMIT();
	}
}

/* One that was put off holds back those that were queued before its next try and those queued after it. */
static void put_off_mail_goes_before_all_later_ones(void **state)
{
	(void)state;
	int64_t ids[10];
	size_t n;
	const struct instant later = { now.ms + 100000 };
	BEGIN();
	int64_t first = queue("urut@x.id", "u1@x", now.ms);
	assert_int_equal(store_outbox_set(s, first, OUTBOX_QUEUED, 1, (struct instant){ now.ms + 60000 }, 451, "x", now, &err),
			 0);
	int64_t second = queue("urut@x.id", "u2@x", now.ms + 1000), third = queue("urut@x.id", "u3@x", now.ms + 90000);
	assert_int_equal(store_outbox_due(s, RELAY_MAIL, later, NULL, 0, ids, 10, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], first);
	assert_int_equal(store_outbox_set(s, first, OUTBOX_SENT, 2, now, 250, "ok", later, &err), 0);
	assert_int_equal(store_outbox_due(s, RELAY_MAIL, later, NULL, 0, ids, 10, &n, &err), 0);
	assert_int_equal(n, 1); /* put off as well, as its queueing says */
	assert_int_equal(ids[0], second);
	assert_int_equal(store_outbox_set(s, second, OUTBOX_SENT, 1, now, 250, "ok", later, &err), 0);
	assert_int_equal(store_outbox_due(s, RELAY_MAIL, later, NULL, 0, ids, 10, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], third);
	assert_int_equal(store_outbox_set(s, third, OUTBOX_SENT, 1, now, 250, "ok", later, &err), 0);
	COMMIT();
}

static void outbox_keeps_the_order_of_a_recipient(void **state)
{
	(void)state;
	int64_t ids[10];
	size_t n;
	uint64_t recovered;
	int64_t lost[LIMIT_SENDING];
	size_t n_lost;
	BEGIN();
	int64_t first = queue("a@x.id", "1@x", now.ms + 60000), second = queue("a@x.id", "2@x", now.ms),
		other = queue("b@x.id", "3@x", now.ms);
	assert_int_equal(store_outbox_due(s, RELAY_MAIL, now, NULL, 0, ids, 10, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], other); /* the second waits for the first */
	assert_int_equal(store_outbox_set(s, first, OUTBOX_SENDING, 0, now, 0, NULL, now, &err), 0);
	assert_int_equal(store_outbox_recover(s, now, &recovered, lost, &n_lost, &err), 0);
	assert_int_equal(recovered, 1);
	struct outbox_row row;
	assert_int_equal(store_outbox_get(s, first, true, a, &row, &err), 0);
	assert_int_equal(row.state, OUTBOX_UNCERTAIN);
	assert_int_equal(store_outbox_set(s, first, OUTBOX_FAILED, 1, now, 550, "no", now, &err), 0);
	assert_int_equal(store_outbox_due(s, RELAY_MAIL, now, &other, 1, ids, 10, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], second);
	struct traffic t = { 0 };
	assert_int_equal(store_traffic(s, "a@x.id", 0, now, &t, &err), 0);
	assert_int_equal(t.address_hour, 2);
	assert_int_equal(t.domain_hour, 3);
	assert_int_equal(t.all_hour, 3);
	COMMIT();
}

static void raw_files_are_kept_and_replaced(void **state)
{
	(void)state;
	uint32_t uid = 1234;
	for (int round = 0; round < 2; round++) {
		int fd = store_raw_create(s, &err);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, round ? "two" : "one", 3), 3);
		assert_int_equal(store_raw_keep(s, 9, &uid, &fd, 1, &err), 0);
		(void)close(fd);
	}
	char text[8] = "", path[200];
	struct stat st;
	int fd = store_raw_open(s, 9, uid, &err);
	assert_int_equal(read(fd, text, 7), 3);
	(void)close(fd);
	assert_string_equal(text, "two");
	(void)snprintf(path, sizeof(path), "%s/raw/9/1/1234.eml", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(store_raw_open(s, 9, 5, &err) < 0);
}

static void a_second_daemon_is_refused(void **state)
{
	(void)state;
	struct store *second = NULL, *tool = NULL;
	assert_int_equal(store_open(folder, STORE_OFFICE, &second, &err), STORE_IN_USE);
	assert_int_equal(store_open(folder, STORE_TOOL, &tool, &err), 0);
	store_close(tool);
}

static void change(const char *sql)
{
	sqlite3 *db;
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	assert_int_equal(sqlite3_open(path, &db), 0);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void the_chain_tells_of_every_change(void **state)
{
	static const struct {
		const char *name, *sql;
		int64_t broken;
	} rows[] = { { "field", "UPDATE event SET who = 'x' WHERE id = 2", 2 },
		     { "time", "UPDATE event SET at = at + 1 WHERE id = 1", 1 },
		     { "detail", "UPDATE event_detail SET detail = 'x' WHERE event_id = 2", 2 },
		     { "removed_in_the_middle", "PRAGMA foreign_keys = OFF; DELETE FROM event WHERE id = 2", 2 },
		     { "removed_at_the_end", "PRAGMA foreign_keys = OFF; DELETE FROM event WHERE id = 4", 4 } };
	(void)state;
	for (size_t i = 0; i <= COUNT(rows); i++) {
		struct verify_result v;
		struct ticket t = sample(), u = sample();
		if (i > 0) {
			void *none = NULL;
			assert_int_equal(tear_down(&none), 0);
			assert_int_equal(set_up(&none), 0);
			t = sample();
			u = sample();
		}
		BEGIN();
		assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
		assert_int_equal(store_ticket_save(s, &u, 2026, a, &err), 0);
		COMMIT();
		if (i < COUNT(rows))
			change(rows[i].sql);
		else
			change("DELETE FROM event_detail"); /* erased details leave the chain whole */
		assert_int_equal(store_verify(s, NULL, NULL, &v, &err), 0);
		if (v.whole != (i == COUNT(rows)) || (!v.whole && v.broken_id != rows[i].broken))
			fail_msg("%s: whole %d, at %lld", i < COUNT(rows) ? rows[i].name : "erased", v.whole,
				 (long long)v.broken_id);
	}
}

static void restored_store_has_all_but_what_was_damaged(void **state)
{
	(void)state;
	char path[200], target[200], raw[300], text[10] = "";
	struct backup_result kept;
	struct store *again = NULL;
	const char *mark = NULL;
	bool known = false;
	(void)snprintf(path, sizeof(path), "%s/copy.db", folder);
	(void)snprintf(target, sizeof(target), "%s/target", folder);
	int64_t id = raw_mail_keep(s, 1, "satu", now);
	(void)raw_mail_keep(s, 2, "dua!", now);
	(void)snprintf(raw, sizeof(raw), "%s/raw/7/0/2.eml", folder);
	assert_int_equal(truncate(raw, 3), 0);
	assert_int_equal(store_backup(s, path, NULL, NULL, &kept, &err), 0);
	assert_int_equal(kept.n_raw, 2);
	assert_int_equal(kept.n_damaged, 1);
	assert_int_equal(store_restore(path, -1, target, NULL, NULL, &kept, &err), 0);
	assert_int_equal(kept.n_raw, 1);
	assert_int_equal(kept.n_damaged, 1);
	assert_int_equal(store_restore(path, -1, target, NULL, NULL, &kept, &err), STORE_EXISTS);
	assert_int_equal(store_open(target, STORE_OFFICE, &again, &err), 0);
	int fd = store_raw_open(again, 7, 1, &err);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	(void)close(fd);
	assert_string_equal(text, "satu");
	struct ledger_row row;
	assert_int_equal(store_begin(again, __func__, &err), 0);
	assert_int_equal(store_ledger_get(again, id, a, &row, &err), 0);
	assert_true(row.has_raw);
	assert_int_equal(store_ledger_get(again, id + 1, a, &row, &err), 0);
	assert_false(row.has_raw);
	assert_int_equal(store_fact_get(again, "restored", a, &mark, &err), 0);
	assert_string_equal(mark, STORE_RESTORED_NEW);
	struct digest content = digest_sha256(span_str("satu"));
	assert_int_equal(store_ledger_has_content(again, &content, &known, &err), 0);
	assert_true(known);
	store_end(again);
	store_close(again);
	/* a plain copy of a database is no backup */
	(void)snprintf(raw, sizeof(raw), "%s/sitante.db", target);
	assert_int_equal(store_restore(raw, -1, folder, NULL, NULL, &kept, &err), STORE_MISSING);
}

static void soft_bounces_are_counted_by_address(void **state)
{
	(void)state;
	uint32_t n = 9;
	struct instant later = { now.ms + 1000 };
	BEGIN();
	assert_int_equal(store_soft_bounce_add(s, "Budi@x.id", now, &err), 0);
	assert_int_equal(store_soft_bounce_add(s, "budi@X.id", later, &err), 0);
	assert_int_equal(store_soft_bounces(s, "budi@x.id", (struct instant){ now.ms - 1 }, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_soft_bounces(s, "budi@x.id", now, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_soft_bounces(s, "lain@x.id", (struct instant){ 0 }, &n, &err), 0);
	assert_int_equal(n, 0);
	COMMIT();
}

static void backup_is_a_whole_store(void **state)
{
	(void)state;
	char path[200];
	struct backup_result kept;
	struct ticket t = sample();
	BEGIN();
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	COMMIT();
	(void)snprintf(path, sizeof(path), "%s/copy.db", folder);
	assert_int_equal(store_backup(s, path, NULL, NULL, &kept, &err), 0);
	assert_int_equal(store_backup(s, path, NULL, NULL, &kept, &err), -EEXIST);
	sqlite3 *db;
	sqlite3_stmt *q;
	assert_int_equal(sqlite3_open(path, &db), 0);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM ticket", -1, &q, NULL), 0);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), 1);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
}

static void newer_stores_are_refused(void **state)
{
	(void)state;
	change("PRAGMA user_version = 99");
	store_close(s);
	s = NULL;
	struct store *again = NULL;
	assert_int_equal(store_open(folder, STORE_OFFICE, &again, &err), STORE_TOO_NEW);
	assert_non_null(strstr(err.text, "newer"));
}

/* --- certificates --------------------------------------------------------------------------- */

static struct certificate certificate(const char *nik, int64_t end_days)
{
	struct certificate c = { .not_after = { now.ms + end_days * 86400000 }, .source = CERTIFICATE_IMPORTED };
	c.value[FIELD_NAME] = "Budi Santoso";
	c.value[FIELD_NIK] = nik;
	c.value[FIELD_EMAIL] = "budi@x.id";
	return c;
}

static void certificates_follow_each_other(void **state)
{
	struct certificate mid = certificate("2103010101900001", 100), old = certificate("2103010101900001", -600),
			   next = certificate("2103010101900001", 800), other = certificate("2103010101900002", 50), *list;
	size_t n = 0;
	const char *to;
	(void)state;
	next.value[FIELD_NIP] = "199001012015031001";
	next.serial = "AB";
	BEGIN();
	assert_int_equal(store_certificate_save(s, &mid, &err), 0);
	assert_int_equal(store_certificate_save(s, &old, &err), 0); /* history comes in later */
	assert_int_equal(store_certificate_save(s, &next, &err), 0);
	assert_int_equal(store_certificate_save(s, &other, &err), 0);
	assert_int_equal(store_certificate_find(s, "2103010101900001", NULL, NULL, a, &list, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_true(list[0].id == old.id && list[0].successor == mid.id && list[1].successor == next.id &&
		    list[2].successor == 0);
	assert_int_equal(store_certificate_find(s, NULL, "199001012015031001", NULL, a, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_certificate_find(s, NULL, NULL, "AB", a, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_certificate_find(s, NULL, NULL, NULL, a, &list, &n, &err), 0);
	assert_int_equal(n, 0);
	/* only the newest of each are to be worked out */
	assert_int_equal(store_certificate_due(s, now, 10, a, &to, &list, &n, &err), 0);
	assert_true(n == 2 && !to && list[0].id == next.id && list[1].id == other.id);
	struct instant later = { now.ms + 5000 };
	assert_int_equal(store_certificate_due_set(s, next.id, REMINDED_NEVER, true, later, "budi@x.id", &err), 0);
	assert_int_equal(store_certificate_due_set(s, other.id, 30, true, now, "BUDI@x.id", &err), 0);
	assert_int_equal(store_certificate_due(s, now, 10, a, &to, &list, &n, &err), 0);
	assert_true(n == 1 && list[0].id == other.id && list[0].reminded == 30);
	assert_int_equal(store_certificate_due(s, later, 10, a, &to, &list, &n, &err), 0); /* one recipient, whatever the case */
	assert_int_equal(n, 2);
	assert_int_equal(store_certificate_due_next(s, &later, &err), 0);
	assert_int_equal(later.ms, now.ms);
	/* another end begins the reminders anew */
	other.not_after.ms += 86400000;
	assert_int_equal(store_certificate_save(s, &other, &err), 0);
	assert_int_equal(store_certificate_find(s, "2103010101900002", NULL, NULL, a, &list, &n, &err), 0);
	assert_int_equal(list[0].reminded, REMINDED_NEVER);
	struct instant from = { now.ms }, until = { now.ms + 100ll * 86400000 };
	assert_int_equal(store_certificate_ending(s, from, until, 10, a, &list, &n, &err), 0);
	assert_true(n == 1 && list[0].id == other.id); /* mid ends within, but has been followed */
	COMMIT();
}

static size_t of_ticket(struct ticket *t, enum applicant_state x, struct civil_date end, struct certificate **list)
{
	struct certificate made = { .ticket_id = t->id, .applicant_id = t->applicants[0].id, .source = CERTIFICATE_STAFF };
	size_t n = 0;
	made.not_after.ms = civil_days(end) * 86400000;
	memcpy(made.value, t->applicants[0].value, sizeof(made.value));
	assert_int_equal(store_certificate_of_ticket(s, t->id, &made, x == APPLICANT_RENEWED, &err), 0);
	assert_int_equal(store_certificate_find(s, "2103010101900001", NULL, NULL, a, list, &n, &err), 0);
	return n;
}

static void the_register_follows_a_ticket(void **state)
{
	struct ticket t = sample();
	struct certificate before = certificate("2103010101900001", 10), *list;
	struct civil_date end = { 2028, 1, 4 }, other = { 2028, 3, 4 };
	(void)state;
	before.value[FIELD_PHONE] = "+6281234567890";
	BEGIN();
	assert_int_equal(store_certificate_save(s, &before, &err), 0);
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	assert_int_equal(of_ticket(&t, APPLICANT_OPEN, end, &list), 1);
	assert_int_equal(of_ticket(&t, APPLICANT_RENEWED, end, &list), 2);
	assert_int_equal(list[0].successor, list[1].id);
	assert_string_equal(list[1].value[FIELD_PHONE], "+6281234567890"); /* the ticket did not say */
	assert_string_equal(list[1].ticket, "2026-0001");
	int64_t id = list[1].id;
	assert_int_equal(of_ticket(&t, APPLICANT_RENEWED, end, &list), 2); /* again: nothing new */
	assert_int_equal(list[1].id, id);
	assert_int_equal(of_ticket(&t, APPLICANT_RENEWED, other, &list), 2);
	assert_true(list[1].id == id && list[1].not_after.ms == civil_days(other) * 86400000);
	list[1].source = CERTIFICATE_EXAMINED; /* what is proven stays, whatever the ticket says */
	list[1].not_after.ms += 1000;
	struct certificate proven = list[1];
	assert_int_equal(store_certificate_save(s, &proven, &err), 0);
	assert_int_equal(of_ticket(&t, APPLICANT_RENEWED, end, &list), 2);
	assert_int_equal(list[1].not_after.ms, proven.not_after.ms);
	assert_int_equal(of_ticket(&t, APPLICANT_OPEN, end, &list), 1); /* reopened */
	assert_int_equal(list[0].successor, 0);
	COMMIT();
}

static void what_came_by_waits_for_its_owner(void **state)
{
	struct certificate seen = { .serial = "5A01", .source = CERTIFICATE_SEEN, .reminded = REMINDED_NEVER }, twin, *list;
	struct ticket t = sample();
	struct certificate made = { .source = CERTIFICATE_EXAMINED, .serial = "5A01" };
	struct instant from = { now.ms }, until = { now.ms + 100ll * 86400000 };
	size_t n = 0;
	(void)state;
	BEGIN();
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	seen.not_after.ms = made.not_after.ms = now.ms + 50ll * 86400000;
	seen.ticket_id = made.ticket_id = t.id;
	seen.value[FIELD_NAME] = "BUDI SANTOSO";
	twin = seen;
	assert_int_equal(store_certificate_seen(s, &seen, &err), 0);
	assert_int_equal(store_certificate_seen(s, &twin, &err), 0); /* twice: once */
	assert_int_equal(store_certificate_find(s, NULL, NULL, "5A01", a, &list, &n, &err), 0);
	assert_true(n == 1 && list[0].source == CERTIFICATE_SEEN && list[0].successor == 0);
	assert_string_equal(list[0].ticket, "2026-0001");
	assert_int_equal(store_certificate_ending(s, from, until, 10, a, &list, &n, &err), 0);
	assert_int_equal(n, 0); /* nobody is told of it */
	assert_int_equal(store_certificate_of_ticket(s, t.id, NULL, 0, &err), 0);
	assert_int_equal(store_certificate_find(s, NULL, NULL, "5A01", a, &list, &n, &err), 0);
	assert_int_equal(n, 1); /* the ticket renews nobody: it stays */
	made.applicant_id = t.applicants[0].id;
	memcpy(made.value, t.applicants[0].value, sizeof(made.value));
	assert_int_equal(store_certificate_of_ticket(s, t.id, &made, 1, &err), 0);
	assert_int_equal(store_certificate_find(s, NULL, NULL, "5A01", a, &list, &n, &err), 0);
	assert_true(n == 1 && list[0].source == CERTIFICATE_EXAMINED && list[0].value[FIELD_NIK]);
	assert_int_equal(store_certificate_of_ticket(s, t.id, NULL, 0, &err), 0); /* reopened: nobody's again */
	assert_int_equal(store_certificate_find(s, NULL, NULL, "5A01", a, &list, &n, &err), 0);
	assert_true(n == 1 && list[0].source == CERTIFICATE_SEEN && !list[0].value[FIELD_NIK] && list[0].applicant_id == 0);
	made.id = 0;
	assert_int_equal(store_certificate_of_ticket(s, t.id, &made, 1, &err), 0);
	assert_int_equal(store_certificate_seen(s, &twin, &err), 0); /* once more with a mail: it has an owner */
	assert_int_equal(store_certificate_find(s, NULL, NULL, "5A01", a, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	COMMIT();
}

static void silence_and_lists_are_kept_by_address(void **state)
{
	bool silent = true;
	const char *name;
	struct span roster;
	struct instant before = { now.ms - 1 };
	(void)state;
	BEGIN();
	assert_int_equal(store_silent(s, "budi@x.id", &silent, &err), 0);
	assert_false(silent);
	assert_int_equal(store_silent_set(s, "Budi@x.id", true, now, &err), 0);
	assert_int_equal(store_silent_set(s, "budi@x.id", true, now, &err), 0);
	assert_int_equal(store_silent(s, "budi@X.id", &silent, &err), 0);
	assert_true(silent);
	assert_int_equal(store_silent_set(s, "budi@x.id", false, now, &err), 0);
	assert_int_equal(store_silent(s, "budi@x.id", &silent, &err), 0);
	assert_false(silent);
	assert_int_equal(store_import_get(s, "satu@x.id", before, a, &name, &roster, &err), STORE_NOT_FOUND);
	assert_int_equal(store_import_keep(s, "satu@x.id", "a.csv", span_str("1"), now, &err), 0);
	assert_int_equal(store_import_keep(s, "satu@x.id", "b.csv", span_str("22"), now, &err), 0); /* the newest counts */
	assert_int_equal(store_import_get(s, "SATU@x.id", before, a, &name, &roster, &err), 0);
	assert_string_equal(name, "b.csv");
	assert_int_equal(roster.n, 2);
	assert_int_equal(store_import_get(s, "satu@x.id", now, a, &name, &roster, &err), STORE_NOT_FOUND); /* too old */
	assert_int_equal(store_import_get(s, "dua@x.id", before, a, &name, &roster, &err), STORE_NOT_FOUND);
	assert_int_equal(store_import_drop(s, "satu@x.id", &err), 0);
	assert_int_equal(store_import_get(s, "satu@x.id", before, a, &name, &roster, &err), STORE_NOT_FOUND);
	COMMIT();
}

/* A store of the version before the register: its renewed tickets are to be worked out anew, which fills it. */
static void a_store_without_register_gets_one(void **state)
{
	char path[200], sql[200];
	sqlite3 *db;
	int64_t ids[3];
	size_t n = 0;
	(void)state;
	store_close(s);
	s = NULL;
	(void)snprintf(path, sizeof(path), "rm -f %s/sitante.db*", folder);
	assert_int_equal(system(path), 0);
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	assert_int_equal(sqlite3_open(path, &db), 0);
	for (int i = 0; i < 11; i++)
		assert_int_equal(sqlite3_exec(db, schema_steps[i], NULL, NULL, NULL), SQLITE_OK);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = 11; PRAGMA application_id = %d", SCHEMA_APPLICATION_ID);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db,
			     "INSERT INTO ticket (id, number, state, kind, opened_at, open, due_at) VALUES (1, '2026-0001', "
			     "'closed', 'renewal', 5, 0, NULL); INSERT INTO applicant (ticket_id, state, v0, v1, renewed_until) "
			     "VALUES (1, 'renewed', 'Budi', '2103010101900001', '2028-01-04')",
			     NULL, NULL, NULL),
		SQLITE_OK);
	(void)sqlite3_close(db);
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	BEGIN();
	assert_int_equal(store_ticket_due(s, now, ids, 3, &n, &err), 0);
	assert_int_equal(n, 1);
	struct ticket t;
	struct certificate *list;
	assert_int_equal(store_ticket_load(s, ids[0], a, &t, &err), 0);
	assert_int_equal(of_ticket(&t, APPLICANT_RENEWED, t.applicants[0].renewed_until, &list), 1);
	COMMIT();
}

/* No statement that runs for every mail may look through a table that grows. */
static mode_t mode_of(const char *name)
{
	char path[200];
	struct stat st;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 0777;
}

/* T26: 0700 and 0600, also where the folder was there before and looser. */
static void T26_nobody_else_reads_the_store(void **state)
{
	(void)state;
	store_close(s);
	s = NULL;
	assert_int_equal(chmod(folder, 0755), 0);
	mode_t old = umask(0);
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	int fd = store_raw_create(s, &err);
	uint32_t uid = 7;
	assert_true(fd >= 0);
	assert_int_equal(store_raw_keep(s, 3, &uid, &fd, 1, &err), 0);
	(void)close(fd);
	(void)umask(old);
	assert_int_equal(mode_of("."), 0700);
	assert_int_equal(mode_of("raw"), 0700);
	static const char *const files[] = { "sitante.db", "key", "lock", "raw/3/0/7.eml" };
	for (size_t i = 0; i < COUNT(files); i++)
		assert_int_equal(mode_of(files[i]) & 077, 0);
}

/* T26: a link in the place of a file leads nowhere. */
static void T26_links_are_not_followed(void **state)
{
	static const char *const files[] = { "sitante.db", "key", "lock" };
	char path[200], away[200];
	(void)state;
	store_close(s);
	s = NULL;
	for (size_t i = 0; i < COUNT(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)snprintf(away, sizeof(away), "%s/away", folder);
		assert_int_equal(rename(path, away), 0);
		assert_int_equal(symlink(away, path), 0);
		assert_true(store_open(folder, STORE_OFFICE, &s, &err) < 0);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rename(away, path), 0);
	}
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
}

/* T33: whatever a person writes is a value: it comes back as it was, and is searched for as words. */
static void T33_naughty_words_are_values(void **state)
{
	static const char *const words[] = { "'; DROP TABLE ticket; --",
					     "\" OR \"\"=\"",
					     "%_%",
					     "NEAR(a b) AND NOT *",
					     "words:rahasia ^x \"",
					     "\\",
					     "' UNION SELECT value FROM fact --",
					     "a\tb",
					     "(((((((" };
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct ticket t = sample(), back;
		struct ticket **list = NULL;
		size_t n = 0;
		struct ticket_filter f = { .search = words[i] };
		t.requester_name = words[i];
		t.applicants[0].value[FIELD_AGENCY] = words[i];
		BEGIN();
		assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
		COMMIT();
		BEGIN();
		assert_int_equal(store_ticket_load(s, t.id, a, &back, &err), 0);
		assert_string_equal(back.requester_name, words[i]);
		assert_string_equal(back.applicants[0].value[FIELD_AGENCY], words[i]);
		assert_int_equal(store_ticket_list(s, &f, a, &list, &n, &err), 0);
		store_end(s);
	}
}

/* M22: held mail is due for nobody until it is let go, and counts only then. */
static void M22_held_mail_waits_for_the_operator(void **state)
{
	(void)state;
	struct outbox_row row = { .kind = LETTER_ACKNOWLEDGEMENT,
				  .to_address = "Budi@x.id",
				  .envelope_from = "",
				  .message_id = "held@x.id",
				  .subject = "x",
				  .state = OUTBOX_HELD,
				  .queued_at = now,
				  .next_at = now,
				  .counts = true };
	struct traffic t = { 0 };
	BEGIN();
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	assert_int_equal(store_traffic(s, "budi@X.ID", 0, now, &t, &err), 0);
	assert_int_equal(t.address_hour, 0);
	assert_int_equal(store_outbox_release(s, row.id, now, &err), 0);
	assert_int_equal(store_outbox_release(s, row.id, now, &err), STORE_NOT_FOUND);
	assert_int_equal(store_traffic(s, "budi@X.ID", 0, now, &t, &err), 0); /* one person in any case of letters */
	assert_int_equal(t.address_hour, 1);
	store_end(s);
}

static void per_mail_statements_use_indexes(void **state)
{
	static const char *const statements[] = {
		"SELECT id FROM ledger WHERE state = 0 AND id > 5 ORDER BY id LIMIT 1",
		"SELECT id FROM ledger WHERE state = 1 AND moved = 0 AND uidvalidity = 3 ORDER BY id LIMIT 5",
		"SELECT max(uid) FROM ledger WHERE uidvalidity = 3",
		("SELECT id FROM outbox o WHERE finished = 0 AND channel = 0 AND next_at NOT BETWEEN 5 AND 9 AND NOT EXISTS "
		 "(SELECT 1 FROM "
		 "outbox e "
		 "WHERE e.to_address = o.to_address AND e.finished = 0 AND e.next_at > e.queued_at AND e.id < o.id AND e.next_at "
		 "> o.next_at) ORDER BY "
		 "next_at, id LIMIT 5"),
		"SELECT count(*) FROM outbox WHERE counts = 1 AND to_address = 'x' COLLATE NOCASE AND queued_at > 5",
		("SELECT count(*) FROM outbox WHERE counts = 1 AND queued_at > 5 AND "
		 "substr(to_address, instr(to_address, '@') + 1) = 'x' COLLATE NOCASE"),
		"SELECT count(*) FROM ticket WHERE requester_address = 'x' COLLATE NOCASE AND opened_at > 5 AND opened_at <= 9",
		"SELECT sum(wrong_tokens) FROM ledger WHERE wrong_tokens > 0 AND handled_at > 5 AND id <> 3",
		"SELECT id FROM ledger WHERE disposition IN ('quarantined', 'too-big', 'held') ORDER BY id LIMIT 1000",
		"SELECT count(*) FROM outbox WHERE counts = 1 AND ticket_id = 5 AND queued_at > 5",
		"SELECT ticket_id FROM person WHERE hash = x'00' AND ticket_id <> 5 LIMIT 1",
		"SELECT ticket_id, outbox_id FROM message WHERE message_id = 'x' ORDER BY id LIMIT 1",
		"SELECT 1 FROM seen WHERE message_id = x'00' AND content = x'00' AND ledger_id <> 5 LIMIT 1",
		"SELECT 1 FROM seen WHERE sender = x'00' AND at >= 5 AND content = x'00' AND ledger_id <> 5 LIMIT 1",
		"SELECT e.id FROM event e LEFT JOIN event_detail d ON d.event_id = e.id WHERE e.ticket_id = 5 ORDER BY e.id",
		"SELECT id FROM ticket WHERE open = 1 AND id > 0 ORDER BY id LIMIT 5",
		"SELECT id FROM ticket WHERE due_at <= 5 ORDER BY due_at LIMIT 5",
		"SELECT remind_to, remind_at FROM certificate WHERE remind_at <= 5 ORDER BY remind_at LIMIT 1",
		"SELECT id FROM certificate WHERE nik_hash = x'00' UNION ALL SELECT id FROM certificate WHERE nip_hash = x'00' "
		"UNION ALL "
		"SELECT id FROM certificate WHERE serial = 'A'",
		"SELECT id FROM certificate WHERE ticket_id = 5 ORDER BY id",
		"SELECT count(*) FROM outbox WHERE kind = 'expiry' AND queued_at > 5",
		"SELECT c.id FROM reminder r JOIN certificate c ON c.id = r.certificate_id WHERE r.outbox_id = 5",
		"SELECT at FROM silent WHERE address = 'x'",
		"SELECT id FROM ticket WHERE open = 0 AND hold IS NULL AND (gone & 1) = 0 AND (closed_at, id) > (5, 5) AND "
		"closed_at "
		"<= 9 ORDER BY closed_at, id LIMIT 5",
		"SELECT id FROM ledger WHERE ticket_id IS NULL AND has_raw = 1 AND state = 1 AND handled_at <= 5 LIMIT 5",
		"SELECT id FROM outbox WHERE ticket_id IS NULL AND finished = 1 AND content IS NOT NULL AND queued_at <= 5 LIMIT "
		"5",
		"SELECT id FROM certificate WHERE not_after <= 5 ORDER BY not_after LIMIT 5",
		"SELECT id FROM destruction WHERE state = 0 ORDER BY id LIMIT 1",
		"SELECT id FROM destruction WHERE state = 1 ORDER BY id LIMIT 5",
	};
	(void)state;
	sqlite3 *db;
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	assert_int_equal(sqlite3_open(path, &db), 0);
	for (size_t i = 0; i < COUNT(statements); i++) {
		char sql[1000];
		sqlite3_stmt *q;
		(void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statements[i]);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), 0);
		while (sqlite3_step(q) == SQLITE_ROW) {
			const char *plan = (const char *)sqlite3_column_text(q, 3);
			if ((strncmp(plan, "SCAN", 4) == 0 && !strstr(plan, "INDEX")) || strstr(plan, "TEMP B-TREE"))
				fail_msg("%s: %s", statements[i], plan);
		}
		(void)sqlite3_finalize(q);
	}
	(void)sqlite3_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(ledger_knows_each_mail_once),
					    TEST(an_end_without_commit_is_a_roll_back),
					    TEST(ticket_round_trip),
					    TEST(search_takes_words_not_syntax),
					    TEST(tokens_are_kept_hashed),
					    TEST(put_off_mail_goes_before_all_later_ones),
					    TEST(kill_leaves_no_more_doubt_than_there_is),
					    TEST(outbox_keeps_the_order_of_a_recipient),
					    TEST(raw_files_are_kept_and_replaced),
					    TEST(a_second_daemon_is_refused),
					    TEST(the_chain_tells_of_every_change),
					    TEST(backup_is_a_whole_store),
					    TEST(restored_store_has_all_but_what_was_damaged),
					    TEST(soft_bounces_are_counted_by_address),
					    TEST(newer_stores_are_refused),
					    TEST(T26_nobody_else_reads_the_store),
					    TEST(T26_links_are_not_followed),
					    TEST(T33_naughty_words_are_values),
					    TEST(M22_held_mail_waits_for_the_operator),
					    TEST(certificates_follow_each_other),
					    TEST(the_register_follows_a_ticket),
					    TEST(what_came_by_waits_for_its_owner),
					    TEST(silence_and_lists_are_kept_by_address),
					    TEST(a_store_without_register_gets_one),
					    TEST(per_mail_statements_use_indexes) };
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
