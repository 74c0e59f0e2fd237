/* Mails that the server lists and does not give.  Listed once more before anything is said of them: who is not listed
 * then is gone; who is listed is asked for again, alone, later each time, and in the end left to people. */
#include "office/office_private.h"

#include <stdlib.h>
#include <string.h>

/* How long after the first, second ... miss: together two hours, longer than a server's own trouble mostly lasts. */
static const int64_t delays_ms[] = { 0, 10 * 1000, 60 * 1000, 5 * 60 * 1000, 15 * 60 * 1000, 30 * 60 * 1000, 60 * 60 * 1000 };

enum { TRIES_MAX = sizeof(delays_ms) / sizeof(*delays_ms) };

static int by_uid(const void *a, const void *b)
{
	uint32_t x = ((const struct office_missing *)a)->mail.uid, y = ((const struct office_missing *)b)->mail.uid;
	return x < y ? -1 : x > y;
}

static struct office_missing *find(const struct office *o, uint32_t uid)
{
	struct office_missing key = { .mail.uid = uid };
	return o->n_missing > 0 ? bsearch(&key, o->missing, o->n_missing, sizeof(key), by_uid) : NULL;
}

static struct office_missing *add(struct office *o, const struct office_waiting *m)
{
	if (o->n_missing == o->cap_missing) {
		size_t cap = o->cap_missing * 2 + 16;
		struct office_missing *p = reallocarray(o->missing, cap, sizeof(*p));
		if (!p)
			return NULL; /* the next start lists it again */
		o->missing = p;
		o->cap_missing = cap;
	}
	size_t at = o->n_missing;
	while (at > 0 && o->missing[at - 1].mail.uid > m->uid)
		at--;
	memmove(o->missing + at + 1, o->missing + at, (o->n_missing++ - at) * sizeof(*o->missing));
	o->missing[at] = (struct office_missing){ .mail = *m };
	return &o->missing[at];
}

void missing_note(struct office *o, const struct office_waiting *m)
{
	struct office_missing *x = find(o, m->uid);
	x = x ? x : add(o, m);
	if (!x)
		return;
	x->again_ms = clock_monotonic_ms() + (x->tries < TRIES_MAX ? delays_ms[x->tries] : 0);
	x->tries++;
	if (x->tries > 1)
		office_note(o, OFFICE_WARNING, "mail-not-given", 0, NULL,
			    "the server lists uid %u, but does not give it, time %u of %d", m->uid, x->tries, TRIES_MAX + 1);
}

void missing_forget(struct office *o, uint32_t uid)
{
	struct office_missing *x = find(o, uid);
	if (!x)
		return;
	size_t at = (size_t)(x - o->missing);
	memmove(x, x + 1, (--o->n_missing - at) * sizeof(*x));
}

bool missing_alone(const struct office *o, uint32_t uid)
{
	return find(o, uid) != NULL;
}

enum missing_listed missing_listed(struct office *o, uint32_t uid)
{
	struct office_missing *x = find(o, uid);
	if (!x)
		return MISSING_NOT;
	x->listed = true;
	if (x->again_ms > clock_monotonic_ms())
		return MISSING_LATER;
	return x->tries > TRIES_MAX ? MISSING_GIVEN_UP : MISSING_AGAIN;
}

void missing_list_from(struct office *o)
{
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < o->n_missing; i++)
		if (o->missing[i].again_ms <= now) {
			o->want_list = true;
			o->list_from = o->missing[0].mail.uid; /* sorted: all of them are looked for */
			return;
		}
}

void missing_list_begin(struct office *o)
{
	for (size_t i = 0; i < o->n_missing; i++)
		o->missing[i].listed = false;
}

size_t missing_gone(const struct office *o, uint32_t from, struct office_waiting *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_missing && n < max; i++)
		if (!o->missing[i].listed && o->missing[i].mail.uid >= from)
			out[n++] = o->missing[i].mail;
	return n;
}

void missing_wake(struct office *o)
{
	for (size_t i = 0; i < o->n_missing; i++)
		o->missing[i].again_ms = 0;
}

int64_t missing_wait_ms(const struct office *o)
{
	int64_t first = -1, now = clock_monotonic_ms();
	for (size_t i = 0; i < o->n_missing; i++) {
		int64_t left = o->missing[i].again_ms > now ? o->missing[i].again_ms - now : 0;
		first = first < 0 || left < first ? left : first;
	}
	return first;
}
