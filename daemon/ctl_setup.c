/* sitantectl setup: asks what matters, tries each answer at once, writes the configuration, says how to start. */
#include "answers.h"
#include "ctl.h"
#include "guess.h"
#include "prompt.h"
#include "trial.h"

#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_BYTES = 1024, AGAIN = 100 };

struct setup {
	struct ctl *c;
	struct answers a;
	char directory[PATH_MAX], fresh[PATH_MAX], credentials[PATH_MAX];
	const char *instance; /* NULL: the one of /etc/sitante */
	bool made[2];         /* passwords of this run */
};

static const char *const secret_names[2] = { "imap-password", "smtp-password" };

/* --- files --------------------------------------------------------------------------------------- */

static int write_new(const char *path, mode_t mode, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(errno));
	bool good = fchmod(fd, mode) == 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
	int e = errno;
	(void)close(fd);
	return good ? 0 : ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(e));
}

static int secret_path(const struct setup *s, size_t which, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/%s", s->credentials, secret_names[which]);
	return n > 0 && n < PATH_MAX ? 0 : ctl_fail(CTL_REFUSED, "%s: too long a path", s->credentials);
}

/* SMTP's password is IMAP's. */
static int secret_copy(struct setup *s)
{
	char from[PATH_MAX], to[PATH_MAX], secret[SECRET_BYTES + 1];
	int r = secret_path(s, 0, from) != 0 || secret_path(s, 1, to) != 0 ? CTL_REFUSED : 0;
	int fd = r == 0 ? open(from, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd < 0 ? -1 : read(fd, secret, sizeof(secret));
	if (fd >= 0)
		(void)close(fd);
	if (r == 0 && n < 0)
		r = ctl_fail(CTL_REFUSED, "%s: %s", from, strerror(errno));
	s->made[1] = r == 0;
	if (r == 0)
		r = write_new(to, 0600, span_of(secret, (size_t)n));
	explicit_bzero(secret, sizeof(secret));
	return r;
}

/* Into credentials/, of mode 0600. */
static int secret_ask(struct setup *s, size_t which, const char *question, bool needed)
{
	char secret[SECRET_BYTES + 1], path[PATH_MAX];
	int r = prompt_secret(question, secret, sizeof(secret) - 1); /* room for the line's end */
	size_t n = r == 0 ? strlen(secret) : 0;
	if (r == -E2BIG)
		(void)printf("  that is longer than %d bytes\n", SECRET_BYTES - 1);
	if (r != 0)
		r = r == -E2BIG ? AGAIN : ctl_fail(CTL_REFUSED, "given up: nothing is written");
	else if (n == 0)
		r = needed ? AGAIN : secret_copy(s);
	else
		r = secret_path(s, which, path);
	if (r == 0 && n > 0) {
		secret[n] = '\n';
		s->made[which] = true;
		r = write_new(path, 0600, span_of(secret, n + 1));
	}
	explicit_bzero(secret, sizeof(secret));
	return r;
}

static void take_back(struct setup *s)
{
	char path[PATH_MAX];
	(void)unlink(s->fresh);
	for (size_t i = 0; i < 2; i++)
		if (s->made[i] && secret_path(s, i, path) == 0)
			(void)unlink(path);
}

static int places(struct setup *s)
{
	const char *path = s->c->config_path, *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path) : 1;
	if (snprintf(s->directory, sizeof(s->directory), "%.*s", n, slash ? path : ".") >= PATH_MAX - 20 ||
	    snprintf(s->credentials, sizeof(s->credentials), "%.*s/credentials", n, s->directory) >= PATH_MAX ||
	    snprintf(s->fresh, sizeof(s->fresh), "%.*s.new", PATH_MAX - 5, path) >= PATH_MAX)
		return ctl_fail(CTL_USAGE, "%s: too long a path", path);
	static const char base[] = SITANTE_SYSCONFDIR "/sitante/";
	if (strncmp(s->directory, base, strlen(base)) == 0)
		s->instance = s->directory + strlen(base);
	if ((mkdir(s->directory, 0750) < 0 && errno != EEXIST) || (mkdir(s->credentials, 0700) < 0 && errno != EEXIST))
		return ctl_fail(CTL_REFUSED, "%s: %s; run it as root", s->directory, strerror(errno));
	return 0;
}

/* --- questions ------------------------------------------------------------------------------------- */

static int ask(struct setup *s, const char *question, const char *fallback, const char **out)
{
	int r = prompt_line(question, fallback, s->c->arena, out);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, r == -ECANCELED ? "given up: nothing is written" : "no memory");
}

static int ask_needed(struct setup *s, const char *question, const char *fallback, const char **out)
{
	int r = 0;
	do {
		r = ask(s, question, fallback, out);
	} while (r == 0 && !**out && printf("  an answer is needed\n") > 0);
	return r;
}

