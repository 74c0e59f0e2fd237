/* Shared by session*.c only. */
#ifndef SITANTE_MAILBOX_SESSION_PRIVATE_H
#define SITANTE_MAILBOX_SESSION_PRIVATE_H

#include "mailbox/session.h"
#include "mailbox/transport.h"

enum {
	SESSION_COMMAND_MS = 60000,
	SESSION_STEP_MS = 30000,
	SESSION_FETCH_MS = 600000,
	SESSION_ANSWER_BYTES = 1024 * 1024, /* of a command that brings no mail */
	SESSION_NAME_BYTES = 1000,
};

struct session {
	mailimap *imap;
	struct transport *transport;
	const struct mailbox_account *account;
	char folder[SESSION_NAME_BYTES], archive[SESSION_NAME_BYTES], quarantine[SESSION_NAME_BYTES];
	uint32_t uidvalidity, uidnext, exists;
	bool has_idle, has_move, has_uidplus;
	bool news; /* an EXISTS came since it was last told */
};

/* What the next command may take: ms in all, bytes of answer. */
void session_budget(struct session *s, int64_t ms, uint64_t bytes);
/* Tagged NO: the session goes on.  Everything else ends it. */
bool session_is_no(int r);
/* What the server or the transport said last; borrowed. */
const char *session_words(const struct session *s);
int session_lost(struct session *s, struct error *err, const char *command, int r); /* -EIO */
/* EXISTS is looked at after every command: the next one throws it away. */
void session_look(struct session *s);
/* After capabilities are known.  0; 1 with *trouble and err; -ENOMEM. */
int session_log_in_token(struct session *s, enum mailbox_trouble *trouble, struct error *err) MUST_USE;
/* 0; 1 with err; -ENOMEM. */
int session_folder_make(struct session *s, const char *name, struct error *err) MUST_USE;
const char *session_place(const struct session *s, enum mailbox_place place); /* its name on the server */

struct session_item { /* of an answer to FETCH */
	struct session_listed listed;
	const char *body; /* lives in the answer */
	size_t n_body;
	bool has_body;
};
struct session_item session_item_of(const struct mailimap_msg_att *att);
struct session_question {                       /* one UID FETCH */
	struct mailimap_set *set;               /* taken over; NULL: no memory */
	struct mailimap_fetch_att *const *atts; /* taken over, each; NULL: no memory */
	size_t n_atts;
	int64_t ms;
	uint64_t bytes;
	const char *what; /* for what is said of a failure */
};
/* 0 and *list, NULL or to be freed by the caller; else *list is NULL: -EIO, -ENOMEM. */
int session_ask(struct session *s, const struct session_question *q, clist **list, struct error *err) MUST_USE;
/* NULL: no memory, or a uid of 0. */
struct mailimap_set *session_set_of(const uint32_t *uids, size_t n);

#endif
