/* Encoded words of header fields (RFC 2047) to text, leniently.  Linear, and with the charsets that charset.h keeps open:
 * a library that asks for another one would open a file. */
#ifndef SITANTE_MESSAGE_ENCODED_H
#define SITANTE_MESSAGE_ENCODED_H

#include "base/buf.h"

/* s: one unfolded value.  What is no encoded word stays as it is, 8-bit bytes by the rules of charset_to_text(). */
void encoded_words(struct span s, struct buf *out);

#endif
