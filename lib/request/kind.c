#include "request/kind.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { KIND_TEXT_MAX = 32 * 1024 };

struct clue {
	const char *words;
	enum request_kind kind;
	int weight;
};

/* The field's words (domain facts 2).  A longer phrase outweighs the word in it. */
static const struct clue clues[] = {
	{ "perpanjang", REQUEST_RENEWAL, 6 },
	{ "diperpanjang", REQUEST_RENEWAL, 2 },
	{ "pembaharuan", REQUEST_RENEWAL, 6 },
	{ "pembaruan", REQUEST_RENEWAL, 6 },
	{ "diperbaharui", REQUEST_RENEWAL, 5 },
	{ "diperbarui", REQUEST_RENEWAL, 5 },
	{ "memperbaharui", REQUEST_RENEWAL, 5 },
	{ "memperbarui", REQUEST_RENEWAL, 5 },
	{ "renewal", REQUEST_RENEWAL, 6 },
	{ "renew", REQUEST_RENEWAL, 5 },
	{ "extend", REQUEST_RENEWAL, 4 },
	{ "aktivasi ulang", REQUEST_RENEWAL, 4 },
	{ "aktifkan kembali", REQUEST_RENEWAL, 4 },
	{ "diaktifkan lagi", REQUEST_RENEWAL, 4 },
	{ "expired", REQUEST_RENEWAL, 4 },
	{ "expire", REQUEST_RENEWAL, 3 },
	{ "ekspayer", REQUEST_RENEWAL, 4 },
	{ "kedaluwarsa", REQUEST_RENEWAL, 4 },
	{ "kadaluarsa", REQUEST_RENEWAL, 4 },
	{ "kadaluwarsa", REQUEST_RENEWAL, 4 },
	{ "kedaluarsa", REQUEST_RENEWAL, 4 },
	{ "habis masa", REQUEST_RENEWAL, 4 },
	{ "masa berlaku", REQUEST_RENEWAL, 2 },
	{ "tte mati", REQUEST_RENEWAL, 4 },
	{ "mau habis", REQUEST_RENEWAL, 3 },
	{ "akan berakhir", REQUEST_RENEWAL, 3 },
	{ "sudah habis", REQUEST_RENEWAL, 3 },
	{ "memperpanjang", REQUEST_RENEWAL, 2 },
	{ "diperpanjangkan", REQUEST_RENEWAL, 2 },
	{ "segera habis", REQUEST_RENEWAL, 3 },
	{ "akan habis", REQUEST_RENEWAL, 3 },
	{ "hampir habis", REQUEST_RENEWAL, 3 },
	{ "tte habis", REQUEST_RENEWAL, 4 },
	{ "habis berlaku", REQUEST_RENEWAL, 4 },
	{ "dah mati", REQUEST_RENEWAL, 3 },
	{ "sudah mati", REQUEST_RENEWAL, 3 },
	{ "udh mati", REQUEST_RENEWAL, 3 },
	{ "tidak aktif lagi", REQUEST_RENEWAL, 4 },
	{ "sudah tidak aktif", REQUEST_RENEWAL, 4 },
	{ "tte mau mati", REQUEST_RENEWAL, 4 },
	{ "berakhir pada", REQUEST_RENEWAL, 2 },
	{ "diaktifkan kembali", REQUEST_RENEWAL, 4 },
	{ "expaired", REQUEST_RENEWAL, 4 },
	{ "ekspired", REQUEST_RENEWAL, 4 },
	{ "exp date", REQUEST_RENEWAL, 2 },
	{ "sudah lewat masa", REQUEST_RENEWAL, 3 },
	{ "pengaktifan kembali", REQUEST_RENEWAL, 4 },
	{ "penerbitan", REQUEST_ISSUANCE, 6 },
	{ "diterbitkan", REQUEST_ISSUANCE, 4 },
	{ "pembuatan", REQUEST_ISSUANCE, 5 },
	{ "buatkan tte", REQUEST_ISSUANCE, 6 },
	{ "dibuatkan", REQUEST_ISSUANCE, 5 },
	{ "pendaftaran", REQUEST_ISSUANCE, 5 },
	{ "registrasi", REQUEST_ISSUANCE, 4 },
	{ "belum punya", REQUEST_ISSUANCE, 5 },
	{ "belum pernah", REQUEST_ISSUANCE, 5 },
	{ "belum memiliki", REQUEST_ISSUANCE, 5 },
	{ "tte baru", REQUEST_ISSUANCE, 4 },
	{ "pejabat baru", REQUEST_ISSUANCE, 3 },
	{ "baru dilantik", REQUEST_ISSUANCE, 2 },
	{ "new certificate", REQUEST_ISSUANCE, 5 },
	{ "new e-signature", REQUEST_ISSUANCE, 7 },
	{ "new electronic", REQUEST_ISSUANCE, 6 },
	{ "new digital", REQUEST_ISSUANCE, 6 },
	{ "apply for a new", REQUEST_ISSUANCE, 7 },
	{ "never had", REQUEST_ISSUANCE, 6 },
	{ "for the first time", REQUEST_ISSUANCE, 5 },
	{ "new application", REQUEST_ISSUANCE, 4 },
	{ "first certificate", REQUEST_ISSUANCE, 5 },
	{ "belum terdaftar", REQUEST_ISSUANCE, 4 },
	{ "mendaftar", REQUEST_ISSUANCE, 4 },
	{ "didaftarkan", REQUEST_ISSUANCE, 5 },
	{ "daftarkan", REQUEST_ISSUANCE, 4 },
	{ "bikin tte", REQUEST_ISSUANCE, 6 },
	{ "bikinkan", REQUEST_ISSUANCE, 6 },
	{ "buat tte", REQUEST_ISSUANCE, 5 },
	{ "pembuatan tte", REQUEST_ISSUANCE, 2 },
	{ "membuat tte", REQUEST_ISSUANCE, 5 },
	{ "buatkan", REQUEST_ISSUANCE, 4 },
	{ "elektronik baru", REQUEST_ISSUANCE, 5 },
	{ "elektronik (baru", REQUEST_ISSUANCE, 5 },
	{ "pengajuan tte baru", REQUEST_ISSUANCE, 6 },
	{ "permohonan tte baru", REQUEST_ISSUANCE, 6 },
	{ "pengguna baru", REQUEST_ISSUANCE, 5 },
	{ "akun baru", REQUEST_ISSUANCE, 3 },
	{ "pertama kali", REQUEST_ISSUANCE, 3 },
	{ "belum ada tte", REQUEST_ISSUANCE, 5 },
	{ "blm punya", REQUEST_ISSUANCE, 5 },
	{ "blm ada tte", REQUEST_ISSUANCE, 5 },
	{ "menerbitkan", REQUEST_ISSUANCE, 4 },
	{ "baru diangkat", REQUEST_ISSUANCE, 3 },
	{ "segel elektronik", REQUEST_ISSUANCE, 3 },
	{ "e-seal", REQUEST_ISSUANCE, 3 },
	{ "digital signature baru", REQUEST_ISSUANCE, 5 },
	{ "user baru", REQUEST_ISSUANCE, 4 },
	{ "dibikinkan", REQUEST_ISSUANCE, 5 },
	{ "terbitkan", REQUEST_ISSUANCE, 3 },
	{ "tte untuk pegawai baru", REQUEST_ISSUANCE, 5 },
	{ "cpns", REQUEST_ISSUANCE, 2 },
	{ "belum mempunyai", REQUEST_ISSUANCE, 5 },
	{ "tak punya tte", REQUEST_ISSUANCE, 4 },
	{ "pencabutan", REQUEST_REVOCATION, 9 },
	{ "dicabut", REQUEST_REVOCATION, 8 },
	{ "cabut tte", REQUEST_REVOCATION, 8 },
	{ "penghapusan", REQUEST_REVOCATION, 7 },
	{ "revoke", REQUEST_REVOCATION, 8 },
	{ "revocation", REQUEST_REVOCATION, 8 },
	{ "dinonaktifkan", REQUEST_REVOCATION, 7 },
	{ "nonaktifkan", REQUEST_REVOCATION, 7 },
	{ "dihapus", REQUEST_REVOCATION, 5 },
	{ "mencabut", REQUEST_REVOCATION, 8 },
	{ "cabut sertifikat", REQUEST_REVOCATION, 8 },
	{ "pembatalan sertifikat", REQUEST_REVOCATION, 7 },
	{ "blokir", REQUEST_REVOCATION, 7 },
	{ "diblokir", REQUEST_REVOCATION, 3 },
	{ "hapus tte", REQUEST_REVOCATION, 7 },
	{ "dihapuskan", REQUEST_REVOCATION, 3 },
	{ "meninggal", REQUEST_REVOCATION, 3 },
	{ "menonaktifkan", REQUEST_REVOCATION, 7 },
	{ "non aktifkan", REQUEST_REVOCATION, 7 },
	{ "penonaktifan", REQUEST_REVOCATION, 7 },
	{ "dinon-aktifkan", REQUEST_REVOCATION, 7 },
	{ "pensiun", REQUEST_REVOCATION, 3 },
	{ "purna tugas", REQUEST_REVOCATION, 3 },
	{ "disalahgunakan", REQUEST_REVOCATION, 4 },
	{ "deactivate", REQUEST_REVOCATION, 7 },
	{ "hapus akun", REQUEST_REVOCATION, 6 },
	{ "ditutup", REQUEST_REVOCATION, 2 },
	{ "matikan tte", REQUEST_REVOCATION, 6 },
	{ "lupa passphrase", REQUEST_PASSPHRASE, 9 },
	{ "lupa pass", REQUEST_PASSPHRASE, 8 },
	{ "lupa pin", REQUEST_PASSPHRASE, 8 },
	{ "lupa kata sandi", REQUEST_PASSPHRASE, 8 },
	{ "lupa frasa", REQUEST_PASSPHRASE, 8 },
	{ "reset passphrase", REQUEST_PASSPHRASE, 9 },
	{ "reset", REQUEST_PASSPHRASE, 4 },
	{ "passphrase", REQUEST_PASSPHRASE, 4 },
	{ "passphare", REQUEST_PASSPHRASE, 4 },
	{ "pasphrase", REQUEST_PASSPHRASE, 4 },
	{ "pasprase", REQUEST_PASSPHRASE, 4 },
	{ "frasa sandi", REQUEST_PASSPHRASE, 4 },
	{ "forgot", REQUEST_PASSPHRASE, 5 },
	{ "lupe passphrase", REQUEST_PASSPHRASE, 9 },
	{ "lupa pasword", REQUEST_PASSPHRASE, 8 },
	{ "lupa password", REQUEST_PASSPHRASE, 7 },
	{ "pass phrase", REQUEST_PASSPHRASE, 4 },
	{ "passphrase salah", REQUEST_PASSPHRASE, 6 },
	{ "passphrase anda salah", REQUEST_PASSPHRASE, 6 },
	{ "di-reset", REQUEST_PASSPHRASE, 4 },
	{ "direset", REQUEST_PASSPHRASE, 4 },
	{ "keyphrase", REQUEST_PASSPHRASE, 4 },
	{ "password tte", REQUEST_PASSPHRASE, 5 },
	{ "pasword tte", REQUEST_PASSPHRASE, 5 },
	{ "pin tte", REQUEST_PASSPHRASE, 5 },
	{ "kata sandi tte", REQUEST_PASSPHRASE, 5 },
	{ "tte terkunci", REQUEST_PASSPHRASE, 6 },
	{ "tte saya terkunci", REQUEST_PASSPHRASE, 4 },
	{ "2031", REQUEST_PASSPHRASE, 4 },
	{ "lupa", REQUEST_PASSPHRASE, 2 },
	{ "ditolak terus", REQUEST_PASSPHRASE, 3 },
	{ "reset link", REQUEST_PASSPHRASE, 5 },
	{ "passpharse", REQUEST_PASSPHRASE, 4 },
	{ "passprase", REQUEST_PASSPHRASE, 4 },
	{ "phasprase", REQUEST_PASSPHRASE, 4 },
	{ "pasfrase", REQUEST_PASSPHRASE, 4 },
	{ "phrase", REQUEST_PASSPHRASE, 2 },
	{ "tidak ingat", REQUEST_PASSPHRASE, 3 },
	{ "locked", REQUEST_PASSPHRASE, 3 },
	{ "ganti email", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan email", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan data", REQUEST_DATA_CHANGE, 8 },
	{ "ubah data", REQUEST_DATA_CHANGE, 7 },
	{ "perbaikan data", REQUEST_DATA_CHANGE, 7 },
	{ "perbaikan gelar", REQUEST_DATA_CHANGE, 8 },
	{ "ganti nomor", REQUEST_DATA_CHANGE, 8 },
	{ "ganti no", REQUEST_DATA_CHANGE, 7 },
	{ "ganti hp", REQUEST_DATA_CHANGE, 7 },
	{ "ganti jabatan", REQUEST_DATA_CHANGE, 7 },
	{ "pindah", REQUEST_DATA_CHANGE, 3 },
	{ "update data", REQUEST_DATA_CHANGE, 7 },
	{ "pemutakhiran data", REQUEST_DATA_CHANGE, 7 },
	{ "perubahan jabatan", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan nomor", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan alamat", REQUEST_DATA_CHANGE, 7 },
	{ "perubahan nama", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan instansi", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan unit", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan opd", REQUEST_DATA_CHANGE, 8 },
	{ "pemutakhiran", REQUEST_DATA_CHANGE, 5 },
	{ "ganti alamat email", REQUEST_DATA_CHANGE, 8 },
	{ "pergantian", REQUEST_DATA_CHANGE, 5 },
	{ "penggantian email", REQUEST_DATA_CHANGE, 8 },
	{ "penggantian nomor", REQUEST_DATA_CHANGE, 8 },
	{ "mengganti email", REQUEST_DATA_CHANGE, 8 },
	{ "mengganti nomor", REQUEST_DATA_CHANGE, 8 },
	{ "mengubah", REQUEST_DATA_CHANGE, 5 },
	{ "ubah email", REQUEST_DATA_CHANGE, 8 },
	{ "ubah jabatan", REQUEST_DATA_CHANGE, 8 },
	{ "ubah nomor", REQUEST_DATA_CHANGE, 8 },
	{ "update jabatan", REQUEST_DATA_CHANGE, 8 },
	{ "update email", REQUEST_DATA_CHANGE, 8 },
	{ "update nomor", REQUEST_DATA_CHANGE, 8 },
	{ "di-update", REQUEST_DATA_CHANGE, 4 },
	{ "diupdate", REQUEST_DATA_CHANGE, 4 },
	{ "pindah tugas", REQUEST_DATA_CHANGE, 5 },
	{ "mutasi", REQUEST_DATA_CHANGE, 3 },
	{ "jabatan baru", REQUEST_DATA_CHANGE, 2 },
	{ "jabatan lama", REQUEST_DATA_CHANGE, 4 },
	{ "salah nama", REQUEST_DATA_CHANGE, 4 },
	{ "salah ketik nama", REQUEST_DATA_CHANGE, 4 },
	{ "penyesuaian jabatan", REQUEST_DATA_CHANGE, 7 },
	{ "penyesuaian data", REQUEST_DATA_CHANGE, 7 },
	{ "penyesuaian gelar", REQUEST_DATA_CHANGE, 7 },
	{ "nomor baru", REQUEST_DATA_CHANGE, 3 },
	{ "email baru", REQUEST_DATA_CHANGE, 4 },
	{ "change my email", REQUEST_DATA_CHANGE, 8 },
	{ "change of email", REQUEST_DATA_CHANGE, 8 },
	{ "change my", REQUEST_DATA_CHANGE, 5 },
	{ "update my", REQUEST_DATA_CHANGE, 6 },
	{ "koreksi nama", REQUEST_DATA_CHANGE, 7 },
	{ "koreksi data", REQUEST_DATA_CHANGE, 7 },
	{ "perbaikan nama", REQUEST_DATA_CHANGE, 7 },
	{ "pembetulan", REQUEST_DATA_CHANGE, 5 },
	{ "gelar baru", REQUEST_DATA_CHANGE, 3 },
	{ "ganti nama", REQUEST_DATA_CHANGE, 6 },
	{ "ganti wa", REQUEST_DATA_CHANGE, 7 },
	{ "ralat nama", REQUEST_DATA_CHANGE, 5 },
	{ "berapa lama", REQUEST_QUESTION, 6 },
	{ "mau tanya", REQUEST_QUESTION, 6 },
	{ "mau bertanya", REQUEST_QUESTION, 6 },
	{ "ingin bertanya", REQUEST_QUESTION, 6 },
	{ "izin bertanya", REQUEST_QUESTION, 6 },
	{ "ijin bertanya", REQUEST_QUESTION, 6 },
	{ "ingin menanyakan", REQUEST_QUESTION, 6 },
	{ "menanyakan", REQUEST_QUESTION, 6 },
	{ "numpang tanya", REQUEST_QUESTION, 6 },
	{ "mau nanya", REQUEST_QUESTION, 6 },
	{ "betanye", REQUEST_QUESTION, 6 },
	{ "bertanya", REQUEST_QUESTION, 4 },
	{ "tanya", REQUEST_QUESTION, 3 },
	{ "pertanyaan", REQUEST_QUESTION, 4 },
	{ "sampai di mana", REQUEST_QUESTION, 6 },
	{ "sampai dimana", REQUEST_QUESTION, 6 },
	{ "sampai mana", REQUEST_QUESTION, 6 },
	{ "sampe mana", REQUEST_QUESTION, 6 },
	{ "sudah sampai", REQUEST_QUESTION, 5 },
	{ "tindak lanjut permohonan", REQUEST_QUESTION, 6 },
	{ "status permohonan", REQUEST_QUESTION, 7 },
	{ "status pengajuan", REQUEST_QUESTION, 7 },
	{ "progres", REQUEST_QUESTION, 5 },
	{ "progress", REQUEST_QUESTION, 5 },
	{ "kapan selesai", REQUEST_QUESTION, 7 },
	{ "kapan jadi", REQUEST_QUESTION, 6 },
	{ "kapan bisa", REQUEST_QUESTION, 3 },
	{ "belum ada kabar", REQUEST_QUESTION, 6 },
	{ "belum ada balasan", REQUEST_QUESTION, 6 },
	{ "kabar permohonan", REQUEST_QUESTION, 6 },
	{ "perkembangan", REQUEST_QUESTION, 4 },
	{ "tidak valid", REQUEST_QUESTION, 5 },
	{ "verifikasi dokumen", REQUEST_QUESTION, 6 },
	{ "cara verifikasi", REQUEST_QUESTION, 7 },
	{ "verify", REQUEST_QUESTION, 5 },
	{ "verification", REQUEST_QUESTION, 4 },
	{ "cek keaslian", REQUEST_QUESTION, 6 },
	{ "keaslian", REQUEST_QUESTION, 5 },
	{ "apakah asli", REQUEST_QUESTION, 6 },
	{ "suratnya asli", REQUEST_QUESTION, 6 },
	{ "genuine", REQUEST_QUESTION, 5 },
	{ "qr", REQUEST_QUESTION, 3 },
	{ "barcode", REQUEST_QUESTION, 3 },
	{ "mohon informasi", REQUEST_QUESTION, 5 },
	{ "minta informasi", REQUEST_QUESTION, 5 },
	{ "mohon info", REQUEST_QUESTION, 4 },
	{ "minta info", REQUEST_QUESTION, 5 },
	{ "mohon penjelasan", REQUEST_QUESTION, 5 },
	{ "mohon konfirmasi", REQUEST_QUESTION, 4 },
	{ "mohon petunjuk", REQUEST_QUESTION, 2 },
	{ "konfirmasi", REQUEST_QUESTION, 2 },
	{ "persyaratan", REQUEST_QUESTION, 2 },
	{ "syarat", REQUEST_QUESTION, 3 },
	{ "apa saja", REQUEST_QUESTION, 3 },
	{ "signature validity", REQUEST_QUESTION, 6 },
	{ "tidak muncul", REQUEST_QUESTION, 4 },
	{ "how to", REQUEST_QUESTION, 5 },
	{ "how can", REQUEST_QUESTION, 5 },
	{ "how do", REQUEST_QUESTION, 5 },
	{ "gimana cara", REQUEST_QUESTION, 4 },
	{ "bagaimana cara", REQUEST_QUESTION, 4 },
	{ "gmn cara", REQUEST_QUESTION, 4 },
	{ "cara perpanjang", REQUEST_QUESTION, 3 },
	{ "tata cara", REQUEST_QUESTION, 4 },
	{ "prosedur", REQUEST_QUESTION, 3 },
	{ "caranya", REQUEST_QUESTION, 2 },
	{ "undangan", REQUEST_OTHER, 4 },
	{ "rapat", REQUEST_OTHER, 3 },
	{ "lamaran", REQUEST_OTHER, 7 },
	{ "penawaran", REQUEST_OTHER, 6 },
	{ "bimtek", REQUEST_OTHER, 6 },
	{ "bimbingan teknis", REQUEST_OTHER, 6 },
	{ "pinjaman", REQUEST_OTHER, 7 },
	{ "newsletter", REQUEST_OTHER, 6 },
	{ "unsubscribe", REQUEST_OTHER, 5 },
	{ "promo", REQUEST_OTHER, 5 },
	{ "invoice", REQUEST_OTHER, 5 },
	{ "ktp hilang", REQUEST_OTHER, 7 },
	{ "permohonan cuti", REQUEST_OTHER, 7 },
	{ "internet mati", REQUEST_OTHER, 6 },
	{ "internet kantor", REQUEST_OTHER, 6 },
	{ "jaringan", REQUEST_OTHER, 3 },
	{ "wifi", REQUEST_OTHER, 5 },
	{ "modem", REQUEST_OTHER, 4 },
	{ "bandwidth", REQUEST_OTHER, 5 },
	{ "skripsi", REQUEST_OTHER, 9 },
	{ "penelitian", REQUEST_OTHER, 6 },
	{ "kuesioner", REQUEST_OTHER, 6 },
	{ "magang", REQUEST_OTHER, 7 },
	{ "praktik kerja", REQUEST_OTHER, 6 },
	{ "mahasiswa", REQUEST_OTHER, 6 },
	{ "mahasiswi", REQUEST_OTHER, 6 },
	{ "penelitian skripsi", REQUEST_OTHER, 4 },
	{ "ssl", REQUEST_OTHER, 7 },
	{ "mailbox quota", REQUEST_OTHER, 8 },
	{ "mailbox", REQUEST_OTHER, 4 },
	{ "quota", REQUEST_OTHER, 4 },
	{ "kuota", REQUEST_OTHER, 4 },
	{ "within 24 hours", REQUEST_OTHER, 6 },
	{ "final notice", REQUEST_OTHER, 6 },
	{ "domain", REQUEST_OTHER, 3 },
	{ "usd", REQUEST_OTHER, 4 },
	{ "billing", REQUEST_OTHER, 5 },
	{ "click here", REQUEST_OTHER, 7 },
	{ "klik tautan", REQUEST_OTHER, 4 },
	{ "klik link", REQUEST_OTHER, 4 },
	{ "akun anda akan", REQUEST_OTHER, 7 },
	{ "email anda akan", REQUEST_OTHER, 7 },
	{ "hadiah", REQUEST_OTHER, 6 },
	{ "undian", REQUEST_OTHER, 7 },
	{ "selamat anda", REQUEST_OTHER, 5 },
	{ "transfer ke rekening", REQUEST_OTHER, 6 },
	{ "tagihan", REQUEST_OTHER, 6 },
	{ "pembayaran", REQUEST_OTHER, 4 },
	{ "faktur", REQUEST_OTHER, 6 },
	{ "proposal", REQUEST_OTHER, 4 },
	{ "sponsor", REQUEST_OTHER, 6 },
	{ "kerja sama media", REQUEST_OTHER, 6 },
	{ "langganan", REQUEST_OTHER, 5 },
	{ "berlangganan", REQUEST_OTHER, 6 },
	{ "brosur", REQUEST_OTHER, 5 },
	{ "katalog", REQUEST_OTHER, 5 },
	{ "diskon", REQUEST_OTHER, 6 },
	{ "seminar", REQUEST_OTHER, 5 },
	{ "webinar", REQUEST_OTHER, 6 },
	{ "workshop", REQUEST_OTHER, 5 },
	{ "pelatihan", REQUEST_OTHER, 3 },
	{ "lowongan", REQUEST_OTHER, 6 },
	{ "mengundang", REQUEST_OTHER, 5 },
	{ "menghadiri", REQUEST_OTHER, 5 },
	{ "mengharap kehadiran", REQUEST_OTHER, 6 },
	{ "kehadiran saudara", REQUEST_OTHER, 6 },
	{ "kontribusi", REQUEST_OTHER, 3 },
	{ "e-ktp", REQUEST_OTHER, 6 },
	{ "ktp belum", REQUEST_OTHER, 6 },
	{ "kartu keluarga", REQUEST_OTHER, 4 },
	{ "akta kelahiran", REQUEST_OTHER, 7 },
	{ "bansos", REQUEST_OTHER, 7 },
	{ "bantuan sosial", REQUEST_OTHER, 6 },
	{ "jalan rusak", REQUEST_OTHER, 7 },
	{ "pengaduan", REQUEST_OTHER, 3 },
	{ "lampu jalan", REQUEST_OTHER, 7 },
	{ "pdam", REQUEST_OTHER, 6 },
	{ "listrik", REQUEST_OTHER, 3 },
	{ "cctv", REQUEST_OTHER, 5 },
	{ "zoom", REQUEST_OTHER, 2 },
	{ "website", REQUEST_OTHER, 3 },
	{ "subdomain", REQUEST_OTHER, 6 },
	{ "hosting", REQUEST_OTHER, 4 },
	{ "email dinas baru", REQUEST_OTHER, 2 },
	{ "seo", REQUEST_OTHER, 6 },
	{ "backlink", REQUEST_OTHER, 7 },
	{ "loan", REQUEST_OTHER, 6 },
	{ "crypto", REQUEST_OTHER, 6 },
	{ "casino", REQUEST_OTHER, 7 },
	{ "lottery", REQUEST_OTHER, 7 },
	{ "disposisi", REQUEST_OTHER, 4 },
	{ "siaran pers", REQUEST_OTHER, 6 },
	{ "undangan rapat", REQUEST_OTHER, 4 },
	{ "audiensi", REQUEST_OTHER, 5 },
	{ "kunjungan kerja", REQUEST_OTHER, 6 },
	{ "studi banding", REQUEST_OTHER, 6 },
	{ "wawancara", REQUEST_OTHER, 3 },
	{ "verify your account", REQUEST_OTHER, 8 },
	{ "your account", REQUEST_OTHER, 4 },
	{ "suspended", REQUEST_OTHER, 4 },
	{ "password will expire", REQUEST_OTHER, 8 },
	{ "password anda akan", REQUEST_OTHER, 7 },
	{ "toner", REQUEST_OTHER, 6 },
	{ "laptop murah", REQUEST_OTHER, 6 },
	{ "harga spesial", REQUEST_OTHER, 6 },
	{ "penawaran harga", REQUEST_OTHER, 4 },
	{ "cuti tahunan", REQUEST_OTHER, 4 },
	{ "salah kirim", REQUEST_OTHER, 6 },
	{ "mohon abaikan", REQUEST_OTHER, 4 },
	{ "pajak", REQUEST_OTHER, 3 },
	{ "spt tahunan", REQUEST_OTHER, 7 },
	{ "coretax", REQUEST_OTHER, 7 },
	{ "paspor", REQUEST_OTHER, 7 },
	{ "bpjs", REQUEST_OTHER, 3 },
	{ "iklan", REQUEST_OTHER, 4 },
	{ "endorse", REQUEST_OTHER, 6 },
};

/* A word close before that turns a clue off. */
static const char *const negations[] = { "bukan ", "belum ", "tidak perlu ", "tidak ", "tdk ",         "tak ",
					 "bkn ",   "not ",   "usah ",        "nggak ", "belum perlu ", "tanpa " };
/* What is expired is not the certificate. */
static const char *const other_things[] = { "link", "tautan", "otp", "surat tugas", "ktp" };
/* The field's nouns: without one of them a mail is hardly for this office. */
static const char *const nouns[] = { "tte",         "sertifikat", "tanda tangan", "bsre",   "passphrase",
				     "e-sign",      "esign",      "srikandi",     "sertel", "digital signature",
				     "certificate", "signature",  "segel",        "frasa",  "pasphrase",
				     "tandatangan" };

static bool is_word_before(struct span s, size_t at)
{
	return at == 0 || !ascii_is_alpha(s.p[at - 1]);
}

static bool near_before(struct span s, size_t at, const char *const *words, size_t n, size_t reach)
{
	size_t from = at > reach ? at - reach : 0;
	struct span window = span_of(s.p + from, at - from);
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(window, 0, words[i]) < window.n)
			return true;
	return false;
}

