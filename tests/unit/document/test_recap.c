/* A month of 60 tickets whose figures were worked out by hand, and the periods. */
#include "unit.h"

#include "casework/casework.h"
#include "document/recap.h"

static int64_t day(int y, int m, int d)
{
	return civil_days((struct civil_date){ y, m, d }) * 86400;
}

/* Ticket i of 60: 40 done, 5 refused, 5 cancelled, 10 open (4 with the team, 3 wait for the applicant, 3 for
 * BSrE).  Step 2 of done ticket i took (i + 1) * 2 minutes: 2 to 80.  Ten gave a mark: 6 x 4, 3 x 3, 1 x 2. */
static struct tally ticket(int i)
{
	static const char *const agencies[] = { "Dinas Kesehatan", "Dinas Pendidikan", "Inspektorat" };
	struct tally t = { .number = "2026-0001",
			   .kind = i % 2 ? "issuance" : "renewal",
			   .agency = agencies[i % 3],
			   .officer = i % 4 ? "Petugas Satu" : "Petugas Dua",
			   .opened_s = day(2026, 8, 1 + i % 28) + 9 * 3600,
			   .standard_s = { 600, 3600, 900, 300 },
			   .step_s = { 60, -1, -1, -1 },
			   .first = true,
			   .name = "X",
			   .nik = "2103070101800001" };
	if (i < 50)
		t.ended_s = t.opened_s + 7200;
	t.state = i < 40 ? "closed" : i < 45 ? "refused" : i < 50 ? "cancelled" : "examining";
	t.waits_for = i < 54 ? SPAN_WORK : i < 57 ? SPAN_APPLICANT : SPAN_BSRE;
	if (i >= 40)
		return t;
	t.step_s[1] = (i + 1) * 120;
	t.step_s[2] = 300;
	t.step_s[3] = i < 4 ? 301 : 60; /* four are a second late */
	t.waiting_s = 600;
	t.paused_s = i % 2 ? 60 : 0;
	t.until = i < 10 ? "2026-09-20" : i < 15 ? "2026-10-25" : i < 18 ? "2026-11-20" : "2028-08-20";
	t.mark = i % 4 ? 0 : i < 24 ? 4 : i < 36 ? 3 : 2;
	return t;
}

static struct recap_request august(void)
{
	return (struct recap_request){
		.title = "Agustus 2026", .from_s = day(2026, 8, 1), .to_s = day(2026, 9, 1), .now_s = day(2026, 9, 1) + 8 * 3600
	};
}

static void month_of_sixty(void **state)
{
	struct recap_request q = august();
	struct recap r;
	struct recap_figures f;
	(void)state;
	recap_open(&r, &q);
	for (int i = 0; i < 60; i++) {
		struct tally t = ticket(i);
		assert_true(recap_in_register(&q, &t));
		recap_add(&r, &t);
	}
	assert_int_equal(r.received, 60);
	assert_int_equal(r.done, 40);
	assert_int_equal(r.refused, 5);
	assert_int_equal(r.cancelled, 5);
	assert_int_equal(r.open_team, 4);
	assert_int_equal(r.open_applicant, 3);
	assert_int_equal(r.open_bsre, 3);
	assert_int_equal(r.agencies.n, 3);
	assert_int_equal(r.agencies.list[0].received, 20);
	assert_int_equal(r.agencies.list[0].done, 14); /* 0, 3, .. 39 */
	assert_int_equal(r.agencies.list[0].open, 3);  /* 51, 54, 57 */
	assert_int_equal(r.kinds.list[0].open + r.kinds.list[1].open, 10);
	assert_int_equal(r.kinds.n, 2);
	assert_int_equal(r.kinds.list[0].done, 20);
	assert_int_equal(r.officers.list[0].done, 10); /* Petugas Dua: every fourth */
	recap_figures(&r, 1, &f);
	assert_int_equal(f.n, 40);
	assert_int_equal(f.mean, 2460); /* 120 * 20.5 */
	assert_int_equal(f.median, 2460);
	assert_int_equal(f.p90, 4320); /* the 36th of 40 */
	assert_int_equal(f.slowest, 4800);
	assert_int_equal(r.steps[1].within, 30);
	recap_figures(&r, 3, &f);
	assert_int_equal(r.steps[3].within, 36);
	recap_figures(&r, RECAP_TOTAL, &f);
	assert_int_equal(f.slowest, 4800 + 60 + 300 + 60);
	assert_int_equal(r.within_90, 40);
	assert_int_equal(r.waiting_s, 40 * 600);
	assert_int_equal(r.paused_s, 20 * 60);
	assert_int_equal(r.marks, 10);
	assert_int_equal(recap_index(&r) * 100, 8750); /* 35 of 10 answers: 3.5 x 25 */
	assert_string_equal(recap_band(recap_index(&r)), "B");
	assert_int_equal(r.ending[0], 10);
	assert_int_equal(r.ending[1], 15);
	assert_int_equal(r.ending[2], 18);
	assert_int_equal(r.months[0][0], 30);
	assert_int_equal(r.months[0][1], 30);
	recap_close(&r);
}

