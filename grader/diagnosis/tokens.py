"""An answer as tokens, the parameters that are added to them, and when two answers are equal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import difference, relative_tolerance

Array = NDArray[np.float64]


def as_tokens(problem: Problem, case: Case, numbers: Array) -> Array:
    """(images, tokens, features); as it is if the problem has no `view`."""
    if problem.view is None:
        return numbers
    view = problem.view(case)
    return numbers.reshape(view.images, view.extra + view.rows * view.columns, view.features)


def added_terms(problem: Problem, case: Case, tokens: Array) -> Iterator[tuple[str, Array]]:
    """The parameters that can be added to the tokens, in the tokens' shape, by name."""
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if isinstance(value, np.ndarray) and value.shape == tokens.shape[-value.ndim :]:
            yield name, np.broadcast_to(value.astype(np.float64), tokens.shape)


def equal(problem: Problem, case: Case, one: Array, other: Array) -> bool:
    """Whether another answer is the one, within rounding."""
    return difference(other, one, relative_tolerance(case.terms, problem.tolerance_factor)).ok
