/* What is destroyed when its time is over: said, done, recorded, listed.  See keep.h for the order. */
#include "store/keep.h"

#include "store/keep_private.h"

#include <errno.h>

int store_keep_again(struct store *s, int64_t ticket_id, struct error *err)
{
	/* 16: of whom it was stays gone, for no mail brings that back */
	sqlite3_stmt *q = stmt_get(s, "UPDATE ticket SET gone = gone & 16 WHERE id = ? AND (gone & 15) <> 0", err);
	return q ? run_with(s, q, ticket_id, err) : err->code;
}

int store_attachment_add(struct store *s, int64_t ledger_id, uint64_t at, uint64_t length, bool scan, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO attachment VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", err);
	if (!q)
		return err->code;
	bind_int(q, 1, ledger_id);
	bind_int(q, 2, (int64_t)at);
	bind_int(q, 3, (int64_t)length);
	bind_int(q, 4, scan);
	return stmt_run(s, q, err);
}

/* --- what is due ------------------------------------------------------------------------------- */

#define ENDED(bit)                                                                                                               \
	"SELECT id, closed_at, gone, merged_into, ifnull((SELECT at FROM message m WHERE m.ticket_id = t.id ORDER BY m.id DESC " \
	"LIMIT 1), 0) FROM ticket t WHERE open = 0 AND hold IS NULL AND (gone & " bit                                            \
	") = 0 AND (closed_at, id) > (?, ?) AND closed_at <= ? ORDER BY closed_at, id LIMIT ?"
#define COUNTED(bit) "SELECT count(*) FROM ticket WHERE open = 0 AND hold IS NULL AND (gone & " bit ") = 0 AND closed_at <= ?"

static sqlite3_stmt *ended_statement(struct store *s, enum keep_class c, struct error *err)
{
	switch (c) {
	case KEEP_SCANS:
		return stmt_get(s, ENDED("1"), err);
	case KEEP_ATTACHMENTS:
		return stmt_get(s, ENDED("2"), err);
	case KEEP_RAW:
		return stmt_get(s, ENDED("4"), err);
	case KEEP_TICKETS:
		return stmt_get(s, ENDED("8"), err);
	case KEEP_REGISTER:
	case N_KEEP:
		break;
	}
	return stmt_get(s, ENDED("16"), err);
}

enum { MERGED_DEEP = 16 };

/* One that was merged is as open, as held and as young as the one that it became part of. */
static int survivor_look(struct store *s, const char *number, struct arena *a, struct keep_facts *f, struct error *err)
{
	for (int i = 0; number && i < MERGED_DEEP; i++) {
		sqlite3_stmt *q = stmt_get(
			s,
			"SELECT open, hold IS NOT NULL, ifnull(closed_at, 0), merged_into, ifnull((SELECT at FROM message m "
			"WHERE m.ticket_id = t.id ORDER BY m.id DESC LIMIT 1), 0) FROM ticket t WHERE number = ?",
			err);
		if (!q)
			return err->code;
		bind_text(q, 1, number);
		int r = stmt_step(s, q, err);
		if (r <= 0)
			return r;
		f->open = f->open || column_int(q, 0) != 0;
		f->held = f->held || column_int(q, 1) != 0;
		for (int k = 2; k < 5; k += 2)
			if (column_int(q, k) > f->last.ms)
				f->last.ms = column_int(q, k);
		number = column_text(q, 3, a);
		stmt_end(q);
	}
	return 0;
}

int store_keep_ended(struct store *s, enum keep_class c, struct instant line, struct keep_place *at, struct keep_ticket *out,
		     size_t max, size_t *n, struct error *err)
{
	AUTO_ARENA a = arena_new(1024 * 1024);
	const char **merged = a ? arena_array(a, max ? max : 1, sizeof(*merged)) : NULL;
	sqlite3_stmt *q = merged ? ended_statement(s, c, err) : NULL;
	int r = 0;
	*n = 0;
	if (!q)
		return merged ? err->code : error_set(err, -ENOMEM, "no memory");
	bind_int(q, 1, at->ended_at);
	bind_int(q, 2, at->id);
	bind_int(q, 3, line.ms);
	bind_int(q, 4, (int64_t)max);
	while (*n < max && (r = stmt_step(s, q, err)) > 0) {
		int64_t word = column_int(q, 4);
		*at = (struct keep_place){ column_int(q, 1), column_int(q, 0) };
		merged[*n] = column_text(q, 3, a);
		out[(*n)++] = (struct keep_ticket){ .id = at->id,
						    .facts = { .last = { word > at->ended_at ? word : at->ended_at },
							       .gone = (uint32_t)column_int(q, 2) } };
	}
	if (r > 0)
		stmt_end(q);
	for (size_t i = 0; r >= 0 && i < *n; i++)
		r = survivor_look(s, merged[i], a, &out[i].facts, err);
	return r < 0 ? r : arena_status(a);
}

