/* Which of the office's services is asked for: words, their weight, and what takes it away. */
#ifndef SITANTE_REQUEST_KIND_H
#define SITANTE_REQUEST_KIND_H

#include "request/request.h"

/* Sets kind, kind_rule, kind_words, thanks_only, early_end.  text: subject and new text, lower
 * case is not needed.  n_numbers: NIK/NIP found.  0; -ENOMEM. */
int kind_judge(const struct message *m, size_t n_numbers, struct arena *a, struct request *out) MUST_USE;

#endif
