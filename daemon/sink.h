/* Where log lines go: the journal with fields, or standard error with escapes. */
#ifndef SITANTE_DAEMON_SINK_H
#define SITANTE_DAEMON_SINK_H

#include "office/office.h"

void sink_note(void *unused, const struct office_note *n);
/* 128 bits as hex, for MESSAGE_ID= of the journal; NULL: no such kind. */
const char *sink_message_id(const char *name);
void sink_line(enum office_level level, const char *id, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
