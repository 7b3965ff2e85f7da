"""Submissions that attack: each table row is one attack, and the sign by which it has failed.

Two kinds. A `Try` asks the system for something it must not get; many run one after another in
one worker, which says of each whether the system refused. A `Blow` is aimed at the conversation
with the grader, at its clock, at its memory, or at its judgement; it has a worker to itself, and
the sign is the verdict.
"""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from support.course import short_plan
from support.sources import CALL

from grader.common.verdict import Verdict
from grader.grading.plan import Plan

ELEMENTS = 50  # of the right answer to the case of `square`
X86_64 = platform.machine() == "x86_64"

DEFINES_RIGHT = """
import numpy as np

def right(x, w_proj, cls_token, pos_embed, p):
    n, c, h, w = x.shape
    x = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = x.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
"""
WRONG = f"\n{CALL}return 1\n"


def square() -> Plan:
    """One case."""
    return short_plan("patch_embed_cls", "square")


def twice() -> Plan:
    """Two cases of one shape."""
    return short_plan("patch_embed_cls", "square", "values")


def large() -> Plan:
    """One case with an image of three megabytes, more than a pipe holds."""
    plan = square()
    (case,) = plan.cases
    image = np.zeros((1, 3, 512, 512), np.float32)
    case = dataclasses.replace(case, arguments=(image, *case.arguments[1:]))
    return dataclasses.replace(plan, cases=[case])


