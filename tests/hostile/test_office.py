"""The whole daemon behind an IMAP server that lies: the same numbers for other mails, another UIDVALIDITY for the same mails,
mails that break readers.  Nothing is taken in twice, nothing is lost, and the daemon stays as it was."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import case  # noqa: E402
from case import wait_for  # noqa: E402
import imapd  # noqa: E402
import mails  # noqa: E402


def request(i):
    return ("Return-Path: <o%d@gmail.example>\r\nFrom: o%d@gmail.example\r\nTo: sitante@natunakab.go.id\r\nMessage-ID: <o%d@gmail.example>\r\nSubject: perpanjangan TTE\r\n\r\n"
            "Nama: Orang %d\r\nNIK: 21030101019000%02d\r\nInstansi: Dinas Sosial\r\n" % (i, i, i, i, i)).encode()


class Shelf(imapd.Server):
    """A server whose mails and their numbers the test changes."""

    def __init__(self, shelf):
        self.shelf = shelf  # uid: mail
        super().__init__(capability=b"IMAP4rev1 UIDPLUS MOVE")

    def numbers(self):
        return sorted(self.shelf)

    def fetch(self, peer, tag, words):
        asked = b" ".join(words).upper()
        for i, uid in enumerate(self.numbers(), 1):
            self.mail = self.shelf[uid]
            if b"BODY" not in asked:
                peer.send(b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE \"%s\")" % (i, uid, len(self.mail), time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime()).encode()))
            elif uid in [int(n) for w in words[3].split(b",") for n in range(int(w.split(b":")[0]), int(w.split(b":")[-1]) + 1)]:
                peer.raw(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (i, uid, len(self.mail), self.mail))
        peer.send(tag + b" OK done")

    def answer(self, peer, tag, command, words, odd):
        if command == "NOOP":
            peer.send(b"* %d EXISTS" % len(self.shelf))
            peer.send(tag + b" OK done")
        elif command == "UID MOVE":
            peer.send(tag + b" NO not today")  # so that everything stays to be seen again
        else:
            super().answer(peer, tag, command, words, odd)


def tickets(lab):
    return len(lab.ctl_json("tickets"))


def open_files(lab):
    return len(os.listdir("/proc/%d/fd" % lab.daemon.pid))


state = {}


def test_T55_same_numbers_other_mails(lab):
    server = state["server"] = Shelf({})
    lab.write_config(imap_host="127.0.0.1", imap_port=server.port, imap_security="plaintext", poll=1)
    lab.start_daemon()
    server.shelf.update({11: request(1), 12: request(2)})
    wait_for("two tickets", lambda: tickets(lab) == 2)
    server.shelf.update({11: request(3), 12: request(1)})  # what these numbers were is settled
    time.sleep(3)
    assert tickets(lab) == 2


def test_T54_another_uidvalidity(lab):
    server = state["server"]
    server.shelf.clear()
    server.shelf.update({1: request(1), 2: request(2), 3: request(4)})
    server.uidvalidity = 8
    os.kill(lab.child("sitante-mailbox"), 9)  # a new session sees the new numbers
    wait_for("the third ticket", lambda: tickets(lab) == 3)
    time.sleep(2)
    assert tickets(lab) == 3, "the first two are known by what is in them"


def test_T28_bombs_through_the_daemon(lab):
    server, files, pid = state["server"], open_files(lab), lab.daemon.pid
    names = [n for n in mails.BOMBS if not n.startswith("below_")]
    for i, name in enumerate(names):
        make, size = mails.BOMBS[name]
        server.shelf[100 + i] = make(size if size < 100 else size // 50)
    rows = mails.table()
    for i in range(0, len(rows), len(rows) // 60):
        server.shelf[1000 + i] = mails.row(rows[i])[1]
    server.shelf[200000] = request(5)
    wait_for("the mail behind all of them", lambda: [t for t in lab.ctl_json("tickets") if t["requester"]["address"] == "o5@gmail.example"], timeout=120)
    assert lab.daemon.poll() is None and lab.daemon.pid == pid
    reasons = {q["reason"][:4] for q in lab.ctl_json("quarantine")}
    assert reasons <= {"M18:", "M29:"}, "held by rule, by none for a reader's death: %s" % reasons
    assert lab.ctl("verify").returncode == 0
    wait_for("T63: as many open files as before", lambda: abs(open_files(lab) - files) <= 2)


def test_stops_cleanly(lab):
    assert lab.stop_daemon() == 0
    with open(lab.daemon_log) as f:
        assert all(line.rstrip("\n").isprintable() for line in f), "T34: control characters in the log"


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
