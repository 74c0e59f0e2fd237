"""Writes the shell completions of sitantectl from its own --help, so that a verb in the table is completed without a word here.
make.py SITANTECTL bash|zsh|fish"""
import re
import subprocess
import sys

STATES = "received examining waiting renewed closed refused cancelled merged".split()
VALUES = {"--state": STATES, "--format": ["xlsx", "csv", "json"]}  # of options whose values are words
FILES = {"FILE", "DIR"}


def verbs(program):
    """[(name, help, options {option: its value's name or ""}, words, takes a file)] of the table."""
    out = []
    for line in subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout.splitlines():
        m = re.match(r"  ([a-z].*?)  +(\S.*)", line)
        if not m:
            continue
        usage, about = m.groups()
        options = {o: value.strip() for o, value in re.findall(r"(--[a-z-]+)( [A-Z]+)?", usage)}
        for o in re.findall(r"--[a-z-]+", about):
            options.setdefault(o, "WORD" if o in VALUES else "")
        rest = re.sub(r"--[a-z-]+( [A-Z]+)?", "", usage.split(" ", 1)[1] if " " in usage else "")
        words = sorted(set(re.findall(r"(?<![A-Za-z-])[a-z]{3,}(?![a-z-])", rest)))
        out.append((usage.split()[0], about, options, words, bool(re.search(r"\b(FILE|DIR)\b", rest))))
    return out


def bash(table):
    cases = ""
    for name, _, options, words, files in table:
        cases += '\t%s)\n\t\twords="%s"\n%s\t\t;;\n' % (name, " ".join([*options, *words]), "\t\tfiles=1\n" if files else "")
    valued = {o: v for _, _, options, *_ in table for o, v in options.items() if v}
    free = [o for o, v in valued.items() if v not in FILES and o not in VALUES]
    filed = ["-c", "--config"] + [o for o, v in valued.items() if v in FILES]
    values = "".join('\t%s)\n\t\tCOMPREPLY=($(compgen -W "%s" -- "$cur"))\n\t\treturn\n\t\t;;\n' % (o, " ".join(v)) for o, v in VALUES.items())
    return """# bash completion of sitantectl
_sitantectl() {
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= words= files= i
	COMPREPLY=()
	case $before in
%s	%s)
		return
		;;
	%s)
		COMPREPLY=($(compgen -f -- "$cur"))
		return
		;;
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-c|--config) ((i++)) ;;
		-*) ;;
		*)
			verb=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $verb in
	"")
		words="-c --config --json --help --version %s"
		;;
%s	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
	if [ -n "$files" ] && [[ $cur != -* ]]; then
		COMPREPLY+=($(compgen -f -- "$cur"))
	fi
}
complete -o filenames -F _sitantectl sitantectl
""" % (values, "|".join(free), "|".join(filed), " ".join(v[0] for v in table), cases)


def zsh_quoted(s):
    return s.replace("'", "'\\''").replace(":", "\\:").replace("[", "\\[").replace("]", "\\]")


def zsh(table):
    def option(o, value):
        if not value:
            return "'%s'" % o
        return "'%s:%s:%s'" % (o, value, "(%s)" % " ".join(VALUES[o]) if o in VALUES else "_files" if value in FILES else "")
    verbs_list = "".join("\t\t'%s:%s'\n" % (name, zsh_quoted(about)) for name, about, *_ in table)
    cases = ""
    for name, _, options, words, files in table:
        parts = [option(o, v) for o, v in options.items()]
        if words:
            parts.append("'1:what:(%s)'" % " ".join(words))
        parts.append("'*:file:_files'" if files else "'*: :'")
        cases += "\t%s) _arguments %s ;;\n" % (name, " ".join(parts))
    return """#compdef sitantectl
_sitantectl() {
	local curcontext=$curcontext state line
	typeset -A opt_args
	local -a verbs
	verbs=(
%s	)
	_arguments -C '(-c --config)'{-c,--config}':configuration:_files' '--json' '--help' '--version' '1: :->verb' '*:: :->rest'
	case $state in
	verb) _describe verb verbs ;;
	rest)
		case $line[1] in
%s		esac
		;;
	esac
}
_sitantectl "$@"
""" % (verbs_list, cases.replace("\t", "\t\t"))


def fish_quoted(s):
    return "'%s'" % s.replace("\\", "\\\\").replace("'", "\\'")


def fish(table):
    names = " ".join(v[0] for v in table)
    out = "# fish completion of sitantectl\ncomplete -c sitantectl -f\n"
    out += "complete -c sitantectl -s c -l config -r -F -d configuration\ncomplete -c sitantectl -l json -d 'print JSON'\n"
    out += "complete -c sitantectl -l help\ncomplete -c sitantectl -l version\n"
    for name, about, options, words, files in table:
        there = "-n '__fish_seen_subcommand_from %s'" % name
        out += "complete -c sitantectl -n 'not __fish_seen_subcommand_from %s' -a %s -d %s\n" % (names, name, fish_quoted(about))
        for o, v in options.items():
            how = "" if not v else " -x -a '%s'" % " ".join(VALUES[o]) if o in VALUES else " -r -F" if v in FILES else " -x"
            out += "complete -c sitantectl %s -l %s%s\n" % (there, o[2:], how)
        if words:
            out += "complete -c sitantectl %s -a '%s'\n" % (there, " ".join(words))
        if files:
            out += "complete -c sitantectl %s -F\n" % there
    return out


if __name__ == "__main__":
    sys.stdout.write({"bash": bash, "zsh": zsh, "fish": fish}[sys.argv[2]](verbs(sys.argv[1])))
