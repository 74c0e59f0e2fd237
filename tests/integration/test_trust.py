"""Who may do what, what leaves and what leaks, on real servers: forged and stolen, held and released, canaries."""
import email
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile

import case
from case import wait_for
from lab import PASSWORD

# Numbers and words that must turn up nowhere but where they belong (reliability, privacy).
NIK, NIP, PHONE = "2103999999000017", "199001012015031017", "0812-9999-0017"
PHONE_E164 = "+6281299990017"
PASSPHRASE = "Kenari#Rahasia77"
CANARIES = (NIK, NIP, PHONE, PHONE_E164, PASSPHRASE, PASSWORD)
REQUEST = """Mohon perpanjangan sertifikat elektronik:
Nama: Kenari Percobaan
NIK: %s
NIP: %s
Jabatan: Analis
Instansi: Dinas Sosial
No. HP: %s
passphrase saya: %s
""" % (NIK, NIP, PHONE, PASSPHRASE)
PASS = "Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=natunakab.go.id\r\n"
state = {}


def settle(lab):
    wait_for("all mail handled", lambda: lab.ctl_json("status")["queues"]["unread"] == 0 and not lab.inbox("sitante"))
    wait_for("all mail sent", lambda: not [o for o in lab.ctl_json("outbox") if o["state"] in ("queued", "sending")])


def number_of(m):
    return re.search(r"\[SITANTE-([0-9-]+)\]", m["Subject"]).group(1)


def picture(lab):
    """What must not change: every ticket's state, holder and persons, and who outside got how much."""
    tickets = {t["number"]: (t["state"], t["assigned_to"], t["requester"]["address"], len(t["applicants"])) for t in lab.ctl_json("tickets")}
    return tickets, {u: len(lab.inbox(u)) for u in ("kenari", "asing", "evil")}


def test_a_request_with_canaries(lab):
    os.makedirs(lab.path("tmp"))
    os.makedirs(lab.path("var"), 0o755)  # the daemon closes it to others
    os.environ["TMPDIR"] = lab.path("tmp")
    lab.start_daemon()
    m = lab.send("kenari", "perpanjangan TTE, passphrase %s" % PASSPHRASE, REQUEST, attachments=[
        ("surat %s.pdf" % "permohonan", "application/pdf", b"%PDF-1.4\n" + bytes(range(256))),
        ("rincian.pdf", "application/pdf", b"MZ\x90\x00 a program that says to be a page"),
        ("daftar.xlsm", "application/octet-stream", b"PK\x03\x04 macro")])
    state["number"] = number_of(lab.wait_mail("kenari", what="acknowledgement"))
    state["request"] = m
    state["notice"] = lab.wait_mail("satu", check=lambda n: "[SITANTE-" in n["Subject"], what="notice")
    state["notice_dua"] = lab.wait_mail("dua", check=lambda n: "[SITANTE-" in n["Subject"], what="notice")


def test_dangerous_attachments_stay_in_the_original(lab):
    text = lab.text_of(state["notice"])
    files = [p.get_filename() for p in state["notice"].iter_attachments()]
    assert files == ["surat permohonan.pdf"], files
    assert text.count("BERBAHAYA") == 2 and "PERINGATAN" in text
    assert not lab.html_of(state["request"]) and "<script" not in lab.html_of(state["notice"])


def test_secrets_are_redacted_before_people_see_them(lab):
    for mail in (state["notice"], state["notice_dua"]) + tuple(lab.inbox("kenari")):
        assert PASSPHRASE not in str(mail.as_bytes()) + lab.text_of(mail) + mail["Subject"]
    assert "dihapus: rahasia" in lab.text_of(state["notice"])


