#include "message/parse.h"

#include "message/charset.h"
#include "message/dsn.h"
#include "message/danger.h"
#include "message/filename.h"
#include "message/header.h"
#include "message/html.h"
#include "message/nature.h"
#include "message/newtext.h"
#include "message/proof.h"
#include "message/weight.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>

enum {
	PARTS_TEXT_MAX = 40,
	HTML_MAX = 2 * 1024 * 1024,
	INLINE_PICTURE_MAX = 30 * 1024,
	DSN_BYTES_MAX = 256 * 1024,
	RETURNED_BYTES_MAX = 1024 * 1024
};

struct walk {
	struct span raw;
	const struct message_policy *policy;
	struct arena *a;
	struct message *m;
	struct buf text;     /* full text */
	struct buf returned; /* decoded header of a returned mail */
	unsigned parts;
	bool html_used, memory;
	struct nature_facts facts;
	size_t cap_attachments;
};

void message_parse_prepare(void)
{
	g_mime_init();
	charset_prepare();
	GMimeStream *s = g_mime_stream_mem_new_with_buffer("Subject: =?utf-8?q?a?=\n\n", 24);
	GMimeParser *p = g_mime_parser_new_with_stream(s);
	GMimeMessage *m = g_mime_parser_construct_message(p, NULL); /* type tables and charset names */
	char *t = g_mime_utils_header_decode_text(NULL, "=?iso-8859-1?q?a=E9?= =?windows-1252?b?YQ==?= =?utf-16?b?AGE=?=");
	g_free(t);
	if (m)
		g_object_unref(m);
	g_object_unref(p);
	g_object_unref(s);
}

/* --- small pieces ------------------------------------------------------------------------ */

static bool type_is(GMimeObject *o, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(g_mime_object_get_content_type(o), type, subtype);
}

static const char *clean_line(struct walk *w, const char *s, size_t max)
{
	AUTO_BUF b = BUF_INIT(16 * 1024);
	text_clean_line(&b, span_str(s));
	size_t n = b.n > max ? max : b.n;
	while (n > 0 && n < b.n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	const char *copy = arena_strndup(w->a, buf_cstr(&b), n);
	w->memory = w->memory || !copy;
	return copy ? copy : "";
}

/* Decoded bytes of a part, at most max. */
static GByteArray *content_of(GMimePart *part, size_t max)
{
	GMimeDataWrapper *dw = g_mime_part_get_content(part);
	GByteArray *bytes = g_byte_array_new();
	if (!dw)
		return bytes;
	GMimeStream *in = g_mime_stream_filter_new(g_mime_data_wrapper_get_stream(dw));
	GMimeFilter *f = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(dw), FALSE);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(in), f);
	g_object_unref(f);
	g_mime_stream_reset(g_mime_data_wrapper_get_stream(dw));
	char piece[8192];
	ssize_t n;
	while (bytes->len < max && (n = g_mime_stream_read(in, piece, sizeof(piece))) > 0)
		g_byte_array_append(bytes, (const guint8 *)piece, (guint)n);
	g_object_unref(in);
	return bytes;
}

/* --- attachments --------------------------------------------------------------------------- */

static const char *safe_name(struct walk *w, const char *given)
{
	const char *name = filename_safe(given, LIMIT_ATTACHMENT_NAME_BYTES, w->a);
	w->memory = w->memory || !name;
	return name ? name : "";
}

static const char *file_name(struct walk *w, GMimeObject *o, size_t number)
{
	const char *given = GMIME_IS_PART(o) ? g_mime_part_get_filename(GMIME_PART(o))
					     : g_mime_object_get_content_disposition_parameter(o, "filename");
	const char *name = safe_name(w, given ? given : "");
	if (*name)
		return name;
	const char *end = type_is(o, "application", "pdf") ? ".pdf"
			  : type_is(o, "image", "jpeg")    ? ".jpg"
			  : type_is(o, "image", "png")     ? ".png"
			  : GMIME_IS_MESSAGE_PART(o)       ? ".eml"
			  : type_is(o, "text", "calendar") ? ".ics"
							   : ".bin";
	const char *made = arena_printf(w->a, "lampiran-%zu%s", number, end);
	w->memory = w->memory || !made;
	return made ? made : "lampiran";
}

