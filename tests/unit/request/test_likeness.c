/* Names as applicants write them against names as certificates hold them. */
#include "unit.h"

#include "request/likeness.h"

static const struct row {
	const char *name, *other;
	enum name_likeness want;
} rows[] = {
	{ "Budi Santoso", "BUDI SANTOSO", NAME_SAME },
	{ "Drs. H. Budi Santoso, M.Si", "Budi Santoso", NAME_SAME },
	{ "Dr. Ir. Hj. Siti Aminah, S.T., M.T.", "SITI AMINAH", NAME_SAME },
	{ "Budi Santoso S.Kom", "Budi Santoso", NAME_SAME },
	{ "Bapak Budi Santoso", "Budi Santoso", NAME_SAME },
	{ "  budi   santoso ", "Budi\tSantoso", NAME_SAME },
	{ "Ma'ruf Amin", "MARUF AMIN", NAME_SAME },
	{ "Ma\xe2\x80\x99ruf Amin", "Ma'ruf Amin", NAME_SAME },
	{ "Al-Amin Nur", "Al Amin Nur", NAME_SAME },
	{ "Nur Hidayat", "NURHIDAYAT", NAME_SAME },
	{ "M.Nur", "M. Nur", NAME_SAME },
	{ "Zo\xc3\xab Dewi", "ZO\xc3\x8b DEWI", NAME_SAME },
	{ "Suharto", "SUHARTO", NAME_SAME },
	{ "Ni", "NI", NAME_SAME },
	{ "Raden Mas Haji Muhammad Nurhidayatullah", "RADEN MAS HAJI MUHAMMAD NURHIDAYATULLAH", NAME_SAME },
	/* a part, in whole words */
	{ "Budi", "BUDI SANTOSO", NAME_PART },
	{ "Santoso", "BUDI SANTOSO", NAME_PART },
	{ "Budi Wijaya", "Budi Santoso Wijaya", NAME_PART },
	{ "Nurhidayat", "Nur Hidayat Ramli", NAME_PART },
	{ "Budi H. Santoso", "Budi Santoso", NAME_PART },
	{ "Ahmad bin Ali", "Ahmad Ali", NAME_PART },
	/* to be looked at */
	{ "Muh. Ali", "MUHAMMAD ALI", NAME_ALIKE },
	{ "M. Ali Akbar", "Muhammad Ali Akbar", NAME_ALIKE },
	{ "Moch. Ridwan", "Mohammad Ridwan", NAME_ALIKE },
	{ "Mohamad Ridwan", "Muhammad Ridwan", NAME_ALIKE },
	{ "Abd. Rahman", "ABDUL RAHMAN", NAME_ALIKE },
	{ "Budi S.", "Budi Santoso", NAME_ALIKE },
	{ "Santoso Budi", "Budi Santoso", NAME_ALIKE },
	{ "Muhammad Nurhidayatullah Wiratmad", "Muhammad Nurhidayatullah Wiratmadja Kusuma", NAME_ALIKE },
	/* others */
	{ "Budi Santoso", "Budi Susanto", NAME_DIFFERENT },
	{ "Ani", "Dewi Suryaningsih", NAME_DIFFERENT }, /* its letters lie within */
	{ "Ali", "Alimin", NAME_DIFFERENT },
	{ "Siti Aminah", "Siti Aisyah", NAME_DIFFERENT },
	{ "Ahmad Yani", "Ahmad Yanto", NAME_DIFFERENT },
	{ "M. A.", "Muhammad Ali", NAME_DIFFERENT }, /* letters alone are no name */
	{ "M.", "Muhammad", NAME_DIFFERENT },
	{ "Budi Budi", "Budi Santoso", NAME_DIFFERENT },
	{ "", "Budi", NAME_DIFFERENT },
	{ "", "", NAME_DIFFERENT },
	{ "Drs. H.", "Drs. H.", NAME_DIFFERENT },
	{ ", S.Kom", ", S.Kom", NAME_DIFFERENT },
	{ "...", "---", NAME_DIFFERENT },
	{ "\xff\xfe", "Budi", NAME_DIFFERENT },
};

static void both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum name_likeness there = name_compare(span_str(rows[i].name), span_str(rows[i].other));
		enum name_likeness back = name_compare(span_str(rows[i].other), span_str(rows[i].name));
		if (there != rows[i].want || back != rows[i].want)
			fail_msg("%s / %s: %d and %d, not %d", rows[i].name, rows[i].other, (int)there, (int)back,
				 (int)rows[i].want);
	}
}

static void long_names_end(void **state)
{
	static char many[4000], one[4000];
	(void)state;
	for (size_t i = 0; i + 1 < sizeof(many); i++) {
		many[i] = i % 5 == 4 ? ' ' : 'a';
		one[i] = 'a';
	}
	assert_int_equal(name_compare(span_str(many), span_str(many)), NAME_SAME);
	assert_int_equal(name_compare(span_str(one), span_str(one)), NAME_SAME);
	assert_int_equal(name_compare(span_str(one), span_str("Budi")), NAME_DIFFERENT);
	assert_int_equal(name_compare(span_of(NULL, 0), span_str("Budi")), NAME_DIFFERENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways), cmocka_unit_test(long_names_end) };
	return cmocka_run_group_tests_name("likeness", tests, NULL, NULL);
}
