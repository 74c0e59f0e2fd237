#include "base/buf.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 64 };

static _Thread_local uint64_t failures;

uint64_t buf_failures(void)
{
	return failures;
}

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->status = 0;
	if (b->p)
		b->p[0] = '\0';
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct buf *b, size_t n)
{
	if (b->status)
		return false;
	if (n > b->max || b->n > b->max - n) {
		b->status = -ENOBUFS;
		return false;
	}
	size_t need = b->n + n + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	char *p = realloc(b->p, cap);
	if (!p) {
		failures++;
		b->status = -ENOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_add_str(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_char_slow(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		b->status = b->status ? b->status : -EINVAL;
	else if (n > 0 && reserve(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_add_utf8(struct buf *b, uint32_t codepoint)
{
	char c[4];
	buf_add(b, c, utf8_encode(codepoint, c));
}

int buf_status(const struct buf *b)
{
	return b->status;
}

const char *buf_cstr(const struct buf *b)
{
	return b->p && !b->status ? b->p : "";
}

struct span buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

char *buf_take(struct buf *b)
{
	if (b->status || !reserve(b, 0))
		return NULL;
	char *p = b->p;
	p[b->n] = '\0';
	b->p = NULL;
	b->n = b->cap = 0;
	return p;
}
