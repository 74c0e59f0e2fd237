"""Plays the service manager for the daemon: hears READY, STATUS and WATCHDOG on the socket that it gives."""
import os
import socket
import threading
import time


class Manager:
    def __init__(self, folder, watchdog_seconds=None):
        self.path = os.path.join(folder, "notify")
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.lock = threading.Lock()
        self.heard = []  # (monotonic seconds, line)
        self.env = {"NOTIFY_SOCKET": self.path}
        if watchdog_seconds is not None:
            self.env["WATCHDOG_USEC"] = str(int(watchdog_seconds * 1e6))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                words = self.socket.recv(4096)
            except OSError:
                return
            with self.lock:
                self.heard += [(time.monotonic(), line) for line in words.decode().splitlines()]

    def close(self):
        self.socket.close()

    def clear(self):
        with self.lock:
            self.heard = []

    def times(self, word):
        with self.lock:
            return [at for at, line in self.heard if line.startswith(word)]

    def last_feed(self):
        """When the watchdog was fed last, or the daemon was ready; None: neither yet."""
        fed = self.times("WATCHDOG=1") or self.times("READY=1")
        return fed[-1] if fed else None
