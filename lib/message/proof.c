#include "message/proof.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* --- tokens of RFC 8601 2.2: CFWS skipped, quoted strings whole ------------------------- */

enum { WORD_MAX_BYTES = 300, COMMENT_DEPTH_MAX = 50, FIELD_MAX_BYTES = 16 * 1024 };

struct scan {
	struct span rest;
	bool bad;
};

static void skip_cfws(struct scan *s)
{
	unsigned depth = 0;
	while (s->rest.n > 0) {
		unsigned char c = s->rest.p[0];
		size_t step = 1;
		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (c == '\\' && depth > 0 && s->rest.n > 1)
			step = 2;
		else if (depth == 0 && !ascii_is_space(c))
			return;
		if (depth > COMMENT_DEPTH_MAX) {
			s->bad = true;
			return;
		}
		s->rest = span_of(s->rest.p + step, s->rest.n - step);
	}
	s->bad = s->bad || depth > 0;
}

static bool take(struct scan *s, char c)
{
	skip_cfws(s);
	if (s->rest.n == 0 || s->rest.p[0] != (unsigned char)c)
		return false;
	s->rest = span_of(s->rest.p + 1, s->rest.n - 1);
	return true;
}

/* A token or quoted string into out, lower-cased. */
static bool word(struct scan *s, char out[WORD_MAX_BYTES], const char *stops)
{
	size_t n = 0;
	skip_cfws(s);
	bool quoted = s->rest.n > 0 && s->rest.p[0] == '"';
	size_t i = quoted;
	for (; i < s->rest.n; i++) {
		unsigned char c = s->rest.p[i];
		if (quoted ? c == '"' : (ascii_is_space(c) || c == '(' || c == ';' || strchr(stops, c)))
			break;
		if (quoted && c == '\\' && i + 1 < s->rest.n)
			c = s->rest.p[++i];
		if (n + 1 < WORD_MAX_BYTES)
			out[n++] = (char)ascii_lower(c);
		else
			s->bad = true;
	}
	if (quoted && i == s->rest.n)
		s->bad = true;
	out[n] = '\0';
	i += quoted && i < s->rest.n;
	s->rest = span_of(s->rest.p + i, s->rest.n - i);
	return n > 0 && strlen(out) == n;
}

enum verdict { V_NONE, V_PASS, V_FAIL };

struct verdicts {
	enum verdict dmarc, dkim, auth;
	bool any, any_auth; /* a dmarc, an auth result was there at all */
};

/* The worst verdict wins: fail, then none (temperror, or pass for some other name), then pass. */
static enum verdict worse(enum verdict a, enum verdict b)
{
	return a == V_FAIL || b == V_FAIL ? V_FAIL : a == V_NONE || b == V_NONE ? V_NONE : V_PASS;
}

struct result { /* one "method=value ptype.property=pvalue ..." */
	char method[WORD_MAX_BYTES], value[WORD_MAX_BYTES];
	char header_from[WORD_MAX_BYTES], header_d[WORD_MAX_BYTES], smtp_auth[WORD_MAX_BYTES];
	bool from_given, from_twice;
};

static void properties(struct scan *s, struct result *r)
{
	char key[WORD_MAX_BYTES], value[WORD_MAX_BYTES];
	for (;;) {
		skip_cfws(s);
		if (s->bad || s->rest.n == 0 || s->rest.p[0] == ';')
			return;
		if (!word(s, key, "=") || !take(s, '=') || !word(s, value, "")) {
			s->bad = true;
			return;
		}
		char *end = value + strlen(value);
		if (end > value && end[-1] == '.')
			end[-1] = '\0';
		if (str_eq(key, "header.from")) {
			r->from_twice = r->from_given && !str_eq(r->header_from, value);
			r->from_given = true;
			memcpy(r->header_from, value, sizeof(value));
		} else if (str_eq(key, "header.d")) {
			memcpy(r->header_d, value, sizeof(value));
		} else if (str_eq(key, "smtp.auth")) { /* smtp.mailfrom is whatever the client said */
			memcpy(r->smtp_auth, value, sizeof(value));
		}
	}
}

/* d is the From domain or a parent of it with at least two labels: relaxed alignment without
 * a list of public suffixes, so strict on the side of refusing. */
