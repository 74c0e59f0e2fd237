/* sitantectl tickets: lists by what holds for a ticket. */
#include "ctl.h"
#include "term.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT_DEFAULT = 1000, LIMIT_MOST = 99999, NUMBERS_NOTED = 90 };

/* "90m", "2h", "3d", "2w".  0; 1. */
static int age_read(const char *s, struct duration *out)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = { { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 }, { 'w', 7 * (int64_t)86400000 } };
	size_t n = strlen(s);
	uint32_t v;
	if (n < 2 || num_parse_u32(span_of(s, n - 1), 1000000, &v) != 0)
		return 1;
	for (size_t i = 0; i < 4; i++)
		if (units[i].letter == s[n - 1]) {
			out->ms = v * units[i].ms;
			return 0;
		}
	return 1;
}

static int ago(const char *option, const char *given, struct instant now, bool *has, struct instant *out)
{
	struct duration d;
	*has = given != NULL;
	if (!given)
		return 0;
	if (age_read(given, &d) != 0)
		return ctl_fail(CTL_USAGE, "--%s wants an age: 90m, 2h, 3d or 2w", option);
	out->ms = now.ms - d.ms;
	return 0;
}

/* An address, or the name or the part before the @ of one who is on the staff now. */
static const char *staff_address(struct ctl *c, const char *given)
{
	const struct casework_rules *r = &c->plan->rules;
	if (strchr(given, '@'))
		return given;
	for (size_t i = 0; i < r->n_staff; i++) {
		const char *address = r->staff[i].address;
		size_t local = strcspn(address, "@");
		if (str_eq_nocase(r->staff[i].name, given) || span_eq_nocase(span_of(address, local), span_str(given)))
			return address;
	}
	return str_eq(given, "none") ? "" : NULL;
}

static int filter_read(struct ctl *c, struct ticket_filter *f)
{
	struct instant now = clock_wall();
	uint32_t limit = LIMIT_DEFAULT, step = 0;
	*f = (struct ticket_filter){ .search = c->search,
				     .opd = c->opd,
				     .overdue = c->overdue,
				     .open_only = c->open,
				     .oldest_first = c->oldest,
				     .now = now };
	f->has_state = c->state && ticket_state_from_word(c->state, &f->state) == 0;
	if (c->state && !f->has_state)
		return ctl_fail(CTL_USAGE,
				"%s is no state; use received, examining, waiting, renewed, closed, refused, cancelled or merged",
				c->state);
	if (c->limit && (num_parse_u32(span_str(c->limit), LIMIT_MOST, &limit) != 0 || limit == 0))
		return ctl_fail(CTL_USAGE, "--limit wants a number from 1 to %d", LIMIT_MOST);
	if (c->step && (num_parse_u32(span_str(c->step), 4, &step) != 0 || step == 0))
		return ctl_fail(CTL_USAGE, "--overdue=STEP wants a step from 1 to 4; --overdue alone is any");
	f->limit = limit;
	f->step = (int)step;
	if (c->staff && !(f->staff = staff_address(c, c->staff)))
		return ctl_fail(CTL_USAGE, "%s is nobody on the staff; give an address, a name of the configuration, or none",
				c->staff);
	int r = ago("older", c->older, now, &f->has_older, &f->older);
	return r == 0 ? ago("newer", c->newer, now, &f->has_newer, &f->newer) : r;
}

/* Who looks through people's texts is noted, with what was shown; not the words, which may be a person's number. */
static int note_search(struct ctl *c, struct ticket *const *list, size_t n, struct error *err)
{
	AUTO_BUF numbers = BUF_INIT(4096);
	for (size_t i = 0; i < n && numbers.n < NUMBERS_NOTED; i++)
		buf_addf(&numbers, " %s", list[i]->number);
	return ctl_audit(c, err, "tickets --search: %zu shown:%s", n, buf_cstr(&numbers));
}

