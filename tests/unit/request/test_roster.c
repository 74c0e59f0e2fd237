/* Lists of certificates, cell by cell; and what comes through the wall. */
#include "../unit.h"

#include "base/limits.h"
#include "request/roster.h"

#include <errno.h>

static struct arena *a;

struct cell_row {
	const char *name, *head, *cell;
	bool number;
	const char *want; /* in the head's column; NULL: refused, or nothing */
	const char *problem;
};

static const struct cell_row cell_rows[] = {
	{ "nik", "NIK", "2103010101900001", false, "2103010101900001", NULL },
	{ "nik_apostrophe", "NIK", "'2103010101900001", false, "2103010101900001", NULL },
	{ "nik_blanks", "No. KTP", "2103 0101 0190 0001", false, "2103010101900001", NULL },
	{ "nik_mangled_comma", "NIK", "2,10305E+15", false, NULL, "NIK tertulis 2,10305E+15" },
	{ "nik_mangled_dot", "NIK", "2.10301E+15", false, NULL, "diubah aplikasi" },
	{ "nik_mangled_lower", "NIK", "2.1e15", true, NULL, "diubah aplikasi" },
	{ "nik_as_number", "NIK", "2103010101900000", true, NULL, "disimpan sebagai angka" },
	{ "nik_short", "NIK", "210301010190001", false, NULL, "NIK bukan 16 angka" },
	{ "nik_formula", "NIK", "=1+1", false, NULL, "NIK bukan 16 angka" },
	{ "nip", "NIP", "19900101 201503 1 001", false, "199001012015031001", NULL },
	{ "nip_mangled", "NIP", "1,99001E+17", false, NULL, "NIP tertulis" },
	{ "nip_none", "NIP", "-", false, NULL, NULL },
	{ "mail", "emailAddress", "budi@natunakab.go.id", false, "budi@natunakab.go.id", NULL },
	{ "mail_wrong", "Email", "budi natunakab", false, NULL, "alamat email tidak benar" },
	{ "mail_two_lines", "Email", "a@b.id\nBcc: c@d.id", false, NULL, "alamat email tidak benar" },
	{ "phone", "No. HP/WA", "0812-3456-7890", false, "+6281234567890", NULL },
	{ "phone_mangled", "No HP", "8,12E+10", false, NULL, "nomor HP" },
	{ "phone_of_ours", "No. HP", "'+6281234567890", false, "+6281234567890", NULL },
	{ "end_day_first", "Berlaku sampai", "05/01/2027", false, "2027-01-05", NULL },
	{ "end_iso_time", "notAfterDate", "2027-01-05 03:41:43", false, "2027-01-05", NULL },
	{ "end_iso_zulu", "Not After", "2027-01-05T03:41:43Z", false, "2027-01-05", NULL },
	{ "end_words", "Masa Berlaku", "5 Januari 2027", false, "2027-01-05", NULL },
	{ "end_wrong", "Berlaku s.d.", "31/02/2027", false, NULL, "tanggal berakhir tidak dikenali" },
	{ "end_word", "Kadaluarsa", "besok", false, NULL, "tanggal berakhir tidak dikenali" },
	{ "agency", "OPD", "Dinas Kesehatan", false, "Dinas Kesehatan", NULL },
	{ "unknown_column", "Warna", "merah", false, NULL, NULL },
};

static enum applicant_field field_of(const char *head)
{
	static const struct {
		const char *head;
		enum applicant_field field;
	} fields[] = { { "NIK", FIELD_NIK },     { "No. KTP", FIELD_NIK },
		       { "NIP", FIELD_NIP },     { "emailAddress", FIELD_EMAIL },
		       { "Email", FIELD_EMAIL }, { "No. HP/WA", FIELD_PHONE },
		       { "No HP", FIELD_PHONE }, { "No. HP", FIELD_PHONE },
		       { "OPD", FIELD_AGENCY } };
	for (size_t i = 0; i < COUNT(fields); i++)
		if (strcmp(fields[i].head, head) == 0)
			return fields[i].field;
	return FIELD_VALID_UNTIL;
}

