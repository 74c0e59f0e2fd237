/* sitantectl status, health, outbox. */
#include "ctl.h"
#include "disk.h"
#include "doorbell.h"

#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

bool ctl_id(const char *s, int64_t *out)
{
	uint64_t v;
	if (num_parse_u64(span_str(s), INT64_MAX, &v) != 0)
		return false;
	*out = (int64_t)v;
	return true;
}

/* --- status -------------------------------------------------------------------------------------- */

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

static void read_status(const char *directory, struct buf *out)
{
	char path[4200], piece[4096];
	ssize_t n;
	(void)snprintf(path, sizeof(path), "%s/status.json", directory);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
}

struct figures {
	uint64_t stored, unmoved, quarantined, states[N_TICKET_STATES];
	size_t outbox, held; /* unfinished; over a cap */
	struct instant oldest;
	bool any_open;
};

static int figures_load(struct ctl *c, struct figures *f, struct error *err)
{
	struct outbox_row *rows = NULL;
	size_t n = 0;
	int r = store_begin(c->store, __func__, err);
	if (r == 0)
		r = store_ledger_counts(c->store, &f->stored, &f->unmoved, &f->quarantined, err);
	if (r == 0)
		r = store_ticket_counts(c->store, f->states, &f->oldest, &f->any_open, err);
	if (r == 0)
		r = store_outbox_list(c->store, true, c->arena, &rows, &n, err);
	store_end(c->store);
	for (size_t i = 0; r == 0 && i < n; i++)
		f->held += rows[i].state == OUTBOX_HELD;
	f->outbox = n - f->held;
	return r;
}

int ctl_status(struct ctl *c)
{
	struct error err = { 0 };
	struct figures f = { 0 };
	AUTO_BUF daemon = BUF_INIT(64 * 1024);
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = figures_load(c, &f, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	const char *directory = c->plan->settings->store.directory;
	bool runs = ctl_daemon_runs(c);
	if (runs)
		read_status(directory, &daemon);
	struct span told = span_trim(buf_span(&daemon));
	if (c->json) {
		struct json j = json_open(&b, false);
		json_object(&j);
		json_kv_bool(&j, "running", runs);
		json_key(&j, "daemon");
		if (told.n > 0) { /* our own writer's JSON, as it is */
			buf_add_span(&b, told);
			j.need_comma = true;
			j.after_key = false;
		} else {
			json_null(&j);
		}
		json_key(&j, "queues");
		json_object(&j);
		json_kv_int(&j, "unread", (int64_t)f.stored);
		json_kv_int(&j, "unmoved", (int64_t)f.unmoved);
		json_kv_int(&j, "quarantined", (int64_t)f.quarantined);
		json_kv_int(&j, "outbox", (int64_t)f.outbox);
		json_kv_int(&j, "held", (int64_t)f.held);
		json_object_end(&j);
		json_key(&j, "tickets");
		json_object(&j);
		for (int i = 0; i < N_TICKET_STATES; i++)
			json_kv_int(&j, ticket_state_word((enum ticket_state)i), (int64_t)f.states[i]);
		json_object_end(&j);
		json_kv_str(&j, "oldest_open", f.any_open ? ctl_time(c, f.oldest) : NULL);
		json_object_end(&j);
		buf_add_char(&b, '\n');
		return ctl_print(&b);
	}
	buf_addf(&b, "daemon       %s\n", runs ? "running" : "not running");
	struct span rest = told, line;
	while (span_next_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n > 2)
			buf_addf(&b, "  %.*s\n", (int)(line.p[line.n - 1] == ',' ? line.n - 1 : line.n), (const char *)line.p);
	}
	buf_addf(&b, "queues       %" PRIu64 " unread, %" PRIu64 " to move, %zu to send, %zu held, %" PRIu64 " in quarantine\n",
		 f.stored, f.unmoved, f.outbox, f.held, f.quarantined);
	buf_add_str(&b, "tickets      ");
	for (int i = 0; i < N_TICKET_STATES; i++)
		buf_addf(&b, "%s%" PRIu64 " %s", i ? ", " : "", f.states[i], ticket_state_word((enum ticket_state)i));
	buf_addf(&b, "\noldest open  %s\n", f.any_open ? ctl_time(c, f.oldest) : "none");
	return ctl_print(&b);
}

