/* Log-in by access tokens: what must hold between its keys. */
#include "settings/settings_private.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void mechanism(struct job *j, const char *key, const char *word, enum oauth_mechanism *out)
{
	if (word && oauth_mechanism_from_word(word, out) != 0)
		settings_fault(j, NULL, key, "\"%s\" is none of password, xoauth2, oauthbearer", word);
}

static void needed(struct job *j, const char *key, const char *value)
{
	if (!value || !*value)
		settings_fault(j, NULL, key, "is missing: imap.auth or smtp.auth asks for tokens");
}

static void ends(struct job *j, const char *key, const char *text, struct instant *out)
{
	if (text && settings_moment(j, text, out) != 0)
		settings_fault(j, NULL, key, "\"%s\" is no day; write 2027-01-05", text);
}

void settings_oauth_check(struct job *j)
{
	struct settings *s = j->s;
	mechanism(j, "imap.auth", j->imap_auth, &s->imap.auth);
	mechanism(j, "smtp.auth", j->smtp_auth, &s->smtp.auth);
	ends(j, "oauth.expires", j->oauth_expires, &s->oauth.expires);
	ends(j, "oauth.secret_expires", j->oauth_secret_expires, &s->oauth.secret_expires);
	if (s->smtp.auth != OAUTH_NONE && !s->smtp.user)
		settings_fault(j, NULL, "smtp.user", "is missing: smtp.auth asks for tokens");
	if (s->imap.auth == OAUTH_NONE && s->smtp.auth == OAUTH_NONE)
		return;
	needed(j, "oauth.token_url", s->oauth.token_url);
	needed(j, "oauth.client_id", s->oauth.client_id);
	needed(j, "oauth.refresh_token_file", j->oauth_refresh_file);
	if (s->oauth.token_url && !str_starts_nocase(s->oauth.token_url, "https://"))
		settings_fault(j, NULL, "oauth.token_url", "must begin with https://");
	s->oauth.refresh_token_path = settings_secret_path(j, "oauth.refresh_token_file", j->oauth_refresh_file);
	s->oauth.client_secret_path = settings_secret_path(j, "oauth.client_secret_file", j->oauth_secret_file);
	s->oauth.ca_file = settings_beside(j, j->oauth_ca);
	if (s->oauth.ca_file && access(s->oauth.ca_file, R_OK) < 0)
		settings_unreadable(j, "oauth.ca_file", s->oauth.ca_file, errno);
}
