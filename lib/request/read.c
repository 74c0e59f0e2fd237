/* Applicants and their data out of the new text.
 *
 * The text is made plain first (blanks, full-width forms, wrapped lines), then read line by line:
 * table rows, "label : value" lines, and lines that name a person or hold a number.  A number is told
 * by its shape and by the nearest word before it; a name by a label, a degree, or the words before it.
 */
#include "request/kind.h"
#include "request/request.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { LINES_MAX = 20000, CELLS_MAX = 24, REMARKS = 20, READ_MAX = 512 * 1024, WORD_MAX = 24, LABEL_MAX = 56 };

/* How an applicant came in; an unlabelled name below a labelled one is a signatory's. */
enum how { HOW_NONE, HOW_LABEL, HOW_TABLE, HOW_PROSE, HOW_SELF, HOW_BLOCK };

struct reading_state {
	struct arena *a;
	struct request *out;
	struct applicant_data *now;
	const struct message *m;
	bool memory;
	bool closing;   /* below "demikian", "hormat kami": a signatory's block */
	bool block;     /* the lines just above belong to the current applicant */
	bool bystander; /* data of a superior, an operator, a signatory under their own heading */
	size_t n_numbers;
	const char *end; /* a validity end said of all of them */
	struct span end_words;
	unsigned char how[LIMIT_APPLICANTS + 1];
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* --- words --------------------------------------------------------------------------------------- */

static struct span sub(struct span t, size_t from, size_t to)
{
	return to > from ? span_of(t.p + from, to - from) : span_of(t.p + (from < t.n ? from : t.n), 0);
}

static bool one_of(struct span w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(w, span_str(list[i])))
			return true;
	return false;
}

static bool word_char(int c)
{
	return ascii_is_alnum(c) || c >= 0x80;
}

/* Next run of word characters at or after *at; false at the end. */
static bool next_word(struct span t, size_t *at, struct span *out)
{
	size_t i = *at;
	while (i < t.n && !word_char(t.p[i]))
		i++;
	size_t k = i;
	while (k < t.n && word_char(t.p[k]))
		k++;
	*out = sub(t, i, k);
	*at = k;
	return k > i;
}

/* Next run between blanks. */
static bool next_token(struct span t, size_t *at, struct span *out)
{
	size_t i = *at;
	while (i < t.n && ascii_is_space(t.p[i]))
		i++;
	size_t k = i;
	while (k < t.n && !ascii_is_space(t.p[k]))
		k++;
	*out = sub(t, i, k);
	*at = k;
	return k > i;
}

/* phrase at a word's boundaries in t; t.n where absent. */
static size_t find_phrase(struct span t, size_t from, const char *phrase)
{
	size_t n = strlen(phrase);
	bool word_end = ascii_is_alnum((unsigned char)phrase[n - 1]);
	for (size_t at = from; (at = span_find_nocase(t, at, phrase)) < t.n; at++)
		if ((at == 0 || !word_char(t.p[at - 1])) && (!word_end || at + n == t.n || !word_char(t.p[at + n])))
			return at;
	return t.n;
}

static bool any_phrase(struct span t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find_phrase(t, 0, list[i]) < t.n)
			return true;
	return false;
}

static bool starts_with_one(struct span t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(list[i]);
		if (span_starts_nocase(t, list[i]) && (k == t.n || !word_char(t.p[k])))
			return true;
	}
	return false;
}

static size_t digit_count(struct span t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += ascii_is_digit(t.p[i]);
	return n;
}

static struct span strip_marks(struct span t)
{
	for (;;) {
		t = span_trim(t);
		if (t.n > 0 && t.p[0] && strchr(":=|;,-/>", t.p[0]))
			t = sub(t, 1, t.n);
		else if (t.n > 0 && t.p[t.n - 1] && strchr("|;,(/", t.p[t.n - 1]))
			t.n--;
		else
			return t;
	}
}

static bool nothing(struct span t)
{
	static const char *const words[] = { "-",        "--",   "tidak ada", "belum ada",   "n/a",     "kosong",  "nihil",
					     "menyusul", "none", "terlampir", "tidak punya", "tdk ada", "blm ada", "ada" };
	return t.n == 0 || one_of(t, words, COUNT(words));
}

/* --- plain text ---------------------------------------------------------------------------------- */

