#include "unit.h"

#include "settings/settings.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/sitante-settings-XXXXXX";

static void put(const char *name, const char *text, mode_t mode)
{
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
	(void)chmod(path, mode);
}

static const char good[] =
	"agency = \"Dinas\"; mailbox = { name = \"S\"; address = \"s@natunakab.go.id\"; home_domains = ( \"natunakab.go.id\" ); "
	"};\n"
	"imap = { host = \"localhost\"; user = \"s\"; password_file = \"pw\"; };\n"
	"smtp = { host = \"localhost\"; user = \"s\"; password_file = \"pw\"; security = \"starttls\"; };\n"
	"store = { directory = \"var\"; };\n"
	"staff = ( { name = \"A\"; address = \"a@natunakab.go.id\"; } );\n"
	"head = { name = \"K\"; address = \"k@natunakab.go.id\"; };\n"
	"sop = { working_hours = ( \"Mon-Fri 08:00-12:00 13:00-16:00\" ); holidays = ( \"2026-01-01\" ); examine = \"90m\"; };\n";

static int load(const char *text, struct settings **out, struct buf *faults)
{
	char path[200];
	put("sitante.conf", text, 0644);
	(void)snprintf(path, sizeof(path), "%s/sitante.conf", folder);
	return settings_load(path, out, faults);
}

static void good_file_loads(void **state)
{
	(void)state;
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	put("pw", "rahasia\n", 0600);
	if (load(good, &s, &faults) != 0)
		fail_msg("%s", buf_cstr(&faults));
	assert_string_equal(s->imap.password, "rahasia");
	assert_int_equal(s->imap.port, 993);
	assert_int_equal(s->smtp.port, 587);
	assert_int_equal(s->standard[1].ms, 90 * 60000);
	assert_int_equal(s->standard[0].ms, 10 * 60000);
	assert_int_equal(s->caps.address_day, 5);
	assert_int_equal(s->request.n_required, 3);
	assert_string_equal(s->mailbox.home_domains[0], "natunakab.go.id");
	assert_non_null(s->calendar);
	settings_free(s);
}

/* a fault put in place of a good line, and the words that must name it */
static void all_faults_at_once(void **state)
{
	(void)state;
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	AUTO_BUF text = BUF_INIT(100000);
	buf_add_str(&text, good);
	buf_add_str(&text, "colour = \"red\";\nimap2 = { };\ntimezone = 7;\ncaps = { hour = -1; };\nauthentication = { hops = "
			   "\"x\"; nothing = 1; };\n"
			   "request = { required = ( \"nik|shoe\" ); };\nsince = \"kemarin\";\n");
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 1);
	static const char *const named[] = { ":8: colour",
					     ":9: imap2",
					     ":10: timezone",
					     ":11: caps.hour",
					     ":12: authentication.hops",
					     ":12: authentication.nothing",
					     "shoe",
					     "kemarin" };
	for (size_t i = 0; i < COUNT(named); i++)
		if (!strstr(buf_cstr(&faults), named[i]))
			fail_msg("%s is not in: %s", named[i], buf_cstr(&faults));
}

static void missing_and_broken(void **state)
{
	(void)state;
	static const char *const files[][2] = {
		{ "", "mailbox.address" },
		{ "agency = ;", ":1:" },
		{ "imap = 3;", "imap: has the wrong type" },
	};
	for (size_t i = 0; i < COUNT(files); i++) {
		struct settings *s = NULL;
		AUTO_BUF faults = BUF_INIT(100000);
		assert_int_equal(load(files[i][0], &s, &faults), 1);
		if (!strstr(buf_cstr(&faults), files[i][1]))
			fail_msg("%s: %s", files[i][1], buf_cstr(&faults));
	}
}

static void loose_passwords_are_refused(void **state)
{
	(void)state;
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	put("pw", "rahasia\n", 0644);
	assert_int_equal(load(good, &s, &faults), 1);
	assert_non_null(strstr(buf_cstr(&faults), "chmod 600"));
	assert_null(strstr(buf_cstr(&faults), "rahasia"));
	put("pw", "a\nb\n", 0600);
	buf_reset(&faults);
	assert_int_equal(load(good, &s, &faults), 1);
	put("pw", "rahasia\n", 0600);
}

