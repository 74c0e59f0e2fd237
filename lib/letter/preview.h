/* What an operator sees of a template before anybody gets a mail of it: the keys that it uses, and a made-up case to fill it.
 * Pure.  Nobody in the case exists. */
#ifndef SITANTE_LETTER_PREVIEW_H
#define SITANTE_LETTER_PREVIEW_H

#include "letter/letter.h"

/* The i-th key that the template uses, each once; NULL: there are no more. */
const char *letter_key_used(const struct letter_set *set, enum letter_kind kind, size_t i);
/* Whose words may stand in it: "safe", "applicant", "staff". */
const char *letter_level_word(enum letter_kind kind);
bool letter_key_known(const char *name);

struct letter_case { /* lives in the arena */
	struct ticket ticket;
	struct reading reading;
	struct incoming in;
	struct letter letter, shown; /* shown: what a receipt quotes */
};
/* The case of a renewal that was asked for an hour before now, and what a decision would say besides in this letter.
 * room: values that the caller may add behind those.  0; -ENOMEM. */
int letter_case_make(enum letter_kind kind, struct instant now, size_t room, struct arena *a, struct letter_case *out) MUST_USE;

#endif
