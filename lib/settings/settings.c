#include "settings/settings_private.h"

#include "base/num.h"
#include "base/text.h"
#include "message/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

WORD_TABLE(settings_security,
	   settings_security, [SETTINGS_TLS] = "tls", [SETTINGS_STARTTLS] = "starttls", [SETTINGS_PLAINTEXT] = "plaintext")

enum { TZIF_MAX = 256 * 1024, LIST_MAX = 1000, STRING_MAX = 1000 };

enum type { T_STRING, T_ADDRESS, T_DOMAINS, T_ADDRESSES, T_WORDS, T_NUMBER, T_BOOL, T_DURATION, T_STAFF, T_GROUP };

struct key {
	const char *path;
	enum type type;
	size_t offset; /* in struct settings, or in struct job where in_job */
	bool in_job, required;
	const char *fallback; /* default, as text */
	uint32_t max;         /* numbers */
};

#define S(field) offsetof(struct settings, field), false
#define J(field) offsetof(struct job, field), true

static const struct key keys[] = {
	{ "agency", T_STRING, S(agency), true, NULL, 0 },
	{ "timezone", T_STRING, S(timezone), false, "Asia/Jakarta", 0 },
	{ "since", T_STRING, J(since), false, NULL, 0 },
	{ "templates", T_STRING, J(templates), false, NULL, 0 },
	{ "mailbox", T_GROUP, 0, false, true, NULL, 0 },
	{ "mailbox.name", T_STRING, S(mailbox.name), true, NULL, 0 },
	{ "mailbox.address", T_ADDRESS, S(mailbox.address), true, NULL, 0 },
	{ "mailbox.home_domains", T_DOMAINS, S(mailbox.home_domains), false, NULL, 0 },
	{ "mailbox.aliases", T_ADDRESSES, S(mailbox.aliases), false, NULL, 0 },
	{ "imap", T_GROUP, 0, false, true, NULL, 0 },
	{ "imap.host", T_STRING, S(imap.host), true, NULL, 0 },
	{ "imap.port", T_NUMBER, S(imap.port), false, "0", 65535 },
	{ "imap.security", T_STRING, J(imap_security), false, "tls", 0 },
	{ "imap.user", T_STRING, S(imap.user), true, NULL, 0 },
	{ "imap.auth", T_STRING, J(imap_auth), false, "password", 0 },
	{ "imap.password_file", T_STRING, J(imap_password_file), false, NULL, 0 },
	{ "imap.ca_file", T_STRING, J(imap_ca), false, NULL, 0 },
	{ "imap.folder", T_STRING, S(folders.folder), false, "INBOX", 0 },
	{ "imap.archive", T_STRING, S(folders.archive), false, "SITANTE/Diproses", 0 },
	{ "imap.quarantine", T_STRING, S(folders.quarantine), false, "SITANTE/Karantina", 0 },
	{ "imap.poll_seconds", T_NUMBER, S(folders.poll_seconds), false, "60", 86400 },
	{ "smtp", T_GROUP, 0, false, true, NULL, 0 },
	{ "smtp.host", T_STRING, S(smtp.host), true, NULL, 0 },
	{ "smtp.port", T_NUMBER, S(smtp.port), false, "0", 65535 },
	{ "smtp.security", T_STRING, J(smtp_security), false, "tls", 0 },
	{ "smtp.user", T_STRING, S(smtp.user), false, NULL, 0 },
	{ "smtp.auth", T_STRING, J(smtp_auth), false, "password", 0 },
	{ "smtp.password_file", T_STRING, J(smtp_password_file), false, NULL, 0 },
	{ "smtp.ca_file", T_STRING, J(smtp_ca), false, NULL, 0 },
	{ "smtp.connections", T_NUMBER, S(smtp_connections), false, "2", 8 },
	{ "oauth", T_GROUP, 0, false, false, NULL, 0 },
	{ "oauth.token_url", T_STRING, S(oauth.token_url), false, NULL, 0 },
	{ "oauth.client_id", T_STRING, S(oauth.client_id), false, NULL, 0 },
	{ "oauth.client_secret_file", T_STRING, J(oauth_secret_file), false, NULL, 0 },
	{ "oauth.refresh_token_file", T_STRING, J(oauth_refresh_file), false, NULL, 0 },
	{ "oauth.scope", T_STRING, S(oauth.scope), false, NULL, 0 },
	{ "oauth.ca_file", T_STRING, J(oauth_ca), false, NULL, 0 },
	{ "oauth.expires", T_STRING, J(oauth_expires), false, NULL, 0 },
	{ "oauth.secret_expires", T_STRING, J(oauth_secret_expires), false, NULL, 0 },
	{ "store", T_GROUP, 0, false, true, NULL, 0 },
	{ "store.directory", T_STRING, J(directory_store), true, NULL, 0 },
	{ "staff", T_STAFF, S(staff), true, NULL, 0 },
	{ "head", T_GROUP, 0, false, true, NULL, 0 },
	{ "head.name", T_STRING, S(head.name), true, NULL, 0 },
	{ "head.address", T_ADDRESS, S(head.address), true, NULL, 0 },
	{ "authentication", T_GROUP, 0, false, false, NULL, 0 },
	{ "authentication.authserv_id", T_DOMAINS, S(authentication.authserv_ids), false, NULL, 0 },
	{ "authentication.hops", T_NUMBER, S(authentication.hops), false, "0", 20 },
	{ "authentication.below_border", T_BOOL, S(authentication.below_border), false, "false", 0 },
	{ "authentication.missing_id", T_BOOL, S(authentication.missing_id), false, "false", 0 },
	{ "authentication.dkim", T_BOOL, S(authentication.dkim), false, "false", 0 },
	{ "authentication.auth", T_BOOL, S(authentication.auth), false, "false", 0 },
	{ "sop", T_GROUP, 0, false, false, NULL, 0 },
	{ "sop.receive", T_DURATION, S(standard[0]), false, "10m", 0 },
	{ "sop.examine", T_DURATION, S(standard[1]), false, "1h", 0 },
	{ "sop.report", T_DURATION, S(standard[2]), false, "15m", 0 },
	{ "sop.notify", T_DURATION, S(standard[3]), false, "5m", 0 },
	{ "sop.working_hours", T_WORDS, J(working_hours), false, NULL, 0 },
	{ "sop.other_hours", T_WORDS, J(other_hours), false, NULL, 0 },
	{ "sop.holidays", T_WORDS, J(holidays), false, NULL, 0 },
	{ "sop.holidays_file", T_STRING, J(holidays_file), false, NULL, 0 },
	{ "sop.open_days", T_WORDS, J(open_days), false, NULL, 0 },
	{ "reminders", T_GROUP, 0, false, false, NULL, 0 },
	{ "reminders.share", T_NUMBER, S(reminders.share), false, "75", 99 },
	{ "reminders.digest", T_NUMBER, S(reminders.digest), false, "1", 1 },
	{ "reminders.first_days", T_NUMBER, S(reminders.first_days), false, "3", 365 },
	{ "reminders.second_days", T_NUMBER, S(reminders.second_days), false, "7", 365 },
	{ "reminders.cancel_days", T_NUMBER, S(reminders.cancel_days), false, "14", 365 },
	{ "expiry", T_GROUP, 0, false, false, NULL, 0 },
	{ "expiry.days", T_STRING, J(expiry_days), false, "30, 14, 7, 1", 0 },
	{ "expiry.after", T_NUMBER, S(expiry.after), false, "1", 1 },
	{ "expiry.per_hour", T_NUMBER, S(expiry.per_hour), false, "700", 1000000 },
	{ "expiry.admins", T_WORDS, J(expiry_admins), false, NULL, 0 },
	{ "retention", T_GROUP, 0, false, false, NULL, 0 },
	{ "retention.scans", T_STRING, J(keep_scans), false, "30d", 0 },
	{ "retention.attachments", T_STRING, J(keep_attachments), false, "365d", 0 },
	{ "retention.raw", T_STRING, J(keep_raw), false, "365d", 0 },
	{ "retention.tickets", T_STRING, J(keep_tickets), false, "1825d", 0 },
	{ "retention.register", T_STRING, J(keep_register), false, "1825d", 0 },
	{ "retention.to", T_ADDRESS, S(retention.to), false, NULL, 0 },
	{ "alarm", T_GROUP, 0, false, false, NULL, 0 },
	{ "alarm.command", T_WORDS, S(alarm.command), false, NULL, 0 },
	{ "alarm.after", T_DURATION, S(alarm.after), false, "30m", 0 },
	{ "alarm.every", T_DURATION, S(alarm.every), false, "6h", 0 },
	{ "monitor", T_GROUP, 0, false, false, NULL, 0 },
	{ "monitor.prometheus", T_STRING, J(prometheus), false, NULL, 0 },
	{ "report", T_GROUP, 0, false, false, NULL, 0 },
	{ "report.letterhead", T_WORDS, S(report.letterhead), false, NULL, 0 },
	{ "report.logo", T_STRING, J(logo), false, NULL, 0 },
	{ "report.number", T_STRING, S(report.number), false, "{number}/PSE/DISKOMINFO/{month}/{year}", 0 },
	{ "report.place", T_STRING, S(report.place), false, NULL, 0 },
	{ "report.head_title", T_STRING, S(report.head_title), false, "Kepala Tim", 0 },
	{ "report.head_id", T_STRING, S(report.head_id), false, NULL, 0 },
	{ "caps", T_GROUP, 0, false, false, NULL, 0 },
	{ "caps.address_hour", T_NUMBER, S(caps.address_hour), false, "2", 1000000 },
	{ "caps.address_day", T_NUMBER, S(caps.address_day), false, "5", 1000000 },
	{ "caps.home_address_hour", T_NUMBER, S(caps.home_address_hour), false, "30", 1000000 },
	{ "caps.domain_hour", T_NUMBER, S(caps.domain_hour), false, "30", 1000000 },
	{ "caps.ticket_day", T_NUMBER, S(caps.ticket_day), false, "20", 1000000 },
	{ "caps.hour", T_NUMBER, S(caps.hour), false, "200", 1000000 },
	{ "request", T_GROUP, 0, false, false, NULL, 0 },
	{ "request.required", T_WORDS, S(request.required), false, NULL, 0 },
	{ "renewal", T_GROUP, 0, false, false, NULL, 0 },
	{ "renewal.window_days", T_NUMBER, S(request.window_days), false, "30", 3650 },
	{ "staff_mail", T_GROUP, 0, false, false, NULL, 0 },
	{ "staff_mail.token_days", T_NUMBER, S(staff_mail.token_days), false, "30", 3650 },
	{ "sms", T_GROUP, 0, false, false, NULL, 0 },
	{ "sms.url", T_STRING, S(sms.url), false, NULL, 0 },
	{ "sms.body", T_STRING, S(sms.body), false, NULL, 0 },
	{ "sms.content_type", T_STRING, S(sms.content_type), false, "application/x-www-form-urlencoded", 0 },
	{ "sms.headers", T_WORDS, S(sms.headers), false, NULL, 0 },
	{ "sms.user", T_STRING, S(sms.user), false, NULL, 0 },
	{ "sms.password_file", T_STRING, J(sms_password_file), false, NULL, 0 },
	{ "sms.ca_file", T_STRING, J(sms_ca), false, NULL, 0 },
	{ "sms.accepted", T_WORDS, S(sms.accepted), false, NULL, 0 },
	{ "sms.refused", T_WORDS, S(sms.refused), false, NULL, 0 },
	{ "sms.per_minute", T_NUMBER, S(sms.per_minute), false, "30", 6000 },
	{ "sms.timeout", T_DURATION, S(sms.timeout), false, "60s", 0 },
	{ "sms.number_day", T_NUMBER, S(sms.number_day), false, "10", 1000 },
	{ "sms.notices", T_BOOL, S(sms.notices), false, "false", 0 },
	{ "sms.from", T_ADDRESS, S(sms.from), false, NULL, 0 },
	{ "sms.pattern", T_STRING, S(sms.pattern), false, NULL, 0 },
	{ "certificates", T_GROUP, 0, false, false, NULL, 0 },
	{ "certificates.roots", T_STRING, J(roots_folder), false, NULL, 0 },
	{ "letters", T_GROUP, 0, false, false, NULL, 0 },
	{ "letters.scanners", T_ADDRESSES, S(letters.scanners), false, NULL, 0 },
	{ "staff_mail.confirmation_hours", T_NUMBER, S(staff_mail.confirmation_hours), false, "24", 8760 },
};
enum { N_KEYS = sizeof(keys) / sizeof(*keys) };