static enum mail_encoding encoding_of(GMimeContentEncoding e)
{
	switch (e) {
	case GMIME_CONTENT_ENCODING_BASE64:
		return MAIL_ENCODING_BASE64;
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
		return MAIL_ENCODING_QUOTED_PRINTABLE;
	case GMIME_CONTENT_ENCODING_UUENCODE:
		return MAIL_ENCODING_OTHER;
	case GMIME_CONTENT_ENCODING_DEFAULT:
	case GMIME_CONTENT_ENCODING_7BIT:
	case GMIME_CONTENT_ENCODING_8BIT:
	case GMIME_CONTENT_ENCODING_BINARY:
		break;
	}
	return MAIL_ENCODING_IDENTITY;
}

static void read_content(GMimePart *part, struct mail_attachment *t, struct danger_scan *danger)
{
	GMimeDataWrapper *dw = g_mime_part_get_content(part);
	struct digest_sum sum;
	digest_sum_begin(&sum);
	if (!dw) {
		t->sha256 = digest_sum_done(&sum);
		return;
	}
	GMimeStream *src = g_mime_data_wrapper_get_stream(dw);
	GMimeStream *in = g_mime_stream_filter_new(src);
	GMimeFilter *f = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(dw), FALSE);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(in), f);
	g_object_unref(f);
	g_mime_stream_reset(src);
	char piece[16384];
	ssize_t n;
	while ((n = g_mime_stream_read(in, piece, sizeof(piece))) > 0) {
		digest_sum_add(&sum, span_of(piece, (size_t)n));
		danger_add(danger, span_of(piece, (size_t)n));
		t->size += (uint64_t)n;
	}
	t->sha256 = digest_sum_done(&sum);
	t->encoding = encoding_of(g_mime_data_wrapper_get_encoding(dw));
	t->raw_offset = src->bound_start > 0 ? (uint64_t)src->bound_start : 0;
	t->raw_length = src->bound_end > src->bound_start ? (uint64_t)(src->bound_end - src->bound_start) : 0;
	g_object_unref(in);
}

static struct mail_attachment *attachment_new(struct walk *w)
{
	struct message *m = w->m;
	if (m->n_attachments >= LIMIT_ATTACHMENTS)
		return NULL;
	if (m->n_attachments == w->cap_attachments) {
		size_t cap = w->cap_attachments ? w->cap_attachments * 2 : 8;
		void *p = arena_grow(w->a, m->attachments, m->n_attachments, cap, sizeof(*m->attachments));
		if (!p) {
			w->memory = true;
			return NULL;
		}
		m->attachments = p;
		w->cap_attachments = cap;
	}
	return &m->attachments[m->n_attachments++];
}

static const char *type_text(struct walk *w, GMimeObject *o)
{
	GMimeContentType *ct = g_mime_object_get_content_type(o);
	char text[120];
	size_t n = 0;
	(void)snprintf(text, sizeof(text), "%s/%s", g_mime_content_type_get_media_type(ct),
		       g_mime_content_type_get_media_subtype(ct));
	for (; text[n]; n++) {
		int c = (unsigned char)text[n];
		text[n] = (char)(ascii_is_alnum(c) || strchr("/+-._", c) ? ascii_lower(c) : '-');
	}
	const char *copy = arena_strdup(w->a, text);
	w->memory = w->memory || !copy;
	return copy ? copy : "application/octet-stream";
}

static void add_attachment(struct walk *w, GMimePart *part)
{
	struct mail_attachment *t = attachment_new(w);
	if (!t)
		return;
	GMimeObject *o = GMIME_OBJECT(part);
	t->type = type_text(w, o);
	t->name = file_name(w, o, w->m->n_attachments);
	struct danger_scan danger = { 0 };
	read_content(part, t, &danger);
	for (struct mail_attachment *p = w->m->attachments; p < t; p++)
		if (strstr(t->name, ".ics") && str_eq(p->name, t->name)) {
			w->m->n_attachments--; /* an invitation comes as alternative and as file */
			return;
		}
	t->dangerous = danger_name(t->name) || danger_type(t->type) || danger_found(&danger);
	if (str_eq(t->type, "application/pkcs7-mime") || str_eq(t->type, "application/pgp-encrypted"))
		w->m->encrypted = true;
}

