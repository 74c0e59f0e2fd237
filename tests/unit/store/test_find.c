/* Lists of tickets: what holds for a ticket decides, whatever else there is, and no table is read for it. */
#include "unit.h"

#include "store/schema.h"
#include "store/store_private.h"

#include <unistd.h>

static char folder[100];
static struct store *s;
static struct error err;
static struct arena *a;
static const struct instant now = { 1767579176000 };

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/sitante-find-XXXXXX");
	a = arena_new(256u << 20);
	return mkdtemp(folder) && a && store_open(folder, STORE_OFFICE, &s, &err) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[200];
	(void)state;
	store_close(s);
	s = NULL;
	arena_free(a);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

#define BEGIN() assert_int_equal(store_begin(s, __func__, &err), 0)
#define COMMIT() assert_int_equal(store_commit(s, &err), 0)

static void say(int64_t ticket, const char *direction, const char *subject, const char *text)
{
	struct message_row m = { .ticket_id = ticket,
				 .direction = direction,
				 .kind = "mail",
				 .subject = subject,
				 .at = now,
				 .state = "filed",
				 .text = text };
	assert_int_equal(store_message_add(s, &m, &err), 0);
	assert_true(m.id > 0);
}

static struct ticket ticket_new(const char *name, const char *agency)
{
	struct ticket t = { .state = TICKET_EXAMINING,
			    .kind = REQUEST_RENEWAL,
			    .requester_name = name,
			    .requester_address = "x@example.org",
			    .opened_at = now,
			    .applicants = arena_array(a, 1, sizeof(*t.applicants)),
			    .n_applicants = 1 };
	t.applicants[0].value[FIELD_AGENCY] = agency;
	t.applicants[0].value[FIELD_NIK] = "2103010101900001";
	assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
	return t;
}

static size_t found(struct ticket_filter f, int64_t *ids)
{
	struct ticket **list = NULL;
	size_t n = 0;
	BEGIN();
	int r = store_ticket_list(s, &f, a, &list, &n, &err);
	store_end(s);
	if (r != 0)
		fail_msg("%d %s", r, err.text);
	for (size_t i = 0; ids && i < n; i++)
		ids[i] = list[i]->id;
	return n;
}

static size_t search(const char *words)
{
	return found((struct ticket_filter){ .search = words }, NULL);
}

static void every_text_is_found(void **state)
{
	(void)state;
	BEGIN();
	struct ticket t = ticket_new("Budi", "Dinas Kesehatan");
	say(t.id, "in", "Perpanjangan", "Mohon dibantu segera");
	say(t.id, "out", "[SITANTE-2026-0001]", "Silakan kirim pasfoto");
	say(t.id, "note", NULL, "sudah ditelepon");
	say(t.id, "sms", NULL, "cek surel");
	COMMIT();
	static const struct {
		const char *words;
		size_t n;
	} rows[] = { { "segera", 1 },
		     { "pasfoto", 1 },
		     { "DITELEPON", 1 },
		     { "surel", 1 },
		     { "Perpanjangan", 1 },
		     { "segera pasfoto", 1 },
		     { "budi surel", 1 },
		     { "pasfoto tidak", 0 },
		     { "2026-0001", 1 },
		     { "x@example.org", 1 },
		     { "kesehatan", 1 },
		     { "2103010101900001", 0 },
		     { "pasfoto - segera", 1 },
		     { "- \" pasfoto", 1 },
		     { "\xe2\x80\x93", 0 },
		     { "kirim pasfoto 2026-0001 dinas", 1 },
		     { "a b c d e f g h i j k l m n o p q", 0 } };
	for (size_t i = 0; i < COUNT(rows); i++)
		if (search(rows[i].words) != rows[i].n)
			fail_msg("%s: not %zu", rows[i].words, rows[i].n);
}

static void changed_data_are_found_and_old_ones_no_more(void **state)
{
	(void)state;
	BEGIN();
	struct ticket t = ticket_new("Budi", "Dinas Kesehatan");
	COMMIT();
	t.applicants[0].value[FIELD_AGENCY] = "Inspektorat Daerah";
	t.applicants[0].value[FIELD_NAME] = "Budiman";
	for (int i = 0; i < 3; i++) { /* the same once more changes nothing */
		BEGIN();
		assert_int_equal(store_ticket_save(s, &t, 0, a, &err), 0);
		COMMIT();
		assert_int_equal(search("inspektorat"), 1);
		assert_int_equal(search("budiman"), 1);
		assert_int_equal(search("kesehatan"), 0);
		assert_int_equal(found((struct ticket_filter){ .opd = "kesehatan" }, NULL), 0);
		assert_int_equal(found((struct ticket_filter){ .opd = "DAERAH inspektorat" }, NULL), 1);
	}
	BEGIN(); /* undone with its unit of work */
	t.applicants[0].value[FIELD_NAME] = "Sementara";
	assert_int_equal(store_ticket_save(s, &t, 0, a, &err), 0);
	say(t.id, "note", NULL, "terbuang");
	store_end(s);
	assert_int_equal(search("sementara") + search("terbuang"), 0);
	assert_int_equal(search("budiman"), 1);
}

