/* Log-in with an access token.  libetpan has XOAUTH2 alone, only with the response in the command, and throws away the server's
 * words of refusal: so this one exchange is spoken over its stream by ourselves.  RFC 3501 6.2.2, 4959, 7628. */
#include "mailbox/session_private.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

static const char tag[] = "sitante";

enum { LINES_MAX = 100, SASL_BYTES = 4 * LIMIT_TOKEN_BYTES };
enum reply { REPLY_OTHER, REPLY_MORE, REPLY_OK, REPLY_NO, REPLY_BAD };

struct exchange {
	struct session *s;
	const char *first; /* our response, in base64 */
	bool said;         /* it has left */
	struct buf words;  /* the server's, of refusal */
};

static int say_line(struct exchange *x, const char *a, const char *b)
{
	mailstream *stream = x->s->imap->imap_stream;
	bool good = mailstream_write(stream, a, strlen(a)) >= 0 && mailstream_write(stream, b, strlen(b)) >= 0 &&
		    mailstream_write(stream, "\r\n", 2) >= 0 && mailstream_flush(stream) >= 0;
	return good ? 0 : -EIO;
}

static enum reply reply_of(struct span line, struct span *rest)
{
	static const struct {
		const char *word;
		enum reply reply;
	} words[] = { { "OK", REPLY_OK }, { "NO", REPLY_NO }, { "BAD", REPLY_BAD } };
	size_t n = sizeof(tag) - 1;
	*rest = line;
	if (line.n > 0 && line.p[0] == '+') {
		*rest = span_trim(span_of(line.p + 1, line.n - 1));
		return REPLY_MORE;
	}
	if (line.n <= n + 1 || memcmp(line.p, tag, n) != 0 || line.p[n] != ' ')
		return REPLY_OTHER;
	*rest = span_of(line.p + n + 1, line.n - n - 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_nocase(*rest, words[i].word))
			return words[i].reply;
	return REPLY_BAD;
}

/* The server wants more: our response, or the nod that its words of refusal were heard. */
static int more(struct exchange *x, struct span challenge)
{
	const struct mailbox_account *a = x->s->account;
	const char *const secrets[] = { a->token, x->first };
	if (!x->said) {
		x->said = true;
		return say_line(x, x->first, "");
	}
	buf_reset(&x->words);
	oauth_sasl_words(&x->words, challenge, secrets, 2);
	return say_line(x, oauth_sasl_last(a->mechanism), "");
}

static int refused(struct exchange *x, struct span rest, struct error *err)
{
	const struct mailbox_account *a = x->s->account;
	const char *const secrets[] = { a->token, x->first };
	AUTO_BUF masked = BUF_INIT(8192), clean = BUF_INIT(8192);
	oauth_mask(&masked, span_of(rest.p, rest.n < 200 ? rest.n : 200), secrets, 2);
	text_escape(&clean, buf_span(&masked), 150);
	return error_set(err, 1, "the access token is refused for user %s: %s%s%s", a->user, buf_cstr(&clean),
			 x->words.n ? " " : "", buf_cstr(&x->words));
}

static int exchange_lines(struct exchange *x, enum mailbox_trouble *trouble, struct error *err)
{
	MMAPString *line = mmap_string_new("");
	int r = line ? -EAGAIN : -ENOMEM;
	for (int i = 0; r == -EAGAIN && i < LINES_MAX; i++) {
		struct span rest;
		const char *got = mailstream_read_line_remove_eol(x->s->imap->imap_stream, line);
		enum reply reply = got ? reply_of(span_of(line->str, line->len), &rest) : REPLY_OTHER;
		*trouble = reply == REPLY_NO ? MAILBOX_TROUBLE_AUTH : MAILBOX_TROUBLE_PROTOCOL;
		if (!got || (reply == REPLY_MORE && more(x, rest) < 0))
			r = -EIO;
		else if (reply == REPLY_OK)
			r = 0;
		else if (reply == REPLY_NO || reply == REPLY_BAD)
			r = refused(x, rest, err);
	}
	if (line)
		mmap_string_free(line);
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? error_set(err, r, "no memory") : r;
	*trouble = r == -EIO ? MAILBOX_TROUBLE_NETWORK : MAILBOX_TROUBLE_PROTOCOL;
	const char *words = transport_trouble(x->s->transport);
	return error_set(err, 1, "log-in: %s", r == -EAGAIN ? "the server does not come to an end" : *words ? words : "failed");
}

int session_log_in_token(struct session *s, enum mailbox_trouble *trouble, struct error *err)
{
	const struct mailbox_account *a = s->account;
	const char *mechanism = oauth_mechanism_sasl(a->mechanism);
	AUTO_BUF first = BUF_INIT(SASL_BYTES), command = BUF_INIT(100);
	struct exchange x = { .s = s, .words = BUF_INIT(2000) };
	*trouble = MAILBOX_TROUBLE_PROTOCOL;
	if (!mailimap_has_authentication(s->imap, mechanism))
		return error_set(err, 1, "the server offers no %s", mechanism);
	oauth_sasl_first(&first, &(struct oauth_login){ a->mechanism, a->user, a->host, a->port, a->token });
	x.first = buf_cstr(&first);
	x.said = mailimap_has_extension(s->imap, (char *)(uintptr_t) "SASL-IR") != 0;
	buf_addf(&command, "%s AUTHENTICATE %s%s", tag, mechanism, x.said ? " " : "");
	int r = buf_status(&first) < 0 ? error_set(err, -ENOMEM, "no memory") : 0;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	if (r == 0 && say_line(&x, buf_cstr(&command), x.said ? x.first : "") < 0) {
		*trouble = MAILBOX_TROUBLE_NETWORK;
		r = error_set(err, 1, "log-in: %s", transport_trouble(s->transport));
	}
	if (r == 0)
		r = exchange_lines(&x, trouble, err);
	if (r == 0)
		s->imap->imap_state = MAILIMAP_STATE_AUTHENTICATED;
	if (first.p)
		explicit_bzero(first.p, first.n);
	buf_done(&x.words);
	return r;
}
