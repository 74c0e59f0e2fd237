#include "mailbox/session_private.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_MS = 30000, LOGOUT_MS = 2000 };

uint32_t session_uidvalidity(const struct session *s)
{
	return s->uidvalidity;
}
uint32_t session_uidnext(const struct session *s)
{
	return s->uidnext;
}
uint32_t session_exists(const struct session *s)
{
	return s->exists;
}
bool session_has_idle(const struct session *s)
{
	return s->has_idle;
}
bool session_has_move(const struct session *s)
{
	return s->has_move;
}
int session_fd(const struct session *s)
{
	return transport_fd(s->transport);
}

bool session_pending(const struct session *s)
{
	return s->imap->imap_stream->read_buffer_len > 0 || transport_pending(s->transport) > 0;
}

void session_budget(struct session *s, int64_t ms, uint64_t bytes)
{
	transport_budget(s->transport, ms, SESSION_STEP_MS, bytes);
}

/* Tagged NO: the session goes on.  Everything else ends it. */
bool session_is_no(int r)
{
	return (r >= MAILIMAP_ERROR_APPEND && r <= MAILIMAP_ERROR_UNSUBSCRIBE) || r == MAILIMAP_ERROR_EXTENSION;
}

const char *session_words(const struct session *s)
{
	const char *t = transport_trouble(s->transport);
	return *t ? t : s->imap->imap_response ? s->imap->imap_response : "no reason given";
}

int session_lost(struct session *s, struct error *err, const char *command, int r)
{
	AUTO_BUF clean = BUF_INIT(2000);
	text_escape(&clean, span_str(session_words(s)), 150);
	return error_set(err, -EIO, "%s: %s (%d)", command, buf_cstr(&clean), r);
}

/* EXISTS is looked at after every command: the next one throws it away.  Its number says nothing
 * (mails leave the folder as well); that it came does. */
void session_look(struct session *s)
{
	struct mailimap_selection_info *i = s->imap->imap_selection_info;
	if (!i || !i->sel_has_exists)
		return;
	s->exists = i->sel_exists;
	i->sel_has_exists = 0;
	s->news = true;
}

static bool take_news(struct session *s)
{
	session_look(s);
	bool news = s->news;
	s->news = false;
	return news;
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool clean_argument(const char *text)
{
	return text && *text && !strpbrk(text, "\r\n") && strlen(text) < SESSION_NAME_BYTES;
}

static int greet(struct session *s, enum mailbox_trouble *trouble, struct error *err)
{
	mailstream_low *low = transport_low(s->transport);
	mailstream *stream = low ? mailstream_new(low, 8192) : NULL;
	if (!stream)
		return error_set(err, -ENOMEM, "no memory");
	session_budget(s, CONNECT_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_connect(s->imap, stream);
	*trouble = MAILBOX_TROUBLE_PROTOCOL;
	if (r == MAILIMAP_NO_ERROR_AUTHENTICATED)
		return error_set(err, 1, "the server greets with PREAUTH: not accepted");
	if (r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return error_set(err, 1, "greeting: %s",
				 *transport_trouble(s->transport) ? transport_trouble(s->transport) : "not understood");
	if (s->account->security != 1)
		return 0;
	*trouble = MAILBOX_TROUBLE_TLS;
	r = mailimap_starttls(s->imap);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "STARTTLS: the server does not offer it, refuses it, or sends more than its answer");
	if (s->imap->imap_stream->read_buffer_len > 0)
		return error_set(err, 1, "bytes were injected before the TLS handshake");
	return transport_start_tls(s->transport, err) != 0 ? 1 : 0;
}

static int capabilities(struct session *s, struct error *err)
{
	struct mailimap_capability_data *data = NULL;
	/* libetpan reads through NULL here when the server has never listed any */
	if (!s->imap->imap_connection_info)
		return error_set(err, 1, "the session has no state");
	if (!s->imap->imap_connection_info->imap_capability) {
		s->imap->imap_connection_info->imap_capability = mailimap_capability_data_new(clist_new());
		if (!s->imap->imap_connection_info->imap_capability)
			return error_set(err, -ENOMEM, "no memory");
	}
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_capability(s->imap, &data);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "CAPABILITY: %s", session_words(s));
	if (data)
		mailimap_capability_data_free(data);
	s->has_idle = mailimap_has_idle(s->imap) != 0;
	s->has_move = mailimap_has_extension(s->imap, (char *)(uintptr_t) "MOVE") != 0;
	s->has_uidplus = mailimap_has_uidplus(s->imap) != 0;
	return 0;
}

static int log_in(struct session *s, enum mailbox_trouble *trouble, struct error *err)
{
	*trouble = MAILBOX_TROUBLE_AUTH;
	if (s->account->mechanism != OAUTH_NONE) {
		if (!clean_argument(s->account->user) || strchr(s->account->user, 1) || !oauth_token_valid(s->account->token))
			return error_set(err, 1, "user or access token is empty or holds what cannot be sent");
		int r = capabilities(s, err); /* the token goes to no server that does not ask for it */
		return r == 0 ? session_log_in_token(s, trouble, err) : r;
	}
	if (!clean_argument(s->account->user) || !clean_argument(s->account->password))
		return error_set(err, 1, "user or password is empty or holds a line break");
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_login(s->imap, s->account->user, s->account->password);
	if (r == MAILIMAP_NO_ERROR)
		return 0;
	if (r == MAILIMAP_ERROR_LOGIN)
		return error_set(err, 1, "log-in refused for user %s", s->account->user);
	*trouble = MAILBOX_TROUBLE_NETWORK;
	return error_set(err, 1, "log-in: %s", *transport_trouble(s->transport) ? transport_trouble(s->transport) : "failed");
}

/* "/" between levels becomes the server's delimiter, then modified UTF-7. */
static int folder_name(const char *name, char delimiter, char out[SESSION_NAME_BYTES])
{
	AUTO_BUF b = BUF_INIT(SESSION_NAME_BYTES - 1);
	AUTO_BUF local = BUF_INIT(SESSION_NAME_BYTES - 1);
	for (const char *p = name; *p; p++)
		buf_add_char(&local, *p == '/' && delimiter ? delimiter : *p);
	int r = mailbox_name_encode(buf_cstr(&local), &b);
	if (r == 0)
		(void)snprintf(out, SESSION_NAME_BYTES, "%s", buf_cstr(&b));
	return r;
}

static int find_delimiter(struct session *s, char *out, struct error *err)
{
	clist *list = NULL;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_list(s->imap, "", "", &list);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "LIST: %s", session_words(s));
	if (list && clist_begin(list))
		*out = ((struct mailimap_mailbox_list *)clist_content(clist_begin(list)))->mb_delimiter;
	if (list)
		mailimap_list_result_free(list);
	return 0;
}

