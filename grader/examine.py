"""Asks a function that is wrong a little more: public small cases that show how it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .diagnose.reading import Reading, what_was_read
from .diagnose.smallest import show_case
from .judge import judge
from .outcome import Answer, Outcome
from .problem import Case, Problem
from .verdict import Verdict

Ask = Callable[[Case, int], Outcome]  # a case, and how many elements its right answer has


@dataclass(frozen=True)
class Examples:
    """What may be shown to anyone.

    cases: small, the smallest first. expected: their right answers. probes: what shows which
    pixels are read (`grader.diagnose.reading`).
    """

    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    probes: Sequence[Case]


def smallest_failing(problem: Problem, examples: Examples, ask: Ask) -> list[str]:
    """The lines on the first example that is answered wrongly; none where all are right."""
    for case, right in zip(examples.cases, examples.expected, strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return []
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            return show_case(problem, case, right, outcome)
    return []


def what_it_reads(problem: Problem, examples: Examples, ask: Ask) -> Reading | None:
    """Which pixels each token reads, where there are probes and the function answers them."""
    outcomes = []
    for case in examples.probes:
        assert problem.view is not None
        view = problem.view(case)
        elements = view.images * (view.extra + view.rows * view.columns) * view.features
        outcomes.append(ask(case, elements))
        if not isinstance(outcomes[-1], Answer):
            return None
    return what_was_read(problem, outcomes)
