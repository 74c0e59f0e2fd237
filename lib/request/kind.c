/* What a mail asks for: the office's services, a question, or none of ours.
 *
 * A text is cut into sentences.  Each is a deed asked for ("mohon diperpanjang"), a question ("apakah
 * diperpanjang otomatis?") or a statement.  Clues (word patterns with a weight) add up by service; in a
 * question they count little, in a deed and in the subject more.  A mail that asks to know and asks for
 * nothing to be done is a question, whatever service it speaks of.
 */
#include "request/kind.h"

#include "request/words.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

enum {
	TEXT_MAX = 32 * 1024, /* what a mail asks for stands in its first pages */
	WORDS_MAX = 400,      /* of one sentence */
	GAP_MAX = 4,          /* words between the two halves of a clue */
	/* how much a clue's weight counts, by where it stands */
	AS_QUESTION = 2,
	AS_STATEMENT = 6,
	AS_DEED = 9,
	AS_SUBJECT = 10,
	ENOUGH = 18,
};

/* One or more words, each with alternatives; "*" at an end stands for any letters; ".." for up to GAP_MAX
 * words between. */
struct clue {
	const char *pattern;
	enum request_kind kind;
	int weight;
};

#define CERTIFICATE "tte|sertifikat|sertifikatnya|e-sign|esign|akun|elektronik|certificate|signature"
#define SECRET "*phras*|*prase*|*frase*|*frasa*|password*|pasword*|pin|sandi"
#define DATUM                                                                                                                    \
	"email*|e-mail|surel|hp|handphone|nomor|no|wa|whatsapp|telepon|telp|nama|gelar|jabatan|nik|nip|instansi|unit|opd|data|"  \
	"alamat|"                                                                                                                \
	"pangkat|golongan|phone|biodata|identitas"

static const struct clue clues[] = {
	{ "*panjang|*panjangkan|*panjangan|*panjangannya|perpanjang*|diperpanjang*", REQUEST_RENEWAL, 8 },
	{ "pembaharuan*|pembaruan*|diperbarui|diperbaharui|memperbarui|memperbaharui|perbarui", REQUEST_RENEWAL, 6 },
	{ "renew*", REQUEST_RENEWAL, 8 },
	{ "extend*|extension", REQUEST_RENEWAL, 6 },
	{ "*expired*|expire|expires|expiring|ekspire*|*xpaired|*kspired", REQUEST_RENEWAL, 4 },
	{ "*aluarsa*|*aluwarsa*", REQUEST_RENEWAL, 4 },
	{ "masa berlaku*|aktif*|laku", REQUEST_RENEWAL, 3 },
	{ "berakhir*", REQUEST_RENEWAL, 3 },
	{ "jatuh tempo", REQUEST_RENEWAL, 3 },
	{ "habis*", REQUEST_RENEWAL, 3 },
	{ "sudah|udah|udh|dah|sdh|mau|akan|tte mati", REQUEST_RENEWAL, 3 },
	{ "aktifkan|diaktifkan|pengaktifan|aktivasi|mengaktifkan kembali|lagi|ulang", REQUEST_RENEWAL, 5 },
	{ "tidak|tdk|tak|ga|gak|nggak|ngga aktif lagi", REQUEST_RENEWAL, 4 },
	{ "exp", REQUEST_RENEWAL, 2 },

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
	{ SECRET " .. lup*|salah|*reset*|ditolak|terkunci|locked|gagal|keliru|wrong|hilang|forgotten", REQUEST_PASSPHRASE, 8 },
	{ "*reset|*reset-kan|direset|di-reset .. " SECRET, REQUEST_PASSPHRASE, 5 },
	{ SECRET, REQUEST_PASSPHRASE, 4 },
	{ "reset*|direset|di-reset|riset", REQUEST_PASSPHRASE, 3 },
	{ "lup*|forgot*", REQUEST_PASSPHRASE, 3 },
	{ CERTIFICATE " .. terkunci|locked", REQUEST_PASSPHRASE, 5 },

	{ "*ubah|*ubahan|mengubah|merubah|*ganti|*gantian|mengganti*|perbaikan|*perbaiki|*koreksi*|pembetulan|*betulkan|ralat|*"
	  "mutakhir*|"
	  "*update*|penyesuaian|sesuaikan|disesuaikan|revisi|direvisi|change*|correct*|memperbarui|diperbarui|perbarui .. " DATUM,
	  REQUEST_DATA_CHANGE, 8 },
	{ DATUM
	  " .. berubah|diubah|dirubah|diganti|berganti|salah|keliru|diperbaiki|*update*|dikoreksi|disesuaikan|diralat|changed",
	  REQUEST_DATA_CHANGE, 6 },
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
	{ "newsletter|edisi|buletin|siaran pers|warta", REQUEST_OTHER, 4 },
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
	{ "cuti|dupak|skp|kenaikan gaji|tahunan|kinerja|berkala", REQUEST_OTHER, 4 },
	{ "kunjungan|studi kerja|banding|lapangan", REQUEST_OTHER, 5 },
	{ "kerja|kerjasama media|publikasi|sama", REQUEST_OTHER, 2 },
	{ "zoom|podcast|liputan|wartawan|media", REQUEST_OTHER, 2 },
};

