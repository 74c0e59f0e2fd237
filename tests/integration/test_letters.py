"""Paper letters: the scan mailed with /surat becomes a ticket, and an applicant without mail is served to the end."""
import datetime
import io
import json
import re
import sys
import zipfile

import case
from case import wait_for
from kannel import Kannel
from paper import scanned, text

WIB = datetime.timezone(datetime.timedelta(hours=7))
SCAN = ("surat.pdf", "application/pdf", b"%PDF-1.4\n" + b"0" * 300000)


def flat(lab, m):
    return " ".join(lab.text_of(m).split())


def receipt(lab, skip, user="satu"):
    return lab.wait_mail(user, lambda m: "Bukti pelaksanaan" in m["Subject"], skip=skip)


def surat(lab, text, attachments=(SCAN,), user="satu", subject="surat masuk"):
    skip = len(lab.inbox(user))
    lab.send(user, subject, text, attachments=attachments)
    return receipt(lab, skip, user)


def number_of(mail):
    return re.search(r"SITANTE-(\d+-\d+)", mail["Subject"]).group(1)


def entered_notice(lab, number):
    """Beside a reminder: a letter that came in long ago is late at once."""
    return lab.wait_mail("dua", lambda m: number in m["Subject"] and "dicatat oleh" in flat(lab, m))


