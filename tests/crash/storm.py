"""Kills at random while mail comes in, through a real Dovecot and a real Postfix:
    python3 storm.py BUILD [KILLS [MAILS [SEED]]]
Tells how many tickets there are, what is lost, what is there twice, and how fast the daemon is back."""
import collections
import email
import os
import random
import signal
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
if os.path.isdir("/dev/shm"):
    os.environ.setdefault("TMPDIR", "/dev/shm")
import invariants  # noqa: E402
from lab import Lab, LabError, wait_for  # noqa: E402
from manager import Manager  # noqa: E402

CAPS = "address_hour = 5; address_day = 5; home_address_hour = 100000; domain_hour = 100000; ticket_day = 20; hour = 100000;"
CHILDREN = ("sitante-mailbox", "sitante-reader")


class Sender(threading.Thread):
    """Sends as many mails as it is allowed at a time, so that some come all through the storm."""

    def __init__(self, lab, mails):
        super().__init__(daemon=True)
        self.lab, self.mails, self.allowed, self.sent, self.wrong = lab, mails, 0, 0, None

    def run(self):
        try:
            while self.sent < self.mails:
                if self.sent >= self.allowed:
                    time.sleep(0.02)
                    continue
                i = self.sent
                self.lab.send("badai%05d" % i, "perpanjangan TTE", "Nama: Badai Nomor %d\nNIK: 210301010190%04d\nInstansi: Dinas Sosial\n" % (i, i + 1))
                self.sent += 1
        except Exception as e:
            self.wrong = e


def start(lab, manager):
    manager.clear()
    began = time.monotonic()
    lab.start_daemon(wait=False, env=manager.env)
    return began


def strike(lab, manager, chance, ready):
    """One SIGKILL: mostly the daemon, now and then one of its children.  The daemon is started again at once."""
    time.sleep(min(chance.expovariate(1 / 0.25), 2) + 0.005)
    if chance.random() < 0.25:
        try:
            os.kill(lab.child(chance.choice(CHILDREN)), signal.SIGKILL)
            return
        except (LabError, ProcessLookupError):
            pass  # it has none just now: then itself
    os.kill(lab.daemon.pid, signal.SIGKILL)
    if lab.daemon.wait() != -signal.SIGKILL:
        raise LabError("the daemon had ended by itself: %d" % lab.daemon.returncode)
    began = start(lab, manager)
    if chance.random() < 0.2:
        wait_for("READY", lambda: manager.times("READY=1"), 20)
        ready.append(manager.times("READY=1")[0] - began)


def letters(folder):
    """{Message-ID: copies} of a Maildir's inbox, and the copies that differ."""
    seen, bodies, wrong = collections.Counter(), {}, 0
    for sub in ("new", "cur"):
        base = os.path.join(folder, "Maildir", sub)
        for name in os.listdir(base) if os.path.isdir(base) else []:
            with open(os.path.join(base, name), "rb") as f:
                m = email.message_from_binary_file(f)
            seen[m["Message-ID"]] += 1
            body = m.get_payload() if not m.is_multipart() else [p.get_payload() for p in m.get_payload()]
            wrong += bodies.setdefault(m["Message-ID"], body) != body
    return seen, wrong


def outbox_states(var):
    db = invariants.open_store(var)
    try:
        return dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
    finally:
        db.close()


def settled(lab, mails):
    try:
        db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)
        n, = db.execute("SELECT count(*) FROM ledger WHERE state = 1 AND moved = 1").fetchone()
        waits, = db.execute("SELECT count(*) FROM outbox WHERE finished = 0").fetchone()
        db.close()
        return n >= mails and waits == 0
    except sqlite3.Error:
        return False


