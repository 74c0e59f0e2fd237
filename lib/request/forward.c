#include "request/forward.h"

#include "base/text.h"

#include <string.h>

bool forward_field(struct span t)
{
	static const char *const words[] = { "dari", "from",   "date",    "dikirim", "terkirim", "sent",    "to",
					     "cc",   "kepada", "subject", "subjek",  "judul",    "perihal", "tanggal",
					     "hal",  "bcc",    "untuk",   "ke",      "pengirim" };
	size_t colon = 0;
	while (colon < t.n && colon < 14 && t.p[colon] != ':')
		colon++;
	return colon < t.n && t.p[colon] == ':' && word_in(span_trim(span_sub(t, 0, colon)), words, COUNT(words));
}

bool forward_line(struct span t)
{
	static const char *const words[] = { "forwarded message", "pesan terusan", "yang diteruskan", "pesan diteruskan",
					     "meneruskan pesan" };
	bool marked = t.n > 0 && t.n < 100 && (t.p[0] == '-' || t.p[t.n - 1] == ':');
	for (size_t i = 0; marked && i < COUNT(words); i++)
		if (span_find_nocase(t, 0, words[i]) < t.n)
			return true;
	return false;
}

bool forward_head(const struct lines *l, size_t i)
{
	static const char *const words[] = { "dari", "from", "pengirim" };
	size_t fields = 0;
	if (!starts_with_one(span_trim(l->v[i]), words, COUNT(words)) || !forward_field(span_trim(l->v[i])))
		return false;
	for (size_t k = i + 1; k < l->n && k < i + 4; k++)
		fields += forward_field(span_trim(l->v[k]));
	return fields >= 2;
}

void forward_drop_signed(struct reading_state *s, size_t from)
{
	size_t n = s->out->n_applicants;
	bool signed_only = from > 0 && from < n, labelled = false;
	for (size_t i = 0; signed_only && i < n; i++) {
		bool record = s->how[i] == HOW_LABEL || s->how[i] == HOW_TABLE;
		signed_only = i >= from || s->how[i] == HOW_BLOCK;
		labelled = labelled || (i >= from && record && applicant_has_number(&s->out->applicants[i]));
	}
	if (!signed_only || !labelled)
		return;
	memmove(s->out->applicants, s->out->applicants + from, (n - from) * sizeof(*s->out->applicants));
	memmove(s->how, s->how + from, n - from);
	reading_drop_since(s, n - from);
}
