"""Every point of one kind, a part of them, or a part of each kind:
    python3 all.py BUILD KIND [SECONDS [SEED]]   KIND: step_kills, call_kills, call_failures, step_failures, power_losses
    python3 all.py BUILD whole [SEED]            2 000 kills, 2 000 errors and 500 power losses, drawn by the seed; in
                                                 rounds of a part of each kind, so that one ended early has figures too
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
if os.path.isdir("/dev/shm"):
    os.environ.setdefault("TMPDIR", "/dev/shm")  # a disk would only make it slower: what syncing must do is tested by power_losses
import points  # noqa: E402
from stage import Stage  # noqa: E402

WHOLE = {"power_losses": 500, "step_kills": 1000, "step_failures": 1000, "call_kills": 1000, "call_failures": 1000}
ROUNDS = 25


def tell(tried, total, title, wrong):
    if wrong:
        print("WRONG %s\n   %s" % (title, "\n   ".join(str(w)[:600] for w in wrong[:8])), flush=True)


def one_kind(stage, kind, seconds, seed):
    began = time.monotonic()
    tried, total, doubled, bad = points.try_points(stage, getattr(points, kind)(stage), seconds, seed, tell=tell)
    print("%s: %d of %d points tried in %.0f s, %d wrong, %d second copies" % (kind, tried, total, time.monotonic() - began, len(bad), doubled), flush=True)
    return len(bad)


def whole(stage, seed):
    drawn, sums = {}, {}
    for kind, most in WHOLE.items():
        every = list(getattr(points, kind)(stage))
        random.Random(seed).shuffle(every)
        drawn[kind], sums[kind] = every[:most], [0, len(every), 0, 0]
    for k in range(ROUNDS):
        for kind, mine in drawn.items():
            tried, _, doubled, bad = points.try_points(stage, mine[len(mine) * k // ROUNDS:len(mine) * (k + 1) // ROUNDS], tell=tell)
            sums[kind] = [sums[kind][0] + tried, sums[kind][1], sums[kind][2] + len(bad), sums[kind][3] + doubled]
            print("%s: %d of %d points tried, %d wrong, %d second copies" % (kind, *sums[kind]), flush=True)
    return sum(s[2] for s in sums.values())


def main(build, kind, *numbers):
    with Stage(build) as s:
        s.reference()
        if kind == "whole":
            return whole(s, int(numbers[0]) if numbers else 1)
        return one_kind(s, kind, float(numbers[0]) if numbers else None, int(numbers[1]) if len(numbers) > 1 else 1)


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
