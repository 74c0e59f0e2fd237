"""Short messages through a real Kannel to its fake SMSC and back in as mail; gateways that lie, refuse or are away."""
import http.server
import json
import re
import sys
import threading
import time

import case
from case import wait_for
from kannel import Kannel

BUDI = "+6281234567890"
REQUEST = "Nama: %s\nNIK: %s\nInstansi: Dinas Sosial\nHP: %s\nMohon perpanjangan TTE"


def flat(lab, m):
    """Text of a mail without its line breaks."""
    return " ".join(lab.text_of(m).split())


def setup(lab):
    lab.kannel = Kannel(lab)
    lab.write_config(lab.kannel.settings())
    lab.start_daemon()


def opened(lab, user, nik, phone):
    lab.send(user, "perpanjangan TTE", REQUEST % (user.capitalize() + " Saja", nik, phone))
    ack = lab.wait_mail(user)
    number = re.search(r"SITANTE-(\d+-\d+)", ack["Subject"]).group(1)
    notice = wait_for("the notice", lambda: next((m for m in lab.inbox("satu") if number in m["Subject"]), None))
    return number, notice


def shorts(lab, number):
    return [m for m in lab.show(number)["messages"] if m["direction"] == "sms"]


def test_the_gateway_is_there(lab):
    setup(lab)


def test_staff_send_one_and_the_telephone_has_it(lab):
    lab.number, notice = opened(lab, "budi", "2103010101900001", "0812-3456-7890")
    lab.reply("satu", notice, "/sms\nPak Budi, mohon buka tautan dari BSrE hari ini ya.")
    got = wait_for("the short message", lambda: lab.kannel.received(BUDI))
    assert got == ["Pak Budi, mohon buka tautan dari BSrE hari ini ya."], got
    wait_for("its state", lambda: [m["state"] for m in shorts(lab, lab.number)] == ["sent"])
    assert lab.show(lab.number)["state"] == "waiting"


def test_the_answer_joins_the_ticket(lab):
    lab.kannel.phone_sends(BUDI, "Sudah saya buka Pak")
    wait_for("the answer", lambda: len(shorts(lab, lab.number)) == 2)
    answer = shorts(lab, lab.number)[1]
    assert answer["from"] == BUDI and lab.show(lab.number)["state"] == "examining"
    wait_for("the notice of it", lambda: any("Pesan singkat dari " + BUDI in flat(lab, m) for m in lab.inbox("satu")))


def test_message_and_answer_end_in_a_closed_ticket(lab):
    """Out through Kannel to the telephone, its answer back in as mail, renewed, told, closed: and the wait is not counted."""
    phone = "+6281366664444"
    number, notice = opened(lab, "cahya", "2103010101900003", "0813 6666 4444")
    lab.reply("satu", notice, "/sms\nBu Cahya, apakah tautan dari BSrE sudah dibuka?")
    wait_for("the short message", lambda: lab.kannel.received(phone))
    wait_for("waiting", lambda: lab.show(number)["state"] == "waiting")
    time.sleep(3)
    n = len(lab.inbox("satu"))
    lab.kannel.phone_sends(phone, "Sudah Pak, sudah bisa")
    answer = lab.wait_mail("satu", lambda m: number in m["Subject"] and "Pesan singkat dari " + phone in flat(lab, m), skip=n, what="the answer")
    assert "sudah bisa" in flat(lab, answer) and lab.show(number)["state"] == "examining"
    lab.reply("satu", answer, "/terbit berlaku 12-02-2028")
    lab.wait_mail("cahya", lambda m: "terbit" in m["Subject"], what="notification")
    lab.wait_mail("kepala", lambda m: "aporan" in m["Subject"] and "Cahya Saja" in lab.text_of(m), what="report")
    t = wait_for("closed", lambda: (lambda t: t if t["state"] == "closed" else None)(lab.show(number)))
    steps = t["steps"]
    assert len(steps) == 4 and all(s["finished_at"] and s["met"] and s["working_seconds"] < 60 for s in steps), steps
    assert 3 <= steps[1]["waiting_seconds"] < 60 and steps[0]["waiting_seconds"] == 0, steps
    assert steps[0]["started_at"] == t["opened_at"] and steps[1]["started_at"] == steps[0]["finished_at"], steps
    assert steps[2]["started_at"] == steps[1]["finished_at"], steps
    assert [(m["direction"], m.get("from") == phone) for m in t["messages"] if m["direction"] == "sms"] == [("sms", False), ("sms", True)], t["messages"]
    lab.kannel.phone_sends(phone, "terima kasih")  # no open ticket has the number any more
    wait_for("it is parked", lambda: any("terima kasih" in flat(lab, m) and "nomor yang tidak ada pada tiket" in flat(lab, m) for m in lab.inbox("satu")))
    assert lab.show(number)["state"] == "closed"