void settings_keys(void (*fn)(void *context, const char *key, bool required, const char *fallback), void *context)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].type != T_GROUP)
			fn(context, keys[i].path, keys[i].required, keys[i].fallback);
}

void settings_unreadable(struct job *j, const char *key, const char *path, int e)
{
	settings_fault(j, NULL, key, "cannot read %s: %s", path, strerror(e));
	if (error_may_pass(e))
		j->passing = e;
}

void settings_fault(struct job *j, const config_setting_t *at, const char *key, const char *fmt, ...)
{
	char text[400];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(4096);
	text_escape(&clean, span_str(text), sizeof(text));
	if (at)
		buf_addf(j->faults, "%s:%u: %s: %s\n", j->s->path, config_setting_source_line(at), key, buf_cstr(&clean));
	else
		buf_addf(j->faults, "%s: %s: %s\n", j->s->path, key, buf_cstr(&clean));
}

static void *field(struct job *j, const struct key *k)
{
	return (char *)(k->in_job ? (void *)j : (void *)j->s) + k->offset;
}

static const char *keep(struct job *j, const char *s)
{
	const char *copy = arena_strdup(j->s->arena, s);
	j->memory = j->memory || (s && !copy);
	return copy;
}

/* A string without line breaks or controls, not too long. */
static bool string_good(struct job *j, const config_setting_t *at, const char *key, const char *s)
{
	struct span t = span_str(s);
	if (t.n > STRING_MAX || !utf8_valid(t)) {
		settings_fault(j, at, key, "is too long or not UTF-8; write at most %d bytes of UTF-8", STRING_MAX);
		return false;
	}
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < 0x20 || t.p[i] == 0x7f) {
			settings_fault(j, at, key, "holds a line break or control character; take it out");
			return false;
		}
	return true;
}

