/* Commands: every block is read; a command is either in error or has what its verb needs. */
#include "fuzz.h"

#include "request/command.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	struct buf text = BUF_INIT(4 * 1024 * 1024);
	struct command_block b = { 0 };
	text_clean(&text, span_of(data, size));
	if (!a || buf_status(&text) != 0 || command_read(buf_cstr(&text), a, &b) != 0)
		abort();
	for (size_t i = 0; i < b.n_commands; i++) {
		const struct command *c = &b.commands[i];
		if (c->error)
			continue;
		if ((c->verb == COMMAND_ALIH && !c->address) || (c->verb == COMMAND_ISI && !c->value) ||
		    (c->verb == COMMAND_GABUNG && !c->number) || (c->verb == COMMAND_TOLAK && !*c->text) ||
		    c->verb == COMMAND_UNKNOWN)
			abort();
	}
	buf_done(&text);
	arena_free(a);
	return 0;
}
