/* SQLite and the reader's arena without memory: what is read is whole, or it is an error; no column looks empty that is not. */
#include "unit.h"

#include "store/store.h"

#include <sqlite3.h>
#include <unistd.h>

enum { LONG_BYTES = 60000 };

static sqlite3_mem_methods real;
static size_t room = 1u << 20; /* of the arena that is read into */
static long left = -1;         /* allocations until one fails; negative: none does */

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

static void *take(int n)
{
	return fails() ? NULL : real.xMalloc(n);
}

static void *retake(void *p, int n)
{
	return fails() ? NULL : real.xRealloc(p, n);
}

static char folder[100];
static struct store *s;
static struct error err;
static const struct instant now = { 1767579176000 };
static char words[LONG_BYTES + 1]; /* more than a page holds */

static int set_up(void **state)
{
	(void)state;
	memset(words, 'x', LONG_BYTES);
	(void)snprintf(folder, sizeof(folder), "/tmp/sitante-scarce-XXXXXX");
	return mkdtemp(folder) && store_open(folder, STORE_OFFICE, &s, &err) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[200];
	(void)state;
	store_close(s);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int outbox_whole(int64_t id)
{
	AUTO_ARENA a = arena_new(room);
	struct outbox_row row;
	int r = store_outbox_get(s, id, true, a, &row, &err);
	if (r != 0)
		return r;
	assert_int_equal(row.kind, LETTER_NOTIFICATION);
	assert_int_equal(row.state, OUTBOX_UNCERTAIN);
	assert_string_equal(row.to_address, "budi@example.org");
	assert_string_equal(row.subject, words);
	assert_int_equal(row.content.n, LONG_BYTES);
	return memcmp(row.content.p, words, LONG_BYTES) == 0 ? 0 : 1;
}

static int ledger_whole(int64_t id)
{
	AUTO_ARENA a = arena_new(room);
	struct ledger_row row;
	int r = store_ledger_get(s, id, a, &row, &err);
	if (r != 0)
		return r;
	assert_true(row.has_disposition && row.disposition == DISPOSITION_QUARANTINED);
	assert_string_equal(row.reason, words);
	return 0;
}

static int ticket_whole(int64_t id)
{
	AUTO_ARENA a = arena_new(room);
	struct ticket t;
	int r = store_ticket_load(s, id, a, &t, &err);
	if (r != 0)
		return r;
	assert_string_equal(t.requester_name, words);
	assert_string_equal(t.requester_address, "budi@example.org");
	assert_int_equal(t.n_applicants, 1);
	assert_string_equal(t.applicants[0].value[FIELD_AGENCY], words);
	assert_int_equal(t.applicants[0].state, APPLICANT_RENEWED);
	return 0;
}

/* Each allocation of SQLite's fails in its turn, with the statement and the pages in memory and without. */
static void each_fails(int64_t id, int (*whole)(int64_t))
{
	int failures = 0, r = -1;
	for (long n = 0; r != 0 || n < 3; n++) {
		assert_true(n < 10000);
		assert_int_equal(store_begin(s, __func__, &err), 0);
		if (n % 2)
			(void)sqlite3_release_memory(1 << 30);
		left = n;
		r = whole(id);
		left = -1;
		store_end(s);
		failures += r < 0;
		assert_true(r <= 0);
	}
	assert_true(failures > 0);
	assert_int_equal(store_begin(s, __func__, &err), 0);
	for (room = 64; room < 4 * LONG_BYTES; room += 64)
		assert_true(whole(id) <= 0);
	room = 1u << 20;
	assert_int_equal(whole(id), 0);
	store_end(s);
}

static void an_outgoing_mail_is_whole(void **state)
{
	struct outbox_row row = { .kind = LETTER_NOTIFICATION,
				  .to_address = "budi@example.org",
				  .envelope_from = "",
				  .message_id = "x@x.id",
				  .subject = words,
				  .state = OUTBOX_UNCERTAIN,
				  .queued_at = now,
				  .next_at = now,
				  .content = span_of(words, LONG_BYTES) };
	(void)state;
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_outbox_add(s, &row, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_end(s);
	each_fails(row.id, outbox_whole);
}

static void a_row_of_the_ledger_is_whole(void **state)
{
	struct ledger_row row = { .uidvalidity = 1,
				  .uid = 1,
				  .internaldate = now,
				  .state = LEDGER_DONE,
				  .has_disposition = true,
				  .disposition = DISPOSITION_QUARANTINED,
				  .reason = words,
				  .handled_at = now };
	int64_t id;
	(void)state;
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_ledger_add(s, &row, &id, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_end(s);
	each_fails(id, ledger_whole);
}

static void a_ticket_is_whole(void **state)
{
	struct applicant person = { .state = APPLICANT_RENEWED, .value = { [FIELD_AGENCY] = words } };
	struct ticket t = { .state = TICKET_EXAMINING,
			    .kind = REQUEST_RENEWAL,
			    .requester_name = words,
			    .requester_address = "budi@example.org",
			    .opened_at = now,
			    .applicants = &person,
			    .n_applicants = 1 };
	AUTO_ARENA a = arena_new(1u << 20);
	(void)state;
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_end(s);
	each_fails(t.id, ticket_whole);
}

int main(void)
{
	sqlite3_mem_methods mine;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
		return 1;
	mine = real;
	mine.xMalloc = take;
	mine.xRealloc = retake;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_outgoing_mail_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_row_of_the_ledger_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_ticket_is_whole, set_up, tear_down),
	};
	ADD_TESTS(tests)
	return RUN_SUITE("store: scarce memory");
}
