"""The sizes of a case, such as H, W and the number of patches, as its problem names them."""

from __future__ import annotations

import numpy as np

from ..course.problem import Case, Problem


def letters(problem: Problem, case: Case) -> dict[str, int]:
    """The sizes that `axes` names, by the letters of the statement."""
    found: dict[str, int] = {}
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if name in problem.axes:  # other numbers are not sizes, and may be NaN
            values = value.shape if isinstance(value, np.ndarray) else (int(value),)
            found.update(zip(problem.axes[name].split(), map(int, values), strict=False))
    found.pop("_", None)
    return found


def sizes(problem: Problem, case: Case) -> dict[str, int]:
    """The sizes that `axes` names, and those that the problem derives from them."""
    found = letters(problem, case)
    return {**found, **problem.derived_sizes(found)} if problem.derived_sizes else found
