/* How far a long command is, on a terminal's standard error: how many, how fast, how long still.  Nothing where standard error
 * is no terminal.  One line, drawn over itself at most five times a second. */
#ifndef SITANTE_DAEMON_PROGRESS_H
#define SITANTE_DAEMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *verb, *unit; /* "backup", "mails"; borrowed */
	bool terminal, drawn;
	int64_t began_ms, drawn_ms;
	uint64_t done, total;
};
struct progress progress_begin(const char *verb, const char *unit);
/* total 0: not known; then there is no remaining time. */
void progress_at(struct progress *p, uint64_t done, uint64_t total);
void progress_end(struct progress *p); /* the last state stays, and the line ends; twice is once */
/* A store_progress of it. */
void progress_store(void *progress, int done, int total);
/* The line, without control characters: "backup: 40 of 100 mails, 20/s, 3 s left". */
void progress_line(const struct progress *p, int64_t now_ms, char *out, size_t size);

#endif
