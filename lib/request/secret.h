/* Passphrases, passwords and one-time codes that people write into mails. */
#ifndef SITANTE_REQUEST_SECRET_H
#define SITANTE_REQUEST_SECRET_H

#include "base/arena.h"

/* "passphrase saya: Rahasia123" -> "passphrase saya: [dihapus: rahasia]"; *found is set then.
 * text itself where there is none; NULL: no memory. */
const char *secret_redact(struct arena *a, const char *text, bool *found);

#endif
