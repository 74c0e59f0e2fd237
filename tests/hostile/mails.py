"""Hostile mails, made when they are needed: all header fields x values that break readers, and bombs of any size."""
import base64
import io
import itertools
import zipfile
import zlib

FIELDS = (
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Return-Path", "Delivered-To", "X-Original-To", "Received", "Received-SPF", "DKIM-Signature", "Authentication-Results",
    "ARC-Authentication-Results", "ARC-Seal", "Resent-From", "Resent-To", "Resent-Date", "Resent-Message-ID", "Comments",
    "Keywords", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID",
    "Content-Description", "Content-Language", "Content-Location", "Content-Base", "Content-MD5", "Content-Duration",
    "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Autoreply", "X-Loop", "X-Failed-Recipients", "List-Id",
    "List-Unsubscribe", "Mailing-List", "Importance", "X-Mailer", "X-Spam-Flag", "Disposition-Notification-To", "Errors-To",
    "Thread-Index", "User-Agent", "Organization", "X-Sitante-Apa-Saja", "", "Subject ", "Fr\0om", "\xc3\xa9", "From:",
)

VALUES = (
    # nothing, blanks, controls, line ends
    b"", b" ", b"\t", b"\0", b"a\0b", b"\r", b"\n", b"\r\r", b"\n\n", b"\x01\x02\x1b[31m", b"\x7f", b"\x80\xff\xfe", b"\xc3", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"a\r\nBcc: x@evil.example", b"a\rBcc: x@evil.example", b"a\nBcc: x@evil.example",
    # addresses
    b"<>", b"<", b">", b"<<<<", b">>>>", b"@", b"a@", b"@b", b"a@b@c", b"<a@b", b"a@b>", b"a b@c", b"<@a,@b:c@d>", b"g:;", b"g:", b"g:a@b,c@d", b",",
    b",,,,,,", b";", b":", b"a@b,", b"\"a\"@b", b"\"\\\"\"@b", b"a@[127.0.0.1]", b"a@[", b"a@\xd0\xb0.example", b"a@b..c", b".a@b",
    b"satu@natunakab.go.id <x@evil.example>", b"\"satu@natunakab.go.id\" <x@evil.example>", b"=?utf-8?q?satu=40natunakab.go.id?=",
    b"a" * 70 + b"@b.example", b"a@" + b"b." * 150 + b"example", b"<x@y> (",
    # quotes, comments, escapes
    b"\"", b"\"\\", b"\\", b"\\\\\\", b"(", b")", b"((((((((", b"())(", b"(\\", b"\"(\"", b"(\")", b"'", b"\"\"", b"\"" + b"\\\"" * 500,
    # encoded words
    b"=?", b"=??=", b"=???=", b"=????=", b"=?utf-8?b?", b"=?utf-8?b?=?=", b"=?utf-8?b?////?=", b"=?utf-8?q?=0D=0ABcc:_x?=", b"=?utf-8?q?=00?=",
    b"=?utf-8?q?=?=", b"=?utf-8?q?=4?=", b"=?x-none?q?a?=", b"=?utf-7?q?+ADw-?=", b"=?utf-16?b?2AA=?=", b"=?iso-2022-jp?b?GyRC?=", b"=?us-ascii*x?q?a?=",
    b"=?gb2312?b?xOO6ww==?=", b"=?utf-32?b?AAAAYQ==?=", b"=?iso-8859-9?q?=FD?=", b"=?hz-gb-2312?q?~{VP~}?=", b"=?ibm850?q?=82?=",
    b"=?euc-kr?b?sKE=?= =?shift_jis?b?iqI=?= =?tis-620?q?=A1?= =?viscii?q?=A1?= =?koi8-t?q?=A1?= =?armscii-8?q?=B2?=", b"text/plain; charset=utf-32",
    b"attachment; filename*=iso-2022-kr''%1b$)C", b"attachment; filename=\"=?big5-hkscs?b?iEA=?=\"",
    b"=?utf-8?x?a?=", b"=?utf-8?q?a?==?utf-8?q?b?=" * 50, b"=?" + b"u" * 1000 + b"?q?a?=", b"=?utf-8?b?" + b"QUFB" * 3000 + b"?=",
    # types, parameters, boundaries
    b"text", b"text/", b"/plain", b"/", b"text/plain/x", b"text/plain;", b"text/plain; charset", b"text/plain; charset=", b"text/plain; charset=\"",
    b"text/plain; charset=x; charset=y", b"text/html; charset=utf-7", b"text/plain; charset=" + b"x" * 5000, b"multipart/mixed", b"multipart/mixed; boundary=",
    b"multipart/mixed; boundary=\"\"", b"multipart/mixed; boundary=\"\\\"\"", b"multipart/mixed; boundary=\"", b"multipart/mixed; boundary=in",
    b"multipart/mixed; boundary=i; boundary=in", b"multipart/mixed; boundary*=utf-8''%", b"multipart/mixed; boundary*0=i; boundary*1=n", b"multipart/mixed; boundary=--",
    b"multipart/mixed; boundary=\" \"", b"multipart/mixed; boundary=" + b"x" * 2000, b"message/rfc822", b"message/partial; id=x; number=1; total=2",
    b"message/external-body; access-type=local-file; name=\"/etc/passwd\"", b"multipart/report; report-type=delivery-status", b"application/ms-tnef",
    b"application/pkcs7-mime; smime-type=enveloped-data", b"text/calendar; method=REPLY", b"x; filename=\"../../../etc/passwd\"", b"attachment; filename=",
    b"attachment; filename=\"", b"attachment; filename*=utf-8''%", b"attachment; filename*=utf-8''%0d%0a", b"attachment; filename*=''",
    b"attachment; filename*0*=x''a; filename*2=c", b"attachment; filename*99999999999=a", b"attachment; filename*=" + b"'" * 50, b"attachment; filename=\"a\0b.pdf\"",
    b"attachment; filename=" + b"x" * 5000, b"base64", b"quoted-printable", b"uuencode", b"8bit; x", b"base64\0", b"x-none", b"7bit base64",
    # dates and numbers
    b"Mon, 99 Foo 99999 99:99:99 +9999", b"0 Jan 0000 00:00 -0000", b"31 Feb 2026 25:61:61 +2400", b"Thu, 01 Jan 1970 00:00:00 +0000", b"-1", b"1" * 500,
    b"99999999999999999999999999", b"1 Jan 2026 24:00", b"1 Jan 2026 00:00 (((",
    # message-ids
    b"<a@b><c@d>", b"<a@b", b"<\0@b>", b"<a b@c>", b"<" + b"a" * 2000 + b"@b>", b"<@>", b"<<a@b>>", b"<a@b> " * 300,
    # verdicts
    b"mail.natunakab.go.id; dmarc=pass header.from=", b"mail.natunakab.go.id; dmarc=pass (", b"mail.natunakab.go.id 2; dmarc=pass header.from=example.org",
    b"mail.natunakab.go.id; dmarc=\"pass", b"mail.natunakab.go.id; =", b"mail.natunakab.go.id;;;;;;", b"mail.natunakab.go.id; a/=b", b"=;=;=",
    b"mail.natunakab.go.id; dmarc=pass header.from=evil.example", b"mail.natunakab.go.id; dmarc=pass header.from=" + b"x" * 3000,
    # long and repeated
    b"x" * 999, b"x" * 70000, b" " * 5000, b"a," * 2000, b";" * 5000, b"a=b;" * 2000, b"%s%n%x" * 20, b"${x}{{x}}$(x)`x`", b"'; DROP TABLE ticket; --",
    b"=cmd|' /C calc'!A0", b"../" * 50, b"\x1b]0;x\x07\x9b2J",
)

