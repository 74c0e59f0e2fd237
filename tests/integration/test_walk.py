"""The renewal from end to end (SOP steps 1 to 4), people using nothing but mail."""
import sys

import case
from case import today, wait_for

REQUEST = """Yth. Admin SITANTE,

Mohon perpanjangan sertifikat elektronik dengan data berikut:
Nama     : Budi Santoso, S.Kom
NIK      : 2103010101900001
NIP      : 199001012015031001
Jabatan  : Kepala Seksi Promosi
Instansi : Dinas Kesehatan
Email    : budi@natunakab.go.id
No. HP   : 0812-3456-7890
Berlaku s.d. : %s

Terima kasih.
"""
SCAN = b"%PDF-1.4\n" + bytes(range(256)) * 40
state = {}


def soon():
    import datetime
    return (today() + datetime.timedelta(days=10)).strftime("%d-%m-%Y")


def ticket(lab, number="2026-0001"):
    return lab.show(number)


def number_in(m):
    subject = m["Subject"]
    return subject[subject.index("[SITANTE-") + 9:subject.index("]")]


def count(lab, user):
    return len(lab.inbox(user))


def test_request_opens_a_ticket(lab):
    lab.start_daemon()
    m = lab.send("budi", "Permohonan perpanjangan TTE http://jahat.contoh", REQUEST % soon(),
                 attachments=[("surat permohonan.pdf", "application/pdf", SCAN)])
    ack = lab.wait_mail("budi", what="acknowledgement")
    state["number"] = number_in(ack)
    state["ack"] = ack
    text = lab.text_of(ack) + lab.html_of(ack)
    assert ack["In-Reply-To"] == m["Message-ID"], "answers the applicant's mail"
    assert ack["Auto-Submitted"] == "auto-replied"
    assert ack["Return-Path"] == "<>", ack["Return-Path"]
    assert ack["Subject"].startswith("[SITANTE-%s]" % state["number"])
    for own in ("jahat", "Budi", "Promosi", "2103010101900001", "Dinas Kesehatan"):
        assert own not in text and own not in ack["Subject"], "no text of the sender: " + own
    assert "Paling lambat" in text


def test_staff_have_notices_of_their_own(lab):
    notices = [lab.wait_mail(u, what="notice") for u in ("satu", "dua")]
    assert notices[0]["Message-ID"] != notices[1]["Message-ID"], "a token each"
    for n in notices:
        text = lab.text_of(n)
        for needed in ("Budi Santoso, S.Kom", "2103010101900001", "199001012015031001", "Kepala Seksi Promosi", "Dinas Kesehatan",
                       "/terbit", "Mohon perpanjangan"):
            assert needed in text, needed
        files = [(p.get_filename(), p.get_content()) for p in n.iter_attachments()]
        assert files == [("surat permohonan.pdf", SCAN)], "the attachment itself, unharmed"
        assert n["Auto-Submitted"] == "auto-generated"
    state["satu"], state["dua"] = notices


def test_step_one_is_timed(lab):
    t = wait_for("examining", lambda: ticket(lab, state["number"])["state"] == "examining" and ticket(lab, state["number"]))
    assert t["steps"][0]["finished_at"] and t["steps"][0]["met"] is True
    a = t["applicants"][0]
    assert a["nik"] == "2103010101900001" and a["phone"] == "+6281234567890" and a["state"] == "open"
    box = lab.inbox("sitante", "SITANTE/Diproses")
    assert len(box) == 1 and lab.inbox("sitante") == [], "handled mail is in the archive"


def test_note_and_claim(lab):
    n = count(lab, "satu")
    lab.reply("satu", state["satu"], "/ambil\n/catat sudah dicek di portal, masih aktif")
    receipt = lab.wait_mail("satu", skip=n, what="receipt")
    assert "/ambil" in lab.text_of(receipt) and "/catat" in lab.text_of(receipt)
    t = ticket(lab, state["number"])
    assert t["assigned_to"] == "satu@natunakab.go.id"
    assert [m for m in t["messages"] if m["direction"] == "note" and "masih aktif" in m["text"]]
    assert count(lab, "budi") == 1, "the applicant sees no note"


