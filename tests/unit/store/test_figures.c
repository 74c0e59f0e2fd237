#include "unit.h"

#include "store/schema.h"
#include "store/store.h"

#include <sqlite3.h>
#include <unistd.h>

static char folder[100];
static struct store *s;
static struct error err;
static struct arena *a;
static struct store_figures f;
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
	s = NULL;
	arena_free(a);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void look(void)
{
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_figures(s, now, &f, &err), 0);
	store_end(s);
}

static int64_t ticket(int64_t opened_ms)
{
	struct ticket t = { .state = TICKET_RECEIVED, .kind = REQUEST_RENEWAL, .opened_at = { opened_ms } };
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	return t.id;
}

/* As the office saves it again and again: working seconds of the steps, -1: not finished. */
static void tally(int64_t id, int64_t w1, int64_t w2)
{
	struct tally t = { .opened_s = 1, .step_s = { w1, w2, -1, -1 }, .standard_s = { 600, 3600, 900, 300 } };
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_tally_save(s, id, &t, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
}

static uint64_t up_to(int step, int64_t seconds)
{
	for (int i = 0; i < N_STEP_BUCKETS; i++)
		if (f.step[step].bucket[i].up_to_s == seconds)
			return f.step[step].bucket[i].n;
	fail_msg("no bucket up to %lld", (long long)seconds);
	return 0;
}

static void an_empty_store_has_all_buckets_and_nothing_in_them(void **state)
{
	(void)state;
	look();
	for (int k = 0; k < 4; k++) {
		int64_t last = 0;
		for (int i = 0; i < N_STEP_BUCKETS; i++) {
			assert_true(f.step[k].bucket[i].up_to_s > last);
			last = f.step[k].bucket[i].up_to_s;
			assert_int_equal(f.step[k].bucket[i].n, 0);
		}
		assert_int_equal(f.step[k].seconds + f.step[k].late + f.step[k].overdue, 0);
	}
	assert_int_equal(f.unread.n + f.unmoved.n + f.quarantined.n + f.tickets[TICKET_RECEIVED], 0);
	assert_int_equal(f.unread.oldest.ms, 0);
	assert_int_equal(f.oldest_open.ms, 0);
}

static void a_step_is_counted_once_when_it_is_finished(void **state)
{
	(void)state;
	int64_t one = ticket(5000), two = ticket(4000);
	tally(one, -1, -1);
	tally(one, 0, -1);
	tally(one, 0, -1);
	tally(one, 0, 3600);
	tally(two, 601, -1);
	look();
	assert_int_equal(up_to(0, 60), 1);
	assert_int_equal(up_to(0, 600), 0);
	assert_int_equal(up_to(0, 900), 1);
	assert_int_equal(up_to(1, 3600), 1); /* the bound itself is within */
	assert_int_equal(f.step[0].seconds, 601);
	assert_int_equal(f.step[0].late, 1);
	assert_int_equal(f.step[1].late, 0);
	assert_int_equal(f.step[2].seconds, 0);
	tally(one, 0, -1); /* opened again: no count falls */
	look();
	assert_int_equal(up_to(1, 3600), 1);
	tally(one, 0, 90000);
	look();
	assert_int_equal(up_to(1, 3600), 1);
	assert_int_equal(f.step[1].bucket[N_STEP_BUCKETS - 1].n, 1);
	assert_int_equal(f.step[1].seconds, 93600);
	assert_int_equal(f.tickets[TICKET_RECEIVED], 2);
	assert_int_equal(f.oldest_open.ms, 4000);
}

static void queues_tell_their_oldest(void **state)
{
	(void)state;
	struct instant late[4] = { { 0 }, { now.ms }, { now.ms + 1 }, { 0 } };
	struct outbox_row row = { .kind = LETTER_ACKNOWLEDGEMENT,
				  .to_address = "budi@x.id",
				  .envelope_from = "",
				  .message_id = "1@x.id",
				  .subject = "x",
				  .state = OUTBOX_QUEUED,
				  .queued_at = { 7000 },
				  .next_at = now };
	struct ledger_row mail = {
		.uidvalidity = 1, .uid = 1, .internaldate = { 3000 }, .state = LEDGER_STORED, .has_raw = true
	};
	int64_t id = ticket(1), ledger = 0;
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_ticket_late_set(s, id, late, &err), 0);
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	row.message_id = "2@x.id";
	row.queued_at.ms = 6000;
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	row.message_id = "3@x.id";
	row.state = OUTBOX_HELD;
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	assert_int_equal(store_ledger_add(s, &mail, &ledger, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	look();
	assert_int_equal(f.outbox[OUTBOX_QUEUED].n, 2);
	assert_int_equal(f.outbox[OUTBOX_QUEUED].oldest.ms, 6000);
	assert_int_equal(f.outbox[OUTBOX_HELD].n, 1);
	assert_int_equal(f.outbox[OUTBOX_FAILED].n, 0);
	assert_int_equal(f.unread.n, 1);
	assert_int_equal(f.unread.oldest.ms, 3000);
	assert_int_equal(f.step[1].overdue, 1); /* at this very moment */
	assert_int_equal(f.step[2].overdue, 0);
}

/* What was finished before the counts were there is counted by the migration. */
static void an_older_store_is_counted(void **state)
{
	(void)state;
	char path[200], sql[200];
	sqlite3 *db;
	store_close(s);
	s = NULL;
	(void)snprintf(path, sizeof(path), "rm -f %s/sitante.db*", folder);
	assert_int_equal(system(path), 0);
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	assert_int_equal(sqlite3_open(path, &db), 0);
	for (int i = 0; i < 14; i++)
		assert_int_equal(sqlite3_exec(db, schema_steps[i], NULL, NULL, NULL), SQLITE_OK);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = 14; PRAGMA application_id = %d", SCHEMA_APPLICATION_ID);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db,
			     "INSERT INTO ticket (id, number, state, kind, opened_at, open, due_at) VALUES "
			     "(1, '2026-0001', 'received', 'renewal', 5, 1, NULL), (2, '2026-0002', 'received', 'renewal', "
			     "6, 1, NULL);"
			     "INSERT INTO tally VALUES (1, 1, NULL, NULL, NULL, 0, 20, 7200, -1, -1, 600, 3600, 900, 300, 0, "
			     "0, 0, 0, 0), (2, 1, NULL, NULL, NULL, 0, 30, -1, -1, -1, 600, 3600, 900, 300, 0, 0, 0, 0, 0)",
			     NULL, NULL, NULL),
		SQLITE_OK);
	(void)sqlite3_close(db);
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	look();
	assert_int_equal(up_to(0, 60), 2);
	assert_int_equal(up_to(1, 7200), 1);
	assert_int_equal(f.step[1].late, 1);
	assert_int_equal(f.step[2].seconds, 0);
	tally(2, 30, 10); /* and goes on from there */
	look();
	assert_int_equal(up_to(0, 60), 2);
	assert_int_equal(up_to(1, 60), 1);
}

