"""Finds answers that are nearly right: low precision, and numbers that overflow. Pure."""

from __future__ import annotations

import math

import numpy as np

from .experiments import ALL_NEGATIVE
from .finding import Finding
from .measured import Measured
from .response import NOT_IN_PROPORTION

NEARLY = 2.0**-6  # of the largest number: a coarser answer is another one
SPECIAL = {  # changes of the image that code may test for, in words
    "0 to 1": "one with all pixels from 0 to 1",
    "above 0": "one without negative pixels",
    ALL_NEGATIVE: "one with only negative pixels",
    "very large": "one with pixels of about 1000",
    "enormous": "one with pixels of about 8000",
    "whole numbers": "one of whole numbers",
    "rounded": "one of whole numbers",
}


def how_precise(measured: Measured) -> Finding | None:
    """Whether all answers are the right ones to a few digits, and no linear function: one with a
    factor near 1, or with a small number that is added, rounds nothing.
    """
    shares = {
        name: float(np.abs(measured.got[name] - right).max() / (np.abs(right).max() or 1))
        for name, right in measured.right.items()
    }
    share = float(np.max([*shares.values()]))  # NaN if one of them is
    if not measured.rounding < share < NEARLY or is_linear(measured):
        return None
    bits = round(-math.log2(share))
    return Finding(
        f"precision:{bits}",
        f"Your numbers are the right ones, but only to about {bits} bits: float32 has 24, float16 "
        "11 and bfloat16 8. Compute with float32 in every step, and round nothing.",
    )


def is_linear(measured: Measured) -> bool:
    """Whether all pixels together add the sum of what each adds alone, up to rounding."""
    if measured.problem.view is None or not measured.problem.affine_in:
        return False
    return not measured.off_line


def how_linear(measured: Measured) -> Finding | None:
    """Of an answer that is in proportion to most images, and not right to a few digits."""
    if is_linear(measured):
        return None
    share = max(measured.off_line.values())
    if share < NEARLY:
        bits = round(-math.log2(share))
        return Finding(
            f"response:nearly-linear:{bits}",
            "What the pixels add to your answer is in proportion to them, but only to about "
            f"{bits} bits: float32 has 24, float16 11 and bfloat16 8. Compute with float32 in "
            "every step, and with nothing more than sums and products with the weights.",
        )
    which = [words for name, words in SPECIAL.items() if name in measured.off_line]
    if not which or len(measured.off_line) > len(SPECIAL):
        return NOT_IN_PROPORTION
    return Finding(
        "response:depends-on-values",
        "What the pixels add to your answer is in proportion to them for some images, and for "
        f"others it is not, such as {which[0]}. Look for a test of their values, such as "
        "`if x.max() > 1`.",
    )


def what_overflows(measured: Measured) -> Finding | None:
    """Numbers that are not finite: for large values only, or always."""
    finite = {name: bool(np.isfinite(answer).all()) for name, answer in measured.got.items()}
    bad = [name for name, fine in finite.items() if not fine]
    if not bad:
        return None
    if all(name in ("very large", "enormous") for name in bad):
        return Finding(
            "precision:overflow",
            f"For values of about {'1000' if 'very large' in bad else '8000'} you return infinity "
            "or NaN, and for small ones you don't. float16 ends at 65504, float32 at 3e38, and "
            "`exp` overflows early.",
        )
    some = measured.got[bad[0]]
    count = int(np.count_nonzero(~np.isfinite(some)))
    return Finding(
        "precision:not-finite",
        f"On a small input {count} of {some.size} numbers are NaN or infinite. Look for an array "
        "from `np.empty` that is not filled, and for a division by 0 or a logarithm of it.",
    )
