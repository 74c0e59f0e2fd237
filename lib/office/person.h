/* One person's data, for sitantectl and after a restore. */
#ifndef SITANTE_OFFICE_PERSON_H
#define SITANTE_OFFICE_PERSON_H

#include "casework/casework.h"
#include "store/person.h"

/* store_person_find() with the addresses that are nobody's own: staff, head, mailbox, OPDs' admins, machines. */
int office_person_find(struct store *s, const struct casework_rules *rules, const char *given, struct arena *a,
		       struct store_person *out, struct error *err) MUST_USE;
/* Is it one of those? */
bool office_person_is_ours(const struct casework_rules *rules, const char *given);

#endif
