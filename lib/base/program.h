/* A program of ours that does one piece of work and ends: started, waited for, killed.
 *
 * It lies beside our own executable, or in the installed folder.  Its descriptors: 0 the request (memory file),
 * 3 a memory file for the result, 4 closed by ending, 5 a file of the caller's.  No environment.
 */
#ifndef SITANTE_BASE_PROGRAM_H
#define SITANTE_BASE_PROGRAM_H

#include "base/buf.h"

#include <sys/types.h>

struct program_child {
	pid_t pid; /* 0: none */
	int done;  /* poll for input or hang-up: it has ended */
	int out;   /* memory file with the result */
};
#define PROGRAM_CHILD_NONE ((struct program_child){ .done = -1, .out = -1 })

/* argument: its only one, or NULL; file: borrowed, -1: none.  0; -errno. */
int program_start(const char *name, const char *argument, struct span request, int file, struct program_child *c,
		  struct error *err) MUST_USE;
/* Waits for its end (done tells that it is near), adds the result to out.  0; 1: it failed (err says how), out has what it
 * wrote until then. */
int program_finish(struct program_child *c, struct buf *out, struct error *err) MUST_USE;
void program_kill(struct program_child *c);

#endif