static void a_ticket_has_room_for_many_texts(void **state)
{
	(void)state;
	BEGIN();
	struct ticket t = ticket_new("Budi", "Dinas"), next = ticket_new("Ani", "Dinas");
	for (int i = 0; i < 4200; i++)
		say(t.id, "in", NULL, i == 4000 ? "jarum" : i == 4150 ? "jerami" : "biasa");
	say(next.id, "in", NULL, "lain");
	COMMIT();
	int64_t ids[4];
	assert_int_equal(search("jarum"), 1);
	assert_int_equal(search("jerami"), 0); /* kept and shown, but beyond what is indexed */
	assert_int_equal(found((struct ticket_filter){ .search = "lain" }, ids), 1);
	assert_int_equal(ids[0], next.id);
}

/* --- against a plain look at each ticket --------------------------------------------------------- */
enum { TICKETS = 400 };
static struct made {
	int64_t id, opened;
	enum ticket_state state;
	const char *staff;
	int agency;
	bool has[4]; /* words */
	int64_t late[4];
} made[TICKETS];
static const char *const agencies[] = { "Dinas Kesehatan", "Dinas Perhubungan", "Inspektorat" };
static const char *const staff[] = { NULL, "satu@x.id", "dua@x.id" };
static const char *const word[] = { "biasa", "jarang", "langka", "umum" };

static uint32_t seed;
static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 10) % below;
}

static void make_all(void)
{
	BEGIN();
	for (int i = 0; i < TICKETS; i++) {
		struct made *m = &made[i];
		*m = (struct made){ .state = (enum ticket_state)rnd(N_TICKET_STATES),
				    .staff = staff[rnd(3)],
				    .agency = (int)rnd(3) };
		m->opened = now.ms + (i - (int64_t)rnd(40)) * 60000; /* not quite in the order of ids */
		struct ticket t = { .state = m->state,
				    .kind = REQUEST_RENEWAL,
				    .assigned_to = m->staff,
				    .opened_at = { m->opened },
				    .applicants = arena_array(a, 1, sizeof(*t.applicants)),
				    .n_applicants = 1 };
		t.applicants[0].value[FIELD_AGENCY] = agencies[m->agency];
		assert_int_equal(store_ticket_save(s, &t, 2026, a, &err), 0);
		m->id = t.id;
		for (int w = 0; w < 4; w++) {
			m->has[w] = rnd(w == 1 ? 9 : w == 2 ? 60 : 2) == 0;
			if (m->has[w])
				say(t.id, rnd(2) ? "in" : "out", NULL, word[w]);
		}
		struct instant late[4] = { { 0 } };
		for (int k = 0; t.state < TICKET_CLOSED && k < 4; k++)
			late[k].ms = m->late[k] = rnd(3) == 0 ? now.ms + (int64_t)rnd(100) * 1000 - 50000 : 0;
		assert_int_equal(store_ticket_late_set(s, t.id, late, &err), 0);
	}
	COMMIT();
}

static bool holds(const struct made *m, const struct ticket_filter *f, uint32_t words)
{
	bool open = m->state < TICKET_CLOSED, late = false;
	for (int k = 0; k < 4; k++)
		late = late || (m->late[k] && m->late[k] <= f->now.ms && (f->step == 0 || f->step == k + 1));
	for (int w = 0; w < 4; w++)
		if ((words & 1u << w) && !m->has[w])
			return false;
	if (f->opd && !strstr(agencies[m->agency], f->opd))
		return false;
	if (f->staff && (*f->staff ? !m->staff || strcmp(m->staff, f->staff) != 0 : m->staff || !open))
		return false;
	return (!f->has_state || m->state == f->state) && (!f->open_only || open) && (!f->overdue || late) &&
	       (!f->has_older || m->opened <= f->older.ms) && (!f->has_newer || m->opened >= f->newer.ms);
}

