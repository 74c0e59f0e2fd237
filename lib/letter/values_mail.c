/* Values of the mail that a letter is about: for staff alone. */
#include "letter/letter_private.h"

#include "casework/finding.h"

#include "letter/values.h"

#include <string.h>

static const struct message *mail(const struct values *v)
{
	return v->in ? &v->in->reading->message : NULL;
}

const char *value_sender(struct values *v)
{
	AUTO_BUF b = BUF_INIT(8192);
	const struct message *m = mail(v);
	if (!m)
		return NULL;
	for (size_t i = 0; i < m->n_from && i < 5; i++) {
		if (i > 0)
			buf_add_str(&b, ", ");
		value_name(&b, m->from[i].name);
		buf_addf(&b, m->from[i].name ? " <%s>" : "%s", m->from[i].spec ? m->from[i].spec : "?");
	}
	if (m->n_from == 0)
		buf_add_str(&b, "(tanpa alamat pengirim)");
	if (m->n_from_fields > 1 || m->n_from > 1)
		buf_add_str(&b, " (lebih dari satu alamat: tidak dipercaya)");
	return value_buf(v, &b);
}

const char *value_sender_proof(struct values *v)
{
	static const char *const words[] = {
		[MAIL_PROOF_NONE] = "belum terbukti",
		[MAIL_PROOF_PASS] = "lolos pemeriksaan keaslian (DMARC)",
		[MAIL_PROOF_FAIL] = "GAGAL pemeriksaan keaslian (DMARC): mungkin palsu",
	};
	const struct message *m = mail(v);
	return m && (size_t)m->proof < sizeof(words) / sizeof(*words) ? words[m->proof] : NULL;
}

const char *value_reply_to_differs(struct values *v)
{
	return mail(v) && mail(v)->reply_to_differs ? "ya" : NULL;
}

const char *value_subject(struct values *v)
{
	AUTO_BUF b = BUF_INIT(4096);
	const struct message *m = mail(v);
	if (!m)
		return NULL;
	value_line(&b, m->subject && *m->subject ? m->subject : "(tanpa subjek)");
	return value_buf(v, &b);
}

/* End of s at most max bytes on, not inside a character. */
static size_t cut_at(const char *s, size_t max)
{
	size_t n = strlen(s);
	if (n <= max)
		return n;
	n = max;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

const char *value_quoted(struct values *v)
{
	const struct message *m = mail(v);
	struct span s = m ? span_trim(span_str(m->text)) : (struct span){ 0 };
	if (s.n == 0)
		return NULL;
	const char *copy =
		arena_strndup(v->a, s.p, s.n > LETTER_QUOTE_BYTES ? cut_at((const char *)s.p, LETTER_QUOTE_BYTES) : s.n);
	return copy;
}

const char *value_quoted_cut(struct values *v)
{
	const struct message *m = mail(v);
	return m && span_trim(span_str(m->text)).n > LETTER_QUOTE_BYTES ? "ya" : NULL;
}

static void add_size(struct buf *b, uint64_t bytes)
{
	if (bytes < 1024)
		buf_addf(b, "%llu byte", (unsigned long long)bytes);
	else if (bytes < 1024 * 1024)
		buf_addf(b, "%llu KB", (unsigned long long)(bytes / 1024));
	else
		buf_addf(b, "%llu,%llu MB", (unsigned long long)(bytes / (1024 * 1024)),
			 (unsigned long long)(bytes % (1024 * 1024) * 10 / (1024 * 1024)));
}

const char *value_evidence(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 4);
	for (size_t i = 0; v->in && i < v->in->n_evidence; i++)
		finding_words(&v->in->evidence[i], v->ticket, v->rules->calendar, v->in->received, v->a, &b);
	return value_buf(v, &b);
}

const char *value_attachments(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 4);
	const struct message *m = mail(v);
	for (size_t i = 0; m && i < m->n_attachments; i++) {
		const struct mail_attachment *f = &m->attachments[i];
		buf_add_str(&b, "- ");
		value_line(&b, f->name);
		buf_add_str(&b, " (");
		value_line(&b, f->type);
		buf_add_str(&b, ", ");
		add_size(&b, f->size);
		buf_add_str(&b, ")");
		if (f->dangerous)
			buf_add_str(&b, " — BERBAHAYA, jangan dibuka");
		if (f->dangerous || f->encoding == MAIL_ENCODING_OTHER)
			buf_add_str(&b, v->letter->attach_original ? "; hanya ada di dalam asli.eml" : "; tidak disertakan");
		buf_add_char(&b, '\n');
	}
	return value_buf(v, &b);
}

const char *value_dangerous(struct values *v)
{
	const struct message *m = mail(v);
	for (size_t i = 0; m && i < m->n_attachments; i++)
		if (m->attachments[i].dangerous)
			return "ya";
	return NULL;
}

const char *value_unreadable(struct values *v)
{
	const struct message *m = mail(v);
	if (m && m->encrypted)
		return "Surat ini terenkripsi, sehingga isinya tidak dapat kami baca.";
	if (m && m->text_cut)
		return "Surat ini terlalu panjang atau terlalu rumit, sehingga hanya sebagian yang "
		       "terbaca.";
	if (m && m->has_hidden_text)
		return "Surat ini memuat tulisan yang disembunyikan dari pembaca. Berhati-hatilah.";
	return NULL;
}

const char *value_remarks(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 4);
	const struct request *q = v->in ? &v->in->reading->request : NULL;
	for (size_t i = 0; q && i < q->n_remarks && b.n < LETTER_PERSONS_BYTES; i++) {
		value_line(&b, q->remarks[i]);
		buf_add_char(&b, '\n');
	}
	return value_buf(v, &b);
}
