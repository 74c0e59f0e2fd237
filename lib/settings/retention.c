/* How long each class of what tickets leave behind is kept. */
#include "settings/settings_private.h"

#include "base/text.h"

static void period_read(struct job *j, const char *key, const char *text, struct duration *out)
{
	if (text && !str_eq(text, "never") && !settings_duration(text, out))
		settings_fault(j, NULL, key, "\"%s\" is no duration; write 30d, or never", text);
}

void settings_retention_read(struct job *j)
{
	struct settings *s = j->s;
	period_read(j, "retention.scans", j->keep_scans, &s->retention.scans);
	period_read(j, "retention.attachments", j->keep_attachments, &s->retention.attachments);
	period_read(j, "retention.raw", j->keep_raw, &s->retention.raw);
	period_read(j, "retention.tickets", j->keep_tickets, &s->retention.tickets);
	period_read(j, "retention.register", j->keep_register, &s->retention.of_register);
}
