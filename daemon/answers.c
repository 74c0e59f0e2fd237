#include "answers.h"

#include <string.h>

static void quoted(struct buf *out, const char *s)
{
	buf_add_char(out, '"');
	for (; s && *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *s);
	}
	buf_add_char(out, '"');
}

static void key(struct buf *out, const char *before, const char *name, const char *value, const char *after)
{
	buf_addf(out, "%s%s = ", before, name);
	quoted(out, value);
	buf_add_str(out, after);
}

static void person(struct buf *out, const struct answers_person *p)
{
	key(out, "{ ", "name", p->name, "; ");
	key(out, "", "address", p->address, "; }");
}

static void server(struct buf *out, const char *group, const struct answers_server *v, const char *password_file)
{
	buf_addf(out, "%s = {\n", group);
	key(out, "  ", "host", v->host, "; ");
	buf_addf(out, "port = %s; ", v->port);
	key(out, "", "security", v->security, ";\n");
	if (*v->user) {
		key(out, "  ", "user", v->user, "; ");
		key(out, "", "password_file", password_file, ";   # in credentials/, mode 0600\n");
	}
	if (*v->ca_file)
		key(out, "  ", "ca_file", v->ca_file, ";\n");
}

void answers_write(const struct answers *a, struct buf *out)
{
	const struct answers_person self = { a->name, a->address };
	const struct answers_person *staff = a->n_staff ? a->staff : &self;
	buf_add_str(out, "# Configuration of sitanted, written by sitantectl setup.  Every key: man 5 sitante.conf\n"
			 "# After a change: sitantectl check, then systemctl reload sitanted.\n\n");
	key(out, "", "agency", a->agency, ";\n");
	key(out, "", "timezone", a->timezone, ";\n");
	buf_add_str(out, "# since = \"2026-01-05\";   # mail that came before is left alone; default: the first start\n\n");
	key(out, "mailbox = { ", "name", a->name, "; ");
	key(out, "", "address", a->address, ";\n");
	key(out, "  ", "home_domains", strrchr(a->address, '@') ? strrchr(a->address, '@') + 1 : "",
	    ";   # proven senders from here get the wider caps\n};\n\n");
	server(out, "imap", &a->imap, "imap-password");
	buf_add_str(out, "  # folder = \"INBOX\"; archive = \"SITANTE/Diproses\"; quarantine = \"SITANTE/Karantina\";\n};\n\n");
	server(out, "smtp", &a->smtp, "smtp-password");
	buf_add_str(out, "};\n\n");
	key(out, "store = { ", "directory", a->store, "; };\n\n");
	buf_add_str(out, "# Whoever may drive tickets by mail.\nstaff = (\n");
	for (size_t i = 0; i < (a->n_staff ? a->n_staff : 1); i++) {
		buf_add_str(out, i ? ",\n  " : "  ");
		person(out, &staff[i]);
	}
	buf_add_str(out, "\n);\n\n# Reads the renewal reports.\nhead = ");
	person(out, a->n_staff ? &a->head : &self);
	buf_add_str(out, ";\n\n# Whose Authentication-Results are believed; try a mail: sitantectl check --mail FILE\n");
	if (a->authserv_id && *a->authserv_id)
		key(out, "authentication = { ", "authserv_id", a->authserv_id, "; };\n");
	else
		buf_add_str(out, "# authentication = { authserv_id = \"mail.example.go.id\"; };   # without it every command is "
				 "confirmed\n");
	buf_add_str(out, "\n# The procedure's standards, in working time.\nsop = {\n"
			 "  receive = \"10m\"; examine = \"1h\"; report = \"15m\"; notify = \"5m\";\n"
			 "  working_hours = ( \"Mon-Thu 07:30-12:00 13:00-16:00\", \"Fri 07:30-11:30 13:00-16:30\" );\n"
			 "  # holidays_file = \"holidays\";   # date, name, kind; a line each, tabs between\n};\n");
}
