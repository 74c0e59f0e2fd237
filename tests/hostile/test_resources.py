"""What a house has too little of: memory for a huge mail (T62), time and descriptors in a flood (T61, T63), room on the disk
(T60).  Nothing is lost, nothing grows, and it goes on by itself.  SITANTE_WHOLE=1 floods with 100 000 mails."""
import os
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
if os.geteuid() == 0 and not os.environ.get("SITANTE_APART"):  # mounts of this test are seen by nobody else, and end with it
    os.environ["SITANTE_APART"] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, os.path.abspath(__file__), *sys.argv[1:]])
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import case  # noqa: E402
from case import wait_for  # noqa: E402

MAILS = 100000 if os.environ.get("SITANTE_WHOLE") else 600
MIB = 1024 * 1024
HEAD = "Received: from x by mail.natunakab.go.id with ESMTP; x\r\n"
state = {}


def figure(pid, name):
    """MiB, of /proc/PID/status."""
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith(name + ":"))


def reset_peak(pid):
    with open("/proc/%d/clear_refs" % pid, "w") as f:
        f.write("5")


def descriptors(lab):
    """Of the daemon and of the children that stay: by name."""
    names = ["sitante-mailbox", "sitante-reader"]
    return [len(os.listdir("/proc/%d/fd" % pid)) for pid in [lab.daemon.pid] + [lab.child(n) for n in names]]


def children(lab):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
            if int(rest.split()[1]) == lab.daemon.pid:
                found.append(name)
        except OSError:
            pass
    return sorted(found)


def files(lab):
    """Names in the store that are no mail, and of what lies in the folder for temporary files."""
    return sorted(os.listdir(lab.var)) + sorted(os.listdir(lab.dir))


def deliver(lab, raws):
    """As a server's delivery would, many at once."""
    base = lab.path("mail/sitante/Maildir")
    state["n"] = state.get("n", 0)
    for raw in raws:
        state["n"] += 1
        name = "%d.M%dP1.lab,S=%d" % (time.time(), state["n"], len(raw))
        with open(os.path.join(base, "tmp", name), "wb") as f:
            f.write(raw)
        os.chown(os.path.join(base, "tmp", name), 65534, 65534)
        os.rename(os.path.join(base, "tmp", name), os.path.join(base, "new", name))


def request(i, more=b""):
    return ("Return-Path: <o%d@d%d.example>\r\n%sFrom: o%d@d%d.example\r\nTo: sitante@natunakab.go.id\r\nMessage-ID: <banjir%d@d%d.example>\r\n"
            "Subject: perpanjangan TTE\r\n\r\nNama: Orang\r\nNIK: 2103010101%06d\r\nInstansi: Dinas Sosial\r\n"
            % (i, i % 997, HEAD, i, i % 997, i, i % 997, i)).encode() + more


def handled(lab):
    return lab.status_file().get("handled", 0)


def idle(lab):
    wait_for("idle", lambda: not os.listdir(lab.path("mail/sitante/Maildir/new")) and not lab.inbox("sitante"), 120)


