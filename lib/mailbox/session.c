#include "mailbox/session.h"

#include "base/text.h"
#include "mailbox/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CONNECT_MS = 30000,
	COMMAND_MS = 60000,
	IDLE_STEP_MS = 30000,
	FETCH_MS = 600000,
	SMALL_BYTES = 512 * 1024,
	PIECE_BYTES = 1024 * 1024,
	ANSWER_BYTES = 1024 * 1024,   /* of a command that brings no mail */
	LIST_BYTES = 4 * 1024 * 1024, /* libetpan needs ten times as much; a window's mails need half of it */
	LIST_WINDOW = 20000,
	NAME_BYTES = 1000,
	LOGOUT_MS = 2000,
};

struct session {
	mailimap *imap;
	struct transport *transport;
	const struct mailbox_account *account;
	char folder[NAME_BYTES], archive[NAME_BYTES], quarantine[NAME_BYTES];
	uint32_t uidvalidity, uidnext, exists;
	bool has_idle, has_move, has_uidplus;
	bool news; /* an EXISTS came since it was last told */
};

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

static void budget(struct session *s, int64_t ms, uint64_t bytes)
{
	transport_budget(s->transport, ms, IDLE_STEP_MS, bytes);
}

/* Tagged NO: the session goes on.  Everything else ends it. */
static bool is_no(int r)
{
	return (r >= MAILIMAP_ERROR_APPEND && r <= MAILIMAP_ERROR_UNSUBSCRIBE) || r == MAILIMAP_ERROR_EXTENSION;
}

static const char *words(const struct session *s)
{
	const char *t = transport_trouble(s->transport);
	return *t ? t : s->imap->imap_response ? s->imap->imap_response : "no reason given";
}

static int lost(struct session *s, struct error *err, const char *command, int r)
{
	AUTO_BUF clean = BUF_INIT(2000);
	text_escape(&clean, span_str(words(s)), 150);
	return error_set(err, -EIO, "%s: %s (%d)", command, buf_cstr(&clean), r);
}

/* EXISTS is looked at after every command: the next one throws it away.  Its number says nothing
 * (mails leave the folder as well); that it came does. */
static void look(struct session *s)
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
	look(s);
	bool news = s->news;
	s->news = false;
	return news;
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool clean_argument(const char *text)
{
	return text && *text && !strpbrk(text, "\r\n") && strlen(text) < NAME_BYTES;
}

static int greet(struct session *s, enum mailbox_trouble *trouble, struct error *err)
{
	mailstream_low *low = transport_low(s->transport);
	mailstream *stream = low ? mailstream_new(low, 8192) : NULL;
	if (!stream)
		return error_set(err, -ENOMEM, "no memory");
	budget(s, CONNECT_MS, ANSWER_BYTES);
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
		return error_set(err, 1, "the server offers no STARTTLS");
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
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_capability(s->imap, &data);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "CAPABILITY: %s", words(s));
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
	if (!clean_argument(s->account->user) || !clean_argument(s->account->password))
		return error_set(err, 1, "user or password is empty or holds a line break");
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_login(s->imap, s->account->user, s->account->password);
	if (r == MAILIMAP_NO_ERROR)
		return 0;
	if (r == MAILIMAP_ERROR_LOGIN)
		return error_set(err, 1, "log-in refused for user %s", s->account->user);
	*trouble = MAILBOX_TROUBLE_NETWORK;
	return error_set(err, 1, "log-in: %s", *transport_trouble(s->transport) ? transport_trouble(s->transport) : "failed");
}

/* "/" between levels becomes the server's delimiter, then modified UTF-7. */
static int folder_name(const char *name, char delimiter, char out[NAME_BYTES])
{
	AUTO_BUF b = BUF_INIT(NAME_BYTES - 1);
	AUTO_BUF local = BUF_INIT(NAME_BYTES - 1);
	for (const char *p = name; *p; p++)
		buf_add_char(&local, *p == '/' && delimiter ? delimiter : *p);
	int r = mailbox_name_encode(buf_cstr(&local), &b);
	if (r == 0)
		(void)snprintf(out, NAME_BYTES, "%s", buf_cstr(&b));
	return r;
}