static bool domain_good(const char *s)
{
	char probe[300];
	int n = snprintf(probe, sizeof(probe), "a@%s", s);
	return n > 0 && (size_t)n < sizeof(probe) && mail_address_valid(probe);
}

bool settings_duration(const char *s, struct duration *out)
{
	struct span t = span_str(s);
	uint32_t v;
	if (t.n < 2)
		return false;
	int64_t unit = t.p[t.n - 1] == 's'   ? 1000
		       : t.p[t.n - 1] == 'm' ? 60000
		       : t.p[t.n - 1] == 'h' ? 3600000
		       : t.p[t.n - 1] == 'd' ? 86400000
					     : 0;
	if (unit == 0 || num_parse_u32(span_of(t.p, t.n - 1), 100000, &v) != 0 || v == 0)
		return false;
	out->ms = v * unit;
	return true;
}

static void take_text(struct job *j, const struct key *k, const config_setting_t *at, const char *s)
{
	if (at && !string_good(j, at, k->path, s))
		return;
	if (k->type == T_ADDRESS && !mail_address_valid(s))
		settings_fault(j, at, k->path, "\"%s\" is no mail address; write it as name@domain", s);
	else if (k->type == T_DURATION && !settings_duration(s, field(j, k)))
		settings_fault(j, at, k->path, "\"%s\" is no duration; write 90s, 10m, 1h or 2d", s);
	else if (k->type == T_STRING && k->required && *s == '\0')
		settings_fault(j, at, k->path, "is empty; give a value");
	else if (k->type != T_DURATION)
		*(const char **)field(j, k) = keep(j, s);
}

