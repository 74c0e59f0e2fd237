/* One document process, started, waited for, killed. */
#include "document/document.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int program_path(char *out, size_t n)
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
		(void)snprintf(out, n, "%s/sitante-document", self);
		if (access(out, X_OK) == 0)
			return 0;
	}
	(void)snprintf(out, n, "%s/sitante-document", SITANTE_LIBEXECDIR);
	return access(out, X_OK) == 0 ? 0 : -errno;
}

static int memory_file(struct span bytes)
{
	int fd = memfd_create("sitante-document", MFD_CLOEXEC);
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

/* in, out, done become 0, 3 and 4: first above all of them, so that none is overwritten. */
static int spawn(const char *path, const char *store, const int fds[3], pid_t *out)
{
	static const int targets[3] = { 0, 3, 4 };
	char *none[] = { NULL };
	char *argv[] = { (char *)"sitante-document", (char *)(store ? store : NULL), NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t empty;
	(void)sigemptyset(&empty);
	int r = posix_spawn_file_actions_init(&fa);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&at);
	if (r == 0) {
		for (int i = 0; r == 0 && i < 3; i++)
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

int document_start(struct span request, const char *store, struct document_child *c, struct error *err)
{
	char path[PATH_MAX];
	int done[2] = { -1, -1 };
	*c = DOCUMENT_CHILD_NONE;
	int r = program_path(path, sizeof(path));
	if (r < 0)
		return error_set(err, r, "program sitante-document: %s", strerror(-r));
	if (pipe2(done, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe: %s", strerror(errno));
	int fds[3] = { lift(memory_file(request)), lift(memory_file(span_of("", 0))), lift(done[1]) };
	r = fds[0] < 0 || fds[1] < 0 || fds[2] < 0 ? -EMFILE : spawn(path, store, fds, &c->pid);
	if (fds[0] >= 0)
		(void)close(fds[0]);
	if (fds[2] >= 0)
		(void)close(fds[2]);
	c->done = done[0];
	c->out = fds[1];
	if (r == 0)
		return 0;
	c->pid = 0;
	document_kill(c);
	return error_set(err, r, "starting sitante-document: %s", strerror(-r));
}

static void release(struct document_child *c)
{
	if (c->done >= 0)
		(void)close(c->done);
	if (c->out >= 0)
		(void)close(c->out);
	*c = DOCUMENT_CHILD_NONE;
}

void document_kill(struct document_child *c)
{
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	release(c);
}

int document_finish(struct document_child *c, struct buf *out, struct error *err)
{
	int status = 0, r = 0;
	char piece[65536];
	ssize_t n = 0;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	if (WIFSIGNALED(status))
		r = error_set(err, 1, "sitante-document was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		r = error_set(err, 1, "sitante-document failed with status %d", WEXITSTATUS(status));
	for (off_t at = 0; r == 0 && (n = pread(c->out, piece, sizeof(piece), at)) > 0; at += n)
		buf_add(out, piece, (size_t)n);
	if (r == 0 && (n < 0 || out->n == 0 || buf_status(out) != 0))
		r = error_set(err, 1, "the document is empty or too large");
	release(c);
	return r;
}
