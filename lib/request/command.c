#include "request/command.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

WORD_TABLE(command_verb, command_verb, [COMMAND_TERBIT] = "terbit", [COMMAND_TOLAK] = "tolak", [COMMAND_CATAT] = "catat",
	   [COMMAND_AMBIL] = "ambil", [COMMAND_ALIH] = "alih", [COMMAND_ISI] = "isi", [COMMAND_GABUNG] = "gabung",
	   [COMMAND_BUKA] = "buka", [COMMAND_SMS] = "sms", [COMMAND_SURAT] = "surat", [COMMAND_DAFTAR] = "daftar",
	   [COMMAND_STATUS] = "status", [COMMAND_LAPORAN] = "laporan", [COMMAND_BANTUAN] = "bantuan", [COMMAND_JENIS] = "jenis",
	   [COMMAND_BATAL] = "batal", [COMMAND_LEPAS] = "lepas", [COMMAND_TUNGGU] = "tunggu", [COMMAND_LANJUT] = "lanjut",
	   [COMMAND_KOREKSI] = "koreksi", [COMMAND_JELASKAN] = "jelaskan", [COMMAND_KEDALUWARSA] = "kedaluwarsa",
	   [COMMAND_IMPOR] = "impor", [COMMAND_EKSPOR] = "ekspor", [COMMAND_TAHAN] = "tahan",
	   [COMMAND_LEPAS_TAHAN] = "lepas-tahan", [COMMAND_UNKNOWN] = "?")

struct usage {
	const char *usage, *help;
};

static const struct usage usages[N_COMMANDS] = {
	[COMMAND_TERBIT] = { "/terbit [NIK …] [berlaku TANGGAL]", "sertifikat sudah diperbaharui: laporan dibuat, pemohon diberi "
								  "tahu. Teks di bawahnya ikut dikirim kepada pemohon" },
	[COMMAND_TOLAK] = { "/tolak ALASAN", "permohonan ditolak; alasan dikirim kepada pemohon" },
	[COMMAND_CATAT] = { "/catat TEKS", "catatan internal; pemohon tidak melihatnya" },
	[COMMAND_AMBIL] = { "/ambil", "tiket menjadi tugas Anda" },
	[COMMAND_ALIH] = { "/alih ALAMAT", "tiket diserahkan kepada rekan petugas" },
	[COMMAND_ISI] = { "/isi NIK|NIP|NAMA|JABATAN|INSTANSI|EMAIL|HP NILAI", "melengkapi atau memperbaiki data pemohon" },
	[COMMAND_GABUNG] = { "/gabung NOMOR", "tiket ini menjadi bagian dari tiket NOMOR" },
	[COMMAND_BUKA] = { "/buka", "membuka kembali tiket yang sudah selesai, ditolak, atau dibatalkan" },
	[COMMAND_SMS] = { "/sms [NOMOR-HP] TEKS",
			  "mengirim pesan singkat kepada pemohon, atau mencatat yang Anda kirim sendiri" },
	[COMMAND_SURAT] = { "/surat [tanggal TANGGAL JAM] [nomor NOMOR] [dari OPD]",
			    "mencatat surat permohonan kertas: kirim mail baru, lampirkan hasil pindainya, dan tulis data "
			    "pemohon di bawahnya" },
	[COMMAND_DAFTAR] = { "/daftar", "daftar tiket yang masih terbuka" },
	[COMMAND_STATUS] = { "/status [NOMOR]", "keadaan tiket dan waktu tiap langkah" },
	[COMMAND_LAPORAN] = { "/laporan [TTTT-BB|triwulan TTTT-N|TTTT]",
			      "rekapitulasi tiket terbuka, atau lembar kerja untuk sebuah periode" },
	[COMMAND_BANTUAN] = { "/bantuan", "penjelasan perintah-perintah ini" },
	[COMMAND_JENIS] = { "/jenis JENIS", "mengganti jenis permohonan: pembaharuan, penerbitan, pencabutan, passphrase, "
					    "perubahan-data, pertanyaan" },
	[COMMAND_BATAL] = { "/batal [ALASAN]", "membatalkan tiket tanpa mengirim apa pun kepada pemohon" },
	[COMMAND_LEPAS] = { "/lepas NOMOR", "melepas surat dari karantina, supaya diproses atau aslinya dikirim kepada Anda" },
	[COMMAND_TUNGGU] = { "/tunggu bsre", "menunggu BSrE: waktunya dicatat tersendiri dan tidak dihitung" },
	[COMMAND_LANJUT] = { "/lanjut", "BSrE sudah selesai: waktu pemeriksaan berjalan lagi" },
	[COMMAND_KOREKSI] = { "/koreksi LANGKAH mulai|selesai TANGGAL JAM ALASAN",
			      "membetulkan waktu sebuah langkah; alasannya disimpan dalam riwayat" },
	[COMMAND_JELASKAN] = { "/jelaskan [NOMOR]", "rincian waktu tiap langkah: dari mana sampai mana, dan mengapa" },
	[COMMAND_KEDALUWARSA] = { "/kedaluwarsa [HARI]", "daftar sertifikat yang berakhir dalam 30 hari, atau HARI, ke depan" },
	[COMMAND_IMPOR] = { "/impor",
			    "memeriksa daftar sertifikat (CSV atau XLSX) yang dilampirkan, tanpa mengubah apa pun; balas "
			    "hasilnya dengan /impor ya untuk memasukkannya" },
	[COMMAND_EKSPOR] = { "/ekspor", "seluruh register sertifikat sebagai berkas CSV" },
	[COMMAND_TAHAN] = { "/tahan ALASAN",
			    "data dan surat tiket ini tidak dimusnahkan, misalnya karena sengketa atau pemeriksaan" },
	[COMMAND_LEPAS_TAHAN] = { "/lepas-tahan", "tiket ini boleh dimusnahkan lagi pada waktunya" },
	[COMMAND_UNKNOWN] = { "", "" },
};