ORDINARY = {
    "From": b"ani@natunakab.go.id", "To": b"sitante@natunakab.go.id", "Subject": b"perpanjangan", "Message-ID": b"<1@natunakab.go.id>",
    "Date": b"Mon, 2 Nov 2026 08:00:00 +0700", "Content-Type": b"text/plain; charset=utf-8", "Content-Transfer-Encoding": b"7bit",
    "Content-Disposition": b"inline",
}
BORDER = b"Received: from a by mail.natunakab.go.id with ESMTP; x\r\n"
TEXT = b"Nama: Budi Santoso\r\nNIK: 2103010101900001\r\n/terbit\r\n"


def plain(name, value):
    return name + b": " + value + b"\r\n"


def folded(name, value):
    """A line end before each blank and after every seventh byte."""
    pieces = [value[i:i + 7] for i in range(0, min(len(value), 700), 7)] or [b""]
    return name + b":\r\n " + b"\r\n\t".join(pieces) + value[700:] + b"\r\n \r\n"


def doubled(name, value):
    return plain(name, value) + plain(name, ORDINARY.get(name.decode("latin-1"), b"x")) + plain(name.upper(), value)


def header(names, but=None):
    return b"".join(plain(n.encode("latin-1"), ORDINARY[n]) for n in names if n != but)


