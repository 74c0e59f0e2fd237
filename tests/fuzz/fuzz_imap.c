/* IMAP answers of any bytes: cut anywhere, the guard says the same, and what it lets through is never nested deeper than its
 * parser bears. */
#include "fuzz.h"

#include "mailbox/guard.h"

#include <stdlib.h>

enum { DEPTH_BEARABLE = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guard whole = { 0 }, pieces = { 0 };
	bool good = guard_take(&whole, span_of(data, size)), same = true;
	for (size_t i = 0; i < size && same; i++) {
		same = guard_take(&pieces, span_of(data + i, 1));
		if (same && pieces.depth > DEPTH_BEARABLE)
			abort();
	}
	if (same != good || (good && (whole.literal != pieces.literal || whole.depth != pieces.depth)))
		abort();
	return 0;
}
