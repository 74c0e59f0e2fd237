/* An address list of any bytes: what is taken from it are strict addresses that stand in it, no more than the limit, and each
 * of them alone is read again as itself. */
#include "fuzz.h"

#include "base/text.h"
#include "message/charset.h"
#include "message/header.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 20 };

static void read_list(struct span s, struct arena *a, struct mail_address *list, size_t *n, uint32_t *all, bool *odd)
{
	*n = 0;
	*all = 0;
	*odd = false;
	if (header_addresses(s, a, list, n, MOST, all, odd) != 0 || *n > MOST || *n > *all)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_address list[MOST], again[MOST];
	struct arena *a = arena_new(64 * 1024 * 1024);
	size_t n, n_again;
	uint32_t all;
	bool odd;
	charset_prepare();
	size_t len = size < LIMIT_HEADER_FIELD_BYTES ? size : LIMIT_HEADER_FIELD_BYTES;
	if (!a)
		abort();
	read_list(span_of(data, len), a, list, &n, &all, &odd);
	for (size_t i = 0; i < n; i++) {
		if (!mail_address_valid(list[i].spec) || (list[i].name && !utf8_valid(span_str(list[i].name))))
			abort();
		read_list(span_str(list[i].spec), a, again, &n_again, &all, &odd);
		if (n_again != 1 || all != 1 || odd || strcmp(again[0].spec, list[i].spec) != 0)
			abort();
	}
	arena_free(a);
	return 0;
}
