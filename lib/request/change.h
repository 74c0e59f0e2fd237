/* "Semula: X" above "Menjadi: Y": what is given up, and what counts from now on. */
#ifndef SITANTE_REQUEST_CHANGE_H
#define SITANTE_REQUEST_CHANGE_H

#include "request/state.h"

/* true: t was such a line; the new value is taken by its shape.  below: the next line with words. */
bool change_line(struct reading_state *s, struct span t, struct span below);
/* "NIK tercatat 1, seharusnya 2": two numbers of one person, of which the right one stays. */
void change_correct(struct reading_state *s);

#endif
