/* Reports, recaps and receipts: made one at a time by the document process, then mailed and kept.  What waits to be made
 * stands in the store, so a stop between loses nothing; what cannot be made twice is told to staff. */
#include "office/office_private.h"

#include "casework/phrase.h"

#include <errno.h>
#include <stdio.h>

enum { TRIES_MAX = 2, DOCUMENT_BYTES = 64 * 1024 * 1024, REQUEST_MAX = 8 * 1024 * 1024 };

static int recap_ask(struct office *o, const struct report_row *row, struct buf *out, struct error *err)
{
	struct period period;
	if (period_read(row->period, &period) != 0)
		return error_set(err, -EINVAL, "a recap of no period");
	struct recap_request q = { .format = RECAP_XLSX,
				   .agency = o->plan.rules->agency,
				   .title = period.title,
				   .from_s = period.from_s,
				   .to_s = period.to_s,
				   .now_s = o->now.ms / 1000 + zone_offset(calendar_zone(o->plan.rules->calendar), o->now) };
	recap_encode(&q, out);
	return buf_status(out);
}

/* What the document process is asked for.  0; -errno. */
static int request_make(struct office *o, const struct report_row *row, struct arena *a, struct buf *out, struct error *err)
{
	struct ticket ticket;
	struct printout p;
	struct slip s;
	if (row->kind == KEPT_RECAP)
		return recap_ask(o, row, out, err);
	int r = store_ticket_load(o->store, row->ticket_id, a, &ticket, err);
	if (r == 0 && row->kind == KEPT_RECEIPT) {
		r = receipt_of_ticket(o, &ticket, row->officer, a, &s);
		if (r == 0)
			slip_encode(&s, out);
	} else if (r == 0) {
		r = printout_of_ticket(o, &ticket, row->number, row->officer, a, &p);
		if (r == 0)
			printout_encode(&p, out);
	}
	return r == 0 ? buf_status(out) : r;
}

static const struct kept {
	enum letter_kind letter;
	const char *name, *type, *suffix; /* of the file */
	const char *why;                  /* what staff read where it could not be made */
} kept[N_KEPT] = {
	[KEPT_REPORT] = { LETTER_REPORT, "laporan", "application/pdf", "pdf",
			  "Laporan pembaharuan dalam bentuk berkas tidak dapat dibuat, atau terlalu besar untuk surat. Datanya "
			  "tetap "
			  "tersimpan." },
	[KEPT_RECAP] = { LETTER_RECAP, "rekap", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
			 "Rekap dalam bentuk berkas tidak dapat dibuat, atau terlalu besar untuk surat. Datanya tetap tersimpan; "
			 "operator dapat membuatnya dengan: sitantectl report" },
	[KEPT_RECEIPT] = { LETTER_RECEIPT, "tanda-terima", "application/pdf", "pdf",
			   "Tanda terima untuk dicetak tidak dapat dibuat. Suratnya sendiri tercatat dengan baik; mohon tanda "
			   "terima "
			   "ditulis dengan tangan." },
};

static const char *file_name(const struct report_row *row, const struct ticket *t, struct arena *a)
{
	AUTO_BUF name = BUF_INIT(300);
	const char *of = row->kind == KEPT_RECEIPT ? t->number : row->number ? row->number : row->period;
	for (const char *s = of; s && *s; s++)
		buf_add_char(&name, ascii_is_alnum((unsigned char)*s) ? *s : '-');
	return arena_printf(a, "%s-%s.%s", kept[row->kind].name, buf_cstr(&name), kept[row->kind].suffix);
}

/* The letter as it was queued, with its document.  bytes empty: without. */
static struct letter letter_of(const struct report_row *row, const struct ticket *t, const struct letter *queued,
			       struct span bytes, struct arena *a)
{
	struct letter l = *queued;
	struct period p;
	struct letter_value *v = arena_array(a, queued->n_values + 1, sizeof(*v));
	l.kind = kept[row->kind].letter;
	if (!v)
		return l;
	for (size_t i = 0; i < queued->n_values; i++)
		v[i] = queued->values[i];
	if (row->kind == KEPT_RECAP && period_read(row->period, &p) == 0)
		v[l.n_values++] = (struct letter_value){ "period", arena_strdup(a, p.title) };
	else if (row->kind == KEPT_RECEIPT && bytes.n > 0)
		v[l.n_values++] = (struct letter_value){ "printable", "ya" };
	l.values = v;
	if (bytes.n == 0)
		return l;
	l.file = bytes;
	l.file_name = file_name(row, t, a);
	l.file_type = kept[row->kind].type;
	return l;
}

