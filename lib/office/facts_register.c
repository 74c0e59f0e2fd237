/* What the register of certificates has to do with a mail: a list to import, what is asked of it, a reminder that is
 * answered. */
#include "office/office_private.h"

enum { REFERENCES_LOOKED_AT = 30 };

static const struct command *command_of(const struct incoming *in, enum command_verb verb)
{
	const struct command_block *b = &in->reading->commands;
	for (size_t i = 0; i < b->n_commands; i++)
		if (b->commands[i].verb == verb && !b->commands[i].error)
			return &b->commands[i];
	return NULL;
}

/* The list that waits for this sender's yes.  *out NULL: none. */
static int waiting_list(struct office *o, const char *from, struct arena *a, const struct roster **out, struct error *err)
{
	struct instant since = { o->now.ms - o->plan.rules->token_life.ms };
	struct roster *list = arena_alloc(a, sizeof(*list));
	const char *name = NULL;
	struct span bytes = { 0 };
	*out = NULL;
	if (!list)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_import_get(o->store, from, since, a, &name, &bytes, err);
	if (r != 0)
		return r < 0 ? r : 0;
	struct wire w = wire_open(bytes);
	r = roster_decode(&w, a, list);
	if (r < 0)
		return error_set(err, r, "no memory");
	*out = r == 0 && wire_done(&w) ? list : NULL; /* of another version: sent again */
	return 0;
}

static int find_import(struct office *o, struct incoming *in, const struct command *c, const char *from, struct arena *a,
		       struct error *err)
{
	int r = 0;
	if (c->value)
		r = waiting_list(o, from, a, &in->import.roster, err);
	else if (in->reading->has_roster)
		in->import.roster = &in->reading->roster;
	return r == 0 && in->import.roster ? register_known(o->store, in->import.roster, a, &in->import.known, err) : r;
}

/* Only where a staff member's address asks: much is read for it. */
int facts_register(struct office *o, struct incoming *in, struct arena *a, struct error *err)
{
	const struct message *m = &in->reading->message;
	const char *from = m->n_from_fields == 1 && m->n_from == 1 ? m->from[0].spec : NULL;
	const struct command *impor = command_of(in, COMMAND_IMPOR), *ending = command_of(in, COMMAND_KEDALUWARSA);
	int r = 0;
	if (casework_staff(o->plan.rules, from) < 0)
		return 0;
	if (impor)
		r = find_import(o, in, impor, from, a, err);
	if (r == 0 && ending)
		r = register_ending(o, ending_days(ending), a, &in->ending, &in->n_ending, err);
	if (r == 0 && command_of(in, COMMAND_EKSPOR))
		r = register_csv(o, a, &in->register_csv, err);
	return r;
}

int facts_reminder(struct office *o, struct incoming *in, struct arena *a, struct error *err)
{
	const struct message *m = &in->reading->message;
	struct reminder_facts *f = &in->reminder;
	struct certificate *list = NULL;
	struct outbox_row row = { 0 };
	int r = STORE_NOT_FOUND;
	for (size_t i = 0; i < m->n_references && i < REFERENCES_LOOKED_AT && r == STORE_NOT_FOUND; i++) {
		r = store_outbox_by_message_id(o->store, m->references[i], a, &row, err);
		if (r == 0 && row.kind != LETTER_EXPIRY)
			r = STORE_NOT_FOUND;
	}
	if (r == 0)
		r = store_reminder_of(o->store, row.id, a, &list, &f->n, err);
	if (r != 0 || f->n == 0)
		return r < 0 ? r : 0;
	f->certificates = list;
	f->to = row.to_address;
	return register_running(o->store, list, f->n, a, &f->running, err);
}
