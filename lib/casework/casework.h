/* The rules: (facts, mail, now) -> what becomes of ticket and mail.  Pure: no clock, no file,
 * no socket, no store; office gathers the facts before and performs the decision after.
 * Design "Who may do what by mail", "Threading", "What must always hold"; SOP; RFC 3834.
 */
#ifndef SITANTE_CASEWORK_CASEWORK_H
#define SITANTE_CASEWORK_CASEWORK_H

#include "base/limits.h"
#include "calendar/calendar.h"
#include "casework/certificate.h"
#include "casework/keep.h"
#include "casework/tally.h"
#include "casework/ticket.h"
#include "evidence/evidence.h"
#include "port/reader.h" /* struct reading */

struct person {
	const char *name, *address;
};

struct caps {
	uint32_t address_hour, address_day, home_address_hour, domain_hour, ticket_day, hour;
}; /* 0: none */

/* Short messages (SOP step 2).  from, pattern: the gateway's mails that bring answers in. */
struct sms_rules {
	bool gateway;               /* false: staff send by hand, and /sms notes it */
	bool notices;               /* a short word to applicants beside each acknowledgement and notification */
	uint32_t number_day;        /* to one number within a day; 0: no cap */
	const char *from, *pattern; /* NULL: none come in */
};

struct reminder_rules {
	uint32_t share;                                /* percent of a standard at which staff are reminded; 0: not */
	uint32_t first_days, second_days, cancel_days; /* working days without an applicant's answer; 0: never */
};

struct expiry_admin { /* gets one list of an OPD's certificates, instead of their holders */
	const char *agency;
	struct person to;
};

/* Reminders of certificates that end. */
struct expiry_rules {
	int days[LIMIT_EXPIRY_DAYS]; /* before the end, falling */
	size_t n_days;
	bool after;        /* and once after it */
	uint32_t per_hour; /* 0: nobody is reminded */
	const struct expiry_admin *admins;
	size_t n_admins;
};

struct casework_rules {
	const char *agency, *mailbox_name, *mailbox_address;
	const char **own_addresses;
	size_t n_own_addresses; /* mailbox address and aliases */
	const char **home_domains;
	size_t n_home_domains;
	const struct person *staff;
	size_t n_staff;
	struct person head;
	struct duration standard[4];
	const struct calendar *calendar;
	struct caps caps;
	/* request.required: every group needs one of its fields (bit FIELD_X) */
	const uint32_t *required;
	size_t n_required;
	int window_days; /* renewal.window_days */
	struct duration token_life, confirmation_life;
	struct reminder_rules reminders;
	struct expiry_rules expiry;
	struct sms_rules sms;
	struct keep_rules keep;
	struct person keep_to; /* who gets the lists of what was destroyed */
	const char **scanners; /* addresses of machines that mail scans: never answered */
	size_t n_scanners;
};

/* How an incoming mail was tied to a ticket (design "Threading"). */
enum match_how { MATCH_NONE, MATCH_TOKEN, MATCH_REFERENCE, MATCH_TAG };

enum token_state { TOKEN_NONE, TOKEN_VALID, TOKEN_EXPIRED, TOKEN_REVOKED };

struct token_facts { /* the best token found in the mail's references; state NONE: no token at all */
	enum token_state state;
	const char *owner; /* staff address it was made for */
	int64_t ticket_id; /* 0: a notice about no ticket */
	struct digest hash;
	bool used; /* a command mail with this token and the same content was carried out */
};

struct confirmation_facts { /* this mail answers a confirmation mail of ours */
	bool is_answer;
	const char *owner; /* registered address it was sent to */
	bool expired, used;
	int64_t id;
	int64_t ledger_id; /* the mail that it would carry out; the office then calls
			    * casework_mail() for that mail with confirmed = true */
};

/* The mail that /lepas names. */
struct release_facts {
	bool known; /* such a mail is quarantined, held or too big */
	bool kept;  /* its bytes are kept: it can be handled again */
};

struct traffic { /* automatic mails to this address and in all, before this one */
	uint32_t address_hour, address_day, domain_hour, ticket_day, all_hour;
	uint32_t opened_hour; /* tickets that mail from this address opened in the last hour (M29) */
};

