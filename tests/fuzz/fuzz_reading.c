/* The answers of reader and examiner are hostile too: any bytes are refused or are a right value, which is the same bytes again.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "evidence/evidence.h"
#include "port/reader.h"

#include <stdlib.h>

static void read_mail(struct span bytes, struct arena *a)
{
	struct reading r = { 0 };
	AUTO_BUF again = BUF_INIT(LIMIT_READING_BYTES);
	if (reading_decode(bytes, LIMIT_MAIL_BYTES, a, &r) != 0)
		return;
	reading_encode(&r, &again);
	/* the first byte only says that an examiner is worth starting */
	if (again.n != bytes.n || !span_eq(span_of(again.p + 1, again.n - 1), span_of(bytes.p + 1, bytes.n - 1)))
		abort();
}

static void examined(struct span bytes, struct arena *a)
{
	struct evidence_file f = { 0 };
	AUTO_BUF again = BUF_INIT(64 * 1024 * 1024);
	struct wire w = wire_open(bytes);
	if (evidence_decode(&w, a, &f) != 0 || !wire_done(&w))
		return;
	evidence_encode(&f, &again);
	if (!span_eq(buf_span(&again), bytes))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	if (!a)
		abort();
	read_mail(span_of(data, size), a);
	examined(span_of(data, size), a);
	arena_free(a);
	return 0;
}
