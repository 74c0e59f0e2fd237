"""T27, T28, T30, T32: each bomb through the real reader costs at most a second of processor time and 64 MiB, and twice as
much of it at most twice the time.  A run of the suite takes a fifth of each size; SITANTE_WHOLE=1 takes the whole sizes, up to
50 MiB of mail."""
import os
import sys

import feed
import mails

CPU_MS, RSS_KIB = 1000, 64 * 1024
NOISE_MS = 100  # below this the clock says little
TRIES = 3  # on a busy machine
LINEAR = 2.6
SHARE = 1 if os.environ.get("SITANTE_WHOLE") else 5
LIMIT = 50 * 1024 * 1024  # a larger mail is never fetched
ONLY = os.environ.get("SITANTE_BOMBS", "").split()

rows = {name: bomb for name, bomb in mails.BOMBS.items() if not ONLY or name in ONLY}
print("1..%d" % len(rows))
failed, worst_cpu, worst_rss = 0, (0, ""), (0, "")


def judge(reader, ready, mail, half):
    """One reading of the mail and one of the half: (good, milliseconds of both, the answer)."""
    whole, part = reader.read(mail), reader.read(half)
    cpu, half_cpu = (max(a["cpu_ms"] - ready, 0) for a in (whole, part))
    good = whole["outcome"] == part["outcome"] == "read" and cpu <= CPU_MS and whole["rss_kib"] <= RSS_KIB
    return good and (cpu < NOISE_MS or cpu <= LINEAR * max(half_cpu, NOISE_MS / 2)), cpu, half_cpu, whole


with feed.Feed(sys.argv[1], sys.argv[2], "measure") as reader:
    ready = min((reader.read(mails.HEAD + b"\r\nx\r\n") for _ in range(3)), key=lambda a: a["cpu_ms"])
    for i, (name, (make, size)) in enumerate(rows.items(), 1):
        if size > 10000 and not name.startswith("below_"):
            size //= SHARE
        mail, half = make(size)[:LIMIT], make(size // 2)[:LIMIT // 2]
        for _ in range(TRIES):
            good, cpu, half_cpu, whole = judge(reader, ready["cpu_ms"], mail, half)
            if good:
                break
        failed += not good
        worst_cpu, worst_rss = max(worst_cpu, (cpu, name)), max(worst_rss, (whole["rss_kib"], name))
        threat = "T27" if name in ("workbook", "workbook_entities", "packed_ten_thousandfold") else "T30" if "html" in name else "T28"
        print("%sok %d - %s_%s of %d bytes: %s, %d ms (half of it %d ms), %d KiB" %
              ("" if good else "not ", i, threat, name, len(mail), whole.get("why", whole["outcome"]), cpu, half_cpu, whole["rss_kib"]), flush=True)
print("# ready in %d ms, %d KiB; worst: %d ms (%s), %d KiB (%s)" % (ready["cpu_ms"], ready["rss_kib"], *worst_cpu, *worst_rss))
sys.exit(1 if failed else 0)
