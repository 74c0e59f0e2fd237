/* The office's access token: asked for at the start, renewed before it ends and once where a server refuses it, given to the
 * mailbox process and to the relay.  What fails is asked again with back-off; what is refused for good only every few hours, for
 * somebody must do something first. */
#ifndef SITANTE_DAEMON_TOKENS_H
#define SITANTE_DAEMON_TOKENS_H

#include "exchange.h"
#include "loop.h"

enum token_user { TOKEN_MAILBOX, TOKEN_RELAY, N_TOKEN_USERS };

struct token_given {
	uint32_t number;  /* of the token; 0: there is none */
	const char *text; /* the token, or why there is none */
	bool refused;     /* there will be none without somebody's help */
};
/* Called from the loop, for each tokens_want() once.  text is borrowed in the call. */
typedef void token_given_fn(void *context, enum token_user user, const struct token_given *given);

struct tokens {
	struct loop *loop;
	const struct settings *settings; /* NULL: the configuration wants none */
	struct fetch *fetch;
	struct exchange exchange;
	int timer, fetch_timer;
	char access[LIMIT_TOKEN_BYTES + 1];
	uint32_t number, failures;
	int64_t renew_ms, ends_ms; /* of access, monotonic */
	int64_t next_ms;           /* the endpoint is not asked before, where the last answer was a failure */
	bool fetching, refused;
	char trouble[LIMIT_SMTP_REPLY_BYTES]; /* of the last exchange; "": none */
	char unkept[240];                     /* why a new refresh token is in memory only; "": it is not */
	struct {
		bool wants, renewed;
		int64_t renewed_ms; /* when a refused token was replaced last */
	} user[N_TOKEN_USERS];
	token_given_fn *given;
	void (*changed)(void *context); /* trouble, unkept or what ends is another now */
	void *context;
};

/* Takes its timers for ever.  0; -ENOSPC. */
int tokens_init(struct tokens *t, struct loop *loop, token_given_fn *given, void (*changed)(void *context),
		void *context) MUST_USE;
/* (Re)starts with these settings, borrowed until the next open or close; not while fetching: a refresh token that is on its way
 * would be lost.  0; -ENOMEM. */
int tokens_open(struct tokens *t, const struct settings *s) MUST_USE;
void tokens_close(struct tokens *t);
/* rejected: number of the token that the server refused; 0: none. */
void tokens_want(struct tokens *t, enum token_user user, uint32_t rejected);

/* Why the provider will give no token, or where a new refresh token is not safe; NULL: all is well. */
const char *tokens_alarm(const struct tokens *t);
const char *tokens_trouble(const struct tokens *t); /* of any kind; NULL: none */

#endif
