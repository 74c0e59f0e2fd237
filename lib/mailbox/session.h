/* One IMAP session: log-in, folders, listing, fetching, moving, IDLE.  libetpan, used as its traps
 * demand: any result but success and a plain NO ends the session.  RFC 3501, 2177, 4315, 6851. */
#ifndef SITANTE_MAILBOX_SESSION_H
#define SITANTE_MAILBOX_SESSION_H

#include "oauth/oauth.h"
#include "port/mailbox.h"

struct mailbox_account {
	const char *host;
	uint32_t port;
	int security; /* 0 TLS, 1 STARTTLS, 2 plain text on loopback */
	const char *user, *password, *ca_file;
	enum oauth_mechanism mechanism;
	const char *token;                         /* instead of the password, where there is a mechanism */
	const char *folder, *archive, *quarantine; /* UTF-8, "/" between levels */
};

struct session; /* NULL: none */

struct session_listed {
	uint32_t uid, size;
	int64_t internaldate_ms;
};

/* 0 and *out; 1 with *trouble and err; -ENOMEM. */
int session_open(const struct mailbox_account *account, struct session **out, enum mailbox_trouble *trouble,
		 struct error *err) MUST_USE;
void session_close(struct session *s, bool polite); /* polite: LOGOUT, two seconds at most */

uint32_t session_uidvalidity(const struct session *s);
uint32_t session_uidnext(const struct session *s);
uint32_t session_exists(const struct session *s);
bool session_has_idle(const struct session *s);
bool session_has_move(const struct session *s);

/* All of these: 0; -EIO: the session is lost (err says why), close it. */
/* Calls fn for each mail of the folder with uid >= from; ranges keep memory flat. */
int session_list(struct session *s, uint32_t from, int (*fn)(void *context, const struct session_listed *m), void *context,
		 struct error *err) MUST_USE;
/* Writes each mail into its fd.  results in the order of uids.  -ENOSPC: the server gave it and it could not be written, for
 * whatever reason; close the session too. */
int session_fetch(struct session *s, const uint32_t *uids, const uint32_t *max_bytes, const int *fds, size_t n,
		  enum mailbox_fetch *results, struct error *err) MUST_USE;
/* done[i]: the mail is in the target.  words: why some were refused. */
int session_move(struct session *s, enum mailbox_place target, const uint32_t *uids, size_t n, bool *done, char words[200],
		 struct error *err) MUST_USE;
/* Opens another of the three folders; whatever follows works there, until the inbox is visited again.  *uidvalidity: 0: the
 * folder cannot be opened.  An inbox with another UIDVALIDITY than before is a lost session. */
int session_visit(struct session *s, enum mailbox_place place, uint32_t *uidvalidity, struct error *err) MUST_USE;

/* IDLE: begin, wait for readable fd (or pending), end.  *news: mail may have come. */
int session_idle_begin(struct session *s, struct error *err) MUST_USE;
/* Something came during IDLE.  true: the server only said that it is still there, and IDLE goes on. */
bool session_idle_goes_on(struct session *s);
int session_idle_end(struct session *s, bool *news, struct error *err) MUST_USE;
int session_noop(struct session *s, bool *news, struct error *err) MUST_USE;
int session_fd(const struct session *s);
bool session_pending(const struct session *s);

/* RFC 3501 5.1.3.  0; -EINVAL; -ENOBUFS. */
int mailbox_name_encode(const char *utf8, struct buf *out) MUST_USE;

#endif
