"""Tries right and wrong answers in a process of ours, with the worker's own functions.

They are the author's own code. Without a worker for each, a shape is compiled once and not once
for each file, which is what makes many runs affordable.
"""

from __future__ import annotations

import contextlib
import os
import signal
import types
import warnings
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..catalogue import CourseError, load_course
from ..compiled import keep_compiled
from ..grade_class import NoPlan, make_plan
from ..grade_one import Plan
from ..judge import Judgement, judge
from ..oracle import Reference
from ..outcome import Answer, Outcome, TimeOut, Violation
from ..problem import Case
from ..session import pack_case
from ..verdict import Verdict
from ..worker import frames, rules
from ..worker.__main__ import build_arguments
from ..worker.source import SourceError, read_python
from ..worker.submission import SubmissionError, call, load
from .trial import Trial, make_trial

PATIENCE = 10  # seconds of waiting for each second that may be computed

_course = cache(load_course)
_kept: dict[Path, Callable[..., Any]] = {}


def prepare() -> None:
    """Run first in each new process: an interrupt is the business of the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_compiled()


def try_here(root: Path, problem_id: str, path: Path, seed: int, whole: bool) -> Trial:
    """Tries one file on the cases of one run. Raises CourseError where these can't be had.

    A mistake is loaded anew for each run. A right answer keeps its module, and with it what JAX
    has compiled for it: whatever a right answer remembers must not matter.
    """
    plan = _plan(root, problem_id, seed)
    keep = path.parent.name == Verdict.ACCEPTED
    with _quiet(), _jax_as_it_was():
        return make_trial(plan.entry.problem, path, seed, _judged(plan, path, keep), whole)


@lru_cache(maxsize=2)
def _plan(root: Path, problem_id: str, seed: int) -> Plan:
    plan = make_plan(_course(root).get(problem_id), seed, Reference())
    if isinstance(plan, NoPlan):
        raise CourseError(f"{problem_id}, seed {seed}: {plan.error}") from plan.error
    return plan


def _judged(plan: Plan, path: Path, keep: bool) -> Iterator[tuple[Case, Judgement]]:
    problem, limits = plan.entry.problem, plan.entry.problem.limits
    function = _kept.get(path)
    if function is None:
        loaded = _load(plan, path)
        if not callable(loaded):
            yield plan.cases[0], judge(problem, plan.cases[0], plan.expected[0], loaded)
            return
        function = loaded
        if keep:
            _kept[path] = function
    for case, expected in zip(plan.cases, plan.expected, strict=True):
        outcome = _ask(function, case, expected.size, case.seconds or limits.case_seconds)
        yield case, judge(problem, case, expected, outcome)


def _load(plan: Plan, path: Path) -> Callable[..., Any] | Outcome:
    """A file's entry point, or what stands in its way."""
    problem = plan.entry.problem
    with _Clock(problem.limits.import_seconds) as clock:
        try:
            pieces = read_python(path.read_bytes())
            trees = [piece.tree for piece in pieces]
            used = rules.forbidden_calls(trees, problem.entry_point, problem.rules.calls)
            if used:
                return Violation(tuple(used))
            return load(pieces, problem.entry_point, problem.parameters)[0]
        except SourceError as error:
            return frames.Raised("syntax", "", error.message, error.where, error.line)
        except SubmissionError as error:
            return TimeOut(problem.limits.import_seconds) if clock.over else error.raised


def _ask(function: Callable[..., Any], case: Case, elements: int, seconds: float) -> Outcome:
    body = pack_case(case, elements)[frames.HEADER.size :]
    with _Clock(seconds) as clock:
        try:
            header, data = call(function, build_arguments(*frames.parse_message(body)))
        except SubmissionError as error:
            return TimeOut(seconds) if clock.over else error.raised
    values = np.frombuffer(data, header.dtype) if header.size == elements else None
    return Answer(header.shape, header.source_dtype, header.size, values)


class _OutOfTime(BaseException):
    pass


class _Clock:
    """Interrupts Python code that runs on; on a system without alarms it does nothing.

    It counts seconds of CPU, because this process may have to share its processor; code that
    only waits is given a good deal longer.
    """

    def __init__(self, seconds: float):
        self._seconds = seconds
        self.over = False

    def __enter__(self) -> _Clock:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGPROF, self._ring)
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_PROF, self._seconds)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE * self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number: int, frame: types.FrameType | None) -> None:
        self.over = True
        raise _OutOfTime


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(action="ignore"),
    ):
        yield


@contextlib.contextmanager
def _jax_as_it_was() -> Iterator[None]:
    """Puts JAX's settings back: to change them is one of the mistakes."""
    import jax

    before = dict(jax.config.values)
    try:
        yield
    finally:
        for name, value in before.items():
            if jax.config.values[name] is not value:
                jax.config.update(name, value)  # type: ignore[no-untyped-call]
