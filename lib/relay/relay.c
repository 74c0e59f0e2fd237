#include "relay/relay.h"

#include "base/text.h"
#include "message/message.h"
#include "relay/reply.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECT_MS = 30 * 1000,
	RESPONSE_S = 600, /* RFC 5321 4.5.3.2.6: ten minutes after the final dot */
	TOTAL_S = 3600,
	CHECK_S = 30,
	POLL_MS = 1000,
	STACK_BYTES = 512 * 1024,
	SOCKETS_MAX = 4, /* curl tries a host's addresses side by side */
};

/* A connection and its thread.  The office sets job and takes it back when state is SLOT_DONE; in between
 * the slot is the thread's. */
struct slot {
	struct relay *relay;
	pthread_t thread;
	bool has_thread;
	enum { SLOT_IDLE, SLOT_GIVEN, SLOT_DONE } state; /* under relay->lock */
	CURLM *multi;                                    /* of this one handle; keeps its connection */
	CURL *easy;
	struct curl_slist *recipients;
	struct relay_job *job;    /* NULL: free */
	char *token;              /* what it logs in with; NULL: a password, or nothing */
	int sockets[SOCKETS_MAX]; /* open ones; -1: a free place; under lock */
	CURLcode ended;
	struct reply reply;
	bool all_read, quitting;
	bool begun; /* MAIL was said: a refusal is about this mail, not about everybody's */
	bool no_auth;
};

struct relay {
	struct relay_account account;
	relay_done_fn *done;
	void *context;
	struct slot slots[LIMIT_SMTP_CONNECTIONS];
	size_t n_slots;
	int news; /* eventfd: a slot is done */
	pthread_mutex_t lock;
	pthread_cond_t given;
	bool stopping; /* under lock */
	char *token;   /* of the office's thread; curl copies it */
};

static bool is_stopping(struct relay *r)
{
	(void)pthread_mutex_lock(&r->lock);
	bool stopping = r->stopping;
	(void)pthread_mutex_unlock(&r->lock);
	return stopping;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct slot *s = context;
	struct relay *r = s->relay;
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	bool kept = false;
	(void)purpose;
	(void)pthread_mutex_lock(&r->lock);
	for (size_t i = 0; fd >= 0 && !kept && !r->stopping && i < SOCKETS_MAX; i++)
		if (s->sockets[i] < 0) {
			s->sockets[i] = fd;
			kept = true;
		}
	(void)pthread_mutex_unlock(&r->lock);
	if (kept)
		return fd;
	if (fd >= 0)
		(void)close(fd); /* one that could not be hung up later is not opened */
	return CURL_SOCKET_BAD;
}

static int on_close(void *context, curl_socket_t fd)
{
	struct slot *s = context;
	(void)pthread_mutex_lock(&s->relay->lock);
	for (size_t i = 0; i < SOCKETS_MAX; i++)
		if (s->sockets[i] == fd)
			s->sockets[i] = -1;
	int result = close(fd); /* inside the lock: hang_up() must not meet another's descriptor */
	(void)pthread_mutex_unlock(&s->relay->lock);
	return result;
}

static void cut(struct slot *s, int how)
{
	for (size_t i = 0; i < SOCKETS_MAX; i++)
		if (s->sockets[i] >= 0)
			(void)shutdown(s->sockets[i], how);
}

/* curl says QUIT on each connection that it closes and waits minutes for the answer, whatever the time
 * limits say: a server that hangs would hold up our end.  So nothing more is listened to. */
static void hang_up(struct relay *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->stopping = true;
	for (size_t i = 0; i < r->n_slots; i++)
		cut(&r->slots[i], SHUT_RD);
	for (size_t i = 0; i < r->n_slots; i++)
		if (r->slots[i].multi)
			(void)curl_multi_wakeup(r->slots[i].multi);
	(void)pthread_cond_broadcast(&r->given);
	(void)pthread_mutex_unlock(&r->lock);
}

/* Once a second while curl waits for a server: not for the answer to QUIT. */
static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct slot *s = context;
	(void)a, (void)b, (void)c, (void)d;
	return s->quitting;
}

