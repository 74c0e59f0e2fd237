"""What is kept: backup and restore, reconciling, quarantine.  Real Dovecot and Postfix."""
import json
import shutil
import sys
import time

import case
from case import wait_for


def ask(lab, user, nik):
    lab.send(user, "perpanjangan TTE", "Nama: %s\nNIK: 21030101019%05d\nInstansi: Dinas Sosial" % (user.capitalize(), nik))
    return lab.wait_mail(user, what="acknowledgement")


def idle(lab):
    wait_for("everything handled, sent and moved", lambda: lab.inbox("sitante") == [] and lab.ctl_json("outbox") == [])


def ticket_of(lab, user):
    found = [t for t in lab.ctl_json("tickets") if (t["requester"]["address"] or "").startswith(user + "@")]
    return found[0] if found else None


def test_reconcile_names_what_has_no_disposition(lab):
    lab.start_daemon()
    time.sleep(1.1)
    ask(lab, "lama", 1)
    idle(lab)
    x = lab.ctl_json("reconcile")
    assert x["unknown"] == [] and x["archive"] == 1 and x["inbox"] == 0, x
    # somebody puts a mail where only handled ones lie
    lab.append(b"From: x@y.example\r\nSubject: diselundupkan\r\n\r\nhalo\r\n", folder="SITANTE/Diproses")
    r = lab.ctl("reconcile")
    assert r.returncode == 1 and "uid 2 in the archive" in r.stdout, r.stdout
    box = lab.imap_login("sitante")
    box.select('"SITANTE/Diproses"')
    box.store("2", "+FLAGS", "\\Deleted")
    box.expunge()
    box.logout()
    assert lab.ctl("reconcile").returncode == 0


def test_restored_store_catches_up_and_answers_nobody_twice(lab):
    copy = lab.path("copy.db")
    r = lab.ctl("backup", copy)
    assert r.returncode == 0, r.stderr
    assert lab.ctl("backup", copy).returncode == 1, "no backup overwrites another"
    ask(lab, "baru", 2)
    ask(lab, "lagi", 3)
    numbers = {u: ticket_of(lab, u)["number"] for u in ("lama", "baru", "lagi")}
    notice = lab.wait_mail("satu", lambda m: numbers["baru"] in m["Subject"], what="notice")
    lab.reply("satu", notice, "/ambil")
    lab.wait_mail("satu", lambda m: "Bukti" in m["Subject"], what="receipt")
    idle(lab)
    lab.stop_daemon()
    lab.send("libur", "perpanjangan TTE", "Nama: Libur\nNIK: 2103010101900004\nInstansi: Dinas Sosial")  # comes while all is down
    lab.wait_mail("sitante")
    assert lab.ctl("restore", copy).returncode == 1, "a store is there already"
    shutil.rmtree(lab.path("var"))
    r = lab.ctl("restore", copy)
    assert r.returncode == 0, r.stderr
    assert ticket_of(lab, "baru") is None
    before = len(lab.inbox("satu"))
    lab.start_daemon()
    lab.wait_mail("libur", what="acknowledgement of the mail that had not been answered")
    wait_for("the lost tickets", lambda: ticket_of(lab, "baru") and ticket_of(lab, "lagi"))
    idle(lab)
    assert {u: ticket_of(lab, u)["number"] for u in numbers} == numbers
    for user in ("lama", "baru", "lagi", "libur"):
        assert len(lab.inbox(user)) == 1, (user, "one acknowledgement each")
    assert ticket_of(lab, "baru")["state"] == "examining", "it was acknowledged before"
    lab.wait_mail("satu", lambda m: "dipulihkan dari cadangan" in " ".join(lab.text_of(m).split()), skip=before, what="to send the command again")
    assert lab.ctl("reconcile").returncode == 0
    assert lab.ctl("verify").returncode == 0
    # the new notice carries a token that works
    notice = lab.wait_mail("satu", lambda m: numbers["lagi"] in m["Subject"], skip=before, what="the notice once more")
    lab.reply("satu", notice, "/ambil")
    wait_for("assigned", lambda: ticket_of(lab, "lagi")["assigned_to"] == "satu@natunakab.go.id")
    # once only: another start takes nothing back
    lab.stop_daemon()
    lab.start_daemon()
    ask(lab, "normal", 5)
    assert len(lab.inbox("baru")) == 1


