/* Attachments that run when a person opens them: programs, scripts, shortcuts, macro documents, pages.
 * By name, by type, and by their first bytes whatever the name says (T39).  Pure; archives are looked at
 * by the names in their local headers, never unpacked. */
#ifndef SITANTE_MESSAGE_DANGER_H
#define SITANTE_MESSAGE_DANGER_H

#include "base/span.h"

#include <stdbool.h>

bool danger_name(const char *name); /* "surat.pdf.exe", also with blanks or dots behind it */
bool danger_type(const char *type); /* "application/x-msdownload", lower case */

enum { DANGER_KEPT = 320 }; /* a local header of a zip and its name */

/* The decoded bytes of one attachment, piece by piece. */
struct danger_scan {
	unsigned char head[512], tail[DANGER_KEPT]; /* the beginning; the end of what was seen */
	size_t n_head, n_tail;
	bool zip, ole, found;
};
void danger_add(struct danger_scan *s, struct span piece);
bool danger_found(const struct danger_scan *s);

#endif
