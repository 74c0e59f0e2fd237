/* sitantectl retention: what is kept how long, and what is due; or not to wait for tomorrow. */
#include "ctl.h"
#include "doorbell.h"

#include "store/keep.h"

#include <inttypes.h>

enum { DAY_MS = 24 * 3600 * 1000 };

struct due { /* of the store */
	uint64_t n[N_KEEP], held;
	const char *last;
};

static int due_load(struct ctl *c, struct due *out, struct error *err)
{
	const struct keep_rules *rules = &c->plan->rules.keep;
	int r = store_begin(c->store, __func__, err);
	for (int k = 0; r == 0 && k < N_KEEP; k++)
		r = store_keep_count(c->store, (enum keep_class)k, keep_line(rules, (enum keep_class)k, clock_wall()), &out->n[k],
				     err);
	if (r == 0)
		r = store_keep_held(c->store, &out->held, err);
	if (r == 0)
		r = store_fact_get(c->store, STORE_FACT_RETENTION, c->arena, &out->last, err);
	store_end(c->store);
	return r < 0 ? r : 0;
}

static const char *period_words(struct ctl *c, struct duration p)
{
	if (p.ms == 0)
		return "never";
	return p.ms % DAY_MS == 0 ? arena_printf(c->arena, "%" PRId64 " days", p.ms / DAY_MS)
				  : arena_printf(c->arena, "%" PRId64 " s", p.ms / 1000);
}

static void due_json(struct ctl *c, const struct due *d, struct buf *b)
{
	struct json j = json_open(b, true);
	json_object(&j);
	json_key(&j, "classes");
	json_array(&j);
	for (int k = 0; k < N_KEEP; k++) {
		json_object(&j);
		json_kv_str(&j, "class", keep_class_word((enum keep_class)k));
		json_kv_int(&j, "seconds", c->plan->rules.keep.period[k].ms / 1000);
		json_kv_int(&j, "due", (int64_t)d->n[k]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_kv_int(&j, "held", (int64_t)d->held);
	json_kv_str(&j, "last_day", d->last);
	json_object_end(&j);
	buf_add_char(b, '\n');
}

static void due_text(struct ctl *c, const struct due *d, struct buf *b)
{
	for (int k = 0; k < N_KEEP; k++)
		buf_addf(b, "%-12s kept %-10s %" PRIu64 " tickets over that\n", keep_class_word((enum keep_class)k),
			 period_words(c, c->plan->rules.keep.period[k]), d->n[k]);
	buf_addf(b, "held: %" PRIu64 " tickets (sitantectl hold, unhold)\n", d->held);
	buf_addf(b, "last day looked after: %s\n", d->last ? d->last : "none yet: the first day destroys nothing");
}

/* Yesterday was the last day: today's work begins as soon as the daemon looks. */
static int run_now(struct ctl *c)
{
	struct error err = { 0 };
	char iso[INSTANT_ISO_SIZE];
	instant_format_iso((struct instant){ clock_wall().ms - DAY_MS }, 0, iso);
	int r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_fact_set(c->store, STORE_FACT_RETENTION, iso, &err);
	if (r == 0)
		r = ctl_audit(c, &err, "retention run");
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	doorbell_ring(c->plan->settings->store.directory);
	return ctl_done(c);
}

int ctl_retention(struct ctl *c)
{
	struct due d = { 0 };
	struct error err = { 0 };
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	bool run = c->argc == 1 && str_eq(c->argv[0], "run");
	if (c->argc != 0 && !run)
		return ctl_fail(CTL_USAGE, "retention [run]");
	int r = ctl_store(c);
	if (r != 0)
		return r;
	if (run)
		return run_now(c);
	r = due_load(c, &d, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	if (c->json)
		due_json(c, &d, &b);
	else
		due_text(c, &d, &b);
	return ctl_print(&b);
}
