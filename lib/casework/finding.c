#include "casework/finding.h"

#include "casework/phrase.h"
#include "request/likeness.h"

#include <string.h>

static const char *verdict_words(enum evidence_verdict v)
{
	static const char *const words[N_EVIDENCE_VERDICTS] = {
		[EVIDENCE_VALID] = "SAH",
		[EVIDENCE_MALFORMED] =
			"TIDAK SAH: tanda tangannya tidak dapat dibaca, atau disusun sehingga menyembunyikan sesuatu",
		[EVIDENCE_ALTERED] = "TIDAK SAH: isi dokumen atau tanda tangannya berubah",
		[EVIDENCE_WEAK] = "TIDAK TERBUKTI: memakai algoritma lama yang tidak aman lagi",
		[EVIDENCE_REWRITTEN] = "TIDAK SAH untuk isi sekarang: dokumen diubah sesudah ditandatangani",
		[EVIDENCE_UNTRUSTED] = "TIDAK TERBUKTI: penerbit sertifikatnya tidak dikenal",
		[EVIDENCE_NOT_YET] = "TIDAK SAH: dibuat sebelum sertifikatnya berlaku",
		[EVIDENCE_EXPIRED] = "TIDAK TERBUKTI: sertifikatnya sudah berakhir",
		[EVIDENCE_WRONG_KIND] = "TIDAK SAH: sertifikatnya bukan untuk tanda tangan",
		[EVIDENCE_REVOKED] = "TIDAK SAH: sertifikatnya sudah dicabut",
	};
	return (size_t)v < N_EVIDENCE_VERDICTS ? words[v] : "?";
}

static const char *state_words(enum evidence_state s)
{
	static const char *const words[N_EVIDENCE_STATES] = {
		[EVIDENCE_UNSIGNED] = "belum ditandatangani secara elektronik",
		[EVIDENCE_DAMAGED] = "rusak atau bukan berkas sejenis itu, sehingga tidak dapat diperiksa",
		[EVIDENCE_ENCRYPTED] = "terkunci dengan kata sandi, sehingga tidak dapat diperiksa",
		[EVIDENCE_TOO_LARGE] = "terlalu besar untuk diperiksa",
		[EVIDENCE_REFUSED] =
			"memuat kunci rahasia dan TIDAK dibuka; pemiliknya perlu diminta tidak mengirimkannya kepada siapa pun",
		[EVIDENCE_FAILED] = "tidak dapat diperiksa sampai selesai",
	};
	return (size_t)s < N_EVIDENCE_STATES && words[s] ? words[s] : "?";
}

/* How near a person of the ticket comes to the name in the certificate; the same name alone proves whose it is. */
static enum name_likeness nearest_on(const struct ticket *t, const struct evidence_certificate *c)
{
	enum name_likeness nearest = NAME_DIFFERENT;
	for (size_t i = 0; i < t->n_applicants; i++) {
		enum name_likeness l = name_compare(span_str(t->applicants[i].value[FIELD_NAME]), span_str(c->holder));
		nearest = l > nearest ? l : nearest;
	}
	return nearest;
}

static const char *second(struct instant t, const struct calendar *c, struct arena *a)
{
	struct civil_time l = instant_civil(t, zone_offset(calendar_zone(c), t));
	const char *s = arena_printf(a, "%d %s %d pukul %02d.%02d.%02d", l.day, phrase_month(l.month), l.year, l.hour, l.minute,
				     l.second);
	return s ? s : "?";
}

static void certificate_words(const struct evidence_certificate *x, const struct ticket *t, const struct calendar *c,
			      struct arena *a, struct buf *out)
{
	buf_addf(out, " Atas nama %s, penerbit %s, nomor seri %s, berlaku %s sampai %s.", *x->holder ? x->holder : "(tanpa nama)",
		 *x->issuer ? x->issuer : "(tanpa nama)", x->serial, second(x->not_before, c, a), second(x->not_after, c, a));
	if (!t)
		return;
	static const char *const names[] = {
		[NAME_DIFFERENT] = "BERBEDA dengan pemohon pada tiket ini",
		[NAME_ALIKE] = "hanya MIRIP dengan pemohon (singkatan, ejaan, atau urutannya); mohon dipastikan",
		[NAME_PART] = "hanya SEBAGIAN sama dengan pemohon; mohon dipastikan",
		[NAME_SAME] = "sama dengan pemohon",
	};
	buf_addf(out, " Namanya %s. Sertifikatnya %s.", names[nearest_on(t, x)],
		 x->not_before.ms >= t->opened_at.ms ? "lebih baru daripada permohonan" : "lebih lama daripada permohonan");
}

