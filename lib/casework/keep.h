/* Keep and forget: which class of what a ticket left behind is to be destroyed, and when.  Pure.
 *
 * Classes fall due by their own periods after the last word on the ticket: its end, or a later mail or note.  A legal hold
 * wins over everything; what is open is never touched.  UU 27/2022; UU 43/2009: periods come from the agency's schedule
 * (jadwal retensi arsip). */
#ifndef SITANTE_CASEWORK_KEEP_H
#define SITANTE_CASEWORK_KEEP_H

#include "base/instant.h"
#include "base/word.h"

enum keep_class {
	KEEP_SCANS,       /* attached pictures, and files that are called an identity card */
	KEEP_ATTACHMENTS, /* all other attached files */
	KEEP_RAW,         /* mails as they came and as they left */
	KEEP_TICKETS,     /* the conversation: texts, notes, what examined files proved */
	KEEP_REGISTER,    /* who it was for, its documents; the certificate's row */
	N_KEEP,
};
WORD_DECLARE(keep_class, keep_class); /* "scans", ...: the keys of retention in the configuration */
#define KEEP_BIT(c) (1u << (c))
#define KEEP_ALL (KEEP_BIT(N_KEEP) - 1)

struct keep_rules {
	struct duration period[N_KEEP]; /* 0: kept for ever */
};

struct keep_facts {
	bool open, held;     /* of the ticket, and of the one that it was merged into */
	struct instant last; /* its end, or a later word on it, the survivor's too */
	uint32_t gone;       /* KEEP_BIT of what is destroyed already */
};

/* KEEP_BIT of each class that is due at now. */
uint32_t keep_due(const struct keep_rules *rules, const struct keep_facts *f, struct instant now);
/* What was over then or before is due at now; ms INT64_MIN: nothing of this class ever is. */
struct instant keep_line(const struct keep_rules *rules, enum keep_class c, struct instant now);
/* Certificates that ended then or before: counted from when they were issued (two years before the end), but not before they
 * have ended. */
struct instant keep_certificate_line(const struct keep_rules *rules, struct instant now);
/* A scan of an identity card, as far as type and name tell; each may be NULL. */
bool keep_is_scan(const char *type, const char *name);
/* May today's work begin?  Never on the first day that it is known of, nor after a leap of the clock: last is the newest day
 * that was looked after (ms 0: none). */
bool keep_clock_right(struct instant last, struct instant now);

#define KEEP_PERSON "person"              /* beside the classes: what its owner asked to be erased */
struct keep_row {                         /* of the list of what was destroyed */
	int64_t id, ticket_id, ledger_id; /* 0: none */
	const char *class, *number;       /* of the ticket; NULL */
	struct instant at, ended_at;      /* said; end of the ticket, ms 0: none */
	uint64_t n;
};

#endif
