/* Memory that ends at any place, and answers with a byte changed at any place: a reading is the whole one or is refused.
 * usage: test_narrow MAIL...; of those named all-* every place, of the others some. */
#include "../unit.h"

#include "base/limits.h"
#include "message/parse.h"
#include "port/reader.h"

#include <errno.h>

enum { PLACES = 20, STEP = 48, ROOM = 64 * 1024 * 1024, MAIL_MAX = 1024 * 1024 };

static char **files;
static int n_files;

static size_t load(const char *path, unsigned char *p)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s cannot be read", path);
	size_t n = fread(p, 1, MAIL_MAX, f);
	(void)fclose(f);
	return n;
}

static int read_mail(struct span raw, struct arena *a, struct reading *r)
{
	static const char *own[] = { "sitante@natunakab.go.id" }, *ids[] = { "mail.natunakab.go.id" };
	const struct message_policy policy = { .own_addresses = own,
					       .n_own_addresses = 1,
					       .own_id_domain = "natunakab.go.id",
					       .authserv_ids = ids,
					       .n_authserv_ids = 1 };
	struct error err = { 0 };
	int e = message_parse(raw, &policy, a, &r->message, &err);
	if (e == 0)
		e = request_read(&r->message, a, &r->request, &err);
	return e == 0 ? command_read(r->message.text, a, &r->commands) : e;
}

static bool ended(int e)
{
	return e == -ENOMEM || e == -ENOBUFS;
}

/* The reading in an arena of max bytes is refused, or has these bytes. */
static void in_room(const char *name, struct span raw, size_t max, const struct buf *right)
{
	AUTO_ARENA a = arena_new(max);
	AUTO_BUF b = BUF_INIT(LIMIT_READING_BYTES);
	struct reading r = { 0 };
	assert_non_null(a);
	int e = read_mail(raw, a, &r);
	if (e == 0)
		reading_encode(&r, &b);
	if (!ended(e) && (e != 0 || !span_eq(buf_span(&b), buf_span(right))))
		fail_msg("%s in %zu bytes: %d", name, max, e);
}

static void decoded_in_room(const char *name, size_t max, const struct buf *right)
{
	AUTO_ARENA a = arena_new(max);
	AUTO_BUF b = BUF_INIT(LIMIT_READING_BYTES);
	struct reading r = { 0 };
	assert_non_null(a);
	int e = reading_decode(buf_span(right), MAIL_MAX, a, &r);
	if (e == 0)
		reading_encode(&r, &b);
	if (e == 0 && !span_eq(buf_span(&b), buf_span(right)))
		fail_msg("%s decoded in %zu bytes is another", name, max);
}

static void memory_ends_anywhere(void **state)
{
	unsigned char *raw = malloc(MAIL_MAX);
	(void)state;
	assert_non_null(raw);
	for (int i = 0; i < n_files; i++) {
		AUTO_ARENA a = arena_new(ROOM);
		AUTO_BUF right = BUF_INIT(LIMIT_READING_BYTES);
		struct span mail = span_of(raw, load(files[i], raw));
		struct reading r = { 0 };
		assert_int_equal(read_mail(mail, a, &r), 0);
		reading_encode(&r, &right);
		assert_int_equal(buf_status(&right), 0);
		size_t used = arena_used(a);
		bool all = strstr(files[i], "/all-") != NULL; /* made of everything: each place */
		size_t places = all ? used / STEP : PLACES;
		for (size_t k = 0; k < places; k++) {
			size_t max = (used * k + used * (size_t)i / (size_t)n_files) / places;
			in_room(files[i], mail, max, &right);
			decoded_in_room(files[i], max / 2, &right);
		}
		in_room(files[i], mail, used + 64, &right);
	}
	free(raw);
}

static void a_byte_is_changed_anywhere(void **state)
{
	static const unsigned char others[] = { 0, 1, 0x7f, 0xff };
	unsigned char *raw = malloc(MAIL_MAX);
	(void)state;
	assert_non_null(raw);
	for (int i = 0; i < n_files; i += 10) {
		AUTO_ARENA a = arena_new(ROOM);
		AUTO_BUF right = BUF_INIT(LIMIT_READING_BYTES);
		struct span mail = span_of(raw, load(files[i], raw));
		struct reading r = { 0 };
		assert_int_equal(read_mail(mail, a, &r), 0);
		reading_encode(&r, &right);
		for (size_t at = 1; at < right.n; at++)
			for (size_t k = 0; k < sizeof(others); k++) {
				AUTO_ARENA b = arena_new(ROOM);
				AUTO_BUF again = BUF_INIT(LIMIT_READING_BYTES);
				struct reading other = { 0 };
				char kept = right.p[at];
				right.p[at] = (char)others[k];
				int e = reading_decode(buf_span(&right), MAIL_MAX, b, &other);
				if (e == 0)
					reading_encode(&other, &again);
				if (e == 0 && !span_eq(span_of(again.p + 1, again.n - 1), span_of(right.p + 1, right.n - 1)))
					fail_msg("%s: byte %zu as %u is taken for something else", files[i], at, others[k]);
				right.p[at] = kept;
			}
	}
	free(raw);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(memory_ends_anywhere),
					    cmocka_unit_test(a_byte_is_changed_anywhere) };
	files = argv + 1;
	n_files = argc - 1;
	message_parse_prepare();
	return n_files < 20 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
