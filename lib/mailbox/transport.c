#include "mailbox/transport.h"

#include "base/instant.h"
#include "mailbox/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEEPALIVE_IDLE_S = 60, KEEPALIVE_STEP_S = 15, KEEPALIVE_TRIES = 4, USER_TIMEOUT_MS = 120000 };

struct transport {
	int fd;
	gnutls_session_t tls;
	gnutls_certificate_credentials_t credentials;
	char host[256];
	gnutls_typed_vdata_st expected[2]; /* of the server's certificate: a name, and that it is a server's */
	const char *ca_file;
	int64_t deadline_ms, idle_ms;
	uint64_t bytes_left;
	struct guard guard;
	bool failed; /* for good: libetpan asks once more where it was told no */
	char trouble[200];
};

static int trouble(struct transport *t, const char *words)
{
	if (!t->failed)
		(void)snprintf(t->trouble, sizeof(t->trouble), "%s", words);
	t->failed = true;
	return -1;
}

const char *transport_trouble(const struct transport *t)
{
	return t->trouble;
}

int transport_fd(const struct transport *t)
{
	return t->fd;
}

size_t transport_pending(const struct transport *t)
{
	return t->tls ? gnutls_record_check_pending(t->tls) : 0;
}

void transport_budget(struct transport *t, int64_t total_ms, int64_t idle_ms, uint64_t bytes)
{
	t->deadline_ms = clock_monotonic_ms() + total_ms;
	t->idle_ms = idle_ms;
	t->bytes_left = bytes;
}

/* Waits for the descriptor within deadline and idle limit.  0, or -1 with the trouble named.
 * A signal neither ends the wait nor starts the clock anew. */
static int wait_for(struct transport *t, short events)
{
	int64_t end = clock_monotonic_ms() + t->idle_ms;
	if (t->deadline_ms < end)
		end = t->deadline_ms;
	for (;;) {
		int64_t left = end - clock_monotonic_ms();
		struct pollfd p = { .fd = t->fd, .events = events };
		if (left <= 0)
			return trouble(t, "the server did not answer in time");
		int r = poll(&p, 1, left > 1000000 ? 1000000 : (int)left);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return trouble(t, strerror(errno));
	}
}

static ssize_t low_read(mailstream_low *l, void *p, size_t n)
{
	struct transport *t = l->data;
	if (t->failed)
		return -1;
	if (t->bytes_left == 0)
		return trouble(t, "the server sends more than this command may bring");
	if (n > t->bytes_left)
		n = (size_t)t->bytes_left;
	for (;;) {
		ssize_t r = t->tls ? gnutls_record_recv(t->tls, p, n) : recv(t->fd, p, n, 0);
		if (r > 0) {
			t->bytes_left -= (uint64_t)r;
			return guard_take(&t->guard, span_of(p, (size_t)r)) ? r : trouble(t, "the server's answer is broken");
		}
		if (r == 0)
			return trouble(t, "the server closed the connection"); /* never 0: libetpan would spin */
		bool again = t->tls ? r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED : errno == EAGAIN || errno == EINTR;
		if (!again && t->tls && !gnutls_error_is_fatal((int)r))
			again = true; /* session tickets, renegotiation wishes */
		if (!again)
			return trouble(t, t->tls ? gnutls_strerror((int)r) : strerror(errno));
		if (wait_for(t, t->tls && gnutls_record_get_direction(t->tls) ? POLLOUT : POLLIN) < 0)
			return -1;
	}
}

static ssize_t low_write(mailstream_low *l, const void *p, size_t n)
{
	struct transport *t = l->data;
	if (t->failed)
		return -1;
	for (;;) {
		ssize_t r = t->tls ? gnutls_record_send(t->tls, p, n) : send(t->fd, p, n, MSG_NOSIGNAL);
		if (r >= 0)
			return r;
		bool again = t->tls ? r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED : errno == EAGAIN || errno == EINTR;
		if (!again)
			return trouble(t, t->tls ? gnutls_strerror((int)r) : strerror(errno));
		if (wait_for(t, POLLOUT) < 0)
			return -1;
	}
}

static int low_close(mailstream_low *l)
{
	struct transport *t = l->data;
	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
	return 0;
}

static int low_fd(mailstream_low *l)
{
	return ((struct transport *)l->data)->fd;
}

static void transport_free(struct transport *t)
{
	if (t->tls)
		gnutls_deinit(t->tls);
	if (t->credentials)
		gnutls_certificate_free_credentials(t->credentials);
	if (t->fd >= 0)
		(void)close(t->fd);
	free(t);
}

static void low_free(mailstream_low *l)
{
	transport_free(l->data);
	free(l);
}

static void low_cancel(mailstream_low *l)
{
	(void)l;
}

static mailstream_low_driver driver = { .mailstream_read = low_read,
					.mailstream_write = low_write,
					.mailstream_close = low_close,
					.mailstream_get_fd = low_fd,
					.mailstream_free = low_free,
					.mailstream_cancel = low_cancel };

mailstream_low *transport_low(struct transport *t)
{
	return mailstream_low_new(t, &driver);
}

/* --- TLS ------------------------------------------------------------------------------------ */

static bool is_address(const char *host)
{
	unsigned char b[16];
	return inet_pton(AF_INET, host, b) == 1 || inet_pton(AF_INET6, host, b) == 1;
}

