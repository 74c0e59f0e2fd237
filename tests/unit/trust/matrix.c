/* For test_matrix.py: tells the Message-IDs of a mailroom, then reads mails (four bytes of length, big end first, and
 * the mail) and answers each with one line of what it would do.  Nothing is kept: each mail meets the same room. */
#include "mailroom.h"

static bool read_all(void *p, size_t n)
{
	return fread(p, 1, n, stdin) == n;
}

static void mark_used(struct mailroom *m, const char *raw, size_t n)
{
	struct outcome o;
	room_decide(m, span_of(raw, n), true, 0, NULL, &o);
	assert_int_equal(o.decision.disposition, DISPOSITION_COMMAND);
	outcome_done(&o);
}

static void answer(struct mailroom *m, const char *raw, size_t n)
{
	struct outcome o;
	size_t refusals = 0, words = 0, confirmations = 0;
	room_decide(m, span_of(raw, n), false, 0, NULL, &o);
	for (size_t i = 0; i < o.n_mails; i++) {
		refusals += o.mails[i].kind == LETTER_REFUSAL;
		words += o.mails[i].kind == LETTER_ASSISTANCE;
		confirmations += o.mails[i].kind == LETTER_CONFIRMATION;
	}
	(void)printf("%s moved=%d refusal=%zu words=%zu outside=%zu asked=%zu\n", disposition_word(o.decision.disposition),
		     strcmp(o.before, o.after) != 0, refusals, words, o.n_outside, confirmations);
	outcome_done(&o);
}

int main(void)
{
	struct mailroom m;
	unsigned char head[4];
	bool first = true;
	room_open(&m);
	(void)printf("{\"own\": \"%s\", \"colleague\": \"%s\", \"stranger\": \"%s\", \"expired\": \"%s\"}\n", m.own, m.own_dua,
		     m.ack, m.expired);
	(void)fflush(stdout);
	while (read_all(head, sizeof(head))) {
		size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
		char *raw = malloc(n + 1);
		assert_non_null(raw);
		assert_true(read_all(raw, n));
		if (first)
			mark_used(&m, raw, n); /* the mail that uses a token up */
		else
			answer(&m, raw, n);
		first = false;
		free(raw);
	}
	room_close(&m);
	return 0;
}
