"""No certificate expires unseen: a list comes in, its holder is reminded, says yes, is renewed, signs a test that proves it,
and the register knows the next one."""
import csv
import datetime
import io
import json
import sys
import time
import zipfile

import case
from case import today, wait_for
from office import Office, signed
from paper import text as printed

state = {}


def day(n):
    return today() + datetime.timedelta(days=n)


def rows(lab):
    r = lab.ctl("certificates", "--format", "json")
    assert r.returncode == 0, r.stderr
    return json.loads(r.stdout)


def count(lab, user):
    return len(lab.inbox(user))


def number_in(m):
    subject = m["Subject"]
    return subject[subject.index("[SITANTE-") + 9:subject.index("]")]


def listing():
    lines = ["Nama;NIK;NIP;Jabatan;Unit Kerja;Email;No HP;Nomor Seri;Berlaku Mulai;Berlaku Sampai",
             "Budi Santoso, S.Kom;2103010101900001;199001012015031001;Kepala Seksi Promosi;Dinas Kesehatan;budi@natunakab.go.id;0812-3456-7890;"
             "0A:1B:2C;%s;%s" % (day(-715).strftime("%d/%m/%Y"), day(14).strftime("%d/%m/%Y")),
             "Ani Lestari;2103024202910002;;Staf;Dinas Pendidikan;ani@natunakab.go.id;;;;%s" % day(400).strftime("%d-%m-%Y"),
             "Citra;2,10305E+15;;Staf;Dinas Pendidikan;citra@natunakab.go.id;;;;%s" % day(20).strftime("%d-%m-%Y"),
             "Dodi;2103010101900004;;Staf;Dinas Pendidikan;bukan alamat;;;;%s" % day(20).strftime("%d-%m-%Y"),
             "José;2103010101900005;;Staf;Dinas Sosial;jose@natunakab.go.id;;;;%s" % day(14).strftime("%d-%m-%Y"),
             "José lagi;2103010101900005;;Staf;Dinas Sosial;jose@natunakab.go.id;;;;%s" % day(14).strftime("%d-%m-%Y")]
    return "\r\n".join(lines).encode("cp1252")


def test_a_list_is_looked_through_first(lab):
    lab.start_daemon()
    lab.send("satu", "daftar sertifikat", "/impor", attachments=[("sertifikat.csv", "text/csv", listing())])
    receipt = lab.wait_mail("satu", what="the dry run")
    text = " ".join(lab.text_of(receipt).split())
    for words in ("BELUM ada yang diubah", "Ditambahkan : 3", "Ditolak : 3", "baris 4, Citra: NIK tertulis 2,10305E+15", "alamat email tidak benar",
                  "sama dengan baris 6", "/impor ya"):
        assert words in text, (words, text)
    assert rows(lab) == [], "nothing is changed yet"
    state["receipt"] = receipt


def test_only_proven_staff_with_the_token_say_yes(lab):
    n = count(lab, "satu")
    lab.reply("satu", state["receipt"], "/impor ya", trust="outside")  # own token, unproven: asked first
    lab.wait_mail("satu", skip=n, check=lambda m: "onfirmasi" in m["Subject"], what="confirmation")
    d = count(lab, "dua")
    lab.send("dua", "daftar", "/impor ya")  # proven, but no list of hers waits
    assert "Tidak ada daftar yang menunggu" in " ".join(lab.text_of(lab.wait_mail("dua", skip=d, what="refusal")).split())
    lab.send("orang@luar.example", "daftar", "/impor ya", trust="outside", attachments=[("s.csv", "text/csv", listing())])
    wait_for("all handled", lambda: lab.ctl_json("status")["queues"]["unread"] == 0 and not lab.inbox("sitante"))
    assert rows(lab) == []


