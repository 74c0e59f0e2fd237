"""Roads and servers that break at any moment: nothing is lost, and all arrives when they are back."""
import imaplib
import os
import random
import shutil
import signal
import sys
import time

import case
import invariants
from case import Lab, wait_for
from faults import Faults
from lab import PASSWORD
from road import Road, body_of

AWAY = 40  # rings of the bell at most: each is a next try of what the server does not give


class Roads(Lab):
    """A lab whose daemon goes to both servers over roads that the test can break."""

    def __enter__(self):
        super().__enter__()
        self.imap_road, self.smtp_road = Road(self.imap), Road(self.submission)
        self.write_config(imap_port=self.imap_road.port, imap_security="plaintext", imap_host="127.0.0.1", smtp_port=self.smtp_road.port, smtp_security="starttls",
                          caps="address_hour = 5; address_day = 5; home_address_hour = 1000; domain_hour = 1000; ticket_day = 20; hour = 1000;")
        self.faults = Faults(os.path.join(self.build, "tests", "fault", "libfaults.so"), self.path("faults"), self.path("nowhere"))
        self.run_daemon()
        time.sleep(1.1)  # INTERNALDATE has whole seconds
        return self

    def run_daemon(self):
        self.start_daemon(env=self.faults.env)

    def close(self):
        for road in ("imap_road", "smtp_road"):
            if hasattr(self, road):
                getattr(self, road).close()
        super().close()


number = [0]


def ask(lab):
    """A request of somebody new; the name of him."""
    number[0] += 1
    who = "jalan%03d" % number[0]
    lab.send(who, "perpanjangan TTE", "Nama: Jalan Nomor %d\nNIK: 21030101019%05d\nInstansi: Dinas Sosial\n" % (number[0], number[0]))
    return who


def uid_of(lab, sender):
    """UID that Dovecot gave to the mail of this sender in the daemon's inbox."""
    box = lab.imap_login("sitante")
    try:
        box.select("INBOX", readonly=True)
        found = box.uid("SEARCH", "FROM", sender)[1][0].split()
        return int(found[-1]) if found else None
    finally:
        box.logout()


def ledger(lab, uid):
    db = invariants.open_store(lab.path("var"))
    try:
        return db.execute("SELECT disposition, reason, moved FROM ledger WHERE uid = ? ORDER BY id DESC LIMIT 1", (uid,)).fetchone()
    finally:
        db.close()


def log(lab):
    with open(lab.daemon_log) as f:
        return f.read()


def answered(lab, *people, timeout=30):
    for who in people:
        lab.wait_mail(who, timeout=timeout, what="acknowledgement")
        assert len({m["Message-ID"] for m in lab.inbox(who)}) == 1, who


# --- what a server lists and does not give ----------------------------------------------------------


def test_not_given_at_first_is_asked_for_again(lab):
    hidden = []

    def once(answer):
        uid = body_of(answer)
        if uid is None or hidden:
            return "pass"
        hidden.append(uid)
        return "drop"
    lab.imap_road.keep_back = once
    who = ask(lab)
    answered(lab, who)
    lab.imap_road.keep_back = None
    assert len(hidden) == 1 and ledger(lab, hidden[0])[0] == "opened", (hidden, ledger(lab, hidden[0]))


def test_taken_away_before_it_was_fetched_is_gone(lab):
    gone = []

    def take_away(answer):
        uid = body_of(answer)
        if uid is None or gone:
            return "pass"
        gone.append(uid)
        box = imaplib.IMAP4("127.0.0.1", lab.imap)
        box.login("sitante", PASSWORD)
        box.select("INBOX")
        box.uid("STORE", str(uid), "+FLAGS", "\\Deleted")
        box.expunge()
        box.logout()
        return "drop"
    lab.imap_road.keep_back = take_away
    ask(lab)
    row = wait_for("the row", lambda: gone and ledger(lab, gone[0]))
    lab.imap_road.keep_back = None
    assert row[0] == "gone" and row[2] == 1, row
    who = ask(lab)
    answered(lab, who)


