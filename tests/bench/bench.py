"""The table of what the daemon costs and how fast it is, beside its peers in the same run, in turn.

usage: bench.py BUILD SERVERS [--mails N] [--runs N] [--tickets N] [--only NAME,...]

Needs root (tests/lib/lab.py).  Servers and mbsync come from SERVERS, as tests/bench/run.sh unpacks them.
Absolute figures are this machine's and this hour's: the ratios are what counts.
"""
import argparse
import datetime
import glob
import os
import platform
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "lib"), HERE]
import grown  # noqa: E402
import mails  # noqa: E402
import proxy  # noqa: E402
from lab import PASSWORD, Lab, free_port, wait_for  # noqa: E402

NOBODY = 65534
CAPS = "address_hour = 1000000; address_day = 1000000; home_address_hour = 1000000; domain_hour = 1000000; ticket_day = 1000000; hour = 1000000;"
TICK = os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, args):
        self.args = args
        self.rows = []

    def lab(self):
        return Lab(self.args.build, self.args.servers)

    def row(self, what, value, bar, reached, beside=""):
        self.rows.append((what, value, bar, reached, beside))
        print("| %s | %s | %s | %s | %s |" % (what, value, bar, "yes" if reached else "no", beside), flush=True)


def fill(lab, count, **more):
    home = lab.path("mail/sitante")
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    mails.fill(os.path.join(home, "Maildir"), count, NOBODY, **more)
    os.chown(home, NOBODY, NOBODY)
    box = lab.imap_login("sitante")  # the server's own index is made before the clock runs
    box.select("INBOX")
    box.fetch("1:*", "(UID RFC822.SIZE INTERNALDATE)")
    box.logout()


def configure(lab, smtp_port, imap_port=None, since='since = "2020-01-01";'):
    shutil.rmtree(lab.path("var"), ignore_errors=True)
    lab.write_config(since, smtp_host="127.0.0.1", smtp_port=smtp_port, smtp_security="plaintext", caps=CAPS,
                     imap_port=imap_port or lab.imaps)
    with open(lab.config) as f:
        text = f.read()
    with open(lab.config, "w") as f:
        f.write(re.sub(r'(smtp = \{[^}]*?)user = "sitante"; password_file = "smtp-password"; ca_file = "ca.pem"; ', r"\1", text))


def sink(lab):
    port = free_port()
    lab.start([lab.root("usr/sbin/smtp-sink"), "-u", "nobody", "127.0.0.1:%d" % port, "1000"], "sink.log",
              {"LD_LIBRARY_PATH": lab.root("usr/lib/postfix")})
    lab.wait_port(port, lab.children[-1])
    return port


def family(pid):
    """Process ids of a process and all that descend from it."""
    parent = {}
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(stat) as f:
                parent[int(stat.split("/")[2])] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = [pid]
    for p in found:
        found += [child for child, up in parent.items() if up == p]
    return found


def processor_ms(pid):
    total = 0
    for p in family(pid):
        with open("/proc/%d/stat" % p) as f:
            total += sum(int(x) for x in f.read().rsplit(")", 1)[1].split()[11:15])
    return total * 1000 / TICK


def pss_mib(pid):
    total = 0
    for p in family(pid):
        try:
            with open("/proc/%d/smaps_rollup" % p) as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


def wakeups(pid):
    total = 0
    for p in family(pid):
        with open("/proc/%d/status" % p) as f:
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", f.read(), re.M).group(1))
    return total


def ask(lab, sql):
    try:
        db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True, timeout=5)
        try:
            return db.execute(sql).fetchone()[0]
        finally:
            db.close()
    except sqlite3.OperationalError:
        return None