static bool any_of(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}

struct tally {
	int score[REQUEST_AUTOMATIC + 1];
	const char *best[REQUEST_AUTOMATIC + 1];
	int best_weight[REQUEST_AUTOMATIC + 1];
	uint64_t seen[(sizeof(clues) / sizeof(*clues) + 63) / 64];
	int questions, requests; /* sentences that ask to know, and that ask for a deed */
};

static void credit(struct tally *t, enum request_kind kind, int weight, const char *words)
{
	t->score[kind] += weight;
	if (weight > t->best_weight[kind]) {
		t->best_weight[kind] = weight;
		t->best[kind] = words;
	}
}

static bool turned_off(struct span s, const struct clue *c, size_t at)
{
	bool off = near_before(s, at, negations, sizeof(negations) / sizeof(*negations), 14);
	if (strncmp(c->words, "belum", 5) == 0 || strncmp(c->words, "blm", 3) == 0 || strncmp(c->words, "tidak", 5) == 0 ||
	    strncmp(c->words, "tak ", 4) == 0)
		off = false;
	if (c->kind == REQUEST_QUESTION || c->kind == REQUEST_OTHER)
		off = false;
	if (c->kind == REQUEST_RENEWAL && c->weight <= 4)
		off = off || near_before(s, at, other_things, sizeof(other_things) / sizeof(*other_things), 24);
	return off;
}