def test_never_given_holds_nobody_back_and_staff_are_told_once(lab):
    first = []

    def never(answer):
        uid = body_of(answer)
        if uid is None or (first and uid != first[0]):
            return "pass"
        first[:] = [uid]
        return "drop"
    lab.imap_road.keep_back = never
    bad = ask(lab)
    wait_for("its first fetch", lambda: first)
    answered(lab, *[ask(lab) for _ in range(3)])
    assert ledger(lab, first[0]) is None, "not given up yet"
    before = len(lab.inbox("satu"))
    for _ in range(AWAY):
        lab.ring()
        time.sleep(0.3)
        if ledger(lab, first[0]):
            break
    assert ledger(lab, first[0])[0] == "quarantined", ledger(lab, first[0])
    tries = log(lab).count("does not give it")
    assert tries >= 7, tries
    lab.wait_mail("satu", skip=before, check=lambda m: "tidak diberikan" in m["Subject"], what="about the mail that is not given")
    told = [m for m in lab.inbox("satu") if "tidak diberikan" in m["Subject"]]
    assert len(told) == 1, [m["Subject"] for m in told]
    wait_for("it in quarantine on the server", lambda: [m for m in lab.inbox("sitante", "SITANTE/Karantina") if bad in m["From"]])
    lab.imap_road.keep_back = None
    assert lab.inbox(bad) == []


def test_one_mail_that_ends_every_session_holds_nobody_back(lab):
    first = []

    def cut(answer):
        uid = body_of(answer)
        if uid is None or (first and uid != first[0]):
            return "pass"
        first[:] = [uid]
        return "cut"
    lab.imap_road.keep_back = cut
    os.kill(lab.child("sitante-mailbox"), signal.SIGSTOP)  # so that all of them come in one listing
    people = [ask(lab) for _ in range(6)]
    lab.wait_mail("sitante", check=lambda m: people[-1] in m["From"])
    os.kill(lab.child("sitante-mailbox"), signal.SIGCONT)
    answered(lab, *people[1:], timeout=60)
    assert lab.inbox(people[0]) == [] and ledger(lab, first[0]) is None
    lab.imap_road.keep_back = None
    lab.ring()
    answered(lab, people[0], timeout=60)


def file_of(lab, sender):
    """Where the mail of this sender lies in the daemon's inbox; Dovecot renames files."""
    for sub in ("new", "cur"):
        base = lab.path("mail/sitante/Maildir", sub)
        for name in os.listdir(base):
            with open(os.path.join(base, name)) as f:
                if "From: %s@" % sender in f.read():
                    return os.path.join(base, name)
    return None


def test_unreadable_on_the_server_holds_nobody_back(lab):
    """A file that Dovecot itself may not read: a real server's own trouble."""
    os.kill(lab.child("sitante-mailbox"), signal.SIGSTOP)
    people = [ask(lab) for _ in range(3)]
    uids = [wait_for("uid", lambda: uid_of(lab, who)) for who in people]
    os.chmod(file_of(lab, people[0]), 0)
    os.kill(lab.child("sitante-mailbox"), signal.SIGCONT)
    answered(lab, *people[1:], timeout=60)
    assert ledger(lab, uids[0]) is None
    os.chmod(file_of(lab, people[0]), 0o600)
    lab.ring()
    answered(lab, people[0], timeout=60)


# --- what a server refuses --------------------------------------------------------------------------


def tickets_of(lab, who):
    return [t for t in lab.ctl_json("tickets") if t["requester"]["address"] == lab.address(who)]


def archived(lab, *people):
    froms = " ".join(m["From"] for m in lab.inbox("sitante", "SITANTE/Diproses"))
    return all(who + "@" in froms for who in people)