def test_rebuilt_store_is_the_same(lab):
    """From raw mails alone, but for the capabilities: every ticket comes out as it is."""
    notice = lab.wait_mail("satu", lambda m: ticket_of(lab, "normal")["number"] in m["Subject"], what="notice")
    lab.reply("satu", notice, "/terbit")
    wait_for("closed", lambda: ticket_of(lab, "normal")["state"] == "closed")
    idle(lab)
    before = {u: len(lab.inbox(u)) for u in ("normal", "satu", "lama")}
    r = lab.ctl("--json", "rebuild", lab.path("fresh"))
    assert r.stdout, r.stderr
    x = json.loads(r.stdout)
    assert x["missing"] == 0 and x["tickets"] == len(lab.ctl_json("tickets")), (r.stderr, x)
    closed = [d for d in x["differences"] if d["number"] == ticket_of(lab, "normal")["number"]]
    assert closed == [], x["differences"]
    assert lab.ctl("rebuild", lab.path("fresh")).returncode == 1, "no store is overwritten"
    assert {u: len(lab.inbox(u)) for u in before} == before, "nothing was sent"


def poison(lab, name, head=b"", body=b"halo\r\n"):
    lab.append(b"Return-Path: <%s@gmail.example>\r\nReceived: from x by y with LMTP; Mon, 5 Jan 2026 09:12:56 +0700\r\n"
               b"From: %s@gmail.example\r\nTo: sitante@natunakab.go.id\r\nSubject: %s\r\n" % ((name,) * 3) + head + b"\r\n" + body)


def test_T64_poison_is_handled_and_the_next_mail_follows_within_seconds(lab):
    nested = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1) for i in range(40000))
    lab.append(b"\r\n")
    lab.append(b"From: kepala.saja@gmail.example\r\nSubject: hanya kepala\r\n")
    poison(lab, b"nol", b"X-N: a\0b\r\n", b"\0" * 2000)
    poison(lab, b"panjang", b"X-Long: " + b"a" * (1 << 20) + b"\r\n")
    poison(lab, b"sarang", b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n", nested)
    poison(lab, b"base64", b"MIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n", b"QUFB" * (1 << 20))
    poison(lab, b"huruf", b"Content-Type: text/plain; charset=x-tidak-ada\r\n", bytes(range(128, 256)) * 20)
    poison(lab, b"besar", b"", (b"x" * 998 + b"\r\n") * (50 * 1024 * 1024 // 1000 + 400))  # a little over the limit
    began = time.monotonic()
    ask(lab, "sesudah", 6)
    print("# the next mail was answered after %.1f s" % (time.monotonic() - began))
    idle(lab)
    assert lab.ctl("reconcile").returncode == 0
    big = [q for q in lab.ctl_json("quarantine") if q["state"] == "too-big"]
    assert len(big) == 1, "over 50 MiB: named, not fetched"
    assert lab.ctl("quarantine", "release", str(big[0]["id"])).returncode == 1, "its text was never kept"


def test_own_mail_that_came_back_is_let_go_by_staff(lab):
    before = {q["id"] for q in lab.ctl_json("quarantine")}
    lab.send("sitante", "berputar", "halo")
    kept = wait_for("quarantine", lambda: [q for q in lab.ctl_json("quarantine") if q["id"] not in before])[0]
    assert "M03" in kept["reason"], kept
    shown = lab.ctl_json("quarantine", "show", str(kept["id"]))
    assert "From: sitante@" in shown["head"] and shown["sha256"], shown
    # a command without a notice of one's own: confirmed first
    lab.send("satu", "lepas", "/lepas %d" % kept["id"])
    confirmation = lab.wait_mail("satu", lambda m: "onfirmasi" in m["Subject"], what="confirmation")
    assert kept["id"] in {q["id"] for q in lab.ctl_json("quarantine")}
    lab.reply("satu", confirmation, "ya")
    wait_for("let go", lambda: kept["id"] not in {q["id"] for q in lab.ctl_json("quarantine")})
    lab.wait_mail("dua", lambda m: "dilepas dari karantina" in lab.text_of(m), what="the mail, before staff")
    assert lab.ctl("quarantine", "release", str(kept["id"])).returncode == 1



if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
