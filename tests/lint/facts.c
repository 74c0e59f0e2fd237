/* Prints what the programs' tables hold, a line each, for test_pages.py: "key TAB imap.host TAB required TAB default". */
#include "letter/letter_private.h"
#include "request/command.h"
#include "settings/settings.h"

#include <stdio.h>

static void key(void *context, const char *name, bool required, const char *fallback)
{
	(void)context;
	(void)printf("key\t%s\t%s\t%s\n", name, required ? "required" : "", fallback ? fallback : "");
}

int main(void)
{
	static const char *const levels[] = { [KEY_SAFE] = "safe", [KEY_APPLICANT] = "applicant", [KEY_STAFF] = "staff" };
	const struct letter_key *k;
	settings_keys(key, NULL);
	for (int i = 0; i < N_LETTERS; i++)
		(void)printf("template\t%s\t%s\n", letter_kind_word((enum letter_kind)i),
			     levels[letter_level((enum letter_kind)i)]);
	for (int i = 0; i < N_TICKET_STATES; i++)
		(void)printf("state\t%s\n", ticket_state_word((enum ticket_state)i));
	for (size_t i = 0; (k = letter_key_at(i)) != NULL; i++)
		(void)printf("value\t%s\t%s\n", k->name, levels[k->level]);
	for (int v = 0; v < COMMAND_UNKNOWN; v++)
		(void)printf("command\t%s\t%s\n", command_verb_word((enum command_verb)v), command_usage((enum command_verb)v));
	return 0;
}