static bool is_blank_char(uint32_t cp)
{
	return cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool is_dash(uint32_t cp)
{
	return (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
}

static bool is_bullet(uint32_t cp)
{
	return cp == 0x2022 || cp == 0x25cf || cp == 0x25cb || cp == 0x25e6 || cp == 0x25aa || cp == 0x25ab || cp == 0x25a0 ||
	       cp == 0x2043 || cp == 0x27a2 || cp == 0x27a4 || cp == 0xb7 || cp == 0x2713 || cp == 0x2714 || cp == 0xf0b7;
}

/* One kind of blank, digit and colon; no marks of WhatsApp's bold and italic. */
static void plain(struct span t, struct buf *b)
{
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		int before = b->n > 0 ? (unsigned char)b->p[b->n - 1] : '\n', after = i + len < t.n ? t.p[i + len] : '\n';
		i += len ? len : 1;
		if (len == 0 || (cp != '\n' && cp != '\t' && text_is_unsafe(cp)) || cp == '*')
			continue;
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (is_blank_char(cp))
			buf_add_char(b, ' ');
		else if (is_dash(cp) && ascii_is_digit(before) && ascii_is_digit(after))
			buf_add_char(b, '-');
		else if (is_bullet(cp) && (before == '\n' || before == ' '))
			buf_add_str(b, "- ");
		else if (cp == '_' && (!ascii_is_alnum(before) || !ascii_is_alnum(after)))
			continue;
		else
			buf_add_utf8(b, cp);
	}
}

static bool begins_item(struct span t)
{
	t = span_trim(t);
	size_t n = 0;
	if (t.n == 0 || strchr("-[>|#", t.p[0]))
		return true;
	while (n < t.n && n < 3 && ascii_is_alnum(t.p[n]))
		n++;
	return n > 0 && n < t.n && (t.p[n] == ')' || (t.p[n] == '.' && n + 1 < t.n && t.p[n + 1] == ' ')) &&
	       (n == 1 || ascii_is_digit(t.p[0]));
}

/* Has the line the look of "label : value", or of a row? */
static bool fixed_line(struct span t)
{
	size_t colon = 0;
	while (colon < t.n && t.p[colon] != ':')
		colon++;
	return (colon > 0 && colon < t.n && colon < 32) || memchr(t.p, '\t', t.n) || memchr(t.p, '|', t.n) ||
	       span_find_nocase(span_trim(t), 0, "   ") < span_trim(t).n;
}

static size_t first_word(struct span t)
{
	size_t at = 0;
	struct span w;
	return next_token(t, &at, &w) ? w.n : 0;
}

static size_t wrap_width(struct span rest)
{
	struct span line;
	size_t width = 0;
	while (span_next_line(&rest, &line))
		if (line.n <= 80 && line.n > width)
			width = line.n;
	return width;
}

/* Lines that the sender's program wrapped become one again. */
static void unwrap(char *text, size_t n)
{
	struct span rest = span_of(text, n), line, next;
	size_t width = wrap_width(rest);
	bool have = width >= 60 && span_next_line(&rest, &line);
	while (have && span_next_line(&rest, &next)) {
		bool full = line.n >= 40 && line.n <= 80 && line.n + 1 + first_word(next) > width;
		if (full && !begins_item(next) && !fixed_line(next) && !memchr(line.p, '|', line.n) &&
		    !memchr(line.p, '\t', line.n))
			text[(const char *)next.p - text - 1] = ' ';
		line = next;
	}
}

static struct span strip_bullet(struct span t, bool *item)
{
	t = span_trim(t);
	*item = false;
	while (t.n > 0 && (strchr("->#+|", t.p[0]) && t.p[0]) && !(t.p[0] == '+' && t.n > 1 && ascii_is_digit(t.p[1]))) {
		*item = true;
		t = span_trim(sub(t, 1, t.n));
	}
	size_t n = 0;
	while (n < t.n && n < 3 && ascii_is_alnum(t.p[n]))
		n++;
	bool digits = n > 0 && ascii_is_digit(t.p[0]) && ascii_is_digit(t.p[n - 1]);
	bool letter = n == 1 && (ascii_is_lower(t.p[0]) || (n < t.n && t.p[n] == ')') || (n + 1 < t.n && t.p[0] <= 'G'));
	if (n < t.n && (digits || letter) && (t.p[n] == '.' || t.p[n] == ')') &&
	    (n + 1 == t.n || ascii_is_space(t.p[n + 1]) || (t.p[n] == ')' && ascii_is_alpha(t.p[n + 1])))) {
		*item = true;
		t = span_trim(sub(t, n + 1, t.n));
	}
	return t;
}

/* "[08.51, 30/1/2026] Name: words", "30/01/26 08.51 - Name: words" -> words. */
static struct span strip_chat_stamp(struct span t)
{
	size_t i = 0, digits = 0;
	if (t.n < 14 || (t.p[0] != '[' && !ascii_is_digit(t.p[0])))
		return t;
	while (i < t.n && i < 30 && (ascii_is_digit(t.p[i]) || strchr("[]/.:, -PAMam", t.p[i])))
		digits += ascii_is_digit(t.p[i++]);
	if (digits < 7 || i == t.n || !(memchr(t.p, ']', i) || (memchr(t.p, '/', i) && memchr(t.p, '-', i))))
		return t;
	while (i < t.n && i < 90 && t.p[i] != ':')
		i++;
	return i < t.n && t.p[i] == ':' ? span_trim(sub(t, i + 1, t.n)) : t;
}

/* --- what is kept -------------------------------------------------------------------------------- */

static const char *keep(struct reading_state *s, struct span t, size_t max)
{
	AUTO_BUF b = BUF_INIT(8192);
	text_clean_line(&b, sub(t, 0, t.n < 2000 ? t.n : 2000));
	size_t n = b.n < max ? b.n : max;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	const char *c = arena_strndup(s->a, buf_cstr(&b), n);
	s->memory = s->memory || !c;
	return c ? c : "";
}

static struct applicant_data *applicant_new(struct reading_state *s)
{
	if (s->out->n_applicants >= LIMIT_APPLICANTS)
		return s->now;
	size_t n = s->out->n_applicants;
	if ((n & (n - 1)) == 0) { /* room doubles at powers of two */
		size_t at = s->now ? (size_t)(s->now - s->out->applicants) : 0;
		void *p = arena_grow(s->a, s->out->applicants, n, n ? n * 2 : 1, sizeof(*s->now));
		if (!p) {
			s->memory = true;
			return s->now;
		}
		s->out->applicants = p;
		s->now = s->now ? s->out->applicants + at : NULL;
	}
	s->out->n_applicants++;
	s->out->applicants[n] = (struct applicant_data){ 0 };
	s->how[n] = HOW_NONE;
	s->now = &s->out->applicants[n];
	return s->now;
}

static bool has(const struct applicant_data *p, enum applicant_field f)
{
	return p->value[f] || p->given[f];
}

static unsigned char *how_of(struct reading_state *s, const struct applicant_data *p)
{
	return &s->how[p - s->out->applicants];
}

static void set(struct reading_state *s, enum applicant_field f, const char *value, struct span given, const char *rule)
{
	if (value && !*value)
		return; /* nothing visible */
	struct applicant_data *p = s->now ? s->now : applicant_new(s);
	bool person = f == FIELD_NIK || f == FIELD_NIP;
	if (!p)
		return;
	if (value && person && p->value[f] && !str_eq(p->value[f], value))
		p = applicant_new(s);
	else if (p->value[f] || (p->given[f] && !value))
		return; /* the first one said counts */
	p->value[f] = value;
	p->given[f] = value ? NULL : keep(s, given, LIMIT_FIELD_BYTES);
	p->rule[f] = rule;
	p->words[f] = keep(s, given, 200);
	if (value && person)
		s->n_numbers++;
}

/* --- names --------------------------------------------------------------------------------------- */

static const char *const titles[] = { "drs",   "dra",    "dr",  "drg",  "drh",  "ir",     "h",   "hj",     "prof",
				      "ns",    "bd",     "apt", "kh",   "r",    "rr",     "tgk", "kapten", "letkol",
				      "mayor", "kompol", "akp", "iptu", "ipda", "hajjah", "haji" };
static const char *const honorifics[] = { "bapak",   "ibu",   "pak",      "bu",   "sdr",        "sdri",    "saudara",
					  "saudari", "yth",   "almarhum", "alm",  "almarhumah", "almh",    "bpk",
					  "mr",      "mrs",   "ms",       "bang", "abang",      "kak",     "an",
					  "beliau",  "saya",  "sy",       "saye", "nama",       "namanya", "kami",
					  "bernama", "yaitu", "adalah",   "dgn",  "i",          "am" };
/* Capital words that are no part of a name. */
static const char *const no_names[] = {
	"nip",
	"nik",
	"nipppk",
	"mohon",
	"terima",
	"dari",
	"di",
	"untuk",
	"yang",
	"tte",
	"tanggal",
	"pada",
	"dengan",
	"surat",
	"sertifikat",
	"elektronik",
	"dan",
	"atau",
	"ini",
	"itu",
	"permohonan",
	"perpanjangan",
	"pembaharuan",
	"pembaruan",
	"foto",
	"scan",
	"ktp",
	"sk",
	"admin",
	"tim",
	"assalamualaikum",
	"selamat",
	"salam",
	"hormat",
	"demikian",
	"pns",
	"asn",
	"pppk",
	"bsre",
	"bssn",
	"srikandi",
	"passphrase",
	"hp",
	"wa",
	"no",
	"nomor",
	"email",
	"telp",
	"januari",
	"februari",
	"maret",
	"april",
	"mei",
	"juni",
	"juli",
	"agustus",
	"september",
	"oktober",
	"november",
	"desember",
	"natuna",
	"ranai",
	"indonesia",
	"tolong",
	"minta",
	"bersama",
	"sehubungan",
	"karena",
	"jabatan",
	"instansi",
	"unit",
	"opd",
	"tempat",
	"insya",
	"allah",
	"kepada",
	"lampiran",
	"perihal",
	"regards",
	"best",
	"kind",
	"thanks",
	"thank",
	"you",
	"the",
	"newly",
	"currently",
	"pagi",
	"siang",
	"sore",
	"malam",
	"wassalam",
	"sudah",
	"belum",
	"mau",
	"ingin",
	"nak",
	"izin",
	"ijin",
	"tidak",
	"juga",
	"sebagai",
	"selaku",
	"pembina",
	"penata",
	"pengatur",
	"juru",
	"golongan",
	"cap",
	"ttd",
	"tembusan",
	"arsip",
	"laporan",
	"semua",
	"operator",
	"data",
	"file",
	"excel",
	"pdf",
	"tembusannya",
	"pengelola",
	"berkas",
	"rekomendasi",
	"kartu",
	"akta",
	"ijazah",
	"dokumen",
	"pemkab",
};
static const char *const positions[] = {
	"kepala",      "ka",          "kadis",
	"kaban",       "kabid",       "kabag",
	"kasi",        "kasie",       "kasubbag",
	"kasubag",     "kasubbid",    "kasubid",
	"kakan",       "sekretaris",  "sekdis",
	"sekcam",      "sekdes",      "sekda",
	"sekban",      "camat",       "lurah",
	"kades",       "plt",         "plh",
	"pj",          "pjs",         "analis",
	"auditor",     "pranata",     "pengelola",
	"bendahara",   "guru",        "direktur",
	"wakil",       "bidan",       "perawat",
	"dokter",      "penyuluh",    "pengawas",
	"staf",        "staff",       "operator",
	"pelaksana",   "penata",      "pengadministrasi",
	"arsiparis",   "pustakawan",  "perencana",
	"inspektur",   "asisten",     "adyatama",
	"verifikator", "penelaah",    "administrator",
	"koordinator", "ajudan",      "subkoordinator",
	"sub",         "head",        "teknisi",
	"apoteker",    "statistisi",  "medik",
	"sanitarian",  "nutrisionis", "widyaiswara",
	"instruktur",  "penera",      "mediator",
	"pamong",      "polisi",      "kasat",
	"kabiro",      "ketua",       "anggota",
	"manajer",     "secretary",   "teacher",
	"director",    "pengantar",   "penguji",
	"pejabat",     "penyusun",    "pengolah",
	"pemeriksa",   "pengemudi",   "psikolog",
	"surveyor",    "assessor",    "asesor",
	"jafung",      "terapis",     "radiografer",
	"epidemiolog", "penggerak",   "fungsional",
	"bupati",      "rektor",      "dosen",
};
static const char *const agencies[] = {
	"dinas",     "badan",         "bagian",   "bag",        "kantor",      "kecamatan",   "kec",
	"kelurahan", "kel",           "desa",     "puskesmas",  "pkm",         "upt",         "uptd",
	"rsud",      "sekretariat",   "setda",    "setwan",     "inspektorat", "bappeda",     "bapelitbang",
	"bapperida", "bpbd",          "bkpsdm",   "bkd",        "bpkpd",       "bpkad",       "bapenda",
	"dpupr",     "pupr",          "dpmptsp",  "kesbangpol", "satpol",      "dp3ap2kb",    "dlh",
	"dpmd",      "dprd",          "sdn",      "smpn",       "sman",        "smkn",        "sd",
	"smp",       "sma",           "smk",      "tk",         "paud",        "sekolah",     "perkim",
	"disperkim", "balai",         "dinkes",   "dinsos",     "disdik",      "disdikbud",   "diskominfo",
	"kominfo",   "disdukcapil",   "dukcapil", "dishub",     "dispar",      "disperindag", "disperindagkop",
	"disnaker",  "disnakertrans", "diskan",   "dispora",    "dispusip",    "disbudpar",   "dkp",
	"dkpp",      "dpk",           "damkar",   "bidang",     "prokopim",    "pemkab",
};
static const char *const ranks[] = { "penata muda", "penata tk", "penata tingkat", "pembina",
				     "pengatur",    "penata (",  "penata /",       "juru muda" };

static bool position_start(struct span t)
{
	return starts_with_one(t, positions, COUNT(positions)) &&
	       !(starts_with_one(t, ranks, COUNT(ranks)) || span_eq_nocase(t, span_str("penata")));
}

static bool agency_start(struct span t)
{
	return starts_with_one(t, agencies, COUNT(agencies));
}

/* "S.T.", "M.Si", "S.Pd.SD", "A.Md.Keb", "SE": the letters of a degree. */
static bool is_degree(struct span w)
{
	static const char *const bare[] = { "SE",   "ST",   "SH",   "MM",   "MH",   "MT",   "MSi",  "SKM", "SSos", "SPd",
					    "SIP",  "SAP",  "STP",  "MPd",  "MKes", "SKep", "AMd",  "MAP", "SKom", "MKom",
					    "SSTP", "SP",   "SPi",  "SHut", "SAg",  "MAg",  "SPsi", "Lc",  "CA",   "Ak",
					    "Apt",  "Ners", "SpA",  "SpOG", "MA",   "MBA",  "MSc",  "PhD", "SPt",  "AMK",
					    "SST",  "MSP",  "MEng", "SS",   "SI",   "MPA",  "MIP",  "SIK", "MSE",  "SSn" };
	static const char *const stems[] = { "s",  "m",  "a",  "sp",  "ph",  "d", "amd", "b",  "dipl",
					     "am", "ak", "lc", "apt", "ner", "c", "s1",  "sst" };
	while (w.n > 0 && (w.p[w.n - 1] == ',' || w.p[w.n - 1] == ';' || w.p[w.n - 1] == ')'))
		w.n--;
	if (w.n < 2 || w.n > 12 || !ascii_is_upper(w.p[0]))
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!ascii_is_alpha(w.p[i]) && w.p[i] != '.')
			return false;
	const unsigned char *dot = memchr(w.p, '.', w.n);
	if (dot && dot + 1 < w.p + w.n)
		return one_of(span_of(w.p, (size_t)(dot - w.p)), stems, COUNT(stems));
	struct span letters = sub(w, 0, dot ? w.n - 1 : w.n);
	for (size_t i = 0; i < COUNT(bare); i++)
		if (span_eq(letters, span_str(bare[i])))
			return true;
	return false;
}

struct name {
	struct span s;
	size_t words, end; /* end: where the reading stopped in the text given */
	bool degree, title;
};

/* Degrees after a name: ", S.T., M.Si"; "S. Sos" with a blank too. */
static size_t degrees(struct span t, size_t at, bool *found)
{
	size_t end = at;
	for (;;) {
		size_t i = end;
		while (i < t.n && (t.p[i] == ',' || t.p[i] == ' '))
			i++;
		size_t k = i;
		while (k < t.n && !ascii_is_space(t.p[k]) && t.p[k] != ',' && t.p[k] != ';' && t.p[k] != '/' && t.p[k] != ')')
			k++;
		if (k < t.n && k - i == 2 && t.p[i + 1] == '.' && strchr("SMA", t.p[i]) && k + 2 < t.n &&
		    ascii_is_upper(t.p[k + 1]) && ascii_is_alpha(t.p[k + 2])) { /* "S. Sos" */
			size_t e = k + 1;
			while (e < t.n && (ascii_is_alpha(t.p[e]) || t.p[e] == '.'))
				e++;
			if (e - k > 6)
				return end;
			k = e;
		} else if (i == k || i == end || !is_degree(sub(t, i, k))) {
			return end;
		}
		*found = true;
		end = k;
	}
}

static bool name_word(struct span w, bool caps_line)
{
	if (w.n == 0 || !(ascii_is_upper(w.p[0]) || (w.p[0] == 0xc3 && w.n > 1)) || one_of(w, no_names, COUNT(no_names)) ||
	    one_of(w, positions, COUNT(positions)) || one_of(w, agencies, COUNT(agencies)))
		return false;
	bool caps = true;
	for (size_t i = 0; i < w.n; i++) {
		if (!word_char(w.p[i]) && w.p[i] != '\'' && w.p[i] != '-' && w.p[i] != '.' && w.p[i] != '`')
			return false;
		if (ascii_is_digit(w.p[i]))
			return false;
		caps = caps && !ascii_is_lower(w.p[i]);
	}
	(void)caps_line;
	return w.n < 30 && !(caps && w.n >= 2 && w.n <= 3 && is_degree(w));
}

static bool particle(struct span w)
{
	static const char *const words[] = { "bin", "binti", "al", "el", "van", "de", "bte" };
	return one_of(w, words, COUNT(words));
}

/* Reads a name at the start of t: titles, one to six capital words, degrees. */
static struct name name_at(struct span t)
{
	struct name n = { 0 };
	size_t at = 0, from = t.n;
	struct span w;
	while (at < t.n && n.words < 7) {
		size_t before = at;
		if (!next_token(t, &at, &w))
			break;
		bool comma =
			w.n > 1 && (w.p[w.n - 1] == ',' || w.p[w.n - 1] == ';' || w.p[w.n - 1] == ':' || w.p[w.n - 1] == ')');
		struct span bare = comma ? sub(w, 0, w.n - 1) : w;
		struct span root = bare.n > 1 && bare.p[bare.n - 1] == '.' ? sub(bare, 0, bare.n - 1) : bare;
		if (n.words == 0 && !n.title && one_of(root, honorifics, COUNT(honorifics)))
			continue;
		bool title = one_of(root, titles, COUNT(titles)) && (root.n < bare.n || root.n > 4) && n.words == 0;
		bool initial = bare.n == 2 && bare.p[1] == '.' && ascii_is_upper(bare.p[0]);
		bool ending = !title && !initial && root.n < bare.n; /* "Murni." ends a sentence, "Mohd." does not */
		if (title || (n.words > 0 && particle(bare) && !comma)) {
			n.title = n.title || title;
			from = from < before ? from : before;
			continue;
		}
		if (n.words > 0 && is_degree(bare)) {
			at = before;
			break;
		}
		if (!initial && !name_word(root, false)) {
			at = before;
			break;
		}
		from = from < before ? from : before;
		n.words += !initial || n.words > 0;
		n.end = (size_t)(bare.p - t.p) + (ending && bare.n > 6 ? root.n : bare.n);
		if (ending && at < t.n && bare.n <= 6 && n.words > 0 && root.n > 4)
			break;
		if (comma || (ending && root.n > 4))
			break;
	}
	if (n.words == 0)
		return (struct name){ 0 };
	n.end = degrees(t, n.end, &n.degree);
	n.s = span_trim(sub(t, from, n.end));
	if (!n.degree && n.s.n > 5 && n.s.p[n.s.n - 1] == '.' && !ascii_is_upper(n.s.p[n.s.n - 2]))
		n.s.n--;
	return n;
}

