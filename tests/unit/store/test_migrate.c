/* Stores of every kind of version before: played by those very versions (folder stores), opened by this one. */
#include "unit.h"

#include "store/schema.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STORES_MAX = 64, ROUNDS = 16, KIB = 1024 };

static char folder[120], path[400];
static int steps[STORES_MAX];
static size_t n_steps;
static struct error err;

static const char *in_folder(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int64_t number(const char *file, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int64_t v = -1;
	if (sqlite3_open_v2(in_folder(file), &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return v;
}

static void wipe(void)
{
	char command[1000];
	(void)snprintf(command, sizeof(command), "rm -rf %s/*", folder);
	assert_int_equal(system(command), 0);
}

/* The dump of a step, and its key, into the folder. */
static void unpack(int step)
{
	char name[4200];
	static char text[1024 * 1024];
	unsigned char key[32];
	sqlite3 *db = NULL;
	wipe();
	(void)snprintf(name, sizeof(name), "%s/step-%d.sql", getenv("SITANTE_STORES"), step);
	FILE *f = fopen(name, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	for (int i = 0; i < 32; i++)
		assert_int_equal(sscanf(text + strlen("-- key ") + (size_t)i * 2, "%2hhx", &key[i]), 1);
	int fd = open(in_folder("key"), O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, key, sizeof(key)), sizeof(key));
	(void)close(fd);
	assert_int_equal(sqlite3_open(in_folder("sitante.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(number("sitante.db", "PRAGMA user_version"), step);
}

static int oldest_first(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/sitante-migrate-XXXXXX");
	n_steps = 0;
	DIR *d = opendir(getenv("SITANTE_STORES"));
	for (struct dirent *e; d && n_steps < STORES_MAX && (e = readdir(d));)
		n_steps += sscanf(e->d_name, "step-%d.sql", &steps[n_steps]) == 1;
	if (d)
		(void)closedir(d);
	qsort(steps, n_steps, sizeof(*steps), oldest_first);
	return n_steps > 0 && mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	char command[1000];
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

struct counts {
	int64_t tickets, events, messages, mails, outbox, persons;
};

static struct counts counted(void)
{
	return (struct counts){
		number("sitante.db", "SELECT count(*) FROM ticket"),  number("sitante.db", "SELECT count(*) FROM event"),
		number("sitante.db", "SELECT count(*) FROM message"), number("sitante.db", "SELECT count(*) FROM ledger"),
		number("sitante.db", "SELECT count(*) FROM outbox"),  number("sitante.db", "SELECT count(*) FROM applicant")
	};
}

/* All that a person would look at. */
static void is_whole(struct store *s, const struct counts *before)
{
	AUTO_ARENA a = arena_new(16 << 20);
	struct verify_result v;
	struct ticket **list = NULL;
	size_t n = 0;
	struct ticket_filter f = { .search = "contoh" };
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_verify(s, NULL, NULL, &v, &err), 0);
	assert_true(v.whole);
	assert_int_equal(v.n_events, before->events);
	assert_int_equal(store_ticket_list(s, &f, a, &list, &n, &err), 0);
	assert_int_equal(n, before->tickets); /* found by their words too */
	for (size_t i = 0; i < n; i++) {
		struct message_row *rows = NULL;
		size_t n_rows = 0;
		assert_true(list[i]->n_events > 0 && list[i]->n_applicants > 0 && list[i]->requester_address);
		assert_int_equal(store_message_list(s, list[i]->id, a, &rows, &n_rows, &err), 0);
		assert_true(n_rows > 0 && rows[0].text && *rows[0].text);
	}
	store_end(s);
	struct counts now = counted();
	assert_memory_equal(&now, before, sizeof(now));
	assert_int_equal(number("sitante.db", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
	assert_int_equal(number("sitante.db", "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void every_store_before_comes_forward(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_steps; i++) {
		char name[60];
		struct store *s = NULL;
		struct stat st;
		unpack(steps[i]);
		struct counts before = counted();
		assert_true(before.tickets == 2 && before.events > 8 && before.messages > 5);
		if (steps[i] < schema_version) {
			assert_int_equal(store_open(folder, STORE_TOOL, &s, &err), STORE_MISSING);
			assert_non_null(strstr(err.text, "start sitanted once"));
		}
		assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
		assert_int_equal(number("sitante.db", "PRAGMA user_version"), schema_version);
		is_whole(s, &before);
		store_close(s);
		(void)snprintf(name, sizeof(name), "older/step-%d.db", steps[i]);
		if (steps[i] == schema_version) {
			assert_int_equal(access(in_folder(name), F_OK), -1);
			continue;
		}
		assert_int_equal(stat(in_folder(name), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(number(name, "PRAGMA user_version"), steps[i]);
		assert_int_equal(number(name, "SELECT count(*) FROM event"), before.events);
		assert_int_equal(number(name, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
		assert_int_equal(number(name, "SELECT count(*) FROM fact WHERE key = 'restored' AND value = 'new'"), 1);
		/* and the second start has nothing to do */
		assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
		store_close(s);
	}
}

static void the_copy_is_a_store(void **state)
{
	(void)state;
	char command[1000];
	struct store *s = NULL;
	unpack(steps[0]);
	struct counts before = counted();
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	store_close(s);
	(void)snprintf(command, sizeof(command), "cd %s && rm -f sitante.db* && mv older/step-%d.db sitante.db", folder,
		       steps[0]);
	assert_int_equal(system(command), 0);
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	is_whole(s, &before);
	store_close(s);
}

static void two_copies_are_kept_and_none_for_long(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool old, stays;
	} rows[] = { { "older/step-1.db", false, false },
		     { "older/step-2.db", false, false },
		     { "older/step-13.db", false, true },
		     { "older/step-13.db", true, false },
		     { "older/mine.db", true, true } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store *s = NULL;
		const struct timespec long_ago[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
		unpack(14);
		assert_int_equal(mkdir(in_folder("older"), 0700), 0);
		for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
			int fd = open(in_folder(rows[k].name), O_WRONLY | O_CREAT, 0600);
			assert_true(fd >= 0);
			(void)close(fd);
		}
		if (rows[i].old)
			assert_int_equal(utimensat(AT_FDCWD, in_folder(rows[i].name), long_ago, 0), 0);
		assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
		store_close(s);
		assert_int_equal(access(in_folder("older/step-14.db"), F_OK), 0);
		assert_int_equal(access(in_folder(rows[i].name), F_OK), rows[i].stays ? 0 : -1);
	}
}

static void a_newer_store_is_refused_and_left_alone(void **state)
{
	(void)state;
	struct store *s = NULL;
	sqlite3 *db = NULL;
	char sql[60];
	unpack(steps[0]);
	assert_int_equal(sqlite3_open(in_folder("sitante.db"), &db), SQLITE_OK);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", schema_version + 1);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	for (enum store_open_mode m = STORE_OFFICE; m <= STORE_TOOL; m++) {
		assert_int_equal(store_open(folder, m, &s, &err), STORE_TOO_NEW);
		assert_non_null(strstr(err.text, "newer sitanted"));
		assert_non_null(strstr(err.text, "install that version"));
	}
	assert_int_equal(number("sitante.db", "PRAGMA user_version"), schema_version + 1);
	assert_int_equal(access(in_folder("older"), F_OK), -1);
}

/* On a disk of its own, a little larger each time, until there is room: before that the store is what it was. */
static void a_full_disk_leaves_the_old_store_whole(void **state)
{
	(void)state;
	char command[1000], options[80], own[sizeof(folder)];
	size_t refused = 0, in_the_copy = 0;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip();
	unpack(steps[0]);
	struct counts before = counted();
	(void)snprintf(own, sizeof(own), "%.100s.disk", folder);
	assert_int_equal(mkdir(own, 0700), 0);
	struct stat st;
	assert_int_equal(stat(in_folder("sitante.db"), &st), 0);
	bool done = false;
	for (long kib = st.st_size / KIB + 64; !done; kib += 64) {
		struct store *s = NULL;
		char was[sizeof(folder)];
		(void)snprintf(options, sizeof(options), "size=%ldk,mode=0700", kib);
		assert_int_equal(mount("none", own, "tmpfs", 0, options), 0);
		(void)snprintf(command, sizeof(command), "cp -p %s/sitante.db %s/key %s/ 2>/dev/null", folder, folder, own);
		assert_int_equal(system(command), 0);
		memcpy(was, folder, sizeof(was));
		memcpy(folder, own, sizeof(folder));
		int r = store_open(folder, STORE_OFFICE, &s, &err);
		done = r == 0;
		if (done) {
			is_whole(s, &before);
		} else {
			refused++;
			in_the_copy += access(in_folder("older"), F_OK) == 0;
			assert_int_equal(number("sitante.db", "PRAGMA user_version"), steps[0]);
			struct counts now = counted();
			assert_memory_equal(&now, &before, sizeof(now));
			char part[60];
			(void)snprintf(part, sizeof(part), "older/step-%d.db.new", steps[0]);
			assert_int_equal(access(in_folder(part), F_OK), -1);
			if (r == -ENOSPC)
				assert_true(strstr(err.text, "stays as it was") || strstr(err.text, "full"));
		}
		store_close(s);
		memcpy(folder, was, sizeof(folder));
		assert_int_equal(umount2(own, MNT_DETACH), 0);
	}
	assert_true(refused > 2 && in_the_copy > 0);
	assert_int_equal(rmdir(own), 0);
}

static void killed_at_any_moment_it_is_the_old_or_the_new(void **state)
{
	(void)state;
	struct counts before;
	size_t killed = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct store *s = NULL;
		unpack(steps[0]);
		before = counted();
		pid_t pid = fork();
		if (pid == 0)
			_exit(store_open(folder, STORE_OFFICE, &s, &err) == 0 ? 0 : 1);
		(void)usleep((useconds_t)i * 4000);
		(void)kill(pid, SIGKILL);
		int status = 0;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed += WIFSIGNALED(status);
		int64_t version = number("sitante.db", "PRAGMA user_version");
		assert_true(version == steps[0] || version == schema_version);
		assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
		is_whole(s, &before);
		store_close(s);
	}
	assert_true(killed > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_store_before_comes_forward),
					    TEST(the_copy_is_a_store),
					    TEST(two_copies_are_kept_and_none_for_long),
					    TEST(a_newer_store_is_refused_and_left_alone),
					    TEST(killed_at_any_moment_it_is_the_old_or_the_new),
					    TEST(a_full_disk_leaves_the_old_store_whole) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
