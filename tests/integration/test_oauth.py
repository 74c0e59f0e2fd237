"""Log-in by access tokens: a token endpoint that gives, rotates, refuses and misbehaves; a real Dovecot with its own oauth2 passdb; a
real Postfix with Dovecot's SASL."""
import datetime
import base64
import json
import os
import re
import signal
import socket
import ssl
import sys
import threading
import time

import case
from case import Lab, today, wait_for
from tokens import CLIENT, SCOPE, SECRET, TokenServer

REQUEST = "Nama: %s\nNIK: %s\nInstansi: Dinas Sosial\nHP: 0812-3456-7890\nMohon perpanjangan TTE"


class TokenLab(Lab):
    def start_dovecot(self, extra=""):
        self.endpoint = TokenServer(self.path("server.pem"), self.path("server.key"))
        program = self.write("etc/alarm.sh", "#!/bin/sh\nprintf '%%s\\t%%s\\n' \"$1\" \"$2\" >>%s\n" % self.path("alarms"), 0o755)
        self.alarmed = 'alarm = { command = ( "%s" ); };' % program
        self.write("oauth2.conf", "introspection_mode = get\nintrospection_url = https://localhost:%d/introspect?token=\n"
                   "username_attribute = username\nactive_attribute = active\nactive_value = true\ntls_ca_cert_file = %s\n" %
                   (self.endpoint.port, self.path("ca.pem")))
        super().start_dovecot(extra + "auth_mechanisms = plain login xoauth2 oauthbearer\nauth_failure_delay = 0\n"
                              "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = %s\n}\n" % self.path("oauth2.conf"))

    def write_config(self, extra="", auth="xoauth2", smtp_auth=None, url=None, ca='ca_file = "ca.pem";', oauth="", **changes):
        super().write_config(extra, **changes)
        for name in ("imap-password", "smtp-password"):
            os.unlink(self.path("etc", name))
        with open(self.config) as f:
            text = f.read()
        text = text.replace('password_file = "imap-password"', 'auth = "%s"' % auth).replace('password_file = "smtp-password"', 'auth = "%s"' % (smtp_auth or auth))
        text += ('oauth = { token_url = "%s"; client_id = "%s"; client_secret_file = "klien"; refresh_token_file = "penyegar"; scope = "%s"; %s %s };\n'
                 % (url or "https://localhost:%d/token" % self.endpoint.port, CLIENT, SCOPE, ca, oauth))
        self.write("etc/sitante.conf", text)
        self.write("etc/credentials/klien", SECRET + "\n", 0o600)
        if not os.path.exists(self.path("etc/credentials/penyegar")):
            self.credential("penyegar-awal-0123456789")

    def credential(self, token):
        self.write("etc/credentials/penyegar", token + "\n", 0o600)

    def log(self):
        with open(self.daemon_log, errors="replace") as f:
            return f.read()

    def checked(self):
        r = self.ctl("--json", "check")
        return {c["what"]: c for c in json.loads(r.stdout)["checks"]}

    def close(self):
        super().close()
        if getattr(self, "endpoint", None):
            self.endpoint.close()
            self.endpoint = None

    def no_secret_in(self, text):
        for secret in self.endpoint.given + ["penyegar-awal-0123456789", SECRET]:
            assert secret not in text and secret[:16] not in text, "a secret is in: " + text[-2000:]

    def restart(self, **changes):
        self.stop_daemon()
        self.write_config(**changes)
        self.start_daemon()

    def kick(self):
        """The mailbox process dies; another one logs in."""
        os.kill(self.child("sitante-mailbox"), signal.SIGKILL)


def circle(lab, user, nik):
    lab.send(user, "perpanjangan TTE", REQUEST % (user.capitalize() + " Saja", nik))
    return re.search(r"SITANTE-(\d+-\d+)", lab.wait_mail(user, what="acknowledgement")["Subject"]).group(1)


def test_mail_comes_in_and_goes_out_by_token(lab):
    lab.start_daemon()
    lab.number = circle(lab, "budi", "2103010101900001")
    form = lab.endpoint.asked[0]
    assert form == {"grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET, "scope": SCOPE,
                    "refresh_token": "penyegar-awal-0123456789"}, form
    assert len(lab.endpoint.asked) == 1, "one token serves for both servers"
    with open(lab.path("dovecot-info.log")) as f:
        assert "method=XOAUTH2" in f.read()
    with open(lab.path("postfix.log")) as f:
        assert "sasl_method=XOAUTH2, sasl_username=sitante" in f.read()
    r = lab.ctl("reconcile")
    assert r.returncode == 0 and "every mail has its disposition" in r.stdout, r
    assert not os.path.exists(lab.path("var/refresh-token")), "nothing was rotated: nothing is kept"
    lab.no_secret_in(lab.log())