def workbook(rows):
    cells = "".join("<row>%s</row>" % "".join("<c t='inlineStr'><is><t>%s</t></is></c>" % c for c in row) for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("xl/workbook.xml", "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' r:id='rId1'/></sheets></workbook>")
        z.writestr("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>")
        z.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData>%s</sheetData></worksheet>" % cells)
    return out.getvalue()


def test_a_letter_with_its_scan(lab):
    lab.kannel = Kannel(lab)
    lab.write_config(lab.kannel.settings())
    lab.start_daemon()
    r = surat(lab, "/surat\ntanggal 2026-01-05 09.30\nnomor 005/12/DISSOS/2026\ndari Dinas Sosial <umum.dinsos@natunakab.go.id>\n\n"
              "Nama: Budi Santoso, S.Kom\nNIK: 2103010101900001\nInstansi: Dinas Sosial\nEmail: budi@natunakab.go.id")
    lab.number = number_of(r)
    t = lab.show(lab.number)
    assert t["opened_at"] == "2026-01-05T09:30:00+07:00", t["opened_at"]
    assert t["applicants"][0]["nik"] == "2103010101900001"
    for user in ("budi", "umum.dinsos"):
        ack = lab.wait_mail(user)
        assert lab.number in ack["Subject"] and "Permohonan ini masuk sebagai surat" in flat(lab, ack)
    notice = entered_notice(lab, lab.number)
    assert [p.get_filename() for p in notice.iter_attachments()] == ["surat.pdf"]
    assert "nomor 005/12/DISSOS/2026 dari Dinas Sosial, dicatat oleh Petugas Satu" in flat(lab, notice)


def test_the_receipt_can_be_printed(lab):
    r = [m for m in lab.inbox("satu") if "Bukti pelaksanaan" in m["Subject"]][0]
    (name, kind, pdf), = [(p.get_filename(), p.get_content_type(), p.get_payload(decode=True)) for p in r.iter_attachments()]
    assert name == "tanda-terima-%s.pdf" % lab.number and kind == "application/pdf", (name, kind)
    assert "Tanda terima untuk pembawa surat terlampir" in flat(lab, r)
    assert scanned(pdf) == "SITANTE-" + lab.number
    said = text(pdf)
    for words in ("TANDA TERIMA SURAT PERMOHONAN", "Senin, 5 Januari 2026 pukul 09.30 WIB", "005/12/DISSOS/2026", "Dinas Sosial",
                  "Budi Santoso, S.Kom", "************0001", "pemeriksaan 60 menit", "Petugas Satu", "lewat surat elektronik"):
        assert words in said, (words, said)
    assert "2103010101900001" not in said
    kept = lab.path("tanda-terima.pdf")
    assert lab.ctl("receipt", lab.number, "--output", kept).returncode == 0
    with open(kept, "rb") as f:
        assert f.read() == pdf, "the kept receipt is the one that was mailed"
    letter = lab.show(lab.number)["letter"]
    assert letter["number"] == "005/12/DISSOS/2026" and letter["from"] == "Dinas Sosial" and letter["receipt"] == "made", letter
    assert lab.ctl("receipt", "2026-9999", "--output", kept + "2").returncode == 1
    lab.send("wati", "perpanjangan TTE", "Nama: Wati\nNIK: 2103014101930004\nInstansi: Dinas Sosial\nMohon perpanjangan TTE")
    mailed = number_of(lab.wait_mail("wati"))
    gone = lab.ctl("receipt", mailed, "--output", kept + "2")
    assert gone.returncode == 1 and "has no receipt" in gone.stderr, gone.stderr
    assert lab.show(mailed)["letter"] is None


def test_the_same_letter_twice_opens_nothing(lab):
    before = len(lab.ctl_json("tickets"))
    r = surat(lab, "/surat\nNama: Budi Santoso, S.Kom\nNIK: 2103010101900001\nInstansi: Dinas Sosial")
    assert "pembaharuan untuk orang yang sama sedang berjalan di tiket " + lab.number in flat(lab, r)
    assert len(lab.ctl_json("tickets")) == before


def test_a_letter_is_driven_to_its_end(lab):
    """Half an hour from the counter to the mail: step 1 began when the letter came in, the others when the one before ended."""
    came_in = (datetime.datetime.now(WIB) - datetime.timedelta(minutes=30)).replace(second=0, microsecond=0)
    r = surat(lab, "/surat\ntanggal %s\ndari Kecamatan Serasan\n\nNama: Sari Melati\nNIK: 2103014510880011\nInstansi: Kecamatan Serasan\n"
              "Email: sari@natunakab.go.id" % came_in.strftime("%Y-%m-%d %H.%M"))
    number, ack = number_of(r), lab.wait_mail("sari")
    wait_for("step 1's end", lambda: lab.show(number)["steps"][0]["finished_at"])
    n = len(lab.inbox("satu"))
    lab.reply("satu", r, "Mohon kirimkan nomor HP yang aktif.")
    question = lab.wait_mail("sari", skip=1, what="assistance")
    receipt(lab, n)
    lab.reply("sari", question, "0812-7000-1111")
    lab.wait_mail("satu", lambda m: "0812-7000-1111" in flat(lab, m), what="the answer")
    lab.reply("satu", r, "/terbit berlaku 12-02-2028")
    assert "12 Februari 2028" in flat(lab, lab.wait_mail("sari", lambda m: "terbit" in m["Subject"], what="notification"))
    assert "Sari Melati" in flat(lab, lab.wait_mail("kepala", lambda m: "Sari" in lab.text_of(m), what="report"))
    t = wait_for("closed", lambda: (lambda t: t if t["state"] == "closed" else None)(lab.show(number)))
    steps, at = t["steps"], lambda s: datetime.datetime.fromisoformat(s)
    assert t["opened_at"] == steps[0]["started_at"] == came_in.isoformat(), (t["opened_at"], came_in)
    assert 30 * 60 <= steps[0]["working_seconds"] < 33 * 60 and steps[0]["met"] is False, steps[0]
    assert steps[1]["started_at"] == steps[0]["finished_at"] and steps[1]["waiting_seconds"] >= 0, steps
    assert steps[2]["started_at"] == steps[1]["finished_at"] and at(steps[3]["finished_at"]) >= at(steps[2]["started_at"]), steps
    assert all(s["finished_at"] and s["working_seconds"] < 120 and s["met"] for s in steps[1:]), steps
    assert at(t["closed_at"]) >= max(at(s["finished_at"]) for s in steps) and number in ack["Subject"], t["closed_at"]
    for late in [m for m in lab.inbox("dua") if number in m["Subject"] and "terlampaui" in m["Subject"]]:  # where it came before the receipt left
        assert "surat kertas yang masuk" in flat(lab, late) and "dihitung sejak saat itu" in flat(lab, late), flat(lab, late)


def test_a_list_as_csv(lab):
    csv = "No;Nama;NIP;Jabatan\n1;Ani Lestari, S.Sos;198503152010012012;Kasubbag Umum\n2;Bayu Pratama;199001012015031001;Staf\n".encode("cp1252")
    r = surat(lab, "/surat\ndari Kecamatan Midai\nDaftar pemohon terlampir.", [SCAN, ("daftar.csv", "text/csv", csv)])
    people = lab.show(number_of(r))["applicants"]
    assert [(p["name"], p["nip"]) for p in people] == [("Ani Lestari, S.Sos", "198503152010012012"), ("Bayu Pratama", "199001012015031001")], people


def test_a_list_below_the_name_of_its_office(lab):
    """The office is no applicant of its own; it is the agency of all in the list who have none."""
    csv = b"Nama;NIK\nUmar Hasan;2103010101800021\nVina Lestari;2103014506900022\n"
    r = surat(lab, "/surat\nInstansi: Dinas Perhubungan\nDaftar pemohon terlampir.", [SCAN, ("daftar.csv", "text/csv", csv)])
    people = lab.show(number_of(r))["applicants"]
    assert [(p["name"], p["nik"], p["agency"]) for p in people] == [
        ("Umar Hasan", "2103010101800021", "Dinas Perhubungan"), ("Vina Lestari", "2103014506900022", "Dinas Perhubungan")], people


def test_a_list_as_workbook(lab):
    book = workbook([["Daftar TTE"], ["Nama", "NIK", "OPD"], ["Citra Dewi", "2103014506900009", "Dinas Koperasi"], ["Dodi Irawan", "2103010607880008", "Dinas Koperasi"]])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    r = surat(lab, "/surat\nDaftar terlampir", [SCAN, ("Daftar.xlsx", kind, book)])
    people = lab.show(number_of(r))["applicants"]
    assert [p["nik"] for p in people] == ["2103014506900009", "2103010607880008"], people


def test_bad_letters_open_nothing(lab):
    before = len(lab.ctl_json("tickets"))
    for text, why in (("/surat\n", "Belum ada data pemohon yang terbaca"),
                      ("/surat\ntanggal 2099-01-05 09.30\nNama: Eko\nNIK: 2103010101800077", "masa depan"),
                      ("/surat\ntanggal kemarin\nNama: Eko\nNIK: 2103010101800077", "tidak dikenali")):
        assert why in flat(lab, surat(lab, text)), why
    lab.send("orang.luar", "surat", "/surat\nNama: Eko Saputra\nNIK: 2103010101800077\nInstansi: Dinas Sosial", trust="outside")
    lab.wait_mail("orang.luar")  # an applicant's words, whatever they begin with
    assert len(lab.ctl_json("tickets")) == before + 1


def test_without_mail_the_telephone_serves(lab):
    """Letter, short messages, closed: the applicant has no mail address at all."""
    phone = "+6281355557777"
    r = surat(lab, "/surat\nNama: Hadi Sucipto\nNIK: 2103011212750001\nInstansi: Desa Kelarik\nHP: 0813-5555-7777")
    number = number_of(r)
    wait_for("the receipt by short message", lambda: any(number in x for x in lab.kannel.received(phone)))
    wait_for("step 1's end", lambda: lab.show(number)["steps"][0]["finished_at"])
    lab.reply("satu", r, "/terbit berlaku 12-02-2028")
    wait_for("the notification by short message", lambda: any("sudah terbit" in x for x in lab.kannel.received(phone)))
    wait_for("the closed ticket", lambda: lab.show(number)["state"] == "closed")
    # the message may be accepted before the report's mail is
    steps = wait_for("four finished steps", lambda: [x for x in [lab.show(number)["steps"]] if all(s["finished_at"] for s in x)])[0]
    assert all(s["met"] for s in steps), steps


def test_without_any_road_staff_call_and_note_it(lab):
    r = surat(lab, "/surat\nNama: Imam Bukhari\nNIK: 2103011404690002\nInstansi: Desa Tanjung\nTelp: (0773) 31222")
    number = number_of(r)
    assert "Hubungilah lewat telepon" in flat(lab, r)
    skip = len(lab.inbox("satu"))
    lab.reply("satu", r, "/terbit berlaku 12-02-2028")
    done = receipt(lab, skip)
    assert "/catat telepon" in flat(lab, done) and lab.show(number)["state"] == "renewed"
    lab.reply("satu", done, "/catat telepon: sudah disampaikan kepada Pak Imam")
    wait_for("the closed ticket", lambda: lab.show(number)["state"] == "closed")


ABOUT = "Mohon perpanjangan TTE atasan kami.\nNama: %s\nNIK: %s\nInstansi: Dinas Perikanan\nEmail: %s\n"


def test_a_colleague_writes_for_somebody(lab):
    """By whom it is about: one renewal of that person, whoever writes; the certificate is the holder's."""
    before = len(lab.ctl_json("tickets"))
    ridwan = ("Ridwan Hakim", "2103011507770031", "ridwan@natunakab.go.id")
    lab.send("tuti", "perpanjangan TTE", ABOUT % ridwan)
    number = number_of(lab.wait_mail("tuti"))
    person, = lab.show(number)["applicants"]
    assert (person["name"], person["nik"], person["email"]) == ridwan, person
    lab.send("wulan", "perpanjangan TTE", ABOUT % ridwan)  # another colleague, the same person: no party, no number
    assert "SITANTE-" not in lab.wait_mail("wulan")["Subject"]
    lab.send("ridwan", "TTE saya", "Mohon perpanjangan TTE saya.\nNama: Ridwan Hakim\nNIK: 2103011507770031\nHP: 0812-7000-2222")
    assert number in lab.wait_mail("ridwan")["Subject"], "he is the one it is about"
    lab.send("dua", "perpanjangan TTE", ABOUT % ("Sinta Dewi", "2103014604910032", "sinta@natunakab.go.id"))  # staff, no /surat
    sinta = number_of(lab.wait_mail("dua", lambda m: "sudah kami terima" in flat(lab, m)))
    assert [p["name"] for p in lab.show(sinta)["applicants"]] == ["Sinta Dewi"]
    assert len(lab.ctl_json("tickets")) == before + 2
    notice = lab.wait_mail("satu", lambda m: number in m["Subject"])
    lab.reply("satu", notice, "/terbit berlaku 12-02-2028")
    lab.wait_mail("tuti", lambda m: "terbit" in m["Subject"], what="the notification to who asked")
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    register = json.loads(lab.ctl("certificates", "--format", "json").stdout)
    mine, = [c for c in register if c["ticket"] == number]
    assert mine["name"] == "Ridwan Hakim" and mine["email"] == "ridwan@natunakab.go.id", mine


def test_a_scanner_is_never_answered(lab):
    lab.stop_daemon()
    lab.write_config('letters = { scanners = ( "scanner@natunakab.go.id" ); };')
    lab.start_daemon()
    lab.send("scanner", "Scan from MFP", "Scanned document", attachments=(SCAN,), headers=(("Auto-Submitted", "auto-generated"),))
    notice = lab.wait_mail("satu", lambda m: "/surat" in flat(lab, m) and "pemindai" in flat(lab, m))
    assert "surat.pdf" in [p.get_filename() for p in notice.iter_attachments()]
    assert lab.inbox("scanner") == []


def test_a_letter_from_the_shell(lab):
    scan, csv, data = (lab.path(n) for n in ("pindai.pdf", "daftar.csv", "data.txt"))
    with open(scan, "wb") as f:
        f.write(SCAN[2])
    with open(csv, "w") as f:
        f.write("Nama,NIK,Instansi\nJoko Susilo,2103011512820006,Kecamatan Bunguran\nKartini,2103015204870007,Kecamatan Bunguran\n")
    with open(data, "w") as f:
        f.write("Nama: Lestari Ningsih\nNIK: 2103014808910005\nInstansi: Dinas Pariwisata\nEmail: lestari@natunakab.go.id\n")
    r = lab.ctl("--json", "letter", "--date", "2026-01-06 10.15", "--number", "9/PAR/2026", "--sender", "Dinas Pariwisata <tu.pariwisata@natunakab.go.id>",
                "--scan", scan, data)
    assert r.returncode == 0, r.stderr
    told = json.loads(r.stdout)
    t = lab.show(told["number"])
    assert t["opened_at"] == "2026-01-06T10:15:00+07:00" and t["applicants"][0]["nik"] == "2103014808910005", t
    assert t["events"][0]["what"] == "received" and t["events"][0]["who"].startswith("operator "), t["events"][0]
    for user in ("lestari", "tu.pariwisata"):
        assert told["number"] in lab.wait_mail(user)["Subject"]
    notice = entered_notice(lab, told["number"])
    assert [p.get_filename() for p in notice.iter_attachments()] == ["pindai.pdf"]
    assert "dicatat oleh operator" in flat(lab, notice)
    letter = wait_for("the receipt", lambda: (lambda x: x if x["receipt"] == "made" else None)(lab.show(told["number"])["letter"]))
    assert letter["number"] == "9/PAR/2026" and letter["taken_in_by"].startswith("operator "), letter
    kept = lab.path("tanda-terima-2.pdf")
    assert lab.ctl("receipt", told["number"], "--output", kept).returncode == 0
    with open(kept, "rb") as f:
        assert scanned(f.read()) == "SITANTE-" + told["number"]
    back = lab.path("kembali.pdf")
    assert lab.ctl("attachment", told["number"], "1", back).returncode == 0
    with open(back, "rb") as f:
        assert f.read() == SCAN[2], "the scan is kept with the ticket"
    # a list, and data as words
    many = lab.ctl("letter", "--scan", csv, "--sender", "Kecamatan Bunguran")
    assert many.returncode == 0, many.stderr
    assert len(lab.show(many.stdout.split()[0])["applicants"]) == 2
    words = lab.ctl("letter", "nama=Made Wirawan", "nik=2103010909840008", "instansi=Dinas Kebudayaan")
    assert words.returncode == 0 and "telepon" in words.stdout, (words.stdout, words.stderr)
    assert lab.ctl("verify").returncode == 0


def test_bad_letters_from_the_shell_change_nothing(lab):
    before, events = len(lab.ctl_json("tickets")), lab.ctl("verify").stdout
    odd = lab.path("aneh.txt")
    with open(odd, "wb") as f:
        f.write(b"Nama: \xff\xfe")
    large = lab.path("raksasa.pdf")
    with open(large, "wb") as f:
        f.truncate(60 * 1024 * 1024)
    fits_no_mail = lab.path("besar-2.pdf")
    with open(fits_no_mail, "wb") as f:
        f.truncate(45 * 1024 * 1024)
    person = ("nama=Nyoman Rai", "nik=2103011001860009", "instansi=Dinas Kebudayaan")
    for code, why, words in (
            (2, "usage", ()),
            (1, "Belum ada data pemohon", ("perihal=surat",)),
            (1, "masa depan", ("--date", "2099-01-05 09.30", *person)),
            (1, "satu tahun", ("--date", "2020-01-05 09.30", *person)),
            (1, "tidak dikenali", ("--date", "kemarin", *person)),
            (2, "one line", ("--number", "1\n/lepas 3", *person)),
            (1, "a command of its own", ("-",)),
            (1, "no UTF-8 text", (odd,)),
            (1, "No such file", ("--scan", lab.path("tidak-ada.pdf"), *person)),
            (1, "no file", ("--scan", lab.path("."), *person)),
            (1, "larger than 50 MiB", ("--scan", large, *person)),
            (1, "too large", ("--scan", fits_no_mail, *person)),
            (1, "dicatat dua kali", ("nama=Made Wirawan", "nik=2103010909840008", "instansi=Dinas Kebudayaan"))):
        r = lab.ctl("letter", *words, input="/lepas 3\nNama: Nyoman Rai\nNIK: 2103011001860009\n")
        assert r.returncode == code and why in r.stderr, (words, r.returncode, r.stdout, r.stderr)
    assert len(lab.ctl_json("tickets")) == before and lab.ctl("verify").stdout == events


def test_a_letter_from_the_shell_for_the_same_person_joins(lab):
    r = lab.ctl("letter", "nama=Made Wirawan", "nik=2103010909840008", "instansi=Dinas Kebudayaan", "jabatan=Staf")
    assert r.returncode == 0 and "sedang berjalan di tiket" in r.stdout, (r.stdout, r.stderr)


def test_without_the_daemon_it_waits_in_the_outbox(lab):
    lab.stop_daemon()
    r = lab.ctl("letter", "nama=Oka Mahendra", "nik=2103011806890001", "instansi=Dinas Sosial", "email=oka@natunakab.go.id")
    assert r.returncode == 0 and "sitanted does not run" in r.stdout, (r.stdout, r.stderr)
    lab.start_daemon()
    assert r.stdout.split()[0] in lab.wait_mail("oka")["Subject"]
    wait_for("the receipt", lambda: lab.show(r.stdout.split()[0])["letter"]["receipt"] == "made")


def test_a_scan_of_thirty_megabytes(lab):
    r = surat(lab, "/surat\nNama: Gita Savitri\nNIK: 2103014104920003\nInstansi: Dinas Perkim\nEmail: gita@natunakab.go.id",
              [("besar.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(range(256)) * (30 * 1024 * 4))])
    lab.wait_mail("gita", timeout=60)
    assert len(lab.show(number_of(r))["applicants"]) == 1


def test_rebuilding_finds_every_letter_again(lab):
    lab.write_config(lab.kannel.settings())
    r = lab.ctl("--json", "rebuild", lab.path("bangun"))
    told = json.loads(r.stdout)
    assert told["missing"] == 0 and told["differences"] == [] and r.returncode == 0, (told, r.stderr)


def test_stops_cleanly(lab):
    assert lab.stop_daemon() == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