struct sms_facts { /* the mail is a short message that the gateway brings */
	bool is_sms;
	const char *number; /* E.164; NULL: no number stood where the pattern says */
	const char *text;
	const struct ticket *ticket; /* the open ticket of that number; NULL: none, or several */
};

struct sms_sent { /* short messages to a number within the last day, held and failed ones not counted */
	const char *number;
	uint32_t day;
};

struct examined {                /* an examined file of a ticket */
	struct instant received; /* of the mail that brought it */
	struct evidence_file file;
};

struct reminder_facts { /* the mail answers a reminder of certificates that end */
	const char *to; /* who got it; NULL: it answers none */
	const struct certificate *certificates;
	const bool *running; /* of each: a renewal of its holder is open */
	size_t n;
};

struct ending { /* a certificate that ends soon, or has ended */
	struct certificate certificate;
	const char *ticket; /* of its holder's open renewal; NULL: none */
	bool dead, silent;  /* mail to its holder came back; the holder wants no reminders */
};

struct known { /* what the register holds of a person, by end; and what has the same serial number */
	const struct certificate *list;
	size_t n;
};

struct import_facts {
	const struct roster *roster; /* attached to /impor, or for "/impor ya" the one that waits; NULL: none */
	const struct known *known;   /* of each row */
};

struct incoming {
	const struct reading *reading;
	int64_t ledger_id;
	struct instant received;     /* INTERNALDATE */
	const struct ticket *ticket; /* matched; NULL: none.  A merged one is already followed */
	enum match_how how;
	struct token_facts token;
	const struct token_facts *tokens; /* all that stand in the mail, token among them */
	size_t n_tokens;
	uint32_t wrong_tokens;      /* references that look like ours and are nobody's: guesses (T13) */
	uint32_t wrong_tokens_hour; /* of all mails in the last hour, before this one */
	bool guess_alarm_hour;      /* the alarm was given within the last hour */
	struct confirmation_facts confirmation;
	bool confirmed;                   /* carried out because the registered address confirmed it */
	bool released;                    /* was held (M29) or quarantined; a person let it go: no flood limit, no loop guard */
	bool duplicate;                   /* same Message-ID and content was handled already */
	bool resent;                      /* same sender, subject, text within 10 minutes (M24) */
	const struct ticket *same_person; /* another open renewal with one of the NIK/NIP; NULL: none */
	const struct ticket **named;      /* tickets that commands name (/gabung, /status NUMBER), in order of
					   * the commands; NULL entries: no such ticket */
	size_t n_named;
	const struct ticket **open; /* only when a command is /daftar: open tickets, oldest first, <= 200 */
	size_t n_open;
	const struct evidence_file *evidence; /* this mail's files, examined */
	size_t n_evidence;
	const struct examined *proofs; /* of the matched ticket, this mail's not among them; oldest first */
	size_t n_proofs;
	const struct ending *ending; /* only when a command is /kedaluwarsa: by end, LIMIT_ENDING_SHOWN at most */
	size_t n_ending;
	struct import_facts import; /* only of a staff member's /impor */
	struct span register_csv;   /* only when a command is /ekspor: all of it; empty: too large for a mail */
	struct reminder_facts reminder;
	struct sms_facts sms;
	const struct sms_sent *sms_sent; /* of every number that this mail could cause a message to */
	size_t n_sms_sent;
	struct release_facts release; /* of the first /lepas */
	struct traffic traffic;
	uint32_t confirmations_hour, warnings_hour; /* confirmation and warning mails to this From in the last hour */
	bool requester_asked;                       /* for a mark, within the last 30 days */
	bool requester_dead;                        /* mail to ticket->requester_address came back for good: the office
						     * queues nothing to it until staff mend it (/isi EMAIL) */
	struct digest content;                      /* of subject, full text and attachments: what "the same mail" means */
	const char *bounced_kind;                   /* for bounces tied to a mail of ours: its kind word; NULL otherwise */
	const char *bounced_to;                     /* and its recipient */
	int64_t bounced_outbox_id;
	uint32_t soft_bounces; /* of bounced_to in the last seven days, before this one */
	bool replayed;         /* handled before the store was restored: its answers went out then */
};

