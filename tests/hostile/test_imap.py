"""T50-T55: IMAP servers that lie, stall, flood or end, each against a real mailbox process.  Each row ends within its
deadline, costs at most a second of processor time and 64 MiB, says what happened, sends no password where TLS is not right,
and the next connection to a server that behaves works.  All rows at a time: the longest deadline is a minute."""
import array
import concurrent.futures
import os
import signal
import socket
import struct
import sys
import tempfile
import time

import imapd
import keys

PROGRAM = sys.argv[1]
PASSWORD = "sandi-yang-tak-boleh-bocor"
RSS_KIB, CPU_S = 64 * 1024, 1.0
HELLO, NEWS, TROUBLE, LISTED, FETCHED = range(1, 6)
LIST, FETCH, QUIT = 64, 65, 69
STALL_S = 35  # greeting and handshake; one pause within a command
COMMAND_S = 65


def stall(_, peer, *__):
    while peer.socket.recv(4096):
        pass
    return True


def say(*lines):
    def row(_, peer, tag, words):
        peer.send(*(line.replace(b"TAG", tag) for line in lines))
        return True
    return row


def raw(data, then=None):
    def row(server, peer, tag, words):
        peer.raw(data.replace(b"TAG", tag))
        return then(server, peer, tag, words) if then else True
    return row