def test_an_unknown_number_is_parked(lab):
    lab.kannel.phone_sends("+6281399988877", "halo siapa ini")
    wait_for("the notice", lambda: any("nomor yang tidak ada pada tiket" in flat(lab, m) for m in lab.inbox("satu")))
    assert len(shorts(lab, lab.number)) == 2


def test_a_forged_gateway_mail_moves_nothing(lab):
    lab.send("sms", "SMS dari " + BUDI, "Saya orang lain", trust="outside")
    wait_for("the notice", lambda: any("keaslian alamatnya tidak terbukti" in flat(lab, m) for m in lab.inbox("satu")))
    assert len(shorts(lab, lab.number)) == 2


def test_a_long_one_is_counted_and_asked_first(lab):
    notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
    text = "Pak Budi, " + "mohon segera " * 20 + "ya."
    lab.reply("satu", notice, "/sms\n" + text)
    ask = wait_for("the question", lambda: next((m for m in lab.inbox("satu") if "konfirmasi" in m["Subject"].lower()), None))
    assert "2 bagian, %d karakter" % len(text) in flat(lab, ask), lab.text_of(ask)
    assert len(lab.kannel.received(BUDI)) == 1
    lab.reply("satu", ask, "Ya")
    wait_for("both parts", lambda: len(lab.kannel.received(BUDI)) == 3)
    assert text in "".join(x[-400:] for x in lab.kannel.received(BUDI)[1:]) or len("".join(lab.kannel.received(BUDI)[1:])) >= len(text)


def test_characters_outside_the_alphabet(lab):
    notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
    before = len(lab.kannel.received(BUDI))
    lab.reply("satu", notice, "/sms\nTerima kasih Pak \U0001F64F")
    wait_for("the message", lambda: len(lab.kannel.received(BUDI)) == before + 1)


def test_numbers_that_are_not_sent_to(lab):
    for number, why in (("+6591234567", "tidak dikenali"), ("14017", "tidak dikenali"), ("0773-312221", "bukan nomor HP Indonesia|tidak dikenali")):
        notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
        n = len(lab.inbox("satu"))
        lab.reply("satu", notice, "/sms %s\nhalo" % number)
        wait_for("the refusal", lambda: any(re.search(why, flat(lab, m)) for m in lab.inbox("satu")[n:]))


def test_over_the_days_cap_of_a_number_it_is_held(lab):
    lab.stop_daemon()
    lab.write_config(lab.kannel.settings().replace("per_minute = 600;", "per_minute = 600; number_day = 3;"))
    lab.start_daemon()
    notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
    before, n = len(lab.kannel.received(BUDI)), len(lab.inbox("satu"))
    lab.reply("satu", notice, "/sms\nSatu lagi, Pak Budi.")
    wait_for("word to staff", lambda: any("DITAHAN" in flat(lab, m) for m in lab.inbox("satu")[n:]))
    assert shorts(lab, lab.number)[-1]["state"] == "held" and len(lab.kannel.received(BUDI)) == before
    assert [m["state"] for m in lab.ctl_json("outbox")] == ["held"]
    with open(lab.daemon_log) as f:
        assert "sms-held" in f.read()
    assert lab.ctl("outbox", "retry", "held").returncode == 0
    wait_for("the message", lambda: lab.kannel.received(BUDI)[before:] == ["Satu lagi, Pak Budi."])


def test_stops_cleanly(lab):
    assert lab.stop_daemon() == 0


class Gateway(http.server.ThreadingHTTPServer):
    """An HTTP gateway that answers as it is told."""

    def __init__(self):
        self.answers, self.heard = [], []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.heard.append((self.headers.get("Authorization"), body.decode()))
                status, text, delay = gateway.answers.pop(0) if gateway.answers else (200, '{"status":"queued"}', 0)
                if status == 0:
                    self.close_connection = True
                    self.connection.close()
                    return
                time.sleep(delay)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                try:
                    self.wfile.write(text.encode())
                except OSError:
                    pass  # the caller has given up

            def log_message(self, *args):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def settings(self):
        return ('sms = { url = "http://127.0.0.1:%d/v1/messages"; content_type = "application/json"; password_file = "sms-password";'
                ' body = "{\\"to\\":\\"{to_plus}\\",\\"message\\":\\"{text}\\",\\"reference\\":\\"{reference}\\"}";'
                ' headers = ( "Authorization: Bearer {password}" ); timeout = "5s"; accepted = ( "\\"status\\":\\"queued\\"" );'
                ' refused = ( "\\"status\\":\\"rejected\\"" ); per_minute = 600; number_day = 0; };' % self.server_address[1])


