#include "unit.h"

#include "request/command.h"

static const char *read_with(int (*fn)(const char *, struct arena *, const char **), const char *s, struct arena *a)
{
	const char *out = NULL;
	return fn(s, a, &out) == 0 ? out : "-";
}

static void numbers(void **state)
{
	static const struct {
		int (*fn)(const char *, struct arena *, const char **);
		const char *in, *out;
	} rows[] = {
		{ nik_read, "2103010101900001", "2103010101900001" },
		{ nik_read, "2103 0101 0190 0001", "2103010101900001" },
		{ nik_read, "2103.0101.0190.0001", "2103010101900001" },
		{ nik_read, "210301010190000", "-" },
		{ nik_read, "21030101019000011", "-" },
		{ nik_read, "2103O10101900001", "-" },
		{ nik_read, "1111111111111111", "-" },
		{ nik_read, "", "-" },
		{ nip_read, "19900101 201503 1 001", "199001012015031001" },
		{ nip_read, "199001012023211009", "199001012023211009" }, /* PPPK: no month at 13-14 */
		{ nip_read, "1990010120150310", "-" },
		{ phone_read, "0812-3456-7890", "+6281234567890" },
		{ phone_read, "+62 812 3456 7890", "+6281234567890" },
		{ phone_read, "62812 3456 7890", "+6281234567890" },
		{ phone_read, "+62 0812 3456 7890", "+6281234567890" },
		{ phone_read, "(0812) 3456-7890", "+6281234567890" },
		{ phone_read, "  0812 3456 7890 ", "+6281234567890" },
		{ phone_read, "0812.3456.7890", "+6281234567890" },
		{ phone_read, "0812_3456_7890", "+6281234567890" },
		{ phone_read, "0812\u20113456\u20117890", "+6281234567890" },
		{ phone_read, "0812\u20133456\u20137890", "+6281234567890" },
		{ phone_read, "0812\u00a03456\u00a07890", "+6281234567890" },
		{ phone_read, "\uff10\uff18\uff11\uff123456-7890", "+6281234567890" },
		{ phone_read, "+62-812-3456-7890", "+6281234567890" },
		{ phone_read, "+62 (0)812 3456 7890", "+6281234567890" },
		{ phone_read, "(+62) 812 3456 7890", "+6281234567890" },
		{ phone_read, "(62) 812 3456 7890", "+6281234567890" },
		{ phone_read, "0062 812 3456 7890", "+6281234567890" },
		{ phone_read, "62 0812 3456 7890", "+6281234567890" },
		{ phone_read, "812-3456-7890", "+6281234567890" }, /* a spreadsheet ate the zero */
		{ phone_read, "'0812 3456 7890", "+6281234567890" },
		{ phone_read, "0811234567", "+62811234567" },
		{ phone_read, "0812345678901", "+62812345678901" },
		{ phone_read, "081234567890123", "-" },
		{ phone_read, "0812-3456-7890/0813-5555-7777", "-" },
		{ phone_read, "0800-1-234567", "-" },
		{ phone_read, "(0773) 31222", "-" },
		{ phone_read, "+62 773 312221", "-" },
		{ phone_read, "021-5551234", "-" },
		{ phone_read, "14017", "-" },
		{ phone_read, "112", "-" },
		{ phone_read, "+65 9123 4567", "-" },
		{ phone_read, "0065 9123 4567", "-" },
		{ phone_read, "+8613912345678", "-" },
		{ phone_read, "6208100101900001", "-" }, /* a NIK of Seruyan */
		{ phone_read, "198109012010011001", "-" },
		{ phone_read, "0812 34S6 7890", "-" },
		{ phone_read, "", "-" },
		{ phone_read, "+", "-" },
		{ phone_read, "0773-31234", "-" },
		{ phone_read, "+60123456789", "-" },
		{ phone_read, "081", "-" },
		{ phone_read, "2103010101900001", "-" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_ARENA a = arena_new(100000);
		const char *got = read_with(rows[i].fn, rows[i].in, a);
		if (strcmp(got, rows[i].out) != 0)
			fail_msg("\"%s\": %s", rows[i].in, got);
	}
}

static void dates(void **state)
{
	static const struct {
		const char *in;
		int y, m, d;
	} rows[] = { { "2028-02-12", 2028, 2, 12 },
		     { "12-02-2028", 2028, 2, 12 },
		     { "12/02/2028", 2028, 2, 12 },
		     { "12 Februari 2028", 2028, 2, 12 },
		     { "12 Pebruari 2028", 2028, 2, 12 },
		     { "5 Jan 26", 2026, 1, 5 },
		     { "Senin, 5 Januari 2026 pukul 09.12 WIB", 2026, 1, 5 },
		     { "1 Agt 2027", 2027, 8, 1 },
		     { "29 Feb 2028", 2028, 2, 29 },
		     { "31-02-2028", 0, 0, 0 },
		     { "12-2028", 0, 0, 0 },
		     { "besok", 0, 0, 0 },
		     { "", 0, 0, 0 },
		     { "32/01/2028", 0, 0, 0 } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct civil_date d = { 0 };
		int r = date_read(rows[i].in, &d);
		if (r != (rows[i].y == 0) || (r == 0 && (d.year != rows[i].y || d.month != rows[i].m || d.day != rows[i].d)))
			fail_msg("%s: %d-%d-%d", rows[i].in, d.year, d.month, d.day);
	}
}

#define MANY_4 "/ambil\n/lanjut\n/daftar\n/bantuan\n"

struct row {
	const char *name, *text;
	size_t n;
	enum command_verb first;
	bool error;
	const char *value; /* address, value, number or text of the first; NULL: not looked at */
};

static const struct row rows[] = {
	{ "none", "Mohon dilengkapi datanya.", 0, COMMAND_UNKNOWN, false, NULL },
	{ "take", "/ambil", 1, COMMAND_AMBIL, false, NULL },
	{ "case_and_blanks", "  /AMBIL  \n\n", 1, COMMAND_AMBIL, false, NULL },
	{ "full_width_slash",
	  "\xef\xbc\x8f"
	  "ambil",
	  1, COMMAND_AMBIL, false, NULL },
	{ "take_with_text", "/ambil\nini untuk siapa?", 1, COMMAND_AMBIL, true, NULL },
	{ "terbit_all", "/terbit", 1, COMMAND_TERBIT, false, NULL },
	{ "terbit_date", "/terbit berlaku 12 Februari 2028\nSelamat", 1, COMMAND_TERBIT, false, "Selamat" },
	{ "terbit_niks", "/terbit 2103010101900001, 2103010101900002 berlaku sampai 2028-02-12", 1, COMMAND_TERBIT, false, NULL },
	{ "terbit_15_digits", "/terbit 210301010190000", 1, COMMAND_TERBIT, true, NULL },
	{ "terbit_bad_date", "/terbit berlaku 31-02-2028", 1, COMMAND_TERBIT, true, NULL },
	{ "tolak", "/tolak data tidak cocok\ndengan KTP", 1, COMMAND_TOLAK, false, "data tidak cocok\ndengan KTP" },
	{ "tahan", "/tahan sengketa, perkara 12", 1, COMMAND_TAHAN, false, "sengketa, perkara 12" },
	{ "tahan_without_reason", "/tahan", 1, COMMAND_TAHAN, true, NULL },
	{ "lepas_tahan", "/lepas-tahan", 1, COMMAND_LEPAS_TAHAN, false, NULL },
	{ "tolak_without_reason", "/tolak", 1, COMMAND_TOLAK, true, NULL },
	{ "catat_below", "/catat\nsudah ditelepon", 1, COMMAND_CATAT, false, "sudah ditelepon" },
	{ "alih", "/alih <Dua@natunakab.go.id>", 1, COMMAND_ALIH, false, "Dua@natunakab.go.id" },
	{ "alih_nobody", "/alih", 1, COMMAND_ALIH, true, NULL },
	{ "isi", "/isi hp: 0812 3456 7890", 1, COMMAND_ISI, false, "+6281234567890" },
	{ "isi_unknown", "/isi pangkat IVa", 1, COMMAND_ISI, true, NULL },
	{ "isi_bad_email", "/isi EMAIL budi", 1, COMMAND_ISI, true, NULL },
	{ "gabung", "/gabung [SITANTE-2026-0007]", 1, COMMAND_GABUNG, false, "2026-0007" },
	{ "gabung_nothing", "/gabung", 1, COMMAND_GABUNG, true, NULL },
	{ "unknown", "/hapus", 1, COMMAND_UNKNOWN, true, NULL },
	{ "two", "/ambil\n/catat ok", 2, COMMAND_AMBIL, false, NULL },
	{ "two_apart", "/ambil\n\n/catat ok", 2, COMMAND_AMBIL, false, NULL },
	{ "not_at_the_top", "Halo\n/terbit", 0, COMMAND_UNKNOWN, false, NULL },
	{ "a_path_is_no_command", "/ 5", 0, COMMAND_UNKNOWN, false, NULL },
	{ "no_break_spaces", "\xc2\xa0/ambil\xc2\xa0", 1, COMMAND_AMBIL, false, NULL },
	{ "no_break_space_between", "/catat\xc2\xa0ok", 1, COMMAND_CATAT, false, "ok" },
	{ "terbit_until", "/terbit berlaku s/d 12-02-2028", 1, COMMAND_TERBIT, false, NULL },
	{ "terbit_until_dotted", "/terbit berlaku s.d. 12-02-2028", 1, COMMAND_TERBIT, false, NULL },
	{ "terbit_until_hingga", "/terbit berlaku hingga 12-02-2028", 1, COMMAND_TERBIT, false, NULL },
	{ "isi_bad_nip", "/isi NIP 123", 1, COMMAND_ISI, true, NULL },
	{ "isi_bad_hp", "/isi HP 123", 1, COMMAND_ISI, true, NULL },
	{ "isi_position", "/isi jabatan Kepala Seksi", 1, COMMAND_ISI, false, "Kepala Seksi" },
	{ "isi_agency", "/isi instansi: Dinas Sosial", 1, COMMAND_ISI, false, "Dinas Sosial" },
	{ "isi_nothing", "/isi jabatan", 1, COMMAND_ISI, true, NULL },
	{ "isi_of_one", "/isi 2103010101900001 jabatan = Kepala Seksi", 1, COMMAND_ISI, false, "Kepala Seksi" },
	{ "sms_to_a_number", "/sms 0812-3456-7890 Halo", 1, COMMAND_SMS, false, "+6281234567890" },
	{ "sms_to_no_number", "/sms 0812 Halo", 1, COMMAND_SMS, true, NULL },
	{ "sms_text", "/sms Mohon cek email", 1, COMMAND_SMS, false, "Mohon cek email" },
	{ "alih_link", "/alih mailto:dua@natunakab.go.id", 1, COMMAND_ALIH, false, "dua@natunakab.go.id" },
	{ "tunggu", "/tunggu BSrE", 1, COMMAND_TUNGGU, false, "bsre" },
	{ "tunggu_whom", "/tunggu", 1, COMMAND_TUNGGU, true, NULL },
	{ "tunggu_more", "/tunggu bsre besok", 1, COMMAND_TUNGGU, true, NULL },
	{ "koreksi_end", "/koreksi 2 selesai 05-01-2026 08.30 dijawab lewat telepon", 1, COMMAND_KOREKSI, false,
	  "2 end 2026-01-05 08:30" },
	{ "koreksi_begin", "/koreksi 1 mulai 05-01-2026 08:30 lupa", 1, COMMAND_KOREKSI, false, "1 begin 2026-01-05 08:30" },
	{ "koreksi_no_step", "/koreksi 12 selesai 05-01-2026 08.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_step_0", "/koreksi 0 selesai 05-01-2026 08.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_step_5", "/koreksi 5 selesai 05-01-2026 08.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_no_end", "/koreksi 2 tengah 05-01-2026 08.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_no_date", "/koreksi 2 selesai 31-02-2026 08.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_short_time", "/koreksi 2 selesai 05-01-2026 8.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_other_time", "/koreksi 2 selesai 05-01-2026 08-30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_hour_24", "/koreksi 2 selesai 05-01-2026 24.30 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "koreksi_minute_60", "/koreksi 2 selesai 05-01-2026 08.60 x", 1, COMMAND_KOREKSI, true, NULL },
	{ "kedaluwarsa", "/kedaluwarsa", 1, COMMAND_KEDALUWARSA, false, NULL },
	{ "kedaluwarsa_days", "/kedaluwarsa 60 hari", 1, COMMAND_KEDALUWARSA, false, "60" },
	{ "kedaluwarsa_word", "/kedaluwarsa besok", 1, COMMAND_KEDALUWARSA, true, NULL },
	{ "kedaluwarsa_more", "/kedaluwarsa 60 orang", 1, COMMAND_KEDALUWARSA, true, NULL },
	{ "impor", "/impor", 1, COMMAND_IMPOR, false, NULL },
	{ "impor_yes", "/impor ya!", 1, COMMAND_IMPOR, false, "ya" },
	{ "impor_no", "/impor tidak", 1, COMMAND_IMPOR, true, NULL },
	{ "impor_yes_and", "/impor ya dong", 1, COMMAND_IMPOR, true, NULL },
	{ "ekspor", "/ekspor", 1, COMMAND_EKSPOR, false, NULL },
	{ "ekspor_more", "/ekspor semua", 1, COMMAND_EKSPOR, true, NULL },
	{ "bantuan", "/bantuan", 1, COMMAND_BANTUAN, false, NULL },
	{ "daftar", "/daftar", 1, COMMAND_DAFTAR, false, NULL },
	{ "lanjut", "/lanjut", 1, COMMAND_LANJUT, false, NULL },
	{ "laporan", "/laporan 2026-01", 1, COMMAND_LAPORAN, false, "2026-01" },
	{ "lepas", "/lepas 7", 1, COMMAND_LEPAS, false, "7" },
	{ "jenis", "/jenis penerbitan", 1, COMMAND_JENIS, false, NULL },
	{ "jenis_unknown", "/jenis apa", 1, COMMAND_JENIS, true, NULL },
	{ "jelaskan", "/jelaskan 2026-0007", 1, COMMAND_JELASKAN, false, "2026-0007" },
	{ "as_many_as_may_be", MANY_4 MANY_4 MANY_4 MANY_4 MANY_4, 20, COMMAND_AMBIL, false, NULL },
	{ "more_than_may_be", MANY_4 MANY_4 MANY_4 MANY_4 MANY_4 "/catat x\n", 20, COMMAND_AMBIL, false, NULL },
	{ "after_text_it_is_text", "/catat lihat\nini\n/terbit", 1, COMMAND_CATAT, false, "lihat\nini\n/terbit" },
};

static void command_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_ARENA a = arena_new(10 << 20);
		struct command_block b, again;
		assert_int_equal(command_read(rows[i].text, a, &b), 0);
		if (b.n_commands != rows[i].n)
			fail_msg("%s: %zu commands", rows[i].name, b.n_commands);
		AUTO_BUF wire = BUF_INIT(1 << 20);
		command_encode(&b, &wire);
		struct wire w = wire_open(buf_span(&wire));
		assert_int_equal(command_decode(&w, a, &again), 0);
		if (b.n_commands == 0) {
			assert_true(b.reply[0] != '\0');
			continue;
		}
		const struct command *c = &again.commands[0];
		if (c->verb != rows[i].first || (c->error != NULL) != rows[i].error)
			fail_msg("%s: %s, %s", rows[i].name, command_verb_word(c->verb), c->error ? c->error : "no error");
		const char *got = c->address ? c->address : c->number ? c->number : c->value ? c->value : c->text;
		if (rows[i].value && strcmp(got, rows[i].value) != 0)
			fail_msg("%s: \"%s\"", rows[i].name, got);
	}
}

