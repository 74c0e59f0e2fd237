/* Messages of tickets, tokens, confirmations. */
#include "store/store_private.h"

#include "base/text.h"
#include "store/keep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The next number of a text in the full-text index; 0: the ticket has more texts than it numbers. */
static int doc_next(struct store *s, int64_t ticket_id, int64_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT doc FROM message WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	int r = stmt_step(s, q, err);
	if (r < 0)
		return r;
	*out = (ticket_id << SEARCH_PLACE_BITS) + 1;
	if (r == 0)
		return 0;
	int64_t last = column_int(q, 0);
	stmt_end(q);
	*out = last != 0 && ((last + 1) >> SEARCH_PLACE_BITS) == ticket_id ? last + 1 : 0;
	return 0;
}

static int text_found(struct store *s, int64_t doc, const struct message_row *m, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO search (rowid, words) VALUES (?, ifnull(?, '') || ' ' || ifnull(?, ''))", err);
	if (!q)
		return err->code;
	bind_int(q, 1, doc);
	bind_text(q, 2, m->subject);
	bind_text(q, 3, m->text);
	return stmt_run(s, q, err);
}

int store_message_add(struct store *s, struct message_row *m, struct error *err)
{
	int64_t doc = 0;
	int r = doc_next(s, m->ticket_id, &doc, err);
	if (r < 0)
		return r;
	sqlite3_stmt *q = stmt_get(s,
				   "INSERT INTO message (ticket_id, ledger_id, outbox_id, direction, kind, sender, recipient, "
				   "subject, message_id, at, state, text, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, m->ticket_id);
	if (m->ledger_id)
		bind_int(q, 2, m->ledger_id);
	if (m->outbox_id)
		bind_int(q, 3, m->outbox_id);
	bind_text(q, 4, m->direction);
	bind_text(q, 5, m->kind);
	bind_text(q, 6, m->from);
	bind_text(q, 7, m->to);
	bind_text(q, 8, m->subject);
	bind_text(q, 9, m->message_id);
	bind_int(q, 10, m->at.ms);
	bind_text(q, 11, m->state);
	bind_text(q, 12, m->text);
	if (doc)
		bind_int(q, 13, doc);
	r = stmt_run(s, q, err);
	if (r < 0)
		return r;
	m->id = sqlite3_last_insert_rowid(s->db);
	r = store_keep_again(s, m->ticket_id, err);
	if (r < 0)
		return r;
	return doc ? text_found(s, doc, m, err) : 0;
}

int store_message_list(struct store *s, int64_t ticket_id, struct arena *a, struct message_row **out, size_t *n,
		       struct error *err)
{
	size_t cap = 32;
	struct message_row *list = arena_array(a, cap, sizeof(*list));
	int r;
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT id, ledger_id, outbox_id, direction, kind, sender, recipient, subject, message_id, at, "
			 "state, text FROM message WHERE ticket_id = ? ORDER BY id",
			 err);
	*n = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	while ((r = stmt_step(s, q, err)) > 0) {
		if (*n == cap) {
			list = arena_grow(a, list, cap, cap * 2, sizeof(*list));
			cap *= 2;
		}
		if (!list) {
			stmt_end(q);
			return error_set(err, -ENOMEM, "no memory");
		}
		list[(*n)++] = (struct message_row){ .id = column_int(q, 0),
						     .ticket_id = ticket_id,
						     .ledger_id = column_int(q, 1),
						     .outbox_id = column_int(q, 2),
						     .direction = column_text(q, 3, a),
						     .kind = column_text(q, 4, a),
						     .from = column_text(q, 5, a),
						     .to = column_text(q, 6, a),
						     .subject = column_text(q, 7, a),
						     .message_id = column_text(q, 8, a),
						     .at = { column_int(q, 9) },
						     .state = column_text(q, 10, a),
						     .text = column_text(q, 11, a) };
	}
	*out = list;
	return r;
}

int store_message_find(struct store *s, const char *message_id, int64_t *out_ticket, int64_t *out_outbox, struct error *err)
{
	char hex[DIGEST_HEX_SIZE], hidden[DIGEST_HEX_SIZE + 8];
	struct digest d = digest_sha256(span_str(message_id));
	digest_hex(&d, hex);
	(void)snprintf(hidden, sizeof(hidden), "sha256:%s", hex);
	const char *forms[] = { message_id, hidden };
	for (size_t i = 0; i < 2; i++) {
		sqlite3_stmt *q =
			stmt_get(s, "SELECT ticket_id, outbox_id FROM message WHERE message_id = ? ORDER BY id LIMIT 1", err);
		if (!q)
			return err->code;
		bind_text(q, 1, forms[i]);
		int r = stmt_step(s, q, err);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		*out_ticket = column_int(q, 0);
		*out_outbox = column_int(q, 1);
		stmt_end(q);
		return 0;
	}
	return STORE_NOT_FOUND;
}

/* --- tokens ------------------------------------------------------------------------------------ */

int store_token_add(struct store *s, const struct digest *hash, const char *owner, int64_t ticket_id, struct instant expires,
		    struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO token (hash, owner, ticket_id, expires) VALUES (?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	bind_text(q, 2, owner);
	bind_int(q, 3, ticket_id);
	bind_int(q, 4, expires.ms);
	return stmt_run(s, q, err);
}

int store_token_find(struct store *s, const struct digest *hash, struct instant now, struct arena *a, struct token_facts *out,
		     struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT owner, ticket_id, expires, revoked FROM token WHERE hash = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = (struct token_facts){ .owner = column_text(q, 0, a),
				     .ticket_id = column_int(q, 1),
				     .hash = *hash,
				     .state = column_int(q, 3)            ? TOKEN_REVOKED
					      : column_int(q, 2) < now.ms ? TOKEN_EXPIRED
									  : TOKEN_VALID };
	stmt_end(q);
	return out->owner ? 0 : -ENOMEM;
}

int store_token_revoke(struct store *s, const struct digest *hash, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE token SET revoked = 1 WHERE hash = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	return stmt_run(s, q, err);
}

int store_token_used(struct store *s, const struct digest *hash, const struct digest *content, bool *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM token_use WHERE hash = ? AND content = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	bind_blob(q, 2, content->b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	*out = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

int store_token_use(struct store *s, const struct digest *hash, const struct digest *content, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO token_use VALUES (?, ?) ON CONFLICT DO NOTHING", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	bind_blob(q, 2, content->b, DIGEST_SIZE);
	return stmt_run(s, q, err);
}

int store_confirmation_add(struct store *s, const struct digest *hash, const char *owner, int64_t ledger_id,
			   struct instant expires, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO confirmation (hash, owner, ledger_id, expires) VALUES (?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	bind_text(q, 2, owner);
	bind_int(q, 3, ledger_id);
	bind_int(q, 4, expires.ms);
	return stmt_run(s, q, err);
}

int store_confirmation_find(struct store *s, const struct digest *hash, struct instant now, struct arena *a,
			    struct confirmation_facts *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT id, owner, ledger_id, expires, used FROM confirmation WHERE hash = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = (struct confirmation_facts){ .is_answer = true,
					    .id = column_int(q, 0),
					    .owner = column_text(q, 1, a),
					    .ledger_id = column_int(q, 2),
					    .expired = column_int(q, 3) < now.ms,
					    .used = column_int(q, 4) != 0 };
	stmt_end(q);
	return out->owner ? 0 : -ENOMEM;
}

int store_confirmation_use(struct store *s, int64_t id, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE confirmation SET used = 1 WHERE id = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	return stmt_run(s, q, err);
}
