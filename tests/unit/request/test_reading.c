/* Mails as people write them against what must be taken from them: readings.txt holds the rows. */
#include "unit.h"

#include "base/text.h"
#include "message/parse.h"
#include "request/request.h"

enum { WANTS_MAX = 60, CASES_MAX = 400 };

struct reading_case {
	char *name, *head, *body;
	char *want[WANTS_MAX];
	size_t n_wants;
};

static struct reading_case cases[CASES_MAX];
static size_t n_cases;

/* Cuts the file into cases in place. */
static void load(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	static char text[400000];
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	struct reading_case *c = NULL;
	enum { HEAD, BODY, WANT } at = WANT;
	for (char *line = text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (str_starts(line, "==>")) {
			line[-1] = '\0'; /* ends the body */
			at = WANT;
		} else if (str_starts(line, "== ")) {
			assert_true(n_cases < CASES_MAX);
			c = &cases[n_cases++];
			c->name = line + 3;
			c->head = next + 1;
			at = HEAD;
		} else if (at == HEAD && *line == '\n') {
			*line = '\0';
			c->body = line + 1;
			at = BODY;
		} else if (at == WANT && c) {
			assert_true(c->n_wants < WANTS_MAX);
			c->want[c->n_wants++] = line;
		}
		if (next)
			next++;
	}
	for (size_t i = 0; i < n_cases; i++) {
		cases[i].name[strcspn(cases[i].name, "\n")] = '\0';
		for (size_t k = 0; k < cases[i].n_wants; k++)
			cases[i].want[k][strcspn(cases[i].want[k], "\n")] = '\0';
	}
}

static void read_mail(const char *head, const char *body, struct arena *a, struct message *m, struct request *q)
{
	static const char *own[] = { "sitante@natunakab.go.id" };
	struct message_policy p = { .own_addresses = own, .n_own_addresses = 1, .own_id_domain = "natunakab.go.id" };
	struct error err = { 0 };
	AUTO_BUF raw = BUF_INIT(100000);
	buf_add_str(&raw, "Return-Path: <a@natunakab.go.id>\nFrom: Umum <a@natunakab.go.id>\nTo: sitante@natunakab.go.id\n"
			  "Message-ID: <x@natunakab.go.id>\nContent-Type: text/plain; charset=utf-8\n");
	buf_add_str(&raw, head);
	buf_add_str(&raw, "\n");
	buf_add_str(&raw, body);
	buf_add_str(&raw, "\n");
	assert_int_equal(message_parse(buf_span(&raw), &p, a, m, &err), 0);
	assert_int_equal(request_read(m, a, q, &err), 0);
}

struct wanted {
	const char *value[20][N_FIELDS];
	bool problem[N_FIELDS];
	size_t persons;
	bool claims; /* anything said about persons */
};

static int field_of(const char *line, const char **value)
{
	for (int f = 0; f < N_FIELDS; f++) {
		const char *word = applicant_field_word((enum applicant_field)f);
		size_t n = strlen(word);
		if (str_starts(line, word) && line[n] == ' ') {
			*value = line + n + 1;
			return f;
		}
	}
	return -1;
}

/* Facts of the whole mail; false: line speaks of a person. */
static bool whole_mail(const struct reading_case *c, const char *line, const struct message *m, const struct request *q)
{
	if (str_starts(line, "kind ") && !str_eq(line + 5, request_kind_word(q->kind)))
		fail_msg("%s: kind %s (%s: %s)", c->name, request_kind_word(q->kind), q->kind_rule, q->kind_words);
	if (str_starts(line, "has ") && !strstr(m->text, line + 4))
		fail_msg("%s: text lacks \"%s\"", c->name, line + 4);
	if (str_starts(line, "not ") && strstr(m->text, line + 4))
		fail_msg("%s: text has \"%s\"", c->name, line + 4);
	if (str_eq(line, "letter") && !q->has_letter)
		fail_msg("%s: no letter", c->name);
	if (str_eq(line, "reply") && !m->is_reply)
		fail_msg("%s: no reply", c->name);
	return str_starts(line, "kind ") || str_starts(line, "has ") || str_starts(line, "not ") || str_eq(line, "letter") ||
	       str_eq(line, "reply");
}

