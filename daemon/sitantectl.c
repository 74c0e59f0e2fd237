/* sitantectl(1): the operator's tool. */
#include "ctl.h"

#include "request/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_MAX = 1024 * 1024 * 1024 };

int ctl_fail(int code, const char *fmt, ...)
{
	char text[1000];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(8000);
	text_escape(&clean, span_str(text), sizeof(text));
	(void)fprintf(stderr, "sitantectl: %s\n", buf_cstr(&clean));
	return code;
}

int ctl_plan(struct ctl *c)
{
	AUTO_BUF faults = BUF_INIT(256 * 1024);
	if (c->plan)
		return 0;
	int r = plan_load(c->config_path, &c->plan, &faults);
	if (r == 0)
		return 0;
	(void)fputs(r > 0 ? buf_cstr(&faults) : "sitantectl: no memory\n", stderr);
	return CTL_USAGE;
}

int ctl_store(struct ctl *c)
{
	struct error err = { 0 };
	int r = ctl_plan(c);
	if (r != 0 || c->store)
		return r;
	r = store_open(c->plan->settings->store.directory, STORE_TOOL, &c->store, &err);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

int ctl_done(struct ctl *c)
{
	if (c->json)
		(void)puts("{\"done\": true}");
	return CTL_DONE;
}

int ctl_print(const struct buf *b)
{
	if (buf_status(b) != 0)
		return ctl_fail(CTL_REFUSED, "the answer is too large");
	return fwrite(b->p, 1, b->n, stdout) == b->n && fflush(stdout) == 0 ? CTL_DONE : CTL_REFUSED;
}

const char *ctl_time(struct ctl *c, struct instant t)
{
	char *out = arena_alloc(c->arena, INSTANT_ISO_SIZE);
	if (out)
		instant_format_iso(t, zone_offset(calendar_zone(c->plan->rules.calendar), t), out);
	return out;
}

const char *ctl_local(struct ctl *c, struct instant t)
{
	struct civil_time l = instant_civil(t, zone_offset(calendar_zone(c->plan->rules.calendar), t));
	return arena_printf(c->arena, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
}

int ctl_read_fd(struct ctl *c, const char *what, int fd, const struct message_policy *policy, struct reading *out)
{
	struct error err = { 0 };
	struct reader *reader = NULL;
	int r = reader_start(&reader, &err);
	if (r == 0) {
		r = reader_read(reader, fd, policy, c->arena, out, &err);
		reader_stop(reader);
	}
	return r == READER_READ ? 0 : ctl_fail(CTL_REFUSED, "%s: %s", what, err.text);
}

int ctl_read_mail(struct ctl *c, const char *path, const struct message_policy *policy, struct reading *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(errno));
	int r = ctl_read_fd(c, path, fd, policy, out);
	(void)close(fd);
	return r;
}

int ctl_inspect(struct ctl *c)
{
	/* needs no configuration: own addresses are whoever the mail is written to */
	struct message_policy policy = { .own_id_domain = "" };
	struct reading reading = { 0 };
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "inspect wants one FILE");
	int r = ctl_read_mail(c, c->argv[0], &policy, &reading);
	if (r != 0)
		return r;
	AUTO_BUF b = BUF_INIT(64 * 1024 * 1024);
	inspect_json(&reading.message, &reading.request, c->explain, &b, true);
	return ctl_print(&b);
}

struct verb {
	const char *name;
	int (*run)(struct ctl *c);
	const char *usage, *help;
};