/* The letters of a name without titles and degrees. */
static size_t name_core(struct span t, char out[128])
{
	size_t n = 0, at = 0;
	struct span w, head = sub(t, 0, 0);
	while (head.n < t.n && t.p[head.n] != ',')
		head.n++;
	while (next_token(head, &at, &w)) {
		struct span root = w.n > 1 && w.p[w.n - 1] == '.' ? sub(w, 0, w.n - 1) : w;
		if (one_of(root, titles, COUNT(titles)) || is_degree(w))
			continue;
		for (size_t i = 0; i < w.n && n < 126; i++)
			if (ascii_is_alnum(w.p[i]))
				out[n++] = (char)ascii_lower(w.p[i]);
	}
	out[n] = '\0';
	return n;
}

static bool same_name(const char *a, struct span b)
{
	char x[128], y[128];
	size_t nx = name_core(span_str(a), x), ny = name_core(b, y);
	if (nx < 3 || ny < 3)
		return nx == ny && str_eq(x, y);
	return strstr(x, y) || strstr(y, x);
}

static struct applicant_data *find_named(struct reading_state *s, struct span name)
{
	for (size_t i = s->out->n_applicants; i > 0; i--) {
		struct applicant_data *p = &s->out->applicants[i - 1];
		if (p->value[FIELD_NAME] && same_name(p->value[FIELD_NAME], name))
			return p;
		if (s->out->n_applicants - i > 20)
			break; /* a long list: only the last ones are compared */
	}
	return NULL;
}

static void name_put(struct reading_state *s, struct span v, const char *rule, enum how how)
{
	struct applicant_data *p = s->now ? s->now : applicant_new(s);
	if (!p)
		return;
	p->value[FIELD_NAME] = keep(s, v, LIMIT_FIELD_BYTES);
	p->rule[FIELD_NAME] = rule;
	p->words[FIELD_NAME] = keep(s, v, 200);
	*how_of(s, p) = (unsigned char)how;
}

static bool has_number(const struct applicant_data *p)
{
	return has(p, FIELD_NIK) || has(p, FIELD_NIP);
}

/* A name was read: whose is it?  false: somebody's who does not apply. */
static bool name_take(struct reading_state *s, struct span v, const char *rule, enum how how)
{
	v = strip_marks(v);
	if (v.n < 2 || v.n > 120 || digit_count(v) > 3)
		return false;
	struct applicant_data *known = find_named(s, v);
	size_t n = s->out->n_applicants;
	if (known) {
		s->now = known;
		const char *old = known->value[FIELD_NAME];
		if (*how_of(s, known) != HOW_LABEL && !strchr(old, ',') && v.n > strlen(old))
			name_put(s, v, rule, (enum how) * how_of(s, known));
		return true;
	}
	enum how first = n > 0 ? (enum how)s->how[0] : HOW_NONE;
	if (how == HOW_BLOCK &&
	    (s->closing || first == HOW_LABEL || first == HOW_TABLE || first == HOW_PROSE || first == HOW_SELF))
		return false;
	if (how != HOW_LABEL && how != HOW_TABLE && s->closing && n > 0)
		return false;
	if (how == HOW_SELF && n > 0 && s->out->applicants[0].value[FIELD_NAME])
		return false;
	if ((how == HOW_LABEL || how == HOW_TABLE || how == HOW_PROSE) && n == 1 && first == HOW_SELF &&
	    !has_number(&s->out->applicants[0])) {
		s->out->applicants[0] = (struct applicant_data){ 0 }; /* the writer asks for another */
		s->now = &s->out->applicants[0];
	}
	if (how == HOW_LABEL)
		s->closing = false;
	if (!s->now || s->now->value[FIELD_NAME])
		s->now = NULL;
	name_put(s, v, rule, how);
	return true;
}

/* --- labels -------------------------------------------------------------------------------------- */

enum { FOREIGN = N_FIELDS, FILLER, UNKNOWN };

struct label_word {
	const char *word;
	int means; /* an applicant_field, FOREIGN or FILLER */
};

static const struct label_word label_words[] = {
	{ "nama", FIELD_NAME },
	{ "name", FIELD_NAME },
	{ "pemohon", FIELD_NAME },
	{ "nik", FIELD_NIK },
	{ "ktp", FIELD_NIK },
	{ "kependudukan", FIELD_NIK },
	{ "ktpel", FIELD_NIK },
	{ "nip", FIELD_NIP },
	{ "nipppk", FIELD_NIP },
	{ "nippppk", FIELD_NIP },
	{ "pppk", FIELD_NIP },
	{ "nipp", FIELD_NIP },
	{ "jabatan", FIELD_POSITION },
	{ "jab", FIELD_POSITION },
	{ "jabatannya", FIELD_POSITION },
	{ "position", FIELD_POSITION },
	{ "posisi", FIELD_POSITION },
	{ "jbtn", FIELD_POSITION },
	{ "title", FIELD_POSITION },
	{ "instansi", FIELD_AGENCY },
	{ "opd", FIELD_AGENCY },
	{ "skpd", FIELD_AGENCY },
	{ "unit", FIELD_AGENCY },
	{ "unker", FIELD_AGENCY },
	{ "kantor", FIELD_AGENCY },
	{ "sekolah", FIELD_AGENCY },
	{ "perangkat", FIELD_AGENCY },
	{ "agency", FIELD_AGENCY },
	{ "kecamatan", FIELD_AGENCY },
	{ "satker", FIELD_AGENCY },
	{ "organisasi", FIELD_AGENCY },
	{ "office", FIELD_AGENCY },
	{ "desa", FIELD_AGENCY },
	{ "kelurahan", FIELD_AGENCY },
	{ "puskesmas", FIELD_AGENCY },
	{ "dinas", FIELD_AGENCY },
	{ "satuan", FIELD_AGENCY },
	{ "department", FIELD_AGENCY },
	{ "email", FIELD_EMAIL },
	{ "emailnya", FIELD_EMAIL },
	{ "surel", FIELD_EMAIL },
	{ "mail", FIELD_EMAIL },
	{ "emel", FIELD_EMAIL },
	{ "hp", FIELD_PHONE },
	{ "wa", FIELD_PHONE },
	{ "telp", FIELD_PHONE },
	{ "telepon", FIELD_PHONE },
	{ "handphone", FIELD_PHONE },
	{ "whatsapp", FIELD_PHONE },
	{ "kontak", FIELD_PHONE },
	{ "phone", FIELD_PHONE },
	{ "tlp", FIELD_PHONE },
	{ "tlpn", FIELD_PHONE },
	{ "hape", FIELD_PHONE },
	{ "mobile", FIELD_PHONE },
	{ "ponsel", FIELD_PHONE },
	{ "nohp", FIELD_PHONE },
	{ "nowa", FIELD_PHONE },
	{ "telpon", FIELD_PHONE },
	{ "tel", FIELD_PHONE },
	{ "hpnya", FIELD_PHONE },
	{ "seluler", FIELD_PHONE },
	{ "contact", FIELD_PHONE },
	{ "hub", FIELD_PHONE },
	{ "dihubungi", FIELD_PHONE },
	{ "cell", FIELD_PHONE },
	{ "berlaku", FIELD_VALID_UNTIL },
	{ "berlakunya", FIELD_VALID_UNTIL },
	{ "berakhir", FIELD_VALID_UNTIL },
	{ "expired", FIELD_VALID_UNTIL },
	{ "expire", FIELD_VALID_UNTIL },
	{ "aktif", FIELD_VALID_UNTIL },
	{ "habis", FIELD_VALID_UNTIL },
	{ "kadaluarsa", FIELD_VALID_UNTIL },
	{ "kedaluwarsa", FIELD_VALID_UNTIL },
	{ "kadaluwarsa", FIELD_VALID_UNTIL },
	{ "kedaluarsa", FIELD_VALID_UNTIL },
	{ "valid", FIELD_VALID_UNTIL },
	{ "expires", FIELD_VALID_UNTIL },
	{ "expiry", FIELD_VALID_UNTIL },
	{ "jatuh", FIELD_VALID_UNTIL },
	{ "exp", FIELD_VALID_UNTIL },
	{ "berakhirnya", FIELD_VALID_UNTIL },
	{ "kk", FOREIGN },
	{ "npwp", FOREIGN },
	{ "rekening", FOREIGN },
	{ "rek", FOREIGN },
	{ "seri", FOREIGN },
	{ "serial", FOREIGN },
	{ "lahir", FOREIGN },
	{ "alamat", FOREIGN },
	{ "pangkat", FOREIGN },
	{ "gol", FOREIGN },
	{ "golongan", FOREIGN },
	{ "atasan", FOREIGN },
	{ "operator", FOREIGN },
	{ "lama", FOREIGN },
	{ "surat", FOREIGN },
	{ "nrp", FOREIGN },
	{ "nidn", FOREIGN },
	{ "nuptk", FOREIGN },
	{ "nim", FOREIGN },
	{ "nisn", FOREIGN },
	{ "npsn", FOREIGN },
	{ "bpjs", FOREIGN },
	{ "tiket", FOREIGN },
	{ "ticket", FOREIGN },
	{ "kandung", FOREIGN },
	{ "pimpinan", FOREIGN },
	{ "agama", FOREIGN },
	{ "kelamin", FOREIGN },
	{ "status", FOREIGN },
	{ "alasan", FOREIGN },
	{ "keterangan", FOREIGN },
	{ "ket", FOREIGN },
	{ "perihal", FOREIGN },
	{ "hal", FOREIGN },
	{ "lampiran", FOREIGN },
	{ "lamp", FOREIGN },
	{ "sifat", FOREIGN },
	{ "subject", FOREIGN },
	{ "issuer", FOREIGN },
	{ "pendidikan", FOREIGN },
	{ "bank", FOREIGN },
	{ "invoice", FOREIGN },
	{ "penandatangan", FOREIGN },
	{ "sebelumnya", FOREIGN },
	{ "karpeg", FOREIGN },
	{ "sim", FOREIGN },
	{ "taspen", FOREIGN },
	{ "fax", FOREIGN },
	{ "faks", FOREIGN },
	{ "faksimile", FOREIGN },
	{ "tembusan", FOREIGN },
	{ "suami", FOREIGN },
	{ "istri", FOREIGN },
	{ "narahubung", FOREIGN },
	{ "cp", FOREIGN },
	{ "pic", FOREIGN },
	{ "admin", FOREIGN },
	{ "verifikator", FOREIGN },
	{ "keluarga", FOREIGN },
	{ "kodepos", FOREIGN },
	{ "pos", FOREIGN },
	{ "sk", FOREIGN },
	{ "resi", FOREIGN },
	{ "imei", FOREIGN },
	{ "billing", FOREIGN },
	{ "kwitansi", FOREIGN },
	{ "bendahara", FOREIGN },
	{ "no", FILLER },
	{ "nomor", FILLER },
	{ "nomer", FILLER },
	{ "lengkap", FILLER },
	{ "dan", FILLER },
	{ "gelar", FILLER },
	{ "pegawai", FILLER },
	{ "pejabat", FILLER },
	{ "sesuai", FILLER },
	{ "resmi", FILLER },
	{ "pribadi", FILLER },
	{ "baru", FILLER },
	{ "saat", FILLER },
	{ "ini", FILLER },
	{ "s", FILLER },
	{ "d", FILLER },
	{ "sd", FILLER },
	{ "sampai", FILLER },
	{ "dengan", FILLER },
	{ "hingga", FILLER },
	{ "masa", FILLER },
	{ "tanggal", FILLER },
	{ "tgl", FILLER },
	{ "sertifikat", FILLER },
	{ "tte", FILLER },
	{ "elektronik", FILLER },
	{ "saya", FILLER },
	{ "beliau", FILLER },
	{ "di", FILLER },
	{ "yang", FILLER },
	{ "untuk", FILLER },
	{ "bila", FILLER },
	{ "jika", FILLER },
	{ "ada", FILLER },
	{ "terdaftar", FILLER },
	{ "pemilik", FILLER },
	{ "full", FILLER },
	{ "number", FILLER },
	{ "of", FILLER },
	{ "id", FILLER },
	{ "e", FILLER },
	{ "asn", FILLER },
	{ "pns", FILLER },
	{ "induk", FILLER },
	{ "akhir", FILLER },
	{ "kerja", FILLER },
	{ "daerah", FILLER },
	{ "until", FILLER },
	{ "tempo", FILLER },
	{ "asal", FILLER },
	{ "data", FILLER },
	{ "terakhir", FILLER },
	{ "ni", FILLER },
	{ "aktifnya", FILLER },
	{ "tugas", FILLER },
	{ "kepegawaian", FILLER },
	{ "pengguna", FILLER },
	{ "user", FILLER },
	{ "date", FILLER },
	{ "sy", FILLER },
	{ "benar", FILLER },
	{ "lalu", FILLER },
	{ "seluruh", FILLER },
	{ "digit", FILLER },
	{ "sekarang", FILLER },
	{ "tte", FILLER },
	{ "nya", FILLER },
	{ "el", FILLER },
	{ "atas", FOREIGN },
};