static void labelled_lines(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_new(32 << 20);
	struct message m = {
		.text = "Nama : Budi Santoso, S.Kom\nNIK: 2103 0101 0190 0001\nNIP = 199001012015031001\nJabatan : Kepala Seksi\n"
			"Unit Kerja : Dinas Kesehatan\nEmail : budi@natunakab.go.id\nNo. HP/WA : 0812-3456-7890\nBerlaku s.d. : "
			"19 Januari 2026\n"
			"passphrase: Rahasia123\n",
		.text_full = "passphrase: Rahasia123",
		.subject = "perpanjangan TTE",
		.signature = "",
		.proof_reason = ""
	};
	struct request q;
	struct error err;
	assert_int_equal(request_read(&m, a, &q, &err), 0);
	assert_int_equal(q.kind, REQUEST_RENEWAL);
	assert_int_equal(q.n_applicants, 1);
	static const char *const want[N_FIELDS] = { "Budi Santoso, S.Kom", "2103010101900001", "199001012015031001",
						    "Kepala Seksi",        "Dinas Kesehatan",  "budi@natunakab.go.id",
						    "+6281234567890",      "2026-01-19" };
	for (int f = 0; f < N_FIELDS; f++)
		assert_string_equal(q.applicants[0].value[f], want[f]);
	assert_true(q.secret_found);
	assert_null(strstr(m.text, "Rahasia123"));
	assert_null(strstr(m.text_full, "Rahasia123"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(dates), cmocka_unit_test(command_rows),
					    cmocka_unit_test(labelled_lines) };
	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
