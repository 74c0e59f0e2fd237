#include "mailbox/guard.h"

#include "base/text.h"

#include <string.h>

enum { NESTED_MAX = 50 };
enum { LINE_START, LINE_DATA, LINE_CODE, LINE_WORDS }; /* CODE: "[...]" after a status; WORDS: text for people */
enum { BRACE_NONE, BRACE_DIGITS, BRACE_CLOSED };

static bool is_status(const struct guard *g)
{
	static const char *const words[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is_nocase(span_of(g->status, g->n_status), words[i]))
			return true;
	return false;
}

/* Up to the second blank it is not known what the line is. */
static void start_char(struct guard *g, unsigned char c)
{
	if (g->word == 2) {
		g->where = c == '[' ? LINE_CODE : LINE_WORDS;
	} else if (c == '+' && g->word == 0 && g->n_status == 0) {
		g->where = LINE_WORDS;
	} else if (c == ' ' && ++g->word == 2 && !is_status(g)) {
		g->where = LINE_DATA;
	} else if (c != ' ' && g->word == 1 && g->n_status < sizeof(g->status)) {
		g->status[g->n_status++] = (char)c;
	} else if (c == '(' || c == '"' || c == '{') {
		g->where = LINE_DATA;
	}
}

static void brace_char(struct guard *g, unsigned char c)
{
	if (c == '{') {
		g->brace = BRACE_DIGITS;
		g->announced = 0;
	} else if (g->brace == BRACE_DIGITS && ascii_is_digit(c) && g->announced < UINT64_MAX / 100) {
		g->announced = g->announced * 10 + (uint64_t)(c - '0');
	} else if (g->brace == BRACE_DIGITS && c == '}') {
		g->brace = BRACE_CLOSED;
	} else if (c != '\r' && !(g->brace == BRACE_DIGITS && c == '+')) {
		g->brace = BRACE_NONE;
	}
}

static bool data_char(struct guard *g, unsigned char c)
{
	if (g->escaped) {
		g->escaped = false;
		return true;
	}
	if (g->quoted) {
		g->escaped = c == '\\';
		g->quoted = c != '"';
		return true;
	}
	brace_char(g, c);
	if (c == '"')
		g->quoted = true;
	else if (c == '(')
		g->depth++;
	else if (c == ')' && g->depth > 0)
		g->depth--;
	else if (c == ']' && g->where == LINE_CODE && g->depth == 0)
		g->where = LINE_WORDS;
	return g->depth <= NESTED_MAX;
}

static bool line_end(struct guard *g)
{
	if (g->where == LINE_DATA && g->brace == BRACE_CLOSED && !g->quoted) {
		g->literal = g->announced;
		g->brace = BRACE_NONE;
		return true;
	}
	bool open = g->where == LINE_CODE || (g->where == LINE_DATA && (g->depth > 0 || g->quoted));
	*g = (struct guard){ 0 };
	return !open;
}

bool guard_take(struct guard *g, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		if (g->literal > 0) {
			size_t n = g->literal < s.n - i ? (size_t)g->literal : s.n - i;
			g->literal -= n;
			i += n - 1;
			continue;
		}
		if (c == '\n') {
			if (!line_end(g))
				return false;
			continue;
		}
		if (g->where == LINE_START)
			start_char(g, c);
		if ((g->where == LINE_DATA || g->where == LINE_CODE) && !data_char(g, c))
			return false;
	}
	return true;
}
