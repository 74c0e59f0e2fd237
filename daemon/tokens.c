#include "tokens.h"

#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	BUSY_MS = 1000,
	KEEP_AGAIN_MS = 60 * 1000,
	RENEW_GAP_MS = 10 * 60 * 1000, /* a server that refuses each token is no reason to ask for one after the other */
	LASTS_MAX_S = 86400,
};

static void answer(struct tokens *t, uint32_t number, const char *text, bool refused)
{
	const struct token_given g = { .number = number, .text = text, .refused = refused };
	for (int u = 0; u < N_TOKEN_USERS; u++) {
		bool wants = t->user[u].wants;
		t->user[u].wants = false;
		if (wants)
			t->given(t->context, (enum token_user)u, &g);
	}
}

/* --- the exchange ----------------------------------------------------------------------------- */

static void failed(struct tokens *t, enum oauth_outcome outcome, const char *words, int64_t retry_s)
{
	bool news = !str_eq(t->trouble, words);
	int64_t delay = oauth_retry_after_ms(++t->failures, outcome, retry_s);
	(void)snprintf(t->trouble, sizeof(t->trouble), "%s", words);
	t->refused = outcome == OAUTH_REFUSED;
	t->next_ms = clock_monotonic_ms() + delay;
	if (t->refused)
		sink_line(OFFICE_ERROR, "token-refused", "the token endpoint refuses: %s", t->trouble);
	else if (news)
		sink_line(OFFICE_WARNING, "token-later", "no access token: %s; next try in %lld s", t->trouble,
			  (long long)delay / 1000);
}

static void granted(struct tokens *t, const struct oauth_grant *g)
{
	int64_t now = clock_monotonic_ms();
	if (t->failures > 0)
		sink_line(OFFICE_NOTICE, "token-again", "the token endpoint gives access tokens again");
	t->failures = 0;
	t->refused = false;
	t->trouble[0] = '\0';
	(void)snprintf(t->access, sizeof(t->access), "%s", g->access);
	t->number = t->number == UINT32_MAX ? 1 : t->number + 1;
	t->renew_ms = now + oauth_renew_after_ms(g->lasts_s);
	t->ends_ms = now + (g->lasts_s < LASTS_MAX_S ? g->lasts_s : LASTS_MAX_S) * 1000;
	t->next_ms = 0;
}

static void kept(struct tokens *t, int r, const struct error *err)
{
	bool news = r != 0 && !t->unkept[0], over = r == 0 && t->unkept[0];
	(void)snprintf(t->unkept, sizeof(t->unkept), "%s", r != 0 ? err->text : "");
	if (news)
		sink_line(OFFICE_CRITICAL, "token-unkept", "%s; it is lost where the daemon ends before it is", t->unkept);
	if (news || over)
		t->changed(t->context);
}

static void fetched(void *context, const struct fetch_answer *a)
{
	static struct oauth_grant g;
	struct tokens *t = context;
	struct error err = { 0 };
	bool rotated = t->exchange.rotated;
	kept(t, exchange_end(&t->exchange, a, clock_wall(), &g, &err), &err);
	t->fetching = false;
	if (g.outcome != OAUTH_GRANTED)
		failed(t, g.outcome, g.words, a->retry_s);
	else
		granted(t, &g);
	if (t->exchange.rotated && !rotated)
		sink_line(OFFICE_NOTICE, "token-rotated",
			  "the provider replaced the refresh token: the one in the store's folder counts from now on");
	explicit_bzero(&g, sizeof(g));
	loop_timer_set(t->loop, t->timer, 0);
	t->changed(t->context);
}

static void start(struct tokens *t)
{
	struct fetch_request request;
	struct error err = { 0 };
	int r = exchange_begin(&t->exchange, &request, &err);
	if (r == EXCHANGE_BUSY) {
		loop_timer_set(t->loop, t->timer, BUSY_MS);
		return;
	}
	if (r == 0 && fetch_begin(t->fetch, &request) < 0) {
		const struct fetch_answer none = { .words = "no memory" };
		t->fetching = true;
		fetched(t, &none);
		return;
	}
	t->fetching = r == 0;
	if (r == EXCHANGE_FAULT) {
		failed(t, OAUTH_LATER, err.text, 0);
		loop_timer_set(t->loop, t->timer, 0);
		t->changed(t->context);
	}
}