static int label_word(struct span w)
{
	for (size_t i = 0; i < COUNT(label_words); i++)
		if (span_eq_nocase(w, span_str(label_words[i].word)))
			return label_words[i].means;
	return UNKNOWN;
}

/* What wins where several words of one label mean something. */
static int label_rank(int means)
{
	static const int rank[] = { [FIELD_NAME] = 1, [FIELD_POSITION] = 3, [FIELD_AGENCY] = 2, [FIELD_NIP] = 5,
				    [FIELD_NIK] = 4,  [FIELD_PHONE] = 6,    [FIELD_EMAIL] = 8,  [FIELD_VALID_UNTIL] = 7 };
	return means < N_FIELDS ? rank[means] : means == FOREIGN ? 7 : 0;
}

struct label {
	enum applicant_field field[3];
	size_t n;
	bool foreign;
};

/* "N I P" -> one word "nip". */
static bool label_token(struct span t, size_t *at, struct span *w, char spelled[8])
{
	if (!next_word(t, at, w))
		return false;
	size_t n = 0, ahead = *at;
	struct span more = *w;
	while (more.n == 1 && n < 6) {
		spelled[n++] = (char)more.p[0];
		*at = ahead;
		if (ahead < t.n && t.p[ahead] != ' ' && t.p[ahead] != '.')
			break;
		if (!next_word(t, &ahead, &more))
			break;
	}
	if (n >= 3)
		*w = span_of(spelled, n);
	else if (n == 2) /* "s d" */
		*w = span_of(spelled, 1);
	return true;
}

/* Is t, as a whole, a label?  n 0: none of ours. */
static struct label label_read(struct span t)
{
	struct label l = { 0 };
	char spelled[8];
	size_t at = 0, words = 0, last_end = 0;
	int best = FILLER;
	struct span w;
	if (t.n > LABEL_MAX)
		return l;
	while (label_token(t, &at, &w, spelled) && words++ < 9) {
		int means = label_word(w);
		struct span gap = sub(t, last_end, at);
		bool cut = memchr(gap.p, '/', gap.n) || memchr(gap.p, '&', gap.n) || memchr(gap.p, ',', gap.n) ||
			   memchr(gap.p, '+', gap.n) || span_eq_nocase(w, span_str("dan"));
		if (means == UNKNOWN)
			return (struct label){ .foreign = l.foreign };
		if (cut && best < N_FIELDS && l.n < 2 && (l.n == 0 || l.field[l.n - 1] != (enum applicant_field)best)) {
			l.field[l.n++] = (enum applicant_field)best;
			best = FILLER;
		} else if (cut) {
			best = best == FOREIGN ? best : FILLER;
		}
		last_end = at;
		l.foreign = l.foreign || (means == FOREIGN);
		if (label_rank(means) > label_rank(best) || (best == FILLER && means <= FOREIGN))
			best = means;
	}
	if (best < N_FIELDS && (l.n == 0 || l.field[l.n - 1] != (enum applicant_field)best))
		l.field[l.n++] = (enum applicant_field)best;
	if (best == FOREIGN)
		l.n = 0;
	l.foreign = best == FOREIGN;
	return l;
}

/* The colon (or "=", tab, bar) that ends a label; t.n where there is none. */
static size_t label_end(struct span t)
{
	size_t stop = t.n < LABEL_MAX ? t.n : LABEL_MAX;
	for (size_t i = 0; i < stop; i++) {
		bool digits = i > 0 && i + 1 < t.n && ascii_is_digit(t.p[i - 1]) && ascii_is_digit(t.p[i + 1]);
		if (t.p[i] == ':' && !digits)
			return i;
		if (t.p[i] == '|' || t.p[i] == '=')
			return i;
		if (t.p[i] == '\t') {
			size_t k = i;
			while (k < t.n && ascii_is_blank(t.p[k]))
				k++;
			return k < t.n && (t.p[k] == ':' || t.p[k] == '|' || t.p[k] == '=') ? k : i;
		}
	}
	return t.n;
}

/* --- numbers ------------------------------------------------------------------------------------- */

struct run {
	struct span s;
	size_t n;     /* digits */
	bool letters; /* O, l, I between the digits */
};

static bool confusable(int c)
{
	return c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == 'S' || c == 'B';
}

static size_t group_at(struct span t, size_t at)
{
	size_t n = 0;
	while (at + n < t.n && ascii_is_digit(t.p[at + n]))
		n++;
	return n;
}

/* Would the group of n digits more belong to the number so far? */
static bool goes_on(const struct run *r, size_t n)
{
	bool phone = r->n >= 10 && r->n <= 13 && (r->s.p[0] == '0' || r->s.p[0] == '+' || (r->s.p[0] == '6' && r->s.p[1] == '2'));
	return r->n != 18 && !(r->n == 16 && n >= 4) && !(phone && n >= 5) && r->n < 24;
}

static struct run run_at(struct span t, size_t at)
{
	struct run r = { .s = span_of(t.p + at, 0) };
	size_t i = at;
	if (i < t.n && (t.p[i] == '+' || t.p[i] == '('))
		i++;
	while (i < t.n) {
		size_t n = group_at(t, i), k = i + n;
		if (n == 0)
			break;
		r.n += n;
		r.s.n = k - at;
		while (k < t.n && confusable(t.p[k]) && (k + 1 < t.n && ascii_is_digit(t.p[k + 1])) &&
		       r.n + group_at(t, k + 1) >= 8) {
			r.letters = true;
			k++;
		}
		size_t gap = 0;
		while (k + gap < t.n && gap < 3 && t.p[k + gap] && strchr(" .-'()", t.p[k + gap]))
			gap++;
		bool one_blank = !(gap >= 2 && t.p[k] == ' ' && t.p[k + 1] == ' ');
		size_t more = group_at(t, k + gap);
		if (more == 0 || !one_blank || (!r.letters && gap > 0 && !goes_on(&r, more)))
			break;
		i = k + gap;
	}
	return r;
}

static bool nik_likely(const char *d)
{
	int province = (d[0] - '0') * 10 + d[1] - '0', day = (d[6] - '0') * 10 + d[7] - '0',
	    month = (d[8] - '0') * 10 + d[9] - '0';
	return province >= 11 && province <= 97 && day >= 1 && (day <= 31 || (day >= 41 && day <= 71)) && month >= 1 &&
	       month <= 12;
}

static bool nip_likely(const char *d)
{
	int month = (d[4] - '0') * 10 + d[5] - '0', day = (d[6] - '0') * 10 + d[7] - '0';
	return ((d[0] == '1' && d[1] == '9') || (d[0] == '2' && d[1] == '0')) && month >= 1 && month <= 12 && day >= 1 &&
	       day <= 31;
}

/* The nearest word before the number that says what it is: a field, FOREIGN or FILLER. */
static int nearest_label(struct span t, size_t from, size_t to)
{
	struct span before = sub(t, to > from + 64 ? to - 64 : from, to), w;
	char spelled[8];
	size_t at = 0;
	int found = FILLER;
	bool old = false;
	while (label_token(before, &at, &w, spelled)) {
		int means = label_word(w);
		bool kind = means == FIELD_NIK || means == FIELD_NIP || means == FIELD_PHONE || means == FOREIGN;
		if (means == FOREIGN && (span_eq_nocase(w, span_str("atas")) || span_eq_nocase(w, span_str("alamat"))))
			continue;
		if (kind &&
		    !(means == FOREIGN &&
		      one_of(w, (const char *const[]){ "status", "hal", "admin", "pos", "bendahara", "sebelumnya", "operator" },
			     7)))
			found = means;
		old = span_eq_nocase(w, span_str("lama"));
	}
	return old ? FOREIGN : found;
}

static void take_run(struct reading_state *s, struct span t, const struct run *r, int label, const char *rule)
{
	const char *text = keep(s, r->s, 60), *out = NULL;
	bool named = label == FIELD_NIK || label == FIELD_NIP;
	if (label == FOREIGN || s->memory)
		return;
	(void)t;
	if (r->letters && named && r->n >= 8) {
		set(s, (enum applicant_field)label, NULL, r->s, rule);
	} else if (r->n == 16 && nik_read(text, s->a, &out) == 0 && (named || nik_likely(out))) {
		set(s, FIELD_NIK, out, r->s, rule); /* told apart by shape, whatever the label */
	} else if (r->n == 18 && nip_read(text, s->a, &out) == 0 && (named || nip_likely(out))) {
		set(s, FIELD_NIP, out, r->s, rule);
	} else if (named && r->n >= 6) {
		set(s, (enum applicant_field)label, NULL, r->s, rule);
	} else if (!named && phone_read(text, s->a, &out) == 0) {
		if (label == FIELD_PHONE || s->out->n_applicants < 2 || s->block)
			set(s, FIELD_PHONE, out, r->s, rule);
	} else if (label == FIELD_PHONE && r->n >= 6 &&
		   !(r->s.n > 1 && (r->s.p[0] == '0' || r->s.p[0] == '(') && !memchr(r->s.p, '8', 3))) {
		set(s, FIELD_PHONE, NULL, r->s, rule);
	}
}

/* All numbers of a line.  hint: what they are where no word before says so. */
static size_t numbers_in(struct reading_state *s, struct span t, int hint, const char *rule)
{
	size_t taken = s->n_numbers, last = 0;
	for (size_t i = 0; i < t.n; i++) {
		bool start =
			ascii_is_digit(t.p[i]) || ((t.p[i] == '+' || t.p[i] == '(') && i + 1 < t.n && ascii_is_digit(t.p[i + 1]));
		if (!start || (i > 0 && (word_char(t.p[i - 1]) || t.p[i - 1] == '@' ||
					 (t.p[i - 1] == '.' && i > 1 && ascii_is_alpha(t.p[i - 2]) && t.p[i] != ' ' && 0))))
			continue;
		struct run r = run_at(t, i);
		bool inside = i + r.s.n < t.n && (ascii_is_alpha(t.p[i + r.s.n]) || t.p[i + r.s.n] == '@');
		if (r.n >= 6 && !inside) {
			int label = nearest_label(t, last, i);
			take_run(s, t, &r, label == FILLER ? hint : label, rule);
		}
		if (r.n >= 6)
			last = i + r.s.n;
		i += r.s.n > 0 ? r.s.n - 1 : 0;
	}
	return s->n_numbers - taken;
}

/* --- addresses and dates -------------------------------------------------------------------------- */

static void take_email(struct reading_state *s, struct span v, const char *rule, bool labelled)
{
	size_t at = 0;
	while (at < v.n && v.p[at] != '@')
		at++;
	size_t from = at, to = at;
	while (from > 0 && !ascii_is_space(v.p[from - 1]) && !strchr("<(:;,|\"/", v.p[from - 1]))
		from--;
	while (to < v.n && !ascii_is_space(v.p[to]) && !strchr(">);,|\"/", v.p[to]))
		to++;
	while (to > from && strchr(".?!'", v.p[to - 1]))
		to--;
	const char *text = keep(s, sub(v, from, to), LIMIT_ADDRESS_BYTES);
	if (at < v.n && mail_address_valid(text) && strchr(mail_address_domain(text), '.'))
		set(s, FIELD_EMAIL, text, sub(v, from, to), rule);
	else if (labelled && !nothing(v) && v.n < 80)
		set(s, FIELD_EMAIL, NULL, v, rule);
}

