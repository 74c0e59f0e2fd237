/* Encoded words and HTML of any bytes: valid UTF-8, no more than a fixed part longer, and nothing that has no place in text. */
#include "fuzz.h"

#include "base/text.h"
#include "message/charset.h"
#include "message/encoded.h"
#include "message/html.h"

#include <stdlib.h>

static void check(const struct buf *b)
{
	struct span s = buf_span(b);
	uint32_t cp;
	if (buf_status(b) != 0)
		abort();
	for (size_t i = 0, n; i < s.n; i += n) {
		n = utf8_decode(s.p + i, s.n - i, &cp);
		if (n == 0 || (text_is_unsafe(cp) && cp != '\n' && cp != '\t'))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size < 200000 ? size : 200000);
	struct html_facts facts;
	AUTO_BUF words = BUF_INIT(16 * 1024 * 1024);
	AUTO_BUF text = BUF_INIT(16 * 1024 * 1024);
	AUTO_BUF html = BUF_INIT(64 * 1024 * 1024);
	charset_prepare();
	encoded_words(s, &words);
	check(&words);
	charset_to_text(s, "utf-8", &text);
	html_to_text(buf_span(&text), &html, &facts);
	check(&html);
	return 0;
}
