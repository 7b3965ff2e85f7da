"""Submissions that attack: each table row is one attack, and the sign by which it has failed.

Two kinds. A `Try` asks the system for something it must not get; many run one after another in
one worker, which says of each whether the system refused, and afterwards the world outside must
be untouched. The same tries run where nothing confines them, and work there: so a refusal is the
sandbox's doing and no slip of the attack. A `Blow` is aimed at the conversation with the grader,
at its clock or at its memory; it has a worker to itself, and the sign is the verdict.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, Grade, short_plan
from test_verdicts import CALL, limited

from grader.grade_one import Plan, grade_submission
from grader.problem import MIB, Limits
from grader.sandbox import Sandbox
from grader.sandbox.bare import Bare
from grader.submissions import Submission
from grader.verdict import Verdict

SQUARE = short_plan("patch_embed_cls", "square")
ELEMENTS = SQUARE.expected[0].size
SECRET = "known to the grader alone"
BARE = Bare()
X86_64 = platform.machine() == "x86_64"

RIGHT = """
import numpy as np

def right(x, w_proj, cls_token, pos_embed, p):
    n, c, h, w = x.shape
    x = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = x.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
"""
WRONG = f"\n{CALL}return 1\n"


# --- what the system must refuse -----------------------------------------------------------------


@dataclass(frozen=True)
class Try:
    """Asks the system for something; the sign of failure is that `source` ends in an OSError.

    `alone`: whether it works where nothing confines it, and is safe to run there. It is false
    where even a plain process needs privileges, or where a try that works would do damage.
    """

    wants: str
    source: str
    alone: bool = True


# In these sources `world` names what lies outside (see `World.names`), and `raw` makes a system
# call by its x86-64 number and raises OSError where it fails.
FILES = ("read", "append", "truncate", "rename", "unlink", "link", "chmod", "utime", "lock")
TRIES = [
    # the reference, other submissions, the grader's environment, /proc
    Try("read a file that is open to all", "open(world['folder'] + '/read').read()"),
    Try("read the reference", "open(world['reference']).read()"),
    Try("read another student's submission", "open(world['other']).read()"),
    Try("list the folder of submissions", "os.listdir(world['folder'])"),
    Try("list the solutions", "os.listdir(os.path.dirname(world['reference']))"),
    Try("read the list of users", "open('/etc/passwd').read()"),
    Try(
        "list the processes",
        "os.stat('/proc/' + next(filter(str.isdigit, os.listdir('/proc')), 'none'))",
    ),
    Try("read its own environment from /proc", "open('/proc/self/environ', 'rb').read()"),
    Try("read the grader's environment", "open(f'/proc/{world[\"grader\"]}/environ', 'rb').read()"),
    Try("read the grader's memory", "open(f'/proc/{world[\"grader\"]}/mem', 'rb')"),
    Try("list the grader's files", "os.listdir(f'/proc/{world[\"grader\"]}/fd')"),
    Try("rewrite its own memory through /proc", "open('/proc/self/mem', 'r+b')"),
    Try(
        "find the grader's secrets in its environment",
        "if 'GRADER_SECRET' in os.environ or len(os.environ) > 20: raise SystemExit\n"
        "raise OSError('not there')",
        alone=False,
    ),
    Try(
        "find a file of the grader's that was left open",
        "for fd in range(256):\n"
        "    with contextlib.suppress(OSError):\n"
        "        if os.pread(fd, 99, 0): break\n"
        "else: raise OSError('none is')",
        alone=False,
    ),
    # writing, anywhere
    Try("make a file", "open(world['folder'] + '/made', 'w').close()"),
    Try(
        "open a file for writing",
        "os.close(os.open(world['folder'] + '/append', os.O_WRONLY | os.O_APPEND))",
    ),
    Try("empty a file by opening it", "open(world['folder'] + '/truncate', 'w').close()"),
    Try("empty a file by its name", "os.truncate(world['folder'] + '/truncate', 0)"),
    Try("make a folder", "os.mkdir(world['folder'] + '/made_folder')"),
    Try("rename a file", "os.rename(world['folder'] + '/rename', world['folder'] + '/renamed')"),
    Try("delete a file", "os.unlink(world['folder'] + '/unlink')"),
    Try("link to a file", "os.link(world['folder'] + '/link', world['folder'] + '/linked')"),
    Try("make a symbolic link", "os.symlink('/etc/passwd', world['folder'] + '/symbolic')"),
    Try("make a named pipe", "os.mkfifo(world['folder'] + '/pipe')"),
    Try("change a file's mode", "os.chmod(world['folder'] + '/chmod', 0o600)"),
    Try("change a file's times", "os.utime(world['folder'] + '/utime')"),
    Try("write to the shared memory folder", "open_and_delete('/dev/shm/grader-test')"),
    Try("write to /tmp", "open_and_delete('/tmp/grader-test')"),
    Try("write to the worker's own folder", "open_and_delete(sys.path[0] + '/grader/extra.py')"),
    Try(
        "plant code that each later Python runs",
        "open(os.path.join(os.path.dirname(os.path.dirname(np.__file__)), 'x.pth'), 'x')",
        alone=False,
    ),
    Try("rewrite the standard library", "open(os.__file__, 'r+')", alone=False),
    Try("make a file without a name", "os.open(world['folder'], os.O_TMPFILE | os.O_RDWR)", False),
    # the network, and programs on this machine
    Try("connect to a server", "socket.create_connection(('127.0.0.1', world['port']), 2).close()"),
    Try("serve", "socket.create_server(('127.0.0.1', 0)).close()"),
    Try("send a datagram", "with socket.socket(type=socket.SOCK_DGRAM) as s: s.bind(('', 0))"),
    Try(
        "connect to a program's Unix socket",
        "with socket.socket(socket.AF_UNIX) as s: s.connect(world['folder'] + '/socket')",
    ),
    Try(
        "connect to a Unix socket without a file",
        "with socket.socket(socket.AF_UNIX) as s: s.connect(world['abstract'])",
    ),
    Try(
        "have an address of its own among the Unix sockets",
        "one, two = socket.socketpair()\nwith one, two: one.bind('\\0grader-test')",
    ),
    Try(
        "hand a descriptor over a socket",
        "one, two = socket.socketpair()\nwith one, two: socket.send_fds(one, [b'x'], [0])",
    ),
    Try(
        "make a pair of datagram sockets",
        "for s in socket.socketpair(type=socket.SOCK_DGRAM): s.close()",
    ),
    # other processes
    Try("fork", "if os.fork() == 0: os._exit(0)\nos.wait()"),
    Try("start a program", "subprocess.run(['/bin/true'], check=True)"),
    Try("spawn a program", "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)"),
    Try("become another program", "os.execv('/bin/true', ['true'])", alone=False),
    Try("see whether the grader is there", "os.kill(world['grader'], 0)"),
    Try("signal its parent", "os.kill(os.getppid(), 0)"),
    Try("signal its process group", "os.killpg(0, 0)"),
    Try("signal all that it may", "os.kill(-1, 0)"),
    Try("slow a process down", "os.setpriority(os.PRIO_PROCESS, world['victim'], 5)"),
    Try("limit a process", "resource.prlimit(world['victim'], resource.RLIMIT_NOFILE)"),
    Try("kill a process", "os.kill(world['victim'], signal.SIGKILL)"),
    # channels to the next submission
    Try("lock a file that all can read", "with open(np.__file__) as f: fcntl.flock(f, 1)"),
    Try("lock a part of it", "with open(np.__file__) as f: fcntl.lockf(f, fcntl.LOCK_SH)"),
    # limits
    Try("have more open files", "raise_limit(resource.RLIMIT_NOFILE)", alone=False),
    Try("have more threads", "raise_limit(resource.RLIMIT_NPROC)", alone=False),
    Try("have more memory", "raise_limit(resource.RLIMIT_AS)", alone=False),
    # privileges
    Try("become root", "os.getuid() and os.setuid(0)\nif os.getuid(): raise OSError", alone=False),
    Try("be in root's group", "os.setgroups([0])", alone=False),
    Try("change the root folder", "os.chroot('/usr')", alone=False),
    Try("inject a terminal's input", "fcntl.ioctl(0, 0x5412, b'x')", alone=False),
    Try("read the kernel's log", "open('/dev/kmsg', 'rb')", alone=False),
]
if X86_64:
    TRIES += [
        Try(
            "open a file by the newest call",
            "os.close(raw(437, -100, cstr('read'), b'\\0' * 24, 24))",
        ),
        Try("open a file by its handle", "raw(304, 3, b'x' * 64, 0)", alone=False),
        Try("watch a folder", "os.close(raw(294, 0))"),
        Try("make a file in memory", "os.close(raw(319, b'x', 0))"),
        Try("hold on to a process", "os.close(raw(434, world['victim'], 0))"),
        Try("signal a thread", "raw(200, world['victim'], 0)"),
        Try("signal a process in 64 bits", "raw(62, world['victim'] | 1 << 32, 0)"),
        Try("read a process's memory", "raw(310, world['victim'], 0, 1, 0, 1, 0)", alone=False),
        Try("trace a process", "raw(101, 16, world['victim'], 0, 0)", alone=False),
        Try("outlive its parent", "raw(157, 1, 0)"),
        Try("adopt orphans", "raw(157, 36, 1)"),
        Try("let others trace it", "raw(157, 4, 1)"),
        Try("add rules to the filter", "raw(317, 0, 0, 0)", alone=False),
        Try("get shared memory", "raw(31, raw(29, 0, 4096, 0o1600), 0, 0)"),
        Try("get a message queue", "raw(71, raw(68, 0, 0o1600), 0, 0)"),
        Try("keep a key in the kernel", "raw(248, b'user', b'x', b'y', 1, -1)", alone=False),
        Try("start a process by clone3", "raw(435, b'\\0' * 88, 88)", alone=False),
        Try("get a user namespace", "raw(272, 0x10000000)", alone=False),
        Try("clone into a user namespace", "raw(56, 0x10000011, 0, 0, 0, 0)", alone=False),
        Try("enter a namespace", "raw(308, 0, 0)", alone=False),
        Try("mount", "raw(165, b'x', b'/', b'tmpfs', 0, 0)", alone=False),
        Try("mount in the new way", "raw(430, b'tmpfs', 0)", alone=False),
        Try("queue work for the kernel (io_uring)", "raw(425, 1, b'\\0' * 120)", alone=False),
        Try("load a program into the kernel", "raw(321, 0, b'\\0' * 120, 120)", alone=False),
        Try("count the machine's events", "raw(298, b'\\0' * 128, 0, -1, -1, 0)", alone=False),
        Try("handle page faults", "raw(323, 1)", alone=False),
        Try("enlarge a pipe", "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)"),
        Try("have signals sent for a pipe", "fcntl.fcntl(os.pipe()[0], 8, os.getpid())"),
        Try("take a real-time priority", "raw(144, 0, 1, b'\\1\\0\\0\\0')", alone=False),
    ]

TRYING = """
import contextlib, ctypes, fcntl, os, resource, signal, socket, subprocess, sys
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def raw(number, *arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def cstr(name):
    return os.path.join(world["folder"], name).encode()

def open_and_delete(path):
    path = f"{path}-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    os.unlink(path)

def raise_limit(which):
    try:
        resource.setrlimit(which, [2 * limit for limit in resource.getrlimit(which)])
    except ValueError as error:  # which is how this module says that it is not permitted
        raise OSError(str(error)) from None

def patch_embed_cls(*_):
    for wants, source in TRIES.items():
        try:
            exec(source, globals())
        except OSError as error:
            print(f"{wants}: refused: {error}")
        except BaseException as error:
            print(f"{wants}: {type(error).__name__}: {error}")
        else:
            print(f"{wants}: worked")
    return 1
"""


class World(contextlib.ExitStack):
    """What lies outside a worker, and is open to every user: only a sandbox protects it."""

    def __enter__(self) -> World:
        super().__enter__()
        self.folder = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="grader-world-")))
        self.folder.chmod(0o777)
        for name in FILES:
            (self.folder / name).write_text(f"{name}: {SECRET}")
            (self.folder / name).chmod(0o666)
        other = self.folder / "other" / "patch_embed_cls.py"
        other.parent.mkdir()
        other.write_text(RIGHT)
        self.tcp = self.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.unix = self.enter_context(socket.socket(socket.AF_UNIX))
        self.unix.bind(str(self.folder / "socket"))
        (self.folder / "socket").chmod(0o777)
        self.abstract = self.enter_context(socket.socket(socket.AF_UNIX))
        self.abstract.bind(f"\0grader-test-{os.getpid()}-{self.folder.name}")
        for listener in (self.tcp, self.unix, self.abstract):
            listener.listen()
            listener.setblocking(False)
        left_open = self.enter_context(open(self.folder / "read", "rb"))
        os.set_inheritable(left_open.fileno(), True)
        # It ends when its input does, so nothing has to end it.
        self.victim = self.enter_context(subprocess.Popen(["cat"], stdin=subprocess.PIPE))
        self.names = {
            "folder": str(self.folder),
            "other": str(other),
            "reference": str(ROOT / "solutions" / "patch_embed_cls" / "reference.py"),
            "port": self.tcp.getsockname()[1],
            "abstract": "\0" + self.abstract.getsockname()[1:].decode(),
            "grader": os.getpid(),
            "victim": self.victim.pid,
        }
        self._before = self._look()
        return self

    def _look(self) -> dict[str, Any]:
        return {
            path.name: (path.lstat().st_mode, path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in self.folder.iterdir()
        }

    def traces(self) -> list[str]:
        """What is no longer as it was."""
        now = self._look()
        names = sorted(self._before.keys() | now.keys())
        found = [name for name in names if self._before.get(name) != now.get(name)]
        for name in ("tcp", "unix", "abstract"):
            with contextlib.suppress(BlockingIOError):
                getattr(self, name).accept()[0].close()
                found.append(name)
        if self.victim.poll() is not None:
            found.append("victim")
        return found


@dataclass
class Tried:
    """What became of each try, and what had changed outside after all of them."""

    ends: dict[str, str] = field(default_factory=dict)
    traces: list[str] = field(default_factory=list)


def try_all(grade: Grade, sandbox: Sandbox, tries: Sequence[Try]) -> Tried:
    """Runs the tries in one worker of the sandbox, in a world of their own."""
    with World() as world, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_SECRET", SECRET)
        table = {attack.wants: attack.source for attack in tries}
        assert len(table) == len(tries)
        report = grade(f"TRIES = {table!r}\nworld = {world.names!r}\n{TRYING}", sandbox=sandbox)
        assert report.verdict is Verdict.WRONG_ANSWER, (report.message, report.prints)
        pairs = [line.partition(": ") for line in report.prints.splitlines()]
        assert [wants for wants, _, _ in pairs] == list(table)
        return Tried({wants: end for wants, _, end in pairs}, world.traces())


# A worker costs half a second, so each sandbox gets one for all the tries of this file.
_tried: dict[str, Tried] = {}


@pytest.fixture
def tried(sandbox: Sandbox, grade: Grade) -> Tried:
    """All the tries, in each of the real sandboxes."""
    if sandbox.name not in _tried:
        _tried[sandbox.name] = try_all(grade, sandbox, TRIES)
    return _tried[sandbox.name]


@pytest.fixture
def tried_alone(grade: Grade) -> Tried:
    """The tries that work where nothing confines them, there."""
    if "none" not in _tried:
        _tried["none"] = try_all(grade, BARE, [attack for attack in TRIES if attack.alone])
    return _tried["none"]


@pytest.mark.parametrize("attack", TRIES, ids=lambda attack: attack.wants)
def test_the_system_refuses(attack: Try, tried: Tried) -> None:
    assert tried.ends[attack.wants].startswith("refused: ")


def test_nothing_outside_has_changed(tried: Tried) -> None:
    assert tried.traces == []


@pytest.mark.parametrize(
    "attack", [attack for attack in TRIES if attack.alone], ids=lambda attack: attack.wants
)
def test_without_a_sandbox_it_works(attack: Try, tried_alone: Tried) -> None:
    assert tried_alone.ends[attack.wants] == "worked"


def test_without_a_sandbox_it_leaves_traces(tried_alone: Tried) -> None:
    assert {"made", "truncate", "rename", "unlink", "chmod", "utime"} <= {*tried_alone.traces}
    assert {"tcp", "unix", "abstract", "victim"} <= {*tried_alone.traces}


class WithoutFilter:
    """A real sandbox that forgot its system call filter."""

    confines = True
    reports_signals_as_a_shell = False

    def __init__(self, sandbox: Sandbox):
        self._sandbox, self.name = sandbox, sandbox.name

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return self._sandbox.command(program, files)

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return {**self._sandbox.confinement(limits, files), "filter": None}


class WithOpenFolder(WithoutFilter):
    """A real sandbox that leaves one folder too many open to be read."""

    def __init__(self, sandbox: Sandbox, folder: Path):
        super().__init__(sandbox)
        self._folder = folder

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return self._sandbox.command(program, [*files, self._folder])

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return self._sandbox.confinement(limits, [*files, self._folder])


ONLY_FILTERED = (
    "fork",
    "have an address of its own among the Unix sockets",
    "hand a descriptor over a socket",
    "lock a file that all can read",
    "signal its process group",
)


def test_without_the_filter_these_work(sandbox: Sandbox, grade: Grade) -> None:
    """The filter is a layer of its own: what it alone refuses works as soon as it is gone."""
    tries = [attack for attack in TRIES if attack.wants in ONLY_FILTERED]
    tried = try_all(grade, WithoutFilter(sandbox), tries)
    assert tried.ends == dict.fromkeys([attack.wants for attack in tries], "worked")


def test_with_one_folder_too_many_open_it_is_read(sandbox: Sandbox, grade: Grade) -> None:
    """What keeps files from being read is the list of those that may be, and it alone."""
    with World() as world:
        source = f"print(open({str(world.folder / 'read')!r}).read())" + WRONG
        assert SECRET in grade(source, sandbox=WithOpenFolder(sandbox, world.folder)).prints
        report = grade(source, sandbox=sandbox)
        assert report.verdict is Verdict.RUN_TIME_ERROR
        assert SECRET not in report.prints


# --- what the conversation, the clock and the limits must withstand ------------------------------


@dataclass(frozen=True)
class Blow:
    """Aimed at the grader itself; the signs of failure are one of `verdicts`, and `words`.

    `limits` are made short where a hang is the point: it hangs however long one waits.
    """

    wants: str
    source: str | bytes
    verdicts: tuple[Verdict, ...]
    words: str = ""
    limits: dict[str, float] = field(default_factory=dict)
    suffix: str = ".py"
    plan: Plan = SQUARE


WA, RTE, TLE = Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR, Verdict.TIME_LIMIT_EXCEEDED
SHORT_IMPORT, SHORT_CALL = {"import_seconds": 0.3}, {"case_seconds": 0.3}

# Finds the worker's channel the way a student would: it is the pipe above the standard ones that
# can be written to. `say` writes to it; `frame` and `answer` make what the grader reads.
CHANNEL = """
import os, struct, sys, threading, time
from grader.worker import frames

def writable(fd):
    try:
        return os.write(fd, b"") == 0
    except OSError:
        return False

channel = next(fd for fd in range(3, 64) if writable(fd))

def say(data):
    while data:
        data = data[os.write(channel, data):]

def frame(kind, body=b"", magic=b"GRD1", length=None):
    return struct.pack("<4sBxxxQ", magic, kind, len(body) if length is None else length) + body

def answer(shape, data=b"", code=0, axes=None):
    sizes = [*shape, *[0] * (8 - len(shape))]
    axes = len(shape) if axes is None else axes
    return frame(13, frames.ARRAY.pack(code, axes, *sizes, b"float32")) + data

LOADED = frame(12)
"""
ZEROS = f"bytes({4 * ELEMENTS})"
FOREVER = "while True: time.sleep(60)"

BLOWS = [
    # forged frames
    Blow(
        "answer before it is asked, and never read",
        f"{CHANNEL}say(LOADED + answer(({ELEMENTS},), {ZEROS}))\n{FOREVER}",
        (WA,),
        "numbers are wrong",
    ),
    Blow("begin anew", f"{CHANNEL}say(frame(10)){WRONG}", (RTE,), "READY where LOADED"),
    Blow(
        "have the grader reserve 8 EiB",
        f"{CHANNEL}say(frame(14, length=2**63))\n{FOREVER}",
        (RTE,),
        "a frame of 9223372036854775808 bytes",
    ),
    Blow(
        "stop half-way through a frame",
        f"{CHANNEL}say(LOADED[:7])\n{FOREVER}",
        (TLE,),
        limits=SHORT_IMPORT,
    ),
    Blow("end half-way through a frame", f"{CHANNEL}say(LOADED[:7])\nos._exit(0)", (RTE,), "exit"),
    Blow("send too few fields", f"{CHANNEL}say(frame(14, b'a')){WRONG}", (RTE,), "1 fields"),
    Blow(
        "clear the instructor's screen",
        CHANNEL + r"say(frame(14, b'call\x1f\x1b[2J\x1f\xe2\x80\xae\x1b]0;x\x07\x1f\r\x1f\xff'))",
        (RTE,),
        r"\x1b[2J",
    ),
    Blow(
        "claim more numbers than there are",
        f"{CHANNEL}{CALL}say(answer((2**63,) * 8))\n    {FOREVER}",
        (WA,),
        "numbers (shape (9223372036854775808,",
    ),
    Blow(
        "send its answer byte by byte",
        f"{CHANNEL}{CALL}say(answer(({ELEMENTS},)))\n    while True: say(b'x'); time.sleep(0.1)",
        (TLE,),
        limits=SHORT_CALL,
    ),
    Blow(
        "answer in a dtype that isn't one",
        f"{CHANNEL}{CALL}say(answer(({ELEMENTS},), {ZEROS}, code=7))\n    {FOREVER}",
        (RTE,),
        "unknown dtype 7",
    ),
    Blow(
        "answer more than it was asked",
        f"{CHANNEL}{CALL}say(answer(({ELEMENTS},), {ZEROS} + b'x'))\n    {FOREVER}",
        (RTE,),
        "more bytes than its answer has",
    ),
    Blow(
        "pass with numbers that equal nothing",
        f"{CHANNEL}{CALL}nan = struct.pack('<f', float('nan'))\n"
        f"    say(answer(({ELEMENTS},), nan * {ELEMENTS}))\n    {FOREVER}",
        (WA,),
        "NaN or infinite",
    ),
    # floods and silence
    Blow(
        "flood the channel",
        f"{CHANNEL}while True: os.write(channel, bytes(65536))",
        (RTE,),
        "bytes that are no frame",
    ),
    Blow(
        "flood standard error",
        "import os\nwhile True: os.write(2, bytes(65536))",
        (Verdict.OUTPUT_LIMIT_EXCEEDED,),
    ),
    Blow(
        "close all files and live on",
        f"import os, time\nos.closerange(0, 256)\n{FOREVER}",
        (RTE, TLE),  # bubblewrap's own processes keep the channel open
        limits=SHORT_IMPORT,
    ),
    Blow(
        "leave the grader waiting to be read",
        f"{CHANNEL}say(LOADED)\n{FOREVER}",
        (TLE,),
        limits=SHORT_CALL,
        plan=dataclasses.replace(
            SQUARE,
            cases=[
                dataclasses.replace(
                    SQUARE.cases[0],
                    arguments=(
                        np.zeros((1, 3, 512, 512), np.float32),
                        *SQUARE.cases[0].arguments[1:],
                    ),
                )
            ],
        ),
    ),
    # the clock
    Blow(
        "stop itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        (TLE,),
        limits=SHORT_IMPORT,
    ),
    Blow(
        "ignore every signal",
        "import contextlib, signal\n"
        "for number in range(1, 65):\n"
        "    with contextlib.suppress(OSError, ValueError):\n"
        "        signal.signal(number, signal.SIG_IGN)\n"
        "while True: pass",
        (TLE,),
        limits=SHORT_IMPORT,
    ),
    Blow(
        "hang in the conversion of its result",
        "class Hangs:\n"
        "    def __array__(self, *_, **__):\n"
        f"        while True: pass\n{CALL}return Hangs()",
        (TLE,),
        limits=SHORT_CALL,
    ),
    Blow(
        "hang while its result is given up",
        "import numpy as np\n"
        "class Hangs:\n"
        "    def __array__(self, *_, **__): return np.zeros(3)\n"
        "    def __del__(self):\n"
        f"        while True: pass\n{CALL}return Hangs()",
        (TLE,),
        limits=SHORT_CALL,
    ),
    Blow(
        "hang in its error message",
        "class Hangs(Exception):\n    def __str__(self):\n        while True: pass\nraise Hangs",
        (TLE,),
        limits=SHORT_IMPORT,
    ),
    Blow(
        "hang at its end",
        "import atexit, threading, time\natexit.register(time.sleep, 600)\n"
        f"threading.Thread(target=time.sleep, args=(600,)).start(){WRONG}",
        (WA,),
    ),
    # accepted without the numbers
    Blow(
        "find the right answer in memory",
        "import gc, sys\nimport numpy as np\n"
        f"{CALL}gc.collect()\n"
        "    queue = [*gc.get_objects(), *(f.f_locals for f in sys._current_frames().values())]\n"
        "    found = [a for a in queue if isinstance(a, np.ndarray) and a.dtype == np.float64]\n"
        f"    found += [np.zeros({ELEMENTS})]\n"
        f"    return next(a for a in found if a.size == {ELEMENTS})",
        (WA,),
    ),
    Blow(
        "return what equals everything",
        "import numpy as np\n"
        "class Equal(np.ndarray):\n"
        "    def __eq__(self, other): return np.ones(self.shape, bool)\n"
        "    __le__ = __lt__ = __ge__ = __gt__ = __eq__\n"
        "    def __sub__(self, other): return np.zeros(self.shape)\n"
        "    __rsub__ = __abs__ = __sub__\n"
        f"{CALL}return np.ones({ELEMENTS}).view(Equal)",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "take over the worker",
        "import sys\nfrom grader.worker import frames, rules, submission\n"
        f"header = frames.ArrayHeader('<f4', 1, ({ELEMENTS},), 'float32')\n"
        f"submission.call = lambda *_: (header, {ZEROS}){WRONG}",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "switch the rules off",
        "import numpy as np\nfrom grader.worker import rules\n"
        "rules.forbidden_calls = rules.Watch = lambda *_: []\n"
        f"def helper(x): return np.convolve(x, x)\n{RIGHT}"
        "def patch_embed_cls(*all):\n    helper(np.ones(3))\n    return right(*all)",
        (Verdict.RULE_VIOLATION,),
        "numpy.convolve",
    ),
    Blow("end as if all were well", "import os\nos._exit(0)", (RTE,), "exit status 0"),
    Blow("crash", "import ctypes\nctypes.string_at(0)", (RTE,), "SIGSEGV"),
    # the parser
    Blow("nest too deeply", f"x = {'-' * 500_000}1", (RTE,), "too deeply"),
    Blow(
        "have the compiler compute",
        f"x = {' * '.join(['9' * 4000] * 200)}\ny = " + "9**9999 * " * 20_000 + "1",
        (RTE, TLE),
        limits=SHORT_IMPORT,
    ),
    Blow("nest a notebook", "[" * 1_000_000, (RTE,), "not a Jupyter notebook", suffix=".ipynb"),
]
if X86_64:
    BLOWS += [
        # The filter reads the numbers of x86-64's own calls, so others end the process.
        Blow(
            "call the kernel as a 32-bit program",
            "import ctypes, mmap\n"
            "code = mmap.mmap(-1, 4096, prot=7)\n"
            r"code.write(b'\xb8\x14\0\0\0\xcd\x80\xc3')" + "\n"
            "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()",
            (RTE,),
            "SIGSYS",
        ),
        Blow(
            "call the kernel by its x32 numbers",
            "import ctypes\nctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))",
            (RTE,),
            "SIGSYS",
        ),
    ]


@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.wants)
def test_the_grader_withstands(blow: Blow, sandbox: Sandbox, grade: Grade) -> None:
    plan = limited(blow.plan, **blow.limits)
    report = grade(blow.source, sandbox=sandbox, plan=plan, suffix=blow.suffix)
    assert report.verdict in blow.verdicts, (report.message, report.prints)
    assert blow.words in report.message
    assert not [c for c in report.message if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def test_a_forged_answer_with_the_right_numbers_is_an_answer(
    sandbox: Sandbox, grade: Grade
) -> None:
    """The control of all forgeries: they do reach the grader, and fail by their numbers alone."""
    source = (
        f"{CHANNEL}{RIGHT}def patch_embed_cls(*all):\n"
        "    result = np.asarray(right(*all), np.float32)\n"
        f"    say(answer(result.shape, result.tobytes()))\n    {FOREVER}"
    )
    assert grade(source, sandbox=sandbox).verdict is Verdict.ACCEPTED


# Takes all it can get of some things up to a number, tells how much, and then prints too much.
GREEDY = f"""
import mmap, os, threading, time

def take(what, wanted):
    kept = []
    try:
        while len(kept) < wanted:
            kept.append(what())
    except (OSError, RuntimeError):
        pass
    return len(kept)

stop = threading.Event()
memory = take(lambda: mmap.mmap(-1, {64 * MIB}), {6144 // 64})
files = take(lambda: os.dup(0), 300)
threads = take(lambda: threading.Thread(target=stop.wait, daemon=True).start(), 300)
print(memory, files, threads)
for _ in range(40):
    os.write(2, bytes(65536))
"""


def test_a_limit_is_what_ends_greed(sandbox: Sandbox, grade: Grade) -> None:
    """Under the limits it gets less than it wants, and with larger ones all of it."""

    most = 128 + 8 * (os.cpu_count() or 1)
    within = limited(SQUARE, threads=128, open_files=256, memory_bytes=4096 * MIB)
    report = grade(GREEDY + FOREVER, sandbox=sandbox, plan=within)
    assert report.verdict is Verdict.OUTPUT_LIMIT_EXCEEDED
    memory, files, threads = map(int, report.prints.splitlines()[0].split())
    assert memory < 64
    assert files < 256
    assert threads < most

    beyond = limited(
        SQUARE, threads=1024, open_files=1024, memory_bytes=16384 * MIB, output_bytes=4 * MIB
    )
    report = grade(GREEDY + WRONG, sandbox=sandbox, plan=beyond)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert report.prints.splitlines()[0] == "96 300 300"


# --- the others, and what is left ----------------------------------------------------------------


def test_a_submission_leaves_nothing_to_the_next(sandbox: Sandbox, grade: Grade) -> None:
    """A worker is one submission's: modules it changed are as new for the next."""
    planted = (
        "import builtins, os, sys\nimport numpy as np\n"
        "builtins.planted = sys.planted = np.planted = os.environ['PLANTED'] = 'here'\n"
        f"print('planted'){WRONG}"
    )
    assert grade(planted, sandbox=sandbox).prints == "planted\n"
    found = grade(
        "import builtins, os, sys\nimport numpy as np\n"
        "print([hasattr(m, 'planted') for m in (builtins, sys, np)], 'PLANTED' in os.environ)\n"
        + WRONG,
        sandbox=sandbox,
    ).prints
    assert found == "[False, False, False] False\n"


def test_honest_submissions_are_graded_beside_attacks(sandbox: Sandbox, tmp_path: Path) -> None:
    attacks = ["flood the channel", "stop itself", "crash"]
    blows = [blow for blow in BLOWS if blow.wants in attacks]
    blows += [Blow(f"honest {n}", f"{RIGHT}patch_embed_cls = right", ()) for n in range(2)]

    def verdict(blow: Blow) -> Verdict:
        plan = limited(SQUARE, **blow.limits)
        path = tmp_path / blow.wants / "patch_embed_cls.py"
        path.parent.mkdir()
        path.write_text(str(blow.source))
        return grade_submission(plan, Submission(blow.wants, path, plan.entry.id), sandbox).verdict

    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(verdict, blows))
    accepted = [blow.wants for blow, v in zip(blows, verdicts, strict=True) if v == "accepted"]
    assert accepted == ["honest 0", "honest 1"]


# A grader that says when the submission runs, then waits for it.
GRADER = """
import dataclasses, sys, threading
sys.path.insert(0, {tests!r})
from conftest import proven, short_plan
from grader.session import Session

entry = short_plan("patch_embed_cls", "square").entry
source = b"import contextlib, signal" + {spin!r}
with Session(proven({sandbox!r}), entry.problem) as session:
    session.wait_until_ready()
    loading = threading.Thread(target=session.load, args=(source, False), daemon=True)
    loading.start()
    while "spinning" not in session.prints and loading.is_alive():
        pass
    print("spinning", flush=True)
    sys.stdin.read()
"""
SPIN = b"""
for number in range(1, 65):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
print("spinning", flush=True)
while True:
    pass
"""


def test_a_worker_does_not_outlive_a_killed_grader(sandbox: Sandbox) -> None:
    """Not even one that ignores signals and never reads its input, which would tell it."""
    script = GRADER.format(tests=str(ROOT / "tests"), spin=SPIN, sandbox=sandbox.name)
    with contextlib.ExitStack() as stack:
        # Killed, it can't clear up its temporary files; the worker has to be able to read them.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-killed-"))
        os.chmod(folder, 0o755)
        grader = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env={**os.environ, "TMPDIR": folder},
            )
        )
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"spinning\n"
        workers = [os.pidfd_open(pid) for pid in descendants(grader.pid)]
        for handle in workers:
            stack.callback(os.close, handle)
        assert workers
        grader.send_signal(signal.SIGKILL)
        for handle in workers:  # a handle can be read from once its process has ended
            assert select.select([handle], [], [], 20)[0]


def descendants(pid: int) -> Iterator[int]:
    """The processes below one, deepest last."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from descendants(child)
