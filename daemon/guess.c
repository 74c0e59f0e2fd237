#include "guess.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_BYTES = 4096, SRV_FIXED_BYTES = 6 };

/* The record of lowest priority; "." says that the service is not offered. */
static bool srv(const char *name, struct guess *out)
{
	unsigned char answer[ANSWER_BYTES];
	ns_msg m;
	ns_rr rr;
	int n = res_query(name, ns_c_in, ns_t_srv, answer, sizeof(answer));
	unsigned best = UINT16_MAX + 1u;
	if (n <= 0 || (size_t)n > sizeof(answer) || ns_initparse(answer, n, &m) < 0)
		return false;
	for (int i = 0; i < ns_msg_count(m, ns_s_an); i++) {
		char host[NS_MAXDNAME];
		if (ns_parserr(&m, ns_s_an, i, &rr) < 0 || ns_rr_type(rr) != ns_t_srv || ns_rr_rdlen(rr) <= SRV_FIXED_BYTES)
			continue;
		const unsigned char *d = ns_rr_rdata(rr);
		unsigned priority = ns_get16(d);
		if (priority >= best ||
		    ns_name_uncompress(ns_msg_base(m), ns_msg_end(m), d + SRV_FIXED_BYTES, host, sizeof(host)) < 0 ||
		    strlen(host) >= sizeof(out->host) || !*host || strcmp(host, ".") == 0)
			continue;
		best = priority;
		out->port = ns_get16(d + 4);
		(void)snprintf(out->host, sizeof(out->host), "%s", host);
	}
	return out->host[0] != '\0';
}

static bool resolves(const char *host)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return false;
	freeaddrinfo(list);
	return true;
}

bool guess_server(enum guess_service service, const char *domain, struct guess *out)
{
	static const struct {
		const char *label;
		enum settings_security security;
	} records[2][2] = { [GUESS_IMAP] = { { "_imaps._tcp", SETTINGS_TLS }, { "_imap._tcp", SETTINGS_STARTTLS } },
			    [GUESS_SMTP] = { { "_submissions._tcp", SETTINGS_TLS }, { "_submission._tcp", SETTINGS_STARTTLS } } };
	static const char *const names[2][2] = { [GUESS_IMAP] = { "imap", "mail" }, [GUESS_SMTP] = { "smtp", "mail" } };
	char name[512];
	*out = (struct guess){ .security = SETTINGS_TLS };
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(name, sizeof(name), "%s.%s", records[service][i].label, domain);
		out->security = records[service][i].security;
		if (srv(name, out))
			return true;
	}
	out->security = SETTINGS_TLS;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(name, sizeof(name), "%s.%s", names[service][i], domain);
		if (strlen(name) < sizeof(out->host) && resolves(name)) {
			memcpy(out->host, name, strlen(name) + 1);
			return true;
		}
	}
	return false;
}
