/* What crosses the wall to the mailbox process (program sitante-mailbox), which alone holds
 * the IMAP session and password.  Frames over a SOCK_SEQPACKET socketpair, one value a
 * packet, at most LIMIT_FRAME_BYTES, written with base/wire.h:  u8 kind, then the fields.
 * Strictly: office asks, mailbox answers; unasked come only HELLO, NEWS, TROUBLE, and before a log-in by token TOKEN_WANTED.
 * RFC 3501, 2177 (IDLE), 4315 (UIDPLUS), 6851 (MOVE).
 */
#ifndef SITANTE_PORT_MAILBOX_H
#define SITANTE_PORT_MAILBOX_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/wire.h"
#include "base/word.h"

enum mailbox_frame_kind {
	/* from the mailbox */
	MAILBOX_HELLO = 1, /* logged in, folder selected, archive and quarantine folders exist:
			    * u32 uidvalidity, u32 uidnext, u32 exists, u8 has_idle, u8 has_move.
			    * Comes again after each reconnect. */
	MAILBOX_NEWS,      /* something changed in the folder: list again.  No fields. */
	MAILBOX_TROUBLE,   /* session lost or not possible; the process itself reconnects with back-off:
			    * u8 class (enum mailbox_trouble), str text, u32 retry_in_ms */
	MAILBOX_LISTED,    /* up to 500 mails: u32 n, then n x {u32 uid, u32 size, i64 internaldate_ms};
			    * u8 more (0: the list is complete) */
	MAILBOX_FETCHED,   /* u32 n, then n x {u32 uid, u8 result (enum mailbox_fetch)}: all fds of the
			    * request have been written (not synced) and closed here */
	MAILBOX_MOVED, /* u8 place where they were, u32 n, then n x {u32 uid, u8 done}: 0 = not moved (gone, or refused), 1 = in
			* the target; str text (why, where something was refused) */
	MAILBOX_SURVEYED,     /* up to 500 mails of a place: u8 place (enum mailbox_place), u32 uidvalidity (0: it cannot be
			       * opened), then as LISTED */
	MAILBOX_HASHED,       /* u8 place, u32 n, then n x {u32 uid, u8 result (enum mailbox_fetch), 32 bytes SHA-256} */
	MAILBOX_TOKEN_WANTED, /* u32 rejected: number of the token that the server refused, 0: none.  Answered by TOKEN, always.
			       */

	/* from the office */
	MAILBOX_LIST = 64, /* u32 uid_from: every mail with uid >= uid_from */
	MAILBOX_FETCH,     /* u32 n (<= LIMIT_FETCH_BATCH_MAILS), n x {u32 uid, u32 max_bytes}; n fds by
			    * SCM_RIGHTS in this order, open for writing, empty */
	MAILBOX_MOVE,      /* u8 place where they are, u8 place to go, u32 n (<= 500), n x u32 uid */
	MAILBOX_SURVEY,    /* u8 place: every mail there, for reconciling */
	MAILBOX_HASH,      /* u8 place, u32 n (<= LIMIT_FETCH_BATCH_MAILS), n x u32 uid: what is in them */
	MAILBOX_QUIT,      /* log out and exit 0 */
	MAILBOX_TOKEN, /* u32 number of the token, 0: there is none now; str the access token, or why not; u8 1: nor will there
			* be without somebody's help.  The refresh token stays with the office. */
};

enum mailbox_trouble { /* fault classes */
		       MAILBOX_TROUBLE_NETWORK,
		       MAILBOX_TROUBLE_TLS,  /* certificate or handshake refused: password was not sent */
		       MAILBOX_TROUBLE_AUTH, /* log-in refused: tried again only slowly */
		       MAILBOX_TROUBLE_FOLDER,
		       MAILBOX_TROUBLE_PROTOCOL,
		       MAILBOX_TROUBLE_DISK, /* our own: a fetched mail could not be written */
		       N_MAILBOX_TROUBLES
};
WORD_DECLARE(mailbox_trouble, mailbox_trouble);

enum mailbox_fetch {
	MAILBOX_FETCH_OK,
	MAILBOX_FETCH_GONE,    /* no such mail any more */
	MAILBOX_FETCH_TOO_BIG, /* more bytes than max_bytes came */
	MAILBOX_FETCH_FAILED,  /* session lost meanwhile: ask again after HELLO */
};
enum mailbox_place { MAILBOX_INBOX, MAILBOX_ARCHIVE, MAILBOX_QUARANTINE, N_MAILBOX_PLACES };
WORD_DECLARE(mailbox_place, mailbox_place); /* "inbox", "archive", "quarantine" */

#endif