static void take_number(struct job *j, const struct key *k, const config_setting_t *at, int64_t v)
{
	if (v < 0 || v > k->max)
		settings_fault(j, at, k->path, "%lld is out of range; write 0 to %u", (long long)v, k->max);
	else
		*(uint32_t *)field(j, k) = (uint32_t)v;
}

/* A list of strings, or one string standing for a list of one. */
static void take_list(struct job *j, const struct key *k, const config_setting_t *at)
{
	bool one = config_setting_type(at) == CONFIG_TYPE_STRING;
	int n = one ? 1 : config_setting_length(at);
	const char **list = arena_array(j->s->arena, (size_t)(n ? n : 1), sizeof(*list));
	size_t kept = 0;
	if (!list || n > LIST_MAX) {
		j->memory = true;
		return;
	}
	for (int i = 0; i < n; i++) {
		const config_setting_t *e = one ? at : config_setting_get_elem(at, (unsigned)i);
		const char *s = config_setting_get_string(e);
		if (!s) {
			settings_fault(j, e, k->path, "must be a list of strings: ( \"...\", \"...\" )");
			return;
		}
		if (!string_good(j, e, k->path, s))
			continue;
		if (k->type == T_DOMAINS && !domain_good(s))
			settings_fault(j, e, k->path, "\"%s\" is no domain name", s);
		else if (k->type == T_ADDRESSES && !mail_address_valid(s))
			settings_fault(j, e, k->path, "\"%s\" is no mail address", s);
		else
			list[kept++] = keep(j, s);
	}
	*(const char ***)field(j, k) = list;
	*(size_t *)((char *)field(j, k) + sizeof(const char **)) = kept;
}

