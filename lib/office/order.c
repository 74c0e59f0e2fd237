/* sitantectl's changes: decided and performed as a staff mail's commands are, in one commit, by the tool's own process and
 * whether or not the daemon runs.  What is to be sent waits in the outbox for the daemon. */
#include "office/office_private.h"

/* An office of one decision: no processes, no turns. */
static struct office office_of_tool(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
				    struct instant now)
{
	return (struct office){ .store = store,
				.plan = *plan,
				.ports = *ports,
				.now = now,
				.document = PROGRAM_CHILD_NONE,
				.examiner = PROGRAM_CHILD_NONE };
}

static void ordered(struct office_ordered *out, const struct decision *d)
{
	out->number = d->ticket.number;
	out->state = d->ticket.state;
	out->n_letters = d->n_letters;
}

int office_order(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		 const struct office_order *order, struct instant now, struct arena *a, struct office_ordered *out,
		 struct error *err)
{
	struct office o = office_of_tool(store, plan, ports, now);
	struct reading reading = { .message = { .n_from_fields = 1, .text = "", .text_full = "", .proof = MAIL_PROOF_PASS },
				   .commands = *order->commands };
	struct incoming in;
	struct decision d = { 0 };
	*out = (struct office_ordered){ 0 };
	int r = store_begin(store, __func__, err);
	if (r == 0)
		r = facts_of_order(&o, &reading, order->number, a, &in, err);
	if (r == 0) {
		in.confirmed = order->confirmed;
		r = casework_order(plan->rules, &in, order->who, now, a, &d, &out->answer);
	}
	if (r == 0 && *out->answer.refused)
		r = OFFICE_ORDER_REFUSED;
	if (r == 0)
		r = perform_decision(&o, NULL, NULL, &d, a, err);
	if (r == 0)
		r = store_commit(store, err);
	store_end(store);
	if (r == 0)
		ordered(out, &d);
	return r;
}

int office_drop(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		const struct outbox_row *row, const char *who, struct instant now, struct arena *a, struct error *err)
{
	struct office o = office_of_tool(store, plan, ports, now);
	struct sent_mail dropped = {
		.outbox_id = row->id, .kind = row->kind, .to = { row->to_name, row->to_address }, .at = now
	};
	struct ticket ticket;
	struct decision d = { 0 };
	int r = store_outbox_set(store, row->id, OUTBOX_FAILED, row->tries, now, row->last_code, OFFICE_DROPPED, now, err);
	if (r != 0 || row->ticket_id == 0)
		return r;
	r = store_ticket_load(store, row->ticket_id, a, &ticket, err);
	if (r != 0)
		return r < 0 ? r : 0;
	bool ended = row->state == OUTBOX_FAILED || row->state == OUTBOX_UNCERTAIN;
	r = casework_dropped(plan->rules, &ticket, &dropped, ended, who, now, a, &d);
	return r == 0 ? perform_decision(&o, NULL, NULL, &d, a, err) : r;
}

/* The raw bytes are durable before the commit that speaks of them. */
static int letter_keep(struct store *store, const struct office_letter *letter, struct ledger_row *row, struct error *err)
{
	int r = store_ledger_top(store, LEDGER_ENTERED, &row->uid, err);
	row->uid++;
	if (r == 0)
		r = store_raw_keep(store, row->uidvalidity, &row->uid, &letter->fd, 1, err);
	return r == 0 ? store_ledger_add(store, row, &row->id, err) : r;
}

int office_letter(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		  const struct office_letter *letter, struct instant now, struct arena *a, struct office_ordered *out,
		  struct error *err)
{
	struct office o = office_of_tool(store, plan, ports, now);
	struct ledger_row row = { .uidvalidity = LEDGER_ENTERED,
				  .size = letter->size,
				  .internaldate = now,
				  .sha256 = letter->sha256,
				  .state = LEDGER_STORED,
				  .has_raw = true,
				  .moved = true,
				  .is_entered = true,
				  .entered_by = letter->who };
	struct incoming in;
	struct decision d = { 0 };
	*out = (struct office_ordered){ 0 };
	int r = store_begin(store, __func__, err);
	if (r == 0)
		r = facts_gather(&o, &row, letter->reading, &(struct office_evidence){ 0 }, a, &in, err);
	if (r == 0)
		r = casework_order(plan->rules, &in, letter->who, now, a, &d, &out->answer);
	if (r == 0 && *out->answer.refused)
		r = OFFICE_ORDER_REFUSED;
	if (r == 0)
		r = letter_keep(store, letter, &row, err);
	if (r == 0)
		r = decision_keep(&o, &row, &in, &d, a, err);
	if (r == 0)
		r = store_commit(store, err);
	store_end(store);
	if (r == 0)
		ordered(out, &d);
	return r;
}
