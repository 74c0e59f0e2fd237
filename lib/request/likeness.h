/* Two spellings of a person's name held against one another.  Pure; linear in the product of their words (few). */
#ifndef SITANTE_REQUEST_LIKENESS_H
#define SITANTE_REQUEST_LIKENESS_H

#include "base/span.h"

enum name_likeness {
	NAME_DIFFERENT,
	NAME_ALIKE, /* the same by abbreviations, spellings of Muhammad, another order, or cut off: a person must look */
	NAME_PART,  /* one is a part of the other, in whole words: "Budi" of "Budi Santoso" */
	NAME_SAME,  /* the same letters; titles, degrees, case, blanks and signs aside */
};

/* UTF-8; an empty name, or one of titles alone, is different from all. */
enum name_likeness name_compare(struct span a, struct span b);

#endif
