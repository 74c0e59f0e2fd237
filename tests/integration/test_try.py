"""sitantectl try: what would be sent for a mail, without sending or storing.  Real Dovecot and Postfix."""
import email
import email.policy
import hashlib
import json
import os
import sys
import time

import case
from case import wait_for


def state(folder):
    return sorted((os.path.relpath(os.path.join(d, n), folder), hashlib.sha256(open(os.path.join(d, n), "rb").read()).hexdigest())
                  for d, _, names in os.walk(folder) for n in names if n.endswith(".eml"))


def attempt(lab, m, name="surat.eml"):
    with open(lab.path(name), "wb") as f:
        f.write(m.as_bytes())
    r = lab.ctl("--json", "try", lab.path(name))
    assert r.returncode == 0, r.stdout + r.stderr
    return json.loads(r.stdout)


def proven(m, user):
    """As the border server would hand it on."""
    raw = m.as_bytes()
    return email.message_from_bytes(b"Return-Path: <%s@natunakab.go.id>\r\n" % user.encode() +
                                    b"Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=natunakab.go.id\r\n"
                                    b"Received: from x by mail.natunakab.go.id; Mon, 5 Jan 2026 09:12:56 +0700\r\n" + raw, policy=email.policy.SMTP)


def by_kind(x):
    out = {}
    for m in x["mails"]:
        out.setdefault(m["kind"], []).append(m)
    return out


def test_before_the_first_start(lab):
    m = lab.compose("budi", "perpanjangan TTE", "Nama: Budi\nInstansi: Dinas Sosial", attachments=[("ktp.pdf", "application/pdf", b"%PDF-1.4 x")])
    x = attempt(lab, proven(m, "budi"))
    mails = by_kind(x)
    assert x["disposition"] == "opened" and x["why"], x
    assert [m["to"] for m in mails["acknowledgement"]] == ["budi@natunakab.go.id"]
    assert sorted(m["to"] for m in mails["notice-request"]) == ["dua@natunakab.go.id", "satu@natunakab.go.id"]
    ack = mails["acknowledgement"][0]
    assert "NIK" in ack["text"] and "-0001]" in ack["subject"], ack
    assert mails["notice-request"][0]["attachments"] == ["ktp.pdf"], mails["notice-request"][0]
    assert not os.path.exists(lab.path("var")), "no store is made"
    r = lab.ctl("try", lab.path("surat.eml"))
    assert r.returncode == 0 and "would be: opened" in r.stdout and "--- acknowledgement to budi@" in r.stdout, r.stdout
    assert [n for n in os.listdir(lab.dir) if n.startswith("sitante-try")] == [], "nothing is left"


def test_staff_answer_on_a_copy_of_the_store(lab):
    lab.start_daemon()
    time.sleep(1.1)
    lab.send("budi", "perpanjangan TTE", "Nama: Budi\nNIK: 2103010101900001\nInstansi: Dinas Sosial")
    notice = lab.wait_mail("satu", what="notice")
    lab.wait_mail("budi", what="acknowledgement")
    wait_for("all is sent", lambda: lab.ctl_json("outbox") == [] and lab.inbox("sitante") == [])
    number = lab.ctl_json("tickets")[0]["number"]
    before, raws = lab.show(number), state(lab.path("var"))
    boxes = {u: len(lab.inbox(u)) for u in ("budi", "satu", "dua", "kepala")}
    x = attempt(lab, proven(lab.compose("satu", "Re: " + notice["Subject"], "/terbit berlaku 31-12-2028\nSudah dapat dipakai.", reply_to=notice), "satu"))
    mails = by_kind(x)
    assert x["disposition"] == "command" and x["proof"] == "pass", x
    assert {"notification", "receipt", "report"} <= set(mails), sorted(mails)
    assert mails["notification"][0]["to"] == "budi@natunakab.go.id" and "Sudah dapat dipakai." in mails["notification"][0]["text"]
    assert any(a.endswith(".pdf") for m in mails["report"] for a in m["attachments"]), mails["report"]
    after = lab.show(number)
    assert after["state"] == before["state"] == "examining" and len(after["messages"]) == len(before["messages"])
    assert state(lab.path("var")) == raws
    time.sleep(2)
    assert {u: len(lab.inbox(u)) for u in boxes} == boxes, "nothing was sent"
    assert lab.ctl("verify").returncode == 0
    # the same without proof: only the question whether it was theirs
    x = attempt(lab, lab.compose("satu", "Re: " + notice["Subject"], "/terbit", reply_to=notice))
    assert x["disposition"] == "confirm" and set(by_kind(x)) == {"confirmation"}, x
    # and the mail itself still works
    lab.reply("satu", notice, "/ambil")
    wait_for("assigned", lambda: lab.show(number)["assigned_to"] == "satu@natunakab.go.id")


def test_mail_that_nobody_answers(lab):
    m = lab.compose("otomatis", "Out of office", "Saya cuti.", headers=[("Auto-Submitted", "auto-replied")])
    x = attempt(lab, m)
    assert x["disposition"] == "automatic" and x["mails"] == [], x
    assert "No mail would be sent." in lab.ctl("try", lab.path("surat.eml")).stdout


def test_bad_files(lab):
    lab.write("kosong.eml", "")
    r = lab.ctl("--json", "try", lab.path("kosong.eml"))
    assert r.returncode == 0 and json.loads(r.stdout)["disposition"], r.stdout + r.stderr
    with open(lab.path("besar.eml"), "wb") as f:
        f.truncate(51 * 1024 * 1024)
    for name, words in (("besar.eml", "larger than 50 MiB"), ("tidak-ada.eml", "No such file"), ("", "directory")):
        r = lab.ctl("try", lab.path(name))
        assert r.returncode == 1 and words in r.stderr, (name, r.stderr)
    assert lab.ctl("try").returncode == 2
    assert [n for n in os.listdir(lab.dir) if n.startswith("sitante-try")] == []


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
