#include "message/header.h"

#include "base/num.h"
#include "base/text.h"
#include "message/encoded.h"

#include <errno.h>
#include <string.h>

static bool field_name_char(int c)
{
	return c > 32 && c < 127 && c != ':';
}

int header_scan(struct span raw, struct arena *a, struct header *out)
{
	struct header h = { .fields = arena_array(a, LIMIT_HEADER_FIELDS, sizeof(struct header_field)) };
	struct span rest = raw, line;
	if (!h.fields)
		return -ENOMEM;
	while (span_next_line(&rest, &line)) {
		h.size = (size_t)(rest.p - raw.p);
		if (line.n == 0)
			break;
		if (h.size > LIMIT_HEADER_BYTES) {
			h.over_limit = true;
			break;
		}
		if (ascii_is_blank(line.p[0]) && h.n > 0) {
			struct header_field *f = &h.fields[h.n - 1];
			f->value.n = (size_t)(line.p + line.n - f->value.p);
			continue;
		}
		size_t n = 0;
		while (n < line.n && field_name_char(line.p[n]))
			n++;
		size_t colon = n;
		while (colon < line.n && ascii_is_blank(line.p[colon]))
			colon++;
		if (n == 0 || colon == line.n || line.p[colon] != ':')
			continue; /* mbox "From " line or rubbish: no field */
		if (h.n == LIMIT_HEADER_FIELDS) {
			h.over_limit = true;
			break;
		}
		h.fields[h.n++] = (struct header_field){ span_of(line.p, n), span_of(line.p + colon + 1, line.n - colon - 1) };
	}
	for (size_t i = 0; i < h.n; i++) {
		h.fields[i].value = span_trim(h.fields[i].value);
		h.over_limit = h.over_limit || h.fields[i].value.n > LIMIT_HEADER_FIELD_BYTES;
	}
	*out = h;
	return 0;
}

const struct header_field *header_get(const struct header *h, const char *name, size_t i)
{
	for (size_t k = 0; k < h->n; k++)
		if (span_eq_nocase(h->fields[k].name, span_str(name)) && i-- == 0)
			return &h->fields[k];
	return NULL;
}

size_t header_count(const struct header *h, const char *name)
{
	size_t n = 0;
	for (size_t k = 0; k < h->n; k++)
		n += span_eq_nocase(h->fields[k].name, span_str(name));
	return n;
}

/* Line ends inside a folded field vanish; NUL becomes a blank. */
static void unfold(struct buf *out, struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '\0')
			buf_add_char(out, ' ');
		else if (v.p[i] != '\r' && v.p[i] != '\n')
			buf_add_char(out, (char)v.p[i]);
}

const char *header_text(struct span value, size_t max, struct arena *a)
{
	AUTO_BUF raw = BUF_INIT(LIMIT_HEADER_FIELD_BYTES + 16);
	AUTO_BUF decoded = BUF_INIT(LIMIT_HEADER_FIELD_BYTES * 8);
	AUTO_BUF clean = BUF_INIT(LIMIT_HEADER_FIELD_BYTES * 8);
	unfold(&raw, span_of(value.p, value.n > LIMIT_HEADER_FIELD_BYTES ? LIMIT_HEADER_FIELD_BYTES : value.n));
	encoded_words(buf_span(&raw), &decoded);
	text_clean_line(&clean, buf_span(&decoded));
	const char *s = buf_cstr(&clean);
	size_t n = strlen(s);
	if (n > max) {
		n = max;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	return arena_strndup(a, s, n);
}

const char *header_plain(struct span value, struct arena *a)
{
	AUTO_BUF b = BUF_INIT(LIMIT_HEADER_FIELD_BYTES + 16);
	unsigned depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = value.p[i];
		if (c == '\\' && i + 1 < value.n) {
			if (depth == 0 && quoted)
				buf_add_char(&b, (char)value.p[i + 1]);
			i++;
		} else if (c == '"' && depth == 0) {
			quoted = !quoted;
		} else if (c == '(' && !quoted) {
			depth++;
		} else if (c == ')' && depth > 0) {
			depth--;
		} else if (depth == 0) {
			buf_add_char(&b, c == '\r' || c == '\n' || c == '\t' || c == '\0' ? ' ' : (char)c);
		}
	}
	AUTO_BUF clean = BUF_INIT(LIMIT_HEADER_FIELD_BYTES * 4);
	text_clean_line(&clean, buf_span(&b));
	return arena_strdup(a, buf_cstr(&clean));
}

/* --- addresses ------------------------------------------------------------------------ */

