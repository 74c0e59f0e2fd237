/* Posts and offices without a label. */
#ifndef SITANTE_REQUEST_PIECE_H
#define SITANTE_REQUEST_PIECE_H

#include "request/state.h"

/* Posts and offices between the commas, dashes, brackets and numbers of t go to the current applicant. */
void piece_take_all(struct reading_state *s, struct span t);

#endif