def test_the_other_mechanism(lab):
    lab.restart(auth="oauthbearer")
    circle(lab, "cahya", "2103010101900002")
    with open(lab.path("dovecot-info.log")) as f:
        assert "method=OAUTHBEARER" in f.read()
    with open(lab.path("postfix.log")) as f:
        assert "sasl_method=OAUTHBEARER" in f.read()


def test_token_for_one_server_and_password_for_the_other(lab):
    lab.stop_daemon()
    lab.write_config(auth="xoauth2", smtp_auth="password")
    with open(lab.config) as f:
        text = f.read()
    lab.write("etc/sitante.conf", text.replace('auth = "password"', 'auth = "password"; password_file = "sp"'))
    lab.write("etc/credentials/sp", "rahasia-lab-1\n", 0o600)
    lab.start_daemon()
    circle(lab, "dewi", "2103010101900003")


def test_revoked_token_is_replaced_once(lab):
    lab.restart()
    before = len(lab.endpoint.asked)
    lab.endpoint.revoke_access()
    lab.kick()
    wait_for("another token", lambda: len(lab.endpoint.asked) == before + 1)
    wait_for("the connection", lambda: lab.status_file().get("connected"))
    lab.endpoint.revoke_access()  # now the relay finds out first
    circle(lab, "eka", "2103010101900004")
    assert len(lab.endpoint.asked) == before + 2, len(lab.endpoint.asked)
    lab.no_secret_in(lab.log())


def test_server_that_refuses_every_token_is_not_asked_for_more(lab):
    """Words of the server in the log; one fresh token, then only the slow tries of a refused log-in."""
    def told():
        return [x for x in lab.log().splitlines() if "mailbox-trouble" in x and "access token is refused" in x]
    lab.stop_daemon()
    before, n = len(lab.endpoint.asked), len(told())
    lab.endpoint.user = "orang-lain"  # Dovecot finds that the token is another person's
    try:
        lab.start_daemon(wait=False)
        wait_for("the refusal", lambda: len(told()) > n)
        time.sleep(5)
    finally:
        lab.endpoint.user = "sitante"
    assert len(lab.endpoint.asked) - before == 2, len(lab.endpoint.asked) - before
    assert '"status"' in told()[-1] and "user sitante" in told()[-1], told()[-1]
    lab.no_secret_in(lab.log())


def test_renewed_before_it_ends(lab):
    lab.endpoint.lasts = 10
    lab.restart()
    before = len(lab.endpoint.asked)
    began = time.monotonic()
    wait_for("the next one", lambda: len(lab.endpoint.asked) > before, 15)
    assert 4 < time.monotonic() - began < 10, "eight seconds after it was given"
    n = len(lab.log())
    circle(lab, "hana", "2103010101900008")
    before = len(lab.endpoint.asked)
    wait_for("the next one", lambda: len(lab.endpoint.asked) > before, 15)
    circle(lab, "indra", "2103010101900009")  # the relay's connection has been logged in with the one before
    assert "relay-down" not in lab.log()[n:] and "mailbox-trouble" not in lab.log()[n:], lab.log()[n:]
    lab.endpoint.lasts = 3600
    lab.restart()


def test_rotated_refresh_token_is_kept_and_preferred(lab):
    lab.stop_daemon()
    lab.endpoint.rotate, lab.endpoint.refresh_lasts = True, 90 * 86400
    n = len(lab.endpoint.asked)
    lab.start_daemon()
    path = lab.path("var/refresh-token")
    assert os.stat(path).st_mode & 0o7777 == 0o600
    with open(path) as f:
        kept = f.read().splitlines()[-1]
    assert {kept} == lab.endpoint.refresh - {"penyegar-awal-0123456789"}
    lab.stop_daemon()
    lab.start_daemon()
    assert lab.endpoint.asked[n + 1]["refresh_token"] == kept
    r = lab.checked()["token"]  # the tool takes its turn, and leaves the next one for the daemon
    assert r["ok"] and "store's folder" in r["text"], r
    os.kill(lab.daemon.pid, signal.SIGKILL)  # right after an exchange
    lab.stop_daemon(quiet=True)
    lab.start_daemon()
    circle(lab, "fajar", "2103010101900005")
    assert not os.path.exists(path + ".new")
    lab.no_secret_in(lab.log())


