/* Handled mails are moved away on the server.  One that the server refuses does not hold the others back. */
#include "office/office_private.h"

#include <string.h>

enum {
	MOVE_BATCH = 500,
	MOVE_PAUSE_MS = 60 * 1000,
	MOVE_REFUSED_MAX = 5, /* one by one: then the folder is the trouble, not the mail */
};

void moving_reset(struct office *o)
{
	o->maybe_unmoved = true;
	o->move_alone = false;
	o->move_after = 0;
	o->move_refused = 0;
	o->move_pause_until_ms = 0;
}

static void pause(struct office *o)
{
	o->move_refused = 0;
	o->move_pause_until_ms = clock_monotonic_ms() + MOVE_PAUSE_MS;
}

static bool goes_to_quarantine(const struct ledger_row *r)
{
	return r->disposition == DISPOSITION_QUARANTINED || r->disposition == DISPOSITION_TOO_BIG;
}

static void order(struct office *o, const struct ledger_row *rows, size_t n)
{
	bool quarantine = goes_to_quarantine(&rows[0]);
	uint32_t uids[MOVE_BATCH];
	size_t n_same = 0;
	AUTO_BUF b = BUF_INIT(LIMIT_FRAME_BYTES);
	for (size_t i = 0; i < n && (n_same == 0 || !o->move_alone); i++)
		if (goes_to_quarantine(&rows[i]) == quarantine)
			uids[n_same++] = rows[i].uid;
	wire_put_u8(&b, MAILBOX_MOVE);
	wire_put_u8(&b, MAILBOX_INBOX);
	wire_put_u8(&b, quarantine ? MAILBOX_QUARANTINE : MAILBOX_ARCHIVE);
	wire_put_u32(&b, (uint32_t)n_same);
	for (size_t i = 0; i < n_same; i++)
		wire_put_u32(&b, uids[i]);
	o->moving_id = rows[0].id;
	if (intake_send(o, &b, NULL, 0))
		o->asked = ASK_MOVE;
}

void moving_ask(struct office *o)
{
	struct ledger_row rows[MOVE_BATCH];
	size_t n = 0, first = 0;
	struct error err = { 0 };
	int r = store_begin(o->store, __func__, &err);
	if (r >= 0)
		r = store_ledger_unmoved(o->store, o->uidvalidity, rows, MOVE_BATCH, &n, &err);
	store_end(o->store);
	if (r < 0) {
		office_store_fault(o, "looking for handled mail", &err);
		return;
	}
	while (first < n && rows[first].id <= o->move_after)
		first++;
	if (first < n) {
		order(o, rows + first, n - first);
		return;
	}
	o->maybe_unmoved = n > 0; /* all that are left were refused: from the first one again, later */
	if (n > 0)
		pause(o);
	o->move_alone = false;
	o->move_after = 0;
}

static void refused(struct office *o, uint32_t n, uint32_t of, const char *why)
{
	if (of > 1) {
		o->move_alone = true;
	} else {
		o->move_after = o->moving_id;
		if (++o->move_refused >= MOVE_REFUSED_MAX)
			pause(o);
	}
	office_note(o, OFFICE_WARNING, "move-refused", 0, NULL, "%u of %u handled mails could not be moved on the server (%s)", n,
		    of, why ? why : "no reason given");
}

void moving_answer(struct office *o, struct wire *w)
{
	AUTO_ARENA a = arena_new(64 * 1024);
	(void)wire_u8_max(w, MAILBOX_INBOX);
	uint32_t n = wire_count(w, MOVE_BATCH), n_refused = 0;
	struct error err = { 0 };
	int r = store_begin(o->store, __func__, &err);
	for (uint32_t i = 0; r >= 0 && i < n; i++) {
		uint32_t uid = wire_u32(w);
		bool done = wire_u8(w) != 0;
		if (done)
			r = store_ledger_moved(o->store, o->uidvalidity, uid, &err);
		else
			n_refused++;
	}
	const char *why = a ? wire_str(w, a, 1000) : NULL;
	if (r >= 0)
		r = store_commit(o->store, &err);
	store_end(o->store);
	o->asked = ASK_NOTHING;
	if (r < 0)
		office_store_fault(o, "noting moved mail", &err);
	if (n_refused > 0)
		refused(o, n_refused, n, why);
	else
		o->move_refused = 0;
}
