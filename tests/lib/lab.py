"""A mail office on loopback for tests and the demonstration: a real Dovecot and a real Postfix,
unpacked from their Debian packages, an own certificate authority, people with mailboxes.

Nothing of the machine is used or changed: own folder, own ports, processes of our own that end
with the lab.  Needs root (Postfix's master does).
"""
import datetime
import email
import email.policy
import email.utils
import imaplib
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from email.message import EmailMessage

DOMAIN = "natunakab.go.id"
AUTHSERV_ID = "mail.natunakab.go.id"
PASSWORD = "rahasia-lab-1"
SERVERS = os.environ.get("SITANTE_SERVERS", "")


class LabError(Exception):
    pass


_kept = []  # while this process lives


def free_port():
    """A TCP port that nobody else gets: below those that the kernel gives to connections, and reserved against
    other labs by the UDP port of the same number."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        first = int(f.read().split()[0])
    for port in random.sample(range(10000, max(first, 12000)), 500):
        reserved = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            reserved.bind(("127.0.0.1", port))
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
        except OSError:
            reserved.close()
            continue
        _kept.append(reserved)
        return port
    raise LabError("no free port")


def today():
    """The day where the agency is: a clock of the machine may be in another one."""
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()


def wait_for(what, check, timeout=30.0):
    """Asks check() until it gives something true; its last value."""
    end = time.monotonic() + timeout
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError("waited %.0f s in vain for: %s" % (timeout, what))
        time.sleep(0.05)


class Lab:
    def __init__(self, build, servers=None, keep=False):
        self.build = os.path.abspath(build)
        self.servers = os.path.abspath(servers or SERVERS or os.path.join(build, "servers"))
        self.keep = keep
        self.overlay = False
        self.host = "localhost"
        try:
            socket.getaddrinfo(self.host, 1)
        except OSError:  # a machine without /etc/hosts
            self.host = "127.0.0.1"
        self.dir = tempfile.mkdtemp(prefix="sitante-lab-")
        os.chmod(self.dir, 0o755)
        self.children = []
        self.daemon = None
        self.daemon_log = os.path.join(self.dir, "sitanted.log")
        self.var = os.path.join(self.dir, "var")
        for name in ("imaps", "imap", "smtps", "submission", "proven", "outside", "forged", "lmtp"):
            setattr(self, name, free_port())

    # --- life -----------------------------------------------------------------------------

    def __enter__(self):
        if os.geteuid() != 0:
            raise LabError("the lab needs root: Postfix's master runs as root only; use sudo")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            self.look_for_overlay()
            self.certificates()
            self.start_dovecot()
            self.start_postfix()
            self.write_config()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None and not issubclass(kind, (KeyboardInterrupt,)):
            self.dump_logs()
        self.close()

    def close(self):
        self.stop_daemon(quiet=True)
        for p in reversed(self.children):
            self.end(p)
        if self.keep:
            print("lab kept in", self.dir)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def end(self, p):
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if p.poll() is None:
                try:
                    os.killpg(p.pid, sig)
                except ProcessLookupError:
                    pass
                try:
                    p.wait(5)
                except subprocess.TimeoutExpired:
                    pass
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def dump_logs(self):
        for name in ("sitanted.log", "postfix.log", "dovecot.log"):
            path = os.path.join(self.dir, name)
            if os.path.exists(path):
                with open(path, errors="replace") as f:
                    lines = f.read().splitlines()
                print("--- last lines of", name)
                print("\n".join(lines[-40:]))

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as f:
            f.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def start(self, argv, log, env=None):
        with open(self.path(log), "ab") as out:
            p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                                 env=dict(os.environ, **(env or {})))
        self.children.append(p)
        return p

    # --- servers --------------------------------------------------------------------------

    def certificates(self):
        def openssl(*args):
            subprocess.run(["openssl", *args], check=True, cwd=self.dir, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                "-out", "ca.pem", "-days", "30", "-subj", "/CN=SITANTE lab CA")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key",
                "-out", "server.csr", "-subj", "/CN=localhost")
        self.write("server.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                "-extfile", "server.ext", "-out", "server.pem")

    def root(self, *names):
        return os.path.join(self.servers, "root", *names)

    def installed(self, name):
        """Where a server's file is: the unpacked packages lie over /usr in a mount namespace of the server's own."""
        return "/" + name if self.overlay else self.root(name)

    def apart(self, argv):
        if not self.overlay:
            return argv
        script = 'mount -t overlay overlay -o "lowerdir=$0/usr:/usr" /usr && exec "$@"'
        return ["unshare", "-m", "sh", "-c", script, self.root(), *argv]

    def look_for_overlay(self):
        """Dovecot loads modules from /usr/lib/dovecot alone, which need not be there."""
        self.overlay = True
        r = subprocess.run(self.apart(["true"]), capture_output=True, text=True)
        self.overlay = r.returncode == 0
        if not self.overlay and not os.path.exists("/usr/lib/dovecot/modules"):
            raise LabError("the unpacked Dovecot needs an overlay mount in a namespace, which this machine refuses: %s" % r.stderr.strip())

    def start_dovecot(self, extra=""):
        lib = self.installed("usr/lib/dovecot")
        os.makedirs(self.path("mail"), exist_ok=True)
        os.chmod(self.path("mail"), 0o777)
        self.write("dovecot.conf", f"""