TOP = ("From", "To", "Subject", "Message-ID", "Date")
INNER = ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition")


def outer(field, lines):
    return BORDER + lines + header(TOP + INNER, field) + b"\r\n" + TEXT + b"--in\r\n\r\n" + TEXT + b"--in--\r\n"


def part(field, lines):
    return (BORDER + header(TOP) + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n" + lines + header(INNER, field) +
            b"\r\n" + TEXT + b"--in\r\n\r\nx\r\n--in--\r\n--out\r\nContent-Type: text/html\r\n\r\n<p>Nama: B</p>\r\n--out--\r\n")


def enclosed(field, lines):
    return (BORDER + header(TOP) + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n\r\nlihat\r\n--out\r\n"
            b"Content-Type: message/rfc822\r\n\r\n" + lines + header(TOP + INNER, field) + b"\r\n" + TEXT + b"--in--\r\n\r\n--out--\r\n")


FORMS = (plain, folded, doubled)
PLACES = (outer, part, enclosed)


def table():
    """All rows, each as (form, place, field, number of the value)."""
    return list(itertools.product(FORMS, PLACES, FIELDS, range(len(VALUES))))


def row(of):
    form, place, field, i = of
    return "%s/%s/%r/%r" % (form.__name__, place.__name__, field, VALUES[i][:60]), place(field, form(field.encode("latin-1"), VALUES[i]))


# --- bombs: each takes a size and gives a mail ---------------------------------------------------------------

HEAD = BORDER + header(TOP)
MIME = HEAD + b"MIME-Version: 1.0\r\n"
MIXED = MIME + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
HTML = MIME + b"Content-Type: text/html; charset=utf-8\r\n\r\n"


def _with(line):
    return BORDER + line + header(TOP) + b"\r\n" + TEXT


def _nested(n):
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(n))
    return MIME + heads + b"\r\n" + TEXT


def _nested_closed(n):
    ends = b"".join(b"\r\n--b%d--" % i for i in range(n - 1, -1, -1))
    return _nested(n) + ends


def _attached(name, kind, data):
    return (MIXED + b"--b\r\n\r\nterlampir\r\n--b\r\nContent-Type: " + kind + b"; name=\"" + name + b"\"\r\nContent-Disposition: attachment; filename=\"" + name +
            b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n") + b"--b--\r\n")


def _workbook(n):
    """A workbook of n rows whose sheet is packed a hundredfold or more."""
    out = io.BytesIO()
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>NIK</t></is></c></row>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>")
        z.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a' sheetId='1' r:id='rId1'/></sheets></workbook>")
        z.writestr("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>")
        z.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + row * n + "</sheetData></worksheet>")
    return _attached(b"daftar.xlsx", b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.getvalue())


def _entities(n):
    """Entities that name each other ten times over, in a workbook's part."""
    entities = "".join("<!ENTITY e%d '%s'>" % (i, ("&e%d;" % (i - 1)) * 10 if i else "x" * 10) for i in range(n))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/workbook.xml", "<!DOCTYPE w [%s]><workbook>&e%d;</workbook>" % (entities, n - 1))
        z.writestr("xl/worksheets/sheet1.xml", "<!DOCTYPE w [%s]><worksheet>&e%d;</worksheet>" % (entities, n - 1))
    return _attached(b"daftar.xlsx", b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.getvalue())


