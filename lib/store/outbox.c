#include "store/store_private.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEGMENT_BYTES_STORED = 1 + 8 * 3,
	DUE_SCAN_MAX = 400,
	FAR_MS = 2 * 3600 * 1000, /* no delay is that long: the clock went back since */
};

#define OUTBOX_COLUMNS                                                                                                           \
	"id, ticket_id, kind, to_name, to_address, envelope_from, message_id, subject, state, tries, queued_at, next_at, "       \
	"last_code, last_text, counts, is_token"

static void segments_encode(const struct segment *list, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		wire_put_u8(out, (uint8_t)list[i].kind);
		wire_put_u64(out, list[i].raw_id);
		wire_put_u64(out, list[i].offset);
		wire_put_u64(out, list[i].length);
	}
}

static int segments_decode(sqlite3_stmt *q, int column, struct arena *a, struct outbox_row *out)
{
	const void *blob = sqlite3_column_blob(q, column);
	size_t bytes = blob ? (size_t)sqlite3_column_bytes(q, column) : 0, n = bytes / SEGMENT_BYTES_STORED;
	struct wire w = wire_open(span_of(blob, bytes));
	out->segments = arena_array(a, n ? n : 1, sizeof(*out->segments));
	if (!out->segments)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		out->segments[i].kind = (enum segment_kind)wire_u8_max(&w, SEGMENT_PLAIN);
		out->segments[i].raw_id = wire_u64(&w);
		out->segments[i].offset = wire_u64(&w);
		out->segments[i].length = wire_u64(&w);
	}
	out->n_segments = n;
	return wire_done(&w) ? 0 : -EIO;
}

int store_outbox_add(struct store *s, struct outbox_row *row, struct error *err)
{
	struct digest hash = digest_sha256(span_str(row->message_id));
	AUTO_BUF segments = BUF_INIT(64 * 1024);
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO outbox (ticket_id, kind, to_name, to_address, envelope_from, message_id, message_hash, "
			 "subject, state, tries, queued_at, next_at, counts, is_token, content, segments, finished, channel) "
			 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 err);
	if (!q)
		return err->code;
	segments_encode(row->segments, row->n_segments, &segments);
	if (buf_status(&segments) != 0)
		return error_set(err, buf_status(&segments), "too many pieces in one mail");
	if (row->ticket_id)
		bind_int(q, 1, row->ticket_id);
	bind_text(q, 2, letter_kind_word(row->kind));
	bind_text(q, 3, row->to_name);
	bind_text(q, 4, row->to_address);
	bind_text(q, 5, row->envelope_from);
	bind_text(q, 6, row->is_token ? NULL : row->message_id);
	bind_blob(q, 7, hash.b, DIGEST_SIZE);
	bind_text(q, 8, row->subject);
	bind_text(q, 9, outbox_state_word(row->state));
	bind_int(q, 10, row->tries);
	bind_int(q, 11, row->queued_at.ms);
	bind_int(q, 12, row->next_at.ms);
	bind_int(q, 13, row->counts && row->state != OUTBOX_HELD);
	bind_int(q, 14, row->is_token);
	bind_blob(q, 15, row->content.p, row->content.n);
	bind_blob(q, 16, segments.p, segments.n);
	bind_int(q, 17, row->state == OUTBOX_HELD);
	bind_int(q, 18, letter_kind_is_sms(row->kind) ? RELAY_SMS : RELAY_MAIL);
	int r = stmt_run(s, q, err);
	if (r == 0)
		row->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

static void row_read(sqlite3_stmt *q, struct arena *a, struct outbox_row *out)
{
	*out = (struct outbox_row){ .id = column_int(q, 0),
				    .ticket_id = column_int(q, 1),
				    .to_name = column_text(q, 3, a),
				    .to_address = column_text(q, 4, a),
				    .envelope_from = column_text(q, 5, a),
				    .message_id = column_text(q, 6, a),
				    .subject = column_text(q, 7, a),
				    .tries = (uint32_t)column_int(q, 9),
				    .queued_at = { column_int(q, 10) },
				    .next_at = { column_int(q, 11) },
				    .last_code = (int)column_int(q, 12),
				    .last_text = column_text(q, 13, a),
				    .counts = column_int(q, 14) != 0,
				    .is_token = column_int(q, 15) != 0 };
	(void)letter_kind_from_word((const char *)sqlite3_column_text(q, 2), &out->kind);
	(void)outbox_state_from_word((const char *)sqlite3_column_text(q, 8), &out->state);
}

int store_outbox_get(struct store *s, int64_t id, bool with_content, struct arena *a, struct outbox_row *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT " OUTBOX_COLUMNS ", content, segments FROM outbox WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	row_read(q, a, out);
	r = 0;
	if (with_content) {
		const void *blob = sqlite3_column_blob(q, 16); /* NULL: empty, or no memory */
		size_t n = blob ? (size_t)sqlite3_column_bytes(q, 16) : 0;
		unsigned char *p = arena_alloc(a, n + 1);
		if (p && n > 0)
			memcpy(p, blob, n);
		out->content = span_of(p, n);
		r = p ? segments_decode(q, 17, a, out) : -ENOMEM;
	}
	int taken = stmt_taken(s, q, err);
	if (taken < 0)
		return taken;
	r = r == 0 ? arena_status(a) : r;
	return r < 0 ? error_set(err, r, "store: outgoing mail %lld cannot be loaded", (long long)id) : 0;
}

static bool contains(const int64_t *list, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

int store_outbox_due(struct store *s, enum relay_channel channel, struct instant now, const int64_t *busy, size_t n_busy,
		     int64_t *ids, size_t max, size_t *n, struct error *err)
{
	int r = 0;
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT id FROM outbox o WHERE finished = 0 AND channel = ? AND next_at NOT BETWEEN ? AND ? AND NOT EXISTS "
		"(SELECT 1 FROM "
		"outbox e WHERE e.to_address = o.to_address AND e.finished = 0 AND e.next_at > e.queued_at AND e.id < o.id) "
		"ORDER "
		"BY next_at, id "
		"LIMIT ?",
		err);
	*n = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, channel);
	bind_int(q, 2, now.ms + 1);
	bind_int(q, 3, now.ms + FAR_MS);
	bind_int(q, 4, (int64_t)(max + n_busy));
	while (*n < max && (r = stmt_step(s, q, err)) > 0)
		if (!contains(busy, n_busy, column_int(q, 0)))
			ids[(*n)++] = column_int(q, 0);
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_outbox_next_at(struct store *s, enum relay_channel channel, struct instant now, struct instant *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT next_at FROM outbox WHERE finished = 0 AND channel = ? AND next_at > ? "
				   "ORDER BY next_at LIMIT 1",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, channel);
	bind_int(q, 2, now.ms);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	out->ms = column_int(q, 0);
	stmt_end(q);
	return 0;
}

