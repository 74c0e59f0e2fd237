/* Any text gives a request whose values have their normal form (the decoder checks them again). */
#include "fuzz.h"

#include "base/limits.h"
#include "base/text.h"
#include "request/request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	struct buf text = BUF_INIT(4 * 1024 * 1024), out = BUF_INIT(LIMIT_READING_BYTES);
	struct error err = { 0 };
	struct request q = { 0 }, again = { 0 };
	text_clean(&text, span_of(data, size));
	struct message m = { .text = buf_cstr(&text), .text_full = buf_cstr(&text), .signature = "", .proof_reason = "" };
	if (!a || buf_status(&text) != 0 || request_read(&m, a, &q, &err) < 0)
		abort();
	request_encode(&q, &out);
	if (buf_status(&out) == 0) {
		struct wire w = wire_open(buf_span(&out));
		if (request_decode(&w, a, &again) != 0)
			abort();
	}
	buf_done(&text);
	buf_done(&out);
	arena_free(a);
	return 0;
}