/* Nobody waits for a document in vain: a report or receipt goes without it, a recap is told to be missing. */
static size_t letters_make(struct office *o, const struct report_row *row, const struct ticket *t, const struct letter *queued,
			   size_t n, struct span bytes, struct letter *out, struct arena *a)
{
	size_t k = 0;
	bool whole = bytes.n > 0 && bytes.n <= LIMIT_DOCUMENT_MAIL_BYTES;
	struct letter trouble = { .kind = LETTER_NOTICE_OTHER };
	struct letter_value *v = arena_array(a, 2, sizeof(*v));
	if (v) {
		v[0] = (struct letter_value){ "what", "Dokumen tidak dapat dibuat" };
		v[1] = (struct letter_value){ "why", kept[row->kind].why };
		trouble.values = v;
		trouble.n_values = 2;
	}
	for (size_t i = 0; i < n; i++) {
		out[k] = whole || row->ticket_id ? letter_of(row, t, &queued[i], whole ? bytes : span_of(NULL, 0), a) : trouble;
		out[k++].to = queued[i].to;
	}
	for (size_t i = 0; !whole && row->ticket_id && i < o->plan.rules->n_staff; i++) {
		out[k] = trouble;
		out[k++].to = o->plan.rules->staff[i];
	}
	return k;
}

static int finish(struct office *o, const struct report_row *row, struct span bytes, struct arena *a, struct error *err)
{
	struct decision d = { 0 };
	struct letter *queued = NULL;
	size_t n = 0;
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = store_report_letters(o->store, row->id, a, &queued, &n, err);
	struct letter *letters = arena_array(a, n + o->plan.rules->n_staff + 1, sizeof(*letters));
	if (r == 0 && !letters)
		r = error_set(err, -ENOMEM, "no memory");
	if (r == 0 && row->ticket_id) {
		r = store_ticket_load(o->store, row->ticket_id, a, &d.ticket, err);
		d.has_ticket = r == 0;
	}
	if (r == 0 && letters) {
		d.letters = letters;
		d.n_letters = letters_make(o, row, &d.ticket, queued, n, bytes, letters, a);
		r = perform_decision(o, NULL, NULL, &d, a, err);
	}
	if (r == 0)
		r = store_report_done(o->store, row->id, bytes, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	o->maybe_due = true;
	return r;
}

static int begin(struct office *o, const struct report_row *row, struct arena *a, struct error *err)
{
	AUTO_BUF request = BUF_INIT(REQUEST_MAX);
	int r = store_begin(o->store, __func__, err);
	if (r == 0)
		r = request_make(o, row, a, &request, err);
	if (r == 0)
		r = store_report_try(o->store, row->id, err);
	if (r == 0)
		r = store_commit(o->store, err);
	store_end(o->store);
	if (r == 0 && program_start(DOCUMENT_PROGRAM, row->ticket_id ? NULL : store_path(o->store), buf_span(&request), -1,
				    &o->document, err) < 0)
		office_note(o, OFFICE_ERROR, "document", 0, NULL, "%s", err->text); /* tried once more, then told */
	else if (r == 0)
		o->document_since_ms = clock_monotonic_ms();
	return r < 0 ? r : 0;
}

void documents_start(struct office *o)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	struct report_row row;
	struct error err = { 0 };
	if (!o->maybe_document || o->document.pid > 0 || !a)
		return;
	int r = store_begin(o->store, __func__, &err);
	if (r == 0)
		r = store_report_next(o->store, a, &row, &err);
	store_end(o->store);
	if (r == STORE_NOT_FOUND)
		o->maybe_document = false;
	else if (r == 0 && row.tries >= TRIES_MAX)
		r = finish(o, &row, span_of(NULL, 0), a, &err);
	else if (r == 0)
		r = begin(o, &row, a, &err);
	if (r < 0)
		office_store_fault(o, "making a document", &err);
}

int office_document_fd(const struct office *o)
{
	return o->document.pid > 0 ? o->document.done : -1;
}

void office_document_ready(struct office *o)
{
	AUTO_ARENA a = arena_new(OFFICE_DECISION_BYTES);
	AUTO_BUF bytes = BUF_INIT(DOCUMENT_BYTES);
	struct report_row row;
	struct error err = { 0 };
	if (o->document.pid <= 0 || !a)
		return;
	if (program_finish(&o->document, &bytes, &err) != 0) {
		office_note(o, OFFICE_ERROR, "document", 0, NULL, "%s", err.text);
		return; /* next turn tries again, or gives up */
	}
	int r = store_begin(o->store, __func__, &err);
	if (r == 0)
		r = store_report_next(o->store, a, &row, &err); /* the oldest that waits is the one that ran */
	store_end(o->store);
	if (r == 0)
		r = finish(o, &row, buf_span(&bytes), a, &err);
	if (r < 0)
		office_store_fault(o, "keeping a document", &err);
}

void documents_watch(struct office *o)
{
	if (o->document.pid <= 0 || clock_monotonic_ms() - o->document_since_ms < LIMIT_DOCUMENT_WALL_MS)
		return;
	office_note(o, OFFICE_ERROR, "document", 0, NULL, "the document process took too long: ended");
	program_kill(&o->document);
}