static int message_state(struct store *s, int64_t outbox_id, enum outbox_state st, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE message SET state = ? WHERE outbox_id = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, outbox_state_word(st));
	bind_int(q, 2, outbox_id);
	return stmt_run(s, q, err);
}

int store_outbox_set(struct store *s, int64_t id, enum outbox_state st, uint32_t tries, struct instant next_at, int code,
		     const char *text, struct instant now, struct error *err)
{
	bool finished = st == OUTBOX_SENT || st == OUTBOX_FAILED || (st == OUTBOX_UNCERTAIN && next_at.ms >= INT64_MAX / 2);
	(void)now;
	sqlite3_stmt *q =
		stmt_get(s,
			 "UPDATE outbox SET state = ?, tries = ?, next_at = ?, last_code = ?, last_text = ?, finished = ?, "
			 "content = CASE WHEN ?6 = 1 AND is_token = 1 THEN NULL ELSE content END WHERE id = ?7",
			 err);
	if (!q)
		return err->code;
	bind_text(q, 1, outbox_state_word(st));
	bind_int(q, 2, tries);
	bind_int(q, 3, next_at.ms);
	bind_int(q, 4, code);
	bind_text(q, 5, text);
	bind_int(q, 6, finished);
	bind_int(q, 7, id);
	int r = stmt_run(s, q, err);
	return r < 0 ? r : message_state(s, id, st, err);
}

int store_outbox_release(struct store *s, int64_t id, struct instant now, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "UPDATE outbox SET state = 'queued', finished = 0, counts = 1, queued_at = ?1, next_at = ?1 "
				   "WHERE id = ?2 AND state = 'held'",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	bind_int(q, 2, id);
	int r = stmt_run(s, q, err);
	if (r == 0 && sqlite3_changes(s->db) == 0)
		return STORE_NOT_FOUND;
	return r < 0 ? r : message_state(s, id, OUTBOX_QUEUED, err);
}

