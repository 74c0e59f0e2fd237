"""The testing application by mail: signed PDFs and certificates of a ticket's mails, and what /terbit makes of them."""
import json
import os
import subprocess
import sys
import time

import case
from authority import DAY
from case import wait_for
from office import Office, signed

state = {}


def ticket(lab, user):
    return next((lab.show(t["number"]) for t in lab.ctl_json("tickets") if t["requester"].get("address", "").startswith(user + "@")), None)


def flat(lab, mail):
    return " ".join(lab.text_of(mail).split())


def ask(lab, user, name, number):
    lab.send(user, "Perpanjangan TTE", "Mohon perpanjangan TTE.\nNama: %s\nNIK: 21030101019000%02d\nInstansi: Dinas Sosial\n" % (name, number))
    mail = lab.wait_mail(user, what="acknowledgement")
    return mail, wait_for("ticket", lambda: ticket(lab, user))["number"]


def notice(lab, number, skip=0):
    return lab.wait_mail("satu", lambda m: number in m["Subject"], skip=skip, what="notice")


def applicant(lab, number):
    return lab.show(number)["applicants"][0]


def test_signed_test_is_examined_and_answered(lab):
    lab.start_daemon()
    state["mail"], state["number"] = ask(lab, "budi", "Budi Santoso, S.Kom", 1)
    first = notice(lab, state["number"])
    state["new"] = lab.issue("budi", "BUDI SANTOSO", begin=int(time.time()) + 2)
    time.sleep(3)
    n = len(lab.inbox("satu"))
    lab.reply("budi", state["mail"], "Ini hasil uji coba tanda tangannya.", attachments=[signed(state["new"])])
    told = lab.wait_mail("satu", skip=n, what="notice of the answer")
    text = flat(lab, told)
    for words in ("Hasil pemeriksaan berkas", "Tanda1: SAH", "Atas nama BUDI SANTOSO", "sama dengan pemohon", "lebih baru daripada permohonan",
                  state["new"].field("serial").lstrip("0"), "Mencakup seluruh dokumen"):
        assert words in text, (words, text)
    answer = lab.wait_mail("budi", lambda m: "pemeriksaan" in m["Subject"], what="the result")
    assert "Tanda tangannya sah. Sertifikatnya berlaku sampai" in flat(lab, answer), flat(lab, answer)
    assert "BUDI" not in flat(lab, answer), "no word of the file goes out"
    state["notice"] = told
    assert first


def test_a_date_against_the_file_is_asked_about(lab):
    n = len(lab.inbox("satu"))
    lab.reply("satu", state["notice"], "/terbit berlaku 01-02-2028")
    text = flat(lab, lab.wait_mail("satu", skip=n, what="question"))
    assert "Mana yang benar" in text and "TIDAK ADA yang dijalankan" in text, text
    assert applicant(lab, state["number"])["state"] == "open"


def test_the_file_gives_the_new_validity(lab):
    n = len(lab.inbox("satu"))
    lab.reply("satu", state["notice"], "/terbit")
    text = flat(lab, lab.wait_mail("satu", skip=n, what="receipt"))
    assert "terbukti dari berkas yang diperiksa" in text, text
    x = applicant(lab, state["number"])
    assert x["renewed_basis"] == "examined" and x["renewed_serial"] == state["new"].field("serial").lstrip("0"), x
    report = lab.wait_mail("kepala", what="report")
    assert "…" + x["renewed_serial"][-8:] in flat(lab, report) and "terbukti" in flat(lab, report), flat(lab, report)
    told = lab.wait_mail("budi", lambda m: "terbit" in m["Subject"], what="notification")
    assert "terbukti dari berkas" in flat(lab, told)


def test_a_strangers_file_is_asked_about_and_the_same_command_answers(lab):
    mail, number = ask(lab, "citra", "Citra Dewi", 2)
    notice(lab, number)
    stranger = state["stranger"] = lab.issue("dodi", "DODI PRATAMA", begin=int(time.time()) + 2)
    state["strange_ticket"] = number
    time.sleep(3)
    n = len(lab.inbox("satu"))
    lab.reply("citra", mail, "terlampir", attachments=[("dodi.cer", "application/pkix-cert", stranger.der())])
    told = lab.wait_mail("satu", skip=n, what="notice of the answer")
    assert "BERBEDA dengan pemohon" in flat(lab, told), flat(lab, told)
    assert not [m for m in lab.inbox("citra") if "pemeriksaan" in m["Subject"]], "not sent as a test: no answer"
    n = len(lab.inbox("satu"))
    lab.reply("satu", told, "/terbit")
    assert "Apakah itu orang yang sama" in flat(lab, lab.wait_mail("satu", skip=n, what="question"))
    assert applicant(lab, number)["state"] == "open"
    n = len(lab.inbox("satu"))
    lab.reply("satu", told, "/terbit")
    assert "diasumsikan (730 hari)" in flat(lab, lab.wait_mail("satu", skip=n, what="receipt"))
    assert applicant(lab, number)["renewed_basis"] == "assumed"


def seen(lab, holder):
    """Rows of the register with the serial of this certificate."""
    rows = json.loads(lab.ctl("certificates", "--format", "json", "--full").stdout)
    return [x for x in rows if x["serial"] == holder.field("serial").lstrip("0")]


