#!/usr/bin/env python3
"""Holds `sitantectl inspect` against the corpus: a table per key, for the part worked on and the
part held back (every third, by number), and a verdict against the floors below.  --unseen: mails that the rules
were not made with; one table, and the bars minus two points.

usage: score.py SITANTECTL CORPUS [--unseen] [--list KEY]
"""
import glob
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FIELDS = ("name", "nik", "nip", "position", "agency", "email", "phone", "valid_until")
# issue "Reads what people really send"; (worked part, held-back part)
BARS = {"kind": 0.99, "fields": 0.98, "applicants": 0.98, "problems": 0.95, "text_contains": 0.99, "text_excludes": 0.99,
        "attachments": 1.0, "has_letter": 0.97, "reply": 0.97}


def held_back(name):
    return int(os.path.basename(name)[:3]) % 3 == 0


def f1(hit, missed, extra):
    return 2 * hit / (2 * hit + missed + extra) if hit + missed + extra else 1.0


def fold(s):
    return " ".join(s.split()) if isinstance(s, str) else s


def sought(s):
    """A string to look for: a blank at its end stands for the end of a word, which a longer number does not have."""
    return re.sub(r"\s+", " ", s)


class Tally:
    def __init__(self):
        self.right, self.all, self.counts = {}, {}, {"fields": [0, 0, 0], "problems": [0, 0, 0]}
        self.wrong = []

    def note(self, key, ok, name, why=""):
        self.all[key] = self.all.get(key, 0) + 1
        self.right[key] = self.right.get(key, 0) + bool(ok)
        if not ok:
            self.wrong.append((key, os.path.basename(name), why))

    def count(self, key, hit, missed, extra, name, why=""):
        for i, v in enumerate((hit, missed, extra)):
            self.counts[key][i] += v
        if missed or extra:
            self.wrong.append((key, os.path.basename(name), why))

    def value(self, key):
        if key in self.counts:
            return f1(*self.counts[key])
        return self.right.get(key, 0) / self.all[key] if self.all.get(key) else 1.0


def judge(t, name, want, got):
    if "kind" in want:
        t.note("kind", got["kind"] == want["kind"], name, "%s, not %s" % (got["kind"], want["kind"]))
    if "applicants" in want:
        t.note("applicants", len(got["applicants"]) == len(want["applicants"]), name,
               "%d, not %d" % (len(got["applicants"]), len(want["applicants"])))
        for i in range(max(len(got["applicants"]), len(want["applicants"]))):
            w = want["applicants"][i] if i < len(want["applicants"]) else {}
            g = got["applicants"][i] if i < len(got["applicants"]) else {}
            keys = w.keys() if w else FIELDS
            for k in keys:
                if k not in FIELDS:
                    continue
                a, b = fold(w.get(k)), fold(g.get(k))
                if a is None and b is None:
                    continue
                if a == b:
                    t.count("fields", 1, 0, 0, name)
                else:
                    t.count("fields", 0, a is not None, b is not None, name, "%d.%s: %r, not %r" % (i, k, b, a))
    if "problems" in want:
        w, g = set(want["problems"]), set(got["problems"])
        t.count("problems", len(w & g), len(w - g), len(g - w), name, "%s, not %s" % (sorted(g), sorted(w)))
    text = " %s " % fold(got["text"])
    for s in want.get("text_contains", ()):
        t.note("text_contains", sought(s) in text, name, s)
    for s in want.get("text_excludes", ()):
        t.note("text_excludes", sought(s) not in text, name, s)
    if "attachments" in want:
        names = [a["name"] for a in got["attachments"]]
        t.note("attachments", names == want["attachments"], name, "%s, not %s" % (names, want["attachments"]))
    for k in ("has_letter", "reply"):
        if k in want:
            t.note(k, got[k] == want[k], name, str(got[k]))


def unexplained(got):
    """Decisions without the rule that made them, or (kind apart, which may rest on nothing said) without its words."""
    reasons = [(e["field"], e["words"]) for e in got["explain"] if e["rule"]]
    missing = [] if any(f == "kind" for f, _ in reasons) else ["kind"]
    for f in FIELDS:
        told = sum(1 for field, words in reasons if field == f and words)
        missing += [f] * (sum(1 for a in got["applicants"] if a[f]) > told)
    return missing


def main():
    unseen = "--unseen" in sys.argv
    args = [a for a in sys.argv[1:] if a != "--unseen"]
    ctl, folder = args[:2]
    only = args[3] if len(args) > 3 else None
    names = sorted(glob.glob(os.path.join(folder, "*.eml")))

    def inspect(name):
        r = subprocess.run([ctl, "inspect", "--explain", name], capture_output=True, text=True, timeout=60)
        return json.loads(r.stdout) if r.returncode == 0 else None
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(inspect, names))
    parts = {"worked on": Tally(), "held back": Tally(), "all": Tally()}
    unread, dark = 0, []
    for name, got in zip(names, results):
        with open(name[:-4] + ".json") as f:
            want = json.load(f)
        if got is None:
            unread += 1
            continue
        dark += [(os.path.basename(name), f) for f in unexplained(got)]
        judge(parts["held back" if held_back(name) else "worked on"], name, want, got)
        judge(parts["all"], name, want, got)
    if only:
        for key, name, why in parts["all"].wrong:
            if key == only or only == "all":
                print(key, name, why)
        return 0
    print("# %-14s %9s %9s %9s %6s" % ("key", "worked on", "held back", "all", "bar"))
    for key in BARS:
        print("# %-14s %9.4f %9.4f %9.4f %6.2f" % (key, *(parts[p].value(key) for p in parts), BARS[key]))
    print("1..%d" % (len(BARS) + 2))
    print("%sok 1 - every sample is read" % ("" if unread == 0 else "not "))
    print("%sok 2 - kind and every field are explained by a rule and its words %s" % ("not " if dark else "", dark[:5] or ""))
    failed = unread + len(dark)
    for i, key in enumerate(BARS, 3):
        floor = BARS[key] - 0.02 if unseen else BARS[key]
        ok = parts["all"].value(key) >= floor
        failed += not ok
        print("%sok %d - %s %.4f (floor %.4f)" % ("" if ok else "not ", i, key, parts["all"].value(key), floor))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