enum disposition {                           /* final, one for each mail */
		   DISPOSITION_OPENED,       /* opened a ticket */
		   DISPOSITION_JOINED,       /* applicant's (or other party's) mail joined its ticket */
		   DISPOSITION_COMMAND,      /* staff mail carried out */
		   DISPOSITION_REFUSED,      /* staff mail with a wrong command: nothing done but the answer */
		   DISPOSITION_CONFIRM,      /* waits for a confirmation */
		   DISPOSITION_CONFIRMATION, /* was a confirmation */
		   DISPOSITION_UNPROVEN,
		   DISPOSITION_FORGED,
		   DISPOSITION_PARKED,    /* staff decide: told once */
		   DISPOSITION_HELD,      /* M29: over the limit of its sender; the operator may release it */
		   DISPOSITION_OTHER,     /* kind other, put before staff once */
		   DISPOSITION_AUTOMATIC, /* filed, powerless */
		   DISPOSITION_BOUNCE,
		   DISPOSITION_DUPLICATE,
		   DISPOSITION_BASELINE, /* was there before the first start */
		   DISPOSITION_QUARANTINED,
		   DISPOSITION_TOO_BIG,
		   DISPOSITION_GONE, /* vanished from the server before it could be fetched */
		   N_DISPOSITIONS,
};
WORD_DECLARE(disposition, disposition);
/* Waits for a person: quarantined, held or too big. */
bool disposition_is_kept_back(enum disposition d);

enum letter_kind {
	LETTER_ACKNOWLEDGEMENT, /* to the sender of a request */
	LETTER_ANSWER_RECEIVED, /* unused where nothing need be said; kept out of caps otherwise */
	LETTER_NOTICE_REQUEST,  /* to each staff member: new request */
	LETTER_NOTICE_ANSWER,   /* to staff (assigned one, or all): applicant's mail */
	LETTER_NOTICE_OTHER,    /* to staff: mail that opens nothing; parked mail; bounce; failed mail */
	LETTER_ASSISTANCE,      /* to the applicant: staff member's own words */
	LETTER_RECEIPT,         /* to the staff member: what was understood, done, refused */
	LETTER_CONFIRMATION,    /* to the registered staff address */
	LETTER_WARNING,         /* to a staff member: unproven or forged mail in your name, leaked token */
	LETTER_REPORT,          /* laporan pembaharuan: to head and staff member */
	LETTER_NOTIFICATION,    /* step 4, to the applicant (requester) */
	LETTER_REFUSAL,         /* to the applicant */
	LETTER_RECAP,           /* the recap of a period, as a workbook */
	LETTER_REMINDER,        /* to an applicant who does not answer */
	LETTER_EXPIRY,          /* to a holder, or an OPD's admin: certificates end */
	LETTER_DESTRUCTION,     /* the list of what was destroyed, to the head */
	/* short messages: to.address is a number (E.164) */
	LETTER_SMS,          /* staff member's own words */
	LETTER_SMS_RECEIVED, /* the request came in: ends step 1 where there is no mail address */
	LETTER_SMS_RENEWED,  /* step 4 where there is no mail address */
	LETTER_SMS_NOTICE,   /* sms.notices: a word beside the mail; moves nothing */
	N_LETTERS,
};
WORD_DECLARE(letter_kind, letter_kind); /* template's file name: "acknowledgement", "notice-request", ... */
/* Kind in the outbox and in `show` (contract): acknowledgement, assistance, staff-notice,
 * command-result, report, notification, reminder, refusal. */
const char *letter_message_kind(enum letter_kind k);
bool letter_kind_is_sms(enum letter_kind k);

struct letter_value {
	const char *key, *value;
}; /* value: plain UTF-8, LF allowed; escaped by letter/ */

