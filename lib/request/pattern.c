#include "request/pattern.h"

#include "base/text.h"

#include <string.h>

enum { ALTERNATIVES = 3000, BUCKETS = 1024, KEY = 3, SET_KEY = 12 };

struct alternative {
	struct span core;
	bool front, back; /* "*" before, behind */
	uint16_t set;
	uint16_t next; /* of its bucket; 0: the last */
};

struct lexicon {
	struct span set_text[PATTERN_SETS];
	size_t n_sets;
	uint16_t sets[BUCKETS], next_set[PATTERN_SETS]; /* by the text's hash; 0: none, else index + 1 */
	struct alternative alt[ALTERNATIVES];           /* [0] is not used */
	size_t n;
	uint16_t whole[BUCKETS], prefix[BUCKETS], anywhere;
};

static size_t bucket_of(struct span t)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < t.n; i++)
		h = (h ^ (uint32_t)ascii_lower(t.p[i])) * 16777619u;
	return h % BUCKETS;
}

struct lexicon *lexicon_new(struct arena *a)
{
	struct lexicon *x = arena_array(a, 1, sizeof(*x));
	if (x) {
		memset(x, 0, sizeof(*x));
		x->n = 1;
	}
	return x;
}

static void alternative_add(struct lexicon *x, struct span t, size_t set)
{
	bool front = t.n > 0 && t.p[0] == '*', back = t.n > 1 && t.p[t.n - 1] == '*';
	struct span core = span_sub(t, front, t.n - back);
	if (x->n == ALTERNATIVES || core.n == 0)
		return;
	uint16_t *head = !front && !back           ? &x->whole[bucket_of(core)]
			 : !front && core.n >= KEY ? &x->prefix[bucket_of(span_sub(core, 0, KEY))]
						   : &x->anywhere;
	x->alt[x->n] = (struct alternative){ core, front, back, (uint16_t)set, *head };
	*head = (uint16_t)x->n++;
}

static size_t set_of(struct lexicon *x, struct span t)
{
	uint16_t *head = &x->sets[(bucket_of(span_sub(t, 0, t.n < SET_KEY ? t.n : SET_KEY)) + t.n) % BUCKETS];
	for (size_t i = *head; i > 0; i = x->next_set[i - 1])
		if (span_eq(x->set_text[i - 1], t))
			return i - 1;
	bool room = x->n_sets < PATTERN_SETS - 1;
	size_t set = room ? x->n_sets++ : PATTERN_SETS - 1;
	x->set_text[set] = t;
	if (room) {
		x->next_set[set] = *head;
		*head = (uint16_t)(set + 1);
	}
	for (size_t from = 0, i = 0; i <= t.n; i++)
		if (i == t.n || t.p[i] == '|') {
			alternative_add(x, span_sub(t, from, i), set);
			from = i + 1;
		}
	return set;
}

struct pattern pattern_add(struct lexicon *x, const char *text)
{
	struct pattern p = { .n = 0 };
	struct span t = span_str(text), part;
	size_t i = 0;
	while (p.n < PATTERN_STEPS && next_token(t, &i, &part)) {
		if (part.n == 2 && part.p[0] == '.') {
			p.gap[p.n] = true;
			(void)next_token(t, &i, &part);
		}
		p.set[p.n++] = (uint16_t)set_of(x, part);
	}
	return p;
}

static bool fits(struct span w, const struct alternative *a)
{
	struct span core = a->core;
	if (core.n > w.n || (!a->front && !a->back && core.n != w.n))
		return false;
	size_t last = w.n - core.n;
	for (size_t at = a->front && !a->back ? last : 0; at <= (a->front ? last : 0); at++)
		if (span_eq_nocase(span_sub(w, at, at + core.n), core))
			return true;
	return false;
}

static void mark(const struct lexicon *x, uint16_t first, struct span w, struct word_bits *b)
{
	for (uint16_t i = first; i; i = x->alt[i].next)
		if (fits(w, &x->alt[i]))
			b->b[x->alt[i].set / 64] |= (uint64_t)1 << (x->alt[i].set % 64);
}

void sentence_read(const struct lexicon *x, struct span t, struct sentence *s)
{
	s->text = t;
	s->n = 0;
	for (size_t i = 0; i < t.n && s->n < SENTENCE_WORDS;) {
		size_t k = i;
		while (k < t.n && (is_word_char(t.p[k]) || (t.p[k] == '-' && k > i && k + 1 < t.n && is_word_char(t.p[k + 1]))))
			k++;
		if (k > i) {
			struct span w = span_sub(t, i, k < i + 60 ? k : i + 60);
			struct word_bits *b = &s->is[s->n];
			*b = (struct word_bits){ 0 };
			mark(x, x->whole[bucket_of(w)], w, b);
			if (w.n >= KEY)
				mark(x, x->prefix[bucket_of(span_sub(w, 0, KEY))], w, b);
			mark(x, x->anywhere, w, b);
			s->word[s->n++] = w;
		}
		i = k + 1;
	}
}

static bool is(const struct sentence *s, size_t at, uint16_t set)
{
	return at < s->n && (s->is[at].b[set / 64] >> (set % 64) & 1);
}

/* Words from at on that the pattern takes; 0: none. */
static size_t pattern_at(const struct sentence *s, size_t at, const struct pattern *p)
{
	size_t here = at;
	for (size_t k = 0; k < p->n; k++) {
		size_t reach = p->gap[k] ? here + PATTERN_GAP : here;
		while (here < reach && here < s->n && !is(s, here, p->set[k]))
			here++;
		if (!is(s, here, p->set[k]))
			return 0;
		here++;
	}
	return here - at;
}

size_t pattern_find(const struct sentence *s, size_t from, const struct pattern *p, size_t *n)
{
	for (size_t at = from; at < s->n; at++) {
		*n = is(s, at, p->set[0]) ? pattern_at(s, at, p) : 0;
		if (*n > 0)
			return at;
	}
	return s->n;
}

bool pattern_any(const struct sentence *s, const struct pattern *list, size_t n)
{
	size_t words;
	for (size_t i = 0; i < n; i++)
		if (pattern_find(s, 0, &list[i], &words) < s->n)
			return true;
	return false;
}
