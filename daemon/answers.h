/* What `sitantectl setup` was told, and the configuration that it makes of it. */
#ifndef SITANTE_DAEMON_ANSWERS_H
#define SITANTE_DAEMON_ANSWERS_H

#include "base/buf.h"

struct answers_server {
	const char *host, *port, *security, *ca_file; /* ca_file "": the system's */
	const char *user;                             /* "": no log-in */
};

struct answers_person {
	const char *name, *address;
};

enum { ANSWERS_STAFF_MAX = 50 };

struct answers { /* strings are borrowed */
	const char *agency, *timezone, *name, *address, *store;
	struct answers_server imap, smtp;
	struct answers_person staff[ANSWERS_STAFF_MAX], head;
	size_t n_staff;          /* 0: not asked yet; the mailbox itself stands in */
	const char *authserv_id; /* "": none */
};

/* A commented sitante.conf.  Where the answers are not whole yet it still loads, so that the servers can be tried. */
void answers_write(const struct answers *a, struct buf *out);

#endif
