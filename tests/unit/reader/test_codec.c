/* What the daemon tells the reader and the examiner: the same on the other side, refused where a byte was changed into nonsense
 * or is missing, and never read past its end. */
#include "../unit.h"

#include "base/limits.h"
#include "port/examiner.h"
#include "port/reader.h"

#include <errno.h>

static const char *own[] = { "sitante@natunakab.go.id", "tte@natunakab.go.id" }, *ids[] = { "mail.natunakab.go.id" };

static void put_policy(struct buf *b)
{
	const struct message_policy p = { .own_addresses = own,
					  .n_own_addresses = 2,
					  .own_id_domain = "natunakab.go.id",
					  .authserv_ids = ids,
					  .n_authserv_ids = 1,
					  .hops = 2,
					  .allow_dkim = true };
	policy_encode(&p, b);
}

static void put_request(struct buf *b)
{
	const struct span roots[] = { span_str("satu"), span_str("") };
	struct examiner_file files[] = { { .name = "a.pdf",
					   .kind = EVIDENCE_PDF,
					   .attachment = 3,
					   .where = { .size = 7, .raw_offset = 100, .raw_length = 10 } },
					 { .name = "b.cer", .kind = EVIDENCE_CERTIFICATES, .bare = true } };
	const struct examiner_request q = { .at = { 1767225600000 }, .roots = roots, .n_roots = 2, .files = files, .n_files = 2 };
	examiner_encode(&q, b);
}

/* Decodes and encodes again.  0; what decoding said. */
static int policy_again(struct span s, size_t room, struct buf *out)
{
	AUTO_ARENA a = arena_new(room);
	struct message_policy p = { 0 };
	struct wire w = wire_open(s);
	int r = policy_decode(&w, a, &p);
	if (r == 0)
		policy_encode(&p, out);
	return r == 0 && !wire_done(&w) ? 1 : r;
}

static int request_again(struct span s, size_t room, struct buf *out)
{
	AUTO_ARENA a = arena_new(room);
	struct examiner_request q = { 0 };
	int r = examiner_decode(s, a, &q);
	if (r == 0)
		examiner_encode(&q, out);
	return r;
}

static void each_byte(void (*put)(struct buf *), int (*again)(struct span, size_t, struct buf *))
{
	static const unsigned char others[] = { 0, 1, 2, 0x7f, 0x80, 0xff };
	AUTO_BUF right = BUF_INIT(100000);
	AUTO_BUF back = BUF_INIT(100000);
	put(&right);
	assert_int_equal(again(buf_span(&right), 1 << 20, &back), 0);
	assert_true(span_eq(buf_span(&right), buf_span(&back)));
	for (size_t n = 0; n < right.n; n++) {
		AUTO_BUF cut = BUF_INIT(100000);
		assert_int_equal(again(span_of(right.p, n), 1 << 20, &cut), 1);
		for (size_t k = 0; k < COUNT(others); k++) {
			AUTO_BUF changed = BUF_INIT(100000);
			char kept = right.p[n];
			right.p[n] = (char)others[k];
			int r = again(buf_span(&right), 1 << 20, &changed);
			if (r != 1 && (r != 0 || !span_eq(buf_span(&right), buf_span(&changed))))
				fail_msg("byte %zu as %u: %d", n, others[k], r);
			right.p[n] = kept;
		}
	}
	for (size_t room = 0; room < 600; room += 16) {
		AUTO_BUF narrow = BUF_INIT(100000);
		int r = again(buf_span(&right), room, &narrow);
		if (r == 0 ? !span_eq(buf_span(&right), buf_span(&narrow)) : r != -ENOMEM && r != 1)
			fail_msg("in %zu bytes: %d", room, r);
	}
}

static void policy(void **state)
{
	(void)state;
	each_byte(put_policy, policy_again);
}

static void request(void **state)
{
	(void)state;
	each_byte(put_request, request_again);
}

static void chosen_files(void **state)
{
	struct mail_attachment list[LIMIT_EVIDENCE_FILES + 3] = { { .name = "ktp.jpg", .type = "image/jpeg" } };
	struct message m = { .attachments = list, .n_attachments = COUNT(list) };
	struct examiner_file *files;
	size_t n;
	AUTO_ARENA a = arena_new(1 << 20);
	AUTO_ARENA none = arena_new(16);
	(void)state;
	for (size_t i = 1; i < COUNT(list); i++)
		list[i] = (struct mail_attachment){ .name = "uji.pdf", .type = "application/pdf" };
	assert_int_equal(examiner_choose(&m, a, &files, &n), 0);
	assert_int_equal(n, LIMIT_EVIDENCE_FILES);
	assert_int_equal(files[0].attachment, 1);
	assert_int_equal(examiner_choose(&m, none, &files, &n), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(policy), cmocka_unit_test(request), cmocka_unit_test(chosen_files) };
	ADD_TESTS(tests);
	return RUN_SUITE("codec");
}
