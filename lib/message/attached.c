#include "message/attached.h"

#include <gmime/gmime.h>

#include <errno.h>
#include <string.h>

static bool encoding_of(enum mail_encoding e, GMimeContentEncoding *out)
{
	switch (e) {
	case MAIL_ENCODING_IDENTITY:
		*out = GMIME_CONTENT_ENCODING_BINARY;
		return true;
	case MAIL_ENCODING_BASE64:
		*out = GMIME_CONTENT_ENCODING_BASE64;
		return true;
	case MAIL_ENCODING_QUOTED_PRINTABLE:
		*out = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
		return true;
	case MAIL_ENCODING_OTHER:
		break;
	}
	return false;
}

int attached_bytes(struct span raw, const struct mail_attachment *t, size_t max, struct arena *a, struct span *out)
{
	enum { PIECE = 8 * 1024 };
	GMimeContentEncoding how;
	GMimeEncoding state;
	char piece[PIECE * 2]; /* decoding never grows the bytes */
	size_t n = 0, at = 0;
	if (!encoding_of(t->encoding, &how) || t->raw_offset > raw.n || t->raw_length > raw.n - t->raw_offset)
		return 1;
	size_t cap = t->size < max ? (size_t)t->size : max;
	unsigned char *p = arena_alloc(a, cap + 1);
	if (!p)
		return arena_status(a);
	g_mime_encoding_init_decode(&state, how);
	while (at < t->raw_length && n < cap) {
		size_t take = t->raw_length - at < PIECE ? (size_t)t->raw_length - at : PIECE;
		size_t got = g_mime_encoding_step(&state, (const char *)raw.p + t->raw_offset + at, take, piece);
		size_t keep = got < cap - n ? got : cap - n;
		memcpy(p + n, piece, keep);
		n += keep;
		at += take;
	}
	*out = span_of(p, n);
	return 0;
}
