"""sitantectl setup at a terminal, against real servers: from nothing to a daemon that answers."""
import imaplib
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import case
from case import wait_for
from lab import DOMAIN, PASSWORD, Lab

NAMESERVER = "127.9.9.9"


class Names:
    """A name server that knows the SRV records of one domain: where it has an IMAP and an SMTP server."""

    def __init__(self, records):
        self.records = records  # "_imaps._tcp.DOMAIN": [(priority, port, target)]
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAMESERVER, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    @staticmethod
    def name(text):
        return b"".join(bytes([len(x)]) + x.encode() for x in text.split(".") if x) + b"\0"

    def serve(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(512)
            except OSError:
                return
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            question = query[12:at + 5]
            found = self.records.get(".".join(labels), []) if query[at + 1:at + 3] == b"\0\x21" else []
            answer = b"".join(b"\xc0\x0c" + struct.pack("!HHIHHHH", 33, 1, 60, 6 + len(self.name(target)), priority, 0, port) + self.name(target)
                              for priority, port, target in found)
            flags = 0x8180 if found else 0x8183
            self.socket.sendto(query[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0) + question + answer, peer)

    def close(self):
        self.socket.close()


class Terminal:
    """A person at a terminal."""

    def __init__(self, lab, config, names=None):
        argv = [lab.program("sitantectl"), "-c", config, "setup"]
        if names:
            resolv = lab.write("resolv.conf", "nameserver %s\noptions timeout:1 attempts:1\n" % NAMESERVER)
            argv = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolv] + argv
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, lab.environment())
        self.said, self.at = "", 0

    def expect(self, pattern, timeout=60):
        end = time.monotonic() + timeout
        while True:
            m = re.search(pattern, self.said[self.at:])
            if m:
                self.at += m.end()
                return m
            if time.monotonic() > end or not self.more(1.0):
                raise AssertionError("waited in vain for %r in %r" % (pattern, self.said[self.at:]))

    def more(self, wait):
        try:
            if select.select([self.fd], [], [], wait)[0]:
                self.said += os.read(self.fd, 4096).decode(errors="replace")
            return True
        except OSError:
            return False

    def answer(self, question, text):
        self.expect(question)
        self.expect(": $")
        os.write(self.fd, text.encode() + b"\n")

    def end(self):
        end = time.monotonic() + 60
        while self.more(1):
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError("does not end after %r" % self.said[self.at:])
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def office(t):
    t.answer("Name of the agency", 'Dinas "Kominfo" \\ Natuna')
    t.answer("Time zone", "")
    t.answer("applicants write to", "bukan alamat")
    t.answer("is no mail address.*\r\nMail address", "sitante@" + DOMAIN)
    t.answer("Name that stands before it", "")


def server(t, what, host, port, ca, user, password):
    t.answer(what + " server", host)
    t.answer("security", "")
    t.answer("port", port)
    t.answer("PEM file", ca)
    t.answer("log-in name", user)
    t.answer("password", password)


def left(folder):
    return sorted(os.path.join(d, n) for d, _, names in os.walk(folder) for n in names)


def test_from_nothing_to_a_ticket(lab):
    config = lab.path("baru", "sitante.conf")
    t = Terminal(lab, config)
    office(t)
    server(t, "IMAP", lab.host, str(lab.imaps), "-", "sitante", PASSWORD)  # an authority that nobody trusts
    t.expect("refused: .*\r\n.*once more")
    server(t, "IMAP", "", "", lab.path("ca.pem"), "", "salah sama sekali")
    t.expect("refused: .*\r\n.*once more")
    t.answer("IMAP server", "")
    t.answer("security", "")
    t.answer("port", "99999")
    t.answer("is no port.*\r\n.*port", "")
    t.answer("PEM file", "")
    t.answer("log-in name", "")
    t.answer("password", PASSWORD)
    t.expect("logged in; 0 mails")
    server(t, "SMTP", "", str(lab.smtps), "", "", "keliru")
    t.expect("refused: .*\r\n.*once more")
    server(t, "SMTP", "", "", "", "", "")  # that of IMAP
    t.expect("good")
    t.answer("Address of a staff member", "satu@" + DOMAIN)
    t.answer("name", "Petugas Satu")
    t.answer("one more", "dua@" + DOMAIN)
    t.answer("name", "Petugas Dua")
    t.answer("one more", "")
    t.answer("Address of the head", "kepala@" + DOMAIN)
    t.answer("name", "Kepala Tim")
    t.answer("Authentication-Results", "mail." + DOMAIN)
    t.answer("Folder of the store", lab.path("baru", "var"))
    t.expect("systemctl enable --now sitanted")
    assert t.end() == 0
    for secret in (PASSWORD, "salah sama sekali", "keliru"):
        assert secret not in t.said, "a password was shown"
    for name in ("imap-password", "smtp-password"):
        path = lab.path("baru", "credentials", name)
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path) as f:
            assert f.read() == PASSWORD + "\n"
    assert os.stat(lab.path("baru", "credentials")).st_mode & 0o777 == 0o700
    assert os.stat(config).st_mode & 0o777 == 0o640
    with open(config) as f:
        text = f.read()
    assert PASSWORD not in text and 'agency = "Dinas \\"Kominfo\\" \\\\ Natuna";' in text and text.count("# ") > 5, text
    assert len(left(lab.path("baru"))) == 3, left(lab.path("baru"))
    lab.config = config
    r = lab.ctl("check")
    assert r.returncode == 0, r.stdout + r.stderr
    r = subprocess.run([lab.program("sitantectl"), "-c", config, "setup"], capture_output=True, text=True)
    assert r.returncode == 1 and "there already" in r.stderr, "nothing is written over"
    with open(lab.daemon_log, "ab") as out:
        lab.daemon = subprocess.Popen([lab.program("sitanted"), "-c", config], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      start_new_session=True, env=lab.environment())
    wait_for("the daemon", lambda: os.path.exists(lab.path("baru", "var", "status.json")))
    time.sleep(1.2)  # what comes in the second of the first start came before it
    lab.send("budi", "perpanjangan TTE", "Nama: Budi\nNIK: 2103010101900001\nInstansi: Dinas Sosial")
    m = lab.wait_mail("budi", what="acknowledgement")
    assert "SITANTE" in m["From"]
    lab.stop_daemon()


