"""The forged-staff matrix: every verdict x From x token x place of the command as a raw mail, against an oracle that
was written from the design's table and knows nothing of the code.  No difference is allowed."""
import collections
import itertools
import json
import struct
import subprocess
import sys

DOMAIN, SATU = "natunakab.go.id", "satu@natunakab.go.id"
ID = "mail.natunakab.go.id"
BORDER = "Received: from x by %s with ESMTP; x\n" % ID


def verdict(text, id=ID):
    return "Authentication-Results: %s; %s\n" % (id, text)


PASS = "dmarc=pass header.from=" + DOMAIN
# what stands above the border, below it; what the oracle takes from it
VERDICTS = {
    "none": ("", "", None),
    "foreign_id": (verdict(PASS, "mx.evil.example"), "", None),
    "below_border": ("", verdict(PASS), None),
    "pass": (verdict(PASS), "", "pass"),
    "fail": (verdict("dmarc=fail header.from=" + DOMAIN), "", "fail"),
    "no_policy": (verdict("dmarc=none header.from=" + DOMAIN), "", None),
    "temperror": (verdict("dmarc=temperror header.from=" + DOMAIN), "", None),
    "no_id": ("Authentication-Results: %s\n" % PASS, "", None),
    "pass_and_fail": (verdict(PASS) + verdict("dmarc=fail header.from=" + DOMAIN), "", "fail"),
}
# the From field(s), and whom the oracle sees: the staff member, a stranger, or a mail in the staff member's name that
# no verdict can prove
FROMS = {
    "staff": ("From: Petugas Satu <satu@natunakab.go.id>\n", "staff"),
    "staff_with_comment": ("From: satu@natunakab.go.id (Petugas Satu)\n", "staff"),
    "look_alike": ("From: satu@natunakab.go.ld\n", "stranger"),
    "two_fields": ("From: satu@natunakab.go.id\nFrom: x@evil.example\n", "name"),
    "two_mailboxes": ("From: satu@natunakab.go.id, x@evil.example\n", "name"),
    "group": ("From: g: satu@natunakab.go.id, x@evil.example;\n", "name"),
    "quoted": ("From: \"satu@natunakab.go.id\"@evil.example\n", "stranger"),
    "nul": ("From: satu\0@natunakab.go.id\n", "stranger"),
    "display_only": ("From: \"satu@natunakab.go.id\" <x@evil.example>\n", "stranger"),
}
TOKENS = ("none", "own", "colleague", "stranger", "expired", "used", "guessed")
COMMAND = "/tolak Data tidak sesuai."
# the body; what a staff mail of full power does with it
PLACES = {
    "top": ("\n" + COMMAND + "\n", "refusal"),
    "quote": ("\nMohon kirim foto KTP.\n\nPada Sen, 5 Jan 2026 SITANTE <sitante@natunakab.go.id> menulis:\n> " + COMMAND + "\n",
              "words"),
    "attachment": ("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nMohon kirim foto KTP.\n--b\nContent-Type: "
                   "text/plain\nContent-Disposition: attachment; filename=a.txt\n\n" + COMMAND + "\n--b--\n", "words"),
    "html_only": ("MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>" + COMMAND + "</p></body></html>\n",
                  "refusal"),
    "after_signature": ("\nMohon kirim foto KTP.\n-- \nSatu\n" + COMMAND + "\n", "words"),
}
USED_WORDS = "\n/catat Sudah ditelepon.\n"

Outcome = collections.namedtuple("Outcome", "disposition moved refusal words outside asked")
QUIET = dict(moved=0, refusal=0, words=0, outside=0, asked=0)


def oracle(ar, sender, token, place):
    """Design "Who may do what by mail", and nothing else."""
    proof, who, does = VERDICTS[ar][2], FROMS[sender][1], PLACES[place][1]
    if who == "stranger":  # parked: no party of the ticket
        return Outcome("parked", **QUIET)
    if who == "name":
        return Outcome("unproven", **QUIET)
    own = token in ("own", "used")
    if proof == "fail":
        return Outcome("forged", **QUIET)
    if proof is None:
        return Outcome("confirm" if own else "unproven", **dict(QUIET, asked=int(own)))
    if not own:
        return Outcome("confirm", **dict(QUIET, asked=1))
    return Outcome("command", 1, int(does == "refusal"), int(does == "words"), 1, 0)


def mail(ids, ar, sender, token, place, number):
    above, below, _ = VERDICTS[ar]
    refs = "" if token == "none" else "In-Reply-To: <%s>\nReferences: <%s>\n" % (ids[token], ids[token])
    return ("Return-Path: <satu@natunakab.go.id>\n" + above + BORDER + below + FROMS[sender][0] + "To: sitante@natunakab.go.id\n"
            "Date: Mon, 5 Jan 2026 08:55:00 +0700\nMessage-ID: <m%d@%s>\n" % (number, DOMAIN) + refs +
            "Subject: Re: [SITANTE-2026-0001] Permohonan baru\n" + PLACES[place][0]).encode("latin-1")


def used_mail(ids):
    return ("Return-Path: <satu@natunakab.go.id>\n" + verdict(PASS) + BORDER + FROMS["staff"][0] + "To: sitante@natunakab.go.id\n"
            "Message-ID: <used@%s>\nIn-Reply-To: <%s>\nSubject: Re: [SITANTE-2026-0001] Permohonan baru\n%s" % (DOMAIN, ids["own"], USED_WORDS)
            ).encode()


def main(driver):
    p = subprocess.Popen([driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ids = json.loads(p.stdout.readline())
    ids["used"], ids["guessed"] = ids["own"], "abcdefghijklmnopqrstuvwxyz234567@" + DOMAIN
    rows = list(itertools.product(VERDICTS, FROMS, TOKENS, PLACES))
    mails = [used_mail(ids)] + [mail(ids, *row, number) for number, row in enumerate(rows)]
    out, _ = p.communicate(b"".join(struct.pack(">I", len(m)) + m for m in mails))
    lines = out.decode().splitlines()
    print("1..%d" % (len(VERDICTS) * len(FROMS) + 1))
    print("%sok 1 - %d mails were answered" % ("" if p.returncode == 0 and len(lines) == len(rows) else "not ", len(rows)))
    found = collections.defaultdict(list)
    for row, line in zip(rows, lines):
        word, *facts = line.split()
        got = Outcome(word, **{k: int(v) for k, v in (f.split("=") for f in facts)})
        if got != oracle(*row):
            found[row[:2]].append("%s: %s instead of %s" % (" ".join(row), got, oracle(*row)))
    failed = bool(p.returncode) or len(lines) != len(rows)
    for n, pair in enumerate(itertools.product(VERDICTS, FROMS), 2):
        for text in found[pair]:
            print("#", text)
        failed = failed or bool(found[pair])
        print("%sok %d - matrix %s %s: %d mails" % ("not " if found[pair] else "", n, *pair, len(TOKENS) * len(PLACES)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
