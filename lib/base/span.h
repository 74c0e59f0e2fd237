/* Borrowed bytes from the wire: may hold NUL and any byte. */
#ifndef SITANTE_BASE_SPAN_H
#define SITANTE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const unsigned char *p;
	size_t n;
};

struct span span_of(const void *p, size_t n);
struct span span_str(const char *s); /* s may be NULL: empty */
bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b); /* ASCII case only */
bool span_is_nocase(struct span s, const char *word);
bool span_starts_nocase_whole(struct span s, const char *prefix);
/* The first letter is looked at in the caller: long tables of words are compared, and nearly all differ in it. */
static inline bool span_starts_nocase(struct span s, const char *prefix)
{
	bool may = !*prefix || (s.n > 0 && ((s.p[0] ^ (unsigned char)*prefix) & ~0x20) == 0);
	return may && span_starts_nocase_whole(s, prefix);
}
struct span span_trim(struct span s); /* ASCII blanks, CR, LF at both ends */
/* Offset of needle in s at or after from, ASCII case ignored; s.n where absent.
 * Linear in s.n for the short needles it is used with (rules' words). */
size_t span_find_nocase(struct span s, size_t from, const char *needle);
/* Cuts the next line (without CRLF or LF) off *rest; false at the end. */
bool span_next_line(struct span *rest, struct span *out_line);

#endif
