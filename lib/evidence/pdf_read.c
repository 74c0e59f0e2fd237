/* Signature fields of a PDF: ISO 32000-2 12.7 (forms), 12.8 (signatures). */
#include "evidence/pdf_private.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 10000, STORE_MAX = 200, HEAD_SEARCHED = 1024 };

struct walk {
	struct pdf *p;
	struct arena *a;
	size_t visited;
};

static bool is_name(qpdf_data q, qpdf_oh oh, const char *name)
{
	return qpdf_oh_is_name_and_equals(q, oh, name);
}

static struct span string_of(qpdf_data q, qpdf_oh oh)
{
	size_t n = 0;
	const char *s = qpdf_oh_is_string(q, oh) ? qpdf_oh_get_binary_string_value(q, oh, &n) : NULL;
	return span_of(s ? s : "", s ? n : 0);
}

static const char *text_of(struct walk *w, qpdf_oh oh)
{
	const char *s = qpdf_oh_is_string(w->p->q, oh) ? qpdf_oh_get_utf8_value(w->p->q, oh) : NULL;
	return evidence_line(w->a, span_str(s));
}

static bool digits(struct span s, size_t at, int *out)
{
	if (at + 2 > s.n || !ascii_is_digit(s.p[at]) || !ascii_is_digit(s.p[at + 1]))
		return false;
	*out = (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
	return true;
}

/* "D:20261128101112+07'00'", to the second (ISO 32000-2 7.9.4); a time without zone is UTC here */
static bool date_of(struct span s, struct instant *out)
{
	int v[7], offset_h = 0, offset_m = 0, sign = 0;
	for (int i = 0; i < 7; i++)
		if (s.n < 16 || memcmp(s.p, "D:", 2) != 0 || !digits(s, 2 + 2 * (size_t)i, &v[i]))
			return false;
	if (s.n > 16 && (s.p[16] == '+' || s.p[16] == '-')) {
		sign = s.p[16] == '+' ? 1 : -1;
		if (!digits(s, 17, &offset_h))
			return false;
		(void)digits(s, 20, &offset_m);
	}
	struct civil_time c = { v[0] * 100 + v[1], v[2], v[3], v[4], v[5], v[6] };
	if (!civil_date_valid((struct civil_date){ c.year, c.month, c.day }) || c.hour > 23 || c.minute > 59 || c.second > 59)
		return false;
	*out = instant_from_civil(c, sign * (offset_h * 3600 + offset_m * 60));
	return true;
}

static bool range_of(struct pdf *p, qpdf_oh array, size_t out[4])
{
	if (!qpdf_oh_is_array(p->q, array) || qpdf_oh_get_array_n_items(p->q, array) != 4)
		return false;
	for (int i = 0; i < 4; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, array, i);
		long long v = qpdf_oh_is_integer(p->q, item) ? qpdf_oh_get_int_value(p->q, item) : -1;
		qpdf_oh_release(p->q, item);
		if (v < 0 || (unsigned long long)v > p->bytes.n)
			return false;
		out[i] = (size_t)v;
	}
	return out[0] == 0 && out[1] > 0 && out[2] >= out[1] + 2 && out[3] > 0 && out[3] <= p->bytes.n - out[2];
}

static void add_value(struct walk *w, qpdf_oh value, const char *name, int id)
{
	struct pdf *p = w->p;
	for (size_t i = 0; i < p->n_fields; i++)
		if (id > 0 && p->field[i].id == id)
			return; /* met in the form */
	if (p->n_fields == LIMIT_SIGNATURES) {
		p->too_many = true;
		return;
	}
	struct pdf_field *f = &p->field[p->n_fields++];
	*f = (struct pdf_field){ .name = name, .id = id };
	qpdf_oh format = qpdf_oh_get_key(p->q, value, "/SubFilter");
	const char *word = qpdf_oh_is_name(p->q, format) ? qpdf_oh_get_name(p->q, format) : NULL;
	f->format = evidence_line(w->a, span_str(word ? word + 1 : ""));
	qpdf_oh range = qpdf_oh_get_key(p->q, value, "/ByteRange");
	f->has_range = range_of(p, range, f->range);
	struct span contents = string_of(p->q, qpdf_oh_get_key(p->q, value, "/Contents"));
	unsigned char *copy = contents.n <= LIMIT_EVIDENCE_BYTES ? arena_alloc(w->a, contents.n + 1) : NULL;
	if (copy) {
		memcpy(copy, contents.p, contents.n);
		f->contents = span_of(copy, contents.n);
	}
	f->has_date = date_of(string_of(p->q, qpdf_oh_get_key(p->q, value, "/M")), &f->date);
}

