/* One person in the store: every number and address that is theirs alone, and where they stand. */
#include "store/person.h"

#include "base/text.h"
#include "store/keep_private.h"

#include <errno.h>
#include <string.h>

enum { KEYS_MAX = 32, ROUNDS = 4, TICKETS_MAX = 2000, CERTIFICATES_MAX = 200 };

struct search {
	struct store *s;
	struct store_person *p;
	const char *const *never;
	size_t n_never;
	struct arena *a;
	struct error *err;
};

static bool listed(const char *const *list, size_t n, const char *v)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(list[i], v))
			return true;
	return false;
}

static void add(const char **list, size_t *n, const char *v)
{
	if (v && *v && *n < KEYS_MAX && !listed(list, *n, v))
		list[(*n)++] = v;
}

static bool is_key(const struct store_person *p, const char *v)
{
	return v && listed(p->keys, p->n_keys, v);
}

bool store_person_is(const struct store_person *p, const struct applicant *x)
{
	if (x->value[FIELD_NIK] || x->value[FIELD_NIP])
		return is_key(p, x->value[FIELD_NIK]) || is_key(p, x->value[FIELD_NIP]);
	return is_key(p, x->value[FIELD_EMAIL]) || is_key(p, x->value[FIELD_PHONE]) ||
	       (x->value[FIELD_NAME] && listed(p->names, p->n_names, x->value[FIELD_NAME]));
}

/* --- numbers and addresses ------------------------------------------------------------------------ */

struct facts { /* of one row of the register or of a ticket */
	const char *name, *nik, *nip, *email, *phone;
};

static int rows_of(struct search *f, const char *key, struct facts *list, size_t max, size_t *n)
{
	int r = 0;
	sqlite3_stmt *q =
		stmt_get(f->s,
			 "SELECT DISTINCT v0, v1, v2, v5, v6 FROM applicant WHERE v1 = ?1 OR v2 = ?1 OR v5 = ?1 COLLATE NOCASE "
			 "UNION SELECT name, nik, nip, email, phone FROM certificate WHERE nik = ?1 OR nip = ?1 OR email = ?1 "
			 "COLLATE NOCASE",
			 f->err);
	*n = 0;
	if (!q)
		return f->err->code;
	bind_text(q, 1, key);
	while (*n < max && (r = stmt_step(f->s, q, f->err)) > 0)
		list[(*n)++] = (struct facts){ column_text(q, 0, f->a), column_text(q, 1, f->a), column_text(q, 2, f->a),
					       column_text(q, 3, f->a), column_text(q, 4, f->a) };
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : arena_status(f->a);
}

/* Somebody with another number has it too? */
static int is_shared(struct search *f, const char *v, bool *out)
{
	int r = 0;
	sqlite3_stmt *q =
		stmt_get(f->s,
			 "SELECT v1, v2 FROM applicant WHERE v5 = ?1 COLLATE NOCASE OR v6 = ?1 UNION SELECT nik, nip FROM "
			 "certificate WHERE email = ?1 COLLATE NOCASE OR phone = ?1",
			 f->err);
	*out = listed(f->never, f->n_never, v);
	if (!q)
		return f->err->code;
	bind_text(q, 1, v);
	while ((r = stmt_step(f->s, q, f->err)) > 0) {
		const char *nik = (const char *)sqlite3_column_text(q, 0), *nip = (const char *)sqlite3_column_text(q, 1);
		*out = *out || ((nik || nip) && !is_key(f->p, nik) && !is_key(f->p, nip));
	}
	return r;
}

/* An address of several persons tells none of them. */
static int given_look(struct search *f, const char *given)
{
	struct facts rows[64];
	size_t n = 0;
	const char *first = NULL;
	int r = rows_of(f, given, rows, sizeof(rows) / sizeof(*rows), &n);
	f->p->n_persons = 0;
	for (size_t i = 0; i < n; i++) {
		const char *number = rows[i].nik ? rows[i].nik : rows[i].nip;
		if (number && !str_eq(number, first))
			f->p->n_persons++;
		first = first ? first : number;
	}
	if (f->p->n_persons <= 1 || !strchr(given, '@'))
		add(f->p->keys, &f->p->n_keys, given);
	return r;
}

static int numbers_grow(struct search *f)
{
	struct facts rows[64];
	struct store_person *p = f->p;
	size_t n = 0;
	int r = 0;
	for (size_t k = 0; r == 0 && k < p->n_keys; k++) {
		r = rows_of(f, p->keys[k], rows, sizeof(rows) / sizeof(*rows), &n);
		for (size_t i = 0; r == 0 && i < n; i++) {
			struct applicant x = { .value = { [FIELD_NAME] = rows[i].name,
							  [FIELD_NIK] = rows[i].nik,
							  [FIELD_NIP] = rows[i].nip,
							  [FIELD_EMAIL] = rows[i].email } };
			bool first = p->n_keys == 1 && strchr(p->keys[0], '@') != NULL;
			if (!first && !store_person_is(p, &x))
				continue;
			add(p->names, &p->n_names, rows[i].name);
			add(p->keys, &p->n_keys, rows[i].nik);
			add(p->keys, &p->n_keys, rows[i].nip);
			const char *const own[] = { rows[i].email, rows[i].phone };
			for (size_t o = 0; r == 0 && o < 2; o++) {
				bool shared = true;
				r = own[o] ? is_shared(f, own[o], &shared) : 0;
				if (!shared)
					add(p->keys, &p->n_keys, own[o]);
			}
		}
	}
	return r;
}

