"""Tries what crashes, hangs or breaks a rule: in a real worker, in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..cases import draw_cases
from ..catalogue import Entry
from ..judge import Judgement, judge
from ..oracle import Reference
from ..outcome import Answer, Failure, Outcome
from ..problem import Case
from ..sandbox import Sandbox
from ..session import Session
from ..verdict import Verdict
from .trial import Trial, make_trial

NOTHING = np.zeros(0)


def try_in_worker(
    entry: Entry, path: Path, seeds: Sequence[int], whole: int, sandbox: Sandbox
) -> Iterator[Trial]:
    """Tries one file on the cases of each run, the first `whole` of them to the end.

    The worker lives on from run to run as long as it can. A failure before the first case doesn't
    depend on the cases, and a time limit takes its whole time: these are tried in one run. Raises
    SandboxError, and CourseError where cases or right answers can't be had.
    """
    once = path.parent.name == Verdict.TIME_LIMIT_EXCEEDED
    session: Session | None = None
    try:
        for number, seed in enumerate(seeds[:1] if once else seeds):
            failure: Failure | None = None
            if session is None:
                session = Session.ready(sandbox, entry.problem)
                failure = session.load(path.read_bytes(), notebook=False)
            else:
                session.start_clock()
            judged = _judged(entry, seed, session, failure)
            yield make_trial(entry.problem, path, seed, judged, whole=number < whole)
            if failure is not None:
                return
            if session.over:
                session.__exit__()
                session = None
    finally:
        if session is not None:
            session.__exit__()


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
