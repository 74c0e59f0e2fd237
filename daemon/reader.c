/* sitante-reader: a small zygote that forks a sandboxed child for each mail.  The child gets two
 * descriptors (the raw mail, a memfd for the reading), no file, no socket, no program.  What can be
 * done once is done in the zygote: tables, the filter's program, Landlock, the limits that fit both. */
#include "base/limits.h"
#include "base/num.h"
#include "lists.h"
#include "message/parse.h"
#include "port/reader.h"
#include "sandbox.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SOCKET_FD = 3,
	EXIT_TROUBLE = SANDBOX_TROUBLE,
	ARENA_MAX = 64 * 1024 * 1024,
	HEAP_STEP = 1024 * 1024,
};

enum { LARGE_BYTES = 4 * 1024 * 1024, LET_GO_US = 2000 };

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
static unsigned forked; /* children of this zygote, the running one included */

/* A test build's reader dies on a word in the mail, in the way the word says. */
static void planted(struct span raw)
{
	if (span_find_nocase(raw, 0, "X-Planted: crash") < raw.n)
		abort();
	if (span_find_nocase(raw, 0, "X-Planted: stale") < raw.n && forked > 1)
		abort(); /* as if an earlier mail had left something in the zygote */
	if (span_find_nocase(raw, 0, "X-Planted: hang") < raw.n)
		for (volatile int i = 0;; i++)
			;
	if (span_find_nocase(raw, 0, "X-Planted: bloat") < raw.n)
		for (;;)
			memset(malloc(1024 * 1024), 1, 1024 * 1024);
	size_t call = span_find_nocase(raw, 0, "X-Planted: call ");
	uint32_t number = 0;
	if (call < raw.n && num_parse_u32(span_of(raw.p + call + 16, 3), 999, &number) == 0)
		_exit((int)syscall(number, 0, 0, 0, 0, 0, 0) < 0);
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

/* A large mail is gone over several times from its start to its end, and what was looked at is not needed
 * soon: its pages are let go every few milliseconds of work (they come back from the file when touched), so
 * that 50 MiB of mail are no 50 MiB of memory. */
static struct span mapped;

static void let_go(int signal)
{
	int saved = errno;
	(void)signal;
	(void)madvise((void *)(uintptr_t)mapped.p, mapped.n, MADV_DONTNEED);
	errno = saved;
}

static void let_go_of_pages(void *raw, size_t n)
{
	struct sigaction act = { .sa_handler = let_go, .sa_flags = SA_RESTART };
	struct itimerval every = { { 0, LET_GO_US }, { 0, LET_GO_US } };
	mapped = span_of(raw, n);
	if (n >= LARGE_BYTES && sigaction(SIGVTALRM, &act, NULL) == 0)
		(void)setitimer(ITIMER_VIRTUAL, &every, NULL);
}

static int reading_make(struct span bytes, const struct message_policy *policy, struct arena *a, struct reading *out)
{
	struct error err = { 0 };
	int r = message_parse(bytes, policy, a, &out->message, &err);
	if (r >= 0)
		r = request_read(&out->message, a, &out->request, &err);
	if (r >= 0)
		r = command_read(out->message.text, a, &out->commands);
	if (r >= 0)
		r = lists_read(bytes, a, out, &err);
	/* what found no memory anywhere left a hole: no reading is better than half a one */
	return r >= 0 && (arena_status(a) == -ENOMEM || buf_failures() > 0) ? -ENOMEM : r;
}

/* A mail of our own, read once before the first: what libraries set up at their first use each child
 * then finds done.  false: not all of it was set up, and the sandbox would kill who asks for it later. */
static bool warm_up(void)
{
	static const char mail[] =
		"From: =?utf-8?q?A?= <a@b.example>\r\nTo: c@d.example\r\nSubject: =?utf-8?b?YQ==?=\r\n"
		"Date: Mon, 2 Nov 2026 08:00:00 +0700\r\nMessage-ID: <a@b.example>\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
		"--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
		"mohon perpanjangan\r\nNama : A=E9\r\n--y\r\nContent-Type: text/html; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\nPHA+TmFtYSA6IEE8L3A+\r\n--y--\r\n--x\r\n"
		"Content-Type: application/pdf; name*=utf-8''a.pdf\r\nContent-Disposition: attachment\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--x--\r\n";
	struct message_policy none = { 0 };
	struct reading reading = { 0 };
	struct buf out = BUF_INIT(LIMIT_READING_BYTES);
	struct arena *a = arena_new(ARENA_MAX);
	bool right = a && reading_make(span_str(mail), &none, a, &reading) == 0;
	if (right)
		reading_encode(&reading, &out);
	right = right && buf_status(&out) == 0 && reading.message.text && strstr(reading.message.text, "Nama : A\u00e9");
	buf_done(&out);
	arena_free(a);
	return right;
}

/* One mail, in its own process. */
static void read_mail(int raw_fd, int reply_fd, struct span request)
{
	struct stat st;
	struct message_policy policy;
	struct reading reading = { 0 };
	struct wire w = wire_open(request);
	struct arena *a = arena_new(ARENA_MAX);
	if (!a || fstat(raw_fd, &st) < 0 || policy_decode(&w, a, &policy) != 0 || !wire_done(&w))
		_exit(EXIT_TROUBLE);
	void *raw = (void *)(uintptr_t) "";
	if (st.st_size > 0)
		raw = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, raw_fd, 0);
	if (raw == MAP_FAILED)
		_exit(EXIT_TROUBLE);
	let_go_of_pages(raw, (size_t)st.st_size);
	sandbox_enter(LIMIT_READER_CPU_SECONDS);
	struct span bytes = span_of(raw, (size_t)st.st_size);
#ifdef SITANTE_PLANTED_FAULTS
	planted(bytes);
#endif
	if (reading_make(bytes, &policy, a, &reading) < 0)
		_exit(EXIT_TROUBLE);
	struct buf out = BUF_INIT(LIMIT_READING_BYTES);
	reading_encode(&reading, &out);
	if (buf_status(&out) != 0)
		_exit(EXIT_TROUBLE);
	write_all(reply_fd, &out);
	_exit(0);
}