static void plaintext_is_for_loopback(void **state)
{
	(void)state;
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	AUTO_BUF text = BUF_INIT(100000);
	const char *at = strstr(good, "host = \"localhost\"");
	buf_add(&text, good, (size_t)(at - good));
	buf_add_str(&text, "host = \"mail.example\"; security = \"plaintext\"");
	buf_add_str(&text, at + strlen("host = \"localhost\""));
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 1);
	assert_non_null(strstr(buf_cstr(&faults), "loopback"));
}

static void a_gateway_is_waited_for_within_reason(void **state)
{
	static const struct {
		const char *timeout;
		int64_t ms; /* 0: a fault */
	} rows[] = { { "", 60000 },
		     { "timeout = \"1s\";", 1000 },
		     { "timeout = \"5m\";", 300000 },
		     { "timeout = \"0s\";", 0 },
		     { "timeout = \"6m\";", 0 } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct settings *s = NULL;
		AUTO_BUF faults = BUF_INIT(100000);
		AUTO_BUF text = BUF_INIT(100000);
		buf_addf(&text, "%s\nsms = { url = \"https://sms.example/?to={to}&text={text}\"; %s };\n", good, rows[i].timeout);
		assert_int_equal(load(buf_cstr(&text), &s, &faults), rows[i].ms ? 0 : 1);
		if (rows[i].ms)
			assert_int_equal(s->sms.timeout.ms, rows[i].ms);
		else
			assert_non_null(strstr(buf_cstr(&faults), "sms.timeout"));
		settings_free(s);
	}
}

/* Files as they are, hidden ones and folders aside; a missing or overfull folder is a fault. */
static void roots_are_taken_as_they_are(void **state)
{
	(void)state;
	struct settings *s = NULL;
	AUTO_BUF text = BUF_INIT(10000);
	AUTO_BUF faults = BUF_INIT(100000);
	char path[200], name[40];
	put("pw", "rahasia\n", 0600);
	buf_addf(&text, "%scertificates = { roots = \"roots\"; };\n", good);
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 1);
	assert_non_null(strstr(buf_cstr(&faults), "certificates.roots"));
	(void)snprintf(path, sizeof(path), "%s/roots", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/roots/inner", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	put("roots/a.pem", "satu", 0644);
	put("roots/b.der", "", 0644);
	put("roots/.hidden", "x", 0644);
	buf_reset(&faults);
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 0);
	assert_int_equal(s->certificates.n_roots, 2);
	assert_int_equal(s->certificates.roots[0].n + s->certificates.roots[1].n, 4);
	settings_free(s);
	for (int i = 0; i < LIMIT_ROOT_FILES; i++) {
		(void)snprintf(name, sizeof(name), "roots/%d.pem", i);
		put(name, "x", 0644);
	}
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 1);
	for (int i = 0; i < LIMIT_ROOT_FILES; i++) {
		(void)snprintf(path, sizeof(path), "%s/roots/%d.pem", folder, i);
		(void)unlink(path);
	}
	static const char *const left[] = { "roots/a.pem", "roots/b.der", "roots/.hidden", "roots/inner", "roots" };
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, left[i]);
		assert_int_equal(remove(path), 0);
	}
}

#define TOKEN_GROUP                                                                                                              \
	"oauth = { token_url = \"https://t.example/token\"; client_id = \"c\"; refresh_token_file = \"rt\"; secret_expires = "   \
	"\"2027-01-05\"; };\n"
struct token_row {
	const char *imap, *smtp, *oauth; /* what the groups hold beside host and user */
	const char *fault;               /* NULL: it loads */
};