/* Adds what one sentence says; each clue counts once in a text. */
static void tally(struct span s, int factor, bool question, struct tally *t)
{
	for (size_t i = 0; i < sizeof(clues) / sizeof(*clues); i++) {
		const struct clue *c = &clues[i];
		if (t->seen[i / 64] >> (i % 64) & 1)
			continue;
		for (size_t at = 0; (at = span_find_nocase(s, at, c->words)) < s.n; at++) {
			size_t n = strlen(c->words);
			bool whole = n > 7 || (is_word_before(s, at) && (n > 4 || at + n == s.n || !ascii_is_alpha(s.p[at + n])));
			if (!whole || turned_off(s, c, at))
				continue;
			bool service = c->kind <= REQUEST_DATA_CHANGE && c->kind != REQUEST_PASSPHRASE;
			t->seen[i / 64] |= (uint64_t)1 << (i % 64);
			credit(t, c->kind, question && service ? c->weight * factor / 3 : c->weight * factor, c->words);
			break;
		}
	}
}

/* Sentences that want an answer, and not a deed. */
static bool asks_to_know(struct span s)
{
	static const char *const words[] = { "apakah",
					     "bagaimana",
					     "gimana",
					     "gmn",
					     "kapan",
					     "berapa",
					     "tanya",
					     "nanya",
					     "mengapa",
					     "kenapa",
					     "knp ",
					     "kah ",
					     "how ",
					     "what ",
					     "when ",
					     "is there",
					     "can i ",
					     "do i ",
					     "do we ",
					     "should ",
					     "apa saja",
					     "mohon info",
					     "minta info",
					     "mohon konfirmasi",
					     "mohon penjelasan",
					     "informasi mengenai",
					     "informasi tentang",
					     "ke mana",
					     "kemana",
					     "di mana",
					     "dimana",
					     "macam mane",
					     "bile ",
					     "which " };
	return (s.n > 0 && s.p[s.n - 1] == '?') || any_of(s, words, sizeof(words) / sizeof(*words));
}

