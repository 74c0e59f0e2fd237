"""The reader process: what it may not do ends it, and the next mail is read all the same.
Needs a build with -Dplanted_faults=true: its reader obeys the X-Planted field."""
import os
import subprocess
import sys
import tempfile
import time

ctl = sys.argv[1]
rows = [("open", False), ("socket", False), ("fork", False), ("exec", False), ("crash", False), ("hang", False), ("bloat", False)]
print("1..%d" % (len(rows) + 1))
failed = 0
with tempfile.TemporaryDirectory() as folder:
    def run(extra):
        name = os.path.join(folder, "mail.eml")
        with open(name, "w") as f:
            f.write("From: a@b.example\nTo: c@d.example\nSubject: x\n%s\nhalo\n" % extra)
        return subprocess.run([ctl, "inspect", name], capture_output=True, text=True, timeout=60)
    for i, (what, _) in enumerate(rows, 1):
        if what == "bloat" and os.environ.get("SANITIZED"):
            print("ok %d - %s # SKIP a sanitised build has no limit on its addresses" % (i, what))
            continue
        began = time.monotonic()
        r = run("X-Planted: %s\n" % what)
        ok = r.returncode == 1 and ("killed by signal" in r.stderr or (what in ("open", "bloat", "crash") and "exit status" in r.stderr))
        ok = ok and time.monotonic() - began < 25
        failed += not ok
        print("%sok %d - %s: %s" % ("" if ok else "not ", i, what, r.stderr.strip().splitlines()[-1] if r.stderr.strip() else r.returncode))
    r = run("")
    ok = r.returncode == 0 and '"text": "halo"' in r.stdout
    failed += not ok
    print("%sok %d - an ordinary mail is read" % ("" if ok else "not ", len(rows) + 1))
sys.exit(1 if failed else 0)
