/* A wrapper library for tests (LD_PRELOAD): counts what a program asks of the system and, at the N-th
 * call, kills the whole process group, lets the call fail or never come back; shifts the clocks; writes
 * down every change of a file, so that a power loss can be played afterwards.
 *
 * SITANTE_FAULTS names a file of struct plan (little-endian, shared by all processes of the daemon):
 * the test writes the orders and reads the counters.  Layout: tests/lib/faults.py.  The journal of
 * file changes goes to that name with ".journal", one record a change, in the order of the calls.
 */
#undef _FILE_OFFSET_BITS /* both names of a call are wanted, each by its own name */
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum class { MEMORY = 1, WRITE = 2, SYNC = 4, NAME = 8, SQLITE = 16, SEND = 32, RECEIVE = 64, FRAME = 128 };
enum action { NOTHING, KILL_BEFORE, KILL_AFTER, FAIL, CUT, HANG };

struct plan {
	uint32_t classes; /* which calls count */
	uint32_t action;
	uint64_t at;     /* 1 is the first call */
	uint32_t sticky; /* fails again and again from there on */
	int32_t error;
	int64_t clock_ms; /* added to the wall clock */
	uint32_t journal; /* keep one */
	uint32_t later_s; /* added to the monotonic clock */
	_Atomic uint64_t count, fired;
	_Atomic uint32_t lock;
};

static struct plan *plan;
static bool sandboxed; /* the reader's child may ask the kernel for nearly nothing any more */
static int journal = -1;
static char root[PATH_MAX]; /* changes below this folder are written down */

#define REAL(type, name, ...)                                                                                                    \
	static type (*real)(__VA_ARGS__);                                                                                        \
	if (!real)                                                                                                               \
	real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("SITANTE_FAULTS"), *below = getenv("SITANTE_FAULTS_ROOT");
	char name[PATH_MAX];
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	struct plan *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		return;
	if (p->journal) {
		(void)snprintf(name, sizeof(name), "%s.journal", path);
		int j = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		journal = j >= 0 ? fcntl(j, F_DUPFD_CLOEXEC, 200) : -1;
		(void)close(j);
		(void)snprintf(root, sizeof(root), "%s", below ? below : "/nowhere");
	}
	plan = p;
}

/* True: this call is the one that must fail.  Kills on the way where that is the order. */
static bool hit(enum class c)
{
	if (!plan || !(plan->classes & c))
		return false;
	uint64_t n = atomic_fetch_add(&plan->count, 1) + 1;
	bool here = n == plan->at || (plan->sticky && plan->at && n > plan->at);
	if (!here)
		return false;
	atomic_fetch_add(&plan->fired, 1);
	if (plan->action == KILL_BEFORE)
		(void)kill(0, SIGKILL);
	while (plan->action == HANG)
		(void)usleep(10000);
	return true;
}

static void after(bool was_hit)
{
	if (was_hit && plan->action == KILL_AFTER)
		(void)kill(0, SIGKILL);
}

static bool fails(bool was_hit)
{
	return was_hit && (plan->action == FAIL || plan->action == CUT);
}

#define FAIL_WITH(was_hit, value)                                                                                                \
	do {                                                                                                                     \
		if (fails(was_hit)) {                                                                                            \
			errno = plan->error;                                                                                     \
			return value;                                                                                            \
		}                                                                                                                \
	} while (0)

/* --- the journal of file changes -------------------------------------------------------------- */

struct record { /* followed by n bytes of data and m of a name */
	uint32_t kind;
	uint32_t n, m;
	uint32_t folder; /* the name is a folder's */
	uint64_t device, inode;
	int64_t offset;
};
enum { R_WRITE = 1, R_SYNC, R_TRUNCATE, R_LINK, R_RENAME, R_UNLINK, R_MAKE, R_FOLDER };

