/* What monitors are told of the store.  Each number comes from an index or a table of counts: the cost grows with what waits,
 * not with what is done. */
#include "store/store_private.h"

static int count_and_oldest(struct store *s, sqlite3_stmt *q, struct queue_figures *out, struct error *err)
{
	if (!q)
		return err->code;
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (struct queue_figures){ (uint64_t)column_int(q, 0), { column_int(q, 1) } };
	stmt_end(q);
	return 0;
}

static int queues(struct store *s, struct store_figures *f, struct error *err)
{
	struct queue_figures open = { 0 };
	int r = count_and_oldest(s, stmt_get(s, "SELECT count(*), min(internaldate) FROM ledger WHERE state = 0", err),
				 &f->unread, err);
	if (r == 0)
		r = count_and_oldest(
			s, stmt_get(s, "SELECT count(*), min(handled_at) FROM ledger WHERE state = 1 AND moved = 0", err),
			&f->unmoved, err);
	if (r == 0)
		r = count_and_oldest(s,
				     stmt_get(s,
					      "SELECT count(*), min(handled_at) FROM ledger WHERE disposition IN ('quarantined', "
					      "'too-big', 'held')",
					      err),
				     &f->quarantined, err);
	if (r == 0)
		r = count_and_oldest(s, stmt_get(s, "SELECT count(*), min(opened_at) FROM ticket WHERE open = 1", err), &open,
				     err);
	f->oldest_open = open.oldest;
	return r == 0 ? store_ticket_counts(s, f->tickets, err) : r;
}

static int outbox(struct store *s, struct store_figures *f, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT state, count(*), min(queued_at) FROM outbox WHERE finished = 0 OR state IN ('failed', "
				   "'uncertain', 'held') GROUP BY state",
				   err);
	int r;
	if (!q)
		return err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		enum outbox_state state;
		if (outbox_state_from_word((const char *)sqlite3_column_text(q, 0), &state) == 0)
			f->outbox[state] = (struct queue_figures){ (uint64_t)column_int(q, 1), { column_int(q, 2) } };
	}
	return r;
}

static int late(struct store *s, struct store_figures *f, struct instant now, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT count(*) FILTER (WHERE late1 <= ?1), count(*) FILTER (WHERE late2 <= ?1), count(*) FILTER (WHERE late3 "
		"<= ?1), count(*) FILTER (WHERE late4 <= ?1) FROM ticket WHERE ifnull(late1, ifnull(late2, ifnull(late3, "
		"late4))) IS NOT NULL",
		err);
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	for (int i = 0; i < 4; i++)
		f->step[i].overdue = (uint64_t)column_int(q, i);
	stmt_end(q);
	return 0;
}

static int steps(struct store *s, struct store_figures *f, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT step, up_to, n, seconds, late FROM step_count ORDER BY step, up_to", err);
	size_t taken[4] = { 0 };
	int r;
	if (!q)
		return err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		size_t i = (size_t)(column_int(q, 0) - 1);
		if (i >= 4 || taken[i] >= N_STEP_BUCKETS)
			continue;
		struct step_figures *x = &f->step[i];
		x->bucket[taken[i]].up_to_s = column_int(q, 1);
		x->bucket[taken[i]++].n = (uint64_t)column_int(q, 2);
		x->seconds += (uint64_t)column_int(q, 3);
		x->late += (uint64_t)column_int(q, 4);
	}
	return r;
}

int store_figures(struct store *s, struct instant now, struct store_figures *out, struct error *err)
{
	*out = (struct store_figures){ 0 };
	int r = queues(s, out, err);
	if (r == 0)
		r = outbox(s, out, err);
	if (r == 0)
		r = late(s, out, now, err);
	return r == 0 ? steps(s, out, err) : r;
}
