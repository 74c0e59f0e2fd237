/* The reader's work on given mails, many times over, for callgrind and perf: bench_reading TIMES FILE... */
#include "base/limits.h"
#include "message/parse.h"
#include "port/reader.h"

#include <stdio.h>
#include <stdlib.h>

static struct span load(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	size_t n = 0, cap = 0;
	for (size_t got = 1; f && got > 0; n += got) {
		if (n == cap)
			p = realloc(p, cap = cap ? cap * 2 : 65536);
		if (!p)
			exit(1);
		got = fread(p + n, 1, cap - n, f);
	}
	if (!f)
		exit(1);
	(void)fclose(f);
	return span_of(p, n);
}

static size_t read_one(struct span raw, const struct message_policy *policy)
{
	struct reading r = { 0 }, again = { 0 };
	struct error err = { 0 };
	struct arena *a = arena_new(64 * 1024 * 1024);
	struct buf out = BUF_INIT(LIMIT_READING_BYTES);
	if (!a || message_parse(raw, policy, a, &r.message, &err) < 0 || request_read(&r.message, a, &r.request, &err) < 0 ||
	    command_read(r.message.text, a, &r.commands) < 0)
		exit(1);
	reading_encode(&r, &out);
	if (reading_decode(buf_span(&out), raw.n, a, &again) != 0)
		exit(1);
	size_t n = out.n;
	buf_done(&out);
	arena_free(a);
	return n;
}

int main(int argc, char **argv)
{
	static const char *own[] = { "sitante@natunakab.go.id" }, *ids[] = { "mail.natunakab.go.id" };
	struct message_policy policy = { .own_addresses = own,
					 .n_own_addresses = 1,
					 .own_id_domain = "natunakab.go.id",
					 .authserv_ids = ids,
					 .n_authserv_ids = 1 };
	size_t bytes = 0, mails = 0;
	message_parse_prepare();
	for (int i = 2; i < argc; i++) {
		struct span raw = load(argv[i]);
		for (long k = argc > 1 ? strtol(argv[1], NULL, 10) : 1; k > 0; k--, mails++)
			bytes += read_one(raw, &policy);
		free((void *)(uintptr_t)raw.p);
	}
	(void)printf("%zu mails, %zu bytes of readings\n", mails, bytes);
	return mails > 0 ? 0 : 1;
}
