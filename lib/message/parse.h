/* Raw RFC 5322 bytes to struct message.  Runs inside the reader process only (GMime, gumbo). */
#ifndef SITANTE_MESSAGE_PARSE_H
#define SITANTE_MESSAGE_PARSE_H

#include "message/message.h"

/* Call once in a process, before the sandbox closes (loads iconv modules, GMime tables). */
void message_parse_prepare(void);

/* raw: borrowed for the call.  *out: strings in a.  Bytes of any kind give a value; limits
 * reached are noted in it.  0; -ENOMEM, -ENOBUFS (the arena's cap). */
int message_parse(struct span raw, const struct message_policy *policy, struct arena *a, struct message *out,
		  struct error *err) MUST_USE;

#endif