static void take_staff(struct job *j, const config_setting_t *at)
{
	int n = config_setting_length(at);
	struct settings_person *list = arena_array(j->s->arena, (size_t)(n ? n : 1), sizeof(*list));
	if (!list) {
		j->memory = true;
		return;
	}
	for (int i = 0; i < n; i++) {
		const config_setting_t *e = config_setting_get_elem(at, (unsigned)i);
		const char *name = NULL, *address = NULL;
		if (config_setting_type(e) != CONFIG_TYPE_GROUP || !config_setting_lookup_string(e, "name", &name) ||
		    !config_setting_lookup_string(e, "address", &address) || config_setting_length(e) != 2) {
			settings_fault(j, e, "staff", "each must be { name = \"...\"; address = \"...\"; }");
			continue;
		}
		if (!string_good(j, e, "staff", name))
			continue;
		if (!mail_address_valid(address)) {
			settings_fault(j, e, "staff", "\"%s\" is no mail address; write it as name@domain", address);
			continue;
		}
		for (size_t k = 0; k < j->s->n_staff; k++)
			if (mail_address_eq(list[k].address, address))
				settings_fault(j, e, "staff", "%s stands twice", address);
		list[j->s->n_staff++] = (struct settings_person){ keep(j, name), keep(j, address) };
	}
	j->s->staff = list;
	if (j->s->n_staff == 0)
		settings_fault(j, at, "staff", "names nobody; at least one staff member is needed");
}

static const char *type_words(enum type t)
{
	switch (t) {
	case T_STRING:
	case T_ADDRESS:
	case T_DURATION:
		return "a string in double quotes";
	case T_NUMBER:
		return "a whole number";
	case T_BOOL:
		return "true or false";
	case T_DOMAINS:
	case T_ADDRESSES:
	case T_WORDS:
		return "a list of strings: ( \"...\", \"...\" )";
	case T_STAFF:
		return "a list: ( { name = \"...\"; address = \"...\"; } )";
	case T_GROUP:
		break;
	}
	return "a group: { ... }";
}