/* --- tickets ------------------------------------------------------------------------------------------ */

static int ticket_add(struct search *f, int64_t id, bool mentions)
{
	struct store_person *p = f->p;
	for (size_t i = 0; i < p->n_tickets; i++)
		if (p->tickets[i].id == id) {
			p->tickets[i].mentions = p->tickets[i].mentions && mentions;
			return 0;
		}
	if (p->n_tickets == TICKETS_MAX)
		return error_set(f->err, -ENOBUFS, "more than %d tickets", TICKETS_MAX);
	p->tickets[p->n_tickets++] = (struct person_ticket){ .id = id, .mentions = mentions };
	return 0;
}

static int tickets_by(struct search *f, sqlite3_stmt *q, const char *key, bool mentions)
{
	int r = 0;
	if (!q)
		return f->err->code;
	bind_text(q, 1, key);
	while ((r = stmt_step(f->s, q, f->err)) > 0) {
		int e = ticket_add(f, column_int(q, 0), mentions);
		if (e < 0) {
			stmt_end(q);
			return e;
		}
	}
	return r;
}

static int tickets_of(struct search *f, const char *key)
{
	int r = tickets_by(
		f,
		stmt_get(f->s,
			 "SELECT ticket_id FROM applicant WHERE v1 = ?1 OR v2 = ?1 OR v5 = ?1 COLLATE NOCASE OR v6 = ?1 "
			 "UNION SELECT id FROM ticket WHERE requester_address = ?1 COLLATE NOCASE "
			 "UNION SELECT ticket_id FROM party WHERE address = ?1 COLLATE NOCASE "
			 "UNION SELECT ticket_id FROM certificate WHERE (nik = ?1 OR nip = ?1) AND ticket_id IS NOT NULL",
			 f->err),
		key, false);
	return r == 0 ? tickets_by(f,
				   stmt_get(f->s,
					    "SELECT DISTINCT ticket_id FROM message WHERE sender = ?1 COLLATE NOCASE OR "
					    "recipient = ?1 "
					    "COLLATE NOCASE OR instr(lower(ifnull(subject, '') || ' ' || ifnull(text, '')), "
					    "lower(?1)) > 0",
					    f->err),
				   key, true)
		      : r;
}

