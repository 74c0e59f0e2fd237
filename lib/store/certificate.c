/* The register of certificates: kept by person (keyed hashes of NIK and NIP), each followed by the person's next one. */
#include "store/store_private.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>

#define COLUMNS                                                                                                                  \
	"c.id, c.name, c.nik, c.nip, c.position, c.agency, c.email, c.phone, c.serial, c.not_before, c.not_after, c.source, "    \
	"c.ticket_id, c.applicant_id, c.successor, c.reminded, (SELECT number FROM ticket WHERE id = c.ticket_id)"

enum { FIRST = 16, PERSON_MAX = 200 };

/* In the order of the columns. */
static const enum applicant_field fields[] = { FIELD_NAME,   FIELD_NIK,   FIELD_NIP,  FIELD_POSITION,
					       FIELD_AGENCY, FIELD_EMAIL, FIELD_PHONE };
enum { N_OF_HOLDER = sizeof(fields) / sizeof(*fields) };

/* a NULL: strings are borrowed until the next step. */
static void row_read(sqlite3_stmt *q, struct arena *a, struct certificate *out)
{
	*out = (struct certificate){ .id = column_int(q, 0),
				     .serial = a ? column_text(q, 8, a) : (const char *)sqlite3_column_text(q, 8),
				     .not_before = { column_int(q, 9) },
				     .not_after = { column_int(q, 10) },
				     .ticket_id = column_int(q, 12),
				     .applicant_id = column_int(q, 13),
				     .successor = column_int(q, 14),
				     .reminded = (int)column_int(q, 15) };
	out->ticket = a ? column_text(q, 16, a) : (const char *)sqlite3_column_text(q, 16);
	for (int i = 0; i < N_OF_HOLDER; i++)
		out->value[fields[i]] = a ? column_text(q, 1 + i, a) : (const char *)sqlite3_column_text(q, 1 + i);
	(void)certificate_source_from_word((const char *)sqlite3_column_text(q, 11), &out->source);
}

/* All rows of q, at most max. */
static int rows_read(struct store *s, sqlite3_stmt *q, size_t max, struct arena *a, struct certificate **out, size_t *n,
		     struct error *err)
{
	size_t cap = max < FIRST ? max : FIRST, k = 0;
	struct certificate *list = arena_array(a, cap ? cap : 1, sizeof(*list));
	int r = 0;
	while (list && k < max && (r = stmt_step(s, q, err)) > 0) {
		if (k == cap) {
			list = arena_grow(a, list, cap, cap * 2, sizeof(*list));
			cap *= 2;
		}
		if (list)
			row_read(q, a, &list[k++]);
	}
	if (r > 0 || !list)
		stmt_end(q);
	if (r < 0)
		return r;
	if (!list || arena_status(a) != 0)
		return error_set(err, -ENOMEM, "no memory");
	*out = list;
	*n = k;
	return 0;
}

static void bind_person(struct store *s, sqlite3_stmt *q, int at, const char *number, struct digest *keep)
{
	if (!number)
		return;
	*keep = person_hash(s, number);
	bind_blob(q, at, keep->b, DIGEST_SIZE);
}

int store_certificate_find(struct store *s, const char *nik, const char *nip, const char *serial, struct arena *a,
			   struct certificate **out, size_t *n, struct error *err)
{
	struct digest hashes[2];
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT " COLUMNS " FROM certificate c WHERE c.id IN (SELECT id FROM certificate WHERE nik_hash = ?1 "
			 "UNION SELECT id FROM certificate WHERE nip_hash = ?2 UNION SELECT id FROM certificate WHERE "
			 "serial = ?3) ORDER BY c.not_after, c.id",
			 err);
	if (!q)
		return err->code;
	bind_person(s, q, 1, nik, &hashes[0]);
	bind_person(s, q, 2, nip, &hashes[1]);
	bind_text(q, 3, serial);
	return rows_read(s, q, PERSON_MAX, a, out, n, err);
}

static int successor_set(struct store *s, int64_t id, int64_t next, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "UPDATE certificate SET successor = ?2, remind_at = iif(?2 IS NULL, 0, NULL) WHERE id = ?1", err);
	if (!q)
		return err->code;
	bind_int(q, 1, id);
	if (next)
		bind_int(q, 2, next);
	return stmt_run(s, q, err);
}

/* Of one person each follows the one that ended before it. */
static int chain(struct store *s, const char *nik, const char *nip, struct error *err)
{
	AUTO_ARENA a = arena_new(4 * 1024 * 1024);
	struct certificate *list = NULL;
	size_t n = 0;
	if (!nik && !nip)
		return 0;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_certificate_find(s, nik, nip, NULL, a, &list, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		int64_t next = i + 1 < n ? list[i + 1].id : 0;
		if (list[i].successor != next)
			r = successor_set(s, list[i].id, next, err);
	}
	return r;
}