static int find_delimiter(struct session *s, char *out, struct error *err)
{
	clist *list = NULL;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_list(s->imap, "", "", &list);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "LIST: %s", words(s));
	if (list && clist_begin(list))
		*out = ((struct mailimap_mailbox_list *)clist_content(clist_begin(list)))->mb_delimiter;
	if (list)
		mailimap_list_result_free(list);
	return 0;
}

static int folder_make(struct session *s, const char *name, struct error *err)
{
	clist *list = NULL;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_list(s->imap, "", name, &list);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "LIST: %s", words(s));
	bool there = list && clist_begin(list);
	if (list)
		mailimap_list_result_free(list);
	if (there)
		return 0;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	r = mailimap_create(s->imap, name);
	if (r != MAILIMAP_NO_ERROR)
		return error_set(err, 1, "folder %s cannot be created: %s", name, words(s));
	budget(s, COMMAND_MS, ANSWER_BYTES);
	r = mailimap_subscribe(s->imap, name);
	return r == MAILIMAP_NO_ERROR || is_no(r) ? 0 : error_set(err, 1, "SUBSCRIBE: %s", words(s));
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
	r = folder_make(s, s->archive, err);
	if (r == 0)
		r = folder_make(s, s->quarantine, err);
	if (r != 0)
		return r;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	r = mailimap_select(s->imap, s->folder);
	struct mailimap_selection_info *i = s->imap->imap_selection_info;
	if (r != MAILIMAP_NO_ERROR || !i)
		return error_set(err, 1, "folder %s cannot be opened: %s", s->account->folder, words(s));
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
			transport_budget(s->transport, LOGOUT_MS, LOGOUT_MS, ANSWER_BYTES);
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

/* --- listing ------------------------------------------------------------------------------------ */

static int64_t instant_of(const struct mailimap_date_time *d)
{
	struct civil_time c = { d->dt_year, d->dt_month, d->dt_day, d->dt_hour, d->dt_min, d->dt_sec };
	int zone = d->dt_zone, sign = zone < 0 ? -1 : 1;
	zone *= sign;
	if (!civil_date_valid((struct civil_date){ c.year, c.month, c.day }) || c.hour > 23 || c.minute > 59 || c.second > 60 ||
	    c.hour < 0 || c.minute < 0 || c.second < 0 || zone > 1500)
		return 0;
	return instant_from_civil(c, sign * (zone / 100 * 3600 + zone % 100 * 60)).ms;
}

struct item {
	struct session_listed listed;
	const char *body;
	size_t n_body;
	bool has_body;
};

static struct item item_of(const struct mailimap_msg_att *att)
{
	struct item x = { 0 };
	for (clistiter *i = clist_begin(att->att_list); i; i = clist_next(i)) {
		struct mailimap_msg_att_item *it = clist_content(i);
		if (it->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
			continue;
		struct mailimap_msg_att_static *v = it->att_data.att_static;
		if (v->att_type == MAILIMAP_MSG_ATT_UID)
			x.listed.uid = v->att_data.att_uid;
		else if (v->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
			x.listed.size = v->att_data.att_rfc822_size;
		else if (v->att_type == MAILIMAP_MSG_ATT_INTERNALDATE && v->att_data.att_internal_date)
			x.listed.internaldate_ms = instant_of(v->att_data.att_internal_date);
		else if (v->att_type == MAILIMAP_MSG_ATT_BODY_SECTION && v->att_data.att_body_section) {
			x.has_body = true;
			x.body = v->att_data.att_body_section->sec_body_part;
			x.n_body = x.body ? v->att_data.att_body_section->sec_length : 0;
		}
	}
	return x;
}

static struct mailimap_fetch_type *fetch_type(struct mailimap_fetch_att *const *atts, size_t n)
{
	struct mailimap_fetch_type *t = mailimap_fetch_type_new_fetch_att_list_empty();
	for (size_t i = 0; t && i < n; i++)
		if (!atts[i] || mailimap_fetch_type_new_fetch_att_list_add(t, atts[i]) != MAILIMAP_NO_ERROR) {
			mailimap_fetch_type_free(t);
			return NULL;
		}
	return t;
}

/* Where the answer is no success libetpan has freed the list that it points to. */
static int uid_fetch(struct session *s, struct mailimap_set *set, struct mailimap_fetch_type *type, clist **list)
{
	int r = mailimap_uid_fetch(s->imap, set, type, list);
	if (r != MAILIMAP_NO_ERROR)
		*list = NULL;
	return r;
}

static int list_window(struct session *s, uint32_t from, uint32_t to, int (*fn)(void *, const struct session_listed *),
		       void *context, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_rfc822_size(),
					      mailimap_fetch_att_new_internaldate() };
	struct mailimap_fetch_type *type = fetch_type(atts, 3);
	struct mailimap_set *set = mailimap_set_new_interval(from, to);
	clist *list = NULL;
	int r = -ENOMEM;
	if (type && set) {
		budget(s, FETCH_MS, LIST_BYTES);
		r = uid_fetch(s, set, type, &list);
		r = r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "listing", r);
	}
	look(s);
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0; i = clist_next(i)) {
		struct item x = item_of(clist_content(i));
		if (x.listed.uid < from || (to != 0 && x.listed.uid > to))
			continue; /* "n:*" always gives the last mail; others were not asked for */
		if (x.listed.uid >= s->uidnext)
			s->uidnext = x.listed.uid + 1;
		r = fn(context, &x.listed);
	}
	if (list)
		mailimap_fetch_list_free(list);
	if (type)
		mailimap_fetch_type_free(type);
	if (set)
		mailimap_set_free(set);
	return r;
}