static void persons(const struct reading_case *c, const struct wanted *w, const struct request *q)
{
	for (size_t i = 0; i < w->persons && i < q->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++) {
			const char *want = w->value[i][f], *got = q->applicants[i].value[f];
			if ((want || got) && !(want && got && str_eq(want, got)))
				fail_msg("%s: %zu.%s is %s, not %s", c->name, i, applicant_field_word((enum applicant_field)f),
					 got ? got : "-", want ? want : "-");
		}
	if (q->n_applicants != w->persons)
		fail_msg("%s: %zu persons, not %zu", c->name, q->n_applicants, w->persons);
	for (int f = 0; f < N_FIELDS; f++)
		if (q->problem[f] != w->problem[f])
			fail_msg("%s: problem %s", c->name, applicant_field_word((enum applicant_field)f));
}

static void reads(void **state)
{
	const struct reading_case *c = *state;
	AUTO_ARENA a = arena_new(8 * 1024 * 1024);
	struct message m = { 0 };
	struct request q = { 0 };
	struct wanted w = { 0 };
	read_mail(c->head, c->body, a, &m, &q);
	for (size_t k = 0; k < c->n_wants; k++) {
		const char *line = c->want[k], *value = "";
		int f = field_of(line, &value);
		w.claims = w.claims || f >= 0 || str_eq(line, "nobody");
		if (whole_mail(c, line, &m, &q) || str_eq(line, "nobody") || *line == '#' || !*line)
			continue;
		if (f >= 0) {
			w.persons = w.persons ? w.persons : 1;
			w.value[w.persons - 1][f] = value;
		} else if (str_eq(line, "person")) {
			w.persons++;
			assert_true(w.persons <= COUNT(w.value));
		} else if (str_starts(line, "problem ")) {
			enum applicant_field p;
			assert_int_equal(applicant_field_from_word(line + 8, &p), 0);
			w.problem[p] = true;
		} else {
			fail_msg("%s: \"%s\" is no claim", c->name, line);
		}
	}
	if (w.claims)
		persons(c, &w, &q);
}

struct kind_case {
	char *kind, *subject, *body;
	char name[100];
};

static struct kind_case kinds[300];
static size_t n_kinds;

static void load_kinds(const char *path)
{
	FILE *f = fopen(path, "rb");
	static char line[300][1000];
	assert_non_null(f);
	while (n_kinds < COUNT(kinds) && fgets(line[n_kinds], sizeof(*line), f)) {
		char *l = line[n_kinds], *subject = strstr(l, " | "), *body = subject ? strstr(subject + 3, " | ") : NULL;
		if (*l == '#')
			continue;
		assert_non_null(body);
		l[strcspn(l, "\n")] = *subject = *body = '\0';
		struct kind_case *k = &kinds[n_kinds++];
		k->kind = l;
		k->subject = subject + 3;
		k->body = body + 3;
		(void)snprintf(k->name, sizeof(k->name), "%s_%zu", l, n_kinds);
	}
	(void)fclose(f);
}

static void kind_is(void **state)
{
	const struct kind_case *k = *state;
	AUTO_ARENA a = arena_new(8 * 1024 * 1024);
	char head[1200];
	struct message m = { 0 };
	struct request q = { 0 };
	(void)snprintf(head, sizeof(head), "Subject: %s\n", k->subject);
	read_mail(head, k->body, a, &m, &q);
	if (!str_eq(request_kind_word(q.kind), k->kind))
		fail_msg("\"%s\" \"%s\": %s (%s: %s), not %s", k->subject, k->body, request_kind_word(q.kind), q.kind_rule,
			 q.kind_words, k->kind);
}

int main(int argc, char **argv)
{
	assert_true(argc == 3);
	message_parse_prepare();
	load(argv[1]);
	load_kinds(argv[2]);
	assert_true(n_cases > 0);
	for (size_t i = 0; i < n_cases; i++)
		suite[n_suite++] = (struct CMUnitTest){ cases[i].name, reads, NULL, NULL, &cases[i] };
	for (size_t i = 0; i < n_kinds; i++)
		suite[n_suite++] = (struct CMUnitTest){ kinds[i].name, kind_is, NULL, NULL, &kinds[i] };
	return RUN_SUITE("readings");
}