const char *command_usage(enum command_verb v)
{
	return v < N_COMMANDS ? usages[v].usage : "";
}

const char *command_help(enum command_verb v)
{
	return v < N_COMMANDS ? usages[v].help : "";
}

struct reader {
	struct arena *a;
	bool memory;
};

static const char *keep(struct reader *r, struct span s)
{
	const char *c = arena_strndup(r->a, s.n ? (const void *)s.p : "", s.n);
	r->memory = r->memory || !c;
	return c ? c : "";
}

#define FAIL(r, c, ...) ((c)->error = (c)->error ? (c)->error : fail_text(r, arena_printf((r)->a, __VA_ARGS__)))

static const char *fail_text(struct reader *r, const char *s)
{
	r->memory = r->memory || !s;
	return s ? s : "";
}

/* "/", the full-width slash that phones offer, or none: bytes it takes. */
static size_t slash(struct span s)
{
	if (s.n > 1 && s.p[0] == '/' && ascii_is_alpha(s.p[1]))
		return 1;
	if (s.n > 3 && memcmp(s.p, "\xef\xbc\x8f", 3) == 0)
		return 3;
	return 0;
}

static struct span trim_all(struct span s)
{
	for (;;) {
		s = span_trim(s);
		if (s.n >= 2 && s.p[0] == 0xc2 && s.p[1] == 0xa0)
			s = span_of(s.p + 2, s.n - 2);
		else if (s.n >= 2 && s.p[s.n - 2] == 0xc2 && s.p[s.n - 1] == 0xa0)
			s.n -= 2;
		else
			return s;
	}
}

static struct span word_next(struct span *rest)
{
	*rest = trim_all(*rest);
	size_t n = 0;
	while (n < rest->n && !ascii_is_space(rest->p[n]) && !(rest->p[n] == 0xc2 && n + 1 < rest->n && rest->p[n + 1] == 0xa0))
		n++;
	struct span w = span_of(rest->p, n);
	*rest = trim_all(span_of(rest->p + n, rest->n - n));
	return w;
}

