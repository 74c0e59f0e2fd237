/* The finished mail as a stream: own bytes, and ranges of raw mails through filters that let
 * only safe characters and lines of 76 pass. */
#include "compose/compose.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 16 * 1024, LINE = 76, PLAIN_LINE = 57 };

struct compose_stream {
	struct span content;
	const struct segment *segments;
	size_t n;
	int (*open_raw)(void *context, uint64_t raw_id);
	void *context;
	size_t at;     /* segment */
	uint64_t done; /* bytes of it taken in */
	size_t content_at;
	int fd;
	bool failed, ended; /* ended: this range's closing line end is out */
	size_t column;
	unsigned char carry[PLAIN_LINE];
	size_t n_carry;
	struct buf ready;
	size_t ready_at;
};

int compose_stream_open(struct span content, const struct segment *segments, size_t n,
			int (*open_raw)(void *context, uint64_t raw_id), void *context, struct compose_stream **out)
{
	struct compose_stream *s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	*s = (struct compose_stream){ .content = content,
				      .segments = segments,
				      .n = n,
				      .open_raw = open_raw,
				      .context = context,
				      .fd = -1,
				      .ready = BUF_INIT(PIECE * 8) };
	*out = s;
	return 0;
}

static void range_close(struct compose_stream *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	s->done = 0;
	s->column = s->n_carry = 0;
	s->ended = false;
}

void compose_stream_close(struct compose_stream *s)
{
	if (!s)
		return;
	range_close(s);
	buf_done(&s->ready);
	free(s);
}

int compose_stream_rewind(struct compose_stream *s)
{
	range_close(s);
	buf_reset(&s->ready);
	s->ready_at = s->at = s->content_at = 0;
	s->failed = false;
	return 0;
}

static bool is_base64(unsigned char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

/* Base64: the alphabet only, a line's worth at a time. */
static void filter_base64(struct compose_stream *s, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (s->column == LINE) {
			buf_add(&s->ready, "\r\n", 2);
			s->column = 0;
		}
		size_t run = 0, room = LINE - s->column < n - i ? LINE - s->column : n - i;
		while (run < room && is_base64(p[i + run]))
			run++;
		buf_add(&s->ready, p + i, run);
		s->column += run;
		i += run;
		while (i < n && !is_base64(p[i]))
			i++;
	}
}

/* Quoted-printable: printable characters and line ends; soft ends put where a line is too long. */
static void filter_qp(struct compose_stream *s, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			buf_add_str(&s->ready, "\r\n");
			s->column = 0;
		} else if ((p[i] >= 32 && p[i] < 127) || p[i] == '\t') {
			/* never inside "=XX": such a line of a sender's is left a little longer */
			if (s->column >= 900) {
				buf_add_str(&s->ready, "=\r\n");
				s->column = 0;
			}
			buf_add_char(&s->ready, (char)p[i]);
			s->column++;
		}
	}
}

static void filter_plain(struct compose_stream *s, const unsigned char *p, size_t n, bool last)
{
	while (n > 0 || (last && s->n_carry > 0)) {
		size_t take = PLAIN_LINE - s->n_carry < n ? PLAIN_LINE - s->n_carry : n;
		memcpy(s->carry + s->n_carry, p, take);
		s->n_carry += take;
		p += take;
		n -= take;
		if (s->n_carry < PLAIN_LINE && !last)
			return;
		base64_add(&s->ready, span_of(s->carry, s->n_carry), false);
		buf_add_str(&s->ready, "\r\n");
		s->n_carry = 0;
	}
}

/* More bytes of a raw range into ready; false: failed. */
static bool range_more(struct compose_stream *s, const struct segment *g)
{
	unsigned char piece[PIECE];
	if (s->fd < 0)
		s->fd = s->open_raw(s->context, g->raw_id);
	if (s->fd < 0)
		return false;
	uint64_t left = g->length - s->done;
	size_t want = left < sizeof(piece) ? (size_t)left : sizeof(piece);
	ssize_t n = pread(s->fd, piece, want, (off_t)(g->offset + s->done));
	if (n <= 0)
		return false; /* shorter than promised */
	s->done += (uint64_t)n;
	bool last = s->done == g->length;
	if (g->kind == SEGMENT_BASE64)
		filter_base64(s, piece, (size_t)n);
	else if (g->kind == SEGMENT_QP)
		filter_qp(s, piece, (size_t)n);
	else
		filter_plain(s, piece, (size_t)n, last);
	if (last && g->kind != SEGMENT_PLAIN && s->column > 0)
		buf_add_str(&s->ready, "\r\n");
	return buf_status(&s->ready) == 0;
}

ssize_t compose_stream_read(struct compose_stream *s, char *p, size_t n)
{
	while (!s->failed) {
		if (s->ready_at < s->ready.n) {
			size_t give = s->ready.n - s->ready_at < n ? s->ready.n - s->ready_at : n;
			memcpy(p, s->ready.p + s->ready_at, give);
			s->ready_at += give;
			return (ssize_t)give;
		}
		buf_reset(&s->ready);
		s->ready_at = 0;
		if (s->at == s->n)
			return 0;
		const struct segment *g = &s->segments[s->at];
		if (s->done == g->length) {
			range_close(s);
			s->at++;
			continue;
		}
		if (g->kind != SEGMENT_BYTES) {
			s->failed = !range_more(s, g);
			continue;
		}
		uint64_t left = g->length - s->done;
		size_t give = left < n ? (size_t)left : n;
		if (give > s->content.n - s->content_at) {
			s->failed = true;
			break;
		}
		memcpy(p, s->content.p + s->content_at, give);
		s->content_at += give;
		s->done += give;
		return (ssize_t)give;
	}
	return -1;
}
