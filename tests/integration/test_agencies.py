"""Several agencies on one server: three instances side by side, each with a configuration, a store and credentials of its own;
each handles its own mail only."""
import os
import re
import signal
import subprocess
import sys

import case
from case import wait_for
from test_walk import REQUEST, number_in, soon

AGENCIES = ("natuna", "anambas", "bintan")
state = {}


class Lab(case.Lab):
    """Each agency's mailbox has a password that opens no other."""

    def run_dovecot(self):
        with open(self.path("dovecot.conf")) as f:
            text = f.read()
        users = self.write("agencies", "".join("desk.%s:{PLAIN}rahasia-%s\n" % (n, n) for n in AGENCIES))
        names = ["desk.%s" % n for n in AGENCIES]
        own = "passdb {\n  driver = passwd-file\n  args = %s\n  username_filter = %s\n}\n" % (users, " ".join(names))
        others = "passdb {\n  username_filter = %s\n  driver = static" % " ".join("!" + n for n in names)
        assert "passdb {\n  driver = static" in text
        self.write("dovecot.conf", own + text.replace("passdb {\n  driver = static", others))
        super().run_dovecot()


class Instance:
    def __init__(self, lab, name):
        self.lab, self.name, self.process = lab, name, None
        self.address = "desk.%s@natunakab.go.id" % name
        self.staff = "staf.%s" % name
        with open(lab.config) as f:
            text = f.read()
        for old, new in (("sitante@natunakab.go.id", self.address), ('user = "sitante"', 'user = "desk.%s"' % name),
                         ('"satu@natunakab.go.id"', '"%s@natunakab.go.id"' % self.staff), ('"dua@', '"lain.%s@' % name),
                         ('"kepala@', '"kepala.%s@' % name), ("../var", "../../var-" + name), ('"ca.pem"', '"../ca.pem"')):
            assert old in text, old
            text = text.replace(old, new)
        os.makedirs(lab.path("figures"), exist_ok=True)
        text += 'monitor = { prometheus = "%s"; };\n' % lab.path("figures", name + ".prom")
        self.config = lab.write("etc/%s/sitante.conf" % name, text)
        for kind in ("imap", "smtp"):
            lab.write("run/%s/%s-password" % (name, kind), "rahasia-%s\n" % name, 0o400)
        self.credentials = lab.path("run", name)

    def start(self):
        with open(self.lab.path(self.name + ".log"), "ab") as out:
            self.process = subprocess.Popen([self.lab.program("sitanted"), "-c", self.config], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True, env=self.lab.environment({"CREDENTIALS_DIRECTORY": self.credentials}))
        self.lab.children.append(self.process)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0

    def ctl(self, *words, credentials=None):
        return subprocess.run([self.lab.program("sitantectl"), "-c", self.config, *words], capture_output=True, text=True, timeout=60,
                              env=self.lab.environment({"CREDENTIALS_DIRECTORY": credentials or self.credentials}))

    def figure(self, name):
        try:
            with open(self.lab.path("figures", self.name + ".prom")) as f:
                m = re.search(r'^sitante_%s\{mailbox="%s"[^}]*\} (\d+)$' % (name, re.escape(self.address)), f.read(), flags=re.M)
        except FileNotFoundError:
            return None
        return int(m.group(1)) if m else None

    def ask(self, user, number):
        """A request to this agency; each applicant is somebody else."""
        text = (REQUEST % soon()).replace("0101900001", "0101900%03d" % number).replace("2015031001", "2015031%03d" % number).replace("Budi Santoso", user)
        m = self.lab.compose(user, "Permohonan perpanjangan TTE", text, to=self.address)
        self.lab.send_bytes(m.as_bytes(), self.lab.address(user), to=(self.address,))

    def answer(self, user, m, text):
        raw = self.lab.compose(user, "Re: " + m["Subject"], text, reply_to=m, to=self.address).as_bytes()
        self.lab.send_bytes(raw, self.lab.address(user), to=(self.address,))

    def tickets(self):
        r = self.ctl("--json", "tickets")
        assert r.returncode == 0, r.stderr
        return re.findall(r'"number": *"(\d{4}-\d{4})"', r.stdout)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def each():
    return [state[n] for n in AGENCIES]


