"""The rules of automatic mail, M01 to M30, each through a real server: who is answered and who is not.
The same rules as decisions: tests/unit/message, tests/unit/casework."""
import collections
import re
import sys
import time

import case
import invariants
from case import wait_for

HOME = "sitante@natunakab.go.id"
BORDER = "Received: from klien.contoh (klien.contoh [192.0.2.7]) by mail.natunakab.go.id (Postfix) with ESMTPS id 4X; Mon, 5 Jan 2026 09:00:00 +0700\n"
Row = collections.namedtuple("Row", "rule name answered change")
number = [0]


def request(sender, *, head="", above="", subject="perpanjangan TTE", to=HOME, path=None, verdict="dmarc=pass", froms=None, kind="text/plain; charset=utf-8",
            body=None, message_id=None):
    number[0] += 1
    text = body or "Nama: Orang Nomor %d\nNIK: 21030101019%05d\nInstansi: Dinas Sosial\n" % (number[0], number[0])
    raw = "Return-Path: <%s>\n" % (sender if path is None else path) + above
    raw += "Authentication-Results: mail.natunakab.go.id; %s header.from=%s\n" % (verdict, sender.split("@")[1]) + BORDER
    raw += "From: %s\n" % (froms or sender) + ("To: %s\n" % to if to else "") + "Subject: %s\n" % subject + "Date: Mon, 5 Jan 2026 09:00:00 +0700\n"
    raw += "Message-ID: <%s>\n" % (message_id or "aturan%d@%s" % (number[0], sender.split("@")[1])) + head
    return raw + "MIME-Version: 1.0\nContent-Type: %s\n\n%s" % (kind, text)


def parts(report_type, second, fields):
    return {"kind": "multipart/report; report-type=%s; boundary=b" % report_type,
            "body": "--b\n\nNama: Mesin\nNIK: 2103010101999999\n--b\nContent-Type: %s\n\n%s\n--b--\n" % (second, fields)}


