/* For test_smtp.py: gives one mail to a relay, and tells how it ended, what it cost, and how long the relay's end took.
 * usage: send HOST PORT tls|starttls|plaintext CA-FILE USER PASSWORD SECONDS   (CA-FILE and USER may be "") */
#include "relay/relay.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char mail[] = "Subject: x\r\n\r\n.halo\r\n..\r\n";

struct source {
	size_t at;
	bool ended;
	struct relay_result result;
};

static ssize_t mail_read(void *source, char *p, size_t n)
{
	struct source *s = source;
	size_t left = sizeof(mail) - 1 - s->at;
	n = n < left ? n : left;
	memcpy(p, mail + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static int mail_rewind(void *source)
{
	((struct source *)source)->at = 0;
	return 0;
}

static void done(void *context, const struct relay_job *job, const struct relay_result *result)
{
	struct source *s = job->source;
	(void)context;
	s->ended = true;
	s->result = *result;
}

static double now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static const char *const words[] = { "accepted", "later", "refused", "uncertain", "down" };
	struct source source = { 0 };
	struct relay_job job = {
		.envelope_from = "", .recipient = "a@b.example", .read = mail_read, .rewind = mail_rewind, .source = &source
	};
	struct error err = { 0 };
	struct relay *r = NULL;
	struct rusage u;
	if (argc != 8)
		return 2;
	struct relay_account account = { .host = argv[1],
					 .port = (uint32_t)strtoul(argv[2], NULL, 10),
					 .security = strcmp(argv[3], "tls") == 0        ? RELAY_TLS
						     : strcmp(argv[3], "starttls") == 0 ? RELAY_STARTTLS
											: RELAY_PLAINTEXT,
					 .ca_file = *argv[4] ? argv[4] : NULL,
					 .user = *argv[5] ? argv[5] : NULL,
					 .password = *argv[5] ? argv[6] : NULL,
					 .connections = 1 };
	if (relay_new(&account, done, NULL, &r, &err) != 0 || relay_submit(r, &job) != 0)
		return 3;
	for (double end = now() + strtod(argv[7], NULL); !source.ended && now() < end;) {
		struct pollfd p = { .fd = relay_fd(r), .events = POLLIN };
		if (poll(&p, 1, 50) > 0)
			relay_ready(r);
	}
	double before = now();
	relay_free(r);
	if (getrusage(RUSAGE_SELF, &u) != 0)
		return 3;
	(void)printf("%s\t%d\t%.2f\t%ld\t%.2f\t%s\n", source.ended ? words[source.result.outcome] : "waiting", source.result.code,
		     (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
		     u.ru_maxrss, now() - before, source.result.text);
	return 0;
}
