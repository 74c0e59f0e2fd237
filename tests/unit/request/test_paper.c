#include "unit.h"

#include "request/command.h"

struct row {
	const char *name, *text;
	int bad;
	const char *at, *number, *from, *address, *rest;
};

static const struct row rows[] = {
	{ "all_three",
	  "/surat\ntanggal 2026-01-05 09.30\nnomor 005/12/DISSOS/2026\ndari Dinas Sosial <umum@dinsos.natunakab.go.id>\n\nNama: "
	  "Budi",
	  0, "2026-01-05 09:30", "005/12/DISSOS/2026", "Dinas Sosial", "umum@dinsos.natunakab.go.id", "Nama: Budi" },
	{ "on_the_command_line", "/surat tanggal 5 Januari 2026 pukul 9:05\nNama: Budi", 0, "2026-01-05 09:05", NULL, NULL, NULL,
	  "Nama: Budi" },
	{ "colons_and_case", "/SURAT\nTanggal: 05/01/2026\nNomor Surat : 7\nDari: Camat Midai\nNIK 1", 0, "2026-01-05 00:00", "7",
	  "Camat Midai", NULL, "NIK 1" },
	{ "nothing_said", "/surat\nNama: Budi\nNomor HP: 0812", 0, NULL, NULL, NULL, NULL, "Nama: Budi\nNomor HP: 0812" },
	{ "telephone_is_no_letter_number", "/surat\nnomor hp 0812\n", 0, NULL, NULL, NULL, NULL, "nomor hp 0812" },
	{ "unknown_date", "/surat\ntanggal besok\nNama: Budi", 1, NULL, NULL, NULL, NULL, NULL },
	{ "impossible_date", "/surat\ntanggal 31-02-2026 09.00\nNama: Budi", 1, NULL, NULL, NULL, NULL, NULL },
	{ "no_mail_address_behind", "/surat\ndari Dinas <bukan alamat>\nNama: B", 0, NULL, NULL, "Dinas", NULL, "Nama: B" },
	{ "comma_before_the_time", "/surat\ntgl. 2026-01-05, jam 09:30\n", 0, "2026-01-05 09:30", NULL, NULL, NULL, "" },
	{ "abbreviated", "/surat\ntanggal masuk = 2026-01-05 pkl. 10.00\nno. 800/1\n", 0, "2026-01-05 10:00", "800/1", NULL, NULL,
	  "" },
	{ "tabs", "/surat\ntanggal\t2026-01-05 pkl 10.00\nno surat:\t9\n", 0, "2026-01-05 10:00", "9", NULL, NULL, "" },
	{ "hour_24", "/surat\ntanggal 2026-01-05 24.00\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "minute_60", "/surat\ntanggal 2026-01-05 09.60\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "long_hour", "/surat\ntanggal 2026-01-05 009.30\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "short_minute", "/surat\ntanggal 2026-01-05 9.3\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "no_hour", "/surat\ntanggal 2026-01-05 .30\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "time_alone", "/surat\ntanggal 09.30\n", 1, NULL, NULL, NULL, NULL, NULL },
	{ "no_date", "/surat\ntanggal :\nNama: B", 1, NULL, NULL, NULL, NULL, NULL },
	{ "no_number_no_sender", "/surat\nnomor :\ndari =\nNama: B", 0, NULL, NULL, NULL, NULL, "Nama: B" },
	{ "address_alone", "/surat\ndari <umum@dinsos.go.id>\nNama: B", 0, NULL, NULL, NULL, "umum@dinsos.go.id", "Nama: B" },
	{ "open_angle", "/surat\ndari Dinas <umum@dinsos.go.id\nNama: B", 0, NULL, NULL, "Dinas <umum@dinsos.go.id", NULL,
	  "Nama: B" },
	{ "a_word_that_begins_so", "/surat\ndarimana\n", 0, NULL, NULL, NULL, NULL, "darimana" },
	{ "empty", "/surat", 0, NULL, NULL, NULL, NULL, "" },
};

static void same(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void reads(void **state)
{
	const struct row *r = *state;
	struct arena *a = arena_new(1 << 20);
	struct command_block b = { 0 }, back = { 0 };
	struct buf wire = BUF_INIT(1 << 16);
	char at[40] = "";
	assert_int_equal(command_read(r->text, a, &b), 0);
	assert_int_equal(b.n_commands, 1);
	assert_int_equal(b.commands[0].error != NULL, r->bad);
	command_encode(&b, &wire);
	struct wire w = wire_open(buf_span(&wire));
	assert_int_equal(command_decode(&w, a, &back), 0);
	assert_true(wire_done(&w));
	const struct command *c = &back.commands[0];
	if (!r->bad) {
		if (c->paper.at.year)
			(void)snprintf(at, sizeof(at), "%04d-%02d-%02d %02d:%02d", c->paper.at.year, c->paper.at.month,
				       c->paper.at.day, c->paper.at.hour, c->paper.at.minute);
		assert_string_equal(at, r->at ? r->at : "");
		same(c->paper.number, r->number);
		same(c->paper.from, r->from);
		same(c->paper.address, r->address);
		assert_string_equal(c->text, r->rest);
	}
	buf_done(&wire);
	arena_free(a);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, reads, NULL, NULL, (void *)(uintptr_t)&rows[i] };
	return _cmocka_run_group_tests("paper", tests, COUNT(tests), NULL, NULL);
}
