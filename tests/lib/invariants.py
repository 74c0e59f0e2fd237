"""What must hold after every fault and restart.  Each check gives a list of what is wrong; empty is right.
Facts come from the store's file, the mailbox's folders and the sink, never from the daemon's own words."""
import collections
import email
import hashlib
import os
import re
import sqlite3

SECRETS = (b"2103010101900", b"19900101201503", b"rahasia-lab", b"0812-3456")


def open_store(var):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(var, "sitante.db"), uri=True)
    db.text_factory = str
    return db


def dump(var):
    """The store without times, ids and random words: what two runs of the same day must have in common."""
    db = open_store(var)
    try:
        q = lambda sql: [tuple(r) for r in db.execute(sql)]  # noqa: E731
        return {
            "ledger": q("SELECT uid, state, disposition, (SELECT number FROM ticket t WHERE t.id = ticket_id), has_raw, moved FROM ledger ORDER BY uid"),
            "tickets": q("SELECT number, state, kind, requester_address, assigned_to, merged_into, open FROM ticket ORDER BY number"),
            "applicants": q("SELECT (SELECT number FROM ticket t WHERE t.id = ticket_id), state, v0, v1, v2 FROM applicant ORDER BY 1, 2, 3"),
            "certificates": sorted(q("SELECT name, source, not_after, successor IS NULL, coalesce((SELECT number FROM ticket t WHERE t.id = ticket_id), '') FROM certificate")),
            "events": sorted(q("SELECT coalesce((SELECT number FROM ticket t WHERE t.id = ticket_id), ''), who, what FROM event WHERE what != 'operator'")),
            "messages": sorted(q("SELECT (SELECT number FROM ticket t WHERE t.id = ticket_id), direction, kind, coalesce(recipient, ''), state FROM message")),
            "outbox": sorted(q("SELECT kind, to_address, state, coalesce((SELECT number FROM ticket t WHERE t.id = ticket_id), '') FROM outbox")),
            "tokens": q("SELECT count(*), sum(revoked) FROM token") + q("SELECT count(*) FROM token_use"),
            "confirmations": sorted(q("SELECT owner, used FROM confirmation")),
        }
    finally:
        db.close()


def waiting(var):
    """Outgoing mails that wait for a next try."""
    db = open_store(var)
    try:
        return [i for (i,) in db.execute("SELECT id FROM outbox WHERE finished = 0")]
    finally:
        db.close()


def differences(a, b):
    out = []
    for key in a:
        left, right = collections.Counter(map(repr, a[key])), collections.Counter(map(repr, b[key]))
        out += ["%s: missing %s" % (key, x) for x in left - right] + ["%s: too much %s" % (key, x) for x in right - left]
    return out


