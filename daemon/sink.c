#include "sink.h"

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>

static const char *level_word(enum office_level level)
{
	switch (level) {
	case OFFICE_CRITICAL:
		return "critical";
	case OFFICE_ERROR:
		return "error";
	case OFFICE_WARNING:
		return "warning";
	case OFFICE_NOTICE:
		return "notice";
	case OFFICE_INFO:
		break;
	}
	return "info";
}

void sink_note(void *unused, const struct office_note *n)
{
	(void)unused;
	if (getenv("JOURNAL_STREAM")) {
		const char *id = sink_message_id(n->id);
		(void)sd_journal_send("MESSAGE=%s: %s", n->id, n->text, "PRIORITY=%d", (int)n->level, "SITANTE_EVENT=%s", n->id,
				      "SITANTE_TICKET=%s", n->ticket ? n->ticket : "", "SITANTE_MAIL=%lld",
				      (long long)n->ledger_id, id ? "MESSAGE_ID=%s" : NULL, id, NULL);
		return;
	}
	if (n->ticket || n->ledger_id)
		(void)fprintf(stderr, "%s %s [mail %lld%s%s] %s\n", level_word(n->level), n->id, (long long)n->ledger_id,
			      n->ticket ? " ticket " : "", n->ticket ? n->ticket : "", n->text);
	else
		(void)fprintf(stderr, "%s %s %s\n", level_word(n->level), n->id, n->text);
}

void sink_line(enum office_level level, const char *id, const char *fmt, ...)
{
	char text[400];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(2048);
	text_escape(&clean, span_str(text), sizeof(text));
	struct office_note n = { .level = level, .id = id, .text = buf_cstr(&clean) };
	sink_note(NULL, &n);
}
