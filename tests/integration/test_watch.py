"""What monitors see: the file for Prometheus, the ready alert rules, fields of the journal."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import case
from case import wait_for
from test_walk import REQUEST, number_in, soon

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
EXTRA = 'monitor = { prometheus = "../figures/sitante.prom"; };'
STEPS = ("receive", "examine", "report", "notify")
SAMPLE = re.compile(r'(sitante_[a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\} ([0-9]+)')
state = {}


def text(lab):
    try:
        with open(lab.path("figures/sitante.prom")) as f:
            return f.read()
    except FileNotFoundError:
        return ""


def figures(lab):
    """{(name, label, ...): value}; every line must be one of the format's."""
    out = {}
    for line in text(lab).splitlines():
        if line.startswith("# "):
            assert re.match(r"# (HELP sitante_[a-z_]+ \S.*\.|TYPE sitante_[a-z_]+ (gauge|counter|histogram))$", line), line
            continue
        m = SAMPLE.fullmatch(line)
        assert m, line
        labels = dict(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', m.group(2)))
        assert labels.pop("mailbox") == "sitante@natunakab.go.id", line
        key = (m.group(1), *sorted(labels.values()))
        assert key not in out, "said twice: " + line
        out[key] = int(m.group(3))
    return out


def promtool(lab):
    path = lab.root("usr/bin/promtool")
    return path if os.path.exists(path) else shutil.which("promtool")


def test_the_file_is_there_from_the_start(lab):
    os.makedirs(lab.path("figures"))
    lab.write_config(extra=EXTRA)
    lab.start_daemon()
    f = wait_for("connected, as the file says", lambda: figures(lab).get(("sitante_mailbox_connected",)) and figures(lab), 30)
    assert os.stat(lab.path("figures/sitante.prom")).st_mode & 0o777 == 0o644, "node_exporter is another user"
    version, = [k[1] for k in f if k[0] == "sitante_info"]
    assert version == lab.status_file()["version"]
    assert abs(f["sitante_written_time_seconds",] - time.time()) < 60 and f["sitante_start_time_seconds",] <= f["sitante_written_time_seconds",]
    assert f["sitante_tickets", "closed"] == 0 and f["sitante_queue_length", "unread"] == 0
    assert ("sitante_oldest_open_ticket_time_seconds",) not in f, "no ticket is open"
    for step in STEPS:
        assert f["sitante_step_seconds_count", step] == 0 and f["sitante_step_seconds_bucket", "+Inf", step] == 0


def test_a_renewal_is_counted_step_by_step(lab):
    lab.send("budi", "Permohonan perpanjangan TTE", REQUEST % soon())
    state["number"] = number_in(lab.wait_mail("budi", what="acknowledgement"))
    f = wait_for("an open ticket", lambda: figures(lab).get(("sitante_step_seconds_count", "receive")) == 1 and figures(lab), 40)
    assert abs(f["sitante_oldest_open_ticket_time_seconds",] - time.time()) < 120
    assert f["sitante_step_seconds_count", "examine"] == 0
    assert f["sitante_mails_handled_total",] >= 1 and f["sitante_mails_sent_total",] >= 1
    lab.reply("dua", lab.wait_mail("dua", what="notice"), "/terbit berlaku 12-02-2028")
    f = wait_for("closed", lambda: figures(lab).get(("sitante_tickets", "closed")) == 1 and figures(lab), 60)
    for step in STEPS:
        buckets = sorted((float(k[1]), v) for k, v in f.items() if k[0] == "sitante_step_seconds_bucket" and k[2] == step)
        assert len(buckets) == 11 and buckets[-1][0] == float("inf"), buckets
        assert [v for _, v in buckets] == sorted(v for _, v in buckets), "buckets hold what is below them"
        assert f["sitante_step_seconds_count", step] == buckets[-1][1] == 1, (step, buckets)
        assert f["sitante_step_seconds_sum", step] < 120 and f["sitante_steps_late_total", step] == 0
        assert f["sitante_tickets_overdue", step] == 0
    assert abs(f["sitante_last_cycle_time_seconds",] - time.time()) < 120
    assert f["sitante_queue_length", "quarantine"] == 0
    assert os.listdir(lab.path("figures")) == ["sitante.prom"], "no half of a file beside it"


def test_an_operator_s_change_is_seen(lab):
    lab.send("siti", "Permohonan perpanjangan TTE", REQUEST.replace("Budi Santoso", "Siti Aminah").replace("0101900001", "4101900002") % soon())
    number = number_in(lab.wait_mail("siti", what="acknowledgement"))
    r = lab.ctl("cancel", number)
    assert r.returncode == 0, r.stderr
    wait_for("cancelled", lambda: figures(lab).get(("sitante_tickets", "cancelled")) == 1, 40)


def test_idle_it_wakes_nobody(lab):
    def switches():
        with open("/proc/%d/status" % lab.daemon.pid) as f:
            return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", f.read(), flags=re.M).group(1))
    time.sleep(12)  # the last change is written
    before, written = switches(), figures(lab)["sitante_written_time_seconds",]
    time.sleep(20)
    assert switches() - before <= 1 and figures(lab)["sitante_written_time_seconds",] - written <= 20, switches() - before


def test_it_tells_of_no_person(lab):
    whole = text(lab)
    for word in ("2103010101900001", "199001012015031001", "Budi", "budi", "Siti", "siti@", "satu@", "dua@", "kepala@", "0812", "Kesehatan", state["number"]):
        assert word not in whole, word
    assert set(re.findall(r"[\w.]+@[\w.]+", whole)) == {"sitante@natunakab.go.id"}


def test_rules_name_what_there_is(lab):
    with open(os.path.join(SOURCE, "conf", "sitante.rules.yml")) as f:
        rules = f.read()
    said = {k[0] for k in figures(lab)} | set(re.findall(r"# TYPE (sitante_[a-z_]+)", text(lab)))
    exprs = re.findall(r"^ +expr: (.*)$", rules, flags=re.M)
    assert len(exprs) == rules.count("- alert: ") > 8
    for expr in exprs:
        named = re.findall(r"\bsitante_[a-z_]+", expr)
        assert named and set(named) <= said, (expr, said)
    words = {k[1] for k in figures(lab) if k[0] in ("sitante_queue_length", "sitante_outbox")}
    for choice in re.findall(r'=~"([^"]*)"', rules):
        assert set(choice.split("|")) <= words, choice
    if promtool(lab):
        subprocess.run([promtool(lab), "check", "rules", os.path.join(SOURCE, "conf", "sitante.rules.yml")], check=True, stdout=subprocess.DEVNULL)
        r = subprocess.run([promtool(lab), "check", "metrics"], input=text(lab), capture_output=True, text=True)
        assert r.returncode == 0, r.stdout + r.stderr


def test_reload_moves_it_and_stop_removes_it(lab):
    os.makedirs(lab.path("elsewhere"))
    lab.write_config(extra=EXTRA.replace("figures", "elsewhere"))
    lab.daemon.send_signal(signal.SIGHUP)
    wait_for("moved", lambda: os.listdir(lab.path("figures")) == [] and os.listdir(lab.path("elsewhere")) == ["sitante.prom"], 40)
    lab.stop_daemon()
    assert os.listdir(lab.path("elsewhere")) == [], "what is not written any more tells nothing"


def test_a_place_that_cannot_be_written_stops_no_mail(lab):
    lab.write_config(extra=EXTRA.replace("figures", "nowhere"))
    lab.start_daemon()
    lab.send("ani", "Permohonan perpanjangan TTE", REQUEST.replace("Budi Santoso", "Ani").replace("0101900001", "4101900003") % soon())
    lab.wait_mail("ani", what="acknowledgement")
    lab.stop_daemon()


# --- the journal ----------------------------------------------------------------------------------

JOURNAL = """
import os, socket, subprocess, sys, time
os.makedirs("/run/systemd/journal", exist_ok=True)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/systemd/journal/socket")
s.settimeout(0.2)
p = subprocess.Popen(sys.argv[2:], env=dict(os.environ, JOURNAL_STREAM="1:1"))
with open(sys.argv[1], "wb") as out:
    while True:
        try:
            out.write(s.recv(65536) + b"\\n")
        except TimeoutError:
            if p.poll() is not None:
                break
"""


def test_lines_of_the_journal_have_ids_of_the_catalog(lab):
    """journald's socket in a mount namespace of its own; its catalog made by journalctl."""
    lab.write_config()
    out = lab.path("journal.txt")
    script = 'mount -t tmpfs none /run && exec "$@"'
    subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", JOURNAL, out, lab.program("sitanted"), "-c", lab.config, "--once"],
                   check=True, timeout=120, env=lab.environment())
    with open(out) as f:
        entries = [dict(line.split("=", 1) for line in e.splitlines() if "=" in line) for e in f.read().split("\n\n")]
    ids = {e["SITANTE_EVENT"]: e["MESSAGE_ID"] for e in entries if e.get("SITANTE_EVENT")}
    assert {"started", "mailbox-open"} <= set(ids), entries
    root = tempfile.mkdtemp(dir=lab.dir)
    for folder in ("usr/lib/systemd/catalog", "var/lib/systemd/catalog"):
        os.makedirs(os.path.join(root, folder))
    shutil.copy(os.path.join(SOURCE, "systemd", "sitante.catalog"), os.path.join(root, "usr/lib/systemd/catalog"))
    subprocess.run(["journalctl", "--root=" + root, "--update-catalog"], check=True)
    told = subprocess.run(["journalctl", "--root=" + root, "--dump-catalog"], check=True, capture_output=True, text=True).stdout
    for event, i in ids.items():
        assert "-- " + i in told, event


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
