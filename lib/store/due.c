/* What is due by time: looked up by index, never by going through tickets. */
#include "store/store_private.h"

int store_ticket_due(struct store *s, struct instant now, int64_t *ids, size_t max, size_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT id FROM ticket WHERE due_at <= ? ORDER BY due_at LIMIT ?", err);
	int r = 0;
	*n = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_int(q, 2, (int64_t)max);
	while (*n < max && (r = stmt_step(s, q, err)) > 0)
		ids[(*n)++] = column_int(q, 0);
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_ticket_due_set(struct store *s, int64_t id, bool has, struct instant at, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ticket SET due_at = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	if (has)
		bind_int(q, 1, at.ms);
	bind_int(q, 2, id);
	return stmt_run(s, q, err);
}

int store_ticket_late_set(struct store *s, int64_t id, const struct instant late[4], struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ticket SET late1 = ?, late2 = ?, late3 = ?, late4 = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	for (int i = 0; i < 4; i++)
		if (late[i].ms)
			bind_int(q, i + 1, late[i].ms);
	bind_int(q, 5, id);
	return stmt_run(s, q, err);
}

static int first_int(struct store *s, sqlite3_stmt *q, int64_t *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_ticket_due_next(struct store *s, struct instant *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT due_at FROM ticket WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1", err);
	return q ? first_int(s, q, &out->ms, err) : err->code;
}

int store_ticket_due_count(struct store *s, struct instant until, uint64_t *out, struct error *err)
{
	int64_t n = 0;
	sqlite3_stmt *q = stmt_get(s, "SELECT count(*) FROM ticket WHERE due_at <= ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, until.ms);
	int r = first_int(s, q, &n, err);
	*out = (uint64_t)n;
	return r;
}

int store_ticket_due_reset(struct store *s, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ticket SET due_at = 0 WHERE open = 1", err);
	return q ? stmt_run(s, q, err) : err->code;
}

int store_trouble_counts(struct store *s, struct instant since, uint32_t *parked, uint32_t *dead, uint32_t *quarantined,
			 struct error *err)
{
	uint32_t *const outs[] = { parked, dead, quarantined };
	for (int i = 0; i < 3; i++) {
		int64_t n = 0;
		sqlite3_stmt *q =
			i == 0   ? stmt_get(s, "SELECT count(*) FROM ledger WHERE disposition = 'parked' AND handled_at > ?", err)
			: i == 1 ? stmt_get(s, "SELECT count(*) FROM dead_address", err)
				 : stmt_get(s,
					    "SELECT count(*) FROM ledger WHERE disposition IN ('quarantined', 'too-big', 'held')",
					    err);
		if (!q)
			return err->code;
		if (i == 0)
			bind_int(q, 1, since.ms);
		int r = first_int(s, q, &n, err);
		if (r < 0)
			return r;
		*outs[i] = (uint32_t)n;
	}
	return 0;
}

int store_asked_since(struct store *s, const char *address, struct instant since, bool *out, struct error *err)
{
	int64_t at = 0;
	sqlite3_stmt *q = stmt_get(s, "SELECT at FROM asked WHERE address = ? AND at > ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	bind_int(q, 2, since.ms);
	int r = first_int(s, q, &at, err);
	*out = r == 0;
	return r < 0 ? r : 0;
}

int store_asked_set(struct store *s, const char *address, struct instant at, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO asked VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	bind_int(q, 2, at.ms);
	return stmt_run(s, q, err);
}