/* A server's words may quote our mail. */
static const char *server_words(struct ctl *c, const char *text)
{
	AUTO_BUF b = BUF_INIT(64 * 1024);
	if (!text)
		return NULL;
	text_mask_numbers(&b, span_str(text));
	return arena_strdup(c->arena, buf_cstr(&b));
}

/* --- health ---------------------------------------------------------------------------------------- */

struct health { /* of monitors: what needs a person */
	struct ctl *c;
	struct json j;
	struct buf *b;
	size_t n;
};

static void ill(struct health *h, bool wrong, const char *what, const char *fmt, ...) PRINTF_LIKE(4, 5);
static void ill(struct health *h, bool wrong, const char *what, const char *fmt, ...)
{
	char text[300];
	va_list args;
	if (!wrong)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	h->n++;
	if (h->c->json) {
		json_object(&h->j);
		json_kv_str(&h->j, "what", what);
		json_kv_str(&h->j, "text", text);
		json_object_end(&h->j);
	} else {
		buf_addf(h->b, "%-11s %s\n", what, text);
	}
}

/* "key": true in the daemon's own status file, whose writer is ours. */
static bool status_says(const struct buf *status, const char *words)
{
	return span_find_nocase(buf_span(status), 0, words) < status->n;
}

int ctl_health(struct ctl *c)
{
	struct error err = { 0 };
	struct figures f = { 0 };
	struct outbox_row *rows = NULL;
	size_t n = 0, lost = 0;
	uint64_t free_mib = 0;
	AUTO_BUF daemon = BUF_INIT(64 * 1024);
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = figures_load(c, &f, &err);
	if (r == 0)
		r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_outbox_list(c->store, true, c->arena, &rows, &n, &err);
	store_end(c->store);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	for (size_t i = 0; i < n; i++)
		lost += rows[i].state == OUTBOX_FAILED ||
			(rows[i].state == OUTBOX_UNCERTAIN && rows[i].next_at.ms > INT64_MAX / 4);
	const char *directory = c->plan->settings->store.directory;
	bool runs = ctl_daemon_runs(c), low = disk_low(directory, &free_mib);
	if (runs)
		read_status(directory, &daemon);
	struct health h = { .c = c, .j = json_open(&b, true), .b = &b };
	if (c->json)
		json_array(&h.j);
	ill(&h, !runs, "daemon", "sitanted does not run");
	ill(&h, runs && status_says(&daemon, "\"connected\": false"), "mailbox", "the IMAP server is not reached");
	ill(&h, runs && !status_says(&daemon, "\"smtp_trouble\": null"), "smtp", "the SMTP server takes no mail");
	ill(&h, runs && status_says(&daemon, "\"store_fault\": true"), "store", "the store cannot be written");
	ill(&h, low, "disk", "%" PRIu64 " MiB are left", free_mib);
	ill(&h, f.quarantined > 0, "quarantine", "%" PRIu64 " mails wait for a person", f.quarantined);
	ill(&h, lost > 0, "mail", "%zu outgoing mails failed or are uncertain", lost);
	if (c->json)
		json_array_end(&h.j);
	buf_add_str(&b, c->json ? "\n" : h.n ? "" : "all is well\n");
	r = ctl_print(&b);
	return h.n > 0 ? CTL_REFUSED : r;
}

/* --- outbox ------------------------------------------------------------------------------------------ */

/* One mail; inside a unit of work.  0; STORE_NOT_FOUND; CHANGE_BARRED; -errno. */
enum { CHANGE_BARRED = 100 };

