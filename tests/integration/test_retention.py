"""Keep and forget: what is destroyed when its time is over, what is held, and the rights of a person.  Real Dovecot and Postfix."""
import contextlib
import csv
import hashlib
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import case
from case import wait_for
from test_walk import number_in

state = {}
SCAN = b"\xff\xd8\xff\xe0JFIF" + random.Random(1).randbytes(3000)
LETTER = b"%PDF-1.4\n" + random.Random(2).randbytes(3000)
PERSONS = {  # user: name, NIK, telephone
    "budi": ("Budi Santosa", "2103010101900001", "081277700001"),
    "citra": ("Citra Lestari", "2103010101900002", "081277700002"),
    "doni": ("Doni Saputra", "2103010101900003", "081277700003"),
    "dewi": ("Dewi Kusumaningrum", "2103074101910004", "081277700004"),
    "eko": ("Eko Prasetyo", "2103010101900005", "081277700005"),
}


def request(lab, user):
    name, nik, phone = PERSONS[user]
    n = len(lab.inbox(user))
    lab.send(user, "perpanjangan TTE", "Mohon perpanjangan sertifikat.\n\nNama: %s\nNIK: %s\nInstansi: Dinas Sosial\nNo HP: %s\nEmail: %s\n" % (
        name, nik, phone, lab.address(user)), attachments=[("KTP.jpg", "image/jpeg", SCAN), ("surat.pdf", "application/pdf", LETTER)])
    number = number_in(lab.wait_mail(user, skip=n, what="acknowledgement"))
    state[user] = number
    return number


def renew(lab, user):
    assert lab.ctl("renew", state[user]).returncode == 0
    wait_for("closed", lambda: lab.show(state[user])["state"] == "closed")


def idle(lab):
    wait_for("everything handled, sent and moved", lambda: lab.inbox("sitante") == [] and lab.ctl_json("outbox") == [])


def configure(lab, **periods):
    rows = dict.fromkeys(("scans", "attachments", "raw", "tickets", "register"), "never")
    rows.update(periods)
    lab.write_config(extra="retention = { %s };" % " ".join('%s = "%s";' % kv for kv in rows.items()))


def rows(lab, sql, *args):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % lab.path("var/sitante.db"), uri=True)) as d:
        return d.execute(sql, args).fetchall()


def change(lab, sql, *args):
    with contextlib.closing(sqlite3.connect(lab.path("var/sitante.db"), timeout=20)) as d:
        d.execute("PRAGMA secure_delete = ON")
        with d:
            d.execute(sql, args)