struct part { /* one comma-separated piece */
	struct buf words, angle;
	bool has_angle, in_angle;
	bool odd;     /* syntax that a careful reader distrusts */
	bool quoted;  /* a quoted string among the words: no plain address without angles */
	bool comment; /* a comment stood after words */
	bool joined;  /* ... and words after it */
	bool at;      /* an unquoted '@' among the words */
};

static const char *lower_domain(const char *s, struct arena *a)
{
	char *copy = arena_strdup(a, s);
	for (char *p = copy ? strrchr(copy, '@') : NULL; p && *p; p++)
		*p = (char)ascii_lower((unsigned char)*p);
	return copy;
}

struct address_list {
	struct arena *a;
	struct mail_address *list;
	size_t *n, max;
	uint32_t *all;
	bool *odd;
};

/* Words beside an address in angles that look like another address: readable, never trusted. */
static bool part_deceives(const struct part *p, struct span words, struct span spec)
{
	return p->has_angle && p->at && !span_eq_nocase(words, spec);
}

static bool part_good(const struct part *p, const char *text, size_t n)
{
	bool bare = !p->has_angle && (p->quoted || p->joined);
	return !p->odd && !p->in_angle && !bare && strlen(text) == n && mail_address_valid(text);
}

static int part_end(struct part *p, struct address_list *l)
{
	struct span words = span_trim(buf_span(&p->words));
	struct span spec = span_trim(buf_span(p->has_angle ? &p->angle : &p->words));
	int r = 0;
	if (spec.n > 0 || p->has_angle) {
		char *text = arena_strndup(l->a, spec.n ? (const void *)spec.p : "", spec.n);
		if (!text)
			return -ENOMEM;
		(*l->all)++;
		bool good = part_good(p, text, spec.n);
		*l->odd = *l->odd || !good || part_deceives(p, words, spec);
		if (good && *l->n < l->max) {
			struct mail_address *to = &l->list[(*l->n)++];
			to->spec = lower_domain(text, l->a);
			to->name = p->has_angle && words.n ? header_text(words, 200, l->a) : NULL;
			if (to->name && *to->name == '\0')
				to->name = NULL;
			r = to->spec ? 0 : -ENOMEM;
		}
	}
	buf_reset(&p->words);
	buf_reset(&p->angle);
	*p = (struct part){ .words = p->words, .angle = p->angle };
	return r;
}

/* A plain character outside comments and quoted strings.  true: it ends the part. */
static bool part_char(struct part *p, unsigned char c, bool *odd)
{
	struct buf *to = p->in_angle ? &p->angle : &p->words;
	if (c == '<') {
		p->odd = p->odd || p->has_angle;
		p->has_angle = p->in_angle = true;
	} else if (c == '>') {
		p->odd = p->odd || !p->in_angle;
		p->in_angle = false;
	} else if ((c == ',' || c == ';') && !p->in_angle) {
		*odd = *odd || c == ';'; /* group end */
		return true;
	} else if (c == ':' && !p->in_angle) {
		*odd = true; /* group name */
		buf_reset(&p->words);
	} else {
		bool blank = ascii_is_space(c) || c == '\0';
		p->odd = p->odd || c == '\\' || (!blank && p->has_angle && !p->in_angle);
		p->joined = p->joined || (!blank && !p->in_angle && p->comment);
		p->at = p->at || (c == '@' && !p->in_angle);
		buf_add_char(to, blank ? ' ' : (char)c);
	}
	return false;
}

static void part_comment(struct part *p)
{
	p->odd = p->odd || p->in_angle;
	p->comment = p->comment || span_trim(buf_span(&p->words)).n > 0;
}

/* A line end that no folding explains, or a NUL: another reader may see another address. */
static bool is_broken(struct span v, size_t i)
{
	bool cr = v.p[i] == '\r' && (i + 1 == v.n || v.p[i + 1] != '\n');
	bool lf = v.p[i] == '\n' && (i + 1 == v.n || !ascii_is_blank(v.p[i + 1]));
	return v.p[i] == '\0' || cr || lf;
}

