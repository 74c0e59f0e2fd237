"""One day of work that can be played again and again, disturbed in a new way each time: a real Dovecot
that runs on, a sink for outgoing mail, a store and a mailbox copied afresh for each run.

The day begins after a first one in which three people asked: staff answer with commands and with plain
words, an applicant answers, a notice bounces, a robot is away, two new requests come with an attachment.
"""
import collections
import email.header  # noqa: F401  used by invariants
import os
import shutil
import signal
import subprocess

import invariants
from faults import Faults
from lab import Lab, LabError, PASSWORD
from smtpsink import Sink

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 60
DATA = "Nama: %s\nNIK: 21030101019000%02d\nNIP: 1990010120150310%02d\nJabatan: Kepala Seksi\nInstansi: Dinas Kesehatan\nEmail: %s@natunakab.go.id\nNo. HP: 0812-3456-78%02d\n"
Run = collections.namedtuple("Run", "code log")


class Stage(Lab):
    """var and mailbox of the running play: self.var, self.user."""

    def start_postfix(self):
        self.sink = Sink()

    def close(self):
        if hasattr(self, "sink"):
            self.sink.close()
        super().close()

    def __enter__(self):
        super().__enter__()
        try:
            self.prepare()
        except BaseException:
            self.close()
            raise
        return self

    # --- the base ---------------------------------------------------------------------------

    def prepare(self):
        library = os.path.join(self.build, "tests", "fault", "libfaults.so")
        self.faults = Faults(library, self.path("faults"), self.path("plays"))
        self.plays = 0
        self.var, self.user = self.path("base"), "dasar"
        self.configure()
        subprocess.run(["install", "-d", "-o", "nobody", "-m", "700", self.box("dasar")], check=True)
        if self.play_once(None).code != 0:
            raise LabError("the first start failed")
        self.deliver(self.first_day())
        r = self.play_once(None)
        if r.code != 0:
            raise LabError("the first day failed: %s" % r.log[-2000:].decode(errors="replace"))
        self.first_sent = self.sink.taken()
        self.deliver(self.second_day())
        self.look_at("dasar")
        self.base_box = invariants.maildir(self.box("dasar") + "/Maildir")

    def box(self, user):
        return self.path("mail", user)

    def configure(self):
        self.write_config(imap_port=self.imap, imap_security="plaintext", smtp_port=self.sink.port, smtp_security="plaintext",
                          imap_host="127.0.0.1", smtp_host="127.0.0.1")
        with open(self.config) as f:
            text = f.read()
        text = text.replace('user = "sitante"; password_file = "imap-password"', 'user = "%s"; password_file = "imap-password"' % self.user)
        text = text.replace('user = "sitante"; password_file = "smtp-password"; ', "").replace("../var", self.var)
        # the base grows old while points are tried: nothing may fall due by that alone
        for step, time in (("receive", "10m"), ("examine", "1h"), ("report", "15m"), ("notify", "5m")):
            text = text.replace('%s = "%s"' % (step, time), '%s = "900h"' % step)
        text += "reminders = { digest = 0; };\n"
        self.config = self.write("etc/sitante.conf", text)

    def deliver(self, mails):
        """Into the new folder of the mailbox, in order, as a delivery would."""
        new = self.box(self.user) + "/Maildir/new"
        for i, m in enumerate(mails):
            raw = m if isinstance(m, bytes) else m.as_bytes()
            path = os.path.join(new, "17%08d.M%dP1.lab" % (len(os.listdir(new)), i))
            with open(path, "wb") as f:
                f.write(raw.replace(b"\r\n", b"\n"))
            shutil.chown(path, "nobody")

    def look_at(self, user):
        """Makes Dovecot give numbers to new mail, so that every copy has the same ones."""
        import imaplib
        box = imaplib.IMAP4("127.0.0.1", self.imap)
        box.login(user, PASSWORD)
        box.select("INBOX", readonly=True)
        box.logout()

    def mail(self, user, subject, text, **more):
        m = self.compose(user, subject, text, **more)
        domain = self.address(user).split("@")[1]
        head = "Return-Path: <%s>\r\nAuthentication-Results: mail.natunakab.go.id; dmarc=pass header.from=%s\r\n" % (self.address(user), domain)
        head += "Received: from klien.contoh (klien.contoh [192.0.2.7]) by mail.natunakab.go.id (Postfix) with ESMTPS id 4X; Mon, 5 Jan 2026 09:00:00 +0700\r\n"
        return head.encode() + m.as_bytes()

    def first_day(self):
        return [self.mail(u, "perpanjangan TTE", DATA % (u.title(), i, i, u, i), attachments=[("surat.pdf", "application/pdf", PDF)] if i == 1 else ())
                for i, u in enumerate(("budi", "ani", "citra"), 1)]

    def second_day(self):
        sent = self.sink.parsed()

        def notice(to, about):
            return next(m for a, m in sent if a == to + "@natunakab.go.id" and about in self.text_of(m))
        ack = next(m for a, m in sent if a == "citra@natunakab.go.id")
        again = lambda user, to, text: self.mail(user, "Re: " + to["Subject"], text, reply_to=to)  # noqa: E731
        bounce = ("Return-Path: <>\nFrom: MAILER-DAEMON@mail.natunakab.go.id\nTo: sitante@natunakab.go.id\nSubject: Undelivered\nMessage-ID: <b1@x.contoh>\n"
                  "Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
                  "maaf\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; citra@natunakab.go.id\n"
                  "Action: failed\nStatus: 4.2.2\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: %s\n\n--b--\n" % ack["Message-ID"])
        away = ("Return-Path: <robot@gmail.example>\nFrom: robot@gmail.example\nTo: sitante@natunakab.go.id\nSubject: cuti\nMessage-ID: <c1@gmail.example>\n"
                "Auto-Submitted: auto-replied\n\nsaya cuti\n")
        return [again("satu", notice("satu", "Budi"), "/terbit berlaku 12-02-2028\nSelamat bekerja."),
                again("dua", notice("dua", "Ani"), "Ibu, mohon kirimkan surat tugas.\n"),
                self.mail("dodi", "perpanjangan TTE", DATA % ("Dodi", 4, 4, "dodi", 4), attachments=[("scan.pdf", "application/pdf", PDF)]),
                bounce.encode(), away.encode(), again("citra", ack, "Terlampir surat saya."),
                again("satu", notice("satu", "Citra"), "/ambil\n/catat sudah dicek\n/tolak data tidak sesuai"),
                self.mail("eka", "perpanjangan TTE", DATA % ("Eka", 5, 5, "eka", 5))]

    # --- plays -------------------------------------------------------------------------------------

    def fresh(self):
        """A copy of store and mailbox of the evening before."""
        self.plays += 1
        if self.plays > 1:
            for path in (self.path("plays", "s%d" % (self.plays - 1)), self.box("r%d" % (self.plays - 1))):
                shutil.rmtree(path, ignore_errors=True)
        os.makedirs(self.path("plays"), exist_ok=True)
        self.user, self.var = "r%d" % self.plays, self.path("plays", "s%d" % self.plays)
        subprocess.run(["cp", "-a", self.path("base"), self.var], check=True)
        subprocess.run(["cp", "-a", self.box("dasar"), self.box(self.user)], check=True)
        self.sink.clear(self.first_sent)
        self.sink.reply = None
        self.configure()

    def play_once(self, env, wrap=(), timeout=60):
        """sitanted --once, alone in its process group: exit status, words."""
        p = subprocess.Popen([*wrap, self.program("sitanted"), "-c", self.config, "--once"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True, env=self.environment(env))
        try:
            log, _ = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            log, _ = p.communicate()
            return Run("hangs", log)
        return Run(p.returncode, log)

    def recover(self, tries=4):
        """Undisturbed runs until one is content: what a restart by systemd does.  Problems found.
        Mail that waits for its next try is told not to wait, as time would."""
        for _ in range(tries):
            r = self.play_once(None)
            waiting = invariants.waiting(self.var) if r.code == 0 else []
            if r.code == 0 and not waiting:
                return invariants.quiet(r.log)
            for row in waiting:
                self.ctl("outbox", "retry", str(row))
            if waiting:
                continue
            if r.code != 1:
                break
        return ["the next start does not get through: %s: %s" % (r.code, r.log[-1500:].decode(errors="replace"))]

    def state(self):
        return (invariants.dump(self.var), invariants.maildir(self.box(self.user) + "/Maildir"), invariants.sent_summary(self.sink.taken()))

    def reference(self):
        self.fresh()
        r = self.play_once(None)
        if r.code != 0:
            raise LabError("the undisturbed day failed: %s" % r.log[-3000:].decode(errors="replace"))
        self.expected = self.state()
        wrong = self.problems()
        if wrong or "queued" in str(self.expected[0]["outbox"]):
            raise LabError("the undisturbed day is not right: %s" % wrong)

    def problems(self, equal=True):
        """All invariants on the play as it lies there now, against the undisturbed day.  Not equal: where every
        reader died, mails are in quarantine, but none is lost."""
        store, box, sent = self.state()
        wrong = invariants.mail_kept(self.base_box, box)
        if equal:
            wrong += invariants.differences(self.expected[0], store)
            wrong += [] if box == self.expected[1] else ["folders differ: %s" % {k: len(v) for k, v in box.items()}]
            a, b = collections.Counter(self.expected[2]), collections.Counter(sent)
            wrong += ["never sent: %s" % (x,) for x in a - b] + ["sent too much: %s" % (x,) for x in b - a]
        else:
            wrong += ["no disposition: %s" % (row,) for row in store["ledger"] if row[1] != 1]
        wrong += invariants.store_whole(self.var) + invariants.sent_right(self.var, self.sink.taken())
        r = self.ctl("verify")
        return wrong + ([] if r.returncode == 0 else ["I6 audit chain: " + (r.stdout + r.stderr)[:200]])