def test_another_credential_is_preferred_to_what_was_kept(lab):
    lab.stop_daemon()
    fresh = lab.endpoint.new_refresh()
    lab.credential(fresh)
    n = len(lab.endpoint.asked)
    lab.start_daemon()
    assert lab.endpoint.asked[n]["refresh_token"] == fresh
    lab.stop_daemon()
    lab.start_daemon()
    assert lab.endpoint.asked[n + 1]["refresh_token"] not in (fresh, "penyegar-awal-0123456789"), "the one that came of it"


def test_rotated_token_that_cannot_be_written(lab):
    lab.stop_daemon()
    os.mkdir(lab.path("var/refresh-token.new"))
    lab.write_config(lab.alarmed)
    lab.start_daemon()
    wait_for("the alarm", lambda: any(k == "tokens" and "cannot be stored" in t for k, t in alarms(lab)))
    assert "cannot be stored" in lab.status_file()["token_trouble"]
    os.kill(lab.daemon.pid, signal.SIGHUP)  # a reload loses it no more than anything else
    wait_for("reloaded", lambda: "reloaded" in lab.log())
    os.rmdir(lab.path("var/refresh-token.new"))
    with open(lab.path("var/refresh-token")) as f:
        old = f.read()
    lab.kick()

    def written():
        with open(lab.path("var/refresh-token")) as f:
            return f.read() != old
    wait_for("written after all", written)
    wait_for("well again", lambda: lab.status_file().get("token_trouble") is None)
    lab.stop_daemon()
    lab.start_daemon()
    lab.no_secret_in(lab.log())


def alarms(lab):
    try:
        with open(lab.path("alarms")) as f:
            return [line.rstrip("\n").split("\t") for line in f]
    except FileNotFoundError:
        return []


def test_refused_for_good_rings_and_does_not_hammer(lab):
    lab.stop_daemon()
    lab.endpoint.rotate = False
    good = set(lab.endpoint.refresh)
    lab.endpoint.refresh.clear()
    n, began = len(lab.endpoint.asked), len(alarms(lab))
    lab.start_daemon(wait=False)
    wait_for("the alarm", lambda: any(k == "tokens" and "invalid_grant" in t for k, t in alarms(lab)[began:]))
    wait_for("the status", lambda: "invalid_grant" in (lab.status_file().get("mailbox_trouble") or ""))
    time.sleep(8)
    assert len(lab.endpoint.asked) == n + 1, "asked once, though the mailbox process came back for it"
    assert "invalid_grant" in lab.ctl("status").stdout
    assert "tokens" in lab.ctl("health").stdout
    assert not lab.checked()["token"]["ok"]
    asked = len(lab.endpoint.asked)
    lab.endpoint.refresh = good
    lab.credential(lab.endpoint.new_refresh())
    os.kill(lab.daemon.pid, signal.SIGHUP)
    wait_for("a token", lambda: len(lab.endpoint.asked) == asked + 1)
    wait_for("the connection", lambda: lab.status_file().get("connected"))
    wait_for("well again", lambda: lab.status_file().get("token_trouble") is None)
    lab.no_secret_in(lab.log() + str(alarms(lab)))


def test_endpoints_that_misbehave(lab):
    """Each in words, none with a secret; the daemon goes on with the token it has."""
    rows = {"nonsense": "no JSON", "huge": "too long", "headers": "too long", "broken": "HTTP status 500", "busy": "slow_down", "redirect": "HTTP status 302",
            "cut": "", "slow": "imeout"}
    for mode, words in rows.items():
        lab.endpoint.mode = mode
        n, began = len(lab.endpoint.asked), time.monotonic()
        got = lab.checked()["token"]
        assert not got["ok"] and words in got["text"], (mode, got)
        assert len(lab.endpoint.asked) == n + 1, mode
        assert time.monotonic() - began < 40, mode
        lab.no_secret_in(got["text"])
    lab.endpoint.mode = "broken"
    assert lab.status_file()["connected"]
    health = lab.ctl("health")
    lab.kick()
    wait_for("the connection, by the token from before", lambda: lab.status_file().get("connected"))
    lab.endpoint.mode = "good"
    assert health.returncode == 0, health.stdout  # the daemon itself has a token, and has not asked