static int ask_address(struct setup *s, const char *question, bool needed, const char **out)
{
	for (;;) {
		int r = needed ? ask_needed(s, question, NULL, out) : ask(s, question, NULL, out);
		if (r != 0 || (!needed && !**out) || mail_address_valid(*out))
			return r;
		(void)printf("  \"%s\" is no mail address; write it as name@domain\n", *out);
	}
}

/* The answers so far as a configuration.  0 and *out; AGAIN: its faults are printed. */
static int load(struct setup *s, struct settings **out)
{
	AUTO_BUF text = BUF_INIT(64 * 1024), faults = BUF_INIT(64 * 1024);
	answers_write(&s->a, &text);
	if (buf_status(&text) != 0)
		return ctl_fail(CTL_REFUSED, "the answers are too long");
	int r = write_new(s->fresh, 0640, buf_span(&text));
	if (r == 0 && settings_load(s->fresh, out, &faults) != 0) {
		(void)fputs(buf_cstr(&faults), stdout);
		r = AGAIN;
	}
	return r;
}

static int ask_port(struct setup *s, const char **port)
{
	for (;;) {
		const char *given;
		uint32_t number;
		int r = ask_needed(s, "  port, 0 for the usual one", *port, &given);
		if (r == 0 && num_parse_u32(span_str(given), UINT16_MAX, &number) == 0)
			*port = arena_printf(s->c->arena, "%u", number);
		else if (r == 0 && printf("  \"%s\" is no port\n", given) > 0)
			continue;
		return r;
	}
}

static int ask_server(struct setup *s, struct answers_server *v, const char *what, bool login_needed)
{
	int r = ask_needed(s, what, v->host, &v->host);
	if (r == 0)
		r = ask_needed(s, "  security: tls, starttls, or plaintext on loopback", v->security, &v->security);
	if (r == 0)
		r = ask_port(s, &v->port);
	if (r == 0)
		r = ask(s, "  PEM file of the authority that signed its certificate, - for those the system trusts",
			*v->ca_file ? v->ca_file : "-", &v->ca_file);
	if (r == 0 && strcmp(v->ca_file, "-") == 0)
		v->ca_file = "";
	if (r == 0)
		r = ask_needed(s, login_needed ? "  log-in name" : "  log-in name, - for none", v->user, &v->user);
	if (r == 0 && !login_needed && strcmp(v->user, "-") == 0)
		v->user = "";
	return r;
}

static void guessed(struct setup *s, enum guess_service service, struct answers_server *v)
{
	struct guess g;
	const char *domain = mail_address_domain(s->a.address);
	if (!domain || !guess_server(service, domain, &g))
		return;
	v->host = arena_strdup(s->c->arena, g.host);
	v->port = arena_printf(s->c->arena, "%u", g.port);
	v->security = settings_security_word(g.security);
	(void)printf("  %s is what the names of %s tell\n", g.host, domain);
}

static int imap_round(struct setup *s)
{
	struct settings *settings = NULL;
	struct trial_mailbox m = { 0 };
	struct error err = { 0 };
	int r = ask_server(s, &s->a.imap, "IMAP server", true);
	if (r == 0)
		r = secret_ask(s, 0, "  password", true);
	s->a.smtp = s->a.imap;
	s->a.smtp.port = "0";
	s->a.smtp.user = "";
	if (r == 0)
		r = load(s, &settings);
	if (r != 0)
		return r;
	(void)printf("  trying to log in ...\n");
	r = trial_imap(s->fresh, settings, NULL, &m, &err) == 0 ? 0 : AGAIN;
	settings_free(settings);
	if (r == 0)
		(void)printf("  logged in; %" PRIu64 " mails are there, and the first start leaves them alone\n", m.mails);
	else
		(void)printf("  refused: %s\n", err.text);
	return r;
}

static int smtp_round(struct setup *s)
{
	struct settings *settings = NULL;
	struct error err = { 0 };
	int r = ask_server(s, &s->a.smtp, "SMTP server", false);
	if (r == 0 && *s->a.smtp.user)
		r = secret_ask(s, 1, "  password, empty for that of IMAP", false);
	if (r == 0)
		r = load(s, &settings);
	if (r != 0)
		return r;
	(void)printf("  trying to log in ...\n");
	r = trial_smtp(settings, NULL, &err) == 0 ? 0 : AGAIN;
	settings_free(settings);
	(void)printf(r == 0 ? "  good\n" : "  refused: %s\n", err.text);
	return r;
}

static int until_good(struct setup *s, int (*round)(struct setup *s))
{
	int r;
	do {
		r = round(s);
	} while (r == AGAIN && printf("  once more, please (Ctrl-C gives up)\n") > 0);
	return r;
}

