"""The systemd units: exposure at most 1.0, and a whole renewal under what a unit forbids, as far as a process can forbid it
to itself (see confine.c) and a mount namespace can: everything read-only but the state and a /tmp of its own, no home."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import case  # noqa: E402
import test_walk  # noqa: E402

UNITS, CONFINE = sys.argv[1], sys.argv[2]
MOST = 1.0


def analyze(*arguments):
    try:
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, env=dict(os.environ, SYSTEMD_COLORS="0"))
    except FileNotFoundError:
        return None


def exposure(unit):
    """A number, or why there is none."""
    r = analyze("security", "--offline=true", "--no-pager", os.path.join(UNITS, unit))
    if r is None:
        return "no systemd-analyze on this machine"
    found = re.search(r"exposure level for \S+: ([0-9.]+)", r.stdout)
    return float(found[1]) if found else "systemd-analyze cannot do it offline here: " + (r.stderr.strip().splitlines() or ["?"])[-1]


def settings(unit, name):
    with open(os.path.join(UNITS, unit)) as f:
        return [line.partition("=")[2].strip() for line in f if line.startswith(name + "=")]


def calls_of(word):
    if not word.startswith("@"):
        return {word}
    calls = set()
    for line in analyze("syscall-filter", "--no-pager", word).stdout.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            calls |= calls_of(line.strip())
    return calls


def allowed(unit):
    """The names that the unit's SystemCallFilter lines leave; @default is always in."""
    calls = calls_of("@default")
    for value in settings(unit, "SystemCallFilter"):
        words = {c for w in value.lstrip("~").split() for c in calls_of(w)}
        calls = calls - words if value.startswith("~") else calls | words
    return calls


class Confined(case.Lab):
    """Its sitanted runs as under the unit."""

    def program(self, name):
        if name != "sitanted":
            return super().program(name)
        calls = self.write("calls", "".join(c + "\n" for c in sorted(allowed("sitanted.service"))))
        os.makedirs(self.path("var"), exist_ok=True)
        os.chmod(self.path("var"), 0o700)
        os.makedirs(self.path("own-tmp"), exist_ok=True)
        script = """#!/bin/sh
exec unshare -m sh -c '
mount --make-rprivate / && mount --bind "$1/var" "$1/var" && mount --bind "$1/own-tmp" "$1/own-tmp" &&
for d in $(cut -d" " -f5 /proc/self/mountinfo | grep -v -e "^/proc" -e "^/sys" -e "^/dev" -e "^$1" | sort -u); do
	mount -o remount,bind,ro "$d" 2>/dev/null || :
done
for d in /home /root; do [ ! -d $d ] || case "$2$1" in *$d/*) ;; *) mount -t tmpfs -o size=4k,mode=0 none $d ;; esac; done
TMPDIR="$1/own-tmp"; export TMPDIR
confine=$2; calls=$3; shift 3; exec "$confine" "$calls" "$@"' sh "%s" "%s" "%s" "%s" "$@"
""" % (self.dir, CONFINE, calls, super().program(name))
        return self.write("sitanted-confined", script, 0o755)

    def start_daemon(self, wait=True):
        super().start_daemon(wait)
        with open("/proc/%d/status" % self.daemon.pid) as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        with open("/proc/%d/mountinfo" % self.daemon.pid) as f:
            mounts = {line.split()[4]: line.split()[5].split(",") for line in f}
        if status["Seccomp"] != "2" or status["NoNewPrivs"] != "1" or int(status["CapBnd"], 16) or int(status["CapEff"], 16) or \
                "ro" not in mounts["/"] or "rw" not in mounts[self.path("var")]:
            raise case.LabError("the daemon is not confined")


def test_exposure(unit):
    value = exposure(unit)
    return value if isinstance(value, str) else (value <= MOST, "%s: %.1f" % (unit, value))


if __name__ == "__main__":
    units = ("sitanted.service", "sitanted@.service", "sitante-backup.service", "sitante-backup@.service")
    results = [test_exposure(u) for u in units]
    if os.environ.get("SITANTE_EXPOSURE_ONLY"):
        print("1..%d" % len(units))
        for i, (u, r) in enumerate(zip(units, results), 1):
            print("ok %d - %s # SKIP %s" % (i, u, r) if isinstance(r, str) else "%sok %d - exposure of %s" % ("" if r[0] else "not ", i, r[1]))
        sys.exit(0 if all(isinstance(r, str) or r[0] for r in results) else 1)
    if isinstance(results[0], str):
        print("1..0 # SKIP the unit's lists of system calls cannot be had: " + results[0])
        sys.exit(0)
    sys.exit(case.main(test_walk, lab=Confined))
