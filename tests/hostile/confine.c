/* Runs a program under what of a systemd unit a process can put on itself without systemd: the list of system calls (every
 * other gives EPERM), address families, no namespaces, no writable and executable memory, no set-uid files, no real time, no
 * new privileges, no capability, limits of descriptors and cores, the umask.
 * usage: confine CALLS-FILE PROGRAM ARGUMENTS...   (CALLS-FILE: a name of a system call a line) */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET };

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "confine: %s: %s\n", what, strerror(r == -1 ? errno : -r));
	exit(3);
}

static bool is_special(const char *call)
{
	static const char *const calls[] = { "socket", "clone",   "mmap",   "mprotect", "pkey_mprotect",
					     "shmat",  "chmod",   "fchmod", "fchmodat", "sched_setscheduler",
					     "clone3", "unshare", "setns" };
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (strcmp(calls[i], call) == 0)
			return true;
	return false;
}

static void allow_if(scmp_filter_ctx c, int call, unsigned arg, enum scmp_compare how, scmp_datum_t a, scmp_datum_t b)
{
	struct scmp_arg_cmp cmp = { .arg = arg, .op = how, .datum_a = a, .datum_b = b };
	must(seccomp_rule_add_array(c, SCMP_ACT_ALLOW, call, 1, &cmp), "a rule");
}

/* RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute, RestrictSUIDSGID; clone3 has its flags in memory:
 * "not there", and libc takes clone. */
static void special_rules(scmp_filter_ctx c)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6 };
	static const int changes[] = { SCMP_SYS(mprotect), SCMP_SYS(pkey_mprotect) };
	static const struct {
		int call;
		unsigned arg;
	} modes[] = { { SCMP_SYS(chmod), 1 }, { SCMP_SYS(fchmod), 1 }, { SCMP_SYS(fchmodat), 2 } };
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		allow_if(c, SCMP_SYS(socket), 0, SCMP_CMP_EQ, (scmp_datum_t)families[i], 0);
	allow_if(c, SCMP_SYS(clone), 0, SCMP_CMP_MASKED_EQ, NAMESPACES, 0);
	allow_if(c, SCMP_SYS(mmap), 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0);
	allow_if(c, SCMP_SYS(mmap), 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE);
	allow_if(c, SCMP_SYS(mmap), 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		allow_if(c, changes[i], 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	allow_if(c, SCMP_SYS(shmat), 2, SCMP_CMP_MASKED_EQ, SHM_EXEC, 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		allow_if(c, modes[i].call, modes[i].arg, SCMP_CMP_MASKED_EQ, S_ISUID | S_ISGID, 0);
	must(seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
}

static void filter(const char *path)
{
	char name[100];
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	FILE *f = fopen(path, "re");
	must(f && c ? 0 : -1, path);
	while (fgets(name, sizeof(name), f)) {
		name[strcspn(name, "\n")] = '\0';
		int call = seccomp_syscall_resolve_name(name);
		if (call != __NR_SCMP_ERROR && call >= 0 && !is_special(name))
			must(seccomp_rule_add(c, SCMP_ACT_ALLOW, call, 0), name);
	}
	(void)fclose(f);
	special_rules(c);
	must(seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(execve), 0), "execve");
	must(seccomp_load(c), "the filter");
	seccomp_release(c);
}

static void no_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	for (int i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		must(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "the bounding set");
	must((int)syscall(SYS_capset, &head, none), "capabilities");
}

int main(int argc, char **argv)
{
	struct rlimit files = { 512, 512 }, cores = { 0, 0 };
	if (argc < 3)
		return 2;
	(void)umask(0077);
	must(setrlimit(RLIMIT_NOFILE, &files), "descriptors");
	must(setrlimit(RLIMIT_CORE, &cores), "cores");
	no_capabilities();
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	filter(argv[1]);
	(void)execv(argv[2], argv + 2);
	must(-1, argv[2]);
}
