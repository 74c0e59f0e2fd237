#include "store/keep_private.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { EVENTS_FIRST = 16 };

struct digest person_hash(const struct store *s, const char *number)
{
	return digest_hmac(span_of(s->key, sizeof(s->key)), span_str(number));
}

static int next_number(struct store *s, int year, struct arena *a, const char **out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO counter VALUES (?, 2) ON CONFLICT DO UPDATE SET next = next + 1 RETURNING next - 1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, year);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = arena_printf(a, "%d-%04lld", year, (long long)column_int(q, 0));
	r = stmt_run(s, q, err);
	return r < 0 ? r : *out ? 0 : -ENOMEM;
}

static bool is_open(const struct ticket *t)
{
	return t->state == TICKET_RECEIVED || t->state == TICKET_EXAMINING || t->state == TICKET_WAITING ||
	       t->state == TICKET_RENEWED;
}

static void bind_time(sqlite3_stmt *q, int i, bool has, struct instant t)
{
	if (has)
		bind_int(q, i, t.ms);
	else
		bind_null(q, i);
}

static int row_save(struct store *s, struct ticket *t, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s,
		"INSERT INTO ticket (id, number, state, kind, requester_name, requester_address, assigned_to, "
		"opened_at, closed_at, held_until, merged_into, request_id, last_id, open, letter_number, "
		"letter_from, hold) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
		"state = excluded.state, kind = excluded.kind, requester_name = excluded.requester_name, "
		"requester_address = excluded.requester_address, assigned_to = excluded.assigned_to, "
		"closed_at = excluded.closed_at, held_until = excluded.held_until, "
		"merged_into = excluded.merged_into, last_id = excluded.last_id, open = excluded.open, hold = excluded.hold, "
		"gone = iif(excluded.open = 1, 0, gone)",
		err);
	if (!q)
		return err->code;
	if (t->id)
		bind_int(q, 1, t->id);
	bind_text(q, 2, t->number);
	bind_text(q, 3, ticket_state_word(t->state));
	bind_text(q, 4, request_kind_word(t->kind));
	bind_text(q, 5, t->requester_name);
	bind_text(q, 6, t->requester_address);
	bind_text(q, 7, t->assigned_to);
	bind_int(q, 8, t->opened_at.ms);
	bind_time(q, 9, t->is_closed, t->closed_at);
	bind_time(q, 10, t->is_held, t->held_until);
	bind_text(q, 11, t->merged_into);
	bind_text(q, 12, t->request_id);
	bind_text(q, 13, t->last_id);
	bind_int(q, 14, is_open(t));
	bind_text(q, 15, t->letter_number);
	bind_text(q, 16, t->letter_from);
	bind_text(q, 17, t->hold);
	int r = stmt_run(s, q, err);
	if (r == 0 && t->id == 0)
		t->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

static int applicant_save(struct store *s, int64_t ticket_id, struct applicant *p, struct error *err)
{
	char date[16];
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO applicant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
			 "?) "
			 "ON CONFLICT (id) DO UPDATE SET state = excluded.state, v0 = excluded.v0, v1 = excluded.v1, "
			 "v2 = excluded.v2, v3 = excluded.v3, v4 = excluded.v4, v5 = excluded.v5, v6 = excluded.v6, "
			 "v7 = excluded.v7, g0 = excluded.g0, g1 = excluded.g1, g2 = excluded.g2, g3 = excluded.g3, "
			 "g4 = excluded.g4, g5 = excluded.g5, g6 = excluded.g6, g7 = excluded.g7, "
			 "renewed_until = excluded.renewed_until, renewed_assumed = excluded.renewed_assumed, "
			 "renewed_serial = excluded.renewed_serial, renewed_from = excluded.renewed_from, "
			 "renewed_to = excluded.renewed_to",
			 err);
	if (!q)
		return err->code;
	if (p->id)
		bind_int(q, 1, p->id);
	bind_int(q, 2, ticket_id);
	bind_text(q, 3, applicant_state_word(p->state));
	for (int f = 0; f < N_FIELDS; f++) {
		bind_text(q, 4 + f, p->value[f]);
		bind_text(q, 12 + f, p->given[f]);
	}
	(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", p->renewed_until.year % 10000, p->renewed_until.month % 100,
		       p->renewed_until.day % 100);
	bind_text(q, 20, p->renewed_until.year ? date : NULL);
	bind_int(q, 21, p->renewed_until_assumed);
	bind_text(q, 22, p->renewed_serial);
	bind_int(q, 23, p->renewed_from.ms);
	bind_int(q, 24, p->renewed_to.ms);
	int r = stmt_run(s, q, err);
	if (r == 0 && p->id == 0)
		p->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

