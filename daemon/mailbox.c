/* sitante-mailbox: holds the IMAP session and password; answers frames of port/mailbox.h on the
 * socket it was given.  It may die at any moment: the office starts it again. */
#include "base/digest.h"
#include "base/limits.h"
#include "mailbox/session.h"
#include "settings/settings.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	IDLE_RENEW_MS = 10 * 60 * 1000, /* well below what address translators remember */
	RETRY_FIRST_MS = 1000,
	RETRY_LAST_MS = 5 * 60 * 1000,
	TOKEN_WAIT_MS = 120 * 1000, /* the office asks the endpoint, and answers in any case */
	LISTED_MAX = 500,
	MOVE_MAX = 500,
	TALK_MAX = 100, /* of a server during one IDLE */
};

struct service {
	int fd;
	struct mailbox_account account;
	uint32_t poll_ms;
	struct session *session;
	uint32_t failures;
	bool gone; /* the office closed its end, or said QUIT */
	char token[LIMIT_TOKEN_BYTES + 1];
	uint32_t token_number, rejected; /* 0: none */
	bool renewed;                    /* a token was refused, and another asked for at once: not a second time */
};

static void send_frame(struct service *s, const struct buf *b)
{
	if (buf_status(b) != 0 || send(s->fd, b->p, b->n, MSG_NOSIGNAL) < 0)
		s->gone = true;
}

static void say_hello(struct service *s)
{
	AUTO_BUF b = BUF_INIT(64);
	wire_put_u8(&b, MAILBOX_HELLO);
	wire_put_u32(&b, session_uidvalidity(s->session));
	wire_put_u32(&b, session_uidnext(s->session));
	wire_put_u32(&b, session_exists(s->session));
	wire_put_u8(&b, session_has_idle(s->session));
	wire_put_u8(&b, session_has_move(s->session));
	send_frame(s, &b);
}

static void say_news(struct service *s)
{
	AUTO_BUF b = BUF_INIT(8);
	wire_put_u8(&b, MAILBOX_NEWS);
	send_frame(s, &b);
}

static void say_trouble(struct service *s, enum mailbox_trouble class, const char *text, uint32_t retry_ms)
{
	AUTO_BUF clean = BUF_INIT(1000);
	AUTO_BUF b = BUF_INIT(2000);
	text_clean_line(&clean, span_str(text));
	wire_put_u8(&b, MAILBOX_TROUBLE);
	wire_put_u8(&b, (uint8_t) class);
	wire_put_str(&b, buf_cstr(&clean));
	wire_put_u32(&b, retry_ms);
	send_frame(s, &b);
}

/* Doubles from a second to the time between two polls, so that all is back within one, or to five minutes; a quarter of it
 * by chance.  A refused log-in waits the whole five minutes, so that no account is locked. */
static uint32_t retry_ms(const struct service *s, enum mailbox_trouble class)
{
	uint32_t delay = RETRY_FIRST_MS, chance = 0, last = s->poll_ms < RETRY_LAST_MS ? s->poll_ms : RETRY_LAST_MS;
	for (uint32_t i = 0; i < s->failures && delay < last; i++)
		delay *= 2;
	if (delay > last)
		delay = last;
	if (class == MAILBOX_TROUBLE_AUTH && s->failures > 0)
		delay = RETRY_LAST_MS;
	if (random_bytes(&chance, sizeof(chance)) < 0)
		chance = 0;
	return delay - chance % (delay / 4);
}

static void session_lost(struct service *s, enum mailbox_trouble class, const struct error *err)
{
	session_close(s->session, false);
	s->session = NULL;
	uint32_t delay = retry_ms(s, class);
	s->failures++;
	say_trouble(s, class, err->text, delay);
	/* the office may close the socket meanwhile; anything it asks is answered by its own reset */
	int64_t end = clock_monotonic_ms() + delay;
	while (!s->gone) {
		int64_t left = end - clock_monotonic_ms();
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		unsigned char frame[LIMIT_FRAME_BYTES];
		if (left <= 0)
			return;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = recv(s->fd, frame, sizeof(frame), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || (n > 0 && frame[0] == MAILBOX_QUIT))
			s->gone = true;
	}
}

/* --- tokens ---------------------------------------------------------------------------------- */