static const struct verb verbs[] = {
	{ "inspect", ctl_inspect, "inspect [--explain] FILE",
	  "what the daemon takes from a raw mail (JSON); needs no configuration" },
	{ "examine", ctl_examine, "examine FILE", "what the signatures of a PDF, or a certificate file, prove" },
	{ "check", ctl_check, "check [--mail FILE]",
	  "configuration, templates, store, IMAP and SMTP log-in; with --mail: what would be believed of a mail" },
	{ "setup", ctl_setup, "setup", "asks for what matters, tries each answer at once, writes the configuration" },
	{ "try", ctl_try, "try FILE", "every mail that the daemon would send for a raw mail, and why; sends and stores nothing" },
	{ "status", ctl_status, "status", "health of the daemon, queues, last poll" },
	{ "watch", ctl_watch, "watch [NUMBER]", "events as they happen, until Ctrl-C; --json: an object a line" },
	{ "health", ctl_health, "health", "what needs a person, for monitors: exit 0 nothing, 1 something" },
	{ "tickets", ctl_tickets, "tickets [--state S] [--search TEXT] ...",
	  "tickets, newest first; --open, --overdue[=STEP], --older, --newer AGE, --opd, --staff" },
	{ "show", ctl_show, "show NUMBER", "one ticket whole, with its conversation and clocks" },
	{ "attachment", ctl_attachment, "attachment NUMBER [N [FILE]]", "a ticket's attachments; the N-th one itself" },
	{ "export", ctl_export, "export NUMBER [FILE]", "a tar of one ticket: ticket.json and the mails as they came" },
	{ "explain", ctl_explain, "explain NUMBER", "the four clocks of a ticket: each span, why, and which mail" },
	{ "register", ctl_register, "register --year YYYY [--output FILE]",
	  "the year's register and recap as XLSX (--format csv, json; --full)" },
	{ "report", ctl_report, "report PERIOD|NUMBER [--output FILE]",
	  "the same for 2026-08, \"triwulan 2026-1\" or 2026 (--format, --full); or a ticket's kept report (PDF)" },
	{ "receipt", ctl_receipt, "receipt NUMBER [--output FILE]",
	  "the printable receipt of a paper letter (PDF), as it was made" },
	{ "certificates", ctl_certificates, "certificates [--output FILE]",
	  "the register of certificates as CSV (--format json; --full: whole NIK and NIP)" },
	{ "import", ctl_import, "import FILE [--yes]",
	  "what a list of certificates (CSV, XLSX) would add, change, and why not; with --yes: does it" },
	{ "outbox", ctl_outbox, "outbox [retry ID|held | drop ID|held]",
	  "mails not accepted by the SMTP server yet, or held over a cap" },
	{ "quarantine", ctl_quarantine, "quarantine [show|retry|release ID]", "mails that could not be handled, or are held" },
	{ "renew", ctl_order, "renew NUMBER [NIK ...] [--until DATE]", "renewed: report and notification, as /terbit by mail" },
	{ "refuse", ctl_order, "refuse NUMBER REASON", "refuses; the reason goes to the applicant" },
	{ "reply", ctl_order, "reply NUMBER TEXT", "writes to the applicant" },
	{ "note", ctl_order, "note NUMBER TEXT", "an internal note" },
	{ "assign", ctl_order, "assign NUMBER ADDRESS", "hands the ticket to a staff member" },
	{ "set", ctl_order, "set NUMBER [NIK] FIELD VALUE", "sets or mends a datum (name, nik, nip, email, phone, ...)" },
	{ "kind", ctl_order, "kind NUMBER KIND", "renewal, issuance, revocation, passphrase, data-change or question" },
	{ "merge", ctl_order, "merge NUMBER NUMBER", "the first becomes part of the second" },
	{ "reopen", ctl_order, "reopen NUMBER", "opens a ticket that has ended" },
	{ "cancel", ctl_order, "cancel NUMBER [REASON]", "cancels; the applicant is told the reason, if there is one" },
	{ "wait", ctl_order, "wait NUMBER", "BSrE is waited on: that time is not counted" },
	{ "resume", ctl_order, "resume NUMBER", "BSrE is done" },
	{ "sms", ctl_order, "sms NUMBER [--to PHONE] TEXT", "a short message, or the note of one sent by hand" },
	{ "correct", ctl_order, "correct NUMBER STEP begin|end DAY TIME REASON", "mends a clock" },
	{ "hold", ctl_order, "hold NUMBER REASON", "legal hold: nothing of the ticket is destroyed, whatever its age" },
	{ "unhold", ctl_order, "unhold NUMBER", "it is destroyed in its time again" },
	{ "retention", ctl_retention, "retention [run]",
	  "what is kept how long, and what is due; run: not to wait for tomorrow" },
	{ "person", ctl_person, "person NIK|ADDRESS export|correct|erase ...",
	  "what is held of a person: export [FILE], correct FIELD VALUE, erase (--yes: does it; --force)" },
	{ "letter", ctl_letter, "letter [--scan FILE] [LABEL=VALUE ...] [FILE|-]",
	  "a paper letter came in: opens a ticket, as /surat by mail; --date, --number, --sender" },
	{ "verify", ctl_verify, "verify", "re-computes the audit chain: exit 0 whole, 1 broken" },
	{ "restore", ctl_restore, "restore [--identity FILE] [--erasures FILE] FILE",
	  "unpacks a backup into an empty store; the daemon must be stopped; --identity: age's key" },
	{ "reconcile", ctl_reconcile, "reconcile",
	  "compares every mail on the server with the ledger: exit 1 where one has no place" },
	{ "rebuild", ctl_rebuild, "rebuild DIR", "a fresh store from the kept raw mails, and how it differs; sends nothing" },
	{ "backup", ctl_backup, "backup [--encrypt KEY] [--keep N] FILE",
	  "the store with all raw mails in one file, while the daemon runs; a folder: named by the moment" },
	{ "templates", ctl_templates, "templates check | show NAME | preview NAME [NUMBER]",
	  "the mail texts: are they right; one and its keys; one as mail (--output FILE.html: for a browser)" },
};
enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static void usage(FILE *to)
{
	(void)fputs("usage: sitantectl [-c FILE] [--json] VERB ...\n", to);
	for (size_t i = 0; i < N_VERBS; i++)
		(void)fprintf(to, "  %-38s  %s\n", verbs[i].usage, verbs[i].help);
	(void)fputs("  tickets takes --state STATE, --open, --overdue[=STEP], --older AGE, --newer AGE (90m, 2h, 3d, 2w), --opd "
		    "WORDS,\n"
		    "  --staff ADDRESS|NAME|none, --search WORDS, --limit N, --oldest\n"
		    "  renew takes --text TEXT to go along; sms takes --yes for a message of several parts\n"
		    "exit status: 0 done, 1 refused or not found, 2 usage or configuration\n",
		    to);
	(void)fputs("  -c, --config FILE  (default " SITANTE_SYSCONFDIR "/sitante/sitante.conf), --help, --version\n", to);
}

