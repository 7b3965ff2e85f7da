"""Workers that end at the wrong moment: none of it is blamed on a submission, and nothing stays."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from support.course import limited, patch_embed_cls, square

from grader.cli import check
from grader.common.errors import SandboxError
from grader.common.verdict import Verdict
from grader.course.problem import Limits, Problem
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan
from grader.judging.judgement import Kind
from grader.pytest_plugin import GroupOfCases
from grader.sandbox import Sandbox, Worker
from grader.sandbox import session as session_module
from grader.sandbox import worker as worker_module
from grader.sandbox.bare import Bare
from grader.sandbox.fork_server import Forked
from grader.sandbox.process import Process
from grader.sandbox.session import Session
from grader.sandbox.waiting import Reading
from grader.submissions import Code, Submission

RETURNS = "def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size): return pos_embed\n"


def submitted(folder: Path, source: str = RETURNS) -> Submission:
    path = folder / "patch_embed_cls.py"
    path.write_text(source)
    return Submission("sam", path, "patch_embed_cls")


def leader(worker: Worker) -> psutil.Process:
    """The process of a bare worker."""
    return psutil.Process(worker._process._popen.pid)  # type: ignore[attr-defined]


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "starved"), [(0.25, False), (0.75, True)])
@pytest.mark.sweep
def test_the_time_in_all_is_compared_with_all_the_waiting_since_it_was_loaded(
    share: float, starved: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each case takes a part of it; what was waited for in the last one alone is never half."""

    # As on a machine that lets the worker wait for this share of the time.
    def waiting(_: Worker) -> Reading:
        return Reading(0.0, {1: (0.0, share * time.monotonic())})

    monkeypatch.setattr(Worker, "reading", waiting)
    nine = Plan(patch_embed_cls(), [*square().cases] * 9, [*square().expected] * 9, 0)
    plan = limited(nine, total_seconds=3.0)
    slow = RETURNS.replace("return", "import time; time.sleep(0.8); return")
    report = grade_submission(plan, submitted(tmp_path, slow), Bare())
    assert report.verdict is Verdict.WRONG_ANSWER, report.message  # of its first case
    assert report.cases[-1].verdict is None
    assert "after 3 s" in "".join(case.message for case in report.cases)
    assert report.disturbed is starved


def test_for_a_case_only_the_waiting_in_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine was busy when the submission was loaded, and no longer when its case came."""
    waited = 100.0

    def waiting(_: Worker) -> Reading:
        nonlocal waited
        waited += 0.01
        return Reading(0.0, {1: (0.0, waited)})

    monkeypatch.setattr(Worker, "reading", waiting)
    plan = limited(square(), case_seconds=1.0)
    slow = RETURNS.replace("return", "import time; time.sleep(60); return")
    report = grade_submission(plan, submitted(tmp_path, slow), Bare())
    assert report.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert not report.disturbed


def test_the_kernel_s_own_counters_are_read(sandbox: Sandbox) -> None:
    """Of what two threads compute, one of which has ended."""
    computes = (
        "import threading, time\n"
        "def compute():\n"
        "    ends = time.thread_time() + 0.3\n"
        "    while time.thread_time() < ends: pass\n"
        "thread = threading.Thread(target=compute)\nthread.start()\nthread.join()\ncompute()\n"
    )
    with Session.ready(sandbox, patch_embed_cls().problem) as session:
        before = session.reading()
        assert session.load(Code(f"{computes}{RETURNS}".encode())) is None
        after = session.reading()
    assert after.computed - before.computed >= 0.5
    ran = {
        thread: ran - before.threads.get(thread, (0.0, 0.0))[0]
        for thread, (ran, _) in after.threads.items()
    }
    assert 0.3 <= max(ran.values()) <= after.computed - before.computed - 0.2
    assert all(waited >= 0 for _, waited in after.threads.values())


@pytest.mark.parametrize(
    ("before", "after", "by_others"), [(3, 3, False), (3, 4, True), (None, None, True)]
)
def test_who_is_killed_was_killed_by_others_if_the_kernel_has_ended_somebody(
    before: int | None,
    after: int | None,
    by_others: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    any_sandbox: Sandbox,
) -> None:
    counts = iter([before])
    monkeypatch.setattr(session_module, "ended_for_memory", lambda: next(counts, after))
    dies = submitted(tmp_path, "import os\nos.kill(os.getpid(), 9)\n")
    report = grade_submission(square(), dies, any_sandbox)
    assert report.kind is Kind.KILLED
    assert report.disturbed is by_others


def test_the_kernel_says_whom_it_has_ended_for_memory() -> None:
    assert session_module.ended_for_memory() is not None


# --- a worker that waits -------------------------------------------------------------------------


def test_a_worker_that_was_killed_while_it_waited_is_replaced(tmp_path: Path) -> None:
    with Session.ready(Bare(), patch_embed_cls().problem) as warm:
        assert not warm.ended
        leader(warm).kill()
        psutil.wait_procs([leader(warm)], timeout=10)
        report = grade_submission(square(), submitted(tmp_path), Bare(), warm)
        assert warm.ended
    assert report.verdict is Verdict.WRONG_ANSWER, report.message
    assert report.cases[0].verdict is Verdict.WRONG_ANSWER


@pytest.fixture
def checker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[check._Checker]:
    """Checks the `square` case of one problem, without a course on disk."""
    monkeypatch.setattr("grader.cli.check.unconfined", Bare)
    course = SimpleNamespace(root=tmp_path, get=lambda _: patch_embed_cls())
    with contextlib.closing(check._Checker(course, Silent())) as made:  # type: ignore[arg-type]
        made._plans[patch_embed_cls().id] = square()
        yield made


class Silent:
    """A console for nobody."""

    is_terminal, width = False, 100

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, message: object, *_: object, **__: object) -> None:
        self.said.append(str(message))

    def print(self, *parts: object, **_: object) -> None:
        self.said.append(" ".join(map(str, parts)))


def test_a_file_that_can_t_be_read_leaves_no_worker(
    checker: check._Checker, tmp_path: Path
) -> None:
    submission = submitted(tmp_path)
    path = submission.path
    checker._warm_up([submission])
    (warm,) = checker._warm.values()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.py")
    assert checker.check(submission) is Verdict.RUN_TIME_ERROR
    assert warm.ended
    assert warm not in worker_module._alive


def test_a_watch_goes_on_if_no_worker_starts(
    checker: check._Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so at each check, as a judge error, until workers start again."""
    submission = submitted(tmp_path)
    path = submission.path
    ready = Session.ready
    refuses = True

    def perhaps(sandbox: Sandbox, problem: Problem) -> Session:
        if refuses:
            raise SandboxError("no more processes")
        return ready(sandbox, problem)

    def saves(*_: object, **__: object) -> Iterator[None]:
        nonlocal refuses
        path.write_text(f"{RETURNS}# saved\n")
        yield
        refuses = False
        path.write_text(f"{RETURNS}# saved again\n")
        yield

    monkeypatch.setattr(Session, "ready", perhaps)
    monkeypatch.setattr(check, "watch", saves)
    verdicts = []
    check_one = checker.check
    monkeypatch.setattr(checker, "check", lambda *file: verdicts.append(check_one(*file)))
    checker.check(submission)
    checker.watch([(path, [patch_embed_cls()])], [submission])
    assert verdicts == [Verdict.JUDGE_ERROR, Verdict.JUDGE_ERROR, Verdict.WRONG_ANSWER]


