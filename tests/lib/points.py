"""Points of a day at which it can be disturbed, and what comes of it.  A point is (title, function(stage) -> problems)."""
import random
import re
import shutil
import time
import traceback

import faults
import invariants
from powerloss import VARIANTS, Disk

STEPS = {"durable write": faults.DURABLE, "byte to a server": faults.SEND, "answer of a server": faults.RECEIVE, "frame between processes": faults.FRAME}
# errors that a kernel may give for each call
ERRORS = {"pwrite64": ("ENOSPC", "EIO", "EDQUOT"), "write": ("ENOSPC", "EIO", "EINTR"), "fdatasync": ("EIO", "ENOSPC"), "fsync": ("EIO", "ENOSPC"),
          "openat": ("EMFILE", "ENFILE", "EIO"), "linkat": ("ENOSPC", "EIO"), "renameat": ("EIO",), "mkdirat": ("ENOSPC",),
          "unlink": ("EIO",), "ftruncate": ("EIO",), "fcntl": ("EAGAIN", "EIO"), "mmap": ("ENOMEM",), "clone": ("EAGAIN",), "clone3": ("EAGAIN",), "vfork": ("EAGAIN",),
          "sendto": ("ECONNRESET", "EPIPE", "EINTR"), "sendmsg": ("ECONNRESET", "ENOBUFS"), "recvfrom": ("ECONNRESET", "EINTR"), "recvmsg": ("EINTR",),
          "connect": ("ECONNREFUSED", "ENETUNREACH"), "socket": ("EMFILE", "ENOBUFS"), "poll": ("EINTR", "ENOMEM"), "pread64": ("EIO",), "read": ("EIO", "EINTR"),
          "memfd_create": ("EMFILE",), "close": ("EIO", "EINTR"), "wait4": ("EINTR",), "socketpair": ("EMFILE",)}
KILLED = sorted(set(ERRORS) | {"writev", "lseek", "fstat", "newfstatat", "getpid", "exit_group", "munmap", "brk", "epoll_wait", "rename"})


STAFF = ("satu@natunakab.go.id", "dua@natunakab.go.id")


def after(stage, run, code_may=(0, 1), again=False):
    """The restart after a disturbed run, and all that must hold then.  again: the same happens to every process, or
    from there on, so also to both readers that a mail gets and to both tries at a document: then the mail rightly goes
    to quarantine, and staff are told of the document."""
    wrong = invariants.quiet(run.log)
    if run.code == "hangs":
        wrong.append("it hangs: %s" % run.log[-300:].decode(errors="replace"))
    elif run.code not in code_may:
        wrong.append("I11 exit %s: %s" % (run.code, run.log[-300:].decode(errors="replace")))
    wrong += stage.recover() + stage.problems(equal=not (again and b"mail-quarantined" in run.log))
    return invariants.document_refused(wrong, STAFF) if again else wrong


def counted(stage, classes):
    stage.fresh()
    stage.faults.order(classes=classes)
    if stage.play_once(stage.faults.env).code != 0:
        raise RuntimeError("the counting run failed")
    return stage.faults.counts()[0]


def kill_at_step(classes, n, how):
    def go(stage):
        stage.fresh()
        stage.faults.order(classes=classes, action=how, at=n)
        return after(stage, stage.play_once(stage.faults.env), code_may=(0, -9))
    return go


def step_kills(stage):
    """Own steps: before and after every durable write, every byte to and from a server, every frame."""
    for word, classes in STEPS.items():
        for n in range(1, counted(stage, classes) + 1):
            yield "killed before %s %d" % (word, n), kill_at_step(classes, n, faults.KILL_BEFORE)
            yield "killed after %s %d" % (word, n), kill_at_step(classes, n, faults.KILL_AFTER)


def fail_step(classes, n, error, sticky=False, action=faults.FAIL):
    def go(stage):
        stage.fresh()
        stage.faults.order(classes=classes, action=action, at=n, sticky=sticky, error=error)
        r = stage.play_once(stage.faults.env)
        # libconfig falls over its own missing memory before anything is opened, or ends the program; libcurl divides by the
        # size of a table that it could not make
        early = b"started sitanted" not in r.log
        return after(stage, r, code_may=(0, 1) if classes != faults.MEMORY else (0, 1, 2, -11) if early else (0, 1, -8), again=sticky)
    return go