static int load(struct ctl *c, struct ticket ***out, size_t *n, bool *more)
{
	struct ticket_filter f;
	struct error err = { 0 };
	int r = ctl_store(c);
	if (r == 0)
		r = filter_read(c, &f);
	if (r != 0)
		return r;
	f.limit++; /* one more: is there any */
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_ticket_list(c->store, &f, c->arena, out, n, &err);
	*more = r == 0 && *n == f.limit;
	*n -= *more;
	if (r == 0 && *n > 0 && f.search)
		r = note_search(c, *out, *n, &err);
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "no memory");
}

static enum tone state_tone(enum ticket_state s)
{
	static const enum tone tones[N_TICKET_STATES] = {
		[TICKET_RECEIVED] = TONE_BOLD, [TICKET_EXAMINING] = TONE_BOLD, [TICKET_WAITING] = TONE_WARN,
		[TICKET_RENEWED] = TONE_GOOD,  [TICKET_CLOSED] = TONE_DIM,     [TICKET_REFUSED] = TONE_DIM,
		[TICKET_CANCELLED] = TONE_DIM, [TICKET_MERGED] = TONE_DIM
	};
	return (size_t)s < N_TICKET_STATES ? tones[s] : TONE_PLAIN;
}

/* The step that runs, and whether it is over its standard. */
static void put_step(struct ctl *c, struct table *t, const struct ticket *k, struct instant now)
{
	struct step steps[4];
	casework_steps(&c->plan->rules, k, now, steps);
	for (int i = 3; i >= 0; i--) {
		if (!steps[i].started || steps[i].finished)
			continue;
		const char *took = term_span(c->arena, steps[i].working);
		table_cell(t, steps[i].met ? TONE_PLAIN : TONE_BAD,
			   arena_printf(c->arena, "%d  %s%s", i + 1, took, steps[i].met ? "" : " late"));
		return;
	}
	table_cell(t, TONE_PLAIN, "-");
}

static void put_row(struct ctl *c, struct table *t, const struct ticket *k, struct instant now)
{
	const struct applicant *x = k->n_applicants > 0 ? &k->applicants[0] : NULL;
	const char *name = x && x->value[FIELD_NAME] ? x->value[FIELD_NAME] : k->requester_name;
	table_cell(t, TONE_PLAIN, k->number);
	table_cell(t, state_tone(k->state), ticket_state_word(k->state));
	put_step(c, t, k, now);
	table_cell(t, TONE_PLAIN, ctl_masked(c, name));
	table_cell(t, TONE_PLAIN, ctl_masked(c, x ? x->value[FIELD_AGENCY] : NULL));
	table_cell(t, TONE_PLAIN, k->assigned_to);
	table_cell(t, TONE_PLAIN, ctl_local(c, k->opened_at));
	table_cell(t, TONE_PLAIN, request_kind_word(k->kind));
}

static void put_json(struct ctl *c, struct ticket *const *list, size_t n, struct buf *b)
{
	struct json j = json_open(b, true);
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		ctl_ticket_brief(c, &j, list[i], true);
		json_object_end(&j);
	}
	json_array_end(&j);
	buf_add_char(b, '\n');
}

int ctl_tickets(struct ctl *c)
{
	static const struct table_column columns[] = { { "NUMBER", 0 }, { "STATE", 0 },    { "STEP", 0 },   { "NAME", 10 },
						       { "OPD", 8 },    { "ASSIGNED", 8 }, { "OPENED", 0 }, { "KIND", 5 } };
	struct ticket **list = NULL;
	size_t n = 0;
	bool more = false;
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE,
				"tickets wants options only: --state, --open, --older, --newer, --overdue, --opd, --staff, "
				"--search, --limit, --oldest");
	int r = load(c, &list, &n, &more);
	if (r != 0)
		return r;
	if (c->json) {
		put_json(c, list, n, &b);
		return ctl_print(&b);
	}
	struct term term = term_of(1);
	struct instant now = clock_wall();
	struct table *t = table_open(c->arena, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; t && i < n; i++)
		put_row(c, t, list[i], now);
	if (!t)
		return ctl_fail(CTL_REFUSED, "no memory");
	table_put(t, &term, &b);
	if (n == 0)
		buf_add_str(&b, "no tickets\n");
	r = ctl_print(&b);
	if (more)
		(void)ctl_fail(CTL_DONE, "there are more than these %zu: --limit N shows them", n);
	return r;
}
