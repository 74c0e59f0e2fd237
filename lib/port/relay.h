/* What the office asks of an SMTP relay.  Implemented by lib/relay over libcurl; tests
 * have a fake.  RFC 5321; states: design "Outbox". */
#ifndef SITANTE_PORT_RELAY_H
#define SITANTE_PORT_RELAY_H

#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum relay_channel { RELAY_MAIL, RELAY_SMS, N_RELAY_CHANNELS };

enum relay_outcome {
	RELAY_ACCEPTED,  /* the server took it: 2xx after the final dot */
	RELAY_LATER,     /* 4xx, or no connection: nothing was taken, try later */
	RELAY_REFUSED,   /* 5xx for this mail: final */
	RELAY_UNCERTAIN, /* the reply to the final dot was lost: maybe delivered */
	RELAY_DOWN,      /* server unreachable, TLS or log-in refused: about the server, not the mail */
};

struct relay_result {
	enum relay_outcome outcome;
	bool login_refused;                /* the user and password, or access token, were */
	int code;                          /* last SMTP reply code, 0: none */
	char text[LIMIT_SMTP_REPLY_BYTES]; /* last reply's or the error's words, one clean line */
};

struct relay_job {
	uint64_t id;               /* the caller's */
	const char *envelope_from; /* "" is the null sender */
	const char *recipient;     /* checked address; a short message's number (E.164) */
	const char *reference;     /* the mail's Message-ID, the same at each try; NULL: a capability, told to nobody */
	/* Gives the next bytes of the finished mail (CRLF only, no dot-stuffing): count, 0 at the
	 * end, -1 on failure (the mail is then not delivered: RELAY_LATER). */
	ssize_t (*read)(void *source, char *p, size_t n);
	int (*rewind)(void *source); /* start again from the first byte; 0 or -1 */
	void *source;
};

typedef void relay_done_fn(void *context, const struct relay_job *job, const struct relay_result *result);

struct relay_port {
	/* How many more jobs may be submitted now. */
	size_t (*room)(void *relay);
	/* Takes a job; job and its source must live until done is called for it.  0 or -errno. */
	int (*submit)(void *relay, struct relay_job *job);
	void *relay;
};

#endif