def test_the_yes_brings_it_in(lab):
    n = count(lab, "satu")
    lab.reply("satu", state["receipt"], "/impor ya")
    text = " ".join(lab.text_of(lab.wait_mail("satu", skip=n, what="receipt")).split())
    assert "3 ditambahkan, 0 diubah, 3 ditolak" in text, text
    by = {r["name"]: r for r in rows(lab)}
    assert set(by) == {"Budi Santoso, S.Kom", "Ani Lestari", "José"}, by
    budi = by["Budi Santoso, S.Kom"]
    assert budi["source"] == "imported" and budi["serial"] == "A1B2C" and budi["not_after"].startswith(day(14).isoformat())
    assert budi["nik"].endswith("0001") and "2103" not in budi["nik"], "masked unless asked for"


def test_the_holder_is_reminded(lab):
    reminder = lab.wait_mail("budi", what="reminder")
    text = lab.text_of(reminder)
    assert "14 hari lagi" in reminder["Subject"] and "Budi Santoso" in text and "ya" in text and "berhenti" in text, text
    assert "2103010101900001" not in text and reminder["Auto-Submitted"] == "auto-generated"
    lab.wait_mail("jose", what="reminder")
    assert lab.inbox("ani") == [], "400 days are no hurry"
    state["reminder"] = reminder


def test_another_day_another_list_of_what_ends(lab):
    n = count(lab, "dua")
    lab.send("dua", "kedaluwarsa", "/kedaluwarsa 500")
    text = " ".join(lab.text_of(lab.wait_mail("dua", skip=n, what="list")).split())
    assert "Budi Santoso, S.Kom, Dinas Kesehatan; sudah diingatkan" in text and "Ani Lestari" in text and "(14 hari lagi, menurut daftar)" in text, text


def test_stop_is_heard(lab):
    mine = lab.inbox("jose")[-1]
    n = count(lab, "jose")
    lab.reply("jose", mine, "Berhenti")
    assert "tidak akan mengirimkan pengingat" in " ".join(lab.text_of(lab.wait_mail("jose", skip=n, what="word of it")).split())
    assert lab.ctl_json("tickets") == []


def test_somebody_elses_yes_learns_nothing(lab):
    lab.reply("orang@luar.example", state["reminder"], "ya", trust="outside")
    lab.send("budi", "Re: " + state["reminder"]["Subject"], "ya", trust="forged", reply_to=state["reminder"])
    wait_for("all handled", lambda: lab.ctl_json("status")["queues"]["unread"] == 0 and not lab.inbox("sitante"))
    for t in lab.ctl_json("tickets"):  # like any request without data
        assert lab.show(t["number"])["applicants"] == [], t
    for m in lab.inbox("orang"):
        assert "Budi" not in lab.text_of(m) and "Kesehatan" not in lab.text_of(m)


def test_yes_opens_the_renewal(lab):
    n, before = count(lab, "budi"), len(lab.ctl_json("tickets"))
    lab.reply("budi", state["reminder"], "Ya")
    ack = lab.wait_mail("budi", skip=n, what="acknowledgement")
    assert "mohon lengkapi" not in lab.text_of(ack), "nothing to fill in"
    state["number"] = number_in(ack)
    a = lab.show(state["number"])["applicants"][0]
    assert (a["name"], a["nik"], a["nip"], a["position"], a["agency"], a["email"], a["phone"]) == (
        "Budi Santoso, S.Kom", "2103010101900001", "199001012015031001", "Kepala Seksi Promosi", "Dinas Kesehatan", "budi@natunakab.go.id",
        "+6281234567890"), a
    lab.reply("budi", state["reminder"], "ya, tolong segera")  # again: the same renewal
    wait_for("the second yes", lambda: [m for m in lab.show(state["number"])["messages"] if "segera" in (m["text"] or "")])
    assert len(lab.ctl_json("tickets")) == before + 1
    n = count(lab, "dua")
    lab.send("dua", "kedaluwarsa", "/kedaluwarsa")
    text = " ".join(lab.text_of(lab.wait_mail("dua", skip=n, check=lambda m: "Bukti" in m["Subject"], what="list")).split())
    assert "pembaharuan sedang berjalan: tiket " + state["number"] in text, text