/* "email beliau x@y": an address with its word before it. */
static void emails_in(struct reading_state *s, struct span t)
{
	static const char *const words[] = { "email", "e-mail", "surel", "emailnya", "email barunya", "emel", "mail" };
	const unsigned char *at = memchr(t.p, '@', t.n);
	if (!at)
		return;
	struct span before = sub(t, 0, (size_t)(at - t.p));
	size_t k = before.n > 90 ? before.n - 90 : 0;
	bool bare = !memchr(t.p, ' ', t.n) && t.n < 100 && s->block;
	if (bare || (any_phrase(sub(before, k, before.n), words, COUNT(words)) && nearest_label(before, 0, before.n) != FOREIGN))
		take_email(s, t, "words", false);
}

static bool date_in(struct reading_state *s, struct span v, struct span *used, const char **iso)
{
	for (size_t i = 0; i < v.n; i++) {
		struct civil_date d;
		if (!ascii_is_digit(v.p[i]))
			continue;
		*used = sub(v, i, i + 26 < v.n ? i + 26 : v.n);
		if (date_read(keep(s, *used, 40), &d) == 0) {
			*iso = arena_printf(s->a, "%04d-%02d-%02d", d.year, d.month, d.day);
			s->memory = s->memory || !*iso;
			return *iso != NULL;
		}
		while (i < v.n && ascii_is_digit(v.p[i]))
			i++;
	}
	return false;
}

static void take_date(struct reading_state *s, struct span v, const char *rule)
{
	struct span used;
	const char *iso;
	if (date_in(s, sub(v, 0, v.n < 60 ? v.n : 60), &used, &iso))
		set(s, FIELD_VALID_UNTIL, iso, used, rule);
}

/* "habis tanggal 8 Februari 2026": a word of ending, then a date, nothing else between. */
static void dates_in(struct reading_state *s, struct span t)
{
	static const char *const ends[] = { "berlaku",     "berlakunya",    "berakhir",    "berakhirnya",   "habis",
					    "habisnya",    "expired",       "expirednya",  "expire",        "expires",
					    "kedaluwarsa", "kadaluarsa",    "kadaluwarsa", "kedaluarsa",    "valid until",
					    "masa aktif",  "tenggat",       "s.d.",        "s/d",           "jatuh tempo",
					    "mati",        "sampai dengan", "ekspayer",    "valid through", "expiry",
					    "aktifnya" };
	static const char *const stops[] = { "surat", "lahir", "pelantikan", "dilantik", "tmt",
					     "sejak", "mulai", "nomor",      "rapat",    "terbit" };
	for (size_t k = 0; k < COUNT(ends); k++) {
		for (size_t at = 0; (at = find_phrase(t, at, ends[k])) < t.n; at++) {
			size_t from = at + strlen(ends[k]), to = from + 90 < t.n ? from + 90 : t.n;
			struct span rest = sub(t, from, to), used;
			const char *iso = NULL;
			size_t stop = span_find_nocase(rest, 0, ". ");
			struct span near = sub(rest, 0, stop);
			if (!date_in(s, near, &used, &iso) ||
			    any_phrase(sub(near, 0, (size_t)(used.p - near.p)), stops, COUNT(stops)))
				continue;
			bool own = s->now && s->block && s->out->n_applicants > 1;
			if (own)
				set(s, FIELD_VALID_UNTIL, iso, used, "words");
			else if (!s->end) {
				s->end = iso;
				s->end_words = used;
			}
			return;
		}
	}
}

/* --- values with a known field ---------------------------------------------------------------------- */

static void take(struct reading_state *s, enum applicant_field f, struct span v, const char *rule, enum how how)
{
	v = strip_marks(v);
	if (nothing(v))
		return;
	switch (f) {
	case FIELD_NIK:
	case FIELD_NIP:
	case FIELD_PHONE:
		(void)numbers_in(s, v, f, rule);
		break;
	case FIELD_EMAIL:
		take_email(s, v, rule, true);
		break;
	case FIELD_VALID_UNTIL:
		take_date(s, v, rule);
		break;
	case FIELD_NAME:
		if (!nothing(v))
			(void)name_take(s, v, rule, how);
		break;
	case FIELD_POSITION:
	case FIELD_AGENCY:
		if (v.n <= LIMIT_FIELD_BYTES && digit_count(v) < 12)
			set(s, f, keep(s, v, LIMIT_FIELD_BYTES), v, rule);
		break;
	case N_FIELDS:
		break;
	}
}

/* A second label inside a line: "NIP : 1 NIK : 2". */
static size_t next_label(struct span t)
{
	static const char *const words[] = { "nik",        "nip",      "nipppk",  "n i k",    "n i p",  "ni pppk",
					     "no. hp",     "no hp",    "no. ktp", "no ktp",   "nama",   "jabatan",
					     "hp",         "wa",       "no. wa",  "no wa",    "email",  "e-mail",
					     "unit kerja", "instansi", "opd",     "no. telp", "no telp" };
	size_t first = t.n;
	for (size_t k = 0; k < COUNT(words); k++) {
		size_t at = find_phrase(t, 0, words[k]);
		if (at == 0 || at >= first)
			continue;
		size_t i = at + strlen(words[k]);
		bool strong = k < 10 || (k >= 12 && k <= 15) || k >= 21;
		while (i < t.n && (t.p[i] == ' ' || t.p[i] == '.' || t.p[i] == '\t'))
			i++;
		if (i < t.n && (t.p[i] == ':' || t.p[i] == '=' || (strong && (ascii_is_digit(t.p[i]) || t.p[i] == '+'))))
			first = at;
	}
	while (first > 0 && first < t.n && t.p[first - 1] && strchr(" ,;(/|-", t.p[first - 1]) && first > 1)
		first--;
	return first;
}

static void take_parts(struct reading_state *s, const struct label *l, struct span v)
{
	size_t from = 0;
	if (l->n == 1) {
		take(s, l->field[0], v, "label", HOW_LABEL);
		return;
	}
	for (size_t k = 0; k < l->n; k++) {
		size_t to = from;
		while (to < v.n && (v.p[to] != '/' || k + 1 == l->n))
			to++;
		take(s, l->field[k], sub(v, from, to), "label", HOW_LABEL);
		from = to < v.n ? to + 1 : v.n;
	}
}

struct open_label {
	struct label l;
	bool open;
};

static bool columns_of_values(struct reading_state *s, const struct label *l, struct span v)
{
	size_t cells = 1, base = 0, k = 0;
	for (size_t i = 0; i < v.n; i++)
		cells += v.p[i] == '|' || v.p[i] == '\t';
	if (cells < 2 || l->n != 1 || (l->field[0] != FIELD_NAME && s->out->n_applicants != cells))
		return false;
	if (l->field[0] == FIELD_NAME && s->out->n_applicants > 0)
		return false;
	for (size_t i = 0, from = 0; i <= v.n; i++) {
		if (i < v.n && v.p[i] != '|' && v.p[i] != '\t')
			continue;
		s->now = base + k < s->out->n_applicants ? &s->out->applicants[base + k] : NULL;
		take(s, l->field[0], sub(v, from, i), "label", HOW_LABEL);
		from = i + 1;
		k++;
	}
	return true;
}

/* "label : value", "label value" at the start of a line, and those that follow in it. */
static bool label_line(struct reading_state *s, struct span t, struct open_label *open)
{
	size_t end = label_end(t);
	struct label l = end < t.n ? label_read(sub(t, 0, end)) : (struct label){ 0 };
	if (end == t.n) {
		l = label_read(t);
		bool all_caps_sentence = l.n > 0 && t.n > 30;
		if (l.n > 0 && !l.foreign && !all_caps_sentence) { /* "NIK" alone: the value stands below */
			open->l = l;
			open->open = true;
			return true;
		}
		return false;
	}
	if (l.foreign && l.n == 0)
		return true;
	if (l.n == 0)
		return false;
	struct span v = sub(t, end + 1, t.n);
	if (columns_of_values(s, &l, v))
		return true;
	size_t next = next_label(v);
	struct span own = strip_marks(sub(v, 0, next));
	if (own.n == 0 && next >= v.n) {
		open->l = l;
		open->open = true;
		return true;
	}
	take_parts(s, &l, own);
	s->block = true;
	if (next < v.n) {
		struct span rest = strip_marks(sub(v, next, v.n));
		if (!label_line(s, rest, open))
			(void)numbers_in(s, rest, FILLER, "label");
	}
	return true;
}

/* "nama Budi", "jabatan Kasi X": a label without its colon. */
static bool bare_label_line(struct reading_state *s, struct span t)
{
	static const struct {
		const char *word;
		enum applicant_field field;
	} words[] = { { "nama lengkap ", FIELD_NAME }, { "nama saya ", FIELD_NAME },    { "nama ", FIELD_NAME },
		      { "jabatan ", FIELD_POSITION },  { "unit kerja ", FIELD_AGENCY }, { "instansi ", FIELD_AGENCY },
		      { "opd ", FIELD_AGENCY } };
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i].word);
		if (!span_starts_nocase(t, words[i].word) || t.n > 90 || n >= t.n)
			continue;
		struct span v = span_trim(sub(t, n, t.n));
		if (v.n == 0 || (!ascii_is_upper(v.p[0]) && words[i].field == FIELD_NAME))
			return false;
		struct name name = name_at(v);
		if (words[i].field != FIELD_NAME) {
			if (!position_start(v) && !agency_start(v))
				return false;
			take(s, words[i].field, sub(v, 0, next_label(v)), "label", HOW_LABEL);
		} else if (name.words == 0 || !name_take(s, name.s, "label", HOW_LABEL)) {
			return false;
		} else if (name.end < v.n) {
			return false; /* the rest of the line is read as prose */
		}
		s->block = true;
		return true;
	}
	return false;
}

/* --- tables ---------------------------------------------------------------------------------------- */

struct table {
	int column[CELLS_MAX];
	size_t n, rows;
	bool shapes;   /* head and rows do not agree: cells are told by their shape */
	bool vertical; /* one cell a line */
	size_t at;
};

static size_t cells_of(struct span t, struct span cells[CELLS_MAX])
{
	size_t n = 0, from = 0, i = 0;
	bool bars = memchr(t.p, '|', t.n) != NULL, tabs = !bars && memchr(t.p, '\t', t.n) != NULL;
	bool semicolons = !bars && !tabs && memchr(t.p, ';', t.n) != NULL;
	if (bars) { /* outer bars are a frame */
		t = span_trim(t);
		t = t.n > 0 && t.p[0] == '|' ? sub(t, 1, t.n) : t;
		t.n -= t.n > 0 && t.p[t.n - 1] == '|';
	}
	while (i <= t.n && n < CELLS_MAX) {
		size_t skip = 1;
		bool cut = i == t.n || (bars && t.p[i] == '|') || (tabs && t.p[i] == '\t') || (semicolons && t.p[i] == ';');
		if (!cut && !bars && !tabs && !semicolons && i + 1 < t.n && t.p[i] == ' ' && t.p[i + 1] == ' ') {
			cut = true;
			while (i + skip < t.n && t.p[i + skip] == ' ')
				skip++;
		}
		if (cut) {
			struct span c = span_trim(sub(t, from, i));
			if (c.n > 0 || bars || tabs || semicolons)
				cells[n++] = c;
			from = i + skip;
			i += skip;
		} else {
			i++;
		}
	}
	return n;
}

static bool table_head(struct span t, struct table *table)
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells), known = 0;
	int column[CELLS_MAX];
	for (size_t i = 0; i < n; i++) {
		struct span c = strip_marks(cells[i]);
		struct label l = c.n > 0 && c.n < 40 && digit_count(c) == 0 && !memchr(c.p, ':', c.n) ? label_read(c)
												      : (struct label){ 0 };
		column[i] = l.n > 0 ? (int)l.field[0] : l.foreign ? FOREIGN : -1;
		known += l.n > 0;
	}
	if (known < 2)
		return false;
	bool second = table->n > 0 && table->rows == 0;
	table->shapes = second;
	table->rows = 0;
	table->vertical = false;
	table->n = n > table->n || !second ? n : table->n;
	memcpy(table->column, column, sizeof(column));
	return true;
}