/* A log-in by token needs no password, and all that the token needs. */
static void token_keys(void **state)
{
	static const struct token_row rows[] = {
		{ "auth = \"xoauth2\";", "auth = \"oauthbearer\"; user = \"s\";", TOKEN_GROUP, NULL },
		{ "auth = \"xoauth2\";", "user = \"s\"; password_file = \"pw\";", TOKEN_GROUP, NULL },
		{ "auth = \"xoauth2\"; password_file = \"away\";", "", TOKEN_GROUP, NULL },
		{ "password_file = \"pw\";", "", "oauth = { client_id = \"c\"; };", NULL },
		{ "auth = \"password\"; password_file = \"pw\";", "", "", NULL },
		{ "auth = \"password\";", "", TOKEN_GROUP, "imap.password_file: is missing" },
		{ "auth = \"XOAUTH2\";", "", TOKEN_GROUP, "imap.auth: \"XOAUTH2\" is none of" },
		{ "auth = \"xoauth2\";", "", "", "oauth.token_url: is missing" },
		{ "auth = \"xoauth2\";", "", "oauth = { token_url = \"https://t\"; client_id = \"c\"; };",
		  "oauth.refresh_token_file: is missing" },
		{ "password_file = \"pw\";", "auth = \"xoauth2\";", TOKEN_GROUP, "smtp.user: is missing" },
		{ "auth = \"xoauth2\";", "",
		  "oauth = { token_url = \"http://127.0.0.1/\"; client_id = \"c\"; refresh_token_file = \"rt\"; };",
		  "must begin with https://" },
		{ "auth = \"xoauth2\";", "",
		  "oauth = { token_url = \"https://t\"; client_id = \"c\"; refresh_token_file = \"loose\"; };", "chmod 600" },
		{ "auth = \"xoauth2\";", "",
		  "oauth = { token_url = \"https://t\"; client_id = \"c\"; refresh_token_file = \"away\"; };", "cannot read" },
		{ "password_file = \"pw\";", "", "oauth = { expires = \"besok\"; };", "oauth.expires: \"besok\" is no day" },
	};
	(void)state;
	put("rt", "penyegar\n", 0600);
	put("loose", "penyegar\n", 0640);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct settings *s = NULL;
		AUTO_BUF faults = BUF_INIT(100000);
		AUTO_BUF text = BUF_INIT(100000);
		buf_addf(&text,
			 "agency = \"D\"; mailbox = { name = \"S\"; address = \"s@n.id\"; }; imap = { host = \"h\"; user = "
			 "\"s\"; %s };\n"
			 "smtp = { host = \"h\"; %s };\nstore = { directory = \"v\"; }; staff = ( { name = \"A\"; address = "
			 "\"a@n.id\"; } );\n"
			 "head = { name = \"K\"; address = \"k@n.id\"; }; sop = { working_hours = ( \"Mon-Fri 08:00-16:00\" ); "
			 "};\n%s",
			 rows[i].imap, rows[i].smtp, rows[i].oauth);
		int r = load(buf_cstr(&text), &s, &faults);
		if ((r != 0) != (rows[i].fault != NULL) || (r && !strstr(buf_cstr(&faults), rows[i].fault)))
			fail_msg("row %zu: %d %s", i, r, buf_cstr(&faults));
		if (r == 0 && s->imap.auth != OAUTH_NONE) {
			assert_null(s->imap.password);
			assert_int_equal(s->oauth.secret_expires.ms, 1799082000000); /* midnight where the agency is */
		}
		settings_free(s);
	}
	static const char *const left[] = { "rt", "loose" };
	for (size_t i = 0; i < COUNT(left); i++) {
		char path[200];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, left[i]);
		(void)unlink(path);
	}
}
#define LABEL_60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* One line of the good file is another, or one more stands below it: the words that name the fault; NULL: it is right. */
static const struct value_row {
	const char *from, *to; /* from NULL: appended */
	const char *fault;
} values[] = {
	{ "\"s@natunakab.go.id\"", "\"s@\"", "mailbox.address" },
	{ "\"a@natunakab.go.id\"", "\"bukan alamat\"", "staff" },
	{ "\"k@natunakab.go.id\"", "\"k\"", "head.address" },
	{ "agency = \"Dinas\"", "agency = \"\"", "agency: is empty" },
	{ "agency = \"Dinas\"", "agency = \"a\\nb\"", "agency" },
	{ "agency = \"Dinas\"", "agency = \"\\xff\"", "agency" },
	{ "agency = \"Dinas\"", "agency = true", "agency: has the wrong type" },
	{ "( \"natunakab.go.id\" )", "( \"natuna kab\" )", "is no domain name" },
	{ "( \"natunakab.go.id\" )", "( 3 )", "must be a list of strings" },
	{ "( \"natunakab.go.id\" )", "\"natunakab.go.id\"", NULL },
	{ "( \"natunakab.go.id\" )", "[ \"natunakab.go.id\" ]", NULL },
	{ "( \"natunakab.go.id\" )", "( )", NULL },
	{ "( \"natunakab.go.id\" )", "7", "wrong type" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "\"a@natunakab.go.id\"", "staff: each must be" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "{ name = \"A\"; }", "staff: each must be" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "{ address = \"a@natunakab.go.id\"; }", "staff: each must be" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "{ name = \"A\"; address = \"a@natunakab.go.id\"; x = 1; }",
	  "staff: each" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "{ name = \"A\\n\"; address = \"a@natunakab.go.id\"; }",
	  "staff" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }",
	  "{ name = \"A\"; address = \"a@natunakab.go.id\"; }, { name = \"B\"; address = \"A@natunakab.go.id\"; }",
	  "stands twice" },
	{ "{ name = \"A\"; address = \"a@natunakab.go.id\"; }", "", "staff" },
	{ "security = \"starttls\"", "security = \"ssl\"", "none of tls, starttls, plaintext" },
	{ "security = \"starttls\"", "security = \"plaintext\"", NULL },
	{ "security = \"starttls\"", "ca_file = \"tidak-ada.pem\"", "smtp.ca_file" },
	{ "security = \"starttls\"", "ca_file = \"pw\"", NULL },
	{ "security = \"starttls\"", "port = 70000", "smtp.port" },
	{ "security = \"starttls\"", "port = 465L", NULL },
	{ "security = \"starttls\"", "connections = 0", NULL },
	{ "host = \"localhost\"; user", "host = \"127.0.0.9\"; security = \"plaintext\"; user", NULL },
	{ "host = \"localhost\"; user", "host = \"::1\"; security = \"plaintext\"; user", NULL },
	{ "host = \"localhost\"; user", "host = \"192.0.2.1\"; security = \"plaintext\"; user", "loopback" },
	{ "user = \"s\"; password_file = \"pw\"; security", "user = \"s\"; security", "smtp.password_file" },
	{ "user = \"s\"; password_file = \"pw\"; security", "password_file = \"pw\"; security", "smtp.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"tidak-ada\"; };\nsmtp", "imap.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"/usr/tidak/ada\"; };\nsmtp", "imap.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"/\"; };\nsmtp", "imap.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"pw\"; poll_seconds = 0; };\nsmtp", NULL },
	{ "examine = \"90m\"", "examine = \"2d\"", NULL },
	{ "examine = \"90m\"", "examine = \"90\"", "sop.examine" },
	{ "examine = \"90m\"", "examine = \"m\"", "sop.examine" },
	{ "examine = \"90m\"", "examine = \"0m\"", "sop.examine" },
	{ "examine = \"90m\"", "examine = \"x5m\"", "sop.examine" },
	{ "\"2026-01-01\"", "\"besok\"", "sop.holidays" },
	{ "\"2026-01-01\"", "\"2026-01-01 08:00-12:00\"", "sop.holidays" },
	{ "examine = \"90m\"", "open_days = ( \"2026-03-28 08:00-12:00\" )", NULL },
	{ "examine = \"90m\"", "open_days = ( \"2026-03-28\" )", "sop.open_days" },
	{ "examine = \"90m\"", "open_days = ( \"besok\" )", "sop.open_days" },
	{ "examine = \"90m\"", "other_hours = ( \"2026-02-18..2026-03-19 Mon-Fri 08:00-15:00\" )", NULL },
	{ "examine = \"90m\"", "other_hours = ( \"kapan saja\" )", "sop.other_hours" },
	{ "examine = \"90m\"", "holidays_file = \"libur\"", NULL },
	{ "examine = \"90m\"", "holidays_file = \"libur-salah\"", "sop.holidays_file" },
	{ "examine = \"90m\"", "holidays_file = \"tidak-ada\"", "sop.holidays_file" },
	{ "examine = \"90m\"", "holidays_file = \"pw-large\"", "sop.holidays_file" },
	{ "examine = \"90m\"", "holidays_file = \"/\"", "sop.holidays_file" },
	{ "\"Mon-Fri 08:00-12:00 13:00-16:00\"", "\"Mon-Fri 12:00-08:00\"", "sop.working_hours" },
	{ NULL, "timezone = \"Asia/Makassar\";", NULL },
	{ NULL, "timezone = \"Asia/Jayapura\";", NULL },
	{ NULL, "timezone = \"UTC\";", NULL },
	{ NULL, "timezone = \"../etc/passwd\";", "timezone" },
	{ NULL, "timezone = \"/etc/passwd\";", "timezone" },
	{ NULL, "timezone = \"Mars/Olympus\";", "timezone" },
	{ NULL, "since = \"2026-01-05\";", NULL },
	{ NULL, "since = \"2026-01-05T08:00:00+07:00\";", NULL },
	{ NULL, "expiry = { days = \"30, 30\"; };", "expiry.days" },
	{ NULL, "expiry = { days = \"7, 14\"; };", "expiry.days" },
	{ NULL, "expiry = { days = \"satu\"; };", "expiry.days" },
	{ NULL, "expiry = { days = \"9,8,7,6,5,4,3,2,1\"; };", "expiry.days" },
	{ NULL, "expiry = { days = \"60, 1\"; admins = ( \"Dinas Sosial: admin@natunakab.go.id\" ); };", NULL },
	{ NULL, "expiry = { admins = ( \"admin@natunakab.go.id\" ); };", "expiry.admins" },
	{ NULL, "expiry = { admins = ( \"Dinas Sosial: admin\" ); };", "expiry.admins" },
	{ NULL, "alarm = { command = ( \"mail\" ); };", "alarm.command" },
	{ NULL, "alarm = { command = ( \"/usr/bin/true\", \"x\" ); };", NULL },
	{ NULL, "letters = { scanners = ( \"pindai@natunakab.go.id\" ); };", NULL },
	{ NULL, "letters = { scanners = ( \"pindai\" ); };", "is no mail address" },
	{ NULL, "report = { number = \"{number}/{month}/{year}\"; letterhead = ( \"a\", \"b\" ); };", NULL },
	{ NULL, "report = { number = \"{number}\"; };", "report.number" },
	{ NULL, "report = { number = \"{year}\"; };", "report.number" },
	{ NULL, "report = { letterhead = ( \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", \"11\" ); };",
	  "report.letterhead" },
	{ NULL, "report = { logo = \"tidak-ada.png\"; };", "report.logo" },
	{ NULL, "report = { logo = \"libur\"; };", "report.logo" },
	{ NULL, "report = { logo = \"logo.png\"; };", NULL },
	{ NULL, "sms = { url = \"http://sms.example/?{to}{text}\"; };", "sms.url" },
	{ NULL, "sms = { url = \"sms.example\"; };", "sms.url" },
	{ NULL, "sms = { url = \"http://127.0.0.1:8080/?{to}{text}\"; per_minute = 0; };", NULL },
	{ NULL, "sms = { url = \"http://[::1]/?{to}\"; body = \"{text}\"; };", NULL },
	{ NULL, "sms = { url = \"http://[::1\"; body = \"{text}{to}\"; };", "sms.url" },
	{ NULL, "sms = { url = \"http://127.0.0.1:80@sms.example/?{to}{text}\"; };", "sms.url" },
	{ NULL, "sms = { url = \"https://sms.example/{text}\"; };", "sms.url" },
	{ NULL, "sms = { url = \"https://sms.example/{to}\"; };", "sms.url" },
	{ NULL, "sms = { body = \"{to}{text}\"; };", "sms.url" },
	{ NULL, "sms = { user = \"u\"; };", "sms.url" },
	{ NULL, "sms = { password_file = \"pw\"; };", "sms.url" },
	{ NULL, "sms = { url = \"https://sms.example/{to_local}{text}\"; ca_file = \"tidak-ada\"; };", "sms.ca_file" },
	{ NULL, "sms = { from = \"gw@sms.example\"; };", "sms.pattern" },
	{ NULL, "sms = { pattern = \"SMS dari {number}\"; };", "sms.pattern" },
	{ NULL, "sms = { from = \"gw@sms.example\"; pattern = \"{number}\"; };", "sms.pattern" },
	{ NULL, "sms = { from = \"gw@sms.example\"; pattern = \"SMS dari {number}\"; };", NULL },
	{ NULL, "reminders = { share = 1000; };", "reminders.share" },
	{ NULL, "authentication = { below_border = 1; };", "authentication.below_border" },
	{ NULL, "authentication = { authserv_id = \"mail.natunakab.go.id\"; missing_id = true; };", NULL },
	{ NULL, "templates = \"templates\";", NULL },
	{ "examine = \"90m\"", "examine = 90", "sop.examine: has the wrong type" },
	{ "( \"Mon-Fri 08:00-12:00 13:00-16:00\" )", "true", "sop.working_hours: has the wrong type" },
	{ NULL, "letters = { scanners = 7; };", "letters.scanners: has the wrong type" },
	{ NULL, "sms = { notices = \"ya\"; };", "sms.notices: has the wrong type" },
	{ "agency = \"Dinas\"", "agency = \"a\\x7f\"", "agency" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"pw-empty\"; };\nsmtp", "imap.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"pw-large\"; };\nsmtp", "imap.password_file" },
	{ "password_file = \"pw\"; };\nsmtp", "password_file = \"pw-cr\"; };\nsmtp", NULL },
	{ NULL, "report = { logo = \"/\"; };", "report.logo" },
	{ NULL, "report = { logo = \"pw\"; };", "report.logo" },
	{ NULL, "sms = { url = \"https://sms.example/{to}{text}\"; ca_file = \"pw\"; };", NULL },
	{ NULL, "since = \"2026-01-05 08:00-12:00\";", "since" },
	{ NULL, "request = { required = ( ); };", NULL },
	{ "( \"natunakab.go.id\" )", "( \"\" )", "is no domain name" },
	{ "( \"natunakab.go.id\" )", "( \"" LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 ".id\" )",
	  "is no domain name" },
	{ NULL, "@include \"tidak-ada.conf\"", "sitante.conf" },
};

