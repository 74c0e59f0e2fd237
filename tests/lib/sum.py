"""Sums up meson's JSON logs: every TAP line of every test; what failed and what was skipped is told."""
import glob
import json
import os
import re
import sys

passed = failed = skipped = 0
times = []
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
    with open(path) as f:
        for line in f:
            test = json.loads(line)
            name = "%s %s" % (os.path.basename(path)[:-5], test["name"])
            out = test.get("stdout") or ""
            times.append((test.get("duration") or 0, name))
            points = re.findall(r"^(not ok|ok)\b([^\n]*)", out, re.M)
            bad = [text for word, text in points if word == "not ok"]
            skips = [text for word, text in points if word == "ok" and "# skip" in text.lower()]
            passed += len(points) - len(bad) - len(skips)
            failed += len(bad)
            skipped += len(skips)
            for text in skips:
                print("skipped: %s:%s" % (name, text))
            if not points:
                passed += test["result"] in ("OK", "EXPECTEDFAIL")
                if test["result"] == "SKIP":
                    skipped += 1
                    print("skipped: %s: %s" % (name, (out or test.get("stderr") or "").strip()[:200]))
            if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
                failed += not bad
                print("FAILED: %s (%s)" % (name, test["result"]))
                print("\n".join((out + "\n" + (test.get("stderr") or "")).splitlines()[-80:]))
print("slowest: " + ", ".join("%s %.0f s" % (name, t) for t, name in sorted(times, reverse=True)[:8]))
if passed == 0:
    failed += 1
    print("no test was run")
print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
sys.exit(1 if failed else 0)