static bool asks_for_deed(struct span s)
{
	static const char *const words[] = { "mohon",
					     "tolong",
					     "tlg",
					     "minta",
					     "bantu",
					     "mengajukan",
					     "ajukan",
					     "harap",
					     "please",
					     "kindly",
					     "would like",
					     "bermaksud",
					     "ingin memperpanjang",
					     "dapat di",
					     "diproses",
					     "mau di",
					     "nak perpanjang",
					     "mau perpanjang",
					     "mau memperpanjang",
					     "pengajuan",
					     "permohonan",
					     "could you",
					     "usul",
					     "request" };
	static const char *const infos[] = {
		"mohon info",       "minta info",          "mohon konfirmasi",    "mohon penjelasan", "mohon petunjuk",
		"mohon maaf",       "mohon izin bertanya", "mohon ijin bertanya", "harus mengajukan", "cara mengajukan",
		"mohon arahan",     "mohon pencerahan",    "mohon jawaban",       "surat permohonan", "status permohonan",
		"status pengajuan", "permohonan kami",     "permohonan saya",     "minta tanya",      "minta penjelasan",
		"perlu mengajukan", "wajib mengajukan",    "bisa mengajukan",     "boleh mengajukan", "minta maaf",
		"permohonan yang",  "mohon dijelaskan",    "tolong info",         "tlg info",         "mohon bantuan info",
		"mohon diinfo"
	};
	return any_of(s, words, sizeof(words) / sizeof(*words)) && !any_of(s, infos, sizeof(infos) / sizeof(*infos));
}