static bool type_fits(const struct key *k, const config_setting_t *at)
{
	int t = config_setting_type(at);
	switch (k->type) {
	case T_STRING:
	case T_ADDRESS:
	case T_DURATION:
		return t == CONFIG_TYPE_STRING;
	case T_NUMBER:
		return t == CONFIG_TYPE_INT || t == CONFIG_TYPE_INT64;
	case T_BOOL:
		return t == CONFIG_TYPE_BOOL;
	case T_DOMAINS:
	case T_ADDRESSES:
	case T_WORDS:
		return t == CONFIG_TYPE_LIST || t == CONFIG_TYPE_ARRAY || t == CONFIG_TYPE_STRING;
	case T_STAFF:
		return t == CONFIG_TYPE_LIST;
	case T_GROUP:
		break;
	}
	return t == CONFIG_TYPE_GROUP;
}

static void take_default(struct job *j, const struct key *k)
{
	uint32_t v;
	if (!k->fallback)
		return;
	if (k->type == T_NUMBER && num_parse_u32(span_str(k->fallback), k->max, &v) == 0)
		*(uint32_t *)field(j, k) = v;
	else if (k->type == T_BOOL)
		*(bool *)field(j, k) = false;
	else if (k->type != T_NUMBER)
		take_text(j, k, NULL, k->fallback);
}

static void take_key(struct job *j, const config_t *c, const struct key *k)
{
	const config_setting_t *at = config_lookup(c, k->path);
	if (!at) {
		if (k->required)
			settings_fault(j, NULL, k->path, "is missing; it must be %s", type_words(k->type));
		take_default(j, k);
		return;
	}
	if (!type_fits(k, at)) {
		settings_fault(j, at, k->path, "has the wrong type; it must be %s", type_words(k->type));
		return;
	}
	switch (k->type) {
	case T_STRING:
	case T_ADDRESS:
	case T_DURATION:
		take_text(j, k, at, config_setting_get_string(at));
		break;
	case T_NUMBER:
		take_number(j, k, at, config_setting_get_int64(at));
		break;
	case T_BOOL:
		*(bool *)field(j, k) = config_setting_get_bool(at) != 0;
		break;
	case T_DOMAINS:
	case T_ADDRESSES:
	case T_WORDS:
		take_list(j, k, at);
		break;
	case T_STAFF:
		take_staff(j, at);
		break;
	case T_GROUP:
		break;
	}
}

static bool key_known(const char *path)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (str_eq(keys[i].path, path))
			return true;
	return false;
}

static void find_unknown(struct job *j, const config_setting_t *group, const char *prefix)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *e = config_setting_get_elem(group, (unsigned)i);
		char path[200];
		j->memory = j->memory || !config_setting_name(e); /* libconfig does not say that it had none for a name */
		if (j->memory)
			return;
		(void)snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", config_setting_name(e));
		if (!key_known(path))
			settings_fault(j, e, path, "is no key; see sitante.conf(5), or take it out");
		else if (config_setting_type(e) == CONFIG_TYPE_GROUP)
			find_unknown(j, e, path);
	}
}

/* --- what follows from several keys ------------------------------------------------------ */

const char *settings_beside(struct job *j, const char *path)
{
	if (!path || path[0] == '/')
		return path;
	const char *full = arena_printf(j->s->arena, "%s/%s", j->directory, path);
	j->memory = j->memory || !full;
	return full;
}

bool settings_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (str_eq_nocase(host, "localhost"))
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void server(struct job *j, const char *name, struct settings_server *s, const char *security, const char *ca,
		   const uint32_t ports[3])
{
	char key[40];
	(void)snprintf(key, sizeof(key), "%s.security", name);
	if (security && settings_security_from_word(security, &s->security) != 0)
		settings_fault(j, NULL, key, "\"%s\" is none of tls, starttls, plaintext", security);
	else if (s->security == SETTINGS_PLAINTEXT && s->host && !settings_loopback(s->host))
		settings_fault(j, NULL, key, "plaintext is for loopback hosts only; use tls or starttls for %s", s->host);
	if (s->port == 0)
		s->port = ports[s->security];
	s->ca_file = settings_beside(j, ca);
	(void)snprintf(key, sizeof(key), "%s.ca_file", name);
	if (s->ca_file && access(s->ca_file, R_OK) < 0)
		settings_unreadable(j, key, s->ca_file, errno);
}

