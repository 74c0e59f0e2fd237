/* What servers a mail domain has, as its DNS tells: SRV records (RFC 6186, 8314), else the usual names. */
#ifndef SITANTE_DAEMON_GUESS_H
#define SITANTE_DAEMON_GUESS_H

#include "settings/settings.h"

struct guess {
	char host[256];
	uint32_t port; /* 0: the usual one */
	enum settings_security security;
};

enum guess_service { GUESS_IMAP, GUESS_SMTP };

/* Asks the resolver, which takes its time where it is away.  false: nothing is known, *out is empty. */
bool guess_server(enum guess_service service, const char *domain, struct guess *out);

#endif
