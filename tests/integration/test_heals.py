"""What breaks while the daemon works and heals again: the network for long, the disk, folders, quota, the store's lock.
The daemon is never started again; what came meanwhile is handled once, within a poll."""
import contextlib
import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import case
import invariants
from case import wait_for
from test_roads import Roads, answered, archived, ask, file_of, kill_server, log, tickets_of, uid_of

WHOLE = bool(os.environ.get("SITANTE_WHOLE"))
POLL = 5  # poll_seconds of the lab's configuration
SLACK = 10  # seconds: a busy machine, and the reading and sending itself
DISK_MIB = 24
CLONE_NEWNS = 0x20000
QUOTA = """mail_plugins = $mail_plugins quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:messages=%%{if;%%n;eq;sitante;%d;100000}
}
"""


def mount(*argv):
    subprocess.run(["mount", *argv], check=True)


class Small(Roads):
    """A lab whose store and temporary files lie on a small disk of their own, in a mount namespace that ends with the test."""

    def run_daemon(self):
        if not os.path.ismount(self.var):
            if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            mount("--make-rprivate", "/")
            os.makedirs(self.path("disk"))
            mount("-t", "tmpfs", "-o", "size=%dm" % DISK_MIB, "none", self.path("disk"))
            for name in ("var", "temporary"):
                os.makedirs(self.path("disk", name), mode=0o700)
            os.makedirs(self.var, mode=0o700, exist_ok=True)
            mount("--bind", self.path("disk/var"), self.var)
        super().run_daemon()
        self.pid = self.daemon.pid

    def environment(self, more=None):
        return dict(super().environment(more), TMPDIR=self.path("disk/temporary"))

    def close(self):
        super().close()
        for path in (self.var, self.path("disk")):
            if os.path.ismount(path):
                subprocess.run(["umount", path], check=False)
        subprocess.run(["rm", "-rf", self.dir], check=False)

    @contextlib.contextmanager
    def full(self, left):
        """Only so many bytes are free, and none in the store's own log."""
        db = sqlite3.connect(os.path.join(self.var, "sitante.db"), timeout=10)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        filler = self.path("disk/filler")
        try:
            with open(filler, "ab", buffering=0) as f:
                with contextlib.suppress(OSError):
                    while True:
                        f.write(bytes(4096))
                f.truncate(f.tell() - left)
            yield
        finally:
            os.unlink(filler)

    @contextlib.contextmanager
    def locked(self):
        db = sqlite3.connect(os.path.join(self.var, "sitante.db"), isolation_level=None, timeout=10)
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            db.close()


def same_daemon(lab):
    assert lab.daemon.poll() is None and lab.daemon.pid == lab.pid, "it works on"


def settled(lab, *people, since, within=POLL + SLACK):
    """All are answered once, and soon.  Seconds that it took."""
    answered(lab, *people, timeout=within)
    took = time.monotonic() - since
    for who in people:
        assert len(lab.inbox(who)) == 1 and len(tickets_of(lab, who)) == 1, who
    same_daemon(lab)
    return took


# --- the network ------------------------------------------------------------------------------------


def test_network_lost_for_long(lab):
    """Twenty seconds, or an hour: both roads refuse at first, then swallow; mail comes in, and answers wait to leave."""
    length = 3600 if WHOLE else 20
    people = [ask(lab)]
    answered(lab, *people)
    for road in (lab.imap_road, lab.smtp_road):
        road.closed = True
        road.cut()
    end = time.monotonic() + length
    half = time.monotonic() + length / 2
    lost = []
    while time.monotonic() < end:
        if time.monotonic() > half:
            for road in (lab.imap_road, lab.smtp_road):
                road.swallows, road.closed = True, False
        lost.append(ask(lab))
        time.sleep(min(length / 10, max(0, end - time.monotonic())))
    assert not any(lab.inbox(who) for who in lost)
    for road in (lab.imap_road, lab.smtp_road):
        road.swallows = False
        road.cut()
    took = settled(lab, *lost, since=time.monotonic())
    print("# network lost for %d s: %d mails answered %.1f s after" % (length, len(lost), took), flush=True)


# --- the disk ----------------------------------------------------------------------------------------


def test_disk_that_fills_and_heals(lab):
    """No room for the raw mail, for the commit, for one of several commits: nothing is taken by halves, and none twice."""
    worst, tried = 0, 0
    for left in (0, 16, 48, 96, 160, 240, 400) if WHOLE else (0, 48, 160):
        with lab.full(left * 1024):
            people = [ask(lab), ask(lab)]
            time.sleep(2)
            same_daemon(lab)
        worst = max(worst, settled(lab, *people, since=time.monotonic()))
        tried += len(people)
    assert "store-fault" in log(lab) or "intake-no-room" in log(lab)
    assert invariants.store_whole(lab.var) == [] and lab.ctl("verify").returncode == 0
    print("# full disk: %d mails, the last answer at most %.1f s after it had room again" % (tried, worst), flush=True)