def store_whole(var):
    """I6, I7, I8: the file is whole, each row has its raw mail and each raw mail its row, no temporary is left."""
    wrong = []
    db = open_store(var)
    try:
        rows = db.execute("PRAGMA integrity_check").fetchall()
        wrong += [] if rows == [("ok",)] else ["I6 integrity: %s" % rows[:3]]
        wrong += ["I6 foreign key: %s" % (r,) for r in db.execute("PRAGMA foreign_key_check").fetchall()]
        named = set()
        for v, uid, sha in db.execute("SELECT uidvalidity, uid, sha256 FROM ledger WHERE has_raw = 1"):
            path = os.path.join(var, "raw", str(v), str(uid // 1000), "%d.eml" % uid)
            named.add(path)
            try:
                with open(path, "rb") as f:
                    if hashlib.sha256(f.read()).digest() != sha:
                        wrong.append("I7 raw mail %d is not what was stored" % uid)
            except OSError:
                wrong.append("I7 raw mail %d has no file" % uid)
    finally:
        db.close()
    for folder, _, names in os.walk(os.path.join(var, "raw")):
        wrong += ["I7, I8 file without a row: %s" % n for n in names if os.path.join(folder, n) not in named]
    return wrong


def maildir(path):
    """{folder: [Message-ID]} of a Maildir; every mail of the tests has one."""
    out = {}
    for folder in [""] + [n for n in os.listdir(path) if n.startswith(".")]:
        for sub in ("new", "cur"):
            base = os.path.join(path, folder, sub)
            for name in os.listdir(base) if os.path.isdir(base) else []:
                with open(os.path.join(base, name), "rb") as f:
                    out.setdefault(folder, []).append(email.message_from_binary_file(f)["Message-ID"])
    return {k: sorted(v) for k, v in out.items()}


def document_refused(wrong, staff):
    """Without what the office rightly does where the document process dies each time: the report leaves without its
    file, and each staff member is told once."""
    left = list(wrong)
    for line in wrong:
        m = re.match(r"sent too much: .*\[SITANTE-(\d+-\d+)\] Dokumen tidak dapat dibuat", line)
        if not m or line not in left:
            continue
        for to in staff:
            for due in ("sent too much: %s" % ((to, "[SITANTE-%s] Dokumen tidak dapat dibuat" % m[1]),),
                        "outbox: too much %r" % (("notice-other", to, "sent", m[1]),),
                        "messages: too much %r" % ((m[1], "out", "staff-notice", to, "sent"),)):
                if due in left:
                    left.remove(due)
    return left


def mail_kept(before, now):
    """I1, I15: no mail is gone from the server, none is there twice."""
    count = lambda d: collections.Counter(x for v in d.values() for x in v)  # noqa: E731
    a, b = count(before), count(now)
    return ["I1 lost on the server: %s" % x for x in a - b] + ["I15 twice on the server: %s" % x for x in b - a]


def message_id(raw):
    m = re.search(rb"(?mi)^message-id:\s*<([^>]+)>", raw)
    return m.group(1).decode() if m else ""


def sent_right(var, mails, copies=2):
    """I3, I4: what is marked sent was taken by the sink; a second copy only with the same Message-ID and bytes."""
    wrong, seen = [], collections.Counter()
    bytes_of = {}
    for _, raw in mails:
        id_ = message_id(raw)
        if not id_:
            wrong.append("I3 a mail with no Message-ID was sent: %r" % raw[:300])
        seen[id_] += 1
        if bytes_of.setdefault(id_, raw) != raw:
            wrong.append("I3 two mails with one Message-ID")
    wrong += ["I3 %d copies of one mail" % n for n in seen.values() if n > copies]
    hashes = {hashlib.sha256(i.encode()).digest() for i in seen}
    db = open_store(var)
    try:
        for id_, kind, h in db.execute("SELECT id, kind, message_hash FROM outbox WHERE state = 'sent'"):
            if h not in hashes:
                wrong.append("I4 outgoing mail %d (%s) is marked sent, but nobody has it" % (id_, kind))
        known = {h for (h,) in db.execute("SELECT message_hash FROM outbox")}
    finally:
        db.close()
    wrong += ["I3 a mail was sent that the store does not know"] * len(hashes - known)
    return wrong


def order_kept(var, postfix_log):
    """Mails to one recipient reached Postfix in the order in which they were promised; a second copy may come later."""
    with open(postfix_log, errors="replace") as f:
        ids = re.findall(r"/cleanup\[\d+\]: [0-9A-Za-z]+: message-id=<([^>]+)>", f.read())
    db = open_store(var)
    try:
        known = {h: (i, to) for i, to, h in db.execute("SELECT id, to_address, message_hash FROM outbox WHERE channel = 0")}
    finally:
        db.close()
    wrong, last, seen = [], {}, set()
    for message in ids:
        i, to = known.get(hashlib.sha256(message.encode()).digest(), (None, None))
        if i is None or i in seen:
            continue
        seen.add(i)
        if i < last.get(to, 0):
            wrong.append("outgoing mail %d came behind %d to the same person" % (i, last[to]))
        last[to] = i
    return wrong


def sent_summary(mails):
    """Recipient and subject of what was sent, each Message-ID once."""
    once = {}
    for to, raw in mails:
        m = email.message_from_bytes(raw)
        once[message_id(raw)] = (to, str(email.header.make_header(email.header.decode_header(m["Subject"] or "(no subject)"))))
    return sorted(once.values())


def doubled(mails):
    return len(mails) - len({message_id(raw) for _, raw in mails})


def quiet(log):
    """I13: nothing personal in what the daemon said; no sanitizer spoke."""
    wrong = ["I13 the log holds %r" % s for s in SECRETS if s in log]
    return wrong + ["sanitizer: " + line.decode(errors="replace") for line in log.splitlines() if b"Sanitizer" in line or b"runtime error" in line][:3]
