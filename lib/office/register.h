/* The register of certificates between store and rules; also for sitantectl.  In an open unit of work. */
#ifndef SITANTE_OFFICE_REGISTER_H
#define SITANTE_OFFICE_REGISTER_H

#include "casework/casework.h"
#include "store/store.h"

/* What the register knows of each row of a list.  *out lives in a. */
int register_known(struct store *s, const struct roster *roster, struct arena *a, const struct known **out,
		   struct error *err) MUST_USE;
/* Certificates of a decision or an import become rows. */
int register_save(struct store *s, const struct certificate *list, size_t n, struct arena *a, struct error *err) MUST_USE;
/* The register follows what a ticket says of its persons. */
int register_of_ticket(struct store *s, const struct casework_rules *rules, const struct ticket *t, struct arena *a,
		       struct error *err) MUST_USE;
/* What came by in examined files of a ticket's mail. */
int register_seen(struct store *s, const struct evidence_file *files, size_t n_files, int64_t ticket_id, struct arena *a,
		  struct error *err) MUST_USE;

#endif
