/* What examined files prove of a person, in words and for /terbit; and which certificates the register keeps of them. */
#include "desk.h"

#include "casework/certificate.h"
#include "casework/finding.h"

static struct evidence_certificate certificate(const char *holder, const char *from)
{
	struct evidence_certificate c = { .holder = holder,
					  .issuer = "BSRE CA UJI",
					  .email = BUDI,
					  .serial = "5A01",
					  .key = "RSA 2048",
					  .not_before = at(from),
					  .for_signing = true,
					  .chain = EVIDENCE_CHAIN_TRUSTED };
	c.not_after.ms = c.not_before.ms + 730LL * 86400000 - 1000;
	c.chain_until = c.not_after;
	return c;
}

static struct evidence_signature signature(const char *holder, const char *from)
{
	return (struct evidence_signature){ .field = "Tanda1",
					    .format = "ETSI.CAdES.detached",
					    .has_signer = true,
					    .signer = certificate(holder, from),
					    .reason = "" };
}

static struct evidence_file pdf(struct evidence_signature *s, size_t n)
{
	return (struct evidence_file){
		.name = "uji.pdf", .kind = EVIDENCE_PDF, .reason = "", .signatures = s, .n_signatures = n
	};
}

/* The ticket of the desk was opened on 2026-01-05 at 08:00 for Budi Santoso. */
static struct finding found(struct desk *d, const struct evidence_file *before, const struct evidence_file *now)
{
	struct finding f;
	struct examined *e = arena_array(d->a, 1, sizeof(*e));
	if (before) {
		*e = (struct examined){ .received = at("2026-01-06T09:00"), .file = *before };
		d->in.proofs = e;
	}
	d->in.n_proofs = before != NULL;
	d->in.evidence = now;
	d->in.n_evidence = now != NULL;
	d->in.received = at("2026-01-07T09:00");
	finding_of(&d->in, &d->ticket, &d->ticket.applicants[0], &f);
	return f;
}

static void what_counts_as_proof(void **state)
{
	enum what { PROVEN, STRANGER_S, NOTHING };
	static const struct {
		const char *holder, *from;
		enum evidence_verdict verdict;
		enum evidence_revocation revocation;
		bool stamp_only;
		enum what want;
	} rows[] = {
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_VALID, 0, false, PROVEN },
		{ "BUDI SANTOSO", "2026-01-05T08:00", EVIDENCE_VALID, 0, false, PROVEN }, /* that very second */
		{ "BUDI SANTOSO", "2026-01-05T07:59", EVIDENCE_VALID, 0, false, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_VALID, EVIDENCE_REVOCATION_GOOD, false, PROVEN },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_VALID, EVIDENCE_REVOCATION_REVOKED, false, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_REVOKED, EVIDENCE_REVOCATION_REVOKED, false, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_VALID, 0, true, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_ALTERED, 0, false, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_UNTRUSTED, 0, false, NOTHING },
		{ "BUDI SANTOSO", "2026-01-06T08:00", EVIDENCE_REWRITTEN, 0, false, NOTHING },
		{ "SITI AMINAH", "2026-01-06T08:00", EVIDENCE_VALID, 0, false, STRANGER_S },
		{ "B. SANTOSO", "2026-01-06T08:00", EVIDENCE_VALID, 0, false, STRANGER_S }, /* alike is a question */
		{ "BUDI", "2026-01-06T08:00", EVIDENCE_VALID, 0, false, STRANGER_S },
		{ "", "2026-01-06T08:00", EVIDENCE_VALID, 0, false, STRANGER_S },
		{ "SITI AMINAH", "2024-01-06T08:00", EVIDENCE_VALID, 0, false, NOTHING },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk d;
		desk_open(&d);
		desk_ticket(&d, &d.ticket, 1, "2026-0001");
		struct evidence_signature s = signature(rows[i].holder, rows[i].from);
		s.verdict = rows[i].verdict;
		s.revocation = rows[i].revocation;
		s.stamp_only = rows[i].stamp_only;
		struct evidence_file f = pdf(&s, 1);
		struct finding of_this_mail = found(&d, NULL, &f), kept = found(&d, &f, NULL);
		enum what got = of_this_mail.certificate ? PROVEN : of_this_mail.stranger ? STRANGER_S : NOTHING;
		if (got != rows[i].want || (kept.certificate != NULL) != (got == PROVEN))
			fail_msg("row %zu: %d", i, (int)got);
		assert_int_equal(of_this_mail.newest.ms, at("2026-01-07T09:00").ms);
		desk_close(&d);
	}
}