def backlog(lab, count, sending):
    """Seconds until all are tickets (and, where sending, until the last acknowledgement was accepted), processor ms a mail."""
    began = time.monotonic()
    lab.start_daemon(wait=False)

    def tickets():
        return ask(lab, "SELECT (SELECT coalesce(max(id), 0) FROM ledger) >= %d AND NOT EXISTS (SELECT 1 FROM ledger WHERE state = 0)" % count)

    def sent():
        return ask(lab, "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'acknowledgement' AND state <> 'sent')")
    wait_for("tickets", tickets, 3600)
    to_tickets = time.monotonic() - began
    to_sent = 0
    if sending:
        wait_for("acknowledgements", sent, 3600)
        to_sent = time.monotonic() - began
        wait_for("all mail", lambda: ask(lab, "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE finished = 0)"), 3600)
    cost = processor_ms(lab.daemon.pid) / count
    lab.stop_daemon(quiet=True)
    return to_tickets, to_sent, cost


def mbsync(lab, port, fsync):
    target = lab.path("mbsync")
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    rc = lab.write("mbsyncrc", """
FSync %s

IMAPAccount a
Host %s
Port %d
User sitante
Pass %s
SSLType IMAPS
CertificateFile %s

IMAPStore far
Account a

MaildirStore near
Path %s/
Inbox %s/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState *
""" % ("yes" if fsync else "no", lab.host, port, PASSWORD, lab.path("ca.pem"), target, target), 0o600)
    began = time.monotonic()
    subprocess.run([lab.root("usr/bin/mbsync"), "-c", rc, "c"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def median(values):
    return statistics.median(values)


def spread(values):
    return "%.0f (%.0f\u2013%.0f)" % (median(values), min(values), max(values))


def bench_backlog(b):
    n = b.args.mails
    ours, plain, durable, cost = [], [], [], []
    with b.lab() as lab:
        fill(lab, n)
        for _ in range(b.args.runs):
            durable.append(n / mbsync(lab, lab.imaps, True))
            plain.append(n / mbsync(lab, lab.imaps, False))
            fill(lab, n)  # the daemon moves what it handled
            configure(lab, free_port())  # nobody listens: acknowledgements are queued
            took, _, ms = backlog(lab, n, False)
            ours.append(n / took)
            cost.append(ms)
            fill(lab, n)
    ratio = median(ours) / median(durable)
    b.row("backlog to tickets, mails/s", spread(ours), "\u2265 0.5 \u00d7 mbsync with fsync", ratio >= 0.5,
          "%.2f \u00d7 mbsync with fsync (%s/s), %.2f \u00d7 without (%s/s)" % (ratio, spread(durable), median(ours) / median(plain), spread(plain)))


def bench_distance(b):
    n = max(b.args.mails // 10, 50)
    ours, theirs = [], []
    with b.lab() as lab, proxy.Proxy(lab.imaps, 0.010) as far:
        for _ in range(b.args.runs):
            fill(lab, n)
            theirs.append(n / mbsync(lab, far.port, True))
            configure(lab, free_port(), far.port)
            ours.append(n / backlog(lab, n, False)[0])
    ratio = median(ours) / median(theirs)
    b.row("the same at 20 ms round trip, mails/s", spread(ours), "\u2265 0.9 \u00d7 mbsync", ratio >= 0.9, "%.2f \u00d7 mbsync (%s/s)" % (ratio, spread(theirs)))


def bench_sending(b):
    n = b.args.mails
    ours, cost, theirs = [], [], []
    with b.lab() as lab:
        port = sink(lab)
        for _ in range(b.args.runs):
            began = time.monotonic()
            subprocess.run([lab.root("usr/sbin/smtp-source"), "-s", "4", "-m", str(n), "-l", "4096", "-f", "a@b.example", "-t", "c@d.example",
                            "127.0.0.1:%d" % port], check=True, env=dict(os.environ, LD_LIBRARY_PATH=lab.root("usr/lib/postfix")))
            theirs.append(n / (time.monotonic() - began))
            fill(lab, n)
            configure(lab, port)
            _, took, ms = backlog(lab, n, True)
            ours.append(n / took)
            cost.append(ms)
    b.row("backlog to acknowledgement accepted, mails/s", spread(ours), "\u2265 300", median(ours) >= 300,
          "smtp-source alone, 4 sessions: %s/s" % spread(theirs))
    b.row("processor time a mail, in and out (3 letters), ms", "%.2f" % median(cost), "\u2264 1.5", median(cost) <= 1.5)


def bench_latency(b):
    late = []
    with b.lab() as lab:
        port = sink(lab)
        configure(lab, port, since="")
        lab.start_daemon()
        wait_for("listing", lambda: lab.status_file().get("last_poll"), 30)
        for n in range(1, b.args.latencies + 1):
            late.append(one_latency(lab, n))
        lab.stop_daemon(quiet=True)
    b.row("a new mail to its acknowledgement, over a bare IDLE listener, ms", "median %.0f, worst %.0f of %d" % (median(late), max(late), len(late)),
          "median \u2264 20, worst \u2264 250", median(late) <= 20 and max(late) <= 250)


class Listener(threading.Thread):
    """Hears of a mail by IDLE, in a mailbox of its own: in the daemon's the mail may be gone again before a listener is told."""

    def __init__(self, lab, user):
        super().__init__()
        self.box = lab.imap_login(user)
        self.box.select("INBOX")
        self.box.send(b"x IDLE\r\n")
        self.box.readline()
        self.heard = None

    def run(self):
        while b"EXISTS" not in self.box.readline():
            pass
        self.heard = time.monotonic()
        self.box.shutdown()


def one_latency(lab, n):
    """Milliseconds from a mail's arrival to its acknowledgement, less those that a bare listener waits for its copy."""
    listener = Listener(lab, "warga")
    listener.start()
    raw = mails.mail(n, attached=0, mark="l")
    lab.append(raw, user="warga")
    copied = time.monotonic()
    lab.append(raw)
    arrived = time.monotonic()
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True, timeout=5)
    while db.execute("SELECT count(*) FROM outbox WHERE kind = 'acknowledgement' AND state = 'sent'").fetchone()[0] < n:
        if time.monotonic() - arrived > 30:
            raise SystemExit("no acknowledgement within 30 s")
        time.sleep(0.001)
    accepted = time.monotonic()
    db.close()
    listener.join()
    return ((accepted - arrived) - (listener.heard - copied)) * 1000


def bench_idle(b):
    with b.lab() as lab:
        configure(lab, sink(lab), since="")
        lab.start_daemon()
        time.sleep(5)
        pss, before = pss_mib(lab.daemon.pid), wakeups(lab.daemon.pid)
        time.sleep(b.args.idle)
        n = (wakeups(lab.daemon.pid) - before) * 60 / b.args.idle
        lab.stop_daemon(quiet=True)
    b.row("idle, all processes: PSS MiB", "%.1f" % pss, "\u2264 12", pss <= 12)
    b.row("idle: wake-ups a minute", "%.1f" % n, "\u2264 2", n <= 2)


def bench_large(b):
    top = 0
    with b.lab() as lab:
        fill(lab, 1, attached=36 * 1024 * 1024)
        configure(lab, sink(lab))
        lab.start_daemon(wait=False)
        end = time.monotonic() + 300
        while time.monotonic() < end and not ask(lab, "SELECT count(*) > 0 AND sum(finished = 0) = 0 FROM outbox"):
            top = max(top, pss_mib(lab.daemon.pid))
            time.sleep(0.01)
        lab.stop_daemon(quiet=True)
    b.row("a 50 MiB mail in and out to staff: PSS MiB", "%.0f" % top, "\u2264 40", top <= 40)


def bench_instructions(b):
    with b.lab() as lab:
        paths = []
        for n in range(1, 41):
            paths.append(lab.path("%d.eml" % n))
            with open(paths[-1], "wb") as f:
                f.write(mails.mail(n))
        program = os.path.join(b.args.build, "tests", "bench", "bench_reading")

        def count(times):
            r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, str(times), *paths], capture_output=True,
                               text=True, check=True)
            return int(re.search(r"Collected : (\d+)", r.stderr).group(1))
        each = (count(3) - count(1)) / (2 * len(paths))
    b.row("reading a mail, million instructions", "%.2f" % (each / 1e6), "a change over 5 % is explained in its commit", True)


