"""Finds changes of the image that an answer does not follow: a shift, a scale, larger pixels. Pure.

A mean that is subtracted, a norm, a sign or a fraction show in this.
"""

from __future__ import annotations

import numpy as np

from .experiments import (
    AS_IT_IS,
    CHANGE,
    CHANNEL_OF_ALL,
    DOUBLED,
    NEGATED,
    ONE_CHANNEL,
    ONE_IMAGE,
    ONE_PATCH,
    OTHER_IMAGE,
    PIXEL_OF_ALL,
    PLUS_1,
    ZEROS,
    element,
    elements_shape,
    main_argument,
)
from .finding import Finding
from .measured import Measured

# Of what a mean can be: the experiment that adds 1 to all of it, the smallest first.
MEANS = {
    PIXEL_OF_ALL: ("a pixel in all images of the batch", "over the batch", "batch"),
    ONE_PATCH: ("every pixel of a patch", "of each patch", "patch"),
    ONE_CHANNEL: ("every pixel of a channel", "of each channel", "channel"),
    CHANNEL_OF_ALL: ("a channel of all images", "of each channel over the batch", "channels"),
    ONE_IMAGE: ("every pixel of an image", "of each image", "image"),
    PLUS_1: ("every pixel", "of all pixels", "all"),
}


def what_changes_nothing(measured: Measured) -> Finding | None:
    """The most specific finding, of a problem with a `view`; None if the answer follows each change
    that the right one follows.
    """
    same = measured.got_same
    shifted = same(PLUS_1) and not measured.right_same(PLUS_1)
    scaled = same(DOUBLED) and not measured.right_same(DOUBLED)
    if "very large" in measured.got:  # a comparison with a number may not see the doubled ones
        scaled = scaled and same("very large")
    if shifted:
        return _mean_subtracted(measured, scaled)
    if scaled and _only_signs(measured):
        return Finding(
            "response:only-signs",
            "If a pixel above 0 gets larger, your answer stays the same, so only the signs of the "
            "pixels count, as after `sign` or `x > 0`. Use the pixels as they are.",
        )
    if scaled:
        return Finding(
            "response:scale-changes-nothing",
            "If all pixels are doubled, your answer stays the same, so something is divided by its "
            "own size: a norm, a deviation or a largest value. The right answer is not normalized.",
        )
    return None


def _mean_subtracted(measured: Measured, scaled: bool) -> Finding:
    one_image = measured.view.images == 1
    what, whose, kind = next(
        words
        for name, words in MEANS.items()
        if measured.got_same(name) and not (one_image and name in (PIXEL_OF_ALL, CHANNEL_OF_ALL))
    )
    stays = f"If 1 is added to {what}, your answer stays the same"
    if all(map(measured.got_same, _pixels(measured))):
        return Finding(
            "response:only-fractions",
            f"{stays}, and so it does if {CHANGE:.0f} is added to any pixel alone. So only the "
            "fractions of the pixels count, as after `% 1`. Use the pixels as they are.",
        )
    if scaled:
        return Finding(
            f"response:mean-subtracted:{kind}:scaled",
            f"{stays}, and so it does if all pixels are doubled: a mean {whose} or its smallest "
            "value is subtracted, and the result is divided by its own size, such as a deviation. "
            "The right answer is not normalized.",
        )
    zero, base, double = (measured.got[name] for name in (ZEROS, AS_IT_IS, DOUBLED))
    opposite = measured.got.get(NEGATED, 2 * zero - base)
    if not all(
        measured.same(other - zero, base - zero)
        for other in (double - base + zero, 2 * zero - opposite)
    ):
        return Finding(
            f"response:moves-with-pixels:{kind}",
            f"{stays}, so something that moves with the pixels is subtracted, such as a mean "
            f"{whose} or its smallest value. What remains is not in proportion to the pixels "
            "either. The right answer changes.",
        )
    return Finding(
        f"response:mean-subtracted:{kind}",
        f"{stays}, so a mean {whose}, or something like it, is subtracted somewhere. The right "
        "answer changes.",
    )


def _elements(measured: Measured) -> list[str]:
    return [element(place) for place in np.ndindex(elements_shape(measured.problem))]


def _pixels(measured: Measured) -> list[str]:
    """The experiments with a single pixel, of the last image too."""
    return [*_elements(measured), *({OTHER_IMAGE} & measured.got.keys())]


def _only_signs(measured: Measured) -> bool:
    """Whether no pixel of the first image matters that is above 0 and gets larger."""
    number = main_argument(measured.problem)
    numbers = np.asarray(measured.cases[AS_IT_IS].arguments[number]).ravel()
    names = _elements(measured)
    above = [name for name, value in zip(names, numbers, strict=False) if value > 0]
    return all(map(measured.got_same, above)) and not all(map(measured.got_same, names))
