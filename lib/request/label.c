#include "request/label.h"

#include "base/text.h"

#include <string.h>

enum { UNKNOWN = FILLER + 1, LABEL_MAX = 56 };

struct label_word {
	const char *word;
	int means; /* an applicant_field, FOREIGN or FILLER */
};

static const struct label_word label_words[] = {
	{ "nama", FIELD_NAME },
	{ "name", FIELD_NAME },
	{ "pemohon", FIELD_NAME },
	{ "nami", FIELD_NAME },
	{ "asma", FIELD_NAME },
	{ "ngaran", FIELD_NAME },
	{ "namo", FIELD_NAME },
	{ "wasta", FIELD_NAME },
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
	{ "kantua", FIELD_AGENCY },
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
	{ "badan", FIELD_AGENCY },
	{ "lembaga", FIELD_AGENCY },
	{ "bertugas", FIELD_AGENCY },
	{ "bekerja", FIELD_AGENCY },
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
	{ "keperluan", FOREIGN },
	{ "tujuan", FOREIGN },
	{ "layanan", FOREIGN },
	{ "jenis", FOREIGN },
	{ "catatan", FOREIGN },
	{ "kebutuhan", FOREIGN },
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
	{ "tempat", FILLER },
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

/* One letter left out, put in, changed, or two changed about. */
static bool one_slip(struct span w, struct span right)
{
	size_t head = 0, tail = 0, shorter = w.n < right.n ? w.n : right.n;
	while (head < shorter && ascii_lower(w.p[head]) == right.p[head])
		head++;
	while (tail < shorter - head && ascii_lower(w.p[w.n - 1 - tail]) == right.p[right.n - 1 - tail])
		tail++;
	size_t in_w = w.n - head - tail, in_right = right.n - head - tail;
	bool turned = in_w == 2 && in_right == 2 && ascii_lower(w.p[head]) == right.p[head + 1] &&
		      ascii_lower(w.p[head + 1]) == right.p[head];
	return turned || (in_w <= 1 && in_right <= 1);
}

static int label_word(struct span w)
{
	enum { LONG = 7 }; /* letters from which on a slip still leaves no other word */
	int first = w.n > 0 ? ascii_lower(w.p[0]) : 0, slip = UNKNOWN;
	for (size_t i = 0; i < COUNT(label_words); i++) {
		const struct label_word *l = &label_words[i];
		if (l->word[0] != first) /* most of them, in the inmost loop of all reading */
			continue;
		if (span_is_nocase(w, l->word))
			return l->means;
		struct span right = span_str(l->word);
		bool post = l->means == FIELD_POSITION || l->means == FIELD_AGENCY;
		if (slip == UNKNOWN && post && right.n >= LONG && w.n + 1 >= right.n && w.n <= right.n + 1 && one_slip(w, right))
			slip = l->means;
	}
	return slip;
}

/* What wins where several words of one label mean something. */
static int label_rank(int means)
{
	static const int rank[] = { [FIELD_NAME] = 1, [FIELD_POSITION] = 3, [FIELD_AGENCY] = 2, [FIELD_NIP] = 5,
				    [FIELD_NIK] = 4,  [FIELD_PHONE] = 6,    [FIELD_EMAIL] = 8,  [FIELD_VALID_UNTIL] = 7 };
	return means < N_FIELDS ? rank[means] : means == FOREIGN ? 7 : 0;
}

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
struct label label_read(struct span t)
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
		struct span gap = span_sub(t, last_end, at);
		bool cut = memchr(gap.p, '/', gap.n) || memchr(gap.p, '&', gap.n) || memchr(gap.p, ',', gap.n) ||
			   memchr(gap.p, '+', gap.n) || span_eq_nocase(w, span_str("dan"));
		if (means == UNKNOWN) /* "alamat rumah" is another thing's label; "ini SK saya, dan NIP" is a sentence */
			return (struct label){ .foreign = l.foreign && span_find_nocase(t, 0, ", ") == t.n };
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
	static const char *const workplaces[] = { "tempat tugas", "tempat kerja" };
	if (l.n == 0 && best == FILLER && any_phrase(t, workplaces, COUNT(workplaces)))
		l.field[l.n++] = FIELD_AGENCY;
	static const char *const former[] = { "lama", "sebelumnya" };
	if (any_phrase(t, former, COUNT(former))) /* "email lama": the value that is given up */
		best = FOREIGN;
	if (best == FOREIGN)
		l.n = 0;
	l.foreign = best == FOREIGN;
	return l;
}

static bool label_names(struct span t)
{
	struct label l = label_read(t);
	return l.n > 0 || l.foreign;
}

/* A wide gap at i that parts a label from its value in aligned columns: "NIP      19...". */
static bool gap_ends_label(struct span t, size_t i)
{
	size_t k = i;
	while (k < t.n && t.p[k] == ' ')
		k++;
	if (k < i + 2 || k == t.n || !t.p[k] || strchr(":=|\t", t.p[k]))
		return false;
	return label_names(span_sub(t, 0, i));
}

