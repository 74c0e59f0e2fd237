#include "casework/move.h"

#include <errno.h>

/* One row an event, one column a state, in the order of enum ticket_state: Received, Examining,
 * Waiting, reNewed, Closed, reFused, cancelLed, Merged.  '.' stays, '-' is barred, a letter is
 * the next state. */
/* clang-format off */
static const char moves[N_EVENTS][N_TICKET_STATES + 1] = {
	/*                          REWNCFLM */
	[EVENT_RECEIVED] =         ".-------",
	[EVENT_ACKNOWLEDGED] =     "E.......",
	[EVENT_ACK_WITHHELD] =     "........",
	[EVENT_STAFF_TOLD] =       "E.......",
	[EVENT_ASSISTED] =         "WW.....-",
	[EVENT_ANSWERED] =         "..E.----",
	[EVENT_NOTED] =            ".......-",
	[EVENT_ASSIGNED] =         "....----",
	[EVENT_DATUM_SET] =        "....----",
	[EVENT_KIND_SET] =         "...-----",
	[EVENT_RENEWED] =          "NNN-----",
	[EVENT_NOTIFYING] =        "....----",
	[EVENT_REPORTED] =         "........",
	[EVENT_NOTIFIED] =         "........",
	[EVENT_NOTIFY_FAILED] =    "....N...",
	[EVENT_CLOSED] =           "---C----",
	[EVENT_REFUSED] =          "FFF-----",
	[EVENT_CANCELLED] =        "LLL-----",
	[EVENT_MERGED] =           "MMM-----",
	[EVENT_REOPENED] =         "----EEE-",
	[EVENT_HELD] =             "...-----",
	[EVENT_TAKEN_UP] =         "...-----",
	[EVENT_SMS] =              ".......-",
	[EVENT_FILED] =            "........",
	[EVENT_COMMAND_REFUSED] =  "........",
	[EVENT_CONFIRMATION_ASKED] = "........",
	[EVENT_CONFIRMED] =        "........",
	[EVENT_UNPROVEN] =         "........",
	[EVENT_FORGED] =           "........",
	[EVENT_TOKEN_REVOKED] =    "........",
	[EVENT_MAIL_FAILED] =      "..E.....",
	[EVENT_MAIL_UNCERTAIN] =   "........",
	[EVENT_BOUNCED] =          "..E.....",
	[EVENT_PARKED] =           "........",
	[EVENT_QUARANTINED] =      "........",
	[EVENT_OPERATOR] =         "........",
	[EVENT_ALARM] =            "........",
	[EVENT_RELEASED] =         "........",
	[EVENT_PAUSED] =           "...-----",
	[EVENT_RESUMED] =          "...-----",
	[EVENT_CORRECTED] =        ".......-",
	[EVENT_REMINDED] =         "........",
	[EVENT_IMPORTED] =         "........",
	[EVENT_MARKED] =           "........",
	[EVENT_HOLD_SET] =         "........",
	[EVENT_HOLD_ENDED] =       "........",
	[EVENT_DESTROYED] =        "........",
};
/* clang-format on */

enum move ticket_move(enum ticket_state from, enum event_what what, enum ticket_state *to)
{
	static const char letters[] = "REWNCFLM";
	if ((size_t)from >= N_TICKET_STATES || (size_t)what >= N_EVENTS)
		return MOVE_UNDEFINED;
	char c = moves[what][from];
	if (c == '.')
		return MOVE_STAY;
	if (c == '-')
		return MOVE_BAR;
	for (size_t i = 0; i < N_TICKET_STATES; i++)
		if (letters[i] == c) {
			*to = (enum ticket_state)i;
			return MOVE_TO;
		}
	return MOVE_UNDEFINED;
}

bool ticket_all_renewed(const struct ticket *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_applicants; i++) {
		if (t->applicants[i].state == APPLICANT_OPEN)
			return false;
		n += t->applicants[i].state == APPLICANT_RENEWED;
	}
	return n > 0;
}

static bool guard(const struct ticket *t, enum event_what what, const char *detail)
{
	if (what == EVENT_RENEWED)
		return ticket_all_renewed(t);
	if (what == EVENT_MAIL_FAILED || what == EVENT_BOUNCED)
		return detail && str_starts(detail, FAILED_ASSISTANCE);
	return true;
}

static bool is_end(enum ticket_state s)
{
	return s == TICKET_CLOSED || s == TICKET_REFUSED || s == TICKET_CANCELLED || s == TICKET_MERGED;
}

int ticket_apply(struct ticket *t, enum event_what what, struct instant at, const char *who, const char *detail, struct arena *a)
{
	enum ticket_state to = t->state;
	enum move m = ticket_move(t->state, what, &to);
	if (m == MOVE_BAR || m == MOVE_UNDEFINED)
		return TICKET_BARRED;
	struct event *grown = arena_grow(a, t->events, t->n_events, t->n_events + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[t->n_events] = (struct event){ .at = at, .who = who, .what = what, .detail = detail };
	t->events = grown;
	t->n_events++;
	if (m != MOVE_TO || !guard(t, what, detail))
		return 0;
	t->state = to;
	t->is_closed = is_end(to);
	t->closed_at = t->is_closed ? at : (struct instant){ 0 };
	return 0;
}
