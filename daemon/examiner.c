/* sitante-examiner: examines the signed PDFs and certificates of one mail, or one bare file, then ends.
 *
 * Descriptors: 0 the request, 3 a memory file for the result, 4 closed by ending, 5 the raw mail or the file.  All
 * libraries are loaded and have tested themselves when the walls close; then nothing but these bytes is seen. */
#include "base/limits.h"
#include "evidence/examine.h"
#include "message/attached.h"
#include "port/examiner.h"
#include "sandbox.h"

#include <gmime/gmime.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REQUEST_FD = 0, RESULT_FD = 3, FILE_FD = 5, ARENA_MAX = 96 * 1024 * 1024 };

static struct span mapped(int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		_exit(SANDBOX_TROUBLE);
	if (st.st_size == 0)
		return span_of("", 0);
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		_exit(SANDBOX_TROUBLE);
	return span_of(p, (size_t)st.st_size);
}

static void write_all(const struct buf *b)
{
	for (size_t at = 0; at < b->n;) {
		ssize_t n = write(RESULT_FD, b->p + at, b->n - at);
		if (n <= 0)
			_exit(SANDBOX_TROUBLE);
		at += (size_t)n;
	}
}

/* The file's bytes, one more than may be where there are more. */
static struct span bytes_of(const struct examiner_file *f, struct span raw, struct arena *a)
{
	struct span out = span_of("", 0);
	bool too_large =
		f->bare ? raw.n > LIMIT_EVIDENCE_BYTES : f->where.size > LIMIT_EVIDENCE_BYTES && raw.n > LIMIT_EVIDENCE_BYTES;
	if (too_large) /* refused by its size, unread */
		return span_of(raw.p, LIMIT_EVIDENCE_BYTES + 1);
	if (f->bare)
		return raw;
	if (f->kind != EVIDENCE_KEYS && attached_bytes(raw, &f->where, LIMIT_EVIDENCE_BYTES + 1, a, &out) < 0)
		_exit(SANDBOX_TROUBLE);
	if (out.n > 0) /* decoded: the mail itself need not stay in memory */
		(void)madvise((void *)(uintptr_t)raw.p, raw.n, MADV_DONTNEED);
	return out;
}

#ifdef SITANTE_PLANTED_FAULTS
/* A test build's examiner does what a word in the file says. */
static void planted(struct span bytes)
{
	if (span_find_nocase(bytes, 0, "planted: crash") < bytes.n)
		abort();
	if (span_find_nocase(bytes, 0, "planted: hang") < bytes.n)
		for (volatile int i = 0;; i++)
			;
	if (span_find_nocase(bytes, 0, "planted: open") < bytes.n)
		_exit((int)syscall(SYS_openat, -100, "/etc/hostname", 0) < 0);
	if (span_find_nocase(bytes, 0, "planted: socket") < bytes.n)
		_exit(socket(AF_INET, SOCK_STREAM, 0) < 0);
}
#endif

/* Each file has memory of its own, and its result is out before the next begins: what dies on one leaves the others. */
static void examine(const struct examiner_file *f, struct span raw, const struct evidence_policy *p)
{
	struct evidence_file value = { 0 };
	struct arena *a = arena_new(ARENA_MAX);
	struct buf out = BUF_INIT(LIMIT_READING_BYTES);
	if (!a)
		_exit(SANDBOX_TROUBLE);
	struct span bytes = bytes_of(f, raw, a);
#ifdef SITANTE_PLANTED_FAULTS
	planted(bytes);
#endif
	if (evidence_examine(bytes, f->name, f->kind, p, a, &value) < 0)
		_exit(SANDBOX_TROUBLE);
	value.attachment = f->attachment;
	evidence_encode(&value, &out);
	if (buf_status(&out) != 0 || buf_failures() > 0)
		_exit(SANDBOX_TROUBLE);
	write_all(&out);
	buf_done(&out);
	arena_free(a);
}

int main(void)
{
	struct examiner_request q;
	struct arena *a = arena_new(ARENA_MAX);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)mallopt(M_ARENA_MAX, 1);
	if (!a || examiner_decode(mapped(REQUEST_FD), a, &q) != 0)
		return SANDBOX_TROUBLE;
	struct span raw = mapped(FILE_FD);
	g_mime_init();
	sandbox_prepare(LIMIT_EXAMINER_ADDRESS_SPACE_MIB);
	sandbox_enter(LIMIT_EXAMINER_CPU_SECONDS);
	struct evidence_policy p = { .at = q.at, .roots = q.roots, .n_roots = q.n_roots };
	for (size_t i = 0; i < q.n_files; i++)
		examine(&q.files[i], raw, &p);
	_exit(0);
}