/* --- sentences ------------------------------------------------------------------------------------ */

struct sentence {
	struct span text;
	struct span word[WORDS_MAX];
	size_t n;
};

/* Letters, digits, and the hyphen inside a word ("e-mail"). */
static void sentence_read(struct span t, struct sentence *s)
{
	s->text = t;
	s->n = 0;
	for (size_t i = 0; i < t.n && s->n < WORDS_MAX;) {
		size_t k = i;
		while (k < t.n && (is_word_char(t.p[k]) || (t.p[k] == '-' && k > i && k + 1 < t.n && is_word_char(t.p[k + 1]))))
			k++;
		if (k > i)
			s->word[s->n++] = span_sub(t, i, k);
		i = k + 1;
	}
}

/* One alternative: letters with "*" at either end. */
static bool fits(struct span w, struct span alternative)
{
	bool front = alternative.n > 0 && alternative.p[0] == '*';
	bool back = alternative.n > 1 && alternative.p[alternative.n - 1] == '*';
	struct span core = span_sub(alternative, front, alternative.n - back);
	if (core.n > w.n || (!front && !back && core.n != w.n))
		return false;
	size_t last = w.n - core.n;
	for (size_t at = front && !back ? last : 0; at <= (front ? last : 0); at++)
		if (span_eq_nocase(span_sub(w, at, at + core.n), core))
			return true;
	return false;
}

static bool fits_any(struct span w, struct span alternatives)
{
	for (size_t from = 0, i = 0; i <= alternatives.n; i++)
		if (i == alternatives.n || alternatives.p[i] == '|') {
			if (fits(w, span_sub(alternatives, from, i)))
				return true;
			from = i + 1;
		}
	return false;
}

/* Words of s from at on that the pattern takes; 0: none. */
static size_t pattern_at(const struct sentence *s, size_t at, const char *pattern)
{
	struct span p = span_str(pattern), part;
	size_t i = 0, here = at;
	while (next_token(p, &i, &part)) {
		size_t reach = here;
		if (part.n == 2 && part.p[0] == '.') {
			(void)next_token(p, &i, &part);
			reach = here + GAP_MAX;
		}
		while (here < s->n && here < reach && !fits_any(s->word[here], part))
			here++;
		if (here >= s->n || !fits_any(s->word[here], part))
			return 0;
		here++;
	}
	return here - at;
}

/* Where in s the pattern first fits from from on: *n words; s->n where it does not. */
static size_t pattern_find(const struct sentence *s, size_t from, const char *pattern, size_t *n)
{
	for (size_t at = from; at < s->n; at++) {
		*n = pattern_at(s, at, pattern);
		if (*n > 0)
			return at;
	}
	return s->n;
}

