"""Makes the verdict on one case: the outcome is compared with the expected values. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from . import sentences
from .compare import difference, relative_tolerance
from .judgement import Judgement, Kind
from .outcome import Answer, Outcome


def judge(
    problem: Problem, case: Case, expected: NDArray[np.float64], outcome: Outcome
) -> Judgement:
    """Compares an outcome with the expected values of its case.

    expected: float64 in the statement's shape. The verdict is `accepted` only if the submission
    returned as many numbers as expected and each is within the tolerance.
    """
    if not isinstance(outcome, Answer):
        return sentences.judge_failure(problem, case, outcome)
    if outcome.values is None:
        return sentences.wrong_size(problem, case, outcome, expected.shape)
    tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
    diff = difference(outcome.values, expected, tolerance)
    same_shape = outcome.shape == expected.shape
    if not diff.ok:
        judgement = sentences.wrong_values(problem, case, outcome, diff, expected.size)
    elif not same_shape and problem.shape == "required":
        judgement = sentences.wrong_shape(problem, case, outcome, expected.shape)
    else:
        note = "" if same_shape else sentences.shape_note(outcome, expected.shape)
        judgement = Judgement(Kind.ACCEPTED, note=note)
    return replace(judgement, difference=diff)
