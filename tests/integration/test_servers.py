"""Servers that lie, are away, refuse or come back."""
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading

import case
from case import wait_for


def log(lab):
    with open(lab.daemon_log) as f:
        return f.read()


def certificate(lab, name, *, days="30", subject="/CN=localhost", san="DNS:localhost", ca=True, begin=None, end=None):
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, cwd=lab.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
    lab.write(name + ".ext", "subjectAltName=%s\nextendedKeyUsage=serverAuth\n" % san)
    if not ca:
        openssl("x509", "-req", "-in", name + ".csr", "-signkey", name + ".key", "-days", days, "-extfile", name + ".ext", "-out", name + ".pem")
    elif begin:
        lab.write("index.txt", "")
        lab.write("serial", "10\n")
        lab.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key\n"
                  "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-config", "ca.cnf", "-in", name + ".csr", "-startdate", begin, "-enddate", end, "-extfile", name + ".ext", "-out", name + ".pem", "-notext")
    else:
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days, "-extfile", name + ".ext", "-out", name + ".pem")


class Liar:
    """A TLS server on loopback that notes every byte it is sent."""

    def __init__(self, lab, name, greeting=b"* OK hi\r\n"):
        self.heard = b""
        self.connections = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(lab.path(name + ".pem"), lab.path(name + ".key"))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.greeting = greeting
        self.context = context
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self.context.wrap_socket(c, server_side=True) as t:
                    t.settimeout(3)
                    t.sendall(self.greeting)
                    while True:
                        data = t.recv(4096)
                        if not data:
                            break
                        self.heard += data
            except OSError:
                pass

    def close(self):
        self.socket.close()


def test_T50_password_never_reaches_a_wrong_server(lab):
    rows = {
        "wronghost": dict(san="DNS:other.example"),
        "selfsigned": dict(ca=False),
        "expired": dict(begin="20240101000000Z", end="20240201000000Z"),
        "future": dict(begin="20990101000000Z", end="20990201000000Z"),
    }
    for name, how in rows.items():
        certificate(lab, name, **how)
        imap, smtp = Liar(lab, name), Liar(lab, name, b"220 hi ESMTP\r\n")
        lab.write_config(imap_port=imap.port, smtp_port=smtp.port)
        r = lab.ctl("check")
        assert r.returncode == 1, name
        lines = {line.split()[0]: line for line in r.stdout.splitlines()}
        assert "FAIL" in lines["imap"] and "certificate" in lines["imap"], (name, lines["imap"])
        assert "FAIL" in lines["smtp"], (name, lines["smtp"])
        assert imap.connections and smtp.connections
        assert imap.heard == b"" and smtp.heard == b"", "nothing was said to %s: %r %r" % (name, imap.heard, smtp.heard)
        imap.close()
        smtp.close()
    lab.write_config()


def test_T51_preauth_and_rubbish_greetings(lab):
    for greeting in (b"* PREAUTH welcome\r\n", b"* BYE go away\r\n", b"rubbish\r\n", b"* OK [BADCHARSET (\"x\")] hi\r\n"):
        liar = Liar(lab, "server", greeting)
        lab.write_config(imap_port=liar.port)
        r = lab.ctl("check")
        assert r.returncode == 1 and "imap" in r.stdout
        assert b"LOGIN" not in liar.heard, greeting
        liar.close()
    lab.write_config()


def test_wrong_password(lab):
    lab.write("etc/imap-password", "salah\n", 0o600)
    r = lab.ctl("check")
    assert r.returncode == 1 and "log-in" in r.stdout and "salah" not in r.stdout
    lab.write("etc/smtp-password", "salah\n", 0o600)
    assert "FAIL" in [x for x in lab.ctl("check").stdout.splitlines() if x.startswith("smtp")][0]
    lab.write_config()
    r = lab.ctl("check")
    assert r.returncode == 0, r.stdout


def test_once_without_servers(lab):
    lab.write_config(imap_port=1, smtp_port=1)
    r = lab.once()
    assert r.returncode == 1 and "mailbox-trouble" in r.stderr
    lab.write_config()


def test_once_does_all_and_ends(lab):
    lab.once()
    import time
    time.sleep(1.1)
    lab.send("sekali", "perpanjangan TTE", "Nama: Sekali\nNIK: 2103010101900011\nInstansi: Dinas Sosial")
    lab.wait_mail("sitante")
    r = lab.once()
    assert r.returncode == 0, r.stderr
    assert len(lab.inbox("sekali")) == 1 and lab.inbox("sitante") == []


def test_T51_starttls(lab):
    lab.write_config(imap_port=lab.imap, imap_security="starttls", smtp_port=lab.submission, smtp_security="starttls")
    r = lab.ctl("check")
    assert r.returncode == 0, r.stdout
    # a server that offers none: no fallback to clear text
    lab.write_config(imap_port=lab.imap, imap_security="starttls", smtp_port=lab.outside, smtp_security="starttls")
    r = lab.ctl("check")
    assert r.returncode == 1 and "FAIL" in [x for x in r.stdout.splitlines() if x.startswith("smtp")][0]
    # a server that offers no log-in although one is configured
    lab.write_config(smtp_port=lab.outside, smtp_security="plaintext")
    r = lab.ctl("check")
    assert r.returncode == 1 and "AUTH" in r.stdout, r.stdout
    lab.write_config()


