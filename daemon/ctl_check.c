/* sitantectl check: a line for each thing that must hold, and what to do where it does not. */
#include "ctl.h"
#include "disk.h"
#include "exchange.h"
#include "trial.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

enum { CHECKS_MAX = 16, CLOCK_AHEAD_S = 60 };

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

/* The disk that the store is on, or will be. */
static void check_disk(struct checks *k)
{
	char path[PATH_MAX];
	uint64_t free_mib = 0;
	(void)snprintf(path, sizeof(path), "%s", k->c->plan->settings->store.directory);
	for (char *slash; access(path, F_OK) < 0 && (slash = strrchr(path, '/')) && slash != path;)
		*slash = '\0';
	bool low = disk_low(path, &free_mib);
	note(k, "disk", !low, "%" PRIu64 " MiB free at %s%s", free_mib, path,
	     low ? ": nearly full; make room, or name another store.directory" : "");
}

/* The server's clock is seen in the newest mail: it cannot be younger than now.  The kernel knows whether this clock is kept. */
static void check_clock(struct checks *k, struct instant newest)
{
	struct instant now = clock_wall();
	struct timex t = { .modes = 0 };
	int64_t ahead_s = (newest.ms - now.ms) / 1000;
	bool kept = adjtimex(&t) >= 0 && (t.status & STA_UNSYNC) == 0;
	if (ahead_s > CLOCK_AHEAD_S)
		note(k, "clock", false,
		     "it is %s here, but the newest mail in the mailbox is %lld s younger: one of the two clocks is wrong; see "
		     "timedatectl here",
		     ctl_time(k->c, now), (long long)ahead_s);
	else if (kept)
		note(k, "clock", true, "it is %s here, kept by a time server (error at most %ld ms)", ctl_time(k->c, now),
		     t.maxerror / 1000);
	else
		note(k, "clock", true, "it is %s here, not kept by a time server: is that right? see timedatectl",
		     ctl_time(k->c, now));
}

static void note_mailbox(struct checks *k, const struct trial_mailbox *m)
{
	const struct settings *s = k->c->plan->settings;
	char first[200] = "";
	if (!k->c->store && s->has_since)
		(void)snprintf(first, sizeof(first),
			       "; a first start takes %" PRIu64 " of them in and leaves %" PRIu64 " alone (since)", m->not_before,
			       m->mails - m->not_before);
	else if (!k->c->store)
		(void)snprintf(first, sizeof(first),
			       "; a first start leaves them alone, for they came before it (since moves that line)");
	note(k, "mailbox", true, "%" PRIu64 " mails, %" PRIu64 " MiB in %s%s", m->mails, m->bytes >> 20, s->folders.folder,
	     first);
}

/* The access token for the two log-ins below; NULL: none is wanted, or there is none. */
static const char *check_token(struct checks *k, struct trial_token *token)
{
	struct error err = { 0 };
	char ending[200];
	const struct settings *s = k->c->plan->settings;
	if (s->imap.auth == OAUTH_NONE && s->smtp.auth == OAUTH_NONE)
		return NULL;
	int r = access(s->store.directory, F_OK) == 0
			? trial_token(s, token, &err)
			: error_set(&err, 1,
				    "not tried: a refresh token that the provider replaces could be kept nowhere; make %s first",
				    s->store.directory);
	if (r == 0)
		note(k, "token", true, "%s: access token for %" PRId64 " s, by the refresh token of %s", s->oauth.token_url,
		     token->lasts_s, token->rotated ? "the store's folder" : "the credentials");
	else
		note(k, "token", false, "%s: %s", s->oauth.token_url, err.text);
	if (exchange_ending(s, r == 0 ? token->refresh_ends : s->oauth.expires, clock_wall(), ending))
		note(k, "ending", false, "%s", ending);
	return r == 0 ? token->access : NULL;
}

static void check_imap(struct checks *k, const char *token)
{
	struct error err = { 0 };
	struct trial_mailbox m = { 0 };
	const struct settings *s = k->c->plan->settings;
	int r = trial_imap(k->c->config_path, s, token, &m, &err);
	if (r == 0)
		note(k, "imap", true, "%s: logged in, folders there, %" PRIu64 " mails in %s (uidvalidity %u)", s->imap.host,
		     m.mails, s->folders.folder, m.uidvalidity);
	else
		note(k, "imap", false, "%s port %u: %s", s->imap.host, s->imap.port, err.text);
	if (r == 0)
		note_mailbox(k, &m);
	check_clock(k, m.newest);
}

static void check_smtp(struct checks *k, const char *token)
{
	struct error err = { 0 };
	const struct settings *s = k->c->plan->settings;
	int r = trial_smtp(s, token, &err);
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
		check_store(&k);
		check_disk(&k);
		static struct trial_token token;
		const char *access_token = check_token(&k, &token);
		check_imap(&k, access_token);
		check_smtp(&k, access_token);
		explicit_bzero(&token, sizeof(token));
	}
	r = print_all(&k);
	return r != CTL_DONE ? r : k.failed ? CTL_REFUSED : CTL_DONE;
}
