#include "message/failure.h"

#include "base/text.h"
#include "message/message.h"

#include <errno.h>
#include <string.h>

enum { READ_BYTES = 16 * 1024, READ_LINES = 200, STATUS_MAX = 12, LINE_BYTES = 400, DIAGNOSTIC_MAX = 300 };

static const char *const sentences[] = { "not be delivered",
					 "n't be delivered",
					 "was not delivered",
					 "wasn't delivered",
					 "not able to deliver",
					 "wasn't able to deliver",
					 "unable to deliver",
					 "could not deliver",
					 "couldn't deliver",
					 "cannot deliver",
					 "delivery to the following",
					 "delivery failed",
					 "delivery has failed",
					 "delivery failure",
					 "error delivering",
					 "failed permanently",
					 "permanent fatal errors",
					 "permanent error",
					 "permanently failed",
					 "transcript of session",
					 "returned to sender",
					 "did not reach the following",
					 "recipient address rejected",
					 "user unknown",
					 "unknown user",
					 "no such user",
					 "user not found",
					 "invalid user",
					 "invalid recipient",
					 "mailbox unavailable",
					 "mailbox not found",
					 "mailbox is full",
					 "account does not exist",
					 "account that you tried to reach",
					 "tidak dapat dikirim",
					 "tidak bisa dikirim",
					 "gagal dikirim",
					 "gagal terkirim",
					 "tidak terkirim",
					 "konnte nicht zugestellt",
					 "n'a pas pu \xc3\xaatre",
					 "no se pudo entregar",
					 "no se ha podido entregar",
					 NULL };
static const char *const delays[] = { "will be retried",        "still being retried",    "will keep trying",
				      "will continue to be",    "continue trying",        "not yet been delivered",
				      "not been delivered yet", "delivery attempts will", "warning message only",
				      "no action is required",  "has been delayed",       "is delayed",
				      "akan dicoba lagi",       "masih tertunda",         NULL };
const char *clean_line_copy(struct arena *a, struct span s, size_t max)
{
	AUTO_BUF b = BUF_INIT(8 * LINE_BYTES);
	text_clean_line(&b, span_of(s.p, s.n < LINE_BYTES ? s.n : LINE_BYTES));
	size_t n = b.n > max ? max : b.n;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	return arena_strndup(a, buf_cstr(&b), n);
}

/* Where the returned mail begins: its words are not the notice's. */
static const char *const ends[] = { "--- below this line is a copy",
				    "------ this is a copy of",
				    "--- this is a copy of",
				    "message headers follow",
				    "original message follows",
				    "----- original message",
				    "----- returned",
				    "--- the header of the original",
				    "--- original message",
				    "return-path:",
				    "received: from",
				    "received: by",
				    NULL };
static const struct {
	const char *word, *status;
} meanings[] = {
	{ "full", "5.2.2" },           { "quota", "5.2.2" },
	{ "penuh", "5.2.2" },          { "user unknown", "5.1.1" },
	{ "unknown user", "5.1.1" },   { "no such user", "5.1.1" },
	{ "user not found", "5.1.1" }, { "does not exist", "5.1.1" },
	{ "doesn't exist", "5.1.1" },  { "no mailbox", "5.1.1" },
	{ "not found", "5.1.1" },      { "couldn't find any host", "5.1.2" },
	{ "host unknown", "5.1.2" },   { "domain not found", "5.1.2" },
	{ "spam", "5.7.1" },           { "blocked", "5.7.1" },
	{ "policy", "5.7.1" },
};

static bool has(struct span line, const char *word)
{
	return span_find_nocase(line, 0, word) < line.n;
}

static bool has_any(struct span line, const char *const *words)
{
	for (; *words; words++)
		if (has(line, *words))
			return true;
	return false;
}

