/* Reminders of certificates that end, at most so many an hour, in office hours.  A recipient's reminder, what was said of
 * which certificate, and when to look again are in the same commit: a stop at any point leaves them done or not begun. */
#include "office/office_private.h"

#include "base/limits.h"

#include <stdio.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, BATCH = 50 };

#define FACT_EXPIRY "expiry" /* the rules that reminders were worked out by */

/* Other days or another admin: all is worked out anew. */
static int rules_check(struct office *o, struct error *err)
{
	const struct expiry_rules *e = &o->plan.rules->expiry;
	AUTO_ARENA a = arena_new(64 * 1024);
	struct digest_sum sum;
	char hex[DIGEST_HEX_SIZE], text[64];
	const char *was = NULL;
	if (o->expiry_checked)
		return 0;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	digest_sum_begin(&sum);
	for (size_t i = 0; i < e->n_days; i++)
		digest_sum_add(&sum, span_of(text, (size_t)snprintf(text, sizeof(text), "%d,", e->days[i])));
	digest_sum_add(&sum, span_of(text, (size_t)snprintf(text, sizeof(text), "%d,%d;", e->after, e->per_hour > 0)));
	for (size_t i = 0; i < e->n_admins; i++) {
		digest_sum_add(&sum, span_str(e->admins[i].agency));
		digest_sum_add(&sum, span_str(e->admins[i].to.address));
	}
	struct digest d = digest_sum_done(&sum);
	digest_hex(&d, hex);
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_fact_get(o->store, FACT_EXPIRY, a, &was, err);
	if (r == STORE_NOT_FOUND || (r == 0 && !str_eq(was, hex))) {
		r = store_certificate_due_reset(o->store, err);
		if (r == 0)
			r = store_fact_set(o->store, FACT_EXPIRY, hex, err);
	}
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->expiry_checked = r == 0;
	return r;
}

static int facts(struct office *o, struct expiry_facts *f, struct arena *a, struct error *err)
{
	int r = register_running(o->store, f->certificates, f->n, a, &f->running, err);
	if (r == 0 && f->to)
		r = store_address_dead(o->store, f->to, &f->dead, err);
	if (r == 0 && f->to)
		r = store_silent(o->store, f->to, &f->silent, err);
	return r;
}

/* One recipient, or a batch of certificates that must be worked out.  *n: how many were looked at. */
static int recipient_run(struct office *o, size_t *n, size_t *letters, struct error *err)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct expiry_facts f = { 0 };
	struct certificate *list = NULL;
	struct decision d = { 0 };
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_certificate_due(o->store, o->now, LIMIT_REMINDED, a, &f.to, &list, &f.n, err);
	f.certificates = list;
	if (r == 0 && f.n > 0)
		r = facts(o, &f, a, err);
	if (r == 0 && f.n > 0)
		r = casework_expiry(o->plan.rules, &f, o->now, a, &d);
	if (r == 0 && f.n > 0)
		r = perform_decision(o, NULL, NULL, &d, a, err);
	*n = f.n;
	*letters = d.n_letters;
	return r;
}

/* Several recipients in one commit; then other work has its turn.  *left: how many more may be written to. */
static int batch_run(struct office *o, uint32_t *left, struct error *err)
{
	size_t n = 1, letters = 0, all = 0;
	int r = store_begin(o->store, __func__, err);
	for (int i = 0; r == 0 && n > 0 && *left > 0 && i < BATCH; i++) {
		r = recipient_run(o, &n, &letters, err);
		*left -= letters > 0;
		all += letters;
	}
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->maybe_due = o->maybe_due || all > 0;
	return r;
}

static int room(struct office *o, uint32_t *out, struct error *err)
{
	struct instant hour = { o->now.ms - HOUR_MS }, minute = { o->now.ms - MINUTE_MS };
	uint32_t last_hour = 0, last_minute = 0;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_reminders_since(o->store, hour, &last_hour, err);
	if (r == 0)
		r = store_reminders_since(o->store, minute, &last_minute, err);
	store_end(o->store);
	*out = casework_expiry_room(o->plan.rules, last_hour, last_minute);
	return r;
}

int expiry_run(struct office *o, struct instant *next, struct error *err)
{
	uint32_t left = 0;
	int r = rules_check(o, err);
	if (r != 0 || !calendar_is_open(o->plan.rules->calendar, o->now))
		return r; /* the next opening is looked for anyway */
	r = room(o, &left, err);
	if (r == 0)
		r = batch_run(o, &left, err);
	if (r != 0)
		return r;
	r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_certificate_due_next(o->store, next, err);
	store_end(o->store);
	if (r == STORE_NOT_FOUND)
		next->ms = INT64_MAX;
	else if (r == 0 && next->ms <= o->now.ms) /* more at once, or when the minute is over */
		next->ms = left > 0 ? o->now.ms : o->now.ms + MINUTE_MS;
	return r < 0 ? r : 0;
}
