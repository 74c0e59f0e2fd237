/* What a failure notice without structure says in words: SMTP replies, addresses, set sentences.
 * Mailers that know no RFC 3464 (qmail, Exim, DragonFly, phone gateways); rules M05, M07. */
#ifndef SITANTE_MESSAGE_FAILURE_H
#define SITANTE_MESSAGE_FAILURE_H

#include "base/arena.h"
#include "base/span.h"

#include <stdbool.h>

struct failure {
	bool sentence;      /* "could not be delivered" and its likes */
	bool delay;         /* says that it will be tried again */
	bool transcript;    /* an SMTP reply of class 4 or 5 stands there */
	const char *status; /* "5.1.1"; "5.0.0" where only a code of class 5 is given; NULL: none */
	const char *diagnostic;
	const char *recipient; /* first checked address beside a reply or sentence; NULL: none */
};

/* One clean line of at most max bytes of s; NULL: no memory. */
const char *clean_line_copy(struct arena *a, struct span s, size_t max);

/* text: what the notice itself says; reading ends where the returned mail begins.  0; -ENOMEM. */
int failure_read(struct span text, struct arena *a, struct failure *out) MUST_USE;

#endif