/* Asked every ten seconds of a busy day: each reads an index that holds what waits, and no more. */
static void figures_read_what_waits_alone(void **state)
{
	static const struct {
		const char *sql, *index;
	} rows[] = {
		{ "SELECT count(*), min(internaldate) FROM ledger WHERE state = 0", "ledger_stored" },
		{ "SELECT count(*), min(handled_at) FROM ledger WHERE state = 1 AND moved = 0", "ledger_unmoved" },
		{ "SELECT count(*), min(handled_at) FROM ledger WHERE disposition IN ('quarantined', 'too-big', 'held')",
		  "ledger_quarantine" },
		{ "SELECT count(*), min(opened_at) FROM ticket WHERE open = 1", "ticket_open" },
		{ "SELECT state, count(*), min(queued_at) FROM outbox WHERE finished = 0 OR state IN ('failed', 'uncertain', "
		  "'held') GROUP BY state",
		  "outbox_unfinished" },
		{ "SELECT count(*) FILTER (WHERE late1 <= 5) FROM ticket WHERE ifnull(late1, ifnull(late2, ifnull(late3, "
		  "late4))) IS NOT NULL",
		  "ticket_late" },
	};
	(void)state;
	sqlite3 *db;
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	assert_int_equal(sqlite3_open(path, &db), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char sql[1000];
		sqlite3_stmt *q;
		(void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", rows[i].sql);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), 0);
		assert_int_equal(sqlite3_step(q), SQLITE_ROW);
		if (!strstr((const char *)sqlite3_column_text(q, 3), rows[i].index))
			fail_msg("%s: %s", rows[i].sql, (const char *)sqlite3_column_text(q, 3));
		(void)sqlite3_finalize(q);
	}
	(void)sqlite3_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(an_empty_store_has_all_buckets_and_nothing_in_them),
					    TEST(a_step_is_counted_once_when_it_is_finished), TEST(queues_tell_their_oldest),
					    TEST(an_older_store_is_counted), TEST(figures_read_what_waits_alone) };
	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
