#include "child.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int child_program(const char *name, char *out, size_t n)
{
	char self[PATH_MAX];
	ssize_t got = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (got > 0) {
		self[got] = '\0';
		char *slash = strrchr(self, '/');
		if (slash) {
			*slash = '\0';
			int len = snprintf(out, n, "%s/%s", self, name);
			if (len > 0 && (size_t)len < n && access(out, X_OK) == 0)
				return 0;
		}
	}
	int len = snprintf(out, n, "%s/%s", SITANTE_LIBEXECDIR, name);
	if (len < 0 || (size_t)len >= n)
		return -ENAMETOOLONG;
	return access(out, X_OK) == 0 ? 0 : -errno;
}

static int spawn(const char *path, char *const argv[], int fd, pid_t *out)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	(void)sigemptyset(&none);
	int r = posix_spawn_file_actions_init(&fa);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&at);
	if (r == 0) {
		r = posix_spawn_file_actions_adddup2(&fa, fd, 3);
		if (r == 0)
			r = posix_spawnattr_setsigmask(&at, &none);
		if (r == 0)
			r = posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
		if (r == 0)
			r = posix_spawn(out, path, &fa, &at, argv, environ);
		(void)posix_spawnattr_destroy(&at);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return -r;
}

int child_start(struct child *c, const char *config_path, struct error *err)
{
	char path[PATH_MAX];
	int pair[2];
	int r = child_program("sitante-mailbox", path, sizeof(path));
	if (r < 0)
		return error_set(err, r, "program sitante-mailbox: %s", strerror(-r));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set(err, -errno, "socketpair: %s", strerror(errno));
	char *argv[] = { (char *)"sitante-mailbox", (char *)"--socket-fd", (char *)"3",
			 (char *)"--config",        (char *)config_path,   NULL };
	if (pair[1] == 3) { /* dup2 onto itself would keep close-on-exec */
		int other = fcntl(pair[1], F_DUPFD_CLOEXEC, 4);
		if (other >= 0) {
			(void)close(pair[1]);
			pair[1] = other;
		}
	}
	r = spawn(path, argv, pair[1], &c->pid);
	(void)close(pair[1]);
	if (r < 0) {
		(void)close(pair[0]);
		c->pid = 0;
		return error_set(err, r, "starting sitante-mailbox: %s", strerror(-r));
	}
	c->fd = pair[0];
	return 0;
}

int child_send(const struct child *c, struct span frame, const int *fds, size_t n)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * LIMIT_FETCH_BATCH_MAILS)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)frame.p, .iov_len = frame.n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (c->fd < 0)
		return -EPIPE;
	if (n > LIMIT_FETCH_BATCH_MAILS)
		return -EINVAL;
	if (n > 0) {
		m.msg_control = control.space;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(h), fds, sizeof(int) * n);
	}
	return sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

ssize_t child_receive(const struct child *c, void *p, size_t n)
{
	ssize_t r = recv(c->fd, p, n, MSG_DONTWAIT);
	return r < 0 ? -errno : r;
}

void child_close(struct child *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

void child_kill(struct child *c)
{
	child_close(c);
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	c->pid = 0;
}