def test_three_start_side_by_side(lab):
    for name in AGENCIES:
        state[name] = Instance(lab, name)
        state[name].start()
    for x in each():
        wait_for(x.name + " is connected", lambda: x.figure("mailbox_connected") == 1, 40)
    assert len({x.process.pid for x in each()}) == 3


def test_each_answers_its_own_mail_only(lab):
    for i, x in enumerate(each()):  # one person, and another one each
        x.ask("budi", 100)
        x.ask("warga.%s" % x.name, 200 + i)
    for x in each():
        own = lab.wait_mail("budi", lambda m: x.address in m["From"], what="of " + x.name)
        assert own["Auto-Submitted"] == "auto-replied"
        lab.wait_mail("warga.%s" % x.name, lambda m: x.address in m["From"])
        wait_for("both notices", lambda: len(lab.inbox(x.staff)) == 2)
        assert sorted(n[-4:] for n in x.tickets()) == ["0001", "0002"], "numbers of its own"
    for x in each():
        assert all(x.address in m["From"] for user in (x.staff, "lain." + x.name, "warga." + x.name) for m in lab.inbox(user))
    assert len(lab.inbox("budi")) == 3


def test_each_renews_its_own(lab):
    for x in each():
        notice = lab.wait_mail(x.staff, what="notice")
        x.answer(x.staff, notice, "/terbit berlaku 12-02-2028")
        state[x.name, "number"] = number_in(notice)
    for x in each():
        lab.wait_mail("kepala." + x.name, what="report")
        r = wait_for("closed", lambda: '"closed"' in x.ctl("--json", "show", state[x.name, "number"]).stdout)
        assert r and x.ctl("verify").returncode == 0
        assert len(lab.inbox("kepala." + x.name)) == 1


def test_staff_of_one_are_nobody_to_another(lab):
    natuna, anambas = state["natuna"], state["anambas"]
    before = anambas.tickets()
    notice = [m for m in lab.inbox(natuna.staff) if number_in(m) != state["natuna", "number"]][0]
    number = number_in(notice)  # a number that anambas has as well
    assert number in before
    anambas.answer(natuna.staff, notice, "/tolak bukan wewenang")
    wait_for("it was handled", lambda: b"mail-handled [mail 4" in read(lab.path("anambas.log")))
    for x in (natuna, anambas):
        assert '"refused"' not in x.ctl("--json", "show", number).stdout


def test_credentials_of_one_open_no_other(lab):
    natuna, anambas = state["natuna"], state["anambas"]
    good, bad = natuna.ctl("check"), natuna.ctl("check", credentials=anambas.credentials)
    assert bad.returncode != 0 and bad.stdout != good.stdout, bad.stdout + bad.stderr
    told = set(bad.stdout.splitlines()) - set(good.stdout.splitlines())
    for server in ("imap", "smtp"):
        assert any(re.match(server + " +FAIL ", line) for line in told), told
        assert re.search("^" + server + " +ok ", good.stdout, flags=re.M), good.stdout


def test_one_that_stands_holds_up_nobody(lab):
    natuna, bintan = state["natuna"], state["bintan"]
    bintan.stop()
    natuna.ask("ani", 301)
    bintan.ask("ani", 302)
    lab.wait_mail("ani", lambda m: natuna.address in m["From"])
    assert not any(bintan.address in m["From"] for m in lab.inbox("ani"))
    bintan.start()
    lab.wait_mail("ani", lambda m: bintan.address in m["From"], what="of what came meanwhile")
    for x in each():
        x.stop()
    assert [len(x.tickets()) for x in each()][0::2] == [3, 3]


def test_no_store_is_shared(lab):
    assert os.listdir(lab.path("figures")) == [], "each took its own figures away"
    for x in each():
        folder = lab.path("var-" + x.name)
        assert os.stat(folder).st_mode & 0o777 == 0o700 and os.path.exists(os.path.join(folder, "sitante.db"))
    assert len({read(lab.path("var-" + x.name, "key")) for x in each()}) == 3
    again = subprocess.run([lab.program("sitanted"), "-c", state["natuna"].config, "--once"], capture_output=True, text=True, timeout=60,
                            env=lab.environment({"CREDENTIALS_DIRECTORY": state["natuna"].credentials}))
    assert again.returncode == 0, again.stderr


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Lab))
