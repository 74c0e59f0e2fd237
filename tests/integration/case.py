"""Runs the test_* functions of a module against a lab and tells TAP."""
import os
import signal
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from lab import Lab, LabError, today, wait_for  # noqa: E402,F401

PATIENCE = 7200 if os.environ.get("SITANTE_WHOLE") else 240  # seconds that one test may take


def hangs(_signal, _frame):
    raise TimeoutError("this test hangs")


def main(module, fresh_lab=False, lab=Lab):
    """module: its test_* functions in the order they were written.  One lab (of the class given) for all, or one each."""
    build = os.environ["SITANTE_BUILD"]
    tests = [(n, f) for n, f in vars(module).items() if n.startswith("test_") and callable(f)]
    print("1..%d" % len(tests), flush=True)
    barred = None
    if os.geteuid() != 0:
        barred = "Postfix's master runs as root only: run with sudo"
    elif not os.path.exists(os.path.join(os.environ.get("SITANTE_SERVERS", ""), "root", "complete")):
        barred = "no servers: run tests/deps.sh DIR and set SITANTE_SERVERS=DIR"
    if barred:
        for i, (name, _) in enumerate(tests, 1):
            print("ok %d - %s # SKIP %s" % (i, name, barred), flush=True)
        return 0
    failed = 0
    signal.signal(signal.SIGALRM, hangs)  # a test that hangs says where, long before meson ends it all

    def run(here, i, name, function):
        began = time.monotonic()
        signal.alarm(PATIENCE)
        try:
            function(here)
            print("ok %d - %s (%.1f s)" % (i, name, time.monotonic() - began), flush=True)
            return 0
        except Exception:
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print("not ok %d - %s" % (i, name), flush=True)
            return 1
        finally:
            signal.alarm(0)

    if fresh_lab:
        for i, (name, f) in enumerate(tests, 1):
            with lab(build) as here:
                if run(here, i, name, f):
                    failed += 1
                    dump(here)
    else:
        with lab(build) as here:
            for i, (name, f) in enumerate(tests, 1):
                if run(here, i, name, f):
                    failed += 1
                    dump(here)
    return 1 if failed else 0


def dump(lab):
    import contextlib
    import io
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        lab.dump_logs()
    for line in out.getvalue().splitlines():
        print("#", line)
