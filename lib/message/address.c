#include "message/message.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* RFC 5322 atext, ASCII only; RFC 6532 addresses are nobody's here. */
static bool is_atext(int c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool local_valid(const char *s, size_t n)
{
	bool dot = true; /* none at the start, at the end, or doubled */
	if (n == 0 || n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' ? dot : !is_atext((unsigned char)s[i]))
			return false;
		dot = s[i] == '.';
	}
	return !dot;
}

static bool domain_valid(const char *s)
{
	size_t label = 0, labels = 1;
	for (; *s; s++) {
		if (*s == '.') {
			if (label == 0 || s[-1] == '-')
				return false;
			label = 0;
			labels++;
		} else if ((!ascii_is_alnum((unsigned char)*s) && *s != '-') || (*s == '-' && label == 0) || ++label > 63) {
			return false;
		}
	}
	return label > 0 && s[-1] != '-' && labels >= 1;
}

bool mail_address_valid(const char *spec)
{
	if (!spec || strlen(spec) > LIMIT_ADDRESS_BYTES)
		return false;
	const char *at = strchr(spec, '@');
	return at && local_valid(spec, (size_t)(at - spec)) && domain_valid(at + 1);
}

bool mail_address_eq(const char *a, const char *b)
{
	return a && b && str_eq_nocase(a, b);
}

const char *mail_address_domain(const char *spec)
{
	const char *at = spec ? strrchr(spec, '@') : NULL;
	return at ? at + 1 : NULL;
}
