#!/usr/bin/env python3
"""Is the cost of reading a mail linear in its size, whatever its shape?  Each shape is grown from 256 KiB to 1 MiB (SITANTE_WHOLE=1: from 128 KiB to 4) and
read by `sitantectl inspect`; what counts is CPU time of the programs, never the clock on the wall: twice the size may cost
GROWTH times as much and a SLACK for the noise of a busy machine, and no size more than MOST.

usage: linear.py SITANTECTL [SHAPE]
"""
import base64
import os
import random
import resource
import subprocess
import sys
import tempfile

SIZES = [128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20] if os.environ.get("SITANTE_WHOLE") else [256 << 10, 512 << 10, 1 << 20]
GROWTH, SLACK, MOST, TRIES = 2.6, 0.12, 2.0, 4
HEAD = ("From: Budi Santoso <budi@contoh.go.id>\r\nTo: sitante@natunakab.go.id\r\nSubject: %s\r\n"
        "Message-ID: <linear@contoh.go.id>\r\nDate: Wed, 01 Jul 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\n"
        "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n")


def lines(*texts):
    return lambda n, unit="\r\n".join(texts) + "\r\n": (unit * (n // len(unit.encode()) + 1)).encode()


def run(text):
    return lambda n: (text * (n // len(text.encode()) + 1)).encode()[:n]


def staircase(n):
    """Quotes that grow deeper by one mark a line, a hundred deep, over and over."""
    return lines(*[">" * k + " kata" for k in range(1, 100)])(n)


def numbers(n):
    """A NIK a line, each another."""
    return "".join("NIK 21030101018%05d\r\n" % (i % 100000) for i in range(n // 22 + 1)).encode()


def noise(n):
    return random.Random(2).randbytes(n)


def wrapped_base64(n):
    return base64.encodebytes(lines("Nama : Budi Santoso", "NIP : 198506152010011002")(n * 3 // 4))


def soft_breaks(n):
    return lines("Nama=20: Budi=", "NIP=20: 1985=", "=C3=A9")(n)


def nested(n):
    unit = "<div><b>Nama</b>: Budi</div>"
    return ("<div>" * 500 + unit * (n // len(unit)) + "</div>" * 500).encode()


# shape: content type, transfer encoding, bytes of a body of about n bytes
PLAIN, FLOWED, HTML = "text/plain; charset=utf-8", "text/plain; charset=utf-8; format=flowed; delsp=yes", "text/html; charset=utf-8"
SHAPES = {
    "one letter, no end of line": (PLAIN, "8bit", run("a")),
    "blank lines": (PLAIN, "8bit", run("\r\n")),
    "spaces": (PLAIN, "8bit", run(" ")),
    "digits": (PLAIN, "8bit", run("1985061520100110021")),
    "digits with spaces": (PLAIN, "8bit", run("19 85.06-15 ")),
    "addresses": (PLAIN, "8bit", run("a@b.id -> ")),
    "dates in one line": (PLAIN, "8bit", run("3 Maret 2026 ")),
    "dates by line": (PLAIN, "8bit", lines("habis 3 Maret 2026, sudah 4 Mei 2026 atau 05/06/2026")),
    "prose": (PLAIN, "8bit", run("Yth. mohon TTE saya diperpanjang karena habis 3 Maret 2026; saya bertugas di Dinas Sosial. ")),
    "labels": (PLAIN, "8bit", lines("Nama : Budi Santoso, S.E.", "NIP : 198506152010011002", "Jabatan : Kepala Seksi A", "")),
    "labels in one line": (PLAIN, "8bit", run("Nama: Budi Santoso, NIP: 198506152010011002, Jabatan: Kepala Seksi A ")),
    "labels without values": (PLAIN, "8bit", lines("NIP", "Nama", "x")),
    "wide gaps": (PLAIN, "8bit", run("NIP        ")),
    "names in prose": (PLAIN, "8bit", run("a.n. Budi Santoso, S.E. dan Siti Aminah, M.Pd. serta ")),
    "numbers of nobody named": (PLAIN, "8bit", numbers),
    "records": (PLAIN, "8bit", lines("Budi Santoso;198506152010011002;Kepala Seksi A")),
    "numbered list": (PLAIN, "8bit", lines("1. Budi Santoso, S.E. / 198506152010011002 / Dinas Sosial")),
    "heads of a table": (PLAIN, "8bit", lines("| Nama | NIP | NIK | Jabatan |")),
    "rows of a table": (PLAIN, "8bit", lines("| Nama | NIP |", "| Budi | 198506152010011002 |")),
    "columns by tabs": (PLAIN, "8bit", lines("Nama\tNIP\tNIK", "Budi\t198506152010011002\t2103010101850001")),
    "cells in lines": (PLAIN, "8bit", lines("Nama", "NIP", "NIK", "Budi", "198506152010011002")),
    "quotes": (PLAIN, "8bit", lines("> > kata", "> kata")),
    "quotes growing deeper": (PLAIN, "8bit", staircase),
    "answers between quotes": (PLAIN, "8bit", lines("> NIP?", "198506152010011002")),
    "attributions": (PLAIN, "8bit", lines("Pada Sab, 15 Jun 2024 pukul 14.59 X <a@b.id>")),
    "heads of mails": (PLAIN, "8bit", lines("x", "Dari: Budi", "Tanggal: 3 Maret 2026")),
    "short heads of mails": (PLAIN, "8bit", lines("x", "Dari: y", "Tanggal: z")),
    "heads of memos": (PLAIN, "8bit", lines("Dari: x", "Tanggal: y", "Hal: z", "Nomor: q")),
    "announced answers and heads": (PLAIN, "8bit", lines("jawaban x", "Dari: x", "Tanggal: y", "")),
    "forwards": (PLAIN, "8bit", lines("Pesan terusan:", "Dari: Budi <a@b.id>", "Perihal: TTE", "", "NIK 1")),
    "lines that might part the mail": (PLAIN, "8bit", lines("---------- Forwarded message ----------", "Dari: Budi", "")),
    "closings and signatures": (PLAIN, "8bit", lines("Demikian, terima kasih", "___", "Drs. Budi, M.Si", "")),
    "rules": (PLAIN, "8bit", lines("________", "kata")),
    "disclaimers": (PLAIN, "8bit", lines("Email ini rahasia dan hanya ditujukan kepada penerima.", "")),
    "tails of phones": (PLAIN, "8bit", lines("Dikirim dari ponsel saya", "kata")),
    "old and new": (PLAIN, "8bit", lines("semula: Kasi A", "menjadi: Kabid B")),
    "secrets": (PLAIN, "8bit", run("passphrase saya: Rahasia123 ")),
    "secrets unsaid": (PLAIN, "8bit", run("passphrase passphrase saya ")),
    "chat": (PLAIN, "8bit", lines("[08.51, 30/1/2026] Budi: mohon perpanjang TTE")),
    "upper case": (PLAIN, "8bit", run("DARI NAMA NIP TANGGAL TTE HABIS ")),
    "lower case": (PLAIN, "8bit", run("dari nama nip tanggal tte habis ")),
    "commands": (PLAIN, "8bit", lines("/terbit NIK 2103010101850001", "/selesai")),
    "format=flowed": (FLOWED, "8bit", lines("mohon diperpanjang ", "> kata kutipan ", "> ", "NIP 1985 ")),
    "flowed in one paragraph": (FLOWED, "8bit", lines("kata yang mengalir terus ")),
    "quoted-printable": (PLAIN, "quoted-printable", soft_breaks),
    "base64": (PLAIN, "base64", wrapped_base64),
    "noise": (PLAIN, "8bit", noise),
    "paragraphs of HTML": (HTML, "8bit", run("<p>Nama: Budi Santoso</p>")),
    "cells of HTML": (HTML, "8bit", run("<tr><td>Budi<td>198506152010011002<td>Kasi A")),
    "soup of HTML": (HTML, "8bit", run("<b><i>Nama</b>: <a href='x'>Budi</i><table><p>")),
    "deep HTML": (HTML, "8bit", nested),
    "text without tags in HTML": (HTML, "8bit", run("Nama: Budi &amp; NIP&nbsp;198506152010011002 &lt;")),
    "brackets of HTML": (HTML, "8bit", run("<")),
    "comments of HTML": (HTML, "8bit", run("<!-- -- ")),
    "quotes of HTML": (HTML, "8bit", run("<blockquote type=cite>kata</blockquote>jawaban<br>")),
}


def cost(ctl, name):
    """CPU seconds of one reading, with all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run([ctl, "inspect", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def judge(ctl, folder, shape):
    """The costs, and what is wrong with them."""
    kind, encoding, body = SHAPES[shape]
    costs = []
    for size in SIZES:
        name = os.path.join(folder, "mail.eml")
        with open(name, "wb") as f:
            f.write((HEAD % ("perpanjang TTE", kind, encoding)).encode() + body(size))
        most = min(MOST, GROWTH * costs[-1] + SLACK) if costs else MOST
        spent = float("inf")
        for _ in range(TRIES):
            code, once = cost(ctl, name)
            spent = min(spent, once)
            if code == 0 and spent <= most:
                break
        costs.append(spent)
        if code != 0:
            return costs, "not read: %d" % code
        if spent > most:
            return costs, "%d KiB cost %.2f s, over %.2f s" % (size >> 10, spent, most)
    return costs, ""


def main():
    ctl, shapes = sys.argv[1], sys.argv[2:] or list(SHAPES)
    failed = 0
    print("1..%d" % len(shapes))
    with tempfile.TemporaryDirectory() as folder:
        for i, shape in enumerate(shapes, 1):
            costs, wrong = judge(ctl, folder, shape)
            failed += bool(wrong)
            print("# %s" % "  ".join("%.3f" % c for c in costs))
            print("%sok %d - %s %s" % ("not " if wrong else "", i, shape, wrong), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
