#include "trial.h"

#include "exchange.h"
#include "port/mailbox.h"
#include "relay/relay.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 40000, WORDS_BYTES = 8192, BUSY_MS = 500, BUSY_TRIES = 80 };

/* The mailbox process' next frame; 0: none in time. */
static size_t frame_wait(const struct child *child, unsigned char frame[LIMIT_FRAME_BYTES])
{
	struct pollfd p = { .fd = child->fd, .events = POLLIN };
	ssize_t n = poll(&p, 1, WAIT_MS) > 0 ? child_receive(child, frame, LIMIT_FRAME_BYTES) : 0;
	return n > 0 ? (size_t)n : 0;
}

static int trouble(struct wire *w, struct error *err)
{
	AUTO_ARENA a = arena_new(WORDS_BYTES);
	unsigned class = wire_u8_max(w, N_MAILBOX_TROUBLES - 1);
	const char *text = a ? wire_str(w, a, 1000) : NULL;
	return error_set(err, 1, "%s: %s", mailbox_trouble_word((enum mailbox_trouble) class), text ? text : "?");
}

static bool count(struct wire *w, const struct settings *s, struct trial_mailbox *out)
{
	uint32_t n = wire_u32(w);
	for (uint32_t i = 0; i < n && !w->bad; i++) {
		(void)wire_u32(w);
		uint32_t size = wire_u32(w);
		int64_t at = wire_i64(w);
		out->mails++;
		out->bytes += size;
		out->not_before += s->has_since && at >= s->since.ms;
		if (at > out->newest.ms)
			out->newest.ms = at;
	}
	return wire_u8(w) != 0 && !w->bad;
}

/* --- tokens -------------------------------------------------------------------------------------- */

struct trying {
	struct exchange exchange;
	struct oauth_grant grant;
	int kept;
	struct error *err;
};

static void fetched(void *context, const struct fetch_answer *answer)
{
	struct trying *t = context;
	t->kept = exchange_end(&t->exchange, answer, clock_wall(), &t->grant, t->err);
}

int trial_token(const struct settings *s, struct trial_token *out, struct error *err)
{
	static struct trying t;
	struct fetch_request request;
	t = (struct trying){ .exchange = EXCHANGE_INIT(s), .err = err };
	int r = exchange_begin(&t.exchange, &request, err);
	for (int i = 0; r == EXCHANGE_BUSY && i < BUSY_TRIES; i++) {
		(void)poll(NULL, 0, BUSY_MS);
		r = exchange_begin(&t.exchange, &request, err);
	}
	if (r == EXCHANGE_BUSY)
		r = error_set(err, 1, "the daemon is asking for a token itself, and comes to no end");
	else if (r == 0)
		r = fetch_now(&request, fetched, &t) < 0 ? error_set(err, 1, "no memory") : t.kept;
	if (r == 0 && t.grant.outcome != OAUTH_GRANTED)
		r = error_set(err, 1, "%s", t.grant.words);
	if (r == 0) {
		*out = (struct trial_token){ .lasts_s = t.grant.lasts_s,
					     .refresh_ends = t.exchange.refresh_ends,
					     .rotated = t.exchange.rotated };
		(void)snprintf(out->access, sizeof(out->access), "%s", t.grant.access);
	}
	exchange_close(&t.exchange);
	explicit_bzero(&t.grant, sizeof(t.grant));
	return r == 0 ? 0 : 1;
}

void trial_give_token(const struct child *child, const char *token)
{
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	wire_put_u8(&b, MAILBOX_TOKEN);
	wire_put_u32(&b, token ? 1 : 0);
	wire_put_str(&b, token ? token : "none was got");
	wire_put_u8(&b, 1);
	if (buf_status(&b) == 0 && child_send(child, buf_span(&b), NULL, 0) < 0)
		(void)child; /* its socket tells */
	if (b.p)
		explicit_bzero(b.p, b.n);
}

/* --- log-in ---------------------------------------------------------------------------------------- */

static int session(const struct child *child, const struct settings *s, const char *token, struct trial_mailbox *out,
		   struct error *err)
{
	static unsigned char frame[LIMIT_FRAME_BYTES];
	AUTO_BUF list = BUF_INIT(64);
	wire_put_u8(&list, MAILBOX_LIST);
	wire_put_u32(&list, 1);
	for (size_t n; (n = frame_wait(child, frame)) > 0;) {
		struct wire w = wire_open(span_of(frame, n));
		unsigned kind = wire_u8(&w);
		if (kind == MAILBOX_TOKEN_WANTED)
			trial_give_token(child, token);
		if (kind == MAILBOX_TROUBLE)
			return trouble(&w, err);
		if (kind == MAILBOX_HELLO) {
			*out = (struct trial_mailbox){ .uidvalidity = wire_u32(&w) };
			if (child_send(child, buf_span(&list), NULL, 0) < 0)
				break;
		}
		if (kind == MAILBOX_LISTED && !count(&w, s, out))
			return 0;
	}
	return error_set(err, 1, "no answer from the mailbox process");
}

int trial_imap(const char *config_path, const struct settings *s, const char *token, struct trial_mailbox *out, struct error *err)
{
	struct child child = CHILD_NONE;
	if (child_start(&child, config_path, err) < 0)
		return 1;
	int r = session(&child, s, token, out, err);
	child_kill(&child);
	return r;
}

int trial_smtp(const struct settings *s, const char *token, struct error *err)
{
	struct relay_account a = { .host = s->smtp.host,
				   .port = s->smtp.port,
				   .security = (int)s->smtp.security,
				   .user = s->smtp.user,
				   .password = s->smtp.password,
				   .mechanism = s->smtp.auth,
				   .ca_file = s->smtp.ca_file,
				   .connections = 1 };
	return relay_check(&a, token, err);
}
