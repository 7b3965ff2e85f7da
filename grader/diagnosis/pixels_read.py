"""What each token read: the pixels that an output token depends on, beside those that it should.

A small image is changed one pixel at a time. The tokens that change with it have read that pixel,
whatever the function is.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import relative_tolerance
from ..judging.outcome import Answer, Outcome
from .finding import Finding
from .heat_map import token_name

CHANGE = 4.0  # of a pixel, in all channels; pixels of the image are about 1

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """should, does: (tokens, H, W) bool: whether the token reads the pixel.

    labels: of each token, "[CLS]" or its patch's place.
    """

    labels: tuple[str, ...]
    should: Mask
    does: Mask

    @property
    def astray(self) -> list[int]:
        """The tokens that read other pixels than they should."""
        return [int(n) for n in np.flatnonzero((self.should != self.does).any(axis=(1, 2)))]

    def name(self, token: int) -> str:
        """A token's number and place, in few letters."""
        return f"{token}: {self.labels[token].removeprefix('patch in ')}"

    @property
    def finding(self) -> Finding:
        """What was found, on the first token that shows it. The id tells apart which pixels it
        reads.
        """
        _, height, width = self.should.shape
        if not self.astray:
            return Finding(
                "reads-right",
                f"On an image of {height} by {width} pixels each token reads what it should, and "
                "nothing else. Look at what is computed from it: the order within the patch, the "
                "weights, or what is added.",
            )
        token = self.astray[0]
        pixels = hashlib.sha256(np.packbits(self.does[token]).tobytes()).hexdigest()[:8]
        return Finding(
            f"reads-other-pixels:{token}:{pixels}",
            f"On an image of {height} by {width} pixels, token {token} ({self.labels[token]}) "
            f"should read {_pixels(self.should[token])} and reads {_pixels(self.does[token])}.",
        )


def probes(problem: Problem) -> list[Case]:
    """An image, and then the same with one pixel changed, pixel by pixel, row by row."""
    if problem.probe is None or problem.view is None:
        return []
    base = problem.probe()
    number, rows, columns = _image(problem)
    image = base.arguments[number]
    assert isinstance(image, np.ndarray)
    cases = [base]
    for row in range(image.shape[rows]):
        for column in range(image.shape[columns]):
            changed = image.copy()
            changed[_at(image.ndim, {rows: row, columns: column})] += image.dtype.type(CHANGE)
            arguments = (*base.arguments[:number], changed, *base.arguments[number + 1 :])
            cases.append(dataclasses.replace(base, arguments=arguments))
    return cases


def same_answer(problem: Problem, one: Answer, other: Answer) -> bool:
    """Whether two answers to the first of `probes` are the same, up to rounding."""
    assert problem.probe is not None
    if one.values is None or other.values is None:
        return one.elements == other.elements
    noise = relative_tolerance(problem.probe().terms, problem.tolerance_factor)
    values, again = one.values.astype(np.float64), other.values.astype(np.float64)
    largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
    return bool(np.allclose(values, again, rtol=0.0, atol=noise * largest, equal_nan=True))


def what_was_read(problem: Problem, outcomes: Sequence[Outcome]) -> Reading | None:
    """From the outcomes of `probes`; None where one of them is not as many numbers as it should."""
    base = problem.probe() if problem.probe else None
    if base is None or problem.view is None:
        return None
    view = problem.view(base)
    number, rows, columns = _image(problem)
    shape = np.shape(base.arguments[number])
    height, width = shape[rows], shape[columns]
    tokens = view.extra + view.rows * view.columns
    answers = []
    for outcome in outcomes:
        if not isinstance(outcome, Answer) or outcome.values is None:
            return None
        values = outcome.values.astype(np.float64)
        if values.size != view.images * tokens * view.features or not np.isfinite(values).all():
            return None
        answers.append(values.reshape(view.images, tokens, view.features))
    if len(answers) != 1 + height * width:
        return None
    noise = relative_tolerance(base.terms, problem.tolerance_factor)
    noise *= max(float(np.abs(answer).max()) for answer in answers)
    does = np.array([np.abs(a - answers[0]).max(axis=(0, 2)) > noise for a in answers[1:]])
    should = np.zeros((tokens, height, width), bool)
    for patch in range(view.rows * view.columns):
        row, column = divmod(patch, view.columns)
        high, wide = height // view.rows, width // view.columns
        where = slice(row * high, (row + 1) * high), slice(column * wide, (column + 1) * wide)
        should[(view.extra + patch, *where)] = True
    return Reading(
        labels=tuple(token_name(n, view.extra, view.columns) for n in range(tokens)),
        should=should,
        does=does.T.reshape(tokens, height, width),
    )


def _image(problem: Problem) -> tuple[int, int, int]:
    """Which argument the image is, and which of its axes are H and W."""
    for number, name in enumerate(problem.parameters):
        letters = problem.axes.get(name, "").split()
        if "H" in letters and "W" in letters:
            return number, letters.index("H"), letters.index("W")
    raise ValueError("`probe` needs `axes` that name H and W of one parameter")


def _at(axes: int, where: dict[int, int]) -> tuple[slice | int, ...]:
    return tuple(where.get(axis, slice(None)) for axis in range(axes))


def _pixels(mask: Mask) -> str:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return "none"
    if mask.all():
        return "all of them"
    if mask.sum() == len(rows) * len(columns) and _gapless(rows) and _gapless(columns):
        return f"{_span('row', rows)}, {_span('column', columns)}"
    places = [f"({row}, {column})" for row, column in np.argwhere(mask)]
    if len(places) > 6:
        return f"{len(places)} pixels that are no rectangle"
    return f"the pixels (row, column) {', '.join(places)}"


def _gapless(indices: NDArray[np.intp]) -> bool:
    return bool(indices[-1] - indices[0] == len(indices) - 1)


def _span(noun: str, indices: NDArray[np.intp]) -> str:
    first, last = indices[0], indices[-1]
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"