static bool aligned(const char *d, const char *from)
{
	size_t nd = strlen(d), nf = strlen(from);
	if (str_eq_nocase(d, from))
		return nd > 0;
	return nd > 0 && nf > nd && strchr(d, '.') && from[nf - nd - 1] == '.' && str_eq_nocase(from + nf - nd, d) &&
	       strchr(strchr(d, '.') + 1, '.') != NULL;
}

static enum verdict plain_verdict(const char *value)
{
	return str_eq(value, "pass") ? V_PASS : str_eq(value, "fail") ? V_FAIL : V_NONE;
}

static void count(const struct result *r, const char *domain, const char *spec, struct verdicts *v)
{
	if (str_eq(r->method, "dmarc")) {
		enum verdict x = plain_verdict(r->value);
		if (x == V_PASS && (!r->from_given || r->from_twice || !str_eq_nocase(r->header_from, domain)))
			x = V_NONE; /* passes for some other name */
		if (x == V_FAIL && r->from_given && !str_eq_nocase(r->header_from, domain))
			x = V_NONE;
		v->dmarc = v->any ? worse(v->dmarc, x) : x;
		v->any = true;
	} else if (str_eq(r->method, "dkim")) {
		if (str_eq(r->value, "pass") && aligned(r->header_d, domain) && v->dkim != V_FAIL)
			v->dkim = V_PASS;
	} else if (str_eq(r->method, "auth")) {
		bool own = str_eq_nocase(r->smtp_auth, spec);
		enum verdict x = str_eq(r->value, "pass") && own ? V_PASS : str_eq(r->value, "fail") ? V_FAIL : V_NONE;
		v->auth = v->any_auth ? worse(v->auth, x) : x;
		v->any_auth = true;
	}
}

static bool id_known(const struct message_policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_authserv_ids; i++)
		if (str_eq_nocase(p->authserv_ids[i], id))
			return true;
	return false;
}

/* "id [version] ; method=value ... ; ..."; with missing_id the field begins with a result. */
static void field_read(struct span value, const struct message_policy *p, const char *domain, const char *spec,
		       struct verdicts *out)
{
	struct scan s = { .rest = value };
	struct verdicts v = { 0 };
	char id[WORD_MAX_BYTES], version[WORD_MAX_BYTES];
	bool more = true;
	struct scan before = s;
	if (!word(&s, id, "=;"))
		return;
	skip_cfws(&s);
	if (s.rest.n > 0 && s.rest.p[0] == '=') {
		if (!p->missing_id)
			return;
		s = before; /* no authserv-id at all */
	} else {
		if (!id_known(p, id))
			return;
		if (s.rest.n > 0 && s.rest.p[0] != ';' && (!word(&s, version, "=") || !str_eq(version, "1")))
			return;
		more = take(&s, ';');
	}
	while (more && !s.bad) {
		struct result r = { 0 };
		skip_cfws(&s);
		if (s.rest.n == 0)
			break;
		if (!word(&s, r.method, "=/"))
			return;
		if (take(&s, '/') && !word(&s, version, "="))
			return;
		if (str_eq(r.method, "none"))
			break;
		if (!take(&s, '=') || !word(&s, r.value, ""))
			return;
		properties(&s, &r);
		if (!s.bad)
			count(&r, domain, spec, &v);
		more = take(&s, ';');
	}
	if (s.bad || s.rest.n > 0)
		return; /* broken: nothing of it is believed */
	if (v.any)
		out->dmarc = out->any ? worse(out->dmarc, v.dmarc) : v.dmarc;
	if (v.any_auth)
		out->auth = out->any_auth ? worse(out->auth, v.auth) : v.auth;
	out->any = out->any || v.any;
	out->any_auth = out->any_auth || v.any_auth;
	if (v.dkim == V_PASS)
		out->dkim = V_PASS;
}

/* Delivery into the mailbox: "by HOST with LMTP", also LMTPS, LMTPSA.  The sender chooses the words
 * after "from" (HELO) and maybe those after "for": comments and quoted strings are left out, and the
 * word "with" must stand there once only, or the field is taken for the border. */
