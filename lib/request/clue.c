/* Clues by service, with their weight.  A clue is a word in the forms it takes, or two words near each other:
 * what is done (to perpanjang, to cabut) weighs most, what is only spoken of least. */
#include "request/clue.h"

#define CERTIFICATE "tte|sertifikat|sertifikatnya|e-sign|esign|akun|elektronik|certificate|signature"
#define PASSPHRASE "passp*|pasp*|passf*|pasf*|*phras*|frasa|frase"
#define SECRET PASSPHRASE "|passw*|pasw*|pin|pinnya|sandi|sandinya"
#define DATUM                                                                                                                    \
	"email*|e-mail|surel|hp|handphone|nomor|no|wa|whatsapp|telepon|telp|nama|gelar|jabatan|nik|nip|instansi|unit|opd|data|"  \
	"alamat|"                                                                                                                \
	"pangkat|golongan|phone|biodata|identitas"
#define PROLONGED "perpanj*|diperpanj*|memperpanj*|pembaruan|diperbarui"
#define OTHER_LICENCE                                                                                                            \
	"izin|ijin|perizinan|reklame|sim|stnk|paspor|siup|imb|pbg|kontrak|sewa|ktp|e-ktp|kk|langganan|domain|hosting|lisensi|"   \
	"asuransi|bpjs|garansi|pinjaman|jabatan|cuti|tugas"

