#include "message/proof.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* --- tokens of RFC 8601 2.2: CFWS skipped, quoted strings whole ------------------------- */

enum { WORD_MAX_BYTES = 300, COMMENT_DEPTH_MAX = 50 };

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
	bool any;
};

static enum verdict worse(enum verdict a, enum verdict b)
{
	return a == V_FAIL || b == V_FAIL ? V_FAIL : a == V_NONE ? b : b == V_NONE ? a : V_PASS;
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
		} else if (str_eq(key, "smtp.auth") || str_eq(key, "smtp.mailfrom")) {
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
		v->auth = worse(v->auth, str_eq(r->value, "pass") && own ? V_PASS : str_eq(r->value, "fail") ? V_FAIL : V_NONE);
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
	out->dmarc = v.any ? (out->any ? worse(out->dmarc, v.dmarc) : v.dmarc) : out->dmarc;
	out->any = out->any || v.any;
	out->dkim = worse(out->dkim, v.dkim);
	out->auth = worse(out->auth, v.auth);
}

/* Delivery into the mailbox: "... with LMTP", also LMTPS, LMTPSA. */
static bool is_delivery(struct span received, struct arena *a)
{
	const char *plain = header_plain(received, a);
	struct span s = span_str(plain);
	return span_find_nocase(s, 0, " with lmtp") < s.n;
}

/* Index of the first field that strangers may have written: the border Received, counted from the
 * top over LMTP deliveries and the configured own hops. */
static size_t border(const struct header *h, const struct message_policy *p, struct arena *a)
{
	uint32_t hops = p->hops;
	for (size_t i = 0; i < h->n; i++) {
		if (!span_eq_nocase(h->fields[i].name, span_str("received")) || is_delivery(h->fields[i].value, a))
			continue;
		if (hops-- == 0)
			return i;
	}
	return 0; /* no border known: nothing is ours */
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
	size_t end = border(h, p, a);
	bool past_border = false;
	for (size_t i = 0; i < h->n; i++) {
		bool ar = span_eq_nocase(h->fields[i].name, span_str("authentication-results"));
		if (i >= end && !p->below_border)
			break;
		if (i > end && p->below_border && !ar && past_border)
			break; /* only the fields right below the border */
		past_border = i >= end;
		if (ar && h->fields[i].value.n < 16384)
			field_read(h->fields[i].value, p, domain, out->from[0].spec, &v);
		if (ar && p->missing_id && p->n_authserv_ids == 0)
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
