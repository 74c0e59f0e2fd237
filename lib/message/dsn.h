/* Delivery status notifications: recipients and states, and which of our mails came back.
 * RFC 3464 2.1; rules M04-M07. */
#ifndef SITANTE_MESSAGE_DSN_H
#define SITANTE_MESSAGE_DSN_H

#include "message/failure.h"
#include "message/message.h"

/* part: decoded message/delivery-status.  Sets m->deliveries.  All of these: 0; -ENOMEM, -ENOBUFS. */
int dsn_read(struct span part, struct arena *a, struct message *m) MUST_USE;
/* Where the structure tells no status, the words may. */
int dsn_from_words(const struct failure *f, struct arena *a, struct message *m) MUST_USE;
/* Adds the Message-IDs of domain that stand in where to m->returned_ids. */
int dsn_returned_ids(struct span where, const char *domain, struct arena *a, struct message *m) MUST_USE;

#endif