static void one_cell(void **state)
{
	const struct cell_row *r = *state;
	struct roster_builder b = { .a = a };
	bool end = field_of(r->head) == FIELD_VALID_UNTIL && strcmp(r->head, "Warna") != 0;
	bool nik = field_of(r->head) == FIELD_NIK, nip = field_of(r->head) == FIELD_NIP;
	/* beside it stands what makes the row whole */
	struct roster_cell head[] = {
		{ r->head, false }, { "Nama", false }, { end ? "Ulasan" : "Berakhir", false }, { nik ? "NIP" : "NIK", false }
	};
	struct roster_cell row[] = { { r->cell, r->number },
				     { "Budi", false },
				     { end ? "" : "2027-05-05", false },
				     { nik ? "199001012015031001" : "2103010101900001", false } };
	(void)nip;
	assert_true(roster_add(&b, head, 4, 1));
	assert_int_equal(b.n_columns, 4);
	assert_true(roster_add(&b, row, 4, 2));
	assert_int_equal(roster_end(&b), 0);
	assert_int_equal(b.roster.n_rows, 1);
	const struct roster_row *got = &b.roster.rows[0];
	if (!r->problem != !got->problem || (r->problem && !strstr(got->problem, r->problem)))
		fail_msg("problem: %s", got->problem ? got->problem : "none");
	const char *value = strcmp(r->head, "Warna") == 0 ? NULL : got->value[field_of(r->head)];
	if (!r->want != !value || (r->want && strcmp(value, r->want) != 0))
		fail_msg("value: %s", value ? value : "none");
}

struct serial_row {
	const char *name, *text, *want;
};

static const struct serial_row serial_rows[] = {
	{ "serial_colons", "0a:1b:2c", "A1B2C" },
	{ "serial_blanks", "00 00 AB", "AB" },
	{ "serial_prefix", "0x0Ff", "FF" },
	{ "serial_forty", "1234567890ABCDEF1234567890ABCDEF12345678", "1234567890ABCDEF1234567890ABCDEF12345678" },
	{ "serial_decimal", "1461501637330902918203684832716283019655932542975", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" },
	{ "serial_too_large", "1461501637330902918203684832716283019655932542976", NULL },
	{ "serial_too_long", "1234567890ABCDEF1234567890ABCDEF1234567890", NULL },
	{ "serial_zero", "00", NULL },
	{ "serial_words", "tidak", NULL },
	{ "serial_mangled", "1,2E+20", NULL },
};

static void one_serial(void **state)
{
	const struct serial_row *r = *state;
	const char *out = NULL;
	assert_int_equal(serial_read(r->text, a, &out), r->want ? 0 : 1);
	if (r->want)
		assert_string_equal(out, r->want);
	if (r->want)
		assert_true(serial_right(out));
}

static const struct roster_cell whole_head[] = {
	{ "Nama", false }, { "NIK", false }, { "Berakhir", false }, { "Mulai berlaku", false }
};

static void rows_must_be_whole(void **state)
{
	static const struct {
		const char *cells[4], *problem;
	} rows[] = { { { "Budi", "", "2027-01-05", "" }, "tidak ada NIK atau NIP" },
		     { { "", "2103010101900001", "2027-01-05", "" }, "tidak ada nama" },
		     { { "Budi", "2103010101900001", "", "" }, "tidak ada tanggal berakhir" },
		     { { "Budi", "2103010101900001", "2027-01-05", "2027-01-05" }, "tidak sesudah" },
		     { { "Budi", "2103010101900001", "2027-01-05", "2025-01-05" }, NULL } };
	(void)state;
	struct roster_builder b = { .a = a };
	assert_true(roster_add(&b, whole_head, 4, 1));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct roster_cell cells[4];
		for (size_t k = 0; k < 4; k++)
			cells[k] = (struct roster_cell){ rows[i].cells[k], false };
		assert_true(roster_add(&b, cells, 4, (uint32_t)i + 2));
		const char *got = b.roster.rows[i].problem;
		if (!got != !rows[i].problem || (got && !strstr(got, rows[i].problem)))
			fail_msg("row %zu: %s", i, got ? got : "none");
	}
	assert_int_equal(roster_end(&b), 0);
	assert_null(b.roster.problem);
}