static void what_does_not_belong(void **state)
{
	struct recap_request q = august();
	struct recap r;
	struct tally t = ticket(0);
	(void)state;
	recap_open(&r, &q);
	t.opened_s = day(2026, 9, 1); /* after the period */
	t.ended_s = 0;
	assert_false(recap_in_register(&q, &t));
	recap_add(&r, &t);
	t = ticket(0);
	t.state = "merged";
	recap_add(&r, &t);
	t = ticket(1);
	t.first = false; /* the second person of a ticket: in the register, but no second ticket */
	recap_add(&r, &t);
	assert_int_equal(r.received, 0);
	assert_int_equal(r.done, 0);
	t = ticket(2);
	t.opened_s = day(2026, 7, 30);
	t.ended_s = day(2026, 9, 3); /* open all month */
	recap_add(&r, &t);
	assert_int_equal(r.received + r.done, 0);
	assert_int_equal(r.open_team, 1);
	recap_close(&r);
}

static void bands(void **state)
{
	static const struct {
		double index;
		const char *band;
	} rows[] = { { 0, "-" },     { 25, "D" },    { 64.99, "D" }, { 65, "C" }, { 76.60, "C" },
		     { 76.61, "B" }, { 88.30, "B" }, { 88.31, "A" }, { 100, "A" } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(recap_band(rows[i].index), rows[i].band);
}

static void periods(void **state)
{
	static const struct {
		const char *text, *title;
		int from[3], to[3];
	} rows[] = { { "2026-08", "Agustus 2026", { 2026, 8, 1 }, { 2026, 9, 1 } },
		     { "2026-12", "Desember 2026", { 2026, 12, 1 }, { 2027, 1, 1 } },
		     { "triwulan 2026-1", "Triwulan I 2026", { 2026, 1, 1 }, { 2026, 4, 1 } },
		     { "Triwulan 2026-4", "Triwulan IV 2026", { 2026, 10, 1 }, { 2027, 1, 1 } },
		     { "2026", "Tahun 2026", { 2026, 1, 1 }, { 2027, 1, 1 } } };
	static const char *const bad[] = { "",        "2026-13", "2026-0",    "2026-0001", "triwulan 2026", "triwulan 2026-5",
					   "Agustus", "26-08",   "2026-08-01" };
	struct period p;
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(period_read(rows[i].text, &p), 0);
		assert_string_equal(p.title, rows[i].title);
		assert_int_equal(p.from_s, day(rows[i].from[0], rows[i].from[1], rows[i].from[2]));
		assert_int_equal(p.to_s, day(rows[i].to[0], rows[i].to[1], rows[i].to[2]));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (period_read(bad[i], &p) == 0)
			fail_msg("%s", bad[i]);
}

static void requests_go_through_the_wall(void **state)
{
	struct printout_block block = { .kind = PRINT_ROW, .cell = { "Nama", "Budi" } };
	struct printout p = { .letterhead = { "A" },
			      .n_letterhead = 1,
			      .title = "T",
			      .number = "N",
			      .blocks = &block,
			      .n_blocks = 1 },
			q;
	AUTO_BUF b = BUF_INIT(4096);
	AUTO_ARENA a = arena_new(1 << 20);
	(void)state;
	printout_encode(&p, &b);
	struct wire w = wire_open(buf_span(&b));
	assert_int_equal(wire_u8(&w), DOCUMENT_PRINTOUT);
	assert_int_equal(printout_decode(&w, a, &q), 0);
	assert_string_equal(q.blocks[0].cell[1], "Budi");
	for (size_t cut = 1; cut < b.n; cut++) {
		struct span part = buf_span(&b);
		part.n = cut;
		w = wire_open(part);
		(void)wire_u8(&w);
		assert_int_not_equal(printout_decode(&w, a, &q), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(month_of_sixty), cmocka_unit_test(what_does_not_belong),
					    cmocka_unit_test(bands), cmocka_unit_test(periods),
					    cmocka_unit_test(requests_go_through_the_wall) };
	return cmocka_run_group_tests_name("recap", tests, NULL, NULL);
}
