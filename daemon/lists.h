/* Inside the reader process: what attached lists (CSV, XLSX) and paper letters add to a reading. */
#ifndef SITANTE_DAEMON_LISTS_H
#define SITANTE_DAEMON_LISTS_H

#include "port/reader.h"

/* Reads the request anew where /surat stands on top (from the data under it) or where a request comes with a list and
 * names nobody by number itself.  raw: the whole mail.  0; -ENOMEM, -ENOBUFS. */
int lists_read(struct span raw, struct arena *a, struct reading *r, struct error *err) MUST_USE;

#endif
