#include "sms/sms.h"

#include "base/text.h"

#include <string.h>

enum { NUMBER_MAX = 40 };
static const char mark[] = "{number}";

bool sms_pattern_valid(const char *pattern)
{
	const char *at = pattern ? strstr(pattern, mark) : NULL;
	return at && at != pattern && !strstr(at + 1, mark);
}

/* "+62 812-3456-7890" at the start of s, followed by nothing that belongs to a longer number. */
static bool number_at(struct span s, struct buf *number)
{
	size_t n = 0, digits = 0;
	for (; n < s.n && n < NUMBER_MAX; n++) {
		if (ascii_is_digit(s.p[n]))
			digits++;
		else if (!(s.p[n] == '+' && n == 0) && !(digits > 0 && strchr(" -.()", s.p[n]) && s.p[n]))
			break;
	}
	if (digits < 5 || digits > 15)
		return false;
	buf_reset(number);
	for (size_t i = 0; i < n; i++)
		if (ascii_is_digit(s.p[i]) || s.p[i] == '+')
			buf_add_char(number, (char)s.p[i]);
	return true;
}

static bool line_fits(const char *pattern, struct span line, struct buf *number)
{
	const char *at = strstr(pattern, mark);
	struct span before = span_of(pattern, (size_t)(at - pattern)), after = span_str(at + strlen(mark));
	line = span_trim(line);
	if (line.n < before.n || !span_eq_nocase(span_of(line.p, before.n), before) ||
	    !number_at(span_of(line.p + before.n, line.n - before.n), number))
		return false;
	return after.n == 0 || memmem(line.p + before.n, line.n - before.n, after.p, after.n) != NULL;
}

int sms_incoming(const char *pattern, const char *subject, const char *text, struct buf *number, struct buf *message)
{
	struct span rest = span_str(text), line;
	bool found = subject && line_fits(pattern, span_str(subject), number);
	while (span_next_line(&rest, &line)) {
		if (!found && line_fits(pattern, line, number)) {
			found = true;
			continue;
		}
		buf_add_span(message, line);
		buf_add_char(message, '\n');
	}
	return found ? 0 : 1;
}
