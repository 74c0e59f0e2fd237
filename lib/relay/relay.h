/* port/relay.h over libcurl: SMTP with TLS checked, connections kept, replies kept.  RFC 5321, 3207,
 * 4954.  A thread for each connection, because libcurl waits for the answer to the final dot without giving
 * control back.  They touch no store.  No call here waits for a server, but relay_free() and relay_check(). */
#ifndef SITANTE_RELAY_RELAY_H
#define SITANTE_RELAY_RELAY_H

#include "oauth/oauth.h"
#include "port/relay.h"

enum relay_security { RELAY_TLS, RELAY_STARTTLS, RELAY_PLAINTEXT };

struct relay_account { /* borrowed until relay_free() */
	const char *host;
	uint32_t port;
	int security;                   /* enum relay_security */
	const char *user, *password;    /* NULL: no log-in */
	enum oauth_mechanism mechanism; /* with one: an access token instead of the password */
	const char *ca_file;            /* NULL: the system's */
	uint32_t connections;           /* 1 .. LIMIT_SMTP_CONNECTIONS */
};

struct relay;

/* done: called from relay_ready() only.  0 or -errno. */
int relay_new(const struct relay_account *account, relay_done_fn *done, void *context, struct relay **out,
	      struct error *err) MUST_USE;
void relay_free(struct relay *r); /* NULL allowed; jobs still open are dropped without a result; a second or two */
/* The access token for what is submitted from now on; copied.  0; -ENOMEM. */
int relay_token(struct relay *r, const char *token) MUST_USE;
size_t relay_room(const struct relay *r);
/* job->read and job->rewind are called in a thread of the relay.  0; -EBUSY no room; -EINVAL an address
 * that is none; -ENOMEM, -EAGAIN: no connection can be made ready now. */
int relay_submit(struct relay *r, struct relay_job *job) MUST_USE;
int relay_fd(const struct relay *r); /* readable: call relay_ready() */
void relay_ready(struct relay *r);

/* Logs in and out once, waiting up to 30 s: for sitantectl check.  token: NULL without a mechanism.  0; 1 with err: what is
 * wrong. */
int relay_check(const struct relay_account *account, const char *token, struct error *err) MUST_USE;

#endif
