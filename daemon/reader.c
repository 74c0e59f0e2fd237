/* sitante-reader: a small zygote that forks a sandboxed child for each mail.  The child gets two
 * descriptors (the raw mail, a memfd for the reading), no file, no socket, no program. */
#include "base/limits.h"
#include "lists.h"
#include "message/parse.h"
#include "port/reader.h"

#include <errno.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SOCKET_FD = 3, EXIT_TROUBLE = 3, ARENA_MAX = 64 * 1024 * 1024, STACK_MAX = 8 * 1024 * 1024 };

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void limit(int what, rlim_t value)
{
	struct rlimit l = { value, value };
	if (setrlimit(what, &l) < 0)
		_exit(EXIT_TROUBLE);
}

static void limits(void)
{
	if (!SANITIZED) /* the sanitizer reserves terabytes of addresses */
		limit(RLIMIT_AS, (rlim_t)LIMIT_READER_ADDRESS_SPACE_MIB * 1024 * 1024);
	limit(RLIMIT_CPU, LIMIT_READER_CPU_SECONDS);
	limit(RLIMIT_FSIZE, LIMIT_READING_BYTES);
	limit(RLIMIT_STACK, STACK_MAX);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_NOFILE, 0);
}

/* No rule at all: no path may be reached.  Silently less where the kernel has no Landlock. */
static void landlock(void)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return;
	(void)syscall(SYS_landlock_restrict_self, fd, 0);
	(void)close(fd);
}

static void allow(scmp_filter_ctx c, int call)
{
	if (seccomp_rule_add(c, SCMP_ACT_ALLOW, call, 0) < 0)
		_exit(EXIT_TROUBLE);
}

static void forbid_calls(void)
{
	static const int calls[] = { SCMP_SYS(read),           SCMP_SYS(write),           SCMP_SYS(brk),
				     SCMP_SYS(munmap),         SCMP_SYS(mremap),          SCMP_SYS(madvise),
				     SCMP_SYS(futex),          SCMP_SYS(clock_gettime),   SCMP_SYS(rt_sigreturn),
				     SCMP_SYS(exit),           SCMP_SYS(exit_group),      SCMP_SYS(gettimeofday),
				     SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom) };
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!c)
		_exit(EXIT_TROUBLE);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		allow(c, calls[i]);
	/* memory yes, executable memory no */
	if (seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) < 0 ||
	    seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) < 0)
		_exit(EXIT_TROUBLE);
	/* to die by abort() is allowed: to itself only */
	allow(c, SCMP_SYS(gettid));
	allow(c, SCMP_SYS(getpid));
	if (seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A2(SCMP_CMP_EQ, SIGABRT)) < 0)
		_exit(EXIT_TROUBLE);
	if (SANITIZED) { /* the sanitizers look at themselves when they report */
		allow(c, SCMP_SYS(sigaltstack));
		allow(c, SCMP_SYS(getrlimit));
		allow(c, SCMP_SYS(sched_yield));
		allow(c, SCMP_SYS(rt_sigaction));
	}
	if (seccomp_load(c) < 0)
		_exit(EXIT_TROUBLE);
	seccomp_release(c);
}

static void sandbox(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(EXIT_TROUBLE);
	(void)prctl(PR_SET_DUMPABLE, 0);
	landlock();
	limits();
	forbid_calls();
}

static void write_all(int fd, const struct buf *b)
{
	size_t at = 0;
	while (at < b->n) {
		ssize_t n = write(fd, b->p + at, b->n - at);
		if (n <= 0)
			_exit(EXIT_TROUBLE);
		at += (size_t)n;
	}
}

