/* Any bytes give a reading, and the reading survives its way through the wall unchanged. */
#include "fuzz.h"

#include "base/limits.h"
#include "message/parse.h"
#include "port/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *own[] = { "sitante@natunakab.go.id" }, *ids[] = { "mail.natunakab.go.id" };
	struct message_policy policy = { .own_addresses = own,
					 .n_own_addresses = 1,
					 .own_id_domain = "natunakab.go.id",
					 .authserv_ids = ids,
					 .n_authserv_ids = 1 };
	struct reading r = { 0 }, again = { 0 };
	struct error err = { 0 };
	struct arena *a = arena_new(64 * 1024 * 1024);
	message_parse_prepare();
	if (!a || message_parse(span_of(data, size), &policy, a, &r.message, &err) < 0 ||
	    request_read(&r.message, a, &r.request, &err) < 0 || command_read(r.message.text, a, &r.commands) < 0)
		abort();
	struct buf one = BUF_INIT(LIMIT_READING_BYTES), two = BUF_INIT(LIMIT_READING_BYTES);
	reading_encode(&r, &one);
	if (buf_status(&one) == 0) {
		if (reading_decode(buf_span(&one), size, a, &again) != 0)
			abort();
		reading_encode(&again, &two);
		if (!span_eq(buf_span(&one), buf_span(&two)))
			abort();
	}
	buf_done(&one);
	buf_done(&two);
	arena_free(a);
	return 0;
}
