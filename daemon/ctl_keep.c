/* sitantectl verify, reconcile: is all there. */
#include "child.h"
#include "ctl.h"
#include "office/reconcile.h"
#include "progress.h"
#include "trial.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX_MS = 15 * 60 * 1000 };

int ctl_verify(struct ctl *c)
{
	struct error err = { 0 };
	struct verify_result v;
	AUTO_BUF b = BUF_INIT(4096);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	struct progress p = progress_begin("verify", "entries");
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_verify(c->store, progress_store, &p, &v, &err);
	store_end(c->store);
	if (r == 0)
		progress_at(&p, v.n_events, v.n_events);
	progress_end(&p);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	if (c->json) {
		struct json j = json_open(&b, true);
		json_object(&j);
		json_kv_bool(&j, "whole", v.whole);
		json_kv_int(&j, "entries", (int64_t)v.n_events);
		json_key(&j, "broken_entry");
		if (v.whole)
			json_null(&j);
		else
			json_int(&j, v.broken_id);
		json_kv_str(&j, "why", v.whole ? NULL : v.why);
		json_object_end(&j);
		buf_add_char(&b, '\n');
	} else if (v.whole) {
		buf_addf(&b, "whole: %" PRIu64 " entries\n", v.n_events);
	} else {
		buf_addf(&b, "broken at entry %lld: %s\n", (long long)v.broken_id, v.why);
	}
	(void)ctl_print(&b);
	return v.whole ? CTL_DONE : CTL_REFUSED;
}

/* --- reconcile ----------------------------------------------------------------------------------- */

/* The next frame of the mailbox process: its size; 0: it ended; -ETIMEDOUT. */
static ssize_t next_frame(const struct child *m, unsigned char *frame, size_t max)
{
	struct pollfd p = { .fd = m->fd, .events = POLLIN };
	if (poll(&p, 1, ANSWER_MAX_MS) <= 0)
		return -ETIMEDOUT;
	return child_receive(m, frame, max);
}

static int mailbox_said(struct ctl *c, unsigned kind, struct wire *w)
{
	if (kind != MAILBOX_TROUBLE)
		return ctl_fail(CTL_REFUSED, "the mailbox process gives no answer");
	unsigned class = wire_u8_max(w, N_MAILBOX_TROUBLES - 1);
	const char *text = wire_str(w, c->arena, 1000);
	return ctl_fail(CTL_REFUSED, "mailbox: %s: %s", mailbox_trouble_word((enum mailbox_trouble) class), text ? text : "?");
}

/* Takes frames until HELLO came, or the question is answered. */
static int converse(struct ctl *c, const struct child *m, const char *token, struct reconcile *r)
{
	unsigned char frame[LIMIT_FRAME_BYTES];
	struct error err = { 0 };
	for (;;) {
		ssize_t n = next_frame(m, frame, sizeof(frame));
		struct wire w = wire_open(span_of(frame, n > 0 ? (size_t)n : 0));
		unsigned kind = wire_u8(&w);
		if (n <= 0 || kind == MAILBOX_TROUBLE)
			return mailbox_said(c, n > 0 ? kind : 0, &w);
		if (kind == MAILBOX_TOKEN_WANTED)
			trial_give_token(m, token);
		if (kind == MAILBOX_TOKEN_WANTED || kind == MAILBOX_NEWS || (kind == MAILBOX_HELLO && r))
			continue;
		int q = r ? reconcile_take(r, kind, &w, &err) : kind == MAILBOX_HELLO ? 0 : 1;
		if (q != 0)
			return q < 0 ? ctl_fail(CTL_REFUSED, "%s", err.text) : mailbox_said(c, 0, &w);
		if (!r || !reconcile_waits(r))
			return 0;
	}
}

static void tell(struct progress *p, const struct reconcile_result *x)
{
	uint64_t n = 0;
	for (int i = 0; i < N_MAILBOX_PLACES; i++)
		n += x->on_server[i];
	progress_at(p, n, 0); /* how many there are, nobody knows before they are listed */
}

static int compare(struct ctl *c, const struct child *m, const char *token, struct reconcile *r, struct progress *p)
{
	struct error err = { 0 };
	int q = converse(c, m, token, NULL);
	while (q == 0) {
		tell(p, reconcile_result(r));
		AUTO_BUF frame = BUF_INIT(LIMIT_FRAME_BYTES);
		int more = reconcile_ask(r, &frame, &err);
		if (more == 0)
			return 0;
		if (more > 0)
			more = child_send(m, buf_span(&frame), NULL, 0);
		q = more < 0 ? ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : strerror(-more)) : converse(c, m, token, r);
	}
	return q;
}