def send_and_see(lab, answers, text, state, notice_says=None, to="081234567890"):
    """to: what is in doubt or later holds back what follows to the same number."""
    lab.gateway.answers[:] = answers
    notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
    n, before = len(shorts(lab, lab.number)), len(lab.inbox("satu"))
    lab.reply("satu", notice, "/sms %s\n%s" % (to, text))
    wait_for("the message's state " + state, lambda: len(shorts(lab, lab.number)) > n and shorts(lab, lab.number)[-1]["state"] == state, 60)
    if notice_says:
        wait_for("word to staff", lambda: any(notice_says in flat(lab, m) for m in lab.inbox("satu")[before:]))


def test_json_gateway_takes_it(lab):
    lab.gateway = Gateway()
    lab.write_config(lab.gateway.settings())
    lab.start_daemon()
    send_and_see(lab, [], 'dia bilang "ya"\nlalu \\ pergi', "sent")
    authorization, body = lab.gateway.heard[-1]
    assert authorization == "Bearer rahasia-sms-1"
    told = json.loads(body)
    assert told["to"] == BUDI and told["message"] == 'dia bilang "ya"\nlalu \\ pergi' and len(told["reference"]) > 20


def test_says_yes_and_means_no(lab):
    send_and_see(lab, [(200, '{"status":"rejected","why":"blocked"}', 0)], "ditolak", "failed", "ditolak oleh layanan pesan singkat")


def test_refuses_for_good(lab):
    send_and_see(lab, [(422, "{}", 0)], "salah", "failed", "ditolak oleh layanan pesan singkat")


def test_nonsense_is_doubt(lab):
    send_and_see(lab, [(200, "<html>welcome</html>", 0)], "entah", "uncertain")


def test_slow_is_waited_for_while_mail_goes_on(lab):
    lab.gateway.answers[:] = [(200, '{"status":"queued"}', 3)]
    notice = [m for m in lab.inbox("satu") if lab.number in m["Subject"]][-1]
    n, began = len(shorts(lab, lab.number)), len(lab.gateway.heard)
    lab.reply("satu", notice, "/sms 081211110001\npelan")
    wait_for("the gateway's thinking", lambda: len(lab.gateway.heard) > began)
    lab.send("lestari", "perpanjangan TTE", REQUEST % ("Lestari Ayu", "2103014101900006", "0812-7777-5555"))
    lab.wait_mail("lestari", what="the acknowledgement meanwhile")
    wait_for("its yes", lambda: len(shorts(lab, lab.number)) > n and shorts(lab, lab.number)[-1]["state"] == "sent")
    assert len(lab.gateway.heard) == began + 1, "once"


def test_too_slow_is_doubt_and_the_second_try_has_the_same_reference(lab):
    began = len(lab.gateway.heard)
    send_and_see(lab, [(200, '{"status":"queued"}', 8)], "terlalu pelan", "uncertain", to="081211110002")
    row = next(m for m in lab.ctl_json("outbox") if m["to"] == "+6281211110002")
    assert row["state"] == "uncertain" and row["tries"] == 1 and row["next_at"], row
    assert len(lab.gateway.heard) == began + 1, "not at once again: the first may be out"
    before = len(lab.inbox("satu"))
    lab.gateway.answers[:] = [(200, '{"status":"queued"}', 0)]
    assert lab.ctl("outbox", "retry", str(row["id"])).returncode == 0
    wait_for("its yes", lambda: [m["state"] for m in shorts(lab, lab.number) if "terlalu pelan" in (m["text"] or "")] == ["sent"])
    (_, first), (_, second) = lab.gateway.heard[began:]
    assert json.loads(first)["reference"] == json.loads(second)["reference"], (first, second)
    assert not any("tidak sampai" in m["Subject"] for m in lab.inbox("satu")[before:])


def test_a_connection_that_is_cut_is_doubt(lab):
    send_and_see(lab, [(0, "", 0)], "terputus", "uncertain", to="081211110003")


def test_later_is_later(lab):
    began = len(lab.gateway.heard)
    send_and_see(lab, [(503, "busy", 0)], "nanti", "queued", to="081211110004")
    wait_for("its first try", lambda: [m for m in lab.ctl_json("outbox") if m["to"] == "+6281211110004" and m["state"] == "queued" and m["tries"] == 1])
    assert len(lab.gateway.heard) == began + 1


def test_away_and_back(lab):
    """Everything of the gateway is gone: what waits stays queued, and the daemon goes on with mail."""
    lab.gateway.shutdown()
    lab.gateway.server_close()
    send_and_see(lab, [], "lagi pergi", "queued", to="081211110005")
    lab.send("anggi", "perpanjangan TTE", REQUEST % ("Anggi Lestari", "2103014101900005", "0812-7777-6666"))
    lab.wait_mail("anggi")


def test_secrets_and_numbers_stay_out_of_the_log(lab):
    with open(lab.daemon_log) as f:
        log = f.read()
    for secret in ("rahasia-sms-1", "6281234567890", "081234567890", "tautan dari BSrE", "dia bilang"):
        assert secret not in log, secret


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
