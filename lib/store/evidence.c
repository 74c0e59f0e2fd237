/* Examined files of tickets, as the examiner's value. */
#include "store/store_private.h"

#include <errno.h>

enum { EVIDENCE_MAX = 8 * 1024 * 1024, LISTED_MAX = 200 };

int store_evidence_add(struct store *s, int64_t ticket_id, int64_t ledger_id, struct instant received,
		       const struct evidence_file *f, struct error *err)
{
	AUTO_BUF b = BUF_INIT(EVIDENCE_MAX);
	evidence_encode(f, &b);
	if (buf_status(&b) < 0)
		return error_set(err, buf_status(&b), "an examined file");
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO evidence (ticket_id, ledger_id, received, value) VALUES (?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, ticket_id);
	bind_int(q, 2, ledger_id);
	bind_int(q, 3, received.ms);
	bind_blob(q, 4, b.p, b.n);
	return stmt_run(s, q, err);
}

int store_evidence_list(struct store *s, int64_t ticket_id, struct arena *a, struct examined **out, size_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT received, value FROM (SELECT id, received, value FROM evidence WHERE ticket_id = ? "
				   "ORDER BY id DESC LIMIT ?) ORDER BY id",
				   err);
	struct examined *list = arena_array(a, LISTED_MAX, sizeof(*list));
	int r = 0;
	*n = 0;
	*out = list;
	if (!q || !list)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	bind_int(q, 1, ticket_id);
	bind_int(q, 2, LISTED_MAX);
	while ((r = stmt_step(s, q, err)) > 0) {
		struct wire w = wire_open(span_of(sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1)));
		list[*n].received.ms = column_int(q, 0);
		int d = evidence_decode(&w, a, &list[*n].file);
		if (d != 0 || !wire_done(&w)) {
			stmt_end(q);
			return error_set(err, d < 0 ? d : -EIO, "store: an examined file cannot be read");
		}
		++*n;
	}
	return r;
}