/* --- the zygote --------------------------------------------------------------------------------- */

static pid_t children[LIMIT_READINGS]; /* by slot; 0: none */

static void tell(unsigned slot, int32_t status)
{
	int32_t packet[2] = { (int32_t)slot, status };
	if (send(SOCKET_FD, packet, sizeof(packet), MSG_NOSIGNAL) < 0)
		_exit(EXIT_TROUBLE);
}

static void serve(unsigned slot, int raw_fd, int reply_fd, struct span request)
{
#ifdef SITANTE_PLANTED_FAULTS
	forked++;
#endif
	pid_t pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(SOCKET_FD);
		read_mail(raw_fd, reply_fd, request);
	}
	if (pid < 0)
		tell(slot, EXIT_TROUBLE << 8);
	else
		children[slot] = pid;
}

static void reap(void)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < LIMIT_READINGS; i++)
			if (children[i] == pid) {
				children[i] = 0;
				tell(i, status);
			}
}

/* One packet: a request with its two descriptors, or the order to kill a slot's child; false: the
 * office is gone. */
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
	struct wire w = wire_open(span_of(packet, (size_t)n));
	unsigned slot = wire_u32(&w);
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int fds[2];
	if (w.bad || slot >= LIMIT_READINGS)
		return false;
	if (!h) {
		if (children[slot] > 0)
			(void)kill(children[slot], SIGKILL);
		return true;
	}
	if (h->cmsg_type != SCM_RIGHTS || h->cmsg_len != CMSG_LEN(sizeof(fds)) || children[slot] > 0)
		return false;
	memcpy(fds, CMSG_DATA(h), sizeof(fds));
	serve(slot, fds[0], fds[1], w.rest);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return true;
}

static int children_watch(void)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Processor time after which the zygote ends, 0: none.  While it makes itself ready: libseccomp turns in a circle
 * where memory is refused to it. */
static void end_after(time_t seconds)
{
	struct itimerval t = { .it_value = { .tv_sec = seconds } };
	if (setitimer(ITIMER_PROF, &t, NULL) < 0)
		_exit(EXIT_TROUBLE);
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is the office's business */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_TOP_PAD, HEAP_STEP); /* few calls for memory in a child that lives for a mail */
	(void)mallopt(M_TRIM_THRESHOLD, 4 * HEAP_STEP);
	tzset(); /* with TZ set by our parent no library asks for the zone's file again */
	end_after(LIMIT_READER_PREPARE_CPU_SECONDS);
	message_parse_prepare();
	if (!warm_up())
		return EXIT_TROUBLE;
	struct pollfd p[2] = { { .fd = SOCKET_FD, .events = POLLIN }, { .fd = children_watch(), .events = POLLIN } };
	if (p[1].fd < 0)
		return EXIT_TROUBLE;
	sandbox_prepare(LIMIT_READER_ADDRESS_SPACE_MIB);
	end_after(0);
	for (;;) {
		struct signalfd_siginfo info;
		if (poll(p, 2, -1) < 0) {
			if (errno != EINTR)
				return EXIT_TROUBLE;
			continue; /* what it says of the descriptors is of the time before */
		}
		while (read(p[1].fd, &info, sizeof(info)) > 0)
			reap();
		if (p[0].revents && !receive())
			_exit(0); /* at once: nothing of ours is left to be tidied */
	}
}
