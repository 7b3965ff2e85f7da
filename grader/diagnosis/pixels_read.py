"""Finds the pixels that each output token reads, to compare them with those that it should read.

A small image is changed one pixel at a time. The tokens that change with it have read that pixel.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import any_numbers, relative_tolerance
from ..judging.outcome import Answer, Outcome
from .finding import Finding
from .heat_map import token_name

CHANGE = 4.0  # of one pixel, in all channels; the image's values are about 1

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """Which pixels were read. should, does: (tokens, H, W) bool, whether the token reads the pixel.
    labels: of each token, "[CLS]" or the place of its patch.
    """

    labels: tuple[str, ...]
    should: Mask
    does: Mask

    @property
    def astray(self) -> list[int]:
        """The tokens that read other pixels than they should."""
        return [int(n) for n in np.flatnonzero((self.should != self.does).any(axis=(1, 2)))]

    def name(self, token: int) -> str:
        """A token's number and place, short."""
        return f"{token}: {self.labels[token].removeprefix('patch in ')}"

    @property
    def finding(self) -> Finding:
        """About the first token that reads other pixels. Its id has a digest of these pixels."""
        _, height, width = self.should.shape
        image = f"On an image of {height} by {width} pixels,"
        if not self.astray:
            return Finding(
                "reads-right",
                f"{image} each token reads what it should, and nothing else. Look at what you "
                "compute from these pixels: their order within the patch, the weights, or what you "
                "add.",
            )
        token = self.astray[0]
        pixels = hashlib.sha256(np.packbits(self.does[token]).tobytes()).hexdigest()[:8]
        return Finding(
            f"reads-other-pixels:{token}:{pixels}",
            f"{image} token {token} ({self.labels[token]}) should read "
            f"{_pixels(self.should[token])}, but it reads {_pixels(self.does[token])}.",
        )


def probes(problem: Problem) -> list[Case]:
    """The problem's image, then copies of it, each with one pixel changed, row by row."""
    if problem.probe is None or problem.view is None:
        return []
    base = problem.probe()
    number, rows, columns = _image(problem)
    image = base.arguments[number]
    assert isinstance(image, np.ndarray)
    cases = [base]
    for pixel in np.ndindex(image.shape[rows], image.shape[columns]):
        changed = image.copy()
        np.moveaxis(changed, (rows, columns), (0, 1))[pixel] += image.dtype.type(CHANGE)
        arguments = (*base.arguments[:number], changed, *base.arguments[number + 1 :])
        cases.append(dataclasses.replace(base, arguments=arguments))
    return cases


@any_numbers
def same_answer(problem: Problem, one: Answer, other: Answer) -> bool:
    """Whether two answers to the first of `probes` are the same up to rounding."""
    assert problem.probe is not None
    if one.values is None or other.values is None:
        return one.elements == other.elements
    noise = relative_tolerance(problem.probe().terms, problem.tolerance_factor)
    values, again = one.values.astype(np.float64), other.values.astype(np.float64)
    largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
    return bool(np.allclose(values, again, rtol=0.0, atol=noise * largest, equal_nan=True))


@any_numbers
def what_was_read(problem: Problem, outcomes: Sequence[Outcome]) -> Reading | None:
    """Reads it from the outcomes of `probes`. None if one of them has another number of elements
    than the right answer, or numbers that are not finite.
    """
    if problem.probe is None or problem.view is None:
        return None
    base = problem.probe()
    view = problem.view(base)
    number, rows, columns = _image(problem)
    shape = np.shape(base.arguments[number])
    height, width = shape[rows], shape[columns]
    patches = np.arange(view.rows * view.columns).reshape(view.rows, view.columns)
    tokens = view.extra + patches.size
    values = [o.values for o in outcomes if isinstance(o, Answer) and o.values is not None]
    size = view.images * tokens * view.features
    if len(values) != 1 + height * width or any(array.size != size for array in values):
        return None
    answers = np.array(values, np.float64).reshape(-1, view.images, tokens, view.features)
    if not np.isfinite(answers).all():
        return None
    noise = relative_tolerance(base.terms, problem.tolerance_factor) * np.abs(answers).max()
    does = np.abs(answers[1:] - answers[0]).max(axis=(1, 3)) > noise
    patch_of_pixel = patches.repeat(height // view.rows, 0).repeat(width // view.columns, 1)
    should = patch_of_pixel == np.arange(-view.extra, patches.size)[:, None, None]
    return Reading(
        labels=tuple(token_name(n, view.extra, view.columns) for n in range(tokens)),
        should=should,
        does=does.T.reshape(tokens, height, width),
    )


def _image(problem: Problem) -> tuple[int, int, int]:
    """The number of the argument that is the image, and which of its axes are H and W."""
    for number, name in enumerate(problem.parameters):
        letters = problem.axes.get(name, "").split()
        if "H" in letters and "W" in letters:
            return number, letters.index("H"), letters.index("W")
    raise ValueError("`probe` needs `axes` that name H and W of one parameter")


def _pixels(mask: Mask) -> str:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return "no pixels"
    if mask.all():
        return "all pixels"
    if mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all():
        return f"{_span('row', rows)}, {_span('column', columns)}"
    places = [f"({row}, {column})" for row, column in np.argwhere(mask)]
    if len(places) > 6:
        return f"{len(places)} pixels that do not form a rectangle"
    return f"the pixels (row, column) {', '.join(places)}"


def _span(noun: str, indices: NDArray[np.intp]) -> str:
    first, last = indices[0], indices[-1]
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"