def step_failures(stage):
    """The N-th allocation, write, sync, name, SQLite call fails, or a server's answer is lost with the connection."""
    import errno
    table = [("allocation", faults.MEMORY, errno.ENOMEM, False), ("write", faults.WRITE, errno.ENOSPC, True), ("sync", faults.SYNC, errno.EIO, True),
             ("name", faults.NAME, errno.EIO, True), ("SQLite call", faults.SQLITE, 10, True), ("byte to a server", faults.SEND, errno.EPIPE, True),
             ("frame", faults.FRAME, errno.ENOBUFS, True)]
    for word, classes, error, also_sticky in table:
        for n in range(1, counted(stage, classes) + 1):
            yield "%s %d fails" % (word, n), fail_step(classes, n, error)
            if also_sticky:
                yield "%s %d and all later ones fail" % (word, n), fail_step(classes, n, error, sticky=True)
    for n in range(1, counted(stage, faults.RECEIVE) + 1):
        yield "answer %d of a server is lost, connection cut" % n, fail_step(faults.RECEIVE, n, 0, action=faults.CUT)
        yield "answer %d fails" % n, fail_step(faults.RECEIVE, n, errno.ECONNRESET)


def strace(what):
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", *what]


def call_counts(stage):
    """{call: the most that one process of a day makes}."""
    stage.fresh()
    log = stage.path("strace.log")
    stage.play_once(None, wrap=["strace", "-f", "-qq", "-o", log])
    seen = {}
    with open(log, errors="replace") as f:
        for line in f:
            m = re.match(r"(\d+) +([a-z_0-9]+)\(", line)
            if m:
                seen.setdefault(m.group(2), {}).setdefault(m.group(1), []).append(1)
    return {call: max(len(x) for x in by.values()) for call, by in seen.items()}


def kill_at_call(call, n):
    def go(stage):
        stage.fresh()
        r = stage.play_once(None, wrap=strace(["-e", "trace=" + call, "-e", "inject=%s:signal=KILL:when=%d" % (call, n)]))
        return after(stage, r, code_may=(0, 1, -9, 137), again=True)
    return go


def call_kills(stage):
    """SIGKILL at every system call of interest, of each process."""
    counts = call_counts(stage)
    for call in KILLED:
        for n in range(1, counts.get(call, 0) + 1):
            yield "killed at %s %d" % (call, n), kill_at_call(call, n)


def fail_call(call, n, error, sticky):
    def go(stage):
        stage.fresh()
        r = stage.play_once(None, wrap=strace(["-e", "trace=" + call, "-e", "inject=%s:error=%s:when=%d%s" % (call, error, n, "+" if sticky else "")]))
        return after(stage, r, code_may=(0, 1, 127), again=True)  # 127: the loader itself had no file or memory
    return go


def call_failures(stage):
    """Every system call of interest fails with what the kernel may give, once, and again and again."""
    counts = call_counts(stage)
    for call, errors in ERRORS.items():
        for n in range(1, counts.get(call, 0) + 1):
            for e in errors:
                yield "%s %d gives %s" % (call, n, e), fail_call(call, n, e, False)
                if e in ("ENOSPC", "EROFS", "ECONNREFUSED", "EMFILE", "EDQUOT"):
                    yield "%s gives %s from %d on" % (call, e, n), fail_call(call, n, e, True)


def lose_power(n, variant, seed):
    def go(stage):
        stage.fresh()
        disk = Disk(stage.var)
        stage.faults.order(classes=faults.DURABLE | faults.SEND, action=faults.KILL_BEFORE, at=n, journal=True)
        r = stage.play_once(stage.faults.env)
        if r.code not in (0, -9):
            return ["I11 exit %s" % r.code]
        for record in stage.faults.journal():
            disk.feed(record)
        disk.crash(variant, random.Random(seed))
        shutil.rmtree(stage.var)
        disk.lay_out(stage.var)
        return stage.recover() + stage.problems()
    return go


def power_losses(stage):
    """The power goes before each durable write and each byte to a server; what was not synced is dropped or torn."""
    for n in range(1, counted(stage, faults.DURABLE | faults.SEND) + 1):
        for v, words in enumerate(VARIANTS):
            yield "power lost before step %d, kept: %s" % (n, words), lose_power(n, v, n * 10 + v)


def try_points(stage, points, seconds=None, seed=1, tell=None):
    """Tries points, all or a random part within the seconds given.  (tried, doubled, [(title, problems)])"""
    points = list(points)
    if seconds is not None:
        random.Random(seed).shuffle(points)
    end = time.monotonic() + seconds if seconds is not None else None
    tried, doubled, bad = 0, 0, []
    for title, go in points:
        if end is not None and time.monotonic() > end:
            break
        try:
            wrong = go(stage)
        except Exception as e:  # what the checks themselves cannot read is wrong too
            wrong = ["%s: %s at %s" % (type(e).__name__, e, traceback.format_exc().splitlines()[-2].strip())]
        tried += 1
        doubled += invariants.doubled(stage.sink.taken())
        if wrong:
            bad.append((title, wrong))
        if tell:
            tell(tried, len(points), title, wrong)
    return tried, len(points), doubled, bad
