#include "base/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* newest first */
	size_t max, used, next_size;
	int status;
};

struct arena *arena_new(size_t max_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (a) {
		a->max = max_bytes;
		a->next_size = FIRST_BLOCK;
	}
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks; b;) {
		struct block *next = b->next;
		free(b);
		b = next;
	}
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

static struct block *block_add(struct arena *a, size_t n)
{
	size_t size = n > a->next_size ? n : a->next_size;
	struct block *b = calloc(1, sizeof(*b) + size);
	if (!b) {
		a->status = a->status ? a->status : -ENOMEM;
		return NULL;
	}
	if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	if (n > a->max || n > SIZE_MAX - align) {
		a->status = a->status ? a->status : -ENOBUFS;
		return NULL;
	}
	n = (n + align - 1) / align * align;
	if (n == 0)
		n = align;
	if (a->used > a->max - (n > a->max ? a->max : n) || n > a->max) {
		a->status = a->status ? a->status : -ENOBUFS;
		return NULL;
	}
	struct block *b = a->blocks;
	if (!b || b->size - b->used < n)
		b = block_add(a, n);
	if (!b)
		return NULL;
	void *p = b->bytes + b->used;
	b->used += n;
	a->used += n;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		a->status = a->status ? a->status : -ENOBUFS;
		return NULL;
	}
	return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, void *old, size_t n_old, size_t n_new, size_t size)
{
	void *p = arena_array(a, n_new, size);
	if (p && old && n_old > 0)
		memcpy(p, old, n_old * size);
	return p;
}

char *arena_strndup(struct arena *a, const void *p, size_t n)
{
	size_t len = p ? strnlen(p, n) : 0;
	char *s = arena_alloc(a, len + 1);
	if (s && len > 0)
		memcpy(s, p, len);
	return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	char *s = NULL;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n >= 0)
		s = arena_alloc(a, (size_t)n + 1);
	if (s)
		(void)vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

int arena_status(const struct arena *a)
{
	return a->status;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