def test_staff_reply_is_assistance(lab):
    n, b = count(lab, "satu"), count(lab, "budi")
    lab.reply("satu", state["satu"], "Bapak, mohon kirimkan nomor HP yang aktif.\n\nTerima kasih.")
    help_ = lab.wait_mail("budi", skip=b, what="assistance")
    text = lab.text_of(help_)
    assert "nomor HP yang aktif" in text
    assert "menulis:" not in text and "2103010101900001" not in text and "/terbit" not in text, "the new text alone"
    assert help_["Auto-Submitted"] is None
    receipt = lab.wait_mail("satu", skip=n, what="receipt")
    assert "mohon kirimkan nomor HP yang aktif" in lab.text_of(receipt), "the exact text the applicant got"
    assert ticket(lab, state["number"])["state"] == "waiting"
    state["help"] = help_


def test_applicants_answer_joins(lab):
    n, d = count(lab, "satu"), count(lab, "dua")
    lab.reply("budi", state["help"], "HP saya 0813-7777-8888, terima kasih.")
    notice = lab.wait_mail("satu", skip=n, what="notice of the answer")
    assert "0813-7777-8888" in lab.text_of(notice)
    t = ticket(lab, state["number"])
    assert t["state"] == "examining" and len(lab.ctl_json("tickets")) == 1
    assert t["steps"][1]["waiting_seconds"] >= 0
    assert count(lab, "dua") == d, "it is assigned: the colleague is left in peace"
    state["satu"] = notice


def test_one_wrong_command_does_nothing(lab):
    before = ticket(lab, state["number"])
    for text, words in (("/catat ini jangan disimpan\n/terbit 21030101019000 berlaku 12-02-2028", "16 digit"),
                        ("/ambil\n/terbit berlaku 31-02-2028", "tanggal"),
                        ("/hapussemua", "tidak dikenal"),
                        ("/alih orang@lain.example", "/alih"),
                        ("/isi NIK 12345", "16")):
        n = count(lab, "satu")
        lab.reply("satu", state["satu"], text)
        answer = lab.wait_mail("satu", skip=n, what="refusal of " + text)
        assert words.lower() in " ".join(lab.text_of(answer).lower().split()), lab.text_of(answer)
    after = ticket(lab, state["number"])
    assert after["state"] == before["state"] and after["applicants"] == before["applicants"]
    assert not [m for m in after["messages"] if m["direction"] == "note" and "jangan" in m["text"]]


def test_reading_commands(lab):
    for command, words in (("/status", state["number"]), ("/daftar", state["number"]), ("/bantuan", "/tolak")):
        n = count(lab, "satu")
        lab.reply("satu", state["satu"], command)
        assert words in lab.text_of(lab.wait_mail("satu", skip=n, what=command)), command


def test_mending_and_handing_over(lab):
    n = count(lab, "satu")
    d = count(lab, "dua")
    lab.reply("satu", state["satu"], "/isi JABATAN Kepala Bidang Kesehatan Masyarakat\n/alih dua@natunakab.go.id")
    lab.wait_mail("satu", skip=n, what="receipt")
    t = ticket(lab, state["number"])
    assert t["applicants"][0]["position"] == "Kepala Bidang Kesehatan Masyarakat"
    assert t["assigned_to"] == "dua@natunakab.go.id"
    assert count(lab, "dua") >= d


def test_renewal_closes_the_ticket(lab):
    b, n = count(lab, "budi"), count(lab, "dua")
    lab.reply("dua", state["dua"], "/terbit berlaku 12-02-2028\nSelamat bekerja kembali, Pak.")
    notice = lab.wait_mail("budi", skip=b, what="notification")
    text = lab.text_of(notice)
    assert "12 Februari 2028" in text and "Selamat bekerja kembali" in text
    report = lab.wait_mail("kepala", what="report")
    assert "Budi Santoso" in lab.text_of(report) and "12 Februari 2028" in lab.text_of(report)
    lab.wait_mail("dua", skip=n, check=lambda m: "aporan" in m["Subject"], what="report to the staff member")
    t = wait_for("closed", lambda: ticket(lab, state["number"])["state"] == "closed" and ticket(lab, state["number"]))
    assert t["applicants"][0]["state"] == "renewed" and t["closed_at"]
    assert len(t["steps"]) == 4
    for step in t["steps"]:
        assert step["started_at"] and step["finished_at"] and step["met"] is True, step
    kinds = {m["kind"] for m in t["messages"]}
    assert {"acknowledgement", "staff-notice", "assistance", "command-result", "report", "notification"} <= kinds, kinds


