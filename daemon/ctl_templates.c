/* sitantectl templates: are the mail texts right, what may stand in one, and how it looks as a mail. */
#include "ctl.h"

#include "letter/preview.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 60, TEXT_MAX = 8 * 1024 * 1024 };

static bool kind_read(const char *word, enum letter_kind *out)
{
	for (int k = 0; k < N_LETTERS; k++)
		if (strcmp(letter_kind_word((enum letter_kind)k), word) == 0) {
			*out = (enum letter_kind)k;
			return true;
		}
	return false;
}

static int unknown(const char *word)
{
	AUTO_BUF names = BUF_INIT(4096);
	for (int k = 0; k < N_LETTERS; k++)
		buf_addf(&names, " %s", letter_kind_word((enum letter_kind)k));
	return ctl_fail(CTL_USAGE, "no template %s; there are:%s", word, buf_cstr(&names));
}

/* --- check ---------------------------------------------------------------------------------------- */

/* Every template is filled once: one that gives no subject, or no text, is a mail that nobody understands. */
static int check(struct ctl *c)
{
	size_t n = 0;
	AUTO_BUF b = BUF_INIT(64 * 1024);
	struct json j = json_open(&b, true);
	if (c->json)
		json_array(&j);
	for (int k = 0; k < N_LETTERS; k++) {
		struct letter_case made;
		struct letter_text text = { 0 };
		struct error err = { 0 };
		const char *name = letter_kind_word((enum letter_kind)k);
		if (letter_case_make((enum letter_kind)k, clock_wall(), 0, c->arena, &made) < 0 ||
		    letter_write(c->plan->letters, &c->plan->rules, &made.letter, &made.ticket, &made.in, clock_wall(), c->arena,
				 &text, &err) < 0)
			return ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "no memory");
		const char *wrong = span_trim(span_str(text.text)).n == 0 ? "is empty"
				    : !letter_kind_is_sms((enum letter_kind)k) && span_trim(span_str(text.subject)).n == 0
					    ? "has no subject"
					    : NULL;
		n += wrong != NULL;
		if (c->json) {
			json_object(&j);
			json_kv_str(&j, "name", name);
			json_kv_str(&j, "level", letter_level_word((enum letter_kind)k));
			json_kv_str(&j, "fault", wrong);
			json_object_end(&j);
		} else {
			buf_addf(&b, "%-20s %-10s %s\n", name, letter_level_word((enum letter_kind)k), wrong ? wrong : "ok");
		}
	}
	if (c->json)
		json_array_end(&j);
	buf_add_str(&b, c->json ? "\n" : "");
	int r = ctl_print(&b);
	return n > 0 ? CTL_REFUSED : r;
}

/* --- show ------------------------------------------------------------------------------------------ */

static int show(struct ctl *c, enum letter_kind kind)
{
	AUTO_BUF b = BUF_INIT(TEXT_MAX), text = BUF_INIT(TEXT_MAX);
	const char *name = arena_printf(c->arena, "%s.tpl", letter_kind_word(kind)), *key;
	const char *directory = c->plan->settings->templates;
	if (!name || letter_read_file((void *)(uintptr_t)directory, name, &text) < 0)
		return ctl_fail(CTL_REFUSED, "%s/%s cannot be read", directory, name ? name : "?");
	struct json j = json_open(&b, true);
	if (c->json) {
		json_object(&j);
		json_kv_str(&j, "name", letter_kind_word(kind));
		json_kv_str(&j, "file", arena_printf(c->arena, "%s/%s", directory, name));
		json_kv_str(&j, "level", letter_level_word(kind));
		json_key(&j, "keys");
		json_array(&j);
		for (size_t i = 0; (key = letter_key_used(c->plan->letters, kind, i)); i++)
			json_str(&j, key);
		json_array_end(&j);
		json_kv_str(&j, "text", buf_cstr(&text));
		json_object_end(&j);
		buf_add_char(&b, '\n');
		return ctl_print(&b);
	}
	buf_addf(&b, "file:   %s/%s\nlevel:  %s\nkeys:  ", directory, name, letter_level_word(kind));
	for (size_t i = 0; (key = letter_key_used(c->plan->letters, kind, i)); i++)
		buf_addf(&b, " %s", key);
	buf_add_str(&b, "\n\n");
	struct span rest = buf_span(&text), line;
	while (span_next_line(&rest, &line)) {
		text_escape(&b, line, TEXT_MAX);
		buf_add_char(&b, '\n');
	}
	return ctl_print(&b);
}

/* --- preview ------------------------------------------------------------------------------------------ */

struct view {
	struct letter_case made; /* or, with a NUMBER, what is taken from it */
	struct ctl_ticket real;
	struct ledger_row row;
	bool has_mail;
};

/* The newest mail of the applicant that is kept. */
static int newest_mail(struct ctl *c, const struct ctl_ticket *t, void *context, struct error *err)
{
	struct view *v = context;
	for (size_t i = t->n_messages; !v->has_mail && i-- > 0;) {
		if (t->messages[i].ledger_id == 0)
			continue;
		int r = store_ledger_get(c->store, t->messages[i].ledger_id, c->arena, &v->row, err);
		if (r < 0)
			return r;
		v->has_mail = r == 0 && v->row.has_raw;
	}
	return 0;
}

