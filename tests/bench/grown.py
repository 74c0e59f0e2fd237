"""What a large store costs: start, lists, the next mail; and the busiest minutes of a whole country's year.

The store is filled by fill_tickets through the store's own functions; a year of 4 000 renewals each working day
leaves about a million tickets, so its peak is played on that store.
"""
import email
import email.policy
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import time

VERBS = {"tickets": ["tickets"], "status": ["status"], "show": ["show", "2025-0001"], "search": ["tickets", "--search", "jarum"]}
PEAK_RENEWALS_S = 0.5  # 4 000 a day of 8 hours, and 3.6 times that at the peak
MAILS_EACH = 8


def fill_tickets(b, lab, count):
    subprocess.run([os.path.join(b.args.build, "tests", "bench", "fill_tickets"), lab.path("var"), str(count)], check=True,
                   stderr=subprocess.DEVNULL)


def start_to_ready(lab):
    """Milliseconds until the daemon says READY=1, as systemd hears it."""
    path = lab.path("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(60)
        os.environ["NOTIFY_SOCKET"] = path
        began = time.monotonic()
        try:
            lab.start_daemon(wait=False)
            while b"READY=1" not in manager.recv(4096):
                pass
            return (time.monotonic() - began) * 1000
        finally:
            del os.environ["NOTIFY_SOCKET"]
            os.unlink(path)


def verb_ms(lab, argv):
    took = []
    for _ in range(5):
        began = time.monotonic()
        if lab.ctl(*argv).returncode != 0:
            raise SystemExit("sitantectl %s failed" % " ".join(argv))
        took.append((time.monotonic() - began) * 1000)
    return statistics.median(took)


def office_instructions(lab, count):
    """Instructions of the office process for a run over the mails that wait, start and end included."""
    r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", lab.program("sitanted"), "-c", lab.config, "--once"],
                       capture_output=True, text=True, timeout=3600, env=lab.environment())
    found = re.search(r"Collected : (\d+)", r.stderr)
    if not found:
        raise SystemExit("no instructions were counted: " + r.stderr[-500:])
    return int(found.group(1)) / count


def peak(lab, seconds):
    """Plays the peak; seconds from a request's arrival to its acknowledgement, and from the command to the notification."""
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True, timeout=10)
    first = db.execute("SELECT max(id) FROM ticket").fetchone()[0]
    box = lab.path("mail/satu/Maildir/new")
    answered, opened, n = set(), 0, 0
    began = time.monotonic()
    while True:
        now = time.monotonic() - began
        if now > seconds + 60 or (now > seconds and len(answered) == opened):
            break
        if now < seconds and n < now * PEAK_RENEWALS_S * MAILS_EACH:
            n += 1
            if n % MAILS_EACH == 1:
                opened += 1
                lab.send("warga%d" % opened, "perpanjangan TTE", "Nama : Warga Sibuk\nNIK : 210301%010d\nInstansi : Dinas Kesehatan\n"
                         "Jabatan : Analis\n" % (101900000 + opened))
            elif n % MAILS_EACH < 6:
                lab.send("warga%d" % opened, "perpanjangan TTE", "Menambahkan, mohon kabarnya ya. Terima kasih %d" % n)
            continue
        for name in os.listdir(box) if os.path.isdir(box) else ():
            with open(os.path.join(box, name), "rb") as f:
                m = email.message_from_binary_file(f, policy=email.policy.default)
            os.rename(os.path.join(box, name), os.path.join(lab.path("mail/satu/Maildir/cur"), name + ":2,S"))
            number = re.search(r"SITANTE-(\d+-\d+)", m["Subject"] or "")
            if number and number.group(1) not in answered and "/terbit" in lab.text_of(m):
                answered.add(number.group(1))
                lab.reply("satu", m, "/terbit berlaku 12-02-2028")
        time.sleep(0.05)

    def times(done, start):
        return [row[0] / 1000 for row in db.execute(
            "SELECT min(d.at) - l.internaldate FROM event d JOIN event s ON s.ticket_id = d.ticket_id AND s.what = ? AND s.ledger_id IS NOT NULL"
            " JOIN ledger l ON l.id = s.ledger_id WHERE d.what = ? AND d.ticket_id > ? GROUP BY d.ticket_id", (start, done, first))]
    end = time.monotonic() + 60
    while time.monotonic() < end and len(times("notified", "renewed")) < opened:
        time.sleep(0.5)
    told, known = times("acknowledged", "received"), times("notified", "renewed")
    db.close()
    return opened, told, known
