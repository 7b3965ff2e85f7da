"""Asks a function that is wrong a little more: public small cases that show how it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .diagnose.reading import Reading, probes, what_was_read
from .diagnose.smallest import show_case
from .judge import judge
from .outcome import Answer, Outcome
from .problem import Case, Problem
from .verdict import Verdict

Ask = Callable[[Case, int], Outcome]  # a case, and how many elements its right answer has


def smallest_failing(
    problem: Problem, cases: Sequence[Case], expected: Sequence[NDArray[np.float64]], ask: Ask
) -> list[str]:
    """The lines on the first of the cases that is answered wrongly; none where all are right."""
    for case, right in zip(cases, expected, strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return []
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            return show_case(problem, case, right, outcome)
    return []


def what_it_reads(problem: Problem, ask: Ask) -> Reading | None:
    """Which pixels each token reads, where the function answers the probes."""
    outcomes = []
    for case in probes(problem):
        assert problem.view is not None
        view = problem.view(case)
        elements = view.images * (view.extra + view.rows * view.columns) * view.features
        outcomes.append(ask(case, elements))
        if not isinstance(outcomes[-1], Answer):
            return None
    return what_was_read(problem, outcomes)
