/* The state machine of a ticket: every state times every event has one outcome.
 * Contract "States of a ticket"; SOP steps 1-4. */
#ifndef SITANTE_CASEWORK_MOVE_H
#define SITANTE_CASEWORK_MOVE_H

#include "base/arena.h"
#include "casework/ticket.h"

enum move { MOVE_STAY, MOVE_BAR, MOVE_TO, MOVE_UNDEFINED };

/* What the table says; *to is written for MOVE_TO alone.  Guards of ticket_apply() may turn a
 * MOVE_TO into a stay.  MOVE_UNDEFINED: state or event out of range. */
enum move ticket_move(enum ticket_state from, enum event_what what, enum ticket_state *to);

enum { TICKET_BARRED = 1 };
/* Adds the event to the ticket (whose arrays live in a) and moves its state.  who: borrowed;
 * detail: borrowed or NULL.  0; TICKET_BARRED: this cannot happen in this state, nothing was
 * changed; -ENOMEM.
 * Guards: RENEWED moves only when every applicant is renewed or refused (else it is one of
 * several); BOUNCED and MAIL_FAILED end waiting only for assistance. */
int ticket_apply(struct ticket *t, enum event_what what, struct instant at, const char *who, const char *detail,
		 struct arena *a) MUST_USE;
bool ticket_all_renewed(const struct ticket *t); /* at least one renewed, none open */
/* detail of an EVENT_RENEWED after which somebody is still open begins with this */
#define RENEWED_SOME "some: "
/* and details about a failed assistance mail with this */
#define FAILED_ASSISTANCE "assistance"
/* detail of the EVENT_MAIL_FAILED of a report that an operator gave up: the ticket waits for it no longer */
#define DROPPED_REPORT "report, dropped"

#endif
