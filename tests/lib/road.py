"""A road to a server of the lab that can be broken: cut, closed, or swallowing every byte while the connection stands;
and that can keep single answers of an IMAP server back."""
import re
import socket
import threading
import time

LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class Road:
    def __init__(self, port):
        self.target = port
        self.delay = 0.0  # seconds, for every piece
        self.swallows = False  # open, and nothing comes through
        self.dead = set()  # sockets of connections that stay open and carry nothing any more
        self.closed = False  # new connections are refused at once
        self.keep_back = None  # function(one answer of an IMAP server) -> "pass", "drop" or "cut"
        self.lock = threading.Lock()
        self.pairs = []
        self.made = 0  # connections so far
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.socket.close()
        self.cut()

    def cut(self):
        """Every connection that stands ends now."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            self.end(*pair)

    def deaden(self):
        """The connections that stand look alive for ever, and are not; new ones work."""
        with self.lock:
            self.dead.update(s for pair in self.pairs for s in pair)

    @staticmethod
    def end(*sockets):
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self):
        while True:
            try:
                near, _ = self.socket.accept()
            except OSError:
                return
            self.made += 1
            if self.closed:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self.lock:
                self.pairs.append((near, far))
            threading.Thread(target=self.carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.carry, args=(far, near, True), daemon=True).start()

    def carry(self, source, sink, answers):
        left = b""
        try:
            while True:
                piece = source.recv(1 << 16)
                if not piece:
                    break
                if self.swallows or source in self.dead:
                    left = b""
                    continue
                if self.delay:
                    time.sleep(self.delay)
                if answers and self.keep_back:
                    piece, left = self.sift(left + piece)
                else:
                    piece, left = left + piece, b""
                sink.sendall(piece)
        except (OSError, ConnectionError):
            pass
        if not self.swallows and source not in self.dead:
            self.end(source, sink)

    def sift(self, data):
        """What may pass of it, and what is not whole yet."""
        out = b""
        while True:
            answer = self.one_answer(data)
            if answer is None:
                return out, data
            data = data[len(answer):]
            what = self.keep_back(answer)
            if what == "cut":
                raise ConnectionError
            out += answer if what == "pass" else b""

    @staticmethod
    def one_answer(data):
        at = 0
        while True:
            end = data.find(b"\r\n", at)
            if end < 0:
                return None
            end += 2
            literal = LITERAL.search(data[at:end])
            if not literal:
                return data[:end]
            at = end + int(literal.group(1))
            if len(data) < at:
                return None


def body_of(answer):
    """UID of a mail whose text is in this answer; None: no text is."""
    m = re.match(rb"\* \d+ FETCH \(.*?UID (\d+) .*?BODY\[", answer.split(b"\r\n")[0])
    return int(m.group(1)) if m else None
