#include "request/mood.h"

#include "base/text.h"

#define PLEA "mohon|mhn|minta|mintak|tolong|tlg|tlong|bantu|dibantu|harap|boleh|bisa|butuh|perlu|ingin"
#define NEWS                                                                                                                     \
	"info|infonya|informasi|informasinya|penjelasan|penjelasannya|konfirmasi|konfirmasinya|pencerahan|pencerahannya|"        \
	"arahan|arahannya|diinfo|diinfokan|diinformasikan|infokan|informasikan|jawaban|jawabannya|dijelaskan|jelaskan|"          \
	"kejelasan|kabar|kabarnya|kabari|dikabari|petunjuk|petunjuknya|panduan|panduannya|keterangan"
#define TERMS "syarat|syaratnya|syarat-syarat|persyaratan|persyaratannya|prosedur|prosedurnya|ketentuan"
#define ASKED_FOR "permohonan|pengajuan|perpanjangan|berkas|usulan|surat|tte|sertifikat|request"

enum group { ASKS_NEWS, ASKS_CHECK, DEED_VERB, ASKS, PLEADS, PLEADS_NOT };

static const struct {
	enum group group;
	const char *pattern;
} rows[] = {
	{ ASKS_NEWS, PLEA " .. " NEWS },
	{ ASKS_NEWS, "status|progres|progress|perkembangan|kelanjutan .. " ASKED_FOR },
	{ ASKS_NEWS, "sampai|sampe|sejauh mana|dimana" },
	{ ASKS_NEWS, "nyuwun pirsa|priksa|ngertos|inpo|info" },
	{ ASKS_NEWS, "atau|apa|ato belum|blm|belom|durung|dereng" },
	{ ASKS_NEWS, "kapan|bila selesai|selesainya|jadi|jadinya|terbit|siap" },
	{ ASKS_NEWS, "tanya|bertanya|nanya|menanyakan|betanye|nanyak|tanyakan|ditanyakan" },
	{ ASKS_NEWS, "cek|memeriksa|memastikan|verif* .. keaslian|asli|status|keabsahan|apakah|benar" },
	{ ASKS_NEWS, "belum|blm ada kabar|balasan|tanggapan|respon|jawaban" },
	{ ASKS_NEWS, "ingin|mau|mo|nak|hendak tahu|tau|mengetahui" },
	{ ASKS_NEWS, PLEA " dikirim|dikirimkan|kirim|kirimkan|diberi|diberikan|berikan|daftar .. " TERMS "|formulir|formulirnya|"
			  "format|formatnya|contoh|contohnya|template|blangko" },
	{ ASKS_NEWS, PLEA " " TERMS "|formulir|formulirnya|formatnya|contohnya" },
	{ ASKS_CHECK, PLEA " .. cek|dicek|dicekkan|cekkan|periksa|diperiksa|dilihat|lihat|ditelusuri|pastikan|memastikan" },
	{ DEED_VERB, "di*panjang*|*panjangkan|*panjangin|memperpanjang*|perpanjang|diperbarui|diperbaharui|diaktifkan|aktifkan|"
		     "diterbitkan|dibuatkan|buatkan|dicabut|diblokir|blokir|dinonaktifkan|direset|di-reset|reset|diganti|ganti|"
		     "diubah|dihapus|didaftarkan|diproses|ditindaklanjuti|renew|revoke|dihidupkan" },
	{ ASKS, "apakah|bagaimana|gimana|gmn|gmna|gimane|kapan|berapa|brp|mengapa|kenapa|knp|knapa|ngape|siapa|how|what|when|"
		"which|why|where" },
	{ ASKS, "ke|di mana" },
	{ ASKS, "kemana|dimana" },
	{ ASKS, "macam mane" },
	{ ASKS, "apa saja|aja" },
	{ ASKS, "bile" },
	{ ASKS, "is|are there|it|the" },
	{ ASKS, "can|do|should|must i|we" },
	{ ASKS, "*kah" },
	{ PLEADS,
	  "mohon|mhn|tolong|tlg|minta|bantu|dibantu|mengajukan|ajukan|diajukan|mengusulkan|usulkan|usul|bermaksud|please|pls|"
	  "kindly|bantuannya|bantuan|merekomendasikan|memohon|dimohon|dimohonkan|pengajuan|permohonan|pengusulan|"
	  "permintaan|usulan|request|requesting" },
	{ PLEADS, "would like|love" },
	{ PLEADS, "could|can you" },
	{ PLEADS, "ingin|mau|nak|hendak|akan|ingin *perpanjang*|diperpanjang|memper*|mengurus|urus|ganti|mengganti|mengubah|"
		  "ubah|mencabut|membuat|buat|bikin|mendaftar|daftar|aktivasi|renew|reset" },
	{ PLEADS, "dapat|bisa|agar|supaya|untuk|kiranya di*" },
	{ PLEADS, "harap di*" },
	{ PLEADS_NOT, "harus|perlu|wajib|cara|syarat|bisa|boleh|bagaimana|apakah .. mengajukan|ajukan|diajukan|mengurus" },
	{ PLEADS_NOT, "status|surat|syarat|proses|berkas|apakah permohonan|pengajuan|usulan" },
	{ PLEADS_NOT, "permohonan|pengajuan|usulan kami|saya|sy|kmi yang|yg|apakah|sudah|belum" },
	{ PLEADS_NOT, "mohon|minta maaf" },
};

void moods_add(struct lexicon *x, struct moods *out)
{
	_Static_assert(COUNT(rows) <= MOOD_PATTERNS, "room for every mood pattern");
	for (size_t i = 0; i < COUNT(rows); i++)
		out->pattern[i] = pattern_add(x, rows[i].pattern);
}

static bool says(const struct moods *m, const struct sentence *s, enum group group)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].group == group && pattern_any(s, &m->pattern[i], 1))
			return true;
	return false;
}

enum mood mood_of(const struct moods *m, const struct sentence *s)
{
	bool mark = s->text.n > 0 && s->text.p[s->text.n - 1] == '?';
	if (says(m, s, ASKS_NEWS) || (says(m, s, ASKS_CHECK) && !says(m, s, DEED_VERB)))
		return MOOD_NEWS;
	if (says(m, s, PLEADS) && !says(m, s, PLEADS_NOT))
		return MOOD_DEED;
	return mark || says(m, s, ASKS) ? MOOD_QUESTION : MOOD_STATEMENT;
}

size_t sentence_end(struct span s)
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
