/* The register of certificates: looked up for the rules, and saved from their decisions. */
#include "office/office_private.h"

#include "base/limits.h"

enum { LOOK_BACK_DAYS = 30, CHAIN_SEEN = 200 };

int register_known(struct store *s, const struct roster *roster, struct arena *a, const struct known **out, struct error *err)
{
	struct known *list = arena_array(a, roster->n_rows ? roster->n_rows : 1, sizeof(*list));
	int r = 0;
	if (!list)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; r == 0 && i < roster->n_rows; i++) {
		const struct roster_row *row = &roster->rows[i];
		struct certificate *found = NULL;
		if (row->problem)
			continue;
		r = store_certificate_find(s, row->value[FIELD_NIK], row->value[FIELD_NIP], row->serial, a, &found, &list[i].n,
					   err);
		list[i].list = found;
	}
	*out = list;
	return r;
}

int register_save(struct store *s, const struct certificate *list, size_t n, struct arena *a, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct certificate *c = arena_alloc(a, sizeof(*c));
		if (!c)
			return error_set(err, -ENOMEM, "no memory");
		*c = list[i];
		r = store_certificate_save(s, c, err);
	}
	return r;
}

int register_of_ticket(struct store *s, const struct casework_rules *rules, const struct ticket *t, struct arena *a,
		       struct error *err)
{
	struct certificate *list = NULL;
	size_t n = 0;
	int r = certificates_of_ticket(rules->calendar, t, a, &list, &n);
	if (r < 0)
		return error_set(err, r, "no memory");
	return store_certificate_of_ticket(s, t->id, list, n, err);
}

int register_seen(struct store *s, const struct evidence_file *files, size_t n_files, int64_t ticket_id, struct arena *a,
		  struct error *err)
{
	struct certificate *list = NULL;
	size_t n = 0;
	int r = certificates_seen(files, n_files, ticket_id, a, &list, &n);
	if (r < 0)
		return error_set(err, r, "no memory");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = store_certificate_seen(s, &list[i], err);
	return r;
}

int register_ticket(struct store *s, const struct certificate *c, int64_t *out, struct error *err)
{
	*out = 0;
	int r = store_ticket_by_person(s, &c->value[FIELD_NIK], &c->value[FIELD_NIP], 1, 0, out, err);
	return r < 0 ? r : 0;
}

int register_running(struct store *s, const struct certificate *list, size_t n, struct arena *a, const bool **out,
		     struct error *err)
{
	bool *running = arena_array(a, n ? n : 1, sizeof(*running));
	int r = 0;
	if (!running)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; r == 0 && i < n; i++) {
		int64_t id = 0;
		r = register_ticket(s, &list[i], &id, err);
		running[i] = id != 0;
	}
	*out = running;
	return r;
}

static int ending_look(struct office *o, struct ending *e, struct arena *a, struct error *err)
{
	const char *to = casework_expiry_to(o->plan.rules, &e->certificate);
	struct ticket t;
	int64_t id = 0;
	int r = register_ticket(o->store, &e->certificate, &id, err);
	if (r == 0 && id != 0) {
		r = store_ticket_load(o->store, id, a, &t, err);
		e->ticket = r == 0 ? t.number : NULL;
	}
	if (r == 0 && to)
		r = store_address_dead(o->store, to, &e->dead, err);
	if (r == 0 && to)
		r = store_silent(o->store, to, &e->silent, err);
	return r < 0 ? r : 0;
}

int register_ending(struct office *o, int days, struct arena *a, const struct ending **out, size_t *n, struct error *err)
{
	struct instant from = { o->now.ms - DAYS(LOOK_BACK_DAYS).ms }, to = { o->now.ms + DAYS(days + 1).ms };
	struct certificate *list = NULL;
	size_t kept = 0;
	int r = store_certificate_ending(o->store, from, to, LIMIT_ENDING_SHOWN, a, &list, n, err);
	if (r != 0)
		return r;
	struct ending *e = arena_array(a, *n ? *n : 1, sizeof(*e));
	if (!e)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; r == 0 && i < *n; i++) {
		if (certificate_days_left(o->plan.rules->calendar, &list[i], o->now) > days)
			continue;
		e[kept].certificate = list[i];
		r = ending_look(o, &e[kept++], a, err);
	}
	*out = e;
	*n = kept;
	return r;
}

/* --- the register as a file ------------------------------------------------------------------- */

struct csv {
	const struct calendar *calendar;
	struct buf *out;
};

static int csv_row(void *context, const struct certificate *c)
{
	struct csv *x = context;
	casework_certificate_csv(x->calendar, c, x->out);
	return buf_status(x->out);
}

int register_csv(struct office *o, struct arena *a, struct span *out, struct error *err)
{
	AUTO_BUF b = BUF_INIT(LIMIT_DOCUMENT_MAIL_BYTES);
	struct csv x = { o->plan.rules->calendar, &b };
	casework_certificate_csv(x.calendar, NULL, &b);
	int r = store_certificate_each(o->store, csv_row, &x, err);
	if (r == -ENOBUFS)
		return 0; /* *out stays empty: too large for a mail */
	char *copy = r == 0 ? arena_strndup(a, buf_cstr(&b), b.n) : NULL;
	if (r == 0 && !copy)
		r = error_set(err, -ENOMEM, "no memory");
	*out = span_of(copy, copy ? b.n : 0);
	return r;
}