static bool says(const struct sentence *s, const char *const *patterns, size_t n)
{
	size_t words;
	for (size_t i = 0; i < n; i++)
		if (pattern_find(s, 0, patterns[i], &words) < s->n)
			return true;
	return false;
}

/* "bukan", "tidak perlu" in the three words before. */
static bool denied(const struct sentence *s, size_t at)
{
	static const char *const words[] = { "bukan", "bkn",  "belum", "blm", "tidak", "tdk",   "tak",
					     "not",   "usah", "nggak", "gak", "tanpa", "jangan" };
	for (size_t i = at > 3 ? at - 3 : 0; i < at; i++)
		if (word_in(s->word[i], words, COUNT(words)))
			return true;
	return false;
}

/* What is expired or lost is not the certificate. */
static bool of_other_thing(const struct sentence *s, size_t at)
{
	static const char *const words[] = { "link", "linknya", "tautan", "tautannya", "otp", "kontrak", "token" };
	for (size_t i = at > 4 ? at - 4 : 0; i < at; i++)
		if (word_in(s->word[i], words, COUNT(words)))
			return true;
	return false;
}

/* Asks for news, papers or proof, even where it is put as a plea. */
static bool asks_for_news(const struct sentence *s)
{
	static const char *const patterns[] = {
		("mohon|minta|butuh|perlu|ingin|tolong|tlg|harap|boleh|bisa .. "
		 "info|infonya|informasi|informasinya|penjelasan|penjelasannya|konfirmasi|"
		 "konfirmasinya|pencerahan|pencerahannya|arahan|arahannya|diinfo|diinfokan|diinformasikan|jawaban|jawabannya|"
		 "dijelaskan|kejelasan|kabar|"
		 "kabarnya|petunjuk|petunjuknya"),
		("status|progres|progress|perkembangan|kelanjutan .. "
		 "permohonan|pengajuan|perpanjangan|berkas|usulan|surat|tte|sertifikat|request"),
		"sampai|sampe|sejauh mana|dimana",
		"kapan|bila selesai|selesainya|jadi|jadinya|terbit|siap",
		"tanya|bertanya|nanya|menanyakan|betanye|nanyak",
		"cek|memeriksa|verif* .. keaslian|asli|status|keabsahan",
		"belum|blm ada kabar|balasan|tanggapan|respon|jawaban",
	};
	return says(s, patterns, COUNT(patterns));
}

static bool asks_to_know(const struct sentence *s)
{
	static const char *const patterns[] = {
		("apakah|bagaimana|gimana|gmn|gmna|gimane|kapan|berapa|brp|mengapa|kenapa|knp|knapa|ngape|siapa|how|what|when|"
		 "which|why|where"),
		"ke|di mana",
		"kemana|dimana",
		"macam mane",
		"apa saja|aja",
		"bile",
		"is|are there|it|the",
		"can|do|should|must i|we",
		"*kah",
	};
	bool mark = s->text.n > 0 && s->text.p[s->text.n - 1] == '?';
	return mark || says(s, patterns, COUNT(patterns));
}

