"""Man pages, README and guides against the programs' own tables: everything is there, and nothing else."""
import os
import re
import shutil
import subprocess
import sys
import textwrap

root, facts_program, ctl, daemon, staff_guide = map(os.path.abspath, sys.argv[1:6])
os.chdir(root)
MAN = "conf/man"


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


facts = {}
for line in run(facts_program).splitlines():
    kind, *rest = line.split("\t")
    facts.setdefault(kind, []).append(rest)

HELP = run(ctl, "--help")
VERBS = {}  # usage: help
for line in HELP.splitlines():
    m = re.match(r"  ([a-z].*?)  +(\S.*)", line)
    if m:
        VERBS[m.group(1)] = m.group(2)
NAMES = {u.split()[0] for u in VERBS}
OPTIONS = set(re.findall(r"--[a-z][a-z-]*", HELP))


def read(path):
    with open(path) as f:
        return f.read()


def rendered(page):
    """[(section, tag, text)] of a page's lists, as a reader sees it."""
    out = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=400", os.path.join(MAN, page)], capture_output=True, text=True, check=True).stdout
    lines = re.sub(r".\x08", "", out).expandtabs().splitlines()
    entries, section = [], ""
    for line in lines[1:-1]:
        if re.match(r"[A-Z]", line):
            section = line.strip()
        elif re.match(r" {3}[A-Z]", line):
            section = line.strip()
        elif re.match(r" {5}\S", line):
            tag, _, text = line.strip().partition("  ")
            entries.append([section, tag, text.strip()])
        elif line.strip() and entries:
            entries[-1][2] += " " + line.strip()
    return entries


def tags(page, *sections):
    return {t: text for s, t, text in rendered(page) if not sections or s in sections}


def same(what, want, got):
    for x in sorted(set(want) - set(got)):
        yield "%s does not tell %s" % (what, x)
    for x in sorted(set(got) - set(want)):
        yield "%s tells %s, which there is not" % (what, x)


def lint():
    for name in sorted(os.listdir(MAN)):
        if name == "meson.build":
            continue
        r = subprocess.run(["mandoc", "-Tlint", "-W", "warning", os.path.join(MAN, name)], capture_output=True, text=True)
        yield from r.stdout.splitlines()
        yield from ("%s is not installed" % name for _ in [0] if "'%s'" % name not in read(MAN + "/meson.build"))


def ctl_page():
    yield from same("sitantectl(1)", VERBS, tags("sitantectl.1", "VERBS"))
    told = set()
    for tag in tags("sitantectl.1", "OPTIONS"):
        told |= set(re.findall(r"--[a-z][a-z-]*", tag))
    yield from same("sitantectl(1), OPTIONS,", OPTIONS, told)
    taken = set(re.findall(r'(?:\{ |TAKES\(|SETS\()"([a-z-]+)", (?:\w+_argument|\w+\))', read("daemon/sitantectl.c")))
    yield from same("sitantectl --help", {"--" + o for o in taken}, OPTIONS)


def daemon_page():
    options = set(re.findall(r"--[a-z][a-z-]*", run(daemon, "--help")))
    told = set()
    for tag in tags("sitanted.8", "DESCRIPTION"):
        told |= set(re.findall(r"--[a-z][a-z-]*", tag))
    yield from same("sitanted(8)", options, told)


def conf_page():
    entries = {}
    for section, tag, text in rendered("sitante.conf.5"):
        m = re.match(r"([a-z_.]+) \([a-z]+\)$", tag)
        if m:
            entries[m.group(1)] = text
    yield from same("sitante.conf(5)", [k[0] for k in facts["key"]], entries)
    for name, required, fallback in facts["key"]:
        text = entries.get(name, "")
        if ("Required." in text) != bool(required):
            yield "sitante.conf(5): %s: required or not" % name
        m = re.search(r"Default: (.*)$", text)
        if (m.group(1) if m else "") != fallback:
            yield "sitante.conf(5): the default of %s is %r" % (name, fallback)


def templates_page():
    entries = rendered("sitante-templates.5")
    told = {t for s, t, _ in entries if s == "TEMPLATES" and re.match(r"[a-z-]+ \([a-z]+\)$", t)}
    yield from same("sitante-templates(5)", {"%s (%s)" % (n, level) for n, level in facts["template"]}, told)
    for level in ("safe", "applicant", "staff"):
        told = {t for s, t, _ in entries if s == level.capitalize()}
        yield from same("sitante-templates(5), %s," % level, {n for n, x in facts["value"] if x == level}, told)
    yield from same("conf/templates", {n + ".tpl" for n, _ in facts["template"]}, {n for n in os.listdir("conf/templates") if n.endswith(".tpl")})


def commands_page():
    yield from same("sitante-commands(7)", {u for _, u in facts["command"]}, tags("sitante-commands.7", "COMMANDS"))


def table(text, header):
    """First words of the `...` in the first column of the table below this header."""
    body = text[text.index(header):].split("\n\n")[0].splitlines()[2:]
    return {code.split()[0] for line in body for code in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", line)[1]) if not code.isupper()}


def readme():
    text = read("README.md")
    yield from same("README's table of verbs", NAMES, table(text, "| verb | does |"))
    yield from same("README's table of commands", {"/" + n for n, _ in facts["command"]}, table(text, "| command | does |"))


def mentions():
    """What README, guides and pages write of commands and keys is there."""
    files = ["README.md"] + [os.path.join(d, n) for d in ("conf/guide", MAN) for n in sorted(os.listdir(d)) if n != "meson.build"]
    keys = {k[0] for k in facts["key"]}
    groups = {k.split(".")[0] for k in keys if "." in k}
    commands = {"/" + n for n, _ in facts["command"]}
    for path in files:
        text = read(path)
        for verb in re.findall(r"(?:^|`|\.Dl )(?:sudo )?sitantectl (?:-c \S+ |--json )*([a-z]+)", text, flags=re.M):
            if verb not in NAMES:
                yield "%s names the verb %s" % (path, verb)
        for key in re.findall(r"(?:`|\.Va )((?:%s)\.[a-z_]+)(?=[`\s])" % "|".join(groups), text):
            if key not in keys:
                yield "%s names the key %s" % (path, key)
        for command in re.findall(r"(?:^|`)(/[a-z]+)(?=[ `\n])", text, flags=re.M):
            if command not in commands:
                yield "%s names the command %s" % (path, command)


def guides():
    """The guides for applicants and staff fit a page; the staff's tells every command."""
    for path in ("conf/guide/pemohon.md", staff_guide):
        lines = sum(max(1, len(textwrap.wrap(line, 95))) for line in read(path).splitlines())
        if lines > 58:
            yield "%s has %d lines: more than a page" % (path, lines)
    told = {line[2:].split(" — ")[0] for line in read(staff_guide).splitlines() if line.startswith("- ")}
    yield from same("the guide for staff", {u for _, u in facts["command"]}, told)


checks = [lint, ctl_page, daemon_page, conf_page, templates_page, commands_page, readme, mentions, guides]
print("1..%d" % len(checks))
failed = 0
for i, check in enumerate(checks, 1):
    if not shutil.which("mandoc") and check not in (readme, mentions, guides):
        print("ok %d - %s # SKIP mandoc is not installed" % (i, check.__name__))
        continue
    faults = list(check())
    for line in faults:
        print("#", line)
    failed += bool(faults)
    print("%sok %d - %s" % ("not " if faults else "", i, check.__name__), flush=True)
sys.exit(1 if failed else 0)
