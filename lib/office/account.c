/* Reconciling in the office: once a day, and before anything else in a store that was restored from a backup. */
#include "office/office_private.h"

#include "office/reconcile.h"

#include <errno.h>

enum { RECONCILE_EVERY_MS = 24 * 3600 * 1000 };

#define FACT_RESTORED "restored"
#define FACT_RECONCILED "reconciled"

static int fact_time(struct office *o, const char *key, bool *out_known, struct instant *out, struct error *err)
{
	AUTO_ARENA a = arena_new(4096);
	const char *text = NULL;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_fact_get(o->store, key, a, &text, err);
	*out_known = r == 0 && instant_parse_iso(span_str(text), out) == 0;
	return r < 0 ? r : 0;
}

static int fact_now(struct office *o, const char *key, struct error *err)
{
	char iso[INSTANT_ISO_SIZE];
	instant_format_iso(o->now, 0, iso);
	return store_fact_set(o->store, key, iso, err);
}

/* The backup's mark: nobody knows what left after it was made. */
static int restored_settle(struct office *o, uint64_t *doubted, struct error *err)
{
	AUTO_ARENA a = arena_new(4096);
	const char *mark = NULL;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_fact_get(o->store, FACT_RESTORED, a, &mark, err);
	if (r != 0)
		return r < 0 ? r : 0;
	o->restored = !str_eq(mark, STORE_RESTORED_DONE);
	if (!str_eq(mark, STORE_RESTORED_NEW))
		return 0;
	r = store_outbox_doubt(o->store, doubted, err);
	return r < 0 ? r : store_fact_set(o->store, FACT_RESTORED, STORE_RESTORED_DOUBTED, err);
}

int account_start(struct office *o, struct error *err)
{
	bool known = false;
	uint64_t doubted = 0;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = restored_settle(o, &doubted, err);
	if (r == 0)
		r = fact_time(o, FACT_RECONCILED, &known, &o->reconciled, err);
	if (r == 0 && !known) { /* a new store has nothing to be compared with */
		o->reconciled = o->now;
		r = fact_now(o, FACT_RECONCILED, err);
	}
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0 && o->restored)
		office_note(
			o, OFFICE_WARNING, "store-restored", 0, NULL,
			"the store comes from a backup: the archive on the server is read first; %llu outgoing mails are perhaps "
			"sent already, see sitantectl outbox",
			(unsigned long long)doubted);
	return r;
}

void account_drop(struct office *o)
{
	reconcile_free(o->reconcile);
	o->reconcile = NULL;
}

static bool due(const struct office *o)
{
	int64_t since = o->now.ms - o->reconciled.ms;
	return o->restored || since >= RECONCILE_EVERY_MS || since < 0;
}

static void tell(struct office *o, const struct reconcile_result *x)
{
	uint32_t left = x->n_unknown - x->n_returned;
	o->health.unaccounted = left;
	for (uint32_t i = 0; i < x->n_unknown && i < 20 && left > 0; i++)
		office_note(o, OFFICE_ERROR, "reconcile-unknown", 0, NULL,
			    "mail without a disposition: uid %u in the %s, %u bytes", x->unknown[i].uid,
			    mailbox_place_word(x->unknown[i].place), x->unknown[i].size);
	office_note(
		o, left > 0 ? OFFICE_ERROR : OFFICE_INFO, "reconciled", 0, NULL,
		"on the server: %u in the inbox, %u in the archive, %u in quarantine; without a disposition: %u; put back to be "
		"handled: %u",
		x->on_server[MAILBOX_INBOX], x->on_server[MAILBOX_ARCHIVE], x->on_server[MAILBOX_QUARANTINE], left,
		x->n_returned);
}

static int finish(struct office *o, struct error *err)
{
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = fact_now(o, FACT_RECONCILED, err);
	if (r == 0 && o->restored)
		r = store_fact_set(o->store, FACT_RESTORED, STORE_RESTORED_DONE, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r < 0)
		return r;
	tell(o, reconcile_result(o->reconcile));
	o->reconciled = o->now;
	if (o->restored) {
		o->catching_up = o->want_list = true; /* what came back is older than what waits */
		o->list_from = 1;
	}
	o->restored = false;
	account_drop(o);
	return 0;
}

bool account_ask(struct office *o, struct buf *frame)
{
	struct error err = { 0 };
	if (!o->reconcile && (!due(o) || reconcile_new(o->store, o->restored, o->now, &o->reconcile) < 0))
		return false;
	int r = reconcile_ask(o->reconcile, frame, &err);
	if (r == 0)
		r = finish(o, &err);
	if (r < 0) {
		account_drop(o);
		office_store_fault(o, "reconciling", &err);
	}
	return r > 0;
}

bool account_frame(struct office *o, unsigned kind, struct wire *w)
{
	struct error err = { 0 };
	int r = o->reconcile && o->asked == ASK_RECONCILE ? reconcile_take(o->reconcile, kind, w, &err) : 1;
	if (r > 0)
		return false;
	if (r < 0) {
		account_drop(o);
		office_store_fault(o, "reconciling", &err);
	}
	o->asked = o->reconcile && reconcile_waits(o->reconcile) ? ASK_RECONCILE : ASK_NOTHING;
	return true;
}
