/* The four step clocks, worked out from the events each time.  SOP waktu; sop.md "What each step
 * means for the software".
 *
 * A step is a sum of spans: it opens and closes with events, and a reopened ticket or a bounced
 * notification opens it again.  Inside step 2 the time between assistance and the applicant's
 * answer is waiting, and so is the time on BSrE between /tunggu bsre and /lanjut: shown, not counted.
 * A correction gives the event that opened or closed a step another time; the event itself stays.
 * All of it is working time of the calendar. */
#include "casework/casework_private.h"

#include <string.h>

struct mend { /* a correction: this event counts as having happened then */
	size_t event;
	struct instant at;
};

struct clock {
	const struct calendar *calendar;
	struct step *step;       /* [4] */
	const struct event *now; /* the event being taken; NULL: the present */
	bool running[4];
	struct instant since[4];
	const struct event *since_event[4];
	bool waiting, paused; /* on the applicant; on BSrE */
	bool acknowledged;    /* step 1 has ended */
	bool held;
	bool renewed; /* all applicants, in this round */
	bool reported, notified;
	const struct event *opened_by[4], *closed_by[4]; /* first and last: what a correction means */
	span_sink *sink;
	void *context;
};

static struct instant later_of(struct instant a, struct instant b)
{
	return a.ms > b.ms ? a : b;
}

static enum span_kind kind_now(const struct clock *c, int i)
{
	if (i != 1)
		return SPAN_WORK;
	return c->waiting ? SPAN_APPLICANT : c->paused ? SPAN_BSRE : SPAN_WORK;
}

static void step_open(struct clock *c, int i, struct instant at)
{
	if (c->running[i])
		return;
	if (!c->step[i].started) {
		c->step[i].started = true;
		c->step[i].started_at = at;
		c->opened_by[i] = c->now;
	}
	c->running[i] = true;
	c->since[i] = at;
	c->since_event[i] = c->now;
	c->step[i].finished = false;
}

/* What ran since the last change is counted as what it was. */
static void count(struct clock *c, int i, struct instant to)
{
	struct step_span s = { .step = i + 1, .kind = kind_now(c, i), .from = c->since[i], .to = to };
	struct duration *sums[] = {
		[SPAN_WORK] = &c->step[i].working, [SPAN_APPLICANT] = &c->step[i].waiting, [SPAN_BSRE] = &c->step[i].paused
	};
	s.working = calendar_between(c->calendar, s.from, to);
	s.begin = c->since_event[i];
	s.end = c->now;
	sums[s.kind]->ms += s.working.ms;
	if (c->sink && s.from.ms <= to.ms)
		c->sink(c->context, &s);
	c->since[i] = later_of(to, s.from);
	c->since_event[i] = c->now;
}

static void wait_set(struct clock *c, bool *flag, bool value, struct instant at)
{
	if (*flag == value)
		return;
	bool hidden = flag == &c->paused && c->waiting; /* the applicant is waited on before and after */
	if (c->running[1] && !hidden)
		count(c, 1, at);
	*flag = value;
}

static void step_close(struct clock *c, int i, struct instant at)
{
	if (!c->running[i])
		return;
	count(c, i, at);
	c->running[i] = false;
	c->step[i].finished = true;
	c->step[i].finished_at = later_of(at, c->step[i].started_at);
	c->closed_by[i] = c->now;
}

static void waits_forget(struct clock *c)
{
	c->waiting = c->paused = false;
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
	waits_forget(c);
}

static void renewed(struct clock *c, const struct event *e)
{
	first_done(c, e->at);
	if (e->detail && str_starts(e->detail, RENEWED_SOME))
		return;
	step_open(c, 1, e->at); /* a request renewed before its day: step 2 took no time */
	step_close(c, 1, e->at);
	waits_forget(c);
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
	c->renewed = c->reported = c->notified = false;
	waits_forget(c);
	step_close(c, 2, at);
	step_close(c, 3, at);
	step_open(c, 1, at);
}

