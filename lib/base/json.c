#include "base/json.h"

#include "base/text.h"

#include <inttypes.h>

struct json json_open(struct buf *out, bool pretty)
{
	return (struct json){ .out = out, .pretty = pretty };
}

static void line(struct json *j)
{
	if (!j->pretty)
		return;
	buf_add_char(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_add_str(j->out, "  ");
}

static void before(struct json *j)
{
	if (j->need_comma)
		buf_add_char(j->out, ',');
	if (j->depth > 0 && !j->after_key)
		line(j);
	j->after_key = false;
}

static void opened(struct json *j, char c)
{
	before(j);
	buf_add_char(j->out, c);
	j->depth++;
	j->need_comma = false;
}

static void closed(struct json *j, char c)
{
	bool empty = !j->need_comma;
	j->depth--;
	if (!empty)
		line(j);
	buf_add_char(j->out, c);
	j->need_comma = true;
}

void json_object(struct json *j)
{
	opened(j, '{');
}

void json_object_end(struct json *j)
{
	closed(j, '}');
}

void json_array(struct json *j)
{
	opened(j, '[');
}

void json_array_end(struct json *j)
{
	closed(j, ']');
}

static void quoted(struct buf *out, const char *s)
{
	struct span t = span_str(s);
	buf_add_char(out, '"');
	for (size_t i = 0; i < t.n;) {
		uint32_t cp;
		size_t len = utf8_decode(t.p + i, t.n - i, &cp);
		if (len == 0) {
			cp = 0xfffd;
			len = 1;
		}
		if (cp == '"' || cp == '\\')
			buf_addf(out, "\\%c", (char)cp);
		else if (cp == '\n')
			buf_add_str(out, "\\n");
		else if (cp == '\t')
			buf_add_str(out, "\\t");
		else if (cp < 0x10000 && (cp < 0x20 || text_is_unsafe(cp)))
			buf_addf(out, "\\u%04x", cp);
		else if (text_is_unsafe(cp))
			buf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((cp - 0x10000) >> 10), 0xdc00 + ((cp - 0x10000) & 0x3ff));
		else
			buf_add_utf8(out, cp);
		i += len;
	}
	buf_add_char(out, '"');
}

void json_key(struct json *j, const char *key)
{
	before(j);
	quoted(j->out, key);
	buf_add_str(j->out, j->pretty ? ": " : ":");
	j->need_comma = false;
	j->after_key = true;
}

void json_str(struct json *j, const char *s)
{
	if (!s) {
		json_null(j);
		return;
	}
	before(j);
	quoted(j->out, s);
	j->need_comma = true;
}

void json_int(struct json *j, int64_t v)
{
	before(j);
	buf_addf(j->out, "%" PRId64, v);
	j->need_comma = true;
}

void json_bool(struct json *j, bool v)
{
	before(j);
	buf_add_str(j->out, v ? "true" : "false");
	j->need_comma = true;
}

void json_null(struct json *j)
{
	before(j);
	buf_add_str(j->out, "null");
	j->need_comma = true;
}

void json_kv_str(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

void json_kv_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_kv_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
