#include "request/secret.h"

#include "request/words.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

static const char *const secret_words[] = { "passphrase", "pasphrase",   "passprase", "password", "pasword",
					    "kata sandi", "frasa sandi", "otp",       "pin" };
static const char *const between[] = { "saya",  "sy",   "nya",    "tte",    "lama", "baru",  "adalah", "yaitu",
				       "ialah", "is",   "my",     "akun",   "bsre", "untuk", "email",  "yg",
				       "yang",  "kode", "beliau", "dengan", "kami", "anda" };

static size_t secret_word(struct span t, size_t i)
{
	for (size_t k = 0; k < COUNT(secret_words); k++) {
		size_t n = strlen(secret_words[k]);
		if (span_starts_nocase(span_sub(t, i, t.n), secret_words[k]) && (i == 0 || !ascii_is_alnum(t.p[i - 1])) &&
		    (i + n == t.n || !ascii_is_alpha(t.p[i + n])))
			return n;
	}
	return 0;
}

/* Where the secret stands that the word before at speaks of; empty: none is told. */
static struct span secret_at(struct span t, size_t at)
{
	struct span w = span_sub(t, at, at);
	bool told = false; /* a colon or an equals sign says that it comes */
	for (size_t words = 0; words < 5; words++) {
		while (at < t.n && (ascii_is_blank(t.p[at]) || (t.p[at] && strchr(":=*\"'(", t.p[at])))) {
			told = told || t.p[at] == ':' || t.p[at] == '=';
			at++;
		}
		size_t from = at;
		while (at < t.n && !ascii_is_space(t.p[at]) && !(t.p[at] && strchr("\"')", t.p[at])))
			at++;
		w = span_sub(t, from, at);
		if (w.n == 0 || !word_in(w, between, COUNT(between)))
			break;
	}
	bool digit = digit_count(w) > 0, mixed = false;
	for (size_t i = 0; i < w.n; i++)
		mixed = mixed || !ascii_is_lower(w.p[i]);
	return w.n >= 4 && (told ? mixed : digit) ? w : span_sub(t, at, at); /* "passphrase: lupa" is no secret */
}

const char *secret_redact(struct arena *a, const char *text, bool *found)
{
	struct span t = span_str(text);
	AUTO_BUF b = BUF_INIT(LIMIT_TEXT_BYTES * 3);
	size_t done = 0;
	for (size_t i = 0; i < t.n; i++) {
		size_t n = secret_word(t, i);
		struct span secret = n > 0 ? secret_at(t, i + n) : span_sub(t, i, i);
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
