"""The completions of sitantectl in the real shells: bash, zsh, fish."""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

ctl, bash_file, zsh_file, fish_file, facts = map(os.path.abspath, sys.argv[1:6])
HELP = subprocess.run([ctl, "--help"], capture_output=True, text=True, check=True).stdout
NAMES = re.findall(r"^  ([a-z]+)\b.*?  +\S", HELP, flags=re.M)
STATES = [line.split("\t")[1] for line in subprocess.run([facts], capture_output=True, text=True, check=True).stdout.splitlines() if line.startswith("state\t")]
# line so far: what is offered, at least; what is not
ROWS = [("", NAMES, ["retry"]), ("--json ", NAMES, []), ("-c x ", NAMES, []), ("quar", ["quarantine"], ["status"]),
        ("tickets --", ["--state", "--search"], ["--year"]), ("tickets --state ", STATES, NAMES[:1]), ("register --format ", ["xlsx", "csv", "json"], []),
        ("outbox ", ["retry", "drop"], ["show"]), ("quarantine r", ["retry", "release"], ["drop"]), ("backup ", ["berkas.db"], []),
        ("check --mail ", ["berkas.db"], []), ("register --output ", ["berkas.db"], []), ("show ", [], ["berkas.db"])]


def bash(line, folder):
    words = ["sitantectl"] + line.split(" ")
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sitantectl; printf "%s\\n" "${COMPREPLY[@]}"'
    return subprocess.run(["bash", "--norc", "-c", script, "bash", bash_file, *words], capture_output=True, text=True, check=True, cwd=folder).stdout.split()


def fish(line, folder):
    script = 'source "$argv[1]"; complete -C "$argv[2]"'
    env = dict(os.environ, HOME=folder)
    out = subprocess.run(["fish", "--no-config", "-c", script, fish_file, "sitantectl " + line], capture_output=True, text=True, check=True, cwd=folder, env=env)
    return [x.split("\t")[0] for x in out.stdout.splitlines()]


class Zsh:
    """As somebody types it: a line at a terminal, then Tab twice."""

    def __init__(self):
        self.fd = None

    def start(self, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], dict(os.environ, TERM="dumb", HOME=folder))
        setup = ("cd %s; PS1='>'; fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=9999; setopt no_beep list_packed; "
                 "zstyle ':completion:*' list-prompt ''; stty columns 300 rows 200; echo re''ady\n" % (folder, os.path.dirname(zsh_file)))
        os.write(self.fd, setup.encode())
        self.read("\nready", 20)

    def read(self, until=None, wait=0.7):
        got = ""
        while select.select([self.fd], [], [], wait)[0]:
            got += os.read(self.fd, 65536).decode(errors="replace")
            if until and until in got:
                break
        return got

    def __call__(self, line, folder):
        if self.fd is None:
            self.start(folder)
        os.write(self.fd, b"\x15")  # nothing is left of the line before
        self.read(wait=0.3)
        os.write(self.fd, ("sitantectl " + line).encode())
        self.read(wait=0.3)
        os.write(self.fd, b"\t\t")
        shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x07|\r", "", self.read())
        return re.findall(r"[\w.-]+", line.split(" ")[-1] + shown)  # what is there only once is completed in the line itself

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)


zsh = Zsh()
checks = [("bash", bash), ("fish", fish), ("zsh", zsh)]
print("1..%d" % len(checks))
failed = 0
for i, (name, ask) in enumerate(checks, 1):
    if not shutil.which(name):
        print("ok %d - %s # SKIP %s is not installed" % (i, name, name))
        continue
    faults = []
    with tempfile.TemporaryDirectory(prefix="sitante-") as folder:
        with open(os.path.join(folder, "berkas.db"), "w"):
            pass
        for line, offered, not_offered in ROWS:
            got = ask(line, folder)
            faults += ["sitantectl %s: %s is not offered: %s" % (line, w, got) for w in offered if w not in got]
            faults += ["sitantectl %s: %s is offered" % (line, w) for w in not_offered if w in got]
    for line in faults:
        print("#", line)
    failed += bool(faults)
    print("%sok %d - %s" % ("not " if faults else "", i, name), flush=True)
zsh.close()
sys.exit(1 if failed else 0)
