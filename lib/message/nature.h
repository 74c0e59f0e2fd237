/* Human or machine, and whether an answer may go out: rules M01-M19 (RFC 3834, 5230, 3464, 8098, 5965). */
#ifndef SITANTE_MESSAGE_NATURE_H
#define SITANTE_MESSAGE_NATURE_H

#include "message/failure.h"
#include "message/header.h"

struct nature_facts {                                /* of the MIME tree */
	bool delivery_status, disposition, feedback; /* part or report-type */
	bool report;                                 /* multipart/report, whatever its kind */
	bool calendar_answer;
	bool dmarc_fail;
	struct failure failure; /* what the text says */
};

/* Sets nature*, may_answer, no_answer_rule of out, whose addresses are there.  0; -ENOMEM. */
int nature_judge(const struct header *h, const struct message_policy *policy, const struct nature_facts *facts, struct arena *a,
		 struct message *out) MUST_USE;

#endif