static void read_terbit(struct reader *r, struct command *c, struct span args)
{
	struct span w;
	c->niks = arena_array(r->a, LIMIT_APPLICANTS, sizeof(char *));
	if (!c->niks) {
		r->memory = true;
		return;
	}
	while (args.n > 0) {
		w = word_next(&args);
		if (span_eq_nocase(w, span_str("berlaku"))) {
			struct span peek = args, next = word_next(&peek);
			if (span_eq_nocase(next, span_str("sampai")) || span_eq_nocase(next, span_str("s.d.")) ||
			    span_eq_nocase(next, span_str("s/d")) || span_eq_nocase(next, span_str("hingga")))
				args = peek;
			const char *date = keep(r, args);
			if (date_read(date, &c->date) != 0)
				FAIL(r, c, "tanggal \"%.40s\" tidak dikenali; tulis misalnya: /terbit berlaku 12-02-2028", date);
			return;
		}
		const char *nik, *given = keep(r, w);
		while (w.n > 0 && (w.p[w.n - 1] == ',' || w.p[w.n - 1] == ';'))
			w.n--;
		int found = nik_read(keep(r, w), r->a, &nik);
		if (found == 0 && c->n_niks < LIMIT_APPLICANTS)
			c->niks[c->n_niks++] = nik;
		else
			FAIL(r, c, "\"%.40s\" bukan NIK 16 digit; tulis misalnya: /terbit 2103010101900001 berlaku 12-02-2028",
			     given);
	}
}

struct field_word {
	const char *word;
	enum applicant_field field;
};

static const struct field_word field_words[] = { { "nik", FIELD_NIK },         { "nip", FIELD_NIP },
						 { "nama", FIELD_NAME },       { "jabatan", FIELD_POSITION },
						 { "instansi", FIELD_AGENCY }, { "opd", FIELD_AGENCY },
						 { "email", FIELD_EMAIL },     { "hp", FIELD_PHONE },
						 { "telepon", FIELD_PHONE },   { "berlaku", FIELD_VALID_UNTIL } };

static const char *iso_date(struct reader *r, struct civil_date d)
{
	return fail_text(r, arena_printf(r->a, "%04d-%02d-%02d", d.year, d.month, d.day));
}

static void read_value(struct reader *r, struct command *c, struct span args)
{
	AUTO_BUF clean = BUF_INIT(4096);
	text_clean_line(&clean, args);
	const char *given = keep(r, buf_span(&clean)), *out = NULL;
	struct civil_date d;
	int bad = 0;
	switch (c->field) {
	case FIELD_NIK:
		bad = nik_read(given, r->a, &out);
		if (bad == 1)
			FAIL(r, c, "NIK harus 16 digit; tulis misalnya: /isi NIK 2103010101900001");
		break;
	case FIELD_NIP:
		bad = nip_read(given, r->a, &out);
		if (bad == 1)
			FAIL(r, c, "NIP harus 18 digit; tulis misalnya: /isi NIP 199001012015031001");
		break;
	case FIELD_PHONE:
		bad = phone_read(given, r->a, &out);
		if (bad == 1)
			FAIL(r, c, "nomor HP tidak dikenali; tulis misalnya: /isi HP 0812-3456-7890");
		break;
	case FIELD_EMAIL:
		out = given;
		if (!mail_address_valid(given))
			FAIL(r, c, "alamat email tidak benar; tulis misalnya: /isi EMAIL nama@natunakab.go.id");
		break;
	case FIELD_VALID_UNTIL:
		if (date_read(given, &d) == 0)
			out = iso_date(r, d);
		else
			FAIL(r, c, "tanggal tidak dikenali; tulis misalnya: /isi BERLAKU 12-02-2026");
		break;
	case FIELD_NAME:
	case FIELD_POSITION:
	case FIELD_AGENCY:
	case N_FIELDS:
		out = given;
		if (!*given || strlen(given) > LIMIT_FIELD_BYTES)
			FAIL(r, c, "nilainya kosong atau terlalu panjang; tulis misalnya: /isi NAMA Budi Santoso, S.Kom");
		break;
	}
	c->value = out;
	r->memory = r->memory || bad < 0;
}

static void read_isi(struct reader *r, struct command *c, struct span args)
{
	struct span w = word_next(&args);
	const char *nik;
	if (w.n > 0 && ascii_is_digit(w.p[0])) { /* which of several applicants */
		if (nik_read(keep(r, w), r->a, &nik) == 0)
			c->nik = nik;
		else
			FAIL(r, c, "\"%.40s\" bukan NIK 16 digit; tulis misalnya: /isi 2103010101900001 HP 081234567890",
			     keep(r, w));
		w = word_next(&args);
	}
	while (w.n > 0 && (w.p[w.n - 1] == ':' || w.p[w.n - 1] == '='))
		w.n--;
	for (size_t i = 0; i < sizeof(field_words) / sizeof(*field_words); i++)
		if (span_is_nocase(w, field_words[i].word)) {
			c->field = field_words[i].field;
			while (args.n > 0 && (args.p[0] == ':' || args.p[0] == '=')) /* "jabatan : ..." */
				args = trim_all(span_of(args.p + 1, args.n - 1));
			read_value(r, c, args);
			return;
		}
	FAIL(r, c, "data apa yang diisi? Tulis: %s", usages[COMMAND_ISI].usage);
}

