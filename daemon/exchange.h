/* A refresh token for an access token: what is sent to the endpoint, and what is kept of its answer.
 *
 * A provider may replace the refresh token at each exchange and forget the one before: the new one is in the store's folder
 * (file refresh-token, mode 0600, synced) before the access token is used.  It counts from then on, as long as the credential is
 * the one that it comes from, which its digest tells: systemd gives credentials new times at each start, so times tell nothing,
 * and an operator who puts another token there means it.  The folder is locked during an exchange: daemon and sitantectl take
 * turns. Secrets are in memory no longer than that; the mailbox process never has them.
 */
#ifndef SITANTE_DAEMON_EXCHANGE_H
#define SITANTE_DAEMON_EXCHANGE_H

#include "oauth/oauth.h"
#include "relay/fetch.h"
#include "settings/settings.h"

struct exchange {
	const struct settings *settings;
	int folder; /* the store's, locked; -1: no exchange is under way */
	struct oauth_kept kept;
	char *credential, *secret;
	struct buf form;
	bool unkept;                 /* kept holds a token that could not be written: used, and tried again */
	bool rotated;                /* the one in use is not the credential's */
	struct instant refresh_ends; /* of the one in use; 0: not known */
};
#define EXCHANGE_INIT(s) ((struct exchange){ .settings = (s), .folder = -1, .form = BUF_INIT(8 * LIMIT_TOKEN_BYTES) })

enum { EXCHANGE_BUSY = 1, EXCHANGE_FAULT = 2 };
/* Reads the secrets.  0 and *out, borrowed until exchange_end(); EXCHANGE_BUSY: another process is at it; EXCHANGE_FAULT with
 * err. */
int exchange_begin(struct exchange *x, struct fetch_request *out, struct error *err) MUST_USE;
/* Reads the answer, keeps what is to be kept, forgets the secrets.  0; 1: the new refresh token could not be written, err says
 * why; out is good all the same. */
int exchange_end(struct exchange *x, const struct fetch_answer *answer, struct instant now, struct oauth_grant *out,
		 struct error *err) MUST_USE;
/* Tries to write what is unkept.  0: nothing is any more; 1 with err. */
int exchange_keep(struct exchange *x, struct error *err) MUST_USE;
void exchange_close(struct exchange *x); /* wipes; one under way is given up */

/* What ends within two weeks, or has ended: "the client secret ends on 2027-01-05: ...".  NULL: nothing does.  out is written to.
 */
const char *exchange_ending(const struct settings *s, struct instant refresh_ends, struct instant now, char out[200]);

#endif
