"""Every change that staff make by mail, made with sitantectl: beside a running daemon, and without one."""
import datetime
import json
import os
import sqlite3
import subprocess
import sys
import time

import case
from case import wait_for
from test_walk import REQUEST, number_in, soon

state = {}


def request(lab, user, nik, name):
    text = (REQUEST % soon()).replace("2103010101900001", nik).replace("Budi Santoso", name).replace("budi@", user + "@")
    text = text.replace("NIP      : 199001012015031001\n", "")
    n = len(lab.inbox(user))
    lab.send(user, "perpanjangan TTE", text)
    return number_in(lab.wait_mail(user, skip=n, what="acknowledgement"))


def good(lab, *args):
    r = lab.ctl("--json", *args)
    assert r.returncode == 0, (args, r.stderr)
    return json.loads(r.stdout)


def refused(lab, *args, code=1):
    r = lab.ctl(*args)
    assert r.returncode == code and not r.stdout and "usage: " in r.stderr, (args, r.returncode, r.stdout, r.stderr)
    return r.stderr


def events(lab, number, what):
    return [e for e in lab.show(number)["events"] if e["what"] == what]


def chain(lab):
    r = lab.ctl("verify")
    assert r.returncode == 0, r.stdout


def test_a_running_daemon_sends_what_an_operator_writes(lab):
    lab.start_daemon()
    number = state["number"] = request(lab, "budi", "2103010101900001", "Budi Santoso")
    b = len(lab.inbox("budi"))
    out = good(lab, "reply", number, "Bapak, mohon kirim nomor HP yang aktif.")
    assert out["number"] == number and out["state"] == "waiting" and out["mails_queued"] == 1 and out["running"]
    mail = lab.wait_mail("budi", skip=b, what="assistance")
    assert "nomor HP yang aktif" in lab.text_of(mail) and mail["Auto-Submitted"] is None
    assert events(lab, number, "assisted")[0]["who"].startswith("operator "), "the operator's name is in the chain"


def test_note_assign_set_kind(lab):
    number = state["number"]
    good(lab, "note", number, "/var penuh kemarin")
    note = [m for m in lab.show(number)["messages"] if m["direction"] == "note"]
    assert note[0]["text"] == "/var penuh kemarin" and note[0]["from"].startswith("operator ")
    d = len(lab.inbox("dua"))
    good(lab, "assign", number, "dua@natunakab.go.id")
    assert "operator " in lab.text_of(lab.wait_mail("dua", skip=d, what="notice"))
    good(lab, "set", number, "position", "Kepala Bidang")
    r = subprocess.run([lab.program("sitantectl"), "-c", lab.config, "set", number, "nip", "-"], input="199001012015031001\n",
                       capture_output=True, text=True, env=lab.environment())
    assert r.returncode == 0, r.stderr
    good(lab, "kind", number, "issuance")
    good(lab, "kind", number, "renewal")
    t = lab.show(number)
    assert t["applicants"][0]["position"] == "Kepala Bidang" and t["applicants"][0]["nip"] == "199001012015031001"
    assert t["assigned_to"] == "dua@natunakab.go.id" and t["kind"] == "renewal"


def test_clock_and_short_message(lab):
    number = state["number"]
    good(lab, "wait", number)
    assert "menunggu" in refused(lab, "wait", number)
    good(lab, "resume", number)
    good(lab, "sms", number, "Mohon cek surel Bapak.")
    assert [m for m in lab.show(number)["messages"] if m["direction"] == "sms" and m["from"].startswith("operator ")]
    begun = lab.show(number)["steps"][0]["started_at"]
    good(lab, "correct", number, "1", "begin", begun[:10], begun[11:16], "jam", "server", "salah")
    assert "salah" in events(lab, number, "corrected")[0]["detail"]


def test_what_is_wrong_changes_nothing(lab):
    number = state["number"]
    before = lab.show(number)
    for words in (("set", number, "nik", "123"), ("assign", number, "orang@lain.example"), ("renew", number, "--until", "2208-01-01"),
                  ("kind", number, "apa"), ("merge", number, "2026-9999"), ("reopen", number), ("correct", number, "2", "end", "2026-01-05", "08:00", "x"),
                  ("note", number, "  ")):
        refused(lab, *words)
    for words in (("note", number), ("assign", number), ("set", number, "nik"), ("reopen", number, "x"), ("renew",), ("correct", number, "2", "end")):
        refused(lab, *words, code=2)
    r = lab.ctl("note", "2026-9999", "x")
    assert r.returncode == 1 and "no ticket 2026-9999" in r.stderr and "sitantectl tickets" in r.stderr
    after = lab.show(number)
    assert {k: v for k, v in before.items() if k != "steps"} == {k: v for k, v in after.items() if k != "steps"}, "clocks run, nothing else moved"