struct letter { /* one mail to queue */
	enum letter_kind kind;
	struct person to;
	const char *in_reply_to; /* without <>; NULL: starts a thread */
	const char **references;
	size_t n_references;               /* oldest first, without in_reply_to */
	bool make_token;                   /* its Message-ID becomes a token of to.address for the ticket */
	bool make_confirmation;            /* its Message-ID becomes a confirmation of in->ledger_id */
	bool attach_files;                 /* the incoming mail's attachments (not the dangerous ones) */
	bool attach_original;              /* the whole incoming mail as asli.eml */
	bool automatic_reply;              /* Auto-Submitted: auto-replied; else auto-generated;
					    * LETTER_ASSISTANCE has none: a person wrote it */
	bool wants_document;               /* it goes when its document is made: report, recap of period, receipt of a letter */
	const char *period;                /* LETTER_RECAP: "2026-08" */
	const char *file_name, *file_type; /* a file of our own along with it; NULL: none */
	struct span file;
	bool counts; /* counts against the caps */
	bool held;   /* M22: over a cap; waits in the outbox until the operator releases or drops it */
	const struct letter_value *values;
	size_t n_values;            /* beside those letter/ takes from ticket and rules */
	const struct letter *shows; /* receipt: the letter to the applicant whose finished text it quotes as
				     * {{sent_text}}; NULL: none */
	bool no_tag;                /* the ticket's number must not be told to this recipient */
};

struct reminded { /* a certificate of the register was looked after */
	int64_t id;
	int reminded;  /* as in struct certificate */
	bool has_next; /* looked after again at next; false: never */
	struct instant next;
	const char *to; /* whom that will be for; NULL: nobody */
	bool said;      /* the decision's letter is about it */
};

struct decision {
	enum disposition disposition;
	const char *reason;   /* English, one line: rule and why; no personal data */
	bool has_ticket;      /* ticket below is to be stored (id 0: opened now) */
	struct ticket ticket; /* new state; events[] holds old and new ones (id 0) */
	bool has_other;       /* /gabung: the survivor, changed as well */
	struct ticket other;
	const struct letter *letters;
	size_t n_letters;
	const struct event *loose;
	size_t n_loose;               /* events about no ticket */
	const struct digest *revoked; /* leaked tokens */
	size_t n_revoked;
	bool guess_alarm;              /* T13: too many guessed tokens within the hour */
	bool use_token;                /* remember (token, content) as carried out */
	bool use_confirmation;         /* confirmation.id is used up */
	int64_t carry_out_ledger_id;   /* confirmed: decide again about this mail; 0: none */
	const char *author;            /* who wrote note and sms_text: a staff address, "operator NAME" */
	const char *note;              /* /catat: text for the conversation log; NULL */
	const char *sms_to, *sms_text; /* /sms noted by hand: E.164 or NULL, text; NULL: none */
	const char *message_kind;      /* of the incoming mail in `show`: "request", "answer",
					* "command", "assistance", "note", "automatic", "bounce", ... */
	bool mark_address_dead;
	const char *dead_address;
	const char *soft_address;  /* a soft bounce to be counted; NULL: none */
	int64_t release_ledger_id; /* quarantined mail to be handled again; 0: none */
	const char *receipt_by;    /* a paper letter came in: who took it, for its printable receipt; NULL: none */
	const char *asked_address; /* is asked for a mark now; NULL: nobody */
	const char *alive_address; /* staff stated it anew: no longer dead; NULL: none */
	const struct reminded *reminded;
	size_t n_reminded;
	const struct certificate *certificates; /* of an imported list: id 0 are added, the others changed */
	size_t n_certificates;
	bool keep_import, drop_import; /* the attached list waits for the staff member's yes; it waits no more */
	const char *silent_address;    /* wants no reminders of certificates; NULL: none */
	const char *vocal_address;     /* wants them after all; NULL: none */
};

/* 0; -ENOMEM.  Everything in out lives in a. */
int casework_mail(const struct casework_rules *rules, const struct incoming *in, struct instant now, struct arena *a,
		  struct decision *out) MUST_USE;