static void filter_make(struct ticket_filter *f, char text[100], uint32_t *words)
{
	*f = (struct ticket_filter){ .now = now, .limit = 1 + rnd(TICKETS + 50) };
	*words = rnd(3) == 0 ? rnd(16) : 0;
	text[0] = '\0';
	for (int w = 0; w < 4; w++)
		if (*words & 1u << w)
			(void)snprintf(text + strlen(text), 100 - strlen(text), " %s", word[w]);
	f->search = *words ? text : NULL;
	f->has_state = rnd(4) == 0;
	f->state = (enum ticket_state)rnd(N_TICKET_STATES);
	f->open_only = rnd(5) == 0;
	f->overdue = rnd(5) == 0;
	f->step = (int)rnd(5);
	f->opd = rnd(4) == 0 ? rnd(2) ? "Dinas" : "Inspektorat" : NULL;
	f->staff = rnd(4) == 0 ? rnd(3) ? staff[1 + rnd(2)] : "" : NULL;
	f->has_older = rnd(4) == 0;
	f->older.ms = now.ms + (int64_t)rnd(TICKETS) * 60000;
	f->has_newer = rnd(4) == 0;
	f->newer.ms = now.ms + (int64_t)rnd(TICKETS) * 60000;
	f->oldest_first = rnd(2);
}

static void lists_agree_with_a_look_at_each(void **state)
{
	static int64_t ids[TICKETS + 60];
	(void)state;
	seed = 7;
	make_all();
	size_t hits = 0;
	uint64_t counts[N_TICKET_STATES], counted[N_TICKET_STATES] = { 0 };
	for (int i = 0; i < TICKETS; i++)
		counted[made[i].state]++;
	BEGIN();
	assert_int_equal(store_ticket_counts(s, counts, &err), 0);
	store_end(s);
	assert_memory_equal(counts, counted, sizeof(counts));
	for (int round = 0; round < 1500; round++) {
		struct ticket_filter f;
		char text[100];
		uint32_t words;
		size_t want = 0, n;
		filter_make(&f, text, &words);
		AUTO_ARENA own = arena_new(256u << 20);
		struct arena *kept = a;
		a = own;
		n = found(f, ids);
		a = kept;
		for (int i = 0; i < TICKETS; i++)
			want += holds(&made[i], &f, words);
		want = want < f.limit ? want : f.limit;
		bool right = n == want;
		for (size_t i = 0; right && i < n; i++)
			right = holds(&made[ids[i] - made[0].id], &f, words);
		if (!right)
			fail_msg("round %d: %zu, not %zu", round, n, want);
		hits += n;
	}
	assert_true(hits > 1000);
}

/* --- plans --------------------------------------------------------------------------------------- */
static size_t n_seen, n_bad;
static char bad[2000];

static int watch(unsigned what, void *context, void *stmt, void *time)
{
	(void)what;
	(void)context;
	(void)time;
	const char *sql = sqlite3_sql(stmt);
	if (!sql || strncmp(sql, "SELECT", 6) != 0 || strstr(sql, "'main'") || strstr(sql, "\"main\"") || strstr(sql, "%_"))
		return 0; /* the full-text index's own statements */
	n_seen++;
	char explain[2200];
	sqlite3_stmt *q = NULL;
	(void)snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(s->db, explain, -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *plan = (const char *)sqlite3_column_text(q, 3);
		bool virtual = strstr(plan, "VIRTUAL TABLE INDEX") && !strstr(plan, "INDEX 0:\n");
		bool keyed = strncmp(plan, "SEARCH", 6) == 0 || virtual || strncmp(plan, "CORRELATED", 10) == 0;
		if (!keyed || strstr(plan, "TEMP B-TREE")) {
			n_bad++;
			(void)snprintf(bad, sizeof(bad), "%s: %s", sql, plan);
		}
	}
	(void)sqlite3_finalize(q);
	return 0;
}

static void lists_read_no_whole_table(void **state)
{
	(void)state;
	seed = 3;
	make_all();
	n_seen = n_bad = 0;
	assert_int_equal(sqlite3_trace_v2(s->db, SQLITE_TRACE_PROFILE, watch, NULL), SQLITE_OK);
	for (int round = 0; round < 300; round++) {
		struct ticket_filter f;
		char text[100];
		uint32_t words;
		filter_make(&f, text, &words);
		f.limit = 5;
		(void)found(f, NULL);
	}
	(void)sqlite3_trace_v2(s->db, 0, NULL, NULL);
	assert_true(n_seen > 1000);
	if (n_bad)
		fail_msg("%s", bad);
}