static void read_number(struct reader *r, struct command *c, struct span args, bool required)
{
	struct span w = word_next(&args);
	struct span t = w;
	if (t.n > 0 && t.p[0] == '[')
		t = span_of(t.p + 1, t.n - 1);
	if (span_starts_nocase(t, "sitante-"))
		t = span_of(t.p + 8, t.n - 8);
	while (t.n > 0 && !ascii_is_digit(t.p[t.n - 1]))
		t.n--;
	uint32_t year, seq;
	if (w.n == 0 && !required)
		return;
	if (t.n < 6 || t.p[4] != '-' || num_parse_u32(span_of(t.p, 4), 9999, &year) != 0 ||
	    num_parse_u32(span_of(t.p + 5, t.n - 5), 99999999, &seq) != 0)
		FAIL(r, c, "nomor tiket \"%.40s\" tidak benar; tulis misalnya: /%s 2026-0001", keep(r, w),
		     command_verb_word(c->verb));
	else
		c->number = fail_text(r, arena_printf(r->a, "%04u-%04u", year, seq));
}

static const struct {
	const char *word;
	enum request_kind kind;
} kind_words[] = { { "pembaharuan", REQUEST_RENEWAL },        { "pembaruan", REQUEST_RENEWAL },
		   { "perpanjangan", REQUEST_RENEWAL },       { "penerbitan", REQUEST_ISSUANCE },
		   { "pencabutan", REQUEST_REVOCATION },      { "passphrase", REQUEST_PASSPHRASE },
		   { "perubahan-data", REQUEST_DATA_CHANGE }, { "perubahan", REQUEST_DATA_CHANGE },
		   { "pertanyaan", REQUEST_QUESTION },        { "lain", REQUEST_OTHER } };

static void read_jenis(struct reader *r, struct command *c, struct span args)
{
	struct span w = word_next(&args);
	for (size_t i = 0; i < sizeof(kind_words) / sizeof(*kind_words); i++)
		if (span_is_nocase(w, kind_words[i].word)) {
			c->kind = kind_words[i].kind;
			return;
		}
	FAIL(r, c,
	     "jenis \"%.40s\" tidak dikenal; pilih salah satu: pembaharuan, penerbitan, pencabutan, passphrase, "
	     "perubahan-data, pertanyaan",
	     keep(r, w));
}

static void read_sms(struct reader *r, struct command *c, struct span args)
{
	struct span rest = args, w = word_next(&rest);
	const char *phone;
	if (w.n > 0 && (ascii_is_digit(w.p[0]) || w.p[0] == '+')) {
		if (phone_read(keep(r, w), r->a, &phone) == 0)
			c->value = phone;
		else
			FAIL(r, c, "nomor HP \"%.20s\" tidak dikenali; tulis misalnya: /sms 0812-3456-7890 teks", keep(r, w));
		args = rest;
	}
	c->text = keep(r, args);
}

static void read_alih(struct reader *r, struct command *c, struct span args)
{
	struct span w = word_next(&args);
	if (w.n > 1 && w.p[0] == '<' && w.p[w.n - 1] == '>')
		w = span_of(w.p + 1, w.n - 2);
	if (span_starts_nocase(w, "mailto:"))
		w = span_of(w.p + 7, w.n - 7);
	const char *address = keep(r, w);
	if (mail_address_valid(address))
		c->address = address;
	else
		FAIL(r, c, "alamat petugas \"%.60s\" tidak benar; tulis misalnya: /alih dua@natunakab.go.id", address);
}

static void read_tunggu(struct reader *r, struct command *c, struct span args)
{
	struct span w = word_next(&args);
	if (!span_eq_nocase(w, span_str("bsre")) || args.n > 0)
		FAIL(r, c, "menunggu siapa? Tulis: %s", usages[COMMAND_TUNGGU].usage);
	c->value = "bsre";
}

