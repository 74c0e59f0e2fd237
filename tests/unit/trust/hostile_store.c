/* For test_terminal.py: a store in which every text is what a terminal, JSON or a log should never get raw: all bytes
 * but NUL, and all invisible and direction characters.  As if every check before the store had failed. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#define MUST(x)                                                                                                                  \
	do {                                                                                                                     \
		if ((x) != 0) {                                                                                                  \
			(void)fprintf(stderr, "%s: %s\n", #x, err.text);                                                         \
			exit(1);                                                                                                 \
		}                                                                                                                \
	} while (0)

static const char *hostile(struct arena *a)
{
	AUTO_BUF b = BUF_INIT(10000);
	buf_add_str(&b, "T35");
	for (int c = 1; c < 256; c++)
		buf_add_char(&b, (char)c);
	buf_add_str(&b, "\x1b]0;T35\x07\x1b]52;c;AAAA\x07\x1b[2J");
	for (uint32_t cp = 0x80; cp < 0xa0; cp++)
		buf_add_utf8(&b, cp);
	for (uint32_t cp = 0x2000; cp < 0x2070; cp++)
		buf_add_utf8(&b, cp);
	buf_add_utf8(&b, 0xfeff);
	buf_add_utf8(&b, 0x61c);
	buf_add_utf8(&b, 0xe0001);
	return arena_strdup(a, buf_cstr(&b));
}

static void fill(struct store *s, struct arena *a, const char *bad)
{
	struct error err = { 0 };
	const struct instant now = { 1767579176000 };
	struct applicant person = { 0 };
	struct event events[] = { { .at = now, .who = bad, .what = EVENT_RECEIVED, .detail = bad } };
	for (int f = 0; f < N_FIELDS; f++)
		person.value[f] = person.given[f] = bad;
	struct ticket t = { .state = TICKET_EXAMINING,
			    .kind = REQUEST_RENEWAL,
			    .requester_name = bad,
			    .requester_address = bad,
			    .assigned_to = bad,
			    .opened_at = now,
			    .applicants = &person,
			    .n_applicants = 1,
			    .events = events,
			    .n_events = 1 };
	MUST(store_ticket_save(s, &t, 2026, a, &err));
	struct message_row m = { .ticket_id = t.id,
				 .direction = "in",
				 .kind = bad,
				 .from = bad,
				 .to = bad,
				 .subject = bad,
				 .message_id = bad,
				 .at = now,
				 .state = bad,
				 .text = bad };
	MUST(store_message_add(s, &m, &err));
	struct outbox_row out = { .ticket_id = t.id,
				  .kind = LETTER_ASSISTANCE,
				  .to_name = bad,
				  .to_address = bad,
				  .envelope_from = "",
				  .message_id = bad,
				  .subject = bad,
				  .queued_at = now,
				  .next_at = now };
	MUST(store_outbox_add(s, &out, &err));
	MUST(store_outbox_set(s, out.id, OUTBOX_FAILED, 1, now, 550, bad, now, &err));
	struct ledger_row row = { .uidvalidity = 1, .uid = 1, .internaldate = now };
	int64_t id;
	MUST(store_ledger_add(s, &row, &id, &err));
	MUST(store_ledger_done(s, id, DISPOSITION_QUARANTINED, bad, 0, now, &err));
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct store *s = NULL;
	struct arena *a = arena_new(16 << 20);
	const char *bad = a ? hostile(a) : NULL;
	if (argc != 2 || !bad)
		return 2;
	MUST(store_open(argv[1], STORE_OFFICE, &s, &err));
	MUST(store_begin(s, "hostile", &err));
	fill(s, a, bad);
	MUST(store_commit(s, &err));
	store_end(s);
	store_close(s);
	arena_free(a);
	return 0;
}