static void signature_words(const struct evidence_signature *s, const struct ticket *t, const struct calendar *c, struct arena *a,
			    struct buf *out)
{
	static const char *const covers[N_EVIDENCE_COVERAGES] = {
		[EVIDENCE_COVERS_ALL] = " Mencakup seluruh dokumen.",
		[EVIDENCE_COVERS_REVISION] = " Sesudahnya hanya ada tanda tangan lain atau data validasi.",
	};
	static const char *const stamps[N_EVIDENCE_STAMPS] = {
		[EVIDENCE_STAMP_NONE] = " Tanpa cap waktu.",
		[EVIDENCE_STAMP_PROVEN] = " Ada cap waktu yang terbukti.",
		[EVIDENCE_STAMP_UNTRUSTED] = " Cap waktunya dari pihak yang tidak dikenal.",
		[EVIDENCE_STAMP_WRONG] = " Cap waktunya tidak cocok.",
	};
	buf_addf(out, " %s%s%s: %s.", s->stamp_only ? "cap waktu dokumen" : "tanda tangan", *s->field ? " " : "", s->field,
		 verdict_words(s->verdict));
	if (s->has_signer)
		certificate_words(&s->signer, s->stamp_only ? NULL : t, c, a, out);
	buf_add_str(out, covers[s->coverage] ? covers[s->coverage] : "");
	if (!s->stamp_only)
		buf_add_str(out, stamps[s->stamp]);
	if (s->stamp == EVIDENCE_STAMP_PROVEN || s->stamp == EVIDENCE_STAMP_UNTRUSTED)
		buf_addf(out, " Waktunya %s.", second(s->stamped, c, a));
	else if (s->has_time && !s->stamp_only)
		buf_addf(out, " Ditandatangani %s menurut jam penanda tangan.", second(s->time, c, a));
	if (s->revocation == EVIDENCE_REVOCATION_REVOKED)
		buf_addf(out, " Sertifikatnya DICABUT %s.", second(s->revocation_at, c, a));
	else if (s->revocation == EVIDENCE_REVOCATION_GOOD)
		buf_addf(out, " Belum dicabut sampai %s.", second(s->revocation_at, c, a));
	else
		buf_add_str(out, " Pencabutan tidak dapat diketahui tanpa jaringan.");
}

void finding_words(const struct evidence_file *f, const struct ticket *t, const struct calendar *c, struct instant at,
		   struct arena *a, struct buf *out)
{
	if (f->state != EVIDENCE_EXAMINED)
		buf_addf(out, "- %s %s.\n", f->name, state_words(f->state));
	for (size_t i = 0; i < f->n_signatures; i++) {
		buf_addf(out, "- %s,", f->name);
		signature_words(&f->signatures[i], t, c, a, out);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < f->n_certificates; i++) {
		const struct evidence_certificate *x = &f->certificates[i];
		buf_addf(out, "- %s, %s", f->name,
			 x->authority ? "sertifikat penerbit." : verdict_words(evidence_certificate_verdict(x, at)));
		certificate_words(x, x->authority ? NULL : t, c, a, out);
		buf_add_char(out, '\n');
	}
}

/* --- to the applicant ----------------------------------------------------------------------------- */

static const char *signature_answer(const struct evidence_signature *s, const struct calendar *c, struct arena *a)
{
	static const char *const what[N_EVIDENCE_VERDICTS] = {
		[EVIDENCE_MALFORMED] =
			"Tanda tangannya tidak dapat dibaca. Mohon tanda tangani ulang dokumennya lalu kirim kembali.",
		[EVIDENCE_ALTERED] =
			"Tanda tangannya tidak sah karena isi dokumen berubah sesudah ditandatangani. Mohon kirim berkas "
			"asli hasil tanda tangan, tanpa disimpan atau dicetak ulang.",
		[EVIDENCE_WEAK] =
			"Tanda tangannya memakai algoritma lama yang tidak aman lagi. Mohon tanda tangani ulang dengan aplikasi "
			"resmi.",
		[EVIDENCE_REWRITTEN] =
			"Dokumennya diubah sesudah ditandatangani. Mohon tanda tangani ulang dokumen yang sudah selesai.",
		[EVIDENCE_UNTRUSTED] =
			"Penerbit sertifikatnya tidak kami kenal, sehingga tanda tangannya belum dapat dinyatakan sah. Mohon "
			"pastikan memakai sertifikat BSrE.",
		[EVIDENCE_NOT_YET] =
			"Sertifikatnya belum berlaku saat dipakai menandatangani. Mohon periksa jam komputer, lalu tanda "
			"tangani ulang.",
		[EVIDENCE_EXPIRED] =
			"Sertifikatnya sudah berakhir. Bila pembaharuannya sudah terbit, mohon tanda tangani ulang dengan "
			"sertifikat yang baru.",
		[EVIDENCE_WRONG_KIND] = "Sertifikat yang dipakai bukan sertifikat untuk tanda tangan.",
		[EVIDENCE_REVOKED] = "Sertifikatnya sudah dicabut, sehingga tanda tangannya tidak berlaku. Mohon balas surel ini "
				     "bila Bapak/Ibu memerlukan sertifikat yang baru.",
	};
	if (s->verdict != EVIDENCE_VALID)
		return what[s->verdict];
	bool revoked = s->revocation == EVIDENCE_REVOCATION_REVOKED;
	const char *date = phrase_date(phrase_local_date(revoked ? s->revocation_at : s->signer.not_after, c), a);
	if (revoked)
		return arena_printf(
			a, "Tanda tangannya sah, tetapi sertifikatnya sudah dicabut pada %s dan tidak dapat dipakai lagi.",
			date ? date : "?");
	return arena_printf(a, "Tanda tangannya sah. Sertifikatnya berlaku sampai %s.", date ? date : "?");
}