/* Where a sentence ends: ".", "?", "!" before a blank, or an empty line. */
static size_t sentence_end(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool last = i + 1 == s.n || ascii_is_space(s.p[i + 1]);
		if ((s.p[i] == '?' || s.p[i] == '!' ||
		     (s.p[i] == '.' && i > 3 && ascii_is_lower(s.p[i - 1]) && ascii_is_lower(s.p[i - 2]))) &&
		    last)
			return i + 1;
		if (s.p[i] == '\n' && (i + 1 == s.n || s.p[i + 1] == '\n'))
			return i + 1;
	}
	return s.n;
}

static void tally_text(struct span text, struct tally *t)
{
	while (text.n > 0) {
		size_t end = sentence_end(text);
		struct span s = span_trim(span_of(text.p, end));
		bool deed = asks_for_deed(s), question = asks_to_know(s) && !deed;
		if (s.n > 0) {
			t->questions += question;
			t->requests += deed;
			tally(s, 1, question, t);
		}
		text = span_of(text.p + end, text.n - end);
	}
}

static bool thanks(struct span s)
{
	static const char *const words[] = { "terima kasih", "terimakasih", "makasih",        "mksh",
					     "trims",        "thanks",      "thank you",      "sudah bisa",
					     "sdh bs",       "sudah dapat", "sudah berhasil", "alhamdulillah" };
	static const char *const asks[] = { "?", "mohon", "tolong", "minta", "belum", "tapi", "namun", "tetapi", "bagaimana" };
	return s.n > 0 && s.n < 240 && any_of(s, words, sizeof(words) / sizeof(*words)) &&
	       !any_of(s, asks, sizeof(asks) / sizeof(*asks));
}

