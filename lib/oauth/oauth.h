/* Log-in by access tokens instead of a password: what is said to mail servers, what a token endpoint answers, and when it is
 * asked. Pure.  RFC 6749 (4.1.3, 5, 6), 6750, 7628; XOAUTH2: the older form of 7628 that Google and Microsoft have.
 */
#ifndef SITANTE_OAUTH_OAUTH_H
#define SITANTE_OAUTH_OAUTH_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/word.h"

enum oauth_mechanism { OAUTH_NONE, OAUTH_XOAUTH2, OAUTH_OAUTHBEARER };
WORD_DECLARE(oauth_mechanism, oauth_mechanism);           /* "password", "xoauth2", "oauthbearer" */
const char *oauth_mechanism_sasl(enum oauth_mechanism m); /* "XOAUTH2"; NULL for OAUTH_NONE */

/* --- to a mail server ----------------------------------------------------------------------- */

struct oauth_login {
	enum oauth_mechanism mechanism;
	const char *user, *host;
	uint32_t port;
	const char *token;
};
/* May this stand in a log-in or form: visible ASCII, not empty, at most LIMIT_TOKEN_BYTES. */
bool oauth_token_valid(const char *token);
/* The client's first response, in base64. */
void oauth_sasl_first(struct buf *out, const struct oauth_login *l);
/* What a client says to the server's words of refusal, in base64: then the refusal itself comes. */
const char *oauth_sasl_last(enum oauth_mechanism m);
/* Those words (base64, as they came) as one clean short line. */
void oauth_sasl_words(struct buf *out, struct span challenge, const char *const *secrets, size_t n_secrets);
/* Text of a server with "***" for whatever in it is a piece (of eight bytes or more) of a secret. */
void oauth_mask(struct buf *out, struct span text, const char *const *secrets, size_t n_secrets);

/* --- to a token endpoint --------------------------------------------------------------------- */

struct oauth_client {
	const char *id;
	const char *secret; /* NULL: none */
	const char *scope;  /* NULL: as it was granted */
};
void oauth_form(struct buf *out, const struct oauth_client *c, const char *refresh_token);

enum oauth_outcome {
	OAUTH_GRANTED,
	OAUTH_LATER,   /* the endpoint's trouble: may pass */
	OAUTH_REFUSED, /* until somebody does something about it */
};
struct oauth_grant {
	enum oauth_outcome outcome;
	char words[LIMIT_SMTP_REPLY_BYTES]; /* why not, one clean line; unmasked */
	char access[LIMIT_TOKEN_BYTES + 1];
	char refresh[LIMIT_TOKEN_BYTES + 1]; /* "": the one before stays */
	int64_t lasts_s;                     /* of access */
	int64_t refresh_lasts_s;             /* 0: not told */
};
/* status: of HTTP. */
void oauth_answer_read(long status, struct span body, struct oauth_grant *out);

/* --- when --------------------------------------------------------------------------------------- */

/* After how long an access token is to be replaced, before it ends. */
int64_t oauth_renew_after_ms(int64_t lasts_s);
/* After how long the endpoint is asked again; failures: in a row, with this one.  wanted_s: what it asked for itself, 0: nothing.
 */
int64_t oauth_retry_after_ms(uint32_t failures, enum oauth_outcome outcome, int64_t wanted_s);

/* --- a refresh token that took the place of the one in the credentials --------------------------- */

struct oauth_kept {
	struct digest origin;      /* of the credential that it comes from */
	int64_t since_ms, ends_ms; /* ends 0: not known */
	char token[LIMIT_TOKEN_BYTES + 1];
};
/* What binds the two: another credential, client or endpoint, and the kept one counts no more. */
struct digest oauth_origin(const char *url, const char *client_id, const char *credential);
void oauth_kept_write(struct buf *out, const struct oauth_kept *k);
int oauth_kept_read(struct span text, struct oauth_kept *out) MUST_USE; /* 0; 1: broken */

#endif