static void the_newest_of_several(void **state)
{
	struct desk d;
	(void)state;
	desk_open(&d);
	desk_ticket(&d, &d.ticket, 1, "2026-0001");
	struct evidence_signature s[] = { signature("BUDI SANTOSO", "2026-01-06T08:00"),
					  signature("BUDI SANTOSO", "2026-01-05T09:00"),
					  signature("SITI AMINAH", "2026-01-06T10:00") };
	struct evidence_certificate c = certificate("BUDI SANTOSO", "2026-01-06T12:00");
	struct evidence_file signed_by_all = pdf(s, 3), file = {
		.name = "budi.cer", .kind = EVIDENCE_CERTIFICATES, .reason = "", .certificates = &c, .n_certificates = 1
	};
	struct finding f = found(&d, NULL, &signed_by_all);
	assert_ptr_equal(f.certificate, &s[0].signer);
	assert_ptr_equal(f.stranger, &s[2].signer);
	assert_string_equal(f.file, "uji.pdf");
	f = found(&d, &signed_by_all, &file);
	assert_string_equal(f.file, "budi.cer");
	c.authority = true;
	f = found(&d, &signed_by_all, &file);
	assert_string_equal(f.file, "uji.pdf");
	f = found(&d, NULL, NULL);
	assert_true(!f.certificate && !f.stranger && f.newest.ms == 0);
	desk_close(&d);
}

static const char *words(struct desk *d, const struct evidence_file *f, struct buf *out)
{
	buf_reset(out);
	finding_words(f, &d->ticket, d->rules.calendar, d->now, d->a, out);
	return buf_cstr(out);
}

static void in_words_for_staff(void **state)
{
	static const struct {
		const char *holder;
		enum evidence_verdict verdict;
		enum evidence_revocation revocation;
		const char *say[3];
	} rows[] = {
		{ "BUDI SANTOSO",
		  EVIDENCE_VALID,
		  0,
		  { "Tanda1: SAH.", "sama dengan pemohon", "Pencabutan tidak dapat diketahui" } },
		{ "BUDI SANTOSO", EVIDENCE_VALID, EVIDENCE_REVOCATION_UNJUDGED, { "Pencabutan tidak dapat diketahui" } },
		{ "BUDI SANTOSO",
		  EVIDENCE_VALID,
		  EVIDENCE_REVOCATION_GOOD,
		  { "Belum dicabut sampai 7 Januari 2026 pukul 08.00.00" } },
		{ "BUDI SANTOSO",
		  EVIDENCE_REVOKED,
		  EVIDENCE_REVOCATION_REVOKED,
		  { "TIDAK SAH: sertifikatnya sudah dicabut", "DICABUT 7 Januari 2026 pukul 08.00.00" } },
		{ "B. SANTOSO", EVIDENCE_VALID, 0, { "hanya MIRIP dengan pemohon", "mohon dipastikan" } },
		{ "BUDI", EVIDENCE_VALID, 0, { "hanya SEBAGIAN sama" } },
		{ "SITI AMINAH", EVIDENCE_VALID, 0, { "BERBEDA dengan pemohon", "lebih baru daripada permohonan" } },
		{ "", EVIDENCE_VALID, 0, { "Atas nama (tanpa nama)", "BERBEDA" } },
	};
	struct desk d;
	AUTO_BUF b = BUF_INIT(64 * 1024);
	(void)state;
	desk_open(&d);
	desk_ticket(&d, &d.ticket, 1, "2026-0001");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence_signature s = signature(rows[i].holder, "2026-01-06T08:00");
		s.verdict = rows[i].verdict;
		s.revocation = rows[i].revocation;
		s.revocation_at = at("2026-01-07T08:00");
		struct evidence_file f = pdf(&s, 1);
		for (int k = 0; k < 3 && rows[i].say[k]; k++)
			if (!strstr(words(&d, &f, &b), rows[i].say[k]))
				fail_msg("row %zu: \"%s\" is not in %s", i, rows[i].say[k], words(&d, &f, &b));
	}
	for (int v = 0; v < N_EVIDENCE_VERDICTS; v++) { /* each has its own words */
		struct evidence_signature s = signature("BUDI SANTOSO", "2026-01-06T08:00");
		s.verdict = (enum evidence_verdict)v;
		struct evidence_file f = pdf(&s, 1);
		assert_null(strstr(words(&d, &f, &b), "(null)"));
		assert_non_null(strstr(words(&d, &f, &b), v == EVIDENCE_VALID ? ": SAH." : ": TIDAK "));
		const char *answer = finding_answer(&f, d.rules.calendar, d.now, d.a);
		assert_true(answer && strlen(answer) > 20 && !strstr(answer, "BUDI"));
	}
	desk_close(&d);
}

