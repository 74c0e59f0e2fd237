"""Bad input has a clear outcome each: odd mails, old mail, wrong configuration, unknown numbers."""
import sys

import case
from case import wait_for

HEAD = "From: tina@gmail.example\r\nTo: sitante@natunakab.go.id\r\n"


def settle(lab):
    # the baseline mail of the first test stays in the inbox
    wait_for("all mail handled", lambda: lab.ctl_json("status")["queues"]["unread"] == 0 and len(lab.inbox("sitante")) == 1)


def log(lab):
    with open(lab.daemon_log) as f:
        return f.read()


def dispositions(lab):
    return [line.split("] ")[-1].split(":")[0] for line in log(lab).splitlines() if "mail-handled" in line]


def test_first_start_leaves_old_mail_alone(lab):
    lab.send("lama", "Permohonan perpanjangan TTE", "NIK 2103010101900009, nama: Orang Lama")
    lab.wait_mail("sitante")
    import time
    time.sleep(1.1)  # INTERNALDATE has whole seconds: the first start must lie in a later one
    lab.start_daemon()
    lab.send("baru", "Permohonan perpanjangan TTE", "Nama: Orang Baru\nNIK: 2103010101900008\nInstansi: Dinas Sosial")
    lab.wait_mail("baru", what="acknowledgement")
    assert lab.inbox("lama") == [], "nobody is asked or answered"
    assert len(lab.inbox("sitante")) == 1, "the old mail stays where it is"
    assert "is left alone" in log(lab)
    assert len(lab.ctl_json("tickets")) == 1


def test_odd_mails(lab):
    """No subject, sender, date, body or Message-ID; only an attachment; not a mail at all."""
    rows = {
        "no subject": HEAD + "Date: Mon, 5 Jan 2026 09:00:00 +0700\r\nMessage-ID: <a1@gmail.example>\r\n\r\nperpanjang TTE NIK 2103010101900007\r\n",
        "no sender": "To: sitante@natunakab.go.id\r\nSubject: perpanjangan TTE\r\nMessage-ID: <a2@x.example>\r\n\r\nNIK 2103010101900006\r\n",
        "no date": HEAD + "Subject: tanya\r\nMessage-ID: <a3@gmail.example>\r\n\r\nBagaimana cara perpanjangan TTE?\r\n",
        "no body": HEAD + "Subject: perpanjangan TTE\r\nMessage-ID: <a4@gmail.example>\r\n\r\n",
        "no message id": HEAD + "Subject: perpanjangan TTE\r\n\r\nNIK 2103010101900005\r\n",
        "only an attachment": HEAD + "Subject: TTE\r\nMessage-ID: <a6@gmail.example>\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=surat.pdf\r\n"
                              "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n",
        "not a mail": "\x00\x01\x02 rubbish\r\n" * 5,
        "bad charset": HEAD + "Subject: =?nope?q?x?=\r\nMessage-ID: <a8@gmail.example>\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff\xfe perpanjangan TTE\r\n",
    }
    before = len(dispositions(lab))
    for name, raw in rows.items():
        lab.send_bytes(raw.encode("latin-1"), "tina@gmail.example", trust="outside")
    wait_for("each has its disposition", lambda: len(dispositions(lab)) == before + len(rows))
    settle(lab)
    assert lab.ctl_json("quarantine") == []
    assert lab.ctl("verify").returncode == 0


def waiting(lab):
    """Mails on their way: what is held over a cap waits for the operator."""
    return [m for m in lab.ctl_json("outbox") if m["state"] != "held"]


def test_a_flood_of_one_address_is_capped(lab):
    before = len(lab.inbox("banyak"))
    for i in range(6):
        lab.send("banyak@gmail.example", "perpanjangan TTE %d" % i, "Nama: Orang %d\nNIK: 21030101019001%02d" % (i, i), trust="outside")
    settle(lab)
    wait_for("sent", lambda: waiting(lab) == [])
    assert len(lab.inbox("banyak")) - before <= 2, "two acknowledgements an hour"
    assert len([t for t in lab.ctl_json("tickets") if t["requester"]["address"] == "banyak@gmail.example"]) == 6, "but each is a ticket"