# --- what the system must refuse ----------------------------------------------------------------


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
    Try(
        "list the compiled programs",
        'import os; os.listdir(os.environ["JAX_COMPILATION_CACHE_DIR"])',
        alone=False,
    ),
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
    Try("see what the machine is busy with", "open('/proc/loadavg').read()"),
    Try("read the kernel's settings", "open('/proc/sys/kernel/core_pattern').read()"),
    Try("change the kernel's settings", "open('/proc/sys/kernel/core_pattern', 'w')", alone=False),
    Try("list its own open files", "os.listdir('/proc/self/fd')"),
    Try("list the disks", "open('/proc/mounts').read()"),
    Try(
        "walk out of its folder",
        "open(world['folder'] + '/other/../../' + "
        "os.path.basename(world['folder']) + '/read').read()",
    ),
    Try(
        "find anything outside with a glob",
        "if not glob.glob(world['folder'] + '/*'): raise OSError('nothing')",
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
    Try("have a temporary folder", "os.rmdir(tempfile.mkdtemp())", alone=False),
    Try(
        "plant a compiled program for the next submission",
        "open_and_delete(os.environ['JAX_COMPILATION_CACHE_DIR'] + '/jit_f')",
    ),
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
    Try(
        "have a socket of any other family",
        "for family, kind in itertools.product(range(3, 64), (1, 2, 3, 5)):\n"
        "    with contextlib.suppress(OSError):\n"
        "        socket.socket(family, kind).close()\n"
        "        break\n"
        "else: raise OSError('none is had')",
    ),
    Try(
        "look up a host",
        "socket.getaddrinfo('localhost', 'http') and socket.create_connection("
        "('localhost', world['port']), 2).close()",
    ),
    # other processes
    Try("fork", "if os.fork() == 0: os._exit(0)\nos.wait()"),
    Try("start a program", "subprocess.run(['/bin/true'], check=True)"),
    Try("spawn a program", "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)"),
    Try("become root by a setuid program", "os.execv('/bin/su', ['su'])", alone=False),
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
    Try(
        "drop a file from memory",
        "with open(np.__file__) as f: os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)",
    ),
    Try(
        "ask what is in memory",
        "with open(np.__file__) as f: os.preadv(f.fileno(), [bytearray(9)], 0, os.RWF_NOWAIT)",
        alone=False,
    ),
    Try("have memory that its limit doesn't count", "mmap.mmap(-1, 4096).close()"),
    # what runs beside it
    Try("learn a process's group", "os.getpgid(world['victim'])"),
    Try("learn a process's session", "os.getsid(world['victim'])"),
    Try("learn a process's priority", "os.getpriority(os.PRIO_PROCESS, world['victim'])"),
    Try("learn a process's processors", "os.sched_getaffinity(world['victim'])"),
    Try("learn how long a process has computed", "time.clock_gettime(~world['victim'] << 3 | 2)"),
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
        Try("take the user's timers", "raw(222, 1, 0, ctypes.byref(ctypes.c_int()))"),
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
import contextlib, ctypes, fcntl, glob, itertools, os, resource, signal, socket, subprocess
import mmap, sys, tempfile, time
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
    plan: Callable[[], Plan] = square


WA, RTE, TLE = Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR, Verdict.TIME_LIMIT_EXCEEDED
MLE = Verdict.MEMORY_LIMIT_EXCEEDED
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
    Blow("begin anew", f"{CHANNEL}say(frame(10)){WRONG}", (RTE,), "READY instead of LOADED"),
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
        plan=large,
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
        "import sys\nfrom grader.worker import frames, submission\n"
        f"header = frames.ArrayHeader('<f4', ({ELEMENTS},), 'float32')\n"
        f"submission.call = lambda *_: (header, {ZEROS}){WRONG}",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "replace the watch, which already looks on",
        "import numpy as np\nfrom grader.worker import watch\n"
        "watch.Watch = lambda *_: []\n"
        f"def helper(x): return np.convolve(x, x)\n{DEFINES_RIGHT}"
        "def patch_embed_cls(*all):\n    helper(np.ones(3))\n    return right(*all)",
        (Verdict.RULE_VIOLATION,),
        "numpy.convolve",
    ),
    Blow("end as if all were well", "import os\nos._exit(0)", (RTE,), "exit status 0"),
    Blow("crash", "import ctypes\nctypes.string_at(0)", (RTE,), "SIGSEGV"),
    Blow(
        "have whoever compares agree",
        "import unittest.mock as mock\nimport jax.numpy as jnp\nimport numpy as np\n"
        "yes = lambda *_, **__: np.True_\n"
        "for module in (np, jnp, np.testing):\n"
        "    for name in ('allclose', 'isclose', 'array_equal', 'assert_allclose', 'all'):\n"
        "        if hasattr(module, name): setattr(module, name, yes)\n"
        f"{CALL}return np.zeros({ELEMENTS})",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "have a reference in the same process agree",
        "import flax.linen as nn\nimport jax.numpy as jnp\nimport numpy as np\n"
        "wrong = lambda *_, **__: jnp.zeros((2, 5, 7))\n"
        "for module in (np, jnp):\n"
        "    for name in ('concatenate', 'matmul', 'einsum', 'tensordot', 'dot', 'add'):\n"
        "        setattr(module, name, wrong)\n"
        "nn.Conv.__call__ = nn.Dense.__call__ = wrong\n"
        f"{CALL}return np.zeros({ELEMENTS})",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "draw the hidden cases anew",
        "import jax, random\nimport numpy as np\n"
        "random.seed(0)\nnp.random.seed(0)\nnp.random.default_rng = lambda *_: None\n"
        f"jax.random.PRNGKey = jax.random.key = lambda *_: 0\n{CALL}return x * 0",
        (WA,),
    ),
    Blow(
        "return a single number for all of them",
        f"import numpy as np\n{CALL}return np.float32(0)",
        (WA,),
        "1 number ",
    ),
    Blow(
        "hide its numbers behind a mask",
        f"import numpy as np\n{CALL}return np.ma.masked_all({ELEMENTS}) + np.nan",
        (WA,),
    ),
    Blow(
        "be as large as is asked, without numbers",
        f"import numpy as np\n{CALL}return np.empty({ELEMENTS}, [('a', 'f4'), ('b', 'O')])",
        (RTE,),
    ),
    Blow(
        "lie about its class",
        "import numpy as np\nclass Liar:\n"
        "    __class__ = np.ndarray\n    dtype = np.dtype('f4')\n"
        f"    size, shape, ndim = {ELEMENTS}, ({ELEMENTS},), 1\n"
        f"    def __eq__(self, other): return True\n{CALL}return Liar()",
        (RTE,),
    ),
    Blow(
        "be infinite within an infinite tolerance",
        f"import numpy as np\n{CALL}return np.full({ELEMENTS}, np.inf)",
        (WA,),
        "NaN or infinite",
    ),
    Blow(
        "answer from the first call",
        f"{DEFINES_RIGHT}kept = []\n"
        f"{CALL}kept.append(right(x, w_proj, cls_token, pos_embed, patch_size))"
        "\n    return kept[0]",
        (WA,),
        plan=twice,
    ),
    Blow(
        "change its answer once it has returned",
        "import threading, time\nimport numpy as np\n"
        f"answer = np.zeros({ELEMENTS}, np.float32)\n"
        "def change():\n    while True: answer[:] += 1\n"
        f"{CALL}threading.Thread(target=change, daemon=True).start()\n    return answer",
        (WA,),
        "numbers are wrong",
    ),
    Blow(
        "spoil the arguments of the next call",
        f"{DEFINES_RIGHT}{CALL}\n    result = right(x, w_proj, cls_token, pos_embed, patch_size)\n"
        "    for array in (x, w_proj, cls_token, pos_embed):\n"
        "        if isinstance(array, np.ndarray) and array.flags.writeable: array[:] = np.nan\n"
        "    return result",
        (Verdict.ACCEPTED,),  # each call gets arguments of its own
        plan=twice,
    ),
    Blow("import the solutions", f"import solutions.patch_embed_cls.reference{WRONG}", (RTE,)),
    # memory and the machine
    Blow(
        "take memory by JAX",
        f"import jax.numpy as jnp\n{CALL}return jnp.zeros((2**16, 2**17)) + x.sum()",
        (MLE,),
    ),
    Blow(
        "return more numbers than any memory holds",
        f"import numpy as np\n{CALL}return np.broadcast_to(np.float32(0), (2**40,))",
        (MLE,),
    ),
    Blow(
        "grow while it is converted",
        "import numpy as np\nclass Sparse:\n"
        "    def __array__(self, *_, **__): return np.zeros(2**40)\n"
        f"{CALL}return Sparse()",
        (MLE,),
    ),
    Blow(
        "be compiled for ever",
        "import jax\nimport jax.numpy as jnp\n"
        "def bomb(x, depth=16):\n"
        "    return x if not depth else jnp.sin(bomb(x, depth - 1)) @ bomb(x, depth - 1)\n"
        f"{CALL}return jax.jit(bomb)(jnp.ones((2, 2)))",
        (TLE,),
        limits=SHORT_CALL,
    ),
    Blow(
        "overflow the stack",
        f"import sys\nsys.setrecursionlimit(10**9)\n{CALL}"
        "return patch_embed_cls.__class__(*[patch_embed_cls]) if 0 else sorted([1], "
        "key=lambda n: patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size))",
        (RTE,),
    ),
    Blow(
        "keep every processor busy",
        "import os, threading, numpy as np\n"
        "def burn():\n    while True: np.ones((400, 400)) @ np.ones((400, 400))\n"
        "for _ in range(60): threading.Thread(target=burn, daemon=True).start()\nburn()",
        (TLE,),
        limits=SHORT_IMPORT,
    ),
    Blow("leave by an exception that is none", f"{CALL}raise KeyboardInterrupt", (RTE,)),
    Blow("leave as if asked to", f"import sys\n{CALL}sys.exit(0)", (RTE,)),
    Blow(
        "raise what can't be shown",
        "class Odd(BaseException):\n"
        "    def __str__(self): raise self\n    __repr__ = __getattribute__ = __str__\n"
        f"{CALL}raise Odd",
        (RTE,),
    ),
    # the parser
    Blow("nest too deeply", f"x = {'-' * 500_000}1", (RTE,), "too deeply"),
    Blow(
        "have the compiler compute",
        f"x = {' * '.join(['9' * 4000] * 200)}\ny = " + "9**9999 * " * 20_000 + "1",
        (RTE, TLE),
        limits=SHORT_IMPORT,
    ),
    Blow(
        "hand in very many cells",
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
        + ",".join(['{"cell_type": "code", "source": "%x", "metadata": {}, "outputs": []}'] * 50000)
        + "]}",
        (RTE, TLE),
        limits=SHORT_IMPORT,
        suffix=".ipynb",
    ),
    Blow(
        "hand in a notebook with a number too long to read",
        '{"nbformat": 4, "cells": [], "metadata": {"n": ' + "9" * 2**20 + "}}",
        (RTE,),
        suffix=".ipynb",
    ),
    Blow("nest a notebook", "[" * 1_000_000, (RTE,), "not a Jupyter notebook", suffix=".ipynb"),
]
if X86_64:
    BLOWS += [
        # The filter reads the numbers of x86-64's own calls, so others end the process.
        Blow(
            "call the kernel as a 32-bit program",
            "import ctypes, mmap\n"
            "code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)\n"
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
