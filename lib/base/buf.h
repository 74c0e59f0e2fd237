/* Growing byte buffer with a hard cap given at creation.
 *
 * Failure is sticky: after the cap or memory is hit every call does nothing and
 * buf_status() tells -ENOBUFS or -ENOMEM, so callers check once, at the end.
 * The content is always NUL-terminated (the NUL is not counted in n).
 */
#ifndef SITANTE_BASE_BUF_H
#define SITANTE_BASE_BUF_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	int status;
};

#define BUF_INIT(max_bytes) ((struct buf){ .max = (max_bytes) })
#define AUTO_BUF __attribute__((cleanup(buf_done))) struct buf

void buf_done(struct buf *b);  /* frees; the zeroed struct is fine too */
void buf_reset(struct buf *b); /* empty again, memory and cap kept, status cleared */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, const char *s); /* NULL: nothing */
void buf_add_span(struct buf *b, struct span s);
void buf_add_char_slow(struct buf *b, char c);
static inline void buf_add_char(struct buf *b, char c)
{
	if (b->status == 0 && b->n + 1 < b->cap) { /* cap never passes max + 1 */
		b->p[b->n++] = c;
		b->p[b->n] = '\0';
	} else {
		buf_add_char_slow(b, c);
	}
}
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_add_utf8(struct buf *b, uint32_t codepoint);
int buf_status(const struct buf *b) MUST_USE; /* 0, -ENOBUFS, -ENOMEM */
/* How often memory was refused to any buffer in this thread: for who must know that nothing is missing anywhere. */
uint64_t buf_failures(void);
const char *buf_cstr(const struct buf *b); /* borrowed; "" when empty */
struct span buf_span(const struct buf *b);
/* Gives the bytes (free()); the buffer is empty after.  NULL when failed. */
char *buf_take(struct buf *b) MUST_USE;

#endif
