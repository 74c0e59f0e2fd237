"""Robots, bounces, an SMTP server that does what it is told to, and the alarm by another road."""
import os
import socket
import ssl
import stat
import sys
import threading
import time

import case
from case import wait_for

NIK = "21030101019%05d"


def ask(lab, user, n, **more):
    lab.send(user, "perpanjangan TTE", "Nama: %s\nNIK: %s\nInstansi: Dinas Sosial" % (user.capitalize(), NIK % n), **more)
    return lab.wait_mail(user, what="acknowledgement")


def ticket_of(lab, user):
    return [t for t in lab.ctl_json("tickets") if (t["requester"]["address"] or "").startswith(user + "@")][0]


def handled(lab):
    return lab.status_file().get("handled", 0)


def put(lab, raw, n=1):
    before = handled(lab)
    lab.append(raw if isinstance(raw, bytes) else raw.replace("\n", "\r\n").encode())
    wait_for("the mail is handled", lambda: handled(lab) >= before + n)


def dsn(mail, to, status="5.1.1", action="failed"):
    return ("Return-Path: <>\nFrom: MAILER-DAEMON@natunakab.go.id\nTo: sitante@natunakab.go.id\nSubject: Undelivered Mail Returned to Sender\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nx\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; %s\nAction: %s\nStatus: %s\n\n"
            "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: %s\n--b--\n" % (to, action, status, mail["Message-ID"]))


def test_M23_two_robots_stop(lab):
    """A help desk without any automatic header answers each of our mails with a new subject."""
    lab.start_daemon()
    time.sleep(1.1)
    lab.send("robot", "Mohon info", "Kami ingin perpanjangan TTE.\nNama: Robot\nNIK: %s\nInstansi: Robot" % (NIK % 1))
    answered = 0
    end = time.monotonic() + 8
    while time.monotonic() < end:
        got = lab.inbox("robot")
        for m in got[answered:]:
            lab.send("robot", "Ticket Received - %d - [#8%03d]" % (answered, answered), "Terima kasih, surat Anda kami terima.",
                     headers=[("In-Reply-To", m["Message-ID"])])
            answered += 1
        time.sleep(0.3)
    assert answered <= 2, "%d mails went to the other robot" % answered
    assert len([t for t in lab.ctl_json("tickets") if t["requester"]["address"] == "robot@natunakab.go.id"]) == 1


def test_M01_to_M16_nothing_goes_to_machines(lab):
    heads = ["Auto-Submitted: auto-replied", "Auto-Submitted:", "Precedence: bulk", "List-Id: <a.b>", "X-Auto-Response-Suppress: All", "X-Autoreply: yes",
             "X-Apple-Action: VACATION", "X-Loop: x", "X-MS-Exchange-Inbox-Rules-Loop: a@b", "List-Unsubscribe: <mailto:x@y>"]
    before = handled(lab)
    for i, head in enumerate(heads):
        lab.send("mesin%d" % i, "perpanjangan TTE", "Nama: Mesin\nNIK: %s\nInstansi: X" % (NIK % (100 + i)), headers=[tuple(head.split(":", 1))] if head[-1] != ":"
                 else [(head[:-1], "")])
    lab.send_bytes(lab.compose("kosong", "perpanjangan TTE", "Nama: K\nNIK: %s\nInstansi: X" % (NIK % 120)).as_bytes(), "", trust="outside")
    lab.send("no-reply", "perpanjangan TTE", "Nama: K\nNIK: %s\nInstansi: X" % (NIK % 121))
    lab.send("manusia", "perpanjangan TTE", "Nama: M\nNIK: %s\nInstansi: X" % (NIK % 122), headers=[("Auto-Submitted", "no")])
    wait_for("all are handled", lambda: handled(lab) >= before + len(heads) + 3)
    lab.wait_mail("manusia", what="acknowledgement: Auto-Submitted: no is a person")
    wait_for("sent", lambda: lab.ctl_json("outbox") == [])
    for i in range(len(heads)):
        assert lab.inbox("mesin%d" % i) == [], heads[i]
    assert lab.inbox("no-reply") == [] and lab.inbox("kosong") == []


def test_M06_backscatter_counts_only(lab):
    ask(lab, "budi", 200)
    n = len(lab.inbox("satu"))
    forged = dsn({"Message-ID": "<abcdefghijklmnopqrstuvwxyz234567@natunakab.go.id>"}, "budi@natunakab.go.id").replace("Subject: ", "Subject: [SITANTE-2026-0001] ")
    put(lab, forged)
    time.sleep(0.5)
    assert len(lab.inbox("satu")) == n


