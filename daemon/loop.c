#include "loop.h"

#include "base/instant.h"

#include <errno.h>
#include <limits.h>

int loop_watch(struct loop *l, int fd, short events, loop_fd_fn *fn, void *context)
{
	size_t i = 0;
	while (i < l->n_watches && l->watch[i].fd != fd)
		i++;
	if (i == LOOP_WATCHES_MAX)
		return -ENOSPC;
	if (i == l->n_watches)
		l->n_watches++;
	l->watch[i].fd = fd;
	l->watch[i].events = events;
	l->watch[i].fn = fn;
	l->watch[i].context = context;
	return 0;
}

void loop_unwatch(struct loop *l, int fd)
{
	for (size_t i = 0; i < l->n_watches; i++)
		if (l->watch[i].fd == fd) {
			l->watch[i] = l->watch[--l->n_watches];
			return;
		}
}

int loop_timer_new(struct loop *l, loop_timer_fn *fn, void *context)
{
	if (l->n_timers == LOOP_TIMERS_MAX)
		return -ENOSPC;
	size_t i = l->n_timers++;
	l->timer[i].fn = fn;
	l->timer[i].context = context;
	l->timer[i].at_ms = -1;
	return (int)i;
}

void loop_timer_set(struct loop *l, int timer, int64_t in_ms)
{
	l->timer[timer].at_ms = in_ms < 0 ? -1 : clock_monotonic_ms() + in_ms;
}

static int wait_ms(const struct loop *l)
{
	int64_t first = -1;
	for (size_t i = 0; i < l->n_timers; i++)
		if (l->timer[i].at_ms >= 0 && (first < 0 || l->timer[i].at_ms < first))
			first = l->timer[i].at_ms;
	if (first < 0)
		return -1;
	int64_t left = first - clock_monotonic_ms();
	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static void call_ready(struct loop *l, const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].revents == 0)
			continue;
		for (size_t k = 0; k < l->n_watches; k++) /* an earlier call may have removed it */
			if (l->watch[k].fd == p[i].fd) {
				l->watch[k].fn(l->watch[k].context, p[i].fd, p[i].revents);
				break;
			}
	}
}

int loop_step(struct loop *l)
{
	struct pollfd p[LOOP_WATCHES_MAX];
	size_t n = l->n_watches;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = l->watch[i].fd, .events = l->watch[i].events };
	int r = poll(p, n, wait_ms(l));
	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	if (r > 0)
		call_ready(l, p, n);
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < l->n_timers; i++)
		if (l->timer[i].at_ms >= 0 && l->timer[i].at_ms <= now) {
			l->timer[i].at_ms = -1;
			l->timer[i].fn(l->timer[i].context);
		}
	return 0;
}
