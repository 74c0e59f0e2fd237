"""Thousands of reminders, killed in between: everybody is written to once, and no faster than was configured."""
import collections
import datetime
import os
import random
import signal
import sys
import time

import case
from case import today, wait_for
from lab import Lab
from smtpsink import Sink

MANY, KILLS, IN_FLIGHT = (5000, 6, 32) if os.environ.get("SITANTE_WHOLE") else (700, 3, 32)
PATIENCE = MANY // 3  # seconds for all of them: a busy machine sends a few a second


class Quiet(Lab):
    """No Postfix: what leaves goes into a sink."""

    def start_postfix(self):
        self.sink = Sink()

    def close(self):
        super().close()
        if hasattr(self, "sink"):
            self.sink.close()

    def configure(self, per_hour):
        self.write_config(smtp_host="127.0.0.1", smtp_port=self.sink.port, smtp_security="plaintext", extra="expiry = { per_hour = %d; };" % per_hour)
        with open(self.config) as f:
            text = f.read()
        self.write("etc/sitante.conf", text.replace('user = "sitante"; password_file = "smtp-password"; ', ""))

    def kill_daemon(self):
        os.killpg(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()
        self.daemon = None

    def bring_in(self, name, first, n):
        end = (today() + datetime.timedelta(days=14)).strftime("%d-%m-%Y")
        lines = ["Nama,NIK,Instansi,Email,Berlaku sampai"]
        lines += ["Pegawai %d,21030101%08d,Dinas %d,p%d@natunakab.go.id,%s" % (i, i, i % 40, i, end) for i in range(first, first + n)]
        path = self.write(name, "\n".join(lines) + "\n")
        r = self.ctl("import", path, "--yes")
        assert r.returncode == 0 and "Ditambahkan\t%d\n" % n in r.stdout, r.stdout[:500] + r.stderr

    def written(self):
        """Message-IDs by recipient."""
        ids = collections.defaultdict(list)
        for address, m in self.sink.parsed():
            ids[address].append(m["Message-ID"])
        return ids


def test_no_faster_than_configured(lab):
    lab.configure(600)  # ten a minute
    lab.start_daemon()
    lab.bring_in("wenige.csv", 1, 60)
    wait_for("the minute's ten", lambda: len(lab.sink.taken()) == 10)
    lab.kill_daemon()
    lab.start_daemon()  # the minute is the same one
    time.sleep(4)
    assert len(lab.sink.taken()) == 10
    assert lab.stop_daemon() == 0


def test_killed_again_and_again_everybody_is_written_to_once(lab):
    chance = random.Random(8)
    lab.configure(1000000)
    lab.start_daemon()
    lab.bring_in("alle.csv", 61, MANY - 60)
    kills = 0
    while kills < KILLS:
        goal = len(lab.sink.taken()) + chance.randint(1, (MANY - len(lab.sink.taken())) // (KILLS - kills + 1))
        wait_for("some more", lambda: len(lab.sink.taken()) >= goal, PATIENCE)
        lab.kill_daemon()
        kills += 1
        lab.start_daemon(wait=False)
    wait_for("all of them", lambda: len({a for a, _ in lab.sink.taken()}) == MANY, PATIENCE)
    wait_for("nothing left", lambda: lab.ctl_json("outbox") == [], 60)
    ids = lab.written()
    assert len(ids) == MANY and all(a.startswith("p") for a in ids)
    two = [a for a, x in ids.items() if len(set(x)) != 1]
    assert not two, "written to twice: %s" % two[:5]
    again = sum(len(x) - 1 for x in ids.values())  # the very same mail, whose answer the kill took away
    assert again <= KILLS * IN_FLIGHT, again
    print("# %d mails for %d people, %d of them sent once more after %d kills" % (sum(map(len, ids.values())), MANY, again, kills))
    assert lab.ctl("verify").returncode == 0
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Quiet))