def test_M04_M07_a_dead_address_is_written_to_no_more_until_staff_mend_it(lab):
    user = "budi"
    number = ticket_of(lab, user)["number"]
    notice = lab.wait_mail("satu", lambda m: number in m["Subject"])
    lab.reply("satu", notice, "/terbit")
    told = lab.wait_mail(user, lambda m: "terbit" in lab.text_of(m).lower() and m["Message-ID"] != lab.inbox(user)[0]["Message-ID"], what="notification")
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    put(lab, dsn(told, "budi@natunakab.go.id", "4.4.1", "delayed"))
    assert lab.show(number)["state"] == "closed", "a delay is information"
    put(lab, dsn(told, "budi@natunakab.go.id"))
    shown = lab.show(number)
    assert shown["state"] == "renewed" and "notify-failed" in [e["what"] for e in shown["events"]], "step 4 is open again"
    assert "bounced" in [e["what"] for e in shown["events"]]
    warned = lab.wait_mail("satu", lambda m: "/isi EMAIL" in lab.text_of(m), what="that the address is dead")
    n = len(lab.inbox(user))
    lab.reply("satu", warned, "Mohon kirim KTP.")
    lab.wait_mail("satu", lambda m: "tidak mempunyai alamat email yang dapat" in " ".join(lab.text_of(m).split()), what="the refusal")
    assert len(lab.inbox(user)) == n
    lab.reply("satu", warned, "/isi EMAIL budi.baru@natunakab.go.id")
    lab.wait_mail("budi.baru", what="the notification at the new address")
    wait_for("closed again", lambda: lab.show(number)["state"] == "closed")


def test_M05_an_unstructured_bounce_of_a_staff_notice_is_told_to_the_other(lab):
    ask(lab, "cici", 300)
    number = ticket_of(lab, "cici")["number"]
    notice = lab.wait_mail("satu", lambda m: number in m["Subject"])
    n = len(lab.inbox("satu"))
    put(lab, "Return-Path: <>\nFrom: MAILER-DAEMON@natunakab.go.id\nTo: sitante@natunakab.go.id\nSubject: failure notice\n\nHi. This is the qmail-send program.\n"
        "I'm afraid I wasn't able to deliver your message.\n\n<satu@natunakab.go.id>:\nno mailbox here. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: %s\n" % notice["Message-ID"])
    lab.wait_mail("dua", lambda m: "satu@natunakab.go.id kembali" in " ".join(lab.text_of(m).split()), what="that a colleague's box is dead")
    assert len(lab.inbox("satu")) == n, "nothing about it goes to the dead box"


class Scripted:
    """An SMTP server that does to each mail what the recipient's name says, and notes what it took."""

    def __init__(self, lab):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(lab.path("server.pem"), lab.path("server.key"))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.took = []  # (recipient, bytes), whether we were told so or not
        self.tries = {}
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(c,), daemon=True).start()

    def talk(self, c):
        try:
            with self.context.wrap_socket(c, server_side=True) as t:
                f = t.makefile("rwb")
                self.session(f, t)
        except OSError:
            pass

    def session(self, f, t):
        def say(line):
            f.write(line + b"\r\n")
            f.flush()
        say(b"220 uji ESMTP")
        to = ""
        for line in f:
            word = line.strip().upper()
            if word.startswith(b"EHLO"):
                say(b"250-uji\r\n250-SIZE 100000\r\n250 AUTH PLAIN")
            elif word.startswith(b"AUTH"):
                if len(word.split()) == 2:
                    say(b"334 ")
                    f.readline()
                say(b"235 ok")
            elif word.startswith(b"RCPT"):
                to = line.split(b"<")[1].split(b">")[0].decode()
                self.tries[to] = self.tries.get(to, 0) + 1
                say(b"550 5.1.1 no such user" if to.startswith("tolak") else b"450 4.2.0 later" if to.startswith("nanti") and self.tries[to] == 1 else b"250 ok")
            elif word == b"DATA":
                if to.startswith("putus-dulu") and self.tries[to] == 1:
                    return
                say(b"354 go")
                body = b""
                for part in f:
                    if part == b".\r\n":
                        break
                    body += part
                if to.startswith("isi") or len(body) > 100000:
                    say(b"554 5.6.0 content refused" if to.startswith("isi") else b"552 5.3.4 larger than SIZE")
                    continue
                self.took.append((to, body))
                if to.startswith("ragu"):
                    return  # the reply to the final dot is lost
                if to.startswith("lambat"):
                    time.sleep(3)
                say(b"250 taken")
            elif word == b"QUIT":
                say(b"221 bye")
                return
            else:
                say(b"250 ok")


