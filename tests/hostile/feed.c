/* Drives the real reader process for tests: mails from standard input (four bytes of length, big end first, and the
 * mail), an answer line in JSON for each.  With "measure" each mail has a reader of its own, and its processor time and
 * largest memory (both with what the reader needs to be ready) are in the line. */
#include "base/limits.h"
#include "port/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024, ARENA_BYTES = 64 * 1024 * 1024 };

static const char *own[] = { "sitante@natunakab.go.id" }, *ids[] = { "mail.natunakab.go.id" };
static const struct message_policy policy = {
	.own_addresses = own, .n_own_addresses = 1, .own_id_domain = "natunakab.go.id", .authserv_ids = ids, .n_authserv_ids = 1
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "feed: %s\n", what);
	exit(3);
}

/* The next mail in memory that has no address here; -1: no more. */
static int next_mail(void)
{
	unsigned char head[4];
	static char piece[PIECE_BYTES];
	if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
		return -1;
	size_t left = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	int fd = memfd_create("mail", MFD_CLOEXEC);
	must(fd >= 0, "no memfd");
	while (left > 0) {
		size_t n = left < sizeof(piece) ? left : sizeof(piece);
		must(fread(piece, 1, n, stdin) == n && write(fd, piece, n) == (ssize_t)n, "a mail is cut");
		left -= n;
	}
	return fd;
}

static void tell_reading(const struct reading *r)
{
	const struct message *m = &r->message;
	(void)printf("{\"outcome\": \"read\", \"proof\": \"%s\", \"cut\": %s, \"text\": %zu, \"attachments\": %zu, "
		     "\"applicants\": %zu, \"commands\": %zu",
		     mail_proof_word(m->proof), m->text_cut ? "true" : "false", m->text ? strlen(m->text) : 0, m->n_attachments,
		     r->request.n_applicants, r->commands.n_commands);
}

static bool feed(struct reader *reader, int fd)
{
	struct error err = { 0 };
	struct reading reading = { 0 };
	struct arena *a = arena_new(ARENA_BYTES);
	must(a != NULL, "no arena");
	int r = reader_read(reader, fd, &policy, a, &reading, &err);
	if (r == READER_READ)
		tell_reading(&reading);
	else
		(void)printf("{\"outcome\": \"%s\", \"why\": \"%s\"", r == READER_DIED ? "died" : "lost", err.text);
	arena_free(a);
	return r == READER_READ || r == READER_DIED;
}

static struct reader *start(void)
{
	struct error err = { 0 };
	struct reader *reader = NULL;
	must(reader_start(&reader, &err) == 0, err.text);
	return reader;
}

/* In a process of its own, whose children's use is this one mail's. */
static void measure(int fd)
{
	(void)fflush(stdout);
	pid_t pid = fork();
	must(pid >= 0, "no process");
	if (pid == 0) {
		struct rusage u;
		struct reader *reader = start();
		(void)feed(reader, fd);
		reader_stop(reader);
		must(getrusage(RUSAGE_CHILDREN, &u) == 0, "no usage");
		(void)printf(
			", \"cpu_ms\": %ld, \"rss_kib\": %ld}\n",
			(long)((u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000),
			u.ru_maxrss);
		(void)fflush(stdout);
		_exit(0);
	}
	int status = 0;
	must(waitpid(pid, &status, 0) == pid && status == 0, "measuring failed");
}

int main(int argc, char **argv)
{
	bool measuring = argc > 1 && strcmp(argv[1], "measure") == 0;
	struct reader *reader = measuring ? NULL : start();
	int fd;
	while ((fd = next_mail()) >= 0) {
		if (measuring) {
			measure(fd);
		} else {
			bool there = feed(reader, fd);
			(void)printf("}\n");
			must(there, "the reader's zygote is gone");
		}
		(void)fflush(stdout);
		(void)close(fd);
	}
	reader_stop(reader);
	return 0;
}