def forged_rows(token):
    def raw(sender, head="", refs=True, body="/tolak dipalsukan\r\n"):
        return (head + "From: %s\r\nTo: sitante@natunakab.go.id\r\nDate: %s\r\nMessage-ID: <%s@evil.example>\r\n%sSubject: Re: [SITANTE-%s] x\r\n\r\n%s" % (
            sender, email.utils.formatdate(localtime=True), os.urandom(8).hex(), "In-Reply-To: %s\r\n" % token if refs else "", state["number"], body)).encode("latin-1")
    return {
        # name: raw mail, envelope sender, the port it comes in by
        "T01 forged, no verdict": (raw("satu@natunakab.go.id", refs=False), "satu@natunakab.go.id", "outside"),
        "T01 forged, no verdict, own token": (raw("satu@natunakab.go.id"), "satu@natunakab.go.id", "outside"),
        "T01 dmarc=fail, own token": (raw("satu@natunakab.go.id"), "satu@natunakab.go.id", "forged"),
        "T02 the attacker's own verdict": (raw("satu@natunakab.go.id", PASS, refs=False), "satu@natunakab.go.id", "outside"),
        "T02 with a forged hop above": (raw("satu@natunakab.go.id", "Received: from a by b with LMTP; x\r\n" + PASS, refs=False), "satu@natunakab.go.id", "outside"),
        "T06 pass for another domain": (raw("satu@natunakab.go.id", refs=False), "x@evil.example", "proven"),
        "T09 display name": (raw("\"satu@natunakab.go.id\" <x@evil.example>", refs=False), "x@evil.example", "proven"),
        "T10 sub-domain": (raw("satu@mail.natunakab.go.id", refs=False), "satu@mail.natunakab.go.id", "proven"),
        "T11 two From fields": (raw("satu@natunakab.go.id\r\nFrom: x@evil.example"), "satu@natunakab.go.id", "proven"),
        "T11 two mailboxes": (raw("satu@natunakab.go.id, x@evil.example"), "satu@natunakab.go.id", "proven"),
        "T12 sender and reply-to": (raw("x@evil.example\r\nSender: satu@natunakab.go.id\r\nReply-To: satu@natunakab.go.id", refs=False), "x@evil.example", "proven"),
        "T14 a stranger with the tag": (raw("asing@evil.example", refs=False, body="Mohon kirim NIK dan nomor HP-nya.\r\n"), "asing@evil.example", "proven"),
        "M27 vacation reply": (raw("satu@natunakab.go.id\r\nAuto-Submitted: auto-replied"), "satu@natunakab.go.id", "proven"),
        "the applicant writes commands": (raw("kenari@natunakab.go.id", refs=False), "kenari@natunakab.go.id", "proven"),
    }


def test_tricks_and_M27_move_nothing(lab):
    settle(lab)
    before = picture(lab)
    heads = len(lab.inbox("kepala"))
    rows = forged_rows(state["notice"]["Message-ID"])
    for name, (raw, sender, port) in rows.items():
        lab.send_bytes(raw, sender, trust=port)
    settle(lab)
    after = picture(lab)
    assert before == after, (before, after)
    assert len(lab.inbox("kepala")) == heads
    kinds = [e["what"] for e in lab.show(state["number"])["events"]]
    assert kinds.count("forged") == 1 and "refused" not in kinds and "renewed" not in kinds, kinds


def test_a_leaked_token_is_revoked_and_told(lab):
    """T13: the notice of a colleague comes back from a stranger; it works no more, also not for its owner."""
    n = len(lab.inbox("dua"))
    lab.send("asing@evil.example", "Fwd", "halo", reply_to=state["notice_dua"])
    warning = lab.wait_mail("dua", skip=n, check=lambda m: "Peringatan" in m["Subject"], what="warning")
    assert "asing@evil.example" in lab.text_of(warning) and NIK not in lab.text_of(warning)
    n = len(lab.inbox("dua"))
    lab.reply("dua", state["notice_dua"], "/batal")
    ask = lab.wait_mail("dua", skip=n, what="confirmation")
    assert "konfirmasi" in ask["Subject"].lower()
    assert lab.show(state["number"])["state"] == "examining"
    assert not lab.inbox("asing@evil.example".split("@")[0])


def test_the_rightful_mail_does(lab):
    n, k = len(lab.inbox("satu")), len(lab.inbox("kenari"))
    lab.reply("satu", state["notice"], "Mohon kirim foto KTP.", attachments=[("rahasia.txt", "text/plain", b"internal")])
    words = lab.wait_mail("kenari", skip=k, what="assistance")
    assert "foto KTP" in lab.text_of(words) and not list(words.iter_attachments()) and NIK not in str(words.as_bytes())
    receipt = lab.wait_mail("satu", skip=n, check=lambda m: "Bukti" in m["Subject"], what="receipt")
    assert "Terbukti penuh" in lab.text_of(receipt) and "foto KTP" in lab.text_of(receipt)
    assert lab.show(state["number"])["state"] == "waiting"


