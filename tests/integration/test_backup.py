"""Backups: encrypted by the real age and gpg, and restored; a folder with the newest few; what a terminal shows meanwhile."""
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys

import case
from case import wait_for

MARK = b"Penanda Dalam Teks"  # stands in a mail, and so in the store


def fill(lab):
    lab.start_daemon()
    for i in range(3):
        lab.send("budi", "perpanjangan TTE", "Nama: Penanda Dalam Teks\nNIK: 210301010190%04d\nInstansi: Dinas Contoh" % (i + 1))
    wait_for("three tickets", lambda: len(lab.ctl_json("tickets")) == 3)
    wait_for("all sent", lambda: lab.inbox("sitante") == [] and lab.ctl_json("outbox") == [])


def env_with(lab, **more):
    """Of sitantectl's next calls."""
    for name, value in more.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def drill(lab, file, *options):
    """Restored into an empty store, and all is there."""
    tickets = lab.ctl_json("tickets")
    shown = [lab.show(t["number"])["messages"] for t in tickets]
    kept = lab.path("var.away")
    lab.stop_daemon()
    os.rename(lab.path("var"), kept)
    r = lab.ctl("restore", *options, file)
    assert r.returncode == 0, r.stderr
    again = lab.ctl_json("tickets")
    assert [t["number"] for t in again] == [t["number"] for t in tickets]
    assert [[m["text"] for m in lab.show(t["number"])["messages"]] for t in again] == [[m["text"] for m in x] for x in shown]
    assert lab.ctl("verify").returncode == 0
    raw = [n for _, _, names in os.walk(lab.path("var", "raw")) for n in names]
    assert len(raw) == 3, raw
    left = [n for n in os.listdir(lab.path("var")) if n not in ("sitante.db", "sitante.db-wal", "sitante.db-shm", "key", "lock", "raw")]
    assert not left, "nothing that was decrypted has a name: %s" % left
    shutil.rmtree(lab.path("var"))
    os.rename(kept, lab.path("var"))
    lab.start_daemon()


def test_by_age(lab):
    fill(lab)
    subprocess.run(["age-keygen", "-o", lab.path("age.key")], check=True, capture_output=True)
    with open(lab.path("age.key")) as f:
        recipient = re.search(r"public key: (age1\S+)", f.read()).group(1)
    file = lab.path("copy.age")
    r = lab.ctl("backup", "--encrypt", recipient, file)
    assert r.returncode == 0, r.stderr
    with open(file, "rb") as f:
        assert f.read(19) == b"age-encryption.org/" and MARK not in f.read()
    assert os.stat(file).st_mode & 0o777 == 0o600
    assert lab.ctl("backup", "--encrypt", recipient, file).returncode == 1, "no backup overwrites another"
    r = lab.ctl("restore", file)
    assert r.returncode == 2 and "--identity" in r.stderr, r.stderr
    drill(lab, file, "--identity", lab.path("age.key"))


def test_by_gpg(lab):
    home = lab.path("gnupg")
    os.mkdir(home, 0o700)
    env_with(lab, GNUPGHOME=home)
    try:
        subprocess.run(["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Cadangan <cadangan@contoh.example>", "default", "default"], check=True, capture_output=True)
        file = lab.path("copy.gpg")
        r = lab.ctl("backup", "--encrypt", "cadangan@contoh.example", file)
        assert r.returncode == 0, r.stderr
        with open(file, "rb") as f:
            assert MARK not in f.read()
        drill(lab, file)
        r = lab.ctl("backup", "--encrypt", "tidak.ada@contoh.example", lab.path("none.gpg"))
        assert r.returncode == 1 and "nothing is written" in r.stderr, r.stderr
        assert not [n for n in os.listdir(lab.dir) if n.startswith("none.gpg")]
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False)
        env_with(lab, GNUPGHOME=None)


def test_no_tool_no_backup(lab):
    path = os.environ["PATH"]
    env_with(lab, PATH=lab.path("empty"))
    try:
        for recipient, words in (("age1abc", "apt install age"), ("x@contoh.example", "apt install gnupg")):
            r = lab.ctl("backup", "--encrypt", recipient, lab.path("none.db"))
            assert r.returncode == 1 and words in r.stderr, r.stderr
    finally:
        env_with(lab, PATH=path)
    assert not [n for n in os.listdir(lab.dir) if n.startswith("none.db")]


