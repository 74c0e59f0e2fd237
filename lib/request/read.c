/* Applicants and their data out of the new text.
 *
 * The text is made plain first (plain.h), then read line by line: table rows, "label : value" lines, and
 * lines that name a person or hold a number.  A number is told by its shape and by the nearest word
 * before it; a name by a label, a degree, or the words before it.
 */
#include "request/request.h"

#include "request/change.h"
#include "request/enclosed.h"
#include "request/forward.h"
#include "request/kind.h"
#include "request/labelled.h"
#include "request/name.h"
#include "request/plain.h"
#include "request/prose.h"
#include "request/secret.h"
#include "request/table.h"
#include "request/value.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { REMARKS = 20, LINE_MAX_BYTES = 4096 }; /* rules look around in a line: a longer one is nobody's */

struct walk {
	struct lines l;
	struct table table;
	struct open_label open;
	size_t signer; /* applicants before "yang bertanda tangan" */
	bool signer_seen, listed, after_forward;
	size_t forwarders;            /* applicants named above the last forwarded mail's head */
	bool successor;               /* somebody takes another's place */
	struct span post;             /* "1. Kepala Desa" above "Nama: ...": the post of who comes next */
	bool tail;                    /* "demikian" was said, and nobody is named yet */
	struct applicant_data *above; /* named above a forwarded mail or a letter's list, and given up for those in it */
	size_t n_above;
};

static void set_aside(struct reading_state *s, struct walk *w)
{
	w->above = arena_array(s->a, s->out->n_applicants, sizeof(*w->above));
	w->n_above = w->above ? s->out->n_applicants : 0;
	s->memory = s->memory || !w->above;
	if (w->above)
		memcpy(w->above, s->out->applicants, w->n_above * sizeof(*w->above));
	reading_drop_since(s, 0);
}

/* Who signed a letter that names nobody else before its enclosed list. */
static void list_begins(struct reading_state *s, struct walk *w)
{
	bool signers = w->tail && s->out->n_applicants > 0;
	for (size_t i = 0; i < s->out->n_applicants; i++)
		signers = signers && s->how[i] == HOW_BLOCK;
	if (signers)
		set_aside(s, w);
	w->tail = false;
}

static bool enclosure_head(struct span t)
{
	static const char *const words[] = { "lampiran", "daftar", "lamp" };
	return starts_with_one(t, words, COUNT(words)) && t.n < 120;
}

static bool letterhead_end(const struct lines *l, size_t *at)
{
	bool yth = false;
	size_t number = l->n;
	for (size_t i = 0; i < l->n && i < 60; i++) {
		struct span t = span_trim(l->v[i]);
		bool head = t.n > 5 && span_starts_nocase(t, "nomor") && (t.p[5] == ' ' || t.p[5] == ':' || t.p[5] == '\t');
		if (head && number == l->n && memchr(t.p, ':', t.n < 30 ? t.n : 30) && memchr(t.p, '/', t.n))
			number = i;
		yth = yth || span_starts_nocase(t, "yth") || span_starts_nocase(t, "kepada");
	}
	*at = number;
	return number < l->n && yth;
}

static struct span line_of(const struct lines *l, size_t i)
{
	struct span t = span_trim(l->v[i]);
	return span_sub(t, 0, t.n < LINE_MAX_BYTES ? t.n : LINE_MAX_BYTES);
}

/* A table, an open label, a heading: lines whose meaning the lines above give.  true: done. */
static bool framed_line(struct reading_state *s, struct walk *w, size_t i, struct span t)
{
	struct span line = line_of(&w->l, i);
	if (table_head(line, &w->table)) {
		list_begins(s, w);
		return true;
	}
	if (w->table.n > 0 && !w->table.vertical) {
		if (table_row(s, line, &w->table))
			return true;
		w->table.n = 0;
		s->block = false;
	} else if (w->table.n > 0) {
		if (table_cell(s, line, &w->table))
			return true;
		w->table.n = 0;
	}
	if (w->open.open) {
		w->open.open = false;
		struct label l = label_end(t) < t.n ? label_read(span_sub(t, 0, label_end(t))) : (struct label){ 0 };
		bool name = w->open.l.field[0] == FIELD_NAME;
		if (l.n == 0 && !l.foreign && !(name && (digit_count(t) > 3 || t.n > 80)) && t.n < 160) {
			labelled_parts(s, &w->open.l, strip_marks(t));
			s->block = true;
			return true;
		}
	}
	return false;
}

