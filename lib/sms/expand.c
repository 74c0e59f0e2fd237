#include "sms/sms.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static void add_percent(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alnum(s.p[i]) || (s.p[i] && strchr("-._~", s.p[i])))
			buf_add_char(out, (char)s.p[i]);
		else
			buf_addf(out, "%%%02X", s.p[i]);
}

/* RFC 8259 7, without the quotes around. */
static void add_json(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addf(out, "\\%c", s.p[i]);
		else if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			buf_addf(out, "\\u%04x", s.p[i]);
		else
			buf_add_char(out, (char)s.p[i]);
}

static void add_header(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return;
	buf_add_span(out, s);
}

static void add(struct buf *out, enum sms_context c, struct span s)
{
	switch (c) {
	case SMS_IN_URL:
	case SMS_IN_FORM:
		add_percent(out, s);
		break;
	case SMS_IN_JSON:
		add_json(out, s);
		break;
	case SMS_IN_HEADER:
		add_header(out, s);
		break;
	}
}

/* true: name is one of ours, and *v its value. */
static bool value_of(struct span name, const struct sms_values *values, char local[24], struct span *v)
{
	bool plus = values->to[0] == '+', home = str_starts(values->to, "+62");
	bool wide = sms_measure(values->text).wide;
	(void)snprintf(local, 24, "%s%s", home ? "0" : "", home ? values->to + 3 : values->to);
	const struct {
		const char *name, *value;
	} table[] = {
		{ "to", values->to + plus },
		{ "to_plus", values->to },
		{ "to_local", local },
		{ "text", values->text },
		{ "coding", wide ? "2" : "0" },
		{ "wide", wide ? "true" : "false" },
		{ "reference", values->reference },
		{ "user", values->user ? values->user : "" },
		{ "password", values->password ? values->password : "" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (span_eq(name, span_str(table[i].name))) {
			*v = span_str(table[i].value);
			return true;
		}
	return false;
}

void sms_expand(const char *template, enum sms_context c, const struct sms_values *values, struct buf *out)
{
	struct span t = span_str(template), v;
	char local[24];
	for (size_t i = 0; i < t.n;) {
		const unsigned char *end = t.p[i] == '{' ? memchr(t.p + i, '}', t.n - i) : NULL;
		struct span name = end ? span_of(t.p + i + 1, (size_t)(end - t.p) - i - 1) : span_of("", 0);
		if (end && value_of(name, values, local, &v)) {
			add(out, c, v);
			i = (size_t)(end - t.p) + 1;
		} else {
			buf_add_char(out, (char)t.p[i++]);
		}
	}
}

bool sms_template_has(const char *template, const char *name)
{
	char key[40];
	(void)snprintf(key, sizeof(key), "{%s}", name);
	return template && strstr(template, key) != NULL;
}