static int delete_of(struct store *s, sqlite3_stmt *q, int64_t id, struct error *err)
{
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	return stmt_run(s, q, err);
}

static int parties_save(struct store *s, const struct ticket *t, struct error *err)
{
	int r = delete_of(s, stmt_get(s, "DELETE FROM party WHERE ticket_id = ?", err), t->id, err);
	for (size_t i = 0; r == 0 && i < t->n_parties; i++) {
		sqlite3_stmt *q = stmt_get(s, "INSERT INTO party VALUES (?, ?) ON CONFLICT DO NOTHING", err);
		if (!q)
			return err->code;
		bind_int(q, 1, t->id);
		bind_text(q, 2, t->parties[i]);
		r = stmt_run(s, q, err);
	}
	return r;
}

static int person_add(struct store *s, const char *number, int64_t ticket_id, struct error *err)
{
	struct digest h = person_hash(s, number);
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO person VALUES (?, ?) ON CONFLICT DO NOTHING", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, h.b, DIGEST_SIZE);
	bind_int(q, 2, ticket_id);
	return stmt_run(s, q, err);
}

/* Keyed hashes of what is looked up: NIK and NIP of open renewals, telephones of open tickets. */
static int persons_save(struct store *s, const struct ticket *t, struct error *err)
{
	static const enum applicant_field fields[] = { FIELD_PHONE, FIELD_NIK, FIELD_NIP };
	int r = delete_of(s, stmt_get(s, "DELETE FROM person WHERE ticket_id = ?", err), t->id, err);
	if (!is_open(t))
		return r;
	for (size_t i = 0; r == 0 && i < t->n_applicants; i++)
		for (size_t k = 0; r == 0 && k < 3; k++) {
			const char *v = t->applicants[i].value[fields[k]];
			bool wanted = fields[k] == FIELD_PHONE ||
				      (t->kind == REQUEST_RENEWAL && t->applicants[i].state == APPLICANT_OPEN);
			if (v && wanted)
				r = person_add(s, v, t->id, err);
		}
	return r;
}

static int search_put(struct store *s, const char *sql, int64_t doc, const char *words, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, sql, err);
	if (!q)
		return err->code;
	bind_int(q, 1, doc);
	bind_text(q, 2, words);
	return stmt_run(s, q, err);
}

/* The old words out of the index: it knows them only from whoever put them in. */
static int words_out(struct store *s, int64_t id, const char *words, const char *opd, struct error *err)
{
	int r = search_put(s, "INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)", id << SEARCH_PLACE_BITS, words,
			   err);
	return r == 0 ? search_put(s, "INSERT INTO search_opd (search_opd, rowid, opd) VALUES ('delete', ?, ?)", id, opd, err)
		      : r;
}

static int words_in(struct store *s, int64_t id, const char *words, const char *opd, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO words VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET words = excluded.words, opd = excluded.opd",
		err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	bind_text(q, 2, words);
	bind_text(q, 3, opd);
	int r = stmt_run(s, q, err);
	if (r == 0)
		r = search_put(s, "INSERT INTO search (rowid, words) VALUES (?, ?)", id << SEARCH_PLACE_BITS, words, err);
	return r == 0 ? search_put(s, "INSERT INTO search_opd (rowid, opd) VALUES (?, ?)", id, opd, err) : r;
}

