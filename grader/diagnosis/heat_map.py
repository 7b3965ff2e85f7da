"""A map of the wrong numbers: each token is a row, each feature a column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.bounded import Count
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers
from ..judging.sentences import describe_case

MOST_TOKENS, MOST_FEATURES = 24, 32  # the part of a larger answer that is kept
ALIKE = 2  # if the largest difference is at most so many times the smallest, a map shows nothing
ELSEWHERE = 100  # times the largest one shown: then the map would show rounding


@dataclass(frozen=True)
class HeatMap:
    """|got - expected| of one image of one case, in the units of the output.

    of: the case in words, and which of its images. of_example: whether it is the public example
    that is shown; else it may have numbers of a hidden case. labels: of each row shown, "[CLS]" or
    a patch's place. off: (rows shown, columns shown) float64, infinite for NaN or infinity. extra:
    how many of the rows come before the patches. tokens, features: how many there are in all.
    """

    of: str
    of_example: bool
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
    problem: Problem,
    case: Case,
    expected: NDArray[np.float64],
    got: NDArray[np.float64],
    of_example: bool = False,
) -> HeatMap | None:
    """The map of the first image that is far off. None if a map would show nothing: of one token,
    of numbers that are all off alike, of wrong numbers that lie elsewhere, or without a `view`.

    expected, got: float64 of the same size.
    """
    if problem.view is None:
        return None
    view = problem.view(case)
    off = np.abs(got.ravel() - expected.ravel())
    off = np.where(np.isfinite(off), off, np.inf).reshape(view.images, -1, view.features)
    worst = off.max(axis=(1, 2))
    image = int(np.argmax(2 * worst >= worst.max()))
    shown = off[image, :MOST_TOKENS, :MOST_FEATURES]
    alike = shown.max() <= ALIKE * shown.min()
    if off.shape[1] == 1 or alike or worst[image] > ELSEWHERE * shown.max():
        return None
    of = "the input above" if of_example else describe_case(problem, case)
    return HeatMap(
        of=f"{of}, image {image + 1} of {view.images}" if view.images > 1 else of,
        of_example=of_example,
        labels=tuple(token_name(token, view.extra, view.columns) for token in range(len(shown))),
        off=shown,
        extra=view.extra,
        tokens=off.shape[1],
        features=view.features,
    )


def token_name(token: int, extra: int, columns: int) -> str:
    """The name of a token by its number: "[CLS]", or the place of its patch."""
    if token < extra:
        return "[CLS]"
    row, column = divmod(token - extra, columns)
    return f"patch in row {row}, column {column}"
