#include "request/name.h"

#include "request/label.h"

#include "base/text.h"

#include <string.h>

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
	"nip",          "lengkap",     "gelar",
	"nik",          "nipppk",      "mohon",
	"terima",       "dari",        "di",
	"untuk",        "yang",        "tte",
	"tanggal",      "pada",        "dengan",
	"surat",        "sertifikat",  "elektronik",
	"dan",          "atau",        "ini",
	"itu",          "permohonan",  "perpanjangan",
	"pembaharuan",  "pembaruan",   "foto",
	"scan",         "ktp",         "sk",
	"admin",        "tim",         "assalamualaikum",
	"selamat",      "salam",       "hormat",
	"demikian",     "pns",         "asn",
	"pppk",         "bsre",        "bssn",
	"srikandi",     "passphrase",  "hp",
	"wa",           "no",          "nomor",
	"email",        "telp",        "januari",
	"februari",     "maret",       "april",
	"mei",          "juni",        "juli",
	"agustus",      "september",   "oktober",
	"november",     "desember",    "natuna",
	"ranai",        "indonesia",   "tolong",
	"minta",        "bersama",     "sehubungan",
	"karena",       "jabatan",     "instansi",
	"unit",         "opd",         "tempat",
	"insya",        "allah",       "kepada",
	"lampiran",     "perihal",     "regards",
	"best",         "kind",        "thanks",
	"thank",        "you",         "the",
	"newly",        "currently",   "pagi",
	"siang",        "sore",        "malam",
	"wassalam",     "sudah",       "belum",
	"mau",          "ingin",       "nak",
	"izin",         "ijin",        "tidak",
	"juga",         "sebagai",     "selaku",
	"pembina",      "penata",      "pengatur",
	"juru",         "golongan",    "cap",
	"ttd",          "tembusan",    "arsip",
	"laporan",      "semua",       "operator",
	"data",         "file",        "excel",
	"pdf",          "tembusannya", "pengelola",
	"berkas",       "rekomendasi", "kartu",
	"akta",         "ijazah",      "dokumen",
	"pemkab",       "berikut",     "adapun",
	"siap",         "baik",        "maaf",
	"halo",         "hello",       "hai",
	"ass",          "mhn",         "tlg",
	"perpanjang",   "renewal",     "reset",
	"lupa",         "pencabutan",  "penerbitan",
	"baru",         "dear",        "hi",
	"pemilik",      "benar",       "yth",
	"diperpanjang", "mengajukan",  "memperpanjang",
	"lewat",        "melalui",     "bisa",
	"sesuai",       "terlampir",   "atas",
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

bool starts_position(struct span t)
{
	return starts_with_one(t, positions, COUNT(positions)) &&
	       !(starts_with_one(t, ranks, COUNT(ranks)) || span_eq_nocase(t, span_str("penata")));
}

bool starts_agency(struct span t)
{
	return starts_with_one(t, agencies, COUNT(agencies));
}

/* "S.T.", "M.Si", "S.Pd.SD", "A.Md.Keb", "SE": the letters of a degree. */
bool name_is_degree(struct span w)
{
	static const char *const bare[] = { "SE",   "ST",    "SH",   "MM",   "MH",       "MT",   "MSi",  "SKM",   "SSos", "SPd",
					    "SIP",  "SAP",   "STP",  "MPd",  "MKes",     "SKep", "AMd",  "MAP",   "SKom", "MKom",
					    "SSTP", "SP",    "SPi",  "SHut", "SAg",      "MAg",  "SPsi", "Lc",    "CA",   "Ak",
					    "Apt",  "Ners",  "SpA",  "SpOG", "MA",       "MBA",  "MSc",  "PhD",   "SPt",  "AMK",
					    "SST",  "MSP",   "MEng", "SS",   "SI",       "MPA",  "MIP",  "SIK",   "MSE",  "SSn",
					    "Gr",   "SFarm", "STrK", "MHum", "Psikolog", "QIA",  "CFrA", "CGCAE", "CRMO", "SPK" };
	static const char *const stems[] = { "s",  "m",  "a",  "sp",  "ph",  "d", "amd", "b",   "dipl",
					     "am", "ak", "lc", "apt", "ner", "c", "s1",  "sst", "str" };
	if (w.n > 3 && memcmp(w.p + w.n - 3, "(K)", 3) == 0) /* a specialist's further study */
		w.n -= 3;
	while (w.n > 0 && (w.p[w.n - 1] == ',' || w.p[w.n - 1] == ';' || w.p[w.n - 1] == ')'))
		w.n--;
	if (w.n < 2 || w.n > 12 || !ascii_is_upper(w.p[0]))
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!ascii_is_alpha(w.p[i]) && w.p[i] != '.' && w.p[i] != '-')
			return false;
	const unsigned char *dot = memchr(w.p, '.', w.n);
	if (dot && dot + 1 < w.p + w.n)
		return word_in(span_of(w.p, (size_t)(dot - w.p)), stems, COUNT(stems));
	struct span letters = span_sub(w, 0, dot ? w.n - 1 : w.n);
	for (size_t i = 0; i < COUNT(bare); i++)
		if (span_eq(letters, span_str(bare[i])))
			return true;
	return false;
}

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
		k += k < t.n && k - i > 3 && t.p[k] == ')' && t.p[k - 2] == '(' && t.p[k - 1] == 'K';
		if (k < t.n && k - i == 2 && t.p[i + 1] == '.' && strchr("SMA", t.p[i]) && k + 2 < t.n &&
		    ascii_is_upper(t.p[k + 1]) && ascii_is_alpha(t.p[k + 2])) { /* "S. Sos" */
			size_t e = k + 1;
			while (e < t.n && (ascii_is_alpha(t.p[e]) || t.p[e] == '.'))
				e++;
			if (e - k > 6)
				return end;
			k = e;
		} else if (i == k || i == end || !name_is_degree(span_sub(t, i, k))) {
			return end;
		}
		*found = true;
		end = k;
	}
}

