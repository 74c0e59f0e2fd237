/* Out of the database: texts first out of the full-text index, with the very words that they were put in with. */
#include "store/keep_private.h"

#include <errno.h>

#define FACT_WORDS_OUT "words-out" /* of the full-text index, whose pieces are not merged yet */

int run_with(struct store *s, sqlite3_stmt *q, int64_t v, struct error *err)
{
	bind_int(q, 1, v);
	return stmt_run(s, q, err);
}

static int run_one(struct store *s, sqlite3_stmt *q, int64_t v, struct error *err)
{
	return q ? run_with(s, q, v, err) : err->code;
}

/* As run_one, counting the rows. */
static int run_any(struct store *s, sqlite3_stmt *q, int64_t v, bool *any, struct error *err)
{
	int r = run_one(s, q, v, err);
	*any = *any || (r == 0 && sqlite3_changes(s->db) > 0);
	return r;
}

/* What left for the ticket: the bytes alone; to whom and when stays with the conversation. */
int keep_sent_empty(struct store *s, int64_t ticket_id, int64_t *n, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "UPDATE outbox SET content = NULL, segments = NULL WHERE finished = 1 AND content IS NOT NULL AND "
			 "id IN (SELECT outbox_id FROM message WHERE ticket_id = ? AND outbox_id IS NOT NULL)",
			 err);
	int r = run_one(s, q, ticket_id, err);
	*n = r == 0 ? sqlite3_changes(s->db) : 0;
	return r;
}

static int outbox_forget(struct store *s, int64_t ticket_id, struct error *err)
{
	return run_one(
		s,
		stmt_get(s,
			 "UPDATE outbox SET content = NULL, segments = NULL, subject = NULL, to_name = NULL, to_address = '-', "
			 "last_text = NULL, counts = 0 WHERE finished = 1 AND id IN (SELECT outbox_id FROM message WHERE "
			 "ticket_id = ? AND outbox_id IS NOT NULL)",
			 err),
		ticket_id, err);
}

/* The index still has the words in its pieces: they are merged when there is time. */
int keep_index_marked(struct store *s, struct error *err)
{
	return store_fact_set(s, FACT_WORDS_OUT, "yes", err);
}

int store_search_dirty(struct store *s, bool *out, struct error *err)
{
	AUTO_ARENA a = arena_new(4096);
	const char *v = NULL;
	int r = a ? store_fact_get(s, FACT_WORDS_OUT, a, &v, err) : error_set(err, -ENOMEM, "no memory");
	*out = r == 0;
	return r < 0 ? r : 0;
}

int keep_message_empty(struct store *s, int64_t message_id, struct error *err)
{
	int r = run_one(
		s,
		stmt_get(s,
			 "INSERT INTO search (search, rowid, words) SELECT 'delete', doc, ifnull(subject, '') || ' ' || "
			 "ifnull(text, '') FROM message WHERE id = ? AND doc IS NOT NULL AND (subject IS NOT NULL OR text IS "
			 "NOT NULL)",
			 err),
		message_id, err);
	return r == 0 ? run_one(s,
				stmt_get(s,
					 "UPDATE message SET subject = NULL, text = NULL, sender = NULL, recipient = NULL, "
					 "message_id = "
					 "NULL WHERE id = ?",
					 err),
				message_id, err)
		      : r;
}

