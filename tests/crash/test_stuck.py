"""What hangs is noticed and started again, and the day ends as an undisturbed one does.  The test is the service manager."""
import os
import signal
import subprocess
import sys
import time

from part import Stage
from stage import Run
import case  # noqa: E402
from case import wait_for  # noqa: E402
import faults  # noqa: E402
import invariants  # noqa: E402
from manager import Manager  # noqa: E402
import points  # noqa: E402

WATCHDOG = 1.0
QUARTER = 16 * 60  # seconds: a little more than the office's patience with its mailbox process


def launch(stage, manager, env=None):
    with open(stage.path("stuck.log"), "wb") as out:
        return subprocess.Popen([stage.program("sitanted"), "-c", stage.config], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                                env=stage.environment(dict(manager.env, **(env or {}))))


def said(stage):
    with open(stage.path("stuck.log"), "rb") as f:
        return f.read()


def hungry(manager):
    """The feeding has stopped for longer than a service manager waits."""
    fed = manager.last_feed()
    return fed is not None and time.monotonic() - fed > WATCHDOG


def end(p, sig):
    p.send_signal(sig)
    try:
        return p.wait(10)
    finally:
        try:
            os.killpg(p.pid, signal.SIGKILL)  # what systemd does with all that is left in the unit
        except ProcessLookupError:
            pass


def test_a_daemon_that_hangs_is_not_fed(stage):
    """At some of its writes, syncs, statements: it is ended as systemd would, and the next start finds its way."""
    if not hasattr(stage, "expected"):
        stage.reference()
    for classes, share in ((faults.WRITE, 0.3), (faults.SYNC, 0.5), (faults.SQLITE, 0.4), (faults.NAME, 0.6)):
        n = max(2, int(points.counted(stage, classes) * share))
        stage.fresh()
        stage.faults.order(classes=classes, action=faults.HANG, at=n)
        manager = Manager(stage.dir, WATCHDOG)
        p = launch(stage, manager, stage.faults.env)
        wait_for("the hang at %d of class %d" % (n, classes), lambda: stage.faults.counts()[1] > 0)
        wait_for("an end of the feeding", lambda: hungry(manager), 10)
        code = end(p, signal.SIGABRT)  # what systemd sends
        manager.close()
        assert code == -signal.SIGABRT, code
        wrong = points.after(stage, Run(0, said(stage)))
        assert not wrong, (classes, n, wrong[:5])


def test_a_daemon_that_works_or_waits_is_fed(stage):
    stage.fresh()
    manager = Manager(stage.dir, WATCHDOG)
    p = launch(stage, manager)
    end_at = time.monotonic() + 4 * WATCHDOG
    wait_for("READY", lambda: manager.times("READY=1"))
    while time.monotonic() < end_at:
        assert not hungry(manager)
        time.sleep(0.05)
    assert len(manager.times("WATCHDOG=1")) >= 4
    assert end(p, signal.SIGTERM) == 0
    assert manager.times("STOPPING=1")
    manager.close()


def child_of(stage, p, name):
    stage.daemon = p
    try:
        return stage.child(name)
    finally:
        stage.daemon = None


def test_a_mailbox_process_that_hangs_is_replaced(stage):
    """Stopped in its own code, with an order or without: noticed within two quarters of an hour, by both clocks."""
    stage.fresh()
    stage.faults.order()
    manager = Manager(stage.dir, WATCHDOG)
    p = launch(stage, manager, stage.faults.env)
    try:
        wait_for("the day's end", lambda: not [x for x in stage.expected[2] if x not in invariants.sent_summary(stage.sink.taken())], 30)
        pid = child_of(stage, p, "sitante-mailbox")
        os.kill(pid, signal.SIGSTOP)
        stage.deliver([stage.mail("fani", "perpanjangan TTE", "Nama: Fani\nNIK: 2103010101900077\nInstansi: Dinas Kesehatan\n")])
        for step in (1, 2):
            stage.faults.later(step * QUARTER)
            stage.ring()
            time.sleep(0.5)
        wait_for("the end of the one that hangs", lambda: not os.path.exists("/proc/%d" % pid))
        wait_for("the mail that came meanwhile", lambda: [m for to, m in stage.sink.parsed() if to.startswith("fani@")])
        assert b"mailbox-hangs" in said(stage)
        assert not hungry(manager), "the daemon itself was well"
        assert end(p, signal.SIGTERM) == 0
    finally:
        end(p, signal.SIGKILL)
        manager.close()


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Stage))
