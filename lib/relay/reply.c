#include "relay/reply.h"

#include "base/num.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1000 };

static void keep_words(struct reply *r, struct span line)
{
	AUTO_BUF clean = BUF_INIT(4 * LINE_MAX_BYTES);
	text_clean_line(&clean, span_of(line.p, line.n < LINE_MAX_BYTES ? line.n : LINE_MAX_BYTES));
	const char *s = buf_cstr(&clean);
	size_t n = clean.n < sizeof(r->text) ? clean.n : sizeof(r->text) - 1;
	while (n > 0 && n < clean.n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	memcpy(r->text, s, n);
	r->text[n] = '\0';
}

void reply_take(struct reply *r, struct span line)
{
	uint32_t code;
	line = span_trim(line);
	if (line.n < 3 || num_parse_u32(span_of(line.p, 3), 599, &code) != 0)
		return;
	if (code == 221 && r->code >= 400)
		return; /* the answer to QUIT hides no refusal */
	r->code = (int)code;
	keep_words(r, line);
	if (code == 334 && line.n > 4)
		(void)snprintf(r->challenge, sizeof(r->challenge), "%.*s", (int)(line.n - 4), (const char *)line.p + 4);
	r->auth_offered = r->auth_offered || (line.n > 8 && code == 250 && span_is_nocase(span_of(line.p + 4, 4), "AUTH"));
	r->greeted = r->greeted || code == 220;
	r->logged_in = r->logged_in || code == 235;
}