struct order_answer { /* lines for the operator, Indonesian; "" never NULL */
	const char *done, *refused, *remarks;
};
/* What an operator does with sitantectl: the commands of staff mail, with full power and without a mail.  who ("operator
 * NAME") is in the audit chain.  Of in: ticket, received, named, requester_dead, requester_asked, confirmed (a long short
 * message is meant) and reading->commands.  One wrong command, and the decision is empty; answer->refused says why.
 * 0; -ENOMEM. */
int casework_order(const struct casework_rules *rules, const struct incoming *in, const char *who, struct instant now,
		   struct arena *a, struct decision *out, struct order_answer *answer) MUST_USE;

struct sent_mail { /* an outbox row reached a final state */
	int64_t outbox_id;
	enum letter_kind kind;
	struct person to;
	bool accepted; /* else refused for good, or given up */
	bool uncertain;
	int code; /* SMTP reply */
	struct instant at;
};
/* Steps 1, 3 and 4 move on; failures are told to staff.  ticket: NULL for a mail about none. */
int casework_sent(const struct casework_rules *rules, const struct ticket *ticket, const struct sent_mail *sent,
		  struct instant now, struct arena *a, struct decision *out) MUST_USE;
/* An operator (who) drops one that did not leave, of this ticket: an event, and what waits for it waits no longer.  Step 4 is
 * open again where it was the notification.  ended: it had failed or been uncertain before.  0; -ENOMEM. */
int casework_dropped(const struct casework_rules *rules, const struct ticket *ticket, const struct sent_mail *dropped, bool ended,
		     const char *who, struct instant now, struct arena *a, struct decision *out) MUST_USE;

/* What is due by time on this ticket: a held request's day, a reminder.  out->has_ticket false: nothing. */
int casework_due(const struct casework_rules *rules, const struct ticket *ticket, struct instant now, struct arena *a,
		 struct decision *out) MUST_USE;

/* When something will be due on it, as things stand; false: never. */
bool casework_next_due(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct instant *at);

/* When each step that runs passes its standard, as things stand; ms 0: it does not run, or stands still within it. */
void casework_late(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct instant out[4]);

struct digest_facts {
	const struct ticket **open; /* oldest first */
	size_t n_open;
	bool more_open;                     /* than were loaded */
	uint32_t parked, dead, quarantined; /* parked: since the last digest */
};
/* --- import.c --- */
enum import_what { IMPORT_ADD, IMPORT_CHANGE, IMPORT_SAME, IMPORT_REFUSE, N_IMPORT_WHATS };
WORD_DECLARE(import_what, import_what); /* "add", "change", "same", "refuse" */
struct import_row {                     /* in the order of the list */
	enum import_what what;
	const char *why;                /* Indonesian: what changes, or why it is refused; NULL */
	struct certificate certificate; /* to be stored, where it is added or changed */
};
struct import_plan {
	const struct roster *roster;
	struct import_row *rows; /* n as in the roster */
	size_t n_of[N_IMPORT_WHATS];
};
/* What an import of the list would do.  known: of each row.  0; -ENOMEM. */
int casework_import(const struct casework_rules *rules, const struct roster *roster, const struct known *known,
		    struct instant now, struct arena *a, struct import_plan *out) MUST_USE;
/* The same in words: sums, then each row that is refused, changed or added. */
void casework_import_words(const struct import_plan *plan, struct buf *out);
/* One line of the register as CSV, such as an import reads; NULL: the head. */
void casework_certificate_csv(const struct calendar *c, const struct certificate *x, struct buf *out);

/* The days that /kedaluwarsa asks for; 0: none that make sense. */
int ending_days(const struct command *c);
/* The month's list of what ends within 30 days, to all staff; no letter where nothing does. */
int casework_ending_month(const struct casework_rules *rules, const struct ending *list, size_t n, struct instant now,
			  struct arena *a, struct decision *out) MUST_USE;
/* The morning's digest to all staff; no letter where nothing is open. */
int casework_digest(const struct casework_rules *rules, const struct digest_facts *f, struct instant now, struct arena *a,
		    struct decision *out) MUST_USE;