#define NOWHERE SIZE_MAX
#define TAKES(word, member)                                                                                                      \
	{                                                                                                                        \
		word, required_argument, offsetof(struct ctl, member), NOWHERE                                                   \
	}
#define SETS(word, member)                                                                                                       \
	{                                                                                                                        \
		word, no_argument, NOWHERE, offsetof(struct ctl, member)                                                         \
	}

/* Where an option goes: its argument into a const char *, that it was there into a bool. */
static const struct choice {
	const char *name;
	int argument;
	size_t text, flag; /* offsets in struct ctl */
} choices[] = {
	TAKES("config", config_path),
	SETS("json", json),
	SETS("explain", explain),
	TAKES("mail", mail),
	TAKES("state", state),
	TAKES("search", search),
	TAKES("opd", opd),
	TAKES("staff", staff),
	TAKES("older", older),
	TAKES("newer", newer),
	TAKES("limit", limit),
	{ "overdue", optional_argument, offsetof(struct ctl, step), offsetof(struct ctl, overdue) },
	SETS("open", open),
	SETS("oldest", oldest),
	TAKES("year", year),
	TAKES("format", format),
	TAKES("output", output),
	SETS("full", full),
	TAKES("until", until),
	TAKES("text", text),
	TAKES("to", to),
	SETS("yes", yes),
	TAKES("date", date),
	TAKES("number", number),
	TAKES("sender", sender),
	TAKES("erasures", erasures),
	SETS("force", force),
	TAKES("encrypt", encrypt),
	TAKES("keep", keep),
	TAKES("identity", identity),
};
enum { N_CHOICES = sizeof(choices) / sizeof(*choices), FIRST_CHOICE = 1000, OPT_SCAN = FIRST_CHOICE + N_CHOICES };

static void choose(struct ctl *c, const struct choice *x)
{
	if (x->text != NOWHERE)
		memcpy((char *)c + x->text, &optarg, sizeof(optarg));
	if (x->flag != NOWHERE)
		memcpy((char *)c + x->flag, &(bool){ true }, sizeof(bool));
}

/* -1: go on; else the exit status. */
static int options(int argc, char **argv, struct ctl *c)
{
	struct option longs[N_CHOICES + 4] = { 0 };
	for (int i = 0; i < N_CHOICES; i++)
		longs[i] = (struct option){ choices[i].name, choices[i].argument, NULL, FIRST_CHOICE + i };
	longs[N_CHOICES] = (struct option){ "scan", required_argument, NULL, OPT_SCAN };
	longs[N_CHOICES + 1] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[N_CHOICES + 2] = (struct option){ "version", no_argument, NULL, 'v' };
	int o;
	while ((o = getopt_long(argc, argv, "c:", longs, NULL)) != -1)
		switch (o) {
		case 'c':
			c->config_path = optarg;
			break;
		case OPT_SCAN:
			if (c->n_scans == CTL_SCANS)
				return ctl_fail(CTL_USAGE, "more than %d --scan", CTL_SCANS);
			c->scans[c->n_scans++] = optarg;
			break;
		case 'h':
			usage(stdout);
			return CTL_DONE;
		case 'v':
			(void)puts("sitantectl " SITANTE_VERSION);
			return CTL_DONE;
		default:
			if (o < FIRST_CHOICE) {
				usage(stderr);
				return CTL_USAGE;
			}
			choose(c, &choices[o - FIRST_CHOICE]);
		}
	return -1;
}

int main(int argc, char **argv)
{
	struct ctl c = { .config_path = SITANTE_SYSCONFDIR "/sitante/sitante.conf" };
	(void)signal(SIGPIPE, SIG_IGN);
	int r = options(argc, argv, &c);
	if (r >= 0)
		return r;
	if (optind >= argc) {
		usage(stderr);
		return CTL_USAGE;
	}
	c.verb = argv[optind];
	c.argc = argc - optind - 1;
	c.argv = argv + optind + 1;
	c.arena = arena_new(ARENA_MAX);
	if (!c.arena)
		return ctl_fail(CTL_REFUSED, "no memory");
	r = -1;
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, c.verb) == 0)
			r = verbs[i].run(&c);
	if (r < 0) {
		usage(stderr);
		r = ctl_fail(CTL_USAGE, "unknown verb %s", c.verb);
	}
	store_close(c.store);
	plan_free(c.plan);
	arena_free(c.arena);
	return r;
}