def test_archive_that_is_full_or_closed_holds_no_mail_back(lab):
    folder = lab.path("mail/sitante/Maildir/.SITANTE.Diproses")
    wait_for("the archive", lambda: os.path.isdir(folder))
    people = [ask(lab)]
    answered(lab, *people)
    wait_for("the first in the archive", lambda: archived(lab, *people))
    for sub in ("new", "cur", "tmp"):
        os.chmod(os.path.join(folder, sub), 0o500)
    more = [ask(lab) for _ in range(3)]
    answered(lab, *more)
    wait_for("a refusal in the log", lambda: "move-refused" in log(lab))
    assert not archived(lab, more[0])
    for sub in ("new", "cur", "tmp"):
        os.chmod(os.path.join(folder, sub), 0o700)
    lab.ring()
    wait_for("all in the archive", lambda: archived(lab, *more))
    assert lab.inbox("sitante") == []


def test_new_uidvalidity_doubles_nothing(lab):
    """Handled mails lie in the inbox still, because the archive is closed; then all of them get other numbers."""
    folder = lab.path("mail/sitante/Maildir/.SITANTE.Diproses")
    for sub in ("new", "cur", "tmp"):
        os.chmod(os.path.join(folder, sub), 0o500)
    people = [ask(lab) for _ in range(4)]
    answered(lab, *people)
    told = len(lab.inbox("satu"))
    lab.end(lab.dovecot)
    for name in os.listdir(lab.path("mail/sitante/Maildir")):
        if name.startswith("dovecot"):
            os.unlink(lab.path("mail/sitante/Maildir", name))
    for sub in ("new", "cur", "tmp"):
        os.chmod(os.path.join(folder, sub), 0o700)
    lab.run_dovecot()
    late = ask(lab)
    answered(lab, late, timeout=60)
    wait_for("all in the archive", lambda: lab.inbox("sitante") == [], 90)
    for who in people:
        assert len(lab.inbox(who)) == 1 and len(tickets_of(lab, who)) == 1, who
    assert len(lab.inbox("satu")) == told + 1
    assert lab.ctl("verify").returncode == 0


def test_archive_and_quarantine_that_were_removed_are_made_again(lab):
    box = imaplib.IMAP4("127.0.0.1", lab.imap)
    box.login("sitante", PASSWORD)
    assert box.rename("SITANTE/Diproses", "SITANTE/Lama")[0] == "OK"
    box.delete("SITANTE/Karantina")
    box.logout()
    who = ask(lab)
    answered(lab, who)
    wait_for("the new archive", lambda: archived(lab, who))


# --- servers and roads that are away ------------------------------------------------------------------


def freeze(process, seconds):
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGCONT)


def swallow(road, seconds):
    road.swallows = True
    time.sleep(seconds)
    road.swallows = False
    road.cut()  # what a router does when it is back: it knows none of them


def slow(road, seconds):
    road.delay = 0.1
    time.sleep(seconds)
    road.delay = 0.0


def shut(road, seconds):
    road.closed = True
    road.cut()
    time.sleep(seconds)
    road.closed = False


def kill_server(lab, name):
    os.killpg(getattr(lab, name).pid, signal.SIGKILL)
    getattr(lab, name).wait()
    for path in ("dovecot-run/master.pid", "postfix/queue/pid/master.pid", "postfix/data/master.lock"):
        if name in path and os.path.exists(lab.path(path)):
            os.unlink(lab.path(path))
    shutil.rmtree(lab.path("dovecot-run"), ignore_errors=True) if name == "dovecot" else None
    getattr(lab, "run_" + name)()