def _report(n):
    rows = b"".join(b"Final-Recipient: rfc822; a%d@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % i for i in range(n))
    return (MIME + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\ngagal\r\n--b\r\nContent-Type: "
            b"message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n" + rows + b"--b--\r\n")


# name: (maker, whole size); the sizes of the table T28 and what else a mail is made of
BOMBS = {
    "parts": (lambda n: MIXED + b"--b\r\n\r\nx\r\n" * n + b"--b--\r\n", 100000),
    "parts_without_end": (lambda n: MIXED + b"--b\r\n" * n, 100000),
    "attachments": (lambda n: MIXED + b"--b\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n" * n + b"--b--\r\n", 100000),
    "depth_multipart": (_nested, 100000),
    "depth_multipart_closed": (_nested_closed, 30000),
    "depth_same_boundary": (lambda n: MIME + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * n, 100000),
    "depth_rfc822": (lambda n: MIME + b"Content-Type: message/rfc822\r\n\r\n" * n + b"\r\nx\r\n", 100000),
    "rfc822_in_parts": (lambda n: MIXED + (b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n") * n + b"--b--\r\n", 50000),
    "digest": (lambda n: MIME + b"Content-Type: multipart/digest; boundary=b\r\n\r\n" + b"--b\r\n\r\nSubject: x\r\n\r\ny\r\n" * n + b"--b--\r\n", 100000),
    "headers": (lambda n: _with(b"X-A: b\r\n" * n), 100000),
    "headers_from": (lambda n: _with(b"From: a@b.example\r\n" * n), 100000),
    "headers_received": (lambda n: _with(BORDER * n), 100000),
    "headers_verdicts": (lambda n: _with(b"Authentication-Results: mail.natunakab.go.id; dmarc=fail\r\n" * n), 100000),
    "headers_type": (lambda n: _with(b"Content-Type: text/plain; charset=x\r\n" * n), 100000),
    "no_colon": (lambda n: _with(b"rubbish\r\n" * n), 500000),
    "folds": (lambda n: _with(b"Subject: a\r\n" + b" b\r\n" * n), 1000000),
    "header_line": (lambda n: _with(b"Subject: " + b"x" * n + b"\r\n"), 30000000),
    "header_line_of_a_part": (lambda n: MIXED + b"--b\r\nContent-Type: text/plain; x=" + b"y" * n + b"\r\n\r\nx\r\n--b--\r\n", 30000000),
    "header_never_ends": (lambda n: b"From: a@b.example\r\nX: " + b"y" * n, 30000000),
    "parameters": (lambda n: MIME + b"Content-Type: text/plain" + b"; a=b" * n + b"\r\n\r\nx\r\n", 100000),
    "parameter_pieces": (lambda n: MIXED + b"--b\r\nContent-Disposition: attachment" + b"".join(b"; filename*%d=x" % i for i in range(n)) + b"\r\n\r\nx\r\n--b--\r\n", 100000),
    "addresses": (lambda n: _with(b"Cc: " + b"a@b.example, " * n + b"\r\n"), 100000),
    "addresses_from": (lambda n: BORDER + b"From: " + b"a@b.example, " * n + b"\r\n\r\nx\r\n", 100000),
    "groups": (lambda n: _with(b"Cc: " + b"g:" * n + b";" * n + b"\r\n"), 100000),
    "comments": (lambda n: BORDER + b"From: " + b"(" * n + b"\r\n\r\nx\r\n", 200000),
    "comments_closed": (lambda n: BORDER + b"From: " + b"(" * n + b")" * n + b" a@b.example\r\n\r\nx\r\n", 200000),
    "comments_in_type": (lambda n: MIME + b"Content-Type: text/plain " + b"(" * n + b"\r\n\r\nx\r\n", 200000),
    "angles": (lambda n: BORDER + b"From: " + b"<" * n + b"\r\n\r\nx\r\n", 200000),
    "quote_without_end": (lambda n: BORDER + b"From: \"" + b"\\\"" * n + b"\r\n\r\nx\r\n", 200000),
    "encoded_words": (lambda n: _with(b"Subject: " + b"=?utf-8?q?a?= " * n + b"\r\n"), 100000),
    "encoded_words_without_end": (lambda n: _with(b"Subject: " + b"=?utf-8?q?a" * n + b"\r\n"), 100000),
    "references": (lambda n: _with(b"References: " + b" ".join(b"<%d@a>" % i for i in range(n)) + b"\r\n"), 100000),
    "verdict_results": (lambda n: _with(b"Authentication-Results: mail.natunakab.go.id" + b"; dkim=pass header.d=a" * n + b"\r\n"), 100000),
    "boundary": (lambda n: MIME + b"Content-Type: multipart/mixed; boundary=\"" + b"b" * n + b"\"\r\n\r\n--" + b"b" * n + b"\r\n\r\nx\r\n", 1000000),
    "boundary_of_dashes": (lambda n: MIME + b"Content-Type: multipart/mixed; boundary=\"" + b"-" * 70 + b"\"\r\n\r\n" + b"-" * 71 * n, 400000),
    "boundary_nearly": (lambda n: MIXED + b"--\r\n--c\r\n-" * n, 1000000),
    "line_without_end": (lambda n: HEAD + b"\r\n" + b"x" * n, 50000000),
    "line_of_a_type": (lambda n: HTML + b"x" * n, 50000000),
    "empty_lines": (lambda n: HEAD + b"\r\n" + b"\r\n" * n, 20000000),
    "bare_lf": (lambda n: HEAD + b"\r\n" + b"\n" * n, 40000000),
    "bare_cr": (lambda n: HEAD + b"\r\n" + b"\r" * n, 40000000),
    "nul": (lambda n: HEAD + b"\r\n" + b"\0" * n, 50000000),
    "bytes_of_no_charset": (lambda n: MIME + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xff\xfe" * n, 20000000),
    "shifts": (lambda n: MIME + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B\x1b(B" * n, 5000000),
    "utf7": (lambda n: MIME + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+ADw-" * n, 5000000),
    "utf16": (lambda n: MIME + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + b"\xd8\x00" * n, 20000000),
    "base64": (lambda n: MIME + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFBQUFBQUFBQUFB\r\n" * n, 2500000),
    "base64_rubbish": (lambda n: MIME + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=!=\r\n" * n, 8000000),
    "quoted_printable": (lambda n: MIME + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=3D=\r\n" * n, 6000000),
    "uuencode": (lambda n: HEAD + b"\r\n" + b"begin 644 a.exe\r\n" * n, 1000000),
    "html_depth": (lambda n: HTML + b"<div>" * n, 100000),
    "html_depth_odd": (lambda n: HTML + b"<a><b><p>" * n, 100000),
    "html_depth_tables": (lambda n: HTML + b"<table><tr><td>" * n, 50000),
    "html_formatting": (lambda n: HTML + b"".join(b"<b x=%d>" % i for i in range(n)) + b"<p>x" * n, 50000),
    "html_misnested": (lambda n: HTML + b"<a><table>x</a>" * n, 50000),
    "html_tags": (lambda n: HTML + b"<br>" * n, 10000000),
    "html_attributes": (lambda n: HTML + b"<p " + b"".join(b"a%d=b " % i for i in range(n)) + b">x", 100000),
    "html_entities": (lambda n: HTML + b"&amp;" * n, 8000000),
    "html_comment": (lambda n: HTML + b"<!--" * n, 8000000),
    "html_style": (lambda n: HTML + b"<p style='" + b"display:none;" * n + b"'>x", 2000000),
    "html_text": (lambda n: HTML + b"Nama: x<br>" * n, 4000000),
    "quotes": (lambda n: HEAD + b"\r\n" + b"> " * n + b"\r\n", 10000000),
    "quoted_lines": (lambda n: HEAD + b"\r\n" + b"> On Mon, a wrote:\r\n" * n, 1000000),
    "labels": (lambda n: HEAD + b"\r\n" + b"Nama: Budi Santoso\r\nNIK: 2103010101900001\r\n" * n, 200000),
    "labels_in_a_line": (lambda n: HEAD + b"\r\n" + b"Nama: " * n, 500000),
    "numbers": (lambda n: HEAD + b"\r\n" + b"".join(b"%016d\r\n" % (2103010101900000 + i % 10000) for i in range(n)), 500000),
    "digits": (lambda n: HEAD + b"\r\n" + b"1 " * n, 5000000),
    "dates": (lambda n: HEAD + b"\r\n" + b"2 November 2026 " * n, 500000),
    "words": (lambda n: HEAD + b"\r\nmohon perpanjangan sertifikat " + b"TTE atas nama Budi " * n, 500000),
    "commands": (lambda n: HEAD + b"\r\n" + b"/terbit 2103010101900001\r\n" * n, 500000),
    "table_rows": (lambda n: HEAD + b"\r\nNo\tNama\tNIK\r\n" + b"1\tBudi\t2103010101900001\r\n" * n, 500000),
    "delivery_reports": (_report, 100000),
    "csv_cells": (lambda n: _attached(b"daftar.csv", b"text/csv", b"NIK,Nama\n" + b"," * n), 4000000),
    "csv_quote": (lambda n: _attached(b"daftar.csv", b"text/csv", b"NIK,Nama\n\"" + b"\"\"" * n), 2000000),
    "csv_rows": (lambda n: _attached(b"daftar.csv", b"text/csv", b"NIK,Nama\n" + b"2103010101900001,B\n" * n), 200000),
    "workbook": (_workbook, 500000),
    "workbook_entities": (_entities, 12),
    "packed_ten_thousandfold": (lambda n: _attached(b"a.zip", b"application/zip", zlib.compress(b"\0" * n)), 40000000),
    # just below the limits on structure, at which all of it is looked at
    "below_depth": (lambda n: _nested_closed(n), 1990),
    "below_depth_rfc822": (lambda n: MIME + b"Content-Type: message/rfc822\r\n\r\n" * n + b"\r\nx\r\n", 1990),
    "below_digest": (lambda n: MIME + b"Content-Type: multipart/digest; boundary=b\r\n\r\n" + b"--b\r\n\r\nSubject: x\r\n\r\ny\r\n" * n + b"--b--\r\n", 4990),
    "below_header_of_parts": (lambda n: MIXED + (b"--b\r\n" + (b"Subject: " + b"=?utf-8?q?a" * 5500 + b"\r\n") * 4 + b"\r\n\r\nx\r\n") * n + b"--b--\r\n", 200),
    "below_names": (lambda n: MIXED + (b"--b\r\nContent-Disposition: attachment; filename=\"" + b"=?utf-8?q?a" * 5500 + b"\"\r\n\r\nx\r\n") * n + b"--b--\r\n", 800),
    "below_parameters": (lambda n: MIXED + (b"--b\r\nContent-Type: text/plain" + b"; a*0=b" * 9000 + b"\r\n\r\nx\r\n") * n + b"--b--\r\n", 800),
    "below_html_depth": (lambda n: HTML + b"<div>" * 790 + b"<p>x" * n, 59000),
    "below_html_formatting": (lambda n: HTML + b"".join(b"<b x=%d>" % i for i in range(790)) + b"<p>x" * n, 59000),
    "below_html_tags": (lambda n: HTML + b"<span>x</span>" * n, 29900),
    "below_html_attributes": (lambda n: HTML + (b"<i " + b"".join(b"a%d=b " % i for i in range(199)) + b">x</i>") * n, 1800),
    "below_html_tables": (lambda n: HTML + b"<table>" * 790 + b"x<i></i>" * n, 29000),
    "attachment": (lambda n: MIXED + b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 18 * n + b"\r\n--b--\r\n", 700000),
}
