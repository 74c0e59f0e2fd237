"""Roads and servers that break at any moment: nothing is lost, and all arrives when they are back."""
import imaplib
import os
import signal
import sys
import time

import case
import invariants
from case import Lab, wait_for
from lab import PASSWORD
from road import Road, body_of

AWAY = 40  # rings of the bell at most: each is a next try of what the server does not give


class Roads(Lab):
    """A lab whose daemon goes to both servers over roads that the test can break."""

    def __enter__(self):
        super().__enter__()
        self.imap_road, self.smtp_road = Road(self.imap), Road(self.outside)
        self.write_config(imap_port=self.imap_road.port, imap_security="plaintext", imap_host="127.0.0.1",
                          caps="address_hour = 5; address_day = 5; home_address_hour = 1000; domain_hour = 1000; ticket_day = 20; hour = 1000;")
        self.start_daemon()
        time.sleep(1.1)
        return self

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


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Roads))
