/* Documents: numbered in the unit of work that renews, made later, kept. */
#include "store/store_private.h"

static int one_int(struct store *s, sqlite3_stmt *q, int64_t *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_int(q, 0);
	return stmt_run(s, q, err);
}

int store_report_number(struct store *s, int year, uint32_t *out, struct error *err)
{
	int64_t n = 0;
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO report_counter VALUES (?, 2) ON CONFLICT DO UPDATE SET next = next + 1 RETURNING next - 1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, year);
	int r = one_int(s, q, &n, err);
	*out = (uint32_t)n;
	return r;
}

int store_report_add(struct store *s, struct report_row *r, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO report (ticket_id, kind, number, period, made_at, state) VALUES (?, ?, ?, ?, ?, 'waiting')", err);
	if (!q)
		return err->code;
	if (r->ticket_id)
		bind_int(q, 1, r->ticket_id);
	bind_text(q, 2, r->kind);
	bind_text(q, 3, r->number);
	bind_text(q, 4, r->period);
	bind_int(q, 5, r->made_at.ms);
	int result = stmt_run(s, q, err);
	if (result == 0)
		r->id = sqlite3_last_insert_rowid(s->db);
	return result;
}

int store_report_letter_add(struct store *s, int64_t report_id, const struct report_letter *l, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "INSERT INTO report_letter (report_id, to_name, to_address, officer) VALUES (?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, report_id);
	bind_text(q, 2, l->to.name);
	bind_text(q, 3, l->to.address);
	bind_text(q, 4, l->officer);
	return stmt_run(s, q, err);
}

static int row_of(struct store *s, sqlite3_stmt *q, struct arena *a, struct report_row *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = (struct report_row){ .id = column_int(q, 0),
				    .ticket_id = column_int(q, 1),
				    .kind = column_text(q, 2, a),
				    .number = column_text(q, 3, a),
				    .period = column_text(q, 4, a),
				    .made_at = { column_int(q, 5) },
				    .state = column_text(q, 6, a),
				    .tries = (uint32_t)column_int(q, 7) };
	stmt_end(q);
	return 0;
}

int store_report_next(struct store *s, struct arena *a, struct report_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT id, ticket_id, kind, number, period, made_at, state, tries FROM report "
				   "WHERE state = 'waiting' ORDER BY id LIMIT 1",
				   err);
	return q ? row_of(s, q, a, out, err) : err->code;
}

int store_report_of(struct store *s, int64_t ticket_id, struct arena *a, struct report_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT id, ticket_id, kind, number, period, made_at, state, tries FROM report "
				   "WHERE ticket_id = ? ORDER BY id DESC LIMIT 1",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	return row_of(s, q, a, out, err);
}

int store_report_letters(struct store *s, int64_t report_id, struct arena *a, struct report_letter **out, size_t *n,
			 struct error *err)
{
	enum { LETTERS_MAX = 64 };
	int r = 0;
	sqlite3_stmt *q =
		stmt_get(s, "SELECT to_name, to_address, officer FROM report_letter WHERE report_id = ? ORDER BY id", err);
	*n = 0;
	*out = arena_array(a, LETTERS_MAX, sizeof(**out));
	if (!q || !*out)
		return q ? error_set(err, -12, "no memory") : err->code;
	bind_int(q, 1, report_id);
	while (*n < LETTERS_MAX && (r = stmt_step(s, q, err)) > 0)
		(*out)[(*n)++] = (struct report_letter){ { column_text(q, 0, a), column_text(q, 1, a) }, column_text(q, 2, a) };
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_report_try(struct store *s, int64_t id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE report SET tries = tries + 1 WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	return stmt_run(s, q, err);
}

int store_report_done(struct store *s, int64_t id, struct span bytes, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE report SET state = ?, bytes = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, bytes.n ? "made" : "failed");
	if (bytes.n)
		bind_blob(q, 2, bytes.p, bytes.n);
	bind_int(q, 3, id);
	return stmt_run(s, q, err);
}

int store_report_bytes(struct store *s, int64_t id, struct buf *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT bytes FROM report WHERE id = ? AND bytes IS NOT NULL", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	buf_add(out, sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0));
	stmt_end(q);
	return buf_status(out);
}
