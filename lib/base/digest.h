/* Hashes, keyed hashes, randomness and the small encodings they are written in. */
#ifndef SITANTE_BASE_DIGEST_H
#define SITANTE_BASE_DIGEST_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

struct digest {
	unsigned char b[DIGEST_SIZE];
};

struct digest digest_sha256(struct span s);
struct digest digest_hmac(struct span key, struct span s);      /* HMAC-SHA-256 */
bool digest_eq(const struct digest *a, const struct digest *b); /* constant time */
void digest_hex(const struct digest *d, char out[DIGEST_HEX_SIZE]);
int digest_from_hex(struct span s, struct digest *out) MUST_USE; /* 0, or 1 */

/* Incremental form: begin, add, done.  A plain value: nothing to free, nothing that can fail. */
struct digest_sum {
	uint64_t state[16]; /* the library's, whose header stays out of ours */
};
void digest_sum_begin(struct digest_sum *s);
void digest_sum_add(struct digest_sum *s, struct span data);
struct digest digest_sum_done(struct digest_sum *s);

/* Fills with random bytes of the kernel; 0 or -errno. */
int random_bytes(void *p, size_t n) MUST_USE;
/* n random bytes as lower-case base32 without padding. */
void base32_add(struct buf *out, struct span s);
/* Base64 with line breaks of CRLF after 76 characters where wrap is true. */
void base64_add(struct buf *out, struct span s, bool wrap);

#endif