# --- the end of a worker -------------------------------------------------------------------------


@pytest.fixture
def group_kills(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each leader was when its group was killed: a reaped one's number may be another's."""
    seen: list[str] = []
    killpg = os.killpg

    def watched(number: int, what: int) -> None:
        try:
            seen.append(psutil.Process(number).status())
        except psutil.NoSuchProcess:
            seen.append("reaped")
        killpg(number, what)

    monkeypatch.setattr(os, "killpg", watched)
    return seen


def test_no_signal_goes_to_a_number_that_was_given_back(group_kills: list[str]) -> None:
    with Worker(Bare(), Limits()) as worker:
        leader(worker).kill()
        assert worker.ending() == (signal.SIGKILL, 0)
        worker.kill()
    with Worker(Bare(), Limits()) as worker:
        worker.kill()
        worker.kill()
    assert len(group_kills) == 2
    assert "reaped" not in group_kills


def test_what_an_unconfined_worker_leaves_in_its_group_is_ended(tmp_path: Path) -> None:
    told = tmp_path / "told"
    leaves = f"import os, time\nif os.fork() == 0: time.sleep(600)\nopen({str(told)!r}, 'w')\n"

    class Open(Bare):
        """Runs a program of ours in a worker's place."""

        def command(self, program: list[str], files: list[Path]) -> list[str]:
            return [sys.executable, "-c", leaves]

    with Worker(Open(), Limits()) as worker:
        first = leader(worker)
        patience = time.monotonic() + 30
        while not told.exists() and time.monotonic() < patience:
            time.sleep(0.01)
        left = [p for p in psutil.process_iter() if _group(p) == first.pid and p != first]
        assert len(left) == 1
        assert worker.ending() == (0, 0)
        assert psutil.wait_procs(left, timeout=10)[1] == []


def _group(process: psutil.Process) -> int:
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(process.pid)
    return 0


def test_a_worker_that_starts_while_the_run_is_stopped_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "_stopped", threading.Event())
    start = worker_module._start

    def stopped_meanwhile(*arguments: object) -> Process:
        started = start(*arguments)  # type: ignore[arg-type]
        worker_module.end_all_workers()
        return started

    monkeypatch.setattr(worker_module, "_start", stopped_meanwhile)
    began = time.monotonic()
    with pytest.raises(SandboxError):
        Session.ready(Bare(), patch_embed_cls().problem)
    assert time.monotonic() - began < 30  # of the 120 s that it would be waited for


def test_a_worker_that_nobody_could_listen_to_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this process can have no more threads. It is no mistake of a submission."""
    started: list[Process] = []
    start, thread = worker_module._start, worker_module._thread
    monkeypatch.setattr(
        worker_module, "_start", lambda *a: started.append(start(*a)) or started[-1]
    )
    threads = iter([thread])

    def no_more(work: Callable[[], None]) -> threading.Thread:
        for one in threads:
            return one(work)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(worker_module, "_thread", no_more)
    before = set(worker_module._alive)
    with pytest.raises(SandboxError, match="can't start new thread"):
        Worker(Bare(), Limits())
    assert [one.wait(0) for one in started] == [-signal.SIGKILL]
    assert worker_module._alive == before


def test_a_fork_for_which_there_are_no_files_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    pipes = iter([os.pipe])

    def no_more() -> tuple[int, int]:
        for one in pipes:
            return one()
        raise OSError(errno.EMFILE, "Too many open files")

    with ours, theirs:
        before = len(os.listdir("/proc/self/fd"))
        monkeypatch.setattr(os, "pipe", no_more)
        with pytest.raises(OSError, match="Too many open files"):
            Forked(SimpleNamespace(control=ours), lambda _: None)  # type: ignore[arg-type]
        assert len(os.listdir("/proc/self/fd")) == before


def test_the_test_panel_says_what_stopped_us_without_a_traceback() -> None:
    with pytest.raises(SandboxError) as caught:
        raise SandboxError("a worker did not start")
    item = object.__new__(GroupOfCases)
    assert item.repr_failure(caught) == "a worker did not start"
