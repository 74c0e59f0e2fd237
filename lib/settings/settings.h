/* The configuration file (libconfig syntax), read by one table: sitante.conf(5).
 *
 * Every fault is found in one go, each with file, line, key and what to do.  Relative paths:
 * a file with a secret is looked up in $CREDENTIALS_DIRECTORY first, then in the folder "credentials" beside the file, then
 * beside the file; all others beside the file.  One that others may read is refused.  Contract "Configuration".
 */
#ifndef SITANTE_SETTINGS_SETTINGS_H
#define SITANTE_SETTINGS_SETTINGS_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/word.h"
#include "calendar/calendar.h"
#include "oauth/oauth.h"

enum settings_security { SETTINGS_TLS, SETTINGS_STARTTLS, SETTINGS_PLAINTEXT };
WORD_DECLARE(settings_security, settings_security); /* "tls", "starttls", "plaintext" */

struct settings_server {
	const char *host;
	uint32_t port;                   /* default by protocol and security */
	enum settings_security security; /* plaintext: loopback hosts only */
	const char *user;                /* NULL: no log-in (SMTP only) */
	enum oauth_mechanism auth;
	char *password;      /* NULL where auth is by tokens; wiped by settings_free() */
	const char *ca_file; /* absolute, or NULL: the system's */
};

struct settings_person {
	const char *name, *address;
};

struct settings {
	struct arena *arena;
	const char *path;
	const char *agency, *timezone;
	struct {
		const char *name, *address;
		const char **home_domains;
		size_t n_home_domains;
		const char **aliases;
		size_t n_aliases;
	} mailbox;
	struct settings_server imap;
	struct {
		const char *folder, *archive, *quarantine;
		uint32_t poll_seconds;
	} folders;
	struct settings_server smtp;
	uint32_t smtp_connections;
	struct { /* used where imap.auth or smtp.auth asks for it */
		const char *token_url, *client_id;
		const char *scope;              /* NULL: as it was granted */
		const char *ca_file;            /* NULL: the system's */
		const char *refresh_token_path; /* the secrets themselves are read when they are needed: settings_secret() */
		const char *client_secret_path; /* NULL: none */
		struct instant expires, secret_expires; /* 0: not known */
	} oauth;
	struct {
		const char *directory;
	} store;
	struct settings_person *staff;
	size_t n_staff;
	struct settings_person head;
	struct {
		const char **authserv_ids;
		size_t n_authserv_ids;
		uint32_t hops;
		bool below_border, missing_id, dkim, auth;
	} authentication;
	struct duration standard[4]; /* receive, examine, report, notify */
	struct calendar *calendar;
	struct {
		uint32_t address_hour, address_day, home_address_hour, domain_hour, ticket_day, hour;
	} caps; /* 0: none */
	bool has_since;
	struct instant since;
	struct {
		const char **required;
		size_t n_required;
		uint32_t window_days;
	} request; /* "nik|nip" */
	struct {
		uint32_t token_days, confirmation_hours;
	} staff_mail;
	struct {
		const char *url; /* NULL: no gateway */
		const char *body, *content_type;
		const char **headers;
		size_t n_headers;
		const char *user;
		char *password; /* wiped by settings_free() */
		const char *ca_file;
		const char **accepted;
		size_t n_accepted;
		const char **refused;
		size_t n_refused;
		uint32_t per_minute;
		uint32_t number_day;     /* messages to one number within a day; 0: no cap */
		struct duration timeout; /* for the gateway's answer */
		bool notices;
		const char *from, *pattern; /* NULL: nothing comes in */
	} sms;
	struct {
		const char **scanners;
		size_t n_scanners;
	} letters;
	struct {
		uint32_t share, digest, first_days, second_days, cancel_days;
	} reminders;
	struct {
		int days[LIMIT_EXPIRY_DAYS]; /* before an end, falling */
		size_t n_days;
		uint32_t after, per_hour;
		struct settings_admin {
			const char *agency, *address;
		} * admins;
		size_t n_admins;
	} expiry;
	struct {
		struct duration scans, attachments, raw, tickets, of_register; /* 0: never destroyed */
		const char *to;                                                /* NULL: the head */
	} retention;
	struct {
		const char **command; /* first word: absolute path */
		size_t n_command;     /* 0: none */
		struct duration after, every;
	} alarm;
	struct {
		const char *prometheus; /* absolute path of a file, or NULL: none */
	} monitor;
	struct {
		const char **letterhead;
		size_t n_letterhead;
		struct span logo; /* PNG; empty: none */
		const char *number, *place, *head_title, *head_id;
	} report;
	struct {
		const struct span *roots; /* files of certificates that are trusted as issuers */
		size_t n_roots;
	} certificates;
	const char *templates; /* absolute directory */
};

/* 0 and *out; 1: faults has one line for each; -ENOMEM. */
int settings_load(const char *path, struct settings **out, struct buf *faults) MUST_USE;
/* Reads a secret that settings name by its path.  0 and *out for settings_secret_wipe(); 1, -errno: err says why not. */
enum { SETTINGS_SECRET_BYTES = LIMIT_TOKEN_BYTES };
int settings_secret(const char *path, char **out, struct error *err) MUST_USE;
void settings_secret_wipe(char *secret); /* and frees; NULL allowed */
void settings_free(struct settings *s);  /* NULL allowed */

/* Calls fn for each key of the table ("imap.host"): tests hold the sample and sitante.conf(5) against it.
 * fallback: its default as text, NULL: none. */
void settings_keys(void (*fn)(void *context, const char *key, bool required, const char *fallback), void *context);

#endif