/* "2 selesai 05-01-2026 08.30 alasan" */
static void read_koreksi(struct reader *r, struct command *c, struct span args)
{
	struct span step = word_next(&args), end = word_next(&args), date = word_next(&args), t = word_next(&args);
	bool ends = span_eq_nocase(end, span_str("selesai"));
	struct civil_date d = { 0 };
	uint32_t hour = 0, minute = 0;
	if (step.n != 1 || step.p[0] < '1' || step.p[0] > '4' || (!ends && !span_eq_nocase(end, span_str("mulai"))) ||
	    date_read(keep(r, date), &d) != 0 || t.n != 5 || (t.p[2] != '.' && t.p[2] != ':') ||
	    num_parse_u32(span_of(t.p, 2), 23, &hour) != 0 || num_parse_u32(span_of(t.p + 3, 2), 59, &minute) != 0) {
		FAIL(r, c,
		     "tulis langkah, mulai atau selesai, tanggal, jam, dan alasan, misalnya: /koreksi 2 selesai 05-01-2026 "
		     "08.30 surat sudah dijawab lewat telepon");
		return;
	}
	c->value = fail_text(r, arena_printf(r->a, "%c %s %04d-%02d-%02d %02u:%02u", step.p[0], ends ? "end" : "begin", d.year,
					     d.month, d.day, hour, minute));
	c->text = keep(r, args);
}

static void read_kedaluwarsa(struct reader *r, struct command *c, struct span args)
{
	uint32_t days;
	struct span w = word_next(&args);
	if (span_eq_nocase(args, span_str("hari")))
		args.n = 0;
	if (w.n > 0 && (args.n > 0 || num_parse_u32(w, 99999, &days) != 0))
		FAIL(r, c, "berapa hari ke depan? Tulis misalnya: /kedaluwarsa 60");
	else if (w.n > 0)
		c->value = keep(r, w);
}

static void read_impor(struct reader *r, struct command *c, struct span args)
{
	struct span w = word_next(&args);
	while (w.n > 0 && (w.p[w.n - 1] == '.' || w.p[w.n - 1] == '!'))
		w.n--;
	if (w.n > 0 && (args.n > 0 || !span_eq_nocase(w, span_str("ya"))))
		FAIL(r, c, "tulis /impor dengan daftar terlampir, lalu balas hasilnya dengan: /impor ya");
	else if (w.n > 0)
		c->value = "ya";
}

static bool takes_text(enum command_verb v)
{
	return v == COMMAND_TOLAK || v == COMMAND_CATAT || v == COMMAND_SMS || v == COMMAND_BATAL || v == COMMAND_KOREKSI ||
	       v == COMMAND_TAHAN;
}

static void read_arguments(struct reader *r, struct command *c, struct span args)
{
	switch (c->verb) {
	case COMMAND_TERBIT:
		read_terbit(r, c, args);
		break;
	case COMMAND_ISI:
		read_isi(r, c, args);
		break;
	case COMMAND_ALIH:
		read_alih(r, c, args);
		break;
	case COMMAND_GABUNG:
		read_number(r, c, args, true);
		break;
	case COMMAND_TUNGGU:
		read_tunggu(r, c, args);
		break;
	case COMMAND_KOREKSI:
		read_koreksi(r, c, args);
		break;
	case COMMAND_JELASKAN:
	case COMMAND_STATUS:
		read_number(r, c, args, false);
		break;
	case COMMAND_JENIS:
		read_jenis(r, c, args);
		break;
	case COMMAND_SMS:
		read_sms(r, c, args);
		break;
	case COMMAND_TOLAK:
	case COMMAND_CATAT:
	case COMMAND_BATAL:
	case COMMAND_TAHAN:
		c->text = keep(r, args);
		break;
	case COMMAND_LAPORAN:
	case COMMAND_LEPAS:
		c->value = args.n ? keep(r, args) : NULL;
		break;
	case COMMAND_KEDALUWARSA:
		read_kedaluwarsa(r, c, args);
		break;
	case COMMAND_IMPOR:
		read_impor(r, c, args);
		break;
	case COMMAND_AMBIL:
	case COMMAND_EKSPOR:
	case COMMAND_BUKA:
	case COMMAND_DAFTAR:
	case COMMAND_LANJUT:
	case COMMAND_LEPAS_TAHAN:
	case COMMAND_BANTUAN:
		if (args.n > 0)
			FAIL(r, c, "perintah ini tidak memakai kata lain di belakangnya; tulis: %s", usages[c->verb].usage);
		break;
	case COMMAND_SURAT: /* "/surat tanggal ..." as if it stood below */
		c->text = keep(r, args);
		break;
	case COMMAND_UNKNOWN:
	case N_COMMANDS:
		FAIL(r, c, "perintah ini tidak dikenal; kirim /bantuan untuk daftar perintah");
		break;
	}
}