def test_what_came_by_stands_in_the_register_as_nobodys(lab):
    """The stranger's certificate is genuine: it is kept, without a person and without a reminder.  A renewal's is its person's."""
    row, = seen(lab, state["stranger"])
    assert row["source"] == "seen" and row["ticket"] == state["strange_ticket"] and row["name"] == "DODI PRATAMA", row
    assert row["nik"] is None and row["next_reminder"] is None and row["successor"] is None, row
    row, = seen(lab, state["new"])
    assert row["source"] == "examined" and row["nik"] == "2103010101900001" and row["next_reminder"], row


def test_a_list_says_whose_it_is(lab):
    serial = state["stranger"].field("serial").lstrip("0")
    end = subprocess.run(["date", "-d", state["stranger"].field("enddate"), "+%Y-%m-%d"], stdout=subprocess.PIPE,
                         env={**os.environ, "TZ": "Asia/Jakarta"}).stdout.decode().strip()
    path = lab.path("daftar.csv")
    for name, returns in (("Rina Wulandari", "refused"), ("Dodi Pratama, S.E.", "changed")):
        with open(path, "w") as f:
            f.write("Nama;NIK;Email;Nomor seri;Berlaku sampai\n%s;2103010101900044;dodi@natunakab.go.id;%s;%s\n" % (name, serial, end))
        r = lab.ctl("import", path, "--yes")
        row, = seen(lab, state["stranger"])
        assert (row["source"] == "examined") == (returns == "changed"), (name, r.stdout, row)
    assert row["nik"] == "2103010101900044" and row["name"].startswith("Dodi") and row["next_reminder"], row


def test_a_revoked_certificate_is_told_to_both(lab):
    mail, number = ask(lab, "hani", "Hani Kartika", 6)
    notice(lab, number)
    gone = lab.issue("hani", "HANI KARTIKA", begin=int(time.time()) + 2)
    time.sleep(3)
    n = len(lab.inbox("satu"))
    listed = lab.authority.crl(lab.issuer, [(gone, int(time.time()) - 1)], int(time.time()) - 1)
    lab.reply("hani", mail, "uji tanda tangan", attachments=[signed(gone, listed)])
    told = lab.wait_mail("satu", skip=n, what="notice of the answer")
    assert "TIDAK SAH: sertifikatnya sudah dicabut" in flat(lab, told) and "Sertifikatnya DICABUT" in flat(lab, told), flat(lab, told)
    answer = flat(lab, lab.wait_mail("hani", lambda m: "pemeriksaan" in m["Subject"], what="the result"))
    assert "Sertifikatnya sudah dicabut" in answer, answer
    n = len(lab.inbox("satu"))
    lab.reply("satu", told, "/terbit")
    assert "diasumsikan (730 hari)" in flat(lab, lab.wait_mail("satu", skip=n, what="receipt")), "it proves nothing"


def test_an_older_certificate_proves_nothing_new(lab):
    mail, number = ask(lab, "eka", "Eka Putri", 3)
    told = notice(lab, number)
    n = len(lab.inbox("satu"))
    lab.reply("eka", mail, "tes", attachments=[signed(lab.issue("eka", "EKA PUTRI", begin=int(time.time()) - 700 * DAY))])
    told = lab.wait_mail("satu", skip=n, what="notice of the answer")
    assert "lebih lama daripada permohonan" in flat(lab, told)
    n = len(lab.inbox("satu"))
    lab.reply("satu", told, "/terbit berlaku 12-02-2028")
    assert "menurut petugas" in flat(lab, lab.wait_mail("satu", skip=n, what="receipt"))
    x = applicant(lab, number)
    assert x["renewed_basis"] == "staff" and x["renewed_until"] == "2028-02-12" and x["renewed_serial"] is None, x


def test_keys_are_refused_unread_and_damage_is_told(lab):
    mail, number = ask(lab, "fajar", "Fajar Hidayat", 4)
    notice(lab, number)
    n = len(lab.inbox("satu"))
    lab.reply("fajar", mail, "ini sertifikat saya", attachments=[("fajar.p12", "application/x-pkcs12", b"\x30\x82 kunci"),
                                                                 ("uji.pdf", "application/pdf", b"%PDF-1.7 rusak")])
    text = flat(lab, lab.wait_mail("satu", skip=n, what="notice of the answer"))
    assert "memuat kunci rahasia dan TIDAK dibuka" in text and "uji.pdf rusak" in text, text
    answer = flat(lab, lab.wait_mail("fajar", lambda m: "pemeriksaan" in m["Subject"], what="the warning"))
    assert "jangan pernah mengirimkannya kepada siapa pun" in answer and "tidak dapat kami baca" in answer, answer


def test_altered_byte_is_told_to_both(lab):
    mail, number = ask(lab, "gita", "Gita Lestari", 5)
    notice(lab, number)
    name, kind, data = signed(lab.issue("gita", "GITA LESTARI"))
    n = len(lab.inbox("satu"))
    lab.reply("gita", mail, "uji tanda tangan", attachments=[(name, kind, data.replace(b"Uji tanda", b"Uji tamda"))])
    assert "TIDAK SAH: isi dokumen" in flat(lab, lab.wait_mail("satu", skip=n, what="notice of the answer"))
    answer = flat(lab, lab.wait_mail("gita", lambda m: "pemeriksaan" in m["Subject"], what="the result"))
    assert "tidak sah karena isi dokumen berubah" in answer, answer
    assert lab.ctl("verify").returncode == 0
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Office))
