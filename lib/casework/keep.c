#include "casework/keep.h"

#include "base/text.h"

#include <string.h>

WORD_TABLE(keep_class, keep_class, [KEEP_SCANS] = "scans", [KEEP_ATTACHMENTS] = "attachments", [KEEP_RAW] = "raw",
	   [KEEP_TICKETS] = "tickets", [KEEP_REGISTER] = "register")

enum { CERTIFICATE_DAYS = 730, LEAP_DAYS = 60 };

struct instant keep_line(const struct keep_rules *rules, enum keep_class c, struct instant now)
{
	return (struct instant){ rules->period[c].ms > 0 ? now.ms - rules->period[c].ms : INT64_MIN };
}

uint32_t keep_due(const struct keep_rules *rules, const struct keep_facts *f, struct instant now)
{
	uint32_t due = 0;
	if (f->open || f->held)
		return 0;
	for (int c = 0; c < N_KEEP; c++)
		if (!(f->gone & KEEP_BIT(c)) && f->last.ms <= keep_line(rules, (enum keep_class)c, now).ms)
			due |= KEEP_BIT(c);
	return due;
}

struct instant keep_certificate_line(const struct keep_rules *rules, struct instant now)
{
	int64_t after = rules->period[KEEP_REGISTER].ms - DAYS(CERTIFICATE_DAYS).ms;
	if (rules->period[KEEP_REGISTER].ms <= 0)
		return (struct instant){ INT64_MIN };
	return (struct instant){ now.ms - (after > 0 ? after : 0) };
}

/* The word stands alone: no letter on either side. */
static bool names(struct span name, const char *word)
{
	size_t n = strlen(word);
	for (size_t at = span_find_nocase(name, 0, word); at < name.n; at = span_find_nocase(name, at + 1, word)) {
		bool left = at == 0 || !ascii_is_alpha(name.p[at - 1]);
		bool right = at + n == name.n || !ascii_is_alpha(name.p[at + n]);
		if (left && right)
			return true;
	}
	return false;
}

bool keep_is_scan(const char *type, const char *name)
{
	static const char *const words[] = { "ktp", "ektp", "identitas", "selfie", "swafoto", "foto", "kk" };
	if (type && span_starts_nocase(span_str(type), "image/"))
		return true;
	for (size_t i = 0; name && i < sizeof(words) / sizeof(*words); i++)
		if (names(span_str(name), words[i]))
			return true;
	return false;
}

bool keep_clock_right(struct instant last, struct instant now)
{
	return last.ms > 0 && now.ms - last.ms <= DAYS(LEAP_DAYS).ms;
}