/* Is what stands at at in a sentence a label with its value?  "untuk Kepala Sekolah: ..." is none. */
static bool clause_label(struct span t, size_t at)
{
	struct span rest = strip_marks(span_sub(t, at, t.n));
	size_t end = label_end(rest);
	if (rest.n == 0 || end == rest.n || span_trim(span_sub(rest, end + 1, rest.n)).n == 0)
		return false;
	struct label l = label_read(span_sub(rest, 0, end));
	bool office = l.n > 0 && (l.field[0] == FIELD_POSITION || l.field[0] == FIELD_AGENCY);
	return l.n > 0 && (!office || (t.p[at] && strchr(".,;(|/-", t.p[at])));
}

/* "1. Kepala Desa", and below it "Nama: ..." */
static bool post_heading(struct span t, struct span below)
{
	bool item;
	below = plain_strip_bullet(below, &item);
	struct label l = label_end(below) < below.n ? label_read(span_sub(below, 0, label_end(below))) : (struct label){ 0 };
	return t.n < 80 && label_end(t) == t.n && digit_count(t) == 0 && starts_position(t) && l.n > 0 &&
	       l.field[0] == FIELD_NAME;
}

/* "Camat yang lama, Bapak X (NIP 19...), telah purna tugas. Untuk penggantinya ...": X asks for nothing. */
static bool predecessor(const struct walk *w, struct span t)
{
	static const char *const gone[] = { "yang lama",     "purna tugas", "purnatugas", "telah pensiun",
					    "sudah pensiun", "mantan",      "pendahulu" };
	static const char *const own[] = { "saya", "sy", "kami" };
	return w->successor && any_phrase(t, gone, COUNT(gone)) && !any_phrase(t, own, COUNT(own));
}

static void one_line(struct reading_state *s, struct walk *w, size_t i)
{
	bool item;
	struct span t = plain_strip_bullet(plain_strip_chat_stamp(line_of(&w->l, i)), &item);
	if (t.n == 0) {
		s->office_above = s->office_above || reading_is_office(s->out, s->now);
		s->block = s->block && s->m->inline_answers;
		return;
	}
	if (span_find_nocase(t, 0, "bertanda tangan di bawah") < t.n || span_find_nocase(t, 0, "bertandatangan di bawah") < t.n) {
		w->signer = s->out->n_applicants;
		w->signer_seen = true;
	} else if (prose_applicant(t)) {
		if (w->signer_seen && s->out->n_applicants > w->signer)
			reading_drop_since(s, w->signer);
		w->signer_seen = false;
		s->bystander = false;
	}
	s->bystander = s->bystander || prose_bystander(t);
	if (s->bystander)
		return;
	if (predecessor(w, t))
		return;
	if (enclosure_head(t))
		list_begins(s, w);
	if (framed_line(s, w, i, t) || change_line(s, t, plain_line_after(&w->l, i)))
		return;
	w->tail = w->tail || (prose_closing(t) && s->out->n_applicants == 0);
	s->closing = s->closing || (prose_closing(t) && s->out->n_applicants > 0 &&
				    (s->out->applicants[0].value[FIELD_NAME] || applicant_has_number(&s->out->applicants[0])) &&
				    !s->m->inline_answers);
	if (item && post_heading(t, plain_line_after(&w->l, i))) {
		w->post = t;
		return;
	}
	size_t known = s->out->n_applicants;
	if (labelled_line(s, t, &w->open) || (labelled_bare(s, t))) {
		if (w->post.n > 0 && s->out->n_applicants > known && s->now) {
			take_value(s, FIELD_POSITION, w->post, "heading", HOW_LABEL);
			w->post.n = 0;
		}
		w->listed = t.p[t.n - 1] == ':';
		take_dates(s, t);
		return;
	}
	size_t label = label_next(t, true);
	if (clause_label(t, label)) { /* "mohon diperpanjang, nama: Budi, nip: 19..." */
		prose_line(s, span_sub(t, 0, label), item, span_of("", 0), false);
		if (labelled_line(s, strip_marks(span_sub(t, label, t.n)), &w->open)) {
			take_dates(s, t);
			return;
		}
	}
	if (t.p[t.n - 1] == ':' || (!item && !s->block))
		w->listed = t.p[t.n - 1] == ':';
	prose_line(s, t, item, plain_line_after(&w->l, i), w->listed);
}

