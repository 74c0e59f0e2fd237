/* sitante-document: makes one PDF or one recap, then ends.
 *
 * Descriptors: 0 the request, 3 a memory file for the result, 4 closed by ending.  An argument names the
 * store's folder for a recap.  The part that draws (and links cairo, pango, qpdf, libqrencode, libxlsxwriter) sees the
 * request and the rows of the register on a pipe, never the store: it has no network, starts no program,
 * reads only fonts and writes only into a folder of its own that is gone when it ends.
 */
#include "document/draw.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RESULT_FD = 3,
	EXIT_TROUBLE = 3,
	REQUEST_MAX = 8 * 1024 * 1024,
	ARENA_MAX = 32 * 1024 * 1024,
	ROW_MAX = 64 * 1024,
	PDF_MAX = 32 * 1024 * 1024,
};

static void limit(int what, rlim_t value)
{
	struct rlimit l = { value, value };
	if (setrlimit(what, &l) < 0)
		_exit(EXIT_TROUBLE);
}

static void limits(void)
{
#if !defined(__SANITIZE_ADDRESS__) /* the sanitizer reserves terabytes of addresses */
	limit(RLIMIT_AS, (rlim_t)LIMIT_DOCUMENT_ADDRESS_SPACE_MIB * 1024 * 1024);
#endif
	limit(RLIMIT_CPU, LIMIT_DOCUMENT_CPU_SECONDS);
	limit(RLIMIT_FSIZE, LIMIT_DOCUMENT_FILE_BYTES);
	limit(RLIMIT_CORE, 0);
}

static void allow_path(int rules, const char *path, uint64_t access)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr a = { .allowed_access = access, .parent_fd = fd };
	if (fd < 0)
		return;
	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	(void)close(fd);
}

/* Fonts may be read, the own folder written.  Silently less where the kernel has no Landlock. */
static void landlock(const char *folder)
{
	static const char *const readable[] = { "/usr/share", "/usr/local/share/fonts", "/etc/fonts", "/var/cache/fontconfig" };
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	struct landlock_ruleset_attr attr = { .handled_access_fs = all };
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return;
	for (size_t i = 0; i < sizeof(readable) / sizeof(*readable); i++)
		allow_path(fd, readable[i], read);
	allow_path(fd, folder,
		   read | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE);
	(void)syscall(SYS_landlock_restrict_self, fd, 0);
	(void)close(fd);
}

static void forbid_calls(void)
{
	static const int calls[] = { SCMP_SYS(socket),  SCMP_SYS(socketpair),      SCMP_SYS(connect),  SCMP_SYS(bind),
				     SCMP_SYS(listen),  SCMP_SYS(accept),          SCMP_SYS(accept4),  SCMP_SYS(sendto),
				     SCMP_SYS(sendmsg), SCMP_SYS(execve),          SCMP_SYS(execveat), SCMP_SYS(fork),
				     SCMP_SYS(vfork),   SCMP_SYS(ptrace),          SCMP_SYS(mount),    SCMP_SYS(kill),
				     SCMP_SYS(tkill),   SCMP_SYS(io_uring_setup),  SCMP_SYS(bpf),      SCMP_SYS(keyctl),
				     SCMP_SYS(unshare), SCMP_SYS(process_vm_readv) };
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	if (!c)
		_exit(EXIT_TROUBLE);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), calls[i], 0) < 0)
			_exit(EXIT_TROUBLE);
	/* pango looks fonts up in a thread; glibc falls back from clone3, whose flags no filter can see */
	if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) < 0 ||
	    seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) < 0)
		_exit(EXIT_TROUBLE);
	if (seccomp_load(c) < 0)
		_exit(EXIT_TROUBLE);
	seccomp_release(c);
}

static void sandbox(const char *folder)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(EXIT_TROUBLE);
	(void)prctl(PR_SET_DUMPABLE, 0);
	landlock(folder);
	limits();
	forbid_calls();
}

static int fail(const struct error *err)
{
	(void)fprintf(stderr, "sitante-document: %s\n", err->text);
	return EXIT_TROUBLE;
}

static bool write_all(int fd, const void *p, size_t n)
{
	const char *c = p;
	while (n > 0) {
		ssize_t w = write(fd, c, n);
		if (w <= 0)
			return false;
		c += w;
		n -= (size_t)w;
	}
	return true;
}