#ifdef SITANTE_PLANTED_FAULTS
/* A test build's reader dies on a word in the mail, in the way the word says. */
static void planted(struct span raw)
{
	if (span_find_nocase(raw, 0, "X-Planted: crash") < raw.n)
		abort();
	if (span_find_nocase(raw, 0, "X-Planted: hang") < raw.n)
		for (volatile int i = 0;; i++)
			;
	if (span_find_nocase(raw, 0, "X-Planted: bloat") < raw.n)
		for (;;)
			memset(malloc(1024 * 1024), 1, 1024 * 1024);
	if (span_find_nocase(raw, 0, "X-Planted: open") < raw.n)
		_exit((int)syscall(SYS_openat, -100, "/etc/hostname", 0) < 0);
	if (span_find_nocase(raw, 0, "X-Planted: socket") < raw.n)
		_exit(socket(AF_INET, SOCK_STREAM, 0) < 0);
	if (span_find_nocase(raw, 0, "X-Planted: fork") < raw.n)
		_exit(fork() < 0);
	if (span_find_nocase(raw, 0, "X-Planted: exec") < raw.n)
		_exit(execl("/bin/true", "true", (char *)NULL));
}
#endif

/* One mail, in its own process. */
static void read_mail(int raw_fd, int reply_fd, struct span request)
{
	struct stat st;
	struct message_policy policy;
	struct reading reading = { 0 };
	struct error err = { 0 };
	struct wire w = wire_open(request);
	struct arena *a = arena_new(ARENA_MAX);
	if (!a || fstat(raw_fd, &st) < 0 || policy_decode(&w, a, &policy) != 0 || !wire_done(&w))
		_exit(EXIT_TROUBLE);
	void *raw = (void *)(uintptr_t) "";
	if (st.st_size > 0)
		raw = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, raw_fd, 0);
	if (raw == MAP_FAILED)
		_exit(EXIT_TROUBLE);
	sandbox();
	struct span bytes = span_of(raw, (size_t)st.st_size);
#ifdef SITANTE_PLANTED_FAULTS
	planted(bytes);
#endif
	if (message_parse(bytes, &policy, a, &reading.message, &err) < 0 ||
	    request_read(&reading.message, a, &reading.request, &err) < 0 ||
	    command_read(reading.message.text, a, &reading.commands) < 0 || lists_read(bytes, a, &reading, &err) < 0)
		_exit(EXIT_TROUBLE);
	struct buf out = BUF_INIT(LIMIT_READING_BYTES);
	reading_encode(&reading, &out);
	if (buf_status(&out) != 0)
		_exit(EXIT_TROUBLE);
	write_all(reply_fd, &out);
	_exit(0);
}

static void tell(int32_t kind, int32_t value)
{
	int32_t packet[2] = { kind, value };
	if (send(SOCKET_FD, packet, sizeof(packet), MSG_NOSIGNAL) < 0)
		_exit(EXIT_TROUBLE);
}

static void serve(int raw_fd, int reply_fd, struct span request)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(SOCKET_FD);
		read_mail(raw_fd, reply_fd, request);
	}
	if (pid < 0) {
		tell(2, EXIT_TROUBLE << 8);
		return;
	}
	tell(1, pid);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	tell(2, status);
}

/* One request packet with its two descriptors; false: the office is gone. */
static bool receive(void)
{
	static char packet[LIMIT_FRAME_BYTES];
	union {
		char space[CMSG_SPACE(sizeof(int) * 2)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = packet, .iov_len = sizeof(packet) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)
	};
	ssize_t n = recvmsg(SOCKET_FD, &m, MSG_CMSG_CLOEXEC);
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int fds[2];
	if (!h || h->cmsg_type != SCM_RIGHTS || h->cmsg_len != CMSG_LEN(sizeof(fds)))
		return false;
	memcpy(fds, CMSG_DATA(h), sizeof(fds));
	serve(fds[0], fds[1], span_of(packet, (size_t)n));
	(void)close(fds[0]);
	(void)close(fds[1]);
	return true;
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is the office's business */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)mallopt(M_ARENA_MAX, 1);
	tzset(); /* with TZ set by our parent no library asks for the zone's file again */
	message_parse_prepare();
	while (receive())
		;
	return 0;
}
