/* curl's multi interface, driven from outside by hooks. */
#ifndef SITANTE_RELAY_MULTI_H
#define SITANTE_RELAY_MULTI_H

#include "port/relay.h"

#include <curl/curl.h>

struct relay_hooks {
	/* events: 1 read, 2 write, 4 forget this descriptor.  0 or -errno. */
	int (*watch)(void *loop, int fd, int events, void **slot);
	void (*timer)(void *loop, int64_t in_ms); /* one timer; -1: off */
	void *loop;
	relay_done_fn *done; /* called from multi_socket_ready() and multi_timer_fired() only */
	void *context;
};

struct multi {
	CURLM *curl;
	struct relay_hooks hooks;
	/* A transfer ended; slot: its CURLOPT_PRIVATE.  The handle is out of the multi already. */
	void (*ended)(void *slot, CURLcode c);
};

/* 0; -ENOMEM. */
int multi_open(struct multi *m, const struct relay_hooks *hooks, void (*ended)(void *slot, CURLcode c),
	       size_t connections) MUST_USE;
void multi_close(struct multi *m); /* after the easy handles; zeroed is fine */
void multi_socket_ready(struct multi *m, int fd, int events);
void multi_timer_fired(struct multi *m);

#endif