static bool is_delivery(struct span received)
{
	static const char with[] = " with ";
	AUTO_BUF b = BUF_INIT(LIMIT_HEADER_FIELD_BYTES + 16);
	struct scan s = { .rest = received };
	char quoted[WORD_MAX_BYTES];
	while (s.rest.n > 0 && !s.bad) {
		size_t before = s.rest.n;
		skip_cfws(&s);
		if (s.rest.n < before)
			buf_add_char(&b, ' ');
		if (s.rest.n == 0 || s.bad)
			break;
		if (s.rest.p[0] == '"') {
			(void)word(&s, quoted, "");
			continue;
		}
		buf_add_char(&b, (char)s.rest.p[0]);
		s.rest = span_of(s.rest.p + 1, s.rest.n - 1);
	}
	struct span text = buf_span(&b);
	size_t at = span_find_nocase(text, 0, with);
	if (s.bad || buf_status(&b) != 0 || at >= text.n || span_find_nocase(text, at + 1, with) < text.n)
		return false;
	return span_starts_nocase(span_of(text.p + at, text.n - at), " with lmtp");
}

/* Index of the first field that strangers may have written: the border Received, counted from the
 * top over LMTP deliveries and the configured own hops.  false: none is there. */
static bool border(const struct header *h, const struct message_policy *p, size_t *out)
{
	uint32_t hops = p->hops;
	for (size_t i = 0; i < h->n; i++) {
		if (!span_eq_nocase(h->fields[i].name, span_str("received")) || is_delivery(h->fields[i].value))
			continue;
		if (hops-- == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* One past the last field that may be believed.  Gmail writes Received-SPF and its verdict right
 * below the border; the first field of any other name ends that. */
static size_t believed_end(const struct header *h, const struct message_policy *p)
{
	size_t end = 0;
	if (!border(h, p, &end))
		return 0; /* no border known: nothing is ours */
	if (!p->below_border)
		return end;
	for (end++; end < h->n; end++)
		if (!span_eq_nocase(h->fields[end].name, span_str("authentication-results")) &&
		    !span_eq_nocase(h->fields[end].name, span_str("received-spf")))
			break;
	return end;
}

bool proof_is_spam(const struct header *h, const struct message_policy *p)
{
	static const char *const names[] = { "x-spam-flag", "x-spam-status", "x-spam" };
	size_t end = believed_end(h, p);
	for (size_t i = 0; i < end; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			if (span_eq_nocase(h->fields[i].name, span_str(names[k])) &&
			    span_starts_nocase(span_trim(h->fields[i].value), "yes"))
				return true;
	return false;
}

static int say(struct arena *a, struct message *out, enum mail_proof proof, const char *why)
{
	out->proof = proof;
	out->proof_reason = arena_strdup(a, why);
	return out->proof_reason ? 0 : -ENOMEM;
}

int proof_judge(const struct header *h, const struct message_policy *p, bool odd_from, struct arena *a, struct message *out)
{
	struct verdicts v = { 0 };
	const char *domain;
	if (out->n_from_fields != 1 || out->n_from != 1 || odd_from)
		return say(a, out, MAIL_PROOF_NONE, "From is not exactly one plain mailbox");
	if (p->n_authserv_ids == 0 && !p->missing_id)
		return say(a, out, MAIL_PROOF_NONE, "no authentication.authserv_id is configured");
	domain = mail_address_domain(out->from[0].spec);
	size_t end = believed_end(h, p);
	for (size_t i = 0; i < end; i++) {
		if (!span_eq_nocase(h->fields[i].name, span_str("authentication-results")))
			continue;
		if (h->fields[i].value.n < FIELD_MAX_BYTES)
			field_read(h->fields[i].value, p, domain, out->from[0].spec, &v);
		if (p->missing_id && p->n_authserv_ids == 0)
			break; /* position alone decides: the topmost only */
	}
	if (v.dmarc == V_FAIL)
		return say(a, out, MAIL_PROOF_FAIL, "dmarc=fail for the From domain");
	if (v.dmarc == V_PASS)
		return say(a, out, MAIL_PROOF_PASS, "dmarc=pass for the From domain");
	if (p->allow_auth && v.auth == V_PASS)
		return say(a, out, MAIL_PROOF_PASS, "auth=pass for the From address");
	if (p->allow_dkim && !v.any && v.dkim == V_PASS)
		return say(a, out, MAIL_PROOF_PASS, "aligned dkim=pass, no dmarc verdict");
	return say(a, out, MAIL_PROOF_NONE, "no believable verdict for the From domain");
}