def test_renewal_by_the_operator_closes_the_ticket(lab):
    number = state["number"]
    b, d, k = len(lab.inbox("budi")), len(lab.inbox("dua")), len(lab.inbox("kepala"))
    out = good(lab, "renew", number, "--until", "2028-02-12", "--text", "Selamat bekerja.")
    assert out["state"] == "renewed" and out["mails_queued"] >= 2
    notice = lab.text_of(lab.wait_mail("budi", skip=b, what="notification"))
    assert "12 Februari 2028" in notice and "Selamat bekerja." in notice
    assert "Petugas Dua" in lab.text_of(lab.wait_mail("kepala", skip=k, what="report"))
    lab.wait_mail("dua", skip=d, check=lambda m: "aporan" in m["Subject"], what="report to whose ticket it is")
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    assert events(lab, number, "renewed")[0]["who"].startswith("operator ")
    good(lab, "reopen", number)
    assert lab.show(number)["state"] == "examining"
    chain(lab)


def test_refuse_merge_cancel(lab):
    one = request(lab, "ani", "2103024202910002", "Ani")
    two = request(lab, "tono", "2103010101850003", "Tono")
    a = len(lab.inbox("ani"))
    good(lab, "refuse", one, "Data tidak sesuai, silakan ajukan kembali.")
    assert "Data tidak sesuai" in lab.text_of(lab.wait_mail("ani", skip=a, what="refusal"))
    good(lab, "merge", two, state["number"])
    t = lab.show(two)
    assert t["state"] == "merged" and t["merged_into"] == state["number"]
    out = good(lab, "note", two, "catatan pada tiket yang sudah digabung")
    assert out["number"] == state["number"], "a merged ticket's survivor, and it says so"
    good(lab, "cancel", state["number"])
    assert lab.show(state["number"])["state"] == "cancelled"
    chain(lab)


def numbers(lab, *filters):
    return [t["number"] for t in lab.ctl_json("tickets", *filters)]


def reads(lab):
    """What the audit chain says that operators looked at."""
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)
    rows = [r[0] for r in db.execute("SELECT detail FROM event_detail d JOIN event e ON e.id = d.event_id WHERE e.what = 'operator' ORDER BY e.id")]
    db.close()
    return rows


def test_lists_by_what_holds(lab):
    number, one = state["number"], numbers(lab, "--state", "refused")[0]
    assert numbers(lab, "--search", "silakan ajukan") == [one], "words of a mail of ours"
    assert numbers(lab, "--search", "penuh kemarin") == [number], "words of a note"
    assert numbers(lab, "--search", "Bidang", "--state", "cancelled") == [number], "of data that were set later"
    assert numbers(lab, "--opd", "kesehatan dinas", "--oldest", "--limit", "1") == [number]
    assert numbers(lab, "--staff", "dua") == numbers(lab, "--staff", "Petugas Dua") == [number]
    assert numbers(lab, "--staff", "none") == numbers(lab, "--open", "--overdue") == numbers(lab, "--older", "2h") == []
    assert len(numbers(lab, "--newer", "2h")) == 3
    before = len(reads(lab))
    assert numbers(lab, "--search", "tidakadakatanya") == [] and len(reads(lab)) == before, "nothing was shown"
    lab.ctl("tickets", "--search", "2103010101900001")
    seen = reads(lab)
    assert len(seen) == before + 1 and seen[-1].startswith("tickets --search: ") and number in seen[-1], seen[-1:]
    assert "2103010101900001" not in " ".join(seen)
    listing = lab.ctl("tickets", "--search", "Budi").stdout + lab.ctl("--json", "tickets", "--search", "Budi").stdout
    assert "2103010101900001" not in listing and "199001012015031001" not in listing and "************0001" in listing