static void read_line(struct reader *r, struct command *c, struct span s)
{
	size_t n = 0;
	AUTO_BUF line = BUF_INIT(4096);
	text_clean_line(&line, span_of(s.p, s.n < 300 ? s.n : 300));
	c->line = keep(r, buf_span(&line));
	c->text = "";
	s = span_of(s.p + slash(s), s.n - slash(s));
	while (n < s.n && (ascii_is_alpha(s.p[n]) || s.p[n] == '-'))
		n++;
	char verb[24] = "";
	for (size_t i = 0; i < n && i < sizeof(verb) - 1; i++)
		verb[i] = (char)ascii_lower(s.p[i]);
	if (n >= sizeof(verb) || command_verb_from_word(verb, &c->verb) != 0)
		c->verb = COMMAND_UNKNOWN;
	struct span args = trim_all(span_of(s.p + n, s.n - n));
	if (args.n > 0 && args.p[0] == ':')
		args = trim_all(span_of(args.p + 1, args.n - 1));
	read_arguments(r, c, args);
}

static void finish_surat(struct reader *r, struct command *c)
{
	struct span rest = span_str(c->text);
	const char *error = NULL;
	int bad = paper_read(&rest, r->a, &c->paper, &error);
	r->memory = r->memory || bad < 0;
	if (bad > 0)
		FAIL(r, c, "%s", error);
	c->text = keep(r, trim_all(rest));
}

static void finish(struct reader *r, struct command *c, struct span text)
{
	text = trim_all(text);
	if (text.n > 0) {
		const char *more = keep(r, text);
		c->text = *c->text ? fail_text(r, arena_printf(r->a, "%s\n%s", c->text, more)) : more;
	}
	if (c->verb == COMMAND_SURAT)
		finish_surat(r, c);
	if ((takes_text(c->verb) && c->verb != COMMAND_BATAL) && !*c->text)
		FAIL(r, c, "teksnya belum ada; tulis: %s", usages[c->verb].usage);
	if (text.n > 0 && !takes_text(c->verb) && c->verb != COMMAND_TERBIT && c->verb != COMMAND_SURAT &&
	    c->verb != COMMAND_UNKNOWN)
		FAIL(r, c,
		     "ada teks di bawah perintah ini yang tidak jelas untuk siapa; untuk menjawab pemohon kirim mail tanpa "
		     "perintah, untuk catatan internal pakai /catat");
}

int command_read(const char *text, struct arena *a, struct command_block *out)
{
	struct reader r = { .a = a };
	struct command_block b = { .reply = "" };
	struct span rest = trim_all(span_str(text)), line;
	b.commands = arena_array(a, LIMIT_COMMANDS + 1, sizeof(*b.commands));
	if (!b.commands)
		return -ENOMEM;
	for (;;) {
		struct span before = rest;
		if (!span_next_line(&rest, &line))
			break;
		line = trim_all(line);
		if (line.n == 0 && b.n_commands > 0 && slash(trim_all(rest)) > 0)
			continue; /* empty lines between commands, as phones put them */
		if (slash(line) == 0) {
			rest = before;
			break;
		}
		if (b.n_commands == LIMIT_COMMANDS) {
			struct command *last = &b.commands[b.n_commands - 1];
			FAIL(&r, last, "terlalu banyak perintah dalam satu mail (paling banyak %d)", LIMIT_COMMANDS);
			break;
		}
		read_line(&r, &b.commands[b.n_commands++], line);
	}
	if (b.n_commands == 0)
		b.reply = keep(&r, trim_all(span_str(text)));
	for (size_t i = 0; i < b.n_commands; i++)
		finish(&r, &b.commands[i], i + 1 == b.n_commands ? rest : span_of(NULL, 0));
	if (r.memory)
		return arena_status(a) ? arena_status(a) : -ENOMEM;
	*out = b;
	return 0;
}