static void failed(struct clock *c, const struct event *e)
{
	if (e->detail && str_starts(e->detail, FAILED_ASSISTANCE))
		wait_set(c, &c->waiting, false, e->at);
	if (str_eq(e->detail, DROPPED_REPORT)) /* nothing of step 3 is left to do */
		reported(c, e->at);
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
		wait_set(c, &c->waiting, true, at);
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
		wait_set(c, &c->waiting, false, e->at);
		break;
	case EVENT_PAUSED:
		wait_set(c, &c->paused, !c->renewed, e->at);
		break;
	case EVENT_RESUMED:
		wait_set(c, &c->paused, false, e->at);
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
	case EVENT_CORRECTED:
	case EVENT_REMINDED:
	case EVENT_IMPORTED:
	case EVENT_HOLD_SET:
	case EVENT_HOLD_ENDED:
	case EVENT_DESTROYED:
	case EVENT_MARKED:
	case N_EVENTS:
		break;
	}
}

static void run(struct clock *c, const struct ticket *t, const struct mend *mends, size_t n_mends)
{
	for (size_t i = 0; i < t->n_events; i++) {
		struct event e = t->events[i];
		for (size_t k = 0; k < n_mends; k++)
			if (mends[k].event == i)
				e.at = mends[k].at;
		c->now = &t->events[i];
		take(c, &e);
	}
	c->now = NULL;
}

bool correction_read(const char *detail, int *step, bool *end, struct instant *at)
{
	struct span s = span_str(detail ? detail : "");
	size_t word = s.n > 2 && str_starts(detail + 1, " begin ") ? 7 : s.n > 2 && str_starts(detail + 1, " end ") ? 5 : 0;
	if (word == 0 || s.p[0] < '1' || s.p[0] > '4' || s.n < 1 + word + CORRECTION_ISO)
		return false;
	*step = s.p[0] - '0';
	*end = word == 5;
	return instant_parse_iso(span_of(s.p + 1 + word, CORRECTION_ISO), at) == 0;
}

/* The newest correction of each end of each step; what opened or closed it then counts with that time. */
static size_t mends_find(const struct clock *probe, const struct ticket *t, struct mend out[8])
{
	size_t n = 0;
	for (size_t i = t->n_events; i-- > 0;) {
		int step = 0;
		bool end = false, known = false;
		struct instant at = { 0 };
		if (t->events[i].what != EVENT_CORRECTED || !correction_read(t->events[i].detail, &step, &end, &at))
			continue;
		const struct event *e = end ? probe->closed_by[step - 1] : probe->opened_by[step - 1];
		for (size_t k = 0; e && k < n; k++)
			known = known || out[k].event == (size_t)(e - t->events);
		if (e && !known && n < 8)
			out[n++] = (struct mend){ (size_t)(e - t->events), at };
	}
	return n;
}

static void reset(const struct casework_rules *rules, struct step out[4])
{
	memset(out, 0, 4 * sizeof(*out));
	for (int i = 0; i < 4; i++) {
		out[i].step = i + 1;
		out[i].standard = rules->standard[i];
	}
}

void steps_walk(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct step out[4],
		span_sink *sink, void *context)
{
	struct clock probe = { .calendar = rules->calendar, .step = out };
	struct mend mends[8];
	bool corrected = false;
	size_t n = 0;
	for (size_t i = 0; i < t->n_events; i++)
		corrected = corrected || t->events[i].what == EVENT_CORRECTED;
	reset(rules, out);
	if (corrected) {
		run(&probe, t, NULL, 0);
		n = mends_find(&probe, t, mends);
		reset(rules, out);
	}
	struct clock c = { .calendar = rules->calendar, .step = out, .sink = sink, .context = context };
	run(&c, t, mends, n);
	for (int i = 0; i < 4; i++) {
		out[i].running_as = c.running[i] ? kind_now(&c, i) : SPAN_WORK;
		if (c.running[i])
			count(&c, i, now);
		out[i].met = out[i].working.ms <= out[i].standard.ms;
	}
}

void casework_steps(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct step out[4])
{
	steps_walk(rules, t, now, out, NULL, NULL);
}
