/* SMTP replies of any bytes, a line each: the code is one, the words are one clean line that fits, and a refusal stays one
 * whatever the server says to QUIT. */
#include "fuzz.h"

#include "base/text.h"
#include "relay/reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply r = { 0 };
	struct span rest = span_of(data, size), line;
	while (span_next_line(&rest, &line)) {
		struct reply before = r;
		reply_take(&r, line);
		if (r.code < 0 || r.code > 599 || !memchr(r.text, '\0', sizeof(r.text)) || !utf8_valid(span_str(r.text)) ||
		    strpbrk(r.text, "\r\n\t\033\177"))
			abort();
		if ((before.logged_in && !r.logged_in) || (before.greeted && !r.greeted))
			abort();
	}
	int code = r.code;
	reply_take(&r, span_str("221 bye"));
	if (code >= 400 && r.code != code)
		abort();
	return 0;
}
