/* Reminders of certificates: when, to whom, and who wants none; and lists that wait for their yes. */
#include "store/store_private.h"

#include <errno.h>
#include <string.h>

int store_certificate_due_set(struct store *s, int64_t id, int reminded, bool has, struct instant at, const char *to,
			      struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "UPDATE certificate SET reminded = ?, remind_at = ?, remind_to = ? WHERE id = ? AND successor IS NULL", err);
	if (!q)
		return err->code;
	bind_int(q, 1, reminded);
	if (has)
		bind_int(q, 2, at.ms);
	bind_text(q, 3, to);
	bind_int(q, 4, id);
	return stmt_run(s, q, err);
}

static int first_int(struct store *s, sqlite3_stmt *q, int64_t *out, struct error *err)
{
	if (!q)
		return err->code;
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_certificate_due_next(struct store *s, struct instant *out, struct error *err)
{
	return first_int(
		s, stmt_get(s, "SELECT remind_at FROM certificate WHERE remind_at IS NOT NULL ORDER BY remind_at LIMIT 1", err),
		&out->ms, err);
}

int store_certificate_due_reset(struct store *s, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE certificate SET remind_at = 0 WHERE successor IS NULL", err);
	return q ? stmt_run(s, q, err) : err->code;
}

int store_reminder_add(struct store *s, int64_t outbox_id, int64_t certificate_id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO reminder VALUES (?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, outbox_id);
	bind_int(q, 2, certificate_id);
	return stmt_run(s, q, err);
}

int store_reminders_since(struct store *s, struct instant since, uint32_t *out, struct error *err)
{
	int64_t n = 0;
	sqlite3_stmt *q = stmt_get(s, "SELECT count(*) FROM outbox WHERE kind = 'expiry' AND queued_at > ?", err);
	if (q)
		bind_int(q, 1, since.ms);
	int r = first_int(s, q, &n, err);
	*out = (uint32_t)n;
	return r;
}

int store_silent(struct store *s, const char *address, bool *out, struct error *err)
{
	int64_t at = 0;
	sqlite3_stmt *q = stmt_get(s, "SELECT at FROM silent WHERE address = ?", err);
	if (q)
		bind_text(q, 1, address);
	int r = first_int(s, q, &at, err);
	*out = r == 0;
	return r < 0 ? r : 0;
}

int store_silent_set(struct store *s, const char *address, bool silent, struct instant now, struct error *err)
{
	sqlite3_stmt *q = silent ? stmt_get(s, "INSERT INTO silent VALUES (?, ?) ON CONFLICT DO NOTHING", err)
				 : stmt_get(s, "DELETE FROM silent WHERE address = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	if (silent)
		bind_int(q, 2, now.ms);
	return stmt_run(s, q, err);
}

int store_import_keep(struct store *s, const char *owner, const char *name, struct span roster, struct instant now,
		      struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT OR REPLACE INTO import (owner, at, name, roster) VALUES (?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_text(q, 1, owner);
	bind_int(q, 2, now.ms);
	bind_text(q, 3, name);
	bind_blob(q, 4, roster.p, roster.n);
	return stmt_run(s, q, err);
}

int store_import_get(struct store *s, const char *owner, struct instant since, struct arena *a, const char **name,
		     struct span *roster, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT name, roster FROM import WHERE owner = ? AND at > ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, owner);
	bind_int(q, 2, since.ms);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	size_t n = (size_t)sqlite3_column_bytes(q, 1);
	char *copy = arena_alloc(a, n + 1);
	*name = column_text(q, 0, a);
	if (copy && n > 0)
		memcpy(copy, sqlite3_column_blob(q, 1), n);
	stmt_end(q);
	if (!copy || !*name)
		return error_set(err, -ENOMEM, "no memory");
	*roster = span_of(copy, n);
	return 0;
}

int store_import_drop(struct store *s, const char *owner, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "DELETE FROM import WHERE owner = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, owner);
	return stmt_run(s, q, err);
}
