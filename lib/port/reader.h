/* What crosses the wall to the reader process, and the client's view of it.
 *
 * One SOCK_SEQPACKET socketpair between office and the zygote (program sitante-reader).
 * A request is one packet, {u32 slot, policy}, with the raw mail's fd and a memfd made by the office
 * by SCM_RIGHTS.  The zygote forks a child for it; the child enters the sandbox, writes the reading
 * into the memfd and exits; the zygote answers {i32 slot, i32 wait status}.  A request without fds
 * kills the slot's child.  A child reads one mail and ends; several children work at a time.
 */
#ifndef SITANTE_PORT_READER_H
#define SITANTE_PORT_READER_H

#include "message/message.h"
#include "request/command.h"
#include "request/request.h"
#include "request/roster.h"

struct reading {
	struct message message;
	struct request request;
	struct command_block commands;
	bool has_roster; /* /impor, and a list is attached */
	struct roster roster;
};

/* First of all a u8: it carries files that are worth an examination. */
void reading_encode(const struct reading *r, struct buf *out);
/* 0; 1 not a right value; -ENOMEM. */
int reading_decode(struct span s, uint64_t raw_size, struct arena *a, struct reading *out) MUST_USE;

void policy_encode(const struct message_policy *p, struct buf *out);
int policy_decode(struct wire *w, struct arena *a, struct message_policy *out) MUST_USE;

struct reader; /* handle of a running zygote */

/* Starts the reader program (beside our own executable, or in the installed folder).
 * 0 and *out; -errno. */
int reader_start(struct reader **out, struct error *err) MUST_USE;
void reader_stop(struct reader *r);    /* NULL allowed; kills and reaps */
int reader_fd(const struct reader *r); /* poll for input: an answer, or EOF: the zygote died */

/* Asks for one reading, in a free slot (0 .. LIMIT_READINGS - 1).  raw_fd: borrowed, position ignored. */
int reader_ask(struct reader *r, unsigned slot, int raw_fd, const struct message_policy *policy, struct error *err) MUST_USE;

enum reader_outcome {
	READER_READ = 1, /* a reading is there */
	READER_DIED,     /* crashed, was killed by a limit, or answered nonsense: the mail's fault */
	READER_BUSY,     /* nothing there yet */
};
/* Takes one answer when reader_fd() is readable: READER_READ or READER_DIED and its slot, READER_BUSY;
 * -errno: the zygote itself is gone (start a new one; the mail is not to blame unless it happens again). */
int reader_take(struct reader *r, unsigned *slot, struct error *err) MUST_USE;
/* The reading of a slot that was READER_READ, checked; may be asked for again.  READER_READ and *out in a;
 * READER_DIED: no right reading; -ENOMEM. */
int reader_result(struct reader *r, unsigned slot, struct arena *a, struct reading *out, struct error *err) MUST_USE;
/* After READER_READ: does the mail carry files that the examiner looks at?  A hint of the child, checked nowhere else. */
bool reader_saw_evidence(const struct reader *r, unsigned slot);
void reader_release(struct reader *r, unsigned slot); /* after READER_READ or READER_DIED: free for the next */
/* Gives up waiting (wall clock limit): kills the child.  Its answer will be READER_DIED.
 * false: that was asked before, so the zygote itself does not answer. */
bool reader_abort(struct reader *r, unsigned slot);
/* Ask and take in one, for command-line use: waits up to LIMIT_READER_WALL_MS. */
int reader_read(struct reader *r, int raw_fd, const struct message_policy *policy, struct arena *a, struct reading *out,
		struct error *err) MUST_USE;

#endif
