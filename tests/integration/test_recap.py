"""The report as PDF, the recap as workbook, the mark: by mail and from the shell."""
import io
import json
import sys
import zipfile

import case
from case import today, wait_for
from test_walk import REQUEST, number_in, soon

state = {}


def files_of(m):
    return [(p.get_filename(), p.get_content_type(), p.get_payload(decode=True)) for p in m.walk() if p.get_filename()]


def test_report_is_a_pdf_with_its_number(lab):
    lab.start_daemon()
    lab.send("budi", "Permohonan perpanjangan TTE", REQUEST % soon())
    state["number"] = number_in(lab.wait_mail("budi", what="acknowledgement"))
    notice = lab.wait_mail("dua", what="notice")
    lab.reply("dua", notice, "/terbit berlaku 12-02-2028")
    report = lab.wait_mail("kepala", lambda m: "aporan" in m["Subject"], what="report")
    (name, kind, pdf), = files_of(report)
    assert kind == "application/pdf" and name.startswith("laporan-001-") and pdf.startswith(b"%PDF-"), (name, kind)
    state["pdf"] = pdf
    t = wait_for("closed", lambda: lab.show(state["number"])["state"] == "closed" and lab.show(state["number"]))
    assert t["report"]["state"] == "made" and t["report"]["number"].startswith("001/"), t["report"]
    assert t["steps"][2]["finished_at"], "step 3 ends when the report is on its way"


def test_mark_is_counted_quietly(lab):
    told = lab.wait_mail("budi", lambda m: "terbit" in m["Subject"], what="notification")
    assert "satu angka" in lab.text_of(told)
    before = len(lab.inbox("dua"))
    lab.reply("budi", told, "4. Cepat, terima kasih")
    wait_for("marked", lambda: any(e["what"] == "marked" and e["detail"] == "4" for e in lab.show(state["number"])["events"]))
    assert lab.show(state["number"])["state"] == "closed" and len(lab.inbox("dua")) == before


def test_recap_by_mail(lab):
    state["period"] = today().strftime("%Y-%m")
    notice = lab.wait_mail("satu", what="notice")
    lab.reply("satu", notice, "/laporan " + state["period"])
    m = lab.wait_mail("satu", lambda m: "ekapitulasi" in m["Subject"], what="recap")
    (name, _, book), = files_of(m)
    assert name == "rekap-%s.xlsx" % state["period"]
    with zipfile.ZipFile(io.BytesIO(book)) as z:
        sheet = z.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/charts/chart3.xml" in z.namelist()
        assert state["number"] in sheet and "2103010101900001" not in sheet and "************0001" in sheet


def test_recap_from_the_shell(lab):
    r = lab.ctl("report", state["period"], "--format", "json")
    assert r.returncode == 0, r.stderr
    recap = json.loads(r.stdout)
    assert recap["recap"]["done"] == 1 and recap["recap"]["marks"] == 1 and recap["recap"]["band"] == "A", recap["recap"]
    assert "2103010101900001" not in r.stdout
    full = lab.ctl("register", "--year", state["period"][:4], "--format", "csv", "--full")
    assert "2103010101900001" in full.stdout
    assert lab.ctl("report", "2026-13", "--format", "csv").returncode == 2
    kept = lab.path("laporan.pdf")
    assert lab.ctl("report", state["number"], "--output", kept).returncode == 0
    with open(kept, "rb") as f:
        assert f.read() == state["pdf"], "the kept report is the one that was mailed"
    assert lab.ctl("report", "2026-9999", "--output", kept + "2").returncode == 1
    spans = lab.ctl_json("explain", state["number"])["spans"]
    assert spans[0]["step"] == 1 and spans[0]["begin"]["what"] == "received" and spans[0]["begin"]["mail"]
    assert lab.ctl("verify").returncode == 0


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
