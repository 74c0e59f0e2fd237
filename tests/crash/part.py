"""A part of the points of one kind, for the suites: the same part each time, as many as the seconds allow."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
if os.path.isdir("/dev/shm"):
    os.environ.setdefault("TMPDIR", "/dev/shm")  # a disk would only make it slower: what syncing must do is tested by power_losses
import points  # noqa: E402
from stage import Stage  # noqa: E402,F401

SECONDS = 12  # a kind; tests/crash/all.py has no end


def part(stage, kind):
    if not hasattr(stage, "expected"):
        stage.reference()
    tried, total, doubled, bad = points.try_points(stage, getattr(points, kind)(stage), SECONDS)
    print("# %s: %d of %d points, %d second copies" % (kind, tried, total, doubled), flush=True)
    assert tried > 0
    assert not bad, "\n".join("%s\n   %s" % (title, "\n   ".join(str(w)[:400] for w in wrong[:6])) for title, wrong in bad[:4])