/* One after the other, by id, so that no statement is open while the index is written. */
static int message_next(struct store *s, int64_t ticket_id, int64_t *id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT min(id) FROM message WHERE ticket_id = ? AND id > ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	bind_int(q, 2, *id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*id = column_int(q, 0);
	stmt_end(q);
	return *id != 0 ? 0 : STORE_NOT_FOUND;
}

int keep_texts_empty(struct store *s, int64_t ticket_id, bool *any, struct error *err)
{
	int64_t id = 0, n = 0;
	int r = outbox_forget(s, ticket_id, err);
	if (r == 0)
		r = keep_index_marked(s, err);
	if (r == 0)
		r = keep_sent_empty(s, ticket_id, &n, err);
	while (r == 0 && (r = message_next(s, ticket_id, &id, err)) == 0) {
		*any = true;
		r = keep_message_empty(s, id, err);
	}
	if (r == STORE_NOT_FOUND)
		r = run_any(s, stmt_get(s, "DELETE FROM evidence WHERE ticket_id = ?", err), ticket_id, any, err);
	if (r == 0)
		r = run_one(s, stmt_get(s, "UPDATE ledger SET reason = NULL WHERE ticket_id = ?", err), ticket_id, err);
	return r;
}

static int documents_empty(struct store *s, int64_t ticket_id, bool *any, struct error *err)
{
	int r = run_one(
		s,
		stmt_get(s,
			 "DELETE FROM report_value WHERE letter_id IN (SELECT l.id FROM report_letter l JOIN report r ON r.id = "
			 "l.report_id WHERE r.ticket_id = ?)",
			 err),
		ticket_id, err);
	if (r == 0)
		r = run_one(s,
			    stmt_get(s,
				     "DELETE FROM report_letter WHERE report_id IN (SELECT id FROM report WHERE ticket_id = ?)",
				     err),
			    ticket_id, err);
	if (r == 0)
		r = run_any(s,
			    stmt_get(s,
				     "UPDATE report SET bytes = NULL, officer = NULL WHERE ticket_id = ? AND bytes IS NOT NULL",
				     err),
			    ticket_id, any, err);
	return r;
}

static int applicant_empty(struct store *s, int64_t id, bool *any, struct error *err)
{
	return run_any(
		s,
		stmt_get(s,
			 "UPDATE applicant SET v0 = NULL, v1 = NULL, v2 = NULL, v3 = NULL, v4 = NULL, v5 = NULL, v6 = NULL, v7 = "
			 "NULL, g0 = NULL, g1 = NULL, g2 = NULL, g3 = NULL, g4 = NULL, g5 = NULL, g6 = NULL, g7 = NULL, "
			 "renewed_serial = NULL WHERE id = ?",
			 err),
		id, any, err);
}

static int applicants_empty(struct store *s, int64_t ticket_id, bool *any, struct error *err)
{
	return run_any(
		s,
		stmt_get(s,
			 "UPDATE applicant SET v0 = NULL, v1 = NULL, v2 = NULL, v3 = NULL, v4 = NULL, v5 = NULL, v6 = NULL, v7 = "
			 "NULL, g0 = NULL, g1 = NULL, g2 = NULL, g3 = NULL, g4 = NULL, g5 = NULL, g6 = NULL, g7 = NULL, "
			 "renewed_serial = NULL WHERE ticket_id = ?",
			 err),
		ticket_id, any, err);
}

/* The ticket's own columns, its parties, and the details of its events: the chain holds only their digests. */
static int ticket_empty(struct store *s, int64_t ticket_id, bool *any, struct error *err)
{
	int r = run_any(
		s,
		stmt_get(s,
			 "UPDATE ticket SET requester_name = NULL, requester_address = NULL, request_id = NULL, last_id = NULL, "
			 "letter_number = NULL, letter_from = NULL WHERE id = ?",
			 err),
		ticket_id, any, err);
	if (r == 0)
		r = run_one(s, stmt_get(s, "DELETE FROM party WHERE ticket_id = ?", err), ticket_id, err);
	if (r == 0)
		r = run_one(s, stmt_get(s, "DELETE FROM person WHERE ticket_id = ?", err), ticket_id, err);
	if (r == 0)
		r = run_one(
			s,
			stmt_get(s, "DELETE FROM event_detail WHERE event_id IN (SELECT id FROM event WHERE ticket_id = ?)", err),
			ticket_id, err);
	return r;
}

int keep_persons_empty(struct store *s, int64_t ticket_id, const int64_t *only, size_t n_only, bool *any, struct error *err)
{
	int r = only ? 0 : applicants_empty(s, ticket_id, any, err);
	for (size_t i = 0; r == 0 && only && i < n_only; i++)
		r = applicant_empty(s, only[i], any, err);
	if (r == 0)
		r = documents_empty(s, ticket_id, any, err);
	if (r == 0 && !only)
		r = ticket_empty(s, ticket_id, any, err);
	if (r == 0)
		r = keep_index_marked(s, err);
	return r == 0 ? words_again(s, ticket_id, err) : r;
}

int keep_certificate_erase(struct store *s, int64_t id, struct error *err)
{
	int r = run_one(s, stmt_get(s, "DELETE FROM reminder WHERE certificate_id = ?", err), id, err);
	if (r == 0) /* one before it that is still there follows nothing now, and reminds of nothing */
		r = run_one(s, stmt_get(s, "UPDATE certificate SET successor = NULL, remind_at = NULL WHERE successor = ?", err),
			    id, err);
	return r == 0 ? run_one(s, stmt_get(s, "DELETE FROM certificate WHERE id = ?", err), id, err) : r;
}

/* --- what is left of deleted words ---------------------------------------------------------------------- */

enum { MERGE_PAGES = 200 };

static int merge(struct store *s, sqlite3_stmt *q, int64_t pages, bool *more, struct error *err)
{
	int64_t before = sqlite3_total_changes64(s->db);
	int r = run_one(s, q, pages, err);
	*more = *more || (r == 0 && sqlite3_total_changes64(s->db) - before >= 2); /* fts5.html 6.8: less, and nothing was done */
	return r;
}

int store_search_merge(struct store *s, bool begin, bool *more, struct error *err)
{
	int64_t pages = begin ? -MERGE_PAGES : MERGE_PAGES;
	*more = false;
	int r = merge(s, stmt_get(s, "INSERT INTO search (search, rank) VALUES ('merge', ?)", err), pages, more, err);
	if (r == 0)
		r = merge(s, stmt_get(s, "INSERT INTO search_opd (search_opd, rank) VALUES ('merge', ?)", err), pages, more, err);
	if (r < 0 || *more)
		return r;
	sqlite3_stmt *q = stmt_get(s, "DELETE FROM fact WHERE key = '" FACT_WORDS_OUT "'", err);
	return q ? stmt_run(s, q, err) : err->code;
}

int store_log_empty(struct store *s, bool *done, struct error *err)
{
	(void)sqlite3_busy_timeout(s->db, 0); /* the office waits for nobody */
	int code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	*done = code == SQLITE_OK;
	return code == SQLITE_OK || code == SQLITE_BUSY ? 0 : store_error(s, err, "emptying the log");
}