static void bind_facts(struct store *s, sqlite3_stmt *q, const struct certificate *c, struct digest hashes[2])
{
	for (int i = 0; i < N_OF_HOLDER; i++)
		bind_text(q, 2 + i, c->value[fields[i]]);
	bind_person(s, q, 9, c->value[FIELD_NIK], &hashes[0]);
	bind_person(s, q, 10, c->value[FIELD_NIP], &hashes[1]);
	bind_text(q, 11, c->serial);
	if (c->not_before.ms)
		bind_int(q, 12, c->not_before.ms);
	bind_int(q, 13, c->not_after.ms);
	bind_text(q, 14, certificate_source_word(c->source));
}

static int insert(struct store *s, struct certificate *c, struct error *err)
{
	struct digest hashes[2];
	sqlite3_stmt *q =
		stmt_get(s,
			 "INSERT INTO certificate (name, nik, nip, position, agency, email, phone, nik_hash, nip_hash, "
			 "serial, not_before, not_after, source, ticket_id, applicant_id, reminded) VALUES (?2, ?3, ?4, "
			 "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
			 err);
	if (!q)
		return err->code;
	bind_facts(s, q, c, hashes);
	if (c->ticket_id)
		bind_int(q, 15, c->ticket_id);
	if (c->applicant_id)
		bind_int(q, 16, c->applicant_id);
	bind_int(q, 17, REMINDED_NEVER);
	int r = stmt_run(s, q, err);
	if (r == 0)
		c->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

/* Another end begins the reminders anew. */
static int update(struct store *s, const struct certificate *c, struct error *err)
{
	struct digest hashes[2];
	sqlite3_stmt *q = stmt_get(
		s,
		"UPDATE certificate SET name = ?2, nik = ?3, nip = ?4, position = ?5, agency = ?6, email = ?7, phone = ?8, "
		"nik_hash = ?9, nip_hash = ?10, serial = ?11, not_before = ?12, reminded = iif(not_after = ?13, reminded, "
		"?15), not_after = ?13, source = ?14, remind_at = iif(successor IS NULL, 0, NULL) WHERE id = ?1",
		err);
	if (!q)
		return err->code;
	bind_int(q, 1, c->id);
	bind_facts(s, q, c, hashes);
	bind_int(q, 15, REMINDED_NEVER);
	return stmt_run(s, q, err);
}

int store_certificate_save(struct store *s, struct certificate *c, struct error *err)
{
	int r = c->id ? update(s, c, err) : insert(s, c, err);
	return r == 0 ? chain(s, c->value[FIELD_NIK], c->value[FIELD_NIP], err) : r;
}

static int erase(struct store *s, const struct certificate *c, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE certificate SET successor = NULL, remind_at = 0 WHERE successor = ?", err);
	if (!q)
		return err->code;
	bind_int(q, 1, c->id);
	int r = stmt_run(s, q, err);
	q = r == 0 ? stmt_get(s, "DELETE FROM reminder WHERE certificate_id = ?", err) : NULL;
	if (!q)
		return r < 0 ? r : err->code;
	bind_int(q, 1, c->id);
	r = stmt_run(s, q, err);
	q = r == 0 ? stmt_get(s, "DELETE FROM certificate WHERE id = ?", err) : NULL;
	if (!q)
		return r < 0 ? r : err->code;
	bind_int(q, 1, c->id);
	r = stmt_run(s, q, err);
	return r == 0 ? chain(s, c->value[FIELD_NIK], c->value[FIELD_NIP], err) : r;
}

int store_certificate_seen(struct store *s, struct certificate *c, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM certificate WHERE serial = ? LIMIT 1", err);
	if (!q)
		return err->code;
	bind_text(q, 1, c->serial);
	int r = stmt_step(s, q, err);
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : r > 0 ? 0 : insert(s, c, err);
}

/* Now it is known whose it is. */
static int unsee(struct store *s, const char *serial, struct error *err)
{
	sqlite3_stmt *q = serial ? stmt_get(s, "DELETE FROM certificate WHERE serial = ? AND source = 'seen'", err) : NULL;
	if (!q)
		return serial ? err->code : 0;
	bind_text(q, 1, serial);
	return stmt_run(s, q, err);
}

/* What a ticket leaves open, the certificate before it may know. */
static int inherit(struct store *s, struct certificate *c, struct arena *a, struct error *err)
{
	struct certificate *before = NULL;
	size_t n = 0;
	int r = store_certificate_find(s, c->value[FIELD_NIK], c->value[FIELD_NIP], NULL, a, &before, &n, err);
	for (size_t i = n; r == 0 && i-- > 0;)
		for (int f = 0; f < N_OF_HOLDER && before[i].not_after.ms <= c->not_after.ms; f++)
			if (!c->value[fields[f]])
				c->value[fields[f]] = before[i].value[fields[f]];
	return r;
}

/* What a list or the certificate itself said of the validity is better than what was said with the renewal. */
static void keep_better(const struct certificate *old, struct certificate *c)
{
	c->id = old->id;
	if (old->source <= c->source)
		return;
	c->serial = old->serial;
	c->not_before = old->not_before;
	c->not_after = old->not_after;
	c->source = old->source;
}

static bool same(const struct certificate *x, const struct certificate *y)
{
	bool equal = x->not_after.ms == y->not_after.ms && x->source == y->source && str_eq(x->serial, y->serial);
	for (int f = 0; f < N_OF_HOLDER; f++) /* what was taken over counts as the same */
		equal = equal && (!y->value[fields[f]] || str_eq(x->value[fields[f]], y->value[fields[f]]));
	return equal;
}

/* The ticket takes it back; a certificate that was read stays what it is, nobody's for now. */
static int take_back(struct store *s, const struct certificate *c, struct error *err)
{
	struct certificate seen = { .serial = c->serial,
				    .not_before = c->not_before,
				    .not_after = c->not_after,
				    .source = CERTIFICATE_SEEN,
				    .ticket_id = c->ticket_id };
	seen.value[FIELD_NAME] = c->value[FIELD_NAME];
	int r = erase(s, c, err);
	return r == 0 && c->source == CERTIFICATE_EXAMINED && c->serial ? store_certificate_seen(s, &seen, err) : r;
}

int store_certificate_of_ticket(struct store *s, int64_t ticket_id, struct certificate *list, size_t n, struct error *err)
{
	AUTO_ARENA a = arena_new(16 * 1024 * 1024);
	struct certificate *old = NULL;
	size_t n_old = 0;
	sqlite3_stmt *q = stmt_get(
		s, "SELECT " COLUMNS " FROM certificate c WHERE c.ticket_id = ? AND c.applicant_id IS NOT NULL ORDER BY c.id",
		err);
	if (!q || !a)
		return q ? error_set(err, -ENOMEM, "no memory") : err->code;
	bind_int(q, 1, ticket_id);
	int r = rows_read(s, q, LIMIT_APPLICANTS, a, &old, &n_old, err);
	for (size_t i = 0; r == 0 && i < n_old; i++) {
		size_t k = 0;
		while (k < n && list[k].applicant_id != old[i].applicant_id)
			k++;
		if (k == n)
			r = take_back(s, &old[i], err);
		else
			keep_better(&old[i], &list[k]);
		if (r == 0 && k < n && same(&old[i], &list[k]))
			list[k].id = -1; /* as it is */
	}
	for (size_t k = 0; r == 0 && k < n; k++) {
		if (list[k].id < 0)
			continue;
		r = unsee(s, list[k].serial, err);
		if (r == 0)
			r = inherit(s, &list[k], a, err);
		if (r == 0)
			r = store_certificate_save(s, &list[k], err);
	}
	return r;
}

int store_certificate_ending(struct store *s, struct instant from, struct instant to, size_t max, struct arena *a,
			     struct certificate **out, size_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT " COLUMNS " FROM certificate c WHERE c.successor IS NULL AND c.not_after >= ? AND "
				   "c.not_after < ? AND c.source <> 'seen' ORDER BY c.not_after, c.id",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, from.ms);
	bind_int(q, 2, to.ms);
	return rows_read(s, q, max, a, out, n, err);
}

