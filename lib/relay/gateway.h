/* port/relay.h for short messages: an HTTP gateway through libcurl, described in the configuration.
 *
 * A job's recipient is the number (E.164), its bytes the text, its reference what the gateway may use to tell a second
 * try from a second message.  RFC 9110.  Never follows a redirection: the gateway is the one that was configured.
 */
#ifndef SITANTE_RELAY_GATEWAY_H
#define SITANTE_RELAY_GATEWAY_H

#include "base/instant.h"
#include "relay/multi.h"

struct gateway_account { /* borrowed until gateway_free(); templates: sms/sms.h */
	const char *url;
	const char *body;         /* NULL: GET */
	const char *content_type; /* of the body: JSON where it holds "json", else a form */
	const char **headers;
	size_t n_headers;
	const char *user, *password; /* NULL: none */
	const char *ca_file;         /* NULL: the system's */
	const char **accepted;       /* texts of which one stands in the answer to a message taken; none: any 2xx is a yes */
	size_t n_accepted;
	const char **refused; /* texts that mean no, whatever the status says */
	size_t n_refused;
	struct duration timeout; /* of a whole exchange; over it the message may be out */
};

struct gateway;

int gateway_new(const struct gateway_account *account, const struct relay_hooks *hooks, struct gateway **out,
		struct error *err) MUST_USE;
void gateway_free(struct gateway *g);         /* NULL allowed; an open job is dropped without a result */
size_t gateway_room(const struct gateway *g); /* one message at a time keeps their order */
/* 0; -EBUSY no room; -EINVAL no mobile number; -EIO the text could not be read. */
int gateway_submit(struct gateway *g, struct relay_job *job) MUST_USE;
void gateway_socket_ready(struct gateway *g, int fd, int events);
void gateway_timer_fired(struct gateway *g); /* NULL allowed */

#endif