static int draw_printout(struct wire *w, struct arena *a)
{
	struct printout p;
	struct field_place field = { 0 };
	struct error err = { 0 };
	AUTO_BUF pdf = BUF_INIT(PDF_MAX);
	AUTO_BUF out = BUF_INIT(PDF_MAX);
	if (printout_decode(w, a, &p) != 0)
		return EXIT_TROUBLE;
	if (printout_draw(&p, &pdf, &field, &err) != 0 || printout_add_field(buf_span(&pdf), &field, &out, &err) != 0)
		return fail(&err);
	return write_all(RESULT_FD, out.p, out.n) ? 0 : EXIT_TROUBLE;
}

static int draw_slip(struct wire *w, struct arena *a)
{
	struct slip s;
	struct error err = { 0 };
	AUTO_BUF pdf = BUF_INIT(PDF_MAX);
	if (slip_decode(w, a, &s) != 0)
		return EXIT_TROUBLE;
	if (slip_draw(&s, &pdf, &err) != 0)
		return fail(&err);
	return write_all(RESULT_FD, pdf.p, pdf.n) ? 0 : EXIT_TROUBLE;
}

/* --- rows on the pipe: u32 length, then the row ----------------------------------------------- */

static void row_encode(const struct tally *t, struct buf *out)
{
	const char *const texts[] = { t->number, t->state, t->kind,     t->agency,       t->officer, t->name,
				      t->nik,    t->nip,   t->position, t->person_state, t->until,   t->report };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		wire_put_str(out, texts[i]);
	wire_put_i64(out, t->opened_s);
	wire_put_i64(out, t->ended_s);
	wire_put_u8(out, (uint8_t)t->waits_for);
	for (int i = 0; i < 4; i++) {
		wire_put_i64(out, t->step_s[i]);
		wire_put_i64(out, t->standard_s[i]);
	}
	wire_put_i64(out, t->waiting_s);
	wire_put_i64(out, t->paused_s);
	wire_put_u32(out, t->mails);
	wire_put_u32(out, t->sms);
	wire_put_u32(out, t->mark);
	wire_put_u8(out, t->first);
}

static bool row_decode(struct span s, struct arena *a, struct tally *t)
{
	struct wire w = wire_open(s);
	const char **const texts[] = { &t->number, &t->state, &t->kind,     &t->agency,       &t->officer, &t->name,
				       &t->nik,    &t->nip,   &t->position, &t->person_state, &t->until,   &t->report };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = wire_str(&w, a, 8192);
	t->opened_s = wire_i64(&w);
	t->ended_s = wire_i64(&w);
	t->waits_for = (enum span_kind)wire_u8_max(&w, N_SPAN_KINDS - 1);
	for (int i = 0; i < 4; i++) {
		t->step_s[i] = wire_i64(&w);
		t->standard_s[i] = wire_i64(&w);
	}
	t->waiting_s = wire_i64(&w);
	t->paused_s = wire_i64(&w);
	t->mails = wire_u32(&w);
	t->sms = wire_u32(&w);
	t->mark = wire_u32(&w);
	t->first = wire_u8_max(&w, 1);
	return wire_done(&w);
}

/* 1 a row; 0 the end; -1 a fault. */
static int row_next(FILE *from, struct arena *a, struct tally *t)
{
	static unsigned char row[ROW_MAX];
	uint32_t n = 0;
	size_t got = fread(&n, 1, sizeof(n), from);
	if (got == 0)
		return 0;
	if (got != sizeof(n) || n > sizeof(row) || fread(row, 1, n, from) != n)
		return -1;
	return row_decode(span_of(row, n), a, t) ? 1 : -1;
}

/* A batch in one arena: memory is asked for once in a while, not for every row. */
static int some_rows(FILE *rows, struct recap_writer *w)
{
	enum { BATCH = 500 };
	AUTO_ARENA a = arena_new((size_t)BATCH * ROW_MAX);
	int r = a ? 1 : -1;
	for (int i = 0; r > 0 && i < BATCH; i++) {
		struct tally t = { 0 };
		r = row_next(rows, a, &t);
		if (r > 0)
			recap_writer_row(w, &t);
	}
	return r;
}

