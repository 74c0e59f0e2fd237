/* Shared by the files of settings/ only. */
#ifndef SITANTE_SETTINGS_PRIVATE_H
#define SITANTE_SETTINGS_PRIVATE_H

#include "settings/settings.h"

#include <libconfig.h>
#include <limits.h>

struct job { /* one loading */
	struct settings *s;
	struct buf *faults;
	char directory[PATH_MAX];
	const char *imap_password_file, *smtp_password_file, *imap_security, *smtp_security;
	const char *sms_password_file, *sms_ca;
	const char *imap_auth, *smtp_auth;
	const char *oauth_secret_file, *oauth_refresh_file, *oauth_ca, *oauth_expires, *oauth_secret_expires;
	const char *imap_ca, *smtp_ca, *directory_store, *templates, *since, *prometheus;
	/* each list with its count behind it, as take_list() wants them */
	const char **working_hours;
	size_t n_working_hours;
	const char **other_hours;
	size_t n_other_hours;
	const char **holidays;
	size_t n_holidays;
	const char **open_days;
	size_t n_open_days;
	const char *holidays_file, *logo, *roots_folder;
	struct span *roots; /* room for LIMIT_ROOT_FILES */
	const char **expiry_admins;
	size_t n_expiry_admins;
	const char *expiry_days;
	const char *keep_scans, *keep_attachments, *keep_raw, *keep_tickets, *keep_register;
	bool memory;
	int passing; /* errno of a file that could not be read this time; 0: none */
};

/* One fault more: file, line where at is given, key, and what to do. */
void settings_fault(struct job *j, const config_setting_t *at, const char *key, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same for a file that cannot be read: e is the errno. */
void settings_unreadable(struct job *j, const char *key, const char *path, int e);
/* A path of the configuration, made absolute; NULL: none. */
const char *settings_beside(struct job *j, const char *path);
/* The secret in this file; NULL: none, or a fault. */
char *settings_password(struct job *j, const char *key, const char *file);
/* Its path, looked at but not read; NULL: none. */
const char *settings_secret_path(struct job *j, const char *key, const char *file);
/* "2026-01-05" or with a time; the calendar is there.  0; 1: none of both. */
int settings_moment(struct job *j, const char *text, struct instant *out) MUST_USE;
bool settings_loopback(const char *host);
void settings_gateway_check(struct job *j);
void settings_oauth_check(struct job *j);
void settings_report_check(struct job *j);
void settings_roots_check(struct job *j);
void settings_expiry_read(struct job *j);
void settings_retention_read(struct job *j);
bool settings_duration(const char *s, struct duration *out); /* "90s", "10m", "1h", "2d" */
void settings_calendar_make(struct job *j, const struct zone *zone);

#endif