int header_addresses(struct span v, struct arena *a, struct mail_address *list, size_t *n, size_t max, uint32_t *all, bool *odd)
{
	struct part p = { .words = BUF_INIT(LIMIT_HEADER_FIELD_BYTES + 16), .angle = BUF_INIT(LIMIT_HEADER_FIELD_BYTES + 16) };
	struct address_list l = { a, list, n, max, all, odd };
	unsigned depth = 0;
	bool quoted = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < v.n; i++) {
		unsigned char c = v.p[i];
		p.odd = p.odd || is_broken(v, i);
		if (c == '\\' && i + 1 < v.n && (depth > 0 || quoted)) {
			i++;
			if (depth == 0)
				buf_add_char(p.in_angle ? &p.angle : &p.words, (char)v.p[i]);
			p.odd = p.odd || is_broken(v, i);
		} else if (c == '(' && !quoted) {
			if (depth++ == 0)
				part_comment(&p);
		} else if (c == ')' && depth > 0 && !quoted) {
			depth--;
		} else if (depth > 0) {
			continue;
		} else if (c == '"') {
			quoted = !quoted;
			p.quoted = true;
			p.odd = p.odd || p.has_angle; /* quoted local part, or words after the address */
		} else if (quoted) {
			buf_add_char(&p.words, c == '\r' || c == '\n' ? ' ' : (char)c);
		} else if (c != '\r' && c != '\n' && part_char(&p, c, odd)) {
			r = part_end(&p, &l);
		}
	}
	p.odd = p.odd || depth > 0 || quoted;
	if (r == 0)
		r = part_end(&p, &l);
	buf_done(&p.words);
	buf_done(&p.angle);
	return r;
}

static bool id_good(struct span s)
{
	bool at = false;
	if (s.n == 0 || s.n > LIMIT_MESSAGE_ID_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= 32 || s.p[i] >= 127 || s.p[i] == '<' || s.p[i] == '>')
			return false;
		at = at || s.p[i] == '@';
	}
	return at;
}

int header_ids(struct span v, struct arena *a, const char **list, size_t *n, size_t max)
{
	size_t end = v.n;
	while (end > 0 && *n < max) {
		size_t close = end, open;
		while (close > 0 && v.p[close - 1] != '>')
			close--;
		if (close == 0)
			break;
		open = close - 1;
		while (open > 0 && v.p[open - 1] != '<')
			open--;
		if (open == 0)
			break;
		struct span id = span_of(v.p + open, close - 1 - open);
		bool known = false;
		for (size_t i = 0; i < *n; i++)
			known = known || span_eq(span_str(list[i]), id);
		if (id_good(id) && !known) {
			list[*n] = arena_strndup(a, id.p, id.n);
			if (!list[(*n)++])
				return -ENOMEM;
		}
		end = open - 1;
	}
	return 0;
}

/* --- dates ---------------------------------------------------------------------------- */

static struct span token(struct span *rest)
{
	while (rest->n > 0 && (ascii_is_space(rest->p[0]) || rest->p[0] == ','))
		*rest = span_of(rest->p + 1, rest->n - 1);
	size_t n = 0;
	while (n < rest->n && !ascii_is_space(rest->p[n]) && rest->p[n] != ',')
		n++;
	struct span t = span_of(rest->p, n);
	*rest = span_of(rest->p + n, rest->n - n);
	return t;
}

static int month_of(struct span s)
{
	static const char *const names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" };
	for (int i = 0; i < 12; i++)
		if (s.n >= 3 && span_starts_nocase(s, names[i]))
			return i + 1;
	return 0;
}

static bool clock_of(struct span s, struct civil_time *t)
{
	uint32_t v[3] = { 0 };
	size_t k = 0, from = 0;
	for (size_t i = 0; i <= s.n; i++)
		if (i == s.n || s.p[i] == ':') {
			if (k == 3 || num_parse_u32(span_of(s.p + from, i - from), k == 0 ? 23 : 60, &v[k]) != 0)
				return false;
			k++;
			from = i + 1;
		}
	*t = (struct civil_time){ t->year, t->month, t->day, (int)v[0], (int)v[1], (int)(v[2] == 60 ? 59 : v[2]) };
	return k >= 2;
}

static int32_t zone_of(struct span s)
{
	uint32_t v;
	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') || num_parse_u32(span_of(s.p + 1, 4), 2359, &v) != 0)
		return 0; /* names of zones say little */
	int32_t off = (int32_t)(v / 100 * 3600 + v % 100 * 60);
	return s.p[0] == '-' ? -off : off;
}

int header_date(struct span value, struct instant *out)
{
	struct span rest = value, t = token(&rest);
	struct civil_time c = { 0 };
	uint32_t v;
	if (t.n > 0 && ascii_is_alpha(t.p[0]))
		t = token(&rest);
	if (num_parse_u32(t, 31, &v) != 0)
		return 1;
	c.day = (int)v;
	c.month = month_of(token(&rest));
	if (num_parse_u32(token(&rest), 9999, &v) != 0)
		return 1;
	c.year = (int)(v < 50 ? v + 2000 : v < 1000 ? v + 1900 : v);
	if (!civil_date_valid((struct civil_date){ c.year, c.month, c.day }) || !clock_of(token(&rest), &c))
		return 1;
	*out = instant_from_civil(c, zone_of(token(&rest)));
	return 0;
}
