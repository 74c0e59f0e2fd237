/* The name that a sender gave a file, made into one that a person may save it by (T25). */
#ifndef SITANTE_MESSAGE_FILENAME_H
#define SITANTE_MESSAGE_FILENAME_H

#include "base/arena.h"

/* One clean line of at most max bytes: no path, no sign that some system reads otherwise, no dots or blanks at
 * the ends, no device's name.  "": nothing is left; NULL: no memory. */
const char *filename_safe(const char *given, size_t max, struct arena *a) MUST_USE;

#endif