int session_folder_make(struct session *s, const char *name, struct error *err)
{
	clist *list = NULL;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_list(s->imap, "", name, &list);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "LIST: %s", session_words(s));
	bool there = list && clist_begin(list);
	if (list)
		mailimap_list_result_free(list);
	if (there)
		return 0;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	r = mailimap_create(s->imap, name);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "folder %s cannot be created: %s", name, session_words(s));
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	r = mailimap_subscribe(s->imap, name);
	return r == MAILIMAP_NO_ERROR || session_is_no(r) ? 0 : error_set(err, 1, "SUBSCRIBE: %s", session_words(s));
}

static int folders(struct session *s, enum mailbox_trouble *trouble, struct error *err)
{
	char delimiter = '/';
	*trouble = MAILBOX_TROUBLE_FOLDER;
	int r = find_delimiter(s, &delimiter, err);
	if (r != 0)
		return r;
	if (folder_name(s->account->folder, delimiter, s->folder) < 0 ||
	    folder_name(s->account->archive, delimiter, s->archive) < 0 ||
	    folder_name(s->account->quarantine, delimiter, s->quarantine) < 0)
		return error_set(err, 1, "a folder's name is too long or not usable");
	r = session_folder_make(s, s->archive, err);
	if (r == 0)
		r = session_folder_make(s, s->quarantine, err);
	if (r != 0)
		return r;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	r = mailimap_select(s->imap, s->folder);
	struct mailimap_selection_info *i = s->imap->imap_selection_info;
	if (r != MAILIMAP_NO_ERROR || !i)
		return error_set(err, 1, "folder %s cannot be opened: %s", s->account->folder, session_words(s));
	if (i->sel_uidvalidity == 0)
		return error_set(err, 1, "the server tells no UIDVALIDITY for %s", s->account->folder);
	s->uidvalidity = i->sel_uidvalidity;
	s->uidnext = i->sel_uidnext;
	s->exists = i->sel_exists;
	i->sel_has_exists = 0;
	return 0;
}