int session_list(struct session *s, uint32_t from, int (*fn)(void *context, const struct session_listed *m), void *context,
		 struct error *err)
{
	uint32_t at = from ? from : 1;
	uint32_t span = s->uidnext > at ? s->uidnext - at : 0;
	uint32_t window = span / 64 > LIST_WINDOW ? span / 64 : LIST_WINDOW;
	int r = 0;
	while (r == 0 && s->uidnext > at && s->uidnext - at > window) {
		r = list_window(s, at, at + window - 1, fn, context, err);
		at += window;
	}
	return r == 0 ? list_window(s, at, 0, fn, context, err) : r;
}

/* --- fetching ------------------------------------------------------------------------------------- */

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -(errno ? errno : EIO);
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

static struct mailimap_set *set_of(const uint32_t *uids, size_t n)
{
	struct mailimap_set *set = mailimap_set_new_empty();
	for (size_t i = 0; set && i < n; i++)
		if (uids[i] == 0 || mailimap_set_add_single(set, uids[i]) != MAILIMAP_NO_ERROR) {
			mailimap_set_free(set);
			return NULL;
		}
	return set;
}

/* Small mails, many in one command. */
static int fetch_group(struct session *s, const uint32_t *uids, const uint32_t *max, const int *fds, size_t n,
		       enum mailbox_fetch *results, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(),
					      mailimap_fetch_att_new_body_peek_section(mailimap_section_new(NULL)) };
	struct mailimap_fetch_type *type = fetch_type(atts, 2);
	struct mailimap_set *set = set_of(uids, n);
	clist *list = NULL;
	uint64_t bytes = ANSWER_BYTES;
	int r = -ENOMEM;
	for (size_t i = 0; i < n; i++)
		bytes += max[i];
	if (type && set) {
		budget(s, FETCH_MS, bytes);
		r = uid_fetch(s, set, type, &list);
		r = r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "fetching", r);
	}
	look(s);
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0; i = clist_next(i)) {
		struct item x = item_of(clist_content(i));
		for (size_t k = 0; k < n && r == 0; k++) {
			if (uids[k] != x.listed.uid || !x.has_body || results[k] != MAILBOX_FETCH_GONE)
				continue;
			results[k] = x.n_body > max[k] ? MAILBOX_FETCH_TOO_BIG : MAILBOX_FETCH_OK;
			if (results[k] == MAILBOX_FETCH_OK)
				r = write_all(fds[k], x.body, x.n_body);
			if (r < 0)
				error_set(err, r, "writing a fetched mail: %s", strerror(-r));
			break;
		}
	}
	if (list)
		mailimap_fetch_list_free(list);
	if (type)
		mailimap_fetch_type_free(type);
	if (set)
		mailimap_set_free(set);
	return r;
}

