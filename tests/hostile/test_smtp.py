"""T50-T52, T56: SMTP servers that lie, stall, flood or end, each against a relay of its own.  No password where TLS is not
right, at most a second of processor time and 64 MiB, the relay's end waits for nobody, a mail of which the server's word is
in doubt is uncertain and never sent twice by itself, and what a server says is one clean line."""
import base64
import concurrent.futures
import os
import socket
import struct
import subprocess
import sys
import threading
import time

import keys

PROGRAM, USER, PASSWORD = sys.argv[1], "sitante", "sandi-yang-tak-boleh-bocor"
RSS_KIB, CPU_S, END_S = 64 * 1024, 1.0, 8.0
KEYS = keys.Keys()
HOST = "localhost"
try:
    socket.getaddrinfo(HOST, 1)
except OSError:
    HOST = "127.0.0.1"


class Server:
    """says: the first word of a command, "banner" or "dot" -> bytes to answer, or a function(socket)."""

    def __init__(self, says=None, tls=None, starttls=None, ehlo=(b"SIZE 1000000", b"AUTH PLAIN LOGIN", b"8BITMIME")):
        self.says, self.tls, self.starttls, self.ehlo = says or {}, tls, starttls, ehlo
        self.heard, self.taken = b"", []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
                threading.Thread(target=self.guarded, args=(c,), daemon=True).start()
            except OSError:
                return

    def guarded(self, c):
        try:
            self.serve(self.tls.wrap_socket(c, server_side=True) if self.tls else c)
        except (OSError, ValueError):
            pass
        finally:
            c.close()

    def say(self, c, moment, usual):
        told = self.says.get(moment, usual)
        if callable(told):
            return told(c)
        c.sendall(told)
        return None

    def serve(self, c):
        self.say(c, "banner", b"220 there ESMTP\r\n")
        f, data = c.makefile("rb"), None
        while True:
            line = f.readline()
            if not line:
                return
            self.heard += line
            if data is not None:
                data += line
                if line == b".\r\n":
                    self.taken.append(data)
                    data = None
                    self.say(c, "dot", b"250 taken\r\n")
                continue
            word = line.split()[0].upper().decode("latin-1") if line.split() else ""
            if word == "AUTH" and len(line.split()) == 2 and word not in self.says:
                self.say(c, "AUTH ", b"334 \r\n")
                self.heard += f.readline()
            usual = {"EHLO": b"".join(b"250-%s\r\n" % e for e in (b"there",) + self.ehlo) + b"250 HELP\r\n", "AUTH": b"235 in\r\n", "DATA": b"354 go on\r\n",
                     "STARTTLS": b"220 begin\r\n" if self.starttls else b"502 no\r\n", "QUIT": b"221 bye\r\n"}.get(word, b"250 well\r\n")
            self.say(c, word, usual)
            if word == "STARTTLS" and self.starttls and word not in self.says:
                c = self.starttls.wrap_socket(c, server_side=True)
                f = c.makefile("rb")
            if word == "DATA" and self.says.get("DATA", b"354").startswith(b"354"):
                data = b""
            if word == "QUIT":
                return


def stall(c):
    while c.recv(4096):
        pass


def hang_up(c):
    c.shutdown(socket.SHUT_RDWR)


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(c.detach())


