/* A secret is told by the word before it ("passphrase", "PIN", "OTP") and by one of: a colon or "adalah" before it, the
 * look of a password (letters with digits and signs), or, for codes, a short number. */
#include "request/secret.h"

#include "request/words.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum { REACH_WORDS = 7, SECRET_MIN = 4, SECRET_MAX = 80, CODE_MAX = 8 };

/* Longer ones first where one begins another. */
static const struct {
	const char *word;
	bool code;       /* a number of some digits may be one */
	bool needs_sign; /* the word has other meanings: only with a colon or its like */
} secret_words[] = {
	{ "passphrase", false, false },   { "pasphrase", false, false },  { "passprase", false, false },
	{ "pasprase", false, false },     { "passphare", false, false },  { "pasfrase", false, false },
	{ "keyphrase", false, false },    { "password", false, false },   { "pasword", false, false },
	{ "paswod", false, false },       { "passwd", false, false },     { "pass", false, true },
	{ "pwd", false, true },           { "kata sandi", false, false }, { "katasandi", false, false },
	{ "frasa sandi", false, false },  { "sandi", false, false },      { "otp", true, false },
	{ "pin", true, false },           { "token", true, false },       { "kode verifikasi", true, false },
	{ "kode aktivasi", true, false },
};

struct hit {
	size_t n; /* bytes of the word; 0: none */
	bool code, needs_sign;
};

static struct hit secret_word(struct span t, size_t i)
{
	if (i > 0 && is_word_char(t.p[i - 1]))
		return (struct hit){ 0 };
	for (size_t k = 0; k < COUNT(secret_words); k++) {
		size_t n = strlen(secret_words[k].word);
		if (!span_starts_nocase(span_sub(t, i, t.n), secret_words[k].word))
			continue;
		static const char *const ends[] = { "nya", "ku", "mu" };
		for (size_t e = 0; e < COUNT(ends); e++)
			n += span_starts_nocase(span_sub(t, i + n, t.n), ends[e]) ? strlen(ends[e]) : 0;
		if (i + n == t.n || !is_word_char(t.p[i + n]))
			return (struct hit){ n, secret_words[k].code, secret_words[k].needs_sign };
	}
	return (struct hit){ 0 };
}

/* What w looks like. */
struct shape {
	bool digits_only, letters_only, mixed, address;
};

static struct shape shape_of(struct span w)
{
	size_t digits = 0, letters = 0, signs = 0;
	for (size_t i = 0; i < w.n; i++) {
		digits += ascii_is_digit(w.p[i]);
		letters += is_word_char(w.p[i]) && !ascii_is_digit(w.p[i]);
		signs += w.p[i] < 0x80 && !ascii_is_alnum(w.p[i]) && w.p[i] && strchr("!@#$%^&*_+~?", w.p[i]);
	}
	const unsigned char *at = memchr(w.p, '@', w.n);
	return (struct shape){ .digits_only = digits == w.n,
			       .letters_only = digits == 0 && signs == 0,
			       .mixed = (digits > 0 && letters + signs > 0) || (letters > 0 && signs > 0),
			       .address = at && at > w.p && memchr(at, '.', w.n - (size_t)(at - w.p)) };
}

/* Next word in the line, quotes and marks before it aside; *sign: a colon or equals sign stood there.  Quoted words are one. */
static struct span word_after(struct span t, size_t *at, bool *sign, bool *new_line)
{
	size_t i = *at;
	int quote = 0;
	while (i < t.n && (ascii_is_space(t.p[i]) || (t.p[i] && strchr(":=*\"'(-", t.p[i])))) {
		*sign = *sign || t.p[i] == ':' || t.p[i] == '=';
		*new_line = *new_line || t.p[i] == '\n';
		quote = t.p[i] == '"' ? '"' : 0;
		i++;
	}
	size_t from = i;
	while (i < t.n && t.p[i] != '\n' && (quote ? t.p[i] != quote : !ascii_is_space(t.p[i]) && t.p[i] != '"'))
		i++;
	*at = i;
	size_t to = i;
	while (to > from && t.p[to - 1] && strchr(",.;:)'*", t.p[to - 1]))
		to--;
	size_t word = to; /* "lewat email?": a sign that ends a sentence is no password's */
	while (word > from && (t.p[word - 1] == '?' || t.p[word - 1] == '!'))
		word--;
	bool letters = word > from;
	for (size_t k = from; k < word; k++)
		letters = letters && is_word_char(t.p[k]) && !ascii_is_digit(t.p[k]);
	return span_sub(t, from, letters ? word : to);
}

