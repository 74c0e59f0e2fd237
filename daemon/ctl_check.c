/* sitantectl check: a line for each thing that must hold, and what to do where it does not. */
#include "child.h"
#include "ctl.h"
#include "relay/relay.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECKS_MAX = 16, MAILBOX_WAIT_MS = 40000 };

struct check {
	const char *what;
	bool ok;
	const char *text;
};

struct checks {
	struct ctl *c;
	struct check list[CHECKS_MAX];
	size_t n;
	bool failed;
};

static void note(struct checks *k, const char *what, bool ok, const char *fmt, ...) PRINTF_LIKE(4, 5);
static void note(struct checks *k, const char *what, bool ok, const char *fmt, ...)
{
	char text[600];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(4096);
	text_escape(&clean, span_str(text), sizeof(text));
	k->failed = k->failed || !ok;
	if (k->n < CHECKS_MAX)
		k->list[k->n++] = (struct check){ what, ok, arena_strdup(k->c->arena, buf_cstr(&clean)) };
}

static void check_store(struct checks *k)
{
	struct error err = { 0 };
	struct stat st;
	const char *directory = k->c->plan->settings->store.directory;
	if (stat(directory, &st) < 0) {
		note(k, "store", true, "%s does not exist yet: made at the first start", directory);
		return;
	}
	if ((st.st_mode & 077) != 0) {
		note(k, "store", false, "%s may be read by others (mode %04o); run: chmod 700 %s", directory, st.st_mode & 07777u,
		     directory);
		return;
	}
	int r = store_open(directory, STORE_TOOL, &k->c->store, &err);
	note(k, "store", r == 0 || r == STORE_MISSING, "%s", r == 0 ? directory : err.text);
}

/* Logs in through the real mailbox process, as the daemon does. */
static void check_imap(struct checks *k)
{
	struct error err = { 0 };
	struct child child = CHILD_NONE;
	unsigned char frame[LIMIT_FRAME_BYTES];
	const struct settings *s = k->c->plan->settings;
	int r = child_start(&child, k->c->config_path, &err);
	if (r < 0) {
		note(k, "imap", false, "%s", err.text);
		return;
	}
	struct pollfd p = { .fd = child.fd, .events = POLLIN };
	ssize_t n = poll(&p, 1, MAILBOX_WAIT_MS) > 0 ? child_receive(&child, frame, sizeof(frame)) : 0;
	struct wire w = wire_open(span_of(frame, n > 0 ? (size_t)n : 0));
	unsigned kind = n > 0 ? wire_u8(&w) : 0;
	if (kind == MAILBOX_HELLO) {
		uint32_t uidvalidity = wire_u32(&w);
		(void)wire_u32(&w);
		note(k, "imap", true, "%s: logged in, folders there, %u mails in %s (uidvalidity %u)", s->imap.host, wire_u32(&w),
		     s->folders.folder, uidvalidity);
	} else if (kind == MAILBOX_TROUBLE) {
		unsigned class = wire_u8_max(&w, MAILBOX_TROUBLE_PROTOCOL);
		const char *text = wire_str(&w, k->c->arena, 1000);
		note(k, "imap", false, "%s port %u: %s: %s", s->imap.host, s->imap.port,
		     mailbox_trouble_word((enum mailbox_trouble) class), text ? text : "?");
	} else {
		note(k, "imap", false, "%s port %u: no answer from the mailbox process", s->imap.host, s->imap.port);
	}
	child_kill(&child);
}

static void check_smtp(struct checks *k)
{
	struct error err = { 0 };
	const struct settings *s = k->c->plan->settings;
	struct relay_account a = { .host = s->smtp.host,
				   .port = s->smtp.port,
				   .security = (int)s->smtp.security,
				   .user = s->smtp.user,
				   .password = s->smtp.password,
				   .ca_file = s->smtp.ca_file,
				   .connections = 1 };
	int r = relay_check(&a, &err);
	note(k, "smtp", r == 0, "%s port %u: %s", s->smtp.host, s->smtp.port,
	     r == 0 ? (s->smtp.user ? "logged in" : "reachable, no log-in configured") : err.text);
}

static void check_mail_file(struct checks *k)
{
	struct reading reading = { 0 };
	if (ctl_read_mail(k->c, k->c->mail, &k->c->plan->policy, &reading) != 0) {
		note(k, "mail", false, "%s cannot be read", k->c->mail);
		return;
	}
	const struct message *m = &reading.message;
	note(k, "mail", true, "from %s: proof %s (%s); %s%s%s", m->n_from == 1 ? m->from[0].spec : "nobody certain",
	     mail_proof_word(m->proof), m->proof_reason, mail_nature_word(m->nature),
	     m->may_answer ? ", may be answered" : ", not answered by rule ", m->may_answer ? "" : m->no_answer_rule);
}

static int print_all(struct checks *k)
{
	AUTO_BUF b = BUF_INIT(256 * 1024);
	struct json j = json_open(&b, true);
	if (k->c->json) {
		json_object(&j);
		json_kv_bool(&j, "ok", !k->failed);
		json_key(&j, "checks");
		json_array(&j);
	}
	for (size_t i = 0; i < k->n; i++) {
		const struct check *x = &k->list[i];
		if (!k->c->json) {
			buf_addf(&b, "%-9s %-4s %s\n", x->what, x->ok ? "ok" : "FAIL", x->text);
			continue;
		}
		json_object(&j);
		json_kv_str(&j, "what", x->what);
		json_kv_bool(&j, "ok", x->ok);
		json_kv_str(&j, "text", x->text);
		json_object_end(&j);
	}
	if (k->c->json) {
		json_array_end(&j);
		json_object_end(&j);
		buf_add_char(&b, '\n');
	}
	return ctl_print(&b);
}

static int config_faults_json(struct ctl *c)
{
	AUTO_BUF faults = BUF_INIT(256 * 1024);
	AUTO_BUF b = BUF_INIT(512 * 1024);
	if (plan_load(c->config_path, &c->plan, &faults) == 0)
		return 0;
	struct json j = json_open(&b, true);
	struct span rest = buf_span(&faults), line;
	json_object(&j);
	json_kv_bool(&j, "ok", false);
	json_key(&j, "checks");
	json_array(&j);
	while (span_next_line(&rest, &line)) {
		json_object(&j);
		json_kv_str(&j, "what", "config");
		json_kv_bool(&j, "ok", false);
		json_kv_str(&j, "text", arena_strndup(c->arena, line.p, line.n));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(&b, '\n');
	(void)ctl_print(&b);
	return CTL_USAGE;
}

int ctl_check(struct ctl *c)
{
	struct checks k = { .c = c };
	if (c->argc != 0)
		return ctl_fail(CTL_USAGE, "check wants no further word");
	int r = c->json ? config_faults_json(c) : ctl_plan(c);
	if (r != 0)
		return r;
	note(&k, "config", true, "%s", c->config_path);
	note(&k, "templates", true, "%s", c->plan->settings->templates);
	if (c->mail) {
		check_mail_file(&k);
	} else {
		note(&k, "clock", true, "it is %s here: is that right?", ctl_time(c, clock_wall()));
		check_store(&k);
		check_imap(&k);
		check_smtp(&k);
	}
	r = print_all(&k);
	return r != CTL_DONE ? r : k.failed ? CTL_REFUSED : CTL_DONE;
}
