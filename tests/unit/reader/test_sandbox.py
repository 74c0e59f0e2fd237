"""T65: the reader process: what it may not do ends it or is refused, and the next mail is read all the same.
Needs a build with -Dplanted_faults=true: its reader obeys the X-Planted field."""
import os
import platform
import subprocess
import sys
import tempfile
import time

ctl = sys.argv[1]
KILLED, REFUSED = "killed by signal 31", "exit status 1"
# x86-64 numbers of what a sandbox must not let through
CALLS = {"open": 2, "connect": 42, "sendto": 44, "bind": 49, "listen": 50, "socketpair": 53, "clone": 56, "vfork": 58, "execve": 59, "kill": 62, "rename": 82,
         "unlink": 87, "ptrace": 101, "setuid": 105, "prctl": 157, "mount": 165, "setrlimit": 160, "io_setup": 206, "unshare": 272, "process_vm_readv": 310,
         "memfd_create": 319, "bpf": 321, "execveat": 322, "io_uring_setup": 425, "clone3": 435, "openat2": 437, "pidfd_open": 434}
rows = [("open", REFUSED), ("socket", KILLED), ("fork", KILLED), ("exec", KILLED), ("crash", None), ("hang", "killed by signal"), ("bloat", None)]
if platform.machine() == "x86_64":
    rows += [("call %03d" % number, KILLED) for number in CALLS.values()]
print("1..%d" % (len(rows) + 1))
failed = 0
with tempfile.TemporaryDirectory() as folder:
    def run(extra):
        name = os.path.join(folder, "mail.eml")
        with open(name, "w") as f:
            f.write("From: a@b.example\nTo: c@d.example\nSubject: x\n%s\nhalo\n" % extra)
        return subprocess.run([ctl, "inspect", name], capture_output=True, text=True, timeout=60)
    for i, (what, end) in enumerate(rows, 1):
        if what == "bloat" and os.environ.get("SANITIZED"):
            print("ok %d - T65 %s # SKIP a sanitised build has no limit on its addresses" % (i, what))
            continue
        began = time.monotonic()
        r = run("X-Planted: %s\n" % what)
        ok = r.returncode == 1 and (end in r.stderr if end else "killed by signal" in r.stderr or "exit status" in r.stderr)
        ok = ok and time.monotonic() - began < 25
        failed += not ok
        print("%sok %d - T65 %s: %s" % ("" if ok else "not ", i, what, r.stderr.strip().splitlines()[-1] if r.stderr.strip() else r.returncode))
    r = run("")
    ok = r.returncode == 0 and '"text": "halo"' in r.stdout
    failed += not ok
    print("%sok %d - T65 an ordinary mail is read" % ("" if ok else "not ", len(rows) + 1))
sys.exit(1 if failed else 0)
