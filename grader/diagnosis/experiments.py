"""The small public cases that a wrong function is asked, to measure what it computes. Pure.

All of them are the problem's probe with one thing changed, so that the change in the answer shows
what the function does with that thing. They have one shape: each new one costs time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Argument, Case, Problem

Array = NDArray[np.float64]
Image = NDArray[np.float32]

AS_IT_IS, ZEROS, DOUBLED, NEGATED, PLUS_1 = "as it is", "zeros", "doubled", "negated", "plus 1"
ONE_PATCH, ONE_CHANNEL, ONE_IMAGE = "patch plus 1", "channel plus 1", "image plus 1"
CHANNEL_OF_ALL, PIXEL_OF_ALL = "channel of all images plus 1", "pixel of all images plus 1"
ALL_NEGATIVE = "all negative"
OTHER_IMAGE = "pixel of the last image"
CHANGE = 4.0  # of one number; those of the probe are about 1
OTHER_NUMBERS = (0, 1, 2, 3, 42)  # what is often written in place of a seed

# Changes of the whole array. Its numbers are about 1, of both signs.
CHANGES: Mapping[str, Callable[[Image], Image]] = {
    AS_IT_IS: lambda image: image,
    ZEROS: np.zeros_like,
    DOUBLED: lambda image: 2 * image,
    NEGATED: lambda image: -image,
    PLUS_1: lambda image: image + 1,
    "times 4": lambda image: 4 * image,
    "whole numbers": lambda image: np.trunc(4 * image),
    "rounded": lambda image: np.rint(4 * image),
    "above 0": lambda image: np.maximum(image, 0),
    "0 to 1": lambda image: np.clip(image, 0, 1),
    ALL_NEGATIVE: lambda image: -np.abs(image) - np.float32(0.5),
    "very large": lambda image: 1000 * image,
    "enormous": lambda image: 8000 * image,
}


def experiments(problem: Problem) -> dict[str, Case]:
    """The cases by name, in the order in which they are asked. Empty if there is no case to begin
    with, or no array in it.

    A problem that declares no `affine_in` has the mild changes of its arrays only: others may be
    outside of what its right answer is defined for. Raises ValueError if a problem with a `view`
    does not name H and W.
    """
    base = base_case(problem)
    if base is None or not any(isinstance(value, np.ndarray) for value in base.arguments):
        return {}
    main = main_argument(problem)
    if problem.view is not None and not {"H", "W"} <= {*letters(problem)}:
        raise ValueError("`probe` needs `axes` that name H and W of its first array")
    image = base.arguments[main]
    assert isinstance(image, np.ndarray)
    cases = {AS_IT_IS: base}
    if problem.view is not None:
        for place in np.ndindex(elements_shape(problem)):
            cases[element(place)] = with_argument(base, main, _plus(image, place, CHANGE))
    mild = (AS_IT_IS, ZEROS, DOUBLED, PLUS_1)
    for name in CHANGES if problem.affine_in else mild:
        cases[name] = with_argument(base, main, CHANGES[name](image))
    if problem.view is not None:
        cases |= _parts(problem, base)
    for number, name in enumerate(problem.parameters):
        value = base.arguments[number]
        if number != main and isinstance(value, np.ndarray):
            cases[doubled(name)] = with_argument(base, number, 2 * value)
            if name in problem.affine_in:
                cases[zeroed(name)] = with_argument(base, number, np.zeros_like(value))
                for row in range(len(value) if value.ndim > 1 else 1):
                    cases[row_of(name, row)] = with_argument(base, number, _row_plus(value, row))
        elif problem.axes and name not in problem.axes and isinstance(value, int):
            for other in (*OTHER_NUMBERS, value + 1):
                if other != value:
                    cases[other_number(name, other)] = with_argument(base, number, other)
    return cases


def base_case(problem: Problem) -> Case | None:
    """The case that is changed: the probe; or else the largest of the tiny cases, if their parts
    have no meaning.
    """
    if problem.probe is not None:
        return problem.probe()
    if problem.tiny is not None and problem.view is None:
        return [*problem.tiny()][-1]
    return None


def element(place: tuple[int, ...]) -> str:
    """The experiment in which the number at this place of the first image is changed."""
    return f"element {','.join(map(str, place))}"


def doubled(name: str) -> str:
    """The experiment in which the whole argument of this name is doubled."""
    return f"doubled {name}"


def zeroed(name: str) -> str:
    """The experiment in which the whole argument of this name is zeros."""
    return f"zeros {name}"


def row_of(name: str, row: int) -> str:
    """The experiment in which `row_change` is added to a row of the argument of this name."""
    return f"row {row} of {name}"


def other_number(name: str, value: int) -> str:
    """The experiment in which the argument of this name is another number."""
    return f"{name} {value}"


def main_argument(problem: Problem) -> int:
    """The number of the argument that is changed most: the first array, such as the image."""
    base = base_case(problem)
    assert base is not None
    arrays = [n for n, value in enumerate(base.arguments) if isinstance(value, np.ndarray)]
    named = [n for n in arrays if problem.parameters[n] in problem.affine_in]
    return (named or arrays)[0]


def letters(problem: Problem) -> list[str]:
    """The letters of the axes of the main argument, such as N, C, H, W."""
    return problem.axes.get(problem.parameters[main_argument(problem)], "").split()


def elements_shape(problem: Problem) -> tuple[int, ...]:
    """The shape of one image of the probe, without the axis N of a batch."""
    base = base_case(problem)
    assert base is not None
    shape = np.shape(base.arguments[main_argument(problem)])
    return shape[1:] if letters(problem)[:1] == ["N"] else shape


def with_argument(case: Case, number: int, value: Argument) -> Case:
    """The case with one other argument."""
    return replace(case, arguments=(*case.arguments[:number], value, *case.arguments[number + 1 :]))


def row_change(width: int) -> Image:
    """What is added to a row of an argument: numbers that no other row has. Shape (width,)."""
    return np.random.default_rng(width).normal(size=width).astype(np.float32) + 2


def _plus(image: Image, place: tuple[int, ...], change: float) -> Image:
    changed = image.copy()
    first = changed[0] if changed.ndim > len(place) else changed
    first[place] += image.dtype.type(change)
    return changed


def _row_plus(value: Image, row: int) -> Image:
    changed = value.copy()
    rows = changed.reshape(-1, value.shape[-1])
    rows[row] += row_change(value.shape[-1])
    return changed


def _parts(problem: Problem, base: Case) -> dict[str, Case]:
    """1 added to a part of the image, from one patch to all images; one pixel of the last image."""
    assert problem.view is not None
    view, main, axes = problem.view(base), main_argument(problem), letters(problem)
    image = base.arguments[main]
    assert isinstance(image, np.ndarray)

    def plus_1(**places: int) -> Image:
        """places: how many along an axis, from its start, by the axis' letter; else all."""
        changed = image.copy()
        changed[tuple(slice(0, places.get(axis)) for axis in axes)] += 1
        return changed

    rows, columns = (
        image.shape[axes.index(axis)] // count
        for axis, count in (("H", view.rows), ("W", view.columns))
    )
    changed = {
        ONE_PATCH: plus_1(N=1, H=rows, W=columns),
        ONE_CHANNEL: plus_1(N=1, C=1),
        ONE_IMAGE: plus_1(N=1),
        CHANNEL_OF_ALL: plus_1(C=1),
        PIXEL_OF_ALL: plus_1(H=1, W=1),
    }
    if view.images > 1:
        changed[OTHER_IMAGE] = image.copy()
        changed[OTHER_IMAGE][-1].ravel()[-1] += image.dtype.type(CHANGE)
    return {name: with_argument(base, main, array) for name, array in changed.items()}
