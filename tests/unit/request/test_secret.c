/* Passwords and codes in words: what is cut out, and what is none. */
#include "unit.h"

#include "base/text.h"
#include "request/secret.h"

#define CUT "[dihapus: rahasia]"

static const struct {
	const char *name, *in, *out; /* out NULL: unchanged */
} rows[] = {
	{ "colon", "passphrase saya: Rahasia123", "passphrase saya: " CUT },
	{ "adalah", "password akun TTE adalah Natuna#2024 ya pak", "password akun TTE adalah " CUT " ya pak" },
	{ "pin", "pin 123456", "pin " CUT },
	{ "otp_later", "OTP yang masuk 884213", "OTP yang masuk " CUT },
	{ "otp_colon", "kode otp: 991233", "kode otp: " CUT },
	{ "shape", "passphrase lama Budi!2023 sudah tidak bisa", "passphrase lama " CUT " sudah tidak bisa" },
	{ "sandi", "kata sandi saya admin123", "kata sandi saya " CUT },
	{ "nya", "passphrasenya: TteKu@99", "passphrasenya: " CUT },
	{ "quoted", "Passphrase = \"Aman 2024\"", "Passphrase = \"" CUT "\"" },
	{ "pass_colon", "user: budi pass: Merdeka45", "user: budi pass: " CUT },
	{ "yaitu", "passphrase baru saya yaitu merahputih", "passphrase baru saya yaitu " CUT },
	{ "phrase_of_words", "passphrase: kuda lari cepat", "passphrase: " CUT },
	{ "keyphrase", "keyphrase nya Bintang77", "keyphrase nya " CUT },
	{ "code", "kode verifikasi 445566 dari BSrE", "kode verifikasi " CUT " dari BSrE" },
	{ "below", "Passphrase:\nKuda#Lari9", "Passphrase:\n" CUT },
	{ "as_follows", "passphrase TTE saya sebagai berikut: Kuda#Lari9", "passphrase TTE saya sebagai berikut: " CUT },
	{ "only_forgotten", "passphrase: lupa", NULL },
	{ "nip_behind", "lupa passphrase TTE NIP 198001012005011001", NULL },
	{ "nik_label", "reset passphrase NIK: 2103010101900001", NULL },
	{ "times", "passphrase sudah saya coba 3 kali", NULL },
	{ "date", "ganti passphrase tanggal 12 Januari 2026", NULL },
	{ "bare_date", "reset passphrase 12-01-2026", NULL },
	{ "address", "password email budi1@natunakab.go.id lupa", NULL },
	{ "pass_word", "pas foto 3x4 terlampir, pass 12 orang", NULL },
	{ "next_line", "lupa passphrase\nNama: Budi\nHP: 081277001234", NULL },
	{ "question", "boleh reset passphrase lewat email?", NULL },
	{ "complaint", "passphrase: selalu ditolak", NULL },
	{ "sentence", "Mohon reset passphrase. Terima kasih", NULL },
};

static void redacts(void **state)
{
	const size_t i = (size_t)(uintptr_t)*state;
	AUTO_ARENA a = arena_new(8 * 1024 * 1024);
	bool found = false;
	const char *got = secret_redact(a, rows[i].in, &found);
	assert_string_equal(got, rows[i].out ? rows[i].out : rows[i].in);
	assert_int_equal(found, rows[i].out != NULL);
}

int main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		suite[n_suite++] = (struct CMUnitTest){ rows[i].name, redacts, NULL, NULL, (void *)(uintptr_t)i };
	return RUN_SUITE("secrets");
}