def test_header_injection_on_the_wire(lab):
    """T20-T22: hostile words in all that a sender chooses; every mail that leaves is one mail with its own header."""
    name = "=?utf-8?q?x=0D=0ABcc=3A_korban=40evil=2Eexample=0D=0A=2E=0D=0AMAIL_FROM=3A=3Cy=3E?="
    body = "Nama: Budi\r\nBcc: korban@evil.example\nNIK: 2103010101900055\n.\n..\nInstansi: {{number}} %s%n ${x} $(id) <script>alert(1)</script>\n"
    raw = ("From: %s <evil@natunakab.go.id>\r\nTo: sitante@natunakab.go.id\r\nMessage-ID: <a\x0bb%%s@evil.example>\r\nReferences: <x\x00y@evil> <ok@evil.example>\r\n"
           "Subject: =?utf-8?b?cGVycGFuamFuZ2FuIFRURQ0KQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
           % name).encode("latin-1") + ("perpanjangan TTE\n" + body).replace("\n", "\r\n").encode() + (
        b"\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''a%0D%0ABcc%3A%20x%40evil.example%0D%0A%0D%0A.txt\r\n\r\nisi\r\n--b--\r\n")
    n = len(lab.inbox("satu"))
    lab.send_bytes(raw.replace(b"\x00", b""), "evil@natunakab.go.id")
    notice = lab.wait_mail("satu", skip=n, check=lambda m: "SITANTE-" in m["Subject"] and "evil@" in lab.text_of(m), what="notice")
    settle(lab)
    assert not lab.inbox("korban") and not lab.inbox("x")
    for mail in [notice] + lab.inbox("evil"):
        for field in ("From", "To", "Subject", "Message-ID", "Date"):
            assert len(mail.get_all(field)) == 1, field
        assert mail["Bcc"] is None and mail["To"].addresses[0].domain == "natunakab.go.id"
    html = lab.html_of(notice)
    assert "<script" not in html and "&lt;script&gt;" in html and "{{number}} %s%n ${x} $(id)" in lab.text_of(notice)
    files = [p.get_filename() for p in notice.iter_attachments()]
    assert files == ["a Bcc_ x@evil.example .txt"], files


def test_M22_over_a_cap_it_is_held_and_the_operator_lets_it_go(lab):
    """Two acknowledgements an hour to a stranger; the third waits in the outbox."""
    for i in range(3):
        lab.send("banyak@gmail.example", "perpanjangan TTE %d" % i, "Nama: Orang %d\nNIK: 21030101019002%02d" % (i, i), trust="outside")
    settle(lab)
    held = [o for o in lab.ctl_json("outbox") if o["state"] == "held"]
    assert len(held) == 1 and held[0]["to"] == "banyak@gmail.example" and held[0]["kind"] == "acknowledgement"
    assert lab.ctl_json("status")["queues"]["held"] == 1
    with open(lab.daemon_log) as f:
        assert "acknowledgement-held" in f.read()
    assert len(lab.inbox("banyak")) == 2
    assert lab.ctl("outbox", "retry", str(held[0]["id"])).returncode == 0
    wait_for("the held one", lambda: len(lab.inbox("banyak")) == 3)
    settle(lab)
    assert lab.ctl_json("outbox") == []


def test_M29_a_flood_is_held_and_released(lab):
    """The twenty-first ticket within an hour is held, unseen by staff, until the operator lets it go."""
    n = len(lab.ctl_json("tickets"))
    for i in range(22):
        lab.send("banjir@gmail.example", "perpanjangan TTE %d" % i, "Nama: Orang %d\nNIK: 21030101019003%02d" % (i, i), trust="outside")
    settle(lab)
    assert len(lab.ctl_json("tickets")) == n + 20
    held = [q for q in lab.ctl_json("quarantine") if q["state"] == "held"]
    assert len(held) == 2
    assert lab.ctl("quarantine", "release", str(held[0]["id"])).returncode == 0
    assert lab.ctl("outbox", "drop", "held").returncode == 0
    wait_for("its ticket", lambda: len(lab.ctl_json("tickets")) == n + 21)
    assert lab.ctl("quarantine", "release", str(held[1]["id"])).returncode == 0
    wait_for("the other's", lambda: len(lab.ctl_json("tickets")) == n + 22)
    settle(lab)
    assert lab.ctl_json("quarantine") == []


def operator_events(lab):
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)
    try:
        return db.execute("SELECT e.who, d.detail FROM event e JOIN event_detail d ON d.event_id = e.id WHERE e.what = 'operator' ORDER BY e.id").fetchall()
    finally:
        db.close()


