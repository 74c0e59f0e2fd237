"""The Debian package: made, looked through by lintian, and in a clean root of debootstrap's installed, upgraded from the
version before, removed and purged.  Needs root, debootstrap and the Debian mirror that apt of this machine uses."""
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import traceback

source, build, version = sys.argv[1:4]
sys.path.insert(0, os.path.join(source, "tests", "lib"))
import lab as lab_of  # noqa: E402

SERVERS = os.environ.get("SITANTE_SERVERS", "")
SUITE = "bookworm"
BEFORE = "0.0.9"


def run(argv, **more):
    r = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
    if r.returncode != 0:
        raise AssertionError("%s: %d\n%s\n%s" % (" ".join(argv), r.returncode, r.stdout[-3000:], r.stderr[-3000:]))
    return r.stdout


def mirrors():
    """[(address, suites, components)] of apt's own Debian sources."""
    out = []
    for folder, _, names in os.walk("/etc/apt"):
        for name in sorted(names):
            if name.endswith(".sources"):
                with open(os.path.join(folder, name)) as f:
                    stanzas = re.split(r"\n\s*\n", f.read())
                for stanza in stanzas:
                    field = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, flags=re.M))
                    out += [(uri, field.get("Suites", "").split(), field.get("Components", "").split()) for uri in field.get("URIs", "").split()]
            elif name == "sources.list" or (name.endswith(".list") and folder.endswith(".d")):
                with open(os.path.join(folder, name)) as f:
                    for m in re.finditer(r"^deb (?:\[.*?\] )?(\S+) (\S+) (.+)$", f.read(), flags=re.M):
                        out.append((m.group(1), [m.group(2)], m.group(3).split()))
    return [s for s in out if any(x.split("-")[0] == SUITE for x in s[1]) and "main" in s[2]]