def test_endpoint_that_is_not_proven_gets_no_secret(lab):
    rows = [({"url": "https://127.0.0.2:%d/token" % lab.endpoint.port}, "another name"), ({"ca": ""}, "an unknown authority")]
    for changes, why in rows:
        lab.write_config(lab.alarmed, **changes)
        n = len(lab.endpoint.asked)
        got = lab.checked()["token"]
        assert not got["ok"] and re.search(r"(?i)certificate|SSL", got["text"]), (why, got)
        assert len(lab.endpoint.asked) == n, why
    lab.write_config(lab.alarmed, url="http://localhost:1/token")
    r = lab.ctl("check")
    assert r.returncode == 2 and "must begin with https://" in r.stderr + r.stdout, r
    lab.write_config(lab.alarmed)


def test_what_ends_within_two_weeks_is_told(lab):
    def day(n):
        return (today() + datetime.timedelta(days=n)).isoformat()
    lab.endpoint.refresh_lasts = None
    rows = [('secret_expires = "%s";' % day(10), "client secret", True), ('secret_expires = "%s";' % day(20), None, True),
            ('expires = "%s";' % day(-2), "refresh token", True)]
    for oauth, what, _ in rows:
        lab.credential(lab.endpoint.new_refresh())
        lab.write_config(lab.alarmed, oauth=oauth)
        got = lab.checked().get("ending")
        assert (got is None) == (what is None) and (what is None or (what in got["text"] and not got["ok"])), (oauth, got)
    n = len(alarms(lab))
    lab.stop_daemon()
    lab.start_daemon()
    wait_for("the alarm", lambda: any(k == "ending" and "refresh token" in t for k, t in alarms(lab)[n:]))
    assert "ending" in lab.ctl("status").stdout
    assert "ending" in lab.ctl("health").stdout
    time.sleep(3)
    assert len([1 for k, _ in alarms(lab)[n:] if k == "ending"]) == 1
    lab.stop_daemon()
    lab.endpoint.refresh_lasts = 5 * 86400  # the provider's own word
    lab.credential(lab.endpoint.new_refresh())
    lab.write_config(lab.alarmed)
    got = lab.checked()["ending"]
    assert "refresh token" in got["text"] and day(5) in got["text"], got


class FakeServer:
    """An IMAP or SMTP server that takes one log-in after the other and repeats what it heard."""

    def __init__(self, lab, script):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(lab.path("server.pem"), lab.path("server.key"))
        self.socket = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port, self.heard, self.script = self.socket.getsockname()[1], [], script
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            try:
                f = c.makefile("rwb", 0)
                self.script(self, f)
            except OSError:
                pass
            finally:
                c.close()


def imap_echo(server, f):
    f.write(b"* OK hello\r\n")
    for line in f:
        words = line.split()
        server.heard.append(line.decode())
        if words[1].upper() == b"CAPABILITY":
            f.write(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + words[0] + b" OK done\r\n")
        elif words[1].upper() == b"AUTHENTICATE":
            assert len(words) == 3, "no initial response where it is not offered"
            f.write(b"+ \r\n")
            response = f.readline().strip()
            plain = base64.b64decode(response)
            server.heard.append(plain.decode())
            f.write(b"+ " + base64.b64encode(b'{"status":"400","you said":"' + plain[-300:-3] + b'"}') + b"\r\n")
            server.heard.append(f.readline().decode())
            f.write(b"* BYE soon\r\n" + words[0] + b" NO [AUTHENTICATIONFAILED] you said " + response[:400] + b"\r\n")


def smtp_echo(server, f):
    f.write(b"220 hello ESMTP\r\n")
    for line in f:
        server.heard.append(line.decode())
        verb = line.split()[0].upper()
        if verb == b"EHLO":
            f.write(b"250-hello\r\n250 AUTH OAUTHBEARER XOAUTH2\r\n")
        elif verb == b"AUTH":
            f.write(b"334 \r\n")
            response = f.readline().strip()
            plain = base64.b64decode(response)
            f.write(b"334 " + base64.b64encode(b'{"status":"401","you said":"' + plain[-200:-3] + b'"}') + b"\r\n")
            server.heard.append("answer " + f.readline().decode())
            f.write(b"535 5.7.8 you said " + response[:300] + b"\r\n")
        else:
            f.write(b"221 bye\r\n")
            return


