"""Finds how an answer responds to changes of the whole image: to a shift, a scale, a cut. Pure.

The right answer is linear in the image, apart from what is added. So an answer that stays as it is
after a shift, or that does not grow in proportion to the pixels, is computed by something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import any_numbers, relative_tolerance
from .finding import Finding
from .pixels_read import image_axes

Array = NDArray[np.float64]
Image = NDArray[np.float32]

ZEROS = "zeros"
NOT_LINEAR = "response:not-linear"
ROUNDING = 8.0  # times the noise of one answer: two equal ones are not further apart
MOST_DIGITS = 4  # after the point
FLOAT32 = 1e-6  # how much a number of few digits changes if it is stored in float32
CHANCE = 1e-9  # that numbers of all digits look rounded
CLEARLY = 0.05  # of the largest response: more than low precision explains

# The images that are asked for, from the probe's: its numbers are about 1, of both signs.
CHANGES: Mapping[str, Callable[[Image], Image]] = {
    "as it is": lambda image: image,
    ZEROS: np.zeros_like,
    "doubled": lambda image: 2 * image,
    "negated": lambda image: -image,
    "plus 1": lambda image: image + 1,
    "times 4": lambda image: 4 * image,
    "whole numbers": lambda image: np.trunc(4 * image),
    "rounded": lambda image: np.rint(4 * image),
    "above 0": lambda image: np.maximum(image, 0),
    "0 to 1": lambda image: np.clip(image, 0, 1),
    "very large": lambda image: 1000 * image,
    "enormous": lambda image: 8000 * image,
}


def changed_images(problem: Problem) -> dict[str, Case]:
    """The probe's case with each of the changed images, by the names in `CHANGES`; and with 1 added
    to one patch, or to one channel. Empty if the problem has no probe.
    """
    if problem.probe is None or problem.view is None:
        return {}
    base = problem.probe()
    number, rows, columns = image_axes(problem)
    image = base.arguments[number]
    assert isinstance(image, np.ndarray)
    view = problem.view(base)
    images = {name: change(image) for name, change in CHANGES.items()}
    patch, channel = image.copy(), image.copy()
    height, width = image.shape[rows] // view.rows, image.shape[columns] // view.columns
    np.moveaxis(patch, (rows, columns), (0, 1))[:height, :width] += 1
    images["one patch plus 1"] = patch
    letters = problem.axes[problem.parameters[number]].split()
    if "C" in letters:
        np.moveaxis(channel, letters.index("C"), 0)[0] += 1
        images["one channel plus 1"] = channel
    return {
        name: replace(
            base, arguments=(*base.arguments[:number], changed, *base.arguments[number + 1 :])
        )
        for name, changed in images.items()
    }


@any_numbers
def how_it_responds(problem: Problem, answers: Mapping[str, Array]) -> Finding | None:
    """What is true of the answers to `changed_images`, the most specific; None if they are linear.

    answers: flat, of the same size, by name. Only that to the zeros may have numbers that are not
    finite.
    """
    assert problem.probe is not None
    base, zero = answers["as it is"], answers[ZEROS]
    response = float(np.abs(base - zero).max())
    noise = ROUNDING * relative_tolerance(problem.probe().terms, problem.tolerance_factor)

    def same(one: str, other: str = "as it is") -> bool:
        first, second = answers[one], answers[other]
        largest = max(float(np.abs(first).max()), float(np.abs(second).max()))
        return bool((np.abs(first - second) <= noise * largest).all())

    if same("as it is", ZEROS):
        return None  # it reads no pixels, and the reading of each says so
    if same("plus 1"):
        return _mean_subtracted(
            of_patch=same("one patch plus 1"),
            of_channel="one channel plus 1" in answers and same("one channel plus 1"),
        )
    if same("doubled"):
        return Finding(
            "response:scale-changes-nothing",
            "If all pixels are doubled, your answer stays the same, so something is divided by its "
            "own size: a norm, a deviation or a largest value. The right answer is not normalized.",
        )
    if not np.isfinite(zero).all():
        return Finding(
            "response:zeros-divide",
            "For an image of zeros you return NaN or infinity, so something is divided by "
            "what can be 0, such as a norm, a deviation or a sum. The right answer divides by "
            "nothing.",
        )
    if digits := _digits(answers):
        what = "whole" if digits == "0" else f"rounded to {digits} digits after the point"
        return Finding(
            f"response:rounded:{digits}",
            f"All numbers that you return are {what}. Nothing is to be rounded, so compute with "
            "floats in every step.",
        )
    double, minus = answers["doubled"], answers["negated"]
    # Of three images on a line, without the zeros, for which there may be a case of its own.
    straight = np.abs((double - base) - (base - minus) / 2).max() <= CLEARLY * response
    if straight and np.abs(base + minus - 2 * zero).max() > CLEARLY * response:
        return Finding(
            "response:zeros-are-special",
            "An image of zeros is treated in another way than all others: look for a test of its "
            "values, such as `if x.any()`, or a division by one of them.",
        )
    if straight:
        return _some_are_zero(problem, (base == 0) & (minus == 0) & (double == 0))
    if same("whole numbers", "times 4"):
        return Finding(
            "response:fractions-are-cut",
            "If the fractions of all pixels are cut off, your answer stays the same, so the pixels "
            "are turned into whole numbers. Compute with floats in every step.",
        )
    if same("rounded", "times 4"):
        return Finding(
            "response:fractions-are-rounded",
            "If all pixels are rounded to whole numbers, your answer stays the same, so you round "
            "them. Compute with floats in every step.",
        )
    if same("0 to 1"):
        return Finding(
            "response:pixels-are-clipped",
            "Pixels below 0 give the same answer as 0, and pixels above 1 the same as 1, so the "
            "pixels are clipped. They may have any value.",
        )
    if same("above 0"):
        return Finding(
            "response:negative-pixels-are-zero",
            "Negative pixels give the same answer as 0, so something makes them 0. They may have "
            "any value.",
        )
    if same("enormous", "very large"):
        return Finding(
            "response:bounded",
            "However large the pixels are, your answer stays within bounds, so something squashes "
            "it, such as tanh, a sigmoid or a norm. The right answer grows with the pixels.",
        )
    return Finding(
        NOT_LINEAR,
        "What the pixels add to your answer is not in proportion to them: it is not twice as much "
        "if all pixels are doubled, or not the opposite if they change their sign. In the right "
        "answer it is. Look for an activation such as ReLU or GELU, for a norm, or for "
        "anything else that is more than sums and products with the weights.",
    )


def _digits(answers: Mapping[str, Array]) -> str:
    """How many digits after the point all numbers have, if they have few: "0" for whole ones."""
    base, minus = answers["as it is"], answers["negated"]
    some = np.concatenate([base, minus])[np.tile(base != minus, 2)]  # not those of [CLS]
    some = some[some != 0]
    for digits in range(MOST_DIGITS + 1):
        scaled = some * 10**digits
        near = FLOAT32 * np.abs(scaled)
        by_chance = np.prod(np.minimum(2 * near, 1))
        if by_chance < CHANCE and (np.abs(scaled - np.rint(scaled)) <= near).all():
            return str(digits)
    return ""


def _some_are_zero(problem: Problem, zero: NDArray[np.bool_]) -> Finding | None:
    """zero: flat, whether a number is 0 whatever the pixels are."""
    assert problem.probe is not None
    assert problem.view is not None
    view = problem.view(problem.probe())
    of_patches = zero.reshape(view.images, -1, view.features)[:, view.extra :]
    still = int(of_patches.sum())
    # If all of a patch are 0, the pixels that it reads say more.
    if not still or of_patches.all(axis=2).any():
        return None
    return Finding(
        "response:some-are-zero",
        f"On a small image, {still} of the {of_patches.size} numbers of the patches are 0, "
        "whatever its pixels are. Look for dropout, a mask, or a part of the result that is never "
        "filled.",
    )


def _mean_subtracted(of_patch: bool, of_channel: bool) -> Finding:
    what, whose = "every pixel", "of the image"
    if of_patch:
        what, whose = "every pixel of a patch", "of each patch"
    elif of_channel:
        what, whose = "every pixel of a channel", "of each channel"
    return Finding(
        f"response:mean-subtracted:{whose.split()[-1]}",
        f"If 1 is added to {what}, your answer stays the same, so a mean {whose} is subtracted "
        "somewhere. The right answer changes.",
    )