def test_dovecot_restart(lab):
    lab.start_daemon()
    lab.end(lab.dovecot)
    wait_for("trouble", lambda: not lab.status_file().get("connected"))
    lab.run_dovecot()
    lab.send("kembali", "perpanjangan TTE", "Nama: Kembali\nNIK: 2103010101900012\nInstansi: Dinas Sosial")
    lab.wait_mail("kembali", timeout=60, what="acknowledgement after Dovecot's return")


def test_outbox_fills_while_smtp_is_away_and_empties_after(lab):
    lab.end(lab.postfix)
    for i in range(20):
        raw = ("Return-Path: <tunggu%d@gmail.example>\r\nFrom: tunggu%d@gmail.example\r\nTo: sitante@natunakab.go.id\r\nMessage-ID: <t%d@gmail.example>\r\n"
               "Subject: perpanjangan TTE\r\n\r\nNama: Tunggu\r\nNIK: 21030101019003%02d\r\nInstansi: Dinas Sosial\r\n" % (i, i, i, i))
        lab.append(raw.encode())
    wait_for("a full outbox", lambda: len(lab.ctl_json("outbox")) >= 60)  # an acknowledgement and two notices each
    assert wait_for("trouble is told", lambda: lab.status_file().get("smtp_trouble"))
    lab.run_postfix()
    wait_for("an empty outbox", lambda: lab.ctl_json("outbox") == [], timeout=90)
    for i in range(20):
        assert len(lab.inbox("tunggu%d" % i)) == 1, "once each"


def test_without_idle_and_move(lab):
    lab.stop_daemon()
    lab.end(lab.dovecot)
    with open(lab.path("dovecot.conf"), "a") as f:
        f.write("protocol imap {\n  imap_capability = IMAP4rev1 SASL-IR LITERAL+ ID ENABLE UIDPLUS NAMESPACE\n}\n")
    lab.run_dovecot()
    lab.write_config(poll=2)
    lab.start_daemon()
    lab.send("tanpa", "perpanjangan TTE", "Nama: Tanpa Idle\nNIK: 2103010101900041\nInstansi: Dinas Sosial")
    lab.wait_mail("tanpa", what="acknowledgement by polling")
    wait_for("the mail in the archive by COPY", lambda: not lab.inbox("sitante") and
             [m for m in lab.inbox("sitante", "SITANTE/Diproses") if "tanpa@" in m["From"]])


def test_refused_recipient(lab):
    lab.send_bytes(lab.compose("tidak.ada@gmail.example", "perpanjangan TTE", "Nama: Tidak Ada\nNIK: 2103010101900014\nInstansi: Dinas Sosial").as_bytes(),
                   "tidak.ada@gmail.example", trust="outside")
    failed = wait_for("failed mail in the outbox", lambda: [m for m in lab.ctl_json("outbox") if m["state"] == "failed"])
    assert failed[0]["last_code"] == 554 or failed[0]["last_code"] // 100 == 5, failed
    assert failed[0]["to"] == "tidak.ada@gmail.example"
    lab.send_bytes(lab.compose("penuh@gmail.example", "perpanjangan TTE", "Nama: Penuh\nNIK: 2103010101900015\nInstansi: Dinas Sosial").as_bytes(),
                   "penuh@gmail.example", trust="outside")
    later = wait_for("deferred mail", lambda: [m for m in lab.ctl_json("outbox") if m["state"] == "queued" and m["tries"] > 0])
    assert later[0]["last_code"] // 100 == 4 and later[0]["next_at"]
    assert lab.ctl("outbox", "drop", str(later[0]["id"])).returncode == 0


def test_a_report_refused_for_good_holds_no_ticket_for_ever(lab):
    lab.stop_daemon()
    lab.write_config(head="tidak.ada@natunakab.go.id")
    lab.start_daemon()
    lab.send("laporan", "perpanjangan TTE", "Nama: Laporan Hilang\nNIK: 2103010101900016\nInstansi: Dinas Sosial")
    lab.wait_mail("laporan", what="acknowledgement")
    number = next(t["number"] for t in lab.ctl_json("tickets") if t["requester"]["address"].startswith("laporan@"))
    notice = lab.wait_mail("satu", lambda m: number in m["Subject"], what="notice")
    lab.reply("satu", notice, "/terbit berlaku 12-02-2028")
    told = lab.wait_mail("satu", lambda m: number in m["Subject"] and "Laporan pembaharuan kepada" in lab.text_of(m), what="word of the refusal")
    lab.wait_mail("laporan", lambda m: "terbit" in m["Subject"], what="notification")
    report = next(m for m in lab.ctl_json("outbox") if m["kind"] == "report" and m["state"] == "failed")
    words = " ".join(lab.text_of(told).split())
    for way in ("outbox retry %d" % report["id"], "outbox drop %d" % report["id"], "tetap terbuka"):
        assert way in words, (way, words)
    assert lab.show(number)["state"] == "renewed"
    assert lab.ctl("outbox", "retry", str(report["id"])).returncode == 0
    wait_for("refused again", lambda: [m for m in lab.ctl_json("outbox") if m["id"] == report["id"] and m["state"] == "failed" and m["tries"] > report["tries"]])
    assert lab.show(number)["state"] == "renewed"
    assert lab.ctl("outbox", "drop", str(report["id"])).returncode == 0
    t = lab.show(number)
    assert t["state"] == "closed" and all(s["finished_at"] for s in t["steps"]), t["steps"]
    last = [e for e in t["events"] if e["what"] in ("mail-failed", "closed")][-2:]
    assert [e["detail"] for e in last] == ["report, dropped", None] and all(e["who"].startswith("operator ") for e in last), last
    again = lab.ctl("outbox", "drop", str(report["id"]))
    assert again.returncode == 1 and "dropped" in again.stderr, again.stderr
    assert "laporan yang tidak terkirim dilepas operator" in lab.ctl("explain", number).stdout
    assert lab.ctl("verify").returncode == 0


