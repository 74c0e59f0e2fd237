/* The audit chain: each entry's hash covers the one before, and of its detail only a salted
 * digest, so that a detail can be erased and the chain stays whole. */
#include "store/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SALT_SIZE = 16, VERIFY_TOLD = 1000 };

struct entry {
	int64_t id, ticket_id, at;
	const char *who, *what;
	int64_t ledger_id, outbox_id; /* 0: none; not hashed */
	bool has_detail;
	struct digest detail;
};

/* 0; -ENOMEM, -ENOBUFS: a hash of half an entry is none. */
static int entry_hash(const struct digest *before, const struct entry *e, struct digest *out)
{
	AUTO_BUF b = BUF_INIT(4096);
	buf_add(&b, before->b, DIGEST_SIZE);
	wire_put_i64(&b, e->id);
	wire_put_i64(&b, e->ticket_id);
	wire_put_i64(&b, e->at);
	wire_put_str(&b, e->who);
	wire_put_str(&b, e->what);
	wire_put_u8(&b, e->has_detail);
	if (e->has_detail)
		buf_add(&b, e->detail.b, DIGEST_SIZE);
	*out = digest_sha256(buf_span(&b));
	return buf_status(&b);
}

static struct digest detail_hash(const unsigned char salt[SALT_SIZE], const char *detail)
{
	return digest_hmac(span_of(salt, SALT_SIZE), span_str(detail));
}

static int head_get(struct store *s, int64_t *n, struct digest *head, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT n, head FROM chain", err);
	if (!q)
		return err->code;
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : error_set(err, -EIO, "store: the chain's head is missing");
	*n = column_int(q, 0);
	column_digest(q, 1, head);
	stmt_end(q);
	return 0;
}

static int detail_add(struct store *s, const struct entry *e, const unsigned char salt[SALT_SIZE], const char *detail,
		      struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO event_detail VALUES (?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, e->id);
	bind_blob(q, 2, salt, SALT_SIZE);
	bind_text(q, 3, detail);
	return stmt_run(s, q, err);
}

static int entry_add(struct store *s, const struct entry *e, const struct digest *hash, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, e->id);
	if (e->ticket_id)
		bind_int(q, 2, e->ticket_id);
	bind_int(q, 3, e->at);
	bind_text(q, 4, e->who);
	bind_text(q, 5, e->what);
	if (e->has_detail)
		bind_blob(q, 6, e->detail.b, DIGEST_SIZE);
	bind_blob(q, 7, hash->b, DIGEST_SIZE);
	if (e->ledger_id)
		bind_int(q, 8, e->ledger_id);
	if (e->outbox_id)
		bind_int(q, 9, e->outbox_id);
	int r = stmt_run(s, q, err);
	if (r < 0)
		return r;
	q = stmt_get(s, "UPDATE chain SET n = ?, head = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, e->id);
	bind_blob(q, 2, hash->b, DIGEST_SIZE);
	return stmt_run(s, q, err);
}

int event_insert(struct store *s, int64_t ticket_id, struct event *ev, struct error *err)
{
	unsigned char salt[SALT_SIZE];
	struct digest head, hash;
	struct entry e = { .ticket_id = ticket_id,
			   .at = ev->at.ms,
			   .who = ev->who ? ev->who : "daemon",
			   .what = event_what_word(ev->what),
			   .ledger_id = ev->ledger_id,
			   .outbox_id = ev->outbox_id,
			   .has_detail = ev->detail != NULL };
	int r = head_get(s, &e.id, &head, err);
	e.id++;
	if (r == 0 && e.has_detail) {
		r = random_bytes(salt, sizeof(salt));
		e.detail = detail_hash(salt, ev->detail);
	}
	if (r == 0) {
		r = entry_hash(&head, &e, &hash);
		if (r < 0)
			(void)error_set(err, r, "store: an event's hash: %s", strerror(-r));
	}
	if (r == 0)
		r = entry_add(s, &e, &hash, err);
	if (r == 0 && e.has_detail)
		r = detail_add(s, &e, salt, ev->detail, err);
	if (r == 0)
		ev->id = e.id;
	return r;
}

