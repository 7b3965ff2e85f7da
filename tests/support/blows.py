"""Attacks on the conversation with the grader, its clock, its memory, and its judgement.

Each has a worker to itself; the sign that it has failed is the verdict.
"""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from support.course import ELEMENTS, short_plan, square
from support.sources import CALL, DEFINES_RIGHT, WRONG

from grader.common.verdict import Verdict
from grader.grading.plan import Plan

X86_64 = platform.machine() == "x86_64"


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
        CHANNEL
        + r"say(frame(14, b'import\x1f\x1b[2J\x1f\xe2\x80\xae\x1b]0;x\x07"
        + r"\x1f\r\x1f\xff\x1f0\x1f0'))",
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
        "replace the watch",
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
    Blow("import the solutions", f"{CALL}import solutions.patch_embed_cls.reference", (RTE,)),
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
