/* Content transfer encodings of mail undone (RFC 2045 6.7, 6.8), leniently: what is no part of the
 * encoding is passed over, as mail programs do. */
#ifndef SITANTE_BASE_TRANSFER_H
#define SITANTE_BASE_TRANSFER_H

#include "base/buf.h"

void base64_decode(struct buf *out, struct span s);
void quoted_printable_decode(struct buf *out, struct span s);

#endif
