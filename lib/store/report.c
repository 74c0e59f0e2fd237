/* Documents: numbered in the unit of work that renews, made later, kept. */
#include "store/store_private.h"

#include <errno.h>

WORD_TABLE(kept_kind, kept_kind, [KEPT_REPORT] = "report", [KEPT_RECAP] = "recap", [KEPT_RECEIPT] = "receipt")

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
	sqlite3_stmt *q = stmt_get(s,
				   "INSERT INTO report (ticket_id, kind, number, period, made_at, state, officer) VALUES (?, ?, "
				   "?, ?, ?, 'waiting', ?)",
				   err);
	if (!q)
		return err->code;
	if (r->ticket_id)
		bind_int(q, 1, r->ticket_id);
	bind_text(q, 2, kept_kind_word(r->kind));
	bind_text(q, 3, r->number);
	bind_text(q, 4, r->period);
	bind_int(q, 5, r->made_at.ms);
	bind_text(q, 6, r->officer);
	int result = stmt_run(s, q, err);
	if (result == 0)
		r->id = sqlite3_last_insert_rowid(s->db);
	return result;
}

static int value_add(struct store *s, int64_t letter_id, const struct letter_value *v, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO report_value (letter_id, key, value) VALUES (?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, letter_id);
	bind_text(q, 2, v->key);
	bind_text(q, 3, v->value);
	return stmt_run(s, q, err);
}

int store_report_letter_add(struct store *s, int64_t report_id, const struct letter *l, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "INSERT INTO report_letter (report_id, to_name, to_address, in_reply_to, make_token, "
				   "automatic_reply) VALUES (?, ?, ?, ?, ?, ?)",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, report_id);
	bind_text(q, 2, l->to.name);
	bind_text(q, 3, l->to.address);
	bind_text(q, 4, l->in_reply_to);
	bind_int(q, 5, l->make_token);
	bind_int(q, 6, l->automatic_reply);
	int r = stmt_run(s, q, err);
	int64_t id = sqlite3_last_insert_rowid(s->db);
	for (size_t i = 0; r == 0 && i < l->n_values; i++)
		r = value_add(s, id, &l->values[i], err);
	return r;
}

static int row_of(struct store *s, sqlite3_stmt *q, struct arena *a, struct report_row *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	const char *kind = (const char *)sqlite3_column_text(q, 2);
	*out = (struct report_row){ .id = column_int(q, 0),
				    .ticket_id = column_int(q, 1),
				    .number = column_text(q, 3, a),
				    .period = column_text(q, 4, a),
				    .made_at = { column_int(q, 5) },
				    .state = column_text(q, 6, a),
				    .tries = (uint32_t)column_int(q, 7),
				    .officer = column_text(q, 8, a) };
	bool known = kept_kind_from_word(kind, &out->kind) == 0;
	stmt_end(q);
	return known ? 0 : error_set(err, -EIO, "store: a document of an unknown kind");
}

int store_report_next(struct store *s, struct arena *a, struct report_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT id, ticket_id, kind, number, period, made_at, state, tries, officer FROM report "
				   "WHERE state = 'waiting' ORDER BY id LIMIT 1",
				   err);
	return q ? row_of(s, q, a, out, err) : err->code;
}

int store_report_of(struct store *s, int64_t ticket_id, enum kept_kind kind, struct arena *a, struct report_row *out,
		    struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT id, ticket_id, kind, number, period, made_at, state, tries, officer FROM report "
				   "WHERE ticket_id = ? AND kind = ? ORDER BY id DESC LIMIT 1",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	bind_text(q, 2, kept_kind_word(kind));
	return row_of(s, q, a, out, err);
}

static int values_load(struct store *s, int64_t letter_id, struct arena *a, struct letter *l, struct error *err)
{
	enum { VALUES_MAX = 32 };
	int r = 0;
	struct letter_value *list = arena_array(a, VALUES_MAX, sizeof(*list));
	sqlite3_stmt *q = stmt_get(s, "SELECT key, value FROM report_value WHERE letter_id = ? ORDER BY id", err);
	if (!q || !list)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	bind_int(q, 1, letter_id);
	while (l->n_values < VALUES_MAX && (r = stmt_step(s, q, err)) > 0)
		list[l->n_values++] = (struct letter_value){ column_text(q, 0, a), column_text(q, 1, a) };
	if (r > 0)
		stmt_end(q);
	l->values = list;
	return r < 0 ? r : 0;
}

int store_report_letters(struct store *s, int64_t report_id, struct arena *a, struct letter **out, size_t *n, struct error *err)
{
	enum { LETTERS_MAX = 64 };
	int64_t ids[LETTERS_MAX];
	int r = 0;
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT id, to_name, to_address, in_reply_to, make_token, automatic_reply FROM report_letter "
				   "WHERE report_id = ? ORDER BY id",
				   err);
	*n = 0;
	*out = arena_array(a, LETTERS_MAX, sizeof(**out));
	if (!q || !*out)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	bind_int(q, 1, report_id);
	while (*n < LETTERS_MAX && (r = stmt_step(s, q, err)) > 0) {
		ids[*n] = column_int(q, 0);
		(*out)[(*n)++] = (struct letter){ .to = { column_text(q, 1, a), column_text(q, 2, a) },
						  .in_reply_to = column_text(q, 3, a),
						  .make_token = column_int(q, 4) != 0,
						  .automatic_reply = column_int(q, 5) != 0 };
	}
	if (r > 0)
		stmt_end(q);
	for (size_t i = 0; r >= 0 && i < *n; i++)
		r = values_load(s, ids[i], a, &(*out)[i], err);
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