static bool asks_for_deed(const struct sentence *s)
{
	static const char *const pleas[] = {
		("mohon|tolong|tlg|minta|bantu|dibantu|mengajukan|ajukan|diajukan|mengusulkan|usulkan|usul|bermaksud|please|"
		 "kindly|bantuannya|bantuan|"
		 "merekomendasikan|memohon|dimohon|dimohonkan|pengajuan|permohonan|pengusulan|permintaan|usulan|request|"
		 "requesting"),
		"would like|love",
		"could|can you",
		("ingin|mau|nak|hendak|akan|ingin *perpanjang*|diperpanjang|memper*|mengurus|urus|ganti|mengganti|mengubah|"
		 "ubah|mencabut|membuat|buat|bikin|mendaftar|daftar"),
		"dapat|bisa|agar|supaya|untuk|kiranya di*",
		"harap di*",
	};
	static const char *const no_pleas[] = {
		"harus|perlu|wajib|cara|syarat|bisa|boleh|bagaimana|apakah .. mengajukan|ajukan|diajukan|mengurus",
		"status|surat|syarat|proses|berkas|apakah permohonan|pengajuan|usulan",
		"permohonan|pengajuan|usulan kami|saya|sy|kmi yang|yg|apakah|sudah|belum",
		"mohon|minta maaf",
	};
	return says(s, pleas, COUNT(pleas)) && !says(s, no_pleas, COUNT(no_pleas));
}

/* --- the sum --------------------------------------------------------------------------------------- */

struct tally {
	struct arena *a;
	int score[REQUEST_AUTOMATIC + 1];
	int deed[REQUEST_AUTOMATIC + 1]; /* of sentences that ask for a deed, and of the subject */
	int best[REQUEST_AUTOMATIC + 1];
	struct span words[REQUEST_AUTOMATIC + 1];
	bool seen[COUNT(clues)];
	int questions, deeds, news; /* sentences */
	bool asking_subject;
};

static void credit(struct tally *t, enum request_kind kind, int value, bool deed, struct span words)
{
	t->score[kind] += value;
	t->deed[kind] += deed ? value : 0;
	if (value > t->best[kind]) {
		t->best[kind] = value;
		t->words[kind] = words;
	}
}

static bool is_service(enum request_kind kind)
{
	return kind < REQUEST_QUESTION;
}

static bool counts(const struct sentence *s, const struct clue *c, size_t at)
{
	static const char *const own_no[] = { "belum", "blm", "tidak", "tdk", "tak", "ga", "gak", "never", "nggak", "ngga" };
	if (!is_service(c->kind) || word_in(s->word[at], own_no, COUNT(own_no)))
		return true;
	if (c->kind == REQUEST_PASSPHRASE)
		return true; /* "tidak ingat passphrase" */
	if (c->kind == REQUEST_RENEWAL && c->weight <= 4 && of_other_thing(s, at))
		return false;
	return !denied(s, at);
}

/* Adds what one sentence says; each clue counts once in a text. */
static void tally_sentence(const struct sentence *s, int factor, bool deed, struct tally *t)
{
	for (size_t i = 0; i < COUNT(clues); i++) {
		const struct clue *c = &clues[i];
		size_t n = 0;
		if (t->seen[i])
			continue;
		for (size_t at = pattern_find(s, 0, c->pattern, &n); at < s->n; at = pattern_find(s, at + 1, c->pattern, &n)) {
			if (!counts(s, c, at))
				continue;
			bool full = !is_service(c->kind) || c->kind == REQUEST_PASSPHRASE;
			int f = full && factor < AS_STATEMENT ? AS_STATEMENT : factor;
			const unsigned char *end = s->word[at + n - 1].p + s->word[at + n - 1].n;
			t->seen[i] = f >= AS_STATEMENT; /* what a question named counts again where it is asked for */
			credit(t, c->kind, c->weight * f, deed, span_of(s->word[at].p, (size_t)(end - s->word[at].p)));
			break;
		}
	}
}

/* Where a sentence ends: ".", "?", "!" before a blank, or an empty line. */
static size_t sentence_end(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool last = i + 1 == s.n || ascii_is_space(s.p[i + 1]);
		bool stop = s.p[i] == '.' && i > 3 && ascii_is_lower(s.p[i - 1]) && ascii_is_lower(s.p[i - 2]);
		if ((s.p[i] == '?' || s.p[i] == '!' || stop) && last)
			return i + 1;
		if (s.p[i] == '\n' && (i + 1 == s.n || s.p[i + 1] == '\n'))
			return i + 1;
	}
	return s.n;
}

