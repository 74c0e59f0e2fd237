#include "document/recap.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 3000, DAY_S = 86400, NINETY_MINUTES_S = 90 * 60 };

static const char *const kinds[RECAP_KINDS][2] = {
	{ "renewal", "Pembaharuan" },   { "issuance", "Penerbitan" },        { "revocation", "Pencabutan" },
	{ "passphrase", "Passphrase" }, { "data-change", "Perubahan data" }, { "question", "Pertanyaan" },
};

const char *recap_kind_name(int kind)
{
	return kinds[kind][1];
}

static int kind_of(const struct tally *t)
{
	for (int i = 0; i < RECAP_KINDS; i++)
		if (str_eq(t->kind, kinds[i][0]))
			return i;
	return RECAP_KINDS - 1;
}

void recap_open(struct recap *r, const struct recap_request *request)
{
	*r = (struct recap){ .request = request };
}

static void groups_free(struct recap_groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->list[i].name);
	free(g->list);
}

void recap_close(struct recap *r)
{
	groups_free(&r->kinds);
	groups_free(&r->agencies);
	groups_free(&r->officers);
	for (int i = 0; i < 5; i++)
		free(r->steps[i].s);
	*r = (struct recap){ 0 };
}

static struct recap_group *group(struct recap *r, struct recap_groups *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->list[i].name, name))
			return &g->list[i];
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 64;
		struct recap_group *grown = cap <= GROUPS_MAX * 2 ? realloc(g->list, cap * sizeof(*grown)) : NULL;
		if (!grown) {
			r->failed = true;
			return NULL;
		}
		g->list = grown;
		g->cap = cap;
	}
	char *copy = strdup(name);
	r->failed = r->failed || !copy;
	if (!copy)
		return NULL;
	g->list[g->n] = (struct recap_group){ .name = copy };
	return &g->list[g->n++];
}

static void series_add(struct recap *r, struct recap_series *x, int64_t s)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 1024;
		int32_t *grown = realloc(x->s, cap * sizeof(*grown));
		r->failed = r->failed || !grown;
		if (!grown)
			return;
		x->s = grown;
		x->cap = cap;
	}
	x->s[x->n++] = s > INT32_MAX ? INT32_MAX : (int32_t)s;
}

static bool within(const struct recap_request *q, int64_t s)
{
	return s >= q->from_s && s < q->to_s;
}

bool recap_in_register(const struct recap_request *q, const struct tally *t)
{
	return within(q, t->opened_s) || (t->ended_s != 0 && within(q, t->ended_s));
}

static int month_of(int64_t s)
{
	struct civil_date d = civil_from_days(s >= 0 ? s / DAY_S : (s - DAY_S + 1) / DAY_S);
	return d.year * 12 + d.month - 1;
}

int recap_n_months(const struct recap_request *q)
{
	int n = month_of(q->to_s - 1) - month_of(q->from_s) + 1;
	return n < 1 ? 1 : n > RECAP_MONTHS ? RECAP_MONTHS : n;
}

enum what { RECEIVED, DONE, REFUSED, CANCELLED, OPEN };

static void count_in(struct recap *r, struct recap_groups *g, const char *name, enum what what)
{
	struct recap_group *x = group(r, g, name && *name ? name : "(tidak diketahui)");
	if (!x)
		return;
	uint32_t *const fields[] = { &x->received, &x->done, &x->refused, &x->cancelled, &x->open };
	(*fields[what])++;
}

static void count(struct recap *r, const struct tally *t, enum what what)
{
	uint32_t *const open[] = { &r->open_team, &r->open_applicant, &r->open_bsre };
	uint32_t *const totals[] = { &r->received, &r->done, &r->refused, &r->cancelled,
				     open[(size_t)t->waits_for < 3 ? t->waits_for : 0] };
	(*totals[what])++;
	count_in(r, &r->kinds, recap_kind_name(kind_of(t)), what);
	count_in(r, &r->agencies, t->agency, what);
	count_in(r, &r->officers, t->officer, what);
}

static void times(struct recap *r, const struct tally *t)
{
	int64_t sum = 0;
	bool whole = true;
	for (int i = 0; i < 4; i++) {
		whole = whole && t->step_s[i] >= 0;
		if (t->step_s[i] < 0)
			continue;
		sum += t->step_s[i];
		series_add(r, &r->steps[i], t->step_s[i]);
		r->steps[i].within += t->step_s[i] <= t->standard_s[i];
	}
	r->waiting_s += t->waiting_s;
	r->paused_s += t->paused_s;
	if (!whole)
		return;
	series_add(r, &r->steps[RECAP_TOTAL], sum);
	r->steps[RECAP_TOTAL].within += sum <= t->standard_s[0] + t->standard_s[1] + t->standard_s[2] + t->standard_s[3];
	r->within_90 += sum <= NINETY_MINUTES_S;
}

static void ending(struct recap *r, const struct tally *t)
{
	uint32_t y, m, d;
	struct span s = span_str(t->until ? t->until : "");
	if (s.n != 10 || num_parse_u32(span_of(s.p, 4), 9999, &y) != 0 || num_parse_u32(span_of(s.p + 5, 2), 12, &m) != 0 ||
	    num_parse_u32(span_of(s.p + 8, 2), 31, &d) != 0)
		return;
	int64_t days = civil_days((struct civil_date){ (int)y, (int)m, (int)d }) - r->request->now_s / DAY_S;
	for (int i = 0; i < 3; i++)
		r->ending[i] += days >= 0 && days <= 30 * (i + 1);
}

void recap_add(struct recap *r, const struct tally *t)
{
	const struct recap_request *q = r->request;
	bool ended = t->ended_s != 0 && t->ended_s < q->to_s;
	ending(r, t);
	if (!t->first || str_eq(t->state, "merged") || t->opened_s >= q->to_s)
		return;
	if (within(q, t->opened_s)) {
		int month = month_of(t->opened_s) - month_of(q->from_s);
		count(r, t, RECEIVED);
		if (month >= 0 && month < RECAP_MONTHS)
			r->months[month][kind_of(t)]++;
	}
	if (!ended) {
		count(r, t, OPEN);
	} else if (within(q, t->ended_s)) {
		bool done = str_eq(t->state, "closed");
		count(r, t, done ? DONE : str_eq(t->state, "refused") ? REFUSED : CANCELLED);
		if (done)
			times(r, t);
		r->marks += t->mark > 0;
		r->mark_sum += t->mark;
	}
}

static int by_size(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

void recap_figures(struct recap *r, int step, struct recap_figures *out)
{
	struct recap_series *x = &r->steps[step];
	double sum = 0;
	*out = (struct recap_figures){ .n = x->n };
	if (x->n == 0)
		return;
	qsort(x->s, x->n, sizeof(*x->s), by_size);
	for (size_t i = 0; i < x->n; i++)
		sum += x->s[i];
	out->mean = sum / (double)x->n;
	size_t lower = (x->n - 1) / 2, upper = x->n / 2, rank = (x->n * 9 + 9) / 10;
	out->median = ((double)x->s[lower] + (double)x->s[upper]) / 2;
	out->p90 = x->s[rank - 1];
	out->slowest = x->s[x->n - 1];
	out->share = (double)x->within / (double)x->n;
}

double recap_index(const struct recap *r)
{
	return r->marks ? (double)r->mark_sum / r->marks * 25 : 0;
}

const char *recap_band(double index)
{
	if (index <= 0)
		return "-";
	double i = floor(index * 100 + 0.5) / 100;
	return i > 88.30 ? "A" : i > 76.60 ? "B" : i >= 65.00 ? "C" : "D";
}