static const struct roster_cell serial_head[] = { { "Nama", false },       { "NIK", false },  { "Berakhir", false },
						  { "Nomor Seri", false }, { "Nama", false }, { "Mulai berlaku", false } };

static void serials_and_second_columns(void **state)
{
	static const struct {
		const char *cells[6], *serial, *problem;
		bool number;
	} rows[] = { { { "Budi", "2103010101900001", "2027-01-05", "0a:1b", "Siti", "2025-01-05" }, "A1B", NULL, false },
		     { { "Budi", "2103010101900001", "2027-01-05", "", "Siti", "" }, NULL, NULL, false },
		     { { "Budi", "2103010101900001", "2027-01-05", "tidak", "", "" }, NULL, "nomor seri", false },
		     { { "Budi", "2103010101900001", "2027-01-05", "1,2E+20", "", "" }, NULL, "nomor seri", false },
		     { { "Budi", "2103010101900001", "2027-01-05", "1234567890123456789", "", "" }, NULL, "nomor seri", true },
		     { { "Budi", "2103010101900001", "2027-01-05", "", "", "besok" }, NULL, "tanggal mulai", false },
		     { { "Budi", "2103010101900001", "2027-13-05", "", "", "" }, NULL, "tanggal berakhir", false } };
	struct roster_builder b = { .a = a };
	(void)state;
	assert_true(roster_add(&b, serial_head, 6, 1));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct roster_cell cells[6];
		for (size_t k = 0; k < 6; k++)
			cells[k] = (struct roster_cell){ rows[i].cells[k], k == 3 && rows[i].number };
		assert_true(roster_add(&b, cells, 6, (uint32_t)i + 2));
		const struct roster_row *got = &b.roster.rows[i];
		if (!got->problem != !rows[i].problem || (got->problem && !strstr(got->problem, rows[i].problem)))
			fail_msg("row %zu: %s", i, got->problem ? got->problem : "none");
		if (!got->serial != !rows[i].serial || (got->serial && strcmp(got->serial, rows[i].serial) != 0))
			fail_msg("row %zu: serial %s", i, got->serial ? got->serial : "none");
	}
	assert_int_equal(roster_end(&b), 0);
	assert_string_equal(b.roster.rows[0].value[FIELD_NAME], "Budi");
}

/* Memory that ends anywhere, in building and in decoding: said, and nothing half taken for whole. */
static void memory_ends_anywhere(void **state)
{
	const struct roster_cell row[] = { { "Budi", false },       { "2103010101900001", false },
					   { "2027-01-05", false }, { "0a:1b", false },
					   { "x", false },          { "2025-01-05", false } };
	const struct roster_cell bad[] = { { "Siti", false }, { "1", false }, { "besok", false },
					   { "x", false },    { "", false },  { "x", false } };
	AUTO_BUF right = BUF_INIT(100000);
	(void)state;
	for (size_t room = 20000; room > 0; room -= 16) {
		AUTO_ARENA small = arena_new(room);
		AUTO_BUF again = BUF_INIT(100000);
		struct roster_builder b = { .a = small };
		(void)roster_add(&b, serial_head, 6, 1);
		for (uint32_t i = 2; i < 9; i++)
			(void)roster_add(&b, i % 3 ? row : bad, 6, i);
		int r = roster_end(&b);
		if (r == 0)
			roster_encode(&b.roster, right.n ? &again : &right);
		if (r == 0 ? again.n > 0 && !span_eq(buf_span(&again), buf_span(&right)) : r != -ENOMEM && r != -ENOBUFS)
			fail_msg("in %zu bytes: %d", room, r);
		struct roster back = { 0 };
		AUTO_ARENA other = arena_new(room / 8);
		struct wire w = wire_open(buf_span(&right));
		r = roster_decode(&w, other, &back);
		assert_true(r != 0 || w.bad || back.n_rows == 7);
	}
	assert_true(right.n > 0);
}

