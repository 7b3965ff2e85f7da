"""Each attack of `tries.py` and `blows.py` in a worker of every real sandbox, and their controls.

After the tries, the world outside must be untouched. The same tries run where nothing confines
them, and work there: so a refusal is the sandbox's doing and no slip of the attack.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
import pytest
from support.blows import BLOWS, CHANNEL, FOREVER, Blow, square
from support.course import ROOT, Grade, limited
from support.sources import CALL, DEFINES_RIGHT, WRONG
from support.tries import TRIES, TRYING, Try
from support.world import SECRET, World

from grader.common.verdict import Verdict
from grader.course.problem import MIB, Limits
from grader.sandbox import Sandbox
from grader.sandbox.bare import Bare


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
        assert report.verdict is Verdict.WRONG_ANSWER, (report.message, report.output)
        pairs = [line.partition(": ") for line in report.output.splitlines()]
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
        _tried["none"] = try_all(grade, Bare(), [attack for attack in TRIES if attack.alone])
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
    environment: Mapping[str, str] = MappingProxyType({})
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
        source = f"{CALL}print(open({str(world.folder / 'read')!r}).read())"
        assert SECRET in grade(source, sandbox=WithOpenFolder(sandbox, world.folder)).output
        report = grade(source, sandbox=sandbox)
        assert report.verdict is Verdict.RUN_TIME_ERROR
        assert SECRET not in report.output


@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.wants)
def test_the_grader_withstands(blow: Blow, sandbox: Sandbox, grade: Grade) -> None:
    plan = limited(blow.plan(), **blow.limits)
    report = grade(blow.source, sandbox=sandbox, plan=plan, suffix=blow.suffix)
    assert report.verdict in blow.verdicts, (report.message, report.output)
    assert blow.words in report.message
    assert not [c for c in report.message if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def test_a_forged_answer_with_the_right_numbers_is_an_answer(
    sandbox: Sandbox, grade: Grade
) -> None:
    """The control of all forgeries: they do reach the grader, and fail by their numbers alone."""
    source = (
        f"{CHANNEL}{DEFINES_RIGHT}def patch_embed_cls(*all):\n"
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
memory = take(lambda: mmap.mmap(-1, {64 * MIB}, mmap.MAP_PRIVATE), {6144 // 64})
files = take(lambda: os.dup(0), 300)
threads = take(lambda: threading.Thread(target=stop.wait, daemon=True).start(), 300)
for _ in range(40):
    os.write(2, f"{{memory}} {{files}} {{threads}}\\n".encode() * 8192)
"""


def test_a_limit_is_what_ends_greed(sandbox: Sandbox, grade: Grade) -> None:
    """Under the limits it gets less than it wants, and with larger ones all of it."""

    most = 128 + 8 * (os.cpu_count() or 1)
    within = limited(square(), threads=128, open_files=256, memory_bytes=4096 * MIB)
    report = grade(GREEDY + FOREVER, sandbox=sandbox, plan=within)
    assert report.verdict is Verdict.OUTPUT_LIMIT_EXCEEDED
    memory, files, threads = map(int, report.output.splitlines()[-2].split())
    assert memory < 64
    assert files < 256
    assert threads < most

    beyond = limited(
        square(), threads=1024, open_files=1024, memory_bytes=16384 * MIB, output_bytes=4 * MIB
    )
    report = grade(GREEDY + WRONG, sandbox=sandbox, plan=beyond)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert report.output.splitlines()[-2] == "96 300 300"


# --- the others, and what is left ----------------------------------------------------------------


def test_a_submission_leaves_nothing_to_the_next(sandbox: Sandbox, grade: Grade) -> None:
    """A worker is one submission's: modules it changed are as new for the next."""
    planted = (
        "import builtins, os, sys\nimport numpy as np\n"
        "builtins.planted = sys.planted = np.planted = os.environ['PLANTED'] = 'here'\n"
        f"print('planted'){WRONG}"
    )
    assert grade(planted, sandbox=sandbox).output == "planted\n"
    found = grade(
        "import builtins, os, sys\nimport numpy as np\n"
        "print([hasattr(m, 'planted') for m in (builtins, sys, np)], 'PLANTED' in os.environ)\n"
        + WRONG,
        sandbox=sandbox,
    ).output
    assert found == "[False, False, False] False\n"


# A grader that says when the submission runs, then waits for it.
GRADER = """
import dataclasses, sys, threading
sys.path.insert(0, {tests!r})
from support.course import proven, short_plan
from grader.sandbox.session import Session

entry = short_plan("patch_embed_cls", "square").entry
source = b"import contextlib, signal" + {spin!r}
with Session.ready(proven({sandbox!r}), entry.problem) as session:
    loading = threading.Thread(target=session.load, args=(source, False), daemon=True)
    loading.start()
    while "spinning" not in session.output and loading.is_alive():
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
        below = psutil.Process(grader.pid).children(recursive=True)
        workers = [os.pidfd_open(process.pid) for process in below]
        for handle in workers:
            stack.callback(os.close, handle)
        assert workers
        grader.send_signal(signal.SIGKILL)
        for handle in workers:  # a handle can be read from once its process has ended
            assert select.select([handle], [], [], 20)[0]