def test_one_that_was_changed_is_refused(lab):
    with open(lab.path("copy.age"), "rb") as f:
        whole = f.read()
    away = lab.path("var.away")
    lab.stop_daemon()
    os.rename(lab.path("var"), away)
    for name, data in (("cut", whole[:len(whole) // 2]), ("bent", whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]), ("noise", b"\x85" + os.urandom(4000)), ("none", b"")):
        with open(lab.path(name), "wb") as f:
            f.write(data)
        r = lab.ctl("restore", "--identity", lab.path("age.key"), lab.path(name))
        assert r.returncode == 1, (name, r.stderr)
        assert not os.path.exists(lab.path("var", "sitante.db")), name
        shutil.rmtree(lab.path("var"), ignore_errors=True)
    os.rename(away, lab.path("var"))
    lab.start_daemon()


def test_a_folder_keeps_the_newest(lab):
    folder = lab.path("copies")
    os.mkdir(folder)
    for name in ("sitante-20200101-010101.db", "sitante-20200102-010101.db.age", "sitante-20200103-010101.db", "notes.txt", "sitante-x.db"):
        lab.write(os.path.join("copies", name), "old\n")
    assert lab.ctl("backup", "--keep", "2", lab.path("some.db")).returncode == 2, "--keep is for folders"
    for wrong in ("0", "-1", "x"):
        assert lab.ctl("backup", "--keep", wrong, folder).returncode == 2
    out = lab.ctl_json("backup", "--keep", "2", folder)
    names = sorted(os.listdir(folder))
    assert os.path.basename(out["file"]) in names
    assert len(names) == 4 and "sitante-20200103-010101.db" in names and {"notes.txt", "sitante-x.db"} < set(names), names


def on_terminal(lab, *words):
    """(what the terminal shows, standard output, exit status)"""
    main, side = pty.openpty()
    p = subprocess.Popen([lab.program("sitantectl"), "-c", lab.config, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=side, env=lab.environment())
    os.close(side)
    out, shown = p.communicate()[0].decode(), b""
    try:
        while select.select([main], [], [], 0.5)[0]:
            shown += os.read(main, 65536)
    except OSError:
        pass
    os.close(main)
    return shown.decode(), out, p.returncode


def test_long_commands_tell_how_far_they_are(lab):
    lab.write("list.csv", "Nama,NIK,Berlaku sampai\n" + "".join("Contoh Nomor,21030101019%05d,2031-01-%02d\n" % (i, i % 28 + 1) for i in range(1, 31)))
    number = lab.ctl_json("tickets")[0]["number"]
    for words, line in ((("backup", lab.path("shown.db")), r"backup: (\d+) of \1 KiB"),
                        (("verify",), r"verify: (\d+) of \1 entries"),
                        (("reconcile",), r"reconcile: 3 mails"),
                        (("rebuild", lab.path("fresh")), r"rebuild: 3 of 3 mails"),
                        (("export", number, lab.path("one.tar")), r"export: 1 of 1 mails"),
                        (("import", "--yes", lab.path("list.csv")), r"import: 30 of 30 rows"),
                        (("report", "2026", "--output", lab.path("r.xlsx")), r"report: \d+ s")):
        shown, out, _ = on_terminal(lab, *words)
        assert re.search("\r\x1b\\[K" + line + r".*\r\n", shown), (words, shown)
        assert "\r" not in out, out
    # nothing of it where nobody looks
    r = lab.ctl("backup", lab.path("unseen.db"))
    assert r.returncode == 0 and r.stderr == "" and r.stdout == "", (r.stdout, r.stderr)
    shown, out, code = on_terminal(lab, "--json", "backup", lab.path("json.db"))
    assert code == 0 and json.loads(out)["done"] is True


def test_restore_tells_too(lab):
    away = lab.path("var.away")
    lab.stop_daemon()
    os.rename(lab.path("var"), away)
    shown, _, code = on_terminal(lab, "restore", lab.path("shown.db"))
    assert code == 0 and re.search(r"restore: (\d+) of \1 KiB.*\r\n", shown), shown
    shutil.rmtree(lab.path("var"))
    os.rename(away, lab.path("var"))


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
