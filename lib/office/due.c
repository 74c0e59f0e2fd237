/* What time alone makes due. */
#include "office/office_private.h"

#include <errno.h>

enum { DUE_BATCH = 100 };

static int due_one(struct office *o, int64_t id, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct ticket ticket;
	struct decision d = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_ticket_load(o->store, id, a, &ticket, err);
	if (r == 0)
		r = casework_due(o->plan.rules, &ticket, o->now, a, &d);
	if (r == 0 && d.has_ticket) {
		r = perform_decision(o, NULL, NULL, &d, a, err);
		if (r == 0)
			r = store_commit(o->store, err);
		o->maybe_due = true;
	}
	store_end(o->store);
	return r < 0 ? r : 0;
}

void due_run(struct office *o)
{
	int64_t ids[DUE_BATCH];
	size_t n = 0;
	struct error err = { 0 };
	int r = store_begin(o->store, __func__, &err);
	if (r == 0)
		r = store_ticket_due(o->store, o->now, ids, DUE_BATCH, &n, &err);
	store_end(o->store);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = due_one(o, ids[i], &err);
	if (r < 0)
		office_store_fault(o, "looking for what is due", &err);
}
