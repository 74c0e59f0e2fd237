/* What must hold between the keys of the short-message gateway. */
#include "settings/settings_private.h"

#include "base/text.h"
#include "sms/sms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MIN_MS = 1000, TIMEOUT_MAX_MS = 5 * 60 * 1000 };

/* "http://127.0.0.1:13013/x": the host between "://" and the port or path. */
static bool url_is_safe(const char *url)
{
	char host[300];
	const char *at = strstr(url, "://");
	if (!at)
		return false;
	at += 3;
	bool bracket = at[0] == '[';
	size_t all = strcspn(at, "/?#"), n = strcspn(at, bracket ? "]" : ":/?#") - bracket;
	bool odd = memchr(at, '@', all) || (bracket && n + 1 >= all); /* what stands before "@" is no host */
	(void)snprintf(host, sizeof(host), "%.*s", (int)(n < 299 ? n : 299), at + bracket);
	return str_starts_nocase(url, "https://") || (str_starts_nocase(url, "http://") && !odd && settings_loopback(host));
}

void settings_gateway_check(struct job *j)
{
	struct settings *s = j->s;
	bool to = false, text = sms_template_has(s->sms.url, "text") || sms_template_has(s->sms.body, "text");
	static const char *const forms[] = { "to", "to_plus", "to_local" };
	for (size_t i = 0; i < 3; i++)
		to = to || sms_template_has(s->sms.url, forms[i]) || sms_template_has(s->sms.body, forms[i]);
	if (s->sms.url && !url_is_safe(s->sms.url))
		settings_fault(j, NULL, "sms.url", "must begin with https:// (http:// is for loopback hosts only)");
	if (s->sms.url && (!to || !text))
		settings_fault(j, NULL, "sms.url", "url and body together must hold {to} (or {to_plus}, {to_local}) and {text}");
	if (!s->sms.url && (s->sms.body || s->sms.user || j->sms_password_file))
		settings_fault(j, NULL, "sms.url", "is missing: the other keys of sms describe a gateway");
	if ((s->sms.from != NULL) != (s->sms.pattern != NULL))
		settings_fault(j, NULL, "sms.pattern", "from and pattern belong together: give both or neither");
	else if (s->sms.pattern && !sms_pattern_valid(s->sms.pattern))
		settings_fault(j, NULL, "sms.pattern", "must be words and one {number}, such as \"SMS dari {number}\"");
	if (s->sms.per_minute == 0)
		s->sms.per_minute = 1;
	if (s->sms.timeout.ms < TIMEOUT_MIN_MS || s->sms.timeout.ms > TIMEOUT_MAX_MS)
		settings_fault(j, NULL, "sms.timeout", "must be from 1s to 5m");
	s->sms.password = settings_password(j, "sms.password_file", j->sms_password_file);
	s->sms.ca_file = settings_beside(j, j->sms_ca);
	if (s->sms.ca_file && access(s->sms.ca_file, R_OK) < 0)
		settings_unreadable(j, "sms.ca_file", s->sms.ca_file, errno);
}
