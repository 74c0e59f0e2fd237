/* One log-in at each server, as the daemon would do it: for `sitantectl check` and `setup`. */
#ifndef SITANTE_DAEMON_TRIAL_H
#define SITANTE_DAEMON_TRIAL_H

#include "child.h"
#include "settings/settings.h"

#include "base/error.h"

struct trial_mailbox { /* what lies in the watched folder */
	uint32_t uidvalidity;
	uint64_t mails, bytes;
	uint64_t not_before;   /* mails that are not older than settings.since; without since: 0 */
	struct instant newest; /* INTERNALDATE; 0: there is no mail */
};

struct trial_token { /* an access token as the daemon would get it */
	char access[LIMIT_TOKEN_BYTES + 1];
	int64_t lasts_s;
	struct instant refresh_ends; /* of the refresh token in use; 0: not known */
	bool rotated;                /* it is not the credential's, but the one in the store's folder */
};
/* Up to a minute; a refresh token that the provider replaces is kept.  0; 1: err says what is wrong. */
int trial_token(const struct settings *s, struct trial_token *out, struct error *err) MUST_USE;
/* Answers MAILBOX_TOKEN_WANTED, as often as it asks: the second refusal of the same one tells why.  token: NULL: there is none.
 */
void trial_give_token(const struct child *child, const char *token);
/* Through the real mailbox process, which reads config_path itself; up to 40 s an answer.  token: NULL where none is wanted.  0;
 * 1: err says what is wrong. */
int trial_imap(const char *config_path, const struct settings *s, const char *token, struct trial_mailbox *out,
	       struct error *err) MUST_USE;
/* Up to 30 s.  0; 1: err says what is wrong. */
int trial_smtp(const struct settings *s, const char *token, struct error *err) MUST_USE;

#endif