static void walk_fields(struct walk *w, qpdf_oh array, const char *parent, bool signature, unsigned depth)
{
	struct pdf *p = w->p;
	int n = qpdf_oh_is_array(p->q, array) ? qpdf_oh_get_array_n_items(p->q, array) : 0;
	for (int i = 0; i < n && !p->too_many; i++) {
		qpdf_oh field = qpdf_oh_get_array_item(p->q, array, i);
		if (++w->visited > FIELDS_MAX || depth > LIMIT_PDF_DEPTH) {
			p->too_many = true;
			return;
		}
		if (!qpdf_oh_is_dictionary(p->q, field))
			continue;
		qpdf_oh title = qpdf_oh_get_key(p->q, field, "/T"), type = qpdf_oh_get_key(p->q, field, "/FT");
		bool signs = qpdf_oh_is_null(p->q, type) ? signature : is_name(p->q, type, "/Sig");
		const char *own = text_of(w, title), *name = parent;
		if (*own)
			name = *parent ? evidence_line(w->a, span_str(arena_printf(w->a, "%s.%s", parent, own))) : own;
		qpdf_oh value = qpdf_oh_get_key(p->q, field, "/V");
		if (signs && qpdf_oh_is_dictionary(p->q, value))
			add_value(w, value, name, qpdf_oh_get_object_id(p->q, field));
		else if (signs && qpdf_oh_has_key(p->q, field, "/T"))
			p->has_empty = true;
		walk_fields(w, qpdf_oh_get_key(p->q, field, "/Kids"), name, signs, depth + 1);
	}
}

/* Signatures that stand on a page but in no form: poppler leaves them so. */
static void walk_pages(struct walk *w)
{
	int n = qpdf_get_num_pages(w->p->q);
	for (int i = 0; i < n && !w->p->too_many; i++) {
		qpdf_oh page = qpdf_get_page_n(w->p->q, (size_t)i);
		walk_fields(w, qpdf_oh_get_key(w->p->q, page, "/Annots"), "", false, 0);
	}
}

enum evidence_state pdf_open(struct span bytes, struct arena *a, struct pdf *out)
{
	struct span head = span_of(bytes.p, bytes.n < HEAD_SEARCHED ? bytes.n : HEAD_SEARCHED);
	struct walk w = { .p = out, .a = a };
	*out = (struct pdf){ .bytes = bytes };
	if (span_find_nocase(head, 0, "%PDF-") == head.n)
		return EVIDENCE_DAMAGED;
	out->q = qpdf_init();
	qpdf_set_suppress_warnings(out->q, QPDF_TRUE);
	qpdf_silence_errors(out->q);
	qpdf_set_attempt_recovery(out->q, QPDF_FALSE);
	if (qpdf_read_memory(out->q, "file", (const char *)bytes.p, bytes.n, "") & QPDF_ERRORS)
		return qpdf_get_error_code(out->q, qpdf_get_error(out->q)) == qpdf_e_password ? EVIDENCE_ENCRYPTED
											      : EVIDENCE_DAMAGED;
	qpdf_oh root = qpdf_get_root(out->q);
	if (!qpdf_oh_is_dictionary(out->q, root) || qpdf_get_num_pages(out->q) < 1)
		return EVIDENCE_DAMAGED;
	qpdf_oh form = qpdf_oh_get_key(out->q, root, "/AcroForm");
	if (qpdf_oh_is_dictionary(out->q, form))
		walk_fields(&w, qpdf_oh_get_key(out->q, form, "/Fields"), "", false, 0);
	walk_pages(&w);
	return out->too_many ? EVIDENCE_FAILED : EVIDENCE_EXAMINED;
}

void pdf_close(struct pdf *p)
{
	if (p->q)
		qpdf_cleanup(&p->q);
}

/* Each stream of a list in the document's security store (ISO 32000-2 12.8.4.3), at most max of them. */
static void store_streams(struct pdf *p, const char *key, int max, void (*take)(void *to, struct span bytes), void *to)
{
	qpdf_oh store = qpdf_oh_get_key(p->q, qpdf_get_root(p->q), "/DSS");
	if (!qpdf_oh_is_dictionary(p->q, store))
		return;
	qpdf_oh list = qpdf_oh_get_key(p->q, store, key);
	int n = qpdf_oh_is_array(p->q, list) ? qpdf_oh_get_array_n_items(p->q, list) : 0;
	for (int i = 0; i < n && i < max; i++) {
		qpdf_oh stream = qpdf_oh_get_array_item(p->q, list, i);
		unsigned char *bytes = NULL;
		size_t len = 0;
		if (qpdf_oh_is_stream(p->q, stream) &&
		    !(qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_generalized, NULL, &bytes, &len) & QPDF_ERRORS))
			take(to, span_of(bytes, len));
		free(bytes);
	}
}

static void take_certificate(void *to, struct span der)
{
	certificates_add_der(to, der);
}

static void take_crl(void *to, struct span der)
{
	answers_add_crl(to, der);
}

static void take_ocsp(void *to, struct span der)
{
	answers_add_ocsp(to, der);
}

void pdf_store_certificates(struct pdf *p, struct certificate_list *out)
{
	store_streams(p, "/Certs", STORE_MAX, take_certificate, out);
}

void pdf_store_answers(struct pdf *p, struct answer_list *out)
{
	store_streams(p, "/OCSPs", LIMIT_ANSWERS, take_ocsp, out);
	store_streams(p, "/CRLs", LIMIT_ANSWERS, take_crl, out);
}
