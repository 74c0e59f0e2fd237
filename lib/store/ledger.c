#include "store/store_private.h"

#include <errno.h>
#include <string.h>

#define LEDGER_COLUMNS                                                                                                           \
	"id, uidvalidity, uid, size, internaldate, sha256, state, reader_deaths, disposition, reason, ticket_id, has_raw, "      \
	"moved, handled_at, entered_by"

static void row_read(sqlite3_stmt *q, struct arena *a, struct ledger_row *out)
{
	const char *word = (const char *)sqlite3_column_text(q, 8);
	*out = (struct ledger_row){ .id = column_int(q, 0),
				    .uidvalidity = (uint32_t)column_int(q, 1),
				    .uid = (uint32_t)column_int(q, 2),
				    .size = (uint64_t)column_int(q, 3),
				    .internaldate = { column_int(q, 4) },
				    .state = (enum ledger_state)column_int(q, 6),
				    .reader_deaths = (uint32_t)column_int(q, 7),
				    .ticket_id = column_int(q, 10),
				    .has_raw = column_int(q, 11) != 0,
				    .moved = column_int(q, 12) != 0,
				    .handled_at = { column_int(q, 13) } };
	column_digest(q, 5, &out->sha256);
	out->has_disposition = word && disposition_from_word(word, &out->disposition) == 0;
	out->reason = a ? column_text(q, 9, a) : NULL;
	out->is_entered = sqlite3_column_type(q, 14) != SQLITE_NULL;
	out->entered_by = a ? column_text(q, 14, a) : NULL;
}

int store_ledger_add(struct store *s, const struct ledger_row *row, int64_t *out_id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT id FROM ledger WHERE uidvalidity = ? AND uid = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, row->uidvalidity);
	bind_int(q, 2, row->uid);
	int r = stmt_step(s, q, err);
	if (r != 0) {
		if (r > 0) {
			*out_id = column_int(q, 0);
			stmt_end(q);
		}
		return r < 0 ? r : STORE_EXISTS;
	}
	q = stmt_get(s,
		     "INSERT INTO ledger (uidvalidity, uid, size, internaldate, sha256, state, disposition, reason, has_raw, "
		     "moved, handled_at, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		     err);
	if (!q)
		return err->code;
	bind_int(q, 1, row->uidvalidity);
	bind_int(q, 2, row->uid);
	bind_int(q, 3, (int64_t)row->size);
	bind_int(q, 4, row->internaldate.ms);
	bind_blob(q, 5, row->sha256.b, DIGEST_SIZE);
	bind_int(q, 6, row->state);
	bind_text(q, 7, row->has_disposition ? disposition_word(row->disposition) : NULL);
	bind_text(q, 8, row->reason);
	bind_int(q, 9, row->has_raw);
	bind_int(q, 10, row->moved || (row->has_disposition && row->disposition == DISPOSITION_BASELINE));
	bind_int(q, 11, row->handled_at.ms);
	bind_text(q, 12, row->entered_by);
	r = stmt_run(s, q, err);
	if (r == 0)
		*out_id = sqlite3_last_insert_rowid(s->db);
	return r;
}

int store_ledger_unknown(struct store *s, uint32_t uidvalidity, uint32_t *uids, size_t *n, struct error *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM ledger WHERE uidvalidity = ? AND uid = ?", err);
		if (!q)
			return err->code;
		bind_int(q, 1, uidvalidity);
		bind_int(q, 2, uids[i]);
		int r = stmt_step(s, q, err);
		if (r < 0)
			return r;
		if (r == 0)
			uids[kept++] = uids[i];
		else
			stmt_end(q);
	}
	*n = kept;
	return 0;
}

static int one_row(struct store *s, sqlite3_stmt *q, struct arena *a, struct ledger_row *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	row_read(q, a, out);
	r = stmt_taken(s, q, err);
	return r == 0 && a && arena_status(a) != 0 ? error_set(err, -ENOMEM, "no memory") : r;
}