def test_servers_and_roads_broken_at_random_moments(lab):
    """Killed, frozen, slowed, cut and swallowed, while mail comes in: all is answered once, soon after the last trouble."""
    chance = random.Random(20261128)
    troubles = {
        "imap frozen": lambda s: freeze(lab.dovecot, s), "smtp frozen": lambda s: freeze(lab.postfix, s),
        "imap killed": lambda s: kill_server(lab, "dovecot"), "smtp killed": lambda s: kill_server(lab, "postfix"),
        "imap swallowed": lambda s: swallow(lab.imap_road, s), "smtp swallowed": lambda s: swallow(lab.smtp_road, s),
        "imap cut": lambda s: shut(lab.imap_road, s), "smtp cut": lambda s: shut(lab.smtp_road, s),
        "imap slow": lambda s: slow(lab.imap_road, s), "smtp slow": lambda s: slow(lab.smtp_road, s),
    }
    people, worst = [], {}
    for name in chance.sample(sorted(troubles) * 2, 20 if os.environ.get("SITANTE_WHOLE") else 7):
        some = [ask(lab), ask(lab)]
        time.sleep(chance.random() * 0.3)
        troubles[name](0.3 + chance.random())
        over = time.monotonic()
        answered(lab, *some, timeout=90)
        worst[name] = max(worst.get(name, 0), time.monotonic() - over)
        people += some
    print("# seconds from the end of a trouble to the last answer: " + ", ".join("%s %.1f" % x for x in sorted(worst.items())), flush=True)
    for who in people:
        assert len(tickets_of(lab, who)) == 1, who
        assert len(lab.inbox(who)) <= 2, who
    wait_for("an empty outbox", lambda: not [m for m in lab.ctl_json("outbox") if m["state"] in ("queued", "sending")], 90)
    assert not [m for m in lab.ctl_json("outbox") if m["state"] == "failed"]
    assert invariants.order_kept(lab.var, lab.path("postfix.log")) == []
    assert lab.ctl("verify").returncode == 0


def test_half_open_connection_is_noticed(lab):
    """The road swallows everything and says nothing, for good: the next question finds it out within half a minute."""
    lab.imap_road.deaden()
    made = lab.imap_road.made
    who = ask(lab)
    time.sleep(2)
    assert lab.inbox(who) == [] and lab.imap_road.made == made
    lab.faults.later(16 * 60)
    lab.ring()
    answered(lab, who, timeout=60)
    assert lab.imap_road.made > made


def test_smtp_away_for_days(lab):
    """For four days all of it waits, and leaves in order; after five staff are told of what did not leave."""
    lab.end(lab.postfix)
    day = 24 * 3600

    def deliver(i):
        raw = ("Return-Path: <lama%d@gmail.example>\r\nFrom: lama%d@gmail.example\r\nTo: sitante@natunakab.go.id\r\nMessage-ID: <lama%d@gmail.example>\r\n"
               "Subject: perpanjangan TTE\r\n\r\nNama: Lama\r\nNIK: 21030101019008%02d\r\nInstansi: Dinas Sosial\r\n" % (i, i, i, i))
        lab.append(raw.encode())
    before = len(lab.inbox("satu"))
    base = 16 * 60
    for i in range(3):
        deliver(i)
        wait_for("a ticket", lambda: len([t for t in lab.ctl_json("tickets") if t["requester"]["address"] == "lama%d@gmail.example" % i]) == 1)
        lab.faults.later(base + (i + 1) * day)
        lab.ring()
        time.sleep(0.5)
    queued = [m for m in lab.ctl_json("outbox") if m["state"] == "queued"]
    assert len(queued) >= 9, queued
    lab.run_postfix()
    lab.faults.later(base + 4 * day)
    lab.ring()
    wait_for("an empty outbox", lambda: not [m for m in lab.ctl_json("outbox") if m["state"] in ("queued", "sending")], 90)
    for i in range(3):
        assert len(lab.inbox("lama%d" % i)) == 1
    assert invariants.order_kept(lab.var, lab.path("postfix.log")) == []
    # longer than five days
    lab.end(lab.postfix)
    deliver(7)
    wait_for("queued", lambda: [m for m in lab.ctl_json("outbox") if m["to"] == "lama7@gmail.example"])
    lab.faults.later(base + 10 * day)
    lab.ring()
    wait_for("given up", lambda: [m for m in lab.ctl_json("outbox") if m["to"] == "lama7@gmail.example" and m["state"] == "failed"])
    lab.run_postfix()
    lab.faults.later(base + 11 * day)
    lab.ring()
    lab.wait_mail("satu", skip=before, check=lambda m: "lama7" in lab.text_of(m) and "tidak" in m["Subject"].lower() + lab.text_of(m).lower(), what="about what never left")


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Roads))
