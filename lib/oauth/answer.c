#include "oauth/oauth.h"

#include "base/num.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { LASTS_UNTOLD_S = 600, LASTS_MAX_S = 10 * 366 * 86400 };

/* application/x-www-form-urlencoded, as RFC 6749 appendix B wants it. */
static void put_value(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, "%s%s=", out->n ? "&" : "", name);
	for (const unsigned char *p = (const unsigned char *)value; *p; p++)
		if (ascii_is_alnum(*p) || strchr("-._~", *p))
			buf_add_char(out, (char)*p);
		else
			buf_addf(out, "%%%02X", *p);
}

void oauth_form(struct buf *out, const struct oauth_client *c, const char *refresh_token)
{
	put_value(out, "grant_type", "refresh_token");
	put_value(out, "client_id", c->id);
	put_value(out, "client_secret", c->secret);
	put_value(out, "scope", c->scope);
	put_value(out, "refresh_token", refresh_token);
}

static void say(struct oauth_grant *out, enum oauth_outcome outcome, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void say(struct oauth_grant *out, enum oauth_outcome outcome, const char *fmt, ...)
{
	char text[2 * sizeof(out->words)];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(4 * sizeof(text));
	text_escape(&clean, span_str(text), sizeof(out->words) - 4); /* room for its mark of a cut */
	out->outcome = outcome;
	(void)snprintf(out->words, sizeof(out->words), "%s", buf_cstr(&clean));
}

/* Seconds: a number, or one in quotes as older endpoints write it. */
static int64_t seconds(const json_t *root, const char *key, int64_t untold)
{
	const json_t *v = json_object_get(root, key);
	uint64_t n;
	if (json_is_integer(v) && json_integer_value(v) > 0)
		return json_integer_value(v) < LASTS_MAX_S ? json_integer_value(v) : LASTS_MAX_S;
	if (json_is_string(v) && num_parse_u64(span_str(json_string_value(v)), LASTS_MAX_S, &n) == 0 && n > 0)
		return (int64_t)n;
	return untold;
}

static const char *text(const json_t *root, const char *key)
{
	return json_string_value(json_object_get(root, key)); /* NULL: not there, or no string */
}

static void refused(const json_t *root, long status, struct oauth_grant *out)
{
	static const char *const passing[] = { "temporarily_unavailable", "server_error", "slow_down" };
	const char *error = text(root, "error"), *more = text(root, "error_description");
	enum oauth_outcome outcome = status == 429 || status >= 500 ? OAUTH_LATER : OAUTH_REFUSED;
	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
		if (str_eq(error, passing[i]))
			outcome = OAUTH_LATER;
	say(out, outcome, "%s%s%s", error, more ? ": " : "", more ? more : "");
}

static void granted(const json_t *root, struct oauth_grant *out)
{
	const char *access = text(root, "access_token"), *refresh = text(root, "refresh_token"), *type = text(root, "token_type");
	if (!oauth_token_valid(access) || (refresh && !oauth_token_valid(refresh))) {
		say(out, OAUTH_LATER, "the answer holds no usable token");
		return;
	}
	if (type && !str_eq_nocase(type, "Bearer")) {
		say(out, OAUTH_REFUSED, "the token is of another type than Bearer");
		return;
	}
	out->outcome = OAUTH_GRANTED;
	(void)snprintf(out->access, sizeof(out->access), "%s", access);
	(void)snprintf(out->refresh, sizeof(out->refresh), "%s", refresh ? refresh : "");
	out->lasts_s = seconds(root, "expires_in", LASTS_UNTOLD_S);
	out->refresh_lasts_s = seconds(root, "refresh_token_expires_in", 0);
}

void oauth_answer_read(long status, struct span body, struct oauth_grant *out)
{
	json_error_t fault;
	json_t *root = json_loadb((const char *)body.p, body.n, JSON_REJECT_DUPLICATES, &fault);
	*out = (struct oauth_grant){ 0 };
	if (text(root, "error"))
		refused(root, status, out);
	else if (status == 200 && json_is_object(root))
		granted(root, out);
	else if (status == 200)
		say(out, OAUTH_LATER, "the answer is no JSON object");
	else
		say(out, OAUTH_LATER, "HTTP status %ld", status);
	json_decref(root);
}