def test_T62_a_huge_mail_is_never_whole_in_the_daemon(lab):
    lab.start_daemon()
    deliver(lab, [request(900001)])
    wait_for("the first ticket", lambda: len(lab.ctl_json("tickets")) == 1)
    idle(lab)
    pid = lab.daemon.pid
    before = figure(pid, "VmRSS")
    reset_peak(pid)
    line = b"x" * 76 + b"\r\n"
    deliver(lab, [request(900002, line * (48 * MIB // len(line))), request(900003, line * (200 * MIB // len(line))), request(900004)])
    wait_for("the one of 48 MiB and the one behind them", lambda: len(lab.ctl_json("tickets")) == 3, 180)
    grown = figure(pid, "VmHWM") - before
    print("# mails of 48 and 200 MiB: %.1f MiB at first, %.1f MiB more at most" % (before, grown))
    assert grown <= 8, grown
    big = lab.ctl_json("quarantine")
    assert [q["reason"] for q in big if q["state"] != "held"] and lab.daemon.pid == pid, big


def test_T61_T63_a_flood_leaves_everything_as_it_was(lab):
    idle(lab)
    pid, at_first, kin, names = lab.daemon.pid, descriptors(lab), children(lab), files(lab)
    begun, before = time.monotonic(), handled(lab)
    deliver(lab, (request(i) for i in range(MAILS // 10)))
    wait_for("the first tenth", lambda: handled(lab) - before >= MAILS // 10, 600)
    small = figure(pid, "VmRSS")
    deliver(lab, (request(i) for i in range(MAILS // 10, MAILS)))
    wait_for("all of them", lambda: handled(lab) - before >= MAILS, 3600 if MAILS > 10000 else 240)
    took = time.monotonic() - begun
    idle(lab)
    grown = figure(pid, "VmRSS") - small
    print("# %d mails: %.0f a second, %.1f MiB after a tenth, %.1f MiB more at the end" % (MAILS, MAILS / took, small, grown))
    assert lab.daemon.pid == pid and lab.daemon.poll() is None
    assert grown <= 4, grown
    wait_for("T63: as many descriptors as before", lambda: all(now <= then + 2 for now, then in zip(descriptors(lab), at_first)), 60)
    wait_for("T63: the same children", lambda: children(lab) == kin, 60)
    assert files(lab) == names, (files(lab), names)
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)
    tickets, mails = (db.execute("SELECT count(*) FROM %s" % table).fetchone()[0] for table in ("ticket", "ledger"))
    db.close()
    assert tickets >= MAILS and mails >= tickets, "T61: each opened its ticket: %d of %d mails" % (tickets, mails)
    assert lab.ctl("verify").returncode == 0


def log(lab):
    with open(lab.daemon_log) as f:
        return f.read()


def fill(lab, leave):
    """A file takes all of the small disk but so many bytes."""
    v = os.statvfs(lab.var)
    with open(os.path.join(lab.var, "ballast"), "ab") as f:
        os.posix_fallocate(f.fileno(), os.fstat(f.fileno()).st_size, max(v.f_bavail * v.f_frsize - leave, 1))


def senders(lab):
    return sorted(t["requester"]["address"] for t in lab.ctl_json("tickets"))


def test_T60_a_disk_that_is_nearly_full_stops_intake_alone(lab):
    lab.stop_daemon()
    shutil.rmtree(lab.var)
    os.mkdir(lab.var, 0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "none", lab.var], check=True)
    lab.start_daemon()
    lab.send("ani", "perpanjangan TTE", "Nama: Ani\nNIK: 2103010101900091\nInstansi: Dinas Sosial")
    lab.wait_mail("ani", what="acknowledgement")
    fill(lab, 2 * MIB)
    for i, user in enumerate(("bayu", "cici"), 2):
        lab.send(user, "perpanjangan TTE", "Nama: %s\nNIK: 210301010190009%d\nInstansi: Dinas Sosial" % (user, i))
    wait_for("intake stands", lambda: "intake-no-room" in log(lab))
    wait_for("it is told", lambda: lab.status_file().get("no_room"))
    number = lab.ctl_json("tickets")[0]["number"]
    n = len(lab.inbox("ani"))
    assert lab.ctl("reply", number, "Mohon kirim foto KTP.").returncode == 0
    assert "foto KTP" in lab.text_of(lab.wait_mail("ani", skip=n, what="operator's words"))
    assert "disk has room" in lab.ctl("status").stdout and lab.ctl("health").returncode == 1
    assert senders(lab) == ["ani@natunakab.go.id"] and len(lab.inbox("sitante")) == 2, "they wait on the server"
    os.unlink(os.path.join(lab.var, "ballast"))
    for user in ("bayu", "cici"):
        lab.wait_mail(user, what="acknowledgement")
    assert "intake-again" in log(lab)


def test_T60_a_full_disk_loses_nothing_and_heals(lab):
    pid = lab.daemon.pid
    fill(lab, 4 * MIB)
    lab.send("dedi", "perpanjangan TTE", "Nama: Dedi\nNIK: 2103010101900095\nInstansi: Dinas Sosial", attachments=[("scan.pdf", "application/pdf", os.urandom(6 * MIB))])
    wait_for("no room for it", lambda: log(lab).count("store-fault") or log(lab).count("intake-no-room") > 1 or log(lab).count("mailbox-trouble"))
    fd = os.open(os.path.join(lab.var, "ballast"), os.O_WRONLY | os.O_APPEND)
    try:
        while os.write(fd, b"\0" * 4096) == 4096:  # not a byte more
            pass
    except OSError:
        pass
    os.close(fd)
    assert lab.ctl("tickets").returncode == 0
    lab.send("eka", "perpanjangan TTE", "Nama: Eka\nNIK: 2103010101900096\nInstansi: Dinas Sosial")
    time.sleep(8)
    assert lab.daemon.poll() is None and lab.daemon.pid == pid
    os.unlink(os.path.join(lab.var, "ballast"))
    for user in ("dedi", "eka"):
        lab.wait_mail(user, what="acknowledgement", timeout=90)
    assert senders(lab) == ["%s@natunakab.go.id" % u for u in ("ani", "bayu", "cici", "dedi", "eka")]
    time.sleep(2)
    assert [len(lab.inbox(u)) for u in ("bayu", "cici", "dedi", "eka")] == [1] * 4, "nobody is answered twice"
    assert lab.ctl("verify").returncode == 0 and lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
