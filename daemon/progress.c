#include "progress.h"

#include "base/instant.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REDRAW_MS = 200, RATE_AFTER_MS = 500 };

struct progress progress_begin(const char *verb, const char *unit)
{
	int64_t now = clock_monotonic_ms();
	return (struct progress){ .verb = verb, .unit = unit, .terminal = isatty(STDERR_FILENO) == 1, .began_ms = now };
}

static size_t add_span(char *out, size_t size, uint64_t s)
{
	int n = s < 90        ? snprintf(out, size, "%" PRIu64 " s", s)
		: s < 90 * 60 ? snprintf(out, size, "%" PRIu64 " min", (s + 30) / 60)
			      : snprintf(out, size, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s % 3600 / 60);
	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

void progress_line(const struct progress *p, int64_t now_ms, char *out, size_t size)
{
	int64_t ms = now_ms - p->began_ms;
	char at[100] = "", rate[60] = "", left[60] = "";
	if (p->total > 0)
		(void)snprintf(at, sizeof(at), "%" PRIu64 " of %" PRIu64 " %s", p->done, p->total, p->unit);
	else
		(void)snprintf(at, sizeof(at), "%" PRIu64 " %s", p->done, p->unit);
	if (ms >= RATE_AFTER_MS && p->done > 0 && strcmp(p->unit, "s") != 0) { /* of seconds there is no rate */
		uint64_t tenths = p->done * 10000 / (uint64_t)ms;              /* a second */
		if (tenths < 100)
			(void)snprintf(rate, sizeof(rate), ", %" PRIu64 ".%" PRIu64 "/s", tenths / 10, tenths % 10);
		else
			(void)snprintf(rate, sizeof(rate), ", %" PRIu64 "/s", tenths / 10);
		if (p->total > p->done) {
			(void)snprintf(left, 3, ", ");
			size_t n = 2 +
				   add_span(left + 2, sizeof(left) - 2, (p->total - p->done) * (uint64_t)ms / p->done / 1000 + 1);
			(void)snprintf(left + n, sizeof(left) - n, " left");
		}
	}
	(void)snprintf(out, size, "%s: %s%s%s", p->verb, at, rate, left);
}

static void draw(struct progress *p, int64_t now_ms)
{
	char line[300];
	progress_line(p, now_ms, line, sizeof(line));
	(void)fprintf(stderr, "\r\x1b[K%s", line);
	(void)fflush(stderr);
	p->drawn = true;
	p->drawn_ms = now_ms;
}

void progress_at(struct progress *p, uint64_t done, uint64_t total)
{
	p->done = done;
	p->total = total;
	if (!p->terminal)
		return;
	int64_t now = clock_monotonic_ms();
	if (!p->drawn || now - p->drawn_ms >= REDRAW_MS)
		draw(p, now);
}

void progress_end(struct progress *p)
{
	if (!p->drawn)
		return;
	draw(p, clock_monotonic_ms());
	(void)fputc('\n', stderr);
	p->drawn = false;
}

void progress_store(void *progress, int done, int total)
{
	progress_at(progress, done > 0 ? (uint64_t)done : 0, total > 0 ? (uint64_t)total : 0);
}
