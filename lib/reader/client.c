#include "port/reader.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct reader {
	pid_t pid;
	int socket;
	struct reader_slot {
		int reply; /* memfd; -1: the slot is free */
		uint64_t raw_size;
		bool aborted;
	} slot[LIMIT_READINGS];
};

static int program_path(char *out, size_t n)
{
	char self[PATH_MAX - 32];
	ssize_t got = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (got > 0) {
		self[got] = '\0';
		char *slash = strrchr(self, '/');
		if (slash)
			*slash = '\0';
		int len = snprintf(out, n, "%s/sitante-reader", self);
		if (slash && len > 0 && (size_t)len < n && access(out, X_OK) == 0)
			return 0;
	}
	int len = snprintf(out, n, "%s/sitante-reader", SITANTE_LIBEXECDIR);
	if (len < 0 || (size_t)len >= n)
		return -ENAMETOOLONG;
	return access(out, X_OK) == 0 ? 0 : -errno;
}

/* Our environment with the zone set: libraries that ask for the local time would open a file, which the sandbox kills.
 * And with all symbols bound at the start: once in the zygote, not anew in each child. */
static char **environment(void)
{
	static char zone[] = "TZ=UTC0", bind[] = "LD_BIND_NOW=1";
	size_t n = 0;
	while (environ && environ[n])
		n++;
	char **e = calloc(n + 3, sizeof(*e));
	if (!e)
		return NULL;
	e[0] = zone; /* the first of a name counts */
	e[1] = bind;
	for (size_t i = 0; i < n; i++)
		e[i + 2] = environ[i];
	return e;
}

static int spawn(const char *path, int fd, pid_t *out)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	char *argv[] = { (char *)"sitante-reader", NULL };
	char **env = environment();
	(void)sigemptyset(&none);
	int r = env ? posix_spawn_file_actions_init(&fa) : ENOMEM;
	if (r != 0) {
		free(env);
		return -r;
	}
	r = posix_spawnattr_init(&at);
	if (r == 0) {
		r = posix_spawn_file_actions_adddup2(&fa, fd, 3);
		if (r == 0)
			r = posix_spawnattr_setsigmask(&at, &none);
		if (r == 0)
			r = posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
		if (r == 0)
			r = posix_spawn(out, path, &fa, &at, argv, env);
		(void)posix_spawnattr_destroy(&at);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	free(env);
	return -r;
}

int reader_start(struct reader **out, struct error *err)
{
	char path[PATH_MAX];
	int pair[2] = { -1, -1 };
	int r = program_path(path, sizeof(path));
	if (r < 0)
		return error_set(err, r, "program sitante-reader: %s", strerror(-r));
	struct reader *p = calloc(1, sizeof(*p));
	if (!p)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < LIMIT_READINGS; i++)
		p->slot[i].reply = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		r = error_set(err, -errno, "socketpair: %s", strerror(errno));
		free(p);
		return r;
	}
	if (pair[1] == 3) { /* dup2 onto itself would keep close-on-exec */
		int other = fcntl(pair[1], F_DUPFD_CLOEXEC, 4);
		(void)close(pair[1]);
		pair[1] = other;
	}
	p->socket = pair[0];
	r = spawn(path, pair[1], &p->pid);
	(void)close(pair[1]);
	if (r < 0) {
		(void)close(p->socket);
		free(p);
		return error_set(err, r, "starting sitante-reader: %s", strerror(-r));
	}
	*out = p;
	return 0;
}

void reader_stop(struct reader *r)
{
	if (!r)
		return;
	(void)close(r->socket);
	(void)kill(r->pid, SIGKILL); /* its children die with it */
	(void)waitpid(r->pid, NULL, 0);
	for (unsigned i = 0; i < LIMIT_READINGS; i++)
		reader_release(r, i);
	free(r);
}

int reader_fd(const struct reader *r)
{
	return r->socket;
}