def test_outbox_states_that_a_real_server_does_not_show(lab):
    server = Scripted(lab)
    lab.stop_daemon()
    lab.write_config(smtp_port=server.port)
    lab.start_daemon()
    names = ["biasa", "tolak", "nanti", "putus-dulu", "isi", "ragu", "lambat"]
    for i, name in enumerate(names):
        lab.send_bytes(lab.compose(name, "perpanjangan TTE", "Nama: N\nNIK: %s\nInstansi: X" % (NIK % (400 + i))).as_bytes(), name + "@natunakab.go.id")

    def row(name):
        found = [m for m in lab.ctl_json("outbox") if m["to"].startswith(name)]
        return found[0] if found else None

    def copies(name):
        return [b for to, b in server.took if to.startswith(name)]
    wait_for("the rightful one is sent", lambda: copies("biasa"))
    assert wait_for("5xx to the recipient", lambda: row("tolak") and row("tolak")["state"] == "failed")
    assert wait_for("5xx to the content", lambda: row("isi") and row("isi")["state"] == "failed")
    later = wait_for("4xx", lambda: row("nanti") and row("nanti")["tries"] == 1 and row("nanti"))
    assert later["state"] == "queued" and later["last_code"] == 450, later
    cut = wait_for("dropped before the dot", lambda: copies("putus-dulu") or row("putus-dulu"))
    doubt = wait_for("the lost answer", lambda: row("ragu") and row("ragu")["state"] == "uncertain" and row("ragu"))
    wait_for("the slow one", lambda: copies("lambat") and not row("lambat"))
    assert lab.ctl("outbox", "retry", str(later["id"])).returncode == 0
    wait_for("sent after all", lambda: copies("nanti") and not row("nanti"))
    if not isinstance(cut, list) and row("putus-dulu"):
        lab.ctl("outbox", "retry", str(cut["id"]))
    wait_for("the cut one", lambda: len(copies("putus-dulu")) == 1 and not row("putus-dulu"))
    assert lab.ctl("outbox", "retry", str(doubt["id"])).returncode == 0
    wait_for("the second copy", lambda: len(copies("ragu")) == 2)
    ids = {[x for x in b.split(b"\r\n") if x.lower().startswith(b"message-id")][0] for b in copies("ragu")}
    assert len(ids) == 1, "a second copy has the same Message-ID"
    for name in ("biasa", "nanti", "lambat"):
        assert len(copies(name)) == 1, name
    failed = row("isi")
    assert lab.ctl("outbox", "drop", str(failed["id"])).returncode in (0, 1)
    told = [b for to, b in server.took if to == "satu@natunakab.go.id" and b"tidak terkirim" in b.lower()]
    assert told, "staff learn of what failed for good"
    lab.send("besar", "perpanjangan TTE", "Nama: Besar\nNIK: %s\nInstansi: X" % (NIK % 450), attachments=[("surat.pdf", "application/pdf", b"%PDF-1.4\n" + os.urandom(200000))])
    wait_for("the acknowledgement, which is small", lambda: copies("besar"))
    large = wait_for("both notices refused", lambda: (lambda found: len(found) == 2 and found)(
        [m for m in lab.ctl_json("outbox") if m["state"] == "failed" and m["last_code"] == 552]))
    assert {m["to"].split("@")[0] for m in large} == {"satu", "dua"}
    wait_for("each told that the other's did not arrive", lambda: len([b for to, b in server.took if to in ("satu@natunakab.go.id", "dua@natunakab.go.id")
                                                                      and b"kode 552" in b]) >= 2)
    lab.stop_daemon()
    lab.write_config()


def test_alarm_by_another_road(lab):
    out = lab.path("alarm.txt")
    script = lab.write("alarm.sh", "#!/bin/sh\nprintf '%%s|' \"$@\" >> %s\necho >> %s\n" % (out, out))
    os.chmod(script, stat.S_IRWXU)
    lab.write_config(extra='alarm = { command = ( "%s", "--penting" ); after = "1s"; every = "1h"; };' % script, smtp_port=1)
    lab.start_daemon()
    lab.send_bytes(lab.compose("alarm", "perpanjangan TTE", "Nama: A\nNIK: %s\nInstansi: X" % (NIK % 500)).as_bytes(), "alarm@natunakab.go.id")
    wait_for("the command ran", lambda: os.path.exists(out) and open(out).read(), timeout=60)
    time.sleep(1.5)
    lines = [x for x in open(out).read().splitlines() if "|smtp|" in x]
    assert len(lines) == 1 and lines[0].startswith("--penting|smtp|no mail leaves"), lines
    with open(lab.daemon_log) as f:
        assert "critical alarm smtp" in f.read()
    r = lab.ctl("health")
    assert r.returncode == 1 and "smtp" in r.stdout, r.stdout
    lab.stop_daemon()
    lab.write_config(extra='alarm = { command = ( "alarm.sh" ); };')
    assert lab.ctl("health").returncode == 2, "a command that a shell would look up is refused"
    lab.write_config()


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