static void a_list_without_a_head_is_none(void **state)
{
	struct roster_cell title[] = { { "Daftar pemegang TTE", false } },
			   row[] = { { "Budi", false }, { "2103010101900001", false } };
	(void)state;
	struct roster_builder b = { .a = a };
	assert_true(roster_add(&b, title, 1, 1));
	assert_true(roster_add(&b, row, 2, 2));
	assert_int_equal(roster_end(&b), 0);
	assert_non_null(strstr(b.roster.problem, "Baris judul"));
	struct roster_builder empty = { .a = a };
	assert_true(roster_add(&empty, title, 1, 1)); /* titles above the head are passed over */
	assert_true(roster_add(&empty, whole_head, 4, 3));
	assert_int_equal(roster_end(&empty), 0);
	assert_non_null(strstr(empty.roster.problem, "Tidak ada baris"));
}

static void too_many_rows_are_cut(void **state)
{
	(void)state;
	AUTO_ARENA own = arena_new(256u * 1024 * 1024);
	struct roster_cell row[] = { { "Budi", false }, { "2103010101900001", false }, { "2027-01-05", false }, { "", false } };
	struct roster_builder b = { .a = own };
	AUTO_BUF long_name = BUF_INIT(4096);
	assert_true(roster_add(&b, whole_head, 4, 1));
	for (uint32_t i = 0; i < LIMIT_ROSTER_ROWS; i++)
		assert_true(roster_add(&b, row, 4, i + 2));
	assert_false(b.roster.cut);
	assert_false(roster_add(&b, row, 4, 1));
	assert_true(b.roster.cut);
	AUTO_BUF out = BUF_INIT(LIMIT_READING_BYTES);
	roster_encode(&b.roster, &out);
	assert_int_equal(buf_status(&out), 0);
	for (int i = 0; i < 600; i++)
		buf_add_char(&long_name, 'x');
	row[0].text = buf_cstr(&long_name);
	struct roster_builder c = { .a = own };
	assert_true(roster_add(&c, whole_head, 4, 1));
	assert_true(roster_add(&c, row, 4, 2));
	assert_non_null(strstr(c.roster.rows[0].problem, "terlalu panjang"));
}

/* What a reader that was taken over might send. */
static void nothing_wrong_comes_through_the_wall(void **state)
{
	(void)state;
	struct roster_row right = { .line = 2, .serial = "AB", .begins = "2025-01-05" };
	right.value[FIELD_NAME] = "Budi";
	right.value[FIELD_NIK] = "2103010101900001";
	right.value[FIELD_VALID_UNTIL] = "2027-01-05";
	struct roster_row rows[7] = { right, right, right, right, right, right, right };
	rows[1].value[FIELD_NIK] = "2103";
	rows[2].serial = "0a";
	rows[3].begins = "gestern";
	rows[4].value[FIELD_EMAIL] = "a@b.id\nBcc: c@d.id";
	rows[5].value[FIELD_VALID_UNTIL] = NULL;
	rows[6].value[FIELD_NAME] = "a\nb";
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_BUF b = BUF_INIT(1 << 20);
		struct roster in = { .name = "a.csv", .rows = &rows[i], .n_rows = 1, .cut = true }, out = { 0 };
		roster_encode(&in, &b);
		struct wire w = wire_open(buf_span(&b));
		assert_int_equal(roster_decode(&w, a, &out), i == 0 ? 0 : 1);
		for (size_t n = 0; i == 0 && n < b.n; n++) { /* cut at every length */
			struct wire part = wire_open(span_of(b.p, n));
			assert_int_equal(roster_decode(&part, a, &out), 1);
		}
		if (i > 0)
			continue;
		w = wire_open(buf_span(&b));
		assert_int_equal(roster_decode(&w, a, &out), 0);
		assert_true(wire_done(&w) && out.cut && out.n_rows == 1);
		assert_string_equal(out.rows[0].value[FIELD_NIK], "2103010101900001");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_must_be_whole),    cmocka_unit_test(serials_and_second_columns),
		cmocka_unit_test(memory_ends_anywhere),  cmocka_unit_test(a_list_without_a_head_is_none),
		cmocka_unit_test(too_many_rows_are_cut), cmocka_unit_test(nothing_wrong_comes_through_the_wall)
	};
	a = arena_new(64u * 1024 * 1024);
	assert_non_null(a);
	ADD_ROWS(cell_rows, one_cell)
	ADD_ROWS(serial_rows, one_serial)
	ADD_TESTS(tests)
	int failed = RUN_SUITE("request: lists of certificates");
	arena_free(a);
	return failed;
}
