"""A large house: python3 large.py BUILD [MAILS_AT_FIRST_START [MAILS_IN_STORE]]
How long a first start before a full mailbox takes, and how soon a daemon with a full store is READY after any kill."""
import os
import random
import shutil
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
if os.path.isdir("/dev/shm"):
    os.environ.setdefault("TMPDIR", "/dev/shm")
from lab import Lab, wait_for  # noqa: E402
from manager import Manager  # noqa: E402

KILLS = 12
READY_S = 2.0


def fill_mailbox(lab, n):
    base = lab.path("mail/sitante/Maildir")
    for sub in ("new", "cur", "tmp"):
        os.makedirs(os.path.join(base, sub))
    text = "From: lama%d@gmail.example\nTo: sitante@natunakab.go.id\nSubject: lama\nMessage-ID: <lama%d@gmail.example>\n\nlama\n"
    for i in range(n):
        raw = text % (i, i)
        path = os.path.join(base, "cur", "16%08d.M%dP1.lab,S=%d,W=%d:2,S" % (i, i, len(raw), len(raw) + raw.count("\n")))
        with open(path, "w") as f:
            f.write(raw)
        os.utime(path, (1600000000 + i, 1600000000 + i))
    for folder, _, names in os.walk(lab.path("mail/sitante")):
        for name in [folder] + [os.path.join(folder, x) for x in names]:
            shutil.chown(name, "nobody")


def peak_mib(pid):
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM"))


def first_start(lab, manager, n):
    fill_mailbox(lab, n)
    began = time.monotonic()
    lab.start_daemon(wait=False, env=manager.env)
    wait_for("READY", lambda: manager.times("READY=1"), 30)
    ready = manager.times("READY=1")[0] - began
    wait_for("the whole listing", lambda: lab.status_file().get("last_poll"), 300)
    print("first start before %d mails: READY %.2f s, listed and left alone after %.1f s, peak %.0f MiB in the office, %.0f MiB in the mailbox process" % (
        n, ready, time.monotonic() - began, peak_mib(lab.daemon.pid), peak_mib(lab.child("sitante-mailbox"))), flush=True)
    time.sleep(1.1)
    began = time.monotonic()
    lab.send("baru", "perpanjangan TTE", "Nama: Baru\nNIK: 2103010101900001\nInstansi: Dinas Sosial\n")
    lab.wait_mail("baru", timeout=60)
    print("the next mail is answered after %.1f s; to the old ones nothing went" % (time.monotonic() - began), flush=True)
    return ready


def fill_store(lab, n):
    """Rows of handled mails and finished outgoing ones, as many years leave them; the first real one is the pattern."""
    db = sqlite3.connect(lab.path("var/sitante.db"))
    for table, change in (("ledger", {"uid": "k + 10000000", "has_raw": "0", "moved": "1"}), ("outbox", {"message_hash": "randomblob(32)"}),
                          ("ticket", {"number": "'2020-' || k"}), ("message", {})):
        columns = [r[1] for r in db.execute("PRAGMA table_info(%s)" % table) if r[1] != "id"]
        where = " WHERE has_raw = 1" if table == "ledger" else ""
        db.execute("WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < %d) INSERT INTO %s (%s) SELECT %s FROM n, (SELECT * FROM %s%s LIMIT 1)" % (
            n, table, ", ".join(columns), ", ".join(change.get(c, c) for c in columns), table, where))
    db.commit()
    db.close()


def ready_after_kills(lab, manager, chance):
    times = []
    for i in range(KILLS):
        lab.send("bunuh%d" % i, "perpanjangan TTE", "Nama: Bunuh\nNIK: 21030101019%05d\nInstansi: Dinas Sosial\n" % (500 + i))
        time.sleep(chance.random())
        os.kill(lab.daemon.pid, signal.SIGKILL)
        lab.daemon.wait()
        manager.clear()
        began = time.monotonic()
        lab.start_daemon(wait=False, env=manager.env)
        wait_for("READY", lambda: manager.times("READY=1"), 60)
        times.append(manager.times("READY=1")[0] - began)
    return sorted(times)


def main(build, mailbox="50000", store="100000"):
    with Lab(build) as lab:
        manager = Manager(lab.dir)
        lab.write_config(caps="address_hour = 5; address_day = 5; home_address_hour = 1000; domain_hour = 1000; ticket_day = 20; hour = 1000;")
        slow = first_start(lab, manager, int(mailbox)) > READY_S
        lab.stop_daemon()
        fill_store(lab, int(store))
        lab.start_daemon(env=manager.env)
        times = ready_after_kills(lab, manager, random.Random(1))
        print("%d mails and as many tickets in the store, %d kills: READY after %.2f s (median), %.2f s (worst)" % (
            int(store), KILLS, times[len(times) // 2], times[-1]))
        manager.close()
        return 1 if slow or times[-1] > READY_S else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
