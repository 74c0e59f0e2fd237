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
	};
	int r = cmocka_run_group_tests_name("settings", tests, NULL, NULL);
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/pw", folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/sitante.conf", folder);
	(void)unlink(path);
	(void)rmdir(folder);
	return r;
}
