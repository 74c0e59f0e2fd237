/* Whether the From address may be believed: RFC 8601 fields of our own border only, which evaluated DMARC (RFC 9989). */
#ifndef SITANTE_MESSAGE_PROOF_H
#define SITANTE_MESSAGE_PROOF_H

#include "message/header.h"

/* Sets proof and proof_reason of out, whose from fields are already there.  odd_from: the From
 * field's syntax is suspicious.  0; -ENOMEM. */
int proof_judge(const struct header *h, const struct message_policy *policy, bool odd_from, struct arena *a,
		struct message *out) MUST_USE;

/* A spam filter of our own border called it spam (X-Spam-Flag, X-Spam-Status, X-Spam); what a sender writes is nothing. */
bool proof_is_spam(const struct header *h, const struct message_policy *policy);

#endif