int store_certificate_each(struct store *s, int (*row)(void *context, const struct certificate *c), void *context,
			   struct error *err)
{
	struct certificate c;
	int r;
	sqlite3_stmt *q = stmt_get(s, "SELECT " COLUMNS " FROM certificate c ORDER BY c.id", err);
	if (!q)
		return err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		row_read(q, NULL, &c);
		int e = row(context, &c);
		if (e != 0) {
			stmt_end(q);
			return e;
		}
	}
	return r;
}

int store_certificate_due(struct store *s, struct instant now, size_t max, struct arena *a, const char **to,
			  struct certificate **out, size_t *n, struct error *err)
{
	sqlite3_stmt *q =
		stmt_get(s, "SELECT remind_to, remind_at FROM certificate WHERE remind_at <= ? ORDER BY remind_at LIMIT 1", err);
	*n = 0;
	*to = NULL;
	if (!q)
		return err->code;
	bind_int(q, 1, now.ms);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r;
	bool fresh = column_int(q, 1) == 0;
	*to = fresh ? NULL : column_text(q, 0, a);
	stmt_end(q);
	q = fresh ? stmt_get(s, "SELECT " COLUMNS " FROM certificate c WHERE c.remind_at = ? LIMIT 500", err)
		  : stmt_get(s,
			     "SELECT " COLUMNS
			     " FROM certificate c WHERE c.remind_at <= ? AND c.remind_to = ? AND c.remind_at > 0 "
			     "ORDER BY c.not_after, c.id",
			     err);
	if (!q)
		return err->code;
	bind_int(q, 1, fresh ? 0 : now.ms);
	if (!fresh)
		bind_text(q, 2, *to);
	return rows_read(s, q, max, a, out, n, err);
}

int store_reminder_of(struct store *s, int64_t outbox_id, struct arena *a, struct certificate **out, size_t *n, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s,
				   "SELECT " COLUMNS " FROM reminder r JOIN certificate c ON c.id = r.certificate_id WHERE "
				   "r.outbox_id = ? ORDER BY c.not_after, c.id",
				   err);
	if (!q)
		return err->code;
	bind_int(q, 1, outbox_id);
	return rows_read(s, q, LIMIT_REMINDED, a, out, n, err);
}