static int count(struct store *s, sqlite3_stmt *q, uint64_t *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (uint64_t)column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_keep_count(struct store *s, enum keep_class c, struct instant line, uint64_t *out, struct error *err)
{
	sqlite3_stmt *q = c == KEEP_SCANS         ? stmt_get(s, COUNTED("1"), err)
			  : c == KEEP_ATTACHMENTS ? stmt_get(s, COUNTED("2"), err)
			  : c == KEEP_RAW         ? stmt_get(s, COUNTED("4"), err)
			  : c == KEEP_TICKETS     ? stmt_get(s, COUNTED("8"), err)
						  : stmt_get(s, COUNTED("16"), err);
	if (!q)
		return err->code;
	bind_int(q, 1, line.ms);
	return count(s, q, out, err);
}

int store_keep_held(struct store *s, uint64_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT count(*) FROM ticket WHERE hold IS NOT NULL", err);
	return q ? count(s, q, out, err) : err->code;
}

/* --- said ---------------------------------------------------------------------------------------- */

static int mark(struct store *s, int64_t ticket_id, enum keep_class c, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ticket SET gone = gone | ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, KEEP_BIT(c));
	bind_int(q, 2, ticket_id);
	return stmt_run(s, q, err);
}

int keep_row_add(struct store *s, const char *class, int64_t ticket_id, int64_t n, bool gone, struct instant now,
		 struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO destruction (at, class, ticket_id, ledger_id, n, state) VALUES (?, ?, ?, NULL, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_text(q, 2, class);
	if (ticket_id)
		bind_int(q, 3, ticket_id);
	bind_int(q, 4, n);
	bind_int(q, 5, gone);
	return stmt_run(s, q, err);
}

static int files_say(struct store *s, int64_t ticket_id, enum keep_class c, struct instant now, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO destruction (at, class, ticket_id, ledger_id, n, state) SELECT ?1, ?2, l.ticket_id, "
			 "l.id, count(*), 0 FROM ledger l JOIN attachment a ON a.ledger_id = l.id WHERE l.ticket_id = ?3 AND "
			 "l.has_raw = 1 AND a.scan = ?4 AND NOT EXISTS (SELECT 1 FROM destruction d WHERE d.ledger_id = l.id "
			 "AND d.state = 0 AND d.class = ?2) GROUP BY l.id",
			 err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_text(q, 2, keep_class_word(c));
	bind_int(q, 3, ticket_id);
	bind_int(q, 4, c == KEEP_SCANS);
	return stmt_run(s, q, err);
}

int keep_mails_say(struct store *s, int64_t ticket_id, const char *class, struct instant now, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO destruction (at, class, ticket_id, ledger_id, n, state) SELECT ?1, ?2, ticket_id, id, 1, "
			 "0 FROM ledger l WHERE ticket_id = ?3 AND has_raw = 1 AND NOT EXISTS (SELECT 1 FROM destruction d "
			 "WHERE d.ledger_id = l.id AND d.state = 0 AND d.class = ?2)",
			 err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_text(q, 2, class);
	bind_int(q, 3, ticket_id);
	int r = stmt_run(s, q, err);
	int64_t sent = 0;
	if (r == 0)
		r = keep_sent_empty(s, ticket_id, &sent, err);
	return r == 0 && sent > 0 ? keep_row_add(s, class, ticket_id, sent, true, now, err) : r;
}

int store_keep_say(struct store *s, int64_t ticket_id, enum keep_class c, struct instant now, struct error *err)
{
	bool any = false;
	int r = mark(s, ticket_id, c, err);
	if (r < 0)
		return r;
	if (c == KEEP_SCANS || c == KEEP_ATTACHMENTS)
		return files_say(s, ticket_id, c, now, err);
	if (c == KEEP_RAW)
		return keep_mails_say(s, ticket_id, keep_class_word(c), now, err);
	r = c == KEEP_TICKETS ? keep_texts_empty(s, ticket_id, &any, err) : keep_persons_empty(s, ticket_id, NULL, 0, &any, err);
	return r == 0 && any ? keep_row_add(s, keep_class_word(c), ticket_id, 1, true, now, err) : r;
}

/* What was remembered of addresses: for counting within days and weeks, and against mail that comes twice. */
static int memory_forget(struct store *s, struct instant line, size_t max, bool *more, struct error *err)
{
	sqlite3_stmt *const all[] = {
		stmt_get(s, "DELETE FROM asked WHERE address IN (SELECT address FROM asked WHERE at <= ?1 LIMIT ?2)", err),
		stmt_get(s, "DELETE FROM soft_bounce WHERE rowid IN (SELECT rowid FROM soft_bounce WHERE at <= ?1 LIMIT ?2)",
			 err),
		stmt_get(s, "DELETE FROM seen WHERE ledger_id IN (SELECT ledger_id FROM seen WHERE at <= ?1 LIMIT ?2)", err),
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(*all); i++) {
		if (!all[i])
			return err->code;
		bind_int(all[i], 1, line.ms);
		bind_int(all[i], 2, (int64_t)max);
		r = stmt_run(s, all[i], err);
		*more = *more || (r == 0 && sqlite3_changes(s->db) >= (int)max);
	}
	return r;
}

int store_keep_say_loose(struct store *s, struct instant line, struct instant now, size_t max, bool *more, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO destruction (at, class, ledger_id, n, state) SELECT ?1, 'raw', id, 1, 0 FROM ledger l "
			 "WHERE ticket_id IS NULL AND has_raw = 1 AND state = 1 AND handled_at <= ?2 AND NOT EXISTS (SELECT 1 "
			 "FROM destruction d WHERE d.ledger_id = l.id AND d.state = 0) LIMIT ?3",
			 err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_int(q, 2, line.ms);
	bind_int(q, 3, (int64_t)max);
	int r = stmt_run(s, q, err);
	size_t in = (size_t)sqlite3_changes(s->db);
	q = r == 0 ? stmt_get(s,
			      "UPDATE outbox SET content = NULL, segments = NULL, subject = NULL, last_text = NULL WHERE id IN "
			      "(SELECT "
			      "id FROM outbox WHERE ticket_id IS NULL AND finished = 1 AND content IS NOT NULL AND queued_at <= "
			      "?1 "
			      "LIMIT ?2)",
			      err)
		   : NULL;
	if (!q)
		return r < 0 ? r : err->code;
	bind_int(q, 1, line.ms);
	bind_int(q, 2, (int64_t)max);
	r = stmt_run(s, q, err);
	int64_t out = sqlite3_changes(s->db);
	*more = in >= max || out >= (int64_t)max;
	if (r == 0)
		r = memory_forget(s, line, max, more, err);
	return r == 0 && out > 0 ? keep_row_add(s, "raw", 0, out, true, now, err) : r;
}

int store_keep_say_certificates(struct store *s, struct instant line, struct instant now, size_t max, bool *more,
				struct error *err)
{
	int64_t ids[KEEP_BATCH], tickets[KEEP_BATCH];
	size_t n = 0;
	int r = 0;
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT c.id, ifnull(c.ticket_id, 0) FROM certificate c LEFT JOIN ticket t ON t.id = c.ticket_id WHERE "
			 "c.not_after <= ? AND ifnull(t.open, 0) = 0 AND t.hold IS NULL ORDER BY c.not_after LIMIT ?",
			 err);
	*more = false;
	if (!q)
		return err->code;
	if (max > KEEP_BATCH)
		max = KEEP_BATCH;
	bind_int(q, 1, line.ms);
	bind_int(q, 2, (int64_t)max);
	while (n < max && (r = stmt_step(s, q, err)) > 0) {
		ids[n] = column_int(q, 0);
		tickets[n++] = column_int(q, 1);
	}
	if (r > 0)
		stmt_end(q);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = keep_certificate_erase(s, ids[i], err);
		if (r == 0)
			r = keep_row_add(s, keep_class_word(KEEP_REGISTER), tickets[i], 1, true, now, err);
	}
	*more = n == max;
	return r < 0 ? r : 0;
}