static int on_debug(CURL *easy, curl_infotype type, char *p, size_t n, void *context)
{
	struct slot *s = context;
	(void)easy;
	s->begun = s->begun || (type == CURLINFO_HEADER_OUT && n >= 4 && memcmp(p, "MAIL", 4) == 0);
	s->quitting = s->quitting || (type == CURLINFO_HEADER_OUT && n >= 4 && memcmp(p, "QUIT", 4) == 0);
	return 0;
}

static size_t on_header(char *p, size_t size, size_t n, void *context)
{
	struct slot *s = context;
	reply_take(&s->reply, span_of(p, size * n));
	return size * n;
}

static size_t on_read(char *p, size_t size, size_t n, void *context)
{
	struct slot *s = context;
	const struct relay_account *a = &s->relay->account;
	if (!s->job)
		return CURL_READFUNC_ABORT;
	/* a server without AUTH: curl would send the mail without a log-in */
	s->no_auth = a->user && s->reply.greeted && !s->reply.logged_in;
	if (s->no_auth)
		return CURL_READFUNC_ABORT;
	ssize_t got = s->job->read(s->job->source, p, size * n);
	if (got < 0)
		return CURL_READFUNC_ABORT;
	s->all_read = s->all_read || got == 0;
	return (size_t)got;
}

static int on_seek(void *context, curl_off_t offset, int origin)
{
	struct slot *s = context;
	if (offset != 0 || origin != SEEK_SET || !s->job || s->job->rewind(s->job->source) != 0)
		return CURL_SEEKFUNC_FAIL;
	s->all_read = false;
	return CURL_SEEKFUNC_OK;
}

/* 0 or -errno; every option that could fail for lack of memory is tested once at the end. */
static int set_server(CURL *e, const struct relay_account *a)
{
	char url[600];
	bool v6 = strchr(a->host, ':') != NULL;
	(void)snprintf(url, sizeof(url), "%s://%s%s%s:%u/localhost", a->security == RELAY_TLS ? "smtps" : "smtp", v6 ? "[" : "",
		       a->host, v6 ? "]" : "", a->port);
	CURLcode c = curl_easy_setopt(e, CURLOPT_URL, url);
	if (c == CURLE_OK && a->security != RELAY_PLAINTEXT)
		c = curl_easy_setopt(e, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	if (c == CURLE_OK && a->ca_file)
		c = curl_easy_setopt(e, CURLOPT_CAINFO, a->ca_file);
	if (c == CURLE_OK && a->ca_file) /* these and no others: the system's folder is not trusted besides */
		c = curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	if (c == CURLE_OK && a->user)
		c = curl_easy_setopt(e, CURLOPT_USERNAME, a->user);
	if (c == CURLE_OK && a->user && a->password)
		c = curl_easy_setopt(e, CURLOPT_PASSWORD, a->password);
	if (c == CURLE_OK && a->mechanism != OAUTH_NONE) /* this one alone: never a token where a password is asked for */
		c = curl_easy_setopt(e, CURLOPT_LOGIN_OPTIONS,
				     a->mechanism == OAUTH_XOAUTH2 ? "AUTH=XOAUTH2" : "AUTH=OAUTHBEARER");
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)RESPONSE_S);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)TOTAL_S);
	(void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 0L);
	(void)curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	return c == CURLE_OK ? 0 : -ENOMEM;
}

