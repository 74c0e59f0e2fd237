#include "unit.h"

#include "message/attached.h"
#include "message/parse.h"

#define HEAD                                                                                                                     \
	"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n"   \
	"hai\n--x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=f.csv\n"
#define TAIL "\n--x--\n"

struct row {
	const char *name, *part, *want;
	size_t max;
	int result;
};

static const struct row rows[] = {
	{ "base64", "Content-Transfer-Encoding: base64\n\nTmFtYTtO\nSUsK" TAIL, "Nama;NIK\n", 100, 0 },
	{ "base64_with_rubbish", "Content-Transfer-Encoding: base64\n\nTm!F\r tYTtO\nSUsK=" TAIL, "Nama;NIK\n", 100, 0 },
	{ "quoted_printable", "Content-Transfer-Encoding: quoted-printable\n\nNama=3BN=\nIK" TAIL, "Nama;NIK", 100, 0 },
	{ "plain", "\nNama;NIK" TAIL, "Nama;NIK", 100, 0 },
	{ "cut_at_max", "Content-Transfer-Encoding: base64\n\nTmFtYTtOSUsK" TAIL, "Nama", 4, 0 },
	{ "empty", "\n" TAIL, "", 100, 0 },
	{ "unknown_encoding", "Content-Transfer-Encoding: x-uuencode\n\nbegin" TAIL, NULL, 100, 1 },
};

static void decodes(void **state)
{
	const struct row *r = *state;
	struct arena *a = arena_new(1 << 22);
	struct message_policy none = { 0 };
	struct message m = { 0 };
	struct error err = { 0 };
	struct span out = { 0 };
	AUTO_BUF raw = BUF_INIT(4096);
	buf_addf(&raw, "%s%s", HEAD, r->part);
	assert_int_equal(message_parse(buf_span(&raw), &none, a, &m, &err), 0);
	assert_int_equal(m.n_attachments, 1);
	assert_int_equal(attached_bytes(buf_span(&raw), &m.attachments[0], r->max, a, &out), r->result);
	if (r->want)
		assert_true(span_eq(out, span_str(r->want)));
	if (r->want && r->max == 100) {
		struct digest d = digest_sha256(out);
		assert_memory_equal(d.b, m.attachments[0].sha256.b, DIGEST_SIZE);
	}
	arena_free(a);
}

/* Offsets come from the reader itself, but whoever calls may hold another file. */
static void outside_is_refused(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 20);
	struct span out = { 0 };
	struct mail_attachment t = { .raw_offset = 3, .raw_length = 3, .size = 3 };
	assert_int_equal(attached_bytes(span_str("12345"), &t, 10, a, &out), 1);
	t.raw_offset = UINT64_MAX;
	assert_int_equal(attached_bytes(span_str("12345"), &t, 10, a, &out), 1);
	arena_free(a);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 1];
	message_parse_prepare();
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, decodes, NULL, NULL, (void *)(uintptr_t)&rows[i] };
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(outside_is_refused);
	return _cmocka_run_group_tests("attached", tests, COUNT(tests), NULL, NULL);
}
