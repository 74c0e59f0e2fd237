/* Building one decision: memory faults are remembered, rules stay readable. */
#include "casework/casework_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

struct work work_open(const struct casework_rules *rules, const struct incoming *in, struct instant now, struct arena *a,
		      struct decision *out)
{
	struct work w = { .rules = rules, .in = in, .now = now, .a = a, .out = out, .staff = -1 };
	*out = (struct decision){ 0 };
	if (!in)
		return w;
	w.m = &in->reading->message;
	w.q = &in->reading->request;
	if (w.m->n_from_fields == 1 && w.m->n_from == 1) {
		w.from = w.m->from[0].spec;
		w.from_name = w.m->from[0].name;
	}
	w.staff = casework_staff(rules, w.from);
	if (w.staff >= 0)
		w.from = rules->staff[w.staff].address; /* as registered, whatever case the mail has */
	return w;
}

const char *work_author(const struct work *w)
{
	const char *name = w->staff >= 0 ? w->rules->staff[w->staff].name : NULL;
	return name ? name : w->from;
}

void work_fail(struct work *w, int r)
{
	if (w->status == 0)
		w->status = r;
}

int work_close(struct work *w)
{
	w->out->letters = w->letters;
	w->out->n_letters = w->n_letters;
	w->out->loose = w->loose;
	w->out->n_loose = w->n_loose;
	return w->status < 0 ? -ENOMEM : 0;
}

void decide(struct work *w, enum disposition d, const char *message_kind, const char *reason)
{
	w->out->disposition = d;
	w->out->message_kind = message_kind;
	w->out->reason = reason;
}

const char *say(struct work *w, const char *fmt, ...)
{
	char small[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return "";
	char *p = arena_alloc(w->a, (size_t)n + 1);
	if (!p) {
		work_fail(w, -ENOMEM);
		return "";
	}
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap); /* measured above */
	va_end(ap);
	return p;
}

const char *say_buf(struct work *w, const struct buf *b)
{
	const char *s = NULL;
	if (buf_status(b) == -ENOMEM) {
		work_fail(w, -ENOMEM);
		return "";
	}
	s = arena_strndup(w->a, buf_cstr(b), b->n);
	if (!s) {
		work_fail(w, -ENOMEM);
		return "";
	}
	return s;
}

struct ticket *work_ticket(struct work *w, const struct ticket *t)
{
	int r = ticket_copy(t, w->a, &w->out->ticket);
	if (r < 0) {
		work_fail(w, r);
		w->out->ticket = (struct ticket){ .state = t->state, .kind = t->kind };
	}
	w->out->has_ticket = true;
	return &w->out->ticket;
}

bool work_loose_event(struct work *w, enum event_what what, struct instant at, const char *who, const char *detail)
{
	struct event *grown = arena_grow(w->a, w->loose, w->n_loose, w->n_loose + 1, sizeof(*grown));
	if (!grown) {
		work_fail(w, -ENOMEM);
		return false;
	}
	grown[w->n_loose] = (struct event){ .at = at, .who = who, .what = what, .detail = detail };
	w->loose = grown;
	w->n_loose++;
	return true;
}

bool work_event(struct work *w, enum event_what what, struct instant at, const char *who, const char *detail)
{
	if (!w->out->has_ticket)
		return work_loose_event(w, what, at, who, detail);
	int r = ticket_apply(&w->out->ticket, what, at, who, detail, w->a);
	if (r < 0)
		work_fail(w, r);
	if (r == 0) {
		struct event *e = &w->out->ticket.events[w->out->ticket.n_events - 1];
		e->ledger_id = w->in ? w->in->ledger_id : 0;
		e->outbox_id = w->outbox_id;
	}
	return r == 0;
}
