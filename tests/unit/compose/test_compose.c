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

/* What no person wrote says so, in both ways that other robots know; a staff member's own words do not. */
static void M26_mail_of_ours_says_what_it_is(void **state)
{
	static const struct {
		enum compose_auto how;
		const char *field;
	} rows[] = { { COMPOSE_AUTO_REPLIED, "\nAuto-Submitted: auto-replied\r\n" },
		     { COMPOSE_AUTO_GENERATED, "\nAuto-Submitted: auto-generated\r\n" },
		     { COMPOSE_HUMAN, NULL } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_ARENA a = arena_new(1 << 20);
		AUTO_BUF b = BUF_INIT(1 << 20);
		struct compose_mail m = usual();
		struct segment *segments;
		struct error err = { 0 };
		size_t n;
		m.automatic = rows[i].how;
		assert_int_equal(compose_write(&m, (const unsigned char *)"0123456789abcdef", &b, &segments, &n, a, &err), 0);
		const char *all = buf_cstr(&b);
		assert_int_equal(strstr(all, "\nX-Auto-Response-Suppress: All\r\n") != NULL, rows[i].field != NULL);
		assert_true(rows[i].field ? strstr(all, rows[i].field) != NULL : strstr(all, "\nAuto-Submitted:") == NULL);
		assert_non_null(strstr(all, "\nMessage-ID: <abc@natunakab.go.id>\r\n"));
		assert_non_null(strstr(all, "\nIn-Reply-To: <req@gmail.example>\r\n"));
		assert_non_null(strstr(all, "\nReferences: <req@gmail.example>\r\n"));
	}
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

/* --- T20: header injection is impossible by construction ---------------------------------------- */

enum field { FROM_NAME, TO_NAME, SUBJECT, IN_REPLY_TO, REFERENCE, FILE_NAME, FILE_TYPE, MESSAGE_ID, N_FIELDS_SET };
static const char *const field_names[] = { "T20_from_name", "T20_to_name",   "T20_subject",   "T20_in_reply_to",
					   "T20_reference", "T20_file_name", "T20_file_type", "T20_message_id" };

static int compose_with(enum field f, const char *value, struct buf *content)
{
	static const char *refs[1];
	struct compose_attachment file = {
		.name = "a.pdf", .type = "application/pdf", .memory = true, .bytes = { (const unsigned char *)"x", 1 }
	};
	struct compose_mail m = usual();
	struct segment *segments;
	struct error err = { 0 };
	size_t n;
	AUTO_ARENA a = arena_new(1 << 20);
	m.to_name = "Budi";
	m.attachments = &file;
	m.n_attachments = 1;
	m.references = refs;
	m.n_references = 1;
	refs[0] = f == REFERENCE ? value : "r@x.example";
	m.from_name = f == FROM_NAME ? value : m.from_name;
	m.to_name = f == TO_NAME ? value : m.to_name;
	m.subject = f == SUBJECT ? value : m.subject;
	m.in_reply_to = f == IN_REPLY_TO ? value : m.in_reply_to;
	m.message_id = f == MESSAGE_ID ? value : m.message_id;
	file.name = f == FILE_NAME ? value : file.name;
	file.type = f == FILE_TYPE ? value : file.type;
	return compose_write(&m, (const unsigned char *)"0123456789abcdef", content, &segments, &n, a, &err);
}

/* The names of the header fields, and how many lines begin a field in a part's head. */
static size_t field_count(const char *head, const char *end, const char *name)
{
	size_t n = 0;
	for (const char *p = head; p < end; p = strchr(p, '\n') + 1)
		n += *p != ' ' && (!name || strncmp(p, name, strlen(name)) == 0);
	return n;
}

static void assert_one_header(const struct buf *b, enum field f)
{
	static const char *const once[] = { "From: ",       "To: ",           "Subject: ",        "Date: ",
					    "Message-ID: ", "MIME-Version: ", "Auto-Submitted: ", "Content-Type: " };
	const char *all = buf_cstr(b), *end = strstr(all, "\r\n\r\n");
	assert_non_null(end);
	assert_true(lines_right(b->p, b->n));
	for (size_t i = 0; i < COUNT(once); i++)
		assert_int_equal(field_count(all, end, once[i]), 1);
	assert_true(field_count(all, end, "In-Reply-To: ") <= 1 && field_count(all, end, "References: ") <= 1);
	assert_int_equal(field_count(all, end, "Bcc"), 0);
	assert_int_equal(field_count(all, end, "X-"), field_count(all, end, "X-Auto-Response-Suppress: "));
	if (f != FILE_NAME && f != FILE_TYPE)
		return;
	const char *part = strstr(all, "Content-Disposition: attachment");
	const char *part_end = part ? strstr(part, "\r\n\r\n") : NULL;
	assert_non_null(part_end);
	for (const char *p = strchr(part, '\n'); p < part_end; p = strchr(p + 1, '\n'))
		assert_int_equal(p[1], ' '); /* nothing but the name follows */
	assert_int_equal(memcmp(part_end + 4, "eA==\r\n", 6), 0);
}

static void T20_field(void **state)
{
	enum field f = (enum field)(uintptr_t)*state;
	for (int c = 1; c < 256; c++)
		for (size_t at = 0; at < 24; at++) {
			char value[] = "Perpanjangan\r\nBcc: x@y.e";
			AUTO_BUF b = BUF_INIT(100000);
			value[at] = (char)c;
			int r = compose_with(f, value, &b);
			assert_int_equal(r, f == MESSAGE_ID ? -EINVAL : 0); /* ours alone: never mended, never sent */
			if (r == 0)
				assert_one_header(&b, f);
		}
	static const char *const words[] = { "=?utf-8?q?a=0D=0ABcc:_x=40y.e?=",
					     "=?utf-8?b?DQpCY2M6IHhAeS5l?=",
					     "a\xe2\x80\xa8"
					     "Bcc: x@y.e",
					     "a\xc2\x85"
					     "Bcc: x@y.e",
					     "\r\n\r\n<script>",
					     "\n--mix-",
					     "" };
	for (size_t i = 0; i < COUNT(words); i++) {
		AUTO_BUF b = BUF_INIT(100000);
		if (compose_with(f, words[i], &b) == 0)
			assert_one_header(&b, f);
	}
	char big[6000];
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	AUTO_BUF b = BUF_INIT(100000);
	if (compose_with(f, big, &b) == 0)
		assert_one_header(&b, f);
}

/* T22: dots, bare line ends and NUL in a body: CR LF only, no line of a single dot begins one. */
static void T22_bodies_end_where_they_end(void **state)
{
	static const char *const bodies[] = {
		".", "..", "a\n.\nb", "a\r.\r\nb", "a\n.\r\n", "\r\n.\r\n", "a\r\n.\r\nMAIL FROM:<x@y>\r\n", "é\n.\né", "From x\n"
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++)
		for (int html = 0; html < 2; html++) {
			AUTO_ARENA a = arena_new(1 << 20);
			AUTO_BUF b = BUF_INIT(100000);
			struct compose_mail m = usual();
			struct segment *segments;
			struct error err = { 0 };
			size_t n;
			m.text = bodies[i];
			m.html = html ? bodies[i] : NULL;
			assert_int_equal(compose_write(&m, (const unsigned char *)"0123456789abcdef", &b, &segments, &n, a, &err),
					 0);
			assert_true(lines_right(b.p, b.n));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_breaks_a_header),         cmocka_unit_test(mail_is_the_same_at_every_read_size),
		cmocka_unit_test(short_or_missing_raw_mail_fails), cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(T22_bodies_end_where_they_end),   cmocka_unit_test(M26_mail_of_ours_says_what_it_is),
	};
	for (size_t i = 0; i < N_FIELDS_SET; i++)
		suite[n_suite++] = (struct CMUnitTest){ field_names[i], T20_field, NULL, NULL, (void *)(uintptr_t)i };
	ADD_TESTS(tests)
	return RUN_SUITE("compose");
}
