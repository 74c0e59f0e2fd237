/* Lists of certificates against the register, and who may bring them in. */
#include "desk.h"

static struct roster_row row(uint32_t line, const char *name, const char *nik, const char *until)
{
	struct roster_row r = { .line = line };
	r.value[FIELD_NAME] = name;
	r.value[FIELD_NIK] = nik;
	r.value[FIELD_VALID_UNTIL] = until;
	return r;
}

static struct certificate known(const char *until, enum certificate_source source)
{
	struct certificate c = { .id = 3, .not_after = at(until), .source = source, .reminded = 14 };
	c.value[FIELD_NAME] = "Budi";
	c.value[FIELD_NIK] = NIK_1;
	c.value[FIELD_PHONE] = "+6281234567890";
	return c;
}

static struct import_plan plan(struct desk *d, const struct roster *r, const struct known *k)
{
	struct import_plan p;
	assert_int_equal(casework_import(&d->rules, r, k, d->now, d->a, &p), 0);
	return p;
}

static void a_row_against_what_is_known(void **state)
{
	static const struct {
		const char *until, *nik, *serial, *email;
		const char *known_until, *known_serial;
		enum certificate_source source;
		enum import_what want;
		const char *why;
	} rows[] = {
		{ "2027-03-11", NIK_1, NULL, NULL, NULL, NULL, CERTIFICATE_IMPORTED, IMPORT_ADD, NULL },
		{ "2027-03-11", NIK_1, NULL, NULL, "2027-03-11T23:59", NULL, CERTIFICATE_IMPORTED, IMPORT_SAME, "" },
		{ "2027-03-11", NIK_1, NULL, "baru@example.org", "2027-03-11T23:59", NULL, CERTIFICATE_IMPORTED, IMPORT_CHANGE,
		  "Email" },
		{ "2027-03-11", NIK_1, "AB12", NULL, "2027-03-11T23:59", NULL, CERTIFICATE_IMPORTED, IMPORT_CHANGE,
		  "nomor seri" },
		{ "2027-03-12", NIK_1, NULL, NULL, "2027-03-11T23:59", NULL, CERTIFICATE_STAFF, IMPORT_CHANGE,
		  "tanggal berakhir" },
		{ "2027-03-11", NIK_1, NULL, NULL, "2027-03-11T23:59", NULL, CERTIFICATE_ASSUMED, IMPORT_CHANGE, "diasumsikan" },
		{ "2028-03-11", NIK_1, NULL, NULL, "2026-03-11T23:59", NULL, CERTIFICATE_EXAMINED, IMPORT_ADD,
		  NULL }, /* the next one */
		{ "2024-03-11", NIK_1, NULL, NULL, "2026-03-11T23:59", NULL, CERTIFICATE_IMPORTED, IMPORT_ADD,
		  NULL }, /* the one before */
		{ "2027-03-12", NIK_1, NULL, NULL, "2027-03-11T23:59", NULL, CERTIFICATE_EXAMINED, IMPORT_REFUSE, "terbukti" },
		{ "2027-03-11", NIK_1, "AB", NULL, "2027-03-11T23:59", "AB", CERTIFICATE_EXAMINED, IMPORT_SAME, "" },
		{ "2027-03-11", NIK_1, "AB", NULL, "2027-03-12T23:59", "CD", CERTIFICATE_IMPORTED, IMPORT_ADD,
		  NULL }, /* another one */
		{ "2027-03-11", NIK_2, "AB", NULL, "2027-03-11T23:59", "AB", CERTIFICATE_IMPORTED, IMPORT_REFUSE,
		  "NIK-nya berbeda" },
		{ "2027-03-11", NIK_1, "AB", NULL, "2027-03-11T23:59", "AB", CERTIFICATE_SEEN, IMPORT_CHANGE, "pemilik" },
		{ "2027-03-12", NIK_1, "AB", NULL, "2027-03-11T23:59", "AB", CERTIFICATE_SEEN, IMPORT_REFUSE, "terbukti" },
		{ "2033-03-11", NIK_1, NULL, NULL, NULL, NULL, CERTIFICATE_IMPORTED, IMPORT_REFUSE, "lima tahun" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct desk d;
		desk_open(&d);
		struct roster_row r = row(2, "Budi", rows[i].nik, rows[i].until);
		struct roster roster = { .name = "a.csv", .rows = &r, .n_rows = 1 };
		struct certificate c = known(rows[i].known_until ? rows[i].known_until : "2020-01-01T00:00", rows[i].source);
		struct known k = { &c, rows[i].known_until != NULL };
		r.serial = rows[i].serial;
		r.value[FIELD_EMAIL] = rows[i].email;
		c.serial = rows[i].known_serial;
		struct import_plan p = plan(&d, &roster, &k);
		if (p.rows[0].what != rows[i].want || (rows[i].why && !strstr(p.rows[0].why, rows[i].why)))
			fail_msg("row %zu: %s, %s", i, import_what_word(p.rows[0].what), p.rows[0].why ? p.rows[0].why : "");
		if (p.rows[0].what == IMPORT_CHANGE) {
			assert_int_equal(p.rows[0].certificate.id, 3);
			assert_int_equal(p.rows[0].certificate.source,
					 rows[i].source == CERTIFICATE_SEEN ? CERTIFICATE_EXAMINED : CERTIFICATE_IMPORTED);
		}
		if (p.rows[0].what == IMPORT_ADD && k.n > 0) /* what is known of the person is taken along */
			assert_string_equal(p.rows[0].certificate.value[FIELD_PHONE], "+6281234567890");
		assert_int_equal(p.n_of[rows[i].want], 1);
		desk_close(&d);
	}
}

static void rows_that_stand_twice(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	struct roster_row r[] = { row(2, "Budi", NIK_1, "2027-03-11"),
				  row(3, "Ani", NIK_2, "2027-03-11"),
				  row(4, "Budi", NIK_1, "2025-03-11"),
				  row(5, "Budi S.", NIK_1, "2027-03-12"),
				  row(6, "Cici", "2103010101900009", "2027-03-11"),
				  row(7, "Dodi", "2103010101900008", "2026-03-11") };
	struct known k[6] = { { 0 } };
	struct roster roster = { .name = "a.csv", .rows = r, .n_rows = 6 };
	r[4].serial = r[5].serial = "AB";
	struct import_plan p = plan(&d, &roster, k);
	assert_int_equal(p.n_of[IMPORT_ADD], 4);
	assert_string_equal(p.rows[3].why, "sama dengan baris 2");
	assert_string_equal(p.rows[5].why, "sama dengan baris 6");
	AUTO_BUF b = BUF_INIT(64 * 1024);
	casework_import_words(&p, &b);
	assert_non_null(strstr(buf_cstr(&b), "Ditambahkan\t4\nDiubah\t0\nSudah sama\t0\nDitolak\t2\n"));
	assert_non_null(strstr(buf_cstr(&b), "- baris 5, Budi S.: sama dengan baris 2\n"));
	assert_null(strstr(buf_cstr(&b), NIK_1));
	desk_close(&d);
}

/* The power table: a dry run needs proof; the yes and the export need proof and token, or a confirmation. */
static void who_may_bring_a_list_in(void **state)
{
	static const struct {
		enum command_verb verb;
		bool yes;
		enum mail_proof proof;
		bool token, confirmed;
		enum disposition want;
		bool changes, file;
	} rows[] = {
		{ COMMAND_IMPOR, false, MAIL_PROOF_PASS, false, false, DISPOSITION_COMMAND, false, false },
		{ COMMAND_IMPOR, false, MAIL_PROOF_NONE, false, false, DISPOSITION_UNPROVEN, false, false },
		{ COMMAND_IMPOR, false, MAIL_PROOF_FAIL, true, false, DISPOSITION_FORGED, false, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_PASS, true, false, DISPOSITION_COMMAND, true, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_PASS, false, false, DISPOSITION_CONFIRM, false, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_NONE, true, false, DISPOSITION_CONFIRM, false, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_NONE, false, false, DISPOSITION_UNPROVEN, false, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_FAIL, true, false, DISPOSITION_FORGED, false, false },
		{ COMMAND_IMPOR, true, MAIL_PROOF_NONE, false, true, DISPOSITION_COMMAND, true, false },
		{ COMMAND_EKSPOR, false, MAIL_PROOF_PASS, true, false, DISPOSITION_COMMAND, false, true },
		{ COMMAND_EKSPOR, false, MAIL_PROOF_PASS, false, false, DISPOSITION_CONFIRM, false, false },
		{ COMMAND_EKSPOR, false, MAIL_PROOF_NONE, false, false, DISPOSITION_UNPROVEN, false, false },
		{ COMMAND_KEDALUWARSA, false, MAIL_PROOF_PASS, false, false, DISPOSITION_COMMAND, false, false },
		{ COMMAND_KEDALUWARSA, false, MAIL_PROOF_NONE, false, false, DISPOSITION_UNPROVEN, false, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct desk d;
		desk_open(&d);
		desk_staff(&d, SATU, rows[i].proof, rows[i].token ? TOKEN_VALID : TOKEN_NONE, SATU);
		d.in.ticket = NULL;
		d.in.token.ticket_id = 0;
		struct roster_row r = row(2, "Budi", NIK_1, "2027-03-11");
		struct roster roster = { .name = "a.csv", .rows = &r, .n_rows = 1 };
		struct known k = { 0 };
		d.in.import = (struct import_facts){ &roster, &k };
		d.in.register_csv = span_str("Nama\r\n");
		d.in.confirmed = rows[i].confirmed;
		desk_command(&d, rows[i].verb, NULL)->value = rows[i].yes ? "ya" : NULL;
		desk_decide(&d);
		bool file = false;
		for (size_t x = 0; x < d.out.n_letters; x++)
			file = file || d.out.letters[x].file_name;
		if (d.out.disposition != rows[i].want || (d.out.n_certificates > 0) != rows[i].changes || file != rows[i].file)
			fail_msg("row %zu: %s, %zu changes, file %d", i, disposition_word(d.out.disposition),
				 d.out.n_certificates, file);
		assert_int_equal(d.out.drop_import, rows[i].changes);
		assert_int_equal(n_events(&d, EVENT_IMPORTED), rows[i].changes);
		assert_int_equal(d.out.keep_import,
				 rows[i].want == DISPOSITION_COMMAND && rows[i].verb == COMMAND_IMPOR && !rows[i].yes);
		assert_int_equal(n_outside(&d), 0);
		desk_close(&d);
	}
}

static void lists_that_are_none(void **state)
{
	static const struct {
		bool list, yes, twice;
		const char *problem, *why;
	} rows[] = {
		{ false, false, false, NULL, "Lampirkan daftarnya" },
		{ false, true, false, NULL, "Tidak ada daftar yang menunggu" },
		{ true, false, false, "Berkasnya rusak atau bukan CSV atau XLSX.", "a.csv: Berkasnya rusak" },
		{ true, false, true, NULL, "satu /impor" },
		{ true, true, true, NULL, "satu /impor" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct desk d;
		desk_open(&d);
		desk_staff(&d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
		struct roster_row r = row(2, "Budi", NIK_1, "2027-03-11");
		struct roster roster = { .name = "a.csv", .rows = &r, .n_rows = 1, .problem = rows[i].problem };
		struct known k = { 0 };
		d.in.import = (struct import_facts){ rows[i].list ? &roster : NULL, &k };
		desk_command(&d, COMMAND_IMPOR, NULL)->value = rows[i].yes ? "ya" : NULL;
		if (rows[i].twice)
			desk_command(&d, COMMAND_IMPOR, NULL)->value = rows[i].yes ? "ya" : NULL;
		desk_decide(&d);
		assert_int_equal(d.out.disposition, DISPOSITION_REFUSED);
		assert_non_null(strstr(said(the_letter(&d, LETTER_RECEIPT), "refused"), rows[i].why));
		assert_true(d.out.n_certificates == 0 && !d.out.keep_import && !d.out.drop_import);
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_against_what_is_known),
		cmocka_unit_test(rows_that_stand_twice),
		cmocka_unit_test(who_may_bring_a_list_in),
		cmocka_unit_test(lists_that_are_none),
	};
	ADD_TESTS(tests)
	return RUN_SUITE("casework: lists of certificates");
}
