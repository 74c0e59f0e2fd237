/* What is held of one person, for the rights under UU 27/2022: found by NIK, NIP or address, corrected, erased.
 * All in an open unit of work unless said otherwise.  Values live in the arena given. */
#ifndef SITANTE_STORE_PERSON_H
#define SITANTE_STORE_PERSON_H

#include "store/keep.h"

struct person_ticket {
	int64_t id;
	const char *number;
	bool open;
	const char *hold; /* why it may not be touched; NULL */
	bool shared;      /* other applicants stand on it too */
	bool mentions;    /* it is another's: one of its texts names the person */
	bool unsent;      /* a mail about it has not left yet */
};
struct store_person {
	const char **keys; /* NIK, NIP, and addresses and telephones that are nobody else's, as they are stored */
	size_t n_keys;
	const char **names;
	size_t n_names;
	size_t n_persons; /* how many have the given address: more than one, and it is no key */
	struct person_ticket *tickets;
	size_t n_tickets;
	struct certificate *certificates;
	size_t n_certificates;
	uint64_t n_loose; /* mails of theirs, or to them, that belong to no ticket */
	bool silent;      /* wants no reminders */
};
/* never: addresses that are no person's own (staff, head, the mailbox).  0; STORE_NOT_FOUND: nothing is held. */
int store_person_find(struct store *s, const char *given, const char *const *never, size_t n_never, struct arena *a,
		      struct store_person *out, struct error *err) MUST_USE;
/* Is this applicant the person? */
bool store_person_is(const struct store_person *p, const struct applicant *x);

/* Everything that is held goes: rows at once, files are said to go (KEEP_PERSON).  The chain of events stays whole.  What must
 * not come back with a backup is kept as keyed hashes (erasure). */
int store_person_erase(struct store *s, const struct store_person *p, struct instant now, struct error *err) MUST_USE;
/* What was erased stands in the copies of older versions too (DIR/older): they go, whoever is in them. */
void store_older_drop(struct store *s);
/* The same on every ticket and certificate: a datum in its normal form.  who: "operator NAME".  *n: how many were changed. */
int store_person_correct(struct store *s, const struct store_person *p, enum applicant_field field, const char *value,
			 const char *who, struct instant now, struct arena *a, size_t *n, struct error *err) MUST_USE;

/* The file DIR/erasures, a copy of what the store knows of erasures, and a way to tell a restored store.  read: takes what it
 * does not know yet.  write: where the store knows more.  STORE_MISSING: it is no such file. */
int store_erasures_read(struct store *s, struct error *err) MUST_USE;
int store_erasures_write(struct store *s, struct error *err) MUST_USE;
/* Such a file of another store into the folder of one that was restored and is not open yet. */
int store_erasures_import(const char *directory, const char *path, struct error *err) MUST_USE;
/* NIK, NIP or address of somebody who is held and was erased, as far as the file told; STORE_NOT_FOUND: nobody, and then all of
 * it is applied. */
int store_erasures_next(struct store *s, struct arena *a, const char **out, struct error *err) MUST_USE;
int store_erasures_settle(struct store *s, const char *key, struct error *err) MUST_USE; /* this one is done */
int store_erasures_applied(struct store *s, struct error *err) MUST_USE;

#endif
