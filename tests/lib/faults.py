"""Orders for the wrapper library tests/fault/faults.c, through a file that all processes of the daemon map."""
import os
import struct

MEMORY, WRITE, SYNC, NAME, SQLITE, SEND, RECEIVE, FRAME = 1, 2, 4, 8, 16, 32, 64, 128
NOTHING, KILL_BEFORE, KILL_AFTER, FAIL, CUT, HANG = range(6)
DURABLE = WRITE | SYNC | NAME
FORM = struct.Struct("<IIQIiqIIQQII")
RECORD = struct.Struct("<IIIIQQq")
R_WRITE, R_SYNC, R_TRUNCATE, R_LINK, R_RENAME, R_UNLINK, R_MAKE, R_FOLDER = range(1, 9)


class Faults:
    def __init__(self, library, path, root):
        self.path = path
        preload = [library]
        if os.environ.get("SITANTE_ASAN"):
            preload.append(os.environ["SITANTE_ASAN"])
        self.env = {"LD_PRELOAD": " ".join(preload), "SITANTE_FAULTS": path, "SITANTE_FAULTS_ROOT": root}
        self.order()

    def order(self, classes=0, action=NOTHING, at=0, sticky=False, error=0, clock_ms=0, journal=False):
        with open(self.path, "wb") as f:
            f.write(FORM.pack(classes, action, at, sticky, error, clock_ms, journal, 0, 0, 0, 0, 0))
        if os.path.exists(self.path + ".journal"):
            os.unlink(self.path + ".journal")

    def clock(self, ms):
        """Shifts the wall clock of programs that run already."""
        with open(self.path, "r+b") as f:
            f.seek(24)
            f.write(struct.pack("<q", ms))

    def later(self, seconds):
        """Shifts both clocks forth, as so much time would."""
        self.clock(seconds * 1000)
        with open(self.path, "r+b") as f:
            f.seek(36)
            f.write(struct.pack("<I", seconds))

    def counts(self):
        """Calls seen, calls hit."""
        with open(self.path, "rb") as f:
            v = FORM.unpack(f.read(FORM.size))
        return v[8], v[9]

    def journal(self):
        """(kind, key of the file, offset, data, path, is a folder) in the order of the calls."""
        with open(self.path + ".journal", "rb") as f:
            b = f.read()
        at, out = 0, []
        while at + RECORD.size <= len(b):
            kind, n, m, folder, device, inode, offset = RECORD.unpack_from(b, at)
            at += RECORD.size
            if at + n + m > len(b):
                break
            out.append((kind, (device, inode), offset, b[at:at + n], b[at + n:at + n + m].decode(), bool(folder)))
            at += n + m
        return out