def test_servers_are_found_by_their_names(lab):
    names = Names({"_imaps._tcp." + DOMAIN: [(20, 993, "jauh.example"), (10, lab.imaps, "localhost")],
                   "_submission._tcp." + DOMAIN: [(0, lab.submission, "localhost")], "_submissions._tcp." + DOMAIN: [(0, 0, ".")]})
    try:
        t = Terminal(lab, lab.path("nama", "sitante.conf"), names)
        office(t)
        assert t.expect(r"IMAP server \[(.*?)\]").group(1) == "localhost"
        t.answer("", "")
        t.answer(r"security.*\[tls\]", "")
        t.answer(r"port.*\[%d\]" % lab.imaps, "")
        t.answer("PEM file", lab.path("ca.pem"))
        t.answer(r"log-in name \[sitante@", "sitante")
        t.answer("password", PASSWORD)
        t.expect("logged in")
        assert t.expect(r"SMTP server \[(.*?)\]").group(1) == "localhost"
        t.answer("", "")
        t.answer(r"security.*\[starttls\]", "")
        t.answer(r"port.*\[%d\]" % lab.submission, "")
        t.answer("PEM file", "")
        t.answer("log-in name", "")
        t.answer("password", "")
        t.expect("good")
        os.write(t.fd, b"\x03")  # gives up
        assert t.end() == 1
        assert left(lab.path("nama")) == [], "nothing is left of what was given up"
    finally:
        names.close()


def line(r, what):
    return [x for x in r.stdout.splitlines() if x.startswith(what + " ")][0]


def test_check_measures(lab):
    lab.write_config()
    for name, past in (("lama", 40), ("baru", 0)):
        box = lab.imap_login("sitante")
        box.append("INBOX", None, imaplib.Time2Internaldate(time.time() - past * 86400), b"From: %s@x.example\r\n\r\n" % name.encode() + b"x" * (1 << 20))
        box.logout()
    r = lab.ctl("check")
    assert r.returncode == 0, r.stdout
    assert "2 mails, 2 MiB in INBOX; a first start leaves them alone" in line(r, "mailbox"), r.stdout
    assert " ok " in line(r, "clock") and " ok " in line(r, "disk") and "MiB free" in line(r, "disk"), r.stdout
    since = time.strftime("%Y-%m-%d", time.localtime(time.time() - 10 * 86400))
    lab.write_config('since = "%s";' % since)
    r = lab.ctl("check")
    assert "takes 1 of them in and leaves 1 alone" in line(r, "mailbox"), r.stdout
    # a store on a disk that is nearly full
    os.makedirs(lab.path("var"), mode=0o700)
    argv = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=1m,mode=0700 none "$0" && exec "$@"', lab.path("var"), lab.program("sitantectl"), "-c", lab.config, "check"]
    r = subprocess.run(argv, capture_output=True, text=True)
    assert r.returncode == 1 and "FAIL" in line(r, "disk") and "make room" in line(r, "disk"), r.stdout
    os.rmdir(lab.path("var"))
    # the server's clock goes before ours
    box = lab.imap_login("sitante")
    box.append("INBOX", None, imaplib.Time2Internaldate(time.time() + 900), b"From: besok@x.example\r\n\r\nx")
    box.logout()
    r = lab.ctl("check")
    assert r.returncode == 1 and "FAIL" in line(r, "clock") and re.search(r"is 8\d\d s younger", line(r, "clock")), r.stdout


def test_given_up_at_any_moment(lab):
    """Ctrl-C before, in and after a question's wait ends it all the same."""
    for turn in range(60):
        t = Terminal(lab, lab.path("kapan", "sitante.conf"))
        t.answer("Name of the agency", "Dinas")
        t.answer("Time zone", "")
        time.sleep(turn / 60 * 0.003)
        os.write(t.fd, b"\x03")
        assert t.end() == 1
        assert left(lab.path("kapan")) == []


def test_given_up_at_the_password(lab):
    t = Terminal(lab, lab.path("batal", "sitante.conf"))
    office(t)
    t.answer("IMAP server", "localhost")
    for question in ("security", "port", "PEM file", "log-in name"):
        t.answer(question, "")
    t.expect("password: $")
    os.write(t.fd, b"setengah\x03")
    assert t.end() == 1
    assert "setengah" not in t.said and left(lab.path("batal")) == []
    r = subprocess.run([lab.program("sitantectl"), "-c", lab.path("x.conf"), "setup"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert r.returncode == 2 and "terminal" in r.stderr


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Lab))