/* A large mail in pieces, so that it is never whole in memory. */
static int fetch_pieces(struct session *s, uint32_t uid, uint32_t max, int fd, enum mailbox_fetch *result, struct error *err)
{
	uint64_t at = 0;
	for (;;) {
		struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(),
						      mailimap_fetch_att_new_body_peek_section_partial(
							      mailimap_section_new(NULL), (uint32_t)at, PIECE_BYTES) };
		struct mailimap_fetch_type *type = fetch_type(atts, 2);
		struct mailimap_set *set = mailimap_set_new_single(uid);
		clist *list = NULL;
		size_t got = 0;
		bool there = false;
		int r = -ENOMEM;
		if (type && set) {
			budget(s, FETCH_MS, PIECE_BYTES + ANSWER_BYTES);
			r = uid_fetch(s, set, type, &list);
			r = r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "fetching", r);
		}
		look(s);
		for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0 && !there; i = clist_next(i)) {
			struct item x = item_of(clist_content(i));
			there = x.listed.uid == uid && x.has_body;
			if (!there)
				continue;
			got = x.n_body;
			r = write_all(fd, x.body, x.n_body);
			if (r < 0)
				error_set(err, r, "writing a fetched mail: %s", strerror(-r));
		}
		if (list)
			mailimap_fetch_list_free(list);
		if (type)
			mailimap_fetch_type_free(type);
		if (set)
			mailimap_set_free(set);
		if (r < 0)
			return r;
		at += got;
		if (!there && at == 0) {
			*result = MAILBOX_FETCH_GONE;
			return 0;
		}
		if (at > max || got > PIECE_BYTES) {
			*result = MAILBOX_FETCH_TOO_BIG;
			return 0;
		}
		if (got < PIECE_BYTES) {
			*result = MAILBOX_FETCH_OK;
			return 0;
		}
	}
}

int session_fetch(struct session *s, const uint32_t *uids, const uint32_t *max, const int *fds, size_t n,
		  enum mailbox_fetch *results, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < n; i++)
		results[i] = MAILBOX_FETCH_GONE;
	for (size_t i = 0; r == 0 && i < n;) {
		size_t k = i;
		while (k < n && max[k] <= SMALL_BYTES)
			k++;
		if (k > i)
			r = fetch_group(s, uids + i, max + i, fds + i, k - i, results + i, err);
		else
			r = fetch_pieces(s, uids[k], max[k], fds[k], &results[k], err);
		i = k > i ? k : k + 1;
	}
	return r;
}

/* --- moving ------------------------------------------------------------------------------------------ */

static bool in_set(const struct mailimap_set *set, uint32_t uid)
{
	for (clistiter *i = set ? clist_begin(set->set_list) : NULL; i; i = clist_next(i)) {
		struct mailimap_set_item *it = clist_content(i);
		if (uid >= it->set_first && uid <= it->set_last)
			return true;
	}
	return false;
}

/* Which of uids are still in the folder? */
static int still_there(struct session *s, const uint32_t *uids, size_t n, bool *there, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid() };
	struct mailimap_fetch_type *type = fetch_type(atts, 1);
	struct mailimap_set *set = set_of(uids, n);
	clist *list = NULL;
	int r = -ENOMEM;
	if (type && set) {
		budget(s, COMMAND_MS, ANSWER_BYTES);
		r = uid_fetch(s, set, type, &list);
		r = r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "looking for moved mail", r);
	}
	look(s);
	for (size_t i = 0; i < n; i++)
		there[i] = false;
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
		struct item x = item_of(clist_content(i));
		for (size_t k = 0; k < n; k++)
			there[k] = there[k] || uids[k] == x.listed.uid;
	}
	if (list)
		mailimap_fetch_list_free(list);
	if (type)
		mailimap_fetch_type_free(type);
	if (set)
		mailimap_set_free(set);
	return r;
}

static int delete_copied(struct session *s, struct mailimap_set *set, struct error *err)
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
	struct mailimap_flag *deleted = mailimap_flag_new_deleted();
	if (!flags || !deleted || mailimap_flag_list_add(flags, deleted) != MAILIMAP_NO_ERROR)
		return error_set(err, -ENOMEM, "no memory");
	struct mailimap_store_att_flags *att = mailimap_store_att_flags_new_add_flags_silent(flags);
	look(s); /* at what came with the copying */
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = att ? mailimap_uid_store(s->imap, set, att) : MAILIMAP_ERROR_MEMORY;
	look(s);
	if (att)
		mailimap_store_att_flags_free(att);
	if (r == MAILIMAP_NO_ERROR && s->has_uidplus) { /* never a plain EXPUNGE: others' marks are not ours */
		budget(s, COMMAND_MS, ANSWER_BYTES);
		r = mailimap_uid_expunge(s->imap, set);
	}
	return r == MAILIMAP_NO_ERROR || is_no(r) ? 0 : lost(s, err, "deleting copied mail", r);
}

