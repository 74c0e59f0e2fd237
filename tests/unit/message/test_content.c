/* What a mail contains: attachments, pages, character sets, times, odd structure.  T25, T29-T31, T37-T39. */
#include "../unit.h"

#include "base/text.h"
#include "message/danger.h"
#include "message/parse.h"
#include "request/request.h"

static struct arena *a;

static struct message parse_bytes(struct span raw)
{
	static const char *ids[] = { "mail.natunakab.go.id" }, *own[] = { "sitante@natunakab.go.id" };
	struct message_policy p = { .authserv_ids = ids,
				    .n_authserv_ids = 1,
				    .own_addresses = own,
				    .n_own_addresses = 1,
				    .own_id_domain = "natunakab.go.id" };
	struct message m = { 0 };
	struct error err = { 0 };
	assert_int_equal(message_parse(raw, &p, a, &m, &err), 0);
	return m;
}

#define HEAD                                                                                                                     \
	"Return-Path: <budi@gmail.example>\nReceived: by mail.natunakab.go.id with ESMTP; x\nFrom: budi@gmail.example\nTo: "     \
	"sitante@natunakab.go.id\nSubject: perpanjangan\nMIME-Version: 1.0\n"

/* --- names (T25) ----------------------------------------------------------------------------- */

struct name_row {
	const char *name, *parameter, *want;
};

static const struct name_row names[] = {
	{ "T25_plain", "filename=\"surat.pdf\"", "surat.pdf" },
	{ "T25_dots", "filename=\"../../../../etc/passwd\"", "passwd" },
	{ "T25_absolute", "filename=\"/etc/x\"", "x" },
	{ "T25_windows_path", "filename=\"C:\\\\Windows\\\\x.pdf\"", "x.pdf" },
	{ "T25_trailing_slash", "filename=\"x/\"", "x_" },
	{ "T25_only_dots", "filename=\"..\"", "lampiran-1.pdf" },
	{ "T25_hidden_file", "filename=\".bashrc\"", "bashrc" },
	{ "T25_device", "filename=\"CON\"", "_CON" },
	{ "T25_device_with_end", "filename=\"aux.pdf\"", "_aux.pdf" },
	{ "T25_numbered_device", "filename=\"COM1.txt\"", "_COM1.txt" },
	{ "T25_no_device", "filename=\"contoh.pdf\"", "contoh.pdf" },
	{ "T25_stream_name", "filename=\"x.pdf:evil.exe\"", "x.pdf_evil.exe" },
	{ "T25_shell_signs", "filename=\"a|b>c<d*e?.pdf\"", "a_b_c_d_e_.pdf" },
	{ "T25_empty", "filename=\"\"", "lampiran-1.pdf" },
	{ "T25_blanks", "filename=\"   \"", "lampiran-1.pdf" },
	{ "T25_trailing_dots", "filename=\"x.exe...\"", "x.exe" },
	{ "T25_percent", "filename*=utf-8''%2e%2e%2fx.pdf", "x.pdf" },
	{ "T25_percent_is_text", "filename=\"%2e%2e%2fx.pdf\"", "%2e%2e%2fx.pdf" },
	{ "T25_pieces", "filename*0*=utf-8''..%2F; filename*1=x.pdf", "x.pdf" },
	{ "T25_line_ends", "filename*=utf-8''x%0D%0ABcc:%20y.pdf", "x Bcc_ y.pdf" },
	{ "T25_right_to_left", "filename*=utf-8''surat%E2%80%AEfdp.exe", "suratfdp.exe" },
	{ "T25_escape", "filename*=utf-8''%1B%5D0%3Bx%07.pdf", "]0;x.pdf" },
	{ "T25_bad_utf8", "filename*=utf-8''%FF%FE.pdf", NULL },
};

static bool name_is_safe(const char *s)
{
	struct span t = span_str(s);
	uint32_t cp;
	if (t.n == 0 || t.n > 180 || *s == '.' || *s == ' ' || s[t.n - 1] == '.' || s[t.n - 1] == ' ' ||
	    strpbrk(s, "/\\:*?\"<>|"))
		return false;
	for (size_t i = 0, n; i < t.n; i += n) {
		n = utf8_decode(t.p + i, t.n - i, &cp);
		if (n == 0 || text_is_unsafe(cp) || cp == '\n' || cp == '\t')
			return false;
	}
	return true;
}

static const char *attached_name(const char *parameter)
{
	char raw[8000];
	int n = snprintf(raw, sizeof(raw),
			 HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nisi\n--b\nContent-Type: application/pdf\n"
			      "Content-Disposition: attachment; %s\n\nxxxx\n--b--\n",
			 parameter);
	struct message m = parse_bytes(span_of(raw, (size_t)n));
	assert_int_equal(m.n_attachments, 1);
	return m.attachments[0].name;
}