static int outbox_change(struct ctl *c, bool retry, int64_t id, struct error *err)
{
	struct outbox_row row;
	int r = store_outbox_get(c->store, id, true, c->arena, &row, err);
	if (r != 0)
		return r;
	if (row.state == OUTBOX_SENT || (retry && row.content.n == 0))
		return CHANGE_BARRED;
	if (retry && row.state == OUTBOX_HELD)
		r = store_outbox_release(c->store, id, clock_wall(), err);
	else
		r = store_outbox_set(c->store, id, retry ? OUTBOX_QUEUED : OUTBOX_FAILED, row.tries, clock_wall(), row.last_code,
				     retry ? row.last_text : "dropped by the operator", clock_wall(), err);
	return r == 0 ? ctl_audit(c, err, "outbox %s %lld", retry ? "retry" : "drop", (long long)id) : r;
}

/* ID, or "held" for all of those. */
static int outbox_changes(struct ctl *c, bool retry, const char *text)
{
	struct error err = { 0 };
	struct outbox_row *rows = NULL;
	size_t n = 0;
	int64_t id = 0;
	bool all = str_eq(text, "held");
	if (!all && !ctl_id(text, &id))
		return ctl_fail(CTL_USAGE, "%s is no outbox ID", text);
	int r = store_begin(c->store, __func__, &err);
	if (r == 0 && all)
		r = store_outbox_list(c->store, true, c->arena, &rows, &n, &err);
	if (r == 0 && !all)
		r = outbox_change(c, retry, id, &err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (rows[i].state == OUTBOX_HELD)
			r = outbox_change(c, retry, rows[i].id, &err);
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r == STORE_NOT_FOUND || r == CHANGE_BARRED)
		return ctl_fail(CTL_REFUSED,
				r == CHANGE_BARRED ? "mail %s is sent, or its text is kept no more" : "no outgoing mail %s",
				text);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	doorbell_ring(c->plan->settings->store.directory);
	return CTL_DONE;
}

int ctl_outbox(struct ctl *c)
{
	struct error err = { 0 };
	struct outbox_row *rows = NULL;
	size_t n = 0;
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	if (c->argc == 2 && (str_eq(c->argv[0], "retry") || str_eq(c->argv[0], "drop")))
		return outbox_changes(c, str_eq(c->argv[0], "retry"), c->argv[1]);
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE, "outbox [retry ID|held | drop ID|held]");
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_outbox_list(c->store, true, c->arena, &rows, &n, &err);
	store_end(c->store);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	struct json j = json_open(&b, true);
	if (c->json)
		json_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_row *o = &rows[i];
		if (!c->json) {
			buf_addf(&b, "%-6lld %-9s %-16s ", (long long)o->id, outbox_state_word(o->state),
				 letter_message_kind(o->kind));
			text_escape(&b, span_str(o->to_address), 300);
			buf_addf(&b, ", %u tries, next %s  ", o->tries, ctl_time(c, o->next_at));
			text_escape(&b, span_str(server_words(c, o->last_text)), 200);
			buf_add_char(&b, '\n');
			continue;
		}
		json_object(&j);
		json_kv_int(&j, "id", o->id);
		json_kv_str(&j, "kind", letter_message_kind(o->kind));
		json_kv_str(&j, "to", o->to_address);
		json_kv_str(&j, "subject", o->subject);
		json_kv_str(&j, "message_id", o->message_id);
		json_kv_str(&j, "state", outbox_state_word(o->state));
		json_kv_int(&j, "tries", o->tries);
		json_kv_str(&j, "queued_at", ctl_time(c, o->queued_at));
		json_kv_str(&j, "next_at", o->next_at.ms < INT64_MAX / 4 ? ctl_time(c, o->next_at) : NULL);
		json_kv_int(&j, "last_code", o->last_code);
		json_kv_str(&j, "last_error", server_words(c, o->last_text));
		json_object_end(&j);
	}
	if (c->json)
		json_array_end(&j);
	buf_add_str(&b, c->json ? "\n" : n ? "" : "nothing waits\n");
	return ctl_print(&b);
}