/* --- older stores -------------------------------------------------------------------------------- */
static void exec(sqlite3 *db, const char *sql)
{
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", why, sql);
}

/* What the first released store had: only the words at a ticket's opening and incoming mails were found. */
static void an_older_store_is_indexed_whole(void **state)
{
	char path[200];
	sqlite3 *db = NULL;
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/sitante.db", folder);
	store_close(s);
	s = NULL;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < 10; i++)
		exec(db, schema_steps[i]);
	(void)snprintf(path, sizeof(path), "PRAGMA application_id = %d; PRAGMA user_version = 10", SCHEMA_APPLICATION_ID);
	exec(db, path);
	exec(db, "INSERT INTO ticket (id, number, state, kind, requester_name, assigned_to, opened_at, open) VALUES"
		 " (1, '2026-0001', 'examining', 'renewal', 'Budi', 'SATU@x.id', 1000, 1),"
		 " (2, '2026-0002', 'closed', 'renewal', 'Ani', NULL, 2000, 0), (3, '2026-0003', 'closed', 'renewal', NULL, "
		 "NULL, 3000, 0)");
	exec(db, "UPDATE ticket SET due_at = NULL");
	exec(db,
	     "INSERT INTO applicant (ticket_id, state, v0, v1, v3, v4) VALUES (1, 'open', 'Budi', '2103010101900001', 'Kepala',"
	     " 'Dinas Kesehatan'), (1, 'open', 'Siti', NULL, NULL, 'Inspektorat'), (2, 'open', 'Ani', NULL, NULL, NULL)");
	exec(db,
	     "INSERT INTO message (ticket_id, direction, kind, subject, at, state, text) VALUES (1, 'in', 'request', 'Mohon', 1,"
	     " 'filed', 'segera'), (2, 'out', 'assistance', NULL, 1, 'sent', 'pasfoto'), (1, 'note', 'note', NULL, 1, 'filed',"
	     " 'telepon'), (1, 'out', 'report', 'x', 1, 'sent', NULL)");
	(void)sqlite3_close(db);
	assert_int_equal(store_open(folder, STORE_OFFICE, &s, &err), 0);
	static const struct {
		const char *words;
		size_t n;
	} rows[] = { { "segera", 1 }, { "pasfoto", 1 }, { "telepon", 1 }, { "budi", 1 },           { "siti", 1 },
		     { "ani", 1 },    { "2026", 3 },    { "kepala", 1 },  { "segera telepon", 1 }, { "2103010101900001", 0 } };
	for (size_t i = 0; i < COUNT(rows); i++)
		if (search(rows[i].words) != rows[i].n)
			fail_msg("%s: not %zu", rows[i].words, rows[i].n);
	assert_int_equal(found((struct ticket_filter){ .opd = "inspektorat" }, NULL), 1);
	assert_int_equal(found((struct ticket_filter){ .staff = "satu@x.id" }, NULL), 1);
	BEGIN(); /* and goes on being right: a further text, changed data */
	struct ticket t;
	assert_int_equal(store_ticket_load(s, 1, a, &t, &err), 0);
	say(1, "in", NULL, "susulan");
	t.applicants[0].value[FIELD_NAME] = "Budiman";
	assert_int_equal(store_ticket_save(s, &t, 0, a, &err), 0);
	COMMIT();
	uint64_t counts[N_TICKET_STATES];
	BEGIN();
	t.state = TICKET_REFUSED;
	assert_int_equal(store_ticket_save(s, &t, 0, a, &err), 0);
	assert_int_equal(store_ticket_counts(s, counts, &err), 0);
	store_end(s);
	assert_int_equal(counts[TICKET_REFUSED], 1);
	assert_int_equal(counts[TICKET_EXAMINING], 0);
	assert_int_equal(counts[TICKET_CLOSED], 2);
	assert_int_equal(search("susulan segera"), 1);
	assert_int_equal(search("budiman"), 1);
	int64_t due[4];
	size_t n;
	BEGIN(); /* what is late is worked out anew, for the open one alone */
	assert_int_equal(store_ticket_due(s, now, due, 4, &n, &err), 0);
	store_end(s);
	assert_int_equal(n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_text_is_found),
					    TEST(changed_data_are_found_and_old_ones_no_more),
					    TEST(a_ticket_has_room_for_many_texts),
					    TEST(lists_agree_with_a_look_at_each),
					    TEST(lists_read_no_whole_table),
					    TEST(an_older_store_is_indexed_whole) };
	return cmocka_run_group_tests_name("store: lists", tests, NULL, NULL);
}