/* Whoever waits is answered where there is an answer; the endpoint is asked when it is time. */
static void turn(void *context)
{
	struct tokens *t = context;
	struct error err = { 0 };
	int64_t now = clock_monotonic_ms(), next;
	if (!t->settings)
		return;
	if (t->unkept[0] && !t->fetching)
		kept(t, exchange_keep(&t->exchange, &err), &err);
	if (t->fetching)
		return;
	if (now < t->ends_ms && (now < t->renew_ms || now < t->next_ms))
		answer(t, t->number, t->access, false);
	else if (now < t->next_ms)
		answer(t, 0, t->trouble, t->refused);
	else {
		start(t);
		return;
	}
	next = t->renew_ms > t->next_ms ? t->renew_ms : t->next_ms;
	next = next > now ? next - now : 0;
	loop_timer_set(t->loop, t->timer, t->unkept[0] && next > KEEP_AGAIN_MS ? KEEP_AGAIN_MS : next);
}

void tokens_want(struct tokens *t, enum token_user user, uint32_t rejected)
{
	int64_t now = clock_monotonic_ms();
	bool may = !t->user[user].renewed || now - t->user[user].renewed_ms > RENEW_GAP_MS;
	if (rejected != 0 && rejected == t->number && may && !t->fetching) {
		t->user[user].renewed = true;
		t->user[user].renewed_ms = now;
		t->renew_ms = t->ends_ms = 0;
	}
	t->user[user].wants = true;
	loop_timer_set(t->loop, t->timer, 0);
}

/* --- the loop ----------------------------------------------------------------------------------- */

static void socket_ready(void *context, int fd, short revents)
{
	int events = (revents & (POLLIN | POLLHUP | POLLERR) ? 1 : 0) | (revents & (POLLOUT | POLLERR) ? 2 : 0);
	fetch_socket_ready(((struct tokens *)context)->fetch, fd, events);
}

static int watch(void *context, int fd, int events, void **slot)
{
	struct tokens *t = context;
	(void)slot;
	if (events & 4) {
		loop_unwatch(t->loop, fd);
		return 0;
	}
	return loop_watch(t->loop, fd, (short)((events & 1 ? POLLIN : 0) | (events & 2 ? POLLOUT : 0)), socket_ready, t);
}

static void set_timer(void *context, int64_t in_ms)
{
	struct tokens *t = context;
	loop_timer_set(t->loop, t->fetch_timer, in_ms);
}

static void fetch_due(void *context)
{
	struct tokens *t = context;
	if (t->fetch)
		fetch_timer_fired(t->fetch);
}

int tokens_init(struct tokens *t, struct loop *loop, token_given_fn *given, void (*changed)(void *context), void *context)
{
	*t = (struct tokens){
		.loop = loop, .given = given, .changed = changed, .context = context, .exchange = EXCHANGE_INIT(NULL)
	};
	t->timer = loop_timer_new(loop, turn, t);
	t->fetch_timer = loop_timer_new(loop, fetch_due, t);
	return t->fetch_timer < 0 ? t->fetch_timer : 0;
}

/* All but a refresh token that is in memory only. */
static void reset(struct tokens *t)
{
	fetch_free(t->fetch);
	explicit_bzero(t->access, sizeof(t->access));
	for (int u = 0; u < N_TOKEN_USERS; u++)
		t->user[u].renewed = t->user[u].wants = false;
	t->fetch = NULL;
	t->settings = NULL;
	t->fetching = t->refused = false;
	t->trouble[0] = '\0';
	t->renew_ms = t->ends_ms = t->next_ms = 0;
	t->failures = 0;
	loop_timer_set(t->loop, t->timer, -1);
	loop_timer_set(t->loop, t->fetch_timer, -1);
}

int tokens_open(struct tokens *t, const struct settings *s)
{
	struct relay_hooks hooks = { .watch = watch, .timer = set_timer, .loop = t };
	reset(t);
	if (s->imap.auth == OAUTH_NONE && s->smtp.auth == OAUTH_NONE)
		return 0;
	int r = fetch_new(&hooks, fetched, t, &t->fetch);
	if (r < 0)
		return r;
	t->exchange.settings = t->settings = s;
	loop_timer_set(t->loop, t->timer, 0);
	return 0;
}

void tokens_close(struct tokens *t)
{
	struct error err = { 0 };
	if (!t->loop)
		return;
	reset(t);
	if (exchange_keep(&t->exchange, &err) != 0)
		sink_line(OFFICE_CRITICAL, "token-unkept", "%s; it is lost now: get another one", err.text);
	exchange_close(&t->exchange);
}

const char *tokens_alarm(const struct tokens *t)
{
	return t->unkept[0] ? t->unkept : t->refused ? t->trouble : NULL;
}

const char *tokens_trouble(const struct tokens *t)
{
	return t->unkept[0] ? t->unkept : t->trouble[0] ? t->trouble : NULL;
}
