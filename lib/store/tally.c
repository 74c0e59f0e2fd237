/* Register and recap: one small row a ticket, read in one pass. */
#include "store/store_private.h"

int store_tally_save(struct store *s, int64_t id, const struct tally *t, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	bind_int(q, 2, t->opened_s);
	if (t->ended_s)
		bind_int(q, 3, t->ended_s);
	bind_text(q, 4, t->agency);
	bind_text(q, 5, t->officer);
	bind_int(q, 6, t->waits_for);
	for (int i = 0; i < 4; i++) {
		bind_int(q, 7 + i, t->step_s[i]);
		bind_int(q, 11 + i, t->standard_s[i]);
	}
	bind_int(q, 15, t->waiting_s);
	bind_int(q, 16, t->paused_s);
	bind_int(q, 17, t->mails);
	bind_int(q, 18, t->sms);
	bind_int(q, 19, t->mark);
	return stmt_run(s, q, err);
}

/* Borrowed until the next row. */
static const char *text(sqlite3_stmt *q, int i)
{
	return (const char *)sqlite3_column_text(q, i);
}

static void row_read(sqlite3_stmt *q, struct tally *t)
{
	*t = (struct tally){ .number = text(q, 0),
			     .state = text(q, 1),
			     .kind = text(q, 2),
			     .opened_s = column_int(q, 3),
			     .ended_s = column_int(q, 4),
			     .agency = text(q, 5),
			     .officer = text(q, 6),
			     .waits_for = (enum span_kind)column_int(q, 7),
			     .waiting_s = column_int(q, 16),
			     .paused_s = column_int(q, 17),
			     .mails = (uint32_t)column_int(q, 18),
			     .sms = (uint32_t)column_int(q, 19),
			     .mark = (uint32_t)column_int(q, 20),
			     .name = text(q, 21),
			     .nik = text(q, 22),
			     .nip = text(q, 23),
			     .position = text(q, 24),
			     .person_state = text(q, 25),
			     .until = text(q, 26),
			     .report = text(q, 27) };
	for (int i = 0; i < 4; i++) {
		t->step_s[i] = column_int(q, 8 + i);
		t->standard_s[i] = column_int(q, 12 + i);
	}
}

int store_tally_each(struct store *s, int64_t from_s, int64_t to_s, int (*row)(void *context, const struct tally *t),
		     void *context, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT k.number, k.state, k.kind, t.opened_s, t.ended_s, t.agency, t.officer, t.waits_for, t.w1, t.w2, t.w3, "
		"t.w4, t.s1, t.s2, t.s3, t.s4, t.waiting_s, t.paused_s, t.mails, t.sms, t.mark, a.v0, a.v1, a.v2, a.v3, "
		"a.state, a.renewed_until, (SELECT number FROM report WHERE ticket_id = k.id AND kind = 'report' ORDER BY id "
		"DESC LIMIT 1), k.id "
		"FROM tally t JOIN ticket k ON k.id = t.ticket_id LEFT JOIN applicant a ON a.ticket_id = k.id "
		"WHERE t.opened_s < ? AND (t.ended_s IS NULL OR t.ended_s >= ? OR a.renewed_until IS NOT NULL) "
		"ORDER BY k.id, a.id",
		err);
	int r;
	int64_t last = 0;
	if (!q)
		return err->code;
	bind_int(q, 1, to_s);
	bind_int(q, 2, from_s);
	while ((r = stmt_step(s, q, err)) > 0) {
		struct tally t;
		row_read(q, &t);
		t.first = column_int(q, 28) != last;
		last = column_int(q, 28);
		r = row(context, &t);
		if (r != 0) {
			stmt_end(q);
			return r;
		}
	}
	return r;
}