static bool rule_row(struct span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!t.p[i] || !strchr("-|+= :_", t.p[i]))
			return false;
	return true;
}

static void pieces(struct reading_state *s, struct span t);

/* Cells whose columns are unknown. */
static void row_by_shape(struct reading_state *s, const struct span *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span c = strip_marks(cells[i]);
		size_t digits = digit_count(c);
		const char *out;
		struct run r = c.n > 0 && ascii_is_digit(c.p[0]) ? run_at(c, 0) : (struct run){ 0 };
		bool odd = digits >= 14 && digits <= 20 && digits != 16 && digits != 18 && r.n == digits;
		if (odd)
			set(s, nip_likely(keep(s, c, 30)) ? FIELD_NIP : FIELD_NIK, NULL, c, "table");
		else if (digits >= 9)
			(void)numbers_in(s, c, FILLER, "table");
		else if (c.n > 0 && memchr(c.p, '@', c.n))
			take_email(s, c, "table", false);
		else if (digits >= 5 && date_in(s, c, &(struct span){ 0 }, &out))
			take_date(s, c, "table");
		else if (digits == 0 && c.n > 2 && !position_start(c) && !agency_start(c) && !(s->now && has(s->now, FIELD_NAME)))
			(void)name_take(s, c, "table", HOW_TABLE);
		else if (c.n > 2)
			pieces(s, c);
	}
}

static bool table_row(struct reading_state *s, struct span t, struct table *table)
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells), digits = 0;
	if (rule_row(t))
		return true;
	for (size_t i = 0; i < n; i++)
		digits = digit_count(cells[i]) > digits ? digit_count(cells[i]) : digits;
	if (n < 2 || (digits < 12 && n != table->n) || n > table->n + 4)
		return false;
	bool number_first = n == table->n + 1 && digit_count(cells[0]) == cells[0].n;
	size_t shift = number_first ? 1 : 0;
	bool blank_name = n == table->n;
	for (size_t i = 0; i < n; i++)
		blank_name = blank_name && cells[i].n == 0;
	if (blank_name)
		return true;
	table->rows++;
	s->now = NULL;
	(void)applicant_new(s);
	if (s->now)
		*how_of(s, s->now) = HOW_TABLE;
	if (table->shapes || n - shift != table->n) {
		row_by_shape(s, cells, n);
		return true;
	}
	struct applicant_data *row = s->now;
	for (size_t i = shift; i < n; i++)
		if (table->column[i - shift] >= 0 && table->column[i - shift] < N_FIELDS) {
			size_t index = (size_t)(row - s->out->applicants);
			take(s, (enum applicant_field)table->column[i - shift], cells[i], "table", HOW_TABLE);
			s->now = row = &s->out->applicants[index];
		}
	return true;
}

/* Cells one below the other: heads first, then the values in their order. */
static bool vertical_cell(struct reading_state *s, struct span t, struct table *table)
{
	int f = table->column[table->at % table->n];
	bool number = f == FIELD_NIK || f == FIELD_NIP;
	if ((number && digit_count(t) < 8 && !nothing(t)) || (f == FIELD_NAME && digit_count(t) > 3) || t.n > 120)
		return false;
	if (table->at % table->n == 0) {
		s->now = NULL;
		(void)applicant_new(s);
		if (s->now)
			*how_of(s, s->now) = HOW_TABLE;
	}
	table->at++;
	if (f >= 0 && f < N_FIELDS)
		take(s, (enum applicant_field)f, t, "table", HOW_TABLE);
	return true;
}

/* At least three lines of a head word each, then something else. */
static size_t vertical_head(const struct span *lines, size_t n, struct table *table)
{
	size_t known = 0, k = 0, used = 0;
	for (; used < n && k < CELLS_MAX; used++) {
		struct span c = span_trim(lines[used]);
		if (c.n == 0)
			continue;
		struct label l = label_read(c);
		bool number = one_of(c, (const char *const[]){ "no", "no.", "nomor", "#" }, 4);
		if (l.n == 0 && !l.foreign && !number)
			break;
		table->column[k++] = number ? -1 : l.n > 0 ? (int)l.field[0] : FOREIGN;
		known += l.n > 0 && !number;
	}
	if (known < 2 || k < 3 || used >= n)
		return 0;
	table->n = k;
	table->at = 0;
	table->rows = 0;
	table->vertical = true;
	return used;
}

/* --- prose ----------------------------------------------------------------------------------------- */

/* A post or an office ends where the sentence goes on. */
static struct span trim_title(struct span t)
{
	static const char *const inside[] = { "dan", "pada", "di", "of", "untuk", "bidang", "kecamatan", "kabupaten" };
	static const char *const stops[] = { "mohon", "bermaksud", "dengan",     "mau", "ingin", "yang",  "sudah", "telah",
					     "akan",  "tolong",    "minta",      "hp",  "wa",    "nik",   "nip",   "karena",
					     "ya",    "saya",      "sy",         "ini", "untuk", "atas",  "a.n.",  "an.",
					     "kami",  "terima",    "mengajukan", "tks", "trims", "email", "no",    "nomor",
					     "masa",  "berlaku",   "habis",      "bisa" };
	bool upper = t.n > 0 && ascii_is_upper(t.p[0]);
	size_t at = 0, end = 0;
	struct span w;
	while (next_token(t, &at, &w)) {
		bool lower = ascii_is_lower(w.p[0]) && !one_of(w, inside, COUNT(inside));
		struct span root = w;
		while (root.n > 1 && strchr(",.:;", root.p[root.n - 1]))
			root.n--;
		if (end > 0 && ((upper && lower) || one_of(root, stops, COUNT(stops))))
			break;
		end = (size_t)(w.p - t.p) + w.n;
	}
	t = span_trim(sub(t, 0, end));
	while (t.n > 0 && strchr(".,;:!?", t.p[t.n - 1]))
		t.n--;
	return t;
}

static void put_text(struct reading_state *s, enum applicant_field f, struct span v)
{
	v = trim_title(v);
	if (v.n >= 2 && v.n <= 120 && s->now && !has(s->now, f))
		set(s, f, keep(s, v, LIMIT_FIELD_BYTES), v, "words");
}

/* "menjabat sebagai X pada Y" -> X, Y. */
static void piece(struct reading_state *s, struct span t)
{
	static const char *const leads[] = { "saat ini",     "menjabat sebagai",
					     "menjabat",     "bekerja sebagai",
					     "bekerja di",   "bekerja pada",
					     "sebagai",      "selaku",
					     "jabatan saya", "jabatan",
					     "di",           "pada",
					     "dari",         "dan",
					     "instansi",     "unit kerja",
					     "opd",          "bertugas di",
					     "tugas di",     "pegawai di",
					     "pegawai",      "asal",
					     "adalah",       "kini",
					     "sekarang",     "merupakan" };
	bool more = true;
	t = strip_marks(t);
	while (more) {
		more = false;
		for (size_t i = 0; !more && i < COUNT(leads); i++) {
			size_t n = strlen(leads[i]);
			more = n + 1 < t.n && span_starts_nocase(t, leads[i]) && t.p[n] == ' ';
			t = more ? span_trim(sub(t, n, t.n)) : t;
		}
	}
	if (t.n < 2 || digit_count(t) > 6)
		return;
	if (agency_start(t)) {
		put_text(s, FIELD_AGENCY, t);
		return;
	}
	if (!position_start(t))
		return;
	static const char *const joints[] = { " pada ", " di " };
	size_t cut = t.n, skip = 0;
	for (size_t i = 0; i < COUNT(joints); i++) {
		size_t at = span_find_nocase(t, 0, joints[i]);
		if (at < cut && agency_start(sub(t, at + strlen(joints[i]), t.n))) {
			cut = at;
			skip = strlen(joints[i]);
		}
	}
	put_text(s, FIELD_POSITION, sub(t, 0, cut));
	if (cut < t.n)
		put_text(s, FIELD_AGENCY, sub(t, cut + skip, t.n));
}

/* Where a piece of a record ends: comma, slash, bracket, wide gap, dash, or a number's label. */
static bool piece_end(struct span t, size_t i)
{
	if (strchr(",|;()\t", t.p[i]) && t.p[i])
		return true;
	if (i + 1 >= t.n)
		return false;
	bool gap = t.p[i] == ' ' && t.p[i + 1] == ' ', slash = t.p[i] == '/' && i > 0 && t.p[i - 1] == ' ';
	bool dash = t.p[i] == '-' && i > 0 && t.p[i - 1] == ' ' && t.p[i + 1] == ' ';
	bool stop = t.p[i] == '.' && t.p[i + 1] == ' ' && i > 3 && ascii_is_lower(t.p[i - 1]) && ascii_is_lower(t.p[i - 2]) &&
		    ascii_is_lower(t.p[i - 3]) && ascii_is_lower(t.p[i - 4 < i ? i - 4 : 0]);
	return gap || slash || dash || stop;
}

static void pieces(struct reading_state *s, struct span t)
{
	size_t from = 0, n = 0;
	for (size_t i = 0; i <= t.n && n < 60; i++)
		if (i == t.n || piece_end(t, i)) {
			piece(s, sub(t, from, i));
			from = i + 1;
			n++;
		}
}

/* Start of the capital words that end at to: "... Bapak Mustafa Kamal|, S.Sos". */
static size_t name_back(struct span t, size_t to)
{
	size_t from = to, words = 0;
	while (from > 0 && words < 6) {
		size_t e = from;
		while (e > 0 && t.p[e - 1] == ' ' && from - e < 1)
			e--;
		size_t b = e;
		while (b > 0 && !ascii_is_space(t.p[b - 1]) && t.p[b - 1] != '/' && t.p[b - 1] != '(' && t.p[b - 1] != ':')
			b--;
		struct span w = sub(t, b, e);
		struct span root = w.n > 1 && w.p[w.n - 1] == '.' ? sub(w, 0, w.n - 1) : w;
		bool title = one_of(root, titles, COUNT(titles)) && (root.n < w.n || root.n > 1);
		bool initial = w.n == 2 && w.p[1] == '.' && ascii_is_upper(w.p[0]);
		if (w.n == 0 || (words > 0 && memchr(w.p, ',', w.n)))
			break;
		if (!title && !initial && (one_of(root, honorifics, COUNT(honorifics)) || !name_word(root, false)))
			break;
		if (words > 0 && is_degree(w) && !initial)
			break;
		from = b;
		words++;
		if (b == 0 || t.p[b - 1] != ' ')
			break;
	}
	return from;
}

/* A name with a degree behind it, anywhere in the line. */
static bool degreed_name(struct span t, size_t from, struct name *out)
{
	for (size_t i = from; i < t.n; i++) {
		if ((t.p[i] != ',' && t.p[i] != ' ') || i == 0 || !(ascii_is_alpha(t.p[i - 1]) || t.p[i - 1] >= 0x80))
			continue;
		bool found = false;
		size_t end = degrees(t, i, &found);
		size_t start = found ? name_back(t, i) : i;
		if (!found || start == i || start < from)
			continue;
		*out = (struct name){ .s = span_trim(sub(t, start, end)), .words = 1, .end = end, .degree = true };
		return out->s.n > 3;
	}
	return false;
}

/* "Drs. Kamaruddin" in the midst of a line. */
static bool titled_name(struct span t, struct name *out)
{
	size_t at = 0;
	struct span w;
	while (next_token(t, &at, &w)) {
		struct span root = w.n > 2 && w.p[w.n - 1] == '.' ? sub(w, 0, w.n - 1) : w;
		if (root.n == w.n || !one_of(root, titles, COUNT(titles)) || root.n < 2)
			continue;
		struct name n = name_at(sub(t, (size_t)(w.p - t.p), t.n));
		if (n.words == 0)
			continue;
		n.end += (size_t)(w.p - t.p);
		*out = n;
		return true;
	}
	return false;
}

struct trigger {
	const char *words;
	enum how how;
};

static const struct trigger triggers[] = {
	{ "atas nama", HOW_PROSE }, { "a.n.", HOW_PROSE },      { "a.n", HOW_PROSE },     { "an.", HOW_PROSE },
	{ "a/n", HOW_PROSE },       { "an", HOW_PROSE },        { "bernama", HOW_PROSE }, { "nama saya", HOW_SELF },
	{ "nama sy", HOW_SELF },    { "my name is", HOW_SELF }, { "i am", HOW_SELF },     { "saya", HOW_SELF },
	{ "sy", HOW_SELF },         { "saye", HOW_SELF },       { "aku", HOW_SELF },      { "beliau", HOW_PROSE },
	{ "nama", HOW_PROSE },
};