ROWS = [
    Row("M01", "auto-replied", False, {"head": "Auto-Submitted: auto-replied\n"}), Row("M01", "upper case", False, {"head": "Auto-Submitted: AUTO-GENERATED\n"}),
    Row("M01", "with a parameter", False, {"head": "Auto-Submitted: auto-notified; owner-email=x\n"}),
    Row("M01", "a comment first", False, {"head": "Auto-Submitted: (c) auto-replied\n"}), Row("M01", "folded", False, {"head": "Auto-Submitted:\n auto-replied\n"}),
    Row("M01", "unknown word", False, {"head": "Auto-Submitted: auto-xyz\n"}), Row("M01", "empty", False, {"head": "Auto-Submitted:\n"}),
    Row("M01", "the worse of two", False, {"head": "Auto-Submitted: no\nAuto-Submitted: auto-replied\n"}),
    Row("M01", "no", True, {"head": "Auto-Submitted: no\n"}), Row("M01", "No (manual)", True, {"head": "Auto-Submitted: No (manual)\n"}),
    Row("M02", "null sender", False, {"path": ""}), Row("M02", "a space in it", False, {"path": " "}),
    Row("M08", "read receipt", False, parts("disposition-notification", "message/disposition-notification", "Disposition: manual-action/MDN-sent-manually; displayed")),
    Row("M09", "complaint", False, parts("feedback-report", "message/feedback-report", "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1")),
    Row("M10", "List-Id", False, {"head": "List-Id: <x.contoh>\n"}), Row("M10", "List-Unsubscribe", False, {"head": "List-Unsubscribe: <mailto:a@x.contoh>\n"}),
    Row("M10", "Mailing-List", False, {"head": "Mailing-List: x\n"}), Row("M11", "bulk", False, {"head": "Precedence: bulk\n"}),
    Row("M11", "Junk", False, {"head": "Precedence: Junk\n"}), Row("M11", "X-Precedence", False, {"head": "X-Precedence: auto_reply\n"}),
    Row("M11", "first-class", True, {"head": "Precedence: first-class\n"}), Row("M12", "All", False, {"head": "X-Auto-Response-Suppress: All\n"}),
    Row("M12", "OOF", False, {"head": "X-Auto-Response-Suppress: DR, OOF, AutoReply\n"}), Row("M12", "receipts only", True, {"head": "X-Auto-Response-Suppress: DR, RN, NRN\n"}),
    Row("M12", "None", True, {"head": "X-Auto-Response-Suppress: None\n"}), Row("M13", "X-Autoreply", False, {"head": "X-Autoreply: yes\n"}),
    Row("M13", "Exchange's rule", False, {"head": "X-MS-Exchange-Inbox-Rules-Loop: a@x.contoh\n"}), Row("M13", "Apple's vacation", False, {"head": "X-Apple-Action: VACATION\n"}),
    Row("M13", "another desk's mark", False, {"head": "X-OTRS-Loop: yes\n"}), Row("M14", "noreply", False, {"sender": "noreply@gmail.example"}),
    Row("M14", "no-reply+x", False, {"sender": "no-reply+x@gmail.example"}), Row("M14", "owner-l", False, {"sender": "owner-l@gmail.example"}),
    Row("M14", "norepley", True, {"sender": "norepley@gmail.example"}), Row("M14", "daemonirawan", True, {"sender": "daemonirawan@gmail.example"}),
    Row("M15", "Automatic reply", False, {"subject": "Automatic reply: perpanjangan TTE"}), Row("M15", "Balasan otomatis", False, {"subject": "Balasan otomatis: perpanjangan TTE"}),
    Row("M15", "about answers", True, {"subject": "Mohon balasan otomatis dimatikan dan perpanjangan TTE"}), Row("M16", "not to us", False, {"to": "lain@natunakab.go.id"}),
    Row("M16", "undisclosed", False, {"to": "undisclosed-recipients:;"}), Row("M17", "dmarc=fail", False, {"verdict": "dmarc=fail"}),
    Row("M17", "spam says our server", False, {"above": "X-Spam-Flag: YES\n"}), Row("M17", "spam says the sender", True, {"head": "X-Spam-Flag: YES\n"}),
    Row("M18", "51 hops", False, {"head": "Received: from x by y; Mon, 5 Jan 2026 09:00:00 +0700\n" * 50}),
    Row("M18", "50 hops", True, {"head": "Received: from x by y; Mon, 5 Jan 2026 09:00:00 +0700\n" * 49}),
    Row("M28", "calendar answer", False, {"kind": "text/calendar; method=REPLY", "body": "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n"}),
    Row("M30", "two Subjects", False, {"head": "Subject: lain\n"}), Row("M30", "two From", False, {"head": "From: orang.lain@gmail.example\n"}),
    Row("M30", "two Message-IDs", False, {"head": "Message-ID: <lain@gmail.example>\n"}), Row("M30", "two Dates", False, {"head": "Date: Tue, 6 Jan 2026 09:00:00 +0700\n"}),
]
ROWS += [Row("M10", head, False, {"head": head + "\n"}) for head in (
    "List-Help: <mailto:a@x.contoh>", "List-Subscribe: <mailto:a@x.contoh>", "List-Post: <mailto:a@x.contoh>", "List-Owner: <mailto:a@x.contoh>", "List-Archive: <https://x.contoh>")]
ROWS += [Row("M13", head, False, {"head": head + "\n"}) for head in (
    "X-Autorespond: yes", "X-Autoresponder: yes", "X-Autoresponse: yes", "X-AutoReply-From: a@x.contoh", "X-Mail-Autoreply: yes", "X-Autogenerated: Mirror", "X-Loop: a@x.contoh",
    "X-No-Loop: yes", "X-OTOBO-Loop: yes", "X-RT-Loop-Prevention: x", "Delivered-To: autoresponder", "X-Amazon-Mail-Relay-Type: notification")]
ROWS += [Row("M14", who, False, {"sender": who + "@gmail.example"}) for who in ("majordomo", "warga-request", "warga-owner", "donotreply", "bounces+abc=host", "root", "daemon")]
ROWS += [Row("M14", who, True, {"sender": who + "@gmail.example"}) for who in ("owner", "request", "postmaster")]
ROWS += [Row("M02", "of two the topmost counts", False, {"path": "", "above": "Return-Path: <seseorang@gmail.example>\n"}),
         Row("M02", "MAILER-DAEMON", False, {"path": "MAILER-DAEMON"}), Row("M28", "calendar counter", False, {"kind": "text/calendar; method=COUNTER", "body": "BEGIN:VCALENDAR\nMETHOD:COUNTER\nEND:VCALENDAR\n"})]


def handled(lab):
    return lab.status_file().get("handled", 0)


def put(lab, *raws):
    before = handled(lab)
    for raw in raws:
        lab.append(raw.replace("\n", "\r\n").encode())
    wait_for("%d mails to be handled" % len(raws), lambda: handled(lab) >= before + len(raws), 90)


