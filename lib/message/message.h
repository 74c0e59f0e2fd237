/* A received mail as a checked value, and its way through the wall between processes.
 *
 * message_parse() (message/parse.h) makes it inside the reader process; the reader
 * sends it with message_encode(), the parent validates it again in message_decode().
 * Every string is valid UTF-8 without control characters (texts: but LF and TAB),
 * lives in the arena given to the maker, and is NULL where the mail has no such thing
 * unless said otherwise.  RFC 5322, RFC 2045-2049, RFC 3834, RFC 3464, RFC 8601.
 */
#ifndef SITANTE_MESSAGE_MESSAGE_H
#define SITANTE_MESSAGE_MESSAGE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/instant.h"
#include "base/wire.h"
#include "base/word.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail_address {
	const char *name; /* display name, for people only; NULL where none */
	const char *spec; /* local@domain, domain in ASCII lower case (A-labels); strictly valid:
			   * one '@', no blanks, no controls, <= 254 bytes */
};

/* May this mail be believed to be from its From address?  Computed from
 * Authentication-Results of our own border only; the worst verdict wins (RFC 8601). */
enum mail_proof {
	MAIL_PROOF_NONE, /* nothing believable says pass or fail, or From is not one mailbox */
	MAIL_PROOF_PASS, /* dmarc=pass for the From domain (or aligned dkim, or auth=, if allowed) */
	MAIL_PROOF_FAIL, /* dmarc=fail */
};
WORD_DECLARE(mail_proof, mail_proof);

/* What kind of sender made it. */
enum mail_nature {
	MAIL_HUMAN,
	MAIL_AUTOMATIC, /* vacation, auto-reply, other help desk, no-reply machine */
	MAIL_BOUNCE,    /* failed delivery of a mail (RFC 3464 or look-alike) */
	MAIL_DELAY,     /* delivery status that is not final or is good news */
	MAIL_RECEIPT,   /* disposition notification (RFC 8098) */
	MAIL_COMPLAINT, /* feedback report (RFC 5965) */
	MAIL_LIST,      /* mailing list, newsletter, bulk */
	MAIL_OWN,       /* one of our own mails came back whole */
};
WORD_DECLARE(mail_nature, mail_nature);

enum mail_encoding {                         /* of an attachment's bytes in the raw mail */
		     MAIL_ENCODING_IDENTITY, /* 7bit, 8bit, binary, or absent */
		     MAIL_ENCODING_BASE64,
		     MAIL_ENCODING_QUOTED_PRINTABLE,
		     MAIL_ENCODING_OTHER, /* unknown, uuencode: only inside the original */
};
WORD_DECLARE(mail_encoding, mail_encoding);

struct mail_attachment {
	const char *name;                /* cleaned: no path, no controls, never empty ("lampiran-1.pdf") */
	const char *type;                /* "application/pdf", lower case, never NULL */
	uint64_t size;                   /* decoded bytes */
	struct digest sha256;            /* of the decoded bytes */
	uint64_t raw_offset, raw_length; /* its encoded bytes in the raw mail */
	enum mail_encoding encoding;
	bool dangerous; /* program, script, macro document, shortcut: only inside the original */
};

struct mail_delivery {          /* one recipient of a delivery status notification */
	const char *recipient;  /* checked address, or NULL */
	const char *action;     /* "failed", "delayed", ... lower case */
	const char *status;     /* "5.1.1", or NULL */
	const char *diagnostic; /* remote server's words, or NULL: data, may quote our mail */
};

struct message {
	/* who */
	uint32_t n_from_fields;    /* From: fields; authority and answer need exactly 1 */
	struct mail_address *from; /* mailboxes of the first From field */
	size_t n_from;
	struct mail_address *to; /* To, Cc in this order */
	size_t n_to;
	uint32_t n_to_all;       /* how many there were before the limit */
	const char *return_path; /* topmost; "" for the null sender; NULL where absent */
	bool reply_to_differs;   /* a Reply-To names somebody else: only shown */

	/* what */
	const char *subject;     /* decoded, one line; NULL where absent */
	const char *message_id;  /* without <>, NULL where absent or malformed */
	const char **references; /* In-Reply-To first, then References, newest first; without <> */
	size_t n_references;
	bool has_date;
	struct instant date; /* the sender's clock: shown, decides nothing */
	uint32_t n_received;
	bool duplicate_fields; /* a single-instance field stands twice (rule M30) */
	bool to_us;            /* an own address stands in To/Cc/Resent-To/Resent-Cc */
	bool is_reply;         /* answers an earlier mail: In-Reply-To, quote, or reply subject with quote */
	bool is_forward;

	/* trust */
	enum mail_proof proof;
	const char *proof_reason; /* English, one line, never NULL */

	/* automatic mail */
	enum mail_nature nature;
	const char *nature_rule;    /* "M01" ...; NULL for a human */
	const char *nature_words;   /* the header line or words that decided */
	bool automatic_subject;     /* M15: the subject reads like a machine's, nothing else tells */
	bool may_answer;            /* an acknowledgement may go out as far as headers tell */
	const char *no_answer_rule; /* "M10" ... where may_answer is false */
	struct mail_delivery *deliveries;
	size_t n_deliveries;
	const char **returned_ids; /* Message-IDs of our own domain found in a bounce's body or third part */
	size_t n_returned_ids;

	/* content */
	const char *text;      /* new text: quote, signature, disclaimer cut; "" never NULL */
	const char *text_full; /* whole text as a person sees it, quote included; "" never NULL */
	const char *signature; /* what was cut off as signature block; "" never NULL */
	bool text_cut;         /* longer than LIMIT_TEXT_BYTES, or too complex */
	bool inline_answers;   /* answers stand between quoted lines: text keeps them all */
	bool has_hidden_text;  /* HTML with invisible words */
	bool encrypted;        /* S/MIME or PGP: content unreadable for us */
	struct mail_attachment *attachments;
	size_t n_attachments;
};

/* How trust and own addresses are judged; part of the request to the reader. */
struct message_policy {
	const char **authserv_ids; /* whose Authentication-Results are believed */
	size_t n_authserv_ids;
	uint32_t hops;              /* own Received fields above the border one; default 0 */
	bool below_border;          /* provider writes its verdict just below the border (Gmail) */
	bool missing_id;            /* provider leaves the authserv-id out (Microsoft 365) */
	bool allow_dkim;            /* aligned dkim=pass counts where no dmarc verdict is given */
	bool allow_auth;            /* auth=pass counts for own domains */
	const char **own_addresses; /* mailbox address and aliases, lower case */
	size_t n_own_addresses;
	const char *own_id_domain; /* right side of our Message-IDs */
};

/* Adds the value to out.  Fails only as buf does. */
void message_encode(const struct message *m, struct buf *out);
/* Reads and checks everything again (UTF-8, lengths, counts, enum ranges, addresses,
 * offsets within raw_size).  0; 1: not a right value (the reader is to be distrusted);
 * -ENOMEM.  *out lives in a. */
int message_decode(struct wire *w, uint64_t raw_size, struct arena *a, struct message *out) MUST_USE;

/* Is spec a plain RFC 5321 mailbox that may go into an envelope or a header: ASCII
 * atext local part (dots inside) or UTF-8-free quoted forms refused; domain of LDH labels. */
bool mail_address_valid(const char *spec);
/* Byte-exact local part, ASCII-case-blind domain and (as all known servers) local part. */
bool mail_address_eq(const char *a, const char *b);
/* Part after '@'; NULL where there is none. */
const char *mail_address_domain(const char *spec);

#endif