static bool name_word(struct span w)
{
	if (w.n == 0 || !(ascii_is_upper(w.p[0]) || (w.p[0] == 0xc3 && w.n > 1)) || word_in(w, no_names, COUNT(no_names)) ||
	    word_in(w, positions, COUNT(positions)) || word_in(w, agencies, COUNT(agencies)))
		return false;
	bool caps = true;
	for (size_t i = 0; i < w.n; i++) {
		if (!is_word_char(w.p[i]) && w.p[i] != '\'' && w.p[i] != '-' && w.p[i] != '.' && w.p[i] != '`')
			return false;
		if (ascii_is_digit(w.p[i]))
			return false;
		caps = caps && !ascii_is_lower(w.p[i]);
	}
	return w.n < 30 && !(caps && w.n >= 2 && w.n <= 3 && name_is_degree(w));
}

static bool particle(struct span w)
{
	static const char *const words[] = { "bin", "binti", "al", "el", "van", "de", "bte" };
	return word_in(w, words, COUNT(words));
}

/* Reads a name at the start of t: titles, one to six capital words, degrees. */
struct name name_at(struct span t)
{
	struct name n = { 0 };
	size_t at = 0, from = t.n;
	struct span w;
	while (at < t.n && n.words < 7) {
		size_t before = at;
		if (!next_token(t, &at, &w))
			break;
		const unsigned char *cell = memchr(w.p, ';', w.n); /* "Budi;19..." */
		if (cell) {
			w.n = (size_t)(cell - w.p) + 1;
			at = (size_t)(cell - t.p) + 1;
		}
		bool comma =
			w.n > 1 && (w.p[w.n - 1] == ',' || w.p[w.n - 1] == ';' || w.p[w.n - 1] == ':' || w.p[w.n - 1] == ')');
		struct span bare = comma ? span_sub(w, 0, w.n - 1) : w;
		struct span root = bare.n > 1 && bare.p[bare.n - 1] == '.' ? span_sub(bare, 0, bare.n - 1) : bare;
		if (n.words == 0 && !n.title && word_in(root, honorifics, COUNT(honorifics)))
			continue;
		bool title = word_in(root, titles, COUNT(titles)) && (root.n < bare.n || root.n > 4) && n.words == 0;
		bool initial = bare.n == 2 && bare.p[1] == '.' && ascii_is_upper(bare.p[0]);
		bool ending = !title && !initial && root.n < bare.n; /* "Murni." ends a sentence, "Mohd." does not */
		if (title || (n.words > 0 && particle(bare) && !comma)) {
			n.title = n.title || title;
			from = from < before ? from : before;
			continue;
		}
		if (n.words > 0 && name_is_degree(bare)) {
			at = before;
			break;
		}
		bool last = false; /* "Jaka Pranata, S.Ak": a word of posts, with a degree behind it */
		if (n.words == 1 && comma && ascii_is_upper(root.p[0]))
			(void)degrees(t, (size_t)(bare.p - t.p) + bare.n, &last);
		if (!initial && !last && !name_word(root)) {
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
	n.s = span_trim(span_sub(t, from, n.end));
	if (!n.degree && n.s.n > 5 && n.s.p[n.s.n - 1] == '.' && !ascii_is_upper(n.s.p[n.s.n - 2]))
		n.s.n--;
	return n;
}

static bool small_word(struct span w)
{
	if (w.n < 3 || w.n > 20 || word_in(w, no_names, COUNT(no_names)) || word_in(w, positions, COUNT(positions)) ||
	    word_in(w, agencies, COUNT(agencies)) || word_in(w, honorifics, COUNT(honorifics)))
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!ascii_is_alpha(w.p[i]) && w.p[i] != '\'')
			return false;
	return label_before(w, 0, w.n) == FILLER && !label_read(w).foreign && label_read(w).n == 0;
}

struct name name_small_at(struct span t)
{
	struct name n = { 0 };
	size_t at = 0;
	struct span w;
	bool ends = false;
	while (!ends && next_token(t, &at, &w)) {
		bool comma = w.n > 1 && strchr(",;.", w.p[w.n - 1]);
		struct span bare = comma ? span_sub(w, 0, w.n - 1) : w;
		if (n.words == 0 && word_in(bare, honorifics, COUNT(honorifics)))
			continue;
		struct label l = label_read(bare);
		bool other = l.n > 0 || l.foreign || ascii_is_digit(w.p[0]) || w.p[0] == '(' ||
			     word_in(bare, positions, COUNT(positions)) || word_in(bare, agencies, COUNT(agencies));
		ends = comma || other;
		if (other || n.words >= 4 || !small_word(bare)) {
			if (!other)
				return (struct name){ 0 };
			break;
		}
		n.s = n.words == 0 ? bare : span_of(n.s.p, (size_t)(bare.p + bare.n - n.s.p));
		n.words++;
		n.end = (size_t)(bare.p + bare.n - t.p);
	}
	return n.words > 0 && n.s.n >= 3 ? n : (struct name){ 0 };
}

bool name_is_title(struct span w)
{
	static const char *const spoken[] = { "bapak", "ibu", "pak", "bu", "bpk", "sdr", "sdri", "saudara", "saudari" };
	struct span root = w.n > 1 && w.p[w.n - 1] == '.' ? span_sub(w, 0, w.n - 1) : w;
	return word_in(root, titles, COUNT(titles)) || word_in(root, spoken, COUNT(spoken));
}

/* Start of the capital words that end at to: "... Bapak Mustafa Kamal|, S.Sos". */
size_t name_back(struct span t, size_t to)
{
	size_t from = to, words = 0;
	while (from > 0 && words < 6) {
		size_t e = from;
		while (e > 0 && t.p[e - 1] == ' ' && from - e < 1)
			e--;
		size_t b = e;
		while (b > 0 && !ascii_is_space(t.p[b - 1]) && t.p[b - 1] != '/' && t.p[b - 1] != '(' && t.p[b - 1] != ':')
			b--;
		struct span w = span_sub(t, b, e);
		struct span root = w.n > 1 && w.p[w.n - 1] == '.' ? span_sub(w, 0, w.n - 1) : w;
		bool title = word_in(root, titles, COUNT(titles)) && (root.n < w.n || root.n > 1);
		bool initial = w.n == 2 && w.p[1] == '.' && ascii_is_upper(w.p[0]);
		if (w.n == 0 || (words > 0 && memchr(w.p, ',', w.n)))
			break;
		if (!title && !initial && (word_in(root, honorifics, COUNT(honorifics)) || !name_word(root)))
			break;
		if (words > 0 && name_is_degree(w) && !initial)
			break;
		from = b;
		words++;
		if (b == 0 || t.p[b - 1] != ' ')
			break;
	}
	return from;
}

/* A name with a degree behind it, anywhere in the line. */
bool name_with_degree(struct span t, size_t from, struct name *out)
{
	for (size_t i = from; i < t.n; i++) {
		if ((t.p[i] != ',' && t.p[i] != ' ') || i == 0 || !(ascii_is_alpha(t.p[i - 1]) || t.p[i - 1] >= 0x80))
			continue;
		bool found = false;
		size_t end = degrees(t, i, &found);
		size_t start = found ? name_back(t, i) : i;
		if (!found || start == i || start < from)
			continue;
		*out = (struct name){ .s = span_trim(span_sub(t, start, end)), .words = 1, .end = end, .degree = true };
		return out->s.n > 3;
	}
	return false;
}

/* "Drs. Kamaruddin" in the midst of a line. */
bool name_with_title(struct span t, struct name *out)
{
	size_t at = 0;
	struct span w;
	while (next_token(t, &at, &w)) {
		struct span root = w.n > 2 && w.p[w.n - 1] == '.' ? span_sub(w, 0, w.n - 1) : w;
		if (root.n == w.n || !word_in(root, titles, COUNT(titles)) || root.n < 2)
			continue;
		struct name n = name_at(span_sub(t, (size_t)(w.p - t.p), t.n));
		if (n.words == 0)
			continue;
		n.end += (size_t)(w.p - t.p);
		*out = n;
		return true;
	}
	return false;
}