def all_sent(lab):
    wait_for("all sent", lambda: not [m for m in lab.ctl_json("outbox") if m["state"] in ("queued", "sending")], 60)
    wait_for("Postfix's queue to be empty", lambda: lab.postfix_is_idle(), 60)


def test_who_is_answered_and_who_is_not(lab):
    lab.write_config(caps="address_hour = 5; address_day = 5; home_address_hour = 1000; domain_hour = 1000; ticket_day = 20; hour = 1000;")
    lab.start_daemon()
    time.sleep(1.1)
    people, raws = [], []
    for i, row in enumerate(ROWS):
        change = dict(row.change)
        people.append(change.pop("sender", "aturan%03d@gmail.example" % i))
        raws.append(request(people[-1], **change))
    put(lab, *raws)
    all_sent(lab)
    wrong = []
    for row, who in zip(ROWS, people):
        got = lab.inbox(re.split("[+@]", who)[0])
        if bool(got) != row.answered or len(got) > 1:
            wrong.append("%s, %s: %d answers" % (row.rule, row.name, len(got)))
    assert not wrong, wrong


def test_M03_M19_own_mail_that_comes_back(lab):
    ack = lab.inbox("aturan008")[0]
    staff = len(lab.inbox("satu"))
    put(lab, request(HOME, head="X-Own: 1\n"), request(HOME.replace("@", "+x@")), "Return-Path: <teruskan@gmail.example>\n" + ack.as_string())
    all_sent(lab)
    assert [m for m in lab.inbox("sitante") + lab.inbox("sitante", "SITANTE/Karantina")], "it stays with us"
    mine = [m for m in lab.inbox("sitante") if m["Auto-Submitted"] and m["Subject"] != ack["Subject"]]
    assert not mine, "no answer to ourselves"
    assert not lab.inbox("teruskan") and len(lab.inbox("satu")) - staff <= 3


def test_M20_never_to_reply_to_and_M21_no_word_of_the_sender(lab):
    put(lab, request("penyerang@gmail.example", head="Reply-To: korban@gmail.example\nCc: korban2@gmail.example\n", subject="perpanjangan TTE http://jahat.contoh/hadiah",
                     froms='"menang http://jahat.contoh" <penyerang@gmail.example>'))
    all_sent(lab)
    assert lab.inbox("korban") == [] and lab.inbox("korban2") == []
    ack, = lab.inbox("penyerang")
    assert "jahat" not in ack.as_string() and "hadiah" not in lab.text_of(ack)


def test_M20_without_proof_nothing(lab):
    put(lab, request("tanpa.bukti@gmail.example", path="lain@gmail.example", verdict="dmarc=none"))
    all_sent(lab)
    assert lab.inbox("tanpa.bukti") == [] and lab.inbox("lain") == []


def tickets_of(lab, who):
    return [t for t in lab.ctl_json("tickets") if t["requester"]["address"] == who]


def test_M24_M25_again_is_not_another(lab):
    who = "ulang@gmail.example"
    text = "Nama: Ulang\nNIK: 2103010101988888\nInstansi: Dinas Sosial\n"
    first = request(who, body=text, message_id="ulang1@gmail.example")
    put(lab, first)
    put(lab, first)
    put(lab, request(who, body=text, message_id="ulang2@gmail.example"))
    all_sent(lab)
    assert len(tickets_of(lab, who)) == 1 and len(lab.inbox("ulang")) == 1
    put(lab, request(who, body="Nama: Lain\nNIK: 2103010101977777\nInstansi: Dinas Sosial\n", message_id="ulang1@gmail.example"))
    all_sent(lab)
    db = invariants.open_store(lab.var)
    last, = db.execute("SELECT disposition || ' ' || coalesce(reason, '') FROM ledger ORDER BY id DESC LIMIT 1").fetchone()
    db.close()
    assert "duplicate" not in last, "other content is another mail: %s" % last


def test_M26_what_goes_out_says_so(lab):
    ack = lab.inbox("aturan008")[0]
    assert ack["Auto-Submitted"] == "auto-replied" and ack["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[^<>@\s]+@natunakab\.go\.id>", ack["Message-ID"]) and ack["In-Reply-To"] in ack["References"]
    notice = lab.inbox("satu")[0]
    assert notice["Auto-Submitted"].startswith("auto-generated")
    for m in lab.inbox("satu") + lab.inbox("ulang"):
        for name in ("From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"):
            assert len(m.get_all(name, [])) <= 1, "M30: %s twice" % name


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