int store_ledger_get(struct store *s, int64_t id, struct arena *a, struct ledger_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT " LEDGER_COLUMNS " FROM ledger WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	return one_row(s, q, a, out, err);
}

int store_ledger_next(struct store *s, int64_t after, struct arena *a, struct ledger_row *out, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "SELECT " LEDGER_COLUMNS " FROM ledger WHERE state = 0 AND id > ? ORDER BY id LIMIT 1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, after);
	return one_row(s, q, a, out, err);
}

int store_ledger_after(struct store *s, int64_t after, struct arena *a, struct ledger_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT " LEDGER_COLUMNS " FROM ledger WHERE id > ? ORDER BY id LIMIT 1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, after);
	return one_row(s, q, a, out, err);
}

int store_ledger_death(struct store *s, int64_t id, uint32_t *out_deaths, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "UPDATE ledger SET reader_deaths = reader_deaths + 1 WHERE id = ? RETURNING reader_deaths", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out_deaths = (uint32_t)column_int(q, 0);
	return stmt_run(s, q, err);
}

int store_ledger_done(struct store *s, int64_t id, enum disposition d, const char *reason, int64_t ticket_id, struct instant now,
		      struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "UPDATE ledger SET state = 1, disposition = ?, reason = ?, ticket_id = ?, handled_at = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, disposition_word(d));
	bind_text(q, 2, reason);
	if (ticket_id)
		bind_int(q, 3, ticket_id);
	bind_int(q, 4, now.ms);
	bind_int(q, 5, id);
	return stmt_run(s, q, err);
}

int store_ledger_reset(struct store *s, int64_t id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "UPDATE ledger SET state = 0, reader_deaths = 0, disposition = NULL, reason = NULL "
				   "WHERE id = ? AND has_raw = 1",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_run(s, q, err);
	return r < 0 ? r : sqlite3_changes(s->db) == 1 ? 0 : STORE_NOT_FOUND;
}

int store_ledger_guesses(struct store *s, int64_t id, uint32_t n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ledger SET wrong_tokens = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, n);
	bind_int(q, 2, id);
	return stmt_run(s, q, err);
}

int store_guesses_since(struct store *s, struct instant since, int64_t except, uint32_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT coalesce(sum(wrong_tokens), 0) FROM ledger WHERE wrong_tokens > 0 AND handled_at > ? "
				   "AND id <> ?",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, since.ms);
	bind_int(q, 2, except);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (uint32_t)column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_ledger_unmoved(struct store *s, uint32_t uidvalidity, struct ledger_row *rows, size_t max, size_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT " LEDGER_COLUMNS " FROM ledger WHERE state = 1 AND moved = 0 AND uidvalidity = ? "
				   "ORDER BY id LIMIT ?",
				   err);
	int r;
	if (!q)
		return err->code;
	bind_int(q, 1, uidvalidity);
	bind_int(q, 2, (int64_t)max);
	*n = 0;
	while ((r = stmt_step(s, q, err)) > 0)
		row_read(q, NULL, &rows[(*n)++]);
	return r;
}

int store_ledger_moved(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ledger SET moved = 1 WHERE uidvalidity = ? AND uid = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, uidvalidity);
	bind_int(q, 2, uid);
	return stmt_run(s, q, err);
}

int store_ledger_top(struct store *s, uint32_t uidvalidity, uint32_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT max(uid) FROM ledger WHERE uidvalidity = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, uidvalidity);
	int r = stmt_step(s, q, err);
	if (r < 0)
		return r;
	*out = r > 0 ? (uint32_t)column_int(q, 0) : 0;
	stmt_end(q);
	return 0;
}