def test_the_signed_test_is_proven(lab):
    """Staff renewed him in the portal; he signs a document with the new certificate and sends it."""
    ack = lab.wait_mail("budi", check=lambda m: state["number"] in m["Subject"], what="acknowledgement")
    lab.wait_mail("satu", check=lambda m: state["number"] in m["Subject"], what="notice")
    state["new"] = lab.issue("budi", "BUDI SANTOSO", begin=int(time.time()) + 2)
    time.sleep(3)
    n, b = count(lab, "satu"), count(lab, "budi")
    lab.reply("budi", ack, "Sudah saya coba, ini hasil uji coba tanda tangannya.", attachments=[signed(state["new"])])
    told = lab.wait_mail("satu", skip=n, check=lambda m: state["number"] in m["Subject"], what="notice of the test")
    text = " ".join(lab.text_of(told).split())
    for words in ("Tanda1: SAH", "Atas nama BUDI SANTOSO", "sama dengan pemohon", "lebih baru daripada permohonan", serial_of(state["new"])):
        assert words in text, (words, text)
    answer = lab.wait_mail("budi", skip=b, check=lambda m: "pemeriksaan" in m["Subject"], what="the verdict")
    assert "Tanda tangannya sah. Sertifikatnya berlaku sampai" in " ".join(lab.text_of(answer).split())
    state["notice"] = told


def serial_of(holder):
    return holder.field("serial").lstrip("0")


def end_of(holder):
    """Its last second, in the office's time."""
    end = datetime.datetime.strptime(holder.field("enddate"), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=datetime.timezone.utc)
    return end.astimezone(datetime.timezone(datetime.timedelta(hours=7)))


def test_the_register_has_the_successor(lab):
    n, k = count(lab, "budi"), count(lab, "kepala")
    lab.reply("satu", state["notice"], "/terbit")  # no date: the file gives it
    lab.wait_mail("budi", skip=n, check=lambda m: "terbit" in m["Subject"], what="notification")
    report = lab.wait_mail("kepala", skip=k, check=lambda m: "aporan" in m["Subject"], what="report")
    pdf = next(p.get_payload(decode=True) for p in report.iter_attachments() if p.get_content_type() == "application/pdf")
    said, serial, end = printed(pdf), serial_of(state["new"]), end_of(state["new"])
    assert "(terbukti dari berkas yang diperiksa)" in said and "…" + serial[-8:] in said, said
    assert serial not in said, "the last 8 digits are enough on paper"
    wait_for("closed", lambda: lab.show(state["number"])["state"] == "closed")
    mine = [r for r in rows(lab) if r["nik"].endswith("0001")]
    assert len(mine) == 2, mine
    old, new = mine
    assert old["successor"] == new["id"] and old["next_reminder"] is None, mine
    assert new["successor"] is None and new["source"] == "examined" and new["ticket"] == state["number"], mine
    assert new["serial"] == serial and new["not_after"] == end.isoformat(), (new, end)
    first = datetime.date.fromisoformat(new["next_reminder"][:10])
    assert first == end.date() - datetime.timedelta(days=30), (first, end)


def test_reopening_takes_it_back(lab):
    notice = lab.wait_mail("satu", check=lambda m: state["number"] in m["Subject"], what="notice")
    lab.reply("satu", notice, "/buka")
    wait_for("one again", lambda: len([r for r in rows(lab) if (r["nik"] or "").endswith("0001")]) == 1)
    assert [r for r in rows(lab) if (r["nik"] or "").endswith("0001")][0]["successor"] is None
    seen, = [r for r in rows(lab) if r["serial"] == serial_of(state["new"])]
    assert seen["source"] == "seen" and seen["nik"] is None and seen["next_reminder"] is None, seen