def flood(piece, n, before=b""):
    def row(c):
        c.sendall(before)
        for _ in range(n * len(piece) // 65536 + 1):
            c.sendall(piece * (65536 // len(piece)))
    return row


def drip(c):
    for byte in b"250-" + b"x" * 100:
        c.sendall(bytes([byte]))
        time.sleep(0.2)


WAIT = 4  # a server that says nothing is waited for much longer than a test has time for
# name: (arguments of the server, security, outcomes that are right); no log-in over plain text
PLAIN = {
    "normal": ({}, ("accepted",)),
    "silent": ({"banner": stall}, ("waiting",)),
    "silent_after_the_dot": ({"dot": stall}, ("waiting",)),
    "drip": ({"EHLO": drip}, ("waiting", "down", "later")),
    "banner_554": ({"banner": b"554 no service\r\n"}, ("down",)),
    "banner_421": ({"banner": b"421 busy\r\n"}, ("down", "later")),
    "banner_rubbish": ({"banner": bytes(range(256)) * 20 + b"\r\n"}, ("down", "later", "waiting")),
    "banner_of_10_mb": ({"banner": flood(b"x", 10000000, b"220 ")}, ("down", "later", "waiting")),
    "banner_of_10_mb_in_lines": ({"banner": flood(b"220-there\r\n", 1000000)}, ("down", "later", "waiting", "accepted")),
    "ehlo_of_10_mb": ({"EHLO": flood(b"250-XYZ\r\n", 1200000)}, ("down", "later", "waiting", "accepted")),
    "mail_421": ({"MAIL": b"421 going\r\n"}, ("later", "down")),
    "rcpt_421": ({"RCPT": b"421 going\r\n"}, ("later", "down")),
    "data_421": ({"DATA": b"421 going\r\n"}, ("later", "down")),
    "data_451": ({"DATA": b"451 not now\r\n"}, ("later",)),
    "data_250": ({"DATA": b"250 what?\r\n"}, ("later", "refused", "uncertain", "down")),
    "dot_421": ({"dot": b"421 going\r\n"}, ("later", "down")),
    "dot_554": ({"dot": b"554 content\r\n"}, ("refused",)),
    "dot_hang_up": ({"dot": hang_up}, ("uncertain",)),
    "dot_reset": ({"dot": reset}, ("uncertain",)),
    "dot_rubbish": ({"dot": b"\xff\xfe\x00 what\r\n"}, ("uncertain", "waiting")),
    "dot_354": ({"dot": b"354 more\r\n"}, ("uncertain", "later")),
    "rcpt_hang_up": ({"RCPT": hang_up}, ("later", "down")),
    "mail_reset": ({"MAIL": reset}, ("later", "down")),
    "rcpt_550": ({"RCPT": b"550 5.1.1 nobody\r\n"}, ("refused",)),
    "rcpt_999": ({"RCPT": b"999 what\r\n"}, ("later", "refused", "down")),
    "rcpt_abc": ({"RCPT": b"abc what\r\n"}, ("later", "refused", "down", "waiting")),
    "rcpt_negative": ({"RCPT": b"-50 what\r\n"}, ("later", "refused", "down", "waiting")),
    "rcpt_two_codes": ({"RCPT": b"250-well\r\n550 not well\r\n"}, ("refused", "accepted")),
    "words_of_a_terminal": ({"RCPT": b"550 \x1b[31m\x07\x9b2J\x00\xe2\x80\xae nobody\r\n"}, ("refused",)),
    "words_of_many_lines": ({"RCPT": b"550-a\rb\x0bc\r\n" * 200 + b"550 d\r\n"}, ("refused",)),
    "words_of_100_kb": ({"RCPT": b"550 " + b"x" * 100000 + b"\r\n"}, ("refused", "later", "down")),
    "more_than_asked": ({"MAIL": b"250 well\r\n" * 50}, ("accepted", "uncertain", "later", "refused", "down")),
}


def tls_rows():
    """name: (arguments of the server, security, outcomes)"""
    right = KEYS.context("right")
    starttls = (b"STARTTLS", b"AUTH PLAIN")
    refused = ("down",)
    rows = {"tls_right": (dict(tls=right), "tls", ("accepted",), True),
            "tls_1_1": (dict(tls=KEYS.old()), "tls", refused),
            "plain_text_where_tls_is_due": (dict(), "tls", refused + ("waiting",)),
            "auth_none": (dict(tls=right, ehlo=()), "tls", refused),
            "auth_no": (dict(tls=right, says={"AUTH": b"535 no\r\n"}), "tls", refused),
            "auth_endless": (dict(tls=right, says={"AUTH": b"334 " + base64.b64encode(b"more") + b"\r\n"}), "tls", refused + ("waiting",), True),
            "starttls_right": (dict(starttls=right, ehlo=starttls), "starttls", ("accepted",), True),
            "starttls_stripped": (dict(), "starttls", refused),
            "starttls_no": (dict(ehlo=starttls, says={"STARTTLS": b"454 not now\r\n"}), "starttls", refused),
            "starttls_injected": (dict(ehlo=starttls, says={"STARTTLS": b"220 begin\r\n250 injected\r\n250 injected\r\n"}), "starttls", ("down", "later")),
            "starttls_selfsigned": (dict(starttls=KEYS.context("selfsigned"), ehlo=starttls), "starttls", refused)}
    for name in keys.WRONG:
        rows["tls_" + name] = (dict(tls=KEYS.context(name)), "tls", refused)
    return rows


def threat(name):
    return "T56_" if name in PLAIN else "T52_" if name == "starttls_injected" else "T51_" if name.startswith("starttls") else "T50_"


def play(arguments, security, right, may_know=False):
    server, faults = Server(**arguments), []
    log_in = (USER, PASSWORD) if security != "plaintext" else ("", "")
    r = subprocess.run([PROGRAM, HOST, str(server.port), security, KEYS.ca, *log_in, str(WAIT)], capture_output=True, timeout=60)
    server.listener.close()
    words = r.stdout.decode(errors="backslashreplace").rstrip("\n").split("\t")
    if r.returncode != 0 or len(words) != 6:
        return ["status %d" % r.returncode], repr(words)
    outcome, _, cpu, rss, end, text = words
    if outcome not in right:
        faults.append("%s, not %s" % (outcome, " or ".join(right)))
    if float(cpu) > CPU_S or int(rss) > RSS_KIB or float(end) > END_S:
        faults.append("too dear")
    if not text.isprintable() or PASSWORD in text:
        faults.append("the words are %r" % text)
    secret = base64.b64encode(("\0%s\0%s" % (USER, PASSWORD)).encode())
    said = PASSWORD.encode() in server.heard or secret in server.heard
    if said != may_know:
        faults.append("the password was %s" % ("sent" if said else "not sent"))
    if outcome == "accepted" and server.taken != [b"Subject: x\r\n\r\n..halo\r\n...\r\n.\r\n"]:
        faults.append("it took %r" % server.taken)
    if len(server.taken) > 1:
        faults.append("sent twice")
    return faults, "%s, %s s processor, %s KiB, %s s to end: %s" % (outcome, cpu, rss, end, text[:100])


rows = {name: (dict(says=says), "plaintext", right) for name, (says, right) in PLAIN.items()}
rows.update(tls_rows())
print("1..%d" % len(rows), flush=True)
failed = 0
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    futures = [pool.submit(play, *row) for row in rows.values()]
    for i, (name, future) in enumerate(zip(rows, futures), 1):
        faults, words = future.result()
        failed += bool(faults)
        print("%sok %d - %s%s: %s%s" % ("not " if faults else "", i, threat(name), name, words, "; FAULT: " + "; ".join(faults) if faults else ""), flush=True)
sys.exit(1 if failed else 0)
