#include "oauth/oauth.h"

#include "base/num.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char head[] = "sitante refresh token 1";

struct digest oauth_origin(const char *url, const char *client_id, const char *credential)
{
	struct digest_sum sum;
	const char *const parts[] = { url, client_id, credential };
	digest_sum_begin(&sum);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		digest_sum_add(&sum, span_str(parts[i]));
		digest_sum_add(&sum, span_of("\n", 1)); /* stands in none of them */
	}
	return digest_sum_done(&sum);
}

void oauth_kept_write(struct buf *out, const struct oauth_kept *k)
{
	char origin[DIGEST_HEX_SIZE];
	digest_hex(&k->origin, origin);
	buf_addf(out, "%s\n%s\n%" PRId64 "\n%" PRId64 "\n%s\n", head, origin, k->since_ms, k->ends_ms, k->token);
}

int oauth_kept_read(struct span text, struct oauth_kept *out)
{
	struct span line[5], rest = text, more;
	uint64_t since, ends;
	*out = (struct oauth_kept){ 0 };
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return 1;
	for (size_t i = 0; i < 5; i++)
		if (!span_next_line(&rest, &line[i]))
			return 1;
	if (span_next_line(&rest, &more) || !span_eq(line[0], span_str(head)) || digest_from_hex(line[1], &out->origin) != 0 ||
	    num_parse_u64(line[2], INT64_MAX, &since) != 0 || num_parse_u64(line[3], INT64_MAX, &ends) != 0 ||
	    line[4].n > LIMIT_TOKEN_BYTES || memchr(line[4].p, 0, line[4].n))
		return 1;
	memcpy(out->token, line[4].p, line[4].n);
	out->since_ms = (int64_t)since;
	out->ends_ms = (int64_t)ends;
	return oauth_token_valid(out->token) ? 0 : 1;
}
