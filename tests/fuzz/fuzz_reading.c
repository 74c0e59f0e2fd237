/* The reader's answer is hostile too: any bytes are refused or are a right value. */
#include "fuzz.h"

#include "base/limits.h"
#include "port/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading r = { 0 };
	struct arena *a = arena_new(64 * 1024 * 1024);
	struct buf again = BUF_INIT(LIMIT_READING_BYTES);
	if (!a)
		abort();
	if (reading_decode(span_of(data, size), size, a, &r) == 0) {
		reading_encode(&r, &again);
		if (!span_eq(buf_span(&again), span_of(data, size)))
			abort();
	}
	buf_done(&again);
	arena_free(a);
	return 0;
}
