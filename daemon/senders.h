/* The two roads out, in the daemon's loop: the SMTP relay and the short-message gateway. */
#ifndef SITANTE_DAEMON_SENDERS_H
#define SITANTE_DAEMON_SENDERS_H

#include "loop.h"
#include "relay/gateway.h"
#include "relay/relay.h"
#include "settings/settings.h"

struct senders {
	struct loop *loop;
	struct relay *relay;
	struct gateway *gateway; /* NULL: none configured */
	int gateway_timer;
	relay_done_fn *done;
	void *context;
};

/* Takes its timer for ever.  0; -ENOSPC. */
int senders_init(struct senders *s, struct loop *loop, relay_done_fn *done, void *context) MUST_USE;
/* (Re)opens both for these settings, borrowed until the next open or close.  0; -errno: neither is open. */
int senders_open(struct senders *s, const struct settings *settings, struct error *err) MUST_USE;
void senders_close(struct senders *s);
/* s must stay where it is. */
void senders_ports(struct senders *s, struct relay_port out[N_RELAY_CHANNELS]);

#endif