static void files_that_are_no_proof(void **state)
{
	static const struct {
		enum evidence_state s;
		const char *staff, *applicant;
	} rows[] = {
		{ EVIDENCE_UNSIGNED, "belum ditandatangani", "belum ditandatangani" },
		{ EVIDENCE_DAMAGED, "rusak", "tidak dapat kami baca" },
		{ EVIDENCE_ENCRYPTED, "terkunci", "terkunci" },
		{ EVIDENCE_TOO_LARGE, "terlalu besar", "tidak dapat kami baca" },
		{ EVIDENCE_REFUSED, "TIDAK dibuka", "jangan pernah" },
		{ EVIDENCE_FAILED, "tidak dapat diperiksa sampai selesai", "tidak dapat kami baca" },
	};
	struct desk d;
	AUTO_BUF b = BUF_INIT(64 * 1024);
	(void)state;
	desk_open(&d);
	desk_ticket(&d, &d.ticket, 1, "2026-0001");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence_file f = { .name = "uji.pdf", .state = rows[i].s, .reason = "" };
		assert_non_null(strstr(words(&d, &f, &b), rows[i].staff));
		assert_non_null(strstr(finding_answer(&f, d.rules.calendar, d.now, d.a), rows[i].applicant));
	}
	struct evidence_file nothing = { .name = "x.cer", .reason = "" };
	assert_string_equal(words(&d, &nothing, &b), "");
	assert_null(finding_answer(&nothing, d.rules.calendar, d.now, d.a));
	desk_close(&d);
}

static void what_the_register_sees(void **state)
{
	struct desk d;
	struct certificate *list;
	size_t n = 0;
	(void)state;
	desk_open(&d);
	struct evidence_signature s[] = {
		signature("SITI AMINAH", "2026-01-06T08:00"), signature("SITI AMINAH", "2026-01-06T08:00"),
		signature("CAP WAKTU", "2026-01-06T08:00"),   signature("ASING", "2026-01-06T08:00"),
		signature("CA", "2026-01-06T08:00"),          signature("", "2026-01-06T08:00")
	};
	s[2].stamp_only = true;
	s[3].signer.chain = EVIDENCE_CHAIN_UNKNOWN;
	s[3].signer.serial = "5A03";
	s[4].signer.authority = true;
	s[4].signer.serial = "5A04";
	s[5].signer.serial = "5A05";
	s[5].signer.email = "no address\r\nBcc: x";
	s[0].verdict = EVIDENCE_ALTERED; /* of the document: the certificate is right all the same */
	struct evidence_file f = pdf(s, COUNT(s));
	assert_int_equal(certificates_seen(&f, 1, 5, d.a, &list, &n), 0);
	assert_int_equal(n, 2); /* one certificate twice, one without a name */
	assert_string_equal(list[0].serial, "5A01");
	assert_string_equal(list[0].value[FIELD_NAME], "SITI AMINAH");
	assert_string_equal(list[0].value[FIELD_EMAIL], BUDI);
	assert_null(list[0].value[FIELD_NIK]);
	assert_true(list[0].source == CERTIFICATE_SEEN && list[0].ticket_id == 5 && list[0].applicant_id == 0);
	assert_true(!list[1].value[FIELD_NAME] && !list[1].value[FIELD_EMAIL]);
	assert_int_equal(certificates_seen(NULL, 0, 5, d.a, &list, &n), 0);
	assert_int_equal(n, 0);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_counts_as_proof), cmocka_unit_test(the_newest_of_several),
					    cmocka_unit_test(in_words_for_staff), cmocka_unit_test(files_that_are_no_proof),
					    cmocka_unit_test(what_the_register_sees) };
	return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
