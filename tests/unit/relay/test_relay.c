/* The relay against a server that is slow, silent or impatient: nothing waits with it, no half of a mail is ended. */
#include "../unit.h"

#include "relay/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 8, PATIENCE_MS = 10 * 1000, PROMPT_MS = 4 * 1000 };

/* --- the server: a thread for each connection -------------------------------------------------- */

static struct server {
	int listener;
	uint16_t port;
	_Atomic int connections, data_bytes, dots;
	_Atomic bool hold_dot, ignore_quit, mail_in_data;
} server;

static bool said(int fd, const char *line)
{
	return send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line);
}

/* One line without its end; false: the connection is over. */
static bool line_from(int fd, char *out, size_t n)
{
	size_t at = 0;
	char c;
	while (recv(fd, &c, 1, 0) == 1) {
		if (c == '\n') {
			out[at > 0 && out[at - 1] == '\r' ? at - 1 : at] = '\0';
			return true;
		}
		if (at < n - 1)
			out[at++] = c;
	}
	return false;
}

static bool take_data(int fd, bool slow)
{
	char line[1200];
	while (line_from(fd, line, sizeof(line))) {
		server.data_bytes += (int)strlen(line);
		if (strncmp(line, "MAIL FROM", 9) == 0)
			server.mail_in_data = true;
		if (strcmp(line, ".") != 0)
			continue;
		server.dots++;
		while (slow && server.hold_dot)
			(void)poll(NULL, 0, 10);
		return said(fd, "250 taken\r\n");
	}
	return false;
}

static void *serve(void *context)
{
	int fd = (int)(intptr_t)context;
	char line[1200];
	bool slow = false, on = said(fd, "220 there\r\n");
	while (on && line_from(fd, line, sizeof(line))) {
		if (strncmp(line, "RCPT", 4) == 0)
			slow = strstr(line, "lambat") != NULL;
		if (strcmp(line, "DATA") == 0)
			on = said(fd, "354 go on\r\n") && take_data(fd, slow);
		else if (strcmp(line, "QUIT") == 0 && server.ignore_quit)
			continue;
		else
			on = said(fd, strstr(line, "tolak")       ? "550 nobody here\r\n"
				      : strcmp(line, "QUIT") == 0 ? "221 bye\r\n"
								  : "250 well\r\n");
	}
	(void)close(fd);
	return NULL;
}

static void *accept_all(void *context)
{
	int fd;
	(void)context;
	while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
		pthread_t thread;
		server.connections++;
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			(void)pthread_detach(thread);
	}
	return NULL;
}

static int server_open(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	pthread_t thread;
	(void)state;
	server.listener = socket(AF_INET, SOCK_STREAM, 0);
	if (server.listener < 0 || bind(server.listener, (struct sockaddr *)&a, n) < 0 || listen(server.listener, 20) < 0 ||
	    getsockname(server.listener, (struct sockaddr *)&a, &n) < 0 || pthread_create(&thread, NULL, accept_all, NULL) != 0)
		return -1;
	server.port = ntohs(a.sin_port);
	return pthread_detach(thread);
}

/* --- the office's side -------------------------------------------------------------------------- */

struct mail {
	struct relay_job job;
	size_t left;  /* bytes still to give */
	size_t fails; /* reading fails when so many are left; SIZE_MAX: never */
	int pause_ms; /* before each piece */
	bool ended;
	enum relay_outcome outcome;
};

static ssize_t mail_read(void *source, char *p, size_t n)
{
	struct mail *m = source;
	(void)poll(NULL, 0, m->pause_ms);
	if (m->left == m->fails)
		return -1;
	size_t most = m->fails < m->left ? m->left - m->fails : m->left;
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		p[i] = "isi surat\r\n"[(m->left - i) % 11];
	m->left -= n;
	return (ssize_t)n;
}

static int mail_rewind(void *source)
{
	(void)source;
	return 0;
}

static void done(void *context, const struct relay_job *job, const struct relay_result *result)
{
	struct mail *m = job->source;
	(void)context;
	m->ended = true;
	m->outcome = result->outcome;
}

static struct relay *relay_open(uint32_t connections)
{
	struct relay_account account = {
		.host = "127.0.0.1", .port = server.port, .security = RELAY_PLAINTEXT, .connections = connections
	};
	struct relay *r = NULL;
	struct error err = { 0 };
	server.connections = server.data_bytes = server.dots = 0;
	server.hold_dot = server.ignore_quit = server.mail_in_data = false;
	assert_int_equal(relay_new(&account, done, NULL, &r, &err), 0);
	return r;
}

static void give(struct relay *r, struct mail *m, const char *to, size_t bytes, size_t fails)
{
	m->job =
		(struct relay_job){ .envelope_from = "", .recipient = to, .read = mail_read, .rewind = mail_rewind, .source = m };
	m->left = bytes;
	m->fails = fails;
	m->ended = false;
	assert_int_equal(relay_submit(r, &m->job), 0);
}