static int ticket_look(struct search *f, struct person_ticket *t)
{
	struct ticket k;
	int r = store_ticket_load(f->s, t->id, f->a, &k, f->err);
	if (r != 0)
		return r;
	t->number = k.number;
	t->open = ticket_is_open(&k);
	t->hold = k.hold;
	for (size_t i = 0; i < k.n_applicants; i++) {
		bool any = false;
		for (int v = 0; v < N_FIELDS; v++)
			any = any || k.applicants[i].value[v];
		t->shared = t->shared || (any && !store_person_is(f->p, &k.applicants[i]));
	}
	if (!t->mentions && is_key(f->p, k.requester_address))
		add(f->p->names, &f->p->n_names, k.requester_name);
	sqlite3_stmt *q =
		stmt_get(f->s,
			 "SELECT 1 FROM message m JOIN outbox o ON o.id = m.outbox_id WHERE m.ticket_id = ? AND o.finished = 0 "
			 "UNION ALL SELECT 1 FROM report WHERE ticket_id = ?1 AND state = 'waiting' LIMIT 1",
			 f->err);
	if (!q)
		return f->err->code;
	bind_int(q, 1, t->id);
	r = stmt_step(f->s, q, f->err);
	t->unsent = r > 0;
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

static int certificates_of(struct search *f)
{
	struct store_person *p = f->p;
	int r = 0;
	for (size_t i = 0; r == 0 && i < p->n_keys; i++) {
		struct certificate *list = NULL;
		size_t n = 0;
		r = store_certificate_find(f->s, p->keys[i], p->keys[i], NULL, f->a, &list, &n, f->err);
		for (size_t k = 0; r == 0 && k < n && p->n_certificates < CERTIFICATES_MAX; k++) {
			bool known = false;
			for (size_t o = 0; o < p->n_certificates; o++)
				known = known || p->certificates[o].id == list[k].id;
			if (!known)
				p->certificates[p->n_certificates++] = list[k];
		}
	}
	return r;
}

static int loose_of(struct search *f, const char *key)
{
	struct digest sender = digest_sha256(span_str(key));
	sqlite3_stmt *q =
		stmt_get(f->s,
			 "SELECT (SELECT count(*) FROM seen s JOIN ledger l ON l.id = s.ledger_id WHERE s.sender = ?1 AND "
			 "l.ticket_id IS NULL) + (SELECT count(*) FROM outbox WHERE to_address = ?2 COLLATE NOCASE AND ticket_id "
			 "IS NULL), (SELECT count(*) FROM silent WHERE address = ?2)",
			 f->err);
	if (!q)
		return f->err->code;
	bind_blob(q, 1, sender.b, DIGEST_SIZE);
	bind_text(q, 2, key);
	int r = stmt_step(f->s, q, f->err);
	if (r <= 0)
		return r;
	f->p->n_loose += (uint64_t)column_int(q, 0);
	f->p->silent = f->p->silent || column_int(q, 1) > 0;
	stmt_end(q);
	return 0;
}

int store_person_find(struct store *s, const char *given, const char *const *never, size_t n_never, struct arena *a,
		      struct store_person *out, struct error *err)
{
	struct search f = { s, out, never, n_never, a, err };
	*out = (struct store_person){ .keys = arena_array(a, KEYS_MAX, sizeof(char *)),
				      .names = arena_array(a, KEYS_MAX, sizeof(char *)),
				      .tickets = arena_array(a, TICKETS_MAX, sizeof(*out->tickets)),
				      .certificates = arena_array(a, CERTIFICATES_MAX, sizeof(*out->certificates)) };
	if (!out->keys || !out->names || !out->tickets || !out->certificates)
		return error_set(err, -ENOMEM, "no memory");
	int r = given_look(&f, given);
	for (int i = 0; r == 0 && i < ROUNDS; i++)
		r = numbers_grow(&f);
	for (size_t i = 0; r == 0 && i < out->n_keys; i++)
		r = tickets_of(&f, out->keys[i]);
	for (size_t i = 0; r == 0 && i < out->n_tickets; i++)
		r = ticket_look(&f, &out->tickets[i]);
	if (r == 0)
		r = certificates_of(&f);
	for (size_t i = 0; r == 0 && i < out->n_keys; i++)
		r = loose_of(&f, out->keys[i]);
	if (r != 0)
		return r;
	return out->n_tickets + out->n_certificates + out->n_loose == 0 && !out->silent && out->n_persons <= 1 ? STORE_NOT_FOUND
													       : 0;
}

/* --- corrected ------------------------------------------------------------------------------------------ */

static bool change(const char **where, const char *value)
{
	bool other = !str_eq(*where, value);
	*where = value;
	return other;
}

static void requester_correct(const struct store_person *p, struct ticket *t, enum applicant_field field, const char *value,
			      bool *changed)
{
	if (!is_key(p, t->requester_address))
		return;
	if (field == FIELD_NAME)
		*changed = change(&t->requester_name, value) || *changed;
	if (field == FIELD_EMAIL)
		*changed = change(&t->requester_address, value) || *changed;
}

static int ticket_correct(struct store *s, const struct store_person *p, int64_t id, enum applicant_field field,
			  const char *value, const struct event *e, struct arena *a, size_t *n, struct error *err)
{
	struct ticket t;
	bool changed = false;
	int r = store_ticket_load(s, id, a, &t, err);
	if (r != 0)
		return r;
	for (size_t i = 0; i < t.n_applicants; i++) {
		if (!store_person_is(p, &t.applicants[i]))
			continue;
		changed = change(&t.applicants[i].value[field], value) || changed;
		t.applicants[i].given[field] = NULL;
	}
	for (size_t i = 0; field == FIELD_EMAIL && i < t.n_parties; i++)
		if (is_key(p, t.parties[i]))
			changed = change(&t.parties[i], value) || changed;
	requester_correct(p, &t, field, value, &changed);
	if (!changed)
		return 0;
	(*n)++;
	t.events = arena_grow(a, t.events, t.n_events, t.n_events + 1, sizeof(*t.events));
	if (!t.events)
		return error_set(err, -ENOMEM, "no memory");
	t.events[t.n_events++] = *e;
	return store_ticket_save(s, &t, 0, a, err);
}

int store_person_correct(struct store *s, const struct store_person *p, enum applicant_field field, const char *value,
			 const char *who, struct instant now, struct arena *a, size_t *n, struct error *err)
{
	struct event e = { .at = now, .who = who, .what = EVENT_OPERATOR };
	int r = 0;
	*n = 0;
	e.detail = arena_printf(a, "person corrected: %s", applicant_field_word(field));
	for (size_t i = 0; r == 0 && i < p->n_tickets; i++)
		if (!p->tickets[i].mentions)
			r = ticket_correct(s, p, p->tickets[i].id, field, value, &e, a, n, err);
	for (size_t i = 0; r == 0 && field != FIELD_VALID_UNTIL && i < p->n_certificates; i++) {
		struct certificate c = p->certificates[i];
		if (!change(&c.value[field], value))
			continue;
		(*n)++;
		r = store_certificate_save(s, &c, err);
	}
	return r;
}
