#include "compose/compose.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SEGMENTS_PER_FILE = 2, ID_BYTES_MAX = 900 };

struct composer {
	const struct compose_mail *m;
	struct buf *out;
	struct segment *segments;
	size_t n, max;
	size_t from; /* content bytes already given to a segment */
	char boundary[64];
};

/* --- header ------------------------------------------------------------------------------- */

static void mailbox(struct buf *out, const char *key, const char *name, const char *address)
{
	AUTO_BUF clean = BUF_INIT(2000);
	AUTO_BUF line = BUF_INIT(8000);
	text_clean_line(&clean, span_str(name));
	struct span s = buf_span(&clean);
	bool ascii = s.n > 0 && s.n < 60;
	for (size_t i = 0; i < s.n; i++)
		ascii = ascii && s.p[i] >= 32 && s.p[i] < 127;
	if (s.n == 0 || s.n > 200) {
		buf_addf(out, "%s: <%s>\r\n", key, address);
	} else if (ascii) {
		buf_add_char(&line, '"');
		for (size_t i = 0; i < s.n; i++) {
			if (s.p[i] == '"' || s.p[i] == '\\')
				buf_add_char(&line, '\\');
			buf_add_char(&line, (char)s.p[i]);
		}
		buf_addf(out, "%s: %s\"%s<%s>\r\n", key, buf_cstr(&line), s.n + strlen(address) > 50 ? "\r\n " : " ", address);
	} else {
		header_add(&line, key, buf_cstr(&clean)); /* encoded words, always of non-ASCII names */
		struct span words = buf_span(&line);
		buf_add(out, words.p, words.n - 2);
		buf_addf(out, "\r\n <%s>\r\n", address);
	}
}

static bool id_usable(const char *id)
{
	size_t n = id ? strlen(id) : 0;
	for (size_t i = 0; i < n; i++)
		if (id[i] <= 32 || id[i] >= 127 || id[i] == '<' || id[i] == '>')
			return false;
	return n > 0 && n <= ID_BYTES_MAX;
}

/* Each id on its line: a chain of any length folds. */
static void id_list(struct buf *out, const char *key, const char *const *ids, size_t n, const char *last)
{
	size_t count = 0;
	for (size_t i = 0; i <= n; i++) {
		const char *id = i < n ? ids[i] : last;
		if (!id_usable(id))
			continue;
		if (count++ == 0)
			buf_addf(out, "%s: <%s>", key, id);
		else
			buf_addf(out, "\r\n <%s>", id);
	}
	if (count > 0)
		buf_add_str(out, "\r\n");
}

static void date(struct buf *out, struct instant t, int32_t offset)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	struct civil_time c = instant_civil(t, offset);
	int32_t minutes = (offset < 0 ? -offset : offset) / 60;
	buf_addf(out, "Date: %s, %02d %s %d %02d:%02d:%02d %c%02d%02d\r\n",
		 days[civil_weekday((struct civil_date){ c.year, c.month, c.day })], c.day, months[c.month - 1], c.year, c.hour,
		 c.minute, c.second, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void header(struct composer *c)
{
	const struct compose_mail *m = c->m;
	date(c->out, m->date, m->offset_s);
	mailbox(c->out, "From", m->from_name, m->from_address);
	mailbox(c->out, "To", m->to_name, m->to_address);
	header_add(c->out, "Subject", m->subject ? m->subject : "");
	buf_addf(c->out, "Message-ID: <%s>\r\n", m->message_id);
	if (m->in_reply_to)
		id_list(c->out, "In-Reply-To", NULL, 0, m->in_reply_to);
	id_list(c->out, "References", m->references, m->n_references, m->in_reply_to);
	if (m->automatic != COMPOSE_HUMAN) {
		buf_addf(c->out, "Auto-Submitted: %s\r\n",
			 m->automatic == COMPOSE_AUTO_REPLIED ? "auto-replied" : "auto-generated");
		buf_add_str(c->out, "X-Auto-Response-Suppress: All\r\n");
	}
	buf_add_str(c->out, "MIME-Version: 1.0\r\n");
}

/* --- text parts ------------------------------------------------------------------------------ */

static void qp(struct buf *out, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t column = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		if (c == '\n') {
			buf_add_str(out, "\r\n");
			column = 0;
			continue;
		}
		bool last = i + 1 == s.n || s.p[i + 1] == '\n';
		bool safe = (c >= 33 && c <= 126 && c != '=' && !(column == 0 && (c == '.' || c == 'F'))) ||
			    ((c == ' ' || c == '\t') && !last);
		if (column + (safe ? 1 : 3) > 75) {
			buf_add_str(out, "=\r\n");
			column = 0;
			safe = safe && c != '.' && c != 'F';
		}
		if (safe) {
			buf_add_char(out, (char)c);
			column++;
		} else {
			char three[3] = { '=', hex[c >> 4], hex[c & 15] };
			buf_add(out, three, sizeof(three));
			column += 3;
		}
	}
}

static bool is_7bit(struct span s)
{
	size_t line = 0;
	for (size_t i = 0; i < s.n; i++) {
		line = s.p[i] == '\n' ? 0 : line + 1;
		if (s.p[i] > 126 || (s.p[i] < 32 && s.p[i] != '\n' && s.p[i] != '\t') || line > 78)
			return false;
	}
	return true;
}

static void text_part(struct composer *c, const char *type, const char *text)
{
	AUTO_BUF clean = BUF_INIT(c->out->max);
	text_clean(&clean, span_str(text));
	struct span s = buf_span(&clean);
	bool plain = is_7bit(s);
	buf_addf(c->out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", type,
		 plain ? "7bit" : "quoted-printable");
	if (plain) {
		struct span rest = s, line;
		while (span_next_line(&rest, &line)) {
			buf_add_span(c->out, line);
			buf_add_str(c->out, "\r\n");
		}
	} else {
		qp(c->out, s);
		buf_add_str(c->out, "\r\n");
	}
	if (buf_status(&clean) != 0)
		c->out->status = buf_status(&clean);
}

