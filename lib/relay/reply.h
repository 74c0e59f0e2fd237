/* What an SMTP server's reply lines say about a connection and a mail.  Pure.  RFC 5321 4.2. */
#ifndef SITANTE_RELAY_REPLY_H
#define SITANTE_RELAY_REPLY_H

#include "base/limits.h"
#include "base/span.h"

struct reply {                                  /* zeroed: nothing was said */
	int code;                               /* of the newest line, 0 or up to 599 */
	char text[LIMIT_SMTP_REPLY_BYTES];      /* its words with the code, one clean line of UTF-8 */
	char challenge[LIMIT_SMTP_REPLY_BYTES]; /* of the newest 334: base64 as it came, cut where it is longer */
	bool auth_offered;
	bool greeted;   /* 220 came: the connection is a new one */
	bool logged_in; /* 235 came */
};

/* One line, any bytes.  What is no reply line changes nothing. */
void reply_take(struct reply *r, struct span line);

#endif