static bool below_root(int dir, const char *name, char out[PATH_MAX])
{
	char at[PATH_MAX] = "", link[64];
	if (journal < 0)
		return false;
	if (name && *name == '/') {
		(void)snprintf(out, PATH_MAX, "%s", name);
	} else {
		(void)snprintf(link, sizeof(link), dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
		ssize_t n = readlink(link, at, sizeof(at) - 1);
		at[n > 0 ? n : 0] = '\0';
		(void)snprintf(out, PATH_MAX, name ? "%.2000s/%.2000s" : "%.2000s", at, name);
	}
	return strncmp(out, root, strlen(root)) == 0;
}

static void note(uint32_t kind, const struct stat *st, int64_t offset, const void *data, size_t n, const char *name)
{
	struct record r = { .kind = kind,
			    .n = (uint32_t)n,
			    .m = (uint32_t)strlen(name),
			    .folder = st && S_ISDIR(st->st_mode),
			    .device = st ? st->st_dev : 0,
			    .inode = st ? st->st_ino : 0,
			    .offset = offset };
	struct iovec v[3] = { { &r, sizeof(r) }, { (void *)(uintptr_t)data, n }, { (void *)(uintptr_t)name, r.m } };
	REAL(ssize_t, "writev", int, const struct iovec *, int);
	(void)!real(journal, v, 3);
}

static void note_fd(uint32_t kind, int fd, int64_t offset, const void *data, size_t n)
{
	char path[PATH_MAX];
	struct stat st;
	if (journal < 0 || sandboxed || fd == journal || fstat(fd, &st) < 0 || !below_root(fd, NULL, path))
		return;
	if (S_ISREG(st.st_mode) || (kind == R_SYNC && S_ISDIR(st.st_mode)))
		note(S_ISDIR(st.st_mode) ? R_FOLDER : kind, &st, offset, data, n, path);
}

static void note_name(uint32_t kind, int dir, const char *name, int from_dir, const char *from)
{
	char path[PATH_MAX], old[PATH_MAX];
	struct stat st = { 0 };
	if (!below_root(dir, name, path))
		return;
	if (kind != R_UNLINK && lstat(path, &st) < 0)
		return;
	bool has_old = from && below_root(from_dir, from, old);
	note(kind, &st, 0, has_old ? old : "", has_old ? strlen(old) : 0, path);
}

/* --- memory ------------------------------------------------------------------------------------ */

static bool no_memory(void)
{
	bool h = hit(MEMORY);
	if (fails(h))
		errno = ENOMEM;
	return fails(h);
}

void *malloc(size_t n)
{
	REAL(void *, "malloc", size_t);
	return no_memory() ? NULL : real(n);
}

void *realloc(void *p, size_t n)
{
	REAL(void *, "realloc", void *, size_t);
	return no_memory() ? NULL : real(p, n);
}

/* dlsym() itself may ask for memory before calloc is found. */
void *calloc(size_t k, size_t n)
{
	static _Thread_local bool looking;
	static char early[4096];
	static size_t used;
	static void *(*real)(size_t, size_t);
	if (!real && looking) {
		void *p = early + used;
		used += (k * n + 15) & ~(size_t)15;
		return used <= sizeof(early) ? p : NULL;
	}
	if (!real) {
		looking = true;
		real = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
		looking = false;
	}
	return no_memory() ? NULL : real(k, n);
}

/* --- files ---------------------------------------------------------------------------------------- */

static enum class class_of(int fd) {
	struct sockaddr_storage a; socklen_t n = sizeof(a);
	if (!plan || sandboxed || getsockname(fd, (struct sockaddr *)&a, &n) < 0) return WRITE;
	return a.ss_family == AF_INET || a.ss_family == AF_INET6 ? SEND : FRAME;
}

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	bool h = fd > 2 && hit(class_of(fd));
	FAIL_WITH(h, -1);
	ssize_t r = real(fd, p, n);
	if (r > 0 && journal >= 0 && !sandboxed)
		note_fd(R_WRITE, fd, lseek(fd, 0, SEEK_CUR) - r, p, (size_t)r);
	after(h);
	return r;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
	bool h = hit(WRITE);
	FAIL_WITH(h, -1);
	ssize_t r = real(fd, p, n, at);
	if (r > 0)
		note_fd(R_WRITE, fd, at, p, (size_t)r);
	after(h);
	return r;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return pwrite64(fd, p, n, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	REAL(ssize_t, "writev", int, const struct iovec *, int);
	bool h = fd > 2 && hit(class_of(fd));
	FAIL_WITH(h, -1);
	ssize_t r = real(fd, v, n);
	after(h);
	return r;
}

int ftruncate64(int fd, off64_t n)
{
	REAL(int, "ftruncate64", int, off64_t);
	bool h = hit(WRITE);
	FAIL_WITH(h, -1);
	int r = real(fd, n);
	if (r == 0)
		note_fd(R_TRUNCATE, fd, n, NULL, 0);
	after(h);
	return r;
}

int ftruncate(int fd, off_t n)
{
	return ftruncate64(fd, n);
}

int fsync(int fd)
{
	REAL(int, "fsync", int);
	bool h = hit(SYNC);
	FAIL_WITH(h, -1);
	int r = real(fd);
	if (r == 0)
		note_fd(R_SYNC, fd, 0, NULL, 0);
	after(h);
	return r;
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	bool h = hit(SYNC);
	FAIL_WITH(h, -1);
	int r = real(fd);
	if (r == 0)
		note_fd(R_SYNC, fd, 0, NULL, 0);
	after(h);
	return r;
}

int linkat(int from_dir, const char *from, int dir, const char *name, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);
	bool h = hit(NAME);
	FAIL_WITH(h, -1);
	int r = real(from_dir, from, dir, name, flags);
	if (r == 0)
		note_name(R_LINK, dir, name, AT_FDCWD, NULL);
	after(h);
	return r;
}

int renameat(int from_dir, const char *from, int dir, const char *name)
{
	REAL(int, "renameat", int, const char *, int, const char *);
	bool h = hit(NAME);
	FAIL_WITH(h, -1);
	int r = real(from_dir, from, dir, name);
	if (r == 0)
		note_name(R_RENAME, dir, name, from_dir, from);
	after(h);
	return r;
}

