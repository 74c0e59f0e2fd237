/* One log-in at each server, as the daemon would do it: for `sitantectl check` and `setup`. */
#ifndef SITANTE_DAEMON_TRIAL_H
#define SITANTE_DAEMON_TRIAL_H

#include "settings/settings.h"

#include "base/error.h"

struct trial_mailbox { /* what lies in the watched folder */
	uint32_t uidvalidity;
	uint64_t mails, bytes;
	uint64_t not_before;   /* mails that are not older than settings.since; without since: 0 */
	struct instant newest; /* INTERNALDATE; 0: there is no mail */
};

/* Through the real mailbox process, which reads config_path itself; up to 40 s an answer.  0; 1: err says what is wrong. */
int trial_imap(const char *config_path, const struct settings *s, struct trial_mailbox *out, struct error *err) MUST_USE;
/* Up to 30 s.  0; 1: err says what is wrong. */
int trial_smtp(const struct settings *s, struct error *err) MUST_USE;

#endif
