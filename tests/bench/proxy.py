"""A road to a port of this machine on which every byte is under way for a while."""
import selectors
import socket
import threading
import time


class Proxy:
    def __init__(self, port, one_way_s):
        self.target, self.delay = port, one_way_s
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for s in (near, far):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.carry, args=(near, far), daemon=True).start()

    def carry(self, near, far):
        """Both directions; pieces leave in order when their time has come."""
        chooser = selectors.DefaultSelector()
        other = {near: far, far: near}
        for s in other:
            chooser.register(s, selectors.EVENT_READ)
        under_way = []
        while True:
            wait = max(under_way[0][0] - time.monotonic(), 0) if under_way else None
            for key, _ in chooser.select(wait):
                try:
                    data = key.fileobj.recv(1 << 18)
                except OSError:
                    data = b""
                under_way.append((time.monotonic() + self.delay, other[key.fileobj], data))
                if not data:
                    chooser.unregister(key.fileobj)
            while under_way and under_way[0][0] <= time.monotonic():
                _, to, data = under_way.pop(0)
                try:
                    if not data:
                        to.shutdown(socket.SHUT_WR)
                    to.sendall(data)
                except OSError:
                    pass
            if not under_way and not chooser.get_map():
                near.close()
                far.close()
                return
