/* The two roads out, in the daemon's loop: the SMTP relay and the short-message gateway. */
#ifndef SITANTE_DAEMON_SENDERS_H
#define SITANTE_DAEMON_SENDERS_H

#include "loop.h"
#include "relay/gateway.h"
#include "relay/relay.h"
#include "settings/settings.h"
#include "tokens.h"

struct senders {
	struct loop *loop;
	struct relay *relay;
	struct gateway *gateway; /* NULL: none configured */
	int gateway_timer;
	struct tokens *tokens; /* borrowed */
	enum oauth_mechanism mechanism;
	struct relay_job *held[LIMIT_SMTP_CONNECTIONS]; /* until there is a token */
	size_t n_held;
	uint32_t token_number, rejected; /* the one in use; the one that the server refused; 0: none */
	relay_done_fn *done;
	void *context;
};

/* Takes its timer for ever.  0; -ENOSPC. */
int senders_init(struct senders *s, struct loop *loop, struct tokens *tokens, relay_done_fn *done, void *context) MUST_USE;
/* (Re)opens both for these settings, borrowed until the next open or close.  0; -errno: neither is open. */
int senders_open(struct senders *s, const struct settings *settings, struct error *err) MUST_USE;
void senders_close(struct senders *s);
/* An answer to tokens_want() for TOKEN_RELAY. */
void senders_token(struct senders *s, const struct token_given *given);
/* s must stay where it is. */
void senders_ports(struct senders *s, struct relay_port out[N_RELAY_CHANNELS]);

#endif