/* "a.n. Nama", "saya Nama": true where one was taken; *end: behind it. */
static bool triggered_name(struct reading_state *s, struct span t, size_t *end)
{
	for (size_t k = 0; k < COUNT(triggers); k++) {
		for (size_t at = 0; (at = find_phrase(t, at, triggers[k].words)) < t.n; at++) {
			size_t from = at + strlen(triggers[k].words);
			struct span rest = sub(t, from, t.n);
			if (rest.n == 0 || !strchr(" :.", rest.p[0]))
				continue;
			rest = strip_marks(rest);
			size_t skipped = (size_t)(rest.p - t.p);
			struct name n = rest.n > 0 && (ascii_is_upper(rest.p[0]) || span_starts_nocase(rest, "d") ||
						       span_starts_nocase(rest, "bapak") || span_starts_nocase(rest, "ibu") ||
						       span_starts_nocase(rest, "pak") || span_starts_nocase(rest, "bu"))
						? name_at(rest)
						: (struct name){ 0 };
			bool shout = n.words > 0 && triggers[k].how == HOW_SELF && !n.degree && !ascii_is_lower(n.s.p[n.s.n - 1]);
			if (n.words == 0 || shout)
				continue;
			if (name_take(s, n.s, "words-before", triggers[k].how)) {
				*end = skipped + n.end;
				return true;
			}
		}
	}
	return false;
}

static bool number_line(struct span t)
{
	static const char *const labels[] = { "nip", "nik", "nipppk", "nip.", "nik.", "ni pppk", "n i p", "n i k", "nrp" };
	bool item;
	t = strip_bullet(t, &item);
	return starts_with_one(t, labels, COUNT(labels)) || (t.n > 14 && digit_count(t) >= 15 && ascii_is_digit(t.p[0]));
}

struct lines {
	struct span *v;
	size_t n;
};

static struct span line_after(const struct lines *l, size_t i)
{
	for (size_t k = i + 1; k < l->n && k < i + 3; k++)
		if (span_trim(l->v[k]).n > 0)
			return span_trim(l->v[k]);
	return span_of("", 0);
}

/* The line is a name and nothing else, and numbers or a list around it tell that it is one. */
static bool name_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed)
{
	struct name n = name_at(t);
	bool whole = n.words > 0 && span_trim(sub(t, n.end, t.n)).n == 0;
	if (!whole || n.s.n < 3)
		return false;
	bool sure = n.degree || n.title || number_line(below) || (item && listed);
	return sure && name_take(s, n.s, "name-line", HOW_BLOCK);
}

static bool self_asked(const struct message *m)
{
	static const char *const words[] = { "saya", "sy", "saye", "my", "i", "aku", "ulun" };
	return any_phrase(span_str(m->text), words, COUNT(words));
}

static bool closing_line(struct span t)
{
	static const char *const words[] = {
		"demikian",        "hormat kami",    "hormat saya", "wassalam",     "wassalamu'alaikum", "mengetahui",
		"atas perhatian",  "terima kasih",   "terimakasih", "an. kepala",   "a.n. kepala",       "salam hormat",
		"a.n. sekretaris", "an. sekretaris", "regards",     "best regards", "atas kerja",        "atas bantuan",
		"atas perkenan",   "makasih",        "trims",       "tembusan",     "a.n. bupati",       "plt. kepala",
		"thank",           "salam"
	};
	return starts_with_one(t, words, COUNT(words)) && t.n < 200;
}

static bool bystander_line(struct span t)
{
	static const char *const words[] = { "atasan langsung",  "data atasan",         "pejabat penandatangan", "penandatangan",
					     "narahubung",       "contact person",      "data operator",         "mengetahui",
					     "penanggung jawab", "pemberi rekomendasi", "kontak person" };
	return starts_with_one(t, words, COUNT(words)) && t.n < 60;
}

static bool applicant_line(struct span t)
{
	static const char *const words[] = { "data pemohon",
					     "pemohon",
					     "data pegawai",
					     "merekomendasikan",
					     "dengan ini merekomendasikan",
					     "dengan ini memberikan rekomendasi",
					     "memberikan rekomendasi",
					     "menerangkan bahwa",
					     "dengan ini menerangkan",
					     "penerima rekomendasi",
					     "dengan ini mengusulkan",
					     "dengan ini mengajukan",
					     "data pemilik",
					     "yang diusulkan" };
	return (starts_with_one(t, words, COUNT(words)) || span_find_nocase(t, 0, "merekomendasikan") < t.n) && t.n < 300;
}

static bool mail_head(struct span t)
{
	static const char *const words[] = { "dari", "from",   "date",    "dikirim", "terkirim", "sent",    "to",
					     "cc",   "kepada", "subject", "subjek",  "judul",    "perihal", "tanggal",
					     "hal",  "bcc",    "untuk",   "ke",      "pengirim" };
	size_t colon = 0;
	while (colon < t.n && colon < 14 && t.p[colon] != ':')
		colon++;
	return colon < t.n && t.p[colon] == ':' && one_of(span_trim(sub(t, 0, colon)), words, COUNT(words));
}

/* Names, numbers, posts, addresses and dates of a line without a label. */
static void prose_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed)
{
	size_t end = 0;
	struct name n = { 0 };
	bool person = triggered_name(s, t, &end), shut = false;
	if (!person && name_line(s, t, item, below, listed)) {
		person = true;
		end = t.n;
	}
	if (!person && degreed_name(t, 0, &n)) {
		bool starts = n.s.p - t.p < 3;
		person = name_take(s, n.s, "degree", starts ? HOW_BLOCK : HOW_PROSE);
		shut = !person;
		end = n.end;
	}
	if (!person && !shut && titled_name(t, &n)) {
		person = name_take(s, n.s, "title", HOW_BLOCK);
		end = n.end;
	}
	if (!person && !shut && (s->out->n_applicants == 0 || item)) { /* "Budi  NIP. 19...", "Budi (NIP 19...)" */
		n = name_at(t);
		struct span rest = n.words > 0 ? strip_marks(sub(t, n.end, t.n)) : span_of("", 0);
		if (rest.n > 0 && rest.p[0] == '(')
			rest = sub(rest, 1, rest.n);
		if (n.words > 0 && rest.n > 0 && number_line(rest)) {
			person = name_take(s, n.s, "before-number", HOW_BLOCK);
			end = n.end;
		}
	}
	bool others = s->closing && s->out->n_applicants > 0 && !person;
	if (!(person && !s->closing) && s->out->n_applicants > 0 && span_trim(below).n > 0 && name_at(t).words == 1 && 0)
		others = true;
	if (shut)
		s->closing = true;
	if (shut || others) {
		dates_in(s, t);
		return;
	}
	size_t numbers = numbers_in(s, t, FILLER, "shape");
	emails_in(s, t);
	bool going = s->block && s->now;
	if (person)
		pieces(s, sub(t, end, t.n));
	if (numbers > 0 || going || (s->now && s->m->inline_answers))
		pieces(s, t);
	if (person || numbers > 0)
		s->block = true;
	dates_in(s, t);
}

static void drop_since(struct reading_state *s, size_t from)
{
	s->out->n_applicants = from;
	memset(s->how + from, HOW_NONE, sizeof(s->how) - from);
	s->now = NULL;
	s->closing = false;
}

static bool letterhead_end(const struct lines *l, size_t *at)
{
	bool yth = false;
	size_t number = l->n;
	for (size_t i = 0; i < l->n && i < 60; i++) {
		struct span t = span_trim(l->v[i]);
		bool head = t.n > 5 && span_starts_nocase(t, "nomor") && (t.p[5] == ' ' || t.p[5] == ':' || t.p[5] == '\t');
		if (head && number == l->n && memchr(t.p, ':', t.n < 30 ? t.n : 30) && memchr(t.p, '/', t.n))
			number = i;
		yth = yth || span_starts_nocase(t, "yth") || span_starts_nocase(t, "kepada");
	}
	*at = number;
	return number < l->n && yth;
}

static int split(struct reading_state *s, const char *text, struct lines *out)
{
	struct span t = span_str(text);
	t.n = t.n < READ_MAX ? t.n : READ_MAX;
	AUTO_BUF b = BUF_INIT(READ_MAX * 3);
	plain(t, &b);
	char *copy = buf_status(&b) == 0 ? arena_strndup(s->a, buf_cstr(&b), b.n) : NULL;
	if (!copy)
		return -ENOMEM;
	unwrap(copy, b.n);
	struct span rest = span_of(copy, b.n), line;
	size_t n = 1;
	for (size_t i = 0; i < b.n; i++)
		n += copy[i] == '\n';
	n = n < LINES_MAX ? n : LINES_MAX;
	out->v = arena_array(s->a, n, sizeof(*out->v));
	out->n = 0;
	while (out->v && out->n < n && span_next_line(&rest, &line))
		out->v[out->n++] = line;
	return out->v ? 0 : -ENOMEM;
}

struct walk {
	struct lines l;
	struct table table;
	struct open_label open;
	size_t signer; /* applicants before "yang bertanda tangan" */
	bool signer_seen, listed, after_forward;
};

/* A table, an open label, a heading: lines whose meaning the lines above give.  true: done. */
static bool framed_line(struct reading_state *s, struct walk *w, size_t i, struct span t)
{
	struct span line = span_trim(w->l.v[i]);
	if (table_head(line, &w->table))
		return true;
	if (w->table.n > 0 && !w->table.vertical) {
		if (table_row(s, line, &w->table))
			return true;
		w->table.n = 0;
		s->block = false;
	} else if (w->table.n > 0) {
		if (vertical_cell(s, line, &w->table))
			return true;
		w->table.n = 0;
	}
	if (w->open.open) {
		w->open.open = false;
		struct label l = label_end(t) < t.n ? label_read(sub(t, 0, label_end(t))) : (struct label){ 0 };
		bool name = w->open.l.field[0] == FIELD_NAME;
		if (l.n == 0 && !l.foreign && !(name && (digit_count(t) > 3 || t.n > 80)) && t.n < 160) {
			take_parts(s, &w->open.l, strip_marks(t));
			s->block = true;
			return true;
		}
	}
	return false;
}

static void one_line(struct reading_state *s, struct walk *w, size_t i)
{
	bool item;
	struct span t = strip_bullet(strip_chat_stamp(span_trim(w->l.v[i])), &item);
	if (t.n == 0) {
		s->block = s->block && s->m->inline_answers;
		return;
	}
	if (span_find_nocase(t, 0, "bertanda tangan di bawah") < t.n || span_find_nocase(t, 0, "bertandatangan di bawah") < t.n) {
		w->signer = s->out->n_applicants;
		w->signer_seen = true;
	} else if (applicant_line(t)) {
		if (w->signer_seen && s->out->n_applicants > w->signer)
			drop_since(s, w->signer);
		w->signer_seen = false;
		s->bystander = false;
	}
	s->bystander = s->bystander || bystander_line(t);
	if (s->bystander)
		return;
	if (framed_line(s, w, i, t))
		return;
	s->closing = s->closing ||
		     (closing_line(t) && s->out->n_applicants > 0 &&
		      (s->out->applicants[0].value[FIELD_NAME] || has_number(&s->out->applicants[0])) && !s->m->inline_answers);
	if (label_line(s, t, &w->open) || (bare_label_line(s, t))) {
		w->listed = t.p[t.n - 1] == ':';
		dates_in(s, t);
		return;
	}
	if (t.p[t.n - 1] == ':' || (!item && !s->block))
		w->listed = t.p[t.n - 1] == ':';
	prose_line(s, t, item, line_after(&w->l, i), w->listed);
}

static bool forward_line(struct span t)
{
	static const char *const words[] = { "forwarded message", "pesan terusan", "yang diteruskan", "pesan diteruskan",
					     "meneruskan pesan" };
	bool marked = t.n > 0 && t.n < 100 && (t.p[0] == '-' || t.p[t.n - 1] == ':');
	for (size_t i = 0; marked && i < COUNT(words); i++)
		if (span_find_nocase(t, 0, words[i]) < t.n)
			return true;
	return false;
}