static int token_read(struct service *s, struct wire *w, enum mailbox_trouble *class, struct error *err)
{
	AUTO_ARENA a = arena_new(2 * LIMIT_TOKEN_BYTES);
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	s->token_number = wire_u32(w);
	char *text = wire_str(w, a, LIMIT_TOKEN_BYTES);
	bool for_good = wire_u8_max(w, 1) != 0;
	if (!wire_done(w) || !text)
		return error_set(err, 1, "broken answer from the office");
	if (s->token_number == 0) {
		*class = for_good ? MAILBOX_TROUBLE_AUTH : MAILBOX_TROUBLE_NETWORK;
		return error_set(err, 1, "no access token: %s", text);
	}
	(void)snprintf(s->token, sizeof(s->token), "%s", text);
	explicit_bzero(text, strlen(text));
	return 0;
}

/* Asked of the office before each log-in: here is kept none.  0; 1 with *class and err. */
static int token_get(struct service *s, enum mailbox_trouble *class, struct error *err)
{
	static unsigned char frame[LIMIT_FRAME_BYTES];
	AUTO_BUF b = BUF_INIT(8);
	int64_t end = clock_monotonic_ms() + TOKEN_WAIT_MS, left;
	wire_put_u8(&b, MAILBOX_TOKEN_WANTED);
	wire_put_u32(&b, s->rejected);
	send_frame(s, &b);
	while (!s->gone && (left = end - clock_monotonic_ms()) > 0) {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = recv(s->fd, frame, sizeof(frame), MSG_DONTWAIT);
		if (n > 0 && frame[0] == MAILBOX_TOKEN) {
			struct wire w = wire_open(span_of(frame + 1, (size_t)n - 1));
			int r = token_read(s, &w, class, err);
			explicit_bzero(frame, (size_t)n);
			return r;
		}
		s->gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || (n > 0 && frame[0] == MAILBOX_QUIT);
	}
	return error_set(err, 1, "no access token: the office gave none in time");
}

static int attempt(struct service *s, enum mailbox_trouble *class, struct error *err)
{
	bool by_token = s->account.mechanism != OAUTH_NONE;
	*class = MAILBOX_TROUBLE_NETWORK;
	int r = by_token ? token_get(s, class, err) : 0;
	if (r == 0 && !s->gone)
		r = session_open(&s->account, &s->session, class, err);
	explicit_bzero(s->token, sizeof(s->token));
	s->rejected = r != 0 && by_token && *class == MAILBOX_TROUBLE_AUTH ? s->token_number : 0;
	return r;
}

/* 0; else with *class and err.  A refused token is replaced once, at once: it may have ended, or been revoked. */
static int open_session(struct service *s, enum mailbox_trouble *class, struct error *err)
{
	int r = attempt(s, class, err);
	if (r != 0 && s->rejected != 0 && !s->renewed && !s->gone) {
		s->renewed = true;
		r = attempt(s, class, err);
	}
	s->renewed = s->renewed && r != 0;
	return r;
}

/* --- answers --------------------------------------------------------------------------------- */

struct listing { /* of the inbox, or of another place to be reconciled */
	struct service *s;
	enum mailbox_frame_kind kind; /* MAILBOX_LISTED, MAILBOX_SURVEYED */
	enum mailbox_place place;
	uint32_t uidvalidity;
	struct session_listed mails[LISTED_MAX];
	uint32_t n;
};

static void listing_send(struct listing *l, bool more)
{
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	wire_put_u8(&b, (uint8_t)l->kind);
	if (l->kind == MAILBOX_SURVEYED) {
		wire_put_u8(&b, (uint8_t)l->place);
		wire_put_u32(&b, l->uidvalidity);
	}
	wire_put_u32(&b, l->n);
	for (uint32_t i = 0; i < l->n; i++) {
		wire_put_u32(&b, l->mails[i].uid);
		wire_put_u32(&b, l->mails[i].size);
		wire_put_i64(&b, l->mails[i].internaldate_ms);
	}
	wire_put_u8(&b, more);
	send_frame(l->s, &b);
	l->n = 0;
}

static int listing_add(void *context, const struct session_listed *m)
{
	struct listing *l = context;
	if (l->n == LISTED_MAX)
		listing_send(l, true);
	l->mails[l->n++] = *m;
	return l->s->gone ? -EPIPE : 0;
}