def test_automatic_mail_gets_no_answer(lab):
    rows = ["Auto-Submitted: auto-replied", "Precedence: list\r\nList-Id: <x.example>", "X-Autoreply: yes"]
    for i, extra in enumerate(rows):
        lab.send_bytes(("From: robot%d@gmail.example\r\nTo: sitante@natunakab.go.id\r\nSubject: perpanjangan TTE\r\nMessage-ID: <r%d@x.example>\r\n%s\r\n\r\nNIK 2103010101900003\r\n"
                        % (i, i, extra)).encode(), "robot%d@gmail.example" % i, trust="outside")
    settle(lab)
    for i in range(len(rows)):
        assert lab.inbox("robot%d" % i) == []


def test_the_same_mail_twice(lab):
    m = lab.compose("kembar", "perpanjangan TTE", "Nama: Si Kembar\nNIK: 2103010101900002\nInstansi: Dinas Sosial")
    for _ in range(2):
        lab.send_bytes(m.as_bytes(), lab.address("kembar"))
    settle(lab)
    wait_for("sent", lambda: waiting(lab) == [])
    assert len(lab.inbox("kembar")) == 1
    assert len([t for t in lab.ctl_json("tickets") if t["requester"]["address"] == "kembar@natunakab.go.id"]) == 1


def test_large_mails(lab):
    """A megabyte of text, many lines, a large attachment, an empty body: the next mail is handled as ever."""
    rows = [("besar1", "perpanjangan TTE\n" + "kata " * 180000, ()), ("besar2", "\n".join("baris & <b> %d" % i for i in range(60000)), ()),
            ("besar3", "terlampir", (("scan.pdf", "application/pdf", bytes(range(256)) * 40000),)), ("besar4", "x" * 5000000, ())]
    for user, text, files in rows:
        lab.send(user, "perpanjangan TTE", text, attachments=files)
    lab.send("kecil", "perpanjangan TTE", "Nama: Kecil\nNIK: 2103010101900077\nInstansi: Dinas Sosial")
    lab.wait_mail("kecil", timeout=60)
    settle(lab)
    wait_for("sent", lambda: waiting(lab) == [], timeout=60)
    assert lab.ctl_json("quarantine") == [], lab.ctl_json("quarantine")
    notice = lab.wait_mail("satu", check=lambda m: [p for p in m.iter_attachments() if p.get_filename() == "scan.pdf"])
    assert [p.get_content() for p in notice.iter_attachments() if p.get_filename() == "scan.pdf"] == [bytes(range(256)) * 40000]


def test_merge_kind_sms_cancel(lab):
    lab.send("rudi", "perpanjangan TTE", "Nama: Rudi\nNIK: 2103010101900051\nInstansi: Dinas Sosial")
    lab.send("rina", "perpanjangan TTE", "Nama: Rina\nNIK: 2103010101900052\nInstansi: Dinas Sosial")
    numbers = []
    for user in ("rudi", "rina"):
        s = lab.wait_mail(user, what="acknowledgement")["Subject"]
        numbers.append(s[s.index("[SITANTE-") + 9:s.index("]")])
    n = len(lab.inbox("satu"))
    first = lab.wait_mail("satu", check=lambda m: numbers[0] in m["Subject"])
    lab.reply("satu", first, "/jenis pertanyaan\n/sms 0812-3456-7890 Mohon cek email ya Pak")
    lab.wait_mail("satu", skip=n, check=lambda m: "/sms" in lab.text_of(m))
    t = lab.show(numbers[0])
    assert t["kind"] == "question" and [m for m in t["messages"] if m["direction"] == "sms"]
    n = len(lab.inbox("satu"))
    lab.reply("satu", first, "/jenis pembaharuan\n/gabung %s" % numbers[1])
    lab.wait_mail("satu", skip=n, check=lambda m: "/gabung" in lab.text_of(m))
    assert lab.show(numbers[0])["state"] == "merged"
    second = lab.wait_mail("satu", check=lambda m: numbers[1] in m["Subject"])
    n, r = len(lab.inbox("satu")), len(lab.inbox("rina"))
    lab.reply("satu", second, "/batal")
    lab.wait_mail("satu", skip=n, check=lambda m: "/batal" in lab.text_of(m))
    assert lab.show(numbers[1])["state"] == "cancelled" and len(lab.inbox("rina")) == r
    n = len(lab.inbox("satu"))
    lab.reply("satu", second, "/buka")
    lab.wait_mail("satu", skip=n, check=lambda m: "/buka" in lab.text_of(m))
    assert lab.show(numbers[1])["state"] == "examining"


