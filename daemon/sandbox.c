#include "sandbox.h"

#include "base/limits.h"

#include <errno.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_MAX = 8 * 1024 * 1024, FILTER_MAX = 512 };

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
		_exit(SANDBOX_TROUBLE);
}

static void limits(unsigned address_space_mib)
{
	if (!SANITIZED) /* the sanitizer reserves terabytes of addresses */
		limit(RLIMIT_AS, (rlim_t)address_space_mib * 1024 * 1024);
	limit(RLIMIT_FSIZE, LIMIT_READING_BYTES);
	limit(RLIMIT_STACK, STACK_MAX);
	limit(RLIMIT_CORE, 0);
}

static void child_limits(unsigned cpu_seconds)
{
	limit(RLIMIT_CPU, cpu_seconds);
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
		_exit(SANDBOX_TROUBLE);
}

/* The filter's program, worked out once. */
static struct sock_filter filter[FILTER_MAX];
static struct sock_fprog filter_program = { .filter = filter };

static void filter_prepare(void)
{
	static const int calls[] = { SCMP_SYS(read),           SCMP_SYS(write),           SCMP_SYS(brk),
				     SCMP_SYS(munmap),         SCMP_SYS(mremap),          SCMP_SYS(madvise),
				     SCMP_SYS(futex),          SCMP_SYS(clock_gettime),   SCMP_SYS(rt_sigreturn),
				     SCMP_SYS(exit),           SCMP_SYS(exit_group),      SCMP_SYS(gettimeofday),
				     SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom) };
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!c)
		_exit(SANDBOX_TROUBLE);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		allow(c, calls[i]);
	/* memory yes, executable memory no */
	if (seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) < 0 ||
	    seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) < 0)
		_exit(SANDBOX_TROUBLE);
	/* MIME libraries look for converters of charsets that nobody prepared: they find none, the mail is read without */
	if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0) < 0)
		_exit(SANDBOX_TROUBLE);
	/* to die by abort() is allowed: to itself only */
	allow(c, SCMP_SYS(gettid));
	allow(c, SCMP_SYS(getpid));
	if (seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A2(SCMP_CMP_EQ, SIGABRT)) < 0)
		_exit(SANDBOX_TROUBLE);
	if (SANITIZED) { /* the sanitizers look at themselves when they report */
		allow(c, SCMP_SYS(sigaltstack));
		allow(c, SCMP_SYS(getrlimit));
		allow(c, SCMP_SYS(sched_yield));
		allow(c, SCMP_SYS(rt_sigaction));
	}
	int fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd < 0 || seccomp_export_bpf(c, fd) < 0)
		_exit(SANDBOX_TROUBLE);
	ssize_t n = pread(fd, filter, sizeof(filter), 0);
	if (n <= 0 || n == (ssize_t)sizeof(filter))
		_exit(SANDBOX_TROUBLE);
	filter_program.len = (unsigned short)((size_t)n / sizeof(*filter));
	(void)close(fd);
	seccomp_release(c);
}

void sandbox_prepare(unsigned address_space_mib)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(SANDBOX_TROUBLE);
	(void)prctl(PR_SET_DUMPABLE, 0);
	landlock();
	limits(address_space_mib);
	filter_prepare();
}

void sandbox_enter(unsigned cpu_seconds)
{
	child_limits(cpu_seconds);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter_program) < 0)
		_exit(SANDBOX_TROUBLE);
}
