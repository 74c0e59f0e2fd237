/* One empty signature field, put into a PDF that cairo wrote (ISO 32000-1 12.7.4.5). */
#include "document/draw.h"

#include <qpdf/qpdf-c.h>
#include <stdio.h>

static bool add(qpdf_data q, const struct field_place *f)
{
	char text[300];
	(void)snprintf(text, sizeof(text),
		       "<< /Type /Annot /Subtype /Widget /FT /Sig /T (TandaTanganKepala) /TU (Tanda tangan elektronik kepala) "
		       "/F 4 /Rect [ %.2f %.2f %.2f %.2f ] >>",
		       f->x0, f->y0, f->x1, f->y1);
	qpdf_oh page = qpdf_get_page_n(q, (size_t)f->page);
	qpdf_oh field = qpdf_make_indirect_object(q, qpdf_oh_parse(q, text));
	qpdf_oh form = qpdf_oh_parse(q, "<< /Fields [ ] /SigFlags 1 >>");
	qpdf_oh annots = qpdf_oh_parse(q, "[ ]");
	if (qpdf_has_error(q))
		return false;
	qpdf_oh_replace_key(q, field, "/P", page);
	qpdf_oh_append_item(q, qpdf_oh_get_key(q, form, "/Fields"), field);
	qpdf_oh_replace_key(q, qpdf_get_root(q), "/AcroForm", qpdf_make_indirect_object(q, form));
	qpdf_oh_append_item(q, annots, field);
	qpdf_oh_replace_key(q, page, "/Annots", annots);
	return !qpdf_has_error(q);
}

int printout_add_field(struct span pdf, const struct field_place *field, struct buf *out, struct error *err)
{
	qpdf_data q = qpdf_init();
	qpdf_silence_errors(q);
	int r = 1;
	if ((qpdf_read_memory(q, "paper", (const char *)pdf.p, pdf.n, NULL) & QPDF_ERRORS) == 0 && add(q, field) &&
	    (qpdf_init_write_memory(q) & QPDF_ERRORS) == 0) {
		qpdf_set_object_stream_mode(q, qpdf_o_generate);
		if ((qpdf_write(q) & QPDF_ERRORS) == 0) {
			buf_add(out, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
			r = buf_status(out);
		}
	}
	qpdf_cleanup(&q);
	return r == 0 ? 0 : error_set(err, r, "the signature field cannot be added");
}
