/* The nouns of the procedure: ticket, applicant, event.  Values only; the store loads and
 * saves them, casework.h decides about them.  SOP steps 1-4; contract "sitantectl".
 * Strings live in the arena of whoever made the value; NULL: not known.
 */
#ifndef SITANTE_CASEWORK_TICKET_H
#define SITANTE_CASEWORK_TICKET_H

#include "base/instant.h"
#include "base/word.h"
#include "request/request.h"

enum ticket_state {
	TICKET_RECEIVED,
	TICKET_EXAMINING,
	TICKET_WAITING,
	TICKET_RENEWED,
	TICKET_CLOSED,
	TICKET_REFUSED,
	TICKET_CANCELLED,
	TICKET_MERGED,
	N_TICKET_STATES,
};
WORD_DECLARE(ticket_state, ticket_state); /* "received", ... */

enum applicant_state { APPLICANT_OPEN, APPLICANT_RENEWED, APPLICANT_REFUSED };
WORD_DECLARE(applicant_state, applicant_state); /* "open", "renewed", "refused" */

struct applicant {
	int64_t id; /* 0: not stored yet */
	enum applicant_state state;
	const char *value[N_FIELDS];     /* normal forms, as in request.h */
	const char *given[N_FIELDS];     /* malformed as written, until mended */
	struct civil_date renewed_until; /* new end of validity; year 0: none */
	bool renewed_until_assumed;      /* nobody stated it: 730 days less a second */
	/* what an examined file proves of the new certificate; serial NULL: nothing is proven */
	const char *renewed_serial; /* upper-case hex */
	struct instant renewed_from, renewed_to;
};

/* What happened.  Clocks are computed from these, never counted up. */
enum event_what {
	EVENT_RECEIVED,     /* at: INTERNALDATE of the request; starts step 1 */
	EVENT_ACKNOWLEDGED, /* at: acknowledgement accepted by the server; ends step 1, starts step 2 */
	EVENT_ACK_WITHHELD, /* no acknowledgement may go; step 1 ends when staff are told */
	EVENT_ASSISTED,     /* staff wrote to the applicant: waiting begins */
	EVENT_ANSWERED,     /* the applicant wrote: waiting ends */
	EVENT_NOTED,
	EVENT_ASSIGNED,      /* detail: address */
	EVENT_DATUM_SET,     /* detail: field names only */
	EVENT_KIND_SET,      /* detail: kind word */
	EVENT_RENEWED,       /* at: arrival of the staff mail; detail: applicants' ids.  Ends step 2, starts step 3
			      * when all applicants are renewed */
	EVENT_REPORTED,      /* report accepted on its way to the head; ends step 3, starts step 4 */
	EVENT_NOTIFIED,      /* notification accepted; ends step 4 */
	EVENT_NOTIFY_FAILED, /* refused for good, or bounced: reopens step 4 */
	EVENT_CLOSED,
	EVENT_REFUSED, /* staff refused the request; ends step 2 */
	EVENT_CANCELLED,
	EVENT_MERGED, /* detail: number of the survivor */
	EVENT_REOPENED,
	EVENT_HELD,            /* came too early: until detail (ISO date) */
	EVENT_TAKEN_UP,        /* the day has come; the clock of step 2 starts here */
	EVENT_SMS,             /* short message noted or sent */
	EVENT_FILED,           /* a mail joined without moving anything; detail: why */
	EVENT_COMMAND_REFUSED, /* detail: which and why, without personal data */
	EVENT_CONFIRMATION_ASKED,
	EVENT_CONFIRMED,
	EVENT_UNPROVEN,      /* mail in a staff member's name without proof */
	EVENT_FORGED,        /* mail in a staff member's name with dmarc=fail */
	EVENT_TOKEN_REVOKED, /* detail: whose */
	EVENT_MAIL_FAILED,   /* an outgoing mail failed for good; detail: kind, code */
	EVENT_MAIL_UNCERTAIN,
	EVENT_BOUNCED, /* an outgoing mail came back; detail: kind, status */
	EVENT_PARKED,  /* mail that fits nothing safely */
	EVENT_QUARANTINED,
	EVENT_OPERATOR,   /* something done through sitantectl; who names the operator */
	EVENT_RELEASED,   /* a person let a quarantined or held mail go; detail: which */
	EVENT_STAFF_TOLD, /* no acknowledgement could go; a staff notice was accepted: ends step 1 */
	EVENT_ALARM,      /* something the operator and staff were warned of; detail: what */
	EVENT_PAUSED,     /* waits on BSrE: the clock of step 2 stands */
	EVENT_RESUMED,
	EVENT_CORRECTED, /* staff mend a clock; detail: "2 begin 2026-01-05T08:30:00+07:00: reason" */
	EVENT_REMINDED,  /* detail: "step 2 level 1", "applicant 1" */
	EVENT_MARKED,    /* the applicant's mark, 1 to 4; detail: the digit */
	EVENT_IMPORTED,  /* the register of certificates was changed by a list; detail: how many */
	EVENT_NOTIFYING, /* a notification was queued: one NOTIFIED or NOTIFY_FAILED answers it */
	EVENT_HOLD_SET,  /* legal hold: nothing of it is destroyed; detail: why */
	EVENT_HOLD_ENDED,
	EVENT_DESTROYED, /* its time was over; detail: the class and how many */
	N_EVENTS,
};
WORD_DECLARE(event_what, event_what); /* "received", "acknowledged", "ack-withheld", ... */

