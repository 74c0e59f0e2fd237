/* sitantectl renew, refuse, reply, note, ...: every change that staff make by mail, through the same commands. */
#include "ctl.h"
#include "doorbell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = LIMIT_TEXT_BYTES, WORDS_MAX = LIMIT_FIELD_BYTES * 60 };

enum shape {
	SHAPE_RENEW,   /* [NIK ...], --until, --text */
	SHAPE_TEXT,    /* TEXT */
	SHAPE_WORDS,   /* words of the command */
	SHAPE_CORRECT, /* STEP begin|end DATE TIME, then TEXT */
};

struct order_verb {
	const char *name;
	enum command_verb command;
	enum shape shape;
	int min, max; /* words after NUMBER; max 0: any */
	const char *usage;
};

static const struct order_verb verbs[] = {
	{ "renew", COMMAND_TERBIT, SHAPE_RENEW, 0, 0, "renew NUMBER [NIK ...] [--until DATE] [--text TEXT]" },
	{ "refuse", COMMAND_TOLAK, SHAPE_TEXT, 1, 0, "refuse NUMBER REASON (or - for standard input)" },
	{ "reply", COMMAND_UNKNOWN, SHAPE_TEXT, 1, 0, "reply NUMBER TEXT (or - for standard input)" },
	{ "note", COMMAND_CATAT, SHAPE_TEXT, 1, 0, "note NUMBER TEXT (or - for standard input)" },
	{ "cancel", COMMAND_BATAL, SHAPE_TEXT, 0, 0, "cancel NUMBER [REASON for the applicant]" },
	{ "sms", COMMAND_SMS, SHAPE_TEXT, 1, 0, "sms NUMBER [--to PHONE] [--yes] TEXT (or - for standard input)" },
	{ "assign", COMMAND_ALIH, SHAPE_WORDS, 1, 1, "assign NUMBER ADDRESS of a staff member" },
	{ "set", COMMAND_ISI, SHAPE_WORDS, 2, 0,
	  "set NUMBER [NIK of one of several] name|nik|nip|position|agency|email|phone|valid_until VALUE" },
	{ "kind", COMMAND_JENIS, SHAPE_WORDS, 1, 1, "kind NUMBER renewal|issuance|revocation|passphrase|data-change|question" },
	{ "merge", COMMAND_GABUNG, SHAPE_WORDS, 1, 1, "merge NUMBER INTO-NUMBER" },
	{ "reopen", COMMAND_BUKA, SHAPE_WORDS, 0, -1, "reopen NUMBER" },
	{ "wait", COMMAND_TUNGGU, SHAPE_WORDS, 0, -1, "wait NUMBER (for BSrE)" },
	{ "resume", COMMAND_LANJUT, SHAPE_WORDS, 0, -1, "resume NUMBER" },
	{ "hold", COMMAND_TAHAN, SHAPE_TEXT, 1, 0, "hold NUMBER REASON (or - for standard input)" },
	{ "unhold", COMMAND_LEPAS_TAHAN, SHAPE_WORDS, 0, -1, "unhold NUMBER" },
	{ "correct", COMMAND_KOREKSI, SHAPE_CORRECT, 5, 0, "correct NUMBER STEP begin|end YYYY-MM-DD HH:MM REASON" },
};

/* The tool's words beside those of staff mail; both are understood. */
static const struct {
	enum command_verb command;
	const char *ours, *theirs;
} translations[] = {
	{ COMMAND_ISI, "name", "nama" },
	{ COMMAND_ISI, "position", "jabatan" },
	{ COMMAND_ISI, "agency", "instansi" },
	{ COMMAND_ISI, "phone", "hp" },
	{ COMMAND_ISI, "valid_until", "berlaku" },
	{ COMMAND_JENIS, "renewal", "pembaharuan" },
	{ COMMAND_JENIS, "issuance", "penerbitan" },
	{ COMMAND_JENIS, "revocation", "pencabutan" },
	{ COMMAND_JENIS, "data-change", "perubahan-data" },
	{ COMMAND_JENIS, "question", "pertanyaan" },
	{ COMMAND_KOREKSI, "begin", "mulai" },
	{ COMMAND_KOREKSI, "end", "selesai" },
};

const char *ctl_translated(enum command_verb v, const char *word)
{
	for (size_t i = 0; i < sizeof(translations) / sizeof(*translations); i++)
		if (translations[i].command == v && str_eq_nocase(translations[i].ours, word))
			return translations[i].theirs;
	return word;
}

/* "-" is standard input. */
static int text_add(const char *given, struct buf *out)
{
	char piece[4096];
	ssize_t n;
	if (!str_eq(given, "-")) {
		buf_add_str(out, given);
		return 0;
	}
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	return n < 0 ? ctl_fail(CTL_REFUSED, "standard input cannot be read") : 0;
}

/* Only the first word that has another name: a value stays what it is. */
static int words_add(struct ctl *c, enum command_verb v, int from, int to, struct buf *out)
{
	bool done = false;
	int r = 0;
	for (int i = from; r == 0 && i < to; i++) {
		const char *word = done ? c->argv[i] : ctl_translated(v, c->argv[i]);
		bool number = ascii_is_digit((unsigned char)*word);
		done = done || !number;
		buf_add_str(out, out->n ? " " : "");
		r = text_add(word, out);
	}
	return r;
}