base_dir = {self.dir}/dovecot-run
state_dir = {self.dir}/dovecot-state
libexec_dir = {lib}
mail_plugin_dir = {lib}/modules
auth_policy_server_url =
import_environment = LD_LIBRARY_PATH={lib}
log_path = {self.dir}/dovecot.log
info_log_path = {self.dir}/dovecot-info.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.dir}/server.pem
ssl_key = <{self.dir}/server.key
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
auth_username_format = %Ln
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={self.dir}/mail/%n allow_all_users=yes
}}
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.lmtp}
  }}
}}
service auth {{
  unix_listener {self.dir}/auth-client {{
    mode = 0666
  }}
}}
mail_max_userip_connections = 100
{extra}
""")
        self.run_dovecot()

    def run_dovecot(self):
        lib = self.installed("usr/lib/dovecot")
        argv = [self.installed("usr/sbin/dovecot"), "-F", "-c", self.path("dovecot.conf")]
        self.dovecot = self.start(self.apart(argv), "dovecot.log", {"LD_LIBRARY_PATH": lib})
        self.wait_port(self.imaps, self.dovecot)
        self.wait_port(self.lmtp, self.dovecot)

    def wait_port(self, port, process):
        def reachable():
            if process.poll() is not None:
                raise LabError("a server ended at its start; see its log")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except OSError:
                return False
        wait_for("port %d" % port, reachable)

    def start_postfix(self):
        base = self.path("postfix")
        for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid", "private",
                     "public", "saved", "trace"):
            os.makedirs(os.path.join(base, "queue", name))
        os.makedirs(os.path.join(base, "data"))
        shutil.chown(os.path.join(base, "data"), "daemon", "daemon")
        for name in os.listdir(os.path.join(base, "queue")):
            full = os.path.join(base, "queue", name)
            if name == "pid":
                continue
            shutil.chown(full, "daemon", "mail" if name in ("maildrop", "public") else "daemon")
            os.chmod(full, {"maildrop": 0o730, "public": 0o710}.get(name, 0o700))
        self.write("postfix/main.cf", f"""
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = {self.installed("usr/sbin")}
daemon_directory = {self.installed("usr/lib/postfix/sbin")}
shlib_directory = {self.installed("usr/lib/postfix")}
meta_directory = {self.root("etc/postfix")}
mail_owner = daemon
setgid_group = mail
default_privs = nobody
maillog_file = {self.dir}/postfix.log
maillog_file_prefixes = {self.dir}
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LD_LIBRARY_PATH={self.installed("usr/lib/postfix")}
myhostname = {AUTHSERV_ID}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = regexp:{base}/domains
virtual_transport = lmtp:inet:127.0.0.1:{self.lmtp}
smtpd_tls_cert_file = {self.dir}/server.pem
smtpd_tls_key_file = {self.dir}/server.key
smtpd_sasl_type = dovecot
smtpd_sasl_path = {self.dir}/auth-client
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
disable_dns_lookups = yes
message_size_limit = 80000000
virtual_mailbox_limit = 0
lmtp_destination_recipient_limit = 1
smtpd_recipient_restrictions = check_recipient_access regexp:{base}/recipients, permit
minimal_backoff_time = 5s
queue_run_delay = 5s
""")
        self.write("postfix/domains", "/./ ok\n")
        self.write("postfix/recipients", "/^tidak\\.ada@/ REJECT no such mailbox here\n/^penuh@/ DEFER mailbox is full, try later\n")
        self.write("postfix/pass", "/@(.+)$/ PREPEND Authentication-Results: %s; dmarc=pass header.from=$1\n" % AUTHSERV_ID)
        self.write("postfix/fail", "/@(.+)$/ PREPEND Authentication-Results: %s; dmarc=fail header.from=$1\n" % AUTHSERV_ID)
        smtpd = "inet n - n - - smtpd -o smtpd_sender_restrictions="
        self.write("postfix/master.cf", f"""