static void each_value(void **state)
{
	size_t bad = 0;
	(void)state;
	put("pw", "rahasia\n", 0600);
	put("libur", "# hari libur\n2026-08-17\tKemerdekaan\tlibur-nasional\n", 0644);
	AUTO_BUF large = BUF_INIT(1000000);
	for (size_t i = 0; i < 700000; i++)
		buf_add_char(&large, 'x');
	put("pw-empty", "", 0600);
	put("pw-large", buf_cstr(&large), 0600);
	put("pw-cr", "rahasia\r\n", 0600);
	put("libur-salah", "kapan-kapan\n", 0644);
	put("logo.png", "\x89PNG\r\n\x1a\n....", 0644);
	for (size_t i = 0; i < COUNT(values); i++) {
		const struct value_row *r = &values[i];
		struct settings *s = NULL;
		AUTO_BUF faults = BUF_INIT(100000);
		AUTO_BUF text = BUF_INIT(100000);
		const char *at = r->from ? strstr(good, r->from) : good + strlen(good);
		if (!at)
			fail_msg("row %zu: %s is not in the good file", i, r->from);
		buf_add(&text, good, (size_t)(at - good));
		buf_add_str(&text, r->to);
		buf_add_str(&text, at + (r->from ? strlen(r->from) : 0));
		int e = load(buf_cstr(&text), &s, &faults);
		if (e != (r->fault ? 1 : 0) || (r->fault && !strstr(buf_cstr(&faults), r->fault)))
			print_error("row %zu, %s: %d, %s\n", i, r->to, e, buf_cstr(&faults)), bad++;
		assert_null(strstr(buf_cstr(&faults), "rahasia"));
		if (e == 0)
			settings_free(s);
	}
	assert_int_equal(bad, 0);
}

