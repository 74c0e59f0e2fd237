#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int program_path(const char *name, char *out, size_t n)
{
	char self[PATH_MAX - 32];
	ssize_t got = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = NULL;
	if (got > 0) {
		self[got] = '\0';
		slash = strrchr(self, '/');
	}
	if (slash) {
		*slash = '\0';
		(void)snprintf(out, n, "%s/%s", self, name);
		if (access(out, X_OK) == 0)
			return 0;
	}
	(void)snprintf(out, n, "%s/%s", SITANTE_LIBEXECDIR, name);
	return access(out, X_OK) == 0 ? 0 : -errno;
}

static int memory_file(struct span bytes)
{
	int fd = memfd_create("sitante", MFD_CLOEXEC);
	size_t at = 0;
	while (fd >= 0 && at < bytes.n) {
		ssize_t n = write(fd, bytes.p + at, bytes.n - at);
		if (n <= 0) {
			(void)close(fd);
			return -1;
		}
		at += (size_t)n;
	}
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

/* request, result, done and file become 0, 3, 4 and 5: first above all of them, so that none is overwritten. */
static int spawn(const char *path, char *name, char *argument, const int fds[4], pid_t *out)
{
	static const int targets[4] = { 0, 3, 4, 5 };
	char *none[] = { NULL };
	char *argv[] = { name, argument, NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t empty;
	(void)sigemptyset(&empty);
	int r = posix_spawn_file_actions_init(&fa);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&at);
	if (r == 0) {
		for (int i = 0; r == 0 && i < 4 && fds[i] >= 0; i++)
			r = posix_spawn_file_actions_adddup2(&fa, fds[i], targets[i]);
		if (r == 0)
			r = posix_spawnattr_setsigmask(&at, &empty);
		if (r == 0)
			r = posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
		if (r == 0)
			r = posix_spawn(out, path, &fa, &at, argv, none);
		(void)posix_spawnattr_destroy(&at);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return -r;
}

static int lift(int fd)
{
	int high = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 10) : -1;
	if (fd >= 0)
		(void)close(fd);
	return high;
}

int program_start(const char *name, const char *argument, struct span request, int file, struct program_child *c,
		  struct error *err)
{
	char path[PATH_MAX];
	int done[2] = { -1, -1 };
	*c = PROGRAM_CHILD_NONE;
	int r = program_path(name, path, sizeof(path));
	if (r < 0)
		return error_set(err, r, "program %s: %s", name, strerror(-r));
	if (pipe2(done, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe: %s", strerror(errno));
	int fds[4] = { lift(memory_file(request)), lift(memory_file(span_of("", 0))), lift(done[1]), -1 };
	if (file >= 0)
		fds[3] = fcntl(file, F_DUPFD_CLOEXEC, 10);
	bool open = fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0 && (file < 0 || fds[3] >= 0);
	r = open ? spawn(path, (char *)(uintptr_t)name, (char *)(uintptr_t)argument, fds, &c->pid) : -EMFILE;
	for (int i = 0; i < 4; i++)
		if (i != 1 && fds[i] >= 0)
			(void)close(fds[i]);
	c->done = done[0];
	c->out = fds[1];
	if (r == 0)
		return 0;
	c->pid = 0;
	program_kill(c);
	return error_set(err, r, "starting %s: %s", name, strerror(-r));
}

static void release(struct program_child *c)
{
	if (c->done >= 0)
		(void)close(c->done);
	if (c->out >= 0)
		(void)close(c->out);
	*c = PROGRAM_CHILD_NONE;
}

void program_kill(struct program_child *c)
{
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	release(c);
}

int program_finish(struct program_child *c, struct buf *out, struct error *err)
{
	int status = 0, r = 0;
	char piece[65536];
	ssize_t n = 0;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	if (WIFSIGNALED(status))
		r = error_set(err, 1, "the program was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		r = error_set(err, 1, "the program failed with status %d", WEXITSTATUS(status));
	for (off_t at = 0; (n = pread(c->out, piece, sizeof(piece), at)) > 0; at += n)
		buf_add(out, piece, (size_t)n);
	if (r == 0 && (n < 0 || out->n == 0 || buf_status(out) != 0))
		r = error_set(err, 1, "the program's result is empty or too large");
	release(c);
	return r;
}
