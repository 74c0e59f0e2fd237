"""sitantectl templates: what is wrong in a text, what may stand in it, and how it looks as a mail."""
import os
import re
import shutil
import sys

import case
from case import wait_for


def names(lab):
    return sorted(n[:-4] for n in os.listdir(lab.path("texts")) if n.endswith(".tpl"))


def test_check(lab):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "templates")
    shutil.copytree(source, lab.path("texts"))
    lab.write_config('templates = "%s";' % lab.path("texts"))
    told = lab.ctl_json("templates", "check")
    assert sorted(t["name"] for t in told) == names(lab) and not [t for t in told if t["fault"]], told
    kept = lab.path("texts", "refusal.tpl")
    with open(kept) as f:
        text = f.read()
    for wrong, words in (("Subject: x\n\n{{quoted}}\n", "refusal.tpl"), ("Subject: x\n\n{{?reason}}\n", "refusal.tpl"), ("halo\n", "refusal.tpl")):
        lab.write("texts/refusal.tpl", wrong)
        r = lab.ctl("templates", "check")
        assert r.returncode == 2 and words in r.stderr, (wrong, r.stderr)
    lab.write("texts/refusal.tpl", "Subject: {{requester_name}}\n\n{{?unanswered}}\nhanya kadang\n{{/unanswered}}\n")
    r = lab.ctl("templates", "check")
    assert r.returncode == 1 and re.search(r"^refusal +applicant +is empty$", r.stdout, flags=re.M), r.stdout
    lab.write("texts/refusal.tpl", text)
    assert lab.ctl("templates", "check").returncode == 0


def test_show(lab):
    r = lab.ctl("templates", "show", "reminder")
    assert r.returncode == 0 and "\n{{?second}}\n" in r.stdout and re.search(r"^keys: .* cancel_days$", r.stdout, flags=re.M), r.stdout
    for name in names(lab):
        shown = lab.ctl_json("templates", "show", name)
        assert shown["level"] in ("safe", "applicant", "staff")
        assert set(shown["keys"]) == set(re.findall(r"\{\{[?!]?([a-z_]+)\}\}", shown["text"])), name
    for wrong in (("show", "tidak-ada"), ("show",), ("preview",), ("check", "x"), ()):
        r = lab.ctl("templates", *wrong)
        assert r.returncode == 2, wrong
    assert "acknowledgement" in lab.ctl("templates", "show", "tidak-ada").stderr


def test_preview_of_a_case_that_never_was(lab):
    for name in names(lab):
        t = lab.ctl_json("templates", "preview", name)
        assert t["text"].strip() and "{{" not in t["text"], t
        sms = name.startswith("sms")
        assert (t["html"] is None) == sms and (t["subject"] is None) == sms, name
    once, twice = (lab.ctl("templates", "preview", "reminder", *more).stdout for more in ((), ("second=ya",)))
    assert "Beberapa hari" in once and "Sekali lagi" in twice and "Sekali lagi" not in once
    assert "hari kerja" in once and "hari kerja" not in lab.ctl("templates", "preview", "reminder", "cancel_days=").stdout
    html = lab.ctl("templates", "preview", "refusal", "reason=<b>&", "--format", "html").stdout
    assert html.startswith("<!DOCTYPE html>") and "&lt;b&gt;&amp;" in html and "<b>" not in html
    assert "rahasia petugas" not in lab.ctl("templates", "preview", "refusal", "quoted=rahasia petugas").stdout
    for wrong in (("refusal", "tidak_ada=1"), ("refusal", "--format", "pdf"), ("refusal", "x=1")):
        assert lab.ctl("templates", "preview", *wrong).returncode == 2, wrong
    assert lab.ctl("templates", "preview", "sms", "--format", "html").returncode == 1


def test_preview_of_a_ticket(lab):
    lab.start_daemon()
    lab.send("budi", "perpanjangan TTE", "Nama: Budi Contoh\nNIK: 2103010101900001\nInstansi: Dinas Contoh\nJabatan: Juru Tulis Contoh")
    lab.wait_mail("budi", what="acknowledgement")
    number = wait_for("a ticket", lambda: lab.ctl_json("tickets"))[0]["number"]
    before = {u: len(lab.inbox(u)) for u in ("budi", "satu", "dua")}
    text = lab.ctl("templates", "preview", "notice-request", number).stdout
    assert "Budi Contoh" in text and "Juru Tulis Contoh" in text and number in text and "Misalnya" not in text, text
    r = lab.ctl("templates", "preview", "acknowledgement", number, "--format", "html", "--output", lab.path("ack.html"))
    assert r.returncode == 0, r.stderr
    with open(lab.path("ack.html")) as f:
        assert number in f.read()
    assert os.stat(lab.path("ack.html")).st_mode & 0o777 == 0o600
    assert lab.ctl("templates", "preview", "acknowledgement", "2020-9999").returncode == 1
    assert {u: len(lab.inbox(u)) for u in before} == before and lab.ctl_json("outbox") == [], "nothing is sent"


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
