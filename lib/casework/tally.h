/* What the register and the recap count of a ticket, worked out whenever it changes, so that a recap of many
 * years is read and not computed anew.  Times are local wall time: seconds since 1970-01-01T00:00 local. */
#ifndef SITANTE_CASEWORK_TALLY_H
#define SITANTE_CASEWORK_TALLY_H

#include "casework/ticket.h"

struct tally {                             /* of one ticket, with one of its persons */
	const char *number, *state, *kind; /* words */
	const char *agency, *officer;      /* OPD of the first person; who ended it, or has it; NULL: nobody */
	int64_t opened_s, ended_s;         /* ended 0: still open */
	enum span_kind waits_for;          /* while open */
	int64_t step_s[4];                 /* working seconds; -1: not finished */
	int64_t standard_s[4];
	int64_t waiting_s, paused_s; /* on the applicant, on BSrE */
	uint32_t mails, sms;         /* with the applicant, both ways */
	uint32_t mark;               /* 1 to 4; 0: none */
	/* the person; a ticket without any has one row with none of these */
	bool first; /* of its ticket: figures of the ticket are counted here */
	const char *name, *nik, *nip, *position, *person_state, *until; /* until: ISO date; NULL: none */
	const char *report;                                             /* register number; NULL: none */
};

#endif
