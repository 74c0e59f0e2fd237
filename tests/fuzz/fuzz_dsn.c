/* A delivery report of any bytes: strict recipients, words of one clean line, no more than the limit; what of our Message-IDs
 * is found in it stands in it. */
#include "fuzz.h"

#include "base/limits.h"
#include "base/text.h"
#include "message/dsn.h"
#include "message/failure.h"

#include <stdlib.h>
#include <string.h>

static bool clean(const char *s)
{
	return !s || (utf8_valid(span_str(s)) && !strpbrk(s, "\r\n\t\033\177"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	AUTO_BUF text = BUF_INIT(4 * 1024 * 1024);
	struct message m = { .text = "", .text_full = "", .signature = "", .proof_reason = "" };
	struct failure f = { 0 };
	struct span raw = span_of(data, size);
	text_clean(&text, raw);
	if (!a || buf_status(&text) != 0 || dsn_read(raw, a, &m) != 0 || failure_read(buf_span(&text), a, &f) != 0 ||
	    dsn_from_words(&f, a, &m) != 0 || dsn_returned_ids(raw, "natunakab.go.id", a, &m) != 0)
		abort();
	if (m.n_deliveries > LIMIT_DSN_RECIPIENTS)
		abort();
	for (size_t i = 0; i < m.n_deliveries; i++) {
		const struct mail_delivery *d = &m.deliveries[i];
		if ((d->recipient && !mail_address_valid(d->recipient)) || !clean(d->action) || !clean(d->status) ||
		    !clean(d->diagnostic))
			abort();
	}
	for (size_t i = 0; i < m.n_returned_ids; i++)
		if (span_find_nocase(raw, 0, m.returned_ids[i]) == raw.n ||
		    span_find_nocase(span_str(m.returned_ids[i]), 0, "@natunakab.go.id") == strlen(m.returned_ids[i]))
			abort();
	arena_free(a);
	return 0;
}
