#include "senders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static short poll_events(int events)
{
	return (short)((events & 1 ? POLLIN : 0) | (events & 2 ? POLLOUT : 0));
}

static int ready_events(short revents)
{
	return (revents & (POLLIN | POLLHUP | POLLERR) ? 1 : 0) | (revents & (POLLOUT | POLLERR) ? 2 : 0);
}

static void mails_ended(void *context, int fd, short revents)
{
	(void)fd, (void)revents;
	relay_ready(((struct senders *)context)->relay);
}

static void gateway_ready(void *context, int fd, short revents)
{
	gateway_socket_ready(((struct senders *)context)->gateway, fd, ready_events(revents));
}

static int gateway_watch(void *loop, int fd, int events, void **slot)
{
	struct senders *s = loop;
	(void)slot;
	if (events & 4) {
		loop_unwatch(s->loop, fd);
		return 0;
	}
	return loop_watch(s->loop, fd, poll_events(events), gateway_ready, s);
}

static void gateway_set_timer(void *loop, int64_t in_ms)
{
	struct senders *s = loop;
	loop_timer_set(s->loop, s->gateway_timer, in_ms);
}

static void gateway_due(void *context)
{
	gateway_timer_fired(((struct senders *)context)->gateway);
}

int senders_init(struct senders *s, struct loop *loop, struct tokens *tokens, relay_done_fn *done, void *context)
{
	*s = (struct senders){ .loop = loop, .tokens = tokens, .done = done, .context = context };
	s->gateway_timer = loop_timer_new(loop, gateway_due, s);
	return s->gateway_timer < 0 ? s->gateway_timer : 0;
}

static void mail_done(void *context, const struct relay_job *job, const struct relay_result *res)
{
	struct senders *s = context;
	if (res->login_refused)
		s->rejected = s->token_number;
	s->done(s->context, job, res);
}

static int relay_start(struct senders *s, const struct settings *c, struct error *err)
{
	struct relay_account account = { .host = c->smtp.host,
					 .port = c->smtp.port,
					 .security = (int)c->smtp.security,
					 .user = c->smtp.user,
					 .password = c->smtp.password,
					 .mechanism = c->smtp.auth,
					 .ca_file = c->smtp.ca_file,
					 .connections = c->smtp_connections };
	s->mechanism = c->smtp.auth;
	int r = relay_new(&account, mail_done, s, &s->relay, err);
	return r == 0 ? loop_watch(s->loop, relay_fd(s->relay), POLLIN, mails_ended, s) : r;
}

static int gateway_start(struct senders *s, const struct settings *c, struct error *err)
{
	struct gateway_account account = { .url = c->sms.url,
					   .body = c->sms.body,
					   .content_type = c->sms.content_type,
					   .headers = c->sms.headers,
					   .n_headers = c->sms.n_headers,
					   .user = c->sms.user,
					   .password = c->sms.password,
					   .ca_file = c->sms.ca_file,
					   .timeout = c->sms.timeout,
					   .accepted = c->sms.accepted,
					   .n_accepted = c->sms.n_accepted,
					   .refused = c->sms.refused,
					   .n_refused = c->sms.n_refused };
	struct relay_hooks hooks = {
		.watch = gateway_watch, .timer = gateway_set_timer, .loop = s, .done = s->done, .context = s->context
	};
	return c->sms.url ? gateway_new(&account, &hooks, &s->gateway, err) : 0;
}

int senders_open(struct senders *s, const struct settings *settings, struct error *err)
{
	senders_close(s);
	int r = relay_start(s, settings, err);
	if (r == 0)
		r = gateway_start(s, settings, err);
	if (r < 0)
		senders_close(s);
	return r;
}

void senders_close(struct senders *s)
{
	if (s->relay)
		loop_unwatch(s->loop, relay_fd(s->relay));
	relay_free(s->relay);
	gateway_free(s->gateway);
	s->relay = NULL;
	s->gateway = NULL;
	s->n_held = 0;
}

/* --- tokens ------------------------------------------------------------------------------------ */

static void give_back(struct senders *s, struct relay_job *job, enum relay_outcome outcome, const char *what, const char *text)
{
	struct relay_result res = { .outcome = outcome };
	(void)snprintf(res.text, sizeof(res.text), "%s%.400s", what, text);
	s->done(s->context, job, &res);
}

/* done() may submit the next one: what was held is taken out first. */
void senders_token(struct senders *s, const struct token_given *given)
{
	struct relay_job *jobs[LIMIT_SMTP_CONNECTIONS];
	size_t n = s->n_held;
	memcpy(jobs, s->held, sizeof(jobs));
	s->n_held = 0;
	int e = given->number && s->relay ? relay_token(s->relay, given->text) : -ENOTCONN;
	s->token_number = e == 0 ? given->number : 0;
	for (size_t i = 0; i < n; i++) {
		int r = e == 0 ? relay_submit(s->relay, jobs[i]) : e;
		if (!given->number)
			give_back(s, jobs[i], RELAY_DOWN, "no access token: ", given->text);
		else if (r < 0)
			give_back(s, jobs[i], r == -EINVAL ? RELAY_REFUSED : RELAY_LATER, "",
				  r == -EINVAL ? "no address that could be sent to" : strerror(-r));
	}
}

static size_t relay_port_room(void *context)
{
	const struct senders *s = context;
	size_t room = relay_room(s->relay);
	return room > s->n_held ? room - s->n_held : 0;
}

static int relay_port_submit(void *context, struct relay_job *job)
{
	struct senders *s = context;
	if (s->mechanism == OAUTH_NONE)
		return relay_submit(s->relay, job);
	if (relay_port_room(s) == 0)
		return -EBUSY;
	s->held[s->n_held++] = job;
	tokens_want(s->tokens, TOKEN_RELAY, s->rejected);
	s->rejected = 0;
	return 0;
}

/* Without a gateway a message that was queued when there was one is told to have none. */
static size_t gateway_port_room(void *context)
{
	struct senders *s = context;
	return s->gateway ? gateway_room(s->gateway) : 1;
}

static int gateway_port_submit(void *context, struct relay_job *job)
{
	struct senders *s = context;
	return s->gateway ? gateway_submit(s->gateway, job) : -ENOTCONN;
}

void senders_ports(struct senders *s, struct relay_port out[N_RELAY_CHANNELS])
{
	out[RELAY_MAIL] = (struct relay_port){ .room = relay_port_room, .submit = relay_port_submit, .relay = s };
	out[RELAY_SMS] = (struct relay_port){ .room = gateway_port_room, .submit = gateway_port_submit, .relay = s };
}
