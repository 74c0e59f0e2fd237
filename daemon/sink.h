/* Where log lines go: the journal with fields, or standard error with escapes. */
#ifndef SITANTE_DAEMON_SINK_H
#define SITANTE_DAEMON_SINK_H

#include "office/office.h"

void sink_note(void *unused, const struct office_note *n);
void sink_line(enum office_level level, const char *id, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
