/* Names of people, their titles and degrees, and the first words of posts and offices.
 * Pure; linear in the text given. */
#ifndef SITANTE_REQUEST_NAME_H
#define SITANTE_REQUEST_NAME_H

#include "request/words.h"

struct name {
	struct span s;
	size_t words, end; /* end: where the reading stopped in the text given; words 0: no name */
	bool degree, title;
};

/* Does a post begin here ("Kepala ...")? */
bool starts_position(struct span t);
/* Does an office begin here ("Dinas ...")? */
bool starts_agency(struct span t);
/* Reads a name at the start of t: titles, one to six capital words, degrees. */
struct name name_at(struct span t);
/* A word before a name that is none of it ("Drs.", "H.", "Bapak"); one behind it ("S.Kom", "M.Si"). */
bool name_is_title(struct span w);
bool name_is_degree(struct span w);
/* A name in small letters, one to four words up to a comma, a label, a number or the end: only where a word
 * before it said that a name comes.  words 0: none. */
struct name name_small_at(struct span t);
/* Start of the capital words that end at to: "... Bapak Mustafa Kamal|, S.Sos"; to: none. */
size_t name_back(struct span t, size_t to);
/* A name with a degree behind it, anywhere at or after from. */
bool name_with_degree(struct span t, size_t from, struct name *out);
/* "Drs. Kamaruddin" in the midst of a line. */
bool name_with_title(struct span t, struct name *out);

#endif
