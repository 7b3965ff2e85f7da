"""A class in which some attack: whoever is innocent keeps the verdict, every time."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from support.blows import BLOWS, twice
from support.classes import CLS, VIT, Write, below, grade_class, plans
from support.course import ROOT, SEED
from support.sources import DEFINES_RIGHT
from support.tries import TRIES, TRYING
from support.world import World

from grader.common.verdict import Verdict
from grader.course import Limits
from grader.grading import grade_many, second_tries
from grader.oracle.compile_ahead import compile_ahead
from grader.sandbox import Sandbox, Worker, worker_folder

ATTACKS = 14  # in one class
INNOCENT = [
    (CLS, "accepted/numpy_reshape_transpose_matmul.py"),
    (CLS, "accepted/jax_reshape_transpose_matmul.py"),
    (CLS, "accepted/thread_for_each_image.py"),
    (CLS, "wrong_answer/channels_reversed.py"),
    (CLS, "run_time_error/not_started.py"),
    (CLS, "rule_violation/flax_conv.py"),
    (VIT, "accepted/conv_without_bias.py"),
    (VIT, "accepted/numpy_tensordot.py"),
]


class Counting:
    """A real sandbox that counts the workers it starts, and falls when it has started enough."""

    confines = True
    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, sandbox: Sandbox, most: int = 10**6, falls_for: int = 10**6):
        self._sandbox, self.name = sandbox, sandbox.name
        self.reports_signals_as_a_shell = sandbox.reports_signals_as_a_shell
        self._falls = range(most, most + falls_for)
        self._numbers = itertools.count()
        self.started = 0

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        self.started = next(self._numbers) + 1
        if self.started - 1 in self._falls:
            return ["/bin/false"]
        return self._sandbox.command(program, files)

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return self._sandbox.confinement(limits, files)


@pytest.fixture(scope="session")
def compiled() -> None:
    """As in every real run, workers find what the statement's steps compile."""
    compile_ahead([plan.entry for plan in plans().values()], [SEED])


def left_behind() -> list[str]:
    """Processes below this one, and what lies where a worker can look."""
    folder = worker_folder()
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))]
    return [*files, *(" ".join(process.cmdline()) for process in below())]


def attack_and_look(sandbox: Sandbox, write: Write, number: int) -> None:
    """One class: the innocent, one that tries everything, and the next few of all the attacks.

    Which attacks sit together, and in which order all come, differs from class to class.
    """
    order = itertools.cycle(random.Random(0).sample(BLOWS, len(BLOWS)))
    chosen = list(itertools.islice(order, number * ATTACKS, (number + 1) * ATTACKS))
    before = left_behind()
    with World() as world:
        tries = {attack.wants: attack.source for attack in TRIES}
        submissions = [
            write("tries", f"TRIES = {tries!r}\nworld = {world.names!r}\n{TRYING}"),
            *(write(blow.wants, blow.source, blow.suffix) for blow in chosen),
        ]
        for problem_id, name in INNOCENT:
            source = (ROOT / "solutions" / problem_id / name).read_bytes()
            submissions.append(write(f"{problem_id} {name}", source, ".py", problem_id))
        random.Random(number).shuffle(submissions)
        reports = grade_class(submissions, sandbox)
        ends = reports["tries"].output.splitlines()
        assert [end for end in ends if ": refused: " not in end] == []
        assert len(ends) == len(TRIES) * len(twice().cases)
        assert world.traces() == []
    assert left_behind() == before
    owed = {f"{problem_id} {name}": name.partition("/")[0] for problem_id, name in INNOCENT}
    assert {student: reports[student].verdict for student in owed} == owed
    for blow in chosen:
        assert reports[blow.wants].verdict in blow.verdicts, reports[blow.wants]


@pytest.mark.usefixtures("compiled")
@pytest.mark.sweep
def test_the_innocent_keep_their_verdicts(sandbox: Sandbox, write: Write) -> None:
    attack_and_look(sandbox, write, 0)


@pytest.mark.sweep
@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(
    "number", [1, 2, 3, *(pytest.param(number, marks=pytest.mark.proof) for number in range(4, 21))]
)
def test_the_innocent_keep_their_verdicts_over_twenty_classes(
    number: int, sandbox: Sandbox, write: Write
) -> None:
    attack_and_look(sandbox, write, number)


@pytest.mark.sweep
def test_who_sleeps_or_kills_itself_gets_no_second_try(any_sandbox: Sandbox, write: Write) -> None:
    """Only for threads, which some kernels count for all together, its word is taken once."""
    counting = Counting(any_sandbox)
    reports = grade_class(
        [
            write("sleeps", "import time\ntime.sleep(60)"),
            write("dies", "import os\nos.kill(os.getpid(), 9)"),
            write("threads", 'raise RuntimeError("can\'t start new thread")'),
            write("right", f"{DEFINES_RIGHT}\npatch_embed_cls = right"),
        ],
        counting,
    )
    assert counting.started == 5
    assert [reports[student].verdict for student in ("sleeps", "dies", "threads", "right")] == [
        Verdict.TIME_LIMIT_EXCEEDED,
        Verdict.RUN_TIME_ERROR,
        Verdict.RUN_TIME_ERROR,
        Verdict.ACCEPTED,
    ]
    assert "killed from outside" in reports["dies"].message


