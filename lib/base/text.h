/* ASCII and UTF-8, without locale and without sign trouble. */
#ifndef SITANTE_BASE_TEXT_H
#define SITANTE_BASE_TEXT_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

static inline bool ascii_is_digit(int c)
{
	return c >= '0' && c <= '9';
}
static inline bool ascii_is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool ascii_is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}
static inline bool ascii_is_alpha(int c)
{
	return ascii_is_upper(c) || ascii_is_lower(c);
}
static inline bool ascii_is_alnum(int c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}
static inline bool ascii_is_blank(int c)
{
	return c == ' ' || c == '\t';
}
static inline bool ascii_is_space(int c)
{
	return ascii_is_blank(c) || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
static inline int ascii_lower(int c)
{
	return ascii_is_upper(c) ? c + 32 : c;
}
static inline int ascii_upper(int c)
{
	return ascii_is_lower(c) ? c - 32 : c;
}

bool str_eq(const char *a, const char *b);        /* NULL equals only NULL */
bool str_eq_nocase(const char *a, const char *b); /* ASCII case */
bool str_starts(const char *s, const char *prefix);
bool str_starts_nocase(const char *s, const char *prefix);

/* Decodes one code point at s[0..n).  Returns its length in bytes; 0 where the
 * bytes are no valid UTF-8 (overlong, surrogate, > U+10FFFF, cut) or n is 0. */
size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *out);
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(struct span s);

/* Is this a code point that never may reach a person's screen as it is: C0 (but
 * TAB, LF), DEL, C1, U+2028/9, bidi controls, zero-width and other invisible format
 * characters, U+FEFF, noncharacters. */
bool text_is_unsafe(uint32_t cp);

/* Adds s as checked text: invalid bytes become U+FFFD, CRLF and CR become LF,
 * unsafe code points are dropped (TAB and LF stay). */
void text_clean(struct buf *out, struct span s);
/* The same for one line: TAB, LF and runs of blanks (U+00A0 too) fold to one space,
 * both ends trimmed. */
void text_clean_line(struct buf *out, struct span s);
/* For terminals and the journal: everything but printable text becomes \xNN / \u{N}; at
 * most max_bytes, then "…". */
void text_escape(struct buf *out, struct span s, size_t max_bytes);
/* Adds s with long numbers (ten digits or more, in groups of three or more parted by one blank, dot
 * or hyphen) starred out but for their last four digits: what servers say may quote a NIK. */
void text_mask_numbers(struct buf *out, struct span s);
/* Columns that a terminal needs (wide East Asian 2, combining 0). */
size_t text_columns(const char *s);

#endif
