/* sitanted(8): options, signals, the loop, and the wiring of office, mailbox process and relay. */
#include "alarm.h"
#include "child.h"
#include "doorbell.h"
#include "loop.h"
#include "metrics.h"
#include "plan.h"
#include "senders.h"
#include "sink.h"
#include "status.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum {
	EXIT_DONE = 0,
	EXIT_UNDONE = 1,
	EXIT_CONFIG = 2,
	CHILD_FIRST_MS = 1000,
	CHILD_LAST_MS = 60 * 1000,
	STOP_WAIT_MS = 20 * 1000,
};

struct daemon {
	const char *config_path;
	bool once;
	struct loop loop;
	struct plan *plan;
	struct plan *next_plan; /* loaded by SIGHUP, taken when no mail is at the relay */
	struct store *store;
	struct office *office;
	struct senders senders;
	struct tokens tokens;
	struct child mailbox;
	uint32_t mailbox_failures;
	int turn_timer, child_timer, watchdog_timer, stop_timer, status_timer, metrics_timer, alarm_timer;
	int signal_fd, doorbell_fd, reader_fd, document_fd, examiner_fd;
	uint64_t watchdog_us;
	struct status_writer status;
	struct metrics_writer metrics;
	struct alarm alarm;
	char ending[200]; /* what ends within two weeks */
	bool stopping, finished, failed;
};

