#include "unit.h"

#include "compose/compose.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static bool lines_right(const char *p, size_t n)
{
	size_t line = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\0' || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n')) ||
		    (p[i] == '\n' && (i == 0 || p[i - 1] != '\r')))
			return false;
		line = p[i] == '\n' ? 0 : line + 1;
		if (line > 1000)
			return false;
	}
	return true;
}

/* T20: whatever byte stands wherever, a header is one field: its lines after the first begin with a blank. */
static void no_byte_breaks_a_header(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < 12; at++) {
			char value[] = "Perpanjangan\r\nBcc: x@y.example";
			value[at] = (char)c;
			AUTO_BUF b = BUF_INIT(10000);
			header_add(&b, "Subject", value);
			assert_true(lines_right(b.p, b.n));
			for (size_t i = 0; i + 2 < b.n; i++)
				if (b.p[i] == '\n')
					assert_int_equal(b.p[i + 1], ' ');
		}
}

static struct compose_mail usual(void)
{
	return (struct compose_mail){ .from_name = "SITANTE \"Natuna\"",
				      .from_address = "sitante@natunakab.go.id",
				      .to_name = "Mé\r\nBcc: z@z.example",
				      .to_address = "budi@natunakab.go.id",
				      .subject = "[SITANTE-2026-0001] Diterima — terima kasih",
				      .message_id = "abc@natunakab.go.id",
				      .in_reply_to = "req@gmail.example",
				      .date = { 1767579176000 },
				      .offset_s = 25200,
				      .automatic = COMPOSE_AUTO_REPLIED,
				      .text = "Halo\n.\nSelesai é\n",
				      .html = "<p>Halo é</p>" };
}

static int raw_fd = -1;
static int open_raw(void *context, uint64_t raw_id)
{
	(void)context;
	return raw_id == 5 ? dup(raw_fd) : -1;
}

static void raw_make(const char *text)
{
	raw_fd = memfd_create("raw", 0);
	assert_true(raw_fd >= 0);
	assert_int_equal(write(raw_fd, text, strlen(text)), strlen(text));
}

static void read_whole(struct compose_stream *s, size_t piece, struct buf *out)
{
	char p[4096];
	ssize_t n;
	while ((n = compose_stream_read(s, p, piece)) > 0)
		buf_add(out, p, (size_t)n);
	assert_int_equal(n, 0);
}

static void mail_is_the_same_at_every_read_size(void **state)
{
	static const char raw[] = "Header: x\n\nSGFs\nbyBk\r\nd!!W5pYQ==\n\nkata =C3=A9 .=\nx\n";
	const struct compose_attachment files[] = {
		{ .name = "surat é \"x\".pdf",
		  .type = "application/pdf",
		  .raw_id = 5,
		  .raw_offset = 11,
		  .raw_length = 22,
		  .encoding = MAIL_ENCODING_BASE64 },
		{ .name = "a.txt",
		  .type = "text/plain",
		  .raw_id = 5,
		  .raw_offset = 34,
		  .raw_length = 17,
		  .encoding = MAIL_ENCODING_QUOTED_PRINTABLE },
		{ .name = "asli.eml",
		  .type = "message/rfc822",
		  .raw_id = 5,
		  .raw_offset = 0,
		  .raw_length = sizeof(raw) - 1,
		  .whole_message = true },
	};
	(void)state;
	AUTO_ARENA a = arena_new(1 << 20);
	AUTO_BUF content = BUF_INIT(1 << 20);
	AUTO_BUF first = BUF_INIT(1 << 20);
	struct segment *segments;
	size_t n;
	struct error err = { 0 };
	struct compose_mail m = usual();
	struct compose_stream *s;
	m.attachments = files;
	m.n_attachments = 3;
	raw_make(raw);
	assert_int_equal(compose_write(&m, (const unsigned char *)"0123456789abcdef", &content, &segments, &n, a, &err), 0);
	assert_int_equal(compose_stream_open(buf_span(&content), segments, n, open_raw, NULL, &s), 0);
	read_whole(s, 4096, &first);
	assert_true(lines_right(first.p, first.n));
	assert_non_null(strstr(buf_cstr(&first), "SGFsbyBkdW5pYQ==\r\n"));
	assert_non_null(strstr(buf_cstr(&first), "kata =C3=A9 .=\r\nx"));
	assert_non_null(strstr(buf_cstr(&first), "Auto-Submitted: auto-replied\r\n"));
	assert_null(strstr(buf_cstr(&first), "\nBcc:"));
	for (size_t piece = 1; piece < 60; piece += 7) {
		AUTO_BUF again = BUF_INIT(1 << 20);
		assert_int_equal(compose_stream_rewind(s), 0);
		read_whole(s, piece, &again);
		assert_true(span_eq(buf_span(&first), buf_span(&again)));
	}
	compose_stream_close(s);
	(void)close(raw_fd);
}

static void short_or_missing_raw_mail_fails(void **state)
{
	static const struct segment shorter[] = { { .kind = SEGMENT_PLAIN, .raw_id = 5, .offset = 0, .length = 100 } };
	static const struct segment missing[] = { { .kind = SEGMENT_PLAIN, .raw_id = 9, .offset = 0, .length = 3 } };
	(void)state;
	raw_make("only this");
	for (int i = 0; i < 2; i++) {
		struct compose_stream *s;
		char p[1000];
		ssize_t n;
		assert_int_equal(compose_stream_open(span_str(""), i ? missing : shorter, 1, open_raw, NULL, &s), 0);
		while ((n = compose_stream_read(s, p, sizeof(p))) > 0)
			;
		assert_int_equal(n, -1);
		compose_stream_close(s);
	}
	(void)close(raw_fd);
}

static void bad_addresses_are_refused(void **state)
{
	static const char *const bad[] = { "a b@x.id", "a@x.id\r\nRCPT TO:<e@x>", "<a@x.id>", "a@", "@x.id", "a", "a@b@c.id",
					   "é@x.id" };
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO_ARENA a = arena_new(1 << 20);
		AUTO_BUF content = BUF_INIT(1 << 20);
		struct segment *segments;
		size_t n;
		struct error err = { 0 };
		struct compose_mail m = usual();
		m.to_address = bad[i];
		assert_int_equal(compose_write(&m, (const unsigned char *)"0123456789abcdef", &content, &segments, &n, a, &err),
				 -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_byte_breaks_a_header),
					    cmocka_unit_test(mail_is_the_same_at_every_read_size),
					    cmocka_unit_test(short_or_missing_raw_mail_fails),
					    cmocka_unit_test(bad_addresses_are_refused) };
	return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
}