static void unknown_json(struct ctl *c, struct json *j, const struct reconcile_result *x)
{
	json_key(j, "unknown");
	json_array(j);
	for (uint32_t i = 0; i < x->n_unknown && i < RECONCILE_UNKNOWN_MAX; i++) {
		char hex[DIGEST_HEX_SIZE];
		digest_hex(&x->unknown[i].sha256, hex);
		json_object(j);
		json_kv_str(j, "folder", mailbox_place_word(x->unknown[i].place));
		json_kv_int(j, "uid", x->unknown[i].uid);
		json_kv_int(j, "size", x->unknown[i].size);
		json_kv_str(j, "at", ctl_time(c, x->unknown[i].internaldate));
		json_kv_str(j, "sha256", x->unknown[i].hashed ? hex : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

static int told(struct ctl *c, const struct reconcile_result *x, uint64_t undecided)
{
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	bool closed = x->closed[MAILBOX_ARCHIVE] || x->closed[MAILBOX_QUARANTINE];
	if (c->json) {
		struct json j = json_open(&b, true);
		json_object(&j);
		for (int i = 0; i < N_MAILBOX_PLACES; i++)
			json_kv_int(&j, mailbox_place_word((enum mailbox_place)i), x->on_server[i]);
		json_kv_int(&j, "new", x->n_new);
		json_kv_int(&j, "undecided", (int64_t)undecided);
		unknown_json(c, &j, x);
		json_object_end(&j);
		buf_add_char(&b, '\n');
	} else {
		buf_addf(&b, "on the server: %u in the inbox, %u in the archive, %u in quarantine\n", x->on_server[MAILBOX_INBOX],
			 x->on_server[MAILBOX_ARCHIVE], x->on_server[MAILBOX_QUARANTINE]);
		buf_addf(&b, "on their way: %u just arrived, %" PRIu64 " stored and not decided yet\n", x->n_new, undecided);
		for (uint32_t i = 0; i < x->n_unknown && i < RECONCILE_UNKNOWN_MAX; i++)
			buf_addf(&b, "no disposition: uid %u in the %s, %u bytes, %s\n", x->unknown[i].uid,
				 mailbox_place_word(x->unknown[i].place), x->unknown[i].size,
				 ctl_time(c, x->unknown[i].internaldate));
		buf_addf(&b, x->n_unknown ? "%u mails have no disposition\n" : "every mail has its disposition\n", x->n_unknown);
	}
	if (closed)
		return ctl_fail(CTL_REFUSED, "the archive or the quarantine folder cannot be opened");
	int r = ctl_print(&b);
	return x->n_unknown > 0 ? CTL_REFUSED : r;
}

int ctl_reconcile(struct ctl *c)
{
	static struct trial_token token;
	struct child m = CHILD_NONE;
	struct reconcile *r = NULL;
	struct error err = { 0 };
	uint64_t undecided = 0, other;
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE, "reconcile takes no words");
	int q = ctl_store(c);
	if (q != 0)
		return q;
	bool by_token = c->plan->settings->imap.auth != OAUTH_NONE;
	if (reconcile_new(c->store, false, clock_wall(), &r) < 0)
		return ctl_fail(CTL_REFUSED, "no memory");
	struct progress p = progress_begin("reconcile", "mails");
	if (by_token && trial_token(c->plan->settings, &token, &err) != 0)
		q = ctl_fail(CTL_REFUSED, "no access token: %s", err.text);
	else if (child_start(&m, c->config_path, &err) < 0)
		q = ctl_fail(CTL_REFUSED, "%s", err.text);
	else
		q = compare(c, &m, by_token ? token.access : NULL, r, &p);
	tell(&p, reconcile_result(r));
	progress_end(&p);
	child_kill(&m);
	explicit_bzero(&token, sizeof(token));
	if (q == 0 && store_begin(c->store, __func__, &err) == 0)
		q = store_ledger_counts(c->store, &undecided, &other, &other, &err);
	store_end(c->store);
	q = q == 0 && err.code == 0 ? told(c, reconcile_result(r), undecided)
	    : q != 0                ? q
				    : ctl_fail(CTL_REFUSED, "%s", err.text);
	reconcile_free(r);
	return q;
}