def test_status_and_watch(lab):
    s = lab.ctl_json("status")
    assert s["daemon"]["connected_since"] and s["version"] and s["disk_free_mib"] > 0 and s["oldest_open"] is None
    text = lab.ctl("status").stdout
    assert "connected since" in text and "last cycle" in text and "takes mail" in text, text
    argv = [lab.program("sitantectl"), "-c", lab.config, "--json", "watch", "--limit", "0"]
    watch = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    wait_for("the watch", lambda: [r for r in reads(lab) if r == "watch"])
    number = request(lab, "sari", "2103024202900006", "Sari")
    good(lab, "note", number, "catatan yang dilihat langsung")
    seen = []
    while not seen or seen[-1]["what"] != "noted":
        seen.append(json.loads(watch.stdout.readline()))
    assert {"received", "acknowledged", "noted"} <= {e["what"] for e in seen if e["number"] == number}
    assert seen[-1]["who"].startswith("operator ")
    watch.terminate()
    assert watch.wait(10) == 0
    before = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))) - datetime.timedelta(hours=3)
    good(lab, "correct", number, "1", "end", before.strftime("%Y-%m-%d"), before.strftime("%H:%M"), "diterima lewat telepon")
    assert numbers(lab, "--overdue") == numbers(lab, "--overdue=2") == [number] and numbers(lab, "--overdue=3") == []
    assert " late" in lab.ctl("tickets", "--overdue").stdout
    good(lab, "cancel", number)
    assert numbers(lab, "--overdue") == [], "what has ended is late no more"


def test_without_a_daemon_it_waits_in_the_outbox(lab):
    number = state["third"] = request(lab, "wati", "2103024202880004", "Wati")
    wait_for("nothing to send", lambda: lab.ctl_json("outbox") == [] and lab.show(number)["state"] == "examining")
    lab.stop_daemon()
    w = len(lab.inbox("wati"))
    r = lab.ctl("reply", number, "Mohon kirim foto KTP.")
    assert r.returncode == 0 and "start it" in r.stdout, r.stdout
    waiting = lab.ctl_json("outbox")
    assert [o["kind"] for o in waiting] == ["assistance"] and len(lab.inbox("wati")) == w
    out = good(lab, "renew", number)
    assert out["running"] is False and out["state"] == "renewed"
    lab.start_daemon()
    assert "foto KTP" in lab.text_of(lab.wait_mail("wati", skip=w, what="assistance"))
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    chain(lab)


def test_many_at_once_beside_the_daemon(lab):
    number = request(lab, "joko", "2103010101770005", "Joko")
    argv = [lab.program("sitantectl"), "-c", lab.config, "note", number]
    running = [subprocess.Popen(argv + ["catatan %d" % i], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for i in range(12)]
    lab.send("joko", "Re: [SITANTE-%s]" % number, "tambahan dari saya")
    assert [p.wait(60) for p in running] == [0] * 12, [p.stderr.read() for p in running]
    notes = {m["text"] for m in lab.show(number)["messages"] if m["direction"] == "note"}
    assert notes == {"catatan %d" % i for i in range(12)}, "none is lost"
    chain(lab)


def test_killed_at_any_moment_it_is_done_whole_or_not_at_all(lab):
    number = request(lab, "rudi", "2103010101790007", "Rudi")
    for i in range(25):
        p = subprocess.Popen([lab.program("sitantectl"), "-c", lab.config, "reply", number, "jawaban %d" % i],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(i * 0.004)
        p.kill()
        p.wait()
    good(lab, "reply", number, "jawaban terakhir")
    t = lab.show(number)
    texts = [m["text"] for m in t["messages"] if m["kind"] == "assistance"]
    assert len(texts) == len(events(lab, number, "assisted")) and len(texts) >= 1, "each answer with its event"
    wait_for("all sent", lambda: lab.ctl_json("outbox") == [])
    assert len(lab.inbox("rudi")) == 1 + len(texts), "and its mail, once"
    chain(lab)


def test_texts_stay_out_of_the_log_and_the_number_out_of_events(lab):
    with open(lab.daemon_log) as f:
        log = f.read()
    db = sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)
    details = " ".join(row[0] for row in db.execute("SELECT detail FROM event_detail"))
    db.close()
    for secret in ("199001012015031001", "2103010101900001", "penuh kemarin", "nomor HP yang aktif"):
        assert secret not in log and secret not in details, secret


def test_stops_cleanly(lab):
    assert os.path.exists(lab.config) and lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