static void name_row(void **state)
{
	const struct name_row *row = *state;
	const char *got = attached_name(row->parameter);
	if (row->want)
		assert_string_equal(got, row->want);
	assert_true(name_is_safe(got));
}

/* T25: each byte at each end and in the middle. */
static void T25_every_byte_in_a_name(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 3; at++) {
			static const char *const before[] = { "", "ab", "abcd" }, *const after[] = { "ab.pdf", "cd.pdf", "" };
			char parameter[100];
			(void)snprintf(parameter, sizeof(parameter), "filename*=utf-8''%s%%%02X%s", before[at], c, after[at]);
			assert_true(name_is_safe(attached_name(parameter)));
		}
	char big[5000] = "filename=\"";
	memset(big + 10, 'a', 4200);
	(void)snprintf(big + 4210, 10, ".pdf\"");
	assert_true(name_is_safe(attached_name(big)));
}

/* --- what runs when it is opened (T39) ------------------------------------------------------------ */

struct danger_row {
	const char *name, *file, *type, *bytes;
	size_t n;
	bool dangerous;
};
#define BYTES(s) s, sizeof(s) - 1
#define ZIP(file) "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" file

static const struct danger_row dangers[] = {
	{ "T39_pdf", "surat.pdf", "application/pdf", BYTES("%PDF-1.4\n"), false },
	{ "T39_photo", "ktp.jpg", "image/jpeg", BYTES("\xff\xd8\xff\xe0"), false },
	{ "T39_sheet", "daftar.xlsx", "application/octet-stream", BYTES(ZIP("\x13\0\0\0[Content_Types].xml")), false },
	{ "T39_text", "baca.txt", "text/plain", BYTES("halo"), false },
	{ "T39_empty", "kosong.bin", "application/octet-stream", BYTES(""), false },
	{ "T39_program_by_name", "setup.EXE", "application/octet-stream", BYTES("x"), true },
	{ "T39_double_end", "surat.pdf.scr", "application/pdf", BYTES("x"), true },
	{ "T39_dots_behind", "surat.exe. .", "application/pdf", BYTES("x"), true },
	{ "T39_macro_by_name", "daftar.xlsm", "application/octet-stream", BYTES("x"), true },
	{ "T39_shortcut_by_name", "surat.lnk", "application/octet-stream", BYTES("x"), true },
	{ "T39_page_by_type", "surat", "text/html", BYTES("x"), true },
	{ "T39_script_by_type", "surat", "application/x-javascript", BYTES("x"), true },
	{ "T39_svg_by_type", "surat", "image/svg+xml", BYTES("x"), true },
	{ "T39_macro_by_type", "surat", "application/vnd.ms-excel.sheet.macroEnabled.12", BYTES("x"), true },
	{ "T39_program_inside", "surat.pdf", "application/pdf", BYTES("MZ\x90\0"), true },
	{ "T39_elf_inside", "surat.pdf", "application/pdf",
	  BYTES("\x7f"
		"ELF\x02"),
	  true },
	{ "T39_shell_inside", "surat.pdf", "application/pdf", BYTES("#!/bin/sh\nrm"), true },
	{ "T39_shortcut_inside", "surat.pdf", "application/pdf", BYTES("L\0\0\0\x01\x14\x02\0"), true },
	{ "T39_page_inside", "surat.pdf", "application/pdf", BYTES("\xef\xbb\xbf \n<!DOCTYPE html><script>"), true },
	{ "T39_svg_inside", "ktp.png", "image/png", BYTES("<?xml version=\"1.0\"?><svg onload=x>"), true },
	{ "T39_xml_is_none", "data.xml", "application/xml", BYTES("<?xml version=\"1.0\"?><data/>"), false },
	{ "T39_macro_inside_docx", "surat.docx", "application/octet-stream", BYTES(ZIP("\x13\0\0\0word/vbaProject.bin")), true },
	{ "T39_program_in_zip", "berkas.zip", "application/zip", BYTES(ZIP("\x09\0\0\0buka.exe ")), true },
	{ "T39_plain_zip", "berkas.zip", "application/zip", BYTES(ZIP("\x09\0\0\0surat.pdf")), false },
	{ "T39_old_office_macro", "surat.doc", "application/msword",
	  BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....._\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0.."), true },
	{ "T39_old_office", "surat.doc", "application/msword", BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.....W\0o\0r\0d\0"),
	  false },
};

static void danger_row(void **state)
{
	const struct danger_row *row = *state;
	AUTO_BUF raw = BUF_INIT(10000);
	buf_addf(&raw,
		 HEAD
		 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nisi\n--b\nContent-Type: %s\nContent-Transfer-Encoding: "
		 "base64\nContent-Disposition: attachment; filename=\"%s\"\n\n",
		 row->type, row->file);
	base64_add(&raw, span_of(row->bytes, row->n), true);
	buf_add_str(&raw, "\n--b--\n");
	struct message m = parse_bytes(buf_span(&raw));
	assert_int_equal(m.n_attachments, 1);
	assert_int_equal(m.attachments[0].dangerous, row->dangerous);
}

/* The same verdict however the bytes come in pieces. */
static void T39_pieces_do_not_hide_a_macro(void **state)
{
	(void)state;
	char bytes[9000];
	for (size_t at = 40; at < 8900; at += 97) {
		memset(bytes, 'x', sizeof(bytes));
		memcpy(bytes, "PK\x03\x04", 4);
		memcpy(bytes + at, "vbaProject.bin", 14);
		for (size_t piece = 1; piece < 9000; piece = piece * 3 + 1) {
			struct danger_scan s = { 0 };
			for (size_t i = 0; i < sizeof(bytes); i += piece)
				danger_add(&s, span_of(bytes + i, sizeof(bytes) - i < piece ? sizeof(bytes) - i : piece));
			assert_true(danger_found(&s));
		}
	}
}

/* --- structure (T29), pages (T30), character sets (T31), times (T37) --------------------------------- */

struct text_row {
	const char *name, *mail;
	size_t n;
	const char *has, *has_not; /* NULL: any */
};

static const struct text_row texts[] = {
	{ "T29_two_content_types", BYTES(HEAD "Content-Type: text/plain\nContent-Type: text/html\n\n<b>isi</b>\n"), "isi", NULL },
	{ "T29_boundary_is_a_prefix",
	  BYTES(HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsatu\n--bb\n\ndua\n--b--\n"), "satu", NULL },
	{ "T29_never_closed", BYTES(HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsatu\n"), "satu", NULL },
	{ "T29_base64_with_rubbish",
	  BYTES(HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGFs!!byBk\nd W5pYQ==\n"), "Halo dunia",
	  NULL },
	{ "T30_script_and_style",
	  BYTES(HEAD "Content-Type: text/html\n\n<style>RACUN</style><script>RACUN</script><p>isi</p><!-- RACUN -->"), "isi",
	  "RACUN" },
	{ "T30_hidden_words", BYTES(HEAD "Content-Type: text/html\n\n<p>isi</p><div style=\"display:none\">RACUN</div>"), "isi",
	  "RACUN" },
	{ "T30_no_tag_survives",
	  BYTES(HEAD "Content-Type: text/html\n\n<p>isi<img src=http://x.example/pixel.gif onerror=alert(1)></p>"), "isi", "<" },
	{ "T31_utf7_is_not_decoded", BYTES(HEAD "Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-isi\n"), "isi",
	  "<script" },
	{ "T31_unknown", BYTES(HEAD "Content-Type: text/plain; charset=nope\n\nisi \xff\xfe\n"), "isi", NULL },
	{ "T31_utf16_without_mark", BYTES(HEAD "Content-Type: text/plain; charset=utf-16le\n\ni\0s\0i\0"), "isi", NULL },
	{ "T31_overlong", BYTES(HEAD "Content-Type: text/plain; charset=utf-8\n\nisi \xc0\xbc\xe0\x80\xbc\n"), "isi", "<" },
	{ "T31_surrogate", BYTES(HEAD "Content-Type: text/plain; charset=utf-8\n\nisi \xed\xa0\x80\n"), "isi", NULL },
	{ "T31_shifts", BYTES(HEAD "Content-Type: text/plain; charset=iso-2022-jp\n\nisi \x1b$B\x1b(B\x1b\n"), "isi", "\x1b" },
	{ "T31_nul_and_escape", BYTES(HEAD "Content-Type: text/plain\n\nis\0i \x1b[2J\x07 isi\n"), "isi", "\x1b" },
	{ "T31_c1",
	  BYTES(HEAD "Content-Type: text/plain; charset=iso-8859-1\n\nisi \x9b"
		     "2J\n"),
	  "isi", "\xc2\x9b" },
};

static void assert_clean(const char *s)
{
	struct span t = span_str(s);
	uint32_t cp;
	for (size_t i = 0, n; i < t.n; i += n) {
		n = utf8_decode(t.p + i, t.n - i, &cp);
		assert_true(n > 0);
		assert_false(text_is_unsafe(cp));
	}
}

static void text_row(void **state)
{
	const struct text_row *row = *state;
	struct message m = parse_bytes(span_of(row->mail, row->n));
	assert_clean(m.text);
	assert_clean(m.text_full);
	if (!strstr(m.text_full, row->has) || (row->has_not && strstr(m.text_full, row->has_not)))
		fail_msg("%s", m.text_full);
}

static void T29_what_is_ambiguous_has_no_authority(void **state)
{
	static const char *const heads[] = { HEAD "Content-Type: text/plain\nContent-Type: text/html\n\nisi\n",
					     HEAD "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nisi\n",
					     HEAD "Subject: lain\n\nisi\n" };
	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct message m = parse_bytes(span_str(heads[i]));
		assert_true(m.duplicate_fields);
		assert_false(m.may_answer);
	}
}

/* T37: whatever the sender's clock says, the mail is read and the date is shown or left out. */
static void T37_dates_decide_nothing(void **state)
{
	static const char *const dates[] = { "Thu, 1 Jan 1970 00:00:00 +0000",
					     "Tue, 19 Jan 2038 03:14:08 +0000",
					     "Fri, 31 Dec 9999 23:59:59 +0000",
					     "Sat, 1 Jan 0000 00:00:00 +0000",
					     "Mon, 5 Jan 2026 09:00:00 +9999",
					     "Mon, 32 Foo 2026 99:99:99 -9999",
					     "Mon, 5 Jan 99999999999999999999 09:00:00 +0700",
					     "",
					     "\xff\xfe" };
	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		char raw[1000];
		int n = snprintf(raw, sizeof(raw), HEAD "Date: %s\n\nisi\n", dates[i]);
		struct message m = parse_bytes(span_of(raw, (size_t)n));
		assert_string_equal(m.text, "isi");
		if (m.has_date) { /* year 1 to 9999 in ms */
			assert_true(m.date.ms > -62135683200000 && m.date.ms < 253402387200000);
		}
	}
}

/* T38: digits of other scripts are told as the digits they are, or refused; letters are never taken for digits. */
static void T38_digits_are_never_guessed(void **state)
{
	static const struct {
		const char *given;
		bool may; /* be read, then as want */
	} rows[] = { { "2103010101900001", true },
		     { "21 03 01 010190 0001", true },
		     { "2103010101900O01", false },
		     { "2103010101900l01", false },
		     { "\xef\xbc\x92\xef\xbc\x91\xef\xbc\x90\xef\xbc\x93\x30\x31\x30\x31\x30\x31\x39\x30\x30\x30\x30\x31", true },
		     { "\xd9\xa2\xd9\xa1\xd9\xa0\xd9\xa3\x30\x31\x30\x31\x30\x31\x39\x30\x30\x30\x30\x31", true },
		     { "210301010190000", false },
		     { "21030101019000011", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *out = NULL;
		int r = nik_read(rows[i].given, a, &out);
		if (r == 0)
			assert_string_equal(out, "2103010101900001");
		if (!rows[i].may)
			assert_int_equal(r, 1);
	}
}

/* Rule 9: a secret is redacted wherever it stands before a person sees it. */
static void secrets_leave_subject_text_and_names(void **state)
{
	static const char raw[] = "Return-Path: <a@b.example>\nFrom: a@b.example\nTo: sitante@natunakab.go.id\n"
				  "Subject: passphrase saya Rahasia#77 mohon reset\nMIME-Version: 1.0\n"
				  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\npassword: Rahasia#77\n--b\n"
				  "Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"passphrase "
				  "Rahasia#77\"\n\nx\n--b--\n";
	struct request q;
	struct error err = { 0 };
	(void)state;
	struct message m = parse_bytes(span_str(raw));
	assert_int_equal(request_read(&m, a, &q, &err), 0);
	assert_true(q.secret_found);
	assert_null(strstr(m.subject, "Rahasia"));
	assert_null(strstr(m.text, "Rahasia"));
	assert_null(strstr(m.text_full, "Rahasia"));
	assert_null(strstr(m.attachments[0].name, "Rahasia"));
}

static int arena_open(void **state)
{
	(void)state;
	a = arena_new(512u << 20);
	message_parse_prepare();
	return a ? 0 : -1;
}

static int arena_close(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(T25_every_byte_in_a_name),     cmocka_unit_test(T39_pieces_do_not_hide_a_macro),
		cmocka_unit_test(T37_dates_decide_nothing),     cmocka_unit_test(T29_what_is_ambiguous_has_no_authority),
		cmocka_unit_test(T38_digits_are_never_guessed), cmocka_unit_test(secrets_leave_subject_text_and_names),
	};
	ADD_ROWS(names, name_row)
	ADD_ROWS(dangers, danger_row)
	ADD_ROWS(texts, text_row)
	ADD_TESTS(tests)
	return _cmocka_run_group_tests("message: content", suite, n_suite, arena_open, arena_close);
}
