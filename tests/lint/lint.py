"""Rules of the tree: layers, headers that stand alone, banned calls, format, no paths of a workplace."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

root, build = sys.argv[1:3]
os.chdir(root)
BANNED = ("strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol atof strtol strtoul strtoll strtod gets localtime gmtime ctime "
          "asctime mktime setenv putenv isspace isalpha isdigit isalnum isupper islower tolower toupper strcasecmp strncasecmp regcomp "
          "alloca system popen tmpnam mktemp sqlite3_mprintf").split()
ALLOWED_EXEC = {"lib/store/store.c", "lib/store/migrate.c"}  # sqlite3_exec of constant set-up text


def sources(*suffixes, folders=("lib", "daemon")):
    for top in folders:
        for folder, _, names in sorted(os.walk(top)):
            for n in sorted(names):
                if n.endswith(suffixes):
                    yield os.path.join(folder, n)


def code(path):
    with open(path) as f:
        text = f.read()
    text = re.sub(r'"(\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def layers():
    allowed = {}
    with open("tests/lint/layers.txt") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                folder, _, below = line.partition(":")
                allowed[folder] = set(below.split()) | {folder}
    for path in sources(".c", ".h"):
        parts = path.split("/")
        folder = parts[1] if parts[0] == "lib" else "daemon"
        if folder not in allowed:
            yield "%s: folder %s is not in layers.txt" % (path, folder)
            continue
        with open(path) as f:
            for i, line in enumerate(f, 1):
                m = re.match(r'#include "([a-z_]+)/', line)
                if m and m.group(1) not in allowed[folder]:
                    yield "%s:%d: %s may not include %s" % (path, i, folder, m.group(1))


def banned():
    pattern = re.compile(r"(?<![A-Za-z0-9_.>])(%s)\s*\(" % "|".join(BANNED))
    for path in sources(".c", ".h"):
        for i, line in enumerate(code(path).splitlines(), 1):
            m = pattern.search(line)
            if m:
                yield "%s:%d: %s is banned (base/text.h, base/num.h, base/instant.h)" % (path, i, m.group(1))
            if "sqlite3_exec" in line and path not in ALLOWED_EXEC:
                yield "%s:%d: sqlite3_exec: prepared statements only" % (path, i)
            if re.search(r"\bexit\s*\(", line) and path.startswith("lib/"):
                yield "%s:%d: library code never exits" % (path, i)


def clocks():
    for path in sources(".c"):
        if path in ("lib/base/instant.c",):
            continue
        for i, line in enumerate(code(path).splitlines(), 1):
            if re.search(r"\b(time|clock_gettime|gettimeofday)\s*\(", line) and "SCMP" not in line:
                yield "%s:%d: only base/instant.c asks the system's clock" % (path, i)


def headers():
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Ilib", "-Idaemon", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c"]
    flags += subprocess.run(["pkg-config", "--cflags", "gmime-3.0", "minizip", "pangocairo"], capture_output=True, text=True).stdout.split()

    def one(path):
        r = subprocess.run(["gcc", *flags, path], capture_output=True, text=True)
        return "%s does not compile alone: %s" % (path, r.stderr.splitlines()[0]) if r.returncode else None
    with ThreadPoolExecutor(2) as pool:
        for result in pool.map(one, sources(".h")):
            if result:
                yield result


def catalog():
    """Each kind of log line has one id of its own for the journal, and its text in the catalog."""
    with open("daemon/message_id.c") as f:
        table = re.findall(r'\{ "([^"]+)", "([^"]+)" \}', f.read())
    ids = dict(table)
    for what, words in (("name", [n for n, _ in table]), ("id", [i for _, i in table])):
        for w in sorted({w for w in words if words.count(w) > 1}):
            yield "daemon/message_id.c: the %s %s stands there twice" % (what, w)
    for name, i in table:
        if not re.fullmatch(r"[0-9a-f]{32}", i):
            yield "daemon/message_id.c: %s: no id of 128 bits" % name
    used = set()
    for path in sources(".c"):
        with open(path) as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        for m in re.finditer(r"^.*\b(sink_line|office_note)\(([^;{]*?);", text, flags=re.M):
            name = re.match(r'[^"]*?,\s*"([a-z-]+)",', m.group(2)) if m.group(1) == "office_note" else re.match(r'[^",]*,\s*"([a-z-]+)",', m.group(2))
            if not name:
                yield "%s: a log line without a literal name: %s" % (path, m.group(0).strip()[:80])
            else:
                used.add(name.group(1))
    if len(used) < 30:
        yield "only %d names of log lines were found: this test looks at nothing" % len(used)
    for name in sorted(used ^ set(ids)):
        yield "%s: %s" % (name, "has no id in daemon/message_id.c" if name in used else "has an id, and no code says it")
    with open("systemd/sitante.catalog") as f:
        entries = re.split(r"^-- ", f.read(), flags=re.M)[1:]
    told = [e.split("\n", 1)[0] for e in entries]
    for i in sorted({i for i in told if told.count(i) > 1}):
        yield "systemd/sitante.catalog: %s stands there twice" % i
    for i in sorted(set(told) ^ set(ids.values())):
        yield "%s: in one of table and catalog only" % i
    for e in entries:
        head, _, body = e.partition("\n\n")
        told_what, _, to_do = body.partition("\n\nWhat to do: ")
        if not re.search(r"^Subject: \S", head, flags=re.M) or len(told_what) < 40 or not to_do.strip():
            yield "systemd/sitante.catalog: %s: a subject, what happened, and what to do" % e[:32]


def units():
    """The unit of several agencies is the one of a single agency, with folders and a user for each: a rule of one holds for both."""
    for first, second in (("sitante-backup.service.in", "sitante-backup@.service.in"), ("sitante-backup.timer", "sitante-backup@.timer"),
                          ("sitanted.service.in", "sitanted@.service.in")):
        with open("systemd/" + first) as f:
            one = f.read()
        with open("systemd/" + second) as f:
            many = f.read()
        alike = many.replace("SITANTE for %i:", "SITANTE:").replace("sitante/%i", "sitante").replace("sitante-%i", "sitante")
        for a, b in zip(one.splitlines(), alike.splitlines()):
            if a != b:
                yield "systemd: the units differ: %s | %s" % (a, b)
        if len(one.splitlines()) != len(alike.splitlines()) or alike == many:
            yield "systemd: one unit has more lines, or nothing in it is an instance's own: " + second
    with open("systemd/meson.build") as f:
        installed = f.read()
    called = re.search(r"^OnFailure=(.*)$", one, flags=re.M)
    for name, kind in re.findall(r"(\S+)@%n\.(\w+)", called.group(1) if called else "") or [("?", "?")]:
        unit = "%s@.%s" % (name, kind)
        if not (os.path.exists("systemd/" + unit) or os.path.exists("systemd/%s.in" % unit)) or "'%s'" % unit not in installed:
            yield "systemd: OnFailure= names no unit that is installed: " + unit
    within, burst, pause = (re.search(r"^%s=(\d+)" % name, one, flags=re.M) for name in ("StartLimitIntervalSec", "StartLimitBurst", "RestartSec"))
    watchdog = int(re.search(r"^WatchdogSec=(\d+)$", one, flags=re.M).group(1))
    if not within or not burst or int(burst.group(1)) * (watchdog + int(pause.group(1))) >= int(within.group(1)) * 60:
        yield "systemd: a daemon that crashes, or hangs until its watchdog, again and again never counts as failed: OnFailure= never comes"
    with open("daemon/sitanted.c") as f:
        status = re.search(r"EXIT_CONFIG = (\d+)", f.read()).group(1)
    if "\nRestartPreventExitStatus=%s\n" % status not in one:
        yield "systemd: a faulty configuration (exit status %s) is tried for ever, and OnFailure= never comes" % status
    for name in "User Group StateDirectory RuntimeDirectory ConfigurationDirectory LoadCredential ConditionPathExists ExecStart".split():
        for line in re.findall(r"^%s=.*$" % name, many, flags=re.M) or [name + "="]:
            if "%i" not in line:
                yield "systemd/sitanted@.service.in: shared by all agencies: " + line


def verify():
    """systemd itself understands every unit, and misses nothing but our programs, which are not installed here."""
    if not shutil.which("systemd-analyze"):
        raise LookupError("no systemd-analyze on this machine")
    with tempfile.TemporaryDirectory() as folder:
        for where in ("systemd", os.path.join(build, "systemd")):
            for name in os.listdir(where):
                if name.endswith((".service", ".timer")):
                    shutil.copy(os.path.join(where, name), folder)
        units = sorted(os.listdir(folder))
        if len(units) < 9:
            yield "systemd: units are missing: %s" % units
        r = subprocess.run(["systemd-analyze", "verify", "--man=no", *(os.path.join(folder, u) for u in units)], capture_output=True, text=True)
        for line in (r.stdout + r.stderr).splitlines():
            if "sitant" in line and not re.search(r"Command \S+/(sitanted|sitantectl|alarm) is not executable", line):
                yield "systemd-analyze verify: " + line.replace(folder, "")


def paths():
    """No absolute path but a system's own: where somebody builds is nobody's business."""
    known = {"bin", "dev", "etc", "proc", "run", "sys", "usr", "var", "xl", "sitante", "Maildir", "meson-logs"}
    pattern = re.compile(r"(?<![\w./:$}>)*\-%])/(?!/)([A-Za-z][\w.-]*)/([\w.-]*)")
    files = [p for p in sources(".c", ".h", ".py", ".sh", ".build", ".md", ".tpl", ".conf", ".in", folders=("lib", "daemon", "conf", "systemd", "tests"))]
    for path in files + ["README.md", "meson.build"]:
        if path == "tests/lint/lint.py":
            continue
        with open(path, errors="replace") as f:
            for i, line in enumerate(f, 1):
                for first, second in pattern.findall(line):
                    if first not in known and not (first == "tmp" and second.startswith("sitante")):
                        yield "%s:%d: names a path of somebody's own: /%s/%s" % (path, i, first, second)


def clang_format():
    if not shutil.which("clang-format"):
        raise LookupError("clang-format is not installed")
    def one(path):
        r = subprocess.run(["clang-format", "--dry-run", "-Werror", path], capture_output=True, text=True)
        return r.stderr.splitlines()[0] if r.returncode else None
    with ThreadPoolExecutor(2) as pool:
        for result in pool.map(one, sources(".c", ".h", folders=("lib", "daemon", "tests"))):
            if result:
                yield result


def clang_tidy():
    if not shutil.which("clang-tidy"):
        raise LookupError("clang-tidy is not installed")

    def one(path):
        # the analyzer's shallow mode: half the time of what are minutes on two processors
        shallow = [x for word in ("-analyzer-config", "mode=shallow") for x in ("--extra-arg=-Xclang", "--extra-arg=" + word)]
        r = subprocess.run(["clang-tidy", "--quiet", "-p", build, *shallow, path], capture_output=True, text=True)
        return [line for line in r.stdout.splitlines() if ": error:" in line or ": warning:" in line]
    with ThreadPoolExecutor(2) as pool:
        for result in pool.map(one, sources(".c")):
            yield from result


def symbols():
    """libetpan exports bare names: none of ours may be one of them."""
    lib = subprocess.run("ldconfig -p | sed -n 's/.*=> \\(.*libetpan.so.*\\)/\\1/p' | head -1", shell=True, capture_output=True, text=True).stdout.strip()
    if not lib:
        raise LookupError("libetpan is not installed")
    theirs = {x.split()[-1] for x in subprocess.run(["nm", "-D", "--defined-only", lib], capture_output=True, text=True).stdout.splitlines()}
    for folder, _, names in os.walk(os.path.join(build, "lib")):
        for n in names:
            if n.endswith(".a"):
                out = subprocess.run(["nm", "--defined-only", "--extern-only", os.path.join(folder, n)], capture_output=True, text=True).stdout
                for name in {x.split()[-1] for x in out.splitlines() if len(x.split()) == 3} & theirs:
                    yield "%s: %s is a name of libetpan's" % (n, name)


def T16_dmarc():
    """DMARC is RFC 9989 to 9991, and its verdict is the border server's: nothing here asks DNS about a sender."""
    for path in ("README.md", "conf/man/sitante.conf.5", "lib/message/proof.h"):
        with open(path) as f:
            if "RFC 9989" not in f.read():
                yield "%s: does not say which DMARC" % path
    for path in [*sources(".c", ".h", folders=("lib", "daemon", "conf")), "README.md", "conf/man/sitante.conf.5", "conf/sitante.conf"]:
        with open(path) as f:
            text = f.read()
        if re.search(r"RFC ?7489", text):
            yield "%s: RFC 7489 is replaced by RFC 9989" % path
        if path not in ("daemon/guess.c",) and re.search(r"\b(res_n?(query|search|mkquery)|ares_\w+|dns_\w+)\(", text):
            yield "%s: asks DNS" % path


checks = [layers, banned, clocks, headers, catalog, units, verify, paths, T16_dmarc, symbols, clang_format, clang_tidy]
if len(sys.argv) > 3:
    checks = [c for c in checks if c.__name__ in sys.argv[3:]]
print("1..%d" % len(checks))
failed = 0
for i, check in enumerate(checks, 1):
    name = check.__name__
    try:
        faults = list(check())
    except LookupError as e:
        print("ok %d - %s # SKIP %s" % (i, name, e))
        continue
    for line in faults[:60]:
        print("#", line)
    failed += bool(faults)
    print("%sok %d - %s" % ("not " if faults else "", i, name), flush=True)
sys.exit(1 if failed else 0)