static int texts_add(struct ctl *c, int from, struct buf *out)
{
	int r = 0;
	for (int i = from; r == 0 && i < c->argc; i++) {
		if (i > from)
			buf_add_char(out, ' ');
		r = text_add(c->argv[i], out);
	}
	return r;
}

static int commands_make(struct ctl *c, const struct order_verb *v, struct command_block *out)
{
	AUTO_BUF words = BUF_INIT(WORDS_MAX), text = BUF_INIT(TEXT_MAX);
	int r = 0;
	switch (v->shape) {
	case SHAPE_RENEW:
		r = words_add(c, v->command, 1, c->argc, &words);
		if (c->until)
			buf_addf(&words, " berlaku %s", c->until);
		if (r == 0 && c->text)
			r = text_add(c->text, &text);
		break;
	case SHAPE_TEXT:
		buf_add_str(&words, v->command == COMMAND_SMS ? c->to : NULL);
		r = texts_add(c, 1, &text);
		break;
	case SHAPE_CORRECT:
		r = words_add(c, v->command, 1, 5, &words);
		if (r == 0)
			r = texts_add(c, 5, &text);
		break;
	case SHAPE_WORDS:
		r = words_add(c, v->command, 1, c->argc, &words);
		buf_add_str(&words, v->command == COMMAND_TUNGGU ? "bsre" : NULL);
		break;
	}
	if (r != 0)
		return r;
	if (buf_status(&words) != 0 || buf_status(&text) != 0)
		return ctl_fail(CTL_REFUSED, "the text is too long: at most %d bytes", TEXT_MAX);
	return command_make(v->command, buf_cstr(&words), buf_cstr(&text), c->arena, out) == 0
		       ? 0
		       : ctl_fail(CTL_REFUSED, "no memory, or a text that is too long");
}

void ctl_say_note(void *context, const struct office_note *n)
{
	(void)context;
	(void)ctl_fail(CTL_DONE, "%s", n->text);
}

/* Nothing was done: each reason, and how it is written. */
int ctl_order_refused(const char *reasons, const char *usage)
{
	struct span rest = span_str(reasons), line;
	while (span_next_line(&rest, &line))
		(void)ctl_fail(CTL_REFUSED, "%.*s", (int)line.n, (const char *)line.p);
	return ctl_fail(CTL_REFUSED, "nothing was changed; usage: %s", usage);
}

static void put_lines(struct json *j, const char *key, const char *lines)
{
	struct span rest = span_str(lines), line;
	json_key(j, key);
	json_array(j);
	while (span_next_line(&rest, &line)) {
		AUTO_BUF one = BUF_INIT(64 * 1024);
		buf_add_span(&one, line);
		json_str(j, buf_cstr(&one));
	}
	json_array_end(j);
}

static void print_lines(struct buf *b, const char *lines)
{
	struct span rest = span_str(lines), line;
	while (span_next_line(&rest, &line)) {
		buf_add_str(b, "  ");
		text_escape(b, line, 4000);
		buf_add_char(b, '\n');
	}
}

int ctl_ordered(struct ctl *c, const struct office_ordered *o)
{
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	bool runs = ctl_daemon_runs(c);
	doorbell_ring(c->plan->settings->store.directory);
	if (c->json) {
		struct json j = json_open(&b, true);
		json_object(&j);
		json_kv_str(&j, "number", o->number);
		json_kv_str(&j, "state", ticket_state_word(o->state));
		put_lines(&j, "done", o->answer.done);
		put_lines(&j, "remarks", o->answer.remarks);
		json_kv_int(&j, "mails_queued", (int64_t)o->n_letters);
		json_kv_bool(&j, "running", runs);
		json_object_end(&j);
		buf_add_char(&b, '\n');
		return ctl_print(&b);
	}
	buf_addf(&b, "%s  %s\n", o->number, ticket_state_word(o->state));
	print_lines(&b, o->answer.done);
	print_lines(&b, o->answer.remarks);
	if (o->n_letters > 0)
		buf_addf(&b, "%zu to send; %s\n", o->n_letters,
			 runs ? "see sitantectl outbox" : "sitanted does not run: start it, and they leave");
	return ctl_print(&b);
}

int ctl_order(struct ctl *c)
{
	struct command_block commands;
	struct office_ordered out;
	struct office_ports ports = { .note = ctl_say_note };
	struct error err = { 0 };
	const struct order_verb *v = verbs;
	while (!str_eq(v->name, c->verb))
		v++;
	int words = c->argc - 1;
	if (words < v->min || (v->max != 0 && words > (v->max < 0 ? 0 : v->max)))
		return ctl_fail(CTL_USAGE, "usage: %s", v->usage);
	int r = commands_make(c, v, &commands);
	if (r == 0)
		r = ctl_store(c);
	if (r != 0)
		return r;
	struct office_order order = { .number = ctl_number(c->argv[0]),
				      .who = arena_printf(c->arena, "operator %s", ctl_operator(c)),
				      .commands = &commands,
				      .confirmed = c->yes };
	r = office_order(c->store, &c->plan->office, &ports, &order, clock_wall(), c->arena, &out, &err);
	if (r == STORE_NOT_FOUND)
		return ctl_fail(CTL_REFUSED, "no ticket %s; sitantectl tickets lists them", order.number);
	if (r == OFFICE_ORDER_REFUSED)
		return ctl_order_refused(out.answer.refused, v->usage);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "no memory");
	return ctl_ordered(c, &out);
}
