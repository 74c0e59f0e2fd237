"""T35, T36: what people wrote reaches a terminal or a pipe escaped, and JSON as valid JSON, through each verb that shows it."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata

HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co"}


def config(folder):
    for name in ("imap-password", "smtp-password"):
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write("rahasia\n")
        os.chmod(path, 0o600)
    path = os.path.join(folder, "sitante.conf")
    with open(path, "w") as f:
        f.write("""agency = "Dinas"; timezone = "Asia/Jakarta";
mailbox = { name = "SITANTE"; address = "sitante@natunakab.go.id"; home_domains = ( "natunakab.go.id" ); };
imap = { host = "localhost"; security = "tls"; user = "sitante"; password_file = "imap-password"; folder = "INBOX"; archive = "A"; quarantine = "Q"; };
smtp = { host = "localhost"; security = "tls"; user = "sitante"; password_file = "smtp-password"; };
store = { directory = "var"; };
staff = ( { name = "Satu"; address = "satu@natunakab.go.id"; } );
head = { name = "Kepala"; address = "kepala@natunakab.go.id"; };
authentication = { authserv_id = "mail.natunakab.go.id"; };
sop = { receive = "10m"; examine = "1h"; report = "15m"; notify = "5m"; working_hours = ( "Mon-Fri 07:30-16:00" ); };
caps = { address_hour = 2; address_day = 5; home_address_hour = 30; ticket_day = 20; hour = 200; };
""")
    return path


def faults(ctl, conf, words, as_json):
    argv = [ctl, "-c", conf] + (["--json"] if as_json else []) + list(words)
    r = subprocess.run(argv, capture_output=True)
    if r.returncode != 0:
        return "exit %d: %s" % (r.returncode, r.stderr[:300])
    try:
        text = r.stdout.decode()  # strict
    except UnicodeDecodeError as e:
        return "not UTF-8: %s" % e
    for c in text:
        if c != "\n" and unicodedata.category(c) in HIDDEN:
            return "raw U+%04X" % ord(c)
    if as_json:
        json.loads(text)
        if sqlite3.connect(":memory:").execute("SELECT json_valid(?)", (text,)).fetchone() != (1,):
            return "SQLite calls it no JSON"
    if "T35" not in text and words[0] != "verify":
        return "nothing of the hostile text is shown: the test is worth nothing"
    return None


def main(maker, ctl):
    verbs = [("tickets",), ("show", "2026-0001"), ("outbox",), ("quarantine",)]
    print("1..%d" % (len(verbs) * 2 + 1))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="sitante-terminal-") as folder:
        conf = config(folder)
        subprocess.run([maker, os.path.join(folder, "var")], check=True)
        n = 0
        for as_json in (False, True):
            for words in verbs:
                n += 1
                fault = faults(ctl, conf, words, as_json)
                failed += fault is not None
                print("%sok %d - %s %s%s" % ("not " if fault else "", n, "T36_json" if as_json else "T35_terminal", words[0], " # " + fault if fault else ""))
        r = subprocess.run([ctl, "-c", conf, "show", "2026-0001\x1b]0;x\x07"], capture_output=True)
        bad = r.returncode != 1 or b"\x1b" in r.stderr
        print("%sok %d - T35_terminal a hostile argument comes back escaped" % ("not " if bad else "", n + 1))
    return 1 if failed or bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