/* Persons above a forwarded mail who have no number are those who forward it. */
static void forward_begins(struct reading_state *s, struct walk *w)
{
	bool numbers = false;
	for (size_t i = 0; i < s->out->n_applicants; i++)
		numbers = numbers || applicant_has_number(&s->out->applicants[i]);
	if (!numbers && s->out->n_applicants > 0 && s->out->n_applicants < 3)
		set_aside(s, w);
	s->closing = s->block = false;
	w->forwarders = s->out->n_applicants;
}

static int read_text(struct reading_state *s, const char *text)
{
	struct walk w = { 0 };
	static const char *const successors[] = { "pengganti", "penggantinya", "menggantikan", "digantikan" };
	size_t first = 0, head = 0;
	int r = plain_lines(s->a, text, &w.l);
	if (r < 0)
		return r;
	if (letterhead_end(&w.l, &head))
		first = head; /* addresses and numbers above are the office's */
	w.successor = any_phrase(span_str(text), successors, COUNT(successors));
	for (size_t i = first; i < w.l.n && !s->memory; i++) {
		struct span t = span_trim(w.l.v[i]);
		bool inner = s->m->is_forward && !w.after_forward && forward_head(&w.l, i);
		if (inner || forward_line(t)) {
			forward_begins(s, &w);
			w.after_forward = true;
			continue;
		}
		if (w.after_forward && forward_field(t))
			continue;
		w.after_forward = w.after_forward && t.n == 0;
		size_t skip = w.table.n == 0 ? table_column_head(w.l.v + i, w.l.n - i < 60 ? w.l.n - i : 60, &w.table) : 0;
		if (skip > 0) {
			i += skip - 1;
			continue;
		}
		one_line(s, &w, i);
	}
	forward_drop_signed(s, w.forwarders);
	if (s->out->n_applicants == 0 && w.n_above > 0) {
		s->out->applicants = w.above; /* one or two: the next one gets room of its own */
		s->out->n_applicants = w.n_above;
	}
	return s->memory ? -ENOMEM : 0;
}

/* Nothing names the applicant yet: the subject, then the sender's own signature. */
static int read_rest(struct reading_state *s, const struct message *m)
{
	bool named = s->out->n_applicants > 0 && s->out->applicants[0].value[FIELD_NAME];
	if (named || m->is_reply || s->out->n_applicants > 1)
		return s->memory ? -ENOMEM : 0;
	s->closing = s->bystander = false;
	s->now = s->out->n_applicants == 1 ? &s->out->applicants[0] : NULL;
	int r = m->subject ? read_text(s, m->subject) : 0;
	named = s->out->n_applicants > 0 && s->out->applicants[0].value[FIELD_NAME];
	if (r == 0 && !named && prose_self(m) && *m->signature) {
		s->block = true;
		r = read_text(s, m->signature);
	}
	return r;
}

/* Last lines "Budi Santoso" below what the writer asks for himself. */
static void sign_off(struct reading_state *s, const struct message *m)
{
	struct span rest = span_str(m->text), line, last = span_of("", 0), before = span_of("", 0);
	bool one = s->out->n_applicants == 1 && applicant_has_number(&s->out->applicants[0]);
	if (s->out->n_applicants > 1 || (s->out->n_applicants == 1 && s->out->applicants[0].value[FIELD_NAME]) ||
	    (m->is_reply && !one) || m->is_forward || (!m->is_reply && !prose_self(m)))
		return;
	while (span_next_line(&rest, &line))
		if (span_trim(line).n > 0) {
			before = last;
			last = span_trim(line);
		}
	struct span tries[2] = { last, before };
	for (size_t i = 0; i < 2; i++) {
		struct name n = name_at(tries[i]);
		bool enough = m->is_reply ? n.degree : n.words >= 2; /* an answer's number is mostly its writer's own */
		if (n.words > 0 && enough && n.words < 5 && n.end == tries[i].n && !starts_position(tries[i]) &&
		    !starts_agency(tries[i])) {
			s->closing = false;
			s->now = s->out->n_applicants ? &s->out->applicants[0] : NULL;
			(void)reading_name(s, n.s, "sign-off", HOW_SELF);
			return;
		}
	}
}

static void spread_end(struct reading_state *s)
{
	if (!s->end)
		return;
	if (s->out->n_applicants == 0)
		(void)reading_applicant(s);
	for (size_t i = 0; i < s->out->n_applicants; i++) {
		s->now = &s->out->applicants[i];
		reading_set(s, FIELD_VALID_UNTIL, s->end, s->end_words, "words");
	}
}