static int tls_prepare(struct transport *t, struct error *err)
{
	int r = gnutls_certificate_allocate_credentials(&t->credentials);
	if (r < 0)
		return error_set(err, -ENOMEM, "TLS: %s", gnutls_strerror(r));
	r = t->ca_file ? gnutls_certificate_set_x509_trust_file(t->credentials, t->ca_file, GNUTLS_X509_FMT_PEM)
		       : gnutls_certificate_set_x509_system_trust(t->credentials);
	if (r < 0 || (t->ca_file && r == 0))
		return error_set(err, TRANSPORT_TLS, "no trusted certificate could be read from %s",
				 t->ca_file ? t->ca_file : "the system's store");
	if (gnutls_init(&t->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0 ||
	    gnutls_priority_set_direct(t->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL) < 0 ||
	    gnutls_credentials_set(t->tls, GNUTLS_CRD_CERTIFICATE, t->credentials) < 0)
		return error_set(err, -ENOMEM, "TLS cannot be set up");
	if (!is_address(t->host) && gnutls_server_name_set(t->tls, GNUTLS_NAME_DNS, t->host, strlen(t->host)) < 0)
		return error_set(err, -ENOMEM, "TLS cannot be set up");
	t->expected[0] = (gnutls_typed_vdata_st){ .type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)t->host };
	t->expected[1] = (gnutls_typed_vdata_st){ .type = GNUTLS_DT_KEY_PURPOSE_OID,
						  .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER };
	gnutls_session_set_verify_cert2(t->tls, t->expected, 2, 0);
	gnutls_transport_set_int(t->tls, t->fd);
	return 0;
}

int transport_start_tls(struct transport *t, struct error *err)
{
	int r = tls_prepare(t, err);
	if (r != 0)
		return r;
	while ((r = gnutls_handshake(t->tls)) < 0) {
		if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED) {
			if (wait_for(t, gnutls_record_get_direction(t->tls) ? POLLOUT : POLLIN) < 0)
				return error_set(err, TRANSPORT_TLS, "TLS handshake: %s", t->trouble);
			continue;
		}
		if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR) {
			gnutls_datum_t why = { 0 };
			(void)gnutls_certificate_verification_status_print(gnutls_session_get_verify_cert_status(t->tls),
									   GNUTLS_CRT_X509, &why, 0);
			error_set(err, TRANSPORT_TLS, "the server's certificate is refused: %.150s",
				  why.data ? (const char *)why.data : "not trusted");
			gnutls_free(why.data);
			return TRANSPORT_TLS;
		}
		if (gnutls_error_is_fatal(r))
			return error_set(err, TRANSPORT_TLS, "TLS handshake: %s", gnutls_strerror(r));
	}
	return 0;
}

/* --- connecting ------------------------------------------------------------------------------- */

static void socket_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = { { SOL_SOCKET, SO_KEEPALIVE, 1 },
			{ IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S },
			{ IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_STEP_S },
			{ IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_TRIES },
			{ IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS },
			{ IPPROTO_TCP, TCP_NODELAY, 1 } };
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int)); /* a courtesy */
}

static bool loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static int connect_one(struct transport *t, const struct addrinfo *a)
{
	t->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	if (t->fd < 0)
		return -errno;
	socket_options(t->fd);
	int e = connect(t->fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
	if (e == EINPROGRESS) {
		socklen_t n = sizeof(e);
		if (wait_for(t, POLLOUT) < 0)
			e = ETIMEDOUT;
		else if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &e, &n) < 0)
			e = errno;
	}
	if (e == 0)
		return 0;
	(void)close(t->fd);
	t->fd = -1;
	return -e;
}

static int connect_any(struct transport *t, const struct transport_options *o, struct error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
	char port[12];
	(void)snprintf(port, sizeof(port), "%u", o->port);
	int g = getaddrinfo(o->host, port, &hints, &list);
	if (g == EAI_ADDRFAMILY || g == EAI_NONAME) { /* loopback only machines have no "configured" family */
		hints.ai_flags = 0;
		g = getaddrinfo(o->host, port, &hints, &list);
	}
	if (g != 0)
		return error_set(err, -EHOSTUNREACH, "%s: %s", o->host, gai_strerror(g));
	int r = -EHOSTUNREACH;
	for (struct addrinfo *a = list; a && r != 0; a = a->ai_next) {
		if (o->loopback_only && !loopback(a->ai_addr)) {
			r = -EPERM;
			continue;
		}
		r = connect_one(t, a);
	}
	freeaddrinfo(list);
	if (r == -EPERM)
		return error_set(err, r, "%s: plain text is for loopback addresses only", o->host);
	return r < 0 ? error_set(err, r, "%s port %u: %s", o->host, o->port, strerror(-r)) : 0;
}

int transport_open(const struct transport_options *o, struct transport **out, struct error *err)
{
	struct transport *t = calloc(1, sizeof(*t));
	if (!t)
		return error_set(err, -ENOMEM, "no memory");
	t->fd = -1;
	t->ca_file = o->ca_file;
	(void)snprintf(t->host, sizeof(t->host), "%s", o->host);
	transport_budget(t, o->connect_ms, o->connect_ms, 256 * 1024);
	int r = connect_any(t, o, err);
	if (r == 0 && o->tls)
		r = transport_start_tls(t, err);
	if (r != 0) {
		transport_free(t);
		return r;
	}
	*out = t;
	return 0;
}