static int settle(struct arena *a, struct request *out, enum request_kind kind, const char *rule, const char *words)
{
	out->kind = kind;
	out->kind_rule = rule;
	out->kind_words = arena_strdup(a, words ? words : "");
	return out->kind_words ? 0 : -ENOMEM;
}

/* A newsletter or an offer is other people's mail, not an automaton's answer. */
static bool newsletter(struct span subject, struct span text)
{
	static const char *const words[] = { "unsubscribe",  "berhenti berlangganan",
					     "berlangganan", "newsletter",
					     "edisi",        "promo",
					     "diskon",       "penawaran",
					     "opt out",      "webinar",
					     "langganan" };
	return any_of(text, words, sizeof(words) / sizeof(*words)) || any_of(subject, words, sizeof(words) / sizeof(*words));
}

/* What the office's own words, numbers and questions add and take away. */
static void weigh(const struct message *m, bool ours, size_t n_numbers, struct tally *t)
{
	int service = 0;
	for (int k = 0; k < REQUEST_QUESTION; k++)
		service = t->score[k] > service ? t->score[k] : service;
	if (!ours && !m->is_reply)
		for (int k = 0; k < REQUEST_OTHER; k++)
			t->score[k] /= n_numbers > 0 && service >= 12 ? 1 : 3;
	if (t->questions > 0 && t->requests == 0 && n_numbers == 0)
		credit(t, REQUEST_QUESTION, ours || m->is_reply ? 7 : 3, "a question, nothing asked for");
	else if (n_numbers > 0 || t->requests > 0)
		t->score[REQUEST_QUESTION] =
			t->requests > 0 && n_numbers > 0 ? t->score[REQUEST_QUESTION] / 3 : t->score[REQUEST_QUESTION] * 2 / 3;
	if (ours && n_numbers > 0)
		t->score[REQUEST_OTHER] /= 3;
	/* an expired certificate is renewed with a new passphrase: renewal wins over a forgotten one */
	if (t->score[REQUEST_RENEWAL] >= 8 && t->score[REQUEST_PASSPHRASE] > 0)
		t->score[REQUEST_PASSPHRASE] /= 2;
}

