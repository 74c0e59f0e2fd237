#include "message/dsn.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { VALUE_MAX = 400, RETURNED_IDS_MAX = 50, ID_LOCAL_MIN = 20, DIAGNOSTIC_MAX = 300, WORD_MAX = 40 };

/* The word before a blank, comment or parameter. */
static struct span first_word(struct span s)
{
	size_t n = 0;
	while (n < s.n && !strchr(" \t(;", s.p[n]) && s.p[n])
		n++;
	return span_of(s.p, n);
}

/* "rfc822; <a@b>" or "a@b". */
static const char *recipient_of(struct arena *a, struct span s)
{
	size_t at = 0;
	while (at < s.n && s.p[at] != ';')
		at++;
	struct span v = span_trim(at < s.n ? span_of(s.p + at + 1, s.n - at - 1) : s);
	if (v.n > 0 && v.p[0] == '<')
		v = span_of(v.p + 1, v.n - 1);
	size_t n = 0;
	while (n < v.n && !strchr("> \t", v.p[n]) && v.p[n])
		n++;
	const char *address = arena_strndup(a, v.n ? (const void *)v.p : "", n);
	return address && mail_address_valid(address) ? address : NULL;
}

static const char *lower_word(struct arena *a, struct span s)
{
	AUTO_BUF b = BUF_INIT(VALUE_MAX);
	struct span w = first_word(s);
	for (size_t i = 0; i < w.n && i < WORD_MAX; i++)
		buf_add_char(&b, (char)ascii_lower(w.p[i]));
	return clean_line_copy(a, buf_span(&b), WORD_MAX);
}

static void field(struct arena *a, struct mail_delivery *d, struct span line)
{
	size_t colon = 0;
	while (colon < line.n && line.p[colon] != ':')
		colon++;
	if (colon == line.n)
		return;
	struct span name = span_trim(span_of(line.p, colon));
	struct span value = span_trim(span_of(line.p + colon + 1, line.n - colon - 1));
	if (span_eq_nocase(name, span_str("final-recipient")) || span_eq_nocase(name, span_str("original-recipient")))
		d->recipient = d->recipient ? d->recipient : recipient_of(a, value);
	else if (span_eq_nocase(name, span_str("action")))
		d->action = lower_word(a, value);
	else if (span_eq_nocase(name, span_str("status")))
		d->status = clean_line_copy(a, first_word(value), WORD_MAX / 2);
	else if (span_eq_nocase(name, span_str("diagnostic-code")))
		d->diagnostic = clean_line_copy(a, value, DIAGNOSTIC_MAX);
}

int dsn_read(struct span part, struct arena *a, struct message *m)
{
	struct span rest = part, line;
	struct mail_delivery d = { 0 };
	if (!m->deliveries)
		m->deliveries = arena_array(a, LIMIT_DSN_RECIPIENTS, sizeof(d));
	bool more = m->deliveries != NULL;
	while (more) {
		more = span_next_line(&rest, &line);
		if (more && span_trim(line).n > 0) {
			field(a, &d, line);
			continue;
		}
		if ((d.recipient || d.action) && m->n_deliveries < LIMIT_DSN_RECIPIENTS)
			m->deliveries[m->n_deliveries++] = d;
		d = (struct mail_delivery){ 0 };
	}
	return arena_status(a);
}

int dsn_from_words(const struct failure *f, struct arena *a, struct message *m)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->n_deliveries; i++) {
		struct failure said = { 0 };
		if (m->deliveries[i].status)
			continue;
		r = failure_read(span_str(m->deliveries[i].diagnostic), a, &said);
		m->deliveries[i].status = said.status;
	}
	if (r < 0 || m->n_deliveries > 0 || !(f->status || f->recipient))
		return r;
	m->deliveries = arena_array(a, 1, sizeof(*m->deliveries));
	if (!m->deliveries)
		return arena_status(a);
	m->deliveries[m->n_deliveries++] = (struct mail_delivery){ .recipient = f->recipient,
								   .action = f->delay ? "delayed" : "failed",
								   .status = f->status,
								   .diagnostic = f->diagnostic };
	return 0;
}

static bool id_char(unsigned char c)
{
	return c && (ascii_is_alnum(c) || strchr("._-", c));
}

static bool known(const struct message *m, const char *id)
{
	for (size_t i = 0; i < m->n_returned_ids; i++)
		if (str_eq(m->returned_ids[i], id))
			return true;
	return false;
}

int dsn_returned_ids(struct span where, const char *domain, struct arena *a, struct message *m)
{
	AUTO_BUF mark = BUF_INIT(VALUE_MAX);
	buf_addf(&mark, "@%s", domain ? domain : "");
	if (mark.n < 3)
		return 0;
	if (!m->returned_ids)
		m->returned_ids = arena_array(a, RETURNED_IDS_MAX, sizeof(char *));
	for (size_t at = 0; m->returned_ids && m->n_returned_ids < RETURNED_IDS_MAX;) {
		at = span_find_nocase(where, at, buf_cstr(&mark));
		if (at >= where.n)
			break;
		size_t from = at, to = at + mark.n;
		while (from > 0 && id_char(where.p[from - 1]))
			from--;
		if (at - from >= ID_LOCAL_MIN && (to == where.n || !ascii_is_alnum(where.p[to]))) {
			const char *id = arena_strndup(a, where.p + from, to - from);
			if (id && !known(m, id))
				m->returned_ids[m->n_returned_ids++] = id;
		}
		at = to;
	}
	return arena_status(a);
}