static int draw_recap(const struct recap_request *q, int rows_fd, const char *folder)
{
	struct recap_writer *w = NULL;
	struct error err = { 0 };
	FILE *rows = fdopen(rows_fd, "r");
	int r = rows ? recap_writer_open(q, "/proc/self/fd/3", folder, RESULT_FD, &w, &err) : 1;
	if (r != 0)
		return fail(&err);
	do
		r = some_rows(rows, w);
	while (r > 0);
	(void)fclose(rows);
	if (recap_writer_close(w, &err) != 0)
		return fail(&err);
	return r == 0 ? 0 : EXIT_TROUBLE;
}

/* --- the half that has the store ---------------------------------------------------------------- */

struct feed {
	FILE *to;
	struct buf row;
};

static int feed_row(void *context, const struct tally *t)
{
	struct feed *f = context;
	buf_reset(&f->row);
	row_encode(t, &f->row);
	uint32_t n = (uint32_t)f->row.n;
	bool good = buf_status(&f->row) == 0 && fwrite(&n, sizeof(n), 1, f->to) == 1 && fwrite(f->row.p, 1, n, f->to) == n;
	return good ? 0 : -EPIPE;
}

static int feed(const char *store, const struct recap_request *q, int fd)
{
	struct store *s = NULL;
	struct error err = { 0 };
	struct feed f = { .to = fdopen(fd, "w"), .row = BUF_INIT(ROW_MAX) };
	int r = f.to ? store_open(store, STORE_TOOL, &s, &err) : -ENOMEM;
	if (r == 0)
		r = store_begin(s, __func__, &err);
	if (r == 0)
		r = store_tally_each(s, q->from_s, q->to_s, feed_row, &f, &err);
	if (s)
		store_end(s);
	store_close(s);
	if (r == 0 && fflush(f.to) != 0)
		r = -EPIPE;
	if (f.to)
		(void)fclose(f.to);
	buf_done(&f.row);
	return r == 0 ? 0 : fail(&err);
}

static void folder_remove(const char *folder)
{
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		(void)closedir(d);
	(void)rmdir(folder);
}

static int drawer(struct span request, int rows_fd, const char *folder)
{
	struct wire w = wire_open(request);
	struct recap_request q = { 0 };
	AUTO_ARENA a = arena_new(ARENA_MAX);
	uint8_t kind = wire_u8(&w);
	sandbox(folder);
	if (!a)
		return EXIT_TROUBLE;
	if (kind == DOCUMENT_PRINTOUT)
		return draw_printout(&w, a);
	if (kind == DOCUMENT_SLIP)
		return draw_slip(&w, a);
	if (kind != DOCUMENT_RECAP || rows_fd < 0 || recap_decode(&w, a, &q) != 0)
		return EXIT_TROUBLE;
	return draw_recap(&q, rows_fd, folder);
}

static bool read_all(struct buf *b)
{
	char piece[65536];
	ssize_t n;
	while ((n = read(0, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	return n == 0 && b->n > 0 && buf_status(b) == 0;
}

int main(int argc, char **argv)
{
	char folder[PATH_MAX];
	const char *temporary = getenv("TMPDIR");
	int rows[2] = { -1, -1 }, status = 0, fed = 0;
	struct recap_request q = { 0 };
	AUTO_ARENA a = arena_new(ARENA_MAX);
	AUTO_BUF request = BUF_INIT(REQUEST_MAX);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	int n = snprintf(folder, sizeof(folder), "%s/sitante-document-XXXXXX", temporary ? temporary : "/tmp");
	if (!a || n < 0 || (size_t)n >= sizeof(folder) || !read_all(&request) || !mkdtemp(folder) ||
	    (argc > 1 && pipe2(rows, O_CLOEXEC) < 0))
		return EXIT_TROUBLE;
	pid_t pid = fork();
	if (pid == 0) {
		if (rows[1] >= 0)
			(void)close(rows[1]);
		_exit(drawer(buf_span(&request), rows[0], folder));
	}
	if (rows[0] >= 0)
		(void)close(rows[0]);
	struct wire w = wire_open(buf_span(&request));
	if (pid > 0 && argc > 1) {
		fed = wire_u8(&w) == DOCUMENT_RECAP && recap_decode(&w, a, &q) == 0 ? feed(argv[1], &q, rows[1]) : EXIT_TROUBLE;
		if (fed != 0)
			(void)kill(pid, SIGKILL); /* half a recap is none */
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		; /* else half a document would pass for a whole one */
	folder_remove(folder);
	return pid > 0 && fed == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE;
}