/* Ids of rows that were being sent, above after. */
static int sending_after(struct store *s, int64_t after, int64_t *ids, size_t max, size_t *n, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "SELECT id FROM outbox WHERE finished = 0 AND state = 'sending' AND id > ? ORDER BY id LIMIT ?", err);
	int r;
	if (!q)
		return err->code;
	bind_int(q, 1, after);
	bind_int(q, 2, (int64_t)max);
	*n = 0;
	while ((r = stmt_step(s, q, err)) > 0)
		ids[(*n)++] = column_int(q, 0);
	return r;
}

static int recover_one(struct store *s, int64_t id, enum flight_end end, struct instant now, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE outbox SET state = ?, next_at = ? WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, outbox_state_word(end == FLIGHT_UNSENT ? OUTBOX_QUEUED : OUTBOX_UNCERTAIN));
	bind_int(q, 2, now.ms);
	bind_int(q, 3, id);
	return stmt_run(s, q, err);
}

int store_outbox_recover(struct store *s, struct instant now, uint64_t *n_doubt, int64_t lost[LIMIT_SENDING], size_t *n_lost,
			 struct error *err)
{
	int64_t ids[LIMIT_SENDING] = { 0 }, after = 0;
	size_t n = LIMIT_SENDING;
	int r = 0;
	*n_doubt = *n_lost = 0;
	while (r == 0 && n == LIMIT_SENDING) {
		r = sending_after(s, after, ids, LIMIT_SENDING, &n, err);
		for (size_t i = 0; r == 0 && i < n; i++) {
			enum flight_end end = flight_look(s, ids[i]);
			r = recover_one(s, ids[i], end, now, err);
			*n_doubt += end == FLIGHT_DOUBT;
			if (end == FLIGHT_LOST && *n_lost < LIMIT_SENDING)
				lost[(*n_lost)++] = ids[i];
			after = ids[i];
		}
	}
	return r;
}

int store_outbox_doubt(struct store *s, uint64_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "UPDATE outbox SET state = 'uncertain', finished = 1, next_at = ?, last_text = 'perhaps sent "
				   "before the store was restored' WHERE finished = 0",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, INT64_MAX / 2);
	int r = stmt_run(s, q, err);
	if (r < 0)
		return r;
	*n = (uint64_t)sqlite3_changes(s->db);
	q = stmt_get(s,
		     "UPDATE message SET state = 'uncertain' WHERE outbox_id IN "
		     "(SELECT id FROM outbox WHERE state = 'uncertain' AND finished = 1)",
		     err);
	return q ? stmt_run(s, q, err) : err->code;
}

int store_outbox_list(struct store *s, bool unfinished_only, struct arena *a, struct outbox_row **out, size_t *n,
		      struct error *err)
{
	size_t cap = 1000;
	struct outbox_row *list = arena_array(a, cap, sizeof(*list));
	int r = 0;
	sqlite3_stmt *q = unfinished_only
				  ? stmt_get(s,
					     "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE finished = 0 OR state IN ('failed', "
					     "'uncertain', 'held') ORDER BY id DESC LIMIT ?",
					     err)
				  : stmt_get(s, "SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY id DESC LIMIT ?", err);
	*n = 0;
	if (!q || !list)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	bind_int(q, 1, (int64_t)cap);
	while (*n < cap && (r = stmt_step(s, q, err)) > 0)
		row_read(q, a, &list[(*n)++]);
	if (r > 0)
		stmt_end(q);
	*out = list;
	return r < 0 ? r : 0;
}