static int count(struct store *s, sqlite3_stmt *q, uint64_t *out, struct error *err)
{
	if (!q)
		return err->code;
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (uint64_t)column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_ledger_size(struct store *s, uint64_t *out, struct error *err)
{
	return count(s, stmt_get(s, "SELECT count(*) FROM ledger", err), out, err);
}

int store_ledger_counts(struct store *s, uint64_t *stored, uint64_t *unmoved, uint64_t *quarantined, struct error *err)
{
	int r = count(s, stmt_get(s, "SELECT count(*) FROM ledger WHERE state = 0", err), stored, err);
	if (r == 0)
		r = count(s, stmt_get(s, "SELECT count(*) FROM ledger WHERE state = 1 AND moved = 0", err), unmoved, err);
	if (r == 0)
		r = count(s,
			  stmt_get(s, "SELECT count(*) FROM ledger WHERE disposition IN ('quarantined', 'too-big', 'held')", err),
			  quarantined, err);
	return r;
}

int store_ledger_listed(struct store *s, struct instant internaldate, uint64_t size, uint64_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT count(*) FROM ledger WHERE internaldate = ? AND size = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, internaldate.ms);
	bind_int(q, 2, (int64_t)size);
	return count(s, q, out, err);
}

int store_ledger_has_content(struct store *s, const struct digest *sha256, bool *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "SELECT 1 FROM ledger WHERE sha256 = ?1 UNION ALL SELECT 1 FROM erasure WHERE hash = ?1 LIMIT 1", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, sha256->b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	*out = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_quarantine_list(struct store *s, struct arena *a, struct ledger_row **out, size_t *n, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT " LEDGER_COLUMNS " FROM ledger WHERE disposition IN ('quarantined', 'too-big', 'held') "
			 "ORDER BY id LIMIT 1000",
			 err);
	struct ledger_row *rows = arena_array(a, 1000, sizeof(*rows));
	int r;
	if (!q || !rows)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	*n = 0;
	while ((r = stmt_step(s, q, err)) > 0)
		row_read(q, a, &rows[(*n)++]);
	*out = rows;
	return r;
}

/* --- what was seen before ------------------------------------------------------------------- */

static struct digest hash_of(const char *s)
{
	return digest_sha256(span_str(s));
}

int store_mail_remember(struct store *s, int64_t ledger_id, const char *message_id, const char *from,
			const struct digest *content, struct instant at, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO seen VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", err);
	struct digest id = hash_of(message_id), sender = hash_of(from);
	if (!q)
		return err->code;
	bind_int(q, 1, ledger_id);
	if (message_id)
		bind_blob(q, 2, id.b, DIGEST_SIZE);
	bind_blob(q, 3, sender.b, DIGEST_SIZE);
	bind_blob(q, 4, content->b, DIGEST_SIZE);
	bind_int(q, 5, at.ms);
	return stmt_run(s, q, err);
}

int store_mail_seen(struct store *s, const char *message_id, const struct digest *content, int64_t except, bool *out,
		    struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM seen WHERE message_id = ? AND content = ? AND ledger_id <> ? LIMIT 1", err);
	struct digest id = hash_of(message_id);
	if (!q)
		return err->code;
	bind_blob(q, 1, id.b, DIGEST_SIZE);
	bind_blob(q, 2, content->b, DIGEST_SIZE);
	bind_int(q, 3, except);
	int r = stmt_step(s, q, err);
	*out = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_mail_resent(struct store *s, const char *from, const struct digest *content, struct instant since, int64_t except,
		      bool *out, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "SELECT 1 FROM seen WHERE sender = ? AND at >= ? AND content = ? AND ledger_id <> ? LIMIT 1", err);
	struct digest sender = hash_of(from);
	if (!q)
		return err->code;
	bind_blob(q, 1, sender.b, DIGEST_SIZE);
	bind_int(q, 2, since.ms);
	bind_blob(q, 3, content->b, DIGEST_SIZE);
	bind_int(q, 4, except);
	int r = stmt_step(s, q, err);
	*out = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}
