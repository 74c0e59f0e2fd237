"""The office and a reader that dies, hangs or falls silent: the mail is tried twice, the next ones are read.
Needs a build with -Dplanted_faults=true: its reader obeys the X-Planted field."""
import os
import signal
import sys

import case
from case import wait_for

DATA = "Nama: Budi Santoso\nNIK: 21030101019000%02d\nInstansi: Dinas Sosial\n"


def send(lab, user, number, planted=None):
    lab.send(user, "perpanjangan TTE", DATA % number, headers=(("X-Planted", planted),) if planted else ())


def zygotes(lab):
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                words = f.read().split()
        except OSError:
            continue
        if words[1] == "(sitante-reader)" and int(words[3]) == lab.daemon.pid:
            out.append(int(pid))
    return out


def logged(lab, words):
    with open(lab.daemon_log, errors="replace") as f:
        return words in f.read()


def test_a_stale_zygote_costs_no_mail(lab):
    lab.start_daemon()
    send(lab, "ani", 1)
    lab.wait_mail("ani", what="acknowledgement")
    before = zygotes(lab)
    send(lab, "budi", 2, "stale")
    lab.wait_mail("budi", what="acknowledgement")
    assert logged(lab, "reader died, time 1 of 2") and not logged(lab, "mail-quarantined")
    assert zygotes(lab) != before, "the second try was left to the same zygote"


def test_T64_crash_and_hang_end_in_quarantine_and_the_next_mail_is_read(lab):
    for i, planted in enumerate(("crash", "hang"), 3):
        send(lab, "citra", i, planted)
        send(lab, "dodi%d" % i, i + 10)
        lab.wait_mail("dodi%d" % i, what="acknowledgement", timeout=60)
        wait_for("quarantine", lambda: len(lab.ctl_json("quarantine")) == i - 2)
    told = [m for m in lab.inbox("satu") if "karantina" in lab.text_of(m).lower()]
    assert len(told) >= 2, [m["Subject"] for m in lab.inbox("satu")]
    assert lab.inbox("citra") == []


def test_a_silent_zygote_is_replaced(lab):
    (zygote,) = zygotes(lab)
    os.kill(zygote, signal.SIGSTOP)
    send(lab, "eka", 5)
    lab.wait_mail("eka", what="acknowledgement", timeout=120)
    assert logged(lab, "the reader process does not answer") and zygotes(lab) != [zygote]
    assert lab.stop_daemon() == 0


def test_a_file_that_kills_the_examiner_costs_no_mail_its_reading(lab):
    lab.start_daemon()
    for i, planted in enumerate(("crash", "hang", "open", "socket"), 20):
        user = "fani%d" % i
        before = len(lab.inbox("satu"))
        lab.send(user, "perpanjangan TTE", DATA % i, attachments=[("baik.pdf", "application/pdf", b"%PDF-1.7"),
                 ("jahat.pdf", "application/pdf", b"%PDF-1.7 planted: " + planted.encode()), ("akhir.pdf", "application/pdf", b"%PDF-1.7")])
        lab.wait_mail(user, what="acknowledgement", timeout=60)
        text = " ".join(lab.text_of(lab.wait_mail("satu", lambda m: user in lab.text_of(m), skip=before, what="notice")).split())
        assert "baik.pdf rusak" in text, text
        assert "jahat.pdf tidak dapat diperiksa sampai selesai" in text and "akhir.pdf tidak dapat diperiksa sampai selesai" in text, text
    for signal_name in ("signal 6", "signal 31"):
        assert logged(lab, signal_name), "by abort(), and by the walls"
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