def test_every_reading_is_in_the_audit_chain(lab):
    number, target, tar = state["number"], lab.path("bekas.pdf"), lab.path("tiket.tar")
    argv = [lab.program("sitantectl"), "-c", lab.config]
    env = dict(os.environ, SUDO_USER="operator1")
    before = len(operator_events(lab))
    listing = json.loads(subprocess.run(argv + ["--json", "attachment", number], capture_output=True, text=True, env=env).stdout)
    files = [(f["name"], f["dangerous"]) for f in listing]
    assert files[:3] == [("surat permohonan.pdf", False), ("rincian.pdf", True), ("daftar.xlsm", True)] and ("rahasia.txt", False) in files, files
    assert subprocess.run(argv + ["attachment", number, "1", target], env=env).returncode == 0
    with open(target, "rb") as f:
        assert f.read() == b"%PDF-1.4\n" + bytes(range(256))
    assert os.stat(target).st_mode & 0o777 == 0o600
    refused = subprocess.run(argv + ["attachment", number, "2", target + "x"], capture_output=True, text=True, env=env)
    assert refused.returncode == 1 and "original" in refused.stderr and not os.path.exists(target + "x")
    assert subprocess.run(argv + ["attachment", number, "1", target], capture_output=True, env=env).returncode == 1, "never over a file"
    assert subprocess.run(argv + ["export", number, tar], env=env).returncode == 0
    with tarfile.open(tar) as t:
        names = t.getnames()
        whole = json.load(io.TextIOWrapper(t.extractfile(names[0]), encoding="utf-8"))
        mail = t.extractfile(names[1]).read()
    assert whole["number"] == number and whole["applicants"][0]["nik"] == NIK
    assert b"Subject: perpanjangan TTE" in mail and len(names) >= 3, names
    subprocess.run(argv + ["show", number], capture_output=True, env=env)
    events = operator_events(lab)[before:]
    assert [d for _, d in events] == ["attachments of %s" % number, "attachment 1 of %s" % number, "attachment 2 of %s" % number,
                                      "attachment 1 of %s" % number, "export %s" % number, "show %s" % number], events
    for who, _ in events:
        assert re.match(r"operator (operator1 as root|[a-z][a-z0-9_.-]*( as root)?)$", who), who
    assert lab.ctl("verify").returncode == 0
    assert lab.ctl("export", "2026-9999", tar + "x").returncode == 1 and lab.ctl("attachment", number, "99").returncode == 1


def test_modes_of_the_store(lab):
    for folder, folders, files in os.walk(lab.path("var")):
        assert os.stat(folder).st_mode & 0o777 == 0o700, folder
        for name in files:
            mode = os.lstat(os.path.join(folder, name)).st_mode
            assert mode & 0o077 == 0, (name, oct(mode))


def test_looser_password_files_are_refused(lab):
    for mode in (0o640, 0o604, 0o644, 0o660, 0o666):
        os.chmod(lab.path("etc/imap-password"), mode)
        r = lab.ctl("check")
        assert r.returncode == 2 and "imap-password" in r.stderr and "chmod 600" in r.stderr, r.stderr
        assert PASSWORD not in r.stdout + r.stderr
    os.chmod(lab.path("etc/imap-password"), 0o600)


def processes(lab):
    """The daemon and its children."""
    found = [lab.daemon.pid]
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%d/stat" % int(name)) as f:
                if int(f.read().rsplit(")", 1)[1].split()[1]) in found:
                    found.append(int(name))
        except (ValueError, OSError):
            pass
    return found


def test_canaries_in_running_processes(lab):
    """Environment and command lines hold no secret; memory cannot be dumped."""
    pids = processes(lab)
    assert len(pids) >= 3
    for pid in pids:
        for name in ("environ", "cmdline", "status"):
            with open("/proc/%d/%s" % (pid, name), "rb") as f:
                text = f.read()
            for secret in CANARIES:
                assert secret.encode() not in text, (pid, name)
        with open("/proc/%d/limits" % pid) as f:
            assert re.search(r"Max core file size\s+0\s", f.read()), "core files are off"


def test_canaries_in_logs_and_listings(lab):
    token = state["notice"]["Message-ID"].strip("<>")
    with open(lab.daemon_log) as f:
        log = f.read()
    said = log + "".join(lab.ctl(*words).stdout for words in (("tickets",), ("--json", "tickets"), ("status",), ("--json", "status"), ("outbox",),
                         ("--json", "outbox"), ("quarantine",), ("--json", "quarantine"), ("verify",), ("check",)))
    for secret in CANARIES + (token, state["notice_dua"]["Message-ID"].strip("<>")):
        assert secret not in said, secret
    for line in log.splitlines():
        assert line.isprintable() and len(line) < 700, line
    assert "Kenari" not in log, "names are no business of the log"


def test_canaries_in_other_peoples_mail(lab):
    team = ("satu", "dua", "kepala", "sitante", "kenari")
    for user in os.listdir(lab.path("mail")):
        if user in team:
            continue
        for m in lab.inbox(user):
            text = str(m) + lab.text_of(m) + lab.html_of(m)
            for secret in CANARIES + ("Kenari Percobaan", state["number"]):
                assert secret not in text, (user, secret)
    for m in lab.inbox("kenari"):
        text = str(m) + lab.text_of(m) + lab.html_of(m)
        for secret in (NIK, NIP, PASSPHRASE, PASSWORD):
            assert secret not in text, secret


def test_canaries_in_files(lab):
    """After the daemon's end: tokens and secrets in no database page, free ones too, and no temporary file left."""
    token = state["notice"]["Message-ID"].strip("<>").encode()
    assert lab.stop_daemon() == 0
    for name in os.listdir(lab.path("var")):
        path = lab.path("var", name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as f:
            data = f.read()
        for secret in (token, PASSPHRASE.encode(), PASSWORD.encode()):
            assert secret not in data, (name, secret)
    assert os.listdir(lab.path("tmp")) == [], "no temporary files"


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
