#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void one_line(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int error_set(struct error *e, int code, const char *fmt, ...)
{
	va_list args;
	if (!e)
		return code;
	e->code = code;
	va_start(args, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	one_line(e->text);
	return code;
}

int error_add(struct error *e, int code, const char *fmt, ...)
{
	char inner[sizeof(e->text)];
	va_list args;
	if (!e)
		return code;
	memcpy(inner, e->text, sizeof(inner));
	e->code = code;
	va_start(args, fmt);
	int n = vsnprintf(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(e->text))
		(void)snprintf(e->text + n, sizeof(e->text) - (size_t)n, ": %.200s", inner);
	one_line(e->text);
	return code;
}

bool error_may_pass(int e)
{
	return e == EIO || e == EMFILE || e == ENFILE || e == ENOMEM || e == EINTR || e == EAGAIN;
}
