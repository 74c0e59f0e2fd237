"""Every point of one kind, or a part of them: python3 all.py BUILD KIND [SECONDS [SEED]]
KIND: step_kills, call_kills, call_failures, step_failures, power_losses."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import points  # noqa: E402
from stage import Stage  # noqa: E402


def tell(tried, total, title, wrong):
    if wrong:
        print("WRONG %s\n   %s" % (title, "\n   ".join(str(w)[:600] for w in wrong[:8])), flush=True)
    if tried % 100 == 0:
        print("%d of %d" % (tried, total), flush=True)


build, kind = sys.argv[1], sys.argv[2]
with Stage(build) as s:
    s.reference()
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else None
    tried, total, doubled, bad = points.try_points(s, getattr(points, kind)(s), seconds, int(sys.argv[4]) if len(sys.argv) > 4 else 1, tell=tell)
    print("%s: %d of %d points tried, %d wrong, %d second copies" % (kind, tried, total, len(bad), doubled))
sys.exit(1 if bad else 0)