/* A phrase of a few words up to the end of its line, else the word alone. */
static struct span to_line_end(struct span t, struct span w)
{
	size_t from = (size_t)(w.p - t.p), end = from, blanks = 0;
	while (end < t.n && t.p[end] != '\n')
		blanks += t.p[end++] == ' ';
	return blanks <= 3 && end - from <= 40 ? span_trim(span_sub(t, from, end)) : w;
}

/* Where the secret stands that the word before at speaks of; empty: none is told.  begins: that word begins its line. */
static struct span secret_at(struct span t, size_t at, struct hit word, bool begins)
{
	static const char *const says[] = { "adalah", "yaitu", "ialah", "is", "berikut", "yakni" };
	static const char *const between[] = { "saya",   "sy",     "nya",   "tte",      "lama",    "baru",  "my",
					       "akun",   "bsre",   "untuk", "email",    "yg",      "yang",  "kode",
					       "beliau", "dengan", "kami",  "anda",     "sebagai", "masuk", "dari",
					       "user",   "tadi",   "dulu",  "sekarang", "the",     "itu",   "ini" };
	static const char *const own[] = { "saya", "sy", "my", "baru", "lama", "beliau", "kami" };
	static const char *const no_secret[] = { "lupa",    "salah",   "tidak",  "selalu",  "terus", "gagal",   "muncul",
						 "anda",    "sudah",   "belum",  "masih",   "reset", "hilang",  "terkunci",
						 "error",   "ditolak", "kosong", "expired", "mohon", "minta",   "tolong",
						 "direset", "dihapus", "nik",    "nip",     "nama",  "jabatan", "tanggal",
						 "hp",      "wa",      "no",     "nomor" };
	bool sign = false, new_line = false, told = false, owned = begins;
	for (size_t words = 0; words < REACH_WORDS; words++) {
		bool was_line = new_line;
		struct span w = word_after(t, &at, &sign, &new_line);
		if (w.n == 0 || was_line || (new_line && !sign && !told))
			break;
		struct shape look = shape_of(w);
		bool ends = at > 0 && strchr(".?!", t.p[at - 1]);
		if (word_in(w, says, COUNT(says))) {
			told = true;
			continue;
		}
		if (word_in(w, between, COUNT(between))) {
			sign = sign || (at > 0 && t.p[at - 1] == ':');
			owned = owned || word_in(w, own, COUNT(own));
			continue;
		}
		if (word_in(w, no_secret, COUNT(no_secret)) || look.address || w.n > SECRET_MAX)
			break;
		bool said = told || sign;
		bool number = look.digits_only && w.n <= CODE_MAX && (word.code || said);
		bool mixed = look.mixed && (said || !word.needs_sign);
		bool plain = said && owned && look.letters_only && !new_line; /* "passphrase: selalu ditolak" is none */
		if (w.n >= SECRET_MIN && (number || mixed || plain))
			return plain ? to_line_end(t, w) : w;
		if (said || ends || !look.letters_only)
			break;
	}
	return span_sub(t, at, at);
}

const char *secret_redact(struct arena *a, const char *text, bool *found)
{
	struct span t = span_str(text);
	AUTO_BUF b = BUF_INIT(LIMIT_TEXT_BYTES * 3);
	size_t done = 0;
	for (size_t i = 0; i < t.n; i++) {
		struct hit word = secret_word(t, i);
		struct span secret =
			word.n > 0 ? secret_at(t, i + word.n, word, i == 0 || t.p[i - 1] == '\n') : span_sub(t, i, i);
		if (secret.n == 0)
			continue;
		size_t from = (size_t)(secret.p - t.p);
		buf_add(&b, t.p + done, from - done);
		buf_add_str(&b, "[dihapus: rahasia]");
		done = from + secret.n;
		i = done - 1;
		*found = true;
	}
	if (done == 0)
		return text;
	buf_add(&b, t.p + done, t.n - done);
	return buf_status(&b) == 0 ? arena_strdup(a, buf_cstr(&b)) : NULL;
}