static void sent(void *context, const struct relay_job *job, const struct relay_result *result)
{
	struct daemon *d = context;
	office_relay_done(d->office, job, result);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

/* --- access tokens ------------------------------------------------------------------ */

static void token_given(void *context, enum token_user user, const struct token_given *given)
{
	struct daemon *d = context;
	AUTO_BUF frame = BUF_INIT(LIMIT_FRAME_BYTES);
	if (user == TOKEN_RELAY) {
		senders_token(&d->senders, given);
		return;
	}
	wire_put_u8(&frame, MAILBOX_TOKEN);
	wire_put_u32(&frame, given->number);
	wire_put_str(&frame, given->text);
	wire_put_u8(&frame, given->refused);
	/* where it is gone or stuck, its socket or its silence tells */
	if (buf_status(&frame) == 0 && child_send(&d->mailbox, buf_span(&frame), NULL, 0) < 0)
		loop_timer_set(&d->loop, d->turn_timer, 0);
	if (frame.p)
		explicit_bzero(frame.p, frame.n);
}

static void token_changed(void *context)
{
	struct daemon *d = context;
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

/* --- mailbox process --------------------------------------------------------------- */

static void mailbox_down(struct daemon *d, const char *why)
{
	int64_t delay = CHILD_FIRST_MS;
	for (uint32_t i = 0; i < d->mailbox_failures && delay < CHILD_LAST_MS; i++)
		delay *= 2;
	if (d->mailbox.fd >= 0)
		loop_unwatch(&d->loop, d->mailbox.fd);
	child_close(&d->mailbox);
	office_mailbox_lost(d->office);
	if (d->stopping)
		return;
	d->mailbox_failures++;
	sink_line(OFFICE_ERROR, "mailbox-process", "%s; started again in %lld ms", why, (long long)delay);
	loop_timer_set(&d->loop, d->child_timer, delay > CHILD_LAST_MS ? CHILD_LAST_MS : delay);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void mailbox_ready(void *context, int fd, short revents)
{
	struct daemon *d = context;
	unsigned char frame[LIMIT_FRAME_BYTES];
	(void)fd;
	(void)revents;
	ssize_t n = child_receive(&d->mailbox, frame, sizeof(frame));
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		mailbox_down(d, "the mailbox process closed its socket");
		return;
	}
	if (frame[0] == MAILBOX_TOKEN_WANTED) {
		struct wire w = wire_open(span_of(frame + 1, (size_t)n - 1));
		tokens_want(&d->tokens, TOKEN_MAILBOX, wire_u32(&w));
		return;
	}
	if (frame[0] == MAILBOX_HELLO)
		d->mailbox_failures = 0;
	office_mailbox_frame(d->office, span_of(frame, (size_t)n));
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void mailbox_start(void *context)
{
	struct daemon *d = context;
	struct error err = { 0 };
	if (d->stopping)
		return;
	if (d->mailbox.pid > 0)
		child_kill(&d->mailbox); /* closed its socket but lives on */
	int r = child_start(&d->mailbox, d->config_path, &err);
	if (r == 0)
		r = loop_watch(&d->loop, d->mailbox.fd, POLLIN, mailbox_ready, d);
	if (r < 0)
		mailbox_down(d, err.text[0] ? err.text : strerror(-r));
	else
		office_mailbox_started(d->office);
}

static int port_mailbox_send(void *context, struct span frame, const int *fds, size_t n)
{
	struct daemon *d = context;
	int r = child_send(&d->mailbox, frame, fds, n);
	if (r < 0)
		mailbox_down(d, "the mailbox process takes no order");
	return r;
}

static void port_mailbox_end(void *context)
{
	struct daemon *d = context;
	int fd = d->mailbox.fd;
	if (fd >= 0)
		loop_unwatch(&d->loop, fd);
	child_kill(&d->mailbox);
	mailbox_down(d, "the mailbox process hangs");
}

/* --- turns ------------------------------------------------------------------------- */

static void reader_ready(void *context, int fd, short revents)
{
	struct daemon *d = context;
	(void)fd;
	(void)revents;
	office_reader_ready(d->office);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void examiner_ready(void *context, int fd, short revents)
{
	struct daemon *d = context;
	(void)fd;
	(void)revents;
	office_examiner_ready(d->office);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void document_ready(void *context, int fd, short revents)
{
	struct daemon *d = context;
	(void)fd;
	(void)revents;
	office_document_ready(d->office);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static int follow(struct daemon *d, int *watched, int fd, loop_fd_fn *fn)
{
	if (fd == *watched)
		return 0;
	if (*watched >= 0)
		loop_unwatch(&d->loop, *watched);
	*watched = fd;
	return fd >= 0 ? loop_watch(&d->loop, fd, POLLIN, fn, d) : 0;
}

static void once_check(struct daemon *d, const struct office_health *h)
{
	bool blocked = h->trouble || h->stuck || h->store_fault || h->no_room || d->mailbox_failures > 0;
	bool sending_blocked = h->relay_down && office_sending(d->office) == 0;
	if (!d->once || d->stopping || d->finished)
		return;
	if (h->done && !h->relay_down) {
		d->finished = true;
	} else if (sending_blocked || (blocked && office_sending(d->office) == 0 && !office_busy(d->office))) {
		d->failed = d->finished = true;
		sink_line(OFFICE_ERROR, "left-undone", "--once: something is left undone, see above");
	}
}

static void swap_plan(struct daemon *d);

static void turn(void *context)
{
	struct daemon *d = context;
	struct office_health h;
	struct instant now = clock_wall();
	if (d->next_plan && office_sending(d->office) == 0 && !d->tokens.fetching)
		swap_plan(d);
	if (!d->stopping) {
		int64_t wait = office_turn(d->office, now);
		loop_timer_set(&d->loop, d->turn_timer, wait);
	}
	if (follow(d, &d->reader_fd, office_reader_fd(d->office), reader_ready) < 0 ||
	    follow(d, &d->examiner_fd, office_examiner_fd(d->office), examiner_ready) < 0 ||
	    follow(d, &d->document_fd, office_document_fd(d->office), document_ready) < 0)
		sink_line(OFFICE_ERROR, "loop", "too many descriptors are watched");
	office_health(d->office, &h);
	d->alarm.tokens = tokens_alarm(&d->tokens);
	d->alarm.ending = exchange_ending(d->plan->settings, d->tokens.exchange.refresh_ends, now, d->ending);
	d->status.tokens = tokens_trouble(&d->tokens);
	d->status.ending = d->alarm.ending;
	bool changed = !d->status.any || !status_same(&d->status.last, &h);
	loop_timer_set(&d->loop, d->status_timer, status_write(&d->status, &h, now));
	loop_timer_set(&d->loop, d->metrics_timer, metrics_write(&d->metrics, &h, now, changed));
	if (!d->once) /* there the exit status tells */
		loop_timer_set(&d->loop, d->alarm_timer, alarm_look(&d->alarm, &h));
	(void)sd_notifyf(0, "STATUS=%s, %llu mails handled, %llu sent", h.connected ? "connected" : "not connected",
			 (unsigned long long)h.handled, (unsigned long long)h.sent);
	once_check(d, &h);
	if (d->stopping && office_sending(d->office) == 0 && !office_busy(d->office) && !d->tokens.fetching)
		d->finished = true;
}

/* Fed at the end of a finished turn only, and not where a thread never came back: a stuck daemon is restarted. */
static void watchdog(void *context)
{
	struct daemon *d = context;
	struct office_health h;
	turn(d);
	office_health(d->office, &h);
	if (h.stalled)
		sink_line(OFFICE_CRITICAL, "relay-hangs",
			  "an outgoing mail never came back from the relay: waiting to be restarted");
	else
		(void)sd_notify(0, "WATCHDOG=1");
	loop_timer_set(&d->loop, d->watchdog_timer, (int64_t)(d->watchdog_us / 2000));
}

static void bell(void *context, int fd, short revents)
{
	struct daemon *d = context;
	(void)revents;
	doorbell_drain(fd);
	d->metrics.changed = true;
	office_wake(d->office);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void stop_late(void *context)
{
	((struct daemon *)context)->finished = true;
}

/* --- reload, stop, children --------------------------------------------------------- */

/* Where the figures go, by the configuration in use; a file that is not written any more would tell of the past. */
static void metrics_point(struct daemon *d)
{
	const struct settings *s = d->plan->settings;
	if (d->metrics.path && !str_eq(d->metrics.path, s->monitor.prometheus))
		metrics_remove(&d->metrics);
	d->metrics.path = s->monitor.prometheus;
	d->metrics.mailbox = s->mailbox.address;
	d->metrics.changed = true;
}

static void swap_plan(struct daemon *d)
{
	struct error err = { 0 };
	struct plan *old = d->plan;
	d->plan = d->next_plan;
	d->alarm.settings = d->plan->settings;
	d->status.directory = d->plan->settings->store.directory;
	d->next_plan = NULL;
	office_configure(d->office, &d->plan->office);
	int r = tokens_open(&d->tokens, d->plan->settings);
	if (r == 0)
		r = senders_open(&d->senders, d->plan->settings, &err);
	if (r < 0)
		sink_line(OFFICE_ERROR, "relay", "%s", err.text[0] ? err.text : strerror(-r));
	office_hold_sending(d->office, r < 0);
	metrics_point(d);
	plan_free(old);
	loop_unwatch(&d->loop, d->mailbox.fd);
	child_kill(&d->mailbox);
	office_mailbox_lost(d->office);
	mailbox_start(d);
	(void)sd_notify(0, "READY=1");
	sink_line(OFFICE_NOTICE, "reloaded", "configuration reloaded");
}

static void reload(struct daemon *d)
{
	AUTO_BUF faults = BUF_INIT(64 * 1024);
	struct plan *p = NULL;
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic_ms() * 1000);
	int r = plan_load(d->config_path, &p, &faults);
	if (r == 0 && !str_eq(p->settings->store.directory, d->plan->settings->store.directory)) {
		buf_add_str(&faults, "store.directory cannot change while the daemon runs: restart it\n");
		plan_free(p);
		r = 1;
	}
	if (r != 0) {
		struct span rest = buf_span(&faults), line;
		while (span_next_line(&rest, &line))
			sink_line(OFFICE_ERROR, "configuration", "%.*s", (int)line.n, (const char *)line.p);
		sink_line(OFFICE_ERROR, "reload-refused", "the new configuration is not usable; the old one stays");
		(void)sd_notify(0, "READY=1");
		return;
	}
	plan_free(d->next_plan);
	d->next_plan = p;
	office_hold_sending(d->office, true);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void stop(struct daemon *d)
{
	if (d->stopping) {
		d->finished = true; /* asked twice: at once */
		return;
	}
	(void)sd_notify(0, "STOPPING=1");
	d->stopping = true;
	office_hold_sending(d->office, true);
	loop_timer_set(&d->loop, d->stop_timer, STOP_WAIT_MS);
	loop_timer_set(&d->loop, d->turn_timer, 0);
}

static void reap(struct daemon *d)
{
	int status;
	alarm_reap(&d->alarm);
	if (d->mailbox.pid > 0 && waitpid(d->mailbox.pid, &status, WNOHANG) == d->mailbox.pid) {
		d->mailbox.pid = 0;
		if (d->mailbox.fd >= 0)
			mailbox_down(d, WIFSIGNALED(status) ? "the mailbox process was killed or crashed"
							    : "the mailbox process ended");
	}
}

static void signalled(void *context, int fd, short revents)
{
	struct daemon *d = context;
	struct signalfd_siginfo info;
	(void)revents;
	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			reload(d);
		else if (info.ssi_signo == SIGCHLD)
			reap(d);
		else
			stop(d);
	}
}

static int signals_open(struct daemon *d)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	d->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signal_fd < 0 ? -errno : loop_watch(&d->loop, d->signal_fd, POLLIN, signalled, d);
}

/* --- start --------------------------------------------------------------------------- */

static void harden(void)
{
	struct rlimit none = { 0, 0 };
	(void)umask(0077);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)mallopt(M_ARENA_MAX, 1); /* the relay's threads need no heaps of their own */
	(void)prctl(PR_SET_DUMPABLE, 0);
}

static int timers_open(struct daemon *d)
{
	d->turn_timer = loop_timer_new(&d->loop, turn, d);
	d->status_timer = loop_timer_new(&d->loop, turn, d);
	d->metrics_timer = loop_timer_new(&d->loop, turn, d);
	d->alarm_timer = loop_timer_new(&d->loop, turn, d);
	d->child_timer = loop_timer_new(&d->loop, mailbox_start, d);
	d->watchdog_timer = loop_timer_new(&d->loop, watchdog, d);
	d->stop_timer = loop_timer_new(&d->loop, stop_late, d);
	int r = d->stop_timer < 0 ? d->stop_timer : tokens_init(&d->tokens, &d->loop, token_given, token_changed, d);
	return r < 0 ? r : senders_init(&d->senders, &d->loop, &d->tokens, sent, d);
}

static int store_and_office(struct daemon *d, struct error *err)
{
	const struct settings *s = d->plan->settings;
	struct office_ports ports = {
		.mailbox_send = port_mailbox_send, .mailbox_end = port_mailbox_end, .note = sink_note, .context = d
	};
	senders_ports(&d->senders, ports.relay);
	int r = store_open(s->store.directory, STORE_OFFICE, &d->store, err);
	if (r != 0)
		return r;
	d->doorbell_fd = doorbell_open(s->store.directory, err);
	if (d->doorbell_fd < 0)
		return d->doorbell_fd;
	r = loop_watch(&d->loop, d->doorbell_fd, POLLIN, bell, d);
	if (r == 0)
		r = tokens_open(&d->tokens, s);
	if (r == 0)
		r = senders_open(&d->senders, s, err);
	if (r == 0)
		r = office_new(d->store, &d->plan->office, &ports, clock_wall(), &d->office, err);
	d->alarm.settings = s;
	d->status = (struct status_writer){ .directory = s->store.directory,
					    .started = clock_wall(),
					    .offset_s = zone_offset(calendar_zone(d->plan->rules.calendar), clock_wall()) };
	d->metrics = (struct metrics_writer){ .store = d->store, .started = d->status.started };
	metrics_point(d);
	return r;
}

static int run(struct daemon *d)
{
	mailbox_start(d);
	loop_timer_set(&d->loop, d->turn_timer, 0);
	if (sd_watchdog_enabled(0, &d->watchdog_us) > 0)
		loop_timer_set(&d->loop, d->watchdog_timer, (int64_t)(d->watchdog_us / 2000));
	(void)sd_notify(0, "READY=1");
	sink_line(OFFICE_NOTICE, "started", "sitanted %s", SITANTE_VERSION);
	while (!d->finished) {
		int r = loop_step(&d->loop);
		if (r < 0) {
			sink_line(OFFICE_ERROR, "loop", "poll: %s", strerror(-r));
			return EXIT_UNDONE;
		}
	}
	return d->failed ? EXIT_UNDONE : EXIT_DONE;
}

static void close_all(struct daemon *d)
{
	metrics_remove(&d->metrics);
	child_kill(&d->mailbox);
	senders_close(&d->senders);
	tokens_close(&d->tokens);
	office_free(d->office);
	store_close(d->store);
	if (d->plan) {
		doorbell_close(d->doorbell_fd, d->plan->settings->store.directory);
		if (d->status.directory)
			status_remove(&d->status);
	}
	plan_free(d->next_plan);
	plan_free(d->plan);
}

static void usage(FILE *to)
{
	(void)fputs("usage: sitanted [-c FILE] [--once]\n"
		    "  -c, --config FILE  configuration (default " SITANTE_SYSCONFDIR "/sitante/sitante.conf)\n"
		    "      --once         handle all mail that waits, send all that is due, then exit\n"
		    "      --help, --version\n",
		    to);
}

/* -1: go on; else the exit status. */
static int options(int argc, char **argv, struct daemon *d)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "once", no_argument, NULL, 'o' },
					       { "help", no_argument, NULL, 'h' },
					       { "version", no_argument, NULL, 'v' },
					       { 0 } };
	int c;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c') {
			d->config_path = optarg;
		} else if (c == 'o') {
			d->once = true;
		} else if (c == 'h') {
			usage(stdout);
			return EXIT_DONE;
		} else if (c == 'v') {
			(void)puts("sitanted " SITANTE_VERSION);
			return EXIT_DONE;
		} else {
			usage(stderr);
			return EXIT_CONFIG;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_CONFIG;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct daemon d = { .config_path = SITANTE_SYSCONFDIR "/sitante/sitante.conf",
			    .mailbox = CHILD_NONE,
			    .reader_fd = -1,
			    .document_fd = -1,
			    .examiner_fd = -1,
			    .doorbell_fd = -1,
			    .signal_fd = -1 };
	AUTO_BUF faults = BUF_INIT(64 * 1024);
	struct error err = { 0 };
	int r = options(argc, argv, &d);
	if (r >= 0)
		return r;
	harden();
	r = plan_load(d.config_path, &d.plan, &faults);
	if (r != 0) {
		(void)fputs(buf_cstr(&faults), stderr);
		return r < 0 ? EXIT_UNDONE : EXIT_CONFIG; /* systemd starts again what may pass, not what is wrong */
	}
	r = timers_open(&d);
	if (r == 0)
		r = signals_open(&d);
	if (r == 0)
		r = store_and_office(&d, &err);
	if (r != 0) {
		sink_line(OFFICE_ERROR, "start", "%s", err.text[0] ? err.text : strerror(-r));
		close_all(&d);
		return EXIT_UNDONE;
	}
	r = run(&d);
	close_all(&d);
	return r;
}
