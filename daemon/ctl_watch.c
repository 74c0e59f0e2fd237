/* sitantectl watch: what happens, as it happens. */
#include "ctl.h"
#include "term.h"

#include "base/num.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 200, SHOWN_FIRST = 10, LOOK_MS = 500, ROUND_BYTES = 4 * 1024 * 1024, MOST_FIRST = 1000 };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

struct watch {
	struct ctl *c;
	struct term term;
	const char *number; /* of one ticket; NULL: all */
	int64_t after;
};

static enum tone tone_of(enum event_what what)
{
	static const enum tone tones[N_EVENTS] = {
		[EVENT_RECEIVED] = TONE_BOLD,      [EVENT_ANSWERED] = TONE_BOLD,       [EVENT_RENEWED] = TONE_GOOD,
		[EVENT_NOTIFIED] = TONE_GOOD,      [EVENT_CLOSED] = TONE_GOOD,         [EVENT_MAIL_FAILED] = TONE_BAD,
		[EVENT_MAIL_UNCERTAIN] = TONE_BAD, [EVENT_BOUNCED] = TONE_BAD,         [EVENT_NOTIFY_FAILED] = TONE_BAD,
		[EVENT_FORGED] = TONE_BAD,         [EVENT_ALARM] = TONE_BAD,           [EVENT_QUARANTINED] = TONE_BAD,
		[EVENT_TOKEN_REVOKED] = TONE_BAD,  [EVENT_UNPROVEN] = TONE_WARN,       [EVENT_PARKED] = TONE_WARN,
		[EVENT_REMINDED] = TONE_WARN,      [EVENT_COMMAND_REFUSED] = TONE_WARN
	};
	return (size_t)what < N_EVENTS ? tones[what] : TONE_PLAIN;
}

static void put_line(struct watch *w, const struct event_row *row, struct buf *b)
{
	const struct event *e = &row->event;
	term_say(b, &w->term, TONE_DIM, ctl_time(w->c, e->at));
	buf_addf(b, "  %-10s ", row->number ? row->number : "-");
	term_say(b, &w->term, tone_of(e->what), event_what_word(e->what));
	buf_add_str(b, "  ");
	term_say(b, &w->term, TONE_PLAIN, e->who);
	if (e->detail) {
		buf_add_str(b, "  ");
		term_say(b, &w->term, TONE_DIM, e->detail);
	}
	buf_add_char(b, '\n');
}

static void put_object(struct watch *w, const struct event_row *row, struct buf *b)
{
	struct json j = json_open(b, false);
	json_object(&j);
	json_kv_int(&j, "id", row->event.id);
	json_kv_str(&j, "at", ctl_time(w->c, row->event.at));
	json_kv_str(&j, "number", row->number);
	json_kv_str(&j, "what", event_what_word(row->event.what));
	json_kv_str(&j, "who", row->event.who);
	json_kv_str(&j, "detail", row->event.detail);
	json_object_end(&j);
	buf_add_char(b, '\n');
}

/* What is new since the last look.  0; CTL_REFUSED. */
static int look(struct watch *w)
{
	struct event_row rows[ROWS];
	struct error err = { 0 };
	size_t n = ROWS;
	while (n == ROWS && !stopped) {
		AUTO_ARENA a = arena_new(ROUND_BYTES);
		AUTO_BUF b = BUF_INIT(ROUND_BYTES);
		struct arena *whole = w->c->arena;
		if (!a)
			return ctl_fail(CTL_REFUSED, "no memory");
		int r = store_events_after(w->c->store, w->after, a, rows, ROWS, &n, &err);
		if (r == -EBUSY)
			return 0; /* the next look will see */
		if (r != 0)
			return ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "no memory");
		w->c->arena = a; /* a watch of many days keeps nothing */
		for (size_t i = 0; i < n; i++) {
			w->after = rows[i].event.id;
			if (w->number && !str_eq(w->number, rows[i].number))
				continue;
			if (w->c->json)
				put_object(w, &rows[i], &b);
			else
				put_line(w, &rows[i], &b);
		}
		w->c->arena = whole;
		r = b.n ? ctl_print(&b) : 0;
		if (r != 0)
			return r;
	}
	return 0;
}

/* Until the next look; true: whoever read the output has gone. */
static bool nobody_reads(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO };
	return poll(&p, 1, LOOK_MS) > 0 && (p.revents & (POLLERR | POLLHUP)) != 0;
}

/* A ticket that is watched must be there. */
static int begin(struct watch *w)
{
	struct error err = { 0 };
	int64_t id;
	int r = store_begin(w->c->store, __func__, &err);
	if (r == 0)
		r = store_event_top(w->c->store, &w->after, &err);
	if (r == 0 && w->number)
		r = store_ticket_id(w->c->store, w->number, &id, &err);
	if (r == 0)
		r = ctl_audit(w->c, &err, "watch%s%s", w->number ? " " : "", w->number ? w->number : "");
	if (r == 0)
		r = store_commit(w->c->store, &err);
	store_end(w->c->store);
	if (r == STORE_NOT_FOUND)
		return ctl_fail(CTL_REFUSED, "no ticket %s; sitantectl tickets lists them", w->number);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

int ctl_watch(struct ctl *c)
{
	struct sigaction on_stop = { .sa_handler = stop };
	struct watch w = { .c = c, .term = term_of(STDOUT_FILENO), .number = c->argc == 1 ? ctl_number(c->argv[0]) : NULL };
	uint32_t first = SHOWN_FIRST;
	if (c->argc > 1)
		return ctl_fail(CTL_USAGE, "watch [NUMBER] [--limit N of those before]");
	if (c->limit && num_parse_u32(span_str(c->limit), MOST_FIRST, &first) != 0)
		return ctl_fail(CTL_USAGE, "--limit wants a number up to %d", MOST_FIRST);
	int r = ctl_store(c);
	if (r == 0)
		r = begin(&w);
	if (r != 0)
		return r;
	w.after = w.after > (int64_t)first ? w.after - (int64_t)first : 0;
	(void)sigaction(SIGINT, &on_stop, NULL);
	(void)sigaction(SIGTERM, &on_stop, NULL);
	do
		r = look(&w);
	while (r == 0 && !stopped && !nobody_reads());
	return stopped ? CTL_DONE : r;
}