static int words_put(struct store *s, int64_t id, const char *words, const char *opd, struct error *err)
{
	AUTO_ARENA a = arena_new(1024 * 1024);
	sqlite3_stmt *q = a ? stmt_get(s, "SELECT words, opd FROM words WHERE ticket_id = ?", err) : NULL;
	if (!q)
		return a ? err->code : error_set(err, -ENOMEM, "no memory");
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r > 0) {
		const char *old = column_text(q, 0, a), *old_opd = column_text(q, 1, a);
		stmt_end(q);
		if (!old || !old_opd)
			return error_set(err, -ENOMEM, "no memory");
		if (str_eq(old, words) && str_eq(old_opd, opd))
			return 0;
		r = words_out(s, id, old, old_opd, err);
	}
	return r == 0 ? words_in(s, id, words, opd, err) : r;
}

/* What a ticket is found by beside its texts: follows every change of its data. */
static int words_save(struct store *s, const struct ticket *t, struct error *err)
{
	AUTO_BUF b = BUF_INIT(256 * 1024), opd = BUF_INIT(256 * 1024);
	buf_addf(&b, "%s %s %s", t->number, t->requester_name ? t->requester_name : "",
		 t->requester_address ? t->requester_address : "");
	for (size_t i = 0; i < t->n_applicants && b.n < 200 * 1024; i++) {
		for (int f = 0; f < N_FIELDS; f++)
			if (f != FIELD_NIK && f != FIELD_NIP && f != FIELD_PHONE && t->applicants[i].value[f])
				buf_addf(&b, " %s", t->applicants[i].value[f]);
		if (t->applicants[i].value[FIELD_AGENCY])
			buf_addf(&opd, "%s%s", opd.n ? " " : "", t->applicants[i].value[FIELD_AGENCY]);
	}
	if (buf_status(&b) == -ENOMEM || buf_status(&opd) == -ENOMEM)
		return error_set(err, -ENOMEM, "no memory");
	return words_put(s, t->id, buf_cstr(&b), buf_cstr(&opd), err);
}

int store_ticket_save(struct store *s, struct ticket *t, int year, struct arena *a, struct error *err)
{
	bool fresh = t->id == 0;
	int r = fresh ? next_number(s, year, a, &t->number, err) : 0;
	if (r == 0)
		r = row_save(s, t, err);
	for (size_t i = 0; r == 0 && i < t->n_applicants; i++)
		r = applicant_save(s, t->id, &t->applicants[i], err);
	if (r == 0)
		r = parties_save(s, t, err);
	if (r == 0)
		r = persons_save(s, t, err);
	for (size_t i = 0; r == 0 && i < t->n_events; i++)
		if (t->events[i].id == 0)
			r = event_insert(s, t->id, &t->events[i], err);
	if (r == 0)
		r = words_save(s, t, err);
	return r;
}

/* --- loading -------------------------------------------------------------------------------- */

static int row_load(struct store *s, int64_t id, struct arena *a, struct ticket *t, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT number, state, kind, requester_name, requester_address, assigned_to, opened_at, closed_at, "
		"held_until, merged_into, request_id, last_id, letter_number, letter_from, hold, gone FROM ticket WHERE id = ?",
		err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*t = (struct ticket){ .id = id,
			      .number = column_text(q, 0, a),
			      .requester_name = column_text(q, 3, a),
			      .requester_address = column_text(q, 4, a),
			      .assigned_to = column_text(q, 5, a),
			      .opened_at = { column_int(q, 6) },
			      .is_closed = sqlite3_column_type(q, 7) != SQLITE_NULL,
			      .closed_at = { column_int(q, 7) },
			      .is_held = sqlite3_column_type(q, 8) != SQLITE_NULL,
			      .held_until = { column_int(q, 8) },
			      .merged_into = column_text(q, 9, a),
			      .request_id = column_text(q, 10, a),
			      .last_id = column_text(q, 11, a),
			      .letter_number = column_text(q, 12, a),
			      .letter_from = column_text(q, 13, a),
			      .hold = column_text(q, 14, a),
			      .is_emptied = (column_int(q, 15) & KEEP_BIT(KEEP_REGISTER)) != 0 };
	bool known = ticket_state_from_word((const char *)sqlite3_column_text(q, 1), &t->state) == 0 &&
		     request_kind_from_word((const char *)sqlite3_column_text(q, 2), &t->kind) == 0;
	r = stmt_taken(s, q, err);
	if (r < 0)
		return r;
	return known ? 0 : error_set(err, -EIO, "store: ticket %lld has an unknown state or kind", (long long)id);
}

