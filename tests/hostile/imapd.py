"""An IMAP server on loopback that behaves, but for one thing: what a row of test_imap.py makes of a command."""
import re
import socket
import threading

MAIL = b"From: a@b.example\r\nSubject: x\r\n\r\nhalo\r\n"


class Peer:
    """One connection."""

    def __init__(self, socket):
        self.socket = socket
        self.buffer = b""

    def line(self):
        while b"\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def send(self, *lines):
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))

    def raw(self, data):
        self.socket.sendall(data)


class Server:
    """does: name of a moment ("greeting", a command, "idle") -> function(server, peer, tag, words), for the first `times`
    connections; true from it: the answer was given.  What the client said is kept in heard."""

    def __init__(self, does=None, times=1, tls=None, starttls=None, uidvalidity=7, mail=MAIL, capability=b"IMAP4rev1 IDLE MOVE UIDPLUS"):
        self.does, self.times, self.mail, self.capability = does or {}, times, mail, capability
        self.uidvalidity, self.tls, self.starttls = uidvalidity, tls, starttls
        self.heard, self.connections, self.done = [], 0, False
        self.moved = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.guarded, args=(c, self.connections), daemon=True).start()

    def guarded(self, c, number):
        try:
            if self.tls:
                c = self.tls.wrap_socket(c, server_side=True)
            self.serve(Peer(c), number <= self.times)
        except (OSError, ValueError):
            pass
        finally:
            try:
                c.close()
            except OSError:
                pass

    def close(self):
        self.done = True
        self.listener.close()

    def hostile(self, moment, odd, peer, tag, words):
        return odd and moment in self.does and self.does[moment](self, peer, tag, words)

    def serve(self, peer, odd):
        if not self.hostile("greeting", odd, peer, b"*", []):
            peer.send(b"* OK ready")
        while True:
            line = peer.line()
            if line is None:
                return
            self.heard.append(line)
            words = line.split()
            if len(words) < 2:
                continue
            tag, command = words[0], words[1].upper().decode("latin-1")
            if command == "UID":
                command += " " + words[2].upper().decode("latin-1")
            if not self.hostile(command, odd, peer, tag, words):
                self.answer(peer, tag, command, words, odd)
            if command == "LOGOUT":
                return

    def numbers(self):
        return [] if self.moved else [9]

    def answer(self, peer, tag, command, words, odd):
        if command == "CAPABILITY":
            peer.send(b"* CAPABILITY " + self.capability, tag + b" OK done")
        elif command == "STARTTLS" and self.starttls:
            peer.send(tag + b" OK begin")
            peer.socket = self.starttls.wrap_socket(peer.socket, server_side=True)
        elif command == "LIST":
            peer.send(b"* LIST (\\HasNoChildren) \"/\" " + (b"\"\"" if words[-1] == b"\"\"" else words[-1]), tag + b" OK done")
        elif command == "SELECT":
            peer.send(b"* FLAGS (\\Seen \\Deleted)", b"* %d EXISTS" % len(self.numbers()), b"* 0 RECENT", b"* OK [UIDVALIDITY %d] ok" % self.uidvalidity,
                      b"* OK [UIDNEXT 10] ok", tag + b" OK [READ-WRITE] done")
        elif command == "UID FETCH":
            self.fetch(peer, tag, words)
        elif command == "UID MOVE":
            self.moved = True
            peer.send(b"* OK [COPYUID 1 9 1] moved", b"* 1 EXPUNGE", tag + b" OK done")
        elif command == "IDLE":
            peer.send(b"+ idling")
            self.hostile("idle", odd, peer, tag, words)
            peer.line()
            peer.send(tag + b" OK done")
        elif command == "LOGOUT":
            peer.send(b"* BYE bye", tag + b" OK done")
        elif command in ("LOGIN", "NOOP", "CREATE", "SUBSCRIBE"):
            peer.send(tag + b" OK done")
        else:
            peer.send(tag + b" BAD what?")

    def fetch(self, peer, tag, words):
        asked = b" ".join(words).upper()
        for uid in self.numbers():
            if b"BODY" not in asked:
                peer.send(b"* 1 FETCH (UID %d RFC822.SIZE %d INTERNALDATE \"02-Nov-2026 08:00:00 +0700\")" % (uid, len(self.mail)))
            else:
                partial = re.search(rb"<(\d+)\.(\d+)>", asked)
                at, n = (int(partial[1]), int(partial[2])) if partial else (0, len(self.mail))
                body, section = self.mail[at:at + n], b"BODY[]<%d>" % at if partial else b"BODY[]"
                peer.raw(b"* 1 FETCH (UID %d %s {%d}\r\n%s)\r\n" % (uid, section, len(body), body))
        peer.send(tag + b" OK done")
