/* Any bytes, as a PDF and as a certificate file, give a value that survives its way through the wall. */
#include "fuzz.h"

#include "evidence/examine.h"
#include "evidence/show.h"

#include <stdlib.h>

static void examine(struct span bytes, enum evidence_kind kind)
{
	const struct evidence_policy p = { .at = { 1767225600000 }, .roots = &bytes, .n_roots = 1 };
	struct evidence_file f = { 0 }, again = { 0 };
	struct arena *a = arena_new(256 * 1024 * 1024);
	struct buf one = BUF_INIT(64 * 1024 * 1024), two = BUF_INIT(64 * 1024 * 1024), text = BUF_INIT(64 * 1024 * 1024);
	if (!a || evidence_examine(bytes, "berkas", kind, &p, a, &f) != 0)
		abort();
	evidence_encode(&f, &one);
	struct wire w = wire_open(buf_span(&one));
	if (buf_status(&one) != 0 || evidence_decode(&w, a, &again) != 0 || !wire_done(&w))
		abort();
	evidence_encode(&again, &two);
	evidence_json(&again, 0, &text);
	evidence_text(&again, p.at, 0, &text);
	if (!span_eq(buf_span(&one), buf_span(&two)) || !utf8_valid(buf_span(&text)))
		abort();
	buf_done(&one);
	buf_done(&two);
	buf_done(&text);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	examine(span_of(data, size), EVIDENCE_PDF);
	examine(span_of(data, size), EVIDENCE_CERTIFICATES);
	return 0;
}