def flood(piece, n, before=b"", after=None):
    """piece n times, as long as somebody listens."""
    def row(_, peer, tag, words):
        peer.raw(before)
        block = piece * max(1, 65536 // len(piece))
        for _ in range(max(1, n * len(piece) // len(block))):
            peer.raw(block)
        if after is not None:
            peer.raw(after.replace(b"TAG", tag))
        return True
    return row


def drip(data):
    def row(_, peer, tag, words):
        for i in range(len(data)):
            peer.raw(data[i:i + 1])
            time.sleep(0.7)
        return True
    return row


def hang_up(_, peer, *__):
    peer.socket.close()
    return True


def reset(_, peer, *__):
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.socket.close()
    return True


def only(which, row):
    """The row for a FETCH of bodies or of the list, not for the other."""
    def chosen(server, peer, tag, words):
        body = b"BODY" in b" ".join(words).upper()
        return body == (which == "body") and row(server, peer, tag, words)
    return chosen


def body(*lines):
    return {"UID FETCH": only("body", say(*lines))}


def listing(*lines):
    return {"UID FETCH": only("list", say(*lines))}


def structure(depth):
    return listing(b"* 1 FETCH (UID 9 BODYSTRUCTURE " + b"(" * depth + b"\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1" + b")" * depth + b")", b"TAG OK done")


ITEM = b"* 1 FETCH (UID 9 RFC822.SIZE 40 INTERNALDATE \"02-Nov-2026 08:00:00 +0700\")"
ANY = None  # either trouble that is told, or nothing that was believed

# name: (moments, what is expected: trouble (a class or ANY for any), "works", or ANY; longest seconds)
NETWORK, TLS, AUTH, FOLDER, PROTOCOL = range(5)
ROWS = {
    "normal": ({}, "works", 10),
    "silent": ({"greeting": stall}, "trouble", STALL_S),
    "half_greeting": ({"greeting": raw(b"* OK", stall)}, "trouble", STALL_S),
    "preauth": ({"greeting": say(b"* PREAUTH welcome")}, "trouble", 10),
    "bye": ({"greeting": say(b"* BYE go away")}, "trouble", 10),
    "rubbish_greeting": ({"greeting": raw(bytes(range(256)) * 20 + b"\r\n", hang_up)}, "trouble", 10),
    "literal_greeting": ({"greeting": raw(b"* OK {4294967295}\r\n", hang_up)}, "trouble", 10),
    "greeting_of_10_mb": ({"greeting": flood(b"x", 10000000, b"* OK ")}, "trouble", 10),
    "drip_greeting": ({"greeting": drip(b"* OK " + b"x" * 200)}, "trouble", STALL_S),
    "drip_capability": ({"CAPABILITY": drip(b"* CAPABILITY " + b"X" * 400)}, "trouble", COMMAND_S),
    "hang_at_login": ({"LOGIN": stall}, "trouble", STALL_S),
    "hang_up_at_login": ({"LOGIN": hang_up}, "trouble", 10),
    "login_no": ({"LOGIN": say(b"TAG NO [AUTHENTICATIONFAILED] no")}, "trouble", 10),
    "capability_of_a_million": ({"CAPABILITY": flood(b" XYZ", 1000000, b"* CAPABILITY", b"\r\nTAG OK done\r\n")}, ANY, 10),
    "capability_none": ({"CAPABILITY": say(b"TAG OK done")}, ANY, 10),
    "list_without_end": ({"LIST": flood(b"* LIST () \"/\" a\r\n", 2000000, b"", b"TAG OK done\r\n")}, "trouble", 10),
    "list_odd_delimiter": ({"LIST": say(b"* LIST () \"\\\"\" \"\"", b"TAG OK done")}, ANY, 10),
    "select_no": ({"SELECT": say(b"TAG NO no such folder")}, "trouble", 10),
    "uidvalidity_missing": ({"SELECT": say(b"* 1 EXISTS", b"* OK [UIDNEXT 10] ok", b"TAG OK done")}, "trouble", 10),
    "uidvalidity_zero": ({"SELECT": say(b"* 1 EXISTS", b"* OK [UIDVALIDITY 0] ok", b"TAG OK done")}, "trouble", 10),
    "exists_2_32": ({"SELECT": say(b"* 4294967295 EXISTS", b"* OK [UIDVALIDITY 7] ok", b"* OK [UIDNEXT 10] ok", b"TAG OK done")}, ANY, 10),
    "uidnext_2_32": ({"SELECT": say(b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] ok", b"* OK [UIDNEXT 4294967295] ok", b"TAG OK done")}, ANY, 10),
    "broken_permanentflags": ({"SELECT": say(b"* OK [PERMANENTFLAGS (\\Seen \\", b"* OK [PERMANENTFLAGS ((((", b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] ok", b"TAG OK x")}, ANY, 10),
    "negative_numbers": ({"SELECT": say(b"* -1 EXISTS", b"* OK [UIDVALIDITY -7] ok", b"* OK [UIDNEXT -1] ok", b"TAG OK done")}, "trouble", 10),
    "numbers_over_64_bits": ({"SELECT": say(b"* 99999999999999999999999 EXISTS", b"* OK [UIDVALIDITY 99999999999999999999999] ok", b"TAG OK done")}, ANY, 10),
    "line_of_200_mb": ({"SELECT": flood(b"x", 200000000, b"* OK ")}, "trouble", 10),
    "nul": ({"SELECT": raw(b"* OK \0\0\0\r\n* \0 EXISTS\r\nTAG OK\0 done\r\n", hang_up)}, "trouble", 10),
    "wrong_tag": ({"SELECT": say(b"* OK [UIDVALIDITY 7] ok", b"WRONG OK done")}, "trouble", STALL_S),
    "plus_and_plus": ({"SELECT": flood(b"+ go on\r\n", 1000000)}, "trouble", 10),
    "bad_to_all": ({"SELECT": say(b"TAG BAD no"), "LIST": say(b"TAG BAD no"), "CAPABILITY": say(b"TAG BAD no")}, "trouble", 10),
    "bye_at_select": ({"SELECT": raw(b"* BYE shutting down\r\n", hang_up)}, "trouble", 10),
    "untagged_2_million": ({"UID FETCH": only("list", flood(ITEM + b"\r\n", 2000000, b"", b"TAG OK done\r\n"))}, "trouble", 20),
    "expunge_2_million": ({"UID FETCH": only("list", flood(b"* 1 EXPUNGE\r\n", 2000000, b"", b"TAG OK done\r\n"))}, ANY, 20),
    "structure_100": (structure(100), ANY, 10),
    "structure_5000": (structure(5000), ANY, 10),
    "structure_100000": (structure(100000), "trouble", 10),
    "uid_twice": (listing(ITEM, ITEM, b"TAG OK done"), ANY, 10),
    "uid_missing": (listing(b"* 1 FETCH (RFC822.SIZE 40)", b"TAG OK done"), ANY, 10),
    "uid_zero_and_others": (listing(b"* 1 FETCH (UID 0 RFC822.SIZE 40)", b"* 2 FETCH (UID 4294967295 RFC822.SIZE 4294967295)", b"TAG OK done"), ANY, 10),
    "date_out_of_range": (listing(ITEM.replace(b"02-Nov-2026", b"99-Nov-9999").replace(b"08:00:00", b"99:99:99"), b"TAG OK done"), ANY, 10),
    "size_lies": (listing(ITEM.replace(b"SIZE 40", b"SIZE 4"), b"TAG OK done"), ANY, 10),
    "literal_4294967295": ({"UID FETCH": only("body", raw(b"* 1 FETCH (UID 9 BODY[] {4294967295}\r\nxxx)\r\nTAG OK done\r\n", hang_up))}, "trouble", 10),
    "literal_over_64_bits": ({"UID FETCH": only("body", raw(b"* 1 FETCH (UID 9 BODY[] {99999999999999999999}\r\nxxx)\r\nTAG OK x\r\n", hang_up))}, "trouble", 10),
    "literal_negative": ({"UID FETCH": only("body", raw(b"* 1 FETCH (UID 9 BODY[] {-1}\r\nxxx)\r\nTAG OK done\r\n", hang_up))}, "trouble", 10),
    "literal_too_short": ({"UID FETCH": only("body", raw(b"* 1 FETCH (UID 9 BODY[] {100}\r\nxxx)\r\nTAG OK done\r\n", stall))}, "trouble", STALL_S),
    "end_in_literal": ({"UID FETCH": only("body", raw(b"* 1 FETCH (UID 9 BODY[] {100}\r\nxxx", hang_up))}, "trouble", 10),
    "literal_of_300_mb": ({"UID FETCH": only("body", flood(b"x", 300000000, b"* 1 FETCH (UID 9 BODY[] {300000000}\r\n"))}, "trouble", 10),
    "body_nil": (body(b"* 1 FETCH (UID 9 BODY[] NIL)", b"TAG OK done"), ANY, 10),
    "body_of_another": (body(b"* 1 FETCH (UID 8 BODY[] {3}", b"abc)", b"TAG OK done"), ANY, 10),
    "body_without_uid": (body(b"* 1 FETCH (BODY[] {3}", b"abc)", b"TAG OK done"), ANY, 10),
    "body_twice": (body(b"* 1 FETCH (UID 9 BODY[] {3}", b"abc)", b"* 1 FETCH (UID 9 BODY[] {3}", b"xyz)", b"TAG OK done"), ANY, 10),
    "body_no": (body(b"TAG NO cannot"), "trouble", 10),
    "bye_in_fetch": ({"UID FETCH": only("body", raw(b"* BYE shutting down\r\n", hang_up))}, "trouble", 10),
    "reset_in_fetch": ({"UID FETCH": only("body", reset)}, "trouble", 10),
    "stall_in_fetch": ({"UID FETCH": only("body", stall)}, "trouble", STALL_S),
    "flood_in_idle": ({"idle": flood(b"* 1 EXISTS\r\n", 2000000)}, ANY, 20),
    "rubbish_in_idle": ({"idle": raw(b"\xff\xfe rubbish\r\n" * 20, hang_up)}, ANY, 10),
    "bye_in_idle": ({"idle": raw(b"* BYE inactivity\r\n", hang_up)}, ANY, 10),
}


class Mailbox:
    """A mailbox process and our end of its socket."""

    def __init__(self, folder, port, security="plaintext"):
        for name, text, mode in (("imap-password", PASSWORD, 0o600), ("smtp-password", "x", 0o600)):
            with open(os.path.join(folder, name), "w") as f:
                f.write(text + "\n")
            os.chmod(f.name, mode)
        with open(os.path.join(folder, "sitante.conf"), "w") as f:
            f.write("""agency = "Dinas"; timezone = "Asia/Jakarta";
mailbox = { name = "SITANTE"; address = "sitante@natunakab.go.id"; home_domains = ( "natunakab.go.id" ); };
imap = { host = "%s"; port = %d; security = "%s"; user = "sitante"; password_file = "imap-password"; %s
  folder = "INBOX"; archive = "Arsip"; quarantine = "Karantina"; poll_seconds = 5; };
smtp = { host = "localhost"; port = 1; security = "plaintext"; user = "sitante"; password_file = "smtp-password"; };
store = { directory = "var"; };
staff = ( { name = "Satu"; address = "satu@natunakab.go.id"; } );
head = { name = "Kepala"; address = "kepala@natunakab.go.id"; };
authentication = { authserv_id = "mail.natunakab.go.id"; };
sop = { receive = "10m"; examine = "1h"; report = "15m"; notify = "5m"; working_hours = ( "Mon-Sun 00:00-24:00" ); };
""" % ("127.0.0.1" if security == "plaintext" else HOST, port, security, "" if security == "plaintext" else "ca_file = \"%s\";" % KEYS.ca))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket = ours
        self.pid = os.posix_spawn(PROGRAM, ["sitante-mailbox", "--socket-fd", "3", "--config", f.name], os.environ,
                                  file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 3)])
        self.status = None
        theirs.close()

    def end(self, seconds):
        """Its exit status; None: it still runs."""
        until = time.monotonic() + seconds
        while self.status is None and time.monotonic() <= until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
            time.sleep(0.01)
        return self.status

    def close(self):
        if self.end(0) is None:
            os.kill(self.pid, signal.SIGKILL)
            self.end(10)
        self.socket.close()

    def frame(self, seconds):
        self.socket.settimeout(max(seconds, 0.01))
        try:
            return self.socket.recv(65536)
        except (TimeoutError, ConnectionError):
            return b""

    def use(self):
        """KiB at the most, processor seconds."""
        with open("/proc/%d/status" % self.pid) as f:
            rss = [int(line.split()[1]) for line in f if line.startswith("VmHWM")][0]
        with open("/proc/%d/stat" % self.pid) as f:
            words = f.read().rsplit(")", 1)[1].split()
        return rss, (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def order(self, data, fds=()):
        self.socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])


def visit(mailbox, until, wait_news):
    """What the office does: waits for HELLO, lists, fetches, idles.  ("works", what was fetched) or ("trouble", class, words)."""
    state = None
    memory = os.memfd_create("mail")
    try:
        while time.monotonic() < until:
            frame = mailbox.frame(until - time.monotonic())
            if not frame:
                break
            if frame[0] == TROUBLE:
                n = struct.unpack_from("<I", frame, 2)[0]
                return "trouble", frame[1], frame[6:6 + n].decode()
            if frame[0] == HELLO:
                mailbox.order(struct.pack("<BI", LIST, 1))
            elif frame[0] == LISTED:
                n = struct.unpack_from("<I", frame, 1)[0]
                uids = [struct.unpack_from("<I", frame, 5 + 16 * i)[0] for i in range(n)]
                if not uids:
                    return "works", None, []
                mailbox.order(struct.pack("<BIII", FETCH, 1, uids[0], 4096), [memory])
            elif frame[0] == FETCHED:
                state = "works", frame[9], os.pread(memory, 4096, 0)
                if not wait_news:
                    return state
                wait_news = False
                until = time.monotonic() + 4
            elif frame[0] == NEWS and state:
                return state
        return state or ("nothing", None, "")
    finally:
        os.close(memory)


def play(name, does, expected, seconds):
    """The faults of a row; none: []."""
    server, faults = imapd.Server(does), []
    with tempfile.TemporaryDirectory() as folder:
        mailbox = Mailbox(folder, server.port)
        try:
            began = time.monotonic()
            first = visit(mailbox, began + seconds + SLACK, "idle" in does)
            took = time.monotonic() - began
            if first[0] == "nothing":
                faults.append("no word within %.0f s" % took)
            if expected and first[0] != expected:
                faults.append("%s, not %s" % (first[0], expected))
            if first[0] == "trouble" and (not first[2] or PASSWORD in first[2]):
                faults.append("the words are \"%s\"" % first[2])
            if first[0] == "trouble":  # the next connection is to a server that behaves
                again = visit(mailbox, time.monotonic() + 15, False)
                if again[0] != "works" or again[2] != imapd.MAIL:
                    faults.append("afterwards: %s %s" % (again[0], again[2]))
            rss, cpu = mailbox.use()
            if rss > RSS_KIB or cpu > CPU_S:
                faults.append("%d KiB, %.2f s of processor time" % (rss, cpu))
            mailbox.order(bytes([QUIT]))
            if mailbox.end(10) != 0:
                faults.append("exit status %s" % mailbox.status)
        except (OSError, IndexError) as e:
            faults.append("the process died: %r, status %s" % (e, mailbox.end(0)))
            first, took, rss, cpu = ("dead", None, ""), 0, 0, 0
        finally:
            mailbox.close()
            server.close()
    return faults, "%s in %.1f s, %.2f s processor, %d KiB: %s" % (first[0], took, cpu, rss, first[2])


# --- TLS -------------------------------------------------------------------------------------------------------

def inject(server, peer, tag, words):
    peer.raw(tag + b" OK begin\r\n* OK injected\r\n" + tag[:-1] + b"9 OK you are in\r\n")
    return stall(server, peer)


def tls_rows():
    """name: (security, arguments of the server, does the log-in come)"""
    capability = b"IMAP4rev1 STARTTLS IDLE MOVE UIDPLUS"
    rows = {"right": ("tls", dict(tls=KEYS.context("right")), True),
            "tls_1_1": ("tls", dict(tls=KEYS.old()), False),
            "plain_text_where_tls_is_due": ("tls", dict(), False),
            "silent_at_the_handshake": ("tls", dict(does={"greeting": stall}, times=9), False),
            "starttls": ("starttls", dict(starttls=KEYS.context("right"), capability=capability), True),
            "starttls_stripped": ("starttls", dict(), False),
            "starttls_no": ("starttls", dict(capability=capability, does={"STARTTLS": say(b"TAG NO not now")}, times=9), False),
            "starttls_injected": ("starttls", dict(capability=capability, does={"STARTTLS": inject}, times=9), False),
            "starttls_preauth": ("starttls", dict(capability=capability, does={"greeting": say(b"* PREAUTH welcome")}, times=9), False),
            "starttls_selfsigned": ("starttls", dict(starttls=KEYS.context("selfsigned"), capability=capability), False)}
    for name in keys.WRONG + ("client_only",):
        rows[name] = ("tls", dict(tls=KEYS.context(name)), False)
    return rows


def threat(name):
    return "T52_" if name == "starttls_injected" else "T51_" if name.startswith("starttls") else "T50_"


def play_tls(name, security, arguments, logs_in):
    server, faults = imapd.Server(**arguments), []
    with tempfile.TemporaryDirectory() as folder:
        mailbox = Mailbox(folder, server.port, security)
        try:
            first = visit(mailbox, time.monotonic() + STALL_S + SLACK, False)
            if (first[0] == "works") != logs_in:
                faults.append("%s: %s" % (first[0], first[2]))
            if not logs_in and first[0] != "trouble":
                faults.append("no trouble is told")
            said = b"\n".join(server.heard)
            if not logs_in and (PASSWORD.encode() in said or b"LOGIN" in said.upper()):
                faults.append("the password was sent: %r" % said)
        finally:
            mailbox.close()
            server.close()
    return faults, "%s: %s" % (first[0], first[2])


# --- all of it ---------------------------------------------------------------------------------------------------

SLACK = 15  # a busy machine
KEYS = keys.Keys()
HOST = "localhost"
try:
    socket.getaddrinfo(HOST, 1)
except OSError:  # a machine without /etc/hosts
    HOST = "127.0.0.1"
chosen = os.environ.get("SITANTE_ROWS", "").split()
jobs = [("T53_" + name, play, (name, *row)) for name, row in ROWS.items()] + [(threat(name) + name, play_tls, (name, *row)) for name, row in tls_rows().items()]
jobs = [j for j in jobs if not chosen or j[0][4:] in chosen]
print("1..%d" % len(jobs), flush=True)
failed = 0
with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
    futures = [pool.submit(function, *arguments) for _, function, arguments in jobs]
    for i, ((name, _, _), future) in enumerate(zip(jobs, futures), 1):
        faults, words = future.result()
        failed += bool(faults)
        print("%sok %d - %s: %s%s" % ("not " if faults else "", i, name, words.encode("ascii", "backslashreplace").decode(),
                                      "; FAULT: " + "; ".join(faults) if faults else ""), flush=True)
sys.exit(1 if failed else 0)
