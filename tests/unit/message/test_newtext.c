/* Quotes, signatures, phone tails and disclaimers of the usual clients: newtexts.txt holds the rows. */
#include "unit.h"

#include "base/text.h"
#include "message/newtext.h"

struct cut_case {
	char *name, *full, *want;
	bool forward, answer;
};

static struct cut_case cases[300];
static size_t n_cases;

static void load(const char *path)
{
	FILE *f = fopen(path, "rb");
	static char text[200000];
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	struct cut_case *c = NULL;
	for (char *line = text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		if (str_starts(line, "==>")) {
			line[-1] = '\0';
			c->want = next;
		} else if (str_starts(line, "== ")) {
			assert_true(n_cases < COUNT(cases));
			if (c)
				line[-1] = '\0';
			c = &cases[n_cases++];
			c->name = line + 3;
			c->full = next;
			next[-1] = '\0';
			c->forward = strstr(c->name, " forward") != NULL;
			c->answer = !c->forward && !strstr(c->name, " new");
			c->name[strcspn(c->name, " ")] = '\0';
		}
	}
	size_t end = strlen(c->want);
	while (end > 0 && c->want[end - 1] == '\n')
		c->want[--end] = '\0';
}

static void cuts(void **state)
{
	const struct cut_case *c = *state;
	AUTO_ARENA a = arena_new(1 << 20);
	struct newtext t;
	assert_int_equal(newtext_cut(c->full, c->answer, c->forward, a, &t), 0);
	assert_string_equal(t.text, c->want);
	assert_int_equal(t.quoted, c->answer);
}

int main(int argc, char **argv)
{
	assert_true(argc == 2);
	load(argv[1]);
	assert_true(n_cases > 0);
	for (size_t i = 0; i < n_cases; i++)
		suite[n_suite++] = (struct CMUnitTest){ cases[i].name, cuts, NULL, NULL, &cases[i] };
	return RUN_SUITE("new text");
}
