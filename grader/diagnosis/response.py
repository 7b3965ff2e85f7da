"""Finds how an answer responds to changes of the whole image: to a shift, a scale, a cut. Pure.

The right answer is linear in the image, apart from what is added. So an answer that stays as it is
after a shift, or that does not grow in proportion to the pixels, is computed by something else.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..judging.compare import any_numbers
from .experiments import (
    ALL_NEGATIVE,
    AS_IT_IS,
    CHANGES,
    DOUBLED,
    NEGATED,
    ZEROS,
    doubled,
    zeroed,
)
from .finding import Finding
from .invariance import what_changes_nothing
from .measured import Measured

Array = NDArray[np.float64]

NOT_LINEAR = "response:not-linear"
MOST_DIGITS = 4  # after the point
FLOAT32 = 1e-6  # how much a number of few digits changes if it is stored in float32
CHANCE = 1e-9  # that numbers of all digits look rounded
NEAR_0 = 1e-3  # of the largest number: one that is always above has another cause
CLEARLY = 0.05  # of the largest response: more than low precision explains


@any_numbers
def how_it_responds(measured: Measured) -> Finding | None:
    """What is true of the answers to changes of the whole image, the most specific; None if they
    are linear. measured: of a problem with a `view`. Only the answer to zeros may have numbers that
    are not finite.
    """
    answers, same = measured.got, measured.got_same
    zero = answers[ZEROS]
    if same(ZEROS):
        return None  # it reads no pixels, and the reading of each says so
    if unfollowed := what_changes_nothing(measured):
        return unfollowed
    if not np.isfinite(zero).all():
        return Finding(
            "response:zeros-divide",
            "For an image of zeros you return NaN or infinity, so something is divided by "
            "what can be 0, such as a norm, a deviation or a sum, or its logarithm is taken. The "
            "right answer does nothing of this kind.",
        )
    if digits := _digits(measured):
        what = "whole" if digits == "0" else f"rounded to {digits} digits after the point"
        what = what.replace("1 digits", "1 digit")
        return Finding(
            f"response:rounded:{digits}",
            f"All numbers of your answer that depend on the pixels are {what}. Nothing is to be "
            "rounded, so compute with floats in every step.",
        )
    base, double, minus = (answers[name] for name in (AS_IT_IS, DOUBLED, NEGATED))
    response = float(np.abs(base - zero).max())
    # Of three images on a line, without the zeros, for which there may be a case of its own.
    bent = np.abs((double - base) - (base - minus) / 2).max()
    straight = bent <= CLEARLY * response
    apart = np.abs(base + minus - 2 * zero).max()
    if apart > CLEARLY * response and bent <= CLEARLY * apart:
        return Finding(
            "response:zeros-are-special",
            "An image of zeros is treated in another way than all others: look for a test of its "
            "values, such as `if x.any()`, or a division by one of them.",
        )
    if straight:
        return _arguments(measured) or _some_are_zero(measured)
    bounded = same("enormous", "very large")
    if same("whole numbers", "times 4") and not bounded:
        return Finding(
            "response:fractions-are-cut",
            "If the fractions of all pixels are cut off, your answer stays the same, so the pixels "
            "are turned into whole numbers. Compute with floats in every step.",
        )
    if same("rounded", "times 4") and bounded:
        return Finding(
            "response:few-values",
            "If all pixels are rounded to whole numbers, your answer stays the same, and it does "
            "not grow with the pixels: they are rounded, or compared with a number as in "
            "`x > 0.5`. Use them as they are.",
        )
    if same("rounded", "times 4"):
        return Finding(
            "response:fractions-are-rounded",
            "If all pixels are rounded to whole numbers, your answer stays the same, so you round "
            "them. Compute with floats in every step.",
        )
    none_below_0 = same(ALL_NEGATIVE, ZEROS)
    if same("0 to 1") and none_below_0 and bounded:
        return Finding(
            "response:pixels-are-clipped",
            "Pixels below 0 give the same answer as 0, and pixels above 1 the same as 1, so what "
            "lies beyond is lost, as after a clip or a comparison. Pixels may have any value.",
        )
    if same("above 0") and none_below_0:
        return Finding(
            "response:negative-pixels-are-zero",
            "Negative pixels give the same answer as 0, so something makes them 0. They may have "
            "any value.",
        )
    if what := _never_negative(measured):
        return Finding(
            "response:never-negative",
            f"{what} is below 0, whatever the pixels are: something makes it positive, such as a "
            "ReLU, a maximum, an absolute value or a sigmoid. The right answer has both signs.",
        )
    if bounded:
        return Finding(
            "response:bounded",
            "However large the pixels are, your answer stays within bounds, so something squashes "
            "it, such as tanh, a sigmoid, a clip or a norm. The right answer grows with them.",
        )
    return NOT_IN_PROPORTION


NOT_IN_PROPORTION = Finding(
    NOT_LINEAR,
    "What the pixels add to your answer is not in proportion to them: it is not twice as much "
    "if all pixels are doubled, or not the opposite if they change their sign. In the right "
    "answer it is. Look for an activation such as ReLU or GELU, for a norm, or for "
    "anything else that is more than sums and products with the weights.",
)


def _never_negative(measured: Measured) -> str:
    """What is never below 0, and comes near it: all numbers, or what the image adds to them; "" if
    neither.
    """
    for what, added in {
        "None of your numbers": np.zeros(()),
        "Nothing that the image adds to your numbers": measured.right[ZEROS],
    }.items():
        mine, right = (_least(answers, added) for answers in (measured.got, measured.right))
        if -measured.rounding <= mine <= NEAR_0 and right < -measured.rounding:
            return what
    return ""


def _least(answers: Mapping[str, Array], added: Array) -> float:
    """The smallest number without what is added, in units of the largest of its answer."""
    some = [answers[name] for name in CHANGES if name in answers]
    return min(float((a - added).min() / (np.abs(a).max() or 1)) for a in some)


def _arguments(measured: Measured) -> Finding | None:
    """Whether the answer is linear in the other arguments in which the right one is."""
    for name in measured.problem.affine_in:
        if not {doubled(name), zeroed(name)} <= measured.got.keys():
            continue
        base, zero, double = (measured.got[n] for n in (AS_IT_IS, zeroed(name), doubled(name)))
        if measured.got_same(doubled(name)) and not measured.got_same(zeroed(name)):
            return Finding(
                f"response:normalized:{name}",
                f"If all of `{name}` is doubled, your answer stays the same, so `{name}` is "
                "divided by its own size, such as a norm or a largest value. Use it as it is.",
            )
        apart = np.abs((double - base) - (base - zero)).max()
        if not np.isfinite(zero).all() or apart > CLEARLY * np.abs(base - zero).max():
            return Finding(
                f"response:not-linear:{name}",
                f"What `{name}` adds to your answer is not in proportion to it: it is not twice as "
                f"much if all of `{name}` is doubled. Use `{name}` as it is.",
            )
    return None


def _digits(measured: Measured) -> str:
    """How many digits after the point all numbers have, if they have few and the right ones more:
    "0" for whole ones.
    """
    for digits in range(MOST_DIGITS + 1):
        if _has_digits(measured.got, digits):
            return "" if _has_digits(measured.right, digits) else str(digits)
    return ""


def _has_digits(answers: Mapping[str, Array], digits: int) -> bool:
    base, other = answers[AS_IT_IS], answers.get(NEGATED, answers[DOUBLED])
    some = np.concatenate([base[base != other], other[base != other]])  # not those of [CLS]
    scaled = some[some != 0] * 10**digits
    near = FLOAT32 * np.abs(scaled)
    by_chance = np.prod(np.minimum(2 * near, 1))
    return bool(by_chance < CHANCE and (np.abs(scaled - np.rint(scaled)) <= near).all())


def _some_are_zero(measured: Measured) -> Finding | None:
    view, answers = measured.view, measured.got
    zero = (answers[AS_IT_IS] == 0) & (answers[NEGATED] == 0) & (answers[DOUBLED] == 0)
    of_patches = zero[:, view.extra :]
    if measured.same(answers[AS_IT_IS][:, view.extra :] + 1, np.ones(of_patches.shape)):
        return None  # all are 0 but for rounding
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