static struct civil_date date_of(const char *s)
{
	struct civil_date d = { 0 };
	struct civil_date none = { 0 };
	return s && date_read(s, &d) == 0 ? d : none;
}

static int count_of(struct store *s, sqlite3_stmt *q, int64_t id, size_t *out, struct error *err)
{
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	*out = (size_t)column_int(q, 0);
	stmt_end(q);
	return 0;
}

static int applicants_load(struct store *s, struct ticket *t, struct arena *a, struct error *err)
{
	size_t n = 0;
	int r = count_of(s, stmt_get(s, "SELECT count(*) FROM applicant WHERE ticket_id = ?", err), t->id, &n, err);
	sqlite3_stmt *q = r == 0 ? stmt_get(s, "SELECT * FROM applicant WHERE ticket_id = ? ORDER BY id", err) : NULL;
	t->applicants = arena_array(a, n ? n : 1, sizeof(*t->applicants));
	if (!q || !t->applicants)
		return r < 0 ? r : q ? -ENOMEM : err->code;
	bind_int(q, 1, t->id);
	while ((r = stmt_step(s, q, err)) > 0 && t->n_applicants < n) {
		struct applicant *p = &t->applicants[t->n_applicants++];
		p->id = column_int(q, 0);
		(void)applicant_state_from_word((const char *)sqlite3_column_text(q, 2), &p->state);
		for (int f = 0; f < N_FIELDS; f++) {
			p->value[f] = column_text(q, 3 + f, a);
			p->given[f] = column_text(q, 11 + f, a);
		}
		p->renewed_until = date_of((const char *)sqlite3_column_text(q, 19));
		p->renewed_until_assumed = column_int(q, 20) != 0;
		p->renewed_serial = column_text(q, 21, a);
		p->renewed_from.ms = column_int(q, 22);
		p->renewed_to.ms = column_int(q, 23);
	}
	return r < 0 ? r : 0;
}

static int events_load(struct store *s, struct ticket *t, struct arena *a, struct error *err)
{
	size_t cap = EVENTS_FIRST;
	int r;
	sqlite3_stmt *q = stmt_get(
		s,
		"SELECT e.id, e.at, e.who, e.what, d.detail, e.ledger_id, e.outbox_id FROM event e LEFT JOIN event_detail d "
		"ON d.event_id = e.id WHERE e.ticket_id = ? ORDER BY e.id",
		err);
	t->events = arena_array(a, cap, sizeof(*t->events));
	if (!q || !t->events)
		return q ? -ENOMEM : err->code;
	bind_int(q, 1, t->id);
	while ((r = stmt_step(s, q, err)) > 0) {
		if (t->n_events == cap) {
			t->events = arena_grow(a, t->events, cap, cap * 2, sizeof(*t->events));
			cap *= 2;
		}
		if (!t->events) {
			stmt_end(q);
			return -ENOMEM;
		}
		struct event *e = &t->events[t->n_events];
		*e = (struct event){ .id = column_int(q, 0),
				     .at = { column_int(q, 1) },
				     .who = column_text(q, 2, a),
				     .detail = column_text(q, 4, a),
				     .ledger_id = column_int(q, 5),
				     .outbox_id = column_int(q, 6) };
		t->n_events += event_what_from_word((const char *)sqlite3_column_text(q, 3), &e->what) == 0;
	}
	return r;
}