int command_make(enum command_verb v, const char *words, const char *text, struct arena *a, struct command_block *out)
{
	struct reader r = { .a = a };
	struct command_block b = { .reply = "" };
	AUTO_BUF line = BUF_INIT(LIMIT_FIELD_BYTES * 64), clean = BUF_INIT(LIMIT_TEXT_BYTES * 2);
	text_clean(&clean, span_str(text));
	b.commands = arena_array(a, 1, sizeof(*b.commands));
	if (!b.commands)
		return -ENOMEM;
	if (v == COMMAND_UNKNOWN) {
		b.reply = keep(&r, trim_all(buf_span(&clean)));
	} else {
		buf_addf(&line, "/%s ", command_verb_word(v));
		text_clean_line(&line, span_str(words));
		read_line(&r, &b.commands[b.n_commands++], buf_span(&line));
		finish(&r, &b.commands[0], buf_span(&clean));
	}
	if (buf_status(&line) != 0 || buf_status(&clean) != 0)
		return buf_status(&line) ? buf_status(&line) : buf_status(&clean);
	if (r.memory)
		return -ENOMEM;
	*out = b;
	return 0;
}

/* --- through the wall --------------------------------------------------------------------- */

void command_encode(const struct command_block *b, struct buf *out)
{
	wire_put_u32(out, (uint32_t)b->n_commands);
	for (size_t i = 0; i < b->n_commands; i++) {
		const struct command *c = &b->commands[i];
		wire_put_u8(out, (uint8_t)c->verb);
		wire_put_str(out, c->line);
		wire_put_u32(out, (uint32_t)c->n_niks);
		for (size_t k = 0; k < c->n_niks; k++)
			wire_put_str(out, c->niks[k]);
		wire_put_u32(out, (uint32_t)(c->date.year * 10000 + c->date.month * 100 + c->date.day));
		wire_put_str(out, c->address);
		wire_put_u8(out, (uint8_t)c->field);
		wire_put_str(out, c->value);
		wire_put_str(out, c->nik);
		wire_put_str(out, c->number);
		wire_put_u8(out, (uint8_t)c->kind);
		paper_encode(&c->paper, out);
		wire_put_str(out, c->text);
		wire_put_str(out, c->error);
	}
	wire_put_str(out, b->reply);
}

static const char *needed(struct wire *w, const char *s)
{
	w->bad = w->bad || !s;
	return s ? s : "";
}

static void decode_one(struct wire *w, struct arena *a, struct command *c)
{
	c->verb = (enum command_verb)wire_u8_max(w, N_COMMANDS - 1);
	c->line = needed(w, wire_str(w, a, 4096));
	c->n_niks = wire_count(w, LIMIT_APPLICANTS);
	c->niks = arena_array(a, c->n_niks ? c->n_niks : 1, sizeof(char *));
	w->bad = w->bad || !c->niks;
	for (size_t k = 0; k < c->n_niks && !w->bad; k++)
		c->niks[k] = needed(w, wire_str(w, a, 16));
	uint32_t date = wire_u32(w);
	c->date = (struct civil_date){ (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100) };
	if (date && !civil_date_valid(c->date))
		w->bad = true;
	c->address = wire_str(w, a, LIMIT_ADDRESS_BYTES);
	if (c->address && !mail_address_valid(c->address))
		w->bad = true;
	c->field = (enum applicant_field)wire_u8_max(w, N_FIELDS - 1);
	c->value = wire_str(w, a, 4096);
	c->nik = wire_str(w, a, 16);
	c->number = wire_str(w, a, 20);
	c->kind = (enum request_kind)wire_u8_max(w, REQUEST_AUTOMATIC);
	w->bad = paper_decode(w, a, &c->paper) != 0 || w->bad;
	c->text = needed(w, wire_str(w, a, LIMIT_TEXT_BYTES * 2));
	c->error = wire_str(w, a, 4096);
}

int command_decode(struct wire *w, struct arena *a, struct command_block *out)
{
	struct command_block b = { 0 };
	b.n_commands = wire_count(w, LIMIT_COMMANDS);
	b.commands = arena_array(a, b.n_commands + 1, sizeof(*b.commands));
	w->bad = w->bad || !b.commands;
	for (size_t i = 0; i < b.n_commands && !w->bad; i++)
		decode_one(w, a, &b.commands[i]);
	b.reply = needed(w, wire_str(w, a, LIMIT_TEXT_BYTES * 2));
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = b;
	return 0;
}