const char *finding_answer(const struct evidence_file *f, const struct calendar *c, struct instant at, struct arena *a)
{
	AUTO_BUF b = BUF_INIT(16 * 1024);
	if (f->state == EVIDENCE_REFUSED)
		return "Berkas yang Bapak/Ibu kirim adalah berkas kunci rahasia. Berkas itu tidak kami buka. Mohon jangan pernah "
		       "mengirimkannya kepada siapa pun, termasuk kepada kami, dan segera ganti passphrase-nya.";
	if (f->state == EVIDENCE_UNSIGNED)
		return "Dokumennya belum ditandatangani secara elektronik. Mohon tanda tangani dahulu, lalu kirim berkas "
		       "hasilnya tanpa "
		       "dicetak atau dipindai.";
	if (f->state == EVIDENCE_ENCRYPTED)
		return "Dokumennya terkunci dengan kata sandi. Mohon kirim yang tidak dikunci.";
	if (f->state != EVIDENCE_EXAMINED)
		return "Berkasnya tidak dapat kami baca. Mohon kirim sekali lagi berkas aslinya.";
	for (size_t i = 0; i < f->n_signatures; i++)
		if (!f->signatures[i].stamp_only)
			buf_addf(&b, "%s%s", b.n ? " " : "", signature_answer(&f->signatures[i], c, a));
	for (size_t i = 0; i < f->n_certificates; i++) {
		const struct evidence_certificate *x = &f->certificates[i];
		const char *date = phrase_date(phrase_local_date(x->not_after, c), a);
		enum evidence_verdict v = evidence_certificate_verdict(x, at);
		if (!x->authority)
			buf_addf(&b, "%sSertifikatnya %s %s.", b.n ? " " : "",
				 v == EVIDENCE_VALID     ? "sah dan berlaku sampai"
				 : v == EVIDENCE_EXPIRED ? "sudah berakhir pada"
							 : "belum dapat dinyatakan sah; di dalamnya tertulis berlaku sampai",
				 date ? date : "?");
	}
	return b.n ? arena_strdup(a, buf_cstr(&b)) : NULL;
}

/* --- for /terbit ------------------------------------------------------------------------------------ */

static void consider(struct finding *out, const struct evidence_certificate *c, const char *file, const struct ticket *t,
		     const struct applicant *x)
{
	if (c->not_before.ms < t->opened_at.ms)
		return;
	if (nearest_on(t, c) != NAME_SAME)
		out->stranger = c;
	else if (name_compare(span_str(x->value[FIELD_NAME]), span_str(c->holder)) == NAME_SAME &&
		 (!out->certificate || c->not_before.ms >= out->certificate->not_before.ms)) {
		out->certificate = c;
		out->file = file;
	}
}

static void consider_file(struct finding *out, const struct evidence_file *f, struct instant received, const struct ticket *t,
			  const struct applicant *x)
{
	out->newest = received;
	for (size_t i = 0; i < f->n_signatures; i++)
		if (!f->signatures[i].stamp_only && f->signatures[i].verdict == EVIDENCE_VALID &&
		    f->signatures[i].revocation != EVIDENCE_REVOCATION_REVOKED) /* valid where it was stamped before */
			consider(out, &f->signatures[i].signer, f->name, t, x);
	for (size_t i = 0; i < f->n_certificates; i++)
		if (evidence_certificate_verdict(&f->certificates[i], received) == EVIDENCE_VALID)
			consider(out, &f->certificates[i], f->name, t, x);
}

void finding_of(const struct incoming *in, const struct ticket *t, const struct applicant *x, struct finding *out)
{
	*out = (struct finding){ 0 };
	for (size_t i = 0; i < in->n_proofs; i++)
		consider_file(out, &in->proofs[i].file, in->proofs[i].received, t, x);
	for (size_t i = 0; i < in->n_evidence; i++)
		consider_file(out, &in->evidence[i], in->received, t, x);
}
