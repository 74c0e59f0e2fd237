"""The receipt's half page as a reader of PDFs and a scanner of codes see it: one page, nothing off it, nothing overlapping,
the code readable; with short, usual, long and far too long values."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
from paper import scanned, tool, words  # noqa: E402

W, H = 595.28, 419.53
CODE = "SITANTE-2026-0001"


def pdf(row):
    return subprocess.run([sys.argv[1], row], capture_output=True, check=True).stdout


def stands_well(row):
    data = pdf(row)
    info = tool(data, "pdfinfo", "-").decode()
    assert re.search(r"Pages: +1\n", info) and re.search(r"Page size: +595.28 x 419.53", info), info
    found = words(data)
    for t, x0, y0, x1, y1 in found:
        assert x0 >= 20 and y0 >= 10 and x1 <= W - 20 and y1 <= H - 10, ("off the page", t, x0, y0, x1, y1)
    # boxes have room above and below the letters: a fifth of it does not count
    boxes = [(t, x0 + 0.3, y0 + (y1 - y0) / 5, x1 - 0.3, y1 - (y1 - y0) / 5) for t, x0, y0, x1, y1 in found]
    below = [b for b in boxes if b[0] == CODE and b[1] > W / 2][0]
    boxes.append(("the code", W - 40 - 104, below[2] - 100, W - 40, below[2] - 3))
    for i, (t, ax0, ay0, ax1, ay1) in enumerate(boxes):
        for u, bx0, by0, bx1, by1 in boxes[:i]:
            assert ax1 <= bx0 or bx1 <= ax0 or ay1 <= by0 or by1 <= ay0, ("overlap", t, u)
    assert scanned(data) == CODE
    return " ".join(w[0] for w in found)


def test_usual_values_stand_whole():
    said = stands_well("usual")
    for words_ in ("KOMUNIKASI DAN INFORMATIKA", "TANDA TERIMA PERMOHONAN", "Senin, 5 Januari 2026 pukul 09.30 WIB", "005/12/DISSOS/2026",
                   "Dinas Sosial", "Budi Santoso, S.Kom", "************0001", "pemberitahuan 5 menit", "Petugas Satu"):
        assert words_ in said, (words_, said)


def test_hardly_anything():
    stands_well("bare")


def test_long_values_are_set_smaller_and_stand_whole():
    said = stands_well("wide").replace(" ", "")
    for words_ in ("LAMPIRAN-KEDUA", "Subbagian Umum dan Kepegawaian", "M.T., Ph.D.", "Kode pos 29783", "Kusumaningrum, S.Sos., M.Si."):
        assert words_.replace(" ", "") in said, (words_, said)
    assert "…" not in said


def test_many_persons_are_counted():
    said = stands_well("many")
    shown = len(re.findall(r"\*0001", said))
    assert shown >= 10 and "dan %d pemohon lain" % (500 - shown) in said, (shown, said)


def test_what_cannot_fit_is_shortened():
    """The ellipsis itself is no word of the PDF's text: it stands for the rest."""
    said = stands_well("monstrous")
    for words_ in ("Nomor tiket : SITANTE-2026-0001", "Pengirim surat :", "1. W", "pemohon lain"):
        assert words_ in said, words_


tests = [(n, f) for n, f in list(globals().items()) if n.startswith("test_")]
print("1..%d" % len(tests))
failed = 0
for i, (name, test) in enumerate(tests, 1):
    try:
        test()
        print("ok %d - %s" % (i, name))
    except Exception as e:
        failed += 1
        print("# %s: %s" % (type(e).__name__, str(e)[:1500]))
        print("not ok %d - %s" % (i, name))
sys.exit(1 if failed else 0)