@pytest.mark.sweep
def test_ten_hostile_ones_are_run_as_often_as_the_bound_allows(
    any_sandbox: Sandbox, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those that claim to be disturbed, each batch of second tries ends the time for more."""
    monkeypatch.setattr(second_tries, "AT_LEAST", 1e-9)
    monkeypatch.setattr(second_tries, "SHARE", 0.0)
    monkeypatch.setattr(grade_many, "_at_once", lambda *_: 2)
    ends = 'raise RuntimeError("can\'t start new thread")'
    hostile = [
        "while True: pass",
        "import time\ntime.sleep(60)",
        "import os\nos.kill(os.getpid(), 9)",
    ]
    sources = [*hostile, *hostile, *[ends] * 4]
    counting = Counting(any_sandbox)
    reports = grade_class([write(str(n), source) for n, source in enumerate(sources)], counting, 2)
    assert 10 <= counting.started <= 12
    assert [reports[str(n)].disturbed for n in range(6)] == [False] * 6
    assert all(
        (second_tries.NO_SECOND_TRY in report.notes) is report.disturbed
        for report in reports.values()
    )
    assert sum(report.disturbed for report in reports.values()) >= 2


@pytest.mark.sweep
def test_one_that_was_held_up_is_accepted_alone(
    any_sandbox: Sandbox, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for a moment: when first looked at, longer than it may; when alone, hardly at all.

    However slow the machine is, one of both looks is late enough. The kernel is made to say that it
    waited for a processor.
    """
    monkeypatch.setattr("grader.sandbox.session.kept_waiting", lambda *_: 1e9)
    moment = time.time() + 5
    waiting = f"import time\ntime.sleep(max(0, {moment} - time.time()))\n"
    right = f"{DEFINES_RIGHT}\npatch_embed_cls = right"
    reports = grade_class([write("held up", waiting + right), write("right", right)], any_sandbox)
    assert reports["held up"].verdict is Verdict.ACCEPTED


def test_a_sandbox_that_falls_stops_the_class(any_sandbox: Sandbox, write: Write) -> None:
    """Two tries to start a worker and one to prove the sandbox; nobody after that is run."""
    falling = Counting(any_sandbox, most=2)
    names = [f"student {number}" for number in range(8)]
    reports = grade_class(
        [write(name, f"{DEFINES_RIGHT}\npatch_embed_cls = right") for name in names],
        falling,
        jobs=1,
    )
    verdicts = [reports[name].verdict for name in names]
    assert verdicts == [Verdict.ACCEPTED] * 2 + [Verdict.JUDGE_ERROR] * 6
    assert falling.started == 2 + 3
    assert all("the sandbox stopped working" in reports[name].detail for name in names[3:])
    assert all(reports[name].score is None for name in names[2:])


def test_a_worker_that_fails_to_start_costs_nobody_a_mark(
    any_sandbox: Sandbox, write: Write
) -> None:
    """The sandbox proves itself again, so whoever was unlucky is graded after the others."""
    stumbling = Counting(any_sandbox, most=1, falls_for=2)
    names = [f"student {number}" for number in range(4)]
    reports = grade_class(
        [write(name, f"{DEFINES_RIGHT}\npatch_embed_cls = right") for name in names],
        stumbling,
        jobs=1,
    )
    assert [reports[name].verdict for name in names] == [Verdict.ACCEPTED] * 4


def test_workers_go_first_where_memory_runs_out(any_sandbox: Sandbox) -> None:
    """Out of memory, the kernel ends the process with the highest score."""
    with Worker(any_sandbox, Limits()) as worker:
        worker.receive(60)
        scores = {Path(f"/proc/{p.pid}/oom_score_adj").read_text().strip() for p in below()}
    assert scores == {"1000"}


def test_what_a_killed_grader_left_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    """And what one that lives has, is not."""
    script = "from grader.sandbox import worker_folder\nprint(worker_folder())\ninput()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}

    def start() -> tuple[subprocess.Popen[str], Path]:
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert process.stdout is not None
        return process, Path(process.stdout.readline().strip())

    killed, left = start()
    living, kept = start()
    killed.kill()
    killed.communicate()
    assert left.is_dir()
    last, own = start()
    assert (left.exists(), kept.exists(), own.exists()) == (False, True, True)
    for process in (living, last):
        process.communicate("\n")
    assert list(tmp_path.iterdir()) == []
