#include "base/digest.h"

#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct digest digest_sha256(struct span s)
{
	struct sha256_ctx ctx;
	struct digest d;
	sha256_init(&ctx);
	sha256_update(&ctx, s.n, s.p);
	sha256_digest(&ctx, DIGEST_SIZE, d.b);
	return d;
}

struct digest digest_hmac(struct span key, struct span s)
{
	struct hmac_sha256_ctx ctx;
	struct digest d;
	hmac_sha256_set_key(&ctx, key.n, key.p);
	hmac_sha256_update(&ctx, s.n, s.p);
	hmac_sha256_digest(&ctx, DIGEST_SIZE, d.b);
	return d;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	unsigned diff = 0;
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		diff |= (unsigned)(a->b[i] ^ b->b[i]);
	return diff == 0;
}

void digest_hex(const struct digest *d, char out[DIGEST_HEX_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = hex[d->b[i] >> 4];
		out[2 * i + 1] = hex[d->b[i] & 15];
	}
	out[DIGEST_HEX_SIZE - 1] = '\0';
}

static int nibble(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int digest_from_hex(struct span s, struct digest *out)
{
	struct digest d;
	if (s.n != (size_t)DIGEST_SIZE * 2)
		return 1;
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = nibble(s.p[2 * i]), low = nibble(s.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return 1;
		d.b[i] = (unsigned char)(high << 4 | low);
	}
	*out = d;
	return 0;
}

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct digest_sum), "the state has no room");

static struct sha256_ctx *context_of(struct digest_sum *s)
{
	return (struct sha256_ctx *)(void *)s->state;
}

void digest_sum_begin(struct digest_sum *s)
{
	sha256_init(context_of(s));
}

void digest_sum_add(struct digest_sum *s, struct span data)
{
	sha256_update(context_of(s), data.n, data.p);
}

struct digest digest_sum_done(struct digest_sum *s)
{
	struct digest d;
	sha256_digest(context_of(s), DIGEST_SIZE, d.b);
	return d;
}

int random_bytes(void *p, size_t n)
{
	unsigned char *at = p;
	while (n > 0) {
		ssize_t r = getrandom(at, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		at += r;
		n -= (size_t)r;
	}
	return 0;
}

void base32_add(struct buf *out, struct span s)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint32_t bits = 0;
	int have = 0;
	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | s.p[i];
		have += 8;
		while (have >= 5) {
			have -= 5;
			buf_add_char(out, set[bits >> have & 31]);
		}
	}
	if (have > 0)
		buf_add_char(out, set[bits << (5 - have) & 31]);
}

void base64_add(struct buf *out, struct span s, bool wrap)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t column = 0;
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)s.p[i] << 16 | (left > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) | (left > 2 ? s.p[i + 2] : 0);
		char four[4] = { set[v >> 18], set[v >> 12 & 63], left > 1 ? set[v >> 6 & 63] : '=',
				 left > 2 ? set[v & 63] : '=' };
		if (wrap && column == 76) {
			buf_add_str(out, "\r\n");
			column = 0;
		}
		buf_add(out, four, 4);
		column += 4;
	}
}
