/* The decoded bytes of an attachment, out of the raw mail.  Inside the reader process only (GMime). */
#ifndef SITANTE_MESSAGE_ATTACHED_H
#define SITANTE_MESSAGE_ATTACHED_H

#include "message/message.h"

/* raw: the whole mail that message_parse() read, borrowed.  *out: in a; whole, or cut at max bytes.
 * 0; 1: its encoding is none that can be undone; -ENOMEM, -ENOBUFS.  RFC 2045 6. */
int attached_bytes(struct span raw, const struct mail_attachment *t, size_t max, struct arena *a, struct span *out) MUST_USE;

#endif
