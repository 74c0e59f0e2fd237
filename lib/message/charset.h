/* Bytes in a declared (or wrong, or undeclared) charset to checked text.  Never fails a mail. */
#ifndef SITANTE_MESSAGE_CHARSET_H
#define SITANTE_MESSAGE_CHARSET_H

#include "base/buf.h"

/* Opens converters while files may still be opened: once, before the sandbox closes. */
void charset_prepare(void);
/* Declared first (or its superset), then UTF-8 if valid, else windows-1252 with U+FFFD for what
 * has no meaning.  Adds clean text with LF to out.  declared: NULL where none. */
void charset_to_text(struct span bytes, const char *declared, struct buf *out);

#endif
