"""Asks a function that is wrong a little more: public cases that show how it is wrong."""

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
from .further_look import FurtherLook
from .known_mistakes import Ask
from .pixels_read import same_answer, what_was_read


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