class Root:
    def __init__(self, folder):
        self.path = folder

    def file(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def exists(self, name):
        return os.path.lexists(self.file(name))

    def write(self, name, text, mode=0o644):
        with open(self.file(name), "w") as f:
            f.write(text)
        os.chmod(self.file(name), mode)

    def read(self, name):
        with open(self.file(name)) as f:
            return f.read()

    def mode(self, name):
        """"sitante:sitante 0700", by the root's own lists of users."""
        s = os.stat(self.file(name))
        owner = {line.split(":")[2]: line.split(":")[0] for line in self.read("/etc/passwd").splitlines()}
        group = {line.split(":")[2]: line.split(":")[0] for line in self.read("/etc/group").splitlines()}
        return "%s:%s %04o" % (owner[str(s.st_uid)], group[str(s.st_gid)], stat.S_IMODE(s.st_mode))

    def argv(self, *words):
        return ["unshare", "-m", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', self.path, "env", "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *words]

    def run(self, *words):
        return run(self.argv(*words))

    def fails(self, *words):
        r = subprocess.run(self.argv(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert r.returncode != 0, words
        return r

    def asked(self, answer, *words):
        """With a person at a terminal who answers."""
        pid, fd = pty.fork()
        if pid == 0:
            argv = [w.replace("noninteractive", "teletype") for w in self.argv(*words)]
            os.execvp(argv[0], argv)
        said, answered = "", False
        try:
            while select.select([fd], [], [], 120)[0]:
                said += os.read(fd, 4096).decode(errors="replace")
                if not answered and "Destroy the store" in said and re.search(r"\[yes/no\][^\n]*$", said):
                    os.write(fd, answer.encode() + b"\n")
                    answered = True
        except OSError:
            pass  # the other end was closed: done
        os.close(fd)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, said
        assert answered, "nothing was asked: " + said


class Person:
    """At a terminal in the root, answering questions as they come."""

    def __init__(self, root, *words):
        self.said, self.at = "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            argv = root.argv(*words)
            os.execvp(argv[0], argv)

    def answer(self, question, text):
        end = time.monotonic() + 60
        while not (m := re.search(question + r"[^\n]*: $", self.said[self.at:])):
            if time.monotonic() > end:
                raise AssertionError("%r was not asked: %r" % (question, self.said[self.at:]))
            if select.select([self.fd], [], [], 1)[0]:
                self.said += os.read(self.fd, 4096).decode(errors="replace")
        self.at += m.end()
        os.write(self.fd, text.encode() + b"\n")

    def end(self):
        try:
            while select.select([self.fd], [], [], 60)[0]:
                self.said += os.read(self.fd, 4096).decode(errors="replace")
        except OSError:
            pass  # the other end was closed: done
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Skip(Exception):
    pass


class Play:
    def __init__(self, folder):
        self.folder = folder
        self.root = Root(os.path.join(folder, "root"))
        self.deb = os.path.join(build, "deb", "sitante_%s_%s.deb" % (version, run(["dpkg", "--print-architecture"]).strip()))

    def install(self, deb):
        shutil.copy(deb, self.root.file("root"))
        self.root.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold",
                      os.path.join("/", "root", os.path.basename(deb)))

    def installed(self):
        return self.root.run("dpkg-query", "-W", "-f=${Status} ${Version}", "sitante")

    # --- in this order --------------------------------------------------------------------

    def made_and_clean(self):
        run(["meson", "compile", "-C", build, "deb"])
        r = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", self.deb.replace(".deb", ".changes")], capture_output=True, text=True)
        assert r.returncode == 0, r.stdout + r.stderr
        words = run(["dpkg-deb", "-I", self.deb, "conffiles"]).split()
        assert words == ["/etc/sitante/holidays"], words

    def clean_root(self):
        address = [uri for uri, suites, _ in mirrors() if SUITE in suites][0]
        run(["debootstrap", "--variant=minbase", SUITE, self.root.path, address])
        os.unlink(self.root.file("/etc/apt/sources.list"))
        self.root.write("/etc/apt/sources.list", "".join("deb %s %s %s\n" % (uri, s, " ".join(c)) for uri, suites, c in mirrors() for s in suites))
        shutil.copy("/etc/resolv.conf", self.root.file("/etc/resolv.conf"))
        self.root.run("apt-get", "update", "-qq")

    def version_before(self):
        """Made of this one: nothing was released before."""
        tree = os.path.join(self.folder, "before")
        run(["dpkg-deb", "-R", self.deb, tree])
        with open(os.path.join(tree, "DEBIAN", "control")) as f:
            text = f.read().replace("Version: " + version, "Version: " + BEFORE)
        with open(os.path.join(tree, "DEBIAN", "control"), "w") as f:
            f.write(text)
        with open(os.path.join(tree, "etc/sitante/holidays"), "a") as f:
            f.write("# as it was before\n")
        os.unlink(os.path.join(tree, "DEBIAN", "md5sums"))
        before = os.path.join(self.folder, "sitante_%s.deb" % BEFORE)
        run(["dpkg-deb", "--root-owner-group", "-b", tree, before])
        self.install(before)
        assert self.installed() == "install ok installed " + BEFORE

    def installed_as_it_should_be(self):
        r = self.root
        for name, want in (("/etc/sitante", "root:sitante 0750"), ("/etc/sitante/credentials", "root:root 0700"), ("/var/lib/sitante", "sitante:sitante 0700")):
            assert r.mode(name) == want, (name, r.mode(name))
        links = [os.path.join(d, n) for d, _, names in os.walk(r.file("/etc/systemd/system")) for n in names if "sitante" in n]
        assert not links, "enabled before it is configured: %s" % links
        assert "ConditionPathExists=/etc/sitante/sitante.conf" in r.read(os.path.join("lib", "systemd", "system", "sitanted.service"))
        for name in ("/usr/lib/systemd/catalog/sitante.catalog", "/usr/share/doc/sitante/examples/sitante.rules.yml"):
            assert r.exists(name), name
        assert not r.exists("/etc/sitante/sitante.conf")
        told = r.fails("sitantectl", "check")
        assert "/etc/sitante/sitante.conf" in told.stderr, told.stderr
        assert "sitanted " + version in r.run("sitanted", "--version")
        # the sample is whole but for its passwords
        r.run("cp", "/usr/share/doc/sitante/examples/sitante.conf", "/etc/sitante/sitante.conf")
        for name in ("imap-password", "smtp-password"):
            r.write("/etc/sitante/credentials/" + name, "rahasia\n", 0o600)
        told = subprocess.run(r.argv("env", "CREDENTIALS_DIRECTORY=/etc/sitante/credentials", "sitantectl", "check"), capture_output=True, text=True)
        assert told.returncode == 1 and re.search(r"^config +ok", told.stdout, flags=re.M), told.stdout + told.stderr

    def from_the_readme_to_a_closed_ticket(self):
        """The commands of README's "Install" in their order, then what people do by mail.  The mail servers are the lab's."""
        if not os.path.exists(os.path.join(SERVERS, "root", "complete")):
            raise Skip("no servers: run tests/deps.sh DIR and set SITANTE_SERVERS=DIR")
        r = self.root
        r.run("rm", "-rf", "/etc/sitante/sitante.conf", "/etc/sitante/credentials/imap-password", "/etc/sitante/credentials/smtp-password")
        with open(os.path.join(source, "README.md")) as f:
            block = re.search(r"^## Install\n.*?```\n(.*?)```", f.read(), flags=re.M | re.S).group(1)
        words = [line.split("#")[0].strip() for line in block.splitlines()]
        assert words[0].endswith("apt install ./build/release/deb/sitante_*.deb") and words[1:] == [
            "sitantectl setup", "sitantectl check", "systemctl enable --now sitanted"], words
        with lab_of.Lab(build) as lab:
            self.walk(lab)
        r.run("systemctl", "disable", "sitanted")
        r.run("rm", "-rf", "/etc/sitante/sitante.conf", "/etc/sitante/ca.pem", "/var/lib/sitante/raw")
        r.run("sh", "-c", "rm -rf /var/lib/sitante/*")

    def walk(self, lab):
        r = self.root
        shutil.copy("/etc/hosts", r.file("/etc/hosts"))
        shutil.copy(lab.path("ca.pem"), r.file("/etc/sitante/ca.pem"))
        p = Person(r, "sitantectl", "setup")
        for question, text in (("Name of the agency", "Dinas Contoh"), ("Time zone", ""), ("applicants write to", "sitante@" + lab_of.DOMAIN),
                               ("Name that stands before it", ""),
                               ("IMAP server", lab.host), ("security", ""), ("port", str(lab.imaps)), ("PEM file", "/etc/sitante/ca.pem"),
                               ("log-in name", "sitante"), ("password", lab_of.PASSWORD),
                               ("SMTP server", ""), ("security", ""), ("port", str(lab.smtps)), ("PEM file", ""), ("log-in name", ""), ("password", ""),
                               ("Address of a staff member", "satu@" + lab_of.DOMAIN), ("name", "Petugas Satu"), ("one more", ""),
                               ("Address of the head", "kepala@" + lab_of.DOMAIN), ("name", "Kepala Tim"),
                               ("Authentication-Results", "mail." + lab_of.DOMAIN), ("Folder of the store", "")):
            p.answer(question, text)
        assert p.end() == 0 and "sitantectl" in p.said and lab_of.PASSWORD not in p.said, p.said
        assert r.mode("/etc/sitante/sitante.conf") == "root:sitante 0640" and r.mode("/etc/sitante/credentials/imap-password") == "root:root 0600"
        told = r.run("sitantectl", "check")
        assert "FAIL" not in told, told
        r.run("systemctl", "enable", "sitanted")
        self.serve(lab)

    def serve(self, lab):
        """A root has no service manager: what the unit says is done by hand (user, credentials, command line)."""
        r = self.root
        unit = dict(re.findall(r"^(ExecStart|User|Group)=(.*)$", r.read(os.path.join("lib", "systemd", "system", "sitanted.service")), flags=re.M))
        given = "/run/sitante-credentials"
        r.run("sh", "-c", "rm -rf {0} && mkdir -p {0} && cp /etc/sitante/credentials/* {0} && chown -R {1} {0} && chmod 0500 {0}".format(given, unit["User"]))
        with open(lab.path("sitanted.log"), "ab") as out:
            daemon = subprocess.Popen(r.argv("CREDENTIALS_DIRECTORY=" + given, "setpriv", "--reuid", unit["User"], "--regid", unit["Group"], "--clear-groups",
                                             "--no-new-privs", "--bounding-set=-all", *unit["ExecStart"].split()),
                                      stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        lab.children.append(daemon)
        lab_of.wait_for("the daemon", lambda: r.exists("/var/lib/sitante/status.json"))
        time.sleep(1.2)  # what comes in the second of the first start came before it
        lab.send("budi", "perpanjangan TTE", "Nama: Budi Contoh\nNIK: 2103010101900001\nInstansi: Dinas Contoh")
        lab.wait_mail("budi", what="acknowledgement")
        notice = lab.wait_mail("satu", what="notice")
        lab.reply("satu", notice, "/terbit")
        lab.wait_mail("budi", skip=1, what="notification")
        lab.wait_mail("kepala", what="report")
        lab_of.wait_for("a closed ticket", lambda: "-0001" in r.run("sitantectl", "tickets", "--state", "closed"))
        assert "whole" in r.run("sitantectl", "verify")
        r.run("sitantectl", "status")
        self.nightly(given)

    def nightly(self, given):
        """What sitante-backup.service does, as its user."""
        r = self.root
        unit = dict(re.findall(r"^(ExecStart|User|Group|StateDirectory)=(.*)$", r.read(os.path.join("lib", "systemd", "system", "sitante-backup.service")), flags=re.M))
        folder = "/var/lib/" + unit["StateDirectory"].split()[1]
        r.run("install", "-d", "-o", unit["User"], "-g", unit["Group"], "-m", "0700", folder)
        r.run("CREDENTIALS_DIRECTORY=" + given, "setpriv", "--reuid", unit["User"], "--regid", unit["Group"], "--clear-groups", "--no-new-privs",
              "--bounding-set=-all", *unit["ExecStart"].replace("$BACKUP_OPTIONS ", "").split())
        made = os.listdir(r.file(folder))
        assert len(made) == 1 and re.fullmatch(r"sitante-[0-9-]{15}\.db", made[0]) and r.mode(os.path.join(folder, made[0])) == "sitante:sitante 0600", made
        r.run("rm", "-rf", folder)

    def upgraded(self):
        r = self.root
        r.write("/etc/sitante/sitante.conf", "# of the operator's\n")
        r.write("/etc/sitante/holidays", "2026-10-12\tHari jadi kabupaten\tlibur-daerah\n")
        r.write("/var/lib/sitante/sitante.db", "everything\n")
        self.install(self.deb)
        assert self.installed() == "install ok installed " + version
        self.kept()
        assert "libur-daerah" in r.read("/etc/sitante/holidays"), "the operator's own days are kept"
        assert r.exists("/etc/sitante/holidays.dpkg-dist"), "and the new ones lie beside"

    def kept(self, config=True):
        r = self.root
        assert r.read("/var/lib/sitante/sitante.db") == "everything\n"
        assert r.exists("/etc/sitante/sitante.conf") == config
        assert r.exists("/etc/sitante/credentials/imap-password") == config

    def removed(self):
        self.root.run("apt-get", "remove", "-y", "-qq", "sitante")
        assert not self.root.exists("/usr/sbin/sitanted") and not self.root.exists(os.path.join("lib", "systemd", "system", "sitanted.service"))
        self.kept()

    def purged_without_a_person(self):
        self.root.run("apt-get", "purge", "-y", "-qq", "sitante")
        self.kept(config=False)
        assert not self.root.exists("/etc/sitante/holidays")

    def purged_and_told_no(self):
        self.install(self.deb)
        self.root.asked("no", "apt-get", "purge", "-y", "-qq", "sitante")
        self.kept(config=False)

    def purged_and_told_yes(self):
        self.install(self.deb)
        self.root.asked("yes", "apt-get", "purge", "-y", "-qq", "sitante")
        assert not self.root.exists("/var/lib/sitante") and not self.root.exists("/etc/sitante")
        left = [os.path.join(d, n) for top in ("/etc", "/usr", "/var/lib") for d, dirs, names in os.walk(self.root.file(top)) for n in dirs + names
                if "sitante" in n]
        assert not left, left


steps = [f for name, f in vars(Play).items() if not name.startswith("_") and name not in ("install", "installed", "kept", "walk", "serve", "nightly")]
barred = None
if os.geteuid() != 0:
    barred = "debootstrap needs root"
for program in ("debootstrap", "dpkg-buildpackage", "dh", "debconf-updatepo", "lintian"):
    if not barred and not shutil.which(program):
        barred = "%s is not installed" % program
if not barred and not mirrors():
    barred = "apt has no Debian %s source" % SUITE
print("1..%d" % len(steps), flush=True)
failed = False
with tempfile.TemporaryDirectory(prefix="sitante-package-") as folder:
    os.chmod(folder, 0o755)
    play = None if barred else Play(folder)
    for i, step in enumerate(steps, 1):
        name = step.__name__.replace("_", " ")
        if barred:
            print("ok %d - %s # SKIP %s" % (i, name, barred), flush=True)
            continue
        if not failed:
            try:
                step(play)
                print("ok %d - %s" % (i, name), flush=True)
                continue
            except Skip as e:
                print("ok %d - %s # SKIP %s" % (i, name, e))
                continue
            except Exception:
                for line in traceback.format_exc().splitlines():
                    print("#", line)
                failed = True
        print("not ok %d - %s" % (i, name), flush=True)
sys.exit(1 if failed else 0)