/* A mail as attachment: listed by its name, kept inside the original only. */
static void add_forwarded(struct walk *w, GMimeObject *o, GMimeMessage *inner)
{
	struct mail_attachment *t = attachment_new(w);
	if (!t)
		return;
	const char *subject = g_mime_message_get_subject(inner);
	const char *given = g_mime_object_get_content_disposition_parameter(o, "filename");
	given = given ? given : g_mime_object_get_content_type_parameter(o, "name");
	const char *name = safe_name(w, given ? given : subject ? subject : "");
	t->type = "message/rfc822";
	t->name = !*name  ? arena_printf(w->a, "lampiran-%zu.eml", w->m->n_attachments)
		  : given ? name
			  : arena_printf(w->a, "%s.eml", name);
	if (!t->name)
		t->name = "lampiran.eml";
	t->encoding = MAIL_ENCODING_OTHER;
	GMimeStream *s = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, s) >= 0
				    ? g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(s))
				    : NULL;
	t->sha256 = digest_sha256(span_of(bytes ? bytes->data : NULL, bytes ? bytes->len : 0));
	t->size = bytes ? bytes->len : 0;
	g_object_unref(s);
}

/* A picture that belongs to the layout: logo, signature, emoji. */
static bool is_decoration(struct walk *w, GMimePart *part, bool related)
{
	GMimeObject *o = GMIME_OBJECT(part);
	const char *disposition = g_mime_object_get_disposition(o);
	bool attached = disposition && str_eq_nocase(disposition, "attachment");
	const char *id = g_mime_object_get_content_id(o);
	if (!type_is(o, "image", "*"))
		return false;
	if (id && (w->facts.delivery_status || w->facts.disposition))
		return true; /* a report's own icons, whatever they call themselves */
	if (attached)
		return false;
	if (related && id)
		return true;
	GMimeDataWrapper *dw = g_mime_part_get_content(part);
	GMimeStream *s = dw ? g_mime_data_wrapper_get_stream(dw) : NULL;
	int64_t size = s ? s->bound_end - s->bound_start : 0;
	return id && disposition && str_eq_nocase(disposition, "inline") && size < INLINE_PICTURE_MAX &&
	       (!g_mime_part_get_filename(part) || str_starts_nocase(g_mime_part_get_filename(part), "image0"));
}

/* --- text ------------------------------------------------------------------------------------ */

/* RFC 3676: lines that end in a blank go on in the next; DelSp takes that blank away. */
static void unflow(struct span in, bool delsp, struct buf *out)
{
	struct span line;
	bool open = false;
	size_t open_depth = 0;
	while (span_next_line(&in, &line)) {
		size_t depth = 0;
		while (depth < line.n && line.p[depth] == '>')
			depth++;
		struct span s = span_of(line.p + depth, line.n - depth);
		if (s.n > 0 && s.p[0] == ' ')
			s = span_of(s.p + 1, s.n - 1);
		bool signature = s.n == 3 && memcmp(s.p, "-- ", 3) == 0;
		if (open && (depth != open_depth || signature)) {
			buf_add_char(out, '\n');
			open = false;
		}
		if (!open) {
			for (size_t i = 0; i < depth; i++)
				buf_add_char(out, '>');
			if (depth > 0)
				buf_add_char(out, ' ');
		}
		bool flows = s.n > 0 && s.p[s.n - 1] == ' ' && !signature;
		buf_add(out, s.p, flows && delsp ? s.n - 1 : s.n);
		open = flows;
		open_depth = depth;
		if (!flows)
			buf_add_char(out, '\n');
	}
}

static void part_text(struct walk *w, GMimePart *part, struct buf *out, struct html_facts *facts)
{
	GMimeObject *o = GMIME_OBJECT(part);
	GMimeContentType *ct = g_mime_object_get_content_type(o);
	const char *charset = g_mime_content_type_get_parameter(ct, "charset");
	GByteArray *bytes = content_of(part, HTML_MAX);
	struct span s = span_of(bytes->data, bytes->len);
	AUTO_BUF text = BUF_INIT(LIMIT_TEXT_BYTES * 8);
	if (s.n >= HTML_MAX)
		w->m->text_cut = true;
	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = span_of(s.p + 3, s.n - 3);
	charset_to_text(s, charset, &text);
	if (type_is(o, "text", "html")) {
		html_to_text(buf_span(&text), out, facts);
		w->m->has_hidden_text = w->m->has_hidden_text || facts->hidden;
	} else {
		const char *format = g_mime_content_type_get_parameter(ct, "format");
		const char *delsp = g_mime_content_type_get_parameter(ct, "delsp");
		if (format && str_eq_nocase(format, "flowed"))
			unflow(buf_span(&text), delsp && str_eq_nocase(delsp, "yes"), out);
		else
			buf_add_span(out, buf_span(&text));
	}
	g_byte_array_unref(bytes);
}

