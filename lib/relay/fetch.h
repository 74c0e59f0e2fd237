/* One request to a token endpoint over HTTPS through libcurl.  RFC 6749 3.2, 9110.
 *
 * Chain, host and dates of its certificate are checked; no redirection is followed: the secrets go where the configuration says.
 */
#ifndef SITANTE_RELAY_FETCH_H
#define SITANTE_RELAY_FETCH_H

#include "base/span.h"
#include "relay/multi.h"

struct fetch_request { /* borrowed until the end */
	const char *url;
	const char *ca_file; /* NULL: the system's */
	struct span form;    /* the body of the POST */
};

struct fetch_answer {      /* borrowed in the call */
	long status;       /* of HTTP; 0: no answer, words say why */
	struct span body;  /* at most LIMIT_TOKEN_ANSWER_BYTES */
	int64_t retry_s;   /* Retry-After; 0: not told */
	const char *words; /* "" where there is an answer */
};

struct fetch;
typedef void fetch_done_fn(void *context, const struct fetch_answer *answer);

/* done: called once for each fetch_begin(), from fetch_socket_ready() and fetch_timer_fired() only; hooks: its done is not used.
 */
int fetch_new(const struct relay_hooks *hooks, fetch_done_fn *done, void *context, struct fetch **out) MUST_USE; /* 0; -ENOMEM */
void fetch_free(struct fetch *f); /* NULL allowed; one under way ends without a result */
/* Half a minute at most.  0; -EBUSY one is under way; -ENOMEM. */
int fetch_begin(struct fetch *f, const struct fetch_request *request) MUST_USE;
void fetch_socket_ready(struct fetch *f, int fd, int events);
void fetch_timer_fired(struct fetch *f);

/* The same, waited for.  0, done was called; -ENOMEM. */
int fetch_now(const struct fetch_request *request, fetch_done_fn *done, void *context) MUST_USE;

#endif
