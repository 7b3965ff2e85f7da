"""Makes a verdict of one outcome and the expected values: pure, and the only place that does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from . import sentences
from .compare import Difference, difference, relative_tolerance
from .outcome import Answer, Outcome


@dataclass(frozen=True)
class Judgement:
    """The verdict on one case, with the sentence that explains it and, for numbers, how far off."""

    verdict: Verdict
    message: str = ""
    note: str = ""
    difference: Difference | None = None


def judge(
    problem: Problem, case: Case, expected: NDArray[np.float64], outcome: Outcome
) -> Judgement:
    """Holds an outcome against the expected values of its case.

    expected: float64 in the statement's shape. The verdict is `accepted` only where the
    submission returned as many numbers as expected and each is within the tolerance.
    """
    if not isinstance(outcome, Answer):
        return Judgement(*sentences.explain_failure(problem, case, outcome))
    wrong = Verdict.WRONG_ANSWER
    if outcome.values is None:
        return Judgement(wrong, sentences.wrong_size(problem, case, outcome, expected.shape))
    tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
    diff = difference(outcome.values, expected, tolerance)
    if not diff.ok:
        sentence = sentences.wrong_values(problem, case, outcome, diff, expected.size)
        return Judgement(wrong, sentence, difference=diff)
    if outcome.shape == expected.shape:
        return Judgement(Verdict.ACCEPTED, difference=diff)
    if problem.shape == "required":
        sentence = sentences.wrong_shape(problem, case, outcome, expected.shape)
        return Judgement(wrong, sentence, difference=diff)
    note = sentences.shape_note(outcome, expected.shape)
    return Judgement(Verdict.ACCEPTED, note=note, difference=diff)
