"""Asks a function that is wrong for a few public cases more, which show how it is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.judge import judge
from ..judging.outcome import Answer
from .example_text import show_case
from .finding import Finding
from .known_mistakes import Ask
from .pixels_read import Reading, same_answer, what_was_read

UNSTEADY = Finding(
    "unsteady",
    "The same arguments gave two different answers. Look for random numbers that you draw, for an "
    "array from `np.empty` that is not filled, and for a variable outside the function that keeps "
    "values of earlier calls.",
)
SMALL_ARE_RIGHT = Finding(
    "small-are-right",
    "On the smallest examples every number is right. Look for what is different in the wrong "
    "cases: other sizes, other values, or something kept from an earlier call.",
)


@dataclass(frozen=True)
class FurtherLook:
    """example: lines that show the smallest example with a wrong answer. small_are_right: whether
    all examples have right answers. unsteady: whether the same arguments gave two answers. reading:
    which pixels each token reads, if this is known.
    """

    example: tuple[str, ...] = ()
    small_are_right: bool = False
    unsteady: bool = False
    reading: Reading | None = None

    @property
    def finding(self) -> Finding | None:
        """The most helpful finding, for a function that is wrong in some case."""
        if self.unsteady:
            return UNSTEADY
        if self.reading is None:
            return None
        if self.small_are_right and not self.reading.astray:
            return SMALL_ARE_RIGHT
        return self.reading.finding


@dataclass(frozen=True)
class Examples:
    """What may be shown to anyone.

    cases: small, the smallest first. expected: their right answers. probes: what shows which
    pixels are read (`grader.diagnosis.pixels_read`).
    """

    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    probes: Sequence[Case]


def look_further(problem: Problem, examples: Examples, ask: Ask) -> FurtherLook:
    """Asks for the examples up to the first that is wrong, then for the probes, and for the first
    of these once more.
    """
    look = _at_examples(problem, examples, ask)
    answers: list[Answer] = []
    for case in [*examples.probes, *examples.probes[:1]]:
        assert problem.view is not None
        view = problem.view(case)
        elements = view.images * (view.extra + view.rows * view.columns) * view.features
        outcome = ask(case, elements)
        if not isinstance(outcome, Answer):
            return look
        answers.append(outcome)
    if not answers:
        return look
    *first, again = answers
    if not same_answer(problem, first[0], again):
        return dataclasses.replace(look, unsteady=True)
    return dataclasses.replace(look, reading=what_was_read(problem, first))


def _at_examples(problem: Problem, examples: Examples, ask: Ask) -> FurtherLook:
    for case, right in zip(examples.cases, examples.expected, strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return FurtherLook()
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            return FurtherLook(example=tuple(show_case(problem, case, right, outcome)))
    return FurtherLook(small_are_right=len(examples.cases) > 0)
