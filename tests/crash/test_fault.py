"""What the system refuses is never a wrong state, and the next start finds its way."""
import errno
import os
import signal
import sqlite3
import subprocess
import time

import sys
from part import Stage, part
import case  # noqa: E402
import faults  # noqa: E402
import invariants  # noqa: E402
import points  # noqa: E402

READER_POINTS = 450  # allocations of the reader's child, and a few of the zygote's last


def test_calls_of_ours_fail(stage):
    part(stage, "step_failures")


def test_system_calls_fail(stage):
    part(stage, "call_failures")


def test_no_reading_has_a_hole(stage):
    """Memory fails at some points of the zygote and at each of the reader's own: what is read is the same, or nothing is."""
    path = stage.write("mail.eml", stage.second_day()[2].decode())

    def inspect(at):
        stage.faults.order(classes=faults.MEMORY, action=faults.FAIL, at=at, error=errno.ENOMEM)
        return subprocess.run([stage.program("sitantectl"), "inspect", path], capture_output=True, timeout=60,
                              env=stage.environment(stage.faults.env))
    right = inspect(0)
    total = stage.faults.counts()[0]
    assert right.returncode == 0 and b"2103010101900004" in right.stdout and total > 500, (right, total)
    own = total - READER_POINTS
    for at in list(range(1, own, 20)) + list(range(own, total + 1)):
        r = inspect(at)
        assert r.returncode != 0 or r.stdout == right.stdout, "allocation %d of %d fails: %s" % (at, total, r.stdout.decode())


def in_namespace(stage, script):
    """sitanted --once in a mount namespace where the store lies on another file system."""
    return stage.play_once(None, wrap=["unshare", "-m", "sh", "-ec", script + '\nexec "$@"', "sh"])


def test_full_disk(stage):
    """A small file system, fuller each time: room for nothing, for the raw mails, for some commits."""
    for more in (16, 60, 120, 240, 480):
        stage.fresh()
        used = int(subprocess.run(["du", "-sk", stage.var], capture_output=True, text=True, check=True).stdout.split()[0])
        kilobytes = used + more
        # the store is copied into the small disk, the day is played there, and what came of it is copied back
        inner = ('mkdir -p "{t}"; mount -t tmpfs -o size={k}k none "{t}"; cp -a "{v}/." "{t}/"; mount --bind "{t}" "{v}";'
                 'set +e; "$@"; r=$?; umount "{v}"; rm -rf "{v}"/*; cp -a "{t}/." "{v}/"; exit $r').format(t=stage.path("small"), v=stage.var, k=kilobytes)
        r = stage.play_once(None, wrap=["unshare", "-m", "sh", "-c", inner, "sh"])
        assert r.code in (0, 1), (kilobytes, r.code, r.log[-500:])
        wrong = points.after(stage, r)
        assert not wrong, (kilobytes, wrong[:5])


def test_read_only_store(stage):
    stage.fresh()
    r = in_namespace(stage, 'mount --bind "%s" "%s"; mount -o remount,ro,bind "%s"' % (stage.var, stage.var, stage.var))
    assert r.code == 1 and b"Read-only" in r.log or b"readonly" in r.log, (r.code, r.log)
    wrong = points.after(stage, r)
    assert not wrong, wrong[:5]


def test_locked_store(stage):
    stage.fresh()
    db = sqlite3.connect(os.path.join(stage.var, "sitante.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    r = stage.play_once(None)
    db.close()
    assert r.code == 1 and b"locked" in r.log, (r.code, r.log)
    wrong = points.after(stage, r)
    assert not wrong, wrong[:5]


def test_second_daemon_is_refused(stage):
    stage.fresh()
    first = subprocess.Popen([stage.program("sitanted"), "-c", stage.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                             env=stage.environment())
    try:
        case.wait_for("the first one", lambda: os.path.exists(os.path.join(stage.var, "status.json")))
        r = stage.play_once(None)
        assert r.code == 1 and b"another sitanted works on this store" in r.log, (r.code, r.log)
        assert first.poll() is None, "the first one goes on"
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(30)
    wrong = points.after(stage, r)
    assert not wrong, wrong[:5]


def test_clock_jumps(stage):
    """An hour forth, a day back, while the daemon works: reminders may come of it, but all is handled and sent."""
    def left():
        store, box, sent = stage.state()
        late = [x for x in invariants.differences(stage.expected[0], store) if not x.startswith("tokens") and ( "missing" in x or "queued" in x or "sending" in x)]
        return late + [x for x in stage.expected[2] if x not in sent] + invariants.store_whole(stage.var)

    stage.fresh()
    stage.faults.order()
    p = subprocess.Popen([stage.program("sitanted"), "-c", stage.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                         env=stage.environment(stage.faults.env))
    try:
        for hours in (1, -24, 24, 0, -1, 0) * 3:
            stage.faults.clock(hours * 3600 * 1000)
            time.sleep(0.1)
        case.wait_for("all sent", lambda: not left(), 60)
    finally:
        p.send_signal(signal.SIGTERM)
        code = p.wait(30)
    assert code == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Stage))
