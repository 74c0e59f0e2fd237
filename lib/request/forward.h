/* Mails forwarded inside a text: where they begin, and who only hands them on. */
#ifndef SITANTE_REQUEST_FORWARD_H
#define SITANTE_REQUEST_FORWARD_H

#include "request/plain.h"
#include "request/state.h"

/* "Dari: ...", "Subject: ...": a field of a mail's head. */
bool forward_field(struct span t);
/* "---------- Forwarded message ---------" */
bool forward_line(struct span t);
/* A "Dari: ..." at line i, with two more fields of a mail's head in the next three. */
bool forward_head(const struct lines *l, size_t i);
/* Who signed above a forwarded mail (the first from applicants) goes where labels in it name the applicants. */
void forward_drop_signed(struct reading_state *s, size_t from);

#endif
