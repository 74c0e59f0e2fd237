/* Bytes to and from an IMAP server for libetpan: verified GnuTLS or loopback plain text, with a
 * deadline for each command, an idle limit, a byte budget, and a wake-up descriptor.
 * libetpan never opens a socket itself.  RFC 8314, 2595. */
#ifndef SITANTE_MAILBOX_TRANSPORT_H
#define SITANTE_MAILBOX_TRANSPORT_H

#include "base/error.h"

#include <libetpan/libetpan.h>
#include <stdbool.h>
#include <stdint.h>

struct transport;

struct transport_options {
	const char *host;
	uint32_t port;
	bool tls;            /* from the first byte */
	bool loopback_only;  /* plain text */
	const char *ca_file; /* NULL: the system's */
	int64_t connect_ms;
};
enum { TRANSPORT_TLS = 1 }; /* handshake or certificate refused: nothing was sent */

/* Resolves, connects, shakes hands.  0; TRANSPORT_TLS; -errno. */
int transport_open(const struct transport_options *o, struct transport **out, struct error *err) MUST_USE;
/* The driver for mailstream_new(); the transport belongs to it then. */
mailstream_low *transport_low(struct transport *t);
/* STARTTLS: shakes hands on the open connection.  0; TRANSPORT_TLS; -errno. */
int transport_start_tls(struct transport *t, struct error *err) MUST_USE;

/* For the coming command: all of it within total_ms, no pause longer than idle_ms, at most bytes. */
void transport_budget(struct transport *t, int64_t total_ms, int64_t idle_ms, uint64_t bytes);
int transport_fd(const struct transport *t);
size_t transport_pending(const struct transport *t);      /* decrypted bytes that poll() cannot see */
const char *transport_trouble(const struct transport *t); /* words of the last failure; "" */

#endif
