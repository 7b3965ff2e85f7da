"""Tries what crashes, hangs or breaks a rule: in a real worker, in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

import numpy as np

from ..course.catalogue import Entry
from ..course.draw import draw_cases
from ..course.problem import Case
from ..judging.judge import judge
from ..judging.judgement import Judgement
from ..judging.outcome import Answer, Failure, Outcome
from ..oracle.reference import Reference
from ..sandbox import Sandbox
from ..sandbox.session import Session
from .trial import Trial, make_trial

NOTHING = np.zeros(0)


class Ending(Enum):
    """How a worker came out of a trial."""

    ALIVE = auto()
    ENDED = auto()  # by itself, or by us: a time limit, a broken rule
    NOT_LOADED = auto()  # it failed before the first case, so the cases don't matter


def try_in_worker(
    entry: Entry, path: Path, seed: int, whole: bool, sandbox: Sandbox
) -> tuple[Trial, Ending]:
    """Tries one file on the cases of one run, in a worker of its own.

    Raises SandboxError, and CourseError where cases or right answers can't be had.
    """
    with Session.ready(sandbox, entry.problem) as session:
        failure = session.load(path.read_bytes(), notebook=False)
        judged = _judged(entry, seed, session, failure)
        trial = make_trial(entry.problem, path, seed, judged, whole)
        if failure is not None:
            return trial, Ending.NOT_LOADED
        return trial, Ending.ENDED if session.over else Ending.ALIVE


def _judged(
    entry: Entry, seed: int, session: Session, failure: Failure | None
) -> Iterator[tuple[Case, Judgement]]:
    """Case by case; the right answer of each is worked out when it is needed.

    What ends the worker fails all cases from there on.
    """
    for case in draw_cases(entry, seed):
        expected = NOTHING
        outcome: Outcome | None = failure
        if outcome is None:
            (expected,) = Reference().expected(entry, [case])
            reply = session.ask(case, expected.size)
            if session.over and not isinstance(reply, Answer):
                failure = reply
            outcome = reply
        yield case, judge(entry.problem, case, expected, outcome)