static int answer_list(struct service *s, struct wire *w, struct error *err)
{
	static struct listing l;
	l = (struct listing){ .s = s, .kind = MAILBOX_LISTED };
	uint32_t from = wire_u32(w);
	int r = session_list(s->session, from, listing_add, &l, err);
	if (r == 0)
		listing_send(&l, false);
	return r;
}

/* Does something in another folder and comes back to the inbox. */
static int elsewhere(struct service *s, enum mailbox_place place,
		     int (*work)(struct service *s, uint32_t uidvalidity, void *context, struct error *err), void *context,
		     struct error *err)
{
	uint32_t uidvalidity = 0, back = 0;
	int r = session_visit(s->session, place, &uidvalidity, err);
	if (r == 0)
		r = work(s, uidvalidity, context, err);
	return r < 0 || place == MAILBOX_INBOX ? r : session_visit(s->session, MAILBOX_INBOX, &back, err);
}

static int survey_here(struct service *s, uint32_t uidvalidity, void *context, struct error *err)
{
	struct listing *l = context;
	l->uidvalidity = uidvalidity;
	int r = uidvalidity ? session_list(s->session, 1, listing_add, l, err) : 0;
	if (r == 0)
		listing_send(l, false);
	return r;
}

static int answer_survey(struct service *s, struct wire *w, struct error *err)
{
	static struct listing l;
	l = (struct listing){ .s = s,
			      .kind = MAILBOX_SURVEYED,
			      .place = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1) };
	if (!wire_done(w))
		return error_set(err, -EPROTO, "broken order from the office");
	return elsewhere(s, l.place, survey_here, &l, err);
}

struct hashing {
	enum mailbox_place place;
	uint32_t uids[LIMIT_FETCH_BATCH_MAILS], n;
};

static int hash_fd(int fd, struct digest *out)
{
	struct digest_sum sum;
	unsigned char piece[16 * 1024];
	off_t at = 0;
	ssize_t n = -1;
	digest_sum_begin(&sum);
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0) {
		digest_sum_add(&sum, span_of(piece, (size_t)n));
		at += n;
	}
	*out = digest_sum_done(&sum);
	return n < 0 ? -EIO : 0;
}

/* One mail after the other through memory of its own: the answer is what is in it, not the mail. */
static int hash_one(struct service *s, uint32_t uid, enum mailbox_fetch *result, struct digest *out, struct error *err)
{
	uint32_t max = LIMIT_MAIL_BYTES;
	int fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "memory for a mail: %s", strerror(errno));
	int r = session_fetch(s->session, &uid, &max, &fd, 1, result, err);
	if (r == 0 && *result == MAILBOX_FETCH_OK && hash_fd(fd, out) < 0)
		*result = MAILBOX_FETCH_FAILED;
	(void)close(fd); /* memory only */
	return r;
}

static int hash_here(struct service *s, uint32_t uidvalidity, void *context, struct error *err)
{
	const struct hashing *h = context;
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	int r = 0;
	wire_put_u8(&b, MAILBOX_HASHED);
	wire_put_u8(&b, (uint8_t)h->place);
	wire_put_u32(&b, h->n);
	for (uint32_t i = 0; r == 0 && i < h->n; i++) {
		enum mailbox_fetch result = MAILBOX_FETCH_GONE;
		struct digest d = { 0 };
		r = uidvalidity ? hash_one(s, h->uids[i], &result, &d, err) : 0;
		wire_put_u32(&b, h->uids[i]);
		wire_put_u8(&b, (uint8_t)result);
		buf_add(&b, d.b, DIGEST_SIZE);
	}
	if (r == 0)
		send_frame(s, &b);
	return r;
}

static int answer_hash(struct service *s, struct wire *w, struct error *err)
{
	struct hashing h = { .place = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1) };
	h.n = wire_count(w, LIMIT_FETCH_BATCH_MAILS);
	for (uint32_t i = 0; i < h.n; i++)
		h.uids[i] = wire_u32(w);
	if (!wire_done(w))
		return error_set(err, -EPROTO, "broken order from the office");
	return elsewhere(s, h.place, hash_here, &h, err);
}