def bench_grown(b):
    n, sizes = 60, (1000, b.args.tickets)
    cost, took, counted = [], [], []
    with b.lab() as lab:
        for size in sizes:
            fill(lab, n, attached=0)
            configure(lab, sink(lab))
            os.makedirs(lab.path("var"), 0o700)
            grown.fill_tickets(b, lab, size)
            if size == b.args.tickets:
                ready = grown.start_to_ready(lab)
                lab.stop_daemon(quiet=True)
                for verb, argv in grown.VERBS.items():
                    ms = grown.verb_ms(lab, argv)
                    b.row("`%s` with %d tickets, ms" % (verb, size), "%.0f" % ms, "\u2264 100", ms <= 100)
                fill(lab, n, attached=0)
            counted.append(grown.office_instructions(lab, n))
            fill(lab, n, attached=0, mark="again")
            _, seconds, ms = backlog(lab, 2 * n, True)
            took.append(seconds / n)
            cost.append(ms)
    b.row("start to READY with %d tickets, s" % b.args.tickets, "%.2f" % (ready / 1000), "\u2264 2", ready <= 2000)
    b.row("instructions of the office a mail, %d tickets to 1 000" % b.args.tickets, "%.2f \u00d7" % (counted[1] / counted[0]), "\u2264 1.1",
          counted[1] / counted[0] <= 1.1, "%.1f million" % (counted[1] / 1e6))
    b.row("time a mail, the same", "%.2f \u00d7" % (took[1] / took[0]), "\u2264 1.3", took[1] / took[0] <= 1.3)