static int ask_office(struct setup *s)
{
	struct answers *a = &s->a;
	int r = ask_needed(s, "Name of the agency", NULL, &a->agency);
	if (r == 0)
		r = ask_needed(s, "Time zone (Asia/Jakarta, Asia/Makassar, Asia/Jayapura)", "Asia/Jakarta", &a->timezone);
	if (r == 0)
		r = ask_address(s, "Mail address that applicants write to", true, &a->address);
	if (r == 0)
		r = ask_needed(s, "Name that stands before it", "SITANTE", &a->name);
	return r;
}

static int ask_servers(struct setup *s)
{
	struct answers *a = &s->a;
	a->imap = (struct answers_server){ NULL, "0", "tls", "", a->address };
	guessed(s, GUESS_IMAP, &a->imap);
	int r = until_good(s, imap_round);
	if (r != 0)
		return r;
	a->smtp = (struct answers_server){ a->imap.host, "0", "tls", a->imap.ca_file, a->imap.user };
	guessed(s, GUESS_SMTP, &a->smtp);
	return until_good(s, smtp_round);
}

static int ask_people(struct setup *s)
{
	struct answers *a = &s->a;
	int r = 0;
	for (size_t n = 0; r == 0 && n < ANSWERS_STAFF_MAX; n++) {
		struct answers_person p;
		r = ask_address(s, n ? "Address of one more, empty for no more" : "Address of a staff member", n == 0,
				&p.address);
		if (r != 0 || !*p.address)
			break;
		r = ask_needed(s, "  name", NULL, &p.name);
		a->staff[a->n_staff++] = p;
	}
	if (r == 0)
		r = ask_address(s, "Address of the head, who reads the renewal reports", true, &a->head.address);
	if (r == 0)
		r = ask_needed(s, "  name", NULL, &a->head.name);
	if (r == 0)
		r = ask(s, "Name that your border server writes in Authentication-Results, - for none", a->imap.host,
			&a->authserv_id);
	if (r == 0 && strcmp(a->authserv_id, "-") == 0)
		a->authserv_id = "";
	return r;
}

static int ask_store(struct setup *s)
{
	const char *usual = s->instance ? arena_printf(s->c->arena, "/var/lib/sitante-%s", s->instance) : "/var/lib/sitante";
	struct settings *settings = NULL;
	int r = ask_needed(s, "Folder of the store", usual, &s->a.store);
	if (r == 0)
		r = load(s, &settings);
	settings_free(settings);
	return r;
}

/* --- the end ------------------------------------------------------------------------------------------ */

/* The daemon reads it as its own user. */
static void give_to_group(const struct setup *s)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "sitante%s%s", s->instance ? "-" : "", s->instance ? s->instance : "");
	const struct group *g = getgrnam(name);
	if (!g || chown(s->fresh, (uid_t)-1, g->gr_gid) < 0 || chown(s->directory, (uid_t)-1, g->gr_gid) < 0)
		(void)printf("Group %s must be able to read %s: see sitanted(8).\n", name, s->c->config_path);
}

static int finish(struct setup *s)
{
	const char *unit = s->instance ? arena_printf(s->c->arena, "sitanted@%s", s->instance) : "sitanted";
	give_to_group(s);
	if (link(s->fresh, s->c->config_path) < 0) /* never over another */
		return ctl_fail(CTL_REFUSED, "%s: %s", s->c->config_path, strerror(errno));
	(void)unlink(s->fresh);
	(void)printf("\n%s is written.  What is next:\n"
		     "  sitantectl -c %s check\n"
		     "  systemctl enable --now %s\n"
		     "  sitantectl -c %s status\n"
		     "Hours, holidays, letterhead and all else: man 5 sitante.conf\n",
		     s->c->config_path, s->c->config_path, unit, s->c->config_path);
	return CTL_DONE;
}

int ctl_setup(struct ctl *c)
{
	static struct setup s;
	s = (struct setup){ .c = c };
	if (c->argc != 0 || c->json)
		return ctl_fail(CTL_USAGE, "setup wants no further word, and asks a person");
	if (access(c->config_path, F_OK) == 0)
		return ctl_fail(CTL_REFUSED, "%s is there already; change it with an editor, or move it away", c->config_path);
	if (!isatty(STDIN_FILENO))
		return ctl_fail(CTL_USAGE, "setup asks questions: run it at a terminal, or copy the sample and edit it");
	prompt_begin();
	s.a.store = SITANTE_SYSCONFDIR; /* any folder, while the servers are tried */
	int r = places(&s);
	if (r == 0)
		r = ask_office(&s);
	if (r == 0)
		r = ask_servers(&s);
	if (r == 0)
		r = ask_people(&s);
	if (r == 0)
		r = until_good(&s, ask_store);
	if (r == 0)
		r = finish(&s);
	if (r != 0)
		take_back(&s);
	return r;
}
