"""One renewal, told as it happens.  Run by tests/demo.sh; with --read FOLDER USER it shows a mailbox of
a demonstration that was left running."""
import datetime
import email
import imaplib
import json
import os
import ssl
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import DOMAIN, PASSWORD, Lab, wait_for  # noqa: E402

COLOUR = sys.stdout.isatty()


def say(text):
    print("\n" + ("\x1b[1m%s\x1b[0m" if COLOUR else "== %s") % text, flush=True)


def show_mail(m, who):
    print("   +-- in the mailbox of %s" % who)
    for key in ("From", "To", "Subject", "Auto-Submitted"):
        if m[key]:
            print("   | %s: %s" % (key, m[key]))
    for p in m.iter_attachments():
        print("   | attached: %s (%d bytes)" % (p.get_filename(), len(p.get_content())))
    print("   |")
    part = m.get_body(preferencelist=("plain",))
    for line in (part.get_content() if part else "").strip().splitlines():
        print("   | " + line)
    print("   +--", flush=True)


def show_sent(who, text):
    print("   %s writes:" % who)
    print(textwrap.indent(text.strip(), "   > "), flush=True)


def play(lab):
    end = (datetime.date.today() + datetime.timedelta(days=12)).strftime("%d-%m-%Y")
    say("The daemon starts: it watches sitante@%s over IMAP and sends over SMTP, both with TLS" % DOMAIN)
    lab.start_daemon()
    print(textwrap.indent(lab.ctl("check").stdout.strip(), "   "))

    say("Step 1. A civil servant asks for a renewal, in his own words")
    request = ("Selamat pagi admin,\nmohon bantuannya memperpanjang sertifikat elektronik saya.\n\nNama : Budi Santoso, S.Kom\n"
               "NIK : 2103 0101 0190 0001\nNIP : 199001012015031001\nJabatan : Kepala Seksi Promosi\nUnit Kerja : Dinas Kesehatan\n"
               "HP : 0812-3456-7890\nBerlaku s.d. : %s\n\nTerima kasih." % end)
    show_sent("budi@" + DOMAIN, request)
    lab.send("budi", "perpanjangan TTE", request, name="Budi Santoso",
             attachments=[("surat permohonan.pdf", "application/pdf", b"%PDF-1.4 contoh\n" * 40)])
    show_mail(lab.wait_mail("budi", what="acknowledgement"), "budi")
    number = lab.ctl_json("tickets")[0]["number"]
    say("Every staff member has a notice: data found, the letter itself, and how to answer")
    notice = lab.wait_mail("satu", what="notice")
    show_mail(notice, "satu")

    say("Step 2. A staff member just answers the notice: the new words go to the applicant")
    words = "Pak Budi, apakah email budi@natunakab.go.id masih bisa dibuka? Tautan dari BSrE akan dikirim ke sana."
    show_sent("satu@" + DOMAIN, "/ambil\n/catat masih aktif di portal\n")
    n = len(lab.inbox("satu"))
    lab.reply("satu", notice, "/ambil\n/catat masih aktif di portal")
    show_mail(lab.wait_mail("satu", skip=n, what="receipt"), "satu")
    show_sent("satu@" + DOMAIN, words)
    lab.reply("satu", notice, words)
    help_ = lab.wait_mail("budi", skip=1, what="assistance")
    show_mail(help_, "budi")
    print("   ticket %s is now: %s" % (number, wait_for("waiting", lambda: lab.show(number)["state"] == "waiting" and "waiting")))
    say("The applicant answers; the clock of the team goes on")
    n = len(lab.inbox("satu"))
    show_sent("budi@" + DOMAIN, "Masih bisa Pak, tadi sudah saya buka.")
    lab.reply("budi", help_, "Masih bisa Pak, tadi sudah saya buka.")
    answered = lab.wait_mail("satu", skip=n, check=lambda m: "tadi sudah" in lab.text_of(m), what="notice of the answer")
    show_mail(answered, "satu")

    say("Step 3. The certificate is renewed: one line on top of an answer")
    command = "/terbit berlaku 12-02-2028\nSelamat bekerja kembali, Pak Budi."
    show_sent("satu@" + DOMAIN, command)
    lab.reply("satu", answered, command)
    show_mail(lab.wait_mail("kepala", what="report"), "kepala, the head of the team")

    say("Step 4. The applicant is told")
    show_mail(lab.wait_mail("budi", skip=2, what="notification"), "budi")
    t = wait_for("closed", lambda: lab.show(number)["state"] == "closed" and lab.show(number))
    say("Ticket %s is closed.  What each step of the SOP took, in working time:" % number)
    for s in t["steps"]:
        print("   step %d: %4d s of %4d s, %s" % (s["step"], s["working_seconds"], s["standard_seconds"], "met" if s["met"] else "not met"))
    print("\n   sitantectl tickets\n" + textwrap.indent(lab.ctl("tickets").stdout.rstrip(), "   "))
    print("   sitantectl verify\n" + textwrap.indent(lab.ctl("verify").stdout.rstrip(), "   "))


def stay(lab):
    here = os.path.relpath(os.path.abspath(__file__))
    with open(lab.path("lab.json"), "w") as f:
        json.dump({"imaps": lab.imaps, "host": lab.host}, f)
    say("It stays up.  In another terminal:")
    print("""
   send a request of your own:
     swaks --server 127.0.0.1:%d --from anda@%s --to sitante@%s \\
           --header 'Subject: perpanjangan TTE' --body 'Nama: Nama Anda, NIK: 2103010101900002, Instansi: Dinas Sosial'
   read what came back (users: anda, satu, dua, kepala; newest last):
     python3 %s --read %s anda
   answer as staff: read satu's notice, take its Message-ID, and put a command on top:
     swaks --server 127.0.0.1:%d --from satu@%s --to sitante@%s --header 'Subject: [SITANTE-2026-0002] x' \\
           --header 'In-Reply-To: <ID of the notice>' --body '/terbit berlaku 12-02-2028'
   look at it as operator:
     %s -c %s tickets

   A mail client works too: IMAPS 127.0.0.1:%d, any user, password %s; SMTP 127.0.0.1:%d.""" % (
        lab.proven, DOMAIN, DOMAIN, here, lab.dir, lab.proven, DOMAIN, DOMAIN, lab.program("sitantectl"), lab.config, lab.imaps, PASSWORD,
        lab.proven))
    try:
        input("\n   Enter (or Ctrl-C) ends it all. ")
    except (KeyboardInterrupt, EOFError):
        print()


def read(folder, user):
    with open(os.path.join(folder, "lab.json")) as f:
        there = json.load(f)
    box = imaplib.IMAP4_SSL(there["host"], there["imaps"], ssl_context=ssl.create_default_context(cafile=os.path.join(folder, "ca.pem")))
    box.login(user, PASSWORD)
    box.select("INBOX", readonly=True)
    for n in box.search(None, "ALL")[1][0].split():
        m = email.message_from_bytes(box.fetch(n, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default)
        print("Message-ID:", m["Message-ID"])
        show_mail(m, user)
    box.logout()


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--read":
        read(sys.argv[2], sys.argv[3])
        return 0
    with Lab(sys.argv[1]) as lab:
        lab.write_config(hours='"Mon-Sun 00:00-24:00"')
        play(lab)
        if "--stay" in sys.argv:
            stay(lab)
    say("All of it is gone again: no process, no file of it is left.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
