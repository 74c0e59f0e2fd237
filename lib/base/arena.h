/* Memory that dies together: everything of one mail, one decision, one letter.
 *
 * Capped at creation; a refused allocation returns NULL and is remembered, so a
 * builder may check arena_status() once at its end (every result it used must
 * still be tested for NULL before it is written to).
 */
#ifndef SITANTE_BASE_ARENA_H
#define SITANTE_BASE_ARENA_H

#include "base/error.h"
#include "base/span.h"

struct arena;

struct arena *arena_new(size_t max_bytes) MUST_USE; /* NULL: no memory */
void arena_free(struct arena *a);                   /* NULL allowed */
void arena_freep(struct arena **a);
#define AUTO_ARENA __attribute__((cleanup(arena_freep))) struct arena *

void *arena_alloc(struct arena *a, size_t n) MUST_USE;              /* zeroed, max aligned */
void *arena_array(struct arena *a, size_t n, size_t size) MUST_USE; /* checked multiply, zeroed */
/* Grows an array made by arena_array (old content copied, rest zeroed). */
void *arena_grow(struct arena *a, void *old, size_t n_old, size_t n_new, size_t size) MUST_USE;
char *arena_strdup(struct arena *a, const char *s) MUST_USE;            /* NULL gives NULL */
char *arena_strndup(struct arena *a, const void *p, size_t n) MUST_USE; /* stops at NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_USE;
int arena_status(const struct arena *a) MUST_USE; /* 0, -ENOBUFS, -ENOMEM */
size_t arena_used(const struct arena *a);

#endif