/* What systemd loads for the service goes before the file beside the configuration; its mode is systemd's. */
static void credentials_go_first(void **state)
{
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	char path[200];
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/cred", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put("pw", "dari berkas\n", 0600);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", path, 1), 0);
	assert_int_equal(load(good, &s, &faults), 0);
	assert_string_equal(s->imap.password, "dari berkas");
	settings_free(s);
	put("cred/pw", "dari systemd\n", 0440);
	assert_int_equal(load(good, &s, &faults), 0);
	assert_string_equal(s->imap.password, "dari systemd");
	settings_free(s);
	put("cred/pw", "", 0440);
	assert_int_equal(load(good, &s, &faults), 1);
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	put("pw", "rahasia\n", 0600);
	(void)strcat(path, "/pw");
	assert_int_equal(unlink(path), 0);
	*strrchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
}

/* Named from within its folder, from the root, and a folder in its place. */
static void where_it_lies(void **state)
{
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	(void)state;
	assert_int_equal(load(good, &s, &faults), 0);
	settings_free(s);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(settings_load("sitante.conf", &s, &faults), 0);
	assert_string_equal(s->imap.password, "rahasia");
	settings_free(s);
	assert_int_equal(chdir("/"), 0);
	assert_int_not_equal(settings_load("/tidak-ada.conf", &s, &faults), 0);
	assert_int_not_equal(settings_load(folder, &s, &faults), 0);
	assert_true(faults.n > 0);
}

