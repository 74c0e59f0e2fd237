/* Posts and offices without a label. */
#ifndef SITANTE_REQUEST_PIECE_H
#define SITANTE_REQUEST_PIECE_H

#include "request/state.h"

/* Posts and offices between the commas, dashes, brackets and numbers of t go to the current applicant. */
void piece_take_all(struct reading_state *s, struct span t);
/* "jabatan saya Kabid X, kantor Dinas Y" anywhere in a sentence about the only applicant. */
void piece_take_said(struct reading_state *s, struct span t);

#endif