def test_disk_that_fills_while_a_report_is_made(lab):
    for left in (0, 64, 160, 320) if WHOLE else (0, 160):
        who = ask(lab)
        answered(lab, who)
        number = tickets_of(lab, who)[0]["number"]
        notice = lab.wait_mail("satu", check=lambda m: number in m["Subject"], what="notice")
        with lab.full(left * 1024):
            lab.reply("satu", notice, "/terbit berlaku 12-02-2028")
            time.sleep(2)
        lab.wait_mail(who, check=lambda m: "terbit" in m["Subject"], what="notification", timeout=POLL + SLACK)
        lab.wait_mail("kepala", check=lambda m: number in m["Subject"] + lab.text_of(m), what="report", timeout=POLL + SLACK)
        wait_for("closed", lambda: lab.show(number)["state"] == "closed")
        same_daemon(lab)
        reports = [m for m in lab.inbox("kepala") if number in m["Subject"] + lab.text_of(m)]
        assert len(reports) == 1 and len(lab.inbox(who)) == 2, (len(reports), len(lab.inbox(who)))
    assert not [m for m in lab.ctl_json("outbox") if m["state"] == "failed"]


def test_store_locked_by_another_process(lab):
    """Longer than the daemon waits for it: intake stops with a word, and goes on by itself."""
    before = log(lab).count("store-fault")
    with lab.locked():
        who = ask(lab)
        wait_for("the fault in the log", lambda: log(lab).count("store-fault") > before)
        assert lab.inbox(who) == []
    print("# locked store: answered %.1f s after the lock was gone" % settled(lab, who, since=time.monotonic()), flush=True)


def test_store_fails_while_mail_is_being_sent(lab):
    """Locked, then full, while some mails are at the server and more wait for it: what the server took is remembered, so that
    no second copy goes out, and what waited leaves."""
    for name in ("locked", "full"):
        faults = log(lab).count("store-fault")
        lab.smtp_road.delay = 0.3  # a mail takes some seconds
        people = [ask(lab) for _ in range(8)]
        wait_for("mails at the server", lambda: len([m for m in lab.ctl_json("outbox") if m["state"] == "sending"]) > 8)
        with lab.locked() if name == "locked" else lab.full(0):
            wait_for("the fault in the log", lambda: log(lab).count("store-fault") > faults)
            time.sleep(2)
        since = time.monotonic()
        lab.smtp_road.delay = 0.0
        settled(lab, *people, since=since, within=40)
        wait_for("an empty outbox", lambda: lab.ctl_json("outbox") == [], 60)
        wait_for("Postfix's queue to be empty", lab.postfix_is_idle)
        for who in (*people, "satu", "dua"):
            ids = [m["Message-ID"] for m in lab.inbox(who)]
            assert len(ids) == len(set(ids)), "%s: a second copy to %s" % (name, who)
        print("# store %s while mail is sent: all sent once %.1f s after" % (name, time.monotonic() - since), flush=True)


# --- folders -----------------------------------------------------------------------------------------


def test_inbox_moved_away_under_it(lab):
    """Dovecot renames no INBOX, but a person with a shell does: the mails go along, new ones come into an empty one with another
    UIDVALIDITY, and what was put aside unread is answered when it is put back."""
    base = lab.path("mail/sitante/Maildir")
    os.kill(lab.child("sitante-mailbox"), signal.SIGSTOP)
    taken = ask(lab)
    wait_for("uid", lambda: uid_of(lab, taken))
    lab.end(lab.dovecot)
    os.makedirs(os.path.join(base, ".Lama"))
    for name in os.listdir(base):
        if name in ("cur", "new", "tmp") or name.startswith("dovecot"):
            os.rename(os.path.join(base, name), os.path.join(base, ".Lama", name))
    shutil.chown(os.path.join(base, ".Lama"), "nobody")
    lab.run_dovecot()
    os.kill(lab.child("sitante-mailbox"), signal.SIGCONT)
    later = ask(lab)
    settled(lab, later, since=time.monotonic(), within=60)
    assert lab.inbox(taken) == []
    box = lab.imap_login("sitante")
    box.select("Lama")
    assert box.copy("1", "INBOX")[0] == "OK"
    box.logout()
    settled(lab, taken, later, since=time.monotonic(), within=60)


