/* The header block of a raw mail as a list of fields; no decoding, no copy.  RFC 5322 2.2. */
#ifndef SITANTE_MESSAGE_HEADER_H
#define SITANTE_MESSAGE_HEADER_H

#include "base/arena.h"
#include "base/limits.h"
#include "message/message.h"

struct header_field {
	struct span name, value; /* value: folded bytes after the colon, trimmed */
};

struct header {
	struct header_field *fields; /* top first */
	size_t n;
	size_t size;     /* bytes of the block, empty line included */
	bool over_limit; /* more fields or bytes than the limits: the rest was not looked at */
};

/* 0; -ENOMEM. */
int header_scan(struct span raw, struct arena *a, struct header *out) MUST_USE;
/* The i-th field of that name (0 topmost); NULL. */
const struct header_field *header_get(const struct header *h, const char *name, size_t i);
size_t header_count(const struct header *h, const char *name);

/* Values as text: unfolded, RFC 2047 decoded, one clean line.  NULL: no memory. */
const char *header_text(struct span value, size_t max, struct arena *a);
/* Unfolded and stripped of comments (nested, depth capped), one line. */
const char *header_plain(struct span value, struct arena *a);

/* Mailboxes of an address field, groups opened.  Only strictly valid ones get in; *out_all counts
 * what looked like an address, *out_odd tells of syntax that a careful reader distrusts (several
 * '@', routes, quoted local parts, NUL, 8-bit).  0; -ENOMEM. */
int header_addresses(struct span value, struct arena *a, struct mail_address *list, size_t *n, size_t max, uint32_t *out_all,
		     bool *out_odd) MUST_USE;
/* <id> tokens, without brackets, newest (last) first.  0; -ENOMEM. */
int header_ids(struct span value, struct arena *a, const char **list, size_t *n, size_t max) MUST_USE;
/* RFC 5322 date with obsolete forms.  0, or 1. */
int header_date(struct span value, struct instant *out) MUST_USE;

#endif