127.0.0.1:{self.smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{self.submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{self.proven} {smtpd}check_sender_access,regexp:{base}/pass
127.0.0.1:{self.outside} {smtpd}
127.0.0.1:{self.forged} {smtpd}check_sender_access,regexp:{base}/fail
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
        self.run_postfix()

    def run_postfix(self):
        base = self.path("postfix")
        self.postfix = self.start(self.apart([self.installed("usr/lib/postfix/sbin/master"), "-c", base, "-d"]), "postfix.log",
                                  {"LD_LIBRARY_PATH": self.installed("usr/lib/postfix"), "MAIL_CONFIG": base})
        for port in (self.smtps, self.proven, self.outside, self.forged):
            self.wait_port(port, self.postfix)

    def postfix_is_idle(self):
        """It has handed everything on."""
        return not any(files for sub in ("incoming", "active", "deferred", "maildrop") for _, _, files in os.walk(self.path("postfix/queue", sub)))

    # --- the daemon -----------------------------------------------------------------------

    def write_config(self, extra="", **changes):
        values = {
            "imap_host": self.host, "imap_port": self.imaps, "imap_security": "tls", "smtp_host": self.host,
            "smtp_port": self.smtps, "smtp_security": "tls", "home": '"%s"' % DOMAIN, "hours": '"Mon-Sun 00:00-24:00"',
            "caps": "address_hour = 2; address_day = 5; home_address_hour = 30; ticket_day = 20; hour = 200;",
            "poll": 5, "head": "kepala@natunakab.go.id",
        }
        values.update(changes)
        self.write("etc/imap-password", PASSWORD + "\n", 0o600)
        self.write("etc/smtp-password", PASSWORD + "\n", 0o600)
        shutil.copy(self.path("ca.pem"), self.path("etc/ca.pem"))
        self.config = self.write("etc/sitante.conf", """
agency = "Dinas Komunikasi dan Informatika Kabupaten Natuna";
timezone = "Asia/Jakarta";
mailbox = { name = "SITANTE Kabupaten Natuna"; address = "sitante@natunakab.go.id"; home_domains = ( %s ); };
imap = { host = "%s"; port = %s; security = "%s"; user = "sitante"; password_file = "imap-password"; ca_file = "ca.pem";
  folder = "INBOX"; archive = "SITANTE/Diproses"; quarantine = "SITANTE/Karantina"; poll_seconds = %s; };
smtp = { host = "%s"; port = %s; security = "%s"; user = "sitante"; password_file = "smtp-password"; ca_file = "ca.pem"; };
store = { directory = "../var"; };
staff = ( { name = "Petugas Satu"; address = "satu@natunakab.go.id"; }, { name = "Petugas Dua"; address = "dua@natunakab.go.id"; } );
head = { name = "Kepala Tim"; address = "%s"; };
authentication = { authserv_id = "mail.natunakab.go.id"; };
sop = { receive = "10m"; examine = "1h"; report = "15m"; notify = "5m"; working_hours = ( %s ); };
caps = { %s };
%s
""" % (values["home"], values["imap_host"], values["imap_port"], values["imap_security"], values["poll"], values["smtp_host"],
            values["smtp_port"], values["smtp_security"], values["head"], values["hours"], values["caps"], extra))
        return self.config

    def program(self, name):
        return os.path.join(self.build, "daemon", name)

    def environment(self, more=None):
        """Programs of ours leave nothing outside the lab's folder."""
        return dict(os.environ, TMPDIR=self.dir, **(more or {}))

    def start_daemon(self, wait=True, env=None):
        with open(self.daemon_log, "ab") as out:
            self.daemon = subprocess.Popen([self.program("sitanted"), "-c", self.config], stdin=subprocess.DEVNULL, stdout=out,
                                           stderr=out, start_new_session=True, env=self.environment(env))
        if wait:
            wait_for("the daemon's connection", lambda: self.status_file().get("connected"), 30)

    def status_file(self):
        try:
            with open(self.path("var/status.json")) as f:
                return json.load(f)
        except (OSError, ValueError):
            return {}

    def stop_daemon(self, quiet=False):
        if self.daemon is None:
            return None
        if self.daemon.poll() is None:
            self.daemon.terminate()
        try:
            code = self.daemon.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.daemon.pid, signal.SIGKILL)
            code = self.daemon.wait()
        self.daemon = None
        if code != 0 and not quiet:
            raise LabError("sitanted ended with %d" % code)
        return code

    def ring(self):
        """What sitantectl does after a change: the daemon looks at everything again."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"!", os.path.join(self.var, "doorbell"))

    def once(self):
        return subprocess.run([self.program("sitanted"), "-c", self.config, "--once"], capture_output=True, text=True, timeout=120)

    def ctl(self, *args, config=True, input=None):
        argv = [self.program("sitantectl")] + (["-c", self.config] if config else []) + list(args)
        return subprocess.run(argv, capture_output=True, text=True, timeout=120, env=self.environment(), input=input)

    def ctl_json(self, *args):
        r = self.ctl("--json", *args)
        if r.returncode != 0:
            raise LabError("sitantectl %s: %d: %s" % (" ".join(args), r.returncode, r.stderr))
        return json.loads(r.stdout)

    def show(self, number):
        return self.ctl_json("show", number)

    # --- people -----------------------------------------------------------------------------

    @staticmethod
    def address(user):
        return user if "@" in user else "%s@%s" % (user, DOMAIN)

    def compose(self, user, subject, text, html=None, attachments=(), reply_to=None, to="sitante@natunakab.go.id", name=None,
                headers=()):
        m = EmailMessage(policy=email.policy.SMTP)
        m["From"] = email.utils.formataddr((name or "", self.address(user)))
        m["To"] = to
        m["Subject"] = subject
        m["Date"] = email.utils.formatdate(localtime=True)
        m["Message-ID"] = email.utils.make_msgid(domain=self.address(user).split("@")[1])
        if reply_to is not None:
            m["In-Reply-To"] = reply_to["Message-ID"]
            m["References"] = " ".join(x for x in (reply_to.get("References", ""), reply_to["Message-ID"]) if x)
            quote = "\n".join("> " + line for line in self.text_of(reply_to).splitlines())
            text = "%s\n\nPada %s SITANTE <sitante@natunakab.go.id> menulis:\n%s\n" % (text, "Sen, 5 Jan 2026 pukul 09.12", quote)
        for key, value in headers:
            m[key] = value
        m.set_content(text)
        if html:
            m.add_alternative(html, subtype="html")
        for file_name, kind, data in attachments:
            main, sub = kind.split("/")
            m.add_attachment(data, maintype=main, subtype=sub, filename=file_name)
        return m

    def send_bytes(self, raw, sender, to=("sitante@natunakab.go.id",), trust="proven"):
        with smtplib.SMTP("127.0.0.1", getattr(self, trust), local_hostname="klien.contoh") as s:
            s.sendmail(sender, list(to), raw)

    def append(self, raw, folder="INBOX", user="sitante"):
        """Into a mailbox without SMTP, as a delivery would leave it."""
        box = self.imap_login(user)
        try:
            if box.append('"%s"' % folder, None, None, raw)[0] != "OK":
                raise LabError("APPEND was refused")
        finally:
            box.logout()

    def child(self, name):
        """Process id of the daemon's child with this program name (no pgrep on a bare machine)."""
        for stat in os.listdir("/proc"):
            try:
                with open("/proc/%s/stat" % int(stat)) as f:
                    comm, rest = f.read().split("(", 1)[1].rsplit(")", 1)
            except (ValueError, OSError):
                continue
            if comm == name[:15] and int(rest.split()[1]) == self.daemon.pid:
                return int(stat)
        raise LabError("the daemon has no child %s" % name)

    def send(self, user, subject, text, trust="proven", **more):
        m = self.compose(user, subject, text, **more)
        self.send_bytes(m.as_bytes(), self.address(user), trust=trust)
        return m

    def reply(self, user, to_mail, text, trust="proven", **more):
        subject = to_mail["Subject"]
        return self.send(user, subject if subject.startswith("Re:") else "Re: " + subject, text, trust=trust, reply_to=to_mail, **more)

    def imap_login(self, user):
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        box = imaplib.IMAP4_SSL(self.host, self.imaps, ssl_context=context)
        box.login(user, PASSWORD)
        return box

    def inbox(self, user, folder="INBOX"):
        """All mails of a folder, oldest first."""
        box = self.imap_login(user)
        try:
            if box.select('"%s"' % folder, readonly=True)[0] != "OK":
                return []
            numbers = box.search(None, "ALL")[1][0].split()
            mails = []
            for n in numbers:
                got = box.fetch(n, "(BODY.PEEK[])")[1][0]
                if isinstance(got, tuple):  # else it was moved away meanwhile
                    mails.append(email.message_from_bytes(got[1], policy=email.policy.default))
            return mails
        finally:
            box.logout()

    def wait_mail(self, user, check=lambda m: True, timeout=30, skip=0, what=""):
        """The first mail in the user's inbox after `skip` that check likes."""
        def look():
            for m in self.inbox(user)[skip:]:
                if check(m):
                    return m
            return None
        return wait_for("a mail to %s %s" % (user, what), look, timeout)

    @staticmethod
    def text_of(m):
        part = m.get_body(preferencelist=("plain",))
        return part.get_content() if part is not None else ""

    @staticmethod
    def html_of(m):
        part = m.get_body(preferencelist=("html",))
        return part.get_content() if part is not None else ""