/* Persons above a forwarded mail who have no number are those who forward it. */
static void forward_begins(struct reading_state *s)
{
	bool numbers = false;
	for (size_t i = 0; i < s->out->n_applicants; i++)
		numbers = numbers || has_number(&s->out->applicants[i]);
	if (!numbers && s->out->n_applicants < 3)
		drop_since(s, 0);
	s->closing = s->block = false;
}

static int read_text(struct reading_state *s, const char *text)
{
	struct walk w = { 0 };
	size_t first = 0, head = 0;
	int r = split(s, text, &w.l);
	if (r < 0)
		return r;
	if (letterhead_end(&w.l, &head))
		first = head; /* addresses and numbers above are the office's */
	for (size_t i = first; i < w.l.n && !s->memory; i++) {
		struct span t = span_trim(w.l.v[i]);
		if (forward_line(t)) {
			forward_begins(s);
			w.after_forward = true;
			continue;
		}
		if (w.after_forward && mail_head(t))
			continue;
		w.after_forward = w.after_forward && t.n == 0;
		size_t skip = w.table.n == 0 ? vertical_head(w.l.v + i, w.l.n - i < 60 ? w.l.n - i : 60, &w.table) : 0;
		if (skip > 0) {
			i += skip - 1;
			continue;
		}
		one_line(s, &w, i);
	}
	return s->memory ? -ENOMEM : 0;
}

/* Nothing names the applicant yet: the subject, then the sender's own signature. */
static int read_rest(struct reading_state *s, const struct message *m)
{
	bool named = s->out->n_applicants > 0 && s->out->applicants[0].value[FIELD_NAME];
	if (named || m->is_reply || s->out->n_applicants > 1)
		return s->memory ? -ENOMEM : 0;
	s->closing = s->bystander = false;
	s->now = s->out->n_applicants == 1 ? &s->out->applicants[0] : NULL;
	int r = m->subject ? read_text(s, m->subject) : 0;
	named = s->out->n_applicants > 0 && s->out->applicants[0].value[FIELD_NAME];
	if (r == 0 && !named && self_asked(m) && *m->signature) {
		s->block = true;
		r = read_text(s, m->signature);
	}
	return r;
}

/* Last lines "Budi Santoso" below what the writer asks for himself. */
static void sign_off(struct reading_state *s, const struct message *m)
{
	struct span rest = span_str(m->text), line, last = span_of("", 0), before = span_of("", 0);
	if (s->out->n_applicants > 1 || (s->out->n_applicants == 1 && s->out->applicants[0].value[FIELD_NAME]) || m->is_reply ||
	    m->is_forward || !self_asked(m))
		return;
	while (span_next_line(&rest, &line))
		if (span_trim(line).n > 0) {
			before = last;
			last = span_trim(line);
		}
	struct span tries[2] = { last, before };
	for (size_t i = 0; i < 2; i++) {
		struct name n = name_at(tries[i]);
		if (n.words >= 2 && n.words < 5 && n.end == tries[i].n && !position_start(tries[i]) && !agency_start(tries[i])) {
			s->closing = false;
			s->now = s->out->n_applicants ? &s->out->applicants[0] : NULL;
			(void)name_take(s, n.s, "sign-off", HOW_SELF);
			return;
		}
	}
}

static void spread_end(struct reading_state *s)
{
	if (!s->end)
		return;
	if (s->out->n_applicants == 0)
		(void)applicant_new(s);
	for (size_t i = 0; i < s->out->n_applicants; i++) {
		s->now = &s->out->applicants[i];
		set(s, FIELD_VALID_UNTIL, s->end, s->end_words, "words");
	}
}

/* --- secrets ----------------------------------------------------------------------------------- */

static const char *const secret_words[] = { "passphrase", "password", "kata sandi", "frasa sandi", "pasphrase", "otp", "pin" };

/* "passphrase saya: Rahasia123" -> "passphrase saya: [dihapus: rahasia]". */
static const char *redact(struct reading_state *s, const char *text)
{
	struct span t = span_str(text);
	AUTO_BUF b = BUF_INIT(LIMIT_TEXT_BYTES * 3);
	size_t done = 0;
	for (size_t i = 0; i < t.n; i++) {
		size_t n = 0;
		for (size_t k = 0; n == 0 && k < sizeof(secret_words) / sizeof(*secret_words); k++)
			if (span_starts_nocase(span_of(t.p + i, t.n - i), secret_words[k]))
				n = strlen(secret_words[k]);
		if (n == 0 || (i > 0 && ascii_is_alnum(t.p[i - 1])) || (i + n < t.n && ascii_is_alpha(t.p[i + n])))
			continue;
		size_t p = i + n, stop = p + 40 < t.n ? p + 40 : t.n;
		while (p < stop && t.p[p] != ':' && t.p[p] != '=' && t.p[p] != '\n')
			p++;
		if (p >= stop || t.p[p] == '\n')
			continue;
		p++;
		while (p < t.n && (ascii_is_blank(t.p[p]) || t.p[p] == '*' || t.p[p] == '"'))
			p++;
		size_t q = p;
		bool mixed = false;
		while (q < t.n && !ascii_is_space(t.p[q])) {
			mixed = mixed || !ascii_is_lower(t.p[q]);
			q++;
		}
		if (q - p < 4 || !mixed)
			continue; /* "passphrase: lupa" is no secret */
		buf_add(&b, t.p + done, p - done);
		buf_add_str(&b, "[dihapus: rahasia]");
		done = q;
		i = q;
		s->out->secret_found = true;
	}
	if (done == 0)
		return text;
	buf_add(&b, t.p + done, t.n - done);
	const char *c = buf_status(&b) == 0 ? arena_strdup(s->a, buf_cstr(&b)) : NULL;
	s->memory = s->memory || !c;
	return c ? c : "";
}

/* --- what follows ------------------------------------------------------------------------------- */

static void add_remark(struct reading_state *s, const char *fmt, size_t number)
{
	if (s->out->n_remarks >= REMARKS)
		return;
	const char *r =
		s->out->n_applicants > 1 ? arena_printf(s->a, "Pemohon ke-%zu: %s", number, fmt) : arena_strdup(s->a, fmt);
	s->memory = s->memory || !r;
	s->out->remarks[s->out->n_remarks++] = r ? r : "";
}

static void cross_check(struct reading_state *s)
{
	s->out->remarks = arena_array(s->a, REMARKS, sizeof(char *));
	if (!s->out->remarks) {
		s->memory = true;
		return;
	}
	for (size_t i = 0; i < s->out->n_applicants; i++) {
		const char *nik = s->out->applicants[i].value[FIELD_NIK], *nip = s->out->applicants[i].value[FIELD_NIP];
		if (!nik || !nip)
			continue;
		int day = (nik[6] - '0') * 10 + nik[7] - '0';
		bool woman = day > 40;
		day -= woman ? 40 : 0;
		int nip_day = (nip[6] - '0') * 10 + nip[7] - '0';
		if (day != nip_day || memcmp(nik + 8, nip + 4, 2) != 0 || memcmp(nik + 10, nip + 2, 2) != 0)
			add_remark(s, "tanggal lahir pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
		else if ((nip[14] == '2') != woman)
			add_remark(s, "jenis kelamin pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
	}
}

static void drop_empty(struct request *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n_applicants; i++) {
		bool any = false;
		for (int f = 0; f < N_FIELDS; f++)
			any = any || has(&r->applicants[i], (enum applicant_field)f);
		if (any)
			r->applicants[kept++] = r->applicants[i];
	}
	r->n_applicants = kept;
}

static void problems(struct request *r)
{
	for (size_t i = 0; i < r->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			r->problem[f] = r->problem[f] || (!r->applicants[i].value[f] && r->applicants[i].given[f]);
}

static bool has_any(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}

/* Names of files that are a request or its recommendation. */
static bool letter_name(struct span s)
{
	static const char *const always[] = { "permohonan", "rekomendasi", "pengantar",  "usulan",
					      "nota dinas", "pengajuan",   "nota_dinas", "notadinas" };
	static const char *const letters[] = { "surat", "letter" };
	static const char *const others[] = { "izin",       "ijin",     "tugas",    "keputusan",  "edaran",
					      "keterangan", "undangan", "perintah", "kematian",   "kehilangan",
					      "pernyataan", "kuasa",    "kontrak",  "perjanjian", "lamaran" };
	return has_any(s, always, COUNT(always)) || (has_any(s, letters, COUNT(letters)) && !has_any(s, others, COUNT(others)));
}

/* "Surat permohonan terlampir" with a file whose own name says nothing. */
static bool letter_said(const struct message *m)
{
	static const char *const other_files[] = { "ktp",    "sk",   "foto", "screenshot", "akta", "ijazah",
						   "image0", "logo", ".xls", ".eml",       ".ics", "cv" };
	struct span t = span_str(m->text);
	bool file = false;
	for (size_t i = 0; i < m->n_attachments; i++)
		file = file || !has_any(span_str(m->attachments[i].name), other_files, COUNT(other_files));
	if (!file)
		return false;
	for (size_t at = 0; (at = find_phrase(t, at, "surat")) < t.n; at++) {
		struct span near = sub(t, at, at + 90 < t.n ? at + 90 : t.n);
		size_t stop = span_find_nocase(near, 0, ". ");
		near = sub(near, 0, stop);
		if (span_find_nocase(near, 0, "lampir") < near.n && span_find_nocase(near, 0, "susul") == near.n)
			return true;
	}
	return false;
}

/* Is the mail itself laid out as a letter: number, subject, addressee? */
static bool letter_body(const struct message *m)
{
	struct span rest = span_str(m->text), line;
	bool number = false, subject = false, yth = false;
	for (size_t i = 0; i < 80 && span_next_line(&rest, &line); i++) {
		struct span t = span_trim(line);
		size_t colon = label_end(t);
		struct span l = span_trim(sub(t, 0, colon < t.n ? colon : 0));
		number = number ||
			 (one_of(l, (const char *const[]){ "nomor", "no", "no.", "nomor surat" }, 4) && memchr(t.p, '/', t.n));
		subject = subject || one_of(l, (const char *const[]){ "perihal", "hal", "prihal" }, 3);
		yth = yth || span_starts_nocase(t, "yth") || span_starts_nocase(t, "kepada");
	}
	return number && subject && yth;
}

static bool find_letter(const struct message *m, const struct request *q)
{
	if (q->kind == REQUEST_OTHER || q->kind == REQUEST_AUTOMATIC || q->kind == REQUEST_QUESTION)
		return false;
	for (size_t i = 0; i < m->n_attachments; i++)
		if (letter_name(span_str(m->attachments[i].name)))
			return true;
	return letter_said(m) || letter_body(m);
}

/* A question names nobody, unless numbers or labels do. */
static void question_names(struct reading_state *s)
{
	for (size_t i = 0; i < s->out->n_applicants; i++)
		if (has_number(&s->out->applicants[i]) || s->how[i] == HOW_LABEL || s->how[i] == HOW_TABLE)
			return;
	s->out->n_applicants = 0;
	memset(s->out->problem, 0, sizeof(s->out->problem));
}

int request_read(struct message *m, struct arena *a, struct request *out, struct error *err)
{
	struct request q = { .kind = REQUEST_OTHER, .kind_rule = "", .kind_words = "" };
	struct reading_state s = { .a = a, .out = &q, .m = m };
	int r = read_text(&s, m->text);
	if (r == 0)
		r = read_rest(&s, m);
	if (r == 0) {
		sign_off(&s, m);
		spread_end(&s);
		drop_empty(&q);
		r = kind_judge(m, s.n_numbers, a, &q);
	}
	problems(&q);
	cross_check(&s);
	q.has_letter = find_letter(m, &q);
	if (q.kind == REQUEST_QUESTION)
		question_names(&s);
	if (q.kind == REQUEST_OTHER || q.kind == REQUEST_AUTOMATIC) {
		q.n_applicants = 0;
		memset(q.problem, 0, sizeof(q.problem));
		q.n_remarks = 0;
	}
	m->text_full = redact(&s, m->text_full);
	m->text = redact(&s, m->text);
	if (r < 0 || s.memory)
		return error_set(err, -ENOMEM, "reading the request: out of memory or over its limit");
	*out = q;
	return 0;
}
