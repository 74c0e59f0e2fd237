/* Clock histories worked out by hand.  Office hours: Mon-Thu 07:30-16:00, Fri 07:30-16:30, WIB;
 * 1 January 2026 (a Thursday) is a holiday.  5 January 2026 is a Monday. */
#include "desk.h"

struct want {
	char state;
	int working_s, waiting_s, paused_s;
}; /* state: '-' not started, 'r' running, 'f' finished */

struct happening {
	const char *when;
	enum event_what what;
	const char *detail;
};

static const struct history {
	const char *name;
	struct happening events[12];
	const char *now;
	struct want want[4];
} rows[] = {
	{ "nothing_happened_yet", { { 0 } }, "2026-01-05T09:00", { { '-', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "received_one_minute_ago",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL } },
	  "2026-01-05T08:01",
	  { { 'r', 60, 0 }, { '-', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "acknowledged_in_ten_minutes",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL }, { "2026-01-05T08:10", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-05T08:30",
	  { { 'f', 600, 0 }, { 'r', 1200, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "arrived_at_night_acknowledged_at_night",
	  { { "2026-01-05T22:00", EVENT_RECEIVED, NULL }, { "2026-01-05T22:01", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-06T07:45",
	  { { 'f', 0, 0 }, { 'r', 900, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "arrived_on_saturday_seen_on_monday",
	  { { "2026-01-10T10:00", EVENT_RECEIVED, NULL }, { "2026-01-12T07:35", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-12T07:40",
	  { { 'f', 300, 0 }, { 'r', 300, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "over_a_holiday", /* Wed 31 Dec 15:50 to Fri 2 Jan 07:40: 10 + 10 minutes */
	  { { "2025-12-31T15:50", EVENT_RECEIVED, NULL }, { "2026-01-02T07:40", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-02T07:40",
	  { { 'f', 1200, 0 }, { 'r', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "whole_walk",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:01", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:31", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-05T08:36", EVENT_REPORTED, NULL },
	    { "2026-01-05T08:38", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T08:38", EVENT_CLOSED, NULL } },
	  "2026-01-20T08:00",
	  { { 'f', 60, 0 }, { 'f', 1800, 0 }, { 'f', 300, 0 }, { 'f', 120, 0 } } },
	{ "waiting_is_not_counted", /* 10 min work, 2 h waiting, 5 min work */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T10:10", EVENT_ANSWERED, NULL },
	    { "2026-01-05T10:15", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-05T10:20",
	  { { 'f', 0, 0 }, { 'f', 900, 7200 }, { 'r', 300, 0 }, { '-', 0, 0 } } },
	{ "waits_still", /* Monday 08:10 to Tuesday 08:00: 7 h 50 min + 30 min */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL } },
	  "2026-01-06T08:00",
	  { { 'f', 0, 0 }, { 'r', 600, 30000 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "asked_twice_before_the_answer",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:40", EVENT_ASSISTED, NULL },
	    { "2026-01-05T09:10", EVENT_ANSWERED, NULL } },
	  "2026-01-05T09:20",
	  { { 'f', 0, 0 }, { 'r', 1200, 3600 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "two_rounds_of_questions",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T09:10", EVENT_ANSWERED, NULL },
	    { "2026-01-05T09:20", EVENT_ASSISTED, NULL },
	    { "2026-01-05T09:50", EVENT_ANSWERED, NULL },
	    { "2026-01-05T10:00", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-05T10:00",
	  { { 'f', 0, 0 }, { 'f', 1800, 5400 }, { 'r', 0, 0 }, { '-', 0, 0 } } },
	{ "answers_without_a_question_count_nothing",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ANSWERED, NULL },
	    { "2026-01-05T08:20", EVENT_ANSWERED, NULL } },
	  "2026-01-05T08:30",
	  { { 'f', 0, 0 }, { 'r', 1800, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "renewed_while_waiting",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:40", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-05T08:41",
	  { { 'f', 0, 0 }, { 'f', 600, 1800 }, { 'r', 60, 0 }, { '-', 0, 0 } } },
	{ "acknowledgement_withheld_staff_told",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACK_WITHHELD, "cap" },
	    { "2026-01-05T08:04", EVENT_STAFF_TOLD, NULL } },
	  "2026-01-05T08:10",
	  { { 'f', 240, 0 }, { 'r', 360, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "acknowledgement_withheld_nobody_told_yet",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL }, { "2026-01-05T08:00", EVENT_ACK_WITHHELD, "cap" } },
	  "2026-01-05T08:10",
	  { { 'r', 600, 0 }, { '-', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "staff_faster_than_the_acknowledgement",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:03", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:05", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-05T08:13",
	  { { 'f', 180, 0 }, { 'r', 0, 600 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "too_early_step_2_starts_on_the_day", /* taken up Friday 00:00, work from 07:30 */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_HELD, "2026-01-09" },
	    { "2026-01-05T08:02", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-09T00:00", EVENT_TAKEN_UP, NULL },
	    { "2026-01-09T08:00", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-09T08:00",
	  { { 'f', 120, 0 }, { 'f', 1800, 0 }, { 'r', 0, 0 }, { '-', 0, 0 } } },
	{ "held_still",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_HELD, "2026-01-09" },
	    { "2026-01-05T08:02", EVENT_ACKNOWLEDGED, NULL } },
	  "2026-01-07T08:00",
	  { { 'f', 120, 0 }, { '-', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "held_but_renewed_before_its_day",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_HELD, "2026-01-09" },
	    { "2026-01-05T08:02", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-06T08:00", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-06T08:05",
	  { { 'f', 120, 0 }, { 'f', 0, 0 }, { 'r', 300, 0 }, { '-', 0, 0 } } },
	{ "one_of_two_renewed_is_not_the_end",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_RENEWED, "some: applicant 1" },
	    { "2026-01-05T08:11", EVENT_REPORTED, NULL },
	    { "2026-01-05T08:12", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T08:30", EVENT_RENEWED, "applicant 2" },
	    { "2026-01-05T08:32", EVENT_REPORTED, NULL },
	    { "2026-01-05T08:33", EVENT_NOTIFIED, NULL } },
	  "2026-01-05T09:00",
	  { { 'f', 0, 0 }, { 'f', 1800, 0 }, { 'f', 120, 0 }, { 'f', 60, 0 } } },
	{ "notified_before_the_report_was_accepted",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-05T08:11", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T08:14", EVENT_REPORTED, NULL } },
	  "2026-01-05T09:00",
	  { { 'f', 0, 0 }, { 'f', 600, 0 }, { 'f', 240, 0 }, { 'f', 0, 0 } } },
	{ "bounce_reopens_step_4", /* 2 min, then 3 min more */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-05T08:11", EVENT_REPORTED, NULL },
	    { "2026-01-05T08:13", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T08:13", EVENT_CLOSED, NULL },
	    { "2026-01-05T09:00", EVENT_NOTIFY_FAILED, "bounce 5.1.1" },
	    { "2026-01-05T09:03", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T09:03", EVENT_CLOSED, NULL } },
	  "2026-01-06T09:00",
	  { { 'f', 0, 0 }, { 'f', 600, 0 }, { 'f', 60, 0 }, { 'f', 300, 0 } } },
	{ "bounced_and_not_mended",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-05T08:11", EVENT_REPORTED, NULL },
	    { "2026-01-05T08:12", EVENT_NOTIFIED, NULL },
	    { "2026-01-05T15:59", EVENT_NOTIFY_FAILED, "bounce 5.1.1" } },
	  "2026-01-06T07:31",
	  { { 'f', 0, 0 }, { 'f', 600, 0 }, { 'f', 60, 0 }, { 'r', 180, 0 } } },
	{ "refused",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:01", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:21", EVENT_REFUSED, NULL } },
	  "2026-01-06T09:00",
	  { { 'f', 60, 0 }, { 'f', 1200, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "refused_then_reopened", /* 20 min before, 10 min after; the days between are nobody's */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:01", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:21", EVENT_REFUSED, NULL },
	    { "2026-01-08T10:00", EVENT_REOPENED, NULL },
	    { "2026-01-08T10:10", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-08T10:12",
	  { { 'f', 60, 0 }, { 'f', 1800, 0 }, { 'r', 120, 0 }, { '-', 0, 0 } } },
	{ "cancelled_while_waiting",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T09:10", EVENT_CANCELLED, NULL } },
	  "2026-01-06T08:00",
	  { { 'f', 0, 0 }, { 'f', 600, 3600 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "merged_before_the_acknowledgement",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL }, { "2026-01-05T08:02", EVENT_MERGED, "2026-0001" } },
	  "2026-01-06T08:00",
	  { { 'f', 120, 0 }, { 'f', 0, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "assistance_bounced_ends_waiting", /* 10 min, 20 min waiting, 10 min */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:30", EVENT_BOUNCED, "assistance 5.1.1" } },
	  "2026-01-05T08:40",
	  { { 'f', 0, 0 }, { 'r', 1200, 1200 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "mail_from_the_past_does_not_run_backwards", /* the answer's arrival lies before the
							  assistance */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:30", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:20", EVENT_ANSWERED, NULL } },
	  "2026-01-05T08:40",
	  { { 'f', 0, 0 }, { 'r', 2400, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "examined_over_the_week_end", /* Friday 16:10 to Monday 07:45: 20 + 15 minutes */
	  { { "2026-01-09T16:00", EVENT_RECEIVED, NULL },
	    { "2026-01-09T16:10", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-12T07:45", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-12T07:45",
	  { { 'f', 600, 0 }, { 'f', 2100, 0 }, { 'r', 0, 0 }, { '-', 0, 0 } } },
	{ "waits_on_bsre", /* 10 min work, 3 h BSrE, 20 min work */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_PAUSED, "bsre" },
	    { "2026-01-05T11:10", EVENT_RESUMED, "bsre" },
	    { "2026-01-05T11:30", EVENT_RENEWED, "applicant 1" } },
	  "2026-01-05T11:30",
	  { { 'f', 0, 0 }, { 'f', 1800, 0, 10800 }, { 'r', 0, 0 }, { '-', 0, 0 } } },
	{ "bsre_over_night_ends_with_the_certificate", /* Mon 15:00-16:00 and Tue 07:30-08:00 */
	  { { "2026-01-05T14:30", EVENT_RECEIVED, NULL },
	    { "2026-01-05T14:30", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T15:00", EVENT_PAUSED, "bsre" },
	    { "2026-01-06T08:00", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-06T08:01", EVENT_REPORTED, NULL } },
	  "2026-01-06T08:02",
	  { { 'f', 0, 0 }, { 'f', 1800, 0, 5400 }, { 'f', 60, 0 }, { 'r', 60, 0 } } },
	{ "applicant_and_bsre_at_once", /* BSrE 08:10-08:20, applicant 08:20-08:50, BSrE 08:50-09:00 */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_PAUSED, "bsre" },
	    { "2026-01-05T08:20", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:50", EVENT_ANSWERED, NULL },
	    { "2026-01-05T09:00", EVENT_RESUMED, "bsre" } },
	  "2026-01-05T09:05",
	  { { 'f', 0, 0 }, { 'r', 900, 1800, 1200 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "bsre_is_done_while_the_applicant_is_waited_on",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:10", EVENT_ASSISTED, NULL },
	    { "2026-01-05T08:20", EVENT_PAUSED, "bsre" },
	    { "2026-01-05T08:30", EVENT_RESUMED, "bsre" },
	    { "2026-01-05T08:40", EVENT_ANSWERED, NULL } },
	  "2026-01-05T09:00",
	  { { 'f', 0, 0 }, { 'r', 1800, 1800, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "end_of_step_2_is_corrected", /* 08:40 in place of 09:30: step 3 begins then too */
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:00", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T09:30", EVENT_RENEWED, "applicant 1" },
	    { "2026-01-05T09:32", EVENT_REPORTED, NULL },
	    { "2026-01-05T10:00", EVENT_CORRECTED, "2 end 2026-01-05T08:40:00+07:00: the mail came late" } },
	  "2026-01-05T10:00",
	  { { 'f', 0, 0 }, { 'f', 2400, 0 }, { 'f', 3120, 0 }, { 'r', 1680, 0 } } },
	{ "the_newest_correction_counts",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:08", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:30", EVENT_CORRECTED, "1 begin 2026-01-05T07:50:00+07:00: a" },
	    { "2026-01-05T08:31", EVENT_CORRECTED, "1 begin 2026-01-05T08:05:00+07:00: b" } },
	  "2026-01-05T08:38",
	  { { 'f', 180, 0 }, { 'r', 1800, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
	{ "a_correction_that_is_none_moves_nothing",
	  { { "2026-01-05T08:00", EVENT_RECEIVED, NULL },
	    { "2026-01-05T08:08", EVENT_ACKNOWLEDGED, NULL },
	    { "2026-01-05T08:30", EVENT_CORRECTED, "3 begin 2026-01-05T07:50:00+07:00: not begun" },
	    { "2026-01-05T08:31", EVENT_CORRECTED, "1 begin then" } },
	  "2026-01-05T08:38",
	  { { 'f', 480, 0 }, { 'r', 1800, 0 }, { '-', 0, 0 }, { '-', 0, 0 } } },
};

/* The spans are the clocks: their sums are the steps' times, whatever happened. */
static void spans_sum(const struct desk *d, struct instant now, const struct step steps[4])
{
	struct step_span *s = NULL;
	size_t n = 0;
	int64_t sums[4][N_SPAN_KINDS] = { { 0 } };
	assert_int_equal(casework_spans(&d->rules, &d->ticket, now, d->a, &s, &n), 0);
	for (size_t i = 0; i < n; i++) {
		sums[s[i].step - 1][s[i].kind] += s[i].working.ms;
		assert_non_null(s[i].begin);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(sums[i][SPAN_WORK], steps[i].working.ms);
		assert_int_equal(sums[i][SPAN_APPLICANT], steps[i].waiting.ms);
		assert_int_equal(sums[i][SPAN_BSRE], steps[i].paused.ms);
	}
}

static void clock_history(void **state)
{
	const struct history *h = *state;
	struct desk d;
	struct step steps[4];
	struct event events[12];
	size_t n = 0;
	desk_open(&d);
	for (; n < 12 && h->events[n].when; n++)
		events[n] = (struct event){
			.at = at(h->events[n].when), .what = h->events[n].what, .detail = h->events[n].detail, .who = "test"
		};
	d.ticket.events = events;
	d.ticket.n_events = n;
	casework_steps(&d.rules, &d.ticket, at(h->now), steps);
	for (int i = 0; i < 4; i++) {
		const struct want *w = &h->want[i];
		assert_int_equal(steps[i].step, i + 1);
		assert_int_equal(steps[i].started, w->state != '-');
		assert_int_equal(steps[i].finished, w->state == 'f');
		assert_int_equal(steps[i].working.ms, (int64_t)w->working_s * 1000);
		assert_int_equal(steps[i].waiting.ms, (int64_t)w->waiting_s * 1000);
		assert_int_equal(steps[i].paused.ms, (int64_t)w->paused_s * 1000);
		assert_int_equal(steps[i].met, steps[i].working.ms <= d.rules.standard[i].ms);
		if (steps[i].finished)
			assert_true(steps[i].finished_at.ms >= steps[i].started_at.ms);
	}
	spans_sum(&d, at(h->now), steps);
	desk_close(&d);
}

int main(void)
{
	ADD_ROWS(rows, clock_history)
	return RUN_SUITE("casework: step clocks");
}
