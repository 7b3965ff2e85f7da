"""A map of the wrong numbers: each token is a row, each feature a column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.bounded import Count
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers

MOST_TOKENS, MOST_FEATURES = 24, 32  # the part of a larger answer that is kept


@dataclass(frozen=True)
class HeatMap:
    """|got - expected| of the first image of one case, in the units of the output.

    labels: of each row shown, "[CLS]" or a patch's place. off: (rows shown, columns shown) float64,
    infinite for NaN or infinity. extra: how many of the rows come before the patches. tokens,
    features: how many there are in all.
    """

    labels: tuple[str, ...]
    off: NDArray[np.float64]
    extra: Count
    tokens: Count
    features: Count

    @property
    def most(self) -> float:
        """The largest finite difference shown, or 1 if there is none."""
        return float(self.off[np.isfinite(self.off)].max(initial=0.0)) or 1.0

    @property
    def cut(self) -> bool:
        return self.off.shape != (self.tokens, self.features)


@any_numbers
def heat_map(
    problem: Problem, case: Case, expected: NDArray[np.float64], got: NDArray[np.float64]
) -> HeatMap | None:
    """The map, or None if the problem has no `view`. expected, got: float64 of the same size."""
    if problem.view is None:
        return None
    view = problem.view(case)
    off = np.abs(got.ravel() - expected.ravel())
    off = np.where(np.isfinite(off), off, np.inf).reshape(view.images, -1, view.features)[0]
    shown = off[:MOST_TOKENS, :MOST_FEATURES]
    return HeatMap(
        labels=tuple(token_name(token, view.extra, view.columns) for token in range(len(shown))),
        off=shown,
        extra=view.extra,
        tokens=len(off),
        features=view.features,
    )


def token_name(token: int, extra: int, columns: int) -> str:
    """The name of a token by its number: "[CLS]", or the place of its patch."""
    if token < extra:
        return "[CLS]"
    row, column = divmod(token - extra, columns)
    return f"patch in row {row}, column {column}"
