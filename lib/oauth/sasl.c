#include "oauth/oauth.h"

#include "base/text.h"
#include "base/transfer.h"

#include <string.h>

enum { PIECE_MIN = 8, WORDS_MAX = 300, SASL_BYTES = 2 * LIMIT_TOKEN_BYTES };

WORD_TABLE(oauth_mechanism,
	   oauth_mechanism, [OAUTH_NONE] = "password", [OAUTH_XOAUTH2] = "xoauth2", [OAUTH_OAUTHBEARER] = "oauthbearer")

const char *oauth_mechanism_sasl(enum oauth_mechanism m)
{
	return m == OAUTH_XOAUTH2 ? "XOAUTH2" : m == OAUTH_OAUTHBEARER ? "OAUTHBEARER" : NULL;
}

bool oauth_token_valid(const char *token)
{
	struct span t = span_str(token);
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~')
			return false;
	return t.n > 0 && t.n <= LIMIT_TOKEN_BYTES;
}

/* RFC 5801 4: "=" and "," part the fields. */
static void put_name(struct buf *out, const char *name)
{
	for (; *name; name++)
		if (*name == ',' || *name == '=')
			buf_add_str(out, *name == ',' ? "=2C" : "=3D");
		else
			buf_add_char(out, *name);
}

void oauth_sasl_first(struct buf *out, const struct oauth_login *l)
{
	AUTO_BUF plain = BUF_INIT(SASL_BYTES);
	if (l->mechanism == OAUTH_OAUTHBEARER) {
		buf_add_str(&plain, "n,a=");
		put_name(&plain, l->user);
		buf_addf(&plain, ",\1host=%s\1port=%u\1auth=Bearer ", l->host, l->port);
	} else {
		buf_addf(&plain, "user=%s\1auth=Bearer ", l->user);
	}
	buf_add_str(&plain, l->token);
	buf_add_str(&plain, "\1\1");
	if (buf_status(&plain) == 0)
		base64_add(out, buf_span(&plain), false);
	if (plain.p)
		explicit_bzero(plain.p, plain.n);
}

const char *oauth_sasl_last(enum oauth_mechanism m)
{
	return m == OAUTH_OAUTHBEARER ? "AQ==" : ""; /* RFC 7628 3.2.3: one \1 */
}

/* How much of text's beginning stands somewhere in secret. */
static size_t common(struct span text, const char *secret)
{
	size_t best = 0;
	for (; secret && *secret; secret++) {
		size_t k = 0;
		while (k < text.n && secret[k] && text.p[k] == (unsigned char)secret[k])
			k++;
		best = k > best ? k : best;
	}
	return best;
}

void oauth_mask(struct buf *out, struct span text, const char *const *secrets, size_t n_secrets)
{
	for (size_t i = 0; i < text.n;) {
		size_t hidden = 0;
		for (size_t k = 0; k < n_secrets; k++) {
			size_t whole = span_str(secrets[k]).n, n = common(span_of(text.p + i, text.n - i), secrets[k]);
			if (n > hidden && n >= (whole < PIECE_MIN ? whole : PIECE_MIN))
				hidden = n;
		}
		if (hidden > 0)
			buf_add_str(out, "***");
		else
			buf_add_char(out, (char)text.p[i]);
		i += hidden ? hidden : 1;
	}
}

void oauth_sasl_words(struct buf *out, struct span challenge, const char *const *secrets, size_t n_secrets)
{
	AUTO_BUF plain = BUF_INIT(SASL_BYTES), clean = BUF_INIT(2 * SASL_BYTES), masked = BUF_INIT(2 * SASL_BYTES);
	base64_decode(&plain, span_of(challenge.p, challenge.n < 2 * WORDS_MAX ? challenge.n : 2 * WORDS_MAX));
	text_clean_line(&clean, buf_span(&plain));
	oauth_mask(&masked, buf_span(&clean), secrets, n_secrets);
	text_escape(out, buf_span(&masked), WORDS_MAX);
}
