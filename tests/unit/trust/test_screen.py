"""What a person's terminal gets: as wide as it is, colours only there, and of hostile texts no control character."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

from test_terminal import HIDDEN, config

SGR = re.compile("\x1b\\[[0-9]{1,2}m")  # the only sequences that are ours


def run_on_terminal(argv, width, env=None, seconds=30.0, stop=None):
    """stdout of argv on a terminal of so many columns; exit status."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    p = subprocess.Popen(argv, stdout=slave, stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm", **(env or {})})
    os.close(slave)
    out, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if stop and stop in out:
            p.send_signal(signal.SIGINT)
            stop = None
        if select.select([master], [], [], 0.1)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:  # nobody holds it open any more
                break
            if not piece:
                break
            out += piece
    os.close(master)
    code = p.wait(10)
    p.stderr.close()
    return out.decode().replace("\r\n", "\n"), code


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def hidden(text):
    return [hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) in HIDDEN]


def fits(ctl, width, words):
    text, code = run_on_terminal(ctl + list(words), width)
    plain = SGR.sub("", text)
    assert code == 0 and (words[0] != "tickets" or "2026-00" in plain), (code, text)
    assert SGR.search(text), "colours on a terminal"
    assert not hidden(plain), hidden(plain)
    for line in plain.splitlines():
        assert columns(line) <= width, "%d columns at %d: %s" % (columns(line), width, line)


def test_tables_and_texts_fit(ctl):
    for width in (20, 40, 60, 80, 132, 500):
        for words in (("tickets",), ("outbox",), ("quarantine",)):
            fits(ctl, width, words)


def test_a_narrow_terminal_keeps_the_number(ctl):
    text, code = run_on_terminal(ctl + ["tickets"], 30)
    assert code == 0 and "2026-0001" in text and "NUMBER" in text


def test_no_colours_but_on_a_terminal(ctl):
    for words in (["tickets"], ["status"], ["show", "2026-0001"], ["outbox"]):
        r = subprocess.run(ctl + words, capture_output=True, text=True, env=dict(os.environ, TERM="xterm"))
        assert r.returncode == 0 and "\x1b" not in r.stdout, words
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            text, code = run_on_terminal(ctl + words, 80, env)
            assert code == 0 and "\x1b" not in text, (words, env)


def test_a_pipe_gets_whole_cells(ctl):
    r = subprocess.run(ctl + ["outbox"], capture_output=True, text=True)
    assert r.stdout.split("\n")[0].split() == ["ID", "STATE", "KIND", "TO", "TRIES", "NEXT", "TRY", "ANSWER"]
    assert "assistance" in r.stdout and "\\u{202e}" in r.stdout, "all of a cell, escaped"


def test_status_is_one_screen(ctl):
    text, code = run_on_terminal(ctl + ["status"], 80)
    lines = SGR.sub("", text).splitlines()
    assert code == 0 and len(lines) <= 20, lines
    for key in ("sitanted", "version", "queues", "open", "ended", "oldest open", "reminders", "disk"):
        assert [line for line in lines if line.startswith(key + " ")], key
    assert "systemctl start sitanted" in text, "what to do about it"


def test_show_is_a_conversation(ctl):
    text, code = run_on_terminal(ctl + ["show", "2026-0001"], 80)
    plain = SGR.sub("", text)
    assert code == 0 and not hidden(plain)
    assert "  <- T35" in plain and "  | Subject: T35" in plain, plain[:400]
    for line in plain.splitlines():
        if line.startswith("  | "):
            assert columns(line) <= 80, line


def test_watch_ends_when_told(ctl):
    text, code = run_on_terminal(ctl + ["watch"], 200, stop=b"watch")
    plain = SGR.sub("", text)
    assert code == 0 and "2026-0001" in plain and not hidden(plain), (code, text[:400])


def test_watch_ends_when_nobody_reads(ctl):
    p = subprocess.Popen(ctl + ["--json", "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b'"what":"received"' in p.stdout.readline()
    p.stdout.close()
    p.wait(10)
    p.stderr.close()


def test_wrong_use_says_how(ctl):
    for words, says in ((["tickets", "--older", "x"], "90m, 2h, 3d"), (["tickets", "--overdue=5"], "1 to 4"), (["tickets", "x"], "--state"),
                        (["tickets", "--staff", "siapa"], "address"), (["tickets", "--limit", "0"], "1 to"), (["status", "x"], "show NUMBER"),
                        (["watch", "a", "b"], "watch [NUMBER]"), (["tickets", "--state", "purple"], "examining")):
        r = subprocess.run(ctl + words, capture_output=True, text=True)
        assert r.returncode == 2 and says in r.stderr and not r.stdout, (words, r)


def main(maker, program):
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and callable(f)]
    failed = 0
    print("1..%d" % len(tests))
    with tempfile.TemporaryDirectory(prefix="sitante-screen-") as folder:
        ctl = [program, "-c", config(folder)]
        subprocess.run([maker, os.path.join(folder, "var")], check=True)
        for i, (name, function) in enumerate(tests, 1):
            try:
                function(ctl)
                print("ok %d - %s" % (i, name))
            except AssertionError as e:
                failed = 1
                print("not ok %d - %s # %s" % (i, name, str(e).encode("ascii", "backslashreplace").decode()))
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