def test_what_the_operator_drops_is_an_event_of_the_ticket(lab):
    lab.stop_daemon()
    lab.write_config()
    lab.start_daemon()
    who = "penuh@natunakab.go.id"  # put off by the server again and again
    lab.send("penuh", "perpanjangan TTE", "Nama: Penuh Sekali\nNIK: 2103010101900017\nInstansi: Dinas Sosial")

    def queued(kind):
        rows = [m for m in lab.ctl_json("outbox") if m["to"] == who and m["kind"] == kind and m["state"] == "queued" and m["tries"] > 0]
        return rows and rows[0]["id"]
    ack = wait_for("a deferred acknowledgement", lambda: queued("acknowledgement"))
    number = next(t["number"] for t in lab.ctl_json("tickets") if t["requester"]["address"] == who)
    notice = lab.wait_mail("satu", lambda m: number in m["Subject"], what="notice")
    assert lab.ctl("outbox", "drop", str(ack)).returncode == 0
    lab.reply("satu", notice, "/terbit berlaku 12-02-2028")
    note = wait_for("a deferred notification", lambda: queued("notification"))
    assert lab.ctl("outbox", "drop", str(note)).returncode == 0
    t = lab.show(number)
    last = [(e["what"], e["detail"]) for e in t["events"] if e["who"].startswith("operator ")]
    assert last == [("mail-failed", "acknowledgement, dropped"), ("ack-withheld", "dropped by the operator"),
                    ("mail-failed", "notification, dropped"), ("notify-failed", "dropped by the operator")], last
    assert t["state"] == "renewed" and not t["steps"][3]["finished_at"], t["steps"]
    lab.reply("satu", notice, "/isi EMAIL longgar@natunakab.go.id")  # the way on that staff have
    lab.wait_mail("longgar", lambda m: "terbit" in m["Subject"], what="notification to another address")
    wait_for("the end", lambda: lab.show(number)["state"] == "closed")
    assert lab.ctl("verify").returncode == 0


def test_killed_daemon_loses_nothing(lab):
    for i in range(5):
        lab.send("kill%d" % i, "perpanjangan TTE", "Nama: Kill %d\nNIK: 21030101019002%02d\nInstansi: Dinas Sosial" % (i, i))
        os.kill(lab.daemon.pid, signal.SIGKILL)
        lab.daemon.wait()
        lab.start_daemon()
    for i in range(5):
        lab.wait_mail("kill%d" % i, what="acknowledgement")
    wait_for("sent", lambda: not [m for m in lab.ctl_json("outbox") if m["state"] in ("queued", "sending")])
    for i in range(5):
        assert len(lab.inbox("kill%d" % i)) <= 2
        assert len({m["Message-ID"] for m in lab.inbox("kill%d" % i)}) == 1, "a second copy has the same Message-ID"
    assert len([t for t in lab.ctl_json("tickets") if t["requester"]["address"].startswith("kill")]) == 5
    assert lab.ctl("verify").returncode == 0


def test_mailbox_process_may_die(lab):
    pid = lab.child("sitante-mailbox")
    os.kill(pid, signal.SIGKILL)
    lab.send("anak", "perpanjangan TTE", "Nama: Anak\nNIK: 2103010101900031\nInstansi: Dinas Sosial")
    lab.wait_mail("anak", timeout=30)
    pid = lab.child("sitante-reader")
    os.kill(pid, signal.SIGKILL)
    lab.send("anak2", "perpanjangan TTE", "Nama: Anak Dua\nNIK: 2103010101900032\nInstansi: Dinas Sosial")
    lab.wait_mail("anak2", timeout=30)


def test_backup_while_running(lab):
    copy = lab.path("copy.db")
    assert lab.ctl("backup", copy).returncode == 0
    assert lab.ctl("backup", copy).returncode == 1
    out = subprocess.run(["sqlite3", copy, "PRAGMA integrity_check; SELECT count(*) > 5 FROM ticket;"], capture_output=True, text=True).stdout.split()
    assert out == ["ok", "1"], out


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
