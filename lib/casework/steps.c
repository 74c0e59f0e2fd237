/* The four step clocks, worked out from the events each time.  SOP waktu; sop.md "What each step
 * means for the software".
 *
 * A step is a sum of spans: it opens and closes with events, and a reopened ticket or a bounced
 * notification opens it again.  Inside step 2 the time between assistance and the applicant's
 * answer is waiting: shown, not counted.  All of it is working time of the calendar. */
#include "casework/casework.h"
#include "casework/move.h"

#include <string.h>

struct clock {
	const struct calendar *calendar;
	struct step *step; /* [4] */
	bool running[4];
	struct instant since[4];
	bool waiting;
	struct instant waiting_since;
	bool acknowledged; /* step 1 has ended */
	bool held;
	bool renewed; /* all applicants, in this round */
	bool reported, notified;
};

static struct instant later_of(struct instant a, struct instant b)
{
	return a.ms > b.ms ? a : b;
}

static void step_open(struct clock *c, int i, struct instant at)
{
	if (c->running[i])
		return;
	if (!c->step[i].started) {
		c->step[i].started = true;
		c->step[i].started_at = at;
	}
	c->running[i] = true;
	c->since[i] = at;
	c->step[i].finished = false;
}

static void count(struct clock *c, int i, struct instant from, struct instant to, bool waiting)
{
	struct duration d = calendar_between(c->calendar, from, to);
	struct duration *sum = waiting ? &c->step[i].waiting : &c->step[i].working;
	sum->ms += d.ms;
}

static void wait_end(struct clock *c, struct instant at)
{
	if (!c->waiting)
		return;
	c->waiting = false;
	if (!c->running[1])
		return;
	struct instant from = later_of(c->waiting_since, c->since[1]);
	count(c, 1, from, at, true);
	c->since[1] = later_of(at, from);
}

static void wait_begin(struct clock *c, struct instant at)
{
	if (c->waiting)
		return;
	c->waiting = true;
	c->waiting_since = at;
	if (!c->running[1])
		return;
	count(c, 1, c->since[1], at, false);
	c->since[1] = later_of(at, c->since[1]);
}

static void step_close(struct clock *c, int i, struct instant at)
{
	if (!c->running[i])
		return;
	if (i == 1 && c->waiting)
		wait_end(c, at);
	else
		count(c, i, c->since[i], at, false);
	c->running[i] = false;
	c->step[i].finished = true;
	c->step[i].finished_at = later_of(at, c->step[i].started_at);
}

/* Step 1 ends at the latest when the team does something with the request. */
static void first_done(struct clock *c, struct instant at)
{
	if (c->acknowledged)
		return;
	c->acknowledged = true;
	step_close(c, 0, at);
	if (!c->held)
		step_open(c, 1, at);
}

static void ended(struct clock *c, struct instant at)
{
	first_done(c, at);
	for (int i = 0; i < 4; i++)
		step_close(c, i, at);
	c->waiting = false;
}

static void renewed(struct clock *c, const struct event *e)
{
	first_done(c, e->at);
	if (e->detail && str_starts(e->detail, RENEWED_SOME))
		return;
	step_open(c, 1, e->at); /* a request renewed before its day: step 2 took no time */
	step_close(c, 1, e->at);
	c->waiting = false;
	c->renewed = true;
	c->reported = c->notified = false;
	step_open(c, 2, e->at);
}

static void reported(struct clock *c, struct instant at)
{
	if (!c->renewed || c->reported)
		return;
	c->reported = true;
	step_close(c, 2, at);
	if (!c->notified)
		step_open(c, 3, at);
}

static void notified(struct clock *c, struct instant at)
{
	if (!c->renewed || c->notified)
		return;
	c->notified = true;
	step_open(c, 3, at); /* accepted before the report was: step 4 took no time */
	step_close(c, 3, at);
}

static void notify_failed(struct clock *c, struct instant at)
{
	if (!c->renewed)
		return;
	c->notified = false;
	step_open(c, 3, at);
}

static void reopened(struct clock *c, struct instant at)
{
	c->renewed = c->reported = c->notified = c->waiting = false;
	step_close(c, 2, at);
	step_close(c, 3, at);
	step_open(c, 1, at);
}

static void failed(struct clock *c, const struct event *e)
{
	if (e->detail && str_starts(e->detail, FAILED_ASSISTANCE))
		wait_end(c, e->at);
}

static void taken_up(struct clock *c, struct instant at)
{
	c->held = false;
	if (c->acknowledged)
		step_open(c, 1, at);
}

static void assisted(struct clock *c, struct instant at)
{
	first_done(c, at);
	if (!c->renewed)
		wait_begin(c, at);
}

static void take(struct clock *c, const struct event *e)
{
	switch (e->what) {
	case EVENT_RECEIVED:
		step_open(c, 0, e->at);
		break;
	case EVENT_ACKNOWLEDGED:
	case EVENT_STAFF_TOLD:
		first_done(c, e->at);
		break;
	case EVENT_HELD:
		c->held = true;
		break;
	case EVENT_TAKEN_UP:
		taken_up(c, e->at);
		break;
	case EVENT_ASSISTED:
		assisted(c, e->at);
		break;
	case EVENT_ANSWERED:
		wait_end(c, e->at);
		break;
	case EVENT_RENEWED:
		renewed(c, e);
		break;
	case EVENT_REPORTED:
		reported(c, e->at);
		break;
	case EVENT_NOTIFIED:
		notified(c, e->at);
		break;
	case EVENT_NOTIFY_FAILED:
		notify_failed(c, e->at);
		break;
	case EVENT_REFUSED:
	case EVENT_CANCELLED:
	case EVENT_MERGED:
		ended(c, e->at);
		break;
	case EVENT_REOPENED:
		reopened(c, e->at);
		break;
	case EVENT_BOUNCED:
	case EVENT_MAIL_FAILED:
		failed(c, e);
		break;
	case EVENT_ACK_WITHHELD:
	case EVENT_NOTED:
	case EVENT_ASSIGNED:
	case EVENT_DATUM_SET:
	case EVENT_KIND_SET:
	case EVENT_CLOSED:
	case EVENT_SMS:
	case EVENT_FILED:
	case EVENT_COMMAND_REFUSED:
	case EVENT_CONFIRMATION_ASKED:
	case EVENT_CONFIRMED:
	case EVENT_UNPROVEN:
	case EVENT_FORGED:
	case EVENT_TOKEN_REVOKED:
	case EVENT_MAIL_UNCERTAIN:
	case EVENT_PARKED:
	case EVENT_QUARANTINED:
	case EVENT_OPERATOR:
	case EVENT_NOTIFYING:
	case EVENT_ALARM:
	case EVENT_RELEASED:
	case N_EVENTS:
		break;
	}
}

void casework_steps(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct step out[4])
{
	struct clock c = { .calendar = rules->calendar, .step = out };
	memset(out, 0, 4 * sizeof(*out));
	for (int i = 0; i < 4; i++) {
		out[i].step = i + 1;
		out[i].standard = rules->standard[i];
	}
	for (size_t i = 0; i < t->n_events; i++)
		take(&c, &t->events[i]);
	for (int i = 0; i < 4; i++) {
		bool waits = i == 1 && c.waiting;
		if (c.running[i])
			count(&c, i, waits ? later_of(c.waiting_since, c.since[1]) : c.since[i], now, waits);
		out[i].met = out[i].working.ms <= out[i].standard.ms;
	}
}
