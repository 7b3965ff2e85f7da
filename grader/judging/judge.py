"""Makes a verdict of one outcome and the expected values: pure, and the only place that does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from . import sentences
from .compare import difference, relative_tolerance
from .judgement import Judgement
from .kind import Kind
from .outcome import Answer, Outcome


def judge(
    problem: Problem, case: Case, expected: NDArray[np.float64], outcome: Outcome
) -> Judgement:
    """Holds an outcome against the expected values of its case.

    expected: float64 in the statement's shape. The verdict is `accepted` only where the
    submission returned as many numbers as expected and each is within the tolerance.
    """
    if not isinstance(outcome, Answer):
        return sentences.explain_failure(problem, case, outcome)
    if outcome.values is None:
        sentence = sentences.wrong_size(problem, case, outcome, expected.shape)
        return Judgement(Kind.WRONG_SIZE, sentence)
    tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
    diff = difference(outcome.values, expected, tolerance)
    if not diff.ok:
        return sentences.wrong_values(problem, case, outcome, diff, expected.size)
    if outcome.shape == expected.shape:
        return Judgement(Kind.ACCEPTED, difference=diff)
    if problem.shape == "required":
        sentence = sentences.wrong_shape(problem, case, outcome, expected.shape)
        return Judgement(Kind.WRONG_SHAPE, sentence, difference=diff)
    note = sentences.shape_note(outcome, expected.shape)
    return Judgement(Kind.ACCEPTED, note=note, difference=diff)