static int move_or_copy(struct session *s, const char *folder, struct mailimap_set *set, struct mailimap_set **source, int *out_r,
			struct error *err)
{
	uint32_t uidvalidity = 0;
	struct mailimap_set *target = NULL;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = s->has_move ? mailimap_uidplus_uid_move(s->imap, set, folder, &uidvalidity, source, &target)
			    : mailimap_uidplus_uid_copy(s->imap, set, folder, &uidvalidity, source, &target);
	if (target)
		mailimap_set_free(target);
	*out_r = r;
	if (r == MAILIMAP_NO_ERROR && !s->has_move)
		return delete_copied(s, set, err);
	return r == MAILIMAP_NO_ERROR || is_no(r) ? 0 : lost(s, err, "moving", r);
}

static const char *place_name(const struct session *s, enum mailbox_place place)
{
	return place == MAILBOX_QUARANTINE ? s->quarantine : place == MAILBOX_ARCHIVE ? s->archive : s->folder;
}

int session_move(struct session *s, enum mailbox_place target, const uint32_t *uids, size_t n, bool *done, char why[200],
		 struct error *err)
{
	const char *folder = place_name(s, target);
	struct mailimap_set *set = set_of(uids, n), *source = NULL;
	int answer = 0;
	why[0] = '\0';
	int r = set ? move_or_copy(s, folder, set, &source, &answer, err) : error_set(err, -ENOMEM, "no memory");
	if (r == 0 && is_no(answer)) {
		/* the folder may be gone: made again, tried once more */
		r = folder_make(s, folder, err) == 0 ? move_or_copy(s, folder, set, &source, &answer, err) : 0;
		if (r == 0 && is_no(answer)) {
			AUTO_BUF clean = BUF_INIT(1000);
			text_escape(&clean, span_str(words(s)), 180);
			(void)snprintf(why, 200, "%s", buf_cstr(&clean));
		}
	}
	look(s);
	bool some_open = false;
	for (size_t i = 0; i < n; i++) {
		done[i] = r == 0 && !is_no(answer) && (in_set(source, uids[i]) || !s->has_move);
		some_open = some_open || !done[i];
	}
	if (r == 0 && some_open && !is_no(answer)) {
		bool there[500];
		r = n <= 500 ? still_there(s, uids, n, there, err) : 0;
		for (size_t i = 0; r == 0 && i < n; i++)
			done[i] = !there[i]; /* not in the folder any more: nothing is left to move */
	}
	if (source)
		mailimap_set_free(source);
	if (set)
		mailimap_set_free(set);
	return r;
}

/* --- idle ---------------------------------------------------------------------------------------------- */

int session_noop(struct session *s, bool *news, struct error *err)
{
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_noop(s->imap);
	*news = take_news(s);
	return r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "NOOP", r);
}

int session_idle_begin(struct session *s, struct error *err)
{
	if (!s->imap->imap_selection_info)
		return error_set(err, -EIO, "no folder is selected");
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_idle(s->imap);
	return r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "IDLE", r);
}

int session_idle_end(struct session *s, bool *news, struct error *err)
{
	budget(s, IDLE_STEP_MS, ANSWER_BYTES);
	int r = mailimap_idle_done(s->imap);
	*news = take_news(s);
	return r == MAILIMAP_NO_ERROR ? 0 : lost(s, err, "IDLE", r);
}

/* --- other folders ----------------------------------------------------------------------------------------- */

int session_visit(struct session *s, enum mailbox_place place, uint32_t *uidvalidity, struct error *err)
{
	*uidvalidity = 0;
	budget(s, COMMAND_MS, ANSWER_BYTES);
	int r = mailimap_select(s->imap, place_name(s, place));
	struct mailimap_selection_info *i = s->imap->imap_selection_info;
	if (r != MAILIMAP_NO_ERROR && (!is_no(r) || place == MAILBOX_INBOX))
		return lost(s, err, "SELECT", r);
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
