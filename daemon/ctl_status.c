/* sitantectl status: how it goes, on one screen. */
#include "ctl.h"
#include "disk.h"
#include "term.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { DAY_MS = 24 * 3600 * 1000 };

bool ctl_daemon_runs(struct ctl *c)
{
	char path[4200];
	(void)snprintf(path, sizeof(path), "%s/lock", c->plan->settings->store.directory);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool free_lock = flock(fd, LOCK_SH | LOCK_NB) == 0;
	(void)close(fd);
	return !free_lock;
}

void ctl_daemon_says(struct ctl *c, struct buf *out)
{
	char path[4200], piece[4096];
	ssize_t n;
	(void)snprintf(path, sizeof(path), "%s/status.json", c->plan->settings->store.directory);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
}

int ctl_figures(struct ctl *c, struct ctl_figures *f, struct error *err)
{
	struct ticket_filter oldest = { .open_only = true, .oldest_first = true, .limit = 1 };
	struct instant tomorrow = { clock_wall().ms + DAY_MS };
	struct ticket **list = NULL;
	size_t n = 0;
	*f = (struct ctl_figures){ 0 };
	int r = store_begin(c->store, __func__, err);
	if (r == 0)
		r = store_ledger_counts(c->store, &f->stored, &f->unmoved, &f->quarantined, err);
	if (r == 0)
		r = store_ticket_counts(c->store, f->states, err);
	if (r == 0)
		r = store_outbox_counts(c->store, &f->outbox, err);
	if (r == 0)
		r = store_ticket_list(c->store, &oldest, c->arena, &list, &n, err);
	if (r == 0)
		r = store_ticket_due_count(c->store, tomorrow, &f->due, err);
	f->oldest = r == 0 && n > 0 ? list[0] : NULL;
	if (r == 0)
		r = store_ticket_due_next(c->store, &f->next_due, err);
	f->any_due = r == 0;
	store_end(c->store);
	return r == STORE_NOT_FOUND ? 0 : r;
}

struct view {
	struct ctl *c;
	struct term term;
	struct buf *b;
	struct span told; /* status.json, a line a key, by our own writer */
	bool runs;
};

/* A value of the daemon's own word; NULL: null, or it says nothing of it. */
static const char *value(struct view *v, const char *key)
{
	struct span rest = v->told, line;
	const char *wanted = arena_printf(v->c->arena, "\"%s\": ", key);
	while (wanted && span_next_line(&rest, &line)) {
		line = span_trim(line);
		if (!span_starts_nocase(line, wanted))
			continue;
		line = span_of(line.p + strlen(wanted), line.n - strlen(wanted));
		if (line.n > 0 && line.p[line.n - 1] == ',')
			line.n--;
		if (line.n >= 2 && line.p[0] == '"')
			line = span_of(line.p + 1, line.n - 2);
		return span_eq_nocase(line, span_str("null")) ? NULL : arena_strndup(v->c->arena, line.p, line.n);
	}
	return NULL;
}

/* "2026-01-05 09:12, 3 h ago". */
static const char *when(struct view *v, const char *iso)
{
	struct instant t;
	if (!iso || instant_parse_iso(span_str(iso), &t) != 0)
		return "never";
	return arena_printf(v->c->arena, "%s, %s ago", ctl_local(v->c, t),
			    term_span(v->c->arena, (struct duration){ clock_wall().ms - t.ms }));
}

static void put(struct view *v, const char *key, enum tone tone, const char *text)
{
	buf_addf(v->b, "%-12s ", key);
	term_say(v->b, &v->term, tone, text ? text : "?");
	buf_add_char(v->b, '\n');
}

static void put_daemon(struct view *v)
{
	struct arena *a = v->c->arena;
	const char *trouble = value(v, "mailbox_trouble"), *smtp = value(v, "smtp_trouble");
	bool connected = str_eq(value(v, "connected"), "true");
	if (!v->runs) {
		put(v, "sitanted", TONE_BAD, "does not run; systemctl start sitanted, or journalctl -u sitanted for why");
		put(v, "version", TONE_PLAIN, SITANTE_VERSION);
		return;
	}
	put(v, "sitanted", TONE_GOOD, arena_printf(a, "runs since %s", when(v, value(v, "started_at"))));
	const char *version = value(v, "version");
	put(v, "version", str_eq(version, SITANTE_VERSION) ? TONE_PLAIN : TONE_WARN,
	    str_eq(version, SITANTE_VERSION)
		    ? SITANTE_VERSION
		    : arena_printf(a, "%s; this tool is %s: restart sitanted", version ? version : "unknown", SITANTE_VERSION));
	if (connected)
		put(v, "mailbox", TONE_GOOD, arena_printf(a, "connected since %s", when(v, value(v, "connected_since"))));
	else
		put(v, "mailbox", TONE_BAD, arena_printf(a, "not connected%s%s", trouble ? ": " : "", trouble ? trouble : ""));
	put(v, "last cycle", TONE_PLAIN, when(v, value(v, "last_poll")));
	put(v, "smtp", smtp ? TONE_BAD : TONE_GOOD, smtp ? smtp : "takes mail");
	if (value(v, "token_trouble"))
		put(v, "tokens", TONE_BAD, value(v, "token_trouble"));
	if (value(v, "ending"))
		put(v, "ending", TONE_WARN, value(v, "ending"));
	if (str_eq(value(v, "store_fault"), "true"))
		put(v, "store", TONE_BAD, "cannot be written; see journalctl -u sitanted");
	if (str_eq(value(v, "no_room"), "true"))
		put(v, "intake", TONE_BAD, "stands: mail stays on the server until the disk has room");
}

