"""A real Kannel on loopback: bearerbox, smsbox and its fake SMSC, unpacked from their Debian packages.

What telephones send comes to the lab's mailbox as mail of the gateway, as an agency's gateway would send it.
"""
import os
import re
import socket
import sys
import threading
import urllib.parse
import urllib.request

from lab import LabError, free_port, wait_for

BRIDGE = """
import smtplib, sys, time, urllib.parse
number, text = (urllib.parse.unquote_plus(x) for x in (sys.argv[1], " ".join(sys.argv[2:])))
mail = ("From: Gerbang SMS <sms@natunakab.go.id>\\r\\nTo: sitante@natunakab.go.id\\r\\nSubject: SMS dari %%s\\r\\n"
        "Message-ID: <sms-%%d@natunakab.go.id>\\r\\nContent-Type: text/plain; charset=utf-8\\r\\n\\r\\n%%s\\r\\n" %% (number, time.time_ns(), text))
with smtplib.SMTP("127.0.0.1", %d, local_hostname="gerbang") as s:
    s.sendmail("sms@natunakab.go.id", ["sitante@natunakab.go.id"], mail.encode())
"""


class Kannel:
    def __init__(self, lab):
        self.lab = lab
        self.admin, self.box, self.http, self.smsc = (free_port() for _ in range(4))
        if not os.path.exists(lab.root("usr/sbin/bearerbox")):
            raise LabError("Kannel is not among the unpacked servers")
        os.makedirs(lab.path("kannel"), exist_ok=True)
        lab.write("kannel/bridge.py", BRIDGE % lab.proven)
        self.write_config()
        self.bearerbox = self.start("bearerbox", [lab.installed("usr/sbin/bearerbox"), "-v", "1", lab.path("kannel/kannel.conf")])
        self.wait(self.smsc)
        self.wait(self.box)
        self.smsbox = self.start("smsbox", [lab.installed("usr/sbin/smsbox"), "-v", "1", lab.path("kannel/kannel.conf")])
        self.wait(self.http)
        self.network = socket.create_connection(("127.0.0.1", self.smsc), 10)
        self.network.settimeout(None)
        self.lines = []
        threading.Thread(target=self.listen, daemon=True).start()
        wait_for("Kannel's centre and box", self.is_online)

    def is_online(self):
        """The fake SMSC has its network and bearerbox has its smsbox; before that a message is refused for now."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d/status.txt?password=admin" % self.admin, timeout=5) as f:
                text = f.read().decode(errors="replace")
        except OSError:
            return False
        return "smsbox:" in text and "FAKE" in text and re.search(r"FAKE.*\(online", text) is not None

    def listen(self):
        """What the fake SMSC hands to telephones: "from to kind message", a line each."""
        try:
            with self.network.makefile("rb") as f:
                for line in f:
                    self.lines.append(line.decode(errors="replace").rstrip("\n"))
        except OSError:
            pass

    def write_config(self):
        lab = self.lab
        lab.write("kannel/kannel.conf", f"""
group = core
admin-port = {self.admin}
admin-password = admin
smsbox-port = {self.box}
log-file = "{lab.path('kannel/core.log')}"
log-level = 0
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {self.smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {self.box}
sendsms-port = {self.http}
global-sender = 13013
log-file = "{lab.path('kannel/smsbox.log')}"
log-level = 0

group = sendsms-user
username = sitante
password = {"rahasia-sms-1"}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
exec = "{sys.executable} {lab.path('kannel/bridge.py')} %p %a"
""")

    def start(self, name, argv):
        return self.lab.start(self.lab.apart(argv), "kannel-%s.log" % name)

    def wait(self, port):
        def reachable():
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except OSError:
                return False
        wait_for("Kannel's port %d" % port, reachable)

    def log(self, name):
        try:
            with open(self.lab.path("kannel-%s.log" % name), errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def received(self, number):
        """Texts that the telephone got, in order."""
        out = []
        for line in list(self.lines):
            words = line.split(" ", 3)
            if len(words) == 4 and words[1].lstrip("+") == number.lstrip("+"):
                text = urllib.parse.unquote_to_bytes(words[3].replace("+", " ")) if words[2] != "text" else words[3].encode()
                out.append(text.decode("utf-16-be" if words[2] == "ucs2" else "latin-1", "replace"))
        return out

    def settings(self):
        self.lab.write("etc/sms-password", "rahasia-sms-1\n", 0o600)
        return ('sms = { url = "http://127.0.0.1:%d/cgi-bin/sendsms?username={user}&password={password}&to={to_plus}&charset=UTF-8&coding={coding}&text={text}";'
                ' user = "sitante"; password_file = "sms-password"; accepted = ( "Accepted for delivery", "Queued for later delivery" );'
                ' from = "sms@natunakab.go.id"; pattern = "SMS dari {number}"; per_minute = 600; };' % self.http)

    def phone_sends(self, number, text):
        """A telephone writes to the office's number."""
        self.network.sendall(("%s 13013 text %s\n" % (number, text)).encode())
