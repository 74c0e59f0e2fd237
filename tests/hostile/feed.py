"""Talks with the program feed, which sits beside a reader of its own name."""
import json
import os
import shutil
import struct
import subprocess
import tempfile


class Feed:
    def __init__(self, feed, reader, *args):
        self.folder = tempfile.mkdtemp()
        for program, name in ((feed, "feed"), (reader, "sitante-reader")):
            shutil.copy(program, os.path.join(self.folder, name))
        self.process = subprocess.Popen([os.path.join(self.folder, "feed"), *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        shutil.rmtree(self.folder)

    def read(self, mail):
        self.process.stdin.write(struct.pack(">I", len(mail)))
        self.process.stdin.write(mail)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