int store_outbox_counts(struct store *s, struct outbox_counts *out, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT count(*) FILTER (WHERE state IN ('queued', 'sending') OR (state = 'uncertain' AND next_at "
			 "<= ?1)), count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'failed' OR "
			 "(state = 'uncertain' AND next_at > ?1)) FROM outbox WHERE finished = 0 OR state IN ('failed', "
			 "'uncertain', 'held')",
			 err);
	if (!q)
		return err->code;
	bind_int(q, 1, INT64_MAX / 4); /* never */
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (struct outbox_counts){ (uint64_t)column_int(q, 0), (uint64_t)column_int(q, 1), (uint64_t)column_int(q, 2) };
	stmt_end(q);
	return 0;
}

int store_outbox_by_message_id(struct store *s, const char *message_id, struct arena *a, struct outbox_row *out,
			       struct error *err)
{
	struct digest hash = digest_sha256(span_str(message_id));
	sqlite3_stmt *q = stmt_get(s, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE message_hash = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash.b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	row_read(q, a, out);
	r = stmt_taken(s, q, err);
	return r == 0 && arena_status(a) != 0 ? error_set(err, -ENOMEM, "no memory") : r;
}

/* --- counting for the caps ------------------------------------------------------------------ */

static int counted(struct store *s, sqlite3_stmt *q, uint32_t *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (uint32_t)column_int(q, 0);
	stmt_end(q);
	return 0;
}

static int count_since(struct store *s, const char *to, int64_t ticket_id, int64_t since, uint32_t *out, struct error *err)
{
	sqlite3_stmt *q;
	if (to) {
		q = stmt_get(s,
			     "SELECT count(*) FROM outbox WHERE counts = 1 AND to_address = ? COLLATE NOCASE AND queued_at > ?",
			     err);
		if (q)
			bind_text(q, 1, to);
	} else if (ticket_id) {
		q = stmt_get(s, "SELECT count(*) FROM outbox WHERE counts = 1 AND ticket_id = ? AND queued_at > ?", err);
		if (q)
			bind_int(q, 1, ticket_id);
	} else {
		q = stmt_get(s, "SELECT count(*) FROM outbox WHERE counts = 1 AND ? IS NULL AND queued_at > ?", err);
	}
	if (!q)
		return err->code;
	bind_int(q, 2, since);
	return counted(s, q, out, err);
}

int store_traffic(struct store *s, const char *to, int64_t ticket_id, struct instant now, struct traffic *out, struct error *err)
{
	const int64_t hour = now.ms - 3600000, day = now.ms - 86400000;
	int r = count_since(s, to, 0, hour, &out->address_hour, err);
	if (r == 0)
		r = count_since(s, to, 0, day, &out->address_day, err);
	if (r == 0 && ticket_id)
		r = count_since(s, NULL, ticket_id, day, &out->ticket_day, err);
	if (r == 0)
		r = count_since(s, NULL, 0, hour, &out->all_hour, err);
	const char *domain = mail_address_domain(to);
	sqlite3_stmt *q = r == 0 && domain ? stmt_get(s,
						      "SELECT count(*) FROM outbox WHERE counts = 1 AND queued_at > ? AND "
						      "substr(to_address, instr(to_address, '@') + 1) = ? COLLATE NOCASE",
						      err)
					   : NULL;
	if (r < 0 || !q)
		return r < 0 ? r : domain ? err->code : 0;
	bind_int(q, 1, hour);
	bind_text(q, 2, domain);
	return counted(s, q, &out->domain_hour, err);
}

int store_sent_count(struct store *s, enum letter_kind kind, const char *to, struct instant since, uint32_t *out,
		     struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "SELECT count(*) FROM outbox WHERE kind = ? AND to_address = ? COLLATE NOCASE AND queued_at > ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, letter_kind_word(kind));
	bind_text(q, 2, to);
	bind_int(q, 3, since.ms);
	return counted(s, q, out, err);
}

int store_sms_sent(struct store *s, const char *number, struct instant since, uint32_t *out, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT count(*) FROM outbox WHERE kind IN ('sms', 'sms-received', 'sms-renewed', 'sms-notice') "
			 "AND to_address = ? AND queued_at > ? AND state NOT IN ('held', 'failed')",
			 err);
	if (!q)
		return err->code;
	bind_text(q, 1, number);
	bind_int(q, 2, since.ms);
	return counted(s, q, out, err);
}

int store_address_dead(struct store *s, const char *address, bool *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM dead_address WHERE address = lower(?)", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	int r = stmt_step(s, q, err);
	*out = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_address_mark(struct store *s, const char *address, bool dead, struct instant now, struct error *err)
{
	sqlite3_stmt *q = dead ? stmt_get(s, "INSERT INTO dead_address VALUES (lower(?), ?) ON CONFLICT DO NOTHING", err)
			       : stmt_get(s, "DELETE FROM dead_address WHERE address = lower(?)", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	if (dead)
		bind_int(q, 2, now.ms);
	return stmt_run(s, q, err);
}

int store_soft_bounce_add(struct store *s, const char *address, struct instant at, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO soft_bounce VALUES (lower(?), ?)", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	bind_int(q, 2, at.ms);
	return stmt_run(s, q, err);
}

int store_soft_bounces(struct store *s, const char *address, struct instant since, uint32_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT count(*) FROM soft_bounce WHERE address = lower(?) AND at > ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, address);
	bind_int(q, 2, since.ms);
	return counted(s, q, out, err);
}
