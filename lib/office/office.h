/* The day's work: mail in, decisions, mail out, what is due.
 *
 * Joins store, rules and ports; knows neither libetpan nor libcurl nor a clock.  Driven from
 * outside by one loop: frames of the mailbox process, answers of the reader, results of the
 * relay, and office_turn() after each of them or when its time has come.  Order inside intake:
 * raw bytes durable -> ledger row -> read -> decide -> one commit -> only then the mail is moved
 * on the server.  Design "One mail's way through"; style 2.2.
 */
#ifndef SITANTE_OFFICE_OFFICE_H
#define SITANTE_OFFICE_OFFICE_H

#include "casework/casework.h"
#include "letter/letter.h"
#include "port/mailbox.h"
#include "port/reader.h"
#include "port/relay.h"
#include "store/store.h"

enum office_level {
	OFFICE_CRITICAL = 2,
	OFFICE_ERROR = 3,
	OFFICE_WARNING = 4,
	OFFICE_NOTICE = 5,
	OFFICE_INFO = 6
}; /* syslog's */

struct office_note { /* one line of log: never mail text, NIK, NIP, phone, address of an applicant */
	enum office_level level;
	const char *id;     /* stable word of the kind of event: "mail-handled" */
	const char *text;   /* one clean line */
	int64_t ledger_id;  /* 0: none */
	const char *ticket; /* number, or NULL */
};

struct office_ports {
	int (*mailbox_send)(void *context, struct span frame, const int *fds, size_t n_fds); /* 0 or -errno */
	void (*mailbox_end)(void *context); /* its process hangs: end it, start another */
	void (*note)(void *context, const struct office_note *n);
	struct instant (*now)(void *context); /* when a mail was sent; NULL: the clock's */
	void *context;
	struct relay_port relay[N_RELAY_CHANNELS]; /* submit NULL: there is no such channel */
};

struct report_plan { /* what the renewal report is set with */
	const char **letterhead;
	size_t n_letterhead;                      /* 0: the agency's name */
	struct span logo;                         /* PNG; empty: none */
	const char *number;                       /* "{number}/PSE/DISKOMINFO/{month}/{year}" */
	const char *place, *head_title, *head_id; /* NULL: left out */
};

struct office_plan { /* from the configuration; borrowed until the next office_configure() */
	const struct casework_rules *rules;
	const struct letter_set *letters;
	const struct message_policy *policy;
	const char *id_domain;   /* right side of our Message-IDs */
	struct duration sms_gap; /* between two short messages: the gateway's rate */
	struct report_plan report;
	const struct span *roots; /* files of certificates that are trusted as issuers */
	size_t n_roots;
	bool digest; /* each morning */
	bool has_since;
	struct instant since; /* older mail is baseline; default: first start */
};

struct office;

/* store: borrowed until office_free().  0; -errno. */
int office_new(struct store *store, const struct office_plan *plan, const struct office_ports *ports, struct instant now,
	       struct office **out, struct error *err) MUST_USE;
void office_free(struct office *o); /* NULL allowed; stops the reader */
void office_configure(struct office *o, const struct office_plan *plan);

void office_mailbox_frame(struct office *o, struct span frame);
void office_mailbox_started(struct office *o); /* its process: HELLO or TROUBLE must come */
void office_mailbox_lost(struct office *o);    /* its process ended: a new HELLO must come */
int office_reader_fd(const struct office *o);  /* to poll for input; -1: none now */
void office_reader_ready(struct office *o);
int office_examiner_fd(const struct office *o); /* to poll for input or hang-up; -1: none now */
void office_examiner_ready(struct office *o);
int office_document_fd(const struct office *o); /* to poll for input or hang-up; -1: none now */
void office_document_ready(struct office *o);
void office_relay_done(void *office, const struct relay_job *job, const struct relay_result *result);

/* Does all that can be done now.  Returns ms until it should be called again at the latest; -1: only
 * when something happens. */
int64_t office_turn(struct office *o, struct instant now);

/* Something changed in the store from outside (sitantectl): looks at everything again. */
void office_wake(struct office *o);

/* Hands no further job to the relay (before it is replaced or the daemon stops). */
void office_hold_sending(struct office *o, bool hold);
size_t office_sending(const struct office *o); /* jobs at the relay */
bool office_busy(const struct office *o);      /* a mail is at the reader */

struct office_order {       /* a change that an operator makes with sitantectl */
	const char *number; /* of the ticket */
	const char *who;    /* "operator NAME": in the audit chain */
	const struct command_block *commands;
	bool confirmed; /* a short message of several parts is meant */
};
struct office_ordered {
	struct order_answer answer;
	const char *number; /* of the ticket that was changed: a merged one's survivor */
	enum ticket_state state;
	size_t n_letters; /* that wait to leave */
};
enum { OFFICE_ORDER_REFUSED = 1000 }; /* nothing was changed; answer.refused says why */
/* One commit of its own, whether or not a daemon works on the store; of ports only note is used.  Everything in out lives in a.
 * 0; OFFICE_ORDER_REFUSED; STORE_NOT_FOUND: no such ticket; -errno. */
int office_order(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		 const struct office_order *order, struct instant now, struct arena *a, struct office_ordered *out,
		 struct error *err) MUST_USE;

#define OFFICE_DROPPED "dropped by the operator" /* last answer of a row of the outbox */
/* An operator drops a message that did not leave, inside the caller's unit of work; row: as it was.  What hangs on it moves on.
 * 0; -errno. */
int office_drop(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		const struct outbox_row *row, const char *who, struct instant now, struct arena *a, struct error *err) MUST_USE;

struct office_letter { /* a paper letter that an operator enters with sitantectl */
	const char *who;
	const struct reading *reading; /* of the mail that was made of it */
	int fd;                        /* that mail: an unnamed file of the store */
	uint64_t size;
	struct digest sha256;
};
/* As office_order(), by /surat's own rules; the mail is kept as one that came in. */
int office_letter(struct store *store, const struct office_plan *plan, const struct office_ports *ports,
		  const struct office_letter *letter, struct instant now, struct arena *a, struct office_ordered *out,
		  struct error *err) MUST_USE;

struct office_health {
	bool connected; /* HELLO seen, session alive as far as known */
	bool listed;    /* the folder has been listed completely since HELLO */
	bool done;      /* nothing waits: no mail, no move, no due outgoing mail */
	bool store_fault;
	bool no_room; /* mail stays on the server until the disk has room */
	bool relay_down;
	bool stuck;   /* what waits must wait longer: a refused move, a reader that will not start */
	bool stalled; /* the relay never answered: no part of this process can mend that */
	bool trouble; /* mailbox reported trouble after the last HELLO */
	char trouble_text[200];
	char relay_text[200];
	uint32_t unaccounted; /* mails on the server without a disposition, when last compared */
	uint64_t quarantined; /* since start */
	uint64_t unsent;      /* outgoing mails that failed for good or are uncertain, since start */
	uint64_t handled;     /* mails decided since start */
	uint64_t sent;
	struct instant connected_since; /* where connected */
	struct instant last_list;       /* last complete listing; 0: never */
	struct instant last_turn;
};
void office_health(const struct office *o, struct office_health *out);

#endif
