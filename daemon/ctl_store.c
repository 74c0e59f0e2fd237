/* sitantectl health, outbox. */
#include "ctl.h"
#include "disk.h"
#include "doorbell.h"
#include "term.h"

#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>

bool ctl_id(const char *s, int64_t *out)
{
	uint64_t v;
	if (num_parse_u64(span_str(s), INT64_MAX, &v) != 0)
		return false;
	*out = (int64_t)v;
	return true;
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
	struct ctl_figures f = { 0 };
	uint64_t free_mib = 0;
	AUTO_BUF daemon = BUF_INIT(64 * 1024);
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = ctl_figures(c, &f, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	const char *directory = c->plan->settings->store.directory;
	bool runs = ctl_daemon_runs(c), low = disk_low(directory, &free_mib);
	if (runs)
		ctl_daemon_says(c, &daemon);
	struct health h = { .c = c, .j = json_open(&b, true), .b = &b };
	if (c->json)
		json_array(&h.j);
	ill(&h, !runs, "daemon", "sitanted does not run");
	ill(&h, runs && status_says(&daemon, "\"connected\": false"), "mailbox", "the IMAP server is not reached");
	ill(&h, runs && !status_says(&daemon, "\"smtp_trouble\": null"), "smtp", "the SMTP server takes no mail");
	ill(&h, runs && status_says(&daemon, "\"store_fault\": true"), "store", "the store cannot be written");
	ill(&h, runs && status_says(&daemon, "\"token_trouble\": \""), "tokens",
	    "no access token is given: sitantectl status says why");
	ill(&h, runs && status_says(&daemon, "\"ending\": \""), "ending",
	    "what the log-in by token needs ends soon: sitantectl status says what");
	ill(&h, low, "disk", "%" PRIu64 " MiB are left", free_mib);
	ill(&h, f.quarantined > 0, "quarantine", "%" PRIu64 " mails wait for a person", f.quarantined);
	ill(&h, f.outbox.lost > 0, "mail", "%" PRIu64 " outgoing mails failed or are uncertain", f.outbox.lost);
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
	bool dropped = row.state == OUTBOX_FAILED && str_eq(row.last_text, OFFICE_DROPPED);
	if (row.state == OUTBOX_SENT || (retry && row.content.n == 0) || (dropped && !retry))
		return CHANGE_BARRED;
	if (!retry)
		r = office_drop(c->store, &c->plan->office, &(struct office_ports){ .note = ctl_say_note }, &row,
				arena_printf(c->arena, "operator %s", ctl_operator(c)), clock_wall(), c->arena, err);
	else if (row.state == OUTBOX_HELD)
		r = store_outbox_release(c->store, id, clock_wall(), err);
	else
		r = store_outbox_set(c->store, id, OUTBOX_QUEUED, row.tries, clock_wall(), row.last_code, row.last_text,
				     clock_wall(), err);
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
				r == CHANGE_BARRED ? "mail %s is sent or dropped, or its text is kept no more"
						   : "no outgoing mail %s; sitantectl outbox lists them",
				text);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	doorbell_ring(c->plan->settings->store.directory);
	return ctl_done(c);
}

static void outbox_json(struct ctl *c, const struct outbox_row *rows, size_t n, struct buf *b)
{
	struct json j = json_open(b, true);
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_row *o = &rows[i];
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
		json_kv_str(&j, "last_error", ctl_masked(c, o->last_text));
		json_object_end(&j);
	}
	json_array_end(&j);
	buf_add_char(b, '\n');
}

static int outbox_table(struct ctl *c, const struct outbox_row *rows, size_t n, struct buf *b)
{
	static const struct table_column columns[] = { { "ID", 0 },    { "STATE", 0 },    { "KIND", 6 },   { "TO", 12 },
						       { "TRIES", 0 }, { "NEXT TRY", 0 }, { "ANSWER", 10 } };
	struct term term = term_of(1);
	struct table *t = table_open(c->arena, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; t && i < n; i++) {
		const struct outbox_row *o = &rows[i];
		bool lost = o->state == OUTBOX_FAILED || o->next_at.ms >= INT64_MAX / 4;
		table_cell(t, TONE_PLAIN, arena_printf(c->arena, "%lld", (long long)o->id));
		table_cell(t, lost ? TONE_BAD : o->state == OUTBOX_HELD ? TONE_WARN : TONE_PLAIN, outbox_state_word(o->state));
		table_cell(t, TONE_PLAIN, letter_message_kind(o->kind));
		table_cell(t, TONE_PLAIN, o->to_address);
		table_cell(t, TONE_PLAIN, arena_printf(c->arena, "%u", o->tries));
		table_cell(t, TONE_PLAIN, lost || o->state == OUTBOX_HELD ? NULL : ctl_local(c, o->next_at));
		table_cell(t, TONE_PLAIN, ctl_masked(c, o->last_text));
	}
	if (!t)
		return ctl_fail(CTL_REFUSED, "no memory");
	table_put(t, &term, b);
	buf_add_str(b, n ? "" : "nothing waits\n");
	return 0;
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
	if (c->json)
		outbox_json(c, rows, n, &b);
	else
		r = outbox_table(c, rows, n, &b);
	return r == 0 ? ctl_print(&b) : r;
}
