#include "request/enclosed.h"

#include "request/label.h"

#include <string.h>

/* Names of files that are a request or its recommendation. */
static bool letter_name(struct span s)
{
	static const char *const always[] = { "permohonan", "rekomendasi", "pengantar",  "usulan",
					      "nota dinas", "pengajuan",   "nota_dinas", "notadinas" };
	static const char *const letters[] = { "surat", "letter" };
	static const char *const others[] = { "izin",       "ijin",     "tugas",    "keputusan",  "edaran",
					      "keterangan", "undangan", "perintah", "kematian",   "kehilangan",
					      "pernyataan", "kuasa",    "kontrak",  "perjanjian", "lamaran" };
	return has_any(s, always, COUNT(always)) || (has_any(s, letters, COUNT(letters)) && !has_any(s, others, COUNT(others)));
}

/* "Surat permohonan terlampir" with a file whose own name says nothing. */
static bool letter_said(const struct message *m)
{
	static const char *const other_files[] = { "ktp",    "sk",   "foto", "screenshot", "akta", "ijazah",
						   "image0", "logo", ".xls", ".eml",       ".ics", "cv" };
	struct span t = span_str(m->text);
	bool file = false;
	for (size_t i = 0; i < m->n_attachments; i++)
		file = file || !has_any(span_str(m->attachments[i].name), other_files, COUNT(other_files));
	if (!file)
		return false;
	for (size_t at = 0; (at = find_phrase(t, at, "surat")) < t.n; at++) {
		struct span near = span_sub(t, at, at + 90 < t.n ? at + 90 : t.n);
		size_t stop = span_find_nocase(near, 0, ". ");
		near = span_sub(near, 0, stop);
		if (span_find_nocase(near, 0, "lampir") < near.n && span_find_nocase(near, 0, "susul") == near.n)
			return true;
		static const char *const asks[] = { "surat permohonan", "surat rekomendasi", "surat pengantar", "surat usulan" };
		struct span before = span_sub(t, at > 40 ? at - 40 : 0, at); /* "kami lampirkan surat permohonan" */
		if (starts_with_one(near, asks, COUNT(asks)) && span_find_nocase(before, 0, "lampirkan") < before.n &&
		    !memchr(before.p, '.', before.n))
			return true;
	}
	return false;
}

/* Is the mail itself laid out as a letter: number, subject, addressee? */
static bool letter_body(const struct message *m)
{
	struct span rest = span_str(m->text), line;
	bool number = false, subject = false, yth = false;
	for (size_t i = 0; i < 80 && span_next_line(&rest, &line); i++) {
		struct span t = span_trim(line);
		size_t colon = label_end(t);
		struct span l = span_trim(span_sub(t, 0, colon < t.n ? colon : 0));
		number = number ||
			 (word_in(l, (const char *const[]){ "nomor", "no", "no.", "nomor surat" }, 4) && memchr(t.p, '/', t.n));
		subject = subject || word_in(l, (const char *const[]){ "perihal", "hal", "prihal" }, 3);
		yth = yth || span_starts_nocase(t, "yth") || span_starts_nocase(t, "kepada");
	}
	return number && subject && yth;
}

bool letter_enclosed(const struct message *m, const struct request *q)
{
	if (q->kind == REQUEST_OTHER || q->kind == REQUEST_AUTOMATIC || q->kind == REQUEST_QUESTION)
		return false;
	for (size_t i = 0; i < m->n_attachments; i++)
		if (letter_name(span_str(m->attachments[i].name)))
			return true;
	return letter_said(m) || letter_body(m);
}
