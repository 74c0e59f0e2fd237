/* What the daemon takes from a mail, as JSON: keys as in tests/corpus/README.md, and more. */
#ifndef SITANTE_REQUEST_INSPECT_H
#define SITANTE_REQUEST_INSPECT_H

#include "request/request.h"

void inspect_json(const struct message *m, const struct request *r, bool explain, struct buf *out, bool pretty);

#endif
