/* What staff say about a paper letter (surat permohonan) under /surat: when it came in, its own number, who sent it.
 * SOP step 1; contract "/surat". */
#ifndef SITANTE_REQUEST_PAPER_H
#define SITANTE_REQUEST_PAPER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/instant.h"
#include "base/wire.h"

struct paper {
	struct civil_time at; /* local; year 0: not said */
	const char *number;   /* the letter's own; NULL: not said */
	const char *from;     /* whose letter; NULL: not said */
	const char *address;  /* mail address behind it; NULL: none */
};

/* Takes the lines "tanggal ...", "nomor ...", "dari ..." off the top of *text.  0 and *out; 1: *error says in Indonesian
 * what is wrong and how to write it; -ENOMEM. */
int paper_read(struct span *text, struct arena *a, struct paper *out, const char **error) MUST_USE;
void paper_encode(const struct paper *p, struct buf *out);
int paper_decode(struct wire *w, struct arena *a, struct paper *out) MUST_USE; /* 0; marks w bad where it is none */

#endif