/* --- done, and recorded ---------------------------------------------------------------------------- */

static int ranges_load(struct store *s, struct arena *a, struct keep_file *f, struct error *err)
{
	size_t cap = 16;
	int r;
	sqlite3_stmt *q = stmt_get(s, "SELECT at, length FROM attachment WHERE ledger_id = ? AND scan = ? ORDER BY at", err);
	f->ranges = arena_array(a, cap, sizeof(*f->ranges));
	if (!q)
		return err->code;
	bind_int(q, 1, f->ledger_id);
	bind_int(q, 2, str_eq(f->class, keep_class_word(KEEP_SCANS)));
	while ((r = stmt_step(s, q, err)) > 0) {
		if (f->ranges && f->n_ranges == cap) {
			f->ranges = arena_grow(a, f->ranges, cap, cap * 2, sizeof(*f->ranges));
			cap *= 2;
		}
		if (f->ranges)
			f->ranges[f->n_ranges++] = (struct keep_range){ (uint64_t)column_int(q, 0), (uint64_t)column_int(q, 1) };
	}
	return r < 0 ? r : f->ranges ? 0 : error_set(err, -ENOMEM, "no memory");
}

int store_keep_next(struct store *s, struct arena *a, struct keep_file *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT d.id, d.class, d.ledger_id, ifnull(d.ticket_id, 0), l.uidvalidity, l.uid, ifnull(t.open, 0) <> 0 "
		"OR t.hold IS NOT NULL FROM destruction d JOIN ledger l ON l.id = d.ledger_id LEFT JOIN ticket t ON t.id = "
		"d.ticket_id WHERE d.state = 0 ORDER BY d.id LIMIT 1",
		err);
	if (!q)
		return err->code;
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = (struct keep_file){ .id = column_int(q, 0),
				   .class = column_text(q, 1, a),
				   .ledger_id = column_int(q, 2),
				   .ticket_id = column_int(q, 3),
				   .uidvalidity = (uint32_t)column_int(q, 4),
				   .uid = (uint32_t)column_int(q, 5),
				   .kept = column_int(q, 6) != 0 };
	stmt_end(q);
	if (!out->class)
		return error_set(err, -ENOMEM, "no memory");
	bool person = str_eq(out->class, KEEP_PERSON);
	out->whole = person || str_eq(out->class, keep_class_word(KEEP_RAW));
	out->kept = out->kept && !person; /* what was erased from the database may not stay in a file */
	return out->whole ? 0 : ranges_load(s, a, out, err);
}