def test_thanks_leaves_it_closed(lab):
    n = count(lab, "dua")
    last = lab.inbox("budi")[-1]
    lab.reply("budi", last, "Alhamdulillah sudah bisa, terima kasih banyak Pak.")
    wait_for("the mail on the ticket", lambda: [m for m in ticket(lab, state["number"])["messages"] if "Alhamdulillah" in (m["text"] or "")])
    assert ticket(lab, state["number"])["state"] == "closed"
    assert count(lab, "dua") == n


def test_unproven_staff_mail_waits_for_confirmation(lab):
    lab.send("ani", "perpanjangan TTE", (REQUEST % soon()).replace("2103010101900001", "2103024202910002").replace("Budi", "Ani")
             .replace("budi@", "ani@").replace("199001012015031001", "199102022015032002"))
    number = number_in(lab.wait_mail("ani", what="acknowledgement"))
    notice = lab.wait_mail("satu", check=lambda m: number in m["Subject"], what="notice")
    n = count(lab, "satu")
    lab.reply("satu", notice, "/tolak data tidak sesuai, silakan ajukan kembali", trust="outside")
    ask = lab.wait_mail("satu", skip=n, what="confirmation")
    assert ticket(lab, number)["state"] in ("received", "examining")
    assert count(lab, "ani") == 1
    a = count(lab, "ani")
    lab.reply("satu", ask, "ya", trust="outside")
    refusal = lab.wait_mail("ani", skip=a, what="refusal")
    assert "data tidak sesuai" in lab.text_of(refusal)
    assert ticket(lab, number)["state"] == "refused"
    lab.reply("satu", ask, "ya lagi", trust="outside")
    lab.send("satu", "[SITANTE-%s] buka" % number, "/buka", trust="forged")
    wait_for("all handled", lambda: lab.ctl_json("status")["queues"]["unread"] == 0 and not lab.inbox("sitante"))
    assert ticket(lab, number)["state"] == "refused"
    assert len([m for m in ticket(lab, number)["messages"] if m["kind"] == "refusal"]) == 1, "once"


def test_strangers_move_nothing(lab):
    before = lab.ctl_json("tickets")
    lab.send("orang@gmail.example", "[SITANTE-%s] Re: tiket" % state["number"], "/buka\n/terbit berlaku 12-02-2029", trust="outside")
    lab.send("satu", "[SITANTE-%s] buka" % state["number"], "/buka", trust="forged")
    wait_for("all handled", lambda: not lab.inbox("sitante"))
    after = lab.ctl_json("tickets")
    assert {t["number"]: t["state"] for t in before} == {t["number"]: t["state"] for t in after if t["number"] in {x["number"] for x in before}}


def test_the_chain_is_whole(lab):
    r = lab.ctl("verify")
    assert r.returncode == 0 and "whole" in r.stdout, r.stdout + r.stderr
    assert lab.ctl_json("outbox") == []
    assert lab.ctl_json("quarantine") == []


def test_logs_hold_no_personal_data(lab):
    with open(lab.daemon_log) as f:
        log = f.read()
    for secret in ("2103010101900001", "199001012015031001", "6281234567890", "0812-3456-7890", "rahasia-lab", "Budi", "Promosi",
                   "nomor HP yang aktif"):
        assert secret not in log, secret
    listing = lab.ctl("tickets").stdout + lab.ctl("--json", "tickets").stdout
    assert "2103010101900001" not in listing and "0001" in listing


def test_stops_cleanly(lab):
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
