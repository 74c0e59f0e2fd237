/* The mailbox process, seen from the office: started, fed, read, started again. */
#ifndef SITANTE_DAEMON_CHILD_H
#define SITANTE_DAEMON_CHILD_H

#include "base/error.h"
#include "base/span.h"

#include <sys/types.h>

struct child {
	pid_t pid; /* 0: none */
	int fd;    /* -1: none */
};

#define CHILD_NONE ((struct child){ .fd = -1 })

/* Path of a program of ours: beside our own executable (build tree), else in the installed
 * libexec folder.  0; -errno. */
int child_program(const char *name, char *out, size_t n) MUST_USE;
/* Starts sitante-mailbox with the configuration.  0; -errno. */
int child_start(struct child *c, const char *config_path, struct error *err) MUST_USE;
/* One frame.  0; -errno (the child is gone or stuck). */
int child_send(const struct child *c, struct span frame, const int *fds, size_t n) MUST_USE;
/* One frame into p: its size; 0 at the end; -EAGAIN; -errno. */
ssize_t child_receive(const struct child *c, void *p, size_t n) MUST_USE;
void child_close(struct child *c); /* closes the socket: the process ends by itself */
void child_kill(struct child *c);  /* and reaps */

#endif