static struct zone *zone_load(struct job *j)
{
	struct zone *z = NULL;
	char path[PATH_MAX];
	const char *name = j->s->timezone;
	if (!name || strstr(name, "..") || name[0] == '/') {
		settings_fault(j, NULL, "timezone", "is no IANA zone name such as Asia/Jakarta");
		return NULL;
	}
	(void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_BUF b = BUF_INIT(TZIF_MAX);
	char piece[4096];
	ssize_t n = 0;
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&b, piece, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
	if (fd >= 0 && n == 0 && buf_status(&b) == 0 && zone_read(buf_span(&b), j->s->arena, &z) == 0)
		return z;
	int fixed = str_eq(name, "Asia/Jakarta")    ? 7
		    : str_eq(name, "Asia/Makassar") ? 8
		    : str_eq(name, "Asia/Jayapura") ? 9
		    : str_eq(name, "UTC")           ? 0
						    : -1; /* where tzdata is not installed: Indonesia has no daylight saving */
	if (fixed < 0 || zone_fixed(fixed * 3600, j->s->arena, &z) != 0)
		settings_fault(j, NULL, "timezone", "\"%s\" is not known here; install tzdata or mend the name", name);
	return z;
}

int settings_moment(struct job *j, const char *text, struct instant *out)
{
	struct calendar_day_rule day;
	struct error err = { 0 };
	if (instant_parse_iso(span_str(text), out) == 0)
		return 0;
	if (calendar_read_day(span_str(text), j->s->arena, &day, &err) != 0 || !day.closed || !j->s->calendar)
		return 1;
	*out = zone_instant(calendar_zone(j->s->calendar),
			    (struct civil_time){ day.from.year, day.from.month, day.from.day, 0, 0, 0 });
	return 0;
}

static void since_read(struct job *j)
{
	if (!j->since)
		return;
	j->s->has_since = true;
	if (settings_moment(j, j->since, &j->s->since) != 0)
		settings_fault(j, NULL, "since", "\"%s\" is no time; write 2026-01-05 or 2026-01-05T08:00:00+07:00", j->since);
}

static void required_check(struct job *j)
{
	static const char *const usual[] = { "name", "nik|nip", "agency" };
	static const char *const fields[] = { "name", "nik", "nip", "position", "agency", "email", "phone", "valid_until" };
	if (!j->s->request.required) {
		j->s->request.required = arena_array(j->s->arena, 3, sizeof(char *));
		for (size_t i = 0; j->s->request.required && i < 3; i++)
			j->s->request.required[j->s->request.n_required++] = usual[i];
	}
	for (size_t i = 0; j->s->request.required && i < j->s->request.n_required; i++) {
		const char *p = j->s->request.required[i];
		while (*p) {
			size_t n = strcspn(p, "|"), k = 0;
			while (k < 8 && !(strlen(fields[k]) == n && memcmp(fields[k], p, n) == 0))
				k++;
			if (k == 8)
				settings_fault(j, NULL, "request.required",
					       "\"%.*s\" is no field; use name, nik, nip, position, agency, "
					       "email, phone, valid_until, or two of them with | between",
					       (int)n, p);
			p += n + (p[n] == '|');
		}
	}
}

/* The installed folder; in a build tree the one beside the programs. */
static const char *templates_default(struct job *j)
{
	char self[PATH_MAX], path[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = NULL;
	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
	}
	if (slash) {
		*slash = '\0';
		(void)snprintf(path, sizeof(path), "%s/../conf/templates", self);
		if (access(path, R_OK) == 0)
			return keep(j, path);
	}
	return SITANTE_DATADIR "/templates";
}

/* Where the log-in is by tokens there is no password, and none is looked for. */
static void passwords_read(struct job *j)
{
	struct settings *s = j->s;
	if (s->imap.auth == OAUTH_NONE && !j->imap_password_file)
		settings_fault(j, NULL, "imap.password_file", "is missing; it must be %s", type_words(T_STRING));
	else if (s->imap.auth == OAUTH_NONE)
		s->imap.password = settings_password(j, "imap.password_file", j->imap_password_file);
	if (s->smtp.auth == OAUTH_NONE && (s->smtp.user != NULL) != (j->smtp_password_file != NULL))
		settings_fault(j, NULL, "smtp.password_file", "user and password_file belong together: give both or neither");
	else if (s->smtp.auth == OAUTH_NONE)
		s->smtp.password = settings_password(j, "smtp.password_file", j->smtp_password_file);
}

static void combine(struct job *j)
{
	static const uint32_t imap_ports[] = { 993, 143, 143 }, smtp_ports[] = { 465, 587, 25 };
	struct settings *s = j->s;
	server(j, "imap", &s->imap, j->imap_security, j->imap_ca, imap_ports);
	server(j, "smtp", &s->smtp, j->smtp_security, j->smtp_ca, smtp_ports);
	if (j->s->alarm.n_command > 0 && j->s->alarm.command[0][0] != '/')
		settings_fault(j, NULL, "alarm.command", "the first word must be an absolute path: no shell looks it up");
	settings_gateway_check(j);
	settings_report_check(j);
	settings_roots_check(j);
	settings_expiry_read(j);
	settings_retention_read(j);
	if (s->smtp_connections == 0)
		s->smtp_connections = 1;
	s->store.directory = settings_beside(j, j->directory_store);
	s->monitor.prometheus = settings_beside(j, j->prometheus);
	s->templates = j->templates ? settings_beside(j, j->templates) : templates_default(j);
	settings_calendar_make(j, zone_load(j));
	since_read(j);
	settings_oauth_check(j);
	passwords_read(j);
	required_check(j);
	if (s->folders.poll_seconds == 0)
		s->folders.poll_seconds = 60;
}

static void directory_of(const char *path, char out[PATH_MAX])
{
	char full[PATH_MAX];
	if (!realpath(path, full))
		(void)snprintf(full, sizeof(full), "%s", path);
	char *slash = strrchr(full, '/');
	if (slash)
		*(slash == full ? slash + 1 : slash) = '\0';
	(void)snprintf(out, PATH_MAX, "%s", slash ? full : ".");
}

int settings_load(const char *path, struct settings **out, struct buf *faults)
{
	struct arena *arena = arena_new(4 * 1024 * 1024);
	struct settings *s = arena ? arena_alloc(arena, sizeof(*s)) : NULL;
	if (!s) {
		arena_free(arena);
		return -ENOMEM;
	}
	struct job j = { .s = s, .faults = faults };
	config_t c;
	s->arena = arena;
	s->path = arena_strdup(arena, path);
	directory_of(path, j.directory);
	config_init(&c);
	config_set_options(&c, 0);
	if (access(path, R_OK) < 0) {
		settings_unreadable(&j, "configuration", path, errno);
	} else if (!config_read_file(&c, path)) {
		j.passing = config_error_type(&c) == CONFIG_ERR_FILE_IO ? EIO : 0;
		buf_addf(faults, "%s:%d: %s\n", path, config_error_line(&c), config_error_text(&c));
	} else {
		for (size_t i = 0; i < N_KEYS; i++)
			take_key(&j, &c, &keys[i]);
		find_unknown(&j, config_root_setting(&c), "");
		combine(&j);
	}
	config_destroy(&c);
	if (j.memory || !s->path || faults->n > 0 || buf_status(faults) != 0) {
		settings_free(s);
		return j.memory ? -ENOMEM : j.passing ? -j.passing : 1;
	}
	*out = s;
	return 0;
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	settings_secret_wipe(s->imap.password);
	settings_secret_wipe(s->smtp.password);
	settings_secret_wipe(s->sms.password);
	arena_free(s->arena);
}