static int send_request(struct reader *r, const struct buf *b, int raw_fd, int reply_fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * 2)];
		struct cmsghdr align;
	} control = { 0 };
	int fds[2] = { raw_fd, reply_fd };
	struct iovec iov = { .iov_base = b->p, .iov_len = b->n };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(h), fds, sizeof(fds));
	return sendmsg(r->socket, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int reader_ask(struct reader *r, unsigned slot, int raw_fd, const struct message_policy *policy, struct error *err)
{
	struct stat st;
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	if (slot >= LIMIT_READINGS || r->slot[slot].reply >= 0)
		return error_set(err, -EBUSY, "the reader's slot is taken");
	if (fstat(raw_fd, &st) < 0)
		return error_set(err, -errno, "raw mail: %s", strerror(errno));
	int reply = memfd_create("reading", MFD_CLOEXEC);
	if (reply < 0)
		return error_set(err, -errno, "memfd: %s", strerror(errno));
	wire_put_u32(&b, slot);
	policy_encode(policy, &b);
	int e = buf_status(&b);
	if (e == 0)
		e = send_request(r, &b, raw_fd, reply);
	if (e < 0) {
		(void)close(reply);
		return error_set(err, e, "asking the reader: %s", strerror(-e));
	}
	r->slot[slot] = (struct reader_slot){ .reply = reply, .raw_size = (uint64_t)st.st_size };
	return 0;
}

int reader_result(struct reader *r, unsigned slot, struct arena *a, struct reading *out, struct error *err)
{
	struct stat st;
	const struct reader_slot *s = &r->slot[slot];
	if (fstat(s->reply, &st) < 0)
		return error_set(err, -errno, "reading: %s", strerror(errno));
	if (st.st_size <= 0 || st.st_size > LIMIT_READING_BYTES)
		return error_set(err, READER_DIED, "the reader gave no reading, or one over its limit");
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, s->reply, 0);
	if (p == MAP_FAILED)
		return error_set(err, -errno, "reading: %s", strerror(errno));
	int e = reading_decode(span_of(p, (size_t)st.st_size), s->raw_size, a, out);
	(void)munmap(p, (size_t)st.st_size);
	if (e < 0)
		return error_set(err, e, "reading: out of memory");
	return e == 0 ? READER_READ : error_set(err, READER_DIED, "the reader's answer is no valid reading");
}

bool reader_saw_evidence(const struct reader *r, unsigned slot)
{
	uint8_t first = 0;
	return pread(r->slot[slot].reply, &first, 1, 0) == 1 && first == 1;
}

void reader_release(struct reader *r, unsigned slot)
{
	if (r->slot[slot].reply >= 0)
		(void)close(r->slot[slot].reply);
	r->slot[slot].reply = -1;
}

int reader_take(struct reader *r, unsigned *slot, struct error *err)
{
	int32_t packet[2];
	ssize_t n = recv(r->socket, packet, sizeof(packet), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return READER_BUSY;
	if (n != (ssize_t)sizeof(packet) || packet[0] < 0 || packet[0] >= LIMIT_READINGS || r->slot[packet[0]].reply < 0)
		return error_set(err, -EPIPE, "the reader process ended");
	int status = packet[1];
	*slot = (unsigned)packet[0];
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return READER_READ;
	if (WIFSIGNALED(status))
		return error_set(err, READER_DIED, "killed by signal %d%s", WTERMSIG(status),
				 r->slot[*slot].aborted ? " (took too long)" : "");
	return error_set(err, READER_DIED, "exit status %d", WEXITSTATUS(status));
}

bool reader_abort(struct reader *r, unsigned slot)
{
	uint32_t packet = slot;
	if (r->slot[slot].aborted)
		return false;
	r->slot[slot].aborted = true;
	(void)send(r->socket, &packet, sizeof(packet), MSG_NOSIGNAL | MSG_DONTWAIT); /* a lost zygote shows at the take */
	return true;
}

int reader_read(struct reader *r, int raw_fd, const struct message_policy *policy, struct arena *a, struct reading *out,
		struct error *err)
{
	unsigned slot = 0;
	int e = reader_ask(r, slot, raw_fd, policy, err);
	if (e < 0)
		return e;
	do {
		struct pollfd p = { .fd = r->socket, .events = POLLIN };
		if (poll(&p, 1, LIMIT_READER_WALL_MS) == 0 && !reader_abort(r, slot)) {
			reader_release(r, slot);
			return error_set(err, -ETIMEDOUT, "the reader process does not answer");
		}
		e = reader_take(r, &slot, err);
	} while (e == READER_BUSY);
	if (e == READER_READ)
		e = reader_result(r, slot, a, out, err);
	reader_release(r, slot);
	return e;
}