def test_export_and_import_are_one_circle(lab):
    n = count(lab, "satu")
    lab.reply("satu", state["receipt"], "/ekspor")
    m = lab.wait_mail("satu", skip=n, check=lambda m: list(m.iter_attachments()), what="export")
    data = next(m.iter_attachments()).get_payload(decode=True)
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert len(table) == 5 and table[1][1] == "'2103010101900001", table
    path = lab.write("register.csv", "")
    with open(path, "wb") as f:
        f.write(data)
    r = lab.ctl("import", path)
    assert r.returncode == 0 and "Sudah sama\t3" in r.stdout and "Ditolak\t1" in r.stdout, r.stdout + r.stderr
    with open(path, "wb") as f:
        f.write(("﻿Nama,NIK,Instansi,Email,Berlaku s.d.\nEka Putra,2103010101900006,Dinas Sosial,eka@natunakab.go.id,%s\n" % day(7)).encode())
    assert lab.ctl("import", path).returncode == 0 and len(rows(lab)) == 4, "without --yes it is a dry run"
    r = lab.ctl("import", path, "--yes")
    assert r.returncode == 0 and "Ditambahkan\t1" in r.stdout, r.stdout + r.stderr
    assert "7 hari lagi" in lab.wait_mail("eka", what="reminder")["Subject"]


def workbook(rows):
    """An XLSX by hand: texts, and numbers where a cell is one."""
    def cell(v):
        return "<c><v>%d</v></c>" % v if isinstance(v, int) else '<c t="inlineStr"><is><t>%s</t></is></c>' % v
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    parts = {
        "[Content_Types].xml": '<Types xmlns="%scontent-types"/>' % package,
        "_rels/.rels": '<Relationships xmlns="%srelationships"><Relationship Id="a" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>'
                       % (package, rel),
        "xl/workbook.xml": '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="A" sheetId="1" r:id="a"/></sheets></workbook>' % (main, rel),
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="%srelationships"><Relationship Id="a" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>'
                                      '</Relationships>' % (package, rel),
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>'
                                    % (main, "".join("<row>%s</row>" % "".join(map(cell, r)) for r in rows)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in parts.items():
            z.writestr(name, text)
    return out.getvalue()


def test_a_workbook_by_mail(lab):
    n = count(lab, "dua")
    data = workbook([["Nama", "NIK", "OPD", "Email", "Berlaku sampai"],
                     ["Fitri", "2103010101900007", "Dinas Sosial", "fitri@natunakab.go.id", day(300).isoformat()],
                     ["Gani", 2103010101900000, "Dinas Sosial", "gani@natunakab.go.id", day(300).isoformat()]])
    lab.send("dua", "daftar", "/impor", attachments=[("daftar.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", data)])
    receipt = lab.wait_mail("dua", skip=n, what="the dry run")
    text = " ".join(lab.text_of(receipt).split())
    assert "Ditambahkan : 1" in text and "Gani: NIK disimpan sebagai angka" in text, text
    lab.reply("dua", receipt, "/impor ya")
    wait_for("Fitri", lambda: [r for r in rows(lab) if r["name"] == "Fitri"])
    n = count(lab, "dua")
    lab.reply("dua", receipt, "/impor ya\n/catat apa")  # the list waits no more
    assert "Tidak ada daftar yang menunggu" in " ".join(lab.text_of(lab.wait_mail("dua", skip=n, check=lambda m: "diperbaiki" in lab.text_of(m), what="refusal")).split())
    for bad in (b"PK\x03\x04rusak", b"\xff\xfe\x00\xd8" * 50, b""):
        n = count(lab, "dua")
        lab.send("dua", "daftar", "/impor", attachments=[("daftar.xlsx" if bad[:2] == b"PK" else "daftar.csv", "application/octet-stream", bad)])
        assert "TIDAK ADA yang dijalankan" in lab.text_of(lab.wait_mail("dua", skip=n, what="refusal of %r" % bad[:4]))


def test_the_chain_is_whole(lab):
    assert lab.ctl("verify").returncode == 0
    assert lab.ctl_json("outbox") == []
    with open(lab.daemon_log) as f:
        log = f.read()
    for secret in ("2103010101900001", "Budi", "budi@", "José", "Promosi"):
        assert secret not in log, secret
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Office))