def raws(lab, number):
    """{path: bytes or None} of a ticket's raw mails."""
    out = {}
    for validity, uid, kept in rows(lab, "SELECT l.uidvalidity, l.uid, l.has_raw FROM ledger l JOIN ticket t ON t.id = l.ticket_id WHERE t.number = ?", number):
        path = lab.path("var/raw/%d/%d/%d.eml" % (validity, uid // 1000, uid))
        assert os.path.exists(path) == bool(kept), (path, kept)
        with open(path, "rb") if kept else io.BytesIO() as f:
            out[path] = f.read() if kept else None
    return out


def attached(lab, number):
    import email
    found = []
    for raw in raws(lab, number).values():
        if raw:
            found += [p.get_payload(decode=True) for p in email.message_from_bytes(raw).walk() if p.get_filename()]
    return found


def run(lab):
    """A day's work; the mail with the list."""
    n = len(lab.inbox("kepala"))
    r = lab.ctl("retention", "run")
    assert r.returncode == 0, r.stderr
    wait_for("the day is finished", lambda: rows(lab, "SELECT 1 FROM fact WHERE key = 'retention' AND value >= ?", time.strftime("%Y-%m-%dT00", time.localtime(time.time() - 3600))) and
             not rows(lab, "SELECT 1 FROM destruction WHERE state < 2"))
    idle(lab)
    got = [m for m in lab.inbox("kepala")[n:] if "Berita acara pemusnahan" in m["Subject"]]
    return got


def chain(lab):
    r = lab.ctl("verify")
    assert r.returncode == 0, r.stdout


def left(lab, *words):
    """Files of the store that hold one of these, in any case."""
    found = []
    for folder, _, names in os.walk(lab.path("var")):
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as f:
                    text = f.read().lower()
            except OSError:
                continue
            found += [(name, w) for w in words if w.lower().encode() in text]
    return found


def nothing_left(lab, *words):
    found = left(lab, *words)
    assert not found, found


def certificates_end(lab):
    """A valid certificate stays in the register, whatever the period: here it has ended long ago."""
    change(lab, "UPDATE certificate SET not_after = 1000 WHERE successor IS NULL")


def test_holds_by_mail_and_by_the_operator(lab):
    configure(lab)
    lab.start_daemon()
    for user in ("budi", "citra", "doni"):
        request(lab, user)
    notice = lab.wait_mail("satu", lambda m: state["citra"] in m["Subject"], what="notice")
    lab.reply("satu", notice, "/tahan pemeriksaan Inspektorat")
    receipt = lab.wait_mail("satu", lambda m: "tidak dimusnahkan selama" in " ".join(lab.text_of(m).split()), what="receipt")
    assert state["citra"] in receipt["Subject"]
    events = [e for e in lab.show(state["citra"])["events"] if e["what"] == "hold-set"]
    assert len(events) == 1 and events[0]["who"] == "satu@natunakab.go.id" and "Inspektorat" in events[0]["detail"]
    assert lab.ctl("hold", state["budi"]).returncode == 2, "a reason is needed"
    assert lab.ctl("hold", state["budi"], "perkara", "12").returncode == 0
    assert lab.ctl("unhold", state["budi"]).returncode == 0
    r = lab.ctl("unhold", state["budi"])
    assert r.returncode == 1 and "tidak sedang ditahan" in r.stderr
    assert lab.ctl_json("retention")["held"] == 1
    renew(lab, "budi")
    renew(lab, "citra")
    idle(lab)
    chain(lab)


def test_nothing_on_the_first_day(lab):
    lab.stop_daemon()
    change(lab, "DELETE FROM fact WHERE key = 'retention'")
    configure(lab, scans="1s", attachments="1s", raw="1s", tickets="1s", register="1s")
    time.sleep(1.1)
    lab.start_daemon()
    wait_for("the day is noted", lambda: lab.ctl_json("retention")["last_day"])
    assert lab.ctl_json("retention")["classes"][0]["due"] == 1, "the closed one that is not held"
    assert SCAN in attached(lab, state["budi"])
    assert "nothing is destroyed today" in open(lab.daemon_log).read()
    lab.stop_daemon()


def test_scans_then_files_of_closed_tickets_alone(lab):
    configure(lab, scans="1s")
    lab.start_daemon()
    mails = run(lab)
    assert len(mails) == 1
    assert attached(lab, state["budi"]) == [b"", LETTER], "the scan is gone, the letter is not"
    for user in ("citra", "doni"):
        assert attached(lab, state[user]) == [SCAN, LETTER], user
    text = " ".join(lab.text_of(mails[0]).split())
    assert "tiket %s" % state["budi"] in text and state["citra"] not in text and "Pindaian KTP dan foto" in text
    whole = mails[0].as_bytes().decode(errors="replace")
    for word in PERSONS["budi"] + ("budi@", "+62812"):
        assert word not in whole, word
    files = [p for p in mails[0].iter_attachments()]
    table = files[0].get_content()
    table = table if isinstance(table, bytes) else table.encode()
    digest = hashlib.sha256(table.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).hexdigest()
    assert digest in text
    listed = list(csv.reader(io.StringIO(table.decode()), delimiter=";"))
    assert [r[2] for r in listed[1:]] == [state["budi"]]
    assert any(digest in d for (d,) in rows(lab, "SELECT detail FROM event_detail d JOIN event e ON e.id = d.event_id WHERE what = 'destroyed'"))
    assert [e["detail"] for e in lab.show(state["budi"])["events"] if e["what"] == "destroyed"] == ["scans: 1"]
    # what is left is whole: a backup takes it, the tool reads it
    copy = lab.path("blank.db")
    r = lab.ctl("--json", "backup", copy)
    assert r.returncode == 0 and json.loads(r.stdout)["missing"] == 0, r.stdout
    assert lab.ctl("attachment", state["budi"]).returncode == 0
    assert run(lab) == [], "a second day finds nothing"
    chain(lab)


def test_kills_in_the_middle_end_as_if_there_had_been_none(lab):
    """Killed at random moments of a day's work, and in the two states that a kill between file and record leaves."""
    lab.stop_daemon()
    budi = rows(lab, "SELECT id FROM ticket WHERE number = ?", state["budi"])[0][0]
    ledger, validity, uid = rows(lab, "SELECT id, uidvalidity, uid FROM ledger WHERE ticket_id = ? ORDER BY id LIMIT 1", budi)[0]
    # said, the file is away, not recorded
    change(lab, "INSERT INTO destruction (at, class, ticket_id, ledger_id, n, state) VALUES (?, 'raw', ?, ?, 1, 0)", int(time.time() * 1000), budi, ledger)
    os.unlink(lab.path("var/raw/%d/%d/%d.eml" % (validity, uid // 1000, uid)))
    configure(lab, scans="1s", attachments="1s", raw="1s", tickets="1s", register="1s")
    change(lab, "UPDATE fact SET value = ? WHERE key = 'retention'", time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 86400)))
    certificates_end(lab)
    r = random.Random(7)
    n = len(lab.inbox("kepala"))
    kills = 0
    for _ in range(12):
        lab.start_daemon(wait=False)
        time.sleep(r.uniform(0.02, 0.7))
        os.killpg(lab.daemon.pid, signal.SIGKILL)
        lab.daemon.wait()
        lab.daemon = None
        kills += 1
        chain(lab)
    lab.start_daemon()
    wait_for("the day is finished", lambda: not rows(lab, "SELECT 1 FROM destruction WHERE state < 2"))
    idle(lab)
    assert set(raws(lab, state["budi"]).values()) == {None}, "all mails of it are gone"
    mails = [m for m in lab.inbox("kepala")[n:] if "Berita acara" in m["Subject"]]
    assert len({m["Message-ID"] for m in mails}) >= 1
    listed = [row for m in {m["Message-ID"]: m for m in mails}.values() for p in m.iter_attachments() for row in csv.reader(io.StringIO(p.get_content()), delimiter=";") if row and row[3] and row[1].startswith("Salinan")]
    assert len({tuple(row[2:4]) for row in listed}) == len(listed), "nothing is listed twice"
    assert {row[3] for row in listed} >= {str(ledger)}
    shown = lab.show(state["budi"])
    assert shown["state"] == "closed" and shown["requester"]["address"] is None
    assert all(m["text"] is None for m in shown["messages"])
    assert lab.ctl_json("tickets", "--search", "Santosa") == []
    for user in ("citra", "doni"):
        assert attached(lab, state[user]) == [SCAN, LETTER], user
        assert lab.ctl_json("tickets", "--search", PERSONS[user][0])[0]["number"] == state[user]
    name, nik, _ = PERSONS["budi"]
    nothing_left(lab, nik, name, "+6281277700001", "budi@")
    r = lab.ctl("reopen", state["budi"])
    assert r.returncode == 1 and "sudah dimusnahkan" in r.stderr
    chain(lab)
    assert lab.ctl("reconcile").returncode == 0, "the mails on the server are known"


def test_what_was_held_goes_when_it_is_released(lab):
    assert rows(lab, "SELECT nik FROM certificate") == [(PERSONS["citra"][1],)], "the one of a held ticket"
    assert lab.ctl("unhold", state["citra"]).returncode == 0
    assert run(lab)
    assert set(raws(lab, state["citra"]).values()) == {None}
    name, nik, _ = PERSONS["citra"]
    nothing_left(lab, nik, name, "citra@")
    assert lab.ctl_json("tickets", "--search", PERSONS["doni"][0]), "what is open stays"
    assert SCAN in attached(lab, state["doni"])
    lab.stop_daemon()
    configure(lab)


def test_person_export_and_correct(lab):
    lab.start_daemon()
    for user in ("dewi", "eko"):
        request(lab, user)
    assert lab.ctl("person", "2103999999999999", "export").returncode == 1
    assert lab.ctl("person", "satu@natunakab.go.id", "erase").returncode == 1, "staff"
    name, nik, phone = PERSONS["dewi"]
    for key in (nik, "dewi@natunakab.go.id", "DEWI@natunakab.go.id"):
        x = lab.ctl_json("person", key, "export")
        assert nik in x["numbers_and_addresses"] and name in x["names"], x["names"]
        assert [t["number"] for t in x["tickets"]] == [state["dewi"]] and x["tickets"][0]["data"][0]["nik"] == nik
        assert any("perpanjangan" in (m["text"] or "") for m in x["tickets"][0]["messages"])
    out = lab.path("dewi.json")
    assert lab.ctl("person", nik, "export", out).returncode == 0 and os.stat(out).st_mode & 0o777 == 0o600
    assert lab.ctl("person", nik, "export", out).returncode == 1, "no file is overwritten"
    assert PERSONS["eko"][1] not in open(out).read()
    # mended everywhere, with the operator's name in the chain
    assert lab.ctl("person", nik, "correct", "phone", "12").returncode == 1
    assert lab.ctl("person", nik, "correct", "name", "Dewi Kusumaningtyas").returncode == 0
    shown = lab.show(state["dewi"])
    assert shown["applicants"][0]["name"] == "Dewi Kusumaningtyas"
    assert [e["who"].split()[0] for e in shown["events"] if e["detail"] == "person corrected: name"] == ["operator"]
    assert [t["number"] for t in lab.ctl_json("tickets", "--search", "Kusumaningtyas")] == [state["dewi"]]
    renew(lab, "dewi")
    assert lab.ctl("person", nik, "correct", "agency", "Dinas Kesehatan").returncode == 0, "a closed one, and the register"
    assert rows(lab, "SELECT name, agency FROM certificate WHERE nik = ?", nik) == [("Dewi Kusumaningtyas", "Dinas Kesehatan")]
    chain(lab)


def test_person_erase_leaves_nothing(lab):
    name, nik, phone = PERSONS["dewi"]
    words = (nik, "Kusumaningrum", "Kusumaningtyas", "+62" + phone[1:], phone, "dewi@")
    # another's ticket names her; a mail of hers that belongs to none
    lab.send("eko", "titipan", "Halo, bagaimana kabar NIK %s?" % nik, reply_to=lab.wait_mail("eko", what="acknowledgement"))
    wait_for("it joined", lambda: any(nik in (m["text"] or "") for m in lab.show(state["eko"])["messages"]))
    assert lab.ctl("note", state["eko"], "lihat juga dewi@natunakab.go.id").returncode == 0
    idle(lab)
    state["copy"] = lab.path("before.db")
    assert lab.ctl("backup", state["copy"]).returncode == 0
    thanks = [m for m in lab.inbox("dewi")][-1]
    lab.send("dewi", "Re: " + thanks["Subject"], "Terima kasih banyak, salam dari Kusumaningtyas.", reply_to=thanks)
    wait_for("it joined", lambda: any("salam dari" in (m["text"] or "") for m in lab.show(state["dewi"])["messages"]))
    idle(lab)
    os.makedirs(lab.path("var/older"), mode=0o700, exist_ok=True)
    shutil.copy(state["copy"], lab.path("var/older/step-15.db"))  # as an upgrade leaves it
    r = lab.ctl("person", nik, "erase", "--yes")
    assert r.returncode == 1 and state["eko"] + " is open" in r.stderr, r.stderr
    renew(lab, "eko")
    idle(lab)
    assert lab.ctl("hold", state["dewi"], "perkara").returncode == 0
    r = lab.ctl("person", nik, "erase", "--yes", "--force")
    assert r.returncode == 1 and "is held (perkara)" in r.stderr, r.stderr
    assert lab.ctl("unhold", state["dewi"]).returncode == 0
    r = lab.ctl("person", nik, "erase")
    assert r.returncode == 0 and "nothing is erased yet" in r.stdout, (r.stdout, r.stderr)
    assert left(lab, nik), "not yet"
    events = rows(lab, "SELECT count(*) FROM event")[0][0]
    r = lab.ctl("person", nik, "erase", "--yes")
    assert r.returncode == 0, r.stderr
    nothing_left(lab, *words)  # while the daemon runs, the write-ahead log included
    assert rows(lab, "SELECT count(*) FROM event")[0][0] > events, "the chain has grown"
    chain(lab)
    assert lab.ctl("person", nik, "export").returncode == 1
    assert lab.show(state["dewi"])["state"] == "closed"
    eko = lab.ctl_json("person", PERSONS["eko"][1], "export")
    assert any("Mohon perpanjangan" in (m["text"] or "") for m in eko["tickets"][0]["messages"]), "the other's own texts stay"
    assert lab.ctl("reconcile").returncode == 0
    state["erasures"] = lab.path("erasures.kept")
    shutil.copy(lab.path("var/erasures"), state["erasures"])
    lab.stop_daemon()
    nothing_left(lab, *words)


def test_a_restored_backup_is_told(lab):
    name, nik, phone = PERSONS["dewi"]
    words = (nik, "Kusumaningrum", "Kusumaningtyas", "+62" + phone[1:], phone, "dewi@")
    shutil.rmtree(lab.path("var"))
    assert lab.ctl("restore", state["copy"], "--erasures", lab.config).returncode == 1, "that is no such file"
    shutil.rmtree(lab.path("var"))
    r = lab.ctl("restore", state["copy"], "--erasures", state["erasures"])
    assert r.returncode == 0, r.stderr
    assert left(lab, nik), "the backup is older"
    n = len(lab.inbox("dewi"))
    lab.start_daemon()
    wait_for("read again", lambda: rows(lab, "SELECT 1 FROM fact WHERE key = 'restored' AND value = 'done'"))
    idle(lab)
    wait_for("files are gone", lambda: not rows(lab, "SELECT 1 FROM destruction WHERE state = 0"))
    lab.stop_daemon()
    nothing_left(lab, *words)  # nor did her mails come back from the server's archive
    lab.start_daemon()
    assert lab.ctl("person", nik, "export").returncode == 1
    assert lab.ctl_json("tickets", "--search", PERSONS["eko"][0]), "others are there"
    assert len(lab.inbox("dewi")) == n
    chain(lab)


def test_a_ticket_of_several_and_a_tool_that_is_killed(lab):
    fani, gita = ("Fani Oktaviani", "2103010101900006"), ("Gita Permata", "2103010101900007")
    n = len(lab.inbox("fani"))
    lab.send("fani", "perpanjangan TTE", "Mohon perpanjangan sertifikat dua pegawai Dinas Sosial:\n\n1. Nama: %s\n   NIK: %s\n   Instansi: Dinas Sosial\n\n"
             "2. Nama: %s\n   NIK: %s\n   Instansi: Dinas Sosial\n" % (fani + gita))
    number = number_in(lab.wait_mail("fani", skip=n, what="acknowledgement"))
    assert [a["nik"] for a in lab.show(number)["applicants"]] == [fani[1], gita[1]], "two on one ticket"
    assert lab.ctl("renew", number).returncode == 0
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    idle(lab)
    x = lab.ctl_json("person", gita[1], "export")
    assert x["tickets"][0]["shared"] and fani[1] not in json.dumps(x), "no word of the other"
    r = lab.ctl("person", fani[1], "erase", "--yes")
    assert r.returncode == 1 and "is about others too" in r.stderr, r.stderr
    r = random.Random(3)
    for i in range(8):
        with subprocess.Popen([lab.program("sitantectl"), "-c", lab.config, "person", fani[1], "erase", "--yes", "--force"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=lab.environment()) as p:
            time.sleep(r.uniform(0.005, 0.12))
            p.kill()
        chain(lab)
    assert lab.ctl("person", fani[1], "erase", "--yes", "--force").returncode in (0, 1)
    assert lab.ctl("person", fani[1], "export").returncode == 1
    lab.stop_daemon()
    lab.start_daemon()
    wait_for("done", lambda: not rows(lab, "SELECT 1 FROM destruction WHERE state = 0") and not rows(lab, "SELECT 1 FROM fact WHERE key = 'words-out'"))
    # her address asked for both: it is hers, and goes
    assert lab.ctl("person", "fani@natunakab.go.id", "erase", "--yes", "--force").returncode in (0, 1)
    lab.stop_daemon()
    nothing_left(lab, fani[0].split()[1], fani[1], "fani@")
    assert [(a["name"], a["nik"]) for a in lab.show(number)["applicants"] if a["name"]] == [gita]
    assert rows(lab, "SELECT nik FROM certificate WHERE nik IN (?, ?)", fani[1], gita[1]) == [(gita[1],)]
    assert [t["number"] for t in lab.ctl_json("tickets", "--search", "Permata")] == [number]
    chain(lab)


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
