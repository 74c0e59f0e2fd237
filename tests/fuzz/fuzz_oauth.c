/* What token endpoints and mail servers answer, any bytes: a token that is taken can be sent, words are one clean line that fits,
 * and what was masked holds no piece of a secret; what was kept is read back as it was. */
#include "fuzz.h"

#include "base/text.h"
#include "oauth/oauth.h"

#include <stdlib.h>
#include <string.h>

static const char secret[] = "rahasia-token-0123456789";

static void answer(long status, struct span body)
{
	static struct oauth_grant g;
	oauth_answer_read(status, body, &g);
	if (!memchr(g.words, '\0', sizeof(g.words)) || !utf8_valid(span_str(g.words)) || strpbrk(g.words, "\r\n\t\033\177"))
		abort();
	if (g.outcome != OAUTH_GRANTED)
		return;
	if (!oauth_token_valid(g.access) || (g.refresh[0] && !oauth_token_valid(g.refresh)) || g.lasts_s <= 0 ||
	    g.refresh_lasts_s < 0 || oauth_renew_after_ms(g.lasts_s) <= 0)
		abort();
}

static void kept(struct span text)
{
	static struct oauth_kept k;
	AUTO_BUF b = BUF_INIT(4 * LIMIT_TOKEN_BYTES);
	if (oauth_kept_read(text, &k) != 0)
		return;
	static struct oauth_kept again;
	oauth_kept_write(&b, &k);
	if (oauth_kept_read(buf_span(&b), &again) != 0 || strcmp(k.token, again.token) != 0 || k.ends_ms != again.ends_ms ||
	    !digest_eq(&k.origin, &again.origin))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const secrets[] = { secret };
	AUTO_BUF words = BUF_INIT(64 * 1024), masked = BUF_INIT(16 * size + 100);
	struct span s = span_of(data, size);
	answer(200, s);
	answer(400, s);
	kept(s);
	oauth_sasl_words(&words, s, secrets, 1);
	if (buf_status(&words) < 0 || words.n > 1300 || !utf8_valid(buf_span(&words)))
		abort();
	oauth_mask(&masked, s, secrets, 1);
	for (size_t i = 0; i + 8 < sizeof(secret) && buf_status(&masked) == 0; i++)
		if (masked.n >= 8 && memmem(masked.p, masked.n, secret + i, 8))
			abort();
	return 0;
}
