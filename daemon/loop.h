/* One thread, one poll(2): descriptors, one timer each for those who need one.
 * Waits cost nothing; there is no tick. */
#ifndef SITANTE_DAEMON_LOOP_H
#define SITANTE_DAEMON_LOOP_H

#include "base/error.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOOP_WATCHES_MAX = 64, LOOP_TIMERS_MAX = 12 };

typedef void loop_fd_fn(void *context, int fd, short revents);
typedef void loop_timer_fn(void *context);

struct loop {
	struct {
		int fd;
		short events;
		loop_fd_fn *fn;
		void *context;
	} watch[LOOP_WATCHES_MAX];
	size_t n_watches;
	struct {
		loop_timer_fn *fn;
		void *context;
		int64_t at_ms; /* monotonic; -1: off */
	} timer[LOOP_TIMERS_MAX];
	size_t n_timers;
};

/* Adds fd or changes its events.  0; -ENOSPC. */
int loop_watch(struct loop *l, int fd, short events, loop_fd_fn *fn, void *context) MUST_USE;
void loop_unwatch(struct loop *l, int fd); /* unknown fd: nothing */
/* A timer slot for ever; off.  >= 0; -ENOSPC. */
int loop_timer_new(struct loop *l, loop_timer_fn *fn, void *context) MUST_USE;
void loop_timer_set(struct loop *l, int timer, int64_t in_ms); /* -1: off */
/* Waits for the first event or timer and calls everything that is ready.  0; -errno of poll. */
int loop_step(struct loop *l) MUST_USE;

#endif
