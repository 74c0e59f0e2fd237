#include "prompt.h"

#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000, CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, DELETE = 127 };

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

void prompt_begin(void)
{
	const struct sigaction give_up = { .sa_handler = on_interrupt };
	(void)sigaction(SIGINT, &give_up, NULL);
	(void)setvbuf(stdin, NULL, _IONBF, 0); /* what is typed ahead stays where poll(2) sees it */
}

/* False: Ctrl-C, now or since prompt_begin().  The signal waits outside ppoll(2), so none falls between the look and the wait. */
static bool wait_for_input(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t interrupt, before;
	(void)sigemptyset(&interrupt);
	(void)sigaddset(&interrupt, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &interrupt, &before);
	int r = -1;
	while (!interrupted && (r = ppoll(&p, 1, NULL, &before)) < 0 && errno == EINTR)
		continue;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r > 0 && !interrupted;
}

int prompt_line(const char *question, const char *fallback, struct arena *a, const char **out)
{
	char line[LINE_MAX_BYTES];
	AUTO_BUF clean = BUF_INIT(4 * LINE_MAX_BYTES);
	(void)printf(fallback && *fallback ? "%s [%s]: " : "%s: ", question, fallback);
	(void)fflush(stdout);
	if (!wait_for_input() || !fgets(line, sizeof(line), stdin))
		return -ECANCELED;
	text_clean_line(&clean, span_str(line));
	struct span s = span_trim(buf_span(&clean));
	*out = s.n ? arena_strndup(a, s.p, s.n) : fallback ? fallback : "";
	return *out ? 0 : -ENOMEM;
}

/* One key at a time, so that Ctrl-C leaves the terminal as it was. */
static int keys_read(char *p, size_t n)
{
	size_t at = 0;
	for (;;) {
		unsigned char c = 0;
		if (!wait_for_input() || read(STDIN_FILENO, &c, 1) != 1 || c == CTRL_C || (c == CTRL_D && at == 0))
			return -ECANCELED;
		if (c == '\n' || c == '\r')
			break;
		if (c == BACKSPACE || c == DELETE)
			at -= at > 0;
		else if (c >= ' ' && at + 1 >= n)
			return -E2BIG;
		else if (c >= ' ')
			p[at++] = (char)c;
	}
	p[at] = '\0';
	return 0;
}

int prompt_secret(const char *question, char *p, size_t n)
{
	struct termios before, quiet;
	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return -ECANCELED;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &quiet) < 0) /* first: who is quick is not shown either */
		return -ECANCELED;
	(void)printf("%s: ", question);
	(void)fflush(stdout);
	int r = keys_read(p, n);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
	(void)printf("\n");
	return r;
}