static int64_t now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True where it ended within the patience. */
static bool wait_end(struct relay *r, const struct mail *m, int64_t ms)
{
	for (int64_t end = now_ms() + ms; !m->ended && now_ms() < end;) {
		struct pollfd p = { .fd = relay_fd(r), .events = POLLIN };
		if (poll(&p, 1, 50) > 0)
			relay_ready(r);
	}
	return m->ended;
}

static void nothing_waits_for_the_answer_to_a_final_dot(void **state)
{
	(void)state;
	struct mail slow = { 0 }, quick = { 0 };
	struct relay *r = relay_open(2);
	server.hold_dot = true;
	give(r, &slow, "lambat@x.example", 2000, SIZE_MAX);
	give(r, &quick, "cepat@x.example", 2000, SIZE_MAX);
	assert_int_equal(relay_room(r), 0);
	assert_true(wait_end(r, &quick, PATIENCE_MS));
	assert_false(slow.ended);
	server.hold_dot = false;
	assert_true(wait_end(r, &slow, PATIENCE_MS));
	assert_int_equal(slow.outcome, RELAY_ACCEPTED);
	assert_int_equal(quick.outcome, RELAY_ACCEPTED);
	assert_int_equal(relay_room(r), 2);
	relay_free(r);
}

static void the_end_leaves_no_half_mail(void **state)
{
	(void)state;
	struct mail endless = { .pause_ms = 100 }; /* all that was given has left when the end comes: a dot would have room */
	struct relay *r = relay_open(1);
	give(r, &endless, "cepat@x.example", SIZE_MAX / 2, SIZE_MAX);
	for (int64_t end = now_ms() + PATIENCE_MS; server.data_bytes < 100000 && now_ms() < end;)
		(void)poll(NULL, 0, 5);
	assert_true(server.data_bytes >= 100000);
	int64_t began = now_ms();
	relay_free(r);
	assert_true(now_ms() - began < PROMPT_MS);
	(void)poll(NULL, 0, 200); /* what the server still gets */
	assert_int_equal(server.dots, 0);
}

static void the_end_waits_for_no_answer(void **state)
{
	(void)state;
	struct mail m = { 0 }, held = { 0 };
	struct relay *r = relay_open(2);
	server.ignore_quit = server.hold_dot = true;
	give(r, &m, "cepat@x.example", 500, SIZE_MAX);
	assert_true(wait_end(r, &m, PATIENCE_MS));
	give(r, &held, "lambat@x.example", 500, SIZE_MAX);
	for (int64_t end = now_ms() + PATIENCE_MS; server.dots < 2 && now_ms() < end;)
		(void)poll(NULL, 0, 5);
	int64_t began = now_ms();
	relay_free(r);
	assert_true(now_ms() - began < PROMPT_MS);
	server.hold_dot = false;
}

static void a_refusal_waits_for_no_answer_to_quit(void **state)
{
	(void)state;
	struct mail m = { 0 };
	struct relay *r = relay_open(1);
	server.ignore_quit = true;
	give(r, &m, "tolak@x.example", 500, SIZE_MAX);
	assert_true(wait_end(r, &m, PROMPT_MS));
	assert_int_equal(m.outcome, RELAY_REFUSED);
	relay_free(r);
}

static void a_connection_with_an_open_mail_is_not_used_again(void **state)
{
	(void)state;
	struct mail broken = { 0 }, next = { 0 };
	struct relay *r = relay_open(1);
	give(r, &broken, "cepat@x.example", 200000, 100000);
	assert_true(wait_end(r, &broken, PATIENCE_MS));
	assert_int_equal(broken.outcome, RELAY_LATER);
	give(r, &next, "cepat@x.example", 500, SIZE_MAX);
	assert_true(wait_end(r, &next, PATIENCE_MS));
	assert_int_equal(next.outcome, RELAY_ACCEPTED);
	assert_int_equal(server.connections, 2);
	assert_int_equal(server.dots, 1);
	assert_false(server.mail_in_data);
	relay_free(r);
}

static void one_connection_takes_many_mails(void **state)
{
	(void)state;
	struct mail m = { 0 };
	struct relay *r = relay_open(1);
	for (int i = 0; i < 5; i++) {
		give(r, &m, "cepat@x.example", 500, SIZE_MAX);
		assert_true(wait_end(r, &m, PATIENCE_MS));
		assert_int_equal(m.outcome, RELAY_ACCEPTED);
	}
	assert_int_equal(server.connections, 1);
	assert_int_equal(server.dots, 5);
	relay_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_waits_for_the_answer_to_a_final_dot),
		cmocka_unit_test(the_end_leaves_no_half_mail),
		cmocka_unit_test(the_end_waits_for_no_answer),
		cmocka_unit_test(a_refusal_waits_for_no_answer_to_quit),
		cmocka_unit_test(a_connection_with_an_open_mail_is_not_used_again),
		cmocka_unit_test(one_connection_takes_many_mails),
	};
	ADD_TESTS(tests)
	return _cmocka_run_group_tests("relay", suite, n_suite, server_open, NULL);
}