int rename(const char *from, const char *name)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, name);
}

int unlinkat(int dir, const char *name, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);
	bool h = hit(NAME);
	FAIL_WITH(h, -1);
	int r = real(dir, name, flags);
	if (r == 0)
		note_name(R_UNLINK, dir, name, AT_FDCWD, NULL);
	after(h);
	return r;
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);
	bool h = hit(NAME);
	FAIL_WITH(h, -1);
	int r = real(dir, name, mode);
	if (r == 0)
		note_name(R_MAKE, dir, name, AT_FDCWD, NULL);
	after(h);
	return r;
}

static int open_any(int dir, const char *name, int flags, mode_t mode)
{
	REAL(int, "openat64", int, const char *, int, ...);
	bool h = hit(NAME);
	char path[PATH_MAX];
	FAIL_WITH(h, -1);
	bool fresh = (flags & O_CREAT) && below_root(dir, name, path) && access(path, F_OK) < 0;
	int r = real(dir, name, flags, mode);
	if (r >= 0 && fresh)
		note_name(R_MAKE, dir, name, AT_FDCWD, NULL);
	if (r >= 0 && (flags & O_TRUNC))
		note_fd(R_TRUNCATE, r, 0, NULL, 0);
	after(h);
	return r;
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

#define OPENER(name, head, dir)                                                                                                  \
	int name(head const char *path, int flags, ...)                                                                          \
	{                                                                                                                        \
		va_list args;                                                                                                    \
		va_start(args, flags);                                                                                           \
		mode_t mode = mode_of(flags, args);                                                                              \
		va_end(args);                                                                                                    \
		return open_any(dir, path, flags, mode);                                                                         \
	}
#define WITH_DIR int dir,
OPENER(open, , AT_FDCWD)
OPENER(open64, , AT_FDCWD)
OPENER(openat, WITH_DIR, dir)
OPENER(openat64, WITH_DIR, dir)

/* --- sockets ------------------------------------------------------------------------------------------- */

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	REAL(ssize_t, "send", int, const void *, size_t, int);
	bool h = hit(class_of(fd));
	FAIL_WITH(h, -1);
	ssize_t r = real(fd, p, n, flags);
	after(h);
	return r;
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);
	bool h = hit(class_of(fd));
	FAIL_WITH(h, -1);
	ssize_t r = real(fd, m, flags);
	after(h);
	return r;
}

/* A reply that the server sent: lost with the connection (CUT), or the call fails. */
ssize_t recv(int fd, void *p, size_t n, int flags)
{
	REAL(ssize_t, "recv", int, void *, size_t, int);
	bool network = class_of(fd) == SEND && !(flags & MSG_PEEK);
	ssize_t r = real(fd, p, n, flags);
	if (!network || r < 0)
		return r;
	bool h = hit(RECEIVE);
	if (fails(h) && plan->action == CUT) {
		(void)shutdown(fd, SHUT_RDWR);
		return 0;
	}
	FAIL_WITH(h, -1);
	after(h);
	return r;
}

/* The reader's child gives up its files just before its filter closes. */
static void gives_up(int what, rlim64_t value)
{
	sandboxed = sandboxed || (what == RLIMIT_NOFILE && value == 0);
}

int setrlimit64(__rlimit_resource_t what, const struct rlimit64 *l)
{
	REAL(int, "setrlimit64", __rlimit_resource_t, const struct rlimit64 *);
	gives_up((int)what, l->rlim_cur);
	return real(what, l);
}

int setrlimit(__rlimit_resource_t what, const struct rlimit *l)
{
	REAL(int, "setrlimit", __rlimit_resource_t, const struct rlimit *);
	gives_up((int)what, l->rlim_cur);
	return real(what, l);
}

/* --- SQLite and the clock ---------------------------------------------------------------------------------- */

int sqlite3_step(sqlite3_stmt *q)
{
	REAL(int, "sqlite3_step", sqlite3_stmt *);
	bool h = hit(SQLITE);
	if (fails(h))
		return plan->error;
	int r = real(q);
	after(h);
	return r;
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **out, const char **tail)
{
	REAL(int, "sqlite3_prepare_v3", sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
	bool h = hit(SQLITE);
	if (fails(h))
		return plan->error;
	return real(db, sql, n, flags, out, tail);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	REAL(int, "clock_gettime", clockid_t, struct timespec *);
	int r = real(id, t);
	if (r == 0 && id == CLOCK_REALTIME && plan && plan->clock_ms) {
		int64_t ns = t->tv_nsec + plan->clock_ms % 1000 * 1000000;
		t->tv_sec += plan->clock_ms / 1000 + (ns < 0 ? -1 : ns / 1000000000);
		t->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
	}
	if (r == 0 && id == CLOCK_MONOTONIC && plan)
		t->tv_sec += plan->later_s;
	return r;
}
