/* sitantectl quarantine: mails that wait for a person. */
#include "ctl.h"
#include "doorbell.h"
#include "term.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { HEAD_SHOWN = 4096 };

enum again { AGAIN_READ, AGAIN_LET_GO };

/* Back to be read.  AGAIN_LET_GO, and every held one (M29): marked, or what kept it back would do so again. */
static int handle_again(struct ctl *c, const struct ledger_row *row, enum again how, struct error *err)
{
	bool mark = how == AGAIN_LET_GO || row->disposition == DISPOSITION_HELD;
	int r = 0;
	if (!row->has_disposition || !disposition_is_kept_back(row->disposition) || !row->has_raw)
		return STORE_NOT_FOUND;
	if (mark)
		r = store_fact_set(c->store, arena_printf(c->arena, STORE_FACT_RELEASED ":%lld", (long long)row->id), "yes", err);
	if (r == 0)
		r = store_ledger_reset(c->store, row->id, err);
	return r == 0 ? ctl_audit(c, err, "quarantine %s %lld", how == AGAIN_LET_GO ? "release" : "retry", (long long)row->id)
		      : r;
}

static int all_held(struct ctl *c, enum again how, struct error *err)
{
	struct ledger_row *rows = NULL;
	size_t n = 0;
	int r = store_quarantine_list(c->store, c->arena, &rows, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (rows[i].disposition == DISPOSITION_HELD)
			r = handle_again(c, &rows[i], how, err);
	return r;
}

static int quarantine_again(struct ctl *c, enum again how, const char *text)
{
	struct error err = { 0 };
	struct ledger_row row;
	int64_t id = 0;
	bool all = str_eq(text, "held");
	if (!all && !ctl_id(text, &id))
		return ctl_fail(CTL_USAGE, "%s is no quarantine ID", text);
	int r = store_begin(c->store, __func__, &err);
	if (r == 0 && all)
		r = all_held(c, how, &err);
	if (r == 0 && !all)
		r = store_ledger_get(c->store, id, c->arena, &row, &err);
	if (r == 0 && !all)
		r = handle_again(c, &row, how, &err);
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r == STORE_NOT_FOUND)
		return ctl_fail(CTL_REFUSED, "no mail %s in quarantine whose text is kept; sitantectl quarantine lists them",
				text);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	doorbell_ring(c->plan->settings->store.directory);
	return ctl_done(c);
}

/* --- show --------------------------------------------------------------------------------------- */

/* The first lines as they came: this mail is not read by any parser. */
static void head_of(struct ctl *c, const struct ledger_row *row, struct buf *out)
{
	static unsigned char piece[HEAD_SHOWN];
	struct error err = { 0 };
	int fd = row->has_raw ? store_raw_open(c->store, row->uidvalidity, row->uid, &err) : -1;
	ssize_t n = fd >= 0 ? pread(fd, piece, sizeof(piece), 0) : 0;
	struct span rest = span_of(piece, n > 0 ? (size_t)n : 0), line;
	while (span_next_line(&rest, &line) && line.n > 0) {
		text_escape(out, line, 500);
		buf_add_char(out, '\n');
	}
	if (fd >= 0)
		(void)close(fd);
}

static void show_json(struct ctl *c, const struct ledger_row *row, const struct buf *head, struct buf *b)
{
	char hex[DIGEST_HEX_SIZE];
	digest_hex(&row->sha256, hex);
	struct json j = json_open(b, true);
	json_object(&j);
	json_kv_int(&j, "id", row->id);
	json_kv_int(&j, "uidvalidity", row->uidvalidity);
	json_kv_int(&j, "uid", row->uid);
	json_kv_int(&j, "size", (int64_t)row->size);
	json_kv_str(&j, "at", ctl_time(c, row->internaldate));
	json_kv_str(&j, "state", disposition_word(row->disposition));
	json_kv_str(&j, "reason", row->reason);
	json_kv_int(&j, "reader_deaths", row->reader_deaths);
	json_kv_str(&j, "sha256", row->has_raw ? hex : NULL);
	json_kv_str(&j, "head", buf_cstr(head));
	json_object_end(&j);
	buf_add_char(b, '\n');
}

