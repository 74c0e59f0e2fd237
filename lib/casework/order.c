/* An operator's order: what staff do by mail, done with sitantectl.  There is no sender to prove and nobody to send a receipt
 * to; everything else is the commands' own. */
#include "casework/casework_private.h"

#include <errno.h>

int casework_order(const struct casework_rules *rules, const struct incoming *in, const char *who, struct instant now,
		   struct arena *a, struct decision *out, struct order_answer *answer)
{
	struct work w = work_open(rules, in, now, a, out);
	struct errand e = errand_open(&w);
	w.from = who;
	if (in->ticket)
		e.t = work_ticket(&w, in->ticket);
	errand_run(&e, &in->reading->commands);
	if (e.sms_ask)
		errand_refuse(&e, NULL, "Pesannya lebih dari satu bagian: %s. Bila memang dimaksud, ulangi dengan --yes.",
			      e.sms_ask);
	if (e.n_refused > 0)
		errand_undo(&e);
	else if (e.opened)
		decide(&w, DISPOSITION_OPENED, "letter", "a paper letter was entered");
	else
		decide(&w, DISPOSITION_COMMAND, "command", "an operator's order carried out");
	answer->done = say_buf(&w, &e.done);
	answer->refused = say_buf(&w, &e.refused);
	answer->remarks = say_buf(&w, &e.remarks);
	errand_free(&e);
	return work_close(&w);
}