static bool digit_at(struct span s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool word_begins(struct span s, size_t i)
{
	return i == 0 || !(ascii_is_alnum(s.p[i - 1]) || s.p[i - 1] == '.' || s.p[i - 1] == '-');
}

/* "5.1.1" as a word of its own (RFC 3463): its length, 0: none here. */
static size_t enhanced_at(struct span s, size_t i)
{
	size_t from = i;
	if (!word_begins(s, i) || i + 4 >= s.n || (s.p[i] != '4' && s.p[i] != '5') || s.p[i + 1] != '.')
		return 0;
	i++;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;
		i++; /* the dot */
		while (digit_at(s, i) && digits < 3) {
			i++;
			digits++;
		}
		if (digits == 0 || (part == 0 && (i >= s.n || s.p[i] != '.')))
			return 0;
	}
	return i < s.n && (ascii_is_alnum(s.p[i]) || (s.p[i] == '.' && digit_at(s, i + 1))) ? 0 : i - from;
}

/* "550 " or "550-" as a word of its own. */
static bool reply_at(struct span s, size_t i)
{
	return word_begins(s, i) && i + 3 < s.n && (s.p[i] == '4' || s.p[i] == '5') && digit_at(s, i + 1) && digit_at(s, i + 2) &&
	       s.p[i + 1] <= '5' && (s.p[i + 3] == ' ' || s.p[i + 3] == '-');
}

/* The first plain address of a line. */
static const char *address_in(struct span line, struct arena *a)
{
	for (size_t at = 0; at < line.n; at++) {
		if (line.p[at] != '@')
			continue;
		size_t from = at, to = at + 1;
		while (from > 0 && (ascii_is_alnum(line.p[from - 1]) || strchr("._-+=", line.p[from - 1])))
			from--;
		while (to < line.n && (ascii_is_alnum(line.p[to]) || line.p[to] == '.' || line.p[to] == '-'))
			to++;
		while (to > at && line.p[to - 1] == '.')
			to--;
		const char *s = arena_strndup(a, line.p + from, to - from);
		if (s && mail_address_valid(s))
			return s;
	}
	return NULL;
}

/* A line with a reply: what it says, kept where nothing better was read before. */
static void reply_line(struct failure *f, struct span line, struct arena *a)
{
	size_t i = 0, n = 0;
	bool code = false;
	char class = '\0';
	for (; i < line.n && n == 0; i++) {
		n = enhanced_at(line, i);
		if (!code && reply_at(line, i)) {
			code = true;
			class = (char)line.p[i];
		}
	}
	if (n == 0 &&
	    !(code && (has(line, "@") || has_any(line, sentences) || has(line, "rcpt") || has(line, "requested action"))))
		return;
	f->transcript = true;
	if (!f->recipient)
		f->recipient = address_in(line, a);
	if (f->status && strcmp(f->status, "5.0.0") != 0 && strcmp(f->status, "4.0.0") != 0)
		return;
	f->diagnostic = clean_line_copy(a, line, DIAGNOSTIC_MAX);
	f->status = n > 0 ? arena_strndup(a, line.p + i - 1, n) : class == '4' ? "4.0.0" : "5.0.0";
}

static void status_from_words(struct failure *f, struct span text)
{
	if (f->delay || (f->status && strcmp(f->status, "5.0.0") != 0) || !(f->sentence || f->transcript))
		return;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (has(text, meanings[i].word)) {
			f->status = meanings[i].status;
			return;
		}
}

int failure_read(struct span text, struct arena *a, struct failure *out)
{
	struct failure f = { 0 };
	struct span whole = span_of(text.p, text.n < READ_BYTES ? text.n : READ_BYTES), rest = whole, line;
	const unsigned char *end = whole.p;
	for (int i = 0; i < READ_LINES && span_next_line(&rest, &line); i++) {
		line = span_trim(line);
		if (line.n > 0 && line.p[0] == '>' && !has(line, "<<<") && !has(line, ">>>"))
			continue; /* quoted: somebody else's words */
		if (has_any(line, ends))
			break;
		if (line.n > 0)
			end = line.p + line.n;
		f.sentence = f.sentence || has_any(line, sentences);
		f.delay = f.delay || has_any(line, delays);
		reply_line(&f, line, a);
		if (!f.recipient && (f.sentence || f.delay))
			f.recipient = address_in(line, a);
	}
	status_from_words(&f, span_of(whole.p, (size_t)(end - whole.p)));
	if (arena_status(a) != 0)
		return -ENOMEM;
	*out = f;
	return 0;
}