static const struct clue clues[] = {
	{ "*panjang|*panjangkan|*panjangan|*panjangannya|perpanj*|diperpanj*|perpajang*|diperpajang*|prpanjang*|perpnjang*",
	  REQUEST_RENEWAL, 8 },
	{ "pembaharuan*|pembaruan*|diperbarui|diperbaharui|memperbarui|memperbaharui|perbarui", REQUEST_RENEWAL, 6 },
	{ "renew*", REQUEST_RENEWAL, 8 },
	{ "extend*|extension", REQUEST_RENEWAL, 6 },
	{ "*expired*|expire|expires|expiring|eksp*|*xpaired|*kspired", REQUEST_RENEWAL, 4 },
	{ "*aluarsa*|*aluwarsa*", REQUEST_RENEWAL, 4 },
	{ "masa berlaku*|aktif*|laku", REQUEST_RENEWAL, 3 },
	{ "berakhir*", REQUEST_RENEWAL, 3 },
	{ "jatuh tempo", REQUEST_RENEWAL, 3 },
	{ "habis*", REQUEST_RENEWAL, 3 },
	{ "sudah|udah|udh|dah|sdh|mau|akan|tte mati", REQUEST_RENEWAL, 3 },
	{ "aktifkan|diaktifkan|pengaktifan|aktivasi|mengaktifkan kembali|lagi|ulang", REQUEST_RENEWAL, 5 },
	{ "tidak|tdk|tak|ga|gak|nggak|ngga aktif lagi", REQUEST_RENEWAL, 4 },
	{ "exp", REQUEST_RENEWAL, 2 },
	{ "hidupkan|dihidupkan|menghidupkan", REQUEST_RENEWAL, 5 },
	{ CERTIFICATE " .. mati|expired|habis|*aluarsa|*aluwarsa", REQUEST_RENEWAL, 3 },

	{ "penerbitan*", REQUEST_ISSUANCE, 6 },
	{ "diterbitkan|menerbitkan|terbitkan", REQUEST_ISSUANCE, 4 },
	{ "pembuatan|dibuatkan|buatkan|bikin|bikinkan|dibikinkan|membuat|buat .. " CERTIFICATE, REQUEST_ISSUANCE, 5 },
	{ "pembuatan|dibuatkan|buatkan", REQUEST_ISSUANCE, 3 },
	{ "tte|sertifikat|elektronik|signature|e-sign|e-seal|akun baru", REQUEST_ISSUANCE, 5 },
	{ "new .. certificate|e-signature|signature|tte", REQUEST_ISSUANCE, 7 },
	{ "apply|application .. new", REQUEST_ISSUANCE, 5 },
	{ "never had|owned", REQUEST_ISSUANCE, 6 },
	{ "first time|certificate", REQUEST_ISSUANCE, 4 },
	{ "belum|blm|tak|tidak|tdk punya|memiliki|mempunyai|pernah|terdaftar|ada .. " CERTIFICATE, REQUEST_ISSUANCE, 6 },
	{ "belum|blm terdaftar|punya|memiliki", REQUEST_ISSUANCE, 4 },
	{ "belum|blm pernah", REQUEST_ISSUANCE, 3 },
	{ "*daftarkan|mendaftar|didaftar|pendaftaran|registrasi|register", REQUEST_ISSUANCE, 5 },
	{ "pertama kali", REQUEST_ISSUANCE, 3 },
	{ "pengguna|user|pemegang|pegawai|pejabat|cpns|pppk baru", REQUEST_ISSUANCE, 3 },
	{ "baru dilantik|diangkat|bertugas", REQUEST_ISSUANCE, 2 },
	{ "segel elektronik", REQUEST_ISSUANCE, 3 },

	{ "*cabut|*cabutkan|pencabutan*|mencabut*|dicabut*", REQUEST_REVOCATION, 9 },
	{ "revoke*|revocation|revoking", REQUEST_REVOCATION, 9 },
	{ "blokir|diblokir|memblokir|pemblokiran|blok|diblok|block", REQUEST_REVOCATION, 7 },
	{ "*nonaktif*|*non-aktif*", REQUEST_REVOCATION, 7 },
	{ "non|dinon aktif*", REQUEST_REVOCATION, 7 },
	{ "deactivat*|disable", REQUEST_REVOCATION, 7 },
	{ "hapus|dihapus|dihapuskan|penghapusan|menghapus .. " CERTIFICATE, REQUEST_REVOCATION, 7 },
	{ CERTIFICATE " .. dihapus|dihapuskan|ditutup|dimatikan", REQUEST_REVOCATION, 6 },
	{ "matikan|mematikan|tutup|menutup|pembatalan|batalkan .. " CERTIFICATE, REQUEST_REVOCATION, 6 },
	{ "pensiun|purnabakti|meninggal|wafat|disalahgunakan|dicuri", REQUEST_REVOCATION, 3 },
	{ "purna tugas|bakti", REQUEST_REVOCATION, 3 },
	{ "salah guna*", REQUEST_REVOCATION, 3 },

	{ "lup*|forgot*|forget|ingat|salah|reset|riset|ganti|mengganti|ubah|mengubah|remember .. " SECRET, REQUEST_PASSPHRASE,
	  9 },
	{ "lup*|salah|reset|direset|ganti .. kata kunci|kuncinya|rahasia", REQUEST_PASSPHRASE, 8 },
	{ SECRET " .. lup*|salah|*reset*|ditolak|terkunci|locked|gagal|keliru|wrong|hilang|forgotten", REQUEST_PASSPHRASE, 8 },
	{ "*reset|*reset-kan|direset|di-reset .. " SECRET, REQUEST_PASSPHRASE, 5 },
	{ SECRET, REQUEST_PASSPHRASE, 4 },
	{ "reset*|direset|di-reset|riset", REQUEST_PASSPHRASE, 3 },
	{ CERTIFICATE " .. terkunci|locked", REQUEST_PASSPHRASE, 5 },

	{ "*ubah|*ubahan|mengubah|merubah|*ganti|*gantian|mengganti*|perbaikan|*perbaiki|*koreksi*|pembetulan|penambahan|"
	  "tambahkan|ditambahkan|tambah|*betulkan|ralat|*"
	  "mutakhir*|"
	  "*update*|penyesuaian|sesuaikan|disesuaikan|revisi|direvisi|change*|correct*|memperbarui|diperbarui|perbarui .. " DATUM,
	  REQUEST_DATA_CHANGE, 8 },
	{ DATUM
	  " .. berubah|diubah|dirubah|diganti|berganti|salah|keliru|diperbaiki|*update*|dikoreksi|disesuaikan|diralat|changed|"
	  "dimutakhirkan",
	  REQUEST_DATA_CHANGE, 6 },
	{ DATUM " .. diperbarui|diperbaharui", REQUEST_DATA_CHANGE, 3 },
	{ "hanya|cuma|cukup|bukan|hny .. datanya|data|profil|profilnya|identitasnya|biodatanya", REQUEST_DATA_CHANGE, 6 },
	{ "nomenklatur|sotk|penggabungan|restrukturisasi|reorganisasi", REQUEST_DATA_CHANGE, 5 },
	{ "salah|keliru .. nama|gelar|jabatan|nik|nip|instansi|ketik|tulis", REQUEST_DATA_CHANGE, 5 },
	{ "pindah|mutasi|rotasi|promosi .. tugas|dinas|instansi|opd|ke|dari|badan|kecamatan", REQUEST_DATA_CHANGE, 5 },
	{ "jabatan|gelar|nomor|no|email|emailnya|emel|hp|instansi|nama baru|barunya|lama", REQUEST_DATA_CHANGE, 3 },
	{ "pemutakhiran|update|di-update|diupdate", REQUEST_DATA_CHANGE, 3 },
	{ "mutasi|naik pangkat|golongan", REQUEST_DATA_CHANGE, 2 },

	{ "mau|ingin|numpang|izin|ijin|nak|minta|mohon|mo tanya|bertanya|nanya|menanyakan|betanye|tanye|nanyak", REQUEST_QUESTION,
	  6 },
	{ "menanyakan|bertanya|tanya|nanya|betanye|pertanyaan|question|ask", REQUEST_QUESTION, 4 },
	{ "status|progres|progress|perkembangan|kelanjutan|kejelasan .. "
	  "permohonan|pengajuan|perpanjangan|berkas|usulan|tte|request|surat|" CERTIFICATE,
	  REQUEST_QUESTION, 7 },
	{ "progres*|kejelasan*|kelanjutan*|perkembangan*", REQUEST_QUESTION, 5 },
	{ "status*", REQUEST_QUESTION, 3 },
	{ "sampai|sampe|sejauh mana|dimana", REQUEST_QUESTION, 6 },
	{ "sudah|udah|sdh|udh sampai|sampe|masuk|diterima|diproses|selesai|jadi|beres", REQUEST_QUESTION, 4 },
	{ "kapan|bila|when selesai|jadi|selesainya|terbit|bisa|diproses|ready|done", REQUEST_QUESTION, 6 },
	{ "belum|blm ada kabar|balasan|tanggapan|respon|jawaban|info", REQUEST_QUESTION, 6 },
	{ "berapa lama|hari|biaya|minggu|jam", REQUEST_QUESTION, 6 },
	{ "tindak lanjut .. permohonan|surat|pengajuan", REQUEST_QUESTION, 5 },
	{ "tata|bagaimana|gimana|gmn|gmna|gimane|macam cara|mane|caranya|prosedur*|proses*", REQUEST_QUESTION, 5 },
	{ "how to|do|can|long|does", REQUEST_QUESTION, 5 },
	{ "verif*|keaslian|asli|genuine|authentic*|valid .. dokumen|surat|suratnya|document|pdf|file|tte|" CERTIFICATE,
	  REQUEST_QUESTION, 5 },
	{ "keaslian*|keabsahan*|genuine|barcode*|qr*", REQUEST_QUESTION, 4 },
	{ "tidak|tdk|not|invalid|unknown valid|dikenal|muncul|terbaca|terverifikasi", REQUEST_QUESTION, 4 },
	{ "mohon|minta|butuh|perlu|ingin|tolong|tlg "
	  "info*|informasi*|penjelasan|konfirmasi*|pencerahan|arahan|diinfo*|jawaban|dijelaskan",
	  REQUEST_QUESTION, 5 },
	{ "apa saja|aja", REQUEST_QUESTION, 4 },
	{ "syarat*|persyaratan*|prosedur*|ketentuan*|requirement*", REQUEST_QUESTION, 3 },
	{ "konfirmasi*", REQUEST_QUESTION, 2 },

	{ "jumlah|rekap*|statistik .. pemegang|pengguna|perpanj*|diperpanj*|penerbitan|diterbitkan|" CERTIFICATE, REQUEST_OTHER,
	  9 },
	{ PROLONGED " .. " OTHER_LICENCE, REQUEST_OTHER, 9 },
	{ "audit|pemeriksaan|evaluasi spbe|internal|pelayanan|kinerja", REQUEST_OTHER, 4 },
	{ "undangan|mengundang|diundang", REQUEST_OTHER, 6 },
	{ "rapat|bimtek|seminar|webinar|workshop|sosialisasi|audiensi|invitation|meeting", REQUEST_OTHER, 4 },
	{ "mengharap kehadiran", REQUEST_OTHER, 6 },
	{ "lamaran|pelamar|lowongan|magang|internship|vacancy", REQUEST_OTHER, 7 },
	{ "praktik|praktek kerja", REQUEST_OTHER, 6 },
	{ "skripsi|tesis|kuesioner|mahasisw*|nim|wawancara|diwawancarai", REQUEST_OTHER, 7 },
	{ "penelitian|riset", REQUEST_OTHER, 4 },
	{ "invoice|tagihan|faktur|kwitansi|billing|usd|rekening|transfer|pembayaran|payment", REQUEST_OTHER, 5 },
	{ "promo*|diskon|discount|penawaran|harga|katalog|brosur|sponsor*|iklan|endorse|seo|backlink|langganan|berlangganan|"
	  "unsubscribe",
	  REQUEST_OTHER, 6 },
	{ "newsletter|edisi|buletin|warta|selengkapnya|waspadai", REQUEST_OTHER, 4 },
	{ "siaran pers", REQUEST_OTHER, 6 },
	{ "ssl|hosting|domain|subdomain|website|server|webmail", REQUEST_OTHER, 5 },
	{ "mailbox|kuota|quota|storage .. penuh|quota|full|exceed*|limit", REQUEST_OTHER, 7 },
	{ "within 24|48 hours|jam", REQUEST_OTHER, 6 },
	{ "final notice|reminder|warning", REQUEST_OTHER, 5 },
	{ "click here|below|link", REQUEST_OTHER, 7 },
	{ "klik tautan|link|di", REQUEST_OTHER, 5 },
	{ "akun|email|account anda|your .. akan|suspended|ditangguhkan|dinonaktifkan|diblokir|verify", REQUEST_OTHER, 7 },
	{ "verify your", REQUEST_OTHER, 7 },
	{ "hadiah|undian|lottery|casino|judi|slot|loan|pinjaman|crypto|bitcoin|investasi|warisan|jackpot", REQUEST_OTHER, 7 },
	{ "internet|wifi|jaringan|modem|vsat|bandwidth|router|cctv|printer|laptop|toner", REQUEST_OTHER, 5 },
	{ "e-ktp|ektp|paspor|bpjs|bansos|pdam|pajak|coretax|spt|taspen|samsat", REQUEST_OTHER, 5 },
	{ "ktp .. jadi|hilang|rusak|cetak", REQUEST_OTHER, 6 },
	{ "kartu|akta keluarga|kelahiran|nikah|kematian", REQUEST_OTHER, 4 },
	{ "bantuan sosial|hukum", REQUEST_OTHER, 6 },
	{ "jalan|lampu rusak|jalan|mati", REQUEST_OTHER, 6 },
	{ "salah kirim|alamat", REQUEST_OTHER, 5 },
	{ "cuti", REQUEST_OTHER, 4 },
	{ "presensi*|absensi*|absen|absennya|fingerprint|lembur", REQUEST_OTHER, 6 },
	{ "uang|tunjangan makan|lembur|kinerja|transport", REQUEST_OTHER, 6 },
	{ "tpp|gaji|gajinya|honor|honorarium|insentif|rapelan", REQUEST_OTHER, 4 },
	{ "cuti|dupak|skp|kenaikan gaji|tahunan|kinerja|berkala", REQUEST_OTHER, 4 },
	{ "kunjungan|studi kerja|banding|lapangan", REQUEST_OTHER, 5 },
	{ "kerja|kerjasama media|publikasi|sama", REQUEST_OTHER, 2 },
	{ "zoom|podcast|liputan|wartawan|media", REQUEST_OTHER, 2 },
	{ "link|tautan|join|gabung|bergabung|id|kode .. zoom|meet|gmeet|rapat|meeting|teams|vicon", REQUEST_OTHER, 7 },
	{ "topik|agenda|narasumber|pemateri|moderator|rundown", REQUEST_OTHER, 5 },
};

const struct clue *clue_table(size_t *n)
{
	_Static_assert(COUNT(clues) <= CLUES_MAX, "room for every clue");
	*n = COUNT(clues);
	return clues;
}
