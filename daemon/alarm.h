/* Alarm by another road, for when mail itself is broken: a line of high priority in the journal, and the operator's
 * command (alarm.command), run without a shell and told counts only, no word of any mail.
 * Each kind once, then again after alarm.every as long as it lasts; what ends soon at most daily. */
#ifndef SITANTE_DAEMON_ALARM_H
#define SITANTE_DAEMON_ALARM_H

#include "office/office.h"
#include "settings/settings.h"

#include <sys/types.h>

enum alarm_kind {
	ALARM_MAILBOX,
	ALARM_SMTP,
	ALARM_STORE,
	ALARM_DISK,
	ALARM_QUARANTINE,
	ALARM_MAIL,
	ALARM_RECONCILE,
	ALARM_TOKENS,
	ALARM_ENDING,
	N_ALARMS
};
WORD_DECLARE(alarm_kind,
	     alarm_kind); /* "mailbox", "smtp", "store", "disk", "quarantine", "mail", "reconcile", "tokens", "ending" */

struct alarm {
	const struct settings *settings; /* borrowed; changed by a reload */
	struct {
		bool on, told;
		int64_t since_ms, told_ms; /* monotonic */
	} kind[N_ALARMS];
	uint64_t quarantined_told, unsent_told; /* counts that were told already */
	int64_t next_disk_ms;
	const char *tokens, *ending; /* what is wrong with the log-in by tokens, and what ends soon; NULL: nothing */
	pid_t command;               /* running; 0: none */
	int64_t command_since_ms;
};

/* Looks at the daemon's health; tells what is new.  Returns ms until it should be called again. */
int64_t alarm_look(struct alarm *a, const struct office_health *h);
void alarm_reap(struct alarm *a); /* after SIGCHLD */
#endif