def test_unknown_ticket_number(lab):
    n = len(lab.inbox("satu"))
    lab.send("satu", "[SITANTE-2026-9999] apa kabar", "/status 2026-9999")
    answer = lab.wait_mail("satu", skip=n, check=lambda m: "9999" in lab.text_of(m), what="answer")
    assert "9999" in lab.text_of(answer)
    r = lab.ctl("show", "2026-9999")
    assert r.returncode == 1 and "no ticket" in r.stderr


def test_wrong_use_of_the_tool(lab):
    assert lab.ctl("nonsense").returncode == 2
    assert lab.ctl("show").returncode == 2
    assert lab.ctl("tickets", "--state", "purple").returncode == 2
    assert lab.ctl("inspect", "/nonexistent.eml", config=False).returncode == 1
    assert lab.ctl("quarantine", "retry", "12345").returncode == 1
    assert lab.ctl("outbox", "retry", "x").returncode == 2


def test_broken_reload_is_refused(lab):
    import os
    import signal
    with open(lab.config) as f:
        good = f.read()
    lab.write("etc/sitante.conf", good + "\nnonsense = 1;\n")
    os.kill(lab.daemon.pid, signal.SIGHUP)
    wait_for("refusal in the log", lambda: "reload-refused" in log(lab))
    r = lab.ctl("check")
    assert r.returncode == 2 and "nonsense" in r.stderr and "sitante.conf:" in r.stderr
    lab.write("etc/sitante.conf", good)
    os.kill(lab.daemon.pid, signal.SIGHUP)
    wait_for("reload in the log", lambda: "configuration reloaded" in log(lab))
    lab.send("sesudah", "perpanjangan TTE", "Nama: Sesudah\nNIK: 2103010101900099\nInstansi: Dinas Sosial")
    lab.wait_mail("sesudah", what="acknowledgement after the reload")


def test_template_fault_is_found_by_check(lab):
    import os
    import shutil
    folder = lab.path("templates")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "templates")
    shutil.copytree(source, folder)
    with open(os.path.join(folder, "receipt.tpl"), "a") as f:
        f.write("\n{{no_such_value}}\n")
    with open(lab.config) as f:
        text = f.read()
    broken = lab.write("etc/broken.conf", text + 'templates = "%s";\n' % folder)
    import subprocess
    r = subprocess.run([lab.program("sitantectl"), "-c", broken, "check"], capture_output=True, text=True)
    assert r.returncode == 2 and "receipt" in r.stderr and "no_such_value" in r.stderr, r.stderr
    os.unlink(os.path.join(folder, "report.tpl"))
    r = subprocess.run([lab.program("sitantectl"), "-c", broken, "check"], capture_output=True, text=True)
    assert r.returncode == 2 and "report" in r.stderr


def test_second_daemon_is_refused(lab):
    r = lab.once()
    assert r.returncode == 1 and "another sitanted" in r.stderr


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