static int quarantine_show(struct ctl *c, const char *text)
{
	struct error err = { 0 };
	struct ledger_row row;
	int64_t id;
	AUTO_BUF head = BUF_INIT(64 * 1024);
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	if (!ctl_id(text, &id))
		return ctl_fail(CTL_USAGE, "%s is no quarantine ID", text);
	int r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_ledger_get(c->store, id, c->arena, &row, &err);
	if (r == 0 && !(row.has_disposition && disposition_is_kept_back(row.disposition)))
		r = STORE_NOT_FOUND;
	if (r == 0)
		r = ctl_audit(c, &err, "quarantine show %lld", (long long)id);
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r != 0)
		return r == STORE_NOT_FOUND ? ctl_fail(CTL_REFUSED, "no mail %s in quarantine", text)
					    : ctl_fail(CTL_REFUSED, "%s", err.text);
	head_of(c, &row, &head);
	if (c->json) {
		show_json(c, &row, &head, &b);
		return ctl_print(&b);
	}
	buf_addf(&b, "mail %lld, %s: ", (long long)row.id, disposition_word(row.disposition));
	text_escape(&b, span_str(row.reason), 200);
	buf_addf(&b, "\nuid %u of %u, %" PRIu64 " bytes, %s, the reader died %u times\n\n", row.uid, row.uidvalidity, row.size,
		 ctl_time(c, row.internaldate), row.reader_deaths);
	buf_add_span(&b, buf_span(&head));
	return ctl_print(&b);
}

static void list_json(struct ctl *c, const struct ledger_row *rows, size_t n, struct buf *b)
{
	struct json j = json_open(b, true);
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		json_kv_int(&j, "id", rows[i].id);
		json_kv_int(&j, "uidvalidity", rows[i].uidvalidity);
		json_kv_int(&j, "uid", rows[i].uid);
		json_kv_int(&j, "size", (int64_t)rows[i].size);
		json_kv_str(&j, "at", ctl_time(c, rows[i].internaldate));
		json_kv_str(&j, "state", disposition_word(rows[i].disposition));
		json_kv_str(&j, "reason", rows[i].reason ? rows[i].reason : disposition_word(rows[i].disposition));
		json_object_end(&j);
	}
	json_array_end(&j);
	buf_add_char(b, '\n');
}

static int list_table(struct ctl *c, const struct ledger_row *rows, size_t n, struct buf *b)
{
	static const struct table_column columns[] = { { "ID", 0 },   { "STATE", 0 }, { "CAME", 0 },
						       { "WHY", 12 }, { "BYTES", 0 }, { "UID", 0 } };
	struct term term = term_of(1);
	struct table *t = table_open(c->arena, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; t && i < n; i++) {
		table_cell(t, TONE_PLAIN, arena_printf(c->arena, "%lld", (long long)rows[i].id));
		table_cell(t, TONE_WARN, disposition_word(rows[i].disposition));
		table_cell(t, TONE_PLAIN, ctl_local(c, rows[i].internaldate));
		table_cell(t, TONE_PLAIN, rows[i].reason);
		table_cell(t, TONE_PLAIN, arena_printf(c->arena, "%" PRIu64, rows[i].size));
		table_cell(t, TONE_PLAIN, arena_printf(c->arena, "%u of %u", rows[i].uid, rows[i].uidvalidity));
	}
	if (!t)
		return ctl_fail(CTL_REFUSED, "no memory");
	table_put(t, &term, b);
	buf_add_str(b, n ? "" : "nothing in quarantine\n");
	return 0;
}

static int quarantine_list(struct ctl *c)
{
	struct error err = { 0 };
	struct ledger_row *rows = NULL;
	size_t n = 0;
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	int r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_quarantine_list(c->store, c->arena, &rows, &n, &err);
	store_end(c->store);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	if (c->json)
		list_json(c, rows, n, &b);
	else
		r = list_table(c, rows, n, &b);
	return r == 0 ? ctl_print(&b) : r;
}

int ctl_quarantine(struct ctl *c)
{
	int r = ctl_store(c);
	if (r != 0)
		return r;
	if (c->argc == 0)
		return quarantine_list(c);
	if (c->argc == 2 && str_eq(c->argv[0], "show"))
		return quarantine_show(c, c->argv[1]);
	if (c->argc == 2 && str_eq(c->argv[0], "retry"))
		return quarantine_again(c, AGAIN_READ, c->argv[1]);
	if (c->argc == 2 && str_eq(c->argv[0], "release"))
		return quarantine_again(c, AGAIN_LET_GO, c->argv[1]);
	return ctl_fail(CTL_USAGE, "quarantine [show ID | retry ID|held | release ID|held]");
}
