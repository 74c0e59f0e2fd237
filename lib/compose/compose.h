/* A mail of ours, from fields to bytes: the only writer of header lines.
 *
 * compose_write() makes the text of the mail once, when it is queued: header, plain and
 * HTML parts, and the frame around attachments.  Attachments are not copied: they stay
 * ranges of raw mails, given as segments, and are streamed when the mail is sent, so that
 * a 50 MiB mail needs neither memory nor a second copy.  The same segments give the same
 * bytes each time.  Everything is CRLF; lines <= 998 bytes; no CR, LF or NUL gets into a
 * header whatever is given (they become a space).  RFC 5322, 2045-2047, 2231, 3834.
 */
#ifndef SITANTE_COMPOSE_COMPOSE_H
#define SITANTE_COMPOSE_COMPOSE_H

#include "message/message.h"

#include <sys/types.h>

enum compose_auto { COMPOSE_HUMAN, COMPOSE_AUTO_REPLIED, COMPOSE_AUTO_GENERATED }; /* Auto-Submitted */

struct compose_attachment {
	const char *name; /* for the recipient; RFC 2231 encoded where needed */
	const char *type; /* checked: token "/" token, else application/octet-stream */
	bool memory;      /* true: bytes below; false: a range of a raw mail */
	struct span bytes;
	uint64_t raw_id; /* the caller's number of the raw mail (ledger id) */
	uint64_t raw_offset, raw_length;
	enum mail_encoding encoding; /* how the range is encoded there */
	bool whole_message;          /* the range is a whole raw mail: goes as message/rfc822-like
				      * application/octet-stream "asli.eml", base64 of its bytes */
};

struct compose_mail {
	const char *from_name, *from_address;
	const char *to_name, *to_address;
	const char *subject;     /* UTF-8, one line */
	const char *message_id;  /* without <> */
	const char *in_reply_to; /* without <>, or NULL */
	const char **references; /* oldest first, or NULL */
	size_t n_references;
	struct instant date;
	int32_t offset_s; /* zone of the Date field */
	enum compose_auto automatic;
	const char *text; /* UTF-8, LF */
	const char *html; /* UTF-8, LF; NULL: plain only */
	const struct compose_attachment *attachments;
	size_t n_attachments;
};

enum segment_kind {
	SEGMENT_BYTES,  /* length bytes of `content`, next in order */
	SEGMENT_BASE64, /* raw range holds base64: alphabet only, wrapped anew */
	SEGMENT_QP,     /* raw range holds quoted-printable: safe characters only, wrapped anew */
	SEGMENT_PLAIN,  /* raw range is encoded to base64 as it is */
};

struct segment {
	enum segment_kind kind;
	uint64_t raw_id; /* not for BYTES */
	uint64_t offset, length;
};

/* content: all our own bytes, in order; segments: what to send.  Both to be stored with
 * the outbox row.  boundary_seed: 16 random bytes.  0; -ENOMEM, -ENOBUFS. */
int compose_write(const struct compose_mail *m, const unsigned char boundary_seed[16], struct buf *content,
		  struct segment **out_segments, size_t *out_n, struct arena *a, struct error *err) MUST_USE;

/* Streams the finished mail.  open_raw(context, raw_id) gives an fd (closed here) or -1. */
struct compose_stream;
int compose_stream_open(struct span content, const struct segment *segments, size_t n,
			int (*open_raw)(void *context, uint64_t raw_id), void *context,
			struct compose_stream **out) MUST_USE;            /* content, segments: borrowed until close */
ssize_t compose_stream_read(struct compose_stream *s, char *p, size_t n); /* 0 end, -1 failed */
int compose_stream_rewind(struct compose_stream *s);
void compose_stream_close(struct compose_stream *s);

/* "key: value" folded; exposed for tests. */
void header_add(struct buf *out, const char *key, const char *value);

#endif