int session_open(const struct mailbox_account *account, struct session **out, enum mailbox_trouble *trouble, struct error *err)
{
	struct transport_options o = { .host = account->host,
				       .port = account->port,
				       .tls = account->security == 0,
				       .loopback_only = account->security == 2,
				       .ca_file = account->ca_file,
				       .connect_ms = CONNECT_MS };
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return error_set(err, -ENOMEM, "no memory");
	s->account = account;
	*trouble = MAILBOX_TROUBLE_NETWORK;
	int r = transport_open(&o, &s->transport, err);
	if (r != 0) {
		*trouble = r == TRANSPORT_TLS ? MAILBOX_TROUBLE_TLS : MAILBOX_TROUBLE_NETWORK;
		free(s);
		return r == -ENOMEM ? r : 1;
	}
	s->imap = mailimap_new(0, NULL);
	r = s->imap ? greet(s, trouble, err) : -ENOMEM;
	if (r == 0)
		r = log_in(s, trouble, err);
	if (r == 0) {
		*trouble = MAILBOX_TROUBLE_PROTOCOL;
		r = capabilities(s, err);
	}
	if (r == 0)
		r = folders(s, trouble, err);
	if (r != 0) {
		session_close(s, false);
		return r < 0 ? r : 1;
	}
	*out = s;
	return 0;
}

void session_close(struct session *s, bool polite)
{
	if (!s)
		return;
	if (s->imap) {
		if (polite && s->imap->imap_stream) {
			transport_budget(s->transport, LOGOUT_MS, LOGOUT_MS, SESSION_ANSWER_BYTES);
			(void)mailimap_logout(s->imap);
		}
		if (s->imap->imap_stream) {
			mailstream_close(s->imap->imap_stream);
			s->imap->imap_stream = NULL;
		}
		mailimap_free(s->imap);
	}
	free(s);
}

/* --- idle ---------------------------------------------------------------------------------------------- */

int session_noop(struct session *s, bool *news, struct error *err)
{
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_noop(s->imap);
	*news = take_news(s);
	return r == MAILIMAP_NO_ERROR ? 0 : session_lost(s, err, "NOOP", r);
}

int session_idle_begin(struct session *s, struct error *err)
{
	if (!s->imap->imap_selection_info)
		return error_set(err, -EIO, "no folder is selected");
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_idle(s->imap);
	return r == MAILIMAP_NO_ERROR ? 0 : session_lost(s, err, "IDLE", r);
}

/* Whole lines that are "* OK" and words: RFC 3501 7.1.1 without a response code. */
static bool is_talk(struct span s)
{
	struct span rest = s, line;
	bool whole = s.n > 0 && s.p[s.n - 1] == '\n';
	while (whole && span_next_line(&rest, &line))
		whole = line.n > 5 && span_starts_nocase(line, "* OK ") && line.p[5] != '[';
	return whole;
}

bool session_idle_goes_on(struct session *s)
{
	mailstream *m = s->imap->imap_stream;
	session_budget(s, SESSION_STEP_MS, SESSION_ANSWER_BYTES);
	if (m->read_buffer_len == 0 && mailstream_feed_read_buffer(m) <= 0)
		return false;
	if (!is_talk(span_of(m->read_buffer, m->read_buffer_len)))
		return false; /* libetpan reads it where it lies */
	m->read_buffer_len = 0;
	return true;
}

int session_idle_end(struct session *s, bool *news, struct error *err)
{
	session_budget(s, SESSION_STEP_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_idle_done(s->imap);
	*news = take_news(s);
	return r == MAILIMAP_NO_ERROR ? 0 : session_lost(s, err, "IDLE", r);
}

/* --- other folders ----------------------------------------------------------------------------------------- */

int session_visit(struct session *s, enum mailbox_place place, uint32_t *uidvalidity, struct error *err)
{
	*uidvalidity = 0;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = mailimap_select(s->imap, session_place(s, place));
	struct mailimap_selection_info *i = s->imap->imap_selection_info;
	if (r != MAILIMAP_NO_ERROR && (!session_is_no(r) || place == MAILBOX_INBOX))
		return session_lost(s, err, "SELECT", r);
	if (r != MAILIMAP_NO_ERROR || !i)
		return 0;
	if (place == MAILBOX_INBOX && i->sel_uidvalidity != s->uidvalidity)
		return error_set(err, -EIO, "the UIDVALIDITY of the folder changed");
	*uidvalidity = i->sel_uidvalidity;
	s->uidnext = i->sel_uidnext;
	s->exists = i->sel_exists;
	i->sel_has_exists = 0;
	s->news = place == MAILBOX_INBOX; /* whatever came meanwhile was told to nobody */
	return 0;
}