static void text_append(struct walk *w, const struct buf *b)
{
	struct span s = buf_span(b);
	if (span_trim(s).n == 0)
		return;
	if (w->text.n > 0)
		buf_add_str(&w->text, "\n\n");
	if (s.n > LIMIT_TEXT_BYTES - w->text.n) {
		s.n = w->text.n < LIMIT_TEXT_BYTES ? LIMIT_TEXT_BYTES - w->text.n : 0;
		while (s.n > 0 && (s.p[s.n] & 0xc0) == 0x80)
			s.n--;
		w->m->text_cut = true;
	}
	buf_add_span(&w->text, s);
}

static void walk_part(struct walk *w, GMimeObject *o, unsigned depth, bool related);

static bool is_text(GMimeObject *o)
{
	return GMIME_IS_PART(o) && (type_is(o, "text", "plain") || type_is(o, "text", "html"));
}

static GMimeObject *find_text(GMimeObject *o, const char *subtype, unsigned depth)
{
	if (depth > LIMIT_MIME_DEPTH)
		return NULL;
	if (GMIME_IS_PART(o))
		return type_is(o, "text", subtype) ? o : NULL;
	if (!GMIME_IS_MULTIPART(o))
		return NULL;
	int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
	for (int i = 0; i < n && i < PARTS_TEXT_MAX; i++) {
		GMimeObject *found = find_text(g_mime_multipart_get_part(GMIME_MULTIPART(o), i), subtype, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

/* Everything of a branch but its text. */
static void walk_rest(struct walk *w, GMimeObject *o, unsigned depth, bool related)
{
	if (is_text(o) && !g_mime_part_get_filename(GMIME_PART(o)))
		return;
	if (GMIME_IS_MULTIPART(o) && depth < LIMIT_MIME_DEPTH) {
		int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
		for (int i = 0; i < n && w->parts < LIMIT_MIME_PARTS; i++)
			walk_rest(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1,
				  related || type_is(o, "multipart", "related"));
		return;
	}
	walk_part(w, o, depth, related);
}

static void walk_alternative(struct walk *w, GMimeObject *o, unsigned depth, bool related)
{
	GMimeObject *plain = find_text(o, "plain", depth), *html = find_text(o, "html", depth);
	AUTO_BUF p = BUF_INIT(LIMIT_TEXT_BYTES * 8);
	AUTO_BUF h = BUF_INIT(LIMIT_TEXT_BYTES * 8);
	struct html_facts facts = { 0 };
	if (plain)
		part_text(w, GMIME_PART(plain), &p, &facts);
	if (html)
		part_text(w, GMIME_PART(html), &h, &facts);
	size_t np = span_trim(buf_span(&p)).n, nh = span_trim(buf_span(&h)).n;
	/* plain parts flatten tables, and some clients leave them empty */
	bool use_html = html && (np == 0 || (np < 20 && nh > 100) || facts.cells >= 4);
	w->html_used = w->html_used || use_html;
	text_append(w, use_html ? &h : &p);
	int n = GMIME_IS_MULTIPART(o) ? g_mime_multipart_get_count(GMIME_MULTIPART(o)) : 0;
	for (int i = 0; i < n && w->parts < LIMIT_MIME_PARTS; i++)
		walk_rest(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1, related);
}

static void walk_message(struct walk *w, GMimeObject *o, unsigned depth)
{
	GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
	if (!inner || depth >= LIMIT_MIME_DEPTH)
		return;
	/* a mail forwarded as attachment: its words are the content */
	AUTO_BUF head = BUF_INIT(16 * 1024);
	const char *subject = g_mime_message_get_subject(inner);
	buf_addf(&head, "---------- Forwarded message ---------\nSubject: %s\n", subject ? clean_line(w, subject, 500) : "");
	text_append(w, &head);
	add_forwarded(w, o, inner);
	w->m->is_forward = true;
	GMimeObject *body = g_mime_message_get_mime_part(inner);
	if (body)
		walk_part(w, body, depth + 1, false);
}

static void report_kind(struct walk *w, GMimeObject *o)
{
	const char *type = g_mime_object_get_content_type_parameter(o, "report-type");
	w->facts.report = w->facts.report || type_is(o, "multipart", "report");
	if (!type_is(o, "multipart", "report") || !type)
		return;
	w->facts.delivery_status = w->facts.delivery_status || str_eq_nocase(type, "delivery-status");
	w->facts.disposition = w->facts.disposition || str_eq_nocase(type, "disposition-notification");
	w->facts.feedback = w->facts.feedback || str_eq_nocase(type, "feedback-report");
}

/* The header of a returned mail, decoded: kept for its Message-ID. */
static void returned_part(struct walk *w, GMimePart *part)
{
	GByteArray *bytes = content_of(part, DSN_BYTES_MAX);
	buf_add(&w->returned, bytes->data, bytes->len);
	g_byte_array_unref(bytes);
}

static void delivery_status(struct walk *w, GMimePart *part)
{
	GByteArray *bytes = content_of(part, DSN_BYTES_MAX);
	w->facts.delivery_status = true;
	w->memory = w->memory || dsn_read(span_of(bytes->data, bytes->len), w->a, w->m) < 0;
	g_byte_array_unref(bytes);
}

static void walk_leaf(struct walk *w, GMimePart *part, bool related)
{
	GMimeObject *o = GMIME_OBJECT(part);
	const char *disposition = g_mime_object_get_disposition(o);
	bool attached = disposition && str_eq_nocase(disposition, "attachment");
	if (type_is(o, "message", "delivery-status") || type_is(o, "message", "global-delivery-status")) {
		delivery_status(w, part);
		return;
	}
	if (type_is(o, "message", "disposition-notification"))
		w->facts.disposition = true;
	if (type_is(o, "message", "feedback-report"))
		w->facts.feedback = true;
	if (type_is(o, "text", "calendar")) {
		const char *method = g_mime_object_get_content_type_parameter(o, "method");
		w->facts.calendar_answer = w->facts.calendar_answer ||
					   (method && (str_eq_nocase(method, "reply") || str_eq_nocase(method, "counter")));
		if (!attached && !g_mime_part_get_filename(part))
			return; /* the invitation's other form; its file follows */
	}
	if (type_is(o, "text", "rfc822-headers")) {
		returned_part(w, part);
		return;
	}
	if (type_is(o, "message", "disposition-notification"))
		return;
	if (is_text(o) && !attached && !g_mime_part_get_filename(part)) {
		AUTO_BUF b = BUF_INIT(LIMIT_TEXT_BYTES * 8);
		struct html_facts facts = { 0 };
		part_text(w, part, &b, &facts);
		text_append(w, &b);
		return;
	}
	if (type_is(o, "application", "pgp-signature") || type_is(o, "application", "pkcs7-signature") ||
	    type_is(o, "application", "x-pkcs7-signature"))
		return;
	if (!is_decoration(w, part, related))
		add_attachment(w, part);
}

static void walk_part(struct walk *w, GMimeObject *o, unsigned depth, bool related)
{
	if (++w->parts > LIMIT_MIME_PARTS || depth > LIMIT_MIME_DEPTH) {
		w->m->text_cut = true;
		return;
	}
	if (GMIME_IS_MULTIPART(o)) {
		report_kind(w, o);
		if (type_is(o, "multipart", "encrypted"))
			w->m->encrypted = true;
		if (type_is(o, "multipart", "alternative")) {
			walk_alternative(w, o, depth, related);
			return;
		}
		int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
		for (int i = 0; i < n && w->parts < LIMIT_MIME_PARTS; i++)
			walk_part(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1,
				  related || type_is(o, "multipart", "related"));
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		if (w->facts.delivery_status || w->facts.disposition || w->facts.feedback)
			return; /* the returned mail of a report */
		walk_message(w, o, depth);
	} else if (GMIME_IS_PART(o)) {
		walk_leaf(w, GMIME_PART(o), related);
	}
}

/* --- header fields ----------------------------------------------------------------------------- */

static int addresses(struct walk *w, const struct header *h, bool *odd_from)
{
	static const char *const to_fields[] = { "to", "cc", "resent-to", "resent-cc" };
	struct message *m = w->m;
	struct mail_address *list = arena_array(w->a, LIMIT_ADDRESSES, sizeof(*list));
	const struct header_field *f = header_get(h, "from", 0);
	uint32_t all = 0;
	bool odd = false;
	m->from = arena_array(w->a, 20, sizeof(*m->from));
	m->to = list;
	if (!list || !m->from)
		return -ENOMEM;
	m->n_from_fields = (uint32_t)header_count(h, "from");
	int r = f ? header_addresses(f->value, w->a, m->from, &m->n_from, 20, &all, odd_from) : 0;
	*odd_from = *odd_from || all != m->n_from;
	for (size_t k = 0; r == 0 && k < 4; k++)
		for (size_t i = 0; r == 0 && i < 5 && (f = header_get(h, to_fields[k], i)); i++)
			r = header_addresses(f->value, w->a, list, &m->n_to, LIMIT_ADDRESSES, &m->n_to_all, &odd);
	for (size_t i = 0; i < m->n_to; i++)
		for (size_t k = 0; k < w->policy->n_own_addresses; k++)
			m->to_us = m->to_us || mail_address_eq(m->to[i].spec, w->policy->own_addresses[k]);
	return r;
}

static int return_path(struct walk *w, const struct header *h)
{
	const struct header_field *f = header_get(h, "return-path", 0);
	struct mail_address one[2];
	size_t n = 0;
	uint32_t all = 0;
	bool odd = false;
	if (!f)
		return 0;
	int r = header_addresses(f->value, w->a, one, &n, 2, &all, &odd);
	w->m->return_path = n == 1 ? one[0].spec : "";
	return r;
}

static int reply_to(struct walk *w, const struct header *h)
{
	const struct header_field *f = header_get(h, "reply-to", 0);
	struct mail_address some[5];
	size_t n = 0;
	uint32_t all = 0;
	bool odd = false;
	int r = f ? header_addresses(f->value, w->a, some, &n, 5, &all, &odd) : 0;
	for (size_t i = 0; i < n; i++)
		if (w->m->n_from == 0 || !mail_address_eq(some[i].spec, w->m->from[0].spec))
			w->m->reply_to_differs = true;
	return r;
}

static int ids(struct walk *w, const struct header *h)
{
	struct message *m = w->m;
	const struct header_field *f;
	const char *own[1];
	size_t n = 0;
	m->references = arena_array(w->a, LIMIT_REFERENCES, sizeof(char *));
	if (!m->references)
		return -ENOMEM;
	int r = 0;
	if ((f = header_get(h, "message-id", 0)))
		r = header_ids(f->value, w->a, own, &n, 1);
	m->message_id = n ? own[0] : NULL;
	if (r == 0 && (f = header_get(h, "in-reply-to", 0))) {
		r = header_ids(f->value, w->a, m->references, &m->n_references, LIMIT_REFERENCES);
		m->is_reply = m->n_references > 0;
	}
	if (r == 0 && (f = header_get(h, "references", 0)))
		r = header_ids(f->value, w->a, m->references, &m->n_references, LIMIT_REFERENCES);
	return r;
}

static bool prefix(const char *s, const char *const *words)
{
	while (*s == ' ' || *s == '[')
		s++;
	for (; *words; words++)
		if (str_starts_nocase(s, *words))
			return true;
	return false;
}

static void subject(struct walk *w, const struct header *h, bool *replies, bool *forwards)
{
	static const char *const re[] = { "re:", "bls:", "balas:", "re :", "aw:", "sv:", NULL };
	static const char *const fw[] = { "fwd:", "fw:", "trs:", "ter:", "teruskan:", "fwd :", NULL };
	const struct header_field *f = header_get(h, "subject", 0);
	if (!f)
		return;
	w->m->subject = header_text(f->value, LIMIT_SUBJECT_BYTES, w->a);
	w->memory = w->memory || !w->m->subject;
	*replies = w->m->subject && prefix(w->m->subject, re);
	*forwards = w->m->subject && prefix(w->m->subject, fw);
}

/* M30; and of two content types another reader may take the other one (T29). */
static bool doubled(const struct header *h)
{
	static const char *const single[] = { "from",        "sender",     "reply-to",     "to",
					      "cc",          "subject",    "date",         "message-id",
					      "in-reply-to", "references", "content-type", "content-transfer-encoding" };
	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
		if (header_count(h, single[i]) > 1)
			return true;
	return false;
}

/* --- all of it ----------------------------------------------------------------------------------- */

static void walk_body(struct walk *w)
{
	GByteArray borrowed = { .data = (guint8 *)(uintptr_t)w->raw.p, .len = (guint)w->raw.n };
	GMimeStream *s = g_mime_stream_mem_new();
	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(s), &borrowed);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(s), FALSE);
	GMimeParser *p = g_mime_parser_new_with_stream(s);
	g_mime_parser_set_persist_stream(p, TRUE);
	GMimeMessage *m = g_mime_parser_construct_message(p, NULL);
	GMimeObject *body = m ? g_mime_message_get_mime_part(m) : NULL;
	if (body)
		walk_part(w, body, 0, false);
	if (m)
		g_object_unref(m);
	g_object_unref(p);
	g_object_unref(s);
}

static int texts(struct walk *w, bool replies, bool forwards)
{
	struct newtext t;
	struct message *m = w->m;
	bool attached_forward = m->is_forward;
	m->text_full = arena_strdup(w->a, buf_cstr(&w->text));
	if (!m->text_full)
		return -ENOMEM;
	int r = newtext_cut(m->text_full, replies || m->is_reply, forwards || attached_forward, w->a, &t);
	if (r < 0)
		return r;
	m->text = t.text;
	m->signature = t.signature;
	m->inline_answers = t.inline_answers;
	m->is_forward = t.forwarded || (forwards && !replies);
	m->is_reply = (m->is_reply || t.quoted || (replies && t.quoted)) && !(m->is_forward && m->n_references == 0);
	return 0;
}

/* Lines that end in CR alone, in the whole mail (old Macintosh): the same bytes with LF.  A mail with any LF is left as it is:
 * there a CR is no line end. */
static int only_cr(struct span *raw, struct arena *a)
{
	if (raw->n == 0 || memchr(raw->p, '\n', raw->n) || !memchr(raw->p, '\r', raw->n))
		return 0;
	unsigned char *p = arena_alloc(a, raw->n);
	if (!p)
		return arena_status(a);
	for (size_t i = 0; i < raw->n; i++)
		p[i] = raw->p[i] == '\r' ? '\n' : raw->p[i];
	raw->p = p;
	return 0;
}

int message_parse(struct span raw, const struct message_policy *policy, struct arena *a, struct message *out, struct error *err)
{
	struct header h;
	struct message m = { .text = "", .text_full = "", .signature = "", .proof_reason = "" };
	int r = only_cr(&raw, a);
	struct walk w = { .raw = raw,
			  .policy = policy,
			  .a = a,
			  .m = &m,
			  .text = BUF_INIT(LIMIT_TEXT_BYTES + 4096),
			  .returned = BUF_INIT(RETURNED_BYTES_MAX) };
	bool odd_from = false, replies = false, forwards = false;
	if (r == 0)
		r = header_scan(raw, a, &h);
	if (r == 0)
		r = addresses(&w, &h, &odd_from);
	if (r == 0)
		r = return_path(&w, &h);
	if (r == 0)
		r = reply_to(&w, &h);
	if (r == 0)
		r = ids(&w, &h);
	if (r == 0) {
		const struct header_field *date = header_get(&h, "date", 0);
		m.has_date = date && header_date(date->value, &m.date) == 0;
		m.n_received = (uint32_t)header_count(&h, "received");
		m.duplicate_fields = doubled(&h);
		subject(&w, &h, &replies, &forwards);
		if (h.over_limit || weight_of_mail(raw) == WEIGHT_TOO_MUCH)
			m.text_cut = true;
		else
			walk_body(&w);
		r = texts(&w, replies, forwards);
	}
	if (r == 0)
		r = proof_judge(&h, policy, odd_from, a, &m);
	if (r == 0)
		r = failure_read(span_str(m.text_full), a, &w.facts.failure);
	if (r == 0)
		r = nature_judge(&h, policy, &w.facts, a, &m);
	if (r == 0 && (m.nature == MAIL_BOUNCE || m.nature == MAIL_DELAY || m.nature == MAIL_COMPLAINT)) {
		r = dsn_from_words(&w.facts.failure, a, &m);
		struct span places[] = { raw, buf_span(&w.returned), span_str(m.text_full) };
		for (size_t i = 0; r == 0 && i < sizeof(places) / sizeof(*places); i++)
			r = dsn_returned_ids(places[i], policy->own_id_domain, a, &m);
	}
	buf_done(&w.returned);
	buf_done(&w.text);
	if (r == 0 && (w.memory || arena_status(a) != 0))
		r = -ENOMEM;
	if (r < 0)
		return error_set(err, r, "reading the mail: out of memory or over its limit");
	*out = m;
	return 0;
}