def test_folder_removed_under_it(lab):
    """Not INBOX but one of its own: while it is gone the operator hears of it; when it is there again all goes on."""
    with open(lab.config) as f:
        text = f.read()
    lab.write("etc/sitante.conf", text.replace('folder = "INBOX"', 'folder = "Masuk"'))
    box = lab.imap_login("sitante")
    box.create("Masuk")
    lab.stop_daemon()
    lab.run_daemon()
    time.sleep(1.1)

    def put(i):
        who = "folder%d@gmail.example" % i
        lab.append(("Return-Path: <%s>\r\nAuthentication-Results: mail.natunakab.go.id; dmarc=pass header.from=gmail.example\r\n"
                    "Received: from x by mail.natunakab.go.id; Mon, 5 Jan 2026 09:00:00 +0700\r\nFrom: %s\r\nTo: sitante@natunakab.go.id\r\n"
                    "Message-ID: <%d@folder.example>\r\nSubject: perpanjangan TTE\r\n\r\nNama: Folder\r\nNIK: 21030101019770%02d\r\nInstansi: Dinas Sosial\r\n"
                    % (who, who, i, i)).encode(), folder="Masuk")
        return "folder%d" % i
    lab.wait_mail(put(1), what="acknowledgement")
    wait_for("it in the archive", lambda: archived(lab, "folder1"))
    assert box.delete("Masuk")[0] == "OK"
    wait_for("the trouble", lambda: not lab.status_file().get("connected"), 60)
    same_daemon(lab)
    box.create("Masuk")
    box.logout()
    who = put(2)
    lab.wait_mail(who, what="acknowledgement after the folder's return", timeout=60)
    assert len(lab.inbox("folder1")) == 1 and len(lab.inbox(who)) == 1
    same_daemon(lab)
    lab.stop_daemon()
    lab.write("etc/sitante.conf", text)
    lab.run_daemon()


# --- quota -------------------------------------------------------------------------------------------


def with_quota(lab, messages, more=""):
    """Dovecot's own quota of so many messages, for the daemon's mailbox alone."""
    lab.end(lab.dovecot)
    path = lab.path("dovecot.conf")
    if not hasattr(lab, "without_quota"):
        with open(path) as f:
            lab.without_quota = f.read()
    with open(path, "w") as f:
        f.write(lab.without_quota + (QUOTA % messages if messages else "") + more)
    lab.run_dovecot()


def test_over_quota(lab):
    """Mails are there and may not be moved away: answered all the same, and moved when there is room."""
    for name, more in (("MOVE", ""), ("COPY", "protocol imap {\n  imap_capability = IMAP4rev1 SASL-IR LITERAL+ ID ENABLE UIDPLUS NAMESPACE IDLE\n}\n")):
        os.kill(lab.child("sitante-mailbox"), signal.SIGSTOP)
        people = [ask(lab) for _ in range(3)]
        wait_for("all in the box", lambda: all(uid_of(lab, who) for who in people))
        with_quota(lab, 1, more)
        box = lab.imap_login("sitante")
        answer = box.append("INBOX", None, None, b"Subject: x\r\n\r\nx\r\n")
        box.logout()
        assert answer[0] == "NO" and b"OVERQUOTA" in answer[1][0], answer
        refused = log(lab).count("move-refused")
        os.kill(lab.child("sitante-mailbox"), signal.SIGCONT)
        settled(lab, *people, since=time.monotonic(), within=60)
        if name == "COPY":  # a MOVE within one quota needs no room, and Dovecot lets it
            wait_for("a refusal in the log", lambda: log(lab).count("move-refused") > refused)
            assert all(file_of(lab, who) for who in people), "they stay where they are"
        with_quota(lab, 0, more)
        wait_for("a session", lambda: lab.status_file().get("connected"), 60)
        lab.ring()
        wait_for("all in the archive", lambda: archived(lab, *people) and lab.inbox("sitante") == [], 90)
        late = ask(lab)
        settled(lab, *people, late, since=time.monotonic(), within=60)
    with_quota(lab, 0)


def test_full_box_of_a_recipient(lab):
    """A staff member's box over quota: the other is written to, the daemon is not stopped, and nobody is written to twice."""
    who = ask(lab)
    answered(lab, who)
    before = len(lab.inbox("dua"))
    with_quota(lab, 0, (QUOTA % 1).replace("sitante", "satu"))
    late = ask(lab)
    settled(lab, late, since=time.monotonic(), within=60)
    lab.wait_mail("dua", skip=before, what="notice to the other")
    with_quota(lab, 0)
    settled(lab, late, since=time.monotonic(), within=60)


# --- servers -----------------------------------------------------------------------------------------


def test_frozen_for_longer_than_a_poll(lab):
    """SIGSTOP of Dovecot and Postfix together, with mail on the way; both go on, or are killed frozen and started again."""
    for how in ("goes on", "killed"):
        people = [ask(lab)]
        answered(lab, *people)
        os.killpg(lab.dovecot.pid, signal.SIGSTOP)
        os.killpg(lab.postfix.pid, signal.SIGSTOP)
        time.sleep(120 if WHOLE else 2 * POLL)
        same_daemon(lab)
        if how == "killed":
            kill_server(lab, "dovecot")
            kill_server(lab, "postfix")
        for server in (lab.dovecot, lab.postfix):
            os.killpg(server.pid, signal.SIGCONT)
        since = time.monotonic()
        late = ask(lab)
        print("# both servers frozen, %s: answered after %.1f s" % (how, settled(lab, late, *people, since=since, within=60)), flush=True)


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Small))