static int answer_fetch(struct service *s, struct wire *w, const int *fds, size_t n_fds, struct error *err)
{
	uint32_t uids[LIMIT_FETCH_BATCH_MAILS], max[LIMIT_FETCH_BATCH_MAILS];
	enum mailbox_fetch results[LIMIT_FETCH_BATCH_MAILS];
	uint32_t n = wire_count(w, LIMIT_FETCH_BATCH_MAILS);
	for (uint32_t i = 0; i < n; i++) {
		uids[i] = wire_u32(w);
		max[i] = wire_u32(w);
		results[i] = MAILBOX_FETCH_FAILED;
	}
	if (!wire_done(w) || n != n_fds)
		return error_set(err, -EPROTO, "broken order from the office");
	int r = session_fetch(s->session, uids, max, fds, n, results, err);
	AUTO_BUF b = BUF_INIT(4096);
	wire_put_u8(&b, MAILBOX_FETCHED);
	wire_put_u32(&b, n);
	for (uint32_t i = 0; i < n; i++) {
		wire_put_u32(&b, uids[i]);
		/* after a lost session only complete mails count */
		wire_put_u8(&b, (uint8_t)(r < 0 && results[i] != MAILBOX_FETCH_OK ? MAILBOX_FETCH_FAILED : results[i]));
	}
	if (r == 0)
		send_frame(s, &b);
	return r;
}

struct moving {
	enum mailbox_place from, to;
	uint32_t uids[MOVE_MAX], n;
};

static int move_here(struct service *s, uint32_t uidvalidity, void *context, struct error *err)
{
	const struct moving *m = context;
	bool done[MOVE_MAX] = { false };
	char why[200] = "the folder cannot be opened";
	int r = uidvalidity ? session_move(s->session, m->to, m->uids, m->n, done, why, err) : 0;
	if (r < 0)
		return r;
	AUTO_BUF b = BUF_INIT(8192);
	wire_put_u8(&b, MAILBOX_MOVED);
	wire_put_u8(&b, (uint8_t)m->from);
	wire_put_u32(&b, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		wire_put_u32(&b, m->uids[i]);
		wire_put_u8(&b, done[i]);
	}
	wire_put_str(&b, why[0] ? why : NULL);
	send_frame(s, &b);
	return 0;
}

static int answer_move(struct service *s, struct wire *w, struct error *err)
{
	struct moving m = { .from = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1) };
	m.to = (enum mailbox_place)wire_u8_max(w, N_MAILBOX_PLACES - 1);
	m.n = wire_count(w, MOVE_MAX);
	for (uint32_t i = 0; i < m.n; i++)
		m.uids[i] = wire_u32(w);
	if (!wire_done(w))
		return error_set(err, -EPROTO, "broken order from the office");
	if (m.from == MAILBOX_INBOX)
		return move_here(s, session_uidvalidity(s->session), &m, err);
	return elsewhere(s, m.from, move_here, &m, err);
}

/* --- orders ----------------------------------------------------------------------------------- */

static size_t take_fds(struct msghdr *m, int fds[LIMIT_FETCH_BATCH_MAILS])
{
	struct cmsghdr *h = CMSG_FIRSTHDR(m);
	if (!h || h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS || h->cmsg_len < CMSG_LEN(0))
		return 0;
	size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(h), n * sizeof(int));
	return n;
}

static int order(struct service *s, struct error *err)
{
	unsigned char frame[LIMIT_FRAME_BYTES];
	union {
		char space[CMSG_SPACE(sizeof(int) * LIMIT_FETCH_BATCH_MAILS)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = frame, .iov_len = sizeof(frame) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)
	};
	int fds[LIMIT_FETCH_BATCH_MAILS];
	ssize_t n = recvmsg(s->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		s->gone = true;
		return 0;
	}
	size_t n_fds = take_fds(&m, fds);
	struct wire w = wire_open(span_of(frame, (size_t)n));
	int r = 0;
	switch (wire_u8(&w)) {
	case MAILBOX_LIST:
		r = answer_list(s, &w, err);
		break;
	case MAILBOX_FETCH:
		r = answer_fetch(s, &w, fds, n_fds, err);
		break;
	case MAILBOX_MOVE:
		r = answer_move(s, &w, err);
		break;
	case MAILBOX_SURVEY:
		r = answer_survey(s, &w, err);
		break;
	case MAILBOX_HASH:
		r = answer_hash(s, &w, err);
		break;
	case MAILBOX_QUIT:
		s->gone = true;
		break;
	default:
		r = error_set(err, -EPROTO, "unknown order from the office");
	}
	for (size_t i = 0; i < n_fds; i++)
		(void)close(fds[i]);
	return r;
}

