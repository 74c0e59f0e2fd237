"""An SMTP server in the test's own process: keeps what it took, in memory, and answers as it is told.
Postfix's smtp-sink can neither be emptied between two runs nor lose one reply of many."""
import email
import email.policy
import re
import socket
import threading


class Sink:
    def __init__(self):
        self.mails = []  # (recipient, bytes), in the order of the final dots
        self.reply = None  # function(words of the command or "." after data) -> line, "" for none and close; None: 250
        self.lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def close(self):
        self.socket.close()

    def clear(self, mails=()):
        with self.lock:
            self.mails = list(mails)

    def taken(self):
        with self.lock:
            return list(self.mails)

    def parsed(self):
        return [(to, email.message_from_bytes(raw, policy=email.policy.default)) for to, raw in self.taken()]

    def answer(self, c, words, normal):
        line = self.reply(words) if self.reply else None
        if line == "":
            return False
        c.sendall((line or normal).encode() + b"\r\n")
        return True

    def serve(self, c):
        recipient = ""
        try:
            f = c.makefile("rb")
            c.sendall(b"220 sink.contoh ESMTP\r\n")
            while True:
                line = f.readline()
                if not line:
                    return
                words = line.decode("latin-1").strip()
                verb = words.split(" ")[0].upper()
                if verb == "RCPT":
                    recipient = re.search(r"<(.*)>", words).group(1)
                if not self.answer(c, words, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")):
                    return
                if verb == "QUIT":
                    return
                if verb == "DATA" and not self.data(c, f, recipient):
                    return
        except OSError:
            pass
        finally:
            c.close()

    def data(self, c, f, recipient):
        lines = []
        while True:
            line = f.readline()
            if not line.endswith(b"\n"):
                return False  # cut: nothing was taken
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        with self.lock:
            self.mails.append((recipient, b"".join(lines)))
        return self.answer(c, ".", "250 2.0.0 taken")