static void tally_text(struct span text, struct tally *t)
{
	struct sentence s;
	while (text.n > 0) {
		size_t end = sentence_end(text);
		sentence_read(span_trim(span_of(text.p, end)), &s);
		text = span_of(text.p + end, text.n - end);
		if (s.n == 0)
			continue;
		bool news = asks_for_news(&s), deed = !news && asks_for_deed(&s), question = news || (!deed && asks_to_know(&s));
		t->news += news;
		t->deeds += deed;
		t->questions += question;
		tally_sentence(&s, question ? AS_QUESTION : deed ? AS_DEED : AS_STATEMENT, deed, t);
	}
}

static void tally_subject(struct span subject, bool reply, struct tally *t)
{
	struct sentence s;
	sentence_read(span_trim(subject), &s);
	bool question = asks_for_news(&s) || (asks_to_know(&s) && !asks_for_deed(&s));
	if (reply) { /* what the thread is about, not what this answer says */
		tally_sentence(&s, AS_STATEMENT, false, t);
		return;
	}
	t->questions += question;
	t->asking_subject = question;
	tally_sentence(&s, question ? AS_QUESTION : AS_SUBJECT, !question, t);
}

/* --- the verdict ----------------------------------------------------------------------------------- */

static const char *const nouns[] = { "tte",
				     "sertifikat elektronik",
				     "sertifikat digital",
				     "tanda tangan",
				     "bsre",
				     "passphrase",
				     "electronic certificate",
				     "e-signature",
				     "digital signature",
				     "electronic signature",
				     "tandatangan",
				     "esign",
				     "segel elektronik",
				     "signing certificate",
				     "digitally signed" };

static bool names_our_field(const struct message *m)
{
	return any_phrase(span_str(m->subject), nouns, COUNT(nouns)) || any_phrase(span_str(m->text), nouns, COUNT(nouns)) ||
	       span_find_nocase(span_str(m->text), 0, "sertifikat elektronik") < strlen(m->text);
}

static bool thanks(struct span s)
{
	static const char *const words[] = { "terima kasih", "terimakasih", "makasih", "mksh",   "tks",
					     "thanks",       "thank you",   "trims",   "tengkiu" };
	if (s.n > 200 || memchr(s.p, '?', s.n))
		return false;
	return any_phrase(s, words, COUNT(words));
}

static int settle(struct arena *a, struct request *out, enum request_kind kind, const char *rule, struct span words)
{
	AUTO_BUF b = BUF_INIT(1024);
	text_clean_line(&b, span_sub(words, 0, words.n < 200 ? words.n : 200));
	out->kind = kind;
	out->kind_rule = rule;
	out->kind_words = arena_strdup(a, buf_cstr(&b));
	return out->kind_words ? 0 : -ENOMEM;
}

/* A newsletter or an offer is other people's mail, not an automaton's answer. */
static bool newsletter(struct span subject, struct span text)
{
	static const char *const words[] = { "unsubscribe", "berlangganan", "newsletter", "edisi",     "promo",   "diskon",
					     "penawaran",   "opt out",      "webinar",    "langganan", "undangan" };
	return has_any(text, words, COUNT(words)) || has_any(subject, words, COUNT(words));
}

static int best_of(const struct tally *t, int n)
{
	int best = -1;
	for (int k = 0; k < n; k++)
		if (t->score[k] > 0 && (best < 0 || t->score[k] > t->score[best]))
			best = k;
	return best;
}

/* The service most asked for. */
static int service_of(const struct tally *t)
{
	int best = best_of(t, REQUEST_QUESTION);
	/* an expired certificate is renewed with a new passphrase: renewal wins over a forgotten one */
	if (best == REQUEST_PASSPHRASE && t->deed[REQUEST_RENEWAL] >= 8 * AS_DEED)
		return REQUEST_RENEWAL;
	return best;
}