static void bodies(struct composer *c)
{
	if (!c->m->html) {
		text_part(c, "text/plain", c->m->text);
		return;
	}
	buf_addf(c->out, "Content-Type: multipart/alternative; boundary=\"alt-%s\"\r\n\r\n--alt-%s\r\n", c->boundary,
		 c->boundary);
	text_part(c, "text/plain", c->m->text);
	buf_addf(c->out, "\r\n--alt-%s\r\n", c->boundary);
	text_part(c, "text/html", c->m->html);
	buf_addf(c->out, "\r\n--alt-%s--\r\n", c->boundary);
}

/* --- attachments ------------------------------------------------------------------------------ */

static bool type_good(const char *t)
{
	const char *slash = t ? strchr(t, '/') : NULL;
	if (!slash || slash == t || !slash[1] || strchr(slash + 1, '/') || strlen(t) > 120 || str_starts(t, "multipart/") ||
	    str_starts(t, "message/"))
		return false;
	for (const char *p = t; *p; p++)
		if (!ascii_is_alnum((unsigned char)*p) && !strchr("/+-._", *p))
			return false;
	return true;
}

/* RFC 2231 in pieces where the name needs it, and nothing else beside it. */
static void name_parameter(struct buf *out, const char *name)
{
	static const char hex[] = "0123456789ABCDEF";
	AUTO_BUF clean = BUF_INIT(2000);
	text_clean_line(&clean, span_str(name));
	struct span s = buf_span(&clean);
	bool simple = s.n > 0 && s.n <= 60;
	for (size_t i = 0; i < s.n; i++)
		simple = simple && (ascii_is_alnum(s.p[i]) || strchr(" ._-()+,", s.p[i]));
	if (simple) {
		buf_addf(out, ";\r\n filename=\"%s\"", buf_cstr(&clean));
		return;
	}
	size_t piece = 0, column = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (column == 0 || column > 50) {
			buf_addf(out, ";\r\n filename*%zu*=%s", piece, piece == 0 ? "UTF-8''" : "");
			piece++;
			column = 1;
		}
		if (ascii_is_alnum(s.p[i]) || s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_') {
			buf_add_char(out, (char)s.p[i]);
			column++;
		} else {
			buf_addf(out, "%%%c%c", hex[s.p[i] >> 4], hex[s.p[i] & 15]);
			column += 3;
		}
	}
	if (s.n == 0)
		buf_add_str(out, ";\r\n filename=\"lampiran\"");
}

static void segment_add(struct composer *c, struct segment s)
{
	if (c->n < c->max && s.length > 0)
		c->segments[c->n++] = s;
}

/* Closes what was written since the last call into a segment of own bytes. */
static void own_bytes(struct composer *c)
{
	segment_add(c, (struct segment){ .kind = SEGMENT_BYTES, .length = c->out->n - c->from });
	c->from = c->out->n;
}

static void attachment(struct composer *c, const struct compose_attachment *f)
{
	bool qp_range = !f->memory && !f->whole_message && f->encoding == MAIL_ENCODING_QUOTED_PRINTABLE;
	buf_addf(c->out, "\r\n--mix-%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\nContent-Disposition: attachment",
		 c->boundary, type_good(f->type) ? f->type : "application/octet-stream",
		 qp_range ? "quoted-printable" : "base64");
	name_parameter(c->out, f->name);
	buf_add_str(c->out, "\r\n\r\n");
	if (f->memory) {
		base64_add(c->out, f->bytes, true);
		buf_add_str(c->out, "\r\n");
		return;
	}
	own_bytes(c);
	segment_add(c, (struct segment){ .kind = qp_range                                                   ? SEGMENT_QP
						 : !f->whole_message && f->encoding == MAIL_ENCODING_BASE64 ? SEGMENT_BASE64
													    : SEGMENT_PLAIN,
					 .raw_id = f->raw_id,
					 .offset = f->raw_offset,
					 .length = f->raw_length });
}

int compose_write(const struct compose_mail *m, const unsigned char boundary_seed[16], struct buf *content,
		  struct segment **out_segments, size_t *out_n, struct arena *a, struct error *err)
{
	struct composer c = { .m = m, .out = content, .max = m->n_attachments * SEGMENTS_PER_FILE + 2 };
	if (!mail_address_valid(m->from_address) || !mail_address_valid(m->to_address) || !id_usable(m->message_id))
		return error_set(err, -EINVAL, "composing: an address or Message-ID is not usable");
	c.segments = arena_array(a, c.max, sizeof(*c.segments));
	if (!c.segments)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < 16; i++)
		(void)snprintf(c.boundary + 2 * i, 3, "%02x", boundary_seed[i]);
	header(&c);
	if (m->n_attachments > 0)
		buf_addf(content, "Content-Type: multipart/mixed; boundary=\"mix-%s\"\r\n\r\n--mix-%s\r\n", c.boundary,
			 c.boundary);
	bodies(&c);
	for (size_t i = 0; i < m->n_attachments; i++)
		attachment(&c, &m->attachments[i]);
	if (m->n_attachments > 0)
		buf_addf(content, "\r\n--mix-%s--\r\n", c.boundary);
	own_bytes(&c);
	if (buf_status(content) != 0)
		return error_set(err, buf_status(content), "composing: the text is too long");
	*out_segments = c.segments;
	*out_n = c.n;
	return 0;
}