def bench_peak(b):
    with b.lab() as lab:
        lab.write_config(caps=CAPS)
        os.makedirs(lab.path("var"), 0o700)
        grown.fill_tickets(b, lab, b.args.tickets)
        lab.start_daemon()
        opened, told, known = grown.peak(lab, b.args.peak)
        lab.stop_daemon(quiet=True)
    complete = len(told) == opened == len(known)
    for what, times in (("request to acknowledgement", told), ("command to notification", known)):
        b.row("peak of a country's year, %d tickets, %.0f mails/s in: %s, s" % (b.args.tickets, grown.PEAK_RENEWALS_S * grown.MAILS_EACH, what),
              "median %.1f, worst %.1f of %d" % (median(times or [0]), max(times or [0]), len(times)), "\u2264 5",
              complete and max(times) <= 5, "" if complete else "%d were asked for" % opened)


BENCHES = {"instructions": bench_instructions, "idle": bench_idle, "latency": bench_latency, "backlog": bench_backlog,
           "distance": bench_distance, "sending": bench_sending, "large": bench_large,
           "grown": bench_grown, "peak": bench_peak}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("servers")
    p.add_argument("--mails", type=int, default=5000)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--latencies", type=int, default=200)
    p.add_argument("--idle", type=int, default=180, help="seconds watched")
    p.add_argument("--tickets", type=int, default=1000000, help="in the store of the benches grown and peak")
    p.add_argument("--peak", type=int, default=120, help="seconds played")
    p.add_argument("--only", default="")
    args = p.parse_args()
    args.build = os.path.abspath(args.build)
    args.servers = os.path.abspath(args.servers)
    b = Bench(args)
    print("%s, %d processors, Linux %s, %d mails, %d runs in turn\n" % (datetime.date.today(), os.cpu_count(), platform.release(), args.mails, args.runs))
    print("| what | median (least\u2013most) | bar | reached | beside |\n| --- | --- | --- | --- | --- |", flush=True)
    for name, bench in BENCHES.items():
        if not args.only or name in args.only.split(","):
            bench(b)


if __name__ == "__main__":
    main()