static void no_file_and_much_too_much(void **state)
{
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(100000);
	AUTO_BUF text = BUF_INIT(400000);
	AUTO_BUF tiny = BUF_INIT(3);
	char path[200];
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tidak-ada.conf", folder);
	assert_int_not_equal(settings_load(path, &s, &faults), 0);
	assert_non_null(strstr(buf_cstr(&faults), "tidak-ada.conf"));
	buf_reset(&faults);
	buf_addf(&text, "%sreport = { place = \"", good);
	for (size_t i = 0; i < 100000; i++)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "\"; };\n");
	assert_int_equal(load(buf_cstr(&text), &s, &faults), 1);
	assert_non_null(strstr(buf_cstr(&faults), "report.place"));
	buf_reset(&text);
	buf_addf(&text, "%salarm = { command = ( \"/bin/true\"", good);
	for (size_t i = 0; i < 1001; i++)
		buf_add_str(&text, ", \"x\"");
	buf_add_str(&text, " ); };\n");
	assert_int_not_equal(load(buf_cstr(&text), &s, &faults), 0);
	assert_int_not_equal(load("agency = 3;", &s, &tiny), 0); /* no room for the words: refused all the same */
}

static void in_sample(void *context, const char *key, bool required, const char *fallback)
{
	(void)required;
	(void)fallback;
	const char *last = strrchr(key, '.') ? strrchr(key, '.') + 1 : key;
	if (!strstr(context, last))
		fail_msg("conf/sitante.conf does not name %s", key);
}

static void sample_names_every_key(void **state)
{
	(void)state;
	static char text[200000];
	FILE *f = fopen(SAMPLE, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	settings_keys(in_sample, text);
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file_loads),
		cmocka_unit_test(all_faults_at_once),
		cmocka_unit_test(missing_and_broken),
		cmocka_unit_test(loose_passwords_are_refused),
		cmocka_unit_test(plaintext_is_for_loopback),
		cmocka_unit_test(a_gateway_is_waited_for_within_reason),
		cmocka_unit_test(token_keys),
		cmocka_unit_test(sample_names_every_key),
		cmocka_unit_test(roots_are_taken_as_they_are),
		cmocka_unit_test(each_value),
		cmocka_unit_test(credentials_go_first),
		cmocka_unit_test(no_file_and_much_too_much),
		cmocka_unit_test(where_it_lies),
	};
	int r = cmocka_run_group_tests_name("settings", tests, NULL, NULL);
	static const char *const left[] = { "pw",       "sitante.conf", "libur",    "libur-salah",
					    "logo.png", "pw-empty",     "pw-large", "pw-cr" };
	for (size_t i = 0; i < COUNT(left); i++) {
		char path[200];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, left[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return r;
}
