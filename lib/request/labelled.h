/* Lines of "label : value". */
#ifndef SITANTE_REQUEST_LABELLED_H
#define SITANTE_REQUEST_LABELLED_H

#include "request/label.h"
#include "request/state.h"

struct open_label { /* a label whose value stands on the next line */
	struct label l;
	bool open;
};

/* "Nama/NIP : X / 19...": a value for each field of the label. */
void labelled_parts(struct reading_state *s, const struct label *l, struct span v);
/* "label : value" at the start of a line, and those that follow in it.  true: done. */
bool labelled_line(struct reading_state *s, struct span t, struct open_label *open);
/* "nama Budi", "jabatan Kasi X": a label without its colon. */
bool labelled_bare(struct reading_state *s, struct span t);

#endif