/* Does the mail want to know, and nothing done? */
static bool only_asks(const struct message *m, const struct tally *t, size_t n_data, int service)
{
	bool troubled = service == REQUEST_PASSPHRASE && t->score[REQUEST_PASSPHRASE] >= 8 * AS_STATEMENT;
	if (t->questions == 0 || troubled)
		return false;
	if (m->is_reply && (m->n_attachments > 0 || n_data > 0))
		return false; /* an answer that brings what was asked for */
	if (t->asking_subject && t->deeds <= 1)
		return true;
	if (n_data >= 3)
		return t->news > 0 && t->deeds == 0;
	return t->deeds == 0 || (t->news > 0 && t->deeds <= 1 && t->score[REQUEST_QUESTION] > t->deed[service < 0 ? 0 : service]);
}

static int judge_human(const struct message *m, size_t n_numbers, size_t n_data, struct tally *t, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	tally_subject(subject, m->is_reply, t);
	tally_text(text, t);
	bool ours = names_our_field(m);
	int service = service_of(t), other = t->score[REQUEST_OTHER];
	int strength = service < 0 ? 0 : t->score[service];
	if (!ours && !m->is_reply)
		strength /= n_numbers > 0 ? 2 : 4;
	else if (n_numbers > 0)
		other /= 3;
	bool asks = only_asks(m, t, n_data, service);
	if (ours && asks && t->score[REQUEST_QUESTION] >= ENOUGH)
		other /= 2; /* "is it the printer or the signature?" */
	if (other >= ENOUGH && other > strength && (!m->is_reply || !ours))
		return settle(t->a, out, REQUEST_OTHER, "words", t->words[REQUEST_OTHER]);
	if (asks && (ours || m->is_reply || t->score[REQUEST_QUESTION] >= ENOUGH))
		return settle(t->a, out, REQUEST_QUESTION, "asks-to-know",
			      t->words[REQUEST_QUESTION].n ? t->words[REQUEST_QUESTION] : span_str("?"));
	if (service >= 0 && strength >= ENOUGH)
		return settle(t->a, out, (enum request_kind)service, "words", t->words[service]);
	if (m->is_reply && text.n > 0)
		return settle(t->a, out, REQUEST_RENEWAL, "numbers-or-reply", span_str("an answer, without other words"));
	if (n_numbers > 0 && other < ENOUGH)
		return settle(t->a, out, REQUEST_RENEWAL, "numbers-or-reply", span_str("a NIK or NIP, without other words"));
	if (ours && m->n_attachments > 0)
		return settle(t->a, out, REQUEST_RENEWAL, "only-attachment", span_str("the field's words and an attachment"));
	if (ours)
		return settle(t->a, out, REQUEST_QUESTION, "field-words", span_str("the field's words, nothing asked for"));
	if (m->n_attachments > 0 && text.n < 40 && subject.n == 0)
		return settle(t->a, out, REQUEST_RENEWAL, "only-attachment", span_str("a mail of only an attachment"));
	return settle(t->a, out, REQUEST_OTHER, "no-field-words", span_str(""));
}

int kind_judge(const struct message *m, size_t n_numbers, struct arena *a, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	struct tally t = { .a = a };
	size_t n_data = 0;
	for (size_t i = 0; i < out->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			n_data += out->applicants[i].value[f] || out->applicants[i].given[f];
	out->thanks_only = n_numbers == 0 && m->n_attachments == 0 && thanks(text);
	out->early_end = text.n < 60 && span_starts_nocase(span_trim(text), "berhenti");
	if (m->nature == MAIL_LIST && newsletter(subject, text))
		return settle(a, out, REQUEST_OTHER, "newsletter", span_str(m->nature_words));
	if (m->nature != MAIL_HUMAN)
		return settle(a, out, REQUEST_AUTOMATIC, m->nature_rule, span_str(m->nature_words));
	return judge_human(m, n_numbers, n_data, &t, out);
}