static void put_tickets(struct view *v, const struct ctl_figures *f)
{
	AUTO_BUF open = BUF_INIT(1000), ended = BUF_INIT(1000);
	for (int i = 0; i < N_TICKET_STATES; i++) {
		struct buf *b = i < TICKET_CLOSED ? &open : &ended;
		buf_addf(b, "%s%" PRIu64 " %s", b->n ? ", " : "", f->states[i], ticket_state_word((enum ticket_state)i));
	}
	put(v, "open", TONE_PLAIN, buf_cstr(&open));
	put(v, "ended", TONE_PLAIN, buf_cstr(&ended));
	put(v, "oldest open", TONE_PLAIN,
	    f->oldest ? arena_printf(v->c->arena, "%s, %s, since %s", f->oldest->number, ticket_state_word(f->oldest->state),
				     when(v, ctl_time(v->c, f->oldest->opened_at)))
		      : "none");
}

static void put_screen(struct view *v, const struct ctl_figures *f, bool low, uint64_t free_mib)
{
	struct arena *a = v->c->arena;
	bool wrong = f->quarantined > 0 || f->outbox.lost > 0 || f->outbox.held > 0;
	put_daemon(v);
	put(v, "queues", wrong ? TONE_WARN : TONE_PLAIN,
	    arena_printf(a,
			 "%" PRIu64 " unread, %" PRIu64 " to move, %" PRIu64 " to send, %" PRIu64 " held, %" PRIu64
			 " failed, %" PRIu64 " in quarantine",
			 f->stored, f->unmoved, f->outbox.waiting, f->outbox.held, f->outbox.lost, f->quarantined));
	put_tickets(v, f);
	put(v, "reminders", TONE_PLAIN,
	    f->any_due ? arena_printf(a, "%" PRIu64 " due within a day; the next %s", f->due, ctl_local(v->c, f->next_due))
		       : "none due");
	put(v, "disk", low ? TONE_BAD : TONE_PLAIN,
	    arena_printf(a, "%" PRIu64 " MiB are left%s", free_mib, low ? ": make room, or intake stops" : ""));
}

static void put_json(struct view *v, const struct ctl_figures *f, uint64_t free_mib)
{
	struct json j = json_open(v->b, false);
	json_object(&j);
	json_kv_bool(&j, "running", v->runs);
	json_kv_str(&j, "version", SITANTE_VERSION);
	json_key(&j, "daemon");
	if (v->told.n > 0) { /* our own writer's JSON, as it is */
		buf_add_span(v->b, v->told);
		j.need_comma = true;
		j.after_key = false;
	} else {
		json_null(&j);
	}
	json_key(&j, "queues");
	json_object(&j);
	json_kv_int(&j, "unread", (int64_t)f->stored);
	json_kv_int(&j, "unmoved", (int64_t)f->unmoved);
	json_kv_int(&j, "quarantined", (int64_t)f->quarantined);
	json_kv_int(&j, "outbox", (int64_t)f->outbox.waiting);
	json_kv_int(&j, "held", (int64_t)f->outbox.held);
	json_kv_int(&j, "failed", (int64_t)f->outbox.lost);
	json_object_end(&j);
	json_key(&j, "tickets");
	json_object(&j);
	for (int i = 0; i < N_TICKET_STATES; i++)
		json_kv_int(&j, ticket_state_word((enum ticket_state)i), (int64_t)f->states[i]);
	json_object_end(&j);
	json_kv_str(&j, "oldest_open", f->oldest ? ctl_time(v->c, f->oldest->opened_at) : NULL);
	json_kv_str(&j, "oldest_open_number", f->oldest ? f->oldest->number : NULL);
	json_kv_int(&j, "due_within_day", (int64_t)f->due);
	json_kv_str(&j, "next_due", f->any_due ? ctl_time(v->c, f->next_due) : NULL);
	json_kv_int(&j, "disk_free_mib", (int64_t)free_mib);
	json_object_end(&j);
	buf_add_char(v->b, '\n');
}

int ctl_status(struct ctl *c)
{
	struct error err = { 0 };
	struct ctl_figures f;
	uint64_t free_mib = 0;
	AUTO_BUF says = BUF_INIT(64 * 1024);
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE, "status wants no further word; one ticket: sitantectl show NUMBER");
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = ctl_figures(c, &f, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	struct view v = { .c = c, .term = term_of(1), .b = &b, .runs = ctl_daemon_runs(c) };
	if (v.runs)
		ctl_daemon_says(c, &says);
	v.told = span_trim(buf_span(&says));
	bool low = disk_low(c->plan->settings->store.directory, &free_mib);
	if (c->json)
		put_json(&v, &f, free_mib);
	else
		put_screen(&v, &f, low, free_mib);
	return ctl_print(&b);
}
