/* Several people in one line. */
#ifndef SITANTE_REQUEST_PERSONS_H
#define SITANTE_REQUEST_PERSONS_H

#include "request/state.h"

/* "Budi (NIP 1), Ani (NIP 2) dan Cici (NIP 3)": how many persons with a number each; take: also takes them. */
size_t persons_numbered(struct reading_state *s, struct span t, bool take);
/* Further names of a list from end on (", Dewi Sartika dan Pak Joko") are taken; where they end. */
size_t persons_more(struct reading_state *s, struct span t, size_t end);
/* "TTE Pak Budi, Bu Ani dan Pak Cici ... diperpanjang": at least two of them; *end: behind them. */
bool persons_honoured(struct reading_state *s, struct span t, size_t *end);

#endif
