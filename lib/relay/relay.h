/* port/relay.h over libcurl's multi interface: SMTP with TLS checked, connections kept, replies
 * kept.  RFC 5321, 3207, 4954.  Driven from outside through hooks; never blocks. */
#ifndef SITANTE_RELAY_RELAY_H
#define SITANTE_RELAY_RELAY_H

#include "relay/multi.h"

enum relay_security { RELAY_TLS, RELAY_STARTTLS, RELAY_PLAINTEXT };

struct relay_account { /* borrowed until relay_free() */
	const char *host;
	uint32_t port;
	int security;                /* enum relay_security */
	const char *user, *password; /* NULL: no log-in */
	const char *ca_file;         /* NULL: the system's */
	uint32_t connections;        /* 1 .. LIMIT_SMTP_CONNECTIONS */
};

struct relay;

int relay_new(const struct relay_account *account, const struct relay_hooks *hooks, struct relay **out,
	      struct error *err) MUST_USE;
void relay_free(struct relay *r); /* NULL allowed; jobs still open are dropped without a result */
size_t relay_room(const struct relay *r);
/* 0; -EBUSY no room; -EINVAL an address that is none. */
int relay_submit(struct relay *r, struct relay_job *job) MUST_USE;
void relay_socket_ready(struct relay *r, int fd, int events);
void relay_timer_fired(struct relay *r);

/* Logs in and out once, waiting up to 30 s: for sitantectl check.  0; 1 with err: what is wrong. */
int relay_check(const struct relay_account *account, struct error *err) MUST_USE;

#endif
