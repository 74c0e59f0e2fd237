/* What a fresh store cannot make out of the raw mails: capabilities are random, so they come from the old one. */
#include "store/store_private.h"

#include <errno.h>

static int copy_tokens(struct store *fresh, struct store *old, struct error *err)
{
	sqlite3_stmt *q = stmt_get(old, "SELECT hash, owner, ticket_id, expires FROM token", err);
	AUTO_ARENA a = arena_new(64 * 1024 * 1024);
	int r = 0, more = 1;
	if (!q || !a)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	while (r == 0 && (more = stmt_step(old, q, err)) > 0) {
		struct digest hash;
		column_digest(q, 0, &hash);
		r = store_token_add(fresh, &hash, column_text(q, 1, a), column_int(q, 2), (struct instant){ column_int(q, 3) },
				    err);
	}
	if (more > 0)
		stmt_end(q);
	return r < 0 ? r : more;
}

static int copy_confirmations(struct store *fresh, struct store *old, struct error *err)
{
	sqlite3_stmt *q = stmt_get(old, "SELECT hash, owner, ledger_id, expires FROM confirmation", err);
	AUTO_ARENA a = arena_new(64 * 1024 * 1024);
	int r = 0, more = 1;
	if (!q || !a)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	while (r == 0 && (more = stmt_step(old, q, err)) > 0) {
		struct digest hash;
		column_digest(q, 0, &hash);
		r = store_confirmation_add(fresh, &hash, column_text(q, 1, a), column_int(q, 2),
					   (struct instant){ column_int(q, 3) }, err);
	}
	if (more > 0)
		stmt_end(q);
	return r < 0 ? r : more;
}

int store_capabilities_copy(struct store *fresh, struct store *old, struct error *err)
{
	int r = copy_tokens(fresh, old, err);
	return r == 0 ? copy_confirmations(fresh, old, err) : r;
}
