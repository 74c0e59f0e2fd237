/* Length-prefixed values between our own processes and in stored blobs.
 *
 * Writer: into a capped buf.  Reader: over a span; the first fault is sticky, later
 * reads give zero values, and wire_done() tells whether all was right and used up.
 * Integers are little-endian.  Strings: u32 length + bytes; a NULL string is the
 * length 0xffffffff.  Strings read back must be valid UTF-8 without NUL.
 */
#ifndef SITANTE_BASE_WIRE_H
#define SITANTE_BASE_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

void wire_put_u8(struct buf *b, uint8_t v);
void wire_put_u32(struct buf *b, uint32_t v);
void wire_put_u64(struct buf *b, uint64_t v);
void wire_put_i64(struct buf *b, int64_t v);
void wire_put_str(struct buf *b, const char *s);
void wire_put_bytes(struct buf *b, struct span s);

struct wire {
	struct span rest;
	bool bad;
};

struct wire wire_open(struct span s);
uint8_t wire_u8(struct wire *w);
uint8_t wire_u8_max(struct wire *w, uint8_t max); /* above max: bad */
uint32_t wire_u32(struct wire *w);
uint32_t wire_count(struct wire *w, uint32_t max); /* a u32 that may not exceed max */
uint64_t wire_u64(struct wire *w);
int64_t wire_i64(struct wire *w);
/* Copies into the arena; NULL for the NULL string and after a fault.  max in bytes. */
char *wire_str(struct wire *w, struct arena *a, size_t max);
struct span wire_bytes(struct wire *w, size_t max); /* borrowed */
bool wire_done(const struct wire *w);               /* no fault, nothing left over */

#endif
