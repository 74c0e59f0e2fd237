#include "trial.h"

#include "child.h"
#include "port/mailbox.h"
#include "relay/relay.h"

#include <poll.h>

enum { WAIT_MS = 40000, WORDS_BYTES = 8192 };

/* The mailbox process' next frame; 0: none in time. */
static size_t frame_wait(const struct child *child, unsigned char frame[LIMIT_FRAME_BYTES])
{
	struct pollfd p = { .fd = child->fd, .events = POLLIN };
	ssize_t n = poll(&p, 1, WAIT_MS) > 0 ? child_receive(child, frame, LIMIT_FRAME_BYTES) : 0;
	return n > 0 ? (size_t)n : 0;
}

static int trouble(struct wire *w, struct error *err)
{
	AUTO_ARENA a = arena_new(WORDS_BYTES);
	unsigned class = wire_u8_max(w, MAILBOX_TROUBLE_PROTOCOL);
	const char *text = a ? wire_str(w, a, 1000) : NULL;
	return error_set(err, 1, "%s: %s", mailbox_trouble_word((enum mailbox_trouble) class), text ? text : "?");
}

static bool count(struct wire *w, const struct settings *s, struct trial_mailbox *out)
{
	uint32_t n = wire_u32(w);
	for (uint32_t i = 0; i < n && !w->bad; i++) {
		(void)wire_u32(w);
		uint32_t size = wire_u32(w);
		int64_t at = wire_i64(w);
		out->mails++;
		out->bytes += size;
		out->not_before += s->has_since && at >= s->since.ms;
		if (at > out->newest.ms)
			out->newest.ms = at;
	}
	return wire_u8(w) != 0 && !w->bad;
}

static int session(const struct child *child, const struct settings *s, struct trial_mailbox *out, struct error *err)
{
	static unsigned char frame[LIMIT_FRAME_BYTES];
	AUTO_BUF list = BUF_INIT(64);
	wire_put_u8(&list, MAILBOX_LIST);
	wire_put_u32(&list, 1);
	for (size_t n; (n = frame_wait(child, frame)) > 0;) {
		struct wire w = wire_open(span_of(frame, n));
		unsigned kind = wire_u8(&w);
		if (kind == MAILBOX_TROUBLE)
			return trouble(&w, err);
		if (kind == MAILBOX_HELLO) {
			*out = (struct trial_mailbox){ .uidvalidity = wire_u32(&w) };
			if (child_send(child, buf_span(&list), NULL, 0) < 0)
				break;
		}
		if (kind == MAILBOX_LISTED && !count(&w, s, out))
			return 0;
	}
	return error_set(err, 1, "no answer from the mailbox process");
}

int trial_imap(const char *config_path, const struct settings *s, struct trial_mailbox *out, struct error *err)
{
	struct child child = CHILD_NONE;
	if (child_start(&child, config_path, err) < 0)
		return 1;
	int r = session(&child, s, out, err);
	child_kill(&child);
	return r;
}

int trial_smtp(const struct settings *s, struct error *err)
{
	struct relay_account a = { .host = s->smtp.host,
				   .port = s->smtp.port,
				   .security = (int)s->smtp.security,
				   .user = s->smtp.user,
				   .password = s->smtp.password,
				   .ca_file = s->smtp.ca_file,
				   .connections = 1 };
	return relay_check(&a, err);
}