int store_keep_file(struct store *s, struct keep_file *f, struct error *err)
{
	int r = f->kept ? 0 : f->whole ? keep_raw_remove(s, f->uidvalidity, f->uid, err) : keep_raw_blank(s, f, err);
	f->missing = r == -ENOENT;
	return f->missing ? 0 : r;
}

/* A hold came in between: as if it had never been said. */
static int unsay(struct store *s, const struct keep_file *f, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "DELETE FROM destruction WHERE id = ?", err);
	int r = q ? run_with(s, q, f->id, err) : err->code;
	return r == 0 && f->ticket_id ? store_keep_again(s, f->ticket_id, err) : r;
}

static int raw_gone(struct store *s, const struct keep_file *f, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ledger SET has_raw = 0, kept_sha256 = NULL WHERE id = ?", err);
	int r = q ? run_with(s, q, f->ledger_id, err) : err->code;
	q = r == 0 ? stmt_get(s, "DELETE FROM attachment WHERE ledger_id = ?", err) : NULL;
	return q ? run_with(s, q, f->ledger_id, err) : r < 0 ? r : err->code;
}

static int ranges_gone(struct store *s, const struct keep_file *f, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE ledger SET kept_sha256 = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, f->left.b, DIGEST_SIZE);
	bind_int(q, 2, f->ledger_id);
	int r = stmt_run(s, q, err);
	q = r == 0 ? stmt_get(s, "DELETE FROM attachment WHERE ledger_id = ? AND scan = ?", err) : NULL;
	if (!q)
		return r < 0 ? r : err->code;
	bind_int(q, 1, f->ledger_id);
	bind_int(q, 2, str_eq(f->class, keep_class_word(KEEP_SCANS)));
	return stmt_run(s, q, err);
}

int store_keep_gone(struct store *s, const struct keep_file *f, struct error *err)
{
	if (f->kept)
		return unsay(s, f, err);
	int r = f->whole || f->missing ? raw_gone(s, f, err) : ranges_gone(s, f, err);
	sqlite3_stmt *q = r == 0 ? stmt_get(s, "UPDATE destruction SET state = 1 WHERE id = ?", err) : NULL;
	return q ? run_with(s, q, f->id, err) : r < 0 ? r : err->code;
}

/* --- listed ------------------------------------------------------------------------------------------ */

int store_keep_unlisted(struct store *s, struct arena *a, struct keep_row *rows, size_t max, size_t *n, struct error *err)
{
	int r = 0;
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT d.id, d.class, d.ticket_id, d.ledger_id, d.n, d.at, t.number, t.closed_at FROM destruction d "
			 "LEFT JOIN ticket t ON t.id = d.ticket_id WHERE d.state = 1 ORDER BY d.id LIMIT ?",
			 err);
	*n = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, (int64_t)max);
	while (*n < max && (r = stmt_step(s, q, err)) > 0)
		rows[(*n)++] = (struct keep_row){ .id = column_int(q, 0),
						  .class = column_text(q, 1, a),
						  .ticket_id = column_int(q, 2),
						  .ledger_id = column_int(q, 3),
						  .n = (uint64_t)column_int(q, 4),
						  .at = { column_int(q, 5) },
						  .number = column_text(q, 6, a),
						  .ended_at = { column_int(q, 7) } };
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : arena_status(a);
}

int store_keep_listed(struct store *s, int64_t up_to_id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE destruction SET state = 2 WHERE state = 1 AND id <= ?", err);
	return q ? run_with(s, q, up_to_id, err) : err->code;
}

int store_keep_event(struct store *s, int64_t ticket_id, const struct event *e, struct error *err)
{
	struct event copy = *e;
	return event_insert(s, ticket_id, &copy, err);
}