int kind_judge(const struct message *m, size_t n_numbers, struct arena *a, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	struct tally t = { 0 };
	out->thanks_only = n_numbers == 0 && m->n_attachments == 0 && thanks(text);
	out->early_end = text.n < 60 && span_starts_nocase(span_trim(text), "berhenti");
	text.n = text.n < KIND_TEXT_MAX ? text.n : KIND_TEXT_MAX;
	if (m->nature == MAIL_LIST && newsletter(subject, text))
		return settle(a, out, REQUEST_OTHER, "newsletter", m->nature_words);
	if (m->nature != MAIL_HUMAN)
		return settle(a, out, REQUEST_AUTOMATIC, m->nature_rule, m->nature_words);
	bool asked = asks_to_know(subject) && !asks_for_deed(subject);
	if (!m->is_reply) {
		t.questions += asked;
		tally(subject, 2, asked, &t);
	}
	tally_text(text, &t);
	bool ours = any_of(subject, nouns, sizeof(nouns) / sizeof(*nouns)) || any_of(text, nouns, sizeof(nouns) / sizeof(*nouns));
	weigh(m, ours, n_numbers, &t);
	int best = -1;
	for (int k = 0; k <= REQUEST_OTHER; k++)
		if (t.score[k] > 0 && (best < 0 || t.score[k] > t.score[best]))
			best = k;
	if (best >= 0 && t.score[best] >= 3)
		return settle(a, out, (enum request_kind)best, "words", t.best[best]);
	if (m->is_reply && text.n > 0) { /* an answer without words of its own: the subject says what about */
		tally(subject, 2, false, &t);
		for (int k = 0; k < REQUEST_QUESTION; k++)
			if (t.score[k] >= 6 && (best < 0 || t.score[k] > t.score[best]))
				best = k;
		if (best >= 0 && best < REQUEST_QUESTION && t.score[best] >= 6)
			return settle(a, out, (enum request_kind)best, "reply-subject", t.best[best]);
		return settle(a, out, REQUEST_RENEWAL, "numbers-or-reply", "an answer, without other words");
	}
	if (n_numbers > 0 && (best < 0 || best == REQUEST_RENEWAL))
		return settle(a, out, REQUEST_RENEWAL, "numbers-or-reply", "a NIK or NIP, without other words");
	if (ours && m->n_attachments > 0)
		return settle(a, out, REQUEST_RENEWAL, "only-attachment", "the field's words and an attachment");
	if (ours)
		return settle(a, out, REQUEST_QUESTION, "field-words", "the field's words only");
	return settle(a, out, REQUEST_OTHER, "nothing", "no word of this office");
}
