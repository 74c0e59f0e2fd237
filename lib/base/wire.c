#include "base/wire.h"

#include "base/text.h"

#include <string.h>

#define WIRE_NULL 0xffffffffu

static void put_le(struct buf *b, uint64_t v, size_t n)
{
	unsigned char p[8];
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
	buf_add(b, p, n);
}

void wire_put_u8(struct buf *b, uint8_t v)
{
	put_le(b, v, 1);
}

void wire_put_u32(struct buf *b, uint32_t v)
{
	put_le(b, v, 4);
}

void wire_put_u64(struct buf *b, uint64_t v)
{
	put_le(b, v, 8);
}

void wire_put_i64(struct buf *b, int64_t v)
{
	put_le(b, (uint64_t)v, 8);
}

void wire_put_bytes(struct buf *b, struct span s)
{
	wire_put_u32(b, (uint32_t)s.n);
	buf_add_span(b, s);
}

void wire_put_str(struct buf *b, const char *s)
{
	if (s)
		wire_put_bytes(b, span_str(s));
	else
		wire_put_u32(b, WIRE_NULL);
}

struct wire wire_open(struct span s)
{
	return (struct wire){ .rest = s };
}

static uint64_t take_le(struct wire *w, size_t n)
{
	uint64_t v = 0;
	if (w->bad || w->rest.n < n) {
		w->bad = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)w->rest.p[i] << 8 * i;
	w->rest = span_of(w->rest.p + n, w->rest.n - n);
	return v;
}

uint8_t wire_u8(struct wire *w)
{
	return (uint8_t)take_le(w, 1);
}

uint8_t wire_u8_max(struct wire *w, uint8_t max)
{
	uint8_t v = wire_u8(w);
	if (v <= max)
		return v;
	w->bad = true;
	return 0;
}

uint32_t wire_u32(struct wire *w)
{
	return (uint32_t)take_le(w, 4);
}

uint32_t wire_count(struct wire *w, uint32_t max)
{
	uint32_t v = wire_u32(w);
	if (v <= max)
		return v;
	w->bad = true;
	return 0;
}

uint64_t wire_u64(struct wire *w)
{
	return take_le(w, 8);
}

int64_t wire_i64(struct wire *w)
{
	return (int64_t)take_le(w, 8);
}

struct span wire_bytes(struct wire *w, size_t max)
{
	uint32_t n = wire_u32(w);
	struct span none = { 0 };
	if (w->bad || n > max || n > w->rest.n) {
		w->bad = true;
		return none;
	}
	struct span s = span_of(w->rest.p, n);
	w->rest = span_of(w->rest.p + n, w->rest.n - n);
	return s;
}

char *wire_str(struct wire *w, struct arena *a, size_t max)
{
	struct wire ahead = *w;
	if (wire_u32(&ahead) == WIRE_NULL && !ahead.bad) {
		*w = ahead;
		return NULL;
	}
	struct span s = wire_bytes(w, max);
	if (w->bad)
		return NULL;
	if (!utf8_valid(s) || (s.n > 0 && memchr(s.p, '\0', s.n))) {
		w->bad = true;
		return NULL;
	}
	char *copy = arena_strndup(a, s.n ? (const void *)s.p : "", s.n);
	if (!copy)
		w->bad = true;
	return copy;
}

bool wire_done(const struct wire *w)
{
	return !w->bad && w->rest.n == 0;
}