/* The colon (or "=", tab, bar) that ends a label; t.n where there is none. */
size_t label_end(struct span t)
{
	size_t stop = t.n < LABEL_MAX ? t.n : LABEL_MAX;
	for (size_t i = 0; i < stop; i++) {
		bool digits = i > 0 && i + 1 < t.n && ascii_is_digit(t.p[i - 1]) && ascii_is_digit(t.p[i + 1]);
		if (t.p[i] == ':' && !digits)
			return i;
		if (t.p[i] == '|' || t.p[i] == '=')
			return i;
		if (i > 0 && i + 2 < t.n && memcmp(t.p + i, "...", 3) == 0 && label_names(span_sub(t, 0, i))) {
			while (i + 1 < t.n && (t.p[i + 1] == '.' || t.p[i + 1] == ' ' || t.p[i + 1] == ':'))
				i++;
			return i; /* "Jabatan ......... Lurah" */
		}
		bool dash = t.p[i] == '-' && i > 0 && i + 1 < t.n && t.p[i - 1] == ' ' && t.p[i + 1] == ' ';
		if (dash && label_read(span_sub(t, 0, i)).n > 0)
			return i;
		if (t.p[i] == ' ' && i > 0 && t.p[i - 1] != ' ' && gap_ends_label(t, i))
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

/* The nearest word before the number that says what it is: a field, FOREIGN or FILLER. */
int label_before(struct span t, size_t from, size_t to)
{
	struct span before = span_sub(t, to > from + 64 ? to - 64 : from, to), w;
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
		      word_in(w, (const char *const[]){ "status", "hal", "admin", "pos", "bendahara", "sebelumnya", "operator" },
			      7)))
			found = means;
		if (found == FOREIGN && span_eq_nocase(w, span_str("baru"))) /* "yang lama hangus. No baru 08..." */
			found = FILLER;
		old = span_eq_nocase(w, span_str("lama"));
	}
	return old ? FOREIGN : found;
}

size_t label_start(struct span t, size_t number)
{
	static const char *const words[] = { "nomor", "no", "ni", "induk", "pegawai", "dengan", "dgn", "kependudukan" };
	size_t to = number;
	for (;;) {
		while (to > 0 && strchr(" .:(,;-/=+|", t.p[to - 1])) {
			size_t from = to;
			while (from > 0 && !ascii_is_space(t.p[from - 1]))
				from--;
			if (t.p[to - 1] == '.' && memchr(t.p + from, '.', to - from - 1))
				return to; /* "S.E." ends with its stop */
			to--;
		}
		size_t from = to;
		while (from > 0 && is_word_char(t.p[from - 1]))
			from--;
		struct span w = span_sub(t, from, to);
		int means = from < to ? label_word(w) : UNKNOWN;
		if (means != FIELD_NIK && means != FIELD_NIP && means != FIELD_PHONE && !word_in(w, words, COUNT(words)))
			return to;
		to = from;
	}
}

/* Could a label begin with this word?  Rules out most places of a line at once. */
static bool label_word_at(struct span t, size_t at, size_t *end)
{
	char spelled[8];
	struct span w;
	*end = at;
	return label_token(t, end, &w, spelled) && label_word(w) != UNKNOWN;
}

/* Does a number begin here that its label needs no colon for ("NIP 1985...", "WA 0812...")? */
static bool number_follows(struct span t, size_t at)
{
	while (at < t.n && (t.p[at] == ' ' || t.p[at] == '.' || t.p[at] == '\t'))
		at++;
	return at + 1 < t.n && (ascii_is_digit(t.p[at]) || (t.p[at] == '+' && ascii_is_digit(t.p[at + 1])));
}

/* "Bendahara. Instansi", "Operator, HP": a word that ends a clause, then a label; "No. HP" is one. */
static bool two_clauses(struct span t)
{
	for (size_t i = 0; i + 1 < t.n; i++)
		if (t.p[i + 1] == ' ' && (t.p[i] == ',' || (t.p[i] == '.' && i > 3 && !memchr(t.p + i - 3, ' ', 3))))
			return true;
	return false;
}

/* Is there a label from at on that is closed by a colon, or (closed: not asked for) names a number that follows? */
static bool label_stands_at(struct span t, size_t at, bool closed)
{
	struct span rest = span_sub(t, at, t.n);
	size_t end, colon = label_end(rest);
	if (!label_word_at(rest, 0, &end))
		return false;
	if (colon < rest.n && rest.p[colon] != '\t' && rest.p[colon] != '|') {
		struct label l = label_read(span_sub(rest, 0, colon));
		if ((l.n > 0 || l.foreign) && !two_clauses(span_sub(rest, 0, colon)))
			return true;
	}
	struct label one = { 0 };
	if (closed)
		return false;
	for (size_t words = 0; words < 3 && label_word_at(rest, end, &colon) && one.n == 0; words++) {
		one = label_read(span_sub(rest, 0, end));
		end = one.n > 0 ? end : colon;
	}
	one = label_read(span_sub(rest, 0, end));
	bool number = one.n > 0 && (one.field[0] == FIELD_NIK || one.field[0] == FIELD_NIP || one.field[0] == FIELD_PHONE);
	return number && number_follows(rest, end);
}

size_t label_next(struct span t, bool closed)
{
	size_t first = t.n;
	for (size_t at = 1; at < t.n && first == t.n; at++)
		if (is_word_char(t.p[at]) && !is_word_char(t.p[at - 1]) && ascii_is_alpha(t.p[at]) &&
		    label_stands_at(t, at, closed))
			first = at;
	if (first == t.n)
		return first;
	while (first > 1 && t.p[first - 1] && strchr(" ,;(/|-\t", t.p[first - 1]))
		first--;
	/* "Salmiah. NIK": the stop ends the sentence; "S.E. NIK": it belongs to the degree */
	size_t word = first;
	while (word > 0 && !ascii_is_space(t.p[word - 1]))
		word--;
	bool inner = memchr(t.p + word, '.', first > word ? first - word - 1 : 0) != NULL;
	return first > word + 4 && t.p[first - 1] == '.' && !inner ? first - 1 : first;
}
