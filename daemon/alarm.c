#include "alarm.h"

#include "disk.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

enum {
	DISK_LOOK_MS = 5 * 60 * 1000, /* a disk that fills faster is a store that cannot be written, which is told at once */
	LOOK_AGAIN_MS = 1000,
	COMMAND_MAX_MS = 60 * 1000,
	ARGUMENTS_MAX = 40,
};

WORD_TABLE(alarm_kind, alarm_kind, [ALARM_MAILBOX] = "mailbox", [ALARM_SMTP] = "smtp", [ALARM_STORE] = "store",
	   [ALARM_DISK] = "disk", [ALARM_QUARANTINE] = "quarantine", [ALARM_MAIL] = "mail", [ALARM_RECONCILE] = "reconcile",
	   [ALARM_TOKENS] = "tokens", [ALARM_ENDING] = "ending")

/* --- the command ---------------------------------------------------------------------------- */

static int spawn(char *const argv[], pid_t *out)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	(void)sigemptyset(&none);
	int r = posix_spawn_file_actions_init(&fa);
	if (r != 0)
		return r;
	r = posix_spawnattr_init(&at);
	if (r == 0) {
		for (int fd = 0; r == 0 && fd < 3; fd++)
			r = posix_spawn_file_actions_addopen(&fa, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
		if (r == 0)
			r = posix_spawnattr_setsigmask(&at, &none);
		if (r == 0)
			r = posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
		if (r == 0)
			r = posix_spawn(out, argv[0], &fa, &at, argv, environ);
		(void)posix_spawnattr_destroy(&at);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return r;
}

/* COMMAND... KIND TEXT */
static bool run_command(struct alarm *a, enum alarm_kind k, const char *text)
{
	char *argv[ARGUMENTS_MAX + 3];
	size_t n = 0;
	if (a->settings->alarm.n_command == 0)
		return true;
	if (a->command > 0)
		return false; /* one at a time: told at the next look */
	for (; n < a->settings->alarm.n_command && n < ARGUMENTS_MAX; n++)
		argv[n] = (char *)(uintptr_t)a->settings->alarm.command[n];
	argv[n++] = (char *)(uintptr_t)alarm_kind_word(k);
	argv[n++] = (char *)(uintptr_t)text;
	argv[n] = NULL;
	int r = spawn(argv, &a->command);
	if (r != 0) {
		a->command = 0;
		sink_line(OFFICE_ERROR, "alarm-command", "%s cannot be run: %s", argv[0], strerror(r));
	}
	a->command_since_ms = clock_monotonic_ms();
	return true;
}

void alarm_reap(struct alarm *a)
{
	int status;
	if (a->command <= 0 || waitpid(a->command, &status, WNOHANG) != a->command)
		return;
	a->command = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		sink_line(OFFICE_ERROR, "alarm-command", "alarm.command failed: status %d", status);
}

static void command_watch(struct alarm *a)
{
	if (a->command > 0 && clock_monotonic_ms() - a->command_since_ms > COMMAND_MAX_MS)
		(void)kill(a->command, SIGKILL);
}

/* --- what is wrong -------------------------------------------------------------------------------- */

static void describe(const struct alarm *a, const struct office_health *h, enum alarm_kind k, uint64_t free_mib, char out[200])
{
	unsigned long long minutes = (unsigned long long)(clock_monotonic_ms() - a->kind[k].since_ms) / 60000;
	switch (k) {
	case ALARM_MAILBOX:
		(void)snprintf(out, 200, "no mail is read for %llu minutes: the IMAP server is not reached", minutes);
		break;
	case ALARM_SMTP:
		(void)snprintf(out, 200, "no mail leaves for %llu minutes: the SMTP server takes none", minutes);
		break;
	case ALARM_STORE:
		(void)snprintf(out, 200, "the store cannot be written: intake stands");
		break;
	case ALARM_DISK:
		(void)snprintf(out, 200, "the disk of the store is nearly full: %llu MiB are left", (unsigned long long)free_mib);
		break;
	case ALARM_QUARANTINE:
		(void)snprintf(out, 200, "%llu mails went into quarantine since the start", (unsigned long long)h->quarantined);
		break;
	case ALARM_MAIL:
		(void)snprintf(out, 200, "%llu outgoing mails failed or are uncertain since the start",
			       (unsigned long long)h->unsent);
		break;
	case ALARM_RECONCILE:
		(void)snprintf(out, 200, "%u mails on the server have no disposition", h->unaccounted);
		break;
	case ALARM_TOKENS:
		(void)snprintf(out, 200, "the log-in by token fails until somebody mends it: %.140s", a->tokens);
		break;
	case ALARM_ENDING:
		(void)snprintf(out, 200, "%s", a->ending);
		break;
	case N_ALARMS:
		break;
	}
}

static int64_t every_ms(const struct alarm *a, enum alarm_kind k)
{
	int64_t every = a->settings->alarm.every.ms;
	return k == ALARM_ENDING && every < DAYS(1).ms ? DAYS(1).ms : every;
}

/* after_ms: how long it must last before it is told.  true: told now. */
static bool judge(struct alarm *a, const struct office_health *h, enum alarm_kind k, bool wrong, int64_t after_ms,
		  uint64_t free_mib)
{
	int64_t now = clock_monotonic_ms();
	char text[200] = "";
	if (!wrong) {
		if (a->kind[k].told)
			sink_line(OFFICE_NOTICE, "alarm-over", "%s: in order again", alarm_kind_word(k));
		a->kind[k].on = a->kind[k].told = false;
		return false;
	}
	if (!a->kind[k].on)
		a->kind[k].since_ms = now;
	a->kind[k].on = true;
	bool again = a->kind[k].told && now - a->kind[k].told_ms < every_ms(a, k);
	if (now - a->kind[k].since_ms < after_ms || again)
		return false;
	describe(a, h, k, free_mib, text);
	if (!run_command(a, k, text))
		return false;
	sink_line(OFFICE_CRITICAL, "alarm", "%s: %s", alarm_kind_word(k), text);
	a->kind[k].told = true;
	a->kind[k].told_ms = now;
	return true;
}

/* A count is news, not a lasting state: told when there is more than was told, at most once in alarm.every. */
static void judge_count(struct alarm *a, const struct office_health *h, enum alarm_kind k, uint64_t count, uint64_t *told)
{
	if (count > *told && judge(a, h, k, true, 0, 0))
		*told = count;
}

/* When the next of what lasts is to be told, or told again; what is new wakes the daemon by itself. */
static int64_t next_look_ms(const struct alarm *a, const struct office_health *h, int64_t after_ms)
{
	int64_t now = clock_monotonic_ms(), next = a->next_disk_ms;
	const bool waits[N_ALARMS] = { [ALARM_MAILBOX] = true,
				       [ALARM_SMTP] = true,
				       [ALARM_STORE] = true,
				       [ALARM_RECONCILE] = true,
				       [ALARM_TOKENS] = true,
				       [ALARM_ENDING] = true,
				       [ALARM_QUARANTINE] = h->quarantined > a->quarantined_told,
				       [ALARM_MAIL] = h->unsent > a->unsent_told };
	for (size_t k = 0; k < N_ALARMS; k++) {
		bool lasting = k == ALARM_MAILBOX || k == ALARM_SMTP;
		int64_t due = a->kind[k].told ? a->kind[k].told_ms + every_ms(a, (enum alarm_kind)k)
					      : a->kind[k].since_ms + (lasting ? after_ms : 0);
		if (waits[k] && a->kind[k].on && due < next)
			next = due;
	}
	if (a->command > 0 && a->command_since_ms + COMMAND_MAX_MS < next)
		next = a->command_since_ms + COMMAND_MAX_MS;
	return next - now > LOOK_AGAIN_MS ? next - now : LOOK_AGAIN_MS;
}

int64_t alarm_look(struct alarm *a, const struct office_health *h)
{
	int64_t after = a->settings->alarm.after.ms;
	uint64_t free_mib = 0;
	command_watch(a);
	(void)judge(a, h, ALARM_MAILBOX, !h->connected, after, 0);
	(void)judge(a, h, ALARM_SMTP, h->relay_down, after, 0);
	(void)judge(a, h, ALARM_STORE, h->store_fault, 0, 0);
	(void)judge(a, h, ALARM_RECONCILE, h->unaccounted > 0, 0, 0);
	(void)judge(a, h, ALARM_TOKENS, a->tokens != NULL, 0, 0);
	(void)judge(a, h, ALARM_ENDING, a->ending != NULL, 0, 0);
	judge_count(a, h, ALARM_QUARANTINE, h->quarantined, &a->quarantined_told);
	judge_count(a, h, ALARM_MAIL, h->unsent, &a->unsent_told);
	if (clock_monotonic_ms() >= a->next_disk_ms) {
		bool low = disk_low(a->settings->store.directory, &free_mib);
		(void)judge(a, h, ALARM_DISK, low, 0, free_mib);
		a->next_disk_ms = clock_monotonic_ms() + DISK_LOOK_MS;
	}
	return next_look_ms(a, h, after);
}
