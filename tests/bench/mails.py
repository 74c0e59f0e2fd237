"""Seeded mails of people who ask for a renewal, as their programs write them: plain, alternative and HTML,
quoted-printable and base64, a fifth with a letter of 200 KiB.  The same seed gives the same bytes."""
import base64
import email.utils
import os
import quopri
import random

DOMAIN = "natunakab.go.id"
FIRST = ("Budi", "Siti", "Agus", "Dewi", "Rina", "Hendra", "Nurul", "Joko", "Yanti", "Andi", "Fitri", "Rahmat")
LAST = ("Santoso", "Wijaya", "Lestari", "Nugroho", "Siregar", "Putri", "Hasibuan", "Pratama", "Utami", "Saputra")
POSTS = ("Kepala Seksi Promosi", "Analis Kepegawaian", "Bendahara Pengeluaran", "Kepala Subbagian Umum", "Pranata Komputer")
PLACES = ("Dinas Kesehatan", "Dinas Pendidikan", "Badan Kepegawaian Daerah", "Kecamatan Bunguran Timur", "Sekretariat Daerah")
ASKS = ("mohon bantuannya memperpanjang sertifikat elektronik saya.", "dengan ini kami ajukan perpanjangan TTE atas nama tersebut di bawah.",
        "sertifikat TTE saya hampir habis masa berlakunya, mohon diperpanjang ya min.",
        "mohon dapat diproses perpanjangan sertifikat tanda tangan elektronik berikut.")


def text_of(r, n):
    name = "%s %s" % (r.choice(FIRST), r.choice(LAST))
    nik = "2103%02d%02d%02d%02d%04d" % (r.randint(1, 9), r.randint(1, 28), r.randint(1, 12), r.randint(70, 99), n % 10000)
    nip = "19%02d%02d%02d20%02d%02d1%03d" % (r.randint(70, 99), r.randint(1, 12), r.randint(1, 28), r.randint(5, 22), r.randint(1, 12),
                                             n % 1000)
    lines = ["Selamat pagi admin,", r.choice(ASKS), "", "Nama : %s, S.Kom" % name, "NIK : " + nik, "NIP : " + nip,
             "Jabatan : " + r.choice(POSTS), "Unit Kerja : " + r.choice(PLACES), "HP : 0812-%04d-%04d" % (r.randint(0, 9999), n % 10000),
             "Berlaku s.d. : 12-%02d-2027" % r.randint(1, 12), "", "Atas perhatiannya kami ucapkan terima kasih \u2013 salam.", "", name]
    return name, lines


def html_of(lines):
    body = "".join("<div class=\"MsoNormal\" style=\"margin:0\"><span style=\"font-size:11.0pt\">%s</span></div>\n" % (x or "&nbsp;") for x in lines)
    return "<html><head><meta charset=\"utf-8\"><style>p{margin:0}</style></head><body>%s</body></html>" % body


def encoded(r, kind, text):
    data = text.replace("\n", "\r\n").encode()
    if r.random() < 0.5:
        body, name = base64.encodebytes(data).replace(b"\n", b"\r\n"), "base64"
    else:
        body, name = quopri.encodestring(text.encode()).replace(b"\n", b"\r\n"), "quoted-printable"
    return b"Content-Type: text/%s; charset=UTF-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n" % (kind.encode(), name.encode(), body)


def multipart(kind, mark, parts):
    head = b"Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n" % (kind.encode(), mark)
    return head + b"".join(b"--" + mark + b"\r\n" + p + b"\r\n" for p in parts) + b"--" + mark + b"--\r\n"


def attachment(r, size):
    data = b"%PDF-1.4\n" + r.randbytes(size - 9)
    return (b"Content-Type: application/pdf; name=\"surat permohonan.pdf\"\r\nContent-Disposition: attachment;\r\n"
            b" filename=\"surat permohonan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(data).replace(b"\n", b"\r\n"))


def mail(n, seed=1, attached=None, mark=""):
    """The n-th mail of a mailbox; attached: bytes of its attachment (None: a fifth of the mails has 200 KiB)."""
    r = random.Random(seed * 1000003 + n)
    name, lines = text_of(r, n)
    sender = "pegawai%d%s@%s" % (n, mark, DOMAIN)
    shape = r.choice(("plain", "alternative", "alternative", "html"))
    text = "\n".join(lines)
    if shape == "plain":
        body = encoded(r, "plain", text)
    elif shape == "html":
        body = encoded(r, "html", html_of(lines))
    else:
        body = multipart("alternative", b"alt-%08x" % r.getrandbits(32), [encoded(r, "plain", text), encoded(r, "html", html_of(lines))])
    size = attached if attached is not None else 200 * 1024 if r.random() < 0.2 else 0
    if size:
        body = multipart("mixed", b"mix-%08x" % r.getrandbits(32), [body, attachment(r, size)])
    head = [("Return-Path", "<%s>" % sender), ("Authentication-Results", "mail.%s; dmarc=pass header.from=%s" % (DOMAIN, DOMAIN)),
            ("Received", "from klien.contoh (klien.contoh [10.0.0.%d]) by mail.%s (Postfix) with ESMTPS id %08X; Wed, 18 Nov 2026 08:%02d:00 +0700"
             % (n % 250, DOMAIN, n, n % 60)),
            ("From", "%s <%s>" % (name, sender)), ("To", "SITANTE <sitante@%s>" % DOMAIN), ("Subject", "Permohonan perpanjangan TTE a.n. " + name),
            ("Date", email.utils.formatdate(1763427600 + n)), ("Message-ID", "<%d.%d%s@klien.contoh>" % (n, seed, mark)), ("MIME-Version", "1.0")]
    return "".join("%s: %s\r\n" % h for h in head).encode() + body


def fill(maildir, count, owner, **more):
    """Into a Maildir, as a delivery would leave them."""
    for sub in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(maildir, sub), exist_ok=True)
    for n in range(1, count + 1):
        raw = mail(n, **more)
        path = os.path.join(maildir, "cur", "%010d.M%d.bench,S=%d,W=%d:2," % (1763427600 + n, n, len(raw), len(raw)))
        with open(path, "wb") as f:
            f.write(raw)
        os.chown(path, owner, owner)
    for folder, _, _ in os.walk(maildir):
        os.chown(folder, owner, owner)
