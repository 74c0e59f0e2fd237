/* What is destroyed in the store, step by step, twice, and against a hold that comes in between; who was erased. */
#include "raw_mail.h"

#include "store/person.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAIL "From: a@x.id\r\n\r\nhalo\r\nAAAA\r\nBBBB\r\nakhir\r\n"
#define LEFT "From: a@x.id\r\n\r\nhalo\r\n    \r\n    \r\nakhir\r\n"
enum { FILE_AT = 22, FILE_LENGTH = 10 };

static char folder[100];
static struct store *s;
static struct error err;
static struct arena *a;
static const struct instant now = { 1767579176000 };
static struct ticket ticket;
static int64_t mail;

#define BEGIN() assert_int_equal(store_begin(s, __func__, &err), 0)
#define COMMIT() assert_int_equal(store_commit(s, &err), 0)

static int64_t keep_raw(uint32_t uid, int64_t ticket_id)
{
	int64_t id = raw_mail_keep(s, uid, MAIL, now);
	BEGIN();
	assert_int_equal(store_ledger_done(s, id, DISPOSITION_OPENED, "r", ticket_id, now, &err), 0);
	COMMIT();
	return id;
}

static void ticket_keep(struct ticket *t)
{
	BEGIN();
	assert_int_equal(store_ticket_save(s, t, 2026, a, &err), 0);
	COMMIT();
}

/* A closed ticket with one mail and a file in it. */
static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/sitante-store-XXXXXX");
	a = arena_new(32 << 20);
	if (!mkdtemp(folder) || !a || store_open(folder, STORE_OFFICE, &s, &err) != 0)
		return -1;
	ticket = (struct ticket){ .state = TICKET_CLOSED,
				  .kind = REQUEST_RENEWAL,
				  .requester_address = "budi@x.id",
				  .opened_at = now,
				  .is_closed = true,
				  .closed_at = now };
	ticket.applicants = arena_array(a, 1, sizeof(*ticket.applicants));
	ticket.n_applicants = 1;
	ticket.applicants[0].value[FIELD_NIK] = "2103010101900001";
	ticket_keep(&ticket);
	mail = keep_raw(1, ticket.id);
	BEGIN();
	assert_int_equal(store_attachment_add(s, mail, FILE_AT, FILE_LENGTH, true, &err), 0);
	COMMIT();
	return 0;
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

static void say(enum keep_class c)
{
	BEGIN();
	assert_int_equal(store_keep_say(s, ticket.id, c, now, &err), 0);
	COMMIT();
}

static int next(struct keep_file *f)
{
	BEGIN();
	int r = store_keep_next(s, a, f, &err);
	store_end(s);
	return r;
}

static void gone(const struct keep_file *f)
{
	BEGIN();
	assert_int_equal(store_keep_gone(s, f, &err), 0);
	COMMIT();
}

static size_t ended(enum keep_class c, struct keep_ticket *out)
{
	struct keep_place at = { 0 };
	size_t n = 0;
	BEGIN();
	assert_int_equal(store_keep_ended(s, c, now, &at, out, 4, &n, &err), 0);
	store_end(s);
	return n;
}

static void raw_is(const char *text)
{
	char got[200] = "";
	int fd = store_raw_open(s, 7, 1, &err);
	if (!text) {
		assert_int_equal(fd, -ENOENT);
		return;
	}
	assert_int_equal(read(fd, got, sizeof(got)), strlen(text));
	assert_memory_equal(got, text, strlen(text));
	(void)close(fd);
}

static void a_file_goes_and_the_mail_stays_whole(void **state)
{
	struct keep_file f;
	struct backup_result kept;
	char path[200];
	(void)state;
	say(KEEP_SCANS);
	say(KEEP_SCANS); /* said twice is said once */
	assert_int_equal(next(&f), 0);
	assert_false(f.whole);
	assert_int_equal(store_keep_file(s, &f, &err), 0);
	raw_is(LEFT);
	assert_int_equal(next(&f), 0); /* killed here: once more */
	assert_int_equal(store_keep_file(s, &f, &err), 0);
	raw_is(LEFT);
	gone(&f);
	assert_int_equal(next(&f), STORE_NOT_FOUND);
	(void)snprintf(path, sizeof(path), "%s/copy", folder);
	assert_int_equal(store_backup(s, path, NULL, NULL, &kept, &err), 0);
	assert_int_equal(kept.n_damaged, 0);
}

static void a_mail_goes_once_whatever_was_there(void **state)
{
	struct keep_file f;
	struct keep_row rows[4];
	size_t n = 0;
	(void)state;
	say(KEEP_RAW);
	assert_int_equal(next(&f), 0);
	assert_true(f.whole);
	assert_int_equal(store_keep_file(s, &f, &err), 0);
	assert_int_equal(store_keep_file(s, &f, &err), 0);
	assert_true(f.missing);
	gone(&f);
	raw_is(NULL);
	BEGIN();
	assert_int_equal(store_keep_unlisted(s, a, rows, 4, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].class, "raw");
	assert_int_equal(store_keep_listed(s, rows[0].id, &err), 0);
	assert_int_equal(store_keep_unlisted(s, a, rows, 4, &n, &err), 0);
	assert_int_equal(n, 0);
	COMMIT();
}