static int parties_load(struct store *s, struct ticket *t, struct arena *a, struct error *err)
{
	size_t n = 0;
	int r = count_of(s, stmt_get(s, "SELECT count(*) FROM party WHERE ticket_id = ?", err), t->id, &n, err);
	sqlite3_stmt *q = r == 0 ? stmt_get(s, "SELECT address FROM party WHERE ticket_id = ?", err) : NULL;
	t->parties = arena_array(a, n ? n : 1, sizeof(char *));
	if (!q || !t->parties)
		return r < 0 ? r : q ? -ENOMEM : err->code;
	bind_int(q, 1, t->id);
	while ((r = stmt_step(s, q, err)) > 0 && t->n_parties < n)
		t->parties[t->n_parties++] = column_text(q, 0, a);
	return r < 0 ? r : 0;
}

int store_ticket_load(struct store *s, int64_t id, struct arena *a, struct ticket *out, struct error *err)
{
	int r = row_load(s, id, a, out, err);
	if (r == 0)
		r = applicants_load(s, out, a, err);
	if (r == 0)
		r = events_load(s, out, a, err);
	if (r == 0)
		r = parties_load(s, out, a, err);
	if (r == 0 && arena_status(a) != 0)
		r = error_set(err, -ENOMEM, "no memory");
	return r;
}

static int id_of(struct store *s, sqlite3_stmt *q, int64_t *out, struct error *err)
{
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_int(q, 0);
	stmt_end(q);
	return 0;
}

int store_ticket_id(struct store *s, const char *number, int64_t *out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT id FROM ticket WHERE number = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, number);
	return id_of(s, q, out, err);
}

int store_ticket_opened(struct store *s, const char *requester, struct instant after, struct instant until, uint32_t *out,
			struct error *err)
{
	size_t n = 0;
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT count(*) FROM ticket WHERE requester_address = ?2 COLLATE NOCASE AND opened_at > ?1 "
				   "AND opened_at <= ?3",
				   err);
	if (q) {
		bind_text(q, 2, requester);
		bind_int(q, 3, until.ms);
	}
	int r = count_of(s, q, after.ms, &n, err);
	*out = (uint32_t)n;
	return r;
}

int store_ticket_by_person(struct store *s, const char *const *niks, const char *const *nips, size_t n, int64_t except,
			   int64_t *out, struct error *err)
{
	for (size_t i = 0; i < n * 2; i++) {
		const char *v = i % 2 ? nips[i / 2] : niks[i / 2];
		if (!v)
			continue;
		struct digest h = person_hash(s, v);
		sqlite3_stmt *q = stmt_get(s, "SELECT ticket_id FROM person WHERE hash = ? AND ticket_id <> ? LIMIT 1", err);
		if (!q)
			return err->code;
		bind_blob(q, 1, h.b, DIGEST_SIZE);
		bind_int(q, 2, except);
		int r = id_of(s, q, out, err);
		if (r <= 0)
			return r;
	}
	return STORE_NOT_FOUND;
}

int store_ticket_by_phone(struct store *s, const char *phone, int64_t *out, struct error *err)
{
	struct digest h = person_hash(s, phone);
	int64_t found = 0, count = 0;
	sqlite3_stmt *q = stmt_get(s, "SELECT min(ticket_id), count(*) FROM person WHERE hash = ?", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, h.b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	found = column_int(q, 0);
	count = column_int(q, 1);
	stmt_end(q);
	if (count != 1)
		return STORE_NOT_FOUND;
	*out = found;
	return 0;
}

int store_ticket_counts(struct store *s, uint64_t out[N_TICKET_STATES], struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT n FROM ticket_count WHERE state = ?", err);
	for (int i = 0; i < N_TICKET_STATES; i++) {
		if (!q)
			return err->code;
		bind_text(q, 1, ticket_state_word((enum ticket_state)i));
		int64_t n = 0;
		int r = id_of(s, q, &n, err);
		if (r < 0)
			return r;
		out[i] = (uint64_t)n;
	}
	return 0;
}

int words_again(struct store *s, int64_t ticket_id, struct error *err)
{
	AUTO_ARENA a = arena_new(64 * 1024 * 1024);
	struct ticket t;
	int r = a ? store_ticket_load(s, ticket_id, a, &t, err) : error_set(err, -ENOMEM, "no memory");
	return r == 0 ? words_save(s, &t, err) : r;
}