def test_servers_that_repeat_the_token_get_it_into_no_log(lab):
    lab.stop_daemon()
    lab.endpoint.refresh_lasts = None
    imap, smtp = FakeServer(lab, imap_echo), FakeServer(lab, smtp_echo)
    lab.write_config(lab.alarmed, smtp_auth="oauthbearer", imap_port=imap.port, smtp_port=smtp.port)
    got = lab.checked()
    assert not got["imap"]["ok"] and '"status":"400"' in got["imap"]["text"] and "***" in got["imap"]["text"], got["imap"]
    assert not got["smtp"]["ok"] and '"status":"401"' in got["smtp"]["text"] and "***" in got["smtp"]["text"], got["smtp"]
    assert "\r\n" in imap.heard and any(x.startswith("answer ") for x in smtp.heard), "the words of refusal are nodded at"
    heard = next(x for x in imap.heard if x.startswith("user="))
    assert re.fullmatch("user=sitante\1auth=Bearer akses-[A-Za-z0-9_-]+\1\1", heard), heard
    n = len(lab.log())
    assert lab.ctl("reply", lab.number, "Mohon ditunggu").returncode == 0
    lab.start_daemon(wait=False)
    wait_for("both refusals", lambda: '"status":"400"' in lab.log()[n:] and '"status":"401"' in lab.log()[n:])
    time.sleep(2)
    every = lab.log() + str(got) + str(alarms(lab)) + str(lab.status_file())
    lab.no_secret_in(every)
    for secret in lab.endpoint.given:
        response = base64.b64encode(("user=sitante\1auth=Bearer %s\1\1" % secret).encode()).decode()
        assert response[40:72] not in every
    lab.stop_daemon()


def test_server_without_the_mechanism_gets_no_token(lab):
    def script(server, f):
        f.write(b"* OK hello\r\n")
        for line in f:
            server.heard.append(line.decode())
            f.write(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + line.split()[0] + b" OK done\r\n")
    imap = FakeServer(lab, script)
    lab.write_config(imap_port=imap.port)
    got = lab.checked()["imap"]
    assert not got["ok"] and "offers no XOAUTH2" in got["text"], got
    assert not any("AUTHENTICATE" in x for x in imap.heard)


def test_refresh_token_is_not_with_the_mailbox_process(lab):
    lab.write_config()
    lab.start_daemon()
    secrets = [t.encode() for t in lab.endpoint.given if t.startswith("penyegar")] + [b"penyegar-awal-0123456789", SECRET.encode()]

    def memory(pid):
        found = set()
        with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as mem:
            for line in maps:
                m = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if m and "[v" not in line:
                    begin, end = (int(x, 16) for x in m.groups())
                    mem.seek(begin)
                    try:
                        data = mem.read(end - begin)
                    except OSError:
                        continue
                    found |= {s for s in secrets if s in data} | ({b"akses"} if b"auth=Bearer akses-" in data else set())
        return found
    assert lab.daemon.poll() is None
    assert not memory(lab.child("sitante-mailbox"))


def test_once(lab):
    lab.stop_daemon()
    lab.write_config()
    n = len(lab.endpoint.asked)
    lab.send("gita", "perpanjangan TTE", REQUEST % ("Gita Saja", "2103010101900007"))
    wait_for("the mail", lambda: lab.postfix_is_idle())
    r = lab.once()
    assert r.returncode == 0 and len(lab.endpoint.asked) == n + 1, r
    lab.wait_mail("gita", what="acknowledgement")
    lab.endpoint.mode = "broken"
    lab.send("gita", "perpanjangan TTE", REQUEST % ("Gita Lagi", "2103010101900008"))
    r = lab.once()
    lab.endpoint.mode = "good"
    assert r.returncode == 1 and "HTTP status 500" in r.stderr, r


def test_modes_of_files_and_missing_keys(lab):
    lab.stop_daemon()
    os.chmod(lab.path("etc/credentials/penyegar"), 0o644)
    r = lab.ctl("check")
    assert r.returncode == 2 and "chmod 600" in r.stderr + r.stdout
    os.chmod(lab.path("etc/credentials/penyegar"), 0o600)
    with open(lab.config) as f:
        text = f.read()
    lab.write("etc/sitante.conf", re.sub(r"(?m)^oauth = .*$", 'oauth = { expires = "besok"; };', text).replace('auth = "xoauth2"', 'auth = "ntlm"', 1))
    r = lab.ctl("check")
    out = r.stderr + r.stdout
    assert r.returncode == 2 and all(w in out for w in ("oauth.token_url", "oauth.client_id", "oauth.refresh_token_file", "besok", "ntlm")), out


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=TokenLab))