/* --- certificates that end: expiry.c, ending.c --- */
/* Who is reminded of it: the admin of its OPD, else its holder; NULL: nobody can be. */
const struct person *casework_expiry_admin(const struct casework_rules *rules, const struct certificate *c);
const char *casework_expiry_to(const struct casework_rules *rules, const struct certificate *c);
/* When the next reminder goes, as things stand; false: none will.  *days: which one, as in certificate.reminded.
 * A moment of working time, now itself included. */
bool casework_expiry_next(const struct casework_rules *rules, const struct certificate *c, struct instant now, struct instant *at,
			  int *days);
struct expiry_facts {   /* of one recipient */
	const char *to; /* NULL: these must be worked out, nobody is written to */
	const struct certificate *certificates;
	const bool *running; /* of each: a renewal of its holder is open */
	size_t n;
	bool dead, silent;
};
/* One letter at most; out->reminded has an entry for each certificate. */
int casework_expiry(const struct casework_rules *rules, const struct expiry_facts *f, struct instant now, struct arena *a,
		    struct decision *out) MUST_USE;
/* How many reminders may be queued at now, where so many were within the last hour and the last minute: an hour's are spread
 * over it. */
uint32_t casework_expiry_room(const struct casework_rules *rules, uint32_t last_hour, uint32_t last_minute);
/* What ends, in words, for staff; beginning with how many. */
void casework_ending(const struct casework_rules *rules, const struct ending *list, size_t n, int days, struct instant now,
		     struct arena *a, struct buf *out);

enum unreadable {
	UNREADABLE_DIED,      /* the reader died on it twice */
	UNREADABLE_TOO_BIG,   /* never fetched */
	UNREADABLE_NOT_GIVEN, /* the server lists it and does not give it, for hours */
	UNREADABLE_RELEASED,  /* the reader died again after a person had let it go: staff get the original */
};
/* A mail could not be read: staff are told once. */
int casework_unreadable(const struct casework_rules *rules, int64_t ledger_id, enum unreadable what, struct instant received,
			struct instant now, struct arena *a, struct decision *out) MUST_USE;

/* The four step clocks of a ticket at now.  SOP waktu: 10 min, 1 h, 15 min, 5 min of working time. */
void casework_steps(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct step out[4]);

/* The guide for staff, Indonesian: what /bantuan answers, and the page conf/guide/petugas.md.  Paragraphs are one line each,
 * "- " lines are items, an empty line between blocks. */
void casework_guide(struct buf *out);

/* What the register counts of it; strings are borrowed from t and rules. */
void casework_tally(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct tally *out);
/* Their spans, by step and in order of time.  *out lives in a.  0; -ENOMEM. */
int casework_spans(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct arena *a,
		   struct step_span **out, size_t *n) MUST_USE;
/* The same in words (Indonesian): each span, why, which mail, and the sum. */
void casework_explain(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct arena *a,
		      struct buf *out);
bool ticket_waits_bsre(const struct ticket *t); /* paused, and not resumed or ended since */

struct period {
	char id[24];          /* "2026-08", "triwulan 2026-1", "2026" */
	char title[40];       /* "Agustus 2026", "Triwulan I 2026", "Tahun 2026" */
	int64_t from_s, to_s; /* local wall time, seconds since 1970; [from, to) */
};
int period_read(const char *text, struct period *out) MUST_USE; /* 0; 1: no period */
void period_month(int month, struct period *out);               /* month: year * 12 + month - 1 */

/* The list of what was destroyed (berita acara pemusnahan), to whom it goes: no name, number or address of a person, only
 * tickets' numbers, classes and counts.  One letter with all of it as a CSV file, and the event that keeps the file's digest. */
int casework_destruction(const struct casework_rules *rules, const struct keep_row *rows, size_t n, struct instant now,
			 struct arena *a, struct decision *out) MUST_USE;

/* Index of the staff member with this address; -1. */
int casework_staff(const struct casework_rules *rules, const char *address);
bool ticket_is_open(const struct ticket *t); /* received, examining, waiting, renewed */

/* NIK, NIP: stars but the last 4; phone: first 4 and last 4 digits.  *out in a. */
int mask_digits(const char *s, struct arena *a, const char **out) MUST_USE;

#endif