/* Orders that wait are carried out one after the other without IDLE in between. */
static bool order_waits(const struct service *s, int ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	return poll(&p, 1, ms) > 0;
}

/* Until there is an order (true), the server has something to say, or IDLE must be renewed.  What a server says now and then to
 * keep the road open wakes nobody else. */
static bool idle_wait(struct service *s)
{
	struct pollfd p[2] = { { .fd = s->fd, .events = POLLIN }, { .fd = session_fd(s->session), .events = POLLIN } };
	int64_t end = clock_monotonic_ms() + IDLE_RENEW_MS;
	for (int i = 0; i < TALK_MAX; i++) {
		int64_t left = end - clock_monotonic_ms();
		bool there = session_pending(s->session);
		int n = there ? 1 : poll(p, 2, left > 0 ? (int)left : 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || p[0].revents || !session_idle_goes_on(s->session))
			break;
	}
	return p[0].revents != 0;
}

/* Waits for an order or for news of the server. */
static int wait_turn(struct service *s, struct error *err)
{
	bool news = false, idle = session_has_idle(s->session);
	int r = session_noop(s->session, &news, err);
	if (r == 0 && !news && idle)
		r = session_idle_begin(s->session, err);
	if (r < 0)
		return r;
	if (news) {
		say_news(s);
		return 0;
	}
	bool ordered = idle ? idle_wait(s) : order_waits(s, (int)s->poll_ms);
	if (idle)
		r = session_idle_end(s->session, &news, err);
	else if (!ordered)
		r = session_noop(s->session, &news, err);
	if (r == 0 && news)
		say_news(s);
	return r;
}

static void serve(struct service *s)
{
	while (!s->gone) {
		struct error err = { 0 };
		enum mailbox_trouble class = MAILBOX_TROUBLE_NETWORK;
		if (!s->session) {
			int r = open_session(s, &class, &err);
			if (s->gone)
				break;
			if (r != 0) {
				session_lost(s, class, &err);
				continue;
			}
			s->failures = 0;
			say_hello(s);
			continue; /* the office may have gone meanwhile */
		}
		/* the office answers news and listings at once: a moment of patience spares an IDLE */
		int r = order_waits(s, 5) ? order(s, &err) : wait_turn(s, &err);
		if (r < 0)
			session_lost(s, r == -ENOSPC ? MAILBOX_TROUBLE_DISK : MAILBOX_TROUBLE_NETWORK, &err);
	}
	session_close(s->session, true);
}

static void harden(void)
{
	struct rlimit none = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is the office's business */
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "socket-fd", required_argument, NULL, 's' },
					       { "config", required_argument, NULL, 'c' },
					       { 0 } };
	const char *config = NULL;
	static struct service s = { .fd = 3 };
	int c;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			config = optarg;
		else if (c != 's' || !str_eq(optarg, "3")) {
			(void)fputs("sitante-mailbox is started by sitanted\n", stderr);
			return 2;
		}
	}
	AUTO_BUF faults = BUF_INIT(64 * 1024);
	struct settings *settings = NULL;
	harden();
	if (!config || settings_load(config, &settings, &faults) != 0) {
		(void)fputs(config ? buf_cstr(&faults) : "sitante-mailbox is started by sitanted\n", stderr);
		return 2;
	}
	s.account = (struct mailbox_account){ .host = settings->imap.host,
					      .port = settings->imap.port,
					      .security = (int)settings->imap.security,
					      .user = settings->imap.user,
					      .password = settings->imap.password,
					      .ca_file = settings->imap.ca_file,
					      .mechanism = settings->imap.auth,
					      .token = s.token,
					      .folder = settings->folders.folder,
					      .archive = settings->folders.archive,
					      .quarantine = settings->folders.quarantine };
	s.poll_ms = settings->folders.poll_seconds * 1000;
	serve(&s);
	settings_free(settings);
	return 0;
}