struct event {
	int64_t id; /* 0: not stored yet */
	struct instant at;
	const char *who; /* "daemon", "applicant", a staff address, "operator NAME" */
	enum event_what what;
	const char *detail;           /* short, for people, no NIK/NIP/phone; NULL: none */
	int64_t ledger_id, outbox_id; /* the mail that made it happen; 0: none */
};

struct ticket {
	int64_t id;         /* 0: new, number not given yet */
	const char *number; /* "2026-0001"; NULL while new */
	enum ticket_state state;
	enum request_kind kind;
	const char *requester_name;    /* may be NULL */
	const char *requester_address; /* NULL: nobody that may be written to */
	const char *assigned_to;       /* staff address, or NULL */
	struct instant opened_at;      /* INTERNALDATE of the request */
	bool is_closed;
	struct instant closed_at;
	bool is_held; /* came too early */
	struct instant held_until;
	const char *merged_into;   /* number, or NULL */
	const char *request_id;    /* Message-ID of the request, for threading; NULL: none */
	const char *last_id;       /* Message-ID of the requester's newest mail */
	const char *letter_number; /* of the paper letter that opened it, or NULL */
	const char *letter_from;   /* and whose letter it is */
	const char *hold;          /* why nothing of it may be destroyed (legal hold); NULL: it may */
	bool is_emptied;           /* its texts and data are destroyed: a number, a state and times are left */
	struct applicant *applicants;
	size_t n_applicants;
	const char **parties; /* addresses that may add to the ticket: requester, applicants' mails */
	size_t n_parties;
	struct event *events; /* oldest first; all of this ticket */
	size_t n_events;
};

enum span_kind { SPAN_WORK, SPAN_APPLICANT, SPAN_BSRE, N_SPAN_KINDS };
WORD_DECLARE(span_kind, span_kind); /* "work", "applicant", "bsre": who is waited on */

struct step_span { /* one piece of a step's clock (casework_spans) */
	int step;  /* 1-4 */
	enum span_kind kind;
	struct instant from, to;
	struct duration working;         /* working time in it */
	const struct event *begin, *end; /* what began and ended it; end NULL: it still runs */
};

/* One step of the SOP, computed (casework_steps). */
struct step {
	int step; /* 1-4 */
	bool started, finished;
	struct instant started_at, finished_at;
	struct duration working; /* working time that counts, up to now where unfinished */
	struct duration waiting; /* working time spent waiting for the applicant: shown, not counted */
	struct duration paused;  /* and on BSrE */
	struct duration standard;
	bool met;                  /* working <= standard (so far, where unfinished) */
	enum span_kind running_as; /* where started and unfinished */
};

#endif
