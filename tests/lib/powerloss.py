"""What a disk may hold after the power went: a journal of file changes (tests/fault/faults.c) played on a
copy of the store as it was, where nothing is sure that was not synced.

A file's data are sure after fsync of the file; a name (create, link, rename, unlink) after fsync of its
folder.  What is not sure is dropped, kept, or kept in part, in pieces of 512 bytes."""
import os
import shutil

from faults import R_FOLDER, R_LINK, R_MAKE, R_RENAME, R_SYNC, R_TRUNCATE, R_UNLINK, R_WRITE

SECTOR = 512
VARIANTS = ("nothing that was not synced", "all names and no data", "all data and no names", "some sectors, some names", "the last write torn")


class Disk:
    def __init__(self, root):
        self.root = root
        self.data, self.names, self.folders = {}, {}, set()  # sure: bytes of a file, path -> file, folders
        self.open_data, self.open_names = {}, []  # not sure yet
        for folder, _, names in os.walk(root):
            self.folders.add(folder)
            for n in names:
                path = os.path.join(folder, n)
                st = os.lstat(path)
                self.names[path] = (st.st_dev, st.st_ino)
                with open(path, "rb") as f:
                    self.data[self.names[path]] = bytearray(f.read())

    def feed(self, record):
        kind, key, offset, data, path, folder = record
        if kind in (R_WRITE, R_TRUNCATE):
            self.open_data.setdefault(key, []).append((kind, offset, data))
        elif kind == R_SYNC:
            for op in self.open_data.pop(key, []):
                self.write(key, op)
        elif kind == R_FOLDER:
            keep = []
            for op in self.open_names:
                if os.path.dirname(op[2]) == path:
                    self.name(op)
                else:
                    keep.append(op)
            self.open_names = keep
        elif kind in (R_LINK, R_RENAME, R_UNLINK, R_MAKE):
            self.open_names.append((kind, key, path, data.decode(), folder))

    def write(self, key, op, sectors=None):
        kind, offset, data = op
        b = self.data.setdefault(key, bytearray())
        if kind == R_TRUNCATE:
            del b[offset:]
            b.extend(bytes(offset - len(b)))
            return
        for at in range(0, len(data), SECTOR):
            if sectors is None or sectors():
                piece = data[at:at + SECTOR]
                b.extend(bytes(max(0, offset + at + len(piece) - len(b))))
                b[offset + at:offset + at + len(piece)] = piece

    def name(self, op):
        kind, key, path, old, folder = op
        if kind == R_UNLINK:
            self.names.pop(path, None)
        elif folder:
            self.folders.add(path)
        else:
            self.names[path] = key
            if kind == R_RENAME:
                self.names.pop(old, None)

    def crash(self, variant, chance):
        """Decides what of the open changes is kept."""
        last = list(self.open_data)[-1:] if self.open_data else []
        for key, ops in self.open_data.items():
            for i, op in enumerate(ops):
                if variant == 2:
                    self.write(key, op)
                elif variant == 3:
                    self.write(key, op, lambda: chance.random() < 0.5)
                elif variant == 4 and (key not in last or i < len(ops) - 1):
                    self.write(key, op)
                elif variant == 4:
                    left = [chance.randrange(0, 1 + len(op[2]) // SECTOR)]
                    self.write(key, op, lambda: left.append(left.pop() - 1) or left[0] >= 0)
        for op in self.open_names:
            if variant in (1, 4) or (variant == 3 and chance.random() < 0.5):
                self.name(op)

    def lay_out(self, target):
        """The disk's contents below target; SQLite's shared memory is gone with the machine."""
        shutil.rmtree(target, ignore_errors=True)
        there = {self.root}
        for f in sorted(self.folders):
            if os.path.dirname(f) in there or f == self.root:
                there.add(f)
                os.makedirs(target + f[len(self.root):], mode=0o700, exist_ok=True)
        for path, key in self.names.items():
            if os.path.dirname(path) in there and not path.endswith("-shm"):
                with open(target + path[len(self.root):], "wb") as out:
                    out.write(self.data.get(key, b""))