static int handles_open(struct relay *r, struct slot *s)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	s->easy = curl_easy_init();
	s->multi = curl_multi_init();
	if (!s->multi || !s->easy || set_server(s->easy, &r->account) < 0)
		return -ENOMEM;
	(void)curl_easy_setopt(s->easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(s->easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(s->easy, CURLOPT_READDATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_SEEKFUNCTION, on_seek);
	(void)curl_easy_setopt(s->easy, CURLOPT_SEEKDATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(s->easy, CURLOPT_XFERINFODATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(s->easy, CURLOPT_DEBUGFUNCTION, on_debug);
	(void)curl_easy_setopt(s->easy, CURLOPT_DEBUGDATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(s->easy, CURLOPT_QUICK_EXIT, 1L); /* no waiting for the resolver */
	(void)curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	(void)curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETDATA, s);
	(void)curl_easy_setopt(s->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	(void)curl_easy_setopt(s->easy, CURLOPT_CLOSESOCKETDATA, s);
	return 0;
}

static enum relay_outcome outcome_of(const struct slot *s, CURLcode c)
{
	if (c == CURLE_OK)
		return RELAY_ACCEPTED;
	if (s->no_auth)
		return RELAY_DOWN;
	switch ((int)c) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_USE_SSL_FAILED:
	case CURLE_LOGIN_DENIED:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
		return RELAY_DOWN;
	default:
		break;
	}
	if (s->all_read && s->reply.code == 354) /* the final dot may have left */
		return RELAY_UNCERTAIN;
	if (c == CURLE_ABORTED_BY_CALLBACK || c == CURLE_OUT_OF_MEMORY)
		return RELAY_LATER;
	if (s->reply.code == 421 || (s->reply.code >= 400 && !s->begun))
		return RELAY_DOWN;
	if (s->reply.code >= 400) /* curl calls a refused RCPT a send error */
		return s->reply.code >= 500 ? RELAY_REFUSED : RELAY_LATER;
	return s->reply.code == 0 ? RELAY_DOWN : RELAY_LATER;
}

/* Sends the mail that the handle is set up for. */
static CURLcode transfer(struct slot *s)
{
	CURLcode result = CURLE_ABORTED_BY_CALLBACK;
	CURLMsg *msg;
	int running = 1, left;
	CURLMcode m = curl_multi_add_handle(s->multi, s->easy);
	if (m != CURLM_OK)
		return CURLE_OUT_OF_MEMORY;
	while (m == CURLM_OK && running > 0 && !is_stopping(s->relay)) {
		m = curl_multi_perform(s->multi, &running);
		if (m == CURLM_OK && running > 0)
			m = curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
	}
	while ((msg = curl_multi_info_read(s->multi, &left)))
		if (msg->msg == CURLMSG_DONE)
			result = msg->data.result;
	if (result != CURLE_OK) {
		/* removed before its end, curl would close the mail with the final dot: half a mail, delivered; and
		 * a connection whose mail was never closed is none for the next one */
		(void)pthread_mutex_lock(&s->relay->lock);
		cut(s, SHUT_RDWR);
		(void)pthread_mutex_unlock(&s->relay->lock);
	}
	(void)curl_multi_remove_handle(s->multi, s->easy);
	return result;
}

/* Mails one after the other over the thread's own connection.  One multi handle for all of them would do for the
 * waiting, but not for SMTP: libcurl blocks from the final dot to the server's answer, and all else with it. */
static void *work(void *slot)
{
	struct slot *s = slot;
	struct relay *r = s->relay;
	(void)pthread_mutex_lock(&r->lock);
	for (;;) {
		while (s->state != SLOT_GIVEN && !r->stopping)
			(void)pthread_cond_wait(&r->given, &r->lock);
		if (r->stopping)
			break;
		(void)pthread_mutex_unlock(&r->lock);
		s->ended = transfer(s);
		(void)pthread_mutex_lock(&r->lock);
		s->state = SLOT_DONE;
		while (eventfd_write(r->news, 1) < 0 && errno == EINTR) /* never full: one count for each slot */
			;
	}
	(void)pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* What the server said, without what we said to it.  curl hangs up where words of refusal come in XOAUTH2; in OAUTHBEARER it nods
 * and waits for the refusal. */
static void login_words(const struct relay_account *a, const char *token, const struct reply *reply,
			char out[LIMIT_SMTP_REPLY_BYTES])
{
	AUTO_BUF first = BUF_INIT(4 * LIMIT_TOKEN_BYTES), words = BUF_INIT(4 * LIMIT_SMTP_REPLY_BYTES);
	oauth_sasl_first(&first, &(struct oauth_login){ a->mechanism, a->user, a->host, a->port, token });
	const char *const secrets[] = { token, buf_cstr(&first) };
	oauth_mask(&words, span_str(reply->code >= 400 ? reply->text : "the access token is refused"), secrets, 2);
	buf_add_str(&words, *reply->challenge ? " " : "");
	oauth_sasl_words(&words, span_str(reply->challenge), secrets, 2);
	(void)snprintf(out, LIMIT_SMTP_REPLY_BYTES, "%s", buf_cstr(&words));
	if (first.p)
		explicit_bzero(first.p, first.n);
}

static void words_of(const struct relay_account *a, const char *token, const struct slot *s, CURLcode c,
		     char out[LIMIT_SMTP_REPLY_BYTES])
{
	bool by_token = a->mechanism != OAUTH_NONE && c == CURLE_LOGIN_DENIED;
	if (s->no_auth)
		(void)snprintf(out, LIMIT_SMTP_REPLY_BYTES, "the server offers no log-in (AUTH)");
	else if (by_token && s->reply.code < 400 && !*s->reply.challenge)
		(void)snprintf(out, LIMIT_SMTP_REPLY_BYTES, "the server offers no %s", oauth_mechanism_sasl(a->mechanism));
	else if (by_token && token)
		login_words(a, token, &s->reply, out);
	else
		(void)snprintf(out, LIMIT_SMTP_REPLY_BYTES, "%s",
			       c == CURLE_OK || (s->reply.code >= 400 && s->reply.text[0]) ? s->reply.text
											   : curl_easy_strerror(c));
}

static void token_forget(char **token)
{
	if (*token)
		explicit_bzero(*token, strlen(*token));
	free(*token);
	*token = NULL;
}

static void hand_back(struct slot *s)
{
	struct relay_job *job = s->job;
	CURLcode c = s->ended;
	struct relay_result res = { .outcome = outcome_of(s, c),
				    .code = s->reply.code,
				    .login_refused = c == CURLE_LOGIN_DENIED && (s->reply.code >= 400 || *s->reply.challenge) };
	words_of(&s->relay->account, s->token, s, c, res.text);
	token_forget(&s->token);
	s->job = NULL;
	s->relay->done(s->relay->context, job, &res);
}

int relay_fd(const struct relay *r)
{
	return r->news;
}

void relay_ready(struct relay *r)
{
	uint64_t n;
	(void)!read(r->news, &n, sizeof(n));
	for (size_t i = 0; i < r->n_slots; i++) {
		struct slot *s = &r->slots[i];
		(void)pthread_mutex_lock(&r->lock);
		bool done = s->state == SLOT_DONE;
		if (done)
			s->state = SLOT_IDLE;
		(void)pthread_mutex_unlock(&r->lock);
		if (done)
			hand_back(s);
	}
}

static int thread_start(struct slot *s)
{
	pthread_attr_t attr;
	int e = pthread_attr_init(&attr);
	if (e == 0)
		e = pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (e == 0)
		e = pthread_create(&s->thread, &attr, work, s);
	s->has_thread = e == 0;
	(void)pthread_attr_destroy(&attr);
	return -e;
}

static void slot_close(struct slot *s)
{
	if (s->has_thread)
		(void)pthread_join(s->thread, NULL);
	if (s->easy)
		curl_easy_cleanup(s->easy);
	if (s->multi)
		(void)curl_multi_cleanup(s->multi);
	curl_slist_free_all(s->recipients);
	token_forget(&s->token);
	s->has_thread = false;
	s->easy = NULL;
	s->multi = NULL;
	s->recipients = NULL;
}

/* A slot is made ready when it is first needed: libcurl and the libraries behind it take megabytes, and most
 * days one connection does. */
static int slot_open(struct relay *r, struct slot *s)
{
	int e = handles_open(r, s);
	if (e == 0)
		e = thread_start(s);
	if (e < 0)
		slot_close(s);
	return e;
}

/* A free one, rather one that has its connection already. */
static struct slot *slot_free(struct relay *r)
{
	struct slot *found = NULL;
	for (size_t i = 0; r && i < r->n_slots; i++)
		if (!r->slots[i].job && (!found || (r->slots[i].has_thread && !found->has_thread)))
			found = &r->slots[i];
	return found;
}

int relay_new(const struct relay_account *account, relay_done_fn *done, void *context, struct relay **out, struct error *err)
{
	struct relay *r = calloc(1, sizeof(*r));
	if (!r)
		return error_set(err, -ENOMEM, "no memory");
	*r = (struct relay){ .account = *account, .done = done, .context = context };
	(void)pthread_mutex_init(&r->lock, NULL); /* cannot fail without attributes */
	(void)pthread_cond_init(&r->given, NULL);
	for (size_t i = 0; i < LIMIT_SMTP_CONNECTIONS; i++) {
		r->slots[i].relay = r;
		for (size_t k = 0; k < SOCKETS_MAX; k++)
			r->slots[i].sockets[k] = -1;
	}
	r->n_slots = account->connections < 1                        ? 1
		     : account->connections > LIMIT_SMTP_CONNECTIONS ? LIMIT_SMTP_CONNECTIONS
								     : account->connections;
	r->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int e = r->news < 0 ? -errno : 0;
	if (e < 0) {
		relay_free(r);
		return error_set(err, e, "starting to send: %s", strerror(-e));
	}
	*out = r;
	return 0;
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	hang_up(r);
	for (size_t i = 0; i < LIMIT_SMTP_CONNECTIONS; i++)
		slot_close(&r->slots[i]);
	if (r->news >= 0)
		(void)close(r->news);
	(void)pthread_cond_destroy(&r->given);
	(void)pthread_mutex_destroy(&r->lock);
	token_forget(&r->token);
	free(r);
}

int relay_token(struct relay *r, const char *token)
{
	if (str_eq(r->token, token))
		return 0;
	token_forget(&r->token);
	r->token = strdup(token);
	(void)pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->n_slots; i++)
		if (!r->slots[i]
			     .job) /* curl uses no connection of another token: a cut one is cleared away when it looks for one */
			cut(&r->slots[i], SHUT_RDWR);
	(void)pthread_mutex_unlock(&r->lock);
	return r->token ? 0 : -ENOMEM;
}

size_t relay_room(const struct relay *r)
{
	size_t n = 0;
	for (size_t i = 0; r && i < r->n_slots; i++)
		n += r->slots[i].job == NULL;
	return n;
}

int relay_submit(struct relay *r, struct relay_job *job)
{
	struct slot *s = slot_free(r);
	char from[LIMIT_ADDRESS_BYTES + 8], to[LIMIT_ADDRESS_BYTES + 8];
	if (!s)
		return -EBUSY;
	if (!mail_address_valid(job->recipient) || (*job->envelope_from && !mail_address_valid(job->envelope_from)))
		return -EINVAL;
	int e = s->has_thread ? 0 : slot_open(r, s);
	if (e < 0)
		return e;
	(void)snprintf(from, sizeof(from), "<%s>", job->envelope_from);
	(void)snprintf(to, sizeof(to), "<%s>", job->recipient);
	curl_slist_free_all(s->recipients);
	s->recipients = curl_slist_append(NULL, to);
	token_forget(&s->token);
	s->token = r->token ? strdup(r->token) : NULL;
	if (r->token && (!s->token || curl_easy_setopt(s->easy, CURLOPT_XOAUTH2_BEARER, s->token) != CURLE_OK))
		return -ENOMEM;
	if (!s->recipients || curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, from) != CURLE_OK ||
	    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, s->recipients) != CURLE_OK)
		return -ENOMEM;
	s->reply = (struct reply){ 0 };
	s->all_read = s->no_auth = s->quitting = s->begun = false;
	s->job = job;
	(void)pthread_mutex_lock(&r->lock);
	s->state = SLOT_GIVEN;
	(void)pthread_cond_broadcast(&r->given);
	(void)pthread_mutex_unlock(&r->lock);
	return 0;
}

int relay_check(const struct relay_account *account, const char *token, struct error *err)
{
	struct relay r = { .account = *account };
	struct slot s = { .relay = &r };
	char words[LIMIT_SMTP_REPLY_BYTES];
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	s.easy = curl_easy_init();
	if (!s.easy || set_server(s.easy, account) < 0 ||
	    (token && curl_easy_setopt(s.easy, CURLOPT_XOAUTH2_BEARER, token) != CURLE_OK)) {
		curl_easy_cleanup(s.easy);
		return error_set(err, -ENOMEM, "no memory");
	}
	(void)curl_easy_setopt(s.easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(s.easy, CURLOPT_HEADERDATA, &s);
	(void)curl_easy_setopt(s.easy, CURLOPT_TIMEOUT, (long)CHECK_S);
	(void)curl_easy_setopt(s.easy, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(s.easy, CURLOPT_CUSTOMREQUEST, "NOOP");
	CURLcode c = curl_easy_perform(s.easy);
	curl_easy_cleanup(s.easy);
	if (c == CURLE_OK && account->user && !s.reply.auth_offered)
		return error_set(err, 1, "the server offers no log-in (AUTH), but smtp.user is set");
	if (c == CURLE_OK)
		return 0;
	words_of(account, token, &s, c, words);
	return error_set(err, 1, "%s%s%s", curl_easy_strerror(c), str_eq(words, curl_easy_strerror(c)) ? "" : ": ",
			 str_eq(words, curl_easy_strerror(c)) ? "" : words);
}
