"""What the configuration requires is what the acknowledgement asks for; some of several applicants; /jenis both ways."""
import sys

import case
from case import wait_for
from test_walk import number_in

REQUIRED = 'request = { required = ( "nip", "phone|email", "valid_until" ); };'
NIK = ("2103010101900011", "2103024202910012", "2103010101850013")
state = {}


def asked(lab, user):
    """The data that the newest mail to user asks for: the lines between its two fixed sentences."""
    text = lab.text_of(lab.inbox(user)[-1])
    begin = text.find("lengkapi data berikut")
    return text[begin:text.index("Surat ini dibuat")].split("\n", 1)[1].strip() if begin >= 0 else ""


def test_what_is_required_is_asked_for_and_nothing_else(lab):
    lab.write_config(REQUIRED)
    lab.start_daemon()
    lab.send("budi", "perpanjangan TTE", "Mohon perpanjangan TTE saya.\n\nNama: Budi Santoso\nNIK: 2103010101900001\n")
    ack = lab.wait_mail("budi", what="acknowledgement")
    state["number"] = number_in(ack)
    words = asked(lab, "budi")
    assert "NIP" in words and "18 angka" in words, words
    assert "Nomor HP" in words and "Email" in words, "one of two is named as a choice: " + words
    assert "Masa berlaku" in words and "31-12-2026" in words, words
    for other in ("NIK", "Nama", "Instansi", "Jabatan"):
        assert other not in words, "not required: %s in %s" % (other, words)


def test_what_was_given_is_not_asked_for(lab):
    lab.send("ani", "perpanjangan TTE", "Mohon perpanjangan TTE saya.\n\nNIP: 199102022015032002\nHP: 0812-3456-7890\nBerlaku sampai: 5-1-2026\n")
    lab.wait_mail("ani", what="acknowledgement")
    assert asked(lab, "ani") == "", asked(lab, "ani")
    lab.send("tono", "perpanjangan TTE", "Mohon perpanjangan TTE saya.\n\nNIP: 1991020220150320\nEmail: tono@natunakab.go.id\nBerlaku sampai: 5-1-2026\n")
    lab.wait_mail("tono", what="acknowledgement")
    words = asked(lab, "tono")
    assert "NIP" in words and "Nomor HP" not in words and "Masa berlaku" not in words, "only what is malformed: " + words


def test_an_answer_fills_the_gaps_of_that_configuration(lab):
    lab.reply("budi", lab.inbox("budi")[-1], "NIP 199001012015031001, HP 0812-3456-7891, berlaku sampai 5-1-2026")
    applicant = wait_for("filled", lambda: (lambda x: x["nip"] and x["phone"] and x["valid_until"] and x)(lab.show(state["number"])["applicants"][0]))
    assert applicant["nip"] == "199001012015031001" and applicant["phone"] == "+6281234567891", applicant


def command(lab, notice, text):
    n = len(lab.inbox("satu"))
    lab.reply("satu", notice, text)
    return lab.text_of(lab.wait_mail("satu", skip=n, check=lambda m: text.split("\n")[0] in lab.text_of(m), what="receipt"))


def test_renewal_of_some_applicants(lab):
    people = "".join("Nama: %s\nNIK: %s\nInstansi: Dinas Sosial\n\n" % (n, k) for n, k in zip(("Adi Putra", "Ina Dewi", "Eko Jaya"), NIK[::-1]))
    lab.send("umpeg", "perpanjangan TTE 3 pegawai", "Mohon perpanjangan TTE pegawai berikut:\n\n" + people)
    number = number_in(lab.wait_mail("umpeg", what="acknowledgement"))
    notice = lab.wait_mail("satu", check=lambda m: number in m["Subject"], what="notice")
    assert len(lab.show(number)["applicants"]) == 3, lab.show(number)
    said = command(lab, notice, "/terbit %s 9999999999999999 berlaku 12-02-2028" % NIK[1])
    assert "9999999999999999" in said and [a["state"] for a in lab.show(number)["applicants"]] == ["open"] * 3, "one stranger: nobody"
    b = len(lab.inbox("umpeg"))
    said = command(lab, notice, "/terbit %s %s berlaku 12-02-2028" % (NIK[2], NIK[0]))
    assert "2 dari 3" in said, said
    states = {a["nik"]: a["state"] for a in lab.show(number)["applicants"]}
    assert states == {NIK[0]: "renewed", NIK[1]: "open", NIK[2]: "renewed"}, states
    assert lab.show(number)["state"] == "examining"
    told = lab.text_of(lab.wait_mail("umpeg", skip=b, what="notification"))
    done, waiting = told.split("Yang masih kami proses:")
    assert "Adi Putra" in done and "Eko Jaya" in done and "Ina Dewi" not in done and "Ina Dewi" in waiting, told
    assert "sudah" in command(lab, notice, "/terbit %s berlaku 12-02-2028" % NIK[0]), "twice"
    command(lab, notice, "/terbit berlaku 12-02-2028")
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    assert {a["state"] for a in lab.show(number)["applicants"]} == {"renewed"}


def test_kind_is_turned_both_ways(lab):
    lab.send("sari", "reset passphrase", "Saya lupa passphrase TTE, mohon direset.\n\nNama: Sari\nNIK: 2103014101900009\nNIP: 199001012015032009\n"
             "HP: 0812-3456-7892\n")
    number = number_in(lab.wait_mail("sari", what="acknowledgement"))
    notice = lab.wait_mail("satu", check=lambda m: number in m["Subject"], what="notice")
    assert lab.show(number)["kind"] == "passphrase"
    assert "/jenis pembaharuan" in command(lab, notice, "/terbit berlaku 12-02-2028"), "no certificate is issued for a passphrase"
    command(lab, notice, "/jenis pembaharuan")
    assert lab.show(number)["kind"] == "renewal"
    command(lab, notice, "/jenis passphrase")
    assert lab.show(number)["kind"] == "passphrase"
    command(lab, notice, "/jenis otomatis")
    assert lab.show(number)["kind"] == "passphrase", "no kind of a ticket"
    command(lab, notice, "/jenis pembaharuan\n/terbit berlaku 12-02-2028")
    wait_for("closed", lambda: lab.show(number)["state"] == "closed")
    command(lab, notice, "/jenis pertanyaan")
    assert lab.show(number)["kind"] == "renewal", "a closed ticket keeps its kind"


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
