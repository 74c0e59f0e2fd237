/* T53: what a server may send to libetpan, at every cut of the bytes. */
#include "unit.h"

#include "mailbox/guard.h"

struct row {
	const char *name, *bytes;
	bool good;
};

#define TEN "(((((((((("
#define END "))))))))))"

static const struct row rows[] = {
	{ "nothing", "", true },
	{ "greeting", "* OK IMAP4rev1 ready :-) (really\r\n", true },
	{ "code", "* OK [CAPABILITY IMAP4rev1 (x)] ready (\r\n", true },
	{ "code_left_open", "* OK [PERMANENTFLAGS (\\Seen \\\r\n", false },
	{ "code_without_end", "* NO [ALERT\r\n", false },
	{ "tagged", "12 NO [NONEXISTENT] no (such folder\r\n", true },
	{ "tagged_code_left_open", "12 OK [COPYUID (\r\n", false },
	{ "lower_case", "* ok [x (] y\r\n", false },
	{ "continuation", "+ go on (\r\n+\r\n", true },
	{ "list", "* LIST (\\Noselect) \"/\" \"a(b\"\r\n", true },
	{ "list_quoted_delimiter", "* LIST () \"\\\\\" \"\\\"(\"\r\n", true },
	{ "left_open", "* LIST (\\Noselect \"/\" x\r\n", false },
	{ "quote_left_open", "* LIST () \"/ x\r\n", false },
	{ "closed_too_often", "* 1 FETCH (UID 9))\r\n", true },
	{ "literal", "* 1 FETCH (UID 9 BODY[] {12}\r\n((((\"((\r\n[(()\r\n* 2 EXISTS\r\n", true },
	{ "literal_left_open", "* 1 FETCH (UID 9 BODY[] {3}\r\nabc\r\n", false },
	{ "empty_literal", "* 1 FETCH (UID 9 BODY[] {0}\r\n)\r\n", true },
	{ "no_literal", "* 1 FETCH (UID 9 X {3})\r\n(\r\n", false },
	{ "fifty_deep", "* 1 FETCH " TEN TEN TEN TEN TEN END END END END END "\r\n", true },
	{ "one_more", "* 1 FETCH (" TEN TEN TEN TEN TEN END END END END END ")\r\n", false },
	{ "deep_in_a_first_word", "*((" TEN TEN TEN TEN TEN "\r\n", false },
	{ "numbers_beyond", "* 1 FETCH (X {99999999999999999999999999}\r\nabc", false },
};

static void at_every_cut(void **state)
{
	const struct row *r = *state;
	size_t n = strlen(r->bytes);
	for (size_t cut = 0; cut <= n; cut++) {
		struct guard g = { 0 };
		bool good = guard_take(&g, span_of(r->bytes, cut)) && guard_take(&g, span_of(r->bytes + cut, n - cut));
		if (good != r->good)
			fail_msg("cut at %zu", cut);
	}
}

int main(void)
{
	ADD_ROWS(rows, at_every_cut);
	return RUN_SUITE("guard");
}
