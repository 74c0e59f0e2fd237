"""A token endpoint of a provider on loopback, with TLS by the lab's authority: gives, rotates and refuses tokens, and misbehaves as it
is told; Dovecot asks it whether an access token is good."""
import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse

CLIENT, SECRET, SCOPE = "klien-lab", "rahasia klien & 1", "https://surel.contoh/ offline_access"


class TokenServer:
    def __init__(self, certificate, key, user="sitante"):
        self.user = user
        self.refresh = {"penyegar-awal-0123456789"}  # those that are good
        self.access = {}  # token: monotonic end
        self.given = []  # every secret that ever left, for looking through logs
        self.asked = []  # forms, in the order they came
        self.lasts, self.refresh_lasts, self.rotate, self.mode = 3600, None, False, "good"
        self.lock = threading.Lock()
        handler = type("Handler", (Handler,), {"home": self})
        self.server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def new_refresh(self):
        token = "penyegar-" + secrets.token_urlsafe(24)
        self.refresh.add(token)
        self.given.append(token)
        return token

    def revoke_access(self):
        with self.lock:
            self.access.clear()

    def grant(self, form):
        """(status, JSON) as RFC 6749 5 has it."""
        with self.lock:
            self.asked.append(form)
            if form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
                return 401, {"error": "invalid_client", "error_description": "secret was " + form.get("client_secret", "")}
            if form.get("grant_type") != "refresh_token" or form.get("scope") != SCOPE:
                return 400, {"error": "invalid_request"}
            if form.get("refresh_token") not in self.refresh:
                return 400, {"error": "invalid_grant", "error_description": "Token %s has been expired or revoked." % form.get("refresh_token")}
            token = "akses-" + secrets.token_urlsafe(900)
            self.access[token] = time.monotonic() + self.lasts
            self.given.append(token)
            answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts, "scope": SCOPE}
            if self.rotate:
                self.refresh.discard(form["refresh_token"])
                answer["refresh_token"] = self.new_refresh()
            if self.refresh_lasts:
                answer["refresh_token_expires_in"] = self.refresh_lasts
            return 200, answer

    def introspect(self, token):
        with self.lock:
            good = self.access.get(token, 0) > time.monotonic()
        return {"active": good, "username": self.user} if good else {"active": False}


class Handler(http.server.BaseHTTPRequestHandler):
    home = None
    timeout = 60

    def log_message(self, *args):
        pass

    def say(self, status, body, headers=()):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("token", [""])[0]
        self.say(200, json.dumps(self.home.introspect(token)).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {k: v[0] for k, v in urllib.parse.parse_qs(body, keep_blank_values=True).items()}
        mode = self.home.mode
        if mode == "good":
            status, answer = self.home.grant(form)
            self.say(status, json.dumps(answer).encode())
            return
        self.home.asked.append(form)
        try:
            self.misbehave(mode)
        except OSError:
            pass  # hung up on

    def misbehave(self, mode):
        if mode == "slow":
            time.sleep(45)
            self.say(200, b"{}")
        elif mode == "nonsense":
            self.say(200, b"<html>Selamat datang di hotel</html>")
        elif mode == "huge":
            self.say(200, b'{"access_token":"' + b"a" * 3000000 + b'"}')
        elif mode == "headers":
            self.say(200, b"{}", [("X-%d" % i, "a" * 1000) for i in range(99)])
        elif mode == "broken":
            self.say(500, b"oops")
        elif mode == "busy":
            self.say(429, b'{"error":"slow_down"}', [("Retry-After", "60")])
        elif mode == "redirect":
            self.say(302, b"", [("Location", "https://localhost:%d/elsewhere" % self.home.port)])
        elif mode == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"access")
            self.close_connection = True