int store_event_add(struct store *s, const struct event *e, struct error *err)
{
	struct event copy = *e;
	return event_insert(s, 0, &copy, err);
}

int store_events_after(struct store *s, int64_t after, struct arena *a, struct event_row *rows, size_t max, size_t *n,
		       struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT e.id, e.at, e.who, e.what, d.detail, t.number FROM event e LEFT JOIN event_detail d ON "
			 "d.event_id = e.id LEFT JOIN ticket t ON t.id = e.ticket_id WHERE e.id > ? ORDER BY e.id LIMIT ?",
			 err);
	int r = 0;
	*n = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, after);
	bind_int(q, 2, (int64_t)max);
	while (*n < max && (r = stmt_step(s, q, err)) > 0) {
		struct event_row *row = &rows[(*n)++];
		*row = (struct event_row){ .number = column_text(q, 5, a),
					   .event = { .id = column_int(q, 0),
						      .at = { column_int(q, 1) },
						      .who = column_text(q, 2, a),
						      .detail = column_text(q, 4, a) } };
		if (event_what_from_word((const char *)sqlite3_column_text(q, 3), &row->event.what) != 0)
			row->event.what = N_EVENTS;
	}
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : arena_status(a);
}

int store_event_top(struct store *s, int64_t *out, struct error *err)
{
	struct digest head;
	return head_get(s, out, &head, err);
}

static void broken(struct verify_result *out, int64_t id, const char *why)
{
	out->whole = false;
	out->broken_id = id;
	(void)snprintf(out->why, sizeof(out->why), "%s", why);
}

static bool detail_right(sqlite3_stmt *q, const struct entry *e)
{
	if (sqlite3_column_type(q, 7) == SQLITE_NULL)
		return true; /* erased, or never had one */
	if (!e->has_detail || sqlite3_column_bytes(q, 6) != SALT_SIZE)
		return false;
	struct digest d = detail_hash(sqlite3_column_blob(q, 6), (const char *)sqlite3_column_text(q, 7));
	return digest_eq(&d, &e->detail);
}

int store_verify(struct store *s, store_progress *progress, void *context, struct verify_result *out, struct error *err)
{
	int64_t n = 0;
	struct digest end, at = { 0 };
	*out = (struct verify_result){ .whole = true };
	int r = head_get(s, &n, &end, err);
	sqlite3_stmt *q =
		r == 0 ? stmt_get(s,
				  "SELECT e.id, e.ticket_id, e.at, e.who, e.what, e.detail_hash, d.salt, d.detail, e.hash "
				  "FROM event e LEFT JOIN event_detail d ON d.event_id = e.id ORDER BY e.id",
				  err)
		       : NULL;
	if (!q)
		return r < 0 ? r : err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		struct entry e = { .id = column_int(q, 0),
				   .ticket_id = column_int(q, 1),
				   .at = column_int(q, 2),
				   .who = (const char *)sqlite3_column_text(q, 3),
				   .what = (const char *)sqlite3_column_text(q, 4),
				   .has_detail = sqlite3_column_type(q, 5) != SQLITE_NULL };
		struct digest stored, hash;
		column_digest(q, 5, &e.detail);
		column_digest(q, 8, &stored);
		out->n_events++;
		if (e.id != (int64_t)out->n_events) {
			broken(out, (int64_t)out->n_events, "this entry is missing");
			break;
		}
		int h = entry_hash(&at, &e, &hash);
		if (h < 0) {
			stmt_end(q);
			return error_set(err, h, "store: an event's hash: %s", strerror(-h));
		}
		if (!digest_eq(&hash, &stored)) {
			broken(out, e.id, "this entry, or the one before it, was changed");
			break;
		}
		if (!detail_right(q, &e)) {
			broken(out, e.id, "this entry's detail was changed");
			break;
		}
		at = hash;
		if (progress && out->n_events % VERIFY_TOLD == 0)
			progress(context, (int)out->n_events, (int)n);
	}
	if (r > 0)
		stmt_end(q);
	if (r >= 0 && out->whole && ((int64_t)out->n_events != n || !digest_eq(&at, &end)))
		broken(out, (int64_t)out->n_events + 1, "entries at the end are missing");
	return r < 0 ? r : 0;
}