static void a_hold_in_between_wins(void **state)
{
	struct keep_file f;
	struct keep_ticket list[4];
	(void)state;
	say(KEEP_RAW);
	assert_int_equal(ended(KEEP_RAW, list), 0);
	ticket.hold = "perkara";
	ticket_keep(&ticket);
	assert_int_equal(next(&f), 0);
	assert_true(f.kept);
	assert_int_equal(store_keep_file(s, &f, &err), 0);
	gone(&f);
	raw_is(MAIL);
	assert_int_equal(next(&f), STORE_NOT_FOUND);
	assert_int_equal(ended(KEEP_RAW, list), 0);
	ticket.hold = NULL;
	ticket_keep(&ticket);
	assert_int_equal(ended(KEEP_RAW, list), 1);
}

static void a_later_word_counts_and_brings_it_back(void **state)
{
	struct keep_ticket list[4];
	struct message_row m = {
		.ticket_id = ticket.id, .direction = "in", .kind = "answer", .at = { now.ms + 5000 }, .state = "filed"
	};
	(void)state;
	assert_int_equal(ended(KEEP_TICKETS, list), 1);
	assert_int_equal(list[0].facts.last.ms, now.ms);
	say(KEEP_TICKETS);
	assert_int_equal(ended(KEEP_TICKETS, list), 0);
	BEGIN();
	assert_int_equal(store_message_add(s, &m, &err), 0);
	COMMIT();
	assert_int_equal(ended(KEEP_TICKETS, list), 1);
	assert_int_equal(list[0].facts.last.ms, now.ms + 5000);
}

static void a_merged_one_is_as_open_as_its_survivor(void **state)
{
	struct keep_ticket list[4];
	struct ticket other = { .state = TICKET_EXAMINING, .kind = REQUEST_RENEWAL, .opened_at = now };
	(void)state;
	ticket_keep(&other);
	ticket.state = TICKET_MERGED;
	ticket.merged_into = other.number;
	ticket_keep(&ticket);
	assert_int_equal(ended(KEEP_RAW, list), 1);
	assert_true(list[0].facts.open);
	other.state = TICKET_CLOSED;
	other.is_closed = true;
	other.closed_at.ms = now.ms + 9000;
	other.hold = "perkara";
	ticket_keep(&other);
	assert_int_equal(ended(KEEP_RAW, list), 1);
	assert_false(list[0].facts.open);
	assert_true(list[0].facts.held);
	assert_int_equal(list[0].facts.last.ms, now.ms + 9000);
}

static void person(const char *given, struct store_person *p)
{
	BEGIN();
	assert_int_equal(store_person_find(s, given, NULL, 0, a, p, &err), 0);
	store_end(s);
}

static void who_was_erased_is_known_by_a_hash(void **state)
{
	struct store_person p;
	const char *key = NULL;
	char path[200];
	struct stat st;
	(void)state;
	person("2103010101900001", &p);
	assert_int_equal(p.n_tickets, 1);
	BEGIN();
	assert_int_equal(store_person_erase(s, &p, now, &err), 0);
	assert_int_equal(store_erasures_write(s, &err), 0);
	COMMIT();
	(void)snprintf(path, sizeof(path), "%s/erasures", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* held again, as in a restored store that does not know of it */
	ticket = (struct ticket){ .state = TICKET_CLOSED,
				  .kind = REQUEST_RENEWAL,
				  .opened_at = now,
				  .is_closed = true,
				  .closed_at = now,
				  .applicants = ticket.applicants,
				  .n_applicants = 1 };
	ticket.applicants[0] = (struct applicant){ .value = { [FIELD_NIK] = "2103010101900001" } };
	ticket_keep(&ticket);
	BEGIN();
	assert_int_equal(store_erasures_next(s, a, &key, &err), STORE_NOT_FOUND); /* it came back later: nobody's business */
	store_end(s);
}

static void a_file_that_is_no_list_is_refused(void **state)
{
	static const char *const wrong[] = { "person xyz 5\n",
					     "person 00 5\n",
					     "niemand\n",
					     "\n",
					     "mail 0000000000000000000000000000000000000000000000000000000000000000 x\n",
					     "mail 0000000000000000000000000000000000000000000000000000000000000000\n",
					     "mail 00000000000000000000000000000000000000000000000000000000000000000 5\n" };
	char path[200];
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/erasures", folder);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, wrong[i], strlen(wrong[i])), strlen(wrong[i]));
		(void)close(fd);
		BEGIN();
		assert_int_equal(store_erasures_read(s, &err), STORE_MISSING);
		store_end(s);
		assert_int_equal(store_erasures_import(folder, path, &err), STORE_MISSING);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(a_file_goes_and_the_mail_stays_whole),
					    TEST(a_mail_goes_once_whatever_was_there),
					    TEST(a_hold_in_between_wins),
					    TEST(a_later_word_counts_and_brings_it_back),
					    TEST(a_merged_one_is_as_open_as_its_survivor),
					    TEST(who_was_erased_is_known_by_a_hash),
					    TEST(a_file_that_is_no_list_is_refused) };
	return cmocka_run_group_tests_name("store: what is destroyed", tests, NULL, NULL);
}