static void add_remark(struct reading_state *s, const char *fmt, size_t number)
{
	if (s->out->n_remarks >= REMARKS)
		return;
	const char *r =
		s->out->n_applicants > 1 ? arena_printf(s->a, "Pemohon ke-%zu: %s", number, fmt) : arena_strdup(s->a, fmt);
	s->memory = s->memory || !r;
	s->out->remarks[s->out->n_remarks++] = r ? r : "";
}

static void cross_check(struct reading_state *s)
{
	s->out->remarks = arena_array(s->a, REMARKS, sizeof(char *));
	if (!s->out->remarks) {
		s->memory = true;
		return;
	}
	for (size_t i = 0; i < s->out->n_applicants; i++) {
		const char *nik = s->out->applicants[i].value[FIELD_NIK], *nip = s->out->applicants[i].value[FIELD_NIP];
		if (!nik || !nip)
			continue;
		int day = (nik[6] - '0') * 10 + nik[7] - '0';
		bool woman = day > 40;
		day -= woman ? 40 : 0;
		int nip_day = (nip[6] - '0') * 10 + nip[7] - '0';
		if (day != nip_day || memcmp(nik + 8, nip + 4, 2) != 0 || memcmp(nik + 10, nip + 2, 2) != 0)
			add_remark(s, "tanggal lahir pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
		else if ((nip[14] == '2') != woman)
			add_remark(s, "jenis kelamin pada NIK dan NIP berbeda, mohon diperiksa.", i + 1);
	}
}

static void drop_empty(struct reading_state *s)
{
	struct request *r = s->out;
	size_t kept = 0;
	for (size_t i = 0; i < r->n_applicants; i++) {
		bool any = false;
		for (int f = 0; f < N_FIELDS; f++)
			any = any || applicant_has(&r->applicants[i], (enum applicant_field)f);
		if (!any)
			continue;
		s->how[kept] = s->how[i];
		r->applicants[kept++] = r->applicants[i];
	}
	r->n_applicants = kept;
}

static void problems(struct request *r)
{
	for (size_t i = 0; i < r->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			r->problem[f] = r->problem[f] || (!r->applicants[i].value[f] && r->applicants[i].given[f]);
}

/* A question names nobody, unless numbers or labels do. */
static void question_names(struct reading_state *s)
{
	for (size_t i = 0; i < s->out->n_applicants; i++)
		if (applicant_has_number(&s->out->applicants[i]) || s->how[i] == HOW_LABEL || s->how[i] == HOW_TABLE)
			return;
	s->out->n_applicants = 0;
	memset(s->out->problem, 0, sizeof(s->out->problem));
}

int request_read(struct message *m, struct arena *a, struct request *out, struct error *err)
{
	struct request q = { .kind = REQUEST_OTHER, .kind_rule = "", .kind_words = "" };
	struct reading_state s = { .a = a, .out = &q, .m = m };
	int r = read_text(&s, m->text);
	if (r == 0)
		r = read_rest(&s, m);
	if (r == 0) {
		sign_off(&s, m);
		reading_unite(&s);
		change_correct(&s);
		spread_end(&s);
		reading_spread_office(&s);
		drop_empty(&s);
		r = kind_judge(m, s.n_numbers, a, &q);
	}
	problems(&q);
	cross_check(&s);
	q.has_letter = letter_enclosed(m, &q);
	if (q.kind == REQUEST_QUESTION)
		question_names(&s);
	if (q.kind == REQUEST_OTHER || q.kind == REQUEST_AUTOMATIC) {
		q.n_applicants = 0;
		memset(q.problem, 0, sizeof(q.problem));
		q.n_remarks = 0;
	}
	m->text_full = secret_redact(a, m->text_full, &q.secret_found);
	m->text = secret_redact(a, m->text, &q.secret_found);
	if (m->subject) {
		m->subject = secret_redact(a, m->subject, &q.secret_found);
		s.memory = s.memory || !m->subject;
	}
	for (size_t i = 0; i < m->n_attachments; i++) {
		m->attachments[i].name = secret_redact(a, m->attachments[i].name, &q.secret_found);
		s.memory = s.memory || !m->attachments[i].name;
	}
	if (r < 0 || s.memory || !m->text || !m->text_full)
		return error_set(err, -ENOMEM, "reading the request: out of memory or over its limit");
	*out = q;
	return 0;
}