static int take_real(struct ctl *c, struct view *v, const char *number)
{
	struct error err = { 0 };
	int r = ctl_ticket_read(c, "template preview for", ctl_number(number), newest_mail, v, &v->real);
	if (r != 0)
		return r;
	v->made.ticket = v->real.ticket;
	if (!v->has_mail)
		return 0; /* the made-up one, for what was told by telephone has none */
	int fd = store_raw_open(c->store, v->row.uidvalidity, v->row.uid, &err);
	if (fd < 0)
		return 0;
	r = ctl_read_fd(c, "its mail", fd, &c->plan->policy, &v->made.reading);
	(void)close(fd);
	v->made.in.received = v->row.internaldate;
	return r;
}

/* Words behind the name: maybe a NUMBER, then KEY=VALUE; behind the samples, so they are looked at first. */
static int words_take(struct ctl *c, struct view *v, enum letter_kind kind)
{
	int at = 2, r = letter_case_make(kind, clock_wall(), WORDS_MAX, c->arena, &v->made);
	if (r < 0)
		return ctl_fail(CTL_REFUSED, "no memory");
	if (at < c->argc && !strchr(c->argv[at], '='))
		r = take_real(c, v, c->argv[at++]);
	if (r != 0 || c->argc - at > WORDS_MAX)
		return r != 0 ? r : ctl_fail(CTL_USAGE, "more than %d values", WORDS_MAX);
	struct letter_value *list = arena_array(c->arena, v->made.letter.n_values + WORDS_MAX, sizeof(*list));
	size_t n = 0;
	for (; list && at < c->argc; at++) {
		const char *equal = strchr(c->argv[at], '=');
		const char *key = equal ? arena_strndup(c->arena, c->argv[at], (size_t)(equal - c->argv[at])) : NULL;
		if (!key || !letter_key_known(key))
			return ctl_fail(CTL_USAGE, "%s: no value is called so; see sitantectl templates show %s", c->argv[at],
					letter_kind_word(kind));
		list[n++] = (struct letter_value){ key, *(equal + 1) ? equal + 1 : NULL };
	}
	for (size_t i = 0; list && i < v->made.letter.n_values; i++) {
		bool given = false;
		for (size_t k = 0; k < n && !given; k++)
			given = strcmp(list[k].key, v->made.letter.values[i].key) == 0;
		if (!given)
			list[n++] = v->made.letter.values[i];
	}
	v->made.letter.values = list;
	v->made.letter.n_values = n;
	return list ? 0 : ctl_fail(CTL_REFUSED, "no memory");
}

static int preview(struct ctl *c, enum letter_kind kind)
{
	static struct view v;
	struct letter_text text = { 0 };
	struct error err = { 0 };
	bool html = c->format && strcmp(c->format, "html") == 0;
	AUTO_BUF b = BUF_INIT(TEXT_MAX);
	if (c->format && !html && strcmp(c->format, "text") != 0)
		return ctl_fail(CTL_USAGE, "%s is none of text, html", c->format);
	int r = words_take(c, &v, kind);
	if (r != 0)
		return r;
	v.made.in.reading = &v.made.reading;
	if (letter_write(c->plan->letters, &c->plan->rules, &v.made.letter, &v.made.ticket, &v.made.in, clock_wall(), c->arena,
			 &text, &err) < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	bool sms = letter_kind_is_sms(kind);
	if (html && (sms || !text.html))
		return ctl_fail(CTL_REFUSED, "%s goes without HTML", letter_kind_word(kind));
	struct json j = json_open(&b, true);
	if (c->json) {
		json_object(&j);
		json_kv_str(&j, "name", letter_kind_word(kind));
		json_kv_str(&j, "subject", sms ? NULL : text.subject);
		json_kv_str(&j, "text", text.text);
		json_kv_str(&j, "html", sms ? NULL : text.html);
		json_object_end(&j);
		buf_add_char(&b, '\n');
	} else if (html) {
		buf_add_str(&b, text.html);
	} else {
		buf_addf(&b, "%s%s%s%s", sms ? "" : "Subject: ", sms ? "" : text.subject, sms ? "" : "\n\n", text.text);
		buf_add_str(&b, b.n > 0 && b.p[b.n - 1] == '\n' ? "" : "\n");
	}
	return ctl_deliver(c, &b);
}

int ctl_templates(struct ctl *c)
{
	enum letter_kind kind = LETTER_ACKNOWLEDGEMENT;
	const char *what = c->argc > 0 ? c->argv[0] : "";
	bool right = (strcmp(what, "check") == 0 && c->argc == 1) || (strcmp(what, "show") == 0 && c->argc == 2) ||
		     (strcmp(what, "preview") == 0 && c->argc >= 2);
	if (!right)
		return ctl_fail(CTL_USAGE, "templates check | show NAME | preview NAME [NUMBER] [KEY=VALUE ...]");
	if (c->argc > 1 && !kind_read(c->argv[1], &kind))
		return unknown(c->argv[1]);
	int r = ctl_plan(c);
	if (r != 0)
		return r;
	return what[0] == 'c' ? check(c) : what[0] == 's' ? show(c, kind) : preview(c, kind);
}
