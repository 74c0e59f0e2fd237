/* Sentences and signature blocks: names, posts and offices without a label. */
#ifndef SITANTE_REQUEST_PROSE_H
#define SITANTE_REQUEST_PROSE_H

#include "request/name.h"
#include "request/state.h"

/* Does the writer speak of himself ("saya", "sy")? */
bool prose_self(const struct message *m);
/* "Demikian ...", "Hormat kami": what follows is a signature. */
bool prose_closing(struct span t);
/* A heading of somebody who does not apply. */
bool prose_bystander(struct span t);
/* A heading of the applicant's data. */
bool prose_applicant(struct span t);
/* Names, numbers, posts, addresses and dates of a line without a label.  below: the next line; listed: the lines are items under
 * "... :". */
void prose_line(struct reading_state *s, struct span t, bool item, struct span below, bool listed);

#endif