def account(lab, mails):
    """What must hold in the end.  (figures, what is wrong)"""
    var = lab.path("var")
    db = invariants.open_store(var)
    tickets = collections.Counter(a for (a,) in db.execute("SELECT requester_address FROM ticket"))
    db.close()
    people = ["badai%05d" % i for i in range(mails)]
    figures = collections.OrderedDict(mails=mails, tickets=sum(tickets.values()), lost_tickets=0, doubled_tickets=sum(n - 1 for n in tickets.values()),
                                      lost_answers=0, second_copies=0, third_copies=0, altered_copies=0, lost_notices=0)
    for who in people:
        figures["lost_tickets"] += tickets[lab.address(who)] == 0
        seen, altered = letters(lab.path("mail", who))
        figures["lost_answers"] += len(seen) == 0
        figures["altered_copies"] += altered
        figures["doubled_answers"] = figures.get("doubled_answers", 0) + max(0, len(seen) - 1)
        figures["second_copies"] += sum(n == 2 for n in seen.values())
        figures["third_copies"] += sum(n > 2 for n in seen.values())
    for who in ("satu", "dua"):
        seen, altered = letters(lab.path("mail", who))
        figures["lost_notices"] += max(0, mails - len(seen))
        figures["altered_copies"] += altered
        figures["second_copies"] += sum(n == 2 for n in seen.values())
        figures["third_copies"] += sum(n > 2 for n in seen.values())
    figures.update(("outbox_" + k, v) for k, v in outbox_states(var).items())
    box = invariants.maildir(lab.path("mail", "sitante", "Maildir"))
    figures["left_in_inbox"] = len(box.get("", []))
    figures["archived"] = len(box.get(".SITANTE.Diproses", [])) or sum(len(v) for k, v in box.items() if "Diproses" in k)
    wrong = invariants.store_whole(var)
    wrong += [] if lab.ctl("verify").returncode == 0 else ["I6 audit chain"]
    wrong += ["%s: %d" % (k, figures[k]) for k in ("lost_tickets", "doubled_tickets", "lost_answers", "doubled_answers", "third_copies", "altered_copies",
                                                   "lost_notices", "left_in_inbox") if figures[k]]
    wrong += ["archived %d of %d" % (figures["archived"], mails)] if figures["archived"] != mails else []
    # uncertain: the daemon was killed twice while it sent that mail, and people were told
    wrong += ["outbox: %s %d" % (k, v) for k, v in outbox_states(var).items() if k not in ("sent", "uncertain")]
    order = invariants.order_kept(var, lab.path("postfix.log"))
    figures["out_of_order"] = len(order)
    wrong += order[:5]
    with open(lab.daemon_log, "rb") as f:
        wrong += invariants.quiet(f.read())
    return figures, wrong


def storm(lab, kills, mails, seed, tell=None):
    chance, ready = random.Random(seed), []
    lab.write_config(caps=CAPS)
    manager = Manager(lab.dir)
    start(lab, manager)
    wait_for("READY", lambda: manager.times("READY=1"), 30)
    time.sleep(1.1)  # INTERNALDATE has whole seconds: nothing may count as older than the first start
    sender = Sender(lab, mails)
    sender.start()
    began = time.monotonic()
    for k in range(1, kills + 1):
        sender.allowed = max(1, mails * k // kills)
        strike(lab, manager, chance, ready)
        if sender.wrong:
            raise sender.wrong
        if tell and k % 50 == 0:
            tell("%d kills, %d mails sent, %.0f s" % (k, sender.sent, time.monotonic() - began))
    ended = time.monotonic()
    wait_for("all mails sent", lambda: sender.sent == mails or sender.wrong, 600)
    if sender.wrong:
        raise sender.wrong
    wait_for("everything handled and sent", lambda: settled(lab, mails), 1200)
    figures_time = time.monotonic() - ended
    wait_for("Postfix's queue to be empty", lab.postfix_is_idle, 120)
    lab.stop_daemon()
    manager.close()
    figures, wrong = account(lab, mails)
    figures.update(kills=kills, storm_s=round(ended - began), settled_after_s=round(figures_time, 1), ready_max_s=round(max(ready), 3) if ready else None,
                   ready_median_s=round(sorted(ready)[len(ready) // 2], 3) if ready else None)
    return figures, wrong


def main(build, kills="500", mails="2000", seed="1"):
    with Lab(build) as lab:
        figures, wrong = storm(lab, int(kills), int(mails), int(seed), lambda line: print(line, flush=True))
    print("\n".join("%-18s %s" % x for x in figures.items()))
    print("\n".join("WRONG " + w for w in wrong) or "nothing lost, nothing doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
