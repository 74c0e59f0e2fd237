#include "lists.h"

#include "base/limits.h"
#include "message/attached.h"
#include "sheet/sheet.h"

#include <errno.h>

enum { LISTS_MAX = 5 };

static const struct command *command_of(const struct command_block *b, enum command_verb verb)
{
	for (size_t i = 0; i < b->n_commands; i++)
		if (b->commands[i].verb == verb)
			return &b->commands[i];
	return NULL;
}

static bool numbered(const struct request *q)
{
	for (size_t i = 0; i < q->n_applicants; i++)
		for (int f = FIELD_NIK; f <= FIELD_NIP; f++)
			if (q->applicants[i].value[f] || q->applicants[i].given[f])
				return true;
	return false;
}

/* A row a line with bars between the cells: the layout of a table, which the reading of texts knows. */
static void add_rows(const struct sheet *s, struct buf *out)
{
	buf_add_char(out, '\n');
	for (size_t i = 0; i < s->n_rows; i++)
		for (size_t k = 0; k < s->rows[i].n; k++)
			buf_addf(out, "%s%s", s->rows[i].cells[k].text, k + 1 < s->rows[i].n ? " | " : "\n");
}

static int add_lists(struct span raw, const struct message *m, struct arena *a, struct buf *out, size_t *found)
{
	*found = 0;
	for (size_t i = 0; i < m->n_attachments && *found < LISTS_MAX; i++) {
		struct span bytes;
		struct sheet sheet;
		struct error err = { 0 };
		int r = attached_bytes(raw, &m->attachments[i], LIMIT_SHEET_BYTES, a, &bytes);
		if (r < 0)
			return r;
		if (r > 0 || !sheet_is_likely(m->attachments[i].name, bytes))
			continue;
		r = sheet_read(bytes, a, &sheet, &err);
		if (r < 0)
			return r;
		if (r > 0)
			continue; /* damaged: staff have the file itself */
		add_rows(&sheet, out);
		++*found;
	}
	return 0;
}

/* --- a list of certificates --------------------------------------------------------------------- */

static bool roster_cells(struct roster_builder *b, const struct sheet_row *row)
{
	struct roster_cell cells[LIMIT_SHEET_COLUMNS];
	for (size_t k = 0; k < row->n; k++)
		cells[k] = (struct roster_cell){ row->cells[k].text, row->cells[k].kind == SHEET_NUMBER };
	return roster_add(b, cells, row->n, row->line);
}

static int roster_read(struct span bytes, const char *name, struct arena *a, struct roster *out)
{
	struct roster_builder b = { .a = a, .roster = { .name = name } };
	struct sheet sheet = { 0 };
	struct error err = { 0 };
	int r = sheet_read(bytes, a, &sheet, &err);
	if (r > 0) {
		*out = (struct roster){ .name = name, .problem = "Berkasnya rusak atau bukan CSV atau XLSX." };
		return 0;
	}
	for (size_t i = 0; r == 0 && i < sheet.n_rows && roster_cells(&b, &sheet.rows[i]); i++)
		;
	if (r == 0)
		r = roster_end(&b);
	b.roster.cut = b.roster.cut || sheet.cut;
	*out = b.roster;
	return r;
}

/* The first attachment that is a list. */
static int roster_attached(struct span raw, struct arena *a, struct reading *r)
{
	const struct message *m = &r->message;
	for (size_t i = 0; i < m->n_attachments; i++) {
		struct span bytes;
		int e = attached_bytes(raw, &m->attachments[i], LIMIT_SHEET_BYTES, a, &bytes);
		if (e < 0)
			return e;
		if (e > 0 || !sheet_is_likely(m->attachments[i].name, bytes))
			continue;
		r->has_roster = true;
		return roster_read(bytes, m->attachments[i].name, a, &r->roster);
	}
	return 0;
}

int lists_read(struct span raw, struct arena *a, struct reading *r, struct error *err)
{
	if (command_of(&r->commands, COMMAND_IMPOR)) {
		int list = roster_attached(raw, a, r);
		return list < 0 ? error_set(err, list, "reading an attached list") : 0;
	}
	const struct command *paper = command_of(&r->commands, COMMAND_SURAT);
	bool asks = r->message.nature == MAIL_HUMAN && !numbered(&r->request) && r->message.n_attachments > 0;
	AUTO_BUF text = BUF_INIT(LIMIT_TEXT_BYTES);
	size_t found;
	if (!paper && !asks)
		return 0;
	buf_addf(&text, "%s\n", paper ? paper->text : r->message.text);
	int e = add_lists(raw, &r->message, a, &text, &found);
	if (e < 0)
		return error_set(err, e, "reading an attached list");
	if (!paper && found == 0)
		return 0;
	struct message with = r->message;
	struct request anew = { 0 };
	bool secret = r->request.secret_found;
	with.text = arena_strndup(a, buf_cstr(&text), text.n); /* over the cap: what fits */
	if (!with.text || buf_status(&text) == -ENOMEM)
		return error_set(err, -ENOMEM, "no memory");
	if (paper) { /* a staff member's own subject and signature say nothing about the applicant */
		with.subject = NULL;
		with.signature = "";
		with.is_reply = with.is_forward = false;
	}
	e = request_read(&with, a, &anew, err);
	if (e < 0)
		return e;
	if (!paper && !numbered(&anew))
		return 0;
	r->request = anew;
	r->request.secret_found = anew.secret_found || secret;
	return 0;
}
